package register_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"anvesh/query/register"
	"anvesh/query/register/registertest"
	"anvesh/storage"
)

func TestBruteIsAView(t *testing.T) { registertest.View(t, registertest.NewBrute(), nil) }

// TestRegisterIsAView: also after it was saved and restored, which must be done and not made good by other means.
func TestRegisterIsAView(t *testing.T) {
	registertest.View(t, register.New(), func(h registertest.Holder) registertest.Holder {
		return restored(t, h.(*register.Register))
	})
}

// restored is a register that was saved and read again.
func restored(t *testing.T, g *register.Register) *register.Register {
	t.Helper()
	var saved bytes.Buffer
	if err := g.Save(&saved); err != nil {
		t.Fatal(err)
	}
	again := register.New()
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
		if (g.Share(r) == 0) != (r.Visibility != storage.Findable) {
			t.Errorf("%s of visibility %q has a share of %d", r.ID, r.Visibility, g.Share(r))
		}
	}
	if g.Digest() != want {
		t.Errorf("digest %x, want %x", g.Digest(), want)
	}
}

// TestRestoreRefusesDamage: a saved register that is cut anywhere is an error and leaves an empty register.
func TestRestoreRefusesDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	g := register.New()
	for range 100 {
		g.Apply([]storage.Change{registertest.Change(rng)})
	}
	var saved bytes.Buffer
	if err := g.Save(&saved); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		cut := rng.IntN(saved.Len())
		again := restored(t, g)
		if err := again.Restore(bytes.NewReader(slices.Clone(saved.Bytes()[:cut]))); err == nil || again.Findable() != 0 || again.Digest() != 0 {
			t.Fatalf("cut after %d of %d bytes: %v, %d persons", cut, saved.Len(), err, again.Findable())
		}
	}
}
