package bench

import (
	"errors"
	"os"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// A stock is Bleve as its documentation shows it: the default mapping, one text field, a match query.
type stock struct {
	dir   string
	index bleve.Index
	batch *bleve.Batch
	names map[string]string // id -> name
}

const stockBatch = 2000

func newStock() (*stock, error) {
	dir, err := os.MkdirTemp("", "anvesh-stock-*")
	if err != nil {
		return nil, err
	}
	ix, err := bleve.New(dir+"/index", bleve.NewIndexMapping())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &stock{dir, ix, ix.NewBatch(), map[string]string{}}, nil
}

func (s *stock) close() error { return errors.Join(s.index.Close(), os.RemoveAll(s.dir)) }

func (s *stock) add(id, name string) error {
	s.names[id] = nameKey(name)
	if err := s.batch.Index(id, map[string]string{"name": name}); err != nil {
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
	c := counts{}
	r.Timing, err = timed(len(asked), func(i int) (err error) {
		q := bleve.NewMatchQuery(asked[i].A)
		q.SetField("name")
		q.SetFuzziness(2)
		if and {
			q.SetOperator(query.MatchQueryOperatorAnd)
		}
		result, err = s.index.Search(bleve.NewSearchRequestOptions(q, 100, 0, false))
		return err
	}, func(i int) error {
		c.add(s.rank(result, asked[i].key))
		return nil
	})
	t := c.tally()
	r.N, r.At1, r.At10 = t.N, t.At1, t.At10
	return r, err
}

func (s *stock) rank(result *bleve.SearchResult, key string) float64 {
	var right float64
	for _, h := range result.Hits {
		if s.names[h.ID] == key {
			right = h.Score
			break
		}
	}
	rank := 1.0
	for _, h := range result.Hits {
		switch {
		case h.Score > right:
			rank++
		case h.Score == right && s.names[h.ID] != key:
			rank += .5
		}
	}
	if right == 0 {
		return 1e9
	}
	return rank
}
