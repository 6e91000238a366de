package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

func bury(t *testing.T, s *storage.Store, b storage.Tombstone) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx storage.Tx) error { return tx.Bury(b) }); err != nil {
		t.Fatal(err)
	}
}

// TestTombstonesStay: tombstones are there after the commit, after a reopening, in a restored backup and in a store written anew; a
// store that lost one is not opened.
func TestTombstonesStay(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	s := storagetest.Open(t, o)
	put(t, s, "100", "a", person("100", 1, "ram"))
	first, second := storage.Tombstone{Mark: storage.Mark{1}, Given: []uint64{1}, Words: []uint64{1, 2}}, storage.Tombstone{Mark: storage.Mark{2}}
	bury(t, s, first)
	bury(t, s, second)
	bury(t, s, second)
	held := func(what string, s *storage.Store) {
		t.Helper()
		if got := s.Buried(); !reflect.DeepEqual(got, map[storage.Mark]storage.Tombstone{first.Mark: first, second.Mark: second}) || s.State().Buried != 2 {
			t.Errorf("%s: %v", what, got)
		}
	}
	held("after the commit", s)
	to := storage.Backups{Dir: t.TempDir()}
	back(t, s, to)
	storagetest.Close(t, s)
	s = storagetest.Open(t, o)
	held("opened again", s)
	storagetest.Close(t, s)
	r := storagetest.Options(t.TempDir())
	if _, err := storage.Restore(r, to, storage.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	held("restored", storagetest.Open(t, r))
	if err := storage.Remake(o, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	s = storagetest.Open(t, o)
	held("written anew", s)
	storage.SetRaw(t, s, append([]byte{'d'}, first.Mark[:]...), nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Open(o); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("opened without a tombstone: %v", err)
	}
}

// TestRemake: a store that is written anew holds all that the old one held, but the dropped case, in no file of it; it takes
// updates, and no increment of an older backup.
func TestRemake(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	s := storagetest.Open(t, o)
	long := string(bytes.Repeat([]byte("planted"), 200_000)) // into the value log
	for _, fir := range []string{"100", "200", "300"} {
		put(t, s, fir, "a", person(fir, 1, "ram"), person(fir, 2, "planted sita"))
	}
	put(t, s, "200", long, person("200", 1, "planted ram"))
	want := everything(t, s)
	delete(want, "200")
	delete(want, "200/p/A1")
	to := storage.Backups{Dir: t.TempDir()}
	back(t, s, to)
	err := s.Update(context.Background(), func(tx storage.Tx) error { return tx.Put(&storage.Case{FIR: "200"}, nil, nil) })
	if err != nil {
		t.Fatal(err)
	}
	next, _ := s.Next(pos)
	storagetest.Close(t, s)
	drop := func(fir string) bool { return fir == "200" }
	for range 2 { // the second time there is nothing to drop
		if err := storage.Remake(o, drop); err != nil {
			t.Fatal(err)
		}
	}
	err = storage.Look(o, func(k, v []byte) error {
		if bytes.Contains(k, []byte("200")) || bytes.Contains(v, []byte("planted ram")) || bytes.Contains(v, []byte("plantedplanted")) {
			t.Errorf("%q is left", k)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s = storagetest.Open(t, o)
	if got := everything(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("holds %d entries, want %d", len(got), len(want))
	}
	if st := s.State(); st.Cases != 2 || st.Persons != 4 {
		t.Errorf("state %+v", st)
	}
	if got, _ := s.Next(pos); got != next {
		t.Errorf("goes on at %d, want %d", got, next)
	}
	put(t, s, "200", "b", person("200", 1, "mohan"))
	if c, err := s.Case("200"); err != nil || len(c.Records) != 1 {
		t.Errorf("case 200 anew: %+v, %v", c, err)
	}
	if _, err := to.Add(func(last storage.Part) (io.ReadCloser, error) { return piped(s, last), nil }, nil); !errors.Is(err, storage.ErrOtherStore) {
		t.Errorf("an increment on the backup from before: %v", err)
	}
}

// TestRemakeIsKilled: whatever a kill leaves, the next Open finds one store, whole, and nothing of the other.
func TestRemakeIsKilled(t *testing.T) {
	f := func(what string, leave func(dir string)) {
		t.Helper()
		o := storagetest.Options(t.TempDir())
		s := storagetest.Open(t, o)
		put(t, s, "100", "a", person("100", 1, "ram"))
		want := everything(t, s)
		storagetest.Close(t, s)
		leave(o.Dir)
		s = storagetest.Open(t, o)
		if got := everything(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: holds %v, want %v", what, got, want)
		}
		for _, left := range []string{"store.before", "store.remaking"} {
			if _, err := os.Stat(filepath.Join(o.Dir, left)); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %s is left", what, left)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	half := func(dir, name string) { must(os.MkdirAll(filepath.Join(dir, name, "x"), 0o700)) }
	f("while it is written", func(dir string) { half(dir, "store.remaking") })
	f("without shards and what is derived", func(dir string) {
		half(dir, "store.remaking")
		must(errors.Join(os.RemoveAll(filepath.Join(dir, "shards")), os.RemoveAll(filepath.Join(dir, "derived"))))
	})
	f("between the two", func(dir string) {
		half(dir, "store.remaking")
		must(os.Rename(filepath.Join(dir, "store"), filepath.Join(dir, "store.before")))
	})
	f("before the old one is deleted", func(dir string) { half(dir, "store.before") })
}
