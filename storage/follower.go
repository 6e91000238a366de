package storage

import (
	"anvesh/storage/backend"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"
)

// A Follower is told of every change, in the order of the commits, by a task of its own: updates and searches do not wait for
// it. Its position, the last commit that it has taken, is kept with the store's commits and may be behind after a kill, so
// that changes may come again. Both methods are called by one goroutine at a time; an error has the call repeated later.
type Follower interface {
	// Follow takes the records that commits up to seq have changed since the last call, as they stand by now. Of a damaged
	// case they are gone until it is mended.
	Follow(ctx context.Context, seq uint64, changes []Change) error
	// Rebuild forgets what was followed, and takes all records as they were at commit seq, each of which is the callee's.
	// It is called where the changes since the follower's position are not known any more.
	Rebuild(ctx context.Context, seq uint64, each func(func(*Record) error) error) error
}

// Following registers a follower at Open, under a name that its position is kept by.
type Following struct {
	Name string
	Follower
	FromNow bool // one that was never registered begins behind the last commit, else with a Rebuild
}

// TaskFollow begins the names of the followers' tasks.
const TaskFollow = "follow "

// Bounds of one call of Follow, in commits and records.
const (
	followCommits = 1_000
	followRecords = 8_000
)

// followPause lies between two tries to tell a follower what it has refused.
const followPause = time.Second

// followers are the readers of the journal that State.Followers knows.
type followers struct {
	mu  sync.Mutex
	all []*following
}

// A following follower: entries after at are kept for it. While it is rebuilt its durable position stays as it was.
type following struct {
	Following
	wake    chan struct{}
	at      uint64 // guarded by followers.mu, as what follows
	rebuild bool   // it is to be rebuilt, or is being so
}

// openFollowers finds out where followers stand, before the first commit.
func (s *Store) openFollowers() error {
	if s.state.Followers == nil {
		s.state.Followers = map[string]uint64{}
	}
	taken := map[string]bool{}
	for _, o := range s.o.Followers {
		if o.Name == "" || o.Follower == nil || taken[o.Name] {
			return fmt.Errorf("storage: follower %q: give each a name of its own", o.Name)
		}
		taken[o.Name] = true
		f := &following{Following: o, wake: make(chan struct{}, 1), at: s.state.Seq}
		at, known := s.state.Followers[o.Name]
		switch {
		case known && at <= s.state.Seq:
			f.at = at
		case known || !o.FromNow:
			f.rebuild = true
		default:
			s.state.Followers[o.Name] = f.at
		}
		s.followers.all = append(s.followers.all, f)
	}
	s.publishState()
	return nil
}

// startFollowers begins a task for each.
func (s *Store) startFollowers() {
	for _, f := range s.followers.all {
		s.o.Scheduler.Run(Task{Name: TaskFollow + f.Name, Wake: f.wake, Step: func(ctx context.Context) time.Duration { return s.stepFollower(ctx, f) }})
	}
}

// wakeFollowers tells of a commit.
func (s *Store) wakeFollowers() {
	for _, f := range s.followers.all {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

func (s *Store) stepFollower(ctx context.Context, f *following) time.Duration {
	more, err := s.tellFollower(ctx, f)
	switch {
	case err != nil && ctx.Err() == nil:
		s.log.Warn("storage: a follower is behind", "follower", f.Name, "error", err)
		return followPause
	case more:
		return 0
	}
	return Idle
}

// tellFollower tells of the next commits; more is false where there were none.
func (s *Store) tellFollower(ctx context.Context, f *following) (more bool, err error) {
	s.followers.mu.Lock()
	at, rebuild := f.at, f.rebuild
	s.followers.mu.Unlock()
	st := s.State()
	if rebuild {
		return true, s.rebuildFollower(ctx, f)
	}
	if at >= st.Seq {
		return false, nil
	}
	seq, changes, err := s.changesAfter(at, &st)
	switch {
	case errors.Is(err, errGap):
		s.log.Warn("storage: a follower is told all records, since it was too far behind", "follower", f.Name)
		s.moveFollower(f, at, true)
		return true, nil
	case err != nil:
		return false, err
	}
	if err := f.Follow(ctx, seq, changes); err != nil {
		return false, err
	}
	s.moveFollower(f, seq, false)
	return true, nil
}

func (s *Store) moveFollower(f *following, at uint64, rebuild bool) {
	s.followers.mu.Lock()
	defer s.followers.mu.Unlock()
	f.at, f.rebuild = at, rebuild
}

// rebuildFollower tells of all records. The journal is kept from the snapshot on meanwhile.
func (s *Store) rebuildFollower(ctx context.Context, f *following) error {
	t, st := s.snapshotOf()
	defer t.Discard()
	s.moveFollower(f, st.Seq, true)
	err := f.Rebuild(ctx, st.Seq, func(fn func(*Record) error) error {
		var refused error
		err := s.eachRecord(t, st, func(r *Record) error {
			refused = fn(r)
			return refused
		})
		if refused == nil && errors.Is(err, ErrDamaged) { // told by Damaged; what can be read was given
			err = nil
		}
		return err
	})
	if err == nil {
		s.moveFollower(f, st.Seq, false)
	}
	return err
}

// changesAfter reads what the next commits have changed, as it stands by now, and up to which they are.
func (s *Store) changesAfter(at uint64, st *State) (seq uint64, changes []Change, err error) {
	if at+1 < st.JournalFrom {
		return 0, nil, errGap
	}
	seen := map[string]bool{}
	var ids []string
	err = s.read(func(t backend.Txn) error {
		return journal(t, st, at, func(n uint64, e *journalEntry) error {
			if n > at+followCommits || len(ids) >= followRecords {
				return errEnough
			}
			seq = n
			for _, id := range e.ids {
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, nil, err
	}
	for _, id := range ids {
		r, err := s.Get(id)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnproven) {
			return 0, nil, err
		}
		changes = append(changes, Change{ID: id, Record: r})
	}
	return max(seq, at), changes, nil
}

// Followers tells the last commit that each registered follower has taken.
func (s *Store) Followers() map[string]uint64 {
	s.followers.mu.Lock()
	defer s.followers.mu.Unlock()
	all := map[string]uint64{}
	for _, f := range s.followers.all {
		if !f.rebuild {
			all[f.Name] = f.at
		}
	}
	return all
}

// followed puts st with the positions of followers, and returns the last journal entry that none of them needs. One that is
// more than Options.FollowerLag commits behind, or was not registered for as long, does not hold the journal.
func (s *Store) followed(st *State) (upTo uint64) {
	s.followers.mu.Lock()
	defer s.followers.mu.Unlock()
	st.Followers = maps.Clone(st.Followers)
	upTo = st.Seq
	needs := maps.Clone(st.Followers)
	for _, f := range s.followers.all {
		if !f.rebuild {
			st.Followers[f.Name] = f.at
		}
		needs[f.Name] = f.at
	}
	for _, at := range needs {
		upTo = min(upTo, at)
	}
	return max(upTo, st.Seq-min(st.Seq, s.o.FollowerLag))
}
