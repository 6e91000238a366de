package names

import (
	"math/rand/v2"
	"testing"

	"anvesh/query/name"
)

// TestNearerSpellingNeverWeighsLess is a law: of two spellings asked, all else equal, the one that is nearer to a record's in
// sound and in letters never weighs less, as long as either is graded a spelling of it, and the very spelling less than no other; a class follows from the weight. Spellings are made by the letters that clerks write for each other.
func TestNearerSpellingNeverWeighsLess(t *testing.T) {
	words := []string{"kuldip", "gill", "satbir", "sangwan", "rajesh", "bijender", "sunita", "dalal", "deepak", "phogat", "vikram", "narwal", "poonam", "malik",
		"kuldeep", "gil", "satveer", "rakesh", "vijender", "suneeta", "dipak", "fogat", "bikram", "ramesh", "punam", "jaswant", "jasvant", "mukesh", "lohan"}
	rng := rand.New(rand.NewPCG(7, 7))
	x := NewIndex()
	for range 3000 {
		i := int(float64(len(words)) * rng.Float64() * rng.Float64()) // the first are common
		x.Add(name.Read(words[i] + " " + words[rng.IntN(len(words))]).Names[0])
	}
	swaps := [][2]string{{"v", "b"}, {"i", "ee"}, {"u", "oo"}, {"sh", "s"}, {"l", "ll"}, {"ll", "l"}, {"ph", "f"}, {"a", "aa"}, {"w", "v"}, {"e", "i"}, {"k", "kh"}, {"n", ""}}
	weigh := func(asked, held string) float64 {
		return x.Compare(name.Read(asked).Names[0], name.Read(held).Names[0]).Weight
	}
	r := name.Ruler{Costs: name.StandardCosts()}
	tried := 0
	for _, held := range words {
		for range 40 {
			near, far := damaged(rng, held, swaps[:], 1), damaged(rng, held, swaps[:], 2)
			rest := " " + words[rng.IntN(len(words))]
			h, n, f := name.Hear(held), name.Hear(near), name.Hear(far)
			cn, cf := r.Cost(&n, &h), r.Cost(&f, &h)
			if cf < cn {
				near, far, cn, cf = far, near, cf, cn
			}
			exact, wn, wf := weigh(held+rest, held+rest), weigh(near+rest, held+rest), weigh(far+rest, held+rest)
			tried++
			if wn > exact+1e-9 {
				t.Errorf("held %s: itself weighs %.2f, %s %.2f", held+rest, exact, near+rest, wn)
			}
			if cf <= alikeMost && wf > wn+1e-9 && name.LettersApart(near, held) <= name.LettersApart(far, held) {
				t.Errorf("held %s: %s (%d) weighs %.2f, %s (%d), which is farther, %.2f", held+rest, near+rest, cn, wn, far+rest, cf, wf)
			}
		}
	}
	if tried < 1000 {
		t.Fatalf("%d spellings tried", tried)
	}
}

// damaged changes a word in some places.
func damaged(rng *rand.Rand, word string, swaps [][2]string, times int) string {
	for tries := 0; times > 0 && tries < 50; tries++ {
		s := swaps[rng.IntN(len(swaps))]
		for i := 1; i+len(s[0]) <= len(word); i++ {
			if word[i:i+len(s[0])] == s[0] {
				word = word[:i] + s[1] + word[i+len(s[0]):]
				times--
				break
			}
		}
	}
	return word
}
