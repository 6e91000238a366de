package plate

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxText bounds what is read of one string; the longest number in use has 17 characters, and noise around it is dropped.
const maxText = 64

// letterNames are the names of Latin letters as painted on plates in Devanagari. Longest match wins, so that
// एच is H and not A followed by च.
var letterNames = map[string]string{
	"ए": "A", "बी": "B", "सी": "C", "डी": "D", "ई": "E", "एफ": "F", "जी": "G", "एच": "H", "आई": "I", "जे": "J",
	"के": "K", "एल": "L", "एम": "M", "एन": "N", "ओ": "O", "पी": "P", "क्यू": "Q", "आर": "R", "एस": "S", "टी": "T",
	"यू": "U", "वी": "V", "डब्ल्यू": "W", "डब्लू": "W", "एक्स": "X", "वाई": "Y", "वाय": "Y", "जेड": "Z", "ज़ेड": "Z",
	"ह": "H", "र": "R",
}

// longestLetterName is the greatest number of runes in a key of letterNames.
const longestLetterName = 7

// fold brings s to upper-case A-Z and 0-9, keeping the bytes of keep as well and dropping all else.
// Devanagari digits and letter names become Latin.
func fold(s, keep string) string {
	if len(s) > 8*maxText {
		s = s[:8*maxText]
	}
	b := make([]byte, 0, 24)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 0x80:
			return foldUnicode(s, keep)
		case c >= 'a' && c <= 'z':
			b = append(b, c-'a'+'A')
		case isLetter(c) || isDigit(c) || strings.IndexByte(keep, c) >= 0:
			b = append(b, c)
		}
	}
	return clip(string(b))
}

// foldUnicode is fold for text beyond ASCII.
func foldUnicode(s, keep string) string {
	runes := []rune(norm.NFKC.String(s))
	var b strings.Builder
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case r >= '०' && r <= '९':
			b.WriteByte(byte('0' + r - '०'))
			i++
		case r >= 0x0900 && r <= 0x097F:
			name, n := letterName(runes[i:])
			b.WriteString(name)
			i += n
		default:
			if r < 0x80 {
				b.WriteString(fold(string(r), keep))
			}
			i++
		}
	}
	return clip(b.String())
}

// letterName is the Latin letter whose Devanagari name begins runes, and the runes it takes; "" and 1 if none does.
func letterName(runes []rune) (string, int) {
	for n := min(longestLetterName, len(runes)); n > 0; n-- {
		if name, ok := letterNames[string(runes[:n])]; ok {
			return name, n
		}
	}
	return "", 1
}

func clip(s string) string {
	if len(s) > maxText {
		return s[:maxText]
	}
	return s
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// allOf reports whether every byte of s satisfies is.
func allOf(s string, is func(byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// plateLabels stand before a registration and are no part of it. IND is printed on high-security plates.
var plateLabels = []string{"REGISTRATIONNO", "VEHICLENO", "VEHICLE", "REGNNO", "REGNO", "VEHNO", "INDIA", "IND"}

// foldPlate folds a registration and takes off what is printed before it.
func foldPlate(s, keep string) string { return withoutLabel(fold(s, keep)) }

func withoutLabel(s string) string {
	for {
		cut := s
		for _, label := range plateLabels {
			if rest, ok := strings.CutPrefix(s, label); ok && len(rest) >= 4 {
				cut = rest
				break
			}
		}
		if cut == s {
			return s
		}
		s = cut
	}
}
