package storage

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"anvesh/storage/backend"
	"anvesh/storage/embedded"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// A Mark stands for a case or a record that was destroyed by order: a keyed hash of its number or id. Whoever makes marks
// keeps the key outside of the store and its backups, so that what stays here tells nobody what it was.
type Mark [16]byte

// String is a mark in hex, as it stands in keys.
func (m Mark) String() string { return hex.EncodeToString(m[:]) }

// A Tombstone keeps what was destroyed from coming back: the log has it for weeks, and senders repeat themselves. Given and
// Words, of a person, are keyed hashes of the words of his names, so that later forms of his case which mention him can be told.
type Tombstone struct {
	Mark  Mark     `json:"-"`
	Given []uint64 `json:"given,omitempty"` // of the first distinctive word of each name
	Words []uint64 `json:"words,omitempty"` // of all
}

// A tombstone's key is 'd' and its mark.

func buriedKey(m Mark) []byte { return append([]byte{layout.BuriedKind}, m[:]...) }

// Bury writes a tombstone with the rest of the transaction.
func (t *transaction) Bury(b Tombstone) error {
	v, err := json.Marshal(b)
	if err != nil {
		return err
	}
	held := t.s.Buried()
	if t.buried == nil {
		t.buried = map[Mark]Tombstone{}
	}
	_, old := held[b.Mark]
	if _, twice := t.buried[b.Mark]; !old && !twice {
		t.state.Buried++
	}
	t.buried[b.Mark] = b
	k := buriedKey(b.Mark)
	return t.write(k, layout.Seal(k, v))
}

// Buried returns all tombstones; the map must not be changed. It is nil where nothing was destroyed.
func (s *Store) Buried() map[Mark]Tombstone {
	if m := s.buried.Load(); m != nil {
		return *m
	}
	return nil
}

// readBuried reads the tombstones, and refuses a store that has lost one: what it keeps out could come back unseen.
func (s *Store) readBuried() error {
	all := map[Mark]Tombstone{}
	err := s.each(layout.BuriedKind, func(k, v []byte) error {
		var b Tombstone
		if len(k) != 1+len(b.Mark) {
			return ErrCorrupt
		}
		copy(b.Mark[:], k[1:])
		if err := json.Unmarshal(v, &b); err != nil {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		all[b.Mark] = b
		return nil
	})
	if err == nil && len(all) != s.state.Buried {
		err = fmt.Errorf("%d of %d tombstones of what was destroyed are there: %w", len(all), s.state.Buried, ErrCorrupt)
	}
	if err != nil {
		return fmt.Errorf("storage: read tombstones: %w", err)
	}
	if len(all) > 0 {
		s.buried.Store(&all)
	}
	return nil
}

// followBuried makes the tombstones of a commit known.
func (s *Store) followBuried(t *transaction) {
	if len(t.buried) == 0 {
		return
	}
	all := maps.Clone(s.Buried())
	if all == nil {
		all = map[Mark]Tombstone{}
	}
	maps.Copy(all, t.buried)
	s.buried.Store(&all)
}

// buriedRange is where tombstones stand.
var buriedRange = backend.Range{Prefix: []byte{layout.BuriedKind}}

// What was destroyed must not stay in what Badger has overwritten and not cleared yet: older versions in tables and in the
// value log, and the journal. Which files hold it cannot be told from outside, so all that counts is written into a store
// made anew, which takes the place of the old one; the old files are deleted, and with them the shards and what is derived,
// which the next Open makes again. The store gets another identity: increments go on from no backup that holds what was destroyed.

// Remake writes the store in o.Dir anew, which must not be open, without the entries of those cases that drop names. They
// must have neither forms nor records. A kill leaves the old store or the new one, whole.
func Remake(o Options, drop func(fir string) bool) error {
	s, err := Open(o)
	if err != nil {
		return err
	}
	home := &embedded.Dir{Path: o.Dir, Log: s.log}
	aside := home.Remaking()
	err = errors.Join(os.RemoveAll(aside), os.MkdirAll(aside, 0o700))
	if err == nil {
		err = s.copyTo(aside, drop)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("storage: remake: %w", errors.Join(err, os.RemoveAll(aside)))
	}
	if err := home.PutRemade(); err != nil {
		return fmt.Errorf("storage: remake: %w", err)
	}
	return nil
}

// copyTo writes all that counts into a Badger of its own.
func (s *Store) copyTo(dir string, drop func(fir string) bool) error {
	if err := s.undamaged(); err != nil {
		return err
	}
	t, st := s.snapshotOf()
	defer t.Discard()
	n := newStore(s.o)
	var err error
	if n.keys, err = embedded.OpenBadger(dir, s.log, s.o.Small, s.o.Key); err != nil {
		return err
	}
	n.state = st
	b := &bulk{keys: n.keys}
	err = s.copyCases(t, b, &n.state, drop)
	for _, kind := range []byte{layout.OffsetKind, layout.BuriedKind} {
		if err == nil {
			err = t.Scan(backend.Range{Prefix: []byte{kind}}, func(k, sealed []byte) error {
				if _, err := layout.Unseal(k, sealed); err != nil {
					return err
				}
				return b.set(k, sealed)
			})
		}
	}
	if err = errors.Join(err, b.end(err == nil)); err == nil {
		n.state.ID, n.state.Paid, n.state.Generation = newID(), n.state.Seq, 0
		n.state.JournalFrom, n.state.Followers, n.state.Redo = n.state.Seq+1, nil, nil
		err = n.writeState()
	}
	return errors.Join(err, n.keys.Close())
}

// copyCases copies case entries with their forms and records, each verified, and makes the state that of those which stay.
func (s *Store) copyCases(t backend.Txn, b *bulk, st *State, drop func(fir string) bool) error {
	seen, total := uint64(0), *st.Witness
	err := s.walkCases(t, walkPage, func(cases []walked) error {
		for _, w := range cases {
			if w.err != nil {
				return w.err
			}
			if err := s.o.Context.Err(); err != nil {
				return err
			}
			share := witness.Share(w.fir, w.says)
			if seen += share; drop(w.fir) {
				if len(w.c.Forms)+len(w.c.records) > 0 {
					return fmt.Errorf("BUG: case %s is to be dropped and has forms", w.fir)
				}
				total -= share
				st.Cases--
				continue
			}
			if err := b.set(layout.CaseKey(w.fir), w.sealed); err != nil {
				return err
			}
			for _, part := range append(caseForms(w.c), caseRecords(w.c)...) {
				v, err := part.read(t)
				if err == nil {
					err = b.set(part.key, v)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err == nil {
		err = s.proven(seen, *st)
	}
	st.Witness = &total
	return err
}

// set copies one entry.
func (b *bulk) set(k, sealed []byte) error {
	k, sealed = slices.Clone(k), slices.Clone(sealed)
	return b.do(func(t backend.Txn) error { return t.Set(k, sealed) })
}

// Look reads all that the store in o.Dir holds, key by key as it stands in Badger and unpacked, and calls fn with each: for a
// search for what must not be there any more. What is given must not be kept.
func Look(o Options, fn func(key, value []byte) error) error {
	keys, err := embedded.OpenBadger(filepath.Join(o.Dir, "store"), newStore(o).log, o.Small, o.Key)
	if err != nil {
		return err
	}
	t := keys.Begin(false)
	err = t.Scan(backend.Range{}, func(k, sealed []byte) error {
		v, err := layout.Unseal(k, sealed)
		if err != nil {
			return err
		}
		switch k[0] {
		case layout.FormKind:
			v, err = layout.FormPacker.Unpack(v)
		case layout.RecordKind:
			v, err = layout.RecordPacker.Unpack(v)
		}
		if err != nil {
			return err
		}
		return fn(k, v)
	})
	t.Discard()
	return errors.Join(err, keys.Close())
}
