package snapshot

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unsafe"
)

// A Part is written or read: each call writes what it is given, or sets it to what was written. After the first error all
// that is read is zero. No number lies in two blocks.
type Part struct {
	f    *File
	data []byte // the block that is filled; or the one that is read
	at   int    // so much of it is filled or read
	last bool   // no block follows
	text []byte // room for a string
	err  error
}

// Reading tells that values are set.
func (p *Part) Reading() bool { return p.f.w == nil }

// Err is the first error.
func (p *Part) Err() error { return p.err }

// Refuse says that what was read cannot be.
func (p *Part) Refuse(why string) {
	if p.err == nil {
		p.err = fmt.Errorf("%w: %s", ErrDamaged, why)
	}
	p.data, p.at, p.last = nil, 0, true
}

// Fail ends the reading with an error of the reader's own.
func (p *Part) Fail(err error) {
	p.Refuse("")
	p.err = err
}

// end refuses what was not read.
func (p *Part) end() {
	if p.err == nil && (p.at < len(p.data) || !p.last && len(p.f.read(nil)) > 0) {
		p.Refuse("more in a part than is read")
	}
}

// rest gives a block from where it is filled or read, n bytes at least.
func (p *Part) rest(n int) []byte {
	if len(p.data)-p.at < n {
		p.turn(n)
	}
	return p.data[p.at:]
}

// turn writes the block, or reads the next one.
func (p *Part) turn(n int) {
	switch {
	case !p.Reading():
		p.f.write(p.data[:p.at])
	case p.last || p.at < len(p.data):
		p.data = nil
	default:
		p.data = p.f.read(p.data)
		p.last, p.err = len(p.data) == 0, p.f.err
	}
	if p.at = 0; len(p.data) < n {
		p.Refuse("less in a part than is read")
		p.data = newBlock()
	}
}

type number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Fixed goes through numbers, each in as many bytes as it has.
func Fixed[T number](p *Part, list ...*T) {
	for _, v := range list {
		n := int(unsafe.Sizeof(*v))
		if b := p.rest(n)[:spare]; p.Reading() {
			*v = T(binary.LittleEndian.Uint64(b))
		} else {
			binary.LittleEndian.PutUint64(b, uint64(*v))
		}
		p.at += n
	}
}

// Count goes through a number that is not negative and mostly small, such as a length.
func (p *Part) Count(n *int) {
	if !p.Reading() {
		rest := p.rest(binary.MaxVarintLen64)
		p.at += binary.PutUvarint(rest, uint64(*n))
		return
	}
	const most = 1 << 30
	v, size := binary.Uvarint(p.rest(1))
	if size <= 0 || v > most {
		p.Refuse("a number is too large")
		v, size = 0, 0
	}
	*n, p.at = int(v), p.at+size
}

// Length goes through the length of a list, which has room for its values when it is read.
func Length[T any](p *Part, list *[]T) {
	n := len(*list)
	if p.Count(&n); p.Reading() {
		*list = slices.Grow((*list)[:0], n)[:n]
	}
}

// Slice goes through a list of numbers.
func Slice[T number](p *Part, list *[]T) {
	Length(p, list)
	for i := range *list {
		Fixed(p, &(*list)[i])
	}
}

// Bytes goes through a run of bytes.
func (p *Part) Bytes(b *[]byte) {
	Length(p, b)
	for left := *b; len(left) > 0; {
		n := 0
		if rest := p.rest(1); p.Reading() {
			n = copy(left, rest)
		} else {
			n = copy(rest, left)
		}
		p.at, left = p.at+n, left[n:]
	}
}

// String goes through a string.
func (p *Part) String(s *string) {
	p.text = append(p.text[:0], *s...)
	if p.Bytes(&p.text); p.Reading() {
		*s = string(p.text)
	}
}
