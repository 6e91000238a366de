// Package topk keeps the best of many.
package topk

// A Heap keeps the best of what is pushed, Limit of them at most. Items are compared in place, since hits are large. The
// zero Heap keeps nothing; a Heap serves again after Reset. Not safe for concurrent use.
type Heap[T any] struct {
	limit   int
	compare func(a, b *T) int
	items   []T // the worst first, and no item worse than the one at half its place
}

// Reset empties the heap and keeps its array. compare is negative where a is better; it must be a total order if the
// kept items are not to depend on the order in which they come.
func (h *Heap[T]) Reset(limit int, compare func(a, b *T) int) {
	clear(h.items)
	h.limit, h.compare, h.items = limit, compare, h.items[:0]
}

// Len is how many items are kept.
func (h *Heap[T]) Len() int { return len(h.items) }

// Full tells whether a further item is kept only in the place of another one.
func (h *Heap[T]) Full() bool { return len(h.items) >= h.limit }

// Worst is the worst of the kept items, good until the heap changes. There must be one.
func (h *Heap[T]) Worst() *T { return &h.items[0] }

// Items are the kept ones in no order, or in that of the last Sort. They are the heap's own, and no longer a heap once
// they are changed otherwise than by its methods.
func (h *Heap[T]) Items() []T { return h.items }

// Push keeps item if it is among the best so far, and tells whether it is.
func (h *Heap[T]) Push(item T) bool {
	if h.limit <= 0 {
		return false
	}
	h.items = append(h.items, item) // compared where it stands: a pointer to the parameter would cost an allocation
	last := len(h.items) - 1
	if last < h.limit {
		h.up(last)
		return true
	}
	better := h.compare(&h.items[last], &h.items[0]) < 0
	if better {
		h.items[0] = h.items[last]
	}
	clear(h.items[last:])
	if h.items = h.items[:last]; better {
		h.down(0)
	}
	return better
}

// Remove drops an item by its place in Items.
func (h *Heap[T]) Remove(i int) {
	last := len(h.items) - 1
	h.items[i] = h.items[last]
	clear(h.items[last:])
	if h.items = h.items[:last]; i < last {
		h.up(i)
		h.down(i)
	}
}

// Sort orders Items, the best first, without those that keep says no to; a nil keep keeps all. What follows must be Reset,
// not Push.
func (h *Heap[T]) Sort(keep func(*T) bool) []T {
	all := h.items
	h.items = all[:0]
	for i := range all {
		if keep == nil || keep(&all[i]) {
			h.items = append(h.items, all[i])
		}
	}
	clear(all[len(h.items):])
	all = h.items
	for i := len(all)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
	for n := len(all) - 1; n > 0; n-- { // in place too: the worst of the rest goes behind it
		all[0], all[n] = all[n], all[0]
		h.items = all[:n]
		h.down(0)
	}
	h.items = all
	return h.items
}

// up moves an item to where no one behind it is worse.
func (h *Heap[T]) up(i int) {
	for ; i > 0 && h.compare(&h.items[i], &h.items[(i-1)/2]) > 0; i = (i - 1) / 2 {
		h.items[i], h.items[(i-1)/2] = h.items[(i-1)/2], h.items[i]
	}
}

// down moves an item to where the one before it is worse.
func (h *Heap[T]) down(i int) {
	for {
		worst := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < len(h.items) && h.compare(&h.items[c], &h.items[worst]) > 0 {
				worst = c
			}
		}
		if worst == i {
			return
		}
		h.items[i], h.items[worst] = h.items[worst], h.items[i]
		i = worst
	}
}
