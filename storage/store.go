package storage

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/embedded"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// Format is the layout of the directory. A store with a greater one is refused.
const Format = 4

// Errors that callers decide by.
var (
	ErrNotFound      = backend.ErrNotFound
	ErrInUse         = backend.ErrInUse
	ErrBatchTooLarge = backend.ErrBatchTooLarge
	ErrClosed        = backend.ErrClosed
	ErrRestoring     = backend.ErrRestoring
	ErrCorrupt       = backend.ErrCorrupt
	ErrDiskFull      = backend.ErrDiskFull
	ErrStoreKey      = embedded.ErrStoreKey
	ErrNewer         = errors.New("the store was made by a newer version of anvesh: start that version, or restore a backup that this one made")
	ErrBackwards     = errors.New("an offset must not move back")
)

// KeyLength is how many bytes Options.Key has.
const KeyLength = embedded.KeyLength

// What the shards of a store are asked and hold.
type (
	Selection = backend.Selection
	Candidate = backend.Candidate
	Digest    = backend.Digest
)

// Options configure a store. Terms is required; the rest is usable at zero.
type Options struct {
	Dir    string
	Shards int // of a store that is made; default 2, one a core of the smallest machine; an existing store keeps its own
	// Terms appends the exact keys under which a record is found; none for a record that must not be.
	Terms func(dst []string, r *Record) []string
	// TermsSum is a hash of all that Terms depends on. Most updates change a status and no term; with this
	// they cost the shards nothing. May be nil.
	TermsSum     func(r *Record) uint64
	TermsVersion int            // when it differs from the store's, the shards are rebuilt beside, see Rebuilding
	Derived      Derived        // may be nil
	Key          []byte         // encrypts what is in Badger, 32 bytes; nil for a store in clear. Shards and derived files stay in clear
	Reserve      int64          // bytes of the disk that updates leave free, see ErrReserve; 0 for none
	ScrubRate    int64          // most bytes a second that the scrubber reads in the background; 0 for no scrubber
	SaveEvery    int            // changed records after which Derived is saved while commits come; default 65,536. A fifth of it once none comes
	Progress     func(Progress) // reports what takes long at Open, Check and Rebuild; may be nil
	// Context ends what takes long at Open, Check, CheckFull, Rebuild and Restore with its error; nil for never. A store
	// that is open by then goes on.
	Context      context.Context
	Logger       *slog.Logger    // default discards
	Small        bool            // for tests: tables of a hundredth of the size and no cache, so that a small store has many, on several levels
	Backend      backend.Backend // where the store is kept, in place of Dir
	Scheduler    Scheduler       // of work in the background; default a goroutine for each task
	Followers    []Following     // of the journal
	FollowerLag  uint64          // commits behind which a follower holds the journal no longer and is rebuilt; default 1,000,000
	RebuildChunk int             // records that a rebuild writes at a time, for which an update may wait; default 1,000
}

// Progress of a long step. Total is 0 where it is not known. The end of all steps is told with an empty Step.
type Progress struct {
	Step        string
	Done, Total int
}

// State is what the store says of itself; it is committed with every change.
type State struct {
	Format       int               `json:"format"`
	TermsVersion int               `json:"terms_version"`
	Shards       int               `json:"shards"`
	Seq          uint64            `json:"seq"`  // number of the last commit
	Paid         uint64            `json:"paid"` // every commit up to this one is durable in the shards
	Persons      int               `json:"persons"`
	Vehicles     int               `json:"vehicles"`
	Cases        int               `json:"cases"`
	Counts       map[string]uint64 `json:"counts"`               // of Tx.Count
	ID           string            `json:"id"`                   // random; increments of a backup belong to one
	Generation   int               `json:"generation,omitempty"` // of the shards that count
	Fold         int               `json:"fold,omitempty"`       // version of the rules that all records were made under, see Tx.SetFold
	Stale        bool              `json:"stale,omitempty"`      // some documents have the terms of another version
	Digests      []Digest          `json:"digests,omitempty"`    // of each shard as it is to be; nil while it is not known
	Redo         *redoList         `json:"redo,omitempty"`       // steps of the last commit that are still to be taken; see redo.go
	// Witness is the sum of the shares of all cases (storage/witness); nil in a store of a program that had none.
	Witness     *uint64 `json:"witness,omitempty"`
	Positions   *uint64 `json:"positions,omitempty"`    // sum of the checksums of all offset entries; nil as with Witness
	JournalFrom uint64  `json:"journal_from,omitempty"` // commits from this one on have a journal entry each
	Aside       int     `json:"aside,omitempty"`        // cases that are set aside durably
	Waiting     int     `json:"waiting,omitempty"`      // updates that wait for them
	Buried      int     `json:"buried,omitempty"`       // tombstones of what was destroyed
	// Followers tells for each follower of the journal the last commit that it has taken.
	Followers map[string]uint64 `json:"followers,omitempty"`
}

// clone is a state that shares nothing with st.
func (st *State) clone() State {
	c := *st
	if c.Counts = maps.Clone(st.Counts); c.Counts == nil {
		c.Counts = map[string]uint64{}
	}
	c.Digests = slices.Clone(st.Digests)
	return c
}

func (o *Options) setDefaults() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.SaveEvery == 0 {
		o.SaveEvery = 1 << 16
	}
	if o.FollowerLag == 0 {
		o.FollowerLag = 1_000_000
	}
	if o.RebuildChunk == 0 {
		o.RebuildChunk = 1_000
	}
	if o.Scheduler == nil {
		o.Scheduler = newGoroutines()
	}
}

// A Store is one directory of cases and records. All methods may be called at once from many goroutines.
type Store struct {
	o       Options
	backend backend.Backend
	keys    backend.Keys
	log     *slog.Logger

	writer    sync.Mutex // held from the first read of an Update to the hand-over to the shards
	state     State      // of the last commit; guarded by writer
	view      atomic.Pointer[State]
	closed    bool
	attempts  uint32          // commits by steps that were tried; guarded by writer
	truncated uint64          // journal entries up to this one are deleted; guarded by writer
	mutable   map[Position]at // last committed offsets; guarded by writer
	changed   int             // records changed since the witness was saved; guarded by writer
	moved     []Digest        // what commits changed of Digests since a rebuild began; guarded by writer

	shards   atomic.Pointer[generation]
	building atomic.Pointer[builder] // set while a rebuild runs
	failed   atomic.Pointer[error]   // why the shards cannot follow; stops all writing
	queue    chan job
	queued   chan struct{} // wakes the indexing task
	indexing sync.Mutex    // held while commits are taken off queue and made searchable, in order
	tended   chan struct{} // wakes the task that keeps the derived structure in order

	derivedAt  uint64              // last commit that changed the derived structure; guarded by indexing
	unsaved    int                 // records changed since it was cut; guarded by indexing
	cut        atomic.Pointer[cut] // it as it is to be saved, or is being
	cuts       chan struct{}       // wakes the task that saves it
	saving     sync.Mutex          // held by who saves it
	registered atomic.Uint64       // commit that it was saved at
	faults     faults
	check      checking
	scrubbed   scrubbed
	disk       diskSpace
	visible    visible

	withdrawn withdrawn

	witness   witness.Table
	witnessed uint64      // commit of the saved witness; guarded by writer
	unproven  atomic.Bool // case entries are lost that cannot be named
	asides    asides
	buried    atomic.Pointer[map[Mark]Tombstone]
	followers followers
}

func newStore(o Options) *Store {
	o.setDefaults()
	s := &Store{o: o, log: o.Logger, backend: o.Backend, queue: make(chan job, queueJobs), queued: make(chan struct{}, 1), tended: make(chan struct{}, 1), cuts: make(chan struct{}, 1)}
	if s.backend == nil {
		s.backend = &embedded.Dir{Path: o.Dir, Log: o.Logger, Small: o.Small, Key: o.Key}
	}
	return s
}

// Open opens the store in o.Dir, or makes it, pays what the shards owe and brings the derived structure up to date.
func Open(o Options) (*Store, error) {
	if o.Dir == "" && o.Backend == nil || o.Terms == nil {
		return nil, errors.New("storage: Options.Dir and Options.Terms are required")
	}
	if o.Shards < 0 || o.Shards > 64 {
		return nil, fmt.Errorf("storage: %d shards: give 1 to 64", o.Shards)
	}
	s := newStore(o)
	var err error
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		return nil, err
	}
	if err := s.openRest(); err != nil {
		return nil, errors.Join(err, s.closeShards(), s.keys.Close(), s.backend.Close())
	}
	s.startFollowers()
	s.o.Scheduler.Run(Task{Name: TaskIndex, Step: s.index, Wake: s.queued})
	if s.state.Stale {
		if err := s.StartRebuild(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if o.ScrubRate > 0 {
		s.o.Scheduler.Run(Task{Name: TaskScrub, Background: true, Step: s.scrub})
	}
	if o.Derived != nil {
		s.o.Scheduler.Run(Task{Name: TaskSave, Step: s.saveCuts(), Wake: s.cuts})
		s.o.Scheduler.Run(Task{Name: TaskTend, Step: s.tend, Wake: s.tended})
	}
	return s, nil
}

func (s *Store) openRest() error {
	defer s.o.Progress(Progress{})
	if err := s.readState(); err != nil {
		return err
	}
	s.compareMark()
	if err := errors.Join(s.readAsides(), s.readBuried()); err != nil {
		return err
	}
	var err, unread error // why the saved structure is not taken
	var saved uint64
	s.o.Scheduler.Together(func() { err = s.openWitness() }, func() { saved, unread = s.readDerived() })
	if err != nil {
		return err
	}
	if err := s.openShards(); err != nil {
		return err
	}
	if err := s.payDebt(); err != nil {
		return err
	}
	if err := s.countDocuments(); err != nil {
		return err
	}
	if err := s.readOffsets(); err != nil {
		return err
	}
	if err := s.restoreDerived(saved, unread); err != nil {
		return err
	}
	return errors.Join(s.openFollowers(), s.markStale())
}

// readState reads the state, or makes that of an empty store.
func (s *Store) readState() error {
	st, err := s.storedState()
	s.state = st
	switch {
	case errors.Is(err, ErrNotFound):
		if err := s.mustBeEmpty(); err != nil {
			return err
		}
		s.state = State{TermsVersion: s.o.TermsVersion, Shards: cmp.Or(s.o.Shards, 2), Witness: new(uint64), Positions: new(uint64), JournalFrom: 1}
		s.state.Digests = make([]Digest, s.state.Shards)
	case err != nil:
		return fmt.Errorf("storage: read state: %w", err)
	case s.state.Format > Format:
		return fmt.Errorf("storage: format %d, this program knows %d: %w", s.state.Format, Format, ErrNewer)
	}
	if s.state.ID == "" || s.state.Format < Format {
		s.state.Format = Format
		s.state.ID = cmp.Or(s.state.ID, newID())
		err = s.writeState()
	}
	if err != nil {
		return err
	}
	s.state = s.state.clone()
	if err := s.redo(); err != nil {
		return err
	}
	s.publishState()
	return nil
}

// storedState reads both entries of the state, and takes the later one where they differ. A store of a program that wrote
// one has no second.
func (s *Store) storedState() (st State, err error) {
	err = s.read(func(t backend.Txn) error {
		first, errFirst := stateAt(t, layout.StateKey)
		second, errSecond := stateAt(t, layout.SecondKey)
		lost := fmt.Sprintf("an entry of the state is lost or of an earlier time (commits %d and %d): the later one is taken, and the next commit writes both", first.Seq, second.Seq)
		switch {
		case errors.Is(errFirst, ErrNotFound) && errSecond != nil:
			return errSecond
		case errFirst != nil && errSecond != nil:
			return errFirst
		case errFirst != nil || errSecond == nil && first.Seq < second.Seq:
			st = second
		default:
			if st = first; errors.Is(errSecond, ErrNotFound) && first.Witness == nil {
				return nil
			}
		}
		if errFirst != nil || errSecond != nil || first.Seq != second.Seq {
			s.faults.add(Finding{What: lost})
		}
		return nil
	})
	return st, err
}

func stateAt(t backend.Txn, key []byte) (st State, err error) {
	b, err := get(t, key)
	if err != nil {
		return st, err
	}
	return st, json.Unmarshal(b, &st)
}

// compareMark looks whether the keys have lost their end. Badger cuts its log at the first entry that does not match its
// checksum, without a word: the store then stands at an earlier commit, whole, with the offsets of that time.
func (s *Store) compareMark() {
	seq, err := s.backend.Mark()
	switch {
	case err != nil:
		s.faults.add(Finding{What: "derived/commit cannot be read: whether the last commits are there is not known; the next commit writes it again"})
	case seq > s.state.Seq:
		s.faults.add(Finding{What: fmt.Sprintf("commits %d to %d were lost from the end of the store; the log is read again from where it stands", s.state.Seq+1, seq)})
	}
}

// countDocuments looks whether a shard has lost documents, as one whose files were lost has all: scorch opens it empty.
func (s *Store) countDocuments() error {
	for i, sh := range s.shards.Load().shards {
		n, err := sh.Count()
		if err != nil {
			return fmt.Errorf("storage: count shard %d: %w", i, err)
		}
		if s.state.Digests != nil && n != s.state.Digests[i].Docs {
			s.faults.add(Finding{What: fmt.Sprintf("shard %d holds %d documents, %d are wanted: run anvesh rebuild", i, n, s.state.Digests[i].Docs)})
		}
	}
	return nil
}

// mustBeEmpty refuses shards and a derived structure beside a store that knows nothing: its data are lost, and going
// on would read a log that no longer holds them.
func (s *Store) mustBeEmpty() error {
	all, err := s.backend.Generations()
	if err != nil {
		return err
	}
	f, err := s.backend.OpenDerived(registerFile)
	if err == nil {
		err = f.Close()
	}
	if len(all) > 0 || err == nil {
		return fmt.Errorf("storage: %s holds shards or a register but no records: %w", s.o.Dir, ErrCorrupt)
	}
	return nil
}

// newID is a random name of a store.
func newID() string { return rand.Text() }

func (s *Store) writeState() error {
	return s.change(func(t backend.Txn) error { return putState(t, &s.state) })
}

func putState(t backend.Txn, st *State) error {
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	for _, k := range [][]byte{layout.StateKey, layout.SecondKey} {
		if err := t.Set(k, layout.Seal(k, slices.Clone(b))); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) publishState() {
	st := s.state.clone()
	s.view.Store(&st)
}

// State returns the state of the last commit. The caller must not change its map.
func (s *Store) State() State { return *s.view.Load() }

// Close ends work in the background, waits for the shards, saves the derived structure and closes everything.
func (s *Store) Close() error {
	s.o.Scheduler.Stop()
	s.check.stop()
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.abandon()
	for s.indexNext() {
	}
	if err = errors.Join(err, s.keys.Space()); err == nil {
		err = s.flush()
	}
	if err == nil && s.failure() == nil {
		err = s.saveAll()
	}
	return errors.Join(err, s.closeShards(), s.keys.Close(), s.backend.Close())
}

// get reads one value and verifies it. The result is the caller's.
func get(t backend.Txn, key []byte) ([]byte, error) {
	b, err := t.Get(key)
	if err != nil {
		return nil, err
	}
	return layout.Unseal(key, b)
}

// Get returns the record with this id, or ErrNotFound. Where its case is damaged the error is a *Damage, here and in what
// follows.
func (s *Store) Get(id string) (r *Record, err error) {
	err = s.readCase(caseOfRecord(id), func(t backend.Txn, c *entry) error {
		ref, ok := c.record(id)
		if !ok {
			return ErrNotFound
		}
		r, err = recordOf(t, c, ref)
		return err
	})
	return r, err
}

// caseOfRecord is the number of the case of a record.
func caseOfRecord(id string) string {
	fir, _, _ := strings.Cut(id, "/")
	return fir
}

// GetAll returns the records with these ids, those of one case out of one snapshot; nil stands for one that is not there.
func (s *Store) GetAll(ids []string) ([]*Record, error) {
	rs := make([]*Record, len(ids))
	for from := 0; from < len(ids); {
		fir, to := caseOfRecord(ids[from]), from+1
		for to < len(ids) && caseOfRecord(ids[to]) == fir {
			to++
		}
		err := s.readCase(fir, func(t backend.Txn, c *entry) (err error) {
			for i := from; i < to; i++ {
				if ref, ok := c.record(ids[i]); ok {
					if rs[i], err = recordOf(t, c, ref); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return rs, err
		}
		from = to
	}
	return rs, nil
}

// Case returns what is held of a case, or ErrNotFound.
func (s *Store) Case(fir string) (c *Case, err error) {
	err = s.readCase(fir, func(_ backend.Txn, held *entry) error { c = held.shown(); return nil })
	return c, err
}

// CaseNumbers returns the FIR numbers of all cases, in order: those that the witness knows, so that none is passed over.
func (s *Store) CaseNumbers() (firs []string, err error) {
	s.witness.Each(func(fir string, _ uint64) { firs = append(firs, fir) })
	slices.Sort(firs)
	return firs, nil
}

// Forms returns the case and the values of its current forms, in the order of Case.Current, or ErrNotFound.
func (s *Store) Forms(fir string) (c *Case, values [][]byte, err error) {
	err = s.readCase(fir, func(t backend.Txn, held *entry) error {
		c, values = held.shown(), nil
		for _, f := range c.Current() {
			v, err := formOf(t, held, f)
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		return nil
	})
	return c, values, err
}

func getForm(tx backend.Txn, fir, id string) ([]byte, error) {
	b, err := get(tx, layout.FormKey(fir, id))
	if err != nil {
		return nil, err
	}
	return layout.FormPacker.Unpack(b)
}

// epoch guards against a clock that stands before the program was written.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// read gives fn one snapshot of the keys.
func (s *Store) read(fn func(backend.Txn) error) error {
	t := s.keys.Begin(false)
	defer t.Discard()
	return fn(t)
}

// change makes the changes of fn durable, or none of them.
func (s *Store) change(fn func(backend.Txn) error) error {
	t := s.keys.Begin(true)
	defer t.Discard()
	if err := fn(t); err != nil {
		return err
	}
	return t.Commit()
}
