package storage

import "sync"

// withdrawn holds the ids of records that a commit took away or hid and that the derived structure still has: it follows
// the commits, and a search must not show meanwhile what is gone.
type withdrawn struct {
	mu  sync.RWMutex
	seq map[string]uint64 // id -> commit
}

// commit takes the changes of a commit.
func (w *withdrawn) commit(seq uint64, changes []Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range changes {
		if c.Record != nil && c.Record.Visibility == Findable {
			delete(w.seq, c.ID)
			continue
		}
		if w.seq == nil {
			w.seq = map[string]uint64{}
		}
		w.seq[c.ID] = seq
	}
}

// applied forgets what the derived structure has followed.
func (w *withdrawn) applied(seq uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, at := range w.seq {
		if at <= seq {
			delete(w.seq, id)
		}
	}
}

// AnyWithdrawn tells whether Withdrawn is true of any record.
func (s *Store) AnyWithdrawn() bool {
	s.withdrawn.mu.RLock()
	defer s.withdrawn.mu.RUnlock()
	return len(s.withdrawn.seq) > 0
}

// Withdrawn tells whether a record that the derived structure may still have is gone, or hidden, since a commit, or may be
// so since updates wait for its case. To be asked after the structure was read.
func (s *Store) Withdrawn(id []byte) bool {
	if s.hides(id) {
		return true
	}
	s.withdrawn.mu.RLock()
	defer s.withdrawn.mu.RUnlock()
	if len(s.withdrawn.seq) == 0 {
		return false
	}
	_, gone := s.withdrawn.seq[string(id)]
	return gone
}
