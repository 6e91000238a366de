package page

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"anvesh/query"
	"anvesh/query/name"
	"anvesh/query/plate"
)

// What a text typed into the one box can be taken for. The words are those of the form's field "as".
const (
	AsName         = "name"
	AsRegistration = "registration"
	AsChassis      = "chassis"
	AsEngine       = "engine"
	AsCase         = "fir"
)

// Readings are all of them, in the order in which the page offers them.
var readings = []string{AsName, AsRegistration, AsChassis, AsEngine, AsCase}

// Given is one field that a text was read into, as the contract names it.
type Given struct{ Field, Value string }

// Typed is what a text was taken for. Fields are those of a person search, a vehicle search, or a look-up of a case (fir, or
// number and station). Sure tells that it can hardly be anything else: whoever typed it said so, in the text or beside it (Chosen), or its
// form is nothing else's. What is not sure is a guess, right mostly.
type Typed struct {
	As           string
	Fields       []Given
	Sure, Chosen bool
}

// Kind is what is searched for: person, vehicle or case.
func (t Typed) Kind() string {
	switch t.As {
	case AsName:
		return "person"
	case AsCase:
		return "case"
	}
	return "vehicle"
}

// Value is the value of a field; "" where the text did not give it.
func (t Typed) Value(field string) string {
	for _, g := range t.Fields {
		if g.Field == field {
			return g.Value
		}
	}
	return ""
}

var (
	// firWords stand before the number of a case, as people write it.
	firWords = `(?:f\.?\s?i\.?\s?r\.?|एफ\.?\s?आई\.?\s?आर\.?|मु(?:क़?दमा|[.०0])?(?:\s?अ(?:पराध|[.०0]))?|प्राथमिकी|case|crime)`
	noWords  = `(?:no\.?|number|नं(?:बर)?[.०0]?|न[.०0]|संख्या|सं[.०0]|#)`

	wholeFIR   = regexp.MustCompile(`(?i)^(?:` + firWords + `\s*` + noWords + `?[\s:.-]*)?(\d{13,17})$`)
	numberYear = regexp.MustCompile(`(?i)^(?:` + firWords + `\s*)?(?:` + noWords + `\s*)?[:.]?\s*(\d{1,5})\s*(?:/|-|\bof\b|सन|वर्ष)\s*(\d{4}|\d{2})\b[\s,]*(.*)$`)
	firFirst   = regexp.MustCompile(`(?i)^` + firWords + `[\s.:]*` + noWords + `?[\s.:]*(\d{1,5})[\s/-]+(\d{4}|\d{2})\b[\s,]*(.*)$`)
	stationIs  = regexp.MustCompile(`(?i)^(?:p\.?\s?s\.?|police station|thana|थाना|पुलिस स्टेशन|पुलिस थाना|at|of|,)[\s.:,]+`)

	chassisIs = regexp.MustCompile(`(?i)^(?:chassis|chasis|vin|चेसिस|चैसिस)\s*` + noWords + `?[\s:.]*(.+)$`)
	engineIs  = regexp.MustCompile(`(?i)^(?:engine|eng|इंजन)\s*` + noWords + `?[\s:.]*(.+)$`)
	vehicleIs = regexp.MustCompile(`(?i)^(?:vehicle|veh|regn?|registration|plate|गाड़ी|वाहन)\.?\s*` + noWords + `?[\s:.]*(.*\d.*)$`)

	// A kind of vehicle stands before or behind its number, as people say it.
	vehicles     = `(?:motor\s?-?\s?cycles?|motor\s?bikes?|bikes?|scooters?|scooty|cars?|trucks?|tractors?|jeeps?|autos?|मोटर\s?सा[इई]कि?ल|बाइक|स्कूटर|स्कूटी|कार|ट्रक|ट्रैक्टर|जीप|ऑटो)`
	vehicleFirst = regexp.MustCompile(`(?i)^` + vehicles + `[\s,:.-]+(.*\d.*)$`)
	vehicleLast  = regexp.MustCompile(`(?i)^(.*\d.*?)[\s,:.-]+` + vehicles + `$`)

	// openPlate is a plate of which what stands before its number is not known, in whole or in part; halfPlate one that lacks the
	// state and the letters between.
	openPlate = regexp.MustCompile(`^([A-Z]{0,2}\d{0,2})(\?+)(\d{3,4})$`)
	halfPlate = regexp.MustCompile(`^(\d{1,2})[ -](\d{4})$`)

	// wholePlate is a registration number with all its parts, and vin a chassis number: the one has 17 letters and digits, no I, O and Q.
	wholePlate = regexp.MustCompile(`^(?:[A-Z]{2}\d{1,2}[A-Z?]{1,3}[\d?]{4}|\d{2}BH\d{4}[A-Z]{1,2})$`)
	vin        = regexp.MustCompile(`^[A-HJ-NPR-Z0-9]{17}$`)

	// plateForm is a registration number with its state, whole or in part, ? and * for what could not be read.
	plateForm = regexp.MustCompile(`^(?:[A-Z?]{2}[0-9?]{1,2}[A-Z?*]{0,3}[0-9?*]{0,4}|[0-9?]{2}BH[0-9?]{1,4}[A-Z?]{0,2}|[A-Z]{3}[0-9]{3,4})$`)
	bare      = regexp.MustCompile(`^[A-Z0-9?*]+$`)

	firstPlate = regexp.MustCompile(`^[A-Z]{2}\d{1,2}[A-Z]{1,3}\d{4}`)
	foreign    = regexp.MustCompile(`[^\x00-\x7f]+`)
)

// Read says what a text is. as is what the asker said that it is, one of the readings, or "" where the text has to tell. place tells the
// names of places from those of fathers.
func Read(text, as string, place func(string) bool) (t Typed) {
	text = strings.Join(strings.Fields(query.ASCIIDigits(text)), " ")
	if text == "" {
		return Typed{As: AsName}
	}
	if !slices.Contains(readings, as) {
		return readAlone(text, place)
	}
	switch as {
	case AsName:
		t = readPerson(text, place)
	case AsCase:
		t, _ = readCase(text)
	default:
		t = numbered(as, inLatin(withoutWord(text)))
	}
	t.Sure, t.Chosen = true, true
	return t
}

// readAlone says what a text is that has to tell by itself.
func readAlone(text string, place func(string) bool) Typed {
	if t, ok := readCase(text); ok {
		return t
	}
	if t, ok := readNumber(text); ok {
		return t
	}
	return readPerson(text, place)
}

// withoutWord takes the word that says what a number is away from it.
func withoutWord(text string) string {
	for _, word := range []*regexp.Regexp{chassisIs, engineIs, vehicleIs} {
		if m := word.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return text
}

// numbered is a text read as a number. Who leaves out of a plate what he could not read seldom knows how many letters that were,
// and a ? stands for one: a star stands there, unless two letters lack between district and number.
func numbered(as, text string) Typed {
	if as == AsRegistration {
		compact := strings.ToUpper(text)
		if m := halfPlate.FindStringSubmatch(compact); m != nil {
			text = "*" + m[1] + "*" + m[2]
		} else if m := openPlate.FindStringSubmatch(unparted.Replace(compact)); m != nil && (len(m[1]) < 4 || len(m[2]) != 2) {
			text = m[1] + "*" + m[3]
		}
	}
	return Typed{As: as, Fields: []Given{{as, text}}}
}

// inLatin writes in Latin letters what names them in another script, एचआर, and leaves all else.
func inLatin(text string) string {
	return foreign.ReplaceAllStringFunc(text, func(written string) string {
		if p, err := plate.ParsePattern(written); err == nil {
			return p.String()
		}
		return written
	})
}

// unparted takes away what parts the groups of a number.
var unparted = strings.NewReplacer(" ", "", "-", "", ".", "", "/", "")

// withoutVehicle takes the kind of vehicle away from its number.
func withoutVehicle(text string) (number string, ok bool) {
	for _, is := range []*regexp.Regexp{vehicleFirst, vehicleLast} {
		if m := is.FindStringSubmatch(text); m != nil && len(unparted.Replace(m[1])) > 2 {
			return m[1], true
		}
	}
	return text, false
}

// readCase reads the number of a case: all digits of it, or number and year with the station behind them.
func readCase(text string) (Typed, bool) {
	if m := wholeFIR.FindStringSubmatch(text); m != nil {
		return Typed{As: AsCase, Fields: []Given{{"fir", m[1]}}, Sure: true}, true
	}
	m := numberYear.FindStringSubmatch(text)
	if m == nil {
		m = firFirst.FindStringSubmatch(text)
	}
	if m == nil {
		return Typed{As: AsCase, Fields: []Given{{"number", text}}}, false
	}
	t := Typed{As: AsCase, Fields: []Given{{"number", m[1] + "/" + m[2]}}, Sure: true}
	if station := strings.Trim(stationIs.ReplaceAllString(strings.TrimSpace(m[3]), ""), " ,."); station != "" {
		t.Fields = append(t.Fields, Given{"station", station})
	}
	return t, true
}

// readNumber reads a number of a vehicle: said to be one, or looking like one. Up to four digits are the end of a plate, five
// or six that of a chassis number, which is what is stamped large enough to be read; more is a number of either.
func readNumber(text string) (Typed, bool) {
	for _, word := range []struct {
		is *regexp.Regexp
		as string
	}{{chassisIs, AsChassis}, {engineIs, AsEngine}, {vehicleIs, AsRegistration}} {
		if m := word.is.FindStringSubmatch(text); m != nil && strings.ContainsAny(m[1], "0123456789?*") {
			t := numbered(word.as, inLatin(m[1]))
			t.Sure = true
			return t, true
		}
	}
	if rest, ok := withoutVehicle(text); ok {
		if t, ok := readNumber(rest); ok {
			return t, true
		}
	}
	if plate.Several(text) != nil {
		return Typed{As: AsRegistration, Fields: []Given{{AsRegistration, text}}, Sure: true}, true
	}
	latin := inLatin(text)
	compact := strings.ToUpper(unparted.Replace(latin))
	if found := plateAmid(text, compact); found != "" {
		latin, compact = found, found
	} else if !bare.MatchString(compact) || !strings.ContainsAny(compact, "0123456789?*") || strings.Trim(compact, "?*") == "" {
		return Typed{}, false
	}
	as := AsChassis
	switch digits := allDigits(compact); {
	case digits && len(compact) <= 4, halfPlate.MatchString(latin), strings.ContainsAny(compact, "?*"), !digits && isPlate(latin, compact):
		as = AsRegistration
	case digits:
	case strings.Contains(text, " ") && (!mostlyDigits(compact) || namesSomebody(text)): // a name and an age, or a telephone number
		return Typed{}, false
	case len(compact) < 5:
		return Typed{}, false
	case len(compact) < 15:
		as = AsEngine
	}
	t := numbered(as, latin)
	t.Sure = as == AsRegistration && wholePlate.MatchString(compact) && (unicode.IsDigit(rune(compact[0])) || plate.IsState(compact[:2])) || as == AsChassis && !allDigits(compact) && vin.MatchString(compact)
	return t, true
}

// plateAmid is the plate that stands among words, as query/plate reads it; "" where there is none, or nothing else.
func plateAmid(text, compact string) string {
	p, err := plate.ParsePattern(text)
	found := p.String()
	if err != nil || bare.MatchString(compact) && len(compact)-len(found) < 2 { // a letter behind it is its own
		return ""
	}
	if wholePlate.MatchString(found) && plate.Parse(text).Known() {
		return found
	}
	return ""
}

// isPlate tells whether letters and digits are a plate: one that query/plate knows, that looks like one, or begins with a whole one. Three
// letters and less than three digits are rather a name and an age.
func isPlate(latin, compact string) bool {
	p := plate.Parse(compact)
	return p.Known() && (p.Kind != plate.Old || len(compact) > 5) || plate.Parse(firstPlate.FindString(compact)).Known() || plateForm.MatchString(compact) && plausible(latin, compact)
}

// namesSomebody tells whether a text is about a person: query/name reads a word that can be spoken, or nothing beside what is
// told of a person, as in "mobile 98".
func namesSomebody(text string) bool {
	r := name.Read(text)
	spoken := func(t name.Token) bool {
		return !t.Initial && strings.ContainsAny(t.Latin, "aeiou") && strings.IndexFunc(t.Written, unicode.IsDigit) < 0
	}
	return len(r.Names) == 0 || slices.ContainsFunc(r.Names, func(n name.Name) bool { return slices.ContainsFunc(n.Tokens, spoken) })
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// plausible tells whether a plate's state is one, as far as it can be read. Two letters apart from a number are rather initials.
func plausible(latin, number string) bool {
	return strings.ContainsAny(number[:2], "?0123456789") || plate.IsState(number[:2]) ||
		len(number) < 8 && strings.ContainsAny(number[2:3], "0123456789") && !strings.Contains(latin, " ")
}

// mostlyDigits tells whether a text has at least as many digits as letters.
func mostlyDigits(s string) bool {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return 2*digits >= len(s)
}

// A mark is a word in a text about a person that says what the words behind it are.
type mark struct {
	field, gender string
	is            *regexp.Regexp
}

// word is a pattern for one of some words on their own, in either script.
func word(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:^|[\s,;])(?:` + words + `)(?:[\s,:.]+|$)`)
}

// marks of persons. What stands before the first of them is the name.
var marks = []mark{
	{"relative", "F", word(`[dw]\s?/\s?o\.?|[dw]\.o\.|(?:daughter|wife) of|सुपुत्री|पुत्री|पत्नी`)},
	{"relative", "", word(`[sc]\s?/\s?o\.?|[sc]\.o\.|son of|care of|father|mother|husband|सुपुत्र|पुत्र|बेटा|पिता|माता|पति`)},
	{"place", "", word(`r\s?/\s?o\.?|r\.o\.|resident of|residing at|village|vill\.?|vpo|निवासी|वासी|गांव|गाँव|ग्राम`)},
	{"alias", "", word(`@|urf|alias|उर्फ़|उर्फ|उर्फ`)},
	{"age", "", regexp.MustCompile(`(?i)(?:^|[\s,;])(?:aged?|umar|umr|उम्र|आयु)[\s,:.]+\d`)},
}

var (
	ageAtEnd  = regexp.MustCompile(`(?i)[\s,(]+(?:(?:aged?|about|approx\.?|around|लगभग|करीब|क़रीब)[\s:.]+)*(\d{1,3})\s*(?:years?|yrs?\.?|y|वर्ष(?:ीय)?|साल)?(?:\s*old)?\)?$`)
	yearAtEnd = regexp.MustCompile(`(?i)[\s,(]+(?:born|b\.|जन्म)?\s*((?:19|20)\d\d)\)?$`)
)

// readPerson reads a name with what stands around it: marks such as s/o or पुत्र, an age or a year of birth at the end of any
// part. Without a mark, commas part name, father and place; what is a place's name is one. A name is given without the numbers that
// query/name passes over.
func readPerson(text string, place func(string) bool) Typed {
	parts, genders := split(text, place)
	t := Typed{As: AsName, Sure: true}
	give := func(field, value string) {
		if value = strings.Trim(value, " ,;:-"); value != "" && t.Value(field) == "" {
			t.Fields = append(t.Fields, Given{field, value})
		}
	}
	for _, p := range parts {
		value, age, year := withoutAge(p.Value)
		if p.Field == "age" {
			age = strings.TrimFunc(p.Value, func(r rune) bool { return !unicode.IsDigit(r) })
			value = ""
			if at := strings.IndexFunc(age, func(r rune) bool { return !unicode.IsDigit(r) }); at >= 0 {
				age = age[:at]
			}
		}
		if strings.ContainsAny(value, "0123456789?*") { // which may be a vehicle's
			t.Sure = false
			if r := name.Read(value); p.Field != "place" && len(r.Names) == 1 && r.Relative == nil {
				value = r.Names[0].Written
			}
		}
		give(p.Field, value)
		give("age", age)
		if t.Value("age") == "" {
			give("birth_year", year)
		}
	}
	give("gender", genders)
	return t
}

// withoutAge parts a text from the age or the year at its end.
func withoutAge(text string) (rest, age, year string) {
	padded := " " + strings.TrimRight(text, " ,;")
	if m := yearAtEnd.FindStringSubmatchIndex(padded); m != nil {
		return strings.TrimSpace(padded[:m[0]]), "", padded[m[2]:m[3]]
	}
	if m := ageAtEnd.FindStringSubmatchIndex(padded); m != nil {
		if n, err := strconv.Atoi(padded[m[2]:m[3]]); err == nil && n >= 1 && n <= query.MaxAge {
			return strings.TrimSpace(padded[:m[0]]), padded[m[2]:m[3]], ""
		}
	}
	return text, "", ""
}

// split parts a text about a person at its marks, or else at its commas.
func split(text string, place func(string) bool) (parts []Given, gender string) {
	parts = []Given{{"name", text}}
	for again := true; again; {
		again = false
		last := &parts[len(parts)-1]
		from, to, next := len(last.Value), 0, mark{}
		for _, m := range marks {
			if at := m.is.FindStringIndex(last.Value); at != nil && at[0] < from {
				from, to, next, again = at[0], at[1], m, true
				if m.field == "age" { // its last character is the age's first
					to--
				}
			}
		}
		if again {
			rest := last.Value[to:]
			last.Value = last.Value[:from]
			parts = append(parts, Given{next.field, rest})
			if next.gender != "" {
				gender = next.gender
			}
		}
	}
	if len(parts) > 1 || !strings.Contains(text, ",") {
		return parts, gender
	}
	parts = parts[:0]
	for _, p := range strings.Split(text, ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if rest, age, year := withoutAge(p); rest == "" && age+year != "" {
			parts = append(parts, Given{"age", p})
			continue
		}
		field := "place"
		for _, f := range []string{"relative", "name"} {
			if !slices.ContainsFunc(parts, func(g Given) bool { return g.Field == f }) && (f == "name" || !place(p)) {
				field = f
			}
		}
		parts = append(parts, Given{field, p})
	}
	return parts, gender
}

// Others are what else a text could be taken for, in the order in which they are offered.
func (t Typed) Others() (others []string) {
	for _, r := range readings {
		if r != t.As {
			others = append(others, r)
		}
	}
	return others
}
