package madeup

import (
	"fmt"
	"strconv"
	"time"

	"anvesh/storage"
)

// A genCase is the whole course of one case, from registration to appeal.
type genCase struct {
	key         caseKey
	fir         string
	station     string // of the registration
	moved       string // station of the later forms
	year        int
	offence     int64
	offenceDays int64 // how long it lasted
	crime       *crime
	old         bool // under IPC
	persons     []genPerson
	vehicles    []genVehicle
	forms       []genForm
	report      string // closure type, "" while there is no report
	reason      string
	reported    int64
	judged      int64
	items       int // property seized
}

// A genForm is one form of the plan, in one version.
type genForm struct {
	kind, no, version uint8 // IIF number; instance within the case, from 1; from 1
	person            int8  // IIF3, IIF7: whom it is about
	at                int64 // event
	due               int64 // when it comes: at the event, a corrected version when it is entered
}

var formNames = [...]string{"", "IIF1", "IIF2", "IIF3", "IIF4", "IIF5", "IIF6", "IIF7"}

const hour, dayLong = 3600, 86400

func (c *genCase) form(kind uint8, at int64, person int) {
	if at < genEnd && len(c.forms) < 200 {
		c.forms = append(c.forms, genForm{kind, uint8(len(c.forms) + 1), 1, int8(person), at, at})
	}
}

// again adds a second version of a form, entered later.
func (c *genCase) again(i int, due int64) {
	if due < genEnd {
		f := c.forms[i]
		f.version, f.due = 2, due
		c.forms = append(c.forms, f)
	}
}

// plan makes a case from its key. room is how many records it may have, 0 where that was asked before.
func (g *generator) plan(key caseKey, room int) {
	c := &g.c
	at := time.Unix(key.at, 0).In(storage.IST)
	s := &g.t.stations[key.station]
	*c = genCase{key: key, station: s.code, year: at.Year(), persons: c.persons[:0], vehicles: c.vehicles[:0], forms: c.forms[:0]}
	if key.at < s.until {
		c.station = s.was
	}
	c.moved = c.station
	c.fir = fmt.Sprintf("%s%02d%04d", c.station, c.year%100, key.serial)
	g.d.seed(g.o.Seed, saltCase, uint64(key.index))
	c.crime = &g.t.crimes[g.t.crimePick.pick(g.d)]
	c.offence = key.at - g.d.days(1.2)
	if g.d.chance(0.002) {
		c.offence = key.at + g.d.days(5) // as real registers have it
	}
	if g.d.chance(0.1) {
		c.offenceDays = int64(g.d.between(1, 30))
	}
	c.old = c.offence < newLaw
	c.form(1, key.at, 0)
	if g.o.SingleForm {
		g.single()
		return
	}
	if g.unfold(); room > 0 && len(c.persons)+len(c.vehicles) > room {
		g.fill(room)
	}
}

// single is a case of one form with one record: an accused in seven of ten, else a stolen vehicle.
func (g *generator) single() {
	if g.d.chance(0.7) {
		g.newAccused(0, 0)
		return
	}
	g.newVehicle("V1", nil).status = "stolen"
}

// fill is the last case, of exactly as many accused as there is room for.
func (g *generator) fill(room int) {
	c := &g.c
	c.persons, c.vehicles, c.forms = c.persons[:0], c.vehicles[:0], c.forms[:1]
	c.report, c.judged = "", 0
	for n := range room {
		g.newAccused(n, 0)
	}
}

func (g *generator) unfold() {
	c, d := &g.c, g.d
	if d.chance(0.007) {
		near := g.t.districts[g.t.stations[c.key.station].district].stations
		c.moved = g.t.stations[near[d.IntN(len(near))]].code
	}
	g.parties()
	named := g.accused()
	g.involved()
	if d.chance(0.55) {
		c.form(2, c.key.at+hour+int64(d.IntN(47*hour)), 0)
	}
	last := g.arrests(named)
	last = g.seizures(last)
	g.final(last)
	g.court()
	if d.chance(0.04) {
		c.again(0, c.key.at+d.days(6))
	}
}

// parties are those who complain, suffered or saw it.
func (g *generator) parties() {
	c, d := &g.c, g.d
	women := c.crime.head == "Crime against women"
	gender := func(share float64) byte {
		if women && d.chance(share) {
			return 'F'
		}
		return 0
	}
	if !c.crime.has("P") {
		g.newPerson("complainant", "CO1", gender(0.9), 19, 72)
	}
	switch {
	case c.crime.has("C"):
		g.newPerson("victim", "VI1", 'F', 6, 17)
	case c.crime.has("X"):
		g.newPerson("victim", "VI1", 'F', 16, 45)
	case c.crime.has("V") && d.chance(0.5):
		g.newPerson("victim", "VI1", gender(1), 18, 70)
	}
	if d.chance(0.22) {
		g.newPerson("witness", "WI1", 0, 18, 70)
		if d.chance(0.4) {
			g.newPerson("witness", "WI2", 0, 12, 70)
		}
	}
}

// accused draws those whom the report names; its answer is how many.
func (g *generator) accused() int {
	c, d := &g.c, g.d
	n := 0
	switch {
	case c.crime.has("S"):
		n = 1
		if d.chance(0.15) {
			n += d.between(1, 2)
		}
	case c.crime.has("G"):
		n = d.between(2, 7)
		if d.chance(0.05) {
			n += d.between(3, 9)
		}
	case c.crime.has("V"):
		if !d.chance(0.14) {
			n = d.between(1, 3)
		}
	default:
		if d.chance(0.25) {
			n = d.between(1, 2)
		}
	}
	gender := byte(0)
	if c.crime.has("X") {
		gender = 'M'
	}
	for i := range n {
		g.newAccused(i, gender)
	}
	return n
}

func onRoad(m *vehicleModel) bool { return m.kind != "tractor" }

// involved are the vehicles that the report names.
func (g *generator) involved() {
	c, d := &g.c, g.d
	switch {
	case c.crime.has("T"):
		g.newVehicle("V1", nil).status = "stolen"
		if d.chance(0.04) {
			g.newVehicle("V2", nil).status = "stolen"
		}
	case c.crime.has("A"):
		g.newVehicle("V1", onRoad).status = "involved"
		if d.chance(0.55) {
			g.newVehicle("V2", onRoad).status = "involved"
		}
	case c.crime.has("I") && d.chance(0.4), d.chance(0.05):
		g.newVehicle("V1", onRoad).status = "involved"
	}
}

// arrests decides who is arrested and when, and finds accused whom the report did not name. Its answer is the last of them.
func (g *generator) arrests(named int) int64 {
	c, d := &g.c, g.d
	last := c.key.at
	take := func(i int, at int64) {
		if at < genEnd {
			c.persons[i].arrested = at
			c.form(3, at, i)
			last = max(last, at)
		}
	}
	for i := range c.persons {
		switch {
		case c.persons[i].role != "accused":
		case c.crime.has("S"):
			take(i, c.key.at+int64(d.IntN(6*hour)))
		case d.chance(0.62):
			take(i, c.key.at+d.days(18))
		}
	}
	if named > 0 || !d.chance(0.34) {
		return last
	}
	at := c.key.at + d.days(45)
	if at >= genEnd {
		return last
	}
	for i := range d.between(1, 3) {
		p := g.newAccused(i, 0)
		p.first = int8(len(c.forms))
		take(len(c.persons)-1, min(at+int64(i)*int64(d.IntN(4*dayLong)), genEnd-1))
	}
	return last
}

// seizures recover stolen vehicles and take in others and property.
func (g *generator) seizures(last int64) int64 {
	c, d := &g.c, g.d
	at := int64(0)
	switch {
	case c.crime.has("P"):
		at = c.key.at + int64(d.IntN(2*hour))
		c.items = 1
		if d.chance(0.18) {
			v := g.newVehicle("V"+strconv.Itoa(len(c.vehicles)+1), onRoad)
			v.first, v.status = int8(len(c.forms)), "seized"
		}
	case c.crime.has("T") && last > c.key.at && d.chance(0.7):
		at = last + int64(d.IntN(3*dayLong))
	case c.crime.has("T") && d.chance(0.14):
		at = c.key.at + d.days(60)
	case c.crime.has("A") && d.chance(0.8), c.crime.has("I") && last > c.key.at && d.chance(0.7):
		at = last + int64(d.IntN(2*dayLong))
	case last > c.key.at && d.chance(0.25):
		at = last + int64(d.IntN(2*dayLong))
		c.items = d.between(1, 2)
	}
	if at == 0 || at >= genEnd || len(c.vehicles) == 0 && c.items == 0 {
		return last
	}
	for i := range c.vehicles {
		v := &c.vehicles[i]
		v.seized, v.end = at, "seized"
		if v.status == "stolen" {
			v.end = "recovered"
			if n := v.registration; len(n) >= 9 && d.chance(0.08) {
				v.replated = n[:len(n)-4] + strconv.Itoa(10000 + d.IntN(9999))[1:]
			}
		}
	}
	c.form(4, at, 0)
	if len(c.vehicles) > 0 && d.chance(0.35) {
		c.again(len(c.forms)-1, at+d.days(25))
	}
	return max(last, at)
}

// final is the final report: charge sheet, untraced, cancelled.
func (g *generator) final(last int64) {
	c, d := &g.c, g.d
	accused := 0
	for i := range c.persons {
		p := &c.persons[i]
		if p.role != "accused" {
			continue
		}
		accused++
		p.charged = p.arrested > 0 && d.chance(0.92) || p.arrested == 0 && d.chance(0.3)
	}
	at := last + dayLong*int64(d.between(15, 58))
	if c.crime.has("H") {
		at = last + dayLong*int64(d.between(35, 92))
	}
	switch {
	case accused == 0:
		c.report = "untraced"
		at = c.key.at + dayLong*int64(d.between(60, 330))
		if d.chance(0.15) {
			c.report = "undetected"
		}
	case last == c.key.at && d.chance(0.3):
		c.report = "un-occurred"
		c.reason = d.oneOf([]string{"false", "mistake of fact", "mistake of law", "non-cognizable", "civil nature"})
	default:
		c.report = "not-charge-sheeted"
		for i := range c.persons {
			if c.persons[i].charged {
				c.report = "charge-sheeted"
			}
		}
	}
	if c.reported = at; at >= genEnd || d.chance(0.06) {
		c.report = ""
		return
	}
	c.form(5, at, 0)
}

var (
	disposalPick  = weighted(34, 46, 4, 7, 3, 2, 1, 2, 1)
	disposalNames = []string{"convicted", "acquitted", "discharged", "compounded", "probation", "abated", "quashed", "plea bargaining", "withdrawn"}
	appealPick    = weighted(22, 56, 10, 6, 4, 2)
	appealNames   = []string{"allowed", "dismissed", "modified", "remanded", "abated", "withdrawn"}
)

func weighted(list ...int) *picker {
	p := &picker{}
	for _, w := range list {
		p.add(w)
	}
	return p
}

// court is the judgment on those who were charged, and the appeals against it.
func (g *generator) court() {
	c, d := &g.c, g.d
	if c.report != "charge-sheeted" || !d.chance(0.7) {
		return
	}
	c.judged = c.reported + 60*dayLong + d.days(430)
	if c.judged >= genEnd {
		c.judged = 0
		return
	}
	c.form(6, c.judged, 0)
	common := disposalNames[disposalPick.pick(d)]
	for i := range c.persons {
		p := &c.persons[i]
		if !p.charged || c.report != "charge-sheeted" {
			continue
		}
		p.result = common
		if d.chance(0.2) {
			p.result = disposalNames[disposalPick.pick(d)]
		}
		if p.result != "convicted" && p.result != "acquitted" || !d.chance(0.14) {
			continue
		}
		if at := c.judged + 20*dayLong + d.days(260); at < genEnd {
			p.appeal = appealNames[appealPick.pick(d)]
			c.form(7, at, i)
		}
	}
}
