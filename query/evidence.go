package query

import (
	"math"
	"strings"

	"anvesh/query/name"
	"anvesh/query/phrase"
)

// What agreement and contradiction are worth: match weights as Fellegi and Sunter define them, in nats,
// ln P(seen | the one sought) / P(seen | anybody). Weights of fields are added up.
// Names and numbers bring their own weights (rooms name and plate); the rest stands here. The shares are of
// the made-up corpus and of general knowledge; the names issue fits them.
const (
	genderSame  = 0.15 // nine of ten accused are men
	genderSameF = 2.0
	genderOther = -4.0
	birthSpread = 50.0 // years over which the birth years of accused are spread
	birthNear   = -0.5 // a year outside the window
	birthYear   = -0.45
	birthWorst  = -6.0
	placeSame   = 2.5
	placeOther  = -0.7 // people move
	otherName   = -4.0 // another name or father than the one asked; what the records hold may be a mother or husband
)

// An evidence is one line of what speaks for or against a record.
type evidence struct {
	field, query, found, grade, rule string
	ruleHindi                        string // the rule in Hindi, where it is in words
	say                              string // key of sentences, where field and grade do not tell it
	weight, likeness                 float64
	letters                          [][2]string
}

// personScore is the chance that a record with this evidence is the one sought (name.Chance), stretched at its upper
// end, where the curve would call everything certain, and below the weight of PROBABLE, so that no lead looks like one.
func personScore(weight float64, persons int) float64 {
	const from, most = .90, .95 // of a lead
	chance, least := name.Chance(weight, persons), name.ProbableWeight(persons)
	if weight < least && chance > from {
		return from + (chance-from)*(most-from)/(name.Chance(least, persons)-from)
	}
	return unsaturated(chance, weight)
}

// unsaturated keeps chances up to nearlySure as they are, and spreads the rest over what is left by weight.
func unsaturated(chance, weight float64) float64 {
	const nearlySure = 0.98
	if chance <= nearlySure {
		return chance
	}
	return nearlySure + (1-nearlySure)*max(weight, 0)/(max(weight, 0)+20)
}

// birthEvidence compares windows of birth years, both inclusive.
func birthEvidence(from, to, recFrom, recTo int) (weight float64, grade string) {
	if gap := max(recFrom-to, from-recTo); gap > 0 {
		w := max(birthNear+birthYear*float64(gap-1), birthWorst)
		if gap > 3 {
			return w, "contradicts"
		}
		return w, "spelling"
	}
	width := float64(max(to-from, recTo-recFrom) + 1)
	grade = "exact"
	if from != recFrom || to != recTo {
		grade = "partial"
	}
	return math.Log(birthSpread / width), grade
}

// explain turns evidence into reasons whose parts add up to score, one in out for each.
func (a *arena) explain(out []Why, es []evidence, score float64) {
	var sum, positive float64
	for _, e := range es {
		sum += e.weight
		positive += max(e.weight, 0)
	}
	for i := range es {
		e := &es[i]
		part := 0.0
		switch {
		case sum > 0.5:
			part = score * e.weight / sum
		case positive > 0: // little in all: what speaks for it shares the score
			part = score * max(e.weight, 0) / positive
		}
		out[i] = Why{Field: e.field, Query: e.query, Found: e.found, Grade: e.grade,
			Score: round(e.likeness), Part: round(part), Letters: e.letters}
		out[i].Text, out[i].Hindi = a.sentence(e)
	}
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

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
	sayEndHeld      = "end held"
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
