package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// silent is an input that has nothing to give and never ends.
type silent struct{ asked chan struct{} }

func (s silent) Read([]byte) (int, error) {
	close(s.asked)
	select {}
}

// TestStoppedBesideTheService: what works on the files of a stopped service ends when it is told to, says so, and can be
// run again.
func TestStoppedBesideTheService(t *testing.T) {
	dir, to, restored := t.TempDir(), filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
	updates, _ := madeUp(t, 11, 300)
	s := serve(t, dir, addKey(t, dir))
	load(s.broker, updates, nil)
	read(t, s, len(updates))
	s.stop()
	if r := callProgram(t.Context(), "", "backup", "--data", dir, "--to", to); r.code != 0 {
		t.Fatal(r.errs)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{{"check", "--data", dir}, {"check", "--full", "--data", dir}, {"rebuild", "--data", dir},
		{"restore", "--from", to, "--data", restored}, {"mend", "--accept-loss", "--data", dir}} {
		r := callProgram(gone, "", args...)
		if r.code != 1 || !strings.Contains(r.errs, args[0]+" was stopped by Ctrl-C or a signal before it was done") || r.out != "" {
			t.Errorf("%v: exit %d, %s%s", args, r.code, r.out, r.errs)
		}
		if r = callProgram(t.Context(), "", args...); r.code != 0 {
			t.Errorf("%v again: exit %d, %s", args, r.code, r.errs)
		}
	}
	if r := callProgram(t.Context(), "", "check", "--full", "--data", dir); r.code != 0 {
		t.Error(r.errs)
	}
}

// TestStoppedWhileInputIsAwaited: load and match do not wait for standard input when they are told to stop.
func TestStoppedWhileInputIsAwaited(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	s := serve(t, dir, key)
	defer s.stop()
	for _, args := range [][]string{{"load", "-", "--brokers", s.broker},
		{"match", "persons", "-", "--format", "csv", "-o", "-", "--server", s.address, "--key", key}} {
		ctx, cancel := context.WithCancel(t.Context())
		in := silent{make(chan struct{})}
		go func() { <-in.asked; cancel() }()
		var errs bytes.Buffer
		code := run(&world{ctx: ctx, stdin: in, stdout: io.Discard, stderr: &guarded{w: &errs}}, args)
		if code != 1 || !strings.Contains(errs.String(), "was stopped by Ctrl-C or a signal") {
			t.Errorf("%v: exit %d, %s", args, code, errs.String())
		}
	}
}
