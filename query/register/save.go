package register

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/bits-and-blooms/bitset"

	"anvesh/query/names"
	"anvesh/query/snapshot"
)

// A cut is a register as it was at one moment, which is written while updates go on. What a record changes after that has
// no part in it:
//
//   - The head is closed, so that no row comes to what the cut has, and rows do not change. That a row is gone stands beside
//     its section (held.gone), of which the cut has copies: what goes later is not gone in the cut.
//   - Dictionaries and words only grow: the cut has them up to where they went.
//   - A head that was closed is written as a part of the rows that the cut's copy has. The part takes the head's place in the
//     cut, where nothing of it is gone, and in the register, where what went since then is (side.replace). While a cut waits
//     its heads go first, and by its copies (space.closed), so that no part has fewer rows than the cut. One that was being
//     written when the cut was made has fewer only by what was gone already.
//   - Parts that are merged meanwhile stay as they are in the cut: their files go when a later save is durable (Saved).
//
// The journal brings a register that was restored up to date: it is kept from the commit of the last durable save on, so that
// a kill between cut and save loses nothing.
type cut struct {
	side
	tails [2]*names.Tail
}

// cut copies what a save writes.
func (s *side) cut() *cut {
	c := &cut{side: side{bases: s.bases, words: words{text: slices.Clip(s.words.text)}, shared: maps.Clone(s.shared), distinct: s.distinct,
		sections: s.cloneSections()}}
	for of := range c.tails {
		c.tails[of] = s.names[of].Tail()
	}
	return c
}

// makeCut is Register.Cut: the head is closed, and what is written names the parts, with what was gone from each, and
// holds the dictionaries.
func (g *space) makeCut() (write func(context.Context, io.Writer) error) {
	g.cutting.Lock()
	defer g.cutting.Unlock()
	g.twin.write(func(s *side) {
		if s.head().rows() > 0 {
			s.seal()
		}
	})
	s, release := g.twin.read()
	defer release()
	c := s.cut()
	g.cut = c
	return func(ctx context.Context, w io.Writer) error { return g.write(ctx, c, w) }
}

// write makes parts of the heads of a cut and writes it.
func (g *space) write(ctx context.Context, c *cut, w io.Writer) error {
	if err := g.sealClosed(ctx); err != nil {
		return err
	}
	if !g.take(c) {
		return errors.New("register: another cut was made since the one that is to be written")
	}
	err := snapshot.Write(stopped{ctx, w}, g.savedAs(), func(f *snapshot.File) { g.savedParts(f, &c.side, c.tails[OwnNames], c.tails[Relatives]) })
	runtime.KeepAlive(c) // its files are mapped until here
	return err
}

// take ends the waiting of a cut, all of whose heads are parts: what becomes of the register is nothing to it from now on.
func (g *space) take(c *cut) bool {
	g.cutting.Lock()
	defer g.cutting.Unlock()
	if g.cut != c {
		return false
	}
	g.cut = nil
	g.naming.Lock()
	defer g.naming.Unlock()
	g.saving = c.files()
	return true
}

// files are the names of the parts' files.
func (s *side) files() (names []string) {
	for _, h := range s.sections {
		if h.rowOf == nil {
			names = append(names, h.file)
		}
	}
	for _, b := range s.bases {
		if b != nil {
			names = append(names, b.file)
		}
	}
	return names
}

// saveDone is Register.Saved: what was written last is durable, so that files go which neither it names, nor the
// register or a cut that waits has.
func (g *space) saveDone() error {
	g.cutting.Lock()
	defer g.cutting.Unlock()
	g.naming.Lock()
	defer g.naming.Unlock()
	g.saved = g.saving
	s, release := g.twin.read()
	keep := append(s.files(), g.saved...)
	release()
	if g.cut != nil {
		keep = append(keep, g.cut.files()...)
	}
	names, err := g.files.Names()
	for _, name := range names {
		if strings.Contains(name, g.mark()) && !slices.Contains(keep, name) && !g.writing[name] {
			err = errors.Join(err, g.files.Remove(name))
		}
	}
	return err
}

// verify is Register.Verify: the files that the space has are read as when they were opened.
func (g *space) verify(took func(bytes int) error) (damaged []string, err error) {
	s, release := g.twin.read()
	names := s.files()
	release()
	for _, name := range names {
		var ended error
		err := g.verifyFile(name, func(bytes int) error {
			ended = took(bytes)
			return ended
		})
		if ended != nil {
			return damaged, ended
		}
		if err != nil && g.has(name) { // else it has been merged, and may be gone
			damaged = append(damaged, fmt.Sprintf("derived/%s: %v", name, err))
		}
	}
	return damaged, nil
}

// has tells whether a file is one of the space's.
func (g *space) has(name string) bool {
	s, release := g.twin.read()
	defer release()
	return slices.Contains(s.files(), name)
}

// verifyFile reads a file against its sums.
func (g *space) verifyFile(name string, took func(bytes int) error) (err error) {
	m, err := g.files.Map(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Unmap()) }()
	kind := partKind()
	if !strings.HasPrefix(name, partsName+g.mark()) {
		kind = namesKind()
	}
	f, err := snapshot.OpenFlat(m.Data, kind)
	if err != nil {
		return err
	}
	return g.files.Read(name, func(file io.ReaderAt) error { return f.VerifyBy(file, took) })
}

// restore is Register.Restore.
func (g *space) restore(r io.Reader) error {
	s := newSide()
	s.sections = nil
	err := snapshot.Read(r, g.savedAs(), func(f *snapshot.File) { g.savedParts(f, s, s.names[OwnNames], s.names[Relatives]) })
	if err != nil {
		g.reset()
		return err
	}
	s.count()
	s.forget()
	g.twin.replace(s, s.clone())
	g.cut = nil
	return nil
}

func (g *space) savedAs() string {
	return fmt.Sprintf("register %d %d", layoutVersion<<16|TermsVersion, g.label)
}

// A tail is what is saved of a dictionary of names beside its base.
type tail interface{ SnapshotNames(*snapshot.Part) }

// savedParts goes through all that is saved of a side, with the tails of its names by kind.
func (g *space) savedParts(f *snapshot.File, s *side, tails ...tail) {
	f.Part("parts", func(p *snapshot.Part) { g.sections(p, s) })
	f.Part("words", s.words.snapshot)
	for of := range NameKind(2) {
		f.Part(bearersName(of), func(p *snapshot.Part) { g.dictionary(p, s, of, tails[of]) })
	}
	f.Part("shared", func(p *snapshot.Part) {
		hashes := slices.Sorted(maps.Keys(s.shared))
		if snapshot.Slice(p, &hashes); p.Reading() {
			for _, h := range hashes {
				s.shared[h] = struct{}{}
			}
		}
		for kind := range s.distinct {
			p.Count(&s.distinct[kind])
		}
		if p.Reading() {
			s.setSearched()
		}
	})
}

// sections goes through the parts, by their files, and what is gone from each.
func (g *space) sections(p *snapshot.Part, s *side) {
	var files []string
	serial := uint64(0)
	if !p.Reading() {
		for _, h := range s.sections[:len(s.sections)-1] {
			files = append(files, h.file)
		}
		serial = s.head().serial
	}
	snapshot.Length(p, &files)
	for i := range files {
		p.String(&files[i])
	}
	if p.Reading() && p.Err() == nil {
		if err := g.openAll(s, files); err != nil {
			p.Fail(err)
		}
	}
	for i := range files {
		if p.Err() != nil {
			return
		}
		h := s.sections[i]
		snapshot.Fixed(p, &h.serial)
		for which := range h.gone {
			words := h.gone[which].Words()
			if snapshot.Slice(p, &words); p.Reading() {
				h.gone[which] = bitset.From(words)
			}
		}
	}
	if snapshot.Fixed(p, &serial); p.Reading() {
		head := hold(newHead())
		head.serial = serial
		s.sections = append(s.sections, head)
		s.place()
	}
}

// openAll maps and proves parts, beside each other since that reads all of them.
func (g *space) openAll(s *side, files []string) error {
	parts, errs := make([]*section, len(files)), make([]error, len(files))
	var all sync.WaitGroup
	for i, file := range files {
		all.Go(func() { parts[i], errs[i] = g.open(file) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, part := range parts {
		s.sections = append(s.sections, hold(part))
	}
	return nil
}

// dictionary goes through the names of a dictionary that are not in its base, and names the file of that.
func (g *space) dictionary(p *snapshot.Part, s *side, of NameKind, t tail) {
	var file string
	if b := s.bases[of]; b != nil {
		file = b.file
	}
	if p.String(&file); p.Reading() && file != "" && p.Err() == nil {
		b, err := g.openNames(file)
		if err != nil {
			p.Fail(err)
			return
		}
		s.names[of].Rebase(b.Base)
		s.bases[of] = b
	}
	t.SnapshotNames(p)
}

func (w *words) snapshot(p *snapshot.Part) {
	snapshot.Length(p, &w.text)
	for i := range w.text {
		if p.String(&w.text[i]); p.Reading() && i > 0 {
			w.enter(w.text[i], uint32(i))
		}
	}
}

// count counts what is held, which is not saved.
func (s *side) count() {
	var all sync.WaitGroup
	for of := range NameKind(2) {
		all.Go(func() { s.countBearers(of) })
	}
	for _, h := range s.sections {
		h.forgetNumbers()
		for row := range h.persons {
			if !h.gone[goneP].Test(uint(row)) {
				s.persons++
				s.digest += h.persons[row].share
			}
		}
		for row := range h.vehicles {
			if v := &h.vehicles[row]; !h.gone[goneV].Test(uint(row)) {
				s.vehicles++
				s.digest += v.share
				s.attributes.count(s, v, 1)
			}
		}
	}
	all.Wait()
}

// countBearers counts who bears each name.
func (s *side) countBearers(of NameKind) {
	bearers := make([]uint32, s.names[of].Len())
	for _, h := range s.sections {
		h.names[of].counts(bearers)
		for row := range h.gone[goneP].EachSet() {
			for _, o := range h.nameRefs(of, uint32(row)) {
				bearers[o]--
			}
		}
	}
	s.names[of].CountAll(bearers)
}
