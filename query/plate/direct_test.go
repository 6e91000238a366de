package plate

import (
	"math/rand/v2"
	"slices"
	"testing"

	"anvesh/query/plate/platetest"
)

// TestDirect holds what is aligned without a grid against the grid: cost, edits and parts are the same.
func TestDirect(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	symbol := func() byte { return Symbols[rng.IntN(len(Symbols)-1)] }
	few := func() byte { return "HR0126"[rng.IntN(6)] }
	directOnes, tails := 0, 0
	for range 200_000 {
		stored := []byte(platetest.Dense(rng.IntN(3_000_000)))
		l := LayoutOf(string(stored))
		draw := symbol
		switch rng.IntN(4) {
		case 0: // much of the same, where shifts are cheap
			for i := range stored {
				stored[i] = few()
			}
			l, draw = LayoutOf(string(stored)), few
		case 1:
			for len(stored) < 17 {
				stored = append(stored, few())
			}
			l, draw = Layout{Loose: true}, few
		}
		read := slices.Clone(stored)
		for range rng.IntN(4) {
			read[rng.IntN(len(read))] = draw()
		}
		if rng.IntN(4) == 0 {
			read = read[:len(read)-1-rng.IntN(4)]
		}
		text, held := string(read), string(stored)
		p, ok := alignDirectly(text, held, l)
		if !ok || text == held {
			continue
		}
		directOnes++
		if p.n == 1 && p.tail > 0 {
			tails++
		}
		var g Grid
		if cost := g.Cost(text, held, l); abs(cost-p.cost) > 1e-4 {
			t.Fatalf("%s read as %s: %v without a Grid, %v with it", held, text, p.cost, cost)
		}
		a := p.alignment(nil, text, held)
		if a.Edits != Distance(text, held) {
			t.Fatalf("%s read as %s: %d edits, want %d", held, text, a.Edits, Distance(text, held))
		}
		if parts := g.parts(nil, text, held, 0); !slices.Equal(parts, a.Parts) {
			t.Fatalf("%s read as %s: %v without a Grid, %v with it", held, text, a.Parts, parts)
		}
	}
	if directOnes < 50_000 || tails < 1_000 {
		t.Errorf("%d pairs were direct, of which %d have a tail and another character too; want a quarter at least, and a thousand", directOnes, tails)
	}
}

// TestInLine: half of the shorter one's characters, up to three places from where they are, are enough, and fewer are not.
func TestInLine(t *testing.T) {
	f := func(a, b string, want bool) {
		t.Helper()
		if inLine(a, b) != want || inLine(b, a) != want {
			t.Errorf("%s, %s: not %v", a, b, want)
		}
	}
	f("AB12", "AB99", true)
	f("AB12", "A999", false)
	f("AB1234", "999AB1", true)
	f("AB1234", "9999AB1", false)
}

func abs(x float32) float32 { return max(x, -x) }
