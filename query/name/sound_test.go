package name

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHear(t *testing.T) {
	f := func(in, codes, skeleton string) {
		t.Helper()
		s := hear(in)
		if string(s.codes()) != codes || string(s.skeleton()) != skeleton {
			t.Errorf("hear(%q) = %s, %s; want %s, %s", in, s.codes(), s.skeleton(), codes, skeleton)
		}
	}
	f("rajesh", "rajeS", "rjs")
	f("bhagwan", "Bagvan", "bgbn")
	f("lakshmi", "lakSmi", "lksn")
	f("laxmi", "lakSmi", "lksn")
	f("rajender", "rajendr", "rjndr")
	f("rajindra", "rajendr", "rjndr")
	f("chaudhary", "cODari", "cdr")
	f("phool", "ful", "pl")
	f("pooja", "puja", "pj")
	f("vijay", "vijE", "bj")
	f("dubey", "dube", "db")
	f("deo", "dev", "db")
	f("bhartia", "Bartiya", "brt")
	f("mohd", "mohamad", "nnd")
	f("gyan", "gyan", "gn")
	f("jnan", "gyan", "gn")
	f("dhillon", "Dilon", "dln")
	f("omkar", "onkar", "nkr")
	f("", "", "")
}

func drawLatin(t *rapid.T) string {
	return rapid.StringMatching(`[a-z]{1,14}`).Draw(t, "latin")
}

// A cost is the same both ways, nothing for the same word, and never between near and far. Sounds that are near share a
// key both ways.
func TestCostLaws(t *testing.T) {
	r := ruler{Costs: standard}
	rapid.Check(t, func(t *rapid.T) {
		a, b := hear(drawLatin(t)), hear(drawLatin(t))
		ab, ba := r.cost(&a, &b), r.cost(&b, &a)
		if ab != ba {
			t.Fatalf("%s, %s: %d and %d", a.latin, b.latin, ab, ba)
		}
		if r.cost(&a, &a) != 0 || a.latin != b.latin && ab == 0 || ab > farthest(&a, &b) && ab != far {
			t.Fatalf("%s, %s: %d", a.latin, b.latin, ab)
		}
		ra, rb := ringOf(&a), ringOf(&b)
		if meets(&ra, &rb) != meets(&rb, &ra) || !meets(&ra, &ra) {
			t.Fatalf("%s, %s: keys meet one way", a.latin, b.latin)
		}
	})
}

// The keys of the map find the same tokens as a look at every pair.
func TestVocabularyFindsWhatMeets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := newVocabulary(standard)
		for _, w := range rapid.SliceOfN(rapid.StringMatching(`[rjdtshmn]{0,1}[aeiou][rjdtshmnk]{1,2}[aeiou][rdtk]{0,2}i?`), 1, 30).Draw(t, "words") {
			v.add(w)
		}
		s := hear(rapid.StringMatching(`[rjdtshmn]{0,1}[aeiou][rjdtshmnk]{1,2}[aeiou][rdtk]{0,2}i?`).Draw(t, "word"))
		ring := ringOf(&s)
		found := v.near(nil, &ring)
		for id := range v.sounds {
			u := &v.sounds[id]
			other := ringOf(u)
			if len(u.latin) > 1 && meets(&ring, &other) != slices.Contains(found, uint32(id)) {
				t.Fatalf("%s, %s: meets %v, found %v", s.latin, u.latin, meets(&ring, &other), found)
			}
		}
	})
}

func TestMultimap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m multimap
		model := map[uint32][]uint32{}
		for range rapid.IntRange(0, 4).Draw(t, "rounds") {
			key := rapid.Uint32Range(0, 20).Draw(t, "from")
			for i := range rapid.Uint32Range(0, 1500).Draw(t, "pairs") {
				k := (key + i*7) % 23
				m.add(k, i)
				model[k] = append(model[k], i)
			}
		}
		for k := range uint32(23) {
			got := m.find(nil, k)
			slices.Sort(got)
			slices.Sort(model[k])
			if !slices.Equal(got, model[k]) {
				t.Fatalf("key %d: %d values, want %d", k, len(got), len(model[k]))
			}
		}
		if all := m.sorted(); !slices.IsSorted(all) {
			t.Fatal("not sorted")
		}
	})
}
