package plate

import (
	"math/rand/v2"
	"testing"

	"anvesh/query/plate/platetest"
)

func TestDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		a := platetest.Plate(rng, false)
		b := platetest.Edited(rng, a, rng.IntN(5))
		if got, want := Distance(a, b), platetest.Distance(a, b); got != want {
			t.Fatalf("Distance(%s, %s) = %d, want %d", a, b, got, want)
		}
	}
}
