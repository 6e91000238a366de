package storage

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Degraded says why answers may miss records or updates are not taken; nil while all is well.
func (s *Store) Degraded() []string {
	var why []string
	if err := s.failure(); err != nil {
		why = append(why, "updates are not taken: "+err.Error())
	}
	if err := s.BelowReserve(); err != nil {
		why = append(why, "updates are not taken: "+err.Error())
	}
	if s.State().Redo != nil {
		why = append(why, "the last commit is durable and not yet carried out: cases cannot be read until it is, see the log of the service")
	}
	if s.State().Stale {
		done, total, _ := s.Rebuilding()
		why = append(why, fmt.Sprintf("the shards are rebuilt for terms version %d, %d of %d records: searches without a name or number may miss records",
			s.o.TermsVersion, done, total))
	}
	if s.unproven.Load() {
		why = append(why, "updates are not taken: "+ErrUnproven.Error())
	}
	if list := s.Damaged(); len(list) > 0 {
		waiting := 0
		for _, a := range list {
			waiting += a.Waiting
		}
		why = append(why, fmt.Sprintf("%d cases are damaged and %d updates for them wait, the first: %s: run anvesh mend for each that the status lists", len(list), waiting, list[0].Why))
	}
	if n, list := s.Faults(); n > 0 {
		why = append(why, fmt.Sprintf("%d faults were found in what is stored, the first: %s: run anvesh check", n, list[0].What))
	}
	return why
}

// withdrawn holds the ids of records that a commit took away or that are hidden since, and that the derived structure still
// has as they were: it follows the commits, and a search must not show meanwhile what is gone.
type withdrawn struct {
	mu  sync.RWMutex
	now map[string]withdrawal // by id
}

// A withdrawal is what a commit has made of a record that is not findable any more.
type withdrawal struct {
	seq  uint64
	gone bool
	as   Visibility // of one that is not gone
}

// commit takes the changes of a commit.
func (w *withdrawn) commit(seq uint64, changes []Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range changes {
		if c.Record != nil && c.Record.Visibility == Findable {
			delete(w.now, c.ID)
			continue
		}
		if w.now == nil {
			w.now = map[string]withdrawal{}
		}
		one := withdrawal{seq: seq, gone: c.Record == nil}
		if !one.gone {
			one.as = c.Record.Visibility
		}
		w.now[c.ID] = one
	}
}

// applied forgets what the derived structure has followed.
func (w *withdrawn) applied(seq uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, one := range w.now {
		if one.seq <= seq {
			delete(w.now, id)
		}
	}
}

// AnyWithdrawn tells whether Withdrawn is true of any record.
func (s *Store) AnyWithdrawn() bool {
	s.withdrawn.mu.RLock()
	defer s.withdrawn.mu.RUnlock()
	return len(s.withdrawn.now) > 0
}

// Withdrawn tells whether a record that the derived structure may still have, as of some visibility, is gone since a commit,
// or has another visibility that hides it, or may be so since updates wait for its case. To be asked after the structure was
// read.
func (s *Store) Withdrawn(id []byte, as Visibility) bool {
	if s.hides(id) {
		return true
	}
	s.withdrawn.mu.RLock()
	defer s.withdrawn.mu.RUnlock()
	if len(s.withdrawn.now) == 0 {
		return false
	}
	one, withdrawn := s.withdrawn.now[string(id)]
	return withdrawn && (one.gone || one.as != as)
}

// ErrReserve is returned by Update while the disk has less room than Options.Reserve, which is what a compaction, a merge,
// a saved register and the answers to searches may still need.
var ErrReserve = errors.New("the disk has less room than is kept in reserve: make room, and updates go on by themselves")

// diskSpace remembers how much is free, since asking costs a system call.
type diskSpace struct {
	free  atomic.Int64
	asked atomic.Int64 // unix nanoseconds
}

// diskTime is how long an answer counts: a disk that takes 500 MB a second loses 100 MB in it.
const diskTime = 200 * time.Millisecond

// DiskSpace returns how many bytes are free where the store is kept, and how many are kept in reserve.
func (s *Store) DiskSpace() (free, reserve int64) {
	now := time.Now().UnixNano()
	if asked := s.disk.asked.Load(); now-asked > int64(diskTime) && s.disk.asked.CompareAndSwap(asked, now) {
		if n, err := s.backend.Free(); err == nil {
			s.disk.free.Store(n)
		} else {
			s.log.Warn("storage: cannot tell how much room there is", "error", err)
			s.disk.free.Store(s.o.Reserve)
		}
	}
	return s.disk.free.Load(), s.o.Reserve
}

// BelowReserve says why updates are not taken for want of room on the disk, or nil.
func (s *Store) BelowReserve() error {
	if s.o.Reserve == 0 {
		return nil
	}
	free, reserve := s.DiskSpace()
	if free >= reserve {
		return nil
	}
	return fmt.Errorf("storage: %d MiB free, %d MiB in reserve: %w", free>>20, reserve>>20, ErrReserve)
}
