package bench

import (
	"errors"
	"math"
	"os"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
)

// A stock is an index of Bleve as its documentation shows it, in a temporary directory.
type stock struct {
	dir   string
	index bleve.Index
	batch *bleve.Batch
	names map[string]string // id -> key of the name, where names are held
}

const stockBatch = 2000

func newStock(m mapping.IndexMapping) (*stock, error) {
	dir, err := os.MkdirTemp("", "anvesh-stock-*")
	if err != nil {
		return nil, err
	}
	ix, err := bleve.New(dir+"/index", m)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &stock{dir, ix, ix.NewBatch(), map[string]string{}}, nil
}

func (s *stock) close() error { return errors.Join(s.index.Close(), os.RemoveAll(s.dir)) }

// add indexes one record by one field; it is searchable after flush.
func (s *stock) add(id, field, text string) error {
	if err := s.batch.Index(id, map[string]string{field: text}); err != nil {
		return err
	}
	if s.batch.Size() < stockBatch {
		return nil
	}
	return s.flush()
}

func (s *stock) flush() error {
	err := s.index.Batch(s.batch)
	s.batch = s.index.NewBatch()
	return err
}

// match asks for each name with a match query of fuzziness 2, and ranks as for the engine.
func (s *stock) match(asked []askedName, and bool) (r Reference, err error) {
	var result *bleve.SearchResult
	var c foundCounts
	r.Timing, err = timed(len(asked), func(i int) (err error) {
		result, err = s.index.Search(bleve.NewSearchRequestOptions(fuzzyMatch(asked[i].A, and), 100, 0, false))
		return err
	}, func(i int) error {
		c.add(stockRank(result, func(k int) bool { return s.names[result.Hits[k].ID] == asked[i].key }))
		return nil
	})
	t := c.tally()
	r.N, r.At1, r.At10 = t.N, t.At1, t.At10
	return r, err
}

// fuzzyMatch is a match query of fuzziness 2 for a name.
func fuzzyMatch(text string, and bool) query.Query {
	q := bleve.NewMatchQuery(text)
	q.SetField("name")
	q.SetFuzziness(2)
	if and {
		q.SetOperator(query.MatchQueryOperatorAnd)
	}
	return q
}

// stockRank is the rank of the best hit that is right, counted as rankOf counts.
func stockRank(result *bleve.SearchResult, right func(hit int) bool) float64 {
	for i, best := range result.Hits {
		if !right(i) {
			continue
		}
		rank := 1.0
		for k, h := range result.Hits {
			switch {
			case h.Score > best.Score:
				rank++
			case h.Score == best.Score && !right(k):
				rank += .5
			}
		}
		return rank
	}
	return math.Inf(1)
}
