// Package meter measures the front end: how many requests of each path came, how they were answered and how long that took, as
// Prometheus text. It knows no HTTP and nothing of a request but its path as the table of routes has it, so that nothing a caller
// typed can stand in a measure.
package meter

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// A Meter counts requests and how long they took, by path and class of status. The series of a path are made once, so
// that counting costs no allocation.
type Meter struct {
	set    *metrics.Set
	byPath map[string]*Series

	Rows    *metrics.Counter // of lists that were answered
	Panics  *metrics.Counter // that became an internal error
	Refused *metrics.Counter // single searches, for lack of a place
}

// durations are the upper bounds of the histograms' buckets in seconds: close together where a search is answered in time,
// wide where a list or a wait for freshness ends. le buckets are what histogram_quantile reads.
var durations = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 60, 600}

// help says what our measures mean, by name.
var help = map[string]string{
	"anvesh_http_list_rows_total":        "Rows of lists that were answered.",
	"anvesh_http_panics_total":           "Panics that became an internal error.",
	"anvesh_http_request_seconds":        "Time from a request's arrival to its answer, by path.",
	"anvesh_http_requests_total":         "Answers by path and class of status.",
	"anvesh_http_searches_refused_total": "Single searches that found no place.",
	"anvesh_http_waiting":                "Searches and rows that wait for a core.",
}

// Series are the measures of one path.
type Series struct {
	status [6]*metrics.Counter // by hundreds
	took   *metrics.PrometheusHistogram
}

// The paths of requests that have none of their own.
const (
	Unread  = "unread"  // what could not be read as HTTP
	Unknown = "unknown" // what nothing is served under
)

// New makes a meter; waiting tells how many single searches and rows wait for a place.
func New(set *metrics.Set, waiting func() (searches, rows int)) *Meter {
	m := &Meter{set: set, byPath: map[string]*Series{}, Rows: set.NewCounter("anvesh_http_list_rows_total"),
		Panics: set.NewCounter("anvesh_http_panics_total"), Refused: set.NewCounter("anvesh_http_searches_refused_total")}
	set.NewGauge(`anvesh_http_waiting{what="search"}`, func() float64 { n, _ := waiting(); return float64(n) })
	set.NewGauge(`anvesh_http_waiting{what="row"}`, func() float64 { _, n := waiting(); return float64(n) })
	m.Path(Unread)
	m.Path(Unknown)
	return m
}

// Path makes the series of a path pattern, once.
func (m *Meter) Path(pattern string) *Series {
	if have := m.byPath[pattern]; have != nil {
		return have
	}
	s := &Series{took: m.set.NewPrometheusHistogramExt(fmt.Sprintf(`anvesh_http_request_seconds{path=%q}`, pattern), durations)}
	for class := 2; class <= 5; class++ {
		s.status[class] = m.set.NewCounter(fmt.Sprintf(`anvesh_http_requests_total{path=%q,status="%dxx"}`, pattern, class))
	}
	m.byPath[pattern] = s
	return s
}

// Count counts an answer that has no duration worth keeping.
func (m *Meter) Count(pattern string, status int) { m.byPath[pattern].add(status) }

func (s *Series) add(status int) {
	if class := status / 100; class >= 2 && class <= 5 {
		s.status[class].Inc()
	}
}

// Done counts an answer and its time.
func (s *Series) Done(status int, began time.Time) {
	s.add(status)
	s.took.UpdateDuration(began)
}

// Write writes all measures as Prometheus text, each with what it is and what it means.
func (m *Meter) Write(w io.Writer) {
	metrics.ExposeMetadata(true)
	var b bytes.Buffer
	m.set.WritePrometheus(&b)
	metrics.WriteProcessMetrics(&b)
	for line := range bytes.Lines(b.Bytes()) {
		if name, is := bytes.CutPrefix(line, []byte("# HELP ")); is {
			name = bytes.TrimSpace(name)
			fmt.Fprintf(w, "# HELP %s %s\n", name, cmp.Or(help[string(name)], string(name)))
			continue
		}
		w.Write(line)
	}
}
