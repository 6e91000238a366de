package numbers

import (
	"slices"
	"sort"
)

// A sortedRun is a sorted sequence of packed strings with their ordinals.
type sortedRun struct {
	keys []packedString
	ords []uint32
}

// sortedRuns keep packed strings sorted while they are added: a small unsorted tail, and runs of growing size. A full
// one is merged into the next; the last takes whatever comes. So an added string is moved about a hundred times in all
// at ten million, by sequential copies.
type sortedRuns struct {
	tail   sortedRun
	levels [4]sortedRun
}

const tailSize = 64

// levelSizes are the lengths at which the levels but the last are merged into the next.
var levelSizes = [...]int{2 << 10, 32 << 10, 512 << 10}

func (r *sortedRuns) add(key packedString, ord uint32) {
	r.tail.keys = append(r.tail.keys, key)
	r.tail.ords = append(r.tail.ords, ord)
	if len(r.tail.keys) < tailSize {
		return
	}
	sort.Sort(&r.tail)
	r.levels[0] = merge(r.levels[0], r.tail)
	r.tail.keys, r.tail.ords = r.tail.keys[:0], r.tail.ords[:0]
	for i, size := range levelSizes {
		if len(r.levels[i].keys) < size {
			return
		}
		r.levels[i+1] = merge(r.levels[i+1], r.levels[i])
		r.levels[i] = sortedRun{}
	}
}

// Len, Less and Swap sort it by its keys.
func (r *sortedRun) Len() int           { return len(r.keys) }
func (r *sortedRun) Less(i, j int) bool { return r.keys[i].less(r.keys[j]) }
func (r *sortedRun) Swap(i, j int) {
	r.keys[i], r.keys[j] = r.keys[j], r.keys[i]
	r.ords[i], r.ords[j] = r.ords[j], r.ords[i]
}

// merge gives one of both; neither is changed.
func merge(a, b sortedRun) sortedRun {
	if len(a.keys) == 0 {
		return sortedRun{slices.Clone(b.keys), slices.Clone(b.ords)}
	}
	n := len(a.keys) + len(b.keys)
	out := sortedRun{make([]packedString, n), make([]uint32, n)}
	i, j := 0, 0
	for k := range out.keys {
		if j == len(b.keys) || i < len(a.keys) && a.keys[i].less(b.keys[j]) {
			out.keys[k], out.ords[k] = a.keys[i], a.ords[i]
			i++
		} else {
			out.keys[k], out.ords[k] = b.keys[j], b.ords[j]
			j++
		}
	}
	return out
}

// end gives the end, within [from, to), of the keys that share character c at place depth with key from. All keys of
// [from, to) agree in the characters before depth.
func (r *sortedRun) end(from, to, depth int, c uint8) int {
	step := 1
	for from+step < to && r.keys[from+step].at(depth) == c {
		step *= 2
	}
	lo, hi := from+step/2+1, min(from+step, to)
	for lo < hi {
		mid := (lo + hi) / 2
		if r.keys[mid].at(depth) == c {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// start gives the first of [from, to) whose character at depth is c or beyond.
func (r *sortedRun) start(from, to, depth int, c uint8) int {
	for from < to {
		mid := (from + to) / 2
		if r.keys[mid].at(depth) < c {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}
