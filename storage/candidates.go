package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// A Selection asks for the records that have the most of some terms among those that pass the filters.
type Selection struct {
	Any    []string   // a record must have one of these, unless there are none
	All    [][]string // filters: a record must have at least one term of each
	Limit  int        // most candidates returned; over all shards
	Budget int        // most postings read in a shard; beyond it the answer is not complete. 0 is a million
}

// A Candidate is a record that may be what is sought, with how many of Selection.Any it has.
type Candidate struct {
	ID    string
	Terms int
}

// Candidates selects in every shard, the most terms first, then by id; of more than Limit with as many terms it gives some.
// answered tells how many shards took
// part; complete is false when a budget cut the search.
//
// Documents are counted and named only as far as Limit needs them: a place may have a million records. It reads the postings of each segment directly as bitmaps: no searcher, no scorer, no document values,
// which were most of the cost of a Bleve query (a disjunction of eight keys: 422 a second unscored).
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
		all, err := sh.candidates(q, &cs)
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
