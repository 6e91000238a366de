package access

import (
	"slices"
	"strings"
)

// The pillars of criminal justice that the service answers.
const (
	Police      = "police"
	Courts      = "courts"
	Prosecution = "prosecution"
	Prisons     = "prisons"
	Forensics   = "forensics"
)

// Pillars are all of them.
func Pillars() []string { return []string{Police, Courts, Prosecution, Prisons, Forensics} }

// A Level is how much of the state a unit covers.
type Level string

// The levels of units.
const (
	StationLevel  Level = "station"
	DistrictLevel Level = "district"
	RangeLevel    Level = "range"
	StateLevel    Level = "state"
)

// An Identity is what a call acts as. Every search and every look at a case is made by one, and it arrives with the question
// wherever that goes; the zero Identity is nobody. It can be compared and be the key of a map.
type Identity struct {
	KeyID string // of the credential, 8 characters; may be shown and logged
	Name  string // the credential's name, for lists and support
	// Person is the one who answers for what is done: a person, not an office, by the number in the service's rolls. "" for
	// a machine, which answers by its Name.
	Person string
	Pillar string // police, courts, prosecution, prisons, forensics
	Role   string // a row of the policy
	// Unit is the code of the station, district or range that the person belongs to, "" for the state.
	Unit  string
	Level Level
	Rank  string // as the rolls write it; nothing is decided by it
	// SecondFactor: it was shown in this session, or the role needs none.
	SecondFactor bool
	Away         bool   // registered as on leave or off duty: use raises an alarm
	Searches     int    // a day; 0 for what the role has
	Approved     int    // rows of the list at hand that a second person has approved
	Address      string // where the call came from, as the front end saw it; "" inside the program
}

// Program is the program itself where it asks without a caller: the demonstration, the bench.
func Program(name string) Identity {
	return Identity{Name: name, Role: roleProgram, Level: StateLevel, SecondFactor: true}
}

// Who is the person, or the machine's name: what budgets and alarms count by, and what the log names.
func (id Identity) Who() string {
	if id.Person != "" {
		return id.Person
	}
	return id.Name
}

// Day is what may be asked in a day.
func (id Identity) Day() Allowance {
	day := AllowanceOf(id.Role)
	if id.Searches > 0 {
		day.Searches = id.Searches
	}
	day.Rows += id.Approved
	return day
}

// LevelOf is the level of a unit by its code: none is the state, eight digits are a station, five a district, anything else is a
// range.
func LevelOf(unit string) Level {
	digits := strings.Trim(unit, "0123456789") == ""
	switch {
	case unit == "":
		return StateLevel
	case digits && len(unit) == 8:
		return StationLevel
	case digits && len(unit) == 5:
		return DistrictLevel
	}
	return RangeLevel
}

// A Place is what a question is about, as far as it decides who may ask it: the units of a case's station, itself first and the
// state last, and whether the asker is assigned to the case (its investigating officer).
type Place struct {
	Units    []string
	Assigned bool
}

// May reports whether the policy lets an identity do something at all, in its own area at least. Who is to be told of one case
// is asked by MayAt.
func (id Identity) May(a Action) bool { return id.Reach(a) != Nowhere }

// Reach says how far an identity may do something. It is Nowhere for a role or an action that the policy does not know, and
// where the role needs a second factor that was not shown.
func (id Identity) Reach(a Action) Reach {
	row, known := policy[id.Role]
	if !known || row.secondFactor && !id.SecondFactor {
		return Nowhere
	}
	return row.may[a]
}

// MayAt reports whether an identity may do something about the case of that place.
func (id Identity) MayAt(a Action, at Place) bool { return id.reaches(id.Reach(a), at) }

// MayEnter reports whether an identity may enter a form, IIF1 to IIF7, for a case of that place.
func (id Identity) MayEnter(form string, at Place) bool {
	return slices.Contains(policy[id.Role].forms, form) && id.MayAt(Enter, at)
}

func (id Identity) reaches(r Reach, at Place) bool {
	switch r {
	case Everywhere:
		return true
	case OwnUnit:
		return id.Level == StateLevel || id.Unit != "" && slices.Contains(at.Units, id.Unit)
	case OwnCase:
		return at.Assigned
	}
	return false
}
