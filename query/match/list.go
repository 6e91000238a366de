package match

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"anvesh/query"
	"anvesh/query/phrase"
)

// What a list is of.
const (
	Persons  = "persons"
	Vehicles = "vehicles"
)

// ListOptions say how a list is read.
type ListOptions struct {
	Kind   string   // Persons or Vehicles
	Format string   // csv or ndjson; xlsx is read by openBook and Hold
	Map    []string // COLUMN=FIELD; a field of - passes the column over
	Ignore []string // columns that are passed over
	// DropReason passes the rows' own reason over, as one stands for all.
	DropReason bool
	Flags      bool // messages name --map and --ignore; else map=, as in an address
}

// A List is the rows of a list, read one by one: one reader for all that lists are, on both ways in.
type List struct {
	Headings []string // the list's own columns, as written; nil for NDJSON
	Unused   []string // of these the ones that no field is read from
	Notes    []Remark // what was passed over or read in a way that the list's owner may want to know
	Columns  []Column // what each column is taken for; nil for NDJSON

	rows interface{ next() (Row, error) }
}

// A Row is one request of a list.
type Row struct {
	Line    int      // where it begins in the list, from 1; in a workbook the number of its row
	Ref     string   // the row's own mark, if it is known before the row is searched for
	Object  []byte   // the request, a JSON object in the contract's fields; nil where Fault is set
	Remarks []Remark // what was left out or read otherwise than it stands there, and why
	Fault   *Fault   // why the row is not searched for, or nil
	Cells   []string // as the list has them, under Headings; for NDJSON the row itself
}

// Next returns the next row; io.EOF behind the last one. Rows that ask for nothing are passed over.
func (l *List) Next() (Row, error) { return l.rows.next() }

// A Remark is one thing that is said to people, in both languages.
type Remark struct{ Text, Hindi string }

// A Column is one column of a list.
type Column struct {
	Heading string
	Field   string // that is read from it; "" where it is passed over
	Asked   bool   // it has to be said what it is: it looks like Looks, and would be dropped or is one of two
	Looks   string
}

// A ListError is a list that cannot be read as a whole: what was seen, and what would be right.
type ListError struct {
	Field   string // map, or the field at fault, or ""
	Message string
	Hindi   string   // where the page says it
	Columns []Column // of headings that were seen, where it is asked what they are
}

// unreadable is a list that cannot be read at all.
func unreadable(why phrase.Phrase) *ListError {
	english, hindi := why.With()
	return &ListError{Message: english, Hindi: hindi}
}

func (e *ListError) Error() string { return e.Message }

// OpenList begins to read a CSV or NDJSON list. The error is a *ListError where the list or what it was called with is
// at fault. Of CSV as much is read as it takes to know the headings: their line, where that is plain, else twenty lines.
func OpenList(in io.Reader, o ListOptions) (*List, error) {
	columns, err := o.columns()
	if err != nil {
		return nil, err
	}
	lines, err := newLineReader(in)
	if errors.Is(err, errBook) {
		return nil, unreadable(phrase.ListIsBook)
	}
	if errors.Is(err, errNoText) {
		return nil, unreadable(phrase.ListNoText)
	}
	if err != nil {
		return nil, err
	}
	if o.Format == "ndjson" {
		return &List{rows: &objectRows{lines: lines, kind: o.Kind, columns: columns, dropReason: o.DropReason}}, nil
	}
	return o.openCells(&csvTable{lines: lines, comma: ','}, columns)
}

// columns reads Map and Ignore: fields by the plain writing of their columns.
func (o *ListOptions) columns() (map[string]string, error) {
	columns := map[string]string{}
	for _, s := range o.Map {
		at := strings.LastIndexByte(s, '=')
		if at < 1 || strings.TrimSpace(s[at+1:]) == "" {
			return nil, &ListError{Field: "map", Message: o.flag() + " must read COLUMN=FIELD, such as " + o.mapped("Owner", "name")}
		}
		field := strings.TrimSpace(s[at+1:])
		if err := o.checkField(field); err != nil {
			return nil, err
		}
		columns[plainHeading(s[:at])] = field
	}
	for _, s := range o.Ignore {
		columns[plainHeading(s)] = "-"
	}
	return columns, nil
}

// checkField wants a field of the kind.
func (o *ListOptions) checkField(field string) error {
	if field == "-" || findField(o.Kind, field) != nil {
		return nil
	}
	names := fieldNames(o.Kind)
	message := fmt.Sprintf("%s: a list of %s has no field of this name", o.flag(), o.Kind)
	if near := phrase.Nearest(field, names); near != "" {
		return &ListError{Field: "map", Message: message + "; did you mean " + near + "?"}
	}
	return &ListError{Field: "map", Message: message + "; it has " + strings.Join(names, ", ")}
}

func (o *ListOptions) flag() string {
	if o.Flags {
		return "--map"
	}
	return "map"
}

// mapped shows how a column is given a meaning, ready to be copied.
func (o *ListOptions) mapped(column, field string) string {
	if o.Flags {
		return "--map " + shellQuote(column+"="+field)
	}
	return "map=" + url.QueryEscape(column+"="+field)
}

// ignored shows how a column is left out, ready to be copied.
func (o *ListOptions) ignored(column string) string {
	if o.Flags {
		return "--ignore " + shellQuote(column)
	}
	return o.mapped(column, "-")
}

// shellQuote writes a word for a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// A cell is one cell of a list.
type cell struct {
	text string
	is   cellKind
}

// cellKind is what a workbook holds a cell as; of CSV all is text.
type cellKind int

const (
	isText cellKind = iota
	isNumber
	isDate // text is then YYYY-MM-DD
)

// A record is one row of a table.
type record struct {
	line  int // where it begins
	end   int // where it ends
	cells []cell
	fault *Fault
}

// empty reports whether nothing stands in it.
func (r *record) empty() bool {
	return r.fault == nil && !slices.ContainsFunc(r.cells, func(c cell) bool { return strings.Trim(strings.TrimSpace(c.text), ",;|\t ") != "" })
}

// A table yields the rows of CSV or of a sheet, then io.EOF.
type table interface{ next() (record, error) }

// cellRows reads the rows below headings.
type cellRows struct {
	kind     string
	table    table
	columns  []column
	headings *record
	below    bool // a row under the headings has been read
}

func (c *cellRows) next() (Row, error) {
	for {
		rec, err := c.table.next()
		if err != nil {
			return Row{}, err
		}
		if rec.empty() || rec.fault == nil && c.isHeading(&rec, !c.below) {
			continue
		}
		c.below = true
		row := Row{Line: rec.line, Fault: rec.fault}
		for _, cell := range rec.cells {
			row.Cells = append(row.Cells, cell.text)
		}
		if row.Fault == nil {
			c.fill(&row, rec.cells)
		}
		return row, nil
	}
}

// isHeading tells rows that are no rows: the headings again at the top of each printed page, columns numbered from 1
// under the headings, the headings once more in the other language.
func (c *cellRows) isHeading(rec *record, first bool) bool {
	if sameCells(rec.cells, c.headings.cells) {
		return true
	}
	if !first {
		return false
	}
	return len(rec.cells) > 1 && numbered(rec.cells) || allHeadings(c.kind, rec.cells)
}

// sameCells compares cells but for spaces.
func sameCells(a, b []cell) bool {
	return slices.EqualFunc(a, b, func(a, b cell) bool { return plainHeading(a.text) == plainHeading(b.text) })
}

// numbered reports whether cells count from 1: 1,2,3 or (1),(2),(3).
func numbered(cells []cell) bool {
	for i, c := range cells {
		if query.ASCIIDigits(strings.Trim(strings.TrimSpace(c.text), "()[].")) != fmt.Sprint(i+1) {
			return false
		}
	}
	return true
}

// fill makes cells a request.
func (c *cellRows) fill(row *Row, cells []cell) {
	q := request{kind: c.kind}
	q.gather(c.columns, cells)
	row.Ref = q.cells["ref"].text
	for _, extra := range cells[min(len(cells), len(c.columns)):] {
		if strings.TrimSpace(extra.text) != "" {
			row.Fault = badRow(phrase.RowCells)
			return
		}
	}
	if q.read(); q.fault == nil {
		row.Object = q.object()
	}
	row.Remarks, row.Fault = q.remarks, q.fault
	if len(row.Object) > maxRow {
		row.Object, row.Fault = nil, errLongRow
	}
}

// Fault codes are the contract's.
var errLongRow = badRow(phrase.RowLong)

// badRow is a row that cannot be taken apart.
func badRow(why phrase.Phrase) *Fault {
	english, hindi := why.With()
	return &Fault{Code: "bad_request", Message: english, Hindi: hindi}
}

// badField is a value that cannot be searched for.
func badField(field string, why phrase.Phrase) *Fault {
	english, hindi := why.With()
	return &Fault{Code: "bad_value", Message: field + ": " + english, Hindi: phrase.LabelOf(field).Hindi + ": " + hindi, Field: field}
}

// appendJSON writes a value as JSON without escapes for HTML.
func appendJSON(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return append(dst, b...)
}
