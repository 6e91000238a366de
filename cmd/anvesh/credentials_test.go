package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"anvesh/query/access"
)

// TestCredentialSteps takes a person's credential through its steps by the program, through a service and in the directory of a
// stopped one.
func TestCredentialSteps(t *testing.T) {
	s := openSite(t)
	chief, _, err := s.keys.Add("chief of another office", access.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	served := func(key string) []string { return []string{"--server", s.url, "--key", key} }
	dir := t.TempDir()
	callKeys(t, 0, "add", "--name", "head", "--role", "admin", "--data", dir)
	stored := func(who string) []string { return []string{"--data", dir, "--by", who} }
	round := func(asks, approves []string, others func([]string) []string) {
		t.Helper()
		f := func(code int, as []string, args ...string) called {
			t.Helper()
			return callKeys(t, code, append(args, as...)...)
		}
		id := strings.TrimSpace(f(0, asks, "request", "--person", "HR-100234", "--name", "Insp. Om", "--role", "sho", "--unit", "13225008").out)
		f(1, asks, "issue", id)
		if r := f(1, asks, "approve", id); !strings.Contains(r.errs, "nother person") {
			t.Fatal(r.errs)
		}
		f(0, approves, "approve", id)
		key := f(0, asks, "issue", "Insp. Om").key(t)
		if r := f(0, others(asks), "report"); !strings.Contains(r.out, "requests open          0") || !strings.Contains(r.out, "issued                 1") {
			t.Fatal(r.out)
		}
		f(0, others(asks), "change", id, "--away", "--searches", "7")
		if other := f(0, others(asks), "reset", id).key(t); other == key {
			t.Fatal("the key after a reset is the one before")
		}
		f(0, others(asks), "rotate", id, "--overlap", "24h")
		f(2, others(asks), "rotate", id, "--overlap", "24m")
		f(2, others(asks), "change", id)
		f(2, asks, "approve")
		f(0, asks, "request", "--person", "HR-7", "--role", "court", "--unit", "13225")
		f(0, approves, "refuse", "HR-7")
	}
	round(served(s.admin), served(chief), func(a []string) []string { return a })
	round(stored("first"), stored("second"), func([]string) []string { return []string{"--data", dir} })
	if r := callKeys(t, 2, "request", "--person", "HR-8", "--role", "court", "--data", dir); !strings.Contains(r.errs, "--by") {
		t.Fatal(r.errs)
	}
}

// TestJoiningDay requests, approves and issues the credentials of a list; a line that cannot be is named, and the others stand.
func TestJoiningDay(t *testing.T) {
	dir := t.TempDir()
	callKeys(t, 0, "add", "--name", "head", "--role", "admin", "--data", dir)
	list := filepath.Join(t.TempDir(), "courts.csv")
	const lines = "\ufeffPerson,Role,Unit,Name,Rank\nC-1,court,13225,Court 1,Judge\nC-2,court,99,Court 2,Judge\nC-3,court,13225,Court 3,\n"
	if err := os.WriteFile(list, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	r := callKeys(t, 1, "request", "--csv", list, "--data", dir, "--by", "first")
	if !strings.Contains(r.errs, "line 3: ") || !strings.Contains(r.errs, "1 of 3") {
		t.Fatal(r.errs)
	}
	batch := strings.TrimSpace(r.out)
	callKeys(t, 0, "approve", "--batch", batch, "--data", dir, "--by", "second")
	r = callKeys(t, 0, "issue", "--batch", batch, "--data", dir, "--by", "first")
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][2] != "C-1" || rows[2][1] != "Court 3" {
		t.Fatalf("%v, %v", rows, err)
	}
	k, err := access.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for _, row := range rows[1:] {
		if who, err := k.Check(row[4]); err != nil || who.KeyID != row[0] || who.Role != access.RoleCourt {
			t.Fatalf("%v: %+v, %v", row, who, err)
		}
	}
	callKeys(t, 2, "request", "--csv", list, "--person", "x", "--data", dir, "--by", "first")
}

// TestEnrol sets a second factor and a password by the program, with the key that was issued.
func TestEnrol(t *testing.T) {
	s := openSite(t)
	key, err := s.keys.Request(access.Wanted{Person: "HR-100234", Role: access.RoleSHO, Unit: "13225008"}, access.Identity{Name: "a"})
	if err == nil {
		_, err = s.keys.Approve(key.ID, access.Identity{Name: "b"})
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, _, err := s.keys.Issue(key.ID, access.Identity{Name: "a"})
	if err != nil {
		t.Fatal(err)
	}
	if r := callKeys(t, 1, "enrol", "--server", s.url, "--key", plain); !strings.Contains(r.errs, "otpauth://totp/") || r.out != "" {
		t.Fatal(r.errs)
	}
	c := mustClient(t, s.url, plain)
	var factor access.Factor
	if err := c.Call(t.Context(), "POST", "/v1/me/second-factor", struct{}{}, &factor); err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(factor.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Call(t.Context(), "POST", "/v1/me/second-factor", map[string]string{"code": code, "password": "neela kamal 77 par"}, nil); err != nil {
		t.Fatal(err)
	}
	if r := callKeys(t, 1, "enrol", "--server", s.url, "--key", plain); !strings.Contains(r.errs, "second factor is set") {
		t.Fatal(r.errs)
	}
}
