package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"anvesh/query/access"
	"anvesh/query/audit"
)

// TestLogOnThePage: an auditor finds entries of his own unit by person, unit, case, record, kind and day, twenty at a time, in either
// language; each look is in the log before; no name of what was shown stands there, and nothing typed stands in an address; an entry's
// proof is that of the API.
func TestLogOnThePage(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) {
		o.Audit = log
		o.Unit = func(code string) (string, string) { return "Gurugram", "गुरुग्राम" }
	})
	add := func(name, unit, kind, id string, asked any) {
		t.Helper()
		ev := audit.Event{Kind: kind, Who: access.Identity{Name: name, Person: "HR-" + name, Role: "sho", Unit: unit, Address: "10.0.0.9"},
			Rows: []audit.Row{{ID: "s1", About: "person", Asked: asked, Found: []audit.Found{{ID: id, Class: "LEAD"}}, Complete: true}}}
		if err := log.Append(t.Context(), &ev); err != nil {
			t.Fatal(err)
		}
	}
	add("far", "13226", audit.KindSearch, "13226001230009/p/A1", map[string]string{"name": "Elsewhere"})
	for i := range 25 {
		add(fmt.Sprint("desk ", i), "13225", audit.KindSearch, fmt.Sprintf("1322500823%04d/p/A1", i+1), map[string]any{"name": "Virender", "reason": "FIR 7/2026", "status": []string{"wanted"}})
	}
	token := s.officer(access.RoleAuditor, "13225").SignIn(s.keys)
	rowsOf := regexp.MustCompile(`<tr><td`)
	f := func(method, lang, form string, rows int, texts ...string) string {
		t.Helper()
		before := len(log.events)
		r := s.do(method, "/log", form, asPage(token, lang)...)
		if n := len(rowsOf.FindAllString(r.text, -1)); r.StatusCode != 200 || n != rows {
			t.Fatalf("%s: %d, %d rows, want %d: %s", form, r.StatusCode, n, rows, r.text)
		}
		for _, text := range texts {
			if !strings.Contains(r.text, text) {
				t.Errorf("%s in %s lacks %q: %s", form, lang, text, r.text)
			}
		}
		if looks := log.events[before:]; len(looks) != 1 || looks[0].Kind != audit.KindAudit || looks[0].Who.Role != access.RoleAuditor {
			t.Errorf("%s: the look is not in the log: %+v", form, looks)
		}
		for _, never := range []string{"Birender", "Elsewhere", "13226001230009"} {
			if strings.Contains(r.text, never) {
				t.Errorf("%s shows %s", form, never)
			}
		}
		return r.text
	}
	text := f("GET", "en", "", 20, "desk 24", "HR-desk 24", "station house officer", "Gurugram (13225)", "Virender", "FIR 7/2026", "wanted", "25/2023 Gurugram (p A1)", "LEAD", "10.0.0.9", "Older entries")
	before := regexp.MustCompile(`name="before" value="([^"]+)"`).FindStringSubmatch(text)[1]
	f("POST", "en", fields("before", before), 6, "desk 0") // behind 25 searches and the look before this one
	other := f("POST", "hi", fields("who", "desk 3"), 1, "थाना प्रभारी", "गुरुग्राम (13225)", "वांछित", "कारण: FIR 7/2026", "सुराग", `value="desk 3"`)
	if english := foreign(other, "hi", "Reason", ">search<", "Older", "Proof<", "wanted<"); english != "" {
		t.Errorf("in Hindi it says %q", english)
	}
	f("POST", "en", fields("fir", "13225008230007"), 1, "desk 6")
	f("POST", "en", fields("record", "13225008230007/p/A1", "kind", "search"), 1, "desk 6")
	f("POST", "en", fields("unit", "13226"), 0, "The log has no such entry")
	f("POST", "hi", fields("from", "2001-01-01", "to", "2001-01-02"), 0, "ऐसी कोई प्रविष्टि नहीं")
	for form, words := range map[string]string{"from=x": "ऐसी तिथि लिखें", "kind=x": "इनमें से एक चुनें", "other=1": "इस नाम का कोई क्षेत्र नहीं"} {
		if r := s.do("POST", "/log", form, asPage(token, "hi")...); r.StatusCode != 400 || !strings.Contains(r.text, words) {
			t.Errorf("%s: %d %s", form, r.StatusCode, r.text)
		}
	}
	year := regexp.MustCompile(`/log/(\d+)-5"`).FindStringSubmatch(f("POST", "en", fields("who", "desk 4"), 1))
	if year == nil {
		t.Fatal("no way to the proof of entry 5")
	}
	proof := s.do("GET", "/log/"+year[1]+"-5", "", asPage(token, "en")...)
	p, err := log.Prove(5000, 5)
	if err == nil || p != nil {
		t.Fatal("a proof of nothing")
	}
	for _, has := range []string{"Proof of entry 5 of " + year[1], log.VerifierKey(), "/v1/audit/proof?year=" + year[1] + "&amp;entry=5", "/" + year[1] + "\n"} {
		if proof.StatusCode != 200 || !strings.Contains(proof.text, strings.ReplaceAll(has, "+", "&#43;")) {
			t.Errorf("the proof lacks %q: %d %s", has, proof.StatusCode, proof.text)
		}
	}
	if r := s.do("GET", "/v1/audit/proof?year="+year[1]+"&entry=5", "", asPage(token, "en")...); r.StatusCode != 200 || !strings.Contains(r.text, `"checkpoint"`) {
		t.Errorf("the proof as a file: %d %s", r.StatusCode, r.text)
	}
	for _, none := range []string{"2026", "x-y", year[1] + "-5000", "1-1"} {
		if r := s.do("GET", "/log/"+none, "", asPage(token, "hi")...); r.StatusCode != 404 || !strings.Contains(r.text, "ऐसा वर्ष या प्रविष्टि नहीं") {
			t.Errorf("%s: %d %s", none, r.StatusCode, r.text)
		}
	}
	log.mu.Lock()
	log.fails = true
	log.mu.Unlock()
	if r := s.do("GET", "/log", "", asPage(token, "en")...); r.StatusCode != 503 || strings.Contains(r.text, "Virender") {
		t.Errorf("a look that cannot be logged: %d %s", r.StatusCode, r.text)
	}
}

// TestAlarmsAndRefusalsOnThePage: what raised an alarm, and a view that was refused to somebody, stand among the entries, in words of
// the page's language.
func TestAlarmsAndRefusalsOnThePage(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	ev := audit.Event{Kind: audit.KindAlarm, Who: access.Identity{Name: "desk 1", Role: "sho", Unit: "13225"},
		Rows: []audit.Row{{About: "alarm", Why: access.AlarmOwnName, Total: 3}}}
	if err := log.Append(t.Context(), &ev); err != nil {
		t.Fatal(err)
	}
	supervisor := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	if r := s.do("GET", "/credentials", "", asPage(supervisor, "en")...); r.StatusCode != 403 {
		t.Fatalf("%d %s", r.StatusCode, r.text)
	}
	token := s.officer(access.RoleAuditor, "13225").SignIn(s.keys)
	f := func(lang, kind string, texts ...string) {
		t.Helper()
		var text string
		until(t, kind+" is shown", func() bool {
			text = s.do("POST", "/log", "kind="+kind, asPage(token, lang)...).text
			return strings.Contains(text, "<tr><td")
		})
		for _, has := range texts {
			if !strings.Contains(text, has) {
				t.Errorf("%s in %s lacks %q: %s", kind, lang, has, text)
			}
		}
	}
	f("en", audit.KindAlarm, "own name", "3 times", "desk 1")
	f("hi", audit.KindAlarm, "अपना ही नाम", "3 बार", "चेतावनी")
	f("en", audit.KindRefusal, "your role does not see this view", "supervisor 13225")
}
