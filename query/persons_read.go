package query

import (
	"cmp"
	"slices"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/register"
)

// The sources of a search for a person, and the order in which their bearers are looked at.

// A source is one asked name with the held names that are near it.
type source struct {
	asked    *name.Name
	of       register.NameKind
	query    register.AskedName
	near     []names.Match // best first
	next     int           // of near, to be read
	shared   int           // of near: who bears one of these and a name near to another source was met
	cut      bool          // there are more names, not heavier than the last
	searched bool
	compared []compared
}

// Places in personSearch.sources.
const (
	byName = iota
	byAlias
	byRelative
)

// rest is the most that a record can weigh by this source whose names were not read yet.
func (c *source) rest() float64 {
	switch {
	case !c.searched:
		return c.query.Most()
	case max(c.next, c.shared) < len(c.near):
		return float64(c.near[max(c.next, c.shared)].Weight)
	case c.cut && len(c.near) > 0:
		return float64(c.near[len(c.near)-1].Weight)
	}
	return 0
}

// bearers is how many records the near names have, some of them twice.
func (c *source) bearers(v register.View) (n int) {
	for _, m := range c.near {
		n += len(v.PersonsBearing(c.of, m.Ord))
	}
	return n
}

// ended tells whether every held name that weighs anything was read.
func (c *source) ended() bool { return c.asked == nil || c.searched && c.next == len(c.near) && !c.cut }

// ask resolves each asked name. The rarest comes first: the names near it have the fewest bearers.
func (s *personSearch) ask() {
	for i, c := range []struct {
		asked *name.Name
		of    register.NameKind
	}{{s.name, register.OwnNames}, {s.alias, register.OwnNames}, {s.relative, register.Relatives}} {
		if c.asked != nil {
			s.sources[i] = source{asked: c.asked, of: c.of, query: s.v.AskName(c.of, *c.asked)}
			s.order = append(s.order, i)
		}
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(s.sources[b].query.Most(), s.sources[a].query.Most()) })
}

// near fills a source; others is the most that everything else can weigh for a record that was not met.
func (s *personSearch) near(c *source, others float64) {
	search := names.Search{Limit: MostNames, Budget: nameBudget, Least: s.hits.bar() - others}
	if others == 0 {
		search.Limit = max(aloneNames, s.f.limit)
		search.Gap, search.Enough = hopeless, s.hits.enough()
		if !s.f.selective() {
			search.Records = 4 * s.f.limit // a person may bear some of these names, and counts once
		}
	}
	if s.f.min != Lead {
		search.Least = max(search.Least, name.ProbableWeight(s.hits.records)-others)
	}
	if s.f.selective() {
		search.Accept = func(o uint32) bool { return s.borne(c.of, o) }
	}
	var complete bool
	c.near, complete = c.query.Search(nil, search)
	c.searched = true
	c.cut = len(c.near) == search.Limit || search.Records > 0 && c.bearers(s.v) >= search.Records || search.Least > 0
	if search.Gap > 0 && len(c.near) > 0 && float64(c.near[0].Weight) > search.Gap {
		c.cut = true // lighter names than the gap leaves were not looked for, or found or not by what came first
	}
	s.a.Complete = s.a.Complete && complete
	s.a.Considered += c.query.Considered()
}

// readSources looks at the bearers of near names, one source after the other, until no record that was not met can be
// among the hits. What the first has found bounds what the next is searched for.
func (s *personSearch) readSources() {
	s.seen = takeVisited()
	facts := s.mostOfFacts()
	s.readShared(facts)
	named := s.name != nil || s.alias != nil
	for _, at := range s.order {
		if named && s.sources[byName].ended() && s.sources[byAlias].ended() {
			return // a record with nothing of the name is not found
		}
		c := &s.sources[at]
		others := facts + s.unread(at)
		if !c.searched {
			s.near(c, others)
		}
		for c.next < len(c.near) && !s.hits.shuts(float64(c.near[c.next].Weight)+others) {
			if s.looked >= lookLimit {
				s.a.Complete = false
				return
			}
			s.readName(at)
		}
		if c.next < len(c.near) || c.cut {
			s.a.TotalIs = "at_least"
		}
	}
}

// Bounds of readShared: a first source of so few bearers is read as it is, and no source is followed further than most.
const (
	fewBearers   = 300
	mostFollowed = 200_000
)

// readShared looks at who bears a name near to each of two sources, before all who bear one of either. These are mostly
// the best hits, and afterwards a record that was not met has nothing near to the other source: of the thousands who
// bear a common name most are passed by without a look.
func (s *personSearch) readShared(facts float64) {
	if len(s.order) < 2 {
		return
	}
	var bearers [len(s.sources)]int
	for i, at := range s.order {
		c := &s.sources[at]
		s.near(c, facts+s.unread(at))
		if bearers[at] = c.bound(s.v); i == 0 && bearers[at] < fewBearers {
			return
		}
	}
	order := slices.Clone(s.order)
	slices.SortStableFunc(order, func(a, b int) int { return bearers[a] - bearers[b] })
	near := takeVisited()
	defer near.give()
	for i, at := range order {
		c := &s.sources[at]
		for _, m := range c.near {
			for _, p := range s.v.PersonsBearing(c.of, m.Ord) {
				if i > 0 && near.has(p) && s.looked < lookLimit && s.seen.mark(p) {
					s.look(p, at, float64(m.Weight))
				}
			}
		}
		if i+1 == len(order) {
			break
		}
		// after the look, since who bears two names near to one source is not shared
		for _, m := range c.near {
			for _, p := range s.v.PersonsBearing(c.of, m.Ord) {
				near.mark(p)
			}
		}
	}
	for _, at := range order {
		s.sources[at].shared = len(s.sources[at].near)
	}
}

// bound keeps the heaviest names that have not more bearers than are followed, and counts these.
func (c *source) bound(v register.View) (bearers int) {
	for i, m := range c.near {
		n := len(v.PersonsBearing(c.of, m.Ord))
		if bearers+n > mostFollowed && i > 0 {
			c.near, c.cut = c.near[:i], true
			break
		}
		bearers += n
	}
	return bearers
}

// close gives back what the search held.
func (s *personSearch) close() {
	for i := range s.sources {
		if s.sources[i].asked != nil {
			s.sources[i].query.Close()
		}
	}
	if s.seen != nil {
		s.seen.give()
		s.seen = nil
	}
	for i := range s.swapped {
		if s.swapped[i].asked != nil {
			s.swapped[i].query.Close()
		}
	}
}

// readName looks at the bearers of the next name of a source.
func (s *personSearch) readName(at int) {
	c := &s.sources[at]
	m := c.near[c.next]
	c.next++
	for list := s.v.PersonsBearing(c.of, m.Ord); len(list) > 0 && s.looked < lookLimit; {
		n := min(len(list), batch)
		s.readPart(list[:n], at, float64(m.Weight))
		list = list[n:]
	}
}

// batch is how many records are read ahead of being weighed.
const batch = 64

// readPart looks at records of one list. What is read of them lies all over the memory: each step goes over all of them,
// so that the processor fetches many lines at once and does not wait for one after the other.
func (s *personSearch) readPart(part []register.PersonAt, at int, w float64) {
	var fresh [batch]register.PersonAt
	n := 0
	for _, p := range part {
		if s.seen.mark(p) {
			fresh[n] = p
			n++
		}
	}
	for _, p := range fresh[:n] {
		s.fetched += s.v.PersonFacts(p).Station
	}
	var room [batch]met
	left := room[:0]
	for _, p := range fresh[:n] {
		if m, ok := s.sift(p, at, w); ok {
			left = append(left, m)
		}
	}
	if len(s.order) > 1 {
		s.fetch(left, at)
	}
	for _, m := range left {
		s.weighOne(m, at, w)
	}
}

// fetch reads ahead what weigh reads of the names by which records were not met.
func (s *personSearch) fetch(left []met, through int) {
	for _, m := range left {
		s.fetched += uint32(len(s.v.NamesOf(register.OwnNames, m.at)))
	}
	var names [4 * batch]uint32
	n := 0
	other := &s.sources[byRelative]
	if through == byRelative {
		other = &s.sources[byName]
		if other.asked == nil {
			other = &s.sources[byAlias]
		}
	}
	if other.asked == nil {
		return // name and alias: both are among own names
	}
	for _, m := range left {
		refs := s.v.NamesOf(other.of, m.at)
		for _, o := range refs[:min(len(refs), 4)] {
			names[n] = o
			n++
		}
	}
	for _, o := range names[:n] {
		s.fetched += other.query.Fetch(o)
	}
}
