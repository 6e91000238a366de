package query

import "math"

// What agreement and contradiction are worth, in nats: ln P(seen | the one sought) / P(seen | anybody).
// Names and numbers bring their own weights (rooms name and plate); the rest stands here. The shares are of
// the made-up corpus and of general knowledge; the names issue fits them.
const (
	genderSame    = 0.15 // nine of ten accused are men
	genderSameF   = 2.0
	genderOther   = -4.0
	birthSpread   = 50.0 // years over which the birth years of accused are spread
	birthNear     = -0.5 // a year outside the window
	birthYear     = -0.45
	birthWorst    = -6.0
	placeSame     = 2.5
	placeOther    = -0.7 // people move
	relativeOther = -4.0 // another father; a name in the records may be a mother's or husband's
	aliasOther    = 0.0  // nicknames are many: another one says nothing
	makeSame      = 1.6
	makeOther     = -3.0
	modelSame     = 2.5
	modelOther    = -2.5
	colourSame    = 1.0
	colourOther   = -1.5
)

// probableOdds is how much likelier than not a hit must be to be PROBABLE: with evidence of ln(records x 1000)
// at most one search in a thousand for somebody who is not held meets such a record by chance
// (measured: no threshold on similarity does that).
const probableOdds = 1000

// scoreScale stretches the logistic curve of the score, so that it does not saturate where evidence is strong.
const scoreScale = 4.0

// An evidence is one line of what speaks for or against a record.
type evidence struct {
	field, query, found, grade, rule string
	weight, likeness                 float64
}

// score is a logistic curve over the evidence beyond what finding one record among many takes.
func score(weight float64, records int) float64 {
	return 1 / (1 + math.Exp((prior(records)-weight)/scoreScale))
}

// prior is the evidence that singles out one record of many.
func prior(records int) float64 { return math.Log(float64(max(records, 1000))) }

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

// explain turns evidence into reasons whose parts add up to score.
func explain(es []evidence, score float64) []Why {
	var sum, positive float64
	for _, e := range es {
		sum += e.weight
		positive += max(e.weight, 0)
	}
	out := make([]Why, len(es))
	for i, e := range es {
		part := 0.0
		switch {
		case sum > 0.5:
			part = score * e.weight / sum
		case positive > 0: // little in all: what speaks for it shares the score
			part = score * max(e.weight, 0) / positive
		}
		out[i] = Why{Field: e.field, Query: e.query, Found: e.found, Grade: e.grade,
			Score: round(e.likeness), Part: round(part)}
		out[i].Text, out[i].Hindi = sentence(e)
	}
	return out
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
