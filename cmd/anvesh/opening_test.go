package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"anvesh/indexer/kafka"
)

// A heldLog is an embedded log whose check waits: its notes are a pipe into which nobody has written yet.
type heldLog struct {
	t     *testing.T
	path  string
	notes []byte
}

// hold makes the check of a log wait. The service is stopped.
func hold(t *testing.T, dir string) *heldLog {
	t.Helper()
	h := &heldLog{t: t, path: filepath.Join(dir, "log", "acknowledged")}
	var err error
	if err = os.MkdirAll(filepath.Dir(h.path), 0o700); err == nil {
		if h.notes, err = os.ReadFile(h.path); os.IsNotExist(err) {
			err = nil
		}
	}
	if err == nil {
		err = os.RemoveAll(h.path)
	}
	if err == nil {
		err = syscall.Mkfifo(h.path, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// release lets the check go on, with the notes as they were.
func (h *heldLog) release() {
	h.t.Helper()
	pipe, err := os.OpenFile(h.path, os.O_WRONLY, 0) // waits until the check reads
	if err == nil {
		h.restore()
		_, err = pipe.Write(h.notes)
	}
	if err == nil {
		err = pipe.Close()
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// restore puts the notes back in place of the pipe.
func (h *heldLog) restore() {
	h.t.Helper()
	err := os.WriteFile(h.path+".back", h.notes, 0o600)
	if err == nil {
		err = os.Rename(h.path+".back", h.path)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// answering starts a service whose log is held, and returns once it says so.
func answering(t *testing.T, dir, key string) *server {
	t.Helper()
	s := launch(t, dir, key)
	select {
	case a := <-s.serving:
		s.address, s.broker = "http://"+a[0], a[1]
	case err := <-s.ended:
		t.Fatalf("the service ended: %v", err)
	}
	for body := []byte(nil); !bytes.Contains(body, []byte(opening)); _, body = s.get("/readyz", nil) {
		time.Sleep(5 * time.Millisecond) // between looks
	}
	return s
}

// says asks for a path and looks for a status and a part of the answer.
func (s *server) says(path string, want int, part string) {
	s.t.Helper()
	status, body := s.get(path, url.Values{"name": {"Dharampal"}, "reason": {"FIR 1/2026"}})
	if status != want || !bytes.Contains(body, []byte(part)) {
		s.t.Errorf("%s: %d %s; want %d and %q", path, status, body, want, part)
	}
}

// TestSearchedWhileTheLogIsChecked: while the embedded log is checked a service that was killed answers from what it holds,
// says why that may not be all, states nothing and takes no updates; an empty one waits. When the log is open what was
// appended and not applied is found, and nothing is degraded any more. A stop does not wait for the check.
func TestSearchedWhileTheLogIsChecked(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	const held, later = "13225008250042", "13225008250043"
	s := serve(t, dir, key)
	token := publish(t, publisher(t, s.broker), held, form(held, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
	s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {token}})
	if !s.kill() {
		t.Fatal("the service ended by itself")
	}
	broker, err := kafka.StartBroker(kafka.BrokerOptions{Dir: filepath.Join(dir, "log"), Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, publisher(t, broker.Addr()), later, form(later, "Dharampal Sihag", "धर्मपाल सिहाग", "HR26DK8338", "MA3ERLF1S00123457"))
	if err := broker.Close(); err != nil {
		t.Fatal(err)
	}

	log := hold(t, dir)
	s = answering(t, dir, key)
	s.says("/readyz", 200, opening)
	s.says("/v1/status", 200, opening)
	s.says("/metrics", 200, "anvesh_degraded 1\n")
	s.says("/v1/persons/search", 200, `"complete":false`)
	if got := s.search("persons", url.Values{"name": {"Dharampal"}}); len(got) != 1 || got[0] != held+"/p/A1" {
		t.Errorf("found %v, want what is held", got)
	}
	status, body := s.post("/v1/persons/search?statement=1", "application/json", `{"name":"Virender Singh","reason":"FIR 1/2026"}`)
	if status != 409 || !bytes.Contains(body, []byte("incomplete")) {
		t.Errorf("a statement: %d %s", status, body)
	}
	status, body = s.post("/v1/updates", "application/json", string(form("13225008250044", "Balbir Dahiya", "", "", "")))
	if status != 503 || !bytes.Contains(body, []byte("not_published")) {
		t.Errorf("an update: %d %s", status, body)
	}
	s.stop()

	s = answering(t, dir, key)
	s.says("/v1/persons/search", 200, held+"/p/A1")
	log.release()
	s.whole()
	if got := s.search("persons", url.Values{"name": {"Dharampal"}}); len(got) != 2 {
		t.Errorf("found %v, want both", got)
	}
	s.says("/v1/persons/search", 200, `"complete":true`)
	if status, body := s.post("/v1/updates", "application/json", string(form("13225008250044", "Balbir Dahiya", "", "", ""))); status != 200 {
		t.Errorf("an update: %d %s", status, body)
	}
	s.stop()

	empty := t.TempDir()
	key = addKey(t, empty)
	log = hold(t, empty)
	s = answering(t, empty, key)
	s.says("/readyz", 503, opening)
	s.says("/v1/persons/search", 503, "not_ready")
	log.release()
	s.whole()
	s.stop()
}

// TestDamageFoundWhileSearched: what the check finds ends a service that answers already, as it does one that does not.
func TestDamageFoundWhileSearched(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	s := serve(t, dir, key)
	appendTo(t, s.broker, "Dharampal Sihag", 1, 6)
	s.found("Dharampal Sihag", 6)
	s.stop()
	segment := filepath.Join(dir, "log", "partitions", "iif.updates-0", "0.dat")
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(segment, b, 0o600); err != nil {
		t.Fatal(err)
	}
	log := hold(t, dir)
	s = answering(t, dir, key)
	s.says("/v1/persons/search", 200, `"complete":false`)
	log.release()
	err = <-s.ended
	for _, part := range []string{"exit status 1", "the log is damaged, iif.updates/0", "copy the log's directory back", "--accept-gap"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("it ended with %v; want %q", err, part)
		}
	}
}

// TestTakenBrokerAddress: a start that cannot have the broker's address ends before anything is answered.
func TestTakenBrokerAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	hold(t, dir)
	_, errs, code := program(t, "", "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", l.Addr().String())
	if code != 1 || !strings.Contains(errs, "is taken by another program") || strings.Contains(errs, `"serving"`) {
		t.Errorf("exit %d: %s", code, errs)
	}
}
