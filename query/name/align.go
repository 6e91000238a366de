package name

// A grid is one candidate name against a query: what each pair of tokens costs and weighs, and the best alignment.
// Rows are the candidate's tokens, columns the query's units (tokens, then joined neighbours); join holds a candidate's
// token joined with the next one against a query token.
type grid struct {
	n       int // candidate's tokens
	cost    [maxTokens][maxColumns]uint16
	weight  [maxTokens][maxColumns]int
	join    [maxTokens][maxQuery]uint16
	rare    [maxTokens]int  // rarity of the token
	initial [maxTokens]bool // the token is one
	drop    [maxTokens]int  // what it costs that the token was not asked
	whole   int             // weight of the whole name joined; noWeight if it does not fit
	wholeC  int             // its cost, far if it does not fit

	like [maxTokens + 1][1 << maxQuery]int // rarity times likeness, in whole numbers, so that order of adding is nothing

	best [maxTokens + 1][1 << maxQuery]state
	path [maxTokens]choice
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
	g.n, g.whole, g.wholeC = n, noWeight, far
	for r := 0; r < n; r++ {
		for c := 0; c < columns; c++ {
			g.cost[r][c] = far
		}
		for c := range g.join[r] {
			g.join[r][c] = far
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
		if g.cost[r][c] >= far {
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
		if g.join[r][c] < far && mask&(1<<c) == 0 {
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
	return s.weight - q.p[dropAsked]*left - q.p[contra]*min(left, int(s.out))
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

// settled reports whether the path needs no look at joined tokens: each query token has a good match of its own.
func (g *grid) settled(q *query) bool {
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
func (q *query) joinCosts(costs *[maxQuery]uint16, scratch, a, b *sound) (fits bool) {
	for c := range costs {
		costs[c] = far
	}
	if len(a.latin) < 2 || len(b.latin) < 2 || !q.mayJoin(a, b) {
		return false
	}
	var buf [2*maxLatin + 2]byte
	scratch.read(append(append(buf[:0], a.latin...), b.latin...), q.x.costs)
	if scratch.k < joinMin {
		return false
	}
	for c := range q.units[:q.m] {
		if q.units[c].initial { // x has the skeleton of ks, but no two words are an initial
			continue
		}
		if cost := q.sameBones(&q.units[c].sound, scratch); cost < far {
			costs[c], fits = uint16(cost+q.p[joinCost]), true
		}
	}
	return fits
}

// mayJoin is a quick look whether two neighbours joined can have the skeleton of a query token: as many letters, give or
// take one that melts into its neighbour, and the same first one.
func (q *query) mayJoin(a, b *sound) bool {
	if a.short || b.short { // joined it is read by its letters, not for the name it is short for
		return true
	}
	for c := range q.units[:q.m] {
		s := &q.units[c].sound
		if d := int(s.k) - int(a.k) - int(b.k); d < -1 || d > 1 {
			continue
		}
		if a.k == 0 || s.k > 0 && s.skel[0] == a.skel[0] {
			return true
		}
	}
	return false
}

// fillJoins enters what a candidate's neighbours make when joined, and the whole name; false if nothing fits.
func (g *grid) fillJoins(q *query, sounds []*sound, scratch *sound) (fits bool) {
	for r := 0; r+1 < len(sounds); r++ {
		fits = q.joinCosts(&g.join[r], scratch, sounds[r], sounds[r+1]) || fits
	}
	return g.fillWhole(q, sounds, scratch) || fits
}

// fillWhole weighs the whole name without blanks. It is worth no more than the rarer side is.
func (g *grid) fillWhole(q *query, sounds []*sound, scratch *sound) bool {
	switch n := len(sounds); {
	case q.m == 0, q.m == 1 && n < 3, n == 1 && q.m < 3: // joins of two are seen to token by token
		return false
	case n == 2 && (len(sounds[0].latin) < 2 || len(sounds[1].latin) < 2), q.m == 2 && (q.units[0].initial || q.units[1].initial):
		return false
	}
	bones, born, short := 0, 0, false
	for i, s := range sounds {
		bones += int(s.k)
		short = short || s.short
		if i > 0 && isVowel(s.latin[0]) && isVowel(sounds[i-1].latin[len(sounds[i-1].latin)-1]) {
			born++
		}
	}
	if d := bones - int(q.whole.sound.k); q.whole.sound.k < joinMin || !short && (d < -born && q.whole.sound.n < maxCodes-2 || d > len(sounds)-1 && bones < maxCodes-2) {
		return false // where words are joined letters melt into neighbours, at most one at each blank, and two vowels can be a v
	}
	if !sameStart(q.whole.sound.skeleton(), sounds[0].latin) {
		return false
	}
	var buf [maxTokens * maxLatin]byte
	b := buf[:0]
	for _, s := range sounds {
		b = append(b, s.latin...)
	}
	scratch.read(b, q.x.costs)
	cost := q.sameBones(&q.whole.sound, scratch)
	if cost >= far {
		return false
	}
	gain := 0
	for _, r := range g.rare[:g.n] {
		gain += r
	}
	g.wholeC = cost + q.p[wholeCost]
	g.whole = min(q.whole.gain, gain) - g.wholeC
	return true
}

// sameStart is a quick look whether a skeleton can begin a name: its first letter is the class of the name's first
// consonant, unless that one is dropped or made of two letters.
func sameStart(skel []byte, latin string) bool {
	switch b := boneOf[latin[0]]; latin[0] {
	case 'c', 'x', 'w', 'q', 'p', 'd', 'j':
		return true
	default:
		return b == 0 || b == skel[0]
	}
}

// sameBones is the cost of two sounds whose skeletons are equal, far otherwise.
func (q *query) sameBones(a, b *sound) int {
	if a.k != b.k || !bytesEqual(a.skeleton(), b.skeleton()) {
		return far
	}
	return q.ruler.cost(a, b)
}

// likeness is how alike the spellings are, 0..1: the best alignment's likeness, each token counting by its rarity. It
// is the same both ways: pairs are near both ways, and joined tokens count only with equal skeletons.
func (g *grid) likeness(q *query, sounds []*sound) float64 {
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
	if g.wholeC < far {
		top = max(top, likeness(g.wholeC))
	}
	return min(top, 1)
}

func (g *grid) extendLike(q *query, r, mask int, s *sound) {
	v := g.like[r][mask]
	g.offerLike(r+1, mask, v)
	for c := 0; c < q.n; c++ {
		if g.cost[r][c] >= far {
			continue
		}
		u := &q.units[c]
		bit, rare := 1<<u.first, g.rare[r]+q.rare[u.first]
		if c >= q.m {
			if !bytesEqual(u.sound.skeleton(), s.skeleton()) {
				continue
			}
			bit, rare = bit|bit<<1, rare+q.rare[u.first+1]
		}
		if mask&bit == 0 {
			g.offerLike(r+1, mask|bit, v+rare*likeOf(int(g.cost[r][c])))
		}
	}
	for c := 0; c < q.m && r+1 < g.n; c++ {
		if g.join[r][c] < far && mask&(1<<c) == 0 {
			rare := g.rare[r] + g.rare[r+1] + q.rare[c]
			g.offerLike(r+2, mask|1<<c, v+rare*likeOf(int(g.join[r][c])))
		}
	}
}

func (g *grid) offerLike(r, mask, v int) { g.like[r][mask] = max(g.like[r][mask], v) }

// likeUnit is 1 in the whole numbers of likeOf.
const likeUnit = 1 << 16

func likeOf(cost int) int { return int(likeness(cost)*likeUnit + .5) }
