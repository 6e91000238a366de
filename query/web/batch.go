package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/match"
	"anvesh/query/web/gate"
	"anvesh/storage/background"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fastjson"
)

const (
	rowsAhead = 256                   // rows of a list that may be searched for before the one that is written: several wait for the log together
	busyTries = 6                     // how often a row is tried again while the engine is overloaded
	busyPause = 20 * time.Millisecond // before the first of these, doubled each time
)

func matchPersons(c *call) error {
	return answerList(c, c.persons)
}

func matchVehicles(c *call) error {
	return answerList(c, c.vehicles)
}

// answerList begins to answer a list. What is wrong with the list as a whole is a status; what is wrong with a row is its
// answer.
func answerList[T any](c *call, f *form[T]) error {
	h := &c.ctx.Request.Header
	csv := isType(h, "text/csv")
	if !csv && !isType(h, "application/x-ndjson") {
		return errNotList
	}
	if h.ContentLength() > maxListBody {
		return errListSize
	}
	start, said, err := listQuery(c.ctx.QueryArgs(), f)
	if err != nil {
		return err
	}
	if !c.who.May(access.List) {
		return errNoLists
	}
	if !c.session && !c.who.May(access.Export) { // what is no page is a program, and what it is answered a file
		return errNoExport
	}
	stream := c.ctx.RequestBodyStream()
	if stream == nil || h.ContentLength() == 0 {
		return malformed("the list is empty")
	}
	if err := c.lists.Take(c.who.KeyID); err != nil {
		return err
	}
	b := &batch[T]{s: c.Server, form: f, requestID: c.requestID, who: c.who, conn: c.ctx.Conn(), slots: newSlots[T]()}
	b.ctx, b.cancel = context.WithCancel(c.life)
	if c.Audit != nil {
		b.chunks = audit.NewChunks(c.Audit)
	}
	b.intake = c.newIntake(b.conn)
	b.group.Go(func() { b.intake.Fill(stream) })
	o := match.ListOptions{Kind: f.list, Format: "ndjson", Map: said.columns}
	if csv {
		o.Format = "csv"
	}
	var rows io.Reader = b.intake
	if most := access.AllowanceOf(c.who.Role).ListRows; most < access.AnyRows {
		var n int
		rows, n, err = counted(b.intake, o)
		if whole := max(n, said.rows); err == nil && whole > most {
			b.who.Approved, err = c.Keys.UseApproval(said.approval, c.who, n, whole)
		}
	}
	var unused []string
	if err == nil {
		b.rows, unused, err = openRows(rows, o, f, start)
	}
	if err != nil {
		b.Close()
		lingerOnClose(c.ctx)
		return err
	}
	b.run()
	if len(unused) > 0 {
		c.ctx.Response.Header.Set("X-Unmapped-Columns", unusedHeader(unused))
	}
	c.ctx.Response.Header.Set(match.KeyNameHeader, url.PathEscape(c.who.Name))
	c.ctx.SetContentType("application/x-ndjson; charset=utf-8")
	c.ctx.Response.ImmediateHeaderFlush = true
	c.ctx.SetConnectionClose() // a list that fails midway leaves a connection that cannot be used again, and cannot say so then
	c.ctx.SetBodyStream(b, -1)
	return nil
}

// newIntake makes the intake of a list's body.
func (s *Server) newIntake(conn net.Conn) *gate.Intake {
	return gate.NewIntake(conn, gate.Bounds{Bytes: maxListBody, Time: s.ListTimeout, Grace: s.ListGrace, TooLong: errListSize, Unread: unread})
}

// counted reads a list to its end and counts its rows, for whom a long one needs a second person's approval: he gets it answered
// whole or not at all.
func counted(in io.Reader, o match.ListOptions) (whole io.Reader, rows int, err error) {
	list, err := io.ReadAll(in)
	if err != nil {
		return nil, 0, err
	}
	l, fault := match.OpenList(bytes.NewReader(list), o)
	for fault == nil {
		if _, fault = l.Next(); fault == nil {
			rows++
		}
	}
	return bytes.NewReader(list), rows, nil // what is wrong with it is told by who reads it next
}

// A saidOfList is what the query of a list says besides what each row has unless it says otherwise.
type saidOfList struct {
	columns  []string // column=field
	approval string   // of a long list
	rows     int      // of the whole list, where this is a part of it; 0 where it is not said
}

// listQuery reads what the query says for all rows: limit, min_class, at_least, reason; and map=column=field, approval and rows.
func listQuery[T any](args *fasthttp.Args, f *form[T]) (start T, said saidOfList, err error) {
	names := []string{"limit", "min_class", "at_least", "reason", "map", "approval", "rows"}
	var rest fasthttp.Args
	for key, value := range args.All() {
		name := string(key)
		switch {
		case name == "approval":
			said.approval = string(value)
		case name == "rows":
			if said.rows, err = strconv.Atoi(string(value)); err != nil || said.rows < 1 {
				return start, said, wrongField(&query.FieldError{Field: name, Message: "must be how many rows the whole list has"})
			}
		case name == "map":
			if err := checkMap(string(value), f); err != nil {
				return start, said, err
			}
			said.columns = append(said.columns, string(value))
		case slices.Contains(names, name):
			rest.AddBytesKV(key, value)
		default:
			return start, said, unknownField(name, "the query of a list", names)
		}
	}
	return start, said, f.fromArgs(&rest, &start)
}

// checkMap checks one column=field.
func checkMap[T any](s string, f *form[T]) error {
	at := strings.LastIndexByte(s, '=')
	if at <= 0 {
		return wrongField(&query.FieldError{Field: "map", Message: "must read column=field, such as map=Owner=name"})
	}
	if name := strings.TrimSpace(s[at+1:]); name != "-" && f.find(name) == nil {
		return f.unknown(name)
	}
	return nil
}

// A batch answers a list while it arrives. It is the answer's body: the connection's goroutine reads from it. Two kinds of
// goroutines stand behind it:
//
//	intake   connection -> memory       never waits for us, so that a client that sends all before it reads is served too
//	work     memory -> row -> its slot  each row in turn once the gate lets it pass, at most rowsAhead before the one that is written
//
// Whoever reads makes a line of what stands in a slot, once the log has it: rows become that in hundreds at a time, and are not to
// run all at once.
//
// Close ends them and waits for them, as fasthttp uses the request's buffers again after it.
type batch[T any] struct {
	s         *Server
	requestID string
	who       access.Identity
	conn      net.Conn
	form      *form[T]
	rows      *rowReader[T]
	intake    *gate.Intake
	ctx       context.Context
	cancel    context.CancelFunc
	group     sync.WaitGroup
	once      sync.Once
	hindi     bool          // refusals of rows are said in Hindi
	chunks    *audit.Chunks // gathers what rows have to log; nil without a log

	taking sync.Mutex
	ended  bool   // all rows are taken
	late   string // what a row asked for with at_least and did not get

	slots chan chan found[T] // one for each row, in order; each gets one answer
	slot  chan found[T]      // the one that is waited for, or nil
	taken *found[T]          // out of it, and waits for the log; or nil
	rest  []byte             // of the line that Read is in
}

// A found is what became of a row: an answer, which may leave once it is logged, or row.err.
type found[T any] struct {
	row    row[T]
	logged <-chan struct{}
	answer func() (*query.Answer, error)
}

func newSlots[T any]() chan chan found[T] { return make(chan chan found[T], rowsAhead) }

// run answers the rows in the background: single searches come first. As many are searched for at once as there are places.
func (b *batch[T]) run() {
	for range b.s.Places {
		b.group.Go(b.work)
	}
}

// work takes one row after the other. What has a thread of its own is expensive to wake, so it hands nothing to others.
func (b *batch[T]) work() {
	background.Thread()
	for {
		r, slot := b.take()
		if slot == nil {
			return
		}
		place, err := b.s.gate.EnterRow(b.ctx, b.who.KeyID)
		if err != nil {
			return
		}
		slot <- b.answer(r)
		place.Leave()
	}
}

// take reads the next row and gives it a slot, in order; nil at the end of the list. What is wrong with the list is its last
// row's answer.
func (b *batch[T]) take() (r row[T], slot chan found[T]) {
	b.taking.Lock()
	defer b.taking.Unlock()
	if b.ended {
		return r, nil
	}
	r, err := b.nextRow()
	if !errors.Is(err, io.EOF) && b.ctx.Err() == nil {
		slot = make(chan found[T], 1)
		select {
		case b.slots <- slot:
			if err == nil {
				return r, slot
			}
			r.err = err
			slot <- found[T]{row: r}
		case <-b.ctx.Done():
		}
	}
	b.ended = true
	close(b.slots)
	return r, nil
}

// nextRow reads a row and waits until it can be answered as fresh as it asks; a panic there ends the list with an error.
func (b *batch[T]) nextRow() (r row[T], err error) {
	defer func() {
		if p := recover(); p != nil {
			err = b.s.caught(b.requestID, p)
		}
	}()
	if r, err = b.rows.next(); err != nil || r.err != nil {
		return r, err
	}
	if token := b.form.request(&r.request).Shared().AtLeast; token != "" {
		r.err = b.await(token)
	}
	return r, nil
}

// await waits for freshness, but only once for what has not come: later rows that ask for the same are looked at without
// waiting, so that a list of what is never there ends.
func (b *batch[T]) await(token string) error {
	ctx, cancel := b.ctx, context.CancelFunc(func() {})
	if token == b.late {
		ctx, cancel = context.WithTimeout(b.ctx, 0)
	}
	defer cancel()
	err := b.s.Engine.Await(ctx, token)
	if errors.Is(err, context.DeadlineExceeded) && b.ctx.Err() == nil {
		err = query.ErrNotFresh
	}
	if errors.Is(err, query.ErrNotFresh) {
		b.late = token
	}
	return err
}

// answer searches for one row.
func (b *batch[T]) answer(r row[T]) (f found[T]) {
	f.row = r
	defer func() {
		if p := recover(); p != nil {
			f.row.err = b.s.caught(b.requestID, p)
		}
	}()
	b.s.meter.Rows.Inc()
	if r.err == nil {
		asked := b.form.request(&r.request)
		asked.Shared().List = b.requestID
		f.logged, f.answer, f.row.err = b.search(asked)
	}
	return f
}

// search asks the engine; while that is overloaded the list gives way to single searches.
func (b *batch[T]) search(r query.Request) (logged <-chan struct{}, answer func() (*query.Answer, error), err error) {
	call, pause := &query.Call{Request: b.requestID}, busyPause
	for try := 1; ; try++ {
		if err := b.s.Keys.Holds(b.who); err != nil { // revoked while the list is under way
			return nil, nil, err
		}
		ctx, cancel := context.WithTimeout(b.ctx, b.s.SearchTimeout)
		logged, answer, err = b.s.Engine.SearchRow(query.WithCall(ctx, call), b.who, r, b.chunks)
		cancel()
		if !errors.Is(err, query.ErrOverloaded) || try == busyTries {
			return logged, answer, err
		}
		select {
		case <-time.After(pause):
			pause *= 2
		case <-b.ctx.Done():
			return nil, nil, b.ctx.Err()
		}
	}
}

// line is what is written of a row.
func (b *batch[T]) line(f *found[T]) (line []byte) {
	r := f.row
	defer func() {
		if p := recover(); p != nil {
			r.err = b.s.caught(b.requestID, p)
			line = b.refused(r)
		}
	}()
	var a *query.Answer
	if r.err == nil {
		a, r.err = f.answer()
	}
	if r.err != nil {
		return b.refused(r)
	}
	a.Remarks, a.RemarksHi = match.Remarked(r.remarks, a.Remarks, a.RemarksHi)
	return lineOf(match.RowAnswer{Ref: r.ref, Line: r.line, Answer: a})
}

// refused is the line of a row that is not answered.
func (b *batch[T]) refused(r row[T]) []byte {
	p, known := asProblem(r.err)
	if !known {
		b.s.Log.Error("web: unexpected error in a list", "request", b.requestID, "line", r.line, "error", r.err)
	}
	refused := match.RowRefusal{Ref: r.ref, Line: r.line, Error: p.shown()}
	if b.hindi && p.hindi != "" {
		refused.Error.Message = p.hindi
	}
	refused.Remarks, refused.RemarksHi = match.Remarked(r.remarks, nil, nil)
	return lineOf(refused)
}

// lineOf is one object as a line of NDJSON.
func lineOf(v any) []byte {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("BUG: " + err.Error())
	}
	return escaped(line.Bytes())
}

// Read returns what is answered so far and waits only where that is nothing. The client has the write timeout to take
// each piece.
func (b *batch[T]) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(b.rest) == 0 {
			var there bool
			if b.rest, there = b.next(n == 0); !there {
				break
			}
		}
		m := copy(p[n:], b.rest)
		n, b.rest = n+m, b.rest[m:]
	}
	if n > 0 {
		b.conn.SetWriteDeadline(time.Now().Add(b.s.WriteTimeout))
		return n, nil
	}
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// next gives the next line. It is false at the end of the list, and without wait also where the line is not there yet.
func (b *batch[T]) next(wait bool) (line []byte, there bool) {
	if b.slot == nil {
		if b.slot, there = receive(b.ctx, b.slots, wait); !there {
			return nil, false
		}
	}
	if b.taken == nil {
		f, there := receive(b.ctx, b.slot, wait)
		if !there {
			return nil, false
		}
		b.taken = &f
	}
	if f := b.taken; f.row.err == nil {
		if receive(b.ctx, f.logged, wait); !closed(f.logged) {
			return nil, false
		}
	}
	line = b.line(b.taken)
	b.slot, b.taken = nil, nil
	return line, true
}

// closed tells whether a channel that nothing is sent on is closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// receive takes a value from c. It is false where c is closed, where ctx ends, and without wait where none is there.
func receive[V any](ctx context.Context, c <-chan V, wait bool) (v V, ok bool) {
	select {
	case v, ok = <-c:
		return v, ok
	default:
	}
	if !wait {
		return v, false
	}
	select {
	case v, ok = <-c:
	case <-ctx.Done():
	}
	return v, ok
}

// Close ends the list, whether it is answered or not.
func (b *batch[T]) Close() error {
	b.once.Do(func() {
		b.cancel()
		if whole := b.intake.Stop(); !whole {
			gate.Linger(b.conn)
		}
		b.group.Wait()
		b.s.lists.Give(b.who.KeyID)
	})
	return nil
}

// A row is one request of a list.
type row[T any] struct {
	line    int // where it begins in the list, from 1; the headings of a CSV list are line 1
	ref     string
	remarks []match.Remark // of the list's reader: what was left out, and why
	request T
	err     error // why it cannot be searched for, and then request is of no use
}

// A rowReader makes the rows of a list requests. How lists are read is the business of query/match.
type rowReader[T any] struct {
	list   interface{ Next() (match.Row, error) }
	form   *form[T]
	start  T // what each row has unless it says otherwise
	parser fastjson.Parser
}

// openRows begins to read a list; unused are the headings that no field is read from.
func openRows[T any](in io.Reader, o match.ListOptions, f *form[T], start T) (rows *rowReader[T], unused []string, err error) {
	l, err := match.OpenList(in, o)
	var fault *match.ListError
	if errors.As(err, &fault) {
		if fault.Field == "" {
			return nil, nil, malformed(fault.Message)
		}
		return nil, nil, &problem{status: 400, code: "bad_value", field: fault.Field, message: fault.Message}
	}
	if err != nil {
		return nil, nil, err
	}
	return &rowReader[T]{list: l, form: f, start: start}, l.Unused, nil
}

// next returns the next row, io.EOF, or why the list could not be read on.
func (r *rowReader[T]) next() (row[T], error) {
	read, err := r.list.Next()
	made := row[T]{line: read.Line, ref: read.Ref, remarks: read.Remarks, request: r.start}
	switch {
	case err != nil:
		return made, err
	case read.Fault != nil:
		f := read.Fault
		made.err = &problem{status: 400, code: f.Code, message: f.Message, hindi: f.Hindi, field: f.Field}
	default:
		made.err = r.form.fromJSON(&r.parser, read.Object, &made.request, true)
	}
	made.ref = refOf(made.ref, r.form.request(&made.request).Shared().Ref)
	return made, nil
}

// refOf is a row's mark, also where the row is at fault elsewhere; one that is itself at fault is none.
func refOf(read, accepted string) string {
	if accepted != "" {
		return accepted
	}
	ref, err := checkText("ref", read, query.MaxText)
	if err != nil {
		return ""
	}
	return ref
}

// unusedHeader is the value of X-Unmapped-Columns: the headings that no field was found for, escaped as in an address.
// It is bounded, as headers are.
func unusedHeader(headings []string) string {
	const most, length = 50, 60
	var shown []string
	for _, h := range headings {
		if len(shown) == most {
			shown = append(shown, "...")
			break
		}
		if r := []rune(h); len(r) > length {
			h = string(r[:length]) + "..."
		}
		shown = append(shown, url.PathEscape(h))
	}
	return strings.Join(shown, ", ")
}
