package web

import (
	"regexp"
	"strings"
)

// A word is a label of the page in both languages.
type word struct{ English, Hindi string }

// words are the labels of fields, grades, classes and statuses, by what the contract calls them.
var words = map[string]word{
	"name": {"Name", "नाम"}, "alias": {"Alias", "उर्फ़"}, "relative": {"Father, mother or husband", "पिता, माता या पति"},
	"gender": {"Gender", "लिंग"}, "age": {"Age today", "आयु"}, "birth_year": {"Birth year", "जन्म वर्ष"},
	"tolerance": {"± years", "± वर्ष"}, "place": {"Place", "स्थान"}, "station": {"Police station", "थाना"},
	"district": {"District", "ज़िला"}, "status": {"Status", "स्थिति"}, "role": {"Role", "भूमिका"},
	"section": {"Section", "धारा"}, "from": {"FIR from", "दिनांक से"}, "to": {"FIR to", "दिनांक तक"},
	"min_class": {"At least", "न्यूनतम श्रेणी"}, "limit": {"Hits shown", "परिणाम संख्या"},
	"reason":       {"Reason for the search", "खोज का कारण"},
	"registration": {"Registration number", "पंजीकरण संख्या"}, "chassis": {"Chassis number", "चेसिस संख्या"},
	"engine": {"Engine number", "इंजन संख्या"}, "make": {"Make", "निर्माता"}, "model": {"Model", "मॉडल"},
	"colour": {"Colour", "रंग"},

	"M": {"Male", "पुरुष"}, "F": {"Female", "महिला"}, "T": {"Transgender", "ट्रांसजेंडर"},

	"EXACT": {"EXACT", "सटीक"}, "PROBABLE": {"PROBABLE", "संभावित"}, "LEAD": {"LEAD", "सुराग"},

	"exact": {"same", "समान"}, "folded": {"look-alike", "मिलते अक्षर"}, "spelling": {"spelling", "वर्तनी"},
	"sound": {"sounds alike", "ध्वनि समान"}, "script": {"other script", "अन्य लिपि"}, "joined": {"joined", "जुड़ा हुआ"},
	"initial": {"initial", "आद्याक्षर"}, "order": {"order", "क्रम"}, "partial": {"in part", "आंशिक"}, "swapped": {"swapped", "स्थान बदला"},
	"missing": {"on one side only", "केवल एक ओर"}, "contradicts": {"contradicts", "विरोध"},

	"wanted": {"wanted", "वांछित"}, "absconding": {"absconding", "फ़रार"}, "proclaimed": {"proclaimed", "उद्घोषित"},
	"arrested": {"arrested", "गिरफ़्तार"}, "charge-sheeted": {"charge-sheeted", "आरोप-पत्र दाख़िल"},
	"not-charge-sheeted": {"not charge-sheeted", "आरोप-पत्र नहीं"}, "convicted": {"convicted", "दोषसिद्ध"},
	"acquitted": {"acquitted", "दोषमुक्त"}, "discharged": {"discharged", "उन्मोचित"}, "abated": {"abated", "उपशमित"},
	"stolen": {"stolen", "चोरी"}, "involved": {"involved", "संलिप्त"}, "seized": {"seized", "ज़ब्त"},
	"recovered": {"recovered", "बरामद"}, "released": {"released", "सुपुर्द"},
}

// wordOf returns the label of what the contract calls by name; what has none stands for itself.
func wordOf(name string) word {
	if w, ok := words[name]; ok {
		return w
	}
	return word{English: name}
}

// A saying is what is wrong with a request, as the page tells it in Hindi. Its English is that of the problem; $1 and so on
// stand for what the brackets match.
type saying struct {
	english *regexp.Regexp
	hindi   string
}

// sayings are the messages that the page may show, without the field that stands before some. A test finds those of this
// room and of query that are missing.
var sayings = func() (list []saying) {
	for _, s := range [][2]string{
		{`is required: an FIR, GD or diary number .*`, "आवश्यक है: FIR, GD या रोज़नामचा संख्या (FIR 123/2023, GD 12/2026, DD 1), या कम से कम दस अक्षरों का कारण लिखें"},
		{`holds no name that can be read, .*`, "इसमें कोई पढ़ने योग्य नाम नहीं है; रोमन या देवनागरी अक्षरों में लिखें"},
		{`is Hindi that was saved in another encoding, .*`, "यह हिंदी किसी दूसरी एन्कोडिंग में सहेजी गई और इसके कुछ अक्षर खो गए हैं; UTF-8 में लिखें"},
		{`names no place: .*`, "यह किसी स्थान का नाम नहीं है; गाँव, नगर या ज़िला लिखें"},
		{`is a power of ten .*`, "स्प्रेडशीट ने लंबी संख्या छोटी कर दी है और अंक खो गए हैं; संख्या पूरी लिखें"},
		{`says only that nothing is known .*`, "यह केवल कहता है कि कुछ ज्ञात नहीं, और खोजने के लिए कुछ और नहीं दिया गया"},
		{`must be an FIR registration number.*`, "FIR पंजीकरण संख्या 13 से 17 अंकों की होती है"},
		{`must be an FIR's serial number and year, .*|is required, such as number=.*`, "FIR की क्रम संख्या और वर्ष लिखें, जैसे 123/2023"},
		{`is required beside number: .*`, "संख्या के साथ थाना भी लिखें: हर थाने में संख्या हर वर्ष 1 से शुरू होती है"},
		{`must be (\d+) to (\d+)( years)?|must be a whole number from (\d+) to (\d+)(, without quotes)?`, "${1}${4} से ${2}${5} तक की पूर्ण संख्या लिखें"},
		{`must be a year from (\S+) to .*`, "$1 से इस वर्ष तक का कोई वर्ष लिखें"},
		{`must be EXACT, PROBABLE or LEAD`, "EXACT, PROBABLE या LEAD में से एक चुनें"},
		{`must be M, F or T`, "M, F या T में से एक चुनें"},
		{`must not be after to|must not lie before from`, "आरंभ की तिथि अंत की तिथि के बाद नहीं हो सकती"},
		{`must be a date .*`, "ऐसी तिथि लिखें जो हो, जैसे 2026-01-31"},
		{`names no station that is known: .*`, "इस नाम या कोड का कोई थाना ज्ञात नहीं है"},
		{`names no district that is known: .*`, "इस नाम या कोड का कोई ज़िला ज्ञात नहीं है"},
		{`(?:each item )?must be (?:among|one of) (.*?)(; did you mean .*)?`, "इनमें से एक चुनें: $1"},
		{`must hold a section's number, .*`, "धारा की संख्या लिखें, जैसे BNS 303(2)"},
		{`give a name, alias, relative, .*`, "खोजने के लिए नाम, उर्फ़, संबंधी, स्थान, थाना, ज़िला या धारा लिखें"},
		{`give a registration, chassis or engine number, .*`, "पंजीकरण, चेसिस या इंजन संख्या लिखें, पूरी या उसका भाग"},
		{`must not stand beside birth_year: .*|give age or birth_year, not both`, "आयु और जन्म वर्ष में से एक ही लिखें"},
		{`must hold at least three letters or digits`, "कम से कम तीन अक्षर या अंक लिखें"},
		{`must hold at least .* letters or digits`, "कम से कम चार अक्षर या अंक लिखें"},
		{`must have at most (\d+) characters`, "अधिक से अधिक $1 अक्षर लिखें"},
		{`must have at most (\d+) items`, "अधिक से अधिक $1 चुनें"},
		{`must be valid (?:UTF-8|Unicode) text`, "इसमें ऐसे अक्षर हैं जो पढ़े नहीं जा सकते"},
		{`must not hold control characters`, "इसमें ऐसे चिह्न हैं जो दिखते नहीं; उन्हें हटाएँ"},
		{`must stand only once`, "यह एक ही बार लिखा जा सकता है"},
		{`must be (?:true or false|text in quotes|a list of text|an offset token).*|must name each partition once, .*`, "इस क्षेत्र का रूप सही नहीं है"},
		{`.* has no field of this name.*`, "इस नाम का कोई क्षेत्र नहीं है"},
		{`another site has filled in this search; .*`, "यह खोज किसी अन्य साइट ने भरी है; देख लें, और आपकी हो तो यहीं से खोजें"},
		{`the service has not yet seen as much .*`, "माँगी गई ताज़गी तक के अभिलेख अभी नहीं पढ़े गए; कुछ देर बाद फिर खोजें"},
		{`the service is still catching up .*`, "सेवा अभी अभिलेख पढ़ रही है; कुछ देर बाद फिर खोजें"},
		{`the service is stopping`, "सेवा बंद हो रही है; कुछ देर बाद फिर खोजें"},
		{`too much is asked at once; .*|the search took too long; .*`, "इस समय बहुत खोजें चल रही हैं; थोड़ी देर में फिर खोजें"},
		{`too many searches of this key .*`, "इस कुंजी या पते की बहुत खोजें प्रतीक्षा में हैं; पहले उनका उत्तर आने दें"},
		{`what is kept of this case is damaged .*`, "इस मुक़दमे का रखा हुआ अभिलेख क्षतिग्रस्त है और दिखाया नहीं जा सकता; प्रशासक को बताएँ"},
		{`internal error`, "आंतरिक त्रुटि; प्रशासक को बताएँ"},
	} {
		list = append(list, saying{regexp.MustCompile("^(?:" + s[0] + ")$"), s[1]})
	}
	return list
}()

// inHindi tells a message of a field, or of none, in Hindi; "" where there is no saying for it.
func inHindi(field, message string) string {
	label := ""
	if rest, ok := strings.CutPrefix(message, field+": "); ok && field != "" {
		if message = rest; wordOf(field).Hindi != "" {
			label = wordOf(field).Hindi + ": "
		}
	}
	for _, s := range sayings {
		if at := s.english.FindStringSubmatchIndex(message); at != nil {
			return label + string(s.english.ExpandString(nil, s.hindi, message, at))
		}
	}
	return ""
}
