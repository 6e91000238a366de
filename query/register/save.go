package register

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/bits-and-blooms/bitset"

	"anvesh/query/snapshot"
)

// Save is part of storage.Derived: the head is closed and made a part, and what is written names the parts, with what is
// gone from each, and holds the dictionaries.
func (g *Register) Save(w io.Writer) error {
	g.twin.write(func(s *side) {
		if s.head().rows() > 0 {
			s.seal()
		}
	})
	if err := g.sealClosed(context.Background()); err != nil {
		return err
	}
	s, release := g.twin.read()
	defer release()
	g.naming.Lock()
	g.saving = s.files()
	g.naming.Unlock()
	return snapshot.Write(w, g.savedAs(), func(f *snapshot.File) { g.parts(f, s) })
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

// Saved is part of storage.Derived: what the last Save wrote is durable, so that files go which neither it names nor the
// register has.
func (g *Register) Saved() error {
	g.naming.Lock()
	defer g.naming.Unlock()
	g.saved = g.saving
	s, release := g.twin.read()
	keep := append(s.files(), g.saved...)
	release()
	names, err := g.files.Names()
	for _, name := range names {
		if strings.Contains(name, fileMark) && !slices.Contains(keep, name) && !g.writing[name] {
			err = errors.Join(err, g.files.Remove(name))
		}
	}
	return err
}

// Restore is part of storage.Derived.
func (g *Register) Restore(r io.Reader) error {
	s := newSide()
	s.sections = nil
	err := snapshot.Read(r, g.savedAs(), func(f *snapshot.File) { g.parts(f, s) })
	if err != nil {
		g.Reset()
		return err
	}
	s.count()
	g.twin.replace(s, s.clone())
	return nil
}

func (g *Register) savedAs() string { return fmt.Sprintf("register %d", g.Version()) }

// parts goes through all that is saved of a side.
func (g *Register) parts(f *snapshot.File, s *side) {
	f.Part("parts", func(p *snapshot.Part) { g.sections(p, s) })
	f.Part("words", s.words.snapshot)
	for of := range NameKind(2) {
		f.Part(bearersName(of), func(p *snapshot.Part) { g.dictionary(p, s, of) })
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
	})
}

// sections goes through the parts, by their files, and what is gone from each.
func (g *Register) sections(p *snapshot.Part, s *side) {
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
func (g *Register) openAll(s *side, files []string) error {
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
func (g *Register) dictionary(p *snapshot.Part, s *side, of NameKind) {
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
	s.names[of].SnapshotNames(p)
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
