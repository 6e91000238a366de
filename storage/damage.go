package storage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/witness"

	"github.com/cespare/xxhash/v2"
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

// Error names the case and why.
func (d *Damage) Error() string {
	return fmt.Sprintf("storage: case %s: %s: %s", d.FIR, d.Why, ErrDamaged)
}

// Unwrap makes d both errors.
func (d *Damage) Unwrap() []error { return []error{ErrDamaged, ErrCorrupt} }

func damageOf(fir string, format string, a ...any) error {
	return &Damage{fir, fmt.Sprintf(format, a...)}
}

// unreadable tells whether an error is of what is stored, and not that nothing is read at all at the moment.
func unreadable(t backend.Txn, err error) bool {
	_, all := t.(backend.Refused)
	return !all && errors.Is(err, ErrCorrupt)
}

// openEntry takes a sealed entry apart.
func openEntry(fir string, sealed []byte) (*entry, error) {
	k := layout.CaseKey(fir)
	v, err := layout.Unseal(k, sealed)
	if err != nil {
		return nil, damageOf(fir, "its entry does not match its checksum")
	}
	c, err := decodeCase(fir, v)
	if err != nil {
		return nil, damageOf(fir, "its entry cannot be read")
	}
	c.sum = layout.Sum(k, v)
	return c, nil
}

// getCase reads a case, or ErrNotFound, or a *Damage. What it does not find may be hidden: see Store.caseOf.
func getCase(t backend.Txn, fir string) (*entry, error) {
	b, err := t.Get(layout.CaseKey(fir))
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
func (s *Store) caseOf(t backend.Txn, fir string) (*entry, error) {
	says, known := s.witness.Get(fir)
	return s.agree(t, fir, says, known)
}

// agree reads a case that says what is known of it.
func (s *Store) agree(t backend.Txn, fir string, says uint64, known bool) (*entry, error) {
	c, err := getCase(t, fir)
	switch {
	case errors.Is(err, ErrNotFound) && known:
		return nil, damageOf(fir, "its entry is lost")
	case errors.Is(err, ErrNotFound) && s.unproven.Load():
		return nil, ErrUnproven
	case err != nil:
		return nil, err
	case known && witness.SaysSame(says, c.sum) || s.witness.Announced(fir, c.sum):
		return c, nil
	case !known:
		return nil, damageOf(fir, "its entry is one that nothing else knows of")
	}
	return nil, damageOf(fir, "its entry is of an earlier time")
}

// formOf reads a form that c names.
func formOf(t backend.Txn, c *entry, f Form) ([]byte, error) {
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
	v, err := layout.Unseal(key, sealed)
	if err == nil {
		v, err = layout.FormPacker.Unpack(v)
	}
	return err == nil && sha256.Sum256(v) == f.Sum
}

// names tells whether a sealed value is the record that r names.
func (r *recordRef) names(key, sealed []byte) bool {
	v, err := layout.Unseal(key, sealed)
	return err == nil && layout.Sum(key, v) == r.sum
}

// recordValue reads a record that c names, as it is stored.
func recordValue(t backend.Txn, c *entry, r recordRef) ([]byte, error) {
	k := layout.RecordKey(c.FIR + r.suffix)
	b, err := t.Get(k)
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

func recordOf(t backend.Txn, c *entry, r recordRef) (*Record, error) {
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
func (c *entry) record(id string) (recordRef, bool) {
	suffix := id[min(len(c.FIR), len(id)):]
	i, ok := slices.BinarySearchFunc(c.records, suffix, func(r recordRef, s string) int { return strings.Compare(r.suffix, s) })
	if !ok {
		return recordRef{}, false
	}
	return c.records[i], true
}

// readCase gives fn a case out of one snapshot. What looks like damage may be a commit that came between: it is damage where
// it looks so while no commit can come.
func (s *Store) readCase(fir string, fn func(t backend.Txn, c *entry) error) error {
	try := func() error {
		return s.read(func(t backend.Txn) error {
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

// openWitness makes the witness: from the file and the journal behind it, or else from the case entries. Where those are not
// all that State says, it looks again in small pieces, and if that does not help the store is unproven.
func (s *Store) openWitness() error {
	if s.state.Witness != nil {
		w, seq, err := s.loadWitness()
		if err == nil && w.Sum() == *s.state.Witness {
			s.witness.Take(w)
			s.witnessed = seq
			return nil
		}
		if err == nil {
			err = witness.ErrWitness
		}
		if !errors.Is(err, os.ErrNotExist) {
			s.log.Warn("storage: the witness is made again from the case entries", "why", err)
		}
	}
	s.witnessed = s.state.Seq
	for _, page := range []int{walkPage, finePage} {
		w, err := s.scanWitness(page)
		if err != nil {
			return err
		}
		s.witness.Take(w)
		if s.state.Witness == nil {
			return s.firstWitness()
		}
		if w.Sum() == *s.state.Witness {
			return nil
		}
	}
	s.unproven.Store(true)
	s.rotten(fmt.Sprintf("the %d case entries that can be read are not those of the last commit, which had %d: some are lost or of an earlier time, and which is not known",
		s.witness.Cases(), s.state.Cases))
	return s.nameOrphans()
}

// firstWitness is of a store that a program without a witness has written: what is there is taken as it is.
func (s *Store) firstWitness() error {
	total := s.witness.Sum()
	s.state.Witness, s.state.JournalFrom = &total, s.state.Seq+1
	return s.writeState()
}

// loadWitness reads the file, and what the journal says of the commits after it.
func (s *Store) loadWitness() (*witness.Table, uint64, error) {
	f, err := s.backend.OpenDerived(witnessFile)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	w, seq, err := witness.Read(f)
	if err != nil {
		return nil, 0, err
	}
	if seq > s.state.Seq {
		return nil, 0, fmt.Errorf("it covers commit %d, the store ends at %d", seq, s.state.Seq)
	}
	err = s.journal(seq, func(_ uint64, e *journalEntry) error {
		for _, c := range e.cases {
			w.Set(c.fir, c.says)
		}
		return nil
	})
	return w, seq, err
}

// scanWitness makes a witness of the case entries that can be read; one that cannot is damaged.
func (s *Store) scanWitness(page int) (*witness.Table, error) {
	w := &witness.Table{}
	err := s.read(func(t backend.Txn) error {
		return s.walkCases(t, page, func(cases []walked) error {
			for _, c := range cases {
				if c.err != nil {
					s.damaged(c.fir, c.err)
				}
				w.Set(c.fir, c.says)
			}
			return nil
		})
	})
	return w, err
}

// says sums up a case and its entry as it is stored.
func says(c *entry, entry uint64) uint64 { return formsSay(&c.Case)&^0xffffffff | entry&0xffffffff }

// formsSay sums up the forms of a case, in any order, and whether it is withdrawn. Its upper half counts.
func formsSay(c *Case) (all uint64) {
	for _, f := range c.Forms {
		all += backend.PairHash(xxhash.Sum64String(f.ID)+uint64(f.Version), binary.LittleEndian.Uint64(f.Sum[:]))
	}
	if c.Withdrawn {
		all ^= 0x5bd1e995_9e3779b9
	}
	return all
}

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
