package query

import "strings"

// sentences say a reason in one short line, by grade; %[1]s is what was asked, %[2]s what the record holds.
var sentences = map[string][2]string{
	"exact":       {"%[2]s: equal", "%[2]s: समान"},
	"folded":      {"%[1]s read as %[2]s: look-alike characters", "%[1]s को %[2]s पढ़ा: मिलते-जुलते अक्षर"},
	"spelling":    {"%[1]s ~ %[2]s: other spelling", "%[1]s ~ %[2]s: वर्तनी अलग"},
	"sound":       {"%[1]s ~ %[2]s: sounds alike", "%[1]s ~ %[2]s: उच्चारण समान"},
	"script":      {"%[1]s = %[2]s: same name in the other script", "%[1]s = %[2]s: दूसरी लिपि में वही नाम"},
	"joined":      {"%[1]s ~ %[2]s: joined or split", "%[1]s ~ %[2]s: जुड़ा या अलग लिखा"},
	"initial":     {"%[1]s ~ %[2]s: initial", "%[1]s ~ %[2]s: आद्याक्षर"},
	"order":       {"%[1]s ~ %[2]s: other order", "%[1]s ~ %[2]s: क्रम अलग"},
	"partial":     {"%[1]s within %[2]s", "%[2]s में %[1]s मिला"},
	"missing":     {"%[1]s%[2]s: on one side only", "%[1]s%[2]s: केवल एक ओर"},
	"contradicts": {"%[1]s is not %[2]s", "%[1]s और %[2]s मेल नहीं खाते"},
}

// sentence says e in English and in Hindi; the rule that was applied stands in brackets.
func (a *arena) sentence(e *evidence) (english, hindi string) {
	s, ok := sentences[e.grade]
	if !ok {
		return "", ""
	}
	return a.filled(s[0], e), a.filled(s[1], e)
}

// filled puts what was asked and found into a sentence, and the rule behind it. Twenty hits have a hundred sentences,
// so it does without fmt.
func (a *arena) filled(sentence string, e *evidence) string {
	for {
		before, rest, ok := strings.Cut(sentence, "%[")
		a.add(before)
		if !ok {
			break
		}
		if rest[0] == '1' {
			a.add(e.query)
		} else {
			a.add(e.found)
		}
		sentence = rest[len("1]s"):]
	}
	if e.rule != "" {
		a.add(" (", e.rule, ")")
	}
	return a.end()
}
