package main

import (
	"errors"

	"anvesh/bench"
)

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
