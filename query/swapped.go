package query

import (
	"math"
	"slices"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/register"
)

// A clerk, or the reader of a form, puts the father's name where the person's belongs, and the other way round. A record
// is then found through its name by what was asked as the relative's, and through its relative by what was asked as the
// name. It is a lead, and says why: a father and a son of such names exist as well.

// swapCost is what it costs that two names changed places, in nats: one form in some hundred, guessed.
const swapCost = 5

// gradeSwapped is the grade of a name that stands where the other was asked.
const gradeSwapped = "swapped"

// askSwapped asks for records whose name and relative changed places, where nobody was found who is as likely as not.
func (s *personSearch) askSwapped() bool {
	even := math.Log(float64(max(s.hits.records, name.LeastPersons)))
	if s.name == nil || s.relative == nil || s.hits.Len() > 0 && s.hits.best > even || s.hits.min != Lead {
		return false
	}
	s.swapped[0] = source{asked: s.relative, query: s.v.AskName(register.OwnNames, *s.relative)}
	s.swapped[1] = source{asked: s.name, of: register.Relatives, query: s.v.AskName(register.Relatives, *s.name)}
	return true
}

// readSwapped looks for these.
func (s *personSearch) readSwapped() {
	if !s.askSwapped() {
		return
	}
	first := 0
	for i := range s.swapped {
		c := &s.swapped[i]
		var complete bool
		c.near, complete = c.query.Search(nil, names.Search{Limit: aloneNames, Budget: nameBudget})
		s.a.Complete = s.a.Complete && complete
		s.a.Considered += c.query.Considered()
		if c.bound(s.v) < s.swapped[first].bound(s.v) {
			first = i
		}
	}
	looked := 0
	for _, m := range s.swapped[first].near {
		for _, at := range s.v.PersonsBearing(s.swapped[first].of, m.Ord) {
			if looked++; looked > lookLimit {
				s.a.Complete = false
				return
			}
			if s.passes(at) {
				s.weighSwapped(at, first, float64(m.Weight))
			}
		}
	}
}

// weighSwapped weighs a record that bears a name of weight w of one of the two sources by the other.
func (s *personSearch) weighSwapped(at register.PersonAt, through int, w float64) {
	c := &s.swapped[1-through]
	_, other := c.best(s.v.NamesOf(c.of, at))
	facts, _ := s.weighFacts(at)
	weight := s.lead(w + other + facts - swapCost)
	if other <= 0 || weight <= 0 {
		return
	}
	h := s.hitOf(at, Lead, weight)
	h.swapped = true
	if met := !s.seen.mark(at); s.hits.replace(h, met) && met {
		s.a.TotalIs = "at_least"
	}
}

// replace puts h among the best in the place of the same record at a lower weight. A record that was met and is not among
// the best may have been counted. It reports whether h is kept.
func (t *top[R]) replace(h hit[R], met bool) bool {
	i := slices.IndexFunc(t.Items(), func(k hit[R]) bool { return k.at == h.at })
	if i >= 0 && t.Items()[i].weight >= h.weight {
		return false
	}
	if i >= 0 {
		t.Remove(i)
	}
	if i >= 0 || met {
		t.total--
	}
	if t.counts(&h) {
		t.keep(h)
	}
	return true
}

// appendSwapped appends the evidence of weighSwapped; what the change of places costs is shared by both names.
func (s *personSearch) appendSwapped(es []evidence, at register.PersonAt, v *shownPerson) []evidence {
	for i, field := range [2]string{"relative", "name"} {
		c := &s.swapped[i]
		ordinal, w := c.best(s.v.NamesOf(c.of, at))
		k := c.compare(ordinal, v)
		es = append(es, evidence{field: field, query: c.asked.Written, found: k.found.Written, grade: gradeSwapped, weight: w - swapCost/2.0, likeness: k.Likeness})
	}
	slices.Reverse(es[len(es)-2:])
	return es
}
