package name

import "math"

// The cost of two sounds is about -100 ln P(one is written as the other | one person), in centinats: 100 centinats halve
// and halve again (e^-1). They were set by hand after domain.md section 7 and the variant tables' kinds, and moved where
// the recall of measure_test.go moved with them. A cost is the same both ways.
const (
	gapEndA      = 80
	gapA         = 90
	gapEndVowel  = 200
	gapVowel     = 340
	gapH         = 80
	gapY         = 90
	gapNasal     = 150
	gapEndN      = 170
	gapR         = 400
	gapConsonant = 340

	swapR     = 50  // par for pra, ender for endra
	swapOther = 350 // two letters swapped by a typist

	subConsonant = 560
	subVowel     = 320
	subMixed     = 900
	subEqual     = 170 // up to here two codes are written for one sound, wherever they stand
	subFirst     = 80  // the first code is misheard less often
	subFirstV    = 110 // and so is the first vowel

	looseEnd = 240 // whatever stands behind the end of the shorter, which has looseMin codes at least
	looseMin = 4
	affixed  = 200 // a further ji, bhai, rao, singh behind, or sri, ram before

	written        = 20 // the same sounds in other letters: Pooja, Puja
	writtenEach    = 6  // and for each letter, up to writtenMost
	writtenMost    = 5
	writtenForeign = 12 // the same where a rule spelled the one
	far            = 1 << 14
)

// subPairs are the codes that stand for each other in these names, with the cost.
var subPairs = []struct {
	pair string
	cost uint16
}{
	{"kK", 50}, {"gG", 50}, {"jJ", 60}, {"tT", 40}, {"dD", 50}, {"bB", 60}, {"pf", 80}, {"jz", 40}, {"Jz", 60},
	{"sS", 50}, {"vb", 80}, {"vB", 170}, {"kq", 30}, {"Kq", 90}, {"td", 250}, {"TD", 280}, {"tD", 280}, {"Td", 280},
	{"dr", 220}, {"Dr", 260}, {"kg", 330}, {"cS", 260}, {"cs", 300}, {"cj", 360}, {"pb", 370}, {"nm", 280}, {"lr", 420},
	{"zs", 260}, {"zS", 320}, {"yj", 300}, {"gj", 330}, {"kc", 420}, {"fv", 380}, {"hy", 300}, {"yv", 350}, {"tr", 420},
	{"nr", 500}, {"ln", 480}, {"Kh", 250}, {"kh", 350}, {"gh", 200}, {"Gh", 100}, {"sh", 350}, {"Sh", 300}, {"sc", 300},
	{"yi", 60}, {"ye", 130}, {"yE", 120}, {"vu", 130}, {"vo", 150}, {"vO", 200}, {"ya", 330},
	{"ai", 230}, {"au", 230}, {"ae", 150}, {"ao", 220}, {"aE", 160}, {"aO", 180}, {"ie", 90}, {"iE", 150}, {"eE", 50},
	{"uo", 100}, {"uO", 170}, {"oO", 50}, {"iu", 340}, {"eo", 350}, {"EO", 400},
}

// subs is subPairs as a table, by the low six bits of two codes, which differ for all letters.
var subs = makeSubs()

func makeSubs() *[64][64]uint16 {
	const codes = "kKgGcjJtTdDnpfbBmyrlvsSzhqaiueoEO"
	t := new([64][64]uint16)
	for _, a := range []byte(codes) {
		for _, b := range []byte(codes) {
			c := uint16(subMixed)
			switch {
			case a == b:
				c = 0
			case isVowelCode(a) && isVowelCode(b):
				c = subVowel
			case !isVowelCode(a) && !isVowelCode(b):
				c = subConsonant
			}
			t[a&63][b&63] = c
		}
	}
	for _, p := range subPairs {
		a, b := p.pair[0]&63, p.pair[1]&63
		t[a][b], t[b][a] = p.cost, p.cost
	}
	return t
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
	rows             [3][maxCodes + 1]int
	prev2, prev, row *[maxCodes + 1]int
}

// cost is what two sounds differ by, or far when more than farthest.
func (r *ruler) cost(a, b *sound) int {
	if a.latin == b.latin && a.latin != "" {
		return 0
	}
	top := farthest(a, b)
	c := r.edits(a, b, top)
	if e := r.affix(a, b); e < c {
		c = e
	}
	c += written + writtenEach*lettersApart(a.latin, b.latin)
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
			loose = min(loose, r.row[m]+looseEnd)
		}
		if least > top && before > top { // two rows, since a swap leaps over one
			return loose
		}
		before = least
		r.prev2, r.prev, r.row = r.prev, r.row, r.prev2
	}
	if n >= looseMin {
		for j := looseMin; j < m; j++ {
			loose = min(loose, r.prev[j]+looseEnd)
		}
	}
	return min(r.prev[m], loose)
}

// fill computes row i of the table and gives its least cost.
func (r *ruler) fill(a, b *sound, i int) int {
	m := int(b.n)
	ca, ga := a.code[i-1], int(a.gap[i-1])
	line := &subs[ca&63]
	r.row[0] = r.prev[0] + ga
	least := r.row[0]
	for j := 1; j <= m; j++ {
		cb := b.code[j-1]
		sub := int(line[cb&63])
		if sub > subEqual && i <= 2 && j <= 2 {
			sub += firstSurcharge(i, j, ca, cb)
		}
		c := r.prev[j-1] + sub
		c = min(c, r.prev[j]+ga, r.row[j-1]+int(b.gap[j-1]))
		if i > 1 && j > 1 && ca != cb && ca == b.code[j-2] && a.code[i-2] == cb {
			c = min(c, r.prev2[j-2]+swapCost(ca, cb))
		}
		if cb == 'v' && j > 1 && b.code[j-2] == 'a' {
			c = min(c, r.prev[j-2]+avFor[ca])
		}
		if ca == 'v' && i > 1 && a.code[i-2] == 'a' {
			c = min(c, r.prev2[j-1]+avFor[cb])
		}
		r.row[j] = c
		least = min(least, c)
	}
	return least
}

// firstSurcharge is what a substitution costs more at the first code, or for the first vowel.
func firstSurcharge(i, j int, a, b byte) int {
	switch {
	case i == 1 && j == 1:
		return subFirst
	case isVowelCode(a) && isVowelCode(b):
		return subFirstV
	}
	return 0
}

func swapCost(a, b byte) int {
	if a == 'r' && isVowelCode(b) || b == 'r' && isVowelCode(a) {
		return swapR
	}
	return swapOther
}

func bytesEqual(a, b []byte) bool { return string(a) == string(b) }

// affixes are what is put before or behind a name without making it another person's: sounds, with the least sound that
// must be left over.
var behind = []string{"ji", "BE", "rav", "sinG", "sing", "sinh", "sin", "lal", "das", "dev", "naT", "kumar", "candra", "cand", "prasad", "ram", "ben", "Dar"}
var before = []string{"Sri", "sri", "ram"}

// affix is the cost when one sound is the other and an affix, or both have the same stem and different affixes.
func (r *ruler) affix(a, b *sound) int {
	if a.stemN == a.n && b.stemN == b.n {
		return far
	}
	sa, sb := a.stem(), b.stem()
	c := affixed
	if len(sa) < int(a.n) && len(sb) < int(b.n) {
		c += affixed
	}
	switch {
	case bytesEqual(sa, sb):
		return c
	case bytesEqual(sa, b.codes()), bytesEqual(a.codes(), sb):
		return affixed
	}
	return far
}

// stemOf cuts one affix off, where three codes or more are left.
func stemOf(w []byte) []byte {
	for _, e := range behind {
		if len(w) >= len(e)+3 && string(w[len(w)-len(e):]) == e {
			return w[:len(w)-len(e)]
		}
	}
	for _, e := range before {
		if len(w) >= len(e)+3 && string(w[:len(e)]) == e {
			return w[len(e):]
		}
	}
	return w
}

// avFor is what av costs for one vowel: Gaurav is Gorav, Madhav is Madho.
var avFor = func() (t [256]int) {
	for i := range t {
		t[i] = far
	}
	t['O'], t['o'] = 60, 120
	return t
}()

// decay is e^(-cost/100), for the costs that are near.
var decay = func() (t [1024]float64) {
	for i := range t {
		t[i] = math.Exp(-float64(i) / 100)
	}
	return t
}()
