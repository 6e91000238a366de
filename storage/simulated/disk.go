// Package simulated keeps a store in memory and does to it what a disk, its machine and mistakes in the code around
// them may do: writes that fail, crashes, damage, and planted lies that a simulation must find out.
package simulated

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
)

// A Disk keeps a store in memory, and treats it as a disk and its machine may: what was not synced is lost, a write
// fails. Its methods, and those of a store in it, are called by one goroutine at a time.
type Disk struct {
	// Fault is asked before each write, by what it is for: "commit", "shard" or "register". An error fails the write
	// whole, as an honest disk does. May be nil.
	Fault func(of string) error
	// Look is called after each commit, wherever another goroutine could read. May be nil.
	Look func()
	// Lie, the simulation's own test, makes the disk do wrong what the store relies on. It must be found out.
	Lie Lie

	data    map[string][]byte
	before  map[string][]byte // value that a commit has replaced, by key
	harmed  map[string][]byte // what is read in place of a value; nil where the key is not found
	order   []string          // keys, sorted
	commits uint64
	shards  map[[2]int]*diskShard
	saved   map[string][]byte // by openDerived's name
	open    *diskKeys
}

// A Lie is a fault that is planted.
type Lie int

// The lies. Each stands for a mistake that the code around it could make.
const (
	Honest       Lie = iota
	DropJournal      // a commit leaves its journal entry out: the shards are never told after a crash
	HalfCommit       // a commit that fails leaves the first half of its keys
	KeepDeleted      // a deleted key stays
	EarlyDurable     // a shard says that a batch is durable before it is
	OpenSteps        // snapshots begin between the steps of a commit
	LoseRedo         // a redo list is not there after a crash
	HalfStep         // a step takes its entry off the redo list and leaves half of its changes out
)

// Crash takes away what was not durable and ends the store that has it open, as a kill does.
func (m *Disk) Crash() {
	for _, sh := range m.shards {
		sh.crash()
	}
	if m.open = nil; m.Lie == LoseRedo {
		maps.DeleteFunc(m.data, func(k string, _ []byte) bool { return k[0] == layout.RedoKind })
		m.order = slices.Sorted(maps.Keys(m.data))
	}
}

// Harm does to something that is kept of a case what a damaged block does: it is not found, or found as it was before. pick
// draws a number below n. It tells what it did, "" where nothing is kept.
func (m *Disk) Harm(fir string, pick func(n int) int) string {
	var held []string
	for _, k := range m.order {
		if kind := k[0]; (kind == layout.CaseKind || kind == layout.FormKind || kind == layout.RecordKind) && layout.CaseOfKey([]byte(k)) == fir {
			held = append(held, k)
		}
	}
	if len(held) == 0 {
		return ""
	}
	k := held[pick(len(held))]
	m.harmed = maps.Clone(m.harmed)
	if m.harmed == nil {
		m.harmed = map[string][]byte{}
	}
	m.harmed[k] = nil
	if was := m.before[k]; was != nil && !bytes.Equal(was, m.data[k]) && pick(2) == 0 {
		m.harmed[k] = was
		return fmt.Sprintf("%q is of an earlier time", k)
	}
	return fmt.Sprintf("%q is hidden", k)
}

// Heal takes back what Harm did.
func (m *Disk) Heal() { m.harmed = nil }

// Lose takes the shards away, or else the derived structure, as from a directory in which they were deleted.
func (m *Disk) Lose(shards bool) {
	if !shards {
		m.saved = nil
		return
	}
	clear(m.shards)
}

// Persist makes everything durable that a shard holds.
func (m *Disk) Persist() {
	for _, k := range slices.SortedFunc(maps.Keys(m.shards), compareShards) {
		m.shards[k].persist()
	}
}

// Flush is Persist.
func (m *Disk) Flush() { m.Persist() }

func compareShards(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

func (m *Disk) fault(of string) error {
	if m.Fault == nil {
		return nil
	}
	return m.Fault(of)
}

// OpenKeys opens the keys, once until a Crash.
func (m *Disk) OpenKeys() (backend.Keys, error) {
	if m.data == nil {
		m.data, m.shards = map[string][]byte{}, map[[2]int]*diskShard{}
	}
	if m.open != nil {
		return nil, backend.ErrInUse
	}
	m.open = &diskKeys{m: m}
	return m.open, nil
}

type diskKeys struct {
	m     *Disk
	held  bool
	doubt error // of release
}

func (k *diskKeys) Begin(write bool) backend.Txn {
	t := &diskTxn{k: k, at: k.m.commits, data: k.m.data, harmed: k.m.harmed, order: k.m.order}
	switch {
	case write:
		t.changes = map[string][]byte{}
	case k.held:
		panic("BUG: a snapshot would wait for ever")
	case k.doubt != nil:
		return backend.Refused{Txn: t, Err: k.doubt}
	}
	return t
}

// Most is little, so that small cases are large.
func (k *diskKeys) Most() backend.Limit { return backend.Limit{Keys: mostKeys / 2, Bytes: 1 << 20} }

// memoryKeysMost is how many keys a transaction holds.
const mostKeys = 16

func (k *diskKeys) Hold() { k.held = k.m.Lie != OpenSteps }

func (k *diskKeys) Release(err error) { k.held, k.doubt = false, err }

func (k *diskKeys) Verify() error { return nil }

func (k *diskKeys) Forget() {}

func (k *diskKeys) Space() error { return nil }

// Close does nothing.
func (k *diskKeys) Close() error {
	k.m.open = nil
	return nil
}

// A memoryTxn reads maps that commits replace and never change.
type diskTxn struct {
	k       *diskKeys
	at      uint64
	data    map[string][]byte
	harmed  map[string][]byte // what is read in place of a value; nil where the key is not found
	order   []string
	changes map[string][]byte // nil deletes
	log     []string          // keys of changes, as they came
}

func (t *diskTxn) Get(key []byte) ([]byte, error) {
	v, ok := t.changes[string(key)]
	if !ok {
		v = t.stored(string(key))
	}
	if v == nil {
		return nil, backend.ErrNotFound
	}
	return bytes.Clone(v), nil
}

// stored is what is read of a key, nil where it is not found.
func (t *diskTxn) stored(key string) []byte {
	if v, harmed := t.harmed[key]; harmed {
		return v
	}
	return t.data[key]
}

func (t *diskTxn) Scan(w backend.Range, fn func(key, value []byte) error) error {
	if w.From == nil {
		w.From = w.Prefix
	}
	i, _ := slices.BinarySearch(t.order, string(w.From))
	if w.At != nil {
		*w.At = t.at
	}
	for ; i < len(t.order) && strings.HasPrefix(t.order[i], string(w.Prefix)); i++ {
		v := t.stored(t.order[i])
		if v == nil {
			continue
		}
		if err := fn([]byte(t.order[i]), bytes.Clone(v)); err != nil {
			return err
		}
	}
	return nil
}

func (t *diskTxn) Version() uint64 { return t.at }

func (t *diskTxn) Set(key, value []byte) error { return t.put(string(key), bytes.Clone(value)) }

func (t *diskTxn) Delete(key []byte) error { return t.put(string(key), nil) }

func (t *diskTxn) put(key string, value []byte) error {
	if _, ok := t.changes[key]; !ok {
		if len(t.log) == mostKeys {
			return backend.ErrBatchTooLarge
		}
		t.log = append(t.log, key)
	}
	t.changes[key] = value
	return nil
}

func (t *diskTxn) Discard() {}

var errCrashed = errors.New("storage: the simulated machine has crashed")

func (t *diskTxn) Commit() error {
	m := t.k.m
	if m.open != t.k {
		return errCrashed
	}
	err := m.fault("commit")
	if err != nil && m.Lie != HalfCommit {
		return err
	}
	if err != nil {
		t.log = t.log[:len(t.log)/2]
	}
	if m.Lie == HalfStep && t.changes[t.log[len(t.log)-1]] == nil && t.log[len(t.log)-1][0] == layout.RedoKind {
		t.log = t.log[len(t.log)/2:]
	}
	m.data, m.before, m.harmed = maps.Clone(m.data), maps.Clone(m.before), maps.Clone(m.harmed)
	for _, k := range t.log {
		v := t.changes[k]
		if m.before == nil {
			m.before = map[string][]byte{}
		}
		m.before[k] = m.data[k]
		delete(m.harmed, k)
		switch {
		case v != nil && k[0] == layout.JournalKind && m.Lie == DropJournal:
		case v != nil:
			m.data[k] = v
		case m.Lie != KeepDeleted:
			delete(m.data, k)
		}
	}
	m.order = slices.Sorted(maps.Keys(m.data))
	m.commits++
	if m.Look != nil && !t.k.held {
		m.Look()
	}
	return err
}

// OpenShard opens a shard, or makes it.
func (m *Disk) OpenShard(generation, i int) (backend.Shard, error) {
	k := [2]int{generation, i}
	if m.shards[k] == nil {
		m.shards[k] = &diskShard{m: m, now: map[string][]string{}, durable: map[string][]string{}}
	}
	return m.shards[k], nil
}

// Generations lists those that have a shard.
func (m *Disk) Generations() ([]int, error) {
	var list []int
	for k := range m.shards {
		if !slices.Contains(list, k[0]) {
			list = append(list, k[0])
		}
	}
	return list, nil
}

// DropGeneration forgets the shards of a generation.
func (m *Disk) DropGeneration(generation int) error {
	maps.DeleteFunc(m.shards, func(k [2]int, _ *diskShard) bool { return k[0] == generation })
	return nil
}

type savedFile struct{ *bytes.Reader }

// Close does nothing.
func (f savedFile) Close() error         { return nil }
func (f savedFile) Size() (int64, error) { return f.Reader.Size(), nil }

// OpenDerived opens what SaveDerived wrote.
func (m *Disk) OpenDerived(name string) (backend.File, error) {
	if m.saved[name] == nil {
		return nil, os.ErrNotExist
	}
	return savedFile{bytes.NewReader(m.saved[name])}, nil
}

// SaveDerived keeps what is written, durable at once.
func (m *Disk) SaveDerived(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := errors.Join(m.fault("register"), write(&b)); err != nil {
		return err
	}
	if m.saved == nil {
		m.saved = map[string][]byte{}
	}
	m.saved[name] = b.Bytes()
	return nil
}

// MapDerived gives what SaveDerived wrote.
func (m *Disk) MapDerived(name string) (backend.Mapping, error) {
	if m.saved[name] == nil {
		return backend.Mapping{}, os.ErrNotExist
	}
	return backend.InMemory(m.saved[name]), nil
}

// DerivedNames lists what SaveDerived wrote.
func (m *Disk) DerivedNames() ([]string, error) { return slices.Sorted(maps.Keys(m.saved)), nil }

// RemoveDerived forgets it.
func (m *Disk) RemoveDerived(name string) error {
	delete(m.saved, name)
	return nil
}

// VerifyShards finds nothing.
func (m *Disk) VerifyShards(int, func(int) error) error { return nil }

// Free is without end.
func (m *Disk) Free() (int64, error) { return math.MaxInt64, nil }

// SetMark keeps nothing: the keys lose no end.
func (m *Disk) SetMark(uint64) {}

// Mark is of no commit.
func (m *Disk) Mark() (uint64, error) { return 0, nil }

// Close does nothing.
func (m *Disk) Close() error { return nil }

// DropDerived forgets what was saved.
func (m *Disk) DropDerived() error {
	m.saved = nil
	return nil
}

// A memoryShard holds what is found, and what of it a crash leaves.
type diskShard struct {
	m            *Disk
	now, durable map[string][]string
	waiting      []func(error)
}

func (sh *diskShard) Write(docs []backend.Document, persisted func(error)) error {
	if err := sh.m.fault("shard"); err != nil && len(docs) > 0 {
		return err
	}
	for _, d := range docs {
		if delete(sh.now, d.ID); len(d.Terms) > 0 {
			sh.now[d.ID] = slices.Clone(d.Terms)
		}
	}
	if sh.m.Lie == EarlyDurable {
		persisted(nil)
		return nil
	}
	sh.waiting = append(sh.waiting, persisted)
	return nil
}

// persist makes everything durable.
func (sh *diskShard) persist() {
	waiting := sh.waiting
	if sh.waiting = nil; len(waiting) > 0 {
		sh.durable = maps.Clone(sh.now)
	}
	for _, persisted := range waiting {
		persisted(nil)
	}
}

func (sh *diskShard) crash() { sh.now, sh.waiting = maps.Clone(sh.durable), nil }

func (sh *diskShard) Candidates(q backend.Selection, cs *[]backend.Candidate) (complete bool, err error) {
	for id, terms := range sh.now {
		c := backend.Candidate{ID: id}
		any := len(q.Any) == 0
		for _, t := range q.Any {
			if slices.Contains(terms, t) {
				any = true
				c.Terms++
			}
		}
		lacks := func(group []string) bool {
			return !slices.ContainsFunc(group, func(t string) bool { return slices.Contains(terms, t) })
		}
		if any && !slices.ContainsFunc(q.All, lacks) {
			*cs = append(*cs, c)
		}
	}
	return true, nil
}

func (sh *diskShard) Count() (int, error) { return len(sh.now), nil }

func (sh *diskShard) Snapshot() (func() (backend.Digest, error), error) {
	var d backend.Digest
	for id, terms := range sh.now {
		d.Add(backend.DocSum(id, terms))
	}
	return func() (backend.Digest, error) { return d, nil }, nil
}

// Close does nothing.
func (sh *diskShard) Close() error { return nil }
