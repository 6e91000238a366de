package register

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"anvesh/query/plate"
	"anvesh/query/snapshot"
)

// A partWriter writes the rows of some sections, without what is gone, as one part. The sections are clones: what goes from
// them meanwhile is noted elsewhere (side.replace).
type partWriter struct {
	from     []*held
	f        *snapshot.FlatWriter
	persons  []rowOfSource // in the order of the part
	vehicles []rowOfSource
	numbers  [numberKinds][][]uint32 // by kind and source: ordinal -> ordinal in the part
	moved    [2][][]uint32           // of persons and vehicles, by source: row -> row in the part, noRow for one that was gone
}

// A rowOfSource is a row of one of several sections.
type rowOfSource struct{ source, row uint32 }

const noRow = ^uint32(0)

func (w *partWriter) write(f *snapshot.FlatWriter) error {
	w.f = f
	w.persons = w.ordered(goneP, func(s *section) int { return len(s.persons) }, w.comparePersons)
	w.vehicles = w.ordered(goneV, func(s *section) int { return len(s.vehicles) }, w.compareVehicles)
	if err := w.writePersons(); err != nil {
		return err
	}
	w.writeNumbers()
	w.writeVehicles()
	for of := range NameKind(2) {
		writeBearers(w.f, bearersName(of), w.pairs(w.persons, func(s *section, row uint32) []uint32 {
			return s.nameRefs(of, row)
		}))
	}
	for kind := range numberKinds {
		writeBearers(w.f, kind.Field(), w.numberPairs(kind))
	}
	return nil
}

// ordered gives the rows that are not gone in the order of compare, and notes where they have gone. Rows of parts stand in
// that order already, so that only those of a head are sorted.
func (w *partWriter) ordered(which int, count func(*section) int, compare func(a, b rowOfSource) int) (all []rowOfSource) {
	lists := make([][]rowOfSource, len(w.from))
	w.moved[which] = make([][]uint32, len(w.from))
	total := 0
	for i, s := range w.from {
		w.moved[which][i] = make([]uint32, count(s.section))
		for row := range uint32(count(s.section)) {
			if w.moved[which][i][row] = noRow; !s.gone[which].Test(uint(row)) {
				lists[i] = append(lists[i], rowOfSource{uint32(i), row})
			}
		}
		if s.rowOf != nil {
			slices.SortFunc(lists[i], compare)
		}
		total += len(lists[i])
	}
	all = make([]rowOfSource, 0, total)
	for len(all) < total {
		least := -1
		for i, l := range lists {
			if len(l) > 0 && (least < 0 || compare(l[0], lists[least][0]) < 0) {
				least = i
			}
		}
		next := lists[least][0]
		lists[least] = lists[least][1:]
		w.moved[which][least][next.row] = uint32(len(all))
		all = append(all, next)
		w.f.Step(1)
	}
	return all
}

// comparePersons orders by the first name, then by year of birth, then by id.
func (w *partWriter) comparePersons(a, b rowOfSource) int {
	s, t := w.from[a.source], w.from[b.source]
	p, q := &s.persons[a.row], &t.persons[b.row]
	first := func(s *section, p *personRow) uint32 {
		if p.names == 0 {
			return math.MaxUint32
		}
		return s.refs[p.refs]
	}
	if c := cmp.Compare(first(s.section, p), first(t.section, q)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(s.facts[a.row].From, t.facts[b.row].From), cmp.Compare(p.fir, q.fir), cmp.Compare(p.ref, q.ref))
}

func (w *partWriter) compareVehicles(a, b rowOfSource) int {
	v, u := &w.from[a.source].vehicles[a.row], &w.from[b.source].vehicles[b.row]
	return cmp.Or(cmp.Compare(v.fir, u.fir), cmp.Compare(v.ref, u.ref))
}

func (w *partWriter) writePersons() error {
	snapshot.Begin[personRow](w.f, "persons")
	refs, shown := 0, 0
	for _, at := range w.persons {
		s := w.from[at.source].section
		p := s.persons[at.row]
		p.refs, p.shown = uint32(refs), uint32(shown)
		snapshot.Add(w.f, p)
		refs, shown = refs+len(s.allRefs(at.row)), shown+len(s.shownRun(at.row))
	}
	if refs > math.MaxUint32 || shown > math.MaxUint32 {
		return fmt.Errorf("register: a part of %d bytes of texts is too large", shown)
	}
	snapshot.Begin[PersonFacts](w.f, "facts")
	for _, at := range w.persons {
		snapshot.Add(w.f, w.from[at.source].facts[at.row])
	}
	snapshot.Begin[uint32](w.f, "refs")
	for _, at := range w.persons {
		snapshot.Add(w.f, w.from[at.source].allRefs(at.row)...)
	}
	snapshot.Begin[byte](w.f, "shown")
	for _, at := range w.persons {
		snapshot.Add(w.f, w.from[at.source].shownRun(at.row)...)
	}
	snapshot.Put(w.f, "person table", newTable(w.f, len(w.persons), func(row uint32) id {
		at := w.persons[row]
		return w.from[at.source].persons[at.row].id()
	}))
	return nil
}

// writeNumbers writes the indexes of numbers. That of a head is changed meanwhile, so that its numbers are read from the rows.
func (w *partWriter) writeNumbers() {
	for kind := range numberKinds {
		var in []numberIndex
		fresh := make([][]uint32, len(w.from)) // of a head: ordinal -> ordinal in a copy of its index
		for i, s := range w.from {
			if s.rowOf == nil {
				in = append(in, s.index[kind])
				continue
			}
			copied := newNumberIndex(kind)
			in, fresh[i] = append(in, copied), w.copyNumbers(i, kind, copied)
		}
		w.numbers[kind] = mergeNumbers(w.f, kind, in)
		for i, of := range fresh {
			for o, at := range of {
				if at != noRow {
					of[o] = w.numbers[kind][i][at]
				}
			}
			if of != nil {
				w.numbers[kind][i] = of
			}
		}
	}
}

// copyNumbers adds the numbers of a head's vehicles to an index, and gives their ordinals there by those in the head.
func (w *partWriter) copyNumbers(i int, kind NumberKind, into numberIndex) (fresh []uint32) {
	s := w.from[i]
	var b [plate.MaxText]byte
	for row := range uint32(len(s.vehicles)) {
		if s.gone[goneV].Test(uint(row)) {
			continue
		}
		for _, o := range s.numberRefs(row, kind) {
			for int(o) >= len(fresh) {
				fresh = append(fresh, noRow)
			}
			if fresh[o] == noRow {
				fresh[o] = into.Add(string(s.section.index[kind].AppendKey(b[:0], o)))
			}
		}
	}
	return fresh
}

// numberPairs lists which rows of the part bear which of its numbers.
func (w *partWriter) numberPairs(kind NumberKind) (list []pair) {
	for row, at := range w.vehicles {
		for _, o := range w.from[at.source].numberRefs(at.row, kind) {
			list = append(list, pair{w.numbers[kind][at.source][o], uint32(row)})
		}
		w.f.Step(1)
	}
	return list
}

func (w *partWriter) writeVehicles() {
	snapshot.Begin[vehicleRow](w.f, "vehicles")
	several, written := uint32(0), uint32(1)
	for _, at := range w.vehicles {
		s := w.from[at.source].section
		v := s.vehicles[at.row]
		if v.several > 0 {
			n := uint32(v.counts[Registration]) + uint32(v.counts[Chassis]) + uint32(v.counts[Engine])
			v.several, several = several+1, several+n
		} else {
			for kind, n := range v.counts {
				if n > 0 {
					v.first[kind] = w.numbers[kind][at.source][v.first[kind]]
				}
			}
		}
		if v.written > 0 {
			n := uint32(len(s.writtenRun(at.row)))
			v.written, written = written, written+n
		}
		snapshot.Add(w.f, v)
	}
	snapshot.Begin[uint32](w.f, "several")
	for _, at := range w.vehicles {
		s := w.from[at.source]
		if s.vehicles[at.row].several == 0 {
			continue
		}
		for kind := range numberKinds {
			for _, o := range s.numberRefs(at.row, kind) {
				snapshot.Add(w.f, w.numbers[kind][at.source][o])
			}
		}
	}
	snapshot.Begin[byte](w.f, "written")
	snapshot.Add(w.f, byte(0))
	for _, at := range w.vehicles {
		if s := w.from[at.source]; s.vehicles[at.row].written > 0 {
			snapshot.Add(w.f, s.writtenRun(at.row)...)
		}
	}
	snapshot.Put(w.f, "vehicle table", newTable(w.f, len(w.vehicles), func(row uint32) id {
		at := w.vehicles[row]
		return w.from[at.source].vehicles[at.row].id()
	}))
}

// pairs lists which rows of the part bear what.
func (w *partWriter) pairs(rows []rowOfSource, refs func(s *section, row uint32) []uint32) (list []pair) {
	for row, at := range rows {
		for _, o := range refs(w.from[at.source].section, at.row) {
			list = append(list, pair{o, uint32(row)})
		}
		w.f.Step(1)
	}
	return list
}

// shownRun and writtenRun are the texts of a row.
func (s *section) shownRun(row uint32) []byte {
	r := s.shownOf(row)
	all := r.b
	readShown(&r)
	return all[:len(all)-len(r.b)]
}

func (s *section) writtenRun(row uint32) []byte {
	r := s.writtenOf(row)
	all := r.b
	readWritten(&r)
	return all[:len(all)-len(r.b)]
}
