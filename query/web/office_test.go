package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"anvesh/query/access"
	"anvesh/query/audit"
)

// codeOf is a fresh code of a second factor.
func codeOf(t *testing.T, s *site, secret string) string {
	t.Helper()
	s.clock.Move(30 * time.Second)
	code, err := totp.GenerateCode(secret, s.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestCredentialsOnThePage: a request goes through its steps, each by the functions of the API and in the log in its words; the key
// is shown once; what the API refuses is refused, in words of the page's language; other sites take no step.
func TestCredentialsOnThePage(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) {
		o.Audit = log
		o.KnownUnit = func(code string) bool { return code == "13225008" }
		o.Unit = func(code string) (string, string) { return "Kalanaur", "कलानौर" }
	})
	chief, _, err := s.keys.StartSession(s.admin)
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := s.keys.StartSession(addKeyTo(t, s.keys, "second chief", access.RoleAdmin))
	if err != nil {
		t.Fatal(err)
	}
	post := func(token, lang, path, form string, status int, has string) reply {
		t.Helper()
		r := s.do("POST", path, form, asPage(token, lang)...)
		if r.StatusCode != status || !strings.Contains(r.text+r.Header.Get("Location"), has) {
			t.Fatalf("%s %s: %d, want %d with %q: %s", path, form, r.StatusCode, status, has, r.text)
		}
		return r
	}
	wanted := fields("name", "Insp Om", "person", "HR-1", "role", "sho", "unit", "13225008", "rank", "", "days", "")
	post(chief, "hi", "/credentials/new", fields("name", "x", "role", "sho", "unit", "13225008"), 400, "किसी व्यक्ति का होता है")
	post(chief, "en", "/credentials/new", fields("name", "Insp Om", "person", "HR-1", "role", "sho", "unit", "999"), 400, `value="Insp Om"`)
	post(chief, "en", "/credentials/new", wanted, 303, "/credentials?done=request")
	post(chief, "hi", "/credentials/new", wanted, 409, "किसी चालू प्रवेश-अधिकार का है")
	all := s.keys.List()
	key := all[slices.IndexFunc(all, func(k access.Key) bool { return k.Name == "Insp Om" })]
	at := "/credentials/" + key.ID
	open := s.do("GET", "/credentials?done=request", "", asPage(chief, "en")...)
	for _, text := range []string{"Insp Om", "HR-1", "Kalanaur (13225008)", "station house officer", "requested by chief", `value="approve"`, "Another administrator approves it."} {
		if !strings.Contains(open.text, text) {
			t.Errorf("the open request lacks %q: %s", text, open.text)
		}
	}
	if text := foreign(s.do("GET", "/credentials?done=request", "", asPage(chief, "hi")...).text, "hi", "Approve", "requested", "Credential", "state"); text != "" {
		t.Errorf("in Hindi it says %q", text)
	}
	post(chief, "en", at, "do=approve", 403, "another person than the one who requested it")
	post(chief, "hi", at, "do=approve", 403, "कोई दूसरा व्यक्ति")
	post(second, "en", at, "do=issue", 409, "each once")
	post(second, "en", at, "do=enrol", 400, "a step of a credential")
	if r := s.do("POST", at, "do=approve", append(asPage(second, "en"), "Sec-Fetch-Site", "cross-site")...); r.StatusCode != 403 {
		t.Errorf("from another site: %d", r.StatusCode)
	}
	post(second, "en", at, "do=approve", 303, "/credentials?done=approve")
	shown := secretShown.FindStringSubmatch(post(chief, "en", at, "do=issue", 200, "The key of Insp Om").text)
	if shown == nil {
		t.Fatal("the key is not shown")
	}
	if who, err := s.keys.Check(shown[1]); err != nil || who.KeyID != key.ID {
		t.Errorf("the key that is shown: %+v, %v", who, err)
	}
	for _, path := range []string{"/credentials", "/credentials?done=issue"} {
		if r := s.do("GET", path, "", asPage(chief, "en")...); strings.Contains(r.text, shown[1]) {
			t.Errorf("the key is shown again at %s", path)
		}
	}
	post(chief, "en", "/credentials", "find=hr-1", 200, at)
	if r := post(chief, "en", "/credentials", "find=nobody", 200, "None is open."); strings.Contains(r.text, at) {
		t.Error("somebody else is found")
	}
	post(chief, "en", at, "do=away", 303, "done=away")
	post(chief, "en", at, "do=revoke", 303, "done=revoke")
	if _, err := s.keys.Check(shown[1]); err == nil {
		t.Error("a revoked key still opens")
	}
	post(chief, "en", "/credentials/nobody", "do=revoke", 404, "no living key")
	var did []string
	for _, ev := range log.events {
		if a, ok := ev.Rows[0].Asked.(changing); ok && ev.Kind == audit.KindCredential && a.Key == key.ID {
			did = append(did, a.Do)
		}
	}
	want := "POST /v1/credentials/{id}/approve,POST /v1/credentials/{id}/approve,POST /v1/credentials/{id}/issue,POST /v1/credentials/{id}/approve," +
		"POST /v1/credentials/{id}/issue,POST /v1/credentials/{id}/change,DELETE /v1/credentials/{id}"
	if got := strings.Join(did, ","); got != want {
		t.Errorf("logged\n%s, want\n%s", got, want)
	}
}

// TestApprovalsOnThePage: who may, approves a list of another; the number serves that list, and stands on the page until it has.
func TestApprovalsOnThePage(t *testing.T) {
	s := serve(t, nil)
	constable := s.officer(access.RoleConstable, "13225008")
	supervisor := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	post := func(lang, form string, status int, has string) reply {
		t.Helper()
		r := s.do("POST", "/approvals", form, asPage(supervisor, lang)...)
		if r.StatusCode != status || !strings.Contains(r.text, has) {
			t.Fatalf("%s: %d, want %d with %q: %s", form, r.StatusCode, status, has, r.text)
		}
		return r
	}
	post("hi", fields("for", constable.ID, "rows", "101", "reason", "x"), 400, "रोज़नामचा संख्या")
	post("hi", fields("for", "nobody", "rows", "101", "reason", "DD 1/2026"), 404, "कोई चालू प्रवेश-अधिकार नहीं")
	post("en", fields("for", constable.ID, "rows", "0", "reason", "DD 1/2026"), 400, "from 1 to 200000")
	r := post("en", fields("for", constable.ID, "rows", "101", "reason", "DD 1/2026"), 200, "up to 101 rows of lists")
	id := secretShown.FindStringSubmatch(r.text)[1]
	if r := s.do("GET", "/approvals", "", asPage(supervisor, "en")...); !strings.Contains(r.text, id) || !strings.Contains(r.text, constable.ID) {
		t.Errorf("an approval that was given is not shown: %s", r.text)
	}
	list := "name,reason\n" + strings.Repeat("Ram Kumar,DD 1\n", 101)
	if r := s.do("POST", "/v1/persons/match?approval="+id, list, append(asPage(constable.SignIn(s.keys), "en"), "Content-Type", csvType)...); r.StatusCode != 200 {
		t.Fatalf("the list: %d %s", r.StatusCode, r.text)
	}
	if r := s.do("GET", "/approvals", "", asPage(supervisor, "en")...); strings.Contains(r.text, id) {
		t.Error("an approval that was used is still shown")
	}
}
