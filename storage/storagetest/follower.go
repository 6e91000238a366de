package storagetest

import (
	"context"
	"maps"
	"sync"

	"anvesh/storage"
)

// A Follower is a double that holds the name of each record, as if durably.
type Follower struct {
	mu       sync.Mutex
	names    map[string]string
	Rebuilt  int   // how often it was told all records
	Refusing error // what it answers, when not nil
}

// Names is a copy of what it holds.
func (f *Follower) Names() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.names)
}

// Follow takes changes.
func (f *Follower) Follow(_ context.Context, _ uint64, changes []storage.Change) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Refusing != nil {
		return f.Refusing
	}
	if f.names == nil {
		f.names = map[string]string{}
	}
	for _, c := range changes {
		if delete(f.names, c.ID); c.Record != nil {
			f.names[c.ID] = c.Record.Name
		}
	}
	return nil
}

// Rebuild takes all records.
func (f *Follower) Rebuild(_ context.Context, _ uint64, each func(func(*storage.Record) error) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Refusing != nil {
		return f.Refusing
	}
	f.names = map[string]string{}
	f.Rebuilt++
	return each(func(r *storage.Record) error { f.names[r.ID] = r.Name; return nil })
}
