package kafka

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sort"
	"strings"

	"github.com/segmentio/kafka-go/protocol/fetch"

	"anvesh/indexer"
)

// rejectHead is how much of an unreadable batch goes to the dead letters.
const rejectHead = 4 << 10

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
	missing int64 // offsets above the log's start that no batch covers
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
		if err := w.q.put(ctx, w.run); err != nil {
			return err
		}
		w.run = run{}
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
	reached := max(w.next, b.base)
	err := b.each(&w.p.c.codecs, func(m indexer.Message) error {
		if m.Offset < w.next {
			return nil
		}
		reached = m.Offset + 1
		return w.emit(ctx, m)
	})
	if errors.Is(err, errDecode) {
		return w.unreadable(ctx, b, reached, err)
	}
	return err
}

// emit adds a message to the run, and puts the run into the queue when a
// batch can take no more.
func (w *walker) emit(ctx context.Context, m indexer.Message) error {
	o := &w.p.c.opts
	size := len(m.Key) + len(m.Value)
	if n := len(w.run.msgs); n > 0 && (n >= o.BatchCount || w.run.bytes+size > o.BatchBytes) {
		if err := w.q.put(ctx, w.run); err != nil {
			return err
		}
		w.run = run{}
	}
	w.run.add(m)
	w.run.proof = w.proof
	return nil
}

// unreadable sends a batch that no reader can decode to the dead letters, as
// one letter for all its messages from offset on. The broker took it with a
// right checksum, so asking again would bring the same.
func (w *walker) unreadable(ctx context.Context, b *recordBatch, offset int64, cause error) error {
	sum := sha256.Sum256(b.raw)
	r := indexer.Rejection{
		Reason:    cause.Error(),
		Topic:     w.p.c.opts.Topic,
		Partition: w.p.id,
		Offset:    offset,
		Size:      len(b.raw),
		SHA256:    hex.EncodeToString(sum[:]),
		Head:      strings.ToValidUTF8(string(b.raw[:min(rejectHead, len(b.raw))]), "\uFFFD"),
	}
	w.p.c.opts.Logger.Error("kafka: messages lost to a malformed record batch, see the dead letters",
		"topic", r.Topic, "partition", r.Partition, "offset", offset, "messages", b.end-offset, "error", cause)
	if err := w.p.c.Reject(ctx, []indexer.Rejection{r}); err != nil {
		return err
	}
	w.p.countUnreadable(b.end - offset)
	w.run.unreadable += b.end - offset
	return nil
}
