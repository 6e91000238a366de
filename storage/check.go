package storage

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/cespare/xxhash/v2"
	"github.com/dgraph-io/badger/v4"
)

// A Finding is one disagreement that Check found. ID names a record or a case where one is at fault.
type Finding struct {
	ID   string
	What string
}

func (f Finding) String() string {
	if f.ID == "" {
		return f.What
	}
	return f.ID + ": " + f.What
}

// maxFindings bounds what Check reports; the count goes on.
const maxFindings = 100

// A Report is what Check read and found. Faults counts all findings, Findings lists the first hundred.
type Report struct {
	Cases, Forms, Records, Documents int
	Faults                           int
	Findings                         []Finding
}

func (r *Report) add(id, format string, a ...any) {
	if r.Faults++; len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, Finding{id, fmt.Sprintf(format, a...)})
	}
}

// Check reads everything: every value against its checksum, every case against its forms (SHA-256) and
// records, every shard's terms against those of the records, and the derived structure against the
// records. Updates wait while it runs. An error means that it could not finish.
func (s *Store) Check() (*Report, error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if err := s.drain(); err != nil {
		return nil, err
	}
	r := &Report{}
	if err := s.checkCases(r); err != nil {
		return r, err
	}
	if err := s.checkRecords(r); err != nil {
		return r, err
	}
	return r, nil
}

// drain waits until the shards have what was committed. The caller holds the writer's lock.
func (s *Store) drain() error {
	done := make(chan struct{})
	s.queue <- job{flushed: done}
	<-done
	return s.failure()
}

// checkCases verifies every case entry, the forms and records that it names, and that there are no others.
func (s *Store) checkCases(r *Report) error {
	var forms, records int
	err := s.each(caseKind, func(k, v []byte) error {
		fir := string(k[1:])
		c, err := decodeCase(fir, v)
		if err != nil {
			r.add(fir, "case entry cannot be read")
			return nil
		}
		if r.Cases++; r.Cases%payBatch == 0 {
			s.o.Progress(Progress{"check cases", r.Cases, s.state.Cases})
		}
		forms += len(c.Forms)
		records += len(c.records)
		return s.db.View(func(tx *badger.Txn) error { return checkCase(tx, c, r) })
	})
	if err != nil {
		return corruptFinding(r, err)
	}
	r.Forms, r.Records = forms, records
	for kind, want := range map[byte]int{formKind: forms, recordKind: records} {
		n, err := s.countKeys(kind)
		if err != nil {
			return err
		}
		if n != want {
			r.add("", "%d entries of kind %q, the cases name %d", n, kind, want)
		}
	}
	if r.Cases != s.state.Cases || records != s.state.Persons+s.state.Vehicles {
		r.add("", "state counts %d cases and %d records, there are %d and %d", s.state.Cases,
			s.state.Persons+s.state.Vehicles, r.Cases, records)
	}
	return nil
}

// countKeys counts the keys of a kind without reading their values, which the cases' own check has read.
func (s *Store) countKeys(kind byte) (n int, err error) {
	err = s.db.View(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{kind}})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			n++
		}
		return nil
	})
	return n, err
}

// corruptFinding turns a broken checksum into a finding; other errors end the check.
func corruptFinding(r *Report, err error) error {
	if errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "checksum") {
		r.add("", "%v", err)
		return nil
	}
	return err
}

func checkCase(tx *badger.Txn, c *Case, r *Report) error {
	for _, f := range c.Forms {
		v, err := get(tx, formKey(c.FIR, f.ID))
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrCorrupt):
			r.add(c.FIR, "a form: %v", err)
		case err != nil:
			return err
		case sha256.Sum256(v) != f.Sum:
			r.add(c.FIR, "a form is not the one that the case names")
		}
	}
	for _, ref := range c.records {
		k := recordKey(c.FIR + ref.suffix)
		v, err := get(tx, k)
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrCorrupt):
			r.add(c.FIR+ref.suffix, "record: %v", err)
		case err != nil:
			return err
		case sum(k, v) != ref.sum:
			r.add(c.FIR+ref.suffix, "record is not the one that its case names")
		}
	}
	return nil
}

// digest is an order-free sum over (document, term) pairs and documents.
type digest struct {
	docs  int
	terms uint64
}

func pairHash(id uint64, term uint64) uint64 {
	h, l := bits.Mul64(id^0x9e3779b97f4a7c15, term|1)
	return h ^ l
}

// checkRecords compares the shards and the derived structure with what the records say they should hold.
func (s *Store) checkRecords(r *Report) error {
	want := make([]digest, s.state.Shards)
	var derived uint64
	n := 0
	var terms []string
	err := s.Each(func(rec *Record) error {
		if n++; n%payBatch == 0 {
			s.o.Progress(Progress{"check shards", n, s.state.Persons + s.state.Vehicles})
		}
		if s.o.Derived != nil {
			derived += s.o.Derived.Share(rec)
		}
		if terms = s.o.Terms(terms[:0], rec); len(terms) == 0 {
			return nil
		}
		d := &want[shardOf(rec.ID, len(want))]
		d.docs++
		d.add(rec.ID, terms)
		return nil
	})
	if err != nil {
		return corruptFinding(r, err)
	}
	for i, sh := range s.shards {
		got, err := sh.digest()
		if err != nil {
			return fmt.Errorf("storage: read shard %d: %w", i, err)
		}
		r.Documents += got.docs
		if got != want[i] {
			r.add("", "shard %d holds %d documents, %d are wanted, or their terms differ: run anvesh rebuild", i, got.docs, want[i].docs)
		}
	}
	if s.o.Derived != nil && s.o.Derived.Digest() != derived {
		r.add("", "the derived structure does not match the records: delete derived/ and start again")
	}
	return nil
}

// add counts each distinct term once, as Bleve does.
func (d *digest) add(id string, terms []string) {
	h := xxhash.Sum64String(id)
	for i, t := range terms {
		if !slices.Contains(terms[:i], t) {
			d.terms += pairHash(h, xxhash.Sum64String(t))
		}
	}
}

// digest reads all postings of the shard.
func (sh *shard) digest() (d digest, err error) {
	err = sh.segments(func(seg *scorch.SegmentSnapshot) error {
		n := seg.Segment().Count()
		ids := make([]uint64, n)
		for i := range n {
			if del := seg.Deleted(); del != nil && del.Contains(uint32(i)) {
				continue
			}
			id, err := seg.DocID(i)
			if err != nil {
				return err
			}
			ids[i] = xxhash.Sum64(id)
			d.docs++
		}
		dict, err := seg.Segment().Dictionary(termField)
		if err != nil {
			return err
		}
		it := dict.AutomatonIterator(nil, nil, nil)
		for e, err := it.Next(); e != nil || err != nil; e, err = it.Next() {
			if err != nil {
				return err
			}
			b, err := postings(dict, e.Term, seg.Deleted())
			if err != nil {
				return err
			}
			term := xxhash.Sum64String(e.Term)
			for p := b.Iterator(); p.HasNext(); {
				d.terms += pairHash(ids[p.Next()], term)
			}
		}
		return nil
	})
	return d, err
}
