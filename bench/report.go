package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"anvesh/bench/load"
)

// ReportOptions say what MakeReport measures.
type ReportOptions struct {
	Program  string        // path of anvesh, which is started as a service and as a loader
	Records  int           // persons and vehicles, one form each; at least 1,000
	Sample   int           // searches of each kind
	Duration time.Duration // of each step of the open loop
	Updates  int           // a second, beside the searches of mixed; at least 10
	Seed     uint64        // the same seed makes the same records and searches
	Steps    []string      // of Steps; nil for all
	Dir      string        // where the service's data is put; "" for a temporary directory
	Version  string        // of the program
	Progress io.Writer
}

// Steps are what MakeReport can measure, in its order. All others need what ingest has loaded; mixed changes it.
var Steps = []string{"ingest", "startup", "engine", "http", "growth", "stock", "mixed"}

// A Report is what one run of make bench measured.
type Report struct {
	Made     time.Time          `json:"made"`
	Version  string             `json:"version"`
	Machine  Machine            `json:"machine"`
	Records  int                `json:"records"`
	Seed     uint64             `json:"seed"`
	Ingest   *IngestResult      `json:"ingest,omitempty"`
	Startup  *StartupResult     `json:"startup,omitempty"`
	Engine   []KindResult       `json:"engine,omitempty"`
	HTTP     *HTTPResult        `json:"http,omitempty"`
	Mixed    *MixedResult       `json:"mixed,omitempty"`
	Growth   []GrowthPoint      `json:"growth,omitempty"`
	Exponent map[string]float64 `json:"growth_exponents,omitempty"` // of cost against records: 0 flat, 1 in proportion
	Stock    []StockResult      `json:"stock,omitempty"`
}

// StartupResult is a start after a kill -9.
type StartupResult struct {
	Seconds float64 `json:"seconds_to_ready"`
	RSS     float64 `json:"resident_bytes"`
}

// A GrowthPoint is what updates and searches cost at a size.
type GrowthPoint struct {
	Records   int     `json:"records"`
	UpdateUS  float64 `json:"update_cpu_us"`
	PersonUS  float64 `json:"person_search_us"`  // mean of name alone, one error
	VehicleUS float64 `json:"vehicle_search_us"` // mean of a registration, one error
}

// A measurement is one report under way.
type measurement struct {
	o               ReportOptions
	dir             string
	sample, strange *sample // held, and not held
	report          Report
}

// MakeReport loads made-up records through the log and measures.
func MakeReport(ctx context.Context, o ReportOptions) (report *Report, err error) {
	if o.Records < 1000 || o.Sample < 1 || o.Duration <= 0 || o.Updates < 10 {
		return nil, errors.New("bench: report: records must be at least 1,000, sample at least 1, updates at least 10 and duration over 0")
	}
	for _, s := range o.Steps {
		if !slices.Contains(Steps, s) {
			return nil, fmt.Errorf("bench: report: steps: %q is none of %v", s, Steps)
		}
	}
	if len(o.Steps) == 0 {
		o.Steps = Steps
	}
	m := &measurement{o: o, dir: o.Dir, report: Report{Made: time.Now().UTC().Truncate(time.Second), Version: o.Version, Machine: thisMachine(), Records: o.Records, Seed: o.Seed}}
	if m.dir == "" {
		if m.dir, err = os.MkdirTemp("", "anvesh-report-*"); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(m.dir)) }()
	}
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		name string
		run  func(context.Context) error
	}{{"ingest", m.ingest}, {"startup", m.startup}, {"engine", m.engine}, {"http", m.http}, {"growth", m.growth}, {"stock", m.stock}, {"mixed", m.mixed}} {
		if !slices.Contains(o.Steps, step.name) {
			continue
		}
		start := time.Now()
		m.tell("%s", step.name)
		if err := step.run(ctx); err != nil {
			return &m.report, fmt.Errorf("bench: report: %s: %w", step.name, err)
		}
		m.tell("%s took %.0f s", step.name, time.Since(start).Seconds())
	}
	return &m.report, nil
}

func (m *measurement) tell(format string, args ...any) {
	fmt.Fprintf(m.o.Progress, "report: "+format+"\n", args...)
}

// startup kills the service and starts it again.
func (m *measurement) startup(ctx context.Context) error {
	s, err := startService(ctx, m.o.Program, m.dir)
	if err != nil {
		return err
	}
	s.kill()
	start := time.Now()
	if s, err = startService(ctx, m.o.Program, m.dir); err != nil {
		return err
	}
	m.report.Startup = &StartupResult{time.Since(start).Seconds(), s.memory("VmRSS")}
	return s.stop()
}

// growth does ingest and engine at a tenth of the records, and at every further power of ten between, in directories of their own.
func (m *measurement) growth(ctx context.Context) error {
	for n := m.o.Records / 10; n >= 100_000 || n == m.o.Records/10; n /= 10 {
		dir := filepath.Join(m.dir, fmt.Sprintf("growth-%d", n))
		small := &measurement{o: m.o, dir: dir, report: Report{Records: n}}
		small.o.Records = n
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := errors.Join(small.ingest(ctx), small.engine(ctx), os.RemoveAll(dir)); err != nil {
			return err
		}
		m.report.Growth = append(m.report.Growth, small.report.point())
	}
	slices.Reverse(m.report.Growth)
	if m.report.Ingest != nil && m.report.Engine != nil {
		m.report.Growth = append(m.report.Growth, m.report.point())
	}
	m.report.Exponent = exponents(m.report.Growth)
	return nil
}

// point is what a report says of its size.
func (r *Report) point() GrowthPoint {
	p := GrowthPoint{Records: r.Records, UpdateUS: r.Ingest.UpdateUS}
	for _, k := range r.Engine {
		switch k.Kind {
		case personOneError:
			p.PersonUS = 1e6 / k.QPS
		case vehicleOneError:
			p.VehicleUS = 1e6 / k.QPS
		}
	}
	return p
}

// exponents fits cost = a * records^b to all points, by least squares over logarithms, and gives each b.
func exponents(points []GrowthPoint) map[string]float64 {
	if len(points) < 2 {
		return nil
	}
	of := func(cost func(*GrowthPoint) float64) float64 {
		var n, sx, sy, sxx, sxy float64
		for i := range points {
			x, y := math.Log(float64(points[i].Records)), math.Log(cost(&points[i]))
			n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
		}
		return (n*sxy - sx*sy) / (n*sxx - sx*sx)
	}
	return map[string]float64{"update": of(func(p *GrowthPoint) float64 { return p.UpdateUS }),
		"person": of(func(p *GrowthPoint) float64 { return p.PersonUS }), "vehicle": of(func(p *GrowthPoint) float64 { return p.VehicleUS })}
}

// An HTTPResult is the open loop at rising rates against the service on the same machine.
type HTTPResult struct {
	Steps      []load.Result `json:"steps"`
	Held       float64       `json:"held_rate"` // the highest with p99 under 20 ms, a second
	ServiceCPU float64       `json:"service_cpu_cores"`
	OwnCPU     float64       `json:"generator_cpu_cores"` // both while the highest rate was held
	Empty      load.Result   `json:"against_empty_handler"`
}

// httpLimit is the p99 that a rate must keep to be held.
const httpLimit = 20 * time.Millisecond
