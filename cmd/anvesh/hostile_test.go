package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/indexer"
)

// A hostile is a key, and an administrator's, that ask over an address of its own, on many connections, for what costs it little.
type hostile struct {
	name  string
	conns int
	// each goes on until ctx ends; it is called again when it returns before, after a pause.
	each func(*hostile, context.Context)

	to, key, admin string
}

// hostiles are the five forms of the bar, and a flood of searches.
func hostiles() []*hostile {
	return []*hostile{
		{name: "waits", conns: 258, each: (*hostile).late},
		{name: "lists", conns: 16, each: (*hostile).drip},
		{name: "backups", conns: 16, each: (*hostile).leave},
		{name: "idle", conns: 2000, each: (*hostile).silent},
		{name: "failures", conns: 258, each: (*hostile).fail},
		{name: "searches", conns: 64, each: (*hostile).flood},
	}
}

// dial connects from the hostile's own address, and closes when ctx ends.
func (h *hostile) dial(ctx context.Context) (net.Conn, func()) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	c, err := d.DialContext(ctx, "tcp", h.to)
	if err != nil {
		return nil, nil
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	return c, func() { stop(); c.Close() }
}

func (h *hostile) post(path, key, mediaType string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", path, key, mediaType, length)
}

// again sends one request behind the other on one connection and reads whatever is answered.
func (h *hostile) again(ctx context.Context, requests ...string) {
	c, end := h.dial(ctx)
	if c == nil {
		return
	}
	defer end()
	for in := bufio.NewReader(c); ; {
		for _, r := range requests {
			if _, err := io.WriteString(c, r); err != nil || skipAnswer(in) != nil {
				return
			}
		}
	}
}

// skipAnswer reads one answer that says its length, and drops it.
func skipAnswer(in *bufio.Reader) error {
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(n))
		}
		if line == "\r\n" {
			_, err := in.Discard(length)
			return err
		}
	}
}

// late asks for more freshness than there will be.
func (h *hostile) late(ctx context.Context) {
	const body = `{"name":"Rakesh Kumar","reason":"DD 1/2026","at_least":"0:99999999"}`
	h.again(ctx, h.post("/v1/persons/search", h.key, "application/json", len(body))+body)
}

// flood searches without a pause.
func (h *hostile) flood(ctx context.Context) {
	const body = `{"name":"Rakesh Kumar","relative":"Suresh","reason":"DD 1/2026","limit":100}`
	h.again(ctx, h.post("/v1/persons/search", h.key, "application/json", len(body))+body)
}

// fail brings wrong keys, logs in with them, and sends large bodies that cannot be read.
func (h *hostile) fail(ctx context.Context) {
	const login = "key=anv_00000000000000000000000000000000000000000000000000"
	large := strings.Repeat("x", 60_000)
	h.again(ctx, h.post("/v1/persons/search", "wrong", "application/json", 2)+"{}",
		h.post("/login", "wrong", "application/x-www-form-urlencoded", len(login))+login,
		h.post("/v1/persons/search", h.key, "application/json", len(large))+large)
}

// drip sends a list of which a byte comes every so often.
func (h *hostile) drip(ctx context.Context) {
	c, end := h.dial(ctx)
	if c == nil {
		return
	}
	defer end()
	io.WriteString(c, h.post("/v1/persons/match?reason=DD+1/2026", h.key, "application/x-ndjson", 1<<20)+strings.Repeat(" ", 9000))
	go func() {
		for tick := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; <-tick.C {
			if _, err := io.WriteString(c, " "); err != nil {
				return
			}
		}
	}()
	io.Copy(io.Discard, c)
}

// leave begins a backup that takes long and goes away.
func (h *hostile) leave(ctx context.Context) {
	c, end := h.dial(ctx)
	if c == nil {
		return
	}
	defer end()
	const body = `{"rate":1000}`
	io.WriteString(c, h.post("/v1/backup", h.admin, "application/json", len(body))+body)
	c.Read(make([]byte, 100))
}

// silent connects and says nothing.
func (h *hostile) silent(ctx context.Context) {
	c, end := h.dial(ctx)
	if c == nil {
		return
	}
	defer end()
	c.Read(make([]byte, 1))
}

// hostileKeys are one to search with, and an administrator's.
func hostileKeys(t testing.TB, dir string) (keys [2]string) {
	t.Helper()
	for i, role := range []string{"bureau", "admin"} {
		out, errs, code := program(t, "", "keys", "add", "--name", "hostile "+role, "--role", role, "--searches", "1000000000", "--data", dir)
		if code != 0 {
			t.Fatal(errs)
		}
		keys[i] = strings.TrimSpace(out)
	}
	return keys
}

// attack asks until the function that it returns is called.
func (h *hostile) attack(s *server, keys [2]string) (end func()) {
	h.to, h.key, h.admin = strings.TrimPrefix(s.address, "http://"), keys[0], keys[1]
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for range h.conns {
		all.Go(func() {
			for ctx.Err() == nil {
				h.each(h, ctx)
				select {
				case <-ctx.Done():
				case <-time.After(time.Second/2 + rand.N(time.Second)): // each for itself
				}
			}
		})
	}
	return func() { cancel(); all.Wait() }
}

// BenchmarkHostile asks a service on one core (taskset, of util-linux) at a tenth of what it carries, alone and beside one
// hostile key in each form; the clients have the other cores. Of each form: the share that was answered, and how many times
// the p99 of the quiet before and behind it the answers took. At last all forms come at once, and the service is told to
// stop.
func BenchmarkHostile(b *testing.B) {
	const span = 8 * time.Second
	dir := b.TempDir()
	key := addKey(b, dir)
	other := hostileKeys(b, dir)
	s := serve(b, dir, key, "taskset", "-c", "0")
	others := fmt.Sprintf("1-%d", max(1, runtime.NumCPU()-1))
	if out, err := exec.Command("taskset", "-a", "-c", "-p", others, strconv.Itoa(os.Getpid())).CombinedOutput(); err != nil {
		b.Fatalf("taskset: %v: %s", err, out)
	}
	updates, asks := madeUp(b, 11, 20_000)
	for sent := 0; sent < len(updates); {
		sent += load(s.broker, updates[sent:], nil)
	}
	for s.status().Updates[indexer.CountApplied] < uint64(len(updates)) {
		time.Sleep(20 * time.Millisecond)
	}
	c := newCrowd(b, s, asks)
	c.carries(2 * time.Second) // pages and caches are warm then
	carried := c.carries(span)
	b.ReportMetric(carried, "carried/s")
	ctx := context.Background()
	for b.Loop() {
		before := c.run(ctx, 16, carried/10, span)
		for _, h := range hostiles() {
			end := h.attack(s, other)
			c.run(ctx, 16, carried/10, time.Second)
			during := c.run(ctx, 16, carried/10, span)
			end()
			c.run(ctx, 16, carried/10, time.Second)
			behind := c.run(ctx, 16, carried/10, span)
			quiet := (before.OKP99 + behind.OKP99) / 2
			b.ReportMetric(100*float64(during.OK)/float64(during.Sent), h.name+"-answered-%")
			b.ReportMetric(during.OKP99/quiet, h.name+"-p99-ratio")
			b.Logf("%s: %d of %d answered, p50 %.2f ms, p99 %.2f ms; quiet before p50 %.2f, p99 %.2f, behind %.2f and %.2f ms, not answered %d and %d",
				h.name, during.OK, during.Sent, during.OKP50/1e3, during.OKP99/1e3, before.OKP50/1e3, before.OKP99/1e3,
				behind.OKP50/1e3, behind.OKP99/1e3, before.Sent-before.OK, behind.Sent-behind.OK)
			before = behind
		}
	}
	for _, h := range hostiles() {
		defer h.attack(s, other)()
	}
	c.run(ctx, 16, carried/10, 2*time.Second)
	began := time.Now()
	s.stop()
	b.ReportMetric(time.Since(began).Seconds(), "stop-s")
}

// TestStopUnderAttack tells a service to stop while clients wait for what does not come, send lists byte by byte, begin
// backups and go, and say nothing: it ends well.
func TestStopUnderAttack(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	other := hostileKeys(t, dir)
	s := serve(t, dir, key)
	var ends []func()
	for _, h := range hostiles() {
		h.conns = min(h.conns, 20)
		ends = append(ends, h.attack(s, other))
	}
	for lists := ""; lists != "429"; { // both lists of the key run, and the others are under way
		h := hostile{to: strings.TrimPrefix(s.address, "http://"), key: other[0]}
		c, end := h.dial(t.Context())
		if c == nil {
			continue
		}
		io.WriteString(c, h.post("/v1/persons/match?reason=DD+1/2026", h.key, "application/x-ndjson", 2)+"{}")
		if line, err := bufio.NewReader(c).ReadString('\n'); err == nil {
			lists = strings.Fields(line)[1]
		}
		end()
	}
	s.stop()
	for _, end := range ends {
		end()
	}
}
