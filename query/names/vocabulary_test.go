package names

import (
	"fmt"
	"slices"
	"testing"

	"anvesh/query/name"

	"pgregory.net/rapid"
)

func drawWord(t *rapid.T) string { return rapid.StringMatching(`[a-z]{1,14}`).Draw(t, "latin") }

// Sounds share a key both ways, and each shares one with itself.
func TestKeysMeetBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := name.Hear(drawWord(t)), name.Hear(drawWord(t))
		ra, rb := keysOf(&a), keysOf(&b)
		if meets(&ra, &rb) != meets(&rb, &ra) || !meets(&ra, &ra) {
			t.Fatalf("%s, %s: keys meet one way", a.Latin, b.Latin)
		}
	})
}

// The keys of the map find the same tokens as a look at every pair.
func TestVocabularyFindsWhatMeets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := newVocabulary()
		for _, w := range rapid.SliceOfN(rapid.StringMatching(`[rjdtshmn]{0,1}[aeiou][rjdtshmnk]{1,2}[aeiou][rdtk]{0,2}i?`), 1, 30).Draw(t, "words") {
			v.add(w)
		}
		s := name.Hear(rapid.StringMatching(`[rjdtshmn]{0,1}[aeiou][rjdtshmnk]{1,2}[aeiou][rdtk]{0,2}i?`).Draw(t, "word"))
		keys := keysOf(&s)
		found := v.near(nil, &keys)
		for id := range v.sounds {
			u := &v.sounds[id]
			other := keysOf(u)
			if len(u.Latin) > 1 && meets(&keys, &other) != slices.Contains(found, uint32(id)) {
				t.Fatalf("%s, %s: meets %v, found %v", s.Latin, u.Latin, meets(&keys, &other), found)
			}
		}
	})
}

// What is near to a word that was asked before is what is near to it at the moment, however many tokens came since; and a
// word is not taken for two that are written together.
func TestNearWordsAreRemembered(t *testing.T) {
	word := rapid.StringMatching(`[rs][aei][mnv][aei]?[rlt]?[aei]?`)
	rapid.Check(t, func(t *rapid.T) {
		x := NewIndex()
		asked := rapid.SliceOfN(word, 1, 4).Draw(t, "asked")
		for range 4 {
			for _, w := range rapid.SliceOfN(word, 0, 2*mostNewTokens).Draw(t, "tokens") {
				x.Add(name.Name{Tokens: []name.Token{{Latin: w}}})
			}
			for _, w := range asked {
				for _, letter := range []int{0, noWeight} { // one word; two
					q := query{v: x.vocab, f: x.freq, p: &x.vocab.costs.Prices, ruler: name.Ruler{Costs: x.vocab.costs}}
					u := &unit{letter: letter, sound: name.Hear(w)}
					u.keys = keysOf(&u.sound)
					var want []nearCost
					for id := range x.vocab.sounds {
						if keys := keysOf(&x.vocab.sounds[id]); len(x.vocab.sounds[id].Latin) > 1 && meets(&u.keys, &keys) {
							want = q.appendNear(want, u, uint32(id))
						}
					}
					slices.SortStableFunc(want, func(a, b nearCost) int { return int(a.cost) - int(b.cost) })
					if got := q.nearWord(u, []byte(w)).near; !slices.Equal(got, want) {
						t.Fatalf("%s among %d tokens: near %v, want %v", w, x.Tokens(), got, want)
					}
				}
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

// What is remembered stays within its bytes, whatever is asked, and the count of them is that of the words that stand there.
func TestRememberedWordsAreBounded(t *testing.T) {
	var m nearWords
	for i := range 3 * len(m.places) {
		letters := fmt.Sprint("word", i)
		m.put(m.place([]byte(letters)), &nearWord{letters: letters, near: make([]nearCost, 1+i%500)})
		if n := m.bytes.Load(); n > mostRemembered {
			t.Fatalf("%d words take %d bytes", i+1, n)
		}
	}
	sum, words := int64(0), 0
	for i := range m.places {
		if w := m.places[i].Load(); w != nil {
			sum, words = sum+w.bytes(), words+1
		}
	}
	if sum != m.bytes.Load() || sum < mostRemembered/2 || words < len(m.places)/4 {
		t.Errorf("%d words of %d bytes, counted as %d", words, sum, m.bytes.Load())
	}
}
