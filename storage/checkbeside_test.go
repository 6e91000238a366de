package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// checked starts a check beside the store's work and waits until it has ended.
func checked(t *testing.T, s *storage.Store, full bool) storage.CheckStatus {
	t.Helper()
	if err := s.StartCheck(full, 0); err != nil {
		t.Fatal(err)
	}
	for s.Checking().Running {
		runtime.Gosched()
	}
	return s.Checking()
}

// TestCheckBeside checks an open store before and after a record and a document are harmed: what is found stands in the
// report, and the store is degraded by it.
func TestCheckBeside(t *testing.T) {
	f := func(full bool, harm func(s *storage.Store)) {
		t.Helper()
		s, err := storage.Open(storagetest.Options(t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, fir := range []string{"100", "200", "300", "400"} {
			put(t, s, fir, "a", person(fir, 1, "ram"))
		}
		c := checked(t, s, full)
		if c.Err != nil || c.Number != 1 || c.Report.Records != 4 || c.Report.Documents != 4 || c.Report.Faults != 0 || len(s.Degraded()) > 0 {
			t.Fatalf("before the harm: %+v, %+v", c, c.Report)
		}
		harm(s)
		if c = checked(t, s, full); c.Err != nil || c.Number != 2 || c.Report.Faults == 0 || len(s.Degraded()) == 0 {
			t.Errorf("after the harm: %+v, %+v, degraded %v", c, c.Report, s.Degraded())
		}
	}
	for _, full := range []bool{false, true} {
		f(full, func(s *storage.Store) { storage.SetRaw(t, s, []byte("r100/p/A1"), []byte("{}12345678")) })
		f(full, func(s *storage.Store) { storage.SetRaw(t, s, []byte("c100"), nil) })
		f(full, func(s *storage.Store) { storage.DropDocument(t, s, "100/p/A1") })
	}
}

// TestCheckCannotFinish has a segment that no read gives: the check ends with the error, and the store is degraded by it.
func TestCheckCannotFinish(t *testing.T) {
	dir := t.TempDir()
	s, err := storage.Open(storagetest.Options(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, "100", "a", person("100", 1, "ram"))
	if err := os.Mkdir(filepath.Join(dir, "shards", "00", "00000000ffff.zap"), 0o700); err != nil {
		t.Fatal(err)
	}
	if c := checked(t, s, false); c.Err == nil || len(s.Degraded()) == 0 {
		t.Errorf("%+v, %+v, degraded %v", c, c.Report, s.Degraded())
	}
}

// TestSlowCheck keeps its rate, is the only one, and ends with the store; updates go on meanwhile.
func TestSlowCheck(t *testing.T) {
	s := storagetest.Open(t, storagetest.Options(t.TempDir()))
	var many []*storage.Record // more bytes than are read at once before a rate is kept
	for i := range 2000 {
		many = append(many, person("100", i, "ram"))
	}
	put(t, s, "100", "a", many...)
	if err := s.StartCheck(false, 1); err != nil { // a byte a second: it does not end by itself
		t.Fatal(err)
	}
	if err := s.StartCheck(false, 0); !errors.Is(err, storage.ErrChecking) {
		t.Errorf("a second check: %v", err)
	}
	put(t, s, "200", "a", person("200", 1, "ram"))
	if !s.Checking().Running {
		t.Errorf("the check ended: %+v", s.Checking())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c := s.Checking(); c.Running || c.Err == nil {
		t.Errorf("after the store was closed: %+v", c)
	}
	if err := s.StartCheck(false, 0); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("a check of a closed store: %v", err)
	}
}
