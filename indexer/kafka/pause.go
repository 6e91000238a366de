package kafka

import (
	"context"
	"math/rand/v2"
	"time"
)

// shortestPause is the first wait after an error: one error is often only a
// stale connection, and the next request opens another.
const shortestPause = 50 * time.Millisecond

// pauses are waits that double up to the longest, with up to a quarter of
// chance, so that many clients do not come back at one moment.
type pauses struct {
	longest, next time.Duration
}

func (p *pauses) reset() { p.next = 0 }

// wait sleeps, or returns the context's error when that ends first.
func (p *pauses) wait(ctx context.Context) error {
	p.next = min(max(p.next*2, shortestPause), max(p.longest, shortestPause))
	return sleep(ctx, p.next-rand.N(p.next/4))
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
