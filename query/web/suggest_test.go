package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/query/units"

	"github.com/valyala/fasthttp"
)

// TestSuggestions: whoever types the beginning of a word of a station's or a district's name is suggested it, a station's with its district, in
// the script that is typed, whatever the page's language; what is suggested is found; every answer is small, says nothing but names, may be kept by the browser, and needs no session.
func TestSuggestions(t *testing.T) {
	doc, table := described(t), units.Default()
	s := serve(t, func(o *Options) {
		o.UnitNames = func() (stations, districts [][2]string) { return table.Names(time.Now()) }
	})
	ask := func(kind, lang, begins string) (names []string) {
		t.Helper()
		r := s.do("GET", "/units/"+kind+"?lang="+lang+"&begins="+url.QueryEscape(begins), "", "Authorization", "")
		check(t, doc, "/units/{kind}", r)
		if err := json.Unmarshal([]byte(r.text), &names); err != nil || r.StatusCode != 200 || !strings.Contains(r.Header.Get("Cache-Control"), "max-age") {
			t.Fatalf("%s %s: %d %s %v", kind, begins, r.StatusCode, r.text, err)
		}
		if n := len(fasthttp.AppendGzipBytes(nil, []byte(r.text))); n > 2<<10 {
			t.Errorf("%s %s in %s has %d bytes compressed", kind, begins, lang, n)
		}
		return names
	}
	stations, districts := table.Names(time.Now())
	if len(stations) < 400 || len(districts) < 20 {
		t.Fatalf("%d stations, %d districts", len(stations), len(districts))
	}
	asked := map[string][]string{}
	for at, lang := range []string{"en", "hi"} {
		for kind, names := range map[string][][2]string{"stations": stations, "districts": districts} {
			for _, name := range names {
				own, _, _ := strings.Cut(name[at], ",")
				for _, word := range strings.Fields(own) {
					word = strings.Trim(word, "()/")
					if slices.Contains([]string{"", "PS", "Police", "Station", "थाना", "पुलिस"}, word) { // in the name of each
						continue
					}
					begins := string([]rune(word)[:min(2, len([]rune(word)))])
					for _, of := range []string{"en", "hi"} {
						if of != lang && begins[0] <= '9' { // digits are of every script
							continue
						}
						if _, ok := asked[kind+of+begins]; !ok {
							asked[kind+of+begins] = ask(kind, of, begins+"x")
						}
						if !slices.Contains(asked[kind+of+begins], name[at]) {
							t.Errorf("%s is not suggested for %s on the page in %s", name[at], begins, of)
						}
					}
				}
				if kind == "stations" && len(table.FindStations(name[at])) == 0 || kind == "districts" && len(table.FindDistricts(name[at])) == 0 {
					t.Errorf("%s is suggested and not found", name[at])
				}
			}
		}
		if got := ask("districts", lang, ""); len(got) != len(districts) || !slices.Contains(got, districts[0][at]) {
			t.Errorf("districts in %s: %q", lang, got)
		}
	}
	if none := ask("stations", "en", "q"); len(none) != 0 {
		t.Errorf("for q alone: %q", none)
	}
	for path, status := range map[string]int{"/units/persons": 404, "/units/stations?name=x": 400} {
		r := s.do("GET", path, "", "Authorization", "")
		check(t, doc, "/units/{kind}", r)
		if r.StatusCode != status {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}
