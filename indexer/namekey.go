package indexer

import (
	"sync"
	"unicode/utf8"
)

// nameKey is a rough key of one word of a name or text, the same for most spellings in both scripts: the consonants, with
// aspirates, sibilants and b, v, w as one each, and the first vowel. Words of fewer than three consonants keep their
// other vowels too, or they would be the key of half a language. It is "" for a word without letters that it knows.
func nameKey(word string) string {
	var latin, sounds [64]byte
	return shorten(soundsOf(sounds[:0], romanise(latin[:0], word)))
}

// soundsOf appends the sounds of a word in Latin letters, a letter each: a, i and u for vowels.
func soundsOf(dst, plain []byte) []byte {
	for i, c := range plain {
		next := byte(0)
		if i+1 < len(plain) {
			next = plain[i+1]
		}
		switch c {
		case 'e':
			c = 'i'
		case 'o':
			c = 'u'
		case 'y':
			if i > 0 {
				c = 'i'
			}
		case 'w', 'b':
			c = 'v'
		case 'z':
			c = 'j'
		case 'q':
			c = 'k'
		case 'x':
			dst = append(dst, 'k')
			c = 's'
		case 'c':
			if next != 'h' {
				c = 'k'
			}
		case 'p':
			if next == 'h' {
				c = 'f'
			}
		case 'h':
			if i > 0 && !vowel(plain[i-1]) {
				continue
			}
		}
		if c >= 'a' && c <= 'z' {
			dst = append(dst, c)
		}
	}
	return dst
}

// shorten drops the vowels but the first of a word of three consonants and more, and doubles.
func shorten(sounds []byte) string {
	consonants := 0
	for _, c := range sounds {
		if !vowel(c) {
			consonants++
		}
	}
	key := sounds[:0]
	before := byte(0)
	for i, c := range sounds {
		skip := vowel(c) && i > 0 && (consonants > 2 || vowel(before)) || len(key) > 0 && key[len(key)-1] == c
		before = c
		if !skip {
			key = append(key, c)
		}
	}
	return string(key)
}

func vowel(c byte) bool { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' }

// romanise appends a word in lower Latin letters, Devanagari roughly as it sounds; the vowel within a consonant is written
// between two, not at the end.
func romanise(dst []byte, word string) []byte {
	for i, r := range word {
		letters, ok := devanagari[r]
		if !ok {
			if r < 0x80 {
				if 'A' <= r && r <= 'Z' {
					r += 'a' - 'A'
				}
				dst = append(dst, byte(r))
			}
			continue
		}
		next, _ := utf8.DecodeRuneInString(word[i+utf8.RuneLen(r):])
		if r == 'ड' && next == '\u093c' {
			letters = "r"
		}
		dst = append(dst, letters...)
		consonant := 'क' <= r && r <= 'ह' || '\u0958' <= r && r <= '\u095f'
		if consonant && next != utf8.RuneError && !joins(next) {
			dst = append(dst, 'a')
		}
	}
	return dst
}

// joins reports whether a sign takes the vowel of the consonant before it: a vowel sign, or the halant.
func joins(r rune) bool { return 'ा' <= r && r <= '्' || r == '\u093c' }

// devanagari: letters and signs as they sound in names (Hunterian, without length).
var devanagari = map[rune]string{
	'अ': "a", 'आ': "a", 'इ': "i", 'ई': "i", 'उ': "u", 'ऊ': "u", 'ऋ': "ri", 'ए': "e", 'ऐ': "e", 'ओ': "o", 'औ': "o", 'ऑ': "o",
	'ा': "a", 'ि': "i", 'ी': "i", 'ु': "u", 'ू': "u", 'ृ': "ri", 'े': "e", 'ै': "e", 'ो': "o", 'ौ': "o", 'ॉ': "o",
	'क': "k", 'ख': "kh", 'ग': "g", 'घ': "gh", 'ङ': "n", 'च': "ch", 'छ': "ch", 'ज': "j", 'झ': "jh", 'ञ': "n",
	'ट': "t", 'ठ': "th", 'ड': "d", 'ढ': "dh", 'ण': "n", 'त': "t", 'थ': "th", 'द': "d", 'ध': "dh", 'न': "n",
	'प': "p", 'फ': "ph", 'ब': "b", 'भ': "bh", 'म': "m", 'य': "y", 'र': "r", 'ल': "l", 'ळ': "l", 'व': "v",
	'श': "sh", 'ष': "sh", 'स': "s", 'ह': "h", 'ं': "n", 'ँ': "n", '\u0958': "k", '\u0959': "kh", '\u095a': "g", '\u095b': "z", '\u095c': "r", '\u095d': "r", '\u095e': "f",
}

// titleKeys are words that stand before names, commonKeys those that half of all names have: neither tells a person.
var (
	titleKeys  = keySet("shri", "sri", "sh", "smt", "shrimati", "mr", "mrs", "ms", "km", "kumari", "late", "dr", "श्री", "श्रीमती", "कुमारी", "स्व", "डॉ")
	commonKeys = keySet("singh", "sing", "kumar", "devi", "kaur", "lal", "ram", "chand", "rani", "bai", "begum", "khan", "mohd", "mohammad", "mohammed",
		"md", "bala", "wati", "pal", "सिंह", "कुमार", "देवी", "कौर", "लाल", "राम", "चंद", "चन्द", "रानी", "बाई", "बेगम", "खान", "मोहम्मद", "मो",
		"of", "the", "and", "ki", "ka", "ke", "की", "का", "के", "near", "house", "village", "ward", "road", "colony", "nagar", "sector")
)

func keySet(words ...string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		m := make(map[string]bool, len(words))
		for _, w := range words {
			m[nameKey(w)] = true
		}
		return m
	})
}
