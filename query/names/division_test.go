package names

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"anvesh/query/name"
)

// found is a match as it is compared between indexes, whose ordinals differ.
type found struct {
	key              string
	weight, likeness float32
	bearers          int
	order            uint64
}

// merged searches each of some indexes and makes one answer of what they found, as one index would: a name that several
// hold once, the best first, equal weights by the hash of the key, no more than the search allows.
func merged(indexes []*Index, q name.Name, s Search) (all []found) {
	for _, x := range indexes {
		matches, _ := x.Search(nil, q, s)
		for _, m := range matches {
			f := found{x.Key(m.Ord), m.Weight, m.Likeness, x.Bearers(m.Ord), x.keyHash(m.Ord)}
			if i := slices.IndexFunc(all, func(g found) bool { return g.key == f.key }); i >= 0 {
				all[i].bearers += f.bearers
				continue
			}
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.order, b.order))
	})
	bearers := 0
	for i, f := range all {
		light := s.Gap > 0 && float64(f.weight) < min(float64(all[0].weight)-s.Gap, s.Enough)-1e-4
		if i == s.Limit || light || s.Records > 0 && bearers >= s.Records {
			return all[:i]
		}
		bearers += f.bearers
	}
	return all
}

// TestDivision is a law: persons divided at random over several indexes with one vocabulary and one set of frequencies
// are found with the same names, weights, likenesses and order as in one index, whoever was removed in between, and the
// frequencies are those of one index. A name may be borne in several of them.
func TestDivision(t *testing.T) {
	for k := 1; k <= 4; k++ {
		t.Run(fmt.Sprint(k), func(t *testing.T) { testDivision(t, k) })
	}
}

func testDivision(t *testing.T, k int) {
	rng := rand.New(rand.NewPCG(uint64(k), 5))
	_, names := register(uint64(20+k), 1500)
	one, shared := NewIndex(), NewFrequencies(NewVocabulary())
	var parts []*Index
	for range k {
		parts = append(parts, shared.NewIndex())
	}
	type bearer struct {
		part      *Index
		inPart, n uint32
	}
	var bearers []bearer
	for range 2500 {
		n := names[int(float64(len(names))*rng.Float64()*rng.Float64())] // the first are common
		part := parts[rng.IntN(k)]
		bearers = append(bearers, bearer{part, part.Add(n), one.Add(n)})
		if rng.IntN(4) == 0 {
			i := rng.IntN(len(bearers))
			b := bearers[i]
			b.part.Remove(b.inPart)
			one.Remove(b.n)
			bearers = slices.Delete(bearers, i, i+1)
		}
	}
	if shared.persons != one.freq.persons || shared.letters != one.freq.letters || shared.namesakes != one.freq.namesakes ||
		shared.Surplus() != one.freq.Surplus() {
		t.Error("the frequencies depend on the division")
	}
	for token, id := range one.vocab.number {
		if shared.bearersOf(shared.vocab.number[token]) != one.freq.bearersOf(id) || shared.rank(token) != one.freq.rank(token) {
			t.Fatalf("%s is borne by %d, want %d", token, shared.bearersOf(shared.vocab.number[token]), one.freq.bearersOf(id))
		}
	}
	long := 0
	for range 40 {
		q := names[rng.IntN(len(names))]
		if rng.IntN(2) == 0 {
			q = nameOf(drift(rng, q.Key()))
		}
		for _, s := range []Search{{Limit: 5}, {Limit: 60}, {Limit: 60, Records: 12}, {Limit: 60, Gap: 2, Enough: 4}, {Limit: 40, Least: 3}} {
			s.Likeness = true
			if alone, _ := one.Search(nil, q, s); s.Gap > 0 && len(alone) > 0 {
				if best, last := float64(alone[0].Weight), float64(alone[len(alone)-1].Weight); last < min(best-s.Gap, s.Enough)-1e-4 {
					t.Fatalf("%q: %.2f is found beside %.2f", q.Key(), last, best)
				}
			}
			want, got := merged([]*Index{one}, q, s), merged(parts, q, s)
			if !slices.Equal(got, want) {
				t.Fatalf("%q, %+v: %d parts find\n%v\none index\n%v", q.Key(), s, k, got, want)
			}
			if len(want) == s.Limit {
				long++
			}
		}
	}
	if long == 0 {
		t.Error("no answer was cut by its limit")
	}
}
