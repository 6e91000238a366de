package numbers

import "github.com/cespare/xxhash/v2"

// bearers counts the bearers of each ordinal: two bytes each, larger counts aside.
type bearers struct {
	small []uint16
	large map[uint32]int
}

// manyBearers in small means that the count is in large.
const manyBearers = 1<<16 - 1

func (b *bearers) get(ord uint32) int {
	if int(ord) >= len(b.small) {
		return 0
	}
	if n := b.small[ord]; n != manyBearers {
		return int(n)
	}
	return b.large[ord]
}

// set stores a count; ord is at most one beyond the last.
func (b *bearers) set(ord uint32, n int) {
	if int(ord) == len(b.small) {
		b.small = append(b.small, 0)
	}
	if n < manyBearers {
		b.small[ord] = uint16(n)
		delete(b.large, ord)
		return
	}
	if b.large == nil {
		b.large = make(map[uint32]int)
	}
	b.small[ord] = manyBearers
	b.large[ord] = n
}

// digestOf is the share of one key in the order-free digest of an index: none without bearers. It is the same in every
// process.
func digestOf(key string, n int) uint64 {
	if n == 0 {
		return 0
	}
	return mix(xxhash.Sum64String(key) + uint64(n)*0x9E3779B97F4A7C15)
}

// mix spreads the bits of h (the finalizer of SplitMix64).
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}
