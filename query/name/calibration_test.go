package name

import (
	"testing"
)

func TestChance(t *testing.T) {
	last := 0.0
	for w := -20.0; w < 40; w += .5 {
		c := Chance(w, 2_000_000)
		if c <= last || c >= 1 || c > Chance(w, 200_000) {
			t.Fatalf("weight %v: %v after %v", w, c, last)
		}
		last = c
	}
	if ProbableWeight(10) != ProbableWeight(LeastPersons) || ProbableWeight(2_000_000) <= ProbableWeight(200_000) {
		t.Error("probable weights", ProbableWeight(10), ProbableWeight(2_000_000))
	}
	if c := Chance(0, 0); c <= 0 || c >= 1 {
		t.Errorf("no persons: %v", c)
	}
}

// Kin joins the rows of one person: two rows that share a spelling are of one person.
type kin struct {
	number map[string]int
	parent []int
}

func (k *kin) of(s string) int {
	i, ok := k.number[s]
	if !ok {
		i = len(k.parent)
		k.number[s], k.parent = i, append(k.parent, i)
	}
	for k.parent[i] != i {
		i = k.parent[i]
	}
	return i
}

// Of the records in the top ten, by decile of Chance: how many are of the person asked for.
func TestMeasureCalibration(t *testing.T) {
	x := NewIndex()
	newDrawer(t, "Latn", 7).fill(x, setting("ANVESH_RECORDS", 200_000))
	pairs := samplePairs(t, 3000, 1)
	right := addRight(x, pairs)
	k := kin{number: map[string]int{}}
	for _, p := range pairs {
		a, b := k.of(p.a), k.of(p.b)
		k.parent[a] = b
	}
	person := map[uint32]int{}
	for i, p := range pairs {
		for _, o := range right[i] {
			person[o] = k.of(p.b)
		}
	}
	var all, same, chance [10]float64
	asked := map[string]bool{}
	for _, p := range pairs {
		if asked[p.a] {
			continue
		}
		asked[p.a] = true
		matches, _ := x.Search(nil, nameOf(p.a), Search{Limit: 10})
		for room := 10; len(matches) > 0 && room > 0; matches = matches[1:] {
			m := matches[0]
			records := min(room, x.Bearers(m.Ord))
			room -= records
			c := Chance(float64(m.Weight), x.Persons())
			d := min(int(c*10), 9)
			all[d] += float64(records)
			chance[d] += c * float64(records)
			if who, ok := person[m.Ord]; ok && who == k.of(p.a) {
				same[d] += float64(records)
			}
		}
	}
	for d := range all {
		t.Logf("chance .%d: %5.0f records, said %.3f, the same person %.3f", d, all[d], chance[d]/all[d], same[d]/all[d])
	}
}
