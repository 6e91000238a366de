package numbers

import (
	"cmp"
	"slices"

	"anvesh/query/topk"

	"anvesh/query/plate"
)

// A Match is one serial found.
type Match struct {
	Ord   uint32
	Cost  float32 // nats, as Alignment.Cost
	Edits uint8   // plain edits between the pattern's best reading and the number
	Index uint16  // which of the indexes that were searched together holds it under this ordinal
}

// Found is what a search gives.
type Found struct {
	Matches  []Match // cheapest first
	Total    int     // numbers found, listed or only counted
	Complete bool    // all that is promised is among them
	Mass     float64 // the sum of exp(-cost) over the numbers, held or not, that could have been read so
}

// A Search bounds a search.
type Search struct {
	Limit    int // matches given, best first; 0 means 20
	MaxEdits int // 0 to 2: everything within so many edits is found; more is looked for
	Budget   int // steps (numbers looked at) before the search gives up and is not complete; 0 means 400,000
	Held     int // distinct numbers in all indexes that are searched together; 0 means the sum of theirs
}

const (
	defaultLimit  = 20
	defaultBudget = 400_000
)

func (s Search) withDefaults() Search {
	if s.Limit <= 0 {
		s.Limit = defaultLimit
	}
	if s.Budget <= 0 {
		s.Budget = defaultBudget
	}
	s.MaxEdits = min(max(s.MaxEdits, 0), 2)
	return s
}

// A hit is a serial found while a search goes on; id names it within the index.
type hit struct {
	id        uint64
	cost      float32
	edits     uint8
	reordered bool // its parts were read in another order
	inMass    bool // among the mass of its prefix
}

// hits collects what a search finds, each serial once with its least cost and edits.
type hits struct {
	list      []hit
	slots     []uint64 // open addressing; epoch in the upper half, index into list in the lower
	epoch     uint32
	left      int     // steps left of the budget
	reordered bool    // what is added was found in another order of its parts
	count     bool    // what is added is among the mass of its prefix
	best      float32 // least cost so far
	// byKey orders two ids by the numbers that they stand for, so that what is found among equally cheap ones does not
	// depend on which serial was added first.
	byKey func(a, b uint64) int
	heap  topk.Heap[hit]
}

func (h *hits) reset(budget int) {
	h.list = h.list[:0]
	h.left, h.reordered, h.count = budget, false, false
	h.best = 4 * plate.CostNever
	h.epoch++
	if len(h.slots) == 0 || h.epoch == 0 {
		h.slots = make([]uint64, 1<<12)
		h.epoch = 1
	}
}

// spend takes steps from the budget and reports whether any is left.
func (h *hits) spend(steps int) bool {
	h.left -= steps
	return h.left > 0
}

// add notes that id was found.
func (h *hits) add(id uint64, cost float32, edits uint8) {
	if cost < h.best {
		h.best = cost
	}
	signature := uint64(len(h.slots) - 1)
	for i := id * 0x9E3779B97F4A7C15 >> 32 & signature; ; i = (i + 1) & signature {
		slot := h.slots[i]
		if uint32(slot>>32) != h.epoch {
			h.slots[i] = uint64(h.epoch)<<32 | uint64(len(h.list))
			h.list = append(h.list, hit{id, cost, edits, h.reordered, h.count})
			if len(h.list)*2 > len(h.slots) {
				h.grow()
			}
			return
		}
		if old := &h.list[uint32(slot)]; old.id == id {
			if cost < old.cost {
				old.cost, old.reordered = cost, h.reordered
			}
			old.edits = min(old.edits, edits)
			old.inMass = old.inMass || h.count
			return
		}
	}
}

// merge adds to the hit of id, if there is one, what another hit says of the same number.
func (h *hits) merge(id uint64, o hit) bool {
	mask := uint64(len(h.slots) - 1)
	for i := id * 0x9E3779B97F4A7C15 >> 32 & mask; uint32(h.slots[i]>>32) == h.epoch; i = (i + 1) & mask {
		if old := &h.list[uint32(h.slots[i])]; old.id == id {
			if o.cost < old.cost {
				old.cost, old.reordered = o.cost, o.reordered
			}
			old.edits, old.inMass = min(old.edits, o.edits), old.inMass || o.inMass
			return true
		}
	}
	return false
}

func (h *hits) grow() {
	h.slots = make([]uint64, 4*len(h.slots))
	h.epoch = 1
	signature := uint64(len(h.slots) - 1)
	for n, hit := range h.list {
		i := hit.id * 0x9E3779B97F4A7C15 >> 32 & signature
		for h.slots[i] != 0 {
			i = (i + 1) & signature
		}
		h.slots[i] = uint64(h.epoch)<<32 | uint64(n)
	}
}

func (h *hits) compare(a, b *hit) int {
	if a.cost != b.cost {
		return cmp.Compare(a.cost, b.cost)
	}
	if a.id == b.id {
		return 0
	}
	return h.byKey(a.id, b.id)
}

// sort orders hits, the cheapest first.
func (h *hits) sort(list []hit) {
	slices.SortFunc(list, func(a, b hit) int { return h.compare(&a, &b) })
}

// top gives the n cheapest hits, sorted, good until the next search.
func (h *hits) top(n int) []hit {
	if n >= len(h.list)/4 {
		h.sort(h.list)
		return h.list[:min(n, len(h.list))]
	}
	h.heap.Reset(n, h.compare)
	for i := range h.list {
		if !h.heap.Full() || h.list[i].cost <= h.heap.Worst().cost && h.compare(&h.list[i], h.heap.Worst()) < 0 {
			h.heap.Push(h.list[i]) // few come so far
		}
	}
	return h.heap.Sort(nil)
}
