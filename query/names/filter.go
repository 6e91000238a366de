package names

import "anvesh/query/name"

// A filter tells from a name's signature how much it can weigh at most, without looking at its tokens. For each unit but
// the one whose list is read, it has the signature bits of the tokens that bring more than half of what the unit can
// bring, and of all that bring anything. Tokens that were visited do not count: their names are scored.
type filter struct {
	weight        int // of the list's own token
	n             int
	must          [maxQuery]signature // bits without which the name is not good enough
	strong        [maxQuery]signature
	weak          [maxQuery]signature
	most          [maxQuery]int
	half          [maxQuery]int
	musts         int
	asked         [maxQuery]int // prices of words asked that are left over, 0 of one that may be no part of the name
	found, contra int           // least prices
}

// filterBlock is after how many names the filter is made anew, since the floor may have risen.
const filterBlock = 1024

// visitList scores those names of a posting list that the filter lets through.
func (z *search) visitList(l list) (within bool) {
	for _, posts := range z.x.postingsOf(l.id) {
		for from := 0; from < len(posts.ords); from += filterBlock {
			if !z.setFilter(l) {
				return true
			}
			to := min(from+filterBlock, len(posts.ords))
			ords := posts.ords[from:to]
			for _, i := range z.pass(posts.signs[from:to], ords) {
				if !z.visit(ords[i], false) {
					return false
				}
			}
		}
	}
	return true
}

// pass gives the places of a part of a list that the filter lets through. Memory is slower than anything done here: so
// the tokens of what is left are touched before they are needed, that many reads are under way at once.
func (z *search) pass(signs []signature, ords []uint32) []uint32 {
	s, floor := &z.filter, z.floor()
	n := 0
	if s.musts == 0 {
		for ; n < len(signs); n++ {
			z.passed[n] = uint32(n)
		}
	} else {
		m := s.must[0]
		for i, p := range signs {
			z.passed[n] = uint32(i)
			n += p.any(m)
		}
		for _, m := range s.must[1:s.musts] {
			left := z.passed[:n]
			n = 0
			for _, i := range left {
				z.passed[n] = i
				n += signs[i].any(m)
			}
		}
	}
	kept := 0
	touched := uint32(0)
	for _, i := range z.passed[:n] {
		if s.bound(signs[i]) > floor {
			z.passed[kept] = i
			kept++
			touched ^= z.x.Fetch(ords[i])
		}
	}
	z.touched = touched
	return z.passed[:kept]
}

// bound is the most that a name with this signature can weigh.
func (s *filter) bound(p signature) int {
	w, left, missed := s.weight, 0, 0
	for j := 0; j < s.n; j++ {
		switch {
		case p&s.strong[j] != 0:
			w += s.most[j]
		case p&s.weak[j] != 0:
			w += s.half[j]
		default:
			w -= s.asked[j]
			if s.asked[j] > 0 {
				left++
			}
			missed++
		}
	}
	out := max(p.tokens()-1-(s.n-missed), 0)
	return w - s.found*out - s.contra*min(left, out)
}

// setFilter makes the filter for a list. It is false if no name of the list can be good enough.
func (z *search) setFilter(l list) bool {
	q, s := &z.q, &z.filter
	own, pair := 1<<q.units[l.column].first, l.column >= q.m
	if pair {
		own |= own << 1
	}
	floor, most := z.floor(), 0
	for j, w := range z.rest[:q.m] {
		if own&(1<<j) == 0 {
			most += w
		}
	}
	if most += l.weight; most <= floor {
		return false
	}
	s.n, s.musts, s.weight = 0, 0, l.weight
	s.found, s.contra = q.leastDrop, q.p[name.Contradiction]
	for j := range q.units[:q.m] {
		if own&(1<<j) != 0 {
			continue
		}
		s.most[s.n] = z.rest[j]
		s.asked[s.n] = q.missing(j)
		s.half[s.n] = max(z.rest[j]/2, -q.missing(j))
		s.strong[s.n] = z.maskOf(j, s.half[s.n], pair)
		s.weak[s.n] = z.maskOf(j, noWeight, pair)
		s.n++
		if need := floor - (most - z.rest[j]); need >= -q.missing(j) {
			s.must[s.musts] = z.maskOf(j, need, pair)
			s.musts++
		}
	}
	return true
}

// maskOf gives the bits of the tokens, not yet visited, that bring more than need to unit j; also those of the tokens
// that the unit and a neighbour are written as together, while such lists are read.
func (z *search) maskOf(j, need int, pairs bool) (mask signature) {
	if pairs {
		for c := range z.q.units[z.q.m:z.q.n] {
			p := &z.q.units[z.q.m+c]
			if p.first != j && p.first+1 != j {
				continue
			}
			for _, t := range p.near {
				mask |= skeletonBit(&z.q.v.sounds[t.id])
			}
		}
	}
	u := &z.q.units[j]
	for _, t := range u.near[min(z.done[j], len(u.near)):] {
		if u.weigh(int(t.cost)) <= need {
			break
		}
		mask |= skeletonBit(&z.q.v.sounds[t.id])
	}
	if u.letter == noWeight || len(u.sound.Latin) == 0 {
		return mask
	}
	class := name.LetterClass(u.sound.Latin[0])
	if u.letter > need { // a little more than an initial for an initial brings
		mask |= initialBit(class)
	}
	if u.initial && u.letter-z.q.p[name.InitialCost] > need {
		mask |= letterBit(class)
	}
	return mask
}
