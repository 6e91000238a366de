package query

import (
	"context"
	"errors"

	"anvesh/query/access"
)

// A Request is a search: a *PersonRequest or a *VehicleRequest.
type Request interface {
	question
	// Shared is what both kinds may carry.
	Shared() *Common
	// Check holds it to what its fields may hold, as far as that can be told without what is held; year is this one in India.
	// Search does so itself; who decodes requests may ask before one waits for its turn.
	Check(year int) error
}

// A question is what may be asked at the door: a search, the number of a case, a number and year with a station.
type question interface {
	// fill finds what is asked and puts it into the passage.
	fill(context.Context, *Engine, *passage) error
}

// A passage is one question on its way through the door: who asks, what, and what was found so far.
type passage struct {
	who    access.Identity
	asks   question
	answer *Answer    // of a search
	cases  []CaseView // of a question for cases
}

// pass is the one way out of the engine for hits, groups, counts, conflicts and cases: a single search, a row of a list, the
// page, the demonstration and the bench go through it alike. What is to hold for all of them is a step here and nowhere else:
//
//	identified  nobody is answered who is not known
//	            budgets, purpose and alarms belong here: before anything is looked up
//	fill        ready? as fresh as asked? then the search; what the asker may not find at all is never met there, so that
//	            neither a count nor a time tells of it: the labels of that are part of what a search is given to read
//	            masking belongs here: of what was found, by who asks
//	            audit belongs here, last: what leaves is what is written, and it waits until that is durable
func (e *Engine) pass(ctx context.Context, p *passage) error {
	for _, step := range [...]func(*Engine, context.Context, *passage) error{identified, fill} {
		if err := step(e, ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func identified(_ *Engine, _ context.Context, p *passage) error {
	if p.who == (access.Identity{}) {
		return ErrNobody
	}
	return nil
}

func fill(e *Engine, ctx context.Context, p *passage) error { return p.asks.fill(ctx, e, p) }

// Search answers one search for who asks.
func (e *Engine) Search(ctx context.Context, who access.Identity, r Request) (*Answer, error) {
	p := passage{who: who, asks: r}
	if err := e.pass(ctx, &p); err != nil {
		return nil, err
	}
	return p.answer, nil
}

// Case returns the outside view of one case, or ErrNotFound where there is none or it may not be shown, or ErrDamaged.
func (e *Engine) Case(ctx context.Context, who access.Identity, fir string) (CaseView, error) {
	p := passage{who: who, asks: caseOf(fir)}
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
	p.answer, err = e.searchPersons(ctx, r)
	return err
}

func (r *VehicleRequest) fill(ctx context.Context, e *Engine, p *passage) (err error) {
	p.answer, err = e.searchVehicles(ctx, r)
	return err
}

// What a search or a look-up can end in besides an answer and a *FieldError. Callers decide by errors.Is.
var (
	// ErrNobody: a search without an identity. Whoever calls has forgotten to ask who it is.
	ErrNobody = errors.New("query: nobody asks")
	// ErrNotFresh: the engine has not seen as much of the log as the request's at_least asks for, nor did it within
	// the time that the request allows.
	ErrNotFresh = errors.New("query: not as fresh as asked")
	// ErrNotReady: the engine has not caught up with the log as it was at start, so an answer would miss records.
	ErrNotReady = errors.New("query: not ready")
	// ErrNotFound: no case of that number is held.
	ErrNotFound = errors.New("query: not found")
	// ErrDamaged: the case, or what would tell whether it is held, cannot be read. It is not the answer that none is held.
	ErrDamaged = errors.New("query: the record is damaged")
	// ErrRunning: what was to begin runs already.
	ErrRunning = errors.New("query: running already")
	// ErrOverloaded: more searches wait than can be answered in time; try again shortly.
	ErrOverloaded = errors.New("query: overloaded")
)
