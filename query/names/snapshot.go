package names

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"anvesh/query/name"
)

// A snapshot is, little-endian:
//
//	8 bytes   "ANVNAM" and the version, two digits
//	5 x u32   tokens, names, token numbers in all, joins, bytes of token text
//	tokens    one byte of length and the letters, each
//	names     one byte each, how many tokens
//	numbers   u32 token numbers of all names
//	names     u32 bearers
//	joins     u64 pairs of ordinal and key (the low half of xxhash), ascending by key
//	u32       CRC-32C of all before
//
// What can be derived (sounds, keys, postings, frequencies, digest) is derived when it is read.
const snapshotMagic = "ANVNAM02"

// ErrSnapshot is wrapped by all errors of ReadIndex that are not the reader's: the snapshot is damaged, cut, or of
// another version, and the index must be built again.
var ErrSnapshot = errors.New("name: snapshot is not usable")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// WriteTo writes a snapshot. It only reads the index.
func (x *Index) WriteTo(w io.Writer) (int64, error) {
	s := snapshotWriter{w: bufio.NewWriterSize(w, 1<<16)}
	joins := x.joins.sorted()
	text := 0
	for i := range x.vocab.sounds {
		text += 1 + len(x.vocab.sounds[i].Latin)
	}
	s.bytes([]byte(snapshotMagic))
	numbers := 0
	for o := range x.bearers {
		numbers += len(x.tokensOf(uint32(o)))
	}
	for _, n := range []int{len(x.vocab.sounds), len(x.bearers), numbers, len(joins), text} {
		s.u32(uint32(n))
	}
	for i := range x.vocab.sounds {
		latin := x.vocab.sounds[i].Latin
		s.bytes([]byte{byte(len(latin))})
		s.bytes([]byte(latin))
	}
	for o := range x.bearers {
		s.bytes([]byte{byte(len(x.tokensOf(uint32(o))))})
	}
	for o := range x.bearers {
		for _, t := range x.tokensOf(uint32(o)) {
			s.u32(t)
		}
	}
	for _, n := range x.bearers {
		s.u32(n)
	}
	for _, v := range joins {
		s.u32(uint32(v))
		s.u32(uint32(v >> 32))
	}
	s.u32(s.crc)
	if s.err == nil {
		s.err = s.w.Flush()
	}
	if s.err != nil {
		return s.n, fmt.Errorf("name: write snapshot: %w", s.err)
	}
	return s.n, nil
}

type snapshotWriter struct {
	w   *bufio.Writer
	n   int64
	crc uint32
	err error
	b   [4]byte
}

func (s *snapshotWriter) bytes(b []byte) {
	if s.err != nil {
		return
	}
	s.crc = crc32.Update(s.crc, castagnoli, b)
	n, err := s.w.Write(b)
	s.n, s.err = s.n+int64(n), err
}

func (s *snapshotWriter) u32(v uint32) {
	binary.LittleEndian.PutUint32(s.b[:], v)
	s.bytes(s.b[:])
}

// ReadIndex reads a snapshot that WriteTo wrote.
func ReadIndex(r io.Reader) (*Index, error) {
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("name: read snapshot: %w", err)
	}
	const head = len(snapshotMagic) + 5*4
	if len(all) < head+4 || string(all[:len(snapshotMagic)]) != snapshotMagic {
		return nil, fmt.Errorf("%w: no snapshot of version %s", ErrSnapshot, snapshotMagic[6:])
	}
	body, sum := all[:len(all)-4], binary.LittleEndian.Uint32(all[len(all)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, fmt.Errorf("%w: checksum differs", ErrSnapshot)
	}
	var n [5]int
	for i := range n {
		n[i] = int(binary.LittleEndian.Uint32(body[len(snapshotMagic)+4*i:]))
	}
	body = body[head:]
	if len(body) != n[4]+n[1]+4*(n[2]+n[1])+8*n[3] {
		return nil, fmt.Errorf("%w: lengths do not add up", ErrSnapshot)
	}
	x := NewIndex()
	if !x.readTokens(body[:n[4]], n[0]) {
		return nil, fmt.Errorf("%w: token text", ErrSnapshot)
	}
	counts := body[n[4] : n[4]+n[1]]
	numbers, body := readU32(body[n[4]+n[1]:], n[2])
	if !x.readNames(counts, numbers) {
		return nil, fmt.Errorf("%w: names", ErrSnapshot)
	}
	x.bearers, body = readU32(body, n[1])
	run := make([]uint64, n[3])
	for i := range run {
		run[i] = uint64(binary.LittleEndian.Uint32(body[8*i:])) | uint64(binary.LittleEndian.Uint32(body[8*i+4:]))<<32
	}
	if !inRange(run, n[1]) {
		return nil, fmt.Errorf("%w: numbers out of range", ErrSnapshot)
	}
	if len(run) > 0 {
		x.joins.runs = [][]uint64{run}
	}
	x.derive()
	return x, nil
}

func readU32(b []byte, n int) ([]uint32, []byte) {
	list := make([]uint32, n)
	for i := range list {
		list[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return list, b[4*n:]
}

func (x *Index) readTokens(text []byte, n int) bool {
	for range n {
		if len(text) == 0 || len(text) < 1+int(text[0]) {
			return false
		}
		if known := x.vocab.Len(); int(x.vocab.add(string(text[1:1+text[0]]))) < known {
			return false
		}
		text = text[1+text[0]:]
	}
	return len(text) == 0
}

// readNames stores the names from the counts and numbers of their tokens.
func (x *Index) readNames(counts []byte, numbers []uint32) bool {
	for _, n := range counts {
		if n == 0 || n > name.MaxTokens || int(n) > len(numbers) {
			return false
		}
		for _, t := range numbers[:n] {
			if int(t) >= len(x.vocab.sounds) {
				return false
			}
		}
		x.store(numbers[:n])
		numbers = numbers[n:]
	}
	return len(numbers) == 0
}

// inRange reports whether the pairs of joins ascend and point to names.
func inRange(run []uint64, names int) bool {
	for _, p := range run {
		if int(uint32(p)) >= names {
			return false
		}
	}
	return slices.IsSorted(run)
}

// derive fills what a snapshot does not hold: postings, the table of names, frequencies and the digest.
func (x *Index) derive() {
	x.freq.grow()
	tokens := x.vocab.Len()
	x.posts = make([]postings, tokens)
	count := make([]uint32, tokens)
	total := 0
	for o := range x.bearers {
		for _, t := range x.tokensOf(uint32(o)) {
			count[t]++
			total++
		}
	}
	ords, signs := make([]uint32, total), make([]signature, total)
	for t, n := range count {
		x.posts[t] = postings{ords[:0:n], signs[:0:n]}
		ords, signs = ords[n:], signs[n:]
	}
	size := 64
	for size*3 < len(x.bearers)*4 {
		size *= 2
	}
	x.ident = make([]uint32, size)
	for o := range x.bearers {
		ord := uint32(o)
		toks := x.tokensOf(ord)
		for i, t := range toks {
			if !repeated(toks, i) {
				x.posts[t].add(ord, x.sign(toks, i))
			}
		}
		x.place(ord)
		n := int(x.bearers[o])
		x.bearers[o] = 0
		x.bear(ord, n)
	}
}
