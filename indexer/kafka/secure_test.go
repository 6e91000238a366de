package kafka

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
)

// authority is a CA made for one test; file holds its certificate.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key, file}
}

// server makes a server's certificate for an IP address or a name.
func (a *authority) server(t *testing.T, ip net.IP, name string) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip != nil {
		tmpl.IPAddresses = []net.IP{ip}
	}
	if name != "" {
		tmpl.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// cluster starts a broker with the options of a test, without guard or disk.
func cluster(t *testing.T, opts ...kfake.Opt) string {
	t.Helper()
	k, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.Ports(0)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k.ListenAddrs()[0]
}

func TestTLSAndSASL(t *testing.T) {
	noLeaks(t)
	ca, foreign := newAuthority(t), newAuthority(t)
	loopback := net.IPv4(127, 0, 0, 1)
	trust := func(file string) *tls.Config {
		c, err := TLSFiles(file, "", "")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	user := func(m string) kfake.Opt { return kfake.Superuser(m, "iif", "right") }
	secured := []kfake.Opt{kfake.EnableSASL(), user("PLAIN"), user("SCRAM-SHA-256"), user("SCRAM-SHA-512")}
	var (
		both      = cluster(t, append(secured, kfake.TLS(ca.server(t, loopback, "")))...)
		passwords = cluster(t, secured...)
		encrypted = cluster(t, kfake.TLS(ca.server(t, loopback, "")))
		misnamed  = cluster(t, kfake.TLS(ca.server(t, nil, "kafka.example.org")))
	)
	ok := func(addr string, tc *tls.Config, s SASL) {
		t.Helper()
		o := options(addr)
		o.TLS, o.SASL = tc, s
		c, err := Dial(context.Background(), o)
		if err != nil {
			t.Errorf("%s: %v", s.Mechanism, err)
			return
		}
		defer c.Close()
		if err := c.EnsureTopics(context.Background()); err != nil {
			t.Fatal(err)
		}
		end := publish(t, c, texts(10, "a")...)
		sink := newSink()
		stop := runClient(t, c, sink)
		eventually(t, "messages through "+s.Mechanism, func() bool { return sink.at(0) == end && sink.total() == int(end) })
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
	ok(both, trust(ca.file), SASL{"PLAIN", "iif", "right"})
	ok(both, trust(ca.file), SASL{"SCRAM-SHA-256", "iif", "right"})
	ok(both, trust(ca.file), SASL{"SCRAM-SHA-512", "iif", "right"})
	ok(passwords, nil, SASL{"SCRAM-SHA-512", "iif", "right"})
	ok(encrypted, trust(ca.file), SASL{})

	bad := func(addr string, tc *tls.Config, s SASL, kind error, text string) {
		t.Helper()
		o := options(addr)
		o.TLS, o.SASL = tc, s
		c, err := Dial(context.Background(), o)
		if err == nil {
			c.Close()
			t.Errorf("want %q", text)
			return
		}
		if !errors.Is(err, kind) || !strings.Contains(err.Error(), text) {
			t.Errorf("want %q: %v", text, err)
		}
		if strings.Contains(err.Error(), s.Password) && s.Password != "" {
			t.Errorf("the password is in the error: %v", err)
		}
	}
	bad(both, trust(ca.file), SASL{"PLAIN", "iif", "wr0ng"}, ErrSignIn, "wrong user or password")
	bad(both, trust(ca.file), SASL{"SCRAM-SHA-256", "iif", "wr0ng"}, ErrSignIn, "wrong user or password")
	bad(both, trust(ca.file), SASL{"SCRAM-SHA-512", "nobody", "wr0ng"}, ErrSignIn, "wrong user or password")
	bad(passwords, nil, SASL{}, ErrUnreachable, "does the port want TLS, or a user and password?")
	bad(both, trust(foreign.file), SASL{"PLAIN", "iif", "right"}, ErrTLS, "not signed by a CA that we trust")
	bad(misnamed, trust(ca.file), SASL{}, ErrTLS, "names another host")
	bad(startBroker(t, t.TempDir(), "127.0.0.1:0").Addr(), trust(ca.file), SASL{}, ErrTLS, "does it speak plain text")
	bad(encrypted, nil, SASL{}, ErrUnreachable, "does the port want TLS")
}

// What a broker cannot be made to do here: answers of Kafka itself, and a
// server that says in clear text that it speaks no TLS.
func TestExplain(t *testing.T) {
	f := func(o Options, err error, kind error, text string) {
		t.Helper()
		o.Brokers = []string{"kafka:9092"}
		got := o.explain(err)
		if !errors.Is(got, err) || !errors.Is(got, kind) || !strings.Contains(got.Error(), text) {
			t.Errorf("%v: %v", err, got)
		}
	}
	secure := Options{TLS: &tls.Config{}}
	f(secure, tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, ErrTLS, "leave TLS off")
	f(secure, os.ErrDeadlineExceeded, ErrTLS, "does it speak plain text")
	f(Options{}, errors.New("unexpected EOF: broker appears to be expecting TLS"), ErrTLS, "turn TLS on")
	f(Options{}, kafkago.SASLAuthenticationFailed, ErrSignIn, "wrong user or password")
	f(Options{SASL: SASL{Mechanism: "PLAIN"}}, kafkago.UnsupportedSASLMechanism, ErrSignIn, "mechanism PLAIN")
	f(Options{}, io.EOF, ErrUnreachable, "does the port want TLS")
	f(Options{}, kafkago.ClusterAuthorizationFailed, kafkago.ClusterAuthorizationFailed, "kafka:9092")
}

func TestTLSFiles(t *testing.T) {
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(ca, cert, key, text string) {
		t.Helper()
		if _, err := TLSFiles(ca, cert, key); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("want %q: %v", text, err)
		}
	}
	f(junk, "", "", "no certificate in PEM form")
	f("", junk, junk, "client certificate")
	if c, err := TLSFiles("", "", ""); err != nil || c.RootCAs != nil {
		t.Errorf("no files: %v", err)
	}
}
