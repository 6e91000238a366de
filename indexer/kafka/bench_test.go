package kafka

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
)

// A countSink counts and keeps nothing.
type countSink struct {
	ch chan int64
}

func (s *countSink) Next(string, int) (int64, indexer.Proof, bool, error) {
	return 0, indexer.Proof{}, true, nil
}

func (s *countSink) Rewind(context.Context, string, int, int64, int64) error { return nil }

func (s *countSink) Apply(_ context.Context, b indexer.Batch) error {
	n := int64(0)
	for _, m := range b.Messages {
		if len(m.Value) > 0 {
			n++
		}
	}
	s.ch <- n
	return nil
}

// BenchmarkRun reads messages of 1 kB from an embedded broker's disk.
func BenchmarkRun(b *testing.B) {
	const messages = 200_000
	bench := func(name string, partitions int, codec kgo.CompressionCodec) {
		b.Run(name, func(b *testing.B) {
			broker := startBroker(b, b.TempDir(), "127.0.0.1:0")
			o := options(broker.Addr())
			o.Partitions = partitions
			dialTopics(b, o)
			k := producer(b, broker.Addr(), kgo.ProducerBatchCompression(codec), kgo.ProducerBatchMaxBytes(1<<20),
				kgo.ProducerLinger(5*time.Millisecond), kgo.MaxBufferedRecords(50_000))
			value := bytes.Repeat([]byte(`{"schema":1,"name":"made up"}`), 33)
			for i := range messages {
				v := append(fmt.Appendf(nil, "%06d", i), value...)
				k.Produce(context.Background(), &kgo.Record{Key: fmt.Appendf(nil, "%014d", i), Value: v, Partition: int32(i % partitions)}, nil)
			}
			if err := k.Flush(context.Background()); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(messages * int64(len(value)+20))
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				o.MaxWait = 250 * time.Millisecond
				c := dial(b, o)
				s := &countSink{ch: make(chan int64, 1000)}
				ctx, cancel := context.WithCancel(context.Background())
				done := make(chan error, 1)
				go func() { done <- c.Run(ctx, s) }()
				for n := int64(0); n < messages; {
					n += <-s.ch
				}
				cancel()
				<-done
			}
			b.ReportMetric(float64(b.N)*messages/b.Elapsed().Seconds(), "msgs/s")
		})
	}
	bench("plain/1", 1, kgo.NoCompression())
	bench("plain/4", 4, kgo.NoCompression())
	bench("zstd/4", 4, kgo.ZstdCompression())
}

// BenchmarkPublish appends messages of 1 kB to four partitions, synced to disk.
func BenchmarkPublish(b *testing.B) {
	broker := startBroker(b, b.TempDir(), "127.0.0.1:0")
	o := options(broker.Addr())
	o.Partitions = 4
	c := dialTopics(b, o)
	msgs := make([]Message, 4000)
	for i := range msgs {
		msgs[i] = Message{Key: fmt.Appendf(nil, "%014d", i), Value: bytes.Repeat([]byte("x"), 1000)}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, err := c.Publish(context.Background(), msgs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(msgs))/b.Elapsed().Seconds(), "msgs/s")
}

// BenchmarkFreshness is the way of one message from Publish to the sink.
func BenchmarkFreshness(b *testing.B) {
	broker := startBroker(b, b.TempDir(), "127.0.0.1:0")
	o := options(broker.Addr())
	o.MaxWait = 250 * time.Millisecond
	c := dialTopics(b, o)
	s := &countSink{ch: make(chan int64, 1000)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, s) }()
	<-s.ch // the first empty batch: the loop is running
	b.ResetTimer()
	for range b.N {
		if _, err := c.Publish(ctx, []Message{{Key: []byte("k"), Value: []byte("v")}}); err != nil {
			b.Fatal(err)
		}
		for <-s.ch == 0 {
		}
	}
	b.StopTimer()
	cancel()
	<-done
}
