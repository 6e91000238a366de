package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"anvesh/storage/durable"
)

// schema is the version of keys.json. A file with a greater one was written by a program that knows more; one of schema 1 had
// the SHA-256 of each key's secret, and is brought to 2 when it is opened.
const schema = 2

// document is keys.json.
type document struct {
	Schema int     `json:"schema"`
	Keys   []entry `json:"keys"`
}

// readEntries reads the file of keys and says of which schema it was; an absent one holds none.
func readEntries(file string) (entries []entry, was int, err error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, schema, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("access: %w", err)
	}
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, 0, fmt.Errorf("access: %s is damaged; restore it from a backup: %w", file, err)
	}
	if d.Schema < 1 || d.Schema > schema {
		return nil, 0, fmt.Errorf("access: %s has schema %d, this program reads 1 to %d; use the program that wrote it", file, d.Schema, schema)
	}
	return d.Keys, d.Schema, nil
}

// writeEntries replaces the file of keys durably: after a crash it is the old one or the other, whole.
func writeEntries(file string, entries []entry) (err error) {
	raw, err := json.MarshalIndent(document{Schema: schema, Keys: entries}, "", "  ")
	if err != nil {
		return fmt.Errorf("access: encode keys: %w", err)
	}
	if err := durable.ReplaceBytes(file, append(raw, '\n')); err != nil {
		return fmt.Errorf("access: write %s: %w", file, err)
	}
	return nil
}

// lockFile opens file and locks it against other processes until it is closed.
func lockFile(file string) (*os.File, error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("access: lock %s: %w", file, err)
	}
	return f, nil
}
