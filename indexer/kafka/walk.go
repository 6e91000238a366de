package kafka

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/segmentio/kafka-go/protocol/fetch"

	"anvesh/indexer"
)

const (
	rejectHead = 4 << 10 // how much of an unreadable batch or record goes to the dead letters
	maxLetters = 100     // of single records of one batch: a batch of a million would bring more than the dead letters hold
)

// A walker takes one answer apart, batch by batch, into runs for the queue. Its
// rules are those of Kafka's own consumer for committed reads:
//
//   - the end of a batch comes from its header, so a batch whose last records
//     compaction took away, or that it emptied, is passed;
//   - a control batch is passed; an abort ends what its producer had aborted;
//   - a transactional batch is dropped while its producer stands in the
//     answer's list of aborted transactions that began before the batch's end.
type walker struct {
	p       *partition
	q       *queue
	run     run
	next    int64 // first offset that is not passed yet
	proof   indexer.Proof
	aborted []fetch.ResponseTransaction
	active  map[int64]bool
	missing int64               // offsets above the log's start that no batch covers
	letters []indexer.Rejection // that wait: of lost messages before the offset reached
	lost    int64
	reached int64
}

func (p *partition) newWalker(a *answer, at place, q *queue) *walker {
	w := &walker{p: p, q: q, next: at.next, proof: at.proof, aborted: a.aborted}
	if len(a.aborted) > 0 {
		w.active = make(map[int64]bool)
		sort.Slice(w.aborted, func(i, j int) bool { return w.aborted[i].FirstOffset < w.aborted[j].FirstOffset })
	}
	return w
}

// walk puts what the record batches hold into the queue, all but the last run,
// which it leaves in w.run.
func (w *walker) walk(ctx context.Context, records []byte) error {
	for len(records) > 0 {
		b, rest, ok, err := nextBatch(records)
		if err != nil || !ok {
			return err
		}
		if err := b.whole(); err != nil {
			return err
		}
		records = rest
		if b.end <= w.next {
			continue
		}
		if b.base > w.next {
			if err := w.gap(ctx, b.base-w.next); err != nil {
				return err
			}
		}
		w.proof = b.proof()
		if err := w.batch(ctx, &b); err != nil {
			return err
		}
		w.next = b.end
	}
	return nil
}

// gap notes offsets that no batch covers. They belong to the run behind them, so that they are counted once, in the
// transaction that moves the offset over them.
func (w *walker) gap(ctx context.Context, missing int64) error {
	if len(w.run.msgs) > 0 {
		w.run.next = w.next
		if err := w.put(ctx); err != nil {
			return err
		}
	}
	w.missing += missing
	w.run.missing += missing
	return nil
}

func (w *walker) batch(ctx context.Context, b *recordBatch) error {
	for len(w.aborted) > 0 && w.aborted[0].FirstOffset < b.end {
		w.active[w.aborted[0].ProducerID] = true
		w.aborted = w.aborted[1:]
	}
	switch {
	case b.control():
		kind, err := b.controlType(&w.p.c.codecs)
		if kind == 0 {
			delete(w.active, b.producer)
		}
		return err
	case b.transactional() && w.active[b.producer]:
		return nil
	}
	reached, letters := max(w.next, b.base), 0
	err := b.each(&w.p.c.codecs, func(m indexer.Message) error {
		if m.Offset < w.next {
			return nil
		}
		reached = m.Offset + 1
		return w.emit(ctx, m)
	}, func(r *badRecord) error {
		if r.offset >= w.next {
			reached = r.offset + 1
			if letters++; letters == maxLetters { // the last stands for all that follow
				r.cause = fmt.Errorf("more than %d records of the batch cannot be read: this one and others behind it", maxLetters-1)
			}
			w.refuse(r.cause, r.offset, reached, int(r.size), r.sum, r.head, letters <= maxLetters)
		}
		return nil
	})
	if errors.Is(err, errDecode) {
		w.refuse(err, reached, b.end, len(b.raw), sha256.Sum256(b.raw), b.raw, true)
		err = nil
	}
	if err != nil {
		return err
	}
	return w.send(ctx)
}

// emit adds a message to the run, and puts the run into the queue when a
// batch can take no more.
func (w *walker) emit(ctx context.Context, m indexer.Message) error {
	o := &w.p.c.opts
	size := len(m.Key) + len(m.Value)
	if n := len(w.run.msgs); n > 0 && (n >= o.BatchCount || w.run.bytes+size > o.BatchBytes) {
		if err := w.put(ctx); err != nil {
			return err
		}
	}
	if err := w.send(ctx); err != nil {
		return err
	}
	w.run.add(m)
	w.run.prove(w.proof)
	return nil
}

// put hands the run over, after the letters of what it passes.
func (w *walker) put(ctx context.Context) error {
	if err := w.send(ctx); err != nil {
		return err
	}
	r := w.run
	w.run = run{}
	return w.q.put(ctx, r)
}

// refuse notes what cannot be read from offset up to end: one record, or all that a batch still holds; a letter says so.
// The broker took the batch with a right checksum, so asking again would bring the same.
func (w *walker) refuse(cause error, offset, end int64, size int, sum [sha256.Size]byte, head []byte, letter bool) {
	w.lost += end - offset
	w.reached = end
	if !letter {
		return
	}
	r := indexer.Rejection{
		Reason:    cause.Error(),
		Topic:     w.p.c.opts.Topic,
		Partition: w.p.id,
		Offset:    offset,
		Size:      size,
		SHA256:    hex.EncodeToString(sum[:]),
		Head:      strings.ToValidUTF8(string(head[:min(rejectHead, len(head))]), "\uFFFD"),
	}
	if len(w.letters) == 0 {
		w.p.c.opts.Logger.Error("kafka: messages lost to a malformed record batch, see the dead letters",
			"topic", r.Topic, "partition", r.Partition, "offset", offset, "messages", end-offset, "error", cause)
	}
	w.letters = append(w.letters, r)
}

// send publishes the letters that wait, and moves the run over what they are about. Where they are refused, nothing is
// put behind them, and all is read again.
func (w *walker) send(ctx context.Context) error {
	if w.lost == 0 {
		return nil
	}
	if len(w.letters) > 0 {
		if err := w.p.c.Reject(ctx, w.letters); err != nil {
			return err
		}
	}
	w.p.countUnreadable(w.lost)
	w.run.unreadable += w.lost
	w.run.next = max(w.run.next, w.reached)
	w.run.prove(w.proof)
	w.letters, w.lost = nil, 0
	return nil
}
