package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
)

// The journal is the list of records that commits changed. An entry stays until the shards have made
// it durable and the saved derived structure covers it; what is left at Open is paid and replayed.

// A job is what the shards owe after one commit.
type job struct {
	seq     uint64
	changes []Change
	offsets map[Position]at
}

// index is the step of the task that makes commits searchable.
func (s *Store) index(context.Context) time.Duration {
	if s.indexNext() {
		return 0
	}
	return Idle
}

// indexNext applies the oldest jobs that wait to the derived structure and to the shards, in order of commit, and is
// false where none waits. They are written together, up to a bound, since a segment of many documents costs less than
// many segments. A failure stops the store: from then on the journal keeps what is owed, and searches go on.
func (s *Store) indexNext() bool {
	s.indexing.Lock()
	defer s.indexing.Unlock()
	var changes []Change
	last, offsets := uint64(0), map[Position]at{}
	for len(s.queue) > 0 && (last == 0 || len(changes) < indexTogether) { // only who holds indexing takes any
		j := <-s.queue
		changes, last = append(changes, j.changes...), j.seq
		maps.Copy(offsets, j.offsets)
	}
	if last > 0 && s.failure() == nil {
		s.indexAll(changes, last, offsets)
	}
	return last > 0
}

// enqueue hands a commit to the indexing task, and helps where that is behind.
func (s *Store) enqueue(j job) {
	for len(s.queue) == queueJobs { // only the writer adds any
		s.indexNext()
	}
	s.queue <- j
	wake(s.queued)
	s.wakeFollowers()
}

// drain makes searchable what was committed. The caller holds the writer's lock.
func (s *Store) drain() error {
	for s.indexNext() {
	}
	return s.failure()
}

// indexTogether bounds the records of one batch of the shards; queueJobs the commits that wait for them.
const (
	indexTogether = 8_000
	queueJobs     = 6
)

// indexAll makes the changes of all commits up to seq searchable.
func (s *Store) indexAll(changes []Change, seq uint64, offsets map[Position]at) {
	if s.o.Derived != nil && len(changes) > 0 {
		s.o.Derived.Apply(changes)
		s.derivedFollows(seq, len(changes))
	}
	s.withdrawn.applied(seq)
	docs, g := s.documents(changes), s.shards.Load()
	g.paid.written(seq)
	err := g.write(docs, func(err error) {
		if err != nil {
			s.fail(fmt.Errorf("storage: persist shard: %w", err))
			return
		}
		g.paid.done(seq)
	})
	if err != nil {
		s.fail(fmt.Errorf("storage: write shards: %w", err))
		return
	}
	s.visible.set(offsets)
	if b := s.building.Load(); b != nil {
		b.follow(docs)
	}
}

func (s *Store) fail(err error) {
	if s.failed.CompareAndSwap(nil, &err) {
		s.log.Error("storage: stopped taking updates", "error", err)
	}
}

func (s *Store) failure() error {
	if e := s.failed.Load(); e != nil {
		return *e
	}
	return nil
}

// Err returns why the store has stopped taking updates, or nil.
func (s *Store) Err() error { return s.failure() }

// paid tells up to which commit all are durable in the shards.
type paid struct {
	mu      sync.Mutex
	upTo    uint64
	pending []uint64 // written to the shards, in order
	durable map[uint64]bool
	moved   chan struct{} // closed and replaced when upTo moves
}

func (p *paid) start(seq uint64) {
	p.upTo, p.durable, p.moved = seq, map[uint64]bool{}, make(chan struct{})
}

func (p *paid) written(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pending = append(p.pending, seq)
}

func (p *paid) done(seq uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.durable[seq] = true
	for len(p.pending) > 0 && p.durable[p.pending[0]] {
		p.upTo = p.pending[0]
		delete(p.durable, p.upTo)
		p.pending = p.pending[1:]
	}
	close(p.moved)
	p.moved = make(chan struct{})
}

func (p *paid) get() (uint64, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.upTo, p.moved
}

// truncate puts st with what is paid, and deletes journal entries that nobody needs, as many as there is room for; later
// commits truncate the rest. It returns up to which entry all are truncated, once tx is durable.
func (s *Store) truncate(tx backend.Txn, st *State) (truncated uint64, err error) {
	st.Paid, _ = s.shards.Load().paid.get()
	upTo := min(s.followed(st), st.Paid)
	if err := putState(tx, st); err != nil {
		return 0, err
	}
	if s.o.Derived != nil {
		upTo = min(upTo, s.witnessed, s.registered.Load())
	}
	const most = 10_000 // of one transaction
	truncated = s.truncated
	for n := 0; truncated < upTo && n < most; n++ {
		err := tx.Delete(layout.JournalKey(truncated + 1))
		if errors.Is(err, ErrBatchTooLarge) {
			break
		}
		if err != nil {
			return 0, err
		}
		truncated++
	}
	return truncated, nil
}

// flush waits until everything is durable in the shards and truncates the journal. Nothing waits to be indexed.
func (s *Store) flush() error {
	s.backend.Flush()
	timeout := time.After(time.Minute)
	for s.failure() == nil {
		upTo, moved := s.shards.Load().paid.get()
		if upTo >= s.state.Seq {
			break
		}
		select {
		case <-moved:
		case <-timeout:
			return fmt.Errorf("storage: shards not durable after a minute; the next start pays what they owe")
		}
	}
	return s.change(func(tx backend.Txn) error {
		_, err := s.truncate(tx, &s.state)
		return err
	})
}

// payDebt brings the shards up to the last commit from the journal. Where an entry of it is lost, what they owe is not known,
// and they are made again.
func (s *Store) payDebt() error {
	seen := map[string]bool{}
	err := s.journal(s.state.Paid, func(_ uint64, e *journalEntry) error {
		for _, id := range e.ids {
			seen[id] = true
		}
		return nil
	})
	if errors.Is(err, errGap) {
		s.faults.add(Finding{What: err.Error() + ": the shards are made again"})
		s.state.Stale, s.state.Digests, err = true, nil, nil
	}
	if err != nil {
		return err
	}
	first, err := s.firstEntry()
	if err != nil {
		return err
	}
	if s.truncated = s.state.Seq; first > 0 {
		s.truncated = first - 1
	}
	if err := s.pay(seen); err != nil {
		return err
	}
	s.shards.Load().paid.start(s.state.Seq)
	s.state.Paid = s.state.Seq
	return s.writeState()
}

// pay writes the named records to the shards as Badger has them, and waits until they are durable.
func (s *Store) pay(ids map[string]bool) error {
	if len(ids) == 0 {
		return nil
	}
	s.log.Info("storage: paying what the shards owe", "records", len(ids))
	var changes []Change
	done := 0
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if err := s.o.Context.Err(); err != nil {
			return err
		}
		r, known, err := s.recordNow(id)
		if err != nil {
			return err
		}
		if known { // else its document stays as it is until the case is mended
			changes = append(changes, Change{ID: id, Record: r})
		}
		if done++; len(changes) == payBatch || done == len(ids) {
			if err := s.shards.Load().writeDurably(s.documents(changes)); err != nil {
				return fmt.Errorf("storage: pay debt: %w", err)
			}
			changes = changes[:0]
			s.o.Progress(Progress{"pay what the shards owe", done, len(ids)})
		}
	}
	return nil
}

// recordNow reads a record as far as its case can be read, at Open, while nobody changes anything: nil is one that is
// gone. It is not known where the case's entry or the record is damaged.
func (s *Store) recordNow(id string) (r *Record, known bool, err error) {
	err = s.read(func(t backend.Txn) error {
		c, err := s.caseOf(t, caseOfRecord(id))
		if err != nil {
			return err
		}
		if ref, ok := c.record(id); ok {
			r, err = recordOf(t, c, ref)
		}
		return err
	})
	switch {
	case errors.Is(err, ErrDamaged):
		s.damaged(caseOfRecord(id), err)
		return nil, false, nil
	case errors.Is(err, ErrUnproven):
		return nil, false, nil
	case errors.Is(err, ErrNotFound):
		return nil, true, nil
	}
	return r, err == nil, err
}

// payBatch bounds the memory of paying and rebuilding; larger batches were no faster.
const payBatch = 5_000

// A journalEntry is what a commit changed.
//
// On disk: 0x00, uvarint count of cases, for each uvarint length, number, and 8 bytes that it says (storage/witness);
// then the ids of records, each followed by 0x00. Programs without a witness wrote the ids alone, and nothing where
// there were none.
type journalEntry struct {
	cases []said
	ids   []string
}

type said struct {
	fir  string
	says uint64
}

func (t *transaction) journalEntry() []byte {
	b := binary.AppendUvarint([]byte{0}, uint64(len(t.said)))
	for _, fir := range slices.Sorted(maps.Keys(t.said)) {
		b = binary.LittleEndian.AppendUint64(appendString(b, fir), t.said[fir])
	}
	for _, c := range t.changes {
		b = append(append(b, c.ID...), 0)
	}
	return b
}

func decodeJournal(b []byte) (*journalEntry, error) {
	e := &journalEntry{}
	if len(b) > 0 && b[0] == 0 {
		d := decoder{b: b[1:]}
		for n := d.count(); n > 0 && !d.bad; n-- {
			e.cases = append(e.cases, said{d.string(), binary.LittleEndian.Uint64(d.bytes(8))})
		}
		if b = d.b; d.bad {
			return nil, fmt.Errorf("storage: journal entry: %w", ErrCorrupt)
		}
	}
	for len(b) > 0 {
		i := bytes.IndexByte(b, 0)
		if i < 0 {
			return nil, fmt.Errorf("storage: journal entry: %w", ErrCorrupt)
		}
		e.ids, b = append(e.ids, string(b[:i])), b[i+1:]
	}
	return e, nil
}

// errGap is where an entry of the journal cannot be read that should be there.
var errGap = errors.New("the journal has a gap")

// journal calls fn with the entries of the commits after one, in order, each of which must be there.
func (s *Store) journal(after uint64, fn func(seq uint64, e *journalEntry) error) error {
	return s.read(func(t backend.Txn) error { return journal(t, &s.state, after, fn) })
}

// journal reads the entries up to the commit of st.
func journal(t backend.Txn, st *State, after uint64, fn func(seq uint64, e *journalEntry) error) error {
	for seq := after + 1; seq <= st.Seq; seq++ {
		b, err := get(t, layout.JournalKey(seq))
		if errors.Is(err, ErrNotFound) && seq < st.JournalFrom {
			continue
		}
		var e *journalEntry
		if err == nil {
			e, err = decodeJournal(b)
		}
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrCorrupt) {
			return fmt.Errorf("storage: commit %d: %w", seq, errGap)
		}
		if err == nil {
			err = fn(seq, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// replayFrom tells the structure how the records stand that commits have changed since one. What a commit changed is read
// while the structure takes the one before. Files are made and merged by the task that does so beside updates and searches,
// who need not wait for it, but where the tail is so long that the structure would grow too large in memory.
func (s *Store) replayFrom(seq uint64) error {
	var before []Change
	untended := 0
	err := s.journal(seq, func(seq uint64, e *journalEntry) error {
		if err := s.o.Context.Err(); err != nil || len(e.ids) == 0 {
			return err
		}
		changes := make([]Change, len(e.ids))
		middle := len(e.ids) / 2
		var errs [2]error
		s.o.Scheduler.Together(
			func() { s.o.Derived.Apply(before) },
			func() { errs[0] = s.readChanges(changes[:middle], e.ids[:middle]) },
			func() { errs[1] = s.readChanges(changes[middle:], e.ids[middle:]) })
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
		s.derivedAt = seq
		s.changed += len(e.ids)
		s.unsaved += len(e.ids)
		before = changes
		if untended += len(e.ids); untended < mostUntended*s.o.SaveEvery {
			return nil
		}
		untended, before = 0, nil
		return s.applyAndTend(changes)
	})
	if err == nil {
		s.o.Derived.Apply(before)
	}
	return err
}

// mostUntended is how many times the changes after which the structure is saved are replayed before it is tended.
const mostUntended = 4

// readChanges fills in how the records stand that have these ids. Of one that cannot be read it is not known whether it was
// taken away or hidden, so it is gone until its case is mended.
func (s *Store) readChanges(changes []Change, ids []string) error {
	for i := range changes {
		r, _, err := s.recordNow(ids[i])
		if err != nil {
			return err
		}
		changes[i] = Change{ID: ids[i], Record: r}
	}
	return nil
}

// firstEntry is the commit of the first entry that is there, 0 for none.
func (s *Store) firstEntry() (first uint64, err error) {
	err = s.read(func(t backend.Txn) error {
		return t.Scan(backend.Range{Prefix: []byte{layout.JournalKind}, KeysOnly: true}, func(k, _ []byte) error {
			first = binary.BigEndian.Uint64(k[1:])
			return errEnough
		})
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return first, err
}

// visible is how far searches see: applied, and in the shards.
type visible struct {
	mu    sync.Mutex
	at    map[Position]at
	list  []Offset // of at, for readers; nil after a change
	moved chan struct{}
}

func (v *visible) set(offsets map[Position]at) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for p, a := range offsets {
		v.at[p] = a
	}
	v.list = nil
	if v.moved != nil {
		close(v.moved)
		v.moved = nil
	}
}

// An Offset is how far one partition is searchable.
type Offset struct {
	Position
	Next    int64
	Through time.Time // everything appended to the partition before this is searchable; zero if not known
	Proof   Proof     // that the log is the one that was read; zero if nothing was kept

	clock int64 // see Tx.Clock
}

// Offsets returns how far each partition is searchable, and a channel that is closed when that moves. The list is the
// same, and not to be changed, until something does.
func (s *Store) Offsets() ([]Offset, <-chan struct{}) {
	v := &s.visible
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.moved == nil {
		v.moved = make(chan struct{})
	}
	if v.list == nil {
		v.list = make([]Offset, 0, len(v.at))
		for p, a := range v.at {
			o := Offset{Position: p, Next: a.next, Through: a.through, Proof: a.proof}
			if a.through.Before(epoch) {
				o.Through = time.Time{}
			}
			v.list = append(v.list, o)
		}
	}
	return v.list, v.moved
}

// Advance notes that all that was appended to p before through is applied, without any change of the
// store: it is lost with the process, and ignored unless everything below next is searchable already.
func (s *Store) Advance(p Position, next int64, through time.Time) {
	v := &s.visible
	v.mu.Lock()
	defer v.mu.Unlock()
	if a, ok := v.at[p]; ok && a.next == next && through.After(a.through) {
		v.at[p], v.list = at{next, through, a.proof, a.clock}, nil
	}
}
