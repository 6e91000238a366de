package name

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// What befalls Devanagari before it is read: it was typed in a legacy font, saved in another encoding, or written down in
// the order in which it is seen.

// How a text was stored, where Repair made another of it.
const (
	StoredLegacy  = "Kruti Dev"    // a legacy font, see legacy.go
	StoredMisread = "Windows-1252" // UTF-8 that was read as that and saved again
	StoredLost    = "lost"         // the same, with characters missing: it cannot be undone, and is not read
)

// Repair gives a text as it was meant, and how it was stored where its characters were others: one of the Stored
// constants, else "". Signs of Devanagari are put in order in any case. What is not certain stays as it is.
func Repair(s string) (text, stored string) {
	if meant, ok := fromMisread(s); ok {
		s, stored = meant, StoredMisread
	} else if strings.Contains(s, "à¤") || strings.Contains(s, "à¥") || strings.Contains(s, "Â¤") || strings.Contains(s, "Â¥") {
		// what each letter of Devanagari begins with, taken once or twice for the other encoding
		return s, StoredLost
	}
	if meant, ok := fromLegacy(s); ok {
		return meant, StoredLegacy
	}
	if isDevanagari(s) {
		s = tidy(s, false)
	}
	return s, stored
}

// fromMisread undoes UTF-8 that was taken for Windows-1252, once or twice. It is certain where every character is one of
// that encoding and together they are UTF-8 of fewer.
func fromMisread(s string) (string, bool) {
	done := false
	for range 2 {
		meant, ok := misread(s)
		if !ok {
			break
		}
		s, done = meant, true
	}
	return s, done
}

func misread(s string) (string, bool) {
	if !strings.ContainsAny(s, "\u00c2\u00c3\u00c4\u00c5\u00e0\u00d8\u00d9") { // the first bytes of what is written in India
		return "", false
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && r < 0x100 { // five bytes have no character; they pass as they are
			b, ok = byte(r), true
		}
		if !ok {
			return "", false
		}
		out = append(out, b)
	}
	return string(out), utf8.Valid(out)
}

const (
	signI    = 0x093F
	signA    = 0x093E
	rephMark = 0xE001 // in a legacy font: the r above the syllable before it
)

// isSign tells what stands on a letter of Devanagari: vowel signs, virama, nukta, anusvara and their like.
func isSign(r rune) bool {
	return r >= 0x0900 && r <= 0x0903 || r >= 0x093A && r <= 0x094F && r != 0x093D || r >= 0x0955 && r <= 0x0957 || r == 0x0962 || r == 0x0963
}

func isDevLetter(r rune) bool {
	return r >= 0x0904 && r <= 0x0939 || r >= 0x0958 && r <= 0x0961 || r >= 0x0972 && r <= 0x097F
}

func isDevConsonant(r rune) bool { return r >= 0x0915 && r <= 0x0939 || r >= 0x0958 && r <= 0x095F }

// tidy puts the signs of Devanagari in their order: each once, the nukta first, then the vowel, then the nasal. A short i
// that stands before its consonant, as it is seen, moves behind it; seen says that all do, else one that can be nothing
// else says so for the text.
func tidy(s string, seen bool) string {
	in := []rune(s)
	in = composed(in)
	in = slices.CompactFunc(in, func(a, b rune) bool { return a == b && isSign(a) })
	if seen || seenOrder(in) {
		in = heardOrder(in)
	}
	out := make([]rune, 0, len(in))
	for i := 0; i < len(in); {
		if in[i] == rephMark {
			out = putReph(out)
			i++
			continue
		}
		if !isDevLetter(in[i]) && !isSign(in[i]) {
			out = lastReph(out)
		}
		out = append(out, in[i])
		letter := isDevLetter(in[i])
		i++
		from := i
		for i < len(in) && isSign(in[i]) {
			i++
		}
		if letter {
			out = appendSigns(out, in[from:i])
		} else {
			out = append(out, in[from:i]...)
		}
	}
	return string(lastReph(out))
}

// lastReph moves the r of a converter that wrote it behind its syllable: वमार् is वर्मा, आयर् is आर्य. It is done at the end
// of a word only, where no name has a bare र्; elsewhere the spelling may be right (दर्शन). Words that end in र itself and
// were given a stop (कुमार्) stay, and the syllable that a word begins with takes none: शर् is cut off.
func lastReph(out []rune) []rune {
	n := len(out) - 2
	if n < 2 || out[n] != 'र' || out[n+1] != virama {
		return out
	}
	begin := n
	for begin > 0 && (isDevLetter(out[begin-1]) || isSign(out[begin-1])) {
		begin--
	}
	for _, end := range []string{"मार", "वीर", "बीर", "दर", "दार", "कर"} {
		if word := string(out[begin : n+1]); strings.HasSuffix(word, end) && !(end == "मार" && (word == "वमार" || word == "शमार")) {
			return out
		}
	}
	moved := putReph(slices.Clone(out[:n]))
	if moved[begin] == 'र' && moved[begin+1] == virama {
		return out
	}
	return moved
}

// composedOf are letters that are typed as two.
var composedOf = map[[2]rune]rune{
	{'अ', 'ा'}: 'आ', {'अ', 'ो'}: 'ओ', {'अ', 'ौ'}: 'औ', {'अ', 'ॉ'}: 'ऑ', {'आ', 'े'}: 'ओ', {'आ', 'ै'}: 'औ', {'ए', 'े'}: 'ऐ', {'ा', 'े'}: 'ो', {'ा', 'ै'}: 'ौ',
	{'े', 'ा'}: 'ो', {'ै', 'ा'}: 'ौ',
}

// composed makes one letter of what was typed as two, and ई of र्इ, as legacy fonts write it. A half letter with the stroke
// behind it is the whole one.
func composed(in []rune) []rune {
	out := in[:0:0]
	for _, r := range in {
		n := len(out)
		if n > 0 {
			if c := composedOf[[2]rune{out[n-1], r}]; c != 0 {
				out[n-1] = c
				continue
			}
			if out[n-1] == virama && r == signA {
				out = out[:n-1]
				continue
			}
		}
		if n > 1 && r == 'इ' && out[n-1] == virama && out[n-2] == 'र' {
			out = append(out[:n-2], 'ई')
			continue
		}
		out = append(out, r)
	}
	return out
}

// seenOrder tells whether some short i stands where only its consonant can follow: at the beginning of a word, or behind
// a vowel, a half letter or another sign. संिह is सिंह with two signs changed about.
func seenOrder(in []rune) bool {
	for i, r := range in {
		if r != signI || i+1 == len(in) || !isDevConsonant(in[i+1]) {
			continue
		}
		switch {
		case i == 0, !isDevLetter(in[i-1]) && !isSign(in[i-1]):
			return true
		case isDevLetter(in[i-1]) && !isDevConsonant(in[i-1]):
			return true
		case isSign(in[i-1]) && in[i-1] != nukta && !(in[i+1] == 'ह' && (in[i-1] == anusvara || in[i-1] == candrabind)):
			return true
		}
	}
	return false
}

// heardOrder moves each short i behind the consonant, or the cluster of them, that follows it.
func heardOrder(in []rune) []rune {
	out := make([]rune, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] != signI {
			out = append(out, in[i])
			continue
		}
		end := clusterEnd(in, i+1)
		out = append(append(out, in[i+1:end]...), signI)
		i = end - 1
	}
	return out
}

// clusterEnd is behind the consonants at i that are one syllable's.
func clusterEnd(in []rune, i int) int {
	for i < len(in) && isDevConsonant(in[i]) {
		if i++; i < len(in) && in[i] == nukta {
			i++
		}
		if i+1 >= len(in) || in[i] != virama || !isDevConsonant(in[i+1]) {
			break
		}
		i++
	}
	return i
}

// putReph puts r and virama before the last syllable.
func putReph(out []rune) []rune {
	at := len(out)
	for at > 0 && isSign(out[at-1]) {
		at--
	}
	if at > 0 && isDevConsonant(out[at-1]) {
		at--
	}
	for at > 1 && out[at-1] == virama && isDevConsonant(out[at-2]) {
		at -= 2
	}
	return slices.Insert(out, at, 'र', virama)
}

// appendSigns appends the signs of one letter: nukta, one vowel or the virama, and what stands above or behind.
func appendSigns(out, signs []rune) []rune {
	var vowel, nasal rune
	half := false
	for _, r := range signs {
		switch {
		case r == nukta:
			if out[len(out)-1] != nukta {
				out = append(out, r)
			}
		case r == virama:
			half = true
		case r <= 0x0903:
			if nasal == 0 {
				nasal = r
			}
		case vowel == 0:
			vowel = r
		}
	}
	switch {
	case vowel != 0:
		out = append(out, vowel)
	case half:
		out = append(out, virama)
	}
	if nasal != 0 {
		out = append(out, nasal)
	}
	return out
}
