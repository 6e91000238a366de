package web

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// TestStatusWords: the page has a label in both languages for each status, and the description knows exactly these
// statuses and roles wherever it lists any.
func TestStatusWords(t *testing.T) {
	all := slices.Concat(storage.Statuses(storage.Person), storage.Statuses(storage.Vehicle))
	for _, s := range all {
		if w := phrase.LabelOf(s); w.English == "" || w.Hindi == "" {
			t.Errorf("%s has the label %q", s, w)
		}
	}
	var doc any
	if err := json.Unmarshal(description, &doc); err != nil {
		t.Fatal(err)
	}
	lists := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			var enum []string
			list, _ := v["enum"].([]any)
			for _, e := range list {
				s, _ := e.(string)
				enum = append(enum, s)
			}
			for _, known := range [][]string{storage.Statuses(storage.Person), storage.Statuses(storage.Vehicle), storage.Roles()} {
				if slices.Contains(enum, known[0]) {
					lists++
					if !slices.Equal(enum, known) {
						t.Errorf("described as %v, known are %v", enum, known)
					}
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(doc)
	if lists < 6 {
		t.Errorf("only %d lists are described", lists)
	}
}

// TestRefusalsInHindi: what is wrong with a search stands on the page in Hindi too, behind the field's label.
func TestRefusalsInHindi(t *testing.T) {
	f := func(err error, want string) {
		t.Helper()
		if p, known := asProblem(err); !known || p.hindi != want || p.message == "" || strings.Contains(p.message, "|") {
			t.Errorf("%v: %s, want %s", err, p.hindi, want)
		}
	}
	f(query.BoundOf(storage.Person, "age").Whole(200), "आयु: 1 से 130 तक की पूर्ण संख्या लिखें")
	f(query.BoundOf(storage.Person, "tolerance").Whole(21), "± वर्ष: 0 से 20 तक की पूर्ण संख्या लिखें")
	f(query.BoundOf(storage.Person, "gender").Text("m"), "लिंग: इनमें से एक चुनें: M, F, T")
	f(query.ErrOverloaded, "इस समय बहुत खोजें चल रही हैं; थोड़ी देर में फिर खोजें")
	f(&query.FieldError{Field: "age", Message: "nobody has said this in Hindi"}, "")
	for _, err := range []error{query.ErrNotFresh, query.ErrNotReady, query.ErrDamaged, errFromElsewhere, errManyWaits, errBusy, errPanic, unknownField("x", "a person search", []string{"name"})} {
		if p, _ := asProblem(err); p.hindi == "" {
			t.Errorf("%s has no Hindi", p.message)
		}
	}
	s := serve(t, nil)
	cookie := s.login()
	for path, want := range map[string]string{
		"/?name=x&age=200": "आयु: 1 से 130 तक की पूर्ण संख्या लिखें", "/?kind=boat": "इनमें से एक चुनें: person, vehicle",
		"/?name=busy&reason=DD+1": "थोड़ी देर में फिर खोजें"} {
		if r := s.do("GET", path, "", "Cookie", cookie, "Accept-Language", "hi-IN,hi;q=0.9,en;q=0.8"); r.StatusCode < 400 || !strings.Contains(r.text, want) {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.text)
		}
	}
}
