package phrase

// A Label names what the contract calls by one word.
type Label struct{ English, Hindi string }

// labels are those of fields, genders, classes, grades and statuses.
var labels = map[string]Label{
	"name": {"Name", "नाम"}, "alias": {"Alias", "उर्फ़"}, "relative": {"Father, mother or husband", "पिता, माता या पति"},
	"gender": {"Gender", "लिंग"}, "age": {"Age today", "आयु"}, "birth_year": {"Birth year", "जन्म वर्ष"},
	"tolerance": {"± years", "± वर्ष"}, "place": {"Place", "स्थान"}, "station": {"Police station", "थाना"},
	"district": {"District", "ज़िला"}, "status": {"Status", "स्थिति"}, "role": {"Role", "भूमिका"},
	"section": {"Section", "धारा"}, "from": {"FIR from", "दिनांक से"}, "to": {"FIR to", "दिनांक तक"},
	"min_class": {"At least", "न्यूनतम श्रेणी"}, "limit": {"Hits shown", "परिणाम संख्या"},
	"ref": {"Reference", "संदर्भ"}, "at_least": {"At least as fresh as", "ताज़गी"},
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

// LabelOf is the label of what the contract calls by name; what has none stands for itself.
func LabelOf(name string) Label {
	if l, ok := labels[name]; ok {
		return l
	}
	return Label{English: name}
}
