package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/cespare/xxhash/v2"

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
	for range 2 {
		if !bytes.Equal(m.Data, content) {
			t.Fatal("the mapping is not what was written")
		}
		had := resident(t)
		if m.Forget(); had-resident(t) < 48<<10 {
			t.Errorf("%d KiB of files are resident, %d after 64 MiB were forgotten", had, resident(t))
		}
	}
	if err := m.Unmap(); err != nil {
		t.Error(err)
	}
}

// resident is how many KiB of files are memory of the program.
func resident(t *testing.T) (kib int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	fmt.Sscan(rest, &kib)
	return kib
}

// TestForgetTables: so are Badger's tables, also where the path to them is not the one that the system has, and while they are
// written, merged and deleted.
func TestForgetTables(t *testing.T) {
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	keys, err := OpenBadger(link, slog.New(slog.DiscardHandler), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	random := rand.NewChaCha8([32]byte{})
	value := make([]byte, 30<<10)
	const keep, rounds = 400, 2
	written := map[int]uint64{}
	put := func() {
		for i := range keep {
			random.Read(value)
			written[i] = xxhash.Sum64(value)
			tx := keys.Begin(true)
			if err := errors.Join(tx.Set(fmt.Appendf(nil, "k%d", i), value), tx.Commit()); err != nil {
				t.Fatal(err)
			}
		}
	}
	whole := func() {
		t.Helper()
		tx := keys.Begin(false)
		defer tx.Discard()
		for i, sum := range written {
			if v, err := tx.Get(fmt.Appendf(nil, "k%d", i)); err != nil || xxhash.Sum64(v) != sum {
				t.Fatalf("key %d is not what was written: %v", i, err)
			}
		}
	}
	for range rounds {
		var beside sync.WaitGroup
		done := make(chan struct{})
		beside.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					keys.Forget()
				}
			}
		})
		put()
		close(done)
		beside.Wait()
		whole()
	}
	if err := keys.Verify(); err != nil { // reads every table
		t.Fatal(err)
	}
	had := resident(t)
	if keys.Forget(); had-resident(t) < 6<<10 {
		t.Errorf("%d KiB of files are resident, %d after tables of 12 MiB were forgotten", had, resident(t))
	}
	whole()
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
