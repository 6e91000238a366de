package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/mapping"
	blevequery "github.com/blevesearch/bleve/v2/search/query"

	"anvesh/bench/madeup"
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

// stockTime bounds each way's processor time, so that a large run asks less often instead of for an hour.
const stockTime = 30 * time.Second

// stockSides are what stock Bleve holds, and how it is asked.
func stockSides() []stockSide {
	plates := bleve.NewIndexMapping()
	plates.DefaultAnalyzer = keyword.Name
	plates.StoreDynamic, plates.DocValuesDynamic = false, false
	return []stockSide{
		{"names", &mappingOf{bleve.NewIndexMapping(), false}, []stockWay{
			{"names: match, fuzziness 2, OR", personOneError, func(a *ask) blevequery.Query { return fuzzyMatch(a.person.Name, false) }},
			{"names: match, fuzziness 2, AND", personOneError, func(a *ask) blevequery.Query { return fuzzyMatch(a.person.Name, true) }}}},
		{"registrations", &mappingOf{plates, true}, []stockWay{
			{"registrations: fuzzy 2", vehicleOneError, func(a *ask) blevequery.Query { return fuzzy(a.vehicle.Registration, 2) }},
			{"registrations: fuzzy 1", vehicleOneError, func(a *ask) blevequery.Query { return fuzzy(a.vehicle.Registration, 1) }},
			{"registrations: wildcard", vehicleHalfOpen, func(a *ask) blevequery.Query { return wildcard(a.vehicle.Registration) }}}},
	}
}

// stock holds the same records in an index of Bleve as its documentation makes it, and asks both.
func (m *measurement) stock(context.Context) error {
	if _, _, err := m.samples(); err != nil {
		return err
	}
	h, err := OpenHeld(filepath.Join(m.dir, "data"))
	if err != nil {
		return err
	}
	for _, side := range stockSides() {
		if err = m.stockSide(h, &side); err != nil {
			break
		}
	}
	return errors.Join(err, h.Close())
}

func (m *measurement) stockSide(h *Held, side *stockSide) (err error) {
	m.tell("stock Bleve takes the %s", side.of)
	ix, keys, err := m.fillStock(side.mapping)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ix.close()) }()
	settle() // what filling it has left to the collector is no search's
	ours := map[string]KindResult{}
	for _, way := range side.ways {
		k := &kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.name == way.kind })]
		asks := k.asks(rand.New(rand.NewPCG(m.o.Seed, saltCorpus)), m.sample, m.strange)
		if asks, err = way.bounded(ix.index, asks[:min(len(asks), stockSearches)]); err != nil {
			return err
		}
		same := fmt.Sprint(k.name, len(asks))
		if _, known := ours[same]; !known {
			if ours[same], err = measureKind(h.Engine, k, asks); err != nil {
				return err
			}
		}
		r, err := way.measure(ix.index, asks, keys)
		if err != nil {
			return err
		}
		o := ours[same]
		r.OursQPS, r.OursAt10, r.Times, r.SizeBytes = o.QPS, o.At10, o.QPS/r.QPS, sizeOf(ix.dir)/float64(len(keys))
		m.report.Stock = append(m.report.Stock, r)
		m.tell("%-34s %6.1f a second, found in ten %.3f; Anvesh %6.0f, %.3f", r.Name, r.QPS, r.At10, r.OursQPS, r.OursAt10)
	}
	return nil
}

// A stockSide is one index of stock Bleve.
type stockSide struct {
	of      string
	mapping *mappingOf
	ways    []stockWay
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
	err = madeup.GenerateTruth(m.generated(), func(string, []byte) error { return failed }, func(t madeup.Truth) {
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

// A stockWay is one query of stock Bleve for searches of one kind.
type stockWay struct {
	name, kind string
	query      func(*ask) blevequery.Query
}

// bounded keeps as many of the searches as stockTime allows, by what the first few take.
func (w *stockWay) bounded(ix bleve.Index, asks []ask) ([]ask, error) {
	few := min(len(asks), 5)
	t, err := timed(few, func(i int) error {
		_, err := ix.Search(w.request(&asks[i]))
		return err
	}, func(int) error { return nil })
	return asks[:min(len(asks), max(few, int(t.QPS*stockTime.Seconds())))], err
}

func (w *stockWay) request(a *ask) *bleve.SearchRequest {
	return bleve.NewSearchRequestOptions(w.query(a), 20, 0, false)
}

func wildcard(text string) blevequery.Query {
	q := bleve.NewWildcardQuery(text)
	q.SetField("plate")
	return q
}

func (w *stockWay) measure(ix bleve.Index, asks []ask, keys map[string]string) (r StockResult, err error) {
	var result *bleve.SearchResult
	var c foundCounts
	t, err := timed(len(asks), func(i int) (err error) {
		result, err = ix.Search(w.request(&asks[i]))
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
