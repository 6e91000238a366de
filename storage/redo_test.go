package storage_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// A case of more than fourteen keys is larger than a transaction of a store in memory.
const manyPersons = 40

// putNamed makes the case hold persons first to last, all of this name.
func putNamed(s *storage.Store, fir, name string, first, last int) error {
	var rs []*storage.Record
	for i := first; i <= last; i++ {
		rs = append(rs, person(fir, i, name))
	}
	next, _ := s.Next(pos)
	return s.Update(context.Background(), func(tx storage.Tx) error {
		c, err := tx.Case(fir)
		if err != nil {
			return err
		}
		c.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256([]byte(name))})
		tx.SetOffset(pos, next+1, time.Unix(next+1, 0))
		return tx.Put(c, map[string][]byte{"1": []byte(name)}, rs)
	})
}

// holds tells what is wrong where the case does not hold these persons, all of this name.
func holds(s *storage.Store, fir, name string, first, last int) error {
	c, values, err := s.Forms(fir)
	if err != nil {
		return err
	}
	if len(values) != 1 || string(values[0]) != name {
		return fmt.Errorf("the form is %q, want %q", values, name)
	}
	ids := c.Records
	if len(ids) != last-first+1 {
		return fmt.Errorf("%d records, want %d", len(ids), last-first+1)
	}
	rs, err := s.GetAll(ids)
	if err != nil {
		return err
	}
	for i, r := range rs {
		if r == nil || r.Name != name {
			return fmt.Errorf("%s is %v, want %s", ids[i], r, name)
		}
	}
	n := 0
	err = s.Each(func(r *storage.Record) error { n++; return nil })
	if err == nil && n != len(ids) {
		err = fmt.Errorf("%d records are stored, %d named", n, len(ids))
	}
	return err
}

func openMemory(disk *simulated.Disk) (*storage.Store, error) {
	o := storagetest.Options("")
	o.Backend, o.Scheduler, o.Derived = disk, &simulated.Scheduler{}, newToy()
	return storage.Open(o)
}

// failAt makes the commit with this number fail, and all that follow where the machine is down from then on.
func failAt(disk *simulated.Disk, number int, down bool) (failed *bool) {
	failed = new(bool)
	disk.Fault = func(of string) error {
		if number--; number == -1 || down && number < 0 {
			*failed = true
			return errors.New("this write fails")
		}
		return nil
	}
	return failed
}

// TestLargeCaseAndKills: a case that no transaction holds is as before or as after, whichever of the writes fails, be it
// that the machine goes down there, and again while the store is opened, or that it goes on. Update tells which.
func TestLargeCaseAndKills(t *testing.T) {
	f := func(number int, down bool) (failed bool) {
		t.Helper()
		disk := &simulated.Disk{}
		s, err := openMemory(disk)
		if err == nil {
			err = putNamed(s, "1", "before", 1, manyPersons)
		}
		if err != nil {
			t.Fatal(err)
		}
		name, first, last := "after", 11, manyPersons+5
		hit := failAt(disk, number, down)
		if putNamed(s, "1", name, first, last) != nil {
			name, first, last = "before", 1, manyPersons
		}
		failed = *hit
		for open := 0; down; open++ {
			disk.Crash()
			again := failAt(disk, open, true)
			if s, err = openMemory(disk); err == nil {
				break
			}
			if !*again {
				t.Fatalf("write %d: open: %v", number, err)
			}
		}
		disk.Fault = nil
		if err := s.Update(context.Background(), func(storage.Tx) error { return nil }); err != nil { // what waits is done first
			t.Fatalf("write %d: %v", number, err)
		}
		if err := holds(s, "1", name, first, last); err != nil {
			t.Errorf("write %d, down %v: %v", number, down, err)
		}
		if n := storage.RedoEntries(t, s); down && n > 0 || n > 0 && name == "after" {
			t.Errorf("write %d, down %v: %d entries are left", number, down, n)
		}
		storagetest.Close(t, s)
		return failed
	}
	for _, down := range []bool{true, false} {
		writes := 0
		for f(writes, down) {
			writes++
		}
		if writes < 2*manyPersons/14+1 {
			t.Errorf("only %d writes: it was not done in steps", writes)
		}
	}
}

// TestHalfDoneIsNotRead: while a decided commit waits for its steps, reads are refused rather than shown half of it.
func TestHalfDoneIsNotRead(t *testing.T) {
	disk := &simulated.Disk{}
	s, err := openMemory(disk)
	if err != nil {
		t.Fatal(err)
	}
	writes := 0
	disk.Fault = func(string) error { writes++; return nil }
	if err := putNamed(s, "1", "before", 1, manyPersons); err != nil {
		t.Fatal(err)
	}
	failAt(disk, writes-1, true) // the last step
	if err := putNamed(s, "1", "after", 1, manyPersons); err != nil {
		t.Fatal(err)
	}
	if err := holds(s, "1", "after", 1, manyPersons); err == nil || !strings.Contains(err.Error(), "this write fails") {
		t.Errorf("read with %v", err)
	}
	if why := s.Degraded(); len(why) != 1 || !strings.Contains(why[0], "commit") {
		t.Errorf("degraded %q", why)
	}
	disk.Fault = nil
	if err := putNamed(s, "2", "other", 1, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("1/p/A1"); err != nil {
		t.Error(err)
	}
	if why := s.Degraded(); why != nil {
		t.Errorf("degraded %q", why)
	}
	storagetest.Close(t, s)
}

// TestSeveralLargeCasesAreTakenInParts: what is refused is only what need not be one transaction.
func TestSeveralLargeCasesAreTakenInParts(t *testing.T) {
	s, err := openMemory(&simulated.Disk{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(context.Background(), func(tx storage.Tx) error {
		for _, fir := range []string{"1", "2"} {
			c, err := tx.Case(fir)
			if err != nil {
				return err
			}
			var rs []*storage.Record
			for i := range manyPersons {
				rs = append(rs, person(fir, i, "Ram"))
			}
			if err := tx.Put(c, nil, rs); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, storage.ErrBatchTooLarge) {
		t.Fatalf("two large cases: %v", err)
	}
	if st := s.State(); st.Cases != 0 || st.Persons != 0 {
		t.Errorf("left behind: %+v", st)
	}
	storagetest.Close(t, s)
}

// TestLargeCaseIsSeenAtOnce: readers beside the steps see a case as it was before or as it is after them.
func TestLargeCaseIsSeenAtOnce(t *testing.T) {
	s := storagetest.Open(t, storage.Options{Derived: newToy()})
	const persons = 8_000
	filler := make([]byte, 450)
	rand.NewChaCha8([32]byte{}).Read(filler) // or it would be packed to nothing
	round := func(number int) error {
		filler = append(filler[1:], filler[0])
		return putNamed(s, "1", fmt.Sprintf("round%d %x", number, filler), 1, persons)
	}
	if err := round(0); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		var err error
		for number := 1; number <= 3 && err == nil; number++ {
			err = round(number)
		}
		done <- err
	}()
	seen := map[string]int{}
	for ended := false; !ended; {
		select {
		case err := <-done:
			if ended = true; err != nil {
				t.Fatal(err)
			}
		default:
		}
		rs, err := s.GetAll([]string{"1/p/A1", fmt.Sprintf("1/p/A%d", persons/2), fmt.Sprintf("1/p/A%d", persons)}) // of different steps
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs {
			if r == nil || r.Name != rs[0].Name {
				t.Fatal("a read saw a case half done")
			}
		}
		seen[rs[0].Name]++
	}
	t.Logf("%d states were seen", len(seen))
}

// TestOverwrittenValuesAreCleared: a case entry of thousands of persons, or a long form, is written again and again. It
// stands in tables, whose compaction drops what was overwritten, and not in the value log, which would grow without
// end.
func TestOverwrittenValuesAreCleared(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	value := make([]byte, 500<<10)
	random := rand.NewChaCha8([32]byte{})
	for range 140 {
		random.Read(value)
		put(t, s, "1", string(value))
	}
	logs, err := filepath.Glob(filepath.Join(dir, "store", "*.vlog"))
	if err != nil || len(logs) != 1 {
		t.Errorf("%d files of the value log: %v", len(logs), err)
	}
}
