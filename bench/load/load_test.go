package load

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func serve(t *testing.T, handle fasthttp.RequestHandler) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fasthttp.Server{Handler: handle}
	go s.Serve(l)
	t.Cleanup(func() { s.Shutdown() })
	return l.Addr().String()
}

// TestStallCounts: while a server stalls once, all requests that fall due meanwhile are late, not one.
func TestStallCounts(t *testing.T) {
	const stall = 300 * time.Millisecond
	var n atomic.Int64
	addr := serve(t, func(*fasthttp.RequestCtx) {
		if n.Add(1) == 10 {
			time.Sleep(stall)
		}
	})
	r, err := Run(context.Background(), Options{Addr: addr, Requests: []Request{{Path: "/"}}, Rate: 1000, Duration: time.Second, Clients: 1})
	if err != nil || r.OK != 1000 || r.Sent != 1000 {
		t.Fatalf("%+v %v, want 1000 answered", r, err)
	}
	if least := float64(stall.Microseconds()) / 2; r.P95 < least { // of a thousand, 300 fell due in the stall, half of them in its first half
		t.Errorf("p95 is %.0f µs, want at least %.0f: the stall is hidden", r.P95, least)
	}
}

func TestStatusesAreTold(t *testing.T) {
	var n atomic.Int64
	addr := serve(t, func(c *fasthttp.RequestCtx) {
		switch n.Add(1) % 4 {
		case 0:
			c.SetStatusCode(503)
		case 1:
			c.SetStatusCode(400)
		}
	})
	r, err := Run(context.Background(), Options{Addr: addr, Requests: []Request{{Path: "/"}}, Rate: 4000, Duration: 100 * time.Millisecond, Clients: 2})
	if err != nil || r.OK != 200 || r.Refused != 100 || r.Failed != 100 || r.Error == "" {
		t.Errorf("%+v %v, want 200 answered, 100 refused, 100 failed", r, err)
	}
	if r.Held(time.Hour) {
		t.Error("a rate at which half is not answered counts as held")
	}
}

// TestClimb: a server that refuses whatever is over its rate is climbed to that rate.
func TestClimb(t *testing.T) {
	var allowed atomic.Bool
	addr := serve(t, func(c *fasthttp.RequestCtx) {
		if !allowed.Load() {
			c.SetStatusCode(503)
		}
	})
	var rates []float64
	allowed.Store(true)
	all, held, err := Climb(context.Background(), Options{Addr: addr, Requests: []Request{{Path: "/"}}, Rate: 1000, Duration: 20 * time.Millisecond}, time.Hour,
		func(r Result) {
			rates = append(rates, r.Rate)
			allowed.Store(len(rates) < 3) // the fourth is not held, nor are those between
		})
	if err != nil || len(all) != 6 || held != 2 || all[held].Rate != 1562.5 || rates[3] != 1953.125 {
		t.Errorf("rates %v, held %d of %d, %v", rates, held, len(all), err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	if _, err := Run(context.Background(), Options{Addr: "127.0.0.1:1"}); err == nil {
		t.Error("no error without requests and rate")
	}
}
