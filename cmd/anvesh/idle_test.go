package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
)

// memory is how much of a process is resident, in MiB.
func memory(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("no /proc to read the memory of a process from")
	}
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}

// TestIdleConnections opens 10,000 connections that say nothing, from twenty addresses. The service answers others
// after every thousand of them, and its memory grows by less than 200 MiB.
func TestIdleConnections(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	before := memory(t, s.cmd.Process.Pid)
	open := make([]net.Conn, 0, 10_000)
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for i := range 10_000 {
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i%20))}}
		c, err := from.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		if open = append(open, c); i%1000 == 999 {
			if status, body := s.get("/v1/status", nil); status != 200 {
				t.Fatalf("beside %d idle connections: %d %s", i+1, status, body)
			}
		}
	}
	if grown := memory(t, s.cmd.Process.Pid) - before; grown > 200 {
		t.Errorf("10,000 idle connections cost %d MiB", grown)
	} else {
		t.Logf("10,000 idle connections cost %d MiB", grown)
	}
	s.stop()
}
