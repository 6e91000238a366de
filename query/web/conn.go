package web

import (
	queue "container/list"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// How long a closed connection may still send what it had begun, and how much of it is thrown away. Closing at once
// with bytes unread makes the kernel reset the connection, and the client would lose the very answer (413, 431) that
// tells it what was wrong.
const (
	lingerTime  = 3 * time.Second
	lingerBytes = 128 << 20
)

// listener hands out connections up to a number in all and for each address, refuses the others in the contract's form,
// and knows those that are open so that a stop can end them. Where there are as many as there may be, the one that has
// been without a request for longest gives way, so that thousands who connect and say nothing keep nobody out.
type listener struct {
	net.Listener
	most, mostPerIP int
	refusal         []byte // the whole HTTP answer

	mu    sync.Mutex
	perIP map[string]int
	open  map[*conn]struct{}
	idle  queue.List // of those without a request, the longest first
}

// limit wraps ln.
func limit(ln net.Listener, most, mostPerIP int) *listener {
	return &listener{Listener: ln, most: most, mostPerIP: mostPerIP, refusal: wholeAnswer(errManyConns),
		perIP: map[string]int{}, open: map[*conn]struct{}{}}
}

// acceptPause lies between tries to accept where the process may open no more files.
const acceptPause = 20 * time.Millisecond

// Accept returns the next connection within the limits. Where the process may open no more files, the connection that
// has been idle for longest gives way: an error here would end the service.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ECONNABORTED) {
			l.mu.Lock()
			l.makeRoom()
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
		// The send buffer of a fresh connection holds the refusal, so this does not wait for the client.
		c.SetWriteDeadline(time.Now().Add(time.Second))
		c.Write(l.refusal)
		c.Close()
	}
}

// keep counts a connection, or returns nil where there are too many.
func (l *listener) keep(c net.Conn) *conn {
	ip := addressOf(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.perIP[ip] >= l.mostPerIP || len(l.open) >= l.most && !l.makeRoom() {
		return nil
	}
	kept := &conn{Conn: c, listener: l, ip: ip}
	l.perIP[ip]++
	l.open[kept] = struct{}{}
	kept.idle = l.idle.PushBack(kept)
	return kept
}

// makeRoom closes the connection that has been idle for longest, if there is one. The lock is held.
func (l *listener) makeRoom() bool {
	first := l.idle.Front()
	if first == nil {
		return false
	}
	c := first.Value.(*conn)
	l.drop(c)
	c.Conn.Close() // who serves it sees that, and closes it as well
	return true
}

// drop takes a connection off the counts, once. The lock is held.
func (l *listener) drop(c *conn) {
	if _, there := l.open[c]; !there {
		return
	}
	delete(l.open, c)
	l.unidle(c)
	if l.perIP[c.ip]--; l.perIP[c.ip] == 0 {
		delete(l.perIP, c.ip)
	}
}

// unidle takes c from those without a request. The lock is held.
func (l *listener) unidle(c *conn) {
	if c.idle != nil {
		l.idle.Remove(c.idle)
		c.idle = nil
	}
}

// forget takes a closed connection off the counts.
func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop(c)
}

// noteState hears from fasthttp when a connection begins a request and when it has answered it.
func noteState(nc net.Conn, state fasthttp.ConnState) {
	c, ok := nc.(*conn)
	if !ok || state != fasthttp.StateActive && state != fasthttp.StateIdle {
		return
	}
	l := c.listener
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unidle(c)
	if _, there := l.open[c]; there && state == fasthttp.StateIdle {
		c.idle = l.idle.PushBack(c)
	}
}

// cut ends all connections at once.
func (l *listener) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		c.Conn.Close()
	}
}

// addressOf is the client's address without its port. IPv6 addresses count by their /64, which one household or host
// usually has whole.
func addressOf(c net.Conn) string {
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
	listener *listener
	ip       string
	idle     *queue.Element // of listener.idle, nil while there is a request
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

// lingerOnClose makes the end of this request's connection wait for what the client still sends.
func lingerOnClose(ctx *fasthttp.RequestCtx) {
	linger(ctx.Conn())
	ctx.SetConnectionClose()
}

// linger makes Close of a connection wait for what the client still sends.
func linger(c net.Conn) {
	if c, ok := c.(*conn); ok {
		c.linger.Store(true)
	}
}

// wholeAnswer writes p as an HTTP answer for a connection that is not served at all.
func wholeAnswer(p *problem) []byte {
	body, err := json.Marshal(map[string]refusal{"error": p.shown()})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	var head strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", p.status, fasthttp.StatusMessage(p.status))
	fmt.Fprintf(&head, "Content-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n", jsonType, len(body))
	fmt.Fprintf(&head, "Retry-After: %d\r\nX-Request-Id: refused\r\nCache-Control: no-store\r\n\r\n", p.retry)
	return append([]byte(head.String()), body...)
}
