package page

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// Suggestions are names of stations and districts for those who type one into a filter: public, and made once. They are asked for by the
// two letters that a word of the name begins with, so that nothing else of what is typed leaves the browser, an answer is small, and what
// is typed behind them needs no other. The letters say in which script the name is suggested; the page's language only where they are none.
type Suggestions struct {
	answers map[string][]byte
	places  map[string]bool // the names in small letters, a station's without its district
}

// The kinds of units that are suggested.
const (
	Stations  = "stations"
	Districts = "districts"
)

// begun is how many letters a unit is asked for by.
const begun = 2

// everyStation are words that stand in the name of each, and by which none is asked for.
var everyStation = []string{"थाना", "पुलिस", "स्टेशन", "police", "station", "ps"}

// everyUnit are those and the words for a district.
var everyUnit = append([]string{"district", "distt", "dist", "ज़िला", "जिला"}, everyStation...)

// NewSuggestions makes them from names in English and in Hindi; a station's has that of its district behind a comma.
func NewSuggestions(stations, districts [][2]string) *Suggestions {
	s := &Suggestions{map[string][]byte{}, map[string]bool{}}
	groups := map[string][]string{}
	add := func(key, name string) {
		if !slices.Contains(groups[key], name) {
			groups[key] = append(groups[key], name)
		}
	}
	for at, l := range []Lang{English, Hindi} {
		for kind, names := range map[string][][2]string{Stations: stations, Districts: districts} {
			for _, name := range names {
				text := l.pick(name[0], name[at])
				own, _, _ := strings.Cut(text, ",")
				s.places[bareName(own)] = true
				if kind == Districts {
					add(kind+string(l), text)
				}
				for _, word := range strings.Fields(strings.ToLower(own)) {
					if letters := firstLetters(word); letters != "" && !slices.Contains(everyStation, word) {
						add(keyOf(kind, l, letters), text)
					}
				}
			}
		}
	}
	for key, names := range groups {
		slices.Sort(names)
		text, err := json.Marshal(names)
		if err != nil {
			panic("BUG: " + err.Error())
		}
		s.answers[key] = text
	}
	return s
}

// keyOf is the place of the names that have a word which begins so. Digits are of every script.
func keyOf(kind string, l Lang, letters string) string {
	if letters == "" || letters[0] <= '9' {
		return kind + string(l) + letters
	}
	return kind + " " + letters
}

// bareName is a unit's name in small letters, without the words that say that it is one.
func bareName(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(strings.ToLower(text)), func(w string) bool { return slices.Contains(everyUnit, w) }), " ")
}

// Has tells whether a text is the name of a station or a district, in either language.
func (s *Suggestions) Has(text string) bool {
	text = bareName(text)
	return text != "" && s.places[text]
}

// firstLetters are those that a word is asked for by.
func firstLetters(word string) string {
	letters := []rune(strings.ToLower(strings.TrimLeftFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })))
	return string(letters[:min(len(letters), begun)])
}

// For returns the names of a kind as a JSON list: those that have a word which begins so, and all districts where that is nothing.
func (s *Suggestions) For(kind string, l Lang, begins string) []byte {
	if found, ok := s.answers[keyOf(kind, l, firstLetters(begins))]; ok {
		return found
	}
	return []byte("[]")
}
