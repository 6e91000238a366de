package web

import (
	"context"
	"sync"
	"time"
)

// A gate lets as many searches run as there are cores: what would run beside them only makes all of them slower. It
// exists so that a service that is asked ten times what it can answer still answers what it takes in about the time
// that it would need alone, and says quickly that it does not take the rest.
//
// Single searches wait a short time, in a stack of bounded height:
//
//   - The newest is served first. While more comes than can be answered, those that are served have hardly waited; a
//     queue in order of arrival would make every one of them wait the whole time.
//   - One that comes to a full stack pushes the oldest out, which has had its chance. One that has waited too long is
//     refused. Both are told to come again.
//   - Too long is the wait of a burst, unless somebody has been waiting all the time for longer than that: then more comes
//     than can be answered, and waiting helps nobody. The place is crowded: a stack of a few is enough to keep the cores
//     busy, whoever comes to it full is refused at once, before the request is read, and what is left low in the stack
//     is refused early. To refuse is cheap then, and leaves the cores to those who are answered.
//
// Rows of lists wait as long as their list lives, in order. A place that comes free goes to a single search, but every
// rowShare-th to a row if one waits, so that neither kind starves the other.
type gate struct {
	places int
	most   int           // single searches that may wait
	wait   time.Duration // and how long

	mu      sync.Mutex
	free    int
	since   time.Time // when the first of those came from whom on there was always a single search waiting
	singles []*waiter // the newest last
	rows    []*waiter // the oldest first
	passed  int       // places given to single searches while a row waited
}

// rowShare is the share of places that rows get while single searches wait too: one of so many. Guessed: a list of
// 10,000 rows beside a full house takes eight times as long as the same number of single searches.
const rowShare = 8

// crowdedShare is the part of the wait that is left while more comes than can be answered. Measured at ten times what a
// core carries, the slowest hundredth of the answers took 40 ms without it, 28 ms with a fifth, and a tenth more were answered.
const crowdedShare = 5

// crowdedWaiting is how many single searches may wait for each place while it is crowded.
const crowdedWaiting = 2

// A waiter is one who waits. Its channel gets true for a place, false for none; the gate sends once, under its lock.
type waiter struct {
	turn chan bool
	most time.Duration // how long it waits; rows do not ask
}

func newGate(places, most int, wait time.Duration) *gate {
	return &gate{places: places, free: places, most: most, wait: wait}
}

// full tells whether a single search that comes now is refused at once.
func (g *gate) full() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.turnsAway(time.Now())
}

// turnsAway is full with the lock held.
func (g *gate) turnsAway(now time.Time) bool {
	return len(g.singles) >= min(crowdedWaiting*g.places, g.most) && g.crowded(now)
}

// crowded tells whether somebody has been waiting all the time for longer than a burst lasts. The lock is held.
func (g *gate) crowded(now time.Time) bool { return len(g.singles) > 0 && now.Sub(g.since) > g.wait }

// enter waits for a place for a single search. The error is errBusy, or that of ctx. After nil, leave must follow.
func (g *gate) enter(ctx context.Context) error {
	w, turnedAway := g.stand(&g.singles)
	switch {
	case turnedAway:
		return errBusy
	case w == nil:
		return nil
	}
	timer := time.NewTimer(w.most)
	defer timer.Stop()
	err := error(errBusy)
	select {
	case turn := <-w.turn:
		return turnError(turn)
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
	}
	return g.abandon(&g.singles, w, err)
}

// enterRow waits for a place for a row of a list, as long as ctx lives.
func (g *gate) enterRow(ctx context.Context) error {
	w, _ := g.stand(&g.rows)
	if w == nil {
		return nil
	}
	select {
	case turn := <-w.turn:
		return turnError(turn)
	case <-ctx.Done():
		return g.abandon(&g.rows, w, ctx.Err())
	}
}

func turnError(turn bool) error {
	if !turn {
		return errBusy
	}
	return nil
}

// stand takes a free place and returns nil, or a waiter that stands in the line, or turns it away.
func (g *gate) stand(line *[]*waiter) (w *waiter, turnedAway bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.free > 0 {
		g.free--
		return nil, false
	}
	w = &waiter{turn: make(chan bool, 1), most: g.wait}
	if line == &g.singles {
		now := time.Now()
		if g.turnsAway(now) {
			return nil, true
		}
		if len(g.singles) >= g.most {
			g.take(&g.singles, 0).turn <- false
		}
		w.most = g.patience(now)
	}
	*line = append(*line, w)
	return w, false
}

// patience is how long a single search that comes at this moment waits. The lock is held.
func (g *gate) patience(now time.Time) time.Duration {
	if len(g.singles) == 0 {
		g.since = now
	}
	if g.crowded(now) {
		return g.wait / crowdedShare
	}
	return g.wait
}

// abandon takes w out of its line and returns err; where it was given a place meanwhile, that goes to the next.
func (g *gate) abandon(line *[]*waiter, w *waiter, err error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, other := range *line {
		if other == w {
			g.take(line, i)
			return err
		}
	}
	if <-w.turn {
		g.pass()
	}
	return err
}

// leave gives a place back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pass()
}

// pass hands a place to the next who waits. The lock is held.
func (g *gate) pass() {
	row := len(g.rows) > 0 && (len(g.singles) == 0 || g.passed >= rowShare-1)
	switch {
	case row:
		g.passed = 0
		g.take(&g.rows, 0).turn <- true
	case len(g.singles) > 0:
		if len(g.rows) > 0 {
			g.passed++
		}
		g.take(&g.singles, len(g.singles)-1).turn <- true
	default:
		g.free++
	}
}

// take removes the i-th of a line. The lock is held.
func (g *gate) take(line *[]*waiter, i int) *waiter {
	l := *line
	w := l[i]
	copy(l[i:], l[i+1:])
	l[len(l)-1] = nil
	*line = l[:len(l)-1]
	return w
}

// waiting returns how many stand in each line.
func (g *gate) waiting() (singles, rows int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.singles), len(g.rows)
}
