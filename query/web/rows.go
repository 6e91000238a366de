package web

import (
	"errors"
	"io"
	"net/url"
	"strings"

	"anvesh/query"
	"anvesh/query/match"

	"github.com/valyala/fastjson"
)

// A row is one request of a list.
type row[T any] struct {
	line    int // where it begins in the list, from 1; the headings of a CSV list are line 1
	ref     string
	remarks []match.Remark // of the list's reader: what was left out, and why
	request T
	err     error // why it cannot be searched for, and then request is of no use
}

// A rowReader makes the rows of a list requests. How lists are read is the business of query/match.
type rowReader[T any] struct {
	list   *match.List
	form   *form[T]
	start  T // what each row has unless it says otherwise
	parser fastjson.Parser
}

// openRows begins to read a list.
func openRows[T any](in io.Reader, o match.ListOptions, f *form[T], start T) (*rowReader[T], error) {
	l, err := match.OpenList(in, o)
	var fault *match.ListError
	if errors.As(err, &fault) {
		if fault.Field == "" {
			return nil, malformed(fault.Message)
		}
		return nil, &problem{status: 400, code: "bad_value", field: fault.Field, message: fault.Message}
	}
	if err != nil {
		return nil, err
	}
	return &rowReader[T]{list: l, form: f, start: start}, nil
}

// next returns the next row, io.EOF, or why the list could not be read on.
func (r *rowReader[T]) next() (row[T], error) {
	read, err := r.list.Next()
	made := row[T]{line: read.Line, ref: read.Ref, remarks: read.Remarks, request: r.start}
	switch {
	case err != nil:
		return made, err
	case read.Fault != nil:
		f := read.Fault
		made.err = &problem{status: 400, code: f.Code, message: f.Message, field: f.Field}
	default:
		made.err = r.form.fromJSON(&r.parser, read.Object, &made.request, true)
	}
	made.ref = refOf(made.ref, r.form.request(&made.request).Shared().Ref)
	return made, nil
}

// refOf is a row's mark, also where the row is at fault elsewhere; one that is itself at fault is none.
func refOf(read, accepted string) string {
	if accepted != "" {
		return accepted
	}
	ref, err := checkText("ref", read, query.MaxText)
	if err != nil {
		return ""
	}
	return ref
}

// unusedHeader is the value of X-Unmapped-Columns: the headings that no field was found for, escaped as in an address.
// It is bounded, as headers are.
func unusedHeader(headings []string) string {
	const most, length = 50, 60
	var shown []string
	for _, h := range headings {
		if len(shown) == most {
			shown = append(shown, "...")
			break
		}
		if r := []rune(h); len(r) > length {
			h = string(r[:length]) + "..."
		}
		shown = append(shown, url.PathEscape(h))
	}
	return strings.Join(shown, ", ")
}
