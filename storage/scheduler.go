package storage

import (
	"context"
	"sync"
	"time"

	"anvesh/storage/background"
)

// A Scheduler runs what a store does beside its updates. That of a running service gives each task a goroutine; that of a
// simulation takes one step of one task at a time, as it is told.
type Scheduler interface {
	// Run takes the steps of a task until one says Done, or Stop is called; false where that was called already.
	Run(Task) bool
	// Together calls functions that need not wait for each other, and returns when all have.
	Together(fns ...func())
	// Lock locks mu, and is false where whoever holds it waits for the caller.
	Lock(mu *sync.Mutex) bool
	// Stop ends all tasks and waits for the step that each is at.
	Stop()
}

// A Task is work in the background, done in steps.
type Task struct {
	Name string
	// Step does a piece of the work and tells how long to wait for the next: a time, Idle or Done. The context ends
	// with Stop.
	Step func(context.Context) time.Duration
	// Wake ends a wait early; may be nil.
	Wake <-chan struct{}
	// Background says that neither a search nor an update waits for it: it has what they leave of the cores. Updates wait for
	// the derived structure to be saved and tended where they come fast.
	Background bool
}

// What a step may return in place of a time.
const (
	Done time.Duration = -1
	Idle time.Duration = 1<<63 - 1 // until Wake
)

// The names of tasks.
const (
	TaskIndex   = "index"     // make commits searchable
	TaskRebuild = "rebuild"   // write and finish the next generation of shards
	TaskRedo    = "carry out" // take the steps of a commit that have failed
	TaskSave    = "save"      // save the derived structure as it was cut, and while no commit comes
	TaskTend    = "tend"      // keep the derived structure in order
	TaskScrub   = "scrub"
	TaskCheck   = "check"
)

// wake ends the wait of a task whose Wake has room for one.
func wake(task chan<- struct{}) {
	select {
	case task <- struct{}{}:
	default:
	}
}

// goroutines is the scheduler of a running service.
type goroutines struct {
	mu      sync.Mutex
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
}

func newGoroutines() *goroutines {
	g := &goroutines{}
	g.ctx, g.cancel = context.WithCancel(context.Background())
	return g
}

func (g *goroutines) Run(t Task) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx.Err() != nil {
		return false
	}
	g.running.Go(func() { g.steps(t) })
	return true
}

func (g *goroutines) steps(t Task) {
	if t.Background {
		background.Thread()
	}
	for g.ctx.Err() == nil {
		pause := t.Step(g.ctx)
		switch pause {
		case 0:
			continue
		case Done:
			return
		}
		select {
		case <-g.ctx.Done():
		case <-t.Wake:
		case <-time.After(pause):
		}
	}
}

func (g *goroutines) Together(fns ...func()) {
	var all sync.WaitGroup
	for _, fn := range fns {
		all.Go(fn)
	}
	all.Wait()
}

func (g *goroutines) Lock(mu *sync.Mutex) bool {
	mu.Lock()
	return true
}

func (g *goroutines) Stop() {
	g.mu.Lock()
	g.cancel()
	g.mu.Unlock()
	g.running.Wait()
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
