package match

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"anvesh/query/phrase"
)

// Bounds of a workbook. A sheet larger than sheetMemory is unpacked to a directory of our own, which close removes; all
// else of it is kept in memory while it is read.
const (
	bookUnpacked = 1 << 30   // bytes of all that is in it
	bookMemory   = 128 << 20 // bytes that are kept in memory
	sheetMemory  = 8 << 20
)

// A book is an XLSX workbook while one of its sheets is read.
type book struct {
	file *excelize.File
	dir  string // of what was unpacked
	name string // of the sheet
	more int    // sheets that are not read

	raw, shown *excelize.Rows // the sheet read twice in step: what cells hold, and how they are shown
	line       int
	dates1904  bool
}

// openBook opens a workbook and begins to read a sheet: that of the name, or number, else the first.
func openBook(file *os.File, sheet string) (*book, error) {
	if err := checkBook(file); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "anvesh-list-")
	if err != nil {
		return nil, err
	}
	b := &book{dir: dir}
	b.file, err = excelize.OpenFile(file.Name(), excelize.Options{TmpDir: dir, UnzipSizeLimit: bookUnpacked, UnzipXMLSizeLimit: sheetMemory})
	if err != nil {
		b.close()
		return nil, fmt.Errorf("the workbook cannot be read: %w", err)
	}
	if err := b.begin(sheet); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// heldUnpacked is how many bytes a workbook may have unpacked that is read in memory alone.
const heldUnpacked = 64 << 20

// holdBook reads a workbook that is in memory, without writing any of it to a disk.
func holdBook(file []byte, sheet string) (*book, error) {
	if err := checkParts(bytes.NewReader(file), int64(len(file)), heldUnpacked, func(string, uint64) bool { return false }); err != nil {
		return nil, err
	}
	opened, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{UnzipSizeLimit: heldUnpacked, UnzipXMLSizeLimit: heldUnpacked})
	if err != nil {
		return nil, unreadable(phrase.ListNoBook)
	}
	b := &book{file: opened}
	if err := b.begin(sheet); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// checkBook refuses a file that is no workbook, and one that would not fit into the bounds.
func checkBook(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return checkParts(file, info.Size(), bookUnpacked, func(name string, size uint64) bool {
		return (strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml") && size > sheetMemory
	})
}

// checkParts is the same of what is at hand: most bytes in all, and bookMemory of what does not go to a disk.
func checkParts(file io.ReaderAt, size int64, most uint64, onDisk func(name string, size uint64) bool) error {
	start := make([]byte, 4)
	if n, _ := file.ReadAt(start, 0); isOldBook(start[:n]) {
		return unreadable(phrase.ListOldBook)
	}
	z, err := zip.NewReader(file, size)
	if err != nil {
		return unreadable(phrase.ListNoBook)
	}
	unpacked, kept, workbook := uint64(0), uint64(0), false
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		workbook = workbook || strings.HasPrefix(name, "xl/")
		unpacked += f.UncompressedSize64
		if !onDisk(name, f.UncompressedSize64) {
			kept += f.UncompressedSize64
		}
		if unpacked > most || kept > bookMemory {
			_, hindi := phrase.ListLargeBook.With()
			return &ListError{Message: fmt.Sprintf("the workbook is too large (%d MiB unpacked, %d MiB beside its sheets): save the sheet as CSV", most>>20, bookMemory>>20), Hindi: hindi}
		}
	}
	if !workbook {
		return unreadable(phrase.ListZip)
	}
	return nil
}

// begin finds the sheet.
func (b *book) begin(sheet string) error {
	names := b.file.GetSheetList()
	if len(names) == 0 {
		return unreadable(phrase.ListNoSheet)
	}
	at := 0
	if sheet != "" {
		at = slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(sheet)) })
		if n, err := strconv.Atoi(sheet); at < 0 && err == nil && n >= 1 && n <= len(names) {
			at = n - 1
		}
		if at < 0 {
			return &ListError{Field: "sheet", Message: "the workbook has no sheet of that name; it has " + quoteAll(names)}
		}
	}
	b.name, b.more = names[at], len(names)-1
	if p, err := b.file.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		b.dates1904 = *p.Date1904
	}
	var err error
	if b.raw, err = b.file.Rows(b.name); err == nil {
		b.shown, err = b.file.Rows(b.name)
	}
	if err != nil {
		return fmt.Errorf("the sheet %q cannot be read: %w", b.name, err)
	}
	return nil
}

// next returns the next row of the sheet, empty ones too. A formula is what it came to when the workbook was saved.
func (b *book) next() (record, error) {
	if !b.raw.Next() || !b.shown.Next() {
		if err := errors.Join(b.raw.Error(), b.shown.Error()); err != nil {
			return record{}, fmt.Errorf("sheet %q: %w", b.name, err)
		}
		return record{}, io.EOF
	}
	b.line++
	raw, err := b.raw.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return record{}, fmt.Errorf("sheet %q, row %d: %w", b.name, b.line, err)
	}
	shown, err := b.shown.Columns()
	if err != nil {
		return record{}, fmt.Errorf("sheet %q, row %d: %w", b.name, b.line, err)
	}
	r := record{line: b.line, end: b.line}
	for i, text := range raw {
		as := text
		if i < len(shown) {
			as = shown[i]
		}
		r.cells = append(r.cells, b.cell(text, as))
	}
	return r, nil
}

var (
	dateShown = regexp.MustCompile(`(?i)^[^\d]*\d{1,4}[-/. ,]+(\d{1,2}|[a-z]{3,9})[-/. ,]+\d{1,4}|^\d{1,2}[-/. ]+[a-z]{3,9}\b|^[a-z]{3,9}[-/. ]+\d{2,4}\b`)
	allDigits = regexp.MustCompile(`^\d+$`)
)

// cell reads a cell by what it holds and how it is shown. A number shown as a date is one; other numbers are taken as
// they are held, so that a narrow column or a thousands sign takes no digit, but for zeros that only the form adds.
func (b *book) cell(raw, shown string) cell {
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || raw == shown || math.IsInf(n, 0) || math.IsNaN(n) {
		return cell{text: raw}
	}
	if dateShown.MatchString(strings.TrimSpace(shown)) {
		if day, err := excelize.ExcelDateToTime(n, b.dates1904); err == nil {
			return cell{day.Format(time.DateOnly), isDate}
		}
	}
	if allDigits.MatchString(shown) && len(shown) > len(raw) {
		return cell{shown, isNumber}
	}
	return cell{raw, isNumber}
}

// close ends reading and removes what was unpacked.
func (b *book) close() error {
	var err error
	for _, r := range []*excelize.Rows{b.raw, b.shown} {
		if r != nil {
			err = errors.Join(err, r.Close())
		}
	}
	if b.file != nil {
		err = errors.Join(err, b.file.Close())
	}
	if b.dir == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(b.dir))
}
