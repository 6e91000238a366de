package page

import (
	"slices"
	"strings"

	"anvesh/query"
	"anvesh/query/match"
	"anvesh/storage"
)

// Stages are those of a list on the page: its columns are looked at, it is searched for, and this came of it.
var Stages = []string{"columns", "search", "end"}

// A ListView is what somebody sees of a list that he puts on the page.
type ListView struct {
	Kinds             []string
	MostRows, MostMiB int
	MostHits          int // of a row
	OfRole            int // rows that the role may match without approval; 0 for as many as there are
	RowsLeft          int // of the day
	Credential        string
	MayExport         bool
	MayBook           bool   // as a workbook too
	Other             string // the list that the session has already

	ID, Name, Reason, Stage string
	Rows, Done              int

	Columns []ListColumn
	Fields  []string
	Sheets  []string
	Sheet   string
	Notes   []string
	Asked   bool // something has to be told first

	Counts   []ListCount
	Lines    []ListLine
	From     int // of all lines, from 0
	Before   int // where the page before begins; -1 where there is none
	After    int
	Stopped  bool
	TooLarge bool
}

// A ListColumn is one column, what it is taken for, and its first cells.
type ListColumn struct {
	match.Column
	Cells []string
}

// A ListCount is how many rows came to that.
type ListCount struct {
	Outcome string // EXACT, PROBABLE, LEAD, none, refused
	Rows    int
}

// A ListLine is a row of a list and the best of what was found for it.
type ListLine struct {
	Line                           int
	Asked                          string // the row as it stands in the list
	Outcome                        string
	Title, Relative, Year, Place   string
	Status                         string
	FIR, Number, Station, District string
	Total                          int
	AtLeast                        bool
	Caution, Partial               bool
	Fault                          string
	Remarks                        []string
	Again                          []Given // what the row asks, as the form of the search has it; nil where there is no more to see
	Score                          float64
}

// outcomes are what may come of a row, in the order in which it matters.
var outcomes = []string{string(query.Exact), string(query.Probable), string(query.Lead), "none", "refused"}

// NeedsApproval tells whether the list is longer than the role may match alone.
func (l *ListView) NeedsApproval() bool { return l.OfRole > 0 && l.Rows > l.OfRole }

// TooManyForToday tells whether the day's rows do not suffice.
func (l *ListView) TooManyForToday() bool { return !l.NeedsApproval() && l.Rows > l.RowsLeft }

// ShowColumns puts what a list's columns are taken for into the view.
func (v *View) ShowColumns(h *match.Held) {
	l := v.Desk.List
	l.Rows, l.Sheets, l.Sheet, l.Fields, l.Asked = len(h.Rows), h.Sheets, h.Sheet, match.Fields(h.Kind), h.Asked != nil
	for i, c := range h.Columns {
		one := ListColumn{Column: c}
		if i < len(h.Cells) {
			one.Cells = h.Cells[i]
		}
		l.Columns = append(l.Columns, one)
	}
	for _, note := range h.Notes {
		l.Notes = append(l.Notes, v.Lang.ofField(h.Kind, note.Text, note.Hindi))
	}
}

// ShowLines puts a part of the answers into the view, from a place on, so many.
func (v *View) ShowLines(lines []ListLine, from, most int, stopped bool) {
	l := v.Desk.List
	for _, outcome := range outcomes {
		n := 0
		for i := range lines {
			if lines[i].Outcome == outcome {
				n++
			}
		}
		l.Counts = append(l.Counts, ListCount{outcome, n})
	}
	from = max(0, min(from, len(lines)-1)) / most * most
	l.From, l.Before, l.After, l.Stopped = from, max(-1, from-most), 0, stopped
	if from == 0 {
		l.Before = -1
	}
	if from+most < len(lines) {
		l.After = from + most
	}
	l.Lines = lines[from:min(len(lines), from+most)]
	l.Done = len(lines)
}

// ofField is what is said of a field of a list or a search, in the language: what the contract calls the field gives way to its label, where it
// stands before the sentence.
func (l Lang) ofField(kind, english, hindi string) string {
	text := l.pick(english, hindi)
	if field, rest, ok := strings.Cut(text, ": "); ok && slices.Contains(match.Fields(kind), field) {
		return l.word(field) + ": " + rest
	}
	return text
}

// LineOf is what came of a row of a kind of list, as it is shown.
func LineOf(l Lang, kind string, o match.Outcome, unit Unit) ListLine {
	line := ListLine{Line: o.Row.Line, Asked: strings.Join(slices.DeleteFunc(slices.Clone(o.Row.Cells), func(c string) bool { return strings.TrimSpace(c) == "" }), " · "),
		Outcome: "none", Partial: !o.Complete}
	for _, r := range o.Remarks {
		if text := l.pick(r.Text, r.Hindi); o.Fault == nil || text != o.Fault.Message {
			line.Remarks = append(line.Remarks, l.ofField(kind, r.Text, r.Hindi))
		}
	}
	if o.Fault != nil {
		line.Outcome, line.Fault, line.Partial = "refused", l.ofField(kind, o.Fault.Message, ""), false
		return line
	}
	line.Total, line.AtLeast = o.Answer.Total, o.Answer.TotalIs == "at_least"
	if len(o.Answer.Hits) == 0 {
		return line
	}
	h := &o.Answer.Hits[0]
	r := &h.Record
	line.Outcome, line.Score, line.Caution = string(h.Class), h.Score, h.Caution != nil
	line.Title, line.Relative, line.Year, line.Place, line.Status = titleOf(r), r.Relative, yearOf(r.BirthYear), r.Place, r.Status
	if r.Kind == string(storage.Vehicle) {
		line.Relative = strings.TrimSpace(r.Make + " " + r.Model)
	}
	if line.Total > 1 {
		line.Again = again(strings.TrimSuffix(kind, "s"), o.Row.Object)
	}
	line.FIR, line.Number, line.Station, line.District = r.FIR, caseNumber(r.FIR), stationOf(r), r.District
	if len(r.Station) > districtCode {
		line.District = l.unit(unit, r.Station[:districtCode], r.District)
	}
	if english, hindi := unit(r.Station); l == Hindi && hindi != r.Station {
		line.Station = l.pick(english, hindi)
	}
	return line
}

// again is a row as the form of the search has it; what that has no field for, such as the row's mark, stays behind.
func again(kind string, row []byte) []Given {
	fields := []Given{{"kind", kind}}
	for _, g := range given(row) {
		if g.Field == map[string]string{"person": "name", "vehicle": "registration"}[kind] || slices.ContainsFunc(Inputs(kind), func(in Input) bool { return in.Name == g.Field }) {
			fields = append(fields, g)
		}
	}
	return fields
}

// SortLines puts what matters first: by class, outstanding ones before others, then by score, then as the list has them.
func SortLines(lines []ListLine) {
	slices.SortStableFunc(lines, func(a, b ListLine) int {
		if d := slices.Index(outcomes, a.Outcome) - slices.Index(outcomes, b.Outcome); d != 0 {
			return d
		}
		if sa, sb := storage.Outstanding(a.Status), storage.Outstanding(b.Status); sa != sb {
			if sa {
				return -1
			}
			return 1
		}
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return a.Line - b.Line
	})
}
