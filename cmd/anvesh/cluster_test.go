package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"anvesh/indexer"
)

// TestRealKafkaBrokerKilled loads through three real brokers, of which two must hold a message before it is acknowledged,
// kills one of them in the middle, and compares the store with what was loaded: what was acknowledged is there once.
func TestRealKafkaBrokerKilled(t *testing.T) {
	brokers, pids := os.Getenv("ANVESH_TEST_BROKERS"), strings.Split(os.Getenv("ANVESH_TEST_BROKER_PIDS"), ",")
	if len(pids) < 3 {
		t.Skip("no three brokers in ANVESH_TEST_BROKERS and ANVESH_TEST_BROKER_PIDS; make test-kafka starts them")
	}
	victim, err := strconv.Atoi(pids[1])
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	key := addKey(t, dir)
	topic := fmt.Sprintf("updates-%d", time.Now().UnixNano())
	cluster := []string{"--brokers", brokers, "--topic", topic, "--rejected", topic + "-rejected"}
	s := start(t, key, append([]string{os.Args[0], "serve", "--data", dir, "--listen", "127.0.0.1:0"}, cluster...))
	s.await()
	updates, _ := madeUp(t, 12, 30_000)
	var in strings.Builder
	for _, u := range updates {
		in.WriteString(u[1] + "\n")
	}
	applied := func() int { return int(s.status().Updates[indexer.CountApplied]) }
	load := exec.Command(os.Args[0], append([]string{"load", "-"}, cluster...)...)
	load.Env = append(os.Environ(), asProgram+"=1")
	var out, errs bytes.Buffer
	load.Stdout, load.Stderr = &out, &errs
	feed, err := load.StdinPipe()
	if err == nil {
		err = load.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	all := in.String()
	half := strings.LastIndexByte(all[:len(all)/2], '\n') + 1
	if _, err := io.WriteString(feed, all[:half]); err != nil {
		t.Fatal(err)
	}
	for applied() == 0 { // the first half is on its way, and the other waits for the kill
		time.Sleep(5 * time.Millisecond)
	}
	at := applied()
	if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(feed, all[half:])
	if err = errors.Join(err, feed.Close(), load.Wait()); err != nil {
		t.Fatalf("load: %v, %s", err, errs.String())
	}
	token := strings.TrimSpace(out.String())
	s.search("persons", url.Values{"name": {"nobody of this name"}, "at_least": {token}}) // all of it is applied
	s.whole()
	counts := s.status().Updates
	s.stop()
	m := newModel()
	m.add(t, updates)
	t.Logf("broker killed with %d of %d updates applied; %d records as loaded, %d messages twice in the log, token %s",
		at, len(updates), m.compare(t, dir), counts[indexer.CountDuplicate]+counts[indexer.CountSuperseded], token)
}
