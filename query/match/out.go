package match

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"anvesh/query"
)

// A sink writes rows in one form, append style: what one call appends is whole.
type sink interface {
	row(dst []byte, a *rowAnswer) ([]byte, error)
	// foot ends the file; cut says that rows are missing.
	foot(dst []byte, s *summary, cut bool) ([]byte, error)
	// resumable reports whether rows may be appended to an earlier file.
	resumable() bool
	// scan reads an earlier file: up to which byte it is whole, and the row that it ends with.
	scan(r io.Reader) (earlierOut, error)
}

// An earlierOut is what an earlier run left in OUT.
type earlierOut struct {
	size int64 // of what is whole
	last int   // line in the list of the last whole row
	sum  summary
}

// Answers are written when they are so many, or so old. Each write holds whole rows.
const (
	flushBytes = 256 << 10
	flushEvery = 250 * time.Millisecond
)

// An outFile is OUT while it is written.
type outFile struct {
	w       io.Writer
	file    *os.File // nil for standard output
	sink    sink
	earlier summary
	last    int // line in the list of the last row that is written

	pending     []byte
	pendingLast int
	flushed     time.Time
}

// openOut opens OUT in the form of its ending. With resume, what an earlier run left is kept as far as it is whole.
func openOut(name string, resume bool, stdout io.Writer, list io.Reader) (*outFile, error) {
	o := &outFile{flushed: time.Now()}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".ndjson", ".jsonl":
		o.sink = &ndjsonSink{}
	case ".csv":
		o.sink = &csvSink{}
	case ".html", ".htm":
		o.sink = &htmlSink{}
	default:
		if name != "-" {
			return nil, UsageError{errors.New("-o must end in .ndjson, .csv or .html, or be -")}
		}
		o.sink, o.w = &ndjsonSink{}, stdout
		return o, nil
	}
	if resume && !o.sink.resumable() {
		return nil, UsageError{errors.New("--resume goes on with .ndjson and .csv only: a report is written in one run")}
	}
	if isSame(name, list) {
		return nil, UsageError{errors.New("-o names the list itself")}
	}
	flags := os.O_CREATE | os.O_RDWR
	if !resume {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(name, flags, 0o600) // answers are personal data
	if err != nil {
		return nil, err
	}
	o.file, o.w = f, f
	if !resume {
		return o, nil
	}
	if err := o.goOn(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s cannot be gone on with: %w", name, err)
	}
	return o, nil
}

// isSame reports whether the file of that name is the list.
func isSame(name string, list io.Reader) bool {
	f, ok := list.(*os.File)
	if !ok {
		return false
	}
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}

// goOn finds the end of what is whole and cuts the file there.
func (o *outFile) goOn() error {
	e, err := o.sink.scan(o.file)
	if err != nil {
		return err
	}
	if err := o.file.Truncate(e.size); err != nil {
		return err
	}
	if _, err := o.file.Seek(e.size, io.SeekStart); err != nil {
		return err
	}
	o.last, o.pendingLast, o.earlier = e.last, e.last, e.sum
	return nil
}

// row takes one answer.
func (o *outFile) row(a *rowAnswer) (err error) {
	if o.pending, err = o.sink.row(o.pending, a); err != nil {
		return err
	}
	o.pendingLast = a.Line
	if len(o.pending) >= flushBytes || time.Since(o.flushed) >= flushEvery {
		return o.flush()
	}
	return nil
}

// flush writes what is pending.
func (o *outFile) flush() error {
	rows := o.pending
	o.pending, o.flushed = o.pending[:0], time.Now()
	if len(rows) > 0 {
		if _, err := o.w.Write(rows); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
	}
	o.last = o.pendingLast
	return nil
}

// close ends the file durably. cut says that rows are missing.
func (o *outFile) close(s *summary, cut bool) error {
	var err error
	if o.pending, err = o.sink.foot(o.pending, s, cut); err == nil {
		err = o.flush()
	}
	if o.file != nil {
		err = errors.Join(err, o.file.Sync(), o.file.Close())
	}
	return err
}

// ndjsonSink writes the service's answers, one object a row.
type ndjsonSink struct{}

func (*ndjsonSink) row(dst []byte, a *rowAnswer) ([]byte, error) {
	if a.whole != nil {
		return append(a.whole.MarshalTo(dst), '\n'), nil
	}
	b, err := json.Marshal(a)
	return append(append(dst, b...), '\n'), err
}

func (*ndjsonSink) foot(dst []byte, _ *summary, _ bool) ([]byte, error) { return dst, nil }
func (*ndjsonSink) resumable() bool                                     { return true }

// scan counts the whole lines. The last may be cut off.
func (*ndjsonSink) scan(r io.Reader) (e earlierOut, err error) {
	in := bufio.NewReaderSize(r, 1<<20)
	var p fastjson.Parser
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return e, nil
		}
		if err != nil {
			return e, err
		}
		v, err := p.ParseBytes(line)
		if err != nil || v.GetInt("line") <= e.last {
			return e, fmt.Errorf("its line %d is no answer of a match", n)
		}
		e.size, e.last = e.size+int64(len(line)), v.GetInt("line")
		a := rowAnswer{Line: e.last, Total: v.GetInt("total"), Complete: !v.Exists("complete") || v.GetBool("complete")}
		if f := v.Get("error"); f != nil {
			a.Error = &rowFault{Message: string(f.GetStringBytes("message")), Field: string(f.GetStringBytes("field"))}
		}
		e.sum.add(&a)
	}
}

// csvHeadings are the columns of a flat answer: a line for each hit, and one for a row without.
var csvHeadings = [...]string{"line", "ref", "error", "total", "complete", "hit", "class", "score", "id", "role", "fir", "station",
	"station_name", "district", "status", "name", "names", "aliases", "relative", "gender", "birth_year", "place",
	"registration", "chassis", "engine", "make", "model", "colour", "sections", "conflict", "updated", "why"}

// csvSink writes flat answers, UTF-8, with commas.
type csvSink struct{ headed bool }

func (c *csvSink) row(dst []byte, a *rowAnswer) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	w := csv.NewWriter(b)
	c.head(w)
	start := []string{strconv.Itoa(a.Line), inert(a.Ref)}
	if a.Error != nil {
		w.Write(filled(append(start, inert(a.Error.text()))))
		w.Flush()
		return b.Bytes(), w.Error()
	}
	full, err := a.full()
	if err != nil {
		return dst, err
	}
	start = append(start, "", strconv.Itoa(full.Total), strconv.FormatBool(a.Complete))
	for i := range full.Hits {
		w.Write(append(start[:len(start):len(start)], hitCells(i+1, &full.Hits[i])...))
	}
	if len(full.Hits) == 0 {
		w.Write(filled(start))
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// head writes the headings once.
func (c *csvSink) head(w *csv.Writer) {
	if !c.headed {
		w.Write(csvHeadings[:])
		c.headed = true
	}
}

// filled adds empty cells up to the last column.
func filled(cells []string) []string {
	return append(cells, make([]string, len(csvHeadings)-len(cells))...)
}

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
		strings.Join(h.Conflict, "; "), updated, reasons(h.Why)}
	for i := range cells {
		cells[i] = inert(cells[i])
	}
	return cells
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

// inert keeps a spreadsheet from taking what a record holds for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func (c *csvSink) foot(dst []byte, _ *summary, _ bool) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	w := csv.NewWriter(b)
	c.head(w)
	w.Flush()
	return b.Bytes(), w.Error()
}

func (*csvSink) resumable() bool { return true }

// scan finds where the lines of the last row begin: they may not be all, so that row is searched for again.
func (c *csvSink) scan(r io.Reader) (e earlierOut, err error) {
	head := []byte(strings.Join(csvHeadings[:], ",") + "\n")
	buffered := bufio.NewReader(r)
	start, err := buffered.Peek(len(head))
	if err != nil && bytes.HasPrefix(head, start) { // empty, or cut off in the headings
		return e, nil
	}
	if !bytes.Equal(start, head) {
		return e, errors.New("it does not begin with the headings of a match")
	}
	c.headed = true
	in := csv.NewReader(buffered)
	in.FieldsPerRecord, in.ReuseRecord = len(csvHeadings), true
	in.Read()
	open := earlierOut{size: int64(len(head))} // as it is before the row that is being read
	var a rowAnswer
	for {
		at := in.InputOffset()
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
		}
		open.size = at
		total, _ := strconv.Atoi(cells[3])
		a = rowAnswer{Line: line, Total: total, Complete: cells[4] == "true"}
		if cells[2] != "" {
			a.Error = &rowFault{Message: strings.Clone(cells[2])}
		}
	}
}

// full decodes the answer of a row that has no error.
func (a *rowAnswer) full() (*query.Answer, error) {
	var full query.Answer
	if err := json.Unmarshal(a.whole.MarshalTo(nil), &full); err != nil {
		return nil, fmt.Errorf("line %d: the answer is not that of an anvesh service", a.Line)
	}
	return &full, nil
}
