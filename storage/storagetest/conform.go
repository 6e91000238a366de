package storagetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"anvesh/storage"
)

// A Store is what every store must offer, whatever it keeps its records in.
type Store interface {
	Update(ctx context.Context, fn func(storage.Tx) error) error
	Get(id string) (*storage.Record, error)
	GetAll(ids []string) ([]*storage.Record, error)
	Case(fir string) (*storage.Case, error)
	Forms(fir string) (*storage.Case, [][]byte, error)
	Each(fn func(*storage.Record) error) error
	Candidates(ctx context.Context, q storage.Selection) (cs []storage.Candidate, answered int, complete bool, err error)
	Next(p storage.Position) (next int64, known bool)
	Offsets() ([]storage.Offset, <-chan struct{})
	Followers() map[string]uint64
	State() storage.State
	Close() error
}

// A Place opens stores in one place, again after each Close.
type Place struct {
	Open func(storage.Options) (Store, error)
	// Work lets work in the background go on; the tasks that it may take a step of are named.
	Work func(tasks ...string)
}

// Conform holds a kind of store against the promises that all have. place makes an empty place.
func Conform(t *testing.T, place func(t *testing.T) Place) {
	for name, test := range map[string]func(*conforming){
		"puts and withdrawals": (*conforming).puts, "what fails leaves nothing": (*conforming).failures, "offsets": (*conforming).offsets,
		"candidates": (*conforming).candidates, "followers": (*conforming).followers, "reopening": (*conforming).reopening,
	} {
		t.Run(name, func(t *testing.T) {
			c := &conforming{T: t, place: place(t), follower: &Follower{}}
			c.open()
			test(c)
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

type conforming struct {
	*testing.T
	place    Place
	follower *Follower
	Store
}

var at = storage.Position{Topic: "t", Partition: 1}

const followerName = "conform"

func (c *conforming) open() {
	c.Helper()
	o := Options("")
	o.Followers = []storage.Following{{Name: followerName, Follower: c.follower}}
	s, err := c.place.Open(o)
	if err != nil {
		c.Fatal(err)
	}
	c.Store = s
}

// until works until something is so.
func (c *conforming) until(what string, so func() bool, tasks ...string) {
	c.Helper()
	for end := time.Now().Add(time.Minute); !so(); c.place.Work(tasks...) {
		if time.Now().After(end) {
			c.Fatalf("%s: not within a minute", what)
		}
	}
}

// put makes a case hold one form, and persons of these names.
func (c *conforming) put(fir, value string, names ...string) {
	c.Helper()
	if err := c.Update(context.Background(), func(tx storage.Tx) error { return putCase(tx, fir, value, names) }); err != nil {
		c.Fatal(err)
	}
}

func putCase(tx storage.Tx, fir, value string, names []string) error {
	held, err := tx.Case(fir)
	if err != nil {
		return err
	}
	held.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256([]byte(value))})
	var records []*storage.Record
	for i, name := range names {
		records = append(records, &storage.Record{ID: fmt.Sprintf("%s/p/A%d", fir, i+1), Kind: storage.Person, FIR: fir, Name: name})
	}
	return tx.Put(held, map[string][]byte{"1": []byte(value)}, records)
}

// holds compares what is read: the name of every record, by id.
func (c *conforming) holds(want map[string]string) {
	c.Helper()
	got := map[string]string{}
	if err := c.Each(func(r *storage.Record) error { got[r.ID] = r.Name; return nil }); err != nil {
		c.Fatal(err)
	}
	if !maps.Equal(got, want) {
		c.Fatalf("the store holds %v, want %v", got, want)
	}
	ids := append(slices.Sorted(maps.Keys(want)), "999/p/A1")
	all, err := c.GetAll(ids)
	if err != nil {
		c.Fatal(err)
	}
	for i, id := range ids {
		one, err := c.Get(id)
		switch {
		case i == len(ids)-1:
			if !errors.Is(err, storage.ErrNotFound) || all[i] != nil {
				c.Fatalf("a record that is not there: %v, %v", all[i], err)
			}
		case err != nil || one.Name != want[id] || all[i] == nil || all[i].Name != want[id]:
			c.Fatalf("%s is %v and %v, want %s: %v", id, one, all[i], want[id], err)
		}
	}
}

func (c *conforming) puts() {
	c.put("100", "a", "ram", "sita")
	c.put("200", "b", "mohan")
	c.holds(map[string]string{"100/p/A1": "ram", "100/p/A2": "sita", "200/p/A1": "mohan"})
	c.put("100", "c", "ram kumar")
	c.holds(map[string]string{"100/p/A1": "ram kumar", "200/p/A1": "mohan"})
	held, values, err := c.Forms("100")
	if err != nil || len(values) != 1 || string(values[0]) != "c" || !slices.Equal(held.Records, []string{"100/p/A1"}) {
		c.Fatalf("case 100: %+v, %q, %v", held, values, err)
	}
	err = c.Update(context.Background(), func(tx storage.Tx) error {
		held, err := tx.Case("200")
		if err != nil {
			return err
		}
		held.Withdrawn, held.Forms = true, nil
		return tx.Put(held, nil, nil)
	})
	if err != nil {
		c.Fatal(err)
	}
	if held, err := c.Case("200"); err != nil || !held.Withdrawn || len(held.Forms) != 0 || len(held.Records) != 0 {
		c.Fatalf("a withdrawn case: %+v, %v", held, err)
	}
	if _, err := c.Case("300"); !errors.Is(err, storage.ErrNotFound) {
		c.Fatalf("a case that is not there: %v", err)
	}
	c.holds(map[string]string{"100/p/A1": "ram kumar"})
	if st := c.State(); st.Persons != 1 || st.Cases != 2 {
		c.Fatalf("counted are %d persons, %d cases", st.Persons, st.Cases)
	}
}

func (c *conforming) failures() {
	c.put("100", "a", "ram")
	refused := errors.New("refused")
	err := c.Update(context.Background(), func(tx storage.Tx) error {
		tx.SetOffset(at, 7, time.Time{})
		return errors.Join(putCase(tx, "100", "b", []string{"sita"}), refused)
	})
	if !errors.Is(err, refused) {
		c.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Update(ended, func(tx storage.Tx) error { return putCase(tx, "100", "b", []string{"sita"}) }); !errors.Is(err, context.Canceled) {
		c.Fatal(err)
	}
	if next, known := c.Next(at); known {
		c.Fatalf("an offset that was not committed: %d", next)
	}
	c.holds(map[string]string{"100/p/A1": "ram"})
}

func (c *conforming) offsets() {
	move := func(next int64) error {
		return c.Update(context.Background(), func(tx storage.Tx) error {
			tx.SetOffset(at, next, time.Unix(2e9, 0))
			return nil
		})
	}
	if err := move(5); err != nil {
		c.Fatal(err)
	}
	if err := move(4); !errors.Is(err, storage.ErrBackwards) {
		c.Fatalf("an offset moved back: %v", err)
	}
	if next, known := c.Next(at); !known || next != 5 {
		c.Fatalf("the next is %d, %v", next, known)
	}
	c.until("the offset is searchable", func() bool {
		list, _ := c.Offsets()
		return len(list) == 1 && list[0].Next == 5 && list[0].Through.Equal(time.Unix(2e9, 0))
	}, storage.TaskIndex)
}

func (c *conforming) candidates() {
	found := func(q storage.Selection) (ids []string) {
		q.Limit = 10
		cs, _, complete, err := c.Candidates(context.Background(), q)
		if err != nil || !complete {
			c.Fatalf("candidates: complete %v, %v", complete, err)
		}
		for _, one := range cs {
			ids = append(ids, one.ID)
		}
		return ids
	}
	c.put("100", "a", "ram kumar", "sita")
	c.put("200", "b", "ram")
	both := storage.Selection{Any: []string{"ram", "kumar"}}
	c.until("both are found", func() bool { return slices.Equal(found(both), []string{"100/p/A1", "200/p/A1"}) }, storage.TaskIndex)
	if got := found(storage.Selection{Any: []string{"ram"}, All: [][]string{{"kumar", "devi"}}}); !slices.Equal(got, []string{"100/p/A1"}) {
		c.Fatalf("filtered are %v", got)
	}
	c.put("100", "c", "mohan", "sita")
	c.until("one is gone", func() bool { return slices.Equal(found(both), []string{"200/p/A1"}) }, storage.TaskIndex)
}

func (c *conforming) followers() {
	caughtUp := func() bool { return c.Followers()[followerName] == c.State().Seq }
	c.put("100", "a", "ram", "sita")
	c.until("the follower has all", caughtUp, storage.TaskFollow+followerName)
	c.put("100", "b", "ram kumar")
	c.until("the follower has the change", caughtUp, storage.TaskFollow+followerName)
	if err := c.Close(); err != nil {
		c.Fatal(err)
	}
	rebuilt := c.follower.Rebuilt
	c.open()
	c.put("200", "c", "mohan")
	c.until("the follower goes on", caughtUp, storage.TaskFollow+followerName)
	want := map[string]string{"100/p/A1": "ram kumar", "200/p/A1": "mohan"}
	if got := c.follower.Names(); !maps.Equal(got, want) || c.follower.Rebuilt != rebuilt || rebuilt > 1 {
		c.Fatalf("the follower has %v after %d rebuilds, want %v", got, c.follower.Rebuilt, want)
	}
}

func (c *conforming) reopening() {
	c.put("100", "a", "ram")
	if err := c.Update(context.Background(), func(tx storage.Tx) error {
		tx.SetOffset(at, 5, time.Time{})
		tx.Count("things", 3)
		return putCase(tx, "200", "b", []string{"sita"})
	}); err != nil {
		c.Fatal(err)
	}
	was := c.State().Seq
	if err := c.Close(); err != nil {
		c.Fatal(err)
	}
	if err := c.Update(context.Background(), func(storage.Tx) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		c.Fatalf("a closed store takes updates: %v", err)
	}
	c.open()
	if next, _ := c.Next(at); next != 5 || c.State().Seq != was || c.State().Counts["things"] != 3 {
		c.Fatalf("opened at offset %d and commit %d of %d with %v", next, c.State().Seq, was, c.State().Counts)
	}
	c.holds(map[string]string{"100/p/A1": "ram", "200/p/A1": "sita"})
}
