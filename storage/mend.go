package storage

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
)

// Left is what of a case can still be read.
type Left struct {
	Entry *Case             // nil where it is lost or not the one that is witnessed
	Old   *Case             // an entry of an earlier time, where there is one
	Forms map[string][]byte // values that are whole, by the id of the form or spare, whichever entry names them
}

// Left reads what is left of a case.
func (s *Store) Left(fir string) (*Left, error) {
	left := &Left{Forms: map[string][]byte{}}
	err := s.read(func(t txn) error {
		var d *Damage
		c, err := getCase(t, fir)
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.As(err, &d) {
			return err
		}
		says, known := s.witness.get(fir)
		switch {
		case c == nil:
		case known && saysSame(says, c.sum):
			left.Entry = c
		default:
			left.Old = c
		}
		prefix := formKey(fir, "")
		err = t.scan(what{prefix: prefix}, func(k, sealed []byte) error {
			v, err := unseal(k, sealed)
			if err == nil {
				v, err = formPacker.unpack(v)
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

// Witnessed tells whether a case has the forms that were last committed of it, all of them and no others; known is false where
// that cannot be told.
func (s *Store) Witnessed(c *Case) (same, known bool) {
	says, known := s.witness.get(c.FIR)
	return formsSay(c)>>32 == says>>32, known && says != 0
}

// Counts returns a copy of the named counters, and SetCounts puts them back: for what is applied a second time.
func (t *Tx) Counts() map[string]uint64 { return maps.Clone(t.state.Counts) }

// SetCounts is described at Counts.
func (t *Tx) SetCounts(counts map[string]uint64) { t.state.Counts = counts }

// Mend puts a damaged case anew as Put does, all of it, and takes it and the updates that waited off the list of those that
// are set aside. values are those of all its forms. Where rebuild is true the case had an entry that is lost, so that what its old
// records were is not known: the shards and what is derived are to be made again (Rebuild).
func (t *Tx) Mend(c *Case, values map[string][]byte, records []*Record) (rebuild bool, err error) {
	says, known := t.s.witness.get(c.FIR)
	old, err := getCase(t.tx, c.FIR)
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrDamaged) {
		return false, err
	}
	c.stored = known
	if c.kept, err = t.suffixes(formKey(c.FIR, "")); err != nil {
		return false, err
	}
	if old != nil {
		c.kept = append(c.kept, old.kept...)
	}
	if rebuild = old == nil || !known || !saysSame(says, old.sum) || old.terms != t.s.o.TermsVersion; rebuild {
		c.records, err = t.strayRecords(c.FIR, old)
	} else {
		c.records = old.records
		for i := range c.records {
			c.records[i].sum, c.records[i].terms = 0, ^c.records[i].terms // each is written, also where it is the same
		}
	}
	if err != nil {
		return rebuild, err
	}
	c.terms = t.s.o.TermsVersion
	if err := t.Put(c, values, records); err != nil {
		return rebuild, err
	}
	if rebuild {
		if err := t.recount(c); err != nil {
			return rebuild, err
		}
	}
	return rebuild, t.takeBack(c.FIR)
}

// suffixes lists what follows a prefix in the keys that are found.
func (t *Tx) suffixes(prefix []byte) (list []string, err error) {
	err = t.s.read(func(r txn) error {
		return r.scan(what{prefix: prefix, keysOnly: true}, func(k, _ []byte) error {
			list = append(list, string(k[len(prefix):]))
			return nil
		})
	})
	return list, err
}

// strayRecords are the records of a case that are found, and those that an entry names, if there is one: what is hidden may
// come back, and must then be gone.
func (t *Tx) strayRecords(fir string, entry *Case) (refs []recordRef, err error) {
	list, err := t.suffixes(recordKey(fir + "/"))
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
func (t *Tx) recount(c *Case) error {
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
	err := t.s.read(func(r txn) error {
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
func (t *Tx) takeBack(fir string) error {
	a := t.asideOf(fir)
	t.mended = append(t.mended, fir)
	if a == nil || !a.stored {
		return nil
	}
	t.state.Aside--
	t.state.Waiting -= a.Waiting
	prefix := append(append([]byte{waitKind}, fir...), 0)
	list, err := t.suffixes(prefix)
	for _, s := range list {
		if err == nil {
			err = t.write(append(bytes.Clone(prefix), s...), nil)
		}
	}
	if err != nil {
		return err
	}
	return t.write(asideKey(fir), nil)
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
	total := s.witness.sum()
	s.state.Witness, s.state.Cases = &total, s.witness.cases()
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
	prefix := formKey(fir, "")
	for _, p := range parts {
		f, err := os.Open(d.path(p.Number))
		if err != nil {
			return nil, err
		}
		_, err = readPart(f, nil, func(key, sealed []byte) (err error) {
			switch {
			case bytes.Equal(key, caseKey(fir)):
				c.Case, err = openEntry(fir, sealed)
				c.Part = p.Number
			case bytes.HasPrefix(key, prefix):
				c.Values[string(key[len(prefix):])], err = formPacker.unpack(slices.Clone(sealed[:len(sealed)-8]))
			}
			return err
		})
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	return c, nil
}
