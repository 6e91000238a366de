package name

// A sieve tells from a name's signature how much it can weigh at most, without looking at its tokens. For each unit but
// the one whose list is read, it has the signature bits of the tokens that bring more than half of what the unit can
// bring, and of all that bring anything. Tokens that were visited do not count: their names are scored.
type sieve struct {
	weight               int // of the list's own token
	n                    int
	must                 [maxQuery]posting // bits without which the name is not good enough
	strong               [maxQuery]posting
	weak                 [maxQuery]posting
	most                 [maxQuery]int
	half                 [maxQuery]int
	musts                int
	asked, found, contra int // least prices of words left over
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
			w -= s.asked
			left++
		}
	}
	out := max(p.tokens()-1-(s.n-left), 0)
	return w - s.found*out - s.contra*min(left, out)
}

// sift makes the sieve for a list. It is false if no name of the list can be good enough.
func (z *search) sift(l list) bool {
	q, s := &z.q, &z.sieve
	floor, most := z.floor(), z.bound()
	if most <= floor {
		return false
	}
	s.n, s.musts, s.weight = 0, 0, l.weight
	s.asked, s.found, s.contra = q.p[dropAsked], q.leastDrop, q.p[contra]
	for j := range q.units[:q.m] {
		if j == l.column {
			continue
		}
		s.most[s.n] = z.rest[j]
		s.half[s.n] = max(z.rest[j]/2, -q.p[dropAsked])
		s.strong[s.n] = z.maskOf(j, s.half[s.n])
		s.weak[s.n] = z.maskOf(j, noWeight)
		s.n++
		if need := floor - (most - z.rest[j]); need >= -q.p[dropAsked] {
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
	if u.initial && u.letter-z.q.p[initialCost] > need {
		mask |= letterBit(class)
	}
	return mask
}
