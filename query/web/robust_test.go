package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestNotHTTP(t *testing.T) {
	s := serve(t, nil)
	f := func(send string, status int, code string) {
		t.Helper()
		r := s.raw(send)
		if r.StatusCode != status || r.problem(t).Code != code {
			t.Fatalf("%.60q: %d %s", send, r.StatusCode, r.text)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || !r.Close {
			t.Fatalf("%.60q: headers %v", send, r.Header)
		}
	}
	f("hello\r\n\r\n", 400, "bad_request")
	f("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400, "bad_request")
	f("POST /v1/persons/search HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "bad_request")
	f("GET /"+strings.Repeat("x", 20<<10)+" HTTP/1.1\r\nHost: a\r\n\r\n", 431, "header_too_large")
	f("GET / HTTP/1.1\r\nHost: a\r\nX: "+strings.Repeat("x", 10<<20)+"\r\n\r\n", 431, "header_too_large")
}

func TestChunkedBodies(t *testing.T) {
	s := serve(t, nil)
	const head = "POST /v1/persons/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer "
	f := func(chunks string, status int) {
		t.Helper()
		if r := s.raw(head + s.key + "\r\n\r\n" + chunks); r.StatusCode != status {
			t.Fatalf("%.60q: %d %s", chunks, r.StatusCode, r.text)
		}
	}
	f("1b\r\n{\"name\":\"x\",\"reason\":\"DD 1\"\r\n1\r\n}\r\n0\r\n\r\n", 200)
	f("zz\r\n", 400)
	f(strings.Repeat("1000\r\n"+strings.Repeat(" ", 4096)+"\r\n", 100)+"0\r\n\r\n", 413)
	if r := s.raw(head + "wrong\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat(" ", 4096)+"\r\n", 100) + "0\r\n\r\n"); r.StatusCode != 401 {
		t.Fatalf("a large body without a key: %d", r.StatusCode)
	}
}

// TestSlowClients drips bytes; the server must answer 408 or hang up on its own, before the client ends.
func TestSlowClients(t *testing.T) {
	s := serve(t, func(o *Options) { o.ReadTimeout = 300 * time.Millisecond; o.IdleTimeout = 300 * time.Millisecond })
	f := func(send string, want int) {
		t.Helper()
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		done := make(chan struct{})
		defer close(done)
		io.WriteString(c, send)
		go func() {
			drip := time.NewTicker(20 * time.Millisecond)
			defer drip.Stop()
			for {
				select {
				case <-drip.C:
					if _, err := io.WriteString(c, "x"); err != nil {
						return
					}
				case <-done:
					return
				}
			}
		}()
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if want == 0 {
			if err == nil {
				t.Fatalf("%.40q: status %d", send, resp.StatusCode)
			}
			return
		}
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%.40q: %v, %v", send, resp, err)
		}
	}
	f("GET / HTTP/1.1\r\nHost: a\r\nX: ", 408)
	f("POST /v1/persons/search HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60000\r\nAuthorization: Bearer "+
		s.key+"\r\n\r\n", 408)
}

func TestIdleConnectionIsClosed(t *testing.T) {
	s := serve(t, func(o *Options) { o.ReadTimeout = 300 * time.Millisecond; o.IdleTimeout = 300 * time.Millisecond })
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
	text, err := io.ReadAll(c)
	if err != nil || !strings.Contains(string(text), "alive") {
		t.Fatalf("%q, %v", text, err)
	}
}

func TestTooManyConnections(t *testing.T) {
	s := serve(t, func(o *Options) { o.MaxConnsPerIP = 2 })
	var held []net.Conn
	for i := range 2 { // both in the middle of a request
		c := s.dial()
		io.WriteString(c, "GET /healthz HTTP/1.1\r\nX: ")
		until(t, "the request has begun", func() bool { return s.asking() > i })
		held = append(held, c)
	}
	r := s.raw("")
	if r.StatusCode != 429 || r.problem(t).Code != "too_many_connections" || r.Header.Get("Retry-After") == "" {
		t.Fatalf("third connection: %d %s", r.StatusCode, r.text)
	}
	held[0].Close()
	held[1].Close()
	deadline := time.Now().Add(20 * time.Second)
	for {
		r := s.raw("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		if r.StatusCode == 200 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after the others left: %d", r.StatusCode)
		}
	}
}

func TestGracefulStop(t *testing.T) {
	s := serve(t, nil)
	answered := make(chan reply, 1)
	go func() { answered <- s.do("POST", "/v1/persons/search", `{"name":"wait","reason":"DD 1"}`) }()
	<-s.engine.began
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		stopped <- s.server.Shutdown(ctx)
	}()
	for { // until no more connections are taken
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			break
		}
		c.Close()
	}
	close(s.engine.wait)
	if r := <-answered; r.StatusCode != 200 {
		t.Fatalf("what was in flight: %d %s", r.StatusCode, r.text)
	}
	if err := <-stopped; err != nil {
		t.Fatalf("shutdown: %v", err)
	}
}

func TestStopThatWillNotWait(t *testing.T) {
	s := serve(t, nil)
	failed := make(chan error, 1)
	go func() {
		resp, err := http.Get("http://" + s.addr + "/healthz")
		if err == nil {
			resp.Body.Close()
		}
		req, _ := http.NewRequest("POST", "http://"+s.addr+"/v1/persons/search", strings.NewReader(`{"name":"wait","reason":"DD 1"}`))
		req.Header.Set("Authorization", "Bearer "+s.key)
		req.Header.Set("Content-Type", "application/json")
		resp, err = s.client.Do(req)
		if err == nil {
			resp.Body.Close()
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		failed <- err
	}()
	<-s.engine.began
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := s.server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("shutdown: %v", err)
	}
	if err := <-failed; err == nil {
		t.Fatal("the search was answered")
	}
}

// TestRequestsLeaveNothingBehind keeps decoded requests while others use the same connection and its buffers.
func TestRequestsLeaveNothingBehind(t *testing.T) {
	s := serve(t, nil)
	var kept []any
	for i := range 50 {
		s.do("POST", "/v1/persons/search", fmt.Sprintf(`{"name":"name-%02d","reason":"DD %02d"}`, i, i))
		kept = append(kept, s.engine.request())
		s.do("GET", fmt.Sprintf("/v1/vehicles/search?registration=HR%02d&reason=DD+%02d", i, i), "")
		kept = append(kept, s.engine.request())
	}
	for i := range 50 {
		person, vehicle := fmt.Sprintf("%+v", kept[2*i]), fmt.Sprintf("%+v", kept[2*i+1])
		if !strings.Contains(person, fmt.Sprintf("name-%02d", i)) || !strings.Contains(person, fmt.Sprintf("Reason:DD %02d", i)) ||
			!strings.Contains(vehicle, fmt.Sprintf("HR%02d", i)) {
			t.Fatalf("request %d became %s, %s", i, person, vehicle)
		}
	}
}
