package phrase

// page are the texts of the page and of reports, by what their templates say in English.
var page = map[string]string{
	"This case was withdrawn once and is reinstated.": "यह मुक़दमा एक बार वापस लिया गया था और फिर बहाल हुआ।",
	"Sealed: nothing of it may be shown.":             "सीलबंद: इसका कुछ भी नहीं दिखाया जा सकता।",
	"Look twice":                                      "ध्यान दें",
	"Persons":                                         "व्यक्ति",
	"Vehicles":                                        "वाहन",
	"Masked: the law hides who this is":               "छिपाया गया: क़ानून पहचान छिपाता है",
	"name not on record":                              "नाम दर्ज नहीं",
	"relative":                                        "संबंधी",
	"What you typed was taken for “%1” by its look alone. A signed statement about the wrong kind would mislead: say first what it is.": "लिखा हुआ केवल रूप देखकर “%1” माना गया। ग़लत प्रकार का हस्ताक्षरित कथन भ्रम देगा: पहले बताएँ कि यह क्या है।",
	"%1 persons or vehicles are not shown: the law protects them":                                                                       "%1 व्यक्ति या वाहन नहीं दिखाए गए: क़ानून उनकी रक्षा करता है",
	"place of occurrence":   "घटना-स्थल",
	"date of offence":       "अपराध की तिथि",
	"investigating officer": "विवेचक",
	"court":                 "न्यायालय",
	"linked cases":          "जुड़े मुक़दमे",
	"registration number":   "पंजीकरण संख्या",
	"Time line":             "घटनाक्रम", "%1 of them here": "उनमें से %1 यहाँ", "Back to the hits": "परिणामों पर वापस", "Back to the list": "सूची पर वापस",
	"entered":    "दर्ज",
	"version %1": "संस्करण %1",
	"Log out":    "लॉग आउट",
	"Search":     "खोजें", "Clear": "साफ़ करें", "Log in": "लॉग इन", "This needs a valid key, or name, password and code.": "मान्य कुंजी, या नाम, पासवर्ड और कोड आवश्यक हैं।",
	"Name": "नाम", "Password": "पासवर्ड", "Code of the second factor": "दूसरे प्रमाण का कोड", "Log in with your department's account": "अपने विभाग के खाते से लॉग इन करें", "With a key": "कुंजी से",
	"Key": "कुंजी", "alias": "उर्फ़",
	"place": "स्थान", "chassis": "चेसिस", "engine": "इंजन",
	"sections": "धारा", "updated": "अद्यतन", "Contradicts what was asked": "विरोध", "Why this is a hit": "मिलान का आधार",
	"Field": "विवरण", "Asked": "पूछा गया", "Likeness": "समानता",
	"Practice: made-up data": "अभ्यास: काल्पनिक आँकड़े", "The search was not made.": "खोज नहीं की गई।",

	"FIR": "प्राथमिकी", "Caution": "सावधान", "What to do": "क्या करें",
	"A hit is a lead to look at, not a finding.": "मिलान एक संकेत है, निष्कर्ष नहीं।",

	"The key is given out by your administrator. It is kept for this session only, eight hours at most.": "कुंजी आपके प्रशासक देते हैं। यह केवल इस सत्र के लिए रखी जाती है, अधिक से अधिक आठ घंटे।",
	"Practice: the records are made up.": "अभ्यास: अभिलेख काल्पनिक हैं।", "List": "सूची", "Reason": "कारण",
	"Anvesh":               "अन्वेष",
	"Skip to the search":   "सीधे खोज पर जाएँ",
	"Language":             "भाषा",
	"Filters for persons":  "व्यक्ति के लिए छाँटें",
	"Filters for vehicles": "वाहन के लिए छाँटें",
	"Name, number plate, chassis, engine or FIR number": "नाम, नंबर प्लेट, चेसिस, इंजन या FIR संख्या",
	"Reason for the search":                             "खोज का कारण",
	"Results":                                           "परिणाम",
	"The line is down. What you typed is kept; the search goes on by itself as soon as the line is back.": "संपर्क टूट गया है। लिखा हुआ रखा गया है; संपर्क लौटते ही खोज अपने आप आगे बढ़ेगी।",
	"The line is back.":       "संपर्क लौट आया है।",
	"Searching":               "खोज जारी है",
	"Understood as":           "समझा गया:",
	"or rather":               "या फिर",
	"by":                      "द्वारा",
	"as of":                   "किस समय तक",
	"Found":                   "मिले",
	"records seen up to":      "अभिलेख देखे गए",
	"all parts answered":      "सभी भागों ने उत्तर दिया",
	"%1 of %2 parts answered": "%2 में से %1 भागों ने उत्तर दिया",
	"%1 weaker":               "%1 कमज़ोर",
	"More hits":               "और परिणाम",
	"Hits":                    "परिणाम",
	"shown %1 to %2":          "दिखाए गए %1 से %2",
	"Only the first %1 can be shown: say more of whom or what you seek.": "केवल पहले %1 दिखाए जा सकते हैं: जिसे खोज रहे हैं उसके बारे में और लिखें।",
	"Print the list": "सूची छापें",
	"Print this hit": "यह परिणाम छापें",
	"Print":          "छापें",
	"That nobody was found can be had as a signed statement, which others can check without this service.": "कोई न मिलने का हस्ताक्षरित कथन मिल सकता है, जिसे दूसरे इस सेवा के बिना भी जाँच सकते हैं।",
	"Show the statement to print it": "छापने के लिए कथन दिखाएँ",
	"Save the statement":             "कथन सहेजें",
	"Not everything was searched, so no statement can be given that nobody was found.": "सब कुछ नहीं खोजा गया, इसलिए कोई न मिलने का कथन नहीं दिया जा सकता।",
	"No statement can be given.": "कथन नहीं दिया जा सकता।",
	"Signed statement":           "हस्ताक्षरित कथन",
	"signed on":                  "हस्ताक्षर",
	"search":                     "खोज",
	"key":                        "कुंजी",
	"signature":                  "हस्ताक्षर-अंक",
	"What counts is the file: it is checked by anvesh verify-statement.": "मान्य फ़ाइल है: उसे anvesh verify-statement से जाँचा जाता है।",
	"outcome": "परिणति",
	"Nothing is recorded of what became of this hit.": "इस मिलान का क्या हुआ, यह दर्ज नहीं है।",
	"Notices":                                "सूचनाएँ",
	"No notice for you or your unit.":        "आपके या आपकी इकाई के लिए कोई सूचना नहीं।",
	"%1 records named":                       "%1 अभिलेख, नाम",
	"%1 outstanding":                         "%1 में तलाश बाकी",
	"Nothing given tells them apart: add %1": "दी गई जानकारी से इनमें भेद नहीं होता: %1 जोड़ें",
	"%1 cases":                               "%1 मुक़दमे",
	"without a number":                       "बिना संख्या",
	"A lead is no ground for a stop.":        "सुराग रोकने का आधार नहीं है।",
	"Asked and on record":                    "पूछा गया और अभिलेख में",
	"PS":                                     "थाना",
	"also written":                           "अन्य वर्तनी",
	"Searched by":                            "किसने खोजा", "When": "कब", "Records up to": "अभिलेख कब तक", "Totals": "कुल",
}

// Of is a text of the page as a phrase.
func Of(english string) Phrase { return Phrase(english + "|" + InHindi(english)) }

// InHindi is a text of the page or of a report in Hindi.
func InHindi(english string) string {
	hindi, ok := page[english]
	if !ok {
		hindi, ok = desk[english]
	}
	if !ok {
		panic("BUG: the page has no Hindi for " + english)
	}
	return hindi
}
