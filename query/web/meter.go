package web

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// A meter counts requests and how long they took, by path and class of status. The series of a path are made once, so
// that counting costs no allocation.
type meter struct {
	set    *metrics.Set
	byPath map[string]*series
	rows   *metrics.Counter
	panics *metrics.Counter

	refused *metrics.Counter // single searches, for lack of a place
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

// series are the measures of one path.
type series struct {
	status [6]*metrics.Counter // by hundreds
	took   *metrics.PrometheusHistogram
}

func newMeter(set *metrics.Set, g *gate) *meter {
	m := &meter{set: set, byPath: map[string]*series{}, rows: set.NewCounter("anvesh_http_list_rows_total"),
		panics: set.NewCounter("anvesh_http_panics_total"), refused: set.NewCounter("anvesh_http_searches_refused_total")}
	set.NewGauge(`anvesh_http_waiting{what="search"}`, func() float64 { n, _ := g.waiting(); return float64(n) })
	set.NewGauge(`anvesh_http_waiting{what="row"}`, func() float64 { _, n := g.waiting(); return float64(n) })
	m.path("unread")
	m.path("unknown")
	return m
}

// path makes the series of a path pattern, once.
func (m *meter) path(pattern string) *series {
	if have := m.byPath[pattern]; have != nil {
		return have
	}
	s := &series{took: m.set.NewPrometheusHistogramExt(fmt.Sprintf(`anvesh_http_request_seconds{path=%q}`, pattern), durations)}
	for class := 2; class <= 5; class++ {
		s.status[class] = m.set.NewCounter(fmt.Sprintf(`anvesh_http_requests_total{path=%q,status="%dxx"}`, pattern, class))
	}
	m.byPath[pattern] = s
	return s
}

// count counts an answer that has no duration worth keeping.
func (m *meter) count(pattern string, status int) { m.byPath[pattern].add(status) }

func (s *series) add(status int) {
	if class := status / 100; class >= 2 && class <= 5 {
		s.status[class].Inc()
	}
}

// done counts an answer and its time.
func (s *series) done(status int, began time.Time) {
	s.add(status)
	s.took.UpdateDuration(began)
}

// write writes all measures as Prometheus text, each with what it is and what it means.
func (m *meter) write(w io.Writer) {
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
