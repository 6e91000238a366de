package audit

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// What a segment is made of; see the package comment.
const (
	segmentMagic = "anvaud1\n"
	groupMagic   = "agrp"
	groupHead    = 4 + 4 + 8 + 4
	sealBytes    = 16
	maxAppend    = 16 << 20 // bytes of entries in one Append
	fullGroup    = 1 << 20  // a group that has as many takes no more
	maxGroup     = groupHead + fullGroup + maxAppend + sealBytes
)

// A groupSeal ends a group. It covers the one before, so that a group can neither be changed nor taken out or put in.
type groupSeal [sealBytes]byte

// appendGroup appends entries as a group and returns its seal.
func appendGroup(dst, key []byte, before groupSeal, first int64, entries [][]byte) ([]byte, groupSeal) {
	start := len(dst)
	dst = append(dst, groupMagic...)
	dst = append(dst, 0, 0, 0, 0)
	dst = binary.BigEndian.AppendUint64(dst, uint64(first))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(entries)))
	for _, e := range entries {
		dst = appendEntry(dst, e)
	}
	binary.BigEndian.PutUint32(dst[start+4:], uint32(len(dst)-start-groupHead))
	s := sealOf(key, before, dst[start:])
	return append(dst, s[:]...), s
}

// appendEntry appends an entry as it stands in a group and in an entry bundle: its length in two bytes, then itself.
func appendEntry(dst, e []byte) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(e))), e...)
}

func sealOf(key []byte, before groupSeal, group []byte) groupSeal {
	m := hmac.New(sha256.New, key)
	m.Write(before[:])
	m.Write(group)
	var sum [sha256.Size]byte
	return groupSeal(m.Sum(sum[:0])[:sealBytes])
}

// splitEntries takes a group's entries or a bundle apart; ok is false where they do not fill it exactly.
func splitEntries(dst [][]byte, b []byte) (entries [][]byte, ok bool) {
	for len(b) >= 2 {
		n := int(binary.BigEndian.Uint16(b))
		if len(b) < 2+n {
			return dst, false
		}
		dst, b = append(dst, b[2:2+n]), b[2+n:]
	}
	return dst, len(b) == 0
}

// errBadGroup: what stands there is no whole group.
var errBadGroup = errors.New("no whole group")

// A tornError is an end of a segment that was never acknowledged: the last group, half written, as a kill leaves it.
type tornError struct{ at, bytes int64 }

func (e *tornError) Error() string {
	return fmt.Sprintf("the last %d bytes, from %d, are no whole group, as a kill leaves them", e.bytes, e.at)
}

// A segmentReader reads the groups of a segment in order.
type segmentReader struct {
	key    []byte
	in     *bufio.Reader
	at     int64 // of the next group
	end    int64 // of what is read
	next   int64 // number of the next entry
	seal   groupSeal
	buffer []byte
}

// newSegmentReader reads the bytes of a segment from at, where entry next begins a group, up to end.
func newSegmentReader(f io.ReaderAt, key []byte, at, end, next int64) (*segmentReader, error) {
	r := &segmentReader{key: key, at: at, end: end, next: next}
	head := make([]byte, len(segmentMagic))
	if _, err := f.ReadAt(head, 0); err != nil || string(head) != segmentMagic {
		return nil, fmt.Errorf("byte 0: this is no segment")
	}
	if at > int64(len(segmentMagic)) {
		if _, err := f.ReadAt(r.seal[:], at-sealBytes); err != nil {
			return nil, fmt.Errorf("byte %d: %w", at-sealBytes, err)
		}
	}
	r.in = bufio.NewReaderSize(io.NewSectionReader(f, at, end-at), 1<<20)
	return r, nil
}

// group returns the entries of the next group, valid until the next call, or io.EOF, a *tornError, or what is damaged.
func (r *segmentReader) group() ([][]byte, error) {
	if r.at == r.end {
		return nil, io.EOF
	}
	body, err := r.read()
	if err == nil {
		if entries, ok := splitEntries(nil, body); ok && len(entries) == int(binary.BigEndian.Uint32(r.buffer[16:])) {
			r.at += int64(len(r.buffer))
			r.next += int64(len(entries))
			return entries, nil
		}
		err = errBadGroup
	}
	if !errors.Is(err, errBadGroup) {
		return nil, err
	}
	return nil, r.judge()
}

// read reads a group into buffer and checks it; body are its entries. What it has read of the file stays in buffer.
func (r *segmentReader) read() (body []byte, err error) {
	r.buffer = r.buffer[:0]
	if err := r.more(groupHead); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(r.buffer[4:]))
	if string(r.buffer[:4]) != groupMagic || n > maxGroup-groupHead-sealBytes || int64(binary.BigEndian.Uint64(r.buffer[8:])) != r.next {
		return nil, errBadGroup
	}
	if err := r.more(n + sealBytes); err != nil {
		return nil, err
	}
	whole := r.buffer[:groupHead+n]
	if s := sealOf(r.key, r.seal, whole); !hmac.Equal(s[:], r.buffer[groupHead+n:]) {
		return nil, errBadGroup
	}
	r.seal = groupSeal(r.buffer[groupHead+n:])
	return whole[groupHead:], nil
}

// more reads n bytes more into buffer; errBadGroup where there are fewer.
func (r *segmentReader) more(n int) error {
	had := len(r.buffer)
	r.buffer = append(r.buffer, make([]byte, n)...)
	m, err := io.ReadFull(r.in, r.buffer[had:])
	r.buffer = r.buffer[:had+m]
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errBadGroup
	}
	return err
}

// judge tells whether a bad group is the torn end of the segment or damage. One write is one group, and the next is not
// written before the one before is durable: so what a kill tears is the last group, and no whole one stands behind it.
func (r *segmentReader) judge() error {
	damaged := fmt.Errorf("byte %d: the group of entry %d is damaged", r.at, r.next)
	if r.end-r.at > maxGroup {
		return damaged
	}
	rest, err := io.ReadAll(r.in)
	if err != nil {
		return err
	}
	rest = append(r.buffer, rest...)
	for i := 1; ; i++ {
		j := bytes.Index(rest[min(i, len(rest)):], []byte(groupMagic))
		if j < 0 {
			return &tornError{r.at, r.end - r.at}
		}
		if i += j; r.wholeAt(rest, i) {
			return damaged
		}
	}
}

// wholeAt tells whether what stands there has the form of a group that comes later. Its seal does not count, as it covers
// what may be damaged before it.
func (r *segmentReader) wholeAt(b []byte, i int) bool {
	if len(b) < i+groupHead {
		return false
	}
	n := int(binary.BigEndian.Uint32(b[i+4:]))
	if n > len(b)-i-groupHead-sealBytes || int64(binary.BigEndian.Uint64(b[i+8:])) <= r.next {
		return false
	}
	entries, ok := splitEntries(nil, b[i+groupHead:i+groupHead+n])
	return ok && len(entries) == int(binary.BigEndian.Uint32(b[i+16:]))
}
