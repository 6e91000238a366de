package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"anvesh/bench"
)

// benchCmd measures. Each part makes its own data, or takes rows that a file gives, and prints what it found;
// --json FILE writes the same as one object.
type benchCmd struct {
	Names    benchNamesCmd    `cmd:"" help:"How well and how fast persons are found by name."`
	Vehicles benchVehiclesCmd `cmd:"" help:"How well and how fast vehicles are found by number."`
	Report   benchReportCmd   `cmd:"" help:"Measure everything in one run, beside stock Bleve, and write the report (make bench)."`
	Load     benchLoadCmd     `cmd:"" help:"Send searches to a service at a fixed rate."`
	Fit      benchFitCmd      `cmd:"" help:"Propose costs of spellings from pairs of them."`
}

// benchNamesCmd measures the search for persons by name.
type benchNamesCmd struct {
	Pairs     string  `help:"Two spellings of one person a row: columns a, b, level, kind. Without it people are drawn from the project's own tables." placeholder:"FILE" type:"existingfile"`
	Tokens    string  `help:"Weights of name tokens: columns token, script, kind, weight_north. Without it the project's own tables." placeholder:"FILE" type:"existingfile"`
	Translit  string  `help:"Names in both scripts, asked in either: columns devanagari, latin, level, quality." placeholder:"FILE" type:"existingfile"`
	Hard      string  `help:"Different people with similar names: columns name_a, name_b." placeholder:"FILE" type:"existingfile"`
	Records   int     `help:"Made-up persons held." default:"200000"`
	Sample    int     `help:"Right answers held and asked for." default:"500"`
	Seed      uint64  `help:"The same seed draws the same people." default:"1"`
	Relatives bool    `help:"Ask with the relative's name and the birth year."`
	Drift     float64 `help:"Share of the made-up persons that are misspelt, 0 to 1." default:"0"`
	Absent    int     `help:"People asked for who are not held." default:"2000"`
	Baseline  int     `help:"Searches of stock Bleve on the same records." default:"100"`
	Scan      int     `help:"Searches compared with a scan of all names." default:"50"`
	Data      string  `help:"Directory of the store, kept and used again." placeholder:"DIR"`
	Profile   string  `help:"Write a processor profile of the searches." placeholder:"FILE"`
	JSON      string  `help:"Write the report as JSON." name:"json" placeholder:"FILE"`
}

func (benchNamesCmd) examples() string {
	return lines("  anvesh bench names --records 200000 --json out.json", "  anvesh bench names --pairs variants.tsv --tokens tokens.tsv --records 2000000 --relatives",
		"  anvesh bench names --hard similar.tsv --tokens tokens.tsv")
}

// Run measures and prints.
func (c *benchNamesCmd) Run(w *world) error {
	o := bench.NamesOptions{Pairs: c.Pairs, Tokens: c.Tokens, Translit: c.Translit, Hard: c.Hard, Records: c.Records, Sample: c.Sample, Seed: c.Seed,
		Relatives: c.Relatives, Drift: c.Drift, Absent: c.Absent, Baseline: c.Baseline, Scan: c.Scan, Data: c.Data, Profile: c.Profile, Out: w.stderr}
	switch {
	case c.Records < 0 || c.Sample < 1 || c.Absent < 0 || c.Baseline < 0 || c.Scan < 0:
		return usageError{errors.New("--records, --absent, --baseline and --scan must be at least 0, --sample at least 1")}
	case c.Drift < 0 || c.Drift > 1:
		return usageError{errors.New("--drift must be 0 to 1")}
	}
	if c.Hard != "" {
		r, err := bench.Hard(o)
		if err != nil {
			return err
		}
		r.Print(w.stdout)
		return c.write(r)
	}
	r, err := bench.Names(o)
	if err != nil {
		return err
	}
	r.Print(w.stdout)
	if c.Translit != "" {
		o.Back = true
		back, err := bench.Names(o)
		if err != nil {
			return err
		}
		fmt.Fprintln(w.stdout, "Latin spellings asked, Devanagari ones held:")
		back.Print(w.stdout)
		r.Back = &back
	}
	return c.write(r)
}

func (c *benchNamesCmd) write(report any) error {
	if c.JSON == "" {
		return nil
	}
	return bench.WriteReport(c.JSON, report)
}

// benchFitCmd proposes costs for the table of package name.
type benchFitCmd struct {
	Pairs   string   `help:"Two spellings of one person a row: columns a, b, level, kind. Without it people of the project's own tables." placeholder:"FILE" type:"existingfile"`
	Tokens  string   `help:"Weights of name tokens. Without it the project's own tables." placeholder:"FILE" type:"existingfile"`
	Records int      `help:"Made-up persons held." default:"200000"`
	Seed    uint64   `help:"The same seed draws the same people." default:"1"`
	Passes  int      `help:"Passes over all costs." default:"3"`
	Only    []string `help:"Beginnings of the names of the costs that may move, such as drop,initial." placeholder:"NAME"`
}

func (benchFitCmd) examples() string {
	return lines("  anvesh bench fit --pairs variants.tsv --tokens tokens.tsv --only drop,initial,contradiction")
}

// Run fits and prints the lines that would change in query/name/costs.tsv.
func (c *benchFitCmd) Run(w *world) error {
	moved, err := bench.Fit(bench.FitOptions{Pairs: c.Pairs, Tokens: c.Tokens, Records: c.Records, Seed: c.Seed, Passes: c.Passes, Only: c.Only, Out: w.stderr})
	for _, key := range slices.Sorted(maps.Keys(moved)) {
		fmt.Fprintf(w.stdout, "%s\t%d\n", key, moved[key])
	}
	return err
}

// benchVehiclesCmd measures the search for vehicles by number.
type benchVehiclesCmd struct {
	Pairs     string `help:"Plates and what a plate reader made of them: columns plate, ocr_read. They are held too." placeholder:"FILE" type:"existingfile"`
	Records   int    `help:"Made-up vehicles held." default:"200000"`
	Sample    int    `help:"Searches of each kind." default:"2000"`
	Seed      uint64 `help:"The same seed makes the same vehicles." default:"1"`
	Absent    int    `help:"Vehicles asked for that are not held, for each way to ask." default:"5000"`
	Baseline  int    `help:"Searches of stock Bleve of each kind on the same vehicles." default:"100"`
	Scan      int    `help:"Searches compared with a scan of all that is held." default:"200"`
	Scattered bool   `help:"Numbers lie thinly under all series that there can be."`
	Data      string `help:"Directory of the store, kept and used again." placeholder:"DIR"`
	JSON      string `help:"Write the report as JSON." name:"json" placeholder:"FILE"`
}

func (benchVehiclesCmd) examples() string {
	return lines("  anvesh bench vehicles --pairs plates.tsv --records 3000000 --json out.json",
		"  anvesh bench vehicles --records 10000000 --baseline 0 --data /var/tmp/ten")
}

// Run measures and prints.
func (c *benchVehiclesCmd) Run(w *world) error {
	if c.Records < 1 || c.Sample < 1 || c.Absent < 0 || c.Baseline < 0 || c.Scan < 0 {
		return usageError{errors.New("--records and --sample must be at least 1, --absent, --baseline and --scan at least 0")}
	}
	r, err := bench.Vehicles(bench.VehiclesOptions{Pairs: c.Pairs, Records: c.Records, Sample: c.Sample, Seed: c.Seed, Absent: c.Absent,
		Baseline: c.Baseline, Scan: c.Scan, Scattered: c.Scattered, Data: c.Data, Out: w.stderr})
	if err != nil {
		return err
	}
	r.Print(w.stdout)
	if c.JSON == "" {
		return nil
	}
	return bench.WriteReport(c.JSON, &r)
}
