package page

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// A Say is what stands first: what came of the search and the right next step, each a sentence.
type Say struct {
	Tone       string // strong, lead, none, cut
	Text, Next string
}

// say sums up an answer. records is how many there are of the kind; asked is what was asked, in words.
func (l Lang) sayOf(a *query.Answer, entries []Entry, asked string, records int, vehicle bool) Say {
	s := l.sayWhole(a, entries, asked, records, vehicle)
	if !a.Complete || a.Shards.Answered < a.Shards.Of {
		s.Tone, s.Text = "cut", l.say(phrase.Partial)+" "+s.Text
		part := l.say(phrase.PartialNext, strconv.Itoa(a.Shards.Answered), strconv.Itoa(a.Shards.Of))
		if len(a.Hits) == 0 {
			s.Next = part
		} else {
			s.Next += " " + part
		}
	}
	return s
}

func (l Lang) sayWhole(a *query.Answer, entries []Entry, asked string, records int, vehicle bool) Say {
	strong := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Hit == nil || e.Hit.Class == query.Lead })
	switch {
	case len(a.Hits) == 0:
		next := phrase.NoneNextPerson
		if vehicle {
			next = phrase.NoneNextVehicle
		}
		return Say{"none", l.say(phrase.NoMatchFor, asked, number(records), l.moment(a.Through.Time)), l.say(next)}
	case len(strong) > 0 && len(a.Conflicts) > 0:
		return Say{"strong", l.say(phrase.NumbersDiffer), l.say(phrase.NumbersDifferNext)}
	case len(strong) == 1:
		return Say{"strong", l.say(phrase.OneStrong, l.agreed(strong[0].Hit)), l.nextOf(strong[0].Hit)}
	case len(strong) > 1 && vehicle:
		return Say{"strong", l.say(phrase.ManyStrong, number(len(strong))), l.say(phrase.ManyStrongVehicles)}
	case len(strong) > 1:
		return Say{"strong", l.say(phrase.ManyStrong, number(len(strong))), l.say(phrase.ManyStrongPersons)}
	}
	next := phrase.LeadNext
	if vehicle {
		next = phrase.LeadNextVehicle
	}
	if entries[0].Hit != nil && entries[0].Hit.Score >= standsOut && (len(entries) == 1 || entries[1].first().Score < entries[0].Hit.Score/2) {
		return Say{"lead", l.say(phrase.BestLead, l.agreed(entries[0].Hit)), l.say(next)}
	}
	if bear := bearers(a); bear > 1 {
		many := l.count(bear, a.Groups[0].RecordsAre == "at_least")
		return Say{"lead", l.say(phrase.ManyBear, many, l.question(a.Groups[0].Narrow)), l.say(next)}
	}
	if a.Hits[0].Score < weakLead {
		return l.onlyWeak(a)
	}
	return Say{"lead", l.say(phrase.OnlyLeads, l.total(a)), l.say(next)}
}

// onlyWeak is said of leads of which none is likely; hits come the likeliest first.
func (l Lang) onlyWeak(a *query.Answer) Say {
	return Say{"lead", l.say(phrase.OnlyWeak, l.total(a)), l.say(phrase.OnlyWeakNext, number(int(math.Ceil(100*a.Hits[0].Score))))}
}

// standsOut is the score from which a lead is more likely the one sought than not.
const standsOut = 0.5

// bearers is how many records bear the name that was asked; 0 where nothing would tell them apart that is not given already.
func bearers(a *query.Answer) int {
	if len(a.Groups) == 0 || len(a.Groups[0].Narrow) == 0 {
		return 0
	}
	return a.Groups[0].Records
}

// total is how many hits there are.
func (l Lang) total(a *query.Answer) string { return l.count(a.Total, a.TotalIs == "at_least") }

// count is a number, of which it is said where it may be more.
func (l Lang) count(n int, atLeast bool) string {
	if atLeast {
		return l.say(phrase.AtLeast, number(n))
	}
	return number(n)
}

// question is what would part namesakes.
func (l Lang) question(narrow []string) string {
	var words []string
	for _, field := range narrow {
		if w := l.word("add " + field); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return l.list(words)
}

// agreed is who was found and what agrees: Kuldeep Gill, father equal.
func (l Lang) agreed(h *query.Hit) string {
	parts := []string{titleOf(&h.Record)}
	if parts[0] == "" {
		parts[0] = l.say(phrase.Unnamed)
	}
	for _, field := range fieldsOf(h.Why) {
		p := phrase.FieldEqual
		for _, w := range h.Why {
			if w.Field == field {
				p = weaker(p, agreement(w))
			}
		}
		if field == "name" && p == phrase.FieldEqual && len(fieldsOf(h.Why)) > 1 {
			continue // goes without saying
		}
		parts = append(parts, l.say(p, l.word("short "+field)))
	}
	return strings.Join(parts, ", ")
}

// numbers are the fields of which a part may be given.
var numbers = []string{AsRegistration, AsChassis, AsEngine}

// agreements, the strongest first.
var agreements = []phrase.Phrase{phrase.FieldEqual, phrase.FieldFits, phrase.FieldAlike, phrase.FieldAgainst}

// agreement is how far a reason's two sides agree.
func agreement(w query.Why) phrase.Phrase {
	switch {
	case w.Grade == "exact", w.Grade == "script", w.Grade == "missing" && w.Part >= 0:
		return phrase.FieldEqual
	case w.Grade == "contradicts":
		return phrase.FieldAgainst
	case w.Field == "place", w.Field == "birth_year", w.Field == "age", w.Grade == "partial" && slices.Contains(numbers, w.Field):
		return phrase.FieldFits
	}
	return phrase.FieldAlike
}

// weaker is the weaker of two agreements: a field agrees as its weakest word does.
func weaker(a, b phrase.Phrase) phrase.Phrase {
	return agreements[max(slices.Index(agreements, a), slices.Index(agreements, b))]
}

// fieldsOf are the fields that the reasons speak of, those that say something.
func fieldsOf(why []query.Why) (fields []string) {
	for _, w := range why {
		nothing := w.Grade == "missing" && w.Part == 0
		if !nothing && !slices.Contains(fields, w.Field) {
			fields = append(fields, w.Field)
		}
	}
	return fields
}

// nextOf is the step that the one strong hit asks for.
func (l Lang) nextOf(h *query.Hit) string {
	status := l.word(h.Record.Status)
	if h.Record.Status == "" {
		status = l.say(phrase.NoStatus)
	}
	if storage.Outstanding(h.Record.Status) {
		return l.say(phrase.NextSought, status, stationOf(&h.Record))
	}
	return l.say(phrase.NextNotSought, status)
}

func stationOf(r *query.View) string {
	if r.StationName == "" {
		return r.Station
	}
	return r.StationName
}

// titleOf is what a record is called by: a name, or the number of a vehicle.
func titleOf(r *query.View) string {
	if r.Kind != string(storage.Vehicle) {
		return r.Name
	}
	for _, n := range []string{r.Registration, r.Chassis, r.Engine} {
		if n != "" {
			return n
		}
	}
	return ""
}
