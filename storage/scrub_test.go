package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"anvesh/storage"
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
			if n, _ := s.Faults(); n == 0 || len(s.Degraded()) == 0 {
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
	})
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
