package web

import (
	"context"

	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/phrase"
	"anvesh/query/web/page"

	"github.com/valyala/fasthttp"
)

// The views of the page that are no search, each at a path of its own. They are for page sessions alone, and do what they do by the
// functions of the API. What changes something is a form that the page itself has sent (sameSite), and is in the log before.

// room begins a view. Where it may not be seen ok is false, and the page that says so is the answer.
func (c *call) room(at string) (v *view, ok bool, err error) {
	v = c.newView()
	if lang := string(c.ctx.QueryArgs().Peek("lang")); lang != "" {
		v.Lang = page.LangOf(lang)
		c.setLang(v.Lang)
	}
	if v.Who == nil {
		return v, false, c.showProblem(v, "session", errNoKey)
	}
	v.Desk = &page.Desk{At: at, Values: map[string]string{}}
	switch {
	case !sameSite(c.ctx):
		return v, false, c.showProblem(v, "desk", errCrossSite)
	case !page.MayEnter(at, *v.Who):
		return v, false, c.showProblem(v, "desk", errNotYourView)
	}
	return v, true, nil
}

// posted reads the form that was posted to a view, and keeps what was typed, but for secrets, for the case that it is shown again.
func posted[T any](c *call, v *view, f *form[T]) (r T, err error) {
	args, err := c.postedForm()
	if err != nil {
		return r, err
	}
	for key, value := range args.All() {
		if name := string(key); name != "password" && name != "code" {
			v.Desk.Values[name] = string(value)
		}
	}
	filled := new(fasthttp.Args) // an empty blank of a form says nothing
	for key, value := range args.All() {
		if len(value) > 0 {
			filled.AddBytesKV(key, value)
		}
	}
	return r, f.fromArgs(filled, &r)
}

// showAccount answers GET /account.
func showAccount(c *call) error {
	v, ok, err := c.room("account")
	if !ok {
		return err
	}
	c.fillAccount(v)
	return c.render(v)
}

// fillAccount puts into a view who asks, what he may do, and what is left of his day.
func (c *call) fillAccount(v *view) {
	m := c.me()
	key, _ := c.Keys.Key(c.who.KeyID)
	a := &page.Account{Forms: m.Forms, Searches: m.Today.Searches, SearchesLeft: m.Today.SearchesLeft, Rows: m.Today.Rows,
		RowsLeft: m.Today.RowsLeft, ListRows: m.Today.ListRows, Needs: m.Needs && !m.SecondFactor, Enrolled: key.Enrolled, Person: m.Person != ""}
	if m.Unit != "" {
		a.Unit = c.unitName(v, m.Unit)
	}
	if key.Expires != nil {
		a.Expires = *key.Expires
	}
	for _, action := range access.Actions() {
		if reach := m.May[string(action)]; reach != "" {
			a.May = append(a.May, page.Right{Action: string(action), Reach: reach})
		}
	}
	v.Desk.Account = a
}

// unitName is the name of a unit in the language of the page; its code where it is not known.
func (c *call) unitName(v *view, code string) string {
	english, hindi := c.Unit(code)
	if v.Lang == page.Hindi && hindi != "" {
		return hindi
	}
	return english
}

// pageSecondFactor answers POST /account/second-factor: without a code a second factor begins, with one of it, it is set.
func pageSecondFactor(c *call) error {
	return changeOwn(c, "POST /v1/me/second-factor", "a second factor", func(v *view, e enrolment) error {
		factor, err := c.ownFactor(e)
		if err == nil && factor == nil {
			v.Said(phrase.FactorSet)
		}
		if begun, again := c.Keys.Begun(c.who.KeyID); err != nil && again == nil { // the code was mistyped: the same once more
			factor = &begun
		}
		c.fillAccount(v)
		v.Desk.Account.Factor = factor
		return err
	})
}

// pagePassword answers POST /account/password.
func pagePassword(c *call) error {
	return changeOwn(c, "POST /v1/me/password", "a password", func(v *view, e enrolment) error {
		err := c.ownPassword(e)
		if err == nil {
			v.Said(phrase.PasswordSet)
		}
		c.fillAccount(v)
		return err
	})
}

// changeOwn changes what somebody signs in with, as do says, and shows the account.
func changeOwn(c *call, as, what string, do func(*view, enrolment) error) error {
	v, ok, err := c.room("account")
	if !ok {
		return err
	}
	e, err := posted(c, v, enrolmentForm(what))
	if err == nil {
		err = c.record(audit.KindCredential, "key", changing{Do: as})
	}
	if err != nil {
		c.fillAccount(v)
	} else {
		err = do(v, e)
	}
	if err != nil {
		return c.showProblem(v, "desk", err)
	}
	return c.render(v)
}

// ownFactor begins a second factor of who asks, where no code is given, or sets it and, if one is given, a password.
func (c *call) ownFactor(e enrolment) (*access.Factor, error) {
	if e.code == "" {
		factor, err := c.Keys.NewFactor(c.who.KeyID)
		if err != nil {
			return nil, err
		}
		return &factor, nil
	}
	ctx, cancel := context.WithTimeout(c.leaving, c.SearchTimeout)
	defer cancel()
	if err := c.Keys.Enrol(ctx, c.who.KeyID, e.code, e.password); err != nil {
		return nil, wrongCode(err)
	}
	c.Log.Info("web: second factor set", "request", c.requestID, "key", c.who.KeyID)
	return nil, nil
}

// ownPassword replaces the password of who asks.
func (c *call) ownPassword(e enrolment) error {
	ctx, cancel := context.WithTimeout(c.leaving, c.SearchTimeout)
	defer cancel()
	if err := c.Keys.SetPassword(ctx, c.who.KeyID, e.password, e.code); err != nil {
		return wrongCode(err)
	}
	c.Log.Info("web: password set", "request", c.requestID, "key", c.who.KeyID)
	return nil
}
