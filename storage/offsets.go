package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"anvesh/storage/durable"
	"anvesh/storage/layout"
)

// Whoever reads a log into a store keeps the log's identity beside it, one file topic-NAME for each topic: a log that was
// made anew has other offsets under the same name. The store does not know what stands in them; a backup takes them along
// with the offsets that they belong to.
const topicPrefix = "topic-"

// topicsOf reads the identities in a directory, by the topics' names; none for a store that is in memory.
func topicsOf(dir string) (map[string]string, error) {
	if dir == "" {
		return nil, nil
	}
	paths, err := topicFiles(dir)
	if err != nil {
		return nil, err
	}
	topics := map[string]string{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		topics[strings.TrimPrefix(filepath.Base(path), topicPrefix)] = string(b)
	}
	return topics, nil
}

func topicFiles(dir string) (paths []string, err error) {
	held, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range held {
		if name := e.Name(); strings.HasPrefix(name, topicPrefix) && !strings.HasSuffix(name, durable.Beside) && e.Type().IsRegular() {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths, nil
}

// putTopics makes the identities in a directory those that a backup had.
func putTopics(dir string, topics map[string]string) error {
	old, err := topicFiles(dir)
	for _, path := range old {
		err = errors.Join(err, os.Remove(path))
	}
	for name, id := range topics {
		if name != filepath.Base(name) {
			return fmt.Errorf("%w: topic %q", ErrBadBackup, name)
		}
		err = errors.Join(err, durable.ReplaceBytes(filepath.Join(dir, topicPrefix+name), []byte(id)))
	}
	return err
}

// A Proof is kept with an offset: the record batch of the log that was read last before it. A log that lost its end and
// grew again past the offset holds another batch there. It proves nothing about batches before it, and it is gone from a
// log that has deleted that batch since.
type Proof struct {
	Epoch     int32  // leader epoch of the batch
	Base, End int64  // first offset of the batch, and the offset after its last
	CRC       uint32 // CRC-32C of the batch, as its header has it
}

// proofSize is the length of an encoded proof.
const proofSize = 4 + 8 + 8 + 4

func (p Proof) append(b []byte) []byte {
	if p == (Proof{}) {
		return b
	}
	b = binary.BigEndian.AppendUint32(b, uint32(p.Epoch))
	b = binary.BigEndian.AppendUint64(b, uint64(p.Base))
	b = binary.BigEndian.AppendUint64(b, uint64(p.End))
	return binary.BigEndian.AppendUint32(b, p.CRC)
}

// decodeProof reads what append wrote.
func decodeProof(b []byte) (p Proof) {
	if len(b) == proofSize {
		p = Proof{int32(binary.BigEndian.Uint32(b)), int64(binary.BigEndian.Uint64(b[4:])),
			int64(binary.BigEndian.Uint64(b[12:])), binary.BigEndian.Uint32(b[20:])}
	}
	return p
}

// Next returns the next offset to apply, as committed; known is false for a partition never applied.
func (s *Store) Next(p Position) (next int64, known bool) {
	s.writer.Lock()
	defer s.writer.Unlock()
	a, ok := s.mutable[p]
	return a.next, ok
}

// Proof returns what was kept with the offset of p, the zero Proof if nothing was.
func (s *Store) Proof(p Position) Proof {
	s.writer.Lock()
	defer s.writer.Unlock()
	return s.mutable[p].proof
}

// readOffsets fills the committed and the visible positions.
func (s *Store) readOffsets() error {
	s.mutable = map[Position]at{}
	s.visible.at = map[Position]at{}
	total := uint64(0)
	err := s.each(layout.OffsetKind, func(k, v []byte) error {
		o, err := decodeOffset(k, v)
		if err != nil {
			return err
		}
		a := at{o.Next, o.Through, o.Proof, o.clock}
		s.mutable[o.Position], s.visible.at[o.Position] = a, a
		total += layout.Sum(k, a.encode())
		return nil
	})
	if err != nil {
		return err
	}
	if was := s.state.Positions; was != nil && *was != total {
		s.faults.add(Finding{What: "an offset is lost or of an earlier time: the log is read again from where it says, and what is held already is not applied twice"})
	}
	s.state.Positions = &total
	return nil
}

// encode is the value of an offset entry: see doc.go.
func (a at) encode() []byte {
	v := binary.BigEndian.AppendUint64(nil, uint64(a.next))
	v = binary.BigEndian.AppendUint64(v, uint64(max(a.through.UnixNano(), 0)))
	if a.clock > 0 {
		v = binary.BigEndian.AppendUint64(v, uint64(a.clock))
	}
	return a.proof.append(v)
}

// decodeOffset reads an offset entry; one without clock and proof is 16 bytes long.
func decodeOffset(k, v []byte) (Offset, error) {
	topic, rest, ok := strings.Cut(string(k[1:]), "\x00")
	clock := 0
	switch len(v) {
	case 16, 16 + proofSize:
	case 24, 24 + proofSize:
		clock = 8
	default:
		ok = false
	}
	if !ok || len(rest) != 4 {
		return Offset{}, fmt.Errorf("storage: offset entry: %w", ErrCorrupt)
	}
	o := Offset{Position: Position{topic, int(binary.BigEndian.Uint32([]byte(rest)))}, Next: int64(binary.BigEndian.Uint64(v)),
		Through: time.Unix(0, int64(binary.BigEndian.Uint64(v[8:]))), Proof: decodeProof(v[16+clock:])}
	if clock > 0 {
		o.clock = int64(binary.BigEndian.Uint64(v[16:]))
	}
	return o, nil
}
