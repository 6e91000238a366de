package match

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fakeBatch answers lists without an engine, row by row, and does what before says first. Rows are numbered over all
// calls.
type fakeBatch struct {
	mu     sync.Mutex
	rows   int
	before func(row int) action
}

// An action is what happens before a row is answered.
type action int

const (
	goOn action = iota
	breakOff
	refuseCall
	refuseRow
)

func (f *fakeBatch) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := bufio.NewScanner(r.Body)
	lines.Buffer(nil, 1<<20)
	var names []string
	csv := strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv")
	for lines.Scan() {
		names = append(names, lines.Text())
	}
	for i, name := range names {
		if csv && i == 0 {
			continue
		}
		f.rows++
		what := goOn
		if f.before != nil {
			what = f.before(f.rows)
		}
		switch what {
		case breakOff:
			panic(http.ErrAbortHandler)
		case refuseCall:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, `{"error":{"code":"not_ready","message":"catching up"}}`)
			return
		case refuseRow:
			fmt.Fprintf(w, `{"ref":"","line":%d,"error":{"code":"overloaded","message":"too much"}}`+"\n", i+1)
			continue
		}
		hits := ""
		for h := range len(name) % 3 {
			hits += fmt.Sprintf(`,{"hit_id":"h%d","class":"LEAD","record":{"name":%q}}`, h, name)
		}
		fmt.Fprintf(w, `{"ref":"","line":%d,"hits":[%s],"total":%d,"complete":true}`+"\n", i+1, strings.TrimPrefix(hits, ","), len(name)%3)
		w.(http.Flusher).Flush()
	}
}

// openFake serves a fake.
func openFake(t testing.TB, before func(row int) action) (url string) {
	server := httptest.NewServer(&fakeBatch{before: before})
	t.Cleanup(server.Close)
	return server.URL
}

// namesList is a list of n rows whose names differ in length.
func namesList(t testing.TB, n int) string {
	var b strings.Builder
	b.WriteString("name\n")
	for i := range n {
		fmt.Fprintf(&b, "Rakesh%s\n", strings.Repeat("a", i*i%11))
	}
	return writeList(t, "suspects.csv", b.String())
}

// A ran is what a job left.
type ran struct {
	err  error
	errs string // what was said
}

// matchFake matches a list of persons against a fake.
func matchFake(ctx context.Context, url, list, out string, resume bool) ran {
	var said bytes.Buffer
	j := &Job{Kind: "persons", List: list, Out: out, Resume: resume, Stdout: io.Discard, Stderr: &said, Log: slog.New(slog.DiscardHandler),
		Meter: func(string, int64) Meter { return quiet{} }}
	service, err := NewClient(url, "k")
	if err != nil {
		return ran{err: err}
	}
	defer service.Close()
	err = j.Run(ctx, service)
	return ran{err, said.String()}
}

// quiet shows no progress.
type quiet struct{}

func (quiet) Set(int64) {}
func (quiet) Done()     {}

func TestMatchResumesBehindAnyCut(t *testing.T) {
	const rows = 60
	url, list := openFake(t, nil), namesList(t, rows)
	for _, ending := range []string{".ndjson", ".csv"} {
		whole := filepath.Join(t.TempDir(), "whole"+ending)
		if r := matchFake(t.Context(), url, list, whole, false); r.err != nil {
			t.Fatalf("%v: %s", r.err, r.errs)
		}
		want := readText(t, whole)
		rapid.Check(t, func(t *rapid.T) {
			cut := filepath.Join(filepath.Dir(whole), "cut"+ending)
			at := rapid.IntRange(0, len(want)).Draw(t, "at")
			if err := os.WriteFile(cut, []byte(want[:at]), 0o600); err != nil {
				t.Fatal(err)
			}
			r := matchFake(context.Background(), url, list, cut, true)
			got, err := os.ReadFile(cut)
			if err != nil || r.err != nil || string(got) != want || !strings.Contains(r.errs, fmt.Sprintf("\n%d rows: ", rows)) &&
				!strings.HasPrefix(r.errs, fmt.Sprintf("%d rows: ", rows)) {
				t.Fatalf("%v %v: %s\n got %s\nwant %s", err, r.err, r.errs, got, want)
			}
		})
	}
}

func TestMatchDoesNotGoOnWithAnotherFile(t *testing.T) {
	url, list := openFake(t, nil), namesList(t, 3)
	f := func(name, text string) {
		t.Helper()
		out := writeList(t, name, text)
		if r := matchFake(t.Context(), url, list, out, true); r.err == nil || !strings.Contains(r.err.Error(), "cannot be gone on with") {
			t.Fatalf("%v: %s", r.err, r.errs)
		}
		if got := readText(t, out); got != text {
			t.Fatalf("changed to %q", got)
		}
	}
	f("a.csv", "name\nRakesh\n")
	f("a.ndjson", "name\nRakesh\n")
	f("a.ndjson", "{\"ref\":\"\",\"line\":3}\n{\"ref\":\"\",\"line\":2}\n")
}

func TestMatchStopsInWholeRows(t *testing.T) {
	const stopAt = pieceRows + 200
	list := namesList(t, 2*pieceRows)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := openFake(t, func(row int) action {
		if row == stopAt {
			cancel()
			return breakOff
		}
		return goOn
	})
	out := filepath.Join(t.TempDir(), "out.ndjson")
	r := matchFake(ctx, url, list, out, false)
	if r.err == nil || !strings.Contains(r.err.Error(), "before it was done; answered up to line ") || !strings.Contains(r.err.Error(), "--resume") {
		t.Fatalf("%v: %s", r.err, r.errs)
	}
	text := readText(t, out)
	n := strings.Count(text, "\n")
	if !strings.HasSuffix(text, "}\n") || n < pieceRows || n >= stopAt || len(decodeRows(t, text)) != n {
		t.Fatalf("%d rows", n)
	}
	if r := matchFake(t.Context(), openFake(t, nil), list, out, true); r.err != nil {
		t.Fatalf("%v: %s", r.err, r.errs)
	}
	for i, row := range decodeRows(t, readText(t, out)) {
		if row["line"] != float64(i+2) {
			t.Fatalf("row %d: %v", i, row)
		}
	}
}

func TestMatchReportSaysThatItWasStopped(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.html")
	m := newTestMatcher(t, openFake(t, from(breakOff, 5)), namesList(t, 9), out)
	err := m.run()
	if closed := m.out.close(&m.sum, err != nil); closed != nil {
		t.Fatal(closed)
	}
	if page := readText(t, out); err == nil || !strings.Contains(page, "The run was stopped") || !strings.Contains(page, "4 rows: ") || !strings.Contains(page, "</html>") {
		t.Fatalf("%v\n%s", err, page)
	}
}

// newTestMatcher matches a list to OUT with short pauses.
func newTestMatcher(t *testing.T, url, list, out string) *matcher {
	t.Helper()
	c := &Job{Kind: "persons", List: list, Out: out}
	in, err := c.openList()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.close() })
	o, err := c.openOut(in)
	if err != nil {
		t.Fatal(err)
	}
	m := &matcher{ctx: t.Context(), log: slog.New(slog.DiscardHandler), c: mustClient(t, url, "k"), kind: c.Kind,
		query: c.query(), rows: in.list, out: o, meter: quiet{},
		pauses: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}}
	return m
}

// from does something at a row and at all behind it.
func from(what action, first int) func(int) action {
	return func(row int) action {
		if row >= first {
			return what
		}
		return goOn
	}
}

func TestMatchSendsAgainWhatWasNotAnswered(t *testing.T) {
	const rows = pieceRows + 50
	list := namesList(t, rows)
	f := func(before func(row int) action, ok bool) {
		t.Helper()
		out := filepath.Join(t.TempDir(), "out.ndjson")
		m := newTestMatcher(t, openFake(t, before), list, out)
		err := m.run()
		if closed := m.out.close(&m.sum, err != nil); closed != nil {
			t.Fatal(closed)
		}
		answered := decodeRows(t, leftIn(t, out))
		for i, row := range answered {
			if row["line"] != float64(i+2) || row["error"] != nil {
				t.Fatalf("row %d: %v", i, row)
			}
		}
		if (err == nil) != ok || ok != (len(answered) == rows) || m.sum.rows != len(answered) {
			t.Fatalf("%v; %d rows, counted %d", err, len(answered), m.sum.rows)
		}
	}
	at := func(what action, rows ...int) func(int) action {
		return func(row int) action {
			for _, r := range rows {
				if r == row {
					return what
				}
			}
			return goOn
		}
	}
	f(at(refuseCall, 1, 2, 3), true)
	f(at(breakOff, 100, 101, 102, 900, 1010), true)
	f(at(refuseRow, 5, 500), true)
	f(from(refuseCall, 1), false)
	f(from(breakOff, 1), false)
	f(from(breakOff, 700), false)
	f(from(refuseRow, 700), false)
}

func TestMatchRefusesAnotherService(t *testing.T) {
	f := func(answer, said string) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
		defer server.Close()
		out := filepath.Join(t.TempDir(), "out.ndjson")
		m := newTestMatcher(t, server.URL, namesList(t, 2), out)
		if err := m.run(); err == nil || !strings.Contains(err.Error(), said) {
			t.Fatal(err)
		}
		if m.out.close(&m.sum, true); leftIn(t, out) != "" {
			t.Fatal(leftIn(t, out))
		}
	}
	f("<html>\n", "as an anvesh service does")
	f(`{"ref":"","line":3,"hits":[],"total":0}`+"\n", "as an anvesh service does")
	f("", "broke off")
}

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

// writeList makes a file of that name in a directory of its own.
func writeList(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func readText(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCountLines(t *testing.T) {
	f := func(text string, want int64) {
		t.Helper()
		if n, err := countLines(bytes.NewReader([]byte(text))); err != nil || n != want {
			t.Fatalf("%d %v, want %d", n, err, want)
		}
	}
	f("", 0)
	f("a", 1)
	f("a\n", 1)
	f("a\n\nb", 3)
}

// leftIn is what a file holds; "" where there is none.
func leftIn(t testing.TB, file string) string {
	t.Helper()
	if _, err := os.Stat(file); os.IsNotExist(err) {
		return ""
	}
	return readText(t, file)
}
