package match

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"strings"
	"time"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// Bounds of a report, so that a browser opens it: bytes of rows with a strong hit, of the other rows, and hits of one row.
const (
	strongBytes = 16 << 20
	otherBytes  = 4 << 20
	reportHits  = 20
)

// htmlSink writes a report that one reads, prints and keeps: one file, nothing loaded from elsewhere, no script. What
// the list was, for what and by whom it was searched and the totals stand first, then the rows with a strong hit; so
// all is written at the end, and what is beyond the bounds is counted.
type htmlSink struct {
	head          *outHead
	strong, other rowsShown
	practice      bool
	through       time.Time // the earliest of all answers
}

// rowsShown are rows as they are shown, up to a bound.
type rowsShown struct {
	text bytes.Buffer
	left int // rows for which there was no place
}

func (r *rowsShown) add(text []byte, most int) {
	if r.left > 0 || r.text.Len()+len(text) > most {
		r.left++
		return
	}
	r.text.Write(text)
}

// A reportRow is what the report shows of one row.
type reportRow struct {
	*rowAnswer
	Asked  string
	Answer *query.Answer
	Hits   []query.Hit // those that are shown
}

func (h *htmlSink) row(dst []byte, a *rowAnswer) ([]byte, error) {
	r := reportRow{rowAnswer: a, Asked: h.asked(a.cells)}
	if a.Error == nil {
		var err error
		if r.Answer, err = a.full(); err != nil {
			return dst, err
		}
		r.Hits = r.Answer.Hits[:min(len(r.Answer.Hits), reportHits)]
		h.practice = h.practice || r.Answer.Practice
		if at := r.Answer.Through.Time; h.through.IsZero() || !at.IsZero() && at.Before(h.through) {
			h.through = at
		}
	}
	var b bytes.Buffer
	if err := report.ExecuteTemplate(&b, "row", r); err != nil {
		return dst, err
	}
	if a.Best == query.Exact || a.Best == query.Probable {
		h.strong.add(b.Bytes(), strongBytes)
	} else {
		h.other.add(b.Bytes(), otherBytes)
	}
	return dst, nil
}

// asked shows the cells that are filled, with their headings.
func (h *htmlSink) asked(cells []string) string {
	if h.head.Headings == nil {
		return visible(strings.Join(cells, " "))
	}
	var parts []string
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell != "" && i < len(h.head.Headings) {
			parts = append(parts, strings.TrimSpace(h.head.Headings[i])+": "+cell)
		}
	}
	return visible(strings.Join(parts, "; "))
}

func (h *htmlSink) foot(dst []byte, s *summary, cut bool) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	err := report.ExecuteTemplate(b, "page", struct {
		*outHead
		Made, Through, Totals string
		Partial               int
		Practice, Cut         bool
		Strong, Other         template.HTML // rows, as the template made them
		StrongLeft, OtherLeft int
	}{h.head, indian(time.Now()), indian(h.through), s.String(), s.partial, h.practice, cut,
		template.HTML(h.strong.text.String()), template.HTML(h.other.text.String()), h.strong.left, h.other.left})
	return b.Bytes(), err
}

// indian writes a time as clocks in India show it; "" for none.
func indian(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(storage.IST).Format("2006-01-02 15:04")
}

func (*htmlSink) resumable() bool { return false }

// scan is not called, as a report is not resumable.
func (*htmlSink) scan(io.Reader) (earlierOut, error) {
	return earlierOut{}, errors.New("a report is written in one run")
}

// report is the template of the page and of one row.
var report = template.Must(template.New("report").Funcs(template.FuncMap{"date": func(t time.Time) string {
	return t.In(storage.IST).Format(time.DateOnly)
}, "percent": func(score float64) int { return int(100*score + 0.5) },
	"both": func(english string) string { return english + " / " + phrase.InHindi(english) }}).Parse(`
{{- define "page"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Matches: {{.List}}</title>
<style>
body { font: 15px/1.4 "Noto Sans", "Noto Sans Devanagari", system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1b1b }
h1 { font-size: 1.4rem } h2 { font-size: 1rem; margin: 0 0 .3rem }
section { border: 1px solid #c8c8c8; border-radius: 4px; margin: .8rem 0; padding: .6rem .8rem; break-inside: avoid }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .25rem .5rem; border-top: 1px solid #ddd }
th { font-weight: 600; color: #555 } ul { margin: 0; padding-left: 1.1rem } p { margin: .2rem 0 } code { font: 13px monospace; word-break: break-all }
.practice { background: #ffe8a3; padding: .5rem .8rem; font-weight: 600 } .error { color: #a00000 } .none { color: #555 }
.class { font-weight: 700; white-space: nowrap } .EXACT { color: #8f0000 } .PROBABLE { color: #8a4b00 } .LEAD { color: #444 }
</style>
</head>
<body>
{{if .Practice}}<p class="practice">{{both "Practice: the records are made up."}}</p>
{{end}}<h1>Matches</h1>
<table>
<tr><th>{{both "List"}}</th><td>{{.List}}</td></tr>
<tr><th>{{both "Reason"}}</th><td>{{.Reason}}</td></tr>
{{with .Who}}<tr><th>{{both "Searched by"}}</th><td>{{.}}</td></tr>
{{end}}<tr><th>{{both "When"}}</th><td>{{.Made}} (Indian time)</td></tr>
{{with .Through}}<tr><th>{{both "Records up to"}}</th><td>{{.}} (Indian time)</td></tr>
{{end}}<tr><th>{{both "Totals"}}</th><td>{{.Totals}}</td></tr>
</table>
<p>A LEAD is a lead, not grounds for a stop. No hit means no match among what was seen. The page holds personal data.</p>
{{if .Cut}}<p class="error">The run was stopped: rows behind the last one here were not searched for.</p>
{{end}}{{if .Partial}}<p class="error">{{.Partial}} answers are not complete: the service could not search everything.</p>
{{end}}<h2>Rows with a strong hit (EXACT, PROBABLE)</h2>
{{.Strong}}{{if .StrongLeft}}<p class="error">{{.StrongLeft}} rows more have a strong hit and find no place in a report: write the answers as .csv or .ndjson.</p>
{{end}}<h2>All other rows</h2>
{{.Other}}{{if .OtherLeft}}<p class="none">{{.OtherLeft}} rows more find no place in a report: .csv and .ndjson hold all.</p>
{{end}}</body>
</html>
{{end}}

{{- define "row"}}<section>
<h2>Line {{.Line}}{{with .Ref}} · {{.}}{{end}}</h2>
{{with .Asked}}<p><code>{{.}}</code></p>
{{end}}{{with .Error}}<p class="error">Not searched for: {{.Text}}</p>
{{end}}{{with .Answer}}{{if not .Hits}}<p class="none">No hit.</p>
{{else}}<table>
<tr><th>Class</th><th>Record</th><th>Status</th><th>FIR</th><th>Evidence</th></tr>
{{range $.Hits}}<tr><td class="class {{.Class}}">{{.Class}}<br>{{percent .Score}} %</td><td>{{with .Caution}}<p class="error"><b>{{both "Caution"}}</b> {{.Text}} {{.Hindi}}</p>{{end}}{{template "record" .Record}}{{with .Action}}<p><b>{{both "What to do"}}</b> {{.Text}} {{.Hindi}}</p>{{end}}{{if .Conflict}}<p class="error">contradicts:{{range .Conflict}} {{.}}{{end}}</p>{{end}}</td><td>{{.Record.Status}}</td><td>{{.Record.FIR}}<br>{{.Record.StationName}}{{with .Record.District}}, {{.}}{{end}}<br>updated {{date .Record.Updated}}</td><td><ul>{{range .Why}}<li>{{if .Text}}{{.Text}}{{else}}{{.Field}}: {{.Query}} / {{.Found}} ({{.Grade}}){{end}}</li>{{end}}</ul></td></tr>
{{end}}</table>
{{if lt (len $.Hits) .Total}}<p class="none">{{len $.Hits}} of {{if eq .TotalIs "at_least"}}at least {{end}}{{.Total}} hits are shown.</p>
{{end}}{{end}}{{if not .Complete}}<p class="error">Not complete: the service could not search everything.</p>
{{end}}{{end}}{{range .Remarks}}<p class="none">{{.}}</p>
{{end}}</section>
{{end}}

{{- define "record"}}{{if eq .Kind "vehicle"}}<strong>{{.Registration}}</strong>{{range .Registrations}}, {{.}}{{end}}<br>{{.Make}} {{.Model}} {{.Colour}}{{with .Chassis}}<br>chassis {{.}}{{end}}{{with .Engine}}<br>engine {{.}}{{end}}{{else}}<strong>{{.Name}}</strong>{{range .Names}}, {{.}}{{end}}{{range .Aliases}} @ {{.}}{{end}}{{with .Relative}}<br>{{with $.Relation}}{{.}}{{else}}relative{{end}}: {{.}}{{end}}{{if .Gender}}<br>{{.Gender}}{{end}}{{if .BirthYear}}<br>born about {{.BirthYear}}{{end}}{{with .Place}}<br>{{.}}{{end}}{{end}}<br><code>{{.ID}}</code>{{end}}`))
