package embedded

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/sys/unix"
)

// Forget takes the tables off the memory that the program has. Badger writes and reads them through mappings, and a page
// that was touched counts until its table is deleted.
//
// Badger does not show the mappings. They are looked up where the system lists them, and while they are sure to stay: an
// iterator keeps every table that there is when it begins, and advice for an address where something else stands by now
// would destroy that.
func (b *badgerKeys) Forget() {
	before := b.tables()
	t := b.db.NewTransaction(false)
	defer t.Discard()
	it := t.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	after := b.tables()
	forget(func(path string) bool { return before[path] && after[path] })
}

// tables are the paths of the tables that there are, as the system has them.
func (b *badgerKeys) tables() map[string]bool {
	dir, err := filepath.Abs(b.path)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return nil
	}
	paths := map[string]bool{}
	for _, t := range b.db.Tables() {
		paths[filepath.Join(dir, tableName(t.ID))] = true
	}
	return paths
}

// forget takes mapped files off the memory of the program. Of files that are mapped to be shared nothing is lost; an error
// costs memory.
func forget(which func(path string) bool) {
	maps, err := os.Open("/proc/self/maps") // from-to permissions offset device inode path
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		place, rest, _ := strings.Cut(lines.Text(), " ")
		_, path, found := strings.Cut(rest, " /")
		if !found || !which("/"+path) {
			continue
		}
		begin, end, _ := strings.Cut(place, "-")
		from, err := strconv.ParseUint(begin, 16, 64)
		to, errTo := strconv.ParseUint(end, 16, 64)
		if err == nil && errTo == nil {
			unix.Syscall(unix.SYS_MADVISE, uintptr(from), uintptr(to-from), unix.MADV_DONTNEED)
		}
	}
}

func tableName(number uint64) string { return fmt.Sprintf("%06d.sst", number) }
