package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Print writes a report for a person to read.
func (r *VehiclesReport) Print(w io.Writer) {
	fmt.Fprintf(w, "%d vehicles held, %d registrations, seed %d, scattered %v; %d searches of a kind\n", r.Records, r.Plates, r.Seed, r.Scattered, r.Sample)
	printFound(w, "misread, all causes", r.Found)
	for _, list := range []map[string]Found{r.ByCause, r.ByEdits} {
		for _, k := range slices.Sorted(maps.Keys(list)) {
			printFound(w, k, list[k])
		}
	}
	printTiming(w, "misread", r.Timing)
	fmt.Fprintf(w, "%.0f bytes of memory a vehicle, %.0f of them for the registration\n", r.BytesPerRecord, r.PlateBytes)
	if c := r.Complete; c.Searches > 0 {
		fmt.Fprintf(w, "one edit: %d of %d that a scan finds; two edits: %d of %d; the right plate first %.4f times as often as by a scan (%d searches)\n",
			c.Found1, c.Held1, c.Found2, c.Held2, r.Rank1OfBest, r.Scanned)
	}
	if r.Real != nil {
		printFound(w, "real, recoverable", r.Real.Recoverable)
		printFound(w, "real, five in common", r.Real.Common)
	}
	for _, k := range slices.Sorted(maps.Keys(r.ByTask)) {
		t := r.ByTask[k]
		printFound(w, k, t.Found)
		printTiming(w, "", t.Timing)
		fmt.Fprintf(w, "  %-44s %.0f hits, complete %.3f\n", "", t.Total, t.Whole)
	}
	fmt.Fprintf(w, "false EXACT or PROBABLE in 1,000 searches for vehicles that are not held: %.2f\n", r.FalsePer1000)
	for _, k := range slices.Sorted(maps.Keys(r.Probable)) {
		fmt.Fprintf(w, "  %-58s PROBABLE or better %.3f of %d", k, r.Probable[k].Share, r.Probable[k].N)
		if a, ok := r.Absent[k]; ok {
			fmt.Fprintf(w, "; not held: %.2f in 1,000 of %d, collisions %d", a.Per1000, a.N, a.Collisions)
		}
		fmt.Fprintln(w)
	}
	for _, s := range r.Calibration {
		fmt.Fprintf(w, "score %.2f-%.2f: %6d hits, said %.3f, right %.3f\n", s.From, s.To, s.Hits, s.Said, s.Right)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Baseline)) {
		b := r.Baseline[k]
		printFound(w, k, b.Found)
		printTiming(w, "", b.Timing)
		fmt.Fprintf(w, "  %-44s Anvesh finds %.4f of its hits and is %.0f times as fast\n", "", b.OfItsHits, b.Times)
	}
}

func printFound(w io.Writer, name string, f Found) {
	fmt.Fprintf(w, "  %-44s %6d   first %.3f   in three %.3f   in ten %.3f\n", name, f.N, f.At1, f.At3, f.At10)
}

func printTiming(w io.Writer, name string, t Timing) {
	fmt.Fprintf(w, "  %-44s %.0f searches a second and core, p50 %.0f p99 %.0f max %.0f microseconds, %.0f allocations\n", name, t.QPS, t.P50, t.P99, t.Max, t.Allocs)
}
