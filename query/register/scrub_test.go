package register_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/query/register"
	"anvesh/query/register/registertest"
	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// putAll makes records those of cases of one form each.
func putAll(t *testing.T, s *storage.Store, held map[string]*storage.Record) {
	t.Helper()
	cases := map[string][]*storage.Record{}
	for _, r := range held {
		r.FIR, _, _ = strings.Cut(r.ID, "/")
		cases[r.FIR] = append(cases[r.FIR], r)
	}
	for fir, rs := range cases {
		err := s.Update(context.Background(), func(tx storage.Tx) error {
			c, err := tx.Case(fir)
			if err != nil {
				return err
			}
			c.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256([]byte(fir))})
			return tx.Put(c, map[string][]byte{"1": []byte(fir)}, rs)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// flip changes a bit of a file that is mapped.
func flip(t *testing.T, path string, bit int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b [1]byte
	_, err = f.ReadAt(b[:], bit/8)
	b[0] ^= 1 << (bit % 8)
	_, more := f.WriteAt(b[:], bit/8)
	if err = errors.Join(err, more, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestScrubReadsParts: a bit that flips in a file of the register under an open store is told by the scrubber and by check,
// wherever it is, and by nobody else's name; the next start makes the register again.
func TestScrubReadsParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 11))
	held := map[string]*storage.Record{}
	for range 200 {
		if c := registertest.Change(rng); c.Record != nil && c.Record.Visibility == storage.Findable {
			held[c.ID] = c.Record
		}
	}
	o := storagetest.Options(t.TempDir())
	var steps *simulated.Scheduler // which merges nothing by itself
	open := func() (*storage.Store, *register.Register) {
		t.Helper()
		reg := register.New()
		register.Small(reg)
		steps = &simulated.Scheduler{}
		o.Derived, o.Scheduler = reg, steps
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return s, reg
	}
	s, _ := open()
	putAll(t, s, held)
	for range 100 {
		steps.Step(storage.TaskIndex)
		steps.Step(storage.TaskTend)
	}
	storagetest.Close(t, s)
	s, reg := open()
	digest := reg.Digest()
	names, _ := filepath.Glob(filepath.Join(o.Dir, "derived", "*.part-*"))
	if parts, bases := register.Files(reg); parts+bases != len(names) || parts == 0 || bases == 0 {
		t.Fatalf("%d parts and %d bases of names in %d files", parts, bases, len(names))
	}
	if err := s.Scrub(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, path := range names {
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			bit := rng.Int64N(8 * st.Size())
			flip(t, path, bit)
			damaged, err := reg.Verify(func(int) error { return nil })
			if err != nil || len(damaged) != 1 || !strings.Contains(damaged[0], filepath.Base(path)) {
				t.Errorf("bit %d of %s: %q, %v", bit, path, damaged, err)
			}
			flip(t, path, bit)
		}
	}
	if count, faults := s.Faults(); count != 0 {
		t.Errorf("found without damage: %v", faults)
	}
	refused := errors.New("ended")
	if damaged, err := reg.Verify(func(int) error { return refused }); err != refused || damaged != nil {
		t.Errorf("ended by its pace it gives %q, %v", damaged, err)
	}
	flip(t, names[0], 99)
	if err := s.Scrub(context.Background()); err != nil {
		t.Fatal(err)
	}
	if count, faults := s.Faults(); count != 1 || !strings.Contains(fmt.Sprint(faults), filepath.Base(names[0])) {
		t.Errorf("the scrubber found %v", faults)
	}
	if r, err := s.Check(); err != nil || !slices.ContainsFunc(r.Findings, func(f storage.Finding) bool { return strings.Contains(f.What, filepath.Base(names[0])) }) {
		t.Errorf("check found %v, %v", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, reg = open()
	if reg.Digest() != digest {
		t.Errorf("after the next start the digest is %x, was %x", reg.Digest(), digest)
	}
	storagetest.Close(t, s)
}
