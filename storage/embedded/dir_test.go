package embedded

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// TestAdvice: each way in which a directory cannot be written is told in words of its own.
func TestAdvice(t *testing.T) {
	f := func(err error, want string) {
		t.Helper()
		if got := advice(t.TempDir(), err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
	f(syscall.EROFS, "read-only")
	f(syscall.EACCES, "belongs to user")
	f(syscall.EMFILE, "ulimit -n")
	f(syscall.ENOSPC, "make room")
	f(syscall.ENOTDIR, "is a file")
	f(errors.New("other"), "at fault")
}
