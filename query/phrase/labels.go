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

	"accused": {"accused", "अभियुक्त"}, "complainant": {"complainant", "शिकायतकर्ता"}, "victim": {"victim", "पीड़ित"}, "witness": {"witness", "गवाह"},

	"IIF1": {"FIR registered (IIF1)", "FIR दर्ज (IIF1)"}, "IIF2": {"Crime details (IIF2)", "अपराध विवरण (IIF2)"}, "IIF3": {"Arrest or surrender (IIF3)", "गिरफ़्तारी या समर्पण (IIF3)"},
	"IIF4": {"Seizure (IIF4)", "ज़ब्ती (IIF4)"}, "IIF5": {"Final report (IIF5)", "अंतिम रिपोर्ट (IIF5)"}, "IIF6": {"Court disposal (IIF6)", "न्यायालय का निर्णय (IIF6)"},
	"IIF7":             {"Appeal (IIF7)", "अपील (IIF7)"},
	"stage registered": {"registered", "दर्ज"}, "stage under investigation": {"under investigation", "विवेचना में"}, "stage arrest made": {"arrest made", "गिरफ़्तारी हुई"},
	"stage closed": {"closed without charge sheet", "बिना आरोप-पत्र बंद"}, "stage charge sheet": {"charge sheet filed", "आरोप-पत्र दाख़िल"}, "stage cognizance": {"cognizance taken", "संज्ञान लिया गया"},
	"stage charge framed": {"charge framed", "आरोप तय"}, "stage judgment": {"judgment given", "निर्णय हुआ"}, "stage appeal": {"appeal decided", "अपील निर्णीत"}, "stage retrial": {"to be tried again", "पुनः विचारण"},

	"flag transferred": {"transferred: another station has the case than its number says", "स्थानांतरित: मुक़दमा उस थाने में नहीं जो संख्या बताती है"},
	"flag no-iif1":     {"the FIR form itself (IIF1) has not come", "FIR का प्रपत्र (IIF1) नहीं आया"}, "flag several-iif1": {"more than one FIR form (IIF1); the oldest counts", "एक से अधिक FIR प्रपत्र (IIF1); सबसे पुराना मान्य"},
	"flag event-after-entry": {"a form was entered before its event", "एक प्रपत्र घटना से पहले दर्ज हुआ"}, "flag event-after-arrival": {"a date lies in the future", "एक तिथि भविष्य की है"},
	"flag offence-after-fir": {"the offence lies after its report", "अपराध की तिथि रिपोर्ट के बाद की है"}, "flag arrest-before-fir": {"arrest before the FIR", "गिरफ़्तारी FIR से पहले"},
	"flag produced-before-arrest": {"produced in court before the arrest", "पेशी गिरफ़्तारी से पहले"}, "flag seizure-before-fir": {"seizure before the FIR", "ज़ब्ती FIR से पहले"},
	"flag report-before-fir": {"final report before the FIR", "अंतिम रिपोर्ट FIR से पहले"}, "flag judgment-before-report": {"judgment before the charge sheet", "निर्णय आरोप-पत्र से पहले"},
	"flag appeal-before-judgment": {"appeal before the judgment", "अपील निर्णय से पहले"}, "flag report-without-list": {"the final report does not say who is charge-sheeted", "अंतिम रिपोर्ट नहीं बताती कि किन पर आरोप-पत्र है"},
	"flag appeal-without-effect": {"the outcome of the appeal is not told", "अपील का परिणाम नहीं बताया गया"}, "flag role-changed": {"forms disagree on a person's part", "प्रपत्रों में किसी की भूमिका अलग-अलग है"},
	"flag role-missing": {"no form tells a person's part", "किसी की भूमिका दर्ज नहीं"}, "flag birth-years-disagree": {"forms differ on a year of birth by more than five years", "जन्म वर्ष में पाँच वर्ष से अधिक अंतर है"},

	"January": {"January", "जनवरी"}, "February": {"February", "फ़रवरी"}, "March": {"March", "मार्च"}, "April": {"April", "अप्रैल"},
	"May": {"May", "मई"}, "June": {"June", "जून"}, "July": {"July", "जुलाई"}, "August": {"August", "अगस्त"},
	"September": {"September", "सितंबर"}, "October": {"October", "अक्टूबर"}, "November": {"November", "नवंबर"}, "December": {"December", "दिसंबर"},

	// What a text typed into the one box is taken for, what agrees with it in one word, and what would part namesakes.
	"as name": {"person", "व्यक्ति"}, "as registration": {"number plate", "नंबर प्लेट"}, "as chassis": {"chassis", "चेसिस"},
	"as engine": {"engine", "इंजन"}, "as fir": {"FIR", "प्राथमिकी (FIR)"},
	"short fir": {"FIR", "प्राथमिकी"}, "short number": {"number", "संख्या"},
	"short name": {"name", "नाम"}, "short alias": {"alias", "उर्फ़"}, "short relative": {"father", "पिता"}, "short gender": {"gender", "लिंग"},
	"short age": {"age", "आयु"}, "short birth_year": {"birth year", "जन्म वर्ष"}, "short place": {"place", "स्थान"},
	"short station": {"station", "थाना"}, "short district": {"district", "ज़िला"}, "short section": {"section", "धारा"},
	"short registration": {"number plate", "नंबर प्लेट"}, "short chassis": {"chassis", "चेसिस"}, "short engine": {"engine", "इंजन"},
	"short make": {"make", "निर्माता"}, "short model": {"model", "मॉडल"}, "short colour": {"colour", "रंग"},
	"add relative": {"father", "पिता"}, "add birth_year": {"age", "आयु"}, "add district": {"village", "गाँव"}, "add place": {"village", "गाँव"},
}

// LabelOf is the label of what the contract calls by name; what has none stands for itself.
func LabelOf(name string) Label {
	if l, ok := labels[name]; ok {
		return l
	}
	if l, ok := deskLabels[name]; ok {
		return l
	}
	return Label{English: name}
}
