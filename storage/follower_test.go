package storage_test

import (
	"errors"
	"maps"
	"testing"

	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// A followed store is in memory; its followers take steps as they are told.
type followedStore struct {
	*testing.T
	disk  *simulated.Disk
	steps *simulated.Scheduler
	*storage.Store
	o storage.Options
}

func (f *followedStore) open(followers ...storage.Following) {
	f.Helper()
	f.steps = &simulated.Scheduler{}
	f.o = storagetest.Options("")
	f.o.Backend, f.o.Scheduler, f.o.Followers, f.o.FollowerLag = f.disk, f.steps, followers, 10
	s, err := storage.Open(f.o)
	if err != nil {
		f.Fatal(err)
	}
	f.Store = s
}

// follow lets a follower take all that there is.
func (f *followedStore) follow(name string) {
	f.Helper()
	for range 100 {
		if f.Followers()[name] == f.State().Seq {
			return
		}
		f.steps.Step(storage.TaskFollow + name)
	}
	f.Fatalf("%s does not come to the end", name)
}

// holds compares a copy.
func (f *followedStore) holds(c *storagetest.Follower, rebuilt int, names ...string) {
	f.Helper()
	want := map[string]string{}
	for i := 0; i < len(names); i += 2 {
		want[names[i]] = names[i+1]
	}
	if !maps.Equal(c.Names(), want) || c.Rebuilt != rebuilt {
		f.Errorf("a follower holds %v after %d rebuilds, want %v after %d", c.Names(), c.Rebuilt, want, rebuilt)
	}
}

// TestFollowers: each follower takes every change from its own position, which it keeps over a kill and a reopening; a new
// one begins with all records or behind the last commit.
func TestFollowers(t *testing.T) {
	f := followedStore{T: t, disk: &simulated.Disk{}}
	all, late := &storagetest.Follower{}, &storagetest.Follower{}
	register := []storage.Following{{Name: "all", Follower: all}}
	f.open(register...)
	put(t, f.Store, "100", "a", person("100", 1, "ram"))
	f.follow("all")
	f.holds(all, 1, "100/p/A1", "ram")
	put(t, f.Store, "200", "a", person("200", 1, "sita"))
	f.follow("all")
	f.holds(all, 1, "100/p/A1", "ram", "200/p/A1", "sita")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	register = append(register, storage.Following{Name: "late", Follower: late, FromNow: true})
	f.open(register...)
	put(t, f.Store, "100", "b", person("100", 1, "ram"), person("100", 2, "mohan"))
	remove(t, f.Store, "200")
	f.follow("late")
	f.holds(late, 0, "100/p/A2", "mohan")
	f.disk.Crash()
	f.open(register...)
	f.follow("all")
	f.holds(all, 1, "100/p/A1", "ram", "100/p/A2", "mohan")
	put(t, f.Store, "300", "a", person("300", 1, "gita"))
	f.follow("late")
	f.holds(late, 0, "100/p/A2", "mohan", "300/p/A1", "gita")
	storagetest.Close(t, f.Store)
}

// TestFollowerBehind: what a slow or an unregistered follower has not taken stays in the journal, up to the bound, and beyond
// it the follower is rebuilt; one that refuses is asked again and misses nothing.
func TestFollowerBehind(t *testing.T) {
	f := followedStore{T: t, disk: &simulated.Disk{}}
	slow := &storagetest.Follower{}
	register := storage.Following{Name: "slow", Follower: slow}
	f.open(register)
	f.follow("slow")
	commits := func(n int) {
		t.Helper()
		for i := range n {
			put(t, f.Store, "100", string(rune('a'+i)), person("100", i, "ram"))
			f.steps.Step(storage.TaskIndex)
			f.disk.Persist()
		}
	}
	slow.Refusing = errors.New("not today")
	commits(8)
	f.steps.Step(storage.TaskFollow + "slow")
	slow.Refusing = nil
	f.follow("slow")
	f.holds(slow, 1, "100/p/A7", "ram")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.open() // it is not registered
	commits(9)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.open(register)
	f.follow("slow")
	f.holds(slow, 1, "100/p/A8", "ram")
	commits(15)
	f.follow("slow")
	f.holds(slow, 2, "100/p/A14", "ram")
	slow.Refusing = errors.New("not today")
	commits(15)
	f.steps.Step(storage.TaskFollow + "slow") // it is to be rebuilt, and refuses
	f.steps.Step(storage.TaskFollow + "slow")
	f.disk.Crash()
	slow.Refusing = nil
	f.open(register)
	f.follow("slow")
	f.holds(slow, 3, "100/p/A14", "ram")
	storagetest.Close(t, f.Store)
}

// TestFollowerNames: two followers of one name would share a position.
func TestFollowerNames(t *testing.T) {
	for _, followers := range [][]storage.Following{
		{{Name: "", Follower: &storagetest.Follower{}}}, {{Name: "a"}}, {{Name: "a", Follower: &storagetest.Follower{}}, {Name: "a", Follower: &storagetest.Follower{}}},
	} {
		o := storagetest.Options("")
		o.Backend, o.Scheduler, o.Followers = &simulated.Disk{}, &simulated.Scheduler{}, followers
		if s, err := storage.Open(o); err == nil {
			s.Close()
			t.Errorf("opened with %v", followers)
		}
	}
}
