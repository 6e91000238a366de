// Package snapshot is the format of a derived structure that is written to be read back: named parts, each a run of blocks
// with checksums, so that no byte is given to a reader before it is known to be the one written.
//
//	head    a block with the kind of snapshot and its version
//	part    a block with its name, blocks of data, an empty block
//	end     an empty block where a name would stand, and the end of the file
//	block   length uint32, sum uint64, that many bytes
//
// Numbers are little-endian. A sum is xxHash-64 of the sum before it, the length and the bytes; so blocks that are missing,
// doubled or in another place are damage like any other.
//
// What is saved is described once: the same calls on a Part write it and read it, so that the two cannot differ.
package snapshot

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// ErrDamaged is wrapped by every error of Read: the snapshot is damaged, of another kind or of another version.
var ErrDamaged = errors.New("not a good snapshot")

const (
	blockSize = 1 << 16
	blockHead = 12
	spare     = 8 // bytes behind a block in memory, so that any number is one load or store
)

func newBlock() []byte { return make([]byte, blockSize, blockSize+spare) }

// A File is a snapshot that is written or read. After the first error no part is gone through.
type File struct {
	w   io.Writer // nil where the file is read
	r   io.Reader
	sum uint64
	err error
}

// Write writes a snapshot of a kind; parts goes through its parts.
func Write(w io.Writer, kind string, parts func(*File)) error {
	f := &File{w: w}
	f.write([]byte(kind))
	parts(f)
	if f.write(nil); f.err != nil {
		return fmt.Errorf("write snapshot: %w", f.err)
	}
	return nil
}

// Read reads a snapshot of the kind to its end; parts goes through its parts as it did to write them.
func Read(r io.Reader, kind string, parts func(*File)) error {
	f := &File{r: bufio.NewReaderSize(r, 1<<18)}
	f.expect(kind)
	parts(f)
	f.expect("")
	if _, err := io.ReadFull(f.r, make([]byte, 1)); err != io.EOF {
		f.damaged("more than its end")
	}
	return f.err
}

// Part writes or reads the next part.
func (f *File) Part(name string, through func(*Part)) {
	switch p := (&Part{f: f}); {
	case f.w != nil:
		f.write([]byte(name))
		p.data = newBlock()
		through(p)
		if p.at > 0 {
			f.write(p.data[:p.at])
		}
		f.write(nil)
	case f.expect(name):
		through(p)
		p.end()
		f.err = cmp.Or(f.err, p.err)
	}
}

// sumOf is the sum of a block after another sum.
func sumOf(before uint64, data []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	var b [blockHead]byte
	binary.LittleEndian.PutUint64(b[:], before)
	binary.LittleEndian.PutUint32(b[8:], uint32(len(data)))
	d.Write(b[:])
	d.Write(data)
	return d.Sum64()
}

// write writes a block.
func (f *File) write(data []byte) {
	f.sum = sumOf(f.sum, data)
	head := binary.LittleEndian.AppendUint32(make([]byte, 0, blockHead), uint32(len(data)))
	for _, b := range [...][]byte{binary.LittleEndian.AppendUint64(head, f.sum), data} {
		if f.err == nil {
			_, f.err = f.w.Write(b)
		}
	}
}

// read reads the next block into room; after the first error there is none.
func (f *File) read(room []byte) []byte {
	var head [blockHead]byte
	_, err := io.ReadFull(f.r, head[:])
	n := binary.LittleEndian.Uint32(head[:])
	if f.err != nil || err != nil || n > blockSize {
		f.damaged("no block")
		return nil
	}
	data := slices.Grow(room[:0], int(n)+spare)[:n]
	_, err = io.ReadFull(f.r, data)
	if f.sum = sumOf(f.sum, data); err != nil || f.sum != binary.LittleEndian.Uint64(head[4:]) {
		f.damaged("checksum of a block differs")
		return nil
	}
	return data
}

// expect reads a block that must be the text.
func (f *File) expect(text string) bool {
	if got := f.read(nil); string(got) != text {
		f.damaged(fmt.Sprintf("%q in place of %q", got, text))
	}
	return f.err == nil
}

func (f *File) damaged(why string) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: %s", ErrDamaged, why)
	}
}
