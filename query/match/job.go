package match

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

// A Job is one list that is matched against a running service.
type Job struct {
	Kind     string   // persons or vehicles
	List     string   // file, - for Stdin
	Out      string   // file; - for NDJSON on Stdout
	Format   string   // of a list whose name does not say it: csv or ndjson
	Reason   string   // for all rows; "": the row's own, else the list's name
	Limit    int      // hits of one row; 0: the service's default
	MinClass string   // weakest class that is shown; "": LEAD
	Map      []string // COLUMN=FIELD; a field of - passes the column over
	Resume   bool     // go on with Out

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
	columns, err := c.check()
	if err != nil {
		return err
	}
	in, total, err := c.openList()
	if err != nil {
		return err
	}
	defer in.Close()
	rows, err := c.readList(in, columns)
	if err != nil {
		return err
	}
	out, err := openOut(c.Out, c.Resume, c.Stdout, in)
	if err != nil {
		return err
	}
	m := &matcher{ctx: ctx, log: c.Log, said: c.Stderr, c: service, kind: c.Kind, query: c.query(), rows: rows, out: out,
		sum: out.earlier, pauses: usualPauses()}
	if c.Resume && out.last > 0 {
		fmt.Fprintf(c.Stderr, "%s holds the answers up to line %d; going on behind it\n", c.Out, out.last)
	}
	m.from = out.last
	m.meter = c.Meter("match "+c.Kind, max(total-int64(out.last), 0))
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
		err = errors.New("interrupted")
	}
	switch {
	case out.last == 0:
		return err
	case c.Out == "-" || !out.sink.resumable():
		return fmt.Errorf("%w; answered up to line %d", err, out.last)
	}
	return fmt.Errorf("%w; answered up to line %d: the same command with --resume goes on behind it", err, out.last)
}

// check finds what cannot be meant, and returns the fields of --map by their plain columns.
func (c *Job) check() (map[string]string, error) {
	if c.Limit < 0 || c.Limit > 100 {
		return nil, UsageError{errors.New("--limit must be 1 to 100")}
	}
	if c.Resume && c.Out == "-" {
		return nil, UsageError{errors.New("--resume needs a file that -o names")}
	}
	columns := map[string]string{}
	for _, s := range c.Map {
		at := strings.LastIndexByte(s, '=')
		if at < 1 || strings.TrimSpace(s[at+1:]) == "" {
			return nil, UsageError{errors.New("--map must read COLUMN=FIELD, such as --map Owner=name")}
		}
		columns[plainHeading(s[:at])] = strings.TrimSpace(s[at+1:])
	}
	return columns, nil
}

// query is what the batch call is told for all rows.
func (c *Job) query() url.Values {
	q := url.Values{"reason": {c.Reason}}
	if c.Reason == "" {
		q.Set("reason", listReason(c.List))
	}
	if c.Limit > 0 {
		q.Set("limit", strconv.Itoa(c.Limit))
	}
	if c.MinClass != "" {
		q.Set("min_class", c.MinClass)
	}
	q["map"] = c.Map
	return q
}

// What the service wants of a reason: as many letters at least, as many characters at most.
const (
	reasonLetters = 10
	reasonLength  = 200
)

// listReason is the reason of rows that have none: the list itself. A short name is not reason enough for the
// service, so more words follow it.
func listReason(file string) string {
	name := filepath.Base(file)
	if file == "-" {
		name = "standard input"
	}
	reason := []rune("list: " + name)
	reason = reason[:min(len(reason), reasonLength)]
	letters := 0
	for _, r := range reason {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters < reasonLetters {
		return string(reason) + " (matched as a whole)"
	}
	return string(reason)
}

// openList opens the list and counts its lines, 0 if that cannot be known before it is read.
func (c *Job) openList() (io.ReadCloser, int64, error) {
	if c.List == "-" {
		return io.NopCloser(c.Stdin), 0, nil
	}
	f, err := os.Open(c.List)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory", c.List)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return f, 0, nil
	}
	n, err := countLines(f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, n, nil
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
	rows, found, faulty, partial int
	first                        []string // what was wrong with the first of the faulty rows
}

// faultsShown is how many faulty rows are named on stderr; all stand in OUT.
const faultsShown = 10

// add counts one row.
func (s *summary) add(a *rowAnswer) {
	s.rows++
	switch {
	case a.Error != nil:
		s.faulty++
		if len(s.first) < faultsShown {
			s.first = append(s.first, fmt.Sprintf("line %d: %s", a.Line, a.Error.text()))
		}
		return
	case a.Total > 0:
		s.found++
	}
	if !a.Complete {
		s.partial++
	}
}

// report says on stderr how the rows fared.
func (s *summary) report(w io.Writer) {
	for _, line := range s.first {
		fmt.Fprintln(w, line)
	}
	if more := s.faulty - len(s.first); more > 0 && len(s.first) > 0 {
		fmt.Fprintf(w, "and %d rows more; each stands in OUT with its error\n", more)
	}
	fmt.Fprintf(w, "%d rows: %d with hits, %d without, %d with errors\n", s.rows, s.found, s.rows-s.found-s.faulty, s.faulty)
	if s.partial > 0 {
		fmt.Fprintf(w, "%d answers are not complete (complete is false): the service could not search everything\n", s.partial)
	}
}
