package indexer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// personRecord makes the record of one person.
func (f *folding) personRecord(s *subject) storage.Record {
	r := f.record(s, storage.Person, "/p/")
	r.Role = f.role(s)
	for _, m := range slices.Backward(s.mentions) {
		p := m.person
		r.Name, r.Names = spell(r.Name, r.Names, p.Name)
		r.Name, r.Names = spell(r.Name, r.Names, p.NameHi)
		for _, a := range p.Aliases {
			r.Aliases = add(r.Aliases, a)
		}
		r.Relatives = add(add(r.Relatives, p.Relative), p.RelHi)
		r.Relation = cmp.Or(r.Relation, p.Relation)
		r.Gender = cmp.Or(r.Gender, p.Gender)
		r.Places = add(add(r.Places, p.Address), p.Permanent)
		r.Flags = appendCautions(r.Flags, p)
	}
	s.birth(&r)
	if r.Role == storage.Accused {
		var unclear bool
		if r.Status, unclear = personStatus(s, f.closures); unclear {
			r.Flags = append(r.Flags, FlagAppealUnclear)
			f.flag(FlagAppealUnclear)
		}
	}
	r.Updated = s.updated
	r.Flags = append(r.Flags, s.flags...)
	r.Visibility = f.visibility(s, &r)
	return r
}

// appendCautions adds what a form warns of. One form is enough: a later one that says nothing does not take it back, the
// next version of the form that said it does.
func appendCautions(flags []string, p *iif.Person) []string {
	for i, said := range [...]bool{p.Misused, p.Armed, p.Dangerous, p.Escape} {
		if said {
			flags = add(flags, storage.Cautions()[i])
		}
	}
	return flags
}

// visibility labels a person. A sealing order comes first, then whether he is a child in conflict with the law, then a redaction
// order; then the table says what his part makes of him: a child who is a victim or witness makes the case secret, and is
// masked by that. Who is masked bears under what.
func (f *folding) visibility(s *subject, r *storage.Record) storage.Visibility {
	order := f.redacted[s.ref]
	switch {
	case f.c.Sealed || f.hidden[s.ref]:
		return storage.Sealed
	case s.child && (r.Role == storage.Accused || r.Role == ""):
		r.MaskedUnder = underMajority
		return storage.Child
	case order != nil:
		r.MaskedUnder, r.Pseudonym = order.under(), cmp.Or(strings.TrimSpace(order.Pseudonym), pseudonym)
		return storage.Masked
	}
	label := book().person(r.Role, f.c.Sensitive)
	if label == storage.Masked {
		r.MaskedUnder = strings.Join(f.under, ", ")
	}
	return label
}

// pseudonym stands for a name where the order gives none: Punjab and Haryana High Court, March 2025.
const pseudonym = "ABCD"

// younger reports whether the day years after from lies after day.
func younger(from iif.Date, years int, day iif.Date) bool {
	y := year(from) + years
	return y > year(day) || y == year(day) && from[4:] > day[4:]
}

// newYear is the first day of a year.
func newYear(y int) iif.Date { return iif.Date(fmt.Sprintf("%04d-01-01", y)) }

// yearsBefore is the day n years before d.
func yearsBefore(d iif.Date, n int) iif.Date {
	return newYear(year(d) - n)[:4] + d[4:]
}

func year(d iif.Date) int {
	if len(d) < 4 {
		return 0
	}
	return int(d[0]-'0')*1000 + int(d[1]-'0')*100 + int(d[2]-'0')*10 + int(d[3]-'0')
}

// ageOn is the day of a mention's age.
func (m mention) ageOn() iif.Date { return dayOr(m.person.AgeOn, m.form.EventAt) }

// birthSlack is how many years windows of birth may lie apart before they are said to disagree: ages are guessed.
const birthSlack = 5

// birth sets the window of birth years: of the newest date of birth, else the newest birth year, else the newest age,
// which allows year(day)-age-1 to year(day)-age.
func (s *subject) birth(r *storage.Record) {
	best := 0
	for _, m := range slices.Backward(s.mentions) {
		from, to, rank := m.window()
		if rank > best {
			best = rank
			r.BirthFrom, r.BirthTo = from, to
		}
	}
	for _, m := range s.mentions {
		from, to, rank := m.window()
		if rank > 0 && (from > r.BirthTo+birthSlack || to < r.BirthFrom-birthSlack) {
			s.flags = append(s.flags, FlagBirth)
			return
		}
	}
}

// window is a mention's window of birth years; rank is 3 for a date, 2 for a year, 1 for an age, 0 for nothing.
func (m mention) window() (from, to, rank int) {
	p := m.person
	switch {
	case p.BirthDate != "":
		return year(p.BirthDate), year(p.BirthDate), 3
	case p.BirthYear != 0:
		return p.BirthYear, p.BirthYear, 2
	case p.Age != nil:
		y := year(m.ageOn())
		return y - *p.Age - 1, y - *p.Age, 1
	}
	return 0, 0, 0
}
