package match

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"

	"anvesh/query/phrase"
)

// rowLines is how many lines one row may go over: more is a quote that was never closed. It bounds what a list of such
// quotes costs, as the lines behind each are read again.
const rowLines = 50

// A csvTable reads CSV as of RFC 4180, with any separator: the one reader of lists. encoding/csv reads what we wrote
// ourselves (our tables, our output); in a list of somebody's one stray quote would have it swallow all rows behind it.
type csvTable struct {
	lines *lineReader
	comma byte
}

// next reads the cells of one row, over as many lines as its quotes need. Where a quote is never closed, or closed in
// the middle of a cell, only the line that the row begins in is lost.
func (t *csvTable) next() (r record, err error) {
	defer func() { r.end = t.lines.line }()
	first, err := t.lines.next()
	if err != nil {
		return r, err
	}
	r.line = t.lines.line
	if first.long {
		r.fault = errLongRow
		return r, nil
	}
	cut := cutter{comma: t.comma}
	cut.feed(first.text)
	var ahead []textLine
	size := len(first.text)
	for cut.state == inQuotes {
		more, err := t.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return r, err
		}
		if err == nil {
			ahead = append(ahead, more)
			size += len(more.text) + 1
		}
		if err != nil || more.long || size >= maxRow || len(ahead) == rowLines {
			t.lines.unread(ahead)
			r.fault = badRow(phrase.RowQuoteOpen)
			return r, nil
		}
		cut.feed(more.text)
	}
	if cut.torn {
		t.lines.unread(ahead)
		r.fault = badRow(phrase.RowQuoteText)
		return r, nil
	}
	r.cells = cut.cells
	return r, nil
}

// encodeCells writes cells as one row divided by commas, with its end.
func encodeCells(cells []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(cells) // a buffer takes everything
	w.Flush()
	return b.Bytes()
}

// A cutter takes a row apart, fed line by line. A quote inside a cell without quotes is part of it.
type cutter struct {
	comma byte
	cells []cell
	cell  []byte
	state cutState
	torn  bool // text followed a closing quote
}

// cutState is where in a row the next byte stands.
type cutState int

const (
	cellStart cutState = iota
	inCell             // of a cell without quotes
	inQuotes
	afterQuote // inside quotes behind one: the end, or the first of two
)

// feed adds one line, without its end.
func (c *cutter) feed(line []byte) {
	if c.state == inQuotes {
		c.cell = append(c.cell, '\n')
	}
	for _, b := range line {
		switch {
		case b == c.comma && c.state != inQuotes:
			c.end()
		case b == '"' && c.state == cellStart:
			c.state = inQuotes
		case b == '"' && c.state == inQuotes:
			c.state = afterQuote
		case b == '"' && c.state == afterQuote:
			c.cell, c.state = append(c.cell, b), inQuotes
		default:
			c.torn = c.torn || c.state == afterQuote
			if c.cell = append(c.cell, b); c.state != inQuotes {
				c.state = inCell
			}
		}
	}
	if c.state != inQuotes {
		c.end()
	}
}

// end closes a cell.
func (c *cutter) end() {
	c.cells = append(c.cells, cell{text: string(c.cell)})
	c.cell, c.state = c.cell[:0], cellStart
}
