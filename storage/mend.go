package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// An Aside is a case that is damaged. Those that an update came for are set aside durably, and their updates wait.
//
// On disk, key 'a' fir: an Aside as JSON. The updates that wait, in the order in which they came, are of kind 'w': see
// Waiting. State counts both, so that a lost entry is noticed.
type Aside struct {
	FIR     string    `json:"case"`
	Why     string    `json:"why"`
	Since   time.Time `json:"since"`
	Waiting int       `json:"waiting"` // updates that wait until it is mended
	Says    uint64    `json:"says"`    // of the witness, of what the case held

	stored bool
}

// asides are the cases that are known to be damaged.
type asides struct {
	mu   sync.RWMutex
	list map[string]*Aside
}

// aside is the damage of a case that is known to be damaged, or nil.
func (s *Store) aside(fir string) error {
	s.asides.mu.RLock()
	defer s.asides.mu.RUnlock()
	if a := s.asides.list[fir]; a != nil {
		return &Damage{fir, a.Why}
	}
	return nil
}

// damaged notes that a case is damaged.
func (s *Store) damaged(fir string, err error) {
	why := err.Error()
	var d *Damage
	if errors.As(err, &d) {
		why = d.Why
	}
	s.asides.mu.Lock()
	defer s.asides.mu.Unlock()
	if s.asides.list[fir] != nil {
		return
	}
	says, _ := s.witness.Get(fir)
	s.putAside(&Aside{FIR: fir, Why: why, Since: time.Now().UTC().Truncate(time.Second), Says: says})
	s.log.Error("storage: a case is damaged: run anvesh mend", "case", fir, "why", why)
}

// putAside lists a. The caller holds the lock.
func (s *Store) putAside(a *Aside) {
	if s.asides.list == nil {
		s.asides.list = map[string]*Aside{}
	}
	s.asides.list[a.FIR] = a
}

// Damaged lists the cases that are known to be damaged, by number.
func (s *Store) Damaged() []Aside {
	s.asides.mu.RLock()
	defer s.asides.mu.RUnlock()
	var list []Aside
	for _, fir := range slices.Sorted(maps.Keys(s.asides.list)) {
		list = append(list, *s.asides.list[fir])
	}
	return list
}

// hides tells whether a record belongs to a case for which updates wait: they may withdraw or seal it, so nothing of it is
// shown.
func (s *Store) hides(id []byte) bool {
	s.asides.mu.RLock()
	defer s.asides.mu.RUnlock()
	if len(s.asides.list) == 0 {
		return false
	}
	fir, _, _ := bytes.Cut(id, []byte("/"))
	a := s.asides.list[string(fir)]
	return a != nil && a.Waiting > 0
}

// readAsides reads which cases are set aside.
func (s *Store) readAsides() error {
	cases, waiting := 0, 0
	err := s.each(layout.AsideKind, func(_, v []byte) error {
		a := &Aside{stored: true}
		if err := json.Unmarshal(v, a); err != nil {
			return fmt.Errorf("storage: entry of a case set aside: %w", ErrCorrupt)
		}
		s.asides.mu.Lock()
		defer s.asides.mu.Unlock()
		s.putAside(a)
		cases, waiting = cases+1, waiting+a.Waiting
		return nil
	})
	if err == nil && (cases != s.state.Aside || waiting != s.state.Waiting) {
		s.rotten(fmt.Sprintf("of %d cases that are set aside with %d updates that wait, %d and %d can be read", s.state.Aside, s.state.Waiting, cases, waiting))
	}
	return err
}

// SetAside sets a damaged case aside durably: updates for it are to wait from here on (Tx.Wait), until it is mended.
func (s *Store) SetAside(ctx context.Context, d *Damage) error {
	s.damaged(d.FIR, d)
	return s.Update(ctx, func(tx Tx) error {
		t := tx.(*transaction)
		a := t.asideOf(d.FIR)
		if a == nil || a.stored {
			return nil
		}
		t.state.Aside++
		a.stored = true
		return t.putAside(a)
	})
}

// asideOf is a copy of how a case stands aside in the transaction, nil where it does not.
func (t *transaction) asideOf(fir string) *Aside {
	for _, a := range slices.Backward(t.asides) {
		if a.FIR == fir {
			c := *a
			return &c
		}
	}
	t.s.asides.mu.RLock()
	defer t.s.asides.mu.RUnlock()
	if a := t.s.asides.list[fir]; a != nil {
		c := *a
		return &c
	}
	return nil
}

func (t *transaction) putAside(a *Aside) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	t.asides = append(t.asides, a)
	k := layout.AsideKey(a.FIR)
	return t.write(k, layout.Seal(k, b))
}

// IsAside tells whether updates for a case wait.
func (t *transaction) IsAside(fir string) bool {
	a := t.asideOf(fir)
	return a != nil && a.stored
}

// A Waiting update came for a case that was set aside. Value is nil for a withdrawal.
//
// On disk, key 'w' number 0x00 seq(8) n(4), big-endian: the nth of a commit. Value: layout (1), flags (1: bit 0 there is a
// value), time, partition and offset of its stamp and the time of its arrival (8 each, little-endian), uvarint length, topic,
// and the value, packed as a form.
type Waiting struct {
	Topic   string
	Stamp   Stamp
	Arrived int64 // milliseconds since 1970, 0 where the log does not say
	Value   []byte
}

const waitLayout = 1

// Wait keeps an update for a case that is set aside.
func (t *transaction) Wait(fir string, u Waiting) error {
	a := t.asideOf(fir)
	if a == nil || !a.stored {
		return fmt.Errorf("storage: BUG: case %s is not set aside", fir)
	}
	flags := byte(0)
	if u.Value != nil {
		flags = 1
	}
	b := []byte{waitLayout, flags}
	for _, n := range []int64{u.Stamp.Time, int64(u.Stamp.Partition), u.Stamp.Offset, u.Arrived} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	b = appendString(b, u.Topic)
	if u.Value != nil {
		b = append(b, layout.FormPacker.Pack(u.Value)...)
	}
	t.waits++
	k := layout.WaitKey(fir, t.state.Seq+1, t.waits)
	if err := t.write(k, layout.Seal(k, b)); err != nil {
		return err
	}
	a.Waiting++
	t.state.Waiting++
	return t.putAside(a)
}

func decodeWaiting(b []byte) (u Waiting, err error) {
	d := decoder{b: b}
	version, flags := d.byte(), d.byte()
	number := func() int64 { return int64(binary.LittleEndian.Uint64(d.bytes(8))) }
	u.Stamp = Stamp{number(), int(number()), number()}
	u.Arrived, u.Topic = number(), d.string()
	if d.bad || version != waitLayout {
		return u, fmt.Errorf("storage: an update that waits: %w", ErrCorrupt)
	}
	if flags&1 != 0 {
		u.Value, err = layout.FormPacker.Unpack(d.b)
	}
	return u, err
}

// Waiting returns the updates that wait for a case, in the order in which they came, and how many of them cannot be read.
func (s *Store) Waiting(fir string) (list []Waiting, lost int, err error) {
	err = s.read(func(t backend.Txn) error {
		prefix := append(append([]byte{layout.WaitKind}, fir...), 0)
		return t.Scan(backend.Range{Prefix: prefix}, func(k, sealed []byte) error {
			v, err := layout.Unseal(k, sealed)
			if err != nil {
				return nil
			}
			if u, err := decodeWaiting(bytes.Clone(v)); err == nil {
				list = append(list, u)
			}
			return nil
		})
	})
	s.asides.mu.RLock()
	defer s.asides.mu.RUnlock()
	if a := s.asides.list[fir]; a != nil {
		lost = a.Waiting - len(list)
	}
	return list, lost, err
}

// followAsides takes over what a commit has set aside and mended.
func (s *Store) followAsides(t *transaction) {
	if len(t.asides)+len(t.mended) == 0 {
		return
	}
	s.asides.mu.Lock()
	defer s.asides.mu.Unlock()
	for _, a := range t.asides {
		s.putAside(a)
	}
	for _, fir := range t.mended {
		delete(s.asides.list, fir)
	}
}

// Left is what of a case can still be read.
type Left struct {
	Entry *Case             // nil where it is lost or not the one that is witnessed
	Old   *Case             // an entry of an earlier time, where there is one
	Forms map[string][]byte // values that are whole, by the id of the form or spare, whichever entry names them
}

// Left reads what is left of a case.
func (s *Store) Left(fir string) (*Left, error) {
	left := &Left{Forms: map[string][]byte{}}
	err := s.read(func(t backend.Txn) error {
		var d *Damage
		c, err := getCase(t, fir)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.As(err, &d) {
			return err
		}
		says, known := s.witness.Get(fir)
		switch {
		case c == nil:
		case known && witness.SaysSame(says, c.sum):
			left.Entry = c.shown()
		default:
			left.Old = c.shown()
		}
		prefix := layout.FormKey(fir, "")
		err = t.Scan(backend.Range{Prefix: prefix}, func(k, sealed []byte) error {
			v, err := layout.Unseal(k, sealed)
			if err == nil {
				v, err = layout.FormPacker.Unpack(v)
			}
			if err == nil {
				left.Forms[string(k[len(prefix):])] = bytes.Clone(v)
			}
			return nil
		})
		if c == nil || err != nil {
			return err
		}
		for _, f := range c.Forms { // an iterator may have passed it over
			if v, err := formOf(t, c, f); err == nil {
				left.Forms[f.ID] = v
			}
		}
		return nil
	})
	return left, err
}

// Witnessed tells whether a case has the forms that were last committed of it, all of them and no others; known is
// false where that cannot be told.
func (s *Store) Witnessed(c *Case) (same, known bool) {
	says, known := s.witness.Get(c.FIR)
	return formsSay(c)>>32 == says>>32, known && says != 0
}

func (t *transaction) Counts() map[string]uint64 { return maps.Clone(t.state.Counts) }

func (t *transaction) SetCounts(counts map[string]uint64) { t.state.Counts = counts }

func (t *transaction) Mend(c *Case, values map[string][]byte, records []*Record) (rebuild bool, err error) {
	says, known := t.s.witness.Get(c.FIR)
	old, err := getCase(t.tx, c.FIR)
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDamaged) {
		return false, err
	}
	left := &entry{Case: Case{FIR: c.FIR}, stored: known, terms: t.s.o.TermsVersion}
	forms, err := t.suffixes(layout.FormKey(c.FIR, ""))
	if err != nil {
		return false, err
	}
	for _, id := range forms {
		left.Forms = append(left.Forms, Form{ID: id})
	}
	if old != nil {
		left.Forms = append(left.Forms, old.Forms...)
	}
	if rebuild = old == nil || !known || !witness.SaysSame(says, old.sum) || old.terms != t.s.o.TermsVersion; rebuild {
		left.records, err = t.strayRecords(c.FIR, old)
	} else {
		left.records = slices.Clone(old.records)
		for i := range left.records {
			left.records[i].sum, left.records[i].terms = 0, ^left.records[i].terms // each is written, also where it is the same
		}
	}
	if err != nil {
		return rebuild, err
	}
	if err := t.replace(left, c, values, records); err != nil {
		return rebuild, err
	}
	if rebuild {
		if err := t.recount(t.cases[c.FIR]); err != nil {
			return rebuild, err
		}
	}
	return rebuild, t.takeBack(c.FIR)
}

// suffixes lists what follows a prefix in the keys that are found.
func (t *transaction) suffixes(prefix []byte) (list []string, err error) {
	err = t.s.read(func(r backend.Txn) error {
		return r.Scan(backend.Range{Prefix: prefix, KeysOnly: true}, func(k, _ []byte) error {
			list = append(list, string(k[len(prefix):]))
			return nil
		})
	})
	return list, err
}

// strayRecords are the records of a case that are found, and those that an entry names, if there is one: what is hidden may
// come back, and must then be gone.
func (t *transaction) strayRecords(fir string, entry *entry) (refs []recordRef, err error) {
	list, err := t.suffixes(layout.RecordKey(fir + "/"))
	for i := range list {
		list[i] = "/" + list[i]
	}
	if entry != nil {
		for _, r := range entry.records {
			list = append(list, r.suffix)
		}
	}
	slices.Sort(list)
	for _, s := range slices.Compact(list) {
		refs = append(refs, recordRef{suffix: s})
	}
	return refs, err
}

// recount counts the records by the entries of all cases, of which c is written in this transaction.
func (t *transaction) recount(c *entry) error {
	persons, vehicles := 0, 0
	count := func(refs []recordRef) {
		for _, r := range refs {
			if strings.HasPrefix(r.suffix, "/v/") {
				vehicles++
			} else {
				persons++
			}
		}
	}
	count(c.records)
	err := t.s.read(func(r backend.Txn) error {
		return t.s.walkCases(r, walkPage, func(cases []walked) error {
			for _, w := range cases {
				if w.err == nil && w.fir != c.FIR {
					count(w.c.records)
				}
			}
			return nil
		})
	})
	t.state.Persons, t.state.Vehicles = persons, vehicles
	t.state.Stale, t.state.Digests = true, nil
	return err
}

// takeBack ends that a case is set aside.
func (t *transaction) takeBack(fir string) error {
	a := t.asideOf(fir)
	t.mended = append(t.mended, fir)
	if a == nil || !a.stored {
		return nil
	}
	t.state.Aside--
	t.state.Waiting -= a.Waiting
	prefix := append(append([]byte{layout.WaitKind}, fir...), 0)
	list, err := t.suffixes(prefix)
	for _, s := range list {
		if err == nil {
			err = t.write(append(bytes.Clone(prefix), s...), nil)
		}
	}
	if err != nil {
		return err
	}
	return t.write(layout.AsideKey(fir), nil)
}

// AcceptLoss takes what can be read for all that there was, where cases are lost that cannot be named.
func (s *Store) AcceptLoss(ctx context.Context) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	total := s.witness.Sum()
	s.state.Witness, s.state.Cases = &total, s.witness.Cases()
	s.state.Stale, s.state.Digests = true, nil
	if err := s.writeState(); err != nil {
		return err
	}
	s.unproven.Store(false)
	s.publishState()
	return nil
}

// A CaseCopy is a case as a backup has it.
type CaseCopy struct {
	Case   *Case             // nil where the backup does not hold it
	Values map[string][]byte // of its forms and spares
	Part   int               // the last part that has it
}

// Case reads a case out of the whole chain, which is verified.
func (d Backups) Case(fir string) (*CaseCopy, error) {
	c := &CaseCopy{Values: map[string][]byte{}}
	parts, err := d.Parts(nil)
	if err != nil {
		return nil, err
	}
	prefix := layout.FormKey(fir, "")
	for _, p := range parts {
		f, err := d.open(p.Number)
		if err != nil {
			return nil, err
		}
		_, err = readPart(f, nil, func(key, sealed []byte) (err error) {
			switch {
			case bytes.Equal(key, layout.CaseKey(fir)):
				var e *entry
				if e, err = openEntry(fir, sealed); err == nil {
					c.Case = e.shown()
				}
				c.Part = p.Number
			case bytes.HasPrefix(key, prefix):
				c.Values[string(key[len(prefix):])], err = layout.FormPacker.Unpack(slices.Clone(sealed[:len(sealed)-8]))
			}
			return err
		})
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	return c, nil
}
