package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"anvesh/query"
	"anvesh/query/plate"
)

// A realPlate is a row of a file: a registration, and what a plate reader made of it, "" where it was not read.
type realPlate struct{ plate, read string }

func readRealPlates(file string) ([]realPlate, error) {
	rows, err := readTable(file, "plate", "ocr_read")
	var out []realPlate
	for _, r := range rows {
		if canonical(r[0]) != "" {
			out = append(out, realPlate{r[0], r[1]})
		}
	}
	return out, err
}

// RealFound is what real misreadings found: Recoverable are those with at least one edit in at most three
// of ten characters, Common those of the rest whose longest common subsequence with the plate is five or more.
type RealFound struct {
	Recoverable Found `json:"recoverable"`
	Common      Found `json:"five_in_common"`
	Timing
}

// recoverableMost is the most edits of a reading that counts as recoverable, by characters of the plate.
const recoverableMost = .3

// real asks for the plates of the file by what was read.
func (v *vehicles) real() error {
	var asked []askedPlate
	for _, r := range v.rows {
		key, read := canonical(r.plate), strings.ToUpper(r.read)
		p, err := plate.ParsePattern(read)
		if err != nil || p.Fixed() < 3 || read == r.plate {
			continue
		}
		kind := ""
		switch {
		case float64(plainDistance(r.plate, read)) <= recoverableMost*float64(len(r.plate)):
			kind = "recoverable"
		case commonPart(r.plate, read) >= 5:
			kind = "common"
		default:
			continue
		}
		asked = append(asked, askedPlate{ask: request(read), right: byPlate(key), cause: kind})
	}
	if len(asked) == 0 {
		return nil
	}
	var f founds
	t, err := v.search(asked, func(a *askedPlate, _ *query.Answer, rank float64) { f.add(rank, a.cause) })
	found := f.byName()
	v.report.Real = &RealFound{Recoverable: found["recoverable"], Common: found["common"], Timing: t.Timing}
	return err
}

// commonPart is the length of the longest common subsequence.
func commonPart(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range len(a) {
		corner := 0
		for j := range len(b) {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = corner + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			corner = above
		}
	}
	return row[len(b)]
}

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
	fmt.Fprintf(w, "%.0f bytes of memory a vehicle\n", r.BytesPerRecord)
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
