package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestReplace: what is read is the old content or the new one, whole, and nothing is left beside it.
func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "file")
	f := func(content string, fail error, want string) {
		t.Helper()
		err := Replace(path, func(w io.Writer) error {
			if _, err := io.WriteString(w, content); err != nil {
				return err
			}
			return fail
		})
		if !errors.Is(err, fail) {
			t.Errorf("%v, want %v", err, fail)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != want {
			t.Errorf("holds %q, %v; want %q", b, err, want)
		}
		all, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(all) != 1 {
			t.Errorf("beside it: %v, %v", all, err)
		}
		if i, err := os.Stat(path); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", i.Mode(), err)
		}
	}
	f("one", nil, "one")
	f("two, but", io.ErrShortWrite, "one")
	f("three", nil, "three")
	if err := ReplaceBytes(path, []byte("four")); err != nil {
		t.Fatal(err)
	}
	f("five, but", io.ErrUnexpectedEOF, "four")
}

// TestReplaceRefuses: where the file cannot be made there is an error, not a file.
func TestReplaceRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := ReplaceBytes(dir, []byte("a directory stands there")); err == nil {
		t.Error("a directory was replaced by a file")
	}
	if err := SyncDir(filepath.Join(dir, "absent")); err == nil {
		t.Error("an absent directory was synced")
	}
}
