package names

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"anvesh/query/name"
)

// A made-up register of some thousand names: enough that lists are long, floors rise and the filter has work.
func register(seed uint64, n int) (*Index, []name.Name) {
	rng := rand.New(rand.NewPCG(seed, 9))
	stems := strings.Fields("ram raj su man mo vi an sh kri de har gur bal jag om pra par dha sat vir bir nar mah")
	ends := strings.Fields("esh ender endra inder il eep ita kumar pal vir bir deep want preet jeet ish an u i a singh nath")
	lasts := strings.Fields("singh singh singh kumar kumar devi devi lal sharma verma malik dahiya hooda rathi saini yadav k s r")
	x := NewIndex()
	var names []name.Name
	for range n {
		words := []string{stems[rng.IntN(len(stems))] + ends[rng.IntN(len(ends))]}
		for len(words) < 1+rng.IntN(4) {
			words = append(words, lasts[rng.IntN(len(lasts))])
		}
		if rng.IntN(20) == 0 {
			words = []string{strings.Join(words, "")}
		}
		if rng.IntN(5) == 0 {
			rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		}
		name := nameOf(strings.Join(words, " "))
		x.Add(name)
		names = append(names, name)
	}
	return x, names
}

// Search must find what a scan of every name finds, down to the weight of the last place.
func TestSearchFindsWhatAScanFinds(t *testing.T) {
	x, names := register(3, 4000)
	rng := rand.New(rand.NewPCG(4, 4))
	z := new(search)
	for range 45 {
		q := names[rng.IntN(len(names))]
		if rng.IntN(2) == 0 {
			q = nameOf(drift(rng, q.Key()))
		}
		if len(q.Tokens) == 0 {
			continue
		}
		if len(q.Tokens) > 1 && rng.IntN(3) == 0 { // one of them may be no part of the name
			q.Tokens = slices.Clone(q.Tokens)
			q.Tokens[rng.IntN(len(q.Tokens))].Maybe = true
		}
		for _, limit := range []int{1, 7, 30} {
			got, complete := x.Search(nil, q, Search{Limit: limit, Likeness: true})
			if !complete {
				t.Fatalf("%q: not complete", q.Key())
			}
			want := scan(z, x, q, limit)
			var have []float32
			for _, m := range got {
				have = append(have, m.Weight)
			}
			if !slices.Equal(have, want) {
				t.Fatalf("%q, limit %d: search %v, scan %v", q.Key(), limit, have, want)
			}
		}
	}
}

// scan weighs every name of the index with the comparison's own view, and gives the best weights.
func scan(z *search, x *Index, q name.Name, limit int) (want []float32) {
	z.q.resolve(x.freq, q)
	for o := range x.Len() {
		c := nameOf(x.Key(uint32(o)))
		p := comparison{q: &z.q, g: &z.grid, query: q, found: c}
		p.fill()
		w := p.align(&z.joint)
		if w > 0 && p.connected() {
			want = append(want, float32(w)/100)
		}
	}
	slices.Sort(want)
	slices.Reverse(want)
	return want[:min(limit, len(want))]
}

// Many readers may search at once.
func TestSearchesSideBySide(t *testing.T) {
	x, names := register(6, 500)
	want, _ := x.Search(nil, names[0], Search{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 50 {
				x.Search(nil, names[i], Search{})
				if got, _ := x.Search(nil, names[0], Search{}); !slices.Equal(got, want) {
					t.Errorf("found %v, want %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

// A name that is refused takes no place: what is found is what would be found without it.
func TestAccept(t *testing.T) {
	x, names := register(8, 1500)
	f := func(q name.Name) {
		t.Helper()
		all, _ := x.Search(nil, q, Search{Limit: 40})
		odd := func(ord uint32) bool { return ord%2 == 1 }
		got, _ := x.Search(nil, q, Search{Limit: 10, Accept: odd})
		want := slices.DeleteFunc(all, func(m Match) bool { return !odd(m.Ord) })
		for i, m := range got {
			if !odd(m.Ord) || i < len(want) && m.Weight != want[i].Weight {
				t.Fatalf("%q: %v at %d, want %v", q.Key(), m, i, want)
			}
		}
		if len(got) < min(10, len(want)) {
			t.Fatalf("%q: %d found, want %d", q.Key(), len(got), len(want))
		}
	}
	for _, q := range names[:40] {
		f(q)
	}
}

// drift misspells a name as a clerk would: one change of letters that sound alike, or an omission.
func drift(rng *rand.Rand, s string) string {
	changes := [][2]string{{"v", "b"}, {"b", "v"}, {"ee", "i"}, {"i", "ee"}, {"oo", "u"}, {"u", "oo"}, {"sh", "s"}, {"a", "aa"}, {"th", "t"},
		{"dh", "d"}, {"ph", "f"}, {"w", "v"}, {"y", "i"}, {"j", "z"}, {"kh", "k"}, {"ai", "e"}, {"au", "o"}, {"a", ""}, {"h", ""}, {"e", "i"}}
	for range 20 {
		c := changes[rng.IntN(len(changes))]
		if n := strings.Count(s, c[0]); n > 0 {
			at := rng.IntN(n)
			parts := strings.SplitAfterN(s, c[0], at+2)
			last := len(parts) - 2
			parts[last] = strings.TrimSuffix(parts[last], c[0]) + c[1]
			return strings.Join(parts, "")
		}
	}
	return s
}
