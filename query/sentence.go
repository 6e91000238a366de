package query

import (
	"strings"

	"anvesh/query/phrase"
)

// What an evidence says of itself where its grade does not tell it: keys of phrase.Reason.
const (
	sayAskedOnly    = "asked only"
	sayHeldOnly     = "held only"
	sayAskedAgain   = "asked again"
	sayHeldAgain    = "held again"
	sayNothingHeld  = "nothing held"
	sayOtherAlias   = "other alias"
	sayFits         = "fits"
	sayUnreadable   = "unreadable"
	saySameColour   = "same colour"
	saySectionAlike = "section alike"
)

// sentenceOf gives the sentence of an evidence in both languages.
func sentenceOf(e *evidence) (s [2]string, ok bool) {
	say := e.say
	if say == "" && e.grade == "missing" {
		if say = sayAskedOnly; e.query == "" {
			say = sayHeldOnly
		}
	}
	return phrase.Reason(say, e.field, e.grade)
}

// sentence says e in English and in Hindi; the rule that was applied stands in brackets.
func (a *arena) sentence(e *evidence) (english, hindi string) {
	s, ok := sentenceOf(e)
	if !ok {
		return "", ""
	}
	rule := e.ruleHindi
	if rule == "" {
		rule = e.rule
	}
	return a.filled(s[0], e, e.rule), a.filled(s[1], e, rule)
}

// filled puts what was asked and found into a sentence, and the rule behind it. Twenty hits have a hundred sentences,
// so it does without fmt.
func (a *arena) filled(sentence string, e *evidence, rule string) string {
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
	if rule != "" {
		a.add(" (", rule, ")")
	}
	return a.end()
}
