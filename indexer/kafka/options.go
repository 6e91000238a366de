package kafka

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// The contract's settings of the topics.
const (
	// MaxMessage is the largest record batch a topic takes, and so the largest
	// message: 16 MiB.
	MaxMessage = 16 << 20
	// Retention is how long the log keeps a message: 35 days. What is older
	// lives in the store and its backups.
	Retention = 35 * 24 * time.Hour
)

// SASL says who we are to the broker. Mechanism is PLAIN, SCRAM-SHA-256 or
// SCRAM-SHA-512; empty means no sign-in.
type SASL struct {
	Mechanism, User, Password string
}

// updatesTopic is the topic of updates where no other is named.
const updatesTopic = "iif.updates"

// Options say which cluster and topics, and how patient to be. Brokers is
// required; the zero value of everything else is usable.
type Options struct {
	Brokers  []string // host:port each
	Topic    string   // updates, default iif.updates
	Rejected string   // dead letters, default iif.rejected

	TLS  *tls.Config // nil: plain text. See TLSFiles
	SASL SASL

	ClientID   string // default anvesh
	Partitions int    // of the topic of updates when EnsureTopics makes it, default 4
	AcceptGap  bool   // go on from what the log holds where it has lost something: its start, its end, what was read

	// Dir is an existing directory in which Run keeps the topic's id, so that another topic of the same name is told
	// from the one that was read, after a restart too. Empty: only while it runs.
	Dir string

	Logger *slog.Logger // default slog.Default()

	DialTimeout time.Duration // connect, TLS and sign-in together, default 5 s
	Deadline    time.Duration // of a request beyond its own waiting time, default 10 s
	MaxWait     time.Duration // the broker's wait for data at the log's end, default 250 ms
	Poll        time.Duration // how often the cluster's layout is looked at, default 2 s
	Backoff     time.Duration // longest pause after an error, default 3 s

	FetchBytes int // asked for in one fetch, default 2 MiB; measured: 1 to 4 MiB are alike
	BatchCount int // messages in a Batch, default 2,000: a Badger transaction holds them
	BatchBytes int // bytes in a Batch, default 8 MiB; one larger message goes alone
}

func (o Options) withDefaults() (Options, error) {
	if len(o.Brokers) == 0 {
		return o, errors.New("kafka: no broker given: name one as host:port, or use the embedded broker")
	}
	text := func(s *string, d string) {
		if *s == "" {
			*s = d
		}
	}
	text(&o.Topic, updatesTopic)
	text(&o.Rejected, "iif.rejected")
	text(&o.ClientID, "anvesh")
	if o.Topic == o.Rejected {
		return o, fmt.Errorf("kafka: topic %s cannot hold updates and dead letters at once", o.Topic)
	}
	span := func(p *time.Duration, d time.Duration) {
		if *p <= 0 {
			*p = d
		}
	}
	span(&o.DialTimeout, 5*time.Second)
	span(&o.Deadline, 10*time.Second)
	span(&o.MaxWait, 250*time.Millisecond)
	span(&o.Poll, 2*time.Second)
	span(&o.Backoff, 3*time.Second)
	count := func(p *int, d int) {
		if *p <= 0 {
			*p = d
		}
	}
	count(&o.Partitions, 4)
	count(&o.FetchBytes, 2<<20)
	count(&o.BatchCount, 2000)
	count(&o.BatchBytes, 8<<20)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o, nil
}

func (s SASL) mechanism() (sasl.Mechanism, error) {
	switch s.Mechanism {
	case "":
		if s.User != "" || s.Password != "" {
			return nil, errors.New("kafka: a user or password is given but no SASL mechanism: choose PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
		}
		return nil, nil
	case "PLAIN":
		return plain.Mechanism{Username: s.User, Password: s.Password}, nil
	case "SCRAM-SHA-256":
		return scram.Mechanism(scram.SHA256, s.User, s.Password)
	case "SCRAM-SHA-512":
		return scram.Mechanism(scram.SHA512, s.User, s.Password)
	}
	return nil, fmt.Errorf("kafka: unknown SASL mechanism %q: choose PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", s.Mechanism)
}

// TLSFiles makes a TLS configuration from PEM files. ca may be empty (the
// system's roots); cert and key are a client certificate, both or neither.
func TLSFiles(ca, cert, key string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("kafka: CA file: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("kafka: CA file %s holds no certificate in PEM form", ca)
		}
	}
	if (cert == "") != (key == "") {
		return nil, errors.New("kafka: a client certificate needs both its certificate file and its key file")
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("kafka: client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
