package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"hash/crc32"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/phrase"
	"anvesh/storage"

	"github.com/valyala/fasthttp"
)

//go:embed static
var static embed.FS

// description is what /openapi.json answers.
//
//go:embed openapi.json
var description []byte

// pages are the page's template and the files that it loads.
type pages struct {
	page  *template.Template
	files map[string]file
}

// file is one static file as it is served.
type file struct {
	body      []byte
	mediaType string
	tag       string // ETag
}

// mediaTypes of static files, by their ending; the table is fixed so that it does not depend on the machine.
var mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml"}

// newPages reads what is embedded.
func newPages() (*pages, error) {
	p := &pages{files: map[string]file{}}
	var err error
	p.page, err = template.New("page.html").Funcs(template.FuncMap{
		"word": phrase.LabelOf, "hi": inHindi,
		"both": func(english string) template.HTML {
			return template.HTML(template.HTMLEscapeString(english)) + " " + inHindi(english)
		},
		"outstanding": storage.Outstanding,
		"clock":       func(t time.Time) string { return t.In(storage.IST).Format("15:04:05") },
		"day":         func(t time.Time) string { return t.In(storage.IST).Format("2 Jan 2006") },
		"lower":       strings.ToLower, "join": strings.Join,
		"percent": func(f float64) string { return fmt.Sprintf("%.0f", 100*f) },
	}).ParseFS(static, "static/page.html")
	if err != nil {
		return nil, fmt.Errorf("web: page: %w", err)
	}
	names, err := fs.Glob(static, "static/*")
	if err != nil {
		return nil, fmt.Errorf("web: static files: %w", err)
	}
	for _, name := range names {
		mediaType := mediaTypes[path.Ext(name)]
		if mediaType == "" {
			continue
		}
		body, err := static.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("web: static files: %w", err)
		}
		p.files[path.Base(name)] = file{body: body, mediaType: mediaType, tag: fmt.Sprintf(`"%08x"`, crc32.ChecksumIEEE(body))}
	}
	return p, nil
}

// inHindi marks a text of the page as Hindi.
func inHindi(english string) template.HTML {
	return template.HTML(`<span lang="hi">` + template.HTMLEscapeString(phrase.InHindi(english)) + `</span>`)
}

// serveStatic answers GET /static/{file}.
func serveStatic(c *call) error {
	f, ok := c.pages.files[c.part]
	if !ok {
		return errNoPath
	}
	h := &c.ctx.Response.Header
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("ETag", f.tag)
	if string(c.ctx.Request.Header.Peek("If-None-Match")) == f.tag {
		c.ctx.SetStatusCode(304)
		return nil
	}
	c.ctx.SetContentType(f.mediaType)
	c.ctx.SetBody(f.body)
	return nil
}

// An input is one field of the page's form, with what was typed into it.
type input struct {
	Name, Type, Hint string
	Options          []string
	Value            string
	Wide, Required   bool
}

// view is all that the template shows.
type view struct {
	Practice   bool
	Version    string
	Who        *access.Identity
	Kind       string // person, vehicle
	Main, More []input
	Problem    *refusal
	ProblemOf  string // login, search
	InHindi    string // the problem's message
	Elsewhere  bool   // an identity provider may vouch
	Answer     *query.Answer
	Asked      bool
}

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
	kind := string(args.Peek("kind"))
	if kind == "vehicle" {
		v.Kind = kind
	}
	v.inputs(args)
	if args.Has("kind") && !slices.Contains(kinds, kind) {
		return c.showProblem(v, "search", wrong("kind", phrase.ChooseOne, strings.Join(kinds, ", "), phrase.DidYouMean(kind, kinds)))
	}
	if asks(args) && v.Who == nil {
		return c.showProblem(v, "login", errNoKey)
	}
	if !asks(args) {
		return c.render(v)
	}
	if !sameSite(c.ctx) { // what somebody else's page has filled in is shown and not searched for
		return c.showProblem(v, "search", errFromElsewhere)
	}
	var err error
	if v.Kind == "vehicle" {
		v.Answer, err = pageSearch(c, c.vehicles, args)
	} else {
		v.Answer, err = pageSearch(c, c.persons, args)
	}
	if err != nil {
		return c.showProblem(v, "search", err)
	}
	v.Asked = true
	return c.render(v)
}

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
	return &view{Practice: c.Practice, Version: c.Version, Kind: "person", Elsewhere: c.Elsewhere != nil}
}

// kinds are what the page searches for.
var kinds = []string{"person", "vehicle"}

// asks reports whether a form holds anything to search for.
func asks(args *fasthttp.Args) bool {
	for key, value := range args.All() {
		if string(key) != "kind" && len(bytes.TrimSpace(value)) > 0 {
			return true
		}
	}
	return false
}

// pageSearch searches for what the page's form holds.
func pageSearch[T any](c *call, f *form[T], args *fasthttp.Args) (*query.Answer, error) {
	var r T
	if err := f.fromArgs(args, &r, "kind"); err != nil {
		return nil, err
	}
	return c.bounded(f.request(&r))
}

// postedForm reads a form that a browser posted.
func (c *call) postedForm() (*fasthttp.Args, error) {
	body, err := c.body("application/x-www-form-urlencoded", errNotForm)
	if err != nil {
		return nil, err
	}
	args := new(fasthttp.Args)
	args.ParseBytes(body)
	return args, nil
}

// inputs fills in the form's fields with what was typed.
func (v *view) inputs(args *fasthttp.Args) {
	v.Main, v.More = personInputs()
	if v.Kind == "vehicle" {
		v.Main, v.More = vehicleInputs()
	}
	for _, inputs := range [][]input{v.Main, v.More} {
		for i := range inputs {
			inputs[i].Value = string(args.Peek(inputs[i].Name))
		}
	}
}

// reasonInput stands at the end of both forms.
var reasonInput = input{Name: "reason", Hint: "FIR 123/2023, GD 12/2026, DD 1 or a sentence", Required: true}

// personInputs are the fields of the person form: those always seen, and those behind "more".
func personInputs() (main, more []input) {
	main = []input{
		{Name: "name", Hint: "Virender or वीरेंद्र", Wide: true},
		{Name: "relative", Hint: "Om Parkash"}, {Name: "alias", Hint: "Kala"},
		{Name: "age", Type: "number", Hint: "34"}, {Name: "gender", Options: options(storage.Person, "gender")},
		{Name: "place", Hint: "Kalanaur", Wide: true}, reasonInput,
	}
	more = []input{
		{Name: "birth_year", Type: "number", Hint: "1991"}, {Name: "tolerance", Type: "number", Hint: "3"},
		{Name: "station"}, {Name: "district"}, {Name: "status", Options: options(storage.Person, "status")},
		{Name: "section", Hint: "379 IPC"},
	}
	return main, append(more, commonInputs()...)
}

// vehicleInputs are those of the vehicle form.
func vehicleInputs() (main, more []input) {
	main = []input{
		{Name: "registration", Hint: "HR26DK8337, HR?6DK8337, *8337", Wide: true},
		{Name: "chassis", Hint: "whole or a part"}, {Name: "engine", Hint: "whole or a part"},
		{Name: "make", Hint: "Maruti"}, {Name: "model", Hint: "Swift"}, {Name: "colour", Hint: "white"}, reasonInput,
	}
	more = []input{{Name: "status", Options: options(storage.Vehicle, "status")}, {Name: "station"}, {Name: "district"}}
	return main, append(more, commonInputs()...)
}

// options are what a field of the form may be.
func options(kind storage.Kind, name string) []string { return query.BoundOf(kind, name).Choices }

func commonInputs() []input {
	return []input{{Name: "from", Type: "date"}, {Name: "to", Type: "date"}, {Name: "min_class", Options: options(storage.Person, "min_class")}}
}

// showProblem renders the page with what was wrong, under the status that it has over the API.
func (c *call) showProblem(v *view, of string, err error) error {
	p, known := asProblem(err)
	if !known {
		c.Log.Error("web: unexpected error", "request", c.requestID, "error", err)
	}
	shown := p.shown()
	v.Problem, v.ProblemOf, v.InHindi = &shown, of, p.hindi
	c.ctx.SetStatusCode(p.status)
	return c.render(v)
}

// render writes the page.
func (c *call) render(v *view) error {
	h := &c.ctx.Response.Header
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Frame-Options", "DENY")
	c.ctx.SetContentType("text/html; charset=utf-8")
	var page bytes.Buffer
	if err := c.pages.page.Execute(&page, v); err != nil {
		return fmt.Errorf("web: render page: %w", err)
	}
	c.ctx.Response.SetBodyRaw(bytes.Map(func(r rune) rune {
		if hidden(r) && r != '\n' && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, page.Bytes()))
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
	if err := c.Keys.EndSession(string(c.ctx.Request.Header.Cookie(cookieName))); err != nil { // this browser has one session at a time
		return err
	}
	c.setCookie(token, ends)
	c.toPage()
	return nil
}

// logout answers POST /logout.
func logout(c *call) error {
	if !sameSite(c.ctx) {
		return errCrossSite
	}
	if err := c.Keys.EndSession(string(c.ctx.Request.Header.Cookie(cookieName))); err != nil {
		return err
	}
	c.setCookie("", fasthttp.CookieExpireDelete)
	c.toPage()
	return nil
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

// toPage sends the browser on to the page, by a path without a host, so that it stays where it is.
func (c *call) toPage() {
	c.ctx.SetStatusCode(303)
	c.ctx.Response.Header.Set("Location", "/")
	c.ctx.SetContentType("text/plain; charset=utf-8")
}
