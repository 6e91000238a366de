package audit

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query/access"
)

// A testClock is moved by a test.
type testClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *testClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// told is what the log has of a kind, the newest first.
func told(t *testing.T, l *Log, kind string) (out []string) {
	t.Helper()
	found, _, err := l.Find(Query{Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		var rows []string
		for _, r := range e.Rows {
			rows = append(rows, strings.TrimSpace(fmt.Sprintf("%s, %s, %d %s", r.About, r.Why, r.Total, r.Asked)))
		}
		out = append(out, e.Who.Key+": "+strings.Join(rows, "; "))
	}
	return out
}

// TestRaise: an alarm is in the log when Raise returns: which, by whom, how often. A log that cannot be written says so to the
// operator and stops nobody.
func TestRaise(t *testing.T) {
	var said strings.Builder
	l := open(t, t.TempDir(), func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&said, nil)) })
	var raises access.Alarm = l
	who := access.Identity{KeyID: "AbCd1234", Name: "Om Parkash", Person: "HR-1", Role: access.RoleSHO, Unit: "13225008"}
	raises.Raise(access.Alert{Kind: access.AlarmPlates, Who: who, At: testTime, Count: 20})
	if err := l.Seal(); err != nil {
		t.Fatal(err)
	}
	e, err := l.Entry(2026, 0)
	if err != nil || e.Kind != KindAlarm || e.Who != whoOf(who) || len(e.Rows) != 1 || e.Rows[0].Why != "plates swept" || e.Rows[0].Total != 20 || e.Rows[0].Asked != nil {
		t.Errorf("%+v, %v", e, err)
	}
	closed(t, l)
	raises.Raise(access.Alert{Kind: access.AlarmPlates, Who: who, At: testTime, Count: 20})
	if !strings.Contains(said.String(), "an alarm could not be written") || strings.Contains(said.String(), "Parkash") {
		t.Errorf("said: %s", said.String())
	}
}

// TestRefused: the first refusal of a minute is written at once; however many follow, an entry a minute and credential tells how
// often what was refused; none is lost at the end; what was asked is encrypted, and left out where it is long.
func TestRefused(t *testing.T) {
	clock := &testClock{at: testTime}
	l := open(t, t.TempDir(), func(o *Options) { o.Now = clock.now })
	ask := func(key, about, why string, asked any) {
		l.Refused(Refusal{Who: access.Identity{KeyID: key, Name: key, Address: "10.0.0.7"}, About: about, Why: why, Asked: asked})
	}
	want := func(entries ...string) {
		t.Helper()
		// What was queued is durable once something behind it is.
		if err := l.Append(context.Background(), search("x")); err != nil {
			t.Fatal(err)
		}
		if got := told(t, l, KindRefusal); strings.Join(got, "\n") != strings.Join(entries, "\n") {
			t.Fatalf("the log has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(entries, "\n"))
		}
	}
	victim := map[string]string{"name": "Kavisha"}
	ask("a", "person", "role", victim)
	first := `a: person, role, 1 {"name":"Kavisha"}`
	want(first)
	for range 10_000 {
		ask("a", "person", "role", victim)
	}
	ask("a", "case", "unit", map[string]string{"fir": strings.Repeat("1", mostSample)})
	ask("b", "vehicle", "searches in a minute", nil)
	other := `b: vehicle, searches in a minute, 1`
	want(other, first)
	l.writeRefused(false)
	want(other, first)
	clock.move(refusedEvery)
	l.writeRefused(false)
	minute := `a: person, role, 10000 {"name":"Kavisha"}; case, unit, 1`
	want(minute, other, first)
	clock.move(refusedEvery)
	l.writeRefused(false)
	l.refusals.mu.Lock()
	kept := len(l.refusals.to)
	l.refusals.mu.Unlock()
	if kept != 0 {
		t.Errorf("%d are kept to whom nothing was refused for a minute", kept)
	}
	for i := range 3 * mostRefused {
		ask("c", fmt.Sprint("route ", i), "forbidden", nil)
	}
	closed(t, l)
	dir := l.o.Dir
	l = open(t, dir, func(o *Options) { o.Now = clock.now })
	got := told(t, l, KindRefusal)
	if rest := strings.Split(got[0], "; "); len(got) != 5 || len(rest) != mostRefused || rest[mostRefused-1] != fmt.Sprintf("other, other, %d", 3*mostRefused-1-(mostRefused-1)) {
		t.Errorf("%d entries, the last %s", len(got), got[0])
	}
	closed(t, l)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte("Kavisha")) {
			t.Errorf("what was asked stands in clear in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestKindsAreFound: the few entries of a kind are found among many others without reading all of them.
func TestKindsAreFound(t *testing.T) {
	l := open(t, t.TempDir())
	l.Raise(access.Alert{Kind: access.AlarmAway, Who: access.Identity{KeyID: "a"}, At: testTime, Count: 1})
	fill(t, l, runEntries+10)
	f := finder{Log: l, q: Query{Kind: KindAlarm, Limit: UsualFound}, left: mostRead}
	if err := l.Seal(); err != nil {
		t.Fatal(err)
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	if err := f.findYear(2026); err != nil {
		t.Fatal(err)
	}
	if len(f.entries) != 1 || f.entries[0].Number != 0 || mostRead-f.left != 1 {
		t.Errorf("%d found, %d read", len(f.entries), mostRead-f.left)
	}
}
