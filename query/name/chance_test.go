package name

import (
	"testing"
)

func TestChance(t *testing.T) {
	last := 0.0
	for w := -20.0; w < 40; w += .5 {
		c := Chance(w, 2_000_000)
		if c <= last || c >= 1 || c > Chance(w, 200_000) {
			t.Fatalf("weight %v: %v after %v", w, c, last)
		}
		last = c
	}
	if ProbableWeight(10) != ProbableWeight(LeastPersons) || ProbableWeight(2_000_000) <= ProbableWeight(200_000) {
		t.Error("probable weights", ProbableWeight(10), ProbableWeight(2_000_000))
	}
	if c := Chance(0, 0); c <= 0 || c >= 1 {
		t.Errorf("no persons: %v", c)
	}
}
