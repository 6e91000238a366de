// Package register holds what searches read, and what it is made of.
//
// A View is one state of it, the contract of whatever stands behind a search; Register is the implementation: for each label
// of visibility a space of its own, of sealed parts that lie in mapped files and a small head in memory, derived from the
// records (storage.Derived) and applied after each commit.
//
// Reading order: view.go (the contract), register.go and space.go (labels), section.go (rows, and the file of a part), side.go (all that changes, and how an
// update changes it), twin.go (why nobody waits), part.go and merge.go (sealing, merging), save.go.
//
// What a record is found by and what a request looks up stand side by side here, so that they cannot drift apart: terms
// (terms.go), names and places (reading.go), sections (sections.go), numbers (numbers.go) and what says nothing (nothing.go)
// are read by the same functions for both.
package register

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/query/snapshot"
	"anvesh/storage"
)

// A Register is what searches read, derived from the records (storage.Derived): applied after each commit, compared by check.
// It holds records in spaces that have nothing in common, one for each label: a search reads those of one label, and neither
// what it finds, nor what it counts, nor how long it takes depends on what the others hold.
//
// A name is scored once for all who bear it, a number once for all vehicles that show it; a record is looked at only when
// one of its names or numbers is near what was asked. Nothing here is read from the store.
//
// The zero value is not usable; see New. Its methods may be called from many goroutines, those of storage.Derived that
// change it by one at a time.
type Register struct {
	spaces [labels]*space
	cache  *cache // used by Apply only
}

// New returns an empty register whose parts stay in memory until Use gives it files.
func New() *Register {
	g := &Register{cache: newCache()}
	for l := range g.spaces {
		g.spaces[l] = newSpace(Label(l))
		g.spaces[l].searching = g.searching
	}
	return g
}

// searching tells whether somebody searches in any space, or did a moment ago: background work of all leaves the cores to it.
func (g *Register) searching() bool {
	return slices.ContainsFunc(g.spaces[:], func(s *space) bool { return s.twin.searching() })
}

// layoutVersion changes when the saved layout, or the rules by which names and numbers are read, do.
const layoutVersion = 17

// Version is part of storage.Derived.
func (g *Register) Version() int { return layoutVersion<<16 | TermsVersion }

// View takes a view of a label; release must be called. No search waits for it, nor does an update, but the one after the
// next.
func (g *Register) View(of Label, w Withdrawals) (v View, release func()) {
	return g.spaces[of].view(w)
}

// Use is part of storage.Derived: parts are kept in these files from now on. It is called before anything is applied.
func (g *Register) Use(files storage.Files) {
	for _, s := range g.spaces {
		s.files = files
	}
}

// Apply takes the records as a commit left them. One that has changed its label leaves the space that it was in.
func (g *Register) Apply(cs []storage.Change) {
	var lists [labels][]made
	for l := range lists {
		lists[l] = make([]made, len(cs))
	}
	for i, c := range cs {
		for l := range lists {
			lists[l][i] = made{Change: storage.Change{ID: c.ID}}
		}
		if c.Record == nil {
			continue
		}
		if l, held := labelOf(c.Record); held {
			lists[l][i] = g.read(l, c)
		}
	}
	for l, s := range g.spaces {
		s.apply(lists[l])
	}
}

// made is a change with its texts read, which needs no lock, and where the first copy of a space has put it.
type made struct {
	storage.Change
	*Reading
	share    uint64 // 0 for a record that is not of the label
	terms    uint64
	shown    []byte
	sections []string              // terms
	numbers  [numberKinds][]string // canonical

	id   id
	row  uint32 // of the head
	last bool   // the head is sealed behind it
}

func (g *Register) read(l Label, c storage.Change) made {
	m := made{Change: c, terms: c.TermsSum}
	if m.terms == 0 {
		m.terms = TermsSum(c.Record)
	}
	m.share = shareOf(l, c.Record, m.terms)
	if c.Record.Kind != storage.Person {
		for kind := range numberKinds {
			for _, text := range numbersOf(c.Record, kind) {
				m.numbers[kind] = AppendNumbersOf(m.numbers[kind], kind, text)
			}
		}
		return m
	}
	m.shown = appendShown(nil, c.Record)
	if !c.SameTerms {
		m.Reading = g.cache.names(c.Record)
		if l == Findable && c.Terms != nil {
			m.sections, m.Places = partTerms(c.Terms)
		} else {
			m.sections, m.Places = sectionTerms(c.Record), g.cache.places(c.Record)
		}
	}
	return m
}

// Cut is part of storage.Derived: what is written are the spaces one after the other, each with its length before it.
func (g *Register) Cut() (write func(context.Context, io.Writer) error) {
	var writes [labels]func(context.Context, io.Writer) error
	for l, s := range g.spaces {
		writes[l] = s.makeCut()
	}
	return func(ctx context.Context, w io.Writer) error {
		for _, write := range writes {
			var b bytes.Buffer
			if err := write(ctx, &b); err != nil {
				return err
			}
			if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(b.Len()))); err != nil {
				return err
			}
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// Restore is part of storage.Derived.
func (g *Register) Restore(r io.Reader) error {
	for _, s := range g.spaces {
		var length [8]byte
		_, err := io.ReadFull(r, length[:])
		own := &io.LimitedReader{R: r, N: int64(binary.LittleEndian.Uint64(length[:]))}
		if err == nil {
			err = s.restore(own)
		}
		if err == nil && own.N != 0 {
			err = fmt.Errorf("%d bytes are missing", own.N)
		}
		if err != nil {
			g.Reset()
			return fmt.Errorf("%w: %w", snapshot.ErrDamaged, err)
		}
	}
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		g.Reset()
		return fmt.Errorf("%w: bytes after its end", snapshot.ErrDamaged)
	}
	return nil
}

// Saved is part of storage.Derived.
func (g *Register) Saved() error {
	var errs []error
	for _, s := range g.spaces {
		errs = append(errs, s.saveDone())
	}
	return errors.Join(errs...)
}

// Verify is part of storage.Derived.
func (g *Register) Verify(took func(bytes int) error) (damaged []string, err error) {
	for _, s := range g.spaces {
		list, err := s.verify(took)
		if damaged = append(damaged, list...); err != nil {
			return damaged, err
		}
	}
	return damaged, nil
}

// Tend is part of storage.Derived.
func (g *Register) Tend(ctx context.Context) (more bool, err error) {
	for _, s := range g.spaces {
		if more, err = s.tend(ctx); more || err != nil {
			return more, err
		}
	}
	return false, nil
}

// Reset is part of storage.Derived.
func (g *Register) Reset() {
	for _, s := range g.spaces {
		s.reset()
	}
	g.cache = newCache()
}

// Digest is part of storage.Derived.
func (g *Register) Digest() (sum uint64) {
	for _, s := range g.spaces {
		sum += s.digest()
	}
	return sum
}

// Share is part of storage.Derived: a hash of all that the register holds of r.
func (g *Register) Share(r *storage.Record) uint64 {
	l, held := labelOf(r)
	if !held {
		return 0
	}
	return shareOf(l, r, TermsSum(r))
}

// shareOf is Share of a record of that label whose TermsSum is at hand.
func shareOf(l Label, r *storage.Record, terms uint64) uint64 {
	var room [256]byte
	b := room[:0]
	number := func(n int64) { b = append(strconv.AppendInt(b, n, 10), '|') }
	text := func(s string) { b = append(append(b, s...), '|') }
	number(int64(l))
	text(r.ID)
	text(r.Status)
	number(int64(r.BirthFrom))
	number(int64(r.BirthTo))
	text(r.Gender)
	number(r.EventAt.Unix())
	number(r.Updated.Unix())
	text(r.Make)
	text(r.Model)
	text(r.Colour)
	b = append(append(append(b, r.Relation...), r.Role...), joined(r.Flags)...)
	return terms ^ xxhash.Sum64(b) | 1
}

// Findable returns how many persons any searcher can find.
func (g *Register) Findable() int { return g.spaces[Findable].count() }

// Parts returns how many sealed parts there are, and how many rows are in memory alone.
func (g *Register) Parts() (parts, rows int) {
	for _, s := range g.spaces {
		p, r := s.parts()
		parts, rows = parts+p, rows+r
	}
	return parts, rows
}

// AtRest tells whether all parts are merged that are to be once no update comes, for measuring.
func (g *Register) AtRest() bool {
	for _, s := range g.spaces {
		if len(s.mergeable(true)) > 0 {
			return false
		}
	}
	return true
}

// LongestWait is the longest that a search has waited for an update.
func (g *Register) LongestWait() (longest time.Duration) {
	for _, s := range g.spaces {
		longest = max(longest, time.Duration(s.twin.longest.Load()))
	}
	return longest
}

// Names calls fn with the index of the names and aliases of who is findable, for measuring; fn must not keep it.
func (g *Register) Names(fn func(*names.Index)) {
	s, release := g.spaces[Findable].twin.read()
	defer release()
	fn(s.names[OwnNames])
}

// Plates calls fn with the indexes of registrations, for measuring; fn must not keep them.
func (g *Register) Plates(fn func([]*numbers.PlateIndex)) {
	s, release := g.spaces[Findable].twin.read()
	defer release()
	fn(s.searched.plates)
}
