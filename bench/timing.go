package bench

import (
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"syscall"
	"time"
)

// Timing is what searches cost, one client on one core. Times are processor time of the whole process, so that
// other programs on a shared machine do not count; Wall is what a clock on the wall saw.
type Timing struct {
	QPS    float64 `json:"qps"`
	P50    float64 `json:"p50_us"`
	P95    float64 `json:"p95_us"`
	P99    float64 `json:"p99_us"`
	P999   float64 `json:"p999_us"`
	Max    float64 `json:"max_us"`
	Wall   float64 `json:"wall_qps"`
	Allocs float64 `json:"allocs_per_search"`
	Bytes  float64 `json:"bytes_per_search"`
}

// timed calls search n times with GOMAXPROCS=1. What check does between two searches is not counted. Allocations are
// those of up to allocRuns further calls, counted together.
func timed(n int, search, check func(i int) error) (Timing, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if n == 0 {
		return Timing{}, nil
	}
	var t Timing
	took := make([]float64, 0, n)
	var cpuSum, wallSum time.Duration
	for i := range n {
		wall, cpu := time.Now(), cpuTime()
		if err := search(i); err != nil {
			return t, err
		}
		c, w := cpuTime()-cpu, time.Since(wall)
		cpuSum, wallSum = cpuSum+c, wallSum+w
		took = append(took, float64(c.Nanoseconds())/1e3)
		if err := check(i); err != nil {
			return t, err
		}
	}
	slices.Sort(took)
	t.QPS, t.Wall = float64(n)/cpuSum.Seconds(), float64(n)/wallSum.Seconds()
	at := func(q float64) float64 { return took[min(int(q*float64(n)), n-1)] }
	t.P50, t.P95, t.P99, t.P999, t.Max = at(.5), at(.95), at(.99), at(.999), took[n-1]
	var before, after runtime.MemStats
	runs := min(n, allocRuns)
	runtime.ReadMemStats(&before)
	for i := range runs {
		if err := search(i); err != nil {
			return t, err
		}
	}
	runtime.ReadMemStats(&after)
	t.Allocs = float64(after.Mallocs-before.Mallocs) / float64(runs)
	t.Bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(runs)
	return t, nil
}

const allocRuns = 200

// profile writes a processor profile until stop is called; file "" writes none.
func profile(file string) (stop func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}

// settle returns when the process has been idle for a moment, so that what was put off while loading (compaction, the
// collector) does not count as a search's; it gives up after a minute.
func settle() {
	const moment = 200 * time.Millisecond
	runtime.GC()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		before := cpuTime()
		time.Sleep(moment)
		if cpuTime()-before < moment/50 {
			return
		}
	}
}

// cpuTime is the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// WriteReport writes a report as indented JSON.
func WriteReport(file string, report any) error {
	b, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}
