package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
)

// asAnswers in the environment makes the test binary print what the store in the directory that it names holds and
// answers, as one sum.
const asAnswers = "ANVESH_TEST_ANSWERS"

// printAnswers prints the sum. It runs in a process of its own, since a damaged store may take its process along.
func printAnswers(dir string) error {
	reg := register.New()
	s, err := storage.Open(storage.Options{Dir: dir, Terms: register.Terms, TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: reg})
	if err != nil {
		return err
	}
	e, err := query.New(query.Options{Store: s, Register: reg})
	if err != nil {
		return err
	}
	sum := sha256.New()
	put := json.NewEncoder(sum)
	st, n := s.State(), 0
	offsets, _ := s.Offsets()
	slices.SortFunc(offsets, func(a, b storage.Offset) int { return a.Partition - b.Partition })
	put.Encode([]interface{}{st.Persons, st.Vehicles, st.Cases, st.Counts, offsets})
	err = s.Each(func(r *storage.Record) error {
		c, values, err := s.Forms(r.FIR)
		if err != nil {
			return err
		}
		put.Encode([]interface{}{r, c.Forms, values})
		if n++; n%10 > 0 {
			return nil
		}
		reason := query.Common{Reason: "FIR 1/2026"}
		var a *query.Answer
		if r.Kind == storage.Person {
			a, err = e.Search(context.Background(), access.Program("test"), &query.PersonRequest{Name: r.Name, Common: reason})
		} else {
			a, err = e.Search(context.Background(), access.Program("test"), &query.VehicleRequest{Registration: r.Registration, Common: reason})
		}
		if err == nil {
			for i := range a.Hits {
				a.Hits[i].HitID = ""
			}
			put.Encode([]interface{}{a.Hits, a.Total, a.Complete})
		}
		cs, _, _, err := s.Candidates(context.Background(), storage.Selection{All: [][]string{{"s" + r.Station, "S" + r.Station}}, Limit: 10_000})
		put.Encode(cs)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Printf("%x\n", sum.Sum(nil))
	return s.Close()
}

// answersOf runs printAnswers.
func answersOf(dir string) (string, error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asAnswers+"="+dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, errs.String())
	}
	return string(out), nil
}

// realDirectories makes two: one that was closed, and one whose service was killed.
func realDirectories(t *testing.T) []string {
	t.Helper()
	var dirs []string
	updates, _ := madeUp(t, 11, 800)
	for kills := range 2 {
		dir := t.TempDir()
		key := addKey(t, dir)
		s := serve(t, dir, key)
		load(s.broker, updates[:len(updates)/2], nil)
		read(t, s, len(updates)/2)
		s.stop()
		s = serve(t, dir, key)
		load(s.broker, updates[len(updates)/2:], nil)
		read(t, s, len(updates))
		if kills == 0 {
			s.stop()
		} else {
			s.kill()
		}
		if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil { // the log has checks of its own
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

// dataFiles lists the files that hold something, each with its length without zeroes at its end.
func dataFiles(t *testing.T, dir string) (paths []string, sizes []int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, filepath.Join(dir, "secret")) {
			return err
		}
		b, err := os.ReadFile(path)
		if n := len(bytes.TrimRight(b, "\x00")); n > 0 {
			rel, _ := filepath.Rel(dir, path)
			paths, sizes = append(paths, rel), append(sizes, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths, sizes
}

// copyDir copies a directory, leaving holes where there are zeroes.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to, err := os.MkdirTemp(os.Getenv("FAULTS_DIR"), "anvesh-fault-")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", "--sparse=always", from+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return to
}

// A harm damages one file of size bytes and says how.
type harm func(rng *rand.Rand, path string, size int) (string, error)

func flip(rng *rand.Rand, path string, size int) (string, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	at, bit := int64(rng.IntN(size)), rng.IntN(8)
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		return "", err
	}
	b[0] ^= 1 << bit
	_, err = f.WriteAt(b, at)
	return fmt.Sprintf("bit %d of byte %d of %d flipped", bit, at, size), err
}

func truncate(rng *rand.Rand, path string, size int) (string, error) {
	n := rng.IntN(size)
	return fmt.Sprintf("cut from %d to %d bytes", size, n), os.Truncate(path, int64(n))
}

// tail makes zeroes of the end, as a file system does with what was not synced.
func tail(rng *rand.Rand, path string, size int) (string, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	n := 1 + rng.IntN(min(size, 4096))
	_, err = f.WriteAt(make([]byte, n), int64(size-n))
	return fmt.Sprintf("the last %d of %d bytes are zero", n, size), err
}

// unreadable puts a directory in the file's place, which nobody can read as a file, whoever he is.
func unreadable(_ *rand.Rand, path string, _ int) (string, error) {
	if err := os.Remove(path); err != nil {
		return "", err
	}
	return "cannot be read", os.Mkdir(path, 0o700)
}

// missing takes the file away.
func missing(_ *rand.Rand, path string, _ int) (string, error) { return "missing", os.Remove(path) }

// damage harms one file in each of n copies. Each damage must be reported by check, or change nothing.
func damage(t *testing.T, n int, harms []harm) {
	seed := envSeed(t)
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 11))
	dirs := realDirectories(t)
	var want []string
	var paths [][]string
	var sizes [][]int
	for _, dir := range dirs {
		whole := copyDir(t, dir)
		sum, err := answersOf(whole)
		if err = errorsOf(err, os.RemoveAll(whole)); err != nil {
			t.Fatal(err)
		}
		p, s := dataFiles(t, dir)
		want, paths, sizes = append(want, sum), append(paths, p), append(sizes, s)
	}
	tally := map[string]int{}
	for range n {
		d := rng.IntN(len(dirs))
		i := rng.IntN(len(paths[d]))
		dir := copyDir(t, dirs[d])
		how, err := harms[rng.IntN(len(harms))](rng, filepath.Join(dir, paths[d][i]), sizes[d][i])
		if err != nil {
			t.Fatal(err)
		}
		long := time.Now().Add(-time.Hour) // what was just written may be in the making
		if err := os.Chtimes(filepath.Join(dir, paths[d][i]), time.Time{}, long); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		what := fmt.Sprintf("%s: %s", paths[d][i], how)
		outcome := judge(t, dir, what, want[d])
		tally[outcome]++
		if outcome == "unnoticed" {
			t.Errorf("unnoticed: %s (directory %d)", what, d)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d faults: %v", n, tally)
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// judge tells what became of a damage.
func judge(t *testing.T, dir, what, want string) string {
	out, errs, code := program(t, "", "check", "--data", dir)
	switch code {
	case 0:
		got, err := answersOf(dir)
		if err != nil || got != want {
			t.Logf("%s: check: %s%s; then %v", what, out, errs, err)
			return "unnoticed"
		}
		return "harmless"
	case 1:
		return "reported"
	}
	t.Logf("%s: check ended with %d: %.600s", what, code, errs)
	return "reported by a crash"
}

func envSeed(t *testing.T) uint64 {
	return uint64(envCount(t, "SEED", int(time.Now().UnixNano()>>20)))
}

func envCount(t *testing.T, name string, other int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return other
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestFlips flips FLIPS single bits (default 10) in files of real directories.
func TestFlips(t *testing.T) { damage(t, envCount(t, "FLIPS", 10), []harm{flip}) }

// TestFileFaults damages FAULTS files (default 10) of real directories.
func TestFileFaults(t *testing.T) {
	damage(t, envCount(t, "FAULTS", 10), []harm{flip, truncate, tail, unreadable, missing})
}
