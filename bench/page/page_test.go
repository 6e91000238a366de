package page

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/plotter"

	"anvesh/bench"
	"anvesh/bench/load"
)

var update = flag.Bool("update", false, "write the golden file")

// made is a report that nobody measured, with every part.
func made() *bench.Report {
	search := func(rate, p50, p99 float64) load.Result {
		return load.Result{Rate: rate, Reached: rate, Sent: 1000, OK: 998, Refused: 1, Failed: 1, P50: p50, P95: 2 * p50, P99: p99, P999: 2 * p99, Max: 3 * p99}
	}
	timing := func(qps, us float64) bench.Timing {
		return bench.Timing{QPS: qps, P50: us, P95: 2 * us, P99: 3 * us, P999: 4 * us, Max: 5 * us, Allocs: 7, Bytes: 2048}
	}
	return &bench.Report{Made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Version: "v1", Records: 200_000, Seed: 9,
		Machine: bench.Machine{CPU: "A processor <fast>", Cores: 2, Memory: 24 << 30, Kernel: "6.1", Go: "go1.26"},
		Ingest:  &bench.IngestResult{Updates: 200_000, Seconds: 20, PerSecond: 10_000, UpdateUS: 99.5, Written: 3000, Store: 700, Shards: 120, Register: 130, Log: 800, PeakRSS: 512 << 20},
		Startup: &bench.StartupResult{Seconds: 1.25, RSS: 256 << 20},
		Engine: []bench.KindResult{{Kind: "person, one error", Timing: timing(1000, 900), N: 100, At1: .5, At10: .875, Held: true},
			{Kind: "registration, not held", Timing: timing(5000, 150), N: 100}},
		HTTP:     &bench.HTTPResult{Steps: []load.Result{search(200, 800, 5000), search(250, 900, 30_000)}, Held: 200, ServiceCPU: .5, OwnCPU: .1, Empty: search(800, 100, 300)},
		Mixed:    &bench.MixedResult{Search: search(100, 1000, 8000), Updates: 4990, Asked: 5000, Rows: 321, FreshP50: 40, FreshP99: 180, Freshnesses: 55, ServiceCores: 1.5},
		Growth:   []bench.GrowthPoint{{Records: 20_000, UpdateUS: 90, PersonUS: 500, VehicleUS: 50}, {Records: 200_000, UpdateUS: 99.5, PersonUS: 1000, VehicleUS: 80}},
		Exponent: map[string]float64{"update": .04, "person": .3, "vehicle": .2},
		Stock: []bench.StockResult{{Name: "names: match, fuzziness 2, OR", N: 100, QPS: 50, At10: .25, OursQPS: 1000, OursAt10: .875, Times: 20, SizeBytes: 117},
			{Name: "names: match, fuzziness 2, AND", N: 100, QPS: 52, At10: .26, OursQPS: 1000, OursAt10: .875, Times: 19.2, SizeBytes: 117}}}
}

// TestText compares the text of a made-up report with the golden file.
func TestText(t *testing.T) {
	const golden = "testdata/report.golden"
	var b bytes.Buffer
	if err := Text(&b, made()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%v; got\n%s\nwant\n%s\n-update accepts it", err, b.Bytes(), want)
	}
}

// TestWrite: the page stands alone, escapes what it is given, and shows each chart that also stands beside it.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, made()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, want := range []string{"A processor &lt;fast&gt;", "2 cores", "version v1", "prefers-color-scheme", "width=device-width", titleStock} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, outside := range []string{"<script", "<link", "<img", "src=", "url(", "@import"} {
		if strings.Contains(page, outside) {
			t.Errorf("the page holds %q: it does not stand alone", outside)
		}
	}
	if n := strings.Count(page, "<svg"); n != 4 {
		t.Errorf("%d charts on the page, want 4", n)
	}
	for _, file := range []string{"kinds.png", "http.png", "growth.png", "stock.png"} {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if im, err := png.Decode(bytes.NewReader(b)); err != nil || im.Bounds().Dx() < 400 {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestWriteWhatThereIs: a run of one step is a report as well.
func TestWriteWhatThereIs(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, &bench.Report{Records: 1000, Startup: made().Startup}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil || !strings.Contains(string(b), "1.2") || strings.Count(string(b), "\n## ") != 1 {
		t.Errorf("%s %v", b, err)
	}
}

// TestLabelsStandApart: of two points close by, the second label moves; a label that is alone stays.
func TestLabelsStandApart(t *testing.T) {
	f := func(want []int, at ...plotter.XY) {
		t.Helper()
		got := apart(at, []string{"names: match OR", "names: match AND", "other"}[:len(at)], 1000)
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("lines %v, want %v", got, want)
				return
			}
		}
	}
	f([]int{0}, plotter.XY{X: 100, Y: .5})
	f([]int{-1, 0}, plotter.XY{X: 100, Y: .5}, plotter.XY{X: 110, Y: .5})
	f([]int{0, 0}, plotter.XY{X: 100, Y: .5}, plotter.XY{X: 110, Y: .9})
	f([]int{-1, 0, 1}, plotter.XY{X: 100, Y: .5}, plotter.XY{X: 110, Y: .5}, plotter.XY{X: 105, Y: .5})
}
