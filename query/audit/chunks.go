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
	open *Chunk // that gathers
}

// A Chunk is rows that are written together.
type Chunk struct {
	event Event
	done  chan struct{}
	err   error
}

// Durable is closed once it is known whether the rows may leave.
func (in *Chunk) Durable() <-chan struct{} { return in.done }

// Err waits for that, and is nil where they may; else it is an error of Log.Append.
func (in *Chunk) Err() error {
	<-in.done
	return in.err
}

// NewChunks gathers the rows of one list.
func NewChunks(to Appender) *Chunks {
	return &Chunks{to: to, after: func(d time.Duration, f func()) { time.AfterFunc(d, f) }}
}

// Add puts the rows of an event into a chunk; the rest of the event is the same for all rows of a list.
func (c *Chunks) Add(ev *Event) *Chunk {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.open
	if in == nil {
		in = &Chunk{event: *ev, done: make(chan struct{})}
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
func (c *Chunks) write(in *Chunk) {
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
func (in *Chunk) write(to Appender) {
	in.err = to.Append(context.Background(), &in.event)
	close(in.done)
}
