package web

import (
	"net/url"
	"strings"
	"testing"
)

const formType = "application/x-www-form-urlencoded"

// login begins a page session and returns the cookie as a request bears it.
func (s *site) login() string {
	s.t.Helper()
	r := s.do("POST", "/login", url.Values{"key": {s.key}}.Encode(), "Content-Type", formType, "Authorization", "")
	cookie := r.Header.Get("Set-Cookie")
	if r.StatusCode != 303 || r.Header.Get("Location") != "/" || !strings.HasPrefix(cookie, cookieName+"=") {
		s.t.Fatalf("login: %d %v", r.StatusCode, r.Header)
	}
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "path=/", "expires="} {
		if !strings.Contains(cookie, part) {
			s.t.Fatalf("the cookie lacks %s: %s", part, cookie)
		}
	}
	value, _, _ := strings.Cut(cookie, ";")
	return value
}

func TestPage(t *testing.T) {
	s := serve(t, func(o *Options) { o.Practice = true })
	cookie := s.login()
	f := func(method, path, body string, status int, has, lacks string) {
		t.Helper()
		r := s.do(method, path, body, "Cookie", cookie, "Content-Type", formType)
		if r.StatusCode != status || !strings.Contains(r.text, has) || lacks != "" && strings.Contains(r.text, lacks) {
			t.Fatalf("%s %s: status %d, has %q, lacks %q: %s", method, path, r.StatusCode, has, lacks, r.text)
		}
	}
	const hit = "Birender &lt;b&gt;"
	f("GET", "/", "", 200, "Practice: made-up data", "action=\"/login\"")
	f("GET", "/?kind=vehicle", "", 200, `name="registration"`, `name="relative"`)
	f("GET", "/?kind=person&name=Virender&age=&gender=&reason=DD+1", "", 200, hit, "<b>Birender")
	f("POST", "/", "kind=person&name=Virender&limit=&reason=DD+1", 200, "Seen through <time datetime=\"2026-11-23T05:02:05Z\">10:32:05</time>", "")
	f("POST", "/", "kind=vehicle&registration=HR26&reason=DD+1", 200, "all 2 of 2 shards", "")
	f("GET", "/?name=a%22%3E%3Cscript%3E&reason=DD+1", "", 200, `value="a&#34;&gt;&lt;script&gt;"`, "<script>a")
	f("GET", "/?kind=person&name=x", "", 400, `data-field="reason"`, hit)
	f("GET", "/?kind=person&nam=x", "", 400, "did you mean name?", hit)
	f("GET", "/?name=stale&reason=DD+1", "", 409, "not made", hit)
	f("GET", "/?name=broken&reason=DD+1", "", 500, "internal error", "fire")
	cookie = cookieName + "=x"
	f("GET", "/", "", 200, "action=\"/login\"", `name="reason"`)
	f("GET", "/?name=Virender&reason=DD+1", "", 401, "action=\"/login\"", hit)
	f("POST", "/login", "key=wrong", 401, "This needs a valid key", "")
}

func TestPageWithoutPractice(t *testing.T) {
	s := serve(t, nil)
	if r := s.do("GET", "/", ""); strings.Contains(r.text, "Practice") || r.Header.Get("Content-Security-Policy") != pagePolicy {
		t.Fatalf("%v %s", r.Header, r.text)
	}
}

func TestPageNeedsNoOtherHostAndNothingInline(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	page := s.do("GET", "/?name=x&reason=DD+1", "", "Cookie", cookie).text
	for _, bad := range []string{"http://", "https://", "//", "<style", "style=", "onclick", "javascript:", "<script>"} {
		if strings.Contains(page, bad) {
			t.Fatalf("the page has %q", bad)
		}
	}
	for _, path := range []string{"/static/style.css", "/static/page.js", "/static/mark.svg"} {
		if !strings.Contains(page, path) {
			t.Fatalf("the page does not load %s", path)
		}
		r := s.do("GET", path, "", "Authorization", "")
		if r.StatusCode != 200 || len(r.text) == 0 {
			t.Fatalf("%s: %d", path, r.StatusCode)
		}
		if again := s.do("GET", path, "", "If-None-Match", r.Header.Get("ETag")); again.StatusCode != 304 || again.text != "" {
			t.Fatalf("%s again: %d", path, again.StatusCode)
		}
	}
}

func TestSessions(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	f := func(method, path, body string, status int, headers ...string) {
		t.Helper()
		r := s.do(method, path, body, append([]string{"Cookie", cookie}, headers...)...)
		if r.StatusCode != status {
			t.Fatalf("%s %s %v: status %d: %s", method, path, headers, r.StatusCode, r.text)
		}
	}
	const body = `{"name":"x","reason":"DD 1"}`
	f("POST", "/v1/persons/search", body, 200)
	f("POST", "/v1/persons/search", body, 200, "Sec-Fetch-Site", "same-origin")
	f("POST", "/v1/persons/search", body, 200, "Origin", "http://"+s.addr)
	f("POST", "/v1/persons/search", body, 403, "Sec-Fetch-Site", "cross-site")
	f("POST", "/v1/persons/search", body, 403, "Sec-Fetch-Site", "same-site")
	f("POST", "/v1/persons/search", body, 403, "Origin", "http://elsewhere.example")
	f("GET", "/v1/persons/search?name=x&reason=DD+1", "", 403, "Sec-Fetch-Site", "cross-site")
	f("POST", "/", "name=x&reason=DD+1", 403, "Content-Type", formType, "Sec-Fetch-Site", "cross-site")
	f("POST", "/", "{}", 415)
	f("POST", "/login", "key="+s.key, 403, "Content-Type", formType, "Origin", "http://elsewhere.example")
	f("POST", "/logout", "", 403, "Origin", "null")
	f("GET", "/v1/status", "", 200)
	f("POST", "/logout", "", 303)
	f("GET", "/v1/status", "", 401)
}
