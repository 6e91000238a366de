package numbers

import "unsafe"

// Bytes is about what the index takes of memory: the lengths of its arrays, and 1.5 times the entries of its maps.
func (x *PlateIndex) Bytes() int {
	n := len(x.ords)*int(unsafe.Sizeof(place{})) + len(x.prefixes)*(int(unsafe.Sizeof(prefix{}))+16) + len(x.deletions)*int(unsafe.Sizeof(deletion{}))
	n += (len(x.prefixOf) + len(x.byDeletion)) * 18
	for i := range x.prefixes {
		n += 8 * cap(x.prefixes[i].serials)
		if x.prefixes[i].bits != nil {
			n += len(x.prefixes[i].bits) * 8
		}
	}
	for i := range x.bySerial {
		n += 8 * cap(x.bySerial[i])
	}
	return n + 2*cap(x.bearers.small) + x.rest.bytes()
}

// Bytes is about what the index takes of memory.
func (x *NumberIndex) Bytes() int { return x.index.bytes() }

func (x *stringIndex) bytes() int {
	n := 16*cap(x.keys) + 4*cap(x.table) + 2*cap(x.bearers.small) + len(x.odd)*100
	for i := range x.sorted {
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
