package iif

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// kind is how a field is read and set.
type kind int

const (
	kindText    kind = iota // free text, or a shape
	kindCode                // one of a code list
	kindDate                // Date
	kindTime                // time.Time
	kindInt                 // int
	kindIntPtr              // *int: 0 differs from absent
	kindFloat               // float64
	kindBool                // bool
	kindObject              // struct
	kindPointer             // *struct
	kindTexts               // []string
	kindObjects             // []struct
)

// maxText bounds texts whose tag has no len, in runes.
const maxText = 500

// A field is one row of a table: what the tags of a struct field say.
type field struct {
	name     string
	index    int // in the struct
	kind     kind
	required bool
	runes    int               // longest text
	items    int               // longest list
	min, max float64           // bounds of a number
	list     string            // name of the code list, "" if none
	codes    map[string]string // its values, to themselves
	shape    *shape            // nil if none
	of       string            // the form whose part it is, "" for all
	sub      *table            // of an object or a list of objects
	want     string            // what would be right, for errors
}

// A table says how one struct type is decoded. At most 64 fields: seen and required are sets of bits.
type table struct {
	fields   []field
	byName   map[string]int
	required uint64
}

// formTable is the table of Form, built once.
var formTable = sync.OnceValue(func() *table { return buildTable(reflect.TypeFor[Form]()) })

var (
	timeType = reflect.TypeFor[time.Time]()
	dateType = reflect.TypeFor[Date]()
)

// find returns the place of the field called key, tried first at next and the two places after it:
// senders write fields in the schema's order, which spares most hashing.
func (t *table) find(key []byte, next int) (int, bool) {
	for i := next; i < len(t.fields) && i < next+3; i++ {
		if t.fields[i].name == string(key) {
			return i, true
		}
	}
	i, ok := t.byName[string(key)]
	return i, ok
}

func buildTable(t reflect.Type) *table {
	tab := &table{byName: make(map[string]int)}
	for i := range t.NumField() {
		sf := t.Field(i)
		if !sf.IsExported() {
			continue
		}
		f := buildField(sf)
		f.index = i
		bit := len(tab.fields)
		if bit == 64 {
			panic("BUG: iif: more than 64 fields in " + t.Name())
		}
		if f.required {
			tab.required |= 1 << bit
		}
		tab.byName[f.name] = bit
		tab.fields = append(tab.fields, f)
	}
	return tab
}

func buildField(sf reflect.StructField) field {
	f := field{runes: maxText}
	f.name, _, _ = strings.Cut(sf.Tag.Get("json"), ",")
	for _, rule := range strings.Split(sf.Tag.Get("iif"), ",") {
		f.apply(rule)
	}
	f.kind = kindOf(sf.Type, f.list != "")
	switch f.kind {
	case kindObject, kindObjects, kindPointer:
		sub := sf.Type
		if f.kind != kindObject {
			sub = sub.Elem()
		}
		f.sub = buildTable(sub)
	}
	f.want = f.wanted()
	return f
}

// apply reads one rule of the tag iif.
func (f *field) apply(rule string) {
	name, value, _ := strings.Cut(rule, "=")
	switch name {
	case "":
	case "req":
		f.required = true
	case "len":
		f.runes = int(number(value))
	case "items":
		f.items = int(number(value))
	case "min":
		f.min = number(value)
	case "max":
		f.max = number(value)
	case "of":
		f.of = value
	case "is":
		s := shapes[value]
		f.shape = &s
	case "one":
		f.list = value
		f.codes = make(map[string]string)
		for _, c := range codes[value] {
			f.codes[c] = c
		}
	default:
		panic("BUG: iif: unknown rule " + rule)
	}
}

func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic("BUG: iif: not a number: " + s)
	}
	return n
}

func kindOf(t reflect.Type, code bool) kind {
	switch {
	case t == timeType:
		return kindTime
	case t == dateType:
		return kindDate
	case t.Kind() == reflect.String && code:
		return kindCode
	}
	switch t.Kind() {
	case reflect.String:
		return kindText
	case reflect.Int:
		return kindInt
	case reflect.Float64:
		return kindFloat
	case reflect.Bool:
		return kindBool
	case reflect.Struct:
		return kindObject
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Int {
			return kindIntPtr
		}
		return kindPointer
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return kindTexts
		}
		return kindObjects
	}
	panic("BUG: iif: no kind for " + t.String())
}

// wanted is the reason of an error in the field: what would be right.
func (f *field) wanted() string {
	switch f.kind {
	case kindCode:
		return "must be one of " + strings.Join(codes[f.list], ", ")
	case kindDate:
		return "must be a date of the calendar as YYYY-MM-DD, 1850 to 2099"
	case kindTime:
		return "must be a time with offset such as 2023-05-04T10:20:00+05:30, 1900 to 2099"
	case kindInt, kindIntPtr:
		if f.min == f.max {
			return fmt.Sprintf("must be %.0f", f.min)
		}
		return fmt.Sprintf("must be a whole number from %.0f to %.0f", f.min, f.max)
	case kindFloat:
		return fmt.Sprintf("must be a number from %g to %g", f.min, f.max)
	case kindBool:
		return "must be true or false"
	case kindObject, kindPointer:
		return "must be an object"
	case kindObjects:
		return fmt.Sprintf("must be a list of at most %d objects", f.items)
	case kindTexts:
		return fmt.Sprintf("must be a list of at most %d strings", f.items)
	}
	return f.wantedText()
}

// wantedText is the same for a string, alone or in a list.
func (f *field) wantedText() string {
	if f.shape != nil {
		return f.shape.want
	}
	if f.required {
		return fmt.Sprintf("must be a string of 1 to %d characters without U+0000", f.runes)
	}
	return fmt.Sprintf("must be a string of at most %d characters without U+0000", f.runes)
}
