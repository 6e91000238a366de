package match

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readCells reads all rows of a text with that separator in its first line.
func readCells(t interface{ Fatal(...any) }, text string) (rows [][]string, faults int) {
	l, err := newLineReader(strings.NewReader(text))
	if err != nil {
		return nil, 0
	}
	c := &cellRows{lines: l, comma: ','}
	for {
		cells, fault, err := c.record()
		if errors.Is(err, io.EOF) {
			return rows, faults
		}
		if err != nil {
			t.Fatal(err)
		}
		if fault != nil {
			faults++
			continue
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

func TestSeparator(t *testing.T) {
	f := func(header string, want byte) {
		t.Helper()
		if got := separator([]byte(header)); got != want {
			t.Fatalf("%q", got)
		}
	}
	f("name", ',')
	f("name,age", ',')
	f("name;age", ';')
	f("name\tage", '\t')
	f(`"name, alias, other";age`, ';')
	f("name;a,b;c", ';')
}

// FuzzCells holds that every row begins behind the last one, and that no line is lost to a quote: a row takes up
// several lines only if it is read.
func FuzzCells(f *testing.F) {
	f.Add("name,ref\n\"x\ny\",a\n")
	f.Add("a\n\"b\nc\"d\n\"\n")
	f.Add("sep=;\na;\"b\n")
	f.Add("\ufeffname\r\n\"\"\"\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := newLineReader(strings.NewReader(text))
		if err != nil {
			return
		}
		c, err := newCellRows(l, nil, false)
		if err != nil {
			return
		}
		last := 0
		for {
			before := l.line
			r, err := c.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.line <= last || r.line <= before || r.fault != nil && l.line != r.line {
				t.Fatalf("row at %d behind %d, read from %d to %d: %+v", r.line, last, before, l.line, r.fault)
			}
			if r.fault == nil && strings.Count(string(r.body), "\n") > l.line-r.line+1 {
				t.Fatalf("%q stands in %d lines", r.body, l.line-r.line+1)
			}
			last = r.line
		}
	})
}
