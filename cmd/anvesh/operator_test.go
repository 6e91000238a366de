package main

import (
	"anvesh/query/register"
	"anvesh/storage"
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestHelpAndVersion(t *testing.T) {
	f := func(code int, want string, args ...string) {
		t.Helper()
		if r := callProgram(t.Context(), "", args...); r.code != code || !strings.Contains(strings.Join(strings.Fields(r.out+r.errs), " "), want) {
			t.Fatalf("%v: exit %d, want %q: %s%s", args, r.code, want, r.out, r.errs)
		}
	}
	f(0, "terms ", "--version")
	f(0, "default http://127.0.0.1:8080.", "match", "--help")
	f(0, "default 127.0.0.1:9092.", "serve", "--help")
	f(0, "--role admin --data", "keys", "--help")
	t.Setenv("ANVESH_VERSION", "1") // is no flag's
	f(2, "one of", "match", "people", "x", "-o", "-")
}

// What cannot be meant is wrong usage, told before anything is opened or made.
func TestWrongFlagsMakeNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	f := func(want string, args ...string) {
		t.Helper()
		r := callProgram(t.Context(), "", append(args, "--data", dir)...)
		if r.code != 2 || !strings.Contains(r.errs, want) {
			t.Errorf("%v: exit %d, want 2 and %q: %s%s", args, r.code, want, r.out, r.errs)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Fatalf("%v made %s", args, dir)
		}
	}
	f("SCRAM-SHA-512", "serve", "--brokers", "127.0.0.1:1", "--sasl", "FOO")
	f("--listen: must be host:port", "serve", "--embedded-broker", "--listen", "abc")
	f("--broker-listen: must be host:port", "serve", "--embedded-broker", "--broker-listen", "127.0.0.1:port!")
	f("--shards: must be at least 1", "serve", "--embedded-broker", "--shards", "0")
	f("--partitions: must be at least 1", "serve", "--embedded-broker", "--partitions=0")
	f("--rate: must not be negative", "check", "--rate=-1")
	f("--scrub-rate: must not be negative", "serve", "--embedded-broker", "--scrub-rate=-1")
	f("--part: must not be negative", "restore", "--part=-1", "--from", t.TempDir())
	f("1 to 64 letters", "keys", "add", "--name", "")
	f("digits", "mend", "abc")
	t.Setenv("ANVESH_SHARDS", "-1")
	f("must be at least 1", "check")
	t.Setenv("ANVESH_SHARDS", "2")
	if r := callProgram(t.Context(), "", "match", "persons", "x.csv", "-o", "-", "--limit", "0"); r.code != 2 || !strings.Contains(r.errs, "1 to 100") {
		t.Errorf("exit %d: %s", r.code, r.errs)
	}
}

// A backup goes neither into what it is of nor among files that are none of its own.
func TestBackupPlaces(t *testing.T) {
	dir := t.TempDir()
	data, other := filepath.Join(dir, "data"), filepath.Join(dir, "other")
	if r := callProgram(t.Context(), "", "rebuild", "--data", data); r.code != 1 {
		t.Fatalf("exit %d: %s", r.code, r.errs)
	}
	s, err := storage.Open((&storeFlags{Data: data, Shards: 1}).options(&world{ctx: t.Context()}, register.New()))
	if err = errors.Join(err, s.Close(), os.MkdirAll(other, 0o700), os.WriteFile(filepath.Join(other, "letter.txt"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	f := func(code int, want, to string) {
		t.Helper()
		r := callProgram(t.Context(), "", "backup", "--data", data, "--to", to)
		if r.code != code || !strings.Contains(r.out+r.errs, want) {
			t.Errorf("--to %s: exit %d, want %q: %s%s", to, r.code, want, r.out, r.errs)
		}
	}
	f(2, "lies in --data", data)
	f(2, "lies in --data", filepath.Join(data, "backup"))
	f(2, "holds letter.txt", other)
	f(0, "part 1", filepath.Join(dir, "backup"))
	f(0, "part 2", filepath.Join(dir, "backup"))
}

// TestCompletion has bash complete what scripts and people begin to write.
func TestCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	script := filepath.Join(t.TempDir(), "anvesh.bash")
	r := callProgram(t.Context(), "", "completion", "bash")
	if err := os.WriteFile(script, []byte(r.out), 0o600); err != nil || r.code != 0 {
		t.Fatal(r.errs, err)
	}
	f := func(want string, words ...string) {
		t.Helper()
		code := fmt.Sprintf("source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _anvesh; echo ${COMPREPLY[@]}", script, "'"+strings.Join(words, "' '")+"'", len(words)-1)
		out, err := exec.Command(bash, "-c", code).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Fatalf("%q: %q, want %q (%v)", words, got, want, err)
		}
	}
	f("match", "anvesh", "mat")
	f("add approve", "anvesh", "keys", "a")
	f("persons vehicles", "anvesh", "match", "")
	f("--reason --resume", "anvesh", "match", "persons", "--re")
	f("EXACT PROBABLE LEAD", "anvesh", "match", "--min-class", "")
	f("", "anvesh", "match", "persons", "--nothing")
	for _, shell := range []string{"zsh", "fish"} {
		if r := callProgram(t.Context(), "", "completion", shell); r.code != 0 || !strings.Contains(r.out, "min-class") {
			t.Fatalf("%s: %s%s", shell, r.out, r.errs)
		}
	}
}

// TestDemoAgain starts the demonstration twice on one directory; each prints its searches.
func TestDemoAgain(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		out := &waits{word: "Stop with Ctrl-C", seen: cancel}
		w := &world{ctx: ctx, stdin: strings.NewReader(""), stdout: out, stderr: &guarded{w: &strings.Builder{}}}
		code := run(w, []string{"demo", "--records", "300", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0"})
		cancel()
		if text := out.text.String(); code != 0 || strings.Count(text, "curl -s") != 3 {
			t.Fatalf("exit %d: %s", code, text)
		}
	}
}

// waits is a writer that says when a word has come.
type waits struct {
	text strings.Builder
	word string
	seen func()
}

func (w *waits) Write(p []byte) (int, error) {
	w.text.Write(p)
	if strings.Contains(w.text.String(), w.word) {
		w.seen()
	}
	return len(p), nil
}

func TestBenchLoadFailsWhereSearchesDo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }))
	defer server.Close()
	searches := writeList(t, "searches.ndjson", `{"name":"Sita","reason":"DD 1"}`+"\n")
	for _, more := range [][]string{nil, {"--climb"}} {
		args := append([]string{"bench", "load", "--server", server.URL, "--key", "k", "--rate", "50", "--duration", "100ms", "--clients", "2", searches}, more...)
		if r := callProgram(t.Context(), "", args...); r.code != 1 || !strings.Contains(r.errs, "searches failed") && !strings.Contains(r.errs, "no search was answered") {
			t.Fatalf("%v: exit %d: %s%s", more, r.code, r.out, r.errs)
		}
	}
}

// TestMetricsAreThoseOfPrometheus reads all of /metrics: each series stands under what it is and means, each name once,
// and histograms have le buckets that grow and end in their count.
func TestMetricsAreThoseOfPrometheus(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	s.search("persons", map[string][]string{"name": {"Sita Devi"}})
	_, body := s.get("/metrics", nil)
	s.stop()
	series := regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})? ([-+.0-9eE]+|NaN|[-+]?Inf)$`)
	bucket := regexp.MustCompile(`le="([^"]+)"`)
	kinds, helped, family, last, histograms := map[string]string{}, map[string]bool{}, "", 0.0, 0
	for in := bufio.NewScanner(strings.NewReader(string(body))); in.Scan(); {
		line := in.Text()
		words := strings.SplitN(line, " ", 4)
		switch {
		case words[0] == "#" && words[1] == "HELP":
			if helped[words[2]] || len(words) < 4 || words[3] == "" {
				t.Errorf("%s: told twice, or nothing", line)
			}
			helped[words[2]] = true
			continue
		case words[0] == "#":
			family, last = words[2], 0
			if kinds[family] != "" || !helped[family] {
				t.Errorf("%s: a second time, or without help", line)
			}
			kinds[family] = words[3]
			continue
		}
		m := series.FindStringSubmatch(line)
		if m == nil || !strings.HasPrefix(m[1], family) || strings.Contains(line, "vmrange") {
			t.Fatalf("%q stands under %s", line, family)
		}
		value, _ := strconv.ParseFloat(m[3], 64)
		if kinds[family] != "histogram" {
			continue
		}
		switch le := bucket.FindStringSubmatch(m[2]); {
		case le != nil && value < last:
			t.Errorf("%s is less than %v", line, last)
		case le != nil:
			last = value
		case strings.HasSuffix(m[1], "_count"):
			if histograms++; value != last {
				t.Errorf("%s, want %v", line, last)
			}
			last = 0
		}
	}
	if histograms == 0 || kinds["anvesh_records"] != "gauge" || kinds["anvesh_http_requests_total"] != "counter" {
		t.Fatalf("%d histograms, %v", histograms, kinds)
	}
}

func TestStoppedSaysWhat(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	list := writeList(t, "a.csv", "name\nSita\n")
	f := func(want string, args ...string) {
		t.Helper()
		r := callProgram(ctx, "{}", args...)
		if r.code != 1 || !strings.Contains(r.errs, want) || strings.Contains(r.errs, "context canceled") {
			t.Fatalf("%v: exit %d: %s", args, r.code, r.errs)
		}
	}
	f("match was stopped by Ctrl-C or a signal", "match", "persons", list, "-o", "-", "--key", "k")
	f("keys list was stopped by Ctrl-C or a signal", "keys", "list", "--server", "127.0.0.1:1", "--key", "k")
	f("was stopped by Ctrl-C or a signal", "load", "-")
}

// TestLoadOfAWrongFile: a file of which nothing is an update is named in twenty lines and a count.
func TestLoadOfAWrongFile(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	defer s.stop()
	f := func(text string, lines int, want ...string) {
		t.Helper()
		r := callProgram(t.Context(), text, "load", "-", "--brokers", s.broker)
		named := strings.Count("\n"+r.errs, "\n-:")
		if r.code != 1 || named != lines {
			t.Fatalf("exit %d, %d lines named, want %d: %s", r.code, named, lines, r.errs)
		}
		for _, w := range want {
			if !strings.Contains(r.errs, w) {
				t.Fatalf("no %q in %s", w, r.errs)
			}
		}
	}
	good := strings.ReplaceAll(string(form("13225008250077", "Sita Devi", "सीता देवी", "HR10AA0001", "MB1XYZ0001")), "\n", " ") + "\n"
	f(strings.Repeat("a,b,c\n", 5000), 20, "none of its first 1000 lines is an update")
	f(strings.Repeat("a,b,c\n", 50), 21, "-: and 30 lines more", "50 lines were refused and not published; 0 were published")
	f(strings.Repeat("a,b,c\n", 3)+good+strings.Repeat("a,b,c\n", 30), 33, "33 lines were refused and not published; 1 were published")
	f(strings.Repeat("x", 40<<20), 1, "must not be longer than 16 MiB")
}
