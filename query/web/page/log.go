package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"anvesh/query/audit"
	"anvesh/query/phrase"
)

// A LogBook is what an auditor sees of the log of who asked what: entries as far as they can be read, ids of what they showed, and
// proofs. Of the records themselves nothing stands here.
type LogBook struct {
	Kinds   []string
	Looked  bool // entries were looked for
	Entries []LogEntry
	Before  string // of which entry the older ones are looked for; "" where there are none

	Proof *audit.Proof // of one entry, in place of the others
	Key   string       // that checks it
}

// A LogEntry is one entry of the log.
type LogEntry struct {
	*audit.Entry
	When     time.Time
	UnitName string
	Rows     []LogRow // the first of them
	More     int      // rows that are not shown
}

// A LogRow is one thing that was asked, in words, and what it showed.
type LogRow struct {
	audit.EntryRow
	Reason  string
	Asked   []Given // what was asked beside the reason; nil where it can no longer be read
	Gone    bool
	Because string     // of an alarm or a refusal: which, or by what
	Shown   []LogFound // the first of what it showed
}

// A LogFound is a record or a case that was shown, as the log names it: number and station of its FIR, and the place in it.
type LogFound struct{ Text, Class string }

// mostLogRows is how many rows of a list are shown of an entry, and mostFoundShown how many ids of what one showed.
const (
	mostLogRows    = 5
	mostFoundShown = 10
)

// ShowLog puts entries into the view. unit names units.
func (v *View) ShowLog(entries []*audit.Entry, before string, unit func(code string) string) {
	b := v.Desk.Log
	b.Looked, b.Before = true, before
	for _, e := range entries {
		one := LogEntry{Entry: e, More: max(0, len(e.Rows)-mostLogRows)}
		one.When, _ = time.Parse(time.RFC3339Nano, e.At)
		if e.Who.Unit != "" {
			one.UnitName = unit(e.Who.Unit)
		}
		for _, r := range e.Rows[:len(e.Rows)-one.More] {
			one.Rows = append(one.Rows, v.Lang.logRow(r, unit))
		}
		b.Entries = append(b.Entries, one)
	}
}

// logRow reads what was asked, and names what was shown.
func (l Lang) logRow(r audit.EntryRow, unit func(code string) string) LogRow {
	row := LogRow{EntryRow: r, Gone: len(r.Asked) == 0 && r.Why == ""}
	if row.Because = l.word("why " + r.Why); row.Because == "why "+r.Why {
		row.Because = r.Why
	}
	for _, f := range r.Found[:min(len(r.Found), mostFoundShown)] {
		row.Shown = append(row.Shown, LogFound{l.foundText(f, unit), f.Class})
	}
	for _, g := range given(r.Asked) {
		if g.Field == "reason" {
			row.Reason = g.Value
			continue
		}
		label := l.word("asked " + g.Field)
		if label == "asked "+g.Field {
			label = l.word(g.Field)
		}
		row.Asked = append(row.Asked, Given{label, l.word(g.Value)})
	}
	return row
}

// given are the fields of an object in their order, each value as text; what is no object gives nothing.
func given(object json.RawMessage) (fields []Given) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		name, err := d.Token()
		var value any
		if err != nil || d.Decode(&value) != nil {
			return fields
		}
		if text := textOf(value); text != "" {
			fields = append(fields, Given{fmt.Sprint(name), text})
		}
	}
	return fields
}

// textOf is a value as it is read.
func textOf(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case []any:
		var parts []string
		for _, v := range value {
			parts = append(parts, textOf(v))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
	return fmt.Sprint(value)
}

// Hidden is how many more it showed.
func (r LogRow) Hidden() int { return max(0, len(r.Found)-mostFoundShown) }

// Place is how an entry is named in an address.
func (e LogEntry) Place() string { return fmt.Sprintf("%d-%d", e.Year, e.Number) }

// foundText names a record or a case; never by a person's name.
func (l Lang) foundText(f audit.Found, unit func(code string) string) string {
	if f.ID == "" {
		return l.say(phrase.Pseudonym)
	}
	fir, part, _ := strings.Cut(f.ID, "/")
	text := caseNumber(fir)
	if len(fir) >= 13 {
		text += " " + unit(fir[:8])
	}
	if part != "" {
		text += " (" + strings.ReplaceAll(part, "/", " ") + ")"
	}
	return text
}

// checkpointed is how many entries the checkpoint of a proof stands for: the second line of the note.
func checkpointed(p *audit.Proof) string {
	lines := strings.SplitN(p.Checkpoint, "\n", 3)
	return lines[min(1, len(lines)-1)]
}
