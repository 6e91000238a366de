package plate

import (
	"errors"
	"slices"
	"strings"
)

// ErrEmpty is returned for a pattern without a single letter or digit.
var ErrEmpty = errors.New("plate: nothing to search for: give at least one letter or digit")

// A Pattern is a number as a searcher typed it. One pattern serves registrations and, read by the other rules, chassis
// and engine numbers: the index it is given to decides.
type Pattern struct {
	Raw      string
	text     string    // registration: A-Z, 0-9, ? one unknown, * any run
	number   string    // chassis or engine: the same, I as 1, O and Q as 0
	readings []Reading // registrations: text, then its canonical forms that differ; with wildcards see appendWild
}

// A Reading is a string that the typed text may stand for, and what taking it so costs in nats.
type Reading struct {
	Text      string
	Cost      float32
	Formal    bool // a grammar fits: a stored number equal to it is equal to what was asked
	Sound     bool // and state, office and series are possible
	OtherCode bool // the other code of the state is written
}

// ParsePattern reads what a searcher typed: any script, case and separators, words around the number, ? and *. The only
// error is ErrEmpty.
func ParsePattern(s string) (Pattern, error) {
	p := Pattern{Raw: s, text: squeeze(foldPlate(s, "?*")), number: squeeze(foldNumber(s, false))}
	if Fixed(p.text) == 0 {
		return Pattern{}, ErrEmpty
	}
	p.readings = make([]Reading, 0, 3)
	if HasWildcards(p.text) {
		p.readings = appendWild(p.readings, p.text)
	} else {
		p.readings = AppendReadings(p.readings, p.text)
	}
	return p, nil
}

// WithoutSeries tells a registration of which only the state, perhaps the office, and the four digits at its end are given, parted
// or without an office: HR26 8337, HR 26-8337, HR 8337. open has a * where its series may stand, HR26*8337. The same text may be
// all of a registration that has no series.
func WithoutSeries(s string) (open string, ok bool) {
	list := strings.Fields(foldApart(s))
	if n := len(list); n > 1 && allOf(list[n-1], IsDigit) { // parted before the number
		list = []string{strings.Join(list[:n-1], ""), list[n-1]}
	} else if n == 1 && len(list[0]) == 2+SerialLen {
		list = []string{list[0][:2], list[0][2:]}
	}
	if len(list) != 2 || len(list[0]) < 2 || len(list[0]) > 4 || len(list[1]) != SerialLen || !allOf(list[1], IsDigit) ||
		!IsState(list[0]) || !allOf(list[0][2:], IsDigit) {
		return "", false
	}
	return list[0] + "*" + list[1], true
}

// foldApart are the parts of a registration, with ? and *, without the labels before them.
func foldApart(s string) string {
	return strings.Join(unlabelled(strings.Fields(fold(s, "?* ")), plateLabels), " ")
}

// appendWild appends a text with wildcards, and the same with the zeros put back that people leave out: before a single
// digit of an office, which stands behind two letters at the start or between two letters (DL3C*, *L3C*), and before a
// short number, which ends the text behind a letter (*C7). Where ? or * could stand for a part of such an office or
// number, it stands for what is held: two digits and four.
func appendWild(dst []Reading, text string) []Reading {
	form := func(text string) {
		if strings.Contains(text, "*") || len(text) <= MaxPrefixLen+SerialLen {
			dst = addReading(dst, Reading{Text: text, Formal: true})
		}
	}
	dst = append(dst, Reading{Text: text, Formal: true})
	office := func(i int) bool {
		if i == 0 || i+1 >= len(text) || !IsDigit(text[i]) {
			return false
		}
		letterOrOpen := func(c byte) bool { return IsLetter(c) || c == '?' }
		start := i == 2 && letterOrOpen(text[0]) && letterOrOpen(text[1])
		next := text[i+1]
		return (start || IsLetter(text[i-1])) && IsLetter(next) || start && next == '*'
	}
	for i := range len(text) {
		if office(i) {
			form(text[:i] + "0" + text[i:])
			break
		}
	}
	for _, r := range dst[:len(dst):len(dst)] {
		for n := 1; n < SerialLen && n < len(r.Text); n++ {
			front, number := r.Text[:len(r.Text)-n], r.Text[len(r.Text)-n:]
			if number[0] != '?' && !IsDigit(number[0]) {
				break
			}
			if IsLetter(front[len(front)-1]) {
				form(front + strings.Repeat("0", SerialLen-n) + number)
			}
		}
	}
	return dst
}

// Wild reports whether the pattern holds ? or *.
func (p Pattern) Wild() bool { return HasWildcards(p.text) }

// WildNumber reports it for the pattern as a chassis or engine number.
func (p Pattern) WildNumber() bool { return HasWildcards(p.number) }

// Fixed is the number of letters and digits in the pattern.
func (p Pattern) Fixed() int { return Fixed(p.text) }

// FixedNumber is Fixed for the pattern as a chassis or engine number.
func (p Pattern) FixedNumber() int { return Fixed(p.number) }

// Within reports whether the pattern, without wildcards, is a part of a held number and no whole one: a registration by
// its grammar, a chassis or engine number by its length.
func (p Pattern) Within(registration bool, held string) bool {
	text := p.number
	if registration {
		if text = p.text; known(text) {
			return false
		}
	}
	return len(text) < len(held) && strings.Contains(held, text)
}

// Fits reports whether a held number fits the wildcards: a registration from its first to its last character, a chassis
// or engine number too where the pattern holds *, else any part of it. A character that cannot be read fits any.
func (p Pattern) Fits(registration bool, held string) bool {
	if !registration {
		text := p.number
		if !strings.Contains(text, "*") {
			text = "*" + text + "*"
		}
		return FitsWildcards(text, []byte(held))
	}
	return slices.ContainsFunc(p.readings, func(r Reading) bool { return FitsWildcards(r.Text, []byte(held)) })
}

// Readings are the strings that the pattern may stand for as a registration, the text itself first. The caller must not
// change them.
func (p Pattern) Readings() []Reading { return p.readings }

// String is the registration searched for: A-Z, 0-9, ? and *.
func (p Pattern) String() string { return p.text }

// Number is the pattern as a chassis or engine number.
func (p Pattern) Number() string { return p.number }

// HasWildcards reports whether a text holds ? or *.
func HasWildcards(s string) bool { return strings.ContainsAny(s, "?*") }

// Fixed counts the characters of a text that are neither ? nor *.
func Fixed(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '?' && s[i] != '*' {
			n++
		}
	}
	return n
}

// FitsWildcards reports whether s fits the pattern, in which ? is any one character and * any run. A ? in s, an
// unreadable character, fits any one.
func FitsWildcards(pattern string, s []byte) bool {
	p, i := 0, 0
	star, retry := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i] || s[i] == '?'):
			p++
			i++
		case star >= 0:
			retry++
			p, i = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// squeeze makes one * of a run of them.
func squeeze(s string) string {
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	return s
}

// AppendReadings appends the text itself and its canonical forms: zeros that were left out before the office or the
// number are put back, for every split that a grammar allows; then the same with the other code of the state.
func AppendReadings(dst []Reading, text string) []Reading {
	dst = append(dst, Reading{Text: text})
	var few [4]Plate
	for _, p := range readPlate(few[:0], text) {
		cost := float32(0)
		if n := len(p.Canonical) - len(text); n > 0 {
			cost = float32(n) * costPadded
		}
		dst = addReading(dst, Reading{Text: p.Canonical, Cost: cost, Formal: !p.guessed, Sound: p.sound})
	}
	if len(text) > 4 && IsState(text) && IsDigit(text[2]) && IsLetter(text[3]) {
		dst = addReading(dst, Reading{Text: text[:2] + "0" + text[2:], Cost: costPadded})
	}
	for _, r := range dst[1:len(dst):len(dst)] {
		dst = appendOtherCode(dst, r)
	}
	return appendOtherCode(dst, dst[0])
}

// appendOtherCode appends a reading with the other code of its state.
func appendOtherCode(dst []Reading, r Reading) []Reading {
	if !r.Formal || !r.Sound || len(r.Text) < 2 {
		return dst
	}
	if other := otherCodes[r.Text[:2]]; other != "" {
		dst = addReading(dst, Reading{Text: other + r.Text[2:], Cost: costCode, Sound: true, OtherCode: true})
	}
	return dst
}

// addReading appends r unless its text is there.
func addReading(dst []Reading, r Reading) []Reading {
	for i := range dst {
		if dst[i].Text == r.Text {
			dst[i].Formal = dst[i].Formal || r.Formal
			dst[i].Sound = dst[i].Sound || r.Sound
			return dst
		}
	}
	return append(dst, r)
}
