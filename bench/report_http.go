package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/valyala/fasthttp"

	"anvesh/bench/load"
	"anvesh/bench/madeup"
	"anvesh/indexer/kafka"
	"anvesh/query"
)

// httpMix is how many searches are drawn for the open loop, which sends them again and again.
const httpMix = 5000

// http climbs with the mix of searches until the service does not hold the rate.
func (m *measurement) http(ctx context.Context) error {
	if _, _, err := m.samples(); err != nil {
		return err
	}
	s, err := startService(ctx, m.o.Program, m.dir)
	if err != nil {
		return err
	}
	defer s.kill()
	if err := s.whole(ctx); err != nil {
		return err
	}
	o := load.Options{Addr: s.addr, Key: s.key, Duration: m.o.Duration, Rate: 200, Requests: m.requests(saltCorpus)}
	if _, err := load.Run(ctx, o); err != nil { // warm
		return err
	}
	r := &HTTPResult{}
	own, theirs := cpuTime(), s.cpu()
	steps, best, err := load.Climb(ctx, o, httpLimit, func(l load.Result) {
		m.tell("%5.0f a second: p50 %6.0f p99 %7.0f µs, %d refused, %d failed", l.Rate, l.P50, l.P99, l.Refused, l.Failed)
		if took := l.Sent; took > 0 && l.Held(httpLimit) && l.Rate > r.Held {
			seconds := m.o.Duration.Seconds()
			r.Held, r.OwnCPU, r.ServiceCPU = l.Rate, (cpuTime()-own).Seconds()/seconds, (s.cpu()-theirs).Seconds()/seconds
		}
		own, theirs = cpuTime(), s.cpu()
	})
	if err != nil {
		return err
	}
	if r.Steps = steps; best < 0 {
		m.tell("no rate was held")
	}
	if r.Empty, err = againstNothing(ctx, o, 4*max(r.Held, o.Rate)); err != nil {
		return err
	}
	m.report.HTTP = r
	return s.stop()
}

// againstNothing sends the same requests at a rate to a server that answers at once: what the generator itself can do.
func againstNothing(ctx context.Context, o load.Options, rate float64) (load.Result, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return load.Result{}, err
	}
	nothing := &fasthttp.Server{Handler: func(c *fasthttp.RequestCtx) { c.SetBodyString("{}") }}
	go nothing.Serve(l)
	defer nothing.Shutdown()
	o.Addr, o.Rate, o.Duration = l.Addr().String(), rate, min(o.Duration, 5*time.Second)
	return load.Run(ctx, o)
}

// A MixedResult is searches at half of the rate that is held while updates arrive and a list of 100,000 rows is matched.
type MixedResult struct {
	Search       load.Result `json:"searches"`
	Updates      float64     `json:"updates_per_second"` // acknowledged by the log
	Asked        float64     `json:"updates_asked_per_second"`
	Rows         float64     `json:"list_rows_per_second"` // answered, not refused
	FreshP50     float64     `json:"freshness_p50_ms"`     // from the log's acknowledgement until a search sees it
	FreshP99     float64     `json:"freshness_p99_ms"`
	Freshnesses  int         `json:"freshness_measured"`
	ServiceCores float64     `json:"service_cpu_cores"`
}

const mixedRows = 100_000

// mixed measures single searches under everything else at once.
func (m *measurement) mixed(ctx context.Context) error {
	held, _, err := m.samples()
	if err != nil {
		return err
	}
	rate := 100.
	if m.report.HTTP != nil && m.report.HTTP.Held > 0 {
		rate = m.report.HTTP.Held / 2
	}
	s, err := startService(ctx, m.o.Program, m.dir)
	if err != nil {
		return err
	}
	defer s.kill()
	if err := s.whole(ctx); err != nil {
		return err
	}
	r := &MixedResult{Asked: float64(m.o.Updates)}
	busy, cancel := context.WithTimeout(ctx, 2*m.o.Duration)
	defer cancel()
	var wait sync.WaitGroup
	var errs [3]error
	var published, rows atomic.Int64
	tokens, began := make(chan acknowledged, 1000), make(chan struct{})
	wait.Go(func() { errs[0] = m.publish(ctx, busy, s, tokens, began, &published) })
	wait.Go(func() { errs[1] = m.matchList(busy, s, held, &rows) })
	fresh := hdrhistogram.New(1, time.Minute.Microseconds(), 3)
	wait.Go(func() { errs[2] = watchFreshness(s, tokens, fresh) })
	cpu, start := s.cpu(), time.Now()
	r.Search, err = load.Run(ctx, load.Options{Addr: s.addr, Key: s.key, Requests: m.requests(saltFacts), Rate: rate, Duration: 2 * m.o.Duration})
	<-began // on a busy machine a short measurement may be over before
	seconds := time.Since(start).Seconds()
	r.ServiceCores = (s.cpu() - cpu).Seconds() / seconds
	r.Updates, r.Rows = float64(published.Load())/seconds, float64(rows.Load())/seconds
	cancel()
	wait.Wait()
	if err := errors.Join(append(errs[:], err)...); err != nil {
		return err
	}
	r.FreshP50, r.FreshP99 = float64(fresh.ValueAtQuantile(50))/1000, float64(fresh.ValueAtQuantile(99))/1000
	r.Freshnesses = int(fresh.TotalCount())
	m.report.Mixed = r
	m.tell("searches at %.0f a second: p99 %.0f µs; %.0f updates and %.0f rows a second beside them; freshness p50 %.0f, p99 %.0f ms",
		rate, r.Search.P99, r.Updates, r.Rows, r.FreshP50, r.FreshP99)
	return s.stop()
}

// acknowledged is the token of updates that the log has taken, and when it said so.
type acknowledged struct {
	token string
	at    time.Time
}

// publish appends updates of further cases at the rate asked, a tenth of a second's worth at a time, until busy ends,
// but once at least. It closes began when the first are acknowledged or never will be, and tokens at the end.
func (m *measurement) publish(ctx, busy context.Context, s *service, tokens chan<- acknowledged, began chan<- struct{}, published *atomic.Int64) error {
	defer close(tokens)
	first := sync.OnceFunc(func() { close(began) })
	defer first()
	client, err := kafka.Dial(ctx, kafka.Options{Brokers: []string{s.broker}})
	if err != nil {
		return err
	}
	defer client.Close()
	each := m.o.Updates / 10
	next := map[int]int64{}
	var batch []kafka.Message
	due := time.Now()
	o := m.generated()
	o.Seed, o.Records = o.Seed+7, max(int(2*m.o.Duration.Seconds()), 1)*m.o.Updates+each
	err = madeup.Generate(o, func(fir string, value []byte) error {
		own := elder(fir)
		if batch = append(batch, kafka.Message{Key: []byte(own), Value: bytes.ReplaceAll(value, []byte(fir), []byte(own))}); len(batch) < each {
			return nil
		}
		offsets, err := client.Publish(ctx, batch)
		if err != nil {
			return err
		}
		for p, o := range offsets {
			next[p] = max(next[p], o)
		}
		published.Add(int64(len(batch)))
		first()
		tokens <- acknowledged{query.Token(next), time.Now()}
		batch = batch[:0]
		due = due.Add(time.Second / 10)
		select {
		case <-time.After(time.Until(due)):
			return nil
		case <-busy.Done():
			return busy.Err()
		}
	})
	return unlessDone(busy, err)
}

// unlessDone forgets an error that comes of the end of the measurement.
func unlessDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// matchList sends a list of made-up persons and counts the rows that are answered.
func (m *measurement) matchList(ctx context.Context, s *service, held *sample, rows *atomic.Int64) error {
	var body bytes.Buffer
	rng := rand.New(rand.NewPCG(m.o.Seed, saltSample))
	for i := range mixedRows {
		t := &held.persons[i%len(held.persons)]
		row, err := json.Marshal(map[string]any{"ref": fmt.Sprint(i), "name": damaged(rng, t.Name, 1), "limit": 1})
		if err != nil {
			return err
		}
		body.Write(append(row, '\n'))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/v1/persons/match?reason=bench+report+list", &body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return unlessDone(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		return &statusError{resp.StatusCode, string(b)}
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if !bytes.Contains(lines.Bytes(), []byte(`"error":{`)) { // a row that there was no time for
			rows.Add(1)
		}
	}
	return unlessDone(ctx, lines.Err())
}

// elder is an FIR's number twelve years earlier, 16..26 become 04..14: the generator numbers the cases of every seed
// alike, and a case that is held already would get a form that it has.
func elder(fir string) string {
	year, err := strconv.Atoi(fir[8:10])
	if err != nil {
		panic("BUG: bench: the year of an FIR number is no number")
	}
	return fmt.Sprintf("%s%02d%s", fir[:8], year-12, fir[10:])
}

// watchFreshness asks for every token that is acknowledged, each by itself and at once, and measures how long after the
// acknowledgement the answer is that fresh: a token that is slow to come does not put off the look at the next one.
// What is not answered when the measurement ends is waited for, and counts.
func watchFreshness(s *service, tokens <-chan acknowledged, fresh *hdrhistogram.Histogram) error {
	var wait sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for t := range tokens {
		wait.Go(func() {
			err := s.await(t.token)
			mu.Lock()
			defer mu.Unlock()
			if failed = errors.Join(failed, err); err == nil {
				fresh.RecordValue(min(time.Since(t.at), time.Minute).Microseconds())
			}
		})
	}
	wait.Wait()
	return failed
}
