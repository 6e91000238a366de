package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
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

// Check reads everything once: every value against its checksum, every case against the forms and records that it
// names, every shard's terms against the digests that commits carried on. Full is Check that also makes the terms of
// every record again, reads every form against its SHA-256 and compares the derived structure with the records.
// Updates go on while either runs. An error means that it could not finish.
func (s *Store) Check() (*Report, error) { return s.checkAll(false) }

// CheckFull is described at Check.
func (s *Store) CheckFull() (*Report, error) { return s.checkAll(true) }

// checkTell is after how many cases or records a check tells how far it is.
const checkTell = 100

// A checker compares what a store held at one commit.
type checker struct {
	s       *Store
	full    bool
	snap    txn
	state   State
	read    func() ([]Digest, error) // the shards
	derived uint64                   // the derived structure's digest
	sums    []Digest                 // that the cases say
	known   bool                     // every case knows the sums of its documents under the present terms
	r       *Report

	progress func(Progress)
	took     func(bytes int) error // waits, where the check is to be slow
	weight   int                   // bytes of records, to pace the second reading of them by
}

func (s *Store) checkAll(full bool) (*Report, error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a mapped file that is cut off faults
	c, err := s.newChecker(full)
	if err != nil {
		return nil, err
	}
	defer c.snap.discard()
	if err := s.keys.verify(); err != nil {
		if err := c.corrupt(err); err != nil {
			return c.r, err
		}
	}
	return c.r, c.run()
}

// run compares everything.
func (c *checker) run() error {
	_, found := c.s.Faults()
	c.r.Findings, c.r.Faults = append(found, c.r.Findings...), len(found)+c.r.Faults
	c.progress(Progress{"check segments", 0, 0})
	if err := c.s.home.verifyShards(c.state.Generation, c.took); err != nil {
		if err := c.corrupt(err); err != nil {
			return err
		}
	}
	if err := c.cases(); err != nil {
		return err
	}
	if c.full || !c.known {
		if err := c.records(); err != nil {
			return err
		}
	}
	return c.shardsAgree()
}

// newChecker takes hold of everything at one commit, for which updates wait a moment.
func (s *Store) newChecker(full bool) (*checker, error) {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if err := s.drain(); err != nil {
		return nil, err
	}
	c := &checker{s: s, full: full, state: s.state.clone(), r: &Report{}, known: true, sums: make([]Digest, s.state.Shards),
		progress: s.o.Progress, took: func(int) error { return nil }}
	var err error
	if c.read, err = s.shards.Load().digests(); err != nil {
		return nil, err
	}
	if s.o.Derived != nil && full {
		c.derived = s.o.Derived.Digest()
	}
	c.snap = s.keys.begin(false)
	return c, nil
}

// drain waits until the shards have what was committed. The caller holds the writer's lock.
func (s *Store) drain() error {
	if s.o.Memory != nil {
		for len(s.queue) > 0 {
			s.indexFrom(<-s.queue)
		}
		return s.failure()
	}
	done := make(chan struct{})
	s.queue <- job{flushed: done}
	<-done
	return s.failure()
}

// cases verifies every case entry, the forms and records that it names, and that there are no others.
func (c *checker) cases() error {
	var forms, records int
	c.progress(Progress{"check cases", 0, c.state.Cases})
	err := eachOf(c.snap, caseKind, func(k, v []byte) error {
		fir := string(k[1:])
		e, err := decodeCase(fir, v)
		if err != nil {
			c.r.add(fir, "case entry cannot be read")
			return nil
		}
		if c.r.Cases++; c.r.Cases%checkTell == 0 {
			c.progress(Progress{"check cases", c.r.Cases, c.state.Cases})
		}
		forms += len(e.Forms)
		records += len(e.records)
		c.known = c.known && (e.terms == c.s.o.TermsVersion || len(e.records) == 0)
		for _, r := range e.records {
			c.sums[shardOf(fir+r.suffix, len(c.sums))].add(r.doc)
		}
		n, err := c.parts(e)
		if err != nil {
			return err
		}
		return c.took(n + len(k) + len(v))
	})
	if err != nil {
		return c.corrupt(err)
	}
	c.r.Forms, c.r.Records = forms, records
	for kind, want := range map[byte]int{formKind: forms, recordKind: records} {
		n := 0
		err := c.snap.scan(what{prefix: []byte{kind}, keysOnly: true}, func(_, _ []byte) error { n++; return nil })
		if err != nil {
			return err
		}
		if n != want {
			c.r.add("", "%d entries of kind %q, the cases name %d", n, kind, want)
		}
	}
	if c.r.Cases != c.state.Cases || records != c.state.Persons+c.state.Vehicles {
		c.r.add("", "state counts %d cases and %d records, there are %d and %d", c.state.Cases,
			c.state.Persons+c.state.Vehicles, c.r.Cases, records)
	}
	return nil
}

// corrupt turns a broken checksum into a finding; other errors end the check.
func (c *checker) corrupt(err error) error {
	if errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "checksum") {
		c.r.add("", "%v", err)
		return nil
	}
	return err
}

// parts verifies the forms and records of one case, and tells how many bytes they have.
func (c *checker) parts(e *Case) (bytes int, err error) {
	for _, f := range e.Forms {
		v, err := getForm(c.snap, e.FIR, f.ID)
		bytes += len(v)
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, ErrCorrupt):
			c.r.add(e.FIR, "a form: %v", err)
		case err != nil:
			return bytes, err
		case c.full && sha256.Sum256(v) != f.Sum:
			c.r.add(e.FIR, "a form is not the one that the case names")
		}
	}
	for _, ref := range e.records {
		v, err := c.snap.get(recordKey(e.FIR + ref.suffix))
		bytes, c.weight = bytes+len(v), c.weight+len(v)
		switch {
		case errors.Is(err, ErrNotFound):
			c.r.add(e.FIR+ref.suffix, "record: %v", err)
		case err != nil:
			return bytes, err
		case len(v) < 8 || sum(recordKey(e.FIR+ref.suffix), v[:len(v)-8]) != ref.sum || binary.LittleEndian.Uint64(v[len(v)-8:]) != ref.sum:
			c.r.add(e.FIR+ref.suffix, "record is not the one that its case names")
		}
	}
	return bytes, nil
}

// records makes the terms of every record again, and compares the derived structure with the records.
func (c *checker) records() error {
	sums := make([]Digest, len(c.sums))
	var derived uint64
	n := 0
	var terms []string
	err := eachRecord(c.snap, func(r *Record) error {
		if n++; n%checkTell == 0 {
			c.progress(Progress{"check records", n, c.state.Persons + c.state.Vehicles})
		}
		if c.full && c.s.o.Derived != nil {
			derived += c.s.o.Derived.Share(r)
		}
		terms = c.s.o.Terms(terms[:0], r)
		sums[shardOf(r.ID, len(sums))].add(docSum(r.ID, terms))
		return c.took(c.weight / max(c.r.Records, 1))
	})
	if err != nil {
		return c.corrupt(err)
	}
	if c.known && !slices.Equal(sums, c.sums) {
		c.r.add("", "the cases carry other sums of terms than their records have: run anvesh rebuild")
	}
	c.sums = sums
	if c.full && c.s.o.Derived != nil && c.derived != derived {
		c.r.add("", "the derived structure does not match the records: delete derived/ and start again")
	}
	return nil
}

// shardsAgree compares what the shards hold with what the cases, or the records, say.
func (c *checker) shardsAgree() error {
	if c.state.Digests != nil && !slices.Equal(c.state.Digests, c.sums) {
		c.r.add("", "the digests that commits carried on are not those of the cases: run anvesh rebuild")
	}
	got, err := c.read()
	if err != nil {
		return c.corrupt(err)
	}
	for i := range got {
		c.r.Documents += got[i].Docs
		if got[i] != c.sums[i] && !c.state.Stale {
			c.r.add("", "shard %d holds %d documents, %d are wanted, or their terms differ: run anvesh rebuild", i, got[i].Docs, c.sums[i].Docs)
		}
	}
	return nil
}
