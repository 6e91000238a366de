package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"anvesh/indexer/kafka"
)

// TestClusterComesLater starts the service while no broker is there. It answers from what it holds and says that it may
// miss updates; with nothing held it is not ready. Once a broker appears it reads on by itself.
func TestClusterComesLater(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	const held, later = "13225008250042", "13225008250043"
	s := serve(t, dir, key)
	token := publish(t, publisher(t, s.broker), held, form(held, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
	s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {token}})
	s.stop()

	address := freeAddress(t)
	cluster := []string{"--listen", "127.0.0.1:0", "--brokers", address}
	s = start(t, key, append([]string{os.Args[0], "serve", "--data", dir}, cluster...))
	s.await()
	empty := t.TempDir()
	other := start(t, addKey(t, empty), append([]string{os.Args[0], "serve", "--data", empty}, cluster...))
	other.address = "http://" + (<-other.serving)[0]
	f := func(s *server, path string, want int, part string) {
		t.Helper()
		status, body := s.get(path, url.Values{"name": {"Dharampal"}, "reason": {"FIR 1/2026"}})
		if status != want || !bytes.Contains(body, []byte(part)) {
			t.Errorf("%s: %d %s; want %d and %q", path, status, body, want, part)
		}
	}
	f(s, "/readyz", 200, "the log is not reached since")
	f(s, "/v1/status", 200, address)
	f(s, "/v1/persons/search", 200, `"complete":false`)
	f(s, "/v1/persons/search", 200, held+"/p/A1")
	f(other, "/readyz", 503, "the log is not reached since")
	f(other, "/v1/persons/search", 503, "not_ready")

	b, err := kafka.StartBroker(kafka.BrokerOptions{Dir: filepath.Join(dir, "log"), Listen: address, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	token = publish(t, publisher(t, address), later, form(later, "Dharampal Sihag", "धर्मपाल सिहाग", "HR26DK8338", "MA3ERLF1S00123457"))
	for _, s := range []*server{s, other} {
		s.whole()
		if got := s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {token}}); len(got) != 2 {
			t.Errorf("found %v, want both", got)
		}
		f(s, "/v1/persons/search", 200, `"complete":true`)
		s.stop()
	}
}

// whole waits until a service is ready and not degraded.
func (s *server) whole() {
	s.t.Helper()
	for {
		var ready struct {
			Ready    bool
			Degraded []string
		}
		status, body := s.get("/readyz", nil)
		if err := json.Unmarshal(body, &ready); err != nil {
			s.t.Fatalf("readyz: %s", body)
		}
		if status == 200 && len(ready.Degraded) == 0 {
			return
		}
		if len(s.ended) > 0 {
			s.t.Fatalf("the service ended by itself: %v", <-s.ended)
		}
		time.Sleep(20 * time.Millisecond) // between looks
	}
}

// freeAddress is one on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
