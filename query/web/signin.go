package web

import (
	"context"
	"errors"
	"strings"
	"time"

	"anvesh/query/access"
	"anvesh/query/access/elsewhere"
	"anvesh/query/audit"

	"github.com/valyala/fasthttp"
)

// proofs are what somebody signs in with: name, password and code, or a key and a code.
type proofs struct{ name, password, key, code string }

// signInForm lists what POST /v1/signin may carry.
func signInForm() *form[proofs] {
	return &form[proofs]{what: "a sign-in", fields: []field[proofs]{
		{name: "name", bound: freeText, setText: func(p *proofs, s string) { p.name = s }},
		{name: "password", bound: freeText, setText: func(p *proofs, s string) { p.password = s }},
		{name: "key", bound: freeText, setText: func(p *proofs, s string) { p.key = s }},
		{name: "code", bound: freeText, setText: func(p *proofs, s string) { p.code = s }},
	}}
}

// A session as who began it is told.
type shownSession struct {
	Token string    `json:"token"` // for Authorization: Bearer, or the page's cookie
	Ends  time.Time `json:"ends"`
}

// signIn answers POST /v1/signin.
func signIn(c *call) error {
	if !sameSite(c.ctx) {
		return errCrossSite
	}
	p, err := read(c, signInForm())
	if err != nil {
		return err
	}
	token, ends, err := c.begin(p)
	if err != nil {
		return err
	}
	return writeJSON(c.ctx, shownSession{Token: token, Ends: ends})
}

// begin begins a session with what was brought.
func (c *call) begin(p proofs) (token string, ends time.Time, err error) {
	p.key, p.name, p.code = strings.TrimSpace(p.key), strings.TrimSpace(p.name), strings.TrimSpace(p.code)
	switch {
	case p.key != "" && p.name == "" && p.code == "":
		if token, ends, err = c.Keys.StartSession(p.key, c.certificates()...); err != nil {
			c.failed = failedKey(p.key)
		}
	case p.key != "" && p.name == "":
		if token, ends, err = c.Keys.StartSessionWithCode(p.key, p.code); err != nil {
			c.failed = failedKey(p.key)
		}
	default:
		ctx, cancel := context.WithTimeout(c.leaving, c.SearchTimeout)
		defer cancel()
		if token, ends, err = c.Keys.SignIn(ctx, p.name, p.password, p.code); err != nil {
			c.failed = "sign-in"
		}
	}
	if err == nil {
		err = c.signedIn(token)
	}
	return token, ends, err
}

// signedIn writes to the log who has begun a session; where that cannot be, the session ends.
func (c *call) signedIn(token string) (err error) {
	if c.who, err = c.Keys.Session(token); err == nil {
		c.who.Address = c.ctx.RemoteIP().String()
		err = c.record(audit.KindCredential, "session", asking("sign in"))
	}
	if err != nil {
		err = errors.Join(err, c.Keys.EndSession(token))
	}
	return err
}

// signOut answers POST /v1/signout: the session that was brought ends.
func signOut(c *call) error {
	c.held.dropSession(c.token())
	if err := c.Keys.EndSession(c.token()); err != nil {
		return err
	}
	c.ctx.SetStatusCode(204)
	return nil
}

// me is what GET /v1/me answers.
type me struct {
	Key          string            `json:"key"`
	Name         string            `json:"name"`
	Person       string            `json:"person,omitempty"`
	Pillar       string            `json:"pillar,omitempty"`
	Role         string            `json:"role"`
	Unit         string            `json:"unit,omitempty"`
	Level        string            `json:"level"`
	Rank         string            `json:"rank,omitempty"`
	SecondFactor bool              `json:"second_factor"` // shown in this session, or not needed
	Needs        bool              `json:"needs_second_factor"`
	May          map[string]string `json:"may"` // how far, by action: case, unit, state
	Forms        []string          `json:"forms"`
	Today        today             `json:"today"`
}

// today is what is left of the day.
type today struct {
	Searches     int `json:"searches"` // that the day allows
	SearchesLeft int `json:"searches_left"`
	Rows         int `json:"rows"`
	RowsLeft     int `json:"rows_left"`
	ListRows     int `json:"list_rows,omitempty"` // of one list without approval; absent for as many as there are
}

// reaches are the words of GET /v1/me.
var reaches = map[access.Reach]string{access.OwnCase: "case", access.OwnUnit: "unit", access.Everywhere: "state"}

// showMe answers GET /v1/me.
func showMe(c *call) error { return writeJSON(c.ctx, c.me()) }

// me is who asks, what he may do, and what is left of the day.
func (c *call) me() me {
	w, day := c.who, c.who.Day()
	m := me{Key: w.KeyID, Name: w.Name, Person: w.Person, Pillar: w.Pillar, Role: w.Role, Unit: w.Unit, Level: string(w.Level), Rank: w.Rank,
		SecondFactor: w.SecondFactor, Needs: access.NeedsSecondFactor(w.Role), May: map[string]string{}, Forms: []string{},
		Today: today{Searches: day.Searches, SearchesLeft: day.Searches, Rows: day.Rows, RowsLeft: day.Rows}}
	if day.ListRows < access.AnyRows {
		m.Today.ListRows = day.ListRows
	}
	for _, a := range access.Actions() {
		if r := w.Reach(a); r != access.Nowhere {
			m.May[string(a)] = reaches[r]
		}
	}
	if w.May(access.Enter) {
		m.Forms = access.FormsOf(w.Role)
	}
	if c.Budget != nil {
		searches, rows := c.Budget(w)
		m.Today.SearchesLeft, m.Today.RowsLeft = max(0, day.Searches-searches), max(0, day.Rows-rows)
	}
	return m
}

// enrolment is the body of POST /v1/me/second-factor and /v1/me/password.
type enrolment struct{ code, password string }

func enrolmentForm(what string) *form[enrolment] {
	return &form[enrolment]{what: what, fields: []field[enrolment]{
		{name: "code", bound: freeText, setText: func(e *enrolment, s string) { e.code = s }},
		{name: "password", bound: freeText, setText: func(e *enrolment, s string) { e.password = s }},
	}}
}

// setSecondFactor answers POST /v1/me/second-factor. Without a code it begins one, and answers with what an authenticator app
// needs; with a code of it, it counts from then on, and a password may be set beside it. The person does so with the key, so
// that nobody else ever has seen it.
func setSecondFactor(c *call) error {
	e, err := read(c, enrolmentForm("a second factor"))
	if err != nil {
		return err
	}
	factor, err := c.ownFactor(e)
	if err != nil {
		return err
	}
	if factor != nil {
		return writeJSON(c.ctx, factor)
	}
	c.ctx.SetStatusCode(204)
	return nil
}

// setPassword answers POST /v1/me/password.
func setPassword(c *call) error {
	e, err := read(c, enrolmentForm("a password"))
	if err != nil {
		return err
	}
	if err := c.ownPassword(e); err != nil {
		return err
	}
	c.ctx.SetStatusCode(204)
	return nil
}

// wrongCode: who is known already, and only mistyped a code, is told which field it was.
func wrongCode(err error) error {
	if err == access.ErrCode {
		return errCode
	}
	return err
}

// An Elsewhere is an identity provider that vouches for persons; *elsewhere.Provider is one.
type Elsewhere interface {
	Begin(ctx context.Context) (address, browser string, err error)
	Finish(ctx context.Context, browser, state, code string) (elsewhere.Person, error)
}

// begunCookie binds a sign-in elsewhere to the browser that began it. It must come along when the provider sends the browser
// back, so it is Lax.
const begunCookie = "anvesh_signin"

// beginElsewhere answers GET /signin/oidc: the browser is sent to the identity provider.
func beginElsewhere(c *call) error {
	if c.Elsewhere == nil {
		return errNoPath
	}
	ctx, cancel := context.WithTimeout(c.leaving, c.SearchTimeout)
	defer cancel()
	address, browser, err := c.Elsewhere.Begin(ctx)
	if err != nil {
		return err
	}
	cookie := c.newCookie(begunCookie, browser, c.now().Add(10*time.Minute))
	cookie.SetSameSite(fasthttp.CookieSameSiteLaxMode)
	c.ctx.Response.Header.SetCookie(cookie)
	c.ctx.SetStatusCode(303)
	c.ctx.Response.Header.Set("Location", address)
	c.ctx.SetContentType("text/plain; charset=utf-8")
	return nil
}

// endElsewhere answers GET /signin/oidc/back, where the provider sends the browser: a session begins for whom it vouches, if he
// has a credential. The browser goes on by a page of ours, as a cookie that is Strict is not sent on a way that began elsewhere.
func endElsewhere(c *call) error {
	if c.Elsewhere == nil {
		return errNoPath
	}
	args, h := c.ctx.QueryArgs(), &c.ctx.Request.Header
	ctx, cancel := context.WithTimeout(c.leaving, c.SearchTimeout)
	defer cancel()
	who, err := c.Elsewhere.Finish(ctx, string(h.Cookie(begunCookie)), string(args.Peek("state")), string(args.Peek("code")))
	if err != nil {
		c.failed = "sign-in"
		return err
	}
	token, ends, err := c.Keys.SignInElsewhere(who.Number, who.SecondFactor)
	if err != nil {
		c.failed = "sign-in"
		return err
	}
	if err := c.signedIn(token); err != nil {
		return err
	}
	c.setCookie(token, ends)
	c.ctx.Response.Header.SetCookie(c.newCookie(begunCookie, "", fasthttp.CookieExpireDelete))
	c.ctx.Response.Header.Set("Content-Security-Policy", pagePolicy)
	c.ctx.SetContentType("text/html; charset=utf-8")
	c.ctx.SetBodyString(`<!doctype html><html lang="en"><title>Anvesh</title><meta http-equiv="refresh" content="0;url=/"><a href="/">Anvesh</a></html>`)
	return nil
}
