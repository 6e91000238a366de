package match

import "slices"

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
