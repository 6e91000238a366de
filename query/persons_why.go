package query

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/phrase"
	"anvesh/query/register"
	"anvesh/storage"
)

// What stands in a person's hit: what the record writes, and the evidence of personSearch.weigh, line by line.

// A shownPerson is a hit's record: what is shown of it, and the texts that evidence quotes.
type shownPerson struct {
	View
	relatives []string // all spellings, as written
	places    []string
}

// person reads what is shown of a hit.
func (s *personSearch) person(at register.PersonAt) shownPerson {
	f, t := s.v.PersonFacts(at), &s.text
	v := shownPerson{View: View{Kind: string(storage.Person), Station: s.v.Text(f.Station), Status: storage.StatusAt(f.Status),
		Sections: s.v.SectionList(f.Sections), Updated: time.Unix(f.Updated, 0).In(storage.IST)}}
	v.ID, _ = t.id(s.v.PersonID(t.scratch[:0], at)) // finish has asked whether it is shown
	v.FIR = v.ID[:strings.IndexByte(v.ID, '/')]
	if f.Gender != 0 {
		v.Gender = string([]byte{f.Gender})
	}
	if f.From > 0 {
		v.BirthYear = (int(f.From) + int(f.To) + 1) / 2
	}
	w := s.v.ShowPerson(at)
	v.EventAt = time.Unix(w.Event, 0).In(storage.IST)
	v.Role, v.Relation, v.Name = t.unpack(w.Role), t.unpack(w.Relation), t.unpack(w.Name)
	v.Names, v.Aliases, v.relatives = t.parted(w.Names), t.parted(w.Aliases), t.parted(w.Relatives)
	v.places, v.Flags = t.parted(w.Places), t.parted(w.Flags)
	if len(v.relatives) > 0 {
		v.Relative = v.relatives[0]
	}
	if len(v.places) > 0 {
		v.Place = v.places[0]
	}
	s.e.nameStation(&v.View)
	return v
}

// show fills the answer with the best hits and their evidence, out of the register.
func (s *personSearch) show() {
	a := s.a
	a.Hits = make([]Hit, s.hits.Len())
	s.text.reserve(len(a.Hits) * shownLen)
	var es []evidence
	for i := range s.hits.Items() {
		h := &s.hits.Items()[i]
		out := &a.Hits[i]
		v := s.person(h.at)
		score := math.Round(personScore(h.weight, s.hits.records)*1e6) / 1e6 // six digits, since four make ties of the best hits
		out.HitID, out.Class, out.Score, out.Record = s.text.hitID(a, i), h.class, score, v.View
		if h.swapped {
			es = s.appendFacts(s.appendSwapped(es[:0], h.at, &v), h.at, &v)
		} else {
			es = s.evidence(es[:0], h.at, &v)
		}
		out.Why = s.text.reasons(es, score, s.hits.Len()-i)
		out.Record.cut()
	}
}

// evidence writes down what speaks for a record and against it: the same sum as weigh, line by line.
func (s *personSearch) evidence(es []evidence, at register.PersonAt, v *shownPerson) []evidence {
	own, relatives := s.v.NamesOf(register.OwnNames, at), s.v.NamesOf(register.Relatives, at)
	es = s.sources[byName].appendEvidence(es, "name", own, v, otherName)
	es = s.sources[byAlias].appendEvidence(es, "alias", own, v, 0) // nicknames are many: another one says nothing
	es = s.sources[byRelative].appendEvidence(es, "relative", relatives, v, otherName)
	return s.appendFacts(es, at, v)
}

// A compared is a held name beside the one that was asked; namesakes among the hits are compared once.
type compared struct {
	ordinal uint32
	written string // the record's text that the name stands in
	found   name.Name
	names.Alignment
}

// appendEvidence appends the alignment of what was asked with the likest of a record's names, part by part; one
// line of weight other where none is like it.
func (c *source) appendEvidence(es []evidence, field string, refs []uint32, v *shownPerson, other float64) []evidence {
	q := c.asked
	if q == nil {
		return es
	}
	if len(refs) == 0 {
		return append(es, evidence{field: field, query: q.Written, grade: names.GradeMissing, say: sayNothingHeld})
	}
	likest, _ := c.best(refs)
	k := c.compare(likest, v)
	return appendAlignment(es, field, q, k.found, k.Alignment, other)
}

// compare finds the text in which a record writes a name, and lays it beside the one that was asked.
func (c *source) compare(ordinal uint32, v *shownPerson) *compared {
	texts := [...][]string{{v.Name}, v.Names, v.Aliases, nil}
	if c.of == register.Relatives { // also one that is written into the name
		texts = [...][]string{v.relatives, {v.Name}, v.Names, v.Aliases}
	}
	for _, list := range texts {
		for _, text := range list {
			for i := range c.compared {
				if k := &c.compared[i]; k.ordinal == ordinal && k.written == text {
					return k
				}
			}
			if n, ok := c.nameIn(text, ordinal); ok {
				c.compared = append(c.compared, compared{ordinal, text, n, c.query.Compare(n)})
				return &c.compared[len(c.compared)-1]
			}
		}
	}
	return &compared{}
}

// nameIn reads the name of an ordinal in a text.
func (c *source) nameIn(text string, ordinal uint32) (name.Name, bool) {
	if n, ok := c.query.As(ordinal, text); ok {
		return n, true
	}
	r := name.Read(text)
	if c.of == register.Relatives && r.Relative != nil {
		if n, ok := c.isAny(ordinal, *r.Relative); ok {
			return n, true
		}
	}
	for _, n := range r.Names {
		if n, ok := c.isAny(ordinal, n); ok {
			return n, true
		}
	}
	return name.Name{}, false
}

// isAny gives the reading of n that is the name of an ordinal.
func (c *source) isAny(ordinal uint32, n name.Name) (name.Name, bool) {
	if c.query.Is(ordinal, n) {
		return n, true
	}
	bare, ok := n.Bare()
	return bare, ok && c.query.Is(ordinal, bare)
}

func appendAlignment(es []evidence, field string, q *name.Name, found name.Name, al names.Alignment, other float64) []evidence {
	if al.Weight <= other {
		e := evidence{field: field, query: q.Written, found: found.Written, grade: names.GradeContradicts, weight: other}
		if other == 0 {
			e.grade, e.say = names.GradeMissing, sayOtherAlias
		}
		return append(es, e)
	}
	for _, p := range al.Parts {
		e := evidence{field: field, query: p.Query, found: p.Found, grade: p.Grade, rule: p.Rule, weight: p.Weight, likeness: p.Likeness, letters: p.Letters}
		switch {
		case p.Grade != names.GradeMissing:
		case p.Found == "" && alsoIn(p.Query, q, &found):
			e.say = sayAskedAgain
		case p.Query == "" && alsoIn(p.Found, &found, q):
			e.say = sayHeldAgain
		}
		es = append(es, e)
	}
	return es
}

// alsoIn tells whether a word of one name stands in another one too, where it is left over: Kumar of Ram Kumar Kumar.
func alsoIn(written string, of, other *name.Name) bool {
	same := func(latin string) bool {
		return slices.ContainsFunc(other.Tokens, func(t name.Token) bool { return t.Latin == latin })
	}
	return slices.ContainsFunc(of.Tokens, func(t name.Token) bool { return t.Written == written && same(t.Latin) })
}

func (s *personSearch) appendFacts(es []evidence, at register.PersonAt, v *shownPerson) []evidence {
	f := s.v.PersonFacts(at)
	if s.born {
		e := evidence{field: "birth_year", query: years(s.from, s.to), found: years(int(f.From), int(f.To)), grade: "missing", say: sayNothingHeld}
		if f.From > 0 {
			e.say = ""
			e.weight, e.grade = birthEvidence(s.from, s.to, int(f.From), int(f.To))
			e.likeness = likenessOf(e.grade)
		}
		es = append(es, e)
	}
	if s.r.Gender != "" {
		e := evidence{field: "gender", query: s.r.Gender, found: v.Gender, grade: "missing", say: sayNothingHeld}
		if f.Gender != 0 {
			e.say = ""
			var same bool
			e.weight, same = genderEvidence(s.r.Gender[0], f.Gender)
			if e.grade = "contradicts"; same {
				e.grade, e.likeness = "exact", 1
			}
		}
		es = append(es, e)
	}
	if len(s.places) > 0 {
		es = append(es, s.placeEvidence(s.v.PlacesOf(at), v))
	}
	return s.appendFilters(es, v)
}

// appendFilters says by which filters a record stands in the list; they are no evidence, and weigh nothing.
func (s *personSearch) appendFilters(es []evidence, v *shownPerson) []evidence {
	filter := func(field, asked, found, say string) {
		if asked != "" {
			es = append(es, evidence{field: field, query: asked, found: found, grade: "exact", likeness: 1, say: say})
		}
	}
	filter("station", s.r.Station, cmp.Or(v.StationName, v.Station), "")
	filter("district", s.r.District, cmp.Or(v.District, v.Station), "")
	if s.r.Section != "" {
		found, say := s.sectionsFound(v)
		filter("section", s.r.Section, found, say)
	}
	return es
}

// sectionsFound gives the sections of a record by which it passes: those that were asked, else those that count as these.
func (s *personSearch) sectionsFound(v *shownPerson) (found, say string) {
	asked := s.f.sections[:1] // what was asked comes first
	for range 2 {
		var list []string
		for _, section := range v.Sections {
			if overlap(asked, register.AppendSectionTerms(nil, section)) > 0 {
				list = append(list, section)
			}
		}
		if len(list) > 0 {
			return strings.Join(list, ", "), say
		}
		asked, say = s.f.sections, saySectionAlike
	}
	return strings.Join(v.Sections, ", "), say
}

func (s *personSearch) placeEvidence(held []uint32, v *shownPerson) evidence {
	e := evidence{field: "place", query: s.r.Place, found: strings.Join(v.places, "; "), grade: "missing", say: sayNothingHeld}
	if len(held) == 0 {
		return e
	}
	e.say = ""
	common := overlap(s.placeNums, held)
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
		return strconv.Itoa(from)
	}
	return strconv.Itoa(from) + "-" + strconv.Itoa(to)
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

// noName is the name of a record whose name cannot be read.
const noName = ^uint32(0)

// groupMost is how many names of an answer are counted, groupTries how many bearers of one are tried by the filters.
const (
	groupMost  = 8
	groupTries = 20_000
)

// countNamesakes counts, for the first names that several hits share, the records that bear the name and pass the filters.
func (s *personSearch) countNamesakes() {
	shared := map[uint32]int{}
	for _, h := range s.hits.Items() {
		shared[h.name]++
	}
	s.namesakes = map[uint32]namesakes{}
	for _, h := range s.hits.Items() {
		if _, counted := s.namesakes[h.name]; counted || shared[h.name] < 2 || h.name == noName || len(s.namesakes) == groupMost {
			continue
		}
		n := namesakes{records: s.v.Bearers(register.OwnNames, h.name)}
		if s.f.selective() || !s.v.AllShown() {
			list := s.bearing(register.OwnNames, h.name)
			n = namesakes{atLeast: len(list) > groupTries}
			for _, at := range list[:min(len(list), groupTries)] {
				if s.told(at) {
					n.records++
				}
			}
		}
		s.namesakes[h.name] = n
	}
}

// namesakes count the records that bear a name; where more bear it than were tried, it is at least so many.
type namesakes struct {
	records int
	atLeast bool
}

// atLeast marks a count that is not the whole one.
const atLeast = "at_least"

// are is how the count is to be read: "" where it is exact.
func (n namesakes) are() string {
	if n.atLeast {
		return atLeast
	}
	return ""
}

// told tells whether an answer may count a person: the request's filters let it pass, and no commit has taken it away or
// hidden it that the register has not followed yet.
func (s *personSearch) told(at register.PersonAt) bool {
	if !s.passes(at) {
		return false
	}
	id, shown := s.v.PersonID(s.text.scratch[:0], at)
	s.text.scratch = id
	return shown
}

// group shows hits that share a name together, with how many bear it and what would tell them apart.
func (s *personSearch) group() {
	at := map[uint32]int{}
	for i := range s.a.Hits {
		h := &s.hits.Items()[i]
		n, ok := s.namesakes[h.name]
		if !ok {
			continue
		}
		k, known := at[h.name]
		if !known {
			k = len(s.a.Groups)
			at[h.name] = k
			s.a.Groups = append(s.a.Groups, Group{Name: s.a.Hits[i].Record.Name, Records: n.records, RecordsAre: n.are()})
		}
		s.a.Groups[k].Hits = append(s.a.Groups[k].Hits, s.a.Hits[i].HitID)
	}
	narrow, english, hindi := s.narrows()
	for k := range s.a.Groups {
		g := &s.a.Groups[k]
		g.Narrow = narrow
		p := phrase.Namesakes
		if g.RecordsAre == atLeast {
			p = phrase.NamesakesAtLeast
		}
		g.Text, g.Hindi = p.With(g.Name, strconv.Itoa(g.Records))
		if narrow != nil {
			apart, kam := phrase.TellApart.Each([]string{english}, []string{hindi})
			g.Text, g.Hindi = g.Text+apart, g.Hindi+kam
		}
	}
}

// A narrowing is what tells namesakes apart, given what was asked.
type narrowing struct {
	fields         []string
	english, hindi string
}

// narrowings are those for each set of what was given: relative 1, birth year 2, place 4.
var narrowings = func() (all [8]narrowing) {
	for given := range all {
		n := &all[given]
		for i, f := range [...]struct {
			field string
			what  phrase.Phrase
		}{{"relative", phrase.NarrowRelative}, {"birth_year", phrase.NarrowBirth}, {"district", phrase.NarrowPlace}} {
			if given&(1<<i) != 0 {
				continue
			}
			if n.fields = append(n.fields, f.field); n.english != "" {
				n.english, n.hindi = n.english+", ", n.hindi+", "
			}
			english, hindi := f.what.With()
			n.english, n.hindi = n.english+english, n.hindi+hindi
		}
	}
	return all
}()

// narrows are the fields that were not given and tell namesakes apart.
func (s *personSearch) narrows() (fields []string, english, hindi string) {
	given := 0
	for i, is := range [...]bool{s.relative != nil, s.born, s.f.stations != nil || len(s.places) > 0} {
		if is {
			given |= 1 << i
		}
	}
	n := &narrowings[given]
	return n.fields, n.english, n.hindi
}
