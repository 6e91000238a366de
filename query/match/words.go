package match

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A meaning is what a heading says.
type meaning struct {
	field    string // of the contract; "" where nothing is read from the column
	rank     int    // among columns of one field the lowest is read first
	part     int    // of a name that stands in several columns: 1 first, 2 middle, 3 last; else 0
	language string // that the heading names: hindi or english
	looks    string // the field that an unknown heading may mean
	weak     bool   // that only where no other column is: "Vehicle" beside a number is what kind of vehicle
	sure     bool   // the heading is known, be it as one that is passed over
	named    bool   // by --map or --ignore
}

// A word of headings stands for one of these ideas; "" is a word that adds nothing.
const (
	wNumber, wSerial, wVehicle, wRegistration, wChassis, wEngine   = "number", "serial", "vehicle", "registration", "chassis", "engine"
	wMake, wModel, wColour                                         = "make", "model", "colour"
	wName, wAlias, wGender, wAge, wBirth, wDate, wYear, wPlace     = "name", "alias", "gender", "age", "birth", "date", "year", "place"
	wFather, wHusband, wMother, wGuardian                          = "father", "husband", "mother", "guardian"
	wFirst, wMiddle, wLast                                         = "first", "middle", "last"
	wOwner, wReason, wRef, wHindi, wEnglish, wAnd, wPerson, wOther = "owner", "reason", "ref", "hindi", "english", "and", "person", "other"
)

// ideas are the words of headings in English, Hindi and Hindi in Latin letters, as plainWord writes them: those of
// CCTNS, Vahan, NCRB and court lists, and their usual short forms. What is under wOther makes a heading one that is
// known and not searched by.
var ideas = map[string]string{
	wNumber:  "no nos num number numbers numb nr नंबर नंम्बर नं न संख्या सं क्रमांक अंक nambar sankhya",
	wSerial:  "serial sr sl sno srno slno क्रम क्र क्रं row sequence",
	wVehicle: "vehicle vehicles veh vehical gaadi gadi gari वाहन वाहनों गाडी गाड़ी car bike motorcycle cycle mcycle vahan mv",
	wRegistration: "registration registrations regn reg regd regno regnno regstn registeration regisration plate rc पंजीकरण पंजीयन पंजीकृत पंजी रजिस्ट्रेशन रजि रजि० " +
		"plateno licenceplate numberplate panjikaran mark",
	wChassis:  "chassis chasis chassi chesis chasi chessis chases frame vin चेसिस चैसिस चेसीस चैसीस चेचिस चैचिस चेसी चैसी चासिस शैसी चेसिज",
	wEngine:   "engine eng engin engines motor इंजन इंजिन ईंजन एंजिन इन्जन",
	wMake:     "make maker makers manufacturer manufacturers company brand mfr निर्माता कंपनी मेक",
	wModel:    "model models variant मॉडल मोडल माडल",
	wColour:   "colour color colours rang रंग",
	wName:     "name names naam nam fullname नाम",
	wFather:   "father fathers fathername fname pita पिता parentage walid वल्दियत वल्द पुत्र पुत्री son daughter",
	wHusband:  "husband husbands spouse pati wife wifes पति पत्नी",
	wMother:   "mother mothers mata माता मां मॉ",
	wGuardian: "guardian guardians parent parents relative relatives kin sanrakshak अभिभावक संरक्षक संबंधी रिश्तेदार",
	wAlias:    "alias aliases aka nick nickname urf उर्फ उपनाम",
	wGender:   "gender sex ling लिंग",
	wAge:      "age ages aayu ayu umar umr umra उम्र आयु उमर अवस्था",
	wBirth:    "birth dob yob janm जन्म born",
	wDate:     "date dated dt dinank दिनांक तिथि तारीख",
	wYear:     "year years yrs yr वर्ष साल वर्षों",
	wPlace: "address addresses addr add residence residential resident residing place village vill town city locality mohalla pata location " +
		"पता निवासी निवास गांव गाव ग्राम स्थान शहर मोहल्ला कस्बा",
	wFirst: "first given प्रथम", wMiddle: "middle मध्य", wLast: "last surname family अंतिम सरनेम कुलनाम",
	wOwner:  "owner owners swami malik मालिक स्वामी",
	wReason: "reason purpose karan कारण उद्देश्य",
	wRef:    "ref reference id संदर्भ",
	wAnd:    "and with एवं व और तथा सहित",
	wHindi:  "hindi hin हिंदी हिन्दी", wEnglish: "english अंग्रेजी इंग्लिश",
	"": "of the in as at a for s full complete correct known current present permanent temporary real actual details detail particulars " +
		"suspected arrested wanted absconding proclaimed missing stolen seized recovered subject " +
		"his her their today approx about old new original ka ki ke ko mein me " +
		"का की के को में से पूरा पूर्ण वर्तमान स्थायी मूल विवरण फरार वांछित गिरफ्तार उद्घोषित चोरी जब्त",
	wPerson: "accused suspect suspects person persons individual criminal offender arrestee absconder po convict prisoner inmate undertrial utp tenant " +
		"servant worker employee applicant visitor guest passenger candidate " +
		"अभियुक्त अभियुक्तों आरोपी आरोपियों संदिग्ध व्यक्ति व्यक्तियों अपराधी मुलजिम मुल्जिम बंदी कैदी किरायेदार नौकर कर्मचारी आवेदक",
	wOther: "complainant complainants informant victim victims witness witnesses io officer officers investigating station stations ps police district dist state " +
		"court fir gd dd case crime cr mobile mob phone telephone tel contact aadhaar aadhar adhar uid pan dl licence license permit insurance policy seller buyer " +
		"dealer financier bank account ifsc pin pincode email mail remark remarks note notes photo photograph caste religion occupation profession nationality education " +
		"height weight build complexion hair eyes identification marks status type class category kind value amount rs price time section sections act acts law property " +
		"sheet acknowledgement diary fuel seating capacity body norms fitness tax validity valid upto manufacture manufacturing mfg month recovery theft " +
		"occurrence offence offense registering authority rto office unit lat long latitude longitude relation relationship qualification voter passport ration " +
		"report information challan echallan notice memo receipt token ticket slip bill invoice key battery house plot ward flat gate page volume register malkhana item lot auction slot roll tag entry parking sponsor beat zone range circle tehsil taluka block country " +
		"शिकायतकर्ता वादी पीड़ित पीडित गवाह साक्षी अधिकारी विवेचक अनुसंधान थाना थाने पुलिस जिला राज्य न्यायालय प्राथमिकी एफआईआर सूचना रिपोर्ट रपट चालान मु मुकद्दमा मुकदमा केस अपराध मोबाइल मोबाईल फोन दूरभाष आधार पैन " +
		"लाइसेंस परमिट बीमा विक्रेता क्रेता बैंक खाता पिन ईमेल टिप्पणी अभ्युक्ति विशेष फोटो जाति धर्म व्यवसाय पेशा राष्ट्रीयता शिक्षा कद वजन हुलिया पहचान स्थिति प्रकार श्रेणी वर्ग मूल्य राशि समय " +
		"धारा अधिनियम संपत्ति ईंधन निर्माण माह बरामदगी घटना तहसील संबंध",
}

// lexicon is ideas by word.
var lexicon = sync.OnceValue(func() map[string]string {
	by := map[string]string{}
	for idea, words := range ideas {
		for _, w := range strings.Fields(words) {
			by[plainWord(w)] = idea
		}
	}
	return by
})

// wholes are headings whose words mean something else together.
var wholes = map[string]string{
	"s/o": wFather, "d/o": wFather, "w/o": wHusband, "h/o": wHusband, "c/o": wGuardian, "r/o": wPlace, "f/name": wFather, "f/n": wFather,
	"m/name": wMother, "h/name": wHusband, "s.no": wSerial, "s no": wSerial, "m/cycle": wVehicle,
}

// meaningOf reads a heading of a list of that kind.
func meaningOf(kind, heading string) meaning {
	if f := findField(kind, strings.TrimSpace(strings.Trim(heading, "\ufeff"))); f != nil {
		return meaning{field: f.name, sure: true}
	}
	set, first, strange := ideasOf(heading)
	m := meaning{}
	if set[wHindi] {
		m.language = wHindi
	} else if set[wEnglish] {
		m.language = wEnglish
	}
	delete(set, wHindi)
	delete(set, wEnglish)
	several := set[wAnd]
	delete(set, wAnd)
	if set[wPerson] && len(set) > 1 {
		delete(set, wPerson)
	}
	if len(set) == 0 {
		return m
	}
	read := readPerson
	if kind == Vehicles {
		read = readVehicle
	}
	field, rank, part := read(set)
	if several && kind == Persons && set.only(wName, wFather, wHusband, wMother, wGuardian, wPlace, wAge, wGender) {
		switch first { // "Name and address": the reader of names takes them apart
		case wName:
			field, rank = "name", 0
		case wFather, wHusband, wMother, wGuardian:
			field, rank = "relative", 0
		}
	}
	switch {
	case strange && field != "" && field != "ref" && field != "reason":
		m.looks = looksOf(kind, set, field)
	case strange:
		m.looks = looksOf(kind, set, "")
	default:
		m.field, m.rank, m.part, m.sure = field, rank, part, field != "" || set[wOther] || foreign(kind, set)
		if !m.sure {
			m.looks = looksOf(kind, set, "")
		}
	}
	m.weak = set.only(wVehicle)
	return m
}

// set is the ideas of one heading.
type set map[string]bool

// only reports whether s holds nothing beyond these.
func (s set) only(ideas ...string) bool {
	n := 0
	for _, i := range ideas {
		if s[i] {
			n++
		}
	}
	return n == len(s)
}

// any reports whether s holds one of these.
func (s set) any(ideas ...string) bool {
	for _, i := range ideas {
		if s[i] {
			return true
		}
	}
	return false
}

// readCommon reads what both kinds have: the row's own mark and its reason.
func (s set) readCommon() (field string, rank int) {
	switch {
	case s[wRef] && s.only(wRef, wNumber):
		return "ref", 0
	case s[wSerial] && s.only(wSerial, wNumber):
		return "ref", 1
	case s.only(wNumber):
		return "ref", 2
	case s.only(wReason):
		return "reason", 0
	}
	return "", 0
}

// readPerson reads a heading of a list of persons.
func readPerson(s set) (field string, rank, part int) {
	if field, rank = s.readCommon(); field != "" {
		return field, rank, 0
	}
	if s[wOther] {
		return "", 0, 0
	}
	switch {
	case s[wAge] && s.only(wAge, wYear, wGender, wBirth, wDate):
		return "age", 0, 0
	case s[wBirth] && s.only(wBirth, wDate, wYear):
		if s[wYear] {
			return "birth_year", 0, 0
		}
		return "birth_year", 1, 0
	case s.only(wGender):
		return "gender", 0, 0
	case s[wAlias] && s.only(wAlias, wName):
		return "alias", 0, 0
	case s[wPlace] && s.only(wPlace, wName):
		return "place", 0, 0
	case s[wPlace] && s.only(wPlace, wOwner):
		return "place", 1, 0
	case s.any(wFather, wHusband, wMother, wGuardian) && s.only(wFather, wHusband, wMother, wGuardian, wName, wOwner):
		for i, who := range []string{wFather, wHusband, wMother, wGuardian} {
			if s[who] {
				return "relative", i, 0
			}
		}
	case s.any(wFirst, wMiddle, wLast) && s.only(wFirst, wMiddle, wLast, wName):
		for i, which := range []string{wFirst, wMiddle, wLast} {
			if s[which] {
				return "name", 0, i + 1
			}
		}
	case s.only(wName):
		return "name", 0, 0
	case s.only(wPerson):
		return "name", 2, 0
	case s[wName] && s.only(wName, wOwner):
		return "name", 1, 0
	}
	return "", 0, 0
}

// readVehicle reads a heading of a list of vehicles.
func readVehicle(s set) (field string, rank, part int) {
	if field, rank = s.readCommon(); field != "" {
		return field, rank, 0
	}
	if s[wOther] {
		return "", 0, 0
	}
	switch {
	case s[wChassis] && s.only(wChassis, wNumber, wVehicle):
		return "chassis", 0, 0
	case s[wEngine] && s.only(wEngine, wNumber, wVehicle):
		return "engine", 0, 0
	case s[wRegistration] && s.only(wRegistration, wNumber, wVehicle), s[wVehicle] && s[wNumber] && s.only(wVehicle, wNumber):
		return "registration", 0, 0
	case s[wModel] && s.only(wModel, wMake, wVehicle, wName):
		return "model", 0, 0
	case s[wMake] && s.only(wMake, wVehicle, wName):
		return "make", 0, 0
	case s[wColour] && s.only(wColour, wVehicle):
		return "colour", 0, 0
	}
	return "", 0, 0
}

// foreign reports whether a heading is one of the other kind's, which cannot be searched by here.
func foreign(kind string, s set) bool {
	other := readVehicle
	if kind == Vehicles {
		other = readPerson
	}
	field, _, _ := other(s)
	return field != "" || s.only(wDate, wYear)
}

// looksOf is the field that a heading which is not known may mean, or "".
func looksOf(kind string, s set, field string) string {
	switch {
	case s[wOther]:
		return ""
	case field != "" && isAsked(field):
		return field
	case kind == Vehicles && s[wChassis]:
		return "chassis"
	case kind == Vehicles && s[wEngine]:
		return "engine"
	case kind == Vehicles && s.any(wRegistration, wVehicle, wNumber):
		return "registration"
	case kind == Persons && s[wAge]:
		return "age"
	case kind == Persons && s.any(wFather, wHusband, wMother, wGuardian):
		return "relative"
	case kind == Persons && s.any(wName, wOwner):
		return "name"
	}
	return ""
}

// isAsked reports whether a column of this field may not be dropped in silence.
func isAsked(field string) bool {
	switch field {
	case "name", "relative", "age", "birth_year", "registration", "chassis", "engine":
		return true
	}
	return false
}

// ideasOf takes a heading apart; first is the idea that it begins with, whoever it is about. strange: it has words that are not known.
func ideasOf(heading string) (s set, first string, strange bool) {
	s = set{}
	add := func(idea string) {
		if idea != "" {
			s[idea] = true
			if first == "" && idea != wPerson {
				first = idea
			}
		}
	}
	for _, w := range headingWords(heading) {
		idea, known := lexicon()[w]
		if !known {
			parts, ok := segment(w)
			if !ok {
				strange = true
				continue
			}
			for _, p := range parts {
				add(p)
			}
			continue
		}
		add(idea)
	}
	return s, first, strange
}

// headingWords cuts a heading into plain words: at spaces and signs, and where a small letter meets a capital.
func headingWords(heading string) []string {
	heading = strings.TrimSpace(norm.NFKC.String(unmangle(heading)))
	var words []string
	flat := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(heading, "'", "")), " "))
	for short, idea := range wholes {
		if rest, cut := strings.CutPrefix(flat, short); cut && (rest == "" || !unicode.IsLetter([]rune(rest)[0])) {
			words = append(words, idea)
			flat = rest
			heading = rest
			break
		}
	}
	var word []rune
	end := func() {
		if w := plainWord(string(word)); w != "" {
			words = append(words, w)
		}
		word = word[:0]
	}
	before := ' '
	for _, r := range heading {
		switch {
		case r == '&':
			end()
			words = append(words, wAnd)
		case unicode.Is(unicode.Cf, r) || r == '\'' || r == '’' || r == '‘' || r == '`':
			continue
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(before):
			end()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		before = r
	}
	end()
	if len(words) == 2 && words[0] == "s" && lexicon()[words[1]] == wNumber {
		return []string{wSerial}
	}
	return joinLetters(words)
}

// joinLetters makes single letters one word where that is known: D.O.B., P.S.
func joinLetters(words []string) (joined []string) {
	for i := 0; i < len(words); i++ {
		end := i
		for end < len(words) && len([]rune(words[end])) == 1 {
			end++
		}
		if run := strings.Join(words[i:end], ""); end > i+1 && lexicon()[run] != "" {
			joined = append(joined, run)
			i = end - 1
			continue
		}
		joined = append(joined, words[i])
	}
	return joined
}

// segment takes a word apart into words that are known, such as fathername; each must have two letters at least.
func segment(w string) (ideas []string, ok bool) {
	r := []rune(w)
	if len(r) < 4 || len(r) > 40 {
		return nil, false
	}
	from := make([]int, len(r)+1) // where the last word begins, of the fewest; -1: none
	fewest := make([]int, len(r)+1)
	for end := 1; end <= len(r); end++ {
		from[end], fewest[end] = -1, 1<<30
		for begin := 0; begin <= end-2 || begin == 0 && end == 1; begin++ {
			if begin > 0 && from[begin] < 0 || end-begin < 2 {
				continue
			}
			if _, known := lexicon()[string(r[begin:end])]; known && fewest[begin]+1 < fewest[end] {
				from[end], fewest[end] = begin, fewest[begin]+1
			}
		}
	}
	for end := len(r); end > 0; end = from[end] {
		if from[end] < 0 {
			return nil, false
		}
		ideas = append(ideas, lexicon()[string(r[from[end]:end])])
	}
	return ideas, true
}

// plainWord writes a word in one way: small letters, no nukta, one sign for nasals, no mark of abbreviation.
func plainWord(w string) string {
	w = norm.NFD.String(strings.ToLower(w))
	w = strings.Map(func(r rune) rune {
		switch r {
		case '\u093c', '\u0970', '॥', '।': // nukta, abbreviation, dandas
			return -1
		case '\u0901': // candrabindu
			return '\u0902'
		}
		return r
	}, w)
	for _, nasal := range []string{"ङ्", "ञ्", "ण्", "न्", "म्"} {
		w = foldNasal(w, nasal)
	}
	return strings.TrimRight(w, "०")
}

// foldNasal writes a nasal before a consonant of its row as the anusvara.
func foldNasal(w, nasal string) string {
	rows := map[string]string{"ङ्": "कखगघ", "ञ्": "चछजझ", "ण्": "टठडढ", "न्": "तथदधजबस", "म्": "पफबभ"}
	at := strings.Index(w, nasal)
	if at < 0 {
		return w
	}
	next, _ := firstRune(w[at+len(nasal):])
	if strings.ContainsRune(rows[nasal], next) {
		return w[:at] + "\u0902" + foldNasal(w[at+len(nasal):], nasal)
	}
	return w[:at+len(nasal)] + foldNasal(w[at+len(nasal):], nasal)
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// plainHeading drops what does not tell two headings apart: case, spaces, signs and what cannot be seen.
func plainHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || strings.ContainsRune(".-_:*'’\u00a0", r) {
			return -1
		}
		return r
	}, strings.ToLower(norm.NFC.String(s)))
}

// script tells headings of the two scripts apart.
func script(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Devanagari, r) }) {
		return "Devanagari"
	}
	return "Latin"
}
