package query

import "errors"

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
