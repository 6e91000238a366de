package web

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/statement"
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
	f("GET", "/?kind=vehicle", "", 200, `name="chassis"`, `name="relative"`)
	f("GET", "/?kind=person&name=Virender&age=&gender=&reason=DD+1", "", 200, hit, "<b>Birender")
	f("POST", "/", "kind=person&name=Virender&limit=&reason=DD+1", 200, "records seen up to <time datetime=\"2026-11-23T05:02:05Z\">23 November 2026, 10:32</time>", "")
	f("POST", "/", "kind=vehicle&registration=HR26&reason=DD+1", 200, "all parts answered", "")
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

// TestPageSpeaksOneLanguage: chosen by a switch that stays, else as the browser says; nothing of the other one stands there but
// the name of the language.
func TestPageSpeaksOneLanguage(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	f := func(path, accept, more string, hindi bool) {
		t.Helper()
		r := s.do("GET", path, "", "Cookie", cookie+more, "Accept-Language", accept)
		text := r.text
		if has := strings.Contains(text, "कारण"); has != hindi || strings.Contains(text, "Reason for the search") == hindi {
			t.Errorf("%s in %q%s: Hindi is %v", path, accept, more, has)
		}
		if devanagari := strings.ContainsFunc(strings.NewReplacer("हिन्दी", "").Replace(text), func(r rune) bool { return r >= 0x900 && r < 0x980 }); !hindi && devanagari {
			t.Errorf("%s: an English page has Hindi: %s", path, text)
		}
	}
	f("/", "", "", false)
	f("/", "hi-IN,hi;q=0.9", "", true)
	f("/", "hi", "; anvesh_lang=en", false)
	f("/", "en", "; anvesh_lang=hi", true)
	f("/?name=x&reason=DD+1", "en", "", false)
	f("/?name=x&reason=DD+1", "hi", "", true)
	f("/?name=x&age=200", "hi", "", true)
	f("/?lang=hi", "en", "", true)
	r := s.do("GET", "/?lang=hi", "", "Cookie", cookie)
	if set := r.Header.Get("Set-Cookie"); !strings.HasPrefix(set, "anvesh_lang=hi;") || !strings.Contains(set, "max-age=") || !strings.Contains(set, "SameSite=Strict") {
		t.Errorf("the language is kept by %q", set)
	}
	refused := s.do("POST", "/v1/persons/search", `{"name":"x","age":200}`, "Accept-Language", "hi").problem(t)
	if refused.Message != "आयु: 1 से 130 तक की पूर्ण संख्या लिखें" {
		t.Errorf("over the API, in Hindi: %+v", refused)
	}
}

// TestPageReadsTheBox: what is typed becomes the fields of a search, a filter beside it counts more, and the switch says otherwise.
func TestPageReadsTheBox(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	f := func(form string, want query.Request) {
		t.Helper()
		want.Shared().Reason = "DD 1"
		if r := s.do("POST", "/", form+"&reason=DD+1", "Cookie", cookie, "Content-Type", formType); r.StatusCode != 200 || !reflect.DeepEqual(s.engine.request(), any(want)) {
			t.Errorf("%s: %d, searched for %+v", form, r.StatusCode, s.engine.request())
		}
	}
	f("q=Rajender+s/o+Om+Parkash+35", &query.PersonRequest{Name: "Rajender", Relative: "Om Parkash", Age: 35})
	f("q=Rajender+35&age=40&kind=person", &query.PersonRequest{Name: "Rajender", Age: 40})
	f("q=Rajender+35&birth_year=1980", &query.PersonRequest{Name: "Rajender", BirthYear: 1980})
	f("q=hr26dk8337&kind=person&relative=Om", &query.VehicleRequest{Registration: "hr26dk8337"})
	f("q=Rajender+35&role=victim", &query.PersonRequest{Name: "Rajender", Age: 35, Role: []string{"victim"}})
	f("q=8337&as=engine", &query.VehicleRequest{Engine: "8337"})
	f("q=8337&as=name&kind=vehicle&chassis=1", &query.PersonRequest{Name: "8337"})
	if r := s.do("POST", "/", "q=13225008230999&reason=DD+1", "Cookie", cookie, "Content-Type", formType); r.StatusCode != 404 ||
		!strings.Contains(r.text, "No such case among 7, as seen up to : FIR “13225008230999”") || strings.Contains(r.text, "not made") {
		t.Errorf("no such case: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("POST", "/", "q=123/23&reason=DD+1", "Cookie", cookie, "Content-Type", formType); r.StatusCode != 400 ||
		!strings.Contains(r.text, "such as 123/23 Thanesar City") || !strings.Contains(r.text, `data-at="q"`) {
		t.Errorf("without a station: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("POST", "/", "q=123/23&station=Thanesar&reason=DD+1", "Cookie", cookie, "Content-Type", formType); r.StatusCode != 200 || !strings.Contains(r.text, `class="case"`) {
		t.Errorf("the station in its own field: %d %s", r.StatusCode, r.text)
	}
	r := s.do("POST", "/", "q=123/23+City+Thanesar&reason=DD+1", "Cookie", cookie, "Content-Type", formType)
	if r.StatusCode != 200 || !strings.Contains(r.text, `class="case"`) {
		t.Errorf("a case: %d %s", r.StatusCode, r.text)
	}
}

// TestPageSearchesOnce: what the script sends again under its mark, and what is shown again in the other language, is not searched
// for again; another session's mark, and a search without scripts, is.
func TestPageSearchesOnce(t *testing.T) {
	s := serve(t, nil)
	first, second := s.login(), s.login()
	f := func(what, cookie, form string, searched bool, headers ...string) {
		t.Helper()
		s.engine.mu.Lock()
		s.engine.last = nil
		s.engine.mu.Unlock()
		r := s.do("POST", "/", form, append([]string{"Cookie", cookie, "Content-Type", formType}, headers...)...)
		if r.StatusCode != 200 || !strings.Contains(r.text, "Birender") || (s.engine.request() != nil) != searched {
			t.Errorf("%s: %d, searched: %v", what, r.StatusCode, s.engine.request())
		}
	}
	const form = "q=Virender&reason=DD+1&once=abc"
	f("first", first, form, true, partHeader, "results")
	f("sent again", first, form, false, partHeader, "results")
	f("in the other language", first, form+"&lang=hi", false)
	f("said to be a name", first, "q=Virender+8337&reason=DD+1&once=abd&as=name", true, partHeader, "results")
	f("which it is still in the other language", first, "q=Virender+8337&was=name+Virender+8337&reason=DD+1&once=abd&lang=hi", false)
	f("and no more where it was changed", first, "q=Virender+83&was=name+Virender+8337&reason=DD+1&once=abd&lang=hi", true)
	f("another text", first, "q=Virendra&reason=DD+1&once=abc", true, partHeader, "results")
	f("by somebody else", second, form, true, partHeader, "results")
	f("without scripts", second, form, true)
	f("without scripts again", second, form, true)
}

// TestPagePages: what follows the first hits comes by pages of one search, which is made once; the page says which hits it shows.
func TestPagePages(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	f := func(form string, first, last int, searched bool) {
		t.Helper()
		s.engine.mu.Lock()
		s.engine.last = nil
		s.engine.mu.Unlock()
		r := s.do("POST", "/", "q=many&reason=DD+1&once=abc"+form, "Cookie", cookie, "Content-Type", formType, partHeader, "results")
		has := func(n int) bool { return strings.Contains(r.text, fmt.Sprintf(">Hit %d.<", n)) }
		if r.StatusCode != 200 || !has(first) || !has(last) || has(first-1) || has(last+1) || !strings.Contains(r.text, fmt.Sprintf("%d–%d</b>", first, last)) {
			t.Errorf("%s: %d, not hits %d to %d: %s", form, r.StatusCode, first, last, r.text)
		}
		if (s.engine.request() != nil) != searched {
			t.Errorf("%s: searched for %+v", form, s.engine.request())
		}
	}
	f("", 1, 20, true)
	f("&page=2", 21, 40, true)
	f("&page=3", 41, 60, false)
	f("&page=5", 81, 84, false)
	f("&page=99", 81, 84, false)
	f("&page=1", 1, 20, false)
	f("&page=2", 21, 40, false)
	f("&page=x", 1, 20, false)
}

// TestPageStatement: that nobody was found is shown as a signed statement and saved as the file that the API gives, of the very search
// that is shown; where there are hits, or anything was missed, the page says why not.
func TestPageStatement(t *testing.T) {
	key, err := statement.OpenKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	public, err := statement.ParsePublic([]byte(key.Public()))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *Options) { o.Statements = key })
	cookie := s.login()
	f := func(form string, status int, has, lacks string) reply {
		t.Helper()
		r := s.do("POST", "/", form+"&reason=DD+1&once=abc", "Cookie", cookie, "Content-Type", formType)
		if r.StatusCode != status || !strings.Contains(r.text, has) || lacks != "" && strings.Contains(r.text, lacks) {
			t.Errorf("%s: %d, has %q, lacks %q: %s", form, r.StatusCode, has, lacks, r.text)
		}
		return r
	}
	f("q=nobody", 200, `name="statement" value="file"`, key.ID())
	f("q=x", 200, "Birender", `name="statement"`)
	f("q=cut", 200, "so no statement can be given", `name="statement"`)
	f("q=nobody&statement=show", 200, key.ID(), "")
	f("q=nobody&statement=show&lang=hi", 200, "हस्ताक्षरित कथन", "Signed statement")
	file := f("q=nobody&statement=file", 200, "payloadType", "<html")
	stated, err := statement.Open([]byte(file.text), public)
	if err != nil || stated.SearchID != "s1" || file.Header.Get("Content-Disposition") != `attachment; filename="anvesh-statement-s1.json"` {
		t.Errorf("%+v, %v, %v", stated, err, file.Header)
	}
	f("q=nobody+s/o+Ram+8337", 200, "by its look alone", `name="statement"`)
	f("q=nobody+s/o+Ram+8337&statement=file", 409, "say first what it is", "payloadType")
	f("q=nobody+s/o+Ram+8337&statement=show&lang=hi", 409, "पहले बताएँ कि यह क्या है", "say first")
	chosen := f("q=nobody+s/o+Ram+8337&as=name", 200, `name="statement" value="file"`, "by its look alone")
	if !strings.Contains(chosen.text, `name="was" value="name nobody s/o Ram 8337"`) {
		t.Errorf("what was chosen is forgotten: %s", chosen.text)
	}
	f("q=nobody+s/o+Ram+8337&was=name+nobody+s/o+Ram+8337&statement=file", 200, "payloadType", "<html")
	f("q=nobody+s/o+Ram+8338&was=name+nobody+s/o+Ram+8337&statement=file", 409, "say first what it is", "payloadType")
	f("q=x&statement=file", 409, "see the hits below", "payloadType")
	f("q=x&statement=show&lang=hi", 409, "नीचे परिणाम देखें", "see the hits")
	f("q=cut&statement=file", 409, "not everything could be searched", "payloadType")
	f("q=nobody&statement=file&min_class=EXACT", 400, "about every hit there can be", "payloadType")
	s = serve(t, nil)
	cookie = s.login()
	f("q=nobody", 200, "", `name="statement"`)
	f("q=nobody&statement=file", 200, "<html", "payloadType")
}

// TestPagePart: the page's script is sent what a search changes and nothing else, compressed where the browser reads that.
func TestPagePart(t *testing.T) {
	s := serve(t, nil)
	cookie := s.login()
	r := s.do("POST", "/", "q=Rajender&reason=DD+1", "Cookie", cookie, "Content-Type", formType, "Anvesh-Part", "results", "Accept-Encoding", "gzip")
	if r.Header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(r.text, "\x1f\x8b") || len(r.text) > 3000 {
		t.Fatalf("%v, %d bytes", r.Header, len(r.text))
	}
	unpacked, err := gzip.NewReader(strings.NewReader(r.text))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil || !strings.Contains(string(text), `id="results"`) || strings.Contains(string(text), "<form") {
		t.Fatalf("%v: %s", err, text)
	}
	if plain := s.do("POST", "/", "q=Rajender&reason=DD+1", "Cookie", cookie, "Content-Type", formType, "Accept-Encoding", "identity"); plain.Header.Get("Content-Encoding") != "" || !strings.Contains(plain.text, "<form") {
		t.Fatalf("%v", plain.Header)
	}
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
