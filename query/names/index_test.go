package names

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"anvesh/query/name"

	"pgregory.net/rapid"
)

func nameOf(s string) name.Name {
	r := name.Read(s)
	if len(r.Names) == 0 {
		return name.Name{}
	}
	return r.Names[0]
}

// people is a small register with the filler tokens common, as they are.
func people() *Index {
	x := NewIndex()
	firsts := strings.Fields("rajesh rakesh ramesh suresh sunil sushil anil amit mohan sohan sunita anita dinesh ganesh mahender mohinder krishan kishan vikas pawan laxmi satbir parveen akram")
	lasts := strings.Fields("singh kumar devi sharma lal ram")
	for _, f := range firsts {
		for _, l := range lasts {
			for range 3 {
				x.Add(nameOf(f + " " + l))
			}
		}
	}
	return x
}

func TestMustMatch(t *testing.T) {
	x := people()
	f := func(a, b string, least float64) {
		t.Helper()
		q, c := nameOf(a), nameOf(b)
		al := x.Compare(q, c)
		if al.Likeness < least || al.Weight <= 0 {
			t.Errorf("%q ~ %q: likeness %.2f, weight %.1f: %+v", a, b, al.Likeness, al.Weight, al.Parts)
		}
	}
	f("Rajender Singh", "राजेंद्र सिंह", .85)
	f("Om Parkash", "ओमप्रकाश", .75)
	f("Mohd Akram", "Mohammad Akram", .9)
	f("Mohd Akram", "मो. अकरम", .9)
	f("Virender", "Birender", .8)
	f("Laxmi Devi", "लक्ष्मी", .7)
	f("Satbir", "Satveer", .8)
	f("Parveen Kumar", "Praveen Kr.", .85)
	f("Jai Bhagwan", "Jaibhagwan", .8)
	f("Choudhary Vikas", "Vikas Chaudhry", .8)
	f("Sheoran Pawan", "पवन श्योराण", .75)
	f("Chaudhary", "Chowdhury", .65)
	f("Mohammad", "Muhammad", .7)
	f("Sheikh", "Shaikh", .85)
	f("Vishal", "Bishal", .8)
	f("Suresh", "Shuresh", .85)
	f("Aakash", "Akash", .9)
	f("Pooja", "Puja", .9)
	f("Vijay", "Bijay", .8)
	f("Gaurav", "Gorav", .85)
	f("Dharampal", "Dharam Pal", .8)
	f("Jagdish", "Jagadish", .8)
	f("Rajender", "Rajinder", .9)
	f("Surendra", "Surender", .9)
	f("Ghanshyam", "Ganshyam", .85)
	f("Phool", "Fool", .85)
	f("Zakir", "Jakir", .85)
	f("Qasim", "Kasim", .85)
	f("Lakshmi", "Laxmi", .9)
	f("Gyan", "Jnan", .9)
	f("Pardeep", "Pradeep", .85)
	f("Partap", "Pratap", .85)
	f("Hooda", "Huda", .9)
	f("Phogat", "Fogat", .85)
	f("Poonia", "Puniya", .9)
	f("Aggarwal", "Agrawal", .8)
	f("Kadian", "Kadyan", .8)
	f("R. K. Sharma", "Rajesh Kumar Sharma", .6)
	f("Ram Kumar", "Ramkumar", .8)
	f("محمد اکرم", "Mohammad Akram", .6)
	f("ਸੁਰਜੀਤ ਸਿੰਘ", "Surjit Singh", .95)
}

func TestMustNotMatch(t *testing.T) {
	x := people()
	f := func(a, b string) {
		t.Helper()
		if al := x.Compare(nameOf(a), nameOf(b)); al.Likeness > .62 || al.Weight > 3 {
			t.Errorf("%q !~ %q: likeness %.2f, weight %.1f: %+v", a, b, al.Likeness, al.Weight, al.Parts)
		}
	}
	f("Rajesh", "Rakesh")
	f("Rajesh", "Ramesh")
	f("Rakesh", "Ramesh")
	f("Sunil", "Sushil")
	f("Mohan", "Sohan")
	f("Anil", "Amit")
	f("Mahender", "Mohinder")
	f("Sunita", "Anita")
	f("Krishan", "Kishan")
	f("Dinesh", "Ganesh")
	f("Rajesh Kumar", "Rakesh Kumar")
	f("Ram Kumar", "Raj Kumar")
	f("Suresh", "Ramesh")
}

func TestGrades(t *testing.T) {
	x := people()
	f := func(a, b string, want ...string) {
		t.Helper()
		var got []string
		for _, p := range x.Compare(nameOf(a), nameOf(b)).Parts {
			g := p.Grade
			if p.Rule != "" {
				g += " " + p.Rule
			}
			got = append(got, g)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, %q: %q, want %q", a, b, got, want)
		}
	}
	f("Rajesh Kumar", "Rajesh Kumar", "exact", "exact")
	f("Rajesh Kumar", "Kumar Rajesh", "order", "exact")
	f("Vikas", "Bikas", "sound v/b")
	f("Surender", "Surendra", "sound -ender/-endra")
	f("राजेश", "Rajesh", "script")
	f("R Kumar", "Rajesh Kumar", "initial", "exact")
	f("Ram Kumar", "Ramkumar", "joined")
	f("Ramkumar Sharma", "Ram Kumar Sharma", "joined", "exact")
	f("Ram Kumar Sharma", "Ramkumarsharma", "joined")
	f("Ramkumarsharma", "Ram Kumar Sharma", "joined")
	f("Rajesh Kumar", "Rajesh", "exact", "missing")
	f("Rajesh", "Rajesh Kumar", "exact", "missing")
	f("Rajesh Kumar", "Rakesh Kumar", "contradicts", "exact")
	f("Mansinh", "Mansinhji", "partial +ji")
	f("Rajesh", "Rakesh", "contradicts")
}

// The parts add up to the weight.
func TestPartsAddUp(t *testing.T) {
	x := people()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawName(t), drawName(t)
		al := x.Compare(nameOf(a), nameOf(b))
		sum := 0.0
		for _, p := range al.Parts {
			sum += p.Weight
			if p.Likeness < 0 || p.Likeness > 1 {
				t.Fatalf("likeness %v", p.Likeness)
			}
		}
		if d := sum - al.Weight; d > .001 || d < -.001 {
			t.Fatalf("%q, %q: parts add up to %.2f, weight %.2f: %+v", a, b, sum, al.Weight, al.Parts)
		}
	})
}

func TestLikenessIsSymmetric(t *testing.T) {
	x := people()
	rapid.Check(t, func(t *rapid.T) {
		a, b := nameOf(drawName(t)), nameOf(drawName(t))
		ab, ba := x.Compare(a, b).Likeness, x.Compare(b, a).Likeness
		if d := ab - ba; d > 1e-9 || d < -1e-9 || ab < 0 || ab > 1 {
			t.Fatalf("%q, %q: %v and %v", a.Key(), b.Key(), ab, ba)
		}
		if l := x.Compare(a, a).Likeness; len(a.Tokens) > 0 && l < .999 {
			t.Fatalf("%q is %v like itself", a.Key(), l)
		}
	})
}

var syllables = strings.Fields("ra je sh ram ku mar kumar sin gh dev i par pra vir bir an il ender endra ji su ni ta k r s lal singh mo han bhai rao e a o nd")

func drawName(t *rapid.T) string {
	word := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(syllables), 1, 3).Draw(t, "syllables"), "")
	})
	return strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "name"), " ")
}

// The model is a map of names and bearers, scored one by one with Compare.
func TestIndexAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := NewIndex()
		bearers := map[uint32]int{}
		ordOf := map[string]uint32{}
		names := map[uint32]name.Name{}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				n := nameOf(drawName(t))
				if len(n.Tokens) == 0 {
					t.Skip()
				}
				ord := x.Add(n)
				if had, ok := ordOf[n.Key()]; ok && had != ord {
					t.Fatalf("%q: ordinal %d, was %d", n.Key(), ord, had)
				}
				ordOf[n.Key()], names[ord] = ord, n
				bearers[ord]++
			},
			"remove": func(t *rapid.T) {
				for ord, n := range bearers {
					if n > 0 {
						x.Remove(ord)
						bearers[ord]--
						return
					}
				}
				t.Skip()
			},
			"": func(t *rapid.T) {
				for ord, n := range bearers {
					if x.Bearers(ord) != n || x.Key(ord) != names[ord].Key() {
						t.Fatalf("%q: %d bearers, want %d", x.Key(ord), x.Bearers(ord), n)
					}
				}
				q := nameOf(drawName(t))
				compareWithScan(t, x, q, names, bearers)
			},
		})
		checkSnapshot(t, x)
	})
}

// compareWithScan searches q and scores every name: the same weights must come out, best first.
func compareWithScan(t *rapid.T, x *Index, q name.Name, names map[uint32]name.Name, bearers map[uint32]int) {
	const limit = 5
	got, complete := x.Search(nil, q, Search{Limit: limit, Likeness: true})
	if !complete {
		t.Fatal("not complete")
	}
	var want []float32
	z := new(search)
	z.q.resolve(x.freq, q)
	for ord, n := range names {
		if bearers[ord] == 0 {
			continue
		}
		p := comparison{q: &z.q, g: &z.grid, query: q, found: n}
		p.fill()
		if w := p.align(&z.joint); w > 0 && p.connected() {
			want = append(want, float32(w)/100)
		}
	}
	slices.Sort(want)
	slices.Reverse(want)
	want = want[:min(len(want), limit)]
	for i, m := range got {
		a := x.Compare(q, names[m.Ord])
		if float32(a.Weight) != m.Weight || float32(a.Likeness) != m.Likeness {
			t.Fatalf("%q, %q: search says %v %v, compare %v %v", q.Key(), x.Key(m.Ord), m.Weight, m.Likeness, a.Weight, a.Likeness)
		}
		if i >= len(want) || want[i] != m.Weight {
			t.Fatalf("%q: found %v, scan says %v", q.Key(), got, want)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%q: found %d, scan says %d: %v", q.Key(), len(got), len(want), want)
	}
}

// connected reports whether the alignment has more than initials for names: Search finds no others.
func (p *comparison) connected() bool {
	for _, c := range p.g.path[:p.g.used] {
		if c.column <= -2 || c.column >= 0 && p.q.units[c.column].initial == p.found.Tokens[c.row].Initial {
			return true
		}
	}
	return p.whole
}

func checkSnapshot(t *rapid.T, x *Index) {
	y := NewIndex()
	if err := again(t, x, y); err != nil {
		t.Fatal(err)
	}
	if y.Len() != x.Len() || y.freq.persons != x.freq.persons || y.Tokens() != x.Tokens() || y.freq.letters != x.freq.letters {
		t.Fatal("another index was read")
	}
	for o := range x.Len() {
		ord := uint32(o)
		if y.Key(ord) != x.Key(ord) || y.Bearers(ord) != x.Bearers(ord) {
			t.Fatalf("name %d differs", o)
		}
		if q := nameOf(x.Key(ord)); o < 5 && q.Key() == x.Key(ord) {
			a, _ := x.Search(nil, q, Search{Likeness: true})
			b, _ := y.Search(nil, q, Search{Likeness: true})
			if !slices.Equal(a, b) {
				t.Fatalf("%q: %v and %v", q.Key(), a, b)
			}
		}
	}
	if y.Len() > 0 && y.Add(nameOf("zaheer abbas")) != uint32(x.Len()) {
		t.Fatal("the index that was read cannot be added to")
	}
}

func TestBudget(t *testing.T) {
	x := people()
	if _, complete := x.Search(nil, nameOf("Rajesh Singh"), Search{Budget: 2}); complete {
		t.Error("complete after 2 names")
	}
	if m, complete := x.Search(nil, nameOf("Rajesh Singh"), Search{}); !complete || x.Key(m[0].Ord) != "rajesh singh" {
		t.Errorf("found %v", m)
	}
}

func BenchmarkSearch(b *testing.B) {
	x := people()
	q := nameOf("Rajender Kumar")
	var dst []Match
	b.ReportAllocs()
	for b.Loop() {
		dst, _ = x.Search(dst[:0], q, Search{})
	}
}

// TestCompareMany: a comparison leaves nothing behind for the next of one query.
func TestCompareMany(t *testing.T) {
	x := people()
	q := nameOf("Rajesh Kumar")
	list := []name.Name{nameOf("Rajesh Singh"), nameOf("Ramkumar"), nameOf("Kumar R"), {}}
	asked := x.Ask(q)
	defer asked.Close()
	for i := range list {
		if a, b := asked.Compare(list[i]), x.Compare(q, list[i]); a.Weight != b.Weight || a.Likeness != b.Likeness || !reflect.DeepEqual(a.Parts, b.Parts) {
			t.Errorf("%q: %+v among others, %+v alone", list[i].Key(), a, b)
		}
	}
}

// TestCompareByEntries: a name is laid beside the one asked by what its tokens are to the search as it is by a look at each.
func TestCompareByEntries(t *testing.T) {
	x, names := register(51, 800)
	rng := rand.New(rand.NewPCG(4, 4))
	x.Remove(x.Add(nameOf("rajesch kumarr"))) // tokens that nobody bears
	names = append(names, nameOf("rajesch kumarr"), nameOf("rajezh"))
	for range 60 {
		q := nameOf(drift(rng, names[rng.IntN(len(names))].Key()))
		asked := x.Ask(q)
		for _, found := range append(names[:100:100], names[len(names)-2:]...) {
			got := asked.Compare(found)
			p := comparison{q: &asked.z.q, g: &asked.z.grid, query: q, found: found}
			if want := p.alignment(&asked.z.joint); !reflect.DeepEqual(got, want) {
				t.Fatalf("%q, %q: %+v, want %+v", q.Key(), found.Key(), got, want)
			}
		}
		asked.Close()
	}
}

func BenchmarkCompareMany(b *testing.B) {
	x, names := register(2, 2000)
	b.ReportAllocs()
	for b.Loop() {
		q := x.Ask(names[0])
		for _, n := range names[:20] {
			q.Compare(n)
		}
		q.Close()
	}
}

// TestAs: a text that is read word for word without Read is read the same.
func TestAs(t *testing.T) {
	x := NewIndex()
	var n, ok int
	for _, text := range []string{"Ram Kumar", "ram kumar", "RK Sharma", "R K Sharma", "Sh. Ram Kumar", "Ram  Kumar", "Ram Kumar ", "राम कुमार", "Ram", "Mohd Akram",
		"Ram @ Kala", "Ram Kumar s/o Shyam", "Ramé Kumar", "Ram Kumar7"} {
		for _, want := range name.Read(text).Names {
			got, as := x.As(x.Add(want), text)
			if n++; as {
				ok++
			}
			if as && !reflect.DeepEqual(got, want) {
				t.Errorf("%q is read as %+v, want %+v", text, got, want)
			}
		}
	}
	if ok < 5 || ok == n {
		t.Errorf("%d of %d texts were read so", ok, n)
	}
}

// FuzzCompare: whatever Read makes of a text, its names are alike both ways.
func FuzzCompare(f *testing.F) {
	f.Add("Rajesh @ Kala s/o राम (late), r/o x")
	x := NewIndex()
	x.Add(name.Read("Rajesh Kumar").Names[0])
	f.Fuzz(func(t *testing.T, s string) {
		names := name.Read(s).Names
		for _, n := range names {
			for _, m := range names {
				if a, b := x.Compare(n, m), x.Compare(m, n); a.Likeness != b.Likeness || a.Likeness < 0 || a.Likeness > 1 {
					t.Fatalf("likeness of %q and %q: %v, %v", n.Key(), m.Key(), a.Likeness, b.Likeness)
				}
			}
		}
	})
}
