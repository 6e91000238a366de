package bench

import (
	"bytes"
	"flag"
	"fmt"
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
