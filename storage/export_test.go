package storage

import (
	"context"
	"errors"
	"testing"

	"anvesh/storage/backend"
	"anvesh/storage/embedded"
	"anvesh/storage/layout"
)

// Owe makes the closed store in o.Dir believe that its shards have only what was committed up to paid.
func Owe(t *testing.T, o Options, paid uint64) {
	t.Helper()
	s := newStore(o)
	var err error
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		t.Fatal(err)
	}
	defer s.keys.Close()
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
	err := s.change(func(tx backend.Txn) error {
		if value == nil {
			return tx.Delete(key)
		}
		return tx.Set(key, value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Raw returns a value with its checksum.
func Raw(t *testing.T, s *Store, key []byte) (value []byte) {
	t.Helper()
	if err := s.read(func(tx backend.Txn) (err error) { value, err = tx.Get(key); return err }); err != nil {
		t.Fatal(err)
	}
	return value
}

// DropDocument takes a document out of its shard.
func DropDocument(t *testing.T, s *Store, id string) {
	t.Helper()
	g := s.shards.Load()
	if err := g.shards[shardOf(id, len(g.shards))].Write([]backend.Document{{ID: id}}, func(error) {}); err != nil {
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

// RebuildSlowly is Rebuild that looks at ctx before its last step too.
func RebuildSlowly(ctx context.Context, s *Store) error {
	b, err := s.beginRebuild()
	if err != nil {
		return err
	}
	_, err = b.chunk()
	s.writer.Lock()
	defer s.writer.Unlock()
	return errors.Join(err, ctx.Err(), s.abandon())
}

// MarkStale makes the closed store in o.Dir one whose shards have terms of this version among others.
func MarkStale(t *testing.T, o Options, version int) {
	t.Helper()
	s := newStore(o)
	var err error
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		t.Fatal(err)
	}
	defer s.keys.Close()
	if err := s.readState(); err != nil {
		t.Fatal(err)
	}
	s.o.TermsVersion = version
	if err := s.markStale(); err != nil {
		t.Fatal(err)
	}
}

// ScrubPieces verifies the values of a kind and gives the bytes of each piece.
func ScrubPieces(t *testing.T, s *Store, kind byte) (pieces []int) {
	t.Helper()
	if err := s.scrubKind(kind, func(bytes int) error { pieces = append(pieces, bytes); return nil }); err != nil {
		t.Fatal(err)
	}
	return pieces
}

// DigestsOf reads the digests of shards.
func DigestsOf(shards ...backend.Shard) ([]Digest, error) {
	read, err := (&generation{shards: shards}).digests()
	if err != nil {
		return nil, err
	}
	return read()
}

// SetReserve changes how much room is kept in reserve.
func SetReserve(s *Store, bytes int64) {
	s.writer.Lock()
	defer s.writer.Unlock()
	s.o.Reserve = bytes
}

// VerifyShards reads the segments of a directory's first generation.
func VerifyShards(path string, pace func(bytes int) error) error {
	return (&embedded.Dir{Path: path}).VerifyShards(0, pace)
}

// SaveIfIdle does what a tick does, and tells which commit the saved structure covers then.
func SaveIfIdle(s *Store, seen uint64) (last, saved uint64) {
	last = s.cutIfIdle(seen)
	s.warnUnsaved(s.saveCut(context.Background()))
	s.writer.Lock()
	defer s.writer.Unlock()
	return last, s.registered.Load()
}

// Saved tells which commit the saved structure covers.
func Saved(s *Store) uint64 { return s.registered.Load() }

// RedoEntries counts what stands in the redo list.
func RedoEntries(t *testing.T, s *Store) int {
	t.Helper()
	keys, err := s.redoKeys([]byte{layout.RedoKind})
	if err != nil {
		t.Fatal(err)
	}
	return len(keys)
}

// Unwitnessed makes the closed store in o.Dir one of a program that had no witness.
func Unwitnessed(t *testing.T, o Options) {
	t.Helper()
	s := newStore(o)
	var err error
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		t.Fatal(err)
	}
	defer s.keys.Close()
	if err := s.readState(); err != nil {
		t.Fatal(err)
	}
	s.state.Witness, s.state.JournalFrom, s.state.Format = nil, 0, 2
	if err := s.writeState(); err != nil {
		t.Fatal(err)
	}
	SetRaw(t, s, layout.SecondKey, nil)
}

// SetRawClosed is SetRaw of a store that is not open.
func SetRawClosed(t *testing.T, o Options, key, value []byte) {
	t.Helper()
	s := newStore(o)
	var err error
	if s.keys, err = s.backend.OpenKeys(); err != nil {
		t.Fatal(err)
	}
	defer s.keys.Close()
	SetRaw(t, s, key, value)
}
