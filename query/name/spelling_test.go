package name

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLetters(t *testing.T) {
	f := func(a, b, want string) {
		t.Helper()
		var out []string
		for _, l := range Letters(a, b) {
			out = append(out, l[0]+"/"+l[1])
		}
		if got := strings.Join(out, " "); got != want {
			t.Errorf("%s, %s: %s, want %s", a, b, got, want)
		}
	}
	f("virender", "birender", "v/b i/i r/r e/e n/n d/d e/e r/r")
	f("chaudhary", "chowdhury", "ch/ch au/ow dh/dh a/u r/r y/y")
	f("dharmpal", "dharampal", "dh/dh a/a r/r /a m/m p/p a/a l/l")
	f("puja", "pooja", "p/p u/oo j/j a/a")
	f("", "ram", "/r /a /m")
}

// Each side of the letters is the word, and a word beside itself differs nowhere.
func TestLettersLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawLatin(t), drawLatin(t)
		var left, right strings.Builder
		for _, l := range Letters(a, b) {
			left.WriteString(l[0])
			right.WriteString(l[1])
		}
		if left.String() != a || right.String() != b {
			t.Fatalf("%q, %q: %q, %q", a, b, left.String(), right.String())
		}
		for _, l := range Letters(a, a) {
			if l[0] != l[1] {
				t.Fatalf("%q beside itself: %v", a, l)
			}
		}
	})
}
