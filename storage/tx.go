package storage

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
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

	terms []string // of Record, where they are made already
}

// A Tx is one atomic change of the store. It is valid until the function given to Update returns.
type Tx struct {
	s       *Store
	tx      backend.Txn
	state   State
	changes []Change
	offsets map[Position]at
	moved   []Digest // what the changes are to the shards' digests
	err     error    // of SetOffset

	writes []write // all of them, in order
	puts   int
	full   bool              // tx does not hold them: they are carried out in steps
	said   map[string]uint64 // by the cases that were put, for the witness
	held   map[string][]Form // of the cases that were read, as they are stored
	asides []*Aside          // cases that are set aside, or for which updates wait
	waits  int
	mended []string // cases that are no longer
}

// Update runs fn with a transaction and makes its changes durable when fn returns nil; the derived structure
// and the shards follow, see Offsets. An error leaves nothing behind. ErrBatchTooLarge is returned where several cases are
// Put and do not fit in one transaction; one case always does (redo.go).
// It blocks while the shards are more than queueJobs commits behind.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
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
	if err := errors.Join(s.NoRoom(), s.carryOutNow()); err != nil {
		return err
	}
	t := &Tx{s: s, tx: s.keys.Begin(true), state: s.state.clone(), offsets: map[Position]at{}, moved: make([]Digest, s.state.Shards),
		said: map[string]uint64{}, held: map[string][]Form{}}
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
func (t *Tx) commit() error {
	t.state.Positions = t.positions()
	t.state.Seq++
	if t.state.Digests != nil {
		t.state.Digests = backend.Plus(t.state.Digests, t.moved)
	}
	struck := t.s.struck
	finish := func(tx backend.Txn) (err error) {
		struck, err = t.finish(tx)
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
	t.s.struck = struck
	return nil
}

// positions is State.Positions once the offsets are written.
func (t *Tx) positions() *uint64 {
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

// finish writes offsets, journal and state, and strikes what is paid.
func (t *Tx) finish(tx backend.Txn) (struck uint64, err error) {
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
	return t.s.strike(tx, &t.state)
}

// follow hands what was committed to the indexing goroutine.
func (s *Store) follow(t *Tx) error {
	s.state = t.state
	s.home.SetMark(s.state.Seq)
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
	s.publishState()
	s.changed += len(t.changes)
	s.withdrawn.commit(s.state.Seq, t.changes)
	s.enqueue(job{seq: s.state.Seq, changes: t.changes, offsets: t.offsets})
	if s.snapshotDue() {
		s.drainAndSave()
	}
	return nil
}

// Case returns what is held of a case, or an empty one; a *Damage where that cannot be told.
func (t *Tx) Case(fir string) (*Case, error) {
	if t.full {
		return nil, fmt.Errorf("storage: %w", ErrBatchTooLarge)
	}
	says, known := t.said[fir]
	if !known {
		says, known = t.s.witness.Get(fir)
	}
	c, err := t.s.agree(t.tx, fir, says, known)
	if errors.Is(err, ErrNotFound) {
		return &Case{FIR: fir}, nil
	}
	if err == nil {
		t.held[fir] = slices.Clone(c.Forms)
	}
	return c, err
}

// Value returns the stored value of a form, spares included, of a case that Case has returned, or ErrNotFound; a *Damage where
// it is not the one that the case names.
func (t *Tx) Value(fir, formID string) ([]byte, error) {
	c := &Case{FIR: fir, Forms: t.held[fir]}
	f, ok := c.Form(formID)
	if !ok {
		return nil, ErrNotFound
	}
	return formOf(t.tx, c, f)
}

// Put stores the case as c says: values of the form instances that are new or changed, by id, and the
// records that the case has from here on. Forms no longer in c.Forms and records no longer among
// records are removed. Records equal to the stored ones cost nothing.
func (t *Tx) Put(c *Case, values map[string][]byte, records []*Record) error {
	if t.puts++; t.full {
		return fmt.Errorf("storage: %w", ErrBatchTooLarge)
	}
	if !c.stored {
		t.state.Cases++
	}
	now := make(map[string]bool, len(c.Forms))
	for _, f := range c.Forms {
		now[f.ID] = true
	}
	for _, id := range c.kept {
		if !now[id] {
			if err := t.write(layout.FormKey(c.FIR, id), nil); err != nil {
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
	if err := t.putRecords(c, records); err != nil {
		return err
	}
	c.stored, c.kept = true, nil
	for _, f := range c.Forms {
		c.kept = append(c.kept, f.ID)
	}
	return t.putEntry(c)
}

// putEntry writes the entry of c, and says so to the witness.
func (t *Tx) putEntry(c *Case) error {
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
	t.state.Witness, t.said[c.FIR], t.held[c.FIR] = &total, says(c, c.sum), slices.Clone(c.Forms)
	return t.write(k, layout.Seal(k, b))
}

// write sets a key to a sealed value, or deletes it.
func (t *Tx) write(key, sealed []byte) error {
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

func (t *Tx) putRecords(c *Case, records []*Record) error {
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
func (t *Tx) putRecord(c *Case, r *Record, suffix string, was *recordRef) (recordRef, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return recordRef{}, err
	}
	b = layout.RecordPacker.Pack(b)
	k := layout.RecordKey(r.ID)
	ref := recordRef{suffix: suffix, sum: layout.Sum(k, b), terms: t.s.termsSum(r)}
	sameTerms := was != nil && t.s.o.TermsSum != nil && was.terms == ref.terms
	change := Change{ID: r.ID, Record: r, SameTerms: sameTerms}
	if sameTerms && c.terms == t.s.o.TermsVersion {
		ref.doc = was.doc
	} else {
		if t.s.o.Prepare != nil {
			t.s.o.Prepare(r)
		}
		change.terms = t.s.o.Terms([]string{}, r)
		ref.doc = backend.DocSum(r.ID, change.terms)
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
func (t *Tx) docOf(c *Case, ref recordRef) (uint64, error) {
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
func (t *Tx) move(id string, from, to uint64) {
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

func (t *Tx) countRecord(suffix string, d int) {
	if strings.HasPrefix(suffix, "/v/") {
		t.state.Vehicles += d
	} else {
		t.state.Persons += d
	}
}

// SetOffset records that everything below next is applied, and that all that was appended to the
// partition before through is. An offset that moves back makes the Update fail.
func (t *Tx) SetOffset(p Position, next int64, through time.Time) {
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

// Prove keeps what proves that the log is the one that was read, with the offset that SetOffset has moved before.
func (t *Tx) Prove(p Position, proof Proof) {
	if a, moved := t.offsets[p]; moved && proof != (Proof{}) {
		a.proof = proof
		t.offsets[p] = a
	}
}

// Clock returns the greatest time of a partition's messages so far, in milliseconds since 1970, 0 where none was told.
func (t *Tx) Clock(p Position) int64 { return t.s.mutable[p].clock }

// Next returns the next offset to apply as it was before the transaction; known is false for a partition never applied.
func (t *Tx) Next(p Position) (next int64, known bool) {
	a, known := t.s.mutable[p]
	return a.next, known
}

// SetClock keeps the greatest time of a partition's messages with the offset that SetOffset has moved before.
func (t *Tx) SetClock(p Position, clock int64) {
	if a, moved := t.offsets[p]; moved {
		a.clock = max(a.clock, clock)
		t.offsets[p] = a
	}
}

// Rewind makes next the offset to go on from, also where that is behind or ahead of what is applied, and forgets
// proof and clock: for a log that lost something, once that is accepted. What is applied again changes nothing.
func (t *Tx) Rewind(p Position, next int64) {
	t.offsets[p] = at{next: next, through: t.s.mutable[p].through}
}

// SetFold notes that all records are made under this version of the rules that make them.
func (t *Tx) SetFold(version int) { t.state.Fold = version }

// Cases is how many cases the store holds.
func (t *Tx) Cases() int { return t.state.Cases }

// Count adds to a named counter, durably with the rest.
func (t *Tx) Count(name string, n uint64) {
	if n > 0 {
		t.state.Counts[name] += n
	}
}

// Next returns the next offset to apply, as committed; known is false for a partition never applied.
func (s *Store) Next(p Position) (next int64, known bool) {
	s.writer.Lock()
	defer s.writer.Unlock()
	a, ok := s.mutable[p]
	return a.next, ok
}

// Proof returns what was kept with the offset of p, the zero Proof if nothing was.
func (s *Store) Proof(p Position) Proof {
	s.writer.Lock()
	defer s.writer.Unlock()
	return s.mutable[p].proof
}

// readOffsets fills the committed and the visible positions.
func (s *Store) readOffsets() error {
	s.mutable = map[Position]at{}
	s.visible.at = map[Position]at{}
	total := uint64(0)
	err := s.each(layout.OffsetKind, func(k, v []byte) error {
		o, err := decodeOffset(k, v)
		if err != nil {
			return err
		}
		a := at{o.Next, o.Through, o.Proof, o.clock}
		s.mutable[o.Position], s.visible.at[o.Position] = a, a
		total += layout.Sum(k, a.encode())
		return nil
	})
	if err != nil {
		return err
	}
	if was := s.state.Positions; was != nil && *was != total {
		s.faults.add(Finding{What: "an offset is lost or of an earlier time: the log is read again from where it says, and what is held already is not applied twice"})
	}
	s.state.Positions = &total
	return nil
}

// encode is the value of an offset entry: see doc.go.
func (a at) encode() []byte {
	v := binary.BigEndian.AppendUint64(nil, uint64(a.next))
	v = binary.BigEndian.AppendUint64(v, uint64(max(a.through.UnixNano(), 0)))
	if a.clock > 0 {
		v = binary.BigEndian.AppendUint64(v, uint64(a.clock))
	}
	return a.proof.append(v)
}

// decodeOffset reads an offset entry; one without clock and proof is 16 bytes long.
func decodeOffset(k, v []byte) (Offset, error) {
	topic, rest, ok := strings.Cut(string(k[1:]), "\x00")
	clock := 0
	switch len(v) {
	case 16, 16 + proofSize:
	case 24, 24 + proofSize:
		clock = 8
	default:
		ok = false
	}
	if !ok || len(rest) != 4 {
		return Offset{}, fmt.Errorf("storage: offset entry: %w", ErrCorrupt)
	}
	o := Offset{Position: Position{topic, int(binary.BigEndian.Uint32([]byte(rest)))}, Next: int64(binary.BigEndian.Uint64(v)),
		Through: time.Unix(0, int64(binary.BigEndian.Uint64(v[8:]))), Proof: decodeProof(v[16+clock:])}
	if clock > 0 {
		o.clock = int64(binary.BigEndian.Uint64(v[16:]))
	}
	return o, nil
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
	total, err := s.walkRecords(t, func(c *Case, ref recordRef, sealed []byte) error {
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
