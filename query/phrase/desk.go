package phrase

// What is said in the views of the page that are no search: refusals, and what was just done.
const (
	OwnPageOnly   Phrase = "a page session is only for requests from the page itself; scripts use a key|लॉग इन किया हुआ सत्र केवल इसी पृष्ठ से चलता है; किसी अन्य साइट की भेजी बात नहीं मानी जाती"
	NotYourView   Phrase = "your role does not see this view; what you may do stands under Account|आपकी भूमिका को यह भाग नहीं दिखाया जाता; आपकी अनुमतियाँ “खाता” में लिखी हैं"
	WrongCode     Phrase = "is wrong, or was used already; wait for the next one|कोड ग़लत है या चल चुका है; अगले कोड की प्रतीक्षा करें"
	WeakPassword  Phrase = "must have 12 to 128 characters, and not hold the name|12 से 128 अक्षर रखें, और उसमें नाम न हो"
	FactorIsSet   Phrase = "a second factor is set; an administrator takes it away where it is lost|दूसरा प्रमाण पहले से है; उसे प्रशासक ही हटा सकते हैं"
	NoFactorBegun Phrase = "begin with a second factor first, without a code; one that was begun waits ten minutes|पहले दूसरा प्रमाण आरंभ करें; वह दस मिनट तक प्रतीक्षा करता है"
	NoCredential  Phrase = "no living key has that id or name|इस नाम या पहचान का कोई चालू प्रवेश-अधिकार नहीं है"
	NameTaken     Phrase = "name: a living key has it; rotate or revoke that key, or choose another name|यह नाम किसी चालू प्रवेश-अधिकार का है; दूसरा नाम चुनें या उसे रद्द करें"
	SamePerson    Phrase = "another person than the one who requested it must approve or refuse it|जिसने माँगा है उसके सिवा कोई दूसरा व्यक्ति इसे स्वीकृत या अस्वीकृत करे"
	NotAtStep     Phrase = "a credential is requested, then approved, then issued, each once; this one is at another step|प्रवेश-अधिकार पहले माँगा, फिर स्वीकृत, फिर जारी किया जाता है, हर क़दम एक बार; यह उस क़दम पर नहीं है"
	NotGivenOut   Phrase = "the credential was not given out yet|यह प्रवेश-अधिकार अभी जारी नहीं हुआ"
	HasOne        Phrase = "person: has a credential, or a request, already|इस व्यक्ति का प्रवेश-अधिकार या उसकी माँग पहले से है"
	LastAdmin     Phrase = "this is the last key that may administer; make another one first|यह प्रशासक का अंतिम प्रवेश-अधिकार है; पहले दूसरा बनाएँ"
	BadName       Phrase = "must be 1 to 64 letters, digits, spaces or . _ @ -, beginning with a letter or digit|1 से 64 अक्षर, अंक, रिक्ति या . _ @ - लिखें, आरंभ अक्षर या अंक से"
	BadRole       Phrase = "must be one of bureau, admin; the other roles are persons', and requested at /v1/credentials|इस भूमिका का प्रवेश-अधिकार इस तरह नहीं बनता; उसे माँगा जाता है"
	NoUnit        Phrase = "must be the code of a unit in the service's table|सेवा की सूची में से किसी इकाई का कोड लिखें"
	FactorSet     Phrase = "The second factor is set. Log out, and log in again with name, password and code.|दूसरा प्रमाण लग गया। लॉग आउट करें, और नाम, पासवर्ड और कोड से फिर लॉग इन करें।"
	PasswordSet   Phrase = "The password is changed. Log in with it from now on.|पासवर्ड बदल गया। अब से इसी से लॉग इन करें।"
	Pseudonym     Phrase = "destroyed by order|आदेश से नष्ट"
	NoEntry       Phrase = "the log has no such year or entry|लेखे में ऐसा वर्ष या प्रविष्टि नहीं है"
	EntryGone     Phrase = "the record was destroyed by order; the log has it under a pseudonym|यह अभिलेख आदेश से नष्ट किया गया; लेखे में वह छद्म नाम से है"
	RowQuoteOpen  Phrase = "a quote that is opened in this row is not closed|इस पंक्ति में खुला उद्धरण-चिह्न बंद नहीं हुआ"
	RowQuoteText  Phrase = "text follows a closing quote; double a quote that belongs to the text|बंद उद्धरण-चिह्न के बाद लेख है; लेख का अपना चिह्न दो बार लिखें"
	RowCells      Phrase = "the row has more cells than there are headings|पंक्ति में शीर्षकों से अधिक खाने हैं"
	RowLong       Phrase = "the row is longer than 64 KiB|पंक्ति 64 KiB से लंबी है"
	NotWhole      Phrase = "must be a whole number|पूर्ण संख्या लिखें"
	ListIsBook    Phrase = "the list is a workbook: it is read as .xlsx only, by anvesh match; over HTTP save it as CSV|यह सूची वर्कबुक है; इसे CSV में सहेजें"
	ListNoText    Phrase = "the list is no text: it holds bytes that no CSV or NDJSON has; save it as CSV or as a workbook (.xlsx)|यह फ़ाइल सूची नहीं है; इसे CSV या .xlsx में सहेजें"
	ListEmpty     Phrase = "the list is empty; it begins with a line of headings|सूची ख़ाली है; वह शीर्षकों की पंक्ति से आरंभ होती है"
	ListOldBook   Phrase = "the list is an .xls, or a workbook behind a password: save it as .xlsx without one|यह .xls है या पासवर्ड लगी वर्कबुक; इसे बिना पासवर्ड .xlsx में सहेजें"
	ListNoBook    Phrase = "the list is no .xlsx workbook: save it as .xlsx or CSV|यह .xlsx वर्कबुक नहीं है; इसे .xlsx या CSV में सहेजें"
	ListZip       Phrase = "the list is a ZIP archive but no .xlsx workbook: save it as .xlsx or CSV|यह ZIP है, .xlsx वर्कबुक नहीं; इसे .xlsx या CSV में सहेजें"
	ListNoSheet   Phrase = "the workbook has no sheet|वर्कबुक में कोई शीट नहीं है"
	ListLargeBook Phrase = "the workbook is too large unpacked: save the sheet as CSV|वर्कबुक बहुत बड़ी है; शीट को CSV में सहेजें"
	HeadingsBelow Phrase = "the headings stand in line %1; what stands above them is passed over|शीर्षक पंक्ति %1 में हैं; उसके ऊपर का छोड़ा गया"
	ReadFromFirst Phrase = "%1: read from %2, and where that is empty from %3|%1: %2 से पढ़ा जाता है, और वह ख़ाली हो तो %3 से"
	SheetRead     Phrase = `read is the sheet "%1"; the workbook has %2 more: --sheet names another|शीट "%1" पढ़ी गई; वर्कबुक में %2 और हैं`
	ColumnsAsked  Phrase = "what do the columns %1 mean? They look like something to search by|स्तंभ %1 का क्या अर्थ है? ये खोजने योग्य लगते हैं"
	ColumnsTwice  Phrase = "the columns %1 and %2 both mean the same; pass one over|स्तंभ %1 और %2 का एक ही अर्थ है; एक छोड़ें"
	NoHeadings    Phrase = "no heading of the list is known: say what its columns are|सूची का कोई शीर्षक ज्ञात नहीं: बताएँ कि स्तंभ क्या हैं"
	ChooseFile    Phrase = "choose a CSV or XLSX file|CSV या XLSX फ़ाइल चुनें"
	ListTooLarge  Phrase = "a list on the page has at most 8 MiB: send it in parts, or by anvesh match|पृष्ठ पर सूची अधिक से अधिक 8 MiB की हो: भाग करके दें, या anvesh match से"
	ManyRows      Phrase = "a list on the page has at most %1 rows: send it in parts, or by anvesh match|पृष्ठ पर सूची में अधिक से अधिक %1 पंक्तियाँ हों: भाग करके दें, या anvesh match से"
	ListUnread    Phrase = "the file cannot be read as a list: save it as CSV or .xlsx|फ़ाइल सूची के रूप में पढ़ी नहीं जा सकती: इसे CSV या .xlsx में सहेजें"
	NoList        Phrase = "the list is no longer here: it goes ten minutes after the last look, and with its session; put it again|सूची अब यहाँ नहीं है: वह अंतिम बार देखने के दस मिनट बाद और सत्र के साथ हटती है; फिर से दें"
	NoRows        Phrase = "the list has no rows to search for|सूची में खोजने के लिए कोई पंक्ति नहीं है"
	ManyLists     Phrase = "this key has as many lists running as one key may; let one of them end first|इस कुंजी की जितनी सूचियाँ एक साथ चल सकती हैं उतनी चल रही हैं; पहले कोई पूरी होने दें"
	ListApproved  Phrase = "The list is approved.|सूची स्वीकृत हुई।"
)

// desk are the texts of those views, by what their templates say in English.
var desk = map[string]string{
	"Views": "भाग", "This was not done.": "यह नहीं किया गया।",

	"Account": "खाता", "Set a second factor first.": "पहले दूसरा प्रमाण लगाएँ।", "Until then you may do nothing else.": "तब तक आप और कुछ नहीं कर सकते।",
	"Who you are": "आप कौन हैं", "Number in the rolls": "सेवा-क्रमांक", "Rank": "पद", "Role": "भूमिका", "Service": "सेवा", "Unit": "इकाई",
	"the whole state": "पूरा राज्य", "Valid until": "कब तक मान्य", "no day is set": "कोई तिथि तय नहीं", "Credential": "प्रवेश-अधिकार",
	"Left for today": "आज के लिए शेष", "Single searches": "एकल खोजें", "%1 of %2": "%2 में से %1", "Rows of lists": "सूचियों की पंक्तियाँ",
	"Rows of one list": "एक सूची की पंक्तियाँ", "up to %1; a longer one needs the approval of a second person": "%1 तक; इससे लंबी सूची के लिए दूसरे व्यक्ति की स्वीकृति चाहिए",
	"as many as there are": "जितनी हों", "What you may do": "आप क्या कर सकते हैं", "Action": "कार्य", "How far": "कहाँ तक",
	"Nothing, before a second factor is set and shown.": "कुछ नहीं, जब तक दूसरा प्रमाण लगाया और दिखाया न जाए।",
	"Forms that you may enter":                          "प्रपत्र जो आप दर्ज कर सकते हैं", "Second factor and password": "दूसरा प्रमाण और पासवर्ड",
	"A second factor is set. If the telephone is lost, an administrator takes it away, and you begin anew with the new key.": "दूसरा प्रमाण लगा हुआ है। फ़ोन खो जाए तो प्रशासक उसे हटाते हैं, और आप नई कुंजी से फिर आरंभ करते हैं।",
	"Change the password": "पासवर्ड बदलें",
	"Scan this with an authenticator app on your telephone; or type the letters, or open the link there:": "इसे अपने फ़ोन के प्रमाणक ऐप से स्कैन करें; या अक्षर उसमें लिखें, या वहीं यह लिंक खोलें:", "QR code": "QR कोड",
	"open in the app": "ऐप में खोलें",
	"Type the six digits that it shows, and a password of at least 12 characters.": "ऐप में दिखे छह अंक लिखें, और कम से कम 12 अक्षरों का पासवर्ड।",
	"Set the second factor": "दूसरा प्रमाण लगाएँ", "Begin with a second factor": "दूसरा प्रमाण आरंभ करें",

	"Credentials": "प्रवेश-अधिकार", "The key of %1": "%1 की कुंजी",
	"It is shown this once and kept nowhere. Hand it to the person alone; a second factor and a password are set with it.": "यह इसी बार दिखाई जाती है और कहीं नहीं रखी जाती। उसी व्यक्ति को दें; इसी से दूसरा प्रमाण और पासवर्ड लगते हैं।",
	"Waiting for approval: %1": "स्वीकृति की प्रतीक्षा में: %1", "approved, not given out: %1": "स्वीकृत, जारी नहीं: %1",
	"hours from request to key, half of all: %1": "माँग से कुंजी तक घंटे, आधे में: %1", "oldest request, hours: %1": "सबसे पुरानी माँग, घंटे: %1",
	"ending within 30 days: %1": "30 दिन में समाप्त: %1", "Open requests": "खुली माँगें", "None is open.": "कोई नहीं है।", "All credentials": "सभी प्रवेश-अधिकार",
	"Name, number, unit or id": "नाम, क्रमांक, इकाई या पहचान", "Find": "ढूँढें", "%1 more are not shown: find them by name, number or unit": "%1 और नहीं दिखाए गए: नाम, क्रमांक या इकाई से ढूँढें",
	"Request a credential": "प्रवेश-अधिकार माँगें", "Another administrator than the one who requests it approves it.": "जो माँगता है उससे भिन्न प्रशासक इसे स्वीकृत करता है।", "Request": "माँगें",
	"on leave": "अवकाश पर", "valid until": "मान्य", "requested by": "माँगा:", "approved by": "स्वीकृत किया:", "refused by": "अस्वीकृत किया:", "given out by": "जारी किया:", "revoked on": "रद्द हुआ:",

	"Log of who asked what": "किसने क्या पूछा, इसका लेखा", "Your own looks stand in it too.": "आपका देखना भी इसमें लिखा जाता है।", "Entries": "प्रविष्टियाँ", "Code of the unit": "इकाई का कोड",
	"Who": "किसने", "What": "क्या", "Shown": "दिखाया गया", "Proof": "प्रमाण", "can no longer be read": "अब पढ़ा नहीं जा सकता", "and %1 rows more": "और %1 पंक्तियाँ",
	"and %1 more": "और %1", "%1 times": "%1 बार", "nothing": "कुछ नहीं", "Older entries": "पुरानी प्रविष्टियाँ", "The log has no such entry among what you may read.": "जो आप पढ़ सकते हैं उसमें ऐसी कोई प्रविष्टि नहीं है।",
	"Proof of entry %1 of %2": "%2 की प्रविष्टि %1 का प्रमाण", "Entry": "प्रविष्टि", "Year": "वर्ष", "Hashes on the way": "बीच के हैश", "Checkpoint": "चेकपॉइंट",
	"The entry stands in the log as it was written: its hash leads to the root that the signed checkpoint names.": "प्रविष्टि लेखे में वैसी ही है जैसी लिखी गई: उसका हैश उसी मूल तक पहुँचता है जो हस्ताक्षरित चेकपॉइंट में है।",
	"Entries that the checkpoint stands for": "चेकपॉइंट में प्रविष्टियाँ", "Public key of the log": "लेखे की सार्वजनिक कुंजी", "The proof as a file": "प्रमाण फ़ाइल के रूप में", "To the log": "लेखे पर लौटें",

	"Lists": "सूचियाँ", "To the list that you have here": "यहाँ रखी अपनी सूची पर जाएँ", "CSV or XLSX file: choose it, or drop it here": "CSV या XLSX फ़ाइल: चुनें, या यहाँ छोड़ें",
	"The rows are": "पंक्तियाँ किसकी हैं", "Look at the columns": "स्तंभ देखें", "Nothing is searched for yet: first you see what each column is taken for.": "अभी कुछ खोजा नहीं जाता: पहले आप देखते हैं कि कौन-सा स्तंभ क्या समझा गया।",
	"At most %1 MiB and %2 rows; longer lists go by the program anvesh match.": "अधिक से अधिक %1 MiB और %2 पंक्तियाँ; लंबी सूचियाँ anvesh match प्रोग्राम से जाती हैं।",
	"Rows that are left for today: %1.":                                        "आज के लिए शेष पंक्तियाँ: %1।", "A list of more than %1 rows needs the approval of a second person.": "%1 से अधिक पंक्तियों की सूची के लिए दूसरे व्यक्ति की स्वीकृति चाहिए।",
	"The list and its answers are kept in memory alone, for this session, and go ten minutes after you looked last.": "सूची और उसके उत्तर केवल स्मृति में, इसी सत्र के लिए रखे जाते हैं, और अंतिम बार देखने के दस मिनट बाद हट जाते हैं।",
	"Say what the marked columns are.": "बताएँ कि चिह्नित स्तंभ क्या हैं।", "%1 rows": "%1 पंक्तियाँ", "Sheet of the workbook": "वर्कबुक की शीट", "Read this sheet": "यह शीट पढ़ें",
	"Column": "स्तंभ", "is taken for": "क्या समझा गया", "First cells": "पहले खाने", "choose, or pass over": "चुनें, या छोड़ें", "passed over": "छोड़ा गया", "Read the columns so": "स्तंभ ऐसे पढ़ें",
	"Search for %1 rows": "%1 पंक्तियाँ खोजें", "The list has %1 rows; your role may match %2 alone.": "सूची में %1 पंक्तियाँ हैं; आपकी भूमिका अकेले %2 मिला सकती है।",
	"Ask somebody who may approve lists (the supervisor of your unit, or a person of the records bureau): tell your credential, %1, and the number of rows; type the number that you are given.": "सूची स्वीकृत कर सकने वाले से कहें (अपनी इकाई के पर्यवेक्षक, या अभिलेख ब्यूरो का व्यक्ति): अपना प्रवेश-अधिकार %1 और पंक्तियों की संख्या बताएँ; जो संख्या मिले वह लिखें।",
	"Only %1 rows are left for today: those behind them will be refused.": "आज केवल %1 पंक्तियाँ शेष हैं: उनके बाद की अस्वीकृत होंगी।", "Each row is charged to your day and stands in the log, as over the API.": "हर पंक्ति आपके दिन में गिनी जाती है और लेखे में लिखी जाती है।",
	"Remove the list": "सूची हटाएँ", "Searched for: %1 of %2 rows": "खोजी गईं: %2 में से %1 पंक्तियाँ", "The page looks again by itself.": "पृष्ठ अपने आप फिर देखता है।", "Look again": "फिर देखें",
	"Stop and remove the list": "रोकें और सूची हटाएँ", "The list was not searched for to its end.": "सूची अंत तक नहीं खोजी गई।", "Download the answers, up to %1 hits a row:": "उत्तर डाउनलोड करें, हर पंक्ति के %1 परिणाम तक:", "Search for this row alone": "केवल इस पंक्ति को खोजें", "for a spreadsheet (XLSX)": "स्प्रेडशीट के लिए (XLSX)", "They are too many for a workbook here: read the CSV as text, so that long numbers keep their digits.": "यहाँ वर्कबुक के लिए ये बहुत अधिक हैं: CSV को टेक्स्ट के रूप में पढ़ें, ताकि लंबी संख्याओं के अंक बने रहें।", "for programs (CSV)": "प्रोग्रामों के लिए (CSV)",
	"The answers are too large to be downloaded here; anvesh match writes them.": "उत्तर यहाँ डाउनलोड के लिए बहुत बड़े हैं; anvesh match उन्हें लिखता है।", "Your role does not take answers away as a file.": "आपकी भूमिका उत्तर फ़ाइल में नहीं ले जा सकती।",
	"Row": "पंक्ति", "Class": "श्रेणी", "Best hit": "सबसे अच्छा मिलान", "best of %1 hits": "%1 मिलानों में सबसे अच्छा", "no match among what was seen": "देखे गए में कोई मिलान नहीं", "not everything could be searched": "सब कुछ नहीं खोजा जा सका",
	"Rows before": "पिछली पंक्तियाँ", "More rows": "और पंक्तियाँ", "Remove the list and its answers": "सूची और उत्तर हटाएँ",

	"Approvals": "स्वीकृतियाँ",
	"A list that is longer than its searcher's role may match needs a second person. What is approved are so many rows of lists of one credential, for a day.": "जो सूची खोजने वाले की भूमिका की सीमा से लंबी हो उसके लिए दूसरा व्यक्ति चाहिए। स्वीकृति एक प्रवेश-अधिकार की सूचियों की इतनी पंक्तियों के लिए होती है, एक दिन तक।",
	"Approved: up to %1 rows of lists": "स्वीकृत: सूचियों की %1 पंक्तियों तक", "Give this number to who asked. It serves for these rows, until": "यह संख्या माँगने वाले को दें। यह इतनी पंक्तियों के लिए चलती है, तब तक:",
	"Approve": "स्वीकृत करें", "Given and not used yet": "दी गईं और अभी न चली हुईं", "For": "किसके लिए", "Rows": "पंक्तियाँ", "until": "कब तक", "Number": "संख्या",
}

// deskLabels are what those views call roles, actions, steps and the blanks of their forms.
var deskLabels = map[string]Label{
	"room search": {"Search", "खोज"}, "room lists": {"Lists", "सूचियाँ"}, "room approvals": {"Approvals", "स्वीकृतियाँ"},
	"room credentials": {"Credentials", "प्रवेश-अधिकार"}, "room log": {"Log", "लेखा"}, "room account": {"Account", "खाता"},

	"role constable": {"station staff", "थाने का कर्मचारी"}, "role sho": {"station house officer", "थाना प्रभारी"}, "role io": {"investigating officer", "विवेचक"},
	"role supervisor": {"supervisor of a district, range or the state", "ज़िले, रेंज या राज्य का पर्यवेक्षक"}, "role bureau": {"records bureau", "अभिलेख ब्यूरो"},
	"role prosecution": {"prosecution", "अभियोजन"}, "role court": {"court", "न्यायालय"}, "role prison": {"prison", "कारागार"},
	"role forensics": {"forensic laboratory", "विधि-विज्ञान प्रयोगशाला"}, "role auditor": {"auditor", "लेखा-परीक्षक"}, "role admin": {"administrator", "प्रशासक"}, "role program": {"the program itself", "प्रोग्राम स्वयं"},
	"pillar police": {"police", "पुलिस"}, "pillar courts": {"courts", "न्यायालय"}, "pillar prosecution": {"prosecution", "अभियोजन"},
	"pillar prisons": {"prisons", "कारागार"}, "pillar forensics": {"forensics", "विधि-विज्ञान"},

	"action search accused": {"search for accused persons", "अभियुक्तों की खोज"}, "action search victims": {"search for victims", "पीड़ितों की खोज"},
	"action search complainants": {"search for complainants", "शिकायतकर्ताओं की खोज"}, "action search witnesses": {"search for witnesses", "गवाहों की खोज"},
	"action search vehicles": {"search for vehicles", "वाहनों की खोज"}, "action view case": {"look at a case", "मुक़दमा देखना"},
	"action unmask": {"see what is masked, for a reason", "छिपाया हुआ देखना, कारण के साथ"}, "action list": {"match a list", "सूची मिलाना"},
	"action approve lists": {"approve long lists of others", "दूसरों की लंबी सूचियाँ स्वीकृत करना"}, "action export": {"take results away as a file", "परिणाम फ़ाइल में ले जाना"},
	"action enter forms": {"enter forms", "प्रपत्र दर्ज करना"}, "action read the log": {"read the log of who asked what", "किसने क्या पूछा, इसका लेखा पढ़ना"},
	"action administer": {"hand out and take back credentials", "प्रवेश-अधिकार जारी और रद्द करना"}, "action operate": {"back up, rebuild and check the service", "सेवा का बैकअप, पुनर्निर्माण और जाँच"},
	"reach case": {"in your own cases", "अपने मुक़दमों में"}, "reach unit": {"in your own unit", "अपनी इकाई में"}, "reach state": {"in the whole state", "पूरे राज्य में"},

	"state requested": {"requested", "माँगा गया"}, "state approved": {"approved", "स्वीकृत"}, "state refused": {"refused", "अस्वीकृत"},
	"state valid": {"valid", "मान्य"}, "state expired": {"expired", "समाप्त"}, "state revoked": {"revoked", "रद्द"},
	"step approve": {"Approve", "स्वीकृत करें"}, "step refuse": {"Refuse", "अस्वीकृत करें"}, "step issue": {"Give out the key", "कुंजी जारी करें"},
	"step revoke": {"Revoke", "रद्द करें"}, "step rotate": {"New key", "नई कुंजी"}, "step reset": {"Second factor lost", "दूसरा प्रमाण खोया"},
	"step away": {"On leave", "अवकाश पर"}, "step back": {"Back from leave", "अवकाश से लौटे"},
	"sure refuse":  {"The request ends for good.", "माँग सदा के लिए समाप्त होगी।"},
	"sure revoke":  {"The credential opens nothing from that moment on; sessions and lists under way end. This cannot be undone.", "उसी क्षण से यह प्रवेश-अधिकार कुछ नहीं खोलेगा; चालू सत्र और सूचियाँ समाप्त होंगी। यह लौटाया नहीं जा सकता।"},
	"sure rotate":  {"The old key opens nothing from that moment on.", "पुरानी कुंजी उसी क्षण से कुछ नहीं खोलेगी।"},
	"sure reset":   {"Second factor, password and the old key are taken away; a new key begins anew.", "दूसरा प्रमाण, पासवर्ड और पुरानी कुंजी हट जाएँगे; नई कुंजी से फिर आरंभ होगा।"},
	"done approve": {"The request is approved. The key is given out next.", "माँग स्वीकृत हुई। अब कुंजी जारी की जाती है।"}, "done refuse": {"The request is refused.", "माँग अस्वीकृत हुई।"},
	"done request": {"The credential is requested. Another administrator approves it.", "प्रवेश-अधिकार माँगा गया। दूसरे प्रशासक इसे स्वीकृत करेंगे।"},
	"done issue":   {"The key is given out.", "कुंजी जारी हुई।"}, "done revoke": {"The credential is revoked.", "प्रवेश-अधिकार रद्द हुआ।"}, "done rotate": {"The key is replaced.", "कुंजी बदली गई।"},
	"done reset": {"Second factor and password are taken away.", "दूसरा प्रमाण और पासवर्ड हटाए गए।"}, "done away": {"The person is noted as on leave.", "व्यक्ति अवकाश पर दर्ज है।"},
	"done back": {"The person is noted as back.", "व्यक्ति लौटा हुआ दर्ज है।"},

	"blank name": {"Name, as it is shown", "नाम, जैसा दिखाया जाए"}, "blank person": {"Number in the rolls", "सेवा-क्रमांक"}, "blank role": {"Role", "भूमिका"},
	"blank unit": {"Code of the unit (none: the state)", "इकाई का कोड (ख़ाली: राज्य)"}, "blank rank": {"Rank", "पद"}, "blank days": {"Valid for days (365)", "कितने दिन मान्य (365)"},
	"blank for": {"Credential of who asks: id or name", "माँगने वाले का प्रवेश-अधिकार: पहचान या नाम"}, "blank rows": {"Rows, at most", "पंक्तियाँ, अधिक से अधिक"},
	"blank reason":   {"Reason: FIR, GD or diary number", "कारण: FIR, GD या रोज़नामचा संख्या"},
	"blank approval": {"Number of the approval", "स्वीकृति की संख्या"}, "approval": {"Approval", "स्वीकृति"}, "list": {"List", "सूची"}, "of": {"The rows are", "पंक्तियाँ"},
	"of persons": {"persons", "व्यक्तियों की"}, "of vehicles": {"vehicles", "वाहनों की"}, "outcome none": {"none", "कोई नहीं"}, "outcome refused": {"not searched", "नहीं खोजी गई"},

	"blank who": {"Person: number, name or id", "व्यक्ति: क्रमांक, नाम या पहचान"}, "blank fir": {"FIR: registration number", "FIR: पंजीकरण संख्या"},
	"blank record": {"Record: its id", "अभिलेख: पहचान"}, "blank kind": {"What", "क्या"}, "blank from": {"From", "दिनांक से"}, "blank to": {"To", "दिनांक तक"},
	"kind search": {"search", "खोज"}, "kind list": {"rows of a list", "सूची की पंक्तियाँ"}, "kind view": {"look at a case", "मुक़दमा देखा"}, "kind export": {"copy taken", "प्रति ली गई"},
	"kind unmasking": {"masked parts seen", "छिपाया हुआ देखा"}, "kind credential": {"credential or session", "प्रवेश-अधिकार या सत्र"}, "kind audit": {"look at this log", "यह लेखा देखा"},
	"kind update": {"form entered", "प्रपत्र दर्ज"}, "kind destruction": {"record destroyed by order", "आदेश से अभिलेख नष्ट"},
	"kind alarm": {"alarm", "चेतावनी"}, "kind refusal": {"refused", "अस्वीकार"},
	"why plates swept": {"plates swept", "नंबर प्लेटें लगातार खँगालीं"}, "why names swept": {"names swept", "नाम लगातार खँगाले"},
	"why one sought repeatedly": {"one sought repeatedly", "एक ही को बार-बार खोजा"}, "why own name": {"own name", "अपना ही नाम"},
	"why bulk outside own area": {"bulk outside own area", "अपने क्षेत्र के बाहर थोक में"}, "why use on leave": {"use on leave", "अवकाश में प्रयोग"},
	"why role": {"not of the role", "भूमिका को अनुमति नहीं"}, "why second factor": {"without second factor", "दूसरे प्रमाण के बिना"}, "why unit": {"of another unit", "दूसरी इकाई का"},
	"why searches in a minute": {"too many searches in a minute", "एक मिनट में बहुत खोजें"}, "why searches of the day": {"the day's searches are spent", "दिन की खोजें पूरी"},
	"why rows of lists of the day": {"the day's rows of lists are spent", "दिन की पंक्तियाँ पूरी"}, "why the unit's day": {"the unit's day is spent", "इकाई का दिन पूरा"},
	"asked do": {"done", "किया"}, "asked key": {"credential", "प्रवेश-अधिकार"}, "asked who": {"person", "व्यक्ति"}, "asked from": {"from", "से"}, "asked to": {"to", "तक"},
	"asked number": {"number", "संख्या"}, "asked record": {"record", "अभिलेख"}, "asked kind": {"what", "क्या"}, "asked before": {"before", "इससे पहले"},
	"asked form": {"form", "प्रपत्र"}, "asked withdraw": {"withdrawn", "वापस लिया"}, "asked entered_by": {"entered by", "दर्ज करने वाला"}, "asked entered_at_unit": {"at unit", "इकाई"},
	"fir": {"FIR", "प्राथमिकी (FIR)"}, "record": {"Record", "अभिलेख"}, "kind": {"Kind", "प्रकार"}, "before": {"Before", "इससे पहले"}, "who": {"Person", "व्यक्ति"},

	"blank code": {"Code of the second factor", "दूसरे प्रमाण का कोड"}, "blank password": {"New password", "नया पासवर्ड"},

	"rule person": {"number in the rolls", "इस भूमिका का प्रवेश-अधिकार किसी व्यक्ति का होता है: सेवा-क्रमांक लिखें, अक्षर, अंक, रिक्ति या . _ @ -"},
	"rule pillar": {"service", "सेवा वही हो जो भूमिका की है"}, "rule unit": {"unit", "इस भूमिका के स्तर की इकाई का कोड लिखें: थाना आठ अंक, ज़िला पाँच अंक, ख़ाली राज्य"},
	"rule rank": {"rank", "अधिक से अधिक 64 अक्षर, अंक, रिक्ति या . _ @ -"}, "rule days": {"days", "1 से 1825 तक की पूर्ण संख्या लिखें"},
	"rule certificate": {"certificate", "प्रमाणपत्र का SHA-256 लिखें, 64 अंक"}, "rule searches": {"searches", "0 से ऊपर की पूर्ण संख्या लिखें"},
	"person": {"Number in the rolls", "सेवा-क्रमांक"}, "unit": {"Unit", "इकाई"}, "rank": {"Rank", "पद"}, "days": {"Days", "दिन"}, "rows": {"Rows", "पंक्तियाँ"},
	"for": {"Credential", "प्रवेश-अधिकार"}, "code": {"Code", "कोड"}, "password": {"Password", "पासवर्ड"}, "pillar": {"Service", "सेवा"},
}
