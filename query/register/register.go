// Package register holds what searches read, and what it is made of.
//
// A View is one state of it, the contract of whatever stands behind a search; Register is the implementation: sealed parts
// that lie in mapped files, and a small head in memory, derived from the records (storage.Derived) and applied after each
// commit.
//
// Reading order: view.go (the contract), section.go (rows, and the file of a part), side.go (all that changes, and how an
// update changes it), twin.go (why nobody waits), part.go and merge.go (sealing, merging), save.go.
//
// What a record is found by and what a request looks up stand side by side here, so that they cannot drift apart: terms
// (terms.go), names and places (reading.go), sections (sections.go), numbers (numbers.go) and what says nothing (nothing.go)
// are read by the same functions for both.
package register

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/storage"
)

// A Register is what searches read: every findable record in a compact match form, the distinct names and numbers that
// records bear, and for each of those who bears it. It is derived from the records (storage.Derived): applied after each
// commit, compared by check.
//
// A name is scored once for all who bear it, a number once for all vehicles that show it; a record is looked at only when
// one of its names or numbers is near what was asked. Nothing here is read from the store.
//
// The zero value is not usable; see New. Its methods may be called from many goroutines, those of storage.Derived that
// change it by one at a time.
type Register struct {
	twin  *twin
	cache *cache // used by Apply only
	files storage.Files
	sizes sizes

	sealing sync.Mutex    // of who makes parts of closed heads
	sealed  chan struct{} // gets one when that is done

	cutting sync.Mutex // of who cuts, or puts a part in the place of others
	cut     *cut       // that waits to be written

	naming        sync.Mutex
	saving, saved []string        // files that what was written last names, and the last of it that is durable
	writing       map[string]bool // files that are being written
}

// New returns an empty register whose parts stay in memory until Use gives it files.
func New() *Register {
	return &Register{twin: newTwin(newSide(), newSide()), cache: newCache(), files: NewMemory(), sizes: standardSizes(),
		sealed: make(chan struct{}, 1), writing: map[string]bool{}}
}

// layoutVersion changes when the saved layout, or the rules by which names and numbers are read, do.
const layoutVersion = 15

// Version is part of storage.Derived.
func (g *Register) Version() int { return layoutVersion<<16 | TermsVersion }

// Use is part of storage.Derived: parts are kept in these files from now on. It is called before anything is applied.
func (g *Register) Use(files storage.Files) { g.files = files }

// Reset is part of storage.Derived.
func (g *Register) Reset() {
	g.twin.replace(newSide(), newSide())
	g.cache, g.cut = newCache(), nil
}

// Digest is part of storage.Derived.
func (g *Register) Digest() uint64 {
	s, release := g.twin.read()
	defer release()
	return s.digest
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

// Findable returns how many persons searches can find.
func (g *Register) Findable() int {
	s, release := g.twin.read()
	defer release()
	return s.persons
}

// Parts returns how many sealed parts there are, and how many rows are in memory alone.
func (g *Register) Parts() (parts, rows int) {
	s, release := g.twin.read()
	defer release()
	for _, h := range s.sections {
		if h.rowOf != nil {
			rows += h.rows()
		}
	}
	return s.parts(), rows
}

// LongestWait is the longest that a search has waited for an update.
func (g *Register) LongestWait() time.Duration { return time.Duration(g.twin.longest.Load()) }

// Names calls fn with the index of persons' names and aliases, for measuring; fn must not keep it.
func (g *Register) Names(fn func(*names.Index)) {
	s, release := g.twin.read()
	defer release()
	fn(s.names[OwnNames])
}

// Plates calls fn with the indexes of registrations, for measuring; fn must not keep them.
func (g *Register) Plates(fn func([]*numbers.PlateIndex)) {
	s, release := g.twin.read()
	defer release()
	fn(s.searched.plates)
}

// Apply takes the records as a commit left them.
func (g *Register) Apply(cs []storage.Change) {
	g.slowDown()
	list := make([]made, len(cs))
	for i, c := range cs {
		list[i] = g.read(c)
	}
	g.twin.write(func(s *side) {
		for i := range list {
			if s.apply(&list[i]); s.head().rows() >= g.sizes.head {
				s.seal()
			}
		}
	})
}

// Where changes come faster than parts are made they are slowed down from manyClosed waiting heads on, a little with each
// Apply, and parts are made without regard to searches; with mostClosed, which is what memory must hold, Apply waits for a
// part, and makes it itself where nobody is at it.
const (
	manyClosed = 3
	mostClosed = 2 * manyClosed
)

// slowDownBy is the most that one Apply waits while fewer than mostClosed heads are closed: a tenth of the time within which
// an update is to be found.
const slowDownBy = 50 * time.Millisecond

func (g *Register) slowDown() {
	switch n := g.waiting(); {
	case n >= mostClosed:
		g.sealClosed(context.Background()) // an error is told by Tend, which tries it again
	case n >= manyClosed && g.isSealing():
		select {
		case <-g.sealed:
		case <-time.After(slowDownBy):
		}
	}
}

// isSealing tells whether somebody makes a part of closed heads: else nobody may be there to wait for.
func (g *Register) isSealing() bool {
	if !g.sealing.TryLock() {
		return true
	}
	g.sealing.Unlock()
	return false
}

// waiting is how many heads are closed and no parts yet.
func (g *Register) waiting() int {
	s, release := g.twin.read()
	defer release()
	return len(s.sections) - 1 - s.parts()
}

// parts is how many sections are sealed.
func (s *side) parts() (n int) {
	for _, h := range s.sections {
		if h.rowOf == nil {
			n++
		}
	}
	return n
}

// made is a change with its texts read, which needs no lock.
type made struct {
	storage.Change
	*Reading
	share    uint64
	terms    uint64
	shown    []byte
	sections []string              // terms
	numbers  [numberKinds][]string // canonical
}

func (g *Register) read(c storage.Change) made {
	m := made{Change: c}
	if c.Record == nil {
		return m
	}
	m.share, m.terms = g.Share(c.Record), TermsSum(c.Record)
	switch {
	case m.share == 0:
		return m
	case c.Record.Kind != storage.Person:
		for kind := range numberKinds {
			for _, text := range numbersOf(c.Record, kind) {
				if n := NumberOf(kind, text); n != "" {
					m.numbers[kind] = append(m.numbers[kind], n)
				}
			}
		}
		return m
	}
	m.shown = appendShown(nil, c.Record)
	if !c.SameTerms {
		m.Reading, m.sections = g.cache.reading(c.Record), sectionTerms(c.Record)
	}
	return m
}
