package web

import (
	"net/url"
	"sort"
	"strings"
	"unicode/utf8"

	"anvesh/query/web/meter"
)

// need is what a caller must bring.
type need int

const (
	nothing    need = iota
	local           // a connection from this machine, or a key
	key             // a key, or a page session
	administer      // a key that may administer credentials
	operate         // a key that may operate the service
	oversee         // may have proofs of the log of who asked what
	readLog         // may read the log of who asked what
)

// A route is one path and method that is served. Its path may have one part in braces, which becomes call.part.
type route struct {
	method string
	path   string
	need   need
	list   bool // takes a list: a large body, read as it comes
	logs   bool // changes a credential: who does so is in the log before
	serve  func(*call) error
}

// allRoutes lists everything that is served. The OpenAPI description has the same paths and methods; a test holds the
// two together.
func allRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/persons/search", need: key, serve: searchPersons},
		{method: "POST", path: "/v1/persons/search", need: key, serve: searchPersons},
		{method: "GET", path: "/v1/vehicles/search", need: key, serve: searchVehicles},
		{method: "POST", path: "/v1/vehicles/search", need: key, serve: searchVehicles},
		{method: "POST", path: "/v1/persons/match", need: key, list: true, serve: matchPersons},
		{method: "POST", path: "/v1/vehicles/match", need: key, list: true, serve: matchVehicles},
		{method: "GET", path: "/v1/cases", need: key, serve: findCases},
		{method: "GET", path: "/v1/cases/{fir}", need: key, serve: showCase},
		{method: "POST", path: "/v1/cases/{fir}/unmask", need: key, serve: unmaskCase},
		{method: "POST", path: "/v1/updates", need: key, list: true, serve: enter},
		{method: "GET", path: "/v1/statements/key", need: key, serve: showStatementKey},
		{method: "GET", path: "/v1/status", need: key, serve: showStatus},
		{method: "GET", path: "/v1/keys", need: administer, serve: listKeys},
		{method: "POST", path: "/v1/keys", need: administer, serve: addKey},
		{method: "DELETE", path: "/v1/keys/{id}", need: administer, logs: true, serve: revokeKey},
		{method: "POST", path: "/v1/keys/{id}/rotate", need: administer, logs: true, serve: rotateKey},
		{method: "GET", path: "/v1/credentials", need: administer, serve: listCredentials},
		{method: "POST", path: "/v1/credentials", need: key, serve: requestCredential},
		{method: "GET", path: "/v1/credentials/report", need: administer, serve: reportCredentials},
		{method: "DELETE", path: "/v1/credentials/{id}", need: administer, logs: true, serve: takeStep("revoke")},
		{method: "POST", path: "/v1/credentials/{id}/approve", need: administer, logs: true, serve: takeStep("approve")},
		{method: "POST", path: "/v1/credentials/{id}/refuse", need: administer, logs: true, serve: takeStep("refuse")},
		{method: "POST", path: "/v1/credentials/{id}/issue", need: administer, logs: true, serve: takeStep("issue")},
		{method: "POST", path: "/v1/credentials/{id}/rotate", need: administer, logs: true, serve: rotateCredential},
		{method: "POST", path: "/v1/credentials/{id}/reset", need: administer, logs: true, serve: takeStep("reset")},
		{method: "POST", path: "/v1/credentials/{id}/change", need: administer, logs: true, serve: changeCredential},
		{method: "POST", path: "/v1/approvals", need: key, logs: true, serve: approveList},
		{method: "POST", path: "/v1/signin", serve: signIn},
		{method: "POST", path: "/v1/signout", need: key, serve: signOut},
		{method: "GET", path: "/v1/me", need: key, serve: showMe},
		{method: "POST", path: "/v1/me/second-factor", need: key, logs: true, serve: setSecondFactor},
		{method: "POST", path: "/v1/me/password", need: key, logs: true, serve: setPassword},
		{method: "POST", path: "/v1/backup", need: operate, serve: backup},
		{method: "GET", path: "/v1/rebuild", need: operate, serve: showRebuild},
		{method: "POST", path: "/v1/rebuild", need: operate, serve: beginRebuild},
		{method: "GET", path: "/v1/check", need: operate, serve: showCheck},
		{method: "POST", path: "/v1/check", need: operate, serve: beginCheck},
		{method: "GET", path: "/v1/audit", need: readLog, serve: findEntries},
		{method: "GET", path: "/v1/audit/checkpoint", need: oversee, serve: showCheckpoint},
		{method: "GET", path: "/v1/audit/proof", need: oversee, serve: showProof},
		{method: "GET", path: "/v1/audit/export", need: oversee, serve: exportLog},
		{method: "POST", path: "/v1/audit/consistency", need: oversee, serve: proveConsistency},
		{method: "POST", path: "/v1/audit/verify", need: oversee, serve: verifyLog},
		{method: "GET", path: "/healthz", serve: alive},
		{method: "GET", path: "/readyz", serve: ready},
		{method: "GET", path: "/metrics", need: local, serve: showMetrics},
		{method: "GET", path: "/openapi.json", serve: describe},
		{method: "GET", path: "/", serve: showPage},
		{method: "POST", path: "/", serve: showPage},
		{method: "GET", path: "/case/{fir}", serve: showCasePage},
		{method: "GET", path: "/account", serve: showAccount},
		{method: "POST", path: "/account/second-factor", serve: pageSecondFactor},
		{method: "POST", path: "/account/password", serve: pagePassword},
		{method: "GET", path: "/lists", serve: showLists},
		{method: "POST", path: "/lists", serve: putList},
		{method: "GET", path: "/lists/{id}", serve: showList},
		{method: "POST", path: "/lists/{id}", serve: changeList},
		{method: "GET", path: "/lists/{id}/csv", serve: downloadCSV},
		{method: "GET", path: "/lists/{id}/xlsx", serve: downloadBook},
		{method: "GET", path: "/credentials", serve: showCredentials},
		{method: "POST", path: "/credentials", serve: showCredentials},
		{method: "POST", path: "/credentials/new", serve: pageRequest},
		{method: "POST", path: "/credentials/{id}", serve: pageStep},
		{method: "GET", path: "/approvals", serve: showApprovals},
		{method: "POST", path: "/approvals", serve: showApprovals},
		{method: "GET", path: "/log", serve: showLog},
		{method: "POST", path: "/log", serve: showLog},
		{method: "GET", path: "/log/{entry}", serve: showEntryProof},
		{method: "POST", path: "/login", serve: login},
		{method: "POST", path: "/logout", serve: logout},
		{method: "GET", path: "/signin/oidc", serve: beginElsewhere},
		{method: "GET", path: "/signin/oidc/back", serve: endElsewhere},
		{method: "GET", path: "/units/{kind}", serve: suggestUnits},
		{method: "GET", path: "/static/{file}", serve: serveStatic},
	}
}

// bound is a route with its measures.
type bound struct {
	route
	series *meter.Series
}

// place is one path with all that it serves.
type place struct {
	parts   []string // of the path; one in braces matches anything but ""
	methods map[string]*bound
	allow   string
	series  *meter.Series
}

// routes finds what a request asks for.
type routes struct {
	exact    map[string]*place
	patterns []*place
}

// newRoutes makes the table.
func newRoutes(all []route, m *meter.Meter) *routes {
	rs := &routes{exact: map[string]*place{}}
	for _, r := range all {
		p := rs.exact[r.path]
		if p == nil {
			p = &place{parts: strings.Split(r.path, "/"), methods: map[string]*bound{}, series: m.Path(r.path)}
			rs.exact[r.path] = p
			if strings.Contains(r.path, "{") {
				rs.patterns = append(rs.patterns, p)
			}
		}
		b := &bound{route: r, series: p.series}
		p.methods[r.method] = b
		if r.method == "GET" {
			p.methods["HEAD"] = b
		}
	}
	for _, p := range rs.exact {
		allow := make([]string, 0, len(p.methods))
		for method := range p.methods {
			allow = append(allow, method)
		}
		sort.Strings(allow)
		p.allow = strings.Join(allow, ", ")
	}
	return rs
}

// find returns the place of a path as it was sent, and the part of it that stands where the pattern has braces. It goes by
// the path before anything is decoded or shortened, as a proxy that guards some paths does: what is hidden from that by
// %2f, .. or // is nothing here.
func (rs *routes) find(path []byte) (p *place, part string) {
	if p := rs.exact[string(path)]; p != nil {
		return p, ""
	}
	parts := strings.Split(string(path), "/")
	for _, p := range rs.patterns {
		if part, ok := p.match(parts); ok {
			return p, part
		}
	}
	return nil, ""
}

// match compares a path with a pattern part by part.
func (p *place) match(parts []string) (part string, ok bool) {
	if len(parts) != len(p.parts) {
		return "", false
	}
	for i, want := range p.parts {
		if strings.HasPrefix(want, "{") && parts[i] != "" {
			if part = decoded(parts[i]); part == "" {
				return "", false
			}
		} else if want != parts[i] {
			return "", false
		}
	}
	return part, true
}

// decoded is one part of a path without its escapes; "" where that is no single part any more, or no text.
func decoded(part string) string {
	s, err := url.PathUnescape(part)
	if err != nil || s == "." || s == ".." || strings.ContainsAny(s, `/\`) || !utf8.ValidString(s) || strings.ContainsFunc(s, hidden) {
		return ""
	}
	return s
}
