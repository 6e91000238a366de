package bench

import (
	"context"
	"errors"
	"fmt"

	"anvesh/storage"
)

// A simFollower holds every record, and survives crashes: what it was told is durable at once. What must hold: once it has
// come to the end it has what the model has.
type simFollower struct {
	fault   func(of string) error
	name    int // how often the store was restored, which begins followers anew
	records map[string]storage.Record
	skips   bool // planted: it forgets what goes
}

func (f *simFollower) following() []storage.Following {
	return []storage.Following{{Name: fmt.Sprintf("copy%d", f.name), Follower: f}}
}

// Follow takes changes.
func (f *simFollower) Follow(_ context.Context, _ uint64, changes []storage.Change) error {
	if err := f.fault("follower"); err != nil {
		return err
	}
	for _, c := range changes {
		if c.Record != nil {
			f.records[c.ID] = *c.Record
		} else if !f.skips {
			delete(f.records, c.ID)
		}
	}
	return nil
}

// Rebuild takes everything.
func (f *simFollower) Rebuild(_ context.Context, _ uint64, each func(func(*storage.Record) error) error) error {
	if err := f.fault("follower"); err != nil {
		return err
	}
	f.records = map[string]storage.Record{}
	return each(func(r *storage.Record) error { f.records[r.ID] = *r; return nil })
}

// agrees lets the follower come to the end and compares it.
func (f *simFollower) agrees(s *sim, want []storage.Record) error {
	name := f.following()[0].Name
	for i := 0; s.store.Followers()[name] != s.store.State().Seq; i++ {
		if s.steps.Step(storage.TaskFollow + name); i == 1_000 {
			return errors.New("the follower does not come to the end")
		}
	}
	for i := range want {
		if got, ok := f.records[want[i].ID]; !ok || !same(&got, &want[i]) {
			return fmt.Errorf("the follower lacks %s, or has it otherwise", want[i].ID)
		}
	}
	if len(f.records) != len(want) {
		return fmt.Errorf("the follower has %d records, the model %d", len(f.records), len(want))
	}
	return nil
}

// forgetful is planted.
func forgetful(s *sim) { s.follower.skips = true }
