package numbers

import (
	"encoding/binary"

	"anvesh/query/plate"
)

// ngramLen is the length of the n-grams that ngrams lists. Four, because fragments of four characters are asked for,
// and four digits leave one number in ten thousand.
const ngramLen = 4

// An ngram is four codes plus one, base 38; the last may be 0, the end of the string.
type ngram uint32

const ngramBase = 38

// ngrams lists for each n-gram the ordinals of the strings that hold it, ascending, as varint differences. Pages by the
// first two characters are made when needed.
type ngrams struct {
	pages [ngramBase * ngramBase][]int32 // list number plus one
	lists []postings
}

// ngramOf is the ngram of the first four characters of s; the byte 0 is the end of a string.
func ngramOf(s string) ngram {
	g := ngram(0)
	for i := 0; i < ngramLen; i++ {
		g *= ngramBase
		if s[i] != 0 {
			g += ngram(plate.Code(s[i]) + 1)
		}
	}
	return g
}

// A posting is one list.
type postings struct {
	bytes []byte
	last  uint32
	count uint32
}

// ngrams calls yield with the ngrams of p, the last one holding its end.
func (p packedString) ngrams(yield func(ngram)) {
	var g ngram
	for i := 0; i < packedLen; i++ {
		c := p.at(i)
		g = g%(ngramBase*ngramBase*ngramBase)*ngramBase + ngram(c)
		if i >= ngramLen-1 {
			yield(g)
		}
		if c == 0 {
			return
		}
	}
	yield(g % (ngramBase * ngramBase * ngramBase) * ngramBase)
}

// add lists ord, which is not below any listed, under the ngram.
func (g *ngrams) add(x ngram, ord uint32) {
	page := g.pages[x/(ngramBase*ngramBase)]
	if page == nil {
		page = make([]int32, ngramBase*ngramBase)
		g.pages[x/(ngramBase*ngramBase)] = page
	}
	slot := &page[x%(ngramBase*ngramBase)]
	if *slot == 0 {
		g.lists = append(g.lists, postings{})
		*slot = int32(len(g.lists))
	}
	list := &g.lists[*slot-1]
	if list.count > 0 && list.last == ord {
		return
	}
	list.bytes = binary.AppendUvarint(list.bytes, uint64(ord-list.last))
	list.last = ord
	list.count++
}

// list are the postings of an ngram; empty ones if there is none.
func (g *ngrams) list(x ngram) postings {
	if page := g.pages[x/(ngramBase*ngramBase)]; page != nil {
		if slot := page[x%(ngramBase*ngramBase)]; slot != 0 {
			return g.lists[slot-1]
		}
	}
	return postings{}
}

// countOf is the length of the lists together.
func countOf(lists []postings) int {
	n := 0
	for _, l := range lists {
		n += int(l.count)
	}
	return n
}

// each calls yield with the ordinals of the list until it gives false.
func (p postings) each(yield func(ord uint32) bool) {
	ord, b := uint32(0), p.bytes
	for len(b) > 0 {
		delta, n := uint32(b[0]), 1
		if delta >= 0x80 {
			long, k := binary.Uvarint(b)
			delta, n = uint32(long), k
		}
		b = b[n:]
		ord += delta
		if !yield(ord) {
			return
		}
	}
}
