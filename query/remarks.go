package query

import (
	"slices"
	"strings"

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
