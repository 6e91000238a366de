package embedded

import (
	"fmt"
	"path/filepath"
	"syscall"

	"anvesh/storage/backend"
)

// Badger maps the files that it writes: it makes them long and sparse, and the disk gives the blocks when they are written
// to. Where it has none, that is no error but a fault that ends the process, in goroutines of Badger's own. So nothing is
// begun that could meet a full disk: a store is opened, and closed in order, only where what Badger may have to write then
// fits, and nothing is committed where less than roomBesides is free. A store that is not closed is as after a kill.

// roomBesides is free while Badger is written to: two memtables of 32 MiB that are flushed to tables, and as much for the
// value log and a compaction.
const spaceBesides = 128 << 20

// roomForBadger tells whether a store can be opened or closed: the memtables that it holds are then flushed.
func spaceForBadger(path string) error {
	mems, err := filepath.Glob(filepath.Join(path, "*.mem"))
	if err != nil {
		return err
	}
	need := int64(spaceBesides)
	for _, m := range mems {
		var st syscall.Stat_t
		if err := syscall.Stat(m, &st); err == nil { // one that is gone was flushed
			need += st.Blocks * 512
		}
	}
	return spaceOf(path, need)
}

func spaceToCommit(path string) error { return spaceOf(path, spaceBesides) }

func spaceOf(path string, need int64) error {
	free, err := freeAt(path)
	if err != nil {
		return fmt.Errorf("storage: how much room %s has: %w", path, err)
	}
	if free < need {
		return fmt.Errorf("storage: %s has %d MiB free and %d MiB may be needed: %w", path, free>>20, need>>20, backend.ErrDiskFull)
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
