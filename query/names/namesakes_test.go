package names

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The counts are those of a fresh look, whatever came and went; and a snapshot judges as what it was made of.
func TestNamesakesCount(t *testing.T) {
	x, _ := register(11, 3000)
	rng := rand.New(rand.NewPCG(12, 1))
	for range 2000 {
		if ord := uint32(rng.IntN(x.Len())); x.Bearers(ord) > 0 {
			x.Remove(ord)
		}
	}
	want := new(namesakes)
	for o := range x.bearers {
		if n := int64(x.bearers[o]); n > 1 {
			k, s := x.freq.ranksOf(x.tokensOf(uint32(o)))
			want[k][s] += n * (n - 1)
		}
	}
	if *want != x.freq.namesakes {
		t.Error("the counts differ from a fresh look")
	}
	y := NewIndex()
	if err := again(t, x, y); err != nil || y.freq.namesakes != x.freq.namesakes || y.freq.Surplus() != x.freq.Surplus() {
		t.Error("a snapshot counts otherwise", err)
	}
}

// Words that always go together make a name that is said to be rare and is not; words that each name joins anew do not.
func TestSurplus(t *testing.T) {
	words := [4][]string{{"gurpreet", "harjinder", "manjit", "sukhdev", "balwinder"}, {"mohan", "lal", "chand", "ram", "dev"},
		{"sandhu", "gill", "dhillon", "brar", "sidhu"}, {"pur", "garh", "wala", "khera", "kalan"}}
	f := func(tied bool, most float64, least float64) {
		t.Helper()
		x := NewIndex()
		for i := range 5000 {
			x.Add(nameOf(fmt.Sprintf("%c%cesh kumar", 'a'+i%26, 'a'+i/26%26)))
		}
		for i := range 100 {
			var s string
			for k, list := range words {
				at := i % 5
				if !tied {
					at = []int{i, i / 5, i / 25, i + i/5}[k] % 5 // no name twice
				}
				s += list[at] + " "
			}
			x.Add(nameOf(s))
		}
		if s := x.freq.Surplus(); s < least || s > most {
			t.Errorf("tied %v: surplus %.1f, want %.1f to %.1f", tied, s, least, most)
		}
	}
	f(true, 12, 3)
	f(false, 0.1, 0)
}
