package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"anvesh/indexer"
)

// A Sink is what the log is read into. It keeps each partition's offset in the
// same transaction as the effect of the messages before it.
type Sink interface {
	// Next returns the offset to go on from, and the proof that was applied with it, if there was one; known is false
	// where the sink has never applied anything of the partition.
	Next(topic string, partition int) (next int64, proof indexer.Proof, known bool, err error)
	// Apply takes over a batch. Its messages are valid until Apply returns. On
	// an error the partition is read again from Next, after a pause. Batches of
	// one partition come one after the other, those of several side by side.
	Apply(ctx context.Context, b indexer.Batch) error
	// Rewind makes next the offset to go on from, and notes how many updates are known to be lost by that.
	Rewind(ctx context.Context, topic string, partition int, next, missing int64) error
}

// heartbeat is the least time between two empty batches, which carry only
// Through: four or five a second keep freshness, more would only cost.
const heartbeat = 200 * time.Millisecond

// A fault is what no retry mends: the partition stops. lost: the log lost something, of which missing updates are known,
// and Options.AcceptGap goes on from what it holds.
type fault struct {
	text    string
	lost    bool
	missing int64
}

func (f *fault) Error() string { return f.text }

// Run reads every partition of the topic of updates into sink until ctx ends,
// and then returns nil; partitions that are added meanwhile join, and a cluster
// that Connect did not find is waited for. It retries
// the errors of broker and sink for ever and shows them in Status. The only
// error it returns is ErrGap: at the start a partition that the sink does not
// know has lost its first messages, and AcceptGap is not set.
func (c *Client) Run(ctx context.Context, sink Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	c.mu.Lock()
	clear(c.parts)
	c.mu.Unlock()

	fatal := make(chan error, 1)
	reading, stopReading := context.WithCancel(ctx)
	defer stopReading()
	look := time.NewTicker(c.opts.Poll)
	defer look.Stop()
	for known, first := 0, true; ; {
		n, err := 0, c.reconnect(ctx)
		if err == nil {
			n, err = c.Partitions(ctx)
		}
		if err != nil && ctx.Err() == nil && c.Apart() == "" {
			c.opts.Logger.Warn("kafka: cannot look for partitions", "topic", c.opts.Topic, "error", err)
		}
		for ; err == nil && known < n; known++ {
			p := newPartition(c, known, first)
			c.mu.Lock()
			c.parts[known] = p
			c.mu.Unlock()
			all.Go(func() {
				if err := p.run(reading, sink); err != nil {
					select {
					case fatal <- err:
					default:
					}
				}
			})
		}
		first = first && err != nil
		if !first {
			c.stopIfRecreated(ctx, stopReading)
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-fatal:
			return err
		case <-look.C:
		}
	}
}

// stopIfRecreated stops all partitions where the topic is another than the one that was read. A broker that does not
// answer is the partitions' own affair.
func (c *Client) stopIfRecreated(ctx context.Context, stopReading func()) {
	var f *fault
	if !errors.As(c.sameTopic(ctx), &f) {
		return
	}
	stopReading()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.parts {
		p.stop(f)
	}
}

// run reads one partition until ctx ends or a fault stops it.
func (p *partition) run(ctx context.Context, sink Sink) error {
	pause := pauses{longest: p.c.opts.Backoff}
	for {
		before := p.appliedCount()
		err := p.session(ctx, sink)
		if ctx.Err() != nil {
			return nil
		}
		var f *fault
		switch {
		case errors.As(err, &f) && f.lost && p.c.opts.AcceptGap:
			if err = p.accept(ctx, sink, f); err == nil {
				continue
			}
		case errors.As(err, &f):
			p.stop(f)
			return nil
		case errors.Is(err, ErrGap):
			p.stop(&fault{text: err.Error()})
			if p.initial {
				return err
			}
			return nil
		}
		p.failed(err)
		if p.appliedCount() > before {
			pause.reset()
		}
		if pause.wait(ctx) != nil {
			return nil
		}
	}
}

// session reads from the sink's offset until something fails. What was
// fetched before a failure is applied first.
func (p *partition) session(ctx context.Context, sink Sink) error {
	at, err := p.position(ctx, sink)
	if err != nil {
		return err
	}
	next, proof := at.next, at.stored
	ctx, cancel := context.WithCancel(ctx)
	q := newQueue(p.c.opts.BatchCount, p.c.opts.BatchBytes)
	var feeding sync.WaitGroup
	defer feeding.Wait()
	defer cancel()
	feeding.Go(func() { q.close(p.feed(ctx, at.place, q)) })
	for {
		r, err := q.take(ctx)
		if err != nil {
			return err
		}
		if r.holdsMore(next, proof) {
			err = sink.Apply(ctx, indexer.Batch{
				Topic: p.c.opts.Topic, Partition: p.id, Messages: r.msgs, Next: r.next, Missing: r.missing,
				Unreadable: r.unreadable, Proof: r.proof, Before: r.before, Through: r.through,
			})
		}
		if err != nil {
			return fmt.Errorf("kafka: apply %s/%d up to offset %d: %w", p.c.opts.Topic, p.id, r.next, err)
		}
		next, proof = r.next, r.proof
		p.applied(r)
	}
}

// A beginning is where a session begins, and the proof that the sink holds.
type beginning struct {
	place
	stored indexer.Proof
}

// position asks the sink where to go on, judges a first start, and compares the log with what was read.
func (p *partition) position(ctx context.Context, sink Sink) (at beginning, err error) {
	topic := p.c.opts.Topic
	if err := p.c.sameTopic(ctx); err != nil {
		return at, err
	}
	next, proof, known, err := sink.Next(topic, p.id)
	if err != nil {
		return at, fmt.Errorf("kafka: the stored offset of %s/%d: %w", topic, p.id, err)
	}
	start, end, err := p.c.Bounds(ctx, p.id)
	if err != nil {
		return at, err
	}
	switch {
	case !known && start > 0 && !p.c.opts.AcceptGap:
		return at, fmt.Errorf("kafka: %s/%d begins at offset %d: %w: restore a backup, or give --accept-gap to go on without what is lost",
			topic, p.id, start, ErrGap)
	case !known:
		if start > 0 {
			p.c.opts.Logger.Warn("kafka: the gap at the log's start is accepted", "topic", topic, "partition", p.id, "missing", start)
		}
		next = start
	case next < start:
		return at, below(next, start)
	}
	at = beginning{place{next: next, proof: proof}, proof}
	if known {
		err = p.compare(ctx, &at.place, start)
	}
	if err == nil {
		p.opened(next, start, end)
	}
	return at, err
}

func below(next, start int64) *fault {
	return &fault{fmt.Sprintf("offset %d below log start %d: %d updates lost to retention: restore a backup, or give --accept-gap to go on without them",
		next, start, start-next), true, start - next}
}

func beyond(next, end int64) *fault {
	return &fault{text: fmt.Sprintf("offset %d beyond end %d: log recreated or lost its tail: give --accept-gap once to read it again from its start, "+
		"or restore a backup with --forget-offsets", next, end), lost: true}
}

// feed fetches from a place on into q until something fails.
func (p *partition) feed(ctx context.Context, at place, q *queue) error {
	size := p.c.opts.FetchBytes
	var beat time.Time
	for {
		if err := q.room(ctx); err != nil {
			return err
		}
		a, err := p.c.fetch(ctx, p.id, at.next, size, p.patience())
		if err == nil {
			err = p.judge(ctx, a, at.next)
		}
		if err != nil {
			p.impatient(err)
			return err
		}
		if err := p.compareIfChanged(ctx, a, &at); err != nil {
			return err
		}
		w := p.newWalker(a, at, q)
		walkErr := w.walk(ctx, a.records)
		p.seen(a, w)
		if err := p.finish(ctx, a, w, at.next, walkErr, &beat); err != nil {
			return err
		}
		if size, err = p.sized(ctx, a, size, w.next > at.next); err != nil {
			return err
		}
		at.next, at.proof = w.next, w.proof
	}
}

// finish puts the last run of an answer into the queue, with the time up to
// which the log is complete before it. It returns walkErr, the error that ended
// the answer early, if there was one.
func (p *partition) finish(ctx context.Context, a *answer, w *walker, before int64, walkErr error, beat *time.Time) error {
	if w.next == before && len(w.run.msgs) == 0 && (walkErr != nil || time.Since(*beat) < heartbeat) {
		return walkErr
	}
	*beat = time.Now()
	// A batch that broke in its middle leaves messages beyond w.next.
	w.run.next = max(w.next, w.run.next)
	w.run.prove(w.proof)
	// Not a.stable: behind an open transaction other messages may wait.
	if walkErr == nil && w.next >= a.high {
		w.run.through = a.sent
	}
	if err := w.q.put(ctx, w.run); err != nil {
		return err
	}
	return walkErr
}

// sized returns how much to ask for next. An answer without progress is either
// empty, after the broker has waited, or a first batch that was cut off.
func (p *partition) sized(ctx context.Context, a *answer, size int, moved bool) (int, error) {
	o := &p.c.opts
	switch {
	case moved:
		return o.FetchBytes, nil
	case len(a.records) == 0:
		if time.Since(a.sent) < o.MaxWait/4 { // the broker did not wait: do it here
			return size, sleep(ctx, o.MaxWait/10)
		}
		return size, nil
	case size*2 > maxAnswer:
		return size, fmt.Errorf("kafka: %s/%d: the broker sends the same %d bytes again and again", o.Topic, p.id, len(a.records))
	}
	return size * 2, nil
}

// judge looks at what the broker says beside the records.
func (p *partition) judge(ctx context.Context, a *answer, next int64) error {
	switch {
	case a.code == kafkago.OffsetOutOfRange:
		start, end, err := p.c.Bounds(ctx, p.id)
		switch {
		case err != nil:
			return err
		case next < start:
			return below(next, start)
		case next > end:
			return beyond(next, end)
		}
		return a.code
	case a.code != 0:
		return fmt.Errorf("kafka: fetch from %s/%d: %w", p.c.opts.Topic, p.id, a.code)
	case a.start > next:
		return below(next, a.start)
	case next > a.high:
		return p.ahead(next, a.high)
	}
	return nil
}
