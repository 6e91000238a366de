package query

import "anvesh/query/register"

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
		list := s.v.PersonsBearing(register.OwnNames, h.name)
		n := namesakes{records: len(list)}
		if s.f.selective() || !s.v.AllShown() {
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
		g.Text = s.groupText(g, "at least", " records", english, " would tell them apart")
		g.Hindi = s.groupText(g, "कम से कम", " अभिलेख", hindi, " देने से कम होंगे")
	}
}

func (s *personSearch) groupText(g *Group, least, records, narrow, narrows string) string {
	if s.text.add(g.Name, ": "); g.RecordsAre == atLeast {
		s.text.add(least, " ")
	}
	s.text.number(uint64(g.Records))
	if s.text.add(records); narrow != "" {
		s.text.add("; ", narrow, narrows)
	}
	return s.text.end()
}

// narrows are the fields that were not given and tell namesakes apart.
func (s *personSearch) narrows() (fields []string, english, hindi string) {
	for _, f := range [...]struct {
		given                 bool
		field, english, hindi string
	}{
		{s.relative != nil, "relative", "father's or husband's name", "पिता या पति का नाम"},
		{s.born, "birth_year", "age", "आयु"},
		{s.f.stations != nil || len(s.places) > 0, "district", "district or village", "ज़िला या गांव"},
	} {
		if f.given {
			continue
		}
		if fields = append(fields, f.field); english != "" {
			english, hindi = english+", ", hindi+", "
		}
		english, hindi = english+f.english, hindi+f.hindi
	}
	return fields, english, hindi
}
