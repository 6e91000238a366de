package query

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/register"
)

// personCandidates are the records that a search looks at, and the best of them so far.
type personCandidates struct {
	personScorer
	a       *Answer
	order   []int     // in which sources are read
	swapped [2]source // of the relative among names and the name among relatives, if they were looked for
	seen    *visited
	hits    top[register.PersonAt]
	fetched uint32 // keeps what is read ahead from being dropped
	*personScratch
	looked int
	passed int // records that cannot be among the best, whatever their other names are
	tried  int
}

// A personScratch is memory that a search needs and the next one uses again.
type personScratch struct {
	list   []register.PersonAt // who bears the name that is read
	met    []met               // of these
	trying []register.PersonAt // who bears the name that is tried
}

var personScratches = sync.Pool{New: func() any { return new(personScratch) }}

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
		n += v.Bearers(c.of, m.Ord)
	}
	return n
}

// ended tells whether every held name that weighs anything was read.
func (c *source) ended() bool { return c.asked == nil || c.searched && c.next == len(c.near) && !c.cut }

// ask resolves each asked name. The rarest comes first: the names near it have the fewest bearers.
func (s *personCandidates) ask() {
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
func (s *personCandidates) near(c *source, others float64) {
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
func (s *personCandidates) readSources() {
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
func (s *personCandidates) readShared(facts float64) {
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
			if i == 0 {
				continue
			}
			list := s.bearing(c.of, m.Ord)
			shared := list[:0]
			for _, p := range list {
				if near.has(p) && s.looked+len(shared) < lookLimit && s.seen.mark(p) {
					shared = append(shared, p)
				}
			}
			s.lookAll(shared, at, float64(m.Weight))
		}
		if i+1 == len(order) {
			break
		}
		// after the look, since who bears two names near to one source is not shared
		for _, m := range c.near {
			for _, p := range s.bearing(c.of, m.Ord) {
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
		n := v.Bearers(c.of, m.Ord)
		if bearers+n > mostFollowed && i > 0 {
			c.near, c.cut = c.near[:i], true
			break
		}
		bearers += n
	}
	return bearers
}

// bearing are the persons that bear a name, good until the next call.
func (s *personCandidates) bearing(of register.NameKind, at register.NameAt) []register.PersonAt {
	s.list = s.v.AppendBearing(s.list[:0], of, at)
	return s.list
}

// close gives back what the search held.
func (s *personCandidates) close() {
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
func (s *personCandidates) readName(at int) {
	c := &s.sources[at]
	m := c.near[c.next]
	c.next++
	list := s.bearing(c.of, m.Ord)
	fresh := list[:0]
	for _, p := range list[:min(len(list), lookLimit-s.looked)] {
		if s.seen.mark(p) {
			fresh = append(fresh, p)
		}
	}
	s.lookAll(fresh, at, float64(m.Weight))
}

// batch is how many records are read ahead of being weighed.
const batch = 64

// lookAll filters and weighs the bearers of a name of weight w of a source: first by what is no name, which is at hand, and
// then those for whom it speaks most. So the bar is high when the others come, and it does not matter in which order they
// are held: those for whom the same speaks are weighed against the bar that was there before them.
func (s *personCandidates) lookAll(list []register.PersonAt, at int, w float64) {
	s.met = s.met[:0]
	for ; len(list) > 0; list = list[min(len(list), batch):] {
		part := list[:min(len(list), batch)]
		for _, p := range part { // all of them at once, so that the processor does not wait for one after the other
			s.fetched += s.v.PersonFacts(p).Station
		}
		for _, p := range part {
			if m, ok := s.sift(p); ok {
				s.met = append(s.met, m)
			}
		}
	}
	slices.SortFunc(s.met, func(a, b met) int { return cmp.Compare(b.facts, a.facts) })
	for left := s.met; len(left) > 0; {
		if s.hits.shuts(left[0].facts + w + s.unread(at)) {
			s.passed += len(left)
			return
		}
		n := 1
		for n < len(left) && left[n].facts == left[0].facts {
			n++
		}
		s.weighAll(left[:n], at, w)
		left = left[n:]
	}
}

// weighAll weighs records, and keeps those that are among the best.
func (s *personCandidates) weighAll(list []met, at int, w float64) {
	for ; len(list) > 0; list = list[min(len(list), batch):] {
		part := list[:min(len(list), batch)]
		if len(s.order) > 1 {
			s.fetch(part, at)
		}
		for _, m := range part {
			s.weighOne(m, at, w)
		}
	}
}

// fetch reads ahead what weigh reads of the names by which records were not met.
func (s *personCandidates) fetch(left []met, through int) {
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

// prepare numbers the words that were asked.
func (s *personCandidates) prepare() {
	s.personScratch = personScratches.Get().(*personScratch)
	s.persons = s.v.Persons()
	s.hits.records = s.persons
	for _, w := range s.places {
		if n, ok := s.v.Word(w); ok {
			s.placeNums = append(s.placeNums, n)
		}
	}
	if len(s.f.sections) > 0 {
		s.sections = map[uint32]bool{}
		for _, x := range s.f.sections {
			if n, ok := s.v.Word(x); ok {
				s.sections[n] = true
			}
		}
	}
}

// borne tells whether anybody who passes the filters bears a name, so that names of others take no place in the search.
func (s *personCandidates) borne(of register.NameKind, ordinal register.NameAt) bool {
	s.trying = s.v.AppendBearing(s.trying[:0], of, ordinal)
	for _, at := range s.trying {
		if s.tried++; s.tried > tryLimit {
			s.a.Complete = false
			return false
		}
		if s.passes(at) {
			return true
		}
	}
	return false
}

// look filters and weighs one record, met through a name of weight w of a source, or through none (-1).
func (s *personCandidates) look(at register.PersonAt, through int, w float64) {
	m, ok := s.sift(at)
	switch {
	case !ok:
	case s.hits.shuts(m.facts + w + s.unread(through)):
		s.passed++
	default:
		s.weighOne(m, through, w)
	}
}

// sift filters a record, and weighs what is no name; ok is false for one that cannot be a hit.
func (s *personCandidates) sift(at register.PersonAt) (m met, ok bool) {
	s.looked++
	if !s.passes(at) {
		return m, false
	}
	m.at = at
	m.facts, m.against = s.weighFacts(at)
	return m, true
}

// weighOne weighs a record, and keeps it if it is among the best.
func (s *personCandidates) weighOne(m met, through int, w float64) {
	if h, found := s.score(m, through, w); found && s.hits.counts(&h) {
		s.fill(&h)
		s.hits.keep(h)
	}
}

// A clerk, or the reader of a form, puts the father's name where the person's belongs, and the other way round. A record
// is then found through its name by what was asked as the relative's, and through its relative by what was asked as the
// name. It is a lead, and says why: a father and a son of such names exist as well.

// swapCost is what it costs that two names changed places, in nats: one form in some hundred, guessed.
const swapCost = 5

// gradeSwapped is the grade of a name that stands where the other was asked.
const gradeSwapped = "swapped"

// askSwapped asks for records whose name and relative changed places, where nobody was found who is as likely as not.
func (s *personCandidates) askSwapped() bool {
	even := math.Log(float64(max(s.hits.records, name.LeastPersons)))
	if s.name == nil || s.relative == nil || s.hits.Len() > 0 && s.hits.best > even || s.hits.min != Lead {
		return false
	}
	s.swapped[0] = source{asked: s.relative, query: s.v.AskName(register.OwnNames, *s.relative)}
	s.swapped[1] = source{asked: s.name, of: register.Relatives, query: s.v.AskName(register.Relatives, *s.name)}
	return true
}

// readSwapped looks for these.
func (s *personCandidates) readSwapped() {
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
		for _, at := range s.bearing(s.swapped[first].of, m.Ord) {
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
func (s *personCandidates) weighSwapped(at register.PersonAt, through int, w float64) {
	c := &s.swapped[1-through]
	var other float64
	if c.of == register.Relatives {
		other = s.weighRelatives(c, at, s.v.PersonFacts(at))
	} else {
		_, other = c.best(s.v.NamesOf(c.of, at))
	}
	if other <= 0 {
		return
	}
	facts, _ := s.weighFacts(at)
	weight := s.lead(w + other + facts - swapCost)
	if weight <= 0 {
		return
	}
	h := s.hitOf(at, Lead, weight)
	s.fill(&h)
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

// visited are the persons that a search has met: a bit each, kept from search to search and cleared word by word:
// a search marks some thousands of ten millions, and to clear all (bits-and-blooms/bitset) takes it twice as long.
type visited struct {
	bits    []uint64
	touched []uint32 // words that are not 0
}

var visitedPool = sync.Pool{New: func() any { return new(visited) }}

// takeVisited gives a set with nobody in it.
func takeVisited() *visited { return visitedPool.Get().(*visited) }

// mark sets a person's bit and tells whether it was not set.
func (m *visited) mark(record register.PersonAt) bool {
	w, bit := uint32(record/64), uint64(1)<<(record%64)
	if int(w) >= len(m.bits) {
		m.bits = append(m.bits, make([]uint64, int(w)+1-len(m.bits)+len(m.bits)/4)...)
	}
	was := m.bits[w]
	if was&bit != 0 {
		return false
	}
	if was == 0 {
		m.touched = append(m.touched, w)
	}
	m.bits[w] = was | bit
	return true
}

// has tells whether a person's bit is set.
func (m *visited) has(record register.PersonAt) bool {
	return int(record/64) < len(m.bits) && m.bits[record/64]&(1<<(record%64)) != 0
}

// give clears the set and gives it back.
func (m *visited) give() {
	for _, w := range m.touched {
		m.bits[w] = 0
	}
	m.touched = m.touched[:0]
	visitedPool.Put(m)
}
