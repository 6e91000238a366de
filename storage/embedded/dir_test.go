package embedded

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestAdvice: each way in which a directory cannot be written is told in words of its own.
func TestAdvice(t *testing.T) {
	f := func(err error, want string) {
		t.Helper()
		if got := advice(t.TempDir(), err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
	f(syscall.EROFS, "read-only")
	f(syscall.EACCES, "belongs to user")
	f(syscall.EMFILE, "ulimit -n")
	f(syscall.ENOSPC, "make room")
	f(syscall.ENOTDIR, "is a file")
	f(errors.New("other"), "at fault")
}

// TestUnfinished: a file under derived/ that is being written is not listed, so that whoever deletes what nobody needs leaves it
// alone; what a kill has left of one is deleted when the directory is opened.
func TestUnfinished(t *testing.T) {
	d := &Dir{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler), Small: true}
	listed := func(want ...string) {
		t.Helper()
		if names, err := d.DerivedNames(); err != nil || !slices.Equal(names, want) {
			t.Errorf("%q are listed, %v; want %q", names, err, want)
		}
	}
	err := d.SaveDerived("part.a", func(w io.Writer) error {
		listed()
		_, err := w.Write([]byte("whole"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	listed("part.a")
	left := filepath.Join(d.Path, "derived", "part.b-1.tmp")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, err := d.OpenKeys()
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a kill has left: %v", err)
	}
	listed("part.a")
}
