package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/query/web/gate"
)

// exchange sends bytes, ends its side, and returns the answers: each its status, "alive" behind that of /healthz.
func (s *site) exchange(send string) (answers []string) {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() {
		io.WriteString(c, send)
		c.(*net.TCPConn).CloseWrite()
	}()
	for in := bufio.NewReader(c); ; {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return answers
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Fatalf("%.60q: body: %v", send, err)
		}
		a := fmt.Sprint(r.StatusCode)
		if strings.Contains(string(body), `"alive"`) {
			a += " alive"
		}
		answers = append(answers, a)
	}
}

// TestSmuggling sends requests whose end two servers in a row might see in different places, each with another request
// behind it. Where the end is in doubt the connection must be closed with what stands behind unread; where it is clear,
// the request behind is answered as one of its own.
func TestSmuggling(t *testing.T) {
	s := serve(t, func(o *Options) { o.ReadTimeout, o.IdleTimeout = time.Second, time.Second })
	const next, body = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", `{"name":"x","reason":"DD 1"}`
	const chunked = "1c\r\n" + body + "\r\n0\r\n\r\n"
	post := "POST /v1/persons/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer " + s.key + "\r\n"
	f := func(send string, want ...string) {
		t.Helper()
		if got := s.exchange(send + next); !slices.Equal(got, want) {
			t.Errorf("%q: answers %q, want %q", strings.ReplaceAll(send, s.key, "KEY"), got, want)
		}
	}
	// The length is in doubt.
	f(post+"Content-Length: 28\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400")
	f(post+"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"+chunked, "200") // and closed, as RFC 9112 6.1 has it
	f(post+"Transfer-Encoding: \r\n chunked\r\nContent-Length: 28\r\n\r\n"+chunked, "200")
	f(post+"Content-Length: 28\r\nContent-Length: 0\r\n\r\n"+body, "400")
	f(post+"Content-Length: 0\r\nContent-Length: 28\r\n\r\n"+body, "400")
	f(post+"Content-Length: 28, 28\r\n\r\n"+body, "400")
	for _, n := range []string{"+28", "-1", "0x1c", "2 8", "28;", "99999999999999999999"} {
		f(post+"Content-Length: "+n+"\r\n\r\n"+body, "400")
	}
	f(post+"Content-Length : 28\r\n\r\n"+body, "400")
	for _, te := range []string{"xchunked", "gzip, chunked", "chunked\r\nTransfer-Encoding: identity"} {
		f(post+"Transfer-Encoding: "+te+"\r\n\r\n"+chunked, "400")
	}
	f(post+"Transfer-Encoding : chunked\r\n\r\n"+chunked, "400")
	f(strings.Replace(post, "1.1", "1.0", 1)+"Transfer-Encoding: chunked\r\n\r\n"+chunked, "400")
	for _, bad := range []string{"-1c\r\n" + body, "1b\r\n" + body, "1c\n" + body, "fffffffffffffffff1c\r\n" + body, "1c;x\nGET\r\n" + body, "\r\n"} {
		f(post+"Transfer-Encoding: chunked\r\n\r\n"+bad+"\r\n0\r\n\r\n", "400")
	}
	f(post+"Transfer-Encoding: chunked\r\n\r\n1c\r\n"+body+"\r\n0\r\nContent-Length: 5\r\n\r\n", "400")
	// The header is in doubt.
	f(post+"X: a\rContent-Length: 0\r\nContent-Length: 28\r\n\r\n"+body, "400")
	f(post+"X: a\x00b\r\nContent-Length: 28\r\n\r\n"+body, "400")
	f(post+": x\r\nContent-Length: 28\r\n\r\n"+body, "400")
	f("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400")
	f("GET /healthz HTTP/1.1\r\n\r\n", "400")
	f("GET /healthz /v1 HTTP/1.1\r\nHost: a\r\n\r\n", "400")
	f("GET /healthz\r\n\r\n", "400")
	f("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400")
	// All is clear.
	f(post+"Content-Length: 28\r\n\r\n"+body, "200", "200 alive")
	f(post+"transfer-encoding:\tChUnKeD\r\n\r\n"+chunked, "200", "200 alive")
	f(post+"Expect: 100-continue\r\nContent-Length: 28\r\n\r\n"+body, "100", "200", "200 alive")
	f("GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "200 alive", "200 alive")
	f("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 28\r\n\r\n"+body, "405", "200 alive")
	f("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "200 alive", "200 alive")
}

// script is a connection whose client has sent all that it will, and that keeps what it is answered.
type script struct {
	in  *strings.Reader
	out bytes.Buffer
}

func (c *script) Read(b []byte) (int, error)       { return c.in.Read(b) }
func (c *script) Write(b []byte) (int, error)      { return c.out.Write(b) }
func (c *script) Close() error                     { return nil }
func (c *script) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
func (c *script) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 999} }
func (c *script) SetDeadline(time.Time) error      { return nil }
func (c *script) SetReadDeadline(time.Time) error  { return nil }
func (c *script) SetWriteDeadline(time.Time) error { return nil }

// FuzzHTTP sends whatever it likes over a connection. What comes back must be whole HTTP answers with their marks, errors
// in the contract's form, and nothing may panic. The word KEY stands for a key that is valid.
func FuzzHTTP(f *testing.F) {
	const head, body = " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer KEY\r\n", `{"name":"x","reason":"DD 1"}`
	for _, s := range []string{
		"GET /v1/persons/search?name=x&reason=DD+1" + head + "\r\nGET /healthz" + head + "\r\n",
		"POST /v1/vehicles/search" + head + "Content-Type: application/json\r\nContent-Length: 28\r\n\r\n" + body,
		"POST /v1/persons/match?limit=3" + head + "Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nname,ref\nx,1\r\n0\r\n\r\n",
		"POST /v1/persons/match" + head + "Content-Type: application/x-ndjson\r\nContent-Length: 28\r\n\r\n" + body,
		"POST /" + head + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 16\r\n\r\nname=x&kind=a&%9",
		"HEAD /v1/cases/13225008230123" + head + "\r\n", "DELETE /v1/keys/x" + head + "Cookie: anvesh_session=a\r\n\r\n",
		"POST /v1/persons/search" + head + "Content-Length: 28\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
		"POST /login" + head + "Expect: 100-continue\r\nContent-Length: 7\r\n\r\nkey=KEY", "GET /static/../page.html" + head + "\r\n", "\x16\x03\x01\x02\x00",
	} {
		f.Add(s)
	}
	s := serve(f, func(o *Options) { o.Log = slog.New(slog.DiscardHandler) })
	f.Fuzz(func(t *testing.T, sent string) {
		if strings.Contains(sent, "wait") || strings.Contains(sent, "panic") {
			return // words that make the engine of the tests wait, or panic
		}
		c := &script{in: strings.NewReader(strings.ReplaceAll(sent, "KEY", s.key))}
		s.server.http.ServeConn(c)
		if n := s.server.meter.Panics.Get(); n > 0 {
			t.Fatalf("%d panics", n)
		}
		checkAnswers(t, sent, &c.out)
	})
}

// checkAnswers reads all answers that came on a connection.
func checkAnswers(t *testing.T, sent string, out *bytes.Buffer) {
	t.Helper()
	for in := bufio.NewReader(out); ; {
		if _, err := in.Peek(1); err != nil {
			return
		}
		method := "GET"
		if strings.Contains(sent, "HEAD") {
			method = "HEAD" // whose answers have no body; which of several it was is not known
		}
		r, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("an answer cannot be read: %v", err)
		}
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatalf("the body of an answer cannot be read: %v", err)
		}
		if method == "HEAD" {
			return
		}
		if r.StatusCode != 100 && r.Header.Get("X-Request-Id") == "" {
			t.Fatalf("status %d without X-Request-Id", r.StatusCode)
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && !json.Valid(text) {
			t.Fatalf("status %d: not JSON: %q", r.StatusCode, text)
		}
		if r.StatusCode >= 400 && !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			reply{Response: r, text: string(text)}.problem(t)
		}
	}
}

// TestPipelined sends many requests at once; the answers come in their order.
func TestPipelined(t *testing.T) {
	s := serve(t, nil)
	var send strings.Builder
	for i := range 200 {
		fmt.Fprintf(&send, "GET /v1/persons/search?name=n%d&reason=DD+1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\n\r\n", i, s.key)
	}
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go io.WriteString(c, send.String())
	in := bufio.NewReader(c)
	for i := range 200 {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != 200 || !strings.Contains(string(body), fmt.Sprintf(`"query":"n%d"`, i)) {
			t.Fatalf("answer %d: %d %s, %v", i, r.StatusCode, body, err)
		}
	}
}

// TestClientThatNeverReads pipelines without end and reads nothing: the server must give it up.
func TestClientThatNeverReads(t *testing.T) {
	s := serve(t, func(o *Options) { o.WriteTimeout = 300 * time.Millisecond })
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetWriteDeadline(time.Now().Add(20 * time.Second))
	for err == nil {
		_, err = io.WriteString(c, strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", 100))
	}
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		t.Fatal("the server keeps a client that never reads")
	}
}

// asking is how many connections have a request.
func (s *site) asking() int {
	n := 0
	s.server.each(func(l *gate.Listener) { n += l.Busy() })
	return n
}

// TestIdleGivesWay fills the server with connections that say nothing, and with one that is in the middle of a request:
// the next comes in at the cost of the one that was idle for longest, never of the one that is served.
func TestIdleGivesWay(t *testing.T) {
	s := serve(t, func(o *Options) { o.MaxConns = 4 })
	busy := make(chan reply, 1)
	go func() { busy <- s.do("POST", "/v1/persons/search", `{"name":"wait","reason":"DD 1"}`) }()
	<-s.engine.began
	var idle []net.Conn
	for range 20 {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		idle = append(idle, c)
	}
	if r := s.raw("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); r.StatusCode != 200 {
		t.Fatalf("beside idle connections: %d %s", r.StatusCode, r.text)
	}
	for i, c := range idle[:17] { // 17 of 20 had to go: for those behind them and for the one that asked
		c.SetReadDeadline(time.Now().Add(20 * time.Second))
		b := make([]byte, 200)
		if n, err := c.Read(b); n > 0 || err == nil {
			t.Fatalf("connection %d, which had to give way, was answered %q", i, b[:n])
		} else if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
			t.Fatal("a connection that had to give way is open")
		}
	}
	close(s.engine.wait)
	if r := <-busy; r.StatusCode != 200 {
		t.Fatalf("the one that was served: %d", r.StatusCode)
	}
	s.client.CloseIdleConnections()
	until(t, "nobody has a request", func() bool { return s.asking() == 0 })
	for i := range 10 { // as many as may be, all in the middle of a request: no more come in
		if i >= 4 {
			if r := s.raw(""); r.StatusCode != 429 {
				t.Fatalf("connection %d: %d", i, r.StatusCode)
			}
			continue
		}
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "GET /healthz HTTP/1.1\r\nX: ")
		until(t, "the request has begun", func() bool { return s.asking() > i })
	}
}
