package query

import (
	"slices"
	"strings"

	"anvesh/query/name"
	"anvesh/query/phrase"
	"anvesh/query/register"
)

// remark adds a remark in both languages, at most mostRemarks and each once.
func (a *Answer) remark(english, hindi string) {
	const mostRemarks = 8
	if len(a.Remarks) < mostRemarks && !slices.Contains(a.Remarks, english) {
		a.Remarks, a.RemarksHi = append(a.Remarks, english), append(a.RemarksHi, hindi)
	}
}

// remark says what was read into a search, and why it can only be vague where it is.
func (s *personSearch) remark() {
	if len(s.f.alike) > 0 {
		alike := strings.Join(s.f.alike, ", ")
		s.a.remark(phrase.SectionAlike.With(s.r.Section, alike))
	}
	if slices.ContainsFunc(s.hits.Items(), func(h hit[register.PersonAt]) bool { return h.swapped }) {
		s.a.remark(phrase.Swapped.With())
	}
	_, narrow, hindi := s.narrows()
	switch alone := s.alias == nil && s.relative == nil && !s.born && s.r.Gender == "" && len(s.places) == 0 && !s.f.selective(); {
	case s.name == nil && s.alias == nil && s.relative == nil:
		s.a.remark(phrase.Nameless.With())
	case s.name == nil && s.alias == nil:
		s.a.remark(phrase.RelativeOnly.With())
	case s.name == nil && s.relative == nil:
		s.a.remark(phrase.AliasOnly.With())
	case s.name != nil && onlyInitials(s):
		s.a.remark(phrase.OnlyInitials.With())
	case s.strong() > 0 || len(s.namesakes) == 0 || narrow == "":
	case alone:
		s.a.remark(phrase.NameAlone.Each([]string{narrow}, []string{hindi}))
	default:
		s.a.remark(phrase.Several.Each([]string{narrow}, []string{hindi}))
	}
}

func onlyInitials(s *personSearch) bool {
	for _, t := range s.name.Tokens {
		if !t.Initial {
			return false
		}
	}
	return true
}

// strong is how many hits are more than leads.
func (s *personSearch) strong() (n int) {
	for _, h := range s.hits.Items() {
		if h.class != Lead {
			n++
		}
	}
	return n
}

// leftOut is a field of a request that says nothing, with what it held.
type leftOut struct {
	field, text string
	lost        bool          // it said something, which a spreadsheet has destroyed
	unread      bool          // it holds no name: digits, marks
	short       phrase.Phrase // how many letters and digits a number needs, of which this one has fewer
}

// leftOutOf are parts of a text that were left out.
func leftOutOf(parts []register.LeftOut) (left []leftOut) {
	for _, p := range parts {
		left = append(left, leftOut{field: p.Field, text: p.Text})
	}
	return left
}

// leaveOut empties the fields that say nothing.
func (r *PersonRequest) leaveOut() (left []leftOut) {
	named := r.Relative != "" && !register.Nothing("relative", r.Relative)
	for _, f := range [...]struct {
		field string
		text  *string
	}{{"name", &r.Name}, {"alias", &r.Alias}, {"relative", &r.Relative}, {"place", &r.Place}} {
		if *f.text != "" && register.Nothing(f.field, *f.text) && !(named && f.field == "name" && register.Perhaps(*f.text)) {
			left = append(left, leftOut{field: f.field, text: *f.text})
			*f.text = ""
		}
	}
	return left
}

// refusal is the answer to a request of which nothing is left to search for.
func (l *leftOut) refusal() error {
	if l.lost {
		return refuse(l.field, phrase.DigitsLost)
	}
	if l.unread {
		return refuse(l.field, phrase.NoName)
	}
	if l.short != "" {
		return refuse(l.field, l.short)
	}
	return refuse(l.field, phrase.OnlyNothing)
}

// leftOut remarks that fields of a request were left out.
func (a *Answer) leftOut(left []leftOut) {
	for _, l := range left {
		if l.lost {
			a.remark(phrase.LeftOutPower.With(l.field, l.text))
			continue
		}
		if l.unread {
			a.remark(phrase.LeftOutName.With(l.field, l.text))
			continue
		}
		if l.short != "" {
			a.remark(phrase.LeftOutShort.With(l.field, l.text))
			continue
		}
		a.remark(phrase.LeftOutNothing.With(l.field, l.text))
	}
}

// Meant gives a text as it was meant where it is UTF-8 that was taken for Windows-1252 and saved again, else the text itself.
func Meant(text string) string {
	if meant, stored := name.Repair(text); stored == name.StoredMisread {
		return meant
	}
	return text
}
