package storage

import (
	"bytes"
	"errors"
	"math"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// A walk goes through a snapshot in pages, each with an iterator of its own: one of Badger's ends, without a word, with the
// table in which it meets a block that it cannot read. What it passes over is noticed by what the cases say.
const (
	walkPage = 1_000 // cases
	finePage = 8     // where something is missing
)

// A walked case is damaged where err is set; c is nil then.
type walked struct {
	fir    string
	c      *entry
	says   uint64
	sealed []byte // the entry
	at     uint64 // version of the snapshot that wrote it
	err    error
}

// walkCases gives fn the case entries of a snapshot in order.
func (s *Store) walkCases(t backend.Txn, page int, fn func([]walked) error) error {
	for next := []byte{layout.CaseKind}; next != nil; {
		cases, after, err := casePage(t, next, page, math.MaxInt)
		if err == nil {
			err = fn(cases)
		}
		if err != nil {
			return err
		}
		next = after
	}
	return nil
}

// casePage reads cases from a key on: at most so many, and no more once they have so many records. next is the key of the
// case after them, nil after the last.
func casePage(t backend.Txn, from []byte, most, records int) (cases []walked, next []byte, err error) {
	var at uint64
	n, size := 0, 0
	err = t.Scan(backend.Range{Prefix: []byte{layout.CaseKind}, From: from, At: &at}, func(k, v []byte) error {
		if len(cases) == most || n >= records || size > 16<<20 {
			next = bytes.Clone(k)
			return errPieceEnds
		}
		w := walkedCase(k, v)
		if w.at = at; w.c != nil {
			n += len(w.c.records)
		}
		cases, size = append(cases, w), size+len(v)
		return nil
	})
	if errors.Is(err, errPieceEnds) {
		err = nil
	}
	return cases, next, err
}

func walkedCase(k, v []byte) walked {
	w := walked{fir: string(k[1:]), sealed: bytes.Clone(v)}
	if w.c, w.err = openEntry(w.fir, w.sealed); w.err == nil {
		w.says = says(w.c, w.c.sum)
	}
	return w
}

// walkRecords gives fn every record that the cases of a snapshot name, in order, as it is stored and verified, and lost
// every one that cannot be read or is not the one that its case names. total is the sum of the shares of all cases seen.
func (s *Store) walkRecords(t backend.Txn, fn func(c *entry, ref recordRef, sealed []byte) error, lost func(fir string, why error)) (total uint64, err error) {
	for next := []byte{layout.CaseKind}; next != nil && err == nil; {
		next, err = s.chunkOf(t, next, fn, lost, &total)
	}
	return total, err
}

// chunkOf is a piece of walkRecords, from a case's key on, and returns the key of the next piece, nil after the last.
func (s *Store) chunkOf(t backend.Txn, from []byte, fn func(c *entry, ref recordRef, sealed []byte) error, lost func(fir string, why error), total *uint64) (next []byte, err error) {
	cases, next, err := casePage(t, from, walkPage, s.o.RebuildChunk)
	if err != nil || len(cases) == 0 {
		return nil, err
	}
	stored, err := between(t, layout.RecordKind, cases)
	if err != nil {
		return nil, err
	}
	for _, w := range cases {
		if w.err != nil {
			lost(w.fir, w.err)
			continue
		}
		*total += witness.Share(w.fir, w.says)
		for _, ref := range w.c.records {
			k := layout.RecordKey(w.fir + ref.suffix)
			v, ok := stored[string(k)]
			if !ok || !ref.names(k, v) { // an iterator may have passed it over
				if v, err = recordValue(t, w.c, ref); err != nil {
					lost(w.fir, err)
					continue
				}
			}
			if err := fn(w.c, ref, v); err != nil {
				return nil, err
			}
		}
	}
	return next, nil
}

// between reads the forms or records of a run of cases. An iterator may pass some over.
func between(t backend.Txn, kind byte, cases []walked) (map[string][]byte, error) {
	stored := map[string][]byte{}
	last := cases[len(cases)-1].fir
	err := t.Scan(backend.Range{Prefix: []byte{kind}, From: append([]byte{kind}, cases[0].fir...)}, func(k, v []byte) error {
		if layout.CaseOfKey(k) > last {
			return errPieceEnds
		}
		stored[string(k)] = bytes.Clone(v)
		return nil
	})
	if errors.Is(err, errPieceEnds) {
		err = nil
	}
	return stored, err
}

// nameLost finds out which case entries cannot be seen as they are witnessed, and notes those that are damaged. took may
// be nil.
func (s *Store) nameLost(took func(int) error) (found int, err error) {
	seen := &witness.Table{}
	for next := []byte{layout.CaseKind}; next != nil; {
		var cases []walked
		size := 0
		err := s.read(func(t backend.Txn) (err error) {
			cases, next, err = casePage(t, next, walkPage, math.MaxInt)
			return err
		})
		if err != nil {
			return found, err
		}
		for _, w := range cases {
			size += len(w.sealed)
			seen.Set(w.fir, w.says)
		}
		if took != nil {
			if err := took(size); err != nil {
				return found, err
			}
		}
	}
	var suspects []string
	s.witness.Each(func(fir string, says uint64) {
		if is, known := seen.Get(fir); !known || is != says {
			suspects = append(suspects, fir)
		}
	})
	for _, fir := range suspects {
		if err := s.probe(fir); errors.Is(err, ErrDamaged) {
			found++
		} else if err != nil {
			return found, err
		}
	}
	return found, nil
}

// probe reads a case and all that it names.
func (s *Store) probe(fir string) error {
	return s.readCase(fir, func(t backend.Txn, c *entry) error {
		for _, f := range c.Forms {
			if _, err := formOf(t, c, f); err != nil {
				return err
			}
		}
		for _, r := range c.records {
			if _, err := recordOf(t, c, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// nameOrphans notes as damaged the cases of forms and records that have no case entry, and those whose records are not the
// ones that the entry names.
func (s *Store) nameOrphans() error {
	return s.read(func(t backend.Txn) error {
		for _, kind := range []byte{layout.FormKind, layout.RecordKind} {
			err := t.Scan(backend.Range{Prefix: []byte{kind}, KeysOnly: true}, func(k, _ []byte) error {
				fir := layout.CaseOfKey(k)
				if _, known := s.witness.Get(fir); !known {
					s.damaged(fir, damageOf(fir, "its entry is lost"))
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		_, err := s.walkRecords(t, func(*entry, recordRef, []byte) error { return nil }, s.damaged)
		return err
	})
}
