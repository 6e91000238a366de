package match

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"anvesh/query/phrase"
)

// A source is the list of a Job while it is read.
type source struct {
	list  *List
	lines int64  // of the file; 0 if that is not known before it is read
	sum   string // SHA-256 of the file in hex; "" of what is no file
	file  *os.File
	book  *book
	spool string // a workbook from standard input, as a file
}

// openList opens the list and finds out what it means.
func (c *Job) openList() (*source, error) {
	s := &source{}
	if err := c.openInto(s); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (c *Job) openInto(s *source) error {
	in := c.Stdin
	if c.List != "-" {
		if err := s.open(c.List); err != nil {
			return err
		}
		in = s.file
	}
	form, err := c.form(s.file)
	if err != nil {
		return err
	}
	o := c.listOptions()
	o.Format = form
	if form == "xlsx" {
		s.list, err = s.openSheet(in, c.Sheet, o)
	} else {
		if c.Sheet != "" {
			return UsageError{errors.New("--sheet is for workbooks (.xlsx)")}
		}
		s.list, err = OpenList(in, *o)
	}
	var asked *ListError
	if errors.As(err, &asked) && (asked.Field == "map" || asked.Field == "sheet") {
		return UsageError{fmt.Errorf("%s: %w", c.List, err)}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.List, err)
	}
	return nil
}

// open opens a file, and reads it once for its lines and its sum.
func (s *source) open(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	s.file = f
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s is a directory", name)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	sum := sha256.New()
	if s.lines, err = countLines(io.TeeReader(f, sum)); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	s.sum = hex.EncodeToString(sum.Sum(nil))
	return err
}

// form is what the list is by --format, else by its first bytes where they are a workbook's, else by its name.
func (c *Job) form(f *os.File) (string, error) {
	ending := strings.ToLower(filepath.Ext(c.List))
	if f != nil {
		start := make([]byte, 4)
		if n, _ := f.ReadAt(start, 0); isBook(start[:n]) {
			return "xlsx", nil
		}
	}
	switch {
	case c.Format != "":
		return c.Format, nil
	case ending == ".csv" || ending == ".tsv" || ending == ".txt":
		return "csv", nil
	case ending == ".ndjson" || ending == ".jsonl":
		return "ndjson", nil
	case NamedBook(c.List):
		return "xlsx", nil
	case ending == ".xls" || ending == ".ods":
		return "", UsageError{fmt.Errorf("%s cannot be read: save it as .xlsx or CSV", ending)}
	}
	return "", UsageError{errors.New("the list must end in .csv, .ndjson or .xlsx, or --format must say what it is")}
}

// NamedBook reports whether a file has the name of a workbook.
func NamedBook(name string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	return ending == ".xlsx" || ending == ".xlsm"
}

// openSheet reads a sheet of a workbook, which must be a file.
func (s *source) openSheet(in io.Reader, sheet string, o *ListOptions) (*List, error) {
	file := s.file
	if file == nil {
		f, err := os.CreateTemp("", "anvesh-list-*.xlsx")
		if err != nil {
			return nil, err
		}
		s.file, s.spool, file = f, f.Name(), f
		if _, err := io.Copy(f, io.LimitReader(in, bookUnpacked)); err != nil {
			return nil, err
		}
	}
	columns, err := o.columns()
	if err != nil {
		return nil, err
	}
	if s.book, err = openBook(file, sheet); err != nil {
		return nil, err
	}
	s.lines = 0
	l, err := o.openCells(s.book, columns)
	if err != nil {
		return nil, fmt.Errorf("sheet %q: %w", s.book.name, err)
	}
	if s.book.more > 0 {
		l.note(phrase.SheetRead, s.book.name, strconv.Itoa(s.book.more))
	}
	return l, nil
}

// say tells the list's owner what was read in a way that may matter.
func (s *source) say(w io.Writer) {
	var b bytes.Buffer
	for _, note := range s.list.Notes {
		fmt.Fprintln(&b, visible(note.Text))
	}
	if n := len(s.list.Unused); n > 0 {
		fmt.Fprintf(&b, "columns that are not used: %s; --map 'COLUMN=FIELD' says what one means\n", visible(quoteAll(s.list.Unused)))
	}
	w.Write(b.Bytes())
}

// close ends reading, and removes what reading needed.
func (s *source) close() error {
	var err error
	if s.book != nil {
		err = s.book.close()
	}
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
	}
	if s.spool != "" {
		err = errors.Join(err, os.Remove(s.spool))
	}
	return err
}
