package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"anvesh/query/access"
	"anvesh/query/match"
)

// keys runs anvesh keys and wants that exit code.
func callKeys(t *testing.T, code int, args ...string) called {
	t.Helper()
	r := callProgram(t.Context(), "", append([]string{"keys"}, args...)...)
	if r.code != code {
		t.Fatalf("keys %q: exit %d, want %d: %s%s", args, r.code, code, r.errs, r.out)
	}
	return r
}

// key is the plain text that a call printed, and nothing else.
func (r called) key(t *testing.T) string {
	t.Helper()
	key := strings.TrimSuffix(r.out, "\n")
	if !strings.HasPrefix(key, "anv_") || strings.ContainsAny(key, " \n") {
		t.Fatalf("%q is no key", r.out)
	}
	return key
}

// keysRound does everything that can be done, where door says.
func keysRound(t *testing.T, door []string, check func(key string) bool) {
	t.Helper()
	f := func(code int, args ...string) called {
		t.Helper()
		return callKeys(t, code, append(args, door...)...)
	}
	first := f(0, "add", "--name", "desk 3").key(t)
	f(0, "add", "--name", " chief ", "--role", "admin").key(t)
	if r := f(1, "add", "--name", "Desk 3"); r.out != "" || !strings.Contains(r.errs, "name") {
		t.Fatalf("%s%s", r.out, r.errs)
	}
	if r := f(2, "add", "--name", "../x"); r.out != "" {
		t.Fatal(r.out)
	}
	second := f(0, "rotate", "desk 3").key(t)
	if check(first) || !check(second) {
		t.Fatal("rotate: the old key is valid, or the other is not")
	}
	list := f(0, "list").out
	if !strings.Contains(list, "desk 3") || !strings.Contains(list, "chief") || strings.Contains(list, "anv_") ||
		strings.Contains(list, second[len(second)-30:]) || strings.Contains(list, "sha256") {
		t.Fatalf("list:\n%s", list)
	}
	if r := f(0, "revoke", "desk 3"); r.out != "" || !strings.Contains(r.errs, "revoked") {
		t.Fatalf("%q %q", r.out, r.errs)
	}
	if check(second) {
		t.Fatal("the revoked key is valid")
	}
	f(1, "revoke", "desk 3")
	f(1, "rotate", "nobody")
	for line := range strings.Lines(f(0, "list").out) {
		if strings.Contains(line, "desk 3") && len(moment.FindAllString(line, -1)) != 3 {
			t.Fatalf("%q does not say when the key was made, rotated and revoked", line)
		}
	}
}

// moment is how a list shows when something happened.
var moment = regexp.MustCompile(`\d\d:\d\d:\d\dZ`)

func TestKeysOfADirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there")
	if r := callKeys(t, 1, "list", "--data", dir); !strings.Contains(r.errs, "--data") {
		t.Fatal(r.errs)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatal("list made the directory")
	}
	keysRound(t, []string{"--data", dir}, func(key string) bool {
		k, err := access.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer k.Close()
		_, err = k.Check(key)
		return err == nil
	})
}

func TestKeysOfAService(t *testing.T) {
	s := openSite(t)
	keysRound(t, []string{"--server", s.url, "--key", s.admin}, func(key string) bool {
		_, err := (&servedKeys{ctx: t.Context(), c: mustClient(t, s.url, key)}).list()
		return err != nil && !strings.Contains(err.Error(), "does not know the key")
	})
	for _, args := range [][]string{{"add", "--name", "x"}, {"list"}, {"revoke", "admin"}, {"rotate", "admin"}} {
		if r := callKeys(t, 1, append(args, "--server", s.url, "--key", s.key)...); r.out != "" || !strings.Contains(r.errs, "role admin") {
			t.Fatal(r.errs)
		}
		if r := callKeys(t, 1, append(args, "--data", s.dir)...); r.out != "" || !strings.Contains(r.errs, "--server") {
			t.Fatal(r.errs)
		}
		callKeys(t, 2, append(args, "--server", s.url)...)
	}
	t.Setenv("ANVESH_SERVER", s.url)
	t.Setenv("ANVESH_KEY", s.admin)
	if r := callKeys(t, 0, "list"); !strings.Contains(r.out, "chief") {
		t.Fatalf("the variables do not count:\n%s", r.out)
	}
	if r := callKeys(t, 1, "list", "--data", t.TempDir()); !strings.Contains(r.errs, "no keys in") {
		t.Fatal("a variable counts before the command line")
	}
	t.Setenv("ANVESH_DATA", t.TempDir())
	callKeys(t, 0, "list", "--server", s.url)
	callKeys(t, 2, "list", "--server", s.url, "--data", t.TempDir())
	callKeys(t, 2, "add", "--name", "x", "--role", "king", "--data", t.TempDir())
	callKeys(t, 2, "add", "--data", t.TempDir())
}

func mustClient(t *testing.T, server, key string) *match.Client {
	t.Helper()
	c, err := match.NewClient(server, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
