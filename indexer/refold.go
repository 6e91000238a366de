package indexer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"anvesh/storage"
)

// FoldVersion changes when Fold makes other records of some forms in a way that may not wait until each case is next
// written: when something may no longer be shown. A store whose records were made under another one is folded anew
// before it is searched. Version 2: labels Masked and what masks, where there was Sealed.
const FoldVersion = 2

// refoldBatch is how many cases are folded anew in one transaction.
const refoldBatch = 64

// Refold makes the records of every case anew where they were made under another FoldVersion, and returns how many
// cases it has folded. A case that cannot be read is passed over, and keeps the records that it has: the check names
// it. Interrupted, it begins again the next time.
func (x *Indexer) Refold(ctx context.Context) (cases int, err error) {
	if x.store.State().Fold == FoldVersion {
		return 0, nil
	}
	firs, err := x.store.CaseNumbers()
	if err != nil {
		return 0, fmt.Errorf("indexer: list cases: %w", err)
	}
	if len(firs) == 0 { // the first case notes the version
		return 0, nil
	}
	began := time.Now()
	x.log.Info("indexer: records are made anew under the present rules; searches wait for it", "cases", len(firs))
	for from := 0; from < len(firs); from += refoldBatch {
		if err := x.refoldAll(ctx, firs[from:min(from+refoldBatch, len(firs))]); err != nil {
			return from, err
		}
	}
	err = x.store.Update(ctx, func(tx storage.Tx) error { tx.SetFold(FoldVersion); return nil })
	if err == nil {
		x.log.Info("indexer: records are made anew", "cases", len(firs), "took", time.Since(began).Round(time.Millisecond))
	}
	return len(firs), err
}

// refoldAll folds cases anew in one transaction, or in one for each where that is too large.
func (x *Indexer) refoldAll(ctx context.Context, firs []string) error {
	err := x.update(ctx, func(tx storage.Tx) error {
		for _, fir := range firs {
			if tx.IsAside(fir) { // folded when it is mended
				continue
			}
			if err := x.refold(tx, fir); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, storage.ErrBatchTooLarge) || len(firs) == 1 {
		return err
	}
	for _, fir := range firs {
		if err := x.refoldAll(ctx, []string{fir}); err != nil {
			return err
		}
	}
	return nil
}

func (x *Indexer) refold(tx storage.Tx, fir string) error {
	c, err := tx.Case(fir)
	var forms []weighed
	if err == nil {
		forms, err = x.held(tx, c, nil)
	}
	if err != nil {
		x.log.Warn("indexer: a case cannot be read and keeps its records: run anvesh check", "case", fir, "error", err)
		return nil
	}
	return tx.Put(c, nil, fold(c, forms))
}
