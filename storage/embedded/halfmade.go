package embedded

import (
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// halfMadeTries bounds how often Badger is opened: a kill leaves at most one file half made, of two kinds.
const halfMadeTries = 3

// openHalfMade opens Badger, also where a kill came between the making of a memtable's or value log's file and its first
// byte. Badger refuses such a file, as one that is new where it looked for an old one, after it has given it its head; the
// next try finds it well-formed and empty. Only who holds the directory's lock comes that far, so the file is nobody
// else's.
func openHalfMade(o badger.Options) (db *badger.DB, err error) {
	for range halfMadeTries {
		if db, err = badger.Open(o); err == nil || !strings.Contains(err.Error(), "Create a new file") {
			break
		}
	}
	return db, err
}
