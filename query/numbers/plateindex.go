package numbers

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"

	"anvesh/query/plate"
)

// allSerials is how many serials there are.
const allSerials = 10_000

// PlateIndex holds distinct registrations. Almost all are a prefix (state, office, series) of up to eight characters
// before four digits, and registers are dense: whole runs of serials under each prefix. So the prefixes are kept once,
// with the serials under each; and for each serial the prefixes that bear it. An alignment of two edits divides at the
// border between them: both edits in the prefix of a plate whose serial was read cleanly, or both in the serial under a
// prefix read cleanly, or one in either; the few readings that mix the halves up at the border itself are tried besides
// (split.go). What has another shape is held by a stringIndex.
//
// Each string has one ordinal for good. An index is added to, by one writer or read by many at a time, or frozen: it
// lies in a file and is read only (frozen.go).
type PlateIndex struct {
	prefixes
	rest   stringIndex
	grown  *grownPlates  // of an index that is added to
	frozen *frozenPlates // of one that lies in a file
	gone   *Gone         // what it does not hold any more
}

// grownPlates is what only an index has that is added to.
type grownPlates struct {
	ords     []place
	serials  []serialList         // by prefix
	bySerial [allSerials][]holder // by serial, see findHolder
	restOrds []uint32             // ordinal by ordinal in rest
	bearers  bearers
}

// A place says what an ordinal stands for: a prefix and a serial under it, or an ordinal in rest.
type place struct {
	prefix uint32
	serial uint16 // inRest: prefix is an ordinal of rest
}

const inRest = 1<<16 - 1

// A serialList is the serials under a prefix, ascending, with their ordinals.
type serialList struct {
	serials []uint16
	ords    []uint32
	set     *serialSet // of densePrefix and more
}

// A serialSet tells which of the ten thousand serials are held.
type serialSet [(allSerials + 63) / 64]uint64

func (s *serialSet) has(n uint16) bool { return s[n>>6]>>(n&63)&1 != 0 }
func (s *serialSet) put(n uint16)      { s[n>>6] |= 1 << (n & 63) }

// densePrefix is the count of serials from which a prefix keeps a serialSet: its 1,256 bytes are then at most five a
// serial.
const densePrefix = 256

// A holder is one registration under its serial.
type holder struct{ prefix, ord uint32 }

// NewPlateIndex gives an empty index of registrations.
func NewPlateIndex() *PlateIndex {
	return &PlateIndex{grown: new(grownPlates), rest: stringIndex{gone: new(Gone)}, gone: new(Gone)}
}

// Len is the number of ordinals given, with those that are not alive any more.
func (x *PlateIndex) Len() int {
	if x.frozen != nil {
		return len(x.frozen.serials) + x.rest.len()
	}
	return len(x.grown.ords)
}

// live is how many registrations are alive.
func (x *PlateIndex) live() int { return x.Len() - x.gone.Len() }

// Find gives the ordinal of a canonical registration that is alive.
func (x *PlateIndex) Find(canonical string) (ord uint32, held bool) {
	if key, serial, ok := divide(canonical); ok {
		h, known := x.prefixes.find(key)
		if !known {
			return 0, false
		}
		at, held := findSerial(x.serials(h), serial)
		if !held || x.goneAt(h, at) {
			return 0, false
		}
		return x.ordAt(h, at), true
	}
	if r, known := x.rest.find(canonical); known && x.rest.alive(r) {
		return x.restOrd(r), true
	}
	return 0, false
}

// Alive tells whether an ordinal that was given has bearers, or has not gone.
func (x *PlateIndex) Alive(ord uint32) bool { return !x.gone.Has(ord) }

// Key is the registration of an ordinal, "" for one that was never given.
func (x *PlateIndex) Key(ord uint32) string {
	var b [plate.MaxText]byte
	return string(x.AppendKey(b[:0], ord))
}

// AppendKey appends the registration of an ordinal, nothing for one that was never given.
func (x *PlateIndex) AppendKey(dst []byte, ord uint32) []byte {
	if int(ord) >= x.Len() {
		return dst
	}
	p := x.place(ord)
	if p.serial == inRest {
		return x.rest.appendKey(dst, p.prefix)
	}
	return x.appendKey(dst, p.prefix, p.serial)
}

// appendKey appends the registration of a serial under a prefix.
func (x *PlateIndex) appendKey(dst []byte, prefix uint32, serial uint16) []byte {
	for key := x.keys[prefix]; key != 0; key <<= 8 {
		dst = append(dst, byte(key>>56))
	}
	return appendSerial(dst, serial)
}

func appendSerial(dst []byte, serial uint16) []byte {
	return append(dst, '0'+byte(serial/1000), '0'+byte(serial/100%10), '0'+byte(serial/10%10), '0'+byte(serial%10))
}

// divide splits a registration into prefix and serial; ok is false where it has another shape.
func divide(s string) (key uint64, serial uint16, ok bool) {
	border := len(s) - plate.SerialLen
	if border < 0 || border > plate.MaxPrefixLen {
		return 0, 0, false
	}
	for i := 0; i < border; i++ {
		if plate.Code(s[i]) >= plate.OpenCode {
			return 0, 0, false
		}
	}
	serial, ok = readSerial(s[border:])
	return packPrefix(s[:border]), serial, ok
}

// readSerial reads four digits.
func readSerial[T string | []byte](s T) (serial uint16, ok bool) {
	if len(s) != plate.SerialLen {
		return 0, false
	}
	for i := range plate.SerialLen {
		if !plate.IsDigit(s[i]) {
			return 0, false
		}
		serial = serial*10 + uint16(s[i]-'0')
	}
	return serial, true
}

// changeable gives what an index has that is added to.
func (x *PlateIndex) changeable() *grownPlates {
	if x.grown == nil {
		panic("BUG: a frozen index of registrations does not change")
	}
	return x.grown
}

// Add counts one more bearer of the canonical registration and gives its ordinal, the same for equal strings for good.
func (x *PlateIndex) Add(canonical string) uint32 {
	g := x.changeable()
	ord := x.intern(canonical)
	g.bearers.add(ord, x.gone)
	return ord
}

// intern gives the ordinal of a registration, a new one where it has none.
func (x *PlateIndex) intern(canonical string) uint32 {
	g, ord := x.grown, uint32(len(x.grown.ords))
	key, serial, ok := divide(canonical)
	if !ok {
		r := x.rest.add(canonical)
		if int(r) == len(g.restOrds) {
			g.restOrds, g.ords = append(g.restOrds, ord), append(g.ords, place{r, inRest})
		}
		return g.restOrds[r]
	}
	h, known := x.prefixes.find(key)
	if !known {
		h = x.prefixes.add(key)
		g.serials = append(g.serials, serialList{})
	}
	l := &g.serials[h]
	at, held := findSerial(l.serials, serial)
	if held {
		return l.ords[at]
	}
	g.ords = append(g.ords, place{h, serial})
	l.put(at, serial, ord)
	i := x.findHolder(serial, h)
	g.bySerial[serial] = slices.Insert(g.bySerial[serial], i, holder{h, ord})
	return ord
}

// put enters a serial at its place.
func (l *serialList) put(at int, serial uint16, ord uint32) {
	l.serials, l.ords = slices.Insert(l.serials, at, serial), slices.Insert(l.ords, at, ord)
	if l.set != nil {
		l.set.put(serial)
	} else if len(l.serials) >= densePrefix {
		l.set = new(serialSet)
		for _, n := range l.serials {
			l.set.put(n)
		}
	}
}

// findHolder gives the place among the bearers of a serial where one with a new prefix is to stand. They stand in the
// order of a hash of the prefix, since a search that does not get to all of them must meet the same ones first
// whichever came first, and no state's before the others.
func (x *PlateIndex) findHolder(serial uint16, h uint32) int {
	want := mix(x.keys[h])
	i, _ := slices.BinarySearchFunc(x.grown.bySerial[serial], want, func(b holder, want uint64) int {
		return cmp.Compare(mix(x.keys[b.prefix]), want)
	})
	return i
}

// Remove takes one bearer; a registration without bearers is in no result, and keeps its ordinal.
func (x *PlateIndex) Remove(ord uint32) {
	g := x.changeable()
	g.bearers.remove(ord, x.gone)
	if p := g.ords[ord]; p.serial == inRest {
		x.rest.remove(p.prefix)
	}
}

// findSerial gives the entry of a serial in an ascending list, or where it would stand.
func findSerial(list []uint16, serial uint16) (int, bool) {
	lo, hi := 0, len(list)
	if hi > 0 && list[hi-1] < serial {
		return hi, false
	}
	for lo < hi {
		if mid := (lo + hi) / 2; list[mid] < serial {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(list) && list[lo] == serial
}

// What searches read, in either form.

// serials are the serials under a prefix, ascending; those that have gone are still among them.
func (x *PlateIndex) serials(h uint32) []uint16 {
	if f := x.frozen; f != nil {
		return f.serials[f.prefixes[h].from:f.prefixes[h+1].from]
	}
	return x.grown.serials[h].serials
}

// set is the set of these where there are many, else nil.
func (x *PlateIndex) set(h uint32) *serialSet {
	if f := x.frozen; f == nil {
		return x.grown.serials[h].set
	} else if n := f.prefixes[h].set; n > 0 {
		return &f.sets[n-1]
	}
	return nil
}

// ordAt is the ordinal of an entry of serials.
func (x *PlateIndex) ordAt(h uint32, at int) uint32 {
	if f := x.frozen; f != nil {
		return f.prefixes[h].from + uint32(at)
	}
	return x.grown.serials[h].ords[at]
}

// goneAt tells whether an entry of serials has gone.
func (x *PlateIndex) goneAt(h uint32, at int) bool {
	return x.gone.Len() > 0 && x.gone.Has(x.ordAt(h, at))
}

// goneIn counts those of the entries [from, to) that have gone.
func (x *PlateIndex) goneIn(h uint32, from, to int) int {
	if x.gone.Len() == 0 {
		return 0
	}
	if f := x.frozen; f != nil {
		first := f.prefixes[h].from
		return x.gone.within(first+uint32(from), first+uint32(to))
	}
	n := 0
	for _, ord := range x.grown.serials[h].ords[from:to] {
		if x.gone.Has(ord) {
			n++
		}
	}
	return n
}

// liveUnder is how many serials are alive under a prefix.
func (x *PlateIndex) liveUnder(h uint32) int {
	n := len(x.serials(h))
	return n - x.goneIn(h, 0, n)
}

// has reports whether the serial is alive under the prefix.
func (x *PlateIndex) has(h uint32, serial uint16) bool {
	if set := x.set(h); set != nil && (!set.has(serial) || x.gone.Len() == 0) {
		return set.has(serial)
	}
	at, held := findSerial(x.serials(h), serial)
	return held && !x.goneAt(h, at)
}

// eachIn gives take the serials of a set that are alive under a prefix, ascending.
func (x *PlateIndex) eachIn(h uint32, set *serialSet, take func(serial uint16)) {
	held := x.set(h)
	if held == nil {
		for at, serial := range x.serials(h) {
			if set.has(serial) && !x.goneAt(h, at) {
				take(serial)
			}
		}
		return
	}
	at := 0
	for i, word := range held {
		for both := word & set[i]; both != 0; both &= both - 1 {
			bit := bits.TrailingZeros64(both)
			if !x.goneAt(h, at+bits.OnesCount64(word&(1<<bit-1))) {
				take(uint16(i<<6 + bit))
			}
		}
		at += bits.OnesCount64(word)
	}
}

// prefixHeld gives the prefix of a key where a registration with it is alive. A prefix whose last registration is gone,
// corrected or withdrawn, keeps its place and is none.
func (x *PlateIndex) prefixHeld(key uint64) (h uint32, held bool) {
	h, known := x.prefixes.find(key)
	return h, known && x.liveUnder(h) > 0
}

// holders are the registrations with a serial, in the order of findHolder; those that have gone are still among them.
func (x *PlateIndex) holders(serial uint16) []holder {
	if f := x.frozen; f != nil {
		return f.holders[f.holdersFrom[serial]:f.holdersFrom[serial+1]]
	}
	return x.grown.bySerial[serial]
}

// place says what an ordinal stands for.
func (x *PlateIndex) place(ord uint32) place {
	f := x.frozen
	switch {
	case f == nil:
		return x.grown.ords[ord]
	case int(ord) >= len(f.serials):
		return place{ord - uint32(len(f.serials)), inRest}
	}
	h := sort.Search(len(f.prefixes), func(i int) bool { return f.prefixes[i].from > ord }) - 1
	return place{uint32(h), f.serials[ord]}
}

// restOrd is the ordinal of one of rest.
func (x *PlateIndex) restOrd(r uint32) uint32 {
	if x.frozen != nil {
		return uint32(len(x.frozen.serials)) + r
	}
	return x.grown.restOrds[r]
}
