package storage

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// A Finding is one disagreement that Check found. ID names a record or a case where one is at fault.
type Finding struct {
	ID   string
	What string
}

// String is a finding in one line.
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
	snap    backend.Txn
	state   State
	read    func() ([]Digest, error) // the shards
	derived uint64                   // the derived structure's digest
	sums    []Digest                 // that the cases say
	known   bool                     // every case knows the sums of its documents under the present terms
	r       *Report
	bad     []string // cases that looked damaged

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
	defer c.snap.Discard()
	defer c.progress(Progress{})
	if err := s.keys.Verify(); err != nil {
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
	if err := c.s.verifyFiles(c.state.Generation, c.took, func(what string) { c.r.add("", "%s", what) }); err != nil {
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
		progress: s.o.Progress, took: func(int) error { return s.o.Context.Err() }}
	var err error
	if c.read, err = s.shards.Load().digests(); err != nil {
		return nil, err
	}
	if s.o.Derived != nil && full {
		c.derived = s.o.Derived.Digest()
	}
	c.snap = s.keys.Begin(false)
	return c, nil
}

// cases verifies every case entry, the forms and records that it names, and that there are no others.
func (c *checker) cases() error {
	var forms, records int
	c.progress(Progress{"check cases", 0, c.state.Cases})
	var total uint64
	err := c.s.walkCases(c.snap, walkPage, func(cases []walked) error {
		for _, w := range cases {
			if w.err != nil {
				c.damaged(w.fir, w.err)
				continue
			}
			if c.r.Cases++; c.r.Cases%checkTell == 0 {
				c.progress(Progress{"check cases", c.r.Cases, c.state.Cases})
			}
			total += witness.Share(w.fir, w.says)
			forms += len(w.c.Forms)
			records += len(w.c.records)
			c.known = c.known && (w.c.terms == c.s.o.TermsVersion || len(w.c.records) == 0)
			for _, r := range w.c.records {
				c.sums[shardOf(w.fir+r.suffix, len(c.sums))].Add(r.doc)
			}
			n, err := c.parts(w.c)
			if err == nil {
				err = c.took(n + len(w.sealed))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return c.corrupt(err)
	}
	if err := c.named(total); err != nil {
		return err
	}
	c.r.Forms, c.r.Records = forms, records
	for kind, want := range map[byte]int{layout.FormKind: forms, layout.RecordKind: records} {
		n := 0
		err := c.snap.Scan(backend.Range{Prefix: []byte{kind}, KeysOnly: true}, func(_, _ []byte) error { n++; return nil })
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

// corrupt turns a broken checksum into a finding; other errors end the check. Damaged cases are reported by then.
func (c *checker) corrupt(err error) error {
	if errors.Is(err, ErrDamaged) {
		return nil
	}
	if errors.Is(err, ErrCorrupt) || strings.Contains(err.Error(), "checksum") {
		c.r.add("", "%v", err)
		return nil
	}
	return err
}

// damaged reports a case, and looks whether it is damaged as it stands by now.
func (c *checker) damaged(fir string, why error) {
	var d *Damage
	if errors.As(why, &d) {
		c.r.add(fir, "%s: run anvesh mend %s", d.Why, fir)
	} else {
		c.r.add(fir, "%v", why)
	}
	c.bad = append(c.bad, fir)
}

// named looks for the cases that were not seen as they are witnessed, and notes all that are damaged.
func (c *checker) named(total uint64) error {
	for _, fir := range c.bad {
		if err := c.s.probe(fir); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	if c.state.Witness != nil && total != *c.state.Witness {
		n, err := c.s.nameLost(nil)
		if err != nil {
			return err
		}
		c.r.add("", "the case entries are not those that the last commit says; %d of them are lost or of an earlier time", n)
	}
	for _, a := range c.s.Damaged() {
		if !slices.Contains(c.bad, a.FIR) {
			c.r.add(a.FIR, "%s: run anvesh mend %s", a.Why, a.FIR)
		}
	}
	return nil
}

// parts verifies the forms and records of one case, and tells how many bytes they have.
func (c *checker) parts(e *entry) (bytes int, err error) {
	tell := func(err error) error {
		if errors.Is(err, ErrDamaged) {
			c.damaged(e.FIR, err)
			return nil
		}
		return err
	}
	for _, f := range e.Forms {
		v, err := formOf(c.snap, e, f)
		if bytes += len(v); tell(err) != nil {
			return bytes, err
		}
	}
	for _, ref := range e.records {
		v, err := recordValue(c.snap, e, ref)
		if bytes, c.weight = bytes+len(v), c.weight+len(v); tell(err) != nil {
			return bytes, err
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
	err := c.s.eachRecord(c.snap, c.state, func(r *Record) error {
		if n++; n%checkTell == 0 {
			c.progress(Progress{"check records", n, c.state.Persons + c.state.Vehicles})
		}
		if c.full && c.s.o.Derived != nil {
			derived += c.s.o.Derived.Share(r)
		}
		terms = c.s.o.Terms(terms[:0], r)
		sums[shardOf(r.ID, len(sums))].Add(backend.DocSum(r.ID, terms))
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

// ErrChecking is returned where a check runs already.
var ErrChecking = errors.New("a check runs already")

// A CheckStatus is how the check of a running store stands.
type CheckStatus struct {
	Running bool
	Number  int // of checks that have ended since the store was opened
	Progress
	Report *Report // of the last one that ended, nil where none has
	Err    error   // why that could not finish
}

// checking is the check that runs beside updates and searches.
type checking struct {
	mu sync.Mutex
	CheckStatus
}

func (c *checking) tell(p Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Progress = p
}

// stop ends a check whose task was stopped before it had begun.
func (c *checking) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Running {
		c.Running, c.Report, c.Err = false, nil, context.Canceled
		c.Number++
	}
}

// StartCheck begins a Check, or a CheckFull, of what the store holds at this moment, which goes on by itself while
// updates and searches do; Checking tells how far it is. It reads at most rate bytes a second, 0 for as many as there
// are. What it finds, and that it could not finish, is in Faults too, so that every answer says so.
//
// Unlike Check it does not read the blocks of Badger's tables for themselves, which cannot be done slowly: all that is
// held goes through the checksums of its blocks as it is read.
func (s *Store) StartCheck(full bool, rate int64) error {
	s.check.mu.Lock()
	defer s.check.mu.Unlock()
	if s.check.Running {
		return fmt.Errorf("storage: %w", ErrChecking)
	}
	s.check.Running, s.check.Progress = true, Progress{}
	step := func(ctx context.Context) time.Duration {
		s.checkBeside(ctx, full, rate)
		return Done
	}
	if s.o.Scheduler.Run(Task{Name: TaskCheck, Background: true, Step: step}) {
		return nil
	}
	s.check.Running = false
	return ErrClosed
}

// Checking is described at StartCheck.
func (s *Store) Checking() CheckStatus {
	s.check.mu.Lock()
	defer s.check.mu.Unlock()
	return s.check.CheckStatus
}

func (s *Store) checkBeside(ctx context.Context, full bool, rate int64) {
	r, err := s.checkPaced(full, paced(ctx, rate))
	if r != nil {
		for _, f := range r.Findings {
			s.faults.add(f)
		}
	}
	s.check.mu.Lock()
	defer s.check.mu.Unlock()
	s.check.Running, s.check.Report, s.check.Err = false, r, err
	s.check.Number++
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.log.Error("storage: the check could not finish", "error", err)
		s.faults.add(Finding{What: "the check could not finish: " + err.Error()})
		return
	}
	s.log.Info("storage: checked", "records", r.Records, "documents", r.Documents, "faults", r.Faults)
}

func (s *Store) checkPaced(full bool, wait func(bytes int) error) (r *Report, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil { // Badger and Bleve can panic at damaged bytes
			err = fmt.Errorf("storage: check: %w", ErrCorrupt)
		}
	}()
	c, err := s.newChecker(full)
	if err != nil {
		return nil, err
	}
	defer c.snap.Discard()
	c.took, c.progress = wait, s.check.tell
	r = c.r // what was found until Badger or Bleve panics stands
	return r, c.run()
}
