package query

import (
	"context"
	"time"

	"anvesh/query/access"
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
//
// Roles of different labels are searched apart, each among its own records and weighed by their frequencies, and the hits
// are put into one order: neither list depends on what the other holds.
func (e *Engine) searchPersons(ctx context.Context, who access.Identity, r *PersonRequest) (a *Answer, err error) {
	start := time.Now()
	for _, among := range labelsOf(r.Role) {
		s, err := e.newPersonSearch(r, among, who, func(c *Common) (*Answer, error) { return e.begin(ctx, c) })
		if err != nil {
			return nil, err
		}
		if err := s.run(ctx); err != nil {
			return nil, err
		}
		a = a.join(s.a, s.f.limit)
	}
	a.TookUS = time.Since(start).Microseconds()
	return a, nil
}

// newPersonSearch reads a request, to be answered among the records of a label; begin makes the answer that is filled.
func (e *Engine) newPersonSearch(r *PersonRequest, among register.Label, who access.Identity, begin func(*Common) (*Answer, error)) (*personSearch, error) {
	asked := *r
	left := asked.leaveOut()
	f, err := e.readPerson(&asked, left)
	if err != nil {
		return nil, err
	}
	s := &personSearch{e: e, among: among}
	s.r, s.f = &asked, f
	if s.a, err = begin(&asked.Common); err != nil {
		return nil, err
	}
	s.a.leftOut(left)
	s.hits.reset(s.f.limit, s.f.min)
	if err := s.read(); err != nil {
		return nil, err
	}
	if among == register.Parties {
		s.f.party = s.mayTell(who)
	}
	return s, nil
}

// A personSearch is one search on its way from request to hits: what is asked, what weighs a record by it, which records are
// looked at, and here how the best of them are explained. Each knows only what stands before it.
type personSearch struct {
	personCandidates
	e         *Engine
	among     register.Label
	namesakes map[uint32]namesakes // ordinal of a shown name -> records that bear it
	text      arena
}

// An askedPerson is what a request asks, taken apart.
type askedPerson struct {
	r                     *PersonRequest
	f                     filter
	name, alias, relative *name.Name
	from, to              int // birth years
	born                  bool
	places                []string // words, by sound
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
		unread, consonants := name.OtherLetters(text)
		if ok := len(reading.Names) > 0 && len(reading.Names[0].Tokens) > 0; !ok && field != "name" && (s.r.Name != "" || s.others(field)) {
			s.a.leftOut([]leftOut{{field: field, text: text, unread: true}})
			return nil, nil
		} else if !ok && (field != "name" || reading.Relative == nil) {
			if unread != "" {
				return nil, refuse(field, phrase.OtherScript)
			}
			return nil, refuse(field, phrase.NoName)
		}
		if unread != "" {
			s.a.remark(phrase.LettersUnread.With(field, unread))
		}
		if consonants != "" {
			s.a.remark(phrase.ByConsonants.With(field, consonants))
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

// nameless tells whether nothing is asked that is looked up with its misspellings.
func (s *askedPerson) nameless() bool { return s.name == nil && s.alias == nil && s.relative == nil }

// listsParties tells whether the search would list parties by place, station or section, which is not done.
func (s *personSearch) listsParties() bool { return s.nameless() && s.among == register.Parties }

func (s *personSearch) run(ctx context.Context) error {
	if s.listsParties() {
		s.a.remark(phrase.PartyByName.With())
		return nil
	}
	var vague []string
	if s.nameless() {
		var err error
		if vague, err = s.vagueCandidates(ctx); err != nil {
			return err
		}
	}
	var release func()
	s.v, release = s.e.view(s.among)
	defer release()
	s.prepare()
	defer personScratches.Put(s.personScratch)
	for _, id := range vague {
		if at, ok := s.v.FindPerson(id); ok {
			s.look(at, -1, 0)
		}
	}
	if !s.nameless() {
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
