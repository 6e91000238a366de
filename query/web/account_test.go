package web

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"anvesh/query/access"
	"anvesh/query/audit"
)

// asPage are the headers of a request from the page by whoever has a session.
func asPage(token, lang string) []string {
	return []string{"Cookie", cookieName + "=" + token, "Authorization", "", "Accept-Language", lang, "Content-Type", formType, "Sec-Fetch-Site", "same-origin"}
}

// fields makes a form of names and values in turn.
func fields(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// foreign tells whether a page in a language has letters that are not of it: Devanagari in English, and in Hindi an English text of
// the catalogue's. Names of people are in Latin letters here.
func foreign(text, lang string, english ...string) string {
	text = strings.NewReplacer("हिन्दी", "", "Hindi", "").Replace(text)
	if at := strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Devanagari, r) }); lang == "en" && at >= 0 {
		return text[at:min(len(text), at+60)]
	}
	for _, e := range english {
		if lang == "hi" && strings.Contains(text, e) {
			return e
		}
	}
	return ""
}

// everyRole are tokens of sessions of each role; admin and bureau are machines.
func (s *site) everyRole() map[string]string {
	s.t.Helper()
	units := map[string]string{access.RoleConstable: "13225008", access.RoleSHO: "13225008", access.RoleIO: "13225008", access.RoleSupervisor: "13225",
		access.RoleProsecution: "13225", access.RoleCourt: "13225", access.RolePrison: "13225", access.RoleForensics: "13225", access.RoleAuditor: "13225"}
	tokens := map[string]string{}
	for role, unit := range units {
		tokens[role] = s.officer(role, unit).SignIn(s.keys)
	}
	for role, key := range map[string]string{access.RoleBureau: s.key, access.RoleAdmin: s.admin} {
		token, _, err := s.keys.StartSession(key)
		if err != nil {
			s.t.Fatal(err)
		}
		tokens[role] = token
	}
	return tokens
}

// TestWhoSeesWhichView: each role is shown its own views and no way to the others, and is told so in its language where it goes there
// all the same; what another site sends is refused, and nobody is asked to sign in.
func TestWhoSeesWhichView(t *testing.T) {
	s := serve(t, func(o *Options) { o.Audit = openLog(t) })
	may := map[string][]string{
		"/credentials": {access.RoleAdmin},
		"/approvals":   {access.RoleSupervisor},
		"/lists":       {access.RoleConstable, access.RoleSHO, access.RoleIO, access.RoleSupervisor, access.RoleBureau, access.RolePrison},
		"/log":         {access.RoleAuditor},
		"/account":     access.Roles(),
	}
	for role, token := range s.everyRole() {
		home := s.do("GET", "/account", "", asPage(token, "en")...).text
		for path, roles := range may {
			allowed := strings.Contains(fmt.Sprint(roles), role)
			if listed := strings.Contains(home, `href="`+path+`"`); listed != allowed {
				t.Errorf("%s: the way to %s is shown: %v", role, path, listed)
			}
			for lang, words := range map[string]string{"en": "your role does not see this view", "hi": "आपकी भूमिका को यह भाग नहीं दिखाया जाता"} {
				r := s.do("GET", path, "", asPage(token, lang)...)
				told := strings.Contains(r.text, `role="alert"`) && strings.Contains(r.text, words)
				if want := map[bool]int{true: 200, false: 403}[allowed]; r.StatusCode != want || told == allowed {
					t.Errorf("%s at %s in %s: %d %s", role, path, lang, r.StatusCode, r.text)
				}
				if r := s.do("GET", path, "", append(asPage(token, lang), "Sec-Fetch-Site", "cross-site")...); r.StatusCode != 403 {
					t.Errorf("%s at %s from another site: %d", role, path, r.StatusCode)
				}
			}
		}
	}
	for path := range may {
		if r := s.do("GET", path, "", "Authorization", ""); r.StatusCode != 401 || !strings.Contains(r.text, `action="/login"`) {
			t.Errorf("%s of nobody: %d", path, r.StatusCode)
		}
		if r := s.do("GET", path, "", "Authorization", "Bearer "+s.admin); r.StatusCode != 401 {
			t.Errorf("%s with a key: %d", path, r.StatusCode)
		}
	}
}

// TestHome: who may look for nothing is not shown a box to type into, but his own first view.
func TestHome(t *testing.T) {
	s := serve(t, nil)
	tokens := s.everyRole()
	f := func(role string, status int, to string) {
		t.Helper()
		if r := s.do("GET", "/", "", asPage(tokens[role], "en")...); r.StatusCode != status || r.Header.Get("Location") != to {
			t.Errorf("%s: %d to %q", role, r.StatusCode, r.Header.Get("Location"))
		}
	}
	f(access.RoleConstable, 200, "")
	f(access.RoleForensics, 200, "")
	f(access.RoleAdmin, 303, "/credentials")
	f(access.RoleAuditor, 303, "/log")
}

// TestAccount: who one is, what one may do and what is left of the day stand there, in the language alone.
func TestAccount(t *testing.T) {
	s := serve(t, func(o *Options) {
		o.Unit = func(code string) (string, string) { return "Kalanaur", "कलानौर" }
		o.Budget = func(access.Identity) (int, int) { return 7, 400 }
	})
	token := s.officer(access.RoleConstable, "13225008").SignIn(s.keys)
	f := func(lang string, texts ...string) {
		t.Helper()
		r := s.do("GET", "/account", "", asPage(token, lang)...)
		for _, text := range texts {
			if r.StatusCode != 200 || !strings.Contains(r.text, text) {
				t.Errorf("in %s %q is missing: %d %s", lang, text, r.StatusCode, r.text)
			}
		}
		if other := foreign(r.text, lang, "Account", "Action", "searches", "state", "unit"); other != "" {
			t.Errorf("the page in %s says %q", lang, other)
		}
	}
	f("en", "constable 13225008", "HR-constable13225008", "station staff", "Kalanaur (13225008)", "293 of 300", "100 of 500", "up to 100;",
		"search for accused persons", "in the whole state", "look at a case", "in your own unit", "IIF1, IIF2", "A second factor is set.")
	f("hi", "थाने का कर्मचारी", "कलानौर (13225008)", "300 में से 293", "अभियुक्तों की खोज", "पूरे राज्य में", "अपनी इकाई में")
	if text := s.do("GET", "/account", "", asPage(token, "en")...).text; strings.Contains(text, "see what is masked") || strings.Contains(text, "Unmask") {
		t.Error("a right is shown that the role does not have")
	}
}

var secretShown = regexp.MustCompile(`<code class="secret"[^>]*>([^<]+)</code>`)

var qrShown = regexp.MustCompile(`<svg class="qr" width="\d+" height="\d+" viewBox="[^"]+" role="img" aria-label="QR code" shape-rendering="crispEdges"><path fill="#fff" d="[^"]+"/><path d="([^"]+)"/></svg>`)

// TestSecondFactorOnThePage: a person with a fresh key sees only his account, sets a second factor and a password there, and signs
// in with them; a mistyped code costs nothing but typing; each step is in the log, and no password stands on a page.
func TestSecondFactorOnThePage(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	key, err := s.keys.Request(access.Wanted{Name: "Insp Om", Person: "HR-7", Role: access.RoleSHO, Unit: "13225008"}, access.Identity{Name: "a"})
	if err == nil {
		_, err = s.keys.Approve(key.ID, access.Identity{Name: "b"})
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, _, err := s.keys.Issue(key.ID, access.Identity{Name: "b"})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := s.keys.StartSession(plain)
	if err != nil {
		t.Fatal(err)
	}
	head := asPage(token, "en")
	if r := s.do("GET", "/", "", head...); r.StatusCode != 303 || r.Header.Get("Location") != "/account" {
		t.Fatalf("before a second factor: %d to %s", r.StatusCode, r.Header.Get("Location"))
	}
	post := func(path, form string, status int, has string, headers ...string) reply {
		t.Helper()
		r := s.do("POST", path, form, append(head, headers...)...)
		if r.StatusCode != status || !strings.Contains(r.text, has) || strings.Contains(r.text, "neela") {
			t.Fatalf("%s %s: %d, want %d with %q: %s", path, form, r.StatusCode, status, has, r.text)
		}
		return r
	}
	post("/account/second-factor", fields("code", "123456"), 409, "begin with a second factor first")
	post("/account/second-factor", "", 403, "requests from the page itself", "Sec-Fetch-Site", "cross-site")
	begun := secretShown.FindStringSubmatch(post("/account/second-factor", "", 200, "otpauth://totp/").text)
	if begun == nil {
		t.Fatal("no secret is shown")
	}
	again := post("/account/second-factor", fields("code", "000000", "password", "neela kamal 77 par"), 400, "Code: is wrong")
	if !strings.Contains(again.text, begun[0]) {
		t.Error("after a mistyped code the secret is another")
	}
	if code := qrShown.FindStringSubmatch(again.text); code == nil || len(code[1]) < 1000 {
		t.Errorf("the QR code is %q", code)
	}
	secret := strings.ReplaceAll(begun[1], " ", "")
	post("/account/second-factor", fields("code", codeOf(t, s, secret), "password", "short"), 400, "must have 12 to 128 characters")
	post("/account/second-factor", fields("code", codeOf(t, s, secret), "password", "neela kamal 77 par"), 200, "The second factor is set.")
	token, _, err = s.keys.SignIn(t.Context(), "Insp Om", "neela kamal 77 par", codeOf(t, s, secret))
	if err != nil {
		t.Fatal(err)
	}
	head = asPage(token, "hi")
	post("/account/password", fields("code", "000000", "password", "neela kamal 78 par"), 400, "कोड ग़लत है")
	post("/account/password", fields("code", codeOf(t, s, secret), "password", "neela kamal 78 par"), 200, "पासवर्ड बदल गया")
	if _, _, err := s.keys.SignIn(t.Context(), "Insp Om", "neela kamal 78 par", codeOf(t, s, secret)); err != nil {
		t.Errorf("with the new password: %v", err)
	}
	var logged []string
	for _, ev := range log.events {
		if ev.Kind == audit.KindCredential {
			logged = append(logged, ev.Rows[0].Asked.(changing).Do)
		}
	}
	if n := strings.Count(fmt.Sprint(logged), "POST /v1/me/"); n != 7 {
		t.Errorf("logged %q", logged)
	}
}

// TestViewsSayWhatTheLogCouldNotTake: where the log cannot be written nothing is done, and the page says so.
func TestViewsDoNothingUnlogged(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	token, _, err := s.keys.StartSession(s.admin)
	if err != nil {
		t.Fatal(err)
	}
	supervisor := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	before := s.keys.List()
	log.fails = true
	f := func(path, form, token string) {
		t.Helper()
		if r := s.do("POST", path, form, asPage(token, "hi")...); r.StatusCode != 503 || !strings.Contains(r.text, "लेखा नहीं लिखा जा रहा") {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.text)
		}
	}
	f("/credentials/new", fields("name", "x", "role", "court", "person", "HR-1"), token)
	f("/credentials/"+before[0].ID, "do=revoke", token)
	f("/account/second-factor", "", supervisor)
	f("/approvals", fields("for", before[0].ID, "rows", "9", "reason", "DD 1/2026"), supervisor)
	if after := s.keys.List(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v became %v", before, after)
	}
	if _, err := s.keys.Begun(before[0].ID); err == nil {
		t.Error("a second factor was begun")
	}
}
