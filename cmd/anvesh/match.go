package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

// matchCmd matches a list, row by row, against a running service.
type matchCmd struct {
	serverFlags
	Kind     string   `arg:"" enum:"persons,vehicles" help:"persons or vehicles."`
	List     string   `arg:"" help:"The list: .csv (comma, semicolon or tab; UTF-8) or .ndjson, - for standard input."`
	Out      string   `short:"o" required:"" placeholder:"OUT" help:"Where the answers go: .ndjson, .csv or .html; - for NDJSON on standard output."`
	Format   string   `help:"Form of a list whose name does not say it: csv or ndjson." enum:",csv,ndjson" default:"" placeholder:"FORM"`
	Reason   string   `help:"Why all rows are searched for; else the row's reason, else 'list: FILE'." placeholder:"TEXT"`
	Limit    int      `help:"Hits of one row, 1 to 100; the service's default is 20." placeholder:"N"`
	MinClass string   `help:"Weakest class that is shown: EXACT, PROBABLE or LEAD." enum:",EXACT,PROBABLE,LEAD" default:"" placeholder:"C"`
	Map      []string `help:"What a column means, such as --map Owner=name; --map Remarks=- passes one over. May be repeated." sep:"none" placeholder:"COLUMN=FIELD"`
	Resume   bool     `help:"Go on with an OUT (.ndjson or .csv) that an earlier run of the same list left; an .html report cannot be gone on with."`
}

func (matchCmd) examples() string {
	return lines("  anvesh match persons suspects.csv -o answers.html",
		"  anvesh match vehicles parked.csv -o answers.csv --map 'Gaadi No=registration' --min-class PROBABLE",
		"  anvesh match persons big.ndjson -o answers.ndjson --reason 'FIR 123/2023' --resume",
		"  cat plates.csv | anvesh match vehicles - --format csv -o - | jq -c .hits[0].record.fir")
}

// Run matches the list. Rows that could not be searched for do not stop it, but make it end in an error.
func (c *matchCmd) Run(w *world) error {
	columns, err := c.check()
	if err != nil {
		return err
	}
	service, err := newClient(c.Server, c.Key)
	if err != nil {
		return err
	}
	defer service.close()
	in, total, err := c.openList(w)
	if err != nil {
		return err
	}
	defer in.Close()
	rows, err := c.readList(in, columns)
	if err != nil {
		return err
	}
	out, err := openOut(c.Out, c.Resume, w.stdout, in)
	if err != nil {
		return err
	}
	m := &matcher{w: w, c: service, kind: c.Kind, query: c.query(), rows: rows, out: out, sum: out.earlier,
		pauses: usualPauses()}
	if c.Resume && out.last > 0 {
		fmt.Fprintf(w.stderr, "%s holds the answers up to line %d; going on behind it\n", c.Out, out.last)
	}
	m.from = out.last
	m.meter = w.progress("match "+c.Kind, max(total-int64(out.last), 0))
	err = m.run()
	m.meter.done()
	err = errors.Join(err, out.close(&m.sum, err != nil))
	if err == nil || m.sum.rows > 0 {
		m.sum.report(w.stderr)
	}
	if err != nil {
		return c.stopped(w, out, err)
	}
	if m.sum.faulty > 0 {
		return fmt.Errorf("%d of %d rows could not be searched for", m.sum.faulty, m.sum.rows)
	}
	return nil
}

// stopped says how far the work came and how it can go on.
func (c *matchCmd) stopped(w *world, out *outFile, err error) error {
	if w.ctx.Err() != nil {
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
func (c *matchCmd) check() (map[string]string, error) {
	if c.Limit < 0 || c.Limit > 100 {
		return nil, usageError{errors.New("--limit must be 1 to 100")}
	}
	if c.Resume && c.Out == "-" {
		return nil, usageError{errors.New("--resume needs a file that -o names")}
	}
	columns := map[string]string{}
	for _, s := range c.Map {
		at := strings.LastIndexByte(s, '=')
		if at < 1 || strings.TrimSpace(s[at+1:]) == "" {
			return nil, usageError{errors.New("--map must read COLUMN=FIELD, such as --map Owner=name")}
		}
		columns[plainHeading(s[:at])] = strings.TrimSpace(s[at+1:])
	}
	return columns, nil
}

// query is what the batch call is told for all rows.
func (c *matchCmd) query() url.Values {
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
func (c *matchCmd) openList(w *world) (io.ReadCloser, int64, error) {
	if c.List == "-" {
		return io.NopCloser(w.stdin), 0, nil
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
