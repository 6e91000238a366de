package names

import "anvesh/query/name"

// score is the weight of a name: by a glance where no two tokens want the same and none that are joined fit where one is
// missed, by the grid otherwise. A name that agrees
// in nothing but initials for names has none.
func (z *search) score(toks []uint32, joinable bool) int {
	q := &z.q
	used, sum, out, doubt, solid := 0, 0, 0, false, false
	var form shape
	for _, t := range toks {
		at := z.slot[t]
		if at == 0 {
			sum -= q.drops[q.f.ranks[t]]
			out++
			form.out++
			continue
		}
		k := &z.entries[at]
		if k.row >= 0 || int(k.column) >= q.m || used&(1<<k.column) != 0 {
			return z.scoreGrid(toks, joinable)
		}
		weight := int(k.weight)
		if k.shared {
			weight -= q.commons[q.f.ranks[t]]
		}
		if drop := q.drops[q.f.ranks[t]]; weight <= -q.missing(int(k.column))-drop-q.p[name.Contradiction] {
			sum -= drop
			out++
			form.out++
			continue
		}
		used |= 1 << k.column
		doubt = doubt || k.cost > goodCost
		form.match(int(k.column), q.units[k.column].initial != (q.f.ranks[t] == 0))
		solid = solid || q.units[k.column].initial == (q.f.ranks[t] == 0)
		sum += weight
	}
	left := q.left(used)
	if joinable && (left > 0 || doubt) && z.joins(toks) {
		return z.scoreGrid(toks, true)
	}
	if !solid {
		return noWeight
	}
	sum -= q.p[name.DropAsked]*left + q.p[name.Contradiction]*min(left, out) + form.price(q.p)
	if left > 0 && out > 0 {
		return q.doubt(sum)
	}
	return sum
}

// scoreGrid scores a name by the grid; joins are looked at only where a query token is left over.
func (z *search) scoreGrid(toks []uint32, joinable bool) int {
	g, q := &z.grid, &z.q
	z.fill(toks)
	w := g.align(q)
	if joinable && !g.needsNoJoins(q) && z.fillJoins(toks) {
		w = g.align(q)
		if g.whole > w {
			return g.whole
		}
	}
	for _, c := range g.path[:g.used] {
		if c.column <= -2 || c.column >= 0 && q.units[c.column].initial == (q.f.ranks[toks[c.row]] == 0) {
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
		rank := q.f.ranks[t]
		g.rare[r], g.drop[r], g.initial[r] = q.rares[rank], q.drops[rank], rank == 0
		z.fillRow(r, t)
	}
}

// fillRow enters what a token is to the query.
func (z *search) fillRow(r int, t uint32) {
	g, q := &z.grid, &z.q
	at := z.slot[t]
	if at == 0 {
		return
	}
	k := &z.entries[at]
	common := 0
	if k.shared {
		common = q.commons[q.f.ranks[t]]
	}
	if k.row < 0 {
		g.set(r, int(k.column), int(k.cost), int(k.weight)-common)
		return
	}
	for c, cost := range z.rows[k.row].cost[:q.n] {
		if cost < name.Far {
			g.set(r, c, int(cost), int(z.rows[k.row].weight[c])-common)
		}
	}
}

// fillJoins enters what the name's neighbours make when joined, and the whole name joined; false if nothing fits. Pairs
// of neighbours come again and again, and are kept.
func (z *search) fillJoins(toks []uint32) (fits bool) {
	g := &z.grid
	for r := 0; r+1 < len(toks); r++ {
		k := z.joinOf(toks[r], toks[r+1])
		if k.fits {
			g.join[r], fits = k.cost, true
		}
	}
	return z.fillWhole(toks) || fits
}

func (z *search) fillWhole(toks []uint32) bool {
	z.sounds = z.sounds[:0]
	for _, t := range toks {
		z.sounds = append(z.sounds, &z.q.v.sounds[t])
	}
	return z.grid.fillWhole(&z.q, z.sounds, &z.joint)
}

// joins tells whether fillJoins would find something that fits.
func (z *search) joins(toks []uint32) bool {
	for r := 0; r+1 < len(toks); r++ {
		if z.joinOf(toks[r], toks[r+1]).fits {
			return true
		}
	}
	z.grid.clear(len(toks), 0)
	return z.fillWhole(toks)
}

// Neighbours are what two neighbours make when joined, for each query token.
type neighbours struct {
	a, b  uint32
	stamp uint32
	fits  bool
	cost  [maxQuery]uint16
}

const cachedJoins = 256

func (z *search) joinOf(a, b uint32) *neighbours {
	k := &z.joinCache[(a*31^b*0x9E3779B1)>>8%cachedJoins]
	if k.stamp == z.stamp && k.a == a && k.b == b {
		return k
	}
	k.a, k.b, k.stamp = a, b, z.stamp
	k.fits = z.q.joinCosts(&k.cost, &z.joint, &z.q.v.sounds[a], &z.q.v.sounds[b])
	return k
}
