package query

import (
	"cmp"
	"context"
	"errors"

	"anvesh/query/access"
	"anvesh/query/audit"
)

// A Request is a search: a *PersonRequest or a *VehicleRequest.
type Request interface {
	question
	// Shared are the fields common to both kinds.
	Shared() *Common
	// Check validates the fields without the store; year is the current one in India. Search does so too; web asks it before
	// a request waits for its turn.
	Check(year int) error
}

// A question is what may be asked at the door: a search, the weight of one record, a case by its FIR number, or by
// number, year and station.
type question interface {
	// fill finds what is asked and puts it into the passage.
	fill(context.Context, *Engine, *passage) error
	// logged is what the log is to have of it, and of what was found.
	logged(*passage) (kind string, rows []audit.Row)
	// asked is the question as the policy and the guard see it: with what it needs to be allowed.
	asked() (access.Asked, []access.Action)
}

// A Guard has the last word on a question before anything is looked up: budgets stand behind it, and alarms.
// access.Guard is one. Its methods are called concurrently, once for each question and each row of a list.
type Guard interface {
	// Admit charges a question to who asks it, or says why he may not ask it now.
	Admit(who access.Identity, asked access.Asked) error
	// Unanswered takes the charge back: no answer left.
	Unanswered(who access.Identity, asked access.Asked)
}

// A passage is one question on its way through the door: who asks, what, and what was found so far.
type passage struct {
	who    access.Identity
	asks   question
	answer *Answer    // of a search
	cases  []CaseView // of a question for cases

	rows  *audit.Chunks // gathers the rows of the list that the question is one of; nil for a single question
	chunk *audit.Chunk  // that the row went into

	unmasked bool // the cases are shown with what is masked in them
	admitted bool // the guard has charged it
}

// pass is the one way out of the engine for hits, groups, totals, conflicts and cases: a single search, a row of a
// list, the page and the bench go through it alike. What is to hold for all of them is a step here and nowhere else:
//
//	identified  nobody is answered who is not known
//	permitted   the policy lets him ask that, and the guard has room in his budget: before anything is looked up
//	fill        ready? as fresh as asked? then the search, over a view of each label that is asked and that the asker may ask for, so
//	            that no count and no time tells of others; of parties (parties.go) only those pass that he may be told of
//	instruct    what each hit asks of whoever reads it
//	mask        of what was found, by who asks
//	logged      last: what leaves is what is written, and it waits until that is durable. That there is no such case leaves too
func (e *Engine) pass(ctx context.Context, p *passage) error {
	for _, step := range [...]func(*Engine, context.Context, *passage) error{identified, permitted, fill, instruct, mask} {
		err := step(e, ctx, p)
		if errors.Is(err, ErrNotFound) {
			err = cmp.Or(logged(e, ctx, p), err)
		}
		if err != nil {
			e.refused(ctx, p, err)
			e.unanswered(p)
			return err
		}
	}
	err := logged(e, ctx, p)
	if err != nil {
		e.unanswered(p)
	}
	return err
}

func identified(_ *Engine, _ context.Context, p *passage) error {
	if p.who == (access.Identity{}) {
		return ErrNobody
	}
	return nil
}

// permitted holds the question against the policy, and asks the guard.
func permitted(e *Engine, _ context.Context, p *passage) error {
	asked, actions := p.asks.asked()
	for _, a := range actions {
		if !p.who.May(a) {
			return ErrNotAllowed
		}
	}
	if e.o.Guard == nil {
		return nil
	}
	err := e.o.Guard.Admit(p.who, asked)
	p.admitted = err == nil
	return err
}

// unanswered tells the guard that a question ended without an answer, if it has charged it.
func (e *Engine) unanswered(p *passage) {
	if p.admitted {
		asked, _ := p.asks.asked()
		e.o.Guard.Unanswered(p.who, asked)
	}
}

func fill(e *Engine, ctx context.Context, p *passage) error { return p.asks.fill(ctx, e, p) }

// Search answers one search.
func (e *Engine) Search(ctx context.Context, who access.Identity, r Request) (*Answer, error) {
	p := passage{who: who, asks: r}
	if err := e.pass(ctx, &p); err != nil {
		return nil, err
	}
	return p.answer, nil
}

// SearchRow answers a row of a list, whose rows the log gathers. The answer leaves by answer alone, which waits for the log;
// logged is closed when it does not.
func (e *Engine) SearchRow(ctx context.Context, who access.Identity, r Request, rows *audit.Chunks) (logged <-chan struct{}, answer func() (*Answer, error), err error) {
	p := &passage{who: who, asks: r, rows: rows}
	if err := e.pass(ctx, p); err != nil {
		return nil, nil, err
	}
	return p.durable(), func() (*Answer, error) { return e.row(p) }, nil
}

// Case returns the public view of one case, or ErrNotFound where there is none or it may not be shown, or ErrDamaged.
func (e *Engine) Case(ctx context.Context, who access.Identity, fir string) (CaseView, error) {
	p := passage{who: who, asks: caseOf(fir)}
	if err := e.pass(ctx, &p); err != nil {
		return nil, err
	}
	return p.cases[0], nil
}

// Unmask is Case with what is masked or sealed in it, for the case's own chain, as the policy says who that is, and for a reason.
// The error is ErrNotYours, or ErrNotAllowed, for anybody else.
func (e *Engine) Unmask(ctx context.Context, who access.Identity, fir, reason string) (CaseView, error) {
	p := passage{who: who, asks: &unmasking{fir, reason}}
	if err := e.pass(ctx, &p); err != nil {
		return nil, err
	}
	return p.cases[0], nil
}

// FindCases returns the cases with this number and year, such as 123/2023, at the stations of that code or name.
func (e *Engine) FindCases(ctx context.Context, who access.Identity, numberYear, station string) (*Cases, error) {
	p := passage{who: who, asks: &casesOf{numberYear, station}}
	if err := e.pass(ctx, &p); err != nil {
		return nil, err
	}
	return &Cases{p.cases}, nil
}

// Shared returns what both kinds of search may carry.
func (r *PersonRequest) Shared() *Common { return &r.Common }

// Shared returns what both kinds of search may carry.
func (r *VehicleRequest) Shared() *Common { return &r.Common }

func (r *PersonRequest) fill(ctx context.Context, e *Engine, p *passage) (err error) {
	p.answer, err = e.searchPersons(ctx, p.who, r)
	return err
}

func (r *VehicleRequest) fill(ctx context.Context, e *Engine, p *passage) (err error) {
	p.answer, err = e.searchVehicles(ctx, r)
	return err
}

// Why the policy or the guard refuses, besides what the guard itself says. Callers decide by errors.Is.
var (
	// ErrNotAllowed: the asker's role may not ask this at all, or has not shown its second factor.
	ErrNotAllowed = errors.New("query: the role may not ask this")
	// ErrNotYours: the case is not of the asker's unit. It does not tell whether there is such a case.
	ErrNotYours = errors.New("query: the case is not of the asker's unit")
)

// What a question can end in besides an answer and a *FieldError. Callers decide by errors.Is.
var (
	// ErrNobody: a question without an identity. Whoever calls has forgotten to ask who it is.
	ErrNobody = errors.New("query: nobody asks")
	// ErrNotFresh: the engine has not seen as much of the log as the request's at_least asks for, nor did it within
	// the time that the request allows.
	ErrNotFresh = errors.New("query: not as fresh as asked")
	// ErrNotReady: the engine has not caught up with the log as it was at start, so an answer would miss records.
	ErrNotReady = errors.New("query: not ready")
	// ErrNotFound: there is no case of that number, or none that may be shown.
	ErrNotFound = errors.New("query: not found")
	// ErrDamaged: the case, or what would tell whether it is held, cannot be read. Do not read it as "not found".
	ErrDamaged = errors.New("query: the record is damaged")
	// ErrRunning: it runs already.
	ErrRunning = errors.New("query: running already")
	// ErrOverloaded: more searches wait than can be answered in time; try again shortly.
	ErrOverloaded = errors.New("query: overloaded")
)
