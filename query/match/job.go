package match

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"anvesh/query"
)

// A Job is one list that is matched against a running service.
type Job struct {
	Kind     string   // Persons or Vehicles
	List     string   // file, - for Stdin
	Out      string   // file; - for NDJSON on Stdout
	Format   string   // of a list whose name does not say it: csv, ndjson or xlsx
	Sheet    string   // of a workbook, by name or number; "": the first
	Reason   string   // for all rows; "": the row's own, else the list's name
	Limit    int      // hits of one row; 0: the service's default
	MinClass string   // weakest class that is shown; "": LEAD
	Approval string   // of a second person, where the list is longer than the role may match
	Map      []string // COLUMN=FIELD; a field of - passes the column over
	Ignore   []string // columns that are passed over
	Resume   bool     // go on with Out
	Force    bool     // write Out anew where it is there

	Stdin          io.Reader
	Stdout, Stderr io.Writer // answers; what is said to people
	Log            *slog.Logger
	Meter          func(step string, total int64) Meter // begins to show progress; total is 0 where it is unknown
}

// A Meter shows how far the work is.
type Meter interface {
	Set(n int64)
	Done()
}

// Run matches the list. Rows that could not be searched for do not stop it, but make it end in an error.
func (c *Job) Run(ctx context.Context, service *Client) error {
	if err := c.check(); err != nil {
		return err
	}
	in, err := c.openList()
	if err != nil {
		return err
	}
	defer in.close()
	in.say(c.Stderr)
	out, err := c.openOut(in)
	if err != nil {
		return err
	}
	m := &matcher{ctx: ctx, log: c.Log, c: service, kind: c.Kind, query: c.said(in), rows: in.list, out: out,
		sum: out.earlier, pauses: usualPauses()}
	if c.Resume && out.last > 0 {
		fmt.Fprintf(c.Stderr, "%s holds the answers up to line %d; going on behind it\n", c.Out, out.last)
	}
	m.from = out.last
	m.meter = c.Meter("match "+c.Kind, max(in.lines-int64(out.last), 0))
	err = m.run()
	m.meter.Done()
	err = errors.Join(err, out.close(&m.sum, err != nil))
	if err == nil || m.sum.rows > 0 {
		m.sum.report(c.Stderr)
	}
	if err != nil {
		return c.stopped(ctx, out, err)
	}
	if m.sum.faulty > 0 {
		return fmt.Errorf("%d of %d rows could not be searched for", m.sum.faulty, m.sum.rows)
	}
	return nil
}

// stopped says how far the work came and how it can go on.
func (c *Job) stopped(ctx context.Context, out *outFile, err error) error {
	if ctx.Err() != nil {
		err = errors.New("match was stopped by Ctrl-C or a signal before it was done")
	}
	switch {
	case out.last == 0:
		return err
	case c.Out == "-" || !out.sink.resumable():
		return fmt.Errorf("%w; answered up to line %d", err, out.last)
	}
	return fmt.Errorf("%w; answered up to line %d: the same command with --resume goes on behind it", err, out.last)
}

// check finds what cannot be meant before anything is opened.
func (c *Job) check() error {
	switch {
	case c.Limit < 0 || c.Limit > 100:
		return UsageError{errors.New("--limit must be 1 to 100")}
	case c.Resume && c.Out == "-":
		return UsageError{errors.New("--resume needs a file that -o names")}
	case c.Resume && c.List == "-":
		return UsageError{errors.New("--resume needs a list that is a file: only then it can be seen that it is the same list")}
	case c.Resume && c.Force:
		return UsageError{errors.New("give either --resume or --force")}
	}
	o := c.listOptions()
	if _, err := o.columns(); err != nil {
		return UsageError{err}
	}
	return nil
}

// listOptions is how the list is read.
func (c *Job) listOptions() *ListOptions {
	return &ListOptions{Kind: c.Kind, Format: c.Format, Map: c.Map, Ignore: c.Ignore, DropReason: c.Reason != "", Flags: true}
}

// reason stands for rows that have none.
func (c *Job) reason() string {
	if c.Reason != "" {
		return c.Reason
	}
	return listReason(c.List)
}

// query is what the batch call is told for all rows.
func (c *Job) query() url.Values {
	q := url.Values{"reason": {c.reason()}}
	if c.Limit > 0 {
		q.Set("limit", strconv.Itoa(c.Limit))
	}
	if c.MinClass != "" {
		q.Set("min_class", c.MinClass)
	}
	return q
}

// said is the query as it is sent: also the approval, and how many rows the whole list has where it takes several parts.
func (c *Job) said(in *source) url.Values {
	q := c.query()
	if c.Approval != "" {
		q.Set("approval", c.Approval)
	}
	if in.lines > pieceRows+1 {
		q.Set("rows", strconv.FormatInt(in.lines-1, 10)) // one line is of headings, at least
	}
	return q
}

// options is what makes answers those of this call, beside the list itself.
func (c *Job) options() string {
	q := c.query()
	for name, values := range map[string][]string{"map": c.Map, "ignore": c.Ignore} {
		if len(values) > 0 {
			q[name] = values
		}
	}
	if c.Sheet != "" {
		q.Set("sheet", c.Sheet)
	}
	return q.Encode()
}

// reasonLength is how many characters the service takes of a reason.
const reasonLength = 200

// listReason is the reason of rows that have none: the list itself. A short name is not reason enough for the
// service, so more words follow it.
func listReason(file string) string {
	name := filepath.Base(file)
	if file == "-" {
		name = "standard input"
	}
	reason := []rune("list: " + name)
	reason = reason[:min(len(reason), reasonLength)]
	if query.Letters(string(reason)) < query.ReasonLetters {
		return string(reason) + " (matched as a whole)"
	}
	return string(reason)
}

// countLines counts line ends, and a last line without one.
func countLines(r io.Reader) (n int64, err error) {
	buf := make([]byte, 256<<10)
	last := byte('\n')
	for {
		k, err := r.Read(buf)
		if k > 0 {
			n += int64(bytes.Count(buf[:k], []byte("\n")))
			last = buf[k-1]
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	if last != '\n' {
		n++
	}
	return n, nil
}

// A summary counts rows.
type summary struct {
	rows, faulty, partial int
	best                  map[query.Class]int // rows by the class of their best hit; "" without one
	first                 []string            // what was wrong with the first of the faulty rows
}

// faultsShown is how many faulty rows are named on stderr; all stand in OUT.
const faultsShown = 10

// add counts one row.
func (s *summary) add(a *rowAnswer) {
	s.rows++
	if a.Error != nil {
		s.faulty++
		if len(s.first) < faultsShown {
			s.first = append(s.first, fmt.Sprintf("line %d: %s", a.Line, visible(a.Error.Text())))
		}
		return
	}
	if s.best == nil {
		s.best = map[query.Class]int{}
	}
	s.best[a.Best]++
	if !a.Complete {
		s.partial++
	}
}

// String says how the rows fared.
func (s *summary) String() string {
	return fmt.Sprintf("%d rows: %d EXACT, %d PROBABLE, %d LEAD, %d none, %d not searched",
		s.rows, s.best[query.Exact], s.best[query.Probable], s.best[query.Lead], s.best[""], s.faulty)
}

// report says on stderr how the rows fared.
func (s *summary) report(w io.Writer) {
	for _, line := range s.first {
		fmt.Fprintln(w, line)
	}
	if more := s.faulty - len(s.first); more > 0 && len(s.first) > 0 {
		fmt.Fprintf(w, "and %d rows more; each stands in OUT with its error\n", more)
	}
	fmt.Fprintln(w, s)
	if s.partial > 0 {
		fmt.Fprintf(w, "%d answers are not complete (complete is false): the service could not search everything\n", s.partial)
	}
}

// visible shows text that others wrote: no control characters and none that turn the direction of writing.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c:
			return -1
		}
		return r
	}, s)
}
