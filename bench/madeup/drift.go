package madeup

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How one clerk spells what another spelt otherwise. The rules are the classes of variation of north-Indian names
// (shared/reference/domain.md section 7): they change spelling, not the person.

// A drift rule takes one string of letters for another, with its cause.
type driftRule struct{ from, to, cause string }

var latinDrift = []driftRule{
	{"aa", "a", "vowel"}, {"ee", "i", "vowel"}, {"oo", "u", "vowel"}, {"i", "ee", "vowel"}, {"u", "oo", "vowel"}, {"ee", "ie", "vowel"},
	{"jeet", "jit", "vowel"}, {"jit", "jeet", "vowel"}, {"preet", "prit", "vowel"}, {"deep", "dip", "vowel"}, {"dip", "deep", "vowel"},
	{"ay", "ai", "vowel"}, {"ai", "ay", "vowel"}, {"ia", "iya", "vowel"}, {"iya", "ia", "vowel"}, {"au", "o", "vowel"}, {"au", "ou", "vowel"},
	{"ai", "e", "vowel"}, {"y", "i", "vowel"}, {"ita", "eeta", "vowel"}, {"esh", "aish", "vowel"}, {"oj", "auj", "vowel"},
	{"ender", "inder", "ender"}, {"ender", "endra", "ender"}, {"inder", "ender", "ender"}, {"ender", "ander", "ender"},
	{"bir", "vir", "v/b/w"}, {"bir", "beer", "vowel"}, {"vir", "bir", "v/b/w"}, {"bir", "veer", "v/b/w"}, {"vir", "veer", "vowel"},
	{"v", "b", "v/b/w"}, {"b", "v", "v/b/w"}, {"v", "w", "v/b/w"}, {"w", "v", "v/b/w"}, {"wati", "vati", "v/b/w"}, {"vati", "bati", "v/b/w"},
	{"sh", "s", "sh/s"}, {"s", "sh", "sh/s"}, {"ph", "f", "ph/f"}, {"f", "ph", "ph/f"}, {"z", "j", "z/j"}, {"j", "z", "z/j"},
	{"q", "k", "q/k"}, {"x", "ksh", "ksh"}, {"ksh", "x", "ksh"}, {"laxmi", "lachhmi", "ksh"}, {"laksh", "lachh", "ksh"}, {"gy", "jn", "gy/jn"},
	{"bh", "b", "aspirate"}, {"dh", "d", "aspirate"}, {"th", "t", "aspirate"}, {"gh", "g", "aspirate"}, {"kh", "k", "aspirate"},
	{"jh", "j", "aspirate"}, {"chh", "ch", "aspirate"}, {"d", "dh", "aspirate"}, {"t", "th", "aspirate"},
	{"par", "pra", "par/pra"}, {"pra", "par", "par/pra"}, {"pr", "per", "par/pra"},
	{"tt", "t", "double"}, {"nn", "n", "double"}, {"ll", "l", "double"}, {"pp", "p", "double"}, {"gg", "g", "double"}, {"dd", "d", "double"},
	{"n", "nn", "double"}, {"m", "mm", "double"}, {"t", "tt", "double"},
	{"aram", "arm", "schwa"}, {"arm", "aram", "schwa"}, {"shan", "shna", "schwa"}, {"shna", "shan", "schwa"}, {"satb", "satyab", "schwa"},
	{"jagd", "jagad", "schwa"}, {"rj", "raj", "schwa"}, {"ashw", "ashv", "v/b/w"}, {"ndar", "nder", "schwa"}, {"am", "m", "schwa"},
	{"mohammad", "mohd", "mohammad"}, {"mohammad", "mohammed", "mohammad"}, {"mohammad", "muhammad", "mohammad"}, {"mohammad", "md", "mohammad"},
	{"ahmed", "ahmad", "vowel"}, {"ahmad", "ahmed", "vowel"}, {"hussain", "husain", "double"}, {"uddin", "udin", "double"},
	{"choudhary", "chaudhry", "vowel"}, {"chaudhary", "choudhary", "vowel"}, {"singh", "sing", "singh"}, {"singh", "sinh", "singh"},
	{"kumar", "kumaar", "vowel"}, {"rishi", "rushi", "ri/ru"}, {"krish", "kirsh", "ri/ru"}, {"ank", "ankk", "nasal"}, {"nj", "j", "nasal"}, {"and", "annd", "nasal"},
}

var hindiDrift = []driftRule{
	{"ी", "ि", "vowel"}, {"ि", "ी", "vowel"}, {"ू", "ु", "vowel"}, {"ु", "ू", "vowel"}, {"ै", "े", "vowel"}, {"ौ", "ो", "vowel"}, {"े", "ै", "vowel"},
	{"ंद", "न्द", "nasal"}, {"ंज", "न्ज", "nasal"}, {"ंत", "न्त", "nasal"}, {"ंक", "न्क", "nasal"}, {"न्द", "ंद", "nasal"}, {"म्ब", "ंब", "nasal"}, {"ांग", "ाँग", "nasal"},
	{"व", "ब", "v/b/w"}, {"ब", "व", "v/b/w"}, {"श", "स", "sh/s"}, {"स", "श", "sh/s"}, {"ष", "श", "sh/s"},
	{"ण", "न", "retroflex"}, {"ड़", "ड", "nukta"}, {"ढ़", "ढ", "nukta"}, {"ज", "ज़", "nukta"}, {"फ", "फ़", "nukta"},
	{"र्म", "रम", "schwa"}, {"र्ण", "रण", "schwa"}, {"र्ज", "रज", "schwa"}, {"र्व", "रव", "schwa"}, {"प्र", "पर", "par/pra"}, {"ेंद्र", "ेन्द्र", "nasal"}, {"ेंद्र", "ेंदर", "ender"},
	{"ख", "क", "aspirate"}, {"भ", "ब", "aspirate"}, {"ध", "द", "aspirate"}, {"थ", "त", "aspirate"}, {"ृ", "्रि", "ri/ru"},
	{"सिंह", "सिह", "singh"}, {"मोहम्मद", "मो.", "mohammad"}, {"ज्ञ", "ग्य", "gy/jn"}, {"क्ष्म", "छम", "ksh"}, {"क्ष", "छ", "ksh"}, {"ीत", "ित", "vowel"},
}

// respell changes one place of a word by one rule. It returns the word as it is where no rule applies.
func respell(r *rand.Rand, w string) (string, string) {
	if first, _ := utf8.DecodeRuneInString(w); unicode.Is(unicode.Devanagari, first) {
		return applyRule(r, hindiDrift, w)
	}
	out, cause := applyRule(r, latinDrift, strings.ToLower(w))
	if cause == "" {
		return w, ""
	}
	return titleCase(out), cause
}

func applyRule(r *rand.Rand, rules []driftRule, w string) (string, string) {
	var fit [64]uint8
	n := 0
	for i := range rules {
		if n < len(fit) && strings.Contains(w, rules[i].from) {
			fit[n] = uint8(i)
			n++
		}
	}
	if n == 0 {
		return w, ""
	}
	rule := rules[fit[r.IntN(n)]]
	at := strings.Index(w, rule.from)
	if last := strings.LastIndex(w, rule.from); r.IntN(2) == 0 {
		at = last
	}
	return w[:at] + rule.to + w[at+len(rule.from):], rule.cause
}

// titleCase gives each word of a lower-case ASCII name its capital.
func titleCase(s string) string {
	b := []byte(s)
	start := true
	for i, c := range b {
		if start && 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
		start = c == ' '
	}
	return string(b)
}

// DamageName misspells a name, Latin or Devanagari, by one step as a clerk would, and says which: a rule of spelling
// (vowel, v/b/w, sh/s, aspirate, ...), dropped, short, spacing, initial or order. A name that no step fits
// (a single letter) comes back as it is with cause "".
func DamageName(r *rand.Rand, name string) (damaged, cause string) {
	for range 20 {
		list := strings.Fields(name)
		if len(list) == 0 {
			return name, ""
		}
		if len(list) == 1 || r.IntN(100) < 70 {
			i := r.IntN(len(list))
			list[i], cause = respell(r, list[i])
		} else {
			list, cause = rearrange(r, list)
		}
		if out := strings.Join(list, " "); cause != "" && out != name {
			return out, cause
		}
	}
	return name, ""
}

// rearrange changes a name of two or more words as a whole.
func rearrange(r *rand.Rand, list []string) ([]string, string) {
	last := len(list) - 1
	switch n := r.IntN(100); {
	case n < 34:
		return slices.Delete(list, last, last+1), "dropped"
	case n < 56:
		for i, w := range list {
			if short, ok := shortWords[w]; ok {
				list[i] = short
				return list, "short"
			}
		}
		return list, ""
	case n < 78:
		i := r.IntN(last)
		return slices.Replace(list, i, i+2, joinWords(list[i], list[i+1])), "spacing"
	case n < 88:
		first, _ := utf8.DecodeRuneInString(list[0])
		if !unicode.IsUpper(first) {
			return list, "" // Devanagari names are not shortened so
		}
		list[0] = string(first) + "."
		return list, "initial"
	default:
		return append([]string{list[last]}, list[:last]...), "order"
	}
}

var shortWords = map[string]string{"Kumar": "Kr.", "Singh": "S.", "Mohammad": "Md.", "Devi": "D.", "Chander": "Ch.", "कुमार": "कु.", "मोहम्मद": "मो."}

func joinWords(a, b string) string {
	if first, _ := utf8.DecodeRuneInString(b); first < utf8.RuneSelf {
		return a + strings.ToLower(b)
	}
	return a + b
}

// lookAlikes are the characters that a plate reader or a hurried eye takes for each other.
var lookAlikes = map[byte]string{'0': "ODQ", 'O': "0DQ", 'D': "0OQ", 'Q': "0OD", '1': "ILTJ", 'I': "1LTJ", 'L': "1I", 'J': "1I",
	'2': "Z", 'Z': "2", '5': "S", 'S': "5", '6': "G", 'G': "6", '8': "B", 'B': "8", '4': "A", 'A': "4", '7': "TY", 'T': "71Y", 'Y': "7VT",
	'M': "N", 'N': "M", 'V': "UY", 'U': "V", '3': "8", '9': "4", 'P': "B", 'E': "B"}

// PlateLetters are the characters that are written into plates at random: no I and no O, which none has.
const PlateLetters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// DamagePlate misreads a registration number once and says by what cause, in the shares that were published for plate
// readers: look-alike 45 %, missing tail 25 %, unlike 12 %, missing middle 8 %, several in a row 4 %, other 6 % (two
// halves swapped, a character read twice, two in the wrong order). A plate shorter than four characters comes back as
// it is.
func DamagePlate(r *rand.Rand, plate string) (damaged, cause string) {
	if len(plate) < 4 {
		return plate, ""
	}
	for {
		share := r.IntN(100)
		for range 8 { // of the same cause, so that the shares hold
			if damaged, cause = damagePlate(r, plate, share); damaged != plate {
				return damaged, cause
			}
		}
	}
}

func damagePlate(r *rand.Rand, plate string, share int) (string, string) {
	b := []byte(plate)
	n := len(b)
	i := r.IntN(n)
	switch {
	case share < 45:
		if alike := lookAlikes[b[i]]; alike != "" {
			b[i] = alike[r.IntN(len(alike))]
		}
		return string(b), "look-alike"
	case share < 70:
		return plate[:n-1-r.IntN(2)], "missing tail"
	case share < 82:
		c := PlateLetters[r.IntN(len(PlateLetters))]
		if strings.IndexByte(lookAlikes[b[i]], c) < 0 {
			b[i] = c
		}
		return string(b), "unlike"
	case share < 90:
		i = 1 + r.IntN(n-2)
		return plate[:i] + plate[i+1:], "missing middle"
	case share < 94:
		i = r.IntN(n - 1)
		for j := i; j < min(n, i+2+r.IntN(2)); j++ {
			b[j] = PlateLetters[r.IntN(len(PlateLetters))]
		}
		return string(b), "several in a row"
	case share < 96:
		return plate[n/2:] + plate[:n/2], "other"
	case share < 98:
		return plate[:i] + plate[i:i+1] + plate[i:], "other"
	default:
		i = r.IntN(n - 1)
		b[i], b[i+1] = b[i+1], b[i]
		return string(b), "other"
	}
}
