package statement

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func made(t *testing.T) (dir string, raw []byte, k *Key) {
	t.Helper()
	dir = t.TempDir()
	if HasKey(dir) {
		t.Fatal("a key where none was made")
	}
	k, err := OpenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	e, err := k.Sign(&Statement{SearchID: "s1", Kind: "person", Asked: map[string]any{"name": "Virender <b>", "age": 37}, By: By{Name: "desk 3"},
		At: time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC), Records: 20000, Text: "nobody", Hindi: "कोई नहीं"})
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = json.Marshal(e); err != nil {
		t.Fatal(err)
	}
	return dir, raw, k
}

// TestOpen: a statement is opened with its public key, as answered and laid out anew, by the key of the directory too.
func TestOpen(t *testing.T) {
	dir, raw, k := made(t)
	again, err := OpenKey(dir)
	if err != nil || again.ID() != k.ID() || !HasKey(dir) {
		t.Fatalf("%v, %v", again, err)
	}
	public, err := ParsePublic([]byte(again.Public()))
	if err != nil {
		t.Fatal(err)
	}
	var spread bytes.Buffer
	if err := json.Indent(&spread, raw, "", "\t"); err != nil {
		t.Fatal(err)
	}
	for _, raw := range [][]byte{raw, spread.Bytes(), bytes.ReplaceAll(raw, []byte(`\u003c`), []byte("<"))} {
		if s, err := Open(raw, public); err != nil || s.Records != 20000 || s.By.Name != "desk 3" {
			t.Errorf("%+v, %v", s, err)
		}
	}
	for _, bad := range []string{`{"statement":{"text":"somebody"},` + string(raw[1:]), string(raw) + "{}", "[]", "{}",
		strings.Replace(string(raw), `"records":20000`, `"records":5,"records":20000`, 1),
		strings.Replace(string(raw), `"signatures"`, `"STATEMENT":{},"signatures"`, 1)} {
		if _, err := Open([]byte(bad), public); !errors.Is(err, ErrNotSigned) {
			t.Errorf("%v: %s", err, bad)
		}
	}
	_, other, _ := made(t)
	if _, err := Open(other, public); !errors.Is(err, ErrNotSigned) || !strings.Contains(err.Error(), k.ID()) {
		t.Errorf("one of another key: %v", err)
	}
	if _, err := ParsePublic([]byte("x")); err == nil {
		t.Error("x is a public key")
	}
	if err := os.WriteFile(filepath.Join(dir, "secret", "statement.key"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKey(dir); err == nil {
		t.Error("a damaged key was replaced")
	}
}

// TestTampered: whatever byte of an envelope is changed, taken out or put in, it is not opened, or says the same.
func TestTampered(t *testing.T) {
	_, raw, k := made(t)
	want, err := Open(raw, k.public())
	if err != nil {
		t.Fatal(err)
	}
	said, _ := json.Marshal(want)
	rng := rand.New(rand.NewPCG(6, 17))
	for range 5000 {
		bad, at := bytes.Clone(raw), rng.IntN(len(raw))
		switch rng.IntN(3) {
		case 0:
			bad[at] ^= byte(1 + rng.IntN(255))
		case 1:
			bad = append(bad[:at], bad[at+1:]...)
		case 2:
			bad = append(bad[:at], append([]byte{byte(rng.IntN(256))}, bad[at:]...)...)
		}
		s, err := Open(bad, k.public())
		if err != nil {
			continue
		}
		if got, _ := json.Marshal(s); !bytes.Equal(got, said) {
			t.Fatalf("opened as %s:\n%s", got, bad)
		}
	}
}
