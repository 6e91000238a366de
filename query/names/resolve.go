package names

import (
	"bytes"
	"math"
	"math/bits"
	"slices"

	"github.com/bits-and-blooms/bitset"

	"anvesh/query/name"
)

// maxQuery is the number of query tokens that are scored: all that Read gives.
const maxQuery = name.MaxTokens

const (
	rareFloor   = 2e-6
	unseen      = 1000 // persons whom a small index does not hold but who exist: its first name is not worthless
	rareInitial = 250  // rarity of an initial, for the likeness
	initialFar  = 160  // how far an initial is from a name, for the likeness; what it weighs is a price
)

// A unit is one query token, or two neighbours of the query joined, with the near tokens of the vocabulary.
type unit struct {
	sound   name.Sound
	keys    blockingKeys
	first   int  // number of its (first) query token
	initial bool // a single letter
	rebate  int  // on costs from written up, of a word that a rule spelled in Latin letters: its letters are no evidence
	written int
	gain    int // -ln P(a random person's name holds something that would be written so), centinats
	letter  int // weight against the candidate's initial of the same letter; noWeight for units of two tokens
	near    []nearToken
}

type nearToken struct {
	id   uint32
	cost uint16
}

const noWeight = math.MinInt32 / 4

// columns: the query's tokens, then its joined neighbours.
const maxColumns = 2*maxQuery - 1

// A query is a name resolved against a vocabulary and its frequencies: valid as long as neither is written to.
type query struct {
	asked     name.Name
	v         *vocabulary
	f         *Frequencies
	p         *[name.NumPrices]int
	m         int // tokens
	required  int // mask of the tokens that are part of the name for sure, see Token.Maybe
	units     [maxColumns]unit
	n         int // units
	whole     unit
	rares     [ranks]int // rank of a token -> its rarity, centinats
	commons   [ranks]int // rank of a token -> what an initial for it costs more because it is common
	drops     [ranks]int // rank of a token -> what it costs that it was not asked
	leastDrop int
	sure      int           // what a name that contradicts can weigh in full, see doubt
	rare      [maxQuery]int // rarity of the query's tokens
	ruler     name.Ruler
	visited   bitset.BitSet // scratch, empty between uses: token numbers
	ids       []uint32      // scratch
}

// resolve fills q for name n.
func (q *query) resolve(f *Frequencies, n name.Name) {
	q.v, q.f, q.asked, q.p, q.ruler.Costs = f.vocab, f, n, &f.vocab.costs.Prices, f.vocab.costs
	q.m = min(len(n.Tokens), maxQuery)
	q.n, q.required = 0, 0
	q.raritiesOf()
	var b [2 * name.MaxLatin]byte
	for i := 0; i < q.m; i++ {
		u := q.unit(i)
		u.sound = q.v.costs.Hear(n.Tokens[i].Latin)
		if n.Tokens[i].Devanagari {
			u.written, u.rebate = q.p[name.Written], q.p[name.Written]-q.p[name.WrittenForeign]
		}
		u.initial = len(n.Tokens[i].Latin) == 1
		q.rare[i] = q.rares[q.f.rank(n.Tokens[i].Latin)]
		q.resolveUnit(u)
		if n.Tokens[i].Maybe {
			u.gain, u.letter = u.gain-maybeLess, u.letter-maybeLess
		} else {
			q.required |= 1 << i
		}
	}
	for i := 0; i+1 < q.m; i++ {
		if q.units[i].initial || q.units[i+1].initial {
			continue
		}
		u := q.unit(i)
		u.sound.Latin = ""
		letters := append(append(b[:0], n.Tokens[i].Latin...), n.Tokens[i+1].Latin...)
		u.sound.Read(letters, q.v.costs)
		q.resolvePair(u, letters)
	}
	q.resolveWhole(n)
}

// unit takes the next unit, emptied.
func (q *query) unit(first int) *unit {
	u := &q.units[q.n]
	q.n++
	*u = unit{first: first, letter: noWeight, written: name.Far, near: u.near[:0]}
	return u
}

// raritiesOf fills the tables by rank: a rank is a factor of two in frequency.
func (q *query) raritiesOf() {
	n := math.Log(float64(q.f.persons) + unseen)
	q.rares[0] = rareInitial
	for r := 1; r < ranks; r++ {
		q.rares[r] = max(int(100*(n-(float64(r)-1.5)*math.Ln2)), 20)
		common := max(int(100*n)-q.rares[r], 0)
		q.commons[r] = q.p[name.InitialSlope] * common / 100
		q.drops[r] = max(q.p[name.DropFound]-q.p[name.DropCommon]*common/100, 0)
	}
	q.drops[0] = q.p[name.DropInitial]
	q.sure = int(100 * (math.Log(float64(max(q.f.persons, name.LeastPersons))) + sureNats))
	q.leastDrop = slices.Min(q.drops[:])
}

// doubt is the weight of a name where each side has a word that the other has nothing like. People of one family and
// village share the rest of their names more often than chance has it, so that however rare the rest is, it is little
// more evidence than singles out one of all: of the pairs that weighed more, every fourth was of two people.
func (q *query) doubt(weight int) int {
	if weight <= q.sure {
		return weight
	}
	return q.sure + (weight-q.sure)/10
}

// sureNats is how far above one of all persons doubt begins.
const sureNats = 1.2

// maybeLess is what a token that may be no part of the name brings less where it is: as many are titles as are initials.
const maybeLess = 70

// missing is what it costs that token c was asked and not found.
func (q *query) missing(c int) int {
	if q.required&(1<<c) == 0 {
		return 0
	}
	return q.p[name.DropAsked]
}

// left counts the tokens of the name that a mask leaves.
func (q *query) left(used int) int { return bits.OnesCount(uint(q.required &^ used)) }

// share is n persons as a share of all, never nothing: what no one bears may still exist.
func (q *query) share(n float64) float64 {
	return (n+.5)/(float64(q.f.persons)+unseen) + rareFloor
}

func centinats(p float64) int { return int(math.Round(-100 * math.Log(min(p, 1)))) }

// resolveUnit finds what is near a single token, and how much evidence it is to find it.
func (q *query) resolveUnit(u *unit) {
	var b [name.MaxLatin]byte
	lone := 0.0
	if len(u.sound.Latin) == 0 {
		u.gain = 0
		return
	}
	class := name.LetterClass(u.sound.Latin[0])
	for c := 0; c < 26; c++ {
		if name.LetterClass(byte('a'+c)) == class {
			if id, ok := q.v.number[string(rune('a'+c))]; ok {
				lone += float64(q.f.bearersOf(id))
			}
		}
	}
	lone += name.Probability(q.p[name.InitialShare]) * float64(q.f.letters[class])
	letterGain := centinats(q.share(lone))
	if u.initial {
		u.gain, u.letter = letterGain, letterGain
		return
	}
	u.letter = letterGain - q.p[name.InitialCost]
	u.keys = keysOf(&u.sound)
	mass := q.nearTokens(u, append(b[:0], u.sound.Latin...), 0)
	if len(u.sound.Skeleton()) >= joinMin {
		bearers := 0
		bearers, q.ids = q.f.joinedBearers(q.ids, u.sound.Skeleton())
		mass += float64(bearers) * name.Probability(2*q.p[name.Joined])
	}
	u.gain = centinats(q.share(mass))
	u.letter = min(u.letter, u.gain-q.p[name.InitialUnder])
}

// weigh is what the unit gains from a token at a cost.
func (u *unit) weigh(cost int) int {
	if cost >= u.written {
		cost -= u.rebate
	}
	return u.gain - cost
}

// takes reports whether a cost is low enough to take a token for the unit. Two tokens are written as one only if little
// differs or the skeleton is the same: an affix would let any part of them pass.
func (q *query) takes(u *unit, cost int, s *name.Sound) bool {
	if u.letter == noWeight && cost > q.p[name.PairMost] && !bytes.Equal(u.sound.Skeleton(), s.Skeleton()) {
		return false
	}
	return cost < name.Far
}

// resolvePair finds the tokens that two neighbours of the query would be if written together. Finding one is worth what
// both tokens are worth, or less where the joined form is common: it must not count both tokens' rarity.
func (q *query) resolvePair(u *unit, letters []byte) {
	u.keys = keysOf(&u.sound)
	if len(u.sound.Skeleton()) < joinMin {
		q.n--
		return
	}
	mass := q.nearTokens(u, letters, q.p[name.Joined])
	a, b := &q.units[u.first], &q.units[u.first+1]
	both := math.Exp(-float64(a.gain+b.gain) / 100)
	u.gain = centinats(q.share(mass) + both)
}

// resolveWhole prepares the view of the name without blanks.
func (q *query) resolveWhole(n name.Name) {
	w := &q.whole
	*w = unit{written: name.Far}
	var b [maxQuery * name.MaxLatin]byte
	all := b[:0]
	gain := 0
	for i := 0; i < q.m; i++ {
		all = append(all, n.Tokens[i].Latin...)
		gain += q.units[i].gain
	}
	w.sound.Read(all, q.v.costs)
	w.gain = gain
}

// costTo is the cost of taking a candidate's token for unit u, far if it is not taken.
func (q *query) costTo(u *unit, s *name.Sound, keys *blockingKeys) int {
	extra := 0
	if u.letter == noWeight {
		extra = q.p[name.Joined]
	}
	switch {
	case u.initial || len(s.Latin) == 1 || len(u.sound.Latin) == 1:
		return name.Far
	case !meets(&u.keys, keys):
		return name.Far
	}
	c := q.ruler.Cost(&u.sound, s)
	if !q.takes(u, c, s) {
		return name.Far
	}
	return c + extra
}

// lettersMatch gives the weight of an initial on either side, noWeight if none or another letter; rank is the rank of the
// candidate's token.
func (q *query) lettersMatch(u *unit, latin string, rank uint8) (weight, cost int) {
	if u.letter == noWeight || len(latin) == 0 || !u.initial && len(latin) > 1 {
		return noWeight, name.Far
	}
	if name.LetterClass(latin[0]) != name.LetterClass(u.sound.Latin[0]) {
		return noWeight, name.Far
	}
	if u.initial && len(latin) > 1 {
		return u.letter - q.p[name.InitialCost] - q.commons[rank], initialFar
	}
	if u.initial {
		return u.letter - q.p[name.InitialBoth], 0
	}
	return u.letter, initialFar
}
