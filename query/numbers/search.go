package numbers

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"anvesh/query/plate"
)

// search is what one search of an Index needs, kept for the next.
type search struct {
	x           *PlateIndex
	hits        hits
	serials     editEnumerator
	prefixes    []prefixEdit
	seen        []uint32 // by prefix: the round in which it was looked at
	round       uint32
	grid        plate.Grid
	within      withinEdits
	costs       func(text string, ord uint32, edits int) float32 // of what within finds; made once
	strings     strings.Builder                                  // keys of hits, and what the text is rotated into
	steps       int                                              // left for the fallback
	common      subsequence
	serialsNear []serialNear
	more        int  // found beyond the hits, counted only
	full        bool // nothing promised was left out
	mass        float64
}

var searches = sync.Pool{New: func() any {
	q := new(search)
	q.hits.byKey = func(a, b uint64) int { return q.x.compareIDs(a, b) }
	q.costs = func(text string, ord uint32, _ int) float32 {
		return q.grid.Cost(text, q.x.rest.key(ord), plate.Layout{})
	}
	return q
}}

func (q *search) newRound() {
	if len(q.seen) < len(q.x.prefixes) {
		q.seen = make([]uint32, len(q.x.prefixes)+len(q.x.prefixes)/8)
		q.round = 0
	}
	if q.round++; q.round == 0 {
		clear(q.seen)
		q.round = 1
	}
}

// fallbackCost is the least cost of the best hit from which the search looks beyond the edits that are promised: two
// look-alikes.
const fallbackCost = 10.5

// shortText is the longest text that is looked for as a fragment beside other hits.
const shortText = 7

// Search appends to dst the registrations that explain the pattern, cheapest first, at most s.Limit; equally cheap ones
// in the order of their characters. total counts all that were found. complete says that everything that fits the
// wildcards, or lies within s.MaxEdits edits of the text, is among them (and what is within one edit of a canonical
// form that puts zeros back); it is false where the budget ended the search.
//
// A pattern with wildcards must fit from the first to the last character. Without any, a text of three to five
// characters is looked for in all that hold it as a part; a longer one too, where nothing likely was found. There the
// search also looks, as far as a fixed effort goes and without a claim to be complete, for lines in the wrong order,
// for three edits and for numbers amid garbage.
func (x *PlateIndex) Search(dst []Match, p plate.Pattern, s Search) (matches []Match, total int, complete bool) {
	matches, total, complete, _ = x.SearchMass(dst, p, s)
	return matches, total, complete
}

// SearchMass is Search that also gives the mass: the sum of exp(-cost) over the registrations, held or not, that could
// have been read so (mass.go).
func (x *PlateIndex) SearchMass(dst []Match, p plate.Pattern, s Search) (matches []Match, total int, complete bool, mass float64) {
	if plate.Fixed(p.String()) == 0 || len(x.ords) == 0 {
		return dst, 0, true, 0
	}
	s = s.withDefaults()
	q := searches.Get().(*search)
	defer func() {
		q.x, q.within = nil, withinEdits{postings: q.within.postings}
		searches.Put(q)
	}()
	q.x, q.more, q.full, q.mass = x, 0, true, 0
	q.hits.reset(s.Budget)
	q.strings.Reset()
	q.strings.Grow((realigned + 2) * (plate.MaxPrefixLen + plate.SerialLen))
	if p.Wild() {
		for _, r := range p.Readings() {
			q.wildcards(r.Text)
		}
	} else {
		q.text(p, s)
		q.weighUnheld(p)
	}
	total = len(q.hits.list) + q.more
	matches = q.take(dst, p, s.Limit)
	if p.Wild() {
		q.mass = openMass(matches[len(dst):], total, len(x.ords))
	}
	return matches, total, q.full, q.mass
}

// text searches for a pattern without wildcards.
func (q *search) text(p plate.Pattern, s Search) {
	for _, r := range p.Readings() {
		q.exact(r)
		edits := s.MaxEdits
		if r.Cost > 0 && edits == 2 {
			edits = 1
		}
		if edits > 0 {
			q.searchSplits(r.Text, r.Cost, edits)
		}
		q.restWithin(r, edits)
		q.lostTail(r)
	}
	if q.hits.best > plate.CauseLines.Cost() && len(p.String()) > shortText {
		q.reordered(p.String(), 1)
	}
	if q.isFragment(len(p.String())) {
		for _, r := range p.Readings() {
			if len(r.Text) == len(p.String()) || !r.Formal {
				q.fragment(r.Text)
			}
		}
	}
	if q.hits.best > fallbackCost && s.MaxEdits == 2 && len(p.String()) > 5 {
		q.fallback(p)
	}
}

// isFragment tells whether a text of n characters is to be looked for as a part: always if it is too short to be near
// whole registrations; a longer one only if nothing is cheaper than a part can be.
func (q *search) isFragment(n int) bool {
	switch {
	case n < 3 || n > plate.MaxPrefixLen+plate.SerialLen:
		return false
	case n <= 5:
		return true
	case n <= shortText:
		return q.hits.best > hopelessCost
	}
	return len(q.hits.list) == 0
}

// exact takes the registration equal to a reading.
func (q *search) exact(r plate.Reading) {
	cost := r.Cost
	if r.Formal {
		cost = 0
	}
	if key, serial, ok := divide(r.Text); ok {
		if h, held := q.x.prefixOf[key]; held && q.x.prefixes[h].has(serial) {
			q.hits.add(hitID(h, serial), cost, 0)
		}
		return
	}
	if ord, held := q.x.rest.find(r.Text); held && q.x.rest.bearers.get(ord) > 0 {
		q.hits.add(restHit|uint64(ord), cost, 0)
	}
}

// restWithin takes from rest what is within the edits.
func (q *search) restWithin(r plate.Reading, edits int) {
	rest := &q.x.rest
	if rest.live == 0 || edits == 0 {
		return
	}
	q.within = withinEdits{index: rest, text: r.Text, edits: edits, hits: &q.hits, costs: q.costs, extra: r.Cost, mark: restHit, postings: q.within.postings}
	if !q.within.search() {
		q.full = false
	}
}

// realigned is how many of the cheapest hits have their cost made good by the grid, which takes a microsecond each:
// that of a reading across the border of prefix and serial, or of one that was put right in another order, may be lower
// there.
const realigned = 32

// take appends the cheapest hits.
func (q *search) take(dst []Match, p plate.Pattern, limit int) []Match {
	top := q.hits.top(max(limit, realigned))
	if !p.Wild() {
		first := top[:min(realigned, len(top))]
		for i := range first {
			q.realign(&first[i], p)
		}
		slices.SortFunc(first, q.hits.compare)
		for i := len(first); i < len(top); i++ { // the rest is not cheaper than what stands before it
			top[i].cost = max(top[i].cost, top[i-1].cost)
		}
	}
	for _, h := range top[:min(limit, len(top))] {
		dst = append(dst, Match{q.ord(h.id), h.cost, h.edits})
	}
	return dst
}

// realign gives a hit the cost that Compare would. That of a single edit is known already, but for a zero at the
// border.
func (q *search) realign(h *hit, p plate.Pattern) {
	if h.edits == 1 && !h.reordered && h.cost != plate.CauseZero.Cost() {
		return
	}
	key, lay := q.key(h.id)
	cost, quick := p.Cost(&q.grid, key, lay, h.reordered)
	h.cost = cost
	if !quick && h.cost > 0 && h.edits > 2 {
		h.edits = uint8(min(255, p.Edits(key)))
	}
}

// compareIDs orders the ids of two hits by their registrations, those of rest last.
func (x *PlateIndex) compareIDs(a, b uint64) int {
	if a&b&restHit != 0 {
		return x.rest.compare(uint32(a), uint32(b))
	}
	if (a|b)&restHit != 0 {
		return cmp.Compare(a, b)
	}
	return cmp.Or(cmp.Compare(x.keys[a>>14], x.keys[b>>14]), cmp.Compare(a&(1<<14-1), b&(1<<14-1)))
}

// key is the registration of a hit and where its parts end.
func (q *search) key(id uint64) (string, plate.Layout) {
	if id&restHit != 0 {
		return q.x.rest.key(uint32(id)), plate.Layout{}
	}
	var b [plate.MaxPrefixLen + plate.SerialLen]byte
	h := uint32(id >> 14)
	from := q.strings.Len()
	q.strings.Write(q.x.appendKey(b[:0], h, uint16(id&(1<<14-1))))
	return q.strings.String()[from:], q.x.prefixes[h].lay
}

// ord is the ordinal of a hit.
func (q *search) ord(id uint64) uint32 {
	if id&restHit != 0 {
		return q.x.restOrds[uint32(id)]
	}
	prefix := &q.x.prefixes[id>>14]
	at, _ := prefix.find(uint16(id & (1<<14 - 1)))
	return uint32(prefix.serials[at])
}
