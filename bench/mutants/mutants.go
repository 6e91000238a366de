// Command mutants breaks the code on purpose, one small place at a time, and looks whether make test notices.
//
// It draws, by a seed, conditions to turn over, constants to change and statements to delete in the rooms' own code
// (not in tests, nor in what only measures), gives each to the compiler as an overlay, so that no file is touched, and runs
// the tests of its package and, if they pass, all others. A mutant that no test catches is a promise that nothing holds: it
// is printed with its place, and the program ends with 1 if more than one in ten lived. A mutant that does not compile is
// drawn again; one that never ends is caught by the tests' time limit.
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
	"strings"
	"time"
)

// rooms are what the project exists for. bench is left out: what only measures is held by eye.
var rooms = []string{"cmd", "indexer", "query", "storage"}

// leastCaught is the share of mutants that the tests must catch.
const leastCaught = .9

// A mutant is one change of one file: the bytes between from and to are replaced by text, in which %s stands for them.
type mutant struct {
	file     string
	line     int
	from, to int
	text     string
	what     string
}

func main() {
	n := flag.Int("n", 100, "mutants that compile")
	seed := flag.Uint64("seed", 1, "of the draw: the same seed draws the same places in the same code")
	only := flag.String("only", "", "draw in files whose path contains this")
	near := flag.Bool("near", false, "run the tests of the mutant's package only: quicker, and more will live")
	flag.Parse()
	lived, err := run(*n, *seed, *only, *near)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
	fmt.Printf("%d of %d mutants were caught\n", *n-lived, *n)
	if float64(*n-lived) < leastCaught*float64(*n) {
		os.Exit(1)
	}
}

// run tries n mutants and gives how many lived.
func run(n int, seed uint64, only string, near bool) (lived int, err error) {
	all, err := places(only)
	if err != nil {
		return 0, err
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d places, seed %d\n", len(all), seed)
	done := 0
	for _, m := range all {
		if done == n {
			break
		}
		overlay, err := m.write(dir)
		if err != nil {
			return 0, err
		}
		if !compiles(overlay, m.file) {
			continue
		}
		done++
		start := time.Now()
		by := caught(overlay, m.file, near)
		if by == "" {
			lived++
			by = "LIVED"
		}
		fmt.Printf("%3d %-34s %s:%d %s (%.0f s)\n", done, by, m.file, m.line, m.what, time.Since(start).Seconds())
	}
	if done < n {
		return 0, fmt.Errorf("only %d places compile when they are changed, %d were asked for", done, n)
	}
	return lived, nil
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

func compiles(overlay, file string) bool {
	return exec.Command("go", "build", "-o", os.DevNull, "-overlay", overlay, "./"+filepath.Dir(file)).Run() == nil
}

// caught names the tests that fail, "" if none does: first those of the package, then all, unless only near ones are run.
func caught(overlay, file string, near bool) string {
	patterns := []string{"./" + filepath.Dir(file), "./..."}
	if near {
		patterns = patterns[:1]
	}
	for _, pattern := range patterns {
		out, err := exec.Command("go", "test", "-overlay", overlay, "-vet=off", "-failfast", "-timeout", "5m", pattern).CombinedOutput()
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			continue
		}
		for line := range strings.Lines(string(out)) {
			if name, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
				return strings.Fields(name)[0]
			}
		}
		return "by " + pattern
	}
	return ""
}

// places lists every change that can be drawn.
func places(only string) (all []mutant, err error) {
	for _, room := range rooms {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || !strings.Contains(path, only) {
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
					m.file, m.line, m.to, m.from = path, at.Line, set.Position(token.Pos(m.to)).Offset, at.Offset
					all = append(all, m)
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
