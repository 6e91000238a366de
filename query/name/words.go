package name

// Words around a name that are no part of it. Keys are Latin forms as latinOf makes them, or Devanagari as written.
// Source: domain.md section 7, and the forms' own wording.

// leading are titles that are stripped before a name only; elsewhere they are names (Meena Kumari, Raj Shri).
var leading = map[string]string{
	"shri": "Shri", "shree": "Shri", "sri": "Shri", "sh": "Shri", "shriman": "Shri",
	"smt": "Smt", "shrimati": "Smt", "shreemati": "Smt", "srimati": "Smt", "shrimti": "Smt",
	"km": "Km", "kumari": "Km", "kum": "Km", "ku": "Km", "sushri": "Km", "miss": "Miss", "ms": "Ms",
	"mr": "Mr", "mrs": "Mrs", "master": "Master", "mst": "Mst", "mosammat": "Mst", "musammat": "Mst",
	"dr": "Dr", "prof": "Prof", "er": "Er", "engg": "Er", "eng": "Er", "adv": "Adv", "advocate": "Adv",
	"ch": "Ch", "chau": "Ch", "pt": "Pt", "pandit": "Pt", "sardar": "Sardar", "sardarni": "Sardarni",
	"hav": "Hav", "havaldar": "Hav", "hawaldar": "Hav", "sub": "Sub", "subedar": "Sub", "col": "Col", "colonel": "Col",
	"capt": "Capt", "captain": "Capt", "maj": "Maj", "lt": "Lt", "doctor": "Dr", "engineer": "Er", "professor": "Prof", "comrade": "Comrade",
	"ex": "Ex", "sarpanch": "Sarpanch", "haji": "Haji", "hazi": "Haji", "maulana": "Maulana", "moulana": "Maulana", "molana": "Maulana",
	"maulvi": "Maulvi", "moulvi": "Maulvi", "sadhvi": "Sadhvi", "mahant": "Mahant",
	"kunwar": "Kunwar", "kunwer": "Kunwar", "hon": "Hon", "honble": "Hon", "justice": "Justice",
	"si": "SI", "asi": "ASI", "psi": "PSI", "esi": "ESI", "ct": "Const", "const": "Const", "constable": "Const", "ca": "CA", "hc": "HC", "insp": "Insp", "inspector": "Insp",
}

// ambiguous titles are names before one of these words: Sardar Singh, Kunwar Pal.
var (
	ambiguous   = map[string]bool{"sardar": true, "kunwar": true, "kunwer": true, "kumari": true, "master": true, "haji": true, "hazi": true, "pandit": true}
	secondNames = map[string]bool{
		"singh": true, "sinh": true, "sing": true, "ram": true, "lal": true, "kumar": true, "khan": true, "pal": true, "chand": true,
		"devi": true, "kaur": true, "bai": true, "mohd": true, "mohammad": true,
	}
)

// trailing are stripped behind a name only.
var trailing = map[string]string{"ji": "ji", "jee": "ji", "sahab": "Sahab", "saheb": "Sahab", "sahib": "Sahab",
	"advocate": "Adv", "adv": "Adv", "retd": "Retd", "hc": "HC", "ct": "Const", "const": "Const", "constable": "Const", "si": "SI", "asi": "ASI",
	"insp": "Insp", "inspector": "Insp", "sarpanch": "Sarpanch", "engineer": "Er", "doctor": "Dr", "driver": "Driver", "labour": "Labour", "labourer": "Labour",
	"farmer": "Farmer", "shopkeeper": "Shopkeeper"}

var (
	// letterTitles are initials as well, if nothing else tells: HC Verma, DR Gupta, MS Dhillon.
	letterTitles = map[string]bool{"hc": true, "dr": true, "ms": true, "mr": true, "ct": true, "ca": true, "si": true, "asi": true, "psi": true, "esi": true, "lt": true}
	// anywhere are titles amid a name too: Ahuja Dr Sunil.
	anywhere = map[string]bool{"dr": true, "smt": true, "shrimati": true, "prof": true, "mr": true, "mrs": true, "adv": true}
	// partOfName are titles that begin a name before the words of namesWithShri; those that are false there only where no
	// further word follows: Shri Niwas Sharma, Shri Ram, but Shri Ram Lal.
	partOfName    = map[string]bool{"shri": true, "shree": true, "sri": true}
	namesWithShri = map[string]bool{
		"niwas": true, "nivas": true, "niwash": true, "kant": true, "dhar": true, "bhagwan": true, "bhagvan": true, "vallabh": true, "pat": true, "rang": true,
		"ram": false, "pal": false, "chand": false, "nath": false, "krishan": false, "krishna": false, "kishan": false, "dev": false, "mohan": false, "om": false,
		"parkash": false, "prakash": false, "narayan": false, "narain": false, "devi": false, "hari": false, "kumar": false,
	}
	// twoLetterNames are words, not initials; what has no vowel is in shortNames.
	twoLetterNames = map[string]bool{"om": true, "ku": true, "ji": true, "mo": true, "ad": true, "ul": true, "ud": true, "bi": true, "al": true, "ab": true, "or": true,
		"ur": true, "el": true, "jo": true, "na": true, "su": true, "ki": true, "an": true, "la": true, "ya": true}
)

// late are the words that say that a person has died.
var late = map[string]bool{
	"late": true, "swargiya": true, "svargiya": true, "svargiy": true, "swargiy": true, "deceased": true,
	"mritak": true, "marhum": true,
}

// parts are what a person was in a case, which is no part of his name wherever it stands.
var parts = map[string]bool{"accused": true, "accussed": true, "aropi": true, "abhiyukt": true, "mulzim": true, "muljim": true, "mulajim": true, "complainant": true, "victim": true, "witness": true}

// devTitles are Devanagari abbreviations that a transliteration would not meet, with what they are read as.
var devTitles = map[string]string{
	"श्री": "shri", "श्रीमती": "smt", "श्रीमति": "smt", "डा": "dr", "डॉ": "dr", "कु": "km", "कुमारी": "kumari", "पं": "pt",
	"चौ": "ch", "स्व": "late", "स्वर्गीय": "late", "सुश्री": "km", "एड": "adv", "प्रो": "prof", "सरदार": "sardar",
	"हवलदार": "hav", "मृतक": "late",
}

// devWords are words whose Devanagari spelling is commonly so mistyped that a rule would read another name.
var devWords = map[string]string{"सिहं": "singh", "सिह": "singh", "सिँह": "singh", "सिघं": "singh"}

// wrongSingh are misspellings of सिंह that stand at the end of joined names too: राजवीरसिहं.
var wrongSingh = []string{"सिहं", "सिघं", "सिँह"}

// shortNames are abbreviations that stand for one name, in the letters that it is compared by.
var shortNames = map[string]string{
	"md": "mohamad", "mohd": "mohamad", "moh": "mohamad", "mhd": "mohamad", "mohmd": "mohamad", "mohamd": "mohamad", "muhd": "mohamad", "mu": "mohamad", "mo": "mohamad", "moha": "mohamad",
	"kr": "kumar", "kmr": "kumar", "pd": "prasad", "prd": "prasad", "chdr": "chandra", "sk": "shekh",
	"abd": "abdul", "gh": "ghulam",
}

// letterNames are the Latin letters as Hindi spells their names: आर. के. is R. K.
var letterNames = map[string]string{
	"ए": "a", "बी": "b", "सी": "c", "डी": "d", "ई": "e", "एफ": "f", "जी": "g", "एच": "h", "आई": "i", "आइ": "i", "जे": "j",
	"के": "k", "एल": "l", "एम": "m", "एन": "n", "ओ": "o", "पी": "p", "क्यू": "q", "आर": "r", "एस": "s", "टी": "t", "यू": "u",
	"वी": "v", "डब्लू": "w", "डब्ल्यू": "w", "एक्स": "x", "वाई": "y", "वाय": "y", "जेड": "z", "ज़ेड": "z",
}

// relations are the words between a person and a relative, with what the relative is to the person.
var relations = map[string]string{
	"putr": "father", "suputr": "father", "putra": "father", "suputra": "father", "putri": "father", "suputri": "father",
	"beta": "father", "beti": "father", "walad": "father", "valad": "father", "wald": "father", "vald": "father", "pisar": "father",
	"patni": "husband", "dharmapatni": "husband", "dharmpatni": "husband", "vidhva": "husband", "bewa": "husband", "beva": "husband",
	"widow": "husband", "zauja": "husband", "zoje": "husband", "father": "father",
	"husband": "husband", "mother": "mother", "putragan": "father", "putriyan": "father", "marfat": "care", "marphat": "care", "maarfat": "care", "marfath": "care",
}

// spoken are relations that are names too (Mata Prasad, Chhatra Pati): they count where "ka nam" follows, or where they
// are written in Devanagari behind a name.
var spoken = map[string]string{"pita": "father", "pati": "husband", "mata": "mother"}

// slashed are relations written as a letter, a stroke and an o.
var slashed = map[byte]string{
	's': "father", 'd': "father", 'w': "husband", 'h': "wife", 'c': "care", 'm': "child", 'f': "child", 'b': "brother",
}

// ofWords come before "of" in English.
var ofWords = map[string]string{
	"son": "father", "daughter": "father", "wife": "husband", "husband": "wife", "care": "care", "widow": "husband",
	"brother": "brother", "mother": "child", "father": "child", "sons": "father", "daughters": "father",
}

// soWords are relations whose stroke was left out, "" an address.
var soWords = map[string]string{"so": "father", "do": "father", "wo": "husband", "co": "care", "ho": "wife", "ro": ""}

// aliasWords part a name from a further name of the same person.
var aliasWords = map[string]bool{
	"urf": true, "alias": true, "alais": true, "aka": true, "urph": true, "upnam": true, "uraf": true, "urff": true, "orf": true, "aliyas": true, "उर्फ": true, "उर्फ़": true, "उपनाम": true,
}

// addressWords end the names: what follows is where the person lives.
var addressWords = map[string]bool{
	"nivasi": true, "niwasi": true, "vasi": true, "wasi": true, "resident": true, "village": true, "vpo": true, "vill": true,
	"address": true, "addr": true, "tehsil": true, "thana": true, "distt": true, "district": true, "mohalla": true,
	"निवासी": true, "थाना": true, "तहसील": true, "जिला": true, "ज़िला": true, "मोहल्ला": true, "पता": true, "वासी": true, "गांव": true, "ग्राम": true, "hno": true,
}

// stationWords are what police stations are called by that no person is, behind PS.
var stationWords = map[string]bool{"sadar": true, "sadr": true, "city": true, "shahar": true, "shehar": true, "kotwali": true, "kotvali": true, "civil": true, "sivil": true,
	"cyber": true, "saibar": true, "women": true, "mahila": true, "traffic": true, "yatayat": true, "sector": true, "sec": true, "sektar": true, "railway": true, "grp": true}

// andWords part two persons in one field.
var andWords = map[string]bool{"and": true, "evam": true, "aur": true, "tatha": true, "व": true, "एवं": true, "एवम्": true, "तथा": true, "और": true}

// What a fact takes with it.
const (
	numberFact = 1 + iota // the numbers behind it
	wordFact              // one word
	textFact              // all up to a mark, a relation or an address
	emptyFact             // nothing
)

// facts are words that begin what is told of a person and is no name.
var facts = map[string]int{
	"age": numberFact, "aged": numberFact, "umar": numberFact, "umr": numberFact, "umra": numberFact, "ayu": numberFact, "aayu": numberFact, "dob": numberFact,
	"mob": numberFact, "mobile": numberFact, "mobail": numberFact, "mno": numberFact, "m": numberFact, "f": numberFact, "phone": numberFact, "phon": numberFact,
	"ph": numberFact, "tel": numberFact, "contact": numberFact, "cell": numberFact, "no": numberFact, "nos": numberFact, "number": numberFact, "nambar": numberFact,
	"aadhar": numberFact, "aadhaar": numberFact, "adhar": numberFact, "uid": numberFact, "मो": numberFact, "नं": numberFact, "न": numberFact,
	"caste": wordFact, "cast": wordFact, "jati": wordFact, "jaati": wordFact, "kaum": wordFact, "qaum": wordFact, "biradari": wordFact, "religion": wordFact,
	"case": numberFact, "crime": numberFact, "dated": numberFact, "dt": numberFact, "प्राथमिकी": numberFact, "मुकदमा": numberFact, "मुक़दमा": numberFact,
	"sex": wordFact, "gender": wordFact,
	"occupation": textFact, "occ": textFact, "profession": textFact, "pesha": textFact, "vyavsay": textFact, "dhandha": textFact,
	"by": emptyFact, "etc": emptyFact, "others": emptyFact, "ors": emptyFact, "vagairah": emptyFact, "vagaira": emptyFact, "आदि": emptyFact, "वगैरह": emptyFact,
	"years": emptyFact, "yrs": emptyFact, "yr": emptyFact, "varsh": emptyFact, "varshiya": emptyFact, "varshiy": emptyFact,
}

// ageUnits follow an age.
var ageUnits = map[string]bool{"years": true, "year": true, "yrs": true, "yr": true, "y": true, "sal": true, "saal": true, "varsh": true, "varshiya": true, "varshiy": true}

// numberLabels stand between a fact and its number.
var numberLabels = map[string]bool{"no": true, "nos": true, "number": true, "nambar": true, "num": true, "is": true, "about": true, "approx": true, "around": true,
	"lagbhag": true, "karib": true, "years": true, "नं": true, "न": true}

// fillers stand between a relation and the name: पिता का नाम.
var fillers = map[string]bool{"ka": true, "ki": true, "nam": true, "naam": true, "name": true}
