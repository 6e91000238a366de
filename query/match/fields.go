package match

import (
	"slices"
	"strings"
)

// A fieldInfo is one field that a row of a list may carry.
type fieldInfo struct {
	name string
	kind fieldKind
	main bool // a column of it makes a row the headings
}

// fieldKind is how a cell of the field is read.
type fieldKind int

const (
	asText   fieldKind = iota
	asNumber           // registration, chassis, engine: letters and digits that must not be touched
	asWhole            // a whole number
	asList             // divided by semicolons or commas
	asAge
	asYear
	asGender
)

// The fields of rows are those of a single search, and ref; a test of query/web holds the two together.
var (
	personFields = []fieldInfo{{"name", asText, true}, {"alias", asText, true}, {"relative", asText, true}, {"gender", asGender, false},
		{"age", asAge, false}, {"birth_year", asYear, false}, {"tolerance", asWhole, false}, {"place", asText, false},
		{"station", asText, false}, {"district", asText, false}, {"status", asList, false}, {"role", asList, false}, {"section", asText, false}}
	vehicleFields = []fieldInfo{{"registration", asNumber, true}, {"chassis", asNumber, true}, {"engine", asNumber, true},
		{"make", asText, false}, {"model", asText, false}, {"colour", asText, false},
		{"status", asList, false}, {"station", asText, false}, {"district", asText, false}}
	commonFields = []fieldInfo{{"from", asText, false}, {"to", asText, false}, {"limit", asWhole, false}, {"min_class", asText, false},
		{"at_least", asText, false}, {"reason", asText, false}, {"ref", asText, false}}
)

// fieldsOf lists the fields of a kind, in the order of the contract.
func fieldsOf(kind string) []fieldInfo {
	own := personFields
	if kind == Vehicles {
		own = vehicleFields
	}
	return slices.Concat(own, commonFields)
}

// Fields names what a row of a list of that kind may carry.
func Fields(kind string) []string { return fieldNames(kind) }

func fieldNames(kind string) (names []string) {
	for _, f := range fieldsOf(kind) {
		names = append(names, f.name)
	}
	return names
}

// findField returns the field of that very name, or nil.
func findField(kind, name string) *fieldInfo {
	for _, f := range fieldsOf(kind) {
		if f.name == name {
			return &f
		}
	}
	return nil
}

// isMain reports whether a column of the field makes a row the headings.
func isMain(name string) bool {
	for _, kind := range []string{Persons, Vehicles} {
		if f := findField(kind, name); f != nil && f.main {
			return true
		}
	}
	return false
}

// Nearest returns the name among names that s was most likely meant to be, or "" where none is near: one that s begins,
// or one of which at most a third differs. Upper case, spaces, hyphens and points do not count.
func Nearest(s string, names []string) string {
	s = Plain(s)
	best, bestAt := "", len(s)/3+1
	if len(s) > 40 {
		return ""
	}
	for _, name := range names {
		d := distance(s, Plain(name))
		if len(s) >= 3 && strings.HasPrefix(Plain(name), s) {
			d = min(d, 1)
		}
		if d < bestAt {
			best, bestAt = name, d
		}
	}
	return best
}

// Plain drops what does not tell two names of fields apart: case, spaces, points, hyphens and underscores.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-_\t\u00a0\ufeff", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance is the number of bytes to insert, delete, replace or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := last[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
