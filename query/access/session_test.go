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
	k.now = func() time.Time { return clock }
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
	f("unknown", tokenPrefix+"0000000000000000000000000000000000000000000", ErrBadKey)
	k.EndSession(one)
	f("ended", one, ErrBadKey)
	f("the other goes on", two, nil)

	for range 15 { // in use
		clock = clock.Add(SessionTime / 16)
		f("in use", two, nil)
	}
	clock = clock.Add(SessionTime/16 - time.Second)
	f("one second before its end", two, nil)
	clock = clock.Add(time.Second)
	f("at its end", two, ErrBadKey)

	three := begin(plain)
	other, _, err := k.Rotate("desk", 0)
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

// TestIdleSessionEnds: a session that nobody uses for an hour is over, however long it might have gone on.
func TestIdleSessionEnds(t *testing.T) {
	k := open(t, t.TempDir())
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	k.now = func() time.Time { return clock }
	plain, _ := add(t, k, "desk", "")
	token, _, err := k.StartSession(plain)
	if err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(IdleTime - time.Second)
	if _, err := k.Session(token); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(IdleTime)
	if _, err := k.Session(token); !errors.Is(err, ErrBadKey) {
		t.Fatalf("after an idle hour: %v", err)
	}
}

// TestSessionsSurviveARestart: with the time of their last use, and without those that were ended or have ended; a session whose
// key was revoked meanwhile is none.
func TestSessionsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	reopen := func(k *Keys) *Keys {
		if k != nil {
			k.Close()
		}
		k = open(t, dir)
		k.now = func() time.Time { return clock }
		return k
	}
	k := reopen(nil)
	plain, _ := add(t, k, "desk", "")
	other, _ := add(t, k, "gone", "")
	var tokens []string
	for _, key := range []string{plain, plain, other} {
		token, _, err := k.StartSession(key)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	f := func(what string, i int, want error) {
		t.Helper()
		if _, err := k.Session(tokens[i]); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Fatalf("%s: %v, want %v", what, err, want)
		}
	}
	if err := k.EndSession(tokens[1]); err != nil {
		t.Fatal(err)
	}
	k = reopen(k)
	f("goes on", 0, nil)
	f("was ended", 1, ErrBadKey)
	f("of another key", 2, nil)
	if _, err := k.Revoke("gone"); err != nil {
		t.Fatal(err)
	}
	f("key revoked", 2, ErrBadKey)
	clock = clock.Add(IdleTime / 2)
	f("used", 0, nil)
	k = reopen(k)
	f("key revoked, restarted", 2, ErrBadKey)
	clock = clock.Add(IdleTime * 3 / 4)
	f("the last use was written down", 0, nil)
	clock = clock.Add(IdleTime)
	k = reopen(k)
	f("idle over a restart", 0, ErrBadKey)
	n := 0
	if err := k.Keep(); err != nil {
		t.Fatal(err)
	}
	k.state.each(sessionBucket, func(string, []byte) error { n++; return nil })
	if n != 0 {
		t.Fatalf("%d sessions that have ended are kept", n)
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
		k.sessions.byID[id] = &session{Used: time.Now(), Ends: time.Now().Add(SessionTime + time.Hour)}
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
		k.sessions.byID[id] = &session{Used: time.Now(), Ends: ends[i%4 > 0]}
	}
	if _, _, err := k.StartSession(plain); err != nil {
		t.Fatal(err)
	}
	if n := len(k.sessions.byID); n != maxSessions/4+1 {
		t.Fatalf("%d sessions are held, of which %d live", n, maxSessions/4+1)
	}
}
