package storage_test

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// A proof stays with its offset over a restart, a backup and a restore; an entry from before there were proofs is read;
// and a restore that forgets the offsets forgets the proofs.
func TestProofStaysWithItsOffset(t *testing.T) {
	at, old := storage.Position{Topic: "t", Partition: 1}, storage.Position{Topic: "t", Partition: 2}
	proof := storage.Proof{Epoch: 7, Base: 90, End: 100, CRC: 0xdeadbeef}
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	err := s.Update(context.Background(), func(tx storage.Tx) error {
		for _, p := range []storage.Position{at, old} {
			tx.SetOffset(p, 100, time.Now())
		}
		tx.Prove(at, proof)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = storagetest.Open(t, storage.Options{Dir: dir})
	holds := func(s *storage.Store, p storage.Position, next int64, want storage.Proof) {
		t.Helper()
		if n, _ := s.Next(p); n != next || s.Proof(p) != want {
			t.Errorf("partition %d: offset %d, %+v; want %d, %+v", p.Partition, n, s.Proof(p), next, want)
		}
	}
	holds(s, at, 100, proof)
	holds(s, old, 100, storage.Proof{})
	if n := len(storage.Raw(t, s, binary.BigEndian.AppendUint32([]byte("ot\x00"), 2))); n != 16+8 {
		t.Errorf("an offset without a proof takes %d bytes, want 24 as ever", n)
	}
	backups := storage.Backups{Dir: filepath.Join(t.TempDir(), "backup")}
	p := back(t, s, backups)
	for _, o := range p.Offsets {
		if o.Position == at && o.Proof != proof {
			t.Errorf("the part says %+v", o)
		}
	}
	restored := func(ro storage.RestoreOptions) *storage.Store {
		o := storagetest.Options(t.TempDir())
		if _, err := storage.Restore(o, backups, ro); err != nil {
			t.Fatal(err)
		}
		return storagetest.Open(t, o)
	}
	holds(restored(storage.RestoreOptions{}), at, 100, proof)
	holds(restored(storage.RestoreOptions{ForgetOffsets: true}), at, 0, storage.Proof{})
	rewind := func(tx storage.Tx) error { tx.Rewind(at, 3); return nil }
	if err := s.Update(context.Background(), rewind); err != nil {
		t.Fatal(err)
	}
	holds(s, at, 3, storage.Proof{})
}
