package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
)

// maxAnswer is the largest answer to a fetch that is read: the broker sends a
// first batch whatever its size, and a foreign topic may allow more than
// MaxMessage. A greater claim is taken for a broken stream.
const maxAnswer = 256 << 20

// An answer is what one fetch of one partition brought.
type answer struct {
	sent    time.Time // when the request left
	from    string    // the broker's address
	code    kafkago.Error
	high    int64 // high watermark: the offset after the last replicated record
	stable  int64 // last stable offset: where the first open transaction begins, else high
	start   int64 // of the log, -1 if the broker does not say
	aborted []fetch.ResponseTransaction
	records []byte // record batches, the last one possibly cut off
}

// fetchCall is a fetch of one partition that reads its answer itself. The
// library routes it to the leader (Broker) and gives it the connection
// (RawExchange). A value serves one call.
type fetchCall struct {
	fetch.Request
	clientID string
	version  int16
}

// fetchAnswer makes an answer a protocol.Message, which RoundTrip returns.
type fetchAnswer struct{ answer }

var (
	_ protocol.BrokerMessage = (*fetchCall)(nil)
	_ protocol.RawExchanger  = (*fetchCall)(nil)
)

// correlation numbers our requests, so that an answer that belongs to another
// request is noticed.
var correlation atomic.Int32

// ApiKey says that the answer belongs to a fetch.
func (*fetchAnswer) ApiKey() protocol.ApiKey { return protocol.Fetch }

// Required takes the version that the connection has agreed on, and always asks
// for the raw connection.
func (f *fetchCall) Required(versions map[protocol.ApiKey]int16) bool {
	f.version = versions[protocol.Fetch]
	return true
}

// RawExchange sends the request and reads its answer.
func (f *fetchCall) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	if f.version < 4 {
		return nil, errors.New("kafka: the broker is older than Kafka 0.11, which has no transactions and no record batches")
	}
	id := correlation.Add(1)
	a := new(fetchAnswer)
	a.sent = time.Now()
	if c, ok := rw.(net.Conn); ok {
		a.from = c.RemoteAddr().String()
	}
	if err := protocol.WriteRequest(rw, f.version, id, f.clientID, &f.Request); err != nil {
		return nil, err
	}
	var size [4]byte
	if _, err := io.ReadFull(rw, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n < 4 || n > maxAnswer {
		return nil, fmt.Errorf("kafka: a fetch answered with a frame of %d bytes", n)
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(rw, frame); err != nil {
		return nil, err
	}
	if got := int32(binary.BigEndian.Uint32(frame)); got != id {
		return nil, fmt.Errorf("kafka: a fetch got the answer of request %d instead of %d", got, id)
	}
	return a, a.decode(frame[4:], f.version)
}

// decode reads a fetch response of version 4 to 11 that holds one partition.
// The records stay where they are in b.
func (a *answer) decode(b []byte, version int16) error {
	r := wire{b: b}
	r.skip(4) // throttle time
	if version >= 7 {
		a.code = kafkago.Error(r.int16())
		r.skip(4) // session id
	}
	topics := r.int32()
	if topics == 0 && a.code != 0 {
		return r.err()
	}
	if topics != 1 {
		return fmt.Errorf("kafka: a fetch answered with %d topics instead of one", topics)
	}
	r.skip(int(r.int16()))
	if n := r.int32(); n != 1 {
		return fmt.Errorf("kafka: a fetch answered with %d partitions instead of one", n)
	}
	r.skip(4) // partition
	if code := kafkago.Error(r.int16()); code != 0 {
		a.code = code
	}
	a.high, a.stable, a.start = r.int64(), r.int64(), -1
	if version >= 5 {
		a.start = r.int64()
	}
	for n := r.int32(); n > 0 && !r.short; n-- {
		a.aborted = append(a.aborted, fetch.ResponseTransaction{ProducerID: r.int64(), FirstOffset: r.int64()})
	}
	if version >= 11 {
		r.skip(4) // preferred replica
	}
	if n := int(r.int32()); n > 0 {
		a.records = r.take(n)
	}
	return r.err()
}

// wire reads big-endian fields; past the end it gives zeros and becomes short.
type wire struct {
	b     []byte
	short bool
}

func (r *wire) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.b, r.short = nil, true
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

func (r *wire) skip(n int) { r.take(n) }

func (r *wire) int16() int16 {
	if v := r.take(2); v != nil {
		return int16(binary.BigEndian.Uint16(v))
	}
	return 0
}

func (r *wire) int32() int32 {
	if v := r.take(4); v != nil {
		return int32(binary.BigEndian.Uint32(v))
	}
	return 0
}

func (r *wire) int64() int64 {
	if v := r.take(8); v != nil {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}

func (r *wire) err() error {
	if r.short {
		return errors.New("kafka: the answer to a fetch ends too early")
	}
	return nil
}

// fetch asks the partition's leader for what stands at offset next, committed
// transactions only. At the end of the log the broker waits up to MaxWait for
// the first byte; patience is added to that before the connection is given up.
func (c *Client) fetch(ctx context.Context, partition int, next int64, bytes int, patience time.Duration) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.MaxWait+patience)
	defer cancel()
	m, err := c.trip.RoundTrip(ctx, c.addr, &fetchCall{
		clientID: c.opts.ClientID,
		Request: fetch.Request{
			ReplicaID:      -1,
			MaxWaitTime:    int32(c.opts.MaxWait.Milliseconds()),
			MinBytes:       1,
			MaxBytes:       int32(bytes),
			IsolationLevel: 1,
			SessionEpoch:   -1,
			Topics: []fetch.RequestTopic{{
				Topic: c.opts.Topic,
				Partitions: []fetch.RequestPartition{{
					Partition:          int32(partition),
					CurrentLeaderEpoch: -1,
					FetchOffset:        next,
					LogStartOffset:     -1,
					PartitionMaxBytes:  int32(bytes),
				}},
			}},
		},
	})
	if err != nil {
		return nil, err
	}
	a, ok := m.(*fetchAnswer)
	if !ok {
		return nil, fmt.Errorf("kafka: a fetch answered with %T", m)
	}
	return &a.answer, nil
}
