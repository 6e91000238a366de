package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/blevesearch/bleve/v2"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/storage"
)

// scan compares the ranks that the engine's retrieval gives with those of a scan of all names by the same scorer, for
// the first searches of the sample, name alone; and finds for all of the sample whether the right answer was a candidate.
func (n *nameRun) scan() error {
	candidates, searched, scanned := 0, 0, 0
	n.h.Register.Names(func(x *names.Index) {
		for i := range n.asked {
			a := &n.asked[i]
			var near, all []names.Match
			for _, q := range name.Read(a.A).Names {
				m, _ := x.Search(nil, q, names.Search{Limit: query.MostNames})
				near = append(near, m...)
				if i < n.o.Scan {
					all = append(all, x.Scan(q, 100)...)
				}
			}
			if slices.ContainsFunc(near, func(m names.Match) bool { return x.Key(m.Ord) == a.key }) {
				candidates++
			}
			if i < n.o.Scan {
				searched += within(x, near, a.key)
				scanned += within(x, all, a.key)
			}
		}
	})
	n.report.CandidateRecall = float64(candidates) / float64(len(n.asked))
	if scanned > 0 {
		n.report.OfScan = float64(searched) / float64(scanned)
	}
	return nil
}

// within is 1 if the name of this key is among the first ten records.
func within(x *names.Index, matches []names.Match, key string) int {
	weight := float32(math.Inf(-1))
	for _, m := range matches {
		if x.Key(m.Ord) == key {
			weight = max(weight, m.Weight)
		}
	}
	rank := 1.0
	for _, m := range matches {
		switch {
		case m.Weight > weight:
			rank += float64(x.Bearers(m.Ord))
		case m.Weight == weight && x.Key(m.Ord) != key:
			rank += float64(x.Bearers(m.Ord)) / 2
		}
	}
	if math.IsInf(float64(weight), -1) || rank > 10 {
		return 0
	}
	return 1
}

// absent asks for people who are not held, namesakes of those who are among them, and counts the hits that are graded
// PROBABLE or EXACT.
func (n *nameRun) absent() error {
	rng := rand.New(rand.NewPCG(n.o.Seed, saltAbsent))
	wrong, strong := 0, new(100)
	for range n.o.Absent {
		ask := query.PersonRequest{Name: n.people.draw(rng)}
		if n.o.Relatives {
			ask.Relative, ask.BirthYear = n.people.draw(rng), 1950+rng.IntN(58)
		}
		ask.Reason, ask.MinClass, ask.Limit = benchReason, query.Probable, strong
		a, err := n.h.Engine.Search(context.Background(), access.Program("bench"), &ask)
		if refused := (*query.FieldError)(nil); errors.As(err, &refused) { // a token of the file that says that nothing is known
			continue
		}
		if err != nil {
			return err
		}
		wrong += len(a.Hits)
	}
	if n.o.Absent > 0 {
		n.report.FalsePer1000 = 1000 * float64(wrong) / float64(n.o.Absent)
	}
	return nil
}

// baseline asks stock Bleve for the same people among the same records.
func (n *nameRun) baseline() error {
	if n.o.Baseline == 0 {
		return nil
	}
	fmt.Fprintln(n.o.Out, "holding the same records in stock Bleve")
	b, err := newStock(bleve.NewIndexMapping())
	if err != nil {
		return err
	}
	defer b.close()
	err = n.h.Store.Each(func(r *storage.Record) error {
		b.names[r.ID] = nameKey(r.Name)
		return b.add(r.ID, "name", r.Name)
	})
	if err != nil {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	n.report.Baseline = map[string]Reference{}
	for _, and := range []bool{false, true} {
		key := "bleve_fuzzy2_or"
		if and {
			key = "bleve_fuzzy2_and"
		}
		if n.report.Baseline[key], err = b.match(n.asked[:min(n.o.Baseline, len(n.asked))], and); err != nil {
			return err
		}
	}
	return nil
}

// readTranslit draws names in both scripts, the Devanagari spelling asked and the Latin one held. Only names of
// people count that a person or an office wrote: other named entities are films, firms and places.
func readTranslit(file string, k int, seed uint64) ([]namePair, error) {
	rows, err := readTable(file, "devanagari", "latin", "level", "quality")
	var pairs []namePair
	for _, r := range rows {
		if (r[3] == "human" || r[3] == "official") && (r[2] == "full" || r[2] == "token") {
			pairs = append(pairs, namePair{r[0], r[1], r[2] + " " + r[3]})
		}
	}
	rng := rand.New(rand.NewPCG(seed, saltSample))
	rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	return pairs[:min(k, len(pairs))], err
}

// A HardReport is how different people with similar names are told apart: WrongStrong is the share of them that are found
// with a score of 0.9 or more, or PROBABLE, where only the other one is held; RightFirst the share of those who
// stand first when both are held and the name is asked misspelt.
type HardReport struct {
	Records     int     `json:"records"`
	N           int     `json:"n"`
	WrongStrong float64 `json:"wrong_strong"`
	RightFirst  float64 `json:"right_first"`
}

// Hard measures people who stood in one contest with similar names, among made-up persons.
func Hard(o NamesOptions) (report HardReport, err error) {
	rows, err := readTable(o.Hard, "name_a", "name_b")
	if err != nil {
		return report, err
	}
	people, err := drawOf(o.Tokens)
	if err != nil {
		return report, err
	}
	h, err := OpenHeld("")
	if err != nil {
		return report, err
	}
	defer h.Close()
	rng := rand.New(rand.NewPCG(o.Seed, saltCorpus))
	hold := func(name string) {
		if err == nil {
			err = h.Add(&storage.Record{Kind: storage.Person, Role: "accused", Status: "arrested", Name: name})
		}
	}
	for range o.Records {
		hold(people.draw(rng))
	}
	for _, r := range rows {
		hold(r[1])
	}
	if err == nil {
		err = h.Flush()
	}
	if err != nil {
		return report, err
	}
	first := func(name string) (hits []query.Hit) {
		if err != nil {
			return nil
		}
		var a *query.Answer
		if a, err = h.Engine.Search(context.Background(), access.Program("bench"), &query.PersonRequest{Name: name, Common: query.Common{Reason: benchReason}}); err != nil {
			return nil
		}
		return a.Hits
	}
	report.N, report.Records = len(rows), h.Len()
	strong, right := 0, 0
	for _, r := range rows {
		for _, hit := range first(r[0]) {
			if hit.Record.Name == r[1] && (hit.Score >= .9 || hit.Class != query.Lead) {
				strong++
				break
			}
		}
	}
	for _, r := range rows {
		hold(r[0])
	}
	if err == nil {
		err = h.Flush()
	}
	for _, r := range rows {
		drifted, _ := madeup.DamageName(rng, r[0])
		if rankOf(&query.Answer{Hits: first(drifted)}, func(h *query.Hit) bool { return nameKey(h.Record.Name) == nameKey(r[0]) }) <= 1 {
			right++
		}
	}
	report.WrongStrong, report.RightFirst = float64(strong)/float64(len(rows)), float64(right)/float64(len(rows))
	return report, err
}
