package background

import (
	"runtime"
	"syscall"
)

// Thread gives the calling goroutine a thread of its own, of low rank, which ends with it. Where the kernel refuses, it has
// a thread of the same rank as all.
func Thread() {
	runtime.LockOSThread()
	syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), niceness) // Linux: of the thread alone
}
