package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"anvesh/query/access"
	"anvesh/query/access/accesstest"
	"anvesh/query/access/elsewhere"
)

// officer is a person with a second factor at a site.
func (s *site) officer(role, unit string) *accesstest.Person {
	s.t.Helper()
	return accesstest.Enrolled(s.t, s.keys, s.clock, access.Wanted{Name: role + " " + unit, Person: "HR-" + role + unit, Role: role, Unit: unit})
}

// as are the headers of a call with a key or a token.
func as(brought string) []string { return []string{"Authorization", "Bearer " + brought} }

// credentialsAsDescribed calls all that is served about credentials and sessions, and holds it to the description.
func credentialsAsDescribed(t *testing.T, s *site, f func(method, path, at, body string, status int, headers ...string)) {
	t.Helper()
	const c, one = "/v1/credentials", "/v1/credentials/{id}"
	chief := addKeyTo(t, s.keys, "second chief", access.RoleAdmin)
	want := `{"name":"Insp Om","person":"HR-1","role":"sho","unit":"13225008","rank":"Inspector","days":30,"pillar":"police","batch":"b1"}`
	f("POST", c, c, want, 201, as(s.admin)...)
	f("POST", c, c, want, 409, as(s.admin)...)
	f("POST", c, c, `{"role":"king"}`, 400, as(s.admin)...)
	f("POST", c, c, `{"person":"HR-2","role":"sho"}`, 400)
	f("POST", c, c, `{"person":"HR-2","role":"court","unit":"13225"}`, 201)
	f("GET", c, c, "", 200, as(s.admin)...)
	f("GET", c, c, "", 403)
	f("POST", one+"/approve", c+"/Insp%20Om/approve", "", 403, as(s.admin)...)
	f("POST", one+"/issue", c+"/Insp%20Om/issue", "", 409, as(chief)...)
	f("POST", one+"/approve", c+"/Insp%20Om/approve", "", 200, as(chief)...)
	f("POST", one+"/approve", c+"/nobody/approve", "", 404, as(chief)...)
	f("POST", one+"/issue", c+"/Insp%20Om/issue", "", 200, as(s.admin)...)
	f("POST", one+"/refuse", c+"/HR-2/refuse", "", 200, as(chief)...)
	f("POST", one+"/rotate", c+"/Insp%20Om/rotate", `{"overlap_hours":24}`, 200, as(s.admin)...)
	f("POST", one+"/rotate", c+"/Insp%20Om/rotate", `{"overlap_hours":1000}`, 400, as(s.admin)...)
	f("POST", one+"/change", c+"/Insp%20Om/change", `{"away":true,"searches":7,"certificate":""}`, 200, as(s.admin)...)
	f("POST", one+"/change", c+"/Insp%20Om/change", `{"certificate":"x"}`, 400, as(s.admin)...)
	f("POST", one+"/change", c+"/Insp%20Om/change", `{}`, 400, as(s.admin)...)
	f("POST", one+"/reset", c+"/Insp%20Om/reset", "", 200, as(s.admin)...)
	f("DELETE", one, c+"/Insp%20Om", "", 200, as(s.admin)...)
	f("DELETE", one, c+"/second%20chief", "", 200, as(s.admin)...)
	f("DELETE", one, c+"/chief", "", 409, as(s.admin)...)
	f("GET", c+"/report", c+"/report", "", 200, as(s.admin)...)
	approver := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	f("POST", "/v1/approvals", "/v1/approvals", `{"for":"desk","rows":20000,"reason":"FIR 1/2026"}`, 201, as(approver)...)
	f("POST", "/v1/approvals", "/v1/approvals", `{"for":"desk","rows":20000,"reason":"FIR 1/2026"}`, 403)
	f("POST", "/v1/approvals", "/v1/approvals", `{"for":"nobody","rows":20000,"reason":"FIR 1/2026"}`, 404, as(approver)...)
	f("POST", "/v1/approvals", "/v1/approvals", `{"for":"desk","rows":0,"reason":"FIR 1/2026"}`, 400, as(approver)...)
	sessionsAsDescribed(t, s, f)
}

func sessionsAsDescribed(t *testing.T, s *site, f func(method, path, at, body string, status int, headers ...string)) {
	t.Helper()
	p := s.officer(access.RoleSHO, "13225008")
	const in = "/v1/signin"
	f("POST", in, in, fmt.Sprintf(`{"name":%q,"password":%q,"code":%q}`, p.Name, p.Password, p.Code()), 200)
	f("POST", in, in, fmt.Sprintf(`{"key":%q,"code":%q}`, p.Key, p.Code()), 200)
	f("POST", in, in, fmt.Sprintf(`{"key":%q}`, s.key), 200)
	f("POST", in, in, `{"name":"x","password":"y","code":"1"}`, 401)
	f("POST", in, in, `{"nam":"x"}`, 400)
	f("POST", in, in, `{}`, 403, "Sec-Fetch-Site", "cross-site")
	for range 12 {
		s.keys.SignIn(t.Context(), "x", "y", "1") // not over HTTP, which would hold back who fails
	}
	f("POST", in, in, `{"name":"x","password":"y","code":"1"}`, 429)
	token := p.SignIn(s.keys)
	f("GET", "/v1/me", "/v1/me", "", 200, as(token)...)
	f("GET", "/v1/me", "/v1/me", "", 200)
	f("GET", "/v1/me", "/v1/me", "", 401, "Authorization", "")
	f("POST", "/v1/me/password", "/v1/me/password", fmt.Sprintf(`{"password":"another pass phrase","code":%q}`, p.Code()), 204, as(token)...)
	p.Password = "another pass phrase"
	f("POST", "/v1/me/password", "/v1/me/password", `{"password":"short","code":"1"}`, 400, as(p.Key)...)
	f("POST", "/v1/me/second-factor", "/v1/me/second-factor", `{}`, 409, as(p.Key)...)
	f("POST", "/v1/me/second-factor", "/v1/me/second-factor", `{}`, 200)
	f("POST", "/v1/me/second-factor", "/v1/me/second-factor", `{"code":"1"}`, 400)
	f("GET", "/v1/me", "/v1/me", "", 401, as(token)...) // it began with the password before
	token = p.SignIn(s.keys)
	f("POST", "/v1/signout", "/v1/signout", "", 204, as(token)...)
	f("POST", "/v1/signout", "/v1/signout", "", 401, as(token)...)
}

func TestSignInToThePageAndTheAPI(t *testing.T) {
	s := serve(t, nil)
	p := s.officer(access.RoleSHO, "13225008")
	me := func(headers ...string) (m me, status int) {
		r := s.do("GET", "/v1/me", "", headers...)
		if r.StatusCode == 200 {
			if err := json.Unmarshal([]byte(r.text), &m); err != nil {
				t.Fatal(err)
			}
		}
		return m, r.StatusCode
	}
	if m, _ := me(as(p.Key)...); m.SecondFactor || !m.Needs || len(m.May) != 0 {
		t.Errorf("the key alone may %+v", m)
	}
	r := s.do("POST", "/v1/signin", fmt.Sprintf(`{"name":%q,"password":%q,"code":%q}`, p.Name, p.Password, p.Code()), "Authorization", "")
	var session shownSession
	if err := json.Unmarshal([]byte(r.text), &session); err != nil || r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, r.text)
	}
	m, _ := me(as(session.Token)...)
	if !m.SecondFactor || m.May["unmask"] != "unit" || m.May["search accused"] != "state" || m.May["administer"] != "" || m.Today.ListRows != 500 ||
		m.Level != "station" || len(m.Forms) != 5 {
		t.Errorf("signed in: %+v", m)
	}
	form := url.Values{"name": {p.Name}, "password": {p.Password}, "code": {p.Code()}}.Encode()
	r = s.do("POST", "/login", form, "Content-Type", formType, "Authorization", "")
	if r.StatusCode != 303 {
		t.Fatalf("page: %d %s", r.StatusCode, r.text)
	}
	cookie, _, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
	if m, _ := me("Authorization", "", "Cookie", cookie); !m.SecondFactor {
		t.Errorf("on the page: %+v", m)
	}
	if r := s.do("POST", "/login", form, "Content-Type", formType, "Authorization", ""); r.StatusCode != 401 {
		t.Errorf("the same code again: %d", r.StatusCode)
	}
	if _, err := s.keys.Revoke(p.ID); err != nil {
		t.Fatal(err)
	}
	for what, headers := range map[string][]string{"key": as(p.Key), "token": as(session.Token), "cookie": {"Authorization", "", "Cookie", cookie}} {
		if _, status := me(headers...); status != 401 {
			t.Errorf("%s after the revocation: %d", what, status)
		}
	}
}

// TestSignInTellsNothing: a wrong name, a wrong password, a wrong code and a revoked credential are answered alike, and neither
// answers nor the log repeat what was typed.
func TestSignInTellsNothing(t *testing.T) {
	s := serve(t, nil)
	p := s.officer(access.RoleSHO, "13225008")
	gone := s.officer(access.RoleConstable, "13225009")
	if _, err := s.keys.Revoke(gone.ID); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range [][3]string{{"Nobody Atall", p.Password, p.Code()}, {p.Name, "wrong pass phrase", p.Code()}, {p.Name, p.Password, "000000"},
		{gone.Name, gone.Password, gone.Code()}, {p.Name, "", ""}} {
		r := s.do("POST", "/v1/signin", fmt.Sprintf(`{"name":%q,"password":%q,"code":%q}`, c[0], c[1], c[2]), "Authorization", "")
		if r.StatusCode != 401 {
			t.Errorf("%q: %d", c[0], r.StatusCode)
		}
		said = append(said, r.text)
	}
	for _, text := range said {
		if text != said[0] {
			t.Errorf("told apart:\n%s%s", said[0], text)
		}
	}
	s.do("POST", "/v1/signin", fmt.Sprintf(`{"name":%q,"password":%q,"code":%q}`, p.Name, p.Password, p.Code()), "Authorization", "")
	s.do("POST", "/v1/credentials", `{"name":"Insp. Zorawar","person":"HR-ZZ77","role":"sho","unit":"13225008","rank":"Quux"}`, as(s.admin)...)
	chief := addKeyTo(t, s.keys, "second chief", access.RoleAdmin)
	for _, step := range []string{"approve", "issue", "reset"} {
		if r := s.do("POST", "/v1/credentials/Insp.%20Zorawar/"+step, "", as(chief)...); r.StatusCode != 200 {
			t.Fatalf("%s: %d %s", step, r.StatusCode, r.text)
		}
	}
	s.do("POST", "/v1/credentials", `{"person":"HR-ZZ77","role":"sho","unit":"13225008"}`, as(s.admin)...) // refused: has one
	s.do("DELETE", "/v1/credentials/Insp.%20Zorawar", "", as(chief)...)
	log := s.log.String()
	if !strings.Contains(log, "credential issued") {
		t.Error("the log does not tell of steps")
	}
	for _, secret := range []string{"Nobody", p.Password, "wrong pass", p.Name, gone.Name, p.Key[12:], "HR-sho", "Zorawar", "ZZ77", "Quux", "13225008",
		"second chief"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// TestUnknownUnitIsRefused: a credential for a unit that the service does not know is a slip of the pen that would open nothing.
func TestUnknownUnitIsRefused(t *testing.T) {
	s := serve(t, func(o *Options) { o.KnownUnit = func(code string) bool { return code == "13225008" } })
	for unit, want := range map[string]int{"13225008": 201, "13225009": 400} {
		r := s.do("POST", "/v1/credentials", fmt.Sprintf(`{"person":"P-%s","role":"sho","unit":%q}`, unit, unit), as(s.admin)...)
		if r.StatusCode != want {
			t.Errorf("unit %s: %d %s", unit, r.StatusCode, r.text)
		}
	}
}

// TestOnlyAdministratorsTakeSteps: nobody else approves, issues, changes or revokes, whatever his role; a page session does not
// either, also where it is an administrator's.
func TestOnlyAdministratorsTakeSteps(t *testing.T) {
	s := serve(t, nil)
	key, err := s.keys.Request(access.Wanted{Person: "HR-9", Role: access.RoleSHO, Unit: "13225008"}, access.Identity{Name: "somebody"})
	if err != nil {
		t.Fatal(err)
	}
	r := s.do("POST", "/login", "key="+s.admin, "Content-Type", formType, "Authorization", "")
	cookie, _, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
	callers := map[string][]string{"bureau": as(s.key), "administrator's page": {"Authorization", "", "Cookie", cookie}}
	for _, role := range []string{access.RoleSHO, access.RoleSupervisor, access.RoleAuditor} {
		unit := "13225"
		if role == access.RoleSHO {
			unit = "13225008"
		}
		callers[role] = as(s.officer(role, unit).SignIn(s.keys))
	}
	for who, headers := range callers {
		for _, call := range []string{"POST /approve", "POST /refuse", "POST /issue", "POST /rotate", "POST /reset", "POST /change", "DELETE "} {
			method, path, _ := strings.Cut(call, " ")
			if r := s.do(method, "/v1/credentials/"+key.ID+path, `{"away":true}`, headers...); r.StatusCode != 403 {
				t.Errorf("%s, %s: %d", who, call, r.StatusCode)
			}
		}
		for _, path := range []string{"/v1/credentials", "/v1/credentials/report", "/v1/keys", "/v1/check"} {
			if r := s.do("GET", path, "", headers...); r.StatusCode != 403 {
				t.Errorf("%s, GET %s: %d", who, path, r.StatusCode)
			}
		}
	}
}

// vouching is an identity provider that vouches for one person, for the browser that began.
type vouching struct{ who elsewhere.Person }

func (v *vouching) Begin(context.Context) (string, string, error) {
	return "https://id.test/auth?state=s", "browser", nil
}

func (v *vouching) Finish(_ context.Context, browser, state, code string) (elsewhere.Person, error) {
	if code == "down" {
		return elsewhere.Person{}, elsewhere.ErrUnavailable
	}
	if browser != "browser" || state != "s" || code != "c" {
		return elsewhere.Person{}, elsewhere.ErrRefused
	}
	return v.who, nil
}

// TestSignInElsewhere: whom the provider vouches for is who his credential says, with the second factor that the provider has
// checked or none; who has no credential, and whose sign-in another browser began, is nobody.
func TestSignInElsewhere(t *testing.T) {
	doc := described(t)
	v := &vouching{}
	s := serve(t, func(o *Options) { o.Elsewhere = v })
	s.server.pause = func(context.Context, time.Duration) {}
	p := s.officer(access.RoleSHO, "13225008")
	number := "HR-" + access.RoleSHO + "13225008"
	if r := s.do("GET", "/", "", "Authorization", ""); !strings.Contains(r.text, "/signin/oidc") {
		t.Error("the page does not lead there")
	}
	r := s.do("GET", "/signin/oidc", "", "Authorization", "")
	check(t, doc, "/signin/oidc", r)
	cookie, attributes, _ := strings.Cut(r.Header.Get("Set-Cookie"), ";")
	if r.StatusCode != 303 || r.Header.Get("Location") != "https://id.test/auth?state=s" || cookie != begunCookie+"=browser" || !strings.Contains(attributes, "Lax") {
		t.Fatalf("%d %v", r.StatusCode, r.Header)
	}
	f := func(what, number string, second bool, cookie, query string, want int) (session string) {
		t.Helper()
		v.who = elsewhere.Person{Number: number, SecondFactor: second}
		r := s.do("GET", "/signin/oidc/back?"+query, "", "Authorization", "", "Cookie", cookie)
		check(t, doc, "/signin/oidc/back", r)
		if r.StatusCode != want {
			t.Fatalf("%s: %d %s, want %d", what, r.StatusCode, r.text, want)
		}
		for _, set := range r.Header.Values("Set-Cookie") {
			if strings.HasPrefix(set, cookieName+"=") && want == 200 {
				session, _, _ = strings.Cut(set, ";")
			}
		}
		return session
	}
	may := func(session string) int { return len(s.meOf(session).May) }
	if n := may(f("vouched for", number, true, cookie, "state=s&code=c", 200)); n == 0 {
		t.Error("signed in, and may nothing")
	}
	if n := may(f("without a second factor", number, false, cookie, "state=s&code=c", 200)); n != 0 {
		t.Error("without a second factor he may something")
	}
	f("nobody of ours", "HR-0", true, cookie, "state=s&code=c", 401)
	f("another browser", number, true, begunCookie+"=other", "state=s&code=c", 401)
	f("no browser", number, true, "", "state=s&code=c", 401)
	f("the provider is down", number, true, cookie, "state=s&code=down", 503)
	if _, err := s.keys.Revoke(p.ID); err != nil {
		t.Fatal(err)
	}
	f("revoked", number, true, cookie, "state=s&code=c", 401)
	without := serve(t, nil)
	for _, path := range []string{"/signin/oidc", "/signin/oidc/back"} {
		r := without.do("GET", path, "", "Authorization", "")
		check(t, doc, path, r)
		if r.StatusCode != 404 {
			t.Errorf("%s without a provider: %d", path, r.StatusCode)
		}
	}
}

// meOf is what GET /v1/me says of a page session.
func (s *site) meOf(session string) (m me) {
	s.t.Helper()
	r := s.do("GET", "/v1/me", "", "Authorization", "", "Cookie", session)
	if err := json.Unmarshal([]byte(r.text), &m); err != nil || r.StatusCode != 200 {
		s.t.Fatalf("%d %s", r.StatusCode, r.text)
	}
	return m
}

// TestRevocationEndsWhatIsUnderWay: of a list the rows that are not searched yet are refused, a search that waits for freshness is
// not answered, and a backup breaks off; none of them goes on under a key that was taken back.
func TestRevocationEndsWhatIsUnderWay(t *testing.T) {
	k := &halfKeeper{half: make(chan struct{}), on: make(chan struct{})}
	s := serve(t, func(o *Options) { o.Places, o.Keeper = 1, k })
	waiting := addKeyTo(t, s.keys, "waiting", "")
	backing := addKeyTo(t, s.keys, "backing", access.RoleAdmin)
	replies := make(chan reply)
	go func() {
		replies <- s.do("POST", "/v1/persons/search", `{"name":"x","reason":"DD 1","at_least":"8:8"}`, as(waiting)...)
	}()
	<-s.engine.began // it waits
	go func() {
		replies <- s.do("POST", "/v1/persons/match?reason=DD+1", "{\"name\":\"wait\"}\n{\"name\":\"x\"}\n", "Content-Type", ndjson)
	}()
	<-s.engine.began // its first row is searched for, the second waits for a place
	for _, name := range []string{"waiting", "desk"} {
		if _, err := s.keys.Revoke(name); err != nil {
			t.Fatal(err)
		}
	}
	close(s.engine.wait)
	for range 2 {
		r := <-replies
		if r.Request.URL.Path == "/v1/persons/search" {
			if r.StatusCode != 401 {
				t.Errorf("who waited is answered %d %s", r.StatusCode, r.text)
			}
			continue
		}
		rows := strings.Split(strings.TrimSpace(r.text), "\n")
		if len(rows) != 2 || !strings.Contains(rows[0], `"hits"`) || !strings.Contains(rows[1], `"unauthorized"`) {
			t.Errorf("the list ends %q", r.text)
		}
	}
	r, err := http.NewRequest("POST", "http://"+s.addr+"/v1/backup", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+backing)
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	<-k.half
	if _, err := s.keys.Revoke("backing"); err != nil {
		t.Fatal(err)
	}
	close(k.on)
	if part, err := io.ReadAll(resp.Body); err == nil || strings.Contains(string(part), "second half") {
		t.Errorf("the backup goes on: %d bytes, %v", len(part), err)
	}
}

// halfKeeper writes half of a backup, and the other when it is told to.
type halfKeeper struct {
	keeper
	half, on chan struct{}
}

func (k *halfKeeper) Backup(_ context.Context, w io.Writer, _ BackupRequest) error {
	if _, err := io.WriteString(w, "first half"); err != nil {
		return err
	}
	close(k.half)
	<-k.on
	_, err := io.WriteString(w, strings.Repeat("second half", 10_000))
	return err
}
