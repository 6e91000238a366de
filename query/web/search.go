package web

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/query/statement"
	"anvesh/query/web/gate"
	"anvesh/storage"

	"github.com/valyala/fastjson"
)

// firNumber is what a case is found by.
var firNumber = regexp.MustCompile(`^[0-9]{13,17}$`)

// parsers are used again from request to request; a parser keeps the memory of the largest it has seen, 64 KiB.
var parsers = sync.Pool{New: func() any { return new(fastjson.Parser) }}

func searchPersons(c *call) error {
	return search(c, c.persons)
}

func searchVehicles(c *call) error {
	return search(c, c.vehicles)
}

// search answers one single search, from a body or a query.
func search[T any](c *call, f *form[T]) error {
	if c.gate.Full(c.who.KeyID) {
		c.meter.Refused.Inc()
		return errBusy
	}
	stated, err := c.wantsStatement()
	if err != nil {
		return err
	}
	var r T
	if err := readSearch(c, f, &r); err != nil {
		return err
	}
	if err := statesAll(f.request(&r)); stated && err != nil {
		return err
	}
	answer, err := c.bounded(f.request(&r))
	if err != nil {
		return err
	}
	if stated {
		signed, _, err := c.state(f.request(&r), answer)
		if err != nil {
			return err
		}
		return writeJSON(c.ctx, signed)
	}
	return writeJSON(c.ctx, answer)
}

// wantsStatement reads and takes away ?statement=1, the only thing that the query of a POST may hold.
func (c *call) wantsStatement() (bool, error) {
	args := c.ctx.QueryArgs()
	if c.Statements == nil || !c.ctx.IsPost() || !args.Has("statement") {
		return false, nil
	}
	values, err := someArgs(args, "a search by POST", "statement")
	if err == nil && values[0] != "1" {
		err = wrongField(&query.FieldError{Field: "statement", Message: "must be 1, or absent"})
	}
	args.Reset()
	return true, err
}

// statesAll holds a search that is to be stated to every class: that there is no PROBABLE says nothing of leads.
func statesAll(r query.Request) error {
	if m := r.Shared().MinClass; m != "" && m != query.Lead {
		return wrong("min_class", phrase.StatesAll)
	}
	return nil
}

// state makes a search that found nobody a signed statement of that.
func (c *call) state(r query.Request, a *query.Answer) (*statement.Envelope, *statement.Statement, error) {
	if a.Total > 0 || len(a.Hits) > 0 {
		return nil, nil, errHasHits
	}
	if !a.Complete || a.Shards.Answered < a.Shards.Of {
		return nil, nil, errIncomplete
	}
	st := c.Engine.Status()
	kind, records := "person", st.Records.Persons
	if _, vehicle := r.(*query.VehicleRequest); vehicle {
		kind, records = "vehicle", st.Records.Vehicles
	}
	s := &statement.Statement{SearchID: a.SearchID, Kind: kind, Asked: r, At: c.now().UTC(), Through: a.Through.Time, Offsets: a.Through.Offsets,
		By:      statement.By{Person: c.who.Person, Name: c.who.Name, Key: c.who.KeyID, Role: c.who.Role, Unit: c.who.Unit},
		Records: records, Shards: a.Shards.Answered, Terms: st.Terms, Program: st.Version, Remarks: a.Remarks, RemarksHi: a.RemarksHi, Practice: a.Practice}
	s.Text, s.Hindi = phrase.NoneFound.With(strconv.Itoa(records), a.Through.Time.In(storage.IST).Format("2006-01-02 15:04:05"))
	signed, err := c.Statements.Sign(s)
	return signed, s, err
}

// showStatementKey answers GET /v1/statements/key.
func showStatementKey(c *call) error {
	if c.Statements == nil {
		return errNoPath
	}
	return writeJSON(c.ctx, struct {
		KeyID string `json:"keyid"`
		PEM   string `json:"pem"`
	}{c.Statements.ID(), c.Statements.Public()})
}

// readSearch decodes a search from the query of a GET or the body of a POST.
func readSearch[T any](c *call, f *form[T], r *T) error {
	if !c.ctx.IsPost() {
		return f.fromArgs(c.ctx.QueryArgs(), r)
	}
	var err error
	*r, err = read(c, f)
	return err
}

// read decodes the body of a call that has no query.
func read[T any](c *call, f *form[T]) (r T, err error) {
	if c.ctx.QueryArgs().Len() > 0 {
		return r, malformed("with POST all fields belong into the body, none into the query")
	}
	body, err := c.body("application/json", errNotJSON)
	if err != nil {
		return r, err
	}
	p := parsers.Get().(*fastjson.Parser)
	defer parsers.Put(p)
	return r, f.fromJSON(p, body, &r, false)
}

// bounded asks the engine within the time for one search. The wait for freshness comes before that for a place, as it
// needs no core.
func (c *call) bounded(r query.Request) (*query.Answer, error) {
	ctx, cancel := context.WithTimeout(c.life, c.SearchTimeout)
	defer cancel()
	if token := r.Shared().AtLeast; token != "" {
		if err := c.await(token); err != nil {
			return nil, err
		}
	}
	return inPlace(ctx, c, func(ctx context.Context) (*query.Answer, error) { return c.Engine.Search(ctx, c.who, r) })
}

// await waits until all that an offset token names is searchable. Who waits holds nothing that others need: no place,
// and his connection gives way; how many may wait is bounded for each key and each address. A stop ends the wait.
func (c *call) await(token string) error {
	ctx, cancel := context.WithTimeout(c.leaving, c.SearchTimeout)
	defer cancel()
	ended, end := context.WithCancel(ctx)
	end()
	if err := c.Engine.Await(ended, token); !errors.Is(err, context.Canceled) {
		return err // it is there, or cannot be
	}
	key, address := c.who.KeyID, gate.AddressOf(c.ctx.Conn())
	if err := c.waitsOfKey.Take(key); err != nil {
		return err
	}
	defer c.waitsOfKey.Give(key)
	if err := c.waitsOfAddress.Take(address); err != nil {
		return err
	}
	defer c.waitsOfAddress.Give(address)
	defer gate.Rest(c.ctx.Conn())()
	return errors.Join(c.Engine.Await(ctx, token), c.Keys.Holds(c.who))
}

// inPlace does what needs a core once there is a place for it. What is done gives the place back when it only waits for the log.
func inPlace[V any](ctx context.Context, c *call, do func(context.Context) (V, error)) (v V, err error) {
	place, err := c.gate.Enter(ctx, c.who.KeyID)
	if err != nil {
		c.meter.Refused.Inc()
		return v, err
	}
	leave := sync.OnceFunc(place.Leave)
	defer leave()
	return do(query.WithCall(ctx, &query.Call{Request: c.requestID, Waits: leave}))
}

// showCase answers GET /v1/cases/{fir}.
func showCase(c *call) error {
	if !firNumber.MatchString(c.part) {
		return wrong("fir", phrase.NoFIR)
	}
	ctx, cancel := context.WithTimeout(c.life, c.SearchTimeout)
	defer cancel()
	found, err := inPlace(ctx, c, func(ctx context.Context) (query.CaseView, error) { return c.Engine.Case(ctx, c.who, c.part) })
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, found)
}

// unmaskForm lists what a request to unmask a case may carry.
func unmaskForm() *form[query.Common] {
	return &form[query.Common]{what: "a request to unmask a case", fields: []field[query.Common]{
		{name: "reason", bound: freeText, setText: func(c *query.Common, s string) { c.Reason = s }},
	}}
}

// unmaskCase answers POST /v1/cases/{fir}/unmask.
func unmaskCase(c *call) error {
	if !firNumber.MatchString(c.part) {
		return wrong("fir", phrase.NoFIR)
	}
	asked, err := read(c, unmaskForm())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.life, c.SearchTimeout)
	defer cancel()
	found, err := inPlace(ctx, c, func(ctx context.Context) (query.CaseView, error) {
		return c.Engine.Unmask(ctx, c.who, c.part, asked.Reason)
	})
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, found)
}

// findCases answers GET /v1/cases?number=123/2023&station=...
func findCases(c *call) error {
	values, err := someArgs(c.ctx.QueryArgs(), "a search for cases", "number", "station")
	if err != nil {
		return err
	}
	if values[0] == "" {
		return wrong("number", phrase.NeedsNumber)
	}
	ctx, cancel := context.WithTimeout(c.life, c.SearchTimeout)
	defer cancel()
	found, err := inPlace(ctx, c, func(ctx context.Context) (*query.Cases, error) {
		return c.Engine.FindCases(ctx, c.who, values[0], values[1])
	})
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, found)
}

// showStatus answers GET /v1/status.
func showStatus(c *call) error {
	return writeJSON(c.ctx, c.Engine.Status())
}

// alive answers GET /healthz: the process serves.
func alive(c *call) error {
	return writeJSON(c.ctx, struct {
		Status string `json:"status"`
	}{"alive"})
}

// ready answers GET /readyz.
func ready(c *call) error {
	is, degraded := c.Engine.Ready()
	if c.stopping.Load() {
		return &problem{status: 503, code: "not_ready", message: "the service is stopping", retry: 5}
	}
	if !is && len(degraded) > 0 {
		return &problem{status: 503, code: "not_ready", retry: 2, message: "the service is still catching up with the log; " + strings.Join(degraded, "; ")}
	}
	if !is {
		return query.ErrNotReady
	}
	if degraded == nil {
		degraded = []string{}
	}
	return writeJSON(c.ctx, struct {
		Ready    bool     `json:"ready"`
		Degraded []string `json:"degraded"`
	}{true, degraded})
}

// showMetrics answers GET /metrics.
func showMetrics(c *call) error {
	c.ctx.SetContentType("text/plain; version=0.0.4; charset=utf-8")
	w := c.ctx.Response.BodyWriter()
	if c.Server.Metrics != nil {
		c.Server.Metrics(w)
	}
	c.meter.Write(w)
	return nil
}

// describe answers GET /openapi.json.
func describe(c *call) error {
	c.ctx.SetContentType(jsonType)
	c.ctx.Response.Header.Set("Cache-Control", "no-cache")
	c.ctx.SetBody(description)
	return nil
}
