package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/access/accesstest"
	"anvesh/query/audit"
	"anvesh/query/register"
	"anvesh/query/units"
	"anvesh/query/web"
	"anvesh/storage"
)

// A watchRig is a service in this process whose clock can be moved, with budgets, alarms and the log of who asked what, wired as
// serve does.
type watchRig struct {
	t      *testing.T
	dir    string
	addr   string
	keys   *access.Keys
	clock  *accesstest.Clock
	guard  *access.Guard
	log    *audit.Log
	people int
}

// newWatchRig serves a store that holds one case of each of two stations.
func newWatchRig(t *testing.T) *watchRig {
	dir, reg := t.TempDir(), register.New()
	r := &watchRig{t: t, dir: dir}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	store, err := storage.Open(storage.Options{Dir: dir, Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: reg})
	must(err)
	t.Cleanup(func() { store.Close() })
	x := indexer.New(store, nobodyRejects{t}, slog.New(slog.DiscardHandler))
	for i, fir := range []string{"13225008230001", "13226003230001"} {
		must(x.Apply(context.Background(), indexer.Batch{Topic: "t", Next: int64(i + 1), Messages: []indexer.Message{{Offset: int64(i),
			Key: []byte(fir), Value: fmt.Appendf(nil, `{"schema":1,"form":"IIF1","form_id":"%[1]s-1","version":1,"fir":"%[1]s","station":"%[2]s","event_at":"2023-05-04T10:20:00+05:30",`+
				`"entered_at":"2023-05-04T11:05:00+05:30","persons":[{"ref":"A1","role":"accused","name":"Harkesh Bidhuri"}]}`, fir, fir[:8])}}}))
	}
	all := units.Default()
	r.keys, err = access.Open(dir)
	must(err)
	t.Cleanup(func() { r.keys.Close() })
	r.clock = accesstest.NewClock(r.keys)
	india := time.Now().In(storage.IST) // the test's day begins at six, whenever it runs, as budgets and alarms begin anew at midnight
	r.clock.Move(time.Date(india.Year(), india.Month(), india.Day()+1, 6, 0, 0, 0, storage.IST).Sub(india))
	r.log, err = audit.Open(audit.Options{Dir: dir, Now: r.clock.Now, Logger: slog.New(slog.DiscardHandler)})
	must(err)
	t.Cleanup(func() { r.log.Close() })
	r.guard, err = access.NewGuard(access.GuardOptions{Keys: r.keys, Within: within(all), Alarm: r.log})
	must(err)
	engine, err := query.New(query.Options{Store: store, Register: reg, Units: all, Case: viewCase, Guard: r.guard, Audit: r.log})
	must(err)
	server, err := web.New(web.Options{Engine: engine, Keys: r.keys, Clerk: clerk{}, Audit: r.log, Log: slog.New(slog.DiscardHandler), WaitTime: time.Minute})
	must(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-ended
	})
	r.addr = ln.Addr().String()
	return r
}

// officer makes a person and signs him in.
func (r *watchRig) officer(role, unit string) (p *accesstest.Person, token string) {
	r.t.Helper()
	r.people++
	p = accesstest.Enrolled(r.t, r.keys, r.clock, access.Wanted{Name: fmt.Sprintf("Om Parkash %d", r.people), Person: fmt.Sprintf("HR-%d", r.people), Role: role, Unit: unit})
	return p, p.SignIn(r.keys)
}

// ask sends a request, two seconds by the clock after the one before, so that the budget of a minute has room.
func (r *watchRig) ask(token, method, path, contentType, body string) (int, string) {
	r.t.Helper()
	status, out, err := r.send(token, method, path, contentType, body)
	if err != nil {
		r.t.Fatal(err)
	}
	return status, out
}

// send is ask for goroutines.
func (r *watchRig) send(token, method, path, contentType, body string) (int, string, error) {
	r.clock.Move(2 * time.Second)
	q, err := http.NewRequest(method, "http://"+r.addr+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	q.Header.Set("Authorization", "Bearer "+token)
	if contentType != "" {
		q.Header.Set("Content-Type", contentType)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, "", err
	}
	defer a.Body.Close()
	out, err := io.ReadAll(a.Body)
	return a.StatusCode, string(out), err
}

// search asks for a person or a vehicle and wants that status.
func (r *watchRig) search(token, kind string, want int, fields map[string]any) {
	r.t.Helper()
	if fields["reason"] == nil {
		fields["reason"] = "FIR 1/2026"
	}
	body, _ := json.Marshal(fields)
	if status, out := r.ask(token, "POST", "/v1/"+kind+"/search", "application/json", string(body)); status != want {
		r.t.Fatalf("%s: %d %s, want %d", body, status, out, want)
	}
}

// auditor is somebody of the state who reads the log.
func (r *watchRig) auditor() string {
	_, token := r.officer(access.RoleAuditor, "")
	return token
}

// told is what an auditor finds of a kind, the newest first: who, why, how often and what was asked.
func (r *watchRig) told(auditor, kind string, more ...string) string {
	r.t.Helper()
	args := url.Values{"kind": {kind}}
	for i := 0; i < len(more); i += 2 {
		args.Set(more[i], more[i+1])
	}
	status, out := r.ask(auditor, "GET", "/v1/audit?"+args.Encode(), "", "")
	var found struct{ Entries []audit.Entry }
	if err := json.Unmarshal([]byte(out), &found); err != nil || status != 200 {
		r.t.Fatalf("%d %s %v", status, out, err)
	}
	var lines []string
	for _, e := range found.Entries {
		for _, row := range e.Rows {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s: %s, %d %s", e.Who.Person, row.About, row.Why, row.Total, row.Asked)))
		}
	}
	return strings.Join(lines, "\n")
}

// TestAlarmsOverHTTP: each rule of what no work needs, kept by a person over HTTP, is found by an auditor as that alarm, with who
// and how often; the same a little less often, or by a machine, raises none. What was asked stands in no file in clear.
func TestAlarmsOverHTTP(t *testing.T) {
	r := newWatchRig(t)
	auditor := r.auditor()
	f := func(want string, count int, keep func(token string, n int)) {
		t.Helper()
		for n := count - 1; n <= count; n++ {
			p, token := r.officer(access.RoleSHO, "13225008")
			keep(token, n)
			who := fmt.Sprintf("HR-%d", r.people)
			told := ""
			if n == count && want != "" {
				told = fmt.Sprintf("%s alarm: %s, %d", who, want, count)
			}
			if got := r.told(auditor, audit.KindAlarm, "who", who); got != told {
				t.Errorf("%d times by %s: the auditor finds %q, want %q", n, p.Name, got, told)
			}
		}
	}
	each := func(ask func(token string, i int)) func(string, int) {
		return func(token string, n int) {
			for i := range n {
				ask(token, i)
			}
		}
	}
	name := func(i int) string { return "Kavisha " + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
	f(access.AlarmPlates, 20, each(func(token string, i int) {
		r.search(token, "vehicles", 200, map[string]any{"registration": fmt.Sprintf("HR26ZK%04d", i+1)})
	}))
	f(access.AlarmPlates, 30, each(func(token string, i int) {
		r.search(token, "vehicles", 200, map[string]any{"registration": fmt.Sprintf("HR%02dZ*", i+1)})
	}))
	f(access.AlarmNames, 40, each(func(token string, i int) { r.search(token, "persons", 200, map[string]any{"name": name(i)}) }))
	f(access.AlarmRepeat, 10, each(func(token string, i int) {
		r.search(token, "persons", 200, map[string]any{"name": "Kavisha Tanwar", "reason": fmt.Sprintf("FIR %d/2026", i+1)})
	}))
	f(access.AlarmOwnName, 1, each(func(token string, i int) { r.search(token, "persons", 200, map[string]any{"name": "om parkash"}) }))
	f(access.AlarmOwnName, 1, each(func(token string, i int) {
		r.search(token, "persons", 200, map[string]any{"name": "Kavisha", "relative": "Om Parkash"})
	}))
	f(access.AlarmOutside, 30, each(func(token string, i int) {
		if status, out := r.ask(token, "GET", "/v1/cases/13226003230001", "", ""); status != 200 {
			t.Fatalf("%d %s", status, out)
		}
	}))
	list := func(token string, n int) {
		var rows strings.Builder
		for i := range n {
			fmt.Fprintf(&rows, `{"name":%q,"district":"13226","reason":"FIR 1/2026"}`+"\n", name(i))
		}
		if status, out := r.ask(token, "POST", "/v1/persons/match", "application/x-ndjson", rows.String()); status != 200 || strings.Count(out, "\n") != n {
			t.Fatalf("%d, %d rows", status, strings.Count(out, "\n"))
		}
	}
	f(access.AlarmOutside, 200, list)
	p, token := r.officer(access.RoleSHO, "13225008")
	r.search(token, "persons", 200, map[string]any{"name": "Kavisha"})
	if _, err := r.keys.SetAway(p.ID, true); err != nil {
		t.Fatal(err)
	}
	r.search(token, "persons", 200, map[string]any{"name": "Kavisha"})
	if got, want := r.told(auditor, audit.KindAlarm, "who", p.ID), fmt.Sprintf("HR-%d alarm: use on leave, 1", r.people); got != want {
		t.Errorf("on leave: %q, want %q", got, want)
	}
	machine, _, err := r.keys.Add("parking", access.RoleBureau)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		r.search(machine, "vehicles", 200, map[string]any{"registration": fmt.Sprintf("HR26ZK%04d", i+1)})
	}
	if got := r.told(auditor, audit.KindAlarm, "who", "parking"); got != "" {
		t.Errorf("a machine: %s", got)
	}
	if n := strings.Count(r.told(auditor, audit.KindAlarm, "unit", "13225008"), "\n") + 1; n != 9 {
		t.Errorf("%d alarms in all", n)
	}
	for _, text := range []string{"Kavisha", "HR26ZK0001"} {
		l := looked{}
		if err := l.files(r.dir+"/audit", needles([]string{text})); err != nil || l.Found > 0 {
			t.Errorf("%s stands in %d files of the log, %v", text, l.Found, err)
		}
	}
}

// TestRefusalsOverHTTP: what the policy or a budget refuses over HTTP is found by an auditor: who, what he asked and why he was
// refused; a flood of it is two entries with the right count.
func TestRefusalsOverHTTP(t *testing.T) {
	r := newWatchRig(t)
	auditor := r.auditor()
	f := func(role, want string, status int, ask func(p *accesstest.Person, token string) (int, string)) {
		t.Helper()
		p, token := r.officer(role, "13225008")
		got, out := ask(p, token)
		if got != status {
			t.Errorf("%s: %d %s, want %d", role, got, out, status)
		}
		who := fmt.Sprintf("HR-%d", r.people)
		if told := r.told(auditor, audit.KindRefusal, "who", who); told != who+" "+want {
			t.Errorf("the auditor finds\n%s, want\n%s", told, who+" "+want)
		}
	}
	post := func(token, path, body string) (int, string) {
		return r.ask(token, "POST", path, "application/json", body)
	}
	const victim = `{"name":"Kavisha","role":["victim"],"reason":"FIR 1/2026"}`
	f(access.RoleConstable, "person: role, 1 "+victim, 403, func(_ *accesstest.Person, token string) (int, string) {
		return post(token, "/v1/persons/search", victim)
	})
	f(access.RoleConstable, `person: second factor, 1 {"name":"Kavisha","reason":"FIR 1/2026"}`, 403, func(p *accesstest.Person, _ string) (int, string) {
		return post(p.Key, "/v1/persons/search", `{"name":"Kavisha","reason":"FIR 1/2026"}`)
	})
	f(access.RoleConstable, `case: unit, 1 {"fir":"13226003230001"}`, 403, func(_ *accesstest.Person, token string) (int, string) {
		return r.ask(token, "GET", "/v1/cases/13226003230001", "", "")
	})
	f(access.RoleSHO, `unmasking: unit, 1 {"fir":"13226003230001","reason":"FIR 1/2026"}`, 403, func(_ *accesstest.Person, token string) (int, string) {
		return post(token, "/v1/cases/13226003230001/unmask", `{"reason":"FIR 1/2026"}`)
	})
	f(access.RoleConstable, "GET /v1/audit: looking entries of the log up needs a credential of role auditor; who operates the service has /v1/audit/checkpoint, proof, export, consistency and verify, 1", 403,
		func(_ *accesstest.Person, token string) (int, string) {
			return r.ask(token, "GET", "/v1/audit", "", "")
		})
	f(access.RoleSHO, "POST /v1/persons/match: a list of so many rows needs a second person's approval under your role; have it approved, 1", 403,
		func(_ *accesstest.Person, token string) (int, string) {
			return r.ask(token, "POST", "/v1/persons/match", "application/x-ndjson", strings.Repeat(`{"name":"Kavisha","reason":"FIR 1/2026"}`+"\n", 501))
		})
	f(access.RoleConstable, "POST /v1/persons/match: your role sees the answers of lists on the page; it does not take them away as a file or by a program, 1", 403,
		func(_ *accesstest.Person, token string) (int, string) {
			return r.ask(token, "POST", "/v1/persons/match", "application/x-ndjson", `{"name":"Kavisha","reason":"FIR 1/2026"}`+"\n")
		})
	f(access.RoleConstable, `person: searches in a minute, 1 {"name":"Kavisha","reason":"FIR 1/2026"}`, 429, func(_ *accesstest.Person, token string) (status int, out string) {
		for status = 200; status == 200; {
			r.clock.Move(-2 * time.Second)
			status, out = post(token, "/v1/persons/search", `{"name":"Kavisha","reason":"FIR 1/2026"}`)
		}
		return status, out
	})

	_, token := r.officer(access.RoleConstable, "13225008")
	who := fmt.Sprintf("HR-%d", r.people)
	for range 150 {
		r.clock.Move(-2 * time.Second)
		if status, out := post(token, "/v1/persons/search", victim); status != 403 {
			t.Fatalf("%d %s", status, out)
		}
	}
	if err := r.log.Close(); err != nil {
		t.Fatal(err)
	}
	var found []audit.Entry
	for line := range strings.Lines(callAudit(t, 0, "show", "--kind", "refusal", "--who", who, "--data", r.dir).out) {
		var e audit.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		found = append(found, e)
	}
	if len(found) != 2 || found[0].Rows[0].Total != 149 || found[1].Rows[0].Total != 1 || found[0].Address != "127.0.0.1" {
		t.Errorf("%d entries of a flood: %+v", len(found), found)
	}
}

// TestBudgetsOverHTTP: a search needs a reason of sense; what a person, and all of a station together, may search in a day ends with
// 429, rows of lists apart from searches, and the next day begins anew.
func TestBudgetsOverHTTP(t *testing.T) {
	r := newWatchRig(t)
	_, token := r.officer(access.RoleConstable, "13225008")
	for reason, want := range map[string]int{"FIR 123/2026": 200, "GD 12/2026": 200, "DD 1": 200, "lost child at the fair": 200, "test": 400, "1234567890123": 400, "..........": 400} {
		r.search(token, "persons", want, map[string]any{"name": "Kavisha", "reason": reason})
	}
	for range access.AllowanceOf(access.RoleConstable).Searches - 4 {
		r.search(token, "persons", 200, map[string]any{"name": "Kavisha"})
	}
	r.search(token, "persons", 429, map[string]any{"name": "Kavisha"})

	_, token = r.officer(access.RoleSHO, "13225009")
	day := access.AllowanceOf(access.RoleSHO)
	list := func(rows int) int {
		t.Helper()
		status, out := r.ask(token, "POST", "/v1/persons/match", "application/x-ndjson", strings.Repeat(`{"name":"Kavisha","reason":"FIR 1/2026"}`+"\n", rows))
		if status != 200 || strings.Count(out, "\n") != rows {
			t.Fatalf("%d %.300s", status, out)
		}
		return strings.Count(out, `"code":"budget_spent"`)
	}
	for range day.Rows / day.ListRows {
		if n := list(day.ListRows); n != 0 {
			t.Fatalf("%d rows within the budget are refused", n)
		}
	}
	if n := list(3); n != 3 {
		t.Errorf("%d of 3 rows beyond the budget are refused", n)
	}
	r.search(token, "persons", 200, map[string]any{"name": "Kavisha"}) // which are counted apart

	const station = 3_000 // access.unitDay
	var group sync.WaitGroup
	var tokens []string
	for range station / day.Searches {
		_, token := r.officer(access.RoleSHO, "13226003")
		tokens = append(tokens, token)
	}
	for _, token := range tokens {
		group.Go(func() {
			for range day.Searches {
				status, out, err := r.send(token, "POST", "/v1/vehicles/search", "application/json", `{"registration":"HR26ZK0001","reason":"FIR 1/2026"}`)
				if err != nil || status != 200 {
					t.Errorf("%d %s %v", status, out, err)
					return
				}
			}
		})
	}
	group.Wait()
	_, token = r.officer(access.RoleSHO, "13226003")
	r.search(token, "vehicles", 429, map[string]any{"registration": "HR26ZK0001"})
	auditor := r.auditor()
	if got := r.told(auditor, audit.KindRefusal, "unit", "13226003"); !strings.Contains(got, "vehicle: the unit's day, 1 ") {
		t.Errorf("the auditor finds %q", got)
	}
	r.clock.Move(24 * time.Hour)
	_, token = r.officer(access.RoleSHO, "13226003")
	r.search(token, "vehicles", 200, map[string]any{"registration": "HR26ZK0001"})
}
