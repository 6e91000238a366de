package numbers

import (
	"strings"

	"anvesh/query/plate"
)

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
		for ord, s := range x.odd {
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
