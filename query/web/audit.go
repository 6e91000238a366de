package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// An Auditor is the log of who asked what. *audit.Log is one. Its methods are called concurrently.
type Auditor interface {
	// Append returns once the event is durable. After an error what it tells of is not done.
	Append(ctx context.Context, ev *audit.Event) error
	// Refused notes that something was refused. It does not wait.
	Refused(r audit.Refusal)
	// Verify reads the whole log; what is wrong stands in the report.
	Verify() (*audit.Report, error)
	// Last is the last checkpoint of a year, of the last year where that is 0; audit.ErrNoEntry where there is none.
	Last(year int) (audit.Checkpoint, error)
	// VerifierKey is the public key of checkpoints.
	VerifierKey() string
	// Prove proves an entry; audit.ErrNoEntry where there is none.
	Prove(year int, number int64) (*audit.Proof, error)
	// Consistent proves that a checkpoint, or the last one, has all that an earlier one stood for.
	Consistent(older, newer []byte) (*audit.Consistency, error)
	// Find returns entries as far as they can be read, the newest first; audit.ErrForgotten.
	Find(q audit.Query) (entries []*audit.Entry, more bool, err error)
	// Export writes the entries of a period, to excluded, as NDJSON.
	Export(w io.Writer, from, to time.Time) error
}

// record writes to the log what is about to be done outside the engine: credentials, copies, looks at the log. It is done
// only after that.
func (c *call) record(kind, about string, asked any) error {
	if c.Audit == nil {
		return nil
	}
	err := c.Audit.Append(c.life, &audit.Event{Kind: kind, Who: c.who, Request: c.requestID,
		Rows: []audit.Row{{About: about, Asked: asked, Complete: true}}})
	if err != nil {
		return fmt.Errorf("%w: %w", query.ErrNotLogged, err)
	}
	return nil
}

// refusedAt notes in the log that somebody who is known was refused what is no question to the engine, whose door notes its own:
// routes and views of other roles, other networks, lists without approval.
func (c *call) refusedAt(err error) {
	p, _ := asProblem(err)
	if c.Audit == nil || c.at == nil || c.who.KeyID == "" || p.status != 403 || errors.Is(err, query.ErrNotAllowed) || errors.Is(err, query.ErrNotYours) {
		return
	}
	c.Audit.Refused(audit.Refusal{Who: c.who, Request: c.requestID, About: methodOf(c.ctx) + " " + strings.Join(c.at.parts, "/"), Why: p.message})
}

// changing is a change of a credential as the log has it.
type changing struct {
	Do     string `json:"do"`
	Key    string `json:"key,omitempty"` // id or name
	Name   string `json:"name,omitempty"`
	Person string `json:"person,omitempty"`
	Role   string `json:"role,omitempty"`
	Unit   string `json:"unit,omitempty"`
}

// mayOversee reports whether an identity may have proofs of the log. They tell nothing of persons.
func mayOversee(who access.Identity) bool { return who.May(access.ReadLog) || who.May(access.Operate) }

// foundEntries is the answer of a look-up. Before is what to give as before for those that follow, "" where none do.
type foundEntries struct {
	Entries []*audit.Entry `json:"entries"`
	Before  string         `json:"before,omitempty"`
}

// findEntries answers GET /v1/audit: what the log has, by asker, unit, case or record, the newest first. The look is itself in the
// log before anything is shown.
func findEntries(c *call) error {
	if c.Audit == nil {
		return errNoPath
	}
	var w wantedEntries
	if err := entriesForm().fromArgs(c.ctx.QueryArgs(), &w); err != nil {
		return err
	}
	found, err := c.lookUp(w)
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, found)
}

// lookUp looks entries up; that it was looked is in the log before.
func (c *call) lookUp(w wantedEntries) (found foundEntries, err error) {
	q, err := w.query()
	if err != nil {
		return found, err
	}
	q.May = func(who audit.Who) bool { return c.Engine.MayRead(c.who, who.Unit) }
	if err := c.record(audit.KindAudit, "log", w); err != nil {
		return found, err
	}
	ctx, cancel := context.WithTimeout(c.life, c.SearchTimeout)
	defer cancel()
	found, err = inPlace(ctx, c, func(context.Context) (f foundEntries, err error) {
		var more bool
		if f.Entries, more, err = c.Audit.Find(q); more && len(f.Entries) > 0 {
			last := f.Entries[len(f.Entries)-1]
			f.Before = fmt.Sprintf("%d/%d", last.Year, last.Number)
		}
		return f, err
	})
	if found.Entries == nil {
		found.Entries = []*audit.Entry{}
	}
	return found, err
}

// wantedEntries is the query of a look-up.
type wantedEntries struct {
	Who    string `json:"who,omitempty"`
	Unit   string `json:"unit,omitempty"`
	FIR    string `json:"fir,omitempty"`
	Record string `json:"record,omitempty"`
	Kind   string `json:"kind,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Before string `json:"before,omitempty"`
	Limit  int    `json:"limit,omitempty"`
}

// entriesForm lists what it may carry.
func entriesForm() *form[wantedEntries] {
	type W = wantedEntries
	text := func(name string, set func(*W, string)) field[W] {
		return field[W]{name: name, bound: query.Bound{Field: name, Most: query.MaxText}, setText: set}
	}
	kinds := text("kind", func(w *W, s string) { w.Kind = s })
	kinds.bound.Choices = audit.Kinds()
	return &form[W]{what: "a look at the log", fields: []field[W]{
		text("who", func(w *W, s string) { w.Who = s }), text("unit", func(w *W, s string) { w.Unit = s }),
		text("fir", func(w *W, s string) { w.FIR = s }), text("record", func(w *W, s string) { w.Record = s }), kinds,
		text("from", func(w *W, s string) { w.From = s }), text("to", func(w *W, s string) { w.To = s }),
		text("before", func(w *W, s string) { w.Before = s }),
		{name: "limit", kind: whole, bound: query.Bound{Field: "limit", Least: 1, Most: audit.MostFound}, setWhole: func(w *W, n int) { w.Limit = n }},
	}}
}

func (w *wantedEntries) query() (q audit.Query, err error) {
	q = audit.Query{Who: w.Who, Unit: w.Unit, FIR: w.FIR, Record: w.Record, Kind: w.Kind, Limit: w.Limit}
	for _, d := range []struct {
		name, text string
		set        func(time.Time)
	}{{"from", w.From, func(t time.Time) { q.From = t }}, {"to", w.To, func(t time.Time) { q.To = t.AddDate(0, 0, 1) }}} {
		if d.text == "" {
			continue
		}
		t, err := time.ParseInLocation(time.DateOnly, d.text, storage.IST)
		if err != nil {
			return q, wrong(d.name, phrase.NoDate)
		}
		d.set(t)
	}
	if w.Before != "" {
		year, number, ok := strings.Cut(w.Before, "/")
		q.Year, err = strconv.Atoi(year)
		if err == nil {
			q.Number, err = strconv.ParseInt(number, 10, 64)
		}
		if !ok || err != nil || q.Year < 1 {
			return q, wrongField(&query.FieldError{Field: "before", Message: "must be what the answer before gave as before, such as 2026/1234"})
		}
	}
	return q, nil
}

// A shownCheckpoint is how the log stands.
type shownCheckpoint struct {
	Year       int    `json:"year"`
	Entries    int64  `json:"entries"`
	Checkpoint string `json:"checkpoint"`
	Key        string `json:"key"`
}

// showCheckpoint answers GET /v1/audit/checkpoint.
func showCheckpoint(c *call) error {
	n, err := c.auditNumbers("a checkpoint", "year")
	if err != nil {
		return err
	}
	k, err := c.Audit.Last(int(n[0]))
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, shownCheckpoint{k.Year, k.N, string(k.Note), c.Audit.VerifierKey()})
}

// showProof answers GET /v1/audit/proof?year=2026&entry=1234.
func showProof(c *call) error {
	n, err := c.auditNumbers("a proof", "year", "entry")
	if err != nil {
		return err
	}
	p, err := c.Audit.Prove(int(n[0]), n[1])
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, p)
}

// auditNumbers reads the query of a look at the log, of whole numbers; 0 for one that is absent.
func (c *call) auditNumbers(what string, names ...string) ([]int64, error) {
	if c.Audit == nil {
		return nil, errNoPath
	}
	values, err := someArgs(c.ctx.QueryArgs(), what, names...)
	if err != nil {
		return nil, err
	}
	numbers := make([]int64, len(names))
	for i, v := range values {
		if v == "" {
			continue
		}
		if numbers[i], err = strconv.ParseInt(v, 10, 64); err != nil || numbers[i] < 0 {
			return nil, wrongField(&query.FieldError{Field: names[i], Message: "must be a whole number"})
		}
	}
	return numbers, nil
}

// proveConsistency answers POST /v1/audit/consistency.
func proveConsistency(c *call) error {
	if c.Audit == nil {
		return errNoPath
	}
	body, err := c.body("application/json", errNotJSON)
	if err != nil {
		return err
	}
	var two struct{ Old, New string }
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if d.Decode(&two) != nil || two.Old == "" {
		return malformed("the body must be an object with the texts old and, unless the last checkpoint is meant, new")
	}
	p, err := c.Audit.Consistent([]byte(two.Old), []byte(two.New))
	if err != nil && !errors.Is(err, audit.ErrNoEntry) && !errors.Is(err, audit.ErrDamaged) {
		return errNotConsistent
	}
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, p)
}

// verifyLog answers POST /v1/audit/verify. One runs at a time.
func verifyLog(c *call) error {
	if c.Audit == nil {
		return errNoPath
	}
	select {
	case c.verifies <- struct{}{}:
		defer func() { <-c.verifies }()
	default:
		return query.ErrRunning
	}
	if err := c.record(audit.KindAudit, "log", asking("verify")); err != nil {
		return err
	}
	r, err := c.Audit.Verify()
	if err != nil {
		return err
	}
	if r.Findings == nil {
		r.Findings = []string{}
	}
	return writeJSON(c.ctx, r)
}

// asking is what was asked, where that is a word.
func asking(what string) any {
	return struct {
		Do string `json:"do"`
	}{what}
}

// exportLog answers GET /v1/audit/export?from=2026-11-01&to=2026-11-30, days of Indian time, both included.
func exportLog(c *call) error {
	if c.Audit == nil {
		return errNoPath
	}
	values, err := someArgs(c.ctx.QueryArgs(), "an export", "from", "to")
	if err != nil {
		return err
	}
	var days [2]time.Time
	for i, name := range []string{"from", "to"} {
		if days[i], err = time.ParseInLocation(time.DateOnly, values[i], storage.IST); err != nil {
			return wrongField(&query.FieldError{Field: name, Message: "must be a day, such as 2026-11-30"})
		}
	}
	asked := struct {
		From string `json:"from"`
		To   string `json:"to"`
	}{values[0], values[1]}
	if err := c.record(audit.KindExport, "log", asked); err != nil {
		return err
	}
	read, write := io.Pipe()
	log, keys, asker := c.Audit, c.Keys, c.who
	p := &parts{conn: c.ctx.Conn(), timeout: c.WriteTimeout, stop: func() { read.Close() }, ended: make(chan struct{}),
		holds: func() error { return keys.Holds(asker) }}
	go func() {
		defer close(p.ended)
		write.CloseWithError(log.Export(write, days[0], days[1].AddDate(0, 0, 1)))
	}()
	p.r = bufio.NewReaderSize(read, 64<<10)
	p.watch()
	c.ctx.SetContentType("application/x-ndjson; charset=utf-8")
	c.ctx.SetConnectionClose()
	c.ctx.SetBodyStream(p, -1)
	return nil
}
