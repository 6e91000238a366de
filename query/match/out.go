package match

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	// scan reads an earlier file: up to which byte it is whole, the row that it ends with, and of which list it is.
	scan(r io.Reader) (earlierOut, error)
}

// An outHead is what a reader of the answers wants to know first.
type outHead struct {
	List, Reason, Who string
	Headings          []string // of the list; nil for NDJSON
	mark              *listMark
}

// An earlierOut is what an earlier run left in OUT.
type earlierOut struct {
	size int64 // of what is whole
	last int   // line in the list of the last whole row
	mark listMark
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
	head    *outHead
	earlier summary
	last    int  // line in the list of the last row that is written
	created bool // by us: it is removed where nothing came to be written
	stale   bool // it holds what --force gives up, until the first row is written

	pending     []byte
	pendingLast int
	flushed     time.Time
}

// openOut opens OUT in the form of its ending. With Resume, what an earlier run left is kept as far as it is whole.
// What stands there otherwise is left alone without Force, and with it until there is something to put in its place.
func (c *Job) openOut(in *source) (*outFile, error) {
	head := &outHead{List: c.List, Reason: c.reason(), Headings: in.list.Headings,
		mark: &listMark{SHA256: in.sum, Kind: c.Kind, Options: c.options()}}
	o := &outFile{flushed: time.Now(), head: head}
	switch strings.ToLower(filepath.Ext(c.Out)) {
	case ".ndjson", ".jsonl":
		o.sink = &ndjsonSink{}
	case ".csv":
		o.sink = newCSVSink(head)
	case ".html", ".htm":
		o.sink = &htmlSink{head: head}
	default:
		if c.Out != "-" {
			return nil, UsageError{errors.New("-o must end in .ndjson, .csv or .html, or be -")}
		}
		o.sink, o.w = &ndjsonSink{}, c.Stdout
		return o, nil
	}
	if c.Resume && !o.sink.resumable() {
		return nil, UsageError{errors.New("--resume goes on with .ndjson and .csv only: a report is written in one run")}
	}
	if isSame(c.Out, in.file) {
		return nil, UsageError{errors.New("-o names the list itself")}
	}
	return o, o.open(c)
}

// open opens the file.
func (o *outFile) open(c *Job) error {
	info, err := os.Stat(c.Out)
	there := err == nil
	if there && info.Mode().IsRegular() && info.Size() > 0 && !c.Resume && !c.Force {
		return UsageError{fmt.Errorf("%s is there already: --force writes it anew, --resume goes on with it", c.Out)}
	}
	f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_RDWR, 0o600) // answers are personal data
	if err != nil {
		return err
	}
	o.file, o.w, o.created = f, f, !there
	o.stale = there && info.Mode().IsRegular() && !c.Resume
	if !c.Resume {
		return nil
	}
	if err := o.goOn(); err != nil {
		f.Close()
		return fmt.Errorf("%s cannot be gone on with: %w", c.Out, err)
	}
	return nil
}

// isSame reports whether the file of that name is the list.
func isSame(name string, list *os.File) bool {
	if list == nil {
		return false
	}
	a, err := list.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}

// goOn finds the end of what is whole and cuts the file there, if it holds answers to this very call.
func (o *outFile) goOn() error {
	e, err := o.sink.scan(o.file)
	if err != nil {
		return err
	}
	if e.last > 0 {
		if why := o.head.mark.differs(&e.mark); why != "" {
			return errors.New(why)
		}
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
	if o.file != nil && o.pendingLast == 0 {
		a.List = o.head.mark
	}
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
		if err := o.renew(); err != nil {
			return err
		}
		if _, err := o.w.Write(rows); err != nil {
			return fmt.Errorf("write the answers: %w", err)
		}
	}
	o.last = o.pendingLast
	return nil
}

// renew empties a file that is written anew.
func (o *outFile) renew() error {
	o.created = false
	if !o.stale {
		return nil
	}
	o.stale = false
	return o.file.Truncate(0)
}

// close ends the file durably. cut says that rows are missing; where there are none at all, nothing is left behind.
func (o *outFile) close(s *summary, cut bool) error {
	var err error
	if !cut || o.pendingLast > 0 {
		if o.pending, err = o.sink.foot(o.pending, s, cut); err == nil {
			err = o.flush()
		}
		if err == nil && o.file != nil {
			err = o.renew()
		}
	}
	if o.file == nil {
		return err
	}
	if o.created {
		err = errors.Join(err, os.Remove(o.file.Name()))
	} else if info, e := o.file.Stat(); e == nil && info.Mode().IsRegular() {
		err = errors.Join(err, o.file.Sync())
	}
	return errors.Join(err, o.file.Close())
}

// ndjsonSink writes the service's answers, one object a row.
type ndjsonSink struct{ arena fastjson.Arena }

func (n *ndjsonSink) row(dst []byte, a *rowAnswer) ([]byte, error) {
	if a.whole != nil {
		if m := a.List; m != nil {
			n.arena.Reset()
			mark := n.arena.NewObject()
			for _, f := range [][2]string{{"sha256", m.SHA256}, {"kind", m.Kind}, {"options", m.Options}} {
				mark.Set(f[0], n.arena.NewString(f[1]))
			}
			a.whole.Set("list", mark)
		}
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
		if n == 1 {
			text := func(name string) string { return string(v.GetStringBytes("list", name)) }
			e.mark = listMark{text("sha256"), text("kind"), text("options")}
		}
		e.size, e.last = e.size+int64(len(line)), v.GetInt("line")
		a := rowAnswer{Line: e.last, Complete: !v.Exists("complete") || v.GetBool("complete"), Best: query.Class(v.GetStringBytes("hits", "0", "class"))}
		if f := v.Get("error"); f != nil {
			a.Error = &Fault{Message: string(f.GetStringBytes("message")), Field: string(f.GetStringBytes("field"))}
		}
		e.sum.add(&a)
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
