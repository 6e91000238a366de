package load

import (
	"context"
	"errors"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/valyala/fasthttp"
)

// made drives the generator by a sender in place of HTTP, by the clock of synctest.
func made(t *testing.T, o Options, send sender) (r Result) {
	o.Requests = []Request{{Path: "/"}}
	synctest.Test(t, func(t *testing.T) {
		var err error
		if r, err = drive(t.Context(), o, func() sender { return send }); err != nil {
			t.Error(err)
		}
	})
	return r
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > .01*want+100 {
		t.Errorf("%s is %.0f, want about %.0f", what, got, want)
	}
}

// TestStallCounts: while a server stalls once for a second, all requests that fall due meanwhile are late by what is left
// of the stall: a hundred of a thousand, where a closed loop would see one.
func TestStallCounts(t *testing.T) {
	n := 0
	r := made(t, Options{Rate: 100, Duration: 10 * time.Second, Clients: 1}, func(*Request) (int, string, error) {
		if n++; n == 500 {
			time.Sleep(time.Second)
		}
		return 200, "", nil
	})
	if r.Sent != 1000 || r.OK != 1000 {
		t.Errorf("%d sent, %d answered, want 1000", r.Sent, r.OK)
	}
	near(t, "p50", r.P50, 0)
	near(t, "p95", r.P95, 500_000)
	near(t, "p99", r.P99, 900_000)
	near(t, "the longest", r.Max, 1_000_000)
}

// TestOverload: of a server that is asked twice what it can do, each answer is later than the one before.
func TestOverload(t *testing.T) {
	var server sync.Mutex
	r := made(t, Options{Rate: 200, Duration: 5 * time.Second, Clients: 1}, func(*Request) (int, string, error) {
		server.Lock()
		defer server.Unlock()
		time.Sleep(10 * time.Millisecond)
		return 200, "", nil
	})
	near(t, "p50", r.P50, 2_500_000)
	near(t, "the longest", r.Max, 5_000_000)
	if math.Abs(r.Reached-100) > 1 {
		t.Errorf("%.1f answered a second, want 100", r.Reached)
	}
}

// TestRunOverHTTP tells statuses apart, sends the key, and says what failed.
func TestRunOverHTTP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var n, strangers atomic.Int64
	s := &fasthttp.Server{Handler: func(c *fasthttp.RequestCtx) {
		if string(c.Request.Header.Peek("Authorization")) != "Bearer k" || string(c.Path()) != "/a" || string(c.PostBody()) != "{}" {
			strangers.Add(1)
		}
		switch n.Add(1) % 4 {
		case 0:
			c.SetStatusCode(503)
		case 1:
			c.Error("name: must be given", 400)
		}
	}}
	go s.Serve(l)
	o := Options{Addr: l.Addr().String(), Key: "k", Requests: []Request{{"/a", []byte("{}")}}, Rate: 4000, Duration: 100 * time.Millisecond, Clients: 2}
	r, err := Run(t.Context(), o)
	if err != nil || r.OK != 200 || r.Refused != 100 || r.Failed != 100 || r.Error != "status 400: name: must be given" || strangers.Load() != 0 {
		t.Errorf("%+v %v, %d strange requests; want 200 answered, 100 refused, 100 failed", r, err, strangers.Load())
	}
	if r.Held(time.Hour) {
		t.Error("a rate at which half is not answered counts as held")
	}
	if err := s.Shutdown(); err != nil {
		t.Fatal(err)
	}
	if r, err := Run(t.Context(), o); err != nil || r.Failed != 400 || r.Error == "" {
		t.Errorf("after the end of the server: %+v %v", r, err)
	}
}

func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		o := Options{Requests: []Request{{}}, Rate: 10, Duration: time.Hour, Clients: 3}
		r, err := drive(ctx, o, func() sender { return func(*Request) (int, string, error) { return 200, "", nil } })
		if !errors.Is(err, context.DeadlineExceeded) || r.Sent < 9 || r.Sent > 14 { // each client may have one more in hand
			t.Errorf("%d sent in a second at ten a second, %v", r.Sent, err)
		}
	})
}

// TestClimb looks for what a made-up server holds.
func TestClimb(t *testing.T) {
	f := func(from, holds, least float64) {
		t.Helper()
		all, held, err := climb(Options{Rate: from}, 20*time.Millisecond, func(o Options) (Result, error) {
			r := Result{Rate: o.Rate, Sent: 1000, OK: 1000, P99: 5000}
			if o.Rate > holds {
				r.P99 = 20001
			}
			return r, nil
		})
		if err != nil || held < 0 || all[held].Rate > holds || all[held].Rate < least {
			t.Fatalf("from %.0f: place %d of %+v, %v; want a rate of %.0f to %.0f", from, held, all, err, least, holds)
		}
		for i := range all {
			if i > 0 && all[i].Rate <= all[i-1].Rate {
				t.Errorf("from %.0f: rate %.0f behind %.0f", from, all[i].Rate, all[i-1].Rate)
			}
		}
	}
	f(100, 1000, 1000/closeBy)
	f(100, 100, 100/closeBy)
	f(3000, 1000, 1000/closeBy)
	f(2000, 17, 17/closeBy)
	never := func(o Options) (Result, error) { return Result{Rate: o.Rate, Sent: 10}, nil }
	if all, held, err := climb(Options{Rate: 100}, time.Second, never); held != -1 || err != nil || len(all) != 4 {
		t.Errorf("a server that answers nothing: place %d of %d, %v; want none", held, len(all), err)
	}
	spoilt := false
	once := func(o Options) (Result, error) { // as if something else ran for a moment
		r := Result{Rate: o.Rate, Sent: 1000, OK: 1000, P99: 5000}
		if o.Rate > 1000 || o.Rate > 200 && !spoilt {
			spoilt, r.P99 = spoilt || o.Rate > 200, 90_000
		}
		return r, nil
	}
	if all, held, err := climb(Options{Rate: 100}, 20*time.Millisecond, once); err != nil || held < 0 || all[held].Rate < 900 {
		t.Errorf("one spoilt run: place %d of %+v, %v; want about 1000", held, all, err)
	}
	broken := errors.New("broken")
	if _, _, err := climb(Options{Rate: 100}, time.Second, func(Options) (Result, error) { return Result{}, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the run", err)
	}
}

func TestHeld(t *testing.T) {
	f := func(r Result, want bool) {
		t.Helper()
		if got := r.Held(20 * time.Millisecond); got != want {
			t.Errorf("%+v: %v", r, got)
		}
	}
	f(Result{Sent: 1000, OK: 999, P99: 20_000}, true)
	f(Result{Sent: 1000, OK: 998, P99: 20_000}, false)
	f(Result{Sent: 1000, OK: 1000, P99: 20_001}, false)
	f(Result{}, false)
}

func TestOptionsAreChecked(t *testing.T) {
	if _, err := Run(t.Context(), Options{Addr: "127.0.0.1:1"}); err == nil {
		t.Error("no error without requests and rate")
	}
}
