package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	blevequery "github.com/blevesearch/bleve/v2/search/query"

	"anvesh/query"
	"anvesh/query/plate"
	"anvesh/storage"
)

// A Stock is what a query of stock Bleve, a keyword field with the registration, reached on the same vehicles.
type Stock struct {
	Timing
	Found
	OfItsHits float64 `json:"of_its_hits"` // share of its true hits that the engine's index finds as well
	Times     float64 `json:"times"`       // searches a second of the engine, same searches, over its own
}

// baseline asks stock Bleve for the same misread registrations among the same vehicles.
func (v *vehicles) baseline() error {
	if v.o.Baseline == 0 {
		return nil
	}
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = keyword.Name
	m.StoreDynamic, m.DocValuesDynamic = false, false
	held, err := newStock(m)
	if err != nil {
		return err
	}
	defer held.close()
	if err := v.fillStock(held); err != nil {
		return err
	}
	v.report.Baseline = map[string]Stock{}
	for _, k := range []struct {
		name string
		read func(rng *rand.Rand, key string) string
		ask  func(read string) blevequery.Query
	}{
		{"bleve_fuzzy1", func(rng *rand.Rand, key string) string { return editPlain(rng, key, 1) }, func(read string) blevequery.Query { return fuzzy(read, 1) }},
		{"bleve_fuzzy2", func(rng *rand.Rand, key string) string { return editPlain(rng, key, 1+rng.IntN(2)) }, func(read string) blevequery.Query { return fuzzy(read, 2) }},
		{"bleve_wildcard", func(_ *rand.Rand, key string) string { return "*" + key[max(0, len(key)-4):] }, wildcard},
	} {
		n := v.o.Baseline
		if k.name == "bleve_wildcard" {
			n = min(n, 20) // each looks at every term
		}
		s, err := v.askStock(held.index, n, k.read, k.ask)
		if err != nil {
			return err
		}
		v.report.Baseline[k.name] = s
	}
	v.report.TimesFuzzy2 = v.report.Baseline["bleve_fuzzy2"].Times
	return nil
}

func fuzzy(read string, edits int) blevequery.Query {
	q := bleve.NewFuzzyQuery(read)
	q.SetField("plate")
	q.SetFuzziness(edits)
	return q
}

// fillStock indexes the registration of every record.
func (v *vehicles) fillStock(held *stock) error {
	n := 0
	err := v.h.Store.Each(func(r *storage.Record) error {
		if n++; n%500_000 == 0 {
			fmt.Fprintf(v.o.Out, "stock Bleve holds %d\n", n)
		}
		return held.add(r.ID, "plate", canonical(r.Registration))
	})
	return errors.Join(err, held.flush())
}

// askStock times the searches, and the engine with the same ones.
func (v *vehicles) askStock(ix bleve.Index, n int, read func(*rand.Rand, string) string, ask func(string) blevequery.Query) (s Stock, err error) {
	rng := rand.New(rand.NewPCG(v.o.Seed, saltCorpus))
	var asked []askedPlate
	var keys []string
	for range n {
		key := canonical(v.some(rng).Registration)
		text := read(rng, key)
		keys = append(keys, key)
		asked = append(asked, askedPlate{ask: request(text), right: byPlate(key)})
	}
	var found foundCounts
	hits, shared := 0, 0
	s.Timing, err = timed(n, func(i int) (err error) {
		_, err = ix.Search(bleve.NewSearchRequestOptions(ask(asked[i].ask.Registration), 10, 0, false))
		return err
	}, func(i int) error {
		all, err := ix.Search(bleve.NewSearchRequestOptions(ask(asked[i].ask.Registration), 1000, 0, false))
		if err != nil {
			return err
		}
		theirs, err := v.platesOf(all)
		if err != nil {
			return err
		}
		found.add(stockRank(all, func(k int) bool { return theirs[k] == keys[i] }))
		hits += len(theirs)
		shared += v.foundOf(asked[i].ask.Registration, theirs)
		return nil
	})
	if err != nil {
		return s, err
	}
	ours, err := v.search(asked, nil)
	s.Found, s.OfItsHits, s.Times = found.found(), shareOf(shared, hits), ours.QPS/s.QPS
	return s, err
}

// platesOf are the registrations of the hits.
func (v *vehicles) platesOf(result *bleve.SearchResult) (plates []string, err error) {
	ids := make([]string, len(result.Hits))
	for i, h := range result.Hits {
		ids[i] = h.ID
	}
	rs, err := v.h.Store.GetAll(ids)
	for _, r := range rs {
		plates = append(plates, canonical(r.Registration))
	}
	return plates, err
}

// foundOf counts the plates that the index finds as well.
func (v *vehicles) foundOf(read string, plates []string) int {
	p, err := plate.ParsePattern(read)
	if err != nil {
		return 0
	}
	ours := map[string]bool{}
	matches, _, _, _ := v.plates.SearchMass(nil, p, query.NumberSearch)
	for _, m := range matches {
		ours[v.plates.Key(m.Ord)] = true
	}
	n := 0
	for _, key := range plates {
		if ours[key] {
			n++
		}
	}
	return n
}
