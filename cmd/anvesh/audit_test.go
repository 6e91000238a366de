package main

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/storage"
)

// callAudit runs anvesh audit and wants that exit code.
func callAudit(t *testing.T, code int, args ...string) called {
	t.Helper()
	r := callProgram(t.Context(), "", append([]string{"audit"}, args...)...)
	if r.code != code {
		t.Fatalf("audit %q: exit %d, want %d: %s%s", args, r.code, code, r.errs, r.out)
	}
	return r
}

// TestAuditCommands: the log of a stopped service is verified, an entry proved, a period exported and a witness's checkpoint
// compared; the proofs hold with the public key alone, and a changed byte is found.
func TestAuditCommands(t *testing.T) {
	dir := t.TempDir()
	log := func(n int) {
		t.Helper()
		l, err := audit.Open(audit.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			ev := audit.Event{Kind: audit.KindSearch, Who: access.Program("test"), Rows: []audit.Row{{About: "person", Asked: "x"}}}
			if err := l.Append(context.Background(), &ev); err != nil {
				t.Fatal(err)
			}
		}
		if r := callAudit(t, 1, "verify", "--data", dir); !strings.Contains(r.errs, "--server") {
			t.Errorf("in use: %s", r.errs)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][]string{{"prove", "2026/0"}, {"verify"}, {"show"}, {"checkpoint"}} { // a directory that was never a service's stays as it is
		if r := callAudit(t, 1, append(c, "--data", dir)...); !strings.Contains(r.errs, "no log of searches in "+dir) || r.out != "" {
			t.Errorf("%s without a log: %s%s", c, r.out, r.errs)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in a directory without a log: %v, %v", left, err)
	}
	log(3)
	if r := callAudit(t, 0, "verify", "--data", dir); !strings.HasPrefix(r.out, "3 entries in 1 years, ") || !strings.HasSuffix(r.out, ": 0 faults\n") {
		t.Errorf("verify: %s", r.out)
	}
	witness := callAudit(t, 0, "checkpoint", "--data", dir)
	key := strings.TrimSpace(regexp.MustCompile(`public key of the log: (.*)\n`).FindStringSubmatch(witness.errs)[1])
	file := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	old := file("witness.txt", witness.out)
	log(2)
	today := time.Now().Format(time.DateOnly)
	year := today[:4]
	entry := callAudit(t, 0, "prove", year+"/4", "--data", dir).out
	callAudit(t, 0, "check-proof", file("proof.json", entry), "--log-key", key)
	callAudit(t, 1, "check-proof", file("proof.json", strings.Replace(entry, "test", "fest", 1)), "--log-key", key)
	callAudit(t, 1, "prove", year+"/5", "--data", dir)
	callAudit(t, 2, "prove", "5", "--data", dir)
	two := callAudit(t, 0, "consistency", old, "--data", dir).out
	callAudit(t, 0, "check-proof", file("two.json", two), "--log-key", key)
	callAudit(t, 1, "consistency", file("none.txt", witness.out[1:]), "--data", dir)
	callAudit(t, 1, "check-proof", file("two.json", strings.Replace(two, `"proof":["`, `"proof":["A`, 1)), "--log-key", key)
	callAudit(t, 2, "check-proof", file("two.json", two), "--log-key", "key")
	from := time.Now().AddDate(0, 0, -1).Format(time.DateOnly)
	to := time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	lines := strings.Split(strings.TrimSpace(callAudit(t, 0, "export", "--from", from, "--to", to, "--data", dir).out), "\n")
	var head struct{ Checkpoint, Key string }
	if err := json.Unmarshal([]byte(lines[0]), &head); err != nil || len(lines) != 6 || head.Key != key {
		t.Errorf("export: %d lines, %+v, %v", len(lines), head, err)
	}
	if out := callAudit(t, 0, "export", "--from", "2001-01-01", "--to", "2001-01-02", "--data", dir).out; out != "" {
		t.Errorf("export of another period: %s", out)
	}
	shown := callAudit(t, 0, "show", "--who", "test", "--limit", "3", "--from", from, "--data", dir).out
	if n := strings.Count(shown, `"asked":"x"`); n != 3 || strings.Count(shown, "\n") != 3 {
		t.Errorf("show: %s", shown)
	}
	if shown = callAudit(t, 0, "show", "--kind", "audit", "--data", dir).out; !strings.Contains(shown, `"who":"test"`) {
		t.Errorf("the look is not in the log: %s", shown)
	}
	path := filepath.Join(dir, "audit", year, "segment")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := callAudit(t, 1, "verify", "--data", dir); !strings.Contains(r.out, "segment") {
		t.Errorf("verify of a damaged log: %s", r.out)
	}
	if err := os.RemoveAll(filepath.Join(dir, "audit")); err != nil {
		t.Fatal(err)
	}
	if r := callAudit(t, 1, "verify", "--data", dir); strings.Contains(r.errs, "no log of searches") || r.out == "" {
		t.Errorf("verify of a log that is gone: %s%s", r.out, r.errs)
	}
}

// TestAuditOfAService: what a service answers is in its log before, also after a kill; proofs are had while it runs, and a
// directory in use is not touched.
func TestAuditOfAService(t *testing.T) {
	dir := t.TempDir()
	out, errs, code := program(t, "", "keys", "add", "--name", "head", "--role", "admin", "--data", dir)
	if code != 0 {
		t.Fatal(errs)
	}
	head := strings.TrimSpace(out)
	s := serve(t, dir, addKey(t, dir))
	s.search("persons", url.Values{"name": {"Virender Singh"}})
	s.search("vehicles", url.Values{"registration": {"HR26DK8337"}})
	if status, body := s.get("/v1/cases/13225008230001", nil); status != 404 {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := s.post("/v1/persons/match", "application/x-ndjson", strings.Repeat(`{"name":"Om Parkash","reason":"FIR 1/2026"}`+"\n", 100)); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if !s.kill() {
		t.Fatal("it had ended by itself")
	}
	s = serve(t, dir, s.key)
	atServer := []string{"--server", s.address, "--key", head}
	if r := callAudit(t, 0, append([]string{"verify"}, atServer...)...); !strings.HasSuffix(r.out, ": 0 faults\n") {
		t.Error(r.out)
	}
	today := time.Now().In(storage.IST)
	exported := callAudit(t, 0, append([]string{"export", "--from", today.AddDate(0, 0, -1).Format(time.DateOnly), "--to", today.Format(time.DateOnly)}, atServer...)...).out
	for kind, want := range map[string]int{`"kind":"search"`: 2, `"kind":"view"`: 1, `"about":"person"`: 101, `"address":"127.0.0.1"`: 3} {
		if n := strings.Count(exported, kind); n < want || kind[1] != 'a' && n > want {
			t.Errorf("%s stands %d times, want %d", kind, n, want)
		}
	}
	for _, personal := range []string{"Virender", "HR26DK8337", "Parkash", "13225008230001"} {
		if strings.Contains(exported, personal) {
			t.Errorf("the log tells of %s", personal)
		}
	}
	for _, c := range [][]string{{"verify"}, {"prove", today.Format("2006") + "/0"}, {"checkpoint"}} {
		if r := callAudit(t, 1, append(c, "--data", dir)...); r.out != "" || !strings.Contains(r.errs, "--server") {
			t.Errorf("%v of a directory in use: %s%s", c, r.out, r.errs)
		}
		if r := callAudit(t, 1, append(c, "--server", s.address, "--key", s.key)...); r.out != "" {
			t.Errorf("%v with the key of a desk: %s", c, r.out)
		}
		callAudit(t, 2, append(c, "--server", s.address, "--key", head, "--data", dir)...)
	}
	witness := callAudit(t, 0, append([]string{"checkpoint"}, atServer...)...)
	old := filepath.Join(t.TempDir(), "witness.txt")
	if err := os.WriteFile(old, []byte(witness.out), 0o600); err != nil {
		t.Fatal(err)
	}
	callAudit(t, 0, append([]string{"consistency", old}, atServer...)...)
	callAudit(t, 0, append([]string{"prove", today.Format("2006") + "/0"}, atServer...)...)
	if r := callAudit(t, 1, append([]string{"show"}, atServer...)...); r.out != "" || !strings.Contains(r.errs, "log") {
		t.Errorf("an administrator reads the log: %s%s", r.out, r.errs)
	}
	s.stop()
	callKeys(t, 0, "revoke", "test", "--data", dir)
	if r := callAudit(t, 0, "show", "--kind", "credential", "--data", dir); strings.Count(r.out, "\n") != 3 || !strings.Contains(r.out, `"do":"keys revoke","id-or-name":"test"`) ||
		!strings.Contains(r.out, `"do":"keys add","name":"head","role":"admin"`) || strings.Contains(r.out, head) {
		t.Errorf("credentials: %s", r.out)
	}
	if r := callAudit(t, 0, "show", "--kind", "view", "--data", dir); !strings.Contains(r.out, `"asked":{"fir":"13225008230001"}`) {
		t.Error(r.out)
	}
	if r := callAudit(t, 0, "verify", "--data", dir); !strings.HasSuffix(r.out, ": 0 faults\n") {
		t.Error(r.out)
	}
}

// TestVerifyStatement: what a service states is checked offline, with the public key that it gives and with its directory.
func TestVerifyStatement(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	file := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	status, signed := s.post("/v1/persons/search?statement=1", "application/json", `{"name":"Virender Singh","reason":"FIR 1/2026"}`)
	if status != 200 {
		t.Fatalf("%d %s", status, signed)
	}
	_, key := s.get("/v1/statements/key", nil)
	s.stop()
	f := func(code int, args ...string) called {
		t.Helper()
		r := callProgram(t.Context(), "", append([]string{"verify-statement"}, args...)...)
		if r.code != code {
			t.Fatalf("%q: exit %d, want %d: %s%s", args, r.code, code, r.errs, r.out)
		}
		return r
	}
	statement, public := file("statement.json", signed), file("key.json", key)
	for _, where := range [][]string{{"--key", public}, {"--data", dir}} {
		if r := f(0, append(where, statement)...); !strings.HasPrefix(r.out, "valid\n") || !strings.Contains(r.out, `"name":"Virender Singh"`) {
			t.Error(r.out)
		}
	}
	f(1, file("changed.json", []byte(strings.Replace(string(signed), "Virender", "Birender", 1))), "--key", public)
	f(1, statement, "--key", statement)
	f(1, statement, "--data", t.TempDir())
	f(2, "--key", public)
}
