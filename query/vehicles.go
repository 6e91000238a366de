package query

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"anvesh/query/numbers"
	"anvesh/query/phrase"
	"anvesh/query/plate"
	"anvesh/query/register"
)

// NumberSearch bounds the search for each number of a request: the bearers of Limit distinct numbers are weighed, Budget
// of them are looked at; beyond that the answer is not complete.
var NumberSearch = numbers.Search{Limit: 1_000, MaxEdits: 2, Budget: 400_000}

const (
	// filteredNumbers is NumberSearch.Limit where other fields of the request filter what a few characters fit.
	filteredNumbers = 20_000
	// filterBelow is the number of characters under which make, model and colour filter instead of being scored.
	filterBelow = 5
)

// searchVehicles answers one search for a vehicle.
func (e *Engine) searchVehicles(ctx context.Context, r *VehicleRequest) (*Answer, error) {
	start := time.Now()
	s := vehicleSearches.Get().(*vehicleSearch)
	defer s.release()
	if err := s.read(e, r); err != nil {
		return nil, err
	}
	a, err := e.begin(ctx, &r.Common)
	if err != nil {
		return nil, err
	}
	s.a = a
	a.leftOut(s.left)
	var release func()
	s.v, release = e.view(register.Findable)
	defer release()
	s.find()
	s.keepBest()
	s.findConflicts()
	s.show()
	a.TookUS = time.Since(start).Microseconds()
	return a, nil
}

// A vehicleSearch is one search on its way from request to hits, as a personSearch is: what is asked, what weighs a vehicle
// by it, which vehicles are looked at, and here how the best are explained. Its arrays serve the next search.
type vehicleSearch struct {
	vehicleCandidates
	e      *Engine
	lines  []evidence
	own    [register.Engine + 1][]register.NumberAt // numbers of the hit that is shown, by kind
	texts  register.VehicleTexts                    // what its record writes, if that differs
	differ bool
}

// An askedVehicle is what a request asks, taken apart.
type askedVehicle struct {
	r          *VehicleRequest
	f          filter
	asked      []askedNumber
	numbers    [3]askedNumber // what asked is a part of
	left       []leftOut      // what was asked and says nothing
	attributes [register.Attributes]askedAttribute
	filters    bool // these filter
}

// A vehicleScorer weighs vehicles by all that is asked.
type vehicleScorer struct {
	askedVehicle
	v          register.View
	text       arena
	parts      []plate.Part
	refs       []register.NumberAt
	looks      int     // comparisons left of numbers that the searches did not list
	scale      float64 // chance of a vehicle by exp(weight), see weigh
	scaleAlone float64 // the same by its numbers alone
	openScale  float64 // score by exp(weight) where all numbers were left open, else 0
}

// vehicleCandidates are the vehicles that a search looks at, and the best of them.
type vehicleCandidates struct {
	vehicleScorer
	a       *Answer
	seen    places // vehicles
	borne   []borne
	list    []register.VehicleAt // who bears a number
	fetched uint32               // see gather
	found   []candidate
	hits    top[register.VehicleAt]
}

var vehicleSearches = sync.Pool{New: func() any { return new(vehicleSearch) }}

// release forgets the search, but for its arrays.
func (s *vehicleSearch) release() {
	s.hits.reset(0, Lead)
	kept := vehicleSearch{lines: s.lines[:0], own: s.own}
	kept.numbers, kept.seen, kept.found, kept.borne, kept.list, kept.refs, kept.hits = s.numbers, s.seen, s.found[:0], s.borne[:0], s.list[:0], s.refs[:0], s.hits
	kept.parts, kept.left, kept.text.scratch = s.parts[:0], s.left[:0], s.text.scratch
	clear(kept.left[:cap(kept.left)])
	clear(kept.lines[:cap(kept.lines)]) // strings of the answer
	clear(kept.parts[:cap(kept.parts)])
	for i := range kept.numbers {
		n := &kept.numbers[i]
		*n = askedNumber{matches: n.matches[:0], bearers: n.bearers[:0], at: n.at}
	}
	*s = kept
	vehicleSearches.Put(s)
}

// An askedNumber is one number of the request with the held numbers that are near it.
type askedNumber struct {
	field   string
	text    string
	kind    register.NumberKind // of the held numbers: a chassis number may have been typed as the engine's
	pattern plate.Pattern
	matches []numbers.Match
	at      places   // ordinal -> place in matches
	bearers []uint32 // how many vehicles bear each of matches
	mass    float64  // of all numbers, held or not, that may have been read so: numbers.PlateIndex.SearchMass
	logMass float64
	held    float64 // of those among matches
	total   int     // held numbers that were found, listed or only counted
	open    bool    // characters were left open, or a part was given, and what is held fits without an error
}

// wildcard tells whether characters are left open.
func (n *askedNumber) wildcard() bool {
	if n.kind == register.Registration {
		return n.pattern.Wild()
	}
	return n.pattern.WildNumber()
}

// fixed is how many characters are given.
func (n *askedNumber) fixed() int {
	if n.kind == register.Registration {
		return n.pattern.Fixed()
	}
	return n.pattern.FixedNumber()
}

// find selects and weighs whatever bears a number near an asked one.
func (s *vehicleCandidates) find() {
	s.hits.records = s.v.Vehicles()
	s.looks = mostLooks
	for i := range s.asked {
		s.near(&s.asked[i])
		s.a.Considered += len(s.asked[i].matches)
	}
	s.gather()
	for _, b := range s.borne {
		s.look(b.at, b.group)
	}
	s.weigh()
}

// A borne is a vehicle to look at; vehicles of one group bear the same number.
type borne struct {
	at    register.VehicleAt
	group uint32
}

// gather lists the vehicles that bear one of the numbers found. They lie all over the memory: first reading a word of
// each lets the processor fetch many lines at once, where the work between would make it wait for one after the other
// (half of a search among three millions before).
func (s *vehicleCandidates) gather() {
	s.seen.reset()
	s.borne = s.borne[:0]
	group := uint32(0)
	for i := range s.asked {
		n := &s.asked[i]
		for _, m := range n.matches {
			s.list = s.v.AppendVehicles(s.list[:0], n.kind, m.Ord)
			n.bearers = append(n.bearers, uint32(len(s.list)))
			for _, at := range s.list {
				if s.seen.put(uint32(at), 1) {
					s.borne = append(s.borne, borne{at, group})
				}
			}
			group++
		}
	}
	for _, b := range s.borne {
		s.fetched += s.v.VehicleFacts(b.at).Station
	}
}

// numbersOf are the numbers of a vehicle, good until the next call.
func (s *vehicleScorer) numbersOf(kind register.NumberKind, at register.VehicleAt) []register.NumberAt {
	s.refs = s.v.AppendNumbers(s.refs[:0], kind, at)
	return s.refs
}

// near finds the held numbers that explain what was asked. What nothing held of its kind is near, but something of another
// kind is, was typed into the wrong field.
func (s *vehicleCandidates) near(n *askedNumber) {
	s.searchNumbers(n)
	if n.kind == register.Registration {
		s.openSeries(n)
	}
	if !n.wildcard() && n.fixed() >= leastMistyped && !n.close() {
		s.elsewhere(n)
	}
	s.index(n)
}

// elsewhere looks for a number among those of the other kinds that it may be of, and takes the first that holds one near it; what has
// the form of a chassis number is looked for as one in any case.
func (s *vehicleCandidates) elsewhere(n *askedNumber) {
	vin := n.kind == register.Registration && plate.IsVIN(n.text)
	for _, kind := range n.otherKinds() {
		other := askedNumber{field: n.field, text: n.text, pattern: n.pattern, kind: kind}
		s.searchNumbers(&other)
		switch close := other.close(); {
		case close:
			s.a.remark(heldAs[kind].With(n.field))
		case vin && kind == register.Chassis:
			s.a.remark(phrase.LooksLikeChassis.With(n.field))
		default:
			continue
		}
		n.become(&other)
		return
	}
}

// become makes of a number what was found for another reading of it.
func (n *askedNumber) become(o *askedNumber) {
	n.kind, n.pattern, n.matches, n.mass, n.total = o.kind, o.pattern, append(n.matches[:0], o.matches...), o.mass, o.total
}

var heldAs = [...]phrase.Phrase{register.Registration: phrase.HeldAsPlate, register.Chassis: phrase.HeldAsChassis, register.Engine: phrase.HeldAsEngine}

// otherKinds are the kinds of number that one may be of which is like nothing held of its own: of a registration those of which it
// has the form. One that is whole is none, however it begins. One that is misread begins with a state mostly, and held ones are near it;
// it is hardly longer than a registration.
func (n *askedNumber) otherKinds() []register.NumberKind {
	if n.kind == register.Registration {
		text := n.pattern.String()
		if long := len(text) >= plate.MaxPrefixLen+plate.SerialLen; !long && (len(n.matches) > 0 || plate.IsState(text)) || plate.IsWhole(n.text) {
			return nil
		}
		return []register.NumberKind{register.Chassis, register.Engine}
	}
	kinds := []register.NumberKind{register.Chassis + register.Engine - n.kind}
	if plate.IsWhole(n.text) {
		kinds = append(kinds, register.Registration)
	}
	return kinds
}

// openSeries searches for a registration without its series (HR26 8337) as one of which the series is open, where none is held
// that is equal as it stands, and some fit.
func (s *vehicleCandidates) openSeries(n *askedNumber) {
	text, ok := plate.WithoutSeries(n.text)
	if !ok || slices.ContainsFunc(n.matches, func(m numbers.Match) bool { return m.Cost == 0 }) {
		return
	}
	open := askedNumber{field: n.field, kind: n.kind}
	open.pattern, _ = plate.ParsePattern(text)
	if s.searchNumbers(&open); len(open.matches) > 0 {
		n.become(&open)
		s.a.remark(phrase.SeriesOpen.With(n.field, text))
	}
}

// leastMistyped is the length from which a number is looked for among those of the other kind.
const leastMistyped = 7

// close reports whether a held number is at most one edit away.
func (n *askedNumber) close() bool {
	for _, m := range n.matches {
		if m.Edits <= 1 {
			return true
		}
	}
	return false
}

func (s *vehicleCandidates) searchNumbers(n *askedNumber) {
	search := NumberSearch
	if s.filters && (s.f.selective() || s.r.Make != "" || s.r.Model != "" || s.r.Colour != "") {
		search.Limit = filteredNumbers
	}
	var total int
	var complete bool
	from := n.matches[:0]
	n.matches, total, complete, n.mass = s.v.NumbersNear(n.kind, from, n.pattern, search)
	n.total = max(total, len(n.matches))
	if total > len(n.matches) {
		s.a.TotalIs = "at_least"
	}
	s.a.Complete = s.a.Complete && complete
}

// index makes the matches findable by ordinal.
func (s *vehicleScorer) index(n *askedNumber) {
	n.at.reset()
	n.held = 0
	for i, m := range n.matches {
		n.at.put(m.Ord, uint32(i))
		n.held += math.Exp(-float64(m.Cost))
	}
	n.mass = max(n.mass, n.held)
	n.logMass = math.Log(n.mass)
	n.open = n.wildcard() || len(n.matches) > 0 && n.pattern.Within(n.kind == register.Registration, s.keyOf(n.kind, n.matches[0].Ord))
}

// match gives the cheapest of a vehicle's numbers that is near what was asked.
func (n *askedNumber) match(refs []uint32) (best numbers.Match, ok bool) {
	for _, o := range refs {
		if i, found := n.at.get(o); found && (!ok || n.matches[i].Cost < best.Cost) {
			best, ok = n.matches[i], true
		}
	}
	return best, ok
}

// places is a map of small numbers that is emptied at no cost; with values, which visited has not.
type places struct {
	slots []place
	epoch uint32
	n     int
}

type place struct{ epoch, key, value uint32 }

func (m *places) reset() {
	m.n = 0
	if m.epoch++; len(m.slots) == 0 || m.epoch == 0 {
		m.slots, m.epoch = make([]place, 1<<8), 1
	}
}

// slot is the place of a key, or where it belongs.
func (m *places) slot(key uint32) *place {
	mask := uint32(len(m.slots) - 1)
	for i := key * 0x9E3779B1 >> 7 & mask; ; i = (i + 1) & mask {
		if s := &m.slots[i]; s.epoch != m.epoch || s.key == key {
			return s
		}
	}
}

func (m *places) get(key uint32) (value uint32, ok bool) {
	s := m.slot(key)
	return s.value, s.epoch == m.epoch
}

// put adds a key; it reports false and changes nothing if the key is there.
func (m *places) put(key, value uint32) bool {
	s := m.slot(key)
	if s.epoch == m.epoch {
		return false
	}
	*s = place{m.epoch, key, value}
	if m.n++; 2*m.n > len(m.slots) {
		old := m.slots
		m.slots = make([]place, 4*len(old))
		for _, o := range old {
			if o.epoch == m.epoch {
				*m.slot(o.key) = o
			}
		}
	}
	return true
}
