package audit

import (
	"context"
	"sync"
	"time"
)

// A chunk of a list is written when it has as many rows, or when its first has waited so long: rows come one by one, some
// hundred a second, and a sync for each would be the slower part of most lists.
const (
	chunkRows = 1000
	chunkTime = 20 * time.Millisecond
)

// Appender is what a Log does for a list.
type Appender interface {
	Append(ctx context.Context, ev *Event) error
}

// Chunks writes the rows of one list, several to an entry. A row may leave once its chunk is durable.
type Chunks struct {
	to    Appender
	after func(time.Duration, func()) // as time.AfterFunc

	mu   sync.Mutex
	open *chunk // that gathers
}

type chunk struct {
	event Event
	done  chan struct{}
	err   error
}

// NewChunks gathers the rows of one list.
func NewChunks(to Appender) *Chunks {
	return &Chunks{to: to, after: func(d time.Duration, f func()) { time.AfterFunc(d, f) }}
}

// Append puts the rows of an event into a chunk and returns once that is durable; the rest of the event is the same for all
// rows of a list. Errors are those of Log.Append.
func (c *Chunks) Append(ctx context.Context, ev *Event) error {
	in := c.join(ev)
	select {
	case <-in.done:
		return in.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Chunks) join(ev *Event) *chunk {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.open
	if in == nil {
		in = &chunk{event: *ev, done: make(chan struct{})}
		in.event.Kind, in.event.Rows = KindList, nil
		c.open = in
		c.after(chunkTime, func() { c.write(in) })
	}
	if in.event.Rows = append(in.event.Rows, ev.Rows...); len(in.event.Rows) >= chunkRows {
		c.open = nil
		go in.write(c.to)
	}
	return in
}

// write writes a chunk whose time has come, unless it was full before.
func (c *Chunks) write(in *chunk) {
	c.mu.Lock()
	mine := c.open == in
	if mine {
		c.open = nil
	}
	c.mu.Unlock()
	if mine {
		in.write(c.to)
	}
}

// write is not bound to any row's context: the others of the chunk wait too.
func (in *chunk) write(to Appender) {
	in.err = to.Append(context.Background(), &in.event)
	close(in.done)
}
