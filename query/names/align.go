package names

import (
	"bytes"

	"anvesh/query/name"
)

// A grid is one candidate name against a query: what each pair of tokens costs and weighs, and the best alignment.
// Rows are the candidate's tokens, columns the query's units (tokens, then joined neighbours); join holds a candidate's
// token joined with the next one against a query token.
type grid struct {
	n       int // candidate's tokens
	cost    [name.MaxTokens][maxColumns]uint16
	weight  [name.MaxTokens][maxColumns]int
	join    [name.MaxTokens][maxQuery]uint16
	rare    [name.MaxTokens]int  // rarity of the token
	initial [name.MaxTokens]bool // the token is one
	drop    [name.MaxTokens]int  // what it costs that the token was not asked
	whole   int                  // weight of the whole name joined; noWeight if it does not fit
	wholeC  int                  // its cost, far if it does not fit

	like [name.MaxTokens + 1][1 << maxQuery]int // rarity times likeness, in whole numbers, so that order of adding is nothing

	best [name.MaxTokens + 1][1 << maxQuery]state
	path [name.MaxTokens]choice
	used int // choices in path
}

// A state is the best alignment of the first candidate tokens that uses the query tokens of a mask.
type state struct {
	weight int
	from   uint16 // mask before
	column int8   // unit taken, -1 left out, -2-i: this and the token before joined, taken for query token i
	out    uint8  // candidate tokens left out
}

// A choice is one step of an alignment: candidate token row, unit column (state.column).
type choice struct{ row, column int }

// clear makes room for n candidate tokens and columns units.
func (g *grid) clear(n, columns int) {
	g.n, g.whole, g.wholeC = n, noWeight, name.Far
	for r := 0; r < n; r++ {
		for c := 0; c < columns; c++ {
			g.cost[r][c] = name.Far
		}
		for c := range g.join[r] {
			g.join[r][c] = name.Far
		}
	}
}

// set enters the cost of a pair, with the weight that the unit's gain leaves.
func (g *grid) set(row, column, cost, weight int) {
	g.cost[row][column], g.weight[row][column] = uint16(cost), weight
}

// align finds the best alignment and gives its weight, without the view of the whole name.
// Each token is used once, in any order; what is used by nobody is paid for; and where both sides have tokens left over,
// each pair of them contradicts.
func (g *grid) align(q *query) int {
	size := 1 << q.m
	for r := 0; r <= g.n; r++ {
		for s := 0; s < size; s++ {
			g.best[r][s].weight = noWeight
		}
	}
	g.best[0][0] = state{}
	for r := 0; r < g.n; r++ {
		for mask := 0; mask < size; mask++ {
			if g.best[r][mask].weight > noWeight {
				g.extend(q, r, mask)
			}
		}
	}
	end, top := 0, noWeight
	for mask := 0; mask < size; mask++ {
		if w := g.total(q, mask); w > top {
			end, top = mask, w
		}
	}
	g.trace(end)
	s := g.shape(q)
	top -= s.price(q.p)
	if g.best[g.n][end].out > 0 && q.left(end) > 0 {
		return q.doubt(top)
	}
	return top
}

// extend tries all choices for candidate token r after mask.
func (g *grid) extend(q *query, r, mask int) {
	s := g.best[r][mask]
	g.offer(r+1, mask, mask, s.weight-g.drop[r], -1, s.out+1)
	for c := 0; c < q.n; c++ {
		if g.cost[r][c] >= name.Far {
			continue
		}
		bit := 1 << q.units[c].first
		if c >= q.m {
			bit |= bit << 1
		}
		if mask&bit == 0 {
			g.offer(r+1, mask|bit, mask, s.weight+g.weight[r][c], c, s.out)
		}
	}
	if r+1 >= g.n {
		return
	}
	for c := 0; c < q.m; c++ {
		if g.join[r][c] < name.Far && mask&(1<<c) == 0 {
			g.offer(r+2, mask|1<<c, mask, s.weight+q.units[c].gain-int(g.join[r][c]), -2-c, s.out)
		}
	}
}

func (g *grid) offer(r, mask, from, weight, column int, out uint8) {
	if s := &g.best[r][mask]; weight > s.weight {
		*s = state{weight, uint16(from), int8(column), out}
	}
}

// total is the weight of the best alignment that uses mask, with what is left over paid for.
func (g *grid) total(q *query, mask int) int {
	s := g.best[g.n][mask]
	if s.weight <= noWeight {
		return noWeight
	}
	left := q.left(mask)
	return s.weight - q.p[name.DropAsked]*left - q.p[name.Contradiction]*min(left, int(s.out))
}

// trace writes the path that leads to the end state, last step first.
func (g *grid) trace(mask int) {
	g.used = 0
	for r := g.n; r > 0; {
		s := g.best[r][mask]
		r--
		if s.column <= -2 {
			r--
		}
		g.path[g.used] = choice{r, int(s.column)}
		g.used++
		mask = int(s.from)
	}
}

// needsNoJoins reports whether the path needs no look at joined tokens: each query token has a good match of its own.
func (g *grid) needsNoJoins(q *query) bool {
	for _, c := range g.path[:g.used] {
		if c.column >= 0 && g.cost[c.row][c.column] > goodCost {
			return false
		}
	}
	return g.leftQuery(q)&q.required == 0
}

// goodCost is the highest cost of a pair that leaves no doubt that the tokens are one.
const goodCost = 100

// leftQuery is the mask of the query's tokens that the path does not use.
func (g *grid) leftQuery(q *query) (mask int) {
	mask = 1<<q.m - 1
	for _, c := range g.path[:g.used] {
		switch {
		case c.column <= -2:
			mask &^= 1 << (-2 - c.column)
		case c.column >= q.m:
			mask &^= 3 << q.units[c.column].first
		case c.column >= 0:
			mask &^= 1 << c.column
		}
	}
	return mask
}

// joinCosts gives for each query token what two neighbours cost that are joined for it, far where the skeletons differ;
// false if all are. Scratch is a sound to write over.
func (q *query) joinCosts(costs *[maxQuery]uint16, scratch, a, b *name.Sound) (fits bool) {
	for c := range costs {
		costs[c] = name.Far
	}
	if len(a.Latin) < 2 || len(b.Latin) < 2 || !q.mayJoin(a, b) {
		return false
	}
	var buf [2*name.MaxLatin + 2]byte
	scratch.Read(append(append(buf[:0], a.Latin...), b.Latin...), q.v.costs)
	if len(scratch.Skeleton()) < joinMin {
		return false
	}
	for c := range q.units[:q.m] {
		if q.units[c].initial { // x has the skeleton of ks, but no two words are an initial
			continue
		}
		if cost := q.sameSkeleton(&q.units[c].sound, scratch); cost < name.Far {
			costs[c], fits = uint16(cost+q.p[name.Joined]), true
		}
	}
	return fits
}

// mayJoin is a quick look whether two neighbours joined can have the skeleton of a query token: as many letters, give or
// take one that melts into its neighbour, and the same first one.
func (q *query) mayJoin(a, b *name.Sound) bool {
	if a.Short || b.Short { // joined it is read by its letters, not for the name it is short for
		return true
	}
	ka := a.Skeleton()
	for c := range q.units[:q.m] {
		s := &q.units[c].sound
		k := s.Skeleton()
		if d := len(k) - len(ka) - len(b.Skeleton()); d < -1 || d > 1 {
			continue
		}
		if len(ka) == 0 || len(k) > 0 && k[0] == ka[0] {
			return true
		}
	}
	return false
}

// fillJoins enters what a candidate's neighbours make when joined, and the whole name; false if nothing fits.
func (g *grid) fillJoins(q *query, sounds []*name.Sound, scratch *name.Sound) (fits bool) {
	for r := 0; r+1 < len(sounds); r++ {
		fits = q.joinCosts(&g.join[r], scratch, sounds[r], sounds[r+1]) || fits
	}
	return g.fillWhole(q, sounds, scratch) || fits
}

// fillWhole weighs the whole name without blanks. It is worth no more than the rarer side is.
func (g *grid) fillWhole(q *query, sounds []*name.Sound, scratch *name.Sound) bool {
	switch n := len(sounds); {
	case q.m == 0, q.m == 1 && n < 3, n == 1 && q.m < 3: // joins of two are seen to token by token
		return false
	case n == 2 && (len(sounds[0].Latin) < 2 || len(sounds[1].Latin) < 2), q.m == 2 && (q.units[0].initial || q.units[1].initial):
		return false
	}
	consonants, melted, short := 0, 0, false
	for i, s := range sounds {
		consonants += len(s.Skeleton())
		short = short || s.Short
		if i > 0 && name.IsVowel(s.Latin[0]) && name.IsVowel(sounds[i-1].Latin[len(sounds[i-1].Latin)-1]) {
			melted++
		}
	}
	whole := len(q.whole.sound.Skeleton())
	if d := consonants - whole; whole < joinMin || !short && (d < -melted && len(q.whole.sound.Codes()) < name.MaxCodes-2 || d > len(sounds)-1 && consonants < name.MaxCodes-2) {
		return false // where words are joined letters melt into neighbours, at most one at each blank, and two vowels can be a v
	}
	if !sameStart(q.whole.sound.Skeleton(), sounds[0].Latin) {
		return false
	}
	var buf [name.MaxTokens * name.MaxLatin]byte
	b := buf[:0]
	for _, s := range sounds {
		b = append(b, s.Latin...)
	}
	scratch.Read(b, q.v.costs)
	cost := q.sameSkeleton(&q.whole.sound, scratch)
	if cost >= name.Far {
		return false
	}
	gain := 0
	for _, r := range g.rare[:g.n] {
		gain += r
	}
	g.wholeC = cost + q.p[name.Whole]
	g.whole = min(q.whole.gain, gain) - g.wholeC
	return true
}

// sameStart is a quick look whether a skeleton can begin a name: its first letter is the class of the name's first
// consonant, unless that one is dropped or made of two letters.
func sameStart(skel []byte, latin string) bool {
	switch b := name.ConsonantClass(latin[0]); latin[0] {
	case 'c', 'x', 'w', 'q', 'p', 'd', 'j':
		return true
	default:
		return b == 0 || b == skel[0]
	}
}

// sameBones is the cost of two sounds whose skeletons are equal, far otherwise.
func (q *query) sameSkeleton(a, b *name.Sound) int {
	if !bytes.Equal(a.Skeleton(), b.Skeleton()) {
		return name.Far
	}
	return q.ruler.Cost(a, b)
}

// likeness is how alike the spellings are, 0..1: the best alignment's likeness, each token counting by its rarity. It
// is the same both ways: pairs are near both ways, and joined tokens count only with equal skeletons.
func (g *grid) likeness(q *query, sounds []*name.Sound) float64 {
	all := 0
	for _, r := range q.rare[:q.m] {
		all += r
	}
	for _, r := range g.rare[:g.n] {
		all += r
	}
	if all == 0 {
		return 0
	}
	size := 1 << q.m
	for r := 0; r <= g.n; r++ {
		for s := range g.like[r][:size] {
			g.like[r][s] = -1
		}
	}
	g.like[0][0] = 0
	for r := 0; r < g.n; r++ {
		for mask := 0; mask < size; mask++ {
			if g.like[r][mask] >= 0 {
				g.extendLike(q, r, mask, sounds[r])
			}
		}
	}
	best := 0
	for _, v := range g.like[g.n][:size] {
		best = max(best, v)
	}
	top := float64(best) / float64(all*likeUnit)
	if g.wholeC < name.Far {
		top = max(top, name.LikenessOf(g.wholeC))
	}
	return min(top, 1)
}

func (g *grid) extendLike(q *query, r, mask int, s *name.Sound) {
	v := g.like[r][mask]
	g.offerLike(r+1, mask, v)
	for c := 0; c < q.n; c++ {
		if g.cost[r][c] >= name.Far {
			continue
		}
		u := &q.units[c]
		bit, rare := 1<<u.first, g.rare[r]+q.rare[u.first]
		if c >= q.m {
			if !bytes.Equal(u.sound.Skeleton(), s.Skeleton()) {
				continue
			}
			bit, rare = bit|bit<<1, rare+q.rare[u.first+1]
		}
		if mask&bit == 0 {
			g.offerLike(r+1, mask|bit, v+rare*likeOf(int(g.cost[r][c])))
		}
	}
	for c := 0; c < q.m && r+1 < g.n; c++ {
		if g.join[r][c] < name.Far && mask&(1<<c) == 0 {
			rare := g.rare[r] + g.rare[r+1] + q.rare[c]
			g.offerLike(r+2, mask|1<<c, v+rare*likeOf(int(g.join[r][c])))
		}
	}
}

func (g *grid) offerLike(r, mask, v int) { g.like[r][mask] = max(g.like[r][mask], v) }

// likeUnit is 1 in the whole numbers of likeOf.
const likeUnit = 1 << 16

func likeOf(cost int) int { return int(name.LikenessOf(cost)*likeUnit + .5) }
