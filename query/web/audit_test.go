package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/storage"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/valyala/fasthttp"
)

// A failing log cannot be written.
type failingLog struct {
	*audit.Log
	mu     sync.Mutex
	fails  bool
	events []audit.Event
}

func (l *failingLog) Append(ctx context.Context, ev *audit.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails {
		return audit.ErrNotWritten
	}
	l.events = append(l.events, *ev)
	return l.Log.Append(ctx, ev)
}

func openLog(t *testing.T) *failingLog {
	t.Helper()
	l, err := audit.Open(audit.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &failingLog{Log: l}
}

// TestAuditOverHTTP: proofs of the log are had by who operates the service, as the description says, and hold.
func TestAuditOverHTTP(t *testing.T) {
	doc, log := described(t), openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	f := func(method, path, query, body string, status int, headers ...string) reply {
		t.Helper()
		if headers == nil {
			headers = []string{"Authorization", "Bearer " + s.admin}
		}
		r := s.do(method, path+query, body, headers...)
		if r.StatusCode != status {
			t.Fatalf("%s %s%s: status %d, want %d: %s", method, path, query, r.StatusCode, status, r.text)
		}
		check(t, doc, path, r)
		return r
	}
	f("GET", "/v1/audit/checkpoint", "", "", 404)
	f("POST", "/v1/keys", "", `{"name":"a"}`, 201)
	var first, second struct{ Checkpoint, Key string }
	json.Unmarshal([]byte(f("GET", "/v1/audit/checkpoint", "", "", 200).text), &first)
	f("DELETE", "/v1/keys/{id}", "", "", 404)
	json.Unmarshal([]byte(f("GET", "/v1/audit/checkpoint", "", "", 200).text), &second)
	year := time.Now().In(storage.IST).Year()
	var p audit.Proof
	if err := json.Unmarshal([]byte(f("GET", "/v1/audit/proof", fmt.Sprintf("?year=%d&entry=1", year), "", 200).text), &p); err != nil || p.Check(second.Key) != nil {
		t.Errorf("proof: %v, %v", err, p.Check(second.Key))
	}
	f("GET", "/v1/audit/proof", fmt.Sprintf("?year=%d&entry=2", year), "", 404)
	f("GET", "/v1/audit/proof", "?year=x", "", 400)
	two, _ := json.Marshal(map[string]string{"old": first.Checkpoint, "new": second.Checkpoint})
	var both audit.Consistency
	if err := json.Unmarshal([]byte(f("POST", "/v1/audit/consistency", "", string(two), 200).text), &both); err != nil || both.Check(first.Key) != nil {
		t.Errorf("consistency: %v, %v", err, both.Check(first.Key))
	}
	two, _ = json.Marshal(map[string]string{"old": second.Checkpoint, "new": first.Checkpoint})
	f("POST", "/v1/audit/consistency", "", string(two), 409)
	f("POST", "/v1/audit/consistency", "", `{"old":"x","other":1}`, 400)
	today := time.Now().In(storage.IST).Format(time.DateOnly)
	lines := strings.Split(strings.TrimSpace(f("GET", "/v1/audit/export", "?from="+today+"&to="+today, "", 200).text), "\n")
	if len(lines) != 4 { // the checkpoint, two changes of keys, and the export itself
		t.Errorf("export: %q", lines)
	}
	f("GET", "/v1/audit/export", "?from=x&to="+today, "", 400)
	f("POST", "/v1/audit/verify", "", "", 200)
	for _, path := range []string{"checkpoint", "proof", "export"} {
		f("GET", "/v1/audit/"+path, "", "", 403, "X-Nothing", "")
	}
}

// TestNothingIsDoneUnlogged: where the log cannot be written credentials do not change, no session begins, no copy leaves.
func TestNothingIsDoneUnlogged(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) { o.Audit, o.Keeper = log, unbackedKeeper{} })
	asAdmin := []string{"Authorization", "Bearer " + s.admin}
	log.fails = true
	f := func(method, at, body string, headers ...string) {
		t.Helper()
		r := s.do(method, at, body, headers...)
		if p := r.problem(t); r.StatusCode != 503 || p.Code != "not_logged" {
			t.Errorf("%s %s: %d %s", method, at, r.StatusCode, r.text)
		}
	}
	before := s.keys.List()
	f("POST", "/v1/keys", `{"name":"a"}`, asAdmin...)
	f("DELETE", "/v1/keys/"+before[0].ID, "", asAdmin...)
	f("POST", "/v1/keys/"+before[0].ID+"/rotate", "", asAdmin...)
	f("POST", "/v1/backup", "{}", asAdmin...)
	f("GET", "/v1/audit/export?from=2026-01-01&to=2026-01-02", "", asAdmin...)
	f("POST", "/login", "key="+s.key, "Content-Type", formType)
	if after := s.keys.List(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v, want %v", after, before)
	}
	log.mu.Lock()
	log.fails = false
	log.mu.Unlock()
	s.do("POST", "/login", "key="+s.key, "Content-Type", formType)
	if ev := log.events[len(log.events)-1]; ev.Kind != audit.KindCredential || ev.Who.Name == "" || ev.Who.Address != "127.0.0.1" || ev.Request == "" {
		t.Errorf("%+v", ev)
	}
}

type unbackedKeeper struct{ Keeper }

// TestOneAdministratorIsInTheLog: a key that an administrator gives himself without a second person stands in the log under his
// own, with what he did and to which key.
func TestOneAdministratorIsInTheLog(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	desk, head := access.ID(s.key), access.ID(s.admin)
	f := func(at, body, do, key string, status int) {
		t.Helper()
		if r := s.do("POST", at, body, "Authorization", "Bearer "+s.admin); r.StatusCode != status || !strings.Contains(r.text, `"key":"anv_`) {
			t.Fatalf("%s: %d %s", at, r.StatusCode, r.text)
		}
		ev := log.events[len(log.events)-1]
		if said, _ := json.Marshal(ev.Rows[0].Asked); ev.Kind != audit.KindCredential || ev.Who.KeyID != head ||
			!strings.Contains(string(said), do) || !strings.Contains(string(said), key) {
			t.Errorf("%s: %s, %+v", at, said, ev)
		}
	}
	f("/v1/keys", `{"name":"sneaky"}`, `"add"`, `"sneaky"`, 201)
	f("/v1/keys/"+desk+"/rotate", "", "rotate", desk, 200)
	f("/v1/credentials/"+desk+"/rotate", "{}", "rotate", desk, 200)
	f("/v1/credentials/"+desk+"/reset", "", "reset", desk, 200)
}

// TestPlaceWhileWaiting: who only waits for the log holds no place at the gate, so that its slowness keeps no core idle.
func TestPlaceWhileWaiting(t *testing.T) {
	s := serve(t, func(o *Options) { o.Places = 1 })
	c := &call{Server: s.server, requestID: "r1"}
	_, err := inPlace(t.Context(), c, func(ctx context.Context) (bool, error) {
		call := query.CallOf(ctx)
		if call.Request != "r1" {
			t.Errorf("request %q", call.Request)
		}
		call.Waits()
		call.Waits()
		place, err := s.server.gate.Enter(ctx, "another")
		if err != nil {
			return false, err
		}
		place.Leave()
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestLookUp: an auditor sees what the log has of askers of his own unit, and the look is in the log before; a key that
// operates the service, or searches, sees nothing of it.
func TestLookUp(t *testing.T) {
	doc, log := described(t), openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	for i, unit := range []string{"13225008", "13225009", "13225008"} {
		ev := audit.Event{Kind: audit.KindSearch, Who: access.Identity{Name: fmt.Sprint("desk ", i), Role: "sho", Unit: unit},
			Rows: []audit.Row{{ID: "s1", About: "person", Asked: map[string]string{"name": "Virender"}, Found: []audit.Found{{ID: "1/p/A1", Class: "LEAD"}}}}}
		if err := log.Append(t.Context(), &ev); err != nil {
			t.Fatal(err)
		}
	}
	auditor := access.Identity{Name: "auditor", Role: access.RoleAuditor, Unit: "13225008", Level: access.DistrictLevel, SecondFactor: true}
	f := func(args string, want ...string) (before string) {
		t.Helper()
		var ctx fasthttp.RequestCtx
		ctx.Request.SetRequestURI("/v1/audit?" + args)
		if err := findEntries(&call{Server: s.server, ctx: &ctx, who: auditor, requestID: "look"}); err != nil {
			t.Fatal(err)
		}
		var told any
		var found foundEntries
		body := ctx.Response.Body()
		if err := errors.Join(json.Unmarshal(body, &told), json.Unmarshal(body, &found)); err != nil {
			t.Fatal(err)
		}
		if err := doc.Components.Schemas["AuditEntries"].Value.VisitJSON(told, openapi3.EnableFormatValidation()); err != nil {
			t.Error(err)
		}
		var got []string
		for _, e := range found.Entries {
			got = append(got, e.Who.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
		if last := log.events[len(log.events)-1]; last.Kind != audit.KindAudit || last.Who.Name != "auditor" || last.Request != "look" {
			t.Errorf("%s: the look is not in the log: %+v", args, last)
		}
		return found.Before
	}
	f("", "auditor", "desk 2", "desk 0")
	f("who=desk+2", "desk 2")
	f("who=desk+1")
	f("record=1/p/A1&limit=1&before="+f("record=1/p/A1&limit=1", "desk 2"), "desk 0")
	f("fir=1&kind=search", "desk 2", "desk 0")
	f("from=2001-01-01&to=2001-01-02")
	for _, args := range []string{"kind=x", "from=x", "before=x", "limit=0", "other=1"} {
		var ctx fasthttp.RequestCtx
		ctx.Request.SetRequestURI("/v1/audit?" + args)
		if p, _ := asProblem(findEntries(&call{Server: s.server, ctx: &ctx, who: auditor})); p.status != 400 {
			t.Errorf("%s: %v", args, p)
		}
	}
	for _, key := range []string{s.key, s.admin} {
		r := s.do("GET", "/v1/audit", "", "Authorization", "Bearer "+key)
		check(t, doc, "/v1/audit", r)
		if p := r.problem(t); r.StatusCode != 403 || !strings.Contains(p.Message, "role auditor") || strings.Contains(p.Message, "or operate") {
			t.Errorf("%d %s", r.StatusCode, r.text)
		}
	}
}
