package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// A backup is a directory of parts: 0001.part is everything, each later one what changed since the one before. A part
// is one snapshot of Badger, and so stands at one commit and one offset of each partition, whatever is applied
// meanwhile. It holds no shards, which restore makes again, no keys and no log.

// Errors that callers decide by.
var (
	ErrOtherStore = errors.New("the backup is of another store: give another directory for the first backup of this one")
	ErrNotSince   = errors.New("the store has not reached the backup's commit: it was put back to an earlier time; give another directory")
)

// BackupOptions say what of a store is written.
type BackupOptions struct {
	After Part  // zero for everything, else what changed since that part
	Rate  int64 // most bytes read a second; 0 for as many as there are
	// Progress counts entries; total is a guess, 0 for an increment. May be nil.
	Progress func(done, total int)
}

// backupKinds are the kinds of keys in a part. The journal is not among them: a restored store owes its shards nothing.
var backupKinds = []byte{caseKind, formKind, recordKind, offsetKind, stateKey[0]}

// Backup writes one part to w, while updates and searches go on.
func (s *Store) Backup(ctx context.Context, w io.Writer, o BackupOptions) error {
	t := s.keys.begin(false)
	defer t.discard()
	p, err := partOf(t, o.After)
	if err == nil {
		p.Topics, err = topicsOf(s.o.Dir)
	}
	if err != nil {
		return fmt.Errorf("storage: backup: %w", err)
	}
	x, err := newPartWriter(w, p, newPacer(ctx, o.Rate).took)
	if err == nil {
		err = writeEntries(t, x, p, o.Progress)
	}
	if err != nil {
		return fmt.Errorf("storage: backup: %w", err)
	}
	return nil
}

// partOf describes the part after another at snapshot t.
func partOf(t txn, after Part) (*Part, error) {
	var st State
	b, err := get(t, stateKey)
	if err == nil {
		err = json.Unmarshal(b, &st)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("read state: %w", err)
	case after.Number > 0 && after.Store != st.ID:
		return nil, ErrOtherStore
	case after.Version > t.version() || after.Seq > st.Seq:
		return nil, ErrNotSince
	}
	p := &Part{Store: st.ID, Number: after.Number + 1, Parent: after.SHA256, Since: after.Version, Version: t.version(),
		Seq: st.Seq, Made: time.Now().UTC(), Persons: st.Persons, Vehicles: st.Vehicles, Cases: st.Cases}
	err = eachOf(t, offsetKind, func(k, v []byte) error {
		o, err := decodeOffset(k, v)
		p.Offsets = append(p.Offsets, o)
		return err
	})
	return p, err
}

func writeEntries(t txn, x *partWriter, p *Part, progress func(done, total int)) error {
	done, total := 0, 2*p.Cases+p.Persons+p.Vehicles // a case has a form or more
	if p.Since > 0 {
		total = 0
	}
	for _, kind := range backupKinds {
		w := what{prefix: []byte{kind}, since: p.Since}
		if kind == offsetKind || kind == stateKey[0] {
			w.since = 0
		}
		err := t.scan(w, func(k, sealed []byte) error {
			if _, err := unseal(k, sealed); err != nil {
				return err
			}
			if done++; progress != nil && done%payBatch == 0 {
				progress(done, max(total, done))
			}
			return x.add(k, sealed)
		})
		if err != nil {
			return err
		}
	}
	return x.end()
}

// BackupClosed is Backup of a store that is not open.
func BackupClosed(ctx context.Context, dir Options, w io.Writer, o BackupOptions) (err error) {
	s := newStore(dir)
	if s.keys, err = s.home.openKeys(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.keys.close()) }()
	if err := s.readState(); err != nil {
		return err
	}
	return s.Backup(ctx, w, o)
}
