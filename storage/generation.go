package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"anvesh/storage/backend"
)

// A generation is one set of shards. A store has one that counts; a rebuild makes the next beside it.
type generation struct {
	number int
	shards []backend.Shard
	paid   paid
	flush  func() // see home
	beside func(fns ...func())

	using  sync.RWMutex // searches hold it for reading
	closed bool         // guarded by using
}

// openGeneration opens the shards of a generation, or makes them.
func (s *Store) openGeneration(number int) (*generation, error) {
	g := &generation{number: number, flush: s.backend.Flush, beside: s.o.Scheduler.Together}
	for i := range s.state.Shards {
		sh, err := s.backend.OpenShard(number, i)
		if err != nil {
			return nil, errors.Join(err, g.close())
		}
		g.shards = append(g.shards, sh)
	}
	return g, nil
}

// close waits for the searches that read g.
func (g *generation) close() error {
	g.using.Lock()
	defer g.using.Unlock()
	var errs []error
	for _, sh := range g.shards {
		errs = append(errs, sh.Close())
	}
	g.closed = true
	return errors.Join(errs...)
}

// use returns the generation that counts, held open until done is called.
func (s *Store) use() (g *generation, done func(), err error) {
	for {
		g = s.shards.Load()
		g.using.RLock()
		switch {
		case !g.closed:
			return g, g.using.RUnlock, nil
		case g == s.shards.Load():
			g.using.RUnlock()
			return nil, nil, ErrClosed
		}
		g.using.RUnlock() // another was put in its place meanwhile
	}
}

// openShards opens the generation that counts, and drops what an interrupted rebuild left of another.
// Shards that are not there at all are made again from the records.
func (s *Store) openShards() error {
	all, err := s.backend.Generations()
	if err != nil {
		return fmt.Errorf("storage: list shards: %w", err)
	}
	there := false
	for _, n := range all {
		if there = there || n == s.state.Generation; n == s.state.Generation {
			continue
		}
		if err := s.backend.DropGeneration(n); err != nil {
			return fmt.Errorf("storage: drop shards of generation %d: %w", n, err)
		}
	}
	if !there && s.state.Seq > 0 {
		s.log.Warn("storage: shards are made again: there are none")
		if err := s.rebuildClosed(); err != nil {
			return err
		}
	}
	g, err := s.openGeneration(s.state.Generation)
	if err != nil {
		return fmt.Errorf("%w; if this lasts, stop the service and run anvesh rebuild", err)
	}
	s.shards.Store(g)
	return nil
}

func (s *Store) closeShards() error {
	if g := s.shards.Load(); g != nil {
		return g.close()
	}
	return nil
}

// shardOf returns the shard of a record. It must never change for a store's life.
func shardOf(id string, shards int) int { return int(xxhash.Sum64String(id) % uint64(shards)) }

// write sets documents, each in its shard. It returns when they are found; persisted is called once,
// later, with the error of making them durable.
func (g *generation) write(docs []backend.Document, persisted func(error)) error {
	parts := make([][]backend.Document, len(g.shards))
	for _, d := range docs {
		i := shardOf(d.ID, len(parts))
		parts[i] = append(parts[i], d)
	}
	var mu sync.Mutex
	var all error
	left := len(parts)
	one := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		all = errors.Join(all, err)
		if left--; left == 0 {
			persisted(all)
		}
	}
	errs := make([]error, len(parts))
	writes := make([]func(), len(parts))
	for i, part := range parts {
		writes[i] = func() { errs[i] = g.shards[i].Write(part, one) }
	}
	g.beside(writes...)
	return errors.Join(errs...)
}

// writeDurably sets documents and waits until every shard has made them durable.
func (g *generation) writeDurably(docs []backend.Document) error {
	durable := make(chan error, 1)
	if err := g.write(docs, func(err error) { durable <- err }); err != nil {
		return err
	}
	g.flush()
	return <-durable
}

// documents are what the shards are to hold after the changes; those of the same terms are left out.
func (s *Store) documents(changes []Change) []backend.Document {
	docs := make([]backend.Document, 0, len(changes))
	for i := range changes {
		c := &changes[i]
		switch {
		case c.SameTerms:
		case c.Record == nil || c.Terms != nil:
			docs = append(docs, backend.Document{ID: c.ID, Terms: c.Terms})
		default:
			docs = append(docs, backend.Document{ID: c.ID, Terms: s.o.Terms(nil, c.Record)})
		}
	}
	return docs
}

// digests reads the shards as they are at this moment, later: read may be called when updates go on again.
func (g *generation) digests() (read func() ([]Digest, error), err error) {
	var reads []func() (Digest, error)
	for i, sh := range g.shards {
		r, err := sh.Snapshot()
		if err != nil {
			return nil, fmt.Errorf("storage: read shard %d: %w", i, err)
		}
		reads = append(reads, r)
	}
	return func() ([]Digest, error) {
		all := make([]Digest, len(reads))
		var first error
		for i, r := range reads { // all of them, as each lets go of its snapshot
			d, err := r()
			if all[i] = d; err != nil && first == nil {
				first = fmt.Errorf("storage: read shard %d: %w", i, err)
			}
		}
		return all, first
	}, nil
}

// Candidates selects in every shard, the most terms first, then by id; of more than Limit with as many terms it gives
// some. answered tells how many shards took part; complete is false when a budget cut the search.
//
// Documents are counted and named only as far as Limit needs them: a place may have a million records. It reads the
// postings of each segment directly as bitmaps: no searcher, no scorer, no document values, which were most of the cost
// of a Bleve query (a disjunction of eight keys: 422 a second unscored).
func (s *Store) Candidates(ctx context.Context, q Selection) (cs []Candidate, answered int, complete bool, err error) {
	if q.Budget == 0 {
		q.Budget = 1_000_000
	}
	g, done, err := s.use()
	if err != nil {
		return nil, 0, false, err
	}
	defer done()
	complete = true
	for i, sh := range g.shards {
		if err := ctx.Err(); err != nil {
			return nil, answered, false, err
		}
		all, err := sh.Candidates(q, &cs)
		if err != nil {
			return nil, answered, false, fmt.Errorf("storage: read shard %d: %w", i, err)
		}
		complete = complete && all
		answered++
	}
	slices.SortFunc(cs, compareCandidates)
	if len(cs) > q.Limit {
		cs = cs[:q.Limit]
	}
	return cs, answered, complete, nil
}

func compareCandidates(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Terms, a.Terms), cmp.Compare(a.ID, b.ID))
}

// Shards returns how many shards the store has, and how many of them answer.
func (s *Store) Shards() (answering, of int) { return len(s.shards.Load().shards), s.State().Shards }
