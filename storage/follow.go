package storage

import (
	"anvesh/storage/backend"
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
)

// Derived is a structure that is a function of the records: it can always be made again. Use, Apply, Cut, Restore and Reset
// are called by one goroutine at a time; Tend, Saved, Verify, the digests and what Cut gives may run beside them.
type Derived interface {
	// Use gives it files for what is too large to be written with every Save. It is called first.
	Use(Files)
	// Apply takes the records as a commit left them. Changes of one id may be repeated.
	Apply([]Change)
	// Cut notes the structure as it is, so quickly that no update feels it. What it gives is called once at most and writes
	// that, as far as it is not in files, while Apply and Tend go on: nothing of what they do is in it. The next Cut takes its
	// place. Restore replaces the structure by what was written, or returns an error and is reset.
	Cut() (write func(context.Context, io.Writer) error)
	Restore(io.Reader) error
	Reset()
	// Saved tells that what was written last is durable: files that neither it nor the structure needs may go.
	Saved() error
	// Tend does a piece of what is to be done beside updates and searches, and tells whether there is more of it.
	Tend(context.Context) (more bool, err error)
	// Verify reads its files against their sums and tells which are damaged; an error of took, which is given the bytes that
	// were read, ends it.
	Verify(took func(bytes int) error) (damaged []string, err error)
	// Digest is the sum over all held records of what Share gives for the record itself.
	Digest() uint64
	// Share is the part of the digest that a record has, computed from the record alone; 0 if it is not held.
	Share(*Record) uint64
	// Version changes when the layout of what is written or the rules behind it do.
	Version() int
}

// Files are what a derived structure keeps beside what is written of a Cut. Their names are its own.
type Files interface {
	// Write makes a file, whole and durable, or changes nothing.
	Write(name string, write func(io.Writer) error) error
	// Read opens a file and has it read. The error is os.ErrNotExist where there is none.
	Read(name string, read func(io.ReaderAt) error) error
	// Map maps a file. The error is os.ErrNotExist where there is none.
	Map(name string) (Mapping, error)
	Names() ([]string, error)
	Remove(name string) error
}

// A Mapping is a file in memory.
type Mapping = backend.Mapping

// InMemory is the mapping of a file that no disk has.
func InMemory(data []byte) Mapping { return backend.InMemory(data) }

// The files of what is saved.
const (
	registerFile = "register"
	witnessFile  = "witness"
)

// The file of a saved structure:
//
//	"ANVDERIV" version(4) seq(8) payload xxhash64(8, over everything before it), little-endian
const derivedMagic = "ANVDERIV"

// witnessDue tells whether the witness is to be saved, so that the journal need not be kept for it. A fifth keeps the bytes
// written within six times its size as a store grows. The caller holds the writer's lock.
func (s *Store) witnessDue() bool {
	return s.o.Derived != nil && s.changed >= max(4*s.o.SaveEvery, (s.state.Persons+s.state.Vehicles)/5)
}

// saveWitness saves the witness of the last commit. The caller holds the writer's lock.
func (s *Store) saveWitness() error {
	if s.changed == 0 && s.witnessed == s.state.Seq || s.unproven.Load() {
		return nil
	}
	err := s.backend.SaveDerived(witnessFile, func(w io.Writer) error { return s.witness.Save(w, s.state.Seq) })
	if err != nil {
		return fmt.Errorf("storage: save witness: %w", err)
	}
	s.witnessed, s.changed = s.state.Seq, 0
	return nil
}

// A cut is the derived structure as it was when it had followed the commits up to one.
type cut struct {
	seq   uint64
	write func(context.Context, io.Writer) error
}

// derivedFollows notes that the structure has followed commits, and cuts it when so much has changed that a start would be
// slow, unless what was cut before is still being saved. The caller holds indexing.
func (s *Store) derivedFollows(seq uint64, changes int) {
	s.derivedAt = seq
	if s.unsaved += changes; s.unsaved >= s.o.SaveEvery && s.cut.Load() == nil {
		s.cutDerived(seq)
		wake(s.cuts)
	}
	wake(s.tended)
}

// cutDerived cuts the structure for saveCut if it has changed since it was saved. The caller holds indexing.
func (s *Store) cutDerived(seq uint64) {
	s.unsaved = 0 // it is tried again later where saveCut fails
	if s.registered.Load() < max(s.derivedAt, 1) {
		s.cut.Store(&cut{seq, s.o.Derived.Cut()})
	}
}

// saveCut saves what was cut. The journal is kept from its commit on once it is durable, and from that of the save before
// until then.
func (s *Store) saveCut(ctx context.Context) error {
	s.saving.Lock()
	defer s.saving.Unlock()
	c := s.cut.Load()
	if c == nil {
		return nil
	}
	defer s.cut.Store(nil)
	if err := s.backend.SaveDerived(registerFile, func(w io.Writer) error { return s.writeDerived(ctx, w, c) }); err != nil {
		return fmt.Errorf("storage: save derived: %w", err)
	}
	s.registered.Store(c.seq)
	s.keys.Forget() // what was committed since the save before is seldom read again
	if err := s.o.Derived.Saved(); err != nil {
		s.log.Warn("storage: a file that nobody needs could not be removed", "error", err)
	}
	return nil
}

func (s *Store) warnUnsaved(err error) {
	if err != nil {
		s.log.Warn("storage: derived structures not saved; the next start takes longer", "error", err)
	}
}

// saveAll saves what is derived once it has followed all commits. The caller holds the writer's lock.
func (s *Store) saveAll() error {
	if err := s.drain(); err != nil {
		return err // the structure has not seen what was committed
	}
	return errors.Join(s.cutAll(), s.saveCut(context.Background()))
}

// cutAll saves the witness, and cuts the structure, which has followed all commits. The caller holds the writer's lock.
func (s *Store) cutAll() error {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	if s.o.Derived == nil {
		return nil
	}
	s.cutDerived(s.state.Seq)
	return s.saveWitness()
}

// tend is the step of the task that keeps the structure in order.
func (s *Store) tend(ctx context.Context) time.Duration {
	more, err := s.o.Derived.Tend(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		s.log.Warn("storage: the derived structure could not be put in order", "error", err)
		return tendPause
	case more:
		return 0
	}
	return restTick
}

// restTick is how often the structure is asked, while nothing changes, whether there is something to do because nothing changes.
const restTick = 5 * time.Second

// tendPause lies between two tries of what has failed.
const tendPause = 10 * time.Second

// idleTick is how long no commit came before all is saved, so that the start after a load is quick.
const idleTick = 5 * time.Second

// saveCuts is the step of the task that saves what was cut, and all once no commit comes.
func (s *Store) saveCuts() func(context.Context) time.Duration {
	seen := uint64(0)
	return func(ctx context.Context) time.Duration {
		if s.cut.Load() == nil {
			seen = s.cutIfIdle(seen)
		}
		if err := s.saveCut(ctx); ctx.Err() == nil { // else Close saves
			s.warnUnsaved(err)
		}
		return idleTick
	}
}

// cutIfIdle cuts the structure if it is worth it and no commit came since seq, and returns the last commit.
func (s *Store) cutIfIdle(seq uint64) uint64 {
	s.writer.Lock()
	defer s.writer.Unlock()
	if !s.closed && s.failure() == nil && s.state.Seq == seq && s.changed >= max(s.o.SaveEvery/5, 1) {
		err := s.drain()
		if err == nil {
			err = s.cutAll()
		}
		s.warnUnsaved(err)
	}
	return s.state.Seq
}

func (s *Store) writeDerived(ctx context.Context, w io.Writer, c *cut) error {
	h := xxhash.New()
	head := binary.LittleEndian.AppendUint32([]byte(derivedMagic), uint32(s.o.Derived.Version()))
	head = binary.LittleEndian.AppendUint64(head, c.seq)
	both := io.MultiWriter(w, h)
	if _, err := both.Write(head); err != nil {
		return err
	}
	if err := c.write(ctx, both); err != nil {
		return err
	}
	_, err := w.Write(h.Sum(nil))
	return err
}

// restoreDerived replays the journal after the commit that readDerived has read the structure of, or makes it from all records.
func (s *Store) restoreDerived(seq uint64, err error) error {
	if s.o.Derived == nil {
		return nil
	}
	if err == nil && seq < s.truncated {
		err = fmt.Errorf("covers commit %d, the journal %d to %d", seq, s.truncated, s.state.Seq)
	}
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			s.log.Warn("storage: derived structures are made again", "why", err)
		}
		s.o.Derived.Reset()
		return s.deriveAll()
	}
	s.registered.Store(seq)
	err = s.replayFrom(seq)
	if errors.Is(err, errGap) {
		s.log.Warn("storage: derived structures are made again", "why", err)
		s.o.Derived.Reset()
		return s.deriveAll()
	}
	return err
}

// applyAndTend is for a store that opens, whose tasks do not run yet. On a full disk the structure stays in memory.
func (s *Store) applyAndTend(changes []Change) error {
	s.o.Derived.Apply(changes)
	for more := true; more; {
		var err error
		if more, err = s.o.Derived.Tend(s.o.Context); s.o.Context.Err() != nil {
			return s.o.Context.Err()
		} else if err != nil {
			s.log.Warn("storage: the derived structure could not be put in order", "error", err)
			return nil
		}
	}
	return nil
}

// readDerived reads the saved structure, beside what else is read at Open, and returns the commit that it covers.
func (s *Store) readDerived() (seq uint64, err error) {
	if s.o.Derived == nil {
		return 0, nil
	}
	s.o.Derived.Use(backend.Files{Backend: s.backend})
	f, err := s.backend.OpenDerived(registerFile)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return 0, err
	}
	if err := verifyDerived(f, size); err != nil {
		return 0, err
	}
	body := bufio.NewReaderSize(io.NewSectionReader(f, 0, size-8), 1<<20)
	head := make([]byte, len(derivedMagic)+12)
	if _, err := io.ReadFull(body, head); err != nil {
		return 0, err
	}
	rest := head[len(derivedMagic):]
	version := int(binary.LittleEndian.Uint32(rest))
	seq = binary.LittleEndian.Uint64(rest[4:])
	switch {
	case string(head[:len(derivedMagic)]) != derivedMagic || version != s.o.Derived.Version():
		return 0, fmt.Errorf("made by version %d, this program makes %d", version, s.o.Derived.Version())
	case seq > s.state.Seq:
		s.faults.add(Finding{What: fmt.Sprintf("the register was saved at commit %d and the store ends at %d: commits were lost; restore a backup", seq, s.state.Seq)})
		return 0, fmt.Errorf("covers commit %d, the journal ends at %d", seq, s.state.Seq)
	}
	return seq, s.o.Derived.Restore(body)
}

// verifyDerived compares the file with its checksum, before anybody trusts the lengths and places that stand in it.
func verifyDerived(f io.ReaderAt, size int64) error {
	if size < int64(len(derivedMagic)+12+8) {
		return errors.New("it is too short")
	}
	h := xxhash.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, size-8)); err != nil {
		return err
	}
	var want [8]byte
	if _, err := f.ReadAt(want[:], size-8); err != nil {
		return err
	}
	if [8]byte(h.Sum(nil)) != want {
		return errors.New("its checksum is wrong")
	}
	return nil
}

// deriveAll makes the structure from every record.
func (s *Store) deriveAll() error {
	total := s.state.Persons + s.state.Vehicles
	changes := make([]Change, 0, payBatch)
	done := 0
	err := s.Each(func(r *Record) error {
		if err := s.o.Context.Err(); err != nil {
			return err
		}
		changes = append(changes, Change{ID: r.ID, Record: r})
		if done++; len(changes) == payBatch {
			if err := s.applyAndTend(changes); err != nil {
				return err
			}
			changes = changes[:0]
			s.o.Progress(Progress{"make derived structures", done, total})
		}
		return nil
	})
	if errors.Is(err, ErrDamaged) { // told by Damaged; what can be read is there
		err = nil
	}
	if err == nil {
		err = s.applyAndTend(changes)
	}
	s.o.Progress(Progress{"make derived structures", done, total})
	s.registered.Store(0)
	s.changed, s.unsaved = total, total
	return err
}

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
		wake(f.wake)
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
