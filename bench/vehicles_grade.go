package bench

import (
	"context"
	"math/rand/v2"
	"strings"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/plate"
)

// FalseGrades is what searches for vehicles that are not held brought. Collisions are readings that equal another
// registration, which is held: whoever types one asks for the other. They are counted apart, and are in no rate.
type FalseGrades struct {
	N          int     `json:"n"`
	Per1000    float64 `json:"false_probable_per_1000"`
	Collisions int     `json:"collisions"`
}

// A Step is the hits among the first ten whose score lies in [From, To): how many were right.
type Step struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Hits  int     `json:"hits"`
	Said  float64 `json:"said"`  // mean score
	Right float64 `json:"right"` // share
}

// misreadShare is the share of readings that err, as the error model has it.
const misreadShare = .25

// An asking is a way to ask for a vehicle; ok is false where this one offers none.
type asking struct {
	name string
	make func(rng *rand.Rand, w *madeup.Vehicle) (r query.VehicleRequest, ok bool)
}

// askings are the ways in which grades are measured. kind says whether make and colour are given.
func (v *vehicles) askings() (all []asking) {
	for _, kind := range []bool{false, true} {
		name := ""
		if kind {
			name = " with make and colour"
		}
		add := func(what string, read func(rng *rand.Rand, key string) (string, bool)) {
			all = append(all, asking{what + name, func(rng *rand.Rand, w *madeup.Vehicle) (query.VehicleRequest, bool) {
				text, ok := read(rng, canonical(w.Registration))
				r := request(text)
				if kind {
					r.Make, r.Colour = w.Maker, w.Colour
				}
				return r, ok
			}})
		}
		add("clean", func(_ *rand.Rand, key string) (string, bool) { return key, true })
		add("misread", func(rng *rand.Rand, key string) (string, bool) {
			read, _, _ := plate.Misread(rng, key)
			return read, len(read) > 2
		})
		add("one edit of the error model", func(rng *rand.Rand, key string) (string, bool) {
			read, _, edits := plate.Misread(rng, key)
			return read, edits == 1
		})
		add("one look-alike that grammar resolves", func(rng *rand.Rand, key string) (string, bool) {
			read, cause, edits := plate.Misread(rng, key)
			return read, edits == 1 && cause == "look-alike" && plate.Parse(key).Known() && !plate.Parse(read).Known()
		})
		add("one look-alike that grammar resolves to one", func(rng *rand.Rand, key string) (string, bool) {
			read, cause, edits := plate.Misread(rng, key)
			return read, edits == 1 && cause == "look-alike" && plate.Parse(key).Known() && !plate.Parse(read).Known() && resolvesTo(read) == 1
		})
		add("one plain edit", func(rng *rand.Rand, key string) (string, bool) { return editPlain(rng, key, 1), len(key) > 4 })
	}
	return append(append(all, numberAskings...), v.pairAskings()...)
}

// resolvesTo counts the sound registrations that become read by one look-alike.
func resolvesTo(read string) (n int) {
	b := []byte(read)
	for i, was := range b {
		for _, c := range []byte(madeup.PlateLetters) {
			if b[i] = c; c == was || !plate.Parse(string(b)).Known() {
				continue
			}
			if al := plate.Compare(read, string(b)); len(al.Parts) == 1 && al.Parts[0].Cause == "look-alike" {
				n++
			}
		}
		b[i] = was
	}
	return n
}

var numberAskings = []asking{
	{"chassis clean", func(_ *rand.Rand, w *madeup.Vehicle) (query.VehicleRequest, bool) {
		return chassisRequest(w, w.Chassis)
	}},
	{"chassis one plain edit", func(rng *rand.Rand, w *madeup.Vehicle) (query.VehicleRequest, bool) {
		return chassisRequest(w, editPlain(rng, w.Chassis, 1))
	}},
	{"chassis last six", func(_ *rand.Rand, w *madeup.Vehicle) (query.VehicleRequest, bool) {
		return chassisRequest(w, w.Chassis[max(0, len(w.Chassis)-6):])
	}},
}

// pairAskings give two numbers of one vehicle. Of a vehicle that is held the record has both, or lacks the chassis number, which
// nobody holds then or another vehicle does, by a mistake of who asks; of one that is not held nobody has either, but in the
// last way the chassis number.
func (v *vehicles) pairAskings() []asking {
	misread := func(rng *rand.Rand, number string) string {
		read, _, _ := plate.Misread(rng, number)
		return read
	}
	as := func(_ *rand.Rand, number string) string { return number }
	pair := func(name string, registration, chassis func(rng *rand.Rand, number string) string, lacks bool) asking {
		return asking{name, func(rng *rand.Rand, w *madeup.Vehicle) (query.VehicleRequest, bool) {
			r := request(registration(rng, canonical(w.Registration)))
			r.Chassis = chassis(rng, w.Chassis)
			return r, len(w.Chassis) == plate.VINLen && asks(r.Registration) && len(r.Chassis) > 3 && (w.ChassisWritten == "") == lacks
		}}
	}
	another := func(rng *rand.Rand, _ string) string { w := v.some(rng); return plate.Number(w.ChassisWritten) }
	return []asking{
		pair("both clean", as, as, false), pair("registration misread, chassis clean", misread, as, false),
		pair("both misread", misread, misread, false),
		pair("clean, chassis not on record", as, as, true), pair("misread, chassis not on record", misread, as, true),
		pair("clean, chassis not on record and misread", as, misread, true), pair("clean, chassis of another on record", as, another, true),
	}
}

func chassisRequest(w *madeup.Vehicle, text string) (query.VehicleRequest, bool) {
	return query.VehicleRequest{Chassis: text, Common: query.Common{Reason: benchReason}}, len(w.Chassis) == 17 && len(plate.Number(w.ChassisWritten)) == 17
}

// grade counts grades of held and of absent vehicles, and how often scores were right.
func (v *vehicles) grade() error {
	v.report.Probable, v.report.Absent = map[string]Share{}, map[string]FalseGrades{}
	var curve calibration
	for _, k := range v.askings() {
		rng := rand.New(rand.NewPCG(v.o.Seed, saltAbsent))
		graded, n := 0, 0
		err := v.askAs(k, rng, v.o.Sample, func(rng *rand.Rand) madeup.Vehicle { return v.some(rng) },
			func(w *madeup.Vehicle, a *query.Answer) {
				n++
				ok := false
				for i := range a.Hits {
					h := &a.Hits[i]
					right := rightVehicle(h, w)
					ok = ok || right && h.Class != query.Lead
					curve.add(h, i, right, k.share()/float64(v.o.Sample))
				}
				if ok {
					graded++
				}
			})
		if err != nil {
			return err
		}
		v.report.Probable[k.name] = Share{n, float64(graded) / float64(max(n, 1))}
		if err := v.absent(k, rng, &curve); err != nil {
			return err
		}
	}
	v.report.Calibration = curve.list()
	v.report.ProbableShare = v.report.Probable["misread"].Share
	for _, k := range v.askings() {
		v.report.FalsePer1000 += k.share() * v.report.Absent[k.name].Per1000
	}
	return nil
}

// share is the part of all searches that are asked in this way, as the error model has it: misread or clean, half of
// them with make and colour; 0 for ways that are measured beside it.
func (k *asking) share() float64 {
	switch strings.TrimSuffix(k.name, " with make and colour") {
	case "misread":
		return misreadShare / 2
	case "clean":
		return (1 - misreadShare) / 2
	}
	return 0
}

// A calibration holds scores against how often they were right, over searches as the error model draws them, half of
// which are for vehicles that are held.
type calibration [20]struct {
	hits                int
	weight, said, right float64
}

// add counts hit i of a search that stands for so much of all.
func (c *calibration) add(h *query.Hit, i int, right bool, weight float64) {
	if i >= 10 || weight == 0 {
		return
	}
	s := &c[min(int(h.Score*20), 19)]
	s.hits++
	s.weight += weight
	s.said += weight * h.Score
	if right {
		s.right += weight
	}
}

func (c *calibration) list() (steps []Step) {
	for i, s := range c {
		if s.hits > 0 {
			steps = append(steps, Step{float64(i) / 20, float64(i+1) / 20, s.hits, s.said / s.weight, s.right / s.weight})
		}
	}
	return steps
}

func rightVehicle(h *query.Hit, w *madeup.Vehicle) bool {
	return canonical(h.Record.Registration) == canonical(w.Registration) || w.Chassis != "" && plate.Number(h.Record.Chassis) == plate.Number(w.Chassis)
}

// askAs asks for n vehicles in one way.
func (v *vehicles) askAs(k asking, rng *rand.Rand, n int, some func(*rand.Rand) madeup.Vehicle, each func(*madeup.Vehicle, *query.Answer)) error {
	for try := 0; n > 0 && try < 100*v.o.Sample+1000; try++ {
		w := some(rng)
		r, ok := k.make(rng, &w)
		if !ok || !says(&r) {
			continue
		}
		n--
		a, err := v.h.Engine.Search(context.Background(), access.Program("bench"), &r)
		if err != nil {
			return err
		}
		each(&w, a)
	}
	return nil
}

// absent asks for vehicles of the same offices and series that are not held.
func (v *vehicles) absent(k asking, rng *rand.Rand, curve *calibration) error {
	var f FalseGrades
	wrong, next := 0, v.o.Records
	some := func(*rand.Rand) madeup.Vehicle {
		for {
			w := v.draw.Draw(next)
			if next++; !v.all.holds(canonical(w.Registration)) {
				return w
			}
		}
	}
	err := v.askAs(k, rng, v.o.Absent, some, func(_ *madeup.Vehicle, a *query.Answer) {
		for i := range a.Hits {
			curve.add(&a.Hits[i], i, false, k.share()/float64(v.o.Absent))
		}
		if len(a.Hits) > 0 && equalTo(&a.Hits[0]) {
			f.Collisions++
			return
		}
		f.N++
		for i := range a.Hits {
			if a.Hits[i].Class != query.Lead {
				wrong++
			}
		}
	})
	f.Per1000 = 1000 * float64(wrong) / float64(max(f.N, 1))
	v.report.Absent[k.name] = f
	return err
}

// equalTo tells whether a hit's number is, letter for letter, what was asked.
func equalTo(h *query.Hit) bool {
	for _, y := range h.Why {
		if (y.Field == "registration" || y.Field == "chassis") && y.Grade == plate.GradeExact {
			return true
		}
	}
	return false
}
