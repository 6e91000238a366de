package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// A harmed store holds three cases; something of the second, 200, is hidden or of an earlier time, as behind a damaged block.
type harmed struct {
	key  string
	aged bool
}

var harms = []harmed{{"c200", false}, {"c200", true}, {"f200\x001", false}, {"f200\x001", true}, {"r200/p/A1", false}, {"r200/p/A1", true}}

func (h harmed) String() string { return fmt.Sprintf("%q, of an earlier time: %v", h.key, h.aged) }

func (h harmed) store(t *testing.T) (*storage.Store, storage.Options) {
	t.Helper()
	o := storagetest.Options(t.TempDir())
	o.Derived = newToy()
	s, err := storage.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, fir := range []string{"100", "200", "300"} {
		put(t, s, fir, "earlier", person(fir, 1, "ram"))
	}
	old := storage.Raw(t, s, []byte(h.key))
	put(t, s, "200", "later", person("200", 1, "sita"))
	if !h.aged {
		old = nil
	}
	storage.SetRaw(t, s, []byte(h.key), old)
	return s, o
}

// damagedCase holds what is promised of case 200 as it is damaged, and of the others.
func damagedCase(t *testing.T, what harmed, s *storage.Store, record, forms bool) {
	t.Helper()
	is := func(of string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%v: %s: %v, want %v", what, of, err, want)
		}
	}
	if forms {
		_, _, err := s.Forms("200")
		is("forms", err, storage.ErrDamaged)
	}
	if record {
		_, err := s.Get("200/p/A1")
		is("record", err, storage.ErrDamaged)
		_, err = s.GetAll([]string{"100/p/A1", "200/p/A1"})
		is("records", err, storage.ErrDamaged)
		n := 0
		is("each", s.Each(func(*storage.Record) error { n++; return nil }), storage.ErrDamaged)
		if n != 2 {
			t.Errorf("%v: %d of the others' records were given", what, n)
		}
	}
	_, _, err := s.Forms("100")
	is("another case", err, nil)
	_, err = s.Get("300/p/A1")
	is("another record", err, nil)
	_, err = s.Get("300/p/A2")
	is("a record that is not there", err, storage.ErrNotFound)
	_, _, err = s.Forms("400")
	is("a case that is not there", err, storage.ErrNotFound)
}

// TestDamageIsNoAbsence hides or ages what is kept of a case: no read takes it for one that is not there or for what it was,
// a check, a scrub, a backup and a rebuild notice it, and the others are read as before.
func TestDamageIsNoAbsence(t *testing.T) {
	for _, h := range harms {
		s, _ := h.store(t)
		damagedCase(t, h, s, h.key[0] != 'f', h.key[0] != 'r')
		if r, err := s.Check(); err != nil || !slices.ContainsFunc(r.Findings, func(f storage.Finding) bool { return f.ID == "200" }) {
			t.Errorf("%v: check: %v, %v", h, r, err)
		}
		if list := s.Damaged(); len(list) != 1 || list[0].FIR != "200" {
			t.Errorf("%v: damaged: %v", h, list)
		}
		if d := s.Degraded(); len(d) == 0 || !strings.Contains(d[0], "1 cases are damaged") {
			t.Errorf("%v: degraded: %v", h, d)
		}

		s, _ = h.store(t)
		if err := s.Scrub(context.Background()); err != nil || len(s.Damaged()) != 1 {
			t.Errorf("%v: scrub: %v, %v", h, s.Damaged(), err)
		}
		s, _ = h.store(t)
		if err := s.Backup(context.Background(), io.Discard, storage.BackupOptions{}); !errors.Is(err, storage.ErrDamaged) || len(s.Damaged()) != 1 {
			t.Errorf("%v: backup: %v, %v", h, s.Damaged(), err)
		}
		if h.key[0] == 'f' { // a rebuild reads no forms
			continue
		}
		s, _ = h.store(t)
		if err := s.Rebuild(context.Background()); err != nil || len(s.Damaged()) != 1 || !s.State().Stale {
			t.Errorf("%v: rebuild: %v, %v", h, s.Damaged(), err)
		}
	}
}

// TestNothingIsAppliedToDamage updates a damaged case: the transaction fails with its name, and changes nothing.
func TestNothingIsAppliedToDamage(t *testing.T) {
	for _, h := range harms {
		s, _ := h.store(t)
		before := s.State().Seq
		err := s.Update(context.Background(), func(tx storage.Tx) error {
			c, err := tx.Case("200")
			if err != nil {
				return err
			}
			if _, ok := c.Form("1"); ok && h.key[0] == 'f' {
				if _, err := tx.Value("200", "1"); err != nil {
					return err
				}
			}
			return errors.New("read")
		})
		var d *storage.Damage
		if h.key[0] != 'r' && (!errors.As(err, &d) || d.FIR != "200") || s.State().Seq != before {
			t.Errorf("%v: %v", h, err)
		}
	}
}

// TestDamageAfterRestart opens a harmed store again: with the saved witness the case is named; without it the store says
// that something is lost, takes no updates, and does not say of any case that it is not there.
func TestDamageAfterRestart(t *testing.T) {
	for _, h := range harms[:2] {
		s, o := h.store(t)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		damagedCase(t, h, s, true, true)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(o.Dir, "derived", "witness")); err != nil {
			t.Fatal(err)
		}
		if s, err = storage.Open(o); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Forms("400"); !errors.Is(err, storage.ErrUnproven) {
			t.Errorf("%v: a case that is not there: %v", h, err)
		}
		if _, _, err := s.Forms("200"); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("%v: the case: %v", h, err)
		}
		err = s.Update(context.Background(), func(storage.Tx) error { return nil })
		if !errors.Is(err, storage.ErrUnproven) || len(s.Degraded()) == 0 {
			t.Errorf("%v: an update: %v, degraded %v", h, err, s.Degraded())
		}
		s.Close()
	}
}

// TestWitnessIsMade opens stores whose witness is not saved, or that have never had one.
func TestWitnessIsMade(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	o.Derived = newToy()
	open := func() *storage.Store {
		t.Helper()
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	same := func(what string) {
		t.Helper()
		s := open()
		for _, fir := range []string{"100", "200"} {
			if _, _, err := s.Forms(fir); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		put(t, s, "200", what, person("200", 1, "sita"))
		storagetest.Close(t, s)
	}
	s := open()
	put(t, s, "100", "a", person("100", 1, "ram"))
	put(t, s, "200", "b")
	storagetest.Close(t, s)
	same("saved")
	if err := os.Remove(filepath.Join(o.Dir, "derived", "witness")); err != nil {
		t.Fatal(err)
	}
	same("not saved")
	storage.Unwitnessed(t, o)
	same("of an older program")
	same("and once more")
}

// TestStateIsKeptTwice hides and ages one entry of the state: the other counts, and it is said.
func TestStateIsKeptTwice(t *testing.T) {
	for _, key := range []string{"m", "z"} {
		for _, aged := range []bool{false, true} {
			o := storagetest.Options(t.TempDir())
			s, err := storage.Open(o)
			if err != nil {
				t.Fatal(err)
			}
			put(t, s, "100", "a")
			old := storage.Raw(t, s, []byte(key))
			put(t, s, "100", "b")
			want := s.State().Seq
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if !aged {
				old = nil
			}
			storage.SetRawClosed(t, o, []byte(key), old)
			if s, err = storage.Open(o); err != nil {
				t.Fatal(err)
			}
			if n, _ := s.Faults(); s.State().Seq != want || n != 1 {
				t.Errorf("%s, of an earlier time %v: commit %d, want %d; %v", key, aged, s.State().Seq, want, s.Degraded())
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			storagetest.Close(t, storagetest.Open(t, o))
		}
	}
}

// TestOffsetIsLost hides and ages an offset: it is said, and the store goes on.
func TestOffsetIsLost(t *testing.T) {
	for _, aged := range []bool{false, true} {
		o := storagetest.Options(t.TempDir())
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "100", "a")
		key := []byte("ot\x00\x00\x00\x00\x03")
		old := storage.Raw(t, s, key)
		put(t, s, "100", "b")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if !aged {
			old = nil
		}
		storage.SetRawClosed(t, o, key, old)
		if s, err = storage.Open(o); err != nil {
			t.Fatal(err)
		}
		if n, list := s.Faults(); n != 1 || !strings.Contains(list[0].What, "an offset is lost") {
			t.Errorf("found %v", list)
		}
		put(t, s, "100", "c")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		storagetest.Close(t, storagetest.Open(t, o))
	}
}

// TestJournalGap loses an entry that the shards owe: they are made again, and it is said.
func TestJournalGap(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	o.Derived = newToy()
	s, err := storage.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "100", "a", person("100", 1, "ram"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	storage.Owe(t, o, 0)
	storage.SetRawClosed(t, o, []byte("j\x00\x00\x00\x00\x00\x00\x00\x01"), nil)
	if s, err = storage.Open(o); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n, list := s.Faults(); n != 1 || !strings.Contains(list[0].What, "commit 1: the journal has a gap") {
		t.Errorf("found %v", list)
	}
	for s.State().Stale {
		if n, list := s.Faults(); n > 1 {
			t.Fatalf("the shards are not made again: %v", list)
		}
		runtime.Gosched()
	}
}

// TestWaiting sets a case aside and keeps updates for it, over a restart; its records are not shown meanwhile.
func TestWaiting(t *testing.T) {
	h := harms[0]
	s, o := h.store(t)
	var d *storage.Damage
	if _, _, err := s.Forms("200"); !errors.As(err, &d) {
		t.Fatal(err)
	}
	if s.Withdrawn([]byte("200/p/A1"), storage.Findable) {
		t.Error("not shown before an update waits")
	}
	if err := s.SetAside(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	want := []storage.Waiting{
		{Topic: "t", Stamp: storage.Stamp{Time: 5, Partition: 3, Offset: 7}, Arrived: 4, Value: []byte("a form")},
		{Topic: "t", Stamp: storage.Stamp{Time: 6, Partition: 3, Offset: 9}},
	}
	for _, u := range want {
		err := s.Update(context.Background(), func(tx storage.Tx) error {
			if !tx.IsAside("200") || tx.IsAside("100") {
				t.Error("is not set aside, or another is")
			}
			return tx.Wait("200", u)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		got, lost, err := s.Waiting("200")
		if err != nil || lost != 0 || fmt.Sprint(got) != fmt.Sprint(want) || got[1].Value != nil {
			t.Errorf("wait: %v, %d lost, %v; want %v", got, lost, err, want)
		}
		if !s.Withdrawn([]byte("200/p/A1"), storage.Findable) || s.Withdrawn([]byte("100/p/A1"), storage.Findable) {
			t.Error("shown while updates wait, or another is not")
		}
		if list := s.Damaged(); len(list) != 1 || list[0].Waiting != 2 || list[0].Why != d.Why {
			t.Errorf("damaged: %+v", list)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = storage.Open(o); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	storage.SetRawClosed(t, o, []byte("w200\x00\x00\x00\x00\x00\x00\x00\x00\x06\x00\x00\x00\x01"), nil)
	var err error
	if s, err = storage.Open(o); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, lost, err := s.Waiting("200"); err != nil || lost != 1 || len(got) != 1 {
		t.Errorf("after one was lost: %v, %d lost, %v", got, lost, err)
	}
}

// TestDamageIsNotReplayed withdraws a case, kills the store before the derived structure is saved, and loses or ages
// the entry: the structure that was saved before the withdrawal must not bring its record back.
func TestDamageIsNotReplayed(t *testing.T) {
	for harm, pick := range map[string]func(n int) int{
		`"c100" is hidden`: func(n int) int { return n - 1 }, `"c100" is of an earlier time`: func(int) int { return 0 },
	} {
		disk, derived := &simulated.Disk{}, newToy()
		o := storagetest.Options("")
		o.Backend, o.Derived = disk, derived
		open := func() *storage.Store {
			t.Helper()
			o.Scheduler = &simulated.Scheduler{}
			s, err := storage.Open(o)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := open()
		put(t, s, "100", "a", person("100", 1, "ram"))
		put(t, s, "200", "a", person("200", 1, "sita"))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open()
		remove(t, s, "100")
		disk.Crash()
		if what := disk.Harm("100", pick); what != harm {
			t.Fatalf("%s, not %s", what, harm)
		}
		s = open()
		if list := s.Damaged(); len(list) != 1 || list[0].FIR != "100" {
			t.Errorf("%s: damaged: %v", harm, list)
		}
		if len(derived.names) != 1 || derived.names["200/p/A1"] != "sita" {
			t.Errorf("%s: found are %v", harm, derived.names)
		}
		s.Close()
	}
}
