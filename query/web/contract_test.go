package web

import (
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
)

func TestSearchStatuses(t *testing.T) {
	s := serve(t, nil)
	f := func(path, body string, status int, code, field string) {
		t.Helper()
		r := s.do("POST", path, body)
		if r.StatusCode != status {
			t.Fatalf("%.80s: status %d, want %d: %s", body, r.StatusCode, status, r.text)
		}
		if status == 200 {
			return
		}
		if p := r.problem(t); p.Code != code || p.Field != field {
			t.Fatalf("%.80s: %+v, want %s of %q", body, p, code, field)
		}
	}
	const p, v = "/v1/persons/search", "/v1/vehicles/search"
	f(p, `{"name":"Virender","reason":"FIR 1/2026"}`, 200, "", "")
	f(p, `{"name":"वीरेंद्र","age":34,"tolerance":0,"status":["wanted"],"role":[],"limit":100,"reason":"DD 1"}`, 200, "", "")
	f(v, `{"registration":"HR26?K*","min_class":"LEAD","from":"2026-01-01","to":"2026-01-01","reason":"DD 1"}`, 200, "", "")

	f(p, ` `, 400, "bad_request", "")
	f(p, `{`, 400, "bad_request", "")
	f(p, `[]`, 400, "bad_request", "")
	f(p, `null`, 400, "bad_request", "")
	f(p, `{} {}`, 400, "bad_request", "")
	f(p, `{"name":"x",}`, 400, "bad_request", "")
	f(p, "{\"name\":\"a\nb\"}", 400, "bad_request", "")
	f(p, "{\"name\":\"\xff\"}", 400, "bad_request", "")
	f(p, strings.Repeat("[", 5000)+strings.Repeat("]", 5000), 400, "bad_request", "")
	f(p, `{"nam":"x"}`, 400, "unknown_field", "nam")
	f(p, `{"Name":"x"}`, 400, "unknown_field", "Name")
	f(p, `{"ref":"x"}`, 400, "unknown_field", "ref")
	f(p, `{"registration":"x"}`, 400, "unknown_field", "registration")
	f(v, `{"name":"x"}`, 400, "unknown_field", "name")
	f(p, `{"name":"x","name":"x"}`, 400, "bad_value", "name")
	f(p, `{"name":1}`, 400, "bad_value", "name")
	f(p, `{"name":null}`, 400, "bad_value", "name")
	f(p, `{"name":["x"]}`, 400, "bad_value", "name")
	f(p, `{"name":"a\u0000b"}`, 400, "bad_value", "name")
	f(p, `{"name":"\ud800"}`, 400, "bad_value", "name")
	f(p, `{"name":"\ud800\ud800"}`, 400, "bad_value", "name")
	f(p, `{"name":"`+strings.Repeat("न", 201)+`"}`, 400, "bad_value", "name")
	f(p, `{"name":"`+strings.Repeat("न", 200)+`","reason":"DD 1"}`, 200, "", "")
	f(p, `{"age":"34"}`, 400, "bad_value", "age")
	f(p, `{"age":34.5}`, 400, "bad_value", "age")
	f(p, `{"name":"x","age":1e2,"limit":20.0,"reason":"DD 1"}`, 200, "", "")
	f(p, `{"age":1e3}`, 400, "bad_value", "age")
	f(p, `{"age":1e300}`, 400, "bad_value", "age")
	f(p, `{"age":100.0000001}`, 400, "bad_value", "age")
	f(p, `{"age":131}`, 400, "bad_value", "age")
	f(p, `{"age":99999999999999999999}`, 400, "bad_value", "age")
	f(p, `{"age":34,"birth_year":1990}`, 400, "bad_value", "birth_year")
	f(p, `{"birth_year":1899}`, 400, "bad_value", "birth_year")
	f(p, `{"birth_year":9999}`, 400, "bad_value", "birth_year")
	f(p, `{"tolerance":21}`, 400, "bad_value", "tolerance")
	f(p, `{"limit":0}`, 400, "bad_value", "limit")
	f(p, `{"limit":101}`, 400, "bad_value", "limit")
	f(p, `{"limit":"20"}`, 400, "bad_value", "limit")
	f(v, `{"limit":-1}`, 400, "bad_value", "limit")
	f(p, `{"gender":"m"}`, 400, "bad_value", "gender")
	f(p, `{"status":"wanted"}`, 400, "bad_value", "status")
	f(p, `{"status":["wantd"]}`, 400, "bad_value", "status")
	f(p, `{"status":[1]}`, 400, "bad_value", "status")
	f(p, `{"status":["stolen"]}`, 400, "bad_value", "status")
	f(v, `{"status":["wanted"]}`, 400, "bad_value", "status")
	f(p, `{"role":[`+strings.Repeat(`"victim",`, 20)+`"victim"]}`, 400, "bad_value", "role")
	f(p, `{"min_class":"STRONG"}`, 400, "bad_value", "min_class")
	f(p, `{"from":"2026-02-30"}`, 400, "bad_value", "from")
	f(p, `{"to":"1/2/2026"}`, 400, "bad_value", "to")
	f(p, `{"from":"2026-02-02","to":"2026-02-01"}`, 400, "bad_value", "to")

}

func TestEngineErrors(t *testing.T) {
	s := serve(t, nil)
	f := func(path, body string, status int, code, field string) {
		t.Helper()
		r := s.do("POST", path, body)
		if p := r.problem(t); r.StatusCode != status || p.Code != code || p.Field != field {
			t.Fatalf("%.80s: %d %+v, want %d %s of %q", body, r.StatusCode, p, status, code, field)
		}
		if retry := r.Header.Get("Retry-After"); (status == 503) != (retry != "") && status != 409 {
			t.Fatalf("%.80s: Retry-After %q", body, retry)
		}
	}
	const p, v = "/v1/persons/search", "/v1/vehicles/search"
	f(p, `{"name":"x"}`, 400, "bad_value", "reason")
	f(p, `{"name":"field"}`, 400, "bad_value", "name")
	f(p, `{"name":"empty"}`, 400, "bad_request", "")
	f(p, `{"name":"stale"}`, 409, "not_fresh", "at_least")
	f(p, `{"name":"early"}`, 503, "not_ready", "")
	f(p, `{"name":"busy"}`, 503, "overloaded", "")
	f(p, `{"name":"slow"}`, 503, "overloaded", "")
	f(p, `{"name":"broken"}`, 500, "internal", "")
	f(p, `{"name":"panic"}`, 500, "internal", "")
	f(v, `{"registration":"panic"}`, 500, "internal", "")

	f(p, `{"name":"`+strings.Repeat("x", 64<<10)+`"}`, 413, "too_large", "body")
	f(p, `{"name":"`+strings.Repeat("x", 1<<20)+`"}`, 413, "too_large", "body")
	f(p+"?limit=5", `{"name":"x"}`, 400, "bad_request", "")
}

func TestMessagesSayWhatWouldBeRight(t *testing.T) {
	s := serve(t, nil)
	f := func(body, want string) {
		t.Helper()
		if p := s.do("POST", "/v1/persons/search", body).problem(t); !strings.Contains(p.Message, want) {
			t.Fatalf("%s: %q does not say %q", body, p.Message, want)
		}
	}
	f(`{"nmae":"x"}`, "did you mean name?")
	f(`{"birthYear":1990}`, "did you mean birth_year?")
	f(`{"father":"x"}`, "it has name, alias, relative")
	f(`{"limit":101}`, "from 1 to 100")
	f(`{"age":"34"}`, "a whole number from 1 to 130, without quotes")
	f(`{"status":["abscond"]}`, "did you mean absconding?")
	f(`{"from":7}`, "a date such as")
	f(`{"name":"x"`, "byte 11")
}

func TestErrorsHoldNothingPersonal(t *testing.T) {
	s := serve(t, nil)
	for _, body := range []string{`{"name":"broken"}`, `{"name":"panic"}`, `{"name":"Rakesh","limit":0}`,
		`{"name":"Rakesh Kala","gender":"Rakesh"}`, `{"name":"Rakesh"`} {
		if r := s.do("POST", "/v1/persons/search", body); strings.Contains(r.text, "Rakesh") {
			t.Fatalf("%s: %s", body, r.text)
		}
	}
	s.do("GET", "/v1/persons/search?name=Suresh&reason=DD+1", "")
	s.do("GET", "/Suresh", "")
	s.do("SURESH", "/healthz", "")
	s.stop()
	if log := s.log.String(); strings.Contains(log, "Suresh") || strings.Contains(log, "SURESH") || strings.Contains(log, "was here") {
		t.Fatalf("the log names a person: %s", log)
	}
	if log := s.log.String(); !strings.Contains(log, "disk on fire") || !strings.Contains(log, "web: panic") {
		t.Fatalf("the log does not say what broke: %s", log)
	}
}

func TestQuerySearch(t *testing.T) {
	s := serve(t, nil)
	f := func(query string, status int, field string) {
		t.Helper()
		r := s.do("GET", "/v1/persons/search?"+query, "")
		if r.StatusCode != status {
			t.Fatalf("%s: status %d: %s", query, r.StatusCode, r.text)
		}
		if status != 200 && r.problem(t).Field != field {
			t.Fatalf("%s: %s", query, r.text)
		}
	}
	f("name=Virender+Singh&alias=&age=34&limit=5&status=wanted&status=absconding&role=&reason=DD%201", 200, "")
	got, _ := s.engine.request().(*query.PersonRequest)
	if got.Name != "Virender Singh" || got.Age != 34 || *got.Limit != 5 || len(got.Status) != 2 || got.Role != nil {
		t.Fatalf("decoded %+v", got)
	}
	f("name=%E0%A4%B5&reason=DD+1", 200, "")
	f("name=%ff&reason=DD+1", 400, "name")
	f("name=a&name=b", 400, "name")
	f("nam=a", 400, "nam")
	f("ref=a", 400, "ref")
	f("limit=0", 400, "limit")
	f("limit=101", 400, "limit")
	f("limit=x", 400, "limit")
	f("status=wanted,absconding", 400, "status")
	f("name=%00", 400, "name")
}

func TestOtherCalls(t *testing.T) {
	s := serve(t, nil)
	f := func(method, path string, status int, want string, headers ...string) {
		t.Helper()
		r := s.do(method, path, "", headers...)
		if r.StatusCode != status || !strings.Contains(r.text, want) {
			t.Fatalf("%s %s: status %d, want %d with %q: %s", method, path, r.StatusCode, status, want, r.text)
		}
		if status >= 400 {
			r.problem(t)
		}
	}
	f("GET", "/v1/cases/13225008230123", 200, `"fir":"13225008230123"`)
	f("GET", "/v1/cases/13225008230124", 404, "not_found")
	f("GET", "/v1/cases/12", 400, `"field":"fir"`)
	f("GET", "/v1/cases/x/y", 404, "not_found")
	f("GET", "/v1/cases?number=1/2023&station=Kalanaur", 200, "Kalanaur")
	f("GET", "/v1/cases?number=0/0", 400, `"field":"number"`)
	f("GET", "/v1/cases", 400, `"field":"number"`)
	f("GET", "/v1/cases?numbr=1", 400, "did you mean number?")
	f("GET", "/v1/cases?number=1&number=1", 400, "once")
	f("GET", "/v1/status", 200, `"cases":7`)
	f("GET", "/healthz", 200, "alive", "Authorization", "")
	f("GET", "/readyz", 200, "shard 1 is behind", "Authorization", "")
	f("GET", "/metrics", 200, "anvesh_http_requests_total", "Authorization", "")
	f("GET", "/metrics", 401, "loopback", "Authorization", "", "X-Forwarded-For", "192.0.2.1")
	f("GET", "/metrics", 200, "process_", "X-Forwarded-For", "192.0.2.1")
	f("GET", "/openapi.json", 200, `"openapi"`, "Authorization", "")
	f("GET", "/nothing", 404, "not_found")
	f("GET", "/static/nothing.css", 404, "not_found")
	f("GET", "/static/..%2fpage.go", 404, "not_found")
	f("GET", "/static/page.html", 404, "not_found")

	s.engine.mu.Lock()
	s.engine.ready = false
	s.engine.mu.Unlock()
	f("GET", "/readyz", 503, "not_ready", "Authorization", "")
	f("GET", "/healthz", 200, "alive", "Authorization", "")
}

func TestCredentials(t *testing.T) {
	s := serve(t, nil)
	f := func(path string, status int, headers ...string) {
		t.Helper()
		r := s.do("GET", path, "", headers...)
		if r.StatusCode != status {
			t.Fatalf("%s: status %d, want %d", path, r.StatusCode, status)
		}
		if status == 401 && (r.problem(t).Code != "unauthorized" || r.Header.Get("WWW-Authenticate") == "") {
			t.Fatalf("%s: %v %s", path, r.Header, r.text)
		}
	}
	for _, path := range []string{"/v1/persons/search", "/v1/vehicles/search", "/v1/cases", "/v1/cases/1", "/v1/status", "/v1/keys"} {
		f(path, 401, "Authorization", "")
		f(path, 401, "Authorization", "Bearer anv_x")
		f(path, 401, "Authorization", "Basic "+s.key)
		f(path, 401, "Cookie", cookieName+"=00000000000000000000000000000000")
	}
	f("/v1/status", 200, "Authorization", "bearer  "+s.key)
	f("/v1/keys", 403)
	f("/v1/keys", 200, "Authorization", "Bearer "+s.admin)
	if _, err := s.keys.Revoke("desk"); err != nil {
		t.Fatal(err)
	}
	f("/v1/status", 401)
}

func TestMethods(t *testing.T) {
	s := serve(t, nil)
	f := func(method, path string, status int, allow string) {
		t.Helper()
		r := s.do(method, path, "")
		if r.StatusCode != status || r.Header.Get("Allow") != allow {
			t.Fatalf("%s %s: status %d, Allow %q", method, path, r.StatusCode, r.Header.Get("Allow"))
		}
		if method == "HEAD" && r.text != "" {
			t.Fatalf("HEAD %s has a body", path)
		}
	}
	f("DELETE", "/v1/persons/search", 405, "GET, HEAD, POST")
	f("PUT", "/v1/vehicles/match", 405, "POST")
	f("GET", "/v1/vehicles/match", 405, "POST")
	f("HEAD", "/v1/vehicles/match", 405, "POST")
	f("POST", "/v1/status", 405, "GET, HEAD")
	f("OPTIONS", "/healthz", 405, "GET, HEAD")
	f("GET", "/v1/keys/abc", 405, "DELETE")
	f("GET", "/login", 405, "POST")
	f("HEAD", "/healthz", 200, "")
	f("HEAD", "/v1/persons/search?name=x&reason=DD+1", 200, "")
	f("HEAD", "/", 200, "")
	f("HEAD", "/static/style.css", 200, "")
	f("HEAD", "/nothing", 404, "")
}

func TestContentTypes(t *testing.T) {
	s := serve(t, nil)
	const body = `{"name":"x","reason":"DD 1"}`
	f := func(contentType, encoding string, status int) {
		t.Helper()
		r := s.do("POST", "/v1/persons/search", body, "Content-Type", contentType, "Content-Encoding", encoding)
		if r.StatusCode != status {
			t.Fatalf("%q %q: status %d", contentType, encoding, r.StatusCode)
		}
	}
	f("application/json", "", 200)
	f("Application/JSON; charset=UTF-8", "", 200)
	f(`application/json;charset="utf-8"`, "identity", 200)
	f("application/json; charset=utf-16", "", 415)
	f("application/json", "gzip", 415)
	f("text/plain", "", 415)
	f("application/x-www-form-urlencoded", "", 415)
	f("", "", 415)
	if r := s.do("POST", "/v1/persons/match", body); r.StatusCode != 415 {
		t.Fatalf("a list as JSON: status %d", r.StatusCode)
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := serve(t, nil)
	f := func(method, path string) {
		t.Helper()
		r := s.do(method, path, "")
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'"} {
			if !strings.HasPrefix(r.Header.Get(name), want) {
				t.Fatalf("%s %s: %s is %q", method, path, name, r.Header.Get(name))
			}
		}
		if strings.Contains(r.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Fatalf("%s %s: %s", method, path, r.Header.Get("Content-Security-Policy"))
		}
		if want := map[string]string{"/metrics": "text/plain; version=0.0.4; charset=utf-8", "/openapi.json": jsonType}[path]; want != "" && r.Header.Get("Content-Type") != want {
			t.Errorf("%s: type %q", path, r.Header.Get("Content-Type"))
		}
		if !strings.HasPrefix(path, "/static") && path != "/openapi.json" && r.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s %s may be stored", method, path)
		}
	}
	f("GET", "/metrics")
	f("GET", "/openapi.json")
	f("GET", "/")
	f("GET", "/static/style.css")
	f("GET", "/v1/persons/search?name=x&reason=DD+1")
	f("GET", "/v1/persons/search")
	f("GET", "/nothing")
	f("PATCH", "/")
}

func TestKeyCalls(t *testing.T) {
	s := serve(t, nil)
	f := func(method, path, body string, status int, want string) string {
		t.Helper()
		r := s.do(method, path, body, "Authorization", "Bearer "+s.admin)
		if r.StatusCode != status || !strings.Contains(r.text, want) {
			t.Fatalf("%s %s: status %d: %s", method, path, r.StatusCode, r.text)
		}
		return r.text
	}
	made := f("POST", "/v1/keys", `{"name":"Meham"}`, 201, `"role":"bureau"`)
	plain := made[strings.Index(made, "anv_"):][:50]
	if r := s.do("GET", "/v1/status", "", "Authorization", "Bearer "+plain); r.StatusCode != 200 {
		t.Fatalf("the key does not open: %d", r.StatusCode)
	}
	f("POST", "/v1/keys", `{"name":"meham"}`, 409, "name_taken")
	f("POST", "/v1/keys", `{"name":""}`, 400, `"field":"name"`)
	f("POST", "/v1/keys", `{"name":"x","role":"root"}`, 400, `"field":"role"`)
	f("POST", "/v1/keys", `{"nam":"x"}`, 400, "did you mean name?")
	if list := f("GET", "/v1/keys", "", 200, "Meham"); strings.Contains(list, "anv_") || strings.Contains(list, "sha256") {
		t.Fatalf("the list shows secrets: %s", list)
	}
	f("POST", "/v1/keys/Meham/rotate", "", 200, "anv_")
	if r := s.do("GET", "/v1/status", "", "Authorization", "Bearer "+plain); r.StatusCode != 401 {
		t.Fatalf("the key from before opens: %d", r.StatusCode)
	}
	f("DELETE", "/v1/keys/Meham", "", 200, "revoked")
	f("DELETE", "/v1/keys/Meham", "", 404, "not_found")
	f("POST", "/v1/keys/Meham/rotate", "", 404, "not_found")
	session, _, err := s.keys.StartSession(s.admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []reply{s.do("GET", "/v1/keys", ""), s.do("GET", "/v1/keys", "", "Cookie", cookieName+"="+session)} {
		if r.StatusCode != 403 || r.problem(t).Code != "forbidden" {
			t.Fatalf("not an administrator's key: %d", r.StatusCode)
		}
	}
}

func TestOptions(t *testing.T) {
	keys := &access.Keys{}
	f := func(o Options, ok bool) {
		t.Helper()
		if _, err := New(o); (err == nil) != ok {
			t.Fatalf("New: %v", err)
		}
	}
	f(Options{}, false)
	f(Options{Engine: &fake{}}, false)
	f(Options{Keys: keys}, false)
	f(Options{Engine: &fake{}, Keys: keys}, true)
	f(Options{Engine: &fake{}, Keys: keys, ReadTimeout: -time.Second}, false)
	f(Options{Engine: &fake{}, Keys: keys, MaxConns: -1}, false)
}
