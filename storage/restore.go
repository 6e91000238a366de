package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"anvesh/storage/durable"
)

// RestoreOptions say how a store is made from a backup.
type RestoreOptions struct {
	Part          int  // go on no further than this part; 0 for all
	ForgetOffsets bool // the log was made anew: read it from its start. What the store has is not lost by it
	// Progress counts entries of a part. May be nil.
	Progress func(part, done int)
}

// Restore makes the store in o.Dir, which must hold none, from a backup, and returns the part that it stands at. It is
// made aside and put in place whole; what a kill leaves is thrown away by the next Restore, and Open refuses it. The
// shards are made by the next Open.
func Restore(o Options, from Backups, ro RestoreOptions) (Part, error) {
	at, err := restore(newStore(o), from, ro)
	if err != nil {
		return at, fmt.Errorf("storage: restore: %w", err)
	}
	return at, nil
}

func restore(s *Store, from Backups, ro RestoreOptions) (last Part, err error) {
	home := &dir{path: s.o.Dir, log: s.log}
	for _, there := range []string{"store", "shards", "derived"} {
		if held, err := os.ReadDir(filepath.Join(home.path, there)); err == nil && len(held) > 0 {
			return last, fmt.Errorf("%s holds a store already: give a directory that does not", home.path)
		}
	}
	parts, err := from.partsTo(ro.Part, nil)
	if err != nil {
		return last, err
	}
	if len(parts) == 0 {
		return last, fmt.Errorf("%s holds no backup: give the directory that anvesh backup wrote to", from)
	}
	if ro.Part > len(parts) {
		return last, fmt.Errorf("%s ends with part %d, part %d was asked for", from, len(parts), ro.Part)
	}
	aside := home.restoring()
	if err := errors.Join(os.RemoveAll(aside), os.MkdirAll(aside, 0o700)); err != nil {
		return last, err
	}
	if s.keys, err = openBadger(aside, s.log, s.o.Small); err != nil {
		return last, err
	}
	for _, p := range parts {
		if err = s.restorePart(from, p, ro); err != nil {
			break
		}
	}
	if err == nil {
		err = s.restoredState(ro)
	}
	if err = errors.Join(err, s.keys.close()); err != nil {
		return last, errors.Join(err, os.RemoveAll(aside))
	}
	last = parts[len(parts)-1]
	switch {
	case ro.ForgetOffsets: // the log's identity with them
		err = putTopics(home.path, nil)
	case last.Topics != nil:
		err = putTopics(home.path, last.Topics)
	}
	if err != nil {
		return last, err
	}
	store := filepath.Join(home.path, "store")
	return last, errors.Join(os.RemoveAll(store), os.Rename(aside, store), durable.SyncDir(home.path))
}

// restorePart applies one part.
func (s *Store) restorePart(from Backups, p Part, ro RestoreOptions) error {
	f, err := os.Open(from.path(p.Number))
	if err != nil {
		return err
	}
	defer f.Close()
	b := &bulk{keys: s.keys}
	done := 0
	again, err := readPart(f, nil, func(key, sealed []byte) error {
		if err := s.o.Context.Err(); err != nil {
			return err
		}
		if done++; ro.Progress != nil && done%payBatch == 0 {
			ro.Progress(p.Number, done)
		}
		if key[0] == caseKind && p.Number > 1 {
			if err := s.takeAway(b, string(key[1:]), sealed[:len(sealed)-8]); err != nil {
				return err
			}
		}
		if key[0] == offsetKind && ro.ForgetOffsets {
			return nil
		}
		return b.do(func(t txn) error { return t.set(slices.Clone(key), slices.Clone(sealed)) })
	})
	if err == nil && again.SHA256 != p.SHA256 {
		err = fmt.Errorf("%w: it changed while it was read", ErrBadBackup)
	}
	return errors.Join(err, b.end(err == nil))
}

// takeAway deletes the forms and records that a case had in the parts before and has no more.
func (s *Store) takeAway(b *bulk, fir string, entry []byte) error {
	c, err := decodeCase(fir, entry)
	if err != nil {
		return err
	}
	var old *Case
	err = s.read(func(t txn) (err error) { old, err = getCase(t, fir); return err })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var gone [][]byte
	for _, f := range old.Forms {
		if _, held := c.Form(f.ID); !held {
			gone = append(gone, formKey(fir, f.ID))
		}
	}
	now := make(map[string]bool, len(c.records))
	for _, r := range c.records {
		now[r.suffix] = true
	}
	for _, r := range old.records {
		if !now[r.suffix] {
			gone = append(gone, recordKey(fir+r.suffix))
		}
	}
	for _, k := range gone {
		if err := b.do(func(t txn) error { return t.delete(k) }); err != nil {
			return err
		}
	}
	return nil
}

// restoredState makes the restored store one of its own, which owes nothing.
func (s *Store) restoredState(ro RestoreOptions) error {
	err := s.read(func(t txn) error {
		b, err := get(t, stateKey)
		if err != nil {
			return err
		}
		return json.Unmarshal(b, &s.state)
	})
	if err != nil {
		return err
	}
	if s.state.Format > Format {
		return ErrNewer
	}
	s.state.ID, s.state.Paid, s.state.Generation = newID(), s.state.Seq, 0
	s.state.JournalFrom = s.state.Seq + 1 // a part holds no journal
	if ro.ForgetOffsets {
		s.state.Positions = nil
	}
	return s.writeState()
}

// bulk is a run of changes that need not be one transaction.
type bulk struct {
	keys keys
	t    txn
}

// do makes one change, in the next transaction where the present one is full.
func (b *bulk) do(fn func(txn) error) error {
	if b.t == nil {
		b.t = b.keys.begin(true)
	}
	err := fn(b.t)
	if !errors.Is(err, ErrBatchTooLarge) {
		return err
	}
	if err := b.end(true); err != nil {
		return err
	}
	b.t = b.keys.begin(true)
	return fn(b.t)
}

// end commits what is open, or throws it away.
func (b *bulk) end(commit bool) (err error) {
	if b.t == nil {
		return nil
	}
	if commit {
		err = b.t.commit()
	}
	b.t.discard()
	b.t = nil
	return err
}
