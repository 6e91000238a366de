package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
)

// A case may be larger than one transaction of the keys holds: 4.8 MB or 50,000 keys. Such a commit is decided at once and
// carried out in steps, from a redo list:
//
//	write   its changes as entries of kind 'p', each as much as a transaction holds, in transactions of their own
//	decide  one transaction with State, whose Redo tells how many entries there are, the offsets and the journal entry
//	step    for each entry a transaction that makes its changes and takes the entry off the list; the last one clears Redo
//
// Nobody sees it half done: from decide to the last step no read snapshot begins (keys.hold), and searches read nothing
// here. A kill before decide leaves entries that the next Open drops, one after it entries that Open carries out before
// anything is read. A step may be repeated. Where a step fails, reads are refused until it has been done.
//
// An entry:
//
//	key    'p' attempt(4) number(4), big-endian: entries of a commit that failed are never taken for those of another
//	value  Seq of the commit (8, little-endian), then its changes in order: 's', uvarint length, key, uvarint length,
//	       sealed value; or 'd', uvarint length, key

// A write sets a key, or deletes it where value is nil. Values are sealed.
type write struct{ key, value []byte }

func (w write) to(t backend.Txn) error {
	if w.value == nil {
		return t.Delete(w.key)
	}
	return t.Set(w.key, w.value)
}

// writeHead is what a write may take beside its key and value, in an entry and in a transaction.
const writeHead = 32

func (w write) size() int { return len(w.key) + len(w.value) + writeHead }

// A redoList is the part of State that says what is still to be carried out.
type redoList struct {
	Attempt uint32 `json:"attempt"`
	Entries int    `json:"entries"` // the last of them is there as long as the list is in State
}

func (l *redoList) prefix() []byte {
	return binary.BigEndian.AppendUint32([]byte{layout.RedoKind}, l.Attempt)
}

func (l *redoList) key(number int) []byte {
	return binary.BigEndian.AppendUint32(l.prefix(), uint32(number))
}

// redoEntries makes entries of writes, each of what one transaction holds.
func redoEntries(seq uint64, writes []write, most backend.Limit) [][]byte {
	var entries [][]byte
	var b []byte
	n, size := 0, 0
	for _, w := range writes {
		if n == most.Keys || n > 0 && size+w.size() > most.Bytes {
			entries, b, n, size = append(entries, b), nil, 0, 0
		}
		if n == 0 {
			b = binary.LittleEndian.AppendUint64(b, seq)
		}
		n, size = n+1, size+w.size()
		if w.value == nil {
			b = appendString(append(b, 'd'), string(w.key))
			continue
		}
		b = appendString(append(b, 's'), string(w.key))
		b = append(binary.AppendUvarint(b, uint64(len(w.value))), w.value...)
	}
	return append(entries, b)
}

// readRedo takes an entry of commit seq apart.
func readRedo(b []byte, seq uint64) (writes []write, err error) {
	d := decoder{b: b}
	if binary.LittleEndian.Uint64(d.bytes(8)) != seq || d.bad {
		return nil, fmt.Errorf("storage: redo entry of another commit: %w", ErrCorrupt)
	}
	for len(d.b) > 0 {
		kind := d.byte()
		w := write{key: d.bytes(d.count())}
		if kind == 's' && !d.bad {
			w.value = d.bytes(d.count())
		}
		if d.bad || len(w.key) == 0 || kind != 's' && kind != 'd' {
			return nil, fmt.Errorf("storage: redo entry: %w", ErrCorrupt)
		}
		writes = append(writes, w)
	}
	return writes, nil
}

// commitBySteps makes writes durable together with what finish writes, which must put st. An error means that nothing is
// committed. The caller holds the writer's lock.
func (s *Store) commitBySteps(st *State, writes []write, finish func(backend.Txn) error) error {
	s.attempts++
	list := &redoList{Attempt: s.attempts}
	for _, e := range redoEntries(st.Seq, writes, s.keys.Most()) {
		k := list.key(list.Entries)
		if err := s.change(func(t backend.Txn) error { return t.Set(k, layout.Seal(k, e)) }); err != nil {
			return errors.Join(fmt.Errorf("storage: write redo list: %w", err), s.dropRedo(list.prefix()))
		}
		list.Entries++
	}
	st.Redo = list
	s.keys.Hold()
	if err := s.change(finish); err != nil { // it may be durable all the same, so the list stays
		s.keys.Release(nil)
		return fmt.Errorf("storage: commit: %w", err)
	}
	err := s.carryOut(st)
	s.keys.Release(err)
	switch {
	case err == nil:
		if err := s.dropRedo([]byte{layout.RedoKind}); err != nil {
			s.log.Warn("storage: what commits that failed have left is not removed; the next start does it", "error", err)
		}
	default:
		s.log.Error("storage: a commit is durable and not yet carried out; reads are refused until it is", "error", err)
		s.o.Scheduler.Run(Task{Name: TaskRedo, Step: s.carryOutLater})
	}
	return nil
}

// carryOut takes the steps that are left of st.Redo, and clears it. No reader may begin meanwhile.
func (s *Store) carryOut(st *State) error {
	left, err := s.stepsLeft(st.Redo)
	if err != nil {
		return fmt.Errorf("storage: carry out commit %d: %w", st.Seq, err)
	}
	after := *st
	after.Redo = nil
	for i, k := range left {
		err := s.change(func(t backend.Txn) error {
			if err := step(t, k, st.Seq); err != nil || i < len(left)-1 {
				return err
			}
			return putState(t, &after)
		})
		if err != nil {
			return fmt.Errorf("storage: carry out commit %d: %w", st.Seq, err)
		}
	}
	st.Redo = nil
	return nil
}

// step makes the changes of one entry and takes it off the list.
func step(t backend.Txn, key []byte, seq uint64) error {
	b, err := get(t, key)
	if err != nil {
		return err
	}
	writes, err := readRedo(b, seq)
	for _, w := range writes {
		if err == nil {
			err = w.to(t)
		}
	}
	if err != nil {
		return err
	}
	return t.Delete(key)
}

// stepsLeft are the keys of the entries that are still there: those from some number up to the last.
func (s *Store) stepsLeft(l *redoList) ([][]byte, error) {
	left, err := s.redoKeys(l.prefix())
	if err != nil {
		return nil, err
	}
	first := l.Entries - len(left)
	for i, k := range left {
		if !bytes.Equal(k, l.key(first+i)) {
			return nil, fmt.Errorf("storage: the redo list has gaps: %w", ErrCorrupt)
		}
	}
	if len(left) == 0 || first < 0 {
		return nil, fmt.Errorf("storage: the redo list has %d entries of %d: %w", len(left), l.Entries, ErrCorrupt)
	}
	return left, nil
}

// redoKeys lists keys of the redo list. It reads beside a hold.
func (s *Store) redoKeys(prefix []byte) (keys [][]byte, err error) {
	t := s.keys.Begin(true)
	defer t.Discard()
	err = t.Scan(backend.Range{Prefix: prefix, KeysOnly: true}, func(k, _ []byte) error {
		keys = append(keys, bytes.Clone(k))
		return nil
	})
	return keys, err
}

// dropRedo deletes entries that nothing waits for.
func (s *Store) dropRedo(prefix []byte) error {
	left, err := s.redoKeys(prefix)
	b := &bulk{keys: s.keys}
	for _, k := range left {
		if err == nil {
			err = b.do(func(t backend.Txn) error { return t.Delete(k) })
		}
	}
	return errors.Join(err, b.end(err == nil))
}

// redo carries out what a commit has left to do, and drops what commits that never came have left. Open calls it before
// anything else is read.
func (s *Store) redo() error {
	if s.state.Redo != nil {
		s.log.Info("storage: carrying out the last commit", "steps", s.state.Redo.Entries)
		if err := s.carryOut(&s.state); err != nil {
			return err
		}
	}
	return s.dropRedo([]byte{layout.RedoKind})
}

// carryOutNow is for a store that is open. The caller holds the writer's lock.
func (s *Store) carryOutNow() error {
	if s.state.Redo == nil {
		return nil
	}
	s.keys.Hold()
	err := s.carryOut(&s.state)
	s.keys.Release(err)
	s.publishState()
	return err
}

// redoPause lies between two tries to carry out a commit.
const redoPause = time.Second

func (s *Store) carryOutLater(context.Context) time.Duration {
	s.writer.Lock()
	defer s.writer.Unlock()
	if s.closed || s.carryOutNow() == nil {
		return Done
	}
	return redoPause
}
