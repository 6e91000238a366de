package main

import (
	"fmt"
	"os"
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
	killed, loaded := make(chan int), make(chan bool)
	go func() {
		for applied() < len(updates)/10 {
			time.Sleep(5 * time.Millisecond)
		}
		at := applied()
		if err := syscall.Kill(victim, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
		select {
		case <-loaded:
			t.Error("the load had ended before the broker was killed")
		default:
		}
		killed <- at
	}()
	token, errs, code := program(t, in.String(), append([]string{"load", "-"}, cluster...)...)
	close(loaded)
	at := <-killed
	if code != 0 {
		t.Fatalf("load: exit %d, %s", code, errs)
	}
	s.caughtUp()
	if st := s.status(); len(st.Degraded) > 0 {
		t.Errorf("degraded after the failover: %v", st.Degraded)
	}
	counts := s.status().Updates
	s.stop()
	m := newModel()
	m.add(t, updates)
	t.Logf("broker killed with %d of %d updates applied; %d records as loaded, %d messages twice in the log, token %s",
		at, len(updates), m.compare(t, dir), counts[indexer.CountDuplicate]+counts[indexer.CountSuperseded], strings.TrimSpace(token))
}
