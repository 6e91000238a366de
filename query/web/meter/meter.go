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

// durations are the upper bounds of the histograms' buckets in seconds: close together where a search is answered in time, so
// that a quantile is known to a fifth; wide where a list or a wait for freshness ends. le buckets are what histogram_quantile reads.
var durations = []float64{.0005, .001, .0014, .002, .0028, .004, .0056, .008, .011, .016, .022, .032, .045, .064, .09, .13, .18, .25, .5,
	1, 2, 5, 10, 60, 600}

// help says what our measures mean, by name.
var help = map[string]string{
	"anvesh_http_list_rows_total":        "Rows of lists that were answered.",
	"anvesh_http_panics_total":           "Panics that became an internal error.",
	"anvesh_http_request_seconds":        "Time from the first byte of a request to the last of its answer, by path, of answers with status 2xx.",
	"anvesh_http_requests_total":         "Answers by path and class of status.",
	"anvesh_http_searches_refused_total": "Single searches that found no place.",
	"anvesh_http_waiting":                "Searches and rows that wait for a core.",
}

// Series are the measures of one path.
type Series struct {
	status [6]*metrics.Counter          // by hundreds
	took   *metrics.PrometheusHistogram // answers of status 2xx
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

// Count counts an answer.
func (s *Series) Count(status int) {
	if class := status / 100; class >= 2 && class <= 5 {
		s.status[class].Inc()
	}
}

// Took counts how long an answer took that was not a refusal: many quick refusals would make the others look quick.
func (s *Series) Took(d time.Duration) { s.took.Update(d.Seconds()) }

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
