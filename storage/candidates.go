package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// A WeightedTerm is an exact term and what having it is worth.
type WeightedTerm struct {
	Term   string
	Weight float32
}

// A Selection asks for the records that have the best sum of weights among those that pass the filters.
type Selection struct {
	Any    []WeightedTerm // a record must have one of these, unless there are none
	All    [][]string     // filters: a record must have at least one term of each
	Limit  int            // most candidates returned; over all shards
	Budget int            // most postings read in a shard; beyond it the answer is not complete. 0 is a million
}

// A Candidate is a record that may be what is sought. Its weight is the sum of those of its terms.
type Candidate struct {
	ID     string
	Weight float32
}

// Candidates selects in every shard, best weight first, then by id. answered tells how many shards took
// part; complete is false when a budget cut the search.
//
// It reads the postings of each segment directly as bitmaps: no searcher, no scorer, no document values,
// which were most of the cost of a Bleve query (a disjunction of eight keys: 422 a second unscored).
func (s *Store) Candidates(ctx context.Context, q Selection) (cs []Candidate, answered int, complete bool, err error) {
	if q.Budget == 0 {
		q.Budget = 1_000_000
	}
	complete = true
	for i, sh := range s.shards {
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
	return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.ID, b.ID))
}

// Shards returns how many shards the store has, and how many of them answer.
func (s *Store) Shards() (answering, of int) { return len(s.shards), s.State().Shards }

func (sh *shard) candidates(q Selection, cs *[]Candidate) (complete bool, err error) {
	complete = true
	budget := q.Budget
	err = sh.segments(func(seg *scorch.SegmentSnapshot) error {
		if budget <= 0 {
			complete = false
			return nil
		}
		spent, err := selectSegment(seg, q, budget, cs)
		budget -= spent
		return err
	})
	return complete && budget > 0, err
}

// segments calls fn with every segment of one snapshot of the shard.
func (sh *shard) segments(fn func(*scorch.SegmentSnapshot) error) error {
	r, err := sh.ix.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	for _, seg := range r.(*scorch.IndexSnapshot).Segments() {
		if err := fn(seg); err != nil {
			return err
		}
	}
	return nil
}

// selectSegment appends the segment's candidates and returns how many postings were read.
func selectSegment(seg *scorch.SegmentSnapshot, q Selection, budget int, cs *[]Candidate) (spent int, err error) {
	dict, err := seg.Segment().Dictionary(termField)
	if err != nil {
		return 0, err
	}
	var pass *roaring.Bitmap
	for _, group := range q.All {
		or := roaring.New()
		for _, t := range group {
			b, err := postings(dict, t, seg.Deleted())
			if err != nil {
				return spent, err
			}
			or.Or(b)
		}
		spent += int(or.GetCardinality())
		if pass == nil {
			pass = or
		} else {
			pass.And(or)
		}
		if pass.IsEmpty() {
			return spent, nil
		}
	}
	weights := map[uint32]float32{}
	for _, t := range q.Any {
		b, err := postings(dict, t.Term, seg.Deleted())
		if err != nil {
			return spent, err
		}
		if pass != nil {
			b.And(pass)
		}
		for it := b.Iterator(); it.HasNext() && spent < budget; spent++ {
			weights[it.Next()] += t.Weight
		}
	}
	if len(q.Any) == 0 && pass != nil {
		for it := pass.Iterator(); it.HasNext() && spent < budget; spent++ {
			weights[it.Next()] = 0
		}
	}
	return spent, appendBest(seg, weights, q.Limit, cs)
}

// postings returns the live documents that have the term, as a bitmap of the caller's own.
func postings(dict segment.TermDictionary, term string, deleted *roaring.Bitmap) (*roaring.Bitmap, error) {
	pl, err := dict.PostingsList([]byte(term), deleted, nil)
	if err != nil {
		return nil, err
	}
	b := roaring.New()
	it := pl.Iterator(false, false, false, nil)
	if o, ok := it.(segment.OptimizablePostingsIterator); ok {
		if n, hit := o.DocNum1Hit(); hit {
			b.Add(uint32(n))
			return b, nil
		}
		if bm := o.ActualBitmap(); bm != nil {
			b.Or(bm)
			return b, nil
		}
	}
	for p, err := it.Next(); p != nil || err != nil; p, err = it.Next() {
		if err != nil {
			return nil, err
		}
		b.Add(uint32(p.Number()))
	}
	return b, nil
}

// appendBest appends the ids of the segment's best documents, at most limit of them.
func appendBest(seg *scorch.SegmentSnapshot, weights map[uint32]float32, limit int, cs *[]Candidate) error {
	type doc struct {
		n uint32
		w float32
	}
	docs := make([]doc, 0, len(weights))
	for n, w := range weights {
		docs = append(docs, doc{n, w})
	}
	slices.SortFunc(docs, func(a, b doc) int { return cmp.Or(cmp.Compare(b.w, a.w), cmp.Compare(a.n, b.n)) })
	for _, d := range docs[:min(limit, len(docs))] {
		id, err := seg.DocID(uint64(d.n))
		if err != nil {
			return err
		}
		*cs = append(*cs, Candidate{string(id), d.w})
	}
	return nil
}
