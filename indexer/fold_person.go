package indexer

import (
	"cmp"
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// personRecord makes the record of one person.
func (f *folding) personRecord(s *subject) storage.Record {
	r := f.record(s, storage.Person, "/p/")
	r.Role = s.role()
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
	}
	s.birth(&r)
	if r.Role == "accused" {
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

// role is the part that the newest form tells. Who has none but stands where accused stand is one; who has another stays
// what the form says, so that a mistaken ref never lays a victim open.
func (s *subject) role() string {
	role := ""
	for _, m := range slices.Backward(s.mentions) {
		switch {
		case role == "":
			role = m.person.Role
		case m.person.Role != "" && m.person.Role != role:
			s.flags = append(s.flags, FlagRoleChanged)
			return role
		}
	}
	switch {
	case role == "" && s.accused:
		return "accused"
	case role == "":
		s.flags = append(s.flags, FlagRoleMissing)
	case role != "accused" && s.accused:
		s.flags = append(s.flags, FlagRoleChanged)
	}
	return role
}

// visibility labels a person. An order comes first, then childhood; complainants, victims and witnesses are never
// findable, and sealed where the case is sensitive (BNS 72, POCSO 23, BNSS 366). No role is no accused.
func (f *folding) visibility(s *subject, r *storage.Record) storage.Visibility {
	switch {
	case f.c.Sealed || f.hidden[s.ref]:
		return storage.Sealed
	case s.child || s.maybeChild(f.offence):
		return storage.Child
	case r.Role == "accused":
		return storage.Findable
	case f.c.Sensitive:
		return storage.Sealed
	}
	return storage.Party
}

// majority is the age from which the JJ Act (s.2(12)) sees no child.
const majority = 18

// maybeChild reports whether the person may have been under 18 on the day of offence. Doubt protects: a birth year or an
// age leaves a span of birthdays, and the youngest that any current form allows counts. Where a form has a full date
// of birth, only such dates count (JJ Act s.94: documents before estimates).
func (s *subject) maybeChild(offence iif.Date) bool {
	exact, doubt := false, false
	for _, m := range s.mentions {
		p := m.person
		if p.BirthDate != "" {
			if under(p.BirthDate, majority, offence) {
				return true
			}
			exact = true
			continue
		}
		if p.BirthYear != 0 && p.BirthYear+majority >= year(offence) {
			doubt = true
		}
		if p.Age != nil && under(m.ageOn(), majority-*p.Age, offence) {
			doubt = true
		}
	}
	return doubt && !exact
}

// under reports whether the day years after from lies after day.
func under(from iif.Date, years int, day iif.Date) bool {
	y := year(from) + years
	return y > year(day) || y == year(day) && from[4:] > day[4:]
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

// sensitive reports whether a section makes the identity of its victims secret: BNS 64 to 71 (BNS 72), IPC 376 and its
// letters (IPC 228A), all of POCSO (s.23, 33). Source: Nipun Saxena v. Union of India, 2018.
func sensitive(s iif.Section) bool {
	act := letters(s.Act)
	number := leading(s.Section)
	switch {
	case strings.Contains(act, "POCSO"), strings.Contains(act, "CHILDRENFROMSEXUAL"):
		return true
	case act == "BNS", strings.HasPrefix(act, "BHARATIYANYAYA"):
		return 64 <= number && number <= 71
	case act == "IPC", strings.HasPrefix(act, "INDIANPENALCODE"):
		return number == 376
	}
	return false
}

// letters are the ASCII letters of s as capitals.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, s)
}

// leading is the number at the beginning of a section, 0 if there is none.
func leading(s string) int {
	n := 0
	for _, r := range strings.TrimSpace(s) {
		if r < '0' || r > '9' || n > 10_000 {
			break
		}
		n = n*10 + int(r-'0')
	}
	return n
}
