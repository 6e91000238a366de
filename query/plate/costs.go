package plate

import "math"

// The error model, in one place: how often a reading errs, by which cause, and over how many possibilities a cause
// spreads. Costs are -ln of these, in nats, relative to a clean reading; Misread draws from the same numbers.
//
// Shares of the causes: look-alike 45 %, missing tail 25 %, unlike substitution 12 %, missing middle 8 %, several in a
// row 4 %, other 6 % (published for plate readers, issue 5). How the last 6 % divide, the chance of a second error and
// the weights of single confusions are guesses from public plate-reader code and from real readings.

// A Cause is one way in which a reading goes wrong.
type Cause uint8

const (
	CauseNone Cause = iota
	CauseLook
	CauseTail
	CauseUnlike
	CauseMiddle
	CauseRow
	CauseSwap
	CauseRepeat
	CauseExtra
	CauseExtraTail
	CauseExtraHead
	CauseZero
	CauseState
	CauseSeries
	CauseLines
	CauseHead     // the first characters are missing
	CauseWildcard // not an error: the searcher left it open
	CauseCode     // the other code of the state is written
	CauseGround   // not an error of reading: the stored number holds an unreadable character
)

var causeNames = [...]string{
	"", "look-alike", "missing tail", "unlike", "missing middle", "several in a row", "transposed", "repeated", "extra",
	"extra tail", "extra head", "dropped zero", "missing state", "missing series", "two lines", "missing head", "wildcard",
	"the state's other code", "unreadable",
}

// String is the cause in words, as a Part gives it.
func (c Cause) String() string { return causeNames[c] }

// shares are the causes with their shares of all misreadings; they add up to 1.
var shares = [...]struct {
	cause Cause
	share float64
}{
	{CauseLook, .45}, {CauseTail, .25}, {CauseUnlike, .12}, {CauseMiddle, .08}, {CauseRow, .04},
	{CauseSwap, .012}, {CauseRepeat, .010}, {CauseExtraTail, .010}, {CauseExtra, .008}, {CauseZero, .005},
	{CauseLines, .005}, {CauseExtraHead, .004}, {CauseState, .004}, {CauseSeries, .002},
}

const (
	errorRate = .25 // chance that a reading errs, and that one which erred errs once more
	positions = 10. // characters of a common plate: over these a cause spreads that may strike anywhere
	sameClass = .85 // an unlike digit is read as a digit, a letter as a letter
	rowGoesOn = .35 // several in a row: chance that a run of two takes a third
)

// tailShares are the chances of 1, 2, 3 and 4 characters missing at the end, or read too many there.
var tailShares = [...]float64{.6, .3, .08, .02}

// nats is the cost of one event of a cause with a share, spread evenly over so many possibilities.
func nats(share, possibilities float64) float32 {
	return float32(-math.Log(errorRate * share / possibilities))
}

func shareOf(c Cause) float64 {
	for _, s := range shares {
		if s.cause == c {
			return s.share
		}
	}
	return 0
}

// The costs of single steps of an alignment. The table of substitutions is in confusion.go.
var (
	costMiddle   = nats(shareOf(CauseMiddle), positions-1)
	costSwap     = nats(shareOf(CauseSwap), positions-1)
	costRepeat   = nats(shareOf(CauseRepeat), positions)
	costExtra    = nats(shareOf(CauseExtra), (positions+1)*18)
	costZero     = nats(shareOf(CauseZero), 1.5)
	costState    = nats(shareOf(CauseState), 1)
	costSeries   = nats(shareOf(CauseSeries), 1)
	costLines    = nats(shareOf(CauseLines), 3)
	costOffice   = costState + 2 // state and office both missing; guessed
	costRowStart = nats(shareOf(CauseRow), positions-2)
	costRowOn    = float32(-math.Log(math.Sqrt(rowGoesOn)))
	costTail     = tailCosts(shareOf(CauseTail), 1)
	costMore     = tailCosts(shareOf(CauseExtraTail), 18)
	costBefore   = tailCosts(shareOf(CauseExtraHead), 18)
)

// causeCosts are the costs of single events by their cause, 0 where the cost depends on more.
var causeCosts = [...]float32{CauseMiddle: costMiddle, CauseSwap: costSwap, CauseRepeat: costRepeat, CauseExtra: costExtra, CauseZero: costZero,
	CauseState: costState, CauseSeries: costSeries, CauseLines: costLines, CauseHead: costOffice, CauseGround: costGround}

// Cost is that of one event of the cause: of one character, or of a whole part of a registration (for CauseHead, state
// and office). It is 0 for causes that depend on characters or lengths: SwapCost, RowCost, TailCost, ExtraTailCost,
// ExtraHeadCost.
func (c Cause) Cost() float32 { return causeCosts[c] }

// TailCost is the cost of k characters at the end that were not read.
func TailCost(k int) float32 { return costAt(&costTail, k) }

// ExtraTailCost is the cost of k characters read too many at the end.
func ExtraTailCost(k int) float32 { return costAt(&costMore, k) }

// ExtraHeadCost is the cost of k characters read too many at the beginning.
func ExtraHeadCost(k int) float32 { return costAt(&costBefore, k) }

const (
	// costPadded is the cost of taking a number as written without its leading zeros, for each zero; it is nothing
	// where the stored number is equal then. Guessed: people do leave them out.
	costPadded = 1.5
	// costCode is the cost of the other code of the state. Guessed: likelier than a look-alike.
	costCode = 4
	// costOpen is the cost of a character that ? stands for in the reading, costGround of one that is unreadable in the
	// stored number. The former is the same for all that match; the latter keeps whole numbers first.
	costOpen   = 0
	costGround = 1
	// CostNever is the cost of what is no misreading at all.
	CostNever = 40
	// costApart is beyond what any alignment costs.
	costApart = 1e6
	// CostHead is the cost of each character missing at the head of a chassis or engine number, beyond CostHeadFirst:
	// records and searchers alike keep the last five to eight. Guessed.
	CostHeadFirst = 2
	CostHead      = .1
)

// maxLost is the most characters that are lost or read too many at one end.
const maxLost = 12

// tailCosts are the costs of 0 to maxLost characters lost (or, with many choices each, read too many) at one end.
// Beyond the four of tailShares each further character costs as much again as the fourth over the third.
func tailCosts(share, choices float64) (costs [maxLost + 1]float32) {
	for k := 1; k < len(costs); k++ {
		if k <= len(tailShares) {
			costs[k] = nats(share*tailShares[k-1], math.Pow(choices, float64(k)))
			continue
		}
		costs[k] = costs[k-1] + float32(math.Log(4*choices))
	}
	return costs
}
