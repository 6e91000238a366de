package phrase

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	names := []string{"name", "relative", "birth_year", "min_class", "status"}
	f := func(typed, want string) {
		t.Helper()
		if got := Nearest(typed, names); got != want {
			t.Fatalf("%q: %q, want %q", typed, got, want)
		}
	}
	f("name", "name")
	f("Name", "name")
	f("nmae", "name")
	f("names", "name")
	f("birthYear", "birth_year")
	f("min-class", "min_class")
	f("rel", "relative")
	f("xyz", "")
	f("", "")
	f(strings.Repeat("name", 20), "")
}

func TestDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		ab := distance(a, b)
		if ab != distance(b, a) || (ab == 0) != (a == b) || ab > max(len(a), len(b)) {
			t.Fatalf("distance %q %q is %d", a, b, ab)
		}
		if d := distance(a+c, b+c); d > ab {
			t.Fatalf("a common end makes %q %q further: %d", a, b, d)
		}
	})
}
