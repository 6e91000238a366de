package bench

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"

	"anvesh/bench/madeup"
	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
)

// BenchmarkSearch asks an engine that holds 100,000 made-up records, in process, by what was written in some form,
// damaged: persons by name, by name and relative, in Devanagari, and vehicles by registration.
func BenchmarkSearch(b *testing.B) {
	reg := register.New()
	store, err := storage.Open(storage.Options{Dir: b.TempDir(), Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: reg})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	x := indexer.New(store, noRejects{b}, slog.New(slog.DiscardHandler))
	var batch []indexer.Message
	next := int64(0)
	apply := func() {
		next += int64(len(batch))
		if err := x.Apply(context.Background(), indexer.Batch{Topic: "t", Messages: batch, Next: next}); err != nil {
			b.Fatal(err)
		}
		batch = batch[:0]
	}
	var people, vehicles []madeup.Truth
	err = madeup.GenerateTruth(madeup.Options{Records: 100_000, Seed: 1}, func(fir string, value []byte) error {
		if batch = append(batch, indexer.Message{Key: []byte(fir), Value: bytes.Clone(value)}); len(batch) == 2000 {
			apply()
		}
		return nil
	}, func(t madeup.Truth) {
		switch {
		case t.Vehicle && len(t.Registration) >= 8:
			vehicles = append(vehicles, t)
		case t.Role == "accused" && !t.Child && t.Name != "" && t.NameHi != "":
			people = append(people, t)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	apply()
	if r, err := store.Check(); err != nil || r.Faults > 0 { // also waits until all is searchable
		b.Fatal(r, err)
	}
	e, err := query.New(query.Options{Store: store, Register: reg})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	common := query.Common{Reason: "FIR 1/2026"}
	persons := func(name string, ask func(t madeup.Truth) query.PersonRequest) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := ask(people[rng.IntN(len(people))])
				r.Common = common
				if _, err := e.Search(context.Background(), access.Program("bench"), &r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	persons("name", func(t madeup.Truth) query.PersonRequest {
		damaged, _ := madeup.DamageName(rng, t.Name)
		return query.PersonRequest{Name: damaged}
	})
	persons("relative", func(t madeup.Truth) query.PersonRequest {
		damaged, _ := madeup.DamageName(rng, t.Name)
		return query.PersonRequest{Name: damaged, Relative: t.Relative, BirthYear: t.BirthYear}
	})
	persons("hindi", func(t madeup.Truth) query.PersonRequest { return query.PersonRequest{Name: t.NameHi} })
	b.Run("plate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			damaged, _ := madeup.DamagePlate(rng, vehicles[rng.IntN(len(vehicles))].Registration)
			r := query.VehicleRequest{Registration: damaged, Common: common}
			if _, err := e.Search(context.Background(), access.Program("bench"), &r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
