package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"anvesh/query/access"
	"anvesh/query/access/accesstest"
)

// decodeRows reads NDJSON.
func decodeRows(t testing.TB, text string) []map[string]any {
	t.Helper()
	var rows []map[string]any
	for line := range strings.Lines(text) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		rows = append(rows, row)
	}
	return rows
}

// search asks the site once, as a page would.
func (s *matchSite) search(kind, body string) map[string]any {
	s.t.Helper()
	r, _ := http.NewRequest("POST", s.url+"/v1/"+kind+"/search", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.key)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != 200 {
		s.t.Fatalf("%d %v %v", resp.StatusCode, answer, err)
	}
	return answer
}

func TestMatchHasTheHitsOfTheSingleSearch(t *testing.T) {
	s := openSite(t)
	f := func(kind, name, list string, singles ...string) {
		t.Helper()
		r := s.match("", kind, writeList(t, name, list), "-o", "-")
		if r.code != 0 {
			t.Fatalf("exit %d: %s", r.code, r.errs)
		}
		rows := decodeRows(t, r.out)
		if len(rows) != len(singles) {
			t.Fatalf("%d rows, want %d: %s", len(rows), len(singles), r.out)
		}
		for i, row := range rows {
			want := s.search(kind, singles[i])
			if !reflect.DeepEqual(row["hits"], want["hits"]) || row["total"] != want["total"] {
				t.Fatalf("row %d\n got %v\nwant %v", i, row, want)
			}
		}
	}
	const why = `,"reason":"DD 1"}`
	rakesh, hindi := `{"name":"Rakesh","relative":"Om Parkash","age":34,"gender":"M","place":"Meham"`+why, `{"name":"वीरेंद्र","relative":"ओम"`+why
	f("persons", "a.csv", "Name,Father Name,AGE,gender,Address,reason\nRakesh,Om Parkash,34,Male,Meham,DD 1\n", rakesh)
	f("persons", "a.csv", "Name;Father Name;AGE;gender;Address;reason\r\n\"Rakesh\";Om Parkash;34;Male;Meham;DD 1\r\n;;;;;\r\n", rakesh)
	f("persons", "a.tsv", "sep=\t\nName\tFather.Name\tAGE\tgender\tAddress\treason\nRakesh\tOm Parkash\t34\tमहिला\tMeham, II\tDD 1",
		`{"name":"Rakesh","relative":"Om Parkash","age":34,"gender":"F","place":"Meham, II"`+why)
	f("persons", "a.csv", "\ufeffनाम,पिता का नाम\nवीरेंद्र,ओम\n\n\"Om, \"\"Kala\"\"\",\nRakesh \"K\" Pal,\n", hindi,
		`{"name":"Om, \"Kala\""`+why, `{"name":"Rakesh \"K\" Pal"`+why)
	f("persons", "a.ndjson", "\ufeff"+rakesh+"\n\r\n"+hindi, rakesh, hindi)
	f("vehicles", "a.csv", "Regn. No.,Chassis No,ENGINE_NO,Color\nHR26DK8337,MA3,K12,white\nHR26?K*,,,\n",
		`{"registration":"HR26DK8337","chassis":"MA3","engine":"K12","colour":"white"`+why, `{"registration":"HR26?K*"`+why)
	f("vehicles", "a.csv", "वाहन संख्या\nHR26DK8337\n", `{"registration":"HR26DK8337"`+why)
}

func TestMatchRowFaults(t *testing.T) {
	s := openSite(t)
	f := func(name, list string, want ...string) {
		t.Helper()
		r := s.match("", "persons", writeList(t, name, list), "-o", "-", "--reason", "DD 1")
		var got []string
		faulty := 0
		for _, row := range decodeRows(t, r.out) {
			what := "ok"
			if e, bad := row["error"].(map[string]any); bad {
				what = fmt.Sprint(e["code"])
				faulty++
			} else if _, there := row["hits"].([]any); !there {
				t.Fatalf("no hits: %v", row)
			}
			got = append(got, fmt.Sprintf("%v %v %s", row["line"], row["ref"], what))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
		if r.code != 1 || !strings.Contains(r.errs, fmt.Sprintf("%d of %d rows could not be searched for", faulty, len(got))) {
			t.Fatalf("exit %d: %s", r.code, r.errs)
		}
	}
	long := strings.Repeat("x", 70<<10)
	f("a.csv", "ref,name,age\na,x,34\nb,???? ??,30\n,\"x\ny\",\nc,x,34,more\nd,broken,\n"+long+"\ne,,34\n\nf,x,",
		"2 a ok", "3 b bad_value", "4  ok", "6 c bad_request", "7 d internal", "8  bad_request", "9 e bad_request", "11 f ok")
	f("a.csv", "name,ref\n\"x,a\ny,b\nz,c\n", "2  bad_request", "3 b ok", "4 c ok")
	f("a.csv", "name,ref\n\"x,a\n\"y,b\nz\",c\nw,d\n", "2  bad_request", "3 c ok", "5 d ok")
	f("a.csv", "name,ref\n\"x\"y,a\nराम,r\n\xff,b\nz,c\n", "2  bad_request", "3 r ok", "4 b bad_value", "5 c ok")
	f("a.csv", "name;ref\n\""+strings.Repeat(strings.Repeat("x", 180)+"\n", 500)+"z;c\nw;d\n", openQuote(500)...)
	f("a.ndjson", `{"ref":"a","name":"x"}`+"\n{\n"+`{"ref":"b","nam":"x"}`+"\n"+long+"\n[1]\n"+`{"ref":"c","name":"x"}`,
		"1 a ok", "2  bad_request", "3 b unknown_field", "4  bad_request", "5  bad_request", "6 c ok")
}

// openQuote is what follows a quote that stands open for n lines: it costs one row.
func openQuote(n int) []string {
	want := []string{"2  bad_request"}
	for i := 3; i < n+2; i++ {
		want = append(want, fmt.Sprintf("%d  ok", i))
	}
	return append(want, fmt.Sprintf("%d c ok", n+2), fmt.Sprintf("%d d ok", n+3))
}

func TestMatchPiecesKeepOrderAndLines(t *testing.T) {
	s := openSite(t)
	var list strings.Builder
	list.WriteString("Ref,Name\n")
	line, want := 2, []string{}
	for i := range 2_500 {
		want = append(want, fmt.Sprintf("%d r%d", line, i))
		if i%7 == 0 {
			fmt.Fprintf(&list, "r%d,\"Rakesh\nthe %d\"\n\n", i, i)
			line += 3
		} else {
			fmt.Fprintf(&list, "r%d,Rakesh %d\n", i, i)
			line++
		}
	}
	out := filepath.Join(t.TempDir(), "out.ndjson")
	r := s.match("", "persons", writeList(t, "a.csv", list.String()), "-o", out)
	if r.code != 0 || r.out != "" {
		t.Fatalf("exit %d: %s%s", r.code, r.errs, r.out)
	}
	rows := decodeRows(t, readText(t, out))
	if len(rows) != len(want) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		if got := fmt.Sprintf("%v %v", row["line"], row["ref"]); got != want[i] {
			t.Fatalf("row %d is %q, want %q", i, got, want[i])
		}
	}
}

func TestMatchReason(t *testing.T) {
	s := openSite(t)
	f := func(name, list, reason, want string) {
		t.Helper()
		args := []string{"persons", writeList(t, name, list), "-o", "-"}
		if reason != "" {
			args = append(args, "--reason", reason)
		}
		if r := s.match("", args...); r.code != 0 {
			t.Fatalf("exit %d: %s", r.code, r.errs)
		}
		if got := s.engine.reason("Rakesh"); got != want {
			t.Fatalf("reason %q, want %q", got, want)
		}
	}
	f("suspects.csv", "name,reason\nRakesh,DD 7\n", "FIR 1/2026", "FIR 1/2026")
	f("suspects.csv", "name,Why\nRakesh,DD 7\n", "", "list: suspects.csv")
	f("suspects.csv", "name,reason\nRakesh,DD 7\n", "", "DD 7")
	f("suspects.csv", "name,reason\nRakesh,\n", "", "list: suspects.csv")
	f("a.csv", "name\nRakesh\n", "", "list: a.csv (matched as a whole)")
	f("a.ndjson", `{"name":"Rakesh","reason":"DD 8"}`, "", "DD 8")
	f("a.ndjson", `{"name":"Rakesh","reason":"DD 8"}`, "FIR 2/2026", "FIR 2/2026")
	if r := s.match("name\nRakesh\n", "persons", "-", "--format", "csv", "-o", "-"); r.code != 0 ||
		s.engine.reason("Rakesh") != "list: standard input" {
		t.Fatalf("exit %d: %s; reason %q", r.code, r.errs, s.engine.reason("Rakesh"))
	}
}

func TestMatchColumns(t *testing.T) {
	s := openSite(t)
	f := func(name, list string, maps []string, code int, said string) {
		t.Helper()
		args := []string{"persons", writeList(t, name, list), "-o", "-"}
		for _, m := range maps {
			args = append(args, "--map", m)
		}
		r := s.match("", args...)
		if r.code != code || !strings.Contains(r.errs, said) {
			t.Fatalf("exit %d, want %d and %q: %s", r.code, code, said, r.errs)
		}
		if code == 0 && !strings.Contains(r.out, `"line"`) {
			t.Fatalf("no rows: %q", r.out)
		}
	}
	f("a.csv", "name,Shoe Size,थाना\nRakesh,7,x\n", nil, 0, `columns that are not used: "Shoe Size", "थाना"; --map 'COLUMN=FIELD'`)
	f("a.csv", "\"Owner, a\";Age\nRakesh;34\n", []string{"Owner, a=name"}, 0, "1 rows: ")
	f("a.csv", "Owner\nRakesh\n", nil, 1, `no heading of the list is known; line 1 has "Owner": name the columns, such as --map 'Owner=name'`)
	f("a.csv", "Owner\nRakesh\n", []string{"Ownr=name"}, 2, `--map names the column "Ownr", which the list does not have; it has "Owner"`)
	f("a.csv", "Owner\nRakesh\n", []string{"Owner=nam"}, 2, "did you mean name?")
	f("a.csv", "Owner\nRakesh\n", []string{"name"}, 2, "COLUMN=FIELD")
	f("a.ndjson", `{"Owner":"Rakesh","shoe":7}`, []string{"owner=name", "Shoe=-"}, 0, "1 rows: ")
}

func TestMatchUsage(t *testing.T) {
	s := openSite(t)
	f := func(code int, said string, args ...string) {
		t.Helper()
		if r := s.match("name\nRakesh\n", args...); r.code != code || !strings.Contains(r.errs, said) || r.out != "" {
			t.Fatalf("exit %d, want %d and %q: %s %s", r.code, code, said, r.errs, r.out)
		}
	}
	good := writeList(t, "a.csv", "name\nRakesh\n")
	f(2, "one of", "people", good, "-o", "-")
	f(2, "--out", "persons", good)
	f(2, "--format", "persons", "-", "-o", "-")
	f(2, "must end in .ndjson, .csv or .html", "persons", good, "-o", filepath.Join(t.TempDir(), "out.pdf"))
	f(2, "the list itself", "persons", good, "-o", good)
	f(2, "--limit", "persons", good, "-o", "-", "--limit", "101")
	f(2, "EXACT", "persons", good, "-o", "-", "--min-class", "SURE")
	f(2, "--resume", "persons", good, "-o", "-", "--resume")
	f(2, "written in one run", "persons", good, "-o", filepath.Join(t.TempDir(), "out.html"), "--resume")
	f(1, "no .xlsx workbook", "persons", writeList(t, "a.xlsx", "PK"), "-o", "-")
	f(2, "save it as .xlsx or CSV", "persons", writeList(t, "a.ods", "PK"), "-o", "-")
	f(1, "no .xlsx workbook", "persons", writeList(t, "a.csv", "PK\x03\x04..."), "-o", "-")
	f(1, "a workbook behind a password", "persons", writeList(t, "a.xlsx", "\xd0\xcf\x11\xe0..."), "-o", "-")
	f(1, "the list is empty", "persons", writeList(t, "a.csv", ""), "-o", "-")
	f(1, "no such file", "persons", filepath.Join(t.TempDir(), "none.csv"), "-o", "-")
	f(2, "a key is needed", "persons", good, "-o", "-", "--key", " ")
	f(1, "does not know the key", "persons", good, "-o", "-", "--key", "anv_wrong")
	f(2, "--server", "persons", good, "-o", "-", "--server", "ftp://x")
	f(1, "no service listens at http://127.0.0.1:1", "persons", good, "-o", "-", "--server", "127.0.0.1:1")
	if text := readText(t, good); text != "name\nRakesh\n" {
		t.Fatalf("the list was changed: %q", text)
	}
}

func TestMatchLimitAndFlatAnswers(t *testing.T) {
	s := openSite(t)
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprint("Rakesh ", i))
	}
	list := writeList(t, "a.csv", "name,age\n"+strings.Join(names, ",\n")+",\n????,34\n")
	out := filepath.Join(t.TempDir(), "out.csv")
	if r := s.match("", "persons", list, "-o", out, "--limit", "2"); r.code != 1 {
		t.Fatalf("exit %d: %s", r.code, r.errs)
	}
	table, err := csv.NewReader(strings.NewReader(readText(t, out))).ReadAll()
	if err != nil || len(table[0]) < 30 {
		t.Fatal(err, table)
	}
	column := map[string]int{}
	for i, h := range table[0] {
		column[h] = i
	}
	lines := map[string][]string{} // hit numbers by line
	for _, cells := range table[1:] {
		at := cells[column["line"]]
		lines[at] = append(lines[at], cells[column["hit"]])
		if cells[column["hit"]] != "" && (cells[column["name"]] != "'=Birender <b>" || cells[column["class"]] != "PROBABLE") {
			t.Fatal(cells)
		}
		if at == "42" != (cells[column["error"]] != "") {
			t.Fatal(cells)
		}
	}
	for i, name := range names {
		want := s.search("persons", fmt.Sprintf(`{"name":%q,"reason":"DD 1","limit":2}`, name))
		hits := max(1, len(want["hits"].([]any)))
		if got := lines[fmt.Sprint(i+2)]; len(got) != hits || (got[0] == "") != (want["total"] == 0.0) {
			t.Fatalf("line %d: %q, want %d", i+2, got, hits)
		}
	}
}

func TestMatchReport(t *testing.T) {
	s := openSite(t)
	out := filepath.Join(t.TempDir(), "out.html")
	r := s.match("", "persons", writeList(t, "a.csv", "ref,name,age\n<i>1</i>,<script>alert(1)</script>,\n2,Rakesh,34\n3,Rakesh 1,\n4,????,\n"), "-o", out)
	if r.code != 1 {
		t.Fatalf("exit %d: %s", r.code, r.errs)
	}
	page := readText(t, out)
	for _, want := range []string{"the records are made up", "Line 2 · &lt;i&gt;1&lt;/i&gt;", "name: Rakesh; age: 34", "=Birender &lt;b&gt;", "वीरेंद्र",
		"Not searched for: name: its letters were lost", "4 rows: 0 EXACT, 3 PROBABLE, 0 LEAD, 0 none, 1 not searched", "list: a.csv", "<td>bureau</td>", "</html>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	for _, never := range []string{"<script", "<b>", "<i>", "src=", "href=", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("%q stands in the report", never)
		}
	}
}

// TestMatchWithApproval: a list that is longer than the role may match is refused before a row of it is answered, also where it
// goes in parts that are short enough; with the approval of another person it is matched whole, once.
func TestMatchWithApproval(t *testing.T) {
	s := openSite(t)
	clock := accesstest.NewClock(s.keys)
	person := func(role, unit string) *accesstest.Person {
		return accesstest.Enrolled(t, s.keys, clock, access.Wanted{Name: role, Person: "HR-" + role, Role: role, Unit: unit})
	}
	officer, supervisor := person(access.RoleIO, "13225008"), person(access.RoleSupervisor, "13225")
	approved := func(who *accesstest.Person) access.Identity {
		id, err := s.keys.Session(who.SignIn(s.keys))
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	f := func(who *accesstest.Person, rows, code int, more ...string) {
		t.Helper()
		s.key = who.SignIn(s.keys)
		list := writeList(t, "list.csv", "name\n"+strings.Repeat("Virender Singh\n", rows))
		r := s.match("", append([]string{"persons", list, "-o", "-"}, more...)...)
		if n := strings.Count(r.out, "\n"); r.code != code || code == 0 && n != rows || code != 0 && (n != 0 || !strings.Contains(r.errs, "approval")) {
			t.Errorf("%d rows by %s, %v: exit %d with %d answers, want %d: %s", rows, who.Name, more, r.code, n, code, r.errs)
		}
	}
	f(officer, 500, 0)
	f(officer, 501, 1)
	f(officer, 2_500, 1)
	f(supervisor, 10_001, 1)
	short, _, err := s.keys.ApproveList(officer.ID, 2_499, approved(supervisor))
	if err != nil {
		t.Fatal(err)
	}
	f(officer, 2_500, 1, "--approval", short)
	whole, _, err := s.keys.ApproveList(officer.ID, 2_500, approved(supervisor))
	if err != nil {
		t.Fatal(err)
	}
	f(officer, 2_500, 0, "--approval", whole)
	f(officer, 2_500, 1, "--approval", whole)
}
