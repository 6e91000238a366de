package query

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/storage"
)

// A Register is what searches read: every findable record in a compact match form, the distinct names and
// numbers that records bear, and for each of those the list of its bearers. It is derived from the
// records (storage.Derived): applied after each commit, saved and restored as a whole, compared by check.
//
// A name is scored once for all who bear it, a number once for all vehicles that show it; a record is
// looked at only when one of its names or numbers is near what was asked. Nothing here is read from disk.
//
// Methods lock by themselves; search code holds mu for reading.
type Register struct {
	mu sync.RWMutex

	names     *names.Index // persons' names and aliases
	relatives *names.Index // fathers, mothers, husbands
	plates    *numbers.PlateIndex
	chassis   *numbers.NumberIndex
	engines   *numbers.NumberIndex

	byName, byRelative           lists[personAt]  // ordinal of a name -> persons
	byPlate, byChassis, byEngine lists[vehicleAt] // ordinal of a number -> vehicles

	persons   []person
	facts     []facts // of the person in the same place
	vehicles  []vehicle
	several   [][]uint32 // numbers of vehicles that have more than one of a kind; 0 is none
	asWritten texts      // what vehicles' records write otherwise than the register prints it
	shown     texts      // what is shown of persons
	kinds     kinds
	freeP     []personAt // places of removed persons
	freeV     []vehicleAt
	words     words
	sections  map[uint32][]string // word: sections, apart
	memory    *memory             // used by Apply only
	personOf  map[id]personAt
	vehicleOf map[id]vehicleAt
	live      int // findable persons held
}

// A personAt is a person's place in Register.persons and facts, a vehicleAt a vehicle's in Register.vehicles. They are
// types of their own since both count from 0: one taken for the other would be somebody else's record.
type (
	personAt  uint32
	vehicleAt uint32
)

// An id is a record's id in 16 bytes: the FIR's digits after a leading 1, the kind, and the number of its ref among words.
type id struct {
	fir     uint64
	ref     uint32
	vehicle bool
}

// A person is the compact match form of one findable person.
type person struct {
	id        id
	share     uint64   // of the digest; 0 marks a free place
	terms     uint64   // TermsSum: while it stays, refs do
	refs      []uint32 // ordinals: names, then aliases, then relatives, then words of places, then sections
	names     uint16   // how many of refs are names and aliases, relatives, ...
	relatives uint8
	places    uint8
	shown     uint32 // place in Register.shown
}

// facts are what a search reads of every person whose name is near: half a line of cache.
type facts struct {
	updated  int64  // unix seconds
	relative uint32 // ordinal of the relative's name if there is one, else noRelative or relatives
	station  uint32 // word
	sections uint32 // word: the sections, each after a 0
	event    int32  // day of the FIR's event_at, Indian time
	from, to int16  // birth years, 0 unknown
	gender   byte   // M, F, T or 0
	status   uint8
}

// Marks in facts.relative.
const (
	noRelative = ^uint32(0)
	relatives  = ^uint32(0) - 1 // more than one: see person.relativeRefs
)

func (p *person) relative() uint32 {
	switch p.relatives {
	case 0:
		return noRelative
	case 1:
		return p.relativeRefs()[0]
	}
	return relatives
}

// NewRegister returns an empty register.
func NewRegister() *Register {
	g := &Register{}
	g.reset()
	return g
}

// registerVersion changes when the saved layout, or the rules by which names and numbers are read, do.
const registerVersion = 12

// Version is part of storage.Derived.
func (g *Register) Version() int { return registerVersion<<16 | TermsVersion }

// Reset empties the register.
func (g *Register) Reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reset()
}

func (g *Register) reset() {
	g.names, g.relatives = names.NewIndex(), names.NewIndex()
	g.plates, g.chassis, g.engines = numbers.NewPlateIndex(), numbers.NewNumberIndex(), numbers.NewNumberIndex()
	g.byName, g.byRelative = lists[personAt]{}, lists[personAt]{}
	g.byPlate, g.byChassis, g.byEngine = lists[vehicleAt]{}, lists[vehicleAt]{}, lists[vehicleAt]{}
	g.persons, g.facts, g.vehicles, g.freeP, g.freeV = nil, nil, nil, nil, nil
	g.words = words{num: map[string]uint32{"": 0}, text: []string{""}}
	g.sections = map[uint32][]string{}
	g.personOf, g.vehicleOf = map[id]personAt{}, map[id]vehicleAt{}
	g.memory = newMemory()
	g.live = 0
	g.several, g.kinds = make([][]uint32, 1), kinds{}
	g.asWritten = newTexts(func(at uint32) *uint32 { return &g.vehicles[at].written })
	g.shown = newTexts(func(at uint32) *uint32 { return &g.persons[at].shown })
}

// Digest is part of storage.Derived.
func (g *Register) Digest() uint64 {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var d uint64
	for i := range g.persons {
		d += g.persons[i].share
	}
	for i := range g.vehicles {
		d += g.vehicles[i].share
	}
	return d
}

// Share is part of storage.Derived: a hash of all that the register holds of r.
func (g *Register) Share(r *storage.Record) uint64 {
	if r.Visibility != storage.Findable {
		return 0
	}
	return TermsSum(r) ^ xxhash.Sum64String(fmt.Sprintf("%s|%s|%d|%d|%s|%d|%d|%s|%s|%s|%s", r.ID, r.Status, r.BirthFrom,
		r.BirthTo, r.Gender, r.EventAt.Unix(), r.Updated.Unix(), r.Make, r.Model, r.Colour, r.Relation)+
		r.Role+joined(r.Flags)) | 1
}

// Names calls fn with the index of persons' names and aliases, for measuring; fn must not keep it.
func (g *Register) Names(fn func(*names.Index)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.names)
}

// applyChunk bounds how long a search can wait for an update: so many records are applied at a time.
const applyChunk = 128

// Apply takes the records as a commit left them.
func (g *Register) Apply(cs []storage.Change) {
	for len(cs) > 0 {
		n := min(applyChunk, len(cs))
		made := make([]made, n)
		for i, c := range cs[:n] {
			made[i] = g.read(c)
		}
		g.mu.Lock()
		for i := range made {
			g.apply(&made[i])
		}
		g.mu.Unlock()
		cs = cs[n:]
	}
}

// made is a change with its texts read, which needs no lock.
type made struct {
	storage.Change
	*reading
	share    uint64
	terms    uint64
	sections []string // terms
	shown    []byte
}

func (g *Register) read(c storage.Change) made {
	m := made{Change: c}
	if c.Record == nil {
		return m
	}
	m.share, m.terms = g.Share(c.Record), TermsSum(c.Record)
	if m.share == 0 || c.Record.Kind != storage.Person {
		return m
	}
	if m.shown = appendShown(nil, c.Record); c.SameTerms {
		return m
	}
	m.reading = g.memory.reading(c.Record)
	for _, s := range c.Record.Sections {
		m.sections = appendSectionTerms(m.sections, s)
	}
	return m
}

func (g *Register) apply(m *made) {
	k, ok := g.id(m.ID)
	if !ok {
		return
	}
	if k.vehicle {
		g.applyVehicle(k, m)
	} else {
		g.applyPerson(k, m)
	}
}

func (g *Register) applyPerson(k id, m *made) {
	if at, held := g.personOf[k]; held {
		if g.refreshPerson(at, m) {
			return
		}
		g.removePerson(at)
		delete(g.personOf, k)
	}
	if m.share != 0 {
		g.personOf[k] = g.addPerson(k, m)
	}
}

// refreshPerson updates a held person in place where names, places and sections have stayed; it tells whether that was so.
func (g *Register) refreshPerson(at personAt, m *made) bool {
	p := &g.persons[at]
	if m.share == 0 || p.terms != m.terms {
		return false
	}
	p.share = m.share
	g.setPerson(at, m)
	return true
}

// setPerson takes what is not a name or a place.
func (g *Register) setPerson(at personAt, m *made) {
	f, r := &g.facts[at], m.Record
	f.gender, f.status = genderByte(r.Gender), storage.StatusRank(r.Status)
	f.from, f.to = int16(r.BirthFrom), int16(r.BirthTo)
	f.event, f.updated, f.station = dayOf(r.EventAt), r.Updated.Unix(), g.words.add(r.Station)
	f.sections = g.words.add(joined(r.Sections))
	g.sectionsOf(f.sections)
	g.shown.set(uint32(at), m.shown)
}

// What a person bears at most; what is beyond is not searched. The names that may be written into one text as aliases
// have no other limit than its length: a record's 240 texts of 200 letters hold fewer than mostBorne.
const (
	mostBorne  = math.MaxUint16
	mostOthers = math.MaxUint8 // relatives; words of places
)

func (g *Register) addPerson(k id, m *made) personAt {
	if m.reading == nil { // the commit changed no term, but the record is not held
		m.reading = personReading(m.Record)
	}
	p := person{id: k, share: m.share, terms: m.terms}
	at := take(&g.persons, &g.freeP)
	if int(at) == len(g.facts) {
		g.facts = append(g.facts, facts{})
	}
	for _, alias := range []bool{false, true} {
		for _, n := range m.names {
			if n.Alias == alias && len(p.refs) < mostBorne {
				bear(g.names, &g.byName, n.Name, &p.refs, 0, at)
			}
		}
	}
	p.names = uint16(len(p.refs))
	from := len(p.refs)
	for _, n := range m.relatives[:min(len(m.relatives), mostOthers)] {
		bear(g.relatives, &g.byRelative, n, &p.refs, from, at)
	}
	p.relatives = uint8(len(p.refs) - from)
	for _, w := range m.places[:min(len(m.places), mostOthers)] {
		p.refs = append(p.refs, g.words.add(w))
		p.places++
	}
	for _, s := range m.sections {
		p.refs = append(p.refs, g.words.add(s))
	}
	g.facts[at].relative = p.relative()
	g.persons[at] = p
	g.setPerson(at, m)
	g.live++
	return at
}

func (p *person) nameRefs() []uint32 { return p.refs[:p.names] }

func (p *person) relativeRefs() []uint32 {
	from := int(p.names)
	return p.refs[from : from+int(p.relatives)]
}

func (p *person) placeRefs() []uint32 {
	from := int(p.names) + int(p.relatives)
	return p.refs[from : from+int(p.places)]
}

func (p *person) sectionRefs() []uint32 {
	return p.refs[int(p.names)+int(p.relatives)+int(p.places):]
}

// removePerson takes a person out of every list and frees the place.
func (g *Register) removePerson(at personAt) {
	p := &g.persons[at]
	unbear(g.names, &g.byName, p.nameRefs(), at)
	unbear(g.relatives, &g.byRelative, p.relativeRefs(), at)
	g.shown.set(uint32(at), nil)
	*p = person{}
	g.freeP = append(g.freeP, at)
	g.live--
}

// bear makes a record one of the bearers of a name or number. refs[from:] are those that it bears, once each however often
// the record writes them.
func bear[T any, R ~uint32](x interface {
	Add(T) uint32
	Remove(uint32)
}, by *lists[R], one T, refs *[]uint32, from int, at R) {
	o := x.Add(one)
	if slices.Contains((*refs)[from:], o) {
		x.Remove(o)
		return
	}
	*refs = append(*refs, o)
	by.add(o, at)
}

// unbear takes a record from the bearers of names or numbers.
func unbear[R ~uint32](x interface{ Remove(uint32) }, by *lists[R], refs []uint32, at R) {
	for _, o := range refs {
		x.Remove(o)
		by.remove(o, at)
	}
}

// take returns a place in list: a freed one, or the next.
func take[T any, R ~uint32](list *[]T, free *[]R) R {
	if n := len(*free); n > 0 {
		at := (*free)[n-1]
		*free = (*free)[:n-1]
		return at
	}
	var zero T
	*list = append(*list, zero)
	return R(len(*list) - 1)
}
