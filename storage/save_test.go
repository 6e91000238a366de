package storage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"anvesh/storage"
	"anvesh/storage/layout"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// A savedStore is a store whose tasks take a step when they are told, and whose derived structure is cut with every third
// record.
type savedStore struct {
	*testing.T
	*storage.Store
	disk   *simulated.Disk
	steps  *simulated.Scheduler
	toy    *toy
	warned bytes.Buffer
}

func (s *savedStore) open() {
	s.Helper()
	s.steps, s.toy = &simulated.Scheduler{}, newToy()
	o := storagetest.Options("")
	o.Backend, o.Scheduler, o.Derived, o.SaveEvery = s.disk, s.steps, s.toy, 3
	o.Logger = slog.New(slog.NewTextHandler(&s.warned, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	if s.Store, err = storage.Open(o); err != nil {
		s.Fatal(err)
	}
}

// name makes a person of each case bear a name, in a commit each that is searchable and durable in the shards.
func (s *savedStore) name(name string, firs ...string) {
	s.Helper()
	for _, fir := range firs {
		put(s.T, s.Store, fir, name, person(fir, 1, name))
		s.steps.Step(storage.TaskIndex)
		s.disk.Persist()
	}
}

// save takes a step of the task that saves, and tells which commit is saved then.
func (s *savedStore) save() uint64 {
	s.steps.Step(storage.TaskSave)
	return storage.Saved(s.Store)
}

// file is what was saved last.
func (s *savedStore) file() string {
	s.Helper()
	f, err := s.disk.OpenDerived("register")
	if err != nil {
		s.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		s.Fatal(err)
	}
	return string(b)
}

// killed opens the store again after a kill; it must have kept in the journal what was not saved, and follow from there.
func (s *savedStore) killed() {
	s.Helper()
	s.disk.Crash()
	s.warned.Reset()
	s.open()
	if s.warned.Len() > 0 {
		s.Errorf("it warns: %s", &s.warned)
	}
	if r, err := s.CheckFull(); err != nil || r.Faults > 0 {
		s.Errorf("check: %v, %v", r, err)
	}
}

// TestKillBetweenCutAndSave: until what was cut is durable the journal is kept for what was saved before, whether a kill comes
// first, or a write fails, and it is cut again.
func TestKillBetweenCutAndSave(t *testing.T) {
	f := func(name string, between func(s *savedStore)) {
		t.Run(name, func(t *testing.T) {
			s := &savedStore{T: t, disk: &simulated.Disk{}}
			s.open()
			s.name("ram", "1", "2", "3")
			if saved := s.save(); saved != 3 {
				t.Fatalf("saved at commit %d", saved)
			}
			s.name("sita", "1", "2", "4")
			between(s)
			if saved := storage.Saved(s.Store); saved != 3 {
				t.Errorf("saved at commit %d though nothing more is durable", saved)
			}
			for i := range 6 { // so many that the witness is saved, and does not keep the journal
				s.name(fmt.Sprint("mohan", i), "2", "5", "6")
			}
			storage.Raw(t, s.Store, layout.JournalKey(4)) // it is there
			s.killed()
			storagetest.Close(t, s.Store)
		})
	}
	f("killed first", func(*savedStore) {})
	f("a write fails", func(s *savedStore) {
		s.disk.Fault = func(of string) error {
			if of == "register" {
				return errors.New("this write fails")
			}
			return nil
		}
		s.save()
		if s.disk.Fault = nil; !strings.Contains(s.warned.String(), "not saved") {
			s.Error("it was saved though the write failed")
		}
	})
}

// TestChangesBetweenCutAndSave: what is saved is what was cut, and commits after that are replayed on it, also where the next cut
// is due before the first is saved.
func TestChangesBetweenCutAndSave(t *testing.T) {
	s := &savedStore{T: t, disk: &simulated.Disk{}}
	s.open()
	s.name("ram", "1", "2", "3")
	s.name("sita", "2", "4", "5", "6") // with 5 the next cut were due
	if saved := s.save(); saved != 3 {
		t.Errorf("saved at commit %d, cut at 3", saved)
	}
	if f := s.file(); strings.Contains(f, "sita") || strings.Count(f, "ram") != 3 {
		t.Errorf("saved is %q", f)
	}
	s.killed()
	s.name("mohan", "1")
	if saved := s.save(); saved != 8 {
		t.Errorf("saved at commit %d, more than three records have changed", saved)
	}
	if f := s.file(); strings.Count(f, "sita") != 4 || strings.Count(f, "mohan") != 1 {
		t.Errorf("saved is %q", f)
	}
	s.killed()
	storagetest.Close(t, s.Store)
}

// TestReplayTends: a start replays what was not saved and leaves it to a task to put the structure in order, but where that is so
// much that it would grow too large.
func TestReplayTends(t *testing.T) {
	for commits, most := range map[int]int{10: 10, 40: 4 * 3} { // four times as many as are saved at once
		s := &savedStore{T: t, disk: &simulated.Disk{}}
		s.open()
		s.name("ram", "1", "2", "3")
		s.save()
		for i := range commits {
			s.name(fmt.Sprint("sita", i), fmt.Sprint(i%5))
		}
		s.killed()
		if s.toy.most != most {
			t.Errorf("%d commits are replayed: %d of them without a Tend, want %d", commits, s.toy.most, most)
		}
		storagetest.Close(t, s.Store)
	}
}
