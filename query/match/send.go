package match

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/valyala/fastjson"

	"anvesh/query"
)

// A list goes to the service in pieces, one call each, so that memory is bounded and a call that breaks off costs
// little: what it had not answered is sent again.
const (
	pieceRows    = 1000    // about a second of work
	pieceBytes   = 1 << 20 // of rows; the service takes 64 MiB
	answerLength = 64 << 20
	longestPause = time.Minute // a service that asks for more patience is given up
)

// usualPauses come before each further try of a piece of which nothing was answered. A restart of the service fits in.
func usualPauses() []time.Duration {
	return []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}
}

// A rowAnswer is one line of the batch call, or of a row that was not sent.
type rowAnswer struct {
	Ref       string      `json:"ref"`
	Line      int         `json:"line"` // in the list
	Error     *Fault      `json:"error,omitempty"`
	Remarks   []string    `json:"remarks,omitempty"`
	RemarksHi []string    `json:"remarks_hi,omitempty"`
	List      *listMark   `json:"list,omitempty"` // in the first row of OUT
	Complete  bool        `json:"-"`
	Best      query.Class `json:"-"` // of the best hit; "" without one

	cells []string        // of the list
	whole *fastjson.Value // the object as answered, with line set; nil where not sent; valid until the following row
}

// A matcher takes rows to the service and answers to OUT, in order.
type matcher struct {
	ctx   context.Context
	log   *slog.Logger
	c     *Client
	kind  string
	query url.Values
	rows  *List
	out   *outFile
	meter Meter
	from  int // line that an earlier run came to
	sum   summary

	pauses []time.Duration
	heard  bool // the service has answered: from then on it is waited for
	answerReader
}

// run matches the rows that OUT does not hold yet.
func (m *matcher) run() error {
	for {
		piece, err := m.piece()
		if err != nil {
			return err
		}
		if len(piece) == 0 {
			return nil
		}
		if err := m.answerAll(piece); err != nil {
			return err
		}
	}
}

// piece reads the next rows; none at the end of the list.
func (m *matcher) piece() ([]Row, error) {
	var piece []Row
	size := 0
	for len(piece) < pieceRows && size < pieceBytes {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		r, err := m.rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the list: %w", err)
		}
		if r.Line > m.out.last {
			piece = append(piece, r)
			size += len(r.Object)
			for _, cell := range r.Cells {
				size += len(cell)
			}
		}
	}
	return piece, nil
}

// answerAll sends a piece, and what is left of it again while there is hope.
func (m *matcher) answerAll(piece []Row) error {
	for try := 0; ; try++ {
		n, err := m.answer(piece)
		if flush := m.out.flush(); err == nil {
			err = flush
		}
		if err == nil {
			return nil
		}
		if piece = piece[n:]; n > 0 {
			try = 0
		}
		pause, again := m.patience(err, try)
		if !again {
			return err
		}
		m.log.Info("waiting for the service", "seconds", pause.Seconds(), "because", err)
		select {
		case <-time.After(pause):
		case <-m.ctx.Done():
			return m.ctx.Err()
		}
	}
}

// patience says how long to wait before a piece is sent again, and whether that makes sense.
func (m *matcher) patience(err error, try int) (time.Duration, bool) {
	if try >= len(m.pauses) {
		return 0, false
	}
	var refused *CallError
	var network *NetworkError
	switch {
	case errors.As(err, &network):
		return m.pauses[try], m.heard
	case !errors.As(err, &refused):
		return 0, false
	}
	passing := slices.Contains([]int{http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout}, refused.Status)
	return max(m.pauses[try], refused.retryAfter), passing && refused.retryAfter <= longestPause
}

// answer sends rows and writes their answers. It returns how many were written, whatever the error.
func (m *matcher) answer(rows []Row) (n int, err error) {
	var answers *bufio.Scanner
	if body := bodyOf(rows); len(body) > 0 {
		resp, err := m.c.Do(m.ctx, "POST", "/v1/"+m.kind+"/match?"+m.query.Encode(), "application/x-ndjson", body)
		if err != nil {
			var refused *CallError
			m.heard = m.heard || errors.As(err, &refused)
			return 0, err
		}
		defer resp.Body.Close()
		m.heard = true
		m.out.head.Who, _ = url.PathUnescape(resp.Header.Get(KeyNameHeader))
		answers = bufio.NewScanner(resp.Body)
		answers.Buffer(make([]byte, 64<<10), answerLength)
	}
	sent := 0
	for i := range rows {
		a := rowAnswer{Ref: rows[i].Ref, Line: rows[i].Line, Error: rows[i].Fault}
		a.Remarks, a.RemarksHi = Remarked(rows[i].Remarks, nil, nil)
		if rows[i].Fault == nil {
			sent++
			if a, err = m.read(answers, sent, &rows[i]); err != nil {
				return n, err
			}
		}
		a.cells = rows[i].Cells
		if err := m.out.row(&a); err != nil {
			return n, err
		}
		n++
		m.sum.add(&a)
		m.meter.Set(int64(a.Line - m.from))
	}
	return n, nil
}

// bodyOf is what is sent for rows: those without a fault, a line each.
func bodyOf(rows []Row) (body []byte) {
	for _, r := range rows {
		if r.Fault == nil {
			body = append(append(body, r.Object...), '\n')
		}
	}
	return body
}

// read reads one answer, which must be that of the row that stands in the line sent. A row that the service had no
// time for is an error, so that it is sent again.
func (m *matcher) read(answers *bufio.Scanner, sent int, row *Row) (rowAnswer, error) {
	if !answers.Scan() {
		if err := m.ctx.Err(); err != nil {
			return rowAnswer{}, err
		}
		return rowAnswer{}, &NetworkError{message: m.c.base + " broke off in the middle of its answers", err: answers.Err()}
	}
	a, err := m.readAnswer(answers.Bytes(), sent, row)
	if err != nil {
		return rowAnswer{}, fmt.Errorf("%s does not answer row by row as an anvesh service does; is --server right?", m.c.base)
	}
	if a.Error != nil && (a.Error.Code == "overloaded" || a.Error.Code == "not_ready") {
		return a, &CallError{Status: http.StatusServiceUnavailable, Code: a.Error.Code, message: a.Error.Message}
	}
	return a, nil
}

// An answerReader reads the service's answers to rows.
type answerReader struct {
	parser fastjson.Parser
	arena  fastjson.Arena
}

// errNoAnswer: a line is not the answer to the row that was sent in it.
var errNoAnswer = errors.New("match: no answer to the row")

// readAnswer reads the answer to a row that was sent as line sent. It is valid until the following one.
func (m *answerReader) readAnswer(text []byte, sent int, row *Row) (rowAnswer, error) {
	v, err := m.parser.ParseBytes(text)
	if err != nil || v.GetInt("line") != sent {
		return rowAnswer{}, errNoAnswer
	}
	a := rowAnswer{Ref: string(v.GetStringBytes("ref")), Line: row.Line, whole: v}
	a.Complete = !v.Exists("complete") || v.GetBool("complete")
	a.Best = query.Class(v.GetStringBytes("hits", "0", "class"))
	if e := v.Get("error"); e != nil {
		a.Error = &Fault{Code: string(e.GetStringBytes("code")), Message: string(e.GetStringBytes("message")), Field: string(e.GetStringBytes("field"))}
	}
	m.arena.Reset()
	v.Set("line", m.arena.NewNumberInt(row.Line))
	a.Remarks, a.RemarksHi = Remarked(row.Remarks, texts(v, "remarks"), texts(v, "remarks_hi"))
	if len(row.Remarks) > 0 {
		v.Set("remarks", m.array(a.Remarks))
		v.Set("remarks_hi", m.array(a.RemarksHi))
	}
	return a, nil
}

// texts are the texts of a list in an object.
func texts(v *fastjson.Value, name string) (list []string) {
	for _, item := range v.GetArray(name) {
		list = append(list, string(item.GetStringBytes()))
	}
	return list
}

// array is a list of texts as JSON, valid until the following row.
func (m *answerReader) array(list []string) *fastjson.Value {
	all := m.arena.NewArray()
	for i, text := range list {
		all.SetArrayItem(i, m.arena.NewString(text))
	}
	return all
}
