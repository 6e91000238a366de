package register

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/query/snapshot"
)

// NumberOf is the canonical form of one number as a record writes it; "" for one that says nothing, that has no digit, or that a
// spreadsheet has destroyed.
func NumberOf(kind NumberKind, s string) string {
	switch {
	case !hasDigit(s) || Nothing(kind.Field(), s) || PowerOfTen(s):
		return ""
	case kind == Registration:
		return plate.Parse(s).Canonical
	}
	return plate.Number(s)
}

// AppendNumbersOf appends the canonical forms of all numbers that stand in one field of a record: of several registrations each.
func AppendNumbersOf(dst []string, kind NumberKind, s string) []string {
	if kind == Registration {
		if several := plate.Several(s); several != nil {
			for _, one := range several {
				dst = append(dst, plate.Parse(one).Canonical)
			}
			return dst
		}
	}
	if n := NumberOf(kind, s); n != "" {
		dst = append(dst, n)
	}
	return dst
}

func joined(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "\x00" + strings.Join(list, "\x00")
}

// AppendParted appends what a packed list has put together.
func AppendParted(dst []string, s string) []string {
	if s == "" {
		return dst
	}
	for part := range strings.SplitSeq(s[1:], "\x00") {
		dst = append(dst, part)
	}
	return dst
}

// A numberIndex holds the distinct numbers of one kind that a section's vehicles bear: that of a head grows, that of a part lies
// in its file, without those that nobody bears any more.
type numberIndex interface {
	Add(canonical string) uint32
	Remove(ordinal uint32)
	AppendKey(dst []byte, ordinal uint32) []byte
	Find(canonical string) (ordinal uint32, held bool)
	Len() int
}

// newNumbers are the indexes of a head.
func newNumbers() (x [numberKinds]numberIndex) {
	for kind := range x {
		x[kind] = newNumberIndex(NumberKind(kind))
	}
	return x
}

func newNumberIndex(kind NumberKind) numberIndex {
	if kind == Registration {
		return numbers.NewPlateIndex()
	}
	return numbers.NewNumberIndex()
}

// openNumbers reads the index of a kind from the file of a part.
func openNumbers(f *snapshot.Flat, kind NumberKind) (x numberIndex) {
	var err error
	if kind == Registration {
		x, err = numbers.OpenPlates(f, numbersName(kind))
	} else {
		x, err = numbers.OpenNumbers(f, numbersName(kind))
	}
	if err != nil {
		f.Refuse(err.Error())
	}
	return x
}

// appendKey prints a number, and findKey looks one up. They know both indexes by name, so that the text can stay on the caller's
// stack: a search asks for hundreds.
func appendKey(x numberIndex, dst []byte, ordinal uint32) []byte {
	switch x := x.(type) {
	case *numbers.PlateIndex:
		return x.AppendKey(dst, ordinal)
	case *numbers.NumberIndex:
		return x.AppendKey(dst, ordinal)
	}
	panic("BUG: register: an index that is none of a kind")
}

func findKey(x numberIndex, key []byte) (ordinal uint32, held bool) {
	switch x := x.(type) {
	case *numbers.PlateIndex:
		return x.Find(string(key))
	case *numbers.NumberIndex:
		return x.Find(string(key))
	}
	panic("BUG: register: an index that is none of a kind")
}

func numbersName(kind NumberKind) string { return "number " + kind.Field() }

// without is the index of a part without what is gone, now or later.
func without(x numberIndex, gone *numbers.Gone) numberIndex {
	switch x := x.(type) {
	case *numbers.PlateIndex:
		return x.WithGone(gone)
	case *numbers.NumberIndex:
		return x.WithGone(gone)
	}
	return x
}

// mergeNumbers writes the index of a part.
func mergeNumbers(f *snapshot.FlatWriter, kind NumberKind, in []numberIndex) (moved [][]uint32) {
	if kind == Registration {
		return numbers.MergePlates(f, numbersName(kind), typed[*numbers.PlateIndex](in))
	}
	return numbers.MergeNumbers(f, numbersName(kind), typed[*numbers.NumberIndex](in))
}

func typed[X numberIndex](in []numberIndex) (list []X) {
	for _, x := range in {
		list = append(list, x.(X))
	}
	return list
}

// searched are the indexes of all sections, as a search takes them.
type searched struct {
	plates []*numbers.PlateIndex
	others [numberKinds][]*numbers.NumberIndex
	shared sharedFilter
}

// A sharedFilter has a bit for each hash of side.shared: most numbers are told by it, which lies in few lines of memory. One
// that is empty says nothing.
type sharedFilter []uint64

func (f sharedFilter) put(hash uint64) {
	if len(f) > 0 {
		f[hash>>6&uint64(len(f)-1)] |= 1 << (hash & 63)
	}
}

func (f sharedFilter) rulesOut(hash uint64) bool {
	return len(f) > 0 && f[hash>>6&uint64(len(f)-1)]>>(hash&63)&1 == 0
}

func (s *side) setSearched() {
	in := [numberKinds][]numberIndex{}
	for _, h := range s.sections {
		for kind := range in {
			in[kind] = append(in[kind], h.index[kind])
		}
	}
	s.searched.plates = typed[*numbers.PlateIndex](in[Registration])
	for _, kind := range []NumberKind{Chassis, Engine} {
		s.searched.others[kind] = typed[*numbers.NumberIndex](in[kind])
	}
	s.searched.shared = nil
	if len(s.shared) > 0 {
		s.searched.shared = make(sharedFilter, 64<<bits.Len(uint(len(s.shared)/512))) // a word for eight of them and more
	}
	for hash := range s.shared {
		s.searched.shared.put(hash)
	}
}

// near searches all sections. A number that several hold is named as the first of them has it.
func (s *side) near(of NumberKind, dst []numbers.Match, p plate.Pattern, search numbers.Search) numbers.Found {
	search.Held = s.distinct[of]
	from := len(dst)
	var f numbers.Found
	if of == Registration {
		f = numbers.SearchPlates(dst, s.searched.plates, p, search)
	} else {
		f = numbers.SearchNumbers(dst, s.searched.others[of], p, search)
	}
	for i := from; i < len(f.Matches); i++ {
		m := &f.Matches[i]
		m.Ord, m.Index = m.Ord+s.sections[m.Index].number[of], 0
	}
	return f
}

// numberAt gives the section of a number and its ordinal there.
func (s *side) numberAt(of NumberKind, at NumberAt) (h *held, ordinal uint32) {
	i := len(s.sections) - 1
	for s.sections[i].number[of] > at {
		i--
	}
	return s.sections[i], at - s.sections[i].number[of]
}

// A number that sections share has a place in several indexes. Few have: those that ever had are noted by a hash, and only
// for these the other sections are asked.
func (s *side) isShared(of NumberKind, key []byte) bool {
	hash := sharedHash(of, key)
	if s.searched.shared.rulesOut(hash) {
		return false
	}
	_, shared := s.shared[hash]
	return shared
}

func sharedHash(of NumberKind, key []byte) uint64 { return xxhash.Sum64(key) + uint64(of) }

// canonical is the number of an ordinal of a section as the first section has it that holds it.
func (s *side) canonical(h *held, of NumberKind, ordinal uint32) NumberAt {
	if h != s.sections[0] && len(s.shared) > 0 {
		var b [plate.MaxText]byte
		if key := appendKey(h.index[of], b[:0], ordinal); s.isShared(of, key) {
			for _, first := range s.sections {
				if first == h {
					break
				}
				if o, held := findKey(first.index[of], key); held {
					return first.number[of] + o
				}
			}
		}
	}
	return h.number[of] + ordinal
}

// bearNumber makes a vehicle of the head a bearer of a number, and counts it where nobody has borne it.
func (s *side) bearNumber(of NumberKind, canonical string, all []NumberAt, from int) []NumberAt {
	index := s.head().index[of]
	_, mine := index.Find(canonical)
	o := index.Add(canonical)
	if slices.Contains(all[from:], o) {
		index.Remove(o)
		return all
	}
	if all = append(all, o); mine {
		return all
	}
	for _, h := range s.sections[:len(s.sections)-1] {
		if _, held := h.index[of].Find(canonical); held {
			hash := sharedHash(of, []byte(canonical))
			s.shared[hash] = struct{}{}
			s.searched.shared.put(hash)
			return all
		}
	}
	s.distinct[of]++
	return all
}

// unbearNumbers takes a vehicle that is gone from the bearers of its numbers.
func (s *side) unbearNumbers(at rowAt) {
	var b [plate.MaxText]byte
	for kind := range numberKinds {
		for _, o := range at.numberRefs(at.row, kind) {
			if at.rowOf != nil {
				at.index[kind].Remove(o)
			} else {
				at.forget(kind, o)
			}
			key := appendKey(at.index[kind], b[:0], o)
			if !slices.ContainsFunc(s.sections, func(h *held) bool { _, held := findKey(h.index[kind], key); return held }) {
				s.distinct[kind]--
			}
		}
	}
}

// forget notes that a number of a part is gone where no vehicle bears it any more.
func (h *held) forget(kind NumberKind, ordinal uint32) {
	if !slices.ContainsFunc(h.numbers[kind].list(ordinal), func(row uint32) bool { return !h.gone[goneV].Test(uint(row)) }) {
		h.goneNumbers[kind].Mark(ordinal)
	}
}

// forgetNumbers forgets those of all vehicles of a part that are gone.
func (h *held) forgetNumbers() {
	for row := range h.gone[goneV].EachSet() {
		for kind := range numberKinds {
			for _, o := range h.numberRefs(uint32(row), kind) {
				h.forget(kind, o)
			}
		}
	}
}
