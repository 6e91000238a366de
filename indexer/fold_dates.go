package indexer

import (
	"cmp"
	"slices"
	"time"

	"anvesh/indexer/iif"
)

// Which days count. A form that says of its event that it lies more than a day after the log took the form is dated ahead:
// clocks differ, and so do days by their zone, but nobody reports what has not happened. It is kept and flagged, and stands before
// all others, so that it tells what they do not and outranks none; so does a single day within a form. What a case or
// record was last changed by is taken to have happened when it arrived.

// paper is a form under another name, so that dated can have its fields beside Form, the field.
type paper = iif.Form

// A dated form is a form with the time at which the log took it.
type dated struct {
	*paper
	arrived time.Time // zero when it is not known
	latest  iif.Date  // last day that it may speak of, "" when it is not known
	ahead   bool
	rank    int // its place among the forms of the case, oldest first
}

// slack is how far ahead of its arrival a form may be dated.
const slack = 24 * time.Hour

// date puts forms in order, oldest first, those that are dated ahead before all others.
func date(forms []*iif.Form, arrived []time.Time) []dated {
	out := make([]dated, len(forms))
	for i, form := range forms {
		out[i].paper = form
		if i < len(arrived) && !arrived[i].IsZero() {
			limit := arrived[i].Add(slack)
			out[i].arrived, out[i].latest, out[i].ahead = arrived[i], iif.DateOf(limit), form.EventAt.After(limit)
		}
	}
	slices.SortFunc(out, older)
	for i := range out {
		out[i].rank = i
	}
	return out
}

// older orders forms by event, entry, and then by name so that the order is total.
func older(a, b dated) int {
	if a.ahead != b.ahead {
		if a.ahead {
			return -1
		}
		return 1
	}
	if c := a.EventAt.Compare(b.EventAt); c != 0 {
		return c
	}
	if c := a.EnteredAt.Compare(b.EnteredAt); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.FormID, b.FormID), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Form, b.Form))
}

// at is when the form's event happened, as far as it can have.
func (d *dated) at() time.Time {
	if d.ahead {
		return d.arrived
	}
	return d.EventAt
}

// A day ahead is written with its first digit less by one until the fold is done, which puts it before every day that a
// form may name (1850 to 2099) and keeps the order among such days.

// day is a day that a form speaks of, put before all others and flagged where it lies ahead.
func (f *folding) day(form *dated, d iif.Date) iif.Date {
	if form.latest == "" || d <= form.latest {
		return d
	}
	f.flag(FlagAhead)
	return iif.Date([]byte{d[0] - 1}) + d[1:]
}

// isAhead reports whether d was put before all others.
func isAhead(d iif.Date) bool { return d != "" && d < "1800" }

// restored is the day as the form has it.
func restored(d iif.Date) iif.Date {
	if !isAhead(d) {
		return d
	}
	return iif.Date([]byte{d[0] + 1}) + d[1:]
}

// restoreDates restores the days of the case.
func (c *Case) restoreDates() {
	for _, d := range []*iif.Date{&c.OffenceFrom, &c.OffenceTo, &c.ArrestedOn, &c.ProducedOn, &c.ReportedOn, &c.ChargeSheetOn,
		&c.CognizanceOn, &c.ChargedOn, &c.JudgmentOn, &c.AppealOn} {
		*d = restored(*d)
	}
	for i := range c.Property {
		c.Property[i].StateOn = restored(c.Property[i].StateOn)
	}
}

// earliest is the earlier of two days, of which either may be absent. One that lies ahead counts where there is no other.
func earliest(a, b iif.Date) iif.Date {
	switch {
	case a == "":
		return b
	case b == "" || a == b:
		return a
	case isAhead(a) != isAhead(b):
		return max(a, b)
	}
	return min(a, b)
}
