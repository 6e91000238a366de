package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// A Backups is a directory of parts.
type Backups string

func (d Backups) path(number int) string {
	return filepath.Join(string(d), fmt.Sprintf("%04d.part", number))
}

// Parts reads and verifies every part in order, and that each follows on the one before.
func (d Backups) Parts(progress func(Part)) ([]Part, error) {
	var parts []Part
	last := Part{}
	for {
		f, err := os.Open(d.path(last.Number + 1))
		if errors.Is(err, os.ErrNotExist) {
			return parts, nil
		}
		if err != nil {
			return parts, err
		}
		p, err := readPart(f, nil, nil)
		if err = errors.Join(err, f.Close()); err == nil {
			err = p.follows(last)
		}
		if err != nil {
			return parts, fmt.Errorf("storage: %s: %w", d.path(last.Number+1), err)
		}
		if last = *p; progress != nil {
			progress(last)
		}
		parts = append(parts, last)
	}
}

// follows tells why p is not the part after last.
func (p *Part) follows(last Part) error {
	if p.Number != last.Number+1 || p.Parent != last.SHA256 || p.Since != last.Version || last.Number > 0 && p.Store != last.Store {
		return fmt.Errorf("%w: it does not follow on the part before it", ErrBadBackup)
	}
	return nil
}

// Add stores the part that from gives, verified and synced, or nothing. from is told which part is the last, and
// must give the one after it. progress counts entries and may be nil.
func (d Backups) Add(from func(last Part) (io.ReadCloser, error), progress func(done, total int)) (Part, error) {
	if err := d.ready(); err != nil {
		return Part{}, fmt.Errorf("storage: backup: %w", err)
	}
	parts, err := d.Parts(nil)
	if err != nil {
		return Part{}, err
	}
	last := Part{}
	if len(parts) > 0 {
		last = parts[len(parts)-1]
	}
	r, err := from(last)
	if err != nil {
		return Part{}, err
	}
	defer r.Close()
	var p *Part
	err = replaceFile(d.path(last.Number+1), func(w io.Writer) error {
		done, total := 0, 0
		head := func(p *Part) error {
			if p.Since == 0 {
				total = 2*p.Cases + p.Persons + p.Vehicles
			}
			return nil
		}
		var err error
		p, err = readPart(io.TeeReader(r, w), head, func(_, _ []byte) error {
			if done++; progress != nil && done%payBatch == 0 {
				progress(done, max(total, done))
			}
			return nil
		})
		if err != nil {
			return err
		}
		return p.follows(last)
	})
	if err != nil {
		return Part{}, fmt.Errorf("storage: part %d: %w", last.Number+1, err)
	}
	return *p, nil
}

// ready makes the directory and removes what interrupted backups left.
func (d Backups) ready() error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(string(d), "*.part-*.tmp"))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
