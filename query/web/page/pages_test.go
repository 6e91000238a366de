package page

import (
	"fmt"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/match"
)

// TestPages: twenty hits a page out of one answer, up to as many as a search answers; what there is no page for is the nearest one.
func TestPages(t *testing.T) {
	f := func(hits, total, page int, want string) {
		t.Helper()
		a := answer(times(hits, hit(query.Lead, .2, "Sonu", "arrested", "name=exact"))...)
		a.Total = total
		v := &View{Lang: English, Typed: "Sonu", Kind: "person", Page: page}
		v.Found(a, 1)
		shown := len(v.List) + len(v.Weaker)
		if got := fmt.Sprint(v.Page, " ", v.Pages, " ", v.Most, " ", shown); got != want {
			t.Errorf("%d of %d hits, page %d: %s, want %s", hits, total, page, got, want)
		}
	}
	f(0, 0, 1, "1 [] 0 0")
	f(7, 7, 1, "1 [] 0 7")
	f(20, 20, 0, "1 [] 0 20")
	f(20, 21, 1, "1 [{1 1 20} {2 21 21}] 0 20")
	f(20, 184, 1, "1 [{1 1 20} {2 21 40} {3 41 60} {4 61 80} {5 81 100}] 100 20")
	f(100, 184, 2, "2 [{1 1 20} {2 21 40} {3 41 60} {4 61 80} {5 81 100}] 100 20")
	f(30, 30, 2, "2 [{1 1 20} {2 21 30}] 0 10")
	f(30, 30, 5, "2 [{1 1 20} {2 21 30}] 0 10")
	f(5, 30, 2, "1 [] 5 5")
	for text, want := range map[string]int{"": 1, "x": 1, "-3": 1, "2": 2, "5": 5, "99": 5} {
		if n := Number(text); n != want {
			t.Errorf("page %q is %d, want %d", text, n, want)
		}
	}
}

// TestWhere: what the page says of the hits beside it adds up to all that were found, and says where there may be more.
func TestWhere(t *testing.T) {
	f := func(leads, strong, total, page int, atLeast bool, english, hindi string) {
		t.Helper()
		a := answer(append(times(strong, hit(query.Exact, .99, "Sonu", "arrested", "name=exact")), times(leads, hit(query.Lead, .2, "Sonu", "arrested", "name=exact"))...)...)
		a.Total = total
		if atLeast {
			a.TotalIs = "at_least"
		}
		for lang, want := range map[Lang]string{English: english, Hindi: hindi} {
			v := &View{Lang: lang, Typed: "Sonu", Kind: "person", Page: page}
			if v.Found(a, 1); v.Where() != want {
				t.Errorf("%d and %d of %d, page %d: %q, want %q", strong, leads, total, page, v.Where(), want)
			}
		}
	}
	f(7, 0, 7, 1, false, "", "")
	f(12, 1, 13, 1, true, "1 listed, 12 weaker", "सूची में 1, कमज़ोर 12")
	f(20, 0, 43, 1, true, "10 listed, 10 weaker, at least 23 on other pages", "सूची में 10, कमज़ोर 10, अन्य पृष्ठों पर कम से कम 23")
	f(43, 0, 43, 3, false, "3 listed, 40 on other pages", "सूची में 3, अन्य पृष्ठों पर 40")
	f(100, 0, 184, 2, true, "20 listed, 80 on other pages, at least 84 not shown", "सूची में 20, अन्य पृष्ठों पर 80, न दिखाए गए कम से कम 84")
	f(5, 0, 30, 1, false, "5 listed, 25 not shown", "सूची में 5, न दिखाए गए 25")
}

// TestLineInHindi: station and district of a list's hit stand in the language of the page.
func TestLineInHindi(t *testing.T) {
	h := hit(query.Lead, .2, "Sonu", "arrested", "name=exact")
	h.Record.StationName, h.Record.District = "Kalanaur", "Rohtak"
	units := func(code string) (english, hindi string) {
		if code == "13225" {
			return "Rohtak", "ज़िला रोहतक"
		}
		return "Kalanaur", "थाना कलानौर"
	}
	for lang, want := range map[Lang]string{English: "Kalanaur, Rohtak", Hindi: "थाना कलानौर, रोहतक"} {
		line := LineOf(lang, "persons", match.Outcome{Row: &match.Row{}, Answer: answer(h)}, units)
		if got := line.Station + ", " + line.District; got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
}

// TestAgain: a row is asked again by the fields that the form of the search has, and by no others.
func TestAgain(t *testing.T) {
	f := func(kind, row, want string) {
		t.Helper()
		if got := fmt.Sprint(again(kind, []byte(row))); got != want {
			t.Errorf("%s %s: %s, want %s", kind, row, got, want)
		}
	}
	f("person", `{"name":"Ram","age":35,"ref":"7","limit":5,"reason":"DD 1","role":["accused"]}`, "[{kind person} {name Ram} {age 35} {role accused}]")
	f("vehicle", `{"registration":"HR26DK8337","make":"Maruti","name":"x"}`, "[{kind vehicle} {registration HR26DK8337} {make Maruti}]")
}

// TestUnitsInHindi: stations and districts bear their Hindi names on a Hindi page, where the one that a record names is that unit.
func TestUnitsInHindi(t *testing.T) {
	unit := func(code string) (string, string) {
		return map[string]string{"13225008": "Kalanaur", "13225": "Rohtak"}[code], map[string]string{"13225008": "थाना कलानौर", "13225": "रोहतक"}[code]
	}
	f := func(l Lang, name, district, wantName, wantDistrict string) {
		t.Helper()
		a := answer(hit(query.Lead, .2, "Sonu", "arrested", "name=exact"))
		a.Hits[0].Record.StationName, a.Hits[0].Record.District = name, district
		v := &View{Lang: l, Kind: "person", Unit: unit}
		v.Found(a, 1)
		if c := v.List[0].Cases[0]; c.Station != wantName || c.District != wantDistrict {
			t.Errorf("%s, %s in %s: %+v", name, district, l, c)
		}
		if a.Hits[0].Record.StationName != name {
			t.Error("the answer itself was changed")
		}
	}
	f(Hindi, "Kalanaur", "Rohtak", "कलानौर", "रोहतक")
	f(Hindi, "Old Kalanaur", "Hisar", "Old Kalanaur", "Hisar")
	f(English, "Kalanaur", "Rohtak", "Kalanaur", "Rohtak")
}

// TestRolesAreOffered: whoever may ask for parties chooses the role among the filters; who may not is not offered it.
func TestRolesAreOffered(t *testing.T) {
	f := func(role string, want int) {
		t.Helper()
		who := access.Identity{Person: "HR-1", Role: role, Level: access.StationLevel, Unit: "13225008", SecondFactor: true}
		offered := 0
		for _, in := range ForWho(who, Inputs("person")) {
			if in.Name == "role" {
				offered = len(in.Options)
			}
		}
		if offered != want {
			t.Errorf("%s is offered %d roles, want %d", role, offered, want)
		}
	}
	f(access.RoleSHO, 4)
	f(access.RoleConstable, 0)
	f(access.RolePrison, 0)
	f(access.RoleBureau, 4)
}

// TestRemarks: a remark about a field calls it as the page does, in the page's language.
func TestRemarks(t *testing.T) {
	a := &query.Answer{}
	for _, english := range []string{"registration: left out", "only leads: see below"} {
		a.Remarks, a.RemarksHi = append(a.Remarks, english), append(a.RemarksHi, strings.Replace(english, "left out", "छोड़ दिया गया", 1))
	}
	f := func(l Lang, kind string, a query.Answer, want string) {
		t.Helper()
		if got := (&View{Lang: l, Kind: kind, Answer: &a}).Remarks(); len(got) != 2 || got[0] != want || got[1] != "only leads: see below" {
			t.Errorf("%s %s: %q", l, kind, got)
		}
	}
	f(English, "vehicle", *a, "Registration number: left out")
	f(Hindi, "vehicle", *a, "पंजीकरण संख्या: छोड़ दिया गया")
	f(English, "person", *a, "registration: left out")
	a.RemarksHi = nil // of a service that says them in English alone
	f(Hindi, "vehicle", *a, "पंजीकरण संख्या: left out")
}
