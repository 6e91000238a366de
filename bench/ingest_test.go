package bench

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"anvesh/bench/madeup"
	"anvesh/indexer"
	"anvesh/query/register"
	"anvesh/storage"
)

type noRejects struct{ b testing.TB }

func (n noRejects) Reject(context.Context, []indexer.Rejection) error {
	n.b.Error("a made-up update was refused")
	return nil
}

// BenchmarkIngest applies made-up updates in batches of two thousand, from the decoded log to the shards, without the log.
func BenchmarkIngest(b *testing.B) {
	var messages []indexer.Message
	err := madeup.Generate(madeup.Options{Records: 40_000, Seed: 1}, func(fir string, value []byte) error {
		messages = append(messages, indexer.Message{Offset: int64(len(messages)), Key: []byte(fir), Value: bytes.Clone(value)})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		store, err := storage.Open(storage.Options{Dir: b.TempDir(), Terms: register.NewTerms(), TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: register.New()})
		if err != nil {
			b.Fatal(err)
		}
		x := indexer.New(store, noRejects{b}, slog.New(slog.DiscardHandler))
		for at := 0; at < len(messages); at += 2000 {
			end := min(at+2000, len(messages))
			if err := x.Apply(context.Background(), indexer.Batch{Topic: "t", Messages: messages[at:end], Next: int64(end)}); err != nil {
				b.Fatal(err)
			}
		}
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(messages))*float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}

// heldRegister notes for how long each commit holds the task that makes commits searchable.
type heldRegister struct {
	*register.Register
	held, cuts []time.Duration
}

func (h *heldRegister) Apply(cs []storage.Change) {
	began := time.Now()
	h.Register.Apply(cs)
	h.held = append(h.held, time.Since(began))
}

func (h *heldRegister) Cut() func(context.Context, io.Writer) error {
	began := time.Now()
	write := h.Register.Cut()
	took := time.Since(began)
	if h.cuts = append(h.cuts, took); len(h.held) > 0 {
		h.held[len(h.held)-1] += took
	}
	return write
}

// BenchmarkFreshness applies RECORDS made-up records (400,000) in commits of 128 while somebody searches, at RATE updates a
// second (5,000; 0 for as many as the machine can), and reports in milliseconds for how long the register holds the task that
// makes commits searchable, and how long after its time a commit is searchable.
func BenchmarkFreshness(b *testing.B) {
	const together = 128
	records, rate := int(envNumber(b, "RECORDS", 400_000)), envNumber(b, "RATE", 5_000)
	for b.Loop() {
		reg := &heldRegister{Register: register.New()}
		store, err := storage.Open(storage.Options{Dir: b.TempDir(), Terms: register.NewTerms(), TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: reg})
		if err != nil {
			b.Fatal(err)
		}
		stop := searching(reg.Register)
		f := freshness{store: store}
		x := indexer.New(store, noRejects{b}, slog.New(slog.DiscardHandler))
		var batch []indexer.Message
		next, began := int64(0), time.Now()
		err = madeup.Generate(madeup.Options{Records: records, Seed: 1}, func(fir string, value []byte) error {
			batch = append(batch, indexer.Message{Offset: next, Key: []byte(fir), Value: bytes.Clone(value)})
			if next++; len(batch) < together {
				return nil
			}
			due := time.Now()
			if rate > 0 {
				due = began.Add(time.Duration(next) * time.Second / time.Duration(rate))
				time.Sleep(time.Until(due))
			}
			f.expect(next, due)
			err := x.Apply(context.Background(), indexer.Batch{Topic: "t", Messages: batch, Next: next})
			batch = nil
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		f.wait()
		b.ReportMetric(float64(next)/time.Since(began).Seconds(), "updates/s")
		stop()
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		reportMillis(b, "held", reg.held)
		reportMillis(b, "cut", reg.cuts)
		reportMillis(b, "fresh", f.took)
	}
}

// reportMillis reports the middle one, the 99th of a hundred and the longest.
func reportMillis(b *testing.B, name string, all []time.Duration) {
	slices.Sort(all)
	for of, at := range map[string]int{"p50": len(all) / 2, "p99": len(all) * 99 / 100, "max": len(all) - 1} {
		b.ReportMetric(float64(all[at].Microseconds())/1000, name+"-"+of+"-ms")
	}
}

// searching takes views of the register until it is stopped, as one who searches does.
func searching(reg *register.Register) (stop func()) {
	ended, all := make(chan struct{}), sync.WaitGroup{}
	all.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(5 * time.Millisecond):
				_, release := reg.View(register.Findable, nobodyWithdrawn{})
				release()
			}
		}
	})
	return func() { close(ended); all.Wait() }
}

type nobodyWithdrawn struct{}

func (nobodyWithdrawn) AnyWithdrawn() bool                        { return false }
func (nobodyWithdrawn) Withdrawn([]byte, storage.Visibility) bool { return false }

// freshness watches how far the one partition is searchable.
type freshness struct {
	store   *storage.Store
	mu      sync.Mutex
	waiting []expected
	took    []time.Duration
	all     sync.WaitGroup
}

type expected struct {
	next int64
	due  time.Time
}

// expect notes that the offsets below next are to be searchable.
func (f *freshness) expect(next int64, due time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting = append(f.waiting, expected{next, due}); len(f.waiting) == 1 {
		f.all.Go(f.watch)
	}
}

// watch looks until nothing is waited for.
func (f *freshness) watch() {
	for {
		list, moved := f.store.Offsets()
		f.mu.Lock()
		for len(f.waiting) > 0 && len(list) > 0 && list[0].Next >= f.waiting[0].next {
			f.took = append(f.took, time.Since(f.waiting[0].due))
			f.waiting = f.waiting[1:]
		}
		left := len(f.waiting)
		f.mu.Unlock()
		if left == 0 {
			return
		}
		<-moved
	}
}

func (f *freshness) wait() { f.all.Wait() }
