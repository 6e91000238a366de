package main

// benchCmd measures. Each part makes its own data, or takes rows that a file gives, and prints what it found;
// --json FILE writes the same as one object.
type benchCmd struct {
	Names    benchNamesCmd    `cmd:"" help:"How well and how fast persons are found by name."`
	Vehicles benchVehiclesCmd `cmd:"" help:"How well and how fast vehicles are found by number."`
	Report   benchReportCmd   `cmd:"" help:"Measure everything in one run, beside stock Bleve, and write the report (make bench)."`
	Load     benchLoadCmd     `cmd:"" help:"Send searches to a service at a fixed rate."`
	Fit      benchFitCmd      `cmd:"" help:"Propose costs of spellings from pairs of them."`
}
