package storage

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrDamaged is returned for a case of which something cannot be read. It is never taken for one that is not there.
var ErrDamaged = errors.New("the record of this case is damaged; anvesh mend CASE puts it right")

// ErrUnproven is returned where case entries are lost and cannot be named: a case that is not found may be one of them.
var ErrUnproven = errors.New("cases are lost that cannot be named: restore a backup, or accept the loss with anvesh mend --accept-loss")

// Damage names a case that is damaged. It is an ErrDamaged and an ErrCorrupt.
type Damage struct {
	FIR string
	Why string
}

func (d *Damage) Error() string {
	return fmt.Sprintf("storage: case %s: %s: %s", d.FIR, d.Why, ErrDamaged)
}

// Unwrap makes d both errors.
func (d *Damage) Unwrap() []error { return []error{ErrDamaged, ErrCorrupt} }

func damageOf(fir string, format string, a ...any) error {
	return &Damage{fir, fmt.Sprintf(format, a...)}
}

// unreadable tells whether an error is of what is stored, and not that nothing is read at all at the moment.
func unreadable(t txn, err error) bool {
	_, all := t.(refused)
	return !all && errors.Is(err, ErrCorrupt)
}

// openEntry takes a sealed entry apart.
func openEntry(fir string, sealed []byte) (*Case, error) {
	k := caseKey(fir)
	v, err := unseal(k, sealed)
	if err != nil {
		return nil, damageOf(fir, "its entry does not match its checksum")
	}
	c, err := decodeCase(fir, v)
	if err != nil {
		return nil, damageOf(fir, "its entry cannot be read")
	}
	c.sum = sum(k, v)
	return c, nil
}

// getCase reads a case, or ErrNotFound, or a *Damage. What it does not find may be hidden: see Store.caseOf.
func getCase(t txn, fir string) (*Case, error) {
	b, err := t.get(caseKey(fir))
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, err
	case unreadable(t, err):
		return nil, damageOf(fir, "its entry cannot be read")
	case err != nil:
		return nil, err
	}
	return openEntry(fir, b)
}

// caseOf is getCase held against what is witnessed of the last commit.
func (s *Store) caseOf(t txn, fir string) (*Case, error) {
	says, known := s.witness.get(fir)
	return s.agree(t, fir, says, known)
}

// agree reads a case that says what is known of it.
func (s *Store) agree(t txn, fir string, says uint64, known bool) (*Case, error) {
	c, err := getCase(t, fir)
	switch {
	case errors.Is(err, ErrNotFound) && known:
		return nil, damageOf(fir, "its entry is lost")
	case errors.Is(err, ErrNotFound) && s.unproven.Load():
		return nil, ErrUnproven
	case err != nil:
		return nil, err
	case known && saysSame(says, c.sum) || s.witness.announced(fir, c.sum):
		return c, nil
	case !known:
		return nil, damageOf(fir, "its entry is one that nothing else knows of")
	}
	return nil, damageOf(fir, "its entry is of an earlier time")
}

// formOf reads a form that c names.
func formOf(t txn, c *Case, f Form) ([]byte, error) {
	v, err := getForm(t, c.FIR, f.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, damageOf(c.FIR, "form %s is lost", f.ID)
	case unreadable(t, err):
		return nil, damageOf(c.FIR, "form %s cannot be read", f.ID)
	case err != nil:
		return nil, err
	case sha256.Sum256(v) != f.Sum:
		return nil, damageOf(c.FIR, "form %s is not the one that the case names", f.ID)
	}
	return v, nil
}

// isForm tells whether a sealed value is the form that f names.
func isForm(key, sealed []byte, f Form) bool {
	v, err := unseal(key, sealed)
	if err == nil {
		v, err = formPacker.unpack(v)
	}
	return err == nil && sha256.Sum256(v) == f.Sum
}

// names tells whether a sealed value is the record that r names.
func (r *recordRef) names(key, sealed []byte) bool {
	v, err := unseal(key, sealed)
	return err == nil && sum(key, v) == r.sum
}

// recordValue reads a record that c names, as it is stored.
func recordValue(t txn, c *Case, r recordRef) ([]byte, error) {
	k := recordKey(c.FIR + r.suffix)
	b, err := t.get(k)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, damageOf(c.FIR, "record %s is lost", r.suffix)
	case unreadable(t, err):
		return nil, damageOf(c.FIR, "record %s cannot be read", r.suffix)
	case err != nil:
		return nil, err
	case !r.names(k, b):
		return nil, damageOf(c.FIR, "record %s is not the one that the case names", r.suffix)
	}
	return b, nil
}

func recordOf(t txn, c *Case, r recordRef) (*Record, error) {
	b, err := recordValue(t, c, r)
	if err != nil {
		return nil, err
	}
	rec, err := decodeStored(b[:len(b)-8])
	if err != nil {
		return nil, damageOf(c.FIR, "record %s cannot be read", r.suffix)
	}
	return rec, nil
}

// record returns the entry of a record by its id.
func (c *Case) record(id string) (recordRef, bool) {
	suffix := id[min(len(c.FIR), len(id)):]
	i, ok := slices.BinarySearchFunc(c.records, suffix, func(r recordRef, s string) int { return strings.Compare(r.suffix, s) })
	if !ok {
		return recordRef{}, false
	}
	return c.records[i], true
}

// readCase gives fn a case out of one snapshot. What looks like damage may be a commit that came between: it is damage where
// it looks so while no commit can come.
func (s *Store) readCase(fir string, fn func(t txn, c *Case) error) error {
	try := func() error {
		return s.read(func(t txn) error {
			c, err := s.caseOf(t, fir)
			if err != nil {
				return err
			}
			return fn(t, c)
		})
	}
	if d := s.aside(fir); d != nil {
		return d
	}
	err := try()
	if !errors.Is(err, ErrDamaged) {
		return err
	}
	if !s.o.Scheduler.Lock(&s.writer) {
		return err
	}
	defer s.writer.Unlock()
	if s.closed {
		return ErrClosed
	}
	if err = try(); errors.Is(err, ErrDamaged) {
		s.damaged(fir, err)
	}
	return err
}
