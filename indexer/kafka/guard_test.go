package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// frame is a request's first bytes: its size field, then what is given.
func frame(size uint32, key, version int16, rest ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, size)
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	b = binary.BigEndian.AppendUint16(b, uint16(version))
	return append(b, rest...)
}

func TestGuardClosesBadConnections(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	f := func(what string, sent []byte) {
		t.Helper()
		conn, err := net.Dial("tcp", b.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := conn.Write(sent); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(conn)
		var timeout net.Error
		if errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("%s: the connection stays open", what)
		}
		if len(got) > 0 {
			t.Errorf("%s: answered with %d bytes", what, len(got))
		}
	}
	tail := make([]byte, 64)
	f("HTTP", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	f("HTTP POST", []byte("POST /v1/persons/search HTTP/1.1\r\n\r\n"))
	f("TLS", append([]byte{0x16, 3, 1, 2, 0, 1, 0, 1}, tail...))
	f("unknown key", frame(20, 999, 0, tail...))
	f("negative key", frame(20, -1, 0, tail...))
	f("negative version", frame(20, 3, -1, tail...))
	f("4 GB", frame(0xffffffff, 3, 1, tail...))
	f("just too large", frame(maxFrame+1, 3, 1, tail...))
	f("just too small", frame(minFrame-1, 3, 1, tail...))
	f("nothing", frame(0, 3, 1, tail...))
	f("a version from the future", frame(30, 3, 30000, tail...))
	f("a body that is not what its header says", frame(64+4, 0, 9, bytes.Repeat([]byte{0xff}, 64)...))
	good := new(kmsg.ApiVersionsRequest)
	fine := kmsg.NewRequestFormatter().AppendRequest(nil, good, 7)
	f("bad after good", append(append([]byte{}, []byte("HEAD / HTTP/1.0\r\n\r\n")...), fine...))

	for cut := range 12 { // headers cut off anywhere
		conn, err := net.Dial("tcp", b.Addr())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(frame(20, 3, 1, tail...)[:cut])
		conn.Close()
	}
	if end := publish(t, c, texts(5, "a")...); end != 5 {
		t.Errorf("the broker took %d messages after the attacks", end)
	}
}

// Connections that say nothing, that send a byte at a time, and that do not read their answers keep nobody out: the one
// without progress for longest gives way, and none that is at work.
func TestGuardGivesWay(t *testing.T) {
	noLeaks(t)
	b, err := StartBroker(BrokerOptions{Dir: t.TempDir(), Listen: "127.0.0.1:0", Logger: quiet(), connections: 16})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	c := dialTopics(t, options(b.Addr()))
	s := newSink()
	runClient(t, c, s)
	f := func(name string, n int, say []byte) {
		t.Helper()
		for range n {
			conn, err := net.Dial("tcp", b.Addr())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
			if _, err := conn.Write(say); err != nil {
				t.Fatal(err)
			}
			if n%8 == 0 {
				publish(t, c, texts(1, name)...)
			}
		}
		end := publish(t, dial(t, options(b.Addr())), texts(5, name)...)
		eventually(t, name+": what was published is read", func() bool { return s.at(0) == end })
	}
	f("idle", 270, nil)
	f("a byte", 40, []byte{0})
	f("a head and no body", 40, frame(MaxMessage, 0, 3, make([]byte, 4)...))
	s.check(t)
}

// Which connection gives way: never the one that has sent a request or had an answer since others were opened, and one that
// sends its request byte by byte as soon as one that sends nothing.
func TestGuardKeepsWhatIsAtWork(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := newGuard(l, l.Addr(), 4, quiet())
	open := func() (client, server net.Conn) {
		t.Helper()
		client, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			server, err = g.Accept()
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close(); server.Close() })
		return client, server
	}
	request := frame(20, 18, 3, make([]byte, 16)...)
	asking, asked := open()
	slow, slowly := open()
	for i := range 12 {
		open() // and say nothing
		if i < 2 {
			if _, err := slow.Write(request[i : i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := asking.Write(request); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(asked, make([]byte, len(request))); err != nil {
			t.Fatalf("with %d opened after it, a connection at work gave way: %v", i+1, err)
		}
	}
	if _, err := slowly.Read(make([]byte, 1)); err == nil {
		t.Error("a connection that sends byte by byte is still there")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := g.open.Len(); n != 4 {
		t.Errorf("%d connections are held, want 4", n)
	}
}

// The guard must hand on exactly the bytes of good frames, whatever pieces they
// come in, and nothing of the first bad one.
func FuzzGuard(f *testing.F) {
	tail := make([]byte, 64)
	f.Add(frame(20, 3, 1, tail[:16]...), uint8(3))
	f.Add(append(frame(20, 18, 3, tail[:16]...), frame(10, 0, 9, tail[:6]...)...), uint8(1))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), uint8(200))
	f.Add(frame(0xffffffff, 3, 1, tail...), uint8(7))
	f.Add(append(frame(12, 1, 11, tail[:8]...), frame(12, 1000, 11, tail[:8]...)...), uint8(5))
	log := quiet()
	f.Fuzz(func(t *testing.T, sent []byte, piece uint8) {
		want := goodPrefix(sent)
		in, out := net.Pipe()
		go func() {
			in.Write(sent)
			in.Close()
		}()
		conn := newGuard(nil, nil, 1, log).keep(out)
		defer conn.Close()
		var got []byte
		buf := make([]byte, int(piece)+1)
		for {
			n, err := conn.Read(buf)
			got = append(got, buf[:n]...)
			if err != nil {
				break
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("handed on %d bytes of %d, want %d", len(got), len(sent), len(want))
		}
	})
}

// goodPrefix is the specification: the whole frames that are fine, and of a
// cut-off last one what there is once its head is complete.
func goodPrefix(b []byte) []byte {
	at := 0
	for len(b)-at >= frameHeader {
		size, err := checkFrame(b[at:])
		if err != nil {
			return b[:at]
		}
		if at+4+size > len(b) {
			return b
		}
		at += 4 + size
	}
	return b[:at]
}

func TestStartBrokerRefuses(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	f := func(o BrokerOptions, text string) {
		t.Helper()
		o.Logger = quiet()
		x, err := StartBroker(o)
		if err == nil {
			x.Close()
		}
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("want %q: %v", text, err)
		}
	}
	f(BrokerOptions{}, "no directory")
	f(BrokerOptions{Dir: t.TempDir(), Listen: b.Addr()}, "is taken by another program")
	f(BrokerOptions{Dir: t.TempDir(), Listen: "0.0.0.0:0"}, "reachable from other machines")
	f(BrokerOptions{Dir: t.TempDir(), Listen: ":0"}, "reachable from other machines")
	f(BrokerOptions{Dir: t.TempDir(), Listen: "9092"}, "not host:port")
	f(BrokerOptions{Dir: t.TempDir(), Listen: "127.0.0.1:0", Advertise: "x"}, "advertised address")
	f(BrokerOptions{Dir: "/dev/null/x", Listen: "127.0.0.1:0"}, "not a directory")
	remote, err := StartBroker(BrokerOptions{Dir: t.TempDir(), Listen: "0.0.0.0:0", AllowRemote: true, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	remote.Close()
	if err := remote.Close(); err != nil {
		t.Error(err)
	}
}
