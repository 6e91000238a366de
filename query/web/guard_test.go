package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"anvesh/query"
)

// TestSearchesFromElsewhere follows links of other sites to a search: none is made. From the page itself, from a typed
// address and with a program that says nothing of sites it is.
func TestSearchesFromElsewhere(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	f := func(made bool, headers ...string) {
		t.Helper()
		before := s.engine.request()
		r := s.do("GET", "/?name=x"+fmt.Sprint(headers)[1:2]+"&reason=DD+1", "", append([]string{"Cookie", cookie}, headers...)...)
		if asked := s.engine.request() != before; asked != made || (r.StatusCode == 200) != made || !made && r.StatusCode != 403 {
			t.Errorf("%v: status %d, search made: %v", headers, r.StatusCode, asked)
		}
	}
	f(true)
	f(true, "Sec-Fetch-Site", "same-origin")
	f(true, "Sec-Fetch-Site", "none")
	f(false, "Sec-Fetch-Site", "cross-site")
	f(false, "Sec-Fetch-Site", "same-site")
	f(false, "Origin", "https://elsewhere.example")
	if r := s.do("GET", "/?kind=vehicle", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site"); r.StatusCode != 200 {
		t.Errorf("a link to the page: %d", r.StatusCode)
	}
}

// TestSessionEndsWithTheNext logs in twice with one browser: the first session is over.
func TestSessionEndsWithTheNext(t *testing.T) {
	s := serve(t, nil)
	first := s.login()
	if r := s.do("POST", "/login", "key="+s.key, "Content-Type", formType, "Cookie", first); r.StatusCode != 303 {
		t.Fatalf("the second: %d", r.StatusCode)
	}
	if r := s.do("GET", "/v1/status", "", "Cookie", first); r.StatusCode != 401 {
		t.Errorf("the first session after the second began: %d", r.StatusCode)
	}
	other := s.login() // another browser
	s.do("POST", "/login", "key=wrong", "Content-Type", formType, "Cookie", other)
	if r := s.do("GET", "/v1/status", "", "Cookie", other); r.StatusCode != 200 {
		t.Errorf("a session after a log-in that failed: %d", r.StatusCode)
	}
}

func TestSecureCookies(t *testing.T) {
	for _, secure := range []bool{false, true} {
		s := serve(t, func(o *Options) { o.SecureCookies = secure })
		r := s.do("POST", "/login", "key="+s.key, "Content-Type", formType)
		if got := strings.Contains(strings.ToLower(r.Header.Get("Set-Cookie")), "; secure"); got != secure {
			t.Errorf("SecureCookies %v: %s", secure, r.Header.Get("Set-Cookie"))
		}
	}
}

// TestMetricsByName asks for measures on loopback under names that are this machine's and others, as a page does whose
// name has been made to mean 127.0.0.1.
func TestMetricsByName(t *testing.T) {
	s := serve(t, nil)
	f := func(host string, status int) {
		t.Helper()
		if r := s.raw("GET /metrics HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n"); r.StatusCode != status {
			t.Errorf("Host %s: %d", host, r.StatusCode)
		}
	}
	for _, host := range []string{"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:8080"} {
		f(host, 200)
	}
	for _, host := range []string{"elsewhere.example", "localhost.elsewhere.example:8080", "127.0.0.1.elsewhere.example", "192.0.2.1", "[2001:db8::1]:80", ":80"} {
		f(host, 401)
	}
}

// TestPathsAreTakenAsSent asks for paths that mean something only when they are decoded or shortened.
func TestPathsAreTakenAsSent(t *testing.T) {
	s := serve(t, nil)
	f := func(path string, status int) {
		t.Helper()
		r := s.raw("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer " + s.key + "\r\n\r\n")
		if r.StatusCode != status {
			t.Errorf("%s: %d, want %d", path, r.StatusCode, status)
		}
	}
	f("/v1/status", 200)
	f("/static/page.js?x=1", 200)
	f("http://a/v1/status", 200)
	f("/v1/cases/13225008230123", 200)
	f("/v1/cases/1322500823012%33", 200)
	for _, path := range []string{"/v1%2fstatus", "/v1/%73tatus", "/static/../v1/status", "/static/..%2fv1/status", "//v1/status", "/v1//status",
		"/v1/./status", "/static/%2e%2e", "/static/page.js%00", "/static/%2fpage.js", "/static/..", "/v1/status/", "/static/%5cpage.js",
		"/static/%ff", "/static/%zz", "/v1/cases/%e2%80%ae13225008230123"} {
		f(path, 404)
	}
}

// TestVersionsOfHTTP answers no other than 1.0 and 1.1, and nothing behind them.
func TestVersionsOfHTTP(t *testing.T) {
	s := serve(t, nil)
	f := func(version, want string) {
		t.Helper()
		got := s.exchange("GET /healthz HTTP/" + version + "\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
		if strings.Join(got, ", ") != want {
			t.Errorf("HTTP/%s: %q", version, got)
		}
	}
	f("1.1", "200 alive, 200 alive")
	f("1.0", "200 alive, 200 alive")
	f("9.9", "400")
	f("1.2", "400")
	f("0.9", "400")
	f("2.0", "400")
}

// TestBodiesOfKeepersAreRead strictly, by the decoder of all others.
func TestBodiesOfKeepersAreRead(t *testing.T) {
	k := &keeper{text: "part"}
	s := serve(t, func(o *Options) { o.Keeper = k })
	f := func(path, body, code, field string) {
		t.Helper()
		r := s.do("POST", path, body, "Authorization", "Bearer "+s.admin)
		if r.StatusCode != 400 || r.problem(t).Code != code || r.problem(t).Field != field {
			t.Errorf("%s %s: %d %s", path, body, r.StatusCode, r.text)
		}
	}
	for path, field := range map[string]string{"/v1/check": "full", "/v1/backup": "number", "/v1/keys": "name"} {
		f(path, `{} x`, "bad_request", "")
		f(path, `{}{}`, "bad_request", "")
		f(path, `{"`+field+`":null}`, "bad_value", field)
		f(path, `{"`+field+`":[]}`, "bad_value", field)
		f(path, `{"`+strings.ToUpper(field)+`":1}`, "unknown_field", strings.ToUpper(field))
		f(path, `[]`, "bad_request", "")
		f(path+"?x=1", `{}`, "bad_request", "")
	}
	f("/v1/check", `{"rate":1,"rate":1}`, "bad_value", "rate")
	f("/v1/check", `{"full":1}`, "bad_value", "full")
	f("/v1/check", `{"rate":-1}`, "bad_value", "rate")
	if k.checking {
		t.Error("a check has begun")
	}
}

// TestTextIsOneLine sends texts with line breaks and marks that do not show: what is kept of them is one line that shows
// what it is, also where it is a reason, which is logged.
func TestTextIsOneLine(t *testing.T) {
	f := func(given, want string) {
		t.Helper()
		if got, err := checkText("reason", given, query.MaxText); got != want || (err != nil) != (want == "") {
			t.Errorf("%q became %q, %v; want %q", given, got, err, want)
		}
	}
	f("FIR 1/2026\nGD 2/2026", "FIR 1/2026 GD 2/2026")
	f("\tFIR\r\n1/2026\u2028", "FIR  1/2026")
	f("FIR\u00a01/2026\u0085", "FIR 1/2026")
	f("FIR \u202e6202/1\u202c", "FIR 6202/1")
	f("\ufeffFIR 1\u200b/2026\u00ad", "FIR 1/2026")
	f("क्\u200dष", "क्\u200dष")
	f("FIR 1/2026\x00", "")
	f("FIR \x1b[31m1/2026", "")
	f("FIR \u009b31m1/2026", "")
	f("\ufffd", "")
	s := serve(t, nil)
	if r := s.do("POST", personSearch, `{"name":"x","reason":"DD 1\nDD 2 \u202e"}`); r.StatusCode != 200 {
		t.Fatalf("a reason of two lines: %d %s", r.StatusCode, r.text)
	}
	if reason := s.engine.request().(*query.PersonRequest).Reason; reason != "DD 1 DD 2" {
		t.Errorf("the reason became %q", reason)
	}
}

// TestNothingHiddenIsShown answers with a record's text that would turn the direction of what is shown, or do something
// in a terminal: in JSON it stands as escapes and is the same text, on the page it shows.
func TestNothingHiddenIsShown(t *testing.T) {
	const evil = "Ra\u202ekesh\u2066 \u009b31m\x1b[2J\x7f \u200f\ufeff\U000e0041क्\u200dष"
	s := serve(t, nil)
	s.engine.mu.Lock()
	s.engine.extra = evil
	s.engine.mu.Unlock()
	cookie := s.login()
	shown := map[string]string{
		"search": s.do("POST", personSearch, plainSearch).text,
		"list":   s.do("POST", "/v1/persons/match?reason=DD+1", `{"name":"x"}`, "Content-Type", ndjson).text,
		"page":   s.do("POST", "/", "name=x%e2%80%ae&reason=DD+1", "Cookie", cookie, "Content-Type", formType).text,
		"form":   s.do("GET", "/?kind=person&name=%e2%80%ae%1b", "", "Cookie", cookie).text,
	}
	for where, text := range shown {
		if i := strings.IndexFunc(text, func(r rune) bool { return hidden(r) && r != '\n' && r != '\t' }); i >= 0 {
			t.Errorf("%s shows %q", where, text[i:i+4])
		}
	}
	for _, where := range []string{"search", "list"} {
		var a struct {
			Hits []struct{ Record struct{ Aliases []string } }
		}
		if err := json.Unmarshal([]byte(shown[where]), &a); err != nil || a.Hits[0].Record.Aliases[0] != evil {
			t.Errorf("%s holds %q, %v", where, a.Hits, err)
		}
	}
	if !strings.Contains(shown["page"], "Ra\ufffdkesh") {
		t.Error("the page does not show that something stands there")
	}
}

func FuzzEscaped(f *testing.F) {
	f.Add("abc\u202e\U000e0041é\u0900")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		plain, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		b := escaped(plain)
		var back string
		if err := json.Unmarshal(b, &back); err != nil || back != s || strings.ContainsFunc(string(b), hidden) {
			t.Fatalf("%q became %q, %v", s, b, err)
		}
	})
}
