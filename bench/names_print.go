package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Print writes a report for a person to read.
func (r *NamesReport) Print(w io.Writer) {
	fmt.Fprintf(w, "%d persons held, %d names of %d tokens; %d asked, seed %d, relatives %v, drift %.2f\n", r.Records, r.Names, r.Tokens, r.Sample,
		r.Seed, r.Relatives, r.Drift)
	printTally(w, "all", r.Tally)
	for _, k := range slices.Sorted(maps.Keys(r.ByKind)) {
		printTally(w, k, r.ByKind[k])
	}
	fmt.Fprintf(w, "the very record first %.3f, in ten %.3f; mean reciprocal rank %.3f; candidate recall %.3f, names weighed %.0f", r.RecordAt1,
		r.RecordAt10, r.MRR, r.CandidateRecall, r.CandidatesMean)
	if r.OfScan > 0 {
		fmt.Fprintf(w, "; %.3f of what a full scan finds", r.OfScan)
	}
	fmt.Fprintf(w, "\n%.0f searches a second and core, p50 %.0f p99 %.0f max %.0f microseconds, %.0f allocations, %.0f bytes; %.0f bytes of memory a record\n",
		r.QPS, r.P50, r.P99, r.Max, r.Allocs, r.Bytes, r.BytesPerRecord)
	fmt.Fprintf(w, "PROBABLE or better: %.3f of true pairs, %.2f false of 1,000 searches for %d people who are not held\n", r.ProbableShare,
		r.FalsePer1000, r.Absent)
	if r.Relatives {
		fmt.Fprintf(w, "worse with relative and birth year than by name alone: %.4f\n", r.WorseWithFields)
	}
	for _, d := range r.Deciles {
		fmt.Fprintf(w, "score %.1f-%.1f: %6d hits, said %.3f, the same person %.3f\n", d.From, d.To, d.Hits, d.Said, d.Same)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Baseline)) {
		b := r.Baseline[k]
		fmt.Fprintf(w, "%-18s %.1f searches a second, p50 %.0f p99 %.0f microseconds; first %.3f, in ten %.3f of %d; Anvesh is %.0f times as fast\n",
			k, b.QPS, b.P50, b.P99, b.At1, b.At10, b.N, r.QPS/b.QPS)
	}
}

func printTally(w io.Writer, kind string, t Tally) {
	fmt.Fprintf(w, "  %-24s %5d   first %.3f ±%.3f   in ten %.3f ±%.3f\n", kind, t.N, t.At1, t.Half1, t.At10, t.Half10)
}

// Print writes a report for a person to read.
func (r *HardReport) Print(w io.Writer) {
	fmt.Fprintf(w, "%d records held; of %d people with a similar name: the wrong one scored 0.9 or more, or PROBABLE, %.3f; the right one first, "+
		"both held and the name misspelt, %.3f\n", r.Records, r.N, r.WrongStrong, r.RightFirst)
}
