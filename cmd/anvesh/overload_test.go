package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	generator "anvesh/bench/load"
	"anvesh/indexer"
	"anvesh/query"
)

// A crowd asks a service, at a fixed rate whatever becomes of it.
type crowd struct {
	b        *testing.B
	s        *server
	requests []generator.Request
}

func newCrowd(b *testing.B, s *server, asks []ask) *crowd {
	c := &crowd{b: b, s: s}
	for _, a := range asks {
		body, err := json.Marshal(map[string]string{a.field: a.text, "reason": "FIR 1/2026"})
		if err != nil {
			b.Fatal(err)
		}
		c.requests = append(c.requests, generator.Request{Path: "/v1/" + a.kind + "/search", Body: body})
	}
	return c
}

func (c *crowd) run(ctx context.Context, clients int, rate float64, span time.Duration) generator.Result {
	r, err := generator.Run(ctx, generator.Options{Addr: strings.TrimPrefix(c.s.address, "http://"), Key: c.s.key, Requests: c.requests,
		Rate: rate, Duration: span, Clients: clients})
	if err != nil && ctx.Err() == nil {
		c.b.Fatal(err)
	}
	if r.Failed > 0 {
		c.b.Errorf("%d answers of another kind: %s", r.Failed, r.Error)
	}
	return r
}

// carries is how many searches a second the service answers to a few clients who ask as fast as they are answered.
func (c *crowd) carries(span time.Duration) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	return c.run(ctx, 4, 1e6, span).Reached
}

// trickle publishes updates, so many a second, until ctx ends, and returns how many were acknowledged.
func trickle(ctx context.Context, b *testing.B, broker string, updates [][2]string, rate int) int {
	k := publisher(b, broker)
	sent := 0
	for tick := time.NewTicker(time.Second / 10); sent < len(updates); {
		select {
		case <-ctx.Done():
			return sent
		case <-tick.C:
		}
		var rs []*kgo.Record
		for _, u := range updates[sent:min(sent+rate/10, len(updates))] {
			rs = append(rs, &kgo.Record{Key: []byte(u[0]), Value: []byte(u[1])})
		}
		if err := k.ProduceSync(context.Background(), rs...).FirstErr(); err != nil {
			b.Error(err)
			return sent
		}
		sent += len(rs)
	}
	return sent
}

// A timing is how many searches the service itself says that it has answered, by the upper bounds of their time in seconds from the
// first byte of a request to the last of its answer.
type timing map[float64]float64

var timed = regexp.MustCompile(`(?m)^anvesh_http_request_seconds_bucket\{path="/v1/(?:persons|vehicles)/search",le="(.*)"\} (\d+)$`)

func (s *server) timing() timing {
	_, body := s.get("/metrics", nil)
	all := timing{}
	for _, line := range timed.FindAllStringSubmatch(string(body), -1) {
		le, err := strconv.ParseFloat(line[1], 64)
		n, err2 := strconv.ParseFloat(line[2], 64)
		if err = errors.Join(err, err2); err != nil {
			s.t.Fatal(err)
		}
		all[le] += n
	}
	return all
}

// p99 is that of what came since before, in milliseconds, evenly spread within a bucket; 0 where nothing came.
func (now timing) p99(before timing) float64 {
	total := now[math.Inf(1)] - before[math.Inf(1)]
	var low, below float64
	for _, le := range slices.Sorted(maps.Keys(now)) {
		n := now[le] - before[le]
		if total > 0 && n >= .99*total {
			return 1e3 * (low + (le-low)*(.99*total-below)/(n-below))
		}
		low, below = le, n
	}
	return 0
}

// status is what the service says of itself.
func (s *server) status() (st query.Status) {
	s.t.Helper()
	_, body := s.get("/v1/status", nil)
	if err := json.Unmarshal(body, &st); err != nil {
		s.t.Fatal(err)
	}
	return st
}

// BenchmarkOverload asks a service on one core (taskset, of util-linux) that holds made-up records, while updates trickle
// in: at a tenth of what it can carry, beside a list, and at four and ten times what it can carry. The clients have the other
// cores. Times are those that the clients see, their own lateness included, and those that the service measures (inside).
func BenchmarkOverload(b *testing.B) {
	const span, rate = 8 * time.Second, 200
	dir := b.TempDir()
	key := addKey(b, dir)
	s := serve(b, dir, key, "taskset", "-c", "0")
	others := fmt.Sprintf("1-%d", max(1, runtime.NumCPU()-1))
	if out, err := exec.Command("taskset", "-a", "-c", "-p", others, strconv.Itoa(os.Getpid())).CombinedOutput(); err != nil {
		b.Fatalf("taskset: %v: %s", err, out)
	}
	updates, asks := madeUp(b, 11, 60_000)
	kept := len(updates) - 24*rate*int(span/time.Second)
	for sent := 0; sent < kept; {
		sent += load(s.broker, updates[sent:kept], nil)
	}
	applied := func() uint64 { return s.status().Updates[indexer.CountApplied] }
	for applied() < uint64(kept) {
		time.Sleep(20 * time.Millisecond)
	}
	c := newCrowd(b, s, asks)
	c.carries(2 * time.Second) // pages and caches are warm then
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		sent := make(chan int)
		go func() { sent <- trickle(ctx, b, s.broker, updates[kept:], rate) }()
		carried := c.carries(span)
		quiet := s.timing()
		alone := c.run(ctx, 16, carried/10, span)
		aloneInside := s.timing().p99(quiet)
		listing, leave := context.WithCancel(ctx)
		rows := make(chan int)
		go func() { rows <- c.list(listing, asks) }()
		beside := c.run(ctx, 16, carried/10, span)
		leave()
		listed := <-rows
		for _, times := range []float64{4, 10} {
			before, inside := applied(), s.timing()
			flood := c.run(ctx, 400, times*carried, span)
			during := applied() - before
			metric := func(value float64, of string) { b.ReportMetric(value, fmt.Sprintf("flood%.0f-%s", times, of)) }
			metric(float64(flood.Sent)/span.Seconds(), "asked/s")
			metric(flood.Reached, "answered/s")
			metric(flood.OKP50/1e3, "p50-ms")
			metric(flood.OKP99/1e3, "p99-ms")
			metric(flood.OKP99/alone.OKP99, "p99-ratio")
			p99 := s.timing().p99(inside)
			metric(p99, "inside-p99-ms")
			metric(p99/aloneInside, "inside-p99-ratio")
			metric(flood.OtherP50/1e3, "refused-p50-ms")
			metric(flood.OtherP99/1e3, "refused-p99-ms")
			metric(flood.MaxDelay/1e3, "generator-late-ms")
			metric(float64(during)/span.Seconds(), "ingest/s")
		}
		cancel()
		total := <-sent
		for applied() < uint64(kept+total) {
			time.Sleep(time.Millisecond)
		}
		b.ReportMetric(alone.OKP50/1e3, "alone-p50-ms")
		b.ReportMetric(alone.OKP99/1e3, "alone-p99-ms")
		b.ReportMetric(aloneInside, "alone-inside-p99-ms")
		b.ReportMetric(carried, "carried/s")
		b.ReportMetric(beside.OKP99/alone.OKP99, "beside-list-p99-ratio")
		b.ReportMetric(float64(listed)/span.Seconds(), "list-rows/s")
		kept += total
	}
	s.stop()
}

// list has a list of 20,000 rows matched until ctx ends, and returns how many answers came.
func (c *crowd) list(ctx context.Context, asks []ask) (rows int) {
	var body strings.Builder
	for i := 0; i < 20_000; i++ {
		if a := asks[i%len(asks)]; a.kind == "persons" {
			line, err := json.Marshal(map[string]string{"name": a.text})
			if err != nil {
				c.b.Error(err)
			}
			body.WriteString(string(line) + "\n")
		}
	}
	r, err := http.NewRequestWithContext(ctx, "POST", c.s.address+"/v1/persons/match?reason=FIR+1/2026&limit=5", strings.NewReader(body.String()))
	if err != nil {
		c.b.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "Bearer "+c.s.key)
	r.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.b.Error(err)
		return 0
	}
	defer resp.Body.Close()
	for lines := bufio.NewReader(resp.Body); ; rows++ {
		if _, err := lines.ReadSlice('\n'); err != nil && err != bufio.ErrBufferFull {
			return rows
		}
	}
}
