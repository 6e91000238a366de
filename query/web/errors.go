package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"strconv"
	"strings"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/access/elsewhere"
	"anvesh/query/audit"
	"anvesh/query/match"
	"anvesh/query/phrase"
	"anvesh/query/web/gate"
	"anvesh/query/web/meter"
	"anvesh/query/web/page"

	"github.com/valyala/fasthttp"
)

// A problem is an answer other than 200: the status, and what stands in the contract's error object. Its message says
// what would be right and holds nothing that the caller typed, as it may be logged.
type problem struct {
	status  int
	code    string
	message string
	hindi   string // the message in Hindi, where people read it
	field   string // the request's field or part at fault, if it is one
	retry   int    // seconds for Retry-After, or 0
}

func (p *problem) Error() string { return p.code + ": " + p.message }

// wrong is a field whose value cannot be used; the phrase says what would be right.
func wrong(field string, p phrase.Phrase, with ...string) *problem {
	english, hindi := p.With(with...)
	return wrongField(&query.FieldError{Field: field, Message: english, Hindi: hindi})
}

// wrongField is the same by a room below.
func wrongField(e *query.FieldError) *problem {
	if e.Field == "" {
		return malformed(e.Message)
	}
	p := &problem{status: 400, code: "bad_value", field: e.Field, message: e.Error()}
	if e.Hindi != "" {
		p.hindi = e.Hindi
		if label := phrase.LabelOf(e.Field).Hindi; label != "" {
			p.hindi = label + ": " + e.Hindi
		}
	}
	return p
}

// says gives a problem its message in both languages.
func (p *problem) says(text phrase.Phrase) *problem {
	p.message, p.hindi = text.With()
	return p
}

// malformed is a request that cannot be read at all.
func malformed(message string) *problem {
	return &problem{status: 400, code: "bad_request", message: message}
}

// The answers that need no more than their name.
var (
	errNoKey = &problem{status: 401, code: "unauthorized", field: "Authorization",
		message: "a valid key is needed, as Authorization: Bearer <key>; anvesh keys add makes one"}
	errNotAdmin = &problem{status: 403, code: "forbidden",
		message: "this needs a key of role admin, not this one and not the page"}
	errNotAuditor = &problem{status: 403, code: "forbidden",
		message: "this needs a credential that may read the log of who asked what, or operate the service"}
	errNotReader = &problem{status: 403, code: "forbidden",
		message: "looking entries of the log up needs a credential of role auditor; who operates the service has /v1/audit/checkpoint, proof, export, consistency and verify"}
	errNotConsistent = &problem{status: 409, code: "not_consistent",
		message: "old and new are no two checkpoints of this log and of one year, the later of which has all that the earlier one stood for"}
	errHasHits       = (&problem{status: 409, code: "has_hits"}).says(phrase.HasHits)
	errKindGuessed   = (&problem{status: 409, code: "kind_guessed"}).says(phrase.KindGuessed)
	errHitsSince     = (&problem{status: 409, code: "has_hits"}).says(phrase.HitsSince)
	errIncomplete    = (&problem{status: 409, code: "incomplete"}).says(phrase.NotComplete)
	errCrossSite     = (&problem{status: 403, code: "forbidden"}).says(phrase.OwnPageOnly)
	errFromElsewhere = (&problem{status: 403, code: "forbidden"}).says(phrase.FromElsewhere)
	errLocalOnly     = &problem{status: 401, code: "unauthorized", field: "Authorization",
		message: "metrics are open on loopback, as localhost or 127.0.0.1; from elsewhere they need a key"}
	errNoPath   = &problem{status: 404, code: "not_found", message: "nothing is served under this path; see /openapi.json"}
	errNoMethod = &problem{status: 405, code: "method_not_allowed", field: "method", message: "the path does not serve this method; see Allow"}
	errSlow     = &problem{status: 408, code: "timeout", message: "the request did not arrive in time"}
	errTooLarge = &problem{status: 413, code: "too_large", field: "body", message: "the body must not be larger than 64 KiB"}
	errListSize = &problem{status: 413, code: "too_large", field: "body", message: "the list must not be larger than 64 MiB; send it in parts"}
	errNotJSON  = &problem{status: 415, code: "unsupported_media_type", field: "Content-Type",
		message: "the body must be application/json, UTF-8, not compressed"}
	errNotList = &problem{status: 415, code: "unsupported_media_type", field: "Content-Type",
		message: "the list must be application/x-ndjson or text/csv, UTF-8, not compressed"}
	errNotForm = &problem{status: 415, code: "unsupported_media_type", field: "Content-Type",
		message: "the form must be application/x-www-form-urlencoded"}
	errNotUpdates = &problem{status: 415, code: "unsupported_media_type", field: "Content-Type",
		message: "updates must be application/json (one form) or application/x-ndjson (many), UTF-8, not compressed"}
	errNotPublished = &problem{status: 503, code: "not_published", retry: 5,
		message: "the log did not take all of it; send it again: what it holds twice counts once"}
	errManyConns = &problem{status: 429, code: "too_many_connections",
		message: "too many connections from this address", retry: 1}
	errManyWaits   = (&problem{status: 429, code: "too_many_waits", field: "at_least", retry: 1}).says(phrase.ManyWaits)
	errNoLists     = (&problem{status: 403, code: "forbidden"}).says(phrase.NotAllowed)
	errNotUpload   = (&problem{status: 415, code: "unsupported_media_type", field: "list"}).says(phrase.ChooseFile)
	errPutSize     = (&problem{status: 413, code: "too_large", field: "list"}).says(phrase.ListTooLarge)
	errNoList      = (&problem{status: 404, code: "not_found"}).says(phrase.NoList)
	errNoExport    = (&problem{status: 403, code: "forbidden"}).says(phrase.NoExport)
	errNotYourView = (&problem{status: 403, code: "forbidden"}).says(phrase.NotYourView)
	errNetwork     = &problem{status: 403, code: "forbidden",
		message: "credentials of this pillar are used from its own networks only"}
	errSpent     = (&problem{status: 429, code: "budget_spent"}).says(phrase.BudgetSpent)
	errCode      = wrong("code", phrase.WrongCode)
	errManyLists = (&problem{status: 429, code: "too_many_lists", retry: 5}).says(phrase.ManyLists)
	errHeader    = &problem{status: 431, code: "header_too_large", message: "the request line and headers must fit into 16 KiB"}
	errHTTP      = &problem{status: 400, code: "bad_request", message: "this is not an HTTP/1.1 request"}
	errPanic     = (&problem{status: 500, code: "internal"}).says(phrase.Internal)
	errBusy      = (&problem{status: 503, code: "overloaded", retry: 1}).says(phrase.Overloaded)
)

// table maps the errors of other rooms to answers. What is not in it, and is no *query.FieldError, is 500, is logged
// whole and shown as "internal error".
var table = []struct {
	err error
	is  *problem
}{
	{query.ErrNotLogged, (&problem{status: 503, code: "not_logged", retry: 5}).says(phrase.NotLogged)},
	{audit.ErrNoEntry, (&problem{status: 404, code: "not_found"}).says(phrase.NoEntry)},
	{audit.ErrForgotten, (&problem{status: 404, code: "not_found"}).says(phrase.EntryGone)},
	{query.ErrNotFresh, (&problem{status: 409, code: "not_fresh", field: "at_least", retry: 1}).says(phrase.NotFresh)},
	{query.ErrNotReady, (&problem{status: 503, code: "not_ready", retry: 2}).says(phrase.NotReady)},
	{query.ErrNotAllowed, (&problem{status: 403, code: "forbidden"}).says(phrase.NotAllowed)},
	{query.ErrNotYours, (&problem{status: 403, code: "forbidden", field: "fir"}).says(phrase.NotYours)},
	{query.ErrRunning, &problem{status: 409, code: "running", message: "one runs already; GET on the same path tells how far it is"}},
	{query.ErrNotFound, (&problem{status: 404, code: "not_found"}).says(phrase.NoCase)},
	{query.ErrDamaged, (&problem{status: 503, code: "damaged"}).says(phrase.Damaged)},
	{query.ErrOverloaded, errBusy},
	{gate.ErrBusy, errBusy},
	{context.DeadlineExceeded, (&problem{status: 503, code: "overloaded", retry: 1}).says(phrase.TookTooLong)},
	{context.Canceled, (&problem{status: 503, code: "overloaded", retry: 5}).says(phrase.Stopping)},
	{access.ErrBadKey, errNoKey},
	{access.ErrNoKey, (&problem{status: 404, code: "not_found"}).says(phrase.NoCredential)},
	{access.ErrNameTaken, (&problem{status: 409, code: "name_taken", field: "name"}).says(phrase.NameTaken)},
	{access.ErrApproval, (&problem{status: 403, code: "approval_required", field: "approval"}).says(phrase.NeedsApproval)},
	{access.ErrMayNot, (&problem{status: 403, code: "forbidden"}).says(phrase.NotAllowed)},
	{elsewhere.ErrUnavailable, &problem{status: 503, code: "not_ready", retry: 5, message: "the identity provider is not there; sign in with name, password and code, or try again"}},
	{elsewhere.ErrRefused, (&problem{status: 401, code: "unauthorized"}).says(phrase.WrongSignIn)},
	{access.ErrSignIn, (&problem{status: 401, code: "unauthorized"}).says(phrase.WrongSignIn)},
	{access.ErrCode, (&problem{status: 401, code: "unauthorized", field: "code"}).says(phrase.WrongSignIn)},
	{access.ErrManyTries, (&problem{status: 429, code: "too_many_tries", retry: 60}).says(phrase.ManyTries)},
	{access.ErrBusy, errBusy},
	{access.ErrWeak, wrong("password", phrase.WeakPassword)},
	{access.ErrEnrolled, (&problem{status: 409, code: "not_at_step"}).says(phrase.FactorIsSet)},
	{access.ErrNotEnrolled, (&problem{status: 409, code: "not_at_step"}).says(phrase.NoFactorBegun)},
	{access.ErrSamePerson, (&problem{status: 403, code: "same_person"}).says(phrase.SamePerson)},
	{access.ErrNotStep, (&problem{status: 409, code: "not_at_step"}).says(phrase.NotAtStep)},
	{access.ErrNotIssued, (&problem{status: 409, code: "not_at_step"}).says(phrase.NotGivenOut)},
	{access.ErrHasOne, (&problem{status: 409, code: "name_taken", field: "person"}).says(phrase.HasOne)},
	{access.ErrLastAdmin, (&problem{status: 409, code: "last_admin"}).says(phrase.LastAdmin)},
	{access.ErrBadName, wrong("name", phrase.BadName)},
	{access.ErrBadRole, wrong("role", phrase.BadRole)},
}

// asProblem returns the answer for an error; known is false where it is one that nobody foresaw.
func asProblem(err error) (p *problem, known bool) {
	var field *query.FieldError
	var wanted *access.WantedError
	var spent *access.BudgetError
	switch {
	case errors.As(err, &p):
		return p, true
	case errors.As(err, &field):
		return wrongField(field), true
	case errors.As(err, &spent):
		p := *errSpent
		p.retry = max(1, int(math.Ceil(spent.Retry.Seconds())))
		return &p, true
	case errors.As(err, &wanted):
		return wrongField(&query.FieldError{Field: wanted.Field, Message: wanted.Message, Hindi: phrase.LabelOf("rule " + wanted.Field).Hindi}), true
	}
	for _, row := range table {
		if errors.Is(err, row.err) {
			return row.is, true
		}
	}
	return errPanic, false
}

// A refusal is the contract's error object.
type refusal = match.Fault

// shown is p as the caller sees it.
func (p *problem) shown() refusal { return refusal{Code: p.code, Message: p.message, Field: p.field} }

// refuse makes p the answer.
func refuse(ctx *fasthttp.RequestCtx, p *problem) {
	ctx.Response.ResetBody()
	ctx.SetStatusCode(p.status)
	if p.retry > 0 {
		ctx.Response.Header.Set("Retry-After", strconv.Itoa(p.retry))
	}
	if p.status == 401 {
		ctx.Response.Header.Set("WWW-Authenticate", `Bearer realm="anvesh"`)
	}
	shown := p.shown()
	if p.hindi != "" && page.LangOf(string(ctx.Request.Header.Peek("Accept-Language"))) == page.Hindi {
		shown.Message = p.hindi
	}
	writeJSON(ctx, map[string]refusal{"error": shown})
	if p.status == 408 { // what may still come is large for a 413, and then fail lets it come
		lingerOnClose(ctx)
	}
}

// refuseUnread answers a request that could not be read as HTTP, in place of fasthttp's plain text.
func (s *Server) refuseUnread(ctx *fasthttp.RequestCtx, err error) {
	p := errHTTP
	var small *fasthttp.ErrSmallBuffer
	var network net.Error
	switch {
	case errors.As(err, &small):
		p = errHeader
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		p = errTooLarge
	case errors.As(err, &network) && network.Timeout():
		p = errSlow
	}
	ctx.Response.Reset()
	secure(ctx, newRequestID())
	refuse(ctx, p)
	lingerOnClose(ctx)
	(&call{Server: s, ctx: ctx}).holdBack()
	s.meter.Path(meter.Unread).Count(p.status)
}

// wholeAnswer writes p as an HTTP answer for a connection that is not served at all.
func wholeAnswer(p *problem) []byte {
	body, err := json.Marshal(map[string]refusal{"error": p.shown()})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	var head strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", p.status, fasthttp.StatusMessage(p.status))
	fmt.Fprintf(&head, "Content-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n", jsonType, len(body))
	fmt.Fprintf(&head, "Retry-After: %d\r\nX-Request-Id: refused\r\nCache-Control: no-store\r\n\r\n", p.retry)
	return append([]byte(head.String()), body...)
}
