package bench

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"

	"anvesh/query"
	"anvesh/query/access"
)

// A KindResult is what one kind of search cost in process, one client on one core, and how often it found.
type KindResult struct {
	Kind string `json:"kind"`
	Timing
	N    int     `json:"n"`
	At1  float64 `json:"found_at_1"` // by the name or registration of the right record; 0 where nobody is right
	At10 float64 `json:"found_at_10"`
	Held bool    `json:"held"` // there is a right record
}

// samples draws what is held, and as many of another seed that are not.
func (m *measurement) samples() (held, other *sample, err error) {
	if m.sample == nil {
		if m.sample, err = m.draw(); err != nil {
			return nil, nil, err
		}
		strange := &measurement{o: m.o}
		strange.o.Seed, strange.o.Records = m.o.Seed+1_000_003, max(m.o.Records/20, 1000)
		if m.strange, err = strange.draw(); err != nil {
			return nil, nil, err
		}
	}
	return m.sample, m.strange, nil
}

// engine measures each kind of search on the data of the service, which is stopped.
func (m *measurement) engine(context.Context) (err error) {
	held, other, err := m.samples()
	if err != nil {
		return err
	}
	h, err := OpenHeld(filepath.Join(m.dir, "data"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	h.Rest()
	settle()
	for _, k := range kinds {
		r, err := measureKind(h.Engine, &k, k.asks(rand.New(rand.NewPCG(m.o.Seed, saltCorpus)), held, other))
		if err != nil {
			return err
		}
		m.report.Engine = append(m.report.Engine, r)
		m.tell("%-36s %6.0f searches a second and core, p99 %5.0f µs", k.name, r.QPS, r.P99)
	}
	return nil
}

func measureKind(e *query.Engine, k *kind, asks []ask) (r KindResult, err error) {
	var answer *query.Answer
	var c foundCounts
	r.Timing, err = timed(len(asks), func(i int) (err error) {
		if a := &asks[i]; a.person != nil {
			answer, err = e.Search(context.Background(), access.Program("bench"), a.person)
		} else {
			answer, err = e.Search(context.Background(), access.Program("bench"), a.vehicle)
		}
		return err
	}, func(i int) error {
		if right := asks[i].right; right != nil {
			c.add(rankOf(answer, right))
		}
		return nil
	})
	f := c.found()
	r.Kind, r.N, r.At1, r.At10, r.Held = k.name, len(asks), f.At1, f.At10, !k.absent
	return r, err
}
