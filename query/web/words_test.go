package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// textOf is a message as it stands in the source: what is not written out in it is a word.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil {
			return s
		}
	case *ast.BinaryExpr:
		return textOf(e.X) + textOf(e.Y)
	case *ast.CallExpr: // fmt.Sprintf("...", ...)
		if len(e.Args) > 0 && strings.Contains(textOf(e.Args[0]), "%") {
			return strings.NewReplacer("%d", "7", "%s", "word", "%q", `"word"`).Replace(textOf(e.Args[0]))
		}
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
	}
	return "word"
}

// TestMessagesAreInHindi reads the sources of this room and of query for what may be wrong with a field: each message
// must have a saying.
func TestMessagesAreInHindi(t *testing.T) {
	found := 0
	look := func(message string, at token.Position) {
		if message == "" || !strings.Contains(message, " ") || strings.HasPrefix(message, "the columns ") ||
			message == "must be word" || message == "each item word" {
			return // made elsewhere, or of a list, which the page does not take, or put together of what stands elsewhere
		}
		found++
		if inHindi("", message) == "" {
			t.Errorf("%s: the page has no Hindi for %q: add it to sayings", at, message)
		}
	}
	for _, pattern := range []string{"*.go", "../*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "batch.go") || strings.HasSuffix(file, "keys.go") {
				continue
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if id, ok := n.Type.(*ast.Ident); ok && id.Name == "FieldError" && len(n.Elts) == 2 {
						look(textOf(n.Elts[1]), set.Position(n.Pos()))
					}
				case *ast.CallExpr:
					if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "wrong" && len(n.Args) == 2 && !strings.HasSuffix(file, "errors.go") {
						look(textOf(n.Args[1]), set.Position(n.Pos()))
					}
				}
				return true
			})
		}
	}
	if found < 30 {
		t.Errorf("only %d messages were found in the sources", found)
	}
	for _, p := range []*problem{errFromElsewhere, errManyWaits, errBusy, errPanic, unknownField("x", "a person search", []string{"name"})} {
		look(p.message, token.Position{})
	}
	for _, row := range table[:6] {
		if row.is.code != "running" && row.is.code != "not_found" {
			look(row.is.message, token.Position{})
		}
	}
}

// TestSayings shows some whole.
func TestSayings(t *testing.T) {
	f := func(p *problem, want string) {
		t.Helper()
		if got := inHindi(p.field, p.message); got != want {
			t.Errorf("%s: %s, want %s", p.message, got, want)
		}
	}
	f(wrong("age", "must be a whole number from 1 to 130"), "आयु: 1 से 130 तक की पूर्ण संख्या लिखें")
	f(wrong("tolerance", "must be 0 to 20 years"), "± वर्ष: 0 से 20 तक की पूर्ण संख्या लिखें")
	f(wrong("gender", "must be one of M, F, T; did you mean M?"), "लिंग: इनमें से एक चुनें: M, F, T")
	f(errBusy, "इस समय बहुत खोजें चल रही हैं; थोड़ी देर में फिर खोजें")
	f(&problem{message: "nobody has said this"}, "")
	s := serve(t, nil)
	cookie := s.login()
	r := s.do("GET", "/?name=x&age=200", "", "Cookie", cookie)
	if r.StatusCode != 400 || !strings.Contains(r.text, "आयु: 1 से 130 तक की पूर्ण संख्या लिखें") || !strings.Contains(r.text, `data-field="age"`) {
		t.Errorf("%d %s", r.StatusCode, r.text)
	}
	if r := s.do("GET", "/?kind=boat", "", "Cookie", cookie); r.StatusCode != 400 || !strings.Contains(r.text, "इनमें से एक चुनें: person, vehicle") {
		t.Errorf("an unknown kind: %d", r.StatusCode)
	}
	if r := s.do("GET", "/?name=busy&reason=DD+1", "", "Cookie", cookie); !strings.Contains(r.text, "थोड़ी देर में फिर खोजें") {
		t.Errorf("an overload: %d", r.StatusCode)
	}
}
