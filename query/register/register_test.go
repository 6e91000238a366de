package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query/register"
	"anvesh/query/register/registertest"
	"anvesh/query/snapshot"
	"anvesh/storage"
)

func TestBruteIsAView(t *testing.T) { registertest.View(t, registertest.NewBrute(), nil) }

// TestRegisterIsAView: however its records are divided over parts, and after it was saved and restored, which must be done
// and not made good by other means.
func TestRegisterIsAView(t *testing.T) {
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	merged, folded := 0, 0
	files := register.NewMemory()
	first := register.New()
	first.Use(files)
	register.Small(first)
	registertest.View(t, first, func(h registertest.Holder) registertest.Holder {
		g := h.(*register.Register)
		switch rng.IntN(4) {
		case 0:
			g = restored(t, g, files)
			register.Small(g)
		case 1:
			if err := g.Cut()(context.Background(), io.Discard); err != nil {
				t.Fatal(err)
			}
		}
		for more := true; more && rng.IntN(3) > 0; {
			before, bases := register.Files(g)
			var err error
			if more, err = g.Tend(context.Background()); err != nil {
				t.Fatal(err)
			}
			if after, now := register.Files(g); after < before {
				merged++
			} else if now > bases {
				folded++
			}
		}
		return g
	})
	if merged == 0 || folded == 0 {
		t.Errorf("%d times parts were merged, %d times names folded", merged, folded)
	}
}

// TestFewPartsAtRest: once no update comes, each part is four times as large as all smaller ones together.
func TestFewPartsAtRest(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	g := register.New()
	register.Small(g)
	for range 400 {
		g.Apply([]storage.Change{registertest.Change(rng)})
		for more := true; more && rng.IntN(20) == 0; {
			var err error
			if more, err = g.Tend(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for more := true; more; {
		var err error
		if more, err = g.Tend(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for label, parts := range register.PartRows(g) {
		smaller := 0
		for _, rows := range parts {
			if rows < 4*smaller {
				t.Errorf("label %d: parts of %v rows", label, parts)
			}
			smaller += rows
		}
		if smaller == 0 {
			t.Errorf("label %d: nothing is in parts", label)
		}
	}
}

// updatedFiles have an update come while a file is written.
type updatedFiles struct {
	storage.Files
	update func()
}

func (f updatedFiles) Write(name string, write func(io.Writer) error) error {
	f.update()
	return f.Files.Write(name, write)
}

// forgottenFiles count how often what was read of files is forgotten.
type forgottenFiles struct {
	storage.Files
	forgotten map[string]int
}

func (f forgottenFiles) Map(name string) (storage.Mapping, error) {
	m, err := f.Files.Map(name)
	m.Forget = func() { f.forgotten[name]++ }
	return m, err
}

// TestForget: once a part is written all that was read for it is forgotten, of parts that are no more too; so is what a start reads.
func TestForget(t *testing.T) {
	files := forgottenFiles{register.NewMemory(), map[string]int{}}
	g := register.New()
	g.Use(files)
	register.Small(g)
	rng := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		g.Apply([]storage.Change{registertest.Change(rng)})
		if _, err := g.Tend(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	parts, bases := register.Files(g)
	if len(files.forgotten) <= parts+bases {
		t.Errorf("%d parts and %d dictionaries, and %d files were forgotten", parts, bases, len(files.forgotten))
	}
	clear(files.forgotten)
	restored(t, g, files)
	if parts, bases = register.Files(g); len(files.forgotten) < parts+bases {
		t.Errorf("%d parts and %d dictionaries, and %d files were forgotten after a start", parts, bases, len(files.forgotten))
	}
}

// TestRestEndsWithAnUpdate: what is merged because no update comes is given up when one does, and is done later.
func TestRestEndsWithAnUpdate(t *testing.T) {
	g, busy := register.New(), false
	one := func(i int) []storage.Change {
		id := fmt.Sprintf("1322500823%05d/p/A1", i)
		return []storage.Change{{ID: id, Record: &storage.Record{ID: id, Kind: storage.Person, Role: "accused", Name: "Made Up"}}}
	}
	g.Use(updatedFiles{register.NewMemory(), func() {
		if busy {
			g.Apply(one(0))
		}
	}})
	register.Rest(g, 5_000, time.Hour)
	for i := range 15_001 {
		if g.Apply(one(i)); i%5_000 == 0 {
			if _, err := g.Tend(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	parts := func(want int) {
		t.Helper()
		for more := true; more; {
			var err error
			if more, err = g.Tend(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		if got := register.PartRows(g)[register.Findable]; len(got) != want {
			t.Errorf("parts of %v rows, want %d", got, want)
		}
	}
	parts(3)
	busy = true
	register.Rest(g, 5_000, time.Hour)
	parts(3)
	busy = false
	register.Rest(g, 5_000, time.Hour)
	parts(1)
}

// restored is a register that was saved and read again.
func restored(t *testing.T, g *register.Register, files storage.Files) *register.Register {
	t.Helper()
	var saved bytes.Buffer
	if err := g.Cut()(context.Background(), &saved); err != nil {
		t.Fatal(err)
	}
	if err := g.Saved(); err != nil {
		t.Fatal(err)
	}
	again := register.New()
	again.Use(files)
	if err := again.Restore(bytes.NewReader(saved.Bytes())); err != nil {
		t.Fatalf("what was saved is not restored: %v", err)
	}
	if again.Digest() != g.Digest() || again.Digest() == 0 && g.Findable() > 0 {
		t.Fatalf("restored with digest %x, saved with %x", again.Digest(), g.Digest())
	}
	return again
}

// TestDigestIsTheSumOfShares: whatever the order of changes, and whatever was taken away.
func TestDigestIsTheSumOfShares(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	g, held := register.New(), map[string]*storage.Record{}
	for range 600 {
		c := registertest.Change(rng)
		if delete(held, c.ID); c.Record != nil {
			held[c.ID] = c.Record
		}
		g.Apply([]storage.Change{c})
	}
	var want uint64
	for _, r := range held {
		want += g.Share(r)
		party := r.Visibility == storage.Party && r.Kind == storage.Person && r.Role != ""
		if (g.Share(r) == 0) == (r.Visibility == storage.Findable || party) {
			t.Errorf("%s of visibility %q has a share of %d", r.ID, r.Visibility, g.Share(r))
		}
	}
	if g.Digest() != want {
		t.Errorf("digest %x, want %x", g.Digest(), want)
	}
}

// TestRestoreRefusesDamage: a saved register in which any byte differs, or that is cut anywhere or goes on, is an error that
// leaves an empty register; what is undamaged is restored over what was held.
func TestRestoreRefusesDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	g, files := register.New(), register.NewMemory()
	g.Use(files)
	for range 30 {
		g.Apply([]storage.Change{registertest.Change(rng)})
	}
	var saved bytes.Buffer
	if err := g.Cut()(context.Background(), &saved); err != nil {
		t.Fatal(err)
	}
	again := restored(t, g, files)
	refused := func(b []byte, what string, at int) {
		t.Helper()
		if err := again.Restore(bytes.NewReader(b)); !errors.Is(err, snapshot.ErrDamaged) || again.Findable() != 0 || again.Digest() != 0 {
			t.Errorf("%s at %d of %d bytes: %v, %d persons", what, at, saved.Len(), err, again.Findable())
		}
	}
	for at := range saved.Len() {
		damaged := bytes.Clone(saved.Bytes())
		damaged[at] ^= byte(1 + rng.IntN(255))
		refused(damaged, "another byte", at)
		refused(saved.Bytes()[:at], "a cut", at)
	}
	refused(append(bytes.Clone(saved.Bytes()), 0), "a byte more", saved.Len())
	if err := again.Restore(&saved); err != nil || again.Digest() != g.Digest() {
		t.Errorf("the undamaged one is not restored: %v", err)
	}
}

// What a store asks for terms gives those that Terms gives, however often a word came before and whoever else asks.
func TestNewTermsAreTerms(t *testing.T) {
	terms := register.NewTerms()
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 400 {
				r := &storage.Record{ID: fmt.Sprintf("13225008230001/p/A%d", i), Kind: storage.Person, Station: "13225008", Sections: []string{"BNS 303(2)"},
					Places: []string{fmt.Sprintf("VPO Kheri %c, Rohtak", 'a'+i%7), "गांव सांघी", []string{"Sanghi", "not known"}[(i+g)%2]}}
				if got, want := terms([]string{"first"}, r), register.Terms([]string{"first"}, r); !slices.Equal(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
	all.Wait()
}

// TestSearchIsYieldedTo: background work of every space yields while there is a view of any.
func TestSearchIsYieldedTo(t *testing.T) {
	for _, of := range []register.Label{register.Findable, register.Parties} {
		g := register.New()
		if y := register.Yields(g); y != [2]bool{} {
			t.Errorf("it yields to nobody: %v", y)
		}
		_, release := g.View(of, nobody{})
		if y := register.Yields(g); y != [2]bool{true, true} {
			t.Errorf("with a view of label %d: %v", of, y)
		}
		release()
	}
}

// TestNamedInDevanagari: what is told by the first word is what all words tell.
func TestNamedInDevanagari(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	words := append(register.NothingWords(), strings.Fields("राम रामकुमार सुनीता ज़मीर नाज़ क़ासिम ऩ अ ँ ॐ ऽ १२ 12 x o na @ . - \u200d")...)
	named := 0
	for range 200_000 {
		var text []rune
		for range 1 + rng.IntN(3) {
			text = append(text, []rune(words[rng.IntN(len(words))])...)
			if rng.IntN(3) > 0 {
				text = append(text, []rune(" .-")[rng.IntN(3)])
			}
		}
		if i := rng.IntN(len(text) + 4); i < len(text) && rng.IntN(2) == 0 { // words that are parted elsewhere
			text = slices.Insert(text, i, []rune(" \u093c\u094d\u200d")[rng.IntN(4)])
		} else if i < len(text) {
			text = text[i:]
		}
		if s := string(text); register.NamedInDevanagari(s) {
			named++
			for _, field := range []string{"name", "alias", "relative", "place"} {
				if register.NothingInWords(field, s) {
					t.Fatalf("%s %q says nothing", field, s)
				}
			}
		}
	}
	if named < 10_000 {
		t.Errorf("only %d texts were told by their first word", named)
	}
}
