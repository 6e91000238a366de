package storage_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// TestReserve keeps more in reserve than any disk has: no update is taken, searches go on, and it is told; with less in
// reserve updates go on.
func TestReserve(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	put(t, s, "100", "a", person("100", 1, "ram"))
	storage.SetReserve(s, math.MaxInt64)
	err := s.Update(context.Background(), func(storage.Tx) error { return nil })
	if !errors.Is(err, storage.ErrReserve) || len(s.Degraded()) != 1 {
		t.Errorf("update: %v; degraded %v", err, s.Degraded())
	}
	if got := ids(t, s, any("ram")); len(got) != 1 {
		t.Errorf("found %v", got)
	}
	if free, _ := s.DiskSpace(); free <= 0 {
		t.Errorf("%d bytes free", free)
	}
	storage.SetReserve(s, 1)
	put(t, s, "200", "b", person("200", 1, "sita"))
	if why := s.Degraded(); why != nil {
		t.Errorf("degraded %v", why)
	}
}
