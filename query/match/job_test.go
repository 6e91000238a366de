package match

import (
	"anvesh/query/phrase"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/valyala/fastjson"
)

// runJob matches as a program does.
func runJob(t testing.TB, url string, j Job) ran {
	t.Helper()
	var said bytes.Buffer
	if j.Kind == "" {
		j.Kind = Persons
	}
	j.Stdout, j.Stderr, j.Log = io.Discard, &said, slog.New(slog.DiscardHandler)
	j.Meter = func(string, int64) Meter { return quiet{} }
	service := mustClient(t, url, "k")
	err := j.Run(context.Background(), service)
	return ran{err, said.String()}
}

func TestMatchGoesOnWithItsOwnAnswersOnly(t *testing.T) {
	url := openFake(t, nil)
	list, other := writeList(t, "a.csv", "name\nSita\nGita\nMita\n"), writeList(t, "a.csv", "name\nSita\nGita\nRita\n")
	for _, ending := range []string{".ndjson", ".csv"} {
		out := filepath.Join(t.TempDir(), "out"+ending)
		first := Job{List: list, Out: out, Limit: 5}
		if r := runJob(t, url, first); r.err != nil {
			t.Fatal(r.err)
		}
		whole := readText(t, out)
		f := func(said string, change func(j *Job)) {
			t.Helper()
			j := first
			j.Resume = true
			change(&j)
			r := runJob(t, url, j)
			if said == "" && r.err == nil || said != "" && r.err != nil && strings.Contains(r.err.Error(), said) {
				if readText(t, out) != whole {
					t.Fatalf("the answers were changed:\n%s", readText(t, out))
				}
				return
			}
			t.Fatalf("%v, want %q", r.err, said)
		}
		f("", func(*Job) {})
		f("another list, or the list has changed", func(j *Job) { j.List = other })
		f("made with other options", func(j *Job) { j.Limit = 6 })
		f("made with other options", func(j *Job) { j.Reason = "FIR 7/2026" })
		f("needs a list that is a file", func(j *Job) { j.List = "-" })
		f("either --resume or --force", func(j *Job) { j.Force = true })
		if ending == ".ndjson" {
			bare := writeList(t, "out.ndjson", `{"ref":"","line":2,"hits":[],"total":0}`+"\n")
			if r := runJob(t, url, Job{List: list, Out: bare, Resume: true}); r.err == nil || !strings.Contains(r.err.Error(), "does not say of which list") {
				t.Fatal(r.err)
			}
		}
	}
	plates := writeList(t, "a.csv", "Vehicle No\nHR10AA0001\n")
	out := filepath.Join(t.TempDir(), "out.ndjson")
	if r := runJob(t, url, Job{Kind: Vehicles, List: plates, Out: out}); r.err != nil {
		t.Fatal(r.err)
	}
	if r := runJob(t, url, Job{List: list, Out: out, Resume: true}); r.err == nil || !strings.Contains(r.err.Error(), "answers to a list of vehicles") {
		t.Fatal(r.err)
	}
}

func TestMatchLeavesAloneWhatIsThere(t *testing.T) {
	url, list := openFake(t, nil), writeList(t, "a.csv", "name\nSita\n")
	for _, name := range []string{"out.ndjson", "out.csv", "out.html"} {
		out := writeList(t, name, "mine")
		if r := runJob(t, url, Job{List: list, Out: out}); r.err == nil || !strings.Contains(r.err.Error(), "is there already: --force") || readText(t, out) != "mine" {
			t.Fatalf("%v: %q", r.err, readText(t, out))
		}
		// a call that fails does not take it either
		if r := runJob(t, "http://127.0.0.1:1", Job{List: list, Out: out, Force: true}); r.err == nil || readText(t, out) != "mine" {
			t.Fatalf("%v: %q", r.err, readText(t, out))
		}
		if r := runJob(t, url, Job{List: list, Out: out, Force: true}); r.err != nil || strings.Contains(readText(t, out), "mine") {
			t.Fatalf("%v: %q", r.err, readText(t, out))
		}
		if r := runJob(t, url, Job{List: list, Out: writeList(t, name, "")}); r.err != nil { // as of mktemp
			t.Fatal(r.err)
		}
	}
}

func TestMatchLeavesNothingWhereNothingWasAnswered(t *testing.T) {
	dir := t.TempDir()
	f := func(url string, j Job) {
		t.Helper()
		for _, name := range []string{"out.ndjson", "out.csv", "out.html"} {
			j.Out = filepath.Join(dir, name)
			if r := runJob(t, url, j); r.err == nil {
				t.Fatal("no error")
			}
			if _, err := os.Stat(j.Out); !os.IsNotExist(err) {
				t.Fatalf("%s is left: %v", name, err)
			}
		}
	}
	list := writeList(t, "a.csv", "name\nSita\n")
	f("http://127.0.0.1:1", Job{List: list})
	f(openFake(t, nil), Job{List: list, Limit: 101})
	f(openFake(t, nil), Job{List: list, Map: []string{"Owner=name"}})
	f(openFake(t, nil), Job{List: writeList(t, "a.csv", "foo\nx\n")})
	f(openFake(t, nil), Job{List: filepath.Join(dir, "none.csv")})
}

func TestFlatAnswersCarryTheList(t *testing.T) {
	list := writeList(t, "a.csv", "Sr No,Name,line,Mobile,\n7,Sita,x,=1+1,extra\n8,\"Gi\nta\",y,＝2,\n9,????,z,,\n")
	out := filepath.Join(t.TempDir(), "out.csv")
	r := runJob(t, openFake(t, nil), Job{List: list, Out: out})
	if r.err == nil || !strings.Contains(r.errs, "3 rows: 0 EXACT, 0 PROBABLE, 1 LEAD, 1 none, 1 not searched") {
		t.Fatalf("%v: %s", r.err, r.errs)
	}
	text, marked := strings.CutPrefix(readText(t, out), "\ufeff")
	table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked {
		t.Fatal(err, marked)
	}
	f := func(row int, column, want string) {
		t.Helper()
		for i, h := range table[0] {
			if h == column {
				if got := table[row][i]; got != want {
					t.Fatalf("row %d: %s is %q, want %q", row, column, got, want)
				}
				return
			}
		}
		t.Fatalf("no column %q in %q", column, table[0])
	}
	first, last := 1, len(table)-1
	lost, _ := phrase.CellLost.With()
	f(first, "line", "2")
	f(first, "Sr No", "7")
	f(first, "Name", "Sita")
	f(first, "line (list)", "x")
	f(first, "Mobile", "'=1+1")
	f(first, "column 5", "extra")
	f(last-1, "Mobile", "'＝2")
	f(last, "line", "5")
	f(last, "Name", "????")
	f(last, "error", "name: "+lost)
	f(last, "remarks", "name: "+lost)
	for i, cells := range table[1:] {
		if mark := cells[len(cells)-1]; (mark != "") != (i == 0) {
			t.Fatalf("row %d bears the mark %q", i, mark)
		}
	}
}

func TestReportIsBounded(t *testing.T) {
	url := openFake(t, nil)
	var list strings.Builder
	list.WriteString("name,address\n")
	const rows = 3000
	for i := range rows {
		fmt.Fprintf(&list, "Sita%d,%s\n", i, strings.Repeat("x", 4000))
	}
	out := filepath.Join(t.TempDir(), "out.html")
	if r := runJob(t, url, Job{List: writeList(t, "big.csv", list.String()), Out: out}); r.err != nil {
		t.Fatal(r.err)
	}
	page := readText(t, out)
	if len(page) > otherBytes+100<<10 || !strings.Contains(page, "rows more find no place in a report") || !strings.Contains(page, fmt.Sprintf("%d rows: ", rows)) {
		t.Fatalf("%d bytes: %.3000s", len(page), page)
	}
}

func TestReportBeginsWithWhatWasAsked(t *testing.T) {
	list := writeList(t, "suspects.csv", "name\nx\nSita\n")
	h := &htmlSink{head: &outHead{List: list, Reason: "FIR 7/2026", Who: "desk 3", Headings: []string{"name"}}}
	var s summary
	row := func(line int, class, name string) {
		a := rowAnswer{Line: line, Best: "", Complete: true, cells: []string{name}}
		a.whole = answerOf(t, class, name)
		if class != "" {
			a.Best = "EXACT"
		}
		s.add(&a)
		if _, err := h.row(nil, &a); err != nil {
			t.Fatal(err)
		}
	}
	row(2, "", "Nobody")
	row(3, "EXACT", "Sita")
	page, err := h.foot(nil, &s, false)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{list, "FIR 7/2026", "desk 3", "Records up to", "2 rows: 1 EXACT, 0 PROBABLE, 0 LEAD, 1 none, 0 not searched", "Line 3", "Line 2"} {
		i := strings.Index(string(page[at:]), want)
		if i < 0 {
			t.Fatalf("%q does not come behind what comes before it:\n%s", want, page)
		}
		at += i
	}
}

// TestReportSaysWhatWasAsked: a row's own cells under their headings, of NDJSON the row itself.
func TestReportSaysWhatWasAsked(t *testing.T) {
	f := func(headings, cells []string, want string) {
		t.Helper()
		h := &htmlSink{head: &outHead{Headings: headings}}
		if got := h.asked(cells); got != want {
			t.Errorf("%q: %q, want %q", cells, got, want)
		}
	}
	f([]string{"Name", "Age ", "Place"}, []string{"Sita", " 34", " "}, "Name: Sita; Age: 34")
	f([]string{"Name"}, []string{"Sita", "extra"}, "Name: Sita")
	f(nil, []string{`{"name":"Sita"}`}, `{"name":"Sita"}`)
}

// answerOf is an answer with one hit of a class, or none.
func answerOf(t testing.TB, class, name string) *fastjson.Value {
	t.Helper()
	hits := ""
	if class != "" {
		hits = fmt.Sprintf(`{"hit_id":"h","class":%q,"score":1,"record":{"name":%q}}`, class, name)
	}
	v, err := fastjson.Parse(fmt.Sprintf(`{"ref":"","line":1,"hits":[%s],"total":1,"complete":true,"through":{"time":"2026-11-23T05:02:05Z","offsets":{}}}`, hits))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
