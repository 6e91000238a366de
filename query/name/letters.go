package name

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are letters of other alphabets that stand in Latin words by mistake or malice. Cyrillic and Greek letters
// map to the Latin letter that they look like, not to the one that they sound like.
var lookalikes = map[rune]string{
	'а': "a", 'в': "b", 'е': "e", 'з': "z", 'к': "k", 'м': "m", 'н': "h", 'о': "o", 'р': "p", 'с': "c", 'т': "t",
	'у': "y", 'х': "x", 'і': "i", 'ј': "j", 'ѕ': "s", 'ԁ': "d", 'һ': "h", 'п': "n", 'г': "r", 'и': "u", 'ь': "b",
	'α': "a", 'β': "b", 'γ': "y", 'ε': "e", 'η': "n", 'ι': "i", 'κ': "k", 'μ': "m", 'ν': "v", 'ο': "o", 'ρ': "p",
	'σ': "o", 'τ': "t", 'υ': "u", 'χ': "x", 'ω': "w", 'ı': "i", 'ł': "l", 'ø': "o", 'đ': "d", 'ß': "ss", 'æ': "ae",
	'œ': "oe", 'ð': "d", 'þ': "th",
}

// digitLetters are the letters that digits stand for inside a word; at its edges digits are dropped.
var digitLetters = map[rune]byte{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '6': 'g', '7': 't', '8': 'b'}

// script names the writing that a word is in, by its first letter that tells.
type script uint8

const (
	latin script = iota
	devanagari
	gurmukhi
	arabic
)

func scriptOf(r rune) script {
	switch {
	case r >= 0x0900 && r <= 0x097F:
		return devanagari
	case r >= 0x0A00 && r <= 0x0A7F:
		return gurmukhi
	case r >= 0x0600 && r <= 0x06FF, r >= 0x0750 && r <= 0x077F, r >= 0xFB50 && r <= 0xFEFC:
		return arabic
	}
	return latin
}

// OtherLetters gives the words of a text that are in letters which nothing is read from (Tamil, Bengali), and those in Arabic
// letters, which are compared by their consonants: Urdu writes no short vowels.
func OtherLetters(text string) (unread, consonants string) {
	var without, few []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !invisible(r) }) {
		switch {
		case strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) && scriptOf(r) == latin && !unicode.In(r, likeLatin...) }):
			without = append(without, word)
		case strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) && !invisible(r) && scriptOf(r) == arabic }):
			few = append(few, word)
		}
	}
	return strings.Join(without, " "), strings.Join(few, " ")
}

// likeLatin are the alphabets whose letters latinOf reads as Latin ones; Common has signs that count as letters.
var likeLatin = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common}

// invisible reports letters that are written and not seen: joiners, marks of direction, soft hyphens.
func invisible(r rune) bool {
	return r == 0x00AD || r == 0x0640 || unicode.Is(unicode.Cf, r) || (r >= 0xFE00 && r <= 0xFE0F)
}

// latinOf folds one word, in whatever script, to the letters a-z. It is empty for a word without readable letters.
func latinOf(word string) string {
	if OnlyLetters(word) {
		return strings.ToLower(word)
	}
	var sb strings.Builder
	var runBuf [48]rune
	run, runScript := runBuf[:0], latin
	flush := func() {
		switch runScript {
		case devanagari:
			sb.WriteString(devanagariLatin(run))
		case gurmukhi:
			sb.WriteString(devanagariLatin(gurmukhiAsDevanagari(run)))
		case arabic:
			sb.WriteString(arabicLatin(run))
		default:
			sb.WriteString(latinLetters(run))
		}
		run = run[:0]
	}
	if !norm.NFKD.IsNormalString(word) {
		word = norm.NFKD.String(word)
	}
	for _, r := range word {
		if invisible(r) {
			continue
		}
		s := scriptOf(r)
		if unicode.Is(unicode.Mn, r) && s == latin {
			s = runScript
		}
		if s != runScript && len(run) > 0 {
			flush()
		}
		runScript = s
		run = append(run, r)
	}
	flush()
	return sb.String()
}

// OnlyLetters tells whether a word is of the letters a-z and A-Z alone.
func OnlyLetters(word string) bool {
	for i := 0; i < len(word); i++ {
		if c := word[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// latinLetters keeps a-z of a run of decomposed letters, with look-alikes and inner digits read as letters.
func latinLetters(run []rune) string {
	var out []byte
	for i, r := range run {
		r = unicode.ToLower(r)
		switch {
		case r >= 'a' && r <= 'z':
			out = append(out, byte(r))
		case r >= '0' && r <= '9':
			if r == '0' && zeroForO(run) { // 0m Parkash
				out = append(out, 'o')
			} else if b, ok := digitLetters[r]; ok && i > 0 && i < len(run)-1 && len(out) > 0 && letterAfter(run[i+1:]) {
				out = append(out, b)
			}
		default:
			out = append(out, lookalikes[r]...)
		}
	}
	return string(out)
}

// zeroForO tells a word of letters and one zero.
func zeroForO(run []rune) bool {
	digits := 0
	for _, r := range run {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits == 1 && len(run) > 1
}

func letterAfter(rest []rune) bool {
	for _, r := range rest {
		if unicode.IsLetter(r) {
			return true
		}
	}
	return false
}
