package page

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// Suggestions are names of stations and districts for those who type one into a filter: public, and made once. Stations are asked
// for by the two letters that a word of their name begins with, so that nothing else of what is typed leaves the browser, an answer is
// small, and what is typed behind them needs no other.
type Suggestions struct {
	answers map[string][]byte
	places  map[string]bool // the names in small letters, a station's without its district
}

// The kinds of units that are suggested.
const (
	Stations  = "stations"
	Districts = "districts"
)

// begun is how many letters a station is asked for by.
const begun = 2

// everyStation are words that stand in the name of each, and by which none is asked for.
var everyStation = []string{"थाना", "पुलिस", "स्टेशन", "police", "station", "ps"}

// everyUnit are those and the words for a district.
var everyUnit = append([]string{"district", "distt", "dist", "ज़िला", "जिला"}, everyStation...)

// NewSuggestions makes them from names in English and in Hindi; a station's has that of its district behind a comma.
func NewSuggestions(stations, districts [][2]string) *Suggestions {
	s := &Suggestions{map[string][]byte{}, map[string]bool{}}
	for at, l := range []Lang{English, Hindi} {
		groups := map[string][]string{Districts + string(l): nil}
		for _, d := range districts {
			groups[Districts+string(l)] = append(groups[Districts+string(l)], l.pick(d[0], d[at]))
			s.places[bareName(d[at])] = true
		}
		for _, name := range stations {
			text := l.pick(name[0], name[at])
			own, _, _ := strings.Cut(text, ",")
			s.places[bareName(own)] = true
			for _, word := range strings.Fields(strings.ToLower(own)) {
				key := Stations + string(l) + firstLetters(word)
				if firstLetters(word) != "" && !slices.Contains(everyStation, word) && !slices.Contains(groups[key], text) {
					groups[key] = append(groups[key], text)
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
	}
	return s
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

// For returns the names of a kind as a JSON list; of stations those that have a word which begins so.
func (s *Suggestions) For(kind string, l Lang, begins string) []byte {
	if kind == Districts {
		begins = ""
	}
	if found, ok := s.answers[kind+string(l)+firstLetters(begins)]; ok {
		return found
	}
	return []byte("[]")
}
