package iif

import (
	"encoding/json"
	"errors"
	"fmt"
)

// An Error says which field of a message is wrong and what would be right. It never holds the message's data.
type Error struct {
	Field  string // path such as persons[0].birth_year; "key" for the message's key; "" for the whole message
	Reason string // what would be right
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "iif: the message " + e.Reason
	}
	return "iif: " + e.Field + " " + e.Reason
}

// CheckKey tells whether a message's key is an FIR registration number. The error is an [*Error].
func CheckKey(key []byte) error {
	s := shapes["fir"]
	if s.fits(key) {
		return nil
	}
	if w := keyWrapping(key); w != nil {
		return &Error{"key", w.reason(s.want, "key")}
	}
	return &Error{"key", s.want}
}

// Parse decodes and validates one form instance. The form keeps nothing of key and value. A byte order mark before the
// value is passed over; of other wrappings the error, an [*Error], says which it is and what ends it.
func Parse(key, value []byte) (*Form, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	f := new(Form)
	value = TrimMark(value)
	if err := decode(value, f); err != nil {
		if w := Wrapped(value); w != nil {
			return nil, w
		}
		return nil, schemaFirst(value, err)
	}
	if f.FIR != string(key) {
		return nil, &Error{"fir", "must equal the message's key"}
	}
	if err := f.checkRefs(); err != nil {
		return nil, err
	}
	f.foreignParts()
	return f, nil
}

// schemaFirst prefers to say that the schema's number is wrong: of another schema no other field can be judged.
func schemaFirst(value []byte, err *Error) *Error {
	var head struct {
		Schema json.Number `json:"schema"`
	}
	var wrongType *json.UnmarshalTypeError
	if err.Field == "" || err.Field == "schema" {
		return err
	}
	if e := json.Unmarshal(value, &head); e != nil && !errors.As(e, &wrongType) {
		return err
	}
	if head.Schema != "" && head.Schema != "1" {
		return &Error{"schema", formTable().fields[formTable().byName["schema"]].want}
	}
	return err
}

// Unknown names the fields that schema 1 does not have and the parts that belong to another form, at most 64,
// with paths as in errors. They stay in the message and have no effect. A name that does not look like one is "?".
func (f *Form) Unknown() []string { return f.unknown }

// foreignParts adds the parts of other forms to the unknown fields.
func (f *Form) foreignParts() {
	for _, p := range f.parts() {
		if p.there && p.of != f.Form && len(f.unknown) < maxUnknown {
			f.unknown = append(f.unknown, p.name)
		}
	}
}

// A part is one of the fields that belong to one form only.
type part struct {
	of, name string
	there    bool
}

func (f *Form) parts() [9]part {
	return [9]part{
		{"IIF2", "scene", f.Scene != nil},
		{"IIF2", "modus_operandi", f.Method != nil},
		{"IIF3", "arrest", f.Arrest != nil},
		{"IIF4", "seizure", f.Seizure != nil},
		{"IIF5", "report", f.Report != nil},
		{"IIF6", "trial", f.Trial != nil},
		{"IIF6", "disposals", len(f.Disposals) > 0},
		{"IIF6", "property_orders", len(f.PropertyOrder) > 0},
		{"IIF7", "appeals", len(f.Appeals) > 0},
	}
}

// checkRefs refuses references that repeat within a form, and an accused both charge-sheeted and not.
func (f *Form) checkRefs() error {
	if err := distinct("persons", f.Persons, func(p *Person) string { return p.Ref }); err != nil {
		return err
	}
	if err := distinct("vehicles", f.Vehicles, func(v *Vehicle) string { return v.Ref }); err != nil {
		return err
	}
	if err := distinct("property", f.Property, func(i *Item) string { return i.Ref }); err != nil {
		return err
	}
	if f.Report == nil {
		return nil
	}
	if err := distinct("report.charge_sheeted", f.Report.Charged, func(c *Charged) string { return c.Ref }); err != nil {
		return err
	}
	if err := distinct("report.not_charge_sheeted", f.Report.NotCharged, func(u *Uncharged) string { return u.Ref }); err != nil {
		return err
	}
	charged := make(map[string]bool, len(f.Report.Charged))
	for _, c := range f.Report.Charged {
		charged[c.Ref] = true
	}
	for i, u := range f.Report.NotCharged {
		if charged[u.Ref] {
			return &Error{fmt.Sprintf("report.not_charge_sheeted[%d].ref", i), "must not be charge-sheeted in the same report"}
		}
	}
	return nil
}

// distinct refuses a ref that stands twice in a list.
func distinct[T any](path string, list []T, ref func(*T) string) error {
	if len(list) < 2 {
		return nil
	}
	seen := make(map[string]struct{}, len(list))
	for i := range list {
		r := ref(&list[i])
		if _, twice := seen[r]; twice {
			return &Error{fmt.Sprintf("%s[%d].ref", path, i), "must differ from the refs before it in " + path}
		}
		seen[r] = struct{}{}
	}
	return nil
}
