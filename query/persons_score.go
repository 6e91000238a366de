package query

import (
	"math"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/register"
)

// A personScorer weighs one record by all that is asked.
type personScorer struct {
	askedPerson
	v         register.View
	persons   int       // that are held
	sources   [3]source // of name, alias and relative, those that are asked
	placeNums []register.Word
	sections  map[register.Word]bool
	surplus   *float64 // of the register's names, once it was needed
}

// mostOfFacts is the most that fields other than names can weigh.
func (s *askedPerson) mostOfFacts() float64 {
	most := 0.0
	if s.born {
		w, _ := birthEvidence(s.from, s.to, s.from, s.to)
		most += w
	}
	if s.r.Gender != "" {
		w, _ := genderEvidence(s.r.Gender[0], s.r.Gender[0])
		most += w
	}
	if len(s.places) > 0 {
		most += placeSame
	}
	return most
}

// A source is one asked name with the held names that are near it.
type source struct {
	asked    *name.Name
	of       register.NameKind
	query    register.AskedName
	near     []names.Match // best first
	next     int           // of near, to be read
	shared   int           // of near: who bears one of these and a name near to another source was met
	cut      bool          // there are more names, not heavier than the last
	searched bool
	compared []compared
}

// Places in personSearch.sources.
const (
	byName = iota
	byAlias
	byRelative
)

// A met is a record that passes the filters, with what speaks for it and is no name.
type met struct {
	at      register.PersonAt
	against bool
	facts   float64
}

// score weighs a record, met through a name of weight w of a source or through none (-1), by all that was asked. found is
// false for one that has nothing of the names.
func (s *personScorer) score(m met, through int, w float64) (h hit[register.PersonAt], found bool) {
	weight, more, contradicted, found := s.weigh(m.at, through, w)
	if !found {
		return h, false
	}
	weight += m.facts
	switch {
	case contradicted || m.against:
		weight = s.lead(weight)
	case more+m.facts <= 0:
		weight = s.alone(weight)
	}
	c := Lead
	if weight >= name.ProbableWeight(s.persons) {
		c = Probable
		if s.equal(m.at) {
			c = Exact
		}
	}
	return s.hitOf(m.at, c, weight), true
}

// hitOf is the hit of a record, to be counted; fill gives it what it needs to be kept.
func (s *personScorer) hitOf(at register.PersonAt, c Class, weight float64) hit[register.PersonAt] {
	f := s.v.PersonFacts(at)
	return hit[register.PersonAt]{at: at, class: c, weight: weight, updated: f.Updated, outstanding: goesFirst(f.Status), name: noName}
}

// fill fills in the order and the name of a hit.
func (s *personScorer) fill(h *hit[register.PersonAt]) {
	h.order = s.v.PersonOrder(h.at)
	if names := s.v.NamesOf(register.OwnNames, h.at); len(names) > 0 {
		h.name = names[0]
	}
}

// lead is what a weight comes to where something contradicts: however much the rest weighs, it is little more than singles
// out one of all, since families and villages share the rest. It grows with the weight, and makes nobody PROBABLE.
func (s *personScorer) lead(weight float64) float64 {
	const over = 1.2 // nats above one of all persons, as name does with a word that contradicts
	sure := math.Log(float64(max(s.persons, name.LeastPersons))) + over
	if weight > sure {
		weight = min(sure+(weight-sure)/10, name.ProbableWeight(s.persons)-.1)
	}
	return weight
}

func (s *personScorer) passes(at register.PersonAt) bool {
	f := s.v.PersonFacts(at)
	if !s.f.passes(s.v, f.Station, f.Status, f.Event) || s.f.party != nil && !s.f.party(at, f) {
		return false
	}
	if s.sections != nil {
		for _, n := range s.v.SectionsOf(at) {
			if s.sections[n] {
				return true
			}
		}
		return false
	}
	return true
}

// alone is what the weight of a name alone comes to, which must also outweigh what its words have in common with each
// other: what would be PROBABLE by less than that stays below, in order.
func (s *personScorer) alone(weight float64) float64 {
	const from = 2 // nats below PROBABLE, where it begins
	least := name.ProbableWeight(s.persons)
	if weight <= least-from {
		return weight
	}
	if s.surplus == nil {
		s.surplus = new(s.v.Surplus())
	}
	if over := weight - (least + *s.surplus); over >= 0 {
		return least + over
	}
	return least - from + (weight-least+from)*from/(from+*s.surplus)
}

// unread is the most that the other sources can add to a record that is met for the first time through one of them: had
// it a name that they have read, it would have been met there.
func (s *personScorer) unread(through int) (most float64) {
	for i := range s.sources {
		if i != through && s.sources[i].asked != nil {
			most += max(s.sources[i].rest(), 0)
		}
	}
	return most
}

// weigh adds up the evidence of names without writing it down; reasons of shown hits are made by weighing again (evidenceOf).
// more is what other names than the first add. found is false for a record that has nothing of the names that were asked.
func (s *personScorer) weigh(at register.PersonAt, through int, w float64) (weight, more float64, contradicted, found bool) {
	f := s.v.PersonFacts(at)
	first := 0.0 // of the name, or what stands in its place
	found = through < 0
	of := func(i int) float64 {
		if i == through {
			return w
		}
		_, n := s.sources[i].best(s.v.NamesOf(register.OwnNames, at))
		return n
	}
	if s.name != nil {
		n := of(byName)
		found = found || n > 0
		weight += max(n, otherName)
		contradicted = n <= 0 // a brother, whose father's name is the right one however rare it is
		first = weight
	}
	if s.alias != nil {
		n := of(byAlias)
		found = found || n > 0
		weight += max(n, 0)
		if s.name == nil {
			first = weight
		}
	}
	if s.relative != nil && f.Relative != register.NoRelative {
		n := w
		if through != byRelative {
			n = s.weighRelatives(&s.sources[byRelative], at, f)
		}
		found = found || s.name == nil && s.alias == nil && n > 0
		weight += max(n, otherName)
		contradicted = contradicted || n <= otherName
	}
	return weight, weight - first, contradicted, found
}

// weighFacts adds up what is no name.
func (s *personScorer) weighFacts(at register.PersonAt) (weight float64, contradicted bool) {
	f := s.v.PersonFacts(at)
	if s.born && f.From > 0 {
		w, grade := birthEvidence(s.from, s.to, int(f.From), int(f.To))
		weight += w
		contradicted = grade == "contradicts"
	}
	if s.r.Gender != "" && f.Gender != 0 {
		w, same := genderEvidence(s.r.Gender[0], f.Gender)
		weight += w
		contradicted = contradicted || !same
	}
	if len(s.places) > 0 {
		if held := s.v.PlacesOf(at); len(held) > 0 {
			weight += placeWeight(overlap(s.placeNums, held), len(s.places))
		}
	}
	return weight, contradicted
}

// weighRelatives is the weight of the heaviest of a record's relatives by a source; -Inf where it has none.
func (s *personScorer) weighRelatives(c *source, at register.PersonAt, f *register.PersonFacts) (weight float64) {
	switch f.Relative {
	case register.NoRelative:
		return math.Inf(-1)
	case register.SeveralRelatives:
		_, weight = c.best(s.v.NamesOf(register.Relatives, at))
		return weight
	}
	return c.query.Weigh(f.Relative) // without a look at the record's list
}

// best is the heaviest of some names, the first of equal ones; of none the weight is -Inf.
func (c *source) best(refs []uint32) (ordinal uint32, weight float64) {
	weight = math.Inf(-1)
	for i, o := range refs {
		if w := c.query.Weigh(o); i == 0 || w > weight {
			ordinal, weight = o, w
		}
	}
	return ordinal, weight
}

func genderEvidence(asked, held byte) (weight float64, same bool) {
	switch {
	case asked != held:
		return genderOther, false
	case asked == 'M':
		return genderSame, true
	}
	return genderSameF, true
}

// placeWeight is the evidence of so many of the asked words being among a record's places.
func placeWeight(common, asked int) float64 {
	if common == 0 {
		return placeOther
	}
	return placeSame * (0.5 + 0.5*float64(common)/float64(asked))
}

// overlap is how many of a are among b.
func overlap[T comparable](a, b []T) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				n++
				break
			}
		}
	}
	return n
}

// equal tells whether all names that were asked are among the record's letter for letter.
func (s *personScorer) equal(at register.PersonAt) bool {
	has := func(source int, of register.NameKind) bool {
		n := s.sources[source].asked
		if n == nil {
			return true
		}
		key, bare := n.Key(), ""
		if b, ok := n.Bare(); ok {
			bare = b.Key()
		}
		for _, o := range s.v.NamesOf(of, at) {
			if k := s.sources[source].query.Key(o); k == key || k == bare {
				return true
			}
		}
		return false
	}
	return has(byName, register.OwnNames) && has(byAlias, register.OwnNames) && has(byRelative, register.Relatives)
}
