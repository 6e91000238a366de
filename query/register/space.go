package register

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"anvesh/storage"
)

// A space is the register of one label: the records in a compact match form, the distinct names and numbers that they bear,
// and for each of those who bears it.
type space struct {
	label Label
	twin  *twin
	files storage.Files
	sizes sizes

	searching func() bool // see Register.searching

	applied atomic.Int64 // when the last update came, Unix nanoseconds

	sealing sync.Mutex    // of who makes parts of closed heads
	sealed  chan struct{} // gets one when that is done

	cutting sync.Mutex // of who cuts, or puts a part in the place of others
	cut     *cut       // that waits to be written

	naming        sync.Mutex
	saving, saved []string        // files that what was written last names, and the last of it that is durable
	writing       map[string]bool // files that are being written
}

func newSpace(l Label) *space {
	g := &space{label: l, twin: newTwin(newSide(), newSide()), files: NewMemory(), sizes: standardSizes(),
		sealed: make(chan struct{}, 1), writing: map[string]bool{}}
	g.applied.Store(time.Now().UnixNano()) // a start is followed by what was missed
	return g
}

// reset empties the space.
func (g *space) reset() {
	g.twin.replace(newSide(), newSide())
	g.cut = nil
}

// digest is the sum of the shares of what is held.
func (g *space) digest() uint64 {
	s, release := g.twin.read()
	defer release()
	return s.digest
}

// count is how many persons are held.
func (g *space) count() int {
	s, release := g.twin.read()
	defer release()
	return s.persons
}

// parts is how many sealed parts there are, rows how many rows are in memory alone.
func (g *space) parts() (parts, rows int) {
	s, release := g.twin.read()
	defer release()
	for _, h := range s.sections {
		if h.rowOf != nil {
			rows += h.rows()
		}
	}
	return s.parts(), rows
}

// resting tells whether no update has come for a while.
func (g *space) resting() bool {
	return time.Since(time.Unix(0, g.applied.Load())) >= g.sizes.rest
}

// apply takes the records as a commit left them; those that are not of the label as gone.
func (g *space) apply(list []made) {
	g.slowDown()
	g.applied.Store(time.Now().UnixNano())
	g.twin.lead(func(s *side) {
		for i := range list {
			m := &list[i]
			s.apply(m, false)
			if m.last = s.head().rows() >= g.sizes.head; m.last {
				s.seal()
			}
		}
	}, func(s, first *side) {
		s.follow(first)
		for i := range list {
			if s.apply(&list[i], true); list[i].last {
				s.seal()
				s.head().follow(first.sections)
			}
		}
	})
}

// Where changes come faster than parts are made they are slowed down from manyClosed waiting heads on, a little with each
// Apply, and parts are made without regard to searches; with mostClosed, which is what memory must hold, Apply waits for a
// part, and makes it itself where nobody is at it.
const (
	manyClosed = 3
	mostClosed = 2 * manyClosed
)

// slowDownBy is the most that one Apply waits while fewer than mostClosed heads are closed: a tenth of the time within which
// an update is to be found.
const slowDownBy = 50 * time.Millisecond

func (g *space) slowDown() {
	switch n := g.waiting(); {
	case n >= mostClosed:
		g.sealClosed(context.Background()) // an error is told by Tend, which tries it again
	case n >= manyClosed && g.isSealing():
		select {
		case <-g.sealed:
		case <-time.After(slowDownBy):
		}
	}
}

// isSealing tells whether somebody makes a part of closed heads: else nobody may be there to wait for.
func (g *space) isSealing() bool {
	if !g.sealing.TryLock() {
		return true
	}
	g.sealing.Unlock()
	return false
}

// waiting is how many heads are closed and no parts yet.
func (g *space) waiting() int {
	s, release := g.twin.read()
	defer release()
	return len(s.sections) - 1 - s.parts()
}

// parts is how many sections are sealed.
func (s *side) parts() (n int) {
	for _, h := range s.sections {
		if h.rowOf == nil {
			n++
		}
	}
	return n
}
