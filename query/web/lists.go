package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/match"
	"anvesh/query/phrase"
	"anvesh/query/web/gate"
	"anvesh/query/web/page"

	"github.com/valyala/fasthttp"
)

// Lists on the page: a file is put there, its columns are looked at, its rows are searched for by the batch that answers lists over
// the API (so they are charged and logged as there), and what came of it is shown and taken away as anvesh match writes it.

// showLists answers GET /lists.
func showLists(c *call) error {
	v, ok, err := c.room("lists")
	if !ok {
		return err
	}
	c.fillLists(v)
	return c.render(v)
}

// fillLists puts into a view what lists somebody may put there.
func (c *call) fillLists(v *view) *page.ListView {
	day := c.me().Today
	l := &page.ListView{Kinds: []string{match.Persons, match.Vehicles}, MostRows: mostRows, MostMiB: mostPut >> 20, MostHits: mostHits,
		OfRole: day.ListRows, RowsLeft: day.RowsLeft, Credential: c.who.KeyID, MayExport: c.who.May(access.Export)}
	if held := c.held.of(c.sessionToken()); held != nil {
		l.Other = held.id
	}
	v.Desk.List = l
	return l
}

func (c *call) sessionToken() string { return string(c.ctx.Request.Header.Cookie(cookieName)) }

// putList answers POST /lists: the file is read, and its columns are shown.
func putList(c *call) error {
	v, ok, err := c.room("lists")
	if !ok {
		lingerOnClose(c.ctx)
		return err
	}
	c.fillLists(v)
	p, err := c.putParts()
	v.Desk.Values["of"] = p.kind
	if err == nil {
		l := &heldList{session: sessionMark(c.sessionToken()), name: p.name, file: p.file, told: map[string]string{}}
		if l.list, err = c.hold(p.name, p.file, p.kind, "", nil); err == nil {
			err = c.held.put(l)
		}
		if err == nil {
			return c.to("/lists/" + l.id)
		}
	}
	return c.showProblem(v, "desk", err)
}

// A put is what was put on the page.
type put struct {
	name, kind string
	file       []byte
}

// putParts reads the form that a list comes in, as it comes, in memory alone.
func (c *call) putParts() (p put, err error) {
	mediaType, parameters, err := mime.ParseMediaType(string(c.ctx.Request.Header.ContentType()))
	if err != nil || mediaType != "multipart/form-data" {
		return p, errNotUpload
	}
	if c.ctx.Request.Header.ContentLength() > mostPut+maxBody {
		lingerOnClose(c.ctx)
		return p, errPutSize
	}
	var body io.Reader = c.ctx.RequestBodyStream()
	if body == io.Reader(nil) {
		return p, errNotUpload
	}
	if err := c.lists.Take(c.who.KeyID); err != nil {
		return p, err
	}
	defer c.lists.Give(c.who.KeyID)
	in := gate.NewIntake(c.ctx.Conn(), gate.Bounds{Bytes: mostPut + maxBody, Time: c.ListTimeout, Grace: c.ListGrace, TooLong: errPutSize, Unread: unread})
	var filled sync.WaitGroup
	filled.Go(func() { in.Fill(body) })
	defer func() {
		if in.Stop(); err != nil {
			lingerOnClose(c.ctx)
		}
		filled.Wait()
	}()
	for parts := multipart.NewReader(in, parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, putFault(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return p, putFault(err)
		}
		switch part.FormName() {
		case "of":
			p.kind = string(text)
		case "list":
			p.name, p.file = part.FileName(), text
		}
	}
	return p, p.check()
}

// putFault is why a form could not be read: what the intake says, else that it is none.
func putFault(err error) error {
	var known *problem
	if errors.As(err, &known) {
		return known
	}
	return errNotUpload
}

func (p *put) check() error {
	p.name = path.Base(strings.ReplaceAll(p.name, `\`, "/"))
	switch {
	case !slices.Contains([]string{match.Persons, match.Vehicles}, p.kind):
		return wrong("of", phrase.ChooseOne, match.Persons+", "+match.Vehicles, "")
	case len(p.file) == 0:
		return wrong("list", phrase.ChooseFile)
	case len(p.file) > mostPut:
		return errPutSize
	case !utf8.ValidString(p.name) || strings.ContainsFunc(p.name, hidden):
		p.name = "list"
	}
	return nil
}

// hold reads a list by what is told of its columns; one that has a workbook's name and is none is refused. It needs a core for a moment.
func (c *call) hold(name string, file []byte, kind, sheet string, told map[string]string) (*match.Held, error) {
	ctx, cancel := context.WithTimeout(c.leaving, c.ListTimeout)
	defer cancel()
	place, err := c.gate.EnterRow(ctx, c.who.KeyID)
	if err != nil {
		return nil, err
	}
	defer place.Leave()
	o := match.ListOptions{Kind: kind, DropReason: true}
	if match.NamedBook(name) {
		o.Format = "xlsx"
	}
	for heading, field := range told {
		o.Map = append(o.Map, heading+"="+field)
	}
	slices.Sort(o.Map)
	read, err := match.Hold(file, sheet, mostRows, o)
	var fault *match.ListError
	switch {
	case errors.As(err, &fault):
		return nil, &problem{status: 400, code: "bad_value", field: "list", message: fault.Message, hindi: fault.Hindi}
	case errors.Is(err, match.ErrManyRows):
		return nil, wrong("list", phrase.ManyRows, strconv.Itoa(mostRows))
	case err != nil:
		return nil, wrong("list", phrase.ListUnread)
	}
	return read, nil
}

// heldRoom begins the view of a list of one's own.
func (c *call) heldRoom() (*view, *heldList, error) {
	v, ok, err := c.room("lists")
	if !ok {
		return nil, nil, err
	}
	l := c.held.get(c.part, c.sessionToken())
	if l == nil {
		c.fillLists(v)
		return nil, nil, c.showProblem(v, "desk", errNoList)
	}
	return v, l, nil
}

// showList answers GET /lists/{id}: the columns of a list, how far it is, or what came of it.
func showList(c *call) error {
	v, l, err := c.heldRoom()
	if l == nil {
		return err
	}
	at, _ := strconv.Atoi(string(c.ctx.QueryArgs().Peek("at")))
	c.fillList(v, l, at)
	return c.render(v)
}

// fillList puts a list into a view; at is the page of its answers.
func (c *call) fillList(v *view, l *heldList, at int) {
	shown := c.fillLists(v)
	l.mu.Lock()
	defer l.mu.Unlock()
	shown.ID, shown.Name, shown.Reason, shown.Stage, shown.Done, shown.Rows = l.id, l.name, l.reason, page.Stages[l.stage], l.done, l.rows
	if v.Desk.Values["reason"] != "" {
		shown.Reason = v.Desk.Values["reason"]
	}
	if l.stage == atColumns && l.list != nil {
		v.ShowColumns(l.list)
	}
	if l.stage == atEnd {
		v.ShowLines(l.lines, at, rowsShown, l.stopped != nil)
		shown.MayExport = shown.MayExport && l.csv != nil
		shown.MayBook = shown.MayExport && unpackedSize(l.csv) <= mostBook
		shown.TooLarge = l.csv == nil
	}
}

// A told is what the form of a list's columns says.
type told struct {
	do, reason, approval, sheet string
	fields                      map[int]string // by the place of the column
}

// changeList answers POST /lists/{id}: what the columns are is told, the list is searched for, or it ends.
func changeList(c *call) error {
	v, l, err := c.heldRoom()
	if l == nil {
		return err
	}
	t, err := c.readTold(v)
	if err == nil && t.do == "end" {
		c.held.drop(l)
		return c.to("/lists")
	}
	if err == nil && l.at() == atColumns {
		err = c.tell(l, t)
		if err == nil && t.do == "search" {
			err = c.searchList(v, l, t)
		}
	}
	if err != nil {
		c.fillList(v, l, 0)
		return c.showProblem(v, "desk", err)
	}
	return c.to("/lists/" + l.id)
}

func (c *call) readTold(v *view) (t told, err error) {
	args, err := c.postedForm()
	if err != nil {
		return t, err
	}
	t = told{do: string(args.Peek("do")), reason: strings.TrimSpace(string(args.Peek("reason"))), approval: strings.TrimSpace(string(args.Peek("approval"))),
		sheet: string(args.Peek("sheet")), fields: map[int]string{}}
	v.Desk.Values["reason"], v.Desk.Values["approval"] = t.reason, t.approval
	for key, value := range args.All() {
		if n, ok := strings.CutPrefix(string(key), "column"); ok {
			if i, err := strconv.Atoi(n); err == nil {
				t.fields[i] = string(value)
			}
		}
	}
	return t, nil
}

// tell notes what the columns are said to be, where that is another thing than they were taken for, and reads the list anew.
func (c *call) tell(l *heldList, t told) error {
	l.mu.Lock()
	l.reason = t.reason
	list, name, file, sheet, said := l.list, l.name, l.file, l.sheet, maps.Clone(l.told)
	l.mu.Unlock()
	if list == nil { // it ended meanwhile
		return errNoList
	}
	other := t.sheet != sheet && slices.Contains(list.Sheets, t.sheet)
	changed := other
	if other {
		said, sheet = map[string]string{}, t.sheet
	}
	for i, column := range list.Columns {
		field, given := t.fields[i]
		if other || !given || column.Heading == "" || field == column.Field && !column.Asked {
			continue
		}
		if field == "" {
			field = "-"
		}
		if field != "-" && !slices.Contains(match.Fields(list.Kind), field) {
			return wrong("list", phrase.ChooseOne, strings.Join(match.Fields(list.Kind), ", "), "")
		}
		said[column.Heading], changed = field, true
	}
	if !changed {
		return nil
	}
	read, err := c.hold(name, file, list.Kind, sheet, said)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stage == atColumns && l.list != nil {
		l.list, l.sheet, l.told = read, sheet, said
	}
	return nil
}

// searchList begins to search for a list that is clear.
func (c *call) searchList(v *view, l *heldList, t told) error {
	l.mu.Lock()
	list := l.list
	l.mu.Unlock()
	if list == nil {
		return errNoList
	}
	if err := query.CheckReason(t.reason); err != nil {
		return err
	}
	switch {
	case list.Asked != nil:
		return &problem{status: 400, code: "bad_value", field: "list", message: list.Asked.Message, hindi: list.Asked.Hindi}
	case len(list.Rows) == 0:
		return wrong("list", phrase.NoRows)
	case list.Kind == match.Vehicles:
		return beginList(c, c.vehicles, v, l, t)
	}
	return beginList(c, c.persons, v, l, t)
}

// beginList searches for the rows behind the answer, by the batch that answers lists over the API.
func beginList[T any](c *call, f *form[T], v *view, l *heldList, t told) error {
	var args fasthttp.Args
	args.Set("reason", t.reason)
	args.SetUint("limit", mostHits)
	var start T
	if err := f.fromArgs(&args, &start); err != nil {
		return err
	}
	if err := c.lists.Take(c.who.KeyID); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stage != atColumns || l.list == nil { // two clicks
		c.lists.Give(c.who.KeyID)
		return nil
	}
	b := &batch[T]{s: c.Server, form: f, requestID: c.requestID, who: c.who, slots: newSlots[T](), hindi: v.Lang == page.Hindi,
		rows: &rowReader[T]{list: &heldRows{l.list.Rows}, form: f, start: start}}
	if n := len(l.list.Rows); n > access.AllowanceOf(c.who.Role).ListRows {
		var err error
		if b.who.Approved, err = c.Keys.UseApproval(t.approval, c.who, n, n); err != nil {
			c.lists.Give(c.who.KeyID)
			return err
		}
	}
	if c.Audit != nil {
		b.chunks = audit.NewChunks(c.Audit)
	}
	b.ctx, b.cancel = context.WithCancel(c.leaving)
	l.stage, l.file, l.cancel, l.rows, l.request = atSearch, nil, b.cancel, len(l.list.Rows), c.requestID
	options := url.Values{"reason": {t.reason}, "limit": {strconv.Itoa(mostHits)}}
	for heading, field := range l.told {
		options.Add("map", heading+"="+field)
	}
	b.run()
	s, lang, list, unit := c.Server, v.Lang, l.list, c.Unit
	s.held.group.Go(func() {
		defer s.lists.Give(b.who.KeyID)
		csv, err := b.follow(list, options.Encode(), func(o match.Outcome) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.lines = append(l.lines, page.LineOf(lang, list.Kind, o, unit))
			l.done++
		})
		b.cancel()
		b.group.Wait()
		l.mu.Lock()
		defer l.mu.Unlock()
		page.SortLines(l.lines)
		l.stage, l.csv, l.stopped, l.list = atEnd, csv, err, nil
	})
	return nil
}

// heldRows yields rows that are at hand.
type heldRows struct{ rows []match.Row }

func (h *heldRows) Next() (match.Row, error) {
	if len(h.rows) == 0 {
		return match.Row{}, io.EOF
	}
	r := h.rows[0]
	h.rows = h.rows[1:]
	return r, nil
}

// follow takes the answers in the order of the rows, tells each, and returns them as a compressed CSV, nil where that grew too large.
// The error is why not all came.
func (b *batch[T]) follow(list *match.Held, options string, tell func(match.Outcome)) (csv []byte, err error) {
	out := &boundedBuffer{most: mostKept}
	packed := gzip.NewWriter(out)
	results := list.Results(packed, options)
	whole := true
	for range list.Rows {
		line, more := b.next(true)
		if !more {
			return nil, errors.Join(b.ctx.Err(), io.ErrUnexpectedEOF)
		}
		outcome, err := results.Add(line)
		if errors.Is(err, errTooMuch) {
			whole = false
		} else if err != nil {
			b.s.Log.Error("web: list on the page", "request", b.requestID, "error", err)
			return nil, err
		}
		tell(outcome)
	}
	if err := errors.Join(results.Close(), packed.Close()); err != nil || !whole {
		return nil, nil
	}
	return out.Bytes(), nil
}

// downloadCSV answers GET /lists/{id}/csv.
func downloadCSV(c *call) error {
	name, csv, err := c.takeAnswers("csv")
	if csv == nil {
		return err
	}
	h := &c.ctx.Response.Header
	c.attach(name+".csv", "text/csv; charset=utf-8")
	if c.ctx.Request.Header.HasAcceptEncoding("gzip") {
		h.Add("Vary", "Accept-Encoding")
		h.SetContentEncoding("gzip")
		c.ctx.Response.SetBodyRaw(csv)
		return nil
	}
	text, err := fasthttp.AppendGunzipBytes(nil, csv)
	if err != nil {
		return err
	}
	c.ctx.Response.SetBodyRaw(text)
	return nil
}

// downloadBook answers GET /lists/{id}/xlsx. To make the workbook needs a core for a moment.
func downloadBook(c *call) error {
	name, csv, err := c.takeAnswers("xlsx")
	if csv == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.leaving, c.ListTimeout)
	defer cancel()
	place, err := c.gate.EnterRow(ctx, c.who.KeyID)
	if err != nil {
		return err
	}
	defer place.Leave()
	answers, err := gzip.NewReader(bytes.NewReader(csv))
	if err != nil {
		return err
	}
	var book bytes.Buffer
	if err := match.Book(&book, answers); err != nil {
		return err
	}
	c.attach(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.ctx.Response.SetBodyRaw(book.Bytes())
	return nil
}

// attach has the browser save what is answered under a name.
func (c *call) attach(name, mediaType string) {
	c.ctx.Response.Header.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	c.ctx.SetContentType(mediaType)
}

// takeAnswers is the compressed CSV of a list and the name of its file, for those who may take results away; that somebody does is in the
// log before. Where it is nil the page says why.
func (c *call) takeAnswers(form string) (name string, csv []byte, err error) {
	v, l, err := c.heldRoom()
	if l == nil {
		return "", nil, err
	}
	l.mu.Lock()
	csv, request := l.csv, l.request
	name = strings.TrimSuffix(l.name, path.Ext(l.name)) + " - matches"
	l.mu.Unlock()
	switch {
	case !c.who.May(access.Export):
		err = errNoExport
	case csv == nil, form == "xlsx" && unpackedSize(csv) > mostBook:
		err = errNoList
	}
	if err != nil {
		c.fillList(v, l, 0)
		return "", nil, c.showProblem(v, "desk", err)
	}
	asked := struct {
		Do   string `json:"do"`
		List string `json:"list"` // the request that its rows stand under
	}{"download", request}
	if err := c.record(audit.KindExport, "list", asked); err != nil {
		return "", nil, err
	}
	return name, csv, nil
}

// unpackedSize is how many bytes a compressed file has that was written here: its last four say so.
func unpackedSize(packed []byte) int { return int(binary.LittleEndian.Uint32(packed[len(packed)-4:])) }
