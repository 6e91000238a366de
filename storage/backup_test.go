package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// back adds a part of s to a backup.
func back(t *testing.T, s *storage.Store, to storage.Backups) storage.Part {
	t.Helper()
	p, err := to.Add(func(last storage.Part) (io.ReadCloser, error) { return piped(s, last), nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func piped(s *storage.Store, last storage.Part) io.ReadCloser {
	r, w := io.Pipe()
	go func() { w.CloseWithError(s.Backup(context.Background(), w, storage.BackupOptions{After: last})) }()
	return r
}

// everything is all that a store holds of cases: records, forms and cases, by id.
func everything(t *testing.T, s *storage.Store) map[string]interface{} {
	t.Helper()
	all := map[string]interface{}{}
	err := s.Each(func(r *storage.Record) error {
		all[r.ID] = *r
		c, values, err := s.Forms(r.FIR)
		if err == nil {
			all[r.FIR] = []interface{}{c.Withdrawn, c.Forms, c.Records, values}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// remove takes everything of a case away.
func remove(t *testing.T, s *storage.Store, fir string) {
	t.Helper()
	err := s.Update(context.Background(), func(tx storage.Tx) error {
		c, err := tx.Case(fir)
		if err != nil {
			return err
		}
		c.Withdrawn, c.Forms = true, nil
		return tx.Put(c, nil, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBackupRestores takes a backup and increments of a store that changes at random, and compares what each part
// restores with what the store held.
func TestBackupRestores(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 2))
	s := storagetest.Open(t, storage.Options{Derived: newToy()})
	to := storage.Backups{Dir: filepath.Join(t.TempDir(), "backup")}
	var held []map[string]interface{}
	var parts []storage.Part
	for range 4 {
		for range 30 {
			fir := string(rune('A'+rng.IntN(20))) + "00"
			if rng.IntN(4) == 0 {
				remove(t, s, fir)
				continue
			}
			var rs []*storage.Record
			for i := range rng.IntN(4) {
				rs = append(rs, person(fir, i, "ram"))
			}
			put(t, s, fir, string(bytes.Repeat([]byte{'x'}, rng.IntN(50_000))), rs...)
		}
		held = append(held, everything(t, s))
		parts = append(parts, back(t, s, to))
	}
	if parts[1].Entries >= parts[3].Cases*4 || parts[1].Since != parts[0].Version {
		t.Errorf("the increment is not one: %+v", parts[1])
	}
	for n, want := range held {
		o := storagetest.Options(t.TempDir())
		o.Derived = newToy()
		at, err := storage.Restore(o, to, storage.RestoreOptions{Part: n + 1})
		if err != nil || at.Seq != parts[n].Seq {
			t.Fatalf("restore to part %d: %+v, %v", n+1, at, err)
		}
		r := storagetest.Open(t, o)
		if got := everything(t, r); !reflect.DeepEqual(got, want) {
			t.Errorf("part %d restores %d entries, want %d", n+1, len(got), len(want))
		}
		if next, _ := r.Next(pos); next != parts[n].Offsets[0].Next {
			t.Errorf("part %d goes on at %d, want %d", n+1, next, parts[n].Offsets[0].Next)
		}
		if _, err := storage.Restore(o, to, storage.RestoreOptions{}); err == nil {
			t.Error("restored over a store")
		}
		if _, err := to.Add(func(last storage.Part) (io.ReadCloser, error) { return piped(r, last), nil }, nil); !errors.Is(err, storage.ErrOtherStore) {
			t.Errorf("an increment of the restored store on the old backup: %v", err)
		}
	}
}

// TestBackupTakesTheLogsIdentity along with the offsets that count in it: what a restored store reads on is known to be that log.
func TestBackupTakesTheLogsIdentity(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	s := storagetest.Open(t, o)
	put(t, s, "100", "a", person("100", 1, "ram"))
	if err := os.WriteFile(filepath.Join(o.Dir, "topic-iif.updates"), []byte("the log's id"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := storage.Backups{Dir: t.TempDir()}
	back(t, s, to)
	restored := storagetest.Options(t.TempDir())
	if _, err := storage.Restore(restored, to, storage.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(restored.Dir, "topic-iif.updates")); string(b) != "the log's id" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestForgottenOffsets(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	put(t, s, "100", "a", person("100", 1, "ram"))
	to := storage.Backups{Dir: t.TempDir()}
	back(t, s, to)
	o := storagetest.Options(t.TempDir())
	if _, err := storage.Restore(o, to, storage.RestoreOptions{ForgetOffsets: true}); err != nil {
		t.Fatal(err)
	}
	if next, known := storagetest.Open(t, o).Next(pos); known {
		t.Errorf("goes on at %d", next)
	}
}

// TestDamagedBackupIsRefused flips bits and cuts, at random and at the ends: no damage may pass.
func TestDamagedBackupIsRefused(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	for _, fir := range []string{"100", "200", "300"} {
		put(t, s, fir, "some text of a form", person(fir, 1, "ram"))
	}
	to := storage.Backups{Dir: t.TempDir()}
	back(t, s, to)
	path := filepath.Join(to.Dir, "0001.part")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := func(what string, damaged []byte) {
		t.Helper()
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Parts(nil); !errors.Is(err, storage.ErrBadBackup) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := storage.Restore(storagetest.Options(t.TempDir()), to, storage.RestoreOptions{}); !errors.Is(err, storage.ErrBadBackup) {
			t.Errorf("%s: restore: %v", what, err)
		}
	}
	for i := range whole {
		damaged := slices.Clone(whole)
		damaged[i] ^= 1 << (i % 8)
		f("flipped", damaged)
	}
	for _, n := range []int{0, 1, 8, len(whole) / 2, len(whole) - 1} {
		f("cut", whole[:n])
	}
	f("longer", append(slices.Clone(whole), 0))
}

// TestInterruptedRestore leaves what a kill in a restore leaves: Open refuses it, and the next restore is whole.
func TestInterruptedRestore(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	put(t, s, "100", "a", person("100", 1, "ram"))
	to := storage.Backups{Dir: t.TempDir()}
	back(t, s, to)
	o := storagetest.Options(t.TempDir())
	if err := os.MkdirAll(filepath.Join(o.Dir, "store.restoring", "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Open(o); !errors.Is(err, storage.ErrRestoring) {
		t.Errorf("opened what a restore left: %v", err)
	}
	if _, err := storage.Restore(o, to, storage.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := storagetest.Open(t, o).Get("100/p/A1"); err != nil {
		t.Error(err)
	}
}

// TestFailedBackupLeavesNothing breaks the stream off: the backup stays what it was.
func TestFailedBackupLeavesNothing(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	put(t, s, "100", "a", person("100", 1, "ram"))
	to := storage.Backups{Dir: t.TempDir()}
	first := back(t, s, to)
	put(t, s, "100", "b", person("100", 1, "sita"))
	_, err := to.Add(func(last storage.Part) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(piped(s, last), 300)), nil
	}, nil)
	if !errors.Is(err, storage.ErrBadBackup) {
		t.Errorf("a stream that ends early: %v", err)
	}
	parts, err := to.Parts(nil)
	if err != nil || len(parts) != 1 || parts[0].SHA256 != first.SHA256 {
		t.Errorf("left %d parts, %v", len(parts), err)
	}
	if _, err := to.Add(func(storage.Part) (io.ReadCloser, error) { return piped(s, storage.Part{}), nil }, nil); !errors.Is(err, storage.ErrBadBackup) {
		t.Errorf("a part that does not follow: %v", err)
	}
	if p := back(t, s, to); p.Number != 2 {
		t.Errorf("the next part is %d", p.Number)
	}
}
