package numbers

import "anvesh/query/snapshot"

// Snapshot writes the index to a part of a snapshot, or reads it from one into an index that holds nothing. The part holds
// the keys with their bearers in the order of their ordinals, from which an index is built again; the structures in memory
// are not written, so that they may change without a new version.
func (x *PlateIndex) Snapshot(p *snapshot.Part) {
	keys(p, x, func(key string, bearers int) {
		ord := x.Add(key)
		if at := x.ords[ord]; at.serial == inRest {
			x.rest.count(at.prefix, key, max(bearers, 1))
		}
		x.count(ord, key, max(bearers, 1))
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
