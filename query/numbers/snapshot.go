package numbers

import (
	"fmt"
	"io"
	"math"

	"anvesh/query/plate"
	"anvesh/query/snapshot"
)

// A snapshot holds the keys with their bearers in the order of their ordinals, from which an index is built again; the
// structures in memory are not written, so that they may change without a new version. Its one part, "keys", is
//
//	count     uvarint  ordinals given
//	each key  uvarint  bearers; uvarint length; bytes
//	digest    uvarint  Digest of what was written
const (
	snapshotVersion = 2
	plateMagic      = "anvplate"
	numberMagic     = "anvnumbr"
	keysPart        = "keys"
)

// counted is what the two indexes have in common for a snapshot.
type counted interface {
	Len() int
	AppendKey(dst []byte, ord uint32) []byte
	Bearers(ord uint32) int
	Digest() uint64
}

// WriteTo writes a snapshot; the index must not change meanwhile.
func (x *PlateIndex) WriteTo(w io.Writer) (int64, error) { return writeSnapshot(w, plateMagic, x) }

// WriteTo writes a snapshot; the index must not change meanwhile.
func (x *NumberIndex) WriteTo(w io.Writer) (int64, error) { return writeSnapshot(w, numberMagic, x) }

// ReadIndex reads a snapshot to its end. Any damage gives an error that wraps snapshot.ErrDamaged, and no index.
func ReadPlateIndex(r io.Reader) (*PlateIndex, error) {
	x := NewPlateIndex()
	err := readSnapshot(r, plateMagic, x, func(key string, bearers int) error {
		if n := len(x.ords); int(x.Add(key)) != n {
			return twice(n)
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
			return twice(n)
		}
		x.index.count(uint32(x.Len()-1), key, bearers)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return x, nil
}

func twice(ord int) error {
	return fmt.Errorf("numbers: key %d stands twice: %w", ord, snapshot.ErrDamaged)
}

func writeSnapshot(w io.Writer, magic string, x counted) (int64, error) {
	s := snapshot.NewWriter(w, magic, snapshotVersion)
	s.Part(keysPart, func(p *snapshot.Part) {
		p.Uvarint(uint64(x.Len()))
		var key [plate.MaxText]byte
		for ord := range uint32(x.Len()) {
			p.Uvarint(uint64(x.Bearers(ord)))
			p.String(x.AppendKey(key[:0], ord))
		}
		p.Uvarint(x.Digest())
	})
	n, err := s.Close()
	if err != nil {
		err = fmt.Errorf("numbers: %w", err)
	}
	return n, err
}

func readSnapshot(r io.Reader, magic string, x counted, add func(key string, bearers int) error) error {
	const maxKey, maxBearers = 1 << 12, 1 << 40 // more is damage
	s, err := snapshot.NewReader(r, magic, snapshotVersion)
	if err != nil {
		return fmt.Errorf("numbers: %w", err)
	}
	s.Part(keysPart)
	var key []byte
	for range s.Uvarint(math.MaxUint32) {
		bearers := s.Uvarint(maxBearers)
		if key = s.String(key, maxKey); s.Err() != nil {
			break
		}
		if err := add(string(key), int(bearers)); err != nil {
			return err
		}
	}
	digest := s.Uvarint(math.MaxUint64)
	if err := s.Close(); err != nil {
		return fmt.Errorf("numbers: %w", err)
	}
	if digest != x.Digest() {
		return fmt.Errorf("numbers: digest differs: %w", snapshot.ErrDamaged)
	}
	return nil
}
