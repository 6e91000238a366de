package numbers

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
)

// asked makes up what is looked for among keys: misread, cut, turned, opened, or a part.
func asked(rng *rand.Rand, keys []string) string {
	key := keys[rng.IntN(len(keys))]
	switch rng.IntN(8) {
	case 0:
		return opened(rng, key)
	case 1:
		i := rng.IntN(len(key) - 2)
		return key[i:min(len(key), i+3+rng.IntN(5))]
	case 2:
		i := rng.IntN(len(key))
		return platetest.Edited(rng, key[i:]+key[:i], rng.IntN(3))
	case 3:
		return platetest.Letters(rng, 2) + key[rng.IntN(len(key)):] + platetest.Letters(rng, rng.IntN(3))
	case 4:
		return key[:max(3, len(key)-1-rng.IntN(4))]
	}
	return platetest.Edited(rng, key, rng.IntN(5))
}

// checkDivided states the law of several indexes: numbers divided at random, some of them held by two, give what one
// index of all gives.
func checkDivided(t *testing.T, seed uint64, draw func(*rand.Rand) string, add func(part int, key string), search func(parts bool, p plate.Pattern, s Search) (Found, func(Match) string)) {
	t.Helper()
	const parts = 4
	rng := rand.New(rand.NewPCG(seed, 19))
	var keys []string
	distinct := map[string]bool{}
	for len(keys) < 4000 {
		key := draw(rng)
		if len(key) < 3 {
			continue
		}
		keys = append(keys, key)
		distinct[key] = true
		for range 1 + rng.IntN(5)/4 {
			add(rng.IntN(parts), key)
		}
	}
	for n := range 1200 {
		p, err := plate.ParsePattern(asked(rng, keys))
		if err != nil {
			continue
		}
		s := Search{Limit: []int{5, 40, 200}[n%3], MaxEdits: n % 4, Budget: 1 << 30, Held: len(distinct)}
		if a, b := told(search(false, p, s)), told(search(true, p, s)); a != b {
			t.Fatalf("seed %d: %q finds\n%s\nand divided\n%s", seed, p.Raw, a, b)
		}
	}
}

// told writes an answer down; the last digits of a mass depend on the order of a sum.
func told(f Found, key func(Match) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d, complete %v, mass %.9g:", f.Total, f.Complete, f.Mass)
	for _, m := range f.Matches {
		fmt.Fprintf(&b, " %s %g %d", key(m), m.Cost, m.Edits)
	}
	return b.String()
}

func TestDividedPlates(t *testing.T) {
	for seed := range uint64(4) {
		whole, in := NewPlateIndex(), []*PlateIndex{NewPlateIndex(), NewPlateIndex(), NewPlateIndex(), NewPlateIndex()}
		checkDivided(t, seed, func(rng *rand.Rand) string { return platetest.Plate(rng, seed%2 == 1) },
			func(part int, key string) { whole.Add(key); in[part].Add(key) },
			func(parts bool, p plate.Pattern, s Search) (Found, func(Match) string) {
				if parts {
					return SearchPlates(nil, in, p, s), func(m Match) string { return in[m.Index].Key(m.Ord) }
				}
				return SearchPlates(nil, []*PlateIndex{whole}, p, s), func(m Match) string { return whole.Key(m.Ord) }
			})
	}
}

func TestDividedNumbers(t *testing.T) {
	for seed := range uint64(2) {
		whole, in := NewNumberIndex(), []*NumberIndex{NewNumberIndex(), NewNumberIndex(), NewNumberIndex(), NewNumberIndex()}
		checkDivided(t, seed, someChassis, func(part int, key string) { whole.Add(key); in[part].Add(key) },
			func(parts bool, p plate.Pattern, s Search) (Found, func(Match) string) {
				if parts {
					return SearchNumbers(nil, in, p, s), func(m Match) string { return in[m.Index].Key(m.Ord) }
				}
				return SearchNumbers(nil, []*NumberIndex{whole}, p, s), func(m Match) string { return whole.Key(m.Ord) }
			})
	}
}

// TestFind gives the ordinal of what has bearers, and of nothing else.
func TestFind(t *testing.T) {
	x, n := NewPlateIndex(), NewNumberIndex()
	for _, s := range []string{"HR26DK8337", "22BH1234AA", "HRVAAB0012"} {
		for _, index := range []interface {
			Add(string) uint32
			Find(string) (uint32, bool)
			Remove(uint32)
		}{x, n} {
			if _, held := index.Find(s); held {
				t.Errorf("%s is held before it is added", s)
			}
			ord := index.Add(s)
			if got, held := index.Find(s); !held || got != ord {
				t.Errorf("%s is at %d, %v, want %d", s, got, held, ord)
			}
			index.Remove(ord)
			if _, held := index.Find(s); held {
				t.Errorf("%s is held without bearers", s)
			}
		}
	}
}

// TestMassOfOne: an exact registration of a shape without prefix and serial is what it is, a misread one may be as many
// others as are not held; one alone is found as among many.
func TestMassOfOne(t *testing.T) {
	x := NewPlateIndex()
	x.Add("22BH1234AA")
	mass := func(text string) float64 {
		p, _ := plate.ParsePattern(text)
		f := SearchPlates(nil, []*PlateIndex{x}, p, Search{MaxEdits: 2})
		if f.Total != 1 || x.Key(f.Matches[0].Ord) != "22BH1234AA" {
			t.Fatalf("%s finds %d", text, f.Total)
		}
		return f.Mass
	}
	if m := mass("22BH1234AA"); m < 1 || m > 1.01 {
		t.Errorf("the mass of what is held is %v, want 1", m)
	}
	swap := chanceOf(plate.SwapCost(plate.Code('2'), plate.Code('Z')))
	if m, want := mass("22BH1Z34AA"), (1+unheldEach)*swap; m < want || m > want*1.01 {
		t.Errorf("the mass of a look-alike is %v, want %v", m, want)
	}
}
