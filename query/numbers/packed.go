package numbers

import (
	"math/bits"
	"slices"
	"sort"

	"anvesh/query/plate"
)

// packedLen is the most characters a packedString holds.
const packedLen = 20

// A packedString is a string of up to twenty characters of numbers, six bits each from the top: ten in hi, ten in lo, 0
// beyond the end, else the character's code plus one. Packed strings sort as their codes do.
type packedString struct{ hi, lo uint64 }

// pack gives ok false for a string that is too long or holds anything but A-Z, 0-9 and ?.
func pack(s string) (p packedString, ok bool) {
	if len(s) > packedLen {
		return packedString{}, false
	}
	for i := 0; i < len(s); i++ {
		c := plate.Code(s[i])
		if c == plate.UnknownCode {
			return packedString{}, false
		}
		p.put(i, c+1)
	}
	return p, true
}

func (p *packedString) put(i int, c uint8) {
	if i < 10 {
		p.hi |= uint64(c) << (58 - 6*i)
	} else {
		p.lo |= uint64(c) << (58 - 6*(i-10))
	}
}

// at is the code plus one of character i, 0 beyond the end.
func (p packedString) at(i int) uint8 {
	if i < 10 {
		return uint8(p.hi >> (58 - 6*i) & 63)
	}
	return uint8(p.lo >> (58 - 6*(i-10)) & 63)
}

func (p packedString) less(o packedString) bool { return p.hi < o.hi || p.hi == o.hi && p.lo < o.lo }

// size is the length of the string.
func (p packedString) size() int {
	if p.lo != 0 {
		return 10 + (63-bits.TrailingZeros64(p.lo))/6 + 1
	}
	if p.hi == 0 {
		return 0
	}
	return (63-bits.TrailingZeros64(p.hi))/6 + 1
}

// unpack writes the characters to dst and gives them.
func (p packedString) unpack(dst *[packedLen]byte) []byte {
	for i := range dst {
		c := p.at(i)
		if c == 0 {
			return dst[:i]
		}
		dst[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?"[c-1]
	}
	return dst[:]
}

func (p packedString) String() string {
	var b [packedLen]byte
	return string(p.unpack(&b))
}

func (p packedString) hash() uint64 { return mix(p.hi*0x9E3779B97F4A7C15 ^ p.lo) }

// begins reports whether the first n characters are those of o, n over 0.
func (p packedString) begins(o packedString, n int) bool {
	if n <= 10 {
		return (p.hi^o.hi)>>(64-6*n) == 0
	}
	return p.hi == o.hi && (p.lo^o.lo)>>(64-6*(n-10)) == 0
}

// first is the string of the first n characters, n over 0.
func (p packedString) first(n int) packedString {
	if n <= 10 {
		return packedString{hi: p.hi &^ (1<<(64-6*n) - 1)}
	}
	return packedString{p.hi, p.lo &^ (1<<(64-6*(n-10)) - 1)}
}

// The lowest and the highest bit of each of the ten characters in half a packedString.
const (
	lowBits  = 1<<4 | 1<<10 | 1<<16 | 1<<22 | 1<<28 | 1<<34 | 1<<40 | 1<<46 | 1<<52 | 1<<58
	highBits = lowBits << 5
)

// everywhere is twenty times the character of a code plus one.
func everywhere(c uint8) packedString {
	half := uint64(c) * lowBits
	return packedString{half, half}
}

// holdsAll reports whether p holds each of the characters, given as everywhere makes them, or an unreadable one.
func (p packedString) holdsAll(list []packedString) bool {
	for _, c := range list {
		if !p.holds(c) {
			return p.holds(everywhere(plate.OpenCode + 1))
		}
	}
	return true
}

// holds finds a character that does not differ from that of c: the usual test for a zero byte, by six bits. A character
// above one that does not differ may be taken for another, which does no harm.
func (p packedString) holds(c packedString) bool {
	hi, lo := p.hi^c.hi, p.lo^c.lo
	return ((hi-lowBits)&^hi|(lo-lowBits)&^lo)&highBits != 0
}

// A sortedRun is a sorted sequence of packed strings with their ordinals: one after the other from first on in a frozen
// index.
type sortedRun struct {
	keys  []packedString
	ords  []uint32
	first uint32
}

// ord is the ordinal of an entry.
func (r *sortedRun) ord(i int) uint32 {
	if r.ords == nil {
		return r.first + uint32(i)
	}
	return r.ords[i]
}

// sortedRuns keep packed strings sorted while they are added: a small unsorted tail, a short run that it is merged into, and
// a long one that takes that when it is full, or all of a frozen index.
type sortedRuns struct {
	tail   sortedRun
	levels [2]sortedRun
}

// Lengths at which tail and short run are merged into the next: so a string is moved some fifty times in all, by sequential
// copies, until an index has the 65,536 that a head of the register has.
const (
	tailSize  = 64
	shortSize = 4 << 10
)

func (r *sortedRuns) len() int {
	return len(r.tail.keys) + len(r.levels[0].keys) + len(r.levels[1].keys)
}

func (r *sortedRuns) add(key packedString, ord uint32) {
	r.tail.keys = append(r.tail.keys, key)
	r.tail.ords = append(r.tail.ords, ord)
	if len(r.tail.keys) < tailSize {
		return
	}
	sort.Sort(&r.tail)
	r.levels[0] = merge(r.levels[0], r.tail)
	r.tail.keys, r.tail.ords = r.tail.keys[:0], r.tail.ords[:0]
	if len(r.levels[0].keys) >= shortSize {
		r.levels[1] = merge(r.levels[1], r.levels[0])
		r.levels[0] = sortedRun{}
	}
}

// Len, Less and Swap sort it by its keys.
func (r *sortedRun) Len() int           { return len(r.keys) }
func (r *sortedRun) Less(i, j int) bool { return r.keys[i].less(r.keys[j]) }
func (r *sortedRun) Swap(i, j int) {
	r.keys[i], r.keys[j] = r.keys[j], r.keys[i]
	r.ords[i], r.ords[j] = r.ords[j], r.ords[i]
}

// merge gives one of both; neither is changed.
func merge(a, b sortedRun) sortedRun {
	if len(a.keys) == 0 {
		return sortedRun{keys: slices.Clone(b.keys), ords: slices.Clone(b.ords)}
	}
	n := len(a.keys) + len(b.keys)
	out := sortedRun{keys: make([]packedString, n), ords: make([]uint32, n)}
	i, j := 0, 0
	for k := range out.keys {
		if j == len(b.keys) || i < len(a.keys) && a.keys[i].less(b.keys[j]) {
			out.keys[k], out.ords[k] = a.keys[i], a.ords[i]
			i++
		} else {
			out.keys[k], out.ords[k] = b.keys[j], b.ords[j]
			j++
		}
	}
	return out
}

// end gives the end, within [from, to), of the keys that share character c at place depth with key from. All keys of
// [from, to) agree in the characters before depth.
func (r *sortedRun) end(from, to, depth int, c uint8) int {
	step := 1
	for from+step < to && r.keys[from+step].at(depth) == c {
		step *= 2
	}
	lo, hi := from+step/2+1, min(from+step, to)
	for lo < hi {
		mid := (lo + hi) / 2
		if r.keys[mid].at(depth) == c {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// start gives the first of [from, to) whose character at depth is c or beyond.
func (r *sortedRun) start(from, to, depth int, c uint8) int {
	for from < to {
		mid := (from + to) / 2
		if r.keys[mid].at(depth) < c {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}
