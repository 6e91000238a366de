package page

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/storage"
)

var update = flag.Bool("update", false, "write testdata/says.txt anew")

// A hit of a made-up answer: class, name and status, then reasons as field=grade.
func hit(class query.Class, score float64, name, status string, why ...string) query.Hit {
	h := query.Hit{Class: class, Score: score, Record: query.View{Kind: "person", Role: "accused", Name: name, Status: status, FIR: "13225008230123",
		Station: "13225008", StationName: "Kalanaur"}}
	for _, w := range why {
		field, grade, _ := strings.Cut(w, "=")
		h.Why = append(h.Why, query.Why{Field: field, Grade: grade, Found: "x", Part: .1})
	}
	return h
}

// vehicle is the same of a vehicle.
func vehicle(class query.Class, score float64, number, status string, why ...string) query.Hit {
	h := hit(class, score, "", status, why...)
	h.Record.Kind, h.Record.Registration, h.Record.Role = "vehicle", number, ""
	return h
}

// times is a hit n times, as n records.
func times(n int, h query.Hit) (hits []query.Hit) {
	for range n {
		hits = append(hits, h)
	}
	return hits
}

// answer is a whole answer of these hits.
func answer(hits ...query.Hit) *query.Answer {
	a := &query.Answer{Hits: hits, Total: len(hits), TotalIs: "exact", Complete: true, Shards: query.Shards{Answered: 2, Of: 2},
		Through: query.Through{Time: time.Date(2026, 11, 23, 5, 2, 5, 0, time.UTC)}}
	for i := range a.Hits {
		a.Hits[i].HitID = "h" + strconv.Itoa(i+1)
		a.Hits[i].Record.ID = a.Hits[i].HitID
	}
	return a
}

// named adds a group of n records that bear a name, of which the first hits are some.
func named(a *query.Answer, name string, n, hits int, narrow ...string) *query.Answer {
	g := query.Group{Name: name, Records: n, Narrow: narrow}
	for i := range hits {
		g.Hits = append(g.Hits, a.Hits[i].HitID)
	}
	a.Groups = append(a.Groups, g)
	return a
}

// cut makes an answer one of which a part is missing.
func cut(a *query.Answer) *query.Answer {
	a.Complete, a.Shards.Answered = false, 1
	return a
}

// A situation is what somebody types at a counter and what comes of it.
type situation struct {
	what, typed string
	answer      *query.Answer
}

// situations are forty that a counter meets: names with and without a father in either script, plates read badly, common names,
// nothing found, partial answers. A line that is lost is the browser's test.
func situations() []situation {
	p, l, x := query.Probable, query.Lead, query.Exact
	differ := answer(vehicle(p, .98, "HR26DK8337", "stolen", "registration=exact"), vehicle(p, .98, "DL1CAB1234", "seized", "chassis=exact"))
	differ.Conflicts = []query.Conflict{{Field: "registration"}, {Field: "chassis"}}
	atLeast := answer(times(20, hit(l, .2, "Sonu", "arrested", "name=exact"))...)
	atLeast.Total, atLeast.TotalIs = 84, "at_least"
	bornByMore := named(answer(times(14, hit(l, .04, "Sunil Kumar", "arrested", "name=exact"))...), "Sunil Kumar", 84, 14, "relative")
	bornByMore.Groups[0].RecordsAre = "at_least"
	several := answer(times(3, hit(p, .98, "Kuldeep Gill", "wanted", "name=exact", "relative=exact"))...)
	for i := range several.Hits {
		h := &several.Hits[i].Record
		h.Relative, h.BirthYear, h.Place = "Gurmeet Gill", 1989, "Kalanaur"
	}
	return []situation{
		{"father equal", "Kuldeep Gill s/o Gurmeet Gill", answer(hit(p, .98, "Kuldeep Gill", "wanted", "name=exact", "relative=exact"))},
		{"father alike", "Kuldip Gill s/o Gurmit Gill", answer(hit(p, .98, "Kuldeep Gill", "absconding", "name=sound", "relative=sound"))},
		{"in the other script", "कुलदीप गिल पुत्र गुरमीत गिल", answer(hit(p, .98, "Kuldeep Gill", "proclaimed", "name=script", "relative=script"))},
		{"all equal", "Kuldeep Gill s/o Gurmeet Gill 1989 r/o Kalanaur", answer(hit(x, .99, "Kuldeep Gill", "wanted", "name=exact", "relative=exact", "birth_year=exact", "place=exact"))},
		{"place and age fit", "Kuldeep Gill s/o Gurmeet 37 r/o Kalanaur", answer(hit(p, .98, "Kuldeep Gill", "arrested", "name=exact", "relative=spelling", "birth_year=partial", "place=sound"))},
		{"father different", "Kuldeep Gill s/o Balbir 1989", answer(hit(p, .97, "Kuldeep Gill", "charge-sheeted", "name=exact", "relative=contradicts", "birth_year=exact"))},
		{"acquitted", "Kuldeep Gill s/o Gurmeet Gill", answer(hit(p, .98, "Kuldeep Gill", "acquitted", "name=exact", "relative=exact"))},
		{"discharged", "Kuldeep Gill s/o Gurmeet Gill", answer(hit(p, .98, "Kuldeep Gill", "discharged", "name=exact", "relative=exact"))},
		{"convicted", "Kuldeep Gill s/o Gurmeet Gill", answer(hit(p, .98, "Kuldeep Gill", "convicted", "name=exact", "relative=exact"))},
		{"status not on record", "Kuldeep Gill s/o Gurmeet Gill", answer(hit(p, .98, "Kuldeep Gill", "", "name=exact", "relative=exact"))},
		{"a rare name alone", "Zorawar Malhi", answer(hit(p, .97, "Zorawar Malhi", "wanted", "name=exact"))},
		{"by an alias", "Zorawar @ Kala", answer(hit(p, .97, "Zorawar Malhi", "wanted", "name=exact", "alias=exact"))},
		{"name not on record", "r/o Kalanaur", answer(hit(p, .97, "", "wanted", "place=exact"))},
		{"one person, three cases", "Kuldeep Gill s/o Gurmeet Gill", several},
		{"three strong", "Kuldeep Gill", answer(times(3, hit(p, .97, "Kuldeep Gill", "wanted", "name=exact"))...)},
		{"strong before leads", "Kuldeep Gill s/o Gurmeet", answer(append([]query.Hit{hit(p, .98, "Kuldeep Gill", "wanted", "name=exact", "relative=exact")}, times(9, hit(l, .1, "Kuldeep", "arrested", "name=partial"))...)...)},
		{"a common name", "Sunil Kumar", named(answer(times(14, hit(l, .04, "Sunil Kumar", "arrested", "name=exact"))...), "Sunil Kumar", 84, 14, "relative", "birth_year", "district")},
		{"a common name in Hindi", "सुनील कुमार", named(answer(times(14, hit(l, .04, "सुनील कुमार", "wanted", "name=exact"))...), "सुनील कुमार", 14, 14, "relative", "birth_year")},
		{"common with father", "Sunil Kumar s/o Ram", named(answer(times(4, hit(l, .3, "Sunil Kumar", "arrested", "name=exact", "relative=partial"))...), "Sunil Kumar", 4, 4, "birth_year", "place")},
		{"common with age", "Sunil Kumar 35", named(answer(times(3, hit(l, .2, "Sunil Kumar", "arrested", "name=exact", "birth_year=partial"))...), "Sunil Kumar", 100200, 3, "relative", "district")},
		{"only the village is left", "Sunil Kumar s/o Ram 35", named(answer(times(3, hit(l, .4, "Sunil Kumar", "arrested", "name=exact"))...), "Sunil Kumar", 3, 3, "district")},
		{"one lead stands out", "Sunil Kumar s/o Shamsher", named(answer(hit(l, .91, "Sunil Kumar", "convicted", "name=exact", "relative=exact"), hit(l, .04, "Sunil Kumar", "arrested", "name=exact")), "Sunil Kumar", 14, 2, "district")},
		{"one outstanding lead", "Suneel s/o Shamsher", answer(hit(l, .6, "Sunil", "absconding", "name=sound", "relative=exact"))},
		{"a weak lead", "Xavier", answer(hit(l, .05, "Zaveri", "arrested", "name=sound"))},
		{"many leads, at least", "Sonu", atLeast},
		{"weak leads alone", "Bablu", answer(times(3, hit(l, .015, "Bablu Ram", "arrested", "name=partial"))...)},
		{"weak vehicles alone", "HR26*", answer(times(3, vehicle(l, .002, "HR26DK8337", "seized", "registration=partial"))...)},
		{"a common name, at least", "Sunil Kumar", bornByMore},
		{"nobody, Latin", "Xqzwv Bhrtk s/o Nobody", answer()},
		{"nobody, Devanagari", "क्षत्रज्ञ पुत्र अज्ञेय", answer()},
		{"nobody, with place and age", "Kuldeep 35 r/o Nowhere", answer()},
		{"plate equal, stolen", "HR26DK8337", answer(vehicle(p, .98, "HR26DK8337", "stolen", "registration=exact"))},
		{"plate read badly", "HR26DK833T", answer(vehicle(p, .97, "HR26DK8337", "stolen", "registration=spelling"))},
		{"plate in the open", "HR26?8337", answer(vehicle(l, .6, "HR26DK8337", "stolen", "registration=partial"), vehicle(l, .3, "HR26DA8337", "seized", "registration=partial"))},
		{"end of a plate", "8337", answer(times(6, vehicle(l, .16, "HR12BH8337", "seized", "registration=partial"))...)},
		{"plate of one given back", "hr 26 dk 8337", answer(vehicle(p, .98, "HR26DK8337", "released", "registration=exact"))},
		{"chassis equal", "MA3EWDE1S00123456", answer(vehicle(p, .99, "HR26DK8337", "stolen", "chassis=exact"))},
		{"end of a chassis number", "23456", answer(vehicle(l, .8, "HR26DK8337", "stolen", "chassis=partial"))},
		{"plate and chassis differ", "HR26DK8337", differ},
		{"two vehicles", "HR26DK8337", answer(times(2, vehicle(p, .97, "HR26DK8337", "stolen", "registration=exact"))...)},
		{"no such vehicle", "HR99ZZ0001", answer()},
		{"partial, with one strong", "Kuldeep Gill s/o Gurmeet", cut(answer(hit(p, .98, "Kuldeep Gill", "wanted", "name=exact", "relative=exact")))},
		{"partial, nothing", "Kuldeep Gill s/o Gurmeet", cut(answer())},
		{"partial, leads", "Sunil Kumar", cut(named(answer(times(3, hit(l, .04, "Sunil Kumar", "arrested", "name=exact"))...), "Sunil Kumar", 84, 3, "relative", "district"))},
		{"partial, vehicle", "HR26DK8337", cut(answer())},
	}
}

// TestSays: in each situation the top of the page alone says what came of it and the right next step, in both languages. A change
// of testdata/says.txt is looked at word by word.
func TestSays(t *testing.T) {
	var b strings.Builder
	all := situations()
	if len(all) < 40 {
		t.Fatalf("only %d situations", len(all))
	}
	for _, s := range all {
		fmt.Fprintf(&b, "%s: %s\n", s.what, s.typed)
		for _, l := range []Lang{English, Hindi} {
			read := Read(s.typed, "", isPlace)
			v := &View{Lang: l, Typed: s.typed, Read: &read, Kind: read.Kind(), Filters: Inputs(read.Kind())}
			v.Found(s.answer, 169783)
			fmt.Fprintf(&b, "  %-6s  %s\n          %s\n", v.Say.Tone, v.Say.Text, v.Say.Next)
			if v.Say.Text == "" || v.Say.Next == "" {
				t.Errorf("%s: nothing is said in %s", s.what, l)
			}
			if len(s.answer.Hits) > 0 && s.answer.Hits[0].Class == query.Lead && s.answer.Complete && !strings.Contains(v.Say.Next, l.pick("no ground for a stop", "आधार नहीं")) {
				t.Errorf("%s: a lead does not say in %s that it is no ground for a stop", s.what, l)
			}
			if l == English && strings.ContainsFunc(strings.ReplaceAll(v.Say.Next, s.typed, ""), func(r rune) bool { return r >= 0x900 && r < 0x980 }) {
				t.Errorf("%s: the English step holds Hindi", s.what)
			}
		}
	}
	const file = "testdata/says.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || b.String() != string(want) {
		t.Errorf("what is said differs from %s (%v); look at the difference, then go test -update:\n%s", file, err, b.String())
	}
}

// TestList: one person with several cases is one entry; namesakes that nothing tells apart are one line; weak hits fold away.
func TestList(t *testing.T) {
	f := func(what string, a *query.Answer, list, weaker int) []Entry {
		t.Helper()
		l, w := English.entriesOf(a)
		if len(l) != list || len(w) != weaker {
			t.Errorf("%s: %d entries and %d weaker, want %d and %d", what, len(l), len(w), list, weaker)
		}
		return l
	}
	byWhat := map[string]*query.Answer{}
	for _, s := range situations() {
		byWhat[s.what] = s.answer
	}
	if l := f("one person", byWhat["one person, three cases"], 1, 0); len(l[0].Cases) != 3 {
		t.Errorf("%d cases", len(l[0].Cases))
	}
	if l := f("namesakes", byWhat["a common name"], 1, 0); len(l[0].Same) != 14 || l[0].Count != 84 || l[0].Question != "father, age or village" || l[0].Sought != 0 {
		t.Errorf("%+v", l[0])
	}
	f("strong before leads", byWhat["strong before leads"], 1, 9)
	f("stands out", byWhat["one lead stands out"], 1, 1)
	f("ten at most", answer(times(20, hit(query.Lead, .2, "Sonu", "arrested", "name=exact"))...), 10, 10)
	weak := func(scores ...float64) (hits []query.Hit) {
		for _, score := range scores {
			hits = append(hits, hit(query.Lead, score, "Sonu", "arrested", "name=exact"))
		}
		return hits
	}
	f("weak beside one that is not", answer(weak(.12, .06, .04, .035)...), 2, 2)
	f("all weak", answer(weak(.04, .04, .02, .003)...), 3, 1)
	f("nothing", answer(), 0, 0)
}

// TestWords: numbers and dates as people in India write them.
func TestWords(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(number(7), "7")
	f(number(999), "999")
	f(number(1000), "1,000")
	f(number(169783), "1,69,783")
	f(number(123456789), "12,34,56,789")
	f(number(-1234567), "-12,34,567")
	at := time.Date(2023, 5, 3, 20, 15, 0, 0, time.UTC)
	f(English.day(at), "4 May 2023")
	f(Hindi.moment(at), "4 मई 2023, 01:45")
	f(English.civil("2023-12-01"), "1 December 2023")
	f(English.civil("soon"), "soon")
	f(caseNumber("13225008230123"), "123/2023")
	f(caseNumber("132250082312345"), "12345/2023")
	f(caseNumber("1"), "1")
	f(string(LangOf("hi-IN,en;q=0.8")), "hi")
	f(string(LangOf("fr, en-GB, hi")), "en")
	f(string(LangOf("")), "en")
	for _, kind := range []storage.Kind{storage.Person, storage.Vehicle} {
		for _, s := range storage.Statuses(kind) {
			if Hindi.word(s) == s {
				t.Errorf("%s has no Hindi", s)
			}
		}
	}
}
