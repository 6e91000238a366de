package match

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// readCells reads all rows of a text.
func readCells(t interface{ Fatal(...any) }, text string) (rows [][]string, faults int) {
	l, err := newLineReader(strings.NewReader(text))
	if err != nil {
		return nil, 0
	}
	c := &csvTable{lines: l, comma: ','}
	for {
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return rows, faults
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.fault != nil {
			faults++
			continue
		}
		var cells []string
		for _, c := range r.cells {
			cells = append(cells, c.text)
		}
		rows = append(rows, cells)
	}
}

func TestCellsComeBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab ,;\"\n\tक")))
		want := rapid.SliceOf(rapid.SliceOfN(cell, 1, 5)).Draw(t, "rows")
		var text strings.Builder
		for _, cells := range want {
			text.Write(encodeCells(cells))
		}
		got, faults := readCells(t, text.String())
		if faults != 0 || !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("got %q with %d faults\nwant %q", got, faults, want)
		}
	})
}

// FuzzCells holds that every row begins behind the last one, and that no line is lost to a quote: a row takes up
// several lines only if it is read.
func FuzzCells(f *testing.F) {
	f.Add("name,ref\n\"x\ny\",a\n")
	f.Add("a\n\"b\nc\"d\n\"\n")
	f.Add("sep=;\na;\"b\n")
	f.Add("\ufeffname\r\n\"\"\"\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := OpenList(strings.NewReader(text), ListOptions{Kind: Persons})
		if err != nil {
			return
		}
		lines := l.rows.(*cellRows).table.(*readAhead).table.(*csvTable).lines
		last := 0
		for {
			before := lines.line
			r, err := l.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			torn := r.Fault != nil && strings.Contains(r.Fault.Message, "quote")
			if r.Line <= last || r.Line <= before || torn && lines.line != r.Line {
				t.Fatalf("row at %d behind %d, read from %d to %d: %+v", r.Line, last, before, lines.line, r.Fault)
			}
			if !torn && strings.Count(strings.Join(r.Cells, ""), "\n") > lines.line-r.Line {
				t.Fatalf("%q stands in %d lines", r.Cells, lines.line-r.Line+1)
			}
			last = r.Line
		}
	})
}

// FuzzCSV compares the rows with those of encoding/csv wherever that can read the list.
func FuzzCSV(f *testing.F) {
	f.Add("name,ref\nVirender,1\n\"a\"\"b\",\"c\nd\"\n")
	f.Add("a,b\r\n\"x\",\r\n,\"\r\n\"\n\n")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, list string) {
		list = strings.ReplaceAll(list, "\ufeff", "")
		got, faults := readCells(t, list)
		got = slices.DeleteFunc(got, func(cells []string) bool { return len(cells) == 1 && cells[0] == "" })
		r := csv.NewReader(strings.NewReader(list))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil || len(list) > maxRow || strings.Count(list, "\n") >= rowLines || strings.Contains(list, "\r") || !utf8.ValidString(list) ||
			strings.Contains(list, "\x00") {
			return // it is stricter about quotes, keeps a carriage return that does not end a line, and knows one encoding
		}
		want = slices.DeleteFunc(want, func(cells []string) bool { return len(cells) == 1 && cells[0] == "" })
		if faults > 0 || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%q:\n got %q\nwant %q", list, got, want)
		}
	})
}

// TestLongRow: a row longer than one may be is told as that, over however many pieces it is read, and the next is read whole.
func TestLongRow(t *testing.T) {
	f := func(length int, long bool) {
		t.Helper()
		text := "name\n" + strings.Repeat("x", length) + "\nSita\n"
		rows, faults := readCells(t, text)
		if want := 3; long && (faults != 1 || len(rows) != 2) || !long && (faults != 0 || len(rows) != want) || rows[len(rows)-1][0] != "Sita" {
			t.Errorf("%d bytes: %d faults, %d rows", length, faults, len(rows))
		}
	}
	f(1000, false)
	f(maxRow-2, false)
	f(maxRow+1, true)
	f(3*maxRow, true)
}
