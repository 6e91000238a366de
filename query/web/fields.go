package web

import (
	"time"

	"anvesh/query"
	"anvesh/query/match"
	"anvesh/storage"
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
	bound    query.Bound
	hint     string // what would be right, for a value of the wrong type
	row      bool   // only in list rows
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
	request func(*T) query.Request // of a search; nil for others
}

// bounded gives the fields of a search the bounds that query knows.
func (f *form[T]) bounded(kind storage.Kind) *form[T] {
	for i := range f.fields {
		f.fields[i].bound = query.BoundOf(kind, f.fields[i].name)
	}
	return f
}

// finish checks what holds between the fields of a search. Whether its reason is one, and whether anything is asked at
// all, the engine decides.
func (f *form[T]) finish(r *T) error {
	if f.request == nil {
		return nil
	}
	return f.request(r).Check(time.Now().In(storage.IST).Year())
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

// personForm lists what a search for a person may carry, in the order of the contract.
func personForm() *form[query.PersonRequest] {
	type R = query.PersonRequest
	f := &form[R]{what: "a person search", list: match.Persons, request: func(r *R) query.Request { return r }}
	f.fields = []field[R]{
		{name: "name", setText: func(r *R, s string) { r.Name = s }},
		{name: "alias", setText: func(r *R, s string) { r.Alias = s }},
		{name: "relative", setText: func(r *R, s string) { r.Relative = s }},
		{name: "gender", setText: func(r *R, s string) { r.Gender = s }},
		{name: "age", kind: whole, setWhole: func(r *R, n int) { r.Age = n }},
		{name: "birth_year", kind: whole, setWhole: func(r *R, n int) { r.BirthYear = n }},
		{name: "tolerance", kind: whole, setWhole: func(r *R, n int) { r.Tolerance = &n }},
		{name: "place", setText: func(r *R, s string) { r.Place = s }},
		{name: "station", setText: func(r *R, s string) { r.Station = s }},
		{name: "district", setText: func(r *R, s string) { r.District = s }},
		{name: "status", kind: list, setList: func(r *R, l []string) { r.Status = l }},
		{name: "role", kind: list, setList: func(r *R, l []string) { r.Role = l }},
		{name: "section", setText: func(r *R, s string) { r.Section = s }},
	}
	f.fields = append(f.fields, commonFields(func(r *R) *query.Common { return &r.Common })...)
	return f.bounded(storage.Person)
}

// vehicleForm lists what a search for a vehicle may carry, in the order of the contract.
func vehicleForm() *form[query.VehicleRequest] {
	type R = query.VehicleRequest
	f := &form[R]{what: "a vehicle search", list: match.Vehicles, request: func(r *R) query.Request { return r }}
	f.fields = []field[R]{
		{name: "registration", setText: func(r *R, s string) { r.Registration = s }},
		{name: "chassis", setText: func(r *R, s string) { r.Chassis = s }},
		{name: "engine", setText: func(r *R, s string) { r.Engine = s }},
		{name: "make", setText: func(r *R, s string) { r.Make = s }},
		{name: "model", setText: func(r *R, s string) { r.Model = s }},
		{name: "colour", setText: func(r *R, s string) { r.Colour = s }},
		{name: "status", kind: list, setList: func(r *R, l []string) { r.Status = l }},
		{name: "station", setText: func(r *R, s string) { r.Station = s }},
		{name: "district", setText: func(r *R, s string) { r.District = s }},
	}
	f.fields = append(f.fields, commonFields(func(r *R) *query.Common { return &r.Common })...)
	return f.bounded(storage.Vehicle)
}

// commonFields lists what both kinds of search may carry.
func commonFields[T any](c func(*T) *query.Common) []field[T] {
	return []field[T]{
		{name: "from", hint: "a date such as 2026-01-31", setText: func(r *T, s string) { c(r).From = s }},
		{name: "to", hint: "a date such as 2026-01-31", setText: func(r *T, s string) { c(r).To = s }},
		{name: "limit", kind: whole, setWhole: func(r *T, n int) { c(r).Limit = &n }},
		{name: "min_class", setText: func(r *T, s string) { c(r).MinClass = query.Class(s) }},
		{name: "at_least", hint: "an offset token", setText: func(r *T, s string) { c(r).AtLeast = s }},
		{name: "reason", setText: func(r *T, s string) { c(r).Reason = s }},
		{name: "ref", row: true, setText: func(r *T, s string) { c(r).Ref = s }},
	}
}

// freeText is the bound of a text that is no field of a search.
var freeText = query.Bound{Most: query.MaxText}
