package numbers

import (
	"cmp"
	"math/bits"
	"slices"

	"anvesh/query/plate"
)

// serials is how many serials there are.
const allSerials = 10_000

// Index holds distinct registrations. Almost all are a prefix (state, office, series) of up to eight characters before
// four digits, and registers are dense: whole runs of serials under each prefix. So the prefixes are kept once, with
// the serials under each; and for each serial the prefixes that bear it. An alignment of two edits divides at the
// border between them: both edits in the prefix of a plate whose serial was read cleanly, or both in the serial under a
// prefix read cleanly, or one in either; the few readings that mix the halves up at the border itself are tried besides
// (split.go). What has another shape is held by a stringIndex.
//
// Each string has one ordinal for good. One writer or many readers at a time.
type PlateIndex struct {
	ords       []place
	prefixes   []prefix
	keys       []uint64          // of the prefixes, packed as packPrefix does; apart, to be read fast
	signatures []uint64          // which characters a prefix holds
	prefixOf   map[uint64]uint32 // prefix by key
	byDeletion map[uint64]uint32 // first deletion of the prefixes that become this key by losing one character
	deletions  []deletion
	bySerial   [allSerials][]holder // by serial, see findHolder
	unborne    map[string]uint32    // ordinals of registrations without bearers

	rest     stringIndex
	restOrds []uint32 // ordinal by ordinal in rest

	bearers bearers
	digest  uint64
}

// A place says what an ordinal stands for: a prefix and a serial under it, or an ordinal in rest.
type place struct {
	prefix uint32
	serial uint16 // inRest: prefix is an ordinal of rest
}

const inRest = 1<<16 - 1

// A prefix is what stands before the serial.
type prefix struct {
	serials []uint64 // serial<<32 | ordinal, ascending
	bits    *serialSet
	lay     plate.Layout // of a registration with this prefix
	n       uint8        // length
}

// A serialSet tells which of the ten thousand serials are held.
type serialSet [(allSerials + 63) / 64]uint64

func (s *serialSet) has(n uint16) bool { return s[n>>6]>>(n&63)&1 != 0 }
func (s *serialSet) put(n uint16)      { s[n>>6] |= 1 << (n & 63) }
func (s *serialSet) clear(n uint16)    { s[n>>6] &^= 1 << (n & 63) }

// densePrefix is the count of serials from which a prefix keeps a serialSet: its 1,256 bytes are then at most five a
// serial.
const densePrefix = 256

// A deletion holds prefixes that become one key by losing one character, with their own keys, so that most are told
// from the one sought without another look. The list goes on at next; deletion 0 is none.
type deletion struct {
	keys     [deletionSize]uint64
	prefixes [deletionSize]uint32
	n        uint32
	next     uint32
}

const deletionSize = 4

// A holder is one registration under its serial.
type holder struct{ prefix, ord uint32 }

// NewIndex gives an empty index of registrations.
func NewPlateIndex() *PlateIndex {
	return &PlateIndex{prefixOf: make(map[uint64]uint32), byDeletion: make(map[uint64]uint32), unborne: make(map[string]uint32),
		deletions: make([]deletion, 1)}
}

// Len is the serial of ordinals given, with those that have no bearers any more.
func (x *PlateIndex) Len() int { return len(x.ords) }

// Find gives the ordinal of a canonical registration that has bearers.
func (x *PlateIndex) Find(canonical string) (ord uint32, held bool) {
	if key, serial, ok := divide(canonical); ok {
		h, known := x.prefixOf[key]
		if !known {
			return 0, false
		}
		at, held := x.prefixes[h].find(serial)
		if !held {
			return 0, false
		}
		return uint32(x.prefixes[h].serials[at]), true
	}
	if r, known := x.rest.find(canonical); known && x.rest.bearers.get(r) > 0 {
		return x.restOrds[r], true
	}
	return 0, false
}

// Bearers is how often the registration was added and not removed.
func (x *PlateIndex) Bearers(ord uint32) int { return x.bearers.get(ord) }

// Digest is an order-free digest of all registrations with their bearers.
func (x *PlateIndex) Digest() uint64 { return x.digest }

// Key is the registration of an ordinal, "" for one that was never given.
func (x *PlateIndex) Key(ord uint32) string {
	var b [plate.MaxText]byte
	return string(x.AppendKey(b[:0], ord))
}

// AppendKey appends the registration of an ordinal, nothing for one that was never given.
func (x *PlateIndex) AppendKey(dst []byte, ord uint32) []byte {
	if int(ord) >= len(x.ords) {
		return dst
	}
	p := x.ords[ord]
	if p.serial == inRest {
		return x.rest.appendKey(dst, p.prefix)
	}
	return x.appendKey(dst, p.prefix, p.serial)
}

// appendKey appends the registration of a serial under a prefix.
func (x *PlateIndex) appendKey(dst []byte, prefix uint32, serial uint16) []byte {
	key := x.keys[prefix]
	for range x.prefixes[prefix].n {
		dst = append(dst, byte(key>>56))
		key <<= 8
	}
	return appendSerial(dst, serial)
}

func appendSerial(dst []byte, serial uint16) []byte {
	return append(dst, '0'+byte(serial/1000), '0'+byte(serial/100%10), '0'+byte(serial/10%10), '0'+byte(serial%10))
}

// packPrefix packs up to eight characters, the first in the highest byte. Longer ones give 0, as the empty prefix does.
func packPrefix(s string) uint64 {
	if len(s) > plate.MaxPrefixLen {
		return 0
	}
	key := uint64(0)
	for i := 0; i < len(s); i++ {
		key |= uint64(s[i]) << (56 - 8*i)
	}
	return key
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
func readSerial(s string) (serial uint16, ok bool) {
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

// Add counts one more bearer of the canonical registration and gives its ordinal, the same for equal strings for good.
func (x *PlateIndex) Add(canonical string) uint32 {
	key, serial, ok := divide(canonical)
	if !ok {
		return x.addRest(canonical)
	}
	h, known := x.prefixOf[key]
	if !known {
		h = x.addPrefix(key, canonical)
	}
	at, held := x.prefixes[h].find(serial)
	if held {
		ord := uint32(x.prefixes[h].serials[at])
		x.count(ord, canonical, x.bearers.get(ord)+1)
		return ord
	}
	ord, back := x.unborne[canonical]
	if back {
		delete(x.unborne, canonical)
	} else {
		ord = uint32(len(x.ords))
		x.ords = append(x.ords, place{h, serial})
	}
	x.put(h, at, serial, ord)
	x.count(ord, canonical, 1)
	return ord
}

// put makes an ordinal findable: under its prefix at the given entry, and under its serial.
func (x *PlateIndex) put(h uint32, at int, serial uint16, ord uint32) {
	prefix := &x.prefixes[h]
	prefix.serials = slices.Insert(prefix.serials, at, uint64(serial)<<32|uint64(ord))
	if prefix.bits != nil {
		prefix.bits.put(serial)
	} else if len(prefix.serials) >= densePrefix {
		prefix.bits = new(serialSet)
		for _, c := range prefix.serials {
			prefix.bits.put(uint16(c >> 32))
		}
	}
	i, _ := x.findHolder(serial, h)
	x.bySerial[serial] = slices.Insert(x.bySerial[serial], i, holder{h, ord})
}

// findHolder gives the place of a prefix among the bearers of a serial, or where it would stand. They stand in the
// order of a hash of the prefix, since a search that does not get to all of them must meet the same ones first
// whichever came first, and no state's before the others.
func (x *PlateIndex) findHolder(serial uint16, h uint32) (int, bool) {
	want := mix(x.keys[h])
	return slices.BinarySearchFunc(x.bySerial[serial], want, func(b holder, want uint64) int {
		return cmp.Compare(mix(x.keys[b.prefix]), want)
	})
}

func (x *PlateIndex) addRest(canonical string) uint32 {
	r := x.rest.add(canonical)
	if int(r) == len(x.restOrds) {
		x.restOrds = append(x.restOrds, uint32(len(x.ords)))
		x.ords = append(x.ords, place{r, inRest})
	}
	ord := x.restOrds[r]
	x.count(ord, canonical, x.rest.bearers.get(r))
	return ord
}

// Remove takes one bearer; a registration without bearers is in no result, and keeps its ordinal.
func (x *PlateIndex) Remove(ord uint32) {
	n := x.bearers.get(ord)
	if n == 0 {
		return
	}
	s, p := x.Key(ord), x.ords[ord]
	x.count(ord, s, n-1)
	switch {
	case p.serial == inRest:
		x.rest.remove(p.prefix)
	case n == 1:
		x.unborne[s] = ord
		x.take(p)
	}
}

// take makes an ordinal unfindable.
func (x *PlateIndex) take(p place) {
	prefix := &x.prefixes[p.prefix]
	if at, held := prefix.find(p.serial); held {
		prefix.serials = slices.Delete(prefix.serials, at, at+1)
	}
	if prefix.bits != nil {
		prefix.bits.clear(p.serial)
	}
	if i, held := x.findHolder(p.serial, p.prefix); held {
		x.bySerial[p.serial] = slices.Delete(x.bySerial[p.serial], i, i+1)
	}
}

// count sets the bearers and keeps the digest in step.
func (x *PlateIndex) count(ord uint32, s string, n int) {
	x.digest += digestOf(s, n) - digestOf(s, x.bearers.get(ord))
	x.bearers.set(ord, n)
}

// prefixHeld gives the prefix of a key where a registration with it is held. A prefix whose last registration is gone,
// corrected or withdrawn, keeps its place and is none.
func (x *PlateIndex) prefixHeld(key uint64) (h uint32, held bool) {
	h, known := x.prefixOf[key]
	return h, known && len(x.prefixes[h].serials) > 0
}

// addPrefix takes a prefix that is not held; canonical is a registration with it.
func (x *PlateIndex) addPrefix(key uint64, canonical string) uint32 {
	h := uint32(len(x.prefixes))
	n := len(canonical) - plate.SerialLen
	x.prefixes = append(x.prefixes, prefix{lay: plate.LayoutOf(canonical), n: uint8(n)})
	x.keys = append(x.keys, key)
	x.signatures = append(x.signatures, signatureOf(canonical[:n]))
	x.prefixOf[key] = h
	for i := range n {
		if i > 0 && canonical[i] == canonical[i-1] {
			continue
		}
		x.addDeletion(lose(key, i), key, h)
	}
	return h
}

// addDeletion adds a prefix to those that become short by losing one character.
func (x *PlateIndex) addDeletion(short, key uint64, h uint32) {
	at := x.byDeletion[short]
	if at == 0 || x.deletions[at].n == deletionSize {
		x.deletions = append(x.deletions, deletion{next: at})
		at = uint32(len(x.deletions) - 1)
		x.byDeletion[short] = at
	}
	l := &x.deletions[at]
	l.keys[l.n], l.prefixes[l.n] = key, h
	l.n++
}

// signatureOf has a bit for each symbol in s.
func signatureOf(s string) uint64 {
	signature := uint64(0)
	for i := 0; i < len(s); i++ {
		signature |= 1 << plate.Code(s[i])
	}
	return signature
}

// lose takes character i out of a packed prefix.
func lose(key uint64, i int) uint64 {
	before := ^uint64(0) << (64 - 8*i)
	return key&before | key<<8&^before
}

// find gives the entry of a serial under the prefix, or where it would stand.
func (h *prefix) find(serial uint16) (int, bool) {
	lo, hi := 0, len(h.serials)
	if hi > 0 && uint16(h.serials[hi-1]>>32) < serial {
		return hi, false
	}
	for lo < hi {
		mid := (lo + hi) / 2
		if uint16(h.serials[mid]>>32) < serial {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(h.serials) && uint16(h.serials[lo]>>32) == serial
}

// has reports whether the serial is held under the prefix.
func (h *prefix) has(serial uint16) bool {
	if h.bits != nil {
		return h.bits.has(serial)
	}
	_, held := h.find(serial)
	return held
}

// missing counts the characters of signature a that b does not hold: at least so many edits are between the two.
func missing(a, b uint64) int { return bits.OnesCount64(a &^ b) }
