package storage

import (
	"testing"

	index "github.com/blevesearch/bleve_index_api"
	"github.com/dgraph-io/badger/v4"
)

// Owe makes the closed store in o.Dir believe that its shards have only what was committed up to paid.
func Owe(t *testing.T, o Options, paid uint64) {
	t.Helper()
	o.setDefaults()
	s := &Store{o: o, log: o.Logger}
	if err := s.openBadger(); err != nil {
		t.Fatal(err)
	}
	defer s.db.Close()
	if err := s.readState(); err != nil {
		t.Fatal(err)
	}
	s.state.Paid = paid
	if err := s.writeState(); err != nil {
		t.Fatal(err)
	}
}

// SetRaw writes a value without its checksum, or deletes the key if there is none.
func SetRaw(t *testing.T, s *Store, key, value []byte) {
	t.Helper()
	err := s.db.Update(func(tx *badger.Txn) error {
		if value == nil {
			return tx.Delete(key)
		}
		return tx.Set(key, value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// DropDocument takes a document out of its shard.
func DropDocument(t *testing.T, s *Store, id string) {
	t.Helper()
	b := index.NewBatch()
	b.Delete(id)
	if err := s.shards[shardOf(id, len(s.shards))].ix.Batch(b); err != nil {
		t.Fatal(err)
	}
}

// SetFormat changes the format that the directory claims.
func SetFormat(t *testing.T, s *Store, format int) {
	t.Helper()
	s.writer.Lock()
	defer s.writer.Unlock()
	s.state.Format = format
	if err := s.writeState(); err != nil {
		t.Fatal(err)
	}
}
