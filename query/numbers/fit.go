package numbers

import (
	"strings"

	"anvesh/query/plate"
)

// fitSteps is the price of looking at one string, which is a cache miss, in steps of the budget.
const fitSteps = 40

// fitting calls found with every string of the index that fits the pattern, as far as spend allows; it reports whether
// that was all. It reads the rarest list of four characters standing together in the pattern; three and one left open
// will do, and without these it looks at every string.
func (x *stringIndex) fitting(pattern string, spend func(int) bool, found func(ord uint32, s []byte)) bool {
	var b [packedLen]byte
	complete := true
	check := func(ord uint32) bool {
		if complete = complete && spend(fitSteps); !complete {
			return false
		}
		if s := x.keys[ord].unpack(&b); len(s) > 0 && plate.FitsWildcards(pattern, s) {
			found(ord, s)
		}
		return true
	}
	for ord, s := range x.odd {
		if complete = complete && spend(1); complete && plate.FitsWildcards(pattern, []byte(s)) {
			found(ord, []byte(s))
		}
	}
	lists := x.rarest(pattern)
	if lists == nil {
		return x.fitAll(pattern, spend, found) && complete
	}
	for _, list := range lists {
		list.each(check)
	}
	return complete
}

// rarest gives the lists, one of which holds any string that fits the pattern; nil if the pattern offers none. Stored
// strings with an unreadable character in that n-gram are not among them.
func (x *stringIndex) rarest(pattern string) []postings {
	if best := x.rarestOf(pattern, 0); best != nil {
		return best
	}
	return x.rarestOf(pattern, 1)
}

// rarestOf is rarest with so many ? in an n-gram.
func (x *stringIndex) rarestOf(pattern string, open int) []postings {
	var best []postings
	least := 0
	for i := 0; i+ngramLen <= len(pattern); i++ {
		window := pattern[i : i+ngramLen]
		if strings.Contains(window, "*") || strings.Count(window, "?") != open {
			continue
		}
		lists := x.lists(nil, window)
		if n := countOf(lists); best == nil || n < least {
			best, least = lists, n
		}
	}
	if n := len(pattern); n >= ngramLen-1 && !plate.HasWildcards(pattern[n-ngramLen+1:]) {
		if list := x.ngrams.list(ngramOf(pattern[n-ngramLen+1:] + "\x00")); best == nil || int(list.count) < least {
			best = []postings{list}
		}
	}
	return best
}

// lists appends the postings of a n-gram of four, of all its fillings if it holds a ?.
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
