package register

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"anvesh/query/name"
	"anvesh/query/plate"
)

// What forms and lists hold where nothing is known: "Not Known", NA, अज्ञात, "-", "2 persons", "applied for". It is no
// name, no relative and no number, and two records that hold it have nothing in common. In a record it is not indexed and
// is no evidence; in a request it is left out, and a remark says so.
//
// A text is nothing only as a whole: it is one of the phrases below, or each of its words is in the lists and at least one
// of them says that nothing is known or names nobody in particular. Nil Kumar and Ajnat Singh are people. Nil and Ajnat
// alone are names too: as a person's name they count where the same record or request has a relative who is somebody.
//
// Texts are compared without case, marks, nukta and invisible characters, digits of both scripts alike. Other spellings
// (maloom, malum; नहीं, नही) stand in the lists: lengths of vowels count, since Neel and नील are names and nil is none.
// Source of the lists: fields of public police forms and exports in both scripts, and what makers of name parsers and
// importers report.

// Nothing tells whether the text of a field says no more than that what it is for is not known. The field is one of a
// request's: name, alias, relative, registration, chassis, engine; any other (age, place) is taken by what all have in
// common. A text without a letter or digit is nothing, wildcards too.
func Nothing(field, text string) bool {
	number := field == "registration" || field == "chassis" || field == "engine"
	if !number && (named(text) || namedInDevanagari(text)) {
		return false
	}
	return nothing(field, text, number)
}

func nothing(field, text string, number bool) bool {
	var room [16]string
	words := appendFolded(room[:0], text)
	if len(words) == 0 {
		return true
	}
	whole := words[0]
	if len(words) > 1 {
		whole = strings.Join(words, "")
	}
	if number && noNumber(field, text, words, whole) {
		return true
	}
	if number && named(text) {
		return false
	}
	if unknownPhrases[whole] || strings.Trim(whole, "0") == "" || strings.Trim(whole, "x") == "" {
		return true
	}
	if number {
		return numberPhrases[whole] || onlyWords(words, numberWords)
	}
	switch field {
	case "name", "alias", "relative":
		return len(words) > 1 && denials[words[0]] || namePhrases[whole] || onlyWords(words, nobodyWords) || described(words) || filled(words) ||
			field != "name" && (relativePhrases[whole] || onlyTitles(words))
	}
	return onlyWords(words, anyWords)
}

// denials begin no name: what follows one says why there is none, in more words than a list can hold.
var denials = map[string]bool{"not": true, "नही": true, "नहीं": true, "नहिं": true}

// named tells, for most texts and without allocating, that the first word is in no list.
func named(text string) bool {
	var room [24]byte
	w := room[:0]
	for i := 0; i < len(text) && len(w) < len(room); i++ {
		c := text[i] | 0x20
		if c < 'a' || c > 'z' {
			if text[i] != ' ' && text[i] != '.' {
				return false // letters of other scripts, digits and marks are looked at closely
			}
			break
		}
		w = append(w, c)
	}
	return len(w) > 1 && !firstWords[string(w)] && strings.Trim(string(w), "x") != ""
}

// namedInDevanagari tells the same of one whose first word is in Devanagari: nothing in a list begins as it does. Letters that
// may be written in several ways, and digits, are looked at closely.
func namedInDevanagari(text string) bool {
	var room [64]byte
	w := room[:0]
	for _, r := range text {
		if r == ' ' || r == '.' {
			break
		}
		if r < 0x0901 || r == 0x093A || r == 0x093B || r == 0x093C || r > 0x094D {
			return false
		}
		w = utf8.AppendRune(w, foldedRune(r))
	}
	return len(w) > 0 && !beginnings[string(w)]
}

// What a word of such a text is.
const (
	tells   = 1 + iota // that something is not known, or that somebody is nobody in particular
	around             // says nothing by itself: "the", "of", "number"
	someone            // a kind of person; nobody is called so
)

// onlyWords tells whether all words are of a list, and one of them tells.
func onlyWords(words []string, list map[string]int) bool {
	told := false
	for _, w := range words {
		k := list[w]
		if k == 0 && (!isNumber(w) || list["#"] == 0) {
			return false
		}
		told = told || k == tells || k == someone
	}
	return told
}

// described tells "unknown driver of truck HR..": a kind of person who is not known, and where he was seen.
func described(words []string) bool {
	if len(words) < 3 || nobodyWords[words[0]] != tells {
		return false
	}
	for _, w := range words[1:] {
		if wherever[w] {
			return true
		}
		if nobodyWords[w] == 0 {
			return false
		}
	}
	return false
}

// filled tells "Not Known Singh", "F/N not known", "N.A. N.A.": a phrase of two words at least that says that nothing is
// known, between words that clerks fill a field with. One such word may be a name: Unknown Singh.
func filled(words []string) bool {
	if len(words) > 2 && strings.ReplaceAll(strings.Join(words, ""), "na", "") == "" {
		return true
	}
	for len(words) > 0 && fillers[words[0]] {
		words = words[1:]
	}
	for len(words) > 0 && fillers[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	if len(words) < 2 {
		return false
	}
	whole := strings.Join(words, "")
	return unknownPhrases[whole] || namePhrases[whole]
}

// onlyTitles tells a relative or alias that is no more than its label: "Sh.", "S/o Late", जी.
func onlyTitles(words []string) bool {
	if len(words) > 1 && words[1] == "o" && len(words[0]) == 1 && strings.Contains("sdwchfmb", words[0]) {
		words = words[2:]
	}
	for _, w := range words {
		if !titles[w] {
			return false
		}
	}
	return true
}

// isNumber tells a number, or one with its ending: 2, 1st.
func isNumber(w string) bool {
	rest := strings.TrimLeft(w, "0123456789")
	return rest == "" || len(rest) < len(w) && (rest == "st" || rest == "nd" || rest == "rd" || rest == "th")
}

// perhapsNames are nothing that somebody may be called.
var perhapsNames = listOf("nil ajnat agyat")

// Perhaps tells whether a text that is nothing may be a name all the same.
func Perhaps(text string) bool {
	var room [2]string
	words := appendFolded(room[:0], text)
	return len(words) == 1 && perhapsNames[words[0]]
}

// PowerOfTen tells a number that a spreadsheet has turned into a power of ten, whose digits are lost: 1.87E+26, 9E+15. Without
// a point or a plus the letter may be the number's own: 187E24. Blanks and a Cyrillic letter change nothing: 1.87 Е+26.
func PowerOfTen(text string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(powerSigns.Replace(text)), "E")
	if !ok || len(mantissa) == 0 || mantissa[0] < '0' || mantissa[0] > '9' || !strings.ContainsAny(mantissa[1:]+exponent, ".,+") {
		return false
	}
	digits := strings.TrimLeft(exponent, "+-")
	return DigitsOnly(strings.NewReplacer(".", "", ",", "").Replace(mantissa)) && len(mantissa) < 20 && digits != "" && len(digits) <= 3 && DigitsOnly(digits) &&
		len(strings.TrimRight(mantissa[1:], "0123456789")) <= 1
}

var powerSigns = strings.NewReplacer(" ", "", "\u00a0", "", "\t", "", "Е", "E", "е", "E")

// A LeftOut is a part of the text of a field that names nobody: of "Sonu s/o Not Known" the relative.
type LeftOut struct{ Field, Text string }

// ReadName reads a name without what names nobody, which is left out; what may be a name stays.
func ReadName(field, s string) (r name.Reading, left []LeftOut) {
	if Nothing(field, s) && !Perhaps(s) {
		return r, nil
	}
	r = name.Read(s)
	kept := r.Names[:0]
	for _, n := range r.Names {
		if Nothing(field, n.Written) && !Perhaps(n.Written) {
			left = append(left, LeftOut{field, n.Written})
		} else {
			kept = append(kept, n)
		}
	}
	r.Names = kept
	if r.Relative != nil && Nothing("relative", r.Relative.Written) {
		left = append(left, LeftOut{"relative", r.Relative.Written})
		r.Relative, r.Relation = nil, ""
	}
	return r, left
}

var (
	// unknownPhrases say of anything that it is not known, written with or without blanks.
	unknownPhrases = phrases(
		"unknown, unknow, unkown, unknwon, unknonw, not known, not know, no known, known not, not yet known, dont know, do not know, nk",
		"na, nil, null, none, no, nan, not available, unavailable, not avail, not applicable, not given, not mentioned, not recorded",
		"not disclosed, not stated, not provided, not specified, not entered, not found, not traced, no data, no info, no information",
		"no record, no details, to be verified, to be ascertained, to be known, under verification, tba, tbd, undefined, blank, empty",
		"ditto, as above, same as above, same, not clear, nothing",
		"agyat, agyaat, ajnat, ajnaat, agayat, gyat nahi, na maloom, na malum, na malom, naamaloom, naa maloom, maloom nahi, malum nahi, maloom nahin",
		"malum nahin, nahi maloom, nahi malum, pata nahi, pata nahin, pata nhi, pta nahi, pta nhi, nahi pata, nahi, nahin, nahee, nhi, nahi hai",
		"koi nahi, kuch nahi, kuchh nahi, uplabdh nahi, nirank, shunya",
		"अज्ञात, अग्यात, ज्ञात नहीं, ज्ञात नही, नामालूम, ना मालूम, न मालूम, नामालुम, ना मालुम, न मालुम, मालूम नहीं, मालूम नही, मालुम नहीं, मालुम नही",
		"नहीं मालूम, नही मालूम, पता नहीं, पता नही, नहीं पता, नही पता, नहीं, नही, नहि, नहीं है, नही है, कोई नहीं, कोई नही, कुछ नहीं, कुछ नही",
		"उपलब्ध नहीं, उपलब्ध नही, अनुपलब्ध, प्राप्त नहीं, अप्राप्त, लागू नहीं, दर्ज नहीं, निल, शून्य, निरंक, रिक्त, एनए, अपरिचित, उपरोक्त, यथोपरि",
	)
	// namePhrases say the same of persons only.
	namePhrases = phrases(
		"abcd, abc, xyz, test, no name, nameless, unnamed, unidentified, not identified, gumnam, benam, without name, name not known",
		"गुमनाम, बेनाम, अनजान, अनाम, नाम नहीं, बिना नाम",
		"refused, refuses, refused to tell, refuses to tell, no one, nobody, nobody knows, no body knows, cannot say, can not say, cant say, can not be read, cannot be read",
		"cant be read, not readable, illegible, details awaited, awaited, under inquiry, under enquiry, under investigation, under trace, untraceable, as per fir, see fir",
		"per fir, as per record, as per records, see record, no name given, no name known, no name disclosed, no name available, no name mentioned, no name recorded",
		"confirm nahi, confirm nahin, not confirmed, not verified, not knwon, tasdik nahi, tasdeek nahi, तस्दीक नहीं, तस्दीक नही, लागू नही, patta nahi, patta nahin",
		"mobile holder, mobile no holder, mobile number holder, mobile user, account holder, bank account holder, sim holder",
		"dead body, a dead body, owner of vehicle, owner of the vehicle, vehicle owner, registered owner, state of haryana, haryana state, state of hr, state, the state",
		"child in conflict with law, children in conflict with law, juvenile in conflict with law, child in need of care and protection, ccl, cicl, jcl",
		"हरियाणा सरकार, हरियाणा राज्य, सरकार हरियाणा, राज्य सरकार, लाश, शव, मृत शरीर, वाहन स्वामी, विधि से संघर्षरत बालक, विधि विवादित बालक, विधि विवादित किशोर",
	)
	// relativePhrases say of a relative that there is none, or none that lives.
	relativePhrases = phrases("expired, father expired, died, dead, orphan, an orphan, anath, no more, not alive, son of, अनाथ, मृत, स्वर्गवासी, देहांत, जीवित नहीं, जीवित नही")
	// numberPhrases say of a vehicle that it has no number, or none that could be read.
	numberPhrases = phrases(
		"af, app for, apl for, applied, applied for, reg applied for, regn applied for, number applied for, new, brand new, temp, temporary, tmp",
		"un registered, unregistered, not registered, not regd, not allotted, not alloted, not issued, not fitted, not affixed, not visible",
		"not legible, illegible, unreadable, not readable, rubbed, erased, defaced, missing, burnt, tampered",
		"bina number, bina no, bina nambar, bagair number, bagair nambar, number nahi, nambar nahi, nai gadi, naya vahan, bina plate",
		"बिना नंबर, बिना नम्बर, बिना नं, बिना नंबरी, बगैर नंबर, बगैर नम्बर, नंबर नहीं, नम्बर नहीं, अस्थायी, अस्थाई, नया, नई, अपठनीय, अपंजीकृत, मिटा हुआ, आवेदित",
	)
)

var (
	// anyWords make texts of several words about anything: "Not Available."
	anyWords = wordsOf(map[int]string{
		tells:  "unknown unknow unkown not na nil none nahi nahin nhi agyat ajnat namalum namaloom unavailable अज्ञात नामालूम नामालुम नहीं नही",
		around: "known available applicable given mentioned recorded found yet the is of or and pata maloom malum पता मालूम मालुम है हैं ज्ञात उपलब्ध",
	})
	// nobodyWords make texts about persons that name nobody: "2 persons", "1st accused", "three or four unknown boys".
	nobodyWords = wordsOf(map[int]string{
		tells: "unknown unknow unkown unidentified untraced unnamed refused refuses refusing awaited ना न इन्कार इनकार not na nil none nahi nahin nhi agyat agyaat ajnat namalum namaloom " +
			"अज्ञात अग्यात अनजान अपरिचित नामालूम नामालुम नहीं नही गुमनाम",
		someone: "accused acused aropi aroopi person persons people driver drivers rider riders thief thieves culprit culprits miscreant miscreants " +
			"suspect suspects assailant assailants offender offenders criminal criminals complainant deceased juvenile corpse shakhs shaks shakhsh individual individuals " +
			"youth youths boy boys girl girls lady ladies gentleman conductor vyakti mulzim mulajim apradhi chalak " +
			"आरोपी अभियुक्त मुल्जिम मुलजिम मुजरिम व्यक्ति व्यक्तियों व्यक्तिगण चोर चालक ड्राइवर ड्राईवर लड़का लड़के लड़की युवक युवकों युवती " +
			"महिला पुरुष आदमी औरत बदमाश बदमाशान अपराधी परिचालक लोग नाबालिग शख्स शख्श शव लाश मृतक",
		around: "# the a an of or and to no nos number numbers name names s o d w son father fathers mother mothers husband husbands his her " +
			"is are was were other others another some few many more than known first second third fourth one two three four five six seven eight nine ten " +
			"only available applicable given mentioned recorded found yet male female man men woman women anjan victim minor " +
			"ek do teen char paanch das ka ke ki ko aur va ya nam naam pita pati putr putra pata maloom malum vahan gadi motorcycle motorcyclist " +
			"bike car truck tractor vehicle bus jeep " +
			"fn fathername disclose disclosed disclosing told tell telling by him say details detail data information info record records be " +
			"traceable traced identified readable expired dead body unclaimed hai hain mobile sim account holder user sawar savar mentally ill chala hua hui baap batata bataya batayi batane se jati " +
			"सवार बताया बताई बताये बताए बताने बता से किया कर रहा हुआ हुई हुए हो सका चला बाप माता जाति मृत " +
			"एक दो तीन चार पांच छह सात आठ नौ दस का के की को और व या तथा नाम पिता पति पुत्र अन्य कुछ वाहन गाड़ी मोटरसाइकिल मोटरसाईकिल ट्रक कार " +
			"पता मालूम मालुम है हैं ज्ञात नं नंबर संख्या",
	})
	// fillers are put beside what says that nothing is known: titles, labels and second names.
	fillers = listOf("singh devi kumar kumari kaur ram lal chand rani bai khan name names father fathers mother husband f n h fn s o d w sh shri smt mr mrs " +
		"सिंह देवी कुमार कुमारी कौर राम लाल चंद बाई खान नाम पिता पति का श्री श्रीमती")
	// titles are labels and titles that stand before or behind a relative's name.
	titles = listOf("sh shri shree sri smt shrimati late ji jee mr mrs ms dr so do wo co urf alias deceased swargiya mritak father husband " +
		"श्री श्रीमती श्रीमति जी स्व स्वर्गीय मृतक पिता पति पुत्र पुत्री पत्नी सुपुत्र उर्फ")
	// wherever are words between a person who is not known and where he was seen.
	wherever = listOf("of in on with who riding driving having at near from r ro resident का के की में पर ने से द्वारा जो निवासी")
	// numberWords make texts about vehicles that have no number: "New / AF", "without number plate".
	numberWords = wordsOf(map[int]string{
		tells: "unknown unkown not nil none nahi nahin na no af new temp temporary without applied unregistered bina bagair illegible missing " +
			"unavailable अज्ञात नामालूम नामालुम बिना बगैर नहीं नही नया नई नयी अस्थायी अस्थाई अपठनीय",
		around: "number numbers nambar num nos plate plates vehicle motorcycle motor cycle scooter scooty bike car truck tractor auto regn reg " +
			"regd registration registered chassis engine known available applicable given mentioned recorded found visible legible readable clear " +
			"series model wheeler fitted affixed allotted alloted issued yet for the is of or and brand pata maloom malum gadi vahan " +
			"नंबर नम्बर नं प्लेट वाहन गाड़ी मोटरसाइकिल पता मालूम मालुम है ज्ञात की का के चेसिस इंजन पंजीकरण",
	})
)

// firstWords are all words that a text which says nothing can begin with.
var firstWords = func() map[string]bool {
	all := map[string]bool{}
	for _, list := range []map[string]bool{unknownPhrases, namePhrases, relativePhrases, numberPhrases, titles} {
		for p := range list {
			all[p] = true
		}
	}
	for _, list := range []map[string]int{anyWords, nobodyWords, numberWords} {
		for w := range list {
			all[w] = true
		}
	}
	return all
}()

// beginnings are all that a text which says nothing can begin with.
var beginnings = func() map[string]bool {
	all := map[string]bool{}
	for _, list := range []map[string]bool{firstWords, denials, fillers} {
		for p := range list {
			for i := range p {
				all[p[:i]] = true
			}
			all[p] = true
		}
	}
	return all
}()

// phrases gives the folded letters of phrases that are parted by commas, and their words.
func phrases(lists ...string) map[string]bool {
	out := map[string]bool{}
	for _, list := range lists {
		for p := range strings.SplitSeq(list, ",") {
			words := appendFolded(nil, p)
			for _, w := range words {
				if !out[w] {
					out[w] = false // a word of a phrase that is none by itself
				}
			}
			out[strings.Join(words, "")] = true
		}
	}
	return out
}

func listOf(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range appendFolded(nil, words) {
		out[w] = true
	}
	return out
}

// wordsOf gives what each word is; # stands for any number.
func wordsOf(lists map[int]string) map[string]int {
	out := map[string]int{}
	for kind, words := range lists {
		for _, w := range appendFolded(nil, words) {
			out[w] = kind
		}
		if strings.Contains(words, "#") {
			out["#"] = kind
		}
	}
	return out
}

// appendFolded appends the words of a text as they are compared: letters, vowel signs and digits.
func appendFolded(dst []string, text string) []string {
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if !norm.NFKC.IsNormalString(text) {
			text = norm.NFKC.String(text)
		}
	}
	var room [64]byte
	w := room[:0]
	for _, r := range text {
		switch r = foldedRune(r); {
		case r == 0:
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
			w = utf8.AppendRune(w, r)
		case len(w) > 0:
			dst, w = append(dst, string(w)), w[:0]
		}
	}
	if len(w) > 0 {
		dst = append(dst, string(w))
	}
	return dst
}

// foldedRune is the character that r is compared as, 0 for one that does not count.
func foldedRune(r rune) rune {
	switch {
	case r == '\'' || r == '’' || r == 0x093C || unicode.Is(unicode.Cf, r): // father's; nukta; joiners
		return 0
	case r == 0x0901: // candrabindu
		return 0x0902
	case r >= 0x0966 && r <= 0x096F: // digits of Devanagari
		return r - 0x0966 + '0'
	}
	return unicode.ToLower(r)
}

// noNumber tells texts of a registration, chassis or engine that no number can be told by: those without a digit ("Under
// process", "Fake number plate"), those whose words say that it is not known and leave no whole number ("HR 26 unknown", "New
// 2023", "1 motorcycle"), and what fills a form's field (XX00XX0000, 99999, 12345). A text with wildcards is none of these. A
// single run of four letters or more is a part of a chassis or engine number that may be asked for; no record has such a number.
// words are those of the text as appendFolded writes them, whole is them without blanks.
func noNumber(field, text string, words []string, whole string) bool {
	if strings.ContainsAny(text, "?*") {
		return false
	}
	if fills(field, whole) {
		return true
	}
	if !hasDigit(text) {
		return field == "registration" || len(words) != 1 || utf8.RuneCountInString(whole) < Chassis.Least()
	}
	return wordsForNumber(field, words, whole)
}

func hasDigit(text string) bool { return strings.ContainsFunc(text, unicode.IsDigit) }

// wordsForNumber tells texts whose words say that the number is not known and beside which no whole number stands.
func wordsForNumber(field string, words []string, whole string) bool {
	var rest []string
	denied, longest := false, 0
	for _, w := range words {
		if kind := numberWords[w]; kind != 0 {
			denied = denied || kind == tells && w != "no" && w != "temp" && w != "temporary" // these stand before a number too
			continue
		}
		rest = append(rest, w)
		if hasDigit(w) {
			longest = max(longest, len(w))
		}
	}
	if len(rest) == len(words) {
		return false
	}
	if len(words) > 1 && plate.Parse(whole).Known() && field == "registration" {
		return false // HR 26 NA 1234
	}
	left := strings.Join(rest, "")
	switch {
	case !denied:
		return len(left) < 3 || len(rest) == 1 && isNumber(left) && !DigitsOnly(left)
	case field == "registration":
		return len(left) < leastWhole || !plate.Parse(left).Known()
	}
	return longest < leastWhole
}

// leastWhole is the least number of characters of a whole number beside words that say that it is not known.
const leastWhole = 6

// fills tells what is typed where a form demands a number: one character again and again, figures in their order, X for every
// character, and of registrations the number 0000, which is not given. An office 00 alone may be one that was read wrong.
func fills(field, whole string) bool {
	most := leastWhole
	if field == "registration" {
		most = 4
	}
	switch figures := strings.TrimPrefix(strings.TrimPrefix(whole, "abcd"), "abc"); {
	case strings.Trim(whole, "x0") == "" || strings.Contains(whole, strings.Repeat("x", most)):
		return true
	case len(whole) >= 5 && (strings.Trim(whole, whole[:1]) == "" || len(strings.TrimLeft(whole, "0")) <= 1):
		return true
	case len(whole) >= 5 && len(figures) >= 3 && strings.Contains("012345678901234567890", figures):
		return true
	}
	if field != "registration" || len(whole) < leastWhole || !strings.HasSuffix(whole, "0000") {
		return false
	}
	p := plate.Parse(whole)
	return p.Kind == plate.Current && !p.Known()
}
