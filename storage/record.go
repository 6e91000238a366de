package storage

import "time"

// Kind tells persons from vehicles.
type Kind string

// The kinds of record.
const (
	Person  Kind = "person"
	Vehicle Kind = "vehicle"
)

// Visibility says why a record must not be found by an ordinary search.
// Retrieval applies it before anything is ranked or counted.
type Visibility string

// The visibility labels. Only Findable records enter a shard's ordinary term space.
const (
	Findable Visibility = ""       // an accused person, or a vehicle
	Party    Visibility = "party"  // complainant, victim or witness
	Child    Visibility = "child"  // under 18 on the date of offence (JJ Act s.74)
	Sealed   Visibility = "sealed" // sealing or redaction order, or a case marked sensitive beyond the accused
)

// A Record is one person or one vehicle of one case, with its present status: what a search shows.
// It is made by the fold of the case and never edited. Absent values are empty, 0 or nil.
type Record struct {
	ID         string     `json:"id"` // FIR, "/p/" or "/v/", the ref within the case: 13225008230123/p/A1
	Kind       Kind       `json:"kind"`
	FIR        string     `json:"fir"`
	Station    string     `json:"station"`          // eight digits, of the newest form that names one
	Role       string     `json:"role,omitempty"`   // one of Roles; persons only
	Status     string     `json:"status,omitempty"` // one of Statuses, by Kind
	Visibility Visibility `json:"visibility,omitempty"`
	EventAt    time.Time  `json:"event_at"`           // the FIR's event_at, or the oldest form's while there is no IIF1
	Updated    time.Time  `json:"updated"`            // greatest event_at of the forms that speak of this record
	Sections   []string   `json:"sections,omitempty"` // "BNS 303(2)": act, a blank, section
	Flags      []string   `json:"flags,omitempty"`    // what is odd: transferred, dates out of order, ...

	// Persons. Name is as written in the form with the latest event_at; Names are all other spellings
	// (Hindi ones too), Aliases all nicknames, Relatives all spellings of the father, mother or husband
	// with the newest first. Nothing is normalised here.
	Name      string   `json:"name,omitempty"`
	Names     []string `json:"names,omitempty"`
	Aliases   []string `json:"aliases,omitempty"`
	Relatives []string `json:"relatives,omitempty"`
	Relation  string   `json:"relation,omitempty"`   // father, mother, husband, wife, guardian
	Gender    string   `json:"gender,omitempty"`     // M, F, T
	BirthFrom int      `json:"birth_from,omitempty"` // window of birth years, both inclusive; equal when the year is known
	BirthTo   int      `json:"birth_to,omitempty"`
	Places    []string `json:"places,omitempty"` // addresses as written, newest first

	// Vehicles. The plural fields hold other readings of the number in current forms, as written.
	Registration  string   `json:"registration,omitempty"`
	Registrations []string `json:"registrations,omitempty"`
	Chassis       string   `json:"chassis,omitempty"`
	Chassises     []string `json:"chassises,omitempty"`
	Engine        string   `json:"engine,omitempty"`
	Engines       []string `json:"engines,omitempty"`
	Make          string   `json:"make,omitempty"`
	Model         string   `json:"model,omitempty"`
	Colour        string   `json:"colour,omitempty"`

	// Reading is what the rooms above made of the record's texts, kept while it is applied so that it is
	// made once. Storage does not look at it. Whoever fills it must be the only one to hold the record.
	Reading any `json:"-"`
}
