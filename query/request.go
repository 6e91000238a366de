package query

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/query/access"
	"anvesh/query/phrase"
	"anvesh/query/register"
	"anvesh/storage"
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
	List     string `json:"-"`                   // the list that this is a row of, by the front end; "" for a single search
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

// What the fields of a request may hold stands here and nowhere else: the front end decodes by it, lists are read by it, and
// Check holds every request to it, wherever it comes from.
const (
	MinBirthYear   = 1900
	MaxAge         = 130
	MaxTolerance   = 20 // years
	UsualTolerance = 3
	MaxLimit       = 100  // hits of one answer
	UsualLimit     = 20   // of one that does not say
	MaxText        = 200  // characters of a text
	MaxToken       = 4096 // of at_least: one offset for each partition, and there may be many
	MaxItems       = 20   // of a list; every status there is fits
	anyYear        = 9999
)

// classes in order, the strongest first.
var classes = []Class{Exact, Probable, Lead}

func rank(c Class) int { return slices.Index(classes, c) }

// A Bound is what one field may hold.
type Bound struct {
	Field       string
	Least, Most int      // of a whole number; Most of a text in characters
	Choices     []string // what a text, or each item of a list, must be; nil where it is free
}

// BoundOf is the bound of a field of searches for that kind of record.
func BoundOf(kind storage.Kind, field string) Bound {
	b := Bound{Field: field, Most: MaxText}
	switch field {
	case "age":
		b.Least, b.Most = 1, MaxAge
	case "birth_year":
		b.Least, b.Most = MinBirthYear, anyYear
	case "tolerance":
		b.Most = MaxTolerance
	case "limit":
		b.Least, b.Most = 1, MaxLimit
	case "at_least":
		b.Most = MaxToken
	case "status":
		b.Choices = storage.Statuses(kind)
	case "role":
		b.Choices = storage.Roles()
	case "gender":
		b.Choices = []string{"M", "F", "T"}
	case "min_class":
		b.Choices = []string{string(Exact), string(Probable), string(Lead)}
	}
	return b
}

// Whole checks a number.
func (b Bound) Whole(n int) error {
	if n < b.Least || n > b.Most {
		p, with := b.Right(false)
		return refuse(b.Field, p, with...)
	}
	return nil
}

// Right says what a number of the field must be, quoted where it came as a text. A birth year must not lie ahead: which year that
// is, only Check knows.
func (b Bound) Right(quoted bool) (p phrase.Phrase, with []string) {
	least, most := strconv.Itoa(b.Least), strconv.Itoa(b.Most)
	switch {
	case b.Field == "birth_year" && quoted:
		return phrase.YearUnquoted, []string{least}
	case b.Field == "birth_year":
		return phrase.YearFrom, []string{least}
	case quoted:
		return phrase.WholeUnquoted, []string{least, most}
	}
	return phrase.WholeNumber, []string{least, most}
}

// Text checks a text that is not empty, but for its length and letters, which are the business of who decodes it.
func (b Bound) Text(s string) error { return b.choice(s, phrase.ChooseOne) }

// Items checks a list.
func (b Bound) Items(items []string) error {
	if len(items) > MaxItems {
		return refuse(b.Field, phrase.TooMany, strconv.Itoa(MaxItems))
	}
	for _, item := range items {
		if err := b.choice(item, phrase.ChooseEach); err != nil {
			return err
		}
	}
	return nil
}

func (b Bound) choice(s string, p phrase.Phrase) error {
	if b.Choices == nil || slices.Contains(b.Choices, s) {
		return nil
	}
	return refuse(b.Field, p, strings.Join(b.Choices, ", "), phrase.DidYouMean(s, b.Choices))
}

// checker holds values to the bounds of a kind of search, until one fails.
type checker struct {
	kind storage.Kind
	err  error
}

func (c *checker) whole(field string, n int, given bool) {
	if given && c.err == nil {
		c.err = BoundOf(c.kind, field).Whole(n)
	}
}

func (c *checker) text(field, s string) {
	if s != "" && c.err == nil {
		c.err = BoundOf(c.kind, field).Text(s)
	}
}

func (c *checker) items(field string, items []string) {
	if len(items) > 0 && c.err == nil {
		c.err = BoundOf(c.kind, field).Items(items)
	}
}

func (r *PersonRequest) asked() (access.Asked, []access.Action) {
	a := access.Asked{Kind: access.AskPerson, List: r.List, Texts: [3]string{r.Name, r.Alias, r.Relative}, Station: r.Station,
		District: r.District, Reason: r.Reason}
	var actions []access.Action
	if len(r.Role) == 0 {
		actions = append(actions, access.SearchAccused)
	}
	for _, role := range r.Role {
		if known := BoundOf(storage.Person, "role").Text(role) == nil; known { // another is refused by the request's own check
			actions = append(actions, access.SearchFor(role))
		}
	}
	return a, listed(&r.Common, actions)
}

func (r *VehicleRequest) asked() (access.Asked, []access.Action) {
	return access.Asked{Kind: access.AskVehicle, List: r.List, Texts: [3]string{r.Registration, r.Chassis, r.Engine}, Station: r.Station,
		District: r.District, Reason: r.Reason}, listed(&r.Common, []access.Action{access.SearchVehicles})
}

// listed adds what a row of a list needs besides.
func listed(c *Common, actions []access.Action) []access.Action {
	if c.List != "" {
		actions = append(actions, access.List)
	}
	return actions
}

// Check holds the request to what its fields may hold; year is this one in India.
func (r *PersonRequest) Check(year int) error {
	c := checker{kind: storage.Person}
	c.text("gender", r.Gender)
	c.whole("age", r.Age, r.Age != 0)
	c.whole("birth_year", r.BirthYear, r.BirthYear != 0)
	if r.Tolerance != nil {
		c.whole("tolerance", *r.Tolerance, true)
	}
	c.items("status", r.Status)
	c.items("role", r.Role)
	switch {
	case c.err != nil:
		return c.err
	case r.Age != 0 && r.BirthYear != 0:
		return refuse("birth_year", phrase.AgeOrYear)
	case r.BirthYear > year:
		return refuse("birth_year", phrase.YearFrom, strconv.Itoa(MinBirthYear))
	}
	return c.common(&r.Common)
}

// Check holds the request to what its fields may hold.
func (r *VehicleRequest) Check(int) error {
	c := checker{kind: storage.Vehicle}
	c.items("status", r.Status)
	return c.common(&r.Common)
}

func (c *checker) common(r *Common) error {
	if r.Limit != nil {
		c.whole("limit", *r.Limit, true)
	}
	if c.text("min_class", string(r.MinClass)); c.err != nil {
		return c.err
	}
	from, err := readDay("from", r.From)
	if err != nil {
		return err
	}
	to, err := readDay("to", r.To)
	if err == nil && from > 0 && to > 0 && from > to {
		err = refuse("to", phrase.FromAfterTo)
	}
	return err
}

// readDay reads a day of Indian time; 0 for none.
func readDay(field, s string) (int32, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, ASCIIDigits(s), storage.IST)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return 0, refuse(field, phrase.NoDate)
	}
	return register.DayOf(t), nil
}

// birthWindow is the window of birth years that a request speaks of; ok is false without one.
// Who is n years old today was born this year less n, or the year before.
func (r *PersonRequest) birthWindow(year int) (from, to int, ok bool) {
	tolerance := UsualTolerance
	if r.Tolerance != nil {
		tolerance = *r.Tolerance
	}
	switch {
	case r.BirthYear != 0:
		return r.BirthYear - tolerance, r.BirthYear + tolerance, true
	case r.Age != 0:
		return year - r.Age - 1 - tolerance, year - r.Age + tolerance, true
	}
	return 0, 0, false
}
