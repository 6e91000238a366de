package indexer

import (
	"cmp"
	"slices"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// How an accused's status is found, by the stages of the law and the dates within them, never by arrival:
//
//  1. The sender's latest status in IIF1 and IIF4 is the ground, or [storage.Wanted].
//  2. An arrest lifts it, unless it claims a later stage.
//  3. The latest report that names the accused, by its date, replaces it; if none does, the latest closure of the case.
//     An arrest after it makes an absconder charge-sheeted, and one who was not charge-sheeted arrested again.
//  4. The court's decisions are walked by date. Disposals add up: any conviction counts. An appeal replaces what was
//     decided; after a remand only disposals of the later trial count. An appeal dated before the first judgment is taken
//     to follow it. Who was discharged may be charge-sheeted again by a later report, who was proclaimed is tried
//     again once he is arrested.

// A reported is what one final report says of an accused, named or by its closure type.
type reported struct {
	date iif.Date
	rule content
	form *dated
}

// A decision is one disposal, or one appeal, of an accused.
type decision struct {
	date     iif.Date
	disposal *iif.Result // nil for an appeal
	charged  bool        // the charge was framed by then
	appeal   *iif.Appeal
}

// personStatus is the status of the accused s, and whether an appeal's outcome had to be left open.
func personStatus(s *subject, closures []reported) (status string, unclear bool) {
	status = s.claim
	if status == "" {
		status = personRules[content{"any", "no status", ""}].status
	}
	rank := stages[status]
	arrest := lastDate(s.arrests)
	if rank <= 2 && arrest != "" {
		status = storage.Arrested
	}
	var report iif.Date
	if rank < 4 {
		status, report = reportStatus(s, closures, status)
		switch {
		case arrest <= report:
		case status == storage.NotChargeSheeted && report != "":
			status = storage.Arrested
		case (status == storage.Absconding || status == storage.Proclaimed) && report != "":
			status = storage.ChargeSheeted
		}
	}
	court, decided, unclear := courtStatus(s.court)
	switch {
	case court == "":
		return status, unclear
	case court == storage.Proclaimed && arrest > decided,
		court == storage.Discharged && report > decided && status == storage.ChargeSheeted:
		return storage.ChargeSheeted, unclear
	}
	return court, unclear
}

// reportStatus applies the reports in order of date: those that name the accused, or the closures if none does.
// date is that of the last one which changed the status.
func reportStatus(s *subject, closures []reported, before string) (status string, date iif.Date) {
	all := s.reports
	if len(all) == 0 {
		all = closures
	}
	slices.SortStableFunc(all, func(a, b reported) int { return cmp.Compare(a.date, b.date) })
	status = before
	for _, r := range all {
		rule := r.rule
		if status == storage.Absconding || status == storage.Proclaimed {
			sought := content{rule.form, rule.says, whenSought}
			if _, ok := personRules[sought]; ok {
				rule = sought
			}
		}
		if m := personRules[rule]; m.status != unchanged {
			status, date = m.status, r.date
			s.speak(r.form)
		}
	}
	return status, date
}

// courtStatus walks disposals and appeals by date. status is "" when the court decided nothing that changes it.
func courtStatus(all []decision) (status string, date iif.Date, unclear bool) {
	first := iif.Date("")
	for _, d := range all {
		if d.disposal != nil && (first == "" || d.date < first) {
			first = d.date
		}
	}
	for i := range all {
		if all[i].appeal != nil && all[i].appeal.Result != "pending" && !isAhead(all[i].date) {
			all[i].date = max(all[i].date, first)
		}
	}
	slices.SortStableFunc(all, func(a, b decision) int {
		if c := cmp.Compare(a.date, b.date); c != 0 {
			return c
		}
		return cmp.Compare(order(a), order(b))
	})
	for _, d := range all {
		if d.disposal != nil {
			after := disposalStatus(d)
			if after != unchanged {
				status, date = together(status, after), d.date
			}
			continue
		}
		after, open := appealStatus(d.appeal, status)
		unclear = unclear || open
		if after != unchanged {
			status, date = after, d.date
		}
	}
	return status, date, unclear
}

// order puts the disposals of a day before its appeals.
func order(d decision) int {
	if d.disposal != nil {
		return 0
	}
	return 1
}

// together adds a disposal to what was decided before it.
func together(before, after string) string {
	if before == storage.Convicted {
		return storage.Convicted
	}
	return after
}

// reopens reports whether the decision sends the accused to trial again.
func (d decision) reopens() bool {
	return d.appeal != nil && (d.appeal.Effect == "retrial" || d.appeal.Effect == "" && d.appeal.Result == "remanded")
}

func disposalStatus(d decision) string {
	c := content{"IIF6", d.disposal.Result, ""}
	if d.charged {
		c.when = afterCharge
		if m, ok := personRules[c]; ok {
			return m.status
		}
		c.when = ""
	}
	return personRules[c].status
}

// appealStatus is what an appeal makes of the status before it. open says that its outcome was not told.
func appealStatus(a *iif.Appeal, before string) (status string, open bool) {
	if a.Effect != "" && a.Result != "pending" {
		return appealRules[content{"IIF7", "effect " + a.Effect, ""}].status, false
	}
	against := appealAgainst(a.Kind, before)
	status = appealRules[content{"IIF7", a.Result, against}].status
	open = status == unchanged && (a.Result == "allowed" || a.Result == "modified")
	return status, open
}

// appealAgainst tells what was decided below, by the record first and the appeal's kind second.
func appealAgainst(kind, before string) string {
	switch {
	case kind == "acquittal", before == storage.Acquitted, before == storage.Discharged:
		return againstAcquittal
	case kind == "sentence", kind == "enhancement", kind == "death reference":
		return againstSentence
	case kind == "conviction", before == storage.Convicted:
		return againstConviction
	}
	return againstUnknown
}

func lastDate(dates []iif.Date) iif.Date {
	last := iif.Date("")
	for _, d := range dates {
		last = max(last, d)
	}
	return last
}
