package kafka

import (
	"context"
	"fmt"
	"io"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
	"github.com/twmb/franz-go/pkg/kmsg"

	"anvesh/indexer"
)

// A log that lost its end and grew again past our offset looks like the one that was read. What tells them apart is the
// record batch that was read last: it is fetched again and compared (indexer.Compare) when a partition begins to be read,
// once after every connection that was made since, where another broker answers, and before batches of another leader
// epoch are taken.

// A place is where the reading of a partition goes on.
type place struct {
	next  int64
	proof indexer.Proof
	// When the log was compared last: how many connections had been made, and which broker led.
	dials  int64
	leader string
}

// lookBytes is how much is asked for to see one batch. A broker sends a first batch whole, however large it is.
const lookBytes = 64 << 10

// proof is what is kept of a batch.
func (b *recordBatch) proof() indexer.Proof {
	return indexer.Proof{Epoch: b.epoch, Base: b.base, End: b.end, CRC: b.crc}
}

// compareIfChanged compares the log again where an answer gives reason to.
func (p *partition) compareIfChanged(ctx context.Context, a *answer, at *place) error {
	b, _, ok, err := nextBatch(a.records)
	if at.leader == "" {
		at.leader = a.from
	}
	if at.dials == p.c.dials.Load() && at.leader == a.from && (err != nil || !ok || !indexer.Doubtful(at.proof, b.epoch)) {
		return nil
	}
	err = p.compare(ctx, at, a.start)
	at.leader = a.from
	return err
}

// compare returns a fault where the log is not the one of which at.proof was kept. Where none was kept, it is that of the
// batch before at.next from here on, since nothing tells more. start is where the log begins.
func (p *partition) compare(ctx context.Context, at *place, start int64) error {
	dials := p.c.dials.Load()
	l, err := p.look(ctx, at, start)
	if err != nil {
		return err
	}
	verdict := indexer.Compare(at.proof, at.next, l)
	if verdict == indexer.Untold && at.proof != (indexer.Proof{}) {
		if l.EpochEnd, err = p.c.epochEnd(ctx, p.id, at.proof.Epoch); err != nil {
			return err
		}
		verdict = indexer.Compare(at.proof, at.next, l)
	}
	switch {
	case verdict == indexer.Other:
		return &fault{text: indexer.Contradiction(at.proof, at.next, l), lost: true}
	case verdict == indexer.Same:
	case at.proof == indexer.Proof{} && l.Batch.Base < at.next && l.Batch.End >= at.next:
		at.proof = l.Batch
	case at.proof != indexer.Proof{}:
		p.unproved(at.next, start)
	}
	at.dials = dials
	return nil
}

// look asks the log for the batch of the proof, or without one for that before at.next.
func (p *partition) look(ctx context.Context, at *place, start int64) (indexer.Look, error) {
	l := indexer.Look{End: at.next, EpochEnd: -1}
	from, to := at.proof.Base, at.proof.End
	if at.proof == (indexer.Proof{}) {
		from, to = at.next-1, at.next
	}
	if from = max(from, start); from >= to {
		return l, nil
	}
	for size := lookBytes; size <= maxAnswer; size *= 2 {
		a, err := p.judged(ctx, from, at.next, size)
		if err != nil {
			p.impatient(err)
			return l, err
		}
		b, _, ok, err := nextBatch(a.records)
		switch {
		case err != nil:
			return l, err
		case ok:
			l.End, l.Batch, l.Records = a.high, b.proof(), b.recordCount
			return l, b.whole()
		case len(a.records) == 0 && a.stable > from:
			return l, nil
		case len(a.records) == 0:
			return l, fmt.Errorf("kafka: %s/%d: the leader does not show the batch at offset %d yet, which was read before", p.c.opts.Topic, p.id, from)
		}
	}
	return l, fmt.Errorf("kafka: %s/%d: the broker does not send the batch at offset %d whole", p.c.opts.Topic, p.id, from)
}

// judged fetches at from, where reading goes on at next. The error of a log that ends before next is that of a fetch
// there: its leader knows whether it lags behind or has less.
func (p *partition) judged(ctx context.Context, from, next int64, size int) (*answer, error) {
	a, err := p.c.fetch(ctx, p.id, from, size, p.patience())
	if err != nil {
		return nil, err
	}
	if a.code == 0 && a.high < next {
		there, err := p.c.fetch(ctx, p.id, next, size, p.patience())
		if err == nil {
			err = p.judge(ctx, there, next)
		}
		if err == nil {
			err = fmt.Errorf("kafka: %s/%d: the log ended at offset %d before %d a moment ago", p.c.opts.Topic, p.id, a.high, next)
		}
		return nil, err
	}
	return a, p.judge(ctx, a, next)
}

// accept goes on after a fault by which the log lost something, from the start of what it holds: what is applied again
// changes nothing, and what was missed is applied.
func (p *partition) accept(ctx context.Context, sink Sink, f *fault) error {
	start, _, err := p.c.Bounds(ctx, p.id)
	if err != nil {
		return err
	}
	if err := sink.Rewind(ctx, p.c.opts.Topic, p.id, start, f.missing); err != nil {
		return fmt.Errorf("kafka: go back to offset %d of %s/%d: %w", start, p.c.opts.Topic, p.id, err)
	}
	p.c.opts.Logger.Warn("kafka: what the log lost is accepted, and it is read from its start",
		"topic", p.c.opts.Topic, "partition", p.id, "from", start, "fault", f.text)
	return nil
}

// epochVersion is of the question for a leader epoch's end: the first that a consumer may ask (Kafka 2.3).
const epochVersion = 3

// epochCall asks a partition's leader where a leader epoch ended. A value serves one call.
type epochCall struct {
	topic, clientID string
	partition       int
	epoch           int32
}

// epochEndAnswer is the offset after the epoch's last message, -1 where the broker does not say.
type epochEndAnswer struct {
	end  int64
	code kafkago.Error
}

var (
	_ protocol.BrokerMessage = (*epochCall)(nil)
	_ protocol.RawExchanger  = (*epochCall)(nil)
)

// ApiKey says that it is a question for a leader epoch.
func (*epochCall) ApiKey() protocol.ApiKey { return protocol.OffsetForLeaderEpoch }

// ApiKey says that it answers one.
func (*epochEndAnswer) ApiKey() protocol.ApiKey { return protocol.OffsetForLeaderEpoch }

// Broker is the partition's leader, as for a fetch.
func (e *epochCall) Broker(cluster protocol.Cluster) (protocol.Broker, error) {
	r := fetch.Request{Topics: []fetch.RequestTopic{{Topic: e.topic, Partitions: []fetch.RequestPartition{{Partition: int32(e.partition)}}}}}
	return r.Broker(cluster)
}

// Required always asks for the raw connection.
func (*epochCall) Required(map[protocol.ApiKey]int16) bool { return true }

// RawExchange asks the broker what it can do, and then for the epoch.
func (e *epochCall) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	able, err := ableTo(rw, e.clientID, protocol.OffsetForLeaderEpoch, epochVersion)
	if err != nil || !able {
		return &epochEndAnswer{end: -1}, err
	}
	ask := kmsg.NewPtrOffsetForLeaderEpochRequest()
	ask.Version = epochVersion
	part := kmsg.NewOffsetForLeaderEpochRequestTopicPartition()
	part.Partition, part.LeaderEpoch = int32(e.partition), e.epoch
	ask.Topics = []kmsg.OffsetForLeaderEpochRequestTopic{{Topic: e.topic, Partitions: []kmsg.OffsetForLeaderEpochRequestTopicPartition{part}}}
	told := kmsg.NewPtrOffsetForLeaderEpochResponse()
	if err := exchange(rw, e.clientID, ask, told); err != nil {
		return nil, err
	}
	for _, t := range told.Topics {
		for _, p := range t.Partitions {
			return &epochEndAnswer{end: p.EndOffset, code: kafkago.Error(p.ErrorCode)}, nil
		}
	}
	return &epochEndAnswer{end: -1}, nil
}

// epochEnd returns the offset at which a leader epoch ended in a partition, -1 where the broker does not say.
func (c *Client) epochEnd(ctx context.Context, partition int, epoch int32) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	m, err := c.trip.RoundTrip(ctx, c.addr, &epochCall{topic: c.opts.Topic, clientID: c.opts.ClientID, partition: partition, epoch: epoch})
	if err != nil {
		return -1, fmt.Errorf("kafka: the end of leader epoch %d in %s/%d: %w", epoch, c.opts.Topic, partition, err)
	}
	a, ok := m.(*epochEndAnswer)
	switch {
	case !ok:
		return -1, nil
	case a.code != 0 && a.code.Temporary():
		return -1, fmt.Errorf("kafka: the end of leader epoch %d in %s/%d: %w", epoch, c.opts.Topic, partition, a.code)
	case a.code != 0:
		return -1, nil
	}
	return a.end, nil
}
