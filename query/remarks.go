package query

import (
	"fmt"
	"strings"
)

// remark says what was read into a search, and why it can only be vague where it is.
func (s *personSearch) remark() {
	say := func(format string, args ...any) { s.a.Remarks = append(s.a.Remarks, fmt.Sprintf(format, args...)) }
	if len(s.f.alike) > 0 {
		say("section %s counts as %s too", s.r.Section, strings.Join(s.f.alike, ", "))
	}
	switch {
	case s.name == nil && s.alias == nil && s.relative == nil:
		say("without a name this can only be a list: a name, alias or relative's name narrows it")
	case s.name == nil && s.alias == nil:
		say("a relative's name alone can only be a list: the person's name, or age and district, narrow it")
	case s.name == nil:
		say("an alias alone can only be a lead, since many share one: a name or a relative's name narrows it")
	case onlyInitials(s):
		say("initials alone fit too many: write one name out")
	case s.strong() == 0 && len(s.namesakes) > 0:
		if _, narrow, _ := s.narrows(); narrow != "" {
			say("the name alone singles out nobody: %s narrows", narrow)
		}
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
	for _, h := range s.hits.hits {
		if h.class != Lead {
			n++
		}
	}
	return n
}
