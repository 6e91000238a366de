package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"anvesh/bench"
	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/web"
	"anvesh/storage"
)

// BenchmarkAuditedSearch: searches over HTTP with budgets and the log of who asked what and without both, in turns of half a second, over the
// same RECORDS (default 200,000) made-up persons; share is what of the throughput is left. The bar is .7. cpu-share is the same by
// processor time, the clients' included, which depends less on what else the machine does.
func BenchmarkAuditedSearch(b *testing.B) {
	records := 200_000
	if n, err := strconv.Atoi(os.Getenv("RECORDS")); err == nil {
		records = n
	}
	h, err := bench.OpenHeld("")
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	people, rng := madeup.NewPeople(), rand.New(rand.NewPCG(1, 2))
	names := make([]string, 0, 10_000)
	for i := range records {
		name := people.Name(rng)
		if i%(1+records/10_000) == 0 {
			damaged, _ := madeup.DamageName(rng, name)
			names = append(names, damaged)
		}
		if err := h.Add(&storage.Record{Kind: storage.Person, Role: "accused", Status: "wanted", Name: name}); err != nil {
			b.Fatal(err)
		}
	}
	if err := h.Flush(); err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	keys, err := access.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	defer keys.Close()
	key, _, err := keys.Add("desk", "", access.Program("bench"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := keys.Allow("desk", 1<<30); err != nil {
		b.Fatal(err)
	}
	guard, err := access.NewGuard(access.GuardOptions{Keys: keys})
	if err != nil {
		b.Fatal(err)
	}
	log, err := audit.Open(audit.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	quiet, places := slog.New(slog.DiscardHandler), spareProcessors() // as the service runs
	defer runtime.GOMAXPROCS(places)
	without := serveHeld(b, query.Options{Store: h.Store, Register: h.Register}, web.Options{Keys: keys, Log: quiet, Places: places, WaitTime: time.Minute, MaxWaiting: 1000}, key, names)
	with := serveHeld(b, query.Options{Store: h.Store, Register: h.Register, Guard: guard, Audit: log}, web.Options{Keys: keys, Log: quiet, Places: places, WaitTime: time.Minute, MaxWaiting: 1000, Audit: log}, key, names)
	var done [2]int64
	var spent, used [2]time.Duration
	for b.Loop() {
		for i, load := range []func(time.Duration) (int64, time.Duration){without, with} {
			before := processorTime(b)
			n, took := load(500 * time.Millisecond)
			done[i], spent[i], used[i] = done[i]+n, spent[i]+took, used[i]+processorTime(b)-before
		}
	}
	rate := func(i int) float64 { return float64(done[i]) / spent[i].Seconds() }
	b.ReportMetric(rate(0), "without/s")
	b.ReportMetric(rate(1), "with/s")
	b.ReportMetric(rate(1)/rate(0), "share")
	b.ReportMetric(float64(used[0])/float64(done[0])/(float64(used[1])/float64(done[1])), "cpu-share")
}

// processorTime is what this process has used of it.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// serveHeld serves an engine over HTTP and returns what loads it from 64 connections for a time: as many as keep both cores busy while some wait for the disk.
func serveHeld(b *testing.B, qo query.Options, wo web.Options, key string, names []string) func(time.Duration) (int64, time.Duration) {
	var err error
	if wo.Engine, err = query.New(qo); err != nil {
		b.Fatal(err)
	}
	s, err := web.New(wo)
	if err != nil {
		b.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go s.Serve(ln)
	b.Cleanup(func() { s.Shutdown(context.Background()) })
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	url := "http://" + ln.Addr().String() + "/v1/persons/search"
	var next atomic.Int64
	ask := func() error {
		body := fmt.Sprintf(`{"name":%q,"reason":"FIR 1/2026"}`, names[int(next.Add(1))%len(names)])
		r, err := http.NewRequest("POST", url, bytes.NewReader([]byte(body)))
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if _, err = io.Copy(io.Discard, resp.Body); err == nil && resp.StatusCode != 200 {
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		return err
	}
	return func(d time.Duration) (int64, time.Duration) {
		var group sync.WaitGroup
		var n atomic.Int64
		began := time.Now()
		for range 64 {
			group.Go(func() {
				for time.Since(began) < d {
					if err := ask(); err != nil {
						b.Error(err)
						return
					}
					n.Add(1)
				}
			})
		}
		group.Wait()
		return n.Load(), time.Since(began)
	}
}
