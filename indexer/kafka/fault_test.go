package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
)

func TestBrokerRestarts(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b := startBroker(t, dir, "127.0.0.1:0")
	o := options(b.Addr())
	o.Partitions = 2
	c := dialTopics(t, o)
	s := newSink()
	runClient(t, c, s)
	for round := 1; round <= 3; round++ {
		if _, err := c.Publish(context.Background(), texts(500, "k")); err != nil {
			t.Fatal(err)
		}
		eventually(t, "what was published", func() bool { return s.total() >= 500*round })
		b.Close()
		eventually(t, "the loss is noticed", func() bool { return c.Status()[0].LastError != "" })
		b = startBroker(t, dir, b.Addr())
	}
	eventually(t, "no error is left", func() bool {
		st := c.Status()
		return st[0].LastError == "" && st[1].LastError == ""
	})
	s.check(t)
	if n := s.total(); n != 1500 {
		t.Errorf("%d messages", n)
	}
}

// A proxy passes bytes on until it is told to swallow them.
type proxy struct {
	net.Listener
	to string
	mu sync.Mutex
	on map[net.Conn]bool // connections, true while they pass bytes on
	wg sync.WaitGroup
	// rate is how many bytes a second each connection passes on, 0 for all that come.
	rate int
}

func startProxy(t *testing.T, to string, rate int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, to: to, on: map[net.Conn]bool{}, rate: rate}
	p.wg.Go(func() {
		for {
			down, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("tcp", to)
			if err != nil {
				down.Close()
				continue
			}
			p.mu.Lock()
			p.on[down], p.on[up] = true, true
			p.mu.Unlock()
			p.wg.Go(func() { p.pass(down, up, down) })
			p.wg.Go(func() { p.pass(up, down, down) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for c := range p.on {
			c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

func (p *proxy) pass(from, to, key net.Conn) {
	defer from.Close()
	defer to.Close()
	buf := make([]byte, 32<<10)
	if p.rate > 0 {
		buf = buf[:max(p.rate/100, 1)]
	}
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if p.rate > 0 {
			time.Sleep(time.Duration(n) * time.Second / time.Duration(p.rate)) // the slow line itself
		}
		p.mu.Lock()
		on := p.on[key]
		p.mu.Unlock()
		if on {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
}

// silence makes the connections that there are swallow everything.
func (p *proxy) silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.on {
		p.on[c] = false
	}
}

func TestSilentConnection(t *testing.T) {
	noLeaks(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inner := l.Addr().String()
	l.Close()
	p := startProxy(t, inner, 0)
	b, err := StartBroker(BrokerOptions{Dir: t.TempDir(), Listen: inner, Advertise: p.Addr().String(), Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	c := dialTopics(t, options(p.Addr().String()))
	s := newSink()
	runClient(t, impatient(t, c, 300*time.Millisecond), s)
	publish(t, c, texts(10, "a")...)
	eventually(t, "the first ten", func() bool { return s.total() == 10 })
	p.silence()
	into := producer(t, inner, kgo.Dialer(func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, inner) // not over what is silent
	}))
	for range 10 {
		produceAll(t, into, &kgo.Record{Value: []byte("b")})
	}
	eventually(t, "ten more over another connection", func() bool { return s.total() == 20 })
	s.check(t)
}

// A broker whose answer takes longer than Deadline is waited for, longer each time: what it holds is read, once and in
// order, and nothing is degraded at the end.
func TestSlowBroker(t *testing.T) {
	noLeaks(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inner := l.Addr().String()
	l.Close()
	p := startProxy(t, inner, 200<<10)
	b, err := StartBroker(BrokerOptions{Dir: t.TempDir(), Listen: inner, Advertise: p.Addr().String(), Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	into := producer(t, inner, kgo.Dialer(func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, inner) // not over the slow line
	}))
	c := impatient(t, dialTopics(t, options(p.Addr().String())), 300*time.Millisecond)
	value := make([]byte, 10<<10)
	rand.NewChaCha8([32]byte{1}).Read(value)
	for range 30 { // 300 KiB that do not compress: a second and a half, and Deadline is a third of one
		produceAll(t, into, &kgo.Record{Value: value})
	}
	s := newSink()
	runClient(t, c, s)
	eventually(t, "all thirty over the slow line", func() bool { return s.total() == 30 })
	s.check(t)
	eventually(t, "no error is left", func() bool { st := c.Status()[0]; return st.LastError == "" && st.Degraded == "" })
}

// Producers' clocks run back by years: order is that of offsets, all is read, and the time up to which the log is read is
// ours.
func TestClocksThatRunBack(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	k := producer(t, b.Addr())
	begin := time.Now()
	for i := range 20 {
		produceAll(t, k, &kgo.Record{Value: fmt.Append(nil, i), Timestamp: begin.AddDate(-i, 0, 0)})
	}
	s := newSink()
	runClient(t, c, s)
	eventually(t, "all twenty, and the end", func() bool { return s.total() == 20 && s.throughOf(0).After(begin) })
	for i, m := range s.all(0) {
		if m.Offset != int64(i) || string(m.Value) != fmt.Sprint(i) || m.Time.After(begin) {
			t.Errorf("message %d: offset %d, value %s, time %v", i, m.Offset, m.Value, m.Time)
		}
	}
	s.check(t)
}

// twoPartitions holds 400 messages in each of two partitions, of which the
// first 300 of partition 0 are deleted.
func twoPartitions(t *testing.T) (*Client, *Broker) {
	t.Helper()
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	o := options(b.Addr())
	o.Partitions = 2
	c := dialTopics(t, o)
	for p := range 2 {
		var msgs []Message
		for i := 0; len(msgs) < 400; i++ {
			m := Message{Key: fmt.Appendf(nil, "%d", i)}
			if len(split([]Message{m}, 2)[p]) == 1 {
				msgs = append(msgs, m)
			}
		}
		if next, err := c.Publish(context.Background(), msgs); err != nil || next[p] != 400 {
			t.Fatal(next, err)
		}
	}
	if err := b.cluster.DeleteRecords("iif.updates", 0, 300); err != nil {
		t.Fatal(err)
	}
	return c, b
}

func TestOffsetBelowStart(t *testing.T) {
	noLeaks(t)
	c, _ := twoPartitions(t)
	s := newSink()
	s.next[0], s.next[1] = 12, 12
	runClient(t, c, s)
	eventually(t, "partition 1 goes on, partition 0 says why not", func() bool {
		st := c.Status()
		return len(st) == 2 && s.at(1) == 400 &&
			strings.HasPrefix(st[0].Degraded, "offset 12 below log start 300: 288 updates lost to retention") && st[1].Degraded == ""
	})
	if len(s.all(0)) != 0 || s.at(0) != 12 {
		t.Error("messages behind the gap were applied")
	}
	if !c.CaughtUp() {
		t.Error("a degraded partition keeps the service from being ready")
	}
}

func TestOffsetBeyondEnd(t *testing.T) {
	noLeaks(t)
	c, _ := twoPartitions(t)
	s := newSink()
	s.next[0], s.next[1] = 350, 450
	runClient(t, c, s)
	eventually(t, "partition 0 goes on, partition 1 says why not", func() bool {
		st := c.Status()
		return len(st) == 2 && s.at(0) == 400 && strings.HasPrefix(st[1].Degraded, "offset 450 beyond end 400: log recreated or lost its tail")
	})
	for p := range 2 {
		if _, err := c.append(context.Background(), "iif.updates", p, texts(100, "x")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "partition 0 goes on", func() bool { return s.at(0) == 500 })
	if len(s.all(1)) != 0 {
		t.Error("messages of a log that is not ours were applied")
	}
}

func TestFirstStartOnAGap(t *testing.T) {
	noLeaks(t)
	c, b := twoPartitions(t)
	s := newSink()
	err := c.Run(context.Background(), s)
	if !errors.Is(err, ErrGap) || !strings.Contains(err.Error(), "--accept-gap") || !strings.Contains(err.Error(), "offset 300") {
		t.Fatalf("Run: %v", err)
	}
	if len(s.all(0)) != 0 {
		t.Error("something was applied behind the gap")
	}
	o := options(b.Addr())
	o.AcceptGap = true
	again := newSink()
	runClient(t, dial(t, o), again)
	eventually(t, "the rest, with the gap accepted", func() bool { return again.at(0) == 400 && again.at(1) == 400 })
	if n := len(again.all(0)); n != 100 {
		t.Errorf("%d messages", n)
	}
}

// A topic that is deleted and made again is refused by its id: while it runs, and after a restart too, even where it has
// grown past our offset, and where its id was seen before.
func TestTopicRecreated(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b := startBroker(t, dir, "127.0.0.1:0")
	o := options(b.Addr())
	o.Dir = t.TempDir()
	c := dialTopics(t, o)
	s := newSink()
	stop := runClient(t, c, s)
	publish(t, c, texts(50, "a")...)
	eventually(t, "fifty", func() bool { return s.at(0) == 50 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	b.Close() // the id survives a restart of the broker, and of the reader
	b = startBroker(t, dir, b.Addr())
	c = dialTopics(t, o)
	stop = runClient(t, c, s)
	publish(t, c, texts(10, "a")...)
	eventually(t, "ten more", func() bool { return s.at(0) == 60 })

	if err := b.cluster.DeleteTopic("iif.updates"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the loss is noticed", func() bool { return c.Status()[0].LastError != "" })
	if err := b.cluster.CreateTopic("iif.updates", 1, nil); err != nil {
		t.Fatal(err)
	}
	const refusal = "the topic was deleted and made again"
	eventually(t, "the other topic is refused", func() bool { return strings.Contains(c.Status()[0].Degraded, refusal) })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	c = dialTopics(t, o)
	publish(t, c, texts(100, "b")...) // past what was read
	runClient(t, c, s)
	eventually(t, "it is refused after a restart", func() bool {
		st := c.Status()
		return len(st) == 1 && strings.Contains(st[0].Degraded, refusal)
	})
	if s.total() != 60 || !c.CaughtUp() {
		t.Errorf("%d messages, caught up %v", s.total(), c.CaughtUp())
	}
	s.check(t)
}

// A topic that is made again between two fetches gives no error; its id is looked at while all goes well too.
func TestTopicRecreatedUnseen(t *testing.T) {
	noLeaks(t)
	b := &paper{id: "one", high: 1, sheets: []sheet{{base: 0, length: 1, deltas: []int64{0}}}}
	o, err := Options{Brokers: []string{"paper:1"}, Logger: quiet(), MaxWait: 20 * time.Millisecond, Poll: 20 * time.Millisecond}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	c, s := newClient(o, b), newSink()
	runClient(t, c, s)
	eventually(t, "the first", func() bool { return s.at(0) == 1 })
	b.mu.Lock()
	b.id = "two"
	b.mu.Unlock()
	eventually(t, "it stops", func() bool { return strings.Contains(c.Status()[0].Degraded, "it has id two, what was read has one") })
}

// Topics that were made are known to every request that follows, however long the brokers take to hear of them; the wait
// has an end.
func TestTopicsMadeAreKnown(t *testing.T) {
	for _, unheard := range []int{0, 1, 4} {
		b := &paper{unheard: 1 + unheard}
		c := newClient(options("paper:9092"), b)
		if err := c.EnsureTopics(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Partitions(context.Background()); n != 1 || err != nil {
			t.Errorf("after %d answers without them: %d partitions, %v", unheard, n, err)
		}
	}
	o := options("paper:9092")
	o.Deadline = time.Millisecond
	if err := newClient(o, &paper{unheard: 1 << 30}).EnsureTopics(context.Background()); err == nil || !strings.Contains(err.Error(), "look at their logs") {
		t.Errorf("topics that nobody knows: %v", err)
	}
}

func TestTopicSettings(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	ctx := context.Background()
	set := func(k, v string) kafkago.ConfigEntry { return kafkago.ConfigEntry{ConfigName: k, ConfigValue: v} }
	var log bytes.Buffer
	o := options(b.Addr())
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	f := func(topic, wantErr, wantLog string, config ...kafkago.ConfigEntry) {
		t.Helper()
		log.Reset()
		o.Topic = topic
		c := dial(t, o)
		defer c.Close()
		if config != nil {
			makeTopic(t, c, topic, 1, config...)
		}
		err := c.EnsureTopics(ctx)
		if wantErr == "" && err != nil || wantErr != "" && (!errors.Is(err, ErrCompacted) || !strings.Contains(err.Error(), wantErr)) {
			t.Errorf("%s: %v", topic, err)
		}
		if !strings.Contains(log.String(), wantLog) || wantErr+wantLog == "" && strings.Contains(log.String(), "not the contract's") {
			t.Errorf("%s: log %s", topic, log.String())
		}
	}
	f("made", "", "topic made")
	f("made", "", "")
	f("compacted", `set it to "delete"`, "", set("cleanup.policy", "compact"))
	f("both", `cleanup.policy is "compact,delete"`, "", set("cleanup.policy", "compact,delete"))
	f("small", "", "max.message.bytes", set("max.message.bytes", "1000000"))
	f("short", "", "retention.ms", set("retention.ms", "3600000"))
	f("for-ever", "", "", set("retention.ms", "-1"), set("max.message.bytes", "20000000"))

	c := dial(t, options(b.Addr()))
	r, err := c.api.DescribeConfigs(ctx, &kafkago.DescribeConfigsRequest{Resources: []kafkago.DescribeConfigRequestResource{
		{ResourceType: kafkago.ResourceTypeTopic, ResourceName: "made"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"cleanup.policy": "delete", "max.message.bytes": "16777216", "retention.ms": "3024000000", "segment.bytes": "8388608"}
	for _, e := range r.Resources[0].ConfigEntries {
		if v, ok := want[e.ConfigName]; ok && v != e.ConfigValue {
			t.Errorf("%s is %s", e.ConfigName, e.ConfigValue)
		}
		delete(want, e.ConfigName)
	}
	if len(want) > 0 {
		t.Errorf("not set: %v", want)
	}
}

// A tap is a round tripper before which the answers to fetches can be bent.
type tap struct {
	kafkago.RoundTripper
	mu   sync.Mutex
	bend func(*answer)
}

func (x *tap) RoundTrip(ctx context.Context, addr net.Addr, req kafkago.Request) (kafkago.Response, error) {
	r, err := x.RoundTripper.RoundTrip(ctx, addr, req)
	x.mu.Lock()
	defer x.mu.Unlock()
	if a, ok := r.(*fetchAnswer); ok && x.bend != nil {
		x.bend(&a.answer)
	}
	return r, err
}

func (x *tap) set(f func(*answer)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.bend = f
}

func tapped(c *Client) *tap {
	x := &tap{RoundTripper: c.trip}
	c.trip = x
	return x
}

func TestDamagedBatchIsNeverApplied(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	into := dialTopics(t, options(b.Addr()))
	publish(t, into, texts(10, "a")...)
	publish(t, into, texts(10, "b")...)
	c := impatient(t, into, 200*time.Millisecond)
	x := tapped(c)
	x.set(func(a *answer) {
		if n := len(a.records); n > 0 {
			a.records[n-5] ^= 4
		}
	})
	s := newSink()
	runClient(t, c, s)
	eventually(t, "the damage shows", func() bool {
		st := c.Status()
		return len(st) == 1 && strings.Contains(st[0].Degraded, "checksum")
	})
	if n := s.total(); n != 10 {
		t.Errorf("%d messages applied before the damaged batch, want 10", n)
	}
	x.set(nil)
	eventually(t, "all, once the broker sends whole batches", func() bool { return s.total() == 20 && c.Status()[0].Degraded == "" })
	s.check(t)
}

func TestLeaderThatLagsBehind(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	into := dialTopics(t, options(b.Addr()))
	publish(t, into, texts(10, "a")...)
	c := impatient(t, into, patience) // so that it waits for the leader as long as the test does
	x := tapped(c)
	s := newSink()
	stop := runClient(t, c, s)
	eventually(t, "ten", func() bool { return s.at(0) == 10 })
	x.set(func(a *answer) { a.high, a.stable = 8, 8 })
	eventually(t, "an error, not yet a fault", func() bool { return strings.Contains(c.Status()[0].LastError, "ahead of the leader") })
	x.set(nil)
	publish(t, into, texts(5, "b")...)
	eventually(t, "it goes on when the leader has caught up", func() bool { return s.at(0) == 15 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	c = impatient(t, into, 100*time.Millisecond)
	tapped(c).set(func(a *answer) { a.high, a.stable = 8, 8 })
	runClient(t, c, s)
	eventually(t, "a fault when that stays", func() bool {
		return len(c.Status()) == 1 && strings.Contains(c.Status()[0].Degraded, "offset 15 beyond end 8")
	})
	s.check(t)
}

// An answer that tells of a later start of the log is not taken for a gap that
// compaction left.
func TestAnswerBehindTheStart(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	publish(t, c, texts(10, "a")...)
	x := tapped(c)
	s := newSink()
	runClient(t, c, s)
	eventually(t, "ten", func() bool { return s.at(0) == 10 })
	x.set(func(a *answer) { a.start, a.high, a.stable = 100, 110, 110 })
	eventually(t, "the partition stops", func() bool {
		return strings.HasPrefix(c.Status()[0].Degraded, "offset 10 below log start 100: 90 updates lost to retention")
	})
	s.check(t)
}

// A sink that waits lets the log's start overtake the reading.
func TestRetentionOvertakes(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	o := options(b.Addr())
	o.BatchCount = 10
	c := dialTopics(t, o)
	for range 10 {
		publish(t, c, texts(20, "a")...)
	}
	var once sync.Once
	s := newSink()
	s.next[0] = 0
	s.refuse = func(indexer.Batch) (err error) {
		once.Do(func() {
			if e := b.cluster.DeleteRecords("iif.updates", 0, 150); e != nil {
				t.Error(e)
			}
			err = errors.New("try again")
		})
		return err
	}
	runClient(t, c, s)
	eventually(t, "the partition stops", func() bool {
		st := c.Status()
		return len(st) == 1 && strings.HasPrefix(st[0].Degraded, "offset 0 below log start 150: 150 updates lost to retention")
	})
	if s.total() != 0 {
		t.Errorf("%d messages behind the gap", s.total())
	}
}

func TestDialNamesTheCause(t *testing.T) {
	noLeaks(t)
	f := func(o Options, kind error, text string) {
		t.Helper()
		o.DialTimeout, o.Deadline, o.Logger = 2*time.Second, time.Second, quiet()
		c, err := Dial(context.Background(), o)
		if err == nil {
			c.Close()
			t.Errorf("want %q", text)
			return
		}
		if kind != nil && !errors.Is(err, kind) || !strings.Contains(err.Error(), text) {
			t.Errorf("want %q: %v", text, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	f(Options{}, nil, "no broker given")
	f(Options{Brokers: []string{closed}}, ErrUnreachable, "is it running")
	f(Options{Brokers: []string{closed}, SASL: SASL{User: "u", Password: "p"}}, nil, "choose PLAIN")
	f(Options{Brokers: []string{closed}, SASL: SASL{Mechanism: "GSSAPI"}}, nil, `unknown SASL mechanism "GSSAPI"`)
	f(Options{Brokers: []string{closed}, Topic: "a", Rejected: "a"}, nil, "at once")
	mute, err := net.Listen("tcp", "127.0.0.1:0") // accepts in the kernel and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	f(Options{Brokers: []string{mute.Addr().String()}}, ErrUnreachable, "is it running")
	_, err = TLSFiles("no such file", "", "")
	if err == nil || !strings.Contains(err.Error(), "CA file") {
		t.Errorf("missing CA file: %v", err)
	}
	if _, err = TLSFiles("", "cert only", ""); err == nil || !strings.Contains(err.Error(), "key file") {
		t.Errorf("certificate without key: %v", err)
	}
}
