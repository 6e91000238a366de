package snapshot

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
)

type flatRow struct {
	A uint64
	B uint32
	C int16
	D uint8
}

func writeFlat(t *testing.T) []byte {
	var b bytes.Buffer
	f := NewFlatWriter(&b, "test 1")
	Put(f, "rows", []flatRow{{1, 2, 3, 4}, {5, 6, -7, 8}})
	Put(f, "none", []uint32(nil))
	Begin[uint32](f, "numbers")
	for i := range uint32(100) {
		Add(f, i)
	}
	Add(f, uint32(100), 101)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What was put into a flat file is read from it where it lies.
func TestFlat(t *testing.T) {
	whole := writeFlat(t)
	f, err := OpenFlat(whole, "test 1")
	if err != nil || f.Verify(bytes.NewReader(whole)) != nil {
		t.Fatal(err, f.Verify(bytes.NewReader(whole)))
	}
	if got := Array[flatRow](f, "rows"); len(got) != 2 || got[1] != (flatRow{5, 6, -7, 8}) {
		t.Errorf("rows %v", got)
	}
	if got := Array[uint32](f, "numbers"); len(got) != 102 || got[101] != 101 || !slices.IsSorted(got) {
		t.Errorf("numbers %v", got)
	}
	if got := Array[uint32](f, "none"); len(got) != 0 || f.Err() != nil {
		t.Errorf("none %v, %v", got, f.Err())
	}
	if Array[uint64](f, "numbers"); !errors.Is(f.Err(), ErrDamaged) {
		t.Error("an array was read as another kind of element")
	}
	if _, err := OpenFlat(writeFlat(t), "test 2"); !errors.Is(err, ErrDamaged) {
		t.Errorf("another kind was opened: %v", err)
	}
}

// TestFlatReads: what is proved is the file that is read, whatever lies in memory, all of it and once.
func TestFlatReads(t *testing.T) {
	whole := writeFlat(t)
	f, err := OpenFlat(whole, "test 1")
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Clone(whole)
	if other[3] ^= 1; !errors.Is(f.Verify(bytes.NewReader(other)), ErrDamaged) {
		t.Error("another file was taken for this one")
	}
	if err := f.Verify(bytes.NewReader(whole[:100])); !errors.Is(err, io.EOF) {
		t.Errorf("of a file that ends early: %v", err)
	}
	read, want := 0, 0
	for _, a := range f.list {
		want += int(a.end() - a.place)
	}
	if err := f.VerifyBy(bytes.NewReader(whole), func(n int) error { read += n; return nil }); err != nil || read != want {
		t.Errorf("%d bytes of arrays were read of %d: %v", read, want, err)
	}
	ended := errors.New("ended")
	if err := f.VerifyBy(bytes.NewReader(whole), func(int) error { return ended }); err != ended {
		t.Errorf("ended by its pace it gives %v", err)
	}
}

// A byte that is changed, missing or added is found before an array is trusted.
func TestFlatDamage(t *testing.T) {
	whole := writeFlat(t)
	good := func(b []byte) bool {
		f, err := OpenFlat(b, "test 1")
		return err == nil && f.Verify(bytes.NewReader(b)) == nil
	}
	for i := range whole {
		b := bytes.Clone(whole)
		if b[i] ^= 1; good(b) {
			t.Errorf("byte %d of %d changed, and nobody noticed", i, len(whole))
		}
	}
	for i := range whole {
		if good(whole[:i]) {
			t.Errorf("cut to %d bytes, and nobody noticed", i)
		}
	}
	if good(append(bytes.Clone(whole), 0)) || good(append(make([]byte, 64), whole...)) {
		t.Error("longer, and nobody noticed")
	}
}

// TestPace: whoever writes much lets others go first, also within one array, and so does who works for it.
func TestPace(t *testing.T) {
	calls := 0
	f := NewFlatWriter(io.Discard, "test")
	f.Pace(func() { calls++ })
	Put(f, "one", make([]byte, 10*16*paceSteps))
	if calls < 9 || calls > 11 {
		t.Errorf("%d calls for one array of ten steps", calls)
	}
	Begin[uint64](f, "many")
	for calls = 0; calls == 0; {
		Add(f, uint64(1))
	}
	if n := f.list[1].count; n > paceSteps {
		t.Errorf("a call after %d numbers", n)
	}
	calls = 0
	f.Step(paceSteps)
	if f.Step(1); calls != 1 {
		t.Errorf("%d calls for the steps of one", calls)
	}
}
