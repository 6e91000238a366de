package plate

import (
	"math/rand/v2"
)

// maxErrors is the most errors that Misread puts into one reading.
const maxErrors = 3

// Misread reads a canonical registration wrongly, by the error model of costs.go: one error, and another with chance
// errorRate after each, three at most. It gives what was read, the cause of the first error (a word of the Part causes)
// and the plain edits between the two, at least one.
func Misread(rng *rand.Rand, canonical string) (read string, cause string, edits int) {
	for range 100 {
		read, first := misreadOnce(rng, canonical)
		for n := 1; n < maxErrors && rng.Float64() < errorRate; n++ {
			read, _ = misreadOnce(rng, read)
		}
		if edits := Distance(read, canonical); edits > 0 && read != "" {
			return read, first.String(), edits
		}
	}
	return canonical, "", 0
}

// misreadOnce puts one error into s. A cause that s offers no place for is drawn again; s is never empty.
func misreadOnce(rng *rand.Rand, s string) (string, Cause) {
	for range 100 {
		c := drawCause(rng)
		if read := c.strike(rng, s); read != "" && read != s {
			return read, c
		}
	}
	return s, CauseNone
}

func drawCause(rng *rand.Rand) Cause {
	x := rng.Float64()
	for _, s := range shares {
		if x -= s.share; x < 0 {
			return s.cause
		}
	}
	return CauseLook
}

// strike applies the cause to s at a place drawn evenly; "" where it cannot.
func (c Cause) strike(rng *rand.Rand, s string) string {
	i := rng.IntN(len(s))
	switch c {
	case CauseLook:
		return put(s, i, drawLookAlike(rng, s[i]))
	case CauseUnlike:
		return put(s, i, drawUnlike(rng, s[i]))
	case CauseTail:
		return s[:max(0, len(s)-drawTail(rng))]
	case CauseRow:
		return strikeRow(rng, s, i)
	case CauseMiddle:
		if i == len(s)-1 {
			return ""
		}
		return s[:i] + s[i+1:]
	case CauseSwap:
		if i == len(s)-1 {
			return ""
		}
		return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
	case CauseRepeat:
		return s[:i] + s[i:i+1] + s[i:]
	case CauseExtra:
		return s[:i] + string(drawSymbol(rng)) + s[i:]
	case CauseExtraTail, CauseExtraHead:
		return strikeEnd(rng, s, c == CauseExtraHead)
	}
	return c.strikePart(rng, s)
}

// strikePart applies the causes that concern a part of a registration.
func (c Cause) strikePart(rng *rand.Rand, s string) string {
	l := LayoutOf(s)
	switch c {
	case CauseZero:
		var at []int
		for i := range s {
			if dropCost(s, i) == costZero {
				at = append(at, i)
			}
		}
		if len(at) == 0 {
			return ""
		}
		i := at[rng.IntN(len(at))]
		return s[:i] + s[i+1:]
	case CauseState:
		return s[l.state:]
	case CauseSeries:
		return s[:l.office] + s[l.series:]
	case CauseLines:
		borders := borders(s, l)
		return rotate(s, borders[rng.IntN(len(borders))])
	}
	return ""
}

// strikeRow reads two or three neighbours from i on as unlike characters.
func strikeRow(rng *rand.Rand, s string, i int) string {
	n := 2
	if rng.Float64() < rowGoesOn {
		n = 3
	}
	if i+n > len(s) {
		return ""
	}
	for k := i; k < i+n; k++ {
		s = put(s, k, drawUnlike(rng, s[k]))
	}
	return s
}

// strikeEnd puts characters that are not there before or after s.
func strikeEnd(rng *rand.Rand, s string, head bool) string {
	for range drawTail(rng) {
		if head {
			s = string(drawSymbol(rng)) + s
		} else {
			s += string(drawSymbol(rng))
		}
	}
	return s
}

func put(s string, i int, c byte) string {
	if c == 0 {
		return ""
	}
	return s[:i] + string(rune(c)) + s[i+1:]
}

// drawTail draws how many characters one end loses or gains.
func drawTail(rng *rand.Rand) int {
	x := rng.Float64()
	for k, share := range tailShares {
		if x -= share; x < 0 {
			return k + 1
		}
	}
	return 1
}

func drawSymbol(rng *rand.Rand) rune { return rune(Symbols[rng.IntN(len(Symbols))]) }

// drawLookAlike draws a confusion of c by weight, 0 if there is none.
func drawLookAlike(rng *rand.Rand, c byte) byte {
	if codes[c] >= OpenCode {
		return 0
	}
	x := rng.Float64()
	for _, choice := range lookAlikes[codes[c]] {
		if x -= choice.chance; x < 0 {
			return choice.read
		}
	}
	return 0
}

// drawUnlike draws a character other than c, mostly of its class.
func drawUnlike(rng *rand.Rand, c byte) byte {
	digits := IsDigit(c) == (rng.Float64() < sameClass)
	for {
		var r byte
		if digits {
			r = Symbols[rng.IntN(10)]
		} else {
			r = Symbols[10+rng.IntN(26)]
		}
		if r != c {
			return r
		}
	}
}
