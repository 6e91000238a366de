package name

// Devanagari to Latin by rule, Hunterian-like, made to meet what clerks write: a syllable is a consonant and a vowel;
// a consonant without a sign carries the inherent a (schwa), which Hindi drops at the end of a word and in the middle
// of V C a C V. Source of the rule: domain.md section 7, "Devanagari to Latin".

const (
	virama     = 0x094D
	nukta      = 0x093C
	anusvara   = 0x0902
	candrabind = 0x0901
	visarga    = 0x0903
)

var devConsonants = map[rune]string{
	'क': "k", 'ख': "kh", 'ग': "g", 'घ': "gh", 'ङ': "n", 'च': "ch", 'छ': "chh", 'ज': "j", 'झ': "jh", 'ञ': "n",
	'ट': "t", 'ठ': "th", 'ड': "d", 'ढ': "dh", 'ण': "n", 'त': "t", 'थ': "th", 'द': "d", 'ध': "dh", 'न': "n",
	'प': "p", 'फ': "ph", 'ब': "b", 'भ': "bh", 'म': "m", 'य': "y", 'र': "r", 'ल': "l", 'ळ': "l", 'व': "v",
	'श': "sh", 'ष': "sh", 'स': "s", 'ह': "h",
}

var devNukta = map[rune]string{
	'क': "q", 'ख': "kh", 'ग': "gh", 'ज': "z", 'ड': "r", 'ढ': "rh", 'फ': "f", 'य': "y", 'न': "n", 'र': "r", 'ळ': "l",
}

var devVowels = map[rune]string{
	'अ': "a", 'आ': "a", 'इ': "i", 'ई': "i", 'उ': "u", 'ऊ': "u", 'ऋ': "ri", 'ए': "e", 'ऐ': "ai", 'ओ': "o", 'औ': "au",
	'ऍ': "e", 'ऑ': "o", 'ऎ': "e", 'ऒ': "o", 'ॲ': "a", 'ॠ': "ri",
	'ा': "a", 'ि': "i", 'ी': "i", 'ु': "u", 'ू': "u", 'ृ': "ri", 'े': "e", 'ै': "ai", 'ो': "o", 'ौ': "au",
	'ॅ': "e", 'ॉ': "o", 'ॆ': "e", 'ॊ': "o", 'ॄ': "ri",
}

// A syllable is a consonant cluster's last letter and the vowel after it, or one of both.
type syllable struct {
	cons  string // Latin letters of one consonant; empty for a vowel that stands alone
	vowel string // Latin letters; empty after virama
	bare  bool   // vowel is the inherent a, and may be dropped
	nasal bool   // anusvara or candrabindu follows
	dead  bool   // a virama follows: the first letter of a cluster
}

// devanagariLatin transliterates a run of decomposed Devanagari letters (NFD: nukta stands apart).
func devanagariLatin(run []rune) string {
	var syllables [32]syllable
	syl := devSyllables(syllables[:0], run)
	dropSchwas(syl)
	var buf [64]byte
	out := buf[:0]
	for i, s := range syl {
		out = append(out, s.cons...)
		out = append(out, s.vowel...)
		if s.nasal {
			out = append(out, nasalBefore(syl[i+1:]))
			if i+2 == len(syl) && syl[i+1].cons == "h" && syl[i+1].vowel == "" { // सिंह
				out = append(out, 'g')
			}
		}
	}
	return string(out)
}

// devSyllables appends the syllables of a run.
func devSyllables(syl []syllable, run []rune) []syllable {
	for i := 0; i < len(run); i++ {
		r := run[i]
		switch {
		case r == 'ञ' && len(syl) > 0 && syl[len(syl)-1] == (syllable{cons: "j", dead: true}): // ज्ञ is spoken gy
			syl[len(syl)-1] = syllable{cons: "gy", vowel: "a", bare: true}
		case devConsonants[r] != "":
			c := devConsonants[r]
			if i+1 < len(run) && run[i+1] == nukta {
				if n := devNukta[r]; n != "" {
					c = n
				}
				i++
			}
			syl = append(syl, syllable{cons: c, vowel: "a", bare: true})
		case r == virama && len(syl) > 0:
			syl[len(syl)-1].vowel, syl[len(syl)-1].bare, syl[len(syl)-1].dead = "", false, true
		case (r == anusvara || r == candrabind) && len(syl) > 0:
			syl[len(syl)-1].nasal = true
		case devVowels[r] != "":
			isSign := r >= 0x093E && r <= 0x094C // else a letter of its own: रईस, not रीस
			if last := len(syl) - 1; isSign && last >= 0 && syl[last].bare {
				syl[last].vowel, syl[last].bare = devVowels[r], false
			} else {
				syl = append(syl, syllable{vowel: devVowels[r]})
			}
		case r == 'ॐ':
			syl = append(syl, syllable{vowel: "om"})
		}
	}
	return syl
}

// dropSchwas removes the inherent a at the end of a word, and from the right wherever a vowel stands on both sides of
// the two consonants around it (V C a C V), a cluster with r counting as one: Omprakash. After a cluster it stays:
// Chandra, Mishra.
func dropSchwas(syl []syllable) {
	n := len(syl)
	if n == 0 {
		return
	}
	if last := &syl[n-1]; last.bare && !last.nasal && n > 1 && !(n > 1 && syl[n-2].vowel == "" && syl[n-2].cons != "" && keepsEnd(syl[n-2].cons, last.cons)) {
		last.vowel, last.bare = "", false
	}
	for i := n - 2; i > 0; i-- {
		s, prev, next := &syl[i], &syl[i-1], &syl[i+1]
		if !s.bare || s.nasal || s.cons == "" || prev.nasal {
			continue
		}
		if prev.vowel != "" && next.cons != "" && (next.vowel != "" || next.dead && i+2 < n && syl[i+2].cons == "r") {
			s.vowel, s.bare = "", false
		}
	}
}

// keepsEnd says whether the a after this final cluster is heard and written: Chandra, Mishra, Krishna, but Vishisht.
func keepsEnd(a, b string) bool {
	return b == "r" || b == "n" || b == "y" || b == "v" || b == "m" || b == "l" && a != "l"
}

func nasalBefore(rest []syllable) byte {
	if len(rest) > 0 && rest[0].cons != "" {
		switch rest[0].cons[0] {
		case 'p', 'b', 'm':
			return 'm'
		}
	}
	return 'n'
}

// gurmukhiAsDevanagari moves Gurmukhi letters to the Devanagari letters at the same place of their block, which is how
// both blocks were laid out. Tippi is anusvara; addak (a doubled letter follows) and the bare vowel carriers are dropped.
func gurmukhiAsDevanagari(run []rune) []rune {
	out := make([]rune, 0, len(run))
	for _, r := range run {
		switch {
		case r == 0x0A70:
			out = append(out, anusvara)
		case r == 0x0A71:
		case r == 0x0A72 || r == 0x0A73:
			out = append(out, 'अ')
		case r == 0x0A74:
			out = append(out, 'ॐ')
		case r == 0x0A5C:
			out = append(out, 'ड', nukta)
		case r >= 0x0A01 && r <= 0x0A5F:
			out = append(out, r-0x100)
		}
	}
	return out
}

var arabicLetters = map[rune]string{
	'ا': "a", 'ب': "b", 'پ': "p", 'ت': "t", 'ٹ': "t", 'ث': "s", 'ج': "j", 'چ': "ch", 'ح': "h", 'خ': "kh", 'د': "d",
	'ڈ': "d", 'ذ': "z", 'ر': "r", 'ڑ': "r", 'ز': "z", 'ژ': "z", 'س': "s", 'ش': "sh", 'ص': "s", 'ض': "z", 'ط': "t",
	'ظ': "z", 'ع': "a", 'غ': "gh", 'ف': "f", 'ق': "q", 'ک': "k", 'ك': "k", 'گ': "g", 'ل': "l", 'م': "m", 'ن': "n",
	'ں': "n", 'و': "o", 'ہ': "h", 'ه': "h", 'ھ': "h", 'ة': "t", 'ی': "i", 'ي': "i", 'ى': "a", 'ے': "e", 'ء': "",
	'َ': "a", 'ِ': "i", 'ُ': "u", 'ۃ': "t", 'ۓ': "e",
}

// arabicLatin folds Urdu letters. Short vowels are not written in Urdu, so an a is put between two consonants; what
// comes out meets a Latin spelling by its consonants, and by its vowels only as far as they were written.
func arabicLatin(run []rune) string {
	var out []byte
	cons := false
	for i, r := range run {
		l, ok := arabicLetters[r]
		if !ok || l == "" {
			continue
		}
		vowel := IsVowel(l[0]) && len(l) == 1
		if r == 'و' && (i == 0 || i+1 < len(run) && run[i+1] == 'ا') {
			l, vowel = "v", false
		}
		if r == 'ی' && (i == 0 || i+1 < len(run) && run[i+1] == 'ا') {
			l, vowel = "y", false
		}
		if !vowel && cons && r != 'ھ' {
			out = append(out, 'a')
		}
		out = append(out, l...)
		cons = !vowel
	}
	return string(out)
}

// IsVowel tells a vowel among Latin letters.
func IsVowel(b byte) bool { return b == 'a' || b == 'e' || b == 'i' || b == 'o' || b == 'u' }
