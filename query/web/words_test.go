package web

import (
	"encoding/json"
	"slices"
	"testing"

	"anvesh/storage"
)

// TestStatusWords: the page has a label in both languages for each status, and the description knows exactly these
// statuses and roles wherever it lists any.
func TestStatusWords(t *testing.T) {
	all := slices.Concat(storage.Statuses(storage.Person), storage.Statuses(storage.Vehicle))
	for _, s := range all {
		if w := words[s]; w.English == "" || w.Hindi == "" {
			t.Errorf("%s has the label %q", s, w)
		}
	}
	var doc any
	if err := json.Unmarshal(description, &doc); err != nil {
		t.Fatal(err)
	}
	lists := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			var enum []string
			list, _ := v["enum"].([]any)
			for _, e := range list {
				s, _ := e.(string)
				enum = append(enum, s)
			}
			for _, known := range [][]string{storage.Statuses(storage.Person), storage.Statuses(storage.Vehicle), storage.Roles()} {
				if slices.Contains(enum, known[0]) {
					lists++
					if !slices.Equal(enum, known) {
						t.Errorf("described as %v, known are %v", enum, known)
					}
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(doc)
	if lists < 6 {
		t.Errorf("only %d lists are described", lists)
	}
}
