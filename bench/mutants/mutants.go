// Command mutants breaks the code on purpose, one small place at a time, and looks whether make test notices.
//
// It draws, by a seed, conditions to turn over, constants to change and statements to delete in the rooms' own code
// (not in tests, nor in what only measures) and gives each to the compiler as an overlay, so that no file is touched. Then it
// runs the tests of its package and, one package after the other, of those whose tests depend on it: what else make test runs
// cannot tell the difference. A mutant that no test catches is a promise that nothing holds: it is printed with its place,
// and the program ends with 1 if more than one in ten lived. A mutant that does not compile is drawn again; one that never
// ends is caught by the tests' time limit. README.md lists those that live, and why.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// rooms are what the project exists for. bench is left out: what only measures is held by eye.
var rooms = []string{"cmd", "indexer", "query", "storage"}

// leastCaught is the share of mutants that the tests must catch.
const leastCaught = .9

// Time limits of one package's tests, for mutants that never end: that of make test for the program and the simulation, which
// take minutes on a busy machine; the others take seconds.
const (
	limit     = 5 * time.Minute
	limitLong = 15 * time.Minute
)

// A mutant is one change of one file: the bytes between from and to are replaced by text, in which %s stands for them.
type mutant struct {
	file     string
	line     int
	column   int // in bytes, from 1
	from, to int
	text     string
	what     string
}

func main() {
	n := flag.Int("n", 100, "mutants that compile, or all that can be drawn")
	seed := flag.Uint64("seed", 1, "of the draw: the same seed draws the same places in the same code")
	only := flag.String("only", "", "draw in files whose path contains this, or at the place file:line or file:line:column")
	near := flag.Bool("near", false, "run the tests of the mutant's package only: quicker, and more will live")
	flag.Parse()
	drawn, lived, err := run(*n, *seed, *only, *near)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
	fmt.Printf("%d of %d mutants were caught\n", drawn-lived, drawn)
	if float64(drawn-lived) < leastCaught*float64(drawn) {
		os.Exit(1)
	}
}

// run tries n mutants, or as many as there are, and gives how many compiled and how many of them lived.
func run(n int, seed uint64, only string, near bool) (drawn, lived int, err error) {
	all, err := places(only)
	if err != nil {
		return 0, 0, err
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d places, seed %d\n", len(all), seed)
	tests, err := testsOf(near)
	if err != nil {
		return 0, 0, err
	}
	if !near {
		if out, err := exec.Command("go", "test", "-vet=off", "-timeout", limitLong.String(), "./...").CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("the tests fail without a change: %w\n%s", err, out)
		}
	}
	for _, m := range all {
		if drawn == n {
			break
		}
		overlay, err := m.write(dir)
		if err != nil {
			return 0, 0, err
		}
		if !compiles(overlay, m.file) {
			continue
		}
		drawn++
		start := time.Now()
		by := caught(overlay, tests["./"+filepath.Dir(m.file)])
		if by == "" {
			lived++
			by = "LIVED"
		}
		fmt.Printf("%3d %-34s %s:%d:%d %s (%.0f s)\n", drawn, by, m.file, m.line, m.column, m.what, time.Since(start).Seconds())
	}
	return drawn, lived, nil
}

// write writes the changed file and an overlay that puts it in place of the real one.
func (m *mutant) write(dir string) (overlay string, err error) {
	src, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "changed.go")
	put := strings.Replace(m.text, "%s", string(src[m.from:m.to]), 1)
	text := append(append(bytes.Clone(src[:m.from]), put...), src[m.to:]...)
	if err := os.WriteFile(changed, text, 0o600); err != nil {
		return "", err
	}
	whole, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]any{"Replace": map[string]string{whole: changed}})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, b, 0o600)
}

// compiles says whether the package still compiles; unlike go build, go list does not link a program.
func compiles(overlay, file string) bool {
	return exec.Command("go", "list", "-export", "-overlay", overlay, "./"+filepath.Dir(file)).Run() == nil
}

// testsOf gives for each package those whose tests can notice a change of it: itself first, then, unless only near ones are
// run, those whose tests depend on it, the ones that depend on least first: those are built soonest, and the program's
// come last.
func testsOf(near bool) (map[string][]string, error) {
	out, err := exec.Command("go", "list", "-test", "-f", `{{.ImportPath}}{{range .Deps}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	type binary struct {
		pkg  string
		deps []string
	}
	var binaries []binary
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if pkg, ok := strings.CutSuffix(words[0], ".test"); ok {
			binaries = append(binaries, binary{pkg, words[1:]})
		}
	}
	slices.SortStableFunc(binaries, func(a, b binary) int { return len(a.deps) - len(b.deps) })
	tests := map[string][]string{}
	for _, b := range binaries {
		tests[local(b.pkg)] = []string{local(b.pkg)}
	}
	for _, b := range binaries {
		for _, dep := range b.deps {
			known := tests[local(dep)]
			if strings.HasPrefix(dep, module) && !near && !slices.Contains(known, local(b.pkg)) {
				tests[local(dep)] = append(known, local(b.pkg))
			}
		}
	}
	return tests, nil
}

// module is the path before each package's own.
const module = "anvesh/"

// local gives a package as go test is told it.
func local(pkg string) string { return "./" + strings.TrimPrefix(pkg, module) }

// caught names the first test that fails, "" if none does.
func caught(overlay string, tests []string) string {
	for _, pkg := range tests {
		most := limit
		if pkg == "./cmd/anvesh" || pkg == "./bench" {
			most = limitLong
		}
		out, err := exec.Command("go", "test", "-overlay", overlay, "-vet=off", "-failfast", "-timeout", most.String(), pkg).CombinedOutput()
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			continue
		}
		for line := range strings.Lines(string(out)) {
			if name, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
				return strings.Fields(name)[0]
			}
		}
		return "by " + pkg
	}
	return ""
}

// places lists every change that can be drawn.
func places(only string) (all []mutant, err error) {
	for _, room := range rooms {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || isTest(path) {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				for _, m := range changes(n) {
					at := set.Position(token.Pos(m.from))
					m.file, m.line, m.column = path, at.Line, at.Column
					m.to, m.from = set.Position(token.Pos(m.to)).Offset, at.Offset
					if strings.Contains(path, only) || fmt.Sprint(path, ":", at.Line) == only || fmt.Sprint(path, ":", at.Line, ":", at.Column) == only {
						all = append(all, m)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// isTest says whether a file is run by tests only: conformance suites and their like are folders that end in test.
func isTest(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.HasSuffix(filepath.Dir(path), "test")
}

// turned are the operators of conditions, and what each becomes: the bounds move by one, and the sense turns over.
var turned = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
}

// changes gives the changes that a node allows; from and to are positions.
func changes(n ast.Node) []mutant {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if to, ok := turned[n.Op]; ok {
			return []mutant{{from: int(n.OpPos), to: int(n.OpPos) + len(n.Op.String()), text: to.String(), what: n.Op.String() + " became " + to.String()}}
		}
	case *ast.BasicLit:
		if n.Kind == token.INT && len(n.Value) < 6 {
			return []mutant{{from: int(n.Pos()), to: int(n.End()), text: "(" + n.Value + "+1)", what: n.Value + " became one more"}}
		}
	case *ast.IfStmt:
		return []mutant{{from: int(n.Cond.Pos()), to: int(n.Cond.End()), text: "false && (%s)", what: "if never"}}
	case *ast.ExprStmt:
		return []mutant{{from: int(n.Pos()), to: int(n.End()), what: "call deleted"}}
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return []mutant{{from: int(n.Pos()), to: int(n.End()), what: "assignment deleted"}}
		}
	}
	return nil
}
