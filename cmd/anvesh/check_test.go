package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheckWhileServing checks a service that is being loaded and searched, slowly and then as fast as it goes; then it
// damages a shard's file, which the next check must find, and which the service itself must say from then on.
func TestCheckWhileServing(t *testing.T) {
	dir := t.TempDir()
	admin := adminKey(t, dir)
	updates, _ := madeUp(t, 11, 3000)
	s := serve(t, dir, addKey(t, dir))
	half := len(updates) * 3 / 4 // some 5 MB, and so seconds at a MiB each
	load(s.broker, updates[:half], nil)
	read(t, s, half)
	loaded := make(chan int)
	go func() { loaded <- load(s.broker, updates[half:], nil) }()
	out, errs, code := program(t, "", "check", "--server", s.address, "--key", admin, "--rate", "1")
	if code != 0 || !strings.Contains(out, " 0 faults") || !strings.Contains(errs, "check cases") {
		t.Errorf("check beside a load: exit %d, %s%s", code, out, errs)
	}
	<-loaded
	read(t, s, len(updates))
	s.search("persons", url.Values{"name": {"Ram"}})
	out, errs, code = program(t, "", "check", "--full", "--server", s.address, "--key", admin, "--rate", "0")
	if code != 0 || !strings.Contains(out, " 0 faults") {
		t.Errorf("full check: exit %d, %s%s", code, out, errs)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "shards", "*", "*.zap"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	b, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(segments[0], os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{b[len(b)/2] ^ 1}, int64(len(b)/2)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(segments[0], time.Time{}, time.Now().Add(-time.Hour)); err != nil { // what was just written may be in the making
		t.Fatal(err)
	}
	if out, errs, code = program(t, "", "check", "--server", s.address, "--key", admin); code != 1 || !strings.Contains(errs, "check found") {
		t.Errorf("check of a damaged shard: exit %d, %s%s", code, out, errs)
	}
	if _, body := s.get("/readyz", nil); !strings.Contains(string(body), "faults were found") {
		t.Errorf("the service does not say that it is damaged: %s", body)
	}
	s.kill()
}
