package query

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"anvesh/query/name"
	"anvesh/storage"
)

// Bounds of one search for a person. Names beyond them are namesakes that fit worse.
const (
	MostNames  = 300     // distinct names, best first, whose bearers are looked at where other fields are scored too
	aloneNames = 100     // where nothing else is
	nameBudget = 200_000 // distinct names weighed
	lookLimit  = 20_000  // records weighed
	tryLimit   = 200_000 // records tried by filters, before a name is taken up
	vagueLimit = 3_000   // records that a search without a name looks at: a kilobyte is allocated for each
)

// SearchPersons answers one search for a person.
//
// Each name that is asked (the name, an alias, the relative's) is a source: the held names near it, the heaviest first.
// Sources are read one after the other, the rarest name first; each record that bears a name is weighed once by all that
// was asked, and a source is read until no record that was not met yet can be better than the hits so far, or more than
// a millionth as likely as the best of them. So a rare father's name finds a person whose own name is common, and the
// other way round, without a look at all bearers of either.
func (e *Engine) SearchPersons(ctx context.Context, r *PersonRequest) (*Answer, error) {
	start := time.Now()
	f, err := e.readPerson(r)
	if err != nil {
		return nil, err
	}
	a, err := e.begin(ctx, &r.Common)
	if err != nil {
		return nil, err
	}
	s := personSearch{e: e, r: r, f: f, a: a, hits: top{limit: f.limit, min: f.min}}
	if err := s.read(); err != nil {
		return nil, err
	}
	if !f.nobody {
		if err := s.run(ctx); err != nil {
			return nil, err
		}
	}
	a.TookUS = time.Since(start).Microseconds()
	return a, nil
}

// A personSearch is one search on its way from request to hits.
type personSearch struct {
	e *Engine
	r *PersonRequest
	f filter
	a *Answer

	name, alias, relative *name.Name
	from, to              int // birth years
	born                  bool
	places                []string // words, by sound

	sources   [3]source // of name, alias and relative, those that are asked
	order     []int     // in which these are read
	seen      *marks
	placeNums []uint32
	sections  map[uint32]bool
	hits      top
	namesakes map[uint32]int // ordinal of a shown name -> records that bear it
	surplus   *float64       // of the register's names, once it was needed
	text      arena
	fetched   uint32 // keeps what is read ahead from being dropped
	looked    int
	passed    int // records that cannot be among the best, whatever their other names are
	tried     int
}

// A source is one asked name with the held names that are near it.
type source struct {
	asked    *name.Name
	relative bool
	names    *name.Index
	query    name.Query
	by       *lists
	near     []name.Match // best first
	next     int          // of near, to be read
	shared   int          // of near: who bears one of these and a name near to another source was met
	cut      bool         // there are more names, not heavier than the last
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
func (c *source) bearers() (n int) {
	var one [1]uint32
	for _, m := range c.near {
		n += len(c.by.of(m.Ord, &one))
	}
	return n
}

// ended tells whether every held name that weighs anything was read.
func (c *source) ended() bool { return c.asked == nil || c.searched && c.next == len(c.near) && !c.cut }

// read takes the request's texts apart. A relative or an alias written into the name is used as such.
func (s *personSearch) read() error {
	first := func(field, text string) (*name.Reading, error) {
		if text == "" {
			return nil, nil
		}
		reading, ok := firstName(text)
		if !ok && (field != "name" || reading.Relative == nil) {
			return nil, &FieldError{field, "holds no name that can be read, in Latin or Devanagari letters"}
		}
		return &reading, nil
	}
	n, err := first("name", s.r.Name)
	if err != nil {
		return err
	}
	alias, err := first("alias", s.r.Alias)
	if err != nil {
		return err
	}
	relative, err := first("relative", s.r.Relative)
	if err != nil {
		return err
	}
	if n != nil {
		s.relative = n.Relative
		if len(n.Names) > 0 {
			s.name = &n.Names[0]
		}
		if len(n.Names) > 1 {
			s.alias = &n.Names[1]
		}
	}
	if alias != nil {
		s.alias = &alias.Names[0]
	}
	if relative != nil {
		s.relative = &relative.Names[0]
	}
	s.from, s.to, s.born = s.e.birthWindow(s.r)
	s.places = appendPlaceWords(nil, s.r.Place)
	if s.r.Place != "" && len(s.places) == 0 {
		return &FieldError{"place", "names no place: give a village, town or district"}
	}
	return nil
}

func (s *personSearch) run(ctx context.Context) error {
	g := s.e.reg
	var vague []string
	nameless := s.name == nil && s.alias == nil && s.relative == nil
	if nameless {
		var err error
		if vague, err = s.vagueCandidates(ctx); err != nil {
			return err
		}
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	s.prepare(g)
	for _, id := range vague {
		if at, ok := g.find(id); ok {
			s.look(g, at, -1, 0)
		}
	}
	if !nameless {
		s.ask(g)
		defer s.close()
		s.readSources(g)
	}
	s.hits.finish(s.e.store, g)
	s.a.Total = s.hits.total
	if !s.a.Complete || s.passed > 0 {
		s.a.TotalIs = "at_least"
	}
	s.countNamesakes(g)
	s.show(g)
	s.group()
	s.remark()
	return nil
}

// vagueCandidates asks the shards for records by place, station and section, for a search that names nobody.
func (s *personSearch) vagueCandidates(ctx context.Context) ([]string, error) {
	q := storage.Selection{Limit: vagueLimit}
	for _, w := range s.places {
		q.Any = append(q.Any, "p"+w)
	}
	if s.f.stations != nil {
		var codes []string
		for code := range s.f.stations {
			codes = append(codes, "s"+code)
		}
		q.All = append(q.All, codes)
	}
	if len(s.f.sections) > 0 {
		q.All = append(q.All, s.f.sections)
	}
	cs, answered, complete, err := s.e.store.Candidates(ctx, q)
	if err != nil {
		return nil, err
	}
	s.a.Shards.Answered = answered
	s.a.Complete = s.a.Complete && complete && len(cs) < vagueLimit
	ids := make([]string, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	return ids, nil
}

// prepare numbers the words that were asked.
func (s *personSearch) prepare(g *Register) {
	s.hits.records = g.live
	for _, w := range s.places {
		if n, ok := g.words.num[w]; ok {
			s.placeNums = append(s.placeNums, n)
		}
	}
	if len(s.f.sections) > 0 {
		s.sections = map[uint32]bool{}
		for _, x := range s.f.sections {
			if n, ok := g.words.num[x]; ok {
				s.sections[n] = true
			}
		}
	}
}

// ask resolves each asked name. The rarest comes first: the names near it have the fewest bearers.
func (s *personSearch) ask(g *Register) {
	for i, c := range []struct {
		asked *name.Name
		names *name.Index
		by    *lists
	}{{s.name, g.names, &g.byName}, {s.alias, g.names, &g.byName}, {s.relative, g.relatives, &g.byRelative}} {
		if c.asked != nil {
			s.sources[i] = source{asked: c.asked, relative: i == byRelative, names: c.names, by: c.by, query: c.names.Ask(*c.asked)}
			s.order = append(s.order, i)
		}
	}
	slices.SortStableFunc(s.order, func(a, b int) int { return cmp.Compare(s.sources[b].query.Most(), s.sources[a].query.Most()) })
}

// near fills a source; others is the most that everything else can weigh for a record that was not met.
func (s *personSearch) near(g *Register, c *source, others float64) {
	search := name.Search{Limit: MostNames, Budget: nameBudget, Least: s.hits.bar() - others}
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
		search.Accept = func(o uint32) bool { return s.borne(g, c.by, o) }
	}
	var complete bool
	c.near, complete = c.query.Search(nil, search)
	c.searched = true
	c.cut = len(c.near) == search.Limit || search.Records > 0 && c.bearers() >= search.Records || search.Least > 0
	s.a.Complete = s.a.Complete && complete
	s.a.Considered += c.query.Considered()
}

// mostOfFacts is the most that fields other than names can weigh.
func (s *personSearch) mostOfFacts() float64 {
	most := 0.0
	if s.born {
		w, _ := birthEvidence(s.from, s.to, s.from, s.to)
		most += w
	}
	if s.r.Gender != "" {
		w, _ := genderEvidence(s.r.Gender[0], s.r.Gender[0])
		most += w
	}
	if len(s.places) > 0 {
		most += placeSame
	}
	return most
}

// readSources looks at the bearers of near names, one source after the other, until no record that was not met can be
// among the hits. What the first has found bounds what the next is searched for.
func (s *personSearch) readSources(g *Register) {
	s.seen = takeMarks(len(g.persons))
	defer s.seen.give()
	facts := s.mostOfFacts()
	s.readShared(g, facts)
	named := s.name != nil || s.alias != nil
	for _, at := range s.order {
		if named && s.sources[byName].ended() && s.sources[byAlias].ended() {
			return // a record with nothing of the name is not found
		}
		c := &s.sources[at]
		others := facts + s.unread(at)
		if !c.searched {
			s.near(g, c, others)
		}
		for c.next < len(c.near) && !s.hits.shuts(float64(c.near[c.next].Weight)+others) {
			if s.looked >= lookLimit {
				s.a.Complete = false
				return
			}
			s.readName(g, at)
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
func (s *personSearch) readShared(g *Register, facts float64) {
	if len(s.order) < 2 {
		return
	}
	for i, at := range s.order {
		c := &s.sources[at]
		s.near(g, c, facts+s.unread(at))
		if i == 0 && c.bearers() < fewBearers {
			return
		}
		c.bound()
	}
	order := slices.Clone(s.order)
	slices.SortStableFunc(order, func(a, b int) int { return s.sources[a].bearers() - s.sources[b].bearers() })
	near := takeMarks(len(g.persons))
	defer near.give()
	var one [1]uint32
	for i, at := range order {
		c := &s.sources[at]
		for _, m := range c.near {
			for _, p := range c.by.of(m.Ord, &one) {
				if i > 0 && near.has(p) && s.looked < lookLimit && s.seen.mark(p) {
					s.look(g, p, at, float64(m.Weight))
				}
			}
		}
		if i+1 == len(order) {
			break
		}
		for _, m := range c.near {
			for _, p := range c.by.of(m.Ord, &one) {
				near.mark(p)
			}
		}
	}
	for _, at := range order {
		s.sources[at].shared = len(s.sources[at].near)
	}
}

// bound keeps the heaviest names that have not more bearers than are followed.
func (c *source) bound() {
	var one [1]uint32
	n := 0
	for i, m := range c.near {
		if n += len(c.by.of(m.Ord, &one)); n > mostFollowed && i > 0 {
			c.near, c.cut = c.near[:i], true
			return
		}
	}
}

func (s *personSearch) close() {
	for i := range s.sources {
		if s.sources[i].asked != nil {
			s.sources[i].query.Close()
		}
	}
}

// readName looks at the bearers of the next name of a source.
func (s *personSearch) readName(g *Register, at int) {
	c := &s.sources[at]
	m := c.near[c.next]
	c.next++
	var one [1]uint32
	for list := c.by.of(m.Ord, &one); len(list) > 0 && s.looked < lookLimit; {
		n := min(len(list), batch)
		s.readPart(g, list[:n], at, float64(m.Weight))
		list = list[n:]
	}
}

// batch is how many records are read ahead of being weighed.
const batch = 64

// readPart looks at records of one list. What is read of them lies all over the memory: each step goes over all of them,
// so that the processor fetches many lines at once and does not wait for one after the other.
func (s *personSearch) readPart(g *Register, part []uint32, at int, w float64) {
	var fresh [batch]uint32
	n := 0
	for _, p := range part {
		if s.seen.mark(p) {
			fresh[n] = p
			n++
		}
	}
	for _, p := range fresh[:n] {
		s.fetched += g.facts[p].station
	}
	var room [batch]met
	left := room[:0]
	for _, p := range fresh[:n] {
		if m, ok := s.sift(g, p, at, w); ok {
			left = append(left, m)
		}
	}
	if len(s.order) > 1 {
		s.fetch(g, left, at)
	}
	for _, m := range left {
		s.weighOne(g, m, at, w)
	}
}

// fetch reads ahead what weigh reads of the names by which records were not met.
func (s *personSearch) fetch(g *Register, left []met, through int) {
	for _, m := range left {
		s.fetched += uint32(g.persons[m.at].names)
	}
	var names [4 * batch]uint32
	n := 0
	for _, m := range left {
		p := &g.persons[m.at]
		refs := p.relativeRefs()
		if through == byRelative {
			refs = p.nameRefs()
		}
		for _, o := range refs[:min(len(refs), 4)] {
			names[n] = o
			n++
		}
	}
	index := g.relatives
	if through == byRelative {
		index = g.names
	}
	for _, o := range names[:n] {
		s.fetched += index.Fetch(o)
	}
}

// borne tells whether anybody who passes the filters bears a name, so that names of others take no place in the search.
func (s *personSearch) borne(g *Register, by *lists, ordinal uint32) bool {
	var one [1]uint32
	for _, at := range by.of(ordinal, &one) {
		if s.tried++; s.tried > tryLimit {
			s.a.Complete = false
			return false
		}
		if s.passes(g, at) {
			return true
		}
	}
	return false
}

// look filters and weighs one record, met through a name of weight w of a source, or through none (-1).
func (s *personSearch) look(g *Register, at uint32, through int, w float64) {
	if m, ok := s.sift(g, at, through, w); ok {
		s.weighOne(g, m, through, w)
	}
}

// A met is a record that passes the filters, with what speaks for it and is no name.
type met struct {
	at      uint32
	against bool
	facts   float64
}

// sift filters a record, and weighs what is no name; ok is false for one that cannot be a hit.
func (s *personSearch) sift(g *Register, at uint32, through int, w float64) (m met, ok bool) {
	s.looked++
	if !s.passes(g, at) {
		return m, false
	}
	m.at = at
	m.facts, m.against = s.weighFacts(g, at)
	if s.hits.shuts(m.facts + w + s.unread(through)) {
		s.passed++
		return m, false
	}
	return m, true
}

// weighOne weighs a record by all that was asked, and keeps it if it is among the best.
func (s *personSearch) weighOne(g *Register, m met, through int, w float64) {
	at, facts := m.at, m.facts
	weight, more, contradicted, found := s.weigh(g, at, through, w)
	if !found {
		return
	}
	weight, more, contradicted = weight+facts, more+facts, contradicted || m.against
	c := Lead
	if !contradicted && weight >= s.probable(g, more) {
		c = Probable
		if s.equal(g, &g.persons[at]) {
			c = Exact
		}
	}
	f := &g.facts[at]
	h := hit{at: at, class: c, weight: weight, updated: f.updated, outstanding: f.status > 0 && f.status < outstanding}
	if s.hits.counts(&h) {
		h.id = g.persons[at].id
		h.ref = g.words.text[h.id.ref]
		h.name = noName
		if names := g.persons[at].nameRefs(); len(names) > 0 {
			h.name = names[0]
		}
		s.hits.keep(h)
	}
}

func (s *personSearch) passes(g *Register, at uint32) bool {
	f := &g.facts[at]
	if !s.f.passes(g, f.station, f.status, f.event) {
		return false
	}
	if s.sections != nil {
		for _, n := range g.persons[at].sectionRefs() {
			if s.sections[n] {
				return true
			}
		}
		return false
	}
	return true
}

// probable is the weight from which a record is PROBABLE; more is what other fields than the name have added. A name
// alone must also outweigh what its words have in common with each other.
func (s *personSearch) probable(g *Register, more float64) float64 {
	least := name.ProbableWeight(s.hits.records)
	if more > 0 {
		return least
	}
	if s.surplus == nil {
		s.surplus = new(g.names.Surplus())
	}
	return least + *s.surplus
}

// unread is the most that the other sources can add to a record that is met for the first time through one of them: had
// it a name that they have read, it would have been met there.
func (s *personSearch) unread(through int) (most float64) {
	for i := range s.sources {
		if i != through && s.sources[i].asked != nil {
			most += max(s.sources[i].rest(), 0)
		}
	}
	return most
}

// weigh adds up the evidence of names without writing it down; reasons of shown hits are made by weighing again (evidenceOf).
// more is what other names than the first add. found is false for a record that has nothing of the names that were asked.
func (s *personSearch) weigh(g *Register, at uint32, through int, w float64) (weight, more float64, contradicted, found bool) {
	f := &g.facts[at]
	first := 0.0 // of the name, or what stands in its place
	found = through < 0
	of := func(i int) float64 {
		if i == through {
			return w
		}
		return s.sources[i].best(g.persons[at].nameRefs())
	}
	if s.name != nil {
		n := of(byName)
		found = found || n > 0
		weight += max(n, otherName)
		contradicted = n <= otherName
		first = weight
	}
	if s.alias != nil {
		n := of(byAlias)
		found = found || n > 0
		weight += max(n, 0)
		if s.name == nil {
			first = weight
		}
	}
	if s.relative != nil && f.relative != noRelative {
		n := w
		switch {
		case through == byRelative:
		case f.relative == relatives:
			n = s.sources[byRelative].best(g.persons[at].relativeRefs())
		default:
			n = s.sources[byRelative].query.Weigh(f.relative)
		}
		found = found || s.name == nil && s.alias == nil && n > 0
		weight += max(n, otherName)
		contradicted = contradicted || n <= otherName
	}
	return weight, weight - first, contradicted, found
}

// weighFacts adds up what is no name.
func (s *personSearch) weighFacts(g *Register, at uint32) (weight float64, contradicted bool) {
	f := &g.facts[at]
	if s.born && f.from > 0 {
		w, grade := birthEvidence(s.from, s.to, int(f.from), int(f.to))
		weight += w
		contradicted = grade == "contradicts"
	}
	if s.r.Gender != "" && f.gender != 0 {
		w, same := genderEvidence(s.r.Gender[0], f.gender)
		weight += w
		contradicted = contradicted || !same
	}
	if len(s.places) > 0 {
		if held := g.persons[at].placeRefs(); len(held) > 0 {
			weight += placeWeight(overlap(s.placeNums, held), len(s.places))
		}
	}
	return weight, contradicted
}

// best is the weight of the heaviest of some names.
func (c *source) best(refs []uint32) float64 {
	w := math.Inf(-1)
	for _, o := range refs {
		w = max(w, c.query.Weigh(o))
	}
	return w
}

func genderEvidence(asked, held byte) (weight float64, same bool) {
	switch {
	case asked != held:
		return genderOther, false
	case asked == 'M':
		return genderSame, true
	}
	return genderSameF, true
}

// placeWeight is the evidence of so many of the asked words being among a record's places.
func placeWeight(common, asked int) float64 {
	if common == 0 {
		return placeOther
	}
	return placeSame * (0.5 + 0.5*float64(common)/float64(asked))
}

// overlap is how many of a are among b.
func overlap[T comparable](a, b []T) int {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x == y {
				n++
				break
			}
		}
	}
	return n
}

// equal tells whether all names that were asked are among the record's letter for letter.
func (s *personSearch) equal(g *Register, p *person) bool {
	has := func(x *name.Index, n *name.Name, refs []uint32) bool {
		if n == nil {
			return true
		}
		key := n.Key()
		for _, o := range refs {
			if x.Key(o) == key {
				return true
			}
		}
		return false
	}
	return has(g.names, s.name, p.nameRefs()) && has(g.names, s.alias, p.nameRefs()) &&
		has(g.relatives, s.relative, p.relativeRefs())
}
