package storage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
)

// A Memory keeps a store in memory, and treats it as a disk and its machine may: what was not synced is lost, a write
// fails. It is for simulations. Its
// methods, and those of a store in it, are called by one goroutine at a time.
type Memory struct {
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
	shards  map[[2]int]*memoryShard
	saved   map[string][]byte // by openDerived's name
	open    *memoryKeys
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
func (m *Memory) Crash() {
	for _, sh := range m.shards {
		sh.crash()
	}
	if m.open = nil; m.Lie == LoseRedo {
		maps.DeleteFunc(m.data, func(k string, _ []byte) bool { return k[0] == redoKind })
		m.order = slices.Sorted(maps.Keys(m.data))
	}
}

// Harm does to something that is kept of a case what a damaged block does: it is not found, or found as it was before. pick
// draws a number below n. It tells what it did, "" where nothing is kept.
func (m *Memory) Harm(fir string, pick func(n int) int) string {
	var held []string
	for _, k := range m.order {
		if kind := k[0]; (kind == caseKind || kind == formKind || kind == recordKind) && caseOfKey([]byte(k)) == fir {
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
func (m *Memory) Heal() { m.harmed = nil }

// Lose takes the shards away, or else the derived structure, as from a directory in which they were deleted.
func (m *Memory) Lose(shards bool) {
	if !shards {
		m.saved = nil
		return
	}
	clear(m.shards)
}

// Persist makes everything durable that a shard holds.
func (m *Memory) Persist() {
	for _, k := range slices.SortedFunc(maps.Keys(m.shards), compareShards) {
		m.shards[k].persist()
	}
}

func (m *Memory) hurry() { m.Persist() }

func compareShards(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

func (m *Memory) fault(of string) error {
	if m.Fault == nil {
		return nil
	}
	return m.Fault(of)
}

func (m *Memory) openKeys() (keys, error) {
	if m.data == nil {
		m.data, m.shards = map[string][]byte{}, map[[2]int]*memoryShard{}
	}
	if m.open != nil {
		return nil, ErrInUse
	}
	m.open = &memoryKeys{m: m}
	return m.open, nil
}

type memoryKeys struct {
	m     *Memory
	held  bool
	doubt error // of release
}

func (k *memoryKeys) begin(write bool) txn {
	t := &memoryTxn{k: k, at: k.m.commits, data: k.m.data, harmed: k.m.harmed, order: k.m.order}
	switch {
	case write:
		t.changes = map[string][]byte{}
	case k.held:
		panic("BUG: a snapshot would wait for ever")
	case k.doubt != nil:
		return refused{t, k.doubt}
	}
	return t
}

// most is little, so that small cases are large.
func (k *memoryKeys) most() limit { return limit{memoryKeysMost / 2, 1 << 20} }

// memoryKeysMost is how many keys a transaction holds.
const memoryKeysMost = 16

func (k *memoryKeys) hold() { k.held = k.m.Lie != OpenSteps }

func (k *memoryKeys) release(err error) { k.held, k.doubt = false, err }

func (k *memoryKeys) verify() error { return nil }

func (k *memoryKeys) room() error { return nil }

func (k *memoryKeys) close() error {
	k.m.open = nil
	return nil
}

// A memoryTxn reads maps that commits replace and never change.
type memoryTxn struct {
	k       *memoryKeys
	at      uint64
	data    map[string][]byte
	before  map[string][]byte // value that a commit has replaced, by key
	harmed  map[string][]byte // what is read in place of a value; nil where the key is not found
	order   []string
	changes map[string][]byte // nil deletes
	log     []string          // keys of changes, as they came
}

func (t *memoryTxn) get(key []byte) ([]byte, error) {
	v, ok := t.changes[string(key)]
	if !ok {
		v = t.stored(string(key))
	}
	if v == nil {
		return nil, ErrNotFound
	}
	return bytes.Clone(v), nil
}

// stored is what is read of a key, nil where it is not found.
func (t *memoryTxn) stored(key string) []byte {
	if v, harmed := t.harmed[key]; harmed {
		return v
	}
	return t.data[key]
}

func (t *memoryTxn) scan(w what, fn func(key, value []byte) error) error {
	if w.from == nil {
		w.from = w.prefix
	}
	i, _ := slices.BinarySearch(t.order, string(w.from))
	if w.at != nil {
		*w.at = t.at
	}
	for ; i < len(t.order) && strings.HasPrefix(t.order[i], string(w.prefix)); i++ {
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

func (t *memoryTxn) version() uint64 { return t.at }

func (t *memoryTxn) set(key, value []byte) error { return t.put(string(key), bytes.Clone(value)) }

func (t *memoryTxn) delete(key []byte) error { return t.put(string(key), nil) }

func (t *memoryTxn) put(key string, value []byte) error {
	if _, ok := t.changes[key]; !ok {
		if len(t.log) == memoryKeysMost {
			return ErrBatchTooLarge
		}
		t.log = append(t.log, key)
	}
	t.changes[key] = value
	return nil
}

func (t *memoryTxn) discard() {}

var errCrashed = errors.New("storage: the simulated machine has crashed")

func (t *memoryTxn) commit() error {
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
	if m.Lie == HalfStep && t.changes[t.log[len(t.log)-1]] == nil && t.log[len(t.log)-1][0] == redoKind {
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
		case v != nil && k[0] == journalKind && m.Lie == DropJournal:
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

func (m *Memory) openShard(generation, i int) (shard, error) {
	k := [2]int{generation, i}
	if m.shards[k] == nil {
		m.shards[k] = &memoryShard{m: m, now: map[string][]string{}, durable: map[string][]string{}}
	}
	return m.shards[k], nil
}

func (m *Memory) generations() ([]int, error) {
	var list []int
	for k := range m.shards {
		if !slices.Contains(list, k[0]) {
			list = append(list, k[0])
		}
	}
	return list, nil
}

func (m *Memory) dropGeneration(generation int) error {
	maps.DeleteFunc(m.shards, func(k [2]int, _ *memoryShard) bool { return k[0] == generation })
	return nil
}

type memoryFile struct{ *bytes.Reader }

func (f memoryFile) Close() error         { return nil }
func (f memoryFile) size() (int64, error) { return f.Size(), nil }

func (m *Memory) openDerived(name string) (file, error) {
	if m.saved[name] == nil {
		return nil, os.ErrNotExist
	}
	return memoryFile{bytes.NewReader(m.saved[name])}, nil
}

func (m *Memory) saveDerived(name string, write func(io.Writer) error) error {
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

func (m *Memory) verifyShards(int, func(int) error) error { return nil }

func (m *Memory) free() (int64, error) { return math.MaxInt64, nil }

func (m *Memory) mark(uint64) {}

func (m *Memory) marked() (uint64, error) { return 0, nil }

func (m *Memory) close() error { return nil }

func (m *Memory) dropDerived() error {
	m.saved = nil
	return nil
}

// A memoryShard holds what is found, and what of it a crash leaves.
type memoryShard struct {
	m            *Memory
	now, durable map[string][]string
	waiting      []func(error)
}

func (sh *memoryShard) write(docs []document, persisted func(error)) error {
	if err := sh.m.fault("shard"); err != nil && len(docs) > 0 {
		return err
	}
	for _, d := range docs {
		if delete(sh.now, d.id); len(d.terms) > 0 {
			sh.now[d.id] = slices.Clone(d.terms)
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
func (sh *memoryShard) persist() {
	waiting := sh.waiting
	if sh.waiting = nil; len(waiting) > 0 {
		sh.durable = maps.Clone(sh.now)
	}
	for _, persisted := range waiting {
		persisted(nil)
	}
}

func (sh *memoryShard) crash() { sh.now, sh.waiting = maps.Clone(sh.durable), nil }

func (sh *memoryShard) candidates(q Selection, cs *[]Candidate) (complete bool, err error) {
	for id, terms := range sh.now {
		c := Candidate{ID: id}
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

func (sh *memoryShard) count() (int, error) { return len(sh.now), nil }

func (sh *memoryShard) snapshot() (func() (Digest, error), error) {
	var d Digest
	for id, terms := range sh.now {
		d.add(docSum(id, terms))
	}
	return func() (Digest, error) { return d, nil }, nil
}

func (sh *memoryShard) close() error { return nil }

// A Stepper is a scheduler that does nothing by itself, but a step of a task with each Step.
type Stepper struct {
	tasks   []*Task
	stopped bool
}

// Run keeps a task for Step.
func (p *Stepper) Run(t Task) bool {
	if p.stopped {
		return false
	}
	p.tasks = append(p.tasks, &t)
	return true
}

// Together calls functions one after the other.
func (p *Stepper) Together(fns ...func()) {
	for _, fn := range fns {
		fn()
	}
}

// Lock is false where mu is locked: a simulation looks from within a commit, by the one goroutine that there is.
func (p *Stepper) Lock(mu *sync.Mutex) bool { return mu.TryLock() }

// Stop forgets all tasks.
func (p *Stepper) Stop() { p.tasks, p.stopped = nil, true }

// Step takes a step of the task of a name, and tells whether there is one.
func (p *Stepper) Step(name string) (did bool) {
	i := slices.IndexFunc(p.tasks, func(t *Task) bool { return t.Name == name })
	if i < 0 {
		return false
	}
	t := p.tasks[i]
	if t.Step(context.Background()) == Done {
		p.tasks = slices.DeleteFunc(p.tasks, func(o *Task) bool { return o == t })
	}
	return true
}
