package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The house's budgets: what is larger is not read at a glance.
const (
	longestFunction = 80  // lines
	longFunctionP90 = 40  // lines of nine functions in ten
	longestFile     = 600 // lines, tests not counted
	mostFiles       = 20  // in a folder, tests not counted
	readmeLines     = 120
	leastDocumented = .95 // of exported names and methods of exported types
)

// sizes is what was counted in the project's code without its tests.
type sizes struct {
	root         string
	code, tests  int // lines
	files        []int
	functions    []int
	exported     int
	undocumented []string
	tooLong      []string
	packages     map[string]bool // by folder: has a package comment
	folders      map[string]int  // by folder: files
}

// TestSize holds the code against the budgets. make size prints what it counted.
func TestSize(t *testing.T) {
	s := &sizes{root: "../..", packages: map[string]bool{}, folders: map[string]int{}}
	if err := filepath.WalkDir(s.root, s.visit); err != nil {
		t.Fatal(err)
	}
	slices.Sort(s.files)
	slices.Sort(s.functions)
	p90, longest := s.functions[len(s.functions)*9/10], s.functions[len(s.functions)-1]
	documented := 1 - float64(len(s.undocumented))/float64(s.exported)
	readme, err := os.ReadFile(filepath.Join(s.root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Count(readme, []byte("\n"))
	t.Logf("code %d lines in %d files (median %d, longest %d), tests %d", s.code, len(s.files), s.files[len(s.files)/2], s.files[len(s.files)-1], s.tests)
	t.Logf("functions: p90 %d lines, longest %d; %.1f %% of %d exported names documented; README %d lines", p90, longest, 100*documented, s.exported, lines)
	if p90 > longFunctionP90 || len(s.tooLong) > 0 {
		t.Errorf("p90 of functions is %d lines of %d; too long: %v", p90, longFunctionP90, s.tooLong)
	}
	if documented < leastDocumented {
		t.Errorf("%.1f %% of exported names are documented, %.0f %% are meant; not: %v", 100*documented, 100*leastDocumented, s.undocumented)
	}
	for dir, said := range s.packages {
		if !said {
			t.Errorf("%s: no package comment", dir)
		}
	}
	for dir, n := range s.folders {
		if n > mostFiles {
			t.Errorf("%s: %d files, %d are meant: it is more than one room", dir, n, mostFiles)
		}
	}
	if lines > readmeLines {
		t.Errorf("the README has %d lines, %d are meant: what is about one room stands beside its code", lines, readmeLines)
	}
}

func (s *sizes) visit(path string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "out"):
		return filepath.SkipDir
	case !strings.HasSuffix(path, ".go"):
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	n := bytes.Count(b, []byte("\n"))
	if strings.HasSuffix(path, "_test.go") {
		s.tests += n
		return nil
	}
	s.code += n
	s.files = append(s.files, n)
	if n > longestFile {
		s.tooLong = append(s.tooLong, fmt.Sprintf("%s: %d lines", path, n))
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, b, parser.ParseComments)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	s.folders[dir]++
	s.packages[dir] = s.packages[dir] || file.Doc != nil
	for _, decl := range file.Decls {
		s.declaration(set, path, decl)
	}
	return nil
}

func (s *sizes) declaration(set *token.FileSet, path string, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		n := set.Position(d.End()).Line - set.Position(d.Pos()).Line + 1
		s.functions = append(s.functions, n)
		if n > longestFunction {
			s.tooLong = append(s.tooLong, fmt.Sprintf("%s: %s has %d lines", path, d.Name.Name, n))
		}
		if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type))) {
			s.export(path, d.Name.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch v := spec.(type) {
			case *ast.TypeSpec:
				if v.Name.IsExported() {
					s.export(path, v.Name.Name, v.Doc, v.Comment, d.Doc)
				}
			case *ast.ValueSpec:
				for _, name := range v.Names {
					if name.IsExported() {
						s.export(path, name.Name, v.Doc, v.Comment, d.Doc)
					}
				}
			}
		}
	}
}

// receiver is the name of the type that a method is of.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func (s *sizes) export(path, name string, docs ...*ast.CommentGroup) {
	s.exported++
	if !slices.ContainsFunc(docs, func(d *ast.CommentGroup) bool { return d != nil }) {
		s.undocumented = append(s.undocumented, path+": "+name)
	}
}
