package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// TestFullDisk lets a small disk fill up beside a running service: it takes no updates below its reserve, answers on,
// says why, and goes on by itself once there is room. The embedded log is not appended to meanwhile: who publishes is
// told an error that clients retry.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=1g"); err != nil {
		t.Skipf("NOT TESTED: a full disk needs a small file system, which only root can mount: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	dir := filepath.Join(disk, "data")
	key := addKey(t, dir)
	s := serve(t, dir, key) // keeps 512 MiB in reserve
	updates, _ := madeUp(t, 11, 400)
	half := len(updates) / 2
	load(s.broker, updates[:half], nil)
	read(t, s, half)

	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 600<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	refusedLoad(t, s, updates[half])
	logged := sizeOf(t, filepath.Join(dir, "log"))
	for degraded := ""; !strings.Contains(degraded, "in reserve"); { // until it is told
		var ready struct{ Degraded []string }
		status, body := s.get("/readyz", nil)
		if err := json.Unmarshal(body, &ready); err != nil || status != 200 {
			t.Fatalf("readyz: %d %s", status, body)
		}
		degraded = strings.Join(ready.Degraded, " ")
	}
	s.search("persons", url.Values{"name": {"Ram"}})
	if n := load(s.broker, updates[half:], nil); n != 0 {
		t.Errorf("%d updates were acknowledged", n)
	}
	if now := sizeOf(t, filepath.Join(dir, "log")); now != logged {
		t.Errorf("the log went on from %d to %d bytes", logged, now)
	}
	if _, body := s.get("/metrics", nil); !strings.Contains(string(body), "anvesh_disk_reserve_bytes 536870912") {
		t.Errorf("metrics do not tell the reserve:\n%s", body)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for degraded := true; degraded; { // until it has gone on by itself
		_, body := s.get("/readyz", nil)
		degraded = strings.Contains(string(body), "in reserve")
		time.Sleep(20 * time.Millisecond) // between looks
	}
	if n := load(s.broker, updates[half:], nil); n != len(updates)-half {
		t.Errorf("with room again %d updates of %d were acknowledged", n, len(updates)-half)
	}
	read(t, s, len(updates))
	s.stop()
}

// refusedLoad publishes one update until it is refused as it must be: the free room is measured a few times a second.
func refusedLoad(t *testing.T, s *server, update [2]string) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(s.broker), kgo.DefaultProduceTopic("iif.updates"), kgo.RecordRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for {
		err := c.ProduceSync(context.Background(), &kgo.Record{Key: []byte(update[0]), Value: valueOf(update)}).FirstErr()
		if errors.Is(err, kerr.KafkaStorageError) {
			if !kerr.IsRetriable(err) {
				t.Errorf("clients do not retry %v", err)
			}
			return
		}
		if err != nil {
			t.Fatalf("refused with %v", err)
		}
	}
}

// sizeOf is how many bytes the files under a directory have.
func sizeOf(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		n += i.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestUnusableDirectory starts the service where it cannot keep anything: it says what to do.
func TestUnusableDirectory(t *testing.T) {
	f := func(want string, dir string) {
		t.Helper()
		out, errs, code := program(t, "", "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0")
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %s%s", code, out, errs)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f("a part of its path is a file", filepath.Join(file, "data"))
	used := t.TempDir()
	s := serve(t, used, addKey(t, used))
	f("in use by another process", used)
	s.stop()

	readOnly := t.TempDir()
	if err := syscall.Mount("tmpfs", readOnly, "tmpfs", syscall.MS_RDONLY, "size=1m"); err != nil {
		t.Skipf("NOT TESTED: a read-only file system, which only root can mount: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(readOnly, syscall.MNT_DETACH) })
	f("mounted read-only", filepath.Join(readOnly, "data"))
}
