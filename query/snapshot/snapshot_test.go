package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// write makes a snapshot of two parts.
func write(t *testing.T, one, two []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, "somekind", 7)
	w.Part("one", func(p *Part) { p.Write(one) })
	w.Part("two", func(p *Part) { p.String(two); p.Uvarint(300) })
	n, err := w.Close()
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("%d bytes of %d: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

func read(b []byte, most int) (one, two []byte, n uint64, err error) {
	r, err := NewReader(bytes.NewReader(b), "somekind", 7)
	if err != nil {
		return nil, nil, 0, err
	}
	r.Part("one")
	one, err = io.ReadAll(r)
	if err != nil {
		return nil, nil, 0, err
	}
	r.Part("two")
	two = r.String(nil, most)
	n = r.Uvarint(1000)
	return one, two, n, r.Close()
}

// TestParts: what was written is read, whatever its length.
func TestParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 1000, blockSize - 1, blockSize, blockSize + 1, 3*blockSize + 5} {
		one, two := make([]byte, n), make([]byte, n/2)
		for i := range one {
			one[i] = byte(rng.Uint32())
		}
		gotOne, gotTwo, number, err := read(write(t, one, two), n)
		if err != nil || !bytes.Equal(gotOne, one) || !bytes.Equal(gotTwo, two) || number != 300 {
			t.Errorf("%d bytes: read %d and %d, %d, %v", n, len(gotOne), len(gotTwo), number, err)
		}
	}
}

// TestDamage: a change of any byte, a cut anywhere and a block that is missing, doubled or elsewhere are refused.
func TestDamage(t *testing.T) {
	good := write(t, bytes.Repeat([]byte("abc"), 100), []byte("def"))
	refused := func(what string, b []byte) {
		t.Helper()
		if _, _, _, err := read(b, 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 4
		refused(fmt.Sprintf("byte %d changed", i), bad)
		refused(fmt.Sprintf("cut at %d", i), good[:i])
	}
	name := good[snapshotOf : snapshotOf+blockHead+3]
	refused("a block twice", append(append(bytes.Clone(good[:snapshotOf]), name...), good[snapshotOf:]...))
	refused("a block missing", append(bytes.Clone(good[:snapshotOf]), good[snapshotOf+len(name):]...))
}

// TestOrderOfUse: a part that is not read to its end, another part, version or kind than the asked one are refused.
func TestOrderOfUse(t *testing.T) {
	good := write(t, []byte("abc"), []byte("def"))
	for _, f := range []func() error{
		func() error { _, err := NewReader(bytes.NewReader(good), "otherone", 7); return err },
		func() error { _, err := NewReader(bytes.NewReader(good), "somekind", 8); return err },
		func() error { r, _ := NewReader(bytes.NewReader(good), "somekind", 7); return r.Part("two") },
		func() error {
			r, _ := NewReader(bytes.NewReader(good), "somekind", 7)
			r.Part("one")
			return r.Part("two")
		},
		func() error {
			r, _ := NewReader(bytes.NewReader(good), "somekind", 7)
			r.Part("one")
			r.ReadByte()
			return r.Part("two")
		},
		func() error {
			r, _ := NewReader(bytes.NewReader(good), "somekind", 7)
			r.Part("one")
			io.ReadAll(r)
			return r.Close()
		},
		func() error { _, _, _, err := read(good, 2); return err },
	} {
		if err := f(); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v", err)
		}
	}
}
