// Package durable replaces files so that they survive a crash: after one a file is the old one or the other, whole, and once
// Replace has returned it is the other.
//
// That takes three steps that are easily forgotten: the content is synced before the rename, the rename is synced with its
// directory after it, and what is written lies beside the file until then, on the same file system. (Libraries for it,
// google/renameio among them, leave out the directory: after a power cut the old file may be back.)
package durable

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Beside is what the names of files end in that are being written: whoever lists a directory passes over them. One is left
// only by a kill, and may be deleted.
const Beside = ".tmp"

// Replace puts what write writes in path's place. The file is readable by its owner only; its directory is made if it is
// absent. Of several at once the last to end counts.
func Replace(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*"+Beside)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	w := bufio.NewWriterSize(f, 1<<20)
	if err := errors.Join(write(w), w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

// ReplaceBytes is Replace with all of the content at hand.
func ReplaceBytes(path string, content []byte) error {
	return Replace(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// SyncDir makes the names in a directory durable: files that were made, renamed or removed there.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
