package bench

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files of quality anew")

// The quality of name search on made-up people, as a file in review: a change of a rule or a price shows as a diff. Run
// make quality UPDATE=1 to accept one.
func TestQualityOfNames(t *testing.T) {
	var out bytes.Buffer
	for _, o := range []NamesOptions{{Records: 20_000, Sample: 400, Seed: 1, Absent: 400, Scan: 40},
		{Records: 20_000, Sample: 400, Seed: 1, Absent: 400, Relatives: true}, {Records: 20_000, Sample: 400, Seed: 2, Drift: .2}} {
		r, err := Names(o)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "relatives %v, drift %.1f: first %.3f, in ten %.3f, PROBABLE %.3f, false of 1,000 %.2f, mean reciprocal rank %.3f, of a full scan %.3f\n",
			o.Relatives, o.Drift, r.At1, r.At10, r.ProbableShare, r.FalsePer1000, r.MRR, r.OfScan)
		var kinds []string
		for k, v := range r.ByKind {
			kinds = append(kinds, fmt.Sprintf("  %-10s %3d  first %.3f  in ten %.3f\n", k, v.N, v.At1, v.At10))
		}
		slices.Sort(kinds)
		out.WriteString(strings.Join(kinds, ""))
	}
	golden(t, "names.golden", out.Bytes())
}

// The same of the search for vehicles by damaged numbers.
func TestQualityOfVehicles(t *testing.T) {
	r, err := Vehicles(VehiclesOptions{Records: 20_000, Sample: 150, Seed: 1, Absent: 150, Scan: 40})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "first %.3f, in three %.3f, in ten %.3f; within one edit %.3f, within two %.3f of what a scan finds; first %.3f of the best ranking\n",
		r.At1, r.At3, r.At10, r.Complete1, r.Complete2, r.Rank1OfBest)
	fmt.Fprintf(&out, "PROBABLE or better %.3f, false of 1,000 %.2f\n", r.ProbableShare, r.FalsePer1000)
	for _, k := range slices.Sorted(maps.Keys(r.ByTask)) {
		f := r.ByTask[k]
		fmt.Fprintf(&out, "  %-30s %3d  first %.3f  in ten %.3f  complete %.3f\n", k, f.N, f.At1, f.At10, f.Whole)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Probable)) {
		fmt.Fprintf(&out, "  %-60s %3d  PROBABLE or better %.3f  not held: false of 1,000 %.2f\n", k, r.Probable[k].N, r.Probable[k].Share, r.Absent[k].Per1000)
	}
	golden(t, "vehicles.golden", out.Bytes())
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the quality has changed; if it is meant, run make quality UPDATE=1 and commit the file.\ngot:\n%swant:\n%s", got, want)
	}
}
