package match

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"time"

	"anvesh/query"
)

// htmlSink writes a report that one reads, prints and keeps: one file, nothing loaded from elsewhere, no script.
type htmlSink struct{ headed bool }

// A reportRow is what the report shows of one row.
type reportRow struct {
	*rowAnswer
	Asked  string
	Answer *query.Answer
}

func (h *htmlSink) row(dst []byte, a *rowAnswer) ([]byte, error) {
	r := reportRow{rowAnswer: a, Asked: a.asked}
	if a.Error == nil {
		var err error
		if r.Answer, err = a.full(); err != nil {
			return dst, err
		}
	}
	b := bytes.NewBuffer(dst)
	if err := h.head(b, r.Answer != nil && r.Answer.Practice); err != nil {
		return dst, err
	}
	err := report.ExecuteTemplate(b, "row", r)
	return b.Bytes(), err
}

// head writes the beginning once.
func (h *htmlSink) head(b *bytes.Buffer, practice bool) error {
	if h.headed {
		return nil
	}
	h.headed = true
	return report.ExecuteTemplate(b, "head", struct {
		Made     string
		Practice bool
	}{time.Now().In(query.India).Format("2006-01-02 15:04"), practice})
}

func (h *htmlSink) foot(dst []byte, s *summary, cut bool) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	if err := h.head(b, false); err != nil {
		return dst, err
	}
	err := report.ExecuteTemplate(b, "foot", struct {
		Rows, Found, Without, Faulty, Partial int
		Cut                                   bool
	}{s.rows, s.found, s.rows - s.found - s.faulty, s.faulty, s.partial, cut})
	return b.Bytes(), err
}

func (*htmlSink) resumable() bool { return false }

// scan is not called, as a report is not resumable.
func (*htmlSink) scan(io.Reader) (earlierOut, error) {
	return earlierOut{}, errors.New("a report is written in one run")
}

// report is the template of the page, in three parts, as rows are written when they come.
var report = template.Must(template.New("report").Funcs(template.FuncMap{"date": func(t time.Time) string {
	return t.In(query.India).Format(time.DateOnly)
}, "percent": func(score float64) int { return int(100*score + 0.5) }}).Parse(`
{{- define "head"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Matches</title>
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
{{if .Practice}}<p class="practice">Practice: the records are made up. / अभ्यास: अभिलेख काल्पनिक हैं।</p>
{{end}}<h1>Matches</h1>
<p>Made {{.Made}} (Indian time). A LEAD is a lead, not grounds for a stop. The page holds personal data.</p>
{{end}}

{{- define "row"}}<section>
<h2>Line {{.Line}}{{with .Ref}} · {{.}}{{end}}</h2>
{{with .Asked}}<p><code>{{.}}</code></p>
{{end}}{{with .Error}}<p class="error">Not searched for: {{if .Field}}{{.Field}}: {{end}}{{.Message}}</p>
{{end}}{{with .Answer}}{{if not .Hits}}<p class="none">No hit.</p>
{{else}}<table>
<tr><th>Class</th><th>Record</th><th>Status</th><th>FIR</th><th>Evidence</th></tr>
{{range .Hits}}<tr><td class="class {{.Class}}">{{.Class}}<br>{{percent .Score}} %</td><td>{{template "record" .Record}}{{if .Conflict}}<p class="error">contradicts:{{range .Conflict}} {{.}}{{end}}</p>{{end}}</td><td>{{.Record.Status}}</td><td>{{.Record.FIR}}<br>{{.Record.StationName}}{{with .Record.District}}, {{.}}{{end}}<br>updated {{date .Record.Updated}}</td><td><ul>{{range .Why}}<li>{{if .Text}}{{.Text}}{{else}}{{.Field}}: {{.Query}} / {{.Found}} ({{.Grade}}){{end}}</li>{{end}}</ul></td></tr>
{{end}}</table>
{{if lt (len .Hits) .Total}}<p class="none">{{len .Hits}} of {{if eq .TotalIs "at_least"}}at least {{end}}{{.Total}} hits are shown.</p>
{{end}}{{end}}{{if not .Complete}}<p class="error">Not complete: the service could not search everything.</p>
{{end}}{{range .Remarks}}<p class="none">{{.}}</p>
{{end}}{{end}}</section>
{{end}}

{{- define "record"}}{{if eq .Kind "vehicle"}}<strong>{{.Registration}}</strong>{{range .Registrations}}, {{.}}{{end}}<br>{{.Make}} {{.Model}} {{.Colour}}{{with .Chassis}}<br>chassis {{.}}{{end}}{{with .Engine}}<br>engine {{.}}{{end}}{{else}}<strong>{{.Name}}</strong>{{range .Names}}, {{.}}{{end}}{{range .Aliases}} @ {{.}}{{end}}{{with .Relative}}<br>{{with $.Relation}}{{.}}{{else}}relative{{end}}: {{.}}{{end}}{{if .Gender}}<br>{{.Gender}}{{end}}{{if .BirthYear}}<br>born about {{.BirthYear}}{{end}}{{with .Place}}<br>{{.}}{{end}}{{end}}<br><code>{{.ID}}</code>{{end}}

{{- define "foot"}}<p>{{.Rows}} rows: {{.Found}} with hits, {{.Without}} without, {{.Faulty}} with errors.{{if .Partial}} {{.Partial}} answers are not complete.{{end}}</p>
{{if .Cut}}<p class="error">The run was stopped: rows behind the last one here were not searched for.</p>
{{end}}</body>
</html>
{{end}}`))
