package register

import (
	"maps"
	"slices"
	"time"
)

// Small makes files of heads and tails of a few rows and names.
func Small(g *Register) {
	for _, s := range g.spaces {
		s.sizes = sizes{head: 12, fold: 5}
	}
}

// Files are how many parts and how many bases of names the register has.
func Files(g *Register) (parts, bases int) {
	parts, _ = g.Parts()
	for _, one := range g.spaces {
		s, release := one.twin.read()
		for _, b := range s.bases {
			if b != nil {
				bases++
			}
		}
		release()
	}
	return parts, bases
}

// Waiting is how many closed heads of a space are no parts yet, at most.
func Waiting(g *Register) (most int) {
	for _, s := range g.spaces {
		most = max(most, s.waiting())
	}
	return most
}

// PartRows are the rows of the sealed parts of each space, ascending.
func PartRows(g *Register) (rows [labels][]int) {
	for l, one := range g.spaces {
		s, release := one.twin.read()
		for _, h := range s.sections {
			if h.rowOf == nil {
				rows[l] = append(rows[l], h.rows())
			}
		}
		release()
		slices.Sort(rows[l])
	}
	return rows
}

// Yields tells whether background work of each space leaves the cores to searches.
func Yields(g *Register) (yields [labels]bool) {
	for l, s := range g.spaces {
		yields[l] = s.searching()
	}
	return yields
}

// Rest has heads of so many rows, and few parts made of many once no update came for a time; none has come yet.
func Rest(g *Register, head int, d time.Duration) {
	for _, s := range g.spaces {
		s.sizes = sizes{head: head, fold: 1 << 20, rest: d}
		s.applied.Store(0)
	}
}

// NamedInDevanagari tells at once what NothingInWords tells when it looks at all words of a text of persons or places.
func NamedInDevanagari(text string) bool { return namedInDevanagari(text) }

// NothingInWords is Nothing without that.
func NothingInWords(field, text string) bool { return nothing(field, text, false) }

// NothingWords are the words and phrases of the lists.
func NothingWords() (words []string) {
	for _, list := range []map[string]bool{firstWords, denials, fillers, wherever} {
		words = append(words, slices.Sorted(maps.Keys(list))...)
	}
	return words
}
