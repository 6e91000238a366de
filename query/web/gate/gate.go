package gate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrBusy: all places are taken and as many wait as may, or one has waited too long.
var ErrBusy = errors.New("gate: too much is asked at once")

// A Gate lets as many searches run as there are cores: what would run beside them only makes all of them slower. It
// exists so that a service that is asked ten times what it can answer still answers what it takes in about the time
// that it would need alone, and says quickly that it does not take the rest; and so that whoever asks for more than his
// share makes himself wait and nobody else.
//
// Each key has a line of its own. A place that comes free goes to the line that has the fewest places at this moment,
// among those to the one that has used them for the least time since it came, among those to the newest. In its line and
// in all together, single searches wait a short time, in a stack of bounded height:
//
//   - The newest is served first. While more comes than can be answered, those that are served have hardly waited; a
//     queue in order of arrival would make every one of them wait the whole time.
//   - One that comes to a full stack pushes out the oldest of the longest line, which has had its chance. One that has
//     waited too long is refused. Both are told to come again.
//   - Too long is the wait of a burst, unless somebody has been waiting all the time for longer than that: then more comes
//     than can be answered, and waiting helps nobody. The place is crowded: a stack of a few is enough to keep the cores
//     busy, whoever comes to it full is refused at once, before the request is read, and what is left low in the stack
//     is refused early. To refuse is cheap then, and leaves the cores to those who are answered.
//   - A key whose own line has been empty within that time, while that of another has not, did not make the crowd. It is
//     owed a place: not turned away, and with much patience, as its turn comes soon.
//
// Rows of lists have as many places of their own, and wait as long as their list lives, in order, each key in its line as
// well. They run in the background (storage/background): it is the kernel that lets single searches go first, at any moment
// and not only where a row has ended, and gives rows what is left.
type Gate struct {
	places int
	most   int           // single searches that may wait
	wait   time.Duration // and how long
	now    func() time.Time

	mu      sync.Mutex
	since   time.Time // when the first of those came from whom on there was always a single search waiting
	singles queue
	rows    queue
	arrived uint64 // counts who came
	latest  [2]seen
}

// seen is when a key asked last. A gate remembers the last key and the last other one.
type seen struct {
	who string
	at  time.Time
}

// crowdedShare is the part of the wait that is left while more comes than can be answered. Measured at ten times what a
// core carries, the slowest hundredth of the answers took 40 ms without it, 28 ms with a fifth, and a tenth more were answered.
const crowdedShare = 5

// owedTimes is how much longer a search waits that is owed a place: a second, which is longer than any search.
const owedTimes = 20

// besides is how long a key counts as one that the others have to share with.
const besides = time.Second

// crowdedWaiting is how many single searches may wait for each place while it is crowded.
const crowdedWaiting = 2

// A queue is the lines of one kind.
type queue struct {
	lines   map[string]*line // of the keys of whom somebody waits or runs
	length  int              // of all lines
	running int
}

// A line is those of one key who wait, and what it has had since somebody of it is there without a break.
type line struct {
	waiting []*waiter // the newest last
	since   time.Time // when the first of those came from whom on there was always one waiting
	running int
	used    time.Duration // of places, beginning with what the least of the others had used
}

// A waiter is one who waits. Its channel gets true for a place, false for none; the gate sends once, under its lock.
type waiter struct {
	turn    chan bool
	most    time.Duration // how long it waits; rows do not ask
	arrived uint64
}

// A Stay is a place that is taken. Leave gives it back, once.
type Stay struct {
	gate  *Gate
	queue *queue
	who   string
	began time.Time
}

// New makes a gate of so many places, before which at most so many single searches wait, each for so long.
func New(places, most int, wait time.Duration) *Gate {
	return &Gate{places: places, most: most, wait: wait, now: time.Now,
		singles: queue{lines: map[string]*line{}}, rows: queue{lines: map[string]*line{}}}
}

// Full tells whether a single search of that key that comes now is refused at once.
func (g *Gate) Full(who string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	g.note(who, now)
	return g.turnsAway(who, now)
}

// turnsAway is Full with the lock held.
func (g *Gate) turnsAway(who string, now time.Time) bool {
	return g.singles.length >= min(crowdedWaiting*g.places, g.most) && g.crowded(now) && !g.owed(who, now)
}

// owed tells whether a key is owed a place: its line does not crowd the gate, and another does. The lock is held.
func (g *Gate) owed(who string, now time.Time) (owed bool) {
	for name, l := range g.singles.lines {
		if len(l.waiting) > 0 && now.Sub(l.since) > g.wait {
			if owed = name != who; !owed {
				return false
			}
		}
	}
	return owed
}

// Shares tells whether another key than this has asked a moment ago.
func (g *Gate) Shares(who string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	other := g.latest[0]
	if other.who == who {
		other = g.latest[1]
	}
	return !other.at.IsZero() && g.now().Sub(other.at) < besides
}

// note remembers that a key asks. The lock is held.
func (g *Gate) note(who string, now time.Time) {
	if g.latest[0].who != who {
		g.latest[1] = g.latest[0]
	}
	g.latest[0] = seen{who, now}
}

// crowded tells whether somebody has been waiting all the time for longer than a burst lasts. The lock is held.
func (g *Gate) crowded(now time.Time) bool { return g.singles.length > 0 && now.Sub(g.since) > g.wait }

// Enter waits for a place for a single search. The error is ErrBusy, or that of ctx.
func (g *Gate) Enter(ctx context.Context, who string) (Stay, error) {
	s := Stay{gate: g, queue: &g.singles, who: who}
	w, turnedAway := g.stand(&s)
	switch {
	case turnedAway:
		return s, ErrBusy
	case w == nil:
		return s, nil
	}
	timer := time.NewTimer(w.most)
	defer timer.Stop()
	err := ErrBusy
	select {
	case turn := <-w.turn:
		return s.begin(turn)
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
	}
	return s, s.abandon(w, err)
}

// EnterRow waits for a place for a row of a list, as long as ctx lives.
func (g *Gate) EnterRow(ctx context.Context, who string) (Stay, error) {
	s := Stay{gate: g, queue: &g.rows, who: who}
	w, _ := g.stand(&s)
	if w == nil {
		return s, nil
	}
	select {
	case turn := <-w.turn:
		return s.begin(turn)
	case <-ctx.Done():
		return s, s.abandon(w, ctx.Err())
	}
}

// begin is what became of a wait.
func (s Stay) begin(turn bool) (Stay, error) {
	if !turn {
		return s, ErrBusy
	}
	s.began = s.gate.now()
	return s, nil
}

// stand takes a free place and returns nil, or a waiter that stands in its line, or turns it away.
func (g *Gate) stand(s *Stay) (w *waiter, turnedAway bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s.began = g.now()
	g.note(s.who, s.began)
	if s.queue.running < g.places {
		s.queue.enter(s.queue.line(s.who))
		return nil, false
	}
	g.arrived++
	w = &waiter{turn: make(chan bool, 1), most: g.wait, arrived: g.arrived}
	if s.queue == &g.singles {
		if g.turnsAway(s.who, s.began) {
			return nil, true
		}
		w.most = g.patience(s.who, s.began)
		if g.singles.length >= g.most {
			g.singles.pushOut(s.who).turn <- false
		}
	}
	l := s.queue.line(s.who)
	if len(l.waiting) == 0 {
		l.since = s.began
	}
	l.waiting = append(l.waiting, w)
	s.queue.length++
	return w, false
}

// patience is how long a single search that comes at this moment waits. The lock is held.
func (g *Gate) patience(who string, now time.Time) time.Duration {
	if g.singles.length == 0 {
		g.since = now
	}
	switch {
	case g.owed(who, now):
		return owedTimes * g.wait
	case g.crowded(now):
		return g.wait / crowdedShare
	}
	return g.wait
}

// abandon takes w out of its line and returns err; where it was given a place meanwhile, that goes to the next.
func (s Stay) abandon(w *waiter, err error) error {
	g := s.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if l := s.queue.lines[s.who]; l != nil {
		if i := slices.Index(l.waiting, w); i >= 0 {
			s.queue.take(s.who, l, i)
			return err
		}
	}
	if <-w.turn {
		s.queue.leave(s.who)
		g.pass(s.queue)
	}
	return err
}

// Leave gives the place back.
func (s Stay) Leave() {
	g := s.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	s.queue.lines[s.who].used += max(g.now().Sub(s.began), 0)
	s.queue.leave(s.who)
	g.pass(s.queue)
}

// pass hands a place of a queue to the next who waits there. The lock is held.
func (g *Gate) pass(q *queue) {
	if q.length == 0 {
		return
	}
	who, l := q.next()
	next := len(l.waiting) - 1
	if q == &g.rows {
		next = 0
	}
	q.enter(l)
	q.take(who, l, next).turn <- true
}

// enter lets one of a line run.
func (q *queue) enter(l *line) {
	l.running++
	q.running++
}

// leave ends the stay of one of a key.
func (q *queue) leave(who string) {
	q.lines[who].running--
	q.running--
	q.tidy(who)
}

// line returns the line of a key, and makes it where there is none: it has used as much as the one that used least, so
// that it neither owes what others had before it came nor is owed anything.
func (q *queue) line(who string) *line {
	l := q.lines[who]
	if l == nil {
		l = &line{}
		first := true
		for _, other := range q.lines {
			if first || other.used < l.used {
				l.used, first = other.used, false
			}
		}
		q.lines[who] = l
	}
	return l
}

// next returns the line whose turn it is; somebody waits.
func (q *queue) next() (who string, l *line) {
	for name, other := range q.lines {
		if len(other.waiting) > 0 && (l == nil || other.before(l)) {
			who, l = name, other
		}
	}
	return who, l
}

// before tells whether a line has its turn before another; somebody waits in both.
func (l *line) before(other *line) bool {
	switch {
	case l.running != other.running:
		return l.running < other.running
	case l.used != other.used:
		return l.used < other.used
	}
	return l.newest() > other.newest()
}

func (l *line) newest() uint64 { return l.waiting[len(l.waiting)-1].arrived }

// shorter tells whether the line of a key is shorter than the longest by two or more.
func (q *queue) shorter(who string) bool {
	_, longest := q.longest()
	own := 0
	if l := q.lines[who]; l != nil {
		own = len(l.waiting)
	}
	return longest != nil && len(longest.waiting) >= own+2
}

// longest returns the line in which the most wait, of equal ones that with the oldest; nil where nobody waits.
func (q *queue) longest() (who string, l *line) {
	for name, other := range q.lines {
		n := len(other.waiting)
		if n > 0 && (l == nil || n > len(l.waiting) || n == len(l.waiting) && other.waiting[0].arrived < l.waiting[0].arrived) {
			who, l = name, other
		}
	}
	return who, l
}

// pushOut makes room for one of a key: the oldest of the longest line goes, but of its own line where that is not
// shorter by two.
func (q *queue) pushOut(who string) *waiter {
	from, l := who, q.lines[who]
	if l == nil || len(l.waiting) == 0 || q.shorter(who) {
		from, l = q.longest()
	}
	return q.take(from, l, 0)
}

// take removes the i-th of a line.
func (q *queue) take(who string, l *line, i int) *waiter {
	w := l.waiting[i]
	l.waiting = slices.Delete(l.waiting, i, i+1)
	q.length--
	q.tidy(who)
	return w
}

// tidy forgets a line of which nobody is left.
func (q *queue) tidy(who string) {
	if l := q.lines[who]; l != nil && l.running == 0 && len(l.waiting) == 0 {
		delete(q.lines, who)
	}
}

// Waiting returns how many stand in the lines of each kind.
func (g *Gate) Waiting() (singles, rows int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.singles.length, g.rows.length
}
