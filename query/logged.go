package query

import (
	"context"
	"errors"
	"fmt"

	"anvesh/query/access"
	"anvesh/query/audit"
)

// An Auditor is where everything that leaves the engine is written first. *audit.Log is one.
type Auditor interface {
	// Append returns once the event is durable. After an error, what it tells of does not leave.
	Append(ctx context.Context, ev *audit.Event) error
	// Refused notes that the policy or a budget has refused something. It does not wait.
	Refused(r audit.Refusal)
}

// ErrNotLogged: the log of who asked what cannot be written, so nothing may be answered.
var ErrNotLogged = errors.New("query: the search cannot be logged")

// A Call is what a front end knows of the call that a question came with. It travels in the context.
type Call struct {
	Request string // the id that the answer bears
	// Waits is called once nothing is left but to wait for the log, so that a place that is held for the processor can be
	// given to another; it may be nil.
	Waits func()
}

type callKey struct{}

// WithCall is a context that carries a call.
func WithCall(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallOf is the call that a context carries, or an empty one.
func CallOf(ctx context.Context) *Call {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		return c
	}
	return &Call{}
}

// logged writes who asked what, and what leaves, and waits until that is durable, but for a row of a list, which waits where it
// leaves. It is the last step of a passage.
func logged(e *Engine, ctx context.Context, p *passage) error {
	if e.o.Audit == nil {
		return nil
	}
	c := CallOf(ctx)
	ev := &audit.Event{At: e.o.Now(), Who: p.who, Request: c.Request}
	if ev.Kind, ev.Rows = p.asks.logged(p); len(ev.Rows) == 0 {
		return nil
	}
	if ev.Rows[0].Through == "" {
		ev.Rows[0].Through = e.through().token
	}
	if p.rows != nil {
		p.chunk = p.rows.Add(ev)
		return nil
	}
	if c.Waits != nil {
		c.Waits()
	}
	err := e.o.Audit.Append(ctx, ev)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrNotLogged, err)
	}
	return err
}

// unwaited is closed.
var unwaited = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// durable is closed when row does not wait.
func (p *passage) durable() <-chan struct{} {
	if p.chunk == nil {
		return unwaited
	}
	return p.chunk.Durable()
}

// row is the answer to a row of a list once the log has it.
func (e *Engine) row(p *passage) (*Answer, error) {
	if p.chunk != nil {
		if err := p.chunk.Err(); err != nil {
			e.unanswered(p)
			return nil, fmt.Errorf("%w: %w", ErrNotLogged, err)
		}
	}
	return p.answer, nil
}

// refused tells the log what the policy or a budget has refused, and by what; other errors are none of its business.
func (e *Engine) refused(ctx context.Context, p *passage, err error) {
	var spent *access.BudgetError
	why := ""
	switch {
	case e.o.Audit == nil || p.who.KeyID == "":
	case errors.As(err, &spent):
		why = spent.What
	case errors.Is(err, ErrNotYours):
		why = "unit"
	case !errors.Is(err, ErrNotAllowed) && !errors.Is(err, ErrMayNotEnter):
	case access.NeedsSecondFactor(p.who.Role) && !p.who.SecondFactor:
		why = "second factor"
	default:
		why = "role"
	}
	if why == "" {
		return
	}
	r := audit.Refusal{Who: p.who, Request: CallOf(ctx).Request, About: "form", Why: why}
	if kind, rows := p.asks.logged(p); len(rows) > 0 {
		r.About, r.Asked = rows[0].About, rows[0].Asked
		if kind == audit.KindUnmasking {
			r.About = kind
		}
	}
	e.o.Audit.Refused(r)
}

// loggedAnswer is a search as the log has it; without an answer, what was asked.
func loggedAnswer(about string, r Request, a *Answer) (string, []audit.Row) {
	if a == nil {
		return audit.KindSearch, []audit.Row{{About: about, Asked: r}}
	}
	row := audit.Row{ID: a.SearchID, About: about, Asked: r, Total: a.Total, Complete: a.Complete, Through: a.Through.token}
	for i := range a.Hits {
		row.Found = append(row.Found, audit.Found{ID: a.Hits[i].Record.ID, Class: string(a.Hits[i].Class)})
	}
	return audit.KindSearch, []audit.Row{row}
}

// loggedCases is a look at cases as the log has it. A case tells of all its records, so its number stands for them; that
// none was found is told by there being none.
func loggedCases(asked any, cases []CaseView) (string, []audit.Row) {
	row := audit.Row{About: "case", Asked: asked, Total: len(cases), Complete: true}
	for _, c := range cases {
		fir, _ := c.Shown()
		row.Found = append(row.Found, audit.Found{ID: fir})
	}
	return audit.KindView, []audit.Row{row}
}

func (r *PersonRequest) logged(p *passage) (string, []audit.Row) {
	return loggedAnswer("person", r, p.answer)
}

func (r *VehicleRequest) logged(p *passage) (string, []audit.Row) {
	return loggedAnswer("vehicle", r, p.answer)
}

func (w *weighing) logged(p *passage) (string, []audit.Row) { return w.Request.logged(p) }

func (fir caseOf) logged(p *passage) (string, []audit.Row) {
	return loggedCases(struct {
		FIR string `json:"fir"`
	}{string(fir)}, p.cases)
}

// logged tells that what is masked or sealed in a case is shown, and for what reason.
func (q *unmasking) logged(p *passage) (string, []audit.Row) {
	_, rows := loggedCases(struct {
		FIR    string `json:"fir"`
		Reason string `json:"reason"`
	}{q.fir, q.reason}, p.cases)
	return audit.KindUnmasking, rows
}

func (q *casesOf) logged(p *passage) (string, []audit.Row) {
	return loggedCases(struct {
		Number  string `json:"number"`
		Station string `json:"station"`
	}{q.numberYear, q.station}, p.cases)
}

// logged tells which forms are entered; what stands in them is in the log of updates.
func (q *entering) logged(*passage) (kind string, rows []audit.Row) {
	if len(q.refused) > 0 { // and then none is
		return audit.KindUpdate, nil
	}
	for i := range q.updates {
		u := &q.updates[i]
		asked := struct {
			Form     string `json:"form,omitempty"`
			Withdraw bool   `json:"withdraw,omitempty"`
			Station  string `json:"station,omitempty"`
			By       string `json:"entered_by,omitempty"`
			Unit     string `json:"entered_at_unit,omitempty"`
		}{u.Form, u.Withdraw, u.Station, u.EnteredBy, u.EnteredAtUnit}
		rows = append(rows, audit.Row{About: "form", Asked: asked, Found: []audit.Found{{ID: u.FIR}}, Complete: true})
	}
	return audit.KindUpdate, rows
}

// MayRead reports whether somebody may see what the log has of askers of a unit: the policy gives an auditor those of his own
// district or range, or of the state.
func (e *Engine) MayRead(who access.Identity, unit string) bool {
	return who.MayAt(access.ReadLog, e.placeOf(unit))
}
