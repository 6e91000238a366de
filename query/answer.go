package query

import (
	"context"
	"slices"
	"strings"
	"time"

	"anvesh/query/name"
	"anvesh/query/phrase"
	"anvesh/query/register"
	"anvesh/storage"
)

// Class is the strength of the evidence that a hit is the one sought.
type Class string

// The classes, strongest first.
const (
	Exact    Class = "EXACT"    // equal after normalising, nothing contradicts, and evidence enough to be PROBABLE
	Probable Class = "PROBABLE" // worth acting on after a look
	Lead     Class = "LEAD"     // a lead, not grounds for a stop
)

// An Answer is what a search returns. Its JSON is the outside contract.
type Answer struct {
	SearchID  string     `json:"search_id"`
	Hits      []Hit      `json:"hits"`
	Total     int        `json:"total"`    // hits at or above min_class, before limit
	TotalIs   string     `json:"total_is"` // exact, at_least
	Complete  bool       `json:"complete"` // false where a budget, a missing shard or a degraded partition cut the search
	Shards    Shards     `json:"shards"`
	Through   Through    `json:"through"`
	TookUS    int64      `json:"took_us"`
	Groups    []Group    `json:"groups,omitempty"`     // persons: hits that share a name
	Conflicts []Conflict `json:"conflicts,omitempty"`  // vehicles: fields of the request that point to different records
	Remarks   []string   `json:"remarks,omitempty"`    // why a search can only be vague, what was read into it and what was left out
	RemarksHi []string   `json:"remarks_hi,omitempty"` // the same in Hindi, one for each
	Practice  bool       `json:"practice,omitempty"`   // the records are made up

	Considered int `json:"-"` // distinct names or numbers that were weighed
}

// Shards says how many shards answered.
type Shards struct {
	Answered int `json:"answered"`
	Of       int `json:"of"`
}

// Through is how far the answer has seen: all that was appended before Time is applied;
// Offsets are the next to apply, by partition number.
type Through struct {
	Time    time.Time        `json:"time"`
	Offsets map[string]int64 `json:"offsets"`

	token string // the offsets as a token
}

// A Hit is one record found, with the evidence.
type Hit struct {
	HitID    string   `json:"hit_id"`
	Class    Class    `json:"class"`
	Score    float64  `json:"score"` // 0..1, comparable between queries
	Record   View     `json:"record"`
	Why      []Why    `json:"why"`
	Conflict []string `json:"conflict,omitempty"` // the request's fields that this record contradicts
	// Action is what whoever reads the hit must do and may not do: on every EXACT and PROBABLE hit, and on a LEAD whose
	// status calls for an act. Caution is what must be known before one goes near; a misused identity comes first.
	Action  *Instruction `json:"action,omitempty"`
	Caution *Instruction `json:"caution,omitempty"`
}

// A View is a record as a searcher sees it.
type View struct {
	ID            string    `json:"id"`
	Kind          string    `json:"kind"`
	Role          string    `json:"role,omitempty"`
	FIR           string    `json:"fir"`
	Station       string    `json:"station"`
	StationName   string    `json:"station_name,omitempty"`
	District      string    `json:"district,omitempty"`
	Name          string    `json:"name,omitempty"`
	Names         []string  `json:"names,omitempty"`
	Aliases       []string  `json:"aliases,omitempty"`
	Relative      string    `json:"relative,omitempty"`
	Relation      string    `json:"relation,omitempty"`
	Gender        string    `json:"gender,omitempty"`
	BirthYear     int       `json:"birth_year,omitempty"`
	Place         string    `json:"place,omitempty"`
	Registration  string    `json:"registration,omitempty"`
	Registrations []string  `json:"registrations,omitempty"`
	Chassis       string    `json:"chassis,omitempty"`
	Engine        string    `json:"engine,omitempty"`
	Make          string    `json:"make,omitempty"`
	Model         string    `json:"model,omitempty"`
	Colour        string    `json:"colour,omitempty"`
	Status        string    `json:"status"`
	Sections      []string  `json:"sections,omitempty"`
	Flags         []string  `json:"flags,omitempty"`
	EventAt       time.Time `json:"event_at"`
	Updated       time.Time `json:"updated"`
	// More is how many of names, aliases, registrations and sections are not listed; see View.cut.
	More map[string]int `json:"more,omitempty"`
}

// A Why is one line of the scorer's own alignment. The Parts of all lines add up to the hit's score.
type Why struct {
	Field string  `json:"field"` // the request's field
	Query string  `json:"query"` // what was asked
	Found string  `json:"found"` // what the record holds, as written
	Grade string  `json:"grade"` // exact, folded, spelling, sound, script, joined, initial, order, partial, swapped, missing, contradicts
	Score float64 `json:"score"` // likeness of this pair alone, 0..1
	Part  float64 `json:"part"`  // what it adds to (or takes from) the hit's score
	// Letters lays two spellings of a word side by side, letter by letter, where they differ; Devanagari in Latin
	// letters as it was read.
	Letters [][2]string `json:"letters,omitempty"`
	Text    string      `json:"text,omitempty"`  // one line for a person at a counter, English
	Hindi   string      `json:"hindi,omitempty"` // the same in Hindi
}

// A Group is the hits of one name that several records bear, with how many do and which fields of a request would narrow
// them. Hits keep their order: all that is known of them is in their own evidence.
type Group struct {
	Name    string `json:"name"`
	Records int    `json:"records"` // that bear the name and pass the request's filters; whom the asker may not see never counts
	// RecordsAre is at_least where more bear the name than the filters were tried on, else "".
	RecordsAre string   `json:"records_are,omitempty"`
	Hits       []string `json:"hits"` // hit ids, best first
	Narrow     []string `json:"narrow,omitempty"`
	Text       string   `json:"text"`
	Hindi      string   `json:"hindi"`
}

// A Conflict names the records that one field of the request points to, where other fields point elsewhere.
type Conflict struct {
	Field string   `json:"field"`
	IDs   []string `json:"ids"`
}

// mostListed is how many of a record's names, aliases, numbers or sections a hit lists: one form has fifty aliases at most. A
// case of many forms may hold hundreds; the reasons name that which was found, and the case has them all.
const mostListed = 50

// cut shortens long lists of a hit, and tells in More how many are left out.
func (v *View) cut() {
	for _, l := range [...]struct {
		name string
		list *[]string
	}{{"names", &v.Names}, {"aliases", &v.Aliases}, {"registrations", &v.Registrations}, {"sections", &v.Sections}} {
		if out := len(*l.list) - mostListed; out > 0 {
			*l.list = (*l.list)[:mostListed:mostListed] // the register's own
			if v.More == nil {
				v.More = map[string]int{}
			}
			v.More[l.name] = out
		}
	}
}

// What a hit asks for. The words, and what they rest on, stand in one table, query/phrase/orders.go; here is which of them a
// hit bears. All ways to a hit pass instruct (door.go), so that none comes without.

// An Instruction is an order to whoever reads a hit, in English and in Hindi.
type Instruction struct {
	Text  string `json:"text"`
	Hindi string `json:"hindi"`
}

// instruct gives each hit its action, and its caution where the record bears one. A LEAD has an action where the record's
// status calls for an act, since there the order is not to act.
func instruct(_ *Engine, _ context.Context, p *passage) error {
	if p.answer == nil {
		return nil
	}
	for i := range p.answer.Hits {
		h := &p.answer.Hits[i]
		if h.Class != Lead || storage.Outstanding(h.Record.Status) {
			o := phrase.OrderOf(orderKey(h))
			h.Action = &Instruction{o.English, o.Hindi}
		}
		h.Caution = caution(h.Record.Flags)
	}
	return nil
}

// orderKey is the key of a hit's order in the table.
func orderKey(h *Hit) string {
	r := &h.Record
	switch {
	case h.Class == Lead && r.Kind == string(storage.Vehicle):
		return "vehicle lead"
	case h.Class == Lead:
		return "person lead"
	case r.Kind == string(storage.Person) && r.Role != storage.Accused:
		return "party"
	}
	return strings.TrimSpace(r.Kind + " " + r.Status)
}

// caution puts together what a record's flags warn of; a misused identity first. It is nil where they warn of nothing.
func caution(flags []string) *Instruction {
	if len(flags) == 0 {
		return nil
	}
	var english, hindi []string
	for _, c := range storage.Cautions() {
		if slices.Contains(flags, c) {
			o := phrase.OrderOf("caution " + c)
			english, hindi = append(english, o.English), append(hindi, o.Hindi)
		}
	}
	if english == nil {
		return nil
	}
	return &Instruction{strings.Join(english, " "), strings.Join(hindi, " ")}
}

// remark adds a remark in both languages, at most mostRemarks and each once.
func (a *Answer) remark(english, hindi string) {
	const mostRemarks = 8
	if len(a.Remarks) < mostRemarks && !slices.Contains(a.Remarks, english) {
		a.Remarks, a.RemarksHi = append(a.Remarks, english), append(a.RemarksHi, hindi)
	}
}

// remark says what was read into a search, and why it can only be vague where it is.
func (s *personSearch) remark() {
	if len(s.f.alike) > 0 {
		alike := strings.Join(s.f.alike, ", ")
		s.a.remark(phrase.SectionAlike.With(s.r.Section, alike))
	}
	if slices.ContainsFunc(s.hits.Items(), func(h hit[register.PersonAt]) bool { return h.swapped }) {
		s.a.remark(phrase.Swapped.With())
	}
	_, narrow, hindi := s.narrows()
	switch alone := s.alias == nil && s.relative == nil && !s.born && s.r.Gender == "" && len(s.places) == 0 && !s.f.selective(); {
	case s.nameless():
		s.a.remark(phrase.Nameless.With())
	case s.name == nil && s.alias == nil:
		s.a.remark(phrase.RelativeOnly.With())
	case s.name == nil && s.relative == nil:
		s.a.remark(phrase.AliasOnly.With())
	case s.name != nil && onlyInitials(s):
		s.a.remark(phrase.OnlyInitials.With())
	case s.strong() > 0 || len(s.namesakes) == 0 || narrow == "":
	case alone:
		s.a.remark(phrase.NameAlone.Each([]string{narrow}, []string{hindi}))
	default:
		s.a.remark(phrase.Several.Each([]string{narrow}, []string{hindi}))
	}
}

func onlyInitials(s *personSearch) bool {
	for _, t := range s.name.Tokens {
		if !t.Initial {
			return false
		}
	}
	return true
}

// strong is how many hits are more than leads.
func (s *personSearch) strong() (n int) {
	for _, h := range s.hits.Items() {
		if h.class != Lead {
			n++
		}
	}
	return n
}

// leftOut is a field of a request that says nothing, with what it held.
type leftOut struct {
	field, text string
	lost        bool          // it said something, which a spreadsheet has destroyed
	unread      bool          // it holds no name: digits, marks
	beside      string        // it is a number beside this one, which is searched for
	short       phrase.Phrase // how many letters and digits a number needs, of which this one has fewer
}

// leftOutOf are parts of a text that were left out.
func leftOutOf(parts []register.LeftOut) (left []leftOut) {
	for _, p := range parts {
		left = append(left, leftOut{field: p.Field, text: p.Text})
	}
	return left
}

// leaveOut empties the fields that say nothing.
func (r *PersonRequest) leaveOut() (left []leftOut) {
	named := r.Relative != "" && !register.Nothing("relative", r.Relative)
	for _, f := range [...]struct {
		field string
		text  *string
	}{{"name", &r.Name}, {"alias", &r.Alias}, {"relative", &r.Relative}, {"place", &r.Place}} {
		if *f.text != "" && register.Nothing(f.field, *f.text) && !(named && f.field == "name" && register.Perhaps(*f.text)) {
			left = append(left, leftOut{field: f.field, text: *f.text})
			*f.text = ""
		}
	}
	return left
}

// refusal is the answer to a request of which nothing is left to search for.
func (l *leftOut) refusal() error {
	if l.lost {
		return refuse(l.field, phrase.DigitsLost)
	}
	if l.unread {
		return refuse(l.field, phrase.NoName)
	}
	if l.short != "" {
		return refuse(l.field, l.short)
	}
	return refuse(l.field, phrase.OnlyNothing)
}

// leftOut remarks that fields of a request were left out.
func (a *Answer) leftOut(left []leftOut) {
	for _, l := range left {
		if l.lost {
			a.remark(phrase.LeftOutPower.With(l.field, l.text))
			continue
		}
		if l.unread {
			a.remark(phrase.LeftOutName.With(l.field, l.text))
			continue
		}
		if l.beside != "" {
			a.remark(phrase.OneVehicle.With(l.field, l.beside, l.text))
			continue
		}
		if l.short != "" {
			a.remark(phrase.LeftOutShort.With(l.field, l.text))
			continue
		}
		a.remark(phrase.LeftOutNothing.With(l.field, l.text))
	}
}

// Meant gives a text as it was meant where it is UTF-8 that was taken for Windows-1252 and saved again, else the text itself.
func Meant(text string) string {
	if meant, stored := name.Repair(text); stored == name.StoredMisread {
		return meant
	}
	return text
}
