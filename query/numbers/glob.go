package numbers

import (
	"strings"

	"anvesh/query/plate"
)

// globSteps is the price of looking at one string, which is a cache miss, in steps of the budget.
const globSteps = 40

// glob calls found with every string of g that fits the pattern, as far as spend allows; it reports whether that was
// all. It reads the rarest list of four characters standing together in the pattern; three and one left open will do,
// and without these it looks at every string.
func (g *general) glob(pattern string, spend func(int) bool, found func(ord uint32, s []byte)) bool {
	var b [packedLen]byte
	complete := true
	check := func(ord uint32) bool {
		if complete = complete && spend(globSteps); !complete {
			return false
		}
		if s := g.keys[ord].unpack(&b); len(s) > 0 && plate.FitsWildcards(pattern, s) {
			found(ord, s)
		}
		return true
	}
	for ord, s := range g.odd {
		if complete = complete && spend(1); complete && plate.FitsWildcards(pattern, []byte(s)) {
			found(ord, []byte(s))
		}
	}
	lists := g.rarest(pattern)
	if lists == nil {
		return g.globAll(pattern, spend, found) && complete
	}
	for _, list := range lists {
		list.each(check)
	}
	return complete
}

// rarest gives the lists, one of which holds any string that fits the pattern; nil if the pattern offers none.
// Stored strings with an unreadable character in that stretch are not among them.
func (g *general) rarest(pattern string) []posting {
	if best := g.rarestOf(pattern, 0); best != nil {
		return best
	}
	return g.rarestOf(pattern, 1)
}

// rarestOf is rarest with so many ? in a stretch.
func (g *general) rarestOf(pattern string, open int) []posting {
	var best []posting
	least := 0
	for i := 0; i+gramLen <= len(pattern); i++ {
		window := pattern[i : i+gramLen]
		if strings.Contains(window, "*") || strings.Count(window, "?") != open {
			continue
		}
		lists := g.lists(nil, window)
		if n := countOf(lists); best == nil || n < least {
			best, least = lists, n
		}
	}
	if n := len(pattern); n >= gramLen-1 && !plate.IsWild(pattern[n-gramLen+1:]) {
		if list := g.grams.list(gramOf(pattern[n-gramLen+1:] + "\x00")); best == nil || int(list.count) < least {
			best = []posting{list}
		}
	}
	return best
}

// lists appends the postings of a stretch of four, of all its fillings if it holds a ?.
func (g *general) lists(dst []posting, window string) []posting {
	open := strings.IndexByte(window, '?')
	if open < 0 {
		return append(dst, g.grams.list(gramOf(window)))
	}
	for i := 0; i < len(plate.Symbols); i++ {
		dst = append(dst, g.grams.list(gramOf(window[:open]+plate.Symbols[i:i+1]+window[open+1:])))
	}
	return append(dst, g.grams.list(gramOf(window)))
}

// globAll is glob by a look at every string: at most a few nanoseconds each for those that lack a character of the pattern.
func (g *general) globAll(pattern string, spend func(int) bool, found func(ord uint32, s []byte)) bool {
	const block, matchSteps = 1024, 4 // nothing is missed in the cache here, as globSteps reckons
	var need []packed
	for i := range len(pattern) {
		if c := plate.Code(pattern[i]); c < plate.OpenCode {
			need = append(need, everywhere(c+1))
		}
	}
	var b [packedLen]byte
	for ord, key := range g.keys {
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
