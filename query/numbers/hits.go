package numbers

import (
	"cmp"
	"slices"

	"anvesh/query/plate"
)

// A Match is one serial found.
type Match struct {
	Ord   uint32
	Cost  float32 // nats, as Alignment.Cost
	Edits uint8   // plain edits between the pattern's best reading and the number
}

// A Search bounds a search.
type Search struct {
	Limit    int // matches given, best first; 0 means 20
	MaxEdits int // 0 to 2: everything within so many edits is found; more is looked for
	Budget   int // steps (numbers looked at) before the search gives up and is not complete; 0 means 400,000
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

func (h *hits) compare(a, b hit) int {
	if c := cmp.Compare(a.cost, b.cost); c != 0 || a.id == b.id {
		return c
	}
	return h.byKey(a.id, b.id)
}

// top moves the n cheapest hits to the front, sorted, and gives them.
func (h *hits) top(n int) []hit {
	if n < len(h.list)/4 {
		h.partition(n)
	}
	n = min(n, len(h.list))
	if n < len(h.list) && n >= len(h.list)/4 {
		slices.SortFunc(h.list, h.compare)
		return h.list[:n]
	}
	slices.SortFunc(h.list[:n], h.compare)
	return h.list[:n]
}

// partition keeps the n cheapest hits in front by a heap whose root is the dearest of them.
func (h *hits) partition(n int) {
	heap := h.list[:n]
	for i := n/2 - 1; i >= 0; i-- {
		h.sink(heap, i)
	}
	for i := n; i < len(h.list); i++ {
		if h.list[i].cost <= heap[0].cost && h.compare(h.list[i], heap[0]) < 0 {
			h.list[i], heap[0] = heap[0], h.list[i]
			h.sink(heap, 0)
		}
	}
}

func (h *hits) sink(heap []hit, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && h.compare(heap[child+1], heap[child]) > 0 {
			child++
		}
		if h.compare(heap[child], heap[i]) <= 0 {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
