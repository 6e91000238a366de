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
	"sync"
	"time"
)

// An Aside is a case that is damaged. Those that an update came for are set aside durably, and their updates wait.
//
// On disk, key 'a' fir: an Aside as JSON. The updates that wait, in the order in which they came, are of kind 'w': see Waiting.
// State counts both, so that a lost entry is noticed.
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
	says, _ := s.witness.get(fir)
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
	err := s.each(asideKind, func(_, v []byte) error {
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
	return s.Update(ctx, func(t *Tx) error {
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
func (t *Tx) asideOf(fir string) *Aside {
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

func (t *Tx) putAside(a *Aside) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	t.asides = append(t.asides, a)
	k := asideKey(a.FIR)
	return t.write(k, seal(k, b))
}

// IsAside tells whether updates for a case wait.
func (t *Tx) IsAside(fir string) bool {
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
func (t *Tx) Wait(fir string, u Waiting) error {
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
		b = append(b, formPacker.pack(u.Value)...)
	}
	t.waits++
	k := waitKey(fir, t.state.Seq+1, t.waits)
	if err := t.write(k, seal(k, b)); err != nil {
		return err
	}
	a.Waiting++
	t.state.Waiting++
	return t.putAside(a)
}

func decodeWaiting(b []byte) (u Waiting, err error) {
	d := decoder{b: b}
	layout, flags := d.byte(), d.byte()
	number := func() int64 { return int64(binary.LittleEndian.Uint64(d.bytes(8))) }
	u.Stamp = Stamp{number(), int(number()), number()}
	u.Arrived, u.Topic = number(), d.string()
	if d.bad || layout != waitLayout {
		return u, fmt.Errorf("storage: an update that waits: %w", ErrCorrupt)
	}
	if flags&1 != 0 {
		u.Value, err = formPacker.unpack(d.b)
	}
	return u, err
}

// Waiting returns the updates that wait for a case, in the order in which they came, and how many of them cannot be read.
func (s *Store) Waiting(fir string) (list []Waiting, lost int, err error) {
	err = s.read(func(t txn) error {
		prefix := append(append([]byte{waitKind}, fir...), 0)
		return t.scan(what{prefix: prefix}, func(k, sealed []byte) error {
			v, err := unseal(k, sealed)
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
func (s *Store) followAsides(t *Tx) {
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
