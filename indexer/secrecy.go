package indexer

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// secrecy is the one table of what may not be shown, and to nobody who has no more than a key. Whatever decides about
// secrecy asks it; where it leaves a doubt, the answer is to withhold.
//
// A case is secret when a form says so, when one of its sections stands under sections, when its crime head has one of
// the words of heads, or when a child is among its persons. Sources in short: BNS is the Bharatiya Nyaya Sanhita 2023,
// YBA is Youth Bar Association v. Union of India (Supreme Court 2016), whose direction (d) keeps "sexual offences" and
// POCSO from publication, NS is Nipun Saxena v. Union of India (Supreme Court 2018), JJ the Juvenile Justice Act 2015.
var secrecy = rules{
	acts: []spelling{
		{"BNS", "BNS"}, {"BNS", "Nyaya Sanhita"}, {"BNS", "Nyay Sanhita"}, {"BNS", "Nyaya Samhita"}, {"BNS", "Nyay Samhita"},
		{"BNS", "Naya Sanhita"}, {"BNS", "न्याय संहिता"}, {"BNS", "बीएनएस"}, {"BNS", "भा.न्या.सं."},
		{"IPC", "IPC"}, {"IPC", "Penal Code"}, {"IPC", "Panel Code"}, {"IPC", "दण्ड संहिता"}, {"IPC", "दंड संहिता"},
		{"IPC", "दंड विधान"}, {"IPC", "आईपीसी"}, {"IPC", "आइपीसी"}, {"IPC", "भा.दं.सं."}, {"IPC", "भा.दण्ड.सं."}, {"IPC", "भा.दं.वि."},
		{"POCSO", "POCSO"}, {"POCSO", "POSCO"}, {"POCSO", "POSCA"}, {"POCSO", "PACSO"}, {"POCSO", "POCSA"},
		{"POCSO", "Children from Sexual"}, {"POCSO", "Child from Sexual"}, {"POCSO", "पॉक्सो"}, {"POCSO", "पोक्सो"},
		{"POCSO", "पाक्सो"}, {"POCSO", "पॉस्को"}, {"POCSO", "पोस्को"}, {"POCSO", "पास्को"}, {"POCSO", "लैंगिक अपराध"}, {"POCSO", "यौन अपराध"},
		{"JJ", "Juvenile Justice"}, {"JJ", "JJ Act"}, {"JJ", "JJA"}, {"JJ", "किशोर न्याय"}, {"JJ", "जेजे एक्ट"}, {"JJ", "जे.जे. अधिनियम"},
		{"ITPA", "Immoral Traffic"}, {"ITPA", "ITP Act"}, {"ITPA", "ITPA"}, {"ITPA", "PITA"}, {"ITPA", "अनैतिक व्यापार"}, {"ITPA", "अनैतिक देह व्यापार"},
		{"IT", "Information Technology"}, {"IT", "IT Act"}, {"IT", "आईटी एक्ट"}, {"IT", "सूचना प्रौद्योगिकी"},
		// Codes of procedure, whose numbers are as high as the penal codes' and mean other things.
		{"CrPC", "CrPC"}, {"CrPC", "Criminal Procedure"}, {"CrPC", "दंड प्रक्रिया"}, {"CrPC", "दण्ड प्रक्रिया"}, {"CrPC", "द.प्र.सं."},
		{"BNSS", "BNSS"}, {"BNSS", "Nagarik Suraksha"}, {"BNSS", "नागरिक सुरक्षा"}, {"BNSS", "बीएनएसएस"},
	},
	sections: []secretSections{
		{"BNS", 63, 71, "BNS 72: identity of the victims of 64 to 71; 63 defines the offence; NS"},
		{"BNS", 74, 79, "YBA (d): sexual harassment, disrobing, voyeurism, stalking, insult to modesty"},
		{"BNS", 96, 96, "YBA (d), JJ 74: procuration of a child"},
		{"BNS", 98, 99, "YBA (d), JJ 74: selling and buying a child for prostitution"},
		{"IPC", 354, 354, "YBA (d): 354 and 354A to 354D, now BNS 74 to 78"},
		{"IPC", 372, 373, "YBA (d), JJ 74: now BNS 98 and 99"},
		{"IPC", 375, 377, "IPC 228A: 376 and 376A to 376E, now BNS 64 to 71; 375 defines the offence; NS; YBA (d): 377, unnatural offences"},
		{"IPC", 509, 509, "YBA (d): insult to modesty, now BNS 79"},
		{"POCSO", 0, everySection, "POCSO 23(2), 33(7): the child, its family, school and neighbourhood; NS"},
		{"JJ", 0, everySection, "JJ 74(1): children in conflict with law, in need of care, victims and witnesses"},
		{"ITPA", 0, everySection, "YBA (d): prostitution and procuring"},
		{"IT", 67, 67, "YBA (d), JJ 74: 67A and 67B, sexually explicit matter, also of children"},
	},
	heads: []head{
		{"rape", "NS"}, {"gangrape", "NS"}, {"sexual", "YBA (d)"}, {"molest", "YBA (d)"}, {"modesty", "YBA (d)"}, {"eve teas", "YBA (d)"},
		{"voyeur", "YBA (d)"}, {"stalk", "YBA (d)"}, {"unnatural offence", "YBA (d)"}, {"POCSO", "POCSO 23"}, {"juvenile", "JJ 74"},
		{"बलात्कार", "NS"}, {"दुष्कर्म", "NS"}, {"छेड़छाड़", "YBA (d)"}, {"यौन", "YBA (d)"}, {"लैंगिक", "YBA (d)"}, {"पॉक्सो", "POCSO 23"},
	},
	majority: years{18, "JJ 2(12), 74: under 18 on the day of the offence"},
	roles: []part{
		{storage.Accused, storage.Findable, storage.Findable, "BNSS 37(b)"},
		{"complainant", storage.Party, storage.Masked, "BNS 72, POCSO 23, BNSS 366 where the case is secret"},
		{"victim", storage.Party, storage.Masked, "BNS 72, POCSO 23, BNSS 366 where the case is secret"},
		{"witness", storage.Party, storage.Masked, "BNSS 366, 398 where the case is secret; families are among them (POCSO 23(2), NS)"},
		{"", storage.Party, storage.Masked, "who is not said to be accused may be any of the others"},
	},
	orders: []hiding{
		{"seal", storage.Sealed, "order of a court or officer: hidden from searches"},
		{"redact", storage.Masked, "order of a court: the name is masked everywhere; Punjab and Haryana High Court, March 2025"},
	},
}

// everySection ends the range of an act of which any section counts, named or not.
const everySection = 1 << 30

// rules are the table's parts.
type rules struct {
	acts     []spelling
	sections []secretSections
	heads    []head
	majority years
	roles    []part
	orders   []hiding
}

type (
	// A spelling is one way in which an act is written; case, dots, blanks, nasal signs and halants do not matter.
	spelling struct{ act, as string }
	// secretSections are whole sections of an act, from and to included, with all their letters and sub-sections.
	secretSections struct {
		act      string
		from, to int
		source   string
	}
	// A head is how a word, or two, of a crime head begins.
	head struct{ word, source string }
	// years are an age, and where it is written.
	years struct {
		age    int
		source string
	}
	// A part in a case, and what the record of a person with it is in an ordinary and in a secret case.
	part struct {
		role            string
		plain, inSecret storage.Visibility
		source          string
	}
	// A hiding is a kind of order that hides, and what it makes of a person whom it names. An order that names nobody seals the
	// case, of whichever kind: whom it means, only the court's paper tells.
	hiding struct {
		kind   string
		makes  storage.Visibility
		source string
	}
)

// A rulebook is the table, made ready to be asked.
type rulebook struct {
	rules
	acts  []spelling // as words are written below, the longest first
	heads []string

	mu    sync.RWMutex // of what was asked before: the same few hundred come again and again
	known map[iif.Section]bool
}

// rulebookMost bounds what a rulebook remembers: wrong spellings have no end.
const rulebookMost = 20_000

// book returns the rulebook of [secrecy].
var book = sync.OnceValue(func() *rulebook { return newRulebook(secrecy) })

func newRulebook(r rules) *rulebook {
	b := &rulebook{rules: r}
	for _, s := range r.acts {
		b.acts = append(b.acts, spelling{s.act, compact(s.as)})
	}
	slices.SortStableFunc(b.acts, func(x, y spelling) int { return len(y.as) - len(x.as) })
	for _, h := range r.heads {
		b.heads = append(b.heads, compact(h.word))
	}
	return b
}

// section reports whether a section makes its case secret.
func (b *rulebook) section(s iif.Section) bool {
	return b.remembered(s, func() bool { return b.cited(s.Act + " ; " + s.Section) })
}

// remembered is what was found for a section before, or what find finds.
func (b *rulebook) remembered(s iif.Section, find func() bool) bool {
	b.mu.RLock()
	v, ok := b.known[s]
	b.mu.RUnlock()
	if ok {
		return v
	}
	v = find()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= rulebookMost {
		b.known = map[iif.Section]bool{}
	}
	b.known[iif.Section{Act: strings.Clone(s.Act), Section: strings.Clone(s.Section)}] = v
	return v
}

// cited reports whether a text cites a secret section.
func (b *rulebook) cited(text string) bool { return len(b.citedUnder(text)) > 0 }

// citedUnder is under what a text's sections make a case secret, in whatever order and however many it names. Numbers are taken for
// sections of every act that the text names. Where it names none they are taken for either penal code's; where it
// names one that is not in the table, for the IPC's, whose numbers are higher than other acts have.
func (b *rulebook) citedUnder(text string) (sources []string) {
	words, numbers := readCitation(text)
	acts, other := b.actsIn(words)
	if len(acts) == 0 {
		acts = []string{"IPC", "BNS"}
		if other {
			acts = acts[:1]
		}
	}
	for _, act := range acts {
		for _, s := range b.sections {
			if s.act != act {
				continue
			}
			if s.to == everySection || slices.ContainsFunc(numbers, func(n span) bool { return n.from <= s.to && n.to >= s.from }) {
				sources = add(sources, under(s.source))
			}
		}
	}
	return sources
}

// actsIn returns the acts that words name, and whether they name another that is not in the table.
func (b *rulebook) actsIn(words []string) (acts []string, other bool) {
	for i := 0; i < len(words); {
		act, n := b.actAt(words[i:])
		switch {
		case n > 0:
			acts = append(acts, act)
			i += n
			continue
		case len([]rune(words[i])) > 1 && !citationWords[words[i]]:
			other = true
		}
		i++
	}
	return acts, other
}

// actAt finds an act at the beginning of words, and how many words it takes. A name of five letters and more may begin
// anywhere within a word and go on after it ends, one of fewer must be whole words.
func (b *rulebook) actAt(words []string) (act string, n int) {
	for _, s := range b.acts {
		short := len([]rune(s.as)) < 5
		joined := ""
		for i, w := range words[:min(len(words), 6)] {
			joined += w
			if joined == s.as {
				return s.act, i + 1
			}
			if at := strings.Index(joined, s.as); !short && at >= 0 && at < len(words[0]) {
				return s.act, i + 1
			}
		}
	}
	return "", 0
}

// citationWords stand around sections and name no act.
var citationWords = map[string]bool{
	"section": true, "sections": true, "sec": true, "secs": true, "under": true, "act": true, "read": true, "with": true, "and": true, "the": true,
	"us": true, "rw": true, "of": true, "or": true, "na": true, "no": true, "nil": true, "none": true, "not": true, "known": true, "unknown": true, "धारा": true, "धाराए": true, "तहत": true, "अधिनियम": true, "सपठित": true, "सहित": true,
	"और": true, "एव": true, "अतरगत": true, "के": true, "की": true, "का": true,
}

// head reports whether a crime head names a secret offence.
func (b *rulebook) head(text string) bool {
	if text == "" {
		return false
	}
	return b.remembered(iif.Section{Act: "\x00head", Section: text}, func() bool { return b.headed(text) })
}

func (b *rulebook) headed(text string) bool { return b.headUnder(text) != "" }

// headUnder is under what a crime head makes a case secret, "" where it does not.
func (b *rulebook) headUnder(text string) string {
	words, _ := readCitation(text)
	for i := range words {
		joined := strings.Join(words[i:min(len(words), i+2)], "")
		if at := slices.IndexFunc(b.heads, func(h string) bool { return strings.HasPrefix(joined, h) }); at >= 0 {
			return under(b.rules.heads[at].source)
		}
	}
	return ""
}

// person is the visibility of a part in a case.
func (b *rulebook) person(role string, secret bool) storage.Visibility {
	for _, p := range b.roles {
		if p.role == role {
			if secret {
				return p.inSecret
			}
			return p.plain
		}
	}
	return storage.Sealed
}

// hides is what an order of this kind makes of whom it names: Findable where it does not hide.
func (b *rulebook) hides(kind string) storage.Visibility {
	for _, o := range b.orders {
		if o.kind == kind {
			return o.makes
		}
	}
	return storage.Findable
}

// under is what a source of the table is called in short: what stands before its explanation.
func under(source string) string {
	short, _, _ := strings.Cut(source, ":")
	return short
}

// A span is one number, or a range of them as "64-66".
type span struct{ from, to int }

// readCitation takes a text apart into words, as compact writes them, and numbers. Single letters that follow each other
// are one word: "I. P. C.". What stands in brackets right after a number is a sub-section and no number.
func readCitation(text string) (words []string, numbers []span) {
	rs := []rune(text)
	single := false // the last word is of single letters
	ended := -1     // where the last number ended
	dash := false   // a dash and nothing else since the last number
	plain := false  // there is a last number, and it has no sub-section: a list as 3(5)-115(2) is no range
	for i := 0; i < len(rs); {
		r := rs[i]
		switch {
		case isDigit(r):
			n, next := readNumber(rs, i)
			if dash && len(numbers) > 0 && numbers[len(numbers)-1].from < n {
				numbers[len(numbers)-1].to = n
			} else {
				numbers = append(numbers, span{n, n})
			}
			i, ended, single, dash = next, next, false, false
			if end := subsection(rs, i); end > i {
				i = end
			}
			plain = i == ended
		case isLetter(r):
			w, next := readWord(rs, i)
			letter := i == ended && next-i <= 2 // of the section: 354A, 376DB
			i = next
			one := len([]rune(w)) == 1
			switch {
			case letter:
				continue
			case w == "to" || w == "से":
				dash = plain
				continue
			case one && single:
				words[len(words)-1] += w
			case w != "":
				words = append(words, w)
			}
			single = one
			dash = false
		default:
			switch r {
			case '-', '–', '—', '‑', '−':
				dash = plain
			case ' ', '.':
			default:
				dash, single = false, false
			}
			i++
		}
	}
	return words, numbers
}

// readNumber reads the digits at i; a number of more than four has no meaning here.
func readNumber(rs []rune, i int) (n, next int) {
	for ; i < len(rs) && isDigit(rs[i]); i++ {
		if n < 100_000 {
			n = n*10 + digitOf(rs[i])
		}
	}
	return n, i
}

// subsection is where a bracket that begins at i, right after a number, ends; i if there is none or it is no sub-section.
func subsection(rs []rune, i int) int {
	for j := i; j < len(rs) && rs[i] == '(' && j < i+4; j++ {
		if rs[j] == ')' {
			return j + 1
		}
	}
	return i
}

// readWord reads the word at i. Dots within belong to it, and so does a zero after a Devanagari letter, which is how the
// sign of abbreviation is typed.
func readWord(rs []rune, i int) (word string, next int) {
	var w strings.Builder
	for ; i < len(rs); i++ {
		r := rs[i]
		switch {
		case isLetter(r):
			writeLetter(&w, r)
		case r == '.' && i+1 < len(rs) && isLetter(rs[i+1]):
		case (r == '0' || r == '०' || r == '॰') && isDevanagari(rs[i-1]):
		default:
			return w.String(), i
		}
	}
	return w.String(), i
}

// compact writes a text without anything but its letters, as they are compared here.
func compact(text string) string {
	var w strings.Builder
	for _, r := range text {
		if isLetter(r) {
			writeLetter(&w, r)
		}
	}
	return w.String()
}

// writeLetter writes a letter in lower case, and leaves out what is written now so, now so in Devanagari: nasal signs,
// the nukta, the halant.
func writeLetter(w *strings.Builder, r rune) {
	switch r {
	case 'ँ', 'ं', '़', '्', '\u200c', '\u200d':
		return
	}
	if r >= 'Ａ' && r <= 'ｚ' { // full width
		r -= 'Ａ' - 'A'
	}
	w.WriteRune(unicode.ToLower(r))
}

func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || r == '\u200c' || r == '\u200d'
}

func isDevanagari(r rune) bool { return 0x900 <= r && r <= 0x97f }

func isDigit(r rune) bool { return digitOf(r) >= 0 }

// digitOf is the value of a digit in the scripts that forms are written in, -1 for another character.
func digitOf(r rune) int {
	for _, zero := range [...]rune{'0', '०', '੦', '０'} {
		if zero <= r && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}
