package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
)

// ErrRebuilding is returned where a rebuild runs already.
var ErrRebuilding = errors.New("a rebuild runs already")

// A builder makes the next generation of shards beside the one that counts, in steps:
//
//	begin   at one commit: take a snapshot of the records. From here on every batch of the shards goes to both.
//	chunk   write a run of the snapshot's records, but for those that a later batch has written.
//	finish  when both stand at one commit and all is durable, compare what the new shards hold with what the
//	        records say, and commit Generation. Searches read the old shards until that, the new ones after it.
//
// A kill before the commit leaves files that the next Open drops, one after it the old shards, which it drops too.
type builder struct {
	s     *Store
	g     *generation
	snap  backend.Txn
	state State    // of the snapshot
	next  []byte   // key of the snapshot's next case; nil when all are written
	seen  uint64   // shares of the cases that were read
	lost  int      // records that could not be read
	sums  []Digest // of the records written from the snapshot
	done  atomic.Int64
	total int

	mu       sync.Mutex      // held while documents are written
	followed map[string]bool // ids that a batch after the snapshot has written; guarded by mu
	durable  sync.WaitGroup  // for each batch
	failed   atomic.Pointer[error]
}

func (s *Store) newBuilder() (*builder, error) {
	number := s.state.Generation + 1
	if err := s.backend.DropGeneration(number); err != nil {
		return nil, err
	}
	g, err := s.openGeneration(number)
	if err != nil {
		return nil, err
	}
	return &builder{s: s, g: g, snap: s.keys.Begin(false), state: s.state.clone(), next: []byte{layout.CaseKind}, sums: make([]Digest, s.state.Shards),
		total: s.state.Persons + s.state.Vehicles, followed: map[string]bool{}}, nil
}

// beginRebuild starts a builder at the last commit.
func (s *Store) beginRebuild() (*builder, error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	switch {
	case s.closed:
		return nil, ErrClosed
	case s.building.Load() != nil:
		return nil, fmt.Errorf("storage: %w", ErrRebuilding)
	}
	if err := s.drain(); err != nil {
		return nil, err
	}
	b, err := s.newBuilder()
	if err != nil {
		return nil, fmt.Errorf("storage: rebuild: %w", err)
	}
	s.moved = make([]Digest, s.state.Shards)
	s.building.Store(b)
	return b, nil
}

// write sets documents in the new shards. The caller holds mu.
func (b *builder) write(docs []backend.Document) {
	if len(docs) == 0 || b.failure() != nil {
		return
	}
	b.durable.Add(1)
	err := b.g.write(docs, func(err error) {
		b.fail(err)
		b.durable.Done()
	})
	b.fail(err)
}

func (b *builder) fail(err error) {
	if err != nil {
		b.failed.CompareAndSwap(nil, &err)
	}
}

func (b *builder) failure() error {
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// follow sets what a batch of the old shards has set.
func (b *builder) follow(docs []backend.Document) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range docs {
		b.followed[d.ID] = true
	}
	b.write(docs)
}

var errEnough = errors.New("enough")

// chunk writes the next records of the snapshot; more is false when there are none left.
func (b *builder) chunk() (more bool, err error) {
	var docs []backend.Document
	b.next, err = b.s.chunkOf(b.snap, b.next, func(c *entry, ref recordRef, sealed []byte) error {
		r, err := decodeStored(sealed[:len(sealed)-8])
		if err != nil {
			return err
		}
		d := backend.Document{ID: r.ID, Terms: b.s.o.Terms(nil, r)}
		b.sums[shardOf(d.ID, len(b.sums))].Add(backend.DocSum(d.ID, d.Terms))
		docs = append(docs, d)
		return nil
	}, func(fir string, why error) {
		b.lost++
		b.s.damaged(fir, why)
	}, &b.seen)
	if err == nil && b.next == nil && b.state.Witness != nil && b.seen != *b.state.Witness {
		b.lost++
		_, err = b.s.nameLost(nil)
	}
	if err != nil {
		return false, err
	}
	b.done.Add(int64(len(docs)))
	b.s.o.Progress(Progress{"rebuild shards", int(b.done.Load()), b.total})
	b.mu.Lock()
	defer b.mu.Unlock()
	b.write(slices.DeleteFunc(docs, func(d backend.Document) bool { return len(d.Terms) == 0 || b.followed[d.ID] }))
	return b.next != nil, b.failure()
}

// flush waits until everything that was written is durable. Nothing is written meanwhile.
func (b *builder) flush() error {
	if err := b.failure(); err != nil {
		return err // a batch that failed may never tell that it is durable
	}
	b.s.backend.Flush()
	b.durable.Wait()
	return b.failure()
}

// finish compares and switches. The comparison reads a snapshot of the new shards, so that updates go on meanwhile.
func (b *builder) finish() error {
	s := b.s
	read, want, err := b.stand()
	if err != nil {
		return err
	}
	if b.lost == 0 { // else commits may have changed or removed what was lost, and what there must be is not known
		if err := same(read, want); err != nil {
			return err
		}
	}
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return ErrClosed
	}
	if err := errors.Join(s.drain(), b.flush()); err != nil {
		return err
	}
	old := s.shards.Load()
	if err := b.commit(backend.Plus(b.sums, s.moved)); err != nil {
		return err
	}
	b.g.paid.start(s.state.Seq)
	s.shards.Store(b.g)
	s.building.Store(nil)
	s.moved = nil
	s.publishState()
	if err := errors.Join(old.close(), s.backend.DropGeneration(old.number)); err != nil {
		s.log.Warn("storage: the old shards could not be removed; the next start does it", "error", err)
	}
	return nil
}

const carriedFinding = "the digests that commits carried on were not those of the records; a rebuild has replaced them"

// stand waits until the new shards have every commit, and returns how to read them and what they must hold.
func (b *builder) stand() (read func() ([]Digest, error), want []Digest, err error) {
	s := b.s
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	if err := errors.Join(s.drain(), b.flush()); err != nil {
		return nil, nil, err
	}
	want = backend.Plus(b.sums, s.moved)
	if b.lost == 0 && s.state.Digests != nil && !slices.Equal(want, s.state.Digests) {
		s.faults.add(Finding{What: carriedFinding})
	}
	read, err = b.g.digests()
	return read, want, err
}

// same reads and compares.
func same(read func() ([]Digest, error), want []Digest) error {
	got, err := read()
	if err != nil {
		return err
	}
	for i := range want {
		if got[i] != want[i] {
			return fmt.Errorf("storage: shard %d was made with %d documents, the records have %d, or their terms differ", i, got[i].Docs, want[i].Docs)
		}
	}
	return nil
}

// commit makes the new generation the one that counts.
func (b *builder) commit(digests []Digest) error {
	s := b.s
	st := s.state.clone()
	st.Generation, st.TermsVersion, st.Stale, st.Digests, st.Paid = b.g.number, s.o.TermsVersion, false, digests, st.Seq
	if b.lost > 0 { // cases that are damaged have no documents in these shards; once they are mended others are made
		st.Stale, st.Digests = true, nil
	}
	if err := s.change(func(t backend.Txn) error { return putState(t, &st) }); err != nil {
		return err
	}
	s.state = st
	return nil
}

// abandon undoes a rebuild that was not finished. The caller holds the writer's lock.
func (s *Store) abandon() error {
	b := s.building.Load()
	if b == nil {
		return nil
	}
	s.building.Store(nil)
	s.moved = nil
	b.snap.Discard()
	return errors.Join(b.g.close(), s.backend.DropGeneration(b.g.number))
}

// Rebuild makes the shards anew from the records beside those that count, while updates and searches go on,
// and then puts them in their place. It takes at most half a core. Ended early, it leaves nothing.
func (s *Store) Rebuild(ctx context.Context) error {
	b, err := s.beginRebuild()
	if err != nil {
		return err
	}
	return s.finishRebuild(ctx, b)
}

func (s *Store) finishRebuild(ctx context.Context, b *builder) error {
	return s.endRebuild(b, b.run(ctx))
}

// endRebuild lets go of what a rebuild has held, and undoes one that ended in an error.
func (s *Store) endRebuild(b *builder, err error) error {
	defer s.o.Progress(Progress{})
	b.snap.Discard()
	if s.building.Load() == b {
		s.writer.Lock()
		err = errors.Join(err, s.drain(), s.abandon())
		s.writer.Unlock()
	}
	if err != nil {
		return fmt.Errorf("storage: rebuild: %w", err)
	}
	return nil
}

func (b *builder) run(ctx context.Context) error {
	for {
		pause, err := b.step()
		if err != nil || pause == Done {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// step writes a chunk and tells to wait for as long as it took, or finishes.
func (b *builder) step() (pause time.Duration, err error) {
	if err := b.failure(); err != nil {
		return Done, err
	}
	if b.next == nil {
		return Done, b.finish()
	}
	began := time.Now()
	_, err = b.chunk()
	return time.Since(began), err
}

// StartRebuild begins a Rebuild that goes on by itself; its end is told by Rebuilding and the log.
func (s *Store) StartRebuild() error {
	b, err := s.beginRebuild()
	if err != nil {
		return err
	}
	s.log.Info("storage: rebuilding the shards beside those in use", "records", b.total)
	if s.o.Scheduler.Run(Task{Name: TaskRebuild, Background: true, Step: func(context.Context) time.Duration { return s.stepRebuild(b) }}) {
		return nil
	}
	s.writer.Lock()
	defer s.writer.Unlock()
	return errors.Join(ErrClosed, s.abandon())
}

// stepRebuild takes a step of a rebuild. What fails is undone and told.
func (s *Store) stepRebuild(b *builder) time.Duration {
	pause, err := b.step()
	if err == nil && pause != Done {
		return pause
	}
	switch err = s.endRebuild(b, err); {
	case err == nil:
		s.log.Info("storage: rebuilt shards are in use", "generation", s.State().Generation)
	case !errors.Is(err, ErrClosed):
		s.log.Error("storage: rebuild failed; the old shards stay", "error", err)
		s.faults.add(Finding{What: err.Error()})
	}
	return Done
}

// Rebuilding tells how many of the records a running rebuild has written; ok is false where none runs.
func (s *Store) Rebuilding() (done, total int, ok bool) {
	b := s.building.Load()
	if b == nil {
		return 0, 0, false
	}
	return int(b.done.Load()), b.total, true
}

// markStale notes durably that the shards no longer have the terms of one version, before the first document with
// other terms is written, so that whichever program opens the store next rebuilds them.
func (s *Store) markStale() error {
	if s.state.TermsVersion == s.o.TermsVersion && s.state.Digests != nil {
		return nil
	}
	s.state.TermsVersion, s.state.Stale, s.state.Digests = s.o.TermsVersion, true, nil
	defer s.publishState()
	return s.writeState()
}

// Rebuild makes the shards and the derived structure of a store that is not open anew.
func Rebuild(o Options) (err error) {
	s := newStore(o)
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.keys.Close()) }()
	if err := s.readState(); err != nil {
		return err
	}
	if err := s.backend.DropDerived(); err != nil {
		return fmt.Errorf("storage: rebuild: %w", err)
	}
	return s.rebuildClosed()
}

// rebuildClosed makes the next generation while nothing else happens in the store.
func (s *Store) rebuildClosed() (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("storage: rebuild: %w", err)
		}
	}()
	b, err := s.newBuilder()
	if err != nil {
		return err
	}
	defer b.snap.Discard()
	defer s.o.Progress(Progress{})
	for more := true; more && err == nil; {
		if more, err = b.chunk(); err == nil {
			err = s.o.Context.Err()
		}
	}
	if err = errors.Join(err, b.flush()); err == nil {
		var read func() ([]Digest, error)
		if read, err = b.g.digests(); err == nil {
			err = same(read, b.sums)
		}
	}
	if err = errors.Join(err, b.g.close()); err != nil {
		return errors.Join(err, s.backend.DropGeneration(b.g.number))
	}
	if b.lost == 0 && s.state.Digests != nil && s.state.TermsVersion == s.o.TermsVersion && !slices.Equal(s.state.Digests, b.sums) {
		s.faults.add(Finding{What: carriedFinding})
	}
	old := s.state.Generation
	if err := b.commit(b.sums); err != nil {
		return err
	}
	return s.backend.DropGeneration(old)
}
