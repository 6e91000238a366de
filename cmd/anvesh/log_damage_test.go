package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer/kafka"
	"anvesh/query"
)

// appendTo publishes forms of persons of one name to partition 0, each in a batch of its own, and returns their record ids.
func appendTo(t *testing.T, broker, name string, from, n int) (ids []string) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.DefaultProduceTopic("iif.updates"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range n {
		fir := fmt.Sprintf("1322500825%04d", from+i)
		err := c.ProduceSync(context.Background(), &kgo.Record{Key: []byte(fir), Value: form(fir, name, "", fmt.Sprintf("HR26AB%04d", from+i), "")}).FirstErr()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, fir+"/p/A1")
	}
	return ids
}

// found asks for a name until as many are found.
func (s *server) found(name string, n int) query.Answer {
	s.t.Helper()
	for ; ; time.Sleep(5 * time.Millisecond) { // between looks
		status, body := s.get("/v1/persons/search", url.Values{"name": {name}, "reason": {"FIR 1/2026"}, "limit": {"100"}})
		var a query.Answer
		if status == 200 {
			if err := json.Unmarshal(body, &a); err != nil {
				s.t.Fatal(err)
			}
			if len(a.Hits) == n {
				return a
			}
		}
		if len(s.ended) > 0 {
			s.t.Fatalf("the service ended by itself: %v", <-s.ended)
		}
	}
}

// TestDamagedEmbeddedLog damages the log of a service that was killed. It refuses to start, exit 1, and says what to do;
// with the log copied back it goes on; with --accept-gap it goes on without what was lost of the log, which the store has.
func TestDamagedEmbeddedLog(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	s := serve(t, dir, key)
	appendTo(t, s.broker, "Dharampal Sihag", 1, 12)
	s.found("Dharampal Sihag", 12)
	if !s.kill() {
		t.Fatal("the service ended by itself")
	}
	log, saved := filepath.Join(dir, "log"), t.TempDir()
	if err := os.CopyFS(saved, os.DirFS(log)); err != nil {
		t.Fatal(err)
	}
	segment := filepath.Join(log, "partitions", "iif.updates-0", "0.dat")
	whole, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	f := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(segment, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, errs, code := program(t, "", "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0")
		for _, say := range []string{"the log is damaged, iif.updates/0", "copy the log's directory back", "--accept-gap"} {
			if code != 1 || !strings.Contains(errs, say) {
				t.Errorf("%s: exit %d, want %q: %s", what, code, say, errs)
			}
		}
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	f("the end cut off", whole[:len(whole)-1])
	f("zeros at the end", append(append([]byte(nil), whole[:len(whole)-100]...), make([]byte, 100)...))
	f("a bit flipped", flipped)

	accepting := start(t, key, []string{os.Args[0], "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0", "--accept-gap"})
	accepting.await()
	if a := accepting.found("Dharampal Sihag", 12); !a.Complete {
		t.Error("with the damage accepted the answer is not complete")
	}
	appendTo(t, accepting.broker, "Balbir Dahiya", 101, 2)
	accepting.found("Balbir Dahiya", 2)
	accepting.stop()
	again := serve(t, dir, key) // and without the flag
	if a := again.found("Balbir Dahiya", 2); !a.Complete {
		t.Error("after the damage was accepted an answer is not complete")
	}
	again.stop()
}

// TestEmbeddedLogCutAndRegrown: the log lost its end and grew again past what was applied, by a broker that knew nothing
// of that. Its partition stops, the others go on, answers say that they are not complete; --accept-gap applies all of it.
func TestEmbeddedLogCutAndRegrown(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	s := serve(t, dir, key)
	appendTo(t, s.broker, "Dharampal Sihag", 1, 6)
	s.found("Dharampal Sihag", 6)
	s.stop()
	log := filepath.Join(dir, "log")
	segment := filepath.Join(log, "partitions", "iif.updates-0", "0.dat")
	b, err := os.ReadFile(segment)
	if err == nil {
		err = os.WriteFile(segment, b[:len(b)/2], 0o600)
	}
	if err == nil {
		err = os.Remove(filepath.Join(log, "acknowledged"))
	}
	if err != nil {
		t.Fatal(err)
	}
	broker, err := kafka.StartBroker(kafka.BrokerOptions{Dir: log, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	appendTo(t, broker.Addr(), "Balbir Dahiya", 101, 9)
	if err := broker.Close(); err != nil {
		t.Fatal(err)
	}

	s = serve(t, dir, key)
	_, body := s.get("/readyz", nil)
	if !strings.Contains(string(body), "partition 0: the log is not the one that was read") || !strings.Contains(string(body), "--accept-gap") {
		t.Errorf("readyz: %s", body)
	}
	token := publish(t, publisher(t, s.broker), "13225008250900", form("13225008250900", "Ranbir Malik", "", "HR26AB9999", ""))
	if strings.HasPrefix(token, "0:") {
		t.Fatalf("the test's other key goes to partition 0: %s", token)
	}
	if a := s.found("Ranbir Malik", 1); a.Complete {
		t.Error("an answer without what partition 0 holds says that it is complete")
	}
	if a := s.found("Balbir Dahiya", 0); a.Complete {
		t.Error("an answer without what partition 0 holds says that it is complete")
	}
	s.stop()
	s = start(t, key, []string{os.Args[0], "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0", "--accept-gap"})
	s.await()
	if a := s.found("Balbir Dahiya", 9); !a.Complete {
		t.Error("not complete though all is applied")
	}
	s.found("Dharampal Sihag", 6)
	s.stop()
}
