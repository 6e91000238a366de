package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"anvesh/query/access"
	"anvesh/query/audit"
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
	callAudit(t, 1, "prove", "2026/0", "--data", dir)
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
}
