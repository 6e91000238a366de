package match

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/valyala/fastjson"
)

// maxListRow is the largest row that the service takes, in bytes.
const maxListRow = 64 << 10

// A rowFault is the contract's error object: why a row could not be searched for.
type rowFault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

// text is the message, with the field before it.
func (f *rowFault) text() string {
	if f.Field != "" && !strings.HasPrefix(f.Message, f.Field+":") {
		return f.Field + ": " + f.Message
	}
	return f.Message
}

func badListRow(message string) *rowFault { return &rowFault{Code: "bad_request", Message: message} }

// A listRow is one row of a list on its way to the service.
type listRow struct {
	line  int       // where it begins in the list, from 1
	body  []byte    // as it is sent, with its end; it may be several lines
	fault *rowFault // why it is not sent, or nil
	asked string    // what it asks, for the reader of a report
}

// A rowReader yields the rows of a list in order, then io.EOF. Rows that ask for nothing are passed over.
type rowReader interface {
	next() (listRow, error)
	contentType() string
	head() []byte // what is sent before the rows of each piece
}

// readList begins to read a list in the form that its name, or --format, says.
func (c *Job) readList(in io.Reader, columns map[string]string) (rowReader, error) {
	form := c.Format
	ending := strings.ToLower(filepath.Ext(c.List))
	switch {
	case form != "":
	case ending == ".csv" || ending == ".tsv":
		form = "csv"
	case ending == ".ndjson" || ending == ".jsonl":
		form = "ndjson"
	case ending == ".xlsx" || ending == ".xls" || ending == ".ods":
		return nil, UsageError{errors.New(errSheet)}
	default:
		return nil, UsageError{errors.New("the list must end in .csv or .ndjson, or --format must say what it is")}
	}
	l, err := newLineReader(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.List, err)
	}
	if form == "ndjson" {
		return &objectRows{lines: l, columns: columns, dropReason: c.Reason != ""}, nil
	}
	rows, err := newCellRows(l, columns, c.Reason != "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.List, err)
	}
	return rows, nil
}

const errSheet = "a spreadsheet cannot be read yet: save it as CSV UTF-8 and match that"

// plainHeading drops what does not tell two headings apart, as the service does.
func plainHeading(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-_\t\u00a0\ufeff", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// A lineReader reads lines of bounded length, and can take lines back.
type lineReader struct {
	r    *bufio.Reader
	line int // of the line that next returned last, from 1
	back []textLine
	err  error // of the reader, for good
}

// A textLine is one line without its end. long: it is longer than a row may be, and its text was passed over.
type textLine struct {
	text []byte
	long bool
}

// newLineReader passes over a byte order mark and refuses what is not UTF-8 text by its first bytes.
func newLineReader(in io.Reader) (*lineReader, error) {
	r := bufio.NewReaderSize(in, maxListRow)
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		r.Discard(3)
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, errors.New("the list is UTF-16: save it as CSV UTF-8")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return nil, errors.New(errSheet)
	}
	return &lineReader{r: r}, nil
}

// next returns a line, which the caller may keep.
func (l *lineReader) next() (textLine, error) {
	if len(l.back) > 0 {
		t := l.back[0]
		l.back = l.back[1:]
		l.line++
		return t, nil
	}
	if l.err != nil {
		return textLine{}, l.err
	}
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		l.err = err
		return textLine{}, err
	}
	l.line++
	t := textLine{}
	for errors.Is(err, bufio.ErrBufferFull) {
		t.long = true
		_, err = l.r.ReadSlice('\n')
	}
	l.err = err
	if err != nil && !errors.Is(err, io.EOF) {
		return textLine{}, err
	}
	if !t.long {
		t.text = bytes.Clone(bytes.TrimRight(b, "\r\n"))
	}
	return t, nil
}

// unread takes back the lines that next returned last.
func (l *lineReader) unread(list []textLine) {
	l.back = append(list, l.back...)
	l.line -= len(list)
}

// objectRows reads NDJSON. Rows go to the service as they are, unless a column is mapped or a reason dropped.
type objectRows struct {
	lines      *lineReader
	columns    map[string]string
	dropReason bool
	parser     fastjson.Parser
}

func (o *objectRows) contentType() string { return "application/x-ndjson" }
func (o *objectRows) head() []byte        { return nil }

func (o *objectRows) next() (listRow, error) {
	for {
		t, err := o.lines.next()
		if err != nil {
			return listRow{}, err
		}
		r := listRow{line: o.lines.line}
		if t.long || len(t.text) >= maxListRow {
			r.fault = badListRow("the row is longer than 64 KiB")
			return r, nil
		}
		if len(bytes.TrimSpace(t.text)) == 0 {
			continue
		}
		r.asked = string(t.text)
		r.body = append(o.rewrite(t.text), '\n')
		return r, nil
	}
}

// rewrite renames the fields that --map names and drops the reason if --reason stands for it. What is not an object
// stays as it is; the service says what is wrong with it.
func (o *objectRows) rewrite(text []byte) []byte {
	if len(o.columns) == 0 && !o.dropReason || !json.Valid(text) {
		return text
	}
	v, err := o.parser.ParseBytes(text)
	if err != nil || v.Type() != fastjson.TypeObject {
		return text
	}
	fields := v.GetObject()
	var names []string
	fields.Visit(func(name []byte, _ *fastjson.Value) { names = append(names, string(name)) })
	for _, name := range names {
		field, mapped := o.columns[plainHeading(name)]
		if !mapped {
			field = name
		}
		value := fields.Get(name)
		switch {
		case field == "-" || o.dropReason && field == "reason":
			fields.Del(name)
		case mapped && field != name:
			fields.Del(name)
			fields.Set(field, value)
		}
	}
	return v.MarshalTo(nil)
}
