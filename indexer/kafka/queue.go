package kafka

import (
	"context"
	"sync"
	"time"

	"anvesh/indexer"
)

// A run is a piece of a partition on its way from the fetcher to the sink: no
// larger than a Batch may be.
type run struct {
	msgs    []indexer.Message
	bytes   int
	next    int64
	missing int64
	// unreadable messages stand before next, and the batch of proof was read last before it.
	unreadable int64
	proof      indexer.Proof
	before     []indexer.Proof // that of batches before
	through    time.Time
}

// holdsMore tells whether there is more in the run than that reading has come to next.
func (r *run) holdsMore(next int64, proof indexer.Proof) bool {
	return len(r.msgs) > 0 || r.next != next || r.proof != proof || r.unreadable > 0 || !r.through.IsZero()
}

// prove notes that the run comes from one record batch more.
func (r *run) prove(p indexer.Proof) {
	if r.proof != p && r.proof != (indexer.Proof{}) {
		r.before = append(r.before, r.proof)
	}
	r.proof = p
}

func (r *run) add(m indexer.Message) {
	r.msgs = append(r.msgs, m)
	r.bytes += len(m.Key) + len(m.Value)
	r.next = m.Offset + 1
}

// A queue lets the next fetch go on while a batch is applied: runs pile up in
// it until they make a full batch, and what has piled up is handed over as one.
type queue struct {
	maxCount, maxBytes int

	mu    sync.Mutex
	runs  []run
	count int
	bytes int
	err   error
	// full and empty hold a token when the reader or the writer should look again.
	full, empty chan struct{}
}

func newQueue(maxCount, maxBytes int) *queue {
	return &queue{maxCount: maxCount, maxBytes: maxBytes, full: make(chan struct{}, 1), empty: make(chan struct{}, 1)}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// fits tells whether a batch of so much can take r too.
func (q *queue) fits(count, bytes int, r *run) bool {
	return count == 0 || count+len(r.msgs) <= q.maxCount && bytes+r.bytes <= q.maxBytes
}

// room waits until less than a full batch is waiting.
func (q *queue) room(ctx context.Context) error {
	for {
		q.mu.Lock()
		ok := q.count < q.maxCount && q.bytes < q.maxBytes
		q.mu.Unlock()
		if ok {
			return ctx.Err()
		}
		select {
		case <-q.empty:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// put waits for room and adds a run.
func (q *queue) put(ctx context.Context, r run) error {
	if err := q.room(ctx); err != nil {
		return err
	}
	q.mu.Lock()
	q.runs = append(q.runs, r)
	q.count += len(r.msgs)
	q.bytes += r.bytes
	q.mu.Unlock()
	signal(q.full)
	return nil
}

// close ends the queue: take returns err once what was put is taken.
func (q *queue) close(err error) {
	q.mu.Lock()
	q.err = err
	q.mu.Unlock()
	signal(q.full)
}

// take waits for a run and returns as many as fit a batch, as one.
func (q *queue) take(ctx context.Context) (run, error) {
	for {
		q.mu.Lock()
		if len(q.runs) > 0 {
			r := q.merge()
			q.mu.Unlock()
			signal(q.empty)
			return r, ctx.Err()
		}
		err := q.err
		q.mu.Unlock()
		if err != nil {
			return run{}, err
		}
		select {
		case <-q.full:
		case <-ctx.Done():
			return run{}, ctx.Err()
		}
	}
}

func (q *queue) merge() run {
	r := q.runs[0]
	n := 1
	for ; n < len(q.runs) && q.fits(len(r.msgs), r.bytes, &q.runs[n]); n++ {
		more := &q.runs[n]
		r.msgs = append(r.msgs, more.msgs...)
		r.bytes += more.bytes
		r.next = more.next
		r.missing += more.missing
		r.unreadable += more.unreadable
		for _, p := range more.before {
			r.prove(p)
		}
		r.prove(more.proof)
		if !more.through.IsZero() {
			r.through = more.through
		}
	}
	q.count -= len(r.msgs)
	q.bytes -= r.bytes
	q.runs = append(q.runs[:0:0], q.runs[n:]...)
	return r
}
