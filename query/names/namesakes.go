package names

import (
	"math"
	"sort"

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

// count adds times n(n-1) for a name.
func (x *Index) count(ord uint32, times int64) {
	if n := int64(x.bearers[ord]); n > 1 {
		k, s := x.ranksOf(ord)
		x.namesakes[k][s] += times * n * (n - 1)
	}
}

// ranksOf counts the words of a name that are no initials, and adds up their ranks; a word that stands twice counts once.
func (x *Index) ranksOf(ord uint32) (words, sum int) {
	toks := x.tokensOf(ord)
	for i, t := range toks {
		if r := int(x.rank[t]); r > 0 && !repeated(toks, i) {
			words, sum = words+1, sum+r
		}
	}
	return words, sum
}

// setRank moves a token to another rank, and with it the names that hold it, except one that is not counted at the moment.
func (x *Index) setRank(t uint32, rank uint8, except uint32) {
	if x.rank[t] == rank {
		return
	}
	for _, o := range x.posts[t].ords {
		if o != except {
			x.count(o, -1)
		}
	}
	x.rank[t] = rank
	for _, o := range x.posts[t].ords {
		if o != except {
			x.count(o, 1)
		}
	}
}

// Surplus is how many nats of a name's weight stand for nothing but words that go together: what a weight must exceed
// ProbableWeight by, so that no more than namesakeShare of the persons held meet a namesake of that weight.
func (x *Index) Surplus() float64 {
	type bin struct {
		weight float64
		pairs  int64
	}
	var bins []bin
	least := name.ProbableWeight(x.persons)
	each := math.Log(float64(x.persons) + unseen)
	for k := 2; k <= name.MaxTokens; k++ {
		for s, pairs := range x.namesakes[k] {
			if w := float64(k)*(each+1.5*math.Ln2) - float64(s)*math.Ln2; pairs > 0 && w >= least {
				bins = append(bins, bin{w, pairs})
			}
		}
	}
	sort.Slice(bins, func(i, j int) bool { return bins[i].weight > bins[j].weight })
	sum := int64(0)
	for _, b := range bins {
		if sum += b.pairs; float64(sum) > namesakeShare*float64(x.persons) {
			return b.weight - least + math.Ln2 // a rank is a factor of two
		}
	}
	return 0
}

// namesakeShare is a tenth of what the promise allows, one in a thousand: namesakes are counted letter for letter only.
const namesakeShare = 0.0001
