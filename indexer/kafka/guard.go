package kafka

import (
	"bytes"
	"container/list"
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
	frameHeader = 12 // up to the correlation id: what is looked at before a byte is passed on
	// frameTime is how long a frame may take once it has begun, in either direction.
	frameTime = time.Minute
	// maxConnections bounds the goroutines and buffers of clients; a kcat takes
	// two, our own client a few for each partition.
	maxConnections = 256
	// mostProduces bounds what is kept of requests that want no answer; the broker reads two at once.
	mostProduces = 100
)

// errFrame: the connection's bytes are not a request that the broker knows.
var errFrame = errors.New("not a Kafka request")

// checkFrame judges the head of a frame and returns the bytes that
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
// what the broker advertises. Where there are as many connections as there may be, the one that has been without
// progress for longest gives way to the next: progress is a whole request or an answer, so neither those that say nothing
// nor those that send a byte at a time keep anybody out.
type guard struct {
	net.Listener
	addr  net.Addr
	log   *slog.Logger
	most  int
	notes *acknowledged
	// starting holds connections back until the broker is ready for them.
	starting sync.WaitGroup

	mu     sync.Mutex
	logged time.Time
	open   list.List // of *guardedConn, the one without progress for longest first
}

func newGuard(l net.Listener, advertise net.Addr, connections int, log *slog.Logger) *guard {
	return &guard{Listener: l, addr: advertise, log: log, most: connections}
}

func (g *guard) Addr() net.Addr { return g.addr }

// Accept returns the next connection.
func (g *guard) Accept() (net.Conn, error) {
	g.starting.Wait()
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			var temporary interface{ Temporary() bool }
			if errors.As(err, &temporary) && temporary.Temporary() && !errors.Is(err, net.ErrClosed) {
				g.complain(nil, err)
				g.makeRoom(0) // out of file descriptors: others must close first
				time.Sleep(10 * time.Millisecond)
				continue
			}
			return nil, err
		}
		g.makeRoom(g.most)
		return g.keep(c), nil
	}
}

// makeRoom closes the connection without progress for longest where there are as many as most.
func (g *guard) makeRoom(most int) {
	g.mu.Lock()
	first := g.open.Front()
	if first == nil || g.open.Len() < most {
		g.mu.Unlock()
		return
	}
	c := g.open.Remove(first).(*guardedConn)
	c.place = nil
	g.mu.Unlock()
	g.complain(c, fmt.Errorf("%d connections: the one without progress for longest gives way", most))
	c.Conn.Close() // who serves it sees that
}

func (g *guard) keep(c net.Conn) *guardedConn {
	kept := &guardedConn{Conn: c, guard: g}
	g.mu.Lock()
	defer g.mu.Unlock()
	kept.place = g.open.PushBack(kept)
	return kept
}

// progress makes c the last to give way.
func (g *guard) progress(c *guardedConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.place != nil {
		g.open.MoveToBack(c.place)
	}
}

// forget takes a closed connection off the list.
func (g *guard) forget(c *guardedConn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.place != nil {
		g.open.Remove(c.place)
		c.place = nil
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

// guardedConn hands bytes on only after the head of their frame was judged, and answers to produce requests only after it
// is noted what they acknowledge. It is read by one goroutine at a time, and written by one.
type guardedConn struct {
	net.Conn
	guard *guard
	place *list.Element // in guard.open, nil once it is closed
	head  []byte        // judged bytes that are not handed on yet
	buf   [frameHeader]byte
	left  int // bytes of the frame that are still to come from the network

	mu       sync.Mutex
	produces map[int32]int16 // versions of produce requests that are not answered, by correlation id
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
		c.guard.progress(c)
		err = c.Conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Write passes one answer on, whole.
func (c *guardedConn) Write(b []byte) (int, error) {
	if len(b) >= 8 {
		id := int32(binary.BigEndian.Uint32(b[4:]))
		c.mu.Lock()
		version, is := c.produces[id]
		delete(c.produces, id)
		c.mu.Unlock()
		if is && c.guard.notes != nil {
			if err := c.guard.notes.produced(b[8:], version); err != nil {
				c.guard.complain(c.Conn, err)
				return 0, err
			}
		}
	}
	if err := c.Conn.SetWriteDeadline(time.Now().Add(frameTime)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	c.guard.progress(c)
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
	if key := int16(binary.BigEndian.Uint16(c.buf[4:])); key == int16(kmsg.Produce) {
		c.mu.Lock()
		if c.produces == nil || len(c.produces) > mostProduces {
			c.produces = map[int32]int16{}
		}
		c.produces[int32(binary.BigEndian.Uint32(c.buf[8:]))] = int16(binary.BigEndian.Uint16(c.buf[6:]))
		c.mu.Unlock()
	}
	c.head = c.buf[:]
	c.left = size - (frameHeader - 4)
	if c.left == 0 {
		c.guard.progress(c)
	}
	return nil
}

// Close closes the connection and gives its place back.
func (c *guardedConn) Close() error {
	c.guard.forget(c)
	return c.Conn.Close()
}
