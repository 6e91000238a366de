package numbers

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
)

// TestAnswersDoNotDependOnHistory builds two indexes of the same numbers, one of which got them in another order and
// among others that were taken out again, as forms that were corrected leave them. Both must give the same answers: a
// store that was restored or rebuilt answers as the one it came from.
func TestAnswersDoNotDependOnHistory(t *testing.T) {
	type index interface {
		Add(string) uint32
		Remove(uint32)
		Key(uint32) string
		SearchMass([]Match, plate.Pattern, Search) ([]Match, int, bool, float64)
	}
	f := func(name string, plain, worn index, draw func(*rand.Rand) string, seed uint64) {
		t.Helper()
		rng := rand.New(rand.NewPCG(seed, 17))
		var keys []string
		for len(keys) < 1500 {
			if key := draw(rng); key != "" {
				keys = append(keys, key)
				plain.Add(key)
			}
		}
		var passing []uint32
		for _, i := range rng.Perm(len(keys)) {
			if key := platetest.Edited(rng, keys[i], 2); key != "" && rng.IntN(2) == 0 {
				passing = append(passing, worn.Add(key))
			}
			worn.Add(keys[i])
		}
		for _, ord := range passing {
			worn.Remove(ord)
		}
		for n := range 1500 {
			text := platetest.Edited(rng, keys[rng.IntN(len(keys))], rng.IntN(4))
			if n%10 == 0 {
				text = opened(rng, keys[rng.IntN(len(keys))])
			}
			p, err := plate.ParsePattern(text)
			if err != nil {
				continue
			}
			s := Search{Limit: []int{20, 200}[n%2], MaxEdits: 2, Budget: 1 << 30}
			if a, b := tell(plain, p, s), tell(worn, p, s); a != b {
				t.Fatalf("%s, seed %d: %q finds\n%s\nand with another history\n%s", name, seed, text, a, b)
			}
		}
	}
	for seed := range uint64(4) {
		f("registrations", NewPlateIndex(), NewPlateIndex(), func(rng *rand.Rand) string { return platetest.Plate(rng, false) }, seed)
		f("dense registrations", NewPlateIndex(), NewPlateIndex(), func(rng *rand.Rand) string { return platetest.Plate(rng, true) }, seed)
		f("chassis numbers", NewNumberIndex(), NewNumberIndex(), func(rng *rand.Rand) string {
			return strings.ReplaceAll(someChassis(rng), "?", "7")
		}, seed)
	}
}

// tell writes an answer down. A mass is a sum whose order may differ, so its last digits are left out.
func tell(x interface {
	Key(uint32) string
	SearchMass([]Match, plate.Pattern, Search) ([]Match, int, bool, float64)
}, p plate.Pattern, s Search) string {
	matches, total, complete, mass := x.SearchMass(nil, p, s)
	var b strings.Builder
	fmt.Fprintf(&b, "%d, complete %v, mass %.9g:", total, complete, mass)
	for _, m := range matches {
		fmt.Fprintf(&b, " %s %g %d", x.Key(m.Ord), m.Cost, m.Edits)
	}
	return b.String()
}
