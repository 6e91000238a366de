package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query/access"

	"golang.org/x/mod/sumdb/tlog"
)

var testTime = time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)

// open opens a log whose clock stands.
func open(t testing.TB, dir string, change ...func(*Options)) *Log {
	t.Helper()
	o := Options{Dir: dir, Now: func() time.Time { return testTime }, Logger: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&o)
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// search is one search that found some records.
func search(name string, ids ...string) *Event {
	r := Row{ID: "s1", About: "person", Asked: map[string]string{"name": name, "reason": "FIR 1/2026"}, Total: len(ids), Complete: true, Through: "0:12,1:7"}
	for _, id := range ids {
		r.Found = append(r.Found, Found{id, "LEAD"})
	}
	return &Event{Kind: KindSearch, Who: access.Identity{KeyID: "AbCd1234", Name: "desk 3", Role: "bureau"}, Address: "10.0.0.7", Request: "r1", Rows: []Row{r}}
}

// fill appends n searches in order, in as few groups as they come in.
func fill(t testing.TB, l *Log, n int) {
	t.Helper()
	evs := make([]*Event, n)
	for i := range evs {
		evs[i] = search(fmt.Sprint("Dharampal ", i), fmt.Sprintf("13225008230%03d/p/A1", i%7))
	}
	appendAll(t, l, evs...)
}

// appendAll appends events in order and returns when all are durable.
func appendAll(t testing.TB, l *Log, evs ...*Event) {
	t.Helper()
	waiters := make([]*waiter, len(evs))
	for i, ev := range evs {
		if ev.At.IsZero() {
			ev.At = l.o.Now()
		}
		entries, err := l.encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		waiters[i] = &waiter{entries: entries, done: make(chan error, 1)}
		if err := l.join(waiters[i]); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range waiters {
		if err := <-w.done; err != nil {
			t.Fatal(err)
		}
	}
}

func closed(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func whole(t testing.TB, dir string, entries int64) {
	t.Helper()
	r, err := Verify(dir)
	if err != nil || len(r.Findings) > 0 || r.Entries != entries {
		t.Fatalf("%+v, %v; want %d entries", r, err, entries)
	}
}

// TestLog: what was appended is read again after a restart, each entry is proved against the checkpoint, and the whole is
// verified; a second process is kept away meanwhile.
func TestLog(t *testing.T) {
	dir := t.TempDir()
	whole(t, dir, 0)
	l := open(t, dir)
	fill(t, l, 300)
	if _, err := Verify(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("verify of a log in use: %v", err)
	}
	if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "--server") {
		t.Errorf("a second open: %v", err)
	}
	if r, err := l.Verify(); err != nil || len(r.Findings) > 0 || r.Entries != 300 {
		t.Fatalf("while open: %+v, %v", r, err)
	}
	closed(t, l)
	if err := l.Append(context.Background(), search("late")); !errors.Is(err, ErrNotWritten) {
		t.Errorf("append to a closed log: %v", err)
	}
	whole(t, dir, 300)
	l = open(t, dir)
	fill(t, l, 1)
	for _, n := range []int64{0, 1, 255, 256, 299, 300} {
		p, err := l.Prove(2026, n)
		if err != nil {
			t.Fatalf("entry %d: %v", n, err)
		}
		if !bytes.Contains(p.Entry, []byte(`"at":"2026-11-29T10:00:00.000000Z","kind":"search","who":{"key":"AbCd1234","name":"desk 3","role":"bureau"}`)) {
			t.Errorf("entry %d: %s", n, p.Entry)
		}
		if bytes.Contains(p.Entry, []byte("Dharampal")) || bytes.Contains(p.Entry, []byte("13225008")) {
			t.Errorf("entry %d tells of a person: %s", n, p.Entry)
		}
		p.Entry = bytes.Replace(p.Entry, []byte("desk 3"), []byte("desk 4"), 1)
		if p.Check(l.VerifierKey()) == nil {
			t.Errorf("entry %d was changed and is still proved", n)
		}
	}
	if _, err := l.Prove(2026, 301); !errors.Is(err, ErrNoEntry) {
		t.Errorf("entry 301: %v", err)
	}
	if _, err := l.Prove(2025, 0); !errors.Is(err, ErrNoEntry) {
		t.Errorf("year 2025: %v", err)
	}
}

// TestConcurrent: a thousand appends at once are all in the log, in groups, each once.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	var group sync.WaitGroup
	for i := range 1000 {
		group.Go(func() {
			ev := search("x")
			ev.Request = fmt.Sprintf("request-%d.", i)
			if err := l.Append(context.Background(), ev); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	closed(t, l)
	whole(t, dir, 1000)
	raw, err := os.ReadFile(filepath.Join(dir, "audit", "2026", "segment"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if n := bytes.Count(raw, fmt.Appendf(nil, `"request-%d."`, i)); n != 1 {
			t.Fatalf("request %d stands %d times", i, n)
		}
	}
	if groups := bytes.Count(raw, []byte(groupMagic)); groups > 900 {
		t.Errorf("1,000 at once were written in %d groups", groups)
	}
}

// TestLargeEvent: a list's chunk of a thousand rows is as many entries as it takes, none too large for a bundle, no row
// lost; a row that does not fit is refused and written nowhere.
func TestLargeEvent(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	ev := search("x")
	ev.Kind, ev.Rows = KindList, nil
	for i := range 1000 {
		r := search(fmt.Sprint("Row ", i), "1/p/A1", "1/p/A2", "2/v/V1").Rows[0]
		r.ID = fmt.Sprintf("row-%d.", i)
		ev.Rows = append(ev.Rows, r)
	}
	if err := l.Append(context.Background(), ev); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(context.Background(), search(strings.Repeat("x", maxEntry))); err == nil {
		t.Error("a row that does not fit was written")
	}
	var out bytes.Buffer
	if err := l.Export(&out, testTime, testTime.Add(1)); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if n := strings.Count(out.String(), fmt.Sprintf(`"row-%d."`, i)); n != 1 {
			t.Fatalf("row %d stands %d times", i, n)
		}
	}
	closed(t, l)
	if r, err := Verify(dir); err != nil || len(r.Findings) > 0 || r.Entries < 5 || r.Entries > 40 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestYears: each year has a tree of its own; a clock that goes back begins none; a year that is lost is noticed.
func TestYears(t *testing.T) {
	dir := t.TempDir()
	clock := testTime
	var mu sync.Mutex
	now := func(o *Options) {
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	}
	set := func(c time.Time) { mu.Lock(); defer mu.Unlock(); clock = c }
	l := open(t, dir, now)
	fill(t, l, 3)
	set(time.Date(2026, 12, 31, 18, 29, 0, 0, time.UTC)) // 23:59 in India
	fill(t, l, 1)
	set(time.Date(2026, 12, 31, 18, 31, 0, 0, time.UTC))
	fill(t, l, 2)
	set(testTime)
	fill(t, l, 1)
	f := func(year int, want int64) {
		t.Helper()
		if c, err := l.Checkpoint(year); err != nil || c.N != want {
			t.Errorf("%d: %d entries, %v; want %d", year, c.N, err, want)
		}
	}
	f(2026, 4)
	f(2027, 3)
	closed(t, l)
	whole(t, dir, 7)
	if err := os.RemoveAll(filepath.Join(dir, "audit", "2027")); err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(dir); err != nil || len(r.Findings) == 0 {
		t.Errorf("without 2027: %+v, %v", r, err)
	}
	if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrDamaged) {
		t.Errorf("without 2027: %v", err)
	}
}

// TestConsistency: of two checkpoints the later has all of the earlier, or it is said that it has not.
func TestConsistency(t *testing.T) {
	l, other := open(t, t.TempDir()), open(t, t.TempDir())
	var checkpoints [][]byte
	for _, n := range []int{1, 255, 3, 500} {
		fill(t, l, n)
		c, err := l.Checkpoint(2026)
		if err != nil {
			t.Fatal(err)
		}
		checkpoints = append(checkpoints, c.Note)
	}
	for i, old := range checkpoints {
		for j, newer := range append(slices.Clone(checkpoints), nil) {
			if p, err := l.Consistent(old, newer); (err == nil) != (i <= j) {
				t.Errorf("%d and %d: %+v, %v", i, j, p, err)
			}
		}
	}
	fill(t, other, 1)
	foreign, err := other.Checkpoint(2026)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Consistent(foreign.Note, nil); err == nil {
		t.Error("a checkpoint of another log is taken for one of this")
	}
	c, err := l.openCheckpoint(checkpoints[1])
	if err != nil {
		t.Fatal(err)
	}
	c.Hash[3] ^= 1 // signed, and of a history that never was
	forged, err := l.sign(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Consistent(forged, nil); err == nil {
		t.Error("a checkpoint of another history is consistent")
	}
}

// TestTree: at every size a tree has the root that package tlog computes of all its leaves, whenever it was flushed and
// resumed, and its files are those of the size and no others.
func TestTree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	files := newTileFiles(dir)
	files.unsynced = true
	tr := newTree(files)
	var all []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, all[i])
		}
		return out, nil
	})
	flushed := int64(0)
	for n := range int64(70_000) {
		e := fmt.Appendf(nil, "entry %d", n)
		hashes, err := tlog.StoredHashes(n, e, reader)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, hashes...)
		if err := tr.add(e); err != nil {
			t.Fatal(err)
		}
		if rng.IntN(2000) > 0 && n != 255 && n != 65_535 && n != 69_999 {
			continue
		}
		want, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tr.root(); err != nil || got != want {
			t.Fatalf("root of %d: %v, want %v", n+1, got, want)
		}
		if err := tr.flush(true); err != nil {
			t.Fatal(err)
		}
		files.remove(flushed, n+1)
		flushed = n + 1
		again := newTree(files)
		if err := again.resume(n+1, want); err != nil {
			t.Fatalf("resume at %d: %v", n+1, err)
		}
		if again.resume(n+1, tlog.Hash{}) == nil {
			t.Fatalf("a tree of another root was resumed at %d", n+1)
		}
		if rng.IntN(2) > 0 {
			tr = newTree(files)
			if err := tr.resume(n+1, want); err != nil {
				t.Fatal(err)
			}
		}
	}
	count := 0
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			count++
		}
		return nil
	})
	if want := 2*(70_000/256) + 2 + 1 + 2; count != want { // bundles and tiles, those that are not whole, levels 1 and 2
		t.Errorf("%d files, want %d", count, want)
	}
}

// TestTilePaths: the names are those of C2SP tlog-tiles.
func TestTilePaths(t *testing.T) {
	f := func(level int, n int64, width int, want string) {
		t.Helper()
		if got := tilePath(level, n, width); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(0, 0, 256, "tile/0/000")
	f(0, 273, 112, "tile/0/273.p/112")
	f(2, 1234067, 256, "tile/2/x001/x234/067")
	f(entryLevel, 5, 1, "tile/entries/005.p/1")
}

// TestKeyTree: dropping a key leaves all others as they were, for good, and the tree stays small.
func TestKeyTree(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	tree := keyTree{{}: [32]byte{1}}
	keys := map[point][32]byte{}
	for range 300 {
		p := point(rng.Uint64() >> 16)
		keys[p], _ = tree.key(p)
		near := p ^ 1
		keys[near], _ = tree.key(near)
	}
	dropped := map[point]bool{}
	for p := range keys {
		if len(dropped) == 100 {
			break
		}
		tree.drop(p)
		tree.drop(p)
		dropped[p] = true
		raw := tree.marshal()
		again, ok := unmarshalTree(raw)
		if !ok || !bytes.Equal(raw, again.marshal()) {
			t.Fatal("what is written is not what is read")
		}
		tree = again
	}
	ring := &keyring{tree: tree}
	for p, want := range keys {
		got, ok := ring.key(p)
		if ok == dropped[p] || ok && got != want {
			t.Fatalf("%x: %v, dropped %v", p, ok, dropped[p])
		}
	}
	if len(tree) > 100*15*pointDigits {
		t.Errorf("%d nodes", len(tree))
	}
	for _, bad := range [][]byte{{1}, append([]byte{200}, make([]byte, nodeBytes-1)...)} {
		if _, ok := unmarshalTree(bad); ok {
			t.Errorf("%x was read", bad)
		}
	}
}

// TestForget: the keys of a record dropped, what the log says of it and what was asked where it was found is read by nobody,
// also after a restart; the rest is, and the log stays whole.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	ctx := context.Background()
	for _, ev := range []*Event{search("Dharampal", "1/p/A1", "2/p/A1"), search("Birender", "2/p/A1"), search("Nobody")} {
		if err := l.Append(ctx, ev); err != nil {
			t.Fatal(err)
		}
	}
	read := func(n int64) string {
		t.Helper()
		e, err := l.Entry(2026, n)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%s %v", e.Rows[0].Asked, e.Rows[0].Found)
	}
	f := func(want ...string) {
		t.Helper()
		for n, w := range want {
			if got := read(int64(n)); got != w {
				t.Errorf("entry %d: %s, want %s", n, got, w)
			}
		}
	}
	f(`{"name":"Dharampal","reason":"FIR 1/2026"} [{1/p/A1 LEAD} {2/p/A1 LEAD}]`, `{"name":"Birender","reason":"FIR 1/2026"} [{2/p/A1 LEAD}]`,
		`{"name":"Nobody","reason":"FIR 1/2026"} []`)
	if err := l.Forget("1/p/A1"); err != nil {
		t.Fatal(err)
	}
	after := []string{` [{ } {2/p/A1 LEAD}]`, `{"name":"Birender","reason":"FIR 1/2026"} [{2/p/A1 LEAD}]`, `{"name":"Nobody","reason":"FIR 1/2026"} []`}
	f(after...)
	closed(t, l)
	whole(t, dir, 3)
	l = open(t, dir)
	f(after...)
	if err := l.Append(ctx, search("Dharampal", "1/p/A1")); err != nil {
		t.Fatal(err)
	}
	if got := read(3); got != ` [{ }]` {
		t.Errorf("found again: %s", got)
	}
	if err := l.Forget("s1"); err != nil { // the id of all these rows
		t.Fatal(err)
	}
	f(after[0], ` [{2/p/A1 LEAD}]`, ` []`)
}

// TestForgetMentions: what was asked that names somebody is dropped in whatever letters he is named, and what was asked of others, what
// was found and changes of credentials stay.
func TestForgetMentions(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	key := search("Kavisha", "1/p/A1")
	key.Kind = KindCredential
	evs := []*Event{search("KAVISHA Tanwar", "2/p/A1"), search("Birender", "2/p/A1"), key}
	for i, ev := range evs {
		ev.Rows[0].ID = fmt.Sprint("s", i)
	}
	appendAll(t, l, evs...)
	if rows, left, err := l.ForgetMentions([]string{"nobody"}); rows != 2 || left != 0 || err != nil {
		t.Errorf("%d rows, %d left, %v", rows, left, err)
	}
	if rows, left, err := l.ForgetMentions([]string{"nobody", "Kavisha"}); rows != 2 || left != 0 || err != nil {
		t.Errorf("%d rows, %d left, %v", rows, left, err)
	}
	closed(t, l)
	whole(t, dir, 3)
	l = open(t, dir)
	for n, want := range []string{" [{2/p/A1 LEAD}]", `{"name":"Birender","reason":"FIR 1/2026"} [{2/p/A1 LEAD}]`, `{"name":"Kavisha","reason":"FIR 1/2026"} [{1/p/A1 LEAD}]`} {
		e, err := l.Entry(2026, int64(n))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s %v", e.Rows[0].Asked, e.Rows[0].Found); got != want {
			t.Errorf("entry %d: %s, want %s", n, got, want)
		}
	}
	// What is found under a key that was not dropped is told, as it cannot be forgotten here.
	if _, left, err := l.ForgetMentions([]string{"2/p/a1"}); left != 2 || err != nil {
		t.Errorf("%d left, %v", left, err)
	}
}

// TestFoundIsReadAgain: ids of any length that left are read again, also one that left twice, which does not show; a longer one
// than there is room for is refused.
func TestFoundIsReadAgain(t *testing.T) {
	l := open(t, t.TempDir())
	f := func(ids ...string) {
		t.Helper()
		entries, err := l.encode(search("Dharampal", ids...))
		if err != nil {
			t.Fatal(err)
		}
		e, err := l.readEntry(2026, 0, entries[0])
		if err != nil || len(e.Rows[0].Asked) == 0 || len(e.Rows[0].Found) != len(ids) {
			t.Fatalf("%+v, %v", e, err)
		}
		for i, got := range e.Rows[0].Found {
			if got != (Found{ids[i], "LEAD"}) {
				t.Fatalf("%v came back as %v", ids[i], got)
			}
		}
		var raw entry
		if err := json.Unmarshal(entries[0], &raw); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, sealed := range raw.Rows[0].eachFound {
			if seen[string(sealed)] {
				t.Fatal("two that left are encrypted alike")
			}
			seen[string(sealed)] = true
		}
	}
	for n := 1; n <= 250; n += 7 {
		f(strings.Repeat("1", n), "2/p/A1", strings.Repeat("1", n))
	}
	f("13225008230123456/p/ABCDEFGH12345678~party")
	if _, err := l.encode(search("Dharampal", strings.Repeat("1", 251))); !errors.Is(err, errTooLarge) {
		t.Errorf("an id of 251 bytes: %v", err)
	}
}

// A failing file fails when it is told to.
type failing struct {
	file
	write, sync *error
}

func (f failing) WriteAt(b []byte, at int64) (int, error) {
	if *f.write != nil {
		n, _ := f.file.WriteAt(b[:len(b)/2], at)
		return n, *f.write
	}
	return f.file.WriteAt(b, at)
}

func (f failing) Sync() error {
	if *f.sync != nil {
		return *f.sync
	}
	return f.file.Sync()
}

func (f failing) Stat() (fs.FileInfo, error) {
	return f.file.(interface{ Stat() (fs.FileInfo, error) }).Stat()
}

// TestNotWritten: where the disk refuses, the append does. After a write that failed the log goes on without it; after a sync
// that failed nobody knows what is on the disk, and nothing is written until the log is opened again.
func TestNotWritten(t *testing.T) {
	dir := t.TempDir()
	var write, sync error
	l := open(t, dir, func(o *Options) {
		o.open = func(path string) (file, error) {
			f, err := openFile(path)
			return failing{f, &write, &sync}, err
		}
	})
	f := func(want error) {
		t.Helper()
		if err := l.Append(context.Background(), search("x")); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
	}
	f(nil)
	write = errors.New("disk full")
	f(ErrNotWritten)
	write = nil
	f(nil)
	sync = errors.New("input/output error")
	f(ErrNotWritten)
	sync = nil
	f(ErrNotWritten)
	closed(t, l)
	l = open(t, dir)
	fill(t, l, 1)
	c, err := l.Checkpoint(2026)
	if err != nil || c.N < 3 || c.N > 4 { // what the sync failed of may be there: it was refused, not lost
		t.Fatalf("%d entries, %v", c.N, err)
	}
	closed(t, l)
	whole(t, dir, c.N)
}

// copyDir copies a data directory.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// killed is a directory as a kill leaves it: three entries sealed, four groups more durable. It returns where each group ends.
func killed(t *testing.T) (dir string, ends []int64) {
	t.Helper()
	live := t.TempDir()
	l := open(t, live)
	fill(t, l, 3)
	if err := l.Seal(); err != nil {
		t.Fatal(err)
	}
	l.treeMu.Lock() // no checkpoint from here on
	ends = append(ends, l.writing.size)
	for range 4 {
		fill(t, l, 1)
		ends = append(ends, l.writing.size)
	}
	dir = filepath.Join(t.TempDir(), "killed")
	copyDir(t, live, dir)
	l.treeMu.Unlock()
	return dir, ends
}

// TestTorn: a segment that was cut anywhere behind its checkpoint is read up to its last whole group, and nothing that was
// acknowledged is lost; one that was cut before is refused.
func TestTorn(t *testing.T) {
	dir, ends := killed(t)
	path := filepath.Join(dir, "audit", "2026", "segment")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openSecrets(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	for cut := ends[0]; cut <= int64(len(raw)); cut++ {
		r, err := newSegmentReader(bytes.NewReader(raw[:cut]), s.groups, ends[0], cut, 3)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = r.group()
		}
		groups, last := 0, ends[0]
		for _, end := range ends[1:] {
			if end <= cut {
				groups, last = groups+1, end
			}
		}
		var torn *tornError
		if r.next != int64(3+groups) || r.at != last || errors.As(err, &torn) != (cut > last) || cut == last && !errors.Is(err, io.EOF) {
			t.Fatalf("cut at %d: %d entries to %d, %v; want %d to %d", cut, r.next, r.at, err, 3+groups, last)
		}
	}
	f := func(cut int64, want int64) {
		t.Helper()
		here := filepath.Join(t.TempDir(), "cut")
		copyDir(t, dir, here)
		if err := os.Truncate(filepath.Join(here, "audit", "2026", "segment"), cut); err != nil {
			t.Fatal(err)
		}
		if r, err := Verify(here); err != nil || len(r.Findings) == 0 && cut != ends[0] {
			t.Errorf("cut at %d: verify %+v, %v", cut, r, err)
		}
		l, err := Open(Options{Dir: here, Now: func() time.Time { return testTime }, Logger: slog.New(slog.DiscardHandler)})
		if want < 0 {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("cut at %d: %v", cut, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		fill(t, l, 1)
		closed(t, l)
		whole(t, here, want+1)
	}
	f(int64(len(raw)), 7)
	f(int64(len(raw))-1, 6)
	f(ends[3]+1, 6)
	f(ends[3], 6)
	f(ends[2]-7, 4)
	f(ends[0]+3, 3)
	f(ends[0], 3)
	f(ends[0]-1, -1)
	f(9, -1)
	f(3, -1)
	f(0, -1)
}

// TestDamageIsRefused: a byte that changed in a group that another follows, or in what the checkpoint stands for, is no
// torn end: the log is not opened, and nothing is cut.
func TestDamageIsRefused(t *testing.T) {
	dir, ends := killed(t)
	path := filepath.Join(dir, "audit", "2026", "segment")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openSecrets(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	for at := ends[0]; at < ends[3]; at++ {
		bad := slices.Clone(raw)
		bad[at] ^= 0x10
		r, err := newSegmentReader(bytes.NewReader(bad), s.groups, ends[0], int64(len(bad)), 3)
		for err == nil {
			_, err = r.group()
		}
		var torn *tornError
		if errors.Is(err, io.EOF) || errors.As(err, &torn) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	bad := slices.Clone(raw)
	bad[ends[1]+30] ^= 1
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{Dir: dir}); !errors.Is(err, ErrDamaged) {
		t.Errorf("opened: %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, bad) {
		t.Error("the damaged segment was changed")
	}
}

// TestTilesAreMadeAgain: tiles that a power cut spoiled are made again from the segment.
func TestTilesAreMadeAgain(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	fill(t, l, 600)
	closed(t, l)
	for _, tile := range []string{"tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/002.p/88"} {
		path := filepath.Join(dir, "audit", "2026", tile)
		if err := os.WriteFile(path, []byte("spoilt"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Verify(dir); err != nil || len(r.Findings) != 1 || !strings.Contains(r.Findings[0], tile) {
			t.Fatalf("%+v, %v", r, err)
		}
		closed(t, open(t, dir))
		whole(t, dir, 600)
	}
}

// TestTampering: one byte changed, taken out or put in anywhere under DIR/audit, an entry or a file taken out, doubled or
// swapped, is found by Verify, every time.
func TestTampering(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	for range 3 {
		fill(t, l, 93)
		if err := l.Seal(); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, l)
	whole(t, dir, 279)
	var files []string
	filepath.WalkDir(filepath.Join(dir, "audit"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	rng := rand.New(rand.NewPCG(17, 5))
	for i := range 1000 {
		path := files[rng.IntN(len(files))]
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad, what := tamper(rng, raw, l)
		if bytes.Equal(bad, raw) {
			continue
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Verify(dir); err != nil || len(r.Findings) == 0 {
			t.Fatalf("tampering %d, %s in %s, was not found: %v", i, what, path, err)
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole(t, dir, 279)
	f := func(what string, do func(path string) error) {
		t.Helper()
		for _, path := range files {
			here := filepath.Join(t.TempDir(), "here")
			copyDir(t, dir, here)
			if err := do(filepath.Join(here, strings.TrimPrefix(path, dir))); err != nil {
				t.Fatal(err)
			}
			if r, err := Verify(here); err != nil || len(r.Findings) == 0 {
				t.Errorf("%s of %s was not found: %v", what, path, err)
			}
		}
	}
	f("removal", os.Remove)
	f("a copy", func(path string) error { return os.WriteFile(path+"1", nil, 0o600) })
}

// tamper changes a file in one place.
func tamper(rng *rand.Rand, raw []byte, l *Log) ([]byte, string) {
	at := rng.IntN(len(raw))
	switch rng.IntN(6) {
	case 0:
		return slices.Insert(slices.Clone(raw), at, byte(rng.IntN(256))), "a byte put in"
	case 1:
		return slices.Delete(slices.Clone(raw), at, at+1), "a byte taken out"
	case 2: // the end
		return append(slices.Clone(raw), byte(rng.IntN(256))), "a byte put behind"
	case 3:
		return raw[:at], "the end cut"
	case 4:
		entries, ok := splitEntries(nil, raw)
		if !ok {
			entries, ok = entriesOfSegment(raw, l)
		}
		if !ok || len(entries) < 2 {
			break
		}
		return rewritten(rng, raw, entries)
	}
	bad := slices.Clone(raw)
	bad[at] ^= byte(1 + rng.IntN(255))
	return bad, "a byte changed"
}

// entriesOfSegment are those of a segment's groups.
func entriesOfSegment(raw []byte, l *Log) (all [][]byte, ok bool) {
	if !bytes.HasPrefix(raw, []byte(segmentMagic)) {
		return nil, false
	}
	r, err := newSegmentReader(bytes.NewReader(raw), l.groups, int64(len(segmentMagic)), int64(len(raw)), 0)
	for err == nil {
		var entries [][]byte
		entries, err = r.group()
		for _, e := range entries {
			all = append(all, bytes.Clone(e))
		}
	}
	return all, true
}

// rewritten is a bundle or a segment from which an entry was taken out, or in which one was doubled or two swapped. The
// segment's groups are whole, by who does not have the key.
func rewritten(rng *rand.Rand, raw []byte, entries [][]byte) (out []byte, what string) {
	i, j := rng.IntN(len(entries)), rng.IntN(len(entries))
	switch rng.IntN(3) {
	case 0:
		entries, what = slices.Delete(entries, i, i+1), "an entry taken out"
	case 1:
		entries, what = slices.Insert(entries, i, entries[j]), "an entry put in"
	default:
		entries[i], entries[j], what = entries[j], entries[i], "two entries swapped"
	}
	if bytes.HasPrefix(raw, []byte(segmentMagic)) {
		out = []byte(segmentMagic)
		var s groupSeal
		for n, e := range entries {
			out, s = appendGroup(out, []byte("a key of his own"), s, int64(n), [][]byte{e})
		}
		return out, what
	}
	for _, e := range entries {
		out = appendEntry(out, e)
	}
	return out, what
}
