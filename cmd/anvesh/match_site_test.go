package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/web"
)

// A called is what a run of the program left.
type called struct {
	code      int
	out, errs string
}

// callProgram runs the program with a context, standard input and arguments.
func callProgram(ctx context.Context, stdin string, args ...string) called {
	var out, errs bytes.Buffer
	w := &world{ctx: ctx, stdin: strings.NewReader(stdin), stdout: &out, stderr: &guarded{w: &errs}}
	code := run(w, args)
	return called{code, out.String(), errs.String()}
}

// guarded is a writer for several goroutines.
type guarded struct {
	mu sync.Mutex
	w  io.Writer
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.w.Write(p)
}

// drawn is an engine whose answers depend on the request alone, so that equal requests have equal hits.
type drawn struct {
	mu      sync.Mutex
	reasons map[string]string // by name or registration
}

var drawnTime = time.Date(2026, 11, 23, 5, 2, 5, 0, time.UTC)

// answer draws 0 to 4 hits.
func (d *drawn) answer(kind, asked, request string, c *query.Common) (*query.Answer, error) {
	if asked == "" {
		return nil, &query.FieldError{Message: "nothing is asked"}
	}
	if asked == "broken" {
		return nil, errors.New("disk on fire")
	}
	if c.Reason == "" {
		return nil, &query.FieldError{Field: "reason", Message: "is required"}
	}
	d.mu.Lock()
	d.reasons[asked] = c.Reason
	d.mu.Unlock()
	h := fnv.New64a()
	io.WriteString(h, request)
	sum := h.Sum64()
	a := &query.Answer{SearchID: "s", Hits: []query.Hit{}, Total: int(sum % 5), TotalIs: "exact", Complete: true, Practice: true,
		Shards: query.Shards{Answered: 2, Of: 2}, Through: query.Through{Time: drawnTime, Offsets: map[string]int64{"0": 7}}}
	for i := range a.Total {
		if c.Limit != nil && i >= *c.Limit {
			break
		}
		a.Hits = append(a.Hits, query.Hit{HitID: fmt.Sprint("h", i), Class: query.Probable, Score: float64(sum>>8%100) / 100,
			Why:    []query.Why{{Field: "name", Query: asked, Found: "Birender <b>", Grade: "sound", Score: .9, Part: .9, Text: "sounds alike: " + asked}},
			Record: query.View{ID: fmt.Sprintf("1322500823%04d/p/A%d", sum%10000, i), Kind: kind, FIR: "13225008230123", Name: "=Birender <b>", Names: []string{"वीरेंद्र"}, Status: "wanted", Updated: drawnTime}})
	}
	return a, nil
}

func (d *drawn) Search(_ context.Context, _ access.Identity, asked query.Request) (*query.Answer, error) {
	if r, ok := asked.(*query.VehicleRequest); ok {
		return d.answer("vehicle", r.Registration, fmt.Sprint(r.Registration, r.Chassis, r.Engine, r.Colour), &r.Common)
	}
	r := asked.(*query.PersonRequest)
	return d.answer("person", r.Name, fmt.Sprint(r.Name, r.Relative, r.Age, r.Gender, r.Place, r.Status), &r.Common)
}

func (d *drawn) SearchRow(ctx context.Context, who access.Identity, asked query.Request, _ *audit.Chunks) (<-chan struct{}, func() (*query.Answer, error), error) {
	logged := make(chan struct{})
	close(logged)
	a, err := d.Search(ctx, who, asked)
	return logged, func() (*query.Answer, error) { return a, err }, err
}

func (*drawn) Unmask(context.Context, access.Identity, string, string) (query.CaseView, error) {
	return nil, query.ErrNotFound
}
func (*drawn) Enter(context.Context, access.Identity, []query.Update) (map[int]error, error) {
	return nil, nil
}

func (d *drawn) Await(context.Context, string) error { return nil }
func (d *drawn) Case(context.Context, access.Identity, string) (query.CaseView, error) {
	return nil, query.ErrNotFound
}
func (d *drawn) FindCases(context.Context, access.Identity, string, string) (*query.Cases, error) {
	return nil, query.ErrNotFound
}
func (d *drawn) MayRead(access.Identity, string) bool { return false }

func (d *drawn) Status() *query.Status   { return nil }
func (d *drawn) Ready() (bool, []string) { return true, nil }

// reason is what a search was made for.
func (d *drawn) reason(asked string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reasons[asked]
}

// matchSite is a real front end over a drawn engine.
type matchSite struct {
	t          testing.TB
	engine     *drawn
	dir        string // of the keys
	url        string
	key, admin string
	keys       *access.Keys
}

func openSite(t testing.TB) *matchSite {
	t.Helper()
	s := &matchSite{t: t, engine: &drawn{reasons: map[string]string{}}, dir: t.TempDir()}
	keys, err := access.Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]*string{"bureau": &s.key, "admin": &s.admin} {
		if *key, _, err = keys.Add(name, name); err != nil {
			t.Fatal(err)
		}
	}
	s.keys = keys
	server, err := web.New(web.Options{Engine: s.engine, Keys: keys, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		server.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		keys.Close()
	})
	return s
}

// match runs anvesh match against the site.
func (s *matchSite) match(stdin string, args ...string) called {
	return callProgram(s.t.Context(), stdin, append([]string{"match", "--server", s.url, "--key", s.key}, args...)...)
}

// writeList makes a file of that name in a directory of its own.
func writeList(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func readText(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
