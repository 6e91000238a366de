package snapshot

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// A flat file holds named arrays that are searched where they lie, so that it is mapped into memory and nothing is built
// of it:
//
//	arrays     one after the other, each from a multiple of 64 on, zeros between them
//	directory  for each array: length of its name uint8, name, size of an element uint16, number of elements uint64, place
//	           uint64, sum uint64
//	end        kind: its length uint8, and its bytes up to 47; arrays uint32, length of the directory uint32, sum of the
//	           directory and of all of the end before it uint64; 64 bytes
//
// Numbers are little-endian, elements as Go lays them out on a 64-bit little-endian machine: no other is served. A sum is
// xxHash-64. Damage in an array is found by Verify, any other by OpenFlat.
type FlatWriter struct {
	w     *bufio.Writer
	kind  string
	at    uint64
	list  []flatArray
	open  bool
	sum   xxhash.Digest
	err   error
	names map[string]bool
	pace  func()
	steps int // since pace was called
}

type flatArray struct {
	name  string
	size  int // of an element
	count uint64
	place uint64
	sum   uint64
}

// end is the first place behind the array.
func (a *flatArray) end() uint64 { return a.place + a.count*uint64(a.size) }

// Where arrays begin, and the sizes of what is fixed.
const (
	flatAlign   = 64
	flatEnd     = 64
	flatKind    = 47
	flatEntry   = 1 + 2 + 8 + 8 + 8 // and the name
	flatBuffer  = 1 << 20
	mostFlatRow = 1<<16 - 1
)

// NewFlatWriter begins a flat file of a kind, of up to 47 letters.
func NewFlatWriter(w io.Writer, kind string) *FlatWriter {
	f := &FlatWriter{w: bufio.NewWriterSize(w, flatBuffer), kind: kind, names: map[string]bool{}}
	if len(kind) > flatKind {
		f.fail("the kind is too long")
	}
	return f
}

// Pace has pace called after each millisecond of work or so, to let others go first.
func (f *FlatWriter) Pace(pace func()) { f.pace = pace }

// paceSteps is how many steps lie between two calls of pace.
const paceSteps = 4096

// Step counts work for Pace: one looks at a number, or writes sixteen bytes. What is added is counted already.
func (f *FlatWriter) Step(n int) {
	if f.steps += n; f.steps >= paceSteps {
		if f.steps = 0; f.pace != nil {
			f.pace()
		}
	}
}

func (f *FlatWriter) fail(why string) {
	if f.err == nil {
		f.err = fmt.Errorf("write flat file: %s", why)
	}
}

func (f *FlatWriter) write(b []byte) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
		f.at += uint64(len(b))
	}
}

// pad writes zeros up to where an array may begin.
func (f *FlatWriter) pad() {
	var zeros [flatAlign]byte
	f.write(zeros[:-f.at&(flatAlign-1)])
}

// Begin begins an array of T, to which Add adds until the next one begins.
func Begin[T any](f *FlatWriter, name string) {
	f.endArray()
	var t T
	size := int(unsafe.Sizeof(t))
	if len(name) > 255 || size > mostFlatRow || f.names[name] {
		f.fail("no good name or element: " + name)
	}
	f.names[name] = true
	f.pad()
	f.list = append(f.list, flatArray{name: name, size: size, place: f.at})
	f.sum.Reset()
	f.open = true
}

// Add adds to the array that was begun.
func Add[T any](f *FlatWriter, elements ...T) {
	a := &f.list[len(f.list)-1]
	var t T
	if int(unsafe.Sizeof(t)) != a.size || !f.open {
		f.fail("another element in " + a.name)
		return
	}
	for b := range slices.Chunk(rawBytes(elements), 16*paceSteps) {
		f.sum.Write(b)
		f.write(b)
		f.Step(1 + len(b)/16)
	}
	a.count += uint64(len(elements))
}

// Put writes a whole array.
func Put[T any](f *FlatWriter, name string, elements []T) {
	Begin[T](f, name)
	Add(f, elements...)
}

func (f *FlatWriter) endArray() {
	if f.open {
		f.list[len(f.list)-1].sum = f.sum.Sum64()
		f.open = false
	}
}

// Close writes directory and end, and gives the first error; the writer below is not closed.
func (f *FlatWriter) Close() error {
	f.endArray()
	f.pad()
	var dir []byte
	for _, a := range f.list {
		dir = append(append(dir, byte(len(a.name))), a.name...)
		dir = binary.LittleEndian.AppendUint16(dir, uint16(a.size))
		for _, n := range [...]uint64{a.count, a.place, a.sum} {
			dir = binary.LittleEndian.AppendUint64(dir, n)
		}
	}
	f.write(append(dir, f.end(dir)...))
	if f.err == nil {
		f.err = f.w.Flush()
	}
	return f.err
}

func (f *FlatWriter) end(dir []byte) []byte {
	end := make([]byte, 1+flatKind, flatEnd)
	end[0] = byte(len(f.kind))
	copy(end[1:], f.kind)
	end = binary.LittleEndian.AppendUint32(end, uint32(len(f.list)))
	end = binary.LittleEndian.AppendUint32(end, uint32(len(dir)))
	return binary.LittleEndian.AppendUint64(end, xxhash.Sum64(slices.Concat(dir, end)))
}

// rawBytes are the bytes of a slice where it lies.
func rawBytes[T any](list []T) []byte {
	if len(list) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&list[0])), len(list)*int(unsafe.Sizeof(list[0])))
}

// A Flat is a flat file in memory, mostly a mapped one.
type Flat struct {
	data []byte
	list []flatArray
	err  error
}

// OpenFlat reads the directory of a flat file of the kind. The arrays are as good as Verify finds them.
func OpenFlat(data []byte, kind string) (*Flat, error) {
	f := &Flat{data: data}
	if len(data) < flatEnd {
		return nil, fmt.Errorf("%w: shorter than its end", ErrDamaged)
	}
	end := data[len(data)-flatEnd:]
	arrays, length := binary.LittleEndian.Uint32(end[48:]), uint64(binary.LittleEndian.Uint32(end[52:]))
	if length > uint64(len(data)-flatEnd) {
		return nil, fmt.Errorf("%w: the directory does not fit", ErrDamaged)
	}
	from := uint64(len(data)) - flatEnd - length
	if xxhash.Sum64(data[from:len(data)-8]) != binary.LittleEndian.Uint64(end[56:]) {
		return nil, fmt.Errorf("%w: checksum of the directory differs", ErrDamaged)
	}
	if got := string(end[1 : 1+min(end[0], flatKind)]); got != kind {
		return nil, fmt.Errorf("%w: %q in place of %q", ErrDamaged, got, kind)
	}
	if err := f.readDirectory(data[from:len(data)-flatEnd], int(arrays), from); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Flat) readDirectory(dir []byte, arrays int, end uint64) error {
	for range arrays {
		if len(dir) < 1 || len(dir) < int(dir[0])+flatEntry {
			return fmt.Errorf("%w: the directory ends early", ErrDamaged)
		}
		n := int(dir[0])
		a := flatArray{name: string(dir[1 : 1+n])}
		dir = dir[1+n:]
		a.size = int(binary.LittleEndian.Uint16(dir))
		a.count, a.place, a.sum = binary.LittleEndian.Uint64(dir[2:]), binary.LittleEndian.Uint64(dir[10:]), binary.LittleEndian.Uint64(dir[18:])
		dir = dir[26:]
		if a.size == 0 || a.place%flatAlign != 0 || a.place > end || a.count > (end-a.place)/uint64(a.size) {
			return fmt.Errorf("%w: array %s does not fit", ErrDamaged, a.name)
		}
		f.list = append(f.list, a)
	}
	if len(dir) > 0 {
		return fmt.Errorf("%w: more in the directory than its arrays", ErrDamaged)
	}
	return nil
}

// verifyPiece is how many bytes are read at once, verifyReaders how many read a file at once where nobody holds them back: a
// disk gives several three times of what it gives to one.
const (
	verifyPiece   = 1 << 18
	verifyReaders = 4
)

// Verify reads the file, which is not touched where it is mapped, and compares each array with its sum, and what is between
// them with zeros.
func (f *Flat) Verify(file io.ReaderAt) error {
	return f.verify(file, verifyReaders, func(int) error { return nil })
}

// VerifyBy is Verify that reads one piece after the other and tells took the bytes of each; an error of took ends it.
func (f *Flat) VerifyBy(file io.ReaderAt, took func(bytes int) error) error {
	return f.verify(file, 1, took)
}

func (f *Flat) verify(file io.ReaderAt, readers int, took func(bytes int) error) error {
	if err := f.verifyGaps(file); err != nil {
		return err
	}
	errs := make([]error, len(f.list))
	var next atomic.Int32
	var failed atomic.Bool
	var all sync.WaitGroup
	for range min(readers, len(f.list)) {
		all.Go(func() {
			piece := make([]byte, verifyPiece)
			for i := int(next.Add(1)) - 1; i < len(errs) && !failed.Load(); i = int(next.Add(1)) - 1 {
				errs[i] = f.list[i].verify(file, piece, took)
				if errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	all.Wait()
	return cmp.Or(errs...)
}

// verify compares an array with its sum.
func (a *flatArray) verify(file io.ReaderAt, piece []byte, took func(bytes int) error) error {
	var sum xxhash.Digest
	sum.Reset()
	for at, end := int64(a.place), int64(a.end()); at < end; {
		b := piece[:min(int64(len(piece)), end-at)]
		if _, err := file.ReadAt(b, at); err != nil {
			return fmt.Errorf("read array %s: %w", a.name, err)
		}
		sum.Write(b)
		if err := took(len(b)); err != nil {
			return err
		}
		at += int64(len(b))
	}
	if sum.Sum64() != a.sum {
		return fmt.Errorf("%w: checksum of array %s differs", ErrDamaged, a.name)
	}
	return nil
}

// verifyGaps compares what is before each array, and before the directory, with zeros.
func (f *Flat) verifyGaps(file io.ReaderAt) error {
	at := uint64(0)
	zeros := func(to uint64, what string) error {
		var gap [flatAlign]byte
		if to < at || to-at >= flatAlign {
			return fmt.Errorf("%w: %s begins at %d, after %d", ErrDamaged, what, to, at)
		}
		if _, err := file.ReadAt(gap[:to-at], int64(at)); err != nil {
			return fmt.Errorf("read before %s: %w", what, err)
		}
		if gap != [flatAlign]byte{} {
			return fmt.Errorf("%w: something stands before %s", ErrDamaged, what)
		}
		return nil
	}
	for i := range f.list {
		a := &f.list[i]
		if err := zeros(a.place, "array "+a.name); err != nil {
			return err
		}
		at = a.end()
	}
	return zeros((at+flatAlign-1)&^(flatAlign-1), "the directory")
}

// Bytes is how long the file is.
func (f *Flat) Bytes() int { return len(f.data) }

// Err is the first error of Array.
func (f *Flat) Err() error { return f.err }

// Refuse says that what was read cannot be.
func (f *Flat) Refuse(why string) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: %s", ErrDamaged, why)
	}
}

// Array is an array of the file where it lies: to be read, and as long as the file is mapped. One that is not there, or
// has other elements, is empty, and Err says so.
func Array[T any](f *Flat, name string) []T {
	i := slices.IndexFunc(f.list, func(a flatArray) bool { return a.name == name })
	var t T
	switch {
	case i < 0:
		f.Refuse("there is no array " + name)
		return nil
	case f.list[i].size != int(unsafe.Sizeof(t)):
		f.Refuse("array " + name + " has other elements")
		return nil
	case f.list[i].count == 0:
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&f.data[f.list[i].place])), f.list[i].count)
}
