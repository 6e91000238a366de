package name

import (
	_ "embed" // krutidev.tsv
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hindi typed in a legacy font is stored as Latin letters and signs that only look right in that font: jkds'k dqekj is
// राकेश कुमार. Kruti Dev 010 and DevLys 010, the common ones, share one table.

//go:embed krutidev.tsv
var krutiTable string

// kruti maps what is stored to what is seen, the longest first; krutiLongest is in bytes.
var kruti, krutiLongest = readKruti(krutiTable)

func readKruti(table string) (m map[string]string, longest int) {
	m = map[string]string{}
	for line := range strings.Lines(table) {
		if stored, seen, ok := strings.Cut(strings.TrimRight(line, "\n"), "\t"); ok && line[0] != '#' || ok && stored == "#" {
			m[stored] = seen
			longest = max(longest, len(stored))
		}
	}
	return m, longest
}

// legacyLeast is from how many nats the letters of a text are taken for a legacy font's. Of 200,000 pairs of Latin name
// tokens one in 200,000 reaches 6, of pairs in the font 98 in 100 reach 7, of single words 78.
const legacyLeast = 8

// legacyPairs says for each two letters that follow each other how much likelier that is in the font than in Latin names:
// n is even, each letter of the alphabet on half a nat more. Rows and columns are legacyLetters; counted on 28,000 name tokens
// of both scripts, those in Devanagari turned into the font.
const legacyPairs = "" +
	"mgmoqsqgiigmeoonmmfomgivikzwzzk" +
	"lkqqnvreiurrrpkrrkqtnrqrrrwryuk" +
	"plqpmssjjuqrlqkpsrtpsmsntlqputt" +
	"jjtikuoliwvojnmpzjtskkppoovpxvm" +
	"sfqkgspqprrkeklkwkljxenqpittxwo" +
	"bisqodrikritirqphoenoiiqrfrissb" +
	"hjqmntilhuvpipglupsonklqrmnqvto" +
	"bhpomtqhlvkofmllorkmnlfqonxtxwp" +
	"ohkmrqnqsqqigitjtlkguhrnnktuywl" +
	"hfrpkvrqhitpgnmlkquukkhpmkssuvp" +
	"hkqpnvtkiwrojqnnujqqlnntrjttwvp" +
	"lipmmssshrshiqnmzppnmhprplosxvk" +
	"fkompzqooqnomslmtnnpjppunrutzyg" +
	"dijglvgshqpokjokyoqeonnsrpwxvvn" +
	"tgilsrkolprjeihgkmnloggqniuqxwm" +
	"lnnpmsqoiwxlpoigukqinpqpqpppyvl" +
	"mcnoqqmhkshohonkhlhokjhnrhphrrm" +
	"fjonlpmwhpunfjmjvkpkmkpqnlsuwvo" +
	"kkqroyvbkxjpispqnpgploevtnzuyxo" +
	"ikqrlutmitvrjnmkwlsfolqvmorwxvm" +
	"peokppksnnqjcjviuillsjqprjuuwuo" +
	"kkrolwtlgqvqnmqqnmlrslnsqnuqvvd" +
	"enthntqmnwmokqqnnpnsunmounorttu" +
	"mikjlnkqjqsibnoisopnpimoqoimpnn" +
	"dlrrmtqwprupjonnsqrplntnllrstun" +
	"ipponqqnjptnnotppmtpmnmppnppppj" +
	"fffglfffffufffogfhffhfffhfhmhhf" +
	"mgjlljgkmmtjgllhnllilgmgngmimnq" +
	"fhsplrqkjtvpfplnrnoqllptrkvyyzz" +
	"jekmmmjnmjslelliimlllhjilelmnoq" +
	"blppuundrqbsknrmklbprqhyqizwizn"

// legacyLetters are the classes of characters: a letter, the two signs that are letters in the font, a capital behind
// another letter, any other sign, and the edge of a word.
const legacyLetters = "abcdefghijklmnopqrstuvwxyz';UP^"

// legacyNats is how much likelier a text's letters are in the font than in Latin names, in nats.
func legacyNats(s string) float64 {
	sum := 0
	const edge = len(legacyLetters) - 1
	for word := range strings.FieldsFuncSeq(s, partsWords) {
		capitals := strings.IndexFunc(word, unicode.IsLower) < 0
		last := edge
		for _, r := range word {
			c := legacyClass(r, capitals)
			sum += int(legacyPairs[last*len(legacyLetters)+c]) - 'n'
			last = c
		}
		sum += int(legacyPairs[last*len(legacyLetters)+edge]) - 'n'
	}
	return float64(sum) / 2
}

// partsWords tells what stands around words in Latin writing too, so that it says nothing for the font: A.K. "Sonu".
func partsWords(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsDigit(r) || strings.ContainsRune(`.,:()"“”’–—-@`, r)
}

func legacyClass(r rune, capitals bool) int {
	switch {
	case r >= 'a' && r <= 'z':
		return int(r - 'a')
	case r >= 'A' && r <= 'Z' && capitals:
		return int(r - 'A')
	case r >= 'A' && r <= 'Z':
		return len(legacyLetters) - 3
	case r == '\'':
		return len(legacyLetters) - 5
	case r == ';':
		return len(legacyLetters) - 4
	}
	return len(legacyLetters) - 2
}

// fromLegacy gives the Devanagari of a text in a legacy font; ok is false for one that is not, by its letters and by what
// would come out.
func fromLegacy(s string) (text string, ok bool) {
	if !mostlyLetters(s) || isDevanagari(s) || legacyNats(s) < legacyLeast {
		return "", false
	}
	var sb strings.Builder
next:
	for i := 0; i < len(s); {
		for n := min(krutiLongest, len(s)-i); n > 0; n-- {
			if seen, known := kruti[s[i:i+n]]; known {
				sb.WriteString(seen)
				i += n
				continue next
			}
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch r {
		case 'f':
			sb.WriteRune(signI)
		case 'Z':
			sb.WriteRune(rephMark)
		default:
			if r < utf8.RuneSelf && unicode.IsLetter(r) || r == utf8.RuneError {
				return "", false
			}
			sb.WriteRune(r)
		}
	}
	text = tidy(sb.String(), true)
	return text, wellFormed(text)
}

// mostlyLetters tells whether a text has three letters of ASCII, and no more of other characters.
func mostlyLetters(s string) bool {
	letters, others := 0, 0
	for _, r := range s {
		switch {
		case r|0x20 >= 'a' && r|0x20 <= 'z':
			letters++
		case r != ' ':
			others++
		}
	}
	return letters >= 3 && letters >= others
}

// wellFormed tells whether no word begins with a sign, which needs a letter before it.
func wellFormed(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if r, _ := utf8.DecodeRuneInString(word); isSign(r) {
			return false
		}
	}
	return true
}
