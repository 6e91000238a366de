package numbers

import (
	"cmp"
	"math/bits"
	"slices"

	"anvesh/query/plate"
)

// numberLen is the length of a registration's number; numbers is how many there are.
const (
	numberLen = plate.SerialLen
	numbers   = 10_000
)

// maxHead is the longest head: eight characters fit a machine word.
const maxHead = plate.MaxPrefixLen

// Index holds distinct registrations. Almost all are a head (state, office, series) of up to eight characters before
// four digits, and registers are dense: whole runs of numbers under each head. So the heads are kept once, with the
// numbers under each; and for each number the heads that bear it. An alignment of two edits divides at the border
// between them: both edits in the head of a plate whose number was read cleanly, or both in the number under a head
// read cleanly, or one in either; the few readings that mix the halves up at the border itself are tried besides
// (lane.go). What has another shape is held by a general.
//
// Each string has one ordinal for good. One writer or many readers at a time.
type PlateIndex struct {
	ords    []place
	heads   []head
	keys    []uint64          // of the heads, packed as packHead does; apart, to be read fast
	masks   []uint64          // which characters a head holds
	headOf  map[uint64]uint32 // head by key
	shorter map[uint64]uint32 // first link of the heads that become this key by losing one character
	links   []link
	bearing [numbers][]bearer // by number, see findBearer
	gone    map[string]uint32 // ordinals of registrations without bearers

	rest     general
	restOrds []uint32 // ordinal by ordinal in rest

	bearers bearers
	digest  uint64
}

// A place says what an ordinal stands for: a head and a number under it, or an ordinal in rest.
type place struct {
	head   uint32
	number uint16 // inRest: head is an ordinal of rest
}

const inRest = 1<<16 - 1

// A head is what stands before the number.
type head struct {
	cells []uint64 // number<<32 | ordinal, ascending
	bits  *numberSet
	lay   plate.Layout // of a registration with this head
	n     uint8        // length
}

// A numberSet tells which of the ten thousand numbers are held.
type numberSet [(numbers + 63) / 64]uint64

func (s *numberSet) has(n uint16) bool { return s[n>>6]>>(n&63)&1 != 0 }
func (s *numberSet) put(n uint16)      { s[n>>6] |= 1 << (n & 63) }
func (s *numberSet) clear(n uint16)    { s[n>>6] &^= 1 << (n & 63) }

// denseHead is the count of numbers from which a head keeps a numberSet: its 1,256 bytes are then at most five a number.
const denseHead = 256

// A link holds heads that become one key by losing one character, with their own keys, so that most are told from the
// one sought without another look. The chain goes on at next; link 0 is none.
type link struct {
	keys  [linkSize]uint64
	heads [linkSize]uint32
	n     uint32
	next  uint32
}

const linkSize = 4

// A bearer is one registration under its number.
type bearer struct{ head, ord uint32 }

// NewIndex gives an empty index of registrations.
func NewPlateIndex() *PlateIndex {
	return &PlateIndex{headOf: make(map[uint64]uint32), shorter: make(map[uint64]uint32), gone: make(map[string]uint32),
		links: make([]link, 1)}
}

// Len is the number of ordinals given, with those that have no bearers any more.
func (x *PlateIndex) Len() int { return len(x.ords) }

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
	if p.number == inRest {
		return x.rest.appendKey(dst, p.head)
	}
	return x.appendKey(dst, p.head, p.number)
}

// appendKey appends the registration of a number under a head.
func (x *PlateIndex) appendKey(dst []byte, head uint32, number uint16) []byte {
	key := x.keys[head]
	for range x.heads[head].n {
		dst = append(dst, byte(key>>56))
		key <<= 8
	}
	return appendNumber(dst, number)
}

func appendNumber(dst []byte, number uint16) []byte {
	return append(dst, '0'+byte(number/1000), '0'+byte(number/100%10), '0'+byte(number/10%10), '0'+byte(number%10))
}

// packHead packs up to eight characters, the first in the highest byte. Longer ones give 0, as the empty head does.
func packHead(s string) uint64 {
	if len(s) > maxHead {
		return 0
	}
	key := uint64(0)
	for i := 0; i < len(s); i++ {
		key |= uint64(s[i]) << (56 - 8*i)
	}
	return key
}

// divide splits a registration into head and number; ok is false where it has another shape.
func divide(s string) (key uint64, number uint16, ok bool) {
	border := len(s) - numberLen
	if border < 0 || border > maxHead {
		return 0, 0, false
	}
	for i := 0; i < border; i++ {
		if plate.Code(s[i]) >= plate.OpenCode {
			return 0, 0, false
		}
	}
	number, ok = readNumber(s[border:])
	return packHead(s[:border]), number, ok
}

// readNumber reads four digits.
func readNumber(s string) (number uint16, ok bool) {
	if len(s) != numberLen {
		return 0, false
	}
	for i := range numberLen {
		if !plate.IsDigit(s[i]) {
			return 0, false
		}
		number = number*10 + uint16(s[i]-'0')
	}
	return number, true
}

// Add counts one more bearer of the canonical registration and gives its ordinal, the same for equal strings for good.
func (x *PlateIndex) Add(canonical string) uint32 {
	key, number, ok := divide(canonical)
	if !ok {
		return x.addRest(canonical)
	}
	h, known := x.headOf[key]
	if !known {
		h = x.addHead(key, canonical)
	}
	at, held := x.heads[h].find(number)
	if held {
		ord := uint32(x.heads[h].cells[at])
		x.count(ord, canonical, x.bearers.get(ord)+1)
		return ord
	}
	ord, back := x.gone[canonical]
	if back {
		delete(x.gone, canonical)
	} else {
		ord = uint32(len(x.ords))
		x.ords = append(x.ords, place{h, number})
	}
	x.put(h, at, number, ord)
	x.count(ord, canonical, 1)
	return ord
}

// put makes an ordinal findable: under its head at the given cell, and under its number.
func (x *PlateIndex) put(h uint32, at int, number uint16, ord uint32) {
	head := &x.heads[h]
	head.cells = slices.Insert(head.cells, at, uint64(number)<<32|uint64(ord))
	if head.bits != nil {
		head.bits.put(number)
	} else if len(head.cells) >= denseHead {
		head.bits = new(numberSet)
		for _, c := range head.cells {
			head.bits.put(uint16(c >> 32))
		}
	}
	i, _ := x.findBearer(number, h)
	x.bearing[number] = slices.Insert(x.bearing[number], i, bearer{h, ord})
}

// findBearer gives the place of a head among the bearers of a number, or where it would stand. They stand in the order
// of a hash of the head, since a search that does not get to all of them must meet the same ones first whichever came
// first, and no state's before the others.
func (x *PlateIndex) findBearer(number uint16, h uint32) (int, bool) {
	want := mix(x.keys[h])
	return slices.BinarySearchFunc(x.bearing[number], want, func(b bearer, want uint64) int {
		return cmp.Compare(mix(x.keys[b.head]), want)
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
	case p.number == inRest:
		x.rest.remove(p.head)
	case n == 1:
		x.gone[s] = ord
		x.take(p)
	}
}

// take makes an ordinal unfindable.
func (x *PlateIndex) take(p place) {
	head := &x.heads[p.head]
	if at, held := head.find(p.number); held {
		head.cells = slices.Delete(head.cells, at, at+1)
	}
	if head.bits != nil {
		head.bits.clear(p.number)
	}
	if i, held := x.findBearer(p.number, p.head); held {
		x.bearing[p.number] = slices.Delete(x.bearing[p.number], i, i+1)
	}
}

// count sets the bearers and keeps the digest in step.
func (x *PlateIndex) count(ord uint32, s string, n int) {
	x.digest += digestOf(s, n) - digestOf(s, x.bearers.get(ord))
	x.bearers.set(ord, n)
}

// headHeld gives the head of a key where a registration with it is held. A head whose last registration is gone, corrected
// or withdrawn, keeps its place and is none.
func (x *PlateIndex) headHeld(key uint64) (h uint32, held bool) {
	h, known := x.headOf[key]
	return h, known && len(x.heads[h].cells) > 0
}

// addHead takes a head that is not held; canonical is a registration with it.
func (x *PlateIndex) addHead(key uint64, canonical string) uint32 {
	h := uint32(len(x.heads))
	n := len(canonical) - numberLen
	x.heads = append(x.heads, head{lay: plate.LayoutOf(canonical), n: uint8(n)})
	x.keys = append(x.keys, key)
	x.masks = append(x.masks, maskOf(canonical[:n]))
	x.headOf[key] = h
	for i := range n {
		if i > 0 && canonical[i] == canonical[i-1] {
			continue
		}
		x.chain(lose(key, i), key, h)
	}
	return h
}

// chain adds a head to those that become short by losing one character.
func (x *PlateIndex) chain(short, key uint64, h uint32) {
	at := x.shorter[short]
	if at == 0 || x.links[at].n == linkSize {
		x.links = append(x.links, link{next: at})
		at = uint32(len(x.links) - 1)
		x.shorter[short] = at
	}
	l := &x.links[at]
	l.keys[l.n], l.heads[l.n] = key, h
	l.n++
}

// maskOf has a bit for each symbol in s.
func maskOf(s string) uint64 {
	mask := uint64(0)
	for i := 0; i < len(s); i++ {
		mask |= 1 << plate.Code(s[i])
	}
	return mask
}

// lose takes character i out of a packed head.
func lose(key uint64, i int) uint64 {
	before := ^uint64(0) << (64 - 8*i)
	return key&before | key<<8&^before
}

// find gives the cell of a number under the head, or where it would stand.
func (h *head) find(number uint16) (int, bool) {
	lo, hi := 0, len(h.cells)
	if hi > 0 && uint16(h.cells[hi-1]>>32) < number {
		return hi, false
	}
	for lo < hi {
		mid := (lo + hi) / 2
		if uint16(h.cells[mid]>>32) < number {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(h.cells) && uint16(h.cells[lo]>>32) == number
}

// has reports whether the number is held under the head.
func (h *head) has(number uint16) bool {
	if h.bits != nil {
		return h.bits.has(number)
	}
	_, held := h.find(number)
	return held
}

// lacks counts the characters of mask a that b does not hold: at least so many edits are between the two.
func lacks(a, b uint64) int { return bits.OnesCount64(a &^ b) }
