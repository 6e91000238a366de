package madeup

import (
	"strconv"
	"time"

	"anvesh/storage"
)

// emit writes one form of the case at hand and gives it away.
func (g *generator) emit(i int, give func(fir string, value []byte) error) error {
	f := &g.c.forms[i]
	b := g.appendHead(g.buf[:0], f)
	switch f.kind {
	case 1:
		b = g.appendFIR(b, f)
	case 2:
		b = g.appendScene(b, f)
	case 3:
		b = g.appendArrest(b, f)
	case 4:
		b = g.appendSeizure(b, f)
	case 5:
		b = g.appendReport(b, f)
	case 6:
		b = g.appendDisposal(b, f)
	case 7:
		b = g.appendAppeal(b, f)
	}
	g.buf = append(b, '}')
	return give(g.c.fir, g.buf)
}

// field writes ,"key":"value" unless the value is empty. Neither may hold a character that JSON escapes: the tables
// have none.
func field(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":"`...)
	b = append(b, value...)
	return append(b, '"')
}

func timeField(b []byte, key string, at int64) []byte {
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":"`...)
	b = time.Unix(at, 0).In(storage.IST).AppendFormat(b, time.RFC3339)
	return append(b, '"')
}

func dateField(b []byte, key string, at int64) []byte {
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":"`...)
	b = time.Unix(at, 0).In(storage.IST).AppendFormat(b, time.DateOnly)
	return append(b, '"')
}

func (g *generator) appendHead(b []byte, f *genForm) []byte {
	c := &g.c
	station := c.station
	if f.kind > 1 {
		station = c.moved
	}
	b = append(b, `{"schema":1`...)
	b = field(b, "form", formNames[f.kind])
	b = append(b, `,"form_id":"`...)
	b = append(b, c.fir...)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(f.no), 10)
	b = append(b, `","version":`...)
	b = strconv.AppendInt(b, int64(f.version), 10)
	b = field(b, "fir", c.fir)
	b = field(b, "station", station)
	b = timeField(b, "event_at", f.at)
	d := g.side
	d.seed(g.o.Seed, saltWriting, uint64(c.key.index)<<16|uint64(f.no)<<8|uint64(f.version))
	entered := f.due
	if f.version == 1 {
		entered += int64(d.ExpFloat64() * 3 * hour)
		if f.kind >= 6 {
			entered += int64(d.ExpFloat64() * 6 * dayLong)
		}
		if d.chance(0.03) {
			entered += int64(d.between(2, 40)) * dayLong
		}
	}
	b = timeField(b, "entered_at", entered)
	b = append(b, `,"entered_by":"operator-`...)
	b = append(b, station...)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(d.between(1, 4)), 10)
	b = append(b, '"')
	return field(b, "entered_at_unit", station)
}

func (g *generator) appendSections(b []byte) []byte {
	b = append(b, `,"sections":[`...)
	if g.c.old {
		b = append(b, g.c.crime.old...)
	} else {
		b = append(b, g.c.crime.present...)
	}
	return append(b, ']')
}

var ranks = []string{"HC", "ASI", "ASI", "SI", "SI", "Inspector"}

// appendOfficer names the investigating officer, one of five of his station and year.
func (g *generator) appendOfficer(b []byte) []byte {
	d := g.side
	n := uint64(g.c.key.index % 5)
	d.seed(g.o.Seed, saltOfficer, uint64(g.c.key.station)<<16|uint64(g.c.year)<<4|n)
	name, _ := g.t.drawName(d, 0, 'M', word{})
	b = append(b, `,"io":{"name":"`...)
	b = append(b, name.latin()...)
	b = append(b, '"')
	b = field(b, "rank", d.oneOf(ranks))
	b = append(b, `,"number":"`...)
	b = strconv.AppendInt(b, int64(d.between(100, 1999)), 10)
	return append(b, `"}`...)
}

func (g *generator) appendFIR(b []byte, f *genForm) []byte {
	c := &g.c
	b = g.appendSections(b)
	b = dateField(b, "offence_from", c.offence-c.offenceDays*dayLong)
	if c.offenceDays > 0 {
		b = dateField(b, "offence_to", c.offence)
	}
	b = timeField(b, "informed_at", c.key.at-int64(c.key.index%90)*60)
	b = field(b, "fir_type", "regular")
	b = field(b, "crime_head", c.crime.head)
	b = field(b, "crime_minor_head", c.crime.minor)
	if c.crime.has("H") {
		b = append(b, `,"heinous":true`...)
	}
	if c.crime.has("X") {
		b = append(b, `,"sensitive":true`...)
	}
	b = g.appendOfficer(b)
	b = g.appendPlace(b, "place")
	b = g.appendPersons(b, f, func(p *genPerson) bool { return p.first == 0 })
	return g.appendVehicles(b, f, func(v *genVehicle) bool { return v.first == 0 })
}

// appendPlace names a place near the station; the dice are those that were seeded last.
func (g *generator) appendPlace(b []byte, key string) []byte {
	home := &g.t.districts[g.t.stations[g.c.key.station].district]
	d := g.side
	v := home.village[d.IntN(len(home.village))]
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":"`...)
	b = append(b, d.oneOf([]string{"Near bus stand, ", "Main bazar, ", "Village ", "Near railway crossing, ", "Fields of village ", "Bypass road, ", "Near Govt. School, "})...)
	b = append(b, v.latin...)
	b = append(b, ", "...)
	b = append(b, home.name...)
	return append(b, '"')
}

func (g *generator) appendPersons(b []byte, f *genForm, want func(*genPerson) bool) []byte {
	open := false
	for i := range g.c.persons {
		if p := &g.c.persons[i]; want(p) {
			if !open {
				b = append(b, `,"persons":[`...)
			} else {
				b = append(b, ',')
			}
			open = true
			b = g.appendPerson(b, p, f)
		}
	}
	if open {
		b = append(b, ']')
	}
	return b
}

func (g *generator) appendVehicles(b []byte, f *genForm, want func(*genVehicle) bool) []byte {
	open := false
	for i := range g.c.vehicles {
		if v := &g.c.vehicles[i]; want(v) {
			if !open {
				b = append(b, `,"vehicles":[`...)
			} else {
				b = append(b, ',')
			}
			open = true
			b = g.appendVehicle(b, v, f)
		}
	}
	if open {
		b = append(b, ']')
	}
	return b
}

var methods = []string{"by breaking the lock", "by night", "in a crowded place", "with a duplicate key", "by deceit on the telephone", "in a group", "under the influence of liquor", "on a motor cycle"}

func (g *generator) appendScene(b []byte, f *genForm) []byte {
	b = field(b, "crime_head", g.c.crime.head)
	b = append(b, `,"scene":{"kind":"`...)
	b = append(b, g.side.oneOf([]string{"house", "street", "shop", "field", "vehicle", "office"})...)
	b = append(b, '"')
	b = timeField(b, "visited_at", f.at)
	b = append(b, `},"modus_operandi":{"methods":["`...)
	b = append(b, g.side.oneOf(methods)...)
	return append(b, `"]}`...)
}

func (g *generator) appendArrest(b []byte, f *genForm) []byte {
	p := &g.c.persons[f.person]
	b = g.appendPersons(b, f, func(one *genPerson) bool { return one == p })
	kind := "arrest"
	if p.child {
		kind = "apprehension"
	} else if g.side.chance(0.08) {
		kind = "surrender"
	}
	b = append(b, `,"arrest":{"ref":"`...)
	b = append(b, p.ref...)
	b = append(b, '"')
	b = field(b, "kind", kind)
	b = timeField(b, "at", f.at)
	b = g.appendPlace(b, "place")
	b = field(b, "outcome", g.side.oneOf([]string{"forwarded", "forwarded", "bail by police", "police custody"}))
	if !g.side.chance(0.1) {
		b = timeField(b, "produced_at", f.at+int64(g.side.between(2, 26))*hour)
	}
	return append(b, '}')
}

func (g *generator) appendFeatures(b []byte, p *genPerson) []byte {
	d := g.side
	b = append(b, `,"features":{"height_cm":`...)
	b = strconv.AppendInt(b, int64(d.between(148, 188)), 10)
	b = field(b, "build", d.oneOf([]string{"thin", "medium", "medium", "strong", "fat"}))
	b = field(b, "complexion", d.oneOf([]string{"fair", "wheatish", "wheatish", "dark"}))
	if d.chance(0.2) {
		b = field(b, "scar", d.oneOf([]string{"left cheek", "forehead", "right hand", "chin", "left arm"}))
	}
	if d.chance(0.15) {
		b = field(b, "tattoo", d.oneOf([]string{"right forearm", "left hand", "chest", "neck"}))
	}
	return append(b, '}')
}

var seizedItems = [][3]string{ // head of the crime, category, description
	{"Excise", "Others", "country liquor, bottles"}, {"Narcotics", "Drugs", "ganja in a polythene bag"}, {"Arms Act", "Arms", "country made pistol and live cartridge"},
	{"Gambling", "Coin and currency", "currency notes and satta slips"}, {"Theft", "Electrical and electronic goods", "mobile phone"}, {"", "Others", "clothes and a stick"},
}

func (g *generator) appendSeizure(b []byte, f *genForm) []byte {
	c := &g.c
	b = append(b, `,"seizure":{"nature":"`...)
	nature := "involved"
	switch {
	case c.crime.has("T"):
		nature = "stolen"
	case c.crime.has("P"):
		nature = "unlawful possession"
	}
	b = append(b, nature...)
	b = append(b, '"')
	b = timeField(b, "at", f.at)
	b = g.appendPlace(b, "place")
	b = append(b, '}')
	if c.items > 0 {
		b = append(b, `,"property":[`...)
		for i := range c.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = g.appendItem(b, i)
		}
		b = append(b, ']')
	}
	if f.version > 1 {
		for i := range c.vehicles {
			c.vehicles[i].end = "released"
		}
	}
	return g.appendVehicles(b, f, func(v *genVehicle) bool { return v.seized > 0 })
}

func (g *generator) appendItem(b []byte, i int) []byte {
	item := seizedItems[len(seizedItems)-1]
	for _, one := range seizedItems {
		if one[0] == g.c.crime.head {
			item = one
		}
	}
	b = append(b, `{"ref":"P`...)
	b = strconv.AppendInt(b, int64(i+1), 10)
	b = append(b, '"')
	b = field(b, "category", item[1])
	b = field(b, "description", item[2])
	b = append(b, `,"value":`...)
	b = strconv.AppendInt(b, int64(g.side.between(1, 300))*100, 10)
	b = field(b, "state", "In Malkhana")
	b = field(b, "register_no", strconv.Itoa(g.side.between(1, 999))+"/"+strconv.Itoa(g.c.year))
	return append(b, '}')
}

func (g *generator) appendReport(b []byte, f *genForm) []byte {
	c := &g.c
	if c.report != "un-occurred" {
		b = g.appendPersons(b, f, func(p *genPerson) bool { return p.role == "accused" })
	}
	b = append(b, `,"report":{"kind":"original"`...)
	b = field(b, "type", c.report)
	b = field(b, "unoccurred_reason", c.reason)
	b = field(b, "number", strconv.Itoa(1+int(c.key.serial)/2)+"/"+strconv.Itoa(time.Unix(f.at, 0).In(storage.IST).Year()))
	b = dateField(b, "date", f.at)
	if c.report == "charge-sheeted" || c.report == "not-charge-sheeted" {
		b = g.appendCharged(b)
		b = g.appendUncharged(b)
	}
	return append(b, '}')
}

func (g *generator) appendCharged(b []byte) []byte {
	open := false
	for i := range g.c.persons {
		p := &g.c.persons[i]
		if p.role != "accused" || !p.charged {
			continue
		}
		b = startItem(b, "charge_sheeted", &open, p.ref)
		if p.arrested > 0 {
			b = field(b, "standing", g.side.oneOf([]string{"custody", "bailed"}))
			b = dateField(b, "arrested_on", p.arrested)
		} else {
			b = field(b, "standing", "absconding")
		}
		b = append(b, '}')
	}
	return endList(b, open)
}

func (g *generator) appendUncharged(b []byte) []byte {
	open := false
	for i := range g.c.persons {
		p := &g.c.persons[i]
		if p.role == "accused" && !p.charged {
			b = startItem(b, "not_charge_sheeted", &open, p.ref)
			b = field(b, "reason", "no evidence found")
			b = append(b, '}')
		}
	}
	return endList(b, open)
}

// startItem opens an object with its ref, and before the first its list.
func startItem(b []byte, list string, open *bool, ref string) []byte {
	if *open {
		b = append(b, ',')
	} else {
		b = append(b, `,"`...)
		b = append(b, list...)
		b = append(b, `":[`...)
		*open = true
	}
	b = append(b, `{"ref":"`...)
	b = append(b, ref...)
	return append(b, '"')
}

func endList(b []byte, open bool) []byte {
	if open {
		b = append(b, ']')
	}
	return b
}

func (g *generator) appendDisposal(b []byte, f *genForm) []byte {
	c := &g.c
	home := g.t.districts[g.t.stations[c.key.station].district].name
	b = field(b, "court", "JMIC, "+home)
	b = field(b, "prosecution_unit", "District Attorney "+home)
	b = append(b, `,"trial":{"charge_sheet_on":"`...)
	b = time.Unix(c.reported, 0).In(storage.IST).AppendFormat(b, time.DateOnly)
	b = append(b, '"')
	b = dateField(b, "judgment_on", f.at)
	b = append(b, '}')
	if c.key.index%2 == 0 {
		b = g.appendPersons(b, f, func(p *genPerson) bool { return p.result != "" })
	}
	open := false
	for i := range c.persons {
		p := &c.persons[i]
		if p.result == "" {
			continue
		}
		b = startItem(b, "disposals", &open, p.ref)
		b = field(b, "result", p.result)
		if p.result == "convicted" {
			b = field(b, "punishment", "rigorous imprisonment, "+strconv.Itoa(g.side.between(1, 10))+" years")
			b = append(b, `,"fine":`...)
			b = strconv.AppendInt(b, int64(g.side.between(1, 50))*500, 10)
		}
		b = dateField(b, "date", f.at)
		b = append(b, '}')
	}
	return endList(b, open)
}

func (g *generator) appendAppeal(b []byte, f *genForm) []byte {
	p := &g.c.persons[f.person]
	b = g.appendPersons(b, f, func(one *genPerson) bool { return one == p })
	b = append(b, `,"appeals":[{"ref":"`...)
	b = append(b, p.ref...)
	b = append(b, '"')
	b = field(b, "result", p.appeal)
	switch {
	case p.appeal == "remanded":
		b = field(b, "effect", "retrial")
	case p.appeal == "allowed" && p.result == "convicted":
		b = field(b, "effect", "acquitted")
	case p.appeal == "allowed":
		b = field(b, "effect", "convicted")
	}
	kind, side := "conviction", "accused"
	if p.result == "acquitted" {
		kind, side = "acquittal", "state"
	}
	b = field(b, "kind", kind)
	b = field(b, "side", side)
	b = field(b, "court", "Punjab and Haryana High Court")
	b = dateField(b, "date", f.at)
	return append(b, "}]"...)
}
