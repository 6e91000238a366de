package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
)

// Bits are flipped in the files of Badger and Bleve while the store is open and serves: reads of every case, updates,
// searches, a scrub, a check, a restart. What is held is a pure function of the number of a case, so that every answer
// can be judged.

// asFlipped in the environment makes the test binary flip a bit under the store in that directory and judge what follows;
// flipSeed says which.
const (
	asFlipped = "ANVESH_TEST_FLIPPED"
	flipSeed  = "ANVESH_TEST_SEED"
)

// flipCases are held; their tables are small, and lie on several levels.
const flipCases = 500

func flipFIR(i int) string { return fmt.Sprintf("1322500823%04d", i) }

func flipForm(i, form, version int) []byte {
	pad := rand.New(rand.NewPCG(uint64(i), uint64(form*100+version))) // does not compress
	remark := make([]byte, 300)
	for j := range remark {
		remark[j] = "abcdefghijklmnopqrstuvwxyz0123456789"[pad.IntN(36)]
	}
	return fmt.Appendf(nil, `{"schema":1,"form":"IIF1","form_id":"%[1]s-%[2]d","version":%[3]d,"fir":"%[1]s","station":"13225008",
		"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30","place":"%[4]s",
		"persons":[{"ref":"A%[2]d","role":"accused","name":"Dharampal Kadian","age":%[5]d}],
		"vehicles":[{"ref":"V%[2]d","registration":"%[6]s","status":"stolen"}]}`, flipFIR(i), form, version, remark, 20+version, flipPlate(i, form))
}

func flipPlate(i, form int) string { return fmt.Sprintf("HR26D%c%04d", 'A'+form, 1000+i) }

// A flipped store, and which version of which form of each case it holds.
type flipped struct {
	s    *storage.Store
	x    *indexer.Indexer
	e    *query.Engine
	held []map[int]int
	next int64
}

func openFlipped(dir string) (*flipped, error) {
	reg := register.New()
	f := &flipped{}
	var err error
	f.s, err = storage.Open(storage.Options{Dir: dir, Small: true, Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: reg})
	if err != nil {
		return nil, err
	}
	f.x = indexer.New(f.s, nil, slog.New(slog.DiscardHandler))
	f.next, _ = f.s.Next(storage.Position{Topic: "t"})
	f.e, err = query.New(query.Options{Store: f.s, Register: reg})
	return f, err
}

// apply writes a version of a form of some cases.
func (f *flipped) apply(form, version int, cases []int) error {
	b := indexer.Batch{Topic: "t"}
	for _, i := range cases {
		b.Messages = append(b.Messages, indexer.Message{Offset: f.next, Key: []byte(flipFIR(i)), Value: flipForm(i, form, version)})
		f.next++
		f.held[i][form] = version
	}
	b.Next = f.next
	return f.x.Apply(context.Background(), b)
}

// fill makes the store: two forms each, in versions that lie on several levels.
func (f *flipped) fill() error {
	f.holds(0, 0)
	for version := 1; version <= 3; version++ {
		for form := 1; form <= 2; form++ {
			for from := 0; from < flipCases; from += 100 {
				var some []int
				for i := from; i < from+100; i++ {
					some = append(some, i)
				}
				if err := f.apply(form, version, some); err != nil {
					return err
				}
			}
		}
	}
	return f.s.Close()
}

// holds notes what every case has after fill.
func (f *flipped) holds(forms, version int) {
	f.held = make([]map[int]int, flipCases)
	for i := range f.held {
		f.held[i] = map[int]int{}
		for form := 1; form <= forms; form++ {
			f.held[i][form] = version
		}
	}
}

// wrong is an answer that is not true.
type wrong struct{ error }

// read reads every case: it is what it was, or it is damaged and the store says so.
func (f *flipped) read() (damaged int, err error) {
	for i, held := range f.held {
		c, values, err := f.s.Forms(flipFIR(i))
		if err != nil {
			if !errors.Is(err, storage.ErrDamaged) && !errors.Is(err, storage.ErrUnproven) {
				return damaged, wrong{fmt.Errorf("case %d: %w", i, err)}
			}
			if damaged++; len(f.s.Degraded()) == 0 {
				return damaged, wrong{fmt.Errorf("case %d is damaged and the store does not say so", i)}
			}
			continue
		}
		if len(c.Forms) != len(held) {
			return damaged, wrong{fmt.Errorf("case %d has %d forms of %d", i, len(c.Forms), len(held))}
		}
		for n, form := range c.Forms {
			id, _ := strconv.Atoi(form.ID[len(form.ID)-1:])
			want := flipForm(i, id, held[id])
			if form.Version != held[id] || form.Sum != sha256.Sum256(want) || !bytes.Equal(values[n], want) {
				return damaged, wrong{fmt.Errorf("case %d: form %d is version %d, want %d", i, id, form.Version, held[id])}
			}
		}
		for _, id := range c.Records {
			if _, err := f.s.Get(id); err != nil {
				if !errors.Is(err, storage.ErrDamaged) {
					return damaged, wrong{fmt.Errorf("record %s: %w", id, err)}
				}
				damaged++
				break
			}
		}
	}
	return damaged, nil
}

// search looks for some of the vehicles by their numbers: each is found, or the answer says that it is not complete.
func (f *flipped) search(rng *rand.Rand) error {
	for range 10 {
		i := rng.IntN(flipCases)
		a, err := f.e.Search(context.Background(), access.Program("test"), &query.VehicleRequest{Registration: flipPlate(i, 1), Common: query.Common{Reason: "FIR 1/2026"}})
		if err != nil {
			return wrong{err}
		}
		if len(a.Hits) == 0 && a.Complete {
			return wrong{fmt.Errorf("the vehicle of case %d is not found, and the answer says it is complete", i)}
		}
		cs, _, complete, err := f.s.Candidates(context.Background(), storage.Selection{All: [][]string{{"s13225008"}}, Limit: 10})
		if err == nil && complete && len(cs) == 0 && len(f.s.Degraded()) == 0 {
			return wrong{errors.New("the shards find nothing and say nothing")}
		}
	}
	return nil
}

// runFlipped flips a bit and prints what came of it. Exit: 0 judged, 3 something was wrong.
func runFlipped(dir string) int {
	seed, _ := strconv.ParseUint(os.Getenv(flipSeed), 10, 64)
	outcome, err := flipUnder(dir, rand.New(rand.NewPCG(seed, 17)))
	fmt.Println(outcome)
	if err != nil {
		fmt.Println(err)
	}
	if errors.As(err, &wrong{}) {
		return 3
	}
	return 0
}

func flipUnder(dir string, rng *rand.Rand) (outcome string, err error) {
	f, err := openFlipped(dir)
	if err != nil {
		return "", wrong{fmt.Errorf("before the flip: %w", err)}
	}
	f.holds(2, 3)
	what, err := flipSomewhere(dir, rng)
	if err != nil {
		return "", wrong{err}
	}
	fmt.Println("flip", what) // also where the process ends by it
	told, err := f.serveAfter(rng)
	if err != nil {
		return what, err
	}
	r, err := f.s.CheckFull()
	told = told || err != nil || r.Faults > 0 || len(f.s.Degraded()) > 0
	if err := f.s.Close(); err != nil {
		return what + ": reported at close", nil
	}
	held, next := f.held, f.next
	if f, err = openFlipped(dir); err != nil {
		return what + ": reported at open", nil
	}
	defer f.s.Close()
	f.held, f.next = held, max(next, f.next)
	damaged, err := f.read()
	if err != nil {
		return what, err
	}
	switch r, err := f.s.CheckFull(); {
	case told || damaged > 0 || err != nil || r.Faults > 0 || len(f.s.Degraded()) > 0:
		return what + ": reported", nil
	}
	return what + ": harmless", nil
}

// flipSomewhere flips a bit of a file. One that a compaction has taken away meanwhile is passed over.
func flipSomewhere(dir string, rng *rand.Rand) (what string, err error) {
	for {
		file, size, err := pickFile(dir, rng)
		if err != nil {
			return "", err
		}
		how, err := flip(rng, filepath.Join(dir, file), size)
		if !errors.Is(err, os.ErrNotExist) {
			return file + ": " + how, err
		}
	}
}

// serveAfter reads, updates, searches and scrubs, and tells whether anything was reported.
func (f *flipped) serveAfter(rng *rand.Rand) (told bool, err error) {
	all := 0
	for round := range 2 {
		n, err := f.read()
		if all += n; err != nil {
			return false, err
		}
		for range 4 {
			some := rng.Perm(flipCases)[:30]
			if err := f.apply(1+round%3, 4+round, some); err != nil {
				if len(f.s.Degraded()) == 0 {
					return true, wrong{fmt.Errorf("updates are not taken, and the store does not say so: %w", err)}
				}
				return true, nil
			}
		}
		for _, a := range f.s.Damaged() { // its updates wait: the model has them, and nobody shows the case
			all += a.Waiting
		}
		if err := f.search(rng); err != nil {
			return false, err
		}
	}
	if err := f.s.Scrub(context.Background()); err != nil {
		return true, nil
	}
	return all > 0, nil
}

// pickFile draws a file of Badger's or Bleve's that holds something.
func pickFile(dir string, rng *rand.Rand) (string, int, error) {
	var files []string
	var sizes []int
	for _, pattern := range []string{"store/*", "shards/*/*", "shards/*/*/*"} {
		paths, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return "", 0, err
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if n := len(bytes.TrimRight(b, "\x00")); err == nil && n > 0 && filepath.Base(path) != "LOCK" {
				rel, _ := filepath.Rel(dir, path)
				files, sizes = append(files, rel), append(sizes, n)
			}
		}
	}
	i := rng.IntN(len(files))
	return files[i], sizes[i], nil
}

// TestFlipsUnderService flips UNDER bits (default 6), each under a store that is open and serves.
func TestFlipsUnderService(t *testing.T) {
	seed := envSeed(t)
	t.Logf("seed %d", seed)
	base := t.TempDir()
	f, err := openFlipped(base)
	if err == nil {
		err = f.fill()
	}
	if err != nil {
		t.Fatal(err)
	}
	if tables, _ := filepath.Glob(filepath.Join(base, "store", "*.sst")); len(tables) < 4 {
		t.Fatalf("only %d tables", len(tables))
	}
	tally := map[string]int{}
	for n := range envCount(t, "UNDER", 6) {
		dir := copyDir(t, base)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asFlipped+"="+dir, flipSeed+"="+strconv.FormatUint(seed+uint64(n), 10))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		switch outcome := strings.TrimSpace(string(out)); {
		case err == nil:
			tally[outcome[strings.LastIndex(outcome, ": ")+2:]]++
		case errors.As(err, &exit) && exit.ExitCode() == 3:
			t.Errorf("seed %d: %s", seed+uint64(n), outcome)
		default:
			tally["reported by a crash"]++
			t.Logf("seed %d: ended with %v: %.700s", seed+uint64(n), err, outcome)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%v", tally)
}
