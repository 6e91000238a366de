package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
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

// A part holds case entries, then forms, then records, offsets and the state. The journal is not in it: a restored store
// owes its shards nothing.

// Backup writes one part to w, while updates and searches go on. It proves that the part lacks nothing, so it is refused
// while a case is damaged.
func (s *Store) Backup(ctx context.Context, w io.Writer, o BackupOptions) error {
	t, st := s.snapshotOf()
	defer t.discard()
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
	x, err := newPartWriter(w, p, newPacer(ctx, o.Rate).took)
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
func partOf(t txn, st State, after Part) (*Part, error) {
	switch {
	case after.Number > 0 && after.Store != st.ID:
		return nil, ErrOtherStore
	case after.Version > t.version() || after.Seq > st.Seq:
		return nil, ErrNotSince
	}
	p := &Part{Store: st.ID, Number: after.Number + 1, Parent: after.SHA256, Since: after.Version, Version: t.version(),
		Seq: st.Seq, Made: time.Now().UTC(), Persons: st.Persons, Vehicles: st.Vehicles, Cases: st.Cases}
	err := eachOf(t, offsetKind, func(k, v []byte) error {
		o, err := decodeOffset(k, v)
		p.Offsets = append(p.Offsets, o)
		return err
	})
	return p, err
}

// A backup is a part that is being written.
type backup struct {
	s           *Store
	t           txn
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
		seen += share(w.fir, w.says)
		if w.at > b.p.Since {
			return b.add(caseKey(w.fir), w.sealed)
		}
		return nil
	})
	if err == nil {
		err = b.s.proven(seen, st)
	}
	if err == nil {
		err = b.partsOf(formKind, caseForms)
	}
	if err == nil {
		err = b.partsOf(recordKind, caseRecords)
	}
	if err == nil {
		err = b.t.scan(what{prefix: []byte{offsetKind}}, b.addVerified)
	}
	if err != nil {
		return err
	}
	state, err := json.Marshal(st)
	if err == nil {
		err = b.add(stateKey, seal(stateKey, state))
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
	read func(t txn) ([]byte, error)
}

func caseForms(c *Case) (parts []casePart) {
	for _, f := range c.Forms {
		k := formKey(c.FIR, f.ID)
		parts = append(parts, casePart{k, func(b []byte) bool { return isForm(k, b, f) }, func(t txn) ([]byte, error) {
			if _, err := formOf(t, c, f); err != nil {
				return nil, err
			}
			return t.get(k)
		}})
	}
	return parts
}

func caseRecords(c *Case) (parts []casePart) {
	for _, r := range c.records {
		k := recordKey(c.FIR + r.suffix)
		parts = append(parts, casePart{k, func(b []byte) bool { return r.names(k, b) },
			func(t txn) ([]byte, error) { return recordValue(t, c, r) }})
	}
	return parts
}

// partsOf adds the forms or records of the cases that have changed. Those that have not themselves are written again.
func (b *backup) partsOf(kind byte, list func(*Case) []casePart) error {
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
	if _, err := unseal(k, sealed); err != nil {
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
	if s.keys, err = s.home.openKeys(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.keys.close()) }()
	if err := errors.Join(s.readState(), s.readAsides()); err != nil {
		return err
	}
	return s.Backup(ctx, w, o)
}
