package numbers

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
	"anvesh/query/snapshot"
)

// form is what the tests need of an index.
type form[X any] interface {
	model
	Find(string) (uint32, bool)
	WithGone(*Gone) X
}

// A kind is one of the two kinds of index.
type kind[X form[X]] struct {
	fresh  func() X
	merge  func(*snapshot.FlatWriter, string, []X) [][]uint32
	open   func(*snapshot.Flat, string) (X, error)
	search func([]Match, []X, plate.Pattern, Search) Found
	draw   func(*rand.Rand) string
}

func plates(dense bool) kind[*PlateIndex] {
	return kind[*PlateIndex]{NewPlateIndex, MergePlates, OpenPlates, SearchPlates, func(rng *rand.Rand) string {
		switch rng.IntN(40) {
		case 0:
			return platetest.Letters(rng, 21) + platetest.Plate(rng, dense) // not packed
		case 1:
			return platetest.Edited(rng, platetest.Plate(rng, dense), 3)
		}
		return platetest.Plate(rng, dense)
	}}
}

func chassis() kind[*NumberIndex] {
	return kind[*NumberIndex]{NewNumberIndex, MergeNumbers, OpenNumbers, SearchNumbers, func(rng *rand.Rand) string {
		some := strings.ReplaceAll(someChassis(rng), "?", "7")
		if rng.IntN(40) == 0 {
			return platetest.Letters(rng, 9) + some // some are not packed
		}
		return some
	}}
}

// flat writes a flat file.
func flat(t *testing.T, write func(f *snapshot.FlatWriter)) []byte {
	t.Helper()
	var b bytes.Buffer
	f := snapshot.NewFlatWriter(&b, "test")
	if write(f); f.Close() != nil {
		t.Fatal(f.Close())
	}
	return b.Bytes()
}

// frozen merges indexes into one.
func (k kind[X]) frozen(t *testing.T, in ...X) (x X, renumbered [][]uint32) {
	t.Helper()
	data := flat(t, func(f *snapshot.FlatWriter) { renumbered = k.merge(f, "numbers", in) })
	f, err := snapshot.OpenFlat(data, "test")
	if err == nil {
		x, err = k.open(f, "numbers")
	}
	if err != nil || f.Verify(bytes.NewReader(data)) != nil {
		t.Fatal(err, f.Verify(bytes.NewReader(data)))
	}
	return x, renumbered
}

// A part is an index with how often each of its numbers is borne, which a frozen one does not know.
type part[X any] struct {
	x      X
	gone   *Gone // nil for one that is added to
	borne  map[string]int
	places map[string]uint32
}

// parted is numbers in parts, and the same in one index.
type parted[X form[X]] struct {
	kind[X]
	t     *testing.T
	rng   *rand.Rand
	whole X
	parts []*part[X] // the last is the head
	keys  []string   // whatever was added
	alive map[string]int
}

func (p *parted[X]) head() {
	p.parts = append(p.parts, &part[X]{x: p.fresh(), borne: map[string]int{}, places: map[string]uint32{}})
}

func (p *parted[X]) add(key string) {
	head := p.parts[len(p.parts)-1]
	head.places[key] = head.x.Add(key)
	head.borne[key]++
	p.whole.Add(key)
	p.alive[key]++
	p.keys = append(p.keys, key)
}

// remove takes one bearer of a number, in whichever part it has one.
func (p *parted[X]) remove(key string) {
	for _, i := range p.rng.Perm(len(p.parts)) {
		at := p.parts[i]
		if at.borne[key] == 0 {
			continue
		}
		if at.borne[key]--; at.gone == nil {
			at.x.Remove(at.places[key])
		} else if at.borne[key] == 0 {
			at.gone = at.gone.Clone()
			at.gone.Mark(at.places[key])
			at.x = at.x.WithGone(at.gone)
		}
		ord, held := p.whole.Find(key)
		if !held {
			p.t.Fatalf("%s is not held", key)
		}
		p.whole.Remove(ord)
		if p.alive[key]--; p.alive[key] == 0 {
			delete(p.alive, key)
		}
		return
	}
}

// merge makes one part of some, and checks what it says of their ordinals.
func (p *parted[X]) merge(from, to int) {
	in, sum := []X{}, map[string]int{}
	for _, at := range p.parts[from:to] {
		in = append(in, at.x)
		for key, n := range at.borne {
			if n > 0 {
				sum[key] += n
			}
		}
	}
	x, renumbered := p.frozen(p.t, in...)
	made := &part[X]{x: x, gone: new(Gone), borne: sum, places: map[string]uint32{}}
	for i, old := range in {
		for ord, got := range renumbered[i] {
			key := old.Key(uint32(ord))
			if alive := old.Alive(uint32(ord)); alive != (got != dropped) || alive && x.Key(got) != key {
				p.t.Fatalf("%s, alive %v, became %d of %d", key, alive, got, x.Len())
			}
			if got != dropped {
				made.places[key] = got
			}
		}
	}
	if len(made.places) != len(sum) || x.Len() != len(sum) {
		p.t.Fatalf("%d numbers became %d, %d named", len(sum), x.Len(), len(made.places))
	}
	for key, ord := range made.places {
		if got, held := x.Find(key); !held || got != ord {
			p.t.Fatalf("%s is at %d, %v, want %d", key, got, held, ord)
		}
	}
	p.parts = slices.Replace(p.parts, from, to, made)
}

// check compares searches.
func (p *parted[X]) check(searches int) {
	p.t.Helper()
	in := []X{}
	for _, at := range p.parts {
		in = append(in, at.x)
	}
	for n := range searches {
		text := asked(p.rng, p.keys)
		q, err := plate.ParsePattern(text)
		if err != nil {
			continue
		}
		s := Search{Limit: []int{5, 40, 200}[n%3], MaxEdits: n % 4, Budget: 1 << 30, Held: len(p.alive)}
		a := told(p.search(nil, []X{p.whole}, q, s), func(m Match) string { return p.whole.Key(m.Ord) })
		b := told(p.search(nil, in, q, s), func(m Match) string { return in[m.Index].Key(m.Ord) })
		if a != b {
			p.t.Fatalf("%q finds\n%s\nand in %d parts\n%s", text, a, len(in), b)
		}
	}
}

// testParts states the law of several indexes for parts as they come and go: numbers are added to a head, which is frozen
// when it is full; parts are merged; numbers lose their bearers, in the head and in frozen parts.
func testParts[X form[X]](t *testing.T, k kind[X], seed uint64) {
	p := &parted[X]{kind: k, t: t, rng: rand.New(rand.NewPCG(seed, 23)), whole: k.fresh(), alive: map[string]int{}}
	p.head()
	for range 30 {
		for range 120 {
			if key := k.draw(p.rng); len(key) >= 3 {
				p.add(key)
			}
			if p.rng.IntN(3) == 0 {
				p.remove(p.keys[p.rng.IntN(len(p.keys))])
			}
		}
		switch n := len(p.parts); {
		case p.rng.IntN(3) == 0:
			p.merge(n-1, n)
			p.head()
		case n > 2 && p.rng.IntN(3) == 0:
			from := p.rng.IntN(n - 2)
			p.merge(from, from+1+p.rng.IntN(n-1-from))
		}
		p.check(40)
	}
	p.merge(0, len(p.parts))
	for _, key := range p.keys[len(p.keys)/2:] {
		p.remove(key)
	}
	p.check(400) // one frozen index of which much has gone
	p.merge(0, len(p.parts))
	p.check(200)
}

func TestPartsOfPlates(t *testing.T) {
	for seed := range uint64(3) {
		testParts(t, plates(seed%2 == 1), seed)
	}
}

func TestPartsOfNumbers(t *testing.T) {
	for seed := range uint64(2) {
		testParts(t, chassis(), seed)
	}
}

// TestNothingIsFrozen: an index of nothing is one, alone and beside others.
func TestNothingIsFrozen(t *testing.T) {
	none, _ := plates(false).frozen(t)
	one := NewPlateIndex()
	one.Add("HR26DK8337")
	p, _ := plate.ParsePattern("HR26DK8387")
	if f := SearchPlates(nil, []*PlateIndex{none}, p, Search{MaxEdits: 2}); f.Total != 0 || !f.Complete {
		t.Errorf("nothing held finds %+v", f)
	}
	if f := SearchPlates(nil, []*PlateIndex{none, one}, p, Search{MaxEdits: 2}); f.Total != 1 || f.Matches[0].Index != 1 {
		t.Errorf("one held finds %+v", f)
	}
	if numbers, _ := chassis().frozen(t); numbers.Len() != 0 {
		t.Error("numbers of nothing")
	}
}

// TestFrozenStays: what lies in a file is not changed.
func TestFrozenStays(t *testing.T) {
	x, _ := plates(false).frozen(t)
	n, _ := chassis().frozen(t)
	for name, change := range map[string]func(){"add": func() { x.Add("HR26DK8337") }, "add to rest": func() { x.Add("22BH1234AA") },
		"remove": func() { x.Remove(0) }, "add a number": func() { n.Add("MA3EYD81S1") }, "remove a number": func() { n.Remove(0) },
		"forget": func() { NewPlateIndex().WithGone(nil) }} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.HasPrefix(r, "BUG") {
					t.Errorf("%s: %v", name, r)
				}
			}()
			change()
		}()
	}
}

// TestDamageOfFrozen: a flipped bit is found, and arrays that do not fit each other are refused.
func TestDamageOfFrozen(t *testing.T) {
	x, n, rng := NewPlateIndex(), NewNumberIndex(), rand.New(rand.NewPCG(3, 9))
	for range 500 {
		x.Add(platetest.Plate(rng, true))
		n.Add(someChassis(rng))
	}
	data := flat(t, func(f *snapshot.FlatWriter) {
		MergePlates(f, "plates", []*PlateIndex{x})
		MergeNumbers(f, "chassis", []*NumberIndex{n})
	})
	for range 300 {
		at, bit := rng.IntN(len(data)), byte(1)<<rng.IntN(8)
		data[at] ^= bit
		if f, err := snapshot.OpenFlat(data, "test"); err == nil && f.Verify(bytes.NewReader(data)) == nil {
			t.Fatalf("a bit flipped at %d of %d is not found", at, len(data))
		}
		f, err := snapshot.OpenFlat(data, "test") // the same without a look at sums
		if err == nil {
			_, _ = OpenPlates(f, "plates")
			_, _ = OpenNumbers(f, "chassis")
		}
		data[at] ^= bit
	}
	f, err := snapshot.OpenFlat(data, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPlates(f, "plates"); err != nil {
		t.Error(err)
	}
	if _, err := OpenPlates(f, "chassis"); err == nil {
		t.Error("chassis numbers were opened as registrations")
	}
}

// TestGoneWithin compares the count of a range with one by one.
func TestGoneWithin(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	g := new(Gone)
	for range 300 {
		g.Mark(uint32(rng.IntN(1000)))
	}
	other := g.Clone()
	other.Mark(2000)
	if g.Has(2000) || other.Len() != g.Len()+1 {
		t.Error("a clone shares what it marks")
	}
	for range 2000 {
		from, to := uint32(rng.IntN(1100)), uint32(rng.IntN(1100))
		want := 0
		for ord := from; ord < to; ord++ {
			if g.Has(ord) {
				want++
			}
		}
		if got := g.within(from, to); got != want {
			t.Fatalf("%d of [%d, %d) have gone, want %d", got, from, to, want)
		}
	}
}
