package query

import (
	"context"
	"math"
	"time"

	"anvesh/query/name"
	"anvesh/query/phrase"
	"anvesh/query/register"
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

// searchPersons answers one search for a person.
//
// Each name that is asked (the name, an alias, the relative's) is a source: the held names near it, the heaviest first.
// Sources are read one after the other, the rarest name first; each record that bears a name is weighed once by all that
// was asked, and a source is read until no record that was not met yet can be better than the hits so far, or more than
// a millionth as likely as the best of them. So a rare father's name finds a person whose own name is common, and the
// other way round, without a look at all bearers of either.
func (e *Engine) searchPersons(ctx context.Context, r *PersonRequest) (*Answer, error) {
	start := time.Now()
	s, err := e.newPersonSearch(r, func(c *Common) (*Answer, error) { return e.begin(ctx, c) })
	if err != nil {
		return nil, err
	}
	if !s.f.nobody {
		if err := s.run(ctx); err != nil {
			return nil, err
		}
	}
	s.a.TookUS = time.Since(start).Microseconds()
	return s.a, nil
}

// newPersonSearch reads a request; begin makes the answer that is filled.
func (e *Engine) newPersonSearch(r *PersonRequest, begin func(*Common) (*Answer, error)) (*personSearch, error) {
	asked := *r
	left := asked.leaveOut()
	f, err := e.readPerson(&asked, left)
	if err != nil {
		return nil, err
	}
	s := &personSearch{e: e, r: &asked, f: f}
	if s.a, err = begin(&asked.Common); err != nil {
		return nil, err
	}
	s.a.leftOut(left)
	s.hits.reset(f.limit, f.min)
	return s, s.read()
}

// A personSearch is one search on its way from request to hits.
type personSearch struct {
	e *Engine
	v register.View
	r *PersonRequest
	f filter
	a *Answer

	name, alias, relative *name.Name
	from, to              int // birth years
	born                  bool
	places                []string // words, by sound

	sources   [3]source // of name, alias and relative, those that are asked
	swapped   [2]source // of the relative among names and the name among relatives, if they were looked for
	order     []int     // in which these are read
	seen      *visited
	placeNums []uint32
	sections  map[uint32]bool
	hits      top[register.PersonAt]
	namesakes map[uint32]namesakes // ordinal of a shown name -> records that bear it
	surplus   *float64             // of the register's names, once it was needed
	text      arena
	fetched   uint32 // keeps what is read ahead from being dropped
	looked    int
	passed    int // records that cannot be among the best, whatever their other names are
	tried     int
}

// read takes the request's texts apart. A relative or an alias written into the name is used as such.
func (s *personSearch) read() error {
	first := func(field, text string) (*name.Reading, error) {
		if text == "" {
			return nil, nil
		}
		if err := s.repaired(field, text); err != nil {
			return nil, err
		}
		reading, left := register.ReadName(field, text)
		s.a.leftOut(leftOutOf(left))
		if ok := len(reading.Names) > 0 && len(reading.Names[0].Tokens) > 0; !ok && field != "name" && (s.r.Name != "" || s.others(field)) {
			s.a.leftOut([]leftOut{{field: field, text: text, unread: true}})
			return nil, nil
		} else if !ok && (field != "name" || reading.Relative == nil) {
			return nil, refuse(field, phrase.NoName)
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
	s.from, s.to, s.born = s.r.birthWindow(s.e.year())
	s.places = register.AppendPlaceWords(nil, s.r.Place)
	if s.r.Place != "" && len(s.places) == 0 {
		return refuse("place", phrase.NoPlace)
	}
	return nil
}

// others tells whether something other than a name and this field is asked.
func (s *personSearch) others(field string) bool {
	return s.r.Alias != "" && field != "alias" || s.r.Relative != "" && field != "relative" || s.r.Place != "" || s.f.stations != nil || s.f.sections != nil
}

// repaired says how a field was stored, where its letters are not what was meant.
func (s *personSearch) repaired(field, text string) error {
	switch meant, stored := name.Repair(text); stored {
	case name.StoredLost:
		return refuse(field, phrase.LettersLost)
	case "":
	default:
		s.a.remark(phrase.Repaired.With(field, meant, stored))
	}
	return nil
}

func (s *personSearch) run(ctx context.Context) error {
	var vague []string
	nameless := s.name == nil && s.alias == nil && s.relative == nil
	if nameless {
		var err error
		if vague, err = s.vagueCandidates(ctx); err != nil {
			return err
		}
	}
	var release func()
	s.v, release = s.e.view()
	defer release()
	s.prepare()
	for _, id := range vague {
		if at, ok := s.v.FindPerson(id); ok {
			s.look(at, -1, 0)
		}
	}
	if !nameless {
		s.ask()
		defer s.close()
		s.readSources()
		s.readSwapped()
	}
	s.hits.finish(s.v.PersonID)
	s.a.Total = s.hits.total
	if !s.a.Complete || s.passed > 0 {
		s.a.TotalIs = "at_least"
	}
	s.countNamesakes()
	s.show()
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
func (s *personSearch) prepare() {
	s.hits.records = s.v.Persons()
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

// borne tells whether anybody who passes the filters bears a name, so that names of others take no place in the search.
func (s *personSearch) borne(of register.NameKind, ordinal register.NameAt) bool {
	for _, at := range s.v.PersonsBearing(of, ordinal) {
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
func (s *personSearch) look(at register.PersonAt, through int, w float64) {
	if m, ok := s.sift(at, through, w); ok {
		s.weighOne(m, through, w)
	}
}

// A met is a record that passes the filters, with what speaks for it and is no name.
type met struct {
	at      register.PersonAt
	against bool
	facts   float64
}

// sift filters a record, and weighs what is no name; ok is false for one that cannot be a hit.
func (s *personSearch) sift(at register.PersonAt, through int, w float64) (m met, ok bool) {
	s.looked++
	if !s.passes(at) {
		return m, false
	}
	m.at = at
	m.facts, m.against = s.weighFacts(at)
	if s.hits.shuts(m.facts + w + s.unread(through)) {
		s.passed++
		return m, false
	}
	return m, true
}

// weighOne weighs a record by all that was asked, and keeps it if it is among the best.
func (s *personSearch) weighOne(m met, through int, w float64) {
	at, facts := m.at, m.facts
	weight, more, contradicted, found := s.weigh(at, through, w)
	if !found {
		return
	}
	weight += facts
	switch {
	case contradicted || m.against:
		weight = s.lead(weight)
	case more+facts <= 0:
		weight = s.alone(weight)
	}
	c := Lead
	if weight >= name.ProbableWeight(s.hits.records) {
		c = Probable
		if s.equal(at) {
			c = Exact
		}
	}
	if h := s.hitOf(at, c, weight); s.hits.counts(&h) {
		s.hits.keep(h)
	}
}

// hitOf is the hit of a record.
func (s *personSearch) hitOf(at register.PersonAt, c Class, weight float64) hit[register.PersonAt] {
	f := s.v.PersonFacts(at)
	h := hit[register.PersonAt]{at: at, class: c, weight: weight, updated: f.Updated, outstanding: goesFirst(f.Status),
		order: s.v.PersonOrder(at), name: noName}
	if names := s.v.NamesOf(register.OwnNames, at); len(names) > 0 {
		h.name = names[0]
	}
	return h
}

// lead is what a weight comes to where something contradicts: however much the rest weighs, it is little more than singles
// out one of all, since families and villages share the rest. It grows with the weight, and makes nobody PROBABLE.
func (s *personSearch) lead(weight float64) float64 {
	const over = 1.2 // nats above one of all persons, as name does with a word that contradicts
	sure := math.Log(float64(max(s.hits.records, name.LeastPersons))) + over
	if weight > sure {
		weight = min(sure+(weight-sure)/10, name.ProbableWeight(s.hits.records)-.1)
	}
	return weight
}

func (s *personSearch) passes(at register.PersonAt) bool {
	f := s.v.PersonFacts(at)
	if !s.f.passes(s.v, f.Station, f.Status, f.Event) {
		return false
	}
	if s.sections != nil {
		for _, n := range s.v.SectionsOf(at) {
			if s.sections[n] {
				return true
			}
		}
		return false
	}
	return true
}

// alone is what the weight of a name alone comes to, which must also outweigh what its words have in common with each
// other: what would be PROBABLE by less than that stays below, in order.
func (s *personSearch) alone(weight float64) float64 {
	const from = 2 // nats below PROBABLE, where it begins
	least := name.ProbableWeight(s.hits.records)
	if weight <= least-from {
		return weight
	}
	if s.surplus == nil {
		s.surplus = new(s.v.Surplus())
	}
	if over := weight - (least + *s.surplus); over >= 0 {
		return least + over
	}
	return least - from + (weight-least+from)*from/(from+*s.surplus)
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
func (s *personSearch) weigh(at register.PersonAt, through int, w float64) (weight, more float64, contradicted, found bool) {
	f := s.v.PersonFacts(at)
	first := 0.0 // of the name, or what stands in its place
	found = through < 0
	of := func(i int) float64 {
		if i == through {
			return w
		}
		_, n := s.sources[i].best(s.v.NamesOf(register.OwnNames, at))
		return n
	}
	if s.name != nil {
		n := of(byName)
		found = found || n > 0
		weight += max(n, otherName)
		contradicted = n <= 0 // a brother, whose father's name is the right one however rare it is
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
	if s.relative != nil && f.Relative != register.NoRelative {
		n := w
		switch {
		case through == byRelative:
		case f.Relative == register.SeveralRelatives:
			_, n = s.sources[byRelative].best(s.v.NamesOf(register.Relatives, at))
		default:
			n = s.sources[byRelative].query.Weigh(f.Relative)
		}
		found = found || s.name == nil && s.alias == nil && n > 0
		weight += max(n, otherName)
		contradicted = contradicted || n <= otherName
	}
	return weight, weight - first, contradicted, found
}

// weighFacts adds up what is no name.
func (s *personSearch) weighFacts(at register.PersonAt) (weight float64, contradicted bool) {
	f := s.v.PersonFacts(at)
	if s.born && f.From > 0 {
		w, grade := birthEvidence(s.from, s.to, int(f.From), int(f.To))
		weight += w
		contradicted = grade == "contradicts"
	}
	if s.r.Gender != "" && f.Gender != 0 {
		w, same := genderEvidence(s.r.Gender[0], f.Gender)
		weight += w
		contradicted = contradicted || !same
	}
	if len(s.places) > 0 {
		if held := s.v.PlacesOf(at); len(held) > 0 {
			weight += placeWeight(overlap(s.placeNums, held), len(s.places))
		}
	}
	return weight, contradicted
}

// best is the heaviest of some names, the first of equal ones; of none the weight is -Inf.
func (c *source) best(refs []uint32) (ordinal uint32, weight float64) {
	weight = math.Inf(-1)
	for i, o := range refs {
		if w := c.query.Weigh(o); i == 0 || w > weight {
			ordinal, weight = o, w
		}
	}
	return ordinal, weight
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
func (s *personSearch) equal(at register.PersonAt) bool {
	has := func(source int, of register.NameKind) bool {
		n := s.sources[source].asked
		if n == nil {
			return true
		}
		key, bare := n.Key(), ""
		if b, ok := n.Bare(); ok {
			bare = b.Key()
		}
		for _, o := range s.v.NamesOf(of, at) {
			if k := s.sources[source].query.Key(o); k == key || k == bare {
				return true
			}
		}
		return false
	}
	return has(byName, register.OwnNames) && has(byAlias, register.OwnNames) && has(byRelative, register.Relatives)
}
