package numbers

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"anvesh/query/plate"
)

// search is what one search of registrations needs, kept for the next. Each step of it looks into all indexes before it
// is decided whether another is needed, so that it does not matter which index holds what.
type search struct {
	in          []*PlateIndex
	x           *PlateIndex // the index in use
	base        uint64      // its bits in the names of hits
	hits        hits
	serials     editEnumerator
	near        []prefixEdit // prefixes one edit away
	held        []prefixEdit // one prefix in the indexes that hold it
	union       []uint32     // of the serials under it
	rests       []*stringIndex
	seen        []uint32 // by prefix: the round in which it was looked at
	round       uint32
	grid        plate.Grid
	within      withinEdits
	costs       func(text string, ord uint32, edits int) float32 // of what within finds; made once
	strings     strings.Builder                                  // keys of hits, and what the text is rotated into
	steps       int                                              // left for the fallback
	common      subsequence
	serialsNear []serialNear
	endings     [2][]ending
	more        int  // found beyond the hits, counted only
	full        bool // nothing promised was left out
	mass        float64
}

var searches = sync.Pool{New: func() any {
	q := new(search)
	q.hits.byKey = q.compareIDs
	q.costs = func(text string, ord uint32, _ int) float32 {
		return q.grid.Cost(text, q.within.index.key(ord), plate.Layout{})
	}
	return q
}}

func (q *search) newRound() {
	if n := len(q.x.keys); len(q.seen) < n {
		q.seen = make([]uint32, n+n/8)
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

// SearchMass appends to dst the registrations that explain the pattern, cheapest first, at most s.Limit; equally cheap ones
// in the order of their characters. total counts all that were found. complete says that everything that fits the
// wildcards, or lies within s.MaxEdits edits of the text, is among them (and what is within one edit of a canonical
// form that puts zeros back); it is false where the budget ended the search.
//
// A pattern with wildcards must fit from the first to the last character. Without any, a text of three to five
// characters is looked for in all that hold it as a part; a longer one too, where nothing likely was found. There the
// search also looks, as far as a fixed effort goes and without a claim to be complete, for lines in the wrong order,
// for three edits and for numbers amid garbage.
//
// mass is the sum of exp(-cost) over the registrations, held or not, that could have been read so (mass.go).
func (x *PlateIndex) SearchMass(dst []Match, p plate.Pattern, s Search) (matches []Match, total int, complete bool, mass float64) {
	f := SearchPlates(dst, []*PlateIndex{x}, p, s)
	return f.Matches, f.Total, f.Complete, f.Mass
}

// SearchPlates searches several indexes as if one held all that they hold: the same matches at the same costs, total,
// complete and mass, however the numbers are divided among them. A number that several hold is one match, named as the
// first of them has it; Find gives its ordinals in the others. Where a wildcard finds more than mostHits, more than
// longList numbers hold a fragment or the budget ends, which of them are given may depend on the division; and whether
// one with an unreadable character is among those that hold a fragment.
func SearchPlates(dst []Match, in []*PlateIndex, p plate.Pattern, s Search) Found {
	q := searches.Get().(*search)
	defer func() {
		q.in, q.x, q.within = nil, nil, withinEdits{postings: q.within.postings}
		clear(q.rests)
		searches.Put(q)
	}()
	for n := len(in) - 1; n > 0 && in[n].live() == 0; n-- { // a head that has just become a part
		in = in[:n]
	}
	held := 0
	for _, x := range in {
		held += x.live()
	}
	if plate.Fixed(p.String()) == 0 || held == 0 {
		return Found{Matches: dst, Complete: true}
	}
	s = s.withDefaults()
	q.in, q.more, q.full, q.mass = in, 0, true, 0
	q.hits.reset(s.Budget)
	q.strings.Reset()
	q.strings.Grow((realigned + 2) * (plate.MaxPrefixLen + plate.SerialLen))
	if p.Wild() {
		for _, r := range p.Readings() {
			q.wildcards(r.Text)
		}
	} else {
		q.text(p, s)
	}
	q.dropRepeated()
	f := Found{Total: len(q.hits.list) + q.more, Complete: q.full}
	if !p.Wild() {
		q.weighUnheld(p)
	}
	f.Matches = q.take(dst, p, s.Limit)
	if f.Mass = q.mass; p.Wild() {
		f.Mass = openMass(f.Matches[len(dst):], f.Total, cmp.Or(s.Held, held))
	}
	return f
}

// dropRepeated leaves of the hits that are one number in several indexes the first.
func (q *search) dropRepeated() {
	if len(q.in) == 1 {
		return
	}
	repeated := make(map[uint64]bool)
	for _, h := range q.hits.list {
		end := indexOf(h.id)
		for first, held := q.before(h.id, 0, end); held && !repeated[h.id]; first, held = q.before(h.id, indexOf(first)+1, end) {
			repeated[h.id] = q.hits.merge(first, h)
		}
	}
	q.hits.list = slices.DeleteFunc(q.hits.list, func(h hit) bool { return repeated[h.id] })
}

// before gives the name that a hit's number has in the first of the indexes [from, end) that holds it.
func (q *search) before(id uint64, from, end int) (uint64, bool) {
	x := q.in[indexOf(id)]
	for i := from; i < end; i++ {
		base := uint64(i) << idIndex
		if id&restHit != 0 {
			if ord, held := q.in[i].rest.find(x.rest.key(uint32(id))); held && q.in[i].rest.alive(ord) {
				return restHit | base | uint64(ord), true
			}
			continue
		}
		h, held := q.in[i].prefixes.find(x.keys[uint32(id>>idPrefix)])
		if held && q.in[i].has(h, serialOf(id)) {
			return base | uint64(h)<<idPrefix | uint64(serialOf(id)), true
		}
	}
	return 0, false
}

// firstWith tells whether no index before the one in use holds a prefix of it.
func (q *search) firstWith(h uint32) bool {
	for _, x := range q.in[:q.base>>idIndex] {
		if _, held := x.prefixHeld(q.x.keys[h]); held {
			return false
		}
	}
	return true
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
		q.takeHeld(key, serial, cost, 0)
		return
	}
	for i := range q.in {
		q.use(i)
		if ord, held := q.x.rest.find(r.Text); held && q.x.rest.alive(ord) {
			q.hits.add(restHit|q.base|uint64(ord), cost, 0)
		}
	}
}

// restWithin takes from rest what is within the edits.
func (q *search) restWithin(r plate.Reading, edits int) {
	for i := range q.in {
		if q.use(i); q.x.rest.living() == 0 || edits == 0 {
			continue
		}
		q.within = withinEdits{index: &q.x.rest, text: r.Text, edits: edits, hits: &q.hits, costs: q.costs, extra: r.Cost,
			mark: restHit | q.base, postings: q.within.postings}
		if !q.within.search() {
			q.full = false
		}
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
		q.hits.sort(first)
		for i := len(first); i < len(top); i++ { // the rest is not cheaper than what stands before it
			top[i].cost = max(top[i].cost, top[i-1].cost)
		}
	}
	for _, h := range top[:min(limit, len(top))] {
		dst = append(dst, Match{Ord: q.ord(h.id), Cost: h.cost, Edits: h.edits, Index: uint16(indexOf(h.id))})
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
func (q *search) compareIDs(a, b uint64) int {
	x, y := q.in[0], q.in[0]
	if len(q.in) > 1 {
		x, y = q.in[indexOf(a)], q.in[indexOf(b)]
	}
	switch {
	case a&b&restHit != 0:
		return x.rest.compare(uint32(a), &y.rest, uint32(b))
	case (a|b)&restHit != 0 || x == y && x.frozen != nil: // its prefixes stand in the order of their keys
		return cmp.Compare(a, b)
	}
	if k, l := x.keys[uint32(a>>idPrefix)], y.keys[uint32(b>>idPrefix)]; k != l {
		return cmp.Compare(k, l)
	}
	return cmp.Compare(serialOf(a), serialOf(b))
}

// key is the registration of a hit and where its parts end.
func (q *search) key(id uint64) (string, plate.Layout) {
	x := q.in[indexOf(id)]
	if id&restHit != 0 {
		return x.rest.key(uint32(id)), plate.Layout{}
	}
	var b [plate.MaxPrefixLen + plate.SerialLen]byte
	h := uint32(id >> idPrefix)
	from := q.strings.Len()
	q.strings.Write(x.appendKey(b[:0], h, serialOf(id)))
	text := q.strings.String()[from:]
	return text, plate.LayoutOf(text)
}

// ord is the ordinal of a hit in its index.
func (q *search) ord(id uint64) uint32 {
	x := q.in[indexOf(id)]
	if id&restHit != 0 {
		return x.restOrd(uint32(id))
	}
	h := uint32(id >> idPrefix)
	at, _ := findSerial(x.serials(h), serialOf(id))
	return x.ordAt(h, at)
}
