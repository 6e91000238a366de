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
	"hav": "Hav", "sub": "Sub", "col": "Col", "capt": "Capt", "maj": "Maj", "lt": "Lt",
	"ex": "Ex", "sarpanch": "Sarpanch", "haji": "Haji", "hazi": "Haji", "maulana": "Maulana",
	"kunwar": "Kunwar", "kunwer": "Kunwar", "hon": "Hon", "honble": "Hon", "justice": "Justice",
	"si": "SI", "asi": "ASI", "const": "Const", "hc": "HC", "insp": "Insp", "inspector": "Insp",
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
var trailing = map[string]string{"ji": "ji", "jee": "ji", "sahab": "Sahab", "saheb": "Sahab", "sahib": "Sahab", "advocate": "Adv", "retd": "Retd"}

// late are the words that say that a person has died.
var late = map[string]bool{
	"late": true, "swargiya": true, "svargiya": true, "svargiy": true, "swargiy": true, "deceased": true,
	"mritak": true, "marhum": true,
}

// devTitles are Devanagari abbreviations that a transliteration would not meet, with what they are read as.
var devTitles = map[string]string{
	"श्री": "shri", "श्रीमती": "smt", "श्रीमति": "smt", "डा": "dr", "डॉ": "dr", "कु": "km", "कुमारी": "kumari", "पं": "pt",
	"चौ": "ch", "स्व": "late", "स्वर्गीय": "late", "सुश्री": "km", "एड": "adv", "प्रो": "prof", "सरदार": "sardar",
	"हवलदार": "hav", "मृतक": "late",
}

// devWords are words whose Devanagari spelling is commonly so mistyped that a rule would read another name.
var devWords = map[string]string{"सिहं": "singh", "सिह": "singh", "सिँह": "singh"}

// shortNames are abbreviations that stand for one name, in the letters that it is compared by.
var shortNames = map[string]string{
	"md": "mohamad", "mohd": "mohamad", "moh": "mohamad", "mhd": "mohamad", "mohmd": "mohamad", "mo": "mohamad", "moha": "mohamad",
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
	"beta": "father", "beti": "father", "walad": "father", "valad": "father", "pisar": "father",
	"patni": "husband", "dharmapatni": "husband", "dharmpatni": "husband", "vidhva": "husband", "bewa": "husband",
	"widow": "husband", "zauja": "husband", "zoje": "husband", "father": "father",
	"husband": "husband", "mother": "mother",
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
	"brother": "brother", "mother": "child", "father": "child",
}

// aliasWords part a name from a further name of the same person.
var aliasWords = map[string]bool{
	"urf": true, "alias": true, "alais": true, "aka": true, "urph": true, "upnam": true, "उर्फ": true, "उर्फ़": true, "उपनाम": true,
}

// addressWords end the names: what follows is where the person lives.
var addressWords = map[string]bool{
	"nivasi": true, "niwasi": true, "vasi": true, "wasi": true, "resident": true, "village": true, "vpo": true, "vill": true,
	"निवासी": true, "वासी": true, "गांव": true, "ग्राम": true, "hno": true,
}
