package numbers

import (
	"unsafe"

	"anvesh/query/snapshot"
)

// Snapshot writes the index to a part of a snapshot, or reads it from one into an index that holds nothing. The part holds
// the keys with their bearers in the order of their ordinals, from which an index is built again; the structures in memory
// are not written, so that they may change without a new version.
func (x *PlateIndex) Snapshot(p *snapshot.Part) {
	keys(p, x, func(key string, bearers int) {
		ord := x.Add(key)
		if at := x.place(ord); at.serial == inRest {
			x.rest.count(at.prefix, key, max(bearers, 1))
		}
		x.grown.count(ord, key, max(bearers, 1))
		if bearers == 0 {
			x.Remove(ord)
		}
	})
}

// Snapshot is that of PlateIndex.
func (x *NumberIndex) Snapshot(p *snapshot.Part) {
	keys(p, x, func(key string, bearers int) { x.index.count(x.Add(key), key, bearers) })
}

// counted is what the two indexes have in common for a snapshot.
type counted interface {
	Len() int
	AppendKey(dst []byte, ord uint32) []byte
	Bearers(ord uint32) int
	Digest() uint64
}

// keys goes through the keys of an index, and its digest; add enters one that is read.
func keys(p *snapshot.Part, x counted, add func(key string, bearers int)) {
	n, digest := x.Len(), x.Digest()
	p.Count(&n)
	var key []byte
	for ord := range uint32(n) {
		bearers := x.Bearers(ord)
		key = x.AppendKey(key[:0], ord)
		p.Count(&bearers)
		if p.Bytes(&key); !p.Reading() {
			continue
		}
		if p.Err() != nil {
			return
		}
		if add(string(key), bearers); x.Len() != int(ord)+1 {
			p.Refuse("a number stands twice")
		}
	}
	if snapshot.Fixed(p, &digest); digest != x.Digest() {
		p.Refuse("the digest of numbers differs")
	}
}

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
