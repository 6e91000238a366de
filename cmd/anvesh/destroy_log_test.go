package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anvesh/query/audit"
)

// shownLog is what auditors can still read of the log of a stopped service, all of it.
func shownLog(t *testing.T, dir string) (text string, entries []audit.Entry) {
	t.Helper()
	text = callAudit(t, 0, "show", "--limit", "1000", "--data", dir).out
	for line := range strings.Lines(text) {
		var e audit.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return text, entries
}

// TestDestroyedAreForgottenInTheLog fills the log with all that can be asked of planted persons: searches, lists, looks at cases and at
// the log, that found them, found others, or found nobody. Once they are destroyed by order, neither the bytes of the log nor what can
// be decrypted of it tells of them; what was asked of others, and that and by whom something was asked, stays, the log proves whole, and
// the certificate says what was searched.
func TestDestroyedAreForgottenInTheLog(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	var in strings.Builder
	var all []planted
	var secrets []string
	for i := range 6 {
		p := plant(i)
		all = append(all, p)
		secrets = append(secrets, p.texts...)
		if p.alone {
			secrets = append(secrets, p.record)
		} else {
			secrets = append(secrets, p.fir)
		}
		in.WriteString(strings.Join(p.forms, "\n") + "\n")
	}
	in.WriteString(`{"schema":1,"form":"IIF1","form_id":"l","version":1,"fir":"13225008259999","station":"13225008","event_at":"2025-05-04T10:20:00+05:30",` +
		`"entered_at":"2025-05-04T11:05:00+05:30","persons":[{"ref":"A1","role":"accused","name":"Stays Kadian"}]}` + "\n")
	token, errs, code := program(t, in.String(), "load", "-", "--brokers", s.broker)
	if code != 0 {
		t.Fatalf("load: %s", errs)
	}
	at := strings.TrimSpace(token)
	get := func(path string, q url.Values, want int) {
		t.Helper()
		if status, body := s.get(path, q); status != want {
			t.Fatalf("%s %v: %d %s", path, q, status, body)
		}
	}
	for _, p := range all {
		full := p.texts[0] + " Kadian"
		for _, q := range []url.Values{
			{"name": {full}, "place": {p.texts[3]}}, {"alias": {p.texts[1]}}, {"relative": {p.texts[2]}, "name": {p.texts[0]}}, // he is found
			{"name": {"Stays Kadian"}, "relative": {full}},                                     // another is found, and he too or not
			{"name": {strings.ToUpper(full)}, "min_class": {"EXACT"}, "station": {"13226001"}}, // nobody is found
		} {
			q.Set("at_least", at)
			q.Set("reason", "FIR 1/2026")
			get("/v1/persons/search", q, 200)
		}
		get("/v1/cases/"+p.fir, nil, 200)
		list := fmt.Sprintf(`{"name":%q,"reason":"FIR 1/2026"}`+"\n"+`{"name":"Stays Kadian","reason":"FIR 1/2026"}`+"\n", full)
		if status, body := s.post("/v1/persons/match", "application/x-ndjson", list); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	get("/v1/persons/search", url.Values{"name": {"Stays Kadian"}, "station": {"13225008"}, "reason": {"FIR 77/2026"}, "min_class": {"PROBABLE"}}, 200)
	s.stop()
	for _, p := range all {
		callAudit(t, 0, "show", "--record", p.record, "--data", dir) // which is itself in the log
	}
	before, entries := shownLog(t, dir)
	for _, secret := range secrets {
		if !strings.Contains(before, secret) {
			t.Fatalf("%s is not in the log before", secret)
		}
	}

	orders := ordersFor(t, dir, all)
	out, errs, code := program(t, "", orders...)
	if code != 0 {
		t.Fatalf("destroy: %s %s", out, errs)
	}
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var c certificate
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		log := slices.IndexFunc(c.Looked, func(l looked) bool { return l.Place == "audit, decrypted" })
		if log < 0 || c.Looked[log].Items < len(entries) || c.Looked[log].Found != 0 || c.Found != 0 {
			t.Errorf("certificate %s", line)
		}
		text, err := os.ReadFile(fmt.Sprintf("%s-%d.txt", orders[4], i+1))
		if err != nil || !strings.Contains(string(text), "the log of searches as it can still be read") || !strings.Contains(string(text), "audit, decrypted") {
			t.Errorf("certificate %s, %v", text, err)
		}
	}

	after, left := shownLog(t, dir)
	for _, secret := range secrets {
		if strings.Contains(strings.ToLower(after), strings.ToLower(secret)) {
			t.Errorf("%s can still be read", secret)
		}
		in := looked{}
		for _, below := range []string{"audit", "derived", "secret"} {
			if err := in.files(filepath.Join(dir, below), [][]byte{[]byte(secret)}); err != nil || in.Found > 0 {
				t.Errorf("%s stands in %d files of %s, %v", secret, in.Found, below, err)
			}
		}
	}
	if !strings.Contains(after, "FIR 77/2026") || strings.Count(after, "Stays Kadian") == 0 {
		t.Error("what was asked of another cannot be read any more")
	}
	if len(left) != len(entries)+2 { // the destruction, and this look
		t.Errorf("%d entries, %d before", len(left), len(entries))
	}
	if r := callAudit(t, 0, "verify", "--data", dir); !strings.HasSuffix(r.out, ": 0 faults\n") {
		t.Error(r.out)
	}
	for _, p := range all {
		if r := callAudit(t, 1, "show", "--record", p.record, "--data", dir); !strings.Contains(r.errs, "forgotten by order") {
			t.Errorf("%s: %s%s", p.record, r.out, r.errs)
		}
	}
}
