// Package phrase is the one catalogue of what people read, in English and in Hindi: reasons and remarks of a search,
// refusals, what is said of the rows of a list, and the labels of fields, grades, classes and statuses. It holds texts
// only; who says one names it.
//
// A Phrase has both languages and places for what was asked or found, so that neither can be forgotten: a test holds
// every phrase to both languages, the same places in each, and a use. The rooms query, query/match and query/web say
// nothing to people otherwise, but for what programs and operators read, which is English.
package phrase

import "strings"

// A Phrase is one text: English, a bar, Hindi. %1 and %2 are places.
type Phrase string

// With is the phrase in both languages, with what stands in its places.
func (p Phrase) With(with ...string) (english, hindi string) { return p.Each(with, with) }

// Each is With where what stands in the places is itself in words.
func (p Phrase) Each(inEnglish, inHindi []string) (english, hindi string) {
	english, hindi, _ = strings.Cut(string(p), "|")
	return filled(english, inEnglish), filled(hindi, inHindi)
}

// filled puts texts into their places, in one pass: what stands in a text is no place.
func filled(s string, with []string) string {
	at := strings.IndexByte(s, '%')
	if at < 0 || len(with) == 0 {
		return s
	}
	var b strings.Builder
	for ; at >= 0; at = strings.IndexByte(s, '%') {
		b.WriteString(s[:at])
		b.WriteString(with[s[at+1]-'1'])
		s = s[at+2:]
	}
	b.WriteString(s)
	return b.String()
}
