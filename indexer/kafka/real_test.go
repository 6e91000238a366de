package kafka

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"anvesh/indexer"
)

// TestRealKafka runs against the brokers in ANVESH_TEST_BROKERS (host:port, comma
// between): what we read must be what another client reads.
func TestRealKafka(t *testing.T) {
	brokers := os.Getenv("ANVESH_TEST_BROKERS")
	if brokers == "" {
		t.Skip("ANVESH_TEST_BROKERS names no Kafka cluster")
	}
	noLeaks(t)
	o := options("")
	o.Brokers = strings.Split(brokers, ",")
	stamp := time.Now().UnixNano()
	o.Topic, o.Rejected = fmt.Sprintf("updates-%d", stamp), fmt.Sprintf("rejected-%d", stamp)
	o.Partitions = 2
	c := dialTopics(t, o)
	if err := c.EnsureTopics(context.Background()); err != nil {
		t.Fatal(err)
	}
	s := newSink()
	runClient(t, c, s)
	next, err := c.Publish(context.Background(), append(texts(5000, "k"),
		Message{Key: []byte("n")}, Message{Key: []byte("e"), Value: []byte{}}, Message{Key: []byte("big"), Value: bytes.Repeat([]byte("x"), 10<<20)}))
	if err != nil {
		t.Fatal(err)
	}
	into := func(opts ...kgo.Opt) *kgo.Client {
		return producer(t, o.Brokers[0], append([]kgo.Opt{kgo.SeedBrokers(o.Brokers...), kgo.DefaultProduceTopic(o.Topic)}, opts...)...)
	}
	records := func(what string) (rs []*kgo.Record) {
		for i := range 400 {
			rs = append(rs, &kgo.Record{Value: fmt.Appendf(nil, "%s %d", what, i), Partition: int32(i % 2)})
		}
		return rs
	}
	for _, codec := range []kgo.CompressionCodec{kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()} {
		produceAll(t, into(kgo.ProducerBatchCompression(codec)), records("codec")...)
	}
	k := into(kgo.TransactionalID(o.Topic))
	for i, how := range []kgo.TransactionEndTry{kgo.TryAbort, kgo.TryCommit, kgo.TryAbort} {
		if err := k.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		produceAll(t, k, records(fmt.Sprint("transaction ", i))...)
		if err := k.EndTransaction(context.Background(), how); err != nil {
			t.Fatal(err)
		}
	}
	for p := range 2 { // four codecs, three transactions and, a little later, their control records
		end := next[p] + 7*200 + 3
		eventually(t, "the end", func() bool { return s.at(p) == end })
	}
	s.check(t)
	if !c.CaughtUp() || c.Status()[0].Lag != 0 || c.Status()[0].Missing != 0 {
		t.Errorf("status %+v", c.Status())
	}
	other := producer(t, o.Brokers[0], kgo.SeedBrokers(o.Brokers...), kgo.ConsumeTopics(o.Topic),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ours, at := [2][]indexer.Message{s.all(0), s.all(1)}, make([]int, 2)
	for n := 0; n < s.total(); {
		f := other.PollFetches(ctx)
		if err := f.Err0(); err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Records() {
			m := ours[r.Partition][at[r.Partition]]
			at[r.Partition]++
			n++
			if m.Offset != r.Offset || !bytes.Equal(m.Key, r.Key) || !bytes.Equal(m.Value, r.Value) || (m.Value == nil) != (r.Value == nil) || !m.Time.Equal(r.Timestamp) {
				t.Fatalf("partition %d offset %d: we read offset %d, value %.40q", r.Partition, r.Offset, m.Offset, m.Value)
			}
		}
	}
	if c.topicID == "" {
		t.Error("the broker does not tell the topic's id")
	}
	if s.total() != 5003+5*400 {
		t.Errorf("%d messages", s.total())
	}
	goesOnWithoutProof(t, c, o, s)
}

// goesOnWithoutProof deletes all that was read of partition 0, the batch that was read last among it: the log cannot be
// proved by that any more, its leader epoch does not refute it, and reading goes on.
func goesOnWithoutProof(t *testing.T, c *Client, o Options, s *memSink) {
	t.Helper()
	end, proof := s.at(0), s.proof[0]
	if proof.End != end || proof.CRC == 0 {
		t.Errorf("read up to offset %d, proved by %+v", end, proof)
	}
	if got, err := c.epochEnd(context.Background(), 0, proof.Epoch); err != nil || got != end {
		t.Errorf("leader epoch %d ends at %d, %v, want %d", proof.Epoch, got, err, end)
	}
	part := kmsg.NewDeleteRecordsRequestTopicPartition()
	part.Offset = end
	r := kmsg.NewPtrDeleteRecordsRequest()
	r.TimeoutMillis = 60_000
	r.Topics = []kmsg.DeleteRecordsRequestTopic{{Topic: o.Topic, Partitions: []kmsg.DeleteRecordsRequestTopicPartition{part}}}
	if _, err := r.RequestWith(context.Background(), producer(t, o.Brokers[0], kgo.SeedBrokers(o.Brokers...))); err != nil {
		t.Fatal(err)
	}
	late := newSink()
	for p := range 2 {
		late.next[p], late.proof[p] = s.at(p), s.proof[p]
	}
	again := dial(t, o)
	runClient(t, again, late)
	produceAll(t, producer(t, o.Brokers[0], kgo.SeedBrokers(o.Brokers...), kgo.DefaultProduceTopic(o.Topic)), &kgo.Record{Value: []byte("after")}, &kgo.Record{Value: []byte("after"), Partition: 1})
	eventually(t, "what comes after", func() bool { return len(late.all(0)) == 1 && len(late.all(1)) == 1 })
	for _, st := range again.Status() {
		if st.Degraded != "" || st.Partition == 0 && st.Start != end {
			t.Errorf("partition %d begins at %d: %s", st.Partition, st.Start, st.Degraded)
		}
	}
	if late.rewound > 0 {
		t.Error("gone back")
	}
}
