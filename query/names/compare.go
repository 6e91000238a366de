package names

import (
	"math"

	"anvesh/query/name"
)

// Alignment is how two names were laid side by side.
type Alignment struct {
	Weight   float64 // nats, as Match.Weight
	Likeness float64 // 0..1, as Match.Likeness
	Parts    []Part  // the query's tokens in order, then what only the other name has
}

// Part is one line of an alignment: a token or joined tokens of the query and what they were taken for.
type Part struct {
	Query    string // as written; empty where only the other name has something
	Found    string // as written; empty where nothing was found
	Grade    string // one of the Grade constants
	Rule     string // which letters were taken for which: "v/b, aa/a", "-ender/-endra"; empty if none
	Weight   float64
	Likeness float64

	// Letters lays the two spellings side by side in Latin letters where they differ, Devanagari as it was read.
	Letters [][2]string
}

// The grades of a Part.
const (
	GradeExact       = "exact"       // letter for letter
	GradeOrder       = "order"       // letter for letter, at another place of the name
	GradeScript      = "script"      // the same sounds in two scripts
	GradeSound       = "sound"       // sounds that clerks write for each other
	GradeSpelling    = "spelling"    // further spellings of one name
	GradePartial     = "partial"     // the same but for an affix: -ji, -bhai, Shri-
	GradeJoined      = "joined"      // with another blank
	GradeInitial     = "initial"     // an initial for a name
	GradeMissing     = "missing"     // only one of the names has it
	GradeContradicts = "contradicts" // both have something at this place, and it is not the same
)

// soundMost is the highest cost that is graded sound, alikeMost the highest that is graded spelling. Above it two tokens
// are laid side by side only because nothing else is near, and no one should take them for one: Rajesh and Rakesh.
const (
	soundMost = 180
	alikeMost = 420
)

// Compare lays c beside q as the scorer does, with the frequencies of the index: Search gives the same Weight to c, if it
// finds c at all. Neither name need be in the index.
func (x *Index) Compare(q, c name.Name) Alignment {
	z := x.Ask(q)
	defer z.Close()
	return z.Compare(c)
}

// Compare lays a name beside the one that the query was made of, at a fraction of Index.Compare's price, most of which is resolving
// that. It needs no more of the index than a lock for reading.
func (q Query) Compare(found name.Name) Alignment {
	z := q.z
	var sounds [name.MaxTokens]*name.Sound
	p := comparison{q: &z.q, g: &z.grid, z: z, query: z.q.asked, found: found, sounds: sounds[:0]}
	return p.alignment(&z.joint)
}

func (p *comparison) alignment(scratch *name.Sound) Alignment {
	p.fill()
	weight := p.align(scratch)
	parts := p.parts()
	p.g.fillJoins(p.q, p.sounds, scratch)
	return Alignment{float64(weight) / 100, p.g.likeness(p.q, p.sounds), parts}
}

// A comparison is a grid filled from two names, with what they have written.
type comparison struct {
	q            *query
	g            *grid
	z            *search // if not nil, what the tokens that are borne are to the query
	query, found name.Name
	sounds       []*name.Sound
	whole        bool // the names agree best without blanks
}

// fill enters each token of the found name, whether the index knows it or not.
func (p *comparison) fill() {
	q, g := p.q, p.g
	tokens := p.found.Tokens[:min(len(p.found.Tokens), name.MaxTokens)]
	g.clear(len(tokens), q.n)
	for r, t := range tokens {
		rank := q.f.rank(t.Latin)
		g.rare[r], g.drop[r], g.initial[r] = q.rares[rank], q.drops[rank], rank == 0
		id, known := q.v.number[t.Latin]
		if known && p.z != nil && q.f.bearersOf(id) > 0 {
			p.sounds = append(p.sounds, &q.v.sounds[id])
			p.z.fillRow(r, id)
			continue
		}
		s, keys := q.heard(t.Latin)
		p.sounds = append(p.sounds, s)
		for c := range q.units[:q.n] {
			u := &q.units[c]
			if w, cost := q.lettersMatch(u, t.Latin, rank); w != noWeight {
				g.set(r, c, cost, w)
			} else if cost := q.costTo(u, s, &keys); cost < name.Far {
				g.set(r, c, cost, u.weigh(cost))
			}
		}
	}
}

// align is the scorer's order of views: tokens; joined tokens where a query token is left over; the whole joined.
func (p *comparison) align(scratch *name.Sound) int {
	w := p.g.align(p.q)
	if p.g.needsNoJoins(p.q) || !p.g.fillJoins(p.q, p.sounds, scratch) {
		return w
	}
	w = p.g.align(p.q)
	if p.g.whole > w {
		p.whole = true
		return p.g.whole
	}
	return w
}

// parts reads the path of the grid: what the query's tokens were taken for, and what is left over on either side.
func (p *comparison) parts() []Part {
	if p.whole {
		l := name.LikenessOf(p.g.wholeC)
		return []Part{{name.WrittenOf(p.query.Tokens), name.WrittenOf(p.found.Tokens), GradeJoined, "", float64(p.g.whole) / 100, l, nil}}
	}
	var buf [maxQuery]Part
	byQuery := buf[:p.q.m]
	var rows [name.MaxTokens]int
	left := rows[:0] // rows left out
	last := -1
	first, end := p.g.n, -1 // rows matched
	for _, c := range p.g.path[:p.g.used] {
		if c.column != -1 {
			first, end = min(first, c.row), max(end, c.row)
		}
	}
	for i := p.g.used - 1; i >= 0; i-- {
		c := p.g.path[i]
		if c.column == -1 {
			left = append(left, c.row)
			if first < c.row && c.row < end {
				p.g.drop[c.row] += p.q.p[name.DropInside]
			}
			continue
		}
		at, part := p.part(c)
		if part.Grade == GradeExact && at < last {
			part.Grade = GradeOrder
		}
		last = max(last, at)
		byQuery[at] = part
	}
	out := p.leftOver(byQuery, left)
	p.g.doubt(p.q, out)
	shape := p.g.shape(p.q)
	if cost := shape.price(p.q.p) - p.q.p[name.DropInside]*shape.inside; cost > 0 {
		out = append(out, Part{name.WrittenOf(p.query.Tokens), name.WrittenOf(p.found.Tokens), GradeOrder, "", -float64(cost) / 100, 0, nil})
	}
	return out
}

// doubt takes what a contradiction leaves of the rest from the parts that contradict.
func (g *grid) doubt(q *query, parts []Part) {
	sum, at := 0.0, -1
	for i, p := range parts {
		sum += p.Weight
		if p.Grade == GradeContradicts {
			at = i
		}
	}
	shape := g.shape(q)
	sum -= float64(shape.price(q.p)-q.p[name.DropInside]*shape.inside) / 100
	if at >= 0 {
		whole := int(math.Round(100 * sum))
		parts[at].Weight -= float64(whole-q.doubt(whole)) / 100
	}
}

// heard gives the sound of a token, which the vocabulary mostly knows, and its keys.
func (q *query) heard(latin string) (*name.Sound, blockingKeys) {
	if id, ok := q.v.number[latin]; ok {
		s := &q.v.sounds[id]
		return s, keysOf(s)
	}
	s := q.v.costs.Hear(latin)
	return &s, keysOf(&s)
}

// part describes one matched pair and says at which query token it stands.
func (p *comparison) part(c choice) (at int, part Part) {
	q, g := p.q, p.g
	found := p.found.Tokens[c.row]
	if c.column <= -2 {
		at = -2 - c.column
		cost := int(g.join[c.row][at])
		return at, Part{q.written(p.query, at, 1), name.WrittenOf(p.found.Tokens[c.row : c.row+2]), GradeJoined, "",
			float64(q.units[at].gain-cost) / 100, name.LikenessOf(cost), nil}
	}
	u := &q.units[c.column]
	cost, weight := int(g.cost[c.row][c.column]), float64(g.weight[c.row][c.column])/100
	part = Part{"", found.Written, GradeJoined, "", weight, name.LikenessOf(cost), nil}
	if c.column >= q.m {
		part.Query = q.written(p.query, u.first, 2)
		return u.first, part
	}
	asked := p.query.Tokens[u.first]
	part.Query = asked.Written
	part.Grade, part.Rule, part.Letters = q.grade(asked, found, &u.sound, p.sounds[c.row], cost)
	return u.first, part
}

func (q *query) written(n name.Name, at, count int) string {
	return name.WrittenOf(n.Tokens[at : at+count])
}

// grade names a pair of tokens that were taken for each other at a cost.
func (q *query) grade(a, b name.Token, sa, sb *name.Sound, cost int) (grade, rule string, letters [][2]string) {
	script := a.Devanagari != b.Devanagari
	switch {
	case a.Latin == b.Latin && script:
		return GradeScript, "", nil
	case a.Latin == b.Latin:
		return GradeExact, "", nil
	case len(a.Latin) == 1 || len(b.Latin) == 1:
		return GradeInitial, "", nil
	}
	letters = name.Letters(a.Latin, b.Latin)
	rule = name.Difference(a.Latin, b.Latin, letters)
	r := &q.ruler
	switch {
	case cost > max(alikeMost, 60*min(len(sa.Codes()), len(sb.Codes()))): // long words bear more
		return GradeContradicts, rule, letters
	case r.Affix(sa, sb) < name.Far && cost > soundMost:
		return GradePartial, rule, letters
	case cost <= soundMost && script:
		return GradeScript, rule, letters
	case cost <= soundMost:
		return GradeSound, rule, letters
	}
	return GradeSpelling, rule, letters
}

// leftOver puts the tokens without a like in place: a pair of them contradicts, a single one is missing. The price of
// a contradiction is shared out over its parts, so that the parts add up to the weight.
func (p *comparison) leftOver(byQuery []Part, left []int) []Part {
	free := p.g.leftQuery(p.q)
	out := make([]Part, 0, len(byQuery)+len(left)+1)
	for at := range byQuery {
		if free&(1<<at) == 0 {
			if byQuery[at].Grade != "" {
				out = append(out, byQuery[at])
			}
			continue
		}
		if p.query.Tokens[at].Maybe {
			continue
		}
		part := Part{Query: p.query.Tokens[at].Written, Grade: GradeMissing, Weight: -float64(p.q.p[name.DropAsked]) / 100}
		if len(left) > 0 {
			row := left[0]
			left = left[1:]
			part.Found, part.Grade = p.found.Tokens[row].Written, GradeContradicts
			part.Weight -= float64(p.g.drop[row]+p.q.p[name.Contradiction]) / 100
		}
		out = append(out, part)
	}
	for _, row := range left {
		out = append(out, Part{Found: p.found.Tokens[row].Written, Grade: GradeMissing, Weight: -float64(p.g.drop[row]) / 100})
	}
	return out
}
