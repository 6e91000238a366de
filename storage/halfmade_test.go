package storage_test

import (
	"os"
	"path/filepath"
	"testing"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// TestHalfMadeFiles opens a store in which a kill left files of which only the names were made: what was stored is there,
// and further updates are taken.
func TestHalfMadeFiles(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	put(t, s, "100", "a", person("100", 1, "ram"))
	storagetest.Close(t, s)
	for i, name := range []string{"00077.mem", "000077.vlog"} {
		if err := os.WriteFile(filepath.Join(dir, "store", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s := storagetest.Open(t, storage.Options{Dir: dir})
		if _, err := s.Get("100/p/A1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		fir := []string{"200", "300"}[i]
		put(t, s, fir, "b", person(fir, 1, "sita"))
		storagetest.Close(t, s)
	}
}
