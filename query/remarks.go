package query

import (
	"slices"
	"strings"
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
		s.a.remark("section "+s.r.Section+" counts as "+alike+" too", "धारा "+s.r.Section+" में "+alike+" भी गिनी गई")
	}
	if slices.ContainsFunc(s.hits.Items(), func(h hit[personAt]) bool { return h.swapped }) {
		s.a.remark("in some records the name and the relative's name stand the other way round: leads only",
			"कुछ अभिलेखों में नाम और संबंधी का नाम बदले हुए हैं: केवल सुराग")
	}
	_, narrow, hindi := s.narrows()
	switch alone := s.alias == nil && s.relative == nil && !s.born && s.r.Gender == "" && len(s.places) == 0 && !s.f.selective(); {
	case s.name == nil && s.alias == nil && s.relative == nil:
		s.a.remark("without a name this can only be a list: a name, alias or relative's name narrows it",
			"बिना नाम के यह केवल सूची है: नाम, उर्फ़ या संबंधी का नाम दें")
	case s.name == nil && s.alias == nil:
		s.a.remark("without the person's own name this can only be a list: the name narrows it",
			"व्यक्ति के अपने नाम के बिना यह केवल सूची है: नाम दें")
	case s.name == nil && s.relative == nil:
		s.a.remark("an alias without a name can only be a lead, since many share one: a name or a relative's name narrows it",
			"बिना नाम के उर्फ़ से सुराग ही मिलता है, क्योंकि वह बहुतों का होता है: नाम या संबंधी का नाम दें")
	case s.name != nil && onlyInitials(s):
		s.a.remark("a name of initials fits too many: write one word of it out", "आद्याक्षर बहुतों पर बैठते हैं: नाम का एक शब्द पूरा लिखें")
	case s.strong() > 0 || len(s.namesakes) == 0 || narrow == "":
	case alone:
		s.a.remark("the name alone singles out nobody: "+narrow+" would narrow it", "केवल नाम से कोई एक व्यक्ति तय नहीं होता: "+hindi+" दें")
	default:
		s.a.remark("several bear the name and nothing given singles one out: "+narrow+" would narrow it",
			"यह नाम कई का है और दी गई जानकारी से कोई एक तय नहीं होता: "+hindi+" दें")
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
