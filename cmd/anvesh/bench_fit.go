package main

import (
	"fmt"
	"maps"
	"slices"

	"anvesh/bench"
)

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
