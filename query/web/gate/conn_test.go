package gate

import (
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestIdleOfAnAddressGivesWay fills an address with connections that say nothing: another of the same comes in at the
// cost of the one that was idle for longest, and those of other addresses stay.
func TestIdleOfAnAddressGivesWay(t *testing.T) {
	l := Limit(nil, 100, 3, nil)
	conns := map[string]*conn{}
	add := func(name, ip string, ok bool) {
		t.Helper()
		client, served := net.Pipe()
		t.Cleanup(func() { client.Close() })
		conns[name] = l.keep(at{served, ip})
		if (conns[name] != nil) != ok {
			t.Fatalf("%s is taken: %v", name, conns[name] != nil)
		}
	}
	open := func(names ...string) {
		t.Helper()
		if len(l.open) != len(names) {
			t.Errorf("%d are open, want %v", len(l.open), names)
		}
		for _, name := range names {
			if _, there := l.open[conns[name]]; !there {
				t.Errorf("%s is not open, of %v", name, names)
			}
		}
	}
	add("other", "10.0.0.2", true)
	add("1", "10.0.0.1", true)
	add("2", "10.0.0.1", true)
	add("3", "10.0.0.1", true)
	Begin(conns["1"]) // has a request
	add("4", "10.0.0.1", true)
	open("other", "1", "3", "4")
	l.most = 4
	add("third", "10.0.0.3", true) // at the cost of the address that has most
	open("other", "1", "4", "third")
	Begin(conns["4"])
	Begin(conns["third"])
	add("fourth", "10.0.0.4", true)
	open("1", "4", "third", "fourth")
	Begin(conns["fourth"])
	add("fifth", "10.0.0.5", false)
	for _, name := range []string{"1", "4", "third", "fourth"} {
		conns[name].Close()
	}
	if len(l.addresses) != 0 {
		t.Errorf("%d addresses are remembered that have no connection", len(l.addresses))
	}
}

// at is a connection from an address.
type at struct {
	net.Conn
	ip string
}

func (a at) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(a.ip), Port: 999} }

// scarce is a listener that finds no file for a connection a few times.
type scarce struct {
	net.Listener
	left atomic.Int32
}

func (s *scarce) Accept() (net.Conn, error) {
	if s.left.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return s.Listener.Accept()
}

// TestOutOfFiles has no file left for new connections for a while: that ends neither the listener nor the service, and
// the connection that is idle for longest gives way.
func TestOutOfFiles(t *testing.T) {
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	few := &scarce{Listener: in}
	l := Limit(few, 10, 10, nil)
	dial := func() (client, served net.Conn) {
		t.Helper()
		client, err := net.Dial("tcp", in.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if served, err = l.Accept(); err != nil {
			t.Fatal(err)
		}
		return client, served
	}
	first, _ := dial()
	defer first.Close()
	few.left.Store(1)
	second, served := dial()
	defer second.Close()
	defer served.Close()
	if _, err := first.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the idle connection did not give way: %v", err)
	}
	if len(l.open) != 1 {
		t.Errorf("%d connections are open", len(l.open))
	}
}
