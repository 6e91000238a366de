package main

import (
	"anvesh/bench/madeup"
	"bufio"
	"errors"
)

// genCmd writes made-up updates.
type genCmd struct {
	Records    int    `help:"Persons and vehicles after the fold." default:"20000"`
	Seed       uint64 `help:"The same seed gives the same bytes." default:"1"`
	SingleForm bool   `help:"One form a case, one person or vehicle a form."`
}

func (genCmd) examples() string {
	return lines("  anvesh gen --records 1000 --seed 7 > updates.ndjson", "  anvesh gen --records 200000 | anvesh load -")
}

// Run generates.
func (c *genCmd) Run(w *world) error {
	if c.Records < 1 {
		return usageError{errors.New("--records must be at least 1")}
	}
	out := bufio.NewWriterSize(w.stdout, 1<<20)
	err := madeup.Generate(madeup.Options{Records: c.Records, Seed: c.Seed, SingleForm: c.SingleForm}, func(_ string, value []byte) error {
		out.Write(value)
		return out.WriteByte('\n')
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
