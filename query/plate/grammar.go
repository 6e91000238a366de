package plate

import "strings"

// Kind is the format of a registration.
type Kind uint8

// The formats. Current is that of 1 July 1989: state, office, series of up to three letters, number.
const (
	Unknown    Kind = iota
	Current         // HR 26 DK 8337, DL 3C AB 1234
	Bharat          // 22 BH 1234 AA
	Vintage         // HR VA AB 1234
	Diplomatic      // 199 CD 99
	Military        // 03D 153874H
	Temporary       // T0923 HR 1234 AB, and the older HR 26 TC 1234
	Trade           // HR 26 TC 0012, HR 26 0001 TC 0012
	Old             // HRB 1234, before 1989
)

var kindNames = [...]string{"unknown", "current", "bharat", "vintage", "diplomatic", "military", "temporary", "trade", "old"}

// String is the format's name in lower case.
func (k Kind) String() string { return kindNames[k] }

// A Plate is a registration taken apart.
type Plate struct {
	Raw       string // as given
	Canonical string // A-Z and 0-9; where a grammar fits, office padded to two and number to four digits
	Kind      Kind
	State     string  // two letters; BH for Bharat, the country's number for a diplomatic plate
	Office    string  // two digits of the registering office; year (Bharat, military), month and year (temporary)
	Series    string  // letters before (or, Bharat, after) the number; CD, CC, UN; old: the three letters
	Number    string  // four digits; six on military plates
	Splits    []Plate // the other readings that name a known state and office, likeliest first; they have no Splits

	sound bool // state, office, series and number are all possible
}

// Known reports whether a grammar fits and state and office are known.
func (p Plate) Known() bool { return p.Kind != Unknown && p.sound }

// String prints the registration in groups, as painted: "HR 26 DK 8337". Parse gives the same canonical form back.
func (p Plate) String() string {
	var parts []string
	switch p.Kind {
	case Unknown:
		return p.Canonical
	case Bharat:
		parts = []string{p.Office, "BH", p.Number, p.Series}
	case Vintage:
		parts = []string{p.State, "VA", p.Series, p.Number}
	case Military:
		parts = []string{p.Canonical[:3], p.Canonical[3:]}
	case Temporary, Trade:
		if p.Canonical[0] == 'T' && isDigit(p.Canonical[1]) {
			parts = []string{"T" + p.Office, p.State, p.Number, p.Series}
			break
		}
		parts = []string{p.Canonical}
	case Old:
		parts = []string{p.Series, p.Number}
	default:
		parts = []string{p.State, p.Office, p.Series, p.Number}
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// Parse reads a registration in any script, case and separators. It never fails: where no grammar fits, Kind is Unknown
// and Canonical is what is left of A-Z and 0-9. Of several readings the one that names a known state and office,
// then the one with the two-digit office, is taken; the rest are in Splits.
func Parse(s string) Plate {
	text := foldPlate(s, "")
	p := Plate{Canonical: text}
	readings := readPlate(make([]Plate, 0, 4), text)
	for i, r := range readings {
		if r.sound {
			readings[0], readings[i] = readings[i], readings[0]
			break
		}
	}
	for i, r := range readings {
		if i == 0 {
			p = r
		} else if r.sound {
			p.Splits = append(p.Splits, r)
		}
	}
	p.Raw = s
	return p
}

// readPlate appends every reading of the folded text that a grammar allows.
func readPlate(dst []Plate, text string) []Plate {
	if len(text) < 4 || len(text) > 14 {
		return dst
	}
	var runs [6]string
	n := splitRuns(&runs, text)
	if isLetter(text[0]) {
		return readLettered(dst, runs[:n])
	}
	return readNumbered(dst, text, runs[:n])
}

// splitRuns cuts text into runs of letters and of digits and gives their number, 0 if there are more than six.
func splitRuns(runs *[6]string, text string) int {
	n := 0
	for len(text) > 0 {
		if n == len(runs) {
			return 0
		}
		i := 1
		for i < len(text) && isDigit(text[i]) == isDigit(text[0]) {
			i++
		}
		runs[n], text = text[:i], text[i:]
		n++
	}
	return n
}

// readLettered reads the formats that begin with a letter.
func readLettered(dst []Plate, runs []string) []Plate {
	switch {
	case len(runs) == 2 && len(runs[0]) == 2:
		return readNoSeries(dst, runs[0], runs[1])
	case len(runs) == 2 && len(runs[0]) == 3 && len(runs[1]) <= 4 && runs[0] != "IND": // printed before a number: no series
		return append(dst, old(runs[0], runs[1]))
	case len(runs) == 2 && len(runs[0]) == 6 && runs[0][2:4] == "VA" && len(runs[1]) <= 4:
		return append(dst, vintage(runs[0], runs[1]))
	case len(runs) == 4 && len(runs[0]) == 2 && len(runs[3]) <= 4 && len(runs[2]) <= 3:
		return readSeries(dst, runs)
	case len(runs) >= 4 && runs[0] == "T" && len(runs[1]) == 4 && len(runs[2]) == 2 && len(runs[3]) <= 4:
		if len(runs) == 4 {
			return append(dst, temporary(runs[1], runs[2], runs[3], ""))
		}
		if len(runs) == 5 && len(runs[4]) <= 2 {
			return append(dst, temporary(runs[1], runs[2], runs[3], runs[4]))
		}
	}
	return dst
}

// readNoSeries reads state, office and number written without letters between: HR261234.
func readNoSeries(dst []Plate, state, digits string) []Plate {
	for office := 2; office > 0; office-- {
		if n := len(digits) - office; n >= 1 && n <= 4 {
			dst = append(dst, current(state, digits[:office], "", digits[office:]))
		}
	}
	return dst
}

// readSeries reads state, office, series, number, and the trade and older temporary forms of the same shape.
func readSeries(dst []Plate, runs []string) []Plate {
	state, office, series, number := runs[0], runs[1], runs[2], runs[3]
	if len(office) > 2 {
		if n := len(office) - 2; n <= 4 && series == "TC" {
			p := current(state, office[:2], series, number)
			p.Kind, p.Canonical = Trade, state+office[:2]+pad(office[2:], 4)+series+p.Number
			dst = append(dst, p)
		}
		return dst
	}
	p := current(state, office, series, number)
	dst = append(dst, p)
	if state == "DL" && len(series) > 1 {
		delhi := p
		delhi.Office, delhi.Series = p.Office+series[:1], series[1:]
		dst = append(dst, delhi)
	}
	if series == "TC" {
		trade, temporary := p, p
		trade.Kind, temporary.Kind = Trade, Temporary
		dst = append(dst, trade, temporary)
	}
	return dst
}

// readNumbered reads the formats that begin with a digit.
func readNumbered(dst []Plate, text string, runs []string) []Plate {
	switch {
	case len(runs) == 4 && len(runs[0]) == 2 && runs[1] == "BH" && len(runs[2]) == 4 && len(runs[3]) <= 2:
		sound := withoutIO(runs[3])
		dst = append(dst, Plate{Canonical: text, Kind: Bharat, State: "BH", Office: runs[0], Number: runs[2], Series: runs[3], sound: sound})
	case len(runs) == 3 && len(runs[0]) <= 3 && (runs[1] == "CD" || runs[1] == "CC" || runs[1] == "UN") && len(runs[2]) <= 4:
		country, number := strings.TrimLeft(runs[0], "0"), pad(runs[2], 4)
		if country != "" {
			dst = append(dst, Plate{Canonical: country + runs[1] + number, Kind: Diplomatic, State: country,
				Series: runs[1], Number: number, sound: true})
		}
	case len(runs) == 4 && len(runs[0]) == 2 && len(runs[1]) == 1 && len(runs[2]) == 6 && len(runs[3]) == 1:
		dst = append(dst, Plate{Canonical: text, Kind: Military, Office: runs[0], Series: runs[1], Number: runs[2], sound: true})
	}
	return dst
}

func current(state, office, series, number string) Plate {
	p := Plate{Kind: Current, State: state, Office: pad(office, 2), Series: series, Number: pad(number, 4)}
	p.Canonical = p.State + p.Office + p.Series + p.Number
	p.sound = isState(state) && knownOffice(state, p.Office) && withoutIO(series) && p.Number != "0000"
	return p
}

func old(letters, number string) Plate {
	p := Plate{Kind: Old, State: oldState(letters), Series: letters, Number: pad(number, 4)}
	p.Canonical = letters + p.Number
	p.sound = p.State != "" && p.Number != "0000"
	return p
}

func vintage(letters, number string) Plate {
	p := Plate{Kind: Vintage, State: letters[:2], Series: letters[4:], Number: pad(number, 4)}
	p.Canonical = letters + p.Number
	p.sound = isState(letters) && withoutIO(p.Series) && p.Number != "0000"
	return p
}

func temporary(monthYear, state, number, letters string) Plate {
	p := Plate{Kind: Temporary, State: state, Office: monthYear, Series: letters, Number: pad(number, 4)}
	p.Canonical = "T" + monthYear + state + p.Number + letters
	p.sound = isState(state) && monthYear[:2] >= "01" && monthYear[:2] <= "12"
	return p
}

// withoutIO reports whether a series holds neither I nor O, which the rules leave out.
func withoutIO(series string) bool { return !strings.ContainsAny(series, "IO") }

const zeros = "0000"

// pad puts zeros before s up to n characters, n at most 4.
func pad(s string, n int) string {
	if len(s) >= n {
		return s
	}
	return zeros[:n-len(s)] + s
}
