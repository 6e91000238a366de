package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/access/accesstest"
	"anvesh/query/audit"
	"anvesh/storage"
)

// fake is an engine that answers every search alike, or fails as it is told by the name or registration asked for.
type fake struct {
	mu     sync.Mutex
	last   any    // the request that came last
	list   string // the list that it was a row of
	ready  bool
	extra  string        // an alias of the record that is found, if any
	waited int           // searches that waited for more freshness than there is
	wait   chan struct{} // searches for "wait", and those that are to be as fresh as 8:8, wait for it
	began  chan struct{} // gets one for each of them
}

// failures are what the fake does when asked for these words.
var failures = map[string]error{
	"spent": &access.BudgetError{What: access.BudgetDay, Retry: 90 * time.Second},
	"stale": query.ErrNotFresh, "early": fmt.Errorf("engine: %w", query.ErrNotReady), "busy": query.ErrOverloaded,
	"slow": context.DeadlineExceeded, "field": &query.FieldError{Field: "name", Message: "must have two letters"},
	"empty": &query.FieldError{Message: "nothing is asked"}, "broken": errors.New("disk on fire at Rakesh's"),
}

// unfound are what the fake answers without hits.
var unfound = map[string]query.Answer{"nobody": {Complete: true, Shards: query.Shards{Answered: 2}},
	"cut": {Shards: query.Shards{Answered: 2}}, "shard": {Complete: true, Shards: query.Shards{Answered: 1}}}

// manyHits are those that the fake has for "many".
const manyHits = 84

var someTime = time.Date(2026, 11, 23, 5, 2, 5, 0, time.UTC)

// answerFor makes an answer that depends on what was asked.
func (f *fake) answerFor(ctx context.Context, r any, asked, kind string, common query.Common) (*query.Answer, error) {
	f.mu.Lock()
	f.last = r
	f.mu.Unlock()
	if asked == "wait" {
		f.began <- struct{}{}
		select {
		case <-f.wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if asked == "panic" {
		panic("Rakesh was here")
	}
	if err := failures[asked]; err != nil {
		return nil, err
	}
	if common.Reason == "" {
		return nil, &query.FieldError{Field: "reason", Message: "is required"}
	}
	hit := query.Hit{HitID: "h1", Class: query.Probable, Score: 0.93, Why: []query.Why{
		{Field: "name", Query: asked, Found: "Birender <b>", Grade: "sound", Score: 0.91, Part: 0.6, Text: "sounds alike", Hindi: "समान ध्वनि"},
		{Field: "relative", Query: "Om", Found: "", Grade: "missing", Part: 0}},
		Record: query.View{ID: "13225008230123/p/A1", Kind: kind, Role: "accused", FIR: "13225008230123", Station: "13225008",
			StationName: "Kalanaur", District: "Rohtak", Name: "Birender <b>", Names: []string{"Virender"},
			Status: "absconding", BirthYear: 1989, EventAt: someTime, Updated: someTime}}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.extra != "" {
		hit.Record.Aliases = []string{f.extra}
	}
	if none, ok := unfound[asked]; ok {
		none.SearchID, none.TotalIs, none.Hits, none.Shards.Of = "s1", "exact", []query.Hit{}, 2
		none.Through = query.Through{Time: someTime, Offsets: map[string]int64{"0": 1234}}
		return &none, nil
	}
	hits := []query.Hit{hit}
	if asked == "many" {
		limit := query.UsualLimit
		if common.Limit != nil {
			limit = *common.Limit
		}
		hits = make([]query.Hit, min(limit, manyHits))
		for i := range hits {
			hits[i] = hit
			hits[i].HitID, hits[i].Record.Name = fmt.Sprint("h", i+1), fmt.Sprintf("Hit %d.", i+1)
		}
		return &query.Answer{SearchID: "s1", Hits: hits, Total: manyHits, TotalIs: "exact", Complete: true, Shards: query.Shards{Answered: 2, Of: 2},
			Through: query.Through{Time: someTime, Offsets: map[string]int64{"0": 1234}}}, nil
	}
	return &query.Answer{SearchID: "s1", Hits: hits, Total: 1, TotalIs: "exact", Complete: true,
		Shards: query.Shards{Answered: 2, Of: 2}, Through: query.Through{Time: someTime, Offsets: map[string]int64{"0": 1234}},
		TookUS: 840}, nil
}

func (f *fake) Search(ctx context.Context, who access.Identity, r query.Request) (*query.Answer, error) {
	if who.KeyID == "" {
		return nil, query.ErrNobody
	}
	f.mu.Lock()
	f.list, r.Shared().List = r.Shared().List, "" // apart, so that rows and single searches can be compared
	f.mu.Unlock()
	if r, ok := r.(*query.VehicleRequest); ok {
		return f.answerFor(ctx, r, r.Registration, "vehicle", r.Common)
	}
	p := r.(*query.PersonRequest)
	return f.answerFor(ctx, p, p.Name, "person", p.Common)
}

func (f *fake) SearchRow(ctx context.Context, who access.Identity, r query.Request, _ *audit.Chunks) (<-chan struct{}, func() (*query.Answer, error), error) {
	a, err := f.Search(ctx, who, r)
	logged := make(chan struct{})
	close(logged)
	return logged, func() (*query.Answer, error) { return a, nil }, err
}

func (f *fake) Await(ctx context.Context, token string) error {
	if token != "9:9" && token != "8:8" {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if token == "8:8" {
		f.began <- struct{}{}
		select {
		case <-f.wait:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waited++
	return query.ErrNotFresh
}

// A seenCase is a case as the fake shows it.
type seenCase struct {
	FIR     string `json:"fir"`
	Number  string `json:"number,omitempty"`
	Station string `json:"station,omitempty"`
}

func (c seenCase) See(storage.Sight)    {}
func (c seenCase) Assigned(string) bool { return false }

func (c seenCase) Shown() (string, []storage.Record) { return c.FIR, nil }

func (f *fake) Case(_ context.Context, who access.Identity, fir string) (query.CaseView, error) {
	if who.KeyID == "" {
		return nil, query.ErrNobody
	}
	if fir != "13225008230123" {
		return nil, query.ErrNotFound
	}
	return seenCase{FIR: fir}, nil
}

func (f *fake) Unmask(ctx context.Context, who access.Identity, fir, reason string) (query.CaseView, error) {
	if reason != "DD 1" {
		return nil, query.ErrNotYours
	}
	return f.Case(ctx, who, fir)
}

func (f *fake) FindCases(_ context.Context, who access.Identity, number, station string) (*query.Cases, error) {
	if who.KeyID == "" {
		return nil, query.ErrNobody
	}
	if number == "0/0" {
		return nil, &query.FieldError{Field: "number", Message: "must read 123/2023"}
	}
	return &query.Cases{Cases: []query.CaseView{seenCase{Number: number, Station: station}}}, nil
}

func (f *fake) MayRead(who access.Identity, unit string) bool {
	return who.MayAt(access.ReadLog, access.Place{Units: []string{unit}})
}

func (f *fake) Status() *query.Status { return &query.Status{Records: query.RecordCounts{Cases: 7}} }

func (f *fake) Ready() (bool, []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ready, []string{"shard 1 is behind"}
}

// request returns what was asked last.
func (f *fake) request() any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// ofList returns the list that what was asked last was a row of.
func (f *fake) ofList() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.list
}

// site is a server under test.
type site struct {
	t      testing.TB
	server *Server
	engine *fake
	clerk  fakeClerk
	keys   *access.Keys
	clock  *accesstest.Clock
	addr   string
	key    string // of role bureau
	admin  string
	client *http.Client
	log    *bytes.Buffer
}

// serve starts a server on a port of the kernel's choice; change may set options.
func serve(t testing.TB, change func(*Options)) *site {
	t.Helper()
	keys, err := access.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, keys: keys, engine: &fake{ready: true, wait: make(chan struct{}), began: make(chan struct{}, 100)},
		client: &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}}, log: new(bytes.Buffer)}
	s.clock = accesstest.NewClock(keys)
	s.key, s.admin = addKeyTo(t, keys, "desk", ""), addKeyTo(t, keys, "chief", access.RoleAdmin)
	o := Options{Engine: s.engine, Keys: keys, Clerk: &s.clerk, Log: slog.New(slog.NewTextHandler(&locked{w: s.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if change != nil {
		change(&o)
	}
	if s.server, err = New(o); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(ln) }()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		s.server.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		keys.Close()
	})
	return s
}

// locked is a writer for several goroutines.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func addKeyTo(t testing.TB, keys *access.Keys, name, role string) string {
	t.Helper()
	plain, _, err := keys.Add(name, role)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	text string
}

// problem decodes the contract's error object.
func (r reply) problem(t testing.TB) refusal {
	t.Helper()
	var e struct{ Error refusal }
	d := json.NewDecoder(strings.NewReader(r.text))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || e.Error.Code == "" || e.Error.Message == "" {
		t.Fatalf("status %d, not an error object: %q, %v", r.StatusCode, r.text, err)
	}
	return e.Error
}

// do sends a request; headers are name, value, ... A key is sent unless Authorization or Cookie is among them.
func (s *site) do(method, path, body string, headers ...string) reply {
	s.t.Helper()
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, "http://"+s.addr+path, from)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if method == "POST" && from != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Cookie" {
			req.Header.Del("Authorization")
		}
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.send(req)
}

func (s *site) send(req *http.Request) reply {
	s.t.Helper()
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatalf("%s: %v", req.Method, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("%s: body: %v", req.Method, err)
	}
	if resp.Header.Get("X-Request-Id") == "" {
		s.t.Fatalf("%s: no X-Request-Id", req.Method)
	}
	return reply{Response: resp, text: string(text)}
}

// raw sends bytes on a connection of its own and returns the answer.
func (s *site) raw(send string) reply {
	s.t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go io.WriteString(c, send)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		s.t.Fatalf("raw: %v", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatalf("raw: body: %v", err)
	}
	if resp.Header.Get("X-Request-Id") == "" {
		s.t.Fatal("raw: no X-Request-Id")
	}
	return reply{Response: resp, text: string(text)}
}

// stop shuts the server down and waits until everything is answered and logged.
func (s *site) stop() {
	s.t.Helper()
	s.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		s.t.Fatalf("shutdown: %v", err)
	}
}

// TestServeAfterShutdown: a stop that comes before, or just as, serving begins ends it all the same.
func TestServeAfterShutdown(t *testing.T) {
	keys, err := access.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	for range 200 {
		s, err := New(Options{Engine: &fake{}, Keys: keys})
		if err != nil {
			t.Fatal(err)
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- s.Serve(ln) }()
		if err := s.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-served; err != nil {
			t.Fatal(err)
		}
	}
}
