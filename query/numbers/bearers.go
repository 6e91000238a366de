package numbers

import (
	"math/bits"
	"slices"
)

// bearers counts the bearers of each ordinal of an index that is added to.
type bearers []uint32

func (b bearers) get(ord uint32) int {
	if int(ord) >= len(b) {
		return 0
	}
	return int(b[ord])
}

// add counts one more; ord is at most one beyond the last. What had gone is back.
func (b *bearers) add(ord uint32, gone *Gone) {
	if int(ord) == len(*b) {
		*b = append(*b, 0)
	}
	(*b)[ord]++
	gone.unmark(ord)
}

// remove takes one where there is one; what has none any more is gone.
func (b bearers) remove(ord uint32, gone *Gone) {
	if b.get(ord) == 0 {
		return
	}
	if b[ord]--; b[ord] == 0 {
		gone.Mark(ord)
	}
}

// mix spreads the bits of h (the finalizer of SplitMix64).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}

// Gone is the ordinals of an index whose numbers have no bearers any more; to a frozen one it is given (WithGone). The zero
// Gone is empty. One writer or many readers at a time; a Clone shares nothing with it.
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

// unmark takes back Mark.
func (g *Gone) unmark(ord uint32) {
	if g.Has(ord) {
		g.words[ord>>6] &^= 1 << (ord & 63)
		g.n--
	}
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
