package witness

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// A savedFile is one in memory.
type savedFile struct{ *bytes.Reader }

func (savedFile) Close() error { return nil }

func (f savedFile) Size() (int64, error) { return f.Reader.Size(), nil }

// TestWitness holds a witness against a map, saves it and reads it again; no damaged file is taken.
func TestWitness(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 5))
	var w Table
	want := map[string]uint64{}
	for range 3_000 {
		fir := fmt.Sprintf("%0*d", 1+rng.IntN(18), rng.IntN(10))
		switch rng.IntN(10) {
		case 0:
			fir = "case " + fir
		case 1:
			fir += fmt.Sprintf("%019d", rng.IntN(5))
		}
		want[fir] = rng.Uint64()
		w.Set(fir, want[fir])
	}
	var file bytes.Buffer
	if err := w.Save(&file, 77); err != nil {
		t.Fatal(err)
	}
	saved := file.Bytes()
	r, seq, err := Read(savedFile{bytes.NewReader(saved)})
	if err != nil || seq != 77 || r.Sum() != w.Sum() {
		t.Fatalf("read: commit %d, %v", seq, err)
	}
	total := uint64(0)
	for fir, says := range want {
		total += Share(fir, says)
		if got, known := r.Get(fir); !known || got != says {
			t.Fatalf("case %q says %x, %v; want %x", fir, got, known, says)
		}
	}
	if r.Sum() != total {
		t.Error("the sum is not that of the shares")
	}
	if _, known := r.Get("555555555555"); known {
		t.Error("knows a case that was not set")
	}
	for range 200 {
		bad := slices.Clone(saved)
		if rng.IntN(3) == 0 {
			bad = bad[:rng.IntN(len(bad))]
		} else {
			bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
		}
		if _, _, err := Read(savedFile{bytes.NewReader(bad)}); err == nil {
			t.Fatal("a damaged file was taken")
		}
	}
	var other Table // the sum does not depend on the way
	for fir := range want {
		other.Set(fir, 1)
		other.Set(fir, want[fir])
	}
	if other.Sum() != w.Sum() {
		t.Error("the sum depends on the order")
	}
}

// TestRoom: a table with room for so many cases takes them without growing, so that what is read in the order of another table's
// cells is set in as few steps as there.
func TestRoom(t *testing.T) {
	for _, n := range []int{0, 1, 48, 49, 1000, 3 << 14, 3<<14 + 1} {
		var w Table
		w.makeRoom(n)
		cells := &w.cells[0]
		for i := range n {
			w.Set(fmt.Sprintf("13225008%06d", i), 1)
		}
		if &w.cells[0] != cells || w.Cases() != n {
			t.Errorf("with room for %d it has grown", n)
		}
	}
}

// BenchmarkRead reads a saved witness of so many cases that its table is nearly full.
func BenchmarkRead(b *testing.B) {
	var w Table
	for i := range 1_500_000 {
		w.Set(fmt.Sprintf("13225008%08d", i), uint64(i))
	}
	var file bytes.Buffer
	if err := w.Save(&file, 1); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := Read(savedFile{bytes.NewReader(file.Bytes())}); err != nil {
			b.Fatal(err)
		}
	}
}
