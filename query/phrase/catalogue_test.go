package phrase

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

var place = regexp.MustCompile(`%[1-9]`)

// hindi tells whether a text has something in Devanagari.
func hindi(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Devanagari, r) })
}

// TestCatalogue: every phrase is in both languages, has no place in Hindi that English lacks, and is said by somebody.
func TestCatalogue(t *testing.T) {
	said := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "phrase" {
					said[s.Sel.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	phrases := 0
	see := func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		literal, ok := v.Values[0].(*ast.BasicLit)
		if !ok { // a table
			return true
		}
		phrases++
		name := v.Names[0].Name
		text, err := strconv.Unquote(literal.Value)
		english, other, both := strings.Cut(text, "|")
		if err != nil || !both || strings.TrimSpace(english) == "" || !hindi(other) || strings.Contains(other, "|") {
			t.Errorf("%s is not in both languages: %q", name, text)
		}
		if strings.Count(text, "%") != len(place.FindAllString(text, -1)) {
			t.Errorf("%s has a percent sign that is no place", name)
		}
		for _, p := range place.FindAllString(other, -1) {
			if !strings.Contains(english, p) {
				t.Errorf("%s: %s stands in Hindi alone", name, p)
			}
		}
		if !said[name] {
			t.Errorf("%s is never said", name)
		}
		return true
	}
	for _, file := range []string{"catalogue.go", "station.go", "desk.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, see)
	}
	if phrases < 100 {
		t.Errorf("only %d phrases", phrases)
	}
	all := maps.Clone(labels)
	for name, l := range deskLabels {
		if _, twice := all[name]; twice {
			t.Errorf("label %s stands in two tables", name)
		}
		all[name] = l
	}
	for name, l := range all {
		if l.English == "" || !hindi(l.Hindi) {
			t.Errorf("label %s is not in both languages: %+v", name, l)
		}
	}
	for key, s := range reasons {
		if s[0] == "" || !hindi(s[1]) && strings.Trim(s[1], "%[]0123456789s ~=") != "" {
			t.Errorf("reason %s is not in both languages: %q", key, s)
		}
	}
}

// TestPage: what the templates say has its Hindi, all Hindi is said by one of them, and they hold none themselves but the name
// of the language.
func TestPage(t *testing.T) {
	said := map[string]bool{}
	call := regexp.MustCompile(`[{(](?:both|t) "([^"]*)"`)
	files, err := filepath.Glob("../web/page/html/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "../match/html.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(string(text), -1) {
			said[m[1]] = true
		}
		if rest := strings.ReplaceAll(string(text), "हिन्दी", ""); hindi(rest) {
			t.Errorf("%s holds Hindi of its own", file)
		}
	}
	texts := maps.Clone(page)
	for english, other := range desk {
		if _, twice := texts[english]; twice {
			t.Errorf("%q stands in two tables", english)
		}
		texts[english] = other
	}
	for english := range said {
		if !hindi(texts[english]) {
			t.Errorf("%q has no Hindi", english)
		}
	}
	for english := range texts {
		if !said[english] {
			t.Errorf("%q is never said", english)
		}
	}
}

func TestWith(t *testing.T) {
	f := func(p Phrase, with []string, english, hindi string) {
		t.Helper()
		if e, h := p.With(with...); e != english || h != hindi {
			t.Errorf("%q: %q, %q", p, e, h)
		}
	}
	f("equal|समान", nil, "equal", "समान")
	f("from %1 to %2|%2 से %1", []string{"a", "b"}, "from a to b", "b से a")
	f("%1 and %1|%1", []string{"x"}, "x and x", "x")
	f("%1: %2|%2: %1", []string{"%2", "%1 %9"}, "%2: %1 %9", "%1 %9: %2")
}
