package numbers

import (
	"math/bits"

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
