package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dgraph-io/badger/v4"
	badgeroptions "github.com/dgraph-io/badger/v4/options"
	"golang.org/x/sys/unix"

	"anvesh/storage/backend"
)

type badgerKeys struct {
	path  string
	db    *badger.DB
	held  sync.RWMutex // for writing between hold and release
	doubt error        // of release; guarded by held
}

// maxValue is the longest value that Badger takes into its tables, and so into account for a transaction.
const maxValue = 1 << 20

// KeyLength is how many bytes a key that Badger encrypts with has: AES-256.
const KeyLength = 32

// ErrStoreKey: the store is encrypted with another key, or with none.
var ErrStoreKey = errors.New("the store is not encrypted with this key: give the --store-key that it was made with, and none for one in clear")

// OpenBadger opens Badger with synced writes and verified checksums, neither of which is its default. With a key its tables, its log
// and its value log are encrypted; a store is so from its beginning or not at all.
func OpenBadger(path string, log *slog.Logger, small bool, key []byte) (backend.Keys, error) {
	o := badger.DefaultOptions(path).
		WithSyncWrites(true).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(badgeroptions.OnBlockRead). // at open it would read everything, and panic at what it cannot unpack
		WithDetectConflicts(false).                              // one writer: see doc.go
		WithCompression(badgeroptions.Snappy).                   // zstd kept a third less and took a fifth of all CPU while loading
		WithValueThreshold(maxValue).                            // what is longer goes to the value log, which nothing clears of what was overwritten
		WithValueLogFileSize(64 << 20).                          // mapped whole at open, so small
		WithMemTableSize(32 << 20).                              // a transaction may fill 15 % of it
		WithNumLevelZeroTables(10).                              // compaction was a quarter of all CPU while loading with half of that,
		WithNumLevelZeroTablesStall(20).                         // and its builders most of the memory
		WithBaseLevelSize(512 << 20).                            // with 64 MiB there is one level more, and each is written ten times as often as it grows
		WithNumMemtables(2).
		WithNumCompactors(2).
		WithBlockCacheSize(128 << 20).
		WithIndexCacheSize(0).
		WithMetricsEnabled(false).
		WithLogger(badgerLog{log})
	if len(key) > 0 {
		o = o.WithEncryptionKey(key).
			WithIndexCacheSize(128 << 20) // without a cache of indexes Badger panics at an encrypted table; with a small one it decrypts them at every read
	}
	if small {
		o = o.WithMemTableSize(320 << 10).WithBaseTableSize(64 << 10).WithBaseLevelSize(128 << 10).WithNumLevelZeroTables(2).
			WithValueThreshold(32 << 10).
			WithBlockCacheSize(64 << 10)
	}
	if err := errors.Join(plausible(path, o), spaceForBadger(path)); err != nil {
		return nil, fmt.Errorf("storage: open %s: %w", path, err)
	}
	db, err := openHalfMade(o)
	switch {
	case err == nil:
		return &badgerKeys{path: path, db: db}, nil
	case errors.Is(err, badger.ErrEncryptionKeyMismatch), errors.Is(err, badger.ErrInvalidEncryptionKey):
		return nil, fmt.Errorf("storage: open %s: %w", path, ErrStoreKey)
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return nil, fmt.Errorf("storage: open %s: %w", path, backend.ErrInUse)
	}
	return nil, fmt.Errorf("storage: open %s: %w", path, err)
}

// plausible looks at the ends of the tables that the manifest names, since Badger panics in a goroutine of its own
// where one is cut off. Others were being written when the program was killed, and Badger deletes them. A manifest that
// cannot be read is left to Badger to say.
//
// Badger then finds in the disk's cache what it reads of each table, which is little. By itself it touches one page after the
// other, three tables at a time, and around each the system reads what its read-ahead is set to: that may be all of the store.
func plausible(path string, o badger.Options) error {
	f, err := os.Open(filepath.Join(path, badger.ManifestFilename))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	manifest, _, err := badger.ReplayManifestFile(f, 0, o)
	if err != nil {
		return nil
	}
	numbers := slices.Collect(maps.Keys(manifest.Tables))
	errs := make([]error, len(numbers))
	places := make(chan struct{}, tablesAtOnce)
	var all sync.WaitGroup
	for i, number := range numbers {
		places <- struct{}{}
		all.Go(func() {
			err := plausibleTable(filepath.Join(path, tableName(number)))
			if !errors.Is(err, os.ErrNotExist) {
				errs[i] = err
			}
			<-places
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// tablesAtOnce is how many tables are looked at at once: a disk is as quick as it can be with some.
const tablesAtOnce = 16

// A table ends in: its last block of 4 KiB or so, index, its length(4), its checksum, the checksum's length(4); big-endian. Most
// have all of that in the last tableEnd bytes, which are read at once.
const (
	tableEnd   = 64 << 10
	tableBlock = 8 << 10
)

func plausibleTable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := osFile{f}.Size()
	if err != nil {
		return err
	}
	unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_RANDOM) // nothing is read but what is asked for; an error costs time
	end := make([]byte, min(size, tableEnd))
	from := size - int64(len(end))
	if _, err := f.ReadAt(end, from); err != nil {
		return err
	}
	number := func(at int64) int64 {
		if at < 0 || at+4 > int64(len(end)) {
			return math.MaxUint32
		}
		return int64(binary.BigEndian.Uint32(end[at:]))
	}
	last := int64(len(end)) - 4
	sum := number(last)
	index := number(last - sum - 4)
	if sum == 0 || sum > 64 || index == 0 || index > size-8-sum {
		return fmt.Errorf("table %s is cut off: %w", filepath.Base(path), backend.ErrCorrupt)
	}
	if begin := max(0, size-8-sum-index-tableBlock); begin < from {
		_, err = f.ReadAt(make([]byte, from-begin), begin)
	}
	return err
}

func (b *badgerKeys) Begin(write bool) backend.Txn {
	if write {
		return badgerTxn{b.db.NewTransaction(true), b.path}
	}
	b.held.RLock()
	defer b.held.RUnlock()
	t := badgerTxn{b.db.NewTransaction(false), b.path}
	if b.doubt != nil {
		return backend.Refused{Txn: t, Err: b.doubt}
	}
	return t
}

// Most is half of the keys that Badger takes, and a value's worth of bytes.
func (b *badgerKeys) Most() backend.Limit {
	return backend.Limit{Keys: int(b.db.MaxBatchCount() / 2), Bytes: maxValue}
}

func (b *badgerKeys) Hold() { b.held.Lock() }

func (b *badgerKeys) Release(err error) {
	b.doubt = err
	b.held.Unlock()
}

func (b *badgerKeys) Space() error { return spaceForBadger(b.path) }

// Close leaves a full disk alone: what a close flushes and truncates would end the process (space.go).
func (b *badgerKeys) Close() error {
	if err := b.Space(); err != nil {
		return fmt.Errorf("storage: the store is left as a kill leaves it, nothing is lost: %w", err)
	}
	return b.db.Close()
}

// Verify reads every block of every table. Badger can panic at a damaged one; that is an error here.
func (b *badgerKeys) Verify() (err error) {
	defer damaged(&err)
	if err := b.db.VerifyChecksum(); err != nil {
		return fmt.Errorf("storage: a table of store/ does not match its checksum: %w: %w", backend.ErrCorrupt, err)
	}
	return nil
}

type badgerTxn struct {
	tx   *badger.Txn
	path string
}

// damaged makes a panic of Badger's at a block that it cannot take apart an error.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("storage: a block of a table: %w", backend.ErrCorrupt)
	}
}

// Get returns ErrNotFound also where a damaged block hides the key: Badger does not tell. Who must know holds it against the
// witness (storage/witness).
func (t badgerTxn) Get(key []byte) (v []byte, err error) {
	defer damaged(&err)
	it, err := t.tx.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, backend.ErrNotFound
	}
	if err == nil {
		v, err = it.ValueCopy(nil)
	}
	switch {
	case errors.Is(err, badger.ErrDBClosed):
		return nil, fmt.Errorf("storage: read key of kind %q: %w", key[0], backend.ErrClosed)
	case err != nil:
		return nil, fmt.Errorf("storage: read key of kind %q: %w: %w", key[0], err, backend.ErrCorrupt)
	}
	return v, nil
}

func (t badgerTxn) Scan(w backend.Range, fn func(key, value []byte) error) (err error) {
	ours := false // fn runs, whose panics are not Badger's
	defer func() {
		if ours {
			return
		}
		if p := recover(); p != nil {
			err = fmt.Errorf("storage: a block of a table: %w", backend.ErrCorrupt)
		}
	}()
	call := func(k, v []byte) error {
		ours = true
		err := fn(k, v)
		ours = false
		return err
	}
	o := badger.DefaultIteratorOptions
	o.Prefix, o.PrefetchValues = w.Prefix, !w.KeysOnly
	it := t.tx.NewIterator(o)
	defer it.Close()
	if w.From == nil {
		w.From = w.Prefix
	}
	for it.Seek(w.From); it.Valid() && err == nil; it.Next() {
		k := it.Item().Key()
		if w.At != nil {
			*w.At = it.Item().Version()
		}
		if w.KeysOnly {
			err = call(k, nil)
			continue
		}
		read := false
		err = it.Item().Value(func(v []byte) error { read = true; return call(k, v) })
		if err != nil && !read { // of the value log: a value that no checksum fits
			err = call(k, nil)
		}
	}
	return err
}

func (t badgerTxn) Version() uint64 { return t.tx.ReadTs() }

func (t badgerTxn) Set(key, value []byte) error { return tooLarge(t.tx.Set(key, value)) }

func (t badgerTxn) Delete(key []byte) error { return tooLarge(t.tx.Delete(key)) }

func (t badgerTxn) Commit() error {
	if err := spaceToCommit(t.path); err != nil {
		return err
	}
	return tooLarge(t.tx.Commit())
}

func (t badgerTxn) Discard() { t.tx.Discard() }

func tooLarge(err error) error {
	if errors.Is(err, badger.ErrTxnTooBig) {
		return fmt.Errorf("storage: %w", backend.ErrBatchTooLarge)
	}
	return err
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
