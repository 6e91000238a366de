package storage

import "io"

// A home is where a store is kept: a directory (dir.go), or the memory of a simulation (memory.go).
type home interface {
	openKeys() (keys, error)
	// openShard opens one shard of a generation, or makes it.
	openShard(generation, i int) (shard, error)
	// generations lists those of which anything is there.
	generations() ([]int, error)
	dropGeneration(generation int) error
	// openDerived opens what saveDerived wrote last under a name; the error is os.ErrNotExist where there is nothing.
	openDerived(name string) (file, error)
	// verifyShards reads the files of a generation against their own checksums, and gives pace their bytes.
	verifyShards(generation int, pace func(bytes int) error) error
	saveDerived(name string, write func(io.Writer) error) error
	dropDerived() error
	// mark notes, outside of the keys, that a commit is durable. It need not be synced: it survives the process, and after
	// the machine it may be behind.
	mark(seq uint64)
	// marked returns the last mark, 0 where there is none, or ErrCorrupt.
	marked() (seq uint64, err error)
	// free is how many bytes can still be written.
	free() (int64, error)
	close() error
	// hurry asks for what waits to be made durable; a disk does so by itself.
	hurry()
}

// A file is a saved derived structure.
type file interface {
	io.Reader
	io.ReaderAt
	io.Closer
	size() (int64, error)
}

// keys are sorted keys with their values, changed by atomic and durable transactions.
type keys interface {
	begin(write bool) txn
	// most is what a transaction certainly holds.
	most() limit
	// hold keeps snapshots from beginning until release: who begins one waits. After a release with an error the
	// snapshots are refused with it, until another without. A transaction that is begun to write is not kept.
	hold()
	release(err error)
	// verify reads all that is stored against the store's own checksums; the error is ErrCorrupt where one does not match.
	verify() error
	// room is ErrDiskFull where nothing may be written, not even what close writes.
	room() error
	close() error
}

// A txn reads one snapshot; one that was begun to write sees its own changes too, which commit makes durable.
type txn interface {
	// get returns a value of the caller's own, or ErrNotFound.
	get(key []byte) ([]byte, error)
	// scan calls fn with the keys that w asks for, in order; neither key nor value may be kept.
	scan(w what, fn func(key, value []byte) error) error
	// version numbers the snapshot. A later commit has a greater one.
	version() uint64
	set(key, value []byte) error
	delete(key []byte) error
	commit() error
	discard()
}

// A limit counts keys, and bytes of keys and values. A value may be larger alone.
type limit struct{ keys, bytes int }

// A refused transaction reads nothing.
type refused struct {
	txn
	err error
}

func (r refused) get([]byte) ([]byte, error)                     { return nil, r.err }
func (r refused) scan(what, func(key, value []byte) error) error { return r.err }

// what a scan reads.
type what struct {
	prefix   []byte
	from     []byte // first key, where it is not the first of the prefix
	keysOnly bool
	at       *uint64 // where not nil: set to the version that the key was written at, before each call
}

// A shard finds documents by their exact terms.
type shard interface {
	// write sets documents, and returns when they are found. persisted is called once, later, with the error of
	// making them durable.
	write(docs []document, persisted func(error)) error
	// candidates appends the best of q; complete is false when its budget cut the search.
	candidates(q Selection, cs *[]Candidate) (complete bool, err error)
	// count is how many documents there are.
	count() (int, error)
	// snapshot holds what the shard has; digest reads it and lets go.
	snapshot() (digest func() (Digest, error), err error)
	close() error
}

// A document is what a record is found by. One without terms is not to be found, and deletes that of its id.
type document struct {
	id    string
	terms []string
}

// read gives fn one snapshot of the keys.
func (s *Store) read(fn func(txn) error) error {
	t := s.keys.begin(false)
	defer t.discard()
	return fn(t)
}

// change makes the changes of fn durable, or none of them.
func (s *Store) change(fn func(txn) error) error {
	t := s.keys.begin(true)
	defer t.discard()
	if err := fn(t); err != nil {
		return err
	}
	return t.commit()
}
