package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
	badgeroptions "github.com/dgraph-io/badger/v4/options"
)

// Format is the layout of the directory. A store with a greater one is refused.
const Format = 1

// Errors that callers decide by.
var (
	ErrNotFound      = errors.New("not found")
	ErrNewer         = errors.New("the store was made by a newer version of anvesh: start that version, or restore a backup that this one made")
	ErrInUse         = errors.New("the store is in use by another process: stop it, or talk to it with --server")
	ErrBatchTooLarge = errors.New("the batch is larger than one transaction holds: apply it in parts")
	ErrClosed        = errors.New("the store is closed")
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
	TermsVersion int            // when it differs from the store's, the shards are rebuilt at Open
	Derived      Derived        // may be nil
	Progress     func(Progress) // reports what takes long at Open, Check and Rebuild; may be nil
	Logger       *slog.Logger   // default discards
}

// Progress of a long step. Total is 0 where it is not known.
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
	Counts       map[string]uint64 `json:"counts"` // of Tx.Count
}

func (o *Options) setDefaults() {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
}

// A Store is one directory of cases and records. All methods may be called at once from many goroutines.
type Store struct {
	o   Options
	db  *badger.DB
	log *slog.Logger

	writer   sync.Mutex // held from the first read of an Update to the hand-over to the shards
	state    State      // of the last commit; guarded by writer
	view     atomic.Pointer[State]
	closed   bool
	struck   uint64          // journal entries up to this one are deleted; guarded by writer
	mutable  map[Position]at // last committed offsets; guarded by writer
	snapshot uint64          // commit seq of the saved derived structure; guarded by writer
	changed  int             // records changed since then

	shards  []*shard
	failed  atomic.Pointer[error] // why the shards cannot follow; stops all writing
	paid    paid
	queue   chan job
	done    chan struct{} // closed when the indexing goroutine has ended
	visible visible
}

// Open opens the store in o.Dir, or makes it, pays what the shards owe and brings the derived structure up to date.
func Open(o Options) (*Store, error) {
	if o.Dir == "" || o.Terms == nil {
		return nil, errors.New("storage: Options.Dir and Options.Terms are required")
	}
	if o.Shards < 0 || o.Shards > 64 {
		return nil, fmt.Errorf("storage: %d shards: give 1 to 64", o.Shards)
	}
	o.setDefaults()
	s := &Store{o: o, log: o.Logger, queue: make(chan job, queueJobs), done: make(chan struct{})}
	if err := s.openBadger(); err != nil {
		return nil, err
	}
	if err := s.openRest(); err != nil {
		s.closeShards()
		return nil, errors.Join(err, s.db.Close())
	}
	go s.index()
	return s, nil
}

func (s *Store) openRest() error {
	if err := s.readState(); err != nil {
		return err
	}
	if err := s.openShards(); err != nil {
		return err
	}
	if err := s.payDebt(); err != nil {
		return err
	}
	if err := s.readOffsets(); err != nil {
		return err
	}
	return s.restoreDerived()
}

// openBadger opens Badger with synced writes and verified checksums, neither of which is its default.
func (s *Store) openBadger() error {
	dir := filepath.Join(s.o.Dir, "store")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("storage: make %s: %w", dir, err)
	}
	o := badger.DefaultOptions(dir).
		WithSyncWrites(true).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(badgeroptions.OnTableRead).
		WithDetectConflicts(false).            // one writer: see doc.go
		WithCompression(badgeroptions.Snappy). // zstd kept a third less and took a fifth of all CPU while loading
		WithValueThreshold(32 << 10).          // longer forms go to the value log and do not count against the transaction
		WithValueLogFileSize(64 << 20).        // mapped whole at open, so small
		WithMemTableSize(32 << 20).            // a transaction may fill 15 % of it
		WithNumLevelZeroTables(10).            // compaction was a quarter of all CPU while loading with half of that,
		WithNumLevelZeroTablesStall(20).       // and its builders most of the memory
		WithBaseLevelSize(64 << 20).
		WithNumMemtables(2).
		WithNumCompactors(2).
		WithBlockCacheSize(32 << 20).
		WithIndexCacheSize(32 << 20).
		WithMetricsEnabled(false).
		WithLogger(badgerLog{s.log})
	db, err := openHalfMade(o)
	if err != nil {
		if strings.Contains(err.Error(), "Cannot acquire directory lock") {
			return fmt.Errorf("storage: open %s: %w", s.o.Dir, ErrInUse)
		}
		return fmt.Errorf("storage: open %s: %w", dir, err)
	}
	s.db = db
	return nil
}

// readState reads the state, or makes that of an empty store.
func (s *Store) readState() error {
	err := s.db.View(func(tx *badger.Txn) error {
		b, err := get(tx, stateKey)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, &s.state)
	})
	switch {
	case errors.Is(err, ErrNotFound):
		s.state = State{Format: Format, TermsVersion: s.o.TermsVersion, Shards: max(s.o.Shards, 0)}
		if s.state.Shards == 0 {
			s.state.Shards = 2
		}
		err = s.writeState()
	case err != nil:
		err = fmt.Errorf("storage: read state: %w", err)
	case s.state.Format > Format:
		err = fmt.Errorf("storage: format %d, this program knows %d: %w", s.state.Format, Format, ErrNewer)
	}
	if s.state.Counts == nil {
		s.state.Counts = map[string]uint64{}
	}
	s.publishState()
	return err
}

func (s *Store) writeState() error {
	return s.db.Update(func(tx *badger.Txn) error { return putState(tx, &s.state) })
}

func putState(tx *badger.Txn, st *State) error {
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return tx.Set(stateKey, seal(stateKey, b))
}

func (s *Store) publishState() {
	st := s.state
	st.Counts = make(map[string]uint64, len(s.state.Counts))
	for k, v := range s.state.Counts {
		st.Counts[k] = v
	}
	s.view.Store(&st)
}

// State returns the state of the last commit. The caller must not change its map.
func (s *Store) State() State { return *s.view.Load() }

// Close waits for the shards, saves the derived structure and closes everything.
func (s *Store) Close() error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.queue)
	<-s.done
	err := s.settle()
	if err == nil && s.failure() == nil {
		err = s.saveDerived()
	}
	return errors.Join(err, s.closeShards(), s.db.Close())
}

// get reads one value within tx and verifies it. The result is the caller's.
func get(tx *badger.Txn, key []byte) ([]byte, error) {
	it, err := tx.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("storage: read key of kind %q: %w", key[0], err)
	}
	b, err := it.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("storage: read key of kind %q: %w", key[0], err)
	}
	return unseal(key, b)
}

// Get returns the record with this id, or ErrNotFound.
func (s *Store) Get(id string) (*Record, error) {
	var r *Record
	err := s.db.View(func(tx *badger.Txn) (err error) {
		r, err = getRecord(tx, id)
		return err
	})
	return r, err
}

// GetAll returns the records with these ids out of one read snapshot; nil stands for one that is not there.
func (s *Store) GetAll(ids []string) ([]*Record, error) {
	rs := make([]*Record, len(ids))
	err := s.db.View(func(tx *badger.Txn) error {
		for i, id := range ids {
			r, err := getRecord(tx, id)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			rs[i] = r
		}
		return nil
	})
	return rs, err
}

func getRecord(tx *badger.Txn, id string) (*Record, error) {
	b, err := get(tx, recordKey(id))
	if err != nil {
		return nil, err
	}
	r := new(Record)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("storage: record cannot be read: %w", ErrCorrupt)
	}
	return r, nil
}

// Forms returns the case and the values of its current forms, in the order of Case.Forms, or ErrNotFound.
func (s *Store) Forms(fir string) (c *Case, values [][]byte, err error) {
	err = s.db.View(func(tx *badger.Txn) error {
		if c, err = getCase(tx, fir); err != nil {
			return err
		}
		for _, f := range c.Forms {
			v, err := get(tx, formKey(fir, f.ID))
			if err != nil {
				return err
			}
			values = append(values, v)
		}
		return nil
	})
	return c, values, err
}

func getCase(tx *badger.Txn, fir string) (*Case, error) {
	b, err := get(tx, caseKey(fir))
	if err != nil {
		return nil, err
	}
	return decodeCase(fir, b)
}

// badgerLog hands Badger's warnings to slog; what it says at lower levels is noise.
type badgerLog struct{ l *slog.Logger }

func (b badgerLog) Errorf(f string, a ...any) { b.write(slog.LevelError, f, a) }

func (b badgerLog) Warningf(f string, a ...any) { b.write(slog.LevelWarn, f, a) }

func (b badgerLog) Infof(string, ...any) {}

func (b badgerLog) Debugf(string, ...any) {}

func (b badgerLog) write(l slog.Level, f string, a []any) {
	b.l.Log(context.Background(), l, "badger: "+strings.TrimSpace(fmt.Sprintf(f, a...)))
}

// epoch guards against a clock that stands before the program was written.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
