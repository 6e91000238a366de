package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"anvesh/bench/madeup"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/backend"
	"anvesh/storage/embedded"
)

// BenchmarkRegister fills a register alone with RECORDS made-up records (200,000), four persons to a vehicle, saves it, and
// reads it again, as a start does that finds all in the cache of the disk. It reports seconds, milliseconds that updates wait
// for a save, and MiB of the heap and of files.
func BenchmarkRegister(b *testing.B) {
	records := 200_000
	if s := os.Getenv("RECORDS"); s != "" {
		var err error
		if records, err = strconv.Atoi(s); err != nil {
			b.Fatalf("RECORDS=%s: %v", s, err)
		}
	}
	for b.Loop() {
		files := backend.Files{Backend: &embedded.Dir{Path: b.TempDir()}}
		g := register.New()
		g.Use(files)
		began := time.Now()
		fill(b, g, records)
		b.ReportMetric(time.Since(began).Seconds(), "fill-s")
		heap := func(name string) {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/(1<<20), name)
		}
		var saved bytes.Buffer
		began = time.Now()
		write := g.Cut()
		b.ReportMetric(float64(time.Since(began).Microseconds())/1000, "cut-ms")
		if err := write(context.Background(), &saved); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "save-s")
		for more := true; more; {
			var err error
			if more, err = g.Tend(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
		saved.Reset()
		if err := g.Cut()(context.Background(), &saved); err != nil {
			b.Fatal(err)
		}
		if err := g.Saved(); err != nil {
			b.Fatal(err)
		}
		heap("filled-MiB")
		parts, _ := g.Parts()
		b.ReportMetric(float64(parts), "parts")
		digest := g.Digest()
		g = nil
		again := register.New()
		again.Use(files)
		began = time.Now()
		if err := again.Restore(&saved); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "start-s")
		heap("started-MiB")
		if again.Digest() != digest {
			b.Fatal("another register was read than was saved")
		}
		size := int64(0)
		names, _ := files.Names()
		for _, name := range names {
			if st, err := os.Stat(filepath.Join(files.Backend.(*embedded.Dir).Path, "derived", name)); err == nil {
				size += st.Size()
			}
		}
		b.ReportMetric(float64(size)/(1<<20), "files-MiB")
		runtime.KeepAlive(again)
	}
}

// fill applies made-up records and makes parts of them as a store does.
func fill(b *testing.B, g *register.Register, records int) {
	people, vehicles := madeup.NewPeople(), madeup.NewVehicles(records, 1, true)
	rng := rand.New(rand.NewPCG(1, 3))
	var changes []storage.Change
	for i := range records {
		var r *storage.Record
		kind := "p/A1"
		if i%5 == 4 {
			v := vehicles.Draw(i)
			r = &storage.Record{Kind: storage.Vehicle, Registration: v.Registration, Chassis: v.ChassisWritten, Engine: v.EngineWritten,
				Make: v.Maker, Model: v.Model, Colour: v.Colour, Status: v.Status}
			kind = "v/V1"
		} else {
			year := 1950 + rng.IntN(55)
			r = &storage.Record{Kind: storage.Person, Role: "accused", Name: people.Name(rng), Relatives: []string{people.Name(rng)}, Gender: "M",
				BirthFrom: year, BirthTo: year, Status: "wanted", Sections: []string{"BNS 303(2)"}, Places: []string{"VPO Sanghi, Rohtak"}}
		}
		r.FIR = fmt.Sprintf("1322500826%07d", i)
		r.ID, r.Station = r.FIR+"/"+kind, r.FIR[:8]
		r.EventAt, r.Updated = heldAt, heldAt
		if changes = append(changes, storage.Change{ID: r.ID, Record: r}); len(changes) == heldBatch || i == records-1 {
			g.Apply(changes)
			changes = changes[:0]
			for more := true; more; {
				var err error
				if more, err = g.Tend(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
