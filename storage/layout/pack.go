package layout

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"

	"anvesh/storage/backend"
)

// Forms and records are stored packed, each by itself against a dictionary of made-up ones: what repeats are the names of
// fields, stations, sections and villages, and a block of a table holds too few values to find that. On a million
// generated forms a form of 822 bytes takes 212 so and 344 in Badger's snappy blocks, a record of 429 takes 128 and not
// 183, for 2 us each; zstd with dictionaries came to 249 and 146 for 13 us. So less is written to Badger's log,
// flushed and compacted as well.
//
// A packed value is the byte packed1 and an s2 block. What stores of earlier versions hold is JSON and begins with a
// brace; it is read as it is. The dictionaries are part of the format and never change: others get another number.
const packed1 = 1

//go:embed dictionary/forms
var formsText []byte

//go:embed dictionary/records
var recordsText []byte

// FormPacker and RecordPacker pack the values of their kind.
var FormPacker, RecordPacker = newPacker(formsText), newPacker(recordsText)

// A packer packs values of one kind.
type packer struct{ dict *s2.Dict }

func newPacker(text []byte) packer { return packer{s2.MakeDict(text, nil)} }

// Pack gives the value as it is stored, with room for its checksum.
func (p packer) Pack(value []byte) []byte {
	scratch := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	*scratch = slices.Grow((*scratch)[:0], s2.MaxEncodedLen(len(value)))
	block := p.dict.Encode(*scratch, value)
	b := make([]byte, 0, 1+len(block)+8)
	return append(append(b, packed1), block...)
}

// scratches are room for blocks, which are some thrice as large before it is known how small they get.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// Unpack gives the value that was packed, or ErrCorrupt.
func (p packer) Unpack(stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != packed1 {
		return stored, nil
	}
	v, err := p.dict.Decode(nil, stored[1:])
	if err != nil {
		return nil, fmt.Errorf("storage: unpack: %w: %w", backend.ErrCorrupt, err)
	}
	return v, nil
}
