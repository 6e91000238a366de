package storage_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// chainOf makes a backup of n parts of one store, and of as many of another.
func chainOf(t *testing.T, n int) (own, other storage.Backups) {
	t.Helper()
	for _, to := range []*storage.Backups{&own, &other} {
		*to = storage.Backups{Dir: t.TempDir()}
		s := storagetest.Open(t, storage.Options{})
		for i := range n {
			fir := fmt.Sprintf("%d00", i+1)
			put(t, s, fir, "a form", person(fir, 1, "ram"))
			back(t, s, *to)
		}
	}
	return own, other
}

// refused tells what restore and the next backup say of a directory; both must refuse it and leave it as it is.
func refused(t *testing.T, from storage.Backups) string {
	t.Helper()
	o := storagetest.Options(t.TempDir())
	_, err := storage.Restore(o, from, storage.RestoreOptions{})
	if !errors.Is(err, storage.ErrBadBackup) {
		return fmt.Sprintf("restored: %v", err)
	}
	if held, _ := os.ReadDir(filepath.Join(o.Dir, "store")); len(held) > 0 {
		return "a store was made"
	}
	asked := false
	_, add := from.Add(func(storage.Part) (io.ReadCloser, error) { asked = true; return nil, errors.New("asked") }, nil)
	if asked || !errors.Is(add, storage.ErrBadBackup) {
		return fmt.Sprintf("a backup goes on: %v", add)
	}
	return err.Error()
}

func copyParts(t *testing.T, from storage.Backups) storage.Backups {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from.Dir)); err != nil {
		t.Fatal(err)
	}
	return storage.Backups{Dir: to}
}

// TestChainWithGaps takes every subset of five parts away: what is left is refused with the names of all that are missing.
func TestChainWithGaps(t *testing.T) {
	const n = 5
	own, _ := chainOf(t, n)
	for gone := 1; gone < 1<<n; gone++ {
		d := copyParts(t, own)
		var names []string
		for i := range n {
			if gone>>i&1 == 0 {
				continue
			}
			name := fmt.Sprintf("%04d.part", i+1)
			names = append(names, name)
			if err := os.Remove(filepath.Join(d.Dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if said := refused(t, d); !strings.Contains(said, strings.Join(names, ", ")+" of 5 ") {
			t.Errorf("without %v: %s", names, said)
		}
		whole := 0 // parts before the first that is missing
		for gone>>whole&1 == 0 {
			whole++
		}
		if whole == 0 {
			continue
		}
		if p, err := storage.Restore(storagetest.Options(t.TempDir()), d, storage.RestoreOptions{Part: whole}); err != nil || p.Number != whole {
			t.Errorf("without %v: restore to part %d: %+v, %v", names, whole, p, err)
		}
	}
}

// TestChainOfAnotherOrder puts other parts in a part's place.
func TestChainOfAnotherOrder(t *testing.T) {
	own, other := chainOf(t, 3)
	f := func(what, want string, do func(d storage.Backups) error) {
		t.Helper()
		d := copyParts(t, own)
		if err := do(d); err != nil {
			t.Fatal(err)
		}
		if said := refused(t, d); !strings.Contains(said, want) {
			t.Errorf("%s: %s", what, said)
		}
	}
	put := func(d storage.Backups, name string, from storage.Backups, of string) error {
		b, err := os.ReadFile(filepath.Join(from.Dir, of))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(d.Dir, name), b, 0o600)
	}
	f("doubled", "0003.part: the backup is damaged or incomplete: it holds part 2", func(d storage.Backups) error {
		return put(d, "0003.part", own, "0002.part")
	})
	f("one too many", "0004.part: the backup is damaged or incomplete: it holds part 3", func(d storage.Backups) error {
		return put(d, "0004.part", own, "0003.part")
	})
	f("in another order", "0002.part: the backup is damaged or incomplete: it holds part 3", func(d storage.Backups) error {
		return errors.Join(put(d, "0002.part", own, "0003.part"), put(d, "0003.part", own, "0002.part"))
	})
	f("foreign", "0002.part: the backup is damaged or incomplete: it is of another store", func(d storage.Backups) error {
		return put(d, "0002.part", other, "0002.part")
	})
	f("a foreign first one", "0001.part: the backup is damaged or incomplete: it is whole, but not the part", func(d storage.Backups) error {
		return put(d, "0001.part", other, "0001.part")
	})
	f("a list that cannot be read", "chain.json cannot be read", func(d storage.Backups) error {
		return os.WriteFile(filepath.Join(d.Dir, "chain.json"), []byte("{"), 0o600)
	})
}

// TestChainWithoutList is that of a program which wrote no list: taken as it is, and listed by the next backup. A list that
// is one part behind, as a kill leaves it, is made whole by the next one too.
func TestChainWithoutList(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	to := storage.Backups{Dir: t.TempDir()}
	list := filepath.Join(to.Dir, "chain.json")
	var behind []byte
	for i, fir := range []string{"100", "200", "300"} {
		put(t, s, fir, "a form", person(fir, 1, "ram"))
		back(t, s, to)
		var err error
		switch i {
		case 0:
			behind, err = os.ReadFile(list)
		case 1:
			err = os.WriteFile(list, behind, 0o600)
		case 2:
			err = os.Remove(list)
		}
		if err != nil {
			t.Fatal(err)
		}
		if parts, err := to.Parts(nil); err != nil || len(parts) != i+1 {
			t.Fatalf("%d parts: %v", len(parts), err)
		}
	}
	if _, err := storage.Restore(storagetest.Options(t.TempDir()), to, storage.RestoreOptions{Part: 4}); err == nil {
		t.Error("restored to a part that is not there")
	}
	put(t, s, "400", "a form", person("400", 1, "ram"))
	back(t, s, to)
	if err := os.Remove(filepath.Join(to.Dir, "0004.part")); err != nil {
		t.Fatal(err)
	}
	if said := refused(t, to); !strings.Contains(said, "0004.part of 4 ") {
		t.Error(said)
	}
}
