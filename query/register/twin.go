package register

import (
	"sync"
	"sync/atomic"
	"time"
)

// A twin holds two copies of what changes: one that searches read, and one that is written. A change is made to the copy
// that nobody reads, the copies change places at once, and when the last search of the other has ended it is changed as well
// (left-right, Ramalhete and Correia 2015). So a search waits for nobody, and a writer for the searches that are under way:
// when write returns, nobody reads what was before.
//
// That costs the changeable side twice: it is small, since what is sealed lies in parts that both share. What of it only
// grows (dictionaries, rows) both share as well, each as far as it has gone: one copy grows it, and the other follows.
type twin struct {
	live    atomic.Pointer[copied]
	mu      sync.Mutex // of who writes
	other   *copied
	longest atomic.Int64 // nanoseconds that a search has waited for a copy
	latest  atomic.Int64 // when the last search came
}

// searching tells whether somebody searches, or did a moment ago.
func (t *twin) searching() bool {
	return t.live.Load().count.Load() > 0 || time.Now().UnixNano()-t.latest.Load() < int64(momentAgo)
}

const momentAgo = 20 * time.Millisecond

// A copied is one of the two, with those who read it.
type copied struct {
	*side
	count   atomic.Int64
	drained chan struct{} // gets one when the last reader of a copy that was written has left
}

func newCopied(s *side) *copied { return &copied{side: s, drained: make(chan struct{}, 1)} }

func newTwin(a, b *side) *twin {
	t := &twin{other: newCopied(b)}
	t.live.Store(newCopied(a))
	return t
}

// search is read for a search.
func (t *twin) search() (s *side, release func()) {
	began := time.Now()
	s, release = t.read()
	if waited := int64(time.Since(began)); waited > t.longest.Load() {
		t.longest.Store(waited)
	}
	t.latest.Store(began.UnixNano())
	return s, release
}

// read gives the copy to be read until release is called.
func (t *twin) read() (s *side, release func()) {
	for {
		c := t.live.Load()
		c.count.Add(1)
		if t.live.Load() == c {
			return c.side, c.leave
		}
		c.leave() // it has just become the one that is written
	}
}

func (c *copied) leave() {
	if c.count.Add(-1) == 0 {
		select {
		case c.drained <- struct{}{}:
		default:
		}
	}
}

// write makes a change to both copies. It must do the same to both, and lets nothing grow that they share.
func (t *twin) write(change func(*side)) {
	t.lead(change, func(s, _ *side) { change(s) })
}

// lead makes a change to one copy and lets the other follow it, which reads of the first what it is to share.
func (t *twin) lead(change func(*side), follow func(s, first *side)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(t.other.side)
	t.other = t.live.Swap(t.other)
	t.other.drain()
	follow(t.other.side, t.live.Load().side)
}

// drain waits until nobody reads a copy.
func (c *copied) drain() {
	for c.count.Load() > 0 {
		<-c.drained
	}
}

// replace puts two other copies in the place of both.
func (t *twin) replace(a, b *side) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live.Store(newCopied(a))
	t.other = newCopied(b)
}
