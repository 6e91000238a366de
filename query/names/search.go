package names

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"anvesh/query/name"
	"anvesh/query/topk"
)

// Search says how much to look for.
type Search struct {
	Limit  int     // distinct names returned at most; 0 is 20
	Budget int     // names scored at most, then the answer is not complete; 0 is 100,000
	Least  float64 // names with less weight, in nats, are not found

	// Gap, if not 0, is how many nats lighter than the heaviest a name may be to be found, unless it weighs Enough.
	Gap, Enough float64

	// Likeness fills in Match.Likeness.
	Likeness bool

	// Records, if not 0, is how many bearers are enough: a name is not found where better ones have so many. The most
	// frequent name alone may have thousands.
	Records int

	// Accept, if set, is asked before a name is taken up; one that it refuses takes no place and raises no bar. It is asked
	// only for names good enough so far, for some more than once, and must not use the index's writing methods.
	Accept func(ord uint32) bool
}

// Match is one distinct name found.
type Match struct {
	Ord      uint32
	Weight   float32 // nats: ln P(pair | one person's name) / P(pair | two at random)
	Likeness float32 // 0..1, how alike the spellings are; 0 unless asked for
}

// Search is Ask, Query.Search and Query.Close.
func (x *Index) Search(dst []Match, q name.Name, s Search) (matches []Match, complete bool) {
	z := x.Ask(q)
	defer z.Close()
	return z.Search(dst, s)
}

// A Query is a name resolved for a search of an index: what each token of the vocabulary is to it is known, so that weighing a
// name is some look-ups. It is valid until the index is written to, for one goroutine, and must be closed.
type Query struct{ z *search }

// Ask resolves q.
func (x *Index) Ask(q name.Name) Query {
	z := searches.Get().(*search)
	z.q.resolve(x.freq, q)
	z.prepare(x)
	return Query{z}
}

// Close gives the query's memory back.
func (q Query) Close() {
	q.z.forget()
	searches.Put(q.z)
}

// Search appends to dst the distinct names that have the most weight, best first, equal weights by a hash of the key. Only names
// with a weight above 0 that share more than an initial with the query are found. Complete is false if the budget ended it.
func (q Query) Search(dst []Match, s Search) (matches []Match, complete bool) {
	if s.Limit <= 0 {
		s.Limit = 20
	}
	if s.Budget <= 0 {
		s.Budget = 100_000
	}
	z := q.z
	z.budget, z.least, z.accept = s.Budget, int(math.Round(float64(max(s.Least, 0))*100)), s.Accept
	z.top.Reset(s.Limit, z.order)
	z.scored, z.next, z.done = 0, 0, [maxColumns]int{}
	clear(z.kept[:])
	z.bearers = 0
	z.heaviest, z.gap, z.enough = 0, math.MaxInt, 0
	if s.Gap > 0 {
		z.gap, z.enough = int(s.Gap*100), int(s.Enough*100)
	}
	if z.records = s.Records; z.records <= 0 {
		z.records = math.MaxInt
	}
	complete = z.run()
	return z.results(dst, s.Likeness), complete
}

// Weigh gives the weight of one name of the index, in nats, as Search would find it; -Inf for one that shares no more than an initial.
func (q Query) Weigh(ord uint32) float64 {
	w := q.z.score(q.z.x.tokensOf(ord), true)
	if w == noWeight {
		return math.Inf(-1)
	}
	return float64(w) / 100
}

// Most is the highest weight that any name can have.
func (q Query) Most() float64 {
	sum := 0
	for i := range q.z.q.units[:q.z.q.m] {
		sum += max(q.z.q.units[i].gain, 0)
	}
	return float64(max(sum, q.z.q.whole.gain)) / 100
}

// Considered is how many names the last Search weighed.
func (q Query) Considered() int { return q.z.scored }

var searches = sync.Pool{New: func() any {
	z := new(search)
	z.order = z.compare
	return z
}}

// A search is one query under way, with all its scratch memory.
type search struct {
	q         query
	x         *Index // searched
	budget    int
	least     int // centinats
	gap       int
	enough    int
	heaviest  int
	records   int // bearers that are enough
	bearers   int // of the names in top
	accept    func(uint32) bool
	slot      []uint32 // token number -> entry, 0 if it is near to nothing
	entries   []entry
	rows      []row
	filled    []uint32 // tokens with an entry of their own
	lists     []list
	rest      [maxColumns]int // what a unit can still add to a name that was not visited
	done      [maxColumns]int // how many of a unit's near tokens were visited
	filter    filter
	scored    int                 // names scored
	next      int                 // the list under way
	passed    [filterBlock]uint32 // places in a part of a list
	touched   uint32              // keeps the reads ahead from being dropped
	top       topk.Heap[hit]
	kept      [256]uint64         // a bit for each name that top had, by the end of its ordinal: most names are met once
	order     func(a, b *hit) int // compare
	grid      grid
	joint     name.Sound
	joined    []uint32 // scratch: ordinals of names
	joinCache [cachedJoins]neighbours
	stamp     uint32 // of this search, in pairs
	sounds    []*name.Sound
}

// A list is a posting list to visit: the names that hold a token near to a unit.
type list struct {
	id     uint32
	column int
	weight int
}

type hit struct {
	ord    uint32
	weight int    // centinats
	order  uint64 // among equal weights
}

// prepare makes ready for a search of x: it enters the near tokens into the dense table and lists the postings in the order in which they are read.
func (z *search) prepare(x *Index) {
	q := &z.q
	z.x = x
	if len(z.slot) < q.v.Len() {
		z.slot = make([]uint32, q.v.Len()+1024)
	}
	if z.stamp++; z.stamp == 0 {
		z.joinCache, z.stamp = [cachedJoins]neighbours{}, 1
	}
	z.entries, z.rows, z.filled = append(z.entries[:0], entry{}), z.rows[:0], z.filled[:0]
	z.lists = z.lists[:0]
	for c := range q.units[:q.n] {
		u := &q.units[c]
		for _, t := range u.near {
			w := u.weigh(int(t.cost))
			z.enter(t.id, c, w, int(t.cost))
			z.lists = append(z.lists, list{t.id, c, w})
		}
		z.enterLetters(u, c)
	}
	z.shareLetters()
	// Joined neighbours first: they are rare. Then unit by unit, the one with the fewest postings first, each list by its
	// weight: when all lists of a rare word are read, a name without it can mostly not be good enough, and the long lists
	// of Singh and Kumar are not read at all.
	var postings [maxColumns]int
	for _, l := range z.lists {
		postings[l.column] += x.holders(l.id)
	}
	slices.SortFunc(z.lists, func(a, b list) int {
		if pa, pb := a.column >= q.m, b.column >= q.m; pa != pb {
			if pa {
				return -1
			}
			return 1
		}
		if a.column != b.column {
			return cmp.Or(postings[a.column]-postings[b.column], a.column-b.column)
		}
		if a.weight != b.weight {
			return b.weight - a.weight
		}
		return int(a.id) - int(b.id)
	})
}

// run visits names until no other can be better, and says whether it came that far.
func (z *search) run() (complete bool) {
	q := &z.q
	for c := range q.units[:q.m] {
		if u := &q.units[c]; !u.initial && !z.visitJoins(z.joinedNames(&u.sound)) {
			return false
		}
	}
	if q.m > 1 && !z.visitJoins(z.joinedNames(&q.whole.sound)) || q.m > 2 && !z.visitJoins(z.wholeTokens()) {
		return false
	}
	for c := range q.units[:q.m] {
		z.lower(c, 0)
		z.rest[c] = max(z.rest[c], q.units[c].gain) // another pair may bring it
	}
	for ; z.next < len(z.lists) && z.lists[z.next].column >= q.m; z.next++ {
		if !z.visitList(z.lists[z.next]) {
			return false
		}
	}
	for c := range q.units[:q.m] {
		z.lower(c, z.next)
	}
	for ; z.next < len(z.lists); z.next++ {
		l := z.lists[z.next]
		if z.bound() <= z.floor() {
			return true
		}
		if !z.visitList(l) {
			return false
		}
		z.done[l.column]++
		z.lower(l.column, z.next+1)
	}
	return true
}

// bound is the most that a name not yet visited can weigh.
func (z *search) bound() int {
	b := 0
	for _, w := range z.rest[:z.q.m] {
		b += w
	}
	return b
}

// floor is the weight that a further name must exceed to be looked at.
func (z *search) floor() int {
	if !z.top.Full() && z.bearers < z.records {
		return max(z.lightest()-1, 0)
	}
	return max(z.top.Worst().weight, z.lightest()) - 1 // one of equal weight may take its place
}

// lightest is the least weight that is found beside the heaviest so far.
func (z *search) lightest() int { return max(z.least, min(z.heaviest-z.gap, z.enough)) }

// joinedNames gives the names in which two neighbours joined, or the whole, have the skeleton of a sound.
func (z *search) joinedNames(s *name.Sound) []uint32 {
	z.joined = z.joined[:0]
	if len(s.Skeleton()) >= joinMin {
		z.joined = z.x.joinsOf(z.joined, s.Skeleton())
	}
	return z.joined
}

// wholeTokens gives the names of one token that are the whole query joined.
func (z *search) wholeTokens() []uint32 {
	z.joined = z.joined[:0]
	whole := &z.q.whole.sound
	if len(whole.Skeleton()) < joinMin {
		return nil
	}
	h := skeletonHash(whole.Skeleton()) &^ 3
	z.q.ids = z.q.v.keys.find(z.q.ids[:0], mapKey(h, keyWhole))
	for _, id := range z.q.v.withSkeleton(z.q.ids, h) {
		for _, p := range z.x.postingsOf(id) {
			for i, s := range p.signs {
				if s.tokens() == 1 {
					z.joined = append(z.joined, p.ords[i])
				}
			}
		}
	}
	return z.joined
}

// visitJoins scores the names of a list whose neighbours, or all, join into what was asked. The list has all with the
// skeleton; where the letters are too far apart the name is one like any other.
func (z *search) visitJoins(ords []uint32) (within bool) {
	for _, o := range ords {
		if z.joins(z.x.tokensOf(o)) && !z.visit(o, true) {
			return false
		}
	}
	return true
}

func (z *search) visit(o uint32, joinable bool) (within bool) {
	if z.scored++; z.scored > z.budget {
		return false
	}
	toks := z.x.tokensOf(o)
	w := z.score(toks, joinable)
	if w <= z.floor() || z.x.bearers[o] == 0 || z.accept != nil && !z.accept(o) {
		return true
	}
	z.keep(hit{o, w, z.x.keyHash(toks)})
	return true
}

// lower sets what unit c can add to a name that is not yet visited: the weight of its next list, behind from, or what
// an initial gives without one.
func (z *search) lower(c, from int) {
	u := &z.q.units[c]
	w := -z.q.missing(c)
	switch {
	case u.initial:
		w = max(w, u.letter-z.q.p[name.InitialCost])
	case u.letter != noWeight:
		w = max(w, u.letter)
	}
	for _, l := range z.lists[from:] {
		if l.column == c {
			w = max(w, l.weight)
			break
		}
	}
	z.rest[c] = w
}

// keep takes a hit up, and drops the worst when there are more than are needed. A name that was found before keeps its
// higher weight.
func (z *search) keep(h hit) {
	z.heaviest = max(z.heaviest, h.weight)
	word, bit := &z.kept[h.ord/64%uint32(len(z.kept))], uint64(1)<<(h.ord%64)
	if *word&bit != 0 {
		i := slices.IndexFunc(z.top.Items(), func(had hit) bool { return had.ord == h.ord })
		if i >= 0 && h.weight <= z.top.Items()[i].weight {
			return
		}
		if i >= 0 {
			z.drop(i)
		}
	}
	if z.top.Full() {
		if z.compare(&h, z.top.Worst()) >= 0 {
			return
		}
		z.drop(0)
	}
	z.top.Push(h)
	*word |= bit
	z.bearers += z.x.Bearers(h.ord)
	for z.top.Len() > 1 && z.bearers-z.x.Bearers(z.top.Worst().ord) >= z.records {
		z.drop(0)
	}
}

func (z *search) drop(i int) {
	z.bearers -= z.x.Bearers(z.top.Items()[i].ord)
	z.top.Remove(i)
}

// compare orders hits, the better first: by weight, then by a hash of the name's key, so that what is found depends neither
// on which name came first nor on the index that it is in, and no letter is preferred.
func (z *search) compare(a, b *hit) int {
	if d := b.weight - a.weight; d != 0 {
		return d
	}
	return cmp.Compare(a.order, b.order)
}

// results appends the hits to dst, best first.
func (z *search) results(dst []Match, likeness bool) []Match {
	for _, h := range z.top.Sort(nil) {
		if h.weight < z.lightest() { // found before the heaviest
			break
		}
		m := Match{Ord: h.ord, Weight: float32(h.weight) / 100}
		if likeness {
			toks := z.x.tokensOf(h.ord)
			z.fill(toks)
			z.fillJoins(toks)
			m.Likeness = float32(z.grid.likeness(&z.q, z.sounds))
		}
		dst = append(dst, m)
	}
	return dst
}

// forget clears the dense tables for the next search.
func (z *search) forget() {
	for _, id := range z.filled {
		z.slot[id] = 0
	}
	for c := range z.q.units[:z.q.m] {
		if u := &z.q.units[c]; u.initial {
			for _, id := range z.q.v.byLetter[name.LetterClass(u.sound.Latin[0])] {
				z.slot[id] = 0
			}
		}
	}
	z.q.v, z.q.f, z.x, z.q.asked, z.accept = nil, nil, nil, name.Name{}, nil
	clear(z.sounds[:cap(z.sounds)])
}
