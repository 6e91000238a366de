package match

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"anvesh/query"
	"anvesh/query/phrase"
)

// headRows is among how many rows from the top the headings are looked for: above them stand titles.
const headRows = 20

// A column is one column of a list: its heading, and what is read from it.
type column struct {
	heading string
	meaning
}

// heads are the headings of a list, as they were found.
type heads struct {
	first, rows int // of the records looked at: where they begin, and over how many rows they go
	columns     []column
	score       int
}

// openCells finds the headings of a table and what they mean.
func (o *ListOptions) openCells(t table, named map[string]string) (*List, error) {
	looked, h, err := o.findHeads(t, named)
	if err != nil {
		return nil, err
	}
	if len(looked) == 0 {
		return nil, unreadable(phrase.ListEmpty)
	}
	if h.first < len(looked) && looked[h.first].fault != nil && h.score == 0 {
		fault := looked[h.first].fault
		return nil, &ListError{Message: "the headings cannot be read: " + fault.Message, Hindi: fault.Hindi}
	}
	l := &List{}
	if err := o.confirm(l, &h, looked, named); err != nil {
		return nil, err
	}
	rows := &cellRows{kind: o.Kind, columns: h.columns, headings: &looked[h.first+h.rows-1]}
	rest := looked[h.first+h.rows:]
	rows.table = &readAhead{rest, t}
	l.rows = rows
	return l, nil
}

// readAhead yields the records that were looked at, then those of the table.
type readAhead struct {
	records []record
	table   table
}

func (r *readAhead) next() (record, error) {
	if len(r.records) > 0 {
		rec := r.records[0]
		r.records = r.records[1:]
		return rec, nil
	}
	return r.table.next()
}

// findHeads returns the records that were looked at and the best headings among them. It looks no further than the
// first line where that is plain.
func (o *ListOptions) findHeads(t table, named map[string]string) ([]record, heads, error) {
	if c, ok := t.(*csvTable); ok {
		return o.findCSVHeads(c, named)
	}
	var looked []record
	for len(looked) < headRows {
		rec, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, heads{}, err
		}
		if !rec.empty() {
			looked = append(looked, rec)
		}
	}
	return looked, o.bestHeads(looked, named), nil
}

// separators are tried in this order; the first that gives the best headings is the list's.
var separators = [...]byte{',', ';', '\t', '|'}

// findCSVHeads finds the separator too.
func (o *ListOptions) findCSVHeads(t *csvTable, named map[string]string) ([]record, heads, error) {
	var ahead []textLine
	said := byte(0) // separator by Excel's own remark
	for filled := 0; filled < headRows; {
		line, err := t.lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, heads{}, err
		}
		if comma, ok := strings.CutPrefix(string(line.text), "sep="); ok && len(comma) == 1 && filled == 0 {
			said = comma[0]
			line.text = nil
		}
		ahead = append(ahead, line)
		if !line.long && strings.TrimSpace(string(line.text)) == "" {
			continue
		}
		if filled++; filled == 1 {
			if looked, h, comma := o.tryCommas(ahead, t.lines.line, said, named); h.plain(looked) {
				t.comma = comma
				return looked, h, nil
			}
		}
	}
	looked, h, comma := o.tryCommas(ahead, t.lines.line, said, named)
	t.comma = comma
	if h.score == 0 {
		return looked, h, nil
	}
	looked = looked[:h.first+h.rows]
	above := looked[len(looked)-1].end - (t.lines.line - len(ahead))
	t.lines.unread(slices.Clone(ahead[above:])) // to be read with the separator that is known
	return looked, h, nil
}

// tryCommas takes lines apart by each separator and keeps what gives the best headings. line is the number of the last.
func (o *ListOptions) tryCommas(ahead []textLine, line int, said byte, named map[string]string) (best []record, h heads, comma byte) {
	comma = ','
	h.score = -1
	for _, try := range separators {
		if said != 0 && try != said {
			continue
		}
		t := &csvTable{lines: &lineReader{back: slices.Clone(ahead), err: io.EOF, line: line - len(ahead), letters: utf8Letters}, comma: try}
		var looked []record
		for {
			rec, err := t.next()
			if err != nil {
				break
			}
			if !rec.empty() {
				looked = append(looked, rec)
			}
		}
		if found := o.bestHeads(looked, named); found.score > h.score || found.score == h.score && widest(looked) > widest(best) {
			best, h, comma = looked, found, try
		}
	}
	return best, h, comma
}

// widest is how many cells the widest record has.
func widest(list []record) (n int) {
	for _, r := range list {
		n = max(n, len(r.cells))
	}
	return n
}

// plain reports whether a first line is beyond doubt the headings: most of it is known, and something can be searched by.
func (h *heads) plain(looked []record) bool {
	if h.score <= 0 || len(looked) != 1 {
		return false
	}
	known, filled, main := 0, 0, 0
	for _, c := range h.columns {
		if strings.TrimSpace(c.heading) == "" {
			continue
		}
		filled++
		if c.sure {
			known++
		} else if c.looks != "" { // the line below may say more
			return false
		}
		if f := c.field; f != "" && f != "ref" && f != "reason" {
			main++
		}
	}
	return main > 0 && 2*known >= filled && filled == len(h.columns)
}

// bestHeads looks for the headings: one row, or two that belong together, whichever has the most columns that are known.
func (o *ListOptions) bestHeads(looked []record, named map[string]string) (best heads) {
	for i := range looked {
		if looked[i].fault != nil {
			continue
		}
		for rows := 1; rows <= 2 && i+rows <= len(looked); rows++ {
			var below []cell
			if rows == 2 {
				if below = looked[i+1].cells; looked[i+1].fault != nil || slices.ContainsFunc(below, hasDigit) {
					continue
				}
			}
			h := heads{first: i, rows: rows, columns: o.readHeads(looked[i].cells, below, named)}
			h.score = scoreOf(h.columns)
			if h.score > best.score || h.score == best.score && rows < best.rows {
				best = h
			}
		}
	}
	if best.rows == 0 && len(looked) > 0 {
		best = heads{rows: 1, columns: o.readHeads(looked[0].cells, nil, named)}
	}
	return best
}

func hasDigit(c cell) bool { return strings.ContainsAny(query.ASCIIDigits(c.text), "0123456789") }

// scoreOf weighs headings: a column that can be searched by most, one that is known and passed over least. Without a
// column that can be searched by they are no headings.
func scoreOf(columns []column) (score int) {
	main := false
	for _, c := range columns {
		switch {
		case !c.sure:
		case c.field == "":
			score++
		case isMain(c.field):
			main = true
			score += 100
		default:
			main = main || c.field != "ref" && c.field != "reason"
			score += 10
		}
	}
	if !main {
		return 0
	}
	return score
}

// readHeads reads headings of one row, or of two: there a cell above may be the group of those below it.
func (o *ListOptions) readHeads(above, below []cell, named map[string]string) []column {
	n := max(len(above), len(below))
	columns := make([]column, 0, n)
	group := ""
	for i := range n {
		up, down := headingAt(above, i), headingAt(below, i)
		if up != "" {
			group = up
		}
		tries := []string{up}
		if below != nil {
			tries = []string{join(up, down), join(group, down), down}
			if down == "" {
				tries = []string{up}
			}
		}
		columns = append(columns, o.readHead(tries, named))
	}
	return columns
}

func headingAt(cells []cell, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.Join(strings.Fields(cells[i].text), " ")
}

func join(a, b string) string { return strings.TrimSpace(a + " " + b) }

// readHead takes the first reading of a heading that is known; what columns are named as counts before what they
// usually mean.
func (o *ListOptions) readHead(tries []string, named map[string]string) column {
	for _, heading := range tries {
		if field, ok := named[plainHeading(heading)]; ok && heading != "" {
			if field == "-" {
				return column{heading, meaning{sure: true, named: true}}
			}
			return column{heading, meaning{field: field, sure: true, named: true}}
		}
	}
	for _, heading := range tries {
		if m := meaningOf(o.Kind, heading); m.sure {
			return column{heading, m}
		}
	}
	return column{tries[0], meaningOf(o.Kind, tries[0])}
}

// confirm checks the headings that were found, and asks where a column that may matter would be dropped.
func (o *ListOptions) confirm(l *List, h *heads, looked []record, named map[string]string) error {
	for _, c := range h.columns {
		l.Headings = append(l.Headings, c.heading)
		l.Columns = append(l.Columns, Column{Heading: c.heading, Field: c.field})
	}
	if err := o.checkNamed(h, named); err != nil {
		return err
	}
	if h.score == 0 {
		return o.nothingFits(looked)
	}
	if err := o.ask(l, h); err != nil {
		return err
	}
	if err := o.twice(l, h); err != nil {
		return err
	}
	if line := looked[h.first].line; h.first > 0 {
		l.note(phrase.HeadingsBelow, strconv.Itoa(line))
	}
	for i, c := range h.columns {
		if c.field == "reason" && o.DropReason {
			h.columns[i].field, l.Columns[i].Field = "", ""
		}
		if c.field == "" && !c.named && c.heading != "" {
			l.Unused = append(l.Unused, c.heading)
		}
	}
	return nil
}

// checkNamed wants every column that was given a meaning to be there.
func (o *ListOptions) checkNamed(h *heads, named map[string]string) error {
	missing := func(flag, written string) error {
		name := plainHeading(written)
		if named[name] == "" || slices.ContainsFunc(h.columns, func(c column) bool { return c.named && plainHeading(c.heading) == name }) {
			return nil
		}
		return &ListError{Field: "map", Message: fmt.Sprintf("%s names the column %q, which the list does not have; it has %s",
			flag, written, quoteAll(headingsOf(h.columns)))}
	}
	for _, s := range o.Map {
		if err := missing(o.flag(), s[:strings.LastIndexByte(s, '=')]); err != nil {
			return err
		}
	}
	for _, s := range o.Ignore { // of the program alone: an address has map=COLUMN=-
		if err := missing("--ignore", s); err != nil {
			return err
		}
	}
	return nil
}

// note says how something was read.
func (l *List) note(p phrase.Phrase, with ...string) {
	english, hindi := p.With(with...)
	l.Notes = append(l.Notes, Remark{english, hindi})
}

// headingsOf lists headings.
func headingsOf(columns []column) (names []string) {
	for _, c := range columns {
		if c.heading != "" {
			names = append(names, c.heading)
		}
	}
	return names
}

// nothingFits names what was seen.
func (o *ListOptions) nothingFits(looked []record) error {
	seen := looked[0]
	for _, r := range looked { // the first row of the widest is more likely headings than a title is
		if len(r.cells) > len(seen.cells) {
			seen = r
		}
	}
	var names []string
	for _, c := range seen.cells {
		if t := strings.Join(strings.Fields(c.text), " "); t != "" && !hasDigit(c) {
			names = append(names, t)
		}
	}
	if len(names) == 0 {
		_, hindi := phrase.NoHeadings.With()
		return &ListError{Message: fmt.Sprintf("no heading of the list is known: line %d holds none; a line of headings must stand above the rows, such as %s",
			seen.line, strings.Join(exampleHeadings(o.Kind), ",")), Hindi: hindi}
	}
	var columns []Column
	for _, name := range names {
		columns = append(columns, Column{Heading: name, Asked: true})
	}
	_, hindi := phrase.NoHeadings.With()
	return &ListError{"", fmt.Sprintf("no heading of the list is known; line %d has %s: name the columns, such as %s; a list of %s may have %s",
		seen.line, quoteAll(names), o.mapped(names[0], exampleHeadings(o.Kind)[0]), o.Kind, strings.Join(fieldNames(o.Kind), ", ")), hindi, columns}
}

func exampleHeadings(kind string) []string {
	if kind == Vehicles {
		return []string{"registration", "chassis", "engine"}
	}
	return []string{"name", "relative", "age"}
}

// ask stops where a column that looks like something to search by would be dropped.
func (o *ListOptions) ask(l *List, h *heads) error {
	var asked []string
	first := column{}
	numbers := o.Kind == Persons || slices.ContainsFunc(h.columns, func(c column) bool { return isAsked(c.field) })
	for i, c := range h.columns {
		if !numbers && c.field == "ref" && c.rank == 2 { // a bare "Number" where no other number stands
			c.field, c.sure, c.looks = "", false, "registration"
		}
		if c.weak && slices.ContainsFunc(h.columns, func(other column) bool { return other.field == c.looks }) {
			continue
		}
		if c.field == "" && !c.sure && c.looks != "" {
			if asked == nil {
				first = c
			}
			asked = append(asked, c.heading)
			l.Columns[i] = Column{c.heading, "", true, c.looks}
		}
	}
	if asked == nil {
		return nil
	}
	_, hindi := phrase.ColumnsAsked.With(quoteAll(asked))
	return &ListError{"map", fmt.Sprintf("what does the column %s mean? It looks like something to search by (%s), and would be dropped: %s says what it is, %s leaves it out",
		quoteAll(asked), first.looks, o.mapped(first.heading, first.looks), o.ignored(first.heading)), hindi, l.Columns}
}

// twice decides which column a field is read from where several mean it: the likelier first, the others where that is
// empty. Two that differ in nothing but their words are asked about.
func (o *ListOptions) twice(l *List, h *heads) error {
	for _, f := range fieldsOf(o.Kind) {
		var same []column
		for _, c := range h.columns {
			if c.field == f.name && c.part == 0 {
				same = append(same, c)
			}
		}
		if len(same) < 2 {
			continue
		}
		slices.SortStableFunc(same, func(a, b column) int { return a.rank - b.rank })
		a, b := same[0], same[1]
		if f.main && a.rank == b.rank && script(a.heading) == script(b.heading) && a.language == b.language {
			for i, c := range l.Columns {
				l.Columns[i].Asked = c.Heading == b.heading
			}
			_, hindi := phrase.ColumnsTwice.With(quote(a.heading), quote(b.heading))
			return &ListError{f.name, fmt.Sprintf("%s: the columns %s and %s both mean it; leave one out with %s",
				f.name, quote(a.heading), quote(b.heading), o.ignored(b.heading)), hindi, l.Columns}
		}
		first, others := quote(a.heading), quoteAll(headingsOf(same[1:]))
		english, hindi := phrase.ReadFromFirst.Each([]string{f.name, first, others}, []string{phrase.LabelOf(f.name).Hindi, first, others})
		l.Notes = append(l.Notes, Remark{english, hindi})
	}
	return nil
}

// allHeadings reports whether every cell is a known heading, one of them to search by.
func allHeadings(kind string, cells []cell) bool {
	o := ListOptions{Kind: kind}
	columns := o.readHeads(cells, nil, nil)
	filled := 0
	for _, c := range columns {
		if c.heading != "" {
			filled++
			if !c.sure {
				return false
			}
		}
	}
	return filled > 1 && scoreOf(columns) >= 100
}

// quote shows a heading in a message, shortened.
func quote(heading string) string {
	if r := []rune(heading); len(r) > 40 {
		heading = string(r[:40]) + "..."
	}
	return fmt.Sprintf("%q", heading)
}

// quoteAll shows headings, not all where they are many.
func quoteAll(names []string) string {
	const most = 12
	var shown []string
	for _, n := range names[:min(len(names), most)] {
		shown = append(shown, quote(n))
	}
	if len(names) > most {
		shown = append(shown, fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(shown, ", ")
}
