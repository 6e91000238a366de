package plate

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxText bounds what is read of one string; the longest number in use has 17 characters, and noise around it is
// dropped.
const MaxText = 64

// letterNames are the names of Latin letters as painted on plates, and typed, in Devanagari. Longest match wins, so
// that एच is H and not A followed by च. The series of the whole country, BH, is written out.
var letterNames = normalised(map[string]string{
	"ए": "A", "ऐ": "A", "बी": "B", "बि": "B", "सी": "C", "सि": "C", "डी": "D", "डि": "D", "ई": "E", "इ": "E", "एफ": "F", "ऐफ": "F",
	"जी": "G", "जि": "G", "एच": "H", "ऐच": "H", "एैच": "H", "आई": "I", "आइ": "I", "जे": "J", "जै": "J", "के": "K", "कै": "K",
	"एल": "L", "ऐल": "L", "एम": "M", "ऐम": "M", "एन": "N", "ऐन": "N", "ओ": "O", "औ": "O", "पी": "P", "पि": "P", "क्यू": "Q",
	"क्यु": "Q", "आर": "R", "एस": "S", "ऐस": "S", "टी": "T", "टि": "T", "यू": "U", "यु": "U", "वी": "V", "वि": "V", "व्ही": "V",
	"डब्ल्यू": "W", "डब्ल्यु": "W", "डब्लू": "W", "डब्लयू": "W", "एक्स": "X", "ऐक्स": "X", "वाई": "Y", "वाइ": "Y", "वाय": "Y",
	"जेड": "Z", "जैड": "Z", "ज़ेड": "Z", "ज़ैड": "Z", "ह": "H", "र": "R",
	"भारत": "BH",
})

// normalised gives the keys the form in which text is read.
func normalised(names map[string]string) map[string]string {
	out := make(map[string]string, len(names))
	for name, letter := range names {
		out[norm.NFKC.String(name)] = letter
	}
	return out
}

// longestLetterName is the greatest number of runes in a key of letterNames.
const longestLetterName = 7

// lookalikes are letters of other alphabets by the Latin letter that they look like, not the one that they sound like:
// Cyrillic and Greek capitals, and small letters whose capital looks otherwise. A keyboard left in another layout types
// them, and so does who does not want to be found.
var lookalikes = map[rune]byte{
	'А': 'A', 'В': 'B', 'Е': 'E', 'З': '3', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'У': 'Y', 'Х': 'X',
	'І': 'I', 'Ј': 'J', 'Ѕ': 'S', 'Ԁ': 'D', 'Ԛ': 'Q', 'Ԝ': 'W', 'Ү': 'Y', 'Һ': 'H', 'Ԍ': 'G', 'Б': '6', 'Ѵ': 'V', 'Ӏ': 'I', 'Ц': 'U',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y',
	'Χ': 'X', 'Ϲ': 'C', 'Ϳ': 'J', 'Ԑ': 'E', 'ν': 'V', 'υ': 'U', 'η': 'N', 'ω': 'W', 'γ': 'Y', 'σ': 'O', 'ς': 'C', 'п': 'N', 'г': 'R',
	'и': 'U', 'ı': 'I', 'ł': 'L', 'ø': 'O', 'đ': 'D', 'Ł': 'L', 'Ø': 'O', 'Đ': 'D',
}

// fold brings s to upper-case A-Z and 0-9, keeping the bytes of keep as well and dropping all else. Digits of any
// script become 0 to 9, letters that look Latin and letter names in Devanagari become Latin; a Devanagari word that is
// not made of letter names (वाहन, नंबर) is dropped whole. With a blank in keep, all that parts words becomes one blank.
func fold(s, keep string) string {
	if len(s) > 8*MaxText {
		s = s[:8*MaxText]
	}
	apart := strings.IndexByte(keep, ' ') >= 0
	b := make([]byte, 0, 24)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 0x80:
			return foldUnicode(s, keep, apart)
		case c >= 'a' && c <= 'z':
			b = append(b, c-'a'+'A')
		case c != ' ' && (IsLetter(c) || IsDigit(c) || strings.IndexByte(keep, c) >= 0):
			b = append(b, c)
		case apart:
			b = part(b)
		}
	}
	return clip(string(b))
}

// part appends a blank behind a word.
func part(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] != ' ' {
		return append(b, ' ')
	}
	return b
}

// foldUnicode is fold for text beyond ASCII.
func foldUnicode(s, keep string, apart bool) string {
	runes := slices.DeleteFunc([]rune(norm.NFKC.String(s)), func(r rune) bool { return unicode.Is(unicode.Cf, r) }) // invisible
	b := make([]byte, 0, 24)
	for i := 0; i < len(runes); {
		r := runes[i]
		if isDevanagari(r) {
			n := 1
			for i+n < len(runes) && isDevanagari(runes[i+n]) {
				n++
			}
			b = appendDevanagari(b, runes[i:i+n], apart)
			if i += n; i < len(runes) && digitOf(runes[i]) == '0' && isLabel(runes[i-n:i]) {
				i++ // the sign of abbreviation: नं०, न0
			}
			continue
		}
		i++
		switch c := latinOf(r); {
		case c != 0 && (IsLetter(c) || IsDigit(c) || strings.IndexByte(keep, c) >= 0 && c != ' '):
			b = append(b, c)
		case apart && !unicode.Is(unicode.Mn, r):
			b = part(b)
		}
	}
	return clip(string(b))
}

// latinOf is the byte that a character is read as, in upper case: itself in ASCII, its value for a digit of any script,
// what it looks like; 0 for any other.
func latinOf(r rune) byte {
	switch {
	case r < 0x80:
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return byte(r)
	case unicode.IsDigit(r):
		return digitOf(r)
	}
	if c, ok := lookalikes[r]; ok {
		return c
	}
	if c, ok := lookalikes[unicode.ToUpper(r)]; ok {
		return c
	}
	if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 && d[0] < 0x80 { // É
		return latinOf(rune(d[0]))
	}
	return 0
}

// digitOf is a digit of any script as '0' to '9'; 0 for what is none. Each script's ten stand in one row that begins
// with its zero (Unicode, general category Nd).
func digitOf(r rune) byte {
	if r >= '0' && r <= '9' {
		return byte(r)
	}
	for _, row := range unicode.Nd.R16 {
		if r >= rune(row.Lo) && r <= rune(row.Hi) {
			return '0' + byte(r-rune(row.Lo))%10
		}
	}
	return 0
}

// isDevanagari tells letters and vowel signs of Devanagari from its digits and stops.
func isDevanagari(r rune) bool {
	return r >= 0x0900 && r <= 0x0963 || r >= 0x0971 && r <= 0x097F
}

// abbreviated are words that are cut short to what might be letter names: रजिस्ट्रेशन.
const abbreviated = "रजि"

// appendDevanagari appends the letters that a run of Devanagari names, if it names letters from its beginning to its
// end.
func appendDevanagari(b []byte, run []rune, apart bool) []byte {
	n := len(b)
	named := string(run) != abbreviated
	for i := 0; i < len(run) && named; {
		name, k := letterName(run[i:])
		named = name != ""
		b = append(b, name...)
		i += k
	}
	if named {
		return b
	}
	if b = b[:n]; apart {
		return part(b)
	}
	return b
}

// isLabel tells that a run of Devanagari is a word and no names of letters.
func isLabel(run []rune) bool { return len(appendDevanagari(nil, run, false)) == 0 }

// letterName is the Latin letter whose Devanagari name begins runes, and the runes it takes; "" if none does.
func letterName(runes []rune) (string, int) {
	for n := min(longestLetterName, len(runes)); n > 0; n-- {
		if name, ok := letterNames[string(runes[:n])]; ok {
			return name, n
		}
	}
	return "", 0
}

func clip(s string) string {
	if len(s) > MaxText {
		return s[:MaxText]
	}
	return s
}

// IsLetter reports whether c is A to Z, IsDigit whether it is 0 to 9.
func IsLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

// IsDigit is described with IsLetter.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// allOf reports whether every byte of s satisfies is.
func allOf(s string, is func(byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !is(s[i]) {
			return false
		}
	}
	return true
}
