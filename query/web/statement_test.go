package web

import (
	"strings"
	"testing"

	"anvesh/query/statement"
)

// TestStatement: a search that found nobody is had as a signed statement, and only that: with hits, or where anything was
// missed, it is refused and says why.
func TestStatement(t *testing.T) {
	doc := described(t)
	key, err := statement.OpenKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	public, err := statement.ParsePublic([]byte(key.Public()))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *Options) { o.Statements = key })
	f := func(kind, query, body string, status int, code string) reply {
		t.Helper()
		path := "/v1/" + kind + "/search"
		r := s.do("POST", path+query, body)
		if r.StatusCode != status || code != "" && r.problem(t).Code != code {
			t.Fatalf("%s%s %s: %d %s", path, query, body, r.StatusCode, r.text)
		}
		check(t, doc, path, r)
		return r
	}
	for kind, field := range map[string]string{"persons": "name", "vehicles": "registration"} {
		ask := func(what string) string { return `{"` + field + `":"` + what + `","reason":"DD 1"}` }
		stated, err := statement.Open([]byte(f(kind, "?statement=1", ask("nobody"), 200, "").text), public)
		if err != nil {
			t.Fatal(err)
		}
		if asked, _ := stated.Asked.(map[string]any); asked[field] != "nobody" || asked["reason"] != "DD 1" || stated.Kind+"s" != kind || stated.By.Key != s.keys.List()[0].ID ||
			!stated.Through.Equal(someTime) || stated.Offsets["0"] != 1234 || stated.Shards != 2 || !strings.Contains(stated.Text, "10:32:05") {
			t.Errorf("%+v", stated)
		}
		if _, err := statement.Open([]byte(f(kind, "", ask("nobody"), 200, "").text), public); err == nil {
			t.Error("an answer is a statement")
		}
		f(kind, "?statement=1", ask("x"), 409, "has_hits")
		f(kind, "?statement=1", ask("cut"), 409, "incomplete")
		f(kind, "?statement=1", ask("shard"), 409, "incomplete")
		f(kind, "?statement=2", ask("nobody"), 400, "bad_value")
		f(kind, "?statement=1&x=1", ask("nobody"), 400, "unknown_field")
		f(kind, "?x=1", ask("nobody"), 400, "bad_request")
		f(kind, "?statement=1", `{"`+field+`":"nobody","reason":"DD 1","min_class":"EXACT"}`, 400, "bad_value")
		f(kind, "?statement=1", `{"`+field+`":"nobody","reason":"DD 1","min_class":"LEAD"}`, 200, "")
	}
	r := s.do("GET", "/v1/statements/key", "")
	check(t, doc, "/v1/statements/key", r)
	if !strings.Contains(r.text, key.ID()) || !strings.Contains(r.text, "BEGIN PUBLIC KEY") {
		t.Error(r.text)
	}
	s = serve(t, nil)
	f("persons", "?statement=1", `{"name":"nobody","reason":"DD 1"}`, 400, "bad_request")
}
