package numbers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
)

// searcher is what both indexes offer to the oracle.
type searcher interface {
	SearchMass(dst []Match, p plate.Pattern, s Search) ([]Match, int, bool, float64)
	Key(ord uint32) string
}

// checkComplete compares a search with a scan over all keys: whatever lies within edits of the text must be found, and
// with the edits of the scan.
func checkComplete(t *testing.T, x searcher, live map[string]int, text string, edits int) {
	t.Helper()
	p, err := plate.ParsePattern(text)
	if err != nil {
		return
	}
	matches, total, complete, _ := x.SearchMass(nil, p, Search{Limit: 1 << 20, MaxEdits: edits, Budget: 1 << 30})
	if !complete || total < len(matches) {
		t.Fatalf("search %q: complete %v, total %d of %d", text, complete, total, len(matches))
	}
	found := map[string]Match{}
	for i, m := range matches {
		key := x.Key(m.Ord)
		if _, twice := found[key]; twice || live[key] == 0 {
			t.Fatalf("search %q: %s found twice or not held", text, key)
		}
		if i > 0 && matches[i-1].Cost > m.Cost {
			t.Fatalf("search %q: costs not ascending at %d", text, i)
		}
		found[key] = m
	}
	want := p.String()
	if _, ok := x.(*NumberIndex); ok {
		want = p.Number()
		if plate.HasWildcards(want) || len(want) < shortNumber && isPart(live, want) {
			edits = min(edits, 1)
		}
	}
	for key, n := range live {
		if n == 0 || len(key)-len(want) > edits || len(want)-len(key) > edits || missing(signatureOf(key), signatureOf(want)) > edits {
			continue
		}
		if d := plate.Distance(want, key); d <= edits {
			if m, ok := found[key]; !ok {
				t.Fatalf("search %q within %d: %s (%d edits) not found", text, edits, key, d)
			} else if int(m.Edits) > d {
				t.Fatalf("search %q: %s has %d edits, want %d", text, key, m.Edits, d)
			}
		}
	}
}

// isPart tells whether a held number holds the text, at least four characters, as a part.
func isPart(live map[string]int, text string) bool {
	for key, n := range live {
		if n > 0 && len(text) >= fragmentLen && lastPlace([]byte(key), text) >= 0 {
			return true
		}
	}
	return false
}

func TestSearchIsComplete(t *testing.T) {
	for _, dense := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(7, 7))
		x := NewPlateIndex()
		live := map[string]int{}
		var keys []string
		for range 4000 {
			key := platetest.Plate(rng, dense)
			x.Add(key)
			live[key]++
			keys = append(keys, key)
		}
		for range 800 {
			key := keys[rng.IntN(len(keys))]
			edits := rng.IntN(3)
			checkComplete(t, x, live, platetest.Edited(rng, key, edits), edits)
			checkComplete(t, x, live, platetest.Edited(rng, key, rng.IntN(4)), 2)
		}
	}
}

func TestSearchIsCompleteOnFewSymbols(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	x := NewPlateIndex()
	live := map[string]int{}
	some := func(n int, from string) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = from[rng.IntN(len(from))]
		}
		return string(b)
	}
	for range 3000 {
		key := some(rng.IntN(9), "A1") + some(rng.IntN(5), "123")
		x.Add(key)
		live[key]++
	}
	for range 1500 {
		checkComplete(t, x, live, some(rng.IntN(6), "A1")+some(rng.IntN(7), "A123"), 1+rng.IntN(2))
	}
}

// someChassis makes up a chassis number: most share prefixes and have serial numbers close together.
func someChassis(rng *rand.Rand) string {
	switch rng.IntN(5) {
	case 0:
		b := make([]byte, 5+rng.IntN(12))
		for i := range b {
			b[i] = platetest.Symbol(rng)
		}
		return plate.Number(string(b))
	case 1:
		return plate.Number(fmt.Sprintf("MA3EYD81S%08d", rng.IntN(3000)))
	case 2:
		return plate.Number(fmt.Sprintf("%d", rng.IntN(100000)))
	case 3:
		return plate.Number(fmt.Sprintf("MA3*YD8%d%s%06d", rng.IntN(4), platetest.Letters(rng, 2), rng.IntN(3000)))
	}
	return plate.Number(fmt.Sprintf("MBLHA%02d%s%06d", rng.IntN(20), platetest.Letters(rng, 3), rng.IntN(999999)))
}

func TestNumberSearchIsComplete(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x := NewNumberIndex()
	live := map[string]int{}
	var keys []string
	for range 20000 {
		if key := someChassis(rng); key != "" {
			x.Add(key)
			live[key]++
			keys = append(keys, key)
		}
	}
	for range 250 {
		key := keys[rng.IntN(len(keys))]
		edits := rng.IntN(3)
		checkComplete(t, x, live, platetest.Edited(rng, key, edits), edits)
	}
}

// TestPackedHolds compares the test by six bits with one character by character.
func TestPackedHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 1))
	for range 20000 {
		s := make([]byte, rng.IntN(packedLen+1))
		for i := range s {
			s[i] = platetest.Symbol(rng)
		}
		p, ok := pack(string(s))
		c := platetest.Symbol(rng)
		if got, want := p.holds(everywhere(plate.Code(c)+1)), bytes.IndexByte(s, c) >= 0; !ok || got != want {
			t.Fatalf("%s holds %c: %v, want %v", s, c, got, want)
		}
	}
}
