package register

import (
	"encoding/binary"
	"unicode/utf8"
)

// texts holds what records write and nobody searches, a run of bytes for each: what is shown of a hit is read here and
// not from the store, which took two fifths of a search for a person. Runs lie in blocks without pointers, which the
// garbage collector does not look into; a block that is mostly dropped runs is emptied into the last one.
//
// A place is the number of the block and the run's beginning in words of four bytes, plus one; 0 is none.
//
//	run   owner(4) length(4) bytes, padded to four
type texts struct {
	at     func(owner uint32) *uint32 // where the owner keeps its place
	blocks [][]byte
	dead   []int    // dropped bytes, by block
	free   []uint32 // blocks with nothing in them
	last   uint32   // the block that is written to
}

const (
	textBlock = 1 << 20 // bytes; a longer run has a block of its own
	textHead  = 8
	blockBits = 18 // of a place: a block has so many words
)

func newTexts(at func(owner uint32) *uint32) texts { return texts{at: at} }

// set replaces an owner's run by body; nil is none.
func (t *texts) set(owner uint32, body []byte) {
	p := t.at(owner)
	if *p > 0 {
		if body != nil && string(t.get(*p)) == string(body) {
			return
		}
		dropped := *p
		*p = 0
		t.drop(dropped)
	}
	if body != nil {
		*p = t.put(owner, body)
	}
}

// get reads a run; it is good until the next set.
func (t *texts) get(place uint32) []byte {
	_, body := t.run(t.block(place))
	return body
}

// block gives what a block has from a place on.
func (t *texts) block(place uint32) []byte {
	place--
	return t.blocks[place>>blockBits][place&(1<<blockBits-1)*4:]
}

// run reads the run that b begins with.
func (t *texts) run(b []byte) (owner uint32, body []byte) {
	n := binary.LittleEndian.Uint32(b[4:])
	return binary.LittleEndian.Uint32(b), b[textHead : textHead+n : textHead+n]
}

// runSize is how much of a block a run of n bytes takes.
func runSize(n int) int { return (textHead + n + 3) &^ 3 }

func (t *texts) put(owner uint32, body []byte) (place uint32) {
	size := runSize(len(body))
	if len(t.blocks) == 0 || len(t.blocks[t.last]) > 0 && len(t.blocks[t.last])+size > textBlock {
		t.last = t.fresh(size)
	}
	b := t.blocks[t.last]
	place = t.last<<blockBits | uint32(len(b)/4) + 1
	b = binary.LittleEndian.AppendUint32(b, owner)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	t.blocks[t.last] = b
	return place
}

// fresh gives an empty block with room for size.
func (t *texts) fresh(size int) uint32 {
	at := uint32(len(t.blocks))
	if n := len(t.free); n > 0 {
		at, t.free = t.free[n-1], t.free[:n-1]
	} else {
		t.blocks, t.dead = append(t.blocks, nil), append(t.dead, 0)
	}
	if at > 0 { // the first grows: most registers of tests are small
		t.blocks[at] = make([]byte, 0, max(textBlock, size))
	}
	return at
}

// drop gives a run up, which nobody points to any more.
func (t *texts) drop(place uint32) {
	at := (place - 1) >> blockBits
	t.dead[at] += runSize(len(t.get(place)))
	if at == t.last || 2*t.dead[at] < len(t.blocks[at]) {
		return
	}
	b := t.blocks[at]
	t.blocks[at], t.dead[at] = nil, 0
	for from := 0; from < len(b); {
		owner, body := t.run(b[from:])
		if p := t.at(owner); *p == at<<blockBits|uint32(from/4)+1 {
			*p = t.put(owner, body)
		}
		from += runSize(len(body))
	}
	t.free = append(t.free, at)
}

// The first byte of a packed text that is not ASCII and Devanagari only; its UTF-8 follows.
const notPacked = 1

// devanagari is where the script's block of 128 begins: a letter of it is packed as a byte from 128 on.
const devanagari = 0x900

// appendText appends a text packed, a byte for a letter of either script, after its length as a uvarint.
func appendText(dst []byte, s string) []byte {
	n := 0
	for _, c := range s {
		if c >= utf8.RuneSelf && c>>7 != devanagari>>7 || c == notPacked {
			dst = binary.AppendUvarint(dst, uint64(len(s)+1))
			return append(append(dst, notPacked), s...)
		}
		n++
	}
	dst = binary.AppendUvarint(dst, uint64(n))
	for _, c := range s {
		if c >= devanagari {
			c = c - devanagari + 128
		}
		dst = append(dst, byte(c))
	}
	return dst
}

// A textReader reads what appendText wrote, text by text.
type textReader struct{ b []byte }

// next is the next text as it lies there.
func (r *textReader) next() Packed {
	n, k := binary.Uvarint(r.b)
	p := r.b[k : k+int(n)]
	r.b = r.b[k+int(n):]
	return p
}

// Packed is a text as appendText packed it.
type Packed []byte

// Pack packs a text.
func Pack(s string) Packed {
	r := textReader{appendText(nil, s)}
	return r.next()
}

// PackList packs a list of texts for AppendParted.
func PackList(list []string) Packed { return Pack(joined(list)) }

// Append writes a packed text out.
func (p Packed) Append(dst []byte) []byte {
	if len(p) > 0 && p[0] == notPacked {
		return append(dst, p[1:]...)
	}
	for _, c := range p {
		if c < utf8.RuneSelf {
			dst = append(dst, c)
		} else {
			dst = utf8.AppendRune(dst, rune(c)-128+devanagari)
		}
	}
	return dst
}
