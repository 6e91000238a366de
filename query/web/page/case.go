package page

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"anvesh/query/phrase"
	"anvesh/storage"
)

// A Unit gives the name of a station by its code, in English and in Hindi; the code where it is not known.
type Unit func(code string) (english, hindi string)

// A Case is a case as the contract shows it, as far as the page does.
type Case struct {
	FIR          string    `json:"fir"`
	Station      string    `json:"station"`
	EventAt      time.Time `json:"event_at"`
	Updated      time.Time `json:"updated"`
	Stage        string    `json:"stage"`
	Withdrawn    bool      `json:"withdrawn"`
	Sealed       bool      `json:"sealed"`
	Sections     []string  `json:"sections"`
	CrimeHead    string    `json:"crime_head"`
	CrimeMinor   string    `json:"crime_minor_head"`
	Place        string    `json:"place"`
	Court        string    `json:"court"`
	IO           *Officer  `json:"io"`
	LinkedFIRs   []string  `json:"linked_firs"`
	Forms        []Form    `json:"forms"`
	OffenceFrom  string    `json:"offence_from"`
	OffenceTo    string    `json:"offence_to"`
	Flags        []string  `json:"flags"`
	Records      []Held    `json:"records"`
	HiddenOthers int       `json:"hidden"`

	StationName string `json:"-"`
}

// An Officer is who investigates.
type Officer struct {
	Name   string `json:"name"`
	Rank   string `json:"rank"`
	Number string `json:"number"`
}

// A Form is one form of a case.
type Form struct {
	Form      string    `json:"form"`
	Version   int       `json:"version"`
	EventAt   time.Time `json:"event_at"`
	EnteredAt time.Time `json:"entered_at"`
}

// Held is a person or vehicle of a case. MaskedUnder says that the law hides who it is.
type Held struct {
	storage.Record
	MaskedUnder string `json:"masked_under"`
}

// Masked tells whether the law hides who it is.
func (h *Held) Masked() bool {
	return h.MaskedUnder != "" || h.Visibility != storage.Findable && h.Name == "" && h.Registration == ""
}

// Relative is the newest spelling of the relative's name.
func (h *Held) Relative() string {
	if len(h.Relatives) == 0 {
		return ""
	}
	return h.Relatives[0]
}

// AddressText is the newest address.
func (h *Held) AddressText() string {
	if len(h.Places) == 0 {
		return ""
	}
	return h.Places[0]
}

// Born is the year of birth, or the two between which it lies.
func (h *Held) Born() string {
	switch {
	case h.BirthFrom == 0:
		return ""
	case h.BirthFrom == h.BirthTo:
		return plain(h.BirthFrom)
	}
	return plain(h.BirthFrom) + "–" + plain(h.BirthTo)
}

// ShowCases puts cases into the view, out of what the contract says of them.
func (v *View) ShowCases(raw []byte) error {
	var found struct {
		Cases []*Case `json:"cases"`
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		return err
	}
	for _, c := range found.Cases {
		english, _ := v.Unit(c.Station)
		c.StationName = v.unit(c.Station, english)
	}
	v.Cases = found.Cases
	return nil
}

// NoCase says that there is none of the number asked for, among how many cases, and as of when.
func (v *View) NoCase(fir string, cases int, through time.Time) {
	v.Asked = v.askedWords()
	if v.Asked == "" || v.Read == nil {
		v.Asked = fir
	}
	v.Say = Say{"none", v.Lang.say(phrase.NoCaseFor, v.Asked, number(cases), v.Lang.moment(through)), v.Lang.say(phrase.NoCaseNext)}
}

// OddText are the data-quality flags of a case in words, each once; a missing father's name is one that the page sees itself.
func (v *View) OddText(c *Case) (odd []string) {
	say := func(flag string) {
		if slices.Contains(storage.Cautions(), flag) {
			return
		}
		text := v.Lang.word("flag " + flag)
		if text = strings.TrimPrefix(text, "flag "); !slices.Contains(odd, text) {
			odd = append(odd, text)
		}
	}
	for _, flag := range c.Flags {
		say(flag)
	}
	for i := range c.Records {
		r := &c.Records[i]
		for _, flag := range r.Flags {
			say(flag)
		}
		if r.Kind == storage.Person && r.Role == storage.Accused && !r.Masked() && len(r.Relatives) == 0 {
			if text := v.Lang.say(phrase.NoFather, r.Name); r.Name != "" {
				odd = append(odd, text)
			}
		}
	}
	return odd
}

// Of are the records of a case of one kind.
func (c *Case) Of(kind string) (held []*Held) {
	for i := range c.Records {
		if string(c.Records[i].Kind) == kind {
			held = append(held, &c.Records[i])
		}
	}
	return held
}

// CautionText is what a record's flags warn of.
func (l Lang) cautions(flags []string) string {
	var texts []string
	for _, c := range storage.Cautions() {
		if slices.Contains(flags, c) {
			o := phrase.OrderOf("caution " + c)
			texts = append(texts, l.pick(o.English, o.Hindi))
		}
	}
	return strings.Join(texts, " ")
}
