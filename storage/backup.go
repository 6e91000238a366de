package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/durable"
	"anvesh/storage/embedded"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
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

// A part holds case entries, then forms, then records, offsets, tombstones and the state. The journal is not in it: a restored store
// owes its shards nothing.

// Backup writes one part to w, while updates and searches go on. It proves that the part lacks nothing, so it is refused
// while a case is damaged.
func (s *Store) Backup(ctx context.Context, w io.Writer, o BackupOptions) error {
	t, st := s.snapshotOf()
	defer t.Discard()
	if err := s.undamaged(); err != nil {
		return fmt.Errorf("storage: backup: %w", err)
	}
	p, err := partOf(t, st, o.After)
	if err == nil {
		p.Topics, err = topicsOf(s.o.Dir)
	}
	if err != nil {
		return fmt.Errorf("storage: backup: %w", err)
	}
	x, err := newPartWriter(w, p, paced(ctx, o.Rate))
	if err == nil {
		b := &backup{s: s, t: t, x: x, p: p, progress: o.Progress}
		err = b.write(st)
	}
	if err != nil {
		return fmt.Errorf("storage: backup: %w", err)
	}
	return nil
}

// undamaged tells why a store cannot be backed up.
func (s *Store) undamaged() error {
	if s.unproven.Load() {
		return ErrUnproven
	}
	for _, a := range s.Damaged() {
		return &Damage{a.FIR, a.Why}
	}
	return nil
}

// partOf describes the part after another at snapshot t, whose state is st.
func partOf(t backend.Txn, st State, after Part) (*Part, error) {
	switch {
	case after.Number > 0 && after.Store != st.ID:
		return nil, ErrOtherStore
	case after.Version > t.Version() || after.Seq > st.Seq:
		return nil, ErrNotSince
	}
	p := &Part{Store: st.ID, Number: after.Number + 1, Parent: after.SHA256, Since: after.Version, Version: t.Version(),
		Seq: st.Seq, Made: time.Now().UTC(), Persons: st.Persons, Vehicles: st.Vehicles, Cases: st.Cases}
	err := eachOf(t, layout.OffsetKind, func(k, v []byte) error {
		o, err := decodeOffset(k, v)
		p.Offsets = append(p.Offsets, o)
		return err
	})
	return p, err
}

// A backup is a part that is being written.
type backup struct {
	s           *Store
	t           backend.Txn
	x           *partWriter
	p           *Part
	progress    func(done, total int)
	done, total int
}

func (b *backup) write(st State) error {
	b.total = 2*b.p.Cases + b.p.Persons + b.p.Vehicles // a case has a form or more
	if b.p.Since > 0 {
		b.total = 0
	}
	seen := uint64(0)
	err := b.cases(func(w walked) error {
		seen += witness.Share(w.fir, w.says)
		if w.at > b.p.Since {
			return b.add(layout.CaseKey(w.fir), w.sealed)
		}
		return nil
	})
	if err == nil {
		err = b.s.proven(seen, st)
	}
	if err == nil {
		err = b.partsOf(layout.FormKind, caseForms)
	}
	if err == nil {
		err = b.partsOf(layout.RecordKind, caseRecords)
	}
	if err == nil {
		err = b.t.Scan(backend.Range{Prefix: []byte{layout.OffsetKind}}, b.addVerified)
	}
	if err == nil {
		err = b.t.Scan(buriedRange, b.addVerified)
	}
	if err != nil {
		return err
	}
	state, err := json.Marshal(st)
	if err == nil {
		err = b.add(layout.StateKey, layout.Seal(layout.StateKey, state))
	}
	return errors.Join(err, b.x.end())
}

// cases gives fn every case; one that is damaged ends the backup.
func (b *backup) cases(fn func(walked) error) error {
	return b.s.walkCases(b.t, walkPage, func(cases []walked) error {
		for _, w := range cases {
			if w.err != nil {
				b.s.damaged(w.fir, w.err)
				return w.err
			}
			if err := fn(w); err != nil {
				return err
			}
		}
		return nil
	})
}

// A casePart is a form or record that a case names: its key, and how it is read and verified.
type casePart struct {
	key  []byte
	same func(sealed []byte) bool
	read func(t backend.Txn) ([]byte, error)
}

func caseForms(c *entry) (parts []casePart) {
	for _, f := range c.Forms {
		k := layout.FormKey(c.FIR, f.ID)
		parts = append(parts, casePart{k, func(b []byte) bool { return isForm(k, b, f) }, func(t backend.Txn) ([]byte, error) {
			if _, err := formOf(t, c, f); err != nil {
				return nil, err
			}
			return t.Get(k)
		}})
	}
	return parts
}

func caseRecords(c *entry) (parts []casePart) {
	for _, r := range c.records {
		k := layout.RecordKey(c.FIR + r.suffix)
		parts = append(parts, casePart{k, func(b []byte) bool { return r.names(k, b) },
			func(t backend.Txn) ([]byte, error) { return recordValue(t, c, r) }})
	}
	return parts
}

// partsOf adds the forms or records of the cases that have changed. Those that have not themselves are written again.
func (b *backup) partsOf(kind byte, list func(*entry) []casePart) error {
	return b.s.walkCases(b.t, walkPage, func(cases []walked) error {
		changed := slices.DeleteFunc(cases, func(w walked) bool { return w.err != nil || w.at <= b.p.Since })
		if len(changed) == 0 {
			return nil
		}
		stored := map[string][]byte{}
		if b.p.Since == 0 {
			var err error
			if stored, err = between(b.t, kind, changed); err != nil {
				return err
			}
		}
		for _, w := range changed {
			for _, part := range list(w.c) {
				v, ok := stored[string(part.key)]
				if !ok || !part.same(v) { // an iterator may have passed it over
					var err error
					if v, err = part.read(b.t); err != nil {
						return b.lost(w.fir, err)
					}
				}
				if err := b.add(part.key, v); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// lost notes a case of which something cannot be read.
func (b *backup) lost(fir string, err error) error {
	if errors.Is(err, ErrDamaged) {
		b.s.damaged(fir, err)
	}
	return err
}

func (b *backup) addVerified(k, sealed []byte) error {
	if _, err := layout.Unseal(k, sealed); err != nil {
		return err
	}
	return b.add(k, sealed)
}

func (b *backup) add(k, sealed []byte) error {
	if b.done++; b.progress != nil && b.done%payBatch == 0 {
		b.progress(b.done, max(b.total, b.done))
	}
	return b.x.add(k, sealed)
}

// BackupClosed is Backup of a store that is not open.
func BackupClosed(ctx context.Context, dir Options, w io.Writer, o BackupOptions) (err error) {
	s := newStore(dir)
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.keys.Close()) }()
	if err := errors.Join(s.readState(), s.readAsides()); err != nil {
		return err
	}
	return s.Backup(ctx, w, o)
}

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
	home := &embedded.Dir{Path: s.o.Dir, Log: s.log}
	for _, there := range []string{"store", "shards", "derived"} {
		if held, err := os.ReadDir(filepath.Join(home.Path, there)); err == nil && len(held) > 0 {
			return last, fmt.Errorf("%s holds a store already: give a directory that does not", home.Path)
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
	aside := home.Restoring()
	if err := errors.Join(os.RemoveAll(aside), os.MkdirAll(aside, 0o700)); err != nil {
		return last, err
	}
	if s.keys, err = embedded.OpenBadger(aside, s.log, s.o.Small, s.o.Key); err != nil {
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
	if err = errors.Join(err, s.keys.Close()); err != nil {
		return last, errors.Join(err, os.RemoveAll(aside))
	}
	last = parts[len(parts)-1]
	switch {
	case ro.ForgetOffsets: // the log's identity with them
		err = putTopics(home.Path, nil)
	case last.Topics != nil:
		err = putTopics(home.Path, last.Topics)
	}
	if err != nil {
		return last, err
	}
	store := filepath.Join(home.Path, "store")
	return last, errors.Join(os.RemoveAll(store), os.Rename(aside, store), durable.SyncDir(home.Path))
}

// restorePart applies one part.
func (s *Store) restorePart(from Backups, p Part, ro RestoreOptions) error {
	f, err := from.open(p.Number)
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
		if key[0] == layout.CaseKind && p.Number > 1 {
			if err := s.takeAway(b, string(key[1:]), sealed[:len(sealed)-8]); err != nil {
				return err
			}
		}
		if key[0] == layout.OffsetKind && ro.ForgetOffsets {
			return nil
		}
		return b.do(func(t backend.Txn) error { return t.Set(slices.Clone(key), slices.Clone(sealed)) })
	})
	if err == nil && again.SHA256 != p.SHA256 {
		err = fmt.Errorf("%w: it changed while it was read", ErrBadBackup)
	}
	return errors.Join(err, b.end(err == nil))
}

// takeAway deletes the forms and records that a case had in the parts before and has no more.
func (s *Store) takeAway(b *bulk, fir string, value []byte) error {
	c, err := decodeCase(fir, value)
	if err != nil {
		return err
	}
	var old *entry
	err = s.read(func(t backend.Txn) (err error) { old, err = getCase(t, fir); return err })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var gone [][]byte
	for _, f := range old.Forms {
		if _, held := c.Form(f.ID); !held {
			gone = append(gone, layout.FormKey(fir, f.ID))
		}
	}
	now := make(map[string]bool, len(c.records))
	for _, r := range c.records {
		now[r.suffix] = true
	}
	for _, r := range old.records {
		if !now[r.suffix] {
			gone = append(gone, layout.RecordKey(fir+r.suffix))
		}
	}
	for _, k := range gone {
		if err := b.do(func(t backend.Txn) error { return t.Delete(k) }); err != nil {
			return err
		}
	}
	return nil
}

// restoredState makes the restored store one of its own, which owes nothing.
func (s *Store) restoredState(ro RestoreOptions) error {
	err := s.read(func(t backend.Txn) error {
		b, err := get(t, layout.StateKey)
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
	s.state.JournalFrom, s.state.Followers = s.state.Seq+1, nil // a part holds no journal
	if ro.ForgetOffsets {
		s.state.Positions = nil
	}
	return s.writeState()
}

// bulk is a run of changes that need not be one transaction.
type bulk struct {
	keys backend.Keys
	t    backend.Txn
}

// do makes one change, in the next transaction where the present one is full.
func (b *bulk) do(fn func(backend.Txn) error) error {
	if b.t == nil {
		b.t = b.keys.Begin(true)
	}
	err := fn(b.t)
	if !errors.Is(err, ErrBatchTooLarge) {
		return err
	}
	if err := b.end(true); err != nil {
		return err
	}
	b.t = b.keys.Begin(true)
	return fn(b.t)
}

// end commits what is open, or throws it away.
func (b *bulk) end(commit bool) (err error) {
	if b.t == nil {
		return nil
	}
	if commit {
		err = b.t.Commit()
	}
	b.t.Discard()
	b.t = nil
	return err
}
