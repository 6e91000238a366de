// Package indexer makes an update become records: it reads a message of the log, folds it into its case
// and applies the case's records to the store, together with the offset that they came from.
//
// The state of a case is a pure function of the set of its messages (instances.go) and of the newest version of each form
// instance that counts (Fold), so that duplicates, replays, reordering and two partitions that hold one case end in the same
// records. A withdrawal is final: it removes the case's forms and records, and a form that comes later in the log counts only
// if it says of itself that it reinstates. A form that does not say so stays out even after another has reinstated the case,
// because nobody can tell it from a late copy of what was withdrawn.
//
// A message that cannot be read or breaks a rule goes to the dead letters, is counted, and the next one
// is applied. Dead letters are acknowledged before the offset moves, so that none is lost; after a kill
// one may be there twice, with the same partition and offset.
package indexer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// A Rejecter publishes dead letters and returns once they are acknowledged.
type Rejecter interface {
	Reject(ctx context.Context, rs []Rejection) error
}

// The names of what is counted, durably, with the update that it is about.
const (
	CountApplied     = "applied"            // forms that became the newest of their instance
	CountDuplicate   = "duplicate"          // same version and content as stored
	CountSuperseded  = "superseded"         // older than what is stored
	CountConflict    = "version_conflict"   // same version, other content: the greater SHA-256 stays
	CountWithdrawal  = "withdrawal"         // null values that withdrew a case
	CountRepeated    = "withdrawal_again"   // null values for a case that is withdrawn
	CountUnknownCase = "withdrawal_unknown" // null values for a case that was not held: its tombstone is kept
	CountWithdrawn   = "withdrawn"          // forms of a withdrawn case that were not applied
	CountRejected    = "rejected"           // messages that went to the dead letters
	CountMissing     = "missing"            // offsets that the log should hold and does not
	CountUnreadable  = "unreadable"         // messages in record batches that could not be decoded
	CountUnknown     = "unknown_fields"     // messages with fields that the schema does not know
	CountWaiting     = "waiting"            // updates that were kept until their case, which is damaged, is mended
)

// An Indexer applies messages to one store. Its methods may be called from many goroutines.
type Indexer struct {
	store *storage.Store
	dead  Rejecter
	log   *slog.Logger
	cache formCache // used within Update only, which runs one at a time

	graveKey []byte // of tombstones: destroy.go
}

// New returns an indexer for store. dead takes what is refused.
func New(store *storage.Store, dead Rejecter, log *slog.Logger) *Indexer {
	return &Indexer{store: store, dead: dead, log: log}
}

// Next returns the offset to read next, and what proves that the log is the one that was read before it; known is false
// for a partition of which nothing was ever applied.
func (x *Indexer) Next(topic string, partition int) (next int64, proof Proof, known bool, err error) {
	p := storage.Position{Topic: topic, Partition: partition}
	next, known = x.store.Next(p)
	return next, x.store.Proof(p), known, x.store.Err()
}

// Rewind makes next the offset to read next, also where it is behind what is applied: the log lost something, and that is
// accepted. missing is how many updates are known to be lost by it.
func (x *Indexer) Rewind(ctx context.Context, topic string, partition int, next, missing int64) error {
	return x.store.Update(ctx, func(tx storage.Tx) error {
		tx.Count(CountMissing, uint64(missing))
		tx.Rewind(storage.Position{Topic: topic, Partition: partition}, next)
		return nil
	})
}

// Apply applies b and moves the partition's offset to b.Next, or does nothing and returns why.
func (x *Indexer) Apply(ctx context.Context, b Batch) error {
	at := storage.Position{Topic: b.Topic, Partition: b.Partition}
	next, known := x.store.Next(at)
	if len(b.Messages) == 0 && b.Unreadable == 0 && known && next == b.Next && (b.Proof == Proof{} || b.Proof == x.store.Proof(at)) {
		x.store.Advance(at, b.Next, b.Through)
		return nil
	}
	updates, rejected := read(b)
	if err := x.reject(ctx, b, rejected); err != nil {
		return err
	}
	for {
		err := x.apply(ctx, b, updates, len(rejected))
		var r refused
		if !errors.As(err, &r) {
			return err
		}
		var more []Rejection
		updates, more = r.sort(b, updates)
		if err := x.reject(ctx, b, more); err != nil {
			return err
		}
		rejected = append(rejected, more...)
		if next, known := x.store.Next(at); known { // a part may be applied
			updates = slices.DeleteFunc(updates, func(u update) bool { return u.offset < next })
		}
	}
}

// reject sends what is refused to the dead letters.
func (x *Indexer) reject(ctx context.Context, b Batch, rejected []Rejection) error {
	if len(rejected) == 0 {
		return nil
	}
	x.log.Warn("indexer: messages refused", "partition", b.Partition, "count", len(rejected),
		"first_offset", rejected[0].Offset, "field", rejected[0].Field, "reason", rejected[0].Reason)
	if err := x.dead.Reject(ctx, rejected); err != nil {
		return fmt.Errorf("indexer: publish dead letters: %w", err)
	}
	return nil
}

// update is Store.Update; a case that turns out to be damaged is set aside, and fn runs again.
func (x *Indexer) update(ctx context.Context, fn func(storage.Tx) error) error {
	for {
		err := x.store.Update(ctx, fn)
		var damage *storage.Damage
		if !errors.As(err, &damage) {
			return err
		}
		if err := x.store.SetAside(ctx, damage); err != nil {
			return fmt.Errorf("indexer: set case aside: %w", err)
		}
	}
}

// apply applies updates in one transaction, or in halves where one cannot hold them.
func (x *Indexer) apply(ctx context.Context, b Batch, updates []update, rejected int) error {
	err := x.update(ctx, func(tx storage.Tx) error {
		if tx.Cases() == 0 {
			tx.SetFold(FoldVersion)
		}
		tx.Count(CountRejected, uint64(rejected))
		tx.Count(CountMissing, uint64(b.Missing))
		tx.Count(CountUnreadable, uint64(b.Unreadable))
		at := storage.Position{Topic: b.Topic, Partition: b.Partition}
		tx.SetOffset(at, b.Next, b.Through)
		tx.Prove(at, b.Proof)
		return x.applyAll(tx, b.Topic, stamped(tx, at, b, updates))
	})
	if !errors.Is(err, storage.ErrBatchTooLarge) || len(updates) < 2 {
		return err
	}
	half := len(updates) / 2
	first := b
	first.Next, first.Missing, first.Unreadable, first.Through = updates[half].offset, 0, 0, time.Time{}
	first.Proof = b.proofAt(first.Next)
	if err := x.apply(ctx, first, updates[:half], 0); err != nil {
		return err
	}
	return x.apply(ctx, b, updates[half:], rejected)
}

// An update is one readable message: a form, or a withdrawal if form is nil.
type update struct {
	fir     string
	offset  int64
	arrived int64         // when the log took it, milliseconds since 1970, 0 where it does not say
	stamp   storage.Stamp // its place among all messages
	form    *iif.Form
	value   []byte
	sum     [sha256.Size]byte
}

// stamped gives the updates of a batch their stamps, without those that are applied already: a consumer that was thrown back
// reads them again. The clock takes every message, refused ones too, so that it follows from the log alone (History).
func stamped(tx storage.Tx, at storage.Position, b Batch, updates []update) []update {
	clock := tx.Clock(at)
	next, known := tx.Next(at)
	out := make([]update, 0, len(updates))
	for _, m := range b.Messages {
		var u *update
		if len(updates) > 0 && updates[0].offset == m.Offset {
			u, updates = &updates[0], updates[1:]
		}
		if known && m.Offset < next || m.Offset >= b.Next {
			continue
		}
		clock = tick(clock, m)
		if u != nil {
			out = append(out, *u)
			out[len(out)-1].stamp = storage.Stamp{Time: clock, Partition: at.Partition, Offset: m.Offset}
		}
	}
	tx.SetClock(at, clock)
	return out
}

// tick is a partition's clock at a message, where it stood at clock before.
func tick(clock int64, m Message) int64 { return max(clock, millis(m.Time)) }

// millis is a time in milliseconds since 1970, 0 where it is not told.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(t.UnixMilli(), 0)
}

// read sorts the messages of b into updates and rejections.
func read(b Batch) (updates []update, rejected []Rejection) {
	for _, m := range b.Messages {
		u, err := readMessage(m)
		if err != nil {
			rejected = append(rejected, rejection(b, m, err))
			continue
		}
		updates = append(updates, u)
	}
	return updates, rejected
}

func readMessage(m Message) (update, error) {
	if err := iif.CheckKey(m.Key); err != nil {
		return update{}, err
	}
	u := update{fir: string(m.Key), offset: m.Offset, arrived: millis(m.Time)}
	if m.Value == nil {
		return u, nil
	}
	value := iif.TrimMark(m.Value) // so that the same form with and without it is one content
	form, err := iif.Parse(m.Key, value)
	if err != nil {
		return update{}, err
	}
	u.form, u.value, u.sum = form, value, sha256.Sum256(value)
	return u, nil
}

// headBytes is how much of a refused value goes to the dead letters, as the contract says.
const headBytes = 4096

func rejection(b Batch, m Message, err error) Rejection {
	sum := sha256.Sum256(m.Value)
	r := Rejection{
		Reason: err.Error(), Topic: b.Topic, Partition: b.Partition, Offset: m.Offset, Size: len(m.Value),
		SHA256: hex.EncodeToString(sum[:]),
		Head:   strings.ToValidUTF8(string(m.Value[:min(headBytes, len(m.Value))]), "\uFFFD"),
	}
	var bad *iif.Error
	if errors.As(err, &bad) {
		r.Field, r.Reason = bad.Field, bad.Reason
	}
	return r
}

func (u *update) weighed() weighed { return weighed{u.form, len(u.value)} }

// applyAll applies updates case by case, each case folded once, in order of first mention.
func (x *Indexer) applyAll(tx storage.Tx, topic string, updates []update) error {
	updates = x.keepOut(tx, updates)
	byCase := make(map[string][]update, len(updates))
	var order []string
	for _, u := range updates {
		if _, ok := byCase[u.fir]; !ok {
			order = append(order, u.fir)
		}
		byCase[u.fir] = append(byCase[u.fir], u)
	}
	for _, fir := range order {
		apply := x.applyCase
		if tx.IsAside(fir) {
			apply = func(tx storage.Tx, fir string, updates []update) error { return wait(tx, topic, fir, updates) }
		}
		if err := apply(tx, fir, byCase[fir]); err != nil {
			return err
		}
	}
	return nil
}

// wait keeps updates of a case that is damaged until it is mended.
func wait(tx storage.Tx, topic, fir string, updates []update) error {
	for _, u := range updates {
		if err := tx.Wait(fir, storage.Waiting{Topic: topic, Stamp: u.stamp, Arrived: u.arrived, Value: u.value}); err != nil {
			return err
		}
	}
	tx.Count(CountWaiting, uint64(len(updates)))
	return nil
}

func (x *Indexer) applyCase(tx storage.Tx, fir string, updates []update) error {
	c, err := tx.Case(fir)
	if err != nil {
		return err
	}
	read := func(id string) ([]byte, error) { return tx.Value(fir, id) }
	unseen := len(c.Forms) == 0 && !c.Withdrawn
	values := map[string][]byte{}
	changed := false
	for i := range updates {
		u := &updates[i]
		var did bool
		if u.form == nil {
			empty := c.Withdrawn && len(c.Forms) == 0
			did, err = withdraw(c, u, values, read)
			countWithdrawal(tx, unseen, empty || !did)
		} else {
			unseen = false
			did, err = x.take(tx, c, u, values, read)
		}
		if err != nil {
			return err
		}
		changed = changed || did
	}
	if !changed {
		return nil
	}
	forms, err := x.held(tx, c, values)
	if err != nil {
		return err
	}
	if tooLarge(forms) {
		if err := x.refuse(tx, fir, updates); err != nil {
			return err
		}
	}
	return tx.Put(c, values, fold(c, forms))
}

func countWithdrawal(tx storage.Tx, unseen, again bool) {
	switch {
	case unseen:
		tx.Count(CountUnknownCase, 1)
	case again:
		tx.Count(CountRepeated, 1)
	default:
		tx.Count(CountWithdrawal, 1)
	}
}

// take takes a form into its case, counts what became of it, and reports whether that changes anything.
func (x *Indexer) take(tx storage.Tx, c *storage.Case, u *update, values map[string][]byte, read func(id string) ([]byte, error)) (bool, error) {
	if len(u.form.Unknown()) > 0 {
		tx.Count(CountUnknown, 1)
	}
	if !takes(c, u.form, u.stamp) {
		tx.Count(CountWithdrawn, 1)
		return false, nil
	}
	in := instanceOf(c, u.form.FormID, values)
	now := in.current()
	wins := now == nil || Newer(u.form.Version, u.sum, now.Version, now.Sum)
	if copied := in.same(u); copied != nil {
		tx.Count(CountDuplicate, 1)
		if !copied.again(u) {
			return false, nil
		}
		return true, in.resolve(values, read)
	}
	switch {
	case now != nil && now.Version == u.form.Version:
		tx.Count(CountConflict, 1)
	case !wins:
		tx.Count(CountSuperseded, 1)
	}
	if !wins && !u.form.Reinstates {
		return false, nil
	}
	if wins {
		tx.Count(CountApplied, 1)
	}
	in.add(u)
	x.cache.put(u.sum, u.weighed())
	return true, in.resolve(values, read)
}

// held are all forms of c, spares too, in the order of c.Forms; values holds those that have just come.
func (x *Indexer) held(tx storage.Tx, c *storage.Case, values map[string][]byte) ([]weighed, error) {
	forms := make([]weighed, 0, len(c.Forms))
	for _, f := range c.Forms {
		form, ok := x.cache.get(f.Sum)
		if !ok {
			v, fresh := values[f.ID]
			if !fresh {
				var err error
				if v, err = tx.Value(c.FIR, f.ID); err != nil {
					return nil, fmt.Errorf("indexer: read form of case: %w", err)
				}
			}
			parsed, err := iif.Parse([]byte(c.FIR), v)
			if err != nil {
				return nil, fmt.Errorf("indexer: a stored form breaks a rule: %w", err)
			}
			form = weighed{parsed, len(v)}
			x.cache.put(f.Sum, form)
		}
		forms = append(forms, form)
	}
	return forms, nil
}

// fold makes the records of c from those of its forms that count.
func fold(c *storage.Case, held []weighed) []*storage.Record {
	forms := make([]*iif.Form, 0, len(held))
	arrived := make([]time.Time, 0, len(held))
	for i, f := range c.Forms {
		if !f.Spare {
			forms = append(forms, held[i].form)
			arrived = append(arrived, Arrived(f))
		}
	}
	folded := FoldArrived(c.FIR, forms, arrived)
	c.Hidden = folded.Sealed
	out := make([]*storage.Record, len(folded.Records))
	for i := range folded.Records {
		out[i] = &folded.Records[i]
	}
	return out
}

// Arrived is when the log took a form, the zero time where that is not known.
func Arrived(f storage.Form) time.Time {
	if f.Arrived == 0 {
		return time.Time{}
	}
	return time.UnixMilli(f.Arrived)
}

// cacheForms and cacheBytes are what each generation of the cache holds, forms and bytes of their values. The forms of a
// case come within weeks of each other: reading and parsing them again for each fold was a sixth of the CPU of an update.
const (
	cacheForms = 4_096
	cacheBytes = 32 << 20
)

// A formCache keeps parsed forms by the SHA-256 of their value, so it can never be wrong. It forgets by
// generations: when the young one is full, it becomes the old one. Not safe for concurrent use.
type formCache struct {
	young, old map[[sha256.Size]byte]weighed
	bytes      int // of the young
}

// A weighed form is one with the length of its value.
type weighed struct {
	form  *iif.Form
	bytes int
}

func (c *formCache) get(sum [sha256.Size]byte) (weighed, bool) {
	f, ok := c.young[sum]
	if !ok {
		if f, ok = c.old[sum]; ok {
			c.put(sum, f)
		}
	}
	return f, ok
}

func (c *formCache) put(sum [sha256.Size]byte, f weighed) {
	if len(c.young) >= cacheForms || c.bytes >= cacheBytes {
		c.old, c.young, c.bytes = c.young, nil, 0
	}
	if c.young == nil {
		c.young = make(map[[sha256.Size]byte]weighed, cacheForms)
	}
	c.young[sum] = f
	c.bytes += f.bytes
}
