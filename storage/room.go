package storage

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// ErrNoRoom is returned by Update while the disk has less room than Options.Reserve. Badger and scorch map the files that
// they write: where the disk is really full, that kills the process. The reserve is what a compaction, a merge, a saved
// register and the answers to searches may still need.
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
