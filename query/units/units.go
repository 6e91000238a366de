// Package units knows the units of the police: state, ranges, districts and stations, by code and by whatever people
// call them. A station moves between districts and a district between ranges, so membership bears dates; a station that
// was given another code keeps the old one for its old cases. The table is a CSV file (see the head of units.csv); the
// one in the program is the default, and its codes are made up.
package units

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"anvesh/storage"
)

//go:embed units.csv
var unitsCSV []byte

// A Unit is one line of the table.
type Unit struct {
	Code    string       // state 13, range any, district five digits, station eight digits
	Kind    string       // state, range, district, special, station
	Type    string       // of a station: territorial, women, cyber, traffic, ...; of a district: revenue, police, commissionerate, railway
	Name    string       // in Latin letters, as the office writes it
	NameHi  string       // in Devanagari, may be ""
	Parents []Membership // in order of time; none for the state
	Aliases []string     // other spellings and old names
	Towns   []string     // names that people use for it and other units bear as well
	Now     string       // the code that took this one's place, "" while it is in use
}

// A Membership says to which unit another belonged, and when. Both days are inclusive and Indian;
// a zero time is an open end.
type Membership struct {
	Parent   string
	From, To time.Time // midnight at the start of the day
}

// Units is the table with its name indexes. It does not change after it was read and may be shared.
type Units struct {
	list   []Unit
	byCode map[string]int

	canon     map[string]string   // folded old or joined district name -> folded present one
	stations  map[string][]string // sorted folded tokens -> station codes
	joined    map[string][]string // folded tokens in order without blanks -> station codes
	districts map[string][]string
	ranges    map[string][]string
	vocab     []string // folded tokens of all names, sorted
	keys      []stationKey
}

// A stationKey is one name of a station as a set of tokens, for names given in part.
type stationKey struct {
	code   string
	tokens []string
}

var builtIn = sync.OnceValue(func() *Units {
	u, err := Read(bytes.NewReader(unitsCSV))
	if err != nil {
		panic("BUG: units.csv: " + err.Error())
	}
	return u
})

// Default returns the table in the program.
func Default() *Units { return builtIn() }

var unitColumns = []string{"code", "kind", "type", "name", "name_hi", "parents", "aliases", "towns", "now"}

// Read reads a table of units: CSV with the columns code, kind, type, name, name_hi, parents, aliases, towns and now,
// lines that begin with # ignored, parents before children. Errors name the line and what would be right.
func Read(r io.Reader) (*Units, error) {
	c := csv.NewReader(r)
	c.Comment, c.FieldsPerRecord, c.ReuseRecord = '#', len(unitColumns), true
	head, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("units: read the line of column names: %w", err)
	}
	if !slices.Equal(head, unitColumns) {
		return nil, fmt.Errorf("units: the first line must be %s", strings.Join(unitColumns, ","))
	}
	u := &Units{byCode: map[string]int{}}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("units: %w", err)
		}
		line, _ := c.FieldPos(0)
		if err := u.add(row); err != nil {
			return nil, fmt.Errorf("units: line %d: %w", line, err)
		}
	}
	for _, one := range u.list {
		if _, ok := u.byCode[one.Now]; one.Now != "" && !ok {
			return nil, fmt.Errorf("units: %s: now names %q, which is no unit of the table", one.Code, one.Now)
		}
	}
	u.index()
	return u, nil
}

func (u *Units) add(row []string) error {
	one := Unit{Code: row[0], Kind: row[1], Type: row[2], Name: row[3], NameHi: row[4],
		Aliases: splitList(row[6]), Towns: splitList(row[7]), Now: row[8]}
	if one.Code == "" || one.Name == "" {
		return errors.New("code and name must not be empty")
	}
	if _, ok := u.byCode[one.Code]; ok {
		return fmt.Errorf("code %q stands twice", one.Code)
	}
	switch one.Kind {
	case "state", "range", "special":
	case "district":
		if !digits(one.Code, 5) {
			return fmt.Errorf("code %q: a district has five digits", one.Code)
		}
	case "station":
		if !digits(one.Code, 8) {
			return fmt.Errorf("code %q: a station has eight digits", one.Code)
		}
	default:
		return fmt.Errorf("kind %q: want state, range, district, special or station", one.Kind)
	}
	for _, text := range splitList(row[5]) {
		m, err := membership(text)
		if err != nil {
			return err
		}
		if _, ok := u.byCode[m.Parent]; !ok {
			return fmt.Errorf("parent %q is not in a line above", m.Parent)
		}
		one.Parents = append(one.Parents, m)
	}
	if len(one.Parents) == 0 && one.Kind != "state" {
		return errors.New("only a state has no parent")
	}
	u.byCode[one.Code] = len(u.list)
	u.list = append(u.list, one)
	return nil
}

func digits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ";")
}

// membership reads CODE, CODE/FROM/, CODE//TO or CODE/FROM/TO.
func membership(text string) (m Membership, err error) {
	parts := strings.Split(text, "/")
	if m.Parent = parts[0]; len(parts) == 1 {
		return m, nil
	}
	if len(parts) != 3 {
		return m, fmt.Errorf("parent %q: want CODE or CODE/FROM/TO", text)
	}
	for i, at := range []*time.Time{&m.From, &m.To} {
		if parts[i+1] == "" {
			continue
		}
		if *at, err = time.ParseInLocation(time.DateOnly, parts[i+1], storage.IST); err != nil {
			return m, fmt.Errorf("parent %q: %q is not a date YYYY-MM-DD", text, parts[i+1])
		}
	}
	if !m.To.IsZero() && m.To.Before(m.From) {
		return m, fmt.Errorf("parent %q ends before it begins", text)
	}
	return m, nil
}

// Unit returns the unit of a code, of whatever kind.
func (u *Units) Unit(code string) (Unit, bool) {
	i, ok := u.byCode[code]
	if !ok {
		return Unit{}, false
	}
	return u.list[i], true
}

// Station returns the station of an eight-digit code.
func (u *Units) Station(code string) (Unit, bool) {
	one, ok := u.Unit(code)
	return one, ok && one.Kind == "station"
}

// Names returns the names of the stations that are in use at a time and of their districts, in Latin letters and in Devanagari, in the
// table's order; a station's has that of its district behind a comma, so that FindStations finds it among others of the name.
func (u *Units) Names(at time.Time) (stations, districts [][2]string) {
	for _, one := range u.list {
		if one.Kind != "station" || one.Now != "" {
			continue
		}
		name := [2]string{one.Name, cmp.Or(one.NameHi, one.Name)}
		if d, ok := u.District(one.Code, at); ok {
			district := [2]string{d.Name, cmp.Or(d.NameHi, d.Name)}
			name[0], name[1] = name[0]+", "+district[0], name[1]+", "+district[1]
			if !slices.Contains(districts, district) {
				districts = append(districts, district)
			}
		}
		stations = append(stations, name)
	}
	return stations, districts
}

// StationCodes returns the codes of all stations, codes no longer given out included, in the table's order.
func (u *Units) StationCodes() []string {
	var codes []string
	for _, one := range u.list {
		if one.Kind == "station" {
			codes = append(codes, one.Code)
		}
	}
	return codes
}

// Parent returns the unit to which another belonged at a time; the zero time asks for the newest membership.
// A time before the first or after the last membership is answered by the nearest one.
func (u *Units) Parent(code string, at time.Time) (Unit, bool) {
	one, ok := u.Unit(code)
	if !ok || len(one.Parents) == 0 {
		return Unit{}, false
	}
	parent := one.Parents[0].Parent
	for _, m := range one.Parents[1:] {
		if at.IsZero() || !at.Before(m.From) {
			parent = m.Parent
		}
	}
	return u.Unit(parent)
}

// District returns the district (or the special unit) to which a station belonged at a time.
func (u *Units) District(stationCode string, at time.Time) (Unit, bool) {
	if _, ok := u.Station(stationCode); !ok {
		return Unit{}, false
	}
	return u.Parent(stationCode, at)
}

// Range returns the range, or the commissionerate that stands for one, above a station at a time.
// Special units have none.
func (u *Units) Range(stationCode string, at time.Time) (Unit, bool) {
	d, ok := u.District(stationCode, at)
	if !ok {
		return Unit{}, false
	}
	r, ok := u.Parent(d.Code, at)
	return r, ok && r.Kind == "range"
}

// Stations returns the codes of all stations below a unit at a time, in the table's order; a station gives its own code.
func (u *Units) Stations(unitCode string, at time.Time) []string {
	var codes []string
	for _, one := range u.list {
		if one.Kind != "station" {
			continue
		}
		for code := one.Code; code != ""; {
			if code == unitCode {
				codes = append(codes, one.Code)
				break
			}
			parent, _ := u.Parent(code, at)
			code = parent.Code
		}
	}
	return codes
}
