package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// An Input is one field of the search form, with what was typed into it.
type Input struct {
	Name, Type, Hint string
	Options          []string
	Value            string
}

// A Problem is why something was not done: the field at fault, if it is one, and the sentence.
type Problem struct{ Field, Text string }

// A View is all that a page shows. Fill and Found complete it.
type View struct {
	Lang     Lang
	Practice bool
	Version  string
	Who      *access.Identity

	Elsewhere bool // an identity provider may vouch
	Unit      Unit // names units; nil where nobody does

	Kind    string // whose filters are shown: person, vehicle
	Typed   string // into the one box
	Read    *Typed // what that was taken for; nil where it was not read
	Reason  string
	Filters []Input
	Swap    bool   // they are not those of the page that asks
	Once    string // the mark of the search that is shown, by which it is shown again without another search

	Problem   *Problem
	ProblemOf string // login, session, search, desk

	Desk *Desk // another view in place of the search

	Cases        []*Case   // looked up by number
	AsOf         time.Time // as of when they were
	CaseAt       string    // the address of the one that is shown by itself
	FromList     string    // the address of the list from which it was opened
	CaseReason   string    // and the reason of that
	Answer       *query.Answer
	Say          Say
	List, Weaker []Entry
	Asked        string // what was asked, in words
	Page         int    // of the hits, from 1
	Pages        []Span // all of them, where there are several
	Most         int    // hits that pages show, where there are more

	States    bool       // that nobody was found may be stated
	Statement *Statement // and is
}

// A Statement is what a signed statement shows of itself.
type Statement struct {
	English, Hindi   string
	At               time.Time
	Records          int
	KeyID, Signature string
}

// Kinds are what the page searches for.
var kinds = []string{"person", "vehicle"}

// Kinds returns what the form's field kind may say.
func Kinds() []string { return slices.Clone(kinds) }

// Inputs are the filters of a kind of search, empty.
func Inputs(kind string) []Input {
	if kind == "vehicle" {
		return append([]Input{{Name: "chassis"}, {Name: "engine"}, {Name: "make", Hint: "Maruti"}, {Name: "model", Hint: "Swift"},
			{Name: "colour"}, {Name: "status", Options: options(storage.Vehicle, "status")}}, common()...)
	}
	return append([]Input{{Name: "relative"}, {Name: "alias"}, {Name: "age", Type: "number"}, {Name: "birth_year", Type: "number"},
		{Name: "tolerance", Type: "number", Hint: "3"}, {Name: "gender", Options: options(storage.Person, "gender")}, {Name: "place"},
		{Name: "status", Options: options(storage.Person, "status")}, {Name: "section", Hint: "379 IPC"},
		{Name: "role", Options: options(storage.Person, "role")}}, common()...)
}

// ForWho leaves of the fields what somebody may ask: the roles in a case that the policy gives him, and no such field where
// that is the accused alone.
func ForWho(who access.Identity, fields []Input) (own []Input) {
	for _, in := range fields {
		if in.Name == "role" {
			in.Options = slices.DeleteFunc(in.Options, func(role string) bool { return !who.May(access.SearchFor(role)) })
			if len(in.Options) < 2 {
				continue
			}
		}
		own = append(own, in)
	}
	return own
}

// options are what a field of the form may be.
func options(kind storage.Kind, name string) []string { return query.BoundOf(kind, name).Choices }

func common() []Input {
	return []Input{{Name: "station"}, {Name: "district"}, {Name: "from", Type: "date"}, {Name: "to", Type: "date"},
		{Name: "min_class", Options: options(storage.Person, "min_class")}}
}

// Found puts an answer into the view. records is how many of that kind are held.
func (v *View) Found(a *query.Answer, records int) {
	v.Answer = a
	v.spans()
	v.List, v.Weaker = v.Lang.entriesOf(v.hits(1))
	v.Asked = v.askedWords()
	v.Say = v.Lang.sayOf(a, v.List, v.Asked, records, v.Kind == "vehicle")
	if v.Page > 1 { // all of them are weaker than those of the first
		list, weaker := v.Lang.entriesOf(v.hits(v.Page))
		v.List, v.Weaker = append(list, weaker...), nil
		v.List[0].Open = false
	}
}

// askedWords is what was asked, in words: “Rajender”, father “Om Parkash”.
func (v *View) askedWords() string {
	var parts []string
	seen := map[string]bool{}
	add := func(field, value string) {
		if value = strings.TrimSpace(value); value == "" || seen[field] {
			return
		}
		seen[field] = true
		if v.optional(field) {
			value = v.Lang.word(value)
		}
		quoted := "“" + value + "”"
		if len(parts) > 0 || field != "name" && field != "registration" {
			label := v.Lang.word("short " + field)
			if label == "short "+field {
				label = v.Lang.word(field)
			}
			quoted = label + " " + quoted
		}
		parts = append(parts, quoted)
	}
	if v.Read != nil {
		for _, g := range v.Read.Fields {
			add(g.Field, g.Value)
		}
	} else if v.Kind == "vehicle" {
		add("registration", v.Typed)
	} else {
		add("name", v.Typed)
	}
	for _, in := range v.Filters {
		add(in.Name, in.Value)
	}
	return strings.Join(parts, ", ")
}

// optional tells whether a field's value is one of ours and has a label.
func (v *View) optional(field string) bool {
	return field == "gender" || slices.ContainsFunc(v.Filters, func(in Input) bool { return in.Name == field && in.Options != nil })
}

// Guessed tells whether what was typed was taken for its kind by its look alone: what is said of it may be about another thing.
func (v *View) Guessed() bool { return v.Read != nil && !v.Read.Sure }

// Filtered tells whether any filter is set.
func (v *View) Filtered() bool {
	return slices.ContainsFunc(v.Filters, func(in Input) bool { return in.Value != "" })
}

// At is where in the page a problem belongs: the box for what was typed into it, and for all that a case is looked up by.
func (v *View) At(field string) string {
	if field != "reason" && v.Read != nil && v.Read.Kind() == "case" {
		return "q"
	}
	if field == "reason" || slices.ContainsFunc(v.Filters, func(in Input) bool { return in.Name == field }) && (v.Read == nil || v.Read.Value(field) == "") {
		return field
	}
	return "q"
}

// Wrong puts a problem into the view: field is the request's, or ""; english and hindi say what would be right.
func (v *View) Wrong(of, field, english, hindi, code string) {
	text := v.Lang.pick(english, hindi)
	if v.Lang == Hindi && hindi == "" {
		text = v.Lang.say(phrase.NotDone, code)
	}
	if rest, ok := strings.CutPrefix(english, field+": "); ok && field != "" && v.Lang == English {
		text = v.Lang.word(field) + ": " + rest
	}
	if of == "session" {
		text = v.Lang.say(phrase.SignInFirst)
	}
	v.ProblemOf, v.Problem = of, &Problem{field, text}
}

func plain(n int) string { return strconv.Itoa(n) }

// Remarks are those of the answer, in the language of the page, with the fields as it calls them.
func (v *View) Remarks() (said []string) {
	for i, english := range v.Answer.Remarks {
		hindi := ""
		if len(v.Answer.RemarksHi) == len(v.Answer.Remarks) {
			hindi = v.Answer.RemarksHi[i]
		}
		said = append(said, v.Lang.ofField(v.Kind+"s", english, hindi))
	}
	return said
}

// WeakerCount is how many hits fold away.
func (v *View) WeakerCount() (n int) {
	for _, e := range v.Weaker {
		n += max(len(e.Same), len(e.Cases))
	}
	return n
}

// Spelt is two spellings side by side as a screen reader says them.
func (e Entry) Spelt(letters [][2]string) string {
	var asked, held strings.Builder
	for _, l := range letters {
		asked.WriteString(l[0])
		held.WriteString(l[1])
	}
	return asked.String() + " ~ " + held.String()
}
