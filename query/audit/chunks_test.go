package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

// appended keeps events.
type appended struct {
	mu     sync.Mutex
	events []Event
	err    error
}

func (a *appended) Append(_ context.Context, ev *Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events = append(a.events, *ev)
	return a.err
}

// TestChunks: the rows of a list are written together, when there are a thousand or when the first has waited; each row hears
// what became of its chunk, and is in one.
func TestChunks(t *testing.T) {
	to := &appended{}
	c := NewChunks(to)
	var timers []func()
	c.after = func(d time.Duration, f func()) {
		if d != chunkTime {
			t.Errorf("a chunk waits %v", d)
		}
		timers = append(timers, f)
	}
	var group sync.WaitGroup
	add := func(n int, want error) {
		for i := range n {
			ev := search(fmt.Sprint("row ", i))
			in := c.Add(ev)
			group.Go(func() {
				<-in.Durable()
				if err := in.Err(); !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
			})
		}
	}
	add(1001, nil)
	if len(timers) != 2 {
		t.Fatalf("%d chunks", len(timers))
	}
	timers[0]() // that of the full one, which is written already
	timers[1]()
	group.Wait()
	if len(to.events) != 2 || len(to.events[0].Rows)+len(to.events[1].Rows) != 1001 || to.events[0].Kind != KindList {
		t.Fatalf("%d events", len(to.events))
	}
	to.err = ErrNotWritten
	add(3, ErrNotWritten)
	timers[2]()
	group.Wait()
}
