package web

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// until waits for a condition that other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("in vain: ", what)
		}
	}
}

// TestOverload asks over HTTP while the only place is taken: one waits and is answered, the one before it is told to
// come again, and one that waits for freshness takes no place.
func TestOverload(t *testing.T) {
	s := serve(t, func(o *Options) { o.Places, o.MaxWaiting, o.WaitTime = 1, 1, time.Hour })
	ask := func(name string) chan reply {
		answer := make(chan reply, 1)
		go func() { answer <- s.do("POST", "/v1/persons/search", `{"name":"`+name+`","reason":"DD 1"}`) }()
		return answer
	}
	first := ask("wait")
	<-s.engine.began
	second := ask("second")
	until(t, "the second waits", func() bool { n, _ := s.server.gate.Waiting(); return n == 1 })
	third := ask("third")
	r := <-second
	if r.StatusCode != 503 || r.problem(t).Code != "overloaded" || r.Header.Get("Retry-After") == "" {
		t.Fatalf("the second: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("POST", "/v1/persons/search", `{"name":"x","at_least":"9:9","reason":"DD 1"}`); r.StatusCode != 409 {
		t.Fatalf("one that waits for freshness: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("GET", "/metrics", ""); !strings.Contains(r.text, "anvesh_http_searches_refused_total 1\n") ||
		!strings.Contains(r.text, `anvesh_http_waiting{what="search"} 1`+"\n") {
		t.Fatalf("metrics:\n%s", r.text)
	}
	close(s.engine.wait)
	for i, answer := range []chan reply{first, third} {
		if r := <-answer; r.StatusCode != 200 {
			t.Fatalf("answer %d: %d %s", i, r.StatusCode, r.text)
		}
	}
	until(t, "two were timed, and no refusal", func() bool { // a last byte is read before it is known to be written
		return strings.Contains(s.do("GET", "/metrics", "").text, `anvesh_http_request_seconds_count{path="/v1/persons/search"} 2`+"\n")
	})
}

// TestListKeepsNobodyOut runs a list whose row has the only place for rows: a single search has one of its own, another list's
// row waits. It refuses rows that ask for more freshness than there is.
func TestListKeepsNobodyOut(t *testing.T) {
	s := serve(t, func(o *Options) { o.Places = 1 })
	start := func(first string) chan []map[string]any {
		done := make(chan []map[string]any, 1)
		go func() {
			_, rows := s.list("/v1/persons/match?reason=DD+1", ndjson, `{"name":"`+first+`"}`+"\n"+strings.Repeat(`{"name":"y","at_least":"9:9"}`+"\n", 3))
			done <- rows
		}()
		return done
	}
	first := start("wait")
	<-s.engine.began
	done := start("x")
	until(t, "the other list's row waits", func() bool { _, n := s.server.gate.Waiting(); return n == 1 })
	if r := s.do("POST", "/v1/persons/search", plainSearch); r.StatusCode != 200 {
		t.Fatalf("a single search beside a list: %d", r.StatusCode)
	}
	close(s.engine.wait)
	<-first
	rows := <-done
	if len(rows) != 4 || rows[0]["error"] != nil || rows[1]["error"].(map[string]any)["code"] != "not_fresh" {
		t.Fatalf("rows %v", rows)
	}
	if code := rows[3]["error"].(map[string]any)["code"]; code != "not_fresh" || s.engine.waited != 2 {
		t.Fatalf("the last row: %v; %d rows of two lists waited for what is not there", code, s.engine.waited)
	}
}
