package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"anvesh/bench"
	openloop "anvesh/bench/load"
	"anvesh/bench/page"
)

// benchReportCmd measures everything in one run and writes the report.
type benchReportCmd struct {
	Records  int           `help:"Persons and vehicles loaded through the log." default:"1000000"`
	Sample   int           `help:"Searches of each kind." default:"1000"`
	Duration time.Duration `help:"Of each step of the open loop." default:"10s"`
	Updates  int           `help:"Updates a second beside the searches of the step mixed." default:"5000"`
	Seed     uint64        `help:"The same seed makes the same records and searches." default:"1"`
	Steps    []string      `help:"What is measured: ingest, startup, engine, http, mixed, growth, stock; all if not given." placeholder:"STEP"`
	Dir      string        `help:"Keep the service's data here, and use it again where ingest is not among the steps." placeholder:"DIR"`
	Out      string        `help:"Directory of the report: report.html, report.md, report.json, charts." default:"bench/out" type:"path"`
}

func (benchReportCmd) examples() string {
	return lines("  anvesh bench report", "  anvesh bench report --records 10000000 --duration 20s --dir /var/tmp/ten",
		"  anvesh bench report --dir /var/tmp/ten --steps engine,http")
}

// Run measures and writes.
func (c *benchReportCmd) Run(w *world) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	report, err := bench.MakeReport(w.ctx, bench.ReportOptions{Program: program, Records: c.Records, Sample: c.Sample, Duration: c.Duration,
		Updates: c.Updates, Seed: c.Seed, Steps: c.Steps, Dir: c.Dir, Version: version, Progress: w.stderr})
	if report != nil { // what was measured before something failed is not lost
		err = errors.Join(err, bench.WriteReport(filepath.Join(c.Out, "report.json"), report), page.Write(c.Out, report))
	}
	if err != nil {
		return err
	}
	return page.Text(w.stdout, report)
}

// benchLoadCmd sends searches at a fixed rate.
type benchLoadCmd struct {
	Server   string        `help:"Address of the service." default:"http://127.0.0.1:8080"`
	Key      string        `help:"Credential." env:"ANVESH_KEY"`
	Rate     float64       `help:"Searches a second." default:"100"`
	Duration time.Duration `help:"How long searches fall due." default:"10s"`
	Climb    bool          `help:"Raise the rate until p99 exceeds 20 ms, and print the highest that was held."`
	Clients  int           `help:"Connections." default:"64"`
	Records  int           `help:"Without a file: the service holds what 'anvesh bench report' with as many records loads; asked are its searches." default:"1000000"`
	Seed     uint64        `help:"The same, by its seed." default:"1"`
	Sample   int           `help:"The same: persons and vehicles that the searches are drawn from." default:"1000"`
	Vehicles bool          `help:"The lines of the file are searches for vehicles."`
	File     string        `arg:"" optional:"" help:"Searches, one JSON object a line, as POST /v1/persons/search takes them." type:"existingfile"`
}

func (benchLoadCmd) examples() string {
	return lines("  anvesh bench load --server http://10.0.0.5:8080 --rate 500", "  anvesh bench load --server http://10.0.0.5:8080 --rate 500 searches.ndjson")
}

// Run sends and prints.
func (c *benchLoadCmd) Run(w *world) error {
	u, err := url.Parse(c.Server)
	if err != nil || u.Host == "" || u.Scheme != "http" {
		return usageError{errors.New("--server must be an address such as http://127.0.0.1:8080")}
	}
	if c.Rate <= 0 || c.Duration <= 0 || min(c.Clients, c.Sample) < 1 || c.Records < 1000 {
		return usageError{errors.New("--rate and --duration must be over 0, --clients and --sample at least 1, --records at least 1,000")}
	}
	o := openloop.Options{Addr: u.Host, Key: c.Key, Rate: c.Rate, Duration: c.Duration, Clients: c.Clients}
	if c.File != "" {
		o.Requests, err = readSearches(c.File, c.Vehicles)
	} else {
		o.Requests, err = bench.Mix(bench.ReportOptions{Records: c.Records, Seed: c.Seed, Sample: c.Sample})
	}
	if err != nil {
		return err
	}
	print := func(r openloop.Result) {
		fmt.Fprintf(w.stdout, "%.0f a second: %.0f answered, p50 %.0f p95 %.0f p99 %.0f p99.9 %.0f max %.0f microseconds, %d refused, %d failed %s\n",
			r.Rate, r.Reached, r.P50, r.P95, r.P99, r.P999, r.Max, r.Refused, r.Failed, r.Error)
	}
	if c.Climb {
		answered := 0
		_, _, err := openloop.Climb(w.ctx, o, 20*time.Millisecond, func(r openloop.Result) { answered += r.OK; print(r) })
		if err == nil && answered == 0 {
			err = errors.New("no search was answered")
		}
		return err
	}
	r, err := openloop.Run(w.ctx, o)
	print(r)
	if err == nil && r.Failed > 0 {
		err = fmt.Errorf("%d of %d searches failed", r.Failed, r.Sent)
	}
	if err == nil && r.OK == 0 {
		err = errors.New("no search was answered")
	}
	return err
}

func readSearches(file string, vehicles bool) (list []openloop.Request, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	path := "/v1/persons/search"
	if vehicles {
		path = "/v1/vehicles/search"
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if len(lines.Bytes()) > 0 {
			list = append(list, openloop.Request{Path: path, Body: append([]byte(nil), lines.Bytes()...)})
		}
	}
	if lines.Err() == nil && len(list) == 0 {
		return nil, fmt.Errorf("%s: holds no search", file)
	}
	return list, lines.Err()
}
