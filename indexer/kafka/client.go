package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Errors that callers decide by; the text around them says what to do.
var (
	ErrUnreachable = errors.New("no broker answers")
	ErrSignIn      = errors.New("the broker refuses the sign-in")
	ErrTLS         = errors.New("TLS and the broker do not fit")
	ErrCompacted   = errors.New("the topic is compacted")
	ErrNoTopic     = errors.New("the topic does not exist")
	ErrTooLarge    = errors.New("the message is too large")
	ErrGap         = errors.New("the log does not begin at offset 0 and the store is empty")
)

// A Client is one cluster and the two topics. It may be used by many
// goroutines at once. Close it after Run has returned.
type Client struct {
	opts  Options
	addr  net.Addr
	trip  kafkago.RoundTripper
	api   *kafkago.Client
	close func()

	codecs codecs
	dials  atomic.Int64 // connections that were made

	mu      sync.Mutex
	parts   map[int]*partition // those that Run has found
	topicID string             // of the topic that is read, "" until it is known
	apart   trouble            // why the cluster was not reached at the start
}

// A trouble is what keeps the log from being read at all.
type trouble struct {
	err    error
	since  time.Time
	logged time.Time
}

// Dial connects and asks for the cluster's layout, so that a wrong password, a
// foreign certificate or a dead broker is called by its name. The errors wrap
// ErrUnreachable, ErrSignIn or ErrTLS.
func Dial(ctx context.Context, opts Options) (*Client, error) {
	c, err := Open(opts)
	if err != nil {
		return nil, err
	}
	if _, err := c.metadata(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Open is Dial without the look at the cluster, for a service that has something to answer from while no broker is
// there. Connect tells how it stands, and Run goes on from there.
func Open(opts Options) (*Client, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	mech, err := opts.SASL.mechanism()
	if err != nil {
		return nil, err
	}
	life, stop := context.WithCancel(context.Background())
	t := &kafkago.Transport{
		DialTimeout:    opts.DialTimeout,
		IdleTimeout:    time.Minute,
		MetadataTTL:    opts.Poll,
		MetadataTopics: []string{opts.Topic, opts.Rejected},
		ClientID:       opts.ClientID,
		TLS:            opts.TLS,
		SASL:           mech,
		Context:        life,
	}
	c := newClient(opts, t)
	t.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c.dials.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	c.close = func() { t.CloseIdleConnections(); stop() }
	if opts.SASL.Mechanism == "PLAIN" && opts.TLS == nil {
		opts.Logger.Warn("kafka: the password travels in clear text: use TLS or a SCRAM mechanism")
	}
	return c, nil
}

func newClient(opts Options, trip kafkago.RoundTripper) *Client {
	addr := kafkago.TCP(opts.Brokers...)
	return &Client{
		opts:  opts,
		addr:  addr,
		trip:  trip,
		api:   &kafkago.Client{Addr: addr, Transport: trip},
		close: func() {},
		parts: make(map[int]*partition),
	}
}

// Connect makes and checks the topics. Where no broker answers (ErrUnreachable), or the cluster says that it cannot yet,
// it returns nil all the same: Run tries again, and Apart tells why nothing is read.
func (c *Client) Connect(ctx context.Context) error {
	err := c.EnsureTopics(ctx)
	var code kafkago.Error
	passing := errors.Is(err, ErrUnreachable) || errors.As(err, &code) && code.Temporary()
	if err == nil || !passing || ctx.Err() != nil {
		return err
	}
	c.setApart(err)
	return nil
}

// reconnect is Connect once more, if the first time found no broker. Whatever it meets then is told and tried again:
// searches are being answered, and a setting that is wrong can be mended meanwhile.
func (c *Client) reconnect(ctx context.Context) error {
	if c.Apart() == "" {
		return nil
	}
	err := c.EnsureTopics(ctx)
	if ctx.Err() == nil {
		c.setApart(err)
	}
	return err
}

// setApart notes why the cluster is not read, nil for nothing, and logs it once a minute.
func (c *Client) setApart(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &c.apart
	now := time.Now()
	switch a.err = err; {
	case err == nil:
		c.opts.Logger.Info("kafka: the cluster is reached", "after", now.Sub(a.since).Round(time.Millisecond))
		*a = trouble{}
		return
	case a.since.IsZero():
		a.since = now
	}
	if now.Sub(a.logged) >= time.Minute {
		a.logged = now
		c.opts.Logger.Warn("kafka: nothing is read until the cluster is reached; that is tried again and again", "error", err)
	}
}

// Apart says since when and why the cluster has not been reached at all, "" when it was.
func (c *Client) Apart() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apart.err == nil {
		return ""
	}
	return fmt.Sprintf("the log is not reached since %s, when this service started: %v", c.apart.since.UTC().Format(time.RFC3339), c.apart.err)
}

// Close gives the connections back.
func (c *Client) Close() error {
	c.close()
	return nil
}

// metadata returns the cluster's layout, at most Options.Poll old.
func (c *Client) metadata(ctx context.Context) (*kafkago.MetadataResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.DialTimeout+c.opts.Deadline)
	defer cancel()
	m, err := c.api.Metadata(ctx, &kafkago.MetadataRequest{Topics: []string{c.opts.Topic, c.opts.Rejected}})
	if err != nil && errors.Is(ctx.Err(), context.Canceled) { // whoever asked is told that, and not how the dial ended beside it
		return nil, fmt.Errorf("kafka: %w", ctx.Err())
	}
	if err != nil {
		return nil, c.opts.explain(err)
	}
	return m, nil
}

// Partitions returns how many partitions the topic of updates has.
func (c *Client) Partitions(ctx context.Context) (int, error) {
	return c.partitions(ctx, c.opts.Topic)
}

func (c *Client) partitions(ctx context.Context, topic string) (int, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range m.Topics {
		if t.Name != topic {
			continue
		}
		if t.Error != nil {
			return 0, fmt.Errorf("kafka: topic %s: %w", topic, t.Error)
		}
		return len(t.Partitions), nil
	}
	return 0, fmt.Errorf("kafka: topic %s: %w", topic, kafkago.UnknownTopicOrPartition)
}

// Bounds returns the offset of the first message that the log still holds of a
// partition of the topic of updates, and the offset that its next message gets.
func (c *Client) Bounds(ctx context.Context, partition int) (start, end int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	r, err := c.api.ListOffsets(ctx, &kafkago.ListOffsetsRequest{
		Topics: map[string][]kafkago.OffsetRequest{
			c.opts.Topic: {kafkago.FirstOffsetOf(partition), kafkago.LastOffsetOf(partition)},
		},
	})
	if err != nil {
		return 0, 0, fmt.Errorf("kafka: bounds of %s/%d: %w", c.opts.Topic, partition, err)
	}
	for _, p := range r.Topics[c.opts.Topic] {
		if p.Partition != partition {
			continue
		}
		if p.Error != nil {
			return 0, 0, fmt.Errorf("kafka: bounds of %s/%d: %w", c.opts.Topic, partition, p.Error)
		}
		if p.FirstOffset < 0 || p.LastOffset < p.FirstOffset {
			return 0, 0, fmt.Errorf("kafka: bounds of %s/%d: the broker answers %d..%d", c.opts.Topic, partition, p.FirstOffset, p.LastOffset)
		}
		return p.FirstOffset, p.LastOffset, nil
	}
	return 0, 0, fmt.Errorf("kafka: bounds of %s/%d: %w", c.opts.Topic, partition, kafkago.UnknownTopicOrPartition)
}

// explain names the cause of a failed connection and what to do about it.
func (o Options) explain(err error) error {
	var (
		where     = strings.Join(o.Brokers, ", ")
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		host      x509.HostnameError
		plaintext tls.RecordHeaderError
		network   *net.OpError
	)
	say := func(kind error, what string) error {
		return fmt.Errorf("kafka: %s: %w: %s (%w)", where, kind, what, err)
	}
	switch {
	case errors.As(err, &authority):
		return say(ErrTLS, "its certificate is not signed by a CA that we trust: give the CA's file")
	case errors.As(err, &host):
		return say(ErrTLS, "its certificate names another host: use a name or address that it holds")
	case errors.As(err, &invalid):
		return say(ErrTLS, "its certificate is not valid")
	case errors.As(err, &plaintext):
		return say(ErrTLS, "it speaks plain text: leave TLS off")
	case strings.Contains(err.Error(), "expecting TLS"):
		return say(ErrTLS, "it expects TLS: turn TLS on")
	case errors.Is(err, kafkago.SASLAuthenticationFailed):
		return say(ErrSignIn, "wrong user or password")
	case errors.Is(err, kafkago.UnsupportedSASLMechanism):
		return say(ErrSignIn, "it does not offer the mechanism "+o.SASL.Mechanism)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		switch {
		case o.SASL.Mechanism != "":
			return say(ErrSignIn, "it closes the connection: wrong user or password, or no SASL on this port")
		case o.TLS != nil:
			return say(ErrTLS, "it closes the connection: does it speak plain text, or want a user and password?")
		}
		return say(ErrUnreachable, "it closes the connection: does the port want TLS, or a user and password?")
	case o.TLS != nil && errors.Is(err, os.ErrDeadlineExceeded):
		return say(ErrTLS, "it takes the connection and says nothing: does it speak plain text?")
	case errors.As(err, &network), errors.Is(err, context.DeadlineExceeded):
		return say(ErrUnreachable, "is it running, and are host and port right?")
	}
	return fmt.Errorf("kafka: %s: %w", where, err)
}
