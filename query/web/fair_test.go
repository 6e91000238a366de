package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query/web/gate"
)

// background asks in a goroutine and returns where its answer comes.
func (s *site) background(path, body string, headers ...string) chan reply {
	answer := make(chan reply, 1)
	go func() { answer <- s.do("POST", path, body, headers...) }()
	return answer
}

const (
	personSearch = "/v1/persons/search"
	lateSearch   = `{"name":"x","reason":"DD 1","at_least":"8:8"}`
	plainSearch  = `{"name":"x","reason":"DD 1"}`
)

// TestWaitsAreShared has one key wait for freshness as often as it may: what it asks beyond is refused, another key
// waits, and what asks for no freshness is answered as if nobody waited, though there is one place only. When the three
// that wait may go on they come for it together, so as many as that may wait for it.
func TestWaitsAreShared(t *testing.T) {
	s := serve(t, func(o *Options) { o.MaxAwaitingPerKey, o.MaxAwaitingPerIP, o.Places, o.MaxWaiting = 2, 3, 1, 3 })
	other := addKeyTo(t, s.keys, "other", "")
	var waits []chan reply
	wait := func(key string) {
		waits = append(waits, s.background(personSearch, lateSearch, "Authorization", "Bearer "+key))
		<-s.engine.began
	}
	f := func(what, key, body string, status int, code string) {
		t.Helper()
		r := s.do("POST", personSearch, body, "Authorization", "Bearer "+key)
		if r.StatusCode != status || status != 200 && (r.problem(t).Code != code || r.Header.Get("Retry-After") == "") {
			t.Errorf("%s: %d %s", what, r.StatusCode, r.text)
		}
	}
	wait(s.key)
	wait(s.key)
	f("a third of the key", s.key, lateSearch, 429, "too_many_waits")
	f("one of it that need not wait", s.key, plainSearch, 200, "")
	wait(other)
	f("a fourth of the address", other, lateSearch, 429, "too_many_waits")
	f("one that need not wait", other, plainSearch, 200, "")
	close(s.engine.wait)
	for _, w := range waits {
		if r := <-w; r.StatusCode != 200 {
			t.Errorf("one that waited: %d %s", r.StatusCode, r.text)
		}
	}
	for _, share := range []*gate.Share{s.server.waitsOfKey, s.server.waitsOfAddress} {
		if n := share.Held(); n != 0 {
			t.Errorf("at the end %d wait", n)
		}
	}
}

// TestWaitsGiveWay fills an address with connections that wait for freshness: another comes in at the cost of the one
// that has waited for longest.
func TestWaitsGiveWay(t *testing.T) {
	s := serve(t, func(o *Options) { o.MaxConnsPerIP = 3 })
	var waits []net.Conn
	for range 3 {
		c := s.dial()
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			personSearch, s.key, len(lateSearch), lateSearch)
		<-s.engine.began
		waits = append(waits, c)
	}
	if r := s.do("POST", personSearch, plainSearch); r.StatusCode != 200 {
		t.Fatalf("beside those that wait: %d %s", r.StatusCode, r.text)
	}
	if n, err := waits[0].Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("the first that waited did not give way")
	}
	close(s.engine.wait)
	if n, err := waits[2].Read(make([]byte, 1)); n == 0 || err != nil {
		t.Errorf("the last that waited is not answered: %v", err)
	}
}

// dial opens a connection that is closed when the test ends.
func (s *site) dial() net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	return c
}

// TestRefusalsAreHeldBack counts how long answers are held back by a clock that stands still: none of what succeeds,
// none of what another key is refused, and none of an overload.
func TestRefusalsAreHeldBack(t *testing.T) {
	s := serve(t, nil)
	held := s.stopClock()
	f := func(what string, n int, most, least time.Duration, ask func() reply) {
		t.Helper()
		for range n {
			ask()
		}
		before := held()
		ask()
		if d := held() - before; d < least || d > most {
			t.Errorf("%s is held back for %v, want %v to %v", what, d, least, most)
		}
	}
	other := addKeyTo(t, s.keys, "other", "")
	wrongOf := func(key string) func() reply {
		return func() reply { return s.do("POST", personSearch, `{"limit":0}`, "Authorization", "Bearer "+key) }
	}
	f("one wrong request", 0, 0, 0, wrongOf(s.key))
	f("the last of many", 1000, time.Second, time.Second, wrongOf(s.key))
	f("one of another key", 0, 0, 0, wrongOf(other))
	f("a search of the first", 300, 0, 0, func() reply { return s.do("POST", personSearch, plainSearch) })
	busy := func() reply { return s.do("POST", personSearch, `{"name":"busy","reason":"DD 1"}`) }
	s.server.gate = gate.New(1, 1, time.Hour) // which has seen nobody
	f("an overload of one who is alone", 300, 0, 0, busy)
	s.do("POST", personSearch, plainSearch, "Authorization", "Bearer "+other)
	f("an overload of one who is not", 1, time.Second, time.Second, busy)
	f("what has waited in vain", 300, 0, 0, func() reply { return s.do("POST", personSearch, `{"name":"stale","reason":"DD 1"}`) })
}

// stopClock makes the server's time stand still and returns how long it would have paused in all.
func (s *site) stopClock() (held func() time.Duration) {
	var mu sync.Mutex
	var sum time.Duration
	now := time.Now()
	s.server.now = func() time.Time { return now }
	s.server.pause = func(_ context.Context, d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		sum += d
	}
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return sum
	}
}

// TestLoginsAreSlowed guesses at keys: failures from one address, and those for one key from anywhere, are held back
// more and more; the right key is let in at once all the same.
func TestLoginsAreSlowed(t *testing.T) {
	s := serve(t, nil)
	held := s.stopClock()
	login := func(key string) reply {
		return s.do("POST", "/login", "key="+key, "Content-Type", formType, "Authorization", "")
	}
	for range 20 {
		if r := login("anv_guess"); r.StatusCode != 401 {
			t.Fatalf("a guess: %d", r.StatusCode)
		}
	}
	if held() != 0 {
		t.Errorf("the first failures are held back for %v", held())
	}
	for range 3 {
		login("anv_guess")
	}
	if held() != 3*time.Second { // half a second, one, and one and a half
		t.Errorf("failures are held back for %v", held())
	}
	before := held()
	if r := login(s.key); r.StatusCode != 303 || held() != before {
		t.Errorf("the right key: %d, held back for %v", r.StatusCode, held()-before)
	}
	if r := s.do("POST", personSearch, plainSearch, "Authorization", "Bearer anv_guess"); r.StatusCode != 401 || held() == before {
		t.Errorf("a guess by header: %d, held back for %v", r.StatusCode, held()-before)
	}
}

// TestListsAreShared runs as many lists of a key as it may have; another key's list is taken.
func TestListsAreShared(t *testing.T) {
	s := serve(t, nil)
	other := addKeyTo(t, s.keys, "other", "")
	list := func(key string) reply {
		return s.do("POST", "/v1/persons/match?reason=DD+1", `{"name":"x"}`, "Content-Type", ndjson, "Authorization", "Bearer "+key)
	}
	for range 2 {
		c := s.dial()
		fmt.Fprintf(c, "POST /v1/persons/match?reason=DD+1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: 100000\r\n\r\n%s", s.key, ndjson, strings.Repeat(" ", 10_000))
	}
	until(t, "both lists run", func() bool { return s.server.lists.Held() == 2 })
	if r := list(s.key); r.StatusCode != 429 || r.problem(t).Code != "too_many_lists" || r.Header.Get("Retry-After") == "" {
		t.Errorf("a third list of the key: %d %s", r.StatusCode, r.text)
	}
	if r := list(other); r.StatusCode != 200 {
		t.Errorf("a list of another key: %d %s", r.StatusCode, r.text)
	}
}

// TestStopEndsWhatOnlyWaits stops a server with connections that say nothing, that wait for freshness and that are held
// back: all end without the stop having to cut any.
func TestStopEndsWhatOnlyWaits(t *testing.T) {
	s := serve(t, nil)
	idle := s.dial()
	late := s.background(personSearch, lateSearch)
	<-s.engine.began
	paused := make(chan struct{})
	s.server.pause = func(ctx context.Context, _ time.Duration) {
		close(paused)
		<-ctx.Done()
	}
	s.server.failures = gate.NewPace(1e-9, 0, time.Hour)
	refused := s.background(personSearch, plainSearch, "Authorization", "Bearer x")
	<-paused
	s.stop()
	if r := <-late; r.StatusCode != 503 {
		t.Errorf("one that waits for freshness: %d %s", r.StatusCode, r.text)
	}
	if r := <-refused; r.StatusCode != 401 {
		t.Errorf("one that is held back: %d %s", r.StatusCode, r.text)
	}
	if _, err := idle.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("one that says nothing: %v", err)
	}
}

// TestStopWaitsForWhatItCuts stops a server that will not wait, in the middle of a search: the stop returns only when
// the search has ended, as the engine may be closed then.
func TestStopWaitsForWhatItCuts(t *testing.T) {
	s := serve(t, nil)
	req, err := http.NewRequest("POST", "http://"+s.addr+personSearch, strings.NewReader(`{"name":"wait","reason":"DD 1"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", "application/json")
	go s.client.Do(req)
	<-s.engine.began
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.server.Shutdown(ctx); err == nil {
		t.Error("what was cut is not told")
	}
	if s.server.uses() {
		t.Error("a connection is still served")
	}
}

// TestSlowListsEnd sends a list a byte at a time: it is told so and its place is given back, whatever there is of it is
// answered.
func TestSlowListsEnd(t *testing.T) {
	s := serve(t, func(o *Options) { o.ListGrace = time.Millisecond })
	c := s.dial()
	fmt.Fprintf(c, "POST /v1/persons/match?reason=DD+1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"name\":\"first\"}\n\r\n", s.key, ndjson)
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != 200 {
		t.Fatalf("the list: %v, %v", r, err)
	}
	go func() {
		drip := time.NewTicker(20 * time.Millisecond)
		defer drip.Stop()
		for range drip.C {
			if _, err := io.WriteString(c, "1\r\n \r\n"); err != nil {
				return
			}
		}
	}()
	text, err := io.ReadAll(r.Body)
	if lines := strings.Split(string(text), "\n"); err != nil || !strings.Contains(lines[0], `"query":"first"`) || !strings.Contains(lines[1], `"timeout"`) {
		t.Errorf("answered %s, %v", text, err)
	}
	until(t, "its place is given back", func() bool { return s.server.lists.Held() == 0 })
}
