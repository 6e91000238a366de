package storage_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// toy is a derived structure: the set of names by id.
type toy struct {
	mu       sync.Mutex
	names    map[string]string
	untended int // changes since the last Tend
	most     int // and the most of these that there have been
}

func newToy() *toy { return &toy{names: map[string]string{}} }

func (y *toy) Apply(cs []storage.Change) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.untended += len(cs)
	y.most = max(y.most, y.untended)
	for _, c := range cs {
		if c.Record == nil {
			delete(y.names, c.ID)
		} else {
			y.names[c.ID] = c.Record.Name
		}
	}
}

func (y *toy) Use(storage.Files)                        {}
func (y *toy) Saved() error                             { return nil }
func (y *toy) Verify(func(int) error) ([]string, error) { return nil, nil }

func (y *toy) Tend(context.Context) (bool, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.untended = 0
	return false, nil
}

func (y *toy) Cut() func(context.Context, io.Writer) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	names := maps.Clone(y.names)
	return func(_ context.Context, w io.Writer) error {
		for id, n := range names {
			if _, err := fmt.Fprintf(w, "%s\t%s\n", id, n); err != nil {
				return err
			}
		}
		return nil
	}
}

func (y *toy) Restore(r io.Reader) error {
	y.Reset()
	b, err := io.ReadAll(r)
	for _, line := range bytes.Split(b, []byte("\n")) {
		if id, n, ok := bytes.Cut(line, []byte("\t")); ok {
			y.names[string(id)] = string(n)
		}
	}
	return err
}

func (y *toy) Reset() { clear(y.names) }

func (y *toy) Digest() (d uint64) {
	for id, n := range y.names {
		d += share(id, n)
	}
	return d
}

func (y *toy) Share(r *storage.Record) uint64 { return share(r.ID, r.Name) }

func (y *toy) Version() int { return 1 }

func share(id, name string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, id+"\t"+name)
	return h.Sum64()
}

var pos = storage.Position{Topic: "t", Partition: 3}

func person(fir string, i int, name string) *storage.Record {
	return &storage.Record{ID: fmt.Sprintf("%s/p/A%d", fir, i), Kind: storage.Person, FIR: fir, Name: name}
}

// put makes the case hold one form with this value, and these records.
func put(t *testing.T, s *storage.Store, fir, value string, rs ...*storage.Record) {
	t.Helper()
	next, _ := s.Next(pos)
	err := s.Update(context.Background(), func(tx storage.Tx) error {
		c, err := tx.Case(fir)
		if err != nil {
			return err
		}
		c.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256([]byte(value))})
		tx.SetOffset(pos, next+1, time.Unix(next+1, 0))
		return tx.Put(c, map[string][]byte{"1": []byte(value)}, rs)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ids(t *testing.T, s *storage.Store, q storage.Selection) []string {
	t.Helper()
	if r, err := s.Check(); err != nil || r.Faults > 0 { // also waits for the shards
		t.Fatalf("check: %v %v", r, err)
	}
	q.Limit = 1000
	cs, answered, complete, err := s.Candidates(context.Background(), q)
	if err != nil || !complete || answered != 2 {
		t.Fatalf("candidates: answered %d, complete %v, %v", answered, complete, err)
	}
	var out []string
	for _, c := range cs {
		out = append(out, c.ID)
	}
	return out
}

func any(terms ...string) storage.Selection { return storage.Selection{Any: terms} }

// TestCandidatesWithMostTermsComeFirst: whatever the segments, those that have more of the terms come first, and of more
// than the limit none with fewer terms displaces one with more.
func TestCandidatesWithMostTermsComeFirst(t *testing.T) {
	s := storagetest.Open(t, storage.Options{Derived: newToy()})
	words := []string{"ram", "kumar", "lal"}
	for i := range 40 {
		text := "singh"
		for k, w := range words {
			if i>>k&1 == 1 {
				text += " " + w
			}
		}
		fir := fmt.Sprint(100 + i)
		put(t, s, fir, "a", person(fir, 1, text))
	}
	if r, err := s.Check(); err != nil || r.Faults > 0 {
		t.Fatal(r, err)
	}
	q := any(words...)
	for _, limit := range []int{3, 5, 12, 100} {
		q.Limit = limit
		cs, _, complete, err := s.Candidates(context.Background(), q)
		if err != nil || !complete {
			t.Fatal(complete, err)
		}
		for i, c := range cs { // of 40, five have all three, fifteen two, fifteen one
			want := 1
			if i < 5 {
				want = 3
			} else if i < 20 {
				want = 2
			}
			if c.Terms != want {
				t.Errorf("limit %d: candidate %d has %d of the terms, want %d", limit, i, c.Terms, want)
			}
		}
		if want := min(limit, 35); len(cs) != want {
			t.Errorf("limit %d: %d candidates, want %d", limit, len(cs), want)
		}
	}
}

func TestUpdateFindsReplacesAndRemoves(t *testing.T) {
	s := storagetest.Open(t, storage.Options{Derived: newToy()})
	f := func(q storage.Selection, want ...string) {
		t.Helper()
		if got := ids(t, s, q); !slices.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
	}
	put(t, s, "100", "a", person("100", 1, "ram kumar"), person("100", 2, "sita"))
	put(t, s, "200", "bb", person("200", 1, "kumar"))
	f(any("ram", "kumar"), "100/p/A1", "200/p/A1")
	f(any("sita"), "100/p/A2")
	f(any("absent"))
	q := any("kumar")
	q.All = [][]string{{"ram", "sita"}}
	f(q, "100/p/A1")
	f(storage.Selection{All: [][]string{{"kumar"}, {"ram"}}}, "100/p/A1")

	hidden := person("100", 2, "sita")
	hidden.Visibility = storage.Party
	put(t, s, "100", "cc", person("100", 1, "shyam"), hidden)
	f(any("ram", "sita"))
	f(any("shyam"), "100/p/A1")
	put(t, s, "100", "dd")
	f(any("shyam"))
	if _, err := s.Get("100/p/A1"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a removed record is still there: %v", err)
	}
	if st := s.State(); st.Persons != 1 || st.Cases != 2 {
		t.Errorf("state %+v", st)
	}
}

func TestFailedUpdateLeavesNothing(t *testing.T) {
	s := storagetest.Open(t, storage.Options{Derived: newToy()})
	put(t, s, "100", "a", person("100", 1, "ram"))
	boom := errors.New("boom")
	err := s.Update(context.Background(), func(tx storage.Tx) error {
		c, err := tx.Case("100")
		if err != nil {
			return err
		}
		tx.SetOffset(pos, 99, time.Now())
		tx.Count("n", 1)
		return errors.Join(tx.Put(c, nil, nil), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if next, _ := s.Next(pos); next != 1 {
		t.Errorf("offset moved to %d", next)
	}
	if _, err := s.Get("100/p/A1"); err != nil {
		t.Error(err)
	}
	if n := s.State().Counts["n"]; n != 0 {
		t.Errorf("counted %d", n)
	}
}

func TestTooLargeBatchIsRefusedWhole(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	err := s.Update(context.Background(), func(tx storage.Tx) error {
		c, _ := tx.Case("100")
		for i := range 1000 {
			v := bytes.Repeat([]byte{'x'}, 30<<10)
			id := fmt.Sprint(i)
			c.SetForm(storage.Form{ID: id, Sum: sha256.Sum256(v)})
			if err := tx.Put(c, map[string][]byte{id: v}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, storage.ErrBatchTooLarge) {
		t.Fatalf("got %v", err)
	}
}

// TestModel applies random changes and restarts, and compares with a map after each restart.
func TestModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	model := map[string]string{}
	words := []string{"ram", "sita", "mohan", "anil", "kavita"}
	for range 4 {
		s := storagetest.Open(t, storage.Options{Dir: dir, Derived: newToy()})
		for range 60 {
			fir := fmt.Sprint(100 + rng.IntN(20))
			maps.DeleteFunc(model, func(id, _ string) bool { return id[:3] == fir })
			var rs []*storage.Record
			for i := range rng.IntN(4) {
				r := person(fir, i, words[rng.IntN(len(words))])
				rs = append(rs, r)
				model[r.ID] = r.Name
			}
			put(t, s, fir, fmt.Sprint(rng.Uint32()), rs...)
		}
		for _, w := range words {
			var want []string
			for id, n := range model {
				if n == w {
					want = append(want, id)
				}
			}
			slices.Sort(want)
			if got := ids(t, s, any(w)); !slices.Equal(got, want) {
				t.Fatalf("%s: found %v, want %v", w, got, want)
			}
		}
		switch rng.IntN(4) { // what is derived may be lost between runs
		case 0:
			storagetest.Close(t, s)
			os.RemoveAll(filepath.Join(dir, "shards"))
		case 1:
			storagetest.Close(t, s)
			os.RemoveAll(filepath.Join(dir, "derived"))
		default:
			storagetest.Close(t, s)
		}
	}
}

// TestDebtIsPaid puts shards and derived structure of an earlier time beside a later Badger, as a kill does.
func TestDebtIsPaid(t *testing.T) {
	dir := t.TempDir()
	o := storage.Options{Dir: dir, Derived: newToy()}
	s := storagetest.Open(t, o)
	put(t, s, "100", "a", person("100", 1, "ram"))
	storagetest.Close(t, s)
	old := filepath.Join(t.TempDir(), "old")
	for _, d := range []string{"shards", "derived"} {
		if err := os.CopyFS(filepath.Join(old, d), os.DirFS(filepath.Join(dir, d))); err != nil {
			t.Fatal(err)
		}
	}
	o.Derived = newToy()
	s = storagetest.Open(t, o)
	put(t, s, "100", "bb", person("100", 1, "shyam"))
	put(t, s, "200", "ccc", person("200", 1, "sita"))
	storagetest.Close(t, s)
	storage.Owe(t, storagetest.Options(dir), 1)
	for _, d := range []string{"shards", "derived"} {
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, d)), os.Rename(filepath.Join(old, d), filepath.Join(dir, d))); err != nil {
			t.Fatal(err)
		}
	}
	o.Derived = newToy()
	s = storagetest.Open(t, o)
	if got, want := ids(t, s, any("shyam", "sita", "ram")), []string{"100/p/A1", "200/p/A1"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// TestSavedOnceIdle: the derived structure is saved when no commit has come for a tick, and enough has changed.
func TestSavedOnceIdle(t *testing.T) {
	s := storagetest.Open(t, storage.Options{Derived: newToy(), SaveEvery: 10})
	put(t, s, "100", "a", person("100", 1, "ram"))
	seen, saved := storage.SaveIfIdle(s, s.State().Seq)
	if saved != 0 {
		t.Errorf("one change was saved, with %d", saved)
	}
	put(t, s, "200", "a", person("200", 1, "sita"))
	if seen, saved = storage.SaveIfIdle(s, seen); saved != 0 {
		t.Errorf("saved with %d while commits come", saved)
	}
	if _, saved = storage.SaveIfIdle(s, seen); saved != seen {
		t.Errorf("saved with %d, the last commit is %d", saved, seen)
	}
}

func TestCheckSeesFaults(t *testing.T) {
	f := func(name string, harm func(t *testing.T, s *storage.Store, y *toy)) {
		t.Run(name, func(t *testing.T) {
			y := newToy()
			o := storagetest.Options(t.TempDir())
			o.Derived = y
			s, err := storage.Open(o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			put(t, s, "100", "a", person("100", 1, "ram"))
			if r, err := s.Check(); err != nil || r.Faults > 0 { // also waits for the shards
				t.Fatalf("before the harm: %v, %v", r, err)
			}
			harm(t, s, y)
			r, err := s.CheckFull()
			if err != nil || r.Faults == 0 {
				t.Errorf("check found %v, %v", r, err)
			}
		})
	}
	set := func(key, value string) func(*testing.T, *storage.Store, *toy) {
		return func(t *testing.T, s *storage.Store, _ *toy) { storage.SetRaw(t, s, []byte(key), []byte(value)) }
	}
	f("flipped record", set("r100/p/A1", "{\"id\":\"100/p/A1\"}12345678"))
	f("form lost", func(t *testing.T, s *storage.Store, _ *toy) { storage.SetRaw(t, s, []byte("f100\x001"), nil) })
	f("record lost", func(t *testing.T, s *storage.Store, _ *toy) { storage.SetRaw(t, s, []byte("r100/p/A1"), nil) })
	f("document lost", func(t *testing.T, s *storage.Store, _ *toy) { storage.DropDocument(t, s, "100/p/A1") })
	f("derived differs", func(_ *testing.T, _ *storage.Store, y *toy) { y.names["100/p/A1"] = "sita" })
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	if _, err := storage.Open(storagetest.Options(dir)); !errors.Is(err, storage.ErrInUse) {
		t.Errorf("a second open: %v", err)
	}
	storage.SetFormat(t, s, storage.Format+1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Open(storagetest.Options(dir)); !errors.Is(err, storage.ErrNewer) {
		t.Errorf("a newer store: %v", err)
	}
	if _, err := storage.Open(storage.Options{Dir: dir}); err == nil {
		t.Error("no error without Terms")
	}
}

// rebuilt waits until the shards have terms of one version.
func rebuilt(t *testing.T, s *storage.Store) {
	t.Helper()
	for s.State().Stale {
		if _, found := s.Faults(); found != nil {
			t.Fatal(found)
		}
		runtime.Gosched()
	}
}

func TestTermsVersionRebuilds(t *testing.T) {
	dir := t.TempDir()
	s := storagetest.Open(t, storage.Options{Dir: dir})
	put(t, s, "100", "a", person("100", 1, "ram"))
	storagetest.Close(t, s)
	o := storagetest.Options(dir)
	o.TermsVersion = 2
	o.Terms = func(dst []string, r *storage.Record) []string { return append(dst, "x"+r.Name) }
	s = storagetest.Open(t, o)
	rebuilt(t, s)
	if got := ids(t, s, any("xram", "ram")); !slices.Equal(got, []string{"100/p/A1"}) {
		t.Errorf("found %v", got)
	}
	if got := ids(t, s, any("ram")); got != nil {
		t.Errorf("old terms find %v", got)
	}
	storagetest.Close(t, s)
	if err := storage.Rebuild(o); err != nil {
		t.Fatal(err)
	}
	s = storagetest.Open(t, o)
	if got := ids(t, s, any("xram")); !slices.Equal(got, []string{"100/p/A1"}) {
		t.Errorf("after rebuild: found %v", got)
	}
}

func TestOffsetsBecomeVisible(t *testing.T) {
	s := storagetest.Open(t, storage.Options{})
	for range 3 {
		put(t, s, "100", "abc", person("100", 1, "ram"))
	}
	for {
		os, moved := s.Offsets()
		if len(os) == 1 && os[0].Next == 3 {
			if os[0].Position != pos || !os[0].Through.Equal(time.Unix(3, 0)) && !os[0].Through.IsZero() {
				t.Errorf("offset %+v", os[0])
			}
			break
		}
		<-moved
	}
	later := time.Now()
	s.Advance(pos, 2, later)
	if os, _ := s.Offsets(); os[0].Through.Equal(later) {
		t.Error("advanced from an offset that is not the searchable one")
	}
	s.Advance(pos, 3, later)
	if os, _ := s.Offsets(); !os[0].Through.Equal(later) {
		t.Error("did not advance")
	}
}

func BenchmarkUpdate(b *testing.B) {
	o := storagetest.Options(b.TempDir())
	s, err := storage.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		err := s.Update(context.Background(), func(tx storage.Tx) error {
			for range 1000 {
				n++
				fir := fmt.Sprintf("13225008%06d", n)
				c, err := tx.Case(fir)
				if err != nil {
					return err
				}
				v := binary.BigEndian.AppendUint64(bytes.Repeat([]byte("abcdefgh"), 100), rand.Uint64())
				c.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256(v)})
				r := person(fir, 1, fmt.Sprintf("nm%d nm%d", rand.IntN(5000), rand.IntN(5000)))
				if err := tx.Put(c, map[string][]byte{"1": v}, []*storage.Record{r}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "records/s")
}

// TestNothingIsMadeAgain: a store that was closed in order opens from what it saved, without falling back on making anything
// again, also where commits came after that; each fall-back says so as a warning.
func TestNothingIsMadeAgain(t *testing.T) {
	var warned bytes.Buffer
	o := storagetest.Options(t.TempDir())
	o.Derived, o.SaveEvery = newToy(), 3
	o.Logger = slog.New(slog.NewTextHandler(&warned, &slog.HandlerOptions{Level: slog.LevelWarn}))
	open := func() *storage.Store {
		t.Helper()
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	for i := range 5 {
		put(t, s, "100", fmt.Sprint(i), person("100", i, "ram"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	put(t, s, "200", "a", person("200", 1, "sita"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	storagetest.Close(t, open())
	if warned.Len() > 0 {
		t.Errorf("it warned: %s", &warned)
	}
	if err := os.Truncate(filepath.Join(o.Dir, "derived", "register"), 20); err != nil {
		t.Fatal(err)
	}
	if storagetest.Close(t, open()); !strings.Contains(warned.String(), "derived structures are made again") {
		t.Errorf("a register that is cut off: %q", &warned)
	}
}
