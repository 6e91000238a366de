package query

import (
	"cmp"
	"math"

	"anvesh/query/name"
	"anvesh/query/register"
	"anvesh/query/topk"
	"anvesh/storage"
)

// A hit is a record R, a person or a vehicle, that was scored, before it is read from the store.
type hit[R ~uint32] struct {
	at          R
	order       register.Order
	class       Class
	weight      float64
	outstanding bool
	swapped     bool   // persons: its name and relative changed places
	name        uint32 // persons: ordinal of the name that is shown
	updated     int64
}

// top keeps the best hits of a search, and counts all.
type top[R ~uint32] struct {
	topk.Heap[hit[R]]
	min     Class
	records int // records of the kind that are held
	total   int
	best    float64 // weight of the best
}

// reset begins a search for so many hits of at least a class.
func (t *top[R]) reset(limit int, least Class) {
	t.Reset(limit, compareHits[R])
	t.min, t.total, t.best = least, 0, 0
}

// counts counts h, and tells whether it may be among the best so far; its id need not be filled in yet.
func (t *top[R]) counts(h *hit[R]) bool {
	if rank(h.class) > rank(t.min) {
		return false
	}
	t.total++
	return !t.Full() || compareEvidence(h, t.Worst()) <= 0
}

// keep puts h among the best, and drops the worst when there are more than the limit.
func (t *top[R]) keep(h hit[R]) {
	t.best = max(t.best, h.weight)
	t.Push(h)
}

// hopeless is how much lighter than the best a record may be to be looked for: a millionth as likely.
const hopeless = 14

// enough is the weight from which a person is looked for however much better another one fits: a chance of three in ten.
func (t *top[R]) enough() float64 { return math.Log(float64(max(t.records, name.LeastPersons))) - 2 }

// bar is the weight under which nobody is looked for.
func (t *top[R]) bar() float64 { return min(t.best-hopeless, t.enough()) }

// shuts tells whether a person's record of at most this weight cannot be among the best any more.
func (t *top[R]) shuts(weight float64) bool {
	if weight < t.bar() {
		return true
	}
	if weight < name.ProbableWeight(t.records) && t.min != Lead {
		return true
	}
	if !t.Full() {
		return false
	}
	worst := t.Worst()
	if worst.class != Exact && weight >= name.ProbableWeight(t.records) { // it may be of a better class
		return false
	}
	return thousandths(weight) < thousandths(worst.weight)
}

// finish orders the hits, and drops those whose records are gone since the register was told.
func (t *top[R]) finish(idOf func([]byte, R) ([]byte, bool)) {
	id := make([]byte, 0, register.IDLen)
	before := t.Len()
	t.Sort(func(h *hit[R]) (shown bool) {
		_, shown = idOf(id, h.at)
		return shown
	})
	t.total -= before - t.Len()
}

// goesFirst tells which of two equal hits is shown first: one that is outstanding, except that a vehicle that is only
// involved waits with the rest.
func goesFirst(status uint8) bool {
	return storage.OutstandingRank(status) && storage.StatusAt(status) != storage.Involved
}

// compareHits is the stated order: class, score, outstanding status first, newest, id.
// Weights are compared as the scores they become, to four digits, so that a tie on the page is a tie here.
func compareHits[R ~uint32](a, b *hit[R]) int {
	if c := compareEvidence(a, b); c != 0 {
		return c
	}
	return a.order.Compare(b.order)
}

// compareEvidence is the order before ids are looked at.
func compareEvidence[R ~uint32](a, b *hit[R]) int {
	if a.class != b.class {
		return cmp.Compare(rank(a.class), rank(b.class))
	}
	if a.weight != b.weight {
		if c := cmp.Compare(thousandths(b.weight), thousandths(a.weight)); c != 0 {
			return c
		}
	}
	switch {
	case a.outstanding == b.outstanding:
		return cmp.Compare(b.updated, a.updated)
	case a.outstanding:
		return -1
	}
	return 1
}

func thousandths(weight float64) float64 { return math.Round(weight * 1e3) }

// nameStation fills in the names of a record's station and district.
func (e *Engine) nameStation(v *View) {
	if u, ok := e.units.Station(v.Station); ok {
		v.StationName = u.Name
	}
	if u, ok := e.units.District(v.Station, e.o.Now()); ok {
		v.District = u.Name
	}
}
