// Package page writes what make bench measured for people to read: a page with charts, text for a terminal or a README,
// and the charts as pictures.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"

	"anvesh/bench"
)

//go:embed report.html
var layout string

var page = template.Must(template.New("report").Parse(layout))

// A table is one part of the report.
type table struct {
	Title, Note string
	Head        []string
	Rows        [][]string
	Chart       template.HTML // SVG, or nothing
}

// Write puts report.html, report.md and the charts as PNG into dir.
func Write(dir string, r *bench.Report) error {
	charts, err := draw(r)
	if err != nil {
		return err
	}
	tables := tablesOf(r)
	for i := range tables {
		if c := charts[tables[i].Title]; c != nil {
			tables[i].Chart = template.HTML(c.svg)
			if err := os.WriteFile(filepath.Join(dir, c.file), c.png, 0o644); err != nil {
				return err
			}
		}
	}
	var html, text bytes.Buffer
	err = page.Execute(&html, struct {
		Head   string
		Tables []table
	}{head(r), tables})
	if err != nil {
		return err
	}
	if err := Text(&text, r); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "report.html"), html.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "report.md"), text.Bytes(), 0o644)
}

// Text writes the report as Markdown.
func Text(w io.Writer, r *bench.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Anvesh, measured\n\n%s\n", head(r))
	for _, t := range tablesOf(r) {
		fmt.Fprintf(&b, "\n## %s\n\n", t.Title)
		if t.Note != "" {
			fmt.Fprintf(&b, "%s\n\n", t.Note)
		}
		fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(t.Head, " | "), strings.Repeat(" --- |", len(t.Head)))
		for _, row := range t.Rows {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func head(r *bench.Report) string {
	m := r.Machine
	return fmt.Sprintf("%d records, seed %d. %s, version %s. %s, %d cores, %.0f GiB, Linux %s, %s.",
		r.Records, r.Seed, r.Made.Format("2006-01-02 15:04 UTC"), r.Version, m.CPU, m.Cores, m.Memory/(1<<30), m.Kernel, m.Go)
}

// The titles of the tables, which are those of their charts.
const (
	titleIngest = "From the log to searchable"
	titleEngine = "Searches in process, one client on one core"
	titleHTTP   = "Over HTTP, open loop, on the same machine"
	titleMixed  = "Everything at once"
	titleStart  = "Start after a kill"
	titleGrowth = "Cost by size"
	titleStock  = "Beside stock Bleve, the same records and searches"
)

func tablesOf(r *bench.Report) (all []table) {
	if x := r.Ingest; x != nil {
		all = append(all, table{Title: titleIngest, Note: "One form with one person or vehicle each, published by anvesh load on the same cores, synced by broker and store.",
			Head: []string{"what", "figure"}, Rows: [][]string{
				{"updates a second", number(x.PerSecond)}, {"CPU of the service, its broker included, an update", number(x.UpdateUS) + " µs"},
				{"bytes written an update", number(x.Written)}, {"store, bytes a record", number(x.Store)}, {"shards, bytes a record", number(x.Shards)},
				{"register, bytes a record", number(x.Register)}, {"the broker's log, bytes a record", number(x.Log)}, {"memory at its highest", mib(x.PeakRSS)}}})
	}
	if x := r.Startup; x != nil {
		all = append(all, table{Title: titleStart, Head: []string{"seconds until ready", "memory then"}, Rows: [][]string{{fmt.Sprintf("%.1f", x.Seconds), mib(x.RSS)}}})
	}
	if len(r.Engine) > 0 {
		t := table{Title: titleEngine, Note: "Processor time of the whole process; twenty hits shown and explained. Allocations and KiB are those of one search. Found first and in ten: by the name or registration of the right record, among all its namesakes.",
			Head: []string{"kind", "a second", "p50 ms", "p95 ms", "p99 ms", "p99.9 ms", "max ms", "allocations", "KiB", "first", "in ten"}}
		for _, k := range r.Engine {
			first, ten := "", ""
			if k.Held {
				first, ten = fmt.Sprintf("%.2f", k.At1), fmt.Sprintf("%.2f", k.At10)
			}
			t.Rows = append(t.Rows, []string{k.Kind, number(k.QPS), ms(k.P50), ms(k.P95), ms(k.P99), ms(k.P999), ms(k.Max), number(k.Allocs), number(k.Bytes / 1024), first, ten})
		}
		all = append(all, t)
	}
	if x := r.HTTP; x != nil {
		t := table{Title: titleHTTP, Note: fmt.Sprintf("60 %% persons, half of them with relative and year, a tenth in Devanagari; 40 %% vehicles, half misread; 30 %% not held. "+
			"Latency from when a search was due. Held with p99 under 20 ms: %s a second; the service took %.2f cores then, the generator %.2f. Against a server that does nothing the generator kept %s a second with p99 %s ms.",
			number(x.Held), x.ServiceCPU, x.OwnCPU, number(x.Empty.Reached), ms(x.Empty.P99)),
			Head: []string{"asked a second", "answered", "p50 ms", "p95 ms", "p99 ms", "p99.9 ms", "max ms", "refused", "failed"}}
		for _, s := range x.Steps {
			t.Rows = append(t.Rows, []string{number(s.Rate), number(s.Reached), ms(s.P50), ms(s.P95), ms(s.P99), ms(s.P999), ms(s.Max), fmt.Sprint(s.Refused), fmt.Sprint(s.Failed)})
		}
		all = append(all, t)
	}
	if x := r.Mixed; x != nil {
		all = append(all, table{Title: titleMixed, Note: "Single searches at half of the rate held, while updates arrive and a list of 100,000 persons is matched.",
			Head: []string{"what", "figure"}, Rows: [][]string{
				{"single searches, asked a second", number(x.Search.Rate)}, {"answered, refused, failed", fmt.Sprintf("%d, %d, %d", x.Search.OK, x.Search.Refused, x.Search.Failed)},
				{"their p50, p99", ms(x.Search.P50) + ", " + ms(x.Search.P99) + " ms"},
				{"updates a second, of " + number(x.Asked) + " asked", number(x.Updates)}, {"rows of the list a second", number(x.Rows)},
				{"freshness, from the log's acknowledgement until a search sees it, p50, p99", fmt.Sprintf("%.0f, %.0f ms of %d", x.FreshP50, x.FreshP99, x.Freshnesses)},
				{"cores of the service", fmt.Sprintf("%.2f", x.ServiceCores)}}})
	}
	if len(r.Growth) > 0 {
		t := table{Title: titleGrowth, Head: []string{"records", "CPU an update, µs", "person, one error, µs", "registration, one error, µs"}}
		for _, p := range r.Growth {
			t.Rows = append(t.Rows, []string{fmt.Sprint(p.Records), number(p.UpdateUS), number(p.PersonUS), number(p.VehicleUS)})
		}
		if e := r.Exponent; e != nil {
			t.Note = fmt.Sprintf("Cost grows as the size to the power of: update %.2f, person %.2f, registration %.2f (0 is flat, 1 in proportion).", e["update"], e["person"], e["vehicle"])
		}
		all = append(all, t)
	}
	if len(r.Stock) > 0 {
		t := table{Title: titleStock, Head: []string{"query of stock Bleve", "a second", "in ten", "Anvesh a second", "in ten", "times", "bytes a record"}}
		for _, s := range r.Stock {
			t.Rows = append(t.Rows, []string{s.Name, number(s.QPS), fmt.Sprintf("%.2f", s.At10), number(s.OursQPS), fmt.Sprintf("%.2f", s.OursAt10), number(s.Times), number(s.SizeBytes)})
		}
		all = append(all, t)
	}
	return all
}

// number prints about three digits.
func number(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func ms(us float64) string { return fmt.Sprintf("%.2f", us/1000) }

func mib(bytes float64) string { return fmt.Sprintf("%.0f MiB", bytes/(1<<20)) }
