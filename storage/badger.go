package storage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/dgraph-io/badger/v4"
	badgeroptions "github.com/dgraph-io/badger/v4/options"
)

type badgerKeys struct{ db *badger.DB }

// openBadger opens Badger with synced writes and verified checksums, neither of which is its default.
func openBadger(path string, log *slog.Logger) (keys, error) {
	o := badger.DefaultOptions(path).
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
		WithLogger(badgerLog{log})
	db, err := badger.Open(o)
	switch {
	case err == nil:
		return badgerKeys{db}, nil
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return nil, fmt.Errorf("storage: open %s: %w", path, ErrInUse)
	}
	return nil, fmt.Errorf("storage: open %s: %w", path, err)
}

func (b badgerKeys) begin(write bool) txn { return badgerTxn{b.db.NewTransaction(write)} }

func (b badgerKeys) close() error { return b.db.Close() }

type badgerTxn struct{ tx *badger.Txn }

func (t badgerTxn) get(key []byte) ([]byte, error) {
	it, err := t.tx.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("storage: read key of kind %q: %w", key[0], err)
	}
	v, err := it.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("storage: read key of kind %q: %w", key[0], err)
	}
	return v, nil
}

func (t badgerTxn) scan(w what, fn func(key, value []byte) error) error {
	o := badger.DefaultIteratorOptions
	o.Prefix, o.SinceTs, o.PrefetchValues = w.prefix, w.since, !w.keysOnly
	it := t.tx.NewIterator(o)
	defer it.Close()
	if w.from == nil {
		w.from = w.prefix
	}
	for it.Seek(w.from); it.Valid(); it.Next() {
		k := it.Item().Key()
		err := error(nil)
		if w.keysOnly {
			err = fn(k, nil)
		} else {
			err = it.Item().Value(func(v []byte) error { return fn(k, v) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t badgerTxn) version() uint64 { return t.tx.ReadTs() }

func (t badgerTxn) set(key, value []byte) error { return tooLarge(t.tx.Set(key, value)) }

func (t badgerTxn) delete(key []byte) error { return tooLarge(t.tx.Delete(key)) }

func (t badgerTxn) commit() error { return tooLarge(t.tx.Commit()) }

func (t badgerTxn) discard() { t.tx.Discard() }

func tooLarge(err error) error {
	if errors.Is(err, badger.ErrTxnTooBig) {
		return fmt.Errorf("storage: %w", ErrBatchTooLarge)
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
