package main

import (
	"bufio"
	"context"
	"fmt"
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

func matchFake(ctx context.Context, url string, args ...string) called {
	return callProgram(ctx, "", append([]string{"match", "--server", url, "--key", "k", "persons"}, args...)...)
}

func TestMatchResumesBehindAnyCut(t *testing.T) {
	const rows = 60
	url, list := openFake(t, nil), namesList(t, rows)
	for _, ending := range []string{".ndjson", ".csv"} {
		whole := filepath.Join(t.TempDir(), "whole"+ending)
		if r := matchFake(t.Context(), url, list, "-o", whole); r.code != 0 {
			t.Fatalf("exit %d: %s", r.code, r.errs)
		}
		want := readText(t, whole)
		rapid.Check(t, func(t *rapid.T) {
			cut := filepath.Join(filepath.Dir(whole), "cut"+ending)
			at := rapid.IntRange(0, len(want)).Draw(t, "at")
			if err := os.WriteFile(cut, []byte(want[:at]), 0o600); err != nil {
				t.Fatal(err)
			}
			r := matchFake(context.Background(), url, list, "-o", cut, "--resume")
			got, err := os.ReadFile(cut)
			if err != nil || r.code != 0 || string(got) != want || !strings.Contains(r.errs, fmt.Sprintf("\n%d rows: ", rows)) &&
				!strings.HasPrefix(r.errs, fmt.Sprintf("%d rows: ", rows)) {
				t.Fatalf("%v exit %d: %s\n got %s\nwant %s", err, r.code, r.errs, got, want)
			}
		})
	}
}

func TestMatchDoesNotGoOnWithAnotherFile(t *testing.T) {
	url, list := openFake(t, nil), namesList(t, 3)
	f := func(name, text string) {
		t.Helper()
		out := writeList(t, name, text)
		if r := matchFake(t.Context(), url, list, "-o", out, "--resume"); r.code != 1 || !strings.Contains(r.errs, "cannot be gone on with") {
			t.Fatalf("exit %d: %s", r.code, r.errs)
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
	r := matchFake(ctx, url, list, "-o", out)
	if r.code != 1 || !strings.Contains(r.errs, "interrupted; answered up to line ") || !strings.Contains(r.errs, "--resume") {
		t.Fatalf("exit %d: %s", r.code, r.errs)
	}
	text := readText(t, out)
	n := strings.Count(text, "\n")
	if !strings.HasSuffix(text, "}\n") || n < pieceRows || n >= stopAt || len(decodeRows(t, text)) != n {
		t.Fatalf("%d rows", n)
	}
	if r := matchFake(t.Context(), openFake(t, nil), list, "-o", out, "--resume"); r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.errs)
	}
	for i, row := range decodeRows(t, readText(t, out)) {
		if row["line"] != float64(i+2) {
			t.Fatalf("row %d: %v", i, row)
		}
	}
}

func TestMatchReportSaysThatItWasStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := openFake(t, func(row int) action {
		if row == 5 {
			cancel()
			return breakOff
		}
		return goOn
	})
	out := filepath.Join(t.TempDir(), "out.html")
	r := matchFake(ctx, url, namesList(t, 9), "-o", out)
	if page := readText(t, out); r.code != 1 || !strings.Contains(page, "The run was stopped") || !strings.Contains(page, "</html>") {
		t.Fatalf("exit %d: %s\n%s", r.code, r.errs, page)
	}
}

// newTestMatcher matches a list to OUT with short pauses.
func newTestMatcher(t *testing.T, url, list, out string) *matcher {
	t.Helper()
	w := &world{ctx: t.Context(), stderr: t.Output()}
	w.log = newLogger(w, "error")
	c := &matchCmd{Kind: "persons", List: list, Out: out}
	in, _, err := c.openList(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	rows, err := c.readList(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := openOut(out, false, nil, in)
	if err != nil {
		t.Fatal(err)
	}
	service, err := newClient(url, "k")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(service.close)
	m := &matcher{w: w, c: service, kind: c.Kind, query: c.query(), rows: rows, out: o, meter: w.progress("match", 0),
		pauses: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}}
	t.Cleanup(m.meter.done)
	return m
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
		answered := decodeRows(t, readText(t, out))
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
	from := func(what action, first int) func(int) action {
		return func(row int) action {
			if row >= first {
				return what
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
		if m.out.close(&m.sum, true); readText(t, out) != "" {
			t.Fatal(readText(t, out))
		}
	}
	f("<html>\n", "as an anvesh service does")
	f(`{"ref":"","line":3,"hits":[],"total":0}`+"\n", "as an anvesh service does")
	f("", "broke off")
}
