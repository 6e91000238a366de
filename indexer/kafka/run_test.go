package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
)

func TestRoundTrip(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	o := options(b.Addr())
	o.Partitions = 3
	c := dialTopics(t, o)
	sent := []Message{
		{Key: []byte("k"), Value: []byte("v")},
		{Key: []byte("k"), Value: nil},
		{Key: []byte("k"), Value: []byte{}},
		{Key: nil, Value: []byte("no key")},
		{Key: []byte{}, Value: []byte("empty key")},
		{Key: nil, Value: nil},
	}
	sent = append(sent, texts(5000, "13225008230")...)
	next, err := c.Publish(context.Background(), sent)
	if err != nil {
		t.Fatal(err)
	}
	s := newSink()
	runClient(t, c, s)
	eventually(t, "all partitions read to the end", func() bool {
		for p, n := range next {
			if s.at(p) < n {
				return false
			}
		}
		return true
	})
	s.check(t)
	if s.total() != len(sent) {
		t.Fatalf("%d of %d messages arrived", s.total(), len(sent))
	}
	want := map[string]int{}
	name := func(k, v []byte) string { return fmt.Sprintf("%q %q %v %v", k, v, k == nil, v == nil) }
	for _, m := range sent {
		want[name(m.Key, m.Value)]++
	}
	for p := range 3 {
		last := ""
		for _, m := range s.all(p) {
			want[name(m.Key, m.Value)]--
			if time.Since(m.Time) > time.Hour {
				t.Fatalf("a message of %v", m.Time)
			}
			if string(m.Key) == "k" {
				last += string(m.Value) + "|"
			}
		}
		if last != "" && last != "v|||" {
			t.Errorf("order of key k: %q", last)
		}
	}
	for k, n := range want {
		if n != 0 {
			t.Errorf("%s arrived %d times too few", k, n)
		}
	}
	if !c.CaughtUp() {
		t.Error("not caught up")
	}
	for _, st := range c.Status() {
		if st.Lag != 0 || st.Degraded != "" || st.LastError != "" || st.Next != st.End || st.Missing != 0 {
			t.Errorf("status %+v", st)
		}
	}
}

func TestThroughGoesOnWhenIdle(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	s := newSink()
	runClient(t, c, s)
	for range 3 {
		asked := time.Now()
		eventually(t, "an idle log is known to be complete", func() bool { return s.throughOf(0).After(asked) })
	}
	s.check(t)
	start := time.Now()
	calls := func() int { s.mu.Lock(); defer s.mu.Unlock(); return s.calls }
	before := calls()
	eventually(t, "three more beats", func() bool { return calls() >= before+3 })
	if d := time.Since(start); d < 2*heartbeat {
		t.Errorf("three empty batches within %v", d)
	}
}

func TestCodecs(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	s := newSink()
	s.maxCount, s.maxBytes = 2000, 8<<20
	runClient(t, c, s)
	n := 0
	f := func(codec kgo.CompressionCodec) {
		t.Helper()
		k := producer(t, b.Addr(), kgo.ProducerBatchCompression(codec))
		var rs []*kgo.Record
		for i := range 3000 {
			value := fmt.Appendf(nil, `{"message":%d,"text":"%s"}`, i, strings.Repeat("x", i%700))
			rs = append(rs, &kgo.Record{Key: fmt.Appendf(nil, "%d", i), Value: value, Headers: []kgo.RecordHeader{{Key: "h", Value: value}}})
		}
		produceAll(t, k, rs...)
		eventually(t, "the messages of a codec", func() bool { return len(s.all(0)) >= n+len(rs) })
		for i, m := range s.all(0)[n:] {
			if !bytes.Equal(m.Key, rs[i].Key) || !bytes.Equal(m.Value, rs[i].Value) {
				t.Fatalf("message %d differs", i)
			}
		}
		n += len(rs)
	}
	f(kgo.NoCompression())
	f(kgo.GzipCompression())
	f(kgo.SnappyCompression())
	f(kgo.Lz4Compression())
	f(kgo.ZstdCompression())
	s.check(t)
}

func TestTransactions(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	s := newSink()
	runClient(t, c, s)
	ctx := context.Background()
	plain := producer(t, b.Addr())
	txn := func(id string) *kgo.Client { return producer(t, b.Addr(), kgo.TransactionalID(id)) }
	one, two := txn("one"), txn("two")
	begin := func(k *kgo.Client, text string) {
		t.Helper()
		if err := k.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			produceAll(t, k, &kgo.Record{Value: fmt.Appendf(nil, "%s %d", text, i)})
		}
	}
	end := func(k *kgo.Client, how kgo.TransactionEndTry) {
		t.Helper()
		if err := k.EndTransaction(ctx, how); err != nil {
			t.Fatal(err)
		}
	}
	begin(one, "lost")
	begin(two, "kept")
	produceAll(t, plain, &kgo.Record{Value: []byte("plain")})
	if got := s.all(0); len(got) != 0 {
		t.Errorf("%d messages read beyond an open transaction", len(got))
	}
	asked := time.Now()
	eventually(t, "the open transactions hold the stable offset at 0", func() bool {
		st := c.Status()
		return len(st) == 1 && st[0].End == 0 && st[0].CaughtUp
	})
	if s.throughOf(0).After(asked) {
		t.Error("the log counts as complete while a transaction is open")
	}
	end(one, kgo.TryAbort)
	end(two, kgo.TryCommit)
	begin(one, "kept")
	end(one, kgo.TryCommit)
	begin(two, "lost")
	end(two, kgo.TryAbort)
	_, high, err := c.Bounds(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end, which is a control record", func() bool { return s.at(0) == high })
	s.check(t)
	kept := 0
	for _, m := range s.all(0) {
		if v := string(m.Value); strings.HasPrefix(v, "kept ") {
			kept++
		} else if v != "plain" {
			t.Fatalf("delivered %q", v)
		}
	}
	if kept != 40 || s.total() != 41 || high != 85 {
		t.Errorf("%d kept, %d in all, end %d", kept, s.total(), high)
	}
}

func TestLargeMessages(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	var msgs []Message
	for i := range 60 {
		size := 100
		switch i {
		case 20:
			size = 5 << 20
		case 21, 40:
			size = 10 << 20
		case 41:
			size = MaxMessage - recordOverhead - 1
		}
		msgs = append(msgs, Message{Key: []byte("k"), Value: bytes.Repeat([]byte{byte('a' + i%26)}, size)})
	}
	publish(t, c, msgs...)
	s := newSink()
	s.maxCount, s.maxBytes = 2000, 8<<20
	runClient(t, c, s)
	eventually(t, "large messages among small ones", func() bool { return s.total() == len(msgs) })
	s.check(t)
	for i, m := range s.all(0) {
		if !bytes.Equal(m.Value, msgs[i].Value) {
			t.Fatalf("message %d differs", i)
		}
	}
	big := Message{Key: []byte("k"), Value: make([]byte, MaxMessage)}
	_, err := c.Publish(context.Background(), []Message{msgs[0], big})
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "message 2 of 2") {
		t.Errorf("too large a message: %v", err)
	}
	if _, high, _ := c.Bounds(context.Background(), 0); high != int64(len(msgs)) {
		t.Errorf("a refused call published something: end %d", high)
	}
}

func TestBrokerLimitBelowOurs(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dial(t, options(b.Addr()))
	makeTopic(t, c, "iif.updates", 1, kafkago.ConfigEntry{ConfigName: "max.message.bytes", ConfigValue: "2000"})
	_, err := c.Publish(context.Background(), []Message{{Value: make([]byte, 5000)}})
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "max.message.bytes") {
		t.Errorf("the broker's limit: %v", err)
	}
}

func TestResume(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	publish(t, c, texts(100, "a")...)
	s := newSink()
	s.next[0] = 37 // in the middle of a record batch
	stop := runClient(t, c, s)
	eventually(t, "the rest", func() bool { return s.at(0) == 100 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	publish(t, c, texts(50, "b")...)
	runClient(t, c, s)
	eventually(t, "what came while we were away", func() bool { return s.at(0) == 150 })
	s.check(t)
	if got := s.all(0); len(got) != 113 || got[0].Offset != 37 {
		t.Errorf("%d messages", len(got))
	}
}

func TestSinkErrorIsRetried(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	o := options(b.Addr())
	o.BatchCount = 100
	into := dialTopics(t, o)
	c := impatient(t, into, time.Second)
	s := newSink()
	broken := true
	s.refuse = func(b indexer.Batch) error { // called under s.mu
		if broken && b.Next > 300 {
			return errors.New("disk full")
		}
		return nil
	}
	runClient(t, c, s)
	publish(t, into, texts(1000, "a")...)
	degraded := func() string { return c.Status()[0].Degraded }
	eventually(t, "a stuck sink shows", func() bool { return s.at(0) == 300 && strings.Contains(degraded(), "disk full") })
	s.mu.Lock()
	broken = false
	s.mu.Unlock()
	eventually(t, "the rest after the sink is well again", func() bool { return s.at(0) == 1000 && degraded() == "" })
	s.check(t)
	if s.total() != 1000 {
		t.Errorf("%d messages", s.total())
	}
}

func TestNewPartitionsJoin(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	s := newSink()
	runClient(t, c, s)
	publish(t, c, texts(10, "a")...)
	eventually(t, "one partition", func() bool { return s.total() == 10 })
	_, err := c.api.CreatePartitions(context.Background(), &kafkago.CreatePartitionsRequest{
		Topics: []kafkago.TopicPartitionsConfig{{Name: "iif.updates", Count: 3}},
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "three partitions", func() bool { n, _ := c.Partitions(context.Background()); return n == 3 && len(c.Status()) == 3 })
	publish(t, c, texts(300, "b")...)
	eventually(t, "messages of all three", func() bool { return s.total() == 310 && s.at(1) > 0 && s.at(2) > 0 })
	s.check(t)
}

func TestReject(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	in := indexer.Rejection{Reason: "want a <number>", Field: "version", Topic: "iif.updates", Partition: 2, Offset: 7, Size: 9, SHA256: "ab", Head: "h"}
	if err := c.Reject(context.Background(), []indexer.Rejection{in}); err != nil {
		t.Fatal(err)
	}
	if err := c.Reject(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	got := readRejected(t, b.Addr(), 1)
	want := `{"reason":"want a <number>","field":"version","topic":"iif.updates","partition":2,"offset":7,"size":9,"sha256":"ab","head":"h"}`
	if string(got[0].Value) != want || string(got[0].Key) != "iif.updates/2/7" {
		t.Errorf("key %q value %s", got[0].Key, got[0].Value)
	}
}

// readRejected reads n dead letters with a foreign client.
func readRejected(t *testing.T, addr string, n int) []*kgo.Record {
	t.Helper()
	k := producer(t, addr, kgo.ConsumeTopics("iif.rejected"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var all []*kgo.Record
	for len(all) < n {
		f := k.PollFetches(ctx)
		if err := f.Err0(); err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Records()...)
	}
	return all
}

func makeTopic(t *testing.T, c *Client, name string, partitions int, config ...kafkago.ConfigEntry) {
	t.Helper()
	r, err := c.api.CreateTopics(context.Background(), &kafkago.CreateTopicsRequest{Topics: []kafkago.TopicConfig{{
		Topic: name, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: config,
	}}})
	if err == nil {
		err = r.Errors[name]
	}
	if err != nil {
		t.Fatal(err)
	}
}
