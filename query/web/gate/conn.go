package gate

import (
	deque "container/list"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// How long a closed connection may still send what it had begun, and how much of it is thrown away. Closing at once
// with bytes unread makes the kernel reset the connection, and the client would lose the very answer (413, 431) that
// tells it what was wrong.
const (
	lingerTime  = 3 * time.Second
	lingerBytes = 128 << 20
)

// A Listener hands out connections up to a number in all and for each address, refuses the others as it is told,
// and knows those that are open so that a stop can end them. Where there are as many as there may be, one that is at
// rest gives way: it has no request, or one that only waits. Of an address that has too many the one that rests for
// longest goes; of all together, that of the address that has most. So thousands who connect and say nothing keep
// nobody out.
type Listener struct {
	net.Listener
	most, mostPerIP int
	refusal         []byte // the whole HTTP answer

	mu        sync.Mutex
	addresses map[string]*address // of the open connections
	open      map[*conn]struct{}
	rested    uint64 // counts connections that came to rest
}

// An address has some open connections.
type address struct {
	open    int
	resting deque.List // the longest first
}

// Limit wraps ln: at most so many connections, and so many of an address; refusal is the whole HTTP answer to the others.
func Limit(ln net.Listener, most, mostPerIP int, refusal []byte) *Listener {
	return &Listener{Listener: ln, most: most, mostPerIP: mostPerIP, refusal: refusal,
		addresses: map[string]*address{}, open: map[*conn]struct{}{}}
}

// acceptPause lies between tries to accept where the process may open no more files.
const acceptPause = 20 * time.Millisecond

// Accept returns the next connection within the limits. Where the process may open no more files, the connection that
// has been idle for longest gives way: an error here would end the service.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED) {
			l.mu.Lock()
			l.makeRoom(l.fullest())
			l.mu.Unlock()
			time.Sleep(acceptPause)
			continue
		}
		if err != nil {
			return nil, err
		}
		if kept := l.keep(c); kept != nil {
			return kept, nil
		}
		if TLSOf(c) == nil { // with TLS a handshake would come first, and that waits for the client
			// The send buffer of a fresh connection holds the refusal, so this does not wait for the client.
			c.SetWriteDeadline(time.Now().Add(time.Second))
			c.Write(l.refusal)
		}
		c.Close()
	}
}

// keep counts a connection, or returns nil where there are too many.
func (l *Listener) keep(c net.Conn) *conn {
	ip := AddressOf(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.addresses[ip]; a != nil && a.open >= l.mostPerIP && !l.makeRoom(a) {
		return nil
	}
	if len(l.open) >= l.most && !l.makeRoom(l.fullest()) {
		return nil
	}
	a := l.addresses[ip]
	if a == nil {
		a = new(address)
		l.addresses[ip] = a
	}
	kept := &conn{Conn: c, listener: l, ip: ip}
	a.open++
	l.open[kept] = struct{}{}
	l.rest(kept)
	return kept
}

// TLSOf is the TLS of a connection, or nil where it has none.
func TLSOf(c net.Conn) *tls.Conn {
	if counted, is := c.(*conn); is {
		c = counted.Conn
	}
	t, _ := c.(*tls.Conn)
	return t
}

// fullest returns the address that has the most connections of those that have one at rest, of equal ones that with the
// one that rests for longest; nil where nothing is at rest. The lock is held.
func (l *Listener) fullest() (most *address) {
	for _, a := range l.addresses {
		if a.resting.Len() > 0 && (most == nil || a.open > most.open || a.open == most.open && a.since() < most.since()) {
			most = a
		}
	}
	return most
}

// since is when the first of those at rest came to it, as listener.rested counts.
func (a *address) since() uint64 { return a.resting.Front().Value.(*conn).since }

// makeRoom closes the connection of an address that has been at rest for longest, if there is one. The lock is held.
func (l *Listener) makeRoom(a *address) bool {
	if a == nil || a.resting.Len() == 0 {
		return false
	}
	c := a.resting.Front().Value.(*conn)
	l.drop(c)
	c.Conn.Close() // who serves it sees that, and closes it as well
	return true
}

// drop takes a connection off the counts, once. The lock is held.
func (l *Listener) drop(c *conn) {
	if _, there := l.open[c]; !there {
		return
	}
	delete(l.open, c)
	l.rouse(c)
	a := l.addresses[c.ip]
	if a.open--; a.open == 0 {
		delete(l.addresses, c.ip)
	}
}

// rest puts c to those at rest. The lock is held.
func (l *Listener) rest(c *conn) {
	if _, there := l.open[c]; !there || c.resting != nil {
		return
	}
	l.rested++
	c.since = l.rested
	c.resting = l.addresses[c.ip].resting.PushBack(c)
}

// rouse takes c from those at rest. The lock is held.
func (l *Listener) rouse(c *conn) {
	if c.resting != nil {
		l.addresses[c.ip].resting.Remove(c.resting)
		c.resting = nil
	}
}

// forget takes a closed connection off the counts.
func (l *Listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(c)
}

// Begin notes that a connection has a request, which it may not give way for.
func Begin(nc net.Conn) { note(nc, true) }

// End notes that a connection has answered its request and is at rest, or is closed.
func End(nc net.Conn) { note(nc, false) }

// Timed has sent called with the time from the first byte of a connection's request to the last of its answer, once that is
// written or the connection closed. For whom answers the request.
func Timed(nc net.Conn, sent func(time.Duration)) {
	if c, ok := nc.(*conn); ok {
		c.sent = sent
	}
}

func note(nc net.Conn, asked bool) {
	c, ok := nc.(*conn)
	if !ok {
		return
	}
	if asked {
		c.began = time.Now()
	} else if c.sent != nil {
		c.sent(time.Since(c.began))
		c.sent = nil
	}
	l := c.listener
	l.mu.Lock()
	defer l.mu.Unlock()
	c.asked = asked
	if asked {
		l.rouse(c)
	} else {
		l.rest(c)
	}
}

// Rest lets a connection give way while its request only waits, until roused.
func Rest(nc net.Conn) (rouse func()) {
	c, ok := nc.(*conn)
	if !ok {
		return func() {}
	}
	l := c.listener
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest(c)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.rouse(c)
	}
}

// Busy is how many connections have a request that does not only wait.
func (l *Listener) Busy() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.open)
	for _, a := range l.addresses {
		n -= a.resting.Len()
	}
	return n
}

// Close makes Accept return net.ErrClosed, once and for all.
func (l *Listener) Close() error {
	err := l.Listener.Close()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Retire takes no more connections, and closes those that have no request.
func (l *Listener) Retire() {
	l.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		if c.resting != nil && !c.asked {
			l.drop(c)
			c.Conn.Close()
		}
	}
}

// Cut ends all connections at once.
func (l *Listener) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		c.Conn.Close()
	}
}

// AddressOf is the client's address without its port. IPv6 addresses count by their /64, which one household or host
// usually has whole.
func AddressOf(c net.Conn) string {
	tcp, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return ""
	}
	if tcp.IP.To4() == nil {
		return tcp.IP.Mask(net.CIDRMask(64, 128)).String()
	}
	return tcp.IP.String()
}

// A conn leaves its listener's counts when it is closed, and lingers if told to.
type conn struct {
	net.Conn
	listener *Listener
	ip       string
	resting  *deque.Element // of address.resting, nil while there is a request that does not only wait
	since    uint64         // when it came to rest, as listener.rested counts
	asked    bool           // it has a request
	began    time.Time      // when that came, for who serves the connection
	sent     func(time.Duration)
	linger   atomic.Bool
	closed   atomic.Bool
}

// Close closes the connection; with linger set it first says that the answer is over and lets the client finish.
func (c *conn) Close() error {
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	defer c.listener.forget(c)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.linger.Load() {
		if half.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
			io.CopyN(io.Discard, c.Conn, lingerBytes)
		}
	}
	return c.Conn.Close()
}

// Linger makes Close of a connection wait for what the client still sends.
func Linger(c net.Conn) {
	if c, ok := c.(*conn); ok {
		c.linger.Store(true)
	}
}
