package storage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"anvesh/storage/layout"
)

// Kind tells persons from vehicles.
type Kind string

// The kinds of record.
const (
	Person  Kind = "person"
	Vehicle Kind = "vehicle"
)

// Visibility says who may be told of a record. Retrieval applies it before anything is ranked or counted. The fold decides it,
// by one table with the law's source beside each rule (indexer/secrecy.go).
type Visibility string

// The visibility labels, from the one that all may see to the one that nobody may. Only Findable records enter a shard's
// ordinary term space.
const (
	Findable Visibility = ""       // an accused person (BNSS 37(b)), or a vehicle
	Party    Visibility = "party"  // complainant, victim or witness of an ordinary case: told of by role, to whom the policy lets ask for it
	Masked   Visibility = "masked" // whose name is not to be shown: in a case of BNS 64-71, POCSO and their like (BNS 72, POCSO 23), or by a redaction order
	Sealed   Visibility = "sealed" // by a sealing order of a court or officer: not there for whoever may not unmask
	Child    Visibility = "child"  // in conflict with the law, under 18 on the day of the offence (JJ 74): told to nobody here
)

// A Sight is what somebody may see of a case beyond what is findable. The zero Sight is nothing.
type Sight struct {
	Roles   []string // of parties, as the policy lets him search for them
	Unmask  bool     // what is masked or sealed, of the case's own chain and for a reason
	Entries bool     // who entered the forms
}

// Sees reports whether a record is seen as it is. The record of a child is not, whoever asks: JJ 74(2) forbids the police to
// disclose it for any purpose, and the board's own file is elsewhere. Neither is one with a label of a later program.
func (s Sight) Sees(r *Record) bool {
	switch r.Visibility {
	case Findable:
		return true
	case Party:
		return s.Unmask || slices.Contains(s.Roles, r.Role)
	case Masked, Sealed:
		return s.Unmask
	}
	return false
}

// Mask is what stands for a record that is masked and not seen: its part in the case, the name that a court has given it, and
// under what it is masked. It has no id, since that would find it. ok is false where not even that may be told.
func (r *Record) Mask() (m Record, ok bool) {
	m = Record{Kind: r.Kind, FIR: r.FIR, Station: r.Station, Role: r.Role, Visibility: r.Visibility, EventAt: r.EventAt,
		Updated: r.EventAt, Name: r.Pseudonym, Pseudonym: r.Pseudonym, MaskedUnder: r.MaskedUnder}
	return m, r.Visibility == Masked
}

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
	// MaskedUnder says what masks a Masked or Child record: sections of acts, or a court's order by its date (its number, which
	// a court's list of causes leads to a name by, stands among the case's orders). Pseudonym
	// is the name that a redaction order gives.
	MaskedUnder string    `json:"masked_under,omitempty"`
	Pseudonym   string    `json:"pseudonym,omitempty"`
	EventAt     time.Time `json:"event_at"`           // the FIR's event_at, or the oldest form's while there is no IIF1
	Updated     time.Time `json:"updated"`            // greatest event_at of the forms that speak of this record
	Sections    []string  `json:"sections,omitempty"` // "BNS 303(2)": act, a blank, section
	Flags       []string  `json:"flags,omitempty"`    // what is odd (transferred, dates out of order, ...), and Cautions

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
}

// This file is the vocabulary that all rooms share: roles, statuses, what is outstanding, and civil time.
// The words are those of the contract (api.md, "Update message").

// Roles of a person in a case.
const (
	Accused     = "accused"
	Complainant = "complainant"
	Victim      = "victim"
	Witness     = "witness"
)

// Statuses of accused persons. Complainants, victims and witnesses have none.
const (
	Wanted           = "wanted"
	Absconding       = "absconding"
	Proclaimed       = "proclaimed"
	Arrested         = "arrested"
	ChargeSheeted    = "charge-sheeted"
	NotChargeSheeted = "not-charge-sheeted"
	Convicted        = "convicted"
	Acquitted        = "acquitted"
	Discharged       = "discharged"
	Abated           = "abated"
)

// Statuses of vehicles.
const (
	Stolen    = "stolen"
	Involved  = "involved"
	Seized    = "seized"
	Recovered = "recovered"
	Released  = "released"
)

// ranked are all statuses in order of how outstanding they are: what a constable must know first comes first, after
// the absent one. Saved registers hold places in this list.
var ranked = [...]string{"", Proclaimed, Absconding, Wanted, Stolen, Involved, Arrested, Seized, ChargeSheeted,
	Convicted, Recovered, Released, NotChargeSheeted, Discharged, Acquitted, Abated}

// outstanding is the rank of the last status that calls for an act.
const outstanding = 5

// Roles returns the roles of persons, in the order of the contract.
func Roles() []string { return slices.Clone(roles[1:]) }

var roles = [...]string{"", Accused, Complainant, Victim, Witness}

// RoleRank is the place of a role in Roles, from 1; 0 for one that is none.
func RoleRank(role string) uint8 { return uint8(max(0, slices.Index(roles[:], role))) }

// Statuses returns the statuses of persons or of vehicles, in the order in which a case passes through them.
func Statuses(k Kind) []string {
	if k == Vehicle {
		return []string{Stolen, Involved, Seized, Recovered, Released}
	}
	return []string{Wanted, Absconding, Proclaimed, Arrested, ChargeSheeted, NotChargeSheeted, Convicted, Acquitted,
		Discharged, Abated}
}

// Cautions are what an officer must know of a person before he goes near: flags of the record (Record.Flags), said by some
// current form of the case.
const (
	Misused    = "identity-misused" // the name is that of another person, which an offender used
	Armed      = "armed"
	Dangerous  = "dangerous"
	EscapeRisk = "escape-risk"
)

// Cautions returns all of them in the order in which they are to be shown.
func Cautions() []string { return []string{Misused, Armed, Dangerous, EscapeRisk} }

// StatusRank returns the place of a status among all, from 1 for the most outstanding; 0 for one that is not known.
func StatusRank(status string) uint8 { return uint8(max(0, slices.Index(ranked[:], status))) }

// StatusAt is the inverse of StatusRank.
func StatusAt(rank uint8) string { return ranked[rank] }

// Outstanding reports whether a status calls for an act: find, stop or seize.
func Outstanding(status string) bool { return OutstandingRank(StatusRank(status)) }

// OutstandingRank is Outstanding by the status's rank.
func OutstandingRank(rank uint8) bool { return 0 < rank && rank <= outstanding }

// IST is the civil time of every date in the records: UTC+05:30 without daylight saving. Whatever reads a time with this
// offset gives it this very location.
var IST = time.FixedZone("IST", ISTOffset)

// ISTOffset is how far IST is ahead of UTC, in seconds.
const ISTOffset = 5*60*60 + 30*60

// Day returns the number of the Indian day of a time in Unix seconds, counted from 1 January 1970.
func Day(unix int64) int32 { return int32((unix + ISTOffset) / (24 * 60 * 60)) }

// appendJSON appends what encoding/json writes of a record: reflection took four fifths of the time.
func (r *Record) appendJSON(b []byte) (_ []byte, err error) {
	b = append(b, '{')
	text := func(key, s string) {
		b = appendJSONText(appendJSONKey(b, key), s)
	}
	some := func(key, s string) {
		if s != "" {
			text(key, s)
		}
	}
	list := func(key string, all []string) {
		for i, s := range all {
			if i == 0 {
				b = append(appendJSONKey(b, key), '[')
			} else {
				b = append(b, ',')
			}
			b = appendJSONText(b, s)
		}
		if len(all) > 0 {
			b = append(b, ']')
		}
	}
	year := func(key string, n int) {
		if n != 0 {
			b = strconv.AppendInt(appendJSONKey(b, key), int64(n), 10)
		}
	}
	at := func(key string, t time.Time) {
		b = append(appendJSONKey(b, key), '"')
		var failed error
		b, failed = t.AppendText(b)
		b, err = append(b, '"'), cmp.Or(err, failed)
	}
	text("id", r.ID)
	text("kind", string(r.Kind))
	text("fir", r.FIR)
	text("station", r.Station)
	some("role", r.Role)
	some("status", r.Status)
	some("visibility", string(r.Visibility))
	some("masked_under", r.MaskedUnder)
	some("pseudonym", r.Pseudonym)
	at("event_at", r.EventAt)
	at("updated", r.Updated)
	list("sections", r.Sections)
	list("flags", r.Flags)
	some("name", r.Name)
	list("names", r.Names)
	list("aliases", r.Aliases)
	list("relatives", r.Relatives)
	some("relation", r.Relation)
	some("gender", r.Gender)
	year("birth_from", r.BirthFrom)
	year("birth_to", r.BirthTo)
	list("places", r.Places)
	some("registration", r.Registration)
	list("registrations", r.Registrations)
	some("chassis", r.Chassis)
	list("chassises", r.Chassises)
	some("engine", r.Engine)
	list("engines", r.Engines)
	some("make", r.Make)
	some("model", r.Model)
	some("colour", r.Colour)
	return append(b, '}'), err
}

func appendJSONKey(b []byte, key string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(append(append(b, '"'), key...), '"', ':')
}

// appendJSONText appends a string; one that needs escapes is written by encoding/json.
func appendJSONText(b []byte, s string) []byte {
	plain, ascii := true, true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
		ascii = ascii && c < utf8.RuneSelf
	}
	if !plain || !ascii && (!utf8.ValidString(s) || strings.Contains(s, "\xe2\x80")) { // U+2028 and U+2029 begin so
		escaped, _ := json.Marshal(s) // never fails for a string
		return append(b, escaped...)
	}
	return append(append(append(b, '"'), s...), '"')
}

// decodeRecord reads a record as encoding/json wrote it. A start without the register, a check and a rebuild decode every
// record, and reflection took most of their time; here the strings of a record are parts of the one text. What the quick
// reader does not expect, such as a field that it does not know, goes to encoding/json.
func decodeRecord(text string) (*Record, error) {
	r := new(Record)
	d := recordReader{s: text}
	if utf8.ValidString(text) && d.record(r) {
		return r, nil
	}
	*r = Record{}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		return nil, fmt.Errorf("storage: record cannot be read: %w", ErrCorrupt)
	}
	return r, nil
}

// A recordReader reads a flat object of strings, whole numbers and lists of strings without blanks. After anything else
// bad is set.
type recordReader struct {
	s   string
	bad bool
}

// eat takes c off the front.
func (d *recordReader) eat(c byte) bool {
	if len(d.s) > 0 && d.s[0] == c {
		d.s = d.s[1:]
		return true
	}
	return false
}

func (d *recordReader) record(r *Record) bool {
	if !d.eat('{') {
		return false
	}
	for first := true; !d.eat('}'); first = false {
		if !first && !d.eat(',') {
			return false
		}
		if key := d.text(); d.bad || !d.eat(':') || !d.field(r, key) || d.bad {
			return false
		}
	}
	return d.s == ""
}

// field reads the value of a key; it reports false for a key that is not known.
func (d *recordReader) field(r *Record, key string) bool {
	if p := r.stringAt(key); p != nil {
		*p = d.text()
		return true
	}
	if p := r.listAt(key); p != nil {
		*p = d.list()
		return true
	}
	switch key {
	case "kind":
		r.Kind = Kind(d.text())
	case "visibility":
		r.Visibility = Visibility(d.text())
	case "event_at":
		r.EventAt = d.time()
	case "updated":
		r.Updated = d.time()
	case "birth_from":
		r.BirthFrom = d.number()
	case "birth_to":
		r.BirthTo = d.number()
	default:
		return false
	}
	return true
}

func (r *Record) stringAt(key string) *string {
	switch key {
	case "id":
		return &r.ID
	case "fir":
		return &r.FIR
	case "station":
		return &r.Station
	case "role":
		return &r.Role
	case "status":
		return &r.Status
	case "name":
		return &r.Name
	case "relation":
		return &r.Relation
	case "gender":
		return &r.Gender
	case "masked_under":
		return &r.MaskedUnder
	case "pseudonym":
		return &r.Pseudonym
	case "registration":
		return &r.Registration
	case "chassis":
		return &r.Chassis
	case "engine":
		return &r.Engine
	case "make":
		return &r.Make
	case "model":
		return &r.Model
	case "colour":
		return &r.Colour
	}
	return nil
}

func (r *Record) listAt(key string) *[]string {
	switch key {
	case "sections":
		return &r.Sections
	case "flags":
		return &r.Flags
	case "names":
		return &r.Names
	case "aliases":
		return &r.Aliases
	case "relatives":
		return &r.Relatives
	case "places":
		return &r.Places
	case "registrations":
		return &r.Registrations
	case "chassises":
		return &r.Chassises
	case "engines":
		return &r.Engines
	}
	return nil
}

// text reads a string; one with escapes is read by encoding/json.
func (d *recordReader) text() string {
	if !d.eat('"') {
		d.bad = true
		return ""
	}
	end := strings.IndexByte(d.s, '"')
	if end >= 0 && strings.IndexByte(d.s[:end], '\\') < 0 {
		s := d.s[:end]
		d.s = d.s[end+1:]
		return s
	}
	return d.escaped()
}

func (d *recordReader) escaped() (s string) {
	for i := 0; i < len(d.s); i++ {
		switch d.s[i] {
		case '\\':
			i++
		case '"':
			d.bad = json.Unmarshal([]byte(`"`+d.s[:i+1]), &s) != nil
			d.s = d.s[i+1:]
			return s
		}
	}
	d.bad = true
	return ""
}

func (d *recordReader) list() (list []string) {
	if !d.eat('[') {
		d.bad = true
		return nil
	}
	for !d.bad && !d.eat(']') {
		if len(list) > 0 && !d.eat(',') {
			d.bad = true
		}
		list = append(list, d.text())
	}
	return list
}

func (d *recordReader) number() int {
	n, i := 0, 0
	for i < len(d.s) && i < 9 && d.s[i] >= '0' && d.s[i] <= '9' {
		n = n*10 + int(d.s[i]-'0')
		i++
	}
	d.bad = d.bad || i == 0
	d.s = d.s[i:]
	return n
}

func (d *recordReader) time() time.Time {
	s := d.text()
	if len(s) == len("2006-01-02T15:04:05+05:30") && s[len(s)-6:] == "+05:30" {
		if t, ok := indianTime(s); ok {
			return t
		}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	d.bad = d.bad || err != nil
	return t
}

// indianTime reads the date and the time of day that s begins with; ok is false for one that does not exist.
func indianTime(s string) (t time.Time, ok bool) {
	var n [6]int
	for k, at := range [...]int{0, 5, 8, 11, 14, 17} {
		end := at + 2
		if k == 0 {
			end = 4
		}
		for _, c := range []byte(s[at:end]) {
			if c < '0' || c > '9' {
				return t, false
			}
			n[k] = n[k]*10 + int(c-'0')
		}
	}
	if s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return t, false
	}
	t = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, IST)
	return t, t.Month() == time.Month(n[1]) && t.Day() == n[2] && n[3] < 24 && n[4] < 60 && n[5] < 60
}

// decodeStored reads a record as it is stored.
func decodeStored(stored []byte) (*Record, error) {
	v, err := layout.RecordPacker.Unpack(stored)
	if err != nil {
		return nil, err
	}
	return decodeRecord(string(v))
}
