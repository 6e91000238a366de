package numbers

import (
	"cmp"
	"slices"

	"anvesh/query/plate"
)

// Scan weighs every registration that is held and gives the cheapest, at most limit: the best ranking that the error
// model allows, for measuring what Search misses. It takes some milliseconds a million.
//
// A registration is weighed in full unless the characters that it and the pattern do not share cost more by themselves
// than the last that is kept (leastCost).
func (x *PlateIndex) Scan(p plate.Pattern, limit int) []Match {
	q := searches.Get().(*search)
	defer searches.Put(q)
	q.in = []*PlateIndex{x}
	q.use(0)
	read := signatureOf(aligned(p)) &^ signatureOf("0?*")
	worst := float32(2 * fallbackLimit)
	var kept []Match
	for ord := range uint32(x.Len()) {
		if !x.Alive(ord) {
			continue
		}
		place := x.place(ord)
		id, held := restHit|uint64(place.prefix), uint64(0)
		if place.serial == inRest {
			held = signatureOf(x.rest.key(place.prefix))
		} else {
			id, held = q.id(place.prefix, place.serial), x.signatures[place.prefix]|digitSignature(place.serial)
		}
		held &^= signatureOf("0")
		if leastCost(missing(held, read), missing(read, held)) > worst {
			continue
		}
		key, lay := q.key(id)
		if cost, _ := p.Cost(&q.grid, key, lay, true); cost <= worst {
			if kept = append(kept, Match{Ord: ord, Cost: cost}); len(kept) > 4*limit+64 {
				kept = cheapestOf(kept, limit)
				worst = kept[len(kept)-1].Cost
			}
		}
	}
	return cheapestOf(kept, limit)
}

func cheapestOf(list []Match, limit int) []Match {
	slices.SortFunc(list, func(a, b Match) int { return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.Ord, b.Ord)) })
	return list[:min(limit, len(list))]
}

// digitSignature is signatureOf for the digits of a serial.
func digitSignature(serial uint16) uint64 {
	return 1<<(serial/1000) | 1<<(serial/100%10) | 1<<(serial/10%10) | 1<<(serial%10)
}

// leastCost is less than what any reading costs that lost so many distinct characters and holds so many others: as many
// cheapest look-alikes as there can be, and the rest a lost or an extra tail.
func leastCost(lost, extra int) float32 {
	const leastSwap, farCost = 4.8, 1e6
	least := float32(farCost)
	for s := range min(lost, extra) + 1 {
		least = min(least, leastSwap*float32(s)+plate.TailCost(lost-s)+plate.ExtraTailCost(extra-s))
	}
	return least
}

// aligned is what alignments see of a pattern.
func aligned(p plate.Pattern) string { return p.String()[:min(len(p.String()), plate.MaxAligned)] }
