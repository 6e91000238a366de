package indexer

import (
	"slices"
	"time"

	"anvesh/indexer/iif"
)

// Who may be a child. A person is hidden who may have been under 18 on the day of the offence (JJ 2(12), 74), and doubt
// protects: among days that contradict each other the reading that makes him a child counts, so that one more date
// never makes somebody findable who was hidden.
//
// The day of the offence is not after any day that tells of it. Candidates are therefore the days of the offence in
// every form, the days of the forms' events, and the days on which the log took them: he is hidden if he was under 18,
// or not yet born, on the earliest. Days of entry, arrest, seizure, report and judgment are candidates too, but only
// where he was born by then: old registers were entered with 1900 where nobody knew.
//
// A birth year or an age leaves a span of birthdays, of which the last counts. A full date of birth within that span
// takes its place (JJ Act s.94: documents before estimates); one outside of it contradicts, and then both count. Who is
// hidden by a slip is found once a next version of the form puts it right.

// candidates are the days on which, or before which, the offence happened.
type candidates struct {
	first iif.Date   // the earliest of those that need no birth
	at    time.Time  // the same of those that are instants, until close
	more  []iif.Date // those that do, as far as they may be earlier
}

// add takes what a form says by its head.
func (c *candidates) add(form *dated) {
	for _, d := range [...]iif.Date{form.OffenceFrom, form.OffenceTo} {
		if d != "" && (c.first == "" || d < c.first) {
			c.first = d
		}
	}
	for _, t := range [...]time.Time{form.EventAt, form.arrived} {
		if !t.IsZero() && (c.at.IsZero() || t.Before(c.at)) {
			c.at = t
		}
	}
	c.alsoAt(form.EnteredAt, form.InformedAt)
	if s := form.Seizure; s != nil {
		c.alsoAt(s.At)
	}
	if a := form.Arrest; a != nil {
		c.alsoAt(a.At, a.ProducedAt)
	}
	if r := form.Report; r != nil {
		c.also(r.Date, r.SentOn)
		for i := range r.Charged {
			c.also(r.Charged[i].ArrestedOn)
		}
	}
	if t := form.Trial; t != nil {
		c.also(t.SheetOn, t.CognizanceOn, t.ChargedOn, t.JudgmentOn)
	}
	for i := range form.Disposals {
		c.also(form.Disposals[i].Date)
	}
	for i := range form.Appeals {
		c.also(form.Appeals[i].Date)
	}
}

// close ends the taking.
func (c *candidates) close() {
	if d := iif.DateOf(c.at); d != "" && (c.first == "" || d < c.first) {
		c.first = d
	}
}

// alsoAt takes instants that need a birth before them.
func (c *candidates) alsoAt(times ...time.Time) {
	for _, t := range times {
		if t.Before(c.at) {
			c.also(iif.DateOf(t))
		}
	}
}

// also takes days that need a birth before them. Those that turn out not to be earlier than the first tell nothing.
func (c *candidates) also(days ...iif.Date) {
	for _, d := range days {
		if d != "" && !slices.Contains(c.more, d) {
			c.more = append(c.more, d)
		}
	}
}

// child reports whether a person may have been a child. Documents are the mentions whose dates of birth may stand for the
// others' estimates.
func (c *candidates) child(documents, mentions []mention) bool {
	for _, m := range mentions {
		b, ok := m.birth()
		if !ok || m.person.BirthDate == "" && slices.ContainsFunc(documents, b.refinedBy) {
			continue
		}
		if c.youngAt(b, book().majority.age) {
			return true
		}
	}
	return false
}

// youngAt reports whether somebody born in the span may have been younger than majority on one of the days.
func (c *candidates) youngAt(b births, majority int) bool {
	if younger(b.to, majority, c.first) {
		return true
	}
	for _, d := range c.more {
		if d < c.first && b.from <= d && younger(b.to, majority, d) {
			return true
		}
	}
	return false
}

// A births is a span of days of birth, both included.
type births struct{ from, to iif.Date }

// refinedBy reports whether a mention has a date of birth within the span.
func (b births) refinedBy(m mention) bool {
	d := m.person.BirthDate
	return d != "" && b.from <= d && d <= b.to
}

// birth is the span of days of birth that a mention allows.
func (m mention) birth() (b births, ok bool) {
	p := m.person
	switch {
	case p.BirthDate != "":
		return births{p.BirthDate, p.BirthDate}, true
	case p.BirthYear != 0:
		return births{newYear(p.BirthYear), newYear(p.BirthYear)[:4] + "-12-31"}, true
	case p.Age != nil:
		on := m.ageOn()
		return births{yearsBefore(on, *p.Age+1), yearsBefore(on, *p.Age)}, true
	}
	return births{}, false
}
