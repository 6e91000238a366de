package gate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// until waits for a condition that other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("in vain: ", what)
		}
	}
}

// crowd makes numbered searches and rows of keys wait at a gate and tells in which order they are let in and refused.
type crowd struct {
	t    *testing.T
	g    *Gate
	mu   sync.Mutex
	said []string
	all  sync.WaitGroup
}

func (l *crowd) note(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, s)
}

// add sends one to the gate and returns when it waits, runs or is refused. What is let in leaves at once. What stands
// before a space in its name is its key.
func (l *crowd) add(name string, enter func(context.Context, string) (Stay, error)) {
	l.t.Helper()
	before, rowsBefore := l.g.Waiting()
	l.mu.Lock()
	said := len(l.said)
	l.mu.Unlock()
	who, _, _ := strings.Cut(name, " ")
	l.all.Go(func() {
		place, err := enter(context.Background(), who)
		if err != nil {
			l.note(name + " refused")
			return
		}
		l.note(name)
		place.Leave()
	})
	until(l.t, name+" is seen", func() bool {
		n, rows := l.g.Waiting()
		l.mu.Lock()
		defer l.mu.Unlock()
		return n+rows > before+rowsBefore || len(l.said) > said
	})
}

func (l *crowd) check(want ...string) {
	l.t.Helper()
	l.all.Wait()
	if !slices.Equal(l.said, want) {
		l.t.Errorf("order %q, want %q", l.said, want)
	}
	l.g.mu.Lock()
	defer l.g.mu.Unlock()
	for _, q := range []*queue{&l.g.singles, &l.g.rows} {
		if q.running+q.length+len(q.lines) > 0 {
			l.t.Errorf("at the end %d run and %d wait in %d lines", q.running, q.length, len(q.lines))
		}
	}
}

// taken returns a gate of one place, which a key holds until it leaves.
func taken(t *testing.T, most int, wait time.Duration, who string) (*Gate, Stay) {
	t.Helper()
	g := New(1, most, wait)
	place, err := g.Enter(context.Background(), who)
	if err != nil {
		t.Fatal(err)
	}
	return g, place
}

// TestGateOrder fills the stack while the only place is taken: the oldest is pushed out, the newest comes first.
func TestGateOrder(t *testing.T) {
	g, place := taken(t, 2, time.Hour, "a")
	l := &crowd{t: t, g: g}
	l.add("a 1", g.Enter)
	l.add("a 2", g.Enter)
	l.add("a 3", g.Enter)
	place.Leave()
	l.check("a 1 refused", "a 3", "a 2")
}

// TestGateIsFair has one key fill the gate. Another's searches come in at its cost, and one after the other is let in
// before the next of the one that floods; so are rows.
func TestGateIsFair(t *testing.T) {
	g, place := taken(t, 4, time.Hour, "flood")
	clock := place.began
	g.now = func() time.Time { return clock }
	l := &crowd{t: t, g: g}
	for i := range 4 {
		l.add(fmt.Sprint("flood ", i), g.Enter)
	}
	for i := range 2 {
		l.add(fmt.Sprint("b ", i), g.Enter)
	}
	l.add("flood 4", g.Enter)
	l.add("c 0", g.Enter)
	clock = clock.Add(time.Second)
	place.Leave()
	l.check("flood 0 refused", "flood 1 refused", "flood 2 refused", "flood 3 refused", "c 0", "b 1", "b 0", "flood 4")
	g = New(1, 4, time.Hour)
	if place, _ = g.EnterRow(context.Background(), "flood"); place.gate == nil {
		t.Fatal("the first row waits")
	}
	l = &crowd{t: t, g: g}
	for i := range 10 {
		l.add(fmt.Sprint("flood ", i), g.EnterRow)
	}
	l.add("b 0", g.EnterRow)
	place.Leave()
	l.all.Wait()
	if at := slices.Index(l.said, "b 0"); at > 1 {
		t.Errorf("the row of another key came at %d of %q", at, l.said)
	}
}

// TestGateSharesTime lets a key with long searches and one with short ones wait all the time: each gets half of the time,
// not half of the turns.
func TestGateSharesTime(t *testing.T) {
	g := New(1, 1000, time.Hour)
	var clock time.Time
	g.now = func() time.Time { return clock }
	took := map[string]time.Duration{"long": 10 * time.Millisecond, "short": time.Millisecond}
	used := map[string]time.Duration{}
	place, err := g.Enter(t.Context(), "long")
	if err != nil {
		t.Fatal(err)
	}
	waiters := map[string][]*waiter{}
	stand := func(who string) {
		s := Stay{gate: g, queue: &g.singles, who: who}
		w, _ := g.stand(&s)
		waiters[who] = append(waiters[who], w)
	}
	stand("long")
	stand("short")
	for range 1100 {
		clock = clock.Add(took[place.who])
		used[place.who] += took[place.who]
		place.Leave()
		for who, ws := range waiters {
			last := ws[len(ws)-1]
			select {
			case <-last.turn:
				place = Stay{gate: g, queue: &g.singles, who: who, began: clock}
				stand(who)
			default:
			}
		}
	}
	if r := used["long"].Seconds() / used["short"].Seconds(); r < 0.9 || r > 1.1 {
		t.Errorf("long searches had %v, short ones %v", used["long"], used["short"])
	}
}

// TestGateOwes refuses those early who make the place crowded, and not who comes beside them, however many of him come.
func TestGateOwes(t *testing.T) {
	g, place := taken(t, 10, time.Minute, "flood")
	clock := place.began
	g.now = func() time.Time { return clock }
	l := &crowd{t: t, g: g}
	for i := range crowdedWaiting {
		l.add(fmt.Sprint("flood ", i), g.Enter)
	}
	clock = clock.Add(time.Hour)
	f := func(who string, full bool, patience time.Duration) {
		t.Helper()
		if g.Full(who) != full {
			t.Errorf("full for %s: %v", who, !full)
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if d := g.patience(who, clock); d != patience {
			t.Errorf("%s waits %v, want %v", who, d, patience)
		}
	}
	f("flood", true, time.Minute/crowdedShare)
	for i := range 5 {
		f("b", false, owedTimes*time.Minute)
		l.add(fmt.Sprint("b ", i), g.Enter)
	}
	place.Leave()
	l.check("b 4", "b 3", "b 2", "b 1", "b 0", "flood 1", "flood 0")
}

// TestGateKnowsWhoShares tells a key that is alone from one that another has asked beside.
func TestGateKnowsWhoShares(t *testing.T) {
	g, place := taken(t, 10, time.Minute, "a")
	clock := place.began
	g.now = func() time.Time { return clock }
	f := func(who string, want bool) {
		t.Helper()
		if g.Shares(who) != want {
			t.Errorf("%s shares: %v", who, !want)
		}
	}
	f("a", false)
	f("b", true)
	g.Full("b")
	f("a", true)
	f("b", true)
	clock = clock.Add(besides)
	f("a", false)
	g.Full("b")
	f("a", true)
	f("b", false)
}

// TestRowsHavePlacesOfTheirOwn: rows that run keep no single search out, and single searches no row; a row waits for rows.
func TestRowsHavePlacesOfTheirOwn(t *testing.T) {
	const places = 2
	g := New(places, 4, time.Hour)
	var stays []Stay
	for i := range 2 * places {
		enter := g.EnterRow
		if i >= places {
			enter = g.Enter
		}
		s, err := enter(context.Background(), "a")
		if err != nil {
			t.Fatal(err)
		}
		stays = append(stays, s)
	}
	l := &crowd{t: t, g: g}
	l.add("a row", g.EnterRow)
	for _, s := range stays[places:] {
		s.Leave()
	}
	if _, n := g.Waiting(); n != 1 {
		t.Errorf("a row more than there are places came in: %d wait", n)
	}
	for _, s := range stays[:places] {
		s.Leave()
	}
	l.check("a row")
}

func TestGateGivesUp(t *testing.T) {
	g, place := taken(t, 4, time.Millisecond, "a")
	if _, err := g.Enter(context.Background(), "a"); !errors.Is(err, ErrBusy) {
		t.Errorf("one that waits too long: %v", err)
	}
	g.wait = time.Hour
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := g.Enter(gone, "b"); !errors.Is(err, context.Canceled) {
		t.Errorf("one whose request ends: %v", err)
	}
	row, err := g.EnterRow(context.Background(), "c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.EnterRow(gone, "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("a row whose list ends: %v", err)
	}
	row.Leave()
	place.Leave()
	(&crowd{t: t, g: g}).check()
}

// TestGateLaw sends a crowd with short patience through two places: of neither kind more run, and none is lost.
func TestGateLaw(t *testing.T) {
	const places = 2
	g := New(places, 3, 50*time.Microsecond)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var running [2]atomic.Int64
	var let, refused atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		all.Go(func() {
			for range 300 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.IntN(100))*time.Microsecond)
				enter, kind := g.Enter, 0
				if rng.IntN(4) == 0 {
					enter, kind = g.EnterRow, 1
				}
				if place, err := enter(ctx, fmt.Sprint(rng.IntN(5))); err != nil {
					refused.Add(1)
				} else {
					if let.Add(1); running[kind].Add(1) > places {
						t.Error("more run than there are places")
					}
					runtime.Gosched()
					running[kind].Add(-1)
					place.Leave()
				}
				cancel()
			}
		})
	}
	all.Wait()
	if let.Load() == 0 || refused.Load() == 0 {
		t.Errorf("%d let in, %d refused", let.Load(), refused.Load())
	}
	(&crowd{t: t, g: g}).check()
}

// TestGatePatience waits less where somebody has been waiting for longer than the wait, until nobody does.
func TestGatePatience(t *testing.T) {
	const wait = 50 * time.Millisecond
	g := New(1, 10, wait)
	begin := time.Now()
	f := func(after, want time.Duration) {
		t.Helper()
		if got := g.patience("a", begin.Add(after)); got != want {
			t.Errorf("after %v one waits %v, want %v", after, got, want)
		}
	}
	one := &line{waiting: []*waiter{{}}, since: begin}
	f(0, wait)
	g.singles = queue{lines: map[string]*line{"a": one}, length: 1}
	f(wait, wait)
	f(wait+1, wait/crowdedShare)
	f(time.Hour, wait/crowdedShare)
	g.singles = queue{lines: map[string]*line{}}
	f(time.Hour, wait)
	g.singles = queue{lines: map[string]*line{"a": one}, length: 1}
	f(time.Hour+1, wait)
}
