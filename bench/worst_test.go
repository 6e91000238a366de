package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// What one search may cost whatever it asks: bytes allocated, and distinct names or numbers weighed for each of the three
// that a request may ask for. Beyond its budget a search stops and says so.
const (
	worstBytes      = 4 << 20
	worstConsidered = 3 * 200_000
)

// worstStore holds n made-up persons, half as many vehicles, and the names and numbers that searches are made of.
func worstStore(tb testing.TB, n int) (h *Held, names, plates []string) {
	tb.Helper()
	h, err := OpenHeld(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { h.Close() })
	rng, people := rand.New(rand.NewPCG(1, saltCorpus)), madeup.NewPeople()
	vehicles := madeup.NewVehicles(n, 1, false)
	for i := range n {
		r := &storage.Record{Kind: storage.Person, Role: "accused", Status: "arrested", Name: people.Name(rng), Relatives: []string{people.Name(rng)},
			BirthFrom: 1950 + i%58, BirthTo: 1950 + i%58, Places: []string{"Rohtak"}}
		err := h.Add(r)
		if i < 200 {
			names = append(names, r.Name)
		}
		if err == nil && i%2 == 0 {
			w := vehicles.Draw(i)
			err = h.Add(vehicleRecord(&w))
			if i < 200 {
				plates = append(plates, w.Registration, w.Chassis, w.Engine)
			}
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := h.Flush(); err != nil {
		tb.Fatal(err)
	}
	settle()
	return h, names, plates
}

// A costly is a search that is made worse and worse.
type costly struct {
	Person  *query.PersonRequest  `json:"person,omitempty"`
	Vehicle *query.VehicleRequest `json:"vehicle,omitempty"`
}

func (c costly) ask(e *query.Engine) (a *query.Answer, err error) {
	if c.Person != nil {
		return e.Search(context.Background(), access.Program("bench"), c.Person)
	}
	return e.Search(context.Background(), access.Program("bench"), c.Vehicle)
}

// firstCostly are where the search for the worst begins: the shapes that look dear.
func firstCostly(names, plates []string) (all []costly) {
	limit := 100
	person := func(r query.PersonRequest) {
		r.Reason, r.Limit = benchReason, &limit
		all = append(all, costly{Person: &r})
	}
	vehicle := func(r query.VehicleRequest) {
		r.Reason, r.Limit = benchReason, &limit
		all = append(all, costly{Vehicle: &r})
	}
	many := ""
	for _, n := range names {
		if len(many)+len(n) < 180 {
			many += n + " @ "
		}
	}
	for _, name := range []string{"Ram", "R", "Singh Kumar", "R K S", "Kumari Devi Singh Kumar Ram Lal Chand Parkash", many + "Kala", "राम सिंह"} {
		person(query.PersonRequest{Name: name})
		person(query.PersonRequest{Name: name, Relative: "Ram Singh", Alias: "Kala", BirthYear: 1980, Gender: "M", Place: "Rohtak"})
		person(query.PersonRequest{Relative: name, Station: "13225008"})
	}
	person(query.PersonRequest{Place: "Rohtak"})
	for _, number := range []string{"*1*", "HR*1*", "???1", "*H*R*1*", "111", "HR26DK8337", "ZZZZZZZZZZZZ", "1?1?1?1"} {
		vehicle(query.VehicleRequest{Registration: number})
		vehicle(query.VehicleRequest{Registration: number, Chassis: "MA3?" + plates[1][4:], Engine: "1?11", Make: "Maruti", Colour: "white"})
	}
	vehicle(query.VehicleRequest{Chassis: "MA3E"})
	vehicle(query.VehicleRequest{Chassis: "*A*3*1*"})
	return all
}

// worsen changes a search at random.
func worsen(rng *rand.Rand, c costly, names, plates []string) costly {
	edit := func(s string, from []string) string {
		switch word := from[rng.IntN(len(from))]; rng.IntN(6) {
		case 0:
			s = word
		case 1:
			s += " " + word
		case 2:
			s = word[:1+rng.IntN(len(word))] + s
		case 3:
			s = s[:rng.IntN(len(s)+1)]
		case 4:
			at := rng.IntN(len(s) + 1)
			s = s[:at] + []string{"*", "?", "1", " ", "a", "@", "S/o "}[rng.IntN(7)] + s[at:]
		}
		return s[:min(len(s), 200)]
	}
	if c.Person != nil {
		r := *c.Person
		switch rng.IntN(6) {
		case 0, 1, 2:
			r.Name = edit(r.Name, names)
		case 3:
			r.Relative = edit(r.Relative, names)
		case 4:
			r.Alias = edit(r.Alias, names)
		case 5:
			r.BirthYear, r.Gender = 1950+rng.IntN(58), []string{"M", "F", ""}[rng.IntN(3)]
		}
		return costly{Person: &r}
	}
	r := *c.Vehicle
	switch rng.IntN(5) {
	case 0, 1:
		r.Registration = edit(r.Registration, plates)
	case 2:
		r.Chassis = edit(r.Chassis, plates)
	case 3:
		r.Engine = edit(r.Engine, plates)
	case 4:
		r.Make, r.Colour = []string{"Maruti", ""}[rng.IntN(2)], []string{"white", ""}[rng.IntN(2)]
	}
	return costly{Vehicle: &r}
}

// climbCosts makes searches worse by cost, which is measured for each, and calls each with what it measured. Searches that
// are refused count nothing.
func climbCosts(e *query.Engine, names, plates []string, tries int, cost func(costly) (float64, error)) (worst costly, most float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	type tried struct {
		costly
		cost float64
	}
	var best []tried
	take := func(c costly) {
		x, err := cost(c)
		if err != nil {
			return
		}
		best = append(best, tried{c, x})
		slices.SortStableFunc(best, func(a, b tried) int { return int(b.cost - a.cost) })
		best = best[:min(len(best), 30)]
	}
	for _, c := range firstCostly(names, plates) {
		take(c)
	}
	for range tries {
		take(worsen(rng, best[rng.IntN(len(best))].costly, names, plates))
	}
	return best[0].costly, best[0].cost
}

func (c costly) String() string {
	b, _ := json.Marshal(c)
	return string(b)
}

// TestCostsAreBounded looks for the search that allocates most by making dear ones dearer, and prints it.
func TestCostsAreBounded(t *testing.T) {
	h, names, plates := worstStore(t, 10_000)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	weighed := 0
	worst, most := climbCosts(h.Engine, names, plates, 500, func(c costly) (float64, error) {
		bytes := math.Inf(1)
		for range 2 { // the lesser of two: scratch memory that later searches use again counts once
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			a, err := c.ask(h.Engine)
			runtime.ReadMemStats(&after)
			if err != nil {
				return 0, err
			}
			bytes = min(bytes, float64(after.TotalAlloc-before.TotalAlloc))
			if weighed = max(weighed, a.Considered); a.Considered > worstConsidered {
				t.Errorf("%d names or numbers weighed, at most %d are: %s", a.Considered, worstConsidered, c)
			}
		}
		return bytes, nil
	})
	t.Logf("most bytes: %.0f by %s; most names or numbers weighed: %d", most, worst, weighed)
	if most > worstBytes {
		t.Errorf("%.0f bytes are allocated, at most %d may be, by %s", most, worstBytes, worst)
	}
}

// BenchmarkWorstSearch looks for the search that takes most time, among ANVESH_WORST persons (default 200,000), and
// reports it. No search may take more than 50 ms of a core.
func BenchmarkWorstSearch(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("ANVESH_WORST"))
	if err != nil {
		n = 200_000
	}
	h, names, plates := worstStore(b, n)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for b.Loop() {
		worst, most := climbCosts(h.Engine, names, plates, 1500, func(c costly) (float64, error) {
			least := time.Hour
			for range 2 { // the lesser of two: what else the machine did is not the search's
				start := cpuTime()
				if _, err := c.ask(h.Engine); err != nil {
					return 0, err
				}
				least = min(least, cpuTime()-start)
			}
			return float64(least.Microseconds()), nil
		})
		b.ReportMetric(most/1000, "worst-ms")
		fmt.Printf("%.1f ms: %s\n", most/1000, worst)
	}
}
