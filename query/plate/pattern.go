package plate

import (
	"errors"
	"slices"
	"strings"
)

// ErrEmpty is returned for a pattern without a single letter or digit.
var ErrEmpty = errors.New("plate: nothing to search for: give at least one letter or digit")

// A Pattern is a number as a searcher typed it. One pattern serves registrations and, read by the other rules,
// chassis and engine numbers: the index it is given to decides.
type Pattern struct {
	Raw      string
	text     string    // registration: A-Z, 0-9, ? one unknown, * any run
	number   string    // chassis or engine: the same, I as 1, O and Q as 0
	readings []reading // registrations: text, then its canonical forms that differ; with wildcards see appendWild
}

// A reading is a string that the typed text may stand for, and what taking it so costs in nats.
type reading struct {
	text   string
	cost   float32
	formal bool // a grammar fits: a stored number equal to it is equal to what was asked
	sound  bool // and state, office and series are possible
	code   bool // the other code of the state is written
}

// ParsePattern reads what a searcher typed: any script, case and separators, words around the number, ? and *.
// The only error is ErrEmpty.
func ParsePattern(s string) (Pattern, error) {
	p := Pattern{Raw: s, text: squeeze(foldPlate(s, "?*")), number: squeeze(foldNumber(s, false))}
	if fixed(p.text) == 0 {
		return Pattern{}, ErrEmpty
	}
	p.readings = make([]reading, 0, 3)
	if isWild(p.text) {
		p.readings = appendWild(p.readings, p.text)
	} else {
		p.readings = appendReadings(p.readings, p.text)
	}
	return p, nil
}

// appendWild appends a text with wildcards, and the same with the zeros put back that people leave out: before a single
// digit of an office, which stands behind two letters at the start or between two letters (DL3C*, *L3C*), and before a
// short number, which ends the text behind a letter (*C7). Where ? or * could stand for a part of such an office or
// number, it stands for what is held: two digits and four.
func appendWild(dst []reading, text string) []reading {
	form := func(text string) {
		if strings.Contains(text, "*") || len(text) <= maxHead+numberLen {
			dst = addReading(dst, reading{text: text, formal: true})
		}
	}
	dst = append(dst, reading{text: text, formal: true})
	office := func(i int) bool {
		if i == 0 || i+1 >= len(text) || !isDigit(text[i]) {
			return false
		}
		letterOrOpen := func(c byte) bool { return isLetter(c) || c == '?' }
		start := i == 2 && letterOrOpen(text[0]) && letterOrOpen(text[1])
		next := text[i+1]
		return (start || isLetter(text[i-1])) && isLetter(next) || start && next == '*'
	}
	for i := range len(text) {
		if office(i) {
			form(text[:i] + "0" + text[i:])
			break
		}
	}
	for _, r := range dst[:len(dst):len(dst)] {
		for n := 1; n < numberLen && n < len(r.text); n++ {
			front, number := r.text[:len(r.text)-n], r.text[len(r.text)-n:]
			if number[0] != '?' && !isDigit(number[0]) {
				break
			}
			if isLetter(front[len(front)-1]) {
				form(front + strings.Repeat("0", numberLen-n) + number)
			}
		}
	}
	return dst
}

// Wild reports whether the pattern holds ? or *.
func (p Pattern) Wild() bool { return isWild(p.text) }

// WildNumber reports it for the pattern as a chassis or engine number.
func (p Pattern) WildNumber() bool { return isWild(p.number) }

// Fixed is the number of letters and digits in the pattern.
func (p Pattern) Fixed() int { return fixed(p.text) }

// FixedNumber is Fixed for the pattern as a chassis or engine number.
func (p Pattern) FixedNumber() int { return fixed(p.number) }

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

// Fits reports whether a held number fits the wildcards: a registration from its first to its last character, a chassis or
// engine number too where the pattern holds *, else any part of it. A character that cannot be read fits any.
func (p Pattern) Fits(registration bool, held string) bool {
	if !registration {
		text := p.number
		if !strings.Contains(text, "*") {
			text = "*" + text + "*"
		}
		return globMatch(text, []byte(held))
	}
	return slices.ContainsFunc(p.readings, func(r reading) bool { return globMatch(r.text, []byte(held)) })
}

// String is the registration searched for: A-Z, 0-9, ? and *.
func (p Pattern) String() string { return p.text }

// Number is the pattern as a chassis or engine number.
func (p Pattern) Number() string { return p.number }

func isWild(s string) bool { return strings.ContainsAny(s, "?*") }

func fixed(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '?' && s[i] != '*' {
			n++
		}
	}
	return n
}

// squeeze makes one * of a run of them.
func squeeze(s string) string {
	for strings.Contains(s, "**") {
		s = strings.ReplaceAll(s, "**", "*")
	}
	return s
}

// appendReadings appends the text itself and its canonical forms: zeros that were left out before the office or the
// number are put back, for every split that a grammar allows; then the same with the other code of the state.
func appendReadings(dst []reading, text string) []reading {
	dst = append(dst, reading{text: text})
	var few [4]Plate
	for _, p := range readPlate(few[:0], text) {
		cost := float32(0)
		if n := len(p.Canonical) - len(text); n > 0 {
			cost = float32(n) * costPadded
		}
		dst = addReading(dst, reading{text: p.Canonical, cost: cost, formal: !p.guessed, sound: p.sound})
	}
	if len(text) > 4 && isState(text) && isDigit(text[2]) && isLetter(text[3]) {
		dst = addReading(dst, reading{text: text[:2] + "0" + text[2:], cost: costPadded})
	}
	for _, r := range dst[1:len(dst):len(dst)] {
		dst = appendOtherCode(dst, r)
	}
	return appendOtherCode(dst, dst[0])
}

// appendOtherCode appends a reading with the other code of its state.
func appendOtherCode(dst []reading, r reading) []reading {
	if !r.formal || !r.sound || len(r.text) < 2 {
		return dst
	}
	if other := otherCodes[r.text[:2]]; other != "" {
		dst = addReading(dst, reading{text: other + r.text[2:], cost: costCode, sound: true, code: true})
	}
	return dst
}

// addReading appends r unless its text is there.
func addReading(dst []reading, r reading) []reading {
	for i := range dst {
		if dst[i].text == r.text {
			dst[i].formal = dst[i].formal || r.formal
			dst[i].sound = dst[i].sound || r.sound
			dst[i].code = dst[i].code && r.code
			return dst
		}
	}
	return append(dst, r)
}
