package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// A Position names one partition of a topic.
type Position struct {
	Topic     string
	Partition int
}

// at is how far a partition is applied.
type at struct {
	next    int64
	through time.Time
	proof   Proof
	clock   int64 // greatest time of its messages so far, milliseconds since 1970
}

// A Change is one record as a commit leaves it; Record is nil when it is gone. SameTerms: it had the
// same terms before, so that the shards need not be touched.
type Change struct {
	ID        string
	Record    *Record
	SameTerms bool

	// What Options gave of Record, so that nothing of it is read twice: Terms, nil where they were not asked for, and TermsSum, 0
	// where it is not known.
	Terms    []string
	TermsSum uint64
}

// A Tx is one atomic change of the store. It is valid until the function given to Update returns.
type Tx interface {
	// Case returns what is held of a case, or an empty one; a *Damage where that cannot be told.
	Case(fir string) (*Case, error)
	// Value returns the stored value of a form, spares included, of a case that Case has returned, or ErrNotFound; a *Damage
	// where it is not the one that the case names.
	Value(fir, formID string) ([]byte, error)
	// Put stores the case as c says: values of the form instances that are new or changed, by id, and the records that the
	// case has from here on. Forms no longer in c.Forms and records no longer among records are removed. Records equal to
	// the stored ones cost nothing.
	Put(c *Case, values map[string][]byte, records []*Record) error

	// SetOffset records that everything below next is applied, and that all that was appended to the partition before
	// through is. An offset that moves back makes the Update fail.
	SetOffset(p Position, next int64, through time.Time)
	// Prove keeps what proves that the log is the one that was read, with the offset that SetOffset has moved before.
	Prove(p Position, proof Proof)
	// Next returns the next offset to apply as it was before the transaction; known is false for a partition never applied.
	Next(p Position) (next int64, known bool)
	// Clock returns the greatest time of a partition's messages so far, in milliseconds since 1970, 0 where none was told.
	Clock(p Position) int64
	// SetClock keeps the greatest time of a partition's messages with the offset that SetOffset has moved before.
	SetClock(p Position, clock int64)
	// Rewind makes next the offset to go on from, also where that is behind or ahead of what is applied, and forgets proof
	// and clock: for a log that lost something, once that is accepted. What is applied again changes nothing.
	Rewind(p Position, next int64)

	// Bury writes a tombstone of what is destroyed. It is known to Buried after the commit.
	Bury(b Tombstone) error
	// SetFold notes that all records are made under this version of the rules that make them.
	SetFold(version int)
	// Cases is how many cases the store holds.
	Cases() int
	// Count adds to a named counter, durably with the rest.
	Count(name string, n uint64)
	// Counts returns a copy of the named counters, and SetCounts puts them back: for what is applied a second time.
	Counts() map[string]uint64
	SetCounts(counts map[string]uint64)

	// IsAside tells whether updates of a case must Wait, since it is damaged.
	IsAside(fir string) bool
	// Wait keeps an update of a case that is set aside, behind those that wait already.
	Wait(fir string, u Waiting) error
	// Mend puts a damaged case anew as Put does, all of it, and takes it and the updates that waited off the list of those
	// that are set aside. values are those of all its forms. Where rebuild is true the case had an entry that is lost, so
	// that what its old records were is not known: the shards and what is derived are to be made again (Rebuild).
	Mend(c *Case, values map[string][]byte, records []*Record) (rebuild bool, err error)
}

// A transaction is a Tx of a Store.
type transaction struct {
	s       *Store
	tx      backend.Txn
	state   State
	changes []Change
	offsets map[Position]at
	moved   []Digest // what the changes are to the shards' digests
	err     error    // of SetOffset

	text   []byte  // room for that of one record
	writes []write // all of them, in order
	puts   int
	full   bool              // tx does not hold them: they are carried out in steps
	said   map[string]uint64 // by the cases that were put, for the witness
	cases  map[string]*entry // cases that were read or put, as they are stored
	asides []*Aside          // cases that are set aside, or for which updates wait
	waits  int
	buried map[Mark]Tombstone
	mended []string // cases that are no longer
}

// Update runs fn with a transaction and makes its changes durable when fn returns nil; the derived structure
// and the shards follow, see Offsets. An error leaves nothing behind. ErrBatchTooLarge is returned where several cases are
// Put and do not fit in one transaction; one case always does (redo.go).
// It blocks while the shards are more than queueJobs commits behind.
func (s *Store) Update(ctx context.Context, fn func(Tx) error) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.failure() != nil:
		return fmt.Errorf("storage: stopped by an earlier failure: %w", s.failure())
	}
	if s.unproven.Load() {
		return fmt.Errorf("storage: updates are not taken: %w", ErrUnproven)
	}
	if err := errors.Join(s.BelowReserve(), s.carryOutNow()); err != nil {
		return err
	}
	t := &transaction{s: s, tx: s.keys.Begin(true), state: s.state.clone(), offsets: map[Position]at{}, moved: make([]Digest, s.state.Shards),
		said: map[string]uint64{}, cases: map[string]*entry{}}
	defer t.tx.Discard()
	if err := errors.Join(fn(t), t.err); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.witness.Announce(t.said)
	defer s.witness.Announce(nil)
	if err := t.commit(); err != nil {
		return err
	}
	return s.follow(t)
}

// commit makes the transaction durable.
func (t *transaction) commit() error {
	t.state.Positions = t.positions()
	t.state.Seq++
	if t.state.Digests != nil {
		t.state.Digests = backend.Plus(t.state.Digests, t.moved)
	}
	truncated := t.s.truncated
	finish := func(tx backend.Txn) (err error) {
		truncated, err = t.finish(tx)
		return err
	}
	err := ErrBatchTooLarge
	if !t.full {
		if err = finish(t.tx); err == nil {
			err = t.tx.Commit()
		}
	}
	if errors.Is(err, ErrBatchTooLarge) && t.puts < 2 {
		err = t.s.commitBySteps(&t.state, t.writes, finish)
	}
	if err != nil {
		return fmt.Errorf("storage: commit: %w", err)
	}
	t.s.truncated = truncated
	return nil
}

// positions is State.Positions once the offsets are written.
func (t *transaction) positions() *uint64 {
	if t.state.Positions == nil {
		return nil
	}
	total := *t.state.Positions
	for p, a := range t.offsets {
		k := layout.OffsetKey(p.Topic, p.Partition)
		total += layout.Sum(k, a.encode())
		if old, known := t.s.mutable[p]; known {
			total -= layout.Sum(k, old.encode())
		}
	}
	return &total
}

// finish writes offsets, journal and state, and truncates the journal.
func (t *transaction) finish(tx backend.Txn) (truncated uint64, err error) {
	for p, a := range t.offsets {
		k := layout.OffsetKey(p.Topic, p.Partition)
		if err := tx.Set(k, layout.Seal(k, a.encode())); err != nil {
			return 0, err
		}
	}
	k := layout.JournalKey(t.state.Seq)
	if err := tx.Set(k, layout.Seal(k, t.journalEntry())); err != nil {
		return 0, err
	}
	return t.s.truncate(tx, &t.state)
}

// follow hands what was committed to the indexing goroutine.
func (s *Store) follow(t *transaction) error {
	s.state = t.state
	s.backend.SetMark(s.state.Seq)
	for p, a := range t.offsets {
		s.mutable[p] = a
	}
	if s.moved != nil {
		s.moved = backend.Plus(s.moved, t.moved)
	}
	for fir, says := range t.said {
		s.witness.Set(fir, says)
	}
	s.followAsides(t)
	s.followBuried(t)
	s.publishState()
	s.changed += len(t.changes)
	s.withdrawn.commit(s.state.Seq, t.changes)
	s.enqueue(job{seq: s.state.Seq, changes: t.changes, offsets: t.offsets})
	if s.witnessDue() {
		s.warnUnsaved(s.saveWitness())
	}
	return nil
}

func (t *transaction) Case(fir string) (*Case, error) {
	c, err := t.stored(fir)
	if err != nil {
		return nil, err
	}
	return c.shown(), nil
}

// stored reads a case, or an empty one.
func (t *transaction) stored(fir string) (*entry, error) {
	if t.full {
		return nil, fmt.Errorf("storage: %w", ErrBatchTooLarge)
	}
	says, known := t.said[fir]
	if !known {
		says, known = t.s.witness.Get(fir)
	}
	c, err := t.s.agree(t.tx, fir, says, known)
	if errors.Is(err, ErrNotFound) {
		return &entry{Case: Case{FIR: fir}}, nil
	}
	if err == nil {
		t.cases[fir] = c
	}
	return c, err
}

func (t *transaction) Value(fir, formID string) ([]byte, error) {
	c := t.cases[fir]
	if c == nil {
		return nil, ErrNotFound
	}
	f, ok := c.Form(formID)
	if !ok {
		return nil, ErrNotFound
	}
	return formOf(t.tx, c, f)
}

func (t *transaction) Put(c *Case, values map[string][]byte, records []*Record) error {
	old := t.cases[c.FIR]
	if old == nil {
		var err error
		if old, err = t.stored(c.FIR); err != nil {
			return err
		}
	}
	return t.replace(old, c, values, records)
}

// replace puts c where old was.
func (t *transaction) replace(old *entry, c *Case, values map[string][]byte, records []*Record) error {
	if t.puts++; t.full {
		return fmt.Errorf("storage: %w", ErrBatchTooLarge)
	}
	e := &entry{Case: *c, records: old.records, terms: old.terms, stored: true}
	if e.Forms = slices.Clone(c.Forms); !old.stored {
		t.state.Cases++
	}
	now := make(map[string]bool, len(c.Forms))
	for _, f := range c.Forms {
		now[f.ID] = true
	}
	for _, f := range old.Forms {
		if !now[f.ID] {
			if err := t.write(layout.FormKey(c.FIR, f.ID), nil); err != nil {
				return err
			}
		}
	}
	for id, v := range values {
		k := layout.FormKey(c.FIR, id)
		if err := t.write(k, layout.Seal(k, layout.FormPacker.Pack(v))); err != nil {
			return err
		}
	}
	if err := t.putRecords(e, records); err != nil {
		return err
	}
	return t.putEntry(e)
}

// putEntry writes the entry of c, and says so to the witness.
func (t *transaction) putEntry(c *entry) error {
	k, b := layout.CaseKey(c.FIR), c.append(nil)
	c.sum = layout.Sum(k, b)
	old, known := t.said[c.FIR]
	if !known {
		old, known = t.s.witness.Get(c.FIR)
	}
	total := *t.state.Witness + witness.Share(c.FIR, says(c, c.sum))
	if known {
		total -= witness.Share(c.FIR, old)
	}
	t.state.Witness, t.said[c.FIR], t.cases[c.FIR] = &total, says(c, c.sum), c
	return t.write(k, layout.Seal(k, b))
}

// write sets a key to a sealed value, or deletes it.
func (t *transaction) write(key, sealed []byte) error {
	w := write{key, sealed}
	t.writes = append(t.writes, w)
	if t.full {
		return nil
	}
	err := w.to(t.tx)
	if errors.Is(err, ErrBatchTooLarge) && t.puts < 2 {
		t.full = true
		return nil
	}
	return err
}

func (t *transaction) putRecords(c *entry, records []*Record) error {
	old := make(map[string]recordRef, len(c.records))
	for _, r := range c.records {
		old[r.suffix] = r
	}
	refs := make([]recordRef, 0, len(records))
	for _, r := range records {
		suffix, ok := strings.CutPrefix(r.ID, c.FIR)
		if !ok {
			return fmt.Errorf("storage: BUG: record %q is not of its case", r.ID)
		}
		var was *recordRef
		if o, held := old[suffix]; held {
			was = &o
		}
		delete(old, suffix)
		ref, err := t.putRecord(c, r, suffix, was)
		if err != nil {
			return err
		}
		refs = append(refs, ref)
	}
	for _, suffix := range slices.Sorted(maps.Keys(old)) {
		doc, err := t.docOf(c, old[suffix])
		if err != nil {
			return err
		}
		if err := t.write(layout.RecordKey(c.FIR+suffix), nil); err != nil {
			return err
		}
		t.move(c.FIR+suffix, doc, 0)
		t.countRecord(suffix, -1)
		t.changes = append(t.changes, Change{ID: c.FIR + suffix})
	}
	slices.SortFunc(refs, func(a, b recordRef) int { return strings.Compare(a.suffix, b.suffix) })
	c.records, c.terms = refs, t.s.o.TermsVersion
	return nil
}

// putRecord stores one record of c, unless it is stored already; was is what the case held of it.
func (t *transaction) putRecord(c *entry, r *Record, suffix string, was *recordRef) (recordRef, error) {
	var err error
	if t.text, err = r.appendJSON(t.text[:0]); err != nil {
		return recordRef{}, err
	}
	b := layout.RecordPacker.Pack(t.text)
	k := layout.RecordKey(r.ID)
	ref := recordRef{suffix: suffix, sum: layout.Sum(k, b), terms: t.s.termsSum(r)}
	sameTerms := was != nil && t.s.o.TermsSum != nil && was.terms == ref.terms
	change := Change{ID: r.ID, Record: r, SameTerms: sameTerms, TermsSum: ref.terms}
	if sameTerms && c.terms == t.s.o.TermsVersion {
		ref.doc = was.doc
	} else {
		change.Terms = t.s.o.Terms([]string{}, r)
		ref.doc = backend.DocSum(r.ID, change.Terms)
	}
	if was != nil {
		doc, err := t.docOf(c, *was)
		if err != nil {
			return ref, err
		}
		t.move(r.ID, doc, ref.doc)
		if was.sum == ref.sum {
			return ref, nil
		}
	} else {
		t.move(r.ID, 0, ref.doc)
		t.countRecord(suffix, 1)
	}
	t.changes = append(t.changes, change)
	return ref, t.write(k, layout.Seal(k, b))
}

// docOf is the sum of the document of a record that c holds. A case last written under other terms does not know it.
func (t *transaction) docOf(c *entry, ref recordRef) (uint64, error) {
	if c.terms == t.s.o.TermsVersion {
		return ref.doc, nil
	}
	r, err := recordOf(t.tx, c, ref)
	if err != nil {
		return 0, err
	}
	return backend.DocSum(r.ID, t.s.o.Terms(nil, r)), nil
}

// move notes that a document is replaced by another, 0 for none.
func (t *transaction) move(id string, from, to uint64) {
	if from != to {
		d := &t.moved[shardOf(id, len(t.moved))]
		d.Take(from)
		d.Add(to)
	}
}

func (s *Store) termsSum(r *Record) uint64 {
	if s.o.TermsSum == nil {
		return 0
	}
	return s.o.TermsSum(r)
}

func (t *transaction) countRecord(suffix string, d int) {
	if strings.HasPrefix(suffix, "/v/") {
		t.state.Vehicles += d
	} else {
		t.state.Persons += d
	}
}

func (t *transaction) SetOffset(p Position, next int64, through time.Time) {
	a, known := t.s.mutable[p]
	if known && next < a.next {
		t.err = fmt.Errorf("storage: partition %d of %s is applied to offset %d, asked for %d: %w", p.Partition, p.Topic, a.next, next, ErrBackwards)
		return
	}
	a.next = next
	if through.After(a.through) {
		a.through = through
	}
	t.offsets[p] = a
}

func (t *transaction) Prove(p Position, proof Proof) {
	if a, moved := t.offsets[p]; moved && proof != (Proof{}) {
		a.proof = proof
		t.offsets[p] = a
	}
}

func (t *transaction) Clock(p Position) int64 { return t.s.mutable[p].clock }

func (t *transaction) Next(p Position) (next int64, known bool) {
	a, known := t.s.mutable[p]
	return a.next, known
}

func (t *transaction) SetClock(p Position, clock int64) {
	if a, moved := t.offsets[p]; moved {
		a.clock = max(a.clock, clock)
		t.offsets[p] = a
	}
}

func (t *transaction) Rewind(p Position, next int64) {
	t.offsets[p] = at{next: next, through: t.s.mutable[p].through}
}

func (t *transaction) SetFold(version int) { t.state.Fold = version }

func (t *transaction) Cases() int { return t.state.Cases }

func (t *transaction) Count(name string, n uint64) {
	if n > 0 {
		t.state.Counts[name] += n
	}
}

// each calls fn with every key of a kind, in order, with its verified value; neither may be kept.
func (s *Store) each(kind byte, fn func(key, value []byte) error) error {
	return s.read(func(t backend.Txn) error { return eachOf(t, kind, fn) })
}

func eachOf(t backend.Txn, kind byte, fn func(key, value []byte) error) error {
	return t.Scan(backend.Range{Prefix: []byte{kind}}, func(k, b []byte) error {
		v, err := layout.Unseal(k, b)
		if err != nil {
			return err
		}
		return fn(k, v)
	})
}

// Each calls fn with every record in order of id, out of one read snapshot. The record is the callee's. Records of damaged
// cases are left out, and the error is then an ErrDamaged, after all others were given.
func (s *Store) Each(fn func(*Record) error) error {
	t, st := s.snapshotOf()
	defer t.Discard()
	return s.eachRecord(t, st, fn)
}

// snapshotOf is a snapshot, and the state of its commit.
func (s *Store) snapshotOf() (backend.Txn, State) {
	s.writer.Lock()
	defer s.writer.Unlock()
	return s.keys.Begin(false), s.state.clone()
}

func (s *Store) eachRecord(t backend.Txn, st State, fn func(*Record) error) error {
	var first error
	lost := func(fir string, why error) {
		s.damaged(fir, why)
		first = cmp.Or(first, why)
	}
	total, err := s.walkRecords(t, func(c *entry, ref recordRef, sealed []byte) error {
		r, err := decodeStored(sealed[:len(sealed)-8])
		if err != nil {
			lost(c.FIR, damageOf(c.FIR, "record %s cannot be read", ref.suffix))
			return nil
		}
		return fn(r)
	}, lost)
	if err != nil {
		return err
	}
	return cmp.Or(s.proven(total, st), first)
}

// proven tells whether a walk has seen all cases of a commit, and notes which it has not.
func (s *Store) proven(total uint64, st State) error {
	if st.Witness == nil || total == *st.Witness {
		return nil
	}
	if _, err := s.nameLost(nil); err != nil {
		return err
	}
	return fmt.Errorf("storage: not all cases can be read: %w", ErrDamaged)
}
