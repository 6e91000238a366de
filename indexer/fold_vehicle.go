package indexer

import (
	"cmp"
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// How a vehicle's status is found: the latest IIF1 is the ground, then seizures, releases, closures and the court's
// orders follow each other by their days; on one day by the forms' order.

// A move is one event in the life of a vehicle.
type move struct {
	date iif.Date
	rule content
	sent string // the sender's status
	form *dated
}

// vehicleMove is what an IIF1 or IIF4 says of the vehicle's status.
func vehicleMove(form *dated, v *iif.Vehicle) (move, bool) {
	m := move{rule: content{form.Form, "no status", ""}, sent: v.Status, form: form}
	switch {
	case form.Form != "IIF1" && form.Form != "IIF4":
		return m, false
	case v.Status != "":
		m.rule.says = "status"
	case form.Form == "IIF4" && v.ReleasedTo != "":
		m.rule.says = "released"
	case form.Form == "IIF4" && form.Seizure != nil:
		named := content{"IIF4", "nature " + form.Seizure.Nature, ""}
		if _, ok := vehicleRules[named]; ok {
			m.rule = named
		}
	}
	if form.Form == "IIF4" {
		switch {
		case v.StatusOn != "":
			m.date = v.StatusOn
		case m.rule.says == "released":
			m.date = iif.DateOf(form.EventAt)
		default:
			m.date = seizedOn(form)
		}
	}
	return m, true
}

// vehicleStatus applies the moves of s and the closures of the case in order of date.
func vehicleStatus(s *subject, closures []reported) string {
	moves := slices.Clone(s.moves)
	if n := len(closures); n > 0 {
		last := slices.MaxFunc(closures, func(a, b reported) int {
			return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.form.rank, b.form.rank))
		})
		moves = append(moves, move{date: last.date, rule: last.rule, form: last.form})
	}
	slices.SortStableFunc(moves, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.form.rank, b.form.rank))
	})
	status := vehicleRules[content{"any", "no status", ""}].status
	for _, m := range moves {
		after := vehicleRules[circumstance(m.rule, status)].status
		switch after {
		case unchanged:
			continue
		case asSent:
			after = m.sent
		}
		if m.rule.form == "IIF5" {
			s.speak(m.form)
		}
		status = after
	}
	return status
}

// circumstance adds to a rule what the status before it calls for.
func circumstance(c content, status string) content {
	when := ""
	switch {
	case c.form == "IIF4" && status == storage.Stolen:
		when = whenStolen
	case c.form == "IIF5" && (status == storage.Stolen || status == storage.Involved):
		when = notHeld
	}
	if with := (content{c.form, c.says, when}); vehicleRules[with].status != "" {
		return with
	}
	return c
}

// vehicleRecord makes the record of one vehicle.
func (f *folding) vehicleRecord(s *subject) storage.Record {
	r := f.record(s, storage.Vehicle, "/v/")
	for _, m := range slices.Backward(s.mentions) {
		v := m.vehicle
		r.Registration, r.Registrations = spell(r.Registration, r.Registrations, v.Registration)
		r.Chassis, r.Chassises = spell(r.Chassis, r.Chassises, v.Chassis)
		r.Engine, r.Engines = spell(r.Engine, r.Engines, v.Engine)
		r.Make = cmp.Or(r.Make, strings.TrimSpace(v.Make))
		r.Model = cmp.Or(r.Model, strings.TrimSpace(v.Model))
		r.Colour = cmp.Or(r.Colour, strings.TrimSpace(v.Colour))
	}
	r.Status = vehicleStatus(s, f.closed())
	r.Updated = s.updated
	if f.c.Sealed || f.hidden[s.ref] {
		r.Visibility = storage.Sealed
	}
	return r
}

// spell adds a spelling: the first becomes the main one, others are kept beside it.
func spell(first string, others []string, s string) (string, []string) {
	s = strings.TrimSpace(s)
	if first == "" || s == first {
		return cmp.Or(first, s), others
	}
	return first, add(others, s)
}
