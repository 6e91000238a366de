package query

import (
	"anvesh/query/phrase"
	"anvesh/query/register"
)

// PersonRequest is one search for a person, as it arrives. All text is as typed; absent is "" or 0 or nil.
type PersonRequest struct {
	// Scored, never excluding.
	Name      string `json:"name,omitempty"`
	Alias     string `json:"alias,omitempty"`
	Relative  string `json:"relative,omitempty"`
	Gender    string `json:"gender,omitempty"`     // M, F, T
	Age       int    `json:"age,omitempty"`        // today's, years; not beside BirthYear
	BirthYear int    `json:"birth_year,omitempty"` // 1900..this year
	Tolerance *int   `json:"tolerance,omitempty"`  // years around Age or BirthYear, 0..20, default 3
	Place     string `json:"place,omitempty"`
	// Filters.
	Station  string   `json:"station,omitempty"`  // code, or a name by any of its variants
	District string   `json:"district,omitempty"` // code, or a name by any of its variants
	Status   []string `json:"status,omitempty"`
	Role     []string `json:"role,omitempty"`    // default accused
	Section  string   `json:"section,omitempty"` // "379 IPC", "BNS 303(2)", "303(2)"

	Common
}

// VehicleRequest is one search for a vehicle, as it arrives.
type VehicleRequest struct {
	Registration string `json:"registration,omitempty"` // ? one unknown character, * any
	Chassis      string `json:"chassis,omitempty"`      // whole, or a fragment of 4 or more
	Engine       string `json:"engine,omitempty"`
	Make         string `json:"make,omitempty"`
	Model        string `json:"model,omitempty"`
	Colour       string `json:"colour,omitempty"`

	Status   []string `json:"status,omitempty"`
	Station  string   `json:"station,omitempty"`
	District string   `json:"district,omitempty"`

	Common
}

// Common is what both kinds of search may carry.
type Common struct {
	From     string `json:"from,omitempty"` // YYYY-MM-DD, inclusive, Indian time, by the FIR's event_at
	To       string `json:"to,omitempty"`
	Limit    *int   `json:"limit,omitempty"`     // 1..100, default 20
	MinClass Class  `json:"min_class,omitempty"` // default LEAD
	AtLeast  string `json:"at_least,omitempty"`  // offset token
	Reason   string `json:"reason,omitempty"`    // required: FIR, GD or DD number, or ten letters
	Ref      string `json:"ref,omitempty"`       // batch rows only: the row's own mark, given back
}

// A FieldError is a request that cannot be answered: the field at fault and what would be right, in English and in Hindi.
type FieldError struct{ Field, Message, Hindi string }

// refuse is a FieldError in the words of the catalogue.
func refuse(field string, p phrase.Phrase, with ...string) error {
	english, hindi := p.With(with...)
	return &FieldError{field, english, hindi}
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// ASCIIDigits writes Devanagari and full-width digits as 0 to 9, wherever a number is read.
func ASCIIDigits(s string) string { return register.ASCIIDigits(s) }
