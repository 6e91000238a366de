package storage

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// ErrCorrupt is returned when a stored value does not bear its own checksum.
var ErrCorrupt = errors.New("value does not match its checksum; run anvesh check, then restore from a backup")

const (
	caseKind    = 'c'
	formKind    = 'f'
	recordKind  = 'r'
	offsetKind  = 'o'
	journalKind = 'j'
	redoKind    = 'p'
	asideKind   = 'a'
	waitKind    = 'w'
)

// State is kept twice, at opposite ends of the keys, so that one damaged block does not hide both.
var (
	stateKey  = []byte{'m'}
	secondKey = []byte{'z'}
)

func caseKey(fir string) []byte { return append([]byte{caseKind}, fir...) }

func formKey(fir, id string) []byte {
	k := make([]byte, 0, 2+len(fir)+len(id))
	k = append(append(k, formKind), fir...)
	return append(append(k, 0), id...)
}

func recordKey(id string) []byte { return append([]byte{recordKind}, id...) }

func offsetKey(topic string, partition int) []byte {
	k := append([]byte{offsetKind}, topic...)
	return binary.BigEndian.AppendUint32(append(k, 0), uint32(partition))
}

func asideKey(fir string) []byte { return append([]byte{asideKind}, fir...) }

// waitKey is that of the nth update of a commit.
func waitKey(fir string, seq uint64, n int) []byte {
	k := append(append([]byte{waitKind}, fir...), 0)
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(k, seq), uint32(n))
}

func journalKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{journalKind}, seq)
}

// sum is the checksum of a value under its key.
func sum(key, value []byte) uint64 {
	var d xxhash.Digest
	d.Reset()
	d.Write(key)
	d.Write(value)
	return d.Sum64()
}

// seal appends the checksum to value; the result must not be changed until the commit.
func seal(key, value []byte) []byte {
	return binary.LittleEndian.AppendUint64(value, sum(key, value))
}

// unseal returns the value without its checksum, or ErrCorrupt.
func unseal(key, sealed []byte) ([]byte, error) {
	n := len(sealed) - 8
	if n < 0 || binary.LittleEndian.Uint64(sealed[n:]) != sum(key, sealed[:n]) {
		return nil, fmt.Errorf("storage: key of kind %q: %w", key[0], ErrCorrupt)
	}
	return sealed[:n], nil
}
