package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/web/gate"
	"anvesh/query/web/meter"

	"github.com/valyala/fasthttp"
)

const (
	jsonType   = "application/json; charset=utf-8"
	cookieName = "anvesh_session"
)

// The policies of what a browser may do with an answer: the page loads from this host only and runs no inline script or
// style; everything else is data and does nothing.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	dataPolicy = "default-src 'none'; frame-ancestors 'none'"
)

// A call is one request while it is answered.
type call struct {
	*Server
	ctx       *fasthttp.RequestCtx
	requestID string
	at        *place          // what was asked for; nil where nothing is served there
	part      string          // what stands in the path where the route has braces
	who       access.Identity // zero where the route needs nothing
	session   bool            // who comes from a page session
	failed    string          // the id in a key that was brought and is none, as far as it has one
}

// handle answers one request.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	began := time.Now()
	c := call{Server: s, ctx: ctx, requestID: newRequestID()}
	secure(ctx, c.requestID)
	place, part := s.routes.find(ctx.URI().PathOriginal())
	measure := s.meter.Path(meter.Unknown)
	if place != nil {
		c.at, c.part, measure = place, part, place.series
	}
	if err := c.answer(place); err != nil {
		c.refusedAt(err)
		c.fail(err)
	}
	c.compress()
	c.holdBack()
	status := ctx.Response.StatusCode()
	measure.Count(status)
	if status/100 == 2 {
		gate.Timed(ctx.Conn(), measure.Took)
	}
	if s.Log.Enabled(ctx, slog.LevelDebug) {
		path := "unknown"
		if place != nil {
			path = strings.Join(place.parts, "/")
		}
		s.Log.Debug("web: answered", "request", c.requestID, "method", methodOf(ctx), "path", path,
			"status", status, "key", c.who.KeyID, "took", time.Since(began))
	}
}

// answer finds the route, checks who asks, and serves. A panic below becomes an error here.
func (c *call) answer(p *place) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = c.caught(c.requestID, r)
		}
	}()
	if v := string(c.ctx.Request.Header.Protocol()); v != "HTTP/1.1" && v != "HTTP/1.0" {
		lingerOnClose(c.ctx) // what stands behind it is not known to be a request
		return errHTTP
	}
	if p == nil {
		return errNoPath
	}
	b := p.methods[methodOf(c.ctx)]
	if b == nil {
		c.ctx.Response.Header.Set("Allow", p.allow)
		return errNoMethod
	}
	if err := c.admit(b.need); err != nil {
		return err
	}
	if err := checkEscapes(c.ctx.URI().QueryString()); err != nil {
		return err
	}
	if b.logs {
		if err := c.record(audit.KindCredential, "key", changing{Do: b.method + " " + b.path, Key: c.part}); err != nil {
			return err
		}
	}
	return b.serve(c)
}

// methodOf is the request's method, as one of those that are known, so that nothing else is logged.
func methodOf(ctx *fasthttp.RequestCtx) string {
	for _, m := range []string{"GET", "POST", "HEAD", "DELETE"} {
		if string(ctx.Method()) == m {
			return m
		}
	}
	return "other"
}

// caught logs a panic. What was panicked with may quote a request, so only its kind and place are logged.
func (s *Server) caught(requestID string, r any) error {
	s.meter.Panics.Inc()
	kind := "a value"
	if err, ok := r.(runtime.Error); ok {
		kind = err.Error()
	} else if text, ok := r.(string); ok && strings.HasPrefix(text, "BUG:") {
		kind = text
	}
	s.Log.Error("web: panic", "request", requestID, "with", kind, "stack", string(debug.Stack()))
	return errPanic
}

// fail makes an error the answer.
func (c *call) fail(err error) {
	p, known := asProblem(err)
	if !known {
		c.Log.Error("web: unexpected error", "request", c.requestID, "error", err)
	}
	refuse(c.ctx, p)
	if n := c.ctx.Request.Header.ContentLength(); n > maxBody || n == -1 {
		lingerOnClose(c.ctx)
	}
}

// leastCompressed is the smallest body that is compressed: less fits into one packet anyhow.
const leastCompressed = 1024

// compress makes an answer that is here whole smaller where its client reads gzip. Nobody else can make a browser ask what a
// session may (SameSite, sameSite), so that the length of an answer tells a stranger nothing that he chose.
func (c *call) compress() {
	h, r := &c.ctx.Request.Header, &c.ctx.Response
	if r.IsBodyStream() || len(r.Body()) < leastCompressed || c.ctx.IsHead() || len(r.Header.ContentEncoding()) > 0 {
		return
	}
	r.Header.Add("Vary", "Accept-Encoding")
	if !h.HasAcceptEncoding("gzip") {
		return
	}
	r.SetBodyRaw(fasthttp.AppendGzipBytesLevel(nil, r.Body(), fasthttp.CompressDefaultCompression))
	r.Header.SetContentEncoding("gzip")
}

// holdBack keeps an answer that refuses back for a moment where its caller has had many of them, and longer where he
// keeps bringing keys that are none. A key that is right is never kept waiting by those that were wrong. What is refused
// because too much is asked at once is told at once as long as nobody else asks, and so is always what has waited for
// freshness in vain.
func (c *call) holdBack() {
	status, who := c.ctx.Response.StatusCode(), c.who.KeyID
	if status < 400 || status == 409 || status == 500 || status == 503 && !c.gate.Shares(who) {
		return
	}
	address, now := gate.AddressOf(c.ctx.Conn()), c.now()
	if who == "" {
		who = address
	}
	wait := c.refusals.Delay(who, now)
	if c.failed != "" {
		wait = max(wait, c.failures.Delay(address, now), c.failures.Delay(c.failed, now))
	}
	if wait > 0 {
		defer gate.Rest(c.ctx.Conn())()
		c.pause(c.leaving, wait)
	}
}

// pause returns after a time, or when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// admit finds out who asks and whether that is enough.
func (c *call) admit(n need) error {
	switch n {
	case nothing:
		return nil
	case local:
		if c.fromHere() {
			return nil
		}
		if err := c.identify(); err != nil {
			return errLocalOnly
		}
		return nil
	}
	if err := c.identify(); err != nil {
		return err
	}
	c.who.Address = c.ctx.RemoteIP().String()
	if !c.inNetwork(c.who.Pillar) {
		return errNetwork
	}
	if c.session && !sameSite(c.ctx) {
		return errCrossSite
	}
	if n == administer && (c.session || !c.who.May(access.Administer)) || n == operate && (c.session || !c.who.May(access.Operate)) {
		return errNotAdmin
	}
	if n == oversee && !mayOversee(c.who) {
		return errNotAuditor
	}
	if n == readLog && !c.who.May(access.ReadLog) {
		return errNotReader
	}
	return nil
}

// identify reads the key or the token of a session, else the page's cookie.
func (c *call) identify() (err error) {
	if header := c.ctx.Request.Header.Peek("Authorization"); len(header) > 0 {
		brought := c.bearer()
		switch {
		case brought == "":
			return errNoKey
		case access.IsToken(brought):
			c.who, err = c.Keys.Session(brought)
		default:
			c.who, err = c.Keys.Check(brought, c.certificates()...)
		}
		if err != nil {
			c.failed = failedKey(brought)
		}
		return err
	}
	cookie := c.ctx.Request.Header.Cookie(cookieName)
	if len(cookie) == 0 {
		return errNoKey
	}
	c.session = true
	c.who, err = c.Keys.Session(string(cookie))
	return err
}

// bearer is what Authorization brings, or "".
func (c *call) bearer() string {
	scheme, brought, _ := bytes.Cut(c.ctx.Request.Header.Peek("Authorization"), []byte(" "))
	if !bytes.EqualFold(scheme, []byte("Bearer")) {
		return ""
	}
	return string(bytes.TrimSpace(brought))
}

// token is that of the session that was brought, or "".
func (c *call) token() string {
	if brought := c.bearer(); brought != "" {
		return brought
	}
	return string(c.ctx.Request.Header.Cookie(cookieName))
}

// certificates are the SHA-256 of the client certificate that the connection was made with and that the server's CA has
// signed, in hex; none over plain HTTP.
func (c *call) certificates() []string {
	t := gate.TLSOf(c.ctx.Conn())
	if t == nil {
		return nil
	}
	state := t.ConnectionState()
	if len(state.VerifiedChains) == 0 {
		return nil
	}
	sum := sha256.Sum256(state.PeerCertificates[0].Raw)
	return []string{hex.EncodeToString(sum[:])}
}

// inNetwork reports whether a call comes from where credentials of that pillar may be used; without networks of its own, anywhere.
func (c *call) inNetwork(pillar string) bool {
	allowed := c.Networks[pillar]
	if len(allowed) == 0 {
		return true
	}
	from, ok := netip.AddrFromSlice(c.ctx.RemoteIP())
	return ok && slices.ContainsFunc(allowed, func(n netip.Prefix) bool { return n.Contains(from.Unmap()) })
}

// failedKey is what failures of a key are counted by: the id that stands in it, or that it has none.
func failedKey(plaintext string) string {
	if id := access.ID(plaintext); id != "" {
		return "key " + id
	}
	return "no key"
}

// fromHere reports whether the request comes from this machine, for this machine by name, and was not passed on by a
// proxy on it. A page from elsewhere whose name has come to mean 127.0.0.1 still says its own name.
func (c *call) fromHere() bool {
	h := &c.ctx.Request.Header
	return c.ctx.RemoteIP().IsLoopback() && isHere(string(h.Host())) && h.Peek("Forwarded") == nil &&
		h.Peek("X-Forwarded-For") == nil && h.Peek("X-Real-Ip") == nil
}

// isHere reports whether a Host is localhost or a loopback address, with or without a port.
func isHere(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// sameSite reports whether a browser sent the request from the page itself, as far as it says. The cookie's
// SameSite=Strict holds other sites off already; this holds in browsers that do not know it, and against other ports of
// the same host.
func sameSite(ctx *fasthttp.RequestCtx) bool {
	h := &ctx.Request.Header
	if site := h.Peek("Sec-Fetch-Site"); len(site) > 0 {
		return string(site) == "same-origin" || string(site) == "none"
	}
	origin := string(h.Peek("Origin"))
	if origin == "" {
		return true
	}
	_, host, found := strings.Cut(origin, "://")
	return found && strings.EqualFold(host, string(h.Host()))
}

// lingerOnClose makes the end of this request's connection wait for what the client still sends.
func lingerOnClose(ctx *fasthttp.RequestCtx) {
	gate.Linger(ctx.Conn())
	ctx.SetConnectionClose()
}

// newRequestID is a mark to find a request in the log by; it need not be unguessable.
func newRequestID() string {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], rand.Uint64())
	return hex.EncodeToString(raw[:])
}

// secure sets the headers that every answer bears. Pages and static files replace some.
func secure(ctx *fasthttp.RequestCtx, requestID string) {
	h := &ctx.Response.Header
	h.Set("X-Request-Id", requestID)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", dataPolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// body reads the whole body of a single request of that type, at most 64 KiB. What it returns is valid until the
// handler returns.
func (c *call) body(mediaType string, otherType *problem) ([]byte, error) {
	h := &c.ctx.Request.Header
	if !isType(h, mediaType) {
		return nil, otherType
	}
	if h.ContentLength() > maxBody {
		return nil, errTooLarge
	}
	stream := c.ctx.RequestBodyStream()
	if stream == nil {
		return c.ctx.PostBody(), nil // none, or here already
	}
	body := bytes.NewBuffer(make([]byte, 0, max(h.ContentLength(), 0)+bytes.MinRead))
	if _, err := body.ReadFrom(io.LimitReader(stream, maxBody+1)); err != nil {
		return nil, unread(err)
	}
	if body.Len() > maxBody {
		return nil, errTooLarge
	}
	return body.Bytes(), nil
}

// unread says why a body could not be read.
func unread(err error) error {
	var slow interface{ Timeout() bool }
	if errors.As(err, &slow) && slow.Timeout() {
		return errSlow
	}
	return malformed("the body ended early or is not well-formed")
}

// isType reports whether the body is said to be of that type, in UTF-8 and not compressed.
func isType(h *fasthttp.RequestHeader, want string) bool {
	if e := h.Peek("Content-Encoding"); len(e) > 0 && string(e) != "identity" {
		return false
	}
	mediaType, parameters, _ := strings.Cut(strings.ToLower(string(h.ContentType())), ";")
	if strings.TrimSpace(mediaType) != want {
		return false
	}
	for _, p := range strings.Split(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if value = strings.Trim(value, `"`); name == "charset" && value != "utf-8" && value != "us-ascii" {
			return false
		}
	}
	return true
}

// writeJSON makes v the body. It does not escape < and >, as no answer is ever shown as HTML.
func writeJSON(ctx *fasthttp.RequestCtx, v any) error {
	ctx.SetContentType(jsonType)
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	ctx.Response.SetBodyRaw(escaped(body.Bytes()))
	return nil
}
