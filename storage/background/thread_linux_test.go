package background

import (
	"syscall"
	"testing"
)

// TestThread: the goroutine that asks runs at a low rank, and no other does.
func TestThread(t *testing.T) {
	rank := func() int { // the kernel gives 20 less the niceness
		n, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
		if err != nil {
			t.Error(err)
		}
		return 20 - n
	}
	own := rank()
	lowered, beside := make(chan int), make(chan int)
	go func() {
		Thread()
		lowered <- rank()
		go func() { beside <- rank() }() // on another thread: this one is its own
		lowered <- rank()
	}()
	if n := <-lowered; n != max(own, niceness) {
		t.Errorf("a thread in the background has niceness %d", n)
	}
	if n := <-beside; n != own {
		t.Errorf("what it started has niceness %d, not %d", n, own)
	}
	if n := <-lowered; n != max(own, niceness) {
		t.Errorf("it has niceness %d later", n)
	}
}
