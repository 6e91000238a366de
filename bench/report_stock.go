package bench

import (
	"context"
	"math/rand/v2"
	"path/filepath"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/mapping"
	blevequery "github.com/blevesearch/bleve/v2/search/query"

	"anvesh/query"
)

// A StockResult is one way to ask stock Bleve, beside Anvesh with the same searches on the same records.
type StockResult struct {
	Name      string  `json:"name"`
	N         int     `json:"n"`
	QPS       float64 `json:"qps"`
	At10      float64 `json:"found_at_10"`
	OursQPS   float64 `json:"ours_qps"`
	OursAt10  float64 `json:"ours_found_at_10"`
	Times     float64 `json:"times"` // ours over its own
	SizeBytes float64 `json:"index_bytes_per_record"`
}

// stockSearches bounds the searches of each way: the slowest takes a tenth of a second and more.
const stockSearches = 200

// stock holds the same records in an index of Bleve as its documentation makes it, and asks both.
func (m *measurement) stock(context.Context) (err error) {
	held, other, err := m.samples()
	if err != nil {
		return err
	}
	h, err := OpenHeld(filepath.Join(m.dir, "data"))
	if err != nil {
		return err
	}
	defer h.Close()
	plates := bleve.NewIndexMapping()
	plates.DefaultAnalyzer = keyword.Name
	plates.StoreDynamic, plates.DocValuesDynamic = false, false
	for _, side := range []struct {
		of      string
		mapping *mappingOf
		kind    string
		ways    []stockWay
	}{
		{"names", &mappingOf{bleve.NewIndexMapping(), false}, personOneError, []stockWay{
			{"names: match, fuzziness 2, OR", func(a *ask) blevequery.Query { return fuzzyMatch(a.person.Name, false) }},
			{"names: match, fuzziness 2, AND", func(a *ask) blevequery.Query { return fuzzyMatch(a.person.Name, true) }}}},
		{"registrations", &mappingOf{plates, true}, vehicleOneError, []stockWay{
			{"registrations: fuzzy 2", func(a *ask) blevequery.Query { return fuzzy(a.vehicle.Registration, 2) }},
			{"registrations: fuzzy 1", func(a *ask) blevequery.Query { return fuzzy(a.vehicle.Registration, 1) }}}},
	} {
		m.tell("stock Bleve takes the %s", side.of)
		ix, keys, err := m.fillStock(side.mapping)
		if err != nil {
			return err
		}
		for _, k := range kinds {
			if k.name != side.kind {
				continue
			}
			asks := k.asks(rand.New(rand.NewPCG(m.o.Seed, saltCorpus)), held, other)
			asks = asks[:min(len(asks), stockSearches)]
			ours, err := measureKind(h.Engine, &k, asks)
			if err != nil {
				return err
			}
			for _, way := range side.ways {
				r, err := way.measure(ix.index, asks, keys)
				if err != nil {
					return err
				}
				r.OursQPS, r.OursAt10, r.Times, r.SizeBytes = ours.QPS, ours.At10, ours.QPS/r.QPS, sizeOf(ix.dir)/float64(len(keys))
				m.report.Stock = append(m.report.Stock, r)
				m.tell("%-34s %6.1f a second, found in ten %.3f; Anvesh %6.0f, %.3f", r.Name, r.QPS, r.At10, r.OursQPS, r.OursAt10)
			}
		}
		if err := ix.close(); err != nil {
			return err
		}
	}
	return nil
}

// mappingOf is what one index of stock Bleve holds.
type mappingOf struct {
	mapping  *mapping.IndexMappingImpl
	vehicles bool
}

// fillStock indexes names or registrations, and gives the key of each record by its id.
func (m *measurement) fillStock(o *mappingOf) (*stock, map[string]string, error) {
	ix, err := newStock(o.mapping)
	if err != nil {
		return nil, nil, err
	}
	keys := map[string]string{}
	var failed error
	err = GenerateTruth(m.generated(), func(string, []byte) error { return failed }, func(t Truth) {
		if t.Vehicle != o.vehicles || failed != nil {
			return
		}
		id, field, text := t.FIR+"/p/"+t.Ref, "name", t.Written
		if t.Vehicle {
			id, field, text = t.FIR+"/v/"+t.Ref, "plate", canonical(t.WrittenRegistration)
			keys[id] = text
		} else {
			keys[id] = nameKey(text)
		}
		failed = ix.add(id, field, text)
	})
	if err == nil {
		err = ix.flush()
	}
	return ix, keys, err
}

// A stockWay is one query of stock Bleve.
type stockWay struct {
	name  string
	query func(*ask) blevequery.Query
}

func fuzzyMatch(text string, and bool) blevequery.Query {
	q := bleve.NewMatchQuery(text)
	q.SetField("name")
	q.SetFuzziness(2)
	if and {
		q.SetOperator(blevequery.MatchQueryOperatorAnd)
	}
	return q
}

func (w *stockWay) measure(ix bleve.Index, asks []ask, keys map[string]string) (r StockResult, err error) {
	var result *bleve.SearchResult
	var c foundCounts
	t, err := timed(len(asks), func(i int) (err error) {
		result, err = ix.Search(bleve.NewSearchRequestOptions(w.query(&asks[i]), 20, 0, false))
		return err
	}, func(i int) error {
		c.add(stockRank(result, func(k int) bool {
			key := keys[result.Hits[k].ID]
			return asks[i].right(&query.Hit{Record: query.View{ID: result.Hits[k].ID, Name: key, Registration: key}})
		}))
		return nil
	})
	f := c.found()
	return StockResult{Name: w.name, N: f.N, QPS: t.QPS, At10: f.At10}, err
}
