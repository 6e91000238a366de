package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Rebuild makes the shards anew from Badger beside the old ones, and then puts them in their place.
// The store must not be open: it is opened and closed here. The derived structure is made again too.
func Rebuild(o Options) error {
	o.setDefaults()
	s := &Store{o: o, log: o.Logger}
	if err := os.RemoveAll(filepath.Join(o.Dir, "derived")); err != nil {
		return fmt.Errorf("storage: rebuild: %w", err)
	}
	if err := s.openBadger(); err != nil {
		return err
	}
	err := s.readState()
	if err == nil {
		err = s.rebuildShards()
	}
	return errors.Join(err, s.db.Close())
}

// rebuildShards writes every record to new shards in shards.new, and renames. A kill leaves the old ones
// or none, in which case Open rebuilds; it never leaves half of the new ones in place.
func (s *Store) rebuildShards() error {
	dir := filepath.Join(s.o.Dir, "shards")
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	made := &Store{o: s.o, db: s.db, log: s.log, state: s.state}
	for i := range s.state.Shards {
		sh, err := openShard(filepath.Join(fresh, fmt.Sprintf("%02d", i)))
		if err != nil {
			return errors.Join(err, made.closeShards())
		}
		made.shards = append(made.shards, sh)
	}
	err := made.writeAll()
	if err = errors.Join(err, made.closeShards()); err != nil {
		return fmt.Errorf("storage: rebuild: %w", err)
	}
	if err := errors.Join(os.RemoveAll(dir), os.Rename(fresh, dir)); err != nil {
		return fmt.Errorf("storage: rebuild: %w", err)
	}
	s.state.TermsVersion, s.state.Paid = s.o.TermsVersion, s.state.Seq
	return s.writeState()
}

// writeAll indexes every record and waits until all is durable.
func (s *Store) writeAll() error {
	changes := make([]Change, 0, payBatch)
	total, done := s.state.Persons+s.state.Vehicles, 0
	err := s.Each(func(r *Record) error {
		changes = append(changes, Change{ID: r.ID, Record: r})
		done++
		if len(changes) < payBatch {
			return nil
		}
		s.o.Progress(Progress{"rebuild shards", done, total})
		err := s.writeDurably(changes)
		changes = changes[:0]
		return err
	})
	if err != nil {
		return err
	}
	return s.writeDurably(changes)
}

// writeDurably indexes changes and waits until every shard has made them durable.
func (s *Store) writeDurably(changes []Change) error {
	errs := make(chan error, len(s.shards))
	if err := s.write(changes, func(err error) { errs <- err }); err != nil {
		return err
	}
	var err error
	for range s.shards {
		err = errors.Join(err, <-errs)
	}
	return err
}
