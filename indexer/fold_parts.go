package indexer

import (
	"cmp"
	"slices"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// parts notes what the part that belongs to this form says of the accused, vehicles and property.
func (f *folding) parts(form *dated) {
	f.itemsOf(form)
	switch form.Form {
	case "IIF2":
		f.c.Method = cmp.Or(form.Method, f.c.Method)
	case "IIF3":
		f.arrest(form)
	case "IIF4":
		if f.beforeFIR(f.day(form, seizedOn(form))) {
			f.flag(FlagSeizure)
		}
	case "IIF5":
		f.report(form)
	case "IIF6":
		f.court(form)
	case "IIF7":
		f.appeals(form)
	}
}

// beforeFIR reports whether a day lies before the FIR's.
func (f *folding) beforeFIR(d iif.Date) bool {
	return d != "" && !isAhead(d) && d < f.firDay
}

// seizedOn is the day of an IIF4.
func seizedOn(form *dated) iif.Date {
	if form.Seizure != nil && !form.Seizure.At.IsZero() {
		return iif.DateOf(form.Seizure.At)
	}
	return iif.DateOf(form.EventAt)
}

// arrest notes an IIF3. Without its part each of the form's accused was arrested at event_at.
func (f *folding) arrest(form *dated) {
	a := form.Arrest
	if a == nil {
		for i := range form.Persons {
			if p := &form.Persons[i]; p.Role == storage.Accused || p.Role == "" && !f.persons.get(p.Ref).isParty {
				f.arrested(form, p.Ref, &iif.Arrest{})
			}
		}
		return
	}
	f.arrested(form, a.Ref, a)
}

func (f *folding) arrested(form *dated, ref string, a *iif.Arrest) {
	s := f.accused(ref, form)
	s.child = s.child || a.Kind == "apprehension"
	if personRules[content{"IIF3", cmp.Or(a.Kind, "arrest"), ""}].status != storage.Arrested {
		return
	}
	at := a.At
	if at.IsZero() {
		at = form.EventAt
	}
	day := f.day(form, iif.DateOf(at))
	s.arrests = append(s.arrests, day)
	f.c.ArrestedOn = earliest(f.c.ArrestedOn, day)
	f.c.ProducedOn = earliest(f.c.ProducedOn, f.day(form, iif.DateOf(a.ProducedAt)))
	if f.beforeFIR(day) {
		f.flag(FlagArrest)
	}
	if !a.ProducedAt.IsZero() && a.ProducedAt.Before(at) {
		f.flag(FlagProduced)
	}
}

// accused is the subject that a part names as an accused.
func (f *folding) accused(ref string, form *dated) *subject {
	s := f.persons.speak(ref, form)
	s.accused = true
	return s
}

// report notes an IIF5.
func (f *folding) report(form *dated) {
	r := form.Report
	if r == nil {
		r = &iif.Report{}
	}
	day := f.day(form, dayOr(r.Date, form.EventAt))
	if f.beforeFIR(day) {
		f.flag(FlagReport)
	}
	if day >= f.c.ReportedOn {
		f.c.ReportedOn = day
	}
	charges := len(r.Charged) > 0
	for i := range r.Charged {
		c := &r.Charged[i]
		s := f.accused(c.Ref, form)
		s.reports = append(s.reports, reported{day, content{"IIF5", "charge-sheeted", c.Standing}, form})
		if c.ArrestedOn != "" {
			s.arrests = append(s.arrests, f.day(form, c.ArrestedOn))
		}
		f.cite(s, c.Sections)
	}
	for _, u := range r.NotCharged {
		s := f.accused(u.Ref, form)
		s.reports = append(s.reports, reported{day, content{"IIF5", "not charge-sheeted", ""}, form})
	}
	switch {
	case r.Type != "" && r.Type != "charge-sheeted":
		f.closures = append(f.closures, reported{day, content{"IIF5", r.Type, ""}, form})
	case len(r.Charged)+len(r.NotCharged) == 0:
		charges = f.unlisted(form, day) || charges
	}
	if charges || r.Type == "charge-sheeted" {
		f.c.ChargeSheetOn = earliest(f.c.ChargeSheetOn, day)
	}
}

// unlisted notes the accused of an IIF5 that has no list of them.
func (f *folding) unlisted(form *dated, day iif.Date) bool {
	found := false
	for i := range form.Persons {
		if p := &form.Persons[i]; p.Role == storage.Accused {
			s := f.accused(p.Ref, form)
			s.reports = append(s.reports, reported{day, content{"IIF5", "charge sheet", noList}, form})
			s.flags = append(s.flags, FlagReportUnclear)
			found = true
		}
	}
	if found {
		f.flag(FlagReportUnclear)
	}
	return found
}

// court notes an IIF6.
func (f *folding) court(form *dated) {
	t := form.Trial
	if t == nil {
		t = &iif.Trial{}
	}
	f.c.ChargeSheetOn = cmp.Or(f.c.ChargeSheetOn, f.day(form, t.SheetOn))
	f.c.CognizanceOn = max(f.c.CognizanceOn, f.day(form, t.CognizanceOn))
	f.c.ChargedOn = max(f.c.ChargedOn, f.day(form, t.ChargedOn))
	day := dayOr(t.JudgmentOn, form.EventAt)
	for i := range form.Disposals {
		d := &form.Disposals[i]
		on := f.day(form, cmp.Or(d.Date, day))
		s := f.accused(d.Ref, form)
		s.child = s.child || d.Result == "referred to JJB"
		s.court = append(s.court, decision{date: on, disposal: d, charged: t.ChargedOn != "" && t.ChargedOn <= restored(on)})
		f.cite(s, d.Sections)
		if personRules[content{"IIF6", d.Result, ""}].status != unchanged {
			f.c.JudgmentOn = max(f.c.JudgmentOn, on)
		}
	}
	for i := range form.PropertyOrder {
		o := &form.PropertyOrder[i]
		on := f.day(form, cmp.Or(o.Date, day))
		if s := f.vehicles.find(o.Ref); s != nil {
			s.speak(form)
			s.moves = append(s.moves, move{on, content{"IIF6", o.Order, ""}, "", form})
		} else {
			f.item(o.Ref).state(on, itemStates[o.Order])
		}
	}
}

// appeals notes an IIF7.
func (f *folding) appeals(form *dated) {
	for i := range form.Appeals {
		a := &form.Appeals[i]
		on := f.day(form, dayOr(a.Date, form.EventAt))
		s := f.accused(a.Ref, form)
		f.secret(a.Sections)
		s.court = append(s.court, decision{date: on, appeal: a})
		if a.Result != "pending" {
			f.c.AppealOn = max(f.c.AppealOn, on)
		}
	}
}

// secret makes the case secret if one of the sections does.
func (f *folding) secret(sections []iif.Section) {
	for _, s := range sections {
		if book().section(s) {
			f.secretUnder(book().citedUnder(s.Act + " ; " + s.Section)...)
		}
	}
}

// secretUnder makes the case secret, and notes under what.
func (f *folding) secretUnder(sources ...string) {
	f.c.Sensitive = true
	f.under = addAll(f.under, sources)
}

// underMark is under what a case is secret that a form marks as such.
const underMark = "marked sensitive (YBA)"

// cite adds sections that concern this accused.
func (f *folding) cite(s *subject, sections []iif.Section) {
	f.secret(sections)
	s.sections = addCited(s.sections, sections)
}

// An item is one piece of property while the forms are read.
type item struct {
	newest iif.Item
	on     iif.Date // of its state
	latest string   // its state
	known  bool     // a form describes it
}

func (f *folding) item(ref string) *item {
	i := f.items[ref]
	if i == nil {
		if f.items == nil {
			f.items = make(map[string]*item)
		}
		i = &item{}
		f.items[ref] = i
	}
	return i
}

// itemsOf notes the property of a form; the newest form describes it, the latest day tells its state.
func (f *folding) itemsOf(form *dated) {
	for _, p := range form.Property {
		i := f.item(p.Ref)
		i.newest, i.known = p, true
		i.state(f.day(form, dayOr(p.StateOn, form.EventAt)), p.State)
	}
}

func (i *item) state(on iif.Date, state string) {
	if state != "" && on >= i.on {
		i.on, i.latest = on, state
	}
}

// property lists the items by ref.
func (f *folding) property() {
	for _, i := range f.items {
		if i.known {
			i.newest.State, i.newest.StateOn = i.latest, i.on
			f.c.Property = append(f.c.Property, i.newest)
		}
	}
	slices.SortFunc(f.c.Property, func(a, b iif.Item) int { return cmp.Compare(a.Ref, b.Ref) })
}
