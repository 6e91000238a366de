package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/query"
	"anvesh/query/match"
	"anvesh/storage"
)

// Bounds of a request's fields, from the contract.
const (
	maxText  = 200  // characters of a text field
	maxToken = 4096 // bytes of at_least: one offset for each partition, and there may be many
	maxList  = 20   // items of a list; every status there is fits twice
	maxLimit = 100  // hits of one answer
	minYear  = 1900 // of birth
	maxAge   = 130
	maxWide  = 20 // years of tolerance
)

// kind is what a field holds.
type kind int

const (
	text  kind = iota // a string
	whole             // a whole number
	list              // a list of strings
	truth             // true or false; in JSON alone
)

// A field is one name that a request of type T may carry: what it may hold and where that goes. The tables of fields
// below serve JSON bodies, queries, list rows and the page alike, and a test holds the OpenAPI description to them.
type field[T any] struct {
	name     string
	kind     kind
	oneOf    []string // what text or an item must be, if it is not free
	min, max int      // of a whole number; max of a text in characters
	hint     string   // what would be right, for a value of the wrong type
	row      bool     // only in list rows
	setText  func(*T, string)
	setWhole func(*T, int)
	setList  func(*T, []string)
	setTruth func(*T, bool)
}

// A form is all that a request of type T may carry.
type form[T any] struct {
	what    string // "person search", for messages
	list    string // what a list of such searches is one of
	fields  []field[T]
	request func(*T) query.Request // of a search
	finish  func(*T) error         // rules between fields
}

// find returns the field of that name, or nil.
func (f *form[T]) find(name string) *field[T] {
	for i := range f.fields {
		if f.fields[i].name == name {
			return &f.fields[i]
		}
	}
	return nil
}

// What the vocabulary of the contract allows.
var (
	personStatuses  = storage.Statuses(storage.Person)
	vehicleStatuses = storage.Statuses(storage.Vehicle)
	roles           = storage.Roles()
	genders         = []string{"M", "F", "T"}
	classes         = []string{string(query.Exact), string(query.Probable), string(query.Lead)}
)

// personForm lists what a search for a person may carry, in the order of the contract.
func personForm() *form[query.PersonRequest] {
	type R = query.PersonRequest
	f := &form[R]{what: "a person search", list: match.Persons, request: func(r *R) query.Request { return r }}
	f.fields = []field[R]{
		{name: "name", max: maxText, setText: func(r *R, s string) { r.Name = s }},
		{name: "alias", max: maxText, setText: func(r *R, s string) { r.Alias = s }},
		{name: "relative", max: maxText, setText: func(r *R, s string) { r.Relative = s }},
		{name: "gender", max: maxText, oneOf: genders, setText: func(r *R, s string) { r.Gender = s }},
		{name: "age", kind: whole, min: 1, max: maxAge, setWhole: func(r *R, n int) { r.Age = n }},
		{name: "birth_year", kind: whole, min: minYear, max: 9999, setWhole: func(r *R, n int) { r.BirthYear = n }},
		{name: "tolerance", kind: whole, max: maxWide, setWhole: func(r *R, n int) { r.Tolerance = &n }},
		{name: "place", max: maxText, setText: func(r *R, s string) { r.Place = s }},
		{name: "station", max: maxText, setText: func(r *R, s string) { r.Station = s }},
		{name: "district", max: maxText, setText: func(r *R, s string) { r.District = s }},
		{name: "status", kind: list, oneOf: personStatuses, setList: func(r *R, l []string) { r.Status = l }},
		{name: "role", kind: list, oneOf: roles, setList: func(r *R, l []string) { r.Role = l }},
		{name: "section", max: maxText, setText: func(r *R, s string) { r.Section = s }},
	}
	f.fields = append(f.fields, commonFields(func(r *R) *query.Common { return &r.Common })...)
	f.finish = func(r *R) error {
		if r.Age != 0 && r.BirthYear != 0 {
			return wrong("birth_year", "give age or birth_year, not both")
		}
		if year := time.Now().Year(); r.BirthYear > year {
			return wrong("birth_year", "must be a year from "+strconv.Itoa(minYear)+" to "+strconv.Itoa(year))
		}
		return finishCommon(&r.Common)
	}
	return f
}

// vehicleForm lists what a search for a vehicle may carry, in the order of the contract.
func vehicleForm() *form[query.VehicleRequest] {
	type R = query.VehicleRequest
	f := &form[R]{what: "a vehicle search", list: match.Vehicles, request: func(r *R) query.Request { return r }}
	f.fields = []field[R]{
		{name: "registration", max: maxText, setText: func(r *R, s string) { r.Registration = s }},
		{name: "chassis", max: maxText, setText: func(r *R, s string) { r.Chassis = s }},
		{name: "engine", max: maxText, setText: func(r *R, s string) { r.Engine = s }},
		{name: "make", max: maxText, setText: func(r *R, s string) { r.Make = s }},
		{name: "model", max: maxText, setText: func(r *R, s string) { r.Model = s }},
		{name: "colour", max: maxText, setText: func(r *R, s string) { r.Colour = s }},
		{name: "status", kind: list, oneOf: vehicleStatuses, setList: func(r *R, l []string) { r.Status = l }},
		{name: "station", max: maxText, setText: func(r *R, s string) { r.Station = s }},
		{name: "district", max: maxText, setText: func(r *R, s string) { r.District = s }},
	}
	f.fields = append(f.fields, commonFields(func(r *R) *query.Common { return &r.Common })...)
	f.finish = func(r *R) error { return finishCommon(&r.Common) }
	return f
}

// commonFields lists what both kinds of search may carry.
func commonFields[T any](c func(*T) *query.Common) []field[T] {
	return []field[T]{
		{name: "from", max: maxText, hint: "a date such as 2026-01-31", setText: func(r *T, s string) { c(r).From = s }},
		{name: "to", max: maxText, hint: "a date such as 2026-01-31", setText: func(r *T, s string) { c(r).To = s }},
		{name: "limit", kind: whole, min: 1, max: maxLimit, setWhole: func(r *T, n int) { c(r).Limit = &n }},
		{name: "min_class", max: maxText, oneOf: classes, setText: func(r *T, s string) { c(r).MinClass = query.Class(s) }},
		{name: "at_least", max: maxToken, hint: "an offset token", setText: func(r *T, s string) { c(r).AtLeast = s }},
		{name: "reason", max: maxText, setText: func(r *T, s string) { c(r).Reason = s }},
		{name: "ref", max: maxText, row: true, setText: func(r *T, s string) { c(r).Ref = s }},
	}
}

// finishCommon checks what holds between the common fields. Whether the reason is one, and whether anything is asked at
// all, the engine decides.
func finishCommon(c *query.Common) error {
	from, err := date("from", c.From)
	if err != nil {
		return err
	}
	to, err := date("to", c.To)
	if err != nil {
		return err
	}
	if c.From != "" && c.To != "" && to.Before(from) {
		return wrong("to", "must not lie before from")
	}
	return nil
}

// date reads a day; an empty one is none.
func date(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, wrong(name, "must be a date that exists, written YYYY-MM-DD, such as 2026-01-31")
	}
	return d, nil
}

// oneOfText says what a value may be, with the nearest of it first.
func oneOfText(value string, names []string) string {
	s := "must be one of " + strings.Join(names, ", ")
	if near := match.Nearest(value, names); near != "" && !slices.Contains(names, value) {
		s += "; did you mean " + near + "?"
	}
	return s
}
