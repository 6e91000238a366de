package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"anvesh/query"
	"anvesh/query/match"
)

// A Clerk reads forms by the rules of the log and appends them to it. Its methods are called concurrently.
type Clerk interface {
	// Read checks one form, or a withdrawal as anvesh load takes it, and says of it what the door decides by. The error is a
	// *query.FieldError, which names the form's field. The update may keep the bytes.
	Read(form []byte) (query.Update, error)
	// Publish appends updates in order, each stamped with who entered it, and returns, once all are durable, the offset behind
	// the last one of each partition. After an error some of them may stand in the log; to send them again changes nothing.
	Publish(ctx context.Context, updates []query.Update) (offsets map[int]int64, err error)
}

// A receipt says that forms stand in the log, and from which offsets on they are seen: a search with it as at_least sees them.
type receipt struct {
	Receipt string `json:"receipt"`
	Forms   int    `json:"forms"`
}

const (
	mostRefused = 20 // forms that are named of those that are refused
	formsAtOnce = 64 // that are read in one place at the gate
)

// enter answers POST /v1/updates: one form as JSON, or many as NDJSON. All of them are published or none: who sends a list
// with a fault in it puts the list right and sends it again, instead of finding out which of its forms are missing.
func enter(c *call) error {
	if c.Clerk == nil {
		return errNoPath
	}
	if c.ctx.QueryArgs().Len() > 0 {
		return malformed("updates take no query")
	}
	forms, err := c.forms()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.life, c.WriteTimeout)
	defer cancel()
	updates, faults, err := c.readForms(ctx, forms)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		refused, err := c.Engine.Enter(query.WithCall(ctx, &query.Call{Request: c.requestID}), c.who, updates)
		if err != nil {
			return err
		}
		for i := range updates {
			if refused[i] != nil {
				faults = append(faults, fault{forms[i].line, refused[i]})
			}
		}
	}
	if len(faults) > 0 {
		return c.refuseForms(faults)
	}
	offsets, err := c.Clerk.Publish(ctx, updates)
	if err != nil {
		c.Log.Error("web: updates were not all published", "request", c.requestID, "by", c.who.KeyID, "error", err)
		return errNotPublished
	}
	c.Log.Info("web: updates", "request", c.requestID, "by", c.who.KeyID, "forms", len(updates))
	return writeJSON(c.ctx, receipt{query.Token(offsets), len(updates)})
}

// A sentForm is one form as it was sent, and where it begins; a body of one form is line 1.
type sentForm struct {
	line int
	text []byte
}

// A fault is why the form of a line is refused.
type fault struct {
	line int
	err  error
}

// forms reads the body.
func (c *call) forms() ([]sentForm, error) {
	h := &c.ctx.Request.Header
	if isType(h, "application/json") {
		body, err := c.body("application/json", errNotUpdates)
		return []sentForm{{1, body}}, err
	}
	if !isType(h, "application/x-ndjson") {
		return nil, errNotUpdates
	}
	body, err := c.listBody()
	if err != nil {
		return nil, err
	}
	var forms []sentForm
	for n, text := range bytes.Split(body, []byte("\n")) {
		if text = bytes.TrimSpace(text); len(text) > 0 {
			forms = append(forms, sentForm{n + 1, text})
		}
	}
	if len(forms) == 0 {
		return nil, malformed("the list is empty")
	}
	return forms, nil
}

// listBody reads a body of at most 64 MiB that comes as fast as lists must.
func (c *call) listBody() ([]byte, error) {
	if c.ctx.Request.Header.ContentLength() > maxListBody {
		return nil, errListSize
	}
	stream := c.ctx.RequestBodyStream()
	if stream == nil {
		return c.ctx.PostBody(), nil
	}
	if err := c.lists.Take(c.who.KeyID); err != nil {
		return nil, err
	}
	defer c.lists.Give(c.who.KeyID)
	in := c.newIntake(c.ctx.Conn())
	var filled sync.WaitGroup
	filled.Go(func() { in.Fill(stream) })
	body, err := io.ReadAll(in)
	in.Stop()
	filled.Wait()
	if err != nil {
		lingerOnClose(c.ctx)
	}
	return body, err
}

// readForms reads forms by the rules of the log, and says which break one.
func (c *call) readForms(ctx context.Context, forms []sentForm) (updates []query.Update, faults []fault, err error) {
	for len(forms) > 0 {
		place, err := c.gate.EnterRow(ctx, c.who.KeyID)
		if err != nil {
			return nil, nil, errBusy
		}
		n := min(len(forms), formsAtOnce)
		for _, f := range forms[:n] {
			u, err := c.Clerk.Read(f.text)
			if err != nil {
				faults = append(faults, fault{f.line, err})
			}
			updates = append(updates, u)
		}
		place.Leave()
		forms = forms[n:]
	}
	return updates, faults, nil
}

// refuseForms answers which forms are refused, and for what: the first as the error, the first twenty as a list.
func (c *call) refuseForms(faults []fault) error {
	var list []match.Fault
	var first *problem
	for _, f := range faults[:min(len(faults), mostRefused)] {
		p, known := asProblem(f.err)
		if !known {
			return f.err
		}
		if errors.Is(f.err, query.ErrMayNotEnter) {
			forbidden := *p
			forbidden.status, forbidden.code = errNotAdmin.status, errNotAdmin.code
			p = &forbidden
		}
		shown := p.shown()
		shown.Line = f.line
		if first == nil {
			first = p
		}
		list = append(list, shown)
	}
	said := list[0]
	said.Message = fmt.Sprintf("line %d: %s", said.Line, said.Message)
	if n := len(faults) - 1; n > 0 {
		said.Message += fmt.Sprintf("; %d more forms are refused; none was published", n)
	}
	c.ctx.SetStatusCode(first.status)
	return writeJSON(c.ctx, struct {
		Error   match.Fault   `json:"error"`
		Refused []match.Fault `json:"refused"`
	}{said, list})
}
