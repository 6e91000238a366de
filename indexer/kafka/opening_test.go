package kafka

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Who connects before the log is open waits, and is answered when it is.
func TestClientsWaitForTheLog(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	segmented(t, dir)
	b, err := ListenBroker(BrokerOptions{Dir: killed(t, dir), Listen: "127.0.0.1:0", Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c, err := net.Dial("tcp", b.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	asked := make(chan error, 1)
	go func() {
		asked <- exchange(c, "test", kmsg.NewPtrApiVersionsRequest(), kmsg.NewPtrApiVersionsResponse())
	}()
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-asked; err != nil {
		t.Error(err)
	}
}

// A stop does not wait for the check, nor for the library's reading: Open returns at once, Close is clean, and the next
// start finds the log as it was.
func TestStopWhileTheLogIsOpened(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	segmented(t, dir)
	for _, name := range []string{noteFile, "meta.json"} { // the check reads the one, the library the other
		copied := killed(t, dir)
		path := filepath.Join(copied, name)
		whole, err := os.ReadFile(path)
		if err == nil {
			err = os.Remove(path)
		}
		if err == nil {
			err = syscall.Mkfifo(path, 0o600) // whoever reads it waits
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := ListenBroker(BrokerOptions{Dir: copied, Listen: "127.0.0.1:0", Logger: quiet()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		opened := make(chan error)
		go func() { opened <- b.Open(ctx) }()
		pipe, err := os.OpenFile(path, os.O_WRONLY, 0) // it is being read
		if err != nil {
			t.Fatal(err)
		}
		stop()
		if err := <-opened; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: stopped, it says %v", name, err)
		}
		if err := b.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := pipe.Close(); err != nil { // what was left behind ends
			t.Fatal(err)
		}
		if err = os.Remove(path); err == nil {
			err = os.WriteFile(path, whole, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		if end := starts(t, name, copied, false); end != 303 {
			t.Errorf("%s: goes on at offset %d, want 300", name, end-3)
		}
	}
}

// The check ends with its context, however long the log is.
func TestCheckEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	segmented(t, dir)
	notes, err := openNotes(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := checkLog(ctx, dir, notes, time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("it goes on: %v", err)
	}
}
