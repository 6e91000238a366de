package kafka

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// The partitions are those of zlib's crc32(key) modulo n, computed outside this
// program; librdkafka and kcat choose the same.
func TestPartitioner(t *testing.T) {
	f := func(key string, of4, of7 int) {
		t.Helper()
		for n, want := range map[int]int{4: of4, 7: of7, 1: 0} {
			if got := split([]Message{{Key: []byte(key)}}, n); len(got[want]) != 1 {
				t.Errorf("%s of %d: %v, want %d", key, n, got, want)
			}
		}
	}
	f("13225008230123", 1, 1)
	f("13225008230124", 2, 6)
	f("06120011240007", 1, 1)
	f("1", 3, 2)
	f("HR26DK8337", 0, 1)
	f("हरियाणा", 0, 1)
	f("13225008230123456", 3, 3)
	seen := map[int]bool{}
	for range 200 { // without a key: any partition
		for p := range split([]Message{{}}, 2) {
			seen[p] = true
		}
	}
	if len(seen) != 2 {
		t.Error("messages without a key all go to one partition")
	}
}

func TestPublishRidesOutARestart(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b := startBroker(t, dir, "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	publish(t, c, texts(10, "a")...)
	b.Close()
	done := make(chan error, 1)
	var next map[int]int64
	go func() {
		var err error
		next, err = c.Publish(context.Background(), texts(3000, "b"))
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("published without a broker: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	startBroker(t, dir, b.Addr())
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if next[0] < 3010 {
		t.Errorf("offset after the last: %d", next[0])
	}
	s := newSink()
	runClient(t, c, s)
	eventually(t, "all", func() bool { return s.at(0) == next[0] })
	seen := map[string]bool{}
	last := -1
	for _, m := range s.all(0)[10:] {
		if i := index(m.Key); !seen[string(m.Key)] {
			if i != last+1 {
				t.Fatalf("message %d after %d", i, last)
			}
			last = i
		}
		seen[string(m.Key)] = true
	}
	if len(seen) != 3000 {
		t.Errorf("%d of 3000 messages", len(seen))
	}
}

// index returns the number in a key of texts.
func index(key []byte) (n int) {
	fmt.Sscanf(string(key[1:]), "%d", &n)
	return n
}

func TestPublishGivesUp(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	o := options(b.Addr())
	o.Backoff = time.Millisecond
	c := dialTopics(t, o)
	if next, err := c.Publish(context.Background(), nil); err != nil || len(next) != 0 {
		t.Errorf("nothing to publish: %v %v", next, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Publish(ctx, texts(1, "a")); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %v", err)
	}
	b.Close()
	if _, err := c.Publish(context.Background(), texts(1, "a")); err == nil {
		t.Error("published without a broker")
	}
	o.Topic = "absent"
	o.Brokers = []string{startBroker(t, t.TempDir(), "127.0.0.1:0").Addr()}
	if _, err := dial(t, o).Publish(context.Background(), texts(1, "a")); err == nil {
		t.Error("published to a topic that is not there")
	}
}
