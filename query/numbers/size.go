package numbers

import "unsafe"

// Bytes is about what the index takes of memory: the lengths of its arrays, and 1.5 times the entries of its maps.
func (x *PlateIndex) Bytes() int {
	n := len(x.ords)*int(unsafe.Sizeof(place{})) + len(x.heads)*(int(unsafe.Sizeof(head{}))+16) + len(x.links)*int(unsafe.Sizeof(link{}))
	n += (len(x.headOf) + len(x.shorter)) * 18
	for i := range x.heads {
		n += 8 * cap(x.heads[i].cells)
		if x.heads[i].bits != nil {
			n += len(x.heads[i].bits) * 8
		}
	}
	for i := range x.bearing {
		n += 8 * cap(x.bearing[i])
	}
	return n + 2*cap(x.bearers.small) + x.rest.bytes()
}

// Bytes is about what the index takes of memory.
func (x *NumberIndex) Bytes() int { return x.g.bytes() }

func (g *general) bytes() int {
	n := 16*cap(g.keys) + 4*cap(g.table) + 2*cap(g.bearers.small) + len(g.odd)*100
	for i := range g.sorted {
		for j := range g.sorted[i].levels {
			n += 20 * cap(g.sorted[i].levels[j].keys)
		}
	}
	for i := range g.grams.pages {
		n += 4 * len(g.grams.pages[i])
	}
	for i := range g.grams.lists {
		n += 32 + cap(g.grams.lists[i].bytes)
	}
	return n
}
