package match

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"anvesh/query"
)

// byteOrderMark before a CSV file lets spreadsheets read its Hindi.
const byteOrderMark = "\ufeff"

// csvHeadings are the columns of a flat answer, a line for each hit and one for a row without. The list's own columns
// stand behind the first two; the last holds the mark of the list, in the first row.
var csvHeadings = []string{"line", "ref", "error", "total", "complete", "hit", "class", "score", "id", "role", "fir", "station",
	"station_name", "district", "status", "name", "names", "aliases", "relative", "gender", "birth_year", "place",
	"registration", "chassis", "engine", "make", "model", "colour", "sections", "conflict", "updated", "why", "action", "caution", "remarks", "list"}

// csvSink writes flat answers, UTF-8, with commas.
type csvSink struct {
	head    *outHead
	columns []string
	own     int // how many of them are the list's
	headed  bool
}

func newCSVSink(head *outHead) *csvSink {
	own := ownHeadings(head.Headings)
	return &csvSink{head: head, own: len(own), columns: slices.Concat(csvHeadings[:2], own, csvHeadings[2:])}
}

// ownHeadings names the list's columns: as it does, but so that no two columns of the answers have one name.
func ownHeadings(headings []string) (own []string) {
	if headings == nil {
		return []string{"row"}
	}
	for i, h := range headings {
		h = inert(visible(strings.TrimSpace(h)))
		if h == "" {
			h = fmt.Sprintf("column %d", i+1)
		}
		for slices.Contains(csvHeadings, h) || slices.Contains(own, h) {
			h += " (list)"
		}
		own = append(own, h)
	}
	return own
}

func (c *csvSink) row(dst []byte, a *rowAnswer) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	c.heading(b)
	w := csv.NewWriter(b)
	start := []string{strconv.Itoa(a.Line), inert(a.Ref)}
	for i := range c.own {
		text := ""
		if i < len(a.cells) {
			text = inert(a.cells[i])
		}
		start = append(start, text)
	}
	remarks, mark := inert(strings.Join(a.Remarks, "; ")), ""
	if a.List != nil {
		text, err := json.Marshal(a.List)
		if err != nil {
			return dst, err
		}
		mark = string(text)
	}
	write := func(cells []string) {
		row := slices.Concat(start, cells)
		row = append(row, make([]string, len(c.columns)-2-len(row))...)
		w.Write(append(row, remarks, mark))
		mark = ""
	}
	if a.Error != nil {
		write([]string{inert(a.Error.Text())})
		w.Flush()
		return b.Bytes(), w.Error()
	}
	full, err := a.full()
	if err != nil {
		return dst, err
	}
	answer := []string{"", strconv.Itoa(full.Total), strconv.FormatBool(a.Complete)}
	for i := range full.Hits {
		write(slices.Concat(answer, hitCells(i+1, &full.Hits[i])))
	}
	if len(full.Hits) == 0 {
		write(answer)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// heading writes the headings once.
func (c *csvSink) heading(b *bytes.Buffer) {
	if !c.headed {
		b.Write(c.headline())
		c.headed = true
	}
}

// headline is the first line of the file.
func (c *csvSink) headline() []byte { return append([]byte(byteOrderMark), encodeCells(c.columns)...) }

// hitCells are the columns from "hit" on.
func hitCells(place int, h *query.Hit) []string {
	r := &h.Record
	year, updated := "", ""
	if r.BirthYear > 0 {
		year = strconv.Itoa(r.BirthYear)
	}
	if !r.Updated.IsZero() {
		updated = r.Updated.Format(time.RFC3339)
	}
	cells := []string{strconv.Itoa(place), string(h.Class), strconv.FormatFloat(h.Score, 'f', -1, 64), r.ID, r.Role, r.FIR, r.Station,
		r.StationName, r.District, r.Status, r.Name, strings.Join(r.Names, "; "), strings.Join(r.Aliases, "; "), r.Relative, r.Gender,
		year, r.Place, r.Registration, r.Chassis, r.Engine, r.Make, r.Model, r.Colour, strings.Join(r.Sections, "; "),
		strings.Join(h.Conflict, "; "), updated, reasons(h.Why), instruction(h.Action), instruction(h.Caution)}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return cells
}

// instruction is an order in one cell, in both languages.
func instruction(i *query.Instruction) string {
	if i == nil {
		return ""
	}
	return i.Text + " " + i.Hindi
}

// reasons is the evidence in one cell.
func reasons(list []query.Why) string {
	parts := make([]string, 0, len(list))
	for _, w := range list {
		if w.Text != "" {
			parts = append(parts, w.Text)
		} else {
			parts = append(parts, w.Field+" "+w.Grade)
		}
	}
	return strings.Join(parts, "; ")
}

// inert keeps a spreadsheet from taking what a record or a list holds for a formula, and leaves out what cannot be
// seen.
func inert(cell string) string {
	cell = strings.ReplaceAll(visible(cell), "\r", "")
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \u00a0"))
	if strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

func (c *csvSink) foot(dst []byte, _ *summary, _ bool) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	c.heading(b)
	return b.Bytes(), nil
}

func (*csvSink) resumable() bool { return true }

// scan finds where the lines of the last row begin: they may not be all, so that row is searched for again.
func (c *csvSink) scan(r io.Reader) (e earlierOut, err error) {
	head := c.headline()
	buffered := bufio.NewReaderSize(r, max(len(head), 4096))
	start, err := buffered.Peek(len(head))
	if err != nil && bytes.HasPrefix(head, start) { // empty, or cut off in the headings
		return e, nil
	}
	if !bytes.Equal(start, head) {
		return e, errors.New("it does not begin with the headings of a match of this list")
	}
	c.headed = true
	buffered.Discard(len(head))
	in := csv.NewReader(buffered)
	in.FieldsPerRecord, in.ReuseRecord = len(c.columns), true
	open := earlierOut{size: int64(len(head))} // as it is before the row that is being read
	var a rowAnswer
	for {
		at := int64(len(head)) + in.InputOffset()
		cells, err := in.Read()
		if err != nil { // the end, or a row that was cut off
			return open, nil
		}
		line, err := strconv.Atoi(cells[0])
		if err != nil || line < a.Line {
			return e, errors.New("its rows are not those of a match")
		}
		if line == a.Line {
			continue
		}
		if a.Line > 0 {
			open.last = a.Line
			open.sum.add(&a)
		} else {
			json.Unmarshal([]byte(cells[len(cells)-1]), &open.mark) // a mark that cannot be read is none
		}
		open.size = at
		a = c.earlier(line, cells[2+c.own:])
	}
}

// earlier is a row as its first line tells it; cells begin with "error".
func (c *csvSink) earlier(line int, cells []string) rowAnswer {
	a := rowAnswer{Line: line, Complete: cells[2] == "true", Best: query.Class(strings.Clone(cells[4]))}
	if cells[0] != "" {
		a.Error = &Fault{Message: strings.Clone(cells[0])}
	}
	return a
}
