package numbers

import "unsafe"

// Bytes is about what the index takes of the heap: the lengths of its arrays, and 1.5 times the entries of its maps. What
// lies in a file is not of it.
func (x *PlateIndex) Bytes() int {
	if x.frozen != nil {
		return x.gone.bytes()
	}
	g := x.grown
	n := len(g.ords)*int(unsafe.Sizeof(place{})) + len(x.keys)*int(16+unsafe.Sizeof(serialList{})) + len(x.deletions)*int(unsafe.Sizeof(deletion{}))
	n += 16 * (len(x.prefixOf.slots) + len(x.byDeletion.slots))
	for i := range g.serials {
		n += 2*cap(g.serials[i].serials) + 4*cap(g.serials[i].ords)
		if g.serials[i].set != nil {
			n += int(unsafe.Sizeof(serialSet{}))
		}
	}
	for i := range g.bySerial {
		n += 8 * cap(g.bySerial[i])
	}
	return n + 2*cap(g.bearers.small) + x.rest.bytes()
}

// Bytes is about what the index takes of the heap.
func (x *NumberIndex) Bytes() int { return x.index.bytes() }

func (x *stringIndex) bytes() int {
	if x.frozen != nil {
		return x.gone.bytes()
	}
	n := 16*cap(x.keys) + 4*cap(x.table) + 2*cap(x.bearers.small) + len(x.odd)*100
	for i := 0; x.sorted != nil && i < len(x.sorted); i++ {
		for j := range x.sorted[i].levels {
			n += 20 * cap(x.sorted[i].levels[j].keys)
		}
	}
	for i := range x.ngrams.pages {
		n += 4 * len(x.ngrams.pages[i])
	}
	for i := range x.ngrams.lists {
		n += 32 + cap(x.ngrams.lists[i].bytes)
	}
	return n
}
