package name

import (
	"bytes"
	_ "embed" // costs.tsv
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The cost of two sounds is about -100 ln P(one is written as the other | one person), in centinats: 100 centinats halve
// and halve again (e^-1). All costs and prices stand in costs.tsv, each with what it is for; anvesh bench fit proposes
// others from pairs of spellings. A cost is the same both ways.

//go:embed costs.tsv
var costsTable string

// A price is one number of the table, by its place in Costs.
type price int

// The prices. Their names in the table are in priceNames, what they mean is in the table.
const (
	gapEndA price = iota
	gapFirstA
	gapA
	gapEndVowel
	gapVowel
	gapH
	gapY
	gapNasal
	gapEndN
	gapR
	gapConsonant
	gapFirst

	swapR
	swapOther
	subConsonant
	subVowel
	subMixed
	subFirst
	subFirstV
	avO
	avo

	looseEnd
	affixed
	Written
	writtenEach
	WrittenForeign

	DropAsked
	DropFound
	DropCommon
	DropInitial
	DropInside
	OtherOrder
	OtherOrderInitial
	Contradiction
	InitialShare
	InitialCost
	InitialBoth
	InitialSlope
	InitialUnder
	Joined
	PairMost
	Whole
	NumPrices
)

var priceNames = [NumPrices]string{"gap.end.a", "gap.first.a", "gap.a", "gap.end.vowel", "gap.vowel", "gap.h", "gap.y", "gap.nasal", "gap.end.n", "gap.r",
	"gap.consonant", "gap.first", "swap.r", "swap", "sub.consonant", "sub.vowel", "sub.mixed", "sub.first", "sub.first.vowel", "av.O", "av.o", "loose.end",
	"affix", "written", "written.each", "written.foreign", "drop.asked", "drop.found", "drop.common", "drop.initial", "drop.inside", "order", "order.initial", "contradiction", "initial.share", "initial.cost",
	"initial.both", "initial.slope", "initial.under", "join", "pair.most", "whole"}

// Costs are what differences between two spellings cost. Do not change them while an Index uses them.
type Costs struct {
	Prices [NumPrices]int // by their place
	pairs  map[string]int // two codes -> cost of the one for the other
	sub    [64][64]uint16 // the same as a table, by the low six bits of two codes, which differ for all letters
}

// standard are the costs of the table.
var standard = func() *Costs {
	c, err := ReadCosts(costsTable)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return c
}()

// StandardCosts are the costs that NewIndex uses. The caller must not change them.
func StandardCosts() *Costs { return standard }

// ReadCosts reads a table of costs: a line each of name, tab, centinats; what follows a further tab is for the reader.
// Lines that begin with # say nothing. Every price must be there.
func ReadCosts(table string) (*Costs, error) {
	c := &Costs{pairs: map[string]int{}}
	seen := 0
	for line := range strings.Lines(table) {
		columns := strings.SplitN(strings.TrimSpace(line), "\t", 3)
		if columns[0] == "" || columns[0][0] == '#' {
			continue
		}
		if len(columns) < 2 {
			return nil, fmt.Errorf("name: costs: %q is no name, tab, centinats", columns[0])
		}
		n, err := strconv.Atoi(columns[1])
		if err != nil || n < 0 || n >= Far {
			return nil, fmt.Errorf("name: costs: %s must be a number from 0 to %d", columns[0], Far-1)
		}
		if pair, ok := strings.CutPrefix(columns[0], "sub:"); ok {
			if len(pair) != 2 || !strings.Contains(codes, pair[:1]) || !strings.Contains(codes, pair[1:]) {
				return nil, fmt.Errorf("name: costs: %s must name two of the codes %s", columns[0], codes)
			}
			c.pairs[pair] = n
			continue
		}
		at := slices.Index(priceNames[:], columns[0])
		if at < 0 {
			return nil, fmt.Errorf("name: costs: %s is no price", columns[0])
		}
		c.Prices[at] = n
		seen |= 1 << at
	}
	if seen != 1<<NumPrices-1 {
		return nil, errors.New("name: costs: a price is missing")
	}
	c.fill()
	return c, nil
}

// Values gives the names of all costs and their values, for a program that fits them.
func (c *Costs) Values() map[string]int {
	all := map[string]int{}
	for i, name := range priceNames {
		all[name] = c.Prices[i]
	}
	for pair, n := range c.pairs {
		all["sub:"+pair] = n
	}
	return all
}

// codes are all codes of a sound.
const codes = "kKgGcjJtTdDnpfbBmyrlvsSzhqaiueoEO"

const (
	subEqual = 170 // up to here two codes are written for one sound, wherever they stand
	looseMin = 4   // codes that the shorter of two words has at least, where whatever stands behind its end counts as one difference

	writtenMost = 5 // letters that count for written.each
)

// Far is more than any cost of two words that are near.
const Far = 1 << 14

// fill makes the table of substitutions.
func (c *Costs) fill() {
	for _, a := range []byte(codes) {
		for _, b := range []byte(codes) {
			n := c.Prices[subMixed]
			switch {
			case a == b:
				n = 0
			case isVowelCode(a) && isVowelCode(b):
				n = c.Prices[subVowel]
			case !isVowelCode(a) && !isVowelCode(b):
				n = c.Prices[subConsonant]
			}
			c.sub[a&63][b&63] = uint16(n)
		}
	}
	for pair, n := range c.pairs {
		a, b := pair[0]&63, pair[1]&63
		c.sub[a][b], c.sub[b][a] = uint16(n), uint16(n)
	}
}

// likenessScale: a pair at this cost is 1/e alike. Rajesh and Rakesh come out below .4, Satbir and Satveer above .9.
const likenessScale = 650

// LikenessOf is e^(-cost/likenessScale), how alike a pair is at a cost.
func LikenessOf(cost int) float64 { return likenesses[min(cost, len(likenesses)-1)] }

var likenesses = func() (t [1024]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / likenessScale)
	}
	return t
}()

// farthest is the highest cost at which two tokens are still taken for spellings of one: short ones bear less.
func farthest(a, b *Sound) int {
	n := min(int(a.n), int(b.n))
	return min(640, 140+80*n)
}

// A Ruler measures costs; it holds the rows of the table that is filled, so that measuring allocates nothing.
type Ruler struct {
	*Costs
	rows             [3][MaxCodes + 1]int
	prev2, prev, row *[MaxCodes + 1]int

	Heard int // of the last cost that was not far, without what other letters for the same sounds cost
}

// Cost is what two sounds differ by, or Far when more than farthest.
func (r *Ruler) Cost(a, b *Sound) int {
	if r.Heard = 0; a.Latin == b.Latin && a.Latin != "" {
		return 0
	}
	top := farthest(a, b)
	c := r.edits(a, b, top)
	if e := r.Affix(a, b); e < c {
		c = e
	}
	if c > top { // most are: their letters need not be read
		return Far
	}
	r.Heard = c
	c += r.Prices[Written] + r.Prices[writtenEach]*LettersApart(a.Latin, b.Latin)
	if c > top {
		return Far
	}
	return c
}

// LettersApart is how many letters stand between the common beginning and the common end of two words, at most
// writtenMost.
func LettersApart(a, b string) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	i, k := 0, 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	for k < len(a)-i && a[len(a)-1-k] == b[len(b)-1-k] {
		k++
	}
	return min(len(b)-i-k, writtenMost)
}

// edits is the weighted edit distance of two sounds, with swaps of neighbours and a loose end; beyond top it may stop.
func (r *Ruler) edits(a, b *Sound, top int) int {
	if bytes.Equal(a.Codes(), b.Codes()) {
		return 0
	}
	n, m := int(a.n), int(b.n)
	r.prev2, r.prev, r.row = &r.rows[0], &r.rows[1], &r.rows[2]
	r.prev[0] = 0
	for j := 1; j <= m; j++ {
		r.prev[j] = r.prev[j-1] + int(b.gap[j-1])
	}
	loose, before := Far, 0
	for i := 1; i <= n; i++ {
		least := r.fill(a, b, i)
		if n >= looseMin && m >= looseMin && i >= looseMin {
			loose = min(loose, r.row[m]+r.Prices[looseEnd])
		}
		if least > top && before > top { // two rows, since a swap leaps over one
			return loose
		}
		before = least
		r.prev2, r.prev, r.row = r.prev, r.row, r.prev2
	}
	if n >= looseMin {
		for j := looseMin; j < m; j++ {
			loose = min(loose, r.prev[j]+r.Prices[looseEnd])
		}
	}
	return min(r.prev[m], loose)
}

// fill computes row i of the table and gives its least cost.
func (r *Ruler) fill(a, b *Sound, i int) int {
	m := int(b.n)
	ca, ga := a.code[i-1], int(a.gap[i-1])
	line := &r.sub[ca&63]
	r.row[0] = r.prev[0] + ga
	least := r.row[0]
	for j := 1; j <= m; j++ {
		cb := b.code[j-1]
		sub := int(line[cb&63])
		if sub > subEqual && i <= 2 && j <= 2 {
			sub += r.firstSurcharge(i, j, ca, cb)
		}
		c := r.prev[j-1] + sub
		c = min(c, r.prev[j]+ga, r.row[j-1]+int(b.gap[j-1]))
		if i > 1 && j > 1 && ca != cb && ca == b.code[j-2] && a.code[i-2] == cb {
			c = min(c, r.prev2[j-2]+r.swapCost(ca, cb))
		}
		if cb == 'v' && j > 1 && b.code[j-2] == 'a' {
			c = min(c, r.prev[j-2]+r.avFor(ca))
		}
		if ca == 'v' && i > 1 && a.code[i-2] == 'a' {
			c = min(c, r.prev2[j-1]+r.avFor(cb))
		}
		r.row[j] = c
		least = min(least, c)
	}
	return least
}

// firstSurcharge is what a substitution costs more at the first code, or for the first vowel.
func (r *Costs) firstSurcharge(i, j int, a, b byte) int {
	switch {
	case i == 1 && j == 1:
		return r.Prices[subFirst]
	case isVowelCode(a) && isVowelCode(b):
		return r.Prices[subFirstV]
	}
	return 0
}

func (r *Costs) swapCost(a, b byte) int {
	if a == 'r' && isVowelCode(b) || b == 'r' && isVowelCode(a) {
		return r.Prices[swapR]
	}
	return r.Prices[swapOther]
}

// affixes are what is put before or behind a name without making it another person's: sounds, with the least sound that
// must be left over.
var behind = []string{"ji", "BE", "rav", "sinG", "sing", "sinh", "sin", "lal", "das", "dev", "naT", "kumar", "candra", "cand", "prasad", "ram", "ben", "Dar", "tE", "bE", "dada", "udin", "devi", "kumari"}
var before = []string{"Sri", "sri", "ram"}

// Affix is the cost when one sound is the other and an affix, or both have the same stem and different affixes.
func (r *Ruler) Affix(a, b *Sound) int {
	if a.stemN == a.n && b.stemN == b.n {
		return Far
	}
	sa, sb := a.Stem(), b.Stem()
	c := r.Prices[affixed]
	if len(sa) < int(a.n) && len(sb) < int(b.n) {
		c += r.Prices[affixed]
	}
	switch {
	case bytes.Equal(sa, sb):
		return c
	case bytes.Equal(sa, b.Codes()), bytes.Equal(a.Codes(), sb):
		return r.Prices[affixed]
	}
	return Far
}

// stemOf cuts affixes off, where three codes or more are left: up to two behind, -rao-ji, or one before.
func stemOf(w []byte) []byte {
	once := cutBehind(w)
	if len(once) < len(w) {
		return cutBehind(once)
	}
	for _, e := range before {
		if len(w) >= len(e)+3 && string(w[:len(e)]) == e {
			return w[len(e):]
		}
	}
	return w
}

func cutBehind(w []byte) []byte {
	for _, e := range behind {
		if len(w) >= len(e)+3 && string(w[len(w)-len(e):]) == e {
			return w[:len(w)-len(e)]
		}
	}
	return w
}

// avFor is what av costs for one vowel: Gaurav is Gorav, Madhav is Madho.
func (r *Costs) avFor(vowel byte) int {
	switch vowel {
	case 'O':
		return r.Prices[avO]
	case 'o':
		return r.Prices[avo]
	}
	return Far
}

// Probability is e^(-cost/100), for the costs that are near.
func Probability(cost int) float64 { return probabilities[cost] }

var probabilities = func() (t [1024]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / 100)
	}
	return t
}()

// With gives costs that differ in one, by its name in the table.
func (c *Costs) With(name string, centinats int) (*Costs, error) {
	d := &Costs{Prices: c.Prices, pairs: maps.Clone(c.pairs)}
	at := slices.Index(priceNames[:], name)
	pair, isPair := strings.CutPrefix(name, "sub:")
	_, known := c.pairs[pair]
	switch {
	case centinats < 0 || centinats >= Far:
		return nil, fmt.Errorf("name: costs: %s must be a number from 0 to %d", name, Far-1)
	case isPair && known:
		d.pairs[pair] = centinats
	case at >= 0:
		d.Prices[at] = centinats
	default:
		return nil, fmt.Errorf("name: costs: the table has no %s", name)
	}
	d.fill()
	return d, nil
}
