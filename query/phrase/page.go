package phrase

// page are the texts of the page and of reports, by what their templates say in English.
var page = map[string]string{
	"Log out": "लॉग आउट", "Person": "व्यक्ति", "Vehicle": "वाहन", "Narrow the search": "खोज सीमित करें",
	"Search": "खोजें", "Clear": "साफ़ करें", "Log in": "लॉग इन", "This needs a valid key, or name, password and code.": "मान्य कुंजी, या नाम, पासवर्ड और कोड आवश्यक हैं।",
	"Log in with your department's account": "अपने विभाग के खाते से लॉग इन करें",
	"Name":                                  "नाम", "Password": "पासवर्ड", "Code of the second factor": "दूसरे प्रमाण का कोड",
	"Key": "कुंजी", "No match among what was seen": "देखे गए अभिलेखों में कोई मिलान नहीं", "alias": "उर्फ़",
	"born": "जन्म", "place": "स्थान", "vehicle": "वाहन", "chassis": "चेसिस", "engine": "इंजन", "station": "थाना",
	"sections": "धारा", "updated": "अद्यतन", "Contradicts what was asked": "विरोध", "Why this is a hit": "मिलान का आधार",
	"Field": "विवरण", "Asked": "पूछा गया", "On record": "अभिलेख में", "Likeness": "समानता",
	"Practice: made-up data": "अभ्यास: काल्पनिक आँकड़े", "The search was not made.": "खोज नहीं की गई।",
	"The search was cut short; there may be more.": "खोज अधूरी है।", "match": "मिलान", "matches": "मिलान",
	"relative": "संबंधी", "FIR": "प्राथमिकी", "Caution": "सावधान", "Order": "आदेश",
	"A hit is a lead to look at, not a finding.":                                                         "मिलान एक संकेत है, निष्कर्ष नहीं।",
	"records that another number does not point to":                                                      "अभिलेख, जो दूसरी संख्या से नहीं मिलते",
	"The key is given out by your administrator. It is kept for this session only, eight hours at most.": "कुंजी आपके प्रशासक देते हैं। यह केवल इस सत्र के लिए रखी जाती है, अधिक से अधिक आठ घंटे।",
	"Practice: the records are made up.":                                                                 "अभ्यास: अभिलेख काल्पनिक हैं।", "List": "सूची", "Reason": "कारण",
	"Searched by": "किसने खोजा", "When": "कब", "Records up to": "अभिलेख कब तक", "Totals": "कुल",
}

// InHindi is a text of the page or of a report in Hindi.
func InHindi(english string) string {
	hindi, ok := page[english]
	if !ok {
		panic("BUG: the page has no Hindi for " + english)
	}
	return hindi
}
