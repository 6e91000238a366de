package main

import (
	"anvesh/bench/madeup"
	"bufio"
)

// genCmd writes made-up updates.
type genCmd struct {
	Records    positive `help:"Persons and vehicles after the fold." default:"20000"`
	Seed       uint64   `help:"The same seed gives the same bytes." default:"1"`
	SingleForm bool     `help:"One form a case, one person or vehicle a form."`
}

func (genCmd) examples() string {
	return lines("  anvesh gen --records 1000 --seed 7 > updates.ndjson", "  anvesh gen --records 200000 | anvesh load -")
}

// Run generates.
func (c *genCmd) Run(w *world) error {
	out := bufio.NewWriterSize(w.stdout, 1<<20)
	err := madeup.Generate(madeup.Options{Records: int(c.Records), Seed: c.Seed, SingleForm: c.SingleForm}, func(_ string, value []byte) error {
		out.Write(value)
		return out.WriteByte('\n')
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
