package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/iotest"
)

// held is something of every kind that a part goes through.
type held struct {
	small int8
	day   int32
	when  int64
	sum   uint64
	count int
	list  []uint16
	run   []byte
	names []string
}

func (h *held) first(p *Part) {
	Fixed(p, &h.small)
	Fixed(p, &h.day)
	Fixed(p, &h.when)
	Fixed(p, &h.sum)
	Slice(p, &h.list)
	p.Bytes(&h.run)
}

// counted reads a first part whose sum is a number that Count would have to write.
func (h *held) counted(p *Part) {
	Fixed(p, &h.small)
	Fixed(p, &h.day)
	Fixed(p, &h.when)
	p.Count(&h.count)
	Fixed(p, &h.small, &h.small)
	Slice(p, &h.list)
	p.Bytes(&h.run)
}

func (h *held) second(p *Part) {
	p.Count(&h.count)
	Length(p, &h.names)
	for i := range h.names {
		p.String(&h.names[i])
	}
}

func (h *held) parts(f *File) {
	f.Part("first", h.first)
	f.Part("second", h.second)
}

func written(t *testing.T, h *held) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, "kind 7", h.parts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestParts: what was written is read, whatever its length, and into whatever was there.
func TestParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	got := held{names: []string{"old", "older"}, list: make([]uint16, 3, 2000), run: []byte{}}
	for _, n := range []int{0, 1, 1000, blockSize - 1, blockSize, blockSize + 1, 3*blockSize + 5} {
		want := held{small: -3, day: math.MinInt32, when: -1, sum: math.MaxUint64, count: 1 << 30,
			list: make([]uint16, n), run: make([]byte, n), names: make([]string, 1+n/20)}
		for i := range n {
			want.list[i], want.run[i] = uint16(rng.Uint32()), byte(rng.Uint32())
			want.names[i/20] += string(rune('a' + i%26))
		}
		if err := Read(iotest.HalfReader(bytes.NewReader(written(t, &want))), "kind 7", got.parts); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d values are not read as they were written: %v", n, err)
		}
	}
}

// TestDamage: a change of any byte, a cut anywhere, a byte more, and a block that is missing or doubled are refused.
func TestDamage(t *testing.T) {
	good := written(t, &held{list: []uint16{1, 2, 3}, run: bytes.Repeat([]byte("abc"), 100), names: []string{"d", "ef"}})
	refused := func(what string, b []byte) {
		t.Helper()
		if err := Read(bytes.NewReader(b), "kind 7", new(held).parts); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 4
		refused(fmt.Sprintf("byte %d changed", i), bad)
		refused(fmt.Sprintf("cut at %d", i), good[:i])
	}
	refused("a byte more", append(bytes.Clone(good), 0))
	head := blockHead + len("kind 7")
	refused("a block twice", append(bytes.Clone(good[:head]), good...))
	refused("a block missing", good[head:])
	run := make([]byte, 4*blockSize)
	run[len(run)/2] = 1
	good = written(t, &held{run: run})
	const block = blockHead + blockSize
	from := head + blockHead + len("first") + block
	refused("two blocks of a run in each other's place", slices.Concat(good[:from], good[from+block:from+2*block], good[from:from+block], good[from+2*block:]))
}

// TestNotAcrossBlocks: a number is not put together of two blocks, nor what is left of one passed over.
func TestNotAcrossBlocks(t *testing.T) {
	var b bytes.Buffer
	run := make([]byte, blockSize+5) // with its length, a block and eight bytes
	if err := Write(&b, "kind 7", func(f *File) { f.Part("run", func(p *Part) { p.Bytes(&run) }) }); err != nil {
		t.Fatal(err)
	}
	h := new(held)
	err := Read(&b, "kind 7", func(f *File) {
		f.Part("run", func(p *Part) {
			Fixed(p, &h.small)
			for range blockSize / 8 {
				Fixed(p, &h.sum)
			}
		})
	})
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("it was: %v", err)
	}
}

// TestOrderOfUse: another kind, other parts than were written, less or more of one, and what its reader refuses are errors.
func TestOrderOfUse(t *testing.T) {
	h := new(held)
	good := written(t, &held{sum: 0x01ff_ffff_ffff, list: []uint16{1, 2, 3}, names: []string{"d", "ef"}})
	for what, parts := range map[string]func(f *File){
		"a part left out": func(f *File) { f.Part("second", h.second) },
		"no second part":  func(f *File) { f.Part("first", h.first) },
		"a third part":    func(f *File) { h.parts(f); f.Part("third", h.first) },
		"less of a part":  func(f *File) { f.Part("first", func(p *Part) { Fixed(p, &h.small) }); f.Part("second", h.second) },
		"more of a part": func(f *File) {
			f.Part("first", func(p *Part) { h.first(p); Fixed(p, &h.small) })
			f.Part("second", h.second)
		},
		"too large a number": func(f *File) { f.Part("first", h.counted); f.Part("second", h.second) },
		"refused": func(f *File) {
			f.Part("first", func(p *Part) { h.first(p); p.Refuse("why") })
			f.Part("second", h.second)
		},
	} {
		if err := Read(bytes.NewReader(good), "kind 7", parts); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := Read(bytes.NewReader(good), "kind 8", h.parts); !errors.Is(err, ErrDamaged) {
		t.Errorf("another kind: %v", err)
	}
	if err := Read(bytes.NewReader(good), "kind 7", h.parts); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// fullAfter takes so many bytes.
type fullAfter int

func (f *fullAfter) Write(b []byte) (int, error) {
	if *f -= fullAfter(len(b)); *f < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

// TestFull: wherever the writer fails, Write says so.
func TestFull(t *testing.T) {
	h := &held{run: make([]byte, 2*blockSize)}
	for room := range len(written(t, h)) {
		if full := fullAfter(room); room%997 < 30 && !errors.Is(Write(&full, "kind 7", h.parts), io.ErrShortWrite) {
			t.Errorf("a writer that fails after %d bytes is not noticed", room)
		}
	}
}
