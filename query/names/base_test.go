package names

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"anvesh/query/name"
	"anvesh/query/snapshot"
)

// written is the flat file of a base of the names.
func written(t testing.TB, z *Frozen) []byte {
	var b bytes.Buffer
	f := snapshot.NewFlatWriter(&b, "test")
	snapshot.Put(f, "other/words", []uint32{1})
	z.Write(f, "names/")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t testing.TB, data []byte) *Base {
	f, err := snapshot.OpenFlat(data, "test")
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenBase(f, "names/")
	if err != nil || f.Verify(bytes.NewReader(data)) != nil {
		t.Fatal(err, f.Verify(bytes.NewReader(data)))
	}
	return b
}

// same tells whether two indexes hold the same names at the same ordinals, judge alike and answer alike.
func same(t *testing.T, got, want *Index, asked []name.Name) {
	t.Helper()
	if got.Len() != want.Len() || got.Tokens() != want.Tokens() {
		t.Fatalf("%d names of %d tokens; want %d, %d", got.Len(), got.Tokens(), want.Len(), want.Tokens())
	}
	f, g := got.freq, want.freq
	if f.persons != g.persons || f.letters != g.letters || f.namesakes != g.namesakes || !slices.Equal(f.tokens, g.tokens) || !slices.Equal(f.ranks, g.ranks) {
		t.Fatal("other frequencies")
	}
	for ord := range uint32(want.Len()) {
		if got.Key(ord) != want.Key(ord) || got.Bearers(ord) != want.Bearers(ord) {
			t.Fatalf("%d is %s borne by %d, want %s by %d", ord, got.Key(ord), got.Bearers(ord), want.Key(ord), want.Bearers(ord))
		}
		if at, ok := got.lookup(want.tokensOf(ord)); !ok || at != ord {
			t.Fatalf("%s stands at %d, and is found at %d", want.Key(ord), ord, at)
		}
	}
	for _, q := range asked {
		for _, s := range []Search{{Limit: 5}, {Limit: 60}, {Limit: 60, Records: 12}, {Limit: 60, Gap: 2, Enough: 4}, {Limit: 40, Least: 3}} {
			s.Likeness = true
			a, _ := got.Search(nil, q, s)
			if b, _ := want.Search(nil, q, s); !slices.Equal(a, b) {
				t.Fatalf("%q, %+v: found\n%v\nwant\n%v", q.Key(), s, a, b)
			}
		}
	}
}

// TestBaseAndTail is a law: names of which those up to some ordinal lie in a base are found with the ordinals, weights,
// likenesses and in the order in which they are where all stand in the tail, whoever comes and goes, and however often the
// tail is written into a base; and so they are after the tail was saved and read again.
func TestBaseAndTail(t *testing.T) {
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 5))
		_, names := register(20+seed, 1200)
		asked := []name.Name{nameOf("bishamberdayal sharma")}
		for range 6 {
			q := names[rng.IntN(len(names))]
			if asked = append(asked, q); rng.IntN(2) == 0 {
				asked = append(asked, nameOf(drift(rng, q.Key())))
			}
		}
		one, two := NewIndex(), NewIndex()
		for range 1 + rng.IntN(5) {
			for range rng.IntN(800) {
				n := names[int(float64(len(names))*rng.Float64()*rng.Float64())] // the first are common
				if a, b := one.Add(n), two.Add(n); a != b {
					t.Fatalf("%s stands at %d, want %d", n.Key(), b, a)
				}
				if ord := uint32(rng.IntN(one.Len())); rng.IntN(4) == 0 && one.Bearers(ord) > 0 {
					one.Remove(ord)
					two.Remove(ord)
				} else if rng.IntN(4) == 0 {
					one.bear(ord, 1)
					two.bear(ord, 1)
				}
			}
			joins := nameOf(fmt.Sprintf("bishamber dayal sharma %c", 'a'+one.Len()%26))
			one.Add(joins)
			two.Add(joins)
			switch frozen := two.Frozen(); rng.IntN(3) {
			case 0: // more come before the base is written
				n := names[rng.IntN(len(names))]
				one.Add(n)
				two.Add(n)
				two.Rebase(opened(t, written(t, frozen)))
			case 1:
				two.Rebase(opened(t, written(t, frozen)))
			default:
				two = openedAgain(t, two, asked)
			}
			same(t, two, one, asked)
		}
	}
}

// openedAgain is an index made of the base of another one and of its saved tail, or of a newer base and that tail.
func openedAgain(t *testing.T, x *Index, asked []name.Name) *Index {
	var tail bytes.Buffer
	z := x.Frozen()
	if err := snapshot.Write(&tail, "test", func(f *snapshot.File) { f.Part("names", z.x.SnapshotNames) }); err != nil {
		t.Fatal(err)
	}
	read := tail.Bytes()
	for _, base := range []*Base{opened(t, written(t, z)), x.base} {
		y := NewIndex()
		y.Rebase(base)
		if err := snapshot.Read(bytes.NewReader(read), "test", func(f *snapshot.File) { f.Part("names", y.SnapshotNames) }); err != nil {
			t.Fatal(err)
		}
		y.CountAll(x.bearers)
		same(t, y, x, asked)
		x = y
	}
	return x
}

// TestOtherTail: a tail is not read behind a base that it does not follow.
func TestOtherTail(t *testing.T) {
	x := people()
	x.Rebase(opened(t, written(t, x.Frozen())))
	if err := again(t, x, NewIndex()); !errors.Is(err, snapshot.ErrDamaged) {
		t.Errorf("behind none: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("an index took the base of other names")
		}
	}()
	x, _ = register(1, 500)
	x.Rebase(opened(t, written(t, people().Frozen())))
}

// TestFrozen: what is written is what was held when it was frozen, whatever happens meanwhile; others search the while.
func TestFrozen(t *testing.T) {
	x, _ := register(41, 3000)
	_, more := register(42, 3000)
	for range 3 {
		want, n := written(t, x.Frozen()), x.Len()
		z, other := x.Frozen(), x.Clone()
		var got []byte
		var wg sync.WaitGroup
		wg.Go(func() { got = written(t, z) })
		wg.Go(func() {
			for _, q := range more[:20] {
				other.Search(nil, q, Search{})
			}
		})
		for _, m := range more[:1000] {
			x.Add(m)
		}
		more = more[1000:]
		wg.Wait()
		if z.Len() != n || !bytes.Equal(got, want) {
			t.Error("other names were written than were frozen")
		}
		x.Rebase(opened(t, got))
	}
}

// TestClone: an index and its clone, with one base, are written to apart from each other.
func TestClone(t *testing.T) {
	x, asked := register(43, 2000)
	_, more := register(44, 2000)
	x.Rebase(opened(t, written(t, x.Frozen())))
	for _, n := range more[:500] {
		x.Add(n)
	}
	y, still := x.Clone(), openedAgain(t, x, asked[:5])
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, n := range more[500:] {
			x.Remove(x.Add(n))
			x.Add(n)
		}
	})
	same(t, y, still, asked[:20])
	for i := len(more) - 1; i > 0; i-- {
		y.bear(y.Add(more[i]), 1)
	}
	wg.Wait()
	for _, n := range more[500:] {
		still.Add(n)
	}
	same(t, x, still, asked[:20])
}

// TestFollow: of two indexes each follows the other in turn, which is searched meanwhile, and both are as one that took all
// names by itself; so they are after both have taken a base.
func TestFollow(t *testing.T) {
	_, asked := register(45, 3000)
	_, more := register(46, 3000)
	alone, first, second := NewIndex(), NewIndex(), NewIndex()
	for i := 0; i < len(more); i += 300 {
		var ords []uint32
		var wg sync.WaitGroup
		wg.Go(func() {
			for _, q := range asked[:3] {
				second.Search(nil, q, Search{Limit: 5})
			}
		})
		for _, n := range more[i:min(i+300, len(more))] {
			ords = append(ords, first.Number(n))
			alone.Add(n)
		}
		wg.Wait()
		first.BearAll(ords)
		wg.Go(func() {
			for _, q := range asked[:3] {
				first.Search(nil, q, Search{Limit: 5})
			}
		})
		second.Follow(first)
		second.BearAll(ords)
		wg.Wait()
		same(t, second, first, asked[:3])
		if first, second = second, first; i == 1500 {
			b := opened(t, written(t, first.Frozen()))
			first.Rebase(b)
			second.Rebase(b)
		}
	}
	same(t, first, alone, asked[:20])
	same(t, second, alone, asked[:20])
}

// TestBaseDamage: a byte that is changed is found before a base is searched, and so are arrays that do not go together.
func TestBaseDamage(t *testing.T) {
	whole := written(t, indexOf("Ram Kumar", "Om Prakash Singh Chauhan", "Ram").Frozen())
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 1
		if f, err := snapshot.OpenFlat(b, "test"); err == nil && f.Verify(bytes.NewReader(b)) == nil {
			t.Errorf("byte %d of %d changed, and nobody noticed", i, len(whole))
		}
	}
	good := opened(t, whole)
	refused := func(what string, change func(b *Base)) {
		t.Helper()
		b := *good
		if change(&b); b.fits() {
			t.Errorf("%s, and nobody noticed", what)
		}
	}
	refused("a token less", func(b *Base) { b.ends = b.ends[1:] })
	refused("letters cut", func(b *Base) { b.letters = b.letters[1:] })
	refused("places of postings cut", func(b *Base) { b.posts = b.posts[:len(b.posts)-1] })
	refused("places of postings turned", func(b *Base) { b.posts = slices.Clone(b.posts); slices.Reverse(b.posts) })
	refused("postings cut", func(b *Base) { b.ords, b.signs = b.ords[1:], b.signs[1:] })
	refused("signatures cut", func(b *Base) { b.signs = b.signs[1:] })
	refused("a table of another size", func(b *Base) { b.ident = b.ident[1:] })
	f, _ := snapshot.OpenFlat(whole, "test")
	if _, err := OpenBase(f, "relatives/"); !errors.Is(err, snapshot.ErrDamaged) {
		t.Errorf("a base that is not there was opened: %v", err)
	}
}

// TestCountAll: bearers set at once count as those who came one by one.
func TestCountAll(t *testing.T) {
	x, names := register(45, 3000)
	y := x.Clone()
	y.CountAll(make([]uint32, y.Len()))
	if y.freq.persons != 0 || y.freq.namesakes != (namesakes{}) {
		t.Error("nobody is held, and is counted")
	}
	for range 2 {
		y.CountAll(x.bearers)
		same(t, y, x, names[:5])
	}
	for _, n := range names[:100] {
		x.bear(x.Add(n), 1)
		y.Add(n)
		y.Add(n)
	}
	same(t, y, x, names[:5])
}

// TestWriteIsPaced: writing a base calls pace again and again, also while the table is made of all names.
func TestWriteIsPaced(t *testing.T) {
	x := NewIndex()
	var text []byte
	for i := range 30_000 {
		text = append(text[:0], "ram "...)
		for n := i; n > 0; n /= 20 {
			text = append(text, "bcdfghjklmnpqrstvwxz"[n%20], 'a')
		}
		x.Add(name.Read(string(text)).Names[0])
	}
	f, calls := snapshot.NewFlatWriter(io.Discard, "test"), 0
	f.Pace(func() { calls++ })
	if x.Frozen().Write(f, ""); calls < 48 { // 51; 43 without those of the table
		t.Errorf("%d calls for %d names", calls, x.Len())
	}
}
