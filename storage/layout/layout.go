// Package layout is how keys and values of a store are laid out in its backend: the kinds of keys, the checksum that
// each value ends in, and how forms and records are packed. The whole is drawn in the doc of storage and in FORMAT.md.
package layout

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"

	"anvesh/storage/backend"
)

// The kinds of keys, by their first byte.
const (
	CaseKind    = 'c'
	FormKind    = 'f'
	RecordKind  = 'r'
	OffsetKind  = 'o'
	JournalKind = 'j'
	RedoKind    = 'p'
	AsideKind   = 'a'
	WaitKind    = 'w'
	BuriedKind  = 'd'
)

// State is kept twice, at opposite ends of the keys, so that one damaged block does not hide both.
var (
	StateKey  = []byte{'m'}
	SecondKey = []byte{'z'}
)

// CaseKey is the key of a case entry.
func CaseKey(fir string) []byte { return append([]byte{CaseKind}, fir...) }

// FormKey is the key of the value of a form instance.
func FormKey(fir, id string) []byte {
	k := make([]byte, 0, 2+len(fir)+len(id))
	k = append(append(k, FormKind), fir...)
	return append(append(k, 0), id...)
}

// RecordKey is the key of a record.
func RecordKey(id string) []byte { return append([]byte{RecordKind}, id...) }

// OffsetKey is the key of the offset of a partition.
func OffsetKey(topic string, partition int) []byte {
	k := append([]byte{OffsetKind}, topic...)
	return binary.BigEndian.AppendUint32(append(k, 0), uint32(partition))
}

// AsideKey is the key of a case that is set aside.
func AsideKey(fir string) []byte { return append([]byte{AsideKind}, fir...) }

// WaitKey is that of the nth update of a commit.
func WaitKey(fir string, seq uint64, n int) []byte {
	k := append(append([]byte{WaitKind}, fir...), 0)
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(k, seq), uint32(n))
}

// JournalKey is the key of what a commit changed.
func JournalKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{JournalKind}, seq)
}

// Sum is the checksum of a value under its key.
func Sum(key, value []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	d.Write(key)
	d.Write(value)
	return d.Sum64()
}

// Seal appends the checksum to value; the result must not be changed until the commit.
func Seal(key, value []byte) []byte {
	return binary.LittleEndian.AppendUint64(value, Sum(key, value))
}

// Unseal returns the value without its checksum, or ErrCorrupt.
func Unseal(key, sealed []byte) ([]byte, error) {
	n := len(sealed) - 8
	if n < 0 || binary.LittleEndian.Uint64(sealed[n:]) != Sum(key, sealed[:n]) {
		return nil, fmt.Errorf("storage: key of kind %q: %w", key[0], backend.ErrCorrupt)
	}
	return sealed[:n], nil
}

// CaseOfKey is the number in the key of a form or record.
func CaseOfKey(k []byte) string {
	end := bytes.IndexAny(k, "\x00/")
	if end < 0 {
		end = len(k)
	}
	return string(k[1:end])
}
