package web

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

// maxRow is the largest row of a list in bytes, the same as the largest single request.
const maxRow = 64 << 10

// A row is one request of a list.
type row[T any] struct {
	line    int // where it begins in the list, from 1; the header of a CSV list is line 1
	ref     string
	request T
	err     error // why it cannot be searched for, and then request is of no use
}

// lines reads a list line by line. What next returns is valid until the following call.
type lines struct {
	r    *bufio.Reader
	line int // of the line that next returned last
}

// A rowFault is wrong with one row only; the list goes on behind it.
type rowFault struct{ *problem }

func (f rowFault) Unwrap() error { return f.problem }

// badRow is a row that cannot be taken apart.
func badRow(message string) error { return rowFault{malformed(message)} }

var errLongRow = badRow("the row is longer than 64 KiB")

func newLines(r io.Reader) *lines {
	l := &lines{r: bufio.NewReaderSize(r, maxRow)}
	if bom, err := l.r.Peek(3); err == nil && string(bom) == "\ufeff" {
		l.r.Discard(3)
	}
	return l
}

// next returns a line without its end, errLongRow for one that is too long and has been passed over, or io.EOF.
func (l *lines) next() ([]byte, error) {
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		return nil, err
	}
	l.line++
	long := false
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		_, err = l.r.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if long {
		return nil, errLongRow
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r")), nil
}

// rows yields the rows of a list in order, then io.EOF or why the list could not be read on.
type rows[T any] interface {
	next() (row[T], error)
}

// objects reads NDJSON: one object a line; empty lines are passed over.
type objects[T any] struct {
	lines  *lines
	form   *form[T]
	start  T // what each row has unless it says otherwise
	parser fastjson.Parser
}

func (o *objects[T]) next() (row[T], error) {
	for {
		line, err := o.lines.next()
		if err == nil && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r := row[T]{line: o.lines.line, request: o.start}
		var fault rowFault
		if err != nil && !errors.As(err, &fault) {
			return r, err
		}
		if err != nil {
			r.err = err
			return r, nil
		}
		r.err = o.form.fromJSON(&o.parser, line, &r.request, true)
		if r.ref = o.form.common(&r.request).Ref; r.err != nil && r.ref == "" {
			r.ref = refOf(line)
		}
		return r, nil
	}
}

// refOf returns the ref of a row that is at fault elsewhere, if it can be read.
func refOf(line []byte) string {
	ref, err := checkText("ref", fastjson.GetString(line, "ref"), maxText)
	if err != nil {
		return ""
	}
	return ref
}

// cells reads CSV as of RFC 4180: a header line, then one row a line, where a quoted cell may go on over several. A
// quote inside an unquoted cell is part of it.
type cells[T any] struct {
	lines    *lines
	form     *form[T]
	start    T
	columns  []*field[T] // nil for a column that is not mapped
	unmapped []string
	record   record
}

// aliases are the headings of lists beside the names of the fields themselves, as plain writes them.
var aliases = map[string]string{
	"registrationno": "registration", "vehicleno": "registration", "regnno": "registration", "वाहनसंख्या": "registration",
	"chassisno": "chassis", "engineno": "engine", "color": "colour", "नाम": "name",
	"fathername": "relative", "पिताकानाम": "relative", "address": "place",
}

// newCells reads the header. named maps headings to fields before the usual names do; "-" passes a column over.
func newCells[T any](l *lines, f *form[T], start T, named map[string]string) (*cells[T], error) {
	c := &cells[T]{lines: l, form: f, start: start}
	if err := c.read(); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, malformed("the list is empty; a CSV list begins with a line of headings")
		}
		return nil, err
	}
	found := map[string]string{}
	for _, heading := range c.record.cells {
		if !utf8.ValidString(heading) {
			return nil, malformed("the headings are not valid UTF-8")
		}
		fld := f.column(heading, named)
		c.columns = append(c.columns, fld)
		if fld == nil {
			c.unmapped = append(c.unmapped, strings.TrimSpace(heading))
			continue
		}
		if other, twice := found[fld.name]; twice {
			return nil, wrong(fld.name, "the columns "+quote(other)+" and "+quote(heading)+
				" both mean it; pass one over with map="+url.QueryEscape(heading+"=-"))
		}
		found[fld.name] = heading
	}
	delete(found, "ref")
	delete(found, "reason")
	if len(found) == 0 {
		return nil, malformed("no heading of the list is known; name the columns with map=column=field")
	}
	return c, nil
}

// column returns the field that a heading means, or nil.
func (f *form[T]) column(heading string, named map[string]string) *field[T] {
	name, ok := named[plain(heading)]
	if !ok {
		name = plain(heading)
		if alias := aliases[name]; alias != "" {
			name = alias
		}
	}
	for i := range f.fields {
		if plain(f.fields[i].name) == plain(name) {
			return &f.fields[i]
		}
	}
	return nil
}

func (c *cells[T]) next() (row[T], error) {
	for {
		err := c.read()
		if err == nil && len(c.record.cells) == 1 && strings.TrimSpace(c.record.cells[0]) == "" {
			continue
		}
		r := row[T]{line: c.record.line, request: c.start}
		var fault rowFault
		if err != nil && !errors.As(err, &fault) {
			return r, err
		}
		if r.err = err; err == nil {
			r.err = c.fill(&r.request)
		}
		r.ref = c.form.common(&r.request).Ref
		return r, nil
	}
}

// read reads one record, over as many lines as its quotes need.
func (c *cells[T]) read() error {
	c.record.reset()
	for {
		line, err := c.lines.next()
		if c.record.line == 0 {
			c.record.line = c.lines.line
		}
		if errors.Is(err, io.EOF) && c.record.open() {
			return badRow("a quote that is opened in this row is never closed")
		}
		if err != nil {
			return err
		}
		if c.record.size += len(line) + 1; c.record.size > maxRow {
			return badRow(fmt.Sprintf("the row is longer than 64 KiB, or a quote that is opened in it is not closed; "+
				"nothing up to line %d was searched for", c.lines.line))
		}
		c.record.feed(line)
		if c.record.open() {
			continue
		}
		if c.record.torn {
			return badRow("text follows a closing quote; double a quote that belongs to the text")
		}
		return nil
	}
}

// fill puts the cells of one record into r. Its ref comes first, so that a bad row still bears it.
func (c *cells[T]) fill(r *T) error {
	for _, onlyRef := range []bool{true, false} {
		for i, cell := range c.record.cells {
			if i >= len(c.columns) {
				if strings.TrimSpace(cell) != "" {
					return badRow("the row has more cells than there are headings")
				}
				continue
			}
			fld := c.columns[i]
			if fld == nil || (fld.name == "ref") != onlyRef {
				continue
			}
			if err := fld.putCell(r, cell); err != nil {
				return err
			}
		}
	}
	return c.form.finish(r)
}

// putCell sets a field from a cell: lists are divided by semicolons, and gender may be a word.
func (fld *field[T]) putCell(r *T, cell string) error {
	switch {
	case fld.kind == list:
		var items []string
		for _, item := range strings.Split(cell, ";") {
			if item = strings.TrimSpace(item); item != "" {
				items = append(items, item)
			}
		}
		return fld.putList(r, items)
	case fld.name == "gender":
		cell = genderOf(cell)
	}
	return fld.putPlain(r, cell)
}

// genderOf reads what lists write for a gender; what it does not know it leaves.
func genderOf(cell string) string {
	switch plain(cell) {
	case "m", "male", "पुरुष":
		return "M"
	case "f", "female", "महिला", "स्त्री":
		return "F"
	case "t", "transgender", "ट्रांसजेंडर":
		return "T"
	}
	return cell
}

// quote shows a heading in a message, shortened.
func quote(heading string) string {
	if r := []rune(heading); len(r) > 40 {
		heading = string(r[:40]) + "..."
	}
	return `"` + heading + `"`
}

// record takes one CSV record apart, fed line by line.
type record struct {
	cells []string
	cell  []byte
	state state
	torn  bool // text followed a closing quote
	line  int
	size  int
}

// state is where in a record the next byte stands.
type state int

const (
	atStart  state = iota // of a cell
	unquoted              // inside a cell without quotes
	quoted                // inside quotes
	closed                // behind a quote inside quotes: the end, or the first of two
)

func (r *record) reset() { *r = record{cells: r.cells[:0], cell: r.cell[:0]} }

// open reports whether the record goes on in the next line.
func (r *record) open() bool { return r.state == quoted }

// feed adds one line, without its end.
func (r *record) feed(line []byte) {
	if r.open() {
		r.cell = append(r.cell, '\n')
	}
	for _, b := range line {
		switch {
		case b == ',' && r.state != quoted:
			r.end()
		case b == '"' && r.state == atStart:
			r.state = quoted
		case b == '"' && r.state == quoted:
			r.state = closed
		case r.state == closed:
			r.torn = r.torn || b != '"'
			r.cell, r.state = append(r.cell, b), quoted
			if b != '"' {
				r.state = unquoted
			}
		default:
			r.cell = append(r.cell, b)
			if r.state == atStart {
				r.state = unquoted
			}
		}
	}
	if !r.open() {
		r.end()
	}
}

// end closes a cell.
func (r *record) end() {
	r.cells = append(r.cells, string(r.cell))
	r.cell, r.state = r.cell[:0], atStart
}
