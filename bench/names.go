// Package bench measures Anvesh: how much is found of what is held (Names, Vehicles, Hard), how fast, beside stock Bleve and
// beside a plain scan, and what a whole service takes under load (MakeReport). What is made up is drawn by the room madeup;
// pairs of real spellings and readings come from files. A figure that is printed was measured in that run; all reports can be
// written as JSON (WriteReport). The simulation of logs, crashes and faults against a model stands here too, as a test.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/names"
	"anvesh/storage"
)

// NamesOptions say what Names measures.
type NamesOptions struct {
	Pairs     string  // file of spellings of one person (a, b, level, kind); "" draws people from the project's tables
	Tokens    string  // file of token weights (token, script, kind, weight_north); "" draws from the project's tables
	Translit  string  // file of names in both scripts (devanagari, latin, level, quality), measured instead of Pairs
	Back      bool    // with Translit: Latin spellings asked, Devanagari ones held
	Hard      string  // file of different people with similar names (name_a, name_b), measured instead of Pairs
	Records   int     // made-up persons held beside the right answers
	Sample    int     // right answers
	Seed      uint64  // the same seed draws the same people
	Relatives bool    // ask with the relative's name and the birth year
	Drift     float64 // share of the made-up persons whose names are misspelt, 0..1
	Absent    int     // people asked who are not held
	Baseline  int     // searches of stock Bleve; 0 for none
	Scan      int     // searches compared with a scan of all names; 0 for none
	Data      string  // directory of the store; "" for a temporary one
	Profile   string  // file for a processor profile of the searches
	Out       io.Writer
}

// A NamesReport is what Names found. Shares lie in 0..1; rank is one more than the better records plus half of the ties;
// a hit counts when its name equals the right answer's.
type NamesReport struct {
	Records   int     `json:"records"`
	Sample    int     `json:"sample"`
	Seed      uint64  `json:"seed"`
	Relatives bool    `json:"relatives"`
	Drift     float64 `json:"drift"`
	Names     int     `json:"distinct_names"`
	Tokens    int     `json:"distinct_tokens"`
	Tally
	RecordAt1       float64 `json:"recall_record_at_1"`
	RecordAt10      float64 `json:"recall_record_at_10"`
	MRR             float64 `json:"mrr"`
	CandidateRecall float64 `json:"candidate_recall"`
	CandidatesMean  float64 `json:"candidates_mean"`
	OfScan          float64 `json:"recall_of_full_scan,omitempty"`
	FalsePer1000    float64 `json:"false_probable_per_1000"`
	Absent          int     `json:"absent"`
	ProbableShare   float64 `json:"probable_share"`
	Timing
	WorseWithFields float64              `json:"worse_with_fields,omitempty"` // share of searches whose record ranks worse than by name alone
	BytesPerRecord  float64              `json:"bytes_per_record"`
	ByKind          map[string]Tally     `json:"by_kind"`
	Deciles         []Decile             `json:"calibration,omitempty"`
	Baseline        map[string]Reference `json:"baseline,omitempty"`
	Back            *NamesReport         `json:"back,omitempty"` // with two scripts: the other way
}

// A Tally counts right answers by rank; Half is half the width of the 95 % interval of a share.
type Tally struct {
	N      int     `json:"n"`
	At1    float64 `json:"recall_at_1"`
	At10   float64 `json:"recall_at_10"`
	Half1  float64 `json:"half_interval_at_1"`
	Half10 float64 `json:"half_interval_at_10"`
}

// A Decile is the hits among the first ten whose score lies in one tenth: how many were of the person asked for.
type Decile struct {
	From, To float64
	Hits     int
	Said     float64 // mean score
	Same     float64 // share of the same person
}

// A Reference is what another search reached on the same records and queries.
type Reference struct {
	Timing
	N    int     `json:"n"`
	At1  float64 `json:"recall_at_1"`
	At10 float64 `json:"recall_at_10"`
}

// An askedName is one search with its right answer.
type askedName struct {
	namePair
	record *storage.Record
	key    string // of the right answer's name
	ask    query.PersonRequest
}

// nameRun is one measurement under way.
type nameRun struct {
	o      NamesOptions
	h      *Held
	people nameDraw
	rng    *rand.Rand
	asked  []askedName
	report NamesReport
}

// Names draws made-up people, holds them with the right answers, and searches each of those by its other spelling.
func Names(o NamesOptions) (report NamesReport, err error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Records < 0 || o.Sample < 1 {
		return report, errors.New("bench: names: records must be at least 0 and sample at least 1")
	}
	n := &nameRun{o: o, rng: rand.New(rand.NewPCG(o.Seed, saltCorpus))}
	if n.people, err = drawOf(o.Tokens); err != nil {
		return report, err
	}
	pairs, err := o.pairs()
	if err != nil {
		return report, err
	}
	if n.h, err = OpenHeld(o.Data); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, n.h.Close()) }()
	n.report = NamesReport{Seed: o.Seed, Sample: len(pairs), Relatives: o.Relatives, Drift: o.Drift, Absent: o.Absent}
	for _, step := range []func() error{
		func() error { return n.hold(pairs) }, n.ask, n.scan, n.absent, n.baseline,
	} {
		if err := step(); err != nil {
			return n.report, err
		}
	}
	return n.report, nil
}

func drawOf(tokens string) (nameDraw, error) {
	if tokens == "" {
		return tableDraw{madeup.NewPeople()}, nil
	}
	return readTokens(tokens)
}

// pairs are the people who are asked for.
func (o *NamesOptions) pairs() ([]namePair, error) {
	switch {
	case o.Translit != "":
		pairs, err := readTranslit(o.Translit, o.Sample, o.Seed)
		for i, p := range pairs {
			if o.Back {
				pairs[i].A, pairs[i].B = p.B, p.A
			}
		}
		return pairs, err
	case o.Pairs == "":
		return tablePairs(o.Sample, o.Seed), nil
	}
	all, err := readPairs(o.Pairs)
	return samplePersons(all, o.Sample, o.Seed), err
}

// hold fills the store and remembers what is asked.
func (n *nameRun) hold(pairs []namePair) error {
	heap := heapInUse()
	facts := rand.New(rand.NewPCG(n.o.Seed, saltFacts))
	for i, p := range pairs {
		a := askedName{namePair: p, key: nameKey(p.B), ask: query.PersonRequest{Name: p.A}}
		a.ask.Reason = benchReason
		a.record = &storage.Record{Kind: storage.Person, Role: "accused", Status: "arrested", Name: p.B}
		if n.o.Relatives {
			of := pairs[(i+1+facts.IntN(max(len(pairs)-1, 1)))%len(pairs)] // another person's two spellings
			year := 1950 + facts.IntN(58)
			a.record.Relatives, a.record.BirthFrom, a.record.BirthTo = []string{of.B}, year, year
			a.ask.Relative, a.ask.BirthYear = of.A, year+facts.IntN(7)-3
		}
		n.asked = append(n.asked, a)
	}
	have := n.h.Len()
	for i := range n.o.Records + len(pairs) {
		r := n.person()
		// The right answers stand among the others, evenly, so that the order of arrival says nothing.
		if step := n.o.Records/max(len(pairs), 1) + 1; i%step == 0 && i/step < len(pairs) {
			r = n.asked[i/step].record
		}
		if have > 0 { // a directory that was filled by the same options
			continue
		}
		if err := n.h.Add(r); err != nil {
			return err
		}
		if i%200_000 == 199_999 {
			fmt.Fprintf(n.o.Out, "held %d of %d\n", i+1, n.o.Records)
		}
	}
	if err := n.h.Flush(); err != nil {
		return err
	}
	n.h.Rest()
	n.report.Records = n.h.Len()
	n.h.Register.Names(func(x *names.Index) { n.report.Names, n.report.Tokens = x.Len(), x.Tokens() })
	n.report.BytesPerRecord = (heapInUse() - heap) / float64(max(n.h.Len(), 1))
	return nil
}

// person makes one made-up person.
func (n *nameRun) person() *storage.Record {
	r := &storage.Record{Kind: storage.Person, Role: "accused", Status: "arrested", Name: n.people.draw(n.rng)}
	if n.o.Drift > 0 && n.rng.Float64() < n.o.Drift {
		r.Name, _ = madeup.DamageName(n.rng, r.Name)
	}
	if n.o.Relatives {
		r.Relatives = []string{n.people.draw(n.rng)}
		r.BirthFrom = 1950 + n.rng.IntN(58)
		r.BirthTo = r.BirthFrom
	}
	return r
}

const benchReason = "FIR 1/2026"

func heapInUse() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// ask searches for each right answer, times it, and ranks what came.
func (n *nameRun) ask() (err error) {
	settle()
	stop, err := profile(n.o.Profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var answer *query.Answer
	t := &tallies{}
	n.report.Timing, err = timed(len(n.asked), func(i int) (err error) {
		answer, err = n.h.Engine.Search(context.Background(), access.Program("bench"), &n.asked[i].ask)
		return err
	}, func(i int) error {
		a := &n.asked[i]
		if len(answer.Hits) > 0 && endsInTie(answer, a) { // a tie may go on beyond what was asked for
			more := a.ask
			more.Limit = new(100)
			var err error
			if answer, err = n.h.Engine.Search(context.Background(), access.Program("bench"), &more); err != nil {
				return err
			}
		}
		t.add(a, answer)
		return n.compareAlone(t, a, answer)
	})
	t.finish(&n.report)
	return err
}

// compareAlone asks for the name alone, and notes whether the relative and the birth year made the rank worse.
func (n *nameRun) compareAlone(t *tallies, a *askedName, answer *query.Answer) error {
	if !n.o.Relatives {
		return nil
	}
	alone := query.PersonRequest{Name: a.A, Common: a.ask.Common}
	alone.Limit = new(100)
	without, err := n.h.Engine.Search(context.Background(), access.Program("bench"), &alone)
	if err != nil {
		return err
	}
	record := func(h *query.Hit) bool { return h.Record.ID == a.record.ID }
	if rankOf(answer, record) > rankOf(without, record) {
		t.worse++
	}
	return nil
}

// endsInTie tells whether the last hit has the score of the best right one.
func endsInTie(answer *query.Answer, a *askedName) bool {
	last := answer.Hits[len(answer.Hits)-1]
	for _, h := range answer.Hits {
		if a.right(&h) {
			return h.Score == last.Score && h.Class == last.Class
		}
	}
	return false
}

// right tells whether a hit's name equals the right answer's.
func (a *askedName) right(h *query.Hit) bool { return nameKey(h.Record.Name) == a.key }

// rankOf is the rank of the best hit that is right, and that of the very record; infinite where it was not found.
func rankOf(answer *query.Answer, right func(*query.Hit) bool) float64 {
	better, ties, found := 0, 0, false
	for i := 0; i < len(answer.Hits); {
		same := 0
		for j := i; j < len(answer.Hits) && answer.Hits[j].Score == answer.Hits[i].Score && answer.Hits[j].Class == answer.Hits[i].Class; j++ {
			same++
			if right(&answer.Hits[j]) {
				found = true
			} else {
				ties++
			}
		}
		if found {
			return 1 + float64(better) + float64(ties)/2
		}
		better, ties, i = better+same, 0, i+same
	}
	return math.Inf(1)
}

// tallies are the counts behind a report.
type tallies struct {
	ranks                       founds // in all and by kind
	record1, record10, probable int
	looked, worse               int
	reciprocal                  float64
	deciles                     [10]struct{ hits, same, said float64 }
}

func (c *foundCounts) tally() Tally {
	f, n := c.found(), float64(max(c.n, 1))
	return Tally{c.n, f.At1, f.At10, halfInterval(f.At1, n), halfInterval(f.At10, n)}
}

// halfInterval is half the width of the Wilson 95 % interval of a share of n.
func halfInterval(p, n float64) float64 {
	const z = 1.96
	return z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
}

func (t *tallies) add(a *askedName, answer *query.Answer) {
	rank := rankOf(answer, a.right)
	t.ranks.add(rank, a.Kind)
	if rank < math.Inf(1) {
		t.reciprocal += 1 / rank
	}
	record := rankOf(answer, func(h *query.Hit) bool { return h.Record.ID == a.record.ID })
	if record <= 1 {
		t.record1++
	}
	if record <= 10 {
		t.record10++
	}
	t.looked += answer.Considered
	if slices.ContainsFunc(answer.Hits, func(h query.Hit) bool { return h.Class != query.Lead && a.right(&h) }) {
		t.probable++
	}
	for i := range answer.Hits[:min(10, len(answer.Hits))] {
		h := &answer.Hits[i]
		d := &t.deciles[min(int(h.Score*10), 9)]
		d.hits++
		d.said += h.Score
		if a.right(h) {
			d.same++
		}
	}
}

func (t *tallies) finish(r *NamesReport) {
	n := float64(max(t.ranks.all.n, 1))
	r.Tally = t.ranks.all.tally()
	r.RecordAt1, r.RecordAt10, r.MRR = float64(t.record1)/n, float64(t.record10)/n, t.reciprocal/n
	r.ProbableShare, r.CandidatesMean = float64(t.probable)/n, float64(t.looked)/n
	r.WorseWithFields = float64(t.worse) / n
	r.ByKind = map[string]Tally{}
	for k, c := range t.ranks.some {
		r.ByKind[k] = c.tally()
	}
	for i, d := range t.deciles {
		if d.hits > 0 {
			r.Deciles = append(r.Deciles, Decile{float64(i) / 10, float64(i+1) / 10, int(d.hits), d.said / d.hits, d.same / d.hits})
		}
	}
}

// Print writes a report for a person to read.
func (r *NamesReport) Print(w io.Writer) {
	fmt.Fprintf(w, "%d persons held, %d names of %d tokens; %d asked, seed %d, relatives %v, drift %.2f\n", r.Records, r.Names, r.Tokens, r.Sample,
		r.Seed, r.Relatives, r.Drift)
	printTally(w, "all", r.Tally)
	for _, k := range slices.Sorted(maps.Keys(r.ByKind)) {
		printTally(w, k, r.ByKind[k])
	}
	fmt.Fprintf(w, "the very record first %.3f, in ten %.3f; mean reciprocal rank %.3f; candidate recall %.3f, names weighed %.0f", r.RecordAt1,
		r.RecordAt10, r.MRR, r.CandidateRecall, r.CandidatesMean)
	if r.OfScan > 0 {
		fmt.Fprintf(w, "; %.3f of what a full scan finds", r.OfScan)
	}
	fmt.Fprintf(w, "\n%.0f searches a second and core, p50 %.0f p99 %.0f max %.0f microseconds, %.0f allocations, %.0f bytes; %.0f bytes of memory a record\n",
		r.QPS, r.P50, r.P99, r.Max, r.Allocs, r.Bytes, r.BytesPerRecord)
	fmt.Fprintf(w, "PROBABLE or better: %.3f of true pairs, %.2f false of 1,000 searches for %d people who are not held\n", r.ProbableShare,
		r.FalsePer1000, r.Absent)
	if r.Relatives {
		fmt.Fprintf(w, "worse with relative and birth year than by name alone: %.4f\n", r.WorseWithFields)
	}
	for _, d := range r.Deciles {
		fmt.Fprintf(w, "score %.1f-%.1f: %6d hits, said %.3f, the same person %.3f\n", d.From, d.To, d.Hits, d.Said, d.Same)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Baseline)) {
		b := r.Baseline[k]
		fmt.Fprintf(w, "%-18s %.1f searches a second, p50 %.0f p99 %.0f microseconds; first %.3f, in ten %.3f of %d; Anvesh is %.0f times as fast\n",
			k, b.QPS, b.P50, b.P99, b.At1, b.At10, b.N, r.QPS/b.QPS)
	}
}

func printTally(w io.Writer, kind string, t Tally) {
	fmt.Fprintf(w, "  %-24s %5d   first %.3f ±%.3f   in ten %.3f ±%.3f\n", kind, t.N, t.At1, t.Half1, t.At10, t.Half10)
}

// Print writes a report for a person to read.
func (r *HardReport) Print(w io.Writer) {
	fmt.Fprintf(w, "%d records held; of %d people with a similar name: the wrong one scored 0.9 or more, or PROBABLE, %.3f; the right one first, "+
		"both held and the name misspelt, %.3f\n", r.Records, r.N, r.WrongStrong, r.RightFirst)
}
