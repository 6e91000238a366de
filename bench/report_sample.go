package bench

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"

	"anvesh/bench/load"
	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/plate"
)

// A sample is made-up persons and vehicles that are held, drawn evenly, with what is asked for them.
type sample struct {
	persons, vehicles []madeup.Truth
	rng               *rand.Rand
}

// draw goes through the records once more and keeps some. Only persons who are findable count, and vehicles that may be asked
// for: HR26AB0000 says that the number is not known.
func (m *measurement) draw() (*sample, error) {
	s := &sample{rng: rand.New(rand.NewPCG(m.o.Seed, saltSample))}
	persons, vehicles := 0, 0
	keep := func(list *[]madeup.Truth, n *int, t madeup.Truth) {
		if *n++; len(*list) < m.o.Sample {
			*list = append(*list, t)
		} else if i := s.rng.IntN(*n); i < m.o.Sample {
			(*list)[i] = t
		}
	}
	err := madeup.GenerateTruth(m.generated(), func(string, []byte) error { return nil }, func(t madeup.Truth) {
		switch {
		case t.Vehicle && len(canonical(t.WrittenRegistration)) >= 8 && asks(canonical(t.WrittenRegistration)) && len(plate.Number(t.WrittenChassis)) == vinLen:
			keep(&s.vehicles, &vehicles, t)
		case !t.Vehicle && t.Role == "accused" && !t.Child && strings.Count(t.Name, " ") > 0 && t.Written != "" && t.NameHi != "":
			keep(&s.persons, &persons, t)
		}
	})
	return s, err
}

// vinLen is the length of a whole chassis number.
const vinLen = 17

// An ask is one search with its right answer; right is nil where nobody is right.
type ask struct {
	person  *query.PersonRequest
	vehicle *query.VehicleRequest
	right   func(*query.Hit) bool
}

// request is the search as it goes over HTTP.
func (a *ask) request() load.Request {
	path, body := "/v1/persons/search", any(a.person)
	if a.vehicle != nil {
		path, body = "/v1/vehicles/search", a.vehicle
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic("BUG: bench: encode a request: " + err.Error())
	}
	return load.Request{Path: path, Body: b}
}

// The kinds of search that others refer to.
const (
	personOneError  = "person, one error"
	vehicleOneError = "registration, one error"
	vehicleHalfOpen = "registration, half open"
)

// A kind is one way to ask for what is held, or for what is not.
type kind struct {
	name    string
	person  func(rng *rand.Rand, t *madeup.Truth) *query.PersonRequest
	vehicle func(rng *rand.Rand, t *madeup.Truth) *query.VehicleRequest
	absent  bool // of records that are not held
}

func named(text string) *query.PersonRequest {
	return &query.PersonRequest{Name: text, Common: query.Common{Reason: benchReason}}
}

func numbered(text string) *query.VehicleRequest {
	r := request(text)
	return &r
}

// initialsOf keeps the first letter of each word but the last.
func initialsOf(name string) string {
	words := strings.Fields(name)
	for i, w := range words[:len(words)-1] {
		words[i] = w[:1]
	}
	return strings.Join(words, " ")
}

func damaged(rng *rand.Rand, name string, times int) string {
	for range times {
		name, _ = madeup.DamageName(rng, name)
	}
	return name
}

// withFather adds the relative's name, damaged, and the birth year, a year off at most.
func withFather(rng *rand.Rand, t *madeup.Truth, r *query.PersonRequest) *query.PersonRequest {
	if t.Relative != "" {
		r.Relative = damaged(rng, t.Relative, 1)
	}
	r.BirthYear = t.BirthYear + rng.IntN(3) - 1
	return r
}

// kinds are measured one by one; the mix of the open loop is drawn from them.
var kinds = []kind{
	{name: "person, exact", person: func(_ *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(t.Written) }},
	{name: personOneError, person: func(rng *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(damaged(rng, t.Name, 1)) }},
	{name: "person, two errors", person: func(rng *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(damaged(rng, t.Name, 2)) }},
	{name: "person, Devanagari", person: func(_ *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(t.NameHi) }},
	{name: "person, initials", person: func(_ *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(initialsOf(t.Name)) }},
	{name: "person, one word", person: func(_ *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(strings.Fields(t.Name)[0]) }},
	{name: "person, relative and year", person: func(rng *rand.Rand, t *madeup.Truth) *query.PersonRequest {
		return withFather(rng, t, named(damaged(rng, t.Name, 1)))
	}},
	{name: "person, not held", absent: true, person: func(rng *rand.Rand, t *madeup.Truth) *query.PersonRequest { return named(t.Name) }},
	{name: "person, not held, relative and year", absent: true, person: func(rng *rand.Rand, t *madeup.Truth) *query.PersonRequest {
		return withFather(rng, t, named(t.Name))
	}},
	{name: "registration, exact", vehicle: func(_ *rand.Rand, t *madeup.Truth) *query.VehicleRequest { return numbered(t.WrittenRegistration) }},
	{name: vehicleOneError, vehicle: func(rng *rand.Rand, t *madeup.Truth) *query.VehicleRequest {
		return numbered(editPlain(rng, canonical(t.WrittenRegistration), 1))
	}},
	{name: "registration, two errors", vehicle: func(rng *rand.Rand, t *madeup.Truth) *query.VehicleRequest {
		return numbered(editPlain(rng, canonical(t.WrittenRegistration), 2))
	}},
	{name: "registration, as misread", vehicle: func(rng *rand.Rand, t *madeup.Truth) *query.VehicleRequest {
		for {
			if read, _, _ := plate.Misread(rng, canonical(t.WrittenRegistration)); asks(read) {
				return numbered(read)
			}
		}
	}},
	{name: vehicleHalfOpen, vehicle: func(_ *rand.Rand, t *madeup.Truth) *query.VehicleRequest {
		key := canonical(t.WrittenRegistration)
		return numbered(key[:4] + "*" + key[len(key)-2:])
	}},
	{name: "last four, make and colour", vehicle: func(_ *rand.Rand, t *madeup.Truth) *query.VehicleRequest {
		key := canonical(t.WrittenRegistration)
		r := numbered(key[len(key)-4:])
		r.Make, r.Colour = t.Make, t.Colour
		return r
	}},
	{name: "chassis, last six", vehicle: func(_ *rand.Rand, t *madeup.Truth) *query.VehicleRequest {
		n := plate.Number(t.WrittenChassis)
		return &query.VehicleRequest{Chassis: n[len(n)-6:], Common: query.Common{Reason: benchReason}}
	}},
	{name: "registration, not held", absent: true, vehicle: func(_ *rand.Rand, t *madeup.Truth) *query.VehicleRequest { return numbered(t.Registration) }},
}

// asks makes the searches of a kind, for what is held or, of another seed, for what is not.
func (k *kind) asks(rng *rand.Rand, held, other *sample) (list []ask) {
	from := held
	if k.absent {
		from = other
	}
	if k.person != nil {
		for i := range from.persons {
			t := &from.persons[i]
			a := ask{person: k.person(rng, t)}
			if !k.absent {
				key, id := nameKey(t.Written), t.FIR+"/p/"+t.Ref
				a.right = func(h *query.Hit) bool { return h.Record.ID == id || nameKey(h.Record.Name) == key }
			}
			list = append(list, a)
		}
		return list
	}
	for i := range from.vehicles {
		t := &from.vehicles[i]
		a := ask{vehicle: k.vehicle(rng, t)}
		if key := canonical(t.WrittenRegistration); !k.absent {
			a.right = byPlate(key)
		}
		list = append(list, a)
	}
	return list
}

// mixed draws the searches of a station's day: 60 % for persons, half of these with relative and year and a tenth in
// Devanagari; 40 % for vehicles, half of them damaged; 30 % of all for what is not held.
func mixed(rng *rand.Rand, held, other *sample, n int) (list []load.Request) {
	for range n {
		from := held
		if rng.IntN(10) < 3 {
			from = other
		}
		var a ask
		if rng.IntN(10) < 6 {
			t := &from.persons[rng.IntN(len(from.persons))]
			switch name := damaged(rng, t.Name, 1); {
			case rng.IntN(2) == 0:
				a.person = withFather(rng, t, named(name))
			case rng.IntN(5) == 0:
				a.person = named(t.NameHi)
			default:
				a.person = named(name)
			}
		} else {
			t := &from.vehicles[rng.IntN(len(from.vehicles))]
			text := canonical(t.WrittenRegistration)
			for read := ""; rng.IntN(2) == 0 && !asks(read); {
				if read, _, _ = plate.Misread(rng, text); asks(read) {
					text = read
				}
			}
			a.vehicle = numbered(text)
		}
		list = append(list, a.request())
	}
	return list
}

// Mix draws the searches of the open loop for a service that was loaded with the records of the options, as make bench does.
func Mix(o ReportOptions) ([]load.Request, error) {
	m := &measurement{o: o}
	held, other, err := m.samples()
	if err != nil {
		return nil, err
	}
	if len(held.persons) == 0 || len(held.vehicles) == 0 || len(other.persons) == 0 || len(other.vehicles) == 0 {
		return nil, errors.New("bench: records must be so many that there are persons and vehicles to ask for, at least 1,000")
	}
	return m.requests(saltCorpus), nil
}

// requests is the mix as the samples that are drawn already give it.
func (m *measurement) requests(salt uint64) []load.Request {
	return mixed(rand.New(rand.NewPCG(m.o.Seed, salt)), m.sample, m.strange, httpMix)
}
