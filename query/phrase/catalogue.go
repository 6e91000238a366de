package phrase

// Refusals: what is wrong with a field, which stands before them, or with the whole request.
const (
	NoReason      Phrase = "is required: an FIR, GD or diary number (FIR 123/2023, GD 12/2026, DD 1), or a text of at least ten letters|आवश्यक है: FIR, GD या रोज़नामचा संख्या (FIR 123/2023, GD 12/2026, DD 1), या कम से कम दस अक्षरों का कारण लिखें"
	NoName        Phrase = "holds no name that can be read, in Latin or Devanagari letters|इसमें कोई पढ़ने योग्य नाम नहीं है; रोमन या देवनागरी अक्षरों में लिखें"
	LettersLost   Phrase = "is Hindi that was saved in another encoding, and parts of it are lost: give it as UTF-8|यह हिंदी किसी दूसरी एन्कोडिंग में सहेजी गई और इसके कुछ अक्षर खो गए हैं; UTF-8 में लिखें"
	NoPlace       Phrase = "names no place: give a village, town or district|यह किसी स्थान का नाम नहीं है; गाँव, नगर या ज़िला लिखें"
	DigitsLost    Phrase = "is a power of ten as a spreadsheet shows a long number: its digits are lost, give the number as written|स्प्रेडशीट ने लंबी संख्या छोटी कर दी है और अंक खो गए हैं; संख्या पूरी लिखें"
	OnlyNothing   Phrase = "says only that nothing is known (unknown, NA, अज्ञात, -), and nothing else is given to search for|यह केवल कहता है कि कुछ ज्ञात नहीं, और खोजने के लिए कुछ और नहीं दिया गया"
	NoFIR         Phrase = "must be an FIR registration number, 13 to 17 digits|FIR पंजीकरण संख्या 13 से 17 अंकों की होती है"
	NoSerial      Phrase = "must be an FIR's serial number and year, such as 123/2023|FIR की क्रम संख्या और वर्ष लिखें, जैसे 123/2023"
	NeedsNumber   Phrase = "is required, such as number=123/2023|FIR की क्रम संख्या और वर्ष लिखें, जैसे 123/2023"
	NeedsStation  Phrase = "is required beside number: every station counts from 1 each year|संख्या के साथ थाना भी लिखें: हर थाने में संख्या हर वर्ष 1 से शुरू होती है"
	WholeNumber   Phrase = "must be a whole number from %1 to %2|%1 से %2 तक की पूर्ण संख्या लिखें"
	WholeUnquoted Phrase = "must be a whole number from %1 to %2, without quotes|%1 से %2 तक की पूर्ण संख्या लिखें"
	YearFrom      Phrase = "must be a year from %1 to %2|%1 से %2 तक का कोई वर्ष लिखें"
	FromAfterTo   Phrase = "must not lie before from|आरंभ की तिथि अंत की तिथि के बाद नहीं हो सकती"
	NoDate        Phrase = "must be a date that exists, written YYYY-MM-DD, such as 2026-01-31|ऐसी तिथि लिखें जो हो, जैसे 2026-01-31"
	NoStation     Phrase = "names no station that is known: give its code or its name|इस नाम या कोड का कोई थाना ज्ञात नहीं है"
	NoDistrict    Phrase = "names no district that is known: give its code or its name|इस नाम या कोड का कोई ज़िला ज्ञात नहीं है"
	ChooseOne     Phrase = "must be one of %1%2|इनमें से एक चुनें: %1"
	ChooseEach    Phrase = "each item must be one of %1%2|इनमें से एक चुनें: %1"
	NoSection     Phrase = `must hold a section's number, such as "BNS 303(2)"|धारा की संख्या लिखें, जैसे BNS 303(2)`
	GivePerson    Phrase = "give a name, alias, relative, place, station, district or section to search for|खोजने के लिए नाम, उर्फ़, संबंधी, स्थान, थाना, ज़िला या धारा लिखें"
	GiveNumber    Phrase = "give a registration, chassis or engine number, or a part of one|पंजीकरण, चेसिस या इंजन संख्या लिखें, पूरी या उसका भाग"
	AgeOrYear     Phrase = "give age or birth_year, not both|आयु और जन्म वर्ष में से एक ही लिखें"
	AtLeastThree  Phrase = "must hold at least three letters or digits|कम से कम तीन अक्षर या अंक लिखें"
	AtLeastFour   Phrase = "must hold at least four letters or digits|कम से कम चार अक्षर या अंक लिखें"
	TooLong       Phrase = "must have at most %1 characters|अधिक से अधिक %1 अक्षर लिखें"
	TooMany       Phrase = "must have at most %1 items|अधिक से अधिक %1 चुनें"
	NotUTF8       Phrase = "must be valid UTF-8 text|इसमें ऐसे अक्षर हैं जो पढ़े नहीं जा सकते"
	NotUnicode    Phrase = "must be valid Unicode text|इसमें ऐसे अक्षर हैं जो पढ़े नहीं जा सकते"
	ControlMarks  Phrase = "must not hold control characters|इसमें ऐसे चिह्न हैं जो दिखते नहीं; उन्हें हटाएँ"
	Twice         Phrase = "must stand only once|यह एक ही बार लिखा जा सकता है"
	WrongForm     Phrase = "must be %1|इस क्षेत्र का रूप सही नहीं है"
	NotToken      Phrase = "must be an offset token as anvesh load prints it, such as 0:1234,1:88|इस क्षेत्र का रूप सही नहीं है"
	TokenTwice    Phrase = "must name each partition once, such as 0:1234,1:88|इस क्षेत्र का रूप सही नहीं है"
	NoField       Phrase = "%1 has no field of this name%2|इस नाम का कोई क्षेत्र नहीं है"
	FromElsewhere Phrase = "another site has filled in this search; look at it, and make it here if it is yours|यह खोज किसी अन्य साइट ने भरी है; देख लें, और आपकी हो तो यहीं से खोजें"
	NotFresh      Phrase = "the service has not yet seen as much as at_least asks for; try again, or ask for less|माँगी गई ताज़गी तक के अभिलेख अभी नहीं पढ़े गए; कुछ देर बाद फिर खोजें"
	NotReady      Phrase = "the service is still catching up with the log, see /readyz|सेवा अभी अभिलेख पढ़ रही है; कुछ देर बाद फिर खोजें"
	Stopping      Phrase = "the service is stopping|सेवा बंद हो रही है; कुछ देर बाद फिर खोजें"
	Overloaded    Phrase = "too much is asked at once; try again shortly|इस समय बहुत खोजें चल रही हैं; थोड़ी देर में फिर खोजें"
	TookTooLong   Phrase = "the search took too long; try again|इस समय बहुत खोजें चल रही हैं; थोड़ी देर में फिर खोजें"
	ManyWaits     Phrase = "too many searches of this key or address wait for at_least already; let some of them be answered first|इस कुंजी या पते की बहुत खोजें प्रतीक्षा में हैं; पहले उनका उत्तर आने दें"
	Damaged       Phrase = "what is kept of this case is damaged and cannot be shown; the operator puts it right with anvesh mend|इस मुक़दमे का रखा हुआ अभिलेख क्षतिग्रस्त है और दिखाया नहीं जा सकता; प्रशासक को बताएँ"
	Internal      Phrase = "internal error|आंतरिक त्रुटि; प्रशासक को बताएँ"
)

// Remarks of a search.
const (
	SectionAlike   Phrase = "section %1 counts as %2 too|धारा %1 में %2 भी गिनी गई"
	Swapped        Phrase = "in some records the name and the relative's name stand the other way round: leads only|कुछ अभिलेखों में नाम और संबंधी का नाम बदले हुए हैं: केवल सुराग"
	Nameless       Phrase = "without a name this can only be a list: a name, alias or relative's name narrows it|बिना नाम के यह केवल सूची है: नाम, उर्फ़ या संबंधी का नाम दें"
	RelativeOnly   Phrase = "without the person's own name this can only be a list: the name narrows it|व्यक्ति के अपने नाम के बिना यह केवल सूची है: नाम दें"
	AliasOnly      Phrase = "an alias without a name can only be a lead, since many share one: a name or a relative's name narrows it|बिना नाम के उर्फ़ से सुराग ही मिलता है, क्योंकि वह बहुतों का होता है: नाम या संबंधी का नाम दें"
	OnlyInitials   Phrase = "a name of initials fits too many: write one word of it out|आद्याक्षर बहुतों पर बैठते हैं: नाम का एक शब्द पूरा लिखें"
	NameAlone      Phrase = "the name alone singles out nobody: %1 would narrow it|केवल नाम से कोई एक व्यक्ति तय नहीं होता: %1 दें"
	Several        Phrase = "several bear the name and nothing given singles one out: %1 would narrow it|यह नाम कई का है और दी गई जानकारी से कोई एक तय नहीं होता: %1 दें"
	Repaired       Phrase = "%1: read as %2, from the letters of %3|%1: %3 के अक्षरों से %2 पढ़ा गया"
	LeftOutPower   Phrase = `%1: a spreadsheet made "%2" of a long number; its digits are lost, and it was left out|%1: स्प्रेडशीट ने लंबी संख्या को "%2" बना दिया; अंक खो गए, इसे छोड़ दिया गया`
	LeftOutName    Phrase = `%1: "%2" holds no name that can be read, and was left out|%1: "%2" में कोई नाम नहीं पढ़ा जा सका; इसे छोड़ दिया गया`
	LeftOutShort   Phrase = `%1: "%2" holds too few letters or digits to search for, and was left out|%1: "%2" में खोजने के लिए बहुत कम अक्षर या अंक हैं; इसे छोड़ दिया गया`
	LeftOutNothing Phrase = `%1: "%2" says that nothing is known, and was left out|%1: "%2" का अर्थ है कि कुछ ज्ञात नहीं; इसे छोड़ दिया गया`
)

// What is said of a cell of a list.
const (
	AgeUnknown   Phrase = "it says that the age is not known, and was left out|लिखा है कि आयु ज्ञात नहीं; छोड़ दी गई"
	AgeUnread    Phrase = "it cannot be read as an age in years, and was left out|वर्षों में आयु के रूप में नहीं पढ़ी जा सकी; छोड़ दी गई"
	AgeOdd       Phrase = "it is no age from 1 to 130 years, and was left out|1 से 130 वर्ष की आयु नहीं है; छोड़ दी गई"
	AgeNeedless  Phrase = "left out, as the birth year says more|छोड़ दी गई, क्योंकि जन्म वर्ष अधिक बताता है"
	YearUnknown  Phrase = "it says that the year is not known, and was left out|लिखा है कि वर्ष ज्ञात नहीं; छोड़ दिया गया"
	YearUnread   Phrase = "it cannot be read as a year of four digits, or as a date with one, and was left out|चार अंकों के वर्ष, या ऐसे वर्ष वाले दिनांक के रूप में नहीं पढ़ा जा सका; छोड़ दिया गया"
	GenderUnread Phrase = "it is not understood (M, F, T, male, female, पुरुष, महिला are) and was left out|समझा नहीं जा सका (M, F, T, पुरुष, महिला लिखें); छोड़ दिया गया"
	CutText      Phrase = "only its first 200 characters are read|केवल पहले 200 अक्षर पढ़े गए"
	AgeAsYear    Phrase = "read as the birth year %1|जन्म वर्ष %1 पढ़ा गया"
	AgeAsRange   Phrase = "read as %1, give or take %2 years|%1 पढ़ी गई, %2 वर्ष कम या अधिक"
	CellPower    Phrase = "a spreadsheet has turned it into a power of ten (like 1.87E+26) and its digits are lost; correct the cell as text|स्प्रेडशीट ने इसे दस के घात (जैसे 1.87E+26) में बदल दिया, अंक खो गए; सेल को टेक्स्ट बनाकर ठीक करें"
	CellCut      Phrase = "a spreadsheet has cut its digits to zeros after the fifteenth; correct the cell as text, with ' before it if it is right|स्प्रेडशीट ने पंद्रहवें के बाद के अंक शून्य कर दिए; सेल को टेक्स्ट बनाकर ठीक करें, सही हो तो आगे ' लगाएँ"
	CellDate     Phrase = "a spreadsheet has turned it into a date; correct the cell as text|स्प्रेडशीट ने इसे दिनांक बना दिया; सेल को टेक्स्ट बनाकर ठीक करें"
	CellFormula  Phrase = "a formula failed here; save the list with its values|यहाँ सूत्र विफल हुआ; सूची को मानों के साथ सहेजें"
	CellLost     Phrase = "its letters were lost and became question marks when the list was saved; save it again as UTF-8|सूची सहेजते समय इसके अक्षर खो गए और ? बन गए; उसे UTF-8 में फिर सहेजें"
	CellMarks    Phrase = "its letters were lost and became question marks when the list was saved; save it again as UTF-8, or write * where characters are not known|सूची सहेजते समय इसके अक्षर खो गए और ? बन गए; उसे UTF-8 में फिर सहेजें, या अज्ञात अक्षरों की जगह * लिखें"
)
