package names

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"anvesh/query/name"
	"anvesh/query/snapshot"
)

// again is an index whose names were written and read again, into y.
func again(t interface{ Fatal(...any) }, x, y *Index) error {
	var b bytes.Buffer
	if err := snapshot.Write(&b, "test", func(f *snapshot.File) { f.Part("names", x.SnapshotNames) }); err != nil {
		t.Fatal(err)
	}
	err := snapshot.Read(&b, "test", func(f *snapshot.File) { f.Part("names", y.SnapshotNames) })
	if err == nil {
		y.CountAll(x.bearers)
	}
	return err
}

// TestReadIntoHeld: a snapshot is not read into an index that holds something.
func TestReadIntoHeld(t *testing.T) {
	y := NewIndex()
	y.Add(nameOf("zaheer abbas"))
	if err := again(t, people(), y); !errors.Is(err, snapshot.ErrDamaged) {
		t.Errorf("it was: %v", err)
	}
}

// TestComeAndGone: frequencies and answers are those of what is held, whatever else came and went and in whatever
// order; a name that nobody bears any more is not found, and is again when somebody does.
func TestComeAndGone(t *testing.T) {
	_, names := register(31, 600)
	rng := rand.New(rand.NewPCG(32, 1))
	plain, moved := NewIndex(), NewIndex()
	stay, left := names[:400], names[400:]
	for _, n := range stay {
		plain.Add(n)
	}
	all := append(slices.Clone(stay), left...)
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, n := range all {
		moved.Add(n)
	}
	rng.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	for _, n := range left {
		moved.Remove(moved.Add(n)) // one that is borne twice for a moment
		moved.Remove(moved.Number(n))
	}
	if plain.freq.persons != moved.freq.persons || plain.freq.letters != moved.freq.letters ||
		plain.freq.namesakes != moved.freq.namesakes {
		t.Error("what came and went left a trace")
	}
	for token, id := range moved.vocab.number {
		want := uint32(0)
		if at, ok := plain.vocab.number[token]; ok {
			want = plain.freq.bearersOf(at)
		}
		if moved.freq.bearersOf(id) != want {
			t.Errorf("%s is borne by %d, want %d", token, moved.freq.bearersOf(id), want)
		}
	}
	keys := func(x *Index, q name.Name) (found []string) {
		matches, _ := x.Search(nil, q, Search{Limit: 10})
		for _, m := range matches {
			found = append(found, x.Key(m.Ord))
		}
		return found
	}
	gone := 0
	for _, q := range left {
		a, b := keys(plain, q), keys(moved, q)
		if !slices.Equal(a, b) {
			t.Fatalf("%q: %v, where it never came %v", q.Key(), b, a)
		}
		if moved.Bearers(moved.Number(q)) > 0 {
			continue // one who stayed bears it too
		}
		gone++
		if slices.Contains(b, q.Key()) {
			t.Fatalf("%q is found, and nobody bears it", q.Key())
		}
		ord := moved.Add(q)
		if again := keys(moved, q); !slices.Contains(again, q.Key()) {
			t.Fatalf("%q is borne again and found are %v", q.Key(), again)
		}
		moved.Remove(ord)
	}
	if gone < 50 {
		t.Errorf("only %d names are gone", gone)
	}
}

// TestSearchInDevanagari: a word that a rule spelled in Latin letters weighs its letters otherwise, and a search still
// finds what a scan does.
func TestSearchInDevanagari(t *testing.T) {
	x, _ := register(33, 3000)
	z := new(search)
	for _, s := range []string{"राजेंद्र सिंह", "सुमन देवी", "मोहन लाल शर्मा", "वीरेंद्र मलिक", "कृष्ण कुमार", "प्रदीप हुड्डा", "जगदीश", "बलविंदर सैनी"} {
		q := nameOf(s)
		for _, limit := range []int{1, 10, 40} {
			matches, complete := x.Search(nil, q, Search{Limit: limit})
			var have []float32
			for _, m := range matches {
				have = append(have, m.Weight)
			}
			if want := scan(z, x, q, limit); !complete || len(want) == 0 || !slices.Equal(have, want) {
				t.Errorf("%s, limit %d: search %v, scan %v", s, limit, have, want)
			}
		}
	}
}

// TestForeignLetters: a word that a rule spelled in Latin letters differs in them at a lower price than one that somebody
// wrote so, and in nothing else.
func TestForeignLetters(t *testing.T) {
	x := people()
	c := name.StandardCosts().Prices
	weigh := func(devanagari bool, latin string) float64 {
		q := name.Name{Tokens: []name.Token{{Written: "x", Latin: latin, Devanagari: devanagari}}}
		return x.Compare(q, nameOf("sunil")).Weight
	}
	want := float64(c[name.Written]-c[name.WrittenForeign]) / 100
	if d := weigh(true, "suneel") - weigh(false, "suneel"); want <= 0 || d < want-1e-9 || d > want+1e-9 {
		t.Errorf("the rule's spelling weighs %.2f more, want %.2f", d, want)
	}
	if d := weigh(true, "sunil") - weigh(false, "sunil"); d != 0 {
		t.Errorf("the very letters weigh %.2f more", d)
	}
}
