package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fill leaves this many bytes of a disk free.
func fill(t *testing.T, disk string, left int64) {
	t.Helper()
	path := filepath.Join(disk, "ballast")
	empty(t, disk)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, err := io.Copy(f, zeroes{})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filled with %d bytes: %v", n, err)
	}
	if err := f.Truncate(max(n-left, 0)); err != nil {
		t.Fatal(err)
	}
}

func empty(t *testing.T, disk string) {
	t.Helper()
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { return len(b), nil }

// TestFullDiskEndsInOrder fills the disk beside a running service, to the last byte or nearly. The service answers on.
// Stop, start and every command that opens the store end by themselves and say what is missing: mapped files that
// cannot grow would end the process. Once there is room all that was acknowledged is there.
func TestFullDiskEndsInOrder(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=800m"); err != nil {
		t.Skipf("NOT TESTED: a full disk needs a small file system, which only root can mount: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	dir, elsewhere := filepath.Join(disk, "data"), t.TempDir()
	key := addKey(t, dir)
	updates, asks := madeUp(t, 12, 600)
	m, sent := newModel(), 0
	lefts := []int64{0, 4 << 10, 1 << 20, 100 << 20, 127 << 20, 150 << 20}
	for i, left := range lefts {
		s := serve(t, dir, key)
		part := updates[sent : len(updates)*(i+1)/len(lefts)]
		if n := load(s.broker, part, nil); n != len(part) {
			t.Fatalf("%d updates of %d were acknowledged", n, len(part))
		}
		sent += len(part)
		m.add(t, part)
		read(t, s, sent)
		fill(t, disk, left)
		s.search(asks[0].kind, url.Values{asks[0].field: {asks[0].text}})
		s.cmd.Process.Signal(syscall.SIGTERM)
		inOrder(t, left, "stop", <-s.ended)

		s = launch(t, dir, key)
		select {
		case <-s.serving:
			s.cmd.Process.Signal(syscall.SIGTERM)
			inOrder(t, left, "start and stop", <-s.ended)
		case err := <-s.ended:
			inOrder(t, left, "start", err)
		}
		for _, line := range [][]string{
			{"check", "--data", dir}, {"check", "--full", "--data", dir}, {"rebuild", "--data", dir},
			{"backup", "--data", dir, "--to", filepath.Join(disk, "backup")}, {"backup", "--data", dir, "--to", elsewhere},
			{"restore", "--from", elsewhere, "--data", filepath.Join(disk, "restored")},
			{"keys", "add", "--name", "other", "--data", dir}, {"keys", "list", "--data", dir},
		} {
			out, errs, code := program(t, "", line...)
			if code != 0 && code != 1 || code == 1 && strings.TrimSpace(errs+out) == "" {
				t.Errorf("%d bytes left: %v: exit %d, %s%s", left, line, code, out, errs)
			}
		}
		empty(t, disk)
		if err := os.RemoveAll(filepath.Join(disk, "restored")); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprintf("after %d bytes left", left), func(t *testing.T) { m.compare(t, dir) })
	}
	for _, line := range [][]string{{"check", "--full", "--data", dir}, {"backup", "--data", dir, "--to", filepath.Join(disk, "backup")},
		{"backup", "--data", dir, "--to", elsewhere}, {"restore", "--from", elsewhere, "--data", filepath.Join(disk, "restored")}} {
		if out, errs, code := program(t, "", line...); code != 0 {
			t.Errorf("with room again: %v: exit %d, %s%s", line, code, out, errs)
		}
	}
	m.compare(t, filepath.Join(disk, "restored"))
}

// inOrder fails where a service did not end by itself: with 0, or with 1 and a word about the disk.
func inOrder(t *testing.T, left int64, what string, err error) {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case !errors.As(err, &exit) || exit.ExitCode() != 1:
		t.Errorf("%d bytes left: %s: %v", left, what, err)
	case !strings.Contains(err.Error(), "disk"):
		t.Errorf("%d bytes left: %s does not say that the disk is full: %v", left, what, err)
	}
}
