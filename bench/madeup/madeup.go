// Package madeup makes the data that Anvesh is shown, tested and measured with.
//
// The generator plays a made-up Haryana: cases are registered at police stations over ten years, and each unfolds as
// real ones do: first information report, scene, arrests, seizures, final report, judgment, appeal. People are named
// as in northern India, in both scripts, and written otherwise by the next clerk; vehicles have valid numbers and the
// dirt of real registers. Nothing in it is a real person, case or vehicle; names of places and stations are real.
//
// A case is a pure function of the seed and its number: when one of its forms falls due the case is made again from
// its number, so that all that is remembered of an open case is a few dozen bytes. The same options give the same bytes.
package madeup

import (
	"container/heap"
	"errors"
	"time"

	"anvesh/storage"
)

// Options say what Generate makes.
type Options struct {
	Records    int     // persons and vehicles after the fold, exactly; at least 1
	Seed       uint64  // the same seed, the same bytes
	SingleForm bool    // each case is one IIF1 with one person or vehicle, Records forms in all: for measuring load
	Drift      float64 // share of mentions of a person spelt otherwise than he spells himself; 0 is DefaultDrift, below 0 none
}

// DefaultDrift is the share of mentions that are spelt otherwise where Options do not say: a guess.
const DefaultDrift = 0.25

// The years that the generator plays: registrations in [genStart, genLast), other forms before genEnd.
var (
	genStart = time.Date(2016, 1, 1, 0, 0, 0, 0, storage.IST).Unix()
	genLast  = time.Date(2026, 7, 1, 0, 0, 0, 0, storage.IST).Unix()
	genEnd   = time.Date(2026, 11, 1, 0, 0, 0, 0, storage.IST).Unix()
	// newLaw is the first day of BNS and BNSS; offences before it stand under IPC.
	newLaw = time.Date(2024, 7, 1, 0, 0, 0, 0, storage.IST).Unix()
)

// A Truth is one mention of a person or vehicle in a form: what is so, and what was written.
type Truth struct {
	FIR, Ref string
	Form     string // IIF1 ... IIF7
	Version  int
	Vehicle  bool // else a person

	// Persons. Name, NameHi: as they spell themselves. Written, WrittenHi: as this form has it, "" when it has not,
	// honorific and alias included. Drift: the causes of the differences, "" when there is none.
	Role               string
	Name, NameHi       string
	Written, WrittenHi string
	Drift              []string
	Alias              string // "" when there is none
	Relative           string
	Gender             string
	BirthYear          int
	Village            string
	Child              bool

	// Vehicles: the true numbers in canonical form, and as written.
	Registration, Chassis, Engine                      string
	WrittenRegistration, WrittenChassis, WrittenEngine string
	Make, Model, Colour                                string
}

// Generate makes a Haryana of o.Records persons and vehicles and gives its forms to emit in the order in which they
// happen (a corrected version: is entered), with the FIR's number and the form as one line of JSON without line end.
// value is valid until emit returns; an error of emit ends the work and is returned.
func Generate(o Options, emit func(fir string, value []byte) error) error {
	return GenerateTruth(o, emit, nil)
}

// GenerateTruth is Generate that also tells of each mention what was so and what was written, before the form is emitted.
func GenerateTruth(o Options, emit func(fir string, value []byte) error, tell func(Truth)) error {
	if o.Records < 1 {
		return errors.New("bench: generate: records must be at least 1")
	}
	g := newGenerator(o)
	g.tell = tell
	var due dueHeap
	for made, index := 0, uint32(0); made < o.Records || len(due) > 0; {
		at := genStart + int64(float64(genLast-genStart)*float64(made)/float64(o.Records))
		if made == o.Records || len(due) > 0 && due[0].at < at {
			e := heap.Pop(&due).(dueForm)
			g.plan(e.caseKey, 0)
			if err := g.emit(int(e.form), emit); err != nil {
				return err
			}
			continue
		}
		key := g.register(index, at)
		g.plan(key, o.Records-made)
		made += len(g.c.persons) + len(g.c.vehicles)
		index++
		for i := 1; i < len(g.c.forms); i++ {
			heap.Push(&due, dueForm{g.c.forms[i].due, uint8(i), key})
		}
		if err := g.emit(0, emit); err != nil {
			return err
		}
	}
	return nil
}

// A caseKey is all that must be known to make a case again.
type caseKey struct {
	at      int64 // registration, seconds since 1970
	index   uint32
	serial  uint32 // of the FIR, within station and year
	station uint16 // position in the table
}

// A dueForm is one form of an open case that is still to come.
type dueForm struct {
	at   int64
	form uint8 // position in the plan
	caseKey
}

type dueHeap []dueForm

func (h dueHeap) Len() int { return len(h) }
func (h dueHeap) Less(i, j int) bool {
	a, b := &h[i], &h[j]
	if a.at != b.at {
		return a.at < b.at
	}
	if a.index != b.index {
		return a.index < b.index
	}
	return a.form < b.form
}
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)   { *h = append(*h, x.(dueForm)) }
func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// A generator holds the tables, the dice and the one case at hand. Its parts are in the other files.
type generator struct {
	o     Options
	drift float64
	t     *tables
	d     *dice // of the case
	side  *dice // of one person, vehicle or mention, seeded anew each time
	c     genCase
	buf   []byte
	tell  func(Truth)

	year    int      // of the serials
	serials []uint32 // by station
}

func newGenerator(o Options) *generator {
	g := &generator{o: o, drift: o.Drift, t: genTables(), d: newDice(), side: newDice()}
	if o.Drift == 0 {
		g.drift = DefaultDrift
	}
	g.serials = make([]uint32, len(g.t.stations))
	return g
}

// register gives a case its station and number.
func (g *generator) register(index uint32, at int64) caseKey {
	if year := time.Unix(at, 0).In(storage.IST).Year(); year != g.year {
		g.year = year
		clear(g.serials)
	}
	g.d.seed(g.o.Seed, saltStation, uint64(index))
	s := g.t.stationPick.pick(g.d)
	g.serials[s]++
	return caseKey{at: at, index: index, serial: g.serials[s], station: uint16(s)}
}
