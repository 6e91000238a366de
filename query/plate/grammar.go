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
	Diplomatic      // 199 CD 99, 13 CD 1 A
	Military        // 03D 153874H
	Temporary       // T0923 HR 1234 AB, and the older HR 26 TC 1234
	Trade           // HR 26 C 1234 TC 0001, and the older HR 26 TC 0012 and HR 26 0001 TC 0012
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
	Series    string  // letters before (or, Bharat, after) the number; CD, CDP, CC, UN; trade: what is before the number; old: the three letters
	Number    string  // four digits, diplomatic with a letter behind; four to six on military plates
	Splits    []Plate // the other readings that name a known state and office, likeliest first; they have no Splits

	sound   bool // state, office, series and number are all possible
	guessed bool // how it parts is a guess
}

// Known reports whether a grammar fits and state and office are known.
func (p Plate) Known() bool { return p.Kind != Unknown && p.sound }

// String prints the registration in groups, as painted: "HR 26 DK 8337"; one that is not Known in one piece. Parse
// gives the same canonical form back.
func (p Plate) String() string {
	if !p.Known() {
		return p.Canonical
	}
	var parts []string
	switch p.Kind {
	case Bharat:
		parts = []string{p.Office, "BH", p.Number, p.Series}
	case Vintage:
		parts = []string{p.State, "VA", p.Series, p.Number}
	case Military:
		parts = []string{p.Canonical[:3], p.Canonical[3:]}
	case Diplomatic:
		parts = []string{p.State, p.Series, strings.TrimRight(p.Number, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), strings.TrimLeft(p.Number, "0123456789")}
	case Temporary, Trade:
		if p.Canonical[0] == 'T' && IsDigit(p.Canonical[1]) {
			parts = []string{"T" + p.Office, p.State, p.Number, p.Series}
			break
		}
		if len(p.Series) == len("C1234TC") {
			parts = []string{p.State, p.Office, p.Series[:1], p.Series[1:5], "TC", p.Number}
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
// and Canonical is what is left of A-Z and 0-9. Of several readings the one that names a known state and office, then
// the one with the two-digit office, is taken; the rest are in Splits.
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
	if len(text) < 4 || len(text) > 16 {
		return dst
	}
	var runs [6]string
	n := splitRuns(&runs, text)
	if IsLetter(text[0]) {
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
		for i < len(text) && IsDigit(text[i]) == IsDigit(text[0]) {
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
	case len(runs) >= 2 && isDiplomatic(runs[0]):
		return readLettersFirst(dst, runs)
	case len(runs) == 6 && len(runs[0]) == 2 && len(runs[1]) <= 2 && len(runs[2]) == 1 && len(runs[3]) <= 4 && runs[4] == "TC" && len(runs[5]) <= 4:
		return append(dst, trade(runs))
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
	case len(runs) == 4 && len(runs[0]) == 2 && runs[1] == "BH" && len(runs[2]) <= 4 && len(runs[3]) <= 2:
		number := pad(runs[2], 4)
		dst = append(dst, Plate{Canonical: runs[0] + "BH" + number + runs[3], Kind: Bharat, State: "BH", Office: runs[0], Number: number,
			Series: runs[3], sound: withoutIO(runs[3])})
	case (len(runs) == 3 || len(runs) == 4 && len(runs[3]) == 1) && len(runs[0]) <= 3 && isDiplomatic(runs[1]) && len(runs[2]) <= 4:
		dst = appendDiplomatic(dst, runs[1], runs[0], runs[2], strings.Join(runs[3:], ""))
	case len(runs) == 4 && len(runs[0]) == 2 && len(runs[1]) == 1 && len(runs[2]) >= 4 && len(runs[2]) <= 6 && len(runs[3]) == 1:
		dst = append(dst, Plate{Canonical: text, Kind: Military, Office: runs[0], Series: runs[1], Number: runs[2], sound: true})
	}
	return dst
}

// isDiplomatic tells the letters of a mission (CD, CDP), a consulate (CC) or the United Nations (UN). Central Motor
// Vehicles Rules 1989, rule 76.
func isDiplomatic(letters string) bool {
	return letters == "CD" || letters == "CC" || letters == "UN" || letters == "CDP"
}

// appendDiplomatic appends a diplomatic registration: number of the country, letters, number of the vehicle, and at
// most one letter behind it.
func appendDiplomatic(dst []Plate, letters, country, number, suffix string) []Plate {
	country, number = strings.TrimLeft(country, "0"), pad(number, 4)
	if country == "" || len(suffix) > 1 {
		return dst
	}
	return append(dst, Plate{Canonical: country + letters + number + suffix, Kind: Diplomatic, State: country, Series: letters, Number: number + suffix,
		sound: true})
}

// readLettersFirst reads a diplomatic registration whose letters were written first, and nothing between the two
// numbers (CD131A): the country has two digits, as most have, else one or three.
func readLettersFirst(dst []Plate, runs []string) []Plate {
	if len(runs) > 3 || len(runs[1]) > 7 {
		return dst
	}
	digits, suffix := runs[1], strings.Join(runs[2:], "")
	from := len(dst)
	for _, n := range [...]int{2, 1, 3} {
		if k := len(digits) - n; k >= 1 && k <= 4 {
			dst = appendDiplomatic(dst, runs[0], digits[:n], digits[n:], suffix)
		}
	}
	for i := from + 1; i < len(dst); i++ {
		dst[i].guessed = true
	}
	return dst
}

// trade takes a trade registration mark of six parts: state, office, class of vehicle from A to J, number of the
// holder, TC, number of the mark. Central Motor Vehicles Rules 1989, rule 35(3), as in force since 1 November 2022
// (G.S.R. 703(E)).
func trade(runs []string) Plate {
	holder := current(runs[0], runs[1], runs[2], runs[3])
	p := Plate{Kind: Trade, State: holder.State, Office: holder.Office, Series: holder.Series + holder.Number + "TC", Number: pad(runs[5], 4)}
	p.Canonical = p.State + p.Office + p.Series + p.Number
	p.sound = IsState(p.State) && knownOffice(p.State, p.Office) && runs[2] >= "A" && runs[2] <= "J" && p.Number != "0000"
	return p
}

func current(state, office, series, number string) Plate {
	p := Plate{Kind: Current, State: state, Office: pad(office, 2), Series: series, Number: pad(number, 4)}
	p.Canonical = p.State + p.Office + p.Series + p.Number
	p.sound = IsState(state) && knownOffice(state, p.Office) && withoutIO(series) && p.Number != "0000"
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
	p.sound = IsState(letters) && withoutIO(p.Series) && p.Number != "0000"
	return p
}

func temporary(monthYear, state, number, letters string) Plate {
	p := Plate{Kind: Temporary, State: state, Office: monthYear, Series: letters, Number: pad(number, 4)}
	p.Canonical = "T" + monthYear + state + p.Number + letters
	p.sound = IsState(state) && monthYear[:2] >= "01" && monthYear[:2] <= "12"
	return p
}

// withoutIO reports whether a series holds neither I nor O, which the rules leave out.
func withoutIO(series string) bool { return !strings.ContainsAny(series, "IO") }

// SerialLen is the length of the number that a registration of most formats ends with, its serial; MaxPrefixLen that of
// the longest text before it that is told apart from it.
const (
	SerialLen    = 4
	MaxPrefixLen = 8
)

const zeros = "0000"

// pad puts zeros before s up to n characters, n at most 4.
func pad(s string, n int) string {
	if len(s) >= n {
		return s
	}
	return zeros[:n-len(s)] + s
}

// SoundPrefix reports whether state, office and series of the current form are possible.
func SoundPrefix(prefix string) bool {
	if len(prefix) < 4 || len(prefix) > 7 || !IsState(prefix) || !IsDigit(prefix[2]) || !IsDigit(prefix[3]) || !knownOffice(prefix[:2], prefix[2:4]) {
		return false
	}
	series := prefix[4:]
	return allOf(series, IsLetter) && withoutIO(series)
}
