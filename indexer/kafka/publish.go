package kafka

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"anvesh/indexer"
)

// A Message is one message to publish. A nil Value is a null (a withdrawal); an
// empty one is not. The bytes are read only.
type Message struct {
	Key, Value []byte
}

const (
	// produceCount and produceBytes bound a request: large enough that the
	// broker's one fsync a request is shared, small enough to be quick.
	produceCount = 1000
	produceBytes = 1 << 20
	// produceTries: how often a request is sent before its error is given back; with the pauses between them about
	// Options.Backoff times 55, almost three minutes (Kafka's own producers give up after two): three brokers on a busy
	// machine took more than one to find a leader after a kill. Where the broker's disk is full, fullTries are enough.
	produceTries = 60
	fullTries    = 10
	// recordOverhead is an upper bound of what a batch of one adds to its key
	// and value: 61 bytes of batch header and 7 varints.
	recordOverhead = 61 + 7*5
)

// size is what the message takes in a batch, at most.
func (m Message) size() int { return len(m.Key) + len(m.Value) + recordOverhead }

// Publish appends messages to the topic of updates, each to the partition that
// kcat and librdkafka choose for its key, and returns once all replicas hold
// them. The map is the offset after the last one, for each partition written
// to; it is filled for what was acknowledged even where an error is returned
// beside it. Messages of one key keep their order. A request whose answer was
// lost is sent again, so a message may stand in the log twice.
func (c *Client) Publish(ctx context.Context, msgs []Message) (map[int]int64, error) {
	return c.publish(ctx, c.opts.Topic, msgs)
}

// Reject publishes dead letters and returns once they are acknowledged. Their
// key is topic/partition/offset of the message at fault, so that a repeat after
// a crash can be told.
func (c *Client) Reject(ctx context.Context, rs []indexer.Rejection) error {
	msgs := make([]Message, len(rs))
	for i, r := range rs {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("kafka: encode a dead letter: %w", err)
		}
		key := r.Topic + "/" + strconv.Itoa(r.Partition) + "/" + strconv.FormatInt(r.Offset, 10)
		msgs[i] = Message{Key: []byte(key), Value: bytes.TrimRight(b.Bytes(), "\n")}
	}
	_, err := c.publish(ctx, c.opts.Rejected, msgs)
	return err
}

func (c *Client) publish(ctx context.Context, topic string, msgs []Message) (map[int]int64, error) {
	for i, m := range msgs {
		if m.size() > MaxMessage {
			return nil, fmt.Errorf("kafka: message %d of %d: %w: %d bytes of key and value, the log takes %d",
				i+1, len(msgs), ErrTooLarge, len(m.Key)+len(m.Value), MaxMessage-recordOverhead)
		}
	}
	next := make(map[int]int64)
	if len(msgs) == 0 {
		return next, nil
	}
	n, err := c.partitions(ctx, topic)
	if err != nil {
		return nil, err
	}
	var (
		mu   sync.Mutex
		errs []error
		all  sync.WaitGroup
	)
	for p, part := range split(msgs, n) {
		all.Go(func() {
			end, err := c.append(ctx, topic, p, part)
			mu.Lock()
			defer mu.Unlock()
			if end >= 0 {
				next[p] = end
			}
			if err != nil {
				errs = append(errs, err)
			}
		})
	}
	all.Wait()
	return next, errors.Join(errs...)
}

// split sorts messages by partition, by CRC32 of the key as librdkafka's
// default partitioner does; a message without a key goes to a random one.
func split(msgs []Message, n int) map[int][]Message {
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i
	}
	parts := make(map[int][]Message, n)
	for _, m := range msgs {
		p := kafkago.CRC32Balancer{}.Balance(kafkago.Message{Key: m.Key}, ids...)
		parts[p] = append(parts[p], m)
	}
	return parts
}

// append writes messages of one partition in order and returns the offset
// after the last acknowledged one, -1 if none was.
func (c *Client) append(ctx context.Context, topic string, partition int, msgs []Message) (int64, error) {
	next := int64(-1)
	for len(msgs) > 0 {
		n, size := 0, 0
		for n < len(msgs) && n < produceCount && (n == 0 || size+msgs[n].size() <= produceBytes) {
			size += msgs[n].size()
			n++
		}
		base, err := c.produce(ctx, topic, partition, msgs[:n])
		if err != nil {
			return next, fmt.Errorf("kafka: publish to %s/%d: %w", topic, partition, err)
		}
		next = base + int64(n)
		msgs = msgs[n:]
	}
	return next, nil
}

// produce sends one request until it is acknowledged, and returns the offset
// of its first message.
func (c *Client) produce(ctx context.Context, topic string, partition int, msgs []Message) (int64, error) {
	pause := pauses{longest: c.opts.Backoff}
	for try := 1; ; try++ {
		base, err := c.produceOnce(ctx, topic, partition, msgs)
		switch {
		case err == nil:
			return base, nil
		case errors.Is(err, kafkago.MessageSizeTooLarge), errors.Is(err, kafkago.RecordListTooLarge):
			return 0, fmt.Errorf("%w for the broker: raise max.message.bytes of topic %s to %d (%w)", ErrTooLarge, topic, MaxMessage, err)
		case errors.Is(err, kafkago.KafkaStorageError) && try == fullTries:
			return 0, fmt.Errorf("the broker does not write its log, as where its disk has no room: make room there (%w)", err)
		case ctx.Err() != nil, try == produceTries, permanent(err):
			return 0, err
		}
		if err := pause.wait(ctx); err != nil {
			return 0, err
		}
	}
}

func (c *Client) produceOnce(ctx context.Context, topic string, partition int, msgs []Message) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	now := time.Now()
	records := make([]kafkago.Record, len(msgs))
	for i, m := range msgs {
		records[i] = kafkago.Record{Time: now, Key: kafkago.NewBytes(m.Key), Value: kafkago.NewBytes(m.Value)}
	}
	r, err := c.api.Produce(ctx, &kafkago.ProduceRequest{
		Topic: topic, Partition: partition, RequiredAcks: kafkago.RequireAll,
		Records: kafkago.NewRecordReader(records...),
	})
	if err != nil {
		return 0, err
	}
	return r.BaseOffset, r.Error
}

// permanent tells whether a broker's error stays however often one asks.
func permanent(err error) bool {
	var code kafkago.Error
	if !errors.As(err, &code) || code.Temporary() {
		return false
	}
	// The library answers BrokerNotAvailable itself while it looks for brokers.
	return code != kafkago.Unknown && code != kafkago.BrokerNotAvailable
}
