package match

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"anvesh/query"
	"anvesh/query/phrase"
)

// What a spreadsheet, a portal or a conversion has destroyed cannot be searched for: what is left of it points to
// somebody else, or to nobody. A cell says so here, in words that do not repeat it.

var (
	// A power of ten: 1.87E+26, 1,87E+26, 9E+15. Without a sign and a point it may be a number's own letters: 12E10.
	powerOfTen = regexp.MustCompile(`^[-+]?\d{1,3}([.,]\d+[eE]\+?\d{1,3}|[eE]\+\d{1,3})$`)
	// A date, as spreadsheets write one: 2023-05-12 00:00:00, 12/05/2023, 5-Dec, Mar-26, 12-May-23.
	dateWritten = regexp.MustCompile(`(?i)^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](19|20)?\d{2}|` +
		`\d{1,2}[-/. ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*([-/., ]+\d{2,4})?|` +
		`(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/. ]\d{2,4})([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?Z?)?$`)
	// More than fifteen digits, of which a spreadsheet keeps fifteen.
	cutDigits = regexp.MustCompile(`^\d{15}0+$`)
	// What a formula leaves that failed, and a column that was too narrow when it was saved.
	failedFormula = regexp.MustCompile(`^#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+)$`)
	// Letters that an encoding did not have.
	lostLetters = regexp.MustCompile(`\?{2,}`)
	// Marks of what is not known in a number: as long as a number may be, in the places of its letters and digits.
	wildNumber = regexp.MustCompile(`^[A-Z?]{2}[0-9?]{1,2}[A-Z?]{0,3}[0-9?]{1,4}$`)
)

// destroyed says what has happened to a cell of a field; nothing where it is whole.
func destroyed(f *fieldInfo, c cell) phrase.Phrase {
	text := strings.TrimSpace(c.text)
	switch {
	case failedFormula.MatchString(text):
		return phrase.CellFormula
	case strings.ContainsRune(text, utf8.RuneError):
		return phrase.CellLost
	case f.kind == asNumber:
		return destroyedNumber(f, c, strings.ToUpper(query.ASCIIDigits(text)))
	case f.kind == asText && powerOfTen.MatchString(text):
		return phrase.CellPower
	case f.kind == asText && f.name != "reason" && lostLetters.MatchString(text):
		return phrase.CellLost
	}
	return ""
}

// destroyedNumber looks at a registration, chassis or engine number.
func destroyedNumber(f *fieldInfo, c cell, text string) phrase.Phrase {
	switch {
	case c.is == isDate, dateWritten.MatchString(text):
		return phrase.CellDate
	case powerOfTen.MatchString(text):
		return phrase.CellPower
	case cutDigits.MatchString(text) && len(text) > 15:
		return phrase.CellCut
	case !lostLetters.MatchString(text):
		return ""
	case f.name != "registration":
		return phrase.CellLost
	}
	return lostPlate(text)
}

// lostPlate tells letters that became question marks from the mark of one unknown character. Hindi letters come to as
// many marks as a number has no place for; marks beside letters or in a number's own form are meant.
func lostPlate(text string) phrase.Phrase {
	tight := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' {
			return -1
		}
		return r
	}, text)
	hasLetter := strings.ContainsFunc(tight, func(r rune) bool { return unicode.IsLetter(r) })
	switch {
	case strings.Trim(tight, "?") == "":
		return phrase.CellMarks
	case !hasLetter && strings.Contains(tight, "???"):
		return phrase.CellMarks
	case len(tight) > 11 && strings.Contains(tight, "???"):
		return phrase.CellMarks
	case wildNumber.MatchString(tight), strings.Contains(tight, "*"), hasLetter, !strings.Contains(tight, "???"):
		return ""
	}
	return phrase.CellMarks
}

// unmangle undoes UTF-8 that was read as Windows-1252 and saved again, where that is certain: the bytes are UTF-8 and
// Devanagari comes out.
func unmangle(s string) string {
	if !strings.ContainsAny(s, "àâ") {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		switch {
		case r < 0x100 && (r < 0x80 || r >= 0xa0 || !ok): // bytes that Windows-1252 leaves open come as they are
			c = byte(r)
		case !ok:
			return s
		}
		b = append(b, c)
	}
	out := string(b)
	if !utf8.ValidString(out) || !strings.ContainsFunc(out, func(r rune) bool { return unicode.Is(unicode.Devanagari, r) }) {
		return s
	}
	return out
}
