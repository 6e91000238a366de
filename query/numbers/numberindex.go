package numbers

import (
	"slices"
	"strings"
	"sync"

	"anvesh/query/plate"
)

// NumberIndex holds distinct chassis or engine numbers, canonical as Number gives them. The conventions are those of
// PlateIndex: one writer or many readers at a time, ordinals for good, bearers counted.
type NumberIndex struct{ index stringIndex }

// NewNumberIndex gives an empty index.
func NewNumberIndex() *NumberIndex { return &NumberIndex{stringIndex{gone: new(Gone)}} }

// Add counts one more bearer of the canonical number and gives its ordinal.
func (x *NumberIndex) Add(canonical string) uint32 { return x.index.add(canonical) }

// Remove takes one bearer; a number without bearers is in no result, and keeps its ordinal.
func (x *NumberIndex) Remove(ord uint32) { x.index.remove(ord) }

// Key is the number of an ordinal, "" for one that was never given.
func (x *NumberIndex) Key(ord uint32) string { return x.index.key(ord) }

// AppendKey appends the number of an ordinal, nothing for one that was never given.
func (x *NumberIndex) AppendKey(dst []byte, ord uint32) []byte { return x.index.appendKey(dst, ord) }

// Find gives the ordinal of a canonical number that has bearers.
func (x *NumberIndex) Find(canonical string) (ord uint32, held bool) {
	ord, held = x.index.find(canonical)
	return ord, held && x.index.alive(ord)
}

// Alive tells whether an ordinal that was given has bearers, or has not gone.
func (x *NumberIndex) Alive(ord uint32) bool { return x.index.alive(ord) }

// Len is the number of ordinals given, with those that are not alive any more.
func (x *NumberIndex) Len() int { return x.index.len() }

// fragmentLen is the least number of fixed characters that are looked for anywhere in a number.
const fragmentLen = 4

// numberSearch is what one search of chassis or engine numbers needs, kept for the next.
type numberSearch struct {
	in     []*stringIndex
	hits   hits
	grid   plate.Grid
	within withinEdits
	costs  func(text string, ord uint32, edits int) float32 // of what within finds; made once
}

var numberSearches = sync.Pool{New: func() any {
	n := new(numberSearch)
	n.hits.byKey = func(a, b uint64) int {
		return n.in[indexOf(a)].compare(uint32(a), n.in[indexOf(b)], uint32(b))
	}
	n.costs = func(text string, ord uint32, edits int) float32 { return n.cost(text, n.within.index.key(ord), edits) }
	return n
}}

// SearchMass appends to dst the numbers that explain the pattern, cheapest first, at most s.Limit. total counts all that
// were found. complete says that everything within s.MaxEdits edits (with a ?, or in a part under shortNumber, one at
// most), and everything that holds a fragment of four or more, is among them; it is false where the budget ended the
// search, or where more than longList numbers may hold the fragment: those that end with it are then found first, and
// for four characters the total is right nevertheless, but that a number which several indexes hold counts for each. A
// pattern with * must fit the number from its first to its last character; one with ? alone may fit any part of it.
//
// mass is the sum of exp(-cost) over the numbers, held or not, that could have been read so (mass.go).
func (x *NumberIndex) SearchMass(dst []Match, p plate.Pattern, s Search) (matches []Match, total int, complete bool, mass float64) {
	f := SearchNumbers(dst, []*NumberIndex{x}, p, s)
	return f.Matches, f.Total, f.Complete, f.Mass
}

// SearchNumbers searches several indexes as SearchPlates does.
func SearchNumbers(dst []Match, in []*NumberIndex, p plate.Pattern, s Search) Found {
	s = s.withDefaults()
	text := p.Number()
	f := Found{Matches: dst, Complete: true}
	if plate.Fixed(text) == 0 {
		return f
	}
	n := numberSearches.Get().(*numberSearch)
	defer func() {
		clear(n.in)
		n.in, n.within = n.in[:0], withinEdits{postings: n.within.postings}
		numberSearches.Put(n)
	}()
	live, ending := 0, 0
	for _, x := range in {
		n.in = append(n.in, &x.index)
		live += x.index.living()
	}
	n.hits.reset(s.Budget)
	if strings.Contains(text, "*") {
		f.Complete = fitting(n.in, text, n.hits.spend, func(in int, ord uint32, found []byte) {
			n.hits.add(uint64(in)<<idIndex|uint64(ord), float32(len(found)-plate.Fixed(text))*plate.CostHead, 0)
		})
	} else {
		f.Complete = n.searchText(text, s.MaxEdits)
	}
	n.dropRepeated()
	f.Total = len(n.hits.list)
	if !f.Complete && len(text) == ngramLen && !plate.HasWildcards(text) {
		for _, x := range n.in {
			ending += x.countAlive(x.lists(nil, text))
		}
		f.Total = max(f.Total, ending)
	}
	for _, h := range n.hits.top(s.Limit) {
		f.Matches = append(f.Matches, Match{Ord: uint32(h.id), Cost: h.cost, Edits: h.edits, Index: uint16(indexOf(h.id))})
	}
	if s.Held == 0 {
		s.Held = live
	}
	f.Mass = n.mass(text, f.Matches[len(dst):], f.Total, s.Held)
	return f
}

// mass adds up what a number as read may stand for. One that is read whole may be another that is not held, unless what
// stands before its serial number is unheard of; a part of a number is a part of many.
func (n *numberSearch) mass(text string, matches []Match, total, held int) float64 {
	if plate.HasWildcards(text) || len(text) < leastWhole {
		return openMass(matches, total, held)
	}
	mass, equal := 0., false
	parts := matches[:0:0]
	for _, m := range matches {
		if m.Edits > 2 {
			parts = append(parts, m)
			continue
		}
		if mass += chanceOf(m.Cost); m.Edits == 0 {
			equal = true
		} else {
			mass += chanceOf(m.Cost) // of one beside it that is not held
		}
	}
	if !equal {
		mass += n.unheld(text)
	}
	return mass + openMass(parts, len(parts), held)
}

// leastWhole is the length from which a number may be a whole one; serialLen how many characters at its end count the
// vehicles of one make, model and year.
const (
	leastWhole = 5
	serialLen  = 6
)

// unheardOf is the chance that a whole chassis number whose beginning no other has is right all the same: a new model.
const unheardOf = .002

// unheld is the chance that a number as read is another one, which is not held.
func (n *numberSearch) unheld(text string) float64 {
	if len(text) != plate.VINLen || slices.ContainsFunc(n.in, func(x *stringIndex) bool {
		return x.hasPrefix(text[:plate.VINLen-serialLen], plate.VINLen)
	}) {
		return 1
	}
	return unheardOf
}

// shortNumber is the length under which a text that held numbers hold as a part is looked for as a whole within one
// edit only: the last five to eight characters are what papers keep and searchers give, and two edits of seven
// characters leave too many numbers to be of use, at three milliseconds among three millions.
const shortNumber = 8

// searchText finds what is near the text as a whole and, if it is long enough, what holds it as a part.
func (n *numberSearch) searchText(text string, edits int) bool {
	if plate.HasWildcards(text) {
		edits = min(edits, 1)
	}
	complete := true
	if plate.Fixed(text) >= fragmentLen && len(text) <= packedLen {
		held := false
		complete = fragments(n.in, text, n.hits.spend, func(in int, ord uint32, s []byte, at int) {
			n.hits.add(uint64(in)<<idIndex|uint64(ord), fragmentCost(text, s, at), uint8(min(255, len(s)-len(text))))
			held = held || n.in[in].alive(ord)
		})
		if held && len(text) < shortNumber {
			edits = min(edits, 1)
		}
	}
	for i, x := range n.in {
		n.within = withinEdits{index: x, text: text, edits: edits, hits: &n.hits, costs: n.costs, mark: uint64(i) << idIndex,
			postings: n.within.postings}
		complete = n.within.search() && complete
	}
	return complete
}

// cost is that of CompareNumber; the common case, up to two substitutions, without the grid.
func (n *numberSearch) cost(text, stored string, edits int) float32 {
	if edits == 0 {
		return 0
	}
	if len(text) == len(stored) {
		if cost, ok := pairsCost(text, stored); ok {
			return cost
		}
	}
	return n.grid.Cost(text, stored, plate.Layout{Loose: true})
}

// pairsCost is the cost of reading stored as text where at most two characters differ.
func pairsCost(text, stored string) (float32, bool) {
	var at [2]int
	differ := 0
	cost := float32(0)
	for i := range len(text) {
		if text[i] == stored[i] || text[i] == '?' {
			continue
		}
		if differ == len(at) {
			return 0, false
		}
		at[differ] = i
		differ++
		cost += plate.SwapCost(plate.Code(stored[i]), plate.Code(text[i]))
	}
	if differ == 2 && at[1] == at[0]+1 || differ > 0 && at[0] == len(text)-1 || differ > 1 && at[1] == len(text)-1 || differ > 0 && at[0] == 0 {
		return 0, false
	}
	return cost, true
}

// fragmentCost is the cost of having read only the part of s that begins at at.
func fragmentCost(text string, s []byte, at int) float32 {
	cost := plate.TailCost(len(s) - at - len(text))
	if at > 0 {
		cost += plate.CostHeadFirst + plate.CostHead*float32(at)
	}
	for i := range len(text) {
		cost += plate.SwapCost(plate.Code(s[at+i]), plate.Code(text[i]))
	}
	return cost
}

// fragmentSteps is the price of looking at one string that may hold a fragment, in steps of the budget.
const fragmentSteps = 100

// A list of more than longList strings is not gone through: those that end with the fragment are looked at, then the
// first longEnough.
const (
	longList   = 2000
	longEnough = 800
)

// fragments calls found with every string of the indexes that holds the text, which has ? but no *, and with the place,
// the last if there are several. A string may be given twice. It reports false where spend ended it.
func fragments(in []*stringIndex, text string, spend func(int) bool, found func(in int, ord uint32, s []byte, at int)) bool {
	window := rarest(in, "*"+text+"*")
	if window == "" {
		return fitting(in, "*"+text+"*", spend, func(in int, ord uint32, s []byte) { found(in, ord, s, lastPlace(s, text)) })
	}
	var b [packedLen]byte
	complete, left := true, 1<<31
	look := func(window string) {
		for i, x := range in {
			for _, list := range x.lists(nil, window) {
				list.each(func(ord uint32) bool {
					left--
					complete = complete && left > 0 && spend(fragmentSteps)
					if s := x.keys[ord].unpack(&b); complete {
						if at := lastPlace(s, text); at >= 0 {
							found(i, ord, s, at)
						}
					}
					return complete
				})
			}
		}
	}
	count := 0
	for _, x := range in {
		count += countOf(x.lists(nil, window))
	}
	if count > longList {
		count = 0
		for _, x := range in {
			count += x.countAlive(x.lists(nil, window))
		}
	}
	if count > longList {
		look(rarest(in, "*"+text))
		left = longEnough
	}
	look(window)
	for i, x := range in {
		for ord, s := range x.odds {
			if at := lastPlace([]byte(s), text); at >= 0 {
				found(i, ord, []byte(s), at)
			}
		}
	}
	return complete
}

// lastPlace is where the text, which may hold ?, stands last in s; -1 if nowhere.
func lastPlace(s []byte, text string) int {
	for at := len(s) - len(text); at >= 0; at-- {
		i := 0
		for i < len(text) && (s[at+i] == text[i] || text[i] == '?' || s[at+i] == '?') {
			i++
		}
		if i == len(text) {
			return at
		}
	}
	return -1
}

// dropRepeated takes out the hits that are not alive, and those of numbers that an index before theirs holds.
func (n *numberSearch) dropRepeated() {
	n.hits.list = slices.DeleteFunc(n.hits.list, func(h hit) bool {
		i := indexOf(h.id)
		if !n.in[i].alive(uint32(h.id)) {
			return true
		}
		return i > 0 && slices.ContainsFunc(n.in[:i], func(x *stringIndex) bool { return x.borne(n.in[i].key(uint32(h.id))) })
	})
}
