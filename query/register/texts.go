package register

import (
	"encoding/binary"
	"unicode/utf8"
)

// What records write and nobody searches is packed into a run of bytes for each: what is shown of a hit is read from there
// and not from the store, which took two fifths of a search for a person.

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
