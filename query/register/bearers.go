package register

import (
	"cmp"
	"slices"

	"anvesh/query/snapshot"
)

// bearers tell which rows of a section bear a name or number. The rows of one stand beside each other, by ordinal of the
// name, so that a list is read in one stretch of memory.
//
// Those of a part lie in its file and are never changed:
//
//	keys   the ordinals that are borne, ascending; empty where almost all of a range are, which is then read by place
//	least  the least of them
//	from   where the rows of a key begin; one more at the end
//	rows   by key, each list ascending
//
// Those of a head grow: each ordinal has a chain of its rows, the newest first.
type bearers struct {
	keys, from, rows []uint32
	least            uint32

	last  map[uint32]uint32 // ordinal -> place in chain plus one
	chain []link
}

type link struct{ row, before uint32 }

// add makes a row of a head one of the bearers.
func (b *bearers) add(ordinal, row uint32) {
	b.chain = append(b.chain, link{row, b.last[ordinal]})
	b.last[ordinal] = uint32(len(b.chain))
}

// list gives the rows that bear an ordinal in a part.
func (b *bearers) list(ordinal uint32) []uint32 {
	at := uint32(0)
	switch {
	case len(b.from) == 0 || ordinal < b.least:
		return nil
	case len(b.keys) == 0:
		if at = ordinal - b.least; int(at)+1 >= len(b.from) {
			return nil
		}
	default:
		i, held := slices.BinarySearch(b.keys, ordinal)
		if !held {
			return nil
		}
		at = uint32(i)
	}
	return b.rows[b.from[at]:b.from[at+1]]
}

// newBearers are those of a head.
func newBearers() bearers { return bearers{last: map[uint32]uint32{}} }

// A pair is a row that bears an ordinal.
type pair struct{ ordinal, row uint32 }

// sortPairs orders by ordinal, then by row: pairs of one ordinal come in the order of rows already.
func sortPairs(f *snapshot.FlatWriter, list []pair, most uint32) []pair {
	if len(list) < 1<<16 || int(most) > 8*len(list) {
		slices.SortFunc(list, func(a, b pair) int { return cmp.Or(cmp.Compare(a.ordinal, b.ordinal), cmp.Compare(a.row, b.row)) })
		return list
	}
	place := make([]uint32, most+2)
	for _, p := range list {
		place[p.ordinal+1]++
	}
	for i := range place[1:] {
		place[i+1] += place[i]
	}
	sorted := make([]pair, len(list))
	for _, p := range list {
		sorted[place[p.ordinal]] = p
		place[p.ordinal]++
		f.Step(1)
	}
	return sorted
}

// byPlace is how many places for one key a list by place may have at most.
const byPlace = 4

// writeBearers writes the bearers of a part; list is by row, and is used up.
func writeBearers(f *snapshot.FlatWriter, name string, list []pair) {
	most := uint32(0)
	for _, p := range list {
		most = max(most, p.ordinal)
	}
	list = sortPairs(f, list, most)
	distinct := 0
	for i := range list {
		if i == 0 || list[i].ordinal != list[i-1].ordinal {
			distinct++
		}
	}
	least := uint32(0)
	if len(list) > 0 {
		least = list[0].ordinal
	}
	places := len(list) > 0 && int(most-least) < byPlace*distinct
	snapshot.Put(f, name+"/least", []uint32{least})
	snapshot.Begin[uint32](f, name+"/keys")
	if !places {
		for i := range list {
			if i == 0 || list[i].ordinal != list[i-1].ordinal {
				snapshot.Add(f, list[i].ordinal)
			}
		}
	}
	snapshot.Begin[uint32](f, name+"/from")
	at := least
	for i := range list {
		if i > 0 && list[i].ordinal == list[i-1].ordinal {
			continue
		}
		if snapshot.Add(f, uint32(i)); places {
			for ; at < list[i].ordinal; at++ { // nobody bears these
				snapshot.Add(f, uint32(i))
			}
			at++
		}
	}
	snapshot.Add(f, uint32(len(list)))
	snapshot.Begin[uint32](f, name+"/rows")
	for _, p := range list {
		snapshot.Add(f, p.row)
	}
}

// openBearers reads what writeBearers wrote.
func openBearers(f *snapshot.Flat, name string) bearers {
	b := bearers{keys: snapshot.Array[uint32](f, name+"/keys"), from: snapshot.Array[uint32](f, name+"/from"), rows: snapshot.Array[uint32](f, name+"/rows")}
	if least := snapshot.Array[uint32](f, name+"/least"); len(least) == 1 {
		b.least = least[0]
	}
	if n := len(b.from); n == 0 || int(b.from[n-1]) != len(b.rows) || len(b.keys) > 0 && len(b.keys)+1 != n {
		f.Refuse("bearers without their lists: " + name)
	}
	return b
}

// counts adds to list, by ordinal, how many rows bear it.
func (b *bearers) counts(list []uint32) {
	for i := range max(len(b.from)-1, 0) {
		ordinal := b.least + uint32(i)
		if len(b.keys) > 0 {
			ordinal = b.keys[i]
		}
		if n := b.from[i+1] - b.from[i]; n > 0 {
			list[ordinal] += n
		}
	}
}
