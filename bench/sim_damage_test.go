package bench

import (
	"context"
	"errors"
	"fmt"

	"anvesh/indexer"
	"anvesh/storage"
)

// The simulated disk loses or ages what is kept of a case, as a damaged block does. What must hold: nobody takes it for
// a case that is not there or for what it was, no other case is called damaged, updates of it wait and others go on,
// and once it is mended from what was applied it is what the model has.

// A simDamage is what was done to the disk.
type simDamage struct {
	harmed map[string]bool
	log    []indexer.Batch // everything that was applied, for mending
	cut    bool            // a log was cut: what was applied is in it no more

	believed bool // planted: damage is taken for absence or for what was
}

// damage harms a case that is whole.
func (s *sim) damage() error {
	fir := simFIRs[s.rng.IntN(len(simFIRs))]
	if s.harm.cut || s.harm.harmed[fir] || s.down {
		return nil
	}
	if what := s.disk.Harm(fir, s.rng.IntN); what != "" {
		s.path = append(s.path, what)
		s.harm.harmed[fir] = true
		if s.harm.believed {
			return s.believe(fir)
		}
	}
	return nil
}

// believe mends a harmed case into what is read of it, as if that were all there ever was.
func (s *sim) believe(fir string) error {
	left, err := s.store.Left(fir)
	if err != nil {
		return err
	}
	c := &storage.Case{FIR: fir}
	if left.Old != nil {
		c = left.Old
	}
	err = s.store.Update(context.Background(), func(tx storage.Tx) error {
		_, err := tx.Mend(c, nil, nil)
		return err
	})
	if err == nil {
		delete(s.harm.harmed, fir)
	}
	if errors.Is(err, errFault) {
		return nil
	}
	return err
}

// wholeOrHarmed is what reading a case ended in, where that may be.
func (s *sim) wholeOrHarmed(fir string, err error) error {
	switch {
	case errors.Is(err, storage.ErrDamaged) && s.harm.harmed[fir]:
		return nil
	case err != nil:
		return fmt.Errorf("look at %s: %w", fir, err)
	}
	return nil
}

// lostName is true where a store was opened that cannot say which cases it lost: the operator restores it.
func (s *sim) lostName() bool {
	_, err := s.store.Case("nobody")
	return errors.Is(err, storage.ErrUnproven)
}

// mend puts all that is harmed right.
func (s *sim) mend() error {
	rebuild, mended := false, false
	for _, fir := range simFIRs {
		if !s.harm.harmed[fir] {
			continue
		}
		if _, _, err := s.store.Forms(fir); errors.Is(err, storage.ErrNotFound) {
			return fmt.Errorf("harmed case %s is not found", fir)
		}
		m, err := s.x.Mend(context.Background(), fir, indexer.MendSources{Log: s.history(fir)}, false)
		if err != nil {
			return fmt.Errorf("mend %s: %v: %w", fir, m, err)
		}
		rebuild, mended = rebuild || m.Rebuild, true
		delete(s.harm.harmed, fir)
	}
	if !mended {
		return nil
	}
	if err := s.store.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	if rebuild {
		s.disk.Lose(false)
	}
	if err := s.open(); err != nil {
		return err
	}
	for s.store.State().Stale {
		if err := s.rebuild(); err != nil {
			return fmt.Errorf("rebuild: %w", err)
		}
	}
	return nil
}

// history is what the log holds of a case.
func (s *sim) history(fir string) *indexer.History {
	h := indexer.NewHistory(fir)
	for _, b := range s.harm.log {
		h.Add(b)
	}
	return h
}

// believes is planted: what is read of a harmed case is taken for all that there is.
func believes(s *sim) { s.harm.believed = true }
