package numbers

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
)

// A snapshot holds the keys with their bearers in the order of their ordinals, from which an index is built again; the
// structures in memory are not written, so that they may change without a new version.
//
// 	magic     8 bytes  "anvplate" for Index, "anvnumbr" for NumberIndex
// 	version   uint32   little endian, 1
// 	count     uint64   ordinals given
// 	each key  uvarint  bearers; uvarint length; bytes
// 	digest    uint64   Digest of what was written
// 	checksum  uint64   CRC-64 (ECMA) of all before

const (
	snapshotVersion = 1
	plateMagic      = "anvplate"
	numberMagic     = "anvnumbr"
)

// ErrSnapshot is wrapped by every error that says a snapshot is damaged, of another kind or of another version.
var ErrSnapshot = errors.New("not a good snapshot")

var crcTable = crc64.MakeTable(crc64.ECMA)

// register is what the two indexes have in common for a snapshot.
type register interface {
	Len() int
	Key(ord uint32) string
	Bearers(ord uint32) int
	Digest() uint64
}

// WriteTo writes a snapshot; the index must not change meanwhile.
func (x *PlateIndex) WriteTo(w io.Writer) (int64, error) { return writeSnapshot(w, plateMagic, x) }

// WriteTo writes a snapshot; the index must not change meanwhile.
func (x *NumberIndex) WriteTo(w io.Writer) (int64, error) { return writeSnapshot(w, numberMagic, x) }

// ReadIndex reads a snapshot to its end. Any damage gives an error that wraps ErrSnapshot, and no index.
func ReadPlateIndex(r io.Reader) (*PlateIndex, error) {
	x := NewPlateIndex()
	err := readSnapshot(r, plateMagic, x, func(key string, bearers int) error {
		if n := len(x.ords); int(x.Add(key)) != n {
			return fmt.Errorf("plate: key %d stands twice: %w", n, ErrSnapshot)
		}
		ord := uint32(len(x.ords) - 1)
		if p := x.ords[ord]; p.serial == inRest {
			x.rest.count(p.prefix, key, max(bearers, 1))
		}
		x.count(ord, key, max(bearers, 1))
		if bearers == 0 {
			x.Remove(ord)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return x, nil
}

// ReadNumberIndex is ReadIndex for a NumberIndex.
func ReadNumberIndex(r io.Reader) (*NumberIndex, error) {
	x := NewNumberIndex()
	err := readSnapshot(r, numberMagic, x, func(key string, bearers int) error {
		if n := x.Len(); int(x.Add(key)) != n {
			return fmt.Errorf("plate: key %d stands twice: %w", n, ErrSnapshot)
		}
		x.index.count(uint32(x.Len()-1), key, bearers)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return x, nil
}

// A checkedWriter sums up what goes through it.
type checkedWriter struct {
	w   *bufio.Writer
	sum hash.Hash64
	n   int64
}

func (c *checkedWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.sum.Write(b[:n])
	c.n += int64(n)
	return n, err
}

func writeSnapshot(w io.Writer, magic string, x register) (int64, error) {
	c := &checkedWriter{w: bufio.NewWriterSize(w, 1<<18), sum: crc64.New(crcTable)}
	var b []byte
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, snapshotVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(x.Len()))
	for ord := range uint32(x.Len()) {
		key := x.Key(ord)
		b = binary.AppendUvarint(b, uint64(x.Bearers(ord)))
		b = binary.AppendUvarint(b, uint64(len(key)))
		b = append(b, key...)
		if len(b) > 1<<16 {
			if _, err := c.Write(b); err != nil {
				return c.n, fmt.Errorf("plate: write snapshot: %w", err)
			}
			b = b[:0]
		}
	}
	b = binary.LittleEndian.AppendUint64(b, x.Digest())
	if _, err := c.Write(b); err != nil {
		return c.n, fmt.Errorf("plate: write snapshot: %w", err)
	}
	if _, err := c.Write(binary.LittleEndian.AppendUint64(nil, c.sum.Sum64())); err != nil {
		return c.n, fmt.Errorf("plate: write snapshot: %w", err)
	}
	if err := c.w.Flush(); err != nil {
		return c.n, fmt.Errorf("plate: write snapshot: %w", err)
	}
	return c.n, nil
}

// A checkedReader sums up, block by block, what is read through it.
type checkedReader struct {
	r   *bufio.Reader
	sum uint64
	one [1]byte
}

func (c *checkedReader) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err == nil {
		c.one[0] = b
		c.sum = crc64.Update(c.sum, crcTable, c.one[:])
	}
	return b, err
}

func (c *checkedReader) read(b []byte) error {
	_, err := io.ReadFull(c.r, b)
	c.sum = crc64.Update(c.sum, crcTable, b)
	return err
}

// maxKey bounds the length of a key, so that a damaged length asks for no memory.
const maxKey = 1 << 12

func readSnapshot(r io.Reader, magic string, x register, add func(key string, bearers int) error) error {
	c := &checkedReader{r: bufio.NewReaderSize(r, 1<<18)}
	prefix := make([]byte, len(magic)+4+8)
	if err := c.read(prefix); err != nil {
		return damaged("prefix", err)
	}
	if string(prefix[:len(magic)]) != magic {
		return fmt.Errorf("plate: another kind of file: %w", ErrSnapshot)
	}
	if v := binary.LittleEndian.Uint32(prefix[len(magic):]); v != snapshotVersion {
		return fmt.Errorf("plate: version %d, want %d: %w", v, snapshotVersion, ErrSnapshot)
	}
	buf := make([]byte, maxKey)
	for n := range binary.LittleEndian.Uint64(prefix[len(magic)+4:]) {
		bearers, err := binary.ReadUvarint(c)
		if err != nil {
			return damaged("key", err)
		}
		size, err := binary.ReadUvarint(c)
		if err != nil || size > maxKey || bearers > 1<<40 {
			return fmt.Errorf("plate: key %d is damaged: %w", n, ErrSnapshot)
		}
		if err := c.read(buf[:size]); err != nil {
			return damaged("key", err)
		}
		if err := add(string(buf[:size]), int(bearers)); err != nil {
			return err
		}
	}
	return c.finish(x.Digest())
}

// finish compares digest and checksum.
func (c *checkedReader) finish(digest uint64) error {
	var b [8]byte
	if err := c.read(b[:]); err != nil {
		return damaged("digest", err)
	}
	if binary.LittleEndian.Uint64(b[:]) != digest {
		return fmt.Errorf("plate: digest differs: %w", ErrSnapshot)
	}
	sum := c.sum
	if err := c.read(b[:]); err != nil {
		return damaged("checksum", err)
	}
	if binary.LittleEndian.Uint64(b[:]) != sum {
		return fmt.Errorf("plate: checksum differs: %w", ErrSnapshot)
	}
	return nil
}

func damaged(what string, err error) error {
	return fmt.Errorf("plate: read %s of snapshot: %w: %w", what, ErrSnapshot, err)
}
