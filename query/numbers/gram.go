package numbers

import (
	"encoding/binary"

	"anvesh/query/plate"
)

// gramLen is the length of the stretches that grams lists. Four, because fragments of four characters are asked for,
// and four digits leave one number in ten thousand.
const gramLen = 4

// A gram is four codes plus one, base 38; the last may be 0, the end of the string.
type gram uint32

const gramBase = 38

// grams lists for each stretch of four characters the ordinals of the strings that hold it, ascending, as varint
// differences. Pages by the first two characters are made when needed.
type grams struct {
	pages [gramBase * gramBase][]int32 // list number plus one
	lists []posting
}

// gramOf is the gram of the first four characters of s; the byte 0 is the end of a string.
func gramOf(s string) gram {
	g := gram(0)
	for i := 0; i < gramLen; i++ {
		g *= gramBase
		if s[i] != 0 {
			g += gram(plate.Code(s[i]) + 1)
		}
	}
	return g
}

// A posting is one list.
type posting struct {
	bytes []byte
	last  uint32
	count uint32
}

// grams calls yield with the grams of p, the last one holding its end.
func (p packed) grams(yield func(gram)) {
	var g gram
	for i := 0; i < packedLen; i++ {
		c := p.at(i)
		g = g%(gramBase*gramBase*gramBase)*gramBase + gram(c)
		if i >= gramLen-1 {
			yield(g)
		}
		if c == 0 {
			return
		}
	}
	yield(g % (gramBase * gramBase * gramBase) * gramBase)
}

// add lists ord, which is not below any listed, under the gram.
func (g *grams) add(x gram, ord uint32) {
	page := g.pages[x/(gramBase*gramBase)]
	if page == nil {
		page = make([]int32, gramBase*gramBase)
		g.pages[x/(gramBase*gramBase)] = page
	}
	slot := &page[x%(gramBase*gramBase)]
	if *slot == 0 {
		g.lists = append(g.lists, posting{})
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

// list is the posting of a gram; an empty one if there is none.
func (g *grams) list(x gram) posting {
	if page := g.pages[x/(gramBase*gramBase)]; page != nil {
		if slot := page[x%(gramBase*gramBase)]; slot != 0 {
			return g.lists[slot-1]
		}
	}
	return posting{}
}

// countOf is the length of the lists together.
func countOf(lists []posting) int {
	n := 0
	for _, l := range lists {
		n += int(l.count)
	}
	return n
}

// each calls yield with the ordinals of the list until it gives false.
func (p posting) each(yield func(ord uint32) bool) {
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
