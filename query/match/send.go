package match

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fastjson"
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
	Ref      string    `json:"ref"`
	Line     int       `json:"line"` // in the list
	Error    *rowFault `json:"error,omitempty"`
	Total    int       `json:"-"`
	Complete bool      `json:"-"`

	asked string
	whole *fastjson.Value // the object as answered, with line set; nil where not sent; valid until the following row
}

// A matcher takes rows to the service and answers to OUT, in order.
type matcher struct {
	ctx   context.Context
	log   *slog.Logger
	said  io.Writer // messages for people
	c     *Client
	kind  string
	query url.Values
	rows  rowReader
	out   *outFile
	meter Meter
	from  int // line that an earlier run came to
	sum   summary

	pauses []time.Duration
	heard  bool // the service has answered: from then on it is waited for
	told   bool // columns that are not mapped were said
	parser fastjson.Parser
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
func (m *matcher) piece() ([]listRow, error) {
	var piece []listRow
	size := 0
	for len(piece) < pieceRows && size < pieceBytes {
		if err := m.ctx.Err(); err != nil {
			return nil, err
		}
		r, err := m.rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the list: %w", err)
		}
		if r.line > m.out.last {
			piece = append(piece, r)
			size += len(r.body) + len(r.asked)
		}
	}
	return piece, nil
}

// answerAll sends a piece, and what is left of it again while there is hope.
func (m *matcher) answerAll(piece []listRow) error {
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
func (m *matcher) answer(rows []listRow) (n int, err error) {
	body, sent := m.body(rows)
	var answers *bufio.Scanner
	if sent > 0 {
		resp, err := m.c.Do(m.ctx, "POST", "/v1/"+m.kind+"/match?"+m.query.Encode(), m.rows.contentType(), body)
		if err != nil {
			var refused *CallError
			m.heard = m.heard || errors.As(err, &refused)
			return 0, err
		}
		defer resp.Body.Close()
		m.heard = true
		m.sayUnmapped(resp.Header.Get("X-Unmapped-Columns"))
		answers = bufio.NewScanner(resp.Body)
		answers.Buffer(make([]byte, 64<<10), answerLength)
	}
	line := 1 + bytes.Count(m.rows.head(), []byte("\n")) // of the row in what is sent
	for i := range rows {
		a := rowAnswer{Line: rows[i].line, Error: rows[i].fault}
		if rows[i].fault == nil {
			if a, err = m.read(answers, line, rows[i].line); err != nil {
				return n, err
			}
			line += bytes.Count(rows[i].body, []byte("\n"))
		}
		a.asked = rows[i].asked
		if err := m.out.row(&a); err != nil {
			return n, err
		}
		n++
		m.sum.add(&a)
		m.meter.Set(int64(a.Line - m.from))
	}
	return n, nil
}

// body is what is sent for rows, and how many of them that are.
func (m *matcher) body(rows []listRow) (body []byte, sent int) {
	body = append(body, m.rows.head()...)
	for _, r := range rows {
		if r.fault == nil {
			body = append(body, r.body...)
			sent++
		}
	}
	return body, sent
}

// read reads one answer, which must be that of the row that stands in the line sent. A row that the service had no
// time for is an error, so that it is sent again.
func (m *matcher) read(answers *bufio.Scanner, sent, line int) (rowAnswer, error) {
	if !answers.Scan() {
		if err := m.ctx.Err(); err != nil {
			return rowAnswer{}, err
		}
		return rowAnswer{}, &NetworkError{message: m.c.base + " broke off in the middle of its answers", err: answers.Err()}
	}
	v, err := m.parser.ParseBytes(answers.Bytes())
	if err != nil || v.GetInt("line") != sent {
		return rowAnswer{}, fmt.Errorf("%s does not answer row by row as an anvesh service does; is --server right?", m.c.base)
	}
	a := rowAnswer{Ref: string(v.GetStringBytes("ref")), Line: line, Total: v.GetInt("total"), whole: v}
	a.Complete = !v.Exists("complete") || v.GetBool("complete")
	if e := v.Get("error"); e != nil {
		a.Error = &rowFault{string(e.GetStringBytes("code")), string(e.GetStringBytes("message")), string(e.GetStringBytes("field"))}
		if a.Error.Code == "overloaded" || a.Error.Code == "not_ready" {
			return a, &CallError{Status: http.StatusServiceUnavailable, Code: a.Error.Code, message: a.Error.Message}
		}
	}
	var arena fastjson.Arena
	v.Set("line", arena.NewNumberInt(line))
	return a, nil
}

// sayUnmapped says once which columns the service knows no field for.
func (m *matcher) sayUnmapped(header string) {
	if m.told || header == "" {
		return
	}
	m.told = true
	var names []string
	for _, name := range strings.Split(header, ",") {
		if name, err := url.PathUnescape(strings.TrimSpace(name)); err == nil && name != "" {
			names = append(names, fmt.Sprintf("%q", name))
		}
	}
	if len(names) == 0 {
		names = []string{"without a heading"}
	}
	fmt.Fprintf(m.said, "columns that are not used: %s; --map COLUMN=FIELD says what one means\n", strings.Join(names, ", "))
}
