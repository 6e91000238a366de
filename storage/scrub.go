package storage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"

	"golang.org/x/time/rate"
)

// paced returns a function that waits for as long as n bytes more may take at a rate, 0 for any, and returns the error of the
// context.
func paced(ctx context.Context, bytesPerSecond int64) func(n int) error {
	if bytesPerSecond == 0 {
		return func(int) error { return ctx.Err() }
	}
	const burst = 64 << 10
	limit := rate.NewLimiter(rate.Limit(bytesPerSecond), burst)
	return func(n int) error {
		for ; n > 0; n -= burst {
			if err := limit.WaitN(ctx, min(n, burst)); err != nil {
				return cmp.Or(ctx.Err(), err)
			}
		}
		return ctx.Err()
	}
}

// scrubbed is how far the scrubber is.
type scrubbed struct {
	passes, bytes atomic.Uint64
	ended         atomic.Int64 // when the last pass did, unix seconds
}

// Scrubbed tells how often the scrubber has read everything, when it last had, and how many bytes it read in all.
func (s *Store) Scrubbed() (passes, bytes uint64, last time.Time) {
	if at := s.scrubbed.ended.Load(); at > 0 {
		last = time.Unix(at, 0)
	}
	return s.scrubbed.passes.Load(), s.scrubbed.bytes.Load(), last
}

// scrubPause lies between two passes.
const scrubPause = time.Hour

// scrub reads everything, again and again as the step of a task, so that what rots on the disk is told before it is asked
// for. What it finds is in Faults.
func (s *Store) scrub(ctx context.Context) time.Duration {
	if err := s.scrubOnce(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("storage: the scrubber could not read everything", "error", err)
		s.faults.add(Finding{What: "the scrubber could not read everything: " + err.Error()})
	}
	return scrubPause
}

// Scrub makes one pass over everything that is stored, at most Options.ScrubRate bytes a second: every value against
// its checksum, every segment of the shards and every file of what is derived against its own, and what the shards hold
// against the digests that commits carried on. An error means that it could not finish; what it finds is in Faults.
func (s *Store) Scrub(ctx context.Context) error { return s.scrubOnce(ctx) }

func (s *Store) scrubOnce(ctx context.Context) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil { // Badger and Bleve can panic at damaged bytes
			err = fmt.Errorf("storage: scrub: %w", ErrCorrupt)
		}
	}()
	wait := paced(ctx, s.o.ScrubRate)
	took := func(n int) error {
		s.scrubbed.bytes.Add(uint64(n))
		return wait(n)
	}
	if err := s.scrubCases(took); err != nil {
		return err
	}
	for _, kind := range []byte{layout.OffsetKind, layout.JournalKind, layout.AsideKind, layout.WaitKind, layout.BuriedKind, layout.StateKey[0], layout.SecondKey[0]} {
		if err := s.scrubKind(kind, took); err != nil {
			return err
		}
	}
	if err := s.verifyFiles(s.State().Generation, took, s.rotten); err != nil {
		return err
	}
	if err := s.scrubShards(); err != nil {
		return err
	}
	s.scrubbed.passes.Add(1)
	s.scrubbed.ended.Store(time.Now().Unix())
	return nil
}

// verifyFiles reads the files of a generation of shards, and of what is derived, against their own checksums.
func (s *Store) verifyFiles(generation int, took func(int) error, damaged func(what string)) error {
	err := s.backend.VerifyShards(generation, took)
	if errors.Is(err, ErrCorrupt) {
		damaged(err.Error())
		err = nil
	}
	if err != nil || s.o.Derived == nil {
		return err
	}
	list, err := s.o.Derived.Verify(took)
	for _, what := range list {
		damaged(what + ": delete derived/ and start again")
	}
	return err
}

func (s *Store) rotten(what string) {
	s.log.Error("storage: damage found", "what", what)
	s.faults.add(Finding{What: what})
}

var errPieceEnds = errors.New("the piece ends")

// scrubCases reads every case with all that it names, in pieces, each in a snapshot of its own. What cannot be read is
// looked at again while no commit can come; what is damaged is in Damaged.
func (s *Store) scrubCases(took func(int) error) error {
	for next := []byte{layout.CaseKind}; next != nil; {
		size := 0
		var suspects []string
		err := s.read(func(t backend.Txn) (err error) {
			next, suspects, size, err = s.scrubPage(t, next)
			return err
		})
		if err != nil {
			return err
		}
		for _, fir := range suspects {
			if err := s.probe(fir); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		if err := took(size); err != nil {
			return err
		}
	}
	_, err := s.nameLost(took)
	return err
}

// scrubPage reads some cases, and names those of which something was not read.
func (s *Store) scrubPage(t backend.Txn, from []byte) (next []byte, suspects []string, size int, err error) {
	cases, next, err := casePage(t, from, 200, 2_000)
	if err != nil || len(cases) == 0 {
		return nil, nil, 0, err
	}
	stored := map[string][]byte{}
	for _, kind := range []byte{layout.FormKind, layout.RecordKind} {
		some, err := between(t, kind, cases)
		if err != nil {
			return nil, nil, 0, err
		}
		maps.Copy(stored, some)
	}
	for _, w := range cases {
		size += len(w.sealed)
		says, known := s.witness.Get(w.fir)
		bad := w.err != nil || !known || says != w.says
		for _, list := range []func(*entry) []casePart{caseForms, caseRecords} {
			if w.err != nil {
				break
			}
			for _, part := range list(w.c) {
				v, ok := stored[string(part.key)]
				size, bad = size+len(v), bad || !ok || !part.same(v)
			}
		}
		if bad {
			suspects = append(suspects, w.fir)
		}
	}
	return next, suspects, size, nil
}

// scrubKind verifies the values of a kind in pieces, each in a snapshot of its own, so that none keeps old versions for long.
func (s *Store) scrubKind(kind byte, took func(int) error) error {
	next := []byte{kind}
	for next != nil {
		from, piece, bad := next, 0, 0
		next = nil
		err := s.read(func(t backend.Txn) error {
			return t.Scan(backend.Range{Prefix: []byte{kind}, From: from}, func(k, sealed []byte) error {
				if piece >= 256<<10 {
					next = bytes.Clone(k)
					return errPieceEnds
				}
				piece += len(k) + len(sealed)
				if _, err := layout.Unseal(k, sealed); err != nil {
					bad++
				}
				return nil
			})
		})
		if bad > 0 {
			s.rotten(fmt.Sprintf("%d entries of kind %q do not match their checksum", bad, kind))
		}
		if err != nil && !errors.Is(err, errPieceEnds) {
			return err
		}
		if err := took(piece); err != nil {
			return err
		}
	}
	return nil
}

// scrubShards compares what the shards hold at one commit with the digests of that commit.
func (s *Store) scrubShards() error {
	s.writer.Lock()
	if s.closed {
		s.writer.Unlock()
		return ErrClosed
	}
	err := s.drain()
	want, stale := s.state.clone().Digests, s.state.Stale
	var read func() ([]Digest, error)
	if err == nil {
		read, err = s.shards.Load().digests()
	}
	s.writer.Unlock()
	if err != nil {
		return err
	}
	got, err := read()
	switch {
	case errors.Is(err, ErrCorrupt):
		s.rotten(err.Error())
	case err != nil:
		return err
	case want != nil && !stale && !slices.Equal(got, want):
		s.rotten("the shards do not hold what the commits say: run anvesh rebuild")
	}
	return nil
}
