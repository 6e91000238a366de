package names

import "anvesh/query/name"

// A shape is in what order a record's words answer those asked. The surname may stand first or last: a rotation is no
// other order. It is told word by word as the record has them.
type shape struct {
	first, last int // words asked that the first and the last match answer
	matches     int
	falls       int  // matches that answer an earlier word than the match before
	out         int  // words left over since the last match
	inside      int  // words left over between two matches
	initial     bool // an initial stands for a name
}

func (s *shape) match(asked int, initial bool) {
	if s.matches == 0 {
		s.first = asked
	} else {
		s.inside += s.out
		if asked < s.last {
			s.falls++
		}
	}
	s.last, s.out = asked, 0
	s.matches++
	s.initial = s.initial || initial
}

// price is what the shape costs. Going around once, from the last match to the first, a rotation falls once.
func (s *shape) price(p *[name.NumPrices]int) int {
	falls := s.falls
	if s.first < s.last {
		falls++
	}
	cost := p[name.DropInside] * s.inside
	if falls > 1 {
		cost += s.disorder(p) * (falls - 1)
	}
	return cost
}

// disorder is the price of one fall too many.
func (s *shape) disorder(p *[name.NumPrices]int) int {
	if s.initial {
		return p[name.OtherOrder] + p[name.OtherOrderInitial]
	}
	return p[name.OtherOrder]
}

// shape reads the path of the grid.
func (g *grid) shape(q *query) (s shape) {
	for i := g.used - 1; i >= 0; i-- {
		switch c := g.path[i]; {
		case c.column == -1:
			s.out++
		case c.column <= -2:
			s.match(-2-c.column, false)
		default:
			u := &q.units[c.column]
			s.match(u.first, u.initial != g.initial[c.row])
		}
	}
	return s
}
