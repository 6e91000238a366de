package phrase

// reasons say a reason in one short line; %[1]s is what was asked, %[2]s what the record holds. A key is what an evidence
// says of itself, else its field's group and grade, else its grade. Each must be true of what was asked and of the record,
// whatever else either of them holds: a word that is missing is missing in this name (reasons_test.go).
var reasons = map[string][2]string{
	"exact":         {"%[2]s: equal", "%[2]s: समान"},
	"folded":        {"%[1]s ~ %[2]s: look-alike characters", "%[1]s ~ %[2]s: मिलते-जुलते अक्षर"},
	"spelling":      {"%[1]s ~ %[2]s: other spelling", "%[1]s ~ %[2]s: वर्तनी अलग"},
	"sound":         {"%[1]s ~ %[2]s: sounds alike", "%[1]s ~ %[2]s: उच्चारण समान"},
	"script":        {"%[1]s = %[2]s: same name in the other script", "%[1]s = %[2]s: दूसरी लिपि में वही नाम"},
	"joined":        {"%[1]s ~ %[2]s: joined or split", "%[1]s ~ %[2]s: जुड़ा या अलग लिखा"},
	"initial":       {"%[1]s ~ %[2]s: initial", "%[1]s ~ %[2]s: आद्याक्षर"},
	"order":         {"%[1]s ~ %[2]s: other order", "%[1]s ~ %[2]s: क्रम अलग"},
	"swapped":       {"%[1]s: on record %[2]s stands in the other place; name and relative are swapped", "%[1]s: अभिलेख में %[2]s दूसरे स्थान पर है; नाम और संबंधी आपस में बदले हैं"},
	"partial":       {"%[1]s ~ %[2]s: the same but for a beginning or an ending", "%[1]s ~ %[2]s: केवल आरंभ या अंत अलग"},
	"contradicts":   {"%[1]s is not %[2]s", "%[1]s और %[2]s मेल नहीं खाते"},
	"asked only":    {"%[1]s: not in this name on record", "%[1]s: अभिलेख के इस नाम में नहीं"},
	"held only":     {"%[2]s: on record, not asked here", "%[2]s: अभिलेख में है, यहां पूछा नहीं गया"},
	"asked again":   {"%[1]s: asked once more than this name on record has it", "%[1]s: अभिलेख के इस नाम से एक बार अधिक पूछा गया"},
	"held again":    {"%[2]s: once more on record than asked", "%[2]s: पूछे गए से एक बार अधिक अभिलेख में है"},
	"nothing held":  {"%[1]s: nothing on record to compare", "%[1]s: तुलना के लिए अभिलेख में कुछ नहीं"},
	"other alias":   {"%[1]s: no name or alias on record is like it", "%[1]s: अभिलेख का कोई नाम या उर्फ़ इससे नहीं मिलता"},
	"fits":          {"%[2]s fits %[1]s", "%[2]s का %[1]s से मेल है"},
	"unreadable":    {"%[1]s ~ %[2]s: agrees as far as that can be read", "%[1]s ~ %[2]s: जितना पढ़ा जा सकता है, समान"},
	"end held":      {"%[2]s: on record is the end of %[1]s alone, which agrees", "%[2]s: अभिलेख में %[1]s का केवल अंत है, जो समान है"},
	"same colour":   {"%[2]s: the same colour as %[1]s", "%[2]s: %[1]s वाला ही रंग"},
	"section alike": {"%[2]s: counts as %[1]s", "%[2]s: %[1]s के समकक्ष"},

	"birth_year exact":       {"born %[2]s: as asked, %[1]s", "जन्म %[2]s: जैसा पूछा, %[1]s"},
	"birth_year partial":     {"born %[2]s: agrees with %[1]s", "जन्म %[2]s: %[1]s से मेल खाता है"},
	"birth_year spelling":    {"born %[2]s: outside %[1]s, but near", "जन्म %[2]s: %[1]s के बाहर, पर निकट"},
	"birth_year contradicts": {"born %[2]s: far from %[1]s", "जन्म %[2]s: %[1]s से दूर"},
	"gender exact":           {"%[2]s: the gender asked", "%[2]s: लिंग समान"},
	"gender contradicts":     {"%[2]s on record, %[1]s asked", "अभिलेख में %[2]s, पूछा %[1]s"},
	"place sound":            {"%[1]s: in the address on record, %[2]s", "%[1]s: अभिलेख के पते में है, %[2]s"},
	"place partial":          {"%[1]s: a part of it is in the address on record, %[2]s", "%[1]s: इसका एक भाग अभिलेख के पते में है, %[2]s"},
	"place contradicts":      {"%[1]s: not in the address on record, %[2]s", "%[1]s: अभिलेख के पते में नहीं, %[2]s"},
	"station exact":          {"%[2]s: the police station asked", "%[2]s: पूछा गया थाना"},
	"district exact":         {"%[2]s: the district asked", "%[2]s: पूछा गया ज़िला"},
	"section exact":          {"%[2]s: the section asked", "%[2]s: पूछी गई धारा"},

	"number spelling":    {"%[1]s ~ %[2]s: some characters differ", "%[1]s ~ %[2]s: कुछ अक्षर अलग"},
	"number partial":     {"%[1]s ~ %[2]s: agrees as far as given", "%[1]s ~ %[2]s: जितना दिया गया, समान"},
	"number contradicts": {"%[2]s: another number than %[1]s", "%[2]s: %[1]s से अलग संख्या"},
	"kind partial":       {"%[1]s ~ %[2]s: one is the other's beginning", "%[1]s ~ %[2]s: एक दूसरे का आरंभ है"},
}

// groups are the fields that share sentences; a field beside them has its own.
var groups = map[string]string{"registration": "number", "chassis": "number", "engine": "number", "make": "kind", "model": "kind", "colour": "kind"}

// Reason is the sentence of a reason in both languages: by what the evidence says of itself, else by its field and grade.
func Reason(say, field, grade string) (sentence [2]string, ok bool) {
	if say != "" {
		sentence, ok = reasons[say]
		return sentence, ok
	}
	if g := groups[field]; g != "" {
		field = g
	}
	if sentence, ok = reasons[field+" "+grade]; !ok {
		sentence, ok = reasons[grade]
	}
	return sentence, ok
}

// Misread is what stands between the characters of a misreading, in English (0) or Hindi (1).
func Misread(language int) (lost, extra, instead string) {
	if language == 0 {
		return " not read", " too much", " for "
	}
	return " नहीं पढ़ा", " अधिक", " की जगह "
}

// CauseInHindi is the cause of a misreading in Hindi; "" for one that is not known.
func CauseInHindi(cause string) string { return causes[cause] }

// causes of misreadings, as query/plate names them.
var causes = map[string]string{
	"look-alike": "मिलते अक्षर", "missing tail": "अंत छूटा", "unlike": "अलग अक्षर", "missing middle": "बीच से छूटा", "several in a row": "लगातार कई अलग",
	"transposed": "अदला-बदली", "repeated": "दोहराया", "extra": "अतिरिक्त", "extra tail": "अंत में अतिरिक्त", "extra head": "आरंभ में अतिरिक्त",
	"dropped zero": "शून्य छूटा", "missing state": "राज्य का कोड छूटा", "missing series": "श्रृंखला छूटी", "two lines": "पंक्तियों का क्रम",
	"missing head": "आरंभ छूटा", "the state's other code": "राज्य का दूसरा कोड", "unreadable": "अपठनीय",
}
