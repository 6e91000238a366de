package bench

import (
	"bytes"
	"math"
	"testing"

	"anvesh/indexer/iif"
)

// TestElder: updates of another seed become cases of their own, of years that the generator does not play, and stay valid.
func TestElder(t *testing.T) {
	held, years := map[string]bool{}, map[string]bool{}
	keep := func(fir string, _ []byte) error { held[fir] = true; return nil }
	if err := Generate(GenOptions{Records: 2000, Seed: 1, SingleForm: true}, keep); err != nil {
		t.Fatal(err)
	}
	same := 0
	err := Generate(GenOptions{Records: 2000, Seed: 8, SingleForm: true}, func(fir string, value []byte) error {
		own := elder(fir)
		years[own[8:10]] = true
		if held[fir] {
			same++
		}
		if held[own] {
			t.Errorf("%s became %s, which is held", fir, own)
		}
		_, err := iif.Parse([]byte(own), bytes.ReplaceAll(value, []byte(fir), []byte(own)))
		return err
	})
	if err != nil || len(years) != 11 {
		t.Errorf("%d years, %v", len(years), err)
	}
	if same == 0 {
		t.Error("no number is that of a held case: elder is not needed")
	}
}

// TestExponents: all points have a say, not the first and the last alone.
func TestExponents(t *testing.T) {
	got := exponents([]GrowthPoint{{1000, 10, 10, 10}, {10_000, 20, 20, 10}, {100_000, 20, 40, 10}, {1_000_000, 40, 80, 10}})
	f := func(what string, want float64) {
		if math.Abs(got[what]-want) > .001 {
			t.Errorf("%s: %.4f, want %.4f", what, got[what], want)
		}
	}
	f("update", .1806) // the ends alone give .2007
	f("person", .3010) // twice for ten times as much
	f("vehicle", 0)
	if exponents([]GrowthPoint{{1000, 1, 1, 1}}) != nil {
		t.Error("one point has a slope")
	}
}
