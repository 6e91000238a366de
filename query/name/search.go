package name

import (
	"math/bits"
	"slices"
	"sync"
)

// Search says how much to look for.
type Search struct {
	Limit  int // distinct names returned at most; 0 is 20
	Budget int // names scored at most, then the answer is not complete; 0 is 100,000
}

// Match is one distinct name found.
type Match struct {
	Ord      uint32
	Weight   float32 // nats: ln P(pair | one person's name) / P(pair | two at random)
	Likeness float32 // 0..1, how alike the spellings are
}

// Search appends to dst the distinct names that have the most weight for q, best first, equal weights by ordinal. Only
// names with a weight above 0 that share more than an initial with q are found. Complete is false if the budget ended it.
func (x *Index) Search(dst []Match, q Name, s Search) (matches []Match, complete bool) {
	if s.Limit <= 0 {
		s.Limit = 20
	}
	if s.Budget <= 0 {
		s.Budget = 100_000
	}
	z := searches.Get().(*search)
	defer searches.Put(z)
	z.limit, z.budget = s.Limit, s.Budget
	z.q.resolve(x, q)
	z.prepare()
	complete = z.run()
	dst = z.results(dst)
	z.forget()
	return dst, complete
}

var searches = sync.Pool{New: func() any { return new(search) }}

// A search is one query under way, with all its scratch memory.
type search struct {
	q       query
	limit   int
	budget  int
	slot    []uint32 // token number -> cell, 0 if it is near to nothing
	cells   []cell
	rows    []row
	filled  []uint32 // tokens with a cell of their own
	lists   []list
	rest    [maxColumns]int // what a unit can still add to a name that was not visited
	done    [maxColumns]int // how many of a unit's near tokens were visited
	sieve   sieve
	scored  int // names scored
	next    int // the list under way
	passed  [sieveEvery]posting
	touched uint32 // keeps the reads ahead from being dropped
	top     []hit  // heap, the worst first
	grid    grid
	joint   sound
	pairs   [pairings]pairing
	stamp   uint32 // of this search, in pairs
	sounds  []*sound
}

// A cell says what a token of the vocabulary is near to: one unit, or a row of them.
type cell struct {
	weight int32
	row    int32 // -1 for one unit
	column int16
	cost   uint16
	shared bool // for all tokens of a letter: commons still to be taken off
}

type row struct {
	weight [maxColumns]int32
	cost   [maxColumns]uint16
}

// A list is a posting list to visit: the names that hold a token near to a unit.
type list struct {
	id     uint32
	column int
	weight int
}

type hit struct {
	ord    uint32
	weight int // centinats
}

// prepare enters the near tokens into the dense table and lists the postings, the heaviest first.
func (z *search) prepare() {
	x, q := z.q.x, &z.q
	if len(z.slot) < len(x.vocab.sounds) {
		z.slot = make([]uint32, len(x.vocab.sounds)+1024)
	}
	if z.stamp++; z.stamp == 0 {
		z.pairs, z.stamp = [pairings]pairing{}, 1
	}
	z.cells, z.rows, z.filled = append(z.cells[:0], cell{}), z.rows[:0], z.filled[:0]
	z.lists, z.top, z.scored, z.next, z.done = z.lists[:0], z.top[:0], 0, 0, [maxColumns]int{}
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
	slices.SortFunc(z.lists, func(a, b list) int {
		if pa, pb := a.column >= q.m, b.column >= q.m; pa != pb { // joined neighbours first: they are rare
			if pa {
				return -1
			}
			return 1
		}
		if a.weight != b.weight {
			return b.weight - a.weight
		}
		return int(a.id) - int(b.id)
	})
}

// enterLetters enters the initials of the vocabulary that unit c may meet.
func (z *search) enterLetters(u *unit, c int) {
	x := z.q.x
	for b := byte('a'); b <= 'z'; b++ {
		id, ok := x.vocab.number[letterStrings[b-'a']]
		if !ok || x.borne[id] == 0 {
			continue
		}
		if w, cost := z.q.lettersMatch(u, letterStrings[b-'a'], 0); w != noWeight {
			z.enter(id, c, w, cost)
			if u.initial {
				z.lists = append(z.lists, list{id, c, w})
			}
		}
	}
}

var letterStrings = func() (t [26]string) {
	for i := range t {
		t[i] = string(rune('a' + i))
	}
	return t
}()

// shareLetters enters the query's initials: all tokens of a letter share one cell, except those that have their own.
func (z *search) shareLetters() {
	done := 0
	for c := range z.q.units[:z.q.m] {
		u := &z.q.units[c]
		if !u.initial {
			continue
		}
		class := letterClass(u.sound.latin[0])
		if done&(1<<class) == 0 {
			done |= 1 << class
			z.shareLetter(class)
		}
	}
}

func (z *search) shareLetter(class int) {
	shared := uint32(len(z.cells))
	z.cells = append(z.cells, cell{column: -1, row: int32(len(z.rows)), shared: true})
	z.rows = append(z.rows, emptyRow)
	for c := range z.q.units[:z.q.m] {
		if u := &z.q.units[c]; u.initial && letterClass(u.sound.latin[0]) == class {
			z.addTo(shared, c, u.letter-initialCost, initialCost)
		}
	}
	own := z.rows[z.cells[shared].row]
	for _, id := range z.q.x.vocab.byLetter[class] {
		if z.slot[id] == 0 {
			z.slot[id] = shared
			continue
		}
		for c, w := range own.weight {
			if own.cost[c] < far {
				z.addTo(z.slot[id], c, int(w)-z.q.commons[z.q.x.rank[id]], initialCost)
			}
		}
	}
	z.simplify(shared)
}

// simplify turns a row with one unit into a plain cell.
func (z *search) simplify(at uint32) {
	k, n := &z.cells[at], 0
	r := &z.rows[k.row]
	for c := range r.cost {
		if r.cost[c] < far {
			k.column, k.weight, k.cost = int16(c), r.weight[c], r.cost[c]
			n++
		}
	}
	if n == 1 {
		k.row = -1
	}
}

var emptyRow = func() (r row) {
	for c := range r.cost {
		r.cost[c] = far
	}
	return r
}()

// enter notes that token id is taken for unit c at a weight.
func (z *search) enter(id uint32, c, weight, cost int) {
	if z.slot[id] == 0 {
		z.slot[id] = uint32(len(z.cells))
		z.filled = append(z.filled, id)
		z.cells = append(z.cells, cell{weight: int32(weight), row: -1, column: int16(c), cost: uint16(cost)})
		return
	}
	z.addTo(z.slot[id], c, weight, cost)
}

// addTo adds unit c to a cell, which becomes a row.
func (z *search) addTo(at uint32, c, weight, cost int) {
	k := &z.cells[at]
	if k.row < 0 {
		r := emptyRow
		r.weight[k.column], r.cost[k.column] = k.weight, k.cost
		k.row = int32(len(z.rows))
		z.rows = append(z.rows, r)
	}
	r := &z.rows[k.row]
	r.weight[c], r.cost[c] = int32(weight), uint16(cost)
}

// run visits names until no other can be better, and says whether it came that far.
func (z *search) run() (complete bool) {
	q := &z.q
	for c := range q.units[:q.m] {
		if !z.visitAll(q.units[c].named, true) {
			return false
		}
	}
	if !z.visitAll(q.whole.named, true) {
		return false
	}
	for ; z.next < len(z.lists) && z.lists[z.next].column >= q.m; z.next++ {
		for _, p := range q.x.posts[z.lists[z.next].id] {
			if !z.visit(p.ord(), false) {
				return false
			}
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

// floor is the weight that a further name must exceed.
func (z *search) floor() int {
	if len(z.top) < z.limit {
		return 0
	}
	return z.top[0].weight
}

// visitAll scores all names of a list; joinable names may have neighbours that join into a query token.
func (z *search) visitAll(ords []uint32, joinable bool) (within bool) {
	for _, o := range ords {
		if !z.visit(o, joinable) {
			return false
		}
	}
	return true
}

func (z *search) visit(o uint32, joinable bool) (within bool) {
	if z.scored++; z.scored > z.budget {
		return false
	}
	if w := z.score(z.q.x.tokensOf(o), joinable); w > z.floor() && z.q.x.bearers[o] > 0 {
		z.keep(hit{o, w})
	}
	return true
}

// A sieve tells from a name's signature how much it can weigh at most, without looking at its tokens. For each unit but
// the one whose list is read, it has the signature bits of the tokens that bring more than half of what the unit can
// bring, and of all that bring anything. Tokens that were visited do not count: their names are scored.
type sieve struct {
	weight int // of the list's own token
	n      int
	must   [maxQuery]posting // bits without which the name is not good enough
	strong [maxQuery]posting
	weak   [maxQuery]posting
	most   [maxQuery]int
	half   [maxQuery]int
	musts  int
}

// sieveEvery is after how many names the sieve is made anew, since the floor may have risen.
const sieveEvery = 1024

// visitList scores those names of a posting list that the sieve lets through.
func (z *search) visitList(l list) (within bool) {
	ords := z.q.x.posts[l.id]
	for len(ords) > 0 {
		part := ords[:min(len(ords), sieveEvery)]
		ords = ords[len(part):]
		if !z.sift(l) {
			return true
		}
		for _, p := range z.through(part) {
			if !z.visit(p.ord(), false) {
				return false
			}
		}
	}
	return true
}

// through gives the names of a part of a list that the sieve lets through. Memory is slower than anything done here: so
// the tokens of what is left are touched before they are needed, that many reads are under way at once.
func (z *search) through(part []posting) []posting {
	s, floor := &z.sieve, z.floor()
	n := 0
	for _, p := range part {
		pass := posting(1)
		for _, m := range s.must[:s.musts] {
			hit := p & m
			pass &= (hit | -hit) >> 63
		}
		z.passed[n] = p
		n += int(pass)
	}
	kept := 0
	touched := uint32(0)
	for _, p := range z.passed[:n] {
		if s.bound(p) > floor {
			z.passed[kept] = p
			kept++
			touched ^= z.q.x.words[p.ord()][0]
		}
	}
	z.touched = touched
	return z.passed[:kept]
}

// bound is the most that a name with this signature can weigh.
func (s *sieve) bound(p posting) int {
	w, left := s.weight, 0
	for j := 0; j < s.n; j++ {
		switch {
		case p&s.strong[j] != 0:
			w += s.most[j]
		case p&s.weak[j] != 0:
			w += s.half[j]
		default:
			w -= drop
			left++
		}
	}
	out := max(p.tokens()-1-(s.n-left), 0)
	return w - drop*out - contra*min(left, out)
}

// sift makes the sieve for a list. It is false if no name of the list can be good enough.
func (z *search) sift(l list) bool {
	q, s := &z.q, &z.sieve
	floor, most := z.floor(), z.bound()
	if most <= floor {
		return false
	}
	s.n, s.musts, s.weight = 0, 0, l.weight
	for j := range q.units[:q.m] {
		if j == l.column {
			continue
		}
		s.most[s.n] = z.rest[j]
		s.half[s.n] = max(z.rest[j]/2, -drop)
		s.strong[s.n] = z.maskOf(j, s.half[s.n])
		s.weak[s.n] = z.maskOf(j, noWeight)
		s.n++
		if need := floor - (most - z.rest[j]); need >= -drop {
			s.must[s.musts] = z.maskOf(j, need)
			s.musts++
		}
	}
	return true
}

// maskOf gives the bits of the tokens, not yet visited, that bring more than need to unit j.
func (z *search) maskOf(j, need int) (mask posting) {
	u := &z.q.units[j]
	for _, t := range u.near[min(z.done[j], len(u.near)):] {
		if u.weigh(int(t.cost)) <= need {
			break
		}
		mask |= tokenBit(t.id)
	}
	if u.letter == noWeight || len(u.sound.latin) == 0 {
		return mask
	}
	class := letterClass(u.sound.latin[0])
	if u.letter > need { // a little more than an initial for an initial brings
		mask |= z.q.letterBits[class]
	}
	if u.initial && u.letter-initialCost > need {
		mask |= letterBit(class)
	}
	return mask
}

// lower sets what unit c can add to a name that is not yet visited: the weight of its next list, behind from, or what
// an initial gives without one.
func (z *search) lower(c, from int) {
	u := &z.q.units[c]
	w := -drop
	switch {
	case u.initial:
		w = max(w, u.letter-initialCost)
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

// score is the weight of a name: by a glance where no two tokens want the same, by the grid otherwise. A name that agrees
// in nothing but initials for names has none.
func (z *search) score(toks []uint32, joinable bool) int {
	q := &z.q
	used, sum, out, doubt, solid := 0, 0, 0, false, false
	for _, t := range toks {
		at := z.slot[t]
		if at == 0 {
			out++
			continue
		}
		k := &z.cells[at]
		if k.row >= 0 || int(k.column) >= q.m || used&(1<<k.column) != 0 {
			return z.scoreGrid(toks, joinable)
		}
		weight := int(k.weight)
		if k.shared {
			weight -= q.commons[q.x.rank[t]]
		}
		if weight <= -2*drop-contra {
			out++
			continue
		}
		used |= 1 << k.column
		doubt = doubt || k.cost > goodCost
		solid = solid || q.units[k.column].initial == (q.x.rank[t] == 0)
		sum += weight
	}
	left := q.m - bits.OnesCount(uint(used))
	if joinable && (left > 0 || doubt) {
		return z.scoreGrid(toks, true)
	}
	if !solid {
		return noWeight
	}
	return sum - drop*(left+out) - contra*min(left, out)
}

// scoreGrid scores a name by the grid; joins are looked at only where a query token is left over.
func (z *search) scoreGrid(toks []uint32, joinable bool) int {
	g, q := &z.grid, &z.q
	z.fill(toks)
	w := g.align(q)
	if joinable && !g.settled(q) && z.fillJoins(toks) {
		w = g.align(q)
		if g.whole > w {
			return g.whole
		}
	}
	for _, c := range g.path[:g.used] {
		if c.column <= -2 || c.column >= 0 && q.units[c.column].initial == (q.x.rank[toks[c.row]] == 0) {
			return w
		}
	}
	return noWeight // initials alone
}

// fill enters a name of the index into the grid.
func (z *search) fill(toks []uint32) {
	g, q := &z.grid, &z.q
	g.clear(len(toks), q.n)
	for r, t := range toks {
		g.rare[r] = q.rares[q.x.rank[t]]
		at := z.slot[t]
		if at == 0 {
			continue
		}
		k := &z.cells[at]
		common := 0
		if k.shared {
			common = q.commons[q.x.rank[t]]
		}
		if k.row < 0 {
			g.set(r, int(k.column), int(k.cost), int(k.weight)-common)
			continue
		}
		for c, cost := range z.rows[k.row].cost[:q.n] {
			if cost < far {
				g.set(r, c, int(cost), int(z.rows[k.row].weight[c])-common)
			}
		}
	}
}

// fillJoins enters what the name's neighbours make when joined, and the whole name joined; false if nothing fits. Pairs
// of neighbours come again and again, and are kept.
func (z *search) fillJoins(toks []uint32) (fits bool) {
	x, g := z.q.x, &z.grid
	for r := 0; r+1 < len(toks); r++ {
		k := z.pair(toks[r], toks[r+1])
		if k.fits {
			g.join[r], fits = k.cost, true
		}
	}
	z.sounds = z.sounds[:0]
	for _, t := range toks {
		z.sounds = append(z.sounds, &x.vocab.sounds[t])
	}
	return g.fillWhole(&z.q, z.sounds, &z.joint) || fits
}

// A pairing is what two neighbours make when joined, for each query token.
type pairing struct {
	a, b  uint32
	stamp uint32
	fits  bool
	cost  [maxQuery]uint16
}

const pairings = 256

func (z *search) pair(a, b uint32) *pairing {
	k := &z.pairs[(a*31^b*0x9E3779B1)>>8%pairings]
	if k.stamp == z.stamp && k.a == a && k.b == b {
		return k
	}
	k.a, k.b, k.stamp = a, b, z.stamp
	k.fits = z.q.joinCosts(&k.cost, &z.joint, &z.q.x.vocab.sounds[a], &z.q.x.vocab.sounds[b])
	return k
}

// keep puts a hit on the heap and drops the worst when there are more than the limit. A name that was found before keeps
// its higher weight.
func (z *search) keep(h hit) {
	for i := range z.top {
		if z.top[i].ord == h.ord {
			if h.weight > z.top[i].weight {
				z.top[i].weight = h.weight
				z.sink(i)
			}
			return
		}
	}
	if len(z.top) < z.limit {
		z.top = append(z.top, h)
		for i := len(z.top) - 1; i > 0 && worse(z.top[i], z.top[(i-1)/2]); i = (i - 1) / 2 {
			z.top[i], z.top[(i-1)/2] = z.top[(i-1)/2], z.top[i]
		}
		return
	}
	z.top[0] = h
	z.sink(0)
}

// sink moves a hit that became better away from the worst.
func (z *search) sink(i int) {
	for {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < len(z.top) && worse(z.top[c], z.top[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		z.top[i], z.top[least] = z.top[least], z.top[i]
		i = least
	}
}

func worse(a, b hit) bool {
	if a.weight != b.weight {
		return a.weight < b.weight
	}
	return a.ord > b.ord
}

// results appends the hits to dst, best first, with their likeness.
func (z *search) results(dst []Match) []Match {
	slices.SortFunc(z.top, func(a, b hit) int {
		if worse(b, a) {
			return -1
		}
		return 1
	})
	for _, h := range z.top {
		toks := z.q.x.tokensOf(h.ord)
		z.fill(toks)
		z.fillJoins(toks)
		dst = append(dst, Match{h.ord, float32(h.weight) / 100, float32(z.grid.likeness(&z.q, z.sounds))})
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
			for _, id := range z.q.x.vocab.byLetter[letterClass(u.sound.latin[0])] {
				z.slot[id] = 0
			}
		}
	}
	z.q.x = nil
	clear(z.sounds[:cap(z.sounds)])
}
