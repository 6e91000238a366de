package query

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"anvesh/query/register"
	"anvesh/storage"
)

// TestPersonsAgainstScan compares the hits of searches by name, relative and year with what weighing every record gives:
// the same ones in the same order, and no better one passed by.
func TestPersonsAgainstScan(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	firsts := strings.Fields("Ram Sunil Sunita Mohan Dharampal Dharmpal Jagdish Jagdeesh")
	lasts := strings.Fields("Kumar Sharma Kadian Kadyan")
	name := func() string { return firsts[rng.IntN(len(firsts))] + " " + lasts[rng.IntN(len(lasts))] }
	g := register.New()
	var changes []storage.Change
	for i := range 9000 {
		r := &storage.Record{ID: fmt.Sprintf("1322500823%04d/p/A1", i), Kind: storage.Person, Station: "13225008", Name: name(), Updated: time.Unix(int64(i), 0)}
		for range rng.IntN(3) {
			r.Relatives = append(r.Relatives, name())
		}
		if rng.IntN(2) == 0 {
			r.BirthFrom = 1950 + rng.IntN(50)
			r.BirthTo = r.BirthFrom + rng.IntN(2)
		}
		changes = append(changes, storage.Change{ID: r.ID, Record: r})
	}
	g.Apply(changes)
	e := &Engine{reg: g, store: &storage.Store{}, o: Options{Now: time.Now}}
	const most = 3 // few, so that most records are passed by
	for range 100 {
		r := PersonRequest{Name: name(), Relative: name(), BirthYear: 1950 + rng.IntN(50)}
		if rng.IntN(3) == 0 {
			r.Alias = name()
		}
		search := func(limit int, look func(*personSearch)) []hit[register.PersonAt] {
			s := personSearch{e: e}
			s.r, s.f, s.a = &r, filter{limit: limit, min: Lead}, &Answer{}
			s.hits.reset(limit, Lead)
			if err := s.read(); err != nil {
				t.Fatal(err)
			}
			var release func()
			s.v, release = e.view(register.Findable)
			defer release()
			s.prepare()
			s.ask()
			defer s.close()
			look(&s)
			s.hits.finish(s.v.PersonID)
			return s.hits.Items()
		}
		got := search(most, func(s *personSearch) { s.readSources() })
		all := search(len(changes), func(s *personSearch) {
			for at := range register.PersonAt(len(changes)) {
				m := met{at: at}
				m.facts, m.against = s.weighFacts(at)
				for i := range s.sources[:byRelative] {
					if s.sources[i].asked == nil {
						continue
					}
					if _, w := s.sources[i].best(s.v.NamesOf(register.OwnNames, at)); w > 0 {
						s.weighOne(m, i, w)
						break
					}
				}
			}
		})
		best := top[register.PersonAt]{records: len(changes), best: all[0].weight}
		for i, h := range all[:min(most, len(all))] {
			switch {
			case i < len(got) && got[i].order == h.order && got[i].class == h.class:
			case i >= len(got) && h.weight < best.bar()+1e-9:
			default:
				t.Fatalf("seed %d: %q, alias %q, %q, %d: place %d is not the record that a scan finds: %+v, want %+v", seed, r.Name, r.Alias, r.Relative, r.BirthYear, i, got[:min(i+1, len(got))], h)
			}
		}
	}
}
