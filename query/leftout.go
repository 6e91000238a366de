package query

import (
	"anvesh/query/name"
	"anvesh/query/phrase"
	"anvesh/query/register"
)

// leftOut is a field of a request that says nothing, with what it held.
type leftOut struct {
	field, text string
	lost        bool          // it said something, which a spreadsheet has destroyed
	unread      bool          // it holds no name: digits, marks
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
