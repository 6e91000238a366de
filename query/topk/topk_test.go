package topk

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func ascending(a, b *int) int { return cmp.Compare(*a, *b) }

// TestHeapKeepsTheBest: after any run of pushes and removals the heap holds the best of what was pushed, and Worst is the
// worst of these.
func TestHeapKeepsTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h Heap[int]
	for range 2000 {
		limit := rng.IntN(8)
		h.Reset(limit, ascending)
		var kept []int
		for range rng.IntN(40) {
			if len(kept) > 0 && rng.IntN(4) == 0 {
				i := rng.IntN(h.Len())
				at, _ := slices.BinarySearch(kept, h.Items()[i])
				kept = slices.Delete(kept, at, at+1)
				h.Remove(i)
			} else {
				n := rng.IntN(30)
				at, _ := slices.BinarySearch(kept, n)
				within := limit > 0 && (len(kept) < limit || n < kept[limit-1])
				if within {
					kept = slices.Insert(kept, at, n)
					kept = kept[:min(len(kept), limit)]
				}
				if h.Push(n) != within {
					t.Fatalf("limit %d: Push(%d) is %v, want %v beside %v", limit, n, !within, within, kept)
				}
			}
			if h.Len() != len(kept) || h.Full() != (len(kept) >= limit) || len(kept) > 0 && *h.Worst() != kept[len(kept)-1] {
				t.Fatalf("limit %d: holds %v, want %v", limit, h.Items(), kept)
			}
		}
		if !slices.Equal(h.Sort(nil), kept) {
			t.Fatalf("limit %d: sorted %v, want %v", limit, h.Items(), kept)
		}
		kept = slices.DeleteFunc(kept, func(n int) bool { return n%3 == 0 })
		if !slices.Equal(h.Sort(func(n *int) bool { return *n%3 != 0 }), kept) {
			t.Fatalf("limit %d: sorted without multiples of 3 %v, want %v", limit, h.Items(), kept)
		}
	}
}

func TestZeroHeapKeepsNothing(t *testing.T) {
	var h Heap[int]
	if h.Push(1) || h.Len() > 0 || !h.Full() {
		t.Error("the zero heap keeps an item")
	}
}

// TestPushAllocatesNothing: a search pushes hundreds of hits.
func TestPushAllocatesNothing(t *testing.T) {
	var h Heap[[4]int]
	h.Reset(8, func(a, b *[4]int) int { return cmp.Compare(a[0], b[0]) })
	n := 1 << 20
	push := func() { n--; h.Push([4]int{n}) }
	for range 16 {
		push()
	}
	if a := testing.AllocsPerRun(100, push); a > 0 {
		t.Errorf("%v allocations a push", a)
	}
}
