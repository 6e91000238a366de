package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
	"anvesh/query"
)

// crowd asks a service as many clients do, each on a connection of its own.
type crowd struct {
	b    *testing.B
	s    *server
	asks []ask
	http *http.Client
}

// heard is what a crowd got: how long answers and refusals took.
type heard struct {
	span               time.Duration
	answered, refused  []time.Duration
	without, elsewhere int // refusals without Retry-After; answers of another status
}

func (h *heard) rate() float64 { return float64(len(h.answered)) / h.span.Seconds() }

// quantile is that of took, in milliseconds.
func quantile(took []time.Duration, q float64) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
}

// run lets clients ask for a time, all together rate times a second, or as fast as they are answered where rate is 0.
func (c *crowd) run(clients int, rate float64, span time.Duration) *heard {
	h, mu, all := &heard{}, sync.Mutex{}, sync.WaitGroup{}
	begin := time.Now()
	for n := range clients {
		all.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 9))
			var mine heard
			pause := time.Duration(0)
			if rate > 0 {
				pause = time.Duration(float64(clients) / rate * float64(time.Second))
			}
			due := begin.Add(time.Duration(rng.Float64() * float64(pause)))
			for time.Since(begin) < span {
				time.Sleep(time.Until(due)) // the rate of asking is what is set here
				due = due.Add(pause)
				c.ask(&mine, c.asks[rng.IntN(len(c.asks))])
			}
			mu.Lock()
			defer mu.Unlock()
			h.answered, h.refused = append(h.answered, mine.answered...), append(h.refused, mine.refused...)
			h.without, h.elsewhere = h.without+mine.without, h.elsewhere+mine.elsewhere
		})
	}
	all.Wait()
	h.span = time.Since(begin)
	return h
}

// ask sends one search and notes what came of it.
func (c *crowd) ask(h *heard, a ask) {
	q := url.Values{a.field: {a.text}, "reason": {"FIR 1/2026"}}
	r, err := http.NewRequest("GET", c.s.address+"/v1/"+a.kind+"/search?"+q.Encode(), nil)
	if err != nil {
		c.b.Error(err)
		return
	}
	r.Header.Set("Authorization", "Bearer "+c.s.key)
	start := time.Now()
	resp, err := c.http.Do(r)
	if err != nil {
		h.elsewhere++
		return
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	switch took := time.Since(start); resp.StatusCode {
	case 200:
		h.answered = append(h.answered, took)
	case 503:
		h.refused = append(h.refused, took)
		if resp.Header.Get("Retry-After") == "" {
			h.without++
		}
	default:
		h.elsewhere++
	}
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

// status is what the service says of itself.
func (s *server) status() (st query.Status) {
	s.t.Helper()
	_, body := s.get("/v1/status", nil)
	if err := json.Unmarshal(body, &st); err != nil {
		s.t.Fatal(err)
	}
	return st
}

// BenchmarkOverload asks a service on one core (taskset, of util-linux) that holds made-up records, while updates trickle in: by one client, by as
// many as it can carry, beside a list, and at ten times the rate that it could carry.
func BenchmarkOverload(b *testing.B) {
	const span, rate = 8 * time.Second, 200
	dir := b.TempDir()
	key := addKey(b, dir)
	s := serve(b, dir, key, "taskset", "-c", "0")
	others := fmt.Sprintf("1-%d", max(1, runtime.NumCPU()-1)) // the clients have these
	if out, err := exec.Command("taskset", "-a", "-c", "-p", others, strconv.Itoa(os.Getpid())).CombinedOutput(); err != nil {
		b.Fatalf("taskset: %v: %s", err, out)
	}
	updates, asks := madeUp(b, 11, 60_000)
	kept := len(updates) - 16*rate*int(span/time.Second)
	for sent := 0; sent < kept; {
		sent += load(s.broker, updates[sent:kept], nil)
	}
	applied := func() uint64 { return s.status().Updates[indexer.CountApplied] }
	for applied() < uint64(kept) {
		time.Sleep(20 * time.Millisecond)
	}
	c := &crowd{b: b, s: s, asks: asks, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 300, MaxConnsPerHost: 300}}}
	c.run(4, 0, 2*time.Second) // pages and caches are warm then
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		sent := make(chan int)
		go func() { sent <- trickle(ctx, b, s.broker, updates[kept:], rate) }()
		alone, full := c.run(1, 0, span), c.run(4, 0, span)
		listing, leave := context.WithCancel(ctx)
		rows := make(chan int)
		go func() { rows <- c.list(listing) }()
		beside := c.run(1, 0, span)
		leave()
		listed := <-rows
		c.run(200, 200, 2*time.Second) // the connections are there then
		before := applied()
		flood := c.run(200, 10*full.rate(), span)
		during := applied() - before
		cancel()
		total := <-sent
		for applied() < uint64(kept+total) {
			time.Sleep(time.Millisecond)
		}
		if flood.without+flood.elsewhere+alone.elsewhere+full.elsewhere+beside.elsewhere > 0 {
			b.Errorf("%d refusals without Retry-After, %d answers of another kind", flood.without, flood.elsewhere)
		}
		p99 := quantile(alone.answered, 0.99)
		b.ReportMetric(quantile(alone.answered, 0.5), "alone-p50-ms")
		b.ReportMetric(p99, "alone-p99-ms")
		b.ReportMetric(full.rate(), "carried/s")
		b.ReportMetric(quantile(beside.answered, 0.99)/p99, "beside-list-p99-ratio")
		b.ReportMetric(float64(listed)/span.Seconds(), "list-rows/s")
		b.ReportMetric(float64(len(flood.answered)+len(flood.refused))/flood.span.Seconds(), "flood-asked/s")
		b.ReportMetric(flood.rate(), "flood-answered/s")
		b.ReportMetric(quantile(flood.answered, 0.5), "flood-p50-ms")
		b.ReportMetric(quantile(flood.answered, 0.99)/p99, "flood-p99-ratio")
		b.ReportMetric(quantile(flood.refused, 0.5), "refused-p50-ms")
		b.ReportMetric(quantile(flood.refused, 0.99), "refused-p99-ms")
		b.ReportMetric(float64(during)/flood.span.Seconds(), "flood-ingest/s")
		kept += total
	}
	s.stop()
}

// list has a list of 20,000 rows matched until ctx ends, and returns how many answers came.
func (c *crowd) list(ctx context.Context) (rows int) {
	var body strings.Builder
	for i := 0; i < 20_000; i++ {
		if a := c.asks[i%len(c.asks)]; a.kind == "persons" {
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
	resp, err := c.http.Do(r)
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
