// Package register holds what searches read, and what it is made of.
//
// A View is one state of it, the contract of whatever stands behind a search; Register is the implementation: a structure in
// memory that is derived from the records (storage.Derived), applied after each commit, saved and restored as a whole.
//
// What a record is found by and what a request looks up stand side by side here, so that they cannot drift apart: terms
// (terms.go), names and places (reading.go), sections (sections.go), numbers (vehicles.go) and what says nothing (nothing.go)
// are read by the same functions for both.
package register

import (
	"fmt"
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
// Methods lock by themselves; a view holds mu for reading until it is released.
type Register struct {
	mu sync.RWMutex

	names, relatives *names.Index
	plates           *numbers.PlateIndex
	chassis          *numbers.NumberIndex
	engines          *numbers.NumberIndex

	byName   [2]lists[PersonAt]            // by kind: ordinal of a name -> persons
	byNumber [numberKinds]lists[VehicleAt] // by kind: ordinal of a number -> vehicles

	persons    []person
	facts      []PersonFacts // of the person in the same place
	vehicles   []vehicle
	several    [][]uint32 // numbers of vehicles that have more than one of a kind; 0 is none
	asWritten  texts      // what vehicles' records write otherwise than the register prints it
	shown      texts      // what is shown of persons
	attributes attributes
	freeP      []PersonAt // places of removed persons
	freeV      []VehicleAt
	words      words
	sections   map[uint32][]string // word: sections, apart
	cache      *cache              // used by Apply only
	personOf   map[id]PersonAt
	vehicleOf  map[id]VehicleAt
	live       int // findable persons held
}

// An id is a record's id in 16 bytes: the FIR's digits after a leading 1, the kind, and the number of its ref among words.
type id struct {
	fir     uint64
	ref     uint32
	vehicle bool
}

// New returns an empty register.
func New() *Register {
	g := &Register{}
	g.reset()
	return g
}

// layoutVersion changes when the saved layout, or the rules by which names and numbers are read, do.
const layoutVersion = 15

// Version is part of storage.Derived.
func (g *Register) Version() int { return layoutVersion<<16 | TermsVersion }

// Reset empties the register.
func (g *Register) Reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reset()
}

func (g *Register) reset() {
	g.names, g.relatives = names.NewIndex(), names.NewIndex()
	g.plates, g.chassis, g.engines = numbers.NewPlateIndex(), numbers.NewNumberIndex(), numbers.NewNumberIndex()
	g.byName, g.byNumber = [2]lists[PersonAt]{}, [numberKinds]lists[VehicleAt]{}
	g.persons, g.facts, g.vehicles, g.freeP, g.freeV = nil, nil, nil, nil, nil
	g.words = words{num: map[string]uint32{"": 0}, text: []string{""}}
	g.sections = map[uint32][]string{}
	g.personOf, g.vehicleOf = map[id]PersonAt{}, map[id]VehicleAt{}
	g.cache = newCache()
	g.live = 0
	g.several, g.attributes = make([][]uint32, 1), attributes{}
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

// namesOf is the index of a kind of names.
func (g *Register) namesOf(of NameKind) *names.Index {
	if of == OwnNames {
		return g.names
	}
	return g.relatives
}

// Findable returns how many persons searches can find.
func (g *Register) Findable() int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.live
}

// Names calls fn with the index of persons' names and aliases, for measuring; fn must not keep it.
func (g *Register) Names(fn func(*names.Index)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.names)
}

// Plates calls fn with the index of registrations, for measuring; fn must not keep it.
func (g *Register) Plates(fn func(*numbers.PlateIndex)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.plates)
}

// ChassisNumbers calls fn with the index of chassis numbers, for measuring; fn must not keep it.
func (g *Register) ChassisNumbers(fn func(*numbers.NumberIndex)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.chassis)
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
	*Reading
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
	m.Reading = g.cache.reading(c.Record)
	for _, s := range c.Record.Sections {
		m.sections = AppendSectionTerms(m.sections, s)
	}
	return m
}

func (g *Register) apply(m *made) {
	k, ok := g.numberID(m.ID)
	if !ok {
		return
	}
	if k.vehicle {
		g.applyVehicle(k, m)
	} else {
		g.applyPerson(k, m)
	}
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
