package web

import (
	"bytes"
	"context"
	_ "embed" // openapi.json
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/query/web/page"

	"github.com/valyala/fasthttp"
)

// description is what /openapi.json answers.
//
//go:embed openapi.json
var description []byte

// langCookie keeps the language that somebody chose on the page.
const langCookie = "anvesh_lang"

// serveStatic answers GET /static/{file}. Under its tag, as the page names it, a file never changes.
func serveStatic(c *call) error {
	f, ok := c.pages.File(c.part)
	if !ok {
		return errNoPath
	}
	h := &c.ctx.Response.Header
	h.Set("Cache-Control", "public, max-age=300")
	if string(c.ctx.QueryArgs().Peek("v")) == f.Tag {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	tag := `"` + f.Tag + `"`
	h.Set("ETag", tag)
	if string(c.ctx.Request.Header.Peek("If-None-Match")) == tag {
		c.ctx.SetStatusCode(304)
		return nil
	}
	c.ctx.SetContentType(f.MediaType)
	c.ctx.SetBody(f.Body)
	return nil
}

// suggestUnits answers GET /units/{kind}: public names of stations or districts for whom types one, by its first letters.
func suggestUnits(c *call) error {
	if c.part != page.Stations && c.part != page.Districts {
		return errNoPath
	}
	args, err := someArgs(c.ctx.QueryArgs(), "names of units", "lang", "begins")
	if err != nil {
		return err
	}
	c.ctx.Response.Header.Set("Cache-Control", "public, max-age=86400")
	c.ctx.SetContentType(jsonType)
	c.ctx.SetBody(c.suggest.For(c.part, page.LangOf(args[0]), args[1]))
	return nil
}

// view is what a page shows.
type view = page.View

// ofPage are the fields of the page's form that are no fields of a search: the box, what it is said to hold, what which text in it was
// said to hold before, whose filters are shown, the language, the mark of the search that is shown, which of its hits are wanted, and whether a statement is.
var ofPage = []string{"q", "as", "was", "kind", "filters", "lang", "once", "page", "statement"}

// shownAgain are those of them that ask for what was found already, in another way.
var shownAgain = []string{"lang", "page", "statement"}

// showPage answers GET and POST of /. A POST searches without the words standing in an address or a history; a GET does
// the same for links and for what knows no better.
func showPage(c *call) error {
	v := c.newView()
	args := c.ctx.QueryArgs()
	if c.ctx.IsPost() {
		var err error
		if args, err = c.postedForm(); err != nil {
			return err
		}
	}
	c.chooseLang(v, args)
	kind := string(args.Peek("kind"))
	if kind == "vehicle" {
		v.Kind = kind
	}
	if args.Has("kind") && !slices.Contains(page.Kinds(), kind) {
		c.fillForm(v, args)
		return c.showProblem(v, "search", wrong("kind", phrase.ChooseOne, strings.Join(page.Kinds(), ", "), phrase.DidYouMean(kind, page.Kinds())))
	}
	c.fillForm(v, args)
	v.Swap = kind != "" && kind != v.Kind
	if v.Who != nil && !page.MayEnter("search", *v.Who) && !asks(args) {
		return c.to(page.Home(*v.Who))
	}
	switch {
	case asks(args) && v.Who == nil:
		return c.showProblem(v, "session", errNoKey)
	case !asks(args):
		return c.render(v)
	case !sameSite(c.ctx): // what somebody else's page has filled in is shown and not searched for
		return c.showProblem(v, "search", errFromElsewhere)
	}
	if v.Read != nil && v.Read.Kind() == "case" {
		number, station := v.Read.Value("number"), v.Read.Value("station")
		if station == "" {
			station = strings.TrimSpace(string(args.Peek("station")))
		}
		if number != "" && station == "" {
			return c.showProblem(v, "search", wrong("station", phrase.StationBehind, number))
		}
		return c.pageCase(v, v.Read.Value("fir"), number, station)
	}
	return c.pageAnswer(v, args)
}

// showCasePage answers GET /case/{fir}: the page with that case. list and at say from where on the page of which list it was opened.
func showCasePage(c *call) error {
	v := c.newView()
	args := c.ctx.QueryArgs()
	c.chooseLang(v, args)
	c.fillForm(v, new(fasthttp.Args))
	switch {
	case v.Who == nil:
		return c.showProblem(v, "session", errNoKey)
	case !sameSite(c.ctx):
		return c.showProblem(v, "search", errFromElsewhere)
	}
	v.CaseAt = "/case/" + url.PathEscape(c.part)
	if l := c.held.get(string(args.Peek("list")), c.sessionToken()); l != nil {
		from := url.Values{"at": {string(args.Peek("at"))}}.Encode()
		v.FromList, v.CaseReason = "/lists/"+l.id+"?"+from, l.why()
		v.CaseAt += "?list=" + l.id + "&" + from
	}
	return c.pageCase(v, c.part, "", "")
}

// pageCase looks a case up by its registration number, or by number, year and station, and shows what is found.
func (c *call) pageCase(v *view, fir, number, station string) error {
	ctx, cancel := context.WithTimeout(c.life, c.SearchTimeout)
	defer cancel()
	if fir != "" && !firNumber.MatchString(fir) {
		return c.showProblem(v, "search", wrong("fir", phrase.NoFIR))
	}
	found, err := inPlace(ctx, c, func(ctx context.Context) (*query.Cases, error) {
		if fir == "" {
			return c.Engine.FindCases(ctx, c.who, number, station)
		}
		one, err := c.Engine.Case(ctx, c.who, fir)
		return &query.Cases{Cases: []query.CaseView{one}}, err
	})
	if errors.Is(err, query.ErrNotFound) {
		st := c.Engine.Status()
		v.NoCase(fir, st.Records.Cases, st.Through.Time)
		c.ctx.SetStatusCode(404)
		return c.render(v)
	}
	if err != nil {
		return c.showProblem(v, "search", err)
	}
	raw, err := json.Marshal(found)
	if err == nil {
		v.AsOf = c.Engine.Status().Through.Time
		err = v.ShowCases(raw)
	}
	if err != nil {
		return fmt.Errorf("web: case: %w", err)
	}
	return c.render(v)
}

// pageAnswer searches for what the form holds and shows what comes of it: its hits, a page of those that follow, or the statement
// that there are none.
func (c *call) pageAnswer(v *view, args *fasthttp.Args) error {
	mark, form := c.markOf(v, args)
	if v.Page = page.Number(string(args.Peek("page"))); v.Page > 1 && !args.Has("limit") {
		mark += " more" // one search has all that pages show, so that none shifts against another
		args.Set("limit", strconv.Itoa(query.MaxLimit))
	}
	was, err := c.recent.Do(mark, form, func() (page.Search, error) {
		if v.Kind == "vehicle" {
			return pageSearch(c, c.vehicles, args)
		}
		return pageSearch(c, c.persons, args)
	})
	if err != nil {
		return c.showProblem(v, "search", err)
	}
	records := 0
	if len(was.Answer.Hits) == 0 {
		held := c.Engine.Status().Records
		if records = held.Persons; v.Kind == "vehicle" {
			records = held.Vehicles
		}
	}
	v.Found(was.Answer, records)
	v.States = c.Statements != nil && len(was.Answer.Hits) == 0
	if as := string(args.Peek("statement")); as != "" && c.Statements != nil {
		return c.pageStatement(v, was, as)
	}
	return c.render(v)
}

// pageStatement shows a search that found nobody as a signed statement, or sends it as a file. What was found meanwhile, or could not be
// searched, is said above the answer.
func (c *call) pageStatement(v *view, was page.Search, as string) error {
	if err := statesAll(was.Asked); err != nil {
		return c.showProblem(v, "statement", err)
	}
	if v.Guessed() {
		return c.showProblem(v, "statement", errKindGuessed)
	}
	signed, s, err := c.state(was.Asked, was.Answer)
	if errors.Is(err, errHasHits) {
		err = errHitsSince
	}
	if err != nil {
		return c.showProblem(v, "statement", err)
	}
	if as != "file" {
		v.Statement = &page.Statement{English: s.Text, Hindi: s.Hindi, At: s.At, Records: s.Records, KeyID: signed.Signatures[0].KeyID, Signature: signed.Signatures[0].Sig}
		return c.render(v)
	}
	c.ctx.Response.Header.Set("Content-Disposition", `attachment; filename="anvesh-statement-`+was.Answer.SearchID+`.json"`)
	return writeJSON(c.ctx, signed)
}

// markOf is the mark under which a search is remembered, and its form. The page's script gives each search one, with which it sends
// it again until it is answered; what shows the same search in another
// way (shownAgain) names that of the search which is shown. Any other search is a new one. A
// mark counts in its own session alone.
func (c *call) markOf(v *view, args *fasthttp.Args) (mark, form string) {
	given := string(args.Peek("once"))
	rest := new(fasthttp.Args)
	args.CopyTo(rest)
	rest.Del("once")
	for _, name := range shownAgain {
		rest.Del(name)
	}
	form = string(rest.QueryString())
	session := string(c.ctx.Request.Header.Cookie(cookieName)) + " "
	again := len(c.ctx.Request.Header.Peek(partHeader)) > 0 || slices.ContainsFunc(shownAgain, args.Has)
	if v.Once = given; given == "" || len(given) > 64 || !again {
		v.Once = c.requestID
	}
	return session + v.Once, form
}

// partHeader says that the page's script asks for what a search changes of the page.
const partHeader = "Anvesh-Part"

// newView is the page as it is before anything is asked.
func (c *call) newView() *view {
	v := c.blank()
	cookie := c.ctx.Request.Header.Cookie(cookieName)
	if len(cookie) == 0 {
		return v
	}
	if who, err := c.Keys.Session(string(cookie)); err == nil && c.inNetwork(who.Pillar) {
		who.Address = c.ctx.RemoteIP().String()
		c.who, c.session = who, true
		v.Who = &who
	}
	return v
}

// blank is the page of nobody.
func (c *call) blank() *view {
	return &view{Practice: c.Practice, Version: c.Version, Kind: "person", Lang: c.lang(), Elsewhere: c.Elsewhere != nil, Unit: c.Unit}
}

// chooseLang shows a view in the language that was chosen with the switch, if any was, and has the browser keep it.
func (c *call) chooseLang(v *view, args *fasthttp.Args) {
	if lang := string(args.Peek("lang")); lang != "" {
		v.Lang = page.LangOf(lang)
		c.setLang(v.Lang)
	}
}

// lang is the language of whoever asks: chosen on the page, else as the browser says.
func (c *call) lang() page.Lang {
	if chosen := c.ctx.Request.Header.Cookie(langCookie); len(chosen) > 0 {
		return page.LangOf(string(chosen))
	}
	return page.LangOf(string(c.ctx.Request.Header.Peek("Accept-Language")))
}

// setLang has the browser keep a language.
func (c *call) setLang(lang page.Lang) {
	var cookie fasthttp.Cookie
	cookie.SetKey(langCookie)
	cookie.SetValue(string(lang))
	cookie.SetPath("/")
	cookie.SetHTTPOnly(true)
	cookie.SetSecure(c.SecureCookies || c.ctx.IsTLS())
	cookie.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	cookie.SetMaxAge(365 * 24 * 3600)
	c.ctx.Response.Header.SetCookie(&cookie)
}

// fillForm shows in the form what was sent with it, and reads what was typed into the box into the fields of a search. A field
// that has its own value keeps it.
func (c *call) fillForm(v *view, args *fasthttp.Args) {
	peek := func(name string) string { return strings.TrimSpace(string(args.Peek(name))) }
	v.Typed, v.Reason = peek("q"), peek("reason")
	if v.Typed != "" {
		as := peek("as")
		if was, text, _ := strings.Cut(peek("was"), " "); as == "" && text == v.Typed { // it was chosen, and is meant still
			as = was
		}
		args.Del("was") // one search has one form, however it came to be this kind's
		args.Del("as")
		if as != "" {
			args.Set("as", as)
		}
		read := page.Read(v.Typed, as, c.suggest.Has)
		v.Read = &read
		if read.Kind() != "case" {
			v.Kind = read.Kind()
		}
	} else if v.Typed = peek("name"); v.Kind == "vehicle" {
		v.Typed = peek("registration")
	}
	if filters := peek("filters"); filters != "" && slices.Contains(page.Kinds(), filters) {
		v.Kind, v.Read = filters, nil
		args.Set("reason", "") // nothing is searched for yet
	}
	c.dropOthers(v, args)
	v.Filters = page.ForWho(c.who, page.Inputs(v.Kind))
	for i := range v.Filters {
		v.Filters[i].Value = string(args.Peek(v.Filters[i].Name))
	}
	if v.Read == nil || v.Read.Kind() == "case" {
		return
	}
	for _, g := range v.Read.Fields {
		if peek(g.Field) == "" {
			args.Set(g.Field, g.Value)
		}
	}
	if peek("birth_year") != "" && v.Read.Value("age") != "" { // a filter says more than the text
		args.Del("age")
	}
}

// dropOthers leaves out the filters of the other kind, which the form still held when the box was read as this one.
func (c *call) dropOthers(v *view, args *fasthttp.Args) {
	own := page.Inputs(v.Kind)
	for _, kind := range page.Kinds() {
		for _, in := range page.Inputs(kind) {
			if kind != v.Kind && !slices.ContainsFunc(own, func(o page.Input) bool { return o.Name == in.Name }) {
				args.Del(in.Name)
			}
		}
	}
}

// asks reports whether a form holds anything to search for.
func asks(args *fasthttp.Args) bool {
	switch {
	case len(args.Peek("filters")) > 0:
		return false
	case len(bytes.TrimSpace(args.Peek("q"))) > 0:
		return true
	}
	for key, value := range args.All() {
		if name := string(key); name != "reason" && !slices.Contains(ofPage, name) && len(bytes.TrimSpace(value)) > 0 {
			return true
		}
	}
	return len(bytes.TrimSpace(args.Peek("reason"))) > 0 && len(args.Peek("lang")) == 0
}

// pageSearch searches for what the page's form holds.
func pageSearch[T any](c *call, f *form[T], args *fasthttp.Args) (page.Search, error) {
	var r T
	if err := f.fromArgs(args, &r, ofPage...); err != nil {
		return page.Search{}, err
	}
	asked := f.request(&r)
	answer, err := c.bounded(asked)
	return page.Search{Asked: asked, Answer: answer}, err
}

// postedForm reads a form that a browser posted.
func (c *call) postedForm() (*fasthttp.Args, error) {
	body, err := c.body("application/x-www-form-urlencoded", errNotForm)
	if err != nil {
		return nil, err
	}
	if err := checkEscapes(body); err != nil {
		return nil, err
	}
	args := new(fasthttp.Args)
	args.ParseBytes(body)
	return args, nil
}

// showProblem renders the page with what was wrong, under the status that it has over the API.
func (c *call) showProblem(v *view, of string, err error) error {
	p, known := asProblem(err)
	if !known {
		c.Log.Error("web: unexpected error", "request", c.requestID, "error", err)
	}
	c.refusedAt(err)
	v.Lang = c.langOf(v)
	v.Wrong(of, p.field, p.message, p.hindi, p.code)
	c.ctx.SetStatusCode(p.status)
	return c.render(v)
}

// langOf is the language of a view, which may have been made without one.
func (c *call) langOf(v *view) page.Lang {
	if v.Lang != "" {
		return v.Lang
	}
	return c.lang()
}

// render writes the page, or the part of it that a search changes where the page's own script asks for that alone.
func (c *call) render(v *view) error {
	h := &c.ctx.Response.Header
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Frame-Options", "DENY")
	h.Add("Vary", "Cookie, Accept-Language")
	c.ctx.SetContentType("text/html; charset=utf-8")
	v.Lang = c.langOf(v)
	what := "page"
	if v.Who != nil && len(c.ctx.Request.Header.Peek(partHeader)) > 0 {
		if what = "part"; v.Desk != nil {
			what = "desk"
		}
	}
	var body bytes.Buffer
	if err := c.pages.Write(&body, what, v); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	c.ctx.Response.SetBodyRaw(bytes.Map(func(r rune) rune {
		if hidden(r) && r != '\n' && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, body.Bytes()))
	return nil
}

// login answers POST /login: name, password and code, or a key, become a page session.
func login(c *call) error {
	if !sameSite(c.ctx) {
		return errCrossSite
	}
	args, err := c.postedForm()
	if err != nil {
		return err
	}
	var p proofs
	if err := signInForm().fromArgs(args, &p); err != nil {
		return err
	}
	token, ends, err := c.begin(p)
	if errors.Is(err, query.ErrNotLogged) { // nobody's mistake
		return err
	}
	if err != nil {
		return c.showProblem(c.blank(), "login", err)
	}
	c.held.dropSession(c.sessionToken())
	if err := c.Keys.EndSession(c.sessionToken()); err != nil { // this browser has one session at a time
		return err
	}
	c.setCookie(token, ends)
	return c.to("/")
}

// logout answers POST /logout.
func logout(c *call) error {
	if !sameSite(c.ctx) {
		return errCrossSite
	}
	c.held.dropSession(c.sessionToken())
	if err := c.Keys.EndSession(c.sessionToken()); err != nil {
		return err
	}
	c.setCookie("", fasthttp.CookieExpireDelete)
	return c.to("/")
}

// setCookie hands the browser its session.
func (c *call) setCookie(token string, ends time.Time) {
	c.ctx.Response.Header.SetCookie(c.newCookie(cookieName, token, ends))
}

// newCookie is a cookie that only the page itself brings back.
func (c *call) newCookie(name, value string, ends time.Time) *fasthttp.Cookie {
	var cookie fasthttp.Cookie
	cookie.SetKey(name)
	cookie.SetValue(value)
	cookie.SetPath("/")
	cookie.SetHTTPOnly(true)
	cookie.SetSecure(c.SecureCookies || c.TLS != nil)
	cookie.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	cookie.SetExpire(ends)
	return &cookie
}

// to sends the browser on to a view of the page, by a path without a host, so that it stays where it is.
func (c *call) to(path string) error {
	c.ctx.SetStatusCode(303)
	c.ctx.Response.Header.Set("Location", path)
	c.ctx.SetContentType("text/plain; charset=utf-8")
	return nil
}
