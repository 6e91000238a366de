package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"anvesh/query/phrase"
	"anvesh/query/plate"
	"anvesh/query/register"
	"anvesh/storage"
)

// filter is what a record must have, read out of a request. Zero fields let everything pass.
type filter struct {
	stations map[string]bool // codes; nil for any
	statuses map[uint8]bool
	sections []string // terms, one of which is needed
	alike    []string // sections of the other code that count as the one asked
	from, to int32    // days, 0 open
	limit    int
	min      Class

	// party tells of a party whether the asker may be told of it; nil in other searches.
	party func(register.PersonAt, *register.PersonFacts) bool

	verdicts map[uint32]bool // of stations, by the register's number of their code; filled as they are met
}

// readCommon reads the filters that both kinds of request share, and checks the reason.
func readCommon(c *Common, f *filter) (err error) {
	f.limit, f.min = UsualLimit, Lead
	if c.Limit != nil {
		f.limit = *c.Limit
	}
	if c.MinClass != "" {
		f.min = c.MinClass
	}
	if f.from, err = readDay("from", c.From); err != nil {
		return err
	}
	if f.to, err = readDay("to", c.To); err != nil {
		return err
	}
	return CheckReason(c.Reason)
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

// CheckReason wants an FIR, GD or diary number, or a text of at least ten letters.
func CheckReason(s string) error {
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
	return refuse("reason", phrase.NoReason)
}

func startsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// readUnits resolves station and district to station codes.
func (e *Engine) readUnits(station, district string, f *filter) error {
	if station != "" {
		codes := e.units.FindStations(station)
		if len(codes) == 0 && isCode(station) {
			codes = []string{station} // a station that the table does not know yet has records all the same
		}
		if len(codes) == 0 {
			return refuse("station", phrase.NoStation)
		}
		f.stations = set(codes)
	}
	if district != "" {
		units := e.units.FindDistricts(district)
		if len(units) == 0 {
			return refuse("district", phrase.NoDistrict)
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
	return len(s) == 8 && register.DigitsOnly(s)
}

func set(list []string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}

func (f *filter) readStatuses(list []string) {
	for _, s := range list {
		if f.statuses == nil {
			f.statuses = map[uint8]bool{}
		}
		f.statuses[storage.StatusRank(s)] = true
	}
}

// readPerson checks a request, from which some fields were left out, and reads its filters.
func (e *Engine) readPerson(r *PersonRequest, left []leftOut) (filter, error) {
	var f filter
	if err := r.Check(e.year()); err != nil {
		return f, err
	}
	if err := readCommon(&r.Common, &f); err != nil {
		return f, err
	}
	if err := e.readUnits(r.Station, r.District, &f); err != nil {
		return f, err
	}
	f.readStatuses(r.Status)
	if r.Section != "" {
		act, section := register.ReadSection(r.Section)
		if section == "" {
			return f, refuse("section", phrase.NoSection)
		}
		term := "x" + section
		if act != "" {
			term = "x" + act + " " + section
		}
		f.sections, f.alike = register.Equivalents([]string{term}, act, section)
	}
	if isPlate(r.Name) {
		return f, refuse("name", phrase.NameIsPlate)
	}
	if r.Name == "" && r.Alias == "" && r.Relative == "" && r.Place == "" && f.stations == nil && f.sections == nil {
		if len(left) > 0 {
			return f, left[0].refusal()
		}
		return f, refuse("name", phrase.GivePerson)
	}
	return f, nil
}

// isPlate tells whether a name is a registration and nothing else, in either script: no word of letters stands beside it.
func isPlate(name string) bool {
	return plate.IsWhole(name) && !slices.ContainsFunc(strings.Fields(name), func(word string) bool {
		letters := plate.Parse(word).Canonical
		return letters == "" || len(letters) > 3 && !strings.ContainsAny(letters, "0123456789")
	})
}

// year is this one in India.
func (e *Engine) year() int { return e.o.Now().In(storage.IST).Year() }

// read checks a request, and reads its filters and what it asks.
func (s *vehicleSearch) read(e *Engine, r *VehicleRequest) error {
	s.e, s.r = e, r
	if err := r.Check(e.year()); err != nil {
		return err
	}
	if err := readCommon(&r.Common, &s.f); err != nil {
		return err
	}
	if err := e.readUnits(r.Station, r.District, &s.f); err != nil {
		return err
	}
	s.f.readStatuses(r.Status)
	fixed, err := s.readNumbers()
	if err != nil {
		return err
	}
	s.filters = fixed < filterBelow
	s.hits.reset(s.f.limit, s.f.min)
	s.attributes = [register.Attributes]askedAttribute{{field: "make", text: r.Make, folded: register.FoldWord(r.Make)}, {field: "model", text: r.Model, folded: register.FoldWord(r.Model)},
		{field: "colour", text: r.Colour, folded: register.FoldColour(r.Colour)}}
	return nil
}

// mostLast is how many of the last figures of a chassis or engine number are asked, where the whole is not at hand.
const mostLast = 8

// readNumbers reads the numbers that are asked, without those that say nothing; fixed is the most letters and digits that one
// of them holds.
func (s *askedVehicle) readNumbers() (fixed int, err error) {
	for i, text := range [...]string{s.r.Registration, s.r.Chassis, s.r.Engine} {
		kind := register.NumberKind(i)
		field := kind.Field()
		if text == "" {
			continue
		}
		zeros := strings.ContainsAny(text, "?*") && strings.Contains(text, "0")                                                      // *000 asks for an end
		last := kind != register.Registration && len(text) <= mostLast && register.DigitsOnly(text) && strings.Trim(text, "0") != "" // 55555 ends some numbers; no record has it alone
		if lost := register.PowerOfTen(text); lost || register.Nothing(field, text) && !zeros && !last {
			s.left = append(s.left, leftOut{field: field, text: text, lost: lost})
			continue
		}
		if kind == register.Registration {
			if several := plate.Several(text); several != nil {
				s.left = append(s.left, leftOut{field: field, text: strings.Join(several[1:], ", "), beside: several[0]})
				text = several[0]
			}
		}
		one := &s.numbers[len(s.asked)]
		p, err := plate.ParsePattern(text)
		one.field, one.text, one.kind, one.pattern = field, text, kind, p
		if err != nil || one.fixed() < kind.Least() {
			s.left = append(s.left, leftOut{field: field, text: text, short: [...]phrase.Phrase{3: phrase.AtLeastThree, 4: phrase.AtLeastFour}[kind.Least()]})
			continue
		}
		fixed = max(fixed, one.fixed())
		s.asked = s.numbers[:len(s.asked)+1]
	}
	switch {
	case len(s.asked) > 0:
		return fixed, nil
	case len(s.left) > 0:
		return 0, s.left[0].refusal()
	}
	return 0, refuse("registration", phrase.GiveNumber)
}

// selective tells whether any filter is set.
func (f *filter) selective() bool {
	return f.stations != nil || f.statuses != nil || f.sections != nil || f.from > 0 || f.to > 0 || f.party != nil
}

// passes applies what all kinds of record are filtered by.
func (f *filter) passes(v register.View, station register.Word, status uint8, event int32) bool {
	return f.passesStation(v, station) && (f.statuses == nil || f.statuses[status]) && (f.from == 0 || event >= f.from) && (f.to == 0 || event <= f.to)
}

func (f *filter) passesStation(v register.View, station register.Word) bool {
	if f.stations == nil {
		return true
	}
	ok, known := f.verdicts[station]
	if !known {
		if f.verdicts == nil {
			f.verdicts = map[uint32]bool{}
		}
		ok = f.stations[v.Text(station)]
		f.verdicts[station] = ok
	}
	return ok
}
