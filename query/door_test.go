package query_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// TestOneDoor: whatever this package exports that gives hits, groups, conflicts or cases is told who asks.
func TestOneDoor(t *testing.T) {
	gives := []string{"Answer", "Hit", "View", "Why", "Group", "Conflict", "CaseView", "Cases"}
	var doors []string
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		text := func(n ast.Node) string { return string(src[n.Pos()-1 : n.End()-1]) }
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || f.Type.Results == nil || strings.HasSuffix(file, "_test.go") {
				continue
			}
			words := strings.FieldsFunc(text(f.Type.Results), func(r rune) bool { return strings.ContainsRune("()[]*, .", r) })
			if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(gives, w) }) {
				doors = append(doors, f.Name.Name)
				if !strings.Contains(text(f.Type.Params), "who access.Identity") {
					t.Errorf("%s: %s gives %s and does not know who asks", file, f.Name.Name, text(f.Type.Results))
				}
			}
		}
	}
	if slices.Sort(doors); !slices.Equal(doors, []string{"Case", "FindCases", "Search", "SearchRow", "Unmask", "Weigh"}) {
		t.Errorf("doors are %v", doors)
	}
}

// TestNobody: who is not known gets nothing, whatever is asked.
func TestNobody(t *testing.T) {
	w := open(t, t.TempDir())
	w.put("13225008230001", &storage.Record{Name: "Virender Singh"}, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337"})
	ctx, reason := context.Background(), query.Common{Reason: "FIR 1/2026"}
	f := func(who access.Identity, want error) {
		t.Helper()
		a, err := w.e.Search(ctx, who, &query.PersonRequest{Name: "Virender Singh", Common: reason})
		if !errors.Is(err, want) || (a == nil) != (want != nil) || a != nil && len(a.Hits) != 1 {
			t.Errorf("persons: %v, %v", a, err)
		}
		a, err = w.e.Search(ctx, who, &query.VehicleRequest{Registration: "HR26DK8337", Common: reason})
		if !errors.Is(err, want) || (a == nil) != (want != nil) || a != nil && len(a.Hits) != 1 {
			t.Errorf("vehicles: %v, %v", a, err)
		}
		c, err := w.e.Case(ctx, who, "13225008230001")
		if !errors.Is(err, want) || (c == nil) != (want != nil) {
			t.Errorf("case: %v, %v", c, err)
		}
		cs, err := w.e.FindCases(ctx, who, "1/2023", "13225008")
		if !errors.Is(err, want) || (cs == nil) != (want != nil) || cs != nil && len(cs.Cases) != 1 {
			t.Errorf("cases: %v, %v", cs, err)
		}
	}
	f(access.Identity{}, query.ErrNobody)
	f(access.Program("test"), nil)
}
