package names

import (
	"cmp"
	"math"
	"slices"

	"anvesh/query/name"
)

// A weight says how rare a name is if its words are drawn by chance. They are not: Gurpreet and Sandhu are given in one
// community. How far that goes the register itself tells: namesakes counts the pairs of bearers of one name, by how rare the
// name is said to be. Persons who meet a namesake so rare more often than one in a thousand searches show that it is not.
//
// The counts are whole numbers and depend on what is held alone, not on the order in which it came, so that two indexes
// with the same names judge alike. Two records of one person count as namesakes too: that makes the judgement more careful.
//
//	namesakes[k][s]   n(n-1) summed over the names with n bearers, k words that are no initials, and s the sum of their ranks
type namesakes [name.MaxTokens + 1][name.MaxTokens*ranks + 1]int64

// count adds times n(n-1) for a name with n bearers.
func (f *Frequencies) count(toks []uint32, bearers int, times int64) {
	if n := int64(bearers); n > 1 {
		k, s := f.ranksOf(toks)
		f.namesakes[k][s] += times * n * (n - 1)
	}
}

// ranksOf counts the words of a name that are no initials, and adds up their ranks; a word that stands twice counts once.
func (f *Frequencies) ranksOf(toks []uint32) (words, sum int) {
	for i, t := range toks {
		if r := int(f.ranks[t]); r > 0 && !repeated(toks, i) {
			words, sum = words+1, sum+r
		}
	}
	return words, sum
}

// setRank moves a token to another rank, and with it the names that hold it, except one that is not counted at the moment.
func (f *Frequencies) setRank(t uint32, rank uint8, except []uint32) {
	if f.ranks[t] == rank {
		return
	}
	f.countAll(t, except, -1)
	f.ranks[t] = rank
	f.countAll(t, except, 1)
}

// countAll counts all names with a token but one.
func (f *Frequencies) countAll(t uint32, except []uint32, times int64) {
	x := f.index
	for _, p := range x.postingsOf(t) {
		for _, o := range p.ords {
			if n := int(x.bearers[o]); n > 1 {
				if toks := x.tokensOf(o); !slices.Equal(toks, except) {
					f.count(toks, n, times)
				}
			}
		}
	}
}

// Surplus is how many nats of a name's weight stand for nothing but words that go together: what a weight must exceed
// ProbableWeight by, so that no more than namesakeShare of the persons held meet a namesake of that weight.
func (f *Frequencies) Surplus() float64 {
	type bin struct {
		weight float64
		pairs  int64
	}
	var bins []bin
	least := name.ProbableWeight(f.persons)
	each := math.Log(float64(f.persons) + unseen)
	for k := 2; k <= name.MaxTokens; k++ {
		for s, pairs := range f.namesakes[k] {
			if w := float64(k)*(each+1.5*math.Ln2) - float64(s)*math.Ln2; pairs > 0 && w >= least {
				bins = append(bins, bin{w, pairs})
			}
		}
	}
	slices.SortFunc(bins, func(a, b bin) int { return cmp.Compare(b.weight, a.weight) })
	sum := int64(0)
	for _, b := range bins {
		if sum += b.pairs; float64(sum) > namesakeShare*float64(f.persons) {
			return b.weight - least + math.Ln2 // a rank is a factor of two
		}
	}
	return 0
}

// namesakeShare is a tenth of what the promise allows, one in a thousand: namesakes are counted letter for letter only.
const namesakeShare = 0.0001
