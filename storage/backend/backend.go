// Package backend is what a store stands on, whatever that is: sorted keys with atomic and durable transactions, shards
// that find documents by exact terms, and a few files that can be made again. storage/embedded keeps them in a
// directory with Badger and Bleve, storage/simulated in memory with the faults that a disk and its machine have. It
// knows no cases and no records.
package backend

import (
	"errors"
	"io"
)

// A Backend is where a store is kept.
type Backend interface {
	OpenKeys() (Keys, error)
	// OpenShard opens one shard of a generation, or makes it.
	OpenShard(generation, i int) (Shard, error)
	// Generations lists those of which anything is there.
	Generations() ([]int, error)
	DropGeneration(generation int) error
	// OpenDerived opens what saveDerived wrote last under a name; the error is os.ErrNotExist where there is nothing.
	OpenDerived(name string) (File, error)
	// VerifyShards reads the files of a generation against their own checksums, and gives pace their bytes.
	VerifyShards(generation int, pace func(bytes int) error) error
	SaveDerived(name string, write func(io.Writer) error) error
	// MapDerived maps such a file; the error is os.ErrNotExist where there is none.
	MapDerived(name string) (Mapping, error)
	DerivedNames() ([]string, error)
	RemoveDerived(name string) error
	DropDerived() error
	// SetMark notes, outside of the keys, that a commit is durable. It need not be synced: it survives the process, and after
	// the machine it may be behind.
	SetMark(seq uint64)
	// Mark returns the last mark, 0 where there is none, or ErrCorrupt.
	Mark() (seq uint64, err error)
	// Free is how many bytes can still be written.
	Free() (int64, error)
	Close() error
	// Flush asks for what waits to be made durable; a disk does so by itself.
	Flush()
}

// A File is a saved derived structure.
type File interface {
	io.Reader
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// A Mapping is a file in memory.
type Mapping struct {
	Data []byte // to be read until Unmap
	// Forget takes what was read off the memory that the program has. Data stays as it is: what is read again is in the disk's
	// cache as long as nothing else needs the room.
	Forget func()
	Unmap  func() error
}

// InMemory is the mapping of a file that no disk has.
func InMemory(data []byte) Mapping {
	return Mapping{data, func() {}, func() error { return nil }}
}

// Files are the files of a derived structure, by the names that storage.Files has for what is done with them.
type Files struct{ Backend }

// Write makes a file, whole and durable, or changes nothing.
func (f Files) Write(name string, write func(io.Writer) error) error {
	return f.SaveDerived(name, write)
}

// Read opens a file and has it read.
func (f Files) Read(name string, read func(io.ReaderAt) error) error {
	file, err := f.OpenDerived(name)
	if err != nil {
		return err
	}
	return errors.Join(read(file), file.Close())
}

// Map maps a file.
func (f Files) Map(name string) (Mapping, error) { return f.MapDerived(name) }

// Names lists them.
func (f Files) Names() ([]string, error) { return f.DerivedNames() }

// Remove deletes one.
func (f Files) Remove(name string) error { return f.RemoveDerived(name) }

// Keys are sorted keys with their values, changed by atomic and durable transactions.
type Keys interface {
	Begin(write bool) Txn
	// Most is what a transaction certainly holds.
	Most() Limit
	// Hold keeps snapshots from beginning until release: who begins one waits. After a release with an error the
	// snapshots are refused with it, until another without. A transaction that is begun to write is not kept.
	Hold()
	Release(err error)
	// Verify reads all that is stored against the store's own checksums; the error is ErrCorrupt where one does not match.
	Verify() error
	// Forget takes what was read and written off the memory that the program has, as Mapping.Forget does.
	Forget()
	// Space is ErrDiskFull where nothing may be written, not even what close writes.
	Space() error
	Close() error
}

// A Txn reads one snapshot; one that was begun to write sees its own changes too, which commit makes durable.
type Txn interface {
	// Get returns a value of the caller's own, or ErrNotFound.
	Get(key []byte) ([]byte, error)
	// Scan calls fn with the keys that w asks for, in order; neither key nor value may be kept.
	Scan(w Range, fn func(key, value []byte) error) error
	// Version numbers the snapshot. A later commit has a greater one.
	Version() uint64
	Set(key, value []byte) error
	Delete(key []byte) error
	Commit() error
	Discard()
}

// A Limit counts keys, and bytes of keys and values. A value may be larger alone.
type Limit struct{ Keys, Bytes int }

// A Refused transaction reads nothing.
type Refused struct {
	Txn
	Err error
}

// Get refuses.
func (r Refused) Get([]byte) ([]byte, error) { return nil, r.Err }

// Scan refuses.
func (r Refused) Scan(Range, func(key, value []byte) error) error { return r.Err }

// what a scan reads.
type Range struct {
	Prefix   []byte
	From     []byte // first key, where it is not the first of the prefix
	KeysOnly bool
	At       *uint64 // where not nil: set to the version that the key was written at, before each call
}

// A Shard finds documents by their exact terms.
type Shard interface {
	// Write sets documents, and returns when they are found. persisted is called once, later, with the error of
	// making them durable.
	Write(docs []Document, persisted func(error)) error
	// Candidates appends the best of q; complete is false when its budget cut the search.
	Candidates(q Selection, cs *[]Candidate) (complete bool, err error)
	// Count is how many documents there are.
	Count() (int, error)
	// Snapshot holds what the shard has; digest reads it and lets go.
	Snapshot() (digest func() (Digest, error), err error)
	Close() error
}

// A Document is what a record is found by. One without terms is not to be found, and deletes that of its id.
type Document struct {
	ID    string
	Terms []string
}

// A Selection asks for the records that have the most of some terms among those that pass the filters.
type Selection struct {
	Any    []string   // a record must have one of these, unless there are none
	All    [][]string // filters: a record must have at least one term of each
	Limit  int        // most candidates returned; over all shards
	Budget int        // most postings read in a shard; beyond it the answer is not complete. 0 is a million
}

// A Candidate is a record that may be what is sought, with how many of Selection.Any it has.
type Candidate struct {
	ID    string
	Terms int
}

// ErrNotFound is returned for what is not there.
var ErrNotFound = errors.New("not found")

// ErrInUse is returned where another process has the store open.
var ErrInUse = errors.New("the store is in use by another process: stop it, or talk to it with --server")

// ErrBatchTooLarge is returned where changes are more than one transaction holds.
var ErrBatchTooLarge = errors.New("the batch is larger than one transaction holds: apply it in parts")

// ErrClosed is returned by a store that is closed.
var ErrClosed = errors.New("the store is closed")

// ErrRestoring is returned for a directory in which a restore was begun and not finished.
var ErrRestoring = errors.New("a restore into this directory was not finished: run anvesh restore again, or delete the directory")

// ErrCorrupt is returned when a stored value does not bear its own checksum.
var ErrCorrupt = errors.New("value does not match its checksum; run anvesh check, then restore from a backup")

// ErrDiskFull is returned by what would write to the store while its disk is all but full.
var ErrDiskFull = errors.New("the disk is full: make room on it and try again")
