package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"anvesh/storage/durable"
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
