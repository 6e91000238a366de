package numbers

import (
	"math"
	"testing"
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
