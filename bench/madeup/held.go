package madeup

import (
	"fmt"
	"math/rand/v2"

	"anvesh/query/plate"
)

// Salts of what is drawn outside of a case; measured figures depend on them.
const (
	saltPeople = iota + 102
	_
	_
	saltHeld
)

// A Vehicle is one made-up vehicle: its true numbers, canonical and whole, and what its record writes of them.
type Vehicle struct {
	Registration, Chassis, Engine string
	ChassisWritten, EngineWritten string // "" where the record leaves it out
	Maker, Model, Colour, Status  string
}

// Vehicles makes the i-th made-up vehicle, always the same for one seed, as the generator of cases does: 60 % of
// Haryana, 35 % of the states around it, 5 % of other kinds; numbers from those that each office has given out, twelve
// for each that is held, so that a few come twice. For one goroutine.
type Vehicles struct {
	g         *generator
	scattered bool
}

// NewVehicles draws vehicles of a register of so many records; scattered ones have serials of no run.
func NewVehicles(records int, seed uint64, scattered bool) *Vehicles {
	return &Vehicles{newGenerator(Options{Records: 4 * records, Seed: seed}), scattered}
}

// Draw gives vehicle i.
func (v *Vehicles) Draw(i int) Vehicle {
	g := v.g
	g.c.vehicles = g.c.vehicles[:0]
	g.d.seed(g.o.Seed, saltHeld, uint64(i))
	g.c.year = g.d.between(2016, 2026)
	m := g.newVehicle("V1", nil)
	w := Vehicle{Registration: m.registration, Chassis: m.chassis, Engine: m.engine, Maker: m.model.maker, Model: m.model.model, Colour: m.colour}
	w.Status = g.d.oneOf([]string{"stolen", "stolen", "involved", "seized", "recovered"})
	if v.scattered && plate.Parse(w.Registration).Kind == plate.Current {
		w.Registration = w.Registration[:4] + seriesLetters(g.d.IntN(600)) + fmt.Sprintf("%04d", 1+g.d.IntN(9999))
	}
	w.ChassisWritten = writeNumber(g.d, w.Chassis, "CH NO ", blankChassis)
	w.EngineWritten = writeNumber(g.d, w.Engine, "E NO ", blankEngine)
	return w
}

// People draws names of people from the project's own tables. For one goroutine.
type People struct {
	t *tables
	d *dice
}

// NewPeople gives such a source.
func NewPeople() *People { return &People{genTables(), newDice()} }

// Name draws the name of one person, in Latin letters; nine in ten are men.
func (p *People) Name(rng *rand.Rand) string {
	p.d.seed(rng.Uint64(), saltPeople, 0)
	gender := byte('M')
	if p.d.chance(.1) {
		gender = 'F'
	}
	home := &p.t.districts[p.t.districtPick.pick(p.d)]
	n, _ := p.t.drawName(p.d, home.pools.pick(p.d), gender, word{})
	return n.latin()
}
