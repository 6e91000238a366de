package web

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"anvesh/query"
	"anvesh/query/match"
	"anvesh/storage"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fastjson"
	"pgregory.net/rapid"
)

// person draws a search that the contract allows.
func person(t *rapid.T) query.PersonRequest {
	text := rapid.StringMatching(`[a-zअ-ह"\\<&][a-zअ-ह "\\<&]{0,20}[a-zअ-ह"\\<&]`)
	some := func(of []string) []string {
		if list := rapid.SliceOfN(rapid.SampledFrom(of), 0, 5).Draw(t, "list"); len(list) > 0 {
			return list
		}
		return nil
	}
	number := func(from, to int) *int {
		if !rapid.Bool().Draw(t, "given") {
			return nil
		}
		n := rapid.IntRange(from, to).Draw(t, "number")
		return &n
	}
	r := query.PersonRequest{Name: text.Draw(t, "name"), Relative: text.Draw(t, "relative"), Place: text.Draw(t, "place"),
		Gender: rapid.SampledFrom(query.BoundOf(storage.Person, "gender").Choices).Draw(t, "gender"), Age: rapid.IntRange(1, query.MaxAge).Draw(t, "age"),
		Tolerance: number(0, query.MaxTolerance), Status: some(storage.Statuses(storage.Person)), Role: some(storage.Roles())}
	r.Limit, r.Reason = number(1, query.MaxLimit), text.Draw(t, "reason")
	r.MinClass = query.Class(rapid.SampledFrom(query.BoundOf(storage.Person, "min_class").Choices).Draw(t, "class"))
	return r
}

// TestEveryWayInReadsTheSame sends one search as JSON, as a query, as a row of NDJSON and as a row of CSV.
func TestEveryWayInReadsTheSame(t *testing.T) {
	f := personForm()
	rapid.Check(t, func(t *rapid.T) {
		want := person(t)
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(raw, &fields); err != nil {
			t.Fatal(err)
		}
		var args fasthttp.Args
		var headings, cells []string
		for name, value := range fields {
			var texts []string
			switch v := value.(type) {
			case []any:
				for _, item := range v {
					texts = append(texts, item.(string))
				}
			case string:
				texts = []string{v}
			default:
				b, _ := json.Marshal(v)
				texts = []string{string(b)}
			}
			for _, text := range texts {
				args.Add(name, text)
			}
			headings, cells = append(headings, name), append(cells, strings.Join(texts, ";"))
		}
		var sheet strings.Builder
		w := csv.NewWriter(&sheet)
		w.WriteAll([][]string{headings, cells})

		same := func(how string, got query.PersonRequest, err error) {
			t.Helper()
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s of %s: %+v, %v", how, raw, got, err)
			}
		}
		var fromBody, fromQuery query.PersonRequest
		err = f.fromJSON(new(fastjson.Parser), raw, &fromBody, false)
		same("body", fromBody, err)
		args.ParseBytes(args.QueryString())
		err = f.fromArgs(&args, &fromQuery)
		same("query", fromQuery, err)
		for form, text := range map[string]string{"ndjson": string(raw), "csv": sheet.String()} {
			rows, _, err := openRows(strings.NewReader(text), match.ListOptions{Kind: match.Persons, Format: form}, f, query.PersonRequest{})
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			line, err := rows.next()
			same(form, line.request, errors.Join(err, line.err))
		}
	})
}

// checkPerson fails if a request that was let through breaks a rule.
func checkPerson(t *testing.T, r *query.PersonRequest) {
	t.Helper()
	for _, s := range []string{r.Name, r.Alias, r.Relative, r.Place, r.Station, r.District, r.Section, r.Reason, r.Ref} {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > query.MaxText || strings.ContainsRune(s, 0) {
			t.Fatalf("text %q", s)
		}
	}
	for _, s := range r.Status {
		if !slices.Contains(storage.Statuses(storage.Person), s) {
			t.Fatalf("status %q", s)
		}
	}
	if r.Limit != nil && (*r.Limit < 1 || *r.Limit > query.MaxLimit) || r.Age < 0 || r.Age > query.MaxAge || r.Age > 0 && r.BirthYear > 0 {
		t.Fatalf("numbers of %+v", r)
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"name":"Virender","age":34,"status":["wanted"],"limit":5,"reason":"DD 1"}`))
	f.Add([]byte(`{"name":"\ud83d\ude00\u0000","name":null,"from":"2026-02-30"}`))
	f.Add([]byte(`{"age":1e2,"tolerance":-0,"limit":00}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var r query.PersonRequest
		form := personForm()
		if err := form.fromJSON(new(fastjson.Parser), slices.Clone(body), &r, true); err != nil {
			if p, known := asProblem(err); !known || p.status != 400 {
				t.Fatalf("%v", err)
			}
			return
		}
		checkPerson(t, &r)
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var second query.PersonRequest
		if err := form.fromJSON(new(fastjson.Parser), again, &second, true); err != nil {
			t.Fatalf("what was let through is refused when written again: %s: %v", again, err)
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("name=Virender+Singh&status=wanted&status=abated&limit=5")
	f.Add("name=%ff&&==&limit=%30")
	f.Fuzz(func(t *testing.T, text string) {
		var args fasthttp.Args
		args.Parse(text)
		var r query.PersonRequest
		if err := personForm().fromArgs(&args, &r); err != nil {
			if p, known := asProblem(err); !known || p.status != 400 {
				t.Fatalf("%v", err)
			}
			return
		}
		checkPerson(t, &r)
	})
}

// FuzzList reads whole lists of both kinds: each must end, with rows in the order of their lines.
func FuzzList(f *testing.F) {
	f.Add("name,age\nx,34\ny,\n", true)
	f.Add("{\"name\":\"x\"}\n\n{\"nam\":1}\n", false)
	f.Fuzz(func(t *testing.T, list string, isCSV bool) {
		o := match.ListOptions{Kind: match.Persons, Format: "ndjson"}
		if isCSV {
			o.Format = "csv"
		}
		source, _, err := openRows(strings.NewReader(list), o, personForm(), query.PersonRequest{})
		if err != nil {
			if p, known := asProblem(err); !known || p.status != 400 {
				t.Fatal(err)
			}
			return
		}
		line := 0
		for {
			r, err := source.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			if r.line <= line || r.line > strings.Count(list, "\n")+1 {
				t.Fatalf("line %d behind line %d", r.line, line)
			}
			if line = r.line; r.err == nil {
				checkPerson(t, &r.request)
			}
		}
	})
}

func BenchmarkDecodeBody(b *testing.B) {
	body := []byte(`{"name":"Virender Singh","relative":"Om Parkash","age":34,"place":"Kalanaur","limit":20,"reason":"FIR 123/2023"}`)
	f, p := personForm(), new(fastjson.Parser)
	b.ReportAllocs()
	for b.Loop() {
		var r query.PersonRequest
		if err := f.fromJSON(p, body, &r, false); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPercent: a % that begins no byte is refused in a query and in a posted form, with the field; it is not searched for as it stands.
func TestPercent(t *testing.T) {
	s := serve(t, nil)
	doc := described(t)
	f := func(query, field string) {
		t.Helper()
		r := s.do("GET", "/v1/persons/search?"+query, "")
		check(t, doc, "/v1/persons/search", r)
		var p struct {
			Error struct{ Field, Message string }
		}
		if err := json.Unmarshal([]byte(r.text), &p); err != nil || r.StatusCode != 400 || p.Error.Field != field || !strings.Contains(p.Error.Message, "%25") {
			t.Errorf("%s: %d %s", query, r.StatusCode, r.text)
		}
	}
	f("name=%zz&reason=DD+1", "name")
	f("reason=DD+1&name=Ram%", "name")
	f("name=Ram%4&reason=DD+1", "name")
	f("name=Ram&reason=100%+DD", "reason")
	f("na%6de=%g1", "name")
	f("n%me=Ram", "(unreadable)")
	f(strings.Repeat("n", 65)+"=%", "(unreadable)")
	for path, body := range map[string]string{"/v1/persons/search?name=Ram%25%e0%a4%b0&reason=DD+1": "", "/": "q=Ram%25&reason=DD+1"} {
		if r := s.do(map[bool]string{true: "GET", false: "POST"}[body == ""], path, body, "Content-Type", formType, "Cookie", s.login()); r.StatusCode != 200 {
			t.Errorf("%s %s: %d %s", path, body, r.StatusCode, r.text)
		}
	}
	if r := s.do("POST", "/", "q=Ram%&reason=DD+1", "Content-Type", formType, "Cookie", s.login()); r.StatusCode != 400 || !strings.Contains(r.text, "%25") {
		t.Errorf("a form: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("POST", "/v1/persons/match?reason=100%", "name\nRam\n", "Content-Type", "text/csv"); r.StatusCode != 400 || !strings.Contains(r.text, "%25") {
		t.Errorf("the query of a list: %d %s", r.StatusCode, r.text)
	}
}
