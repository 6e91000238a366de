package simulated

import (
	"anvesh/storage"
	"context"
	"slices"
	"sync"
)

// A Scheduler is a scheduler that does nothing by itself, but a step of a task with each Step.
type Scheduler struct {
	tasks   []*storage.Task
	stopped bool
}

// Run keeps a task for Step.
func (p *Scheduler) Run(t storage.Task) bool {
	if p.stopped {
		return false
	}
	p.tasks = append(p.tasks, &t)
	return true
}

// Together calls functions one after the other.
func (p *Scheduler) Together(fns ...func()) {
	for _, fn := range fns {
		fn()
	}
}

// Lock is false where mu is locked: a simulation looks from within a commit, by the one goroutine that there is.
func (p *Scheduler) Lock(mu *sync.Mutex) bool { return mu.TryLock() }

// Stop forgets all tasks.
func (p *Scheduler) Stop() { p.tasks, p.stopped = nil, true }

// Step takes a step of the task of a name, and tells whether there is one.
func (p *Scheduler) Step(name string) (did bool) {
	i := slices.IndexFunc(p.tasks, func(t *storage.Task) bool { return t.Name == name })
	if i < 0 {
		return false
	}
	t := p.tasks[i]
	if t.Step(context.Background()) == storage.Done {
		p.tasks = slices.DeleteFunc(p.tasks, func(o *storage.Task) bool { return o == t })
	}
	return true
}
