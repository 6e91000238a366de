package kafka

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"
)

// A PartitionStatus tells how far the reading of one partition is.
type PartitionStatus struct {
	Partition int
	Start     int64 // first offset that the log holds
	Next      int64 // next offset to apply; all before it is applied
	End       int64 // last stable offset: the first that cannot be read yet
	Lag       int64 // End - Next
	CaughtUp  bool  // what stood in the log at the start of Run is applied
	Through   time.Time
	// Degraded says, where it is not empty, why this partition's data may be
	// incomplete: it is stopped by a fault, or nothing was read for longer
	// than Options.Deadline.
	Degraded  string
	LastError string // of the last attempt that failed, "" when all goes well

	Missing    int64 // offsets above Start that the log does not hold: 0 unless it was compacted
	Unreadable int64 // messages in malformed batches, sent to the dead letters
}

// partition is one partition's reading. The fields below mu are shared between
// the fetcher, the applier and Status.
type partition struct {
	c       *Client
	id      int
	initial bool // was there when Run began

	mu         sync.Mutex
	status     PartitionStatus
	goal       int64 // End of the first answer, -1 before it
	count      int64 // runs applied
	failing    time.Time
	logged     time.Time
	aheadSince time.Time
	timeouts   int
	untold     int64 // offset of which it was logged that nothing proves the log before it
}

func newPartition(c *Client, id int, initial bool) *partition {
	return &partition{c: c, id: id, initial: initial, goal: -1, status: PartitionStatus{Partition: id}}
}

// Status returns one entry for each partition that Run has found, in order.
func (c *Client) Status() []PartitionStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]PartitionStatus, 0, len(c.parts))
	for _, p := range c.parts {
		all = append(all, p.report())
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Partition < all[j].Partition })
	return all
}

// CaughtUp tells whether every partition has applied what stood in the log when
// Run began. A degraded partition is not waited for: the service says so and
// answers with what it has.
func (c *Client) CaughtUp() bool {
	all := c.Status()
	for _, s := range all {
		if !s.CaughtUp && s.Degraded == "" {
			return false
		}
	}
	return len(all) > 0
}

func (p *partition) report() PartitionStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.status
	s.Lag = max(0, s.End-s.Next)
	s.CaughtUp = p.goal >= 0 && s.Next >= p.goal
	if s.Degraded == "" && !p.failing.IsZero() && time.Since(p.failing) > p.c.opts.Deadline {
		s.Degraded = fmt.Sprintf("nothing read since %s: %s", p.failing.UTC().Format(time.RFC3339), s.LastError)
	}
	return s
}

// opened notes where reading begins.
func (p *partition) opened(next, start, end int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Next, p.status.Start, p.status.End = next, start, max(p.status.End, end)
}

func (p *partition) appliedCount() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// seen notes what an answer says of the log.
func (p *partition) seen(a *answer, w *walker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timeouts, p.aheadSince = 0, time.Time{}
	p.status.End = a.stable
	if a.start >= 0 {
		p.status.Start = a.start
	}
	if p.goal < 0 {
		p.goal = a.stable
	}
	if w.missing > 0 && p.status.Missing == 0 {
		p.c.opts.Logger.Warn("kafka: the log has gaps: was the topic compacted?",
			"topic", p.c.opts.Topic, "partition", p.id, "missing", w.missing, "before", w.next)
	}
	p.status.Missing += w.missing
}

// applied notes a run that the sink holds.
func (p *partition) applied(r run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	p.status.Next = r.next
	if !r.through.IsZero() {
		p.status.Through = r.through
	}
	if !p.failing.IsZero() {
		p.c.opts.Logger.Info("kafka: reading goes on", "topic", p.c.opts.Topic, "partition", p.id,
			"after", time.Since(p.failing).Round(time.Millisecond))
	}
	p.failing, p.logged, p.status.LastError = time.Time{}, time.Time{}, ""
}

// failed notes an error that is retried, and logs it once a minute.
func (p *partition) failed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.status.LastError = err.Error()
	if p.failing.IsZero() {
		p.failing = now
	}
	if now.Sub(p.logged) >= time.Minute {
		p.logged = now
		p.c.opts.Logger.Warn("kafka: reading is interrupted and goes on by itself",
			"topic", p.c.opts.Topic, "partition", p.id, "next", p.status.Next, "error", err)
	}
}

// stop marks the partition as stopped for good.
func (p *partition) stop(f *fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status.Degraded == f.text {
		return
	}
	p.status.Degraded = f.text
	p.c.opts.Logger.Error("kafka: partition stopped: updates are missing",
		"topic", p.c.opts.Topic, "partition", p.id, "fault", f.text)
}

// unproved logs, once for each offset, that the log has deleted what could prove that it is the one that was read.
func (p *partition) unproved(next, start int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.untold == next {
		return
	}
	p.untold = next
	p.c.opts.Logger.Info("kafka: the log has deleted the batch that was read last: that it is the same log cannot be proved",
		"topic", p.c.opts.Topic, "partition", p.id, "next", next, "start", start)
}

func (p *partition) countUnreadable(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Unreadable += n
}

// patience is how long beyond MaxWait an answer may take: Deadline, and up to
// eight times that after answers that came too late, so that a slow line is
// not mistaken for a silent one for ever.
func (p *partition) patience() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.c.opts.Deadline << min(p.timeouts, 3)
}

func (p *partition) impatient(err error) {
	if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, os.ErrDeadlineExceeded) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timeouts++
}

// ahead judges an offset beyond the high watermark that the broker accepts: a
// leader that was just elected may not know yet how far its log is
// replicated. It becomes a fault when that stays for three deadlines.
func (p *partition) ahead(next, high int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.aheadSince.IsZero() {
		p.aheadSince = time.Now()
	}
	if time.Since(p.aheadSince) > 3*p.c.opts.Deadline {
		return beyond(next, high)
	}
	return fmt.Errorf("kafka: %s/%d: offset %d is ahead of the leader's high watermark %d", p.c.opts.Topic, p.id, next, high)
}
