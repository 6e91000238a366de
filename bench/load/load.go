// Package load sends requests to an HTTP server at a fixed rate and measures how long each answer took.
//
// The loop is open: request i is due at i/rate seconds after the start whatever became of those before it, and its
// latency counts from then. A closed loop, which sends the next request when the last is answered, stops asking while
// a server stalls and so hides the stall (coordinated omission). Latencies go into an HDR histogram of three digits.
package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/valyala/fasthttp"
)

// A Request is one search to send: a path below /, and its JSON.
type Request struct {
	Path string
	Body []byte
}

// Options say what Run sends. Addr, Requests, Rate and Duration are required.
type Options struct {
	Addr     string        // host:port
	Key      string        // sent as the credential; "" for none
	Requests []Request     // sent in turn, again from the first
	Rate     float64       // requests a second
	Duration time.Duration // in which requests fall due
	Clients  int           // connections; requests that find none free wait, and the wait counts. Default 64
	Timeout  time.Duration // of one request. Default 5 s
}

// A Result is what became of the requests. Latencies are microseconds from the time a request was due.
type Result struct {
	Rate     float64 `json:"rate"`            // asked, a second
	Reached  float64 `json:"reached"`         // answered with 200, a second
	Sent     int     `json:"sent"`            // requests
	OK       int     `json:"ok"`              // answered with 200
	Refused  int     `json:"refused"`         // answered with 503: more than the server takes
	Failed   int     `json:"failed"`          // anything else
	Error    string  `json:"error,omitempty"` // of the first that failed
	P50      float64 `json:"p50_us"`
	P95      float64 `json:"p95_us"`
	P99      float64 `json:"p99_us"`
	P999     float64 `json:"p999_us"`
	Max      float64 `json:"max_us"`
	MaxDelay float64 `json:"max_delay_us"` // by which the generator itself was late at worst

	// Of those that were answered with 200, and of all others, apart.
	OKP50    float64 `json:"ok_p50_us"`
	OKP99    float64 `json:"ok_p99_us"`
	OtherP50 float64 `json:"other_p50_us"`
	OtherP99 float64 `json:"other_p99_us"`
}

// Held tells whether the server held the rate: p99 at most limit, and one in a thousand not answered at most.
func (r *Result) Held(limit time.Duration) bool {
	return r.Sent > 0 && r.P99 <= float64(limit.Microseconds()) && float64(r.Sent-r.OK) <= float64(r.Sent)/1000
}

// longest is the longest latency that is told apart.
const longest = time.Minute

// run is one measurement under way.
type run struct {
	o     Options
	start time.Time
	next  atomic.Int64
	total int64
}

// A sender sends one request after the other and gives the status of each answer, with its body where that is an error.
type sender func(q *Request) (status int, body string, err error)

// one is what one client has seen.
type one struct {
	answered, others    *hdrhistogram.Histogram
	ok, refused, failed int
	err                 error
	delay               time.Duration
}

// Run sends the requests and returns when the last is answered or has timed out. An error is returned for options that
// make no sense and when ctx ends, not for what the server answers.
func Run(ctx context.Context, o Options) (Result, error) {
	if o.Addr == "" || len(o.Requests) == 0 || o.Rate <= 0 || o.Duration <= 0 {
		return Result{}, errors.New("load: Addr, Requests, Rate and Duration are required")
	}
	if o.Clients <= 0 {
		o.Clients = 64
	}
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	host := &fasthttp.HostClient{Addr: o.Addr, MaxConns: o.Clients, MaxIdemponentCallAttempts: 1, NoDefaultUserAgentHeader: true}
	defer host.CloseIdleConnections()
	return drive(ctx, o, func() sender { return o.overHTTP(host) })
}

// drive is Run by any senders, one for each client.
func drive(ctx context.Context, o Options, open func() sender) (Result, error) {
	r := &run{o: o, total: max(int64(o.Rate*o.Duration.Seconds()), 1)}
	seen := make([]one, o.Clients)
	var wait sync.WaitGroup
	r.start = time.Now()
	for i := range seen {
		wait.Go(func() { r.client(ctx, &seen[i], open()) })
	}
	wait.Wait()
	return r.result(seen), context.Cause(ctx)
}

// overHTTP is a sender of one request and one response that are used again and again.
func (o *Options) overHTTP(host *fasthttp.HostClient) sender {
	req, resp := &fasthttp.Request{}, &fasthttp.Response{}
	req.Header.SetMethod(fasthttp.MethodPost)
	req.Header.SetContentType("application/json")
	if o.Key != "" {
		req.Header.Set("Authorization", "Bearer "+o.Key)
	}
	return func(q *Request) (int, string, error) {
		req.SetRequestURI("http://" + o.Addr + q.Path)
		req.SetBodyRaw(q.Body)
		resp.Reset()
		if err := host.DoTimeout(req, resp, o.Timeout); err != nil {
			return 0, "", err
		}
		if status := resp.StatusCode(); status != fasthttp.StatusOK {
			return status, string(resp.Body()), nil
		}
		return fasthttp.StatusOK, "", nil
	}
}

// client takes the next request that is due and sends it, until all are sent.
func (r *run) client(ctx context.Context, s *one, send sender) {
	s.answered, s.others = newHistogram(), newHistogram()
	for ctx.Err() == nil {
		i := r.next.Add(1) - 1
		if i >= r.total {
			return
		}
		due := r.start.Add(time.Duration(float64(i) / r.o.Rate * float64(time.Second)))
		time.Sleep(time.Until(due)) // late by a tenth of a millisecond at most, measured; spinning took the server's cores
		s.delay = max(s.delay, time.Since(due))
		status, body, err := send(&r.o.Requests[i%int64(len(r.o.Requests))])
		took := min(max(time.Since(due), time.Microsecond), longest)
		s.count(took, status, body, err)
	}
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, longest.Microseconds(), 3) }

// count tells apart what was answered, refused and failed.
func (s *one) count(took time.Duration, status int, body string, err error) {
	hist := s.others
	switch {
	case err == nil && status == fasthttp.StatusOK:
		s.ok++
		hist = s.answered
	case err == nil && status == fasthttp.StatusServiceUnavailable:
		s.refused++
	default:
		if s.failed++; s.err == nil {
			if s.err = err; err == nil {
				s.err = fmt.Errorf("status %d: %.200s", status, body)
			}
		}
	}
	hist.RecordValue(took.Microseconds())
}

func (r *run) result(seen []one) Result {
	answered, others := newHistogram(), newHistogram()
	out := Result{Rate: r.o.Rate}
	for i := range seen {
		s := &seen[i]
		answered.Merge(s.answered)
		others.Merge(s.others)
		out.OK, out.Refused, out.Failed = out.OK+s.ok, out.Refused+s.refused, out.Failed+s.failed
		if out.Error == "" && s.err != nil {
			out.Error = s.err.Error()
		}
		out.MaxDelay = max(out.MaxDelay, float64(s.delay.Microseconds()))
	}
	out.Sent = out.OK + out.Refused + out.Failed
	out.Reached = float64(out.OK) / max(time.Since(r.start), r.o.Duration).Seconds()
	out.OKP50, out.OKP99 = float64(answered.ValueAtQuantile(50)), float64(answered.ValueAtQuantile(99))
	out.OtherP50, out.OtherP99 = float64(others.ValueAtQuantile(50)), float64(others.ValueAtQuantile(99))
	answered.Merge(others)
	at := func(q float64) float64 { return float64(answered.ValueAtQuantile(q)) }
	out.P50, out.P95, out.P99, out.P999, out.Max = at(50), at(95), at(99), at(99.9), float64(answered.Max())
	return out
}

// Climb runs at rising rates from o.Rate, a quarter more each time, until one is not held; if the first is not held, at falling
// ones, half each time, until one is. Then it tries between the last two until they are within closeBy. A rate has failed
// when it failed twice, since anything else that runs on the machine for a moment spoils one p99. It gives the better result
// of each rate in the order of the rates, and the place of the highest held, -1 for none.
func Climb(ctx context.Context, o Options, limit time.Duration, tell func(Result)) (all []Result, held int, err error) {
	return climb(o, limit, func(o Options) (Result, error) {
		r, err := Run(ctx, o)
		if err == nil {
			tell(r)
		}
		return r, err
	})
}

const (
	leastRate = 10   // a second, below which no rate is tried: a p99 of a few searches says nothing
	closeBy   = 1.08 // the lowest rate that failed over the highest that was held, at which Climb is content
)

// climb is Climb by any way to run.
func climb(o Options, limit time.Duration, run func(Options) (Result, error)) (all []Result, held int, err error) {
	low, high := 0., 0. // the highest rate that was held and the lowest that was not, 0 for none so far
	for o.Rate >= leastRate && (low == 0 || high == 0 || high/low > closeBy) {
		r, err := run(o)
		if err == nil && !r.Held(limit) {
			first := r
			if r, err = run(o); first.P99 < r.P99 && !r.Held(limit) {
				r = first
			}
		}
		if err != nil {
			return all, -1, err
		}
		all = append(all, r)
		if r.Held(limit) {
			low = o.Rate
		} else {
			high = o.Rate
		}
		switch {
		case high == 0:
			o.Rate *= 1.25
		case low == 0:
			o.Rate /= 2
		default:
			o.Rate = (low + high) / 2
		}
	}
	slices.SortFunc(all, func(a, b Result) int { return cmp.Compare(a.Rate, b.Rate) })
	return all, slices.IndexFunc(all, func(r Result) bool { return r.Rate == low }), nil
}
