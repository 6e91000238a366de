package names

import (
	"slices"

	"github.com/cespare/xxhash/v2"
)

// A multimap holds pairs of 32-bit key and value, eight bytes each, in a few sorted runs: the newest pairs stand in a
// short unsorted tail; a full tail becomes a run, and runs of like size are merged, so that adding costs O(log n) and
// looking up is a binary search in each run. Values of one key come out in no stated order. Pairs are never removed, and
// nothing that was written is written again: a copy of the struct has the pairs as they were, while one of both is added to.
type multimap struct {
	runs [][]uint64 // sorted, each at least twice as long as the next
	tail []uint64
}

const tailMax = 512

func (m *multimap) add(key, value uint32) {
	m.tail = append(m.tail, uint64(key)<<32|uint64(value))
	if len(m.tail) >= tailMax {
		m.flush()
	}
}

// flush sorts the tail into a run and merges runs until each is twice as long as the next.
func (m *multimap) flush() {
	if len(m.tail) == 0 {
		return
	}
	run := slices.Clone(m.tail)
	slices.Sort(run)
	m.tail = make([]uint64, 0, tailMax)
	n := len(m.runs)
	for ; n > 0 && len(m.runs[n-1]) < 2*len(run); n-- {
		run = mergeRuns(m.runs[n-1], run)
	}
	m.runs = append(slices.Clip(m.runs[:n]), run)
}

// mergeRuns merges two runs; where one has nothing it is the other.
func mergeRuns(a, b []uint64) []uint64 {
	if len(a) == 0 {
		return b
	}
	out := make([]uint64, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] <= b[0] {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// find appends the values of key to dst.
func (m *multimap) find(dst []uint32, key uint32) []uint32 {
	for _, run := range m.runs {
		dst = findIn(dst, run, key)
	}
	for _, p := range m.tail {
		if uint32(p>>32) == key {
			dst = append(dst, uint32(p))
		}
	}
	return dst
}

// findIn appends the values of key in a sorted run to dst.
func findIn(dst []uint32, run []uint64, key uint32) []uint32 {
	i, _ := slices.BinarySearch(run, uint64(key)<<32)
	for ; i < len(run) && uint32(run[i]>>32) == key; i++ {
		dst = append(dst, uint32(run[i]))
	}
	return dst
}

// from is a map of the pairs whose values are not less than least.
func (m *multimap) from(least uint32) (kept multimap) {
	var run []uint64
	for _, pairs := range slices.Concat(m.runs, [][]uint64{m.tail}) {
		for _, p := range pairs {
			if uint32(p) >= least {
				run = append(run, p)
			}
		}
	}
	if slices.Sort(run); len(run) > 0 {
		kept.runs = [][]uint64{run}
	}
	return kept
}

// clone is a map of the same pairs; runs do not change, and are shared.
func (m *multimap) clone() multimap { return multimap{slices.Clone(m.runs), slices.Clone(m.tail)} }

// skeletonHash is the hash of a skeleton as a key; those of different skeletons that are equal are told apart by their users.
func skeletonHash(skeleton []byte) uint32 { return uint32(xxhash.Sum64(skeleton)) }

// sorted gives all pairs in order, without changing the map.
func (m *multimap) sorted() []uint64 {
	all := slices.Clone(m.tail)
	slices.Sort(all)
	for i := len(m.runs) - 1; i >= 0; i-- {
		all = mergeRuns(m.runs[i], all)
	}
	return all
}
