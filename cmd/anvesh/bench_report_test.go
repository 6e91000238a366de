package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anvesh/bench"
)

// TestBenchReport makes a small report with every step and holds it against what it must say.
func TestBenchReport(t *testing.T) {
	dir := t.TempDir()
	out, errs, code := program(t, "", "bench", "report", "--records", "2000", "--sample", "20", "--duration", "100ms", "--out", dir)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, file := range []string{"report.html", "report.md", "kinds.png", "http.png", "growth.png", "stock.png"} {
		if b, err := os.ReadFile(filepath.Join(dir, file)); err != nil || len(b) < 1000 {
			t.Errorf("%s: %d bytes, %v", file, len(b), err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r bench.Report
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.Ingest == nil || r.Startup == nil || r.HTTP == nil || r.Mixed == nil || len(r.Growth) != 2 || len(r.Stock) != 5 {
		t.Fatalf("a step is missing: %s", b)
	}
	if r.Ingest.Updates != 2000 || r.Ingest.Store <= 0 || r.Mixed.Updates <= 0 || r.Mixed.Freshnesses == 0 || r.HTTP.Empty.OK == 0 {
		t.Errorf("nothing was measured: %s", b)
	}
	for _, k := range r.Engine {
		if k.N != 20 || k.QPS <= 0 || k.Kind == "registration, exact" && k.At10 < .9 {
			t.Errorf("%+v", k)
		}
	}
	for _, want := range []string{"registration, exact", "names: match, fuzziness 2, OR", "Held with p99 under 20 ms"} {
		if !strings.Contains(out, want) {
			t.Errorf("the text does not say %q", want)
		}
	}
}

func TestBenchReportRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"--records 10":               "at least 1,000",
		"--records 1000 --steps fly": "is none of",
	} {
		if _, errs, code := program(t, "", append([]string{"bench", "report", "--out", t.TempDir()}, strings.Fields(args)...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: exit %d, %q, want %q", args, code, errs, want)
		}
	}
}

// TestBenchLoad asks a service that runs: with the searches of the report, and with those of a file.
func TestBenchLoad(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	s := serve(t, dir, key)
	file := filepath.Join(dir, "searches.ndjson")
	if err := os.WriteFile(file, []byte(`{"name":"Dharampal Kadian","reason":"FIR 123/2026"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--records 1000 --sample 50": ", 0 failed",
		file:                         ", 0 failed",
		"--vehicles " + file:         "20 failed status 400",
	} {
		args := append([]string{"bench", "load", "--server", s.address, "--key", key, "--rate", "100", "--duration", "200ms"}, strings.Fields(args)...)
		failed := 0
		if want == "20 failed status 400" {
			failed = 1
		}
		if out, errs, code := program(t, "", args...); code != failed || !strings.Contains(out, want) {
			t.Errorf("%v: exit %d, %q, %s; want %q", args, code, out, errs, want)
		}
	}
	if _, errs, code := program(t, "", "bench", "load", "--records", "10"); code != 2 || !strings.Contains(errs, "at least 1,000") {
		t.Errorf("exit %d, %q", code, errs)
	}
}
