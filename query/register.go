package query

import (
	"fmt"
	"sync"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/name"
	"anvesh/query/plate"
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

	names     *name.Index // persons' names and aliases
	relatives *name.Index // fathers, mothers, husbands
	plates    *plate.Index
	chassis   *plate.NumberIndex
	engines   *plate.NumberIndex

	byName, byRelative           lists // ordinal of a name -> persons
	byPlate, byChassis, byEngine lists // ordinal of a number -> vehicles

	persons   []person
	facts     []facts // of the person in the same place
	vehicles  []vehicle
	several   [][]uint32 // numbers of vehicles that have more than one of a kind; 0 is none
	asWritten texts      // what vehicles' records write otherwise than the register prints it
	shown     texts      // what is shown of persons
	kinds     kinds
	freeP     []uint32 // ordinals of removed persons
	freeV     []uint32
	words     words
	sections  map[uint32][]string // word: sections, apart
	memory    *memory             // used by Apply only
	ids       map[id]uint32       // ordinal + 1; persons and vehicles in one table, told apart by the id's kind
	live      int                 // findable persons held
}

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
	names     uint8    // how many of refs are names, aliases, ...
	aliases   uint8
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
const registerVersion = 7

// Version is part of storage.Derived.
func (g *Register) Version() int { return registerVersion<<16 | TermsVersion }

// Reset empties the register.
func (g *Register) Reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reset()
}

func (g *Register) reset() {
	g.names, g.relatives = name.NewIndex(), name.NewIndex()
	g.plates, g.chassis, g.engines = plate.NewIndex(), plate.NewNumberIndex(), plate.NewNumberIndex()
	g.byName, g.byRelative = lists{}, lists{}
	g.byPlate, g.byChassis, g.byEngine = lists{}, lists{}, lists{}
	g.persons, g.facts, g.vehicles, g.freeP, g.freeV = nil, nil, nil, nil, nil
	g.words = words{num: map[string]uint32{"": 0}, text: []string{""}}
	g.sections = map[uint32][]string{}
	g.ids = map[id]uint32{}
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
func (g *Register) Names(fn func(*name.Index)) {
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
	at, held := g.ids[k]
	if held {
		if g.refresh(k, at-1, m) {
			return
		}
		g.remove(k, at-1)
	}
	if m.share == 0 {
		return
	}
	if k.vehicle {
		g.ids[k] = g.addVehicle(k, m) + 1
	} else {
		g.ids[k] = g.addPerson(k, m) + 1
	}
}

// refresh updates a held record in place where its names and numbers have stayed; it tells whether that was so.
func (g *Register) refresh(k id, at uint32, m *made) bool {
	if k.vehicle {
		v := &g.vehicles[at]
		if m.share == 0 || v.terms != m.terms {
			return false
		}
		v.share = m.share
		g.kinds.add(g, v, -1)
		g.setVehicle(at, m.Record)
		return true
	}
	p := &g.persons[at]
	if m.share == 0 || p.terms != m.terms {
		return false
	}
	p.share = m.share
	g.setPerson(at, m)
	return true
}

// setPerson takes what is not a name or a place.
func (g *Register) setPerson(at uint32, m *made) {
	f, r := &g.facts[at], m.Record
	f.gender, f.status = genderByte(r.Gender), statusNumber(r.Status)
	f.from, f.to = int16(r.BirthFrom), int16(r.BirthTo)
	f.event, f.updated, f.station = dayOf(r.EventAt), r.Updated.Unix(), g.words.add(r.Station)
	f.sections = g.words.add(joined(r.Sections))
	g.sectionsOf(f.sections)
	g.shown.set(at, m.shown)
}

func (g *Register) addPerson(k id, m *made) uint32 {
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
			if n.Alias != alias || len(p.refs) >= 250 {
				continue
			}
			o := g.names.Add(n.Name)
			p.refs = append(p.refs, o)
			g.byName.add(o, at)
			if alias {
				p.aliases++
			} else {
				p.names++
			}
		}
	}
	for _, n := range m.relatives[:min(len(m.relatives), 250)] {
		o := g.relatives.Add(n)
		p.refs = append(p.refs, o)
		g.byRelative.add(o, at)
		p.relatives++
	}
	for _, w := range m.places[:min(len(m.places), 250)] {
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

func (p *person) nameRefs() []uint32 { return p.refs[:int(p.names)+int(p.aliases)] }

func (p *person) relativeRefs() []uint32 {
	from := int(p.names) + int(p.aliases)
	return p.refs[from : from+int(p.relatives)]
}

func (p *person) placeRefs() []uint32 {
	from := int(p.names) + int(p.aliases) + int(p.relatives)
	return p.refs[from : from+int(p.places)]
}

func (p *person) sectionRefs() []uint32 {
	return p.refs[int(p.names)+int(p.aliases)+int(p.relatives)+int(p.places):]
}

// remove takes a record out of every list and frees its place.
func (g *Register) remove(k id, at uint32) {
	delete(g.ids, k)
	if k.vehicle {
		g.removeVehicle(at)
		return
	}
	p := &g.persons[at]
	unbear(g.names, &g.byName, p.nameRefs(), at)
	unbear(g.relatives, &g.byRelative, p.relativeRefs(), at)
	g.shown.set(at, nil)
	*p = person{}
	g.freeP = append(g.freeP, at)
	g.live--
}

// unbear takes a record from the bearers of names or numbers.
func unbear(x interface{ Remove(uint32) }, by *lists, refs []uint32, at uint32) {
	for _, o := range refs {
		x.Remove(o)
		by.remove(o, at)
	}
}

// take returns a place in list: a freed one, or the next.
func take[T any](list *[]T, free *[]uint32) uint32 {
	if n := len(*free); n > 0 {
		at := (*free)[n-1]
		*free = (*free)[:n-1]
		return at
	}
	var zero T
	*list = append(*list, zero)
	return uint32(len(*list) - 1)
}
