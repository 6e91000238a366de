package numbers

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"anvesh/query/snapshot"
)

// dropped is the new ordinal of a number that was not alive.
const dropped = ^uint32(0)

// MergePlates writes into a flat file, under a name, the frozen index of all registrations that are alive in some
// indexes, frozen or not; of one alone too, to freeze it. They may be searched meanwhile, not changed. renumbered gives,
// for each index, the new ordinal by the old one, ^0 for what is not alive. The writer keeps the
// error, and paces.
//
// It takes of memory, beside what it gives, about ten bytes a registration, and what it takes for those of no common
// shape (MergeNumbers).
func MergePlates(f *snapshot.FlatWriter, name string, in []*PlateIndex) (renumbered [][]uint32) {
	m := plateMerge{f: f, in: in, renumbered: make([][]uint32, len(in))}
	rests := make([]*stringIndex, len(in))
	for i, x := range in {
		rests[i] = &x.rest
		m.renumbered[i] = slices.Repeat([]uint32{dropped}, x.Len())
		for h := range uint32(len(x.keys)) {
			m.fronts = append(m.fronts, prefixEdit{key: x.keys[h], in: uint32(i), prefix: h})
		}
	}
	slices.SortFunc(m.fronts, func(a, b prefixEdit) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.in, b.in)) })
	for from, to := 0, 0; from < len(m.fronts); from = to {
		for to < len(m.fronts) && m.fronts[to].key == m.fronts[from].key {
			to++
		}
		m.merge(m.fronts[from:to])
	}
	m.from = append(m.from, uint32(len(m.serials)))
	m.write(name)
	for i, ords := range mergeStrings(f, name+" rest", rests) {
		for r, ord := range ords {
			if ord != dropped {
				m.renumbered[i][in[i].restOrd(uint32(r))] = uint32(len(m.serials)) + ord
			}
		}
	}
	return m.renumbered
}

// A plateMerge is the index that is made by a merge.
type plateMerge struct {
	prefixes
	f          *snapshot.FlatWriter
	in         []*PlateIndex
	fronts     []prefixEdit // the prefixes of all, in the order of their keys
	from       []uint32     // by prefix: where its serials begin; one more at the end
	serials    []uint16
	at         [allSerials]uint32 // ordinal by serial, of the prefix that is merged
	renumbered [][]uint32
}

// merge takes the serials under one prefix.
func (m *plateMerge) merge(same []prefixEdit) {
	var set serialSet
	for _, e := range same {
		x := m.in[e.in]
		for at, serial := range x.serials(e.prefix) {
			if !x.goneAt(e.prefix, at) {
				set.put(serial)
			}
		}
	}
	first := len(m.serials)
	for i, word := range set {
		for ; word != 0; word &= word - 1 {
			serial := uint16(i<<6 + bits.TrailingZeros64(word))
			m.at[serial] = uint32(len(m.serials))
			m.serials = append(m.serials, serial)
		}
	}
	if len(m.serials) == first {
		return
	}
	m.prefixes.add(same[0].key)
	m.from = append(m.from, uint32(first))
	for _, e := range same {
		x := m.in[e.in]
		for at, serial := range x.serials(e.prefix) {
			if !x.goneAt(e.prefix, at) {
				m.renumbered[e.in][x.ordAt(e.prefix, at)] = m.at[serial]
			}
		}
		m.f.Step(len(x.serials(e.prefix)))
	}
}

// under are the serials of a prefix.
func (m *plateMerge) under(h int) []uint16 { return m.serials[m.from[h]:m.from[h+1]] }

func (m *plateMerge) write(name string) {
	f := m.f
	snapshot.Put(f, name+" keys", m.keys)
	snapshot.Put(f, name+" signatures", m.signatures)
	snapshot.Put(f, name+" prefix of", m.prefixOf.slots)
	snapshot.Put(f, name+" by deletion", m.byDeletion.slots)
	snapshot.Put(f, name+" deletions", m.deletions)
	snapshot.Begin[frozenPrefix](f, name+" prefixes")
	sets := uint32(0)
	for h := range m.keys {
		p := frozenPrefix{from: m.from[h]}
		if len(m.under(h)) >= densePrefix {
			sets++
			p.set = sets
		}
		snapshot.Add(f, p)
	}
	snapshot.Add(f, frozenPrefix{from: uint32(len(m.serials))})
	snapshot.Put(f, name+" serials", m.serials)
	snapshot.Begin[serialSet](f, name+" sets")
	for h := range m.keys {
		if list := m.under(h); len(list) >= densePrefix {
			var set serialSet
			for _, serial := range list {
				set.put(serial)
			}
			snapshot.Add(f, set)
		}
	}
	m.writeHolders(name)
}

// writeHolders writes the registrations by serial, those of one in the order of findHolder.
func (m *plateMerge) writeHolders(name string) {
	f := m.f
	from := make([]uint32, allSerials+1)
	for _, serial := range m.serials {
		from[serial+1]++
	}
	for serial := range allSerials {
		from[serial+1] += from[serial]
	}
	order := make([]uint32, len(m.keys))
	for h := range order {
		order[h] = uint32(h)
	}
	slices.SortFunc(order, func(a, b uint32) int { return cmp.Compare(mix(m.keys[a]), mix(m.keys[b])) })
	snapshot.Put(f, name+" holders from", from)
	holders := make([]holder, len(m.serials))
	for _, h := range order {
		for i, serial := range m.under(int(h)) {
			holders[from[serial]] = holder{h, m.from[h] + uint32(i)}
			from[serial]++
		}
		f.Step(len(m.under(int(h))))
	}
	snapshot.Put(f, name+" holders", holders)
}

// MergeNumbers is MergePlates for chassis and engine numbers. Beside what it gives it takes about 30 bytes a number and
// 60 MB.
func MergeNumbers(f *snapshot.FlatWriter, name string, in []*NumberIndex) (renumbered [][]uint32) {
	strings := make([]*stringIndex, len(in))
	for i, x := range in {
		strings[i] = &x.index
	}
	return mergeStrings(f, name, strings)
}

// A stringSource gives the packed strings of one index that are alive, by length and then as their codes sort.
type stringSource struct {
	x     *stringIndex
	order []uint32 // ordinals; those of a frozen index need no order
	next  int
	ord   uint32
	key   packedString
	size  int
}

// newStringSource is at the first string.
func newStringSource(x *stringIndex) *stringSource {
	s := &stringSource{x: x}
	if x.frozen == nil {
		for ord, key := range x.keys {
			if key != (packedString{}) {
				s.order = append(s.order, uint32(ord))
			}
		}
		slices.SortFunc(s.order, func(a, b uint32) int {
			k, l := x.keys[a], x.keys[b]
			return cmp.Or(cmp.Compare(k.size(), l.size()), cmp.Compare(k.hi, l.hi), cmp.Compare(k.lo, l.lo))
		})
	}
	s.advance()
	return s
}

const atEnd = packedLen + 1

// advance goes on to the next string; its size is atEnd behind the last.
func (s *stringSource) advance() {
	for {
		switch {
		case s.x.frozen != nil && s.next < len(s.x.keys):
			s.ord = uint32(s.next)
		case s.x.frozen == nil && s.next < len(s.order):
			s.ord = s.order[s.next]
		default:
			s.size = atEnd
			return
		}
		if s.next++; s.x.alive(s.ord) {
			s.key = s.x.keys[s.ord]
			s.size = s.key.size()
			return
		}
	}
}

// mergeStrings is MergeNumbers.
func mergeStrings(f *snapshot.FlatWriter, name string, in []*stringIndex) (renumbered [][]uint32) {
	renumbered = make([][]uint32, len(in))
	sources := make([]*stringSource, len(in))
	living := 0
	for i, x := range in {
		renumbered[i], sources[i] = slices.Repeat([]uint32{dropped}, x.len()), newStringSource(x)
		living += x.living()
	}
	keys, sizes := make([]packedString, 0, living), [packedLen + 2]uint32{}
	for key, size := leastOf(sources); size <= packedLen; key, size = leastOf(sources) {
		for i, s := range sources {
			if s.size == size && s.key == key {
				renumbered[i][s.ord] = uint32(len(keys))
				s.advance()
			}
		}
		keys = append(keys, key)
		sizes[size+1]++
		f.Step(1)
	}
	for size := range packedLen + 1 {
		sizes[size+1] += sizes[size]
	}
	snapshot.Put(f, name+" keys", keys)
	snapshot.Put(f, name+" sizes", sizes[:])
	writeTable(f, name, keys)
	writeNgrams(f, name, keys)
	writeOdds(f, name, in, renumbered, uint32(len(keys)))
	return renumbered
}

// leastOf is the first string of what the sources still give; its size is atEnd behind the last.
func leastOf(sources []*stringSource) (key packedString, size int) {
	size = atEnd
	for _, s := range sources {
		if s.size < size || s.size == size && s.key.less(key) {
			key, size = s.key, s.size
		}
	}
	return key, size
}

// writeTable writes the table by which a string is found.
func writeTable(f *snapshot.FlatWriter, name string, keys []packedString) {
	x := stringIndex{keys: keys, table: make([]uint32, tableSize(len(keys)))}
	for ord := range keys {
		x.place(uint32(ord))
		f.Step(1)
	}
	snapshot.Put(f, name+" table", x.table)
}

// tableSize is the least power of two of which n are at most three quarters; 0 for none.
func tableSize(n int) int {
	if n == 0 {
		return 0
	}
	return 1 << bits.Len(uint(n+n/3))
}

// ngramTally counts the postings of an n-gram.
type ngramTally struct{ last, count, bytes uint32 }

// writeNgrams writes the postings, some of the n-grams at a time so that those in the making stay small.
func writeNgrams(f *snapshot.FlatWriter, name string, keys []packedString) {
	const most = 32 << 20 // bytes in the making
	var tallies []ngramTally
	if len(keys) > 0 {
		tallies = make([]ngramTally, ngramBase*ngramBase*ngramBase*ngramBase)
	}
	var delta [binary.MaxVarintLen32]byte
	eachNgram(f, keys, tallies, 0, len(tallies), func(t *ngramTally, ord uint32) {
		t.bytes += uint32(len(appendDelta(delta[:0], ord-t.last)))
		t.count++
	})
	held := 0
	for i := range tallies {
		if tallies[i].count > 0 {
			held++
		}
	}
	slots := make([]ngramSlot, tableSize(held))
	place := uint64(0)
	for i, t := range tallies {
		if t.count > 0 {
			*ngramSlotOf(slots, ngram(i)) = ngramSlot{ngram(i), t.count, place}
			place += uint64(t.bytes)
		}
	}
	snapshot.Put(f, name+" n-grams", slots)
	snapshot.Begin[byte](f, name+" postings")
	var b []byte
	for from, to := 0, 0; from < len(tallies); from = to {
		size := 0
		for ; to < len(tallies) && (to == from || size+int(tallies[to].bytes) <= most); to++ {
			t := &tallies[to]
			size, *t = size+int(t.bytes), ngramTally{bytes: uint32(size)} // where the next goes
		}
		b = slices.Grow(b[:0], size)[:size]
		eachNgram(f, keys, tallies, from, to, func(t *ngramTally, ord uint32) {
			t.bytes += uint32(len(appendDelta(b[t.bytes:t.bytes], ord-t.last)))
			t.count++
		})
		snapshot.Add(f, b...)
	}
}

// eachNgram calls take with each n-gram of [from, to) that a string holds and with the string's ordinal, once, and keeps
// that as the last.
func eachNgram(f *snapshot.FlatWriter, keys []packedString, tallies []ngramTally, from, to int, take func(t *ngramTally, ord uint32)) {
	for i, key := range keys {
		ord := uint32(i)
		key.ngrams(func(n ngram) {
			if int(n) < from || int(n) >= to {
				return
			}
			if t := &tallies[n]; t.count == 0 || t.last != ord {
				take(t, ord)
				t.last = ord
			}
		})
		f.Step(1)
	}
}

// writeOdds writes the strings that are not packed, first after the others in their order.
func writeOdds(f *snapshot.FlatWriter, name string, in []*stringIndex, renumbered [][]uint32, first uint32) {
	var all []string
	for _, x := range in {
		for ord, s := range x.odds {
			if x.alive(ord) {
				all = append(all, s)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for i, x := range in {
		for ord, s := range x.odds {
			if at, held := slices.BinarySearch(all, s); held && x.alive(ord) {
				renumbered[i][ord] = first + uint32(at)
			}
		}
	}
	end := uint32(0)
	snapshot.Begin[uint32](f, name+" odd ends")
	for _, s := range all {
		end += uint32(len(s))
		snapshot.Add(f, end)
	}
	snapshot.Begin[byte](f, name+" odd text")
	for _, s := range all {
		snapshot.Add(f, []byte(s)...)
	}
}
