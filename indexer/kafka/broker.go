package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// BrokerOptions say where the embedded broker keeps its log and listens.
type BrokerOptions struct {
	Dir    string // of the log, made if absent; required
	Listen string // host:port, default 127.0.0.1:9092; port 0 takes a free one
	// Advertise is the host:port that clients are sent to, default the
	// listening address.
	Advertise string
	// AllowRemote permits an address that is not loopback. The broker asks
	// nobody for a password.
	AllowRemote bool
	// AcceptGap goes on with a damaged log, without what is lost of it; otherwise it is refused (ErrDamagedLog).
	AcceptGap bool
	// Room, if set, is asked before messages are appended; where it says why
	// there is no room, they are refused with an error that clients retry
	// (KAFKA_STORAGE_ERROR), so that the log does not fill the disk. Fetches
	// are answered.
	Room   func() error
	Logger *slog.Logger // default slog.Default()

	connections int // default maxConnections
}

// A Broker is a one-node Kafka inside this process, on disk: every
// acknowledged message is synced before the acknowledgement leaves. It is franz-go's
// kfake behind a guard, meant for a demonstration or one small machine; it has
// no replicas, and what it cannot do is said in OPERATING.md. Production means a
// Kafka cluster.
//
// Only one process may use a directory; the store's own lock, taken first,
// serves for that.
type Broker struct {
	opts    BrokerOptions
	guard   *guard
	cluster *kfake.Cluster // nil until it is open
	notes   *acknowledged
	stop    chan struct{} // closed when it ends
	noting  sync.WaitGroup
	once    sync.Once
	err     error
}

// StartBroker is ListenBroker and Open in one, for who has nothing to do meanwhile.
func StartBroker(o BrokerOptions) (*Broker, error) {
	b, err := ListenBroker(o)
	if err != nil {
		return nil, err
	}
	if err := b.Open(context.Background()); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// ListenBroker makes the directory and takes the address. Clients that connect wait until the log is open.
func ListenBroker(o BrokerOptions) (*Broker, error) {
	if o.Dir == "" {
		return nil, errors.New("kafka: embedded broker: no directory given")
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.connections == 0 {
		o.connections = maxConnections
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("kafka: embedded broker: %w", err)
	}
	g, err := o.listen()
	if err != nil {
		return nil, err
	}
	return &Broker{opts: o, guard: g, stop: make(chan struct{})}, nil
}

// Open checks the log and opens it, once; clients are answered when it returns. It reads all of the log twice, which takes
// a second for every few hundred megabytes. Where ctx ends first it returns at once: what the library is reading then it
// reads on, and closes, unless the process ends before. Close the broker after Open has returned.
func (b *Broker) Open(ctx context.Context) error {
	type log struct {
		cluster *kfake.Cluster
		notes   *acknowledged
		err     error
	}
	began, opened := time.Now(), make(chan log, 1)
	go func() {
		notes, err := openLog(ctx, &b.opts)
		if err != nil {
			opened <- log{err: fmt.Errorf("kafka: embedded broker: the log in %s: %w", b.opts.Dir, err)}
			return
		}
		cluster, err := b.start(notes)
		opened <- log{cluster, notes, err}
	}()
	var l log
	select {
	case l = <-opened:
	case <-ctx.Done():
		go func() {
			if l := <-opened; l.err == nil {
				l.cluster.Close()
				l.notes.close()
			}
		}()
		return ctx.Err()
	}
	if l.err != nil {
		return l.err
	}
	b.cluster, b.notes = l.cluster, l.notes
	if err := b.noteEnds(); err != nil {
		return err
	}
	b.noting.Go(b.keepNoting)
	b.opts.Logger.Info("kafka: embedded broker: the log is open", "after", time.Since(began).Round(time.Millisecond))
	return nil
}

// start lets the library open a log that is whole, and answer.
func (b *Broker) start(notes *acknowledged) (*kfake.Cluster, error) {
	b.guard.notes = notes
	b.guard.starting.Add(1)
	defer b.guard.starting.Done()
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.ClusterID(clusterID),
		kfake.DataDir(b.opts.Dir),
		kfake.SyncWrites(),
		kfake.DefaultNumPartitions(4),
		kfake.BrokerConfigs(map[string]string{
			"message.max.bytes": strconv.Itoa(MaxMessage),
			"log.segment.bytes": strconv.Itoa(segmentBytes),
		}),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return b.guard, nil }),
		kfake.WithLogger(brokerLog{b.opts.Logger}),
	)
	if err != nil {
		return nil, fmt.Errorf("kafka: embedded broker: open the log in %s: %w", b.opts.Dir, err)
	}
	cluster.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		ask := r.(*kmsg.ProduceRequest)
		if stampedByBroker(ask) {
			return refuseProduce(ask, kerr.InvalidTimestamp, errors.New("a batch claims the time of the log, which only a broker may set")), nil, true
		}
		if b.opts.Room != nil {
			if err := b.opts.Room(); err != nil {
				return refuseProduce(ask, kerr.KafkaStorageError, err), nil, true
			}
		}
		return nil, nil, false
	})
	cluster.ControlKey(int16(kmsg.DeleteTopics), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		ask := r.(*kmsg.DeleteTopicsRequest)
		if err := notes.deleting(ask); err != nil {
			b.opts.Logger.Error("kafka: embedded broker: a topic is not deleted", "error", err)
			return refuseDelete(ask), nil, true
		}
		return nil, nil, false
	})
	return cluster, nil
}

// noteEvery is how often it is noted where the log ends, for where age deletes what was acknowledged last.
const noteEvery = time.Minute

func (b *Broker) keepNoting() {
	tick := time.NewTicker(noteEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.stop:
			return
		case <-tick.C:
			if err := b.noteEnds(); err != nil {
				b.opts.Logger.Warn("kafka: embedded broker: the end of the log is not noted", "error", err)
			}
		}
	}
}

// noteEnds notes where each partition ends. The cluster must be open.
func (b *Broker) noteEnds() error {
	topics, err := readTopics(b.opts.Dir)
	if err != nil {
		return fmt.Errorf("kafka: embedded broker: %w", err)
	}
	var notes []note
	for _, t := range topics {
		for _, p := range b.cluster.PartitionInfos(t.Name) {
			kind := uint32(noteEnd)
			if p.LogStartOffset == p.HighWatermark {
				kind = noteEmpty
			}
			if was := b.notes.need(t.Name, p.Partition); p.HighWatermark > was.need || p.HighWatermark == was.need && kind == noteEmpty && !was.empty {
				notes = append(notes, note{keyOf(t.Name, p.Partition), kind, p.HighWatermark})
			}
		}
	}
	return b.notes.write(notes...)
}

// stampedByBroker tells whether a batch says that its time is the broker's. The embedded broker would write its own into
// it and leave the checksum as it was, so that nobody could read the batch, nor the broker its log.
func stampedByBroker(r *kmsg.ProduceRequest) bool {
	for _, t := range r.Topics {
		for _, p := range t.Partitions {
			if len(p.Records) > 22 && p.Records[22]&8 != 0 {
				return true
			}
		}
	}
	return false
}

// refuseDelete answers that no topic was deleted.
func refuseDelete(r *kmsg.DeleteTopicsRequest) kmsg.Response {
	resp := r.ResponseKind().(*kmsg.DeleteTopicsResponse)
	for _, name := range r.TopicNames {
		r.Topics = append(r.Topics, kmsg.DeleteTopicsRequestTopic{Topic: &name})
	}
	for _, asked := range r.Topics {
		t := kmsg.NewDeleteTopicsResponseTopic()
		t.Topic, t.TopicID, t.ErrorCode = asked.Topic, asked.TopicID, kerr.KafkaStorageError.Code
		resp.Topics = append(resp.Topics, t)
	}
	return resp
}

// refuseProduce answers that nothing of a request was appended; nil for one
// that wants no answer.
func refuseProduce(r *kmsg.ProduceRequest, code *kerr.Error, why error) kmsg.Response {
	if r.Acks == 0 {
		return nil
	}
	text := why.Error()
	resp := r.ResponseKind().(*kmsg.ProduceResponse)
	for _, t := range r.Topics {
		topic := kmsg.NewProduceResponseTopic()
		topic.Topic, topic.TopicID = t.Topic, t.TopicID
		for _, p := range t.Partitions {
			partition := kmsg.NewProduceResponseTopicPartition()
			partition.Partition, partition.ErrorCode, partition.BaseOffset = p.Partition, code.Code, -1
			partition.ErrorMessage = &text
			topic.Partitions = append(topic.Partitions, partition)
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

func (o *BrokerOptions) listen() (*guard, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:9092"
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("kafka: embedded broker: address %q is not host:port: %w", o.Listen, err)
	}
	if ip := net.ParseIP(host); !o.AllowRemote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("kafka: embedded broker: %s is reachable from other machines, and the broker asks for no password: listen on 127.0.0.1, or use a Kafka cluster", o.Listen)
	}
	l, err := net.Listen("tcp", o.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("kafka: embedded broker: %s is taken by another program: stop that one, or choose another address: %w", o.Listen, err)
	}
	if err != nil {
		return nil, fmt.Errorf("kafka: embedded broker: %w", err)
	}
	addr := l.Addr()
	if o.Advertise != "" {
		if _, _, err := net.SplitHostPort(o.Advertise); err != nil {
			l.Close()
			return nil, fmt.Errorf("kafka: embedded broker: advertised address %q is not host:port: %w", o.Advertise, err)
		}
		addr = hostPort(o.Advertise)
	}
	return newGuard(l, addr, o.connections, o.Logger), nil
}

// hostPort is an address by name.
type hostPort string

func (hostPort) Network() string  { return "tcp" }
func (h hostPort) String() string { return string(h) }

// Addr returns the host:port that clients connect to.
func (b *Broker) Addr() string { return b.guard.Addr().String() }

// Close stops listening, drops the connections and closes the log.
func (b *Broker) Close() error {
	b.once.Do(func() {
		close(b.stop)
		b.noting.Wait()
		if b.cluster == nil {
			b.err = b.guard.Close()
			return
		}
		b.err = b.noteEnds()
		b.cluster.Close()
		b.err = errors.Join(b.err, b.notes.close())
	})
	return b.err
}

// brokerLog passes kfake's warnings and errors on; the rest is chatter.
type brokerLog struct{ log *slog.Logger }

func (l brokerLog) Logf(level kfake.LogLevel, format string, args ...any) {
	text := "kafka: embedded broker: " + strings.TrimSpace(fmt.Sprintf(format, args...))
	switch level {
	case kfake.LogLevelError:
		l.log.Error(text)
	case kfake.LogLevelWarn:
		l.log.Warn(text)
	}
}
