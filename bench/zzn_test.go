package bench

import (
	"fmt"
	"os"
	"testing"
)

func TestZN(t *testing.T) {
	dir := os.Getenv("ZN")
	if dir == "" {
		t.Skip()
	}
	for _, rel := range []bool{false} {
		r, err := Names(NamesOptions{Pairs: "/work/shared/data/name_variants.tsv", Tokens: "/work/shared/data/names_weighted.tsv", Records: 2000000, Sample: 500, Seed: 1, Relatives: rel, Data: dir, Profile: fmt.Sprint("/tmp/zn-", rel, ".pb")})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("rel %v: %5.0f/s p50 %5.0f p99 %5.0f allocs %5.0f  r1 %.3f r10 %.3f worse %.3f prob %.3f names %.0f\n", rel, r.QPS, r.P50, r.P99, r.Allocs, r.At1, r.At10, r.WorseWithFields, r.ProbableShare, r.CandidatesMean)
	}
}
