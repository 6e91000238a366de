package web

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/storage"
)

// TestBadValuesAreToldAlike: a value that no search may have is refused with the same field and message as JSON, in an
// address, as a row of NDJSON and of CSV, on the page and by the engine's own check. Lists leave out an age, a birth
// year and a gender that cannot be, and say of which field.
func TestBadValuesAreToldAlike(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	year := time.Now().In(storage.IST).Year()
	f := func(fields map[string]any, field, message string, leftOut ...string) {
		t.Helper()
		fields["name"], fields["reason"] = "Virender", "DD 1"
		body, _ := json.Marshal(fields)
		args := url.Values{}
		var headings, cells []string
		for name, v := range fields {
			cell := fmt.Sprint(v)
			if list, ok := v.([]string); ok {
				args[name], cell = list, strings.Join(list, ";")
			} else {
				args.Set(name, cell)
			}
			headings, cells = append(headings, name), append(cells, cell)
		}
		var sheet strings.Builder
		csv.NewWriter(&sheet).WriteAll([][]string{headings, cells})
		want := refusal{Code: "bad_value", Field: field, Message: field + ": " + message}
		same := func(how string, got refusal) {
			t.Helper()
			if got != want {
				t.Errorf("%s of %s: %+v, want %+v", how, body, got, want)
			}
		}
		same("JSON", s.do("POST", "/v1/persons/search", string(body)).problem(t))
		same("GET", s.do("GET", "/v1/persons/search?"+args.Encode(), "").problem(t))
		for i, list := range []string{string(body), sheet.String()} {
			kind := []string{"application/x-ndjson", "text/csv"}[i]
			_, rows := s.list("/v1/persons/match", kind, list)
			if strings.Contains(strings.Join(leftOut, " "), kind) {
				if remarks := fmt.Sprint(rows[0]["remarks"]); rows[0]["error"] != nil || !strings.Contains(remarks, field+": ") && !strings.Contains(remarks, "age: ") {
					t.Errorf("%s of %s: %v", kind, body, rows[0])
				}
				continue
			}
			raw, _ := json.Marshal(rows[0]["error"])
			var got refusal
			json.Unmarshal(raw, &got)
			same(kind, got)
		}
		page := s.do("GET", "/?kind=person&"+args.Encode(), "", "Cookie", cookie)
		if page.StatusCode != 400 || !strings.Contains(html.UnescapeString(page.text), message) || !strings.Contains(page.text, `data-field="`+field+`"`) {
			t.Errorf("page of %s: %d, want %q", body, page.StatusCode, want.Message)
		}
		var r query.PersonRequest
		json.Unmarshal(body, &r)
		var bad *query.FieldError
		if err := r.Check(year); fields["age"] != 0 && (!errors.As(err, &bad) || bad.Field != field || bad.Message != message) {
			t.Errorf("check of %s: %v", body, err)
		}
	}
	const ndjson, comma = "application/x-ndjson", "text/csv"
	type m = map[string]any
	f(m{"age": 0}, "age", "must be a whole number from 1 to 130", comma)
	f(m{"age": 131}, "age", "must be a whole number from 1 to 130", comma)
	f(m{"birth_year": 1899}, "birth_year", "must be a year from 1900 to this one", comma)
	f(m{"birth_year": year + 1}, "birth_year", "must be a year from 1900 to this one", comma)
	f(m{"birth_year": 1990, "age": 30}, "birth_year", "give age or birth_year, not both", comma)
	f(m{"tolerance": 21}, "tolerance", "must be a whole number from 0 to 20")
	f(m{"tolerance": -1}, "tolerance", "must be a whole number from 0 to 20")
	f(m{"limit": 0}, "limit", "must be a whole number from 1 to 100")
	f(m{"limit": 101}, "limit", "must be a whole number from 1 to 100")
	f(m{"from": "2026-02-30"}, "from", "must be a date that exists, written YYYY-MM-DD, such as 2026-01-31")
	f(m{"to": "yesterday"}, "to", "must be a date that exists, written YYYY-MM-DD, such as 2026-01-31")
	f(m{"to": "1899-12-31"}, "to", "must be a date that exists, written YYYY-MM-DD, such as 2026-01-31")
	f(m{"from": "2026-02-02", "to": "2026-02-01"}, "to", "must not lie before from")
	f(m{"gender": "X"}, "gender", "must be one of M, F, T", ndjson, comma)
	f(m{"min_class": "PROBABEL"}, "min_class", "must be one of EXACT, PROBABLE, LEAD; did you mean PROBABLE?")
	f(m{"role": []string{"thief"}}, "role", "each item must be one of accused, complainant, victim, witness")
}

// TestNoNumber: what is no whole number is refused where plain text comes in, also where 0 would be one.
func TestNoNumber(t *testing.T) {
	s := serve(t, nil)
	for _, text := range []string{"three", "3x", "1e1", "3.5", "0x3", "99999999999999999999"} {
		r := s.do("GET", "/v1/persons/search?name=x&reason=DD+1&tolerance="+text, "")
		if p := r.problem(t); r.StatusCode != 400 || p.Field != "tolerance" || p.Message != "tolerance: must be a whole number from 0 to 20" {
			t.Errorf("%s: %d %+v", text, r.StatusCode, p)
		}
	}
}
