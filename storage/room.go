package storage

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
)

// Badger maps the files that it writes: it makes them long and sparse, and the disk gives the blocks when they are written
// to. Where it has none, that is no error but a fault that ends the process, in goroutines of Badger's own. So nothing is
// begun that could meet a full disk: a store is opened, and closed in order, only where what Badger may have to write then
// fits, and nothing is committed where less than roomBesides is free. A store that is not closed is as after a kill.

// roomBesides is free while Badger is written to: two memtables of 32 MiB that are flushed to tables, and as much for the
// value log and a compaction.
const roomBesides = 128 << 20

// ErrDiskFull is returned by what would write to the store while its disk is all but full.
var ErrDiskFull = errors.New("the disk is full: make room on it and try again")

// roomForBadger tells whether a store can be opened or closed: the memtables that it holds are then flushed.
func roomForBadger(path string) error {
	mems, err := filepath.Glob(filepath.Join(path, "*.mem"))
	if err != nil {
		return err
	}
	need := int64(roomBesides)
	for _, m := range mems {
		var st syscall.Stat_t
		if err := syscall.Stat(m, &st); err == nil { // one that is gone was flushed
			need += st.Blocks * 512
		}
	}
	return roomOf(path, need)
}

func roomToCommit(path string) error { return roomOf(path, roomBesides) }

func roomOf(path string, need int64) error {
	free, err := freeAt(path)
	if err != nil {
		return fmt.Errorf("storage: how much room %s has: %w", path, err)
	}
	if free < need {
		return fmt.Errorf("storage: %s has %d MiB free and %d MiB may be needed: %w", path, free>>20, need>>20, ErrDiskFull)
	}
	return nil
}

// freeAt is how many bytes can still be written where path is.
func freeAt(path string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// ErrNoRoom is returned by Update while the disk has less room than Options.Reserve, which is what a compaction, a merge,
// a saved register and the answers to searches may still need.
var ErrNoRoom = errors.New("the disk has less room than is kept in reserve: make room, and updates go on by themselves")

// room remembers how much is free, since asking costs a system call.
type room struct {
	free  atomic.Int64
	asked atomic.Int64 // unix nanoseconds
}

// roomTime is how long an answer counts: a disk that takes 500 MB a second loses 100 MB in it.
const roomTime = 200 * time.Millisecond

// Room returns how many bytes are free where the store is kept, and how many are kept in reserve.
func (s *Store) Room() (free, reserve int64) {
	now := time.Now().UnixNano()
	if asked := s.room.asked.Load(); now-asked > int64(roomTime) && s.room.asked.CompareAndSwap(asked, now) {
		if n, err := s.home.free(); err == nil {
			s.room.free.Store(n)
		} else {
			s.log.Warn("storage: cannot tell how much room there is", "error", err)
			s.room.free.Store(s.o.Reserve)
		}
	}
	return s.room.free.Load(), s.o.Reserve
}

// NoRoom says why updates are not taken for want of room on the disk, or nil.
func (s *Store) NoRoom() error {
	if s.o.Reserve == 0 {
		return nil
	}
	free, reserve := s.Room()
	if free >= reserve {
		return nil
	}
	return fmt.Errorf("storage: %d MiB free, %d MiB in reserve: %w", free>>20, reserve>>20, ErrNoRoom)
}
