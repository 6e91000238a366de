package storage_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/storagetest"
)

// TestScrubFinds harms what is stored under a running store: a pass finds it, and it is told.
func TestScrubFinds(t *testing.T) {
	f := func(name string, harm func(t *testing.T, s *storage.Store, dir string)) {
		t.Run(name, func(t *testing.T) {
			o := storagetest.Options(t.TempDir())
			s, err := storage.Open(o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, fir := range []string{"100", "200", "300", "400"} {
				put(t, s, fir, "a", person(fir, 1, "ram"))
			}
			if err := s.Scrub(context.Background()); err != nil {
				t.Fatal(err)
			}
			if n, found := s.Faults(); n > 0 || len(s.Degraded()) > 0 {
				t.Fatalf("before the harm: %v", found)
			}
			harm(t, s, o.Dir)
			if err := s.Scrub(context.Background()); err != nil {
				t.Fatal(err)
			}
			if n, _ := s.Faults(); n == 0 && len(s.Damaged()) == 0 || len(s.Degraded()) == 0 {
				t.Error("a pass found nothing")
			}
			if passes, bytes, last := s.Scrubbed(); passes != 2 || bytes == 0 || last.IsZero() {
				t.Errorf("scrubbed %d times, %d bytes, last %v", passes, bytes, last)
			}
		})
	}
	f("record", func(t *testing.T, s *storage.Store, _ string) {
		storage.SetRaw(t, s, []byte("r100/p/A1"), []byte("{}12345678"))
	})
	f("case lost", func(t *testing.T, s *storage.Store, _ string) { storage.SetRaw(t, s, []byte("c100"), nil) })
	f("document lost", func(t *testing.T, s *storage.Store, _ string) { storage.DropDocument(t, s, "100/p/A1") })
	f("segment", func(t *testing.T, s *storage.Store, dir string) {
		path := filepath.Join(dir, "shards", "00", "00000000ffff.zap")
		if err := os.WriteFile(path, []byte("not a segment at all"), 0o600); err != nil {
			t.Fatal(err)
		}
		flush(t, path)
	})
}

// TestScrubReadsPieces: no piece is much longer than 256 KiB, so that the pace is kept and no snapshot is held for long, and none
// of what is stored is left out.
func TestScrubReadsPieces(t *testing.T) {
	s := storagetest.Open(t, storagetest.Options(t.TempDir()))
	const values, size = 100, 10 << 10
	value := make([]byte, size)
	for i := range values {
		key := fmt.Appendf(nil, "zz%03d", i)
		storage.SetRaw(t, s, key, layout.Seal(key, value[:size:size]))
	}
	least, all := 4, 0
	pieces := storage.ScrubPieces(t, s, 'z')
	for _, n := range pieces {
		all += n
		if n > 256<<10+2*size {
			t.Errorf("a piece of %d bytes", n)
		}
	}
	if len(pieces) < least || all < values*size {
		t.Errorf("%d pieces of %d bytes, want %d at least of %d", len(pieces), all, least, values*size)
	}
}

// TestDigestsOfAShardThatFails: what cannot be read is an error, before anything is read and after.
func TestDigestsOfAShardThatFails(t *testing.T) {
	bad := errors.New("no")
	for _, sh := range []failing{{now: bad}, {later: bad}} {
		if _, err := storage.DigestsOf(failing{}, sh, failing{}); !errors.Is(err, bad) || !strings.Contains(err.Error(), "shard 1") {
			t.Errorf("%+v: %v", sh, err)
		}
	}
	if all, err := storage.DigestsOf(failing{}, failing{}); len(all) != 2 || err != nil {
		t.Errorf("%v, %v", all, err)
	}
}

// failing is a shard whose digest cannot be read.
type failing struct {
	backend.Shard
	now, later error
}

func (f failing) Snapshot() (func() (backend.Digest, error), error) {
	return func() (backend.Digest, error) { return backend.Digest{}, f.later }, f.now
}

func TestScrubEndsWithItsContext(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	o.ScrubRate = 1 // a byte a second: no pass ends by itself
	s := storagetest.Open(t, o)
	put(t, s, "100", "a", person("100", 1, "ram"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Scrub(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestSegmentInTheMaking meets a segment whose end is not written yet, as a merge leaves it for a while: that is no damage.
// One that stays so is.
func TestSegmentInTheMaking(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shards", "00", "000000000001.zap")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	whole := []byte("postings and their dictionary")
	whole = binary.BigEndian.AppendUint32(whole, crc32.ChecksumIEEE(whole))
	put := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(whole[:20])
	reads := 0
	err := storage.VerifyShards(dir, func(n int) error {
		if n > 0 {
			reads++
		}
		if reads == 1 {
			put(whole)
		}
		return nil
	})
	if err != nil || reads != 2 {
		t.Errorf("read %d times: %v", reads, err)
	}
	put(whole[:20])
	flush(t, path)
	if err := storage.VerifyShards(dir, func(int) error { return nil }); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("one that stays without its end: %v", err)
	}
}

// flush makes a file one that was written long ago.
func flush(t *testing.T, path string) {
	t.Helper()
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
}
