package madeup

import (
	"strconv"
	"strings"
)

// A genVehicle is one vehicle of a case: its true numbers, and what becomes of it.
type genVehicle struct {
	ref                           string
	seed                          uint64 // of its writings
	registration, chassis, engine string // canonical, whole
	model                         *vehicleModel
	colour                        string
	year                          int
	status                        string // in IIF1
	first                         int8   // form that names it first
	replated                      string // registration under which it was found, "" when the same
	seized                        int64  // 0: not
	end                           string // status in IIF4
}

var colours = []string{"white", "white", "white", "black", "black", "black", "silver", "silver", "red", "red", "blue", "blue", "grey", "grey", "brown", "golden", "green", "maroon", "orange", "yellow"}

// The share of vehicles by kind of number: 60 % Haryana, 35 % the states around it, 5 % others
// (BH, before 1989, temporary). Part of the generator's contract.
const (
	shareHome = 60
	shareAway = 35
)

// plateBand is how many numbers an office has given out for each record that is asked for, a quarter of which are vehicles:
// so many that most vehicles come once, so few that series are contiguous.
const plateBand = 3

// newVehicle draws a vehicle that was registered before the case. A plate drawn twice is the same vehicle again.
func (g *generator) newVehicle(ref string, accept func(*vehicleModel) bool) *genVehicle {
	d := g.d
	g.c.vehicles = append(g.c.vehicles, genVehicle{ref: ref})
	v := &g.c.vehicles[len(g.c.vehicles)-1]
	for try := 0; ; try++ {
		switch n := d.IntN(100); {
		case n < shareHome:
			o := &g.t.home[g.t.homePick.pick(d)]
			g.numbered(v, o, d, float64(shareHome)/100)
		case n < shareHome+shareAway:
			o := &g.t.away[g.t.awayPick.pick(d)]
			g.numbered(v, o, d, float64(shareAway)/100)
		default:
			g.unusual(v, d)
		}
		if accept == nil || accept(v.model) || try > 50 {
			break
		}
	}
	v.seed = d.Uint64()
	return v
}

// numbered makes the vehicle that bears the n-th number of an office; n is drawn from those given out by the time of
// the case.
func (g *generator) numbered(v *genVehicle, o *office, d *dice, share float64) {
	band := max(1500, int(float64(g.o.Records)*share*o.share*plateBand))
	years := float64(g.c.year) - 2000 + 1
	n := d.IntN(max(1, int(float64(band)*years/27.5)))
	v.year = 2000 + min(int(float64(n)/float64(band)*27.5), g.c.year-2000)
	s := g.side
	s.seed(g.o.Seed, saltVehicle, mix(uint64(n))^hashText(o.state+o.code))
	v.model = &g.t.models[g.t.modelPick.pick(s)]
	base := int(mix(g.o.Seed^saltBase^hashText(o.code+o.state)) % (150 * 9999))
	v.registration = platePrint(o, v.model.kind, base+n, s)
	g.numbers(v, s)
}

// platePrint prints the n-th number of an office: series of no letter, one, two and three letters (I and O left out),
// each from 1 to 9999.
func platePrint(o *office, kind string, n int, s *dice) string {
	series, serial := n/9999, strconv.Itoa(10000 + 1 + n%9999)[1:]
	code := o.code
	if o.state == "DL" {
		class := "C"
		switch kind {
		case "motor cycle", "scooter", "e-rickshaw":
			class = "S"
		case "truck", "goods", "dumper", "tractor":
			class = "L"
		case "bus":
			class = "P"
		case "auto rickshaw":
			class = "R"
		}
		return o.state + code + class + seriesLetters(series%600) + serial
	}
	return o.state + code + seriesLetters(series) + serial
}

const seriesAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ"

func seriesLetters(n int) string {
	switch a := len(seriesAlphabet); {
	case n < a:
		return seriesAlphabet[n : n+1]
	case n < a+a*a:
		n -= a
		return string([]byte{seriesAlphabet[n/a], seriesAlphabet[n%a]})
	default:
		n -= a + a*a
		return string([]byte{seriesAlphabet[n/(a*a)%a], seriesAlphabet[n/a%a], seriesAlphabet[n%a]})
	}
}

// unusual makes a vehicle with a number of another kind: BH, three letters from before 1989, temporary.
func (g *generator) unusual(v *genVehicle, d *dice) {
	s := g.side
	s.seed(g.o.Seed, saltVehicle, d.Uint64())
	v.model = &g.t.models[g.t.modelPick.pick(s)]
	v.year = s.between(2005, g.c.year)
	letter := func() string { i := s.IntN(len(seriesAlphabet)); return seriesAlphabet[i : i+1] }
	digits := func(n int) string { return strconv.Itoa(s.between(pow10(n-1), pow10(n)-1)) }
	switch n := s.IntN(100); {
	case n < 40 && g.c.year >= 2021: // the first year of BH
		v.year = max(2021, v.year)
		v.registration = strconv.Itoa(v.year%100) + "BH" + strconv.Itoa(10000 + s.IntN(10000))[1:] + letter()
		if s.chance(0.6) {
			v.registration += letter()
		}
	case n < 75:
		v.year = s.between(1970, 1989)
		v.registration = s.oneOf([]string{"HR", "HR", "HN", "HY", "DL", "DD", "DH", "PB", "PU", "PJ"}) + letter() + digits(s.between(2, 4))
	case n < 90:
		v.year = g.c.year
		v.registration = "T" + strconv.Itoa(100 + s.between(1, 12))[1:] + strconv.Itoa(g.c.year)[2:] + "HR" + digits(4) + letter() + letter()
	default:
		v.year = g.c.year
		v.registration = "HR99" + letter() + letter() + letter() + digits(4)
	}
	g.numbers(v, s)
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

const vinLetters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789" // no I, O, Q (ISO 3779)

// numbers gives a vehicle its chassis and engine number and its colour.
func (g *generator) numbers(v *genVehicle, s *dice) {
	v.colour = s.oneOf(colours)
	var b [20]byte
	out := b[:0]
	draw := func(n int, from string) {
		for range n {
			out = append(out, from[s.IntN(len(from))])
		}
	}
	if v.model.wmi != "" && v.year >= 2000 {
		out = append(out, v.model.wmi...)
		out = appendDescriptor(out, v.model, s.IntN(8))
		out = append(out, vinYear(v.year))
		draw(1, vinLetters[:23])
		draw(6, "0123456789")
	} else {
		draw(s.IntN(4), vinLetters[:23])
		draw(s.between(5, 10), "0123456789")
		draw(s.IntN(3), vinLetters)
	}
	v.chassis = string(out)
	out = append(b[:0], v.model.engine...)
	if len(out) == 0 {
		draw(s.between(1, 3), vinLetters[:23])
	}
	draw(s.IntN(3), vinLetters[:23])
	draw(s.between(5, 7), "0123456789")
	v.engine = string(out)
}

// appendDescriptor adds characters 4 to 9 of a chassis number. They tell the model and one of its few variants, so that
// vehicles of one model differ in little more than the serial number, as real ones do.
func appendDescriptor(b []byte, m *vehicleModel, variant int) []byte {
	h := hashText(m.wmi + m.model)
	for i := range 6 {
		if i == 4 {
			h = mix(h + uint64(variant))
		}
		b = append(b, vinLetters[h%uint64(len(vinLetters))])
		h /= uint64(len(vinLetters))
	}
	return b
}

// vinYear is the tenth character of a chassis number: 1 to 9 for 2001-2009, A to Y for 2010-2030.
func vinYear(year int) byte {
	switch {
	case year < 2001:
		return 'Y'
	case year < 2010:
		return byte('0' + year - 2000)
	}
	return "ABCDEFGHJKLMNPRSTVWXY"[min(year-2010, 20)]
}

func hashText(s string) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// The dirt of real registers, measured on public vehicle lists: shares of blank fields.
const (
	blankEngine  = 0.19
	blankChassis = 0.11
)

// writeNumber writes a chassis or engine number as registers have it: blank, with stars, a fragment, blanks inside, a
// label before it, O for 0 and I for 1.
func writeNumber(d *dice, number, label string, blank float64) string {
	if d.chance(blank) {
		return ""
	}
	n := len(number)
	switch p := d.IntN(100); {
	case p < 3:
		return strings.Repeat("*", d.between(3, 10)) + number[n-min(n, d.between(5, 7)):]
	case p < 7:
		return number[n-min(n, d.between(5, 8)):]
	case p < 8:
		return "*" + number + "*"
	case p < 11:
		cut := n / 2
		return number[:cut] + " " + number[cut:]
	case p < 13:
		return label + number
	case p < 15:
		return strings.NewReplacer("0", "O", "1", "I").Replace(number)
	case p < 16:
		return number[d.between(1, 2):]
	}
	return number
}

// writePlate writes a registration number as clerks do: mostly whole and closed up, else with hyphens or blanks, in
// small letters, without the zero of the office, in Devanagari, with IND before it. Now and then it is misread.
func (g *generator) writePlate(number string) string {
	d := g.side
	if d.chance(g.drift / 5) {
		number, _ = DamagePlate(d.Rand, number)
	}
	p := d.IntN(100)
	if p < 70 {
		return number
	}
	parts := plateParts(number)
	switch {
	case p < 81:
		return strings.Join(parts, "-")
	case p < 91:
		return strings.Join(parts, " ")
	case p < 94:
		return strings.ToLower(number)
	case p < 96 && len(parts) == 4 && parts[1][0] == '0':
		return parts[0] + parts[1][1:] + parts[2] + parts[3]
	case p < 97 && parts[0] == "HR":
		return "एचआर" + number[2:]
	case p < 98:
		return "IND " + number
	}
	return strings.Join(parts[:len(parts)-1], "") + "-" + parts[len(parts)-1]
}

// plateParts cuts a number where letters and digits meet.
func plateParts(number string) []string {
	var parts []string
	from := 0
	for i := 1; i < len(number); i++ {
		if isDigit(number[i]) != isDigit(number[i-1]) {
			parts = append(parts, number[from:i])
			from = i
		}
	}
	return append(parts, number[from:])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// appendVehicle writes one vehicle as a form has it.
func (g *generator) appendVehicle(b []byte, v *genVehicle, f *genForm) []byte {
	d := g.side
	d.seed(g.o.Seed^v.seed, saltWriting, uint64(f.no)*16+uint64(f.version))
	registration := v.registration
	if f.kind == 4 && v.replated != "" {
		registration = v.replated
	}
	written := g.writePlate(registration)
	chassis := writeNumber(d, v.chassis, "CH NO ", blankChassis)
	engine := writeNumber(d, v.engine, "E NO ", blankEngine)
	b = append(b, `{"ref":"`...)
	b = append(b, v.ref...)
	b = append(b, '"')
	b = field(b, "registration", written)
	b = field(b, "chassis", chassis)
	b = field(b, "engine", engine)
	b = field(b, "type", v.model.kind)
	if d.chance(0.94) {
		b = field(b, "make", v.model.maker)
		if d.chance(0.85) {
			b = field(b, "model", v.model.model)
		}
	}
	if d.chance(0.8) {
		b = field(b, "colour", v.colour)
	}
	if d.chance(0.35) {
		b = append(b, `,"year":`...)
		b = strconv.AppendInt(b, int64(v.year), 10)
	}
	status := v.status
	if f.kind == 4 {
		status = v.end
	}
	b = field(b, "status", status)
	if f.kind == 4 && status == "released" {
		b = field(b, "released_to", d.oneOf([]string{"owner", "superdari", "superdari"}))
	}
	b = append(b, '}')
	if g.tell != nil {
		g.tell(Truth{FIR: g.c.fir, Ref: v.ref, Form: formNames[f.kind], Version: int(f.version), Vehicle: true,
			Registration: registration, Chassis: v.chassis, Engine: v.engine, WrittenRegistration: written, WrittenChassis: chassis, WrittenEngine: engine,
			Make: v.model.maker, Model: v.model.model, Colour: v.colour})
	}
	return b
}
