//go:build !linux

package background

// Thread does nothing where threads of a process have one rank.
func Thread() { _ = niceness }
