package match

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"anvesh/query"
)

// A Held is a list that is read whole and kept in memory while somebody looks at its columns, before it is searched for.
type Held struct {
	Kind    string
	Columns []Column   // what each is taken for
	Cells   [][]string // the first filled cells of each
	Sheets  []string   // of a workbook
	Sheet   string     // the one that was read
	Notes   []Remark
	Rows    []Row
	Asked   *ListError // what has to be said before the list can be searched for; nil where all is clear

	headings []string
	sum      string
}

// cellsShown is how many cells of a column are shown of it.
const cellsShown = 3

// ErrManyRows: the list has more rows than were asked for.
var ErrManyRows = errors.New("match: the list has too many rows")

// Hold reads a list of at most so many rows; sheet names the one of a workbook that is read, "" the first. Nothing of it is written to
// a disk. What it is its bytes say; a Format of xlsx is a workbook at any rate. The error is a *ListError where the list cannot be read,
// and ErrManyRows; a list of which some columns have to be told is held, and says so.
func Hold(file []byte, sheet string, most int, o ListOptions) (*Held, error) {
	sum := sha256.Sum256(file)
	h := &Held{Kind: o.Kind, sum: hex.EncodeToString(sum[:])}
	l, closed, err := h.open(file, sheet, o)
	var asked *ListError
	for errors.As(err, &asked) && asked.Columns != nil {
		if h.Asked == nil {
			h.Asked, h.Columns = asked, asked.Columns
		}
		passed := len(o.Ignore)
		for _, c := range asked.Columns {
			if c.Asked {
				o.Ignore = append(o.Ignore, c.Heading)
			}
		}
		if asked = nil; len(o.Ignore) == passed || len(o.Ignore) > 1000 {
			return h, nil
		}
		if l, closed, err = h.open(file, sheet, o); errors.As(err, &asked) && !slices.ContainsFunc(asked.Columns, func(c Column) bool { return c.Asked }) {
			return h, nil // without the columns that are asked about nothing is left to search by
		}
		asked = nil
	}
	if err != nil {
		if h.Asked != nil {
			return h, nil
		}
		return nil, err
	}
	defer closed()
	return h, h.read(l, most)
}

// open opens the list as what it is.
func (h *Held) open(file []byte, sheet string, o ListOptions) (l *List, closed func(), err error) {
	if !isBook(file[:min(len(file), 4)]) && o.Format != "xlsx" {
		if o.Format == "" && bytes.HasPrefix(bytes.TrimSpace(file), []byte("{")) {
			o.Format = "ndjson"
		}
		l, err := OpenList(bytes.NewReader(file), o)
		return l, func() {}, err
	}
	columns, err := o.columns()
	if err != nil {
		return nil, nil, err
	}
	b, err := holdBook(file, sheet)
	if err != nil {
		return nil, nil, err
	}
	h.Sheets, h.Sheet = b.file.GetSheetList(), b.name
	if l, err = o.openCells(b, columns); err != nil {
		return nil, nil, errors.Join(err, b.close())
	}
	return l, func() { b.close() }, nil
}

// read reads the rows.
func (h *Held) read(l *List, most int) error {
	h.headings, h.Notes = l.Headings, l.Notes
	if h.Columns == nil {
		h.Columns = l.Columns
	}
	h.Cells = make([][]string, len(h.Columns))
	for {
		r, err := l.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(h.Rows) == most {
			return ErrManyRows
		}
		h.Rows = append(h.Rows, r)
		for i, cell := range r.Cells[:min(len(r.Cells), len(h.Cells))] {
			if cell = strings.TrimSpace(cell); cell != "" && len(h.Cells[i]) < cellsShown && !slices.Contains(h.Cells[i], cell) {
				h.Cells[i] = append(h.Cells[i], cell)
			}
		}
	}
}

// Fields are those that a column of a kind of list may be taken for.
func Fields(kind string) []string { return fieldNames(kind) }

// Results take the answers to a held list, row by row, and write them as a file: the CSV of anvesh match.
type Results struct {
	answerReader
	list *Held
	sink sink
	w    io.Writer
	mark *listMark
	dst  []byte
	sum  summary
	n    int
}

// An Outcome is what came of a row.
type Outcome struct {
	Row      *Row
	Fault    *Fault // why it was not searched for, or nil
	Answer   *query.Answer
	Complete bool
	Remarks  []Remark
}

// Results begins to write answers to w. options is what makes answers those of this search, beside the list: reason and map, as in an
// address.
func (h *Held) Results(w io.Writer, options string) *Results {
	return &Results{list: h, w: w, sink: newCSVSink(&outHead{Headings: h.headings}), mark: &listMark{SHA256: h.sum, Kind: h.Kind, Options: options}}
}

// Add takes the answer to the next row, as a line of the batch call.
func (r *Results) Add(line []byte) (Outcome, error) {
	if r.n >= len(r.list.Rows) {
		return Outcome{}, errNoAnswer
	}
	row := &r.list.Rows[r.n]
	bare := *row
	bare.Remarks = nil // the service has read the row by the same reader, and says them
	a, err := r.readAnswer(line, row.Line, &bare)
	if err != nil {
		return Outcome{}, fmt.Errorf("line %d: %w", row.Line, err)
	}
	if a.cells = row.Cells; r.n == 0 {
		a.List = r.mark
	}
	r.n++
	r.sum.add(&a)
	out := Outcome{Row: row, Fault: a.Error, Complete: a.Complete}
	for i, text := range a.Remarks {
		remark := Remark{Text: text}
		if i < len(a.RemarksHi) {
			remark.Hindi = a.RemarksHi[i]
		}
		out.Remarks = append(out.Remarks, remark)
	}
	if a.Error == nil {
		if out.Answer, err = a.full(); err != nil {
			return out, err
		}
	}
	if r.dst, err = r.sink.row(r.dst[:0], &a); err != nil {
		return out, err
	}
	_, err = r.w.Write(r.dst)
	return out, err
}

// Book writes answers, as Results wrote them, as a workbook of one sheet. Every cell is text: no spreadsheet makes a power of ten of a long
// number, or a formula of anything. Nothing of it is written to a disk.
func Book(w io.Writer, answers io.Reader) error {
	f := excelize.NewFile(excelize.Options{TmpDir: os.DevNull + "/none"}) // where nothing can be written it goes on in memory
	defer f.Close()
	sheet, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	rows := csv.NewReader(answers)
	rows.ReuseRecord = true
	for n := 1; ; n++ {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("match: the answers: %w", err)
		}
		row := make([]any, len(cells))
		for i, cell := range cells {
			row[i] = strings.TrimPrefix(cell, byteOrderMark)
		}
		if err := sheet.SetRow("A"+strconv.Itoa(n), row); err != nil {
			return err
		}
	}
	if err := sheet.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// Close ends the file.
func (r *Results) Close() error {
	end, err := r.sink.foot(r.dst[:0], &r.sum, r.n < len(r.list.Rows))
	if err == nil {
		_, err = r.w.Write(end)
	}
	return err
}
