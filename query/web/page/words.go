package page

import (
	"strconv"
	"strings"
	"time"

	"anvesh/query/phrase"
	"anvesh/storage"
)

// Lang is the language of a page: one at a time. Names, numbers and addresses stand in it as they were written.
type Lang string

// The languages.
const (
	English Lang = "en"
	Hindi   Lang = "hi"
)

// LangOf is the language that a text names: what the language switch sets, or the first of an Accept-Language that is one of
// ours; English otherwise.
func LangOf(text string) Lang {
	for _, tag := range strings.Split(strings.ToLower(text), ",") {
		switch tag = strings.TrimSpace(tag); {
		case strings.HasPrefix(tag, "hi"):
			return Hindi
		case strings.HasPrefix(tag, "en"):
			return English
		}
	}
	return English
}

// Other is the language that one can switch to.
func (l Lang) Other() Lang {
	if l == Hindi {
		return English
	}
	return Hindi
}

// pick is the one of two texts that is in the language; the other where that one is empty.
func (l Lang) pick(english, hindi string) string {
	if l == Hindi && hindi != "" || english == "" {
		return hindi
	}
	return english
}

// say is a phrase of the catalogue.
func (l Lang) say(p phrase.Phrase, with ...string) string { return l.pick(p.With(with...)) }

// word is the label of what the contract calls by one word.
func (l Lang) word(name string) string {
	w := phrase.LabelOf(name)
	return l.pick(w.English, w.Hindi)
}

// text is a text of the templates.
func (l Lang) text(english string, with ...any) string {
	said := make([]string, len(with))
	for i, w := range with {
		switch w := w.(type) {
		case int:
			said[i] = number(w)
		case string:
			said[i] = w
		}
	}
	return l.say(phrase.Of(english), said...)
}

// number groups digits as they are in India: 12,34,567.
func number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	if len(s) <= 3 {
		return sign + s
	}
	head, tail := s[:len(s)-3], s[len(s)-3:]
	for len(head) > 2 {
		tail = head[len(head)-2:] + "," + tail
		head = head[:len(head)-2]
	}
	return sign + head + "," + tail
}

// day is a date as people write it, Indian time: 4 May 2023.
func (l Lang) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(storage.IST)
	return strconv.Itoa(t.Day()) + " " + l.word(t.Month().String()) + " " + strconv.Itoa(t.Year())
}

// moment is a date with the time of day.
func (l Lang) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.day(t) + ", " + t.In(storage.IST).Format("15:04")
}

// civil is a date that the contract writes as YYYY-MM-DD; what is none stays as it is.
func (l Lang) civil(text string) string {
	t, err := time.ParseInLocation(time.DateOnly, text, storage.IST)
	if err != nil {
		return text
	}
	return l.day(t)
}

// caseNumber is an FIR's number as people write it, 123/2023, out of its registration number: eight digits of the station, two
// of the year, then the serial number. What has another form stays whole.
func caseNumber(fir string) string {
	if len(fir) < 13 {
		return fir
	}
	serial := strings.TrimLeft(fir[10:], "0")
	if serial == "" {
		return fir
	}
	return serial + "/20" + fir[8:10]
}

// list joins words as a sentence does: a, b or c.
func (l Lang) list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return l.say(phrase.OneOrOther, strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
