package numbers

import (
	"math/bits"
	"slices"
)

// bearers counts the bearers of each ordinal: two bytes each, larger counts aside.
type bearers struct {
	small []uint16
	large map[uint32]int
}

// manyBearers in small means that the count is in large.
const manyBearers = 1<<16 - 1

func (b *bearers) get(ord uint32) int {
	if int(ord) >= len(b.small) {
		return 0
	}
	if n := b.small[ord]; n != manyBearers {
		return int(n)
	}
	return b.large[ord]
}

// set stores a count; ord is at most one beyond the last.
func (b *bearers) set(ord uint32, n int) {
	if int(ord) == len(b.small) {
		b.small = append(b.small, 0)
	}
	if n < manyBearers {
		b.small[ord] = uint16(n)
		delete(b.large, ord)
		return
	}
	if b.large == nil {
		b.large = make(map[uint32]int)
	}
	b.small[ord] = manyBearers
	b.large[ord] = n
}

// mix spreads the bits of h (the finalizer of SplitMix64).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// Gone is the ordinals of a frozen index whose numbers have no bearers any more (WithGone). The zero Gone is empty. One
// writer or many readers at a time; a Clone shares nothing with it.
type Gone struct {
	words []uint64
	n     int
}

// Mark takes an ordinal for good; one that is marked stays so.
func (g *Gone) Mark(ord uint32) {
	if g.Has(ord) {
		return
	}
	if at := int(ord >> 6); at >= len(g.words) {
		g.words = append(g.words, make([]uint64, at+1-len(g.words))...)
	}
	g.words[ord>>6] |= 1 << (ord & 63)
	g.n++
}

// Has tells whether an ordinal is marked; nothing is in a nil Gone.
func (g *Gone) Has(ord uint32) bool {
	return g != nil && int(ord>>6) < len(g.words) && g.words[ord>>6]>>(ord&63)&1 != 0
}

// Len is how many are marked.
func (g *Gone) Len() int {
	if g == nil {
		return 0
	}
	return g.n
}

// Clone gives one of its own to who goes on marking while this one is searched.
func (g *Gone) Clone() *Gone {
	if g == nil {
		return new(Gone)
	}
	return &Gone{slices.Clone(g.words), g.n}
}

// within counts those of [from, to) that are marked.
func (g *Gone) within(from, to uint32) int {
	if g.Len() == 0 || from >= to {
		return 0
	}
	n := 0
	for at := int(from >> 6); at <= int((to-1)>>6) && at < len(g.words); at++ {
		word := g.words[at]
		if at == int(from>>6) {
			word = word >> (from & 63) << (from & 63)
		}
		if left := (at + 1) << 6; left > int(to) {
			word = word << (left - int(to)) >> (left - int(to))
		}
		n += bits.OnesCount64(word)
	}
	return n
}

func (g *Gone) bytes() int {
	if g == nil {
		return 0
	}
	return 8 * cap(g.words)
}
