package web

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

// line makes numbered searches and rows wait at a gate and tells in which order they are let in and refused.
type line struct {
	t    *testing.T
	g    *gate
	mu   sync.Mutex
	said []string
	all  sync.WaitGroup
}

func (l *line) note(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, s)
}

// add sends one to the gate and returns when it waits, runs or is refused. What is let in leaves at once.
func (l *line) add(name string, enter func(context.Context) error) {
	l.t.Helper()
	before, rowsBefore := l.g.waiting()
	l.mu.Lock()
	said := len(l.said)
	l.mu.Unlock()
	l.all.Go(func() {
		if err := enter(context.Background()); err != nil {
			l.note(name + " refused")
			return
		}
		l.note(name)
		l.g.leave()
	})
	until(l.t, name+" is seen", func() bool {
		n, rows := l.g.waiting()
		l.mu.Lock()
		defer l.mu.Unlock()
		return n+rows > before+rowsBefore || len(l.said) > said
	})
}

func (l *line) check(want ...string) {
	l.t.Helper()
	l.all.Wait()
	if !slices.Equal(l.said, want) {
		l.t.Errorf("order %q, want %q", l.said, want)
	}
	l.g.mu.Lock()
	defer l.g.mu.Unlock()
	if l.g.free != 1 || len(l.g.singles)+len(l.g.rows) > 0 {
		l.t.Errorf("at the end %d places are free, %d and %d wait", l.g.free, len(l.g.singles), len(l.g.rows))
	}
}

// TestGateOrder fills the stack while the only place is taken: the oldest is pushed out, the newest comes first.
func TestGateOrder(t *testing.T) {
	g := newGate(1, 2, time.Hour)
	if err := g.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, g: g}
	l.add("1", g.enter)
	l.add("2", g.enter)
	l.add("row", g.enterRow)
	l.add("3", g.enter)
	g.leave()
	l.check("1 refused", "3", "2", "row")
}

// TestGateShares lets rows pass between searches, one of so many.
func TestGateShares(t *testing.T) {
	g := newGate(1, 100, time.Hour)
	if err := g.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, g: g}
	l.add("row 1", g.enterRow)
	l.add("row 2", g.enterRow)
	for i := range 2 * rowShare {
		l.add(fmt.Sprint(i), g.enter)
	}
	g.leave()
	l.all.Wait()
	if at, second := slices.Index(l.said, "row 1"), slices.Index(l.said, "row 2"); at != rowShare-1 || second != 2*rowShare-1 {
		t.Errorf("rows came at %d and %d of %q", at, second, l.said)
	}
}

func TestGateGivesUp(t *testing.T) {
	g := newGate(1, 4, time.Millisecond)
	if err := g.enter(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := g.enter(context.Background()); !errors.Is(err, errBusy) {
		t.Errorf("one that waits too long: %v", err)
	}
	g.wait = time.Hour
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.enter(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("one whose request ends: %v", err)
	}
	if err := g.enterRow(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("a row whose list ends: %v", err)
	}
	g.leave()
	(&line{t: t, g: g}).check()
}

// TestGateLaw sends a crowd with short patience through two places: never more run, and none is lost.
func TestGateLaw(t *testing.T) {
	const places = 2
	g := newGate(places, 3, 50*time.Microsecond)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var running, let, refused atomic.Int64
	var all sync.WaitGroup
	for i := range 40 {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		all.Go(func() {
			for range 300 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.IntN(100))*time.Microsecond)
				enter := g.enter
				if rng.IntN(4) == 0 {
					enter = g.enterRow
				}
				if enter(ctx) != nil {
					refused.Add(1)
				} else {
					if let.Add(1); running.Add(1) > places {
						t.Error("more run than there are places")
					}
					runtime.Gosched()
					running.Add(-1)
					g.leave()
				}
				cancel()
			}
		})
	}
	all.Wait()
	if let.Load() == 0 || refused.Load() == 0 || g.free != places || len(g.singles)+len(g.rows) > 0 {
		t.Errorf("%d let in, %d refused, %d places free, %d and %d wait", let.Load(), refused.Load(), g.free, len(g.singles), len(g.rows))
	}
}

// TestOverload asks over HTTP while the only place is taken: one waits and is answered, the one before it is told to
// come again, and one that waits for freshness takes no place.
func TestOverload(t *testing.T) {
	s := serve(t, func(o *Options) { o.Places, o.MaxWaiting, o.WaitTime = 1, 1, time.Hour })
	ask := func(name string) chan reply {
		answer := make(chan reply, 1)
		go func() { answer <- s.do("POST", "/v1/persons/search", `{"name":"`+name+`","reason":"DD 1"}`) }()
		return answer
	}
	first := ask("wait")
	<-s.engine.began
	second := ask("second")
	until(t, "the second waits", func() bool { n, _ := s.server.gate.waiting(); return n == 1 })
	third := ask("third")
	r := <-second
	if r.StatusCode != 503 || r.problem(t).Code != "overloaded" || r.Header.Get("Retry-After") == "" {
		t.Fatalf("the second: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("POST", "/v1/persons/search", `{"name":"x","at_least":"9:9","reason":"DD 1"}`); r.StatusCode != 409 {
		t.Fatalf("one that waits for freshness: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("GET", "/metrics", ""); !strings.Contains(r.text, "anvesh_http_searches_refused_total 1\n") ||
		!strings.Contains(r.text, `anvesh_http_waiting{what="search"} 1`+"\n") {
		t.Fatalf("metrics:\n%s", r.text)
	}
	close(s.engine.wait)
	for i, answer := range []chan reply{first, third} {
		if r := <-answer; r.StatusCode != 200 {
			t.Fatalf("answer %d: %d %s", i, r.StatusCode, r.text)
		}
	}
}

// TestListGivesWay runs a list while the only place is taken; it goes on once the place is free, and refuses rows that
// ask for more freshness than there is.
func TestListGivesWay(t *testing.T) {
	s := serve(t, func(o *Options) { o.Places = 1 })
	first := make(chan reply, 1)
	go func() { first <- s.do("POST", "/v1/persons/search", `{"name":"wait","reason":"DD 1"}`) }()
	<-s.engine.began
	done := make(chan []map[string]any, 1)
	go func() {
		_, rows := s.list("/v1/persons/match?reason=DD+1", ndjson, `{"name":"x"}`+"\n"+strings.Repeat(`{"name":"y","at_least":"9:9"}`+"\n", 3))
		done <- rows
	}()
	until(t, "the row waits", func() bool { _, n := s.server.gate.waiting(); return n == 1 })
	close(s.engine.wait)
	if r := <-first; r.StatusCode != 200 {
		t.Fatalf("the single search: %d", r.StatusCode)
	}
	rows := <-done
	if len(rows) != 4 || rows[0]["error"] != nil || rows[1]["error"].(map[string]any)["code"] != "not_fresh" {
		t.Fatalf("rows %v", rows)
	}
	if code := rows[3]["error"].(map[string]any)["code"]; code != "not_fresh" || s.engine.waited != 1 {
		t.Fatalf("the last row: %v; %d rows waited for what is not there", code, s.engine.waited)
	}
}

// TestGatePatience waits less where somebody has been waiting for longer than the wait, until nobody does.
func TestGatePatience(t *testing.T) {
	const wait = 50 * time.Millisecond
	g := newGate(1, 10, wait)
	begin := time.Now()
	f := func(after, want time.Duration) {
		t.Helper()
		if got := g.patience(begin.Add(after)); got != want {
			t.Errorf("after %v one waits %v, want %v", after, got, want)
		}
	}
	f(0, wait)
	g.singles = append(g.singles, &waiter{turn: make(chan bool, 1)})
	f(wait, wait)
	f(wait+1, wait/crowdedShare)
	f(time.Hour, wait/crowdedShare)
	g.singles = nil
	f(time.Hour, wait)
	g.singles = append(g.singles, &waiter{turn: make(chan bool, 1)})
	f(time.Hour+1, wait)
}
