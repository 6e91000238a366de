package query

import (
	"math"

	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/query/register"
	"anvesh/storage"
)

// How a vehicle is weighed. Let a searcher ask for any vehicle on the road, sought times likelier for one that is held,
// for why else would it be looked up. What was read has a chance for every vehicle: exp(-cost) of the error model for
// one that bears such a number. A number's evidence is the logarithm of that chance over the mean chance for all
// vehicles on the road,
//
//	ln roadVehicles - cost - ln mass,
//
// where the mass is the sum of exp(-cost) over all numbers that there are, held or not (numbers.PlateIndex.SearchMass).
// That make, model and colour agree is evidence by how rare they are. The chance that a vehicle is the one sought is
// the sum of it all, against that of every other vehicle found and of those that are not held. The score is that
// chance, and so are the grades: they hold for the error model, whose shares are those that were published.
//
// Whatever is taken for the vehicle sought, held or not, has to explain all numbers that were asked. One that it bears
// does so by the misreading; another one than it bears is a clerk's slip or a false plate, at the price numberOther; of
// one that its record lacks nothing is known, which costs nothing. Nor is it known which numbers stand beside each other
// on vehicles that are not held. So a second number that nobody holds says nothing for or against: an equal plate stays
// what it is, and so does a misread one.
//
// Where characters were left open (HR26??8337, HR26*, HR26 8337) or only a part was given (8337, the end of a chassis number),
// that chance is next to nothing, for many vehicles on the road fit, and what the searcher wants to know is which of
// those held it may be. The score is then a vehicle's share among all held that fit, times openScore, which grows with
// the characters that were given: one character more never lowers it. It says nothing of vehicles that are not held.
// The classes stay with the chance above: what fits is a lead until more is known.

const (
	// roadVehicles is how many vehicles there are to be asked for; about that of India.
	roadVehicles = 3e8
	// sought is how much likelier a vehicle is asked for if it is held. With about twelve vehicles on the road, in the
	// series that a register knows, for each that is held, half of the searches are for one that is.
	sought = 12.0
	// aloneChance is the chance from which a hit is PROBABLE by its numbers alone, probableChance that by make, model and
	// colour as well, exactChance that from which it is EXACT where the number is equal: by measurement at most
	// one in a thousand searches for vehicles that are not held meets such a hit (anvesh bench vehicles). Kinds need
	// more: of the many held numbers that a lost tail leaves open, one agrees in make and colour by chance. Equal
	// numbers need less, for what speaks against them are misreadings only.
	aloneChance    = .93
	probableChance = .97
	exactChance    = .8
	// numberOther is the evidence of another registration, chassis or engine number than the one asked: a re-plated
	// vehicle is rare.
	numberOther = -8.0
	// besideChance is the chance that another vehicle has the number that was read where the numbers of both differ as little
	// in another kind already: what was bought for one fleet was made and registered together. So much at most says a
	// misread number beside a misread one. Guessed: one vehicle in twenty of fleets, in the order of its numbers for
	// half of them, and a fortieth for the very place.
	besideChance = 5e-4
	// The score of the only vehicle held that fits an open number is openLeast and openMore times the part that was given of
	// openLength characters. Both are chosen, not measured: together they stay under what makes a hit PROBABLE.
	openLeast, openMore = .5, .45
	// leadMost is the greatest score of a LEAD.
	leadMost = .96
	// mostLooks bounds how many numbers are compared one by one.
	mostLooks = 200
)

// The chances that make, model and colour of one vehicle are written alike, and what it weighs that they are not.
var attributeAgrees = [register.Attributes]float64{.97, .95, .9}

var logRoad, logBeside = math.Log(roadVehicles), -math.Log(besideChance)

// attributeDefault is the share of the vehicles that are of one make, model or colour, where few are held; so many
// count as much.
var attributeDefault = [register.Attributes]float64{.2, .08, .2}

const attributeDefaultWeight = 50

// A candidate is a vehicle that bears a number near one that was asked.
type candidate struct {
	at           register.VehicleAt
	group        uint32 // vehicles of one group bear the same number: they are one answer
	weight       float64
	kind         float64 // what of it make, model and colour say
	likely       float64 // exp(weight), and without kind
	likelyAlone  float64
	whole        bool    // every number that was asked equals one of the vehicle's
	equal        bool    // one of them does
	differs      bool    // one of them differs from the vehicle's
	misread      bool    // one of them is a misreading of the vehicle's
	beside       float64 // what further ones weigh too much, see besideChance
	contradicted bool
}

// oneVehicle is the group of those that equal all numbers asked of which they bear any, where several were: the record of one
// may lack what that of another has, and both be of the vehicle sought.
const oneVehicle = ^uint32(0) - 1

// An askedAttribute is make, model or colour as asked.
type askedAttribute struct {
	field, text, folded string
	verdicts            []attributeVerdict
}

// An attributeVerdict is what a held word says.
type attributeVerdict struct {
	word   uint32
	grade  string // exact, partial, missing, contradicts
	weight float64
}

// passes applies the filters of a request.
func (s *vehicleScorer) passes(at register.VehicleAt) bool {
	if !s.f.selective() {
		return true
	}
	f := s.v.VehicleFacts(at)
	return s.f.passes(s.v, f.Station, f.Status, storage.Day(f.Event))
}

// look weighs one vehicle.
func (s *vehicleCandidates) look(at register.VehicleAt, group uint32) {
	if !s.passes(at) {
		return
	}
	c := candidate{at: at, group: group, whole: true}
	for i := range s.asked {
		s.lookNumber(&c, &s.asked[i], s.numbersOf(s.asked[i].kind, at))
	}
	switch {
	case !c.equal:
		c.weight -= c.beside
	case !c.differs && len(s.asked) > 1:
		c.group = oneVehicle
	}
	weight, against, differ := s.weighAttributes(at)
	if s.filters && differ {
		return
	}
	c.weight, c.kind = c.weight+weight, weight
	c.contradicted = c.contradicted || against
	s.found = append(s.found, c)
}

// lookNumber adds what one number says.
func (s *vehicleScorer) lookNumber(c *candidate, n *askedNumber, refs []uint32) {
	m, ok := n.match(refs)
	if !ok && len(refs) > 0 && len(s.asked) > 1 && s.looks > 0 {
		m, ok = s.compare(n, refs)
	}
	switch {
	case ok:
		weight := n.weight(float64(m.Cost))
		c.weight += weight
		switch {
		case m.Cost == 0 && m.Edits == 0 && !n.wildcard():
			c.equal = true
			return
		case !n.open && c.misread:
			c.beside += max(0, weight+float64(m.Cost)-logBeside)
		case !n.open:
			c.misread = true
		}
		c.whole, c.differs = false, true
	case len(refs) > 0:
		c.weight += numberOther
		c.contradicted, c.whole, c.differs = true, false, true
	default:
		c.whole = false
	}
}

// compare looks at the numbers of a vehicle that were not listed among those near: of a short part many are not.
func (s *vehicleScorer) compare(n *askedNumber, refs []uint32) (m numbers.Match, ok bool) {
	for _, o := range refs {
		s.looks--
		key := s.keyOf(n.kind, o)
		if n.wildcard() && !n.pattern.Fits(n.kind == register.Registration, key) {
			continue
		}
		al := s.explain(n, key)
		if al.Grade != plate.GradeContradicts && al.Grade != plate.GradeMissing && (!ok || float32(al.Cost) < m.Cost) {
			m, ok = numbers.Match{Ord: o, Cost: float32(al.Cost), Edits: uint8(min(al.Edits, 255))}, true
		}
	}
	return m, ok
}

// explain lays what was asked beside a held number. The parts are good until the next call.
func (s *vehicleScorer) explain(n *askedNumber, key string) (al plate.Alignment) {
	if n.kind == register.Registration {
		al = n.pattern.Explain(s.parts, key)
	} else {
		al = n.pattern.ExplainNumber(s.parts, key)
	}
	s.parts = al.Parts[:0]
	return al
}

// keyOf prints a number into the answer's strings.
func (s *vehicleScorer) keyOf(kind register.NumberKind, ordinal register.NumberAt) string {
	s.text.scratch = s.v.AppendNumber(s.text.scratch[:0], kind, ordinal)
	s.text.bytes(s.text.scratch)
	return s.text.end()
}

// weight is the evidence of a held number at this cost.
func (n *askedNumber) weight(cost float64) float64 {
	if likely := math.Exp(-cost); likely > n.mass {
		return logRoad - cost - math.Log(likely)
	}
	return logRoad - cost - n.logMass
}

// weighAttributes adds up make, model and colour. differ: one of them is another, or not known.
func (s *vehicleScorer) weighAttributes(at register.VehicleAt) (weight float64, contradicted, differ bool) {
	if s.attributes[0].folded == "" && s.attributes[1].folded == "" && s.attributes[2].folded == "" {
		return 0, false, false
	}
	var weights [register.Attributes]float64
	for i, word := range s.v.AttributesOf(at) {
		if s.attributes[i].folded == "" {
			continue
		}
		d := s.verdict(i, word)
		weights[i] = d.weight
		differ = differ || d.grade == "missing" || d.grade == "contradicts"
		contradicted = contradicted || d.grade == "contradicts" && i != 2
	}
	weights[1] = modelBeside(weights[0], weights[1])
	return weights[0] + weights[1] + weights[2], contradicted, differ
}

// modelBeside is what the model adds to the make, which it tells.
func modelBeside(make, model float64) float64 {
	if make > 0 && model > 0 {
		return max(model-make, 0)
	}
	return model
}

// verdict is what a held word says of the make, model or colour asked.
func (s *vehicleScorer) verdict(i int, word uint32) attributeVerdict {
	k := &s.attributes[i]
	for _, d := range k.verdicts {
		if d.word == word {
			return d
		}
	}
	d := attributeVerdict{word: word, grade: "contradicts"}
	share := (float64(s.v.AttributeCount(i, word)) + attributeDefault[i]*attributeDefaultWeight) / (float64(s.v.Vehicles()) + attributeDefaultWeight)
	switch have := s.v.Text(word); {
	case have == "":
		d.grade = "missing"
	case have == k.folded:
		d.grade, d.weight = "exact", math.Log(attributeAgrees[i]/share)
	case sameWord(k.folded, have):
		d.grade, d.weight = "partial", math.Log(attributeAgrees[i]/share)
	default:
		d.weight = math.Log((1 - attributeAgrees[i]) / max(1-share, .1))
	}
	k.verdicts = append(k.verdicts, d)
	return d
}

// sameWord takes one word as the other's beginning (Maruti, Maruti Suzuki) for the same.
func sameWord(a, b string) bool {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	return short == long || len(short) >= 3 && long[:len(short)] == short
}

// weigh turns the evidence into chances.
func (s *vehicleCandidates) weigh() {
	var all, alone, best, bestAlone, equal, equalAlone float64
	group := ^uint32(0)
	for i := range s.found {
		c := &s.found[i]
		c.likely = math.Exp(c.weight)
		if c.likelyAlone = c.likely; c.kind != 0 {
			c.likelyAlone = math.Exp(c.weight - c.kind)
		}
		if c.group == oneVehicle {
			equal, equalAlone = max(equal, c.likely), max(equalAlone, c.likelyAlone)
			continue
		}
		if c.group != group {
			all, alone, best, bestAlone, group = all+best, alone+bestAlone, 0, 0, c.group
		}
		best, bestAlone = max(best, c.likely), max(bestAlone, c.likelyAlone)
	}
	all, alone = all+best+equal, alone+bestAlone+equalAlone
	unheld := roadVehicles * s.unheld()
	s.scale = sought / (sought*all + unheld)
	s.scaleAlone = sought / (sought*alone + unheld)
	s.openScale = s.openScore() / (all * s.unlisted())
}

// keepBest takes the best of what was found.
func (s *vehicleCandidates) keepBest() {
	for i := range s.found {
		c := &s.found[i]
		f := s.v.VehicleFacts(c.at)
		h := hit[register.VehicleAt]{at: c.at, class: s.class(c), weight: c.weight, updated: f.Updated, outstanding: goesFirst(f.Status)}
		if s.hits.counts(&h) {
			h.order = s.v.VehicleOrder(c.at)
			s.hits.keep(h)
		}
	}
	s.hits.finish(s.v.VehicleID)
	s.a.Total = s.hits.total
}

// openScore is the score of the only vehicle that fits numbers of which something was left open, 0 where one was given whole.
func (s *vehicleScorer) openScore() float64 {
	miss := 1.
	for i := range s.asked {
		n := &s.asked[i]
		if !n.open {
			return 0
		}
		miss *= 1 - openLeast - openMore*min(1, float64(n.fixed())/openLength[n.kind])
	}
	return min(1-miss, openLeast+openMore)
}

// openLength is the length of most numbers, by kind.
var openLength = [...]float64{register.Registration: 10, register.Chassis: 17, register.Engine: 12}

// unlisted is how many times as many held numbers fit as were listed; 1 where all were.
func (s *vehicleScorer) unlisted() float64 {
	times := 1.
	for i := range s.asked {
		if n := &s.asked[i]; len(n.matches) > 0 {
			times = max(times, float64(n.total)/float64(len(n.matches)))
		}
	}
	return times
}

func (s *vehicleScorer) class(c *candidate) Class {
	chance := s.scale * c.likely
	switch {
	case c.contradicted:
	case c.equal && !c.differs && chance >= exactChance:
		if c.whole {
			return Exact
		}
		return Probable
	case chance >= probableChance, c.kind >= 0 && s.scaleAlone*c.likelyAlone >= aloneChance:
		return Probable
	}
	return Lead
}

// unheld is the weight of the vehicles that are not held. Like a held one each must explain all numbers that were asked: as its
// own, in which nothing is known of the one beside the other, so that their chances multiply; or as another vehicle's.
func (s *vehicleScorer) unheld() float64 {
	all := 1.
	for i := range s.asked {
		share := 1. // of a number that nothing held resembles
		if n := &s.asked[i]; n.mass > 0 {
			share = (n.mass - n.held) / n.mass
		}
		if len(s.asked) > 1 {
			share += math.Exp(numberOther)
		}
		all *= share
	}
	return all
}

// score is the chance of a vehicle of this weight, or its share where something was left open; stretched at both ends,
// where all would be certain or all nothing: below a fiftieth it falls with the logarithm, so that of many unlikely
// vehicles the likelier has the greater score.
func (s *vehicleScorer) score(weight float64, c Class) float64 {
	const unlikely = .02
	score := s.scale * math.Exp(weight)
	if score < unlikely {
		score = unlikely / (1 + math.Log(unlikely/max(score, 1e-300)))
	} else {
		score = unsaturated(score, weight)
	}
	if s.openScale > 0 {
		score = max(score, s.openScale*math.Exp(weight))
	}
	if c == Lead {
		return min(score, leadMost)
	}
	return score
}
