package phrase

// An Order says in both languages what an officer must do and may not do. It is an order and not advice: it holds whatever
// else the hit says.
type Order struct {
	English, Hindi string
	Source         string // of the rule
}

// orders are the one table of what a hit asks for: "person" or "vehicle" and the record's status; "party" for a complainant,
// victim or witness; "person lead" or "vehicle lead" for any hit that is one.
//
// Sources: BNSS is the Bharatiya Nagarik Suraksha Sanhita 2023, BNS the Bharatiya Nyaya Sanhita 2023. Each section was read in
// a public copy of the Act (law.emunshi.ai/bnss/NUMBER and /bns/NUMBER; 35(1)(d) and 58 at apnilaw.com, 106 at law4u.in, 189 at
// aaptaxlaw.com, 258 at pahujalawacademy.com, 262 at sudhirrao.com, 271 at lawgratis.com, 435 at ajinkyainnovations.com; 187 as 58
// names it, BNS 73 by its heading) and is named for this:
//
//	BNSS 35(1)       arrest without a warrant: reasonable complaint, credible information or reasonable suspicion; (d) a
//	                 proclaimed offender
//	BNSS 35(3)       notice to appear where arrest is not required; it is handed over, not sent by WhatsApp (Satender Kumar
//	                 Antil v. CBI, 2025 INSC 909, on Haryana's application)
//	BNSS 47          grounds are told at once. That they are given in writing is case law: Pankaj Bansal v. Union of India
//	                 (Supreme Court, 3 October 2023), Ravinder v. State of Haryana (Punjab and Haryana High Court, February
//	                 2025: in every arrest since that day)
//	BNSS 58, 187     before a magistrate within 24 hours; detention beyond that by his order
//	BNSS 84          proclamation of who absconds
//	BNSS 106         seizure of what is suspected to be stolen; 497, 503: what a court or magistrate does with it
//	BNSS 179         a witness is called by an order in writing
//	BNSS 189, 193    release where evidence is wanting; the report that ends an investigation
//	BNSS 250, 262, 268   discharge: Sessions, police report, otherwise; 258, 271, 278: acquittal
//	BNSS 435         appeals abate by death
//	BNSS 480         bail, and its conditions
//	BNS 72           the identity of victims of sexual offences; 73: court matters
//
// "Hit confirmation" is the rule of the United States' NCIC that the agency which entered a record confirms it before anybody acts
// on it, since a record may be hours or years old (NCJ 137997, ojp.gov). "Right to be forgotten" is the Punjab and Haryana High
// Court's order of March 2025 (name shown as ABCD after a First Information Report was quashed).
var orders = map[string]Order{
	"person lead": {"A lead only: nobody may be stopped, detained or arrested on it. Compare father, age, address and photograph, and read the case, first.",
		"यह केवल सुराग है: इसके आधार पर किसी को न रोकें, न हिरासत में लें, न गिरफ़्तार करें। पहले पिता, आयु, पता और फ़ोटो मिलाएँ और मुक़दमा देखें।",
		"BNSS 35(1): an arrest needs a reasonable complaint, credible information or reasonable suspicion; hit confirmation"},
	"vehicle lead": {"A lead only: no vehicle may be stopped or seized, and nobody detained or arrested, on it. Compare plate, chassis and engine, and read the case, first.",
		"यह केवल सुराग है: इसके आधार पर न कोई वाहन रोकें या ज़ब्त करें, न किसी को हिरासत में लें या गिरफ़्तार करें। पहले नंबर प्लेट, चेसिस और इंजन मिलाएँ और मुक़दमा देखें।",
		"BNSS 35(1): an arrest needs a reasonable complaint, credible information or reasonable suspicion; 106; hit confirmation"},
	"party": {"Not an accused: do not stop, question or detain this person because of the record. Contact only through the station that holds the case; tell nobody the name.",
		"यह अभियुक्त नहीं है: अभिलेख के कारण न रोकें, न पूछताछ करें, न हिरासत में लें। संपर्क केवल मुक़दमे वाले थाने के द्वारा; नाम किसी को न बताएँ।",
		"BNS 72, 73; BNSS 179"},

	"person proclaimed": {"Proclaimed offender. Make sure who it is; the station that holds the case must confirm that the proclamation still stands. Then arrest, give the grounds in writing, tell that station at once; before a magistrate within 24 hours. Do not arrest without the confirmation.",
		"उद्घोषित अपराधी। पहचान पक्की करें; मुक़दमे वाला थाना पुष्टि करे कि उद्घोषणा अब भी प्रभावी है। तब गिरफ़्तार करें, आधार लिखित में दें, उस थाने को तुरंत बताएँ; 24 घंटे में मजिस्ट्रेट के सामने। पुष्टि के बिना गिरफ़्तार न करें।",
		"BNSS 35(1)(d), 47, 58, 84; grounds in writing: case law; hit confirmation"},
	"person absconding": {"Absconding. Make sure who it is; the station that holds the case must confirm that he is still sought and on what warrant or ground. Arrest only then; where a notice to appear is enough, give the notice. Do not arrest on this record alone.",
		"फ़रार। पहचान पक्की करें; मुक़दमे वाला थाना पुष्टि करे कि तलाश अब भी है और किस वारंट या आधार पर। तभी गिरफ़्तार करें; जहाँ उपस्थिति का नोटिस काफ़ी हो, नोटिस दें। केवल इस अभिलेख पर गिरफ़्तार न करें।",
		"BNSS 35(1), 35(3), 47, 58; hit confirmation"},
	"person wanted": {"Wanted. Make sure who it is; the station that holds the case must confirm that he is still wanted and on what ground. Arrest only then; where a notice to appear is enough, give the notice. Do not arrest on this record alone.",
		"वांछित। पहचान पक्की करें; मुक़दमे वाला थाना पुष्टि करे कि वह अब भी वांछित है और किस आधार पर। तभी गिरफ़्तार करें; जहाँ उपस्थिति का नोटिस काफ़ी हो, नोटिस दें। केवल इस अभिलेख पर गिरफ़्तार न करें।",
		"BNSS 35(1), 35(3), 47, 58; hit confirmation"},
	"person arrested": {"Arrested in this case already: in custody or on bail. Do not arrest again for it. Met at large, ask the station that holds the case whether he is on bail or has escaped.",
		"इस मुक़दमे में गिरफ़्तारी हो चुकी है: हिरासत में या ज़मानत पर। इसमें फिर गिरफ़्तार न करें। बाहर मिले तो मुक़दमे वाले थाने से पूछें कि ज़मानत पर है या भागा हुआ।",
		"BNSS 187, 480; hit confirmation"},
	"person charge-sheeted": {"The case is before the court. Do not arrest or detain for it. Ask the station that holds the case about conditions of bail and warrants of the court.",
		"मुक़दमा न्यायालय में है। इसमें गिरफ़्तार या हिरासत में न लें। ज़मानत की शर्तें और न्यायालय के वारंट मुक़दमे वाले थाने से पूछें।",
		"BNSS 193(3), 480; hit confirmation"},
	"person convicted": {"Convicted in this case. Do not arrest or detain for it, unless the station that holds the case or the prison confirms an escape or an overstayed parole.",
		"इस मुक़दमे में दोषसिद्ध। इसमें गिरफ़्तार या हिरासत में न लें, जब तक मुक़दमे वाला थाना या जेल भागने या पैरोल से न लौटने की पुष्टि न करे।",
		"BNSS 35(1); hit confirmation"},
	"person not-charge-sheeted": {"Named and not charge-sheeted: not an accused before the court. Do not stop, detain or treat as a suspect because of the record.",
		"नाम आया पर आरोप-पत्र नहीं: न्यायालय में अभियुक्त नहीं। अभिलेख के कारण न रोकें, न हिरासत में लें, न संदिग्ध मानें।",
		"BNSS 189, 193(3); IIF5"},
	"person acquitted": {"Acquitted. Do not stop, detain or treat as a suspect because of the record, and do not tell others of it.",
		"दोषमुक्त। अभिलेख के कारण न रोकें, न हिरासत में लें, न संदिग्ध मानें, न औरों को बताएँ।",
		"BNSS 258, 271, 278; right to be forgotten"},
	"person discharged": {"Discharged. Do not stop, detain or treat as a suspect because of the record, and do not tell others of it.",
		"उन्मोचित। अभिलेख के कारण न रोकें, न हिरासत में लें, न संदिग्ध मानें, न औरों को बताएँ।",
		"BNSS 250, 262, 268; right to be forgotten"},
	"person abated": {"Ended without a finding. Do not stop, detain or treat as a suspect because of the record.",
		"बिना निष्कर्ष समाप्त। अभिलेख के कारण न रोकें, न हिरासत में लें, न संदिग्ध मानें।",
		"IIF5, IIF6; BNSS 435"},
	"person": {"Named as accused, standing not on record. Do not stop, detain or arrest because of the record; ask the station that holds the case.",
		"अभियुक्त के रूप में नामित, स्थिति दर्ज नहीं। अभिलेख के कारण न रोकें, न हिरासत में लें, न गिरफ़्तार करें; मुक़दमे वाले थाने से पूछें।",
		"BNSS 35(1); hit confirmation"},

	"vehicle stolen": {"Stolen. Stop it where that is safe and compare chassis and engine numbers with the record; the station that holds the case must confirm that it is still stolen. Then seize it with a memo and tell that station. The driver may have bought it: do not arrest for the record alone.",
		"चोरी का वाहन। सुरक्षित हो तो रोकें और चेसिस व इंजन संख्या अभिलेख से मिलाएँ; मुक़दमे वाला थाना पुष्टि करे कि वाहन अब भी चोरी का है। तब फ़र्द बनाकर ज़ब्त करें और उस थाने को बताएँ। चालक ख़रीदार हो सकता है: केवल अभिलेख पर गिरफ़्तार न करें।",
		"BNSS 35(1), 106; hit confirmation"},
	"vehicle involved": {"Named in a case. Do not seize it because of the record alone; compare chassis and engine numbers and ask the station that holds the case whether it wants the vehicle.",
		"मुक़दमे में नामित वाहन। केवल अभिलेख पर ज़ब्त न करें; चेसिस व इंजन संख्या मिलाएँ और मुक़दमे वाले थाने से पूछें कि वाहन चाहिए या नहीं।",
		"BNSS 106; hit confirmation"},
	"vehicle seized": {"Seized already. Met on the road, compare chassis and engine numbers: it may be a copy of the plate, or be let out on superdari. Do not seize it again before the station that holds the case has been asked.",
		"पहले से ज़ब्त। सड़क पर मिले तो चेसिस व इंजन संख्या मिलाएँ: नंबर प्लेट नक़ली या वाहन सुपुर्दगी पर हो सकता है। मुक़दमे वाले थाने से पूछे बिना फिर ज़ब्त न करें।",
		"BNSS 106, 497, 503; hit confirmation"},
	"vehicle recovered": {"Recovered: not sought. Do not stop or seize it because of the record.",
		"बरामद हो चुका: तलाश नहीं। अभिलेख के कारण न रोकें, न ज़ब्त करें।", "IIF4; BNSS 106"},
	"vehicle released": {"Given back: not sought. Do not stop or seize it because of the record.",
		"सुपुर्द हो चुका: तलाश नहीं। अभिलेख के कारण न रोकें, न ज़ब्त करें।", "IIF4, IIF6; BNSS 497, 503"},
	"vehicle": {"Standing not on record. Do not seize it because of the record; ask the station that holds the case.",
		"स्थिति दर्ज नहीं। अभिलेख के कारण ज़ब्त न करें; मुक़दमे वाले थाने से पूछें।", "BNSS 106; hit confirmation"},

	"caution identity-misused": {"An offender used this name: whoever bears it rightly is not the accused. Do not arrest before fingerprints or photograph agree with the case.",
		"किसी अपराधी ने यह नाम इस्तेमाल किया: इस नाम का असली व्यक्ति अभियुक्त नहीं है। फ़िंगरप्रिंट या फ़ोटो मुक़दमे से मिले बिना गिरफ़्तार न करें।",
		"Regulation (EU) 2018/1862 article 62 (SIS: additional data where an identity was misused)"},
	"caution armed":     {"Generally armed: do not go near alone.", "प्रायः हथियारबंद: अकेले पास न जाएँ।", "IIF3 item 12(c)"},
	"caution dangerous": {"Dangerous: call for help first.", "ख़तरनाक: पहले सहायता बुलाएँ।", "IIF3 item 12(a)"},
	"caution escape-risk": {"May escape: has jumped bail or escaped before, or is likely to.",
		"भाग सकता है: पहले ज़मानत तोड़ी या भागा है, या इसकी आशंका है।", "IIF3 items 12(b) and 12(g)"},
}

// OrderOf is the order of a key of the table, which must have it.
func OrderOf(key string) Order {
	o, ok := orders[key]
	if !ok {
		panic("BUG: phrase: no order for " + key)
	}
	return o
}
