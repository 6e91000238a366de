package kafka

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// TestConnectTellsThatNobodyAnswers: a service starts without its brokers, says so, and reaches them once they are there.
func TestConnectTellsThatNobodyAnswers(t *testing.T) {
	noLeaks(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	o := options(address)
	o.DialTimeout = time.Second
	c, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Connect(context.Background()); err != nil || !strings.Contains(c.Apart(), "is it running") {
		t.Fatalf("without a broker: %v, apart %q", err, c.Apart())
	}
	startBroker(t, t.TempDir(), address)
	eventually(t, "the broker is reached", func() bool { return c.reconnect(context.Background()) == nil })
	if c.Apart() != "" {
		t.Errorf("beside a broker: apart %q", c.Apart())
	}
}

// TestPublisherMakesNoOtherTopic: a misspelt topic is refused and not made; the usual one is made, and one that is there is taken.
func TestPublisherMakesNoOtherTopic(t *testing.T) {
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	ctx := context.Background()
	o := options(b.Addr())
	usual := dial(t, o)
	if err := usual.CheckTopics(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := usual.Partitions(ctx); err != nil || n == 0 {
		t.Fatalf("the usual topic: %d partitions, %v", n, err)
	}
	o.Topic = "iif.update"
	other := dial(t, o)
	if err := other.CheckTopics(ctx); !errors.Is(err, ErrNoTopic) || !strings.Contains(err.Error(), "topic iif.update:") {
		t.Fatalf("a topic that is not there: %v", err)
	}
	if n, err := other.Partitions(ctx); err == nil {
		t.Fatalf("it was made, with %d partitions", n)
	}
	if err := other.EnsureTopics(ctx); err != nil {
		t.Fatal(err)
	}
	if err := other.CheckTopics(ctx); err != nil {
		t.Fatalf("a topic that is there: %v", err)
	}
}
