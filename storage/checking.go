package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// ErrChecking is returned where a check runs already.
var ErrChecking = errors.New("a check runs already")

// A CheckStatus is how the check of a running store stands.
type CheckStatus struct {
	Running bool
	Number  int // of checks that have ended since the store was opened
	Progress
	Report *Report // of the last one that ended, nil where none has
	Err    error   // why that could not finish
}

// checking is the check that runs beside updates and searches.
type checking struct {
	mu sync.Mutex
	CheckStatus
}

func (c *checking) tell(p Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Progress = p
}

// StartCheck begins a Check, or a CheckFull, of what the store holds at this moment, which goes on by itself while
// updates and searches do; Checking tells how far it is. It reads at most rate bytes a second, 0 for as many as there
// are. What it finds, and that it could not finish, is in Faults too, so that every answer says so.
//
// Unlike Check it does not read the blocks of Badger's tables for themselves, which cannot be done slowly: all that is
// held goes through the checksums of its blocks as it is read.
func (s *Store) StartCheck(full bool, rate int64) error {
	s.check.mu.Lock()
	defer s.check.mu.Unlock()
	if s.check.Running {
		return fmt.Errorf("storage: %w", ErrChecking)
	}
	s.check.Running, s.check.Progress = true, Progress{}
	step := func(ctx context.Context) time.Duration {
		s.checkBeside(ctx, full, rate)
		return Done
	}
	if s.o.Scheduler.Run(Task{Name: TaskCheck, Step: step}) {
		return nil
	}
	s.check.Running = false
	return ErrClosed
}

// Checking is described at StartCheck.
func (s *Store) Checking() CheckStatus {
	s.check.mu.Lock()
	defer s.check.mu.Unlock()
	return s.check.CheckStatus
}

func (s *Store) checkBeside(ctx context.Context, full bool, rate int64) {
	r, err := s.checkPaced(full, newPacer(ctx, rate))
	if r != nil {
		for _, f := range r.Findings {
			s.faults.add(f)
		}
	}
	s.check.mu.Lock()
	defer s.check.mu.Unlock()
	s.check.Running, s.check.Report, s.check.Err = false, r, err
	s.check.Number++
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.log.Error("storage: the check could not finish", "error", err)
		s.faults.add(Finding{What: "the check could not finish: " + err.Error()})
		return
	}
	s.log.Info("storage: checked", "records", r.Records, "documents", r.Documents, "faults", r.Faults)
}

func (s *Store) checkPaced(full bool, p *pacer) (r *Report, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil { // Badger and Bleve can panic at damaged bytes
			err = fmt.Errorf("storage: check: %w", ErrCorrupt)
		}
	}()
	c, err := s.newChecker(full)
	if err != nil {
		return nil, err
	}
	defer c.snap.discard()
	c.took, c.progress = p.took, s.check.tell
	r = c.r // what was found until Badger or Bleve panics stands
	return r, c.run()
}
