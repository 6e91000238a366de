package query

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"anvesh/query/plate"
	"anvesh/storage"
)

// filter is what a record must have, read out of a request. Zero fields let everything pass.
type filter struct {
	stations map[string]bool // codes; nil for any
	statuses map[uint8]bool
	sections []string // terms, one of which is needed
	alike    []string // sections of the other code that count as the one asked
	from, to int32    // days, 0 open
	nobody   bool     // no record can pass: a role that is not findable
	limit    int
	min      Class

	verdicts map[uint32]bool // of stations, by the register's number of their code; filled as they are met
}

const (
	defaultLimit = 20
	maxLimit     = 100
)

// classes in order, the strongest first.
var classes = []Class{Exact, Probable, Lead}

func rank(c Class) int { return slices.Index(classes, c) }

// readCommon checks what both kinds of request share.
func (e *Engine) readCommon(c *Common, f *filter) error {
	f.limit, f.min = defaultLimit, Lead
	if c.Limit != nil {
		f.limit = *c.Limit
	}
	if f.limit < 1 || f.limit > maxLimit {
		return &FieldError{"limit", "must be 1 to 100"}
	}
	if c.MinClass != "" {
		if f.min = c.MinClass; rank(f.min) < 0 {
			return &FieldError{"min_class", "must be EXACT, PROBABLE or LEAD"}
		}
	}
	if err := checkReason(c.Reason); err != nil {
		return err
	}
	var err error
	if f.from, err = readDay("from", c.From); err != nil {
		return err
	}
	if f.to, err = readDay("to", c.To); err != nil {
		return err
	}
	if f.from > 0 && f.to > 0 && f.from > f.to {
		return &FieldError{"from", "must not be after to"}
	}
	return nil
}

// ReasonLetters is how many letters a reason in words has at least.
const ReasonLetters = 10

// Letters counts the letters of a text, of any script: a vowel sign is one, as "a" is in Latin.
func Letters(s string) (n int) {
	for _, c := range s {
		if unicode.IsLetter(c) || unicode.IsMark(c) {
			n++
		}
	}
	return n
}

// checkReason wants an FIR, GD or diary number, or a text of at least ten letters.
func checkReason(s string) error {
	letters, digits := Letters(s), strings.IndexFunc(s, unicode.IsDigit)
	head := strings.ToUpper(strings.TrimSpace(s))
	for _, kind := range []string{"FIR", "GD", "DD", "DDR", "DIARY", "LIST", "रपट", "एफआईआर"} {
		if rest, ok := strings.CutPrefix(head, kind); ok && !startsWithLetter(rest) && (digits >= 0 || kind == "LIST" && letters > len(kind)) {
			return nil
		}
	}
	if letters >= ReasonLetters {
		return nil
	}
	return &FieldError{"reason", "is required: an FIR, GD or diary number (FIR 123/2023, GD 12/2026, DD 1), or a text of at least ten letters"}
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

func readDay(field, s string) (int32, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, ASCIIDigits(s), storage.IST)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return 0, &FieldError{field, "must be a date that exists, YYYY-MM-DD"}
	}
	return dayOf(t), nil
}

// readUnits resolves station and district to station codes.
func (e *Engine) readUnits(station, district string, f *filter) error {
	if station != "" {
		codes := e.units.FindStations(station)
		if len(codes) == 0 && isCode(station) {
			codes = []string{station} // a station that the table does not know yet has records all the same
		}
		if len(codes) == 0 {
			return &FieldError{"station", "names no station that is known: give its code or its name"}
		}
		f.stations = set(codes)
	}
	if district != "" {
		units := e.units.FindDistricts(district)
		if len(units) == 0 {
			return &FieldError{"district", "names no district that is known: give its code or its name"}
		}
		in := map[string]bool{}
		for _, u := range units {
			for _, code := range e.units.Stations(u, e.o.Now()) {
				if f.stations == nil || f.stations[code] {
					in[code] = true
				}
			}
		}
		f.stations = in
	}
	return nil
}

func isCode(s string) bool {
	return len(s) == 8 && digitsOnly(s)
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

func readStatuses(list, known []string, f *filter) error {
	for _, s := range list {
		if !slices.Contains(known, s) {
			return &FieldError{"status", "must be among " + strings.Join(known, ", ")}
		}
		if f.statuses == nil {
			f.statuses = map[uint8]bool{}
		}
		f.statuses[storage.StatusRank(s)] = true
	}
	return nil
}

var (
	personStatuses  = storage.Statuses(storage.Person)
	vehicleStatuses = storage.Statuses(storage.Vehicle)
	roles           = storage.Roles()
)

// readPerson checks a request, from which some fields were left out, and reads its filters.
func (e *Engine) readPerson(r *PersonRequest, left []leftOut) (filter, error) {
	var f filter
	if err := e.readCommon(&r.Common, &f); err != nil {
		return f, err
	}
	if err := e.readUnits(r.Station, r.District, &f); err != nil {
		return f, err
	}
	if err := readStatuses(r.Status, personStatuses, &f); err != nil {
		return f, err
	}
	for _, role := range r.Role {
		if !slices.Contains(roles, role) {
			return f, &FieldError{"role", "must be among " + strings.Join(roles, ", ")}
		}
	}
	f.nobody = len(r.Role) > 0 && !slices.Contains(r.Role, storage.Accused)
	if r.Gender != "" && r.Gender != "M" && r.Gender != "F" && r.Gender != "T" {
		return f, &FieldError{"gender", "must be M, F or T"}
	}
	if r.Section != "" {
		act, section := readSection(r.Section)
		if section == "" {
			return f, &FieldError{"section", `must hold a section's number, such as "BNS 303(2)"`}
		}
		term := "x" + section
		if act != "" {
			term = "x" + act + " " + section
		}
		f.sections, f.alike = equivalents([]string{term}, act, section)
	}
	if err := e.checkAge(r); err != nil {
		return f, err
	}
	if r.Name == "" && r.Alias == "" && r.Relative == "" && r.Place == "" && f.stations == nil && f.sections == nil {
		if len(left) > 0 {
			return f, left[0].refusal()
		}
		return f, &FieldError{"name", "give a name, alias, relative, place, station, district or section to search for"}
	}
	return f, nil
}

func (e *Engine) checkAge(r *PersonRequest) error {
	year := e.o.Now().In(storage.IST).Year()
	switch {
	case r.Age < 0 || r.Age > 130:
		return &FieldError{"age", "must be 1 to 130 years"}
	case r.Age > 0 && r.BirthYear != 0:
		return &FieldError{"age", "must not stand beside birth_year: give one of them"}
	case r.BirthYear != 0 && (r.BirthYear < 1850 || r.BirthYear > year):
		return &FieldError{"birth_year", "must be a year from 1850 to this one"}
	case r.Tolerance != nil && (*r.Tolerance < 0 || *r.Tolerance > 20):
		return &FieldError{"tolerance", "must be 0 to 20 years"}
	}
	return nil
}

// birthWindow is the window of birth years that a request speaks of; ok is false without one.
// Who is n years old today was born this year less n, or the year before.
func (e *Engine) birthWindow(r *PersonRequest) (from, to int, ok bool) {
	tolerance := 3
	if r.Tolerance != nil {
		tolerance = *r.Tolerance
	}
	switch {
	case r.BirthYear != 0:
		return r.BirthYear - tolerance, r.BirthYear + tolerance, true
	case r.Age != 0:
		year := e.o.Now().In(storage.IST).Year()
		return year - r.Age - 1 - tolerance, year - r.Age + tolerance, true
	}
	return 0, 0, false
}

// read checks a request, and reads its filters and what it asks.
func (s *vehicleSearch) read(e *Engine, r *VehicleRequest) error {
	s.e, s.g, s.r = e, e.reg, r
	if err := e.readCommon(&r.Common, &s.f); err != nil {
		return err
	}
	if err := e.readUnits(r.Station, r.District, &s.f); err != nil {
		return err
	}
	if err := readStatuses(r.Status, vehicleStatuses, &s.f); err != nil {
		return err
	}
	fixed, err := s.readNumbers()
	if err != nil {
		return err
	}
	s.filters = fixed < filterBelow
	s.hits.reset(s.f.limit, s.f.min)
	s.kinds = [3]askedKind{{field: "make", text: r.Make, folded: foldWord(r.Make)}, {field: "model", text: r.Model, folded: foldWord(r.Model)},
		{field: "colour", text: r.Colour, folded: foldColour(r.Colour)}}
	return nil
}

// leastFixed is how many letters and digits an asked number of a kind must hold.
var leastFixed = [...]int{plateKind: 3, chassisKind: 4, engineKind: 4}

// mostLast is how many of the last figures of a chassis or engine number are asked, where the whole is not at hand.
const mostLast = 8

// readNumbers reads the numbers that are asked, without those that say nothing; fixed is the most letters and digits that one
// of them holds.
func (s *vehicleSearch) readNumbers() (fixed int, err error) {
	for kind, text := range [...]string{s.r.Registration, s.r.Chassis, s.r.Engine} {
		field := numberFields[kind]
		if text == "" {
			continue
		}
		zeros := strings.ContainsAny(text, "?*") && strings.Contains(text, "0")                                 // *000 asks for an end
		last := kind != plateKind && len(text) <= mostLast && digitsOnly(text) && strings.Trim(text, "0") != "" // 55555 ends some numbers; no record has it alone
		if lost := powerOfTen(text); lost || Nothing(field, text) && !zeros && !last {
			s.left = append(s.left, leftOut{field: field, text: text, lost: lost})
			continue
		}
		one := &s.room[len(s.asked)]
		p, err := plate.ParsePattern(text)
		one.field, one.text, one.kind, one.pattern = field, text, kind, p
		if err != nil || one.fixed() < leastFixed[kind] {
			s.left = append(s.left, leftOut{field: field, text: text, short: [...]string{3: "three", 4: "four"}[leastFixed[kind]]})
			continue
		}
		fixed = max(fixed, one.fixed())
		s.asked = s.room[:len(s.asked)+1]
	}
	switch {
	case len(s.asked) > 0:
		return fixed, nil
	case len(s.left) > 0:
		return 0, s.left[0].refusal()
	}
	return 0, &FieldError{"registration", "give a registration, chassis or engine number, or a part of one"}
}

// selective tells whether any filter is set.
func (f *filter) selective() bool {
	return f.stations != nil || f.statuses != nil || f.sections != nil || f.from > 0 || f.to > 0
}

// passes applies what all kinds of record are filtered by.
func (f *filter) passes(g *Register, station uint32, status uint8, event int32) bool {
	return f.passesStation(g, station) && (f.statuses == nil || f.statuses[status]) && (f.from == 0 || event >= f.from) && (f.to == 0 || event <= f.to)
}

func (f *filter) passesStation(g *Register, station uint32) bool {
	if f.stations == nil {
		return true
	}
	ok, known := f.verdicts[station]
	if !known {
		if f.verdicts == nil {
			f.verdicts = map[uint32]bool{}
		}
		ok = f.stations[g.words.text[station]]
		f.verdicts[station] = ok
	}
	return ok
}
