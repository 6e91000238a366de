package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/twmb/franz-go/pkg/kmsg"

	"anvesh/storage/durable"
)

// The embedded broker cuts its log where it finds damage and goes on from there, for it cannot tell damage from the torn
// end that a kill leaves. So what was acknowledged is noted, durably, before the acknowledgement leaves: a log that ends
// before it is damaged (segments.go). The file "acknowledged" in the log's directory holds slots of slotSize bytes, the
// free ones zero:
//
//	 0  partition       4
//	 4  kind            4  what value is, see below
//	 8  topic           8  xxhash64 of its name
//	16  value           8
//	24  time            8  unix nanoseconds
//	32  xxhash64 of all 8  before it
//
// Numbers are little-endian. Of a partition the greatest value counts. A slot that is damaged is none.
const (
	slotSize = 40
	slots    = 8192 // so that a write changes no length, whose sync would cost the log of the file system too
	noteFile = "acknowledged"
)

// The kinds of notes.
const (
	noteBatch  = iota + 1 // a batch that begins at value was acknowledged
	noteEnd               // the log reached up to value
	noteEmpty             // the log reached up to value, and all of it is deleted by age or on demand
	noteForget            // the topic is deleted
	noteHole              // that the log lacks what stood before value, where a batch begins, was accepted
)

// What is noted of a partition.
type noted struct {
	need  int64     // the least offset that its log must end at
	at    time.Time // when that was noted
	empty bool      // it may have no segment
	holes []int64   // offsets before which something may be missing
}

type partitionKey struct {
	topic     uint64
	partition int32
}

func keyOf(topic string, partition int32) partitionKey {
	return partitionKey{xxhash.Sum64String(topic), partition}
}

// acknowledged keeps the notes of one log. Its methods may be called by many goroutines.
type acknowledged struct {
	dir string

	mu      sync.Mutex
	file    *os.File
	used    int // slots
	held    map[partitionKey]noted
	written uint64 // notes, ever
	names   map[[16]byte]string

	syncing sync.Mutex
	synced  uint64 // of written
}

// openNotes reads the notes of a log, and makes the file where it is absent.
func openNotes(dir string) (*acknowledged, error) {
	a := &acknowledged{dir: dir, held: map[partitionKey]noted{}, names: map[[16]byte]string{}}
	b, err := os.ReadFile(filepath.Join(dir, noteFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for ; len(b) >= slotSize; b = b[slotSize:] {
		s := b[:slotSize]
		if xxhash.Sum64(s[:32]) == binary.LittleEndian.Uint64(s[32:]) {
			a.take(partitionKey{binary.LittleEndian.Uint64(s[8:]), int32(binary.LittleEndian.Uint32(s))}, binary.LittleEndian.Uint32(s[4:]),
				int64(binary.LittleEndian.Uint64(s[16:])), time.Unix(0, int64(binary.LittleEndian.Uint64(s[24:]))))
		}
	}
	return a, nil
}

// take counts one note.
func (a *acknowledged) take(k partitionKey, kind uint32, value int64, at time.Time) {
	n := a.held[k]
	switch kind {
	case noteForget:
		for held := range a.held {
			if held.topic == k.topic {
				delete(a.held, held)
			}
		}
		return
	case noteHole:
		if !slices.Contains(n.holes, value) {
			n.holes = append(n.holes, value)
		}
		a.held[k] = n
		return
	case noteBatch:
		value++
	}
	if value > n.need {
		n.need, n.at, n.empty = value, at, false
	}
	n.empty = n.empty || kind == noteEmpty && value == n.need
	a.held[k] = n
}

// need is what the log of a partition must reach, zero if nothing is known of it.
func (a *acknowledged) need(topic string, partition int32) noted {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held[keyOf(topic, partition)]
}

// rewrite makes the file anew from what is held, and durable. The lock is held.
func (a *acknowledged) rewrite() error {
	b := make([]byte, 0, slots*slotSize)
	for k, n := range a.held {
		kind := uint32(noteEnd)
		if n.empty {
			kind = noteEmpty
		}
		b = appendSlot(b, k, kind, n.need, n.at)
		for _, hole := range n.holes {
			b = appendSlot(b, k, noteHole, hole, n.at)
		}
	}
	used := len(b) / slotSize
	b = append(b, make([]byte, max(slots*slotSize-len(b), 0))...)
	path := filepath.Join(a.dir, noteFile)
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	if err = errors.Join(err, file.Sync()); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = durable.SyncDir(a.dir)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	if a.file != nil {
		a.file.Close()
	}
	a.file, a.used = file, used
	return nil
}

func appendSlot(b []byte, k partitionKey, kind uint32, value int64, at time.Time) []byte {
	le, from := binary.LittleEndian, len(b)
	b = le.AppendUint32(b, uint32(k.partition))
	b = le.AppendUint32(b, kind)
	b = le.AppendUint64(b, k.topic)
	b = le.AppendUint64(b, uint64(value))
	b = le.AppendUint64(b, uint64(at.UnixNano()))
	return le.AppendUint64(b, xxhash.Sum64(b[from:]))
}

// A note is a partition with a value.
type note struct {
	partitionKey
	kind  uint32
	value int64
}

// write makes notes durable. Many that are written at once are synced as one.
func (a *acknowledged) write(notes ...note) error {
	if len(notes) == 0 {
		return nil
	}
	mine, err := a.put(notes)
	if err != nil {
		return err
	}
	a.syncing.Lock()
	defer a.syncing.Unlock()
	if a.synced >= mine {
		return nil
	}
	a.mu.Lock()
	file, upto := a.file, a.written
	a.mu.Unlock()
	if err := file.Sync(); err != nil && !errors.Is(err, os.ErrClosed) { // closed: rewritten meanwhile, and synced
		return fmt.Errorf("kafka: embedded broker: note what is acknowledged: %w", err)
	}
	a.synced = upto
	return nil
}

// put writes notes, and returns the number of the last.
func (a *acknowledged) put(notes []note) (uint64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, b := time.Now(), make([]byte, 0, len(notes)*slotSize)
	for _, n := range notes {
		b = appendSlot(b, n.partitionKey, n.kind, n.value, now)
		a.take(n.partitionKey, n.kind, n.value, now)
	}
	a.written += uint64(len(notes))
	var err error
	if a.file == nil || a.used+len(notes) > slots {
		err = a.rewrite()
	} else if _, err = a.file.WriteAt(b, int64(a.used)*slotSize); err == nil {
		a.used += len(notes)
	}
	if err != nil {
		err = fmt.Errorf("kafka: embedded broker: note what is acknowledged: %w", err)
	}
	return a.written, err
}

func (a *acknowledged) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file == nil {
		return nil
	}
	return errors.Join(a.file.Sync(), a.file.Close())
}

// produced notes what an answer to a produce request acknowledges, before it leaves. answer begins behind the correlation id.
func (a *acknowledged) produced(answer []byte, version int16) error {
	r := kmsg.NewPtrProduceResponse()
	r.Version = version
	if r.IsFlexible() && len(answer) > 0 {
		answer = answer[1:] // the tags of its head, of which there are none
	}
	if err := r.ReadFrom(answer); err != nil {
		return fmt.Errorf("kafka: embedded broker: its own answer cannot be read: %w", err)
	}
	var notes []note
	for _, t := range r.Topics {
		name := t.Topic
		if name == "" {
			name = a.nameOf(t.TopicID)
		}
		for _, p := range t.Partitions {
			switch {
			case p.ErrorCode != 0 || p.BaseOffset < 0:
			case name == "":
				return fmt.Errorf("kafka: embedded broker: topics.json does not name the topic of id %x", t.TopicID)
			default:
				notes = append(notes, note{keyOf(name, p.Partition), noteBatch, p.BaseOffset})
			}
		}
	}
	return a.write(notes...)
}

// nameOf is the name of a topic by its id, which the broker writes down before anything can be appended to it.
func (a *acknowledged) nameOf(id [16]byte) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if name, ok := a.names[id]; ok {
		return name
	}
	topics, _ := readTopics(a.dir) // a name that is not found is an error of the caller's
	for _, t := range topics {
		if len(t.ID) == len(id) {
			a.names[[16]byte(t.ID)] = t.Name
		}
	}
	return a.names[id]
}

// deleting forgets topics before they are deleted, so that a new one of the same name begins at nothing.
func (a *acknowledged) deleting(r *kmsg.DeleteTopicsRequest) error {
	var notes []note
	forget := func(name string) { notes = append(notes, note{keyOf(name, 0), noteForget, 0}) }
	for _, name := range r.TopicNames {
		forget(name)
	}
	for _, t := range r.Topics {
		if t.Topic != nil {
			forget(*t.Topic)
		} else {
			forget(a.nameOf(t.TopicID))
		}
	}
	return a.write(notes...)
}
