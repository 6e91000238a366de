package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// BenchmarkMaskedTiming tries to tell by the clock whether somebody who is masked is held: 10,000 pairs of names out of one
// generator, of which the first of each pair is that of a masked victim among 60,000 records and the second nobody's, are
// searched for in turn, by role. It reports the chance that the longer of two times is that of the masked one (the area
// under the curve): .5 tells nothing. The bar is .53.
func BenchmarkMaskedTiming(b *testing.B) {
	const pairs, others = 10_000, 50_000
	h, err := OpenHeld(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	rng, people := rand.New(rand.NewPCG(1, 5)), madeup.NewPeople()
	var masked, absent []string
	hold := func(r *storage.Record) {
		if err := h.Add(r); err != nil {
			b.Fatal(err)
		}
	}
	for range others {
		hold(&storage.Record{Kind: storage.Person, Role: "accused", Name: people.Name(rng), Relatives: []string{people.Name(rng)}})
		if rng.IntN(4) == 0 {
			hold(&storage.Record{Kind: storage.Person, Role: "victim", Visibility: storage.Party, Name: people.Name(rng)})
		}
	}
	for range pairs {
		name := people.Name(rng)
		masked, absent = append(masked, name), append(absent, people.Name(rng))
		hold(&storage.Record{Kind: storage.Person, Role: "victim", Visibility: storage.Masked, Name: name})
	}
	if err := h.Flush(); err != nil {
		b.Fatal(err)
	}
	search := func(name string, role []string) time.Duration {
		began := time.Now()
		_, err := h.Engine.Search(context.Background(), access.Program("bench"), &query.PersonRequest{Name: name, Role: role, Common: query.Common{Reason: benchReason}})
		if err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	for b.Loop() {
		for what, role := range map[string][]string{"accused-auc": nil, "victim-auc": {"victim"}} {
			var times [2][]time.Duration
			for i := range pairs {
				first := rng.IntN(2) // which of the two is asked first
				for _, side := range [2]int{first, 1 - first} {
					times[side] = append(times[side], search([2][]string{masked, absent}[side][i], role))
				}
			}
			b.ReportMetric(areaUnderCurve(times[0], times[1]), what)
		}
	}
}

// areaUnderCurve is the chance that one of a is larger than one of b, ties counted half.
func areaUnderCurve(a, b []time.Duration) float64 {
	slices.Sort(b)
	sum := 0.0
	for _, x := range a {
		below, _ := slices.BinarySearch(b, x)
		upTo, _ := slices.BinarySearch(b, x+1)
		sum += float64(below) + float64(upTo-below)/2
	}
	return sum / float64(len(a)) / float64(len(b))
}
