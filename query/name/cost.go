package name

import (
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

// A Price is one number of the table, by its place in Costs.
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
	written
	writtenEach
	writtenForeign

	dropAsked
	dropFound
	dropCommon
	dropInitial
	dropInside
	order
	orderInitial
	contra
	initialShare
	initialCost
	initialBoth
	initialSlope
	initialUnder
	joinCost
	pairMost
	wholeCost
	prices
)

var priceNames = [prices]string{"gap.end.a", "gap.first.a", "gap.a", "gap.end.vowel", "gap.vowel", "gap.h", "gap.y", "gap.nasal", "gap.end.n", "gap.r",
	"gap.consonant", "gap.first", "swap.r", "swap", "sub.consonant", "sub.vowel", "sub.mixed", "sub.first", "sub.first.vowel", "av.O", "av.o", "loose.end",
	"affix", "written", "written.each", "written.foreign", "drop.asked", "drop.found", "drop.common", "drop.initial", "drop.inside", "order", "order.initial", "contradiction", "initial.share", "initial.cost",
	"initial.both", "initial.slope", "initial.under", "join", "pair.most", "whole"}

// Costs are what differences between two spellings cost. Do not change them while an Index uses them.
type Costs struct {
	price [prices]int
	pairs map[string]int // two codes -> cost of the one for the other
	sub   [64][64]uint16 // the same as a table, by the low six bits of two codes, which differ for all letters
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
		cells := strings.SplitN(strings.TrimSpace(line), "\t", 3)
		if cells[0] == "" || cells[0][0] == '#' {
			continue
		}
		if len(cells) < 2 {
			return nil, fmt.Errorf("name: costs: %q is no name, tab, centinats", cells[0])
		}
		n, err := strconv.Atoi(cells[1])
		if err != nil || n < 0 || n >= far {
			return nil, fmt.Errorf("name: costs: %s must be a number from 0 to %d", cells[0], far-1)
		}
		if pair, ok := strings.CutPrefix(cells[0], "sub:"); ok {
			if len(pair) != 2 || !strings.Contains(codes, pair[:1]) || !strings.Contains(codes, pair[1:]) {
				return nil, fmt.Errorf("name: costs: %s must name two of the codes %s", cells[0], codes)
			}
			c.pairs[pair] = n
			continue
		}
		at := slices.Index(priceNames[:], cells[0])
		if at < 0 {
			return nil, fmt.Errorf("name: costs: %s is no price", cells[0])
		}
		c.price[at] = n
		seen |= 1 << at
	}
	if seen != 1<<prices-1 {
		return nil, errors.New("name: costs: a price is missing")
	}
	c.fill()
	return c, nil
}

// Values gives the names of all costs and their values, for a program that fits them.
func (c *Costs) Values() map[string]int {
	all := map[string]int{}
	for i, name := range priceNames {
		all[name] = c.price[i]
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
	far         = 1 << 14
)

// fill makes the table of substitutions.
func (c *Costs) fill() {
	for _, a := range []byte(codes) {
		for _, b := range []byte(codes) {
			n := c.price[subMixed]
			switch {
			case a == b:
				n = 0
			case isVowelCode(a) && isVowelCode(b):
				n = c.price[subVowel]
			case !isVowelCode(a) && !isVowelCode(b):
				n = c.price[subConsonant]
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

// likeness is e^(-cost/likenessScale).
func likeness(cost int) float64 { return likenesses[min(cost, len(likenesses)-1)] }

var likenesses = func() (t [1024]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / likenessScale)
	}
	return t
}()

// farthest is the highest cost at which two tokens are still taken for spellings of one: short ones bear less.
func farthest(a, b *sound) int {
	n := min(int(a.n), int(b.n))
	return min(640, 140+80*n)
}

// A ruler measures costs; it holds the rows of the table that is filled, so that measuring allocates nothing.
type ruler struct {
	*Costs
	rows             [3][maxCodes + 1]int
	prev2, prev, row *[maxCodes + 1]int

	heard int // of the last cost that was not far, without what other letters for the same sounds cost
}

// cost is what two sounds differ by, or far when more than farthest.
func (r *ruler) cost(a, b *sound) int {
	if r.heard = 0; a.latin == b.latin && a.latin != "" {
		return 0
	}
	top := farthest(a, b)
	c := r.edits(a, b, top)
	if e := r.affix(a, b); e < c {
		c = e
	}
	if c > top { // most are: their letters need not be read
		return far
	}
	r.heard = c
	c += r.price[written] + r.price[writtenEach]*lettersApart(a.latin, b.latin)
	if c > top {
		return far
	}
	return c
}

// lettersApart is how many letters stand between the common beginning and the common end of two words, at most
// writtenMost.
func lettersApart(a, b string) int {
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
func (r *ruler) edits(a, b *sound, top int) int {
	if bytesEqual(a.codes(), b.codes()) {
		return 0
	}
	n, m := int(a.n), int(b.n)
	r.prev2, r.prev, r.row = &r.rows[0], &r.rows[1], &r.rows[2]
	r.prev[0] = 0
	for j := 1; j <= m; j++ {
		r.prev[j] = r.prev[j-1] + int(b.gap[j-1])
	}
	loose, before := far, 0
	for i := 1; i <= n; i++ {
		least := r.fill(a, b, i)
		if n >= looseMin && m >= looseMin && i >= looseMin {
			loose = min(loose, r.row[m]+r.price[looseEnd])
		}
		if least > top && before > top { // two rows, since a swap leaps over one
			return loose
		}
		before = least
		r.prev2, r.prev, r.row = r.prev, r.row, r.prev2
	}
	if n >= looseMin {
		for j := looseMin; j < m; j++ {
			loose = min(loose, r.prev[j]+r.price[looseEnd])
		}
	}
	return min(r.prev[m], loose)
}

// fill computes row i of the table and gives its least cost.
func (r *ruler) fill(a, b *sound, i int) int {
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
		return r.price[subFirst]
	case isVowelCode(a) && isVowelCode(b):
		return r.price[subFirstV]
	}
	return 0
}

func (r *Costs) swapCost(a, b byte) int {
	if a == 'r' && isVowelCode(b) || b == 'r' && isVowelCode(a) {
		return r.price[swapR]
	}
	return r.price[swapOther]
}

func bytesEqual(a, b []byte) bool { return string(a) == string(b) }

// affixes are what is put before or behind a name without making it another person's: sounds, with the least sound that
// must be left over.
var behind = []string{"ji", "BE", "rav", "sinG", "sing", "sinh", "sin", "lal", "das", "dev", "naT", "kumar", "candra", "cand", "prasad", "ram", "ben", "Dar", "tE", "bE", "dada", "udin", "devi", "kumari"}
var before = []string{"Sri", "sri", "ram"}

// affix is the cost when one sound is the other and an affix, or both have the same stem and different affixes.
func (r *ruler) affix(a, b *sound) int {
	if a.stemN == a.n && b.stemN == b.n {
		return far
	}
	sa, sb := a.stem(), b.stem()
	c := r.price[affixed]
	if len(sa) < int(a.n) && len(sb) < int(b.n) {
		c += r.price[affixed]
	}
	switch {
	case bytesEqual(sa, sb):
		return c
	case bytesEqual(sa, b.codes()), bytesEqual(a.codes(), sb):
		return r.price[affixed]
	}
	return far
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
		return r.price[avO]
	case 'o':
		return r.price[avo]
	}
	return far
}

// decay is e^(-cost/100), for the costs that are near.
var decay = func() (t [1024]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / 100)
	}
	return t
}()

// With gives costs that differ in one, by its name in the table.
func (c *Costs) With(name string, centinats int) (*Costs, error) {
	d := &Costs{price: c.price, pairs: maps.Clone(c.pairs)}
	at := slices.Index(priceNames[:], name)
	pair, isPair := strings.CutPrefix(name, "sub:")
	_, known := c.pairs[pair]
	switch {
	case centinats < 0 || centinats >= far:
		return nil, fmt.Errorf("name: costs: %s must be a number from 0 to %d", name, far-1)
	case isPair && known:
		d.pairs[pair] = centinats
	case at >= 0:
		d.price[at] = centinats
	default:
		return nil, fmt.Errorf("name: costs: the table has no %s", name)
	}
	d.fill()
	return d, nil
}
