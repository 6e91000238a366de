package storage

import (
	"context"
	"sync"
)

// background is what a store does beside its updates: rebuilding and scrubbing.
type background struct {
	mu      sync.Mutex
	ended   bool
	cancels []context.CancelFunc
	running sync.WaitGroup
}

// start runs fn until it ends, or its context does because the store closes; false where it closes already.
func (b *background) start(fn func(context.Context)) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return false
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.cancels = append(b.cancels, cancel)
	b.running.Go(func() {
		defer cancel()
		fn(ctx)
	})
	return true
}

// stop ends all of it and waits.
func (b *background) stop() {
	b.mu.Lock()
	b.ended = true
	for _, cancel := range b.cancels {
		cancel()
	}
	b.mu.Unlock()
	b.running.Wait()
}

// faults are findings of a running store: what the scrubber, a rebuild or Open saw.
type faults struct {
	mu    sync.Mutex
	list  []Finding
	count int
}

func (f *faults) add(x Finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, known := range f.list {
		if known == x {
			return
		}
	}
	if f.count++; len(f.list) < maxFindings {
		f.list = append(f.list, x)
	}
}

// Faults counts what was found damaged since the store was opened, and lists the first hundred.
func (s *Store) Faults() (count int, list []Finding) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return s.faults.count, append([]Finding(nil), s.faults.list...)
}
