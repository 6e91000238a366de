package access

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

func TestSession(t *testing.T) {
	k := open(t, t.TempDir())
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	k.sessions.now = func() time.Time { return clock }
	begin := func(plain string) string {
		t.Helper()
		token, ends, err := k.StartSession(plain)
		if err != nil || !ends.Equal(clock.Add(SessionTime)) {
			t.Fatalf("start: %v, %v", ends, err)
		}
		return token
	}
	f := func(what, token string, want error) {
		t.Helper()
		if id, err := k.Session(token); !errors.Is(err, want) || err == nil && id.Name != "desk" {
			t.Fatalf("%s: %+v, %v, want %v", what, id, err, want)
		}
	}
	plain, _ := add(t, k, "desk", "")
	one, two := begin(plain), begin(plain)
	f("valid", one, nil)
	f("empty", "", ErrBadKey)
	f("unknown", "00000000000000000000000000000000", ErrBadKey)
	k.EndSession(one)
	f("ended", one, ErrBadKey)
	f("the other goes on", two, nil)

	clock = clock.Add(SessionTime - time.Second)
	f("one second before its end", two, nil)
	clock = clock.Add(time.Second)
	f("at its end", two, ErrBadKey)

	three := begin(plain)
	other, _, err := k.Rotate("desk")
	if err != nil {
		t.Fatal(err)
	}
	f("begun with the secret before", three, ErrBadKey)
	four := begin(other)
	if _, err := k.Revoke("desk"); err != nil {
		t.Fatal(err)
	}
	f("key revoked", four, ErrBadKey)
	if _, _, err := k.StartSession(other); !errors.Is(err, ErrBadKey) {
		t.Fatalf("session with a revoked key: %v", err)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	k := open(t, t.TempDir())
	plain, _ := add(t, k, "desk", "")
	first, _, err := k.StartSession(plain)
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(maxSessions - 1) {
		var id [sha256.Size]byte
		binary.BigEndian.PutUint64(id[:], i)
		k.sessions.byID[id] = session{key: k.check(plain), ends: time.Now().Add(SessionTime + time.Hour)}
	}
	last, _, err := k.StartSession(plain)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(k.sessions.byID); n != maxSessions {
		t.Fatalf("%d sessions", n)
	}
	if _, err := k.Session(first); !errors.Is(err, ErrBadKey) {
		t.Fatalf("the session that ends first did not give way: %v", err)
	}
	if _, err := k.Session(last); err != nil {
		t.Fatalf("the last session: %v", err)
	}
}

// TestEndedSessionsMakeRoom: where sessions have ended, a new one takes the place of all of them and of none that lives.
func TestEndedSessionsMakeRoom(t *testing.T) {
	k := open(t, t.TempDir())
	plain, _ := add(t, k, "desk", "")
	ends := map[bool]time.Time{true: time.Now().Add(-time.Hour), false: time.Now().Add(time.Minute)}
	for i := range uint64(maxSessions) {
		var id [sha256.Size]byte
		binary.BigEndian.PutUint64(id[:], i)
		k.sessions.byID[id] = session{key: k.check(plain), ends: ends[i%4 > 0]}
	}
	if _, _, err := k.StartSession(plain); err != nil {
		t.Fatal(err)
	}
	if n := len(k.sessions.byID); n != maxSessions/4+1 {
		t.Fatalf("%d sessions are held, of which %d live", n, maxSessions/4+1)
	}
}
