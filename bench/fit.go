package bench

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"anvesh/query/name"
	"anvesh/query/names"
)

// FitOptions say what Fit fits on.
type FitOptions struct {
	Pairs   string // as in NamesOptions
	Tokens  string
	Records int
	Seed    uint64
	Passes  int      // over all costs
	Only    []string // beginnings of the names of the costs that may move; empty for all
	Out     io.Writer
}

// Fit looks for costs under which the right answers are likelier, one cost at a time, on the half of the people whose
// number is even, and shows what they do for the other half. It gives the costs that moved.
//
// What is raised is the mean of ln P(right answer | query) over the people asked, where P shares one among all records
// found by e^weight and the records of its name: the measure is proper, so that the weights stay evidence and do not
// only order. A cost moves only if that gains more than least, so that noise does not move it; and only by a fifth at a
// time.
func Fit(o FitOptions) (map[string]int, error) {
	f, err := newFit(o)
	if err != nil {
		return nil, err
	}
	costs := name.StandardCosts()
	best := f.measure(costs, 0)
	f.say("before", costs)
	moved := map[string]int{}
	for pass := range o.Passes {
		gained := 0
		for _, key := range slices.Sorted(maps.Keys(costs.Values())) {
			if !f.mayMove(key) {
				continue
			}
			value := costs.Values()[key]
			step := max(value/5, 5)
			for _, v := range []int{value + step, value - step} {
				if v < 0 {
					continue
				}
				c, err := costs.With(key, v)
				if err != nil {
					return nil, err
				}
				if m := f.measure(c, 0); m > best+leastGain {
					fmt.Fprintf(o.Out, "%-18s %4d -> %4d: %.5f\n", key, value, v, m)
					costs, best, moved[key], gained = c, m, v, gained+1
					break
				}
			}
		}
		f.say(fmt.Sprintf("after pass %d", pass+1), costs)
		if gained == 0 {
			break
		}
	}
	return moved, nil
}

// leastGain is the gain in mean log-likelihood that a cost must bring to move.
const leastGain = 0.0004

type fit struct {
	o     FitOptions
	x     *names.Index
	pairs []namePair
	right []map[uint32]bool
}

func newFit(o FitOptions) (*fit, error) {
	people, err := drawOf(o.Tokens)
	if err != nil {
		return nil, err
	}
	all := tablePairs(2000, o.Seed)
	if o.Pairs != "" {
		if all, err = readPairs(o.Pairs); err != nil {
			return nil, err
		}
		all = samplePersons(all, len(all), o.Seed)
	}
	if len(all) == 0 {
		return nil, errors.New("bench: fit: no pairs of full names")
	}
	f := &fit{o: o, x: names.NewIndex(), pairs: all}
	rng := rand.New(rand.NewPCG(o.Seed, saltCorpus))
	for range o.Records {
		for _, n := range name.Read(people.draw(rng)).Names[:1] {
			f.x.Add(n)
		}
	}
	for i, p := range all {
		if rng.IntN(2) == 0 { // rows are written in alphabetical order, the shorter name first; people ask either way
			p.A, p.B = p.B, p.A
			all[i] = p
		}
		right := map[uint32]bool{}
		for _, n := range name.Read(p.B).Names {
			right[f.x.Add(n)] = true
		}
		f.right = append(f.right, right)
	}
	return f, nil
}

func (f *fit) mayMove(key string) bool {
	if len(f.o.Only) == 0 {
		return true
	}
	return slices.ContainsFunc(f.o.Only, func(s string) bool { return strings.HasPrefix(key, s) })
}

// measure is the mean log-likelihood of the right answers of one half.
func (f *fit) measure(c *name.Costs, half int) float64 {
	x := f.x.WithCosts(c)
	sum, n := 0.0, 0
	for i := half; i < len(f.pairs); i += 2 {
		p, _ := f.likelihood(x, i)
		sum += max(p, worstLog)
		n++
	}
	return sum / float64(n)
}

// worstLog bounds what one person who cannot be found may weigh: changed names are among the pairs.
const worstLog = -9

// likelihood gives ln P(right | query), and the rank.
func (f *fit) likelihood(x *names.Index, i int) (ln, rank float64) {
	weights := map[uint32]float64{}
	for _, q := range name.Read(f.pairs[i].A).Names {
		found, _ := x.Search(nil, q, names.Search{Limit: 60})
		for _, m := range found {
			weights[m.Ord] = max(weights[m.Ord], float64(m.Weight))
		}
	}
	top, right := math.Inf(-1), math.Inf(-1)
	for ord, w := range weights {
		top = max(top, w)
		if f.right[i][ord] {
			right = max(right, w)
		}
	}
	if math.IsInf(right, -1) {
		return worstLog, math.Inf(1)
	}
	sum, mine, rank := 0.0, 0.0, 1.0
	for ord, w := range weights {
		e := float64(x.Bearers(ord)) * math.Exp(w-top)
		sum += e
		switch {
		case f.right[i][ord]:
			mine += e
		case w > right:
			rank += float64(x.Bearers(ord))
		case w == right:
			rank += float64(x.Bearers(ord)) / 2
		}
	}
	return math.Log(mine / sum), rank
}

// say prints both halves.
func (f *fit) say(when string, c *name.Costs) {
	x := f.x.WithCosts(c)
	for half, what := range []string{"fitted on", "kept aside"} {
		t := foundCounts{}
		for i := half; i < len(f.pairs); i += 2 {
			_, rank := f.likelihood(x, i)
			t.add(rank)
		}
		s := t.tally()
		fmt.Fprintf(f.o.Out, "%s, %s: mean log-likelihood %.4f, first %.3f ±%.3f, in ten %.3f ±%.3f of %d\n", when, what, f.measure(c, half),
			s.At1, s.Half1, s.At10, s.Half10, s.N)
	}
}
