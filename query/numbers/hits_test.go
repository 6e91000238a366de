package numbers

import (
	"math"
	"testing"

	"anvesh/query/plate"
)

// TestHitsAfterManySearches: what earlier searches found is not met again when the count of searches begins anew.
func TestHitsAfterManySearches(t *testing.T) {
	var h hits
	for _, epoch := range []uint32{0, 7, math.MaxUint32} {
		h.reset(100)
		h.epoch = epoch
		h.reset(100)
		for id := uint64(epoch % 100); id < uint64(epoch%100)+3; id++ { // others each time
			h.add(id, 1, 1)
			h.add(id, 2, 2)
		}
		if len(h.list) != 3 {
			t.Errorf("after %d searches: %v", epoch, h.list)
		}
	}
}

// TestEndsAlike: of the strings of a list only those are compared whole that end as the text does from its border on, the border
// with it, however much shorter or longer they are.
func TestEndsAlike(t *testing.T) {
	f := func(text, held string, border int, want bool) {
		t.Helper()
		key, _ := pack(held)
		n := withinEdits{m: len(text), size: len(held), border: border}
		for i := range len(text) {
			n.codes[i] = plate.Code(text[i]) + 1
		}
		if n.endsAlike(key) != want {
			t.Errorf("%s ends as %s from %d on: not %v", held, text, border, want)
		}
	}
	f("AB1234", "XY1234", 2, true)
	f("AB1234", "AB9234", 2, false)
	f("AB1234", "AB1239", 2, false)
	f("AB1234", "X1234", 2, true)
	f("AB1234", "XYZ1234", 2, true)
	f("AB?234", "AB9234", 2, true)
}

// TestPackPrefix: prefixes are ordered by their letters and told apart; one that is too long is none.
func TestPackPrefix(t *testing.T) {
	last := uint64(0)
	for _, s := range []string{"AB", "ABCDEFGH", "AC", "B"} {
		if key := packPrefix(s); key <= last {
			t.Errorf("%s gives %x, the one before it %x", s, key, last)
		} else {
			last = key
		}
	}
	if packPrefix("ABCDEFGHI") != packPrefix("") {
		t.Error("a prefix of nine characters is one")
	}
}
