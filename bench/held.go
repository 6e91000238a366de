package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"time"

	"anvesh/query"
	"anvesh/query/register"
	"anvesh/storage"
)

// Held is a real store with its register and engine, filled with ready-made records instead of forms: what is
// measured on it is the search, not the fold.
type Held struct {
	Store    *storage.Store
	Register *register.Register
	Engine   *query.Engine

	dir     string
	temp    bool
	pending []*storage.Record
	cases   int
	next    int64
}

// heldCase is how many records one case holds, heldBatch how many stand in one transaction.
const (
	heldCase  = 16
	heldBatch = 4096
)

// heldPosition is the partition that the records are said to come from.
var heldPosition = storage.Position{Topic: "held"}

// heldAt is when everything that a Held holds happened.
var heldAt = time.Date(2026, 1, 2, 10, 0, 0, 0, storage.IST)

// OpenHeld opens a store in dir, or in a temporary directory that Close removes if dir is empty. A directory that holds
// records already is used as it is.
func OpenHeld(dir string) (*Held, error) {
	h := &Held{dir: dir, Register: register.New()}
	var err error
	if dir == "" {
		if h.dir, err = os.MkdirTemp("", "anvesh-bench-*"); err != nil {
			return nil, err
		}
		h.temp = true
	}
	h.Store, err = storage.Open(storage.Options{Dir: h.dir, Terms: register.NewTerms(), TermsSum: register.TermsSum, TermsVersion: register.TermsVersion,
		Derived: h.Register})
	if err != nil {
		return nil, errors.Join(err, h.remove())
	}
	h.Engine, err = query.New(query.Options{Store: h.Store, Register: h.Register})
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.next, _ = h.Store.Next(heldPosition)
	h.cases = h.Store.State().Cases
	return h, nil
}

// Len is how many records the store holds.
func (h *Held) Len() int { s := h.Store.State(); return s.Persons + s.Vehicles }

// Add takes one record, whose id, FIR, station and times are filled in. It is searchable after Flush.
func (h *Held) Add(r *storage.Record) error {
	fir := fmt.Sprintf("1322500826%07d", h.cases+len(h.pending)/heldCase)
	kind := 'p'
	if r.Kind == storage.Vehicle {
		kind = 'v'
	}
	r.ID, r.FIR, r.Station = fmt.Sprintf("%s/%c/%d", fir, kind, len(h.pending)%heldCase), fir, fir[:8]
	r.EventAt, r.Updated = heldAt, heldAt
	h.pending = append(h.pending, r)
	if len(h.pending) < heldBatch {
		return nil
	}
	return h.commit()
}

// commit writes what is pending, a case for every heldCase records.
func (h *Held) commit() error {
	if len(h.pending) == 0 {
		return nil
	}
	err := h.Store.Update(context.Background(), func(tx storage.Tx) error {
		for rs := h.pending; len(rs) > 0; {
			n := min(heldCase, len(rs))
			c, err := tx.Case(rs[0].FIR)
			if err != nil {
				return err
			}
			v := []byte(rs[0].FIR)
			c.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256(v)})
			if err := tx.Put(c, map[string][]byte{"1": v}, rs[:n]); err != nil {
				return err
			}
			rs = rs[n:]
		}
		h.next++
		tx.SetOffset(heldPosition, h.next, time.Now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("bench: hold records: %w", err)
	}
	h.cases += (len(h.pending) + heldCase - 1) / heldCase
	h.pending = nil
	return nil
}

// Flush writes what is pending and returns when all of it is searchable.
func (h *Held) Flush() error {
	if err := h.commit(); err != nil {
		return err
	}
	for {
		offsets, moved := h.Store.Offsets()
		for _, o := range offsets {
			if o.Next >= h.next {
				return nil
			}
		}
		if h.next == 0 {
			return nil
		}
		<-moved
	}
}

// Rest returns when the register has merged what it merges once no update comes.
func (h *Held) Rest() {
	for !h.Register.AtRest() {
		time.Sleep(100 * time.Millisecond)
	}
}

// Close closes the store, and removes a temporary directory.
func (h *Held) Close() error { return errors.Join(h.Store.Close(), h.remove()) }

func (h *Held) remove() error {
	if !h.temp {
		return nil
	}
	return os.RemoveAll(h.dir)
}
