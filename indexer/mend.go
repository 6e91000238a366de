package indexer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// MendSources are where what is lost of a case may be found, beside the store itself.
type MendSources struct {
	Backup *storage.CaseCopy // nil for none
	Log    *History          // nil for none
}

// A History is what the log still holds of some cases, each update with the stamp that it was applied with: that stamp is of
// the whole partition's clock, to which messages of other cases and refused ones belong too.
type History struct {
	updates map[string][]logged // by case
	clocks  map[storage.Position]int64
}

// logged is an update and where it stands.
type logged struct {
	update
	at storage.Position
}

// NewHistory returns one that keeps what is of cases.
func NewHistory(cases ...string) *History {
	h := &History{updates: map[string][]logged{}, clocks: map[storage.Position]int64{}}
	for _, fir := range cases {
		h.updates[fir] = nil
	}
	return h
}

// Add takes the next messages of a partition, all of them, from the start of its log on. It keeps nothing of b itself.
func (h *History) Add(b Batch) {
	at := storage.Position{Topic: b.Topic, Partition: b.Partition}
	for _, m := range b.Messages {
		h.clocks[at] = tick(h.clocks[at], m)
		fir := string(m.Key)
		if _, wanted := h.updates[fir]; !wanted {
			continue
		}
		m.Key, m.Value = bytes.Clone(m.Key), bytes.Clone(m.Value)
		u, err := readMessage(m)
		if err != nil {
			continue // it is among the dead letters
		}
		u.stamp = storage.Stamp{Time: h.clocks[at], Partition: b.Partition, Offset: m.Offset}
		h.updates[fir] = append(h.updates[fir], logged{u, at})
	}
}

// A Mended says what a case was put right from.
type Mended struct {
	FIR                            string
	FromStore, FromBackup, FromLog int      // forms whose values came from there
	Applied                        int      // updates that waited
	Lost                           int      // updates that waited and cannot be read
	Missing                        []string // forms that the case's entry names and nobody has
	Undated                        int      // forms of which nobody has when they arrived, so that days ahead in them are believed
	Proven                         bool     // all that was last committed is held again
	Rebuild                        bool     // the shards and the register are to be made again
	Persons, Vehicles, Forms       int
}

// ErrIncomplete is returned where something of a case is lost for certain, or where it cannot be shown that nothing is.
var ErrIncomplete = errors.New("not all of the case can be put right: give a backup or a log that has it, or take what there is with --accept-loss")

// A mending is one case that is put right.
type mending struct {
	x      *Indexer
	m      *Mended
	c      *storage.Case
	pool   map[[sha256.Size]byte]found // values by their sum
	values map[string][]byte           // of the forms of c, by id
}

type found struct {
	value []byte
	in    *int // counter of the source
}

// Mend puts a damaged case right: from what is left of it in the store, a backup and the log, and then from the updates that
// waited, folded anew. Where it is not proven that nothing is lost it does so only if loss is accepted, else the error is
// ErrIncomplete and nothing is changed; Mended tells in either case.
func (x *Indexer) Mend(ctx context.Context, fir string, from MendSources, acceptLoss bool) (*Mended, error) {
	g := &mending{x: x, m: &Mended{FIR: fir}, pool: map[[sha256.Size]byte]found{}, values: map[string][]byte{}}
	left, err := x.store.Left(fir)
	if err != nil {
		return nil, err
	}
	waiting, lost, err := x.store.Waiting(fir)
	if err != nil {
		return nil, err
	}
	g.m.Lost = lost
	logged := x.logged(fir, from.Log, waiting)
	g.gather(left, from, logged)
	err = x.store.Update(ctx, func(tx storage.Tx) error {
		counts := tx.Counts()
		if err := g.base(tx, left, from, logged); err != nil {
			return err
		}
		tx.SetCounts(counts)
		g.prove(left)
		if (!g.m.Proven || lost > 0) && !acceptLoss {
			return ErrIncomplete
		}
		return g.finish(tx, waiting)
	})
	return g.m, err
}

// logged are the updates of a case in the log that were applied before it was damaged, in the order of their stamps.
func (x *Indexer) logged(fir string, log *History, waiting []storage.Waiting) []update {
	if log == nil {
		return nil
	}
	type place struct {
		topic     string
		partition int
		offset    int64
	}
	waits := map[place]bool{}
	for _, w := range waiting {
		waits[place{w.Topic, w.Stamp.Partition, w.Stamp.Offset}] = true
	}
	var all []update
	for _, u := range log.updates[fir] {
		if next, _ := x.store.Next(u.at); u.offset < next && !waits[place{u.at.Topic, u.at.Partition, u.offset}] {
			all = append(all, u.update)
		}
	}
	slices.SortFunc(all, func(a, b update) int {
		switch {
		case b.stamp.After(a.stamp):
			return -1
		case a.stamp.After(b.stamp):
			return 1
		}
		return 0
	})
	return all
}

// gather pools the values of all sources.
func (g *mending) gather(left *storage.Left, from MendSources, logged []update) {
	add := func(value []byte, in *int) {
		if sum := sha256.Sum256(value); g.pool[sum].value == nil {
			g.pool[sum] = found{value, in}
		}
	}
	for _, v := range left.Forms {
		add(v, &g.m.FromStore)
	}
	if from.Backup != nil {
		for _, v := range from.Backup.Values {
			add(v, &g.m.FromBackup)
		}
	}
	for _, u := range logged {
		if u.form != nil {
			add(u.value, &g.m.FromLog)
		}
	}
}

// base makes the case as it was before updates waited.
func (g *mending) base(tx storage.Tx, left *storage.Left, from MendSources, logged []update) error {
	g.c = &storage.Case{FIR: g.m.FIR}
	switch {
	case left.Entry != nil:
		g.take(left.Entry, true)
	case from.Backup != nil && from.Backup.Case != nil:
		g.take(from.Backup.Case, false)
	case left.Old != nil:
		g.take(left.Old, false)
	}
	if left.Entry != nil {
		return nil // it names all that there was
	}
	for _, u := range logged { // before what is left in the store, of which it is not known when it came
		if err := g.apply(tx, u); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left.Forms)) {
		u, err := readMessage(Message{Key: []byte(g.m.FIR), Value: left.Forms[id]})
		if err != nil {
			continue
		}
		if err := g.apply(tx, u); err != nil {
			return err
		}
	}
	return nil
}

// take takes the forms that an entry names. Those that nobody has are missing, where the entry is the last one.
func (g *mending) take(e *storage.Case, last bool) {
	g.c.Withdrawn, g.c.Withdrawal = e.Withdrawn, e.Withdrawal
	for _, f := range e.Forms {
		v := g.pool[f.Sum]
		if v.value == nil {
			if last {
				g.m.Missing = append(g.m.Missing, fmt.Sprintf("form %s, version %d", f.Instance(), f.Version))
			}
			continue
		}
		value, changed, ok := g.x.strippedValue(g.m.FIR, v.value) // a backup may have what was destroyed since
		if !ok {
			continue
		}
		if changed {
			f.Sum = sha256.Sum256(value)
		}
		g.c.Forms, g.values[f.ID] = append(g.c.Forms, f), value
	}
}

// apply takes one update into the case.
func (g *mending) apply(tx storage.Tx, u update) error {
	kept := g.x.keepOut(tx, []update{u})
	if len(kept) == 0 {
		return nil
	}
	u = kept[0]
	read := func(id string) ([]byte, error) { return nil, fmt.Errorf("indexer: BUG: form %s is not at hand", id) }
	var err error
	if u.form == nil {
		_, err = withdraw(g.c, &u, g.values, read)
	} else {
		_, err = g.x.take(tx, g.c, &u, g.values, read)
	}
	return err
}

// prove tells whether the case is all that was committed last.
func (g *mending) prove(left *storage.Left) {
	for _, f := range g.c.Forms {
		if v := g.pool[f.Sum]; v.in != nil {
			*v.in++
		}
	}
	if left.Entry != nil {
		g.m.Proven = len(g.m.Missing) == 0
		return
	}
	for _, f := range g.c.Forms {
		if f.Arrived == 0 {
			g.m.Undated++
		}
	}
	same, known := g.x.store.Witnessed(g.c)
	g.m.Proven = known && same && g.m.Undated == 0
}

// finish applies the updates that waited, and puts the case.
func (g *mending) finish(tx storage.Tx, waiting []storage.Waiting) error {
	for _, w := range waiting {
		u := update{fir: g.m.FIR, offset: w.Stamp.Offset, arrived: w.Arrived, stamp: w.Stamp}
		if w.Value != nil {
			form, err := iif.Parse([]byte(g.m.FIR), w.Value)
			if err != nil {
				return fmt.Errorf("indexer: an update that waited breaks a rule: %w", err)
			}
			u.form, u.value, u.sum = form, w.Value, sha256.Sum256(w.Value)
		}
		if err := g.apply(tx, u); err != nil {
			return err
		}
		g.m.Applied++
	}
	for _, f := range g.c.Forms { // what counts again may have been passed over until now
		if _, ok := g.values[f.ID]; !ok {
			return fmt.Errorf("indexer: BUG: form %s of case %s is not at hand", f.ID, g.m.FIR)
		}
	}
	maps.DeleteFunc(g.values, func(id string, _ []byte) bool { _, ok := g.c.Form(id); return !ok })
	forms, err := g.x.held(tx, g.c, g.values)
	if err != nil {
		return err
	}
	if tooLarge(forms) {
		return errors.New("indexer: with the updates that waited the case is larger than a case may be")
	}
	records := fold(g.c, forms)
	for _, r := range records {
		if r.Kind == storage.Person {
			g.m.Persons++
		} else {
			g.m.Vehicles++
		}
	}
	g.m.Forms = len(g.c.Forms)
	g.m.Rebuild, err = tx.Mend(g.c, g.values, records)
	return err
}

// String says it in a few lines.
func (m *Mended) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "case %s: %d forms from the store, %d from the backup, %d from the log; %d updates that waited", m.FIR, m.FromStore,
		m.FromBackup, m.FromLog, m.Applied)
	if m.Lost > 0 {
		fmt.Fprintf(&b, "\n%d updates that waited cannot be read", m.Lost)
	}
	for _, s := range m.Missing {
		fmt.Fprintf(&b, "\nlost: %s", s)
	}
	if m.Undated > 0 {
		fmt.Fprintf(&b, "\nwhen %d of its forms arrived is not known", m.Undated)
	}
	switch {
	case m.Proven:
		b.WriteString("\nall that was held of it is held again")
	case len(m.Missing) == 0:
		b.WriteString("\nwhether something of it is lost cannot be told")
	}
	return b.String()
}
