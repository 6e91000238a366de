package name

import (
	"testing"

	"pgregory.net/rapid"
)

func TestHear(t *testing.T) {
	f := func(in, codes, skeleton string) {
		t.Helper()
		s := Hear(in)
		if string(s.Codes()) != codes || string(s.Skeleton()) != skeleton {
			t.Errorf("hear(%q) = %s, %s; want %s, %s", in, s.Codes(), s.Skeleton(), codes, skeleton)
		}
	}
	f("rajesh", "rajeS", "rjs")
	f("bhagwan", "Bagvan", "bgbn")
	f("lakshmi", "lakSmi", "lksn")
	f("laxmi", "lakSmi", "lksn")
	f("rajender", "rajendr", "rjndr")
	f("rajindra", "rajendr", "rjndr")
	f("chaudhary", "cODari", "cdr")
	f("phool", "ful", "pl")
	f("pooja", "puja", "pj")
	f("vijay", "vijE", "bj")
	f("dubey", "dube", "db")
	f("deo", "dev", "db")
	f("vijoy", "vijE", "bj")
	f("roy", "rE", "r")
	f("toyota", "toyota", "tt")
	f("bhartia", "Bartiya", "brt")
	f("mohd", "mohamad", "nnd")
	f("gyan", "gyan", "gn")
	f("jnan", "gyan", "gn")
	f("dhillon", "Dilon", "dln")
	f("omkar", "onkar", "nkr")
	f("", "", "")
}

// TestNasalGaps: a nasal is easily lost before a consonant and at the end of a word, but not where the word begins.
func TestNasalGaps(t *testing.T) {
	prices := &standard.Prices
	f := func(in string, at, want int) {
		t.Helper()
		if s := Hear(in); int(s.gap[at]) != want {
			t.Errorf("%s without code %d costs %d, want %d", s.Codes(), at, s.gap[at], want)
		}
	}
	f("sinha", 2, prices[gapNasal])
	f("sahan", 4, prices[gapEndN])
	f("mriganka", 0, prices[gapConsonant]+prices[gapFirst])
	f("sumit", 2, prices[gapConsonant])
}

func drawLatin(t *rapid.T) string {
	return rapid.StringMatching(`[a-z]{1,14}`).Draw(t, "latin")
}

// A cost is the same both ways, nothing for the same word, and never between near and far.
func TestCostLaws(t *testing.T) {
	r := Ruler{Costs: standard}
	rapid.Check(t, func(t *rapid.T) {
		a, b := Hear(drawLatin(t)), Hear(drawLatin(t))
		ab, ba := r.Cost(&a, &b), r.Cost(&b, &a)
		if ab != ba {
			t.Fatalf("%s, %s: %d and %d", a.Latin, b.Latin, ab, ba)
		}
		if r.Cost(&a, &a) != 0 || a.Latin != b.Latin && ab == 0 || ab > farthest(&a, &b) && ab != Far {
			t.Fatalf("%s, %s: %d", a.Latin, b.Latin, ab)
		}
	})
}

func BenchmarkCost(b *testing.B) {
	p, q := Hear("rajendranath"), Hear("rajindernath")
	r := Ruler{Costs: standard}
	for b.Loop() {
		r.Cost(&p, &q)
	}
}
