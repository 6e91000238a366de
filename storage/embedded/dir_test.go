package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"anvesh/storage/backend"
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

// TestForget: what was read of a mapped file is no longer the program's memory once it is forgotten, and is there when it is read
// again.
func TestForget(t *testing.T) {
	d := &Dir{Path: t.TempDir()}
	content := bytes.Repeat([]byte("0123456789abcdef"), 4<<20)
	err := d.SaveDerived("part.a", func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := d.MapDerived("part.a")
	if err != nil {
		t.Fatal(err)
	}
	resident := func() (kib int) {
		t.Helper()
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(status), "RssFile:")
		fmt.Sscan(rest, &kib)
		return kib
	}
	for range 2 {
		if !bytes.Equal(m.Data, content) {
			t.Fatal("the mapping is not what was written")
		}
		had := resident()
		if m.Forget(); had-resident() < 48<<10 {
			t.Errorf("%d KiB of files are resident, %d after 64 MiB were forgotten", had, resident())
		}
	}
	if err := m.Unmap(); err != nil {
		t.Error(err)
	}
}

// TestPlausible: a table that is cut off is told from one that is whole, also where its index is longer than what is read at once.
func TestPlausible(t *testing.T) {
	path := filepath.Join(t.TempDir(), "000001.sst")
	for _, index := range []int{100, tableEnd - 10, 3 * tableEnd} {
		table := slices.Concat(make([]byte, 5000+index), binary.BigEndian.AppendUint32(nil, uint32(index)), []byte("checksum"), binary.BigEndian.AppendUint32(nil, 8))
		for _, cut := range []int{0, 1, 4, 13, len(table) - 1, len(table)} {
			if err := os.WriteFile(path, table[:len(table)-cut], 0o600); err != nil {
				t.Fatal(err)
			}
			if err := plausibleTable(path); errors.Is(err, backend.ErrCorrupt) != (cut > 0) || cut == 0 && err != nil {
				t.Errorf("index of %d bytes, %d cut off: %v", index, cut, err)
			}
		}
	}
}
