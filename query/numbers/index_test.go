package numbers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
)

// checkWild compares a wildcard search with a scan.
func checkWild(t *testing.T, x searcher, live map[string]int, pattern string) {
	t.Helper()
	p, err := plate.ParsePattern(pattern)
	if err != nil {
		return
	}
	matches, total, complete, _ := x.SearchMass(nil, p, Search{Limit: 1 << 20, Budget: 1 << 30})
	var texts []string
	if _, ok := x.(*NumberIndex); ok {
		text := p.Number()
		if !strings.Contains(text, "*") {
			if plate.Fixed(text) < fragmentLen {
				return
			}
			text = "*" + text + "*"
		}
		texts = append(texts, text)
	} else {
		for _, r := range p.Readings() {
			texts = append(texts, r.Text)
		}
	}
	want := 0
	found := map[string]bool{}
	for _, m := range matches {
		found[x.Key(m.Ord)] = true
	}
	for key, n := range live {
		if n > 0 && slices.ContainsFunc(texts, func(text string) bool { return plate.FitsWildcards(text, []byte(key)) }) {
			want++
			if len(matches) == total && !found[key] {
				t.Fatalf("%q does not find %s", pattern, key)
			}
		}
	}
	if total != want || !complete {
		t.Fatalf("%q finds %d of %d, complete %v", pattern, total, want, complete)
	}
}

// opened makes a pattern of s with some characters left open.
func opened(rng *rand.Rand, s string) string {
	b := []byte(s)
	for range 1 + rng.IntN(4) {
		b[rng.IntN(len(b))] = '?'
	}
	s = string(b)
	for range rng.IntN(3) {
		i := rng.IntN(len(s))
		s = s[:i] + "*" + s[i+rng.IntN(len(s)-i):]
	}
	return s
}

func TestWildcards(t *testing.T) {
	for _, dense := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(11, 1))
		x, live := NewPlateIndex(), map[string]int{}
		for range 3000 {
			key := platetest.Plate(rng, dense)
			x.Add(key)
			live[key]++
		}
		for range 1000 {
			checkWild(t, x, live, opened(rng, platetest.Plate(rng, dense)))
		}
		for _, pattern := range []string{"*", "*1*", "*8337", "HR26*37", "?R26A?0??1", "HR26*", "*BH*", "????????", "*A"} {
			checkWild(t, x, live, pattern)
		}
	}
}

func TestNumberWildcards(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	x, live := NewNumberIndex(), map[string]int{}
	var keys []string
	for range 5000 {
		if key := plate.Number(strings.ReplaceAll(someChassis(rng), "?", "7")); key != "" {
			x.Add(key)
			live[key]++
			keys = append(keys, key)
		}
	}
	for range 300 {
		key := keys[rng.IntN(len(keys))]
		checkWild(t, x, live, opened(rng, key))
		if n := len(key) - 4; n > 0 {
			i := rng.IntN(n)
			checkFragment(t, x, live, key[i:i+4+rng.IntN(n-i+1)])
		}
	}
}

// checkFragment states that whatever holds the text is found.
func checkFragment(t *testing.T, x searcher, live map[string]int, text string) {
	t.Helper()
	p, err := plate.ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	matches, total, complete, _ := x.SearchMass(nil, p, Search{Limit: 1 << 20, Budget: 1 << 30})
	found := map[string]bool{}
	for _, m := range matches {
		found[x.Key(m.Ord)] = true
	}
	missed := 0
	for key, n := range live {
		if n > 0 && strings.Contains(key, text) && !found[key] {
			missed++
		}
	}
	if !complete || missed > total-len(matches) {
		t.Fatalf("%q misses %d, complete %v", text, missed, complete)
	}
}

func TestFragments(t *testing.T) {
	for _, dense := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(13, 1))
		x, live := NewPlateIndex(), map[string]int{}
		for range 3000 {
			key := platetest.Plate(rng, dense)
			x.Add(key)
			live[key]++
		}
		for range 500 {
			key := platetest.Plate(rng, dense)
			i := rng.IntN(len(key) - 3)
			checkFragment(t, x, live, key[i:min(len(key), i+3+rng.IntN(3))])
		}
	}
}

func TestFragmentRanksEndsFirst(t *testing.T) {
	x := NewPlateIndex()
	for _, s := range []string{"HR83AB3712", "HR26DK8337", "HR26AB8333", "HR8337", "22BH8337AA"} {
		x.Add(s)
	}
	p, _ := plate.ParsePattern("8337")
	matches, total, _, _ := x.SearchMass(nil, p, Search{})
	if total != 3 || x.Key(matches[0].Ord) != "HR8337" && x.Key(matches[0].Ord) != "HR26DK8337" {
		t.Errorf("8337 finds %d, first %s", total, x.Key(matches[0].Ord))
	}
}

// model is an index beside a map of what it must hold.
type model interface {
	searcher
	Add(string) uint32
	Remove(uint32)
	Alive(uint32) bool
	Len() int
}

// checkModel adds and removes at random and compares after every few steps.
func checkModel(t *testing.T, x model, some func(*rand.Rand) string, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	live, ords := map[string]int{}, map[string]uint32{}
	var keys []string
	for i := range 6000 {
		if len(keys) > 0 && rng.IntN(3) == 0 {
			key := keys[rng.IntN(len(keys))]
			x.Remove(ords[key])
			live[key] = max(0, live[key]-1)
		} else {
			key := some(rng)
			ord := x.Add(key)
			if old, known := ords[key]; known && old != ord {
				t.Fatalf("seed %d: %s had ordinal %d, has %d", seed, key, old, ord)
			} else if !known {
				keys = append(keys, key)
			}
			ords[key] = ord
			live[key]++
		}
		if i%300 == 299 {
			key := keys[rng.IntN(len(keys))]
			checkComplete(t, x, live, platetest.Edited(rng, key, rng.IntN(3)), 2)
			checkComplete(t, x, live, key, 0)
		}
	}
	for key, ord := range ords {
		if x.Key(ord) != key || x.Alive(ord) != (live[key] > 0) {
			t.Fatalf("seed %d: ordinal %d is %s, alive %v, want %s with %d bearers", seed, ord, x.Key(ord), x.Alive(ord), key, live[key])
		}
	}
	if x.Len() != len(ords) {
		t.Fatalf("seed %d: %d ordinals for %d keys", seed, x.Len(), len(ords))
	}
}

func TestIndexModel(t *testing.T) {
	for seed := range uint64(3) {
		checkModel(t, NewPlateIndex(), func(rng *rand.Rand) string { return platetest.Plate(rng, seed > 0) }, seed)
	}
}

func TestNumberIndexModel(t *testing.T) {
	checkModel(t, NewNumberIndex(), someChassis, 4)
}

func TestBudgetEndsSearch(t *testing.T) {
	x := NewPlateIndex()
	for n := range 20000 {
		x.Add(fmt.Sprintf("HR%02dAB%04d", n/5000+10, n%5000+1))
	}
	p, _ := plate.ParsePattern("*1*")
	_, total, complete, _ := x.SearchMass(nil, p, Search{Budget: 100})
	if complete || total >= 20000 {
		t.Errorf("100 steps found %d, complete %v", total, complete)
	}
	if _, total, complete, _ = x.SearchMass(nil, p, Search{}); !complete || total != 20000 {
		t.Errorf("enough steps found %d, complete %v", total, complete)
	}
}

// TestSearchRanksByCompare states that the first match is the cheapest by Compare of all that are held.
func TestSearchRanksByCompare(t *testing.T) {
	rng := rand.New(rand.NewPCG(17, 1))
	x := NewPlateIndex()
	var keys []string
	for range 3000 {
		key := platetest.Plate(rng, true)
		x.Add(key)
		keys = append(keys, key)
	}
	worse := 0
	var g plate.Grid
	for range 200 {
		read, _, _ := plate.Misread(rng, keys[rng.IntN(len(keys))])
		p, err := plate.ParsePattern(read)
		if err != nil {
			continue
		}
		matches, _, _, _ := x.SearchMass(nil, p, Search{MaxEdits: 2, Limit: 5})
		best, first := float32(4*plate.CostNever), ""
		for _, key := range keys {
			if cost, _ := p.Cost(&g, key, plate.LayoutOf(key), true); cost < best {
				best, first = cost, key
			}
		}
		if len(matches) == 0 || matches[0].Cost > best+.01 {
			if plate.Distance(read, first) <= 2 {
				t.Errorf("%q finds %d, the best is %s at %v", read, len(matches), first, best)
			}
			worse++
		} else if c := plate.Compare(read, x.Key(matches[0].Ord)).Cost; math.Abs(c-float64(matches[0].Cost)) > .01 {
			t.Fatalf("%q finds %s at %v, Compare says %v", read, x.Key(matches[0].Ord), matches[0].Cost, c)
		}
	}
	if worse > 10 {
		t.Errorf("the cheapest is not first for %d of 200", worse)
	}
}

// TestSearchesSideBySide states that searches of many readers give what one gives alone.
func TestSearchesSideBySide(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	x := NewPlateIndex()
	for range 3000 {
		x.Add(platetest.Plate(rng, true))
	}
	var patterns []plate.Pattern
	var want [][]Match
	for range 100 {
		p, err := plate.ParsePattern(platetest.Edited(rng, platetest.Plate(rng, true), 2))
		if err != nil {
			continue
		}
		matches, _, _, _ := x.SearchMass(nil, p, Search{MaxEdits: 2})
		patterns, want = append(patterns, p), append(want, matches)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for i, p := range patterns {
				if got, _, _, _ := x.SearchMass(nil, p, Search{MaxEdits: 2}); !slices.Equal(got, want[i]) {
					t.Errorf("%q finds %v, alone %v", p.String(), got, want[i])
				}
			}
		})
	}
	readers.Wait()
}

// TestOtherCodeOfAStateIsFirst: the number under the other code of its state comes before any misreading.
func TestOtherCodeOfAStateIsFirst(t *testing.T) {
	x := NewPlateIndex()
	ord := x.Add("UA07B4471")
	x.Add("UK07B4477")
	p, _ := plate.ParsePattern("UK07B4471")
	if m, _, _, _ := x.SearchMass(nil, p, Search{MaxEdits: 2}); len(m) == 0 || m[0].Ord != ord || m[0].Cost == 0 {
		t.Errorf("found %+v, want the number of the other code first", m)
	}
}

// TestBudgetEndsAPattern: a pattern of characters that many numbers hold is looked for as far as the budget goes, and says so.
func TestBudgetEndsAPattern(t *testing.T) {
	x := NewNumberIndex()
	for i := range 500 {
		x.Add(fmt.Sprintf("AB1234XY%05dZ", i))
	}
	p, _ := plate.ParsePattern("AB?234XY*Z")
	if f := SearchNumbers(nil, []*NumberIndex{x}, p, Search{Limit: 1 << 20, Budget: 20 * fitSteps}); f.Complete || len(f.Matches) > 20 {
		t.Errorf("20 looks found %d, complete %v", len(f.Matches), f.Complete)
	}
	if f := SearchNumbers(nil, []*NumberIndex{x}, p, Search{Limit: 1 << 20}); !f.Complete || len(f.Matches) != 500 {
		t.Errorf("enough looks found %d, complete %v", len(f.Matches), f.Complete)
	}
}

// TestLongListOfAFragment: of very many numbers that hold a fragment those that end with it come first, the search says
// that it is not complete, and the total is right.
func TestLongListOfAFragment(t *testing.T) {
	x := NewNumberIndex()
	const inside, ending = longList + 500, 50
	for i := range inside {
		x.Add(fmt.Sprintf("AB1234XY%05dZ", i))
	}
	for i := range ending {
		x.Add(fmt.Sprintf("ZZ%03d1234", i))
	}
	p, _ := plate.ParsePattern("1234")
	f := SearchNumbers(nil, []*NumberIndex{x}, p, Search{Limit: 1 << 20})
	if f.Complete || f.Total != inside+ending || len(f.Matches) > ending+longEnough || len(f.Matches) < longEnough {
		t.Errorf("%d of %d given, complete %v", len(f.Matches), f.Total, f.Complete)
	}
	for i, m := range f.Matches[:ending] {
		if !strings.HasSuffix(x.Key(m.Ord), "1234") {
			t.Errorf("%s is %d. of those that hold 1234", x.Key(m.Ord), i+1)
		}
	}
	if g := SearchNumbers(nil, []*NumberIndex{x}, p, Search{Limit: 1 << 20, Budget: 20 * fragmentSteps}); g.Complete || len(g.Matches) > 20 {
		t.Errorf("20 looks found %d, complete %v", len(g.Matches), g.Complete)
	}
	p, _ = plate.ParsePattern("Z0071234")
	if f := SearchNumbers(nil, []*NumberIndex{x}, p, Search{}); !f.Complete || f.Total != 1 {
		t.Errorf("a rare fragment is found %d times, complete %v", f.Total, f.Complete)
	}
}
