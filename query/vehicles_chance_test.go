package query

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"anvesh/query/register"
	"anvesh/query/units"
	"anvesh/storage"
)

// TestChancesSumToOne: of the vehicle sought being one of those found (who bear one number are one answer) or one that is not
// held; where all numbers were left open the scores share what one would have that fits alone.
func TestChancesSumToOne(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	g := register.New()
	for i := range 400 { // every number of 300, and some of them twice
		plate, chassis := i, i
		if i >= 300 {
			plate, chassis = rng.IntN(300), rng.IntN(300)
		}
		r := &storage.Record{ID: fmt.Sprintf("1322500823%04d/v/V1", i), Kind: storage.Vehicle, Station: "13225008", Make: []string{"Hero", "Bajaj"}[rng.IntN(2)],
			Registration: fmt.Sprintf("HR26DK%04d", 8000+plate), Chassis: fmt.Sprintf("MA3ERLF1S0012%04d", chassis)}
		g.Apply([]storage.Change{{ID: r.ID, Record: r}})
	}
	e := &Engine{reg: g, store: &storage.Store{}, o: Options{Now: time.Now}, units: units.Default()}
	for _, r := range []VehicleRequest{{Registration: "HR26DK8123"}, {Registration: "HR26DK8I23", Make: "Hero"}, {Chassis: "MA3ERLF1S00120012"},
		{Registration: "HR26DK8123", Chassis: "MA3ERLF1S00120012"}, {Registration: "HR26DK82*"}, {Registration: "HR26DK81?3", Make: "Hero"}, {Chassis: "120012"}} {
		r.Reason = "FIR 1/2026"
		var s vehicleSearch
		if err := s.read(e, &r); err != nil {
			t.Fatal(err)
		}
		s.a = &Answer{Complete: true}
		var release func()
		s.v, release = e.view(register.Findable)
		s.find()
		best := map[uint32]float64{}
		for _, c := range s.found {
			best[c.group] = max(best[c.group], math.Exp(c.weight))
		}
		sum := 0.
		for _, w := range best {
			sum += w
		}
		unheld := s.scale / sought * roadVehicles * s.unheld()
		if len(best) == 0 || math.Abs(s.scale*sum+unheld-1) > 1e-9 {
			t.Errorf("seed %d, %+v: chances of %d numbers are %v, of none that is held %v", seed, r, len(best), s.scale*sum, unheld)
		}
		if open := s.openScore(); open > 0 && math.Abs(s.openScale*sum*s.unlisted()-open) > 1e-9 {
			t.Errorf("seed %d, %+v: scores of those that fit sum to %v, want %v", seed, r, s.openScale*sum, open)
		}
		release()
	}
}
