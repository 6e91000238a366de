package kafka

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/indexer"
)

// runPaper runs a client over a paper broker into s until the test ends.
func runPaper(t *testing.T, b *paper, s *memSink, o Options) *Client {
	t.Helper()
	o.Brokers, o.Logger, o.MaxWait, o.Backoff = []string{"paper:1"}, quiet(), 5*time.Millisecond, 5*time.Millisecond
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(o, b)
	runClient(t, c, s)
	return c
}

// change replaces what a paper broker holds, as a machine does that comes back with another log.
func (b *paper) change(to func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	to()
	b.high = 0
	for _, s := range b.sheets {
		b.high = s.end()
	}
}

// rows are sheets of ten messages each, from base on.
func rows(base, end int64, as sheet) (all []sheet) {
	for ; base < end; base += 10 {
		s := as
		s.base, s.length, s.deltas = base, 10, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
		all = append(all, s)
	}
	return all
}

// A log that lost its end and has grown again past our offset is told at the next start, whatever stands at the end of
// what was read; where it may as well be the same, reading goes on.
func TestLogCutAndRegrown(t *testing.T) {
	noLeaks(t)
	old, other := sheet{producer: 1, epoch: 4}, sheet{producer: 2, epoch: 4}
	marker := sheet{txn: true, control: true, kind: 1, producer: 1, length: 1, deltas: []int64{0}}
	at := func(s sheet, base int64) sheet { s.base = base; return s }
	f := func(name string, stops string, before, after []sheet, also func(*paper)) {
		t.Helper()
		b := &paper{}
		b.change(func() { b.sheets = before })
		s := newSink()
		c := runPaper(t, b, s, Options{BatchCount: 7}) // so that batches are taken in pieces
		read := b.high
		eventually(t, name+": all that there is", func() bool { return s.at(0) == read && c.CaughtUp() })
		s2 := newSink()
		s2.next[0], s2.proof[0] = s.at(0), s.proof[0]
		b.change(func() { b.sheets = after })
		if also != nil {
			also(b)
		}
		c = runPaper(t, b, s2, Options{})
		if stops == "" {
			eventually(t, name+": reading goes on", func() bool { return s2.at(0) == b.high && c.CaughtUp() })
			if st := c.Status()[0]; st.Degraded != "" {
				t.Errorf("%s: %s", name, st.Degraded)
			}
		} else {
			eventually(t, name+": the partition stops", func() bool { st := c.Status(); return len(st) == 1 && st[0].Degraded != "" })
			if st := c.Status()[0]; !strings.Contains(st.Degraded, stops) || !strings.Contains(st.Degraded, "--accept-gap") || s2.total() != 0 {
				t.Errorf("%s: want %q: %s; %d messages applied", name, stops, st.Degraded, s2.total())
			}
		}
		s.check(t)
		s2.check(t)
	}
	another := "holds another batch than the one applied last"
	f("nothing happened", "", rows(0, 50, old), rows(0, 50, old), nil)
	f("it has grown", "", rows(0, 50, old), rows(0, 90, old), nil)
	f("cut and regrown", another, rows(0, 50, old), append(rows(0, 40, old), rows(40, 90, other)...), nil)
	f("cut to nothing and regrown", another, rows(0, 50, old), rows(0, 90, other), nil)
	f("regrown in other batches", another, rows(0, 50, old), append(rows(0, 30, old), sheet{base: 30, length: 40, deltas: []int64{39}}), nil)
	f("regrown by a batch that begins alike", another, rows(0, 50, old), append(rows(0, 40, old), sheet{base: 40, length: 30, producer: 1, epoch: 4, deltas: []int64{0, 29}}), nil)
	f("cut and not regrown", "beyond end", rows(0, 50, old), rows(0, 40, old), nil)
	f("the log ends in a marker", "", append(rows(0, 50, old), at(marker, 50)), append(append(rows(0, 50, old), at(marker, 50)), sheet{base: 51, length: 1, deltas: []int64{0}}), nil)
	f("a marker was cut", another, append(rows(0, 50, old), at(marker, 50)), append(rows(0, 50, old), rows(50, 60, other)...), nil)
	f("compaction thinned the batch", "", rows(0, 50, old), append(append(rows(0, 40, old), sheet{base: 40, length: 10, producer: 1, epoch: 4, deltas: []int64{3}}), rows(50, 60, old)...), nil)
	f("retention has deleted all that was read", "", rows(0, 50, old), rows(50, 60, old), func(b *paper) { b.start = 50 })
	f("the same, and the log says that its epoch goes on", "", rows(0, 50, old), rows(50, 60, old), func(b *paper) { b.start, b.ended = 50, map[int32]int64{4: 60} })
	f("the same, and the log says that its epoch ended before", "leader epoch 4, which the log says ended at 45", rows(0, 50, old), rows(50, 60, old),
		func(b *paper) { b.start, b.ended = 50, map[int32]int64{4: 45} })
}

// The log is cut and grows again while it is read: the batch of another leader gives it away, and none of it is applied.
func TestLogCutWhileRead(t *testing.T) {
	noLeaks(t)
	b := &paper{}
	b.change(func() { b.sheets = rows(0, 50, sheet{producer: 1, epoch: 4}) })
	s := newSink()
	c := runPaper(t, b, s, Options{})
	eventually(t, "fifty", func() bool { return s.at(0) == 50 })
	b.change(func() { b.sheets = append(b.sheets, rows(50, 60, sheet{producer: 1, epoch: 5})...) })
	eventually(t, "ten more of another leader", func() bool { return s.at(0) == 60 })
	b.change(func() { b.sheets = append(b.sheets[:3:3], rows(30, 90, sheet{producer: 2, epoch: 6})...) })
	eventually(t, "the partition stops", func() bool { return c.Status()[0].Degraded != "" })
	if n := s.total(); n != 60 || !strings.Contains(c.Status()[0].Degraded, "at offset 50 it holds another batch") {
		t.Errorf("%d messages, %s", n, c.Status()[0].Degraded)
	}
	s.check(t)
}

// With AcceptGap a log that lost its end is read again from its start, also where it has not grown past our offset yet;
// and one that lost its start goes on there.
func TestAcceptGapReadsAgain(t *testing.T) {
	noLeaks(t)
	f := func(name string, sheets []sheet, start, messages int64) {
		t.Helper()
		b := &paper{start: start}
		b.change(func() { b.sheets = sheets })
		s := newSink()
		s.next[0], s.proof[0] = 50, indexer.Proof{Base: 40, End: 50, CRC: 1}
		c := runPaper(t, b, s, Options{AcceptGap: true})
		eventually(t, name, func() bool { return s.at(0) == b.high && int64(s.total()) == messages })
		if s.rewound != 1 || c.Status()[0].Degraded != "" || s.proof[0].End != b.high {
			t.Errorf("%s: gone back %d times, %+v", name, s.rewound, c.Status())
		}
		s.check(t)
	}
	f("regrown", rows(0, 90, sheet{producer: 2}), 0, 90)
	f("not regrown yet", rows(0, 30, sheet{producer: 2}), 0, 30)
	f("start lost", rows(70, 90, sheet{producer: 2}), 70, 20)
}

// A store that kept no proof takes that of the batch before its offset, and is held by it from then on.
func TestProofIsTakenWhereNoneIsKept(t *testing.T) {
	noLeaks(t)
	b := &paper{}
	b.change(func() { b.sheets = rows(0, 50, sheet{producer: 1}) })
	s := newSink()
	s.next[0] = 45
	runPaper(t, b, s, Options{})
	eventually(t, "the rest", func() bool { return s.at(0) == 50 })
	idle := newSink()
	idle.next[0] = 50
	runPaper(t, b, idle, Options{})
	eventually(t, "the proof is kept without a message", func() bool {
		idle.mu.Lock()
		defer idle.mu.Unlock()
		return idle.proof[0].Base == 40 && idle.proof[0].End == 50
	})
}

// A connection that was made, and an answer from another broker, are reason to compare again, though nothing has come that
// would give the log away: behind them may stand a broker with another log.
func TestNewConnectionCompares(t *testing.T) {
	noLeaks(t)
	f := func(what string, then func(*Client, *paper)) {
		t.Helper()
		b := &paper{leader: "one:1"}
		b.change(func() { b.sheets = rows(0, 50, sheet{producer: 1}) })
		s := newSink()
		c := runPaper(t, b, s, Options{})
		eventually(t, "fifty", func() bool { return s.at(0) == 50 })
		b.change(func() {
			b.sheets = rows(0, 50, sheet{producer: 2}) // of the same leader epoch, and no longer
			then(c, b)
		})
		eventually(t, what, func() bool { return c.Status()[0].Degraded != "" })
		if s.total() != 50 {
			t.Errorf("%s: %d messages", what, s.total())
		}
	}
	f("a connection was made", func(c *Client, _ *paper) { c.dials.Add(1) })
	f("another broker answers", func(_ *Client, b *paper) { b.leader = "two:1" })
}

// The embedded broker answers where a leader epoch ended.
func TestEpochEnd(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	publish(t, c, texts(7, "a")...)
	f := func(epoch int32, want int64) {
		t.Helper()
		if got, err := c.epochEnd(context.Background(), 0, epoch); err != nil || got != want {
			t.Errorf("epoch %d: %d, %v, want %d", epoch, got, err, want)
		}
	}
	f(0, 7)
	f(3, -1)
}

// A sink is told of every record batch that a batch of its own holds, in order, also where answers are merged.
func TestBatchesAreTold(t *testing.T) {
	noLeaks(t)
	for _, size := range []int{1, 1 << 20} {
		b := &paper{}
		b.change(func() { b.sheets = rows(0, 200, sheet{producer: 1}) })
		s := newSink()
		var mu sync.Mutex
		var ends []int64
		s.refuse = func(batch indexer.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			for _, p := range append(slices.Clone(batch.Before), batch.Proof) {
				if n := len(ends); n == 0 || ends[n-1] != p.End {
					ends = append(ends, p.End)
				}
			}
			return nil
		}
		runPaper(t, b, s, Options{FetchBytes: size})
		eventually(t, "all", func() bool { return s.at(0) == 200 })
		mu.Lock()
		if len(ends) != 20 || !slices.IsSorted(ends) {
			t.Errorf("%d bytes a fetch: batches that end at %v", size, ends)
		}
		mu.Unlock()
	}
}
