// Package snapshot is the format of a derived structure that is written to be read back: a head and named parts, each a
// run of blocks with checksums, so that no byte is given to a reader before it is known to be the one written.
//
//	head    magic 8 bytes, version uint32, sum uint64
//	part    a block with its name, blocks of data, an empty block
//	end     an empty block where a name would stand
//	block   length uint32, sum uint64, that many bytes
//
// Numbers are little-endian. A sum is xxHash-64 of the sum before it (none before the head's), the length or the head, and
// the bytes; so blocks that are missing, doubled or in another place are damage like any other.
package snapshot

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"
)

// ErrDamaged is wrapped by every error that says a snapshot is damaged, of another kind or of another version.
var ErrDamaged = errors.New("not a good snapshot")

const (
	magicLen   = 8
	blockSize  = 1 << 16
	blockHead  = 12
	snapshotOf = magicLen + 4 + 8
)

// sumOf is the sum of a head or a block after another sum.
func sumOf(before uint64, length uint32, data []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	var b [12]byte
	binary.LittleEndian.PutUint64(b[:], before)
	binary.LittleEndian.PutUint32(b[8:], length)
	d.Write(b[:])
	d.Write(data)
	return d.Sum64()
}

// A Writer writes one snapshot. The first error is kept and given by Close.
type Writer struct {
	w    io.Writer
	sum  uint64
	n    int64
	err  error
	data []byte
}

// NewWriter begins a snapshot; magic has eight characters.
func NewWriter(w io.Writer, magic string, version uint32) *Writer {
	x := &Writer{w: w, data: make([]byte, 0, blockSize)}
	x.sum = sumOf(0, version, []byte(magic))
	head := binary.LittleEndian.AppendUint32([]byte(magic), version)
	x.put(binary.LittleEndian.AppendUint64(head, x.sum))
	return x
}

func (x *Writer) put(b []byte) {
	if x.err == nil {
		var n int
		n, x.err = x.w.Write(b)
		x.n += int64(n)
	}
}

func (x *Writer) block(data []byte) {
	x.sum = sumOf(x.sum, uint32(len(data)), data)
	head := binary.LittleEndian.AppendUint32(make([]byte, 0, blockHead), uint32(len(data)))
	x.put(binary.LittleEndian.AppendUint64(head, x.sum))
	x.put(data)
}

// Part writes a part; what fill writes must not be kept by it.
func (x *Writer) Part(name string, fill func(w *Part)) {
	x.block([]byte(name))
	p := Part{x}
	fill(&p)
	p.flush()
	x.block(nil)
}

// Close ends the snapshot and gives the bytes that were written.
func (x *Writer) Close() (int64, error) {
	x.block(nil)
	if x.err != nil {
		return x.n, fmt.Errorf("write snapshot: %w", x.err)
	}
	return x.n, nil
}

// A Part is written to.
type Part struct{ w *Writer }

// Write is that of io.Writer.
func (p *Part) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), blockSize-len(p.w.data))
		p.w.data, rest = append(p.w.data, rest[:n]...), rest[n:]
		if len(p.w.data) == blockSize {
			p.flush()
		}
	}
	return len(b), p.w.err
}

// Uvarint writes a number.
func (p *Part) Uvarint(n uint64) {
	var b [binary.MaxVarintLen64]byte
	p.Write(b[:binary.PutUvarint(b[:], n)])
}

// String writes a string with its length.
func (p *Part) String(s []byte) {
	p.Uvarint(uint64(len(s)))
	p.Write(s)
}

func (p *Part) flush() {
	if len(p.w.data) > 0 {
		p.w.block(p.w.data)
		p.w.data = p.w.data[:0]
	}
}

// A Reader reads one snapshot.
type Reader struct {
	r    *bufio.Reader
	sum  uint64
	data []byte // of the block
	at   int    // read of it
	end  bool   // of the part
	err  error
}

// NewReader reads the head of a snapshot.
func NewReader(r io.Reader, magic string, version uint32) (*Reader, error) {
	x := &Reader{r: bufio.NewReaderSize(r, 1<<18), end: true}
	head := make([]byte, snapshotOf)
	if _, err := io.ReadFull(x.r, head); err != nil {
		return nil, fmt.Errorf("read head of snapshot: %w: %w", ErrDamaged, err)
	}
	if string(head[:magicLen]) != magic {
		return nil, fmt.Errorf("another kind of file: %w", ErrDamaged)
	}
	v := binary.LittleEndian.Uint32(head[magicLen:])
	if x.sum = sumOf(0, v, head[:magicLen]); x.sum != binary.LittleEndian.Uint64(head[magicLen+4:]) {
		return nil, fmt.Errorf("head: checksum differs: %w", ErrDamaged)
	}
	if v != version {
		return nil, fmt.Errorf("version %d, want %d: %w", v, version, ErrDamaged)
	}
	return x, nil
}

// block reads the next block; after the first error there is none.
func (x *Reader) block() []byte {
	x.data, x.at = x.data[:0], 0
	if x.err != nil {
		return nil
	}
	var head [blockHead]byte
	if _, err := io.ReadFull(x.r, head[:]); err != nil {
		x.err = fmt.Errorf("read snapshot: %w: %w", ErrDamaged, err)
		return nil
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > blockSize {
		x.err = fmt.Errorf("a block of %d bytes: %w", n, ErrDamaged)
		return nil
	}
	x.data = append(x.data[:0], make([]byte, n)...)
	_, err := io.ReadFull(x.r, x.data)
	x.sum = sumOf(x.sum, n, x.data)
	if err != nil || x.sum != binary.LittleEndian.Uint64(head[4:]) {
		x.err = fmt.Errorf("checksum of a block differs: %w", ErrDamaged)
		x.data = x.data[:0]
	}
	return x.data
}

// Part begins a part, which must be the next.
func (x *Reader) Part(name string) error {
	if !x.end && (x.at < len(x.data) || len(x.block()) > 0) {
		x.fail("more in a part than was read")
	}
	if got := string(x.block()); x.err == nil && got != name {
		x.err = fmt.Errorf("part %q, want %q: %w", got, name, ErrDamaged)
	}
	x.data, x.end = x.data[:0], false
	return x.err
}

// Read is that of io.Reader, for the part that was begun.
func (x *Reader) Read(b []byte) (int, error) {
	if x.at == len(x.data) && !x.end && x.err == nil {
		x.end = len(x.block()) == 0
	}
	if x.err != nil {
		return 0, x.err
	}
	if x.end {
		return 0, io.EOF
	}
	n := copy(b, x.data[x.at:])
	x.at += n
	return n, nil
}

// ReadByte is that of io.ByteReader.
func (x *Reader) ReadByte() (byte, error) {
	if x.at < len(x.data) {
		x.at++
		return x.data[x.at-1], nil
	}
	var b [1]byte
	_, err := x.Read(b[:])
	return b[0], err
}

// Uvarint reads a number that is at most so much; what is more, or no number, is damage, kept as the error of Close.
func (x *Reader) Uvarint(most uint64) uint64 {
	n, err := binary.ReadUvarint(x)
	if err == nil && n <= most {
		return n
	}
	x.fail("a number")
	return 0
}

// String reads a string of at most so many bytes, good until the next call.
func (x *Reader) String(room []byte, most int) []byte {
	room = append(room[:0], make([]byte, x.Uvarint(uint64(most)))...)
	if _, err := io.ReadFull(x, room); err != nil {
		x.fail("a string")
		return nil
	}
	return room
}

func (x *Reader) fail(what string) {
	if x.err == nil {
		x.err = fmt.Errorf("snapshot: %s: %w", what, ErrDamaged)
	}
}

// Err is the first error.
func (x *Reader) Err() error { return x.err }

// Close checks that the last part and the snapshot end here.
func (x *Reader) Close() error {
	if x.err == nil {
		return x.Part("")
	}
	return x.err
}
