package match

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// cellRows reads CSV. The service is sent commas, the list's own headings and what they mean by --map; what else
// they mean, it knows. encoding/csv is not used for reading, as one stray quote would swallow all rows behind it.
type cellRows struct {
	lines    *lineReader
	comma    byte
	header   []byte // as it is sent
	headings []string
	omit     []bool // columns that are sent without their cells: the reason, where --reason stands for it
}

// newCellRows reads the headings. What columns map must stand among them.
func newCellRows(l *lineReader, columns map[string]string, dropReason bool) (*cellRows, error) {
	c := &cellRows{lines: l, comma: ','}
	first, err := l.next()
	if comma, ok := bytes.CutPrefix(first.text, []byte("sep=")); ok && len(comma) == 1 { // Excel's own remark
		c.comma = comma[0]
		first, err = l.next()
	} else if err == nil {
		c.comma = separator(first.text)
	}
	if errors.Is(err, io.EOF) || err == nil && !first.long && len(bytes.TrimSpace(first.text)) == 0 {
		return nil, errors.New("the list is empty; a CSV list begins with a line of headings")
	}
	if err != nil {
		return nil, err
	}
	l.unread([]textLine{first})
	cells, fault, err := c.record()
	if err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, fmt.Errorf("the headings cannot be read: %s", fault.Message)
	}
	c.headings, c.header, c.omit = cells, encodeCells(cells), make([]bool, len(cells))
	unused := map[string]bool{}
	for column := range columns {
		unused[column] = true
	}
	for i, heading := range cells {
		name := plainHeading(heading)
		delete(unused, name)
		if field, mapped := columns[name]; mapped {
			name = field
		}
		c.omit[i] = dropReason && name == "reason"
	}
	for column := range unused {
		return nil, UsageError{fmt.Errorf("--map names the column %q, which the list does not have", column)}
	}
	return c, nil
}

// separator is what divides the headings: the most frequent of comma, semicolon and tab outside quotes.
func separator(header []byte) byte {
	best, most := byte(','), 0
	for _, comma := range []byte{',', ';', '\t'} {
		n, inside := 0, false
		for _, b := range header {
			switch {
			case b == '"':
				inside = !inside
			case b == comma && !inside:
				n++
			}
		}
		if n > most {
			best, most = comma, n
		}
	}
	return best
}

func (c *cellRows) contentType() string { return "text/csv; charset=utf-8" }
func (c *cellRows) head() []byte        { return c.header }

func (c *cellRows) next() (listRow, error) {
	for {
		line := c.lines.line + 1
		cells, fault, err := c.record()
		if err != nil {
			return listRow{}, err
		}
		r := listRow{line: line, fault: fault}
		if fault != nil {
			return r, nil
		}
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		r.asked = c.asked(cells)
		for i := range cells {
			if i < len(c.omit) && c.omit[i] {
				cells[i] = ""
			}
		}
		if r.body = encodeCells(cells); len(r.body) >= maxListRow {
			r.body, r.fault = nil, badListRow("the row is longer than 64 KiB")
		}
		return r, nil
	}
}

// asked shows the cells that are filled, with their headings.
func (c *cellRows) asked(cells []string) string {
	var parts []string
	for i, cell := range cells {
		if cell = strings.TrimSpace(cell); cell != "" && i < len(c.headings) {
			parts = append(parts, strings.TrimSpace(c.headings[i])+": "+cell)
		}
	}
	return strings.Join(parts, "; ")
}

// record reads the cells of one row, over as many lines as its quotes need. Where a quote is never closed, or closed
// in the middle of a cell, only the line that the row begins in is lost.
func (c *cellRows) record() (cells []string, fault *rowFault, err error) {
	t, err := c.lines.next()
	if err != nil {
		return nil, nil, err
	}
	if t.long {
		return nil, badListRow("the row is longer than 64 KiB"), nil
	}
	cut := cutter{comma: c.comma}
	cut.feed(t.text)
	var held []textLine
	size := len(t.text)
	for cut.state == inQuotes {
		t, err := c.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		if err == nil {
			held = append(held, t)
			size += len(t.text) + 1
		}
		if err != nil || t.long || size >= maxListRow {
			c.lines.unread(held)
			return nil, badListRow("a quote that is opened in this row is not closed"), nil
		}
		cut.feed(t.text)
	}
	if cut.torn {
		c.lines.unread(held)
		return nil, badListRow("text follows a closing quote; double a quote that belongs to the text"), nil
	}
	return cut.cells, nil, nil
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
	cells []string
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
	c.cells = append(c.cells, string(c.cell))
	c.cell, c.state = c.cell[:0], cellStart
}
