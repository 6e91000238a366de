package numbers

import (
	"encoding/binary"
	"strings"

	"anvesh/query/plate"
)

// ngramLen is the length of the n-grams that ngrams lists. Four, because fragments of four characters are asked for,
// and four digits leave one number in ten thousand.
const ngramLen = 4

// An ngram is four codes plus one, base 38; the last may be 0, the end of the string.
type ngram uint32

const ngramBase = 38

// ngrams lists for each n-gram the ordinals of the strings that hold it, ascending, as varint differences.
type ngrams struct {
	lists  []ngramList // by hash of the ngram, a power of two, at most three quarters full
	held   int
	frozen *frozenNgrams
}

// An ngramList is free where its count is 0.
type ngramList struct {
	postings
	of ngram
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

// A posting is one list. Of a frozen one the bytes go on into the next.
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
	if 4*g.held >= 3*len(g.lists) {
		old := g.lists
		g.lists = make([]ngramList, max(256, 2*len(old)))
		for _, l := range old {
			if l.count > 0 {
				*g.at(l.of) = l
			}
		}
	}
	list := g.at(x)
	if list.count == 0 {
		list.of = x
		g.held++
	} else if list.last == ord {
		return
	}
	list.bytes = binary.AppendUvarint(list.bytes, uint64(ord-list.last))
	list.last = ord
	list.count++
}

// list are the postings of an ngram; empty ones if there is none.
func (g *ngrams) list(x ngram) postings {
	if g.frozen != nil {
		return g.frozen.list(x)
	}
	if len(g.lists) == 0 {
		return postings{}
	}
	return g.at(x).postings
}

// at is the list of an ngram, or the free one where it belongs; there must be lists.
func (g *ngrams) at(x ngram) *ngramList {
	mask := uint32(len(g.lists) - 1)
	for i := uint32(uint64(x)*0x9E3779B97F4A7C15>>32) & mask; ; i = (i + 1) & mask {
		if l := &g.lists[i]; l.count == 0 || l.of == x {
			return l
		}
	}
}

// countOf is the length of the lists together.
func countOf(lists []postings) int {
	n := 0
	for _, l := range lists {
		n += int(l.count)
	}
	return n
}

// countAlive is the length of the lists together without what is not alive.
func (x *stringIndex) countAlive(lists []postings) int {
	if x.living() == x.len() {
		return countOf(lists)
	}
	n := 0
	for _, l := range lists {
		l.each(func(ord uint32) bool {
			if x.alive(ord) {
				n++
			}
			return true
		})
	}
	return n
}

// each calls yield with the ordinals of the list until it gives false.
func (p postings) each(yield func(ord uint32) bool) {
	ord, b := uint32(0), p.bytes
	for range p.count {
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

// fitSteps is the price of looking at one string, which is a cache miss, in steps of the budget.
const fitSteps = 40

// fitting calls found with every string of the indexes that fits the pattern, as far as spend allows; it reports
// whether that was all. It reads the rarest list of four characters standing together in the pattern; three and one
// left open will do, and without these it looks at every string.
func fitting(in []*stringIndex, pattern string, spend func(int) bool, found func(in int, ord uint32, s []byte)) bool {
	var b [packedLen]byte
	complete := true
	window := rarest(in, pattern)
	for i, x := range in {
		for ord, s := range x.odds {
			if complete = complete && spend(1); complete && plate.FitsWildcards(pattern, []byte(s)) {
				found(i, ord, []byte(s))
			}
		}
		if window == "" {
			complete = x.fitAll(pattern, spend, func(ord uint32, s []byte) { found(i, ord, s) }) && complete
			continue
		}
		for _, list := range x.lists(nil, window) {
			list.each(func(ord uint32) bool {
				if complete = complete && spend(fitSteps); !complete {
					return false
				}
				if s := x.keys[ord].unpack(&b); len(s) > 0 && plate.FitsWildcards(pattern, s) {
					found(i, ord, s)
				}
				return true
			})
		}
	}
	return complete
}

// rarest gives the n-gram of a pattern, with at most one ?, that the fewest strings of all indexes hold, any string
// that fits being one of them; "" if the pattern offers none. Stored strings with an unreadable character in that
// n-gram are not among them.
func rarest(in []*stringIndex, pattern string) (best string) {
	least := 0
	var few [len(plate.Symbols) + 1]postings
	try := func(window string) {
		n := 0
		for _, x := range in {
			n += countOf(x.lists(few[:0], window))
		}
		if best == "" || n < least {
			best, least = window, n
		}
	}
	for open := 0; open < 2 && best == ""; open++ {
		for i := 0; i+ngramLen <= len(pattern); i++ {
			window := pattern[i : i+ngramLen]
			if !strings.Contains(window, "*") && strings.Count(window, "?") == open {
				try(window)
			}
		}
		if n := len(pattern); n >= ngramLen-1 && !plate.HasWildcards(pattern[n-ngramLen+1:]) {
			try(pattern[n-ngramLen+1:] + "\x00")
		}
	}
	return best
}

// lists appends the postings of an n-gram of four, of all its fillings if it holds a ?.
func (x *stringIndex) lists(dst []postings, window string) []postings {
	open := strings.IndexByte(window, '?')
	if open < 0 {
		return append(dst, x.ngrams.list(ngramOf(window)))
	}
	for i := 0; i < len(plate.Symbols); i++ {
		dst = append(dst, x.ngrams.list(ngramOf(window[:open]+plate.Symbols[i:i+1]+window[open+1:])))
	}
	return append(dst, x.ngrams.list(ngramOf(window)))
}

// fitAll is fitting by a look at every string: at most a few nanoseconds each for those that lack a character of the
// pattern.
func (x *stringIndex) fitAll(pattern string, spend func(int) bool, found func(ord uint32, s []byte)) bool {
	const block, matchSteps = 1024, 4 // nothing is missed in the cache here, as fitSteps reckons
	var need []packedString
	for i := range len(pattern) {
		if c := plate.Code(pattern[i]); c < plate.OpenCode {
			need = append(need, everywhere(c+1))
		}
	}
	var b [packedLen]byte
	for ord, key := range x.keys {
		if ord%block == 0 && !spend(block/16) {
			return false
		}
		if !key.holdsAll(need) {
			continue
		}
		if s := key.unpack(&b); len(s) > 0 && plate.FitsWildcards(pattern, s) {
			found(uint32(ord), s)
		}
		if !spend(matchSteps) {
			return false
		}
	}
	return true
}
