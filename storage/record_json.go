package storage

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"anvesh/storage/layout"
)

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
