package main

import "anvesh/query/match"

// matchCmd matches a list, row by row, against a running service.
type matchCmd struct {
	serverFlags
	Kind     string   `arg:"" enum:"persons,vehicles" help:"persons or vehicles."`
	List     string   `arg:"" help:"The list: .csv (comma, semicolon or tab), .xlsx or .ndjson, - for standard input."`
	Out      string   `short:"o" required:"" placeholder:"OUT" help:"Where the answers go: .ndjson, .csv or .html; - for NDJSON on standard output."`
	Format   string   `help:"Form of a list whose name does not say it: csv, ndjson or xlsx." enum:",csv,ndjson,xlsx" default:"" placeholder:"FORM"`
	Sheet    string   `help:"Sheet of a workbook, by name or number; else the first." placeholder:"NAME"`
	Reason   string   `help:"Why all rows are searched for; else the row's reason, else 'list: FILE'." placeholder:"TEXT"`
	Limit    hitLimit `help:"Hits of one row, 1 to 100; the service's default is 20." placeholder:"N"`
	MinClass string   `help:"Weakest class that is shown: EXACT, PROBABLE or LEAD." enum:",EXACT,PROBABLE,LEAD" default:"" placeholder:"C"`
	Approval string   `help:"Of another person, for a list longer than the role may match: what POST /v1/approvals gave." placeholder:"ID"`
	Map      []string `help:"What a column means, such as --map 'Owner=name'; --map 'Remarks=-' passes one over. May be repeated." sep:"none" placeholder:"COLUMN=FIELD"`
	Ignore   []string `help:"A column that is passed over. May be repeated." sep:"none" placeholder:"COLUMN"`
	Resume   bool     `help:"Go on with an OUT (.ndjson or .csv) that an earlier run of the same list left; an .html report cannot be gone on with."`
	Force    bool     `help:"Write OUT anew where it is there already."`
}

func (matchCmd) examples() string {
	return lines("  anvesh match persons suspects.csv -o answers.html",
		"  anvesh match vehicles parked.xlsx --sheet 'Nov 2026' -o answers.csv --map 'Number seen=registration' --min-class PROBABLE",
		"  anvesh match persons big.ndjson -o answers.ndjson --reason 'FIR 123/2023' --resume",
		"  cat plates.csv | anvesh match vehicles - --format csv -o - | jq -c .hits[0].record.fir")
}

// Run matches the list.
func (c *matchCmd) Run(w *world) error {
	service, err := match.NewClient(c.Server, c.Key)
	if err != nil {
		return err
	}
	defer service.Close()
	job := match.Job{Kind: c.Kind, List: c.List, Out: c.Out, Format: c.Format, Sheet: c.Sheet, Reason: c.Reason, Limit: int(c.Limit),
		MinClass: c.MinClass, Approval: c.Approval, Map: c.Map, Ignore: c.Ignore, Resume: c.Resume, Force: c.Force, Stdin: w.stdin, Stdout: w.stdout, Stderr: w.stderr, Log: w.log,
		Meter: func(step string, total int64) match.Meter { return meterOf{w.progress(step, total)} }}
	return job.Run(w.ctx, service)
}

// meterOf shows a list's progress.
type meterOf struct{ *meter }

func (m meterOf) Set(n int64) { m.set(n) }
func (m meterOf) Done()       { m.done() }

// serverFlags name a running service.
type serverFlags struct {
	Server string `help:"Address of the running service." default:"http://127.0.0.1:8080" placeholder:"URL"`
	Key    string `help:"Credential; better as ANVESH_KEY, as other users of the machine can see flags."`
}
