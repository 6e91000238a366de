package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"anvesh/query/name"
	"anvesh/storage"
)

// Bounds of one search for a person. Names beyond them are namesakes that fit worse.
const (
	MostNames  = 2_000   // distinct names whose bearers are looked at
	nameBudget = 200_000 // distinct names scored
	// relativeLimit is larger, since a relative that is not among the near ones counts as another's.
	relativeLimit = 20_000
	bearerLimit   = 50_000 // records looked at
	vagueLimit    = 5_000  // records that a search without a name looks at
)

// SearchPersons answers one search for a person.
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

	nameOf, aliasOf, relativeOf map[uint32]name.Match // by ordinal of the name
	placeNums                   []uint32
	sections                    map[uint32]bool
	hits                        top
	looked                      int
}

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
	if s.name == nil && s.alias == nil && s.relative == nil {
		var err error
		if vague, err = s.vagueCandidates(ctx); err != nil {
			return err
		}
	}
	g.mu.RLock()
	s.prepare(g)
	switch {
	case s.name != nil || s.alias != nil:
		s.lookAt(g, &g.byName, s.nameOf)
		s.lookAt(g, &g.byName, s.aliasOf)
	case s.relative != nil:
		s.lookAt(g, &g.byRelative, s.relativeOf)
	default:
		for _, id := range vague {
			if at, ok := g.find(id); ok {
				s.look(g, at)
			}
		}
	}
	s.hits.finish(g)
	g.mu.RUnlock()
	s.a.Total = s.hits.total
	if s.looked >= bearerLimit || !s.a.Complete {
		s.a.TotalIs = "at_least"
	}
	return s.show()
}

// vagueCandidates asks the shards for records by place, station and section, for a search that names nobody.
func (s *personSearch) vagueCandidates(ctx context.Context) ([]string, error) {
	q := storage.Selection{Limit: vagueLimit}
	for _, w := range s.places {
		q.Any = append(q.Any, storage.WeightedTerm{Term: "p" + w, Weight: 1})
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
	s.a.Remarks = append(s.a.Remarks, "without a name this can only be a list: a name, alias or relative's name narrows it")
	ids := make([]string, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	return ids, nil
}

// prepare scores every near name once.
func (s *personSearch) prepare(g *Register) {
	near := func(x *name.Index, by *lists, n *name.Name, limit int) map[uint32]name.Match {
		if n == nil {
			return nil
		}
		search := name.Search{Limit: limit, Budget: nameBudget}
		if s.f.selective() {
			search.Accept = func(o uint32) bool { return s.borne(g, by, o) }
		}
		matches, complete := x.Search(nil, *n, search)
		s.a.Complete = s.a.Complete && complete
		if len(matches) == limit && by != &g.byRelative {
			s.a.TotalIs = "at_least" // names that fit worse still were not looked at
		}
		out := make(map[uint32]name.Match, len(matches))
		for _, m := range matches {
			out[m.Ord] = m
		}
		return out
	}
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
	s.nameOf, s.aliasOf = near(g.names, &g.byName, s.name, MostNames), near(g.names, &g.byName, s.alias, MostNames)
	s.relativeOf = near(g.relatives, &g.byRelative, s.relative, relativeLimit)
}

// borne tells whether anybody who passes the filters bears a name, so that names of others take no place in the search.
func (s *personSearch) borne(g *Register, by *lists, ordinal uint32) (found bool) {
	by.each(ordinal, func(at uint32) bool {
		found = s.passes(g, &g.persons[at])
		return !found
	})
	return found
}

func (s *personSearch) lookAt(g *Register, by *lists, names map[uint32]name.Match) {
	seen := s.hits.seen
	for o := range names {
		by.each(o, func(at uint32) bool {
			if seen == nil {
				seen = map[uint32]bool{}
				s.hits.seen = seen
			}
			if !seen[at] {
				seen[at] = true
				s.look(g, at)
			}
			return s.looked < bearerLimit
		})
	}
	if s.looked >= bearerLimit {
		s.a.Complete = false
	}
}

// look filters and scores one record.
func (s *personSearch) look(g *Register, at uint32) {
	s.looked++
	p := &g.persons[at]
	if !s.passes(g, p) {
		return
	}
	weight, contradicted := s.weigh(g, p)
	c := Lead
	if !contradicted && weight >= name.ProbableWeight(s.hits.records) {
		c = Probable
		if s.equal(g, p) {
			c = Exact
		}
	}
	s.hits.add(hit{at: at, class: c, weight: weight, updated: p.updated, outstanding: p.status > 0 && p.status < outstanding, id: p.id, ref: g.words.text[p.id.ref]})
}

func (s *personSearch) passes(g *Register, p *person) bool {
	if !s.f.passes(g, p.station, p.status, p.event) {
		return false
	}
	if s.sections != nil {
		found := false
		for _, n := range p.sectionRefs() {
			found = found || s.sections[n]
		}
		if !found {
			return false
		}
	}
	return true
}

// weigh adds up the evidence without writing it down; reasons of shown hits are made by weighing again (evidenceOf).
func (s *personSearch) weigh(g *Register, p *person) (weight float64, contradicted bool) {
	if s.name != nil {
		m, ok := best(s.nameOf, p.nameRefs())
		if !ok && s.alias != nil { // found by its alias alone
			contradicted = true
			weight += otherName
		}
		weight += float64(m.Weight)
	}
	if s.alias != nil {
		if m, ok := best(s.aliasOf, p.nameRefs()); ok {
			weight += float64(m.Weight)
		}
	}
	if s.relative != nil && p.relatives > 0 {
		m, ok := best(s.relativeOf, p.relativeRefs())
		if ok && m.Weight > otherName {
			weight += float64(m.Weight)
		} else {
			weight += otherName
			contradicted = true
		}
	}
	if s.born && p.from > 0 {
		w, grade := birthEvidence(s.from, s.to, int(p.from), int(p.to))
		weight += w
		contradicted = contradicted || grade == "contradicts"
	}
	if s.r.Gender != "" && p.gender != 0 {
		w, same := genderEvidence(s.r.Gender[0], p.gender)
		weight += w
		contradicted = contradicted || !same
	}
	if len(s.places) > 0 && p.places > 0 {
		weight += placeWeight(overlap(s.placeNums, p.placeRefs()), len(s.places))
	}
	return weight, contradicted
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

func best(of map[uint32]name.Match, refs []uint32) (m name.Match, ok bool) {
	for _, o := range refs {
		if n, found := of[o]; found && (!ok || n.Weight > m.Weight) {
			m, ok = n, true
		}
	}
	return m, ok
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

func (s *personSearch) show() error {
	return s.e.show(s.a, &s.hits, func(w float64) float64 { return personScore(w, s.hits.records) }, s.evidenceOf)
}

// evidenceOf writes down the evidence for each record: the same sum as weigh, line by line.
func (s *personSearch) evidenceOf(rs []*storage.Record) [][]evidence {
	g := s.e.reg
	g.mu.RLock()
	defer g.mu.RUnlock()
	es := make([][]evidence, len(rs))
	names, relatives := make([][]name.Name, len(rs)), make([][]name.Name, len(rs))
	for i, r := range rs {
		p := personReading(r)
		for _, n := range p.names {
			names[i] = append(names[i], n.Name)
		}
		relatives[i] = p.relatives
	}
	appendNames(es, "name", g.names, s.name, names, otherName)
	appendNames(es, "alias", g.names, s.alias, names, 0) // nicknames are many: another one says nothing
	appendNames(es, "relative", g.relatives, s.relative, relatives, otherName)
	for i, r := range rs {
		es[i] = s.appendFacts(es[i], r)
	}
	return es
}

// appendNames appends to the evidence of each record the alignment of q with the likest of its names, part by
// part; one line of weight other where none is like it. All names are compared at once: resolving q is most of the cost.
func appendNames(es [][]evidence, field string, x *name.Index, q *name.Name, names [][]name.Name, other float64) {
	if q == nil {
		return
	}
	all := x.CompareAll(*q, slices.Concat(names...)...)
	for i, ns := range names {
		if len(ns) == 0 {
			es[i] = append(es[i], evidence{field: field, query: q.Written, grade: name.GradeMissing})
			continue
		}
		at := 0
		for j := range ns {
			if all[j].Weight > all[at].Weight {
				at = j
			}
		}
		es[i] = appendAlignment(es[i], field, q, ns[at], all[at], other)
		all = all[len(ns):]
	}
}

func appendAlignment(es []evidence, field string, q *name.Name, found name.Name, al name.Alignment, other float64) []evidence {
	if al.Weight <= other {
		e := evidence{field: field, query: q.Written, found: found.Written, grade: name.GradeContradicts, weight: other}
		if other == 0 {
			e.grade = name.GradeMissing
		}
		return append(es, e)
	}
	for _, p := range al.Parts {
		es = append(es, evidence{field, p.Query, p.Found, p.Grade, p.Rule, p.Weight, p.Likeness})
	}
	return es
}

func (s *personSearch) appendFacts(es []evidence, r *storage.Record) []evidence {
	if s.born {
		e := evidence{field: "birth_year", query: years(s.from, s.to), found: years(r.BirthFrom, r.BirthTo), grade: "missing"}
		if r.BirthFrom > 0 {
			e.weight, e.grade = birthEvidence(s.from, s.to, r.BirthFrom, r.BirthTo)
			e.likeness = likenessOf(e.grade)
		}
		es = append(es, e)
	}
	if s.r.Gender != "" {
		e := evidence{field: "gender", query: s.r.Gender, found: r.Gender, grade: "missing"}
		if r.Gender != "" {
			var same bool
			e.weight, same = genderEvidence(s.r.Gender[0], r.Gender[0])
			if e.grade = "contradicts"; same {
				e.grade, e.likeness = "exact", 1
			}
		}
		es = append(es, e)
	}
	if len(s.places) > 0 {
		es = append(es, s.placeEvidence(r))
	}
	return s.appendFilters(es, r)
}

// appendFilters says by which filters a record stands in the list; they are no evidence, and weigh nothing.
func (s *personSearch) appendFilters(es []evidence, r *storage.Record) []evidence {
	for _, f := range [][3]string{{"station", s.r.Station, r.Station}, {"district", s.r.District, r.Station},
		{"section", s.r.Section, strings.Join(r.Sections, ", ")}} {
		if f[1] != "" {
			es = append(es, evidence{field: f[0], query: f[1], found: f[2], grade: "exact", likeness: 1})
		}
	}
	return es
}

func (s *personSearch) placeEvidence(r *storage.Record) evidence {
	e := evidence{field: "place", query: s.r.Place, found: strings.Join(r.Places, "; "), grade: "missing"}
	if len(r.Places) == 0 {
		return e
	}
	common := overlap(s.places, personReading(r).places)
	e.weight = placeWeight(common, len(s.places))
	e.likeness = float64(common) / float64(len(s.places))
	switch common {
	case 0:
		e.grade = "contradicts"
	case len(s.places):
		e.grade = "sound"
	default:
		e.grade = "partial"
	}
	return e
}

func likenessOf(grade string) float64 {
	switch grade {
	case "exact", "partial":
		return 1
	case "contradicts":
		return 0
	}
	return 0.5
}

func years(from, to int) string {
	switch {
	case from == 0:
		return ""
	case from == to:
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}
