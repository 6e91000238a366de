package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
)

// patience is how long a test waits for what must happen: as long as the busiest machine may take, since it is waited for in
// vain only where something is broken.
const patience = 4 * time.Minute

// eventually waits for a condition, looking again every few milliseconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain: %s", patience, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// noLeaks fails the test if goroutines of this package or of the client
// libraries are left when everything that was registered later is closed.
func noLeaks(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		left := ""
		deadline := time.Now().Add(patience)
		for time.Now().Before(deadline) {
			if left = strangers(); left == "" {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Errorf("goroutines left:\n%s", left)
	})
}

func strangers() string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	var left []string
	for _, g := range strings.Split(string(buf), "\n\n") {
		if strings.Contains(g, "testing.tRunner") || strings.Contains(g, "kafka.strangers") {
			continue
		}
		if strings.Contains(g, "segmentio/kafka-go") || strings.Contains(g, "indexer/kafka.") || strings.Contains(g, "twmb/franz-go") {
			left = append(left, g)
		}
	}
	return strings.Join(left, "\n\n")
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// startBroker starts an embedded broker that ends with the test.
func startBroker(t testing.TB, dir, listen string) *Broker {
	t.Helper()
	b, err := StartBroker(BrokerOptions{Dir: dir, Listen: listen, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// options are quick ones for tests. Deadline is long: a request that is given up may have been carried out, and messages
// would stand in the log twice.
func options(addr string) Options {
	return Options{
		Brokers: []string{addr}, Logger: quiet(), Partitions: 1,
		MaxWait: 50 * time.Millisecond, Poll: 300 * time.Millisecond, Backoff: 200 * time.Millisecond,
		Deadline: patience,
	}
}

func dial(t testing.TB, o Options) *Client {
	t.Helper()
	c, err := Dial(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// impatient is a client of the topics of c with a deadline that passes while a test looks on. It only reads.
func impatient(t testing.TB, c *Client, deadline time.Duration) *Client {
	t.Helper()
	o := c.opts
	o.Deadline = deadline
	return dial(t, o)
}

// dialTopics also makes the topics.
func dialTopics(t testing.TB, o Options) *Client {
	t.Helper()
	c := dial(t, o)
	if err := c.EnsureTopics(context.Background()); err != nil {
		t.Fatal(err)
	}
	return c
}

// runClient starts Run and stops it when the test ends; the returned function stops
// it before.
func runClient(t testing.TB, c *Client, s Sink) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, s) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() {
			cancel()
			select {
			case err = <-done:
			case <-time.After(patience):
				err = errors.New("Run did not return after its context ended")
			}
		})
		return err
	}
	t.Cleanup(func() {
		if err := stop(); err != nil && !errors.Is(err, ErrGap) {
			t.Errorf("Run: %v", err)
		}
	})
	return stop
}

// A memSink keeps what it is given and checks the contract of Sink.
type memSink struct {
	mu         sync.Mutex
	next       map[int]int64
	msgs       map[int][]indexer.Message
	through    map[int]time.Time
	proof      map[int]indexer.Proof
	rewound    int
	unreadable int64
	broken     []string // breaches of the contract
	refuse     func(indexer.Batch) error
	calls      int

	maxCount, maxBytes int // of a batch, where they are set
}

func newSink() *memSink {
	return &memSink{next: map[int]int64{}, msgs: map[int][]indexer.Message{}, through: map[int]time.Time{}, proof: map[int]indexer.Proof{}}
}

func (s *memSink) Next(_ string, p int) (int64, indexer.Proof, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.next[p]
	return n, s.proof[p], ok, nil
}

func (s *memSink) Rewind(_ context.Context, _ string, p int, next, _ int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[p], s.proof[p] = next, indexer.Proof{}
	s.rewound++
	return nil
}

func (s *memSink) Apply(_ context.Context, b indexer.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.refuse != nil {
		if err := s.refuse(b); err != nil {
			return err
		}
	}
	at, size := s.next[b.Partition], 0
	for _, m := range b.Messages {
		size += len(m.Key) + len(m.Value)
		if m.Offset < at {
			s.broken = append(s.broken, fmt.Sprintf("partition %d: offset %d after %d", b.Partition, m.Offset, at))
		}
		at = m.Offset + 1
		s.msgs[b.Partition] = append(s.msgs[b.Partition], indexer.Message{
			Offset: m.Offset, Time: m.Time, Key: bytes.Clone(m.Key), Value: bytes.Clone(m.Value),
		})
	}
	if b.Next < at {
		s.broken = append(s.broken, fmt.Sprintf("partition %d: Next %d before %d", b.Partition, b.Next, at))
	}
	if b.Through.After(time.Now()) || !b.Through.IsZero() && b.Through.Before(s.through[b.Partition]) {
		s.broken = append(s.broken, "Through runs back or ahead")
	}
	if !b.Through.IsZero() {
		s.through[b.Partition] = b.Through
	}
	if n := len(b.Messages); s.maxCount > 0 && n > 1 && (n > s.maxCount || size > s.maxBytes) {
		s.broken = append(s.broken, fmt.Sprintf("a batch of %d messages and %d bytes", n, size))
	}
	s.next[b.Partition] = b.Next
	s.unreadable += b.Unreadable
	if b.Proof != (indexer.Proof{}) {
		s.proof[b.Partition] = b.Proof
	}
	if p := s.proof[b.Partition]; p.Base > b.Next {
		s.broken = append(s.broken, fmt.Sprintf("partition %d: offset %d is proved by a batch behind it, %+v", b.Partition, b.Next, p))
	}
	return nil
}

func (s *memSink) check(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.broken {
		t.Error(b)
	}
}

func (s *memSink) at(p int) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next[p]
}

func (s *memSink) all(p int) []indexer.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]indexer.Message(nil), s.msgs[p]...)
}

func (s *memSink) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, m := range s.msgs {
		n += len(m)
	}
	return n
}

func (s *memSink) throughOf(p int) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.through[p]
}

// producer is a franz-go client, an implementation that is not ours.
func producer(t testing.TB, addr string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	k, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(addr), kgo.DefaultProduceTopic("iif.updates"), kgo.ProducerBatchMaxBytes(MaxMessage),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func produceAll(t testing.TB, k *kgo.Client, rs ...*kgo.Record) {
	t.Helper()
	if err := k.ProduceSync(context.Background(), rs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func texts(n int, prefix string) []Message {
	msgs := make([]Message, n)
	for i := range msgs {
		msgs[i] = Message{Key: fmt.Appendf(nil, "%s%d", prefix, i), Value: fmt.Appendf(nil, `{"n":%d}`, i)}
	}
	return msgs
}

// publish publishes and returns the offset after the last message of partition 0.
func publish(t testing.TB, c *Client, msgs ...Message) int64 {
	t.Helper()
	next, err := c.Publish(context.Background(), msgs)
	if err != nil {
		t.Fatal(err)
	}
	return next[0]
}
