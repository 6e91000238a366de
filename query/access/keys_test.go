package access

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"anvesh/storage/durable"
)

// open opens the keys of dir and closes them when the test ends.
func open(t testing.TB, dir string) *Keys {
	t.Helper()
	k, err := Open(dir)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { k.Close() })
	return k
}

// add adds a key that must be accepted.
func add(t testing.TB, k *Keys, name, role string) (string, Key) {
	t.Helper()
	plain, key, err := k.Add(name, role)
	if err != nil {
		t.Fatalf("add %q: %v", name, err)
	}
	return plain, key
}

// bureau is what a plain key acts as.
func bureau(id, name string) Identity {
	return Identity{KeyID: id, Name: name, Pillar: Police, Role: RoleBureau, Level: StateLevel, SecondFactor: true}
}

func TestAddAndCheck(t *testing.T) {
	k := open(t, t.TempDir())
	plain, key := add(t, k, "Rohtak desk", "")
	if key.Role != RoleBureau || len(plain) != keyLen || !strings.HasPrefix(plain, "anv_"+key.ID) {
		t.Fatalf("key %+v, %d characters", key, len(plain))
	}
	if id, err := k.Check(plain); err != nil || id != bureau(key.ID, "Rohtak desk") {
		t.Fatalf("check: %+v, %v", id, err)
	}
	f := func(name, role string, want error) {
		t.Helper()
		if _, _, err := k.Add(name, role); !errors.Is(err, want) {
			t.Fatalf("add %q as %q: %v, want %v", name, role, err, want)
		}
	}
	f("rohtak DESK", "", ErrNameTaken)
	f(key.ID, "", ErrNameTaken)
	f("", "", ErrBadName)
	f("  ", "", ErrBadName)
	f(" -x", "", ErrBadName)
	f("a\x00b", "", ErrBadName)
	f("a\nb", "", ErrBadName)
	f("\xff", "", ErrBadName)
	f(strings.Repeat("x", 65), "", ErrBadName)
	f("other", "root", ErrBadRole)
	f("रोहतक थाना", RoleAdmin, nil)
	f(strings.Repeat("x", 64), RoleBureau, nil)
}

func TestEveryOtherTextIsRefused(t *testing.T) {
	k := open(t, t.TempDir())
	plain, _ := add(t, k, "one", "")
	add(t, k, "two", "")
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(plain)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "position")
		b[i] = rapid.SampledFrom([]byte(alphabet)).Draw(t, "character")
		_, err := k.Check(string(b))
		if (string(b) == plain) != (err == nil) {
			t.Fatalf("check after changing character %d: %v", i, err)
		}
	})
	f := func(text string) {
		t.Helper()
		if _, err := k.Check(text); !errors.Is(err, ErrBadKey) {
			t.Fatalf("%d characters: %v", len(text), err)
		}
	}
	f("")
	f("anv_")
	f(plain + " ")
	f(plain[:len(plain)-1])
	stranger, _ := newKey("zzzzzzzz")
	f(stranger)
	forged, _ := newKey(plain[4:12])
	f(forged)
}

func TestRevokeAndRotate(t *testing.T) {
	k := open(t, t.TempDir())
	first, key := add(t, k, "desk", "")
	second, rotated, err := k.Rotate("DESK", 0)
	if err != nil || rotated.ID != key.ID || rotated.Rotated == nil || second == first {
		t.Fatalf("rotate: %+v, %v", rotated, err)
	}
	if _, err := k.Check(first); !errors.Is(err, ErrBadKey) {
		t.Fatalf("the old secret still opens: %v", err)
	}
	if _, err := k.Check(second); err != nil {
		t.Fatalf("the other secret: %v", err)
	}
	if gone, err := k.Revoke(key.ID); err != nil || gone.Revoked == nil {
		t.Fatalf("revoke: %+v, %v", gone, err)
	}
	if _, err := k.Check(second); !errors.Is(err, ErrBadKey) {
		t.Fatalf("a revoked key opens: %v", err)
	}
	if _, err := k.Revoke(key.ID); !errors.Is(err, ErrNoKey) {
		t.Fatalf("revoke twice: %v", err)
	}
	if _, _, err := k.Rotate("nobody", 0); !errors.Is(err, ErrNoKey) {
		t.Fatalf("rotate nobody: %v", err)
	}
	_, again := add(t, k, "desk", "")
	if list := k.List(); len(list) != 2 || list[0].Revoked == nil || list[1].ID != again.ID {
		t.Fatalf("list %+v", list)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	k := open(t, dir)
	plain, key := add(t, k, "desk", RoleAdmin)
	gone, _ := add(t, k, "gone", "")
	if _, err := k.Revoke("gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrInUse) {
		t.Fatalf("opened twice: %v", err)
	}
	k.Close()
	again := open(t, dir)
	if id, err := again.Check(plain); err != nil || id.KeyID != key.ID || id.Role != RoleAdmin {
		t.Fatalf("after reopening: %+v, %v", id, err)
	}
	if _, err := again.Check(gone); !errors.Is(err, ErrBadKey) {
		t.Fatalf("revoked key after reopening: %v", err)
	}
}

func TestNothingSecretOnDisk(t *testing.T) {
	dir := t.TempDir()
	k := open(t, dir)
	plain, _ := add(t, k, "desk", "")
	_, secret, _ := splitKey(plain)
	raw, err := os.ReadFile(k.file())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), secret) {
		t.Fatal("the secret stands in the file")
	}
	if sum := sha256.Sum256([]byte(secret)); strings.Contains(string(raw), hex.EncodeToString(sum[:])) {
		t.Fatal("a hash that needs no key of the server stands in the file")
	}
	f := func(path string, want os.FileMode) {
		t.Helper()
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm() != want {
			t.Fatalf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	f("secret", 0o700)
	f("secret/keys.json", 0o600)
	f("secret/lock", 0o600)
	f("secret/server.key", 0o600)
	f("secret/state.db", 0o600)
}

func TestDamagedFile(t *testing.T) {
	f := func(content, want string) {
		t.Helper()
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "secret"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "secret", "keys.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("%q: %v", content, err)
		}
		if err := os.Remove(filepath.Join(dir, "secret", "keys.json")); err != nil {
			t.Fatal(err)
		}
		open(t, dir) // put right, it opens: what was refused does not hold the directory
	}
	f("", "damaged")
	f(`{"schema":1`, "damaged")
	f(`{"schema":3}`, "schema 3")
	f(`{"schema":0}`, "schema 0")
	f(`{"schema":2,"keys":[{"id":"abcdefgh","secrets":[{"mac":"00"}]}]}`, "server.key")
	f(`{"schema":1,"keys":[{"id":"abcdefgh","sha256":"00"}]}`, "damaged")
	f(`{"schema":1,"keys":[{"id":"abcdefgh","sha256":"zz"}]}`, "damaged")
}

func TestFailedWriteChangesNothing(t *testing.T) {
	dir := t.TempDir()
	k := open(t, dir)
	plain, _ := add(t, k, "desk", "")
	// A directory in the file's place makes the write fail, for root too.
	if err := errors.Join(os.Remove(k.file()), os.Mkdir(k.file(), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Add("other", ""); err == nil {
		t.Fatal("added without writing")
	}
	if _, err := k.Revoke("desk"); err == nil {
		t.Fatal("revoked without writing")
	}
	if _, err := k.Check(plain); err != nil || len(k.List()) != 1 {
		t.Fatalf("a failed write changed something: %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	k := open(t, t.TempDir())
	plain, _ := add(t, k, "desk", "")
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 5 {
				if _, _, err := k.Add(fmt.Sprintf("k%d-%d", i, j), ""); err != nil {
					t.Error(err)
				}
				if _, err := k.Check(plain); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := len(k.List()); n != 21 {
		t.Fatalf("%d keys", n)
	}
}

func FuzzCheck(f *testing.F) {
	k := open(f, f.TempDir())
	plain, _ := add(f, k, "desk", "")
	f.Add(plain)
	f.Add("anv_")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := k.Check(text); err == nil && text != plain {
			t.Fatalf("%q opens", text)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	k := open(b, b.TempDir())
	plain, _ := add(b, k, "desk", "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Check(plain); err != nil {
			b.Fatal(err)
		}
	}
}

// TestFileIsOldOrNew: whoever reads the file of keys at any moment of a change, as a start after a crash does, finds it as it
// was before or after, whole and closed to others; what a crash left half written beside it is passed over.
func TestFileIsOldOrNew(t *testing.T) {
	dir := t.TempDir()
	k := open(t, dir)
	plain, key := add(t, k, "desk", "")
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(done)
		for range 50 {
			var err error
			if plain, _, err = k.Rotate("desk", 0); err != nil {
				t.Error(err)
			}
		}
	})
	for looked := 0; ; looked++ {
		entries, was, err := readEntries(k.file())
		if err != nil || was != schema || len(entries) != 1 || entries[0].ID != key.ID || len(entries[0].Secrets) != 1 {
			t.Fatalf("after %d looks: %+v, %v", looked, entries, err)
		}
		if i, err := os.Stat(k.file()); err != nil || i.Mode().Perm() != 0o600 {
			t.Fatalf("mode %v, %v", i, err)
		}
		select {
		case <-done:
		default:
			continue
		}
		break
	}
	group.Wait()
	if err := os.WriteFile(k.file()+"-1"+durable.Beside, []byte(`{"schema":1,"ke`), 0o600); err != nil {
		t.Fatal(err)
	}
	k.Close()
	again := open(t, dir)
	if who, err := again.Check(plain); err != nil || who != bureau(key.ID, "desk") {
		t.Errorf("after a restart: %+v, %v", who, err)
	}
	if _, _, err := again.Add("other", roleProgram); !errors.Is(err, ErrBadRole) {
		t.Errorf("a key was given the program's own role: %v", err)
	}
}

// filesOf are the contents of the files of a directory.
func filesOf(t *testing.T, dir string) (all []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(raw))
	}
	return all
}
