package query

import (
	"context"
	"math"
	"slices"
	"time"

	"anvesh/query/plate"
	"anvesh/storage"
)

// NumberSearch bounds the search for each number of a request: the bearers of Limit distinct numbers are weighed, Budget
// of them are looked at; beyond that the answer is not complete.
var NumberSearch = plate.Search{Limit: 1_000, MaxEdits: 2, Budget: 400_000}

// Evidence of numbers, in nats: what a character that agrees is worth, and where doubt begins.
// Twenty-one nats tell a whole registration from thirty million others: ten characters share them.
const (
	characterWorth = 2.1
	numberOther    = -8.0 // another registration, chassis or engine number than the one asked: a re-plated vehicle is rare
	// probableNumber is the evidence beyond the prior from which a damaged reading is PROBABLE.
	probableNumber = 2.5
	// filterBelow is the number of characters under which make, model and colour filter instead of being scored.
	filterBelow = 5
)

// SearchVehicles answers one search for a vehicle.
func (e *Engine) SearchVehicles(ctx context.Context, r *VehicleRequest) (*Answer, error) {
	start := time.Now()
	f, err := e.readVehicle(r)
	if err != nil {
		return nil, err
	}
	a, err := e.begin(ctx, &r.Common)
	if err != nil {
		return nil, err
	}
	s := vehicleSearch{e: e, r: r, f: f, a: a, hits: top{limit: f.limit, min: f.min}, seen: map[uint32]bool{}}
	s.read()
	s.run()
	if err := s.show(); err != nil {
		return nil, err
	}
	a.TookUS = time.Since(start).Microseconds()
	return a, nil
}

// A vehicleSearch is one search on its way from request to hits.
type vehicleSearch struct {
	e *Engine
	r *VehicleRequest
	f filter
	a *Answer

	asked               []askedNumber
	make, model, colour string // folded
	filters             bool   // make, model and colour filter
	seen                map[uint32]bool
	hits                top
}

// An askedNumber is one number of the request with all numbers that are near it.
type askedNumber struct {
	field   string
	text    string
	pattern plate.Pattern
	near    map[uint32]plate.Match
	mass    float64 // sum over the near numbers of exp(-cost): how many explain what was read
}

func (s *vehicleSearch) read() {
	fixed := 0
	for _, n := range []struct{ field, text string }{
		{"registration", s.r.Registration}, {"chassis", s.r.Chassis}, {"engine", s.r.Engine}} {
		if n.text == "" {
			continue
		}
		p, err := plate.ParsePattern(n.text)
		if err != nil {
			continue // readVehicle has refused it
		}
		fixed = max(fixed, p.Fixed())
		s.asked = append(s.asked, askedNumber{field: n.field, text: n.text, pattern: p})
	}
	s.make, s.model, s.colour = foldWord(s.r.Make), foldWord(s.r.Model), foldColour(s.r.Colour)
	s.filters = fixed < filterBelow
}

// run selects and scores under the register's lock.
func (s *vehicleSearch) run() {
	g := s.e.reg
	g.mu.RLock()
	defer g.mu.RUnlock()
	s.hits.records = len(g.vehicles) - len(g.freeV)
	for i := range s.asked {
		s.near(g, &s.asked[i])
	}
	for i := range s.asked {
		by := s.bearers(g, s.asked[i].field)
		for o := range s.asked[i].near {
			by.each(o, func(at uint32) bool {
				if !s.seen[at] {
					s.seen[at] = true
					s.look(g, at)
				}
				return true
			})
		}
	}
	s.hits.finish(g)
	s.a.Total = s.hits.total
	s.findConflicts(g)
}

// near finds the held numbers that explain what was asked.
func (s *vehicleSearch) near(g *Register, n *askedNumber) {
	var matches []plate.Match
	var total int
	var complete bool
	switch n.field {
	case "registration":
		matches, total, complete = g.plates.Search(nil, n.pattern, NumberSearch)
	case "chassis":
		matches, total, complete = g.chassis.Search(nil, n.pattern, NumberSearch)
	default:
		matches, total, complete = g.engines.Search(nil, n.pattern, NumberSearch)
	}
	if total > len(matches) {
		s.a.TotalIs = "at_least"
	}
	s.a.Complete = s.a.Complete && complete
	n.near = make(map[uint32]plate.Match, len(matches))
	for _, m := range matches {
		n.near[m.Ord] = m
		n.mass += math.Exp(-float64(m.Cost))
	}
}

func (s *vehicleSearch) bearers(g *Register, field string) *lists {
	switch field {
	case "registration":
		return &g.byPlate
	case "chassis":
		return &g.byChassis
	}
	return &g.byEngine
}

func refsOf(v *vehicle, field string) []uint32 {
	switch field {
	case "registration":
		return v.plateRefs()
	case "chassis":
		return v.chassisRefs()
	}
	return v.engineRefs()
}

func (s *vehicleSearch) look(g *Register, at uint32) {
	v := &g.vehicles[at]
	if !s.f.passes(g, v.station, v.status, v.event) {
		return
	}
	weight, whole, contradicted := s.weighNumbers(v)
	kind, against, differ := s.weighKind(g, v)
	if s.filters && differ {
		return
	}
	weight += kind
	contradicted = contradicted || against
	c := Lead
	switch {
	case contradicted:
	case whole:
		c = Exact
	case weight >= prior(s.hits.records)+probableNumber:
		c = Probable
	}
	s.hits.add(hit{at: at, class: c, weight: weight, updated: v.updated,
		outstanding: v.status > 0 && v.status < outstanding, id: v.id, ref: g.words.text[v.id.ref]})
}

// weighNumbers adds up what the numbers say. whole: every number that was asked equals one of the vehicle's.
func (s *vehicleSearch) weighNumbers(v *vehicle) (weight float64, whole, contradicted bool) {
	whole = true
	for i := range s.asked {
		n := &s.asked[i]
		refs := refsOf(v, n.field)
		m, ok := cheapest(n.near, refs)
		switch {
		case ok:
			weight += n.weight(float64(m.Cost))
			whole = whole && m.Cost == 0 && m.Edits == 0 && !n.pattern.Wild()
		case len(refs) > 0:
			weight += numberOther
			contradicted, whole = true, false
		default:
			whole = false
		}
	}
	return weight, whole, contradicted
}

// weight is the evidence of a held number at this cost: its characters, less what the misreading takes, less
// what the other held numbers that explain the reading take. Of twelve that explain it alike, none is likely.
func (n *askedNumber) weight(cost float64) float64 {
	rivals := max(math.Log(n.mass)+cost, 0)
	return characterWorth*float64(n.pattern.Fixed()) - cost - rivals
}

func cheapest(near map[uint32]plate.Match, refs []uint32) (m plate.Match, ok bool) {
	for _, o := range refs {
		if n, found := near[o]; found && (!ok || n.Cost < m.Cost) {
			m, ok = n, true
		}
	}
	return m, ok
}

// weighKind adds up make, model and colour. differ: one of them is another, or not known.
func (s *vehicleSearch) weighKind(g *Register, v *vehicle) (weight float64, contradicted, differ bool) {
	one := func(asked string, held uint32, same, other float64, strong bool) {
		switch have := g.words.text[held]; {
		case asked == "":
		case have == "":
			differ = true
		case sameWord(asked, have):
			weight += same
		default:
			weight += other
			differ = true
			contradicted = contradicted || strong
		}
	}
	one(s.make, v.make, makeSame, makeOther, true)
	one(s.model, v.model, modelSame, modelOther, true)
	one(s.colour, v.colour, colourSame, colourOther, false)
	return weight, contradicted, differ
}

// sameWord takes one word as the other's beginning (Maruti, Maruti Suzuki) for the same.
func sameWord(a, b string) bool {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	return short == long || len(short) >= 3 && long[:len(short)] == short
}

// findConflicts reports numbers of the request that are held whole, but by different vehicles.
func (s *vehicleSearch) findConflicts(g *Register) {
	if len(s.asked) < 2 {
		return
	}
	var all []Conflict
	common := map[uint32]int{}
	for i := range s.asked {
		n := &s.asked[i]
		c := Conflict{Field: n.field}
		for o, m := range n.near {
			if m.Cost > 0 || n.pattern.Wild() {
				continue
			}
			s.bearers(g, n.field).each(o, func(at uint32) bool {
				if id := g.recordID(g.vehicles[at].id); !slices.Contains(c.IDs, id) {
					c.IDs = append(c.IDs, id)
					common[at]++
				}
				return len(c.IDs) < maxLimit
			})
		}
		if len(c.IDs) > 0 {
			slices.Sort(c.IDs)
			all = append(all, c)
		}
	}
	for _, n := range common {
		if n > 1 {
			return // one vehicle bears both
		}
	}
	if len(all) > 1 {
		s.a.Conflicts = all
	}
}

// show reads the hits' records and writes down the evidence.
func (s *vehicleSearch) show() error {
	err := s.e.show(s.a, &s.hits, func(w float64) float64 { return vehicleScore(w, s.hits.records) }, s.evidenceOf)
	for i := range s.a.Hits {
		h := &s.a.Hits[i]
		for _, w := range h.Why {
			if w.Grade == "contradicts" && !slices.Contains(h.Conflict, w.Field) {
				h.Conflict = append(h.Conflict, w.Field)
			}
		}
		s.flagDoubles(h)
	}
	return err
}

// flagDoubles marks a record whose chassis stands under another registration as well: cloned or re-plated.
func (s *vehicleSearch) flagDoubles(h *Hit) {
	g := s.e.reg
	g.mu.RLock()
	defer g.mu.RUnlock()
	at, ok := g.find(h.Record.ID)
	if !ok {
		return
	}
	v := &g.vehicles[at]
	for _, o := range v.chassisRefs() {
		g.byChassis.each(o, func(other uint32) bool {
			w := &g.vehicles[other]
			if w.plates == 0 || v.plates == 0 || overlap(w.plateRefs(), v.plateRefs()) > 0 {
				return true
			}
			h.Record.Flags = append(slices.Clone(h.Record.Flags), "chassis-under-two-registrations")
			return false
		})
	}
}

func (s *vehicleSearch) evidenceOf(rs []*storage.Record) [][]evidence {
	es := make([][]evidence, len(rs))
	for i, r := range rs {
		es[i] = s.evidence(r)
	}
	return es
}

// evidence writes down the evidence for a record, line by line.
func (s *vehicleSearch) evidence(r *storage.Record) []evidence {
	var es []evidence
	for i := range s.asked {
		n := &s.asked[i]
		held := map[string][]string{"registration": with(r.Registration, r.Registrations),
			"chassis": with(r.Chassis, r.Chassises), "engine": with(r.Engine, r.Engines)}[n.field]
		es = append(es, numberEvidence(n, held))
	}
	kind := func(field, asked, held, foldedAsked, foldedHeld string, same, other float64) {
		if foldedAsked == "" {
			return
		}
		e := evidence{field: field, query: asked, found: held, grade: "missing"}
		switch {
		case foldedHeld == "":
		case foldedAsked == foldedHeld:
			e.weight, e.grade, e.likeness = same, "exact", 1
		case sameWord(foldedAsked, foldedHeld):
			e.weight, e.grade, e.likeness = same, "partial", 1
		default:
			e.weight, e.grade = other, "contradicts"
		}
		es = append(es, e)
	}
	kind("make", s.r.Make, r.Make, s.make, foldWord(r.Make), makeSame, makeOther)
	kind("model", s.r.Model, r.Model, s.model, foldWord(r.Model), modelSame, modelOther)
	kind("colour", s.r.Colour, r.Colour, s.colour, foldColour(r.Colour), colourSame, colourOther)
	return es
}

// numberEvidence explains the held number that fits what was asked best.
func numberEvidence(n *askedNumber, held []string) evidence {
	e := evidence{field: n.field, query: n.text, grade: "missing"}
	least := math.Inf(1)
	for _, h := range held {
		al := plate.CompareNumber(n.text, h)
		if n.field == "registration" {
			al = plate.Compare(n.text, h)
		}
		if al.Grade == plate.GradeMissing || al.Cost >= least {
			continue
		}
		least = al.Cost
		e.found, e.grade, e.likeness, e.rule = h, al.Grade, al.Likeness, causesOf(al)
		if e.weight = n.weight(al.Cost); al.Grade == plate.GradeContradicts {
			e.weight = numberOther
		}
	}
	return e
}

// causesOf says which characters were taken for which, and why.
func causesOf(al plate.Alignment) string {
	out := ""
	for _, p := range al.Parts {
		if out != "" {
			out += ", "
		}
		switch {
		case p.Query == "":
			out += p.Found + " not read"
		case p.Found == "":
			out += p.Query + " too much"
		default:
			out += p.Query + " for " + p.Found
		}
		out += ": " + p.Cause
	}
	return out
}
