package numbers

import (
	"math"
	"slices"

	"anvesh/query/plate"
)

// How sure a reading is of the number that explains it depends on what else it may have been: on the numbers that are
// not held as much as on those that are. A plate read as HR26DK8387 is most likely HR26DK8387, though only HR26DK8337
// is held; one read as HR2GDK8337 can hardly be anything but HR26DK8337, held or not.
//
// The mass of a reading is the sum of exp(-cost) over all registrations that there may be. Those of a series that is
// held are taken to be there from 0001 to 9999, and the searches by splits have met them all (split.go). What they
// cannot meet is added here: the reading itself where a grammar fits, look-alike series that are not held, and, for
// what is held and was found otherwise, the numbers that must stand unheld beside it.

const (
	// unheldEach is how many unheld registrations are reckoned for one that was found outside the splits: a register
	// holds about one in twelve of the numbers that were given out (a guess; the generator's share).
	unheldEach = 12
	// unheldSeries is the chance that a series which grammar allows, and none of whose numbers is held, was given out.
	unheldSeries = .3
	// noSense is the chance that a text is none of the model's readings of any registration: about three errors.
	noSense = 1e-7
)

// chances are exp(-cost) by sixteenths of a nat.
var chances = func() (t [16 * plate.CostNever]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / 16)
	}
	return t
}()

// chanceOf is exp(-cost), to 3 %.
func chanceOf(cost float32) float64 {
	if i := int(cost*16 + .5); i >= 0 && i < len(chances) {
		return chances[i]
	}
	return 0
}

// weighUnheld adds to the mass what the splits have not met.
func (q *search) weighUnheld(p plate.Pattern) {
	q.mass += noSense
	for i := range q.hits.list {
		switch h := &q.hits.list[i]; {
		case h.inMass:
		case h.cost == 0:
			q.mass++
		default:
			q.mass += (1 + unheldEach) * chanceOf(h.cost)
		}
	}
	for _, r := range p.Readings() {
		if (r.Formal || r.OtherCode) && r.Sound && !q.known(r.Text) {
			cost := r.Cost
			if r.Text == p.String() {
				cost = 0
			}
			q.mass += chanceOf(cost)
		}
	}
	q.weighSeries(p.String())
}

// known tells whether the splits have met a registration: whether its series is held, or itself, where it has none.
func (q *search) known(text string) bool {
	if key, _, ok := divide(text); ok {
		return len(q.find(key)) > 0
	}
	return slices.ContainsFunc(q.in, func(x *PlateIndex) bool { return x.rest.borne(text) })
}

// weighSeries adds the registrations of series that are not held and one look-alike away from a serial read cleanly.
func (q *search) weighSeries(text string) {
	key, _, ok := divide(text)
	if !ok || lengthOf(key) < 4 || plate.SoundPrefix(text[:len(text)-plate.SerialLen]) {
		return
	}
	front := []byte(text[:len(text)-plate.SerialLen])
	for i, read := range front {
		for _, stored := range []byte(plate.TakenFor(read)) {
			front[i] = stored
			if len(q.find(packPrefix(string(front)))) == 0 && plate.SoundPrefix(string(front)) {
				q.mass += unheldSeries * chanceOf(plate.SwapCost(plate.Code(stored), plate.Code(read)))
			}
		}
		front[i] = read
	}
}

// roadNumbers is the number of vehicles on the road, and of numbers of each kind; about that of India.
const roadNumbers = 3e8

// openMass is the mass of a pattern that many numbers fit alike: that of all that were found, times the vehicles on the
// road for one of those held.
func openMass(matches []Match, total, held int) float64 {
	mass := 0.
	for _, m := range matches {
		mass += chanceOf(m.Cost)
	}
	if len(matches) > 0 && total > len(matches) {
		mass *= float64(total) / float64(len(matches))
	}
	return mass * roadNumbers / float64(max(held, leastHeld))
}

// leastHeld is the least number of numbers that a register is reckoned to hold: a small one says little about how many
// there are.
const leastHeld = 1_000_000
