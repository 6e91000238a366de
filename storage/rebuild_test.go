package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// TestRebuildBesideUpdates rebuilds again and again while records change and searches run: every search finds the
// record that never changes, and at the end everything agrees.
func TestRebuildBesideUpdates(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir, Derived: newToy()})
	for i := range 50 {
		fir := fmt.Sprint(1000 + i)
		put(t, s, fir, "a", person(fir, 1, "ram"), person(fir, 2, "constant"))
	}
	ids(t, s, any("ram")) // waits for the shards
	var stop atomic.Bool
	searching := make(chan error)
	go func() {
		n := 0
		for ; !stop.Load(); n++ {
			cs, answered, complete, err := s.Candidates(context.Background(), storage.Selection{Any: any("constant").Any, Limit: 100})
			if err != nil || len(cs) != 50 || answered != 2 || !complete {
				searching <- fmt.Errorf("a search found %d, %d shards answered, %v", len(cs), answered, err)
				return
			}
		}
		if n == 0 {
			searching <- errors.New("no search ran")
		}
		searching <- nil
	}()
	for round := range 3 {
		if err := s.StartRebuild(); err != nil {
			t.Fatal(err)
		}
		for i := 0; s.State().Generation == round; i++ {
			fir := fmt.Sprint(1000 + i%50)
			put(t, s, fir, "b", person(fir, 1, fmt.Sprint("sita", round)), person(fir, 2, "constant"))
			if _, found := s.Faults(); found != nil {
				t.Fatal(found)
			}
		}
	}
	stop.Store(true)
	if err := <-searching; err != nil {
		t.Error(err)
	}
	storagetest.Close(t, s)
	left, _ := filepath.Glob(filepath.Join(dir, "shards", "*"))
	if len(left) != 1 || filepath.Base(left[0]) != "g0003" {
		t.Errorf("left %v", left)
	}
}

// TestRebuildBesideDamage rebuilds beside a record that is lost, which an update takes away meanwhile, and beside an
// entry that is lost: what the shards must hold is not known then, and they are used, and are to be made again.
func TestRebuildBesideDamage(t *testing.T) {
	for harm, pick := range map[string]func(n int) int{
		`"r100/p/A2" is hidden`: func(n int) int { return n - 1 }, `"c100" is hidden`: func(int) int { return 0 },
	} {
		disk, steps := &simulated.Disk{}, &simulated.Scheduler{}
		o := storagetest.Options("")
		o.Backend, o.Scheduler, o.RebuildChunk = disk, steps, 3
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "100", "a", person("100", 1, "ram"), person("100", 2, "sita"))
		put(t, s, "200", "a", person("200", 1, "mohan"))
		if what := disk.Harm("100", pick); what != harm {
			t.Fatalf("harmed %s", what)
		}
		for i := 0; s.State().Generation == 0; i++ {
			if !steps.Step(storage.TaskRebuild) {
				if err := s.StartRebuild(); err != nil {
					t.Fatal(err)
				}
			}
			if i == 1 && harm[1] == 'r' {
				put(t, s, "100", "b", person("100", 1, "ram"))
			}
			if i > 20 {
				t.Fatal("the rebuild does not end")
			}
		}
		if !s.State().Stale {
			t.Errorf("%s: shards that were made beside damage are taken for whole", harm)
		}
		s.Close()
	}
}

// TestInterruptedRebuild ends a rebuild early, and leaves what a kill leaves: the old shards stay in use.
func TestInterruptedRebuild(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	put(t, s, "100", "a", person("100", 1, "ram"))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := storage.RebuildSlowly(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("ended early: %v", err)
	}
	if st := s.State(); st.Generation != 0 {
		t.Errorf("generation %d", st.Generation)
	}
	storagetest.Close(t, s)
	if err := os.MkdirAll(filepath.Join(dir, "shards", "g0001", "00"), 0o700); err != nil {
		t.Fatal(err)
	}
	s = storagetest.Open(t, storage.Options{Dir: dir})
	if got := ids(t, s, any("ram")); !slices.Equal(got, []string{"100/p/A1"}) {
		t.Errorf("found %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "shards", "g0001")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what the kill left is still there: %v", err)
	}
	if err := s.Rebuild(context.Background()); err != nil || s.State().Generation != 1 {
		t.Errorf("generation %d, %v", s.State().Generation, err)
	}
}

// TestStaleShardsAreRebuiltAfterAKill changes the terms and kills before the rebuild ends: a program of either version
// rebuilds.
func TestStaleShardsAreRebuiltAfterAKill(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	put(t, s, "100", "a", person("100", 1, "ram"))
	storagetest.Close(t, s)
	storage.MarkStale(t, storagetest.Options(dir), 2)
	s = storagetest.Open(t, storage.Options{Dir: dir})
	if len(s.Degraded()) == 0 && s.State().Stale {
		t.Error("stale shards are not told")
	}
	rebuilt(t, s)
	if got := ids(t, s, any("ram")); !slices.Equal(got, []string{"100/p/A1"}) {
		t.Errorf("found %v", got)
	}
}

// TestLostShardIsTold loses the files of one shard: the store opens, and says that it is not whole, until a rebuild.
func TestLostShardIsTold(t *testing.T) {
	o := storagetest.Options(t.TempDir())
	s := storagetest.Open(t, o)
	for _, fir := range []string{"100", "200", "300", "400", "500"} {
		put(t, s, fir, "a", person(fir, 1, "ram"))
	}
	storagetest.Close(t, s)
	if err := os.RemoveAll(filepath.Join(o.Dir, "shards", "01")); err != nil {
		t.Fatal(err)
	}
	s, err := storage.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := s.Faults(); n == 0 || len(s.Degraded()) == 0 {
		t.Error("nothing is told")
	}
	if err := errors.Join(s.Rebuild(context.Background()), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = storagetest.Open(t, o)
	if got := ids(t, s, any("ram")); len(got) != 5 || s.Degraded() != nil {
		t.Errorf("after the rebuild: found %v, degraded %v", got, s.Degraded())
	}
}

func TestOffsetNeverMovesBack(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	put(t, s, "100", "a", person("100", 1, "ram"))
	put(t, s, "100", "b", person("100", 1, "sita"))
	err := s.Update(context.Background(), func(tx storage.Tx) error {
		tx.SetOffset(pos, 1, time.Time{})
		return nil
	})
	if !errors.Is(err, storage.ErrBackwards) {
		t.Errorf("got %v", err)
	}
}

// TestRebuildFails: a rebuild in the background whose writes fail is undone and told, and the next one is as if it had
// not been.
func TestRebuildFails(t *testing.T) {
	disk, steps := &simulated.Disk{}, &simulated.Scheduler{}
	o := storagetest.Options("")
	o.Backend, o.Scheduler = disk, steps
	s, err := storage.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "100", "a", person("100", 1, "ram"))
	rebuild := func() {
		t.Helper()
		if err := s.StartRebuild(); err != nil {
			t.Fatal(err)
		}
		disk.Fault = func(of string) error {
			if of == "shard" {
				return errors.New("this write fails")
			}
			return nil
		}
		for steps.Step(storage.TaskRebuild) {
			disk.Fault = nil
		}
		disk.Fault = nil
	}
	rebuild()
	if n, list := s.Faults(); n != 1 || !strings.Contains(list[0].What, "this write fails") {
		t.Errorf("%d faults are told: %v", n, list)
	}
	if _, _, running := s.Rebuilding(); running || s.State().Generation != 0 {
		t.Errorf("running: %v, generation %d", running, s.State().Generation)
	}
	if left, err := disk.Generations(); err != nil || len(left) != 1 {
		t.Errorf("shards of generations %v are left", left)
	}
	if err := s.StartRebuild(); err != nil {
		t.Fatal(err)
	}
	for steps.Step(storage.TaskRebuild) {
	}
	if s.State().Generation != 1 {
		t.Errorf("generation %d", s.State().Generation)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
