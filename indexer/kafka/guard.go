package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The embedded broker trusts its clients: an API key that it does not know
// ends the process, and the length that a frame claims is allocated unseen. The
// guard stands before it and closes a connection whose next frame is not one
// that the broker can take. A frame begins with
//
//	0  size of what follows  4  big-endian
//	4  API key               2
//	6  API version           2
//	8  correlation id        4
//	12 length of client id   2
const (
	minFrame = 10
	// maxFrame leaves a batch of MaxMessage room for the request around it.
	maxFrame    = MaxMessage + 1<<20
	frameHeader = 8 // up to the version: what is judged before a byte is passed on
	// frameTime is how long a frame may take once it has begun.
	frameTime = time.Minute
	// maxConnections bounds the goroutines and buffers of clients; a kcat takes
	// two, our own client a few for each partition.
	maxConnections = 256
)

// errFrame: the connection's bytes are not a request that the broker knows.
var errFrame = errors.New("not a Kafka request")

// checkFrame judges the first eight bytes of a frame and returns the bytes that
// follow its size.
func checkFrame(h []byte) (size int, err error) {
	n := binary.BigEndian.Uint32(h)
	if bytes.HasPrefix(h, []byte("GET ")) || bytes.HasPrefix(h, []byte("POST")) || bytes.HasPrefix(h, []byte("HEAD")) {
		return 0, fmt.Errorf("%w: HTTP on the broker's port", errFrame)
	}
	if h[0] == 0x16 && h[1] == 3 {
		return 0, fmt.Errorf("%w: TLS on a plain text port", errFrame)
	}
	if n < minFrame || n > maxFrame {
		return 0, fmt.Errorf("%w: a frame of %d bytes", errFrame, n)
	}
	key := int16(binary.BigEndian.Uint16(h[4:]))
	if kmsg.RequestForKey(key) == nil {
		return 0, fmt.Errorf("%w: unknown API key %d", errFrame, key)
	}
	if version := int16(binary.BigEndian.Uint16(h[6:])); version < 0 {
		return 0, fmt.Errorf("%w: API version %d", errFrame, version)
	}
	return int(n), nil
}

// guard is a listener whose connections are checked frame by frame. Its Addr is
// what the broker advertises.
type guard struct {
	net.Listener
	addr net.Addr
	log  *slog.Logger
	free chan struct{} // one token for each connection that may still come

	mu     sync.Mutex
	logged time.Time
}

func newGuard(l net.Listener, advertise net.Addr, connections int, log *slog.Logger) *guard {
	g := &guard{Listener: l, addr: advertise, log: log, free: make(chan struct{}, connections)}
	for range connections {
		g.free <- struct{}{}
	}
	return g
}

func (g *guard) Addr() net.Addr { return g.addr }

// Accept returns the next connection. Those beyond the limit are closed.
func (g *guard) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			var temporary interface{ Temporary() bool }
			if errors.As(err, &temporary) && temporary.Temporary() && !errors.Is(err, net.ErrClosed) {
				g.complain(nil, err)
				time.Sleep(10 * time.Millisecond) // out of file descriptors: others must close first
				continue
			}
			return nil, err
		}
		select {
		case <-g.free:
			return &guardedConn{Conn: c, guard: g}, nil
		default:
			g.complain(c, fmt.Errorf("more than %d connections", cap(g.free)))
			c.Close()
		}
	}
}

// complain logs at most once a second.
func (g *guard) complain(c net.Conn, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.logged) < time.Second {
		return
	}
	g.logged = time.Now()
	from := ""
	if c != nil {
		from = c.RemoteAddr().String()
	}
	g.log.Warn("kafka: embedded broker: connection closed", "from", from, "error", err)
}

// guardedConn hands bytes on only after the head of their frame was judged. It
// is read by one goroutine at a time.
type guardedConn struct {
	net.Conn
	guard *guard
	head  []byte // judged bytes that are not handed on yet
	buf   [frameHeader]byte
	left  int // bytes of the frame that are still to come from the network
	once  sync.Once
}

func (c *guardedConn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if len(c.head) == 0 && c.left == 0 {
		if err := c.begin(); err != nil {
			return 0, err
		}
	}
	if len(c.head) > 0 {
		n := copy(b, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	n, err := c.Conn.Read(b[:min(len(b), c.left)])
	c.left -= n
	if c.left == 0 && err == nil {
		err = c.Conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// begin reads and judges the head of the next frame. A connection may be idle
// before a frame as long as it likes, but not inside one.
func (c *guardedConn) begin() error {
	if _, err := io.ReadFull(c.Conn, c.buf[:1]); err != nil {
		return err
	}
	if err := c.Conn.SetReadDeadline(time.Now().Add(frameTime)); err != nil {
		return err
	}
	if _, err := io.ReadFull(c.Conn, c.buf[1:]); err != nil {
		return err
	}
	size, err := checkFrame(c.buf[:])
	if err != nil {
		c.guard.complain(c.Conn, err)
		c.Close()
		return err
	}
	c.head = c.buf[:]
	c.left = size - (frameHeader - 4)
	return nil
}

// Close closes the connection and gives its place back.
func (c *guardedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() { c.guard.free <- struct{}{} })
	return err
}
