package storage_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// holdsText tells whether a file below a directory has a text.
func holdsText(t *testing.T, dir, text string) (has bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		has = has || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return has
}

// TestStoreKey: with a key nothing of a case stands in clear in Badger's files, whole or in its log after a kill; the store opens
// with that key and no other.
func TestStoreKey(t *testing.T) {
	key := bytes.Repeat([]byte{7}, storage.KeyLength)
	const fir = "13225008230123"
	f := func(key []byte, clear bool) storage.Options {
		t.Helper()
		o := storagetest.Options(t.TempDir())
		o.Key = key
		s := storagetest.Open(t, o)
		long := strings.Repeat("planted", 200_000) // into the value log
		put(t, s, fir, long, person(fir, 1, "ram"))
		if got := holdsText(t, filepath.Join(o.Dir, "store"), fir); got != clear {
			t.Errorf("key %x: the number stands in clear in the log: %v", key, got)
		}
		storagetest.Close(t, s)
		if got := holdsText(t, filepath.Join(o.Dir, "store"), fir); got != clear {
			t.Errorf("key %x: the number stands in clear in the tables: %v", key, got)
		}
		s = storagetest.Open(t, o)
		if r, err := s.Get(fir + "/p/A1"); err != nil || r.Name != "ram" {
			t.Errorf("opened again: %+v, %v", r, err)
		}
		storagetest.Close(t, s)
		return o
	}
	refused := func(o storage.Options, key []byte) {
		t.Helper()
		o.Key = key
		if _, err := storage.Open(o); !errors.Is(err, storage.ErrStoreKey) {
			t.Errorf("opened with key %x: %v", key, err)
		}
	}
	sealed, plain := f(key, false), f(nil, true)
	refused(sealed, nil)
	refused(sealed, bytes.Repeat([]byte{8}, storage.KeyLength))
	refused(plain, key)
	if err := storage.Remake(sealed, func(string) bool { return false }); err != nil || holdsText(t, filepath.Join(sealed.Dir, "store"), fir) {
		t.Errorf("written anew: %v", err)
	}
	storagetest.Open(t, sealed)
}

// TestSealedBackup: parts with a key hold nothing in clear, restore to what was held, into a store with a key or without; they are
// read with their key only, and every change of a byte and every cut is noticed.
func TestSealedBackup(t *testing.T) {
	keyOf := func() *storage.BackupKey {
		t.Helper()
		text, err := storage.NewBackupKey()
		if err != nil {
			t.Fatal(err)
		}
		k, err := storage.ReadBackupKey(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	s := storagetest.Open(t, storage.Options{})
	to := storage.Backups{Dir: t.TempDir(), Key: keyOf()}
	for _, fir := range []string{"100", "200"} {
		put(t, s, fir, "a", person(fir, 1, "planted"))
		back(t, s, to)
	}
	if holdsText(t, to.Dir, "ANVPART1") || holdsText(t, to.Dir, "200/p/A1") {
		t.Error("a part is in clear")
	}
	want := everything(t, s)
	o := storagetest.Options(t.TempDir())
	o.Key = bytes.Repeat([]byte{7}, storage.KeyLength)
	if _, err := storage.Restore(o, to, storage.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := everything(t, storagetest.Open(t, o)); len(got) != len(want) {
		t.Errorf("restored %v, want %v", got, want)
	}
	if c, err := to.Case("200"); err != nil || c.Case == nil {
		t.Errorf("a case of it: %+v, %v", c, err)
	}
	f := func(d storage.Backups, want error) {
		t.Helper()
		if _, err := d.Parts(nil); !errors.Is(err, want) {
			t.Errorf("read as %v", err)
		}
		if _, err := d.Add(func(last storage.Part) (io.ReadCloser, error) { return piped(s, last), nil }, nil); !errors.Is(err, want) {
			t.Errorf("added to: %v", err)
		}
	}
	f(storage.Backups{Dir: to.Dir}, storage.ErrSealed)
	f(storage.Backups{Dir: to.Dir, Key: keyOf()}, storage.ErrBadBackup)
	plain := storage.Backups{Dir: t.TempDir()}
	back(t, s, plain)
	f(storage.Backups{Dir: plain.Dir, Key: to.Key}, storage.ErrNotSealed)
	part := filepath.Join(to.Dir, "0002.part")
	whole, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		if i%7 > 0 && i < len(whole)-16 {
			continue
		}
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		for _, b := range [][]byte{changed, whole[:i]} {
			if err := os.WriteFile(part, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := to.Parts(nil); err == nil {
				t.Fatalf("byte %d of %d: not noticed", i, len(whole))
			}
		}
	}
	for _, text := range []string{"", "AGE-SECRET-KEY-1X", "age1abc"} {
		if _, err := storage.ReadBackupKey(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken for a key", text)
		}
	}
}
