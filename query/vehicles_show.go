package query

import (
	"slices"
	"strings"
	"time"

	"anvesh/query/phrase"
	"anvesh/query/plate"
	"anvesh/query/register"
	"anvesh/storage"
)

// shownLen is more than the bytes that most hits show, so that one block holds them.
const shownLen = 640

// show fills the answer with the best hits and their evidence, out of the register.
func (s *vehicleSearch) show() {
	a := s.a
	a.Hits = make([]Hit, s.hits.Len())
	s.text.reserve(len(a.Hits) * shownLen)
	for i := range s.hits.Items() {
		h := &s.hits.Items()[i]
		out := &a.Hits[i]
		out.HitID, out.Class, out.Score = s.text.hitID(a, i), h.class, round(s.score(h.weight, h.class))
		s.view(&out.Record, h.at)
		s.e.nameStation(&out.Record)
		es := s.evidence(h.at, &out.Record)
		out.Why = s.text.reasons(es, out.Score, s.hits.Len()-i)
		for _, w := range out.Why {
			if w.Grade == plate.GradeContradicts && !slices.Contains(out.Conflict, w.Field) {
				out.Conflict = append(out.Conflict, w.Field)
			}
		}
		s.flag(h.at, out)
		out.Record.cut()
	}
}

// view shows a vehicle as a searcher sees it, but for the names of its station.
func (s *vehicleSearch) view(w *View, at register.VehicleAt) {
	f := s.v.VehicleFacts(at)
	*w = View{Kind: string(storage.Vehicle), Station: s.v.Text(f.Station), Make: s.v.Text(f.Make), Model: s.v.Text(f.Model),
		Colour: s.v.Text(f.Colour), Status: storage.StatusAt(f.Status), Sections: s.v.SectionList(f.Sections),
		EventAt: time.Unix(f.Event, 0).In(storage.IST), Updated: time.Unix(f.Updated, 0).In(storage.IST)}
	w.ID, _ = s.text.id(s.v.VehicleID(s.text.scratch[:0], at)) // finish has asked whether it is shown
	w.FIR = w.ID[:strings.IndexByte(w.ID, '/')]
	s.texts, s.differ = s.v.ShowVehicle(at)
	for i, shown := range [...]*string{&w.Registration, &w.Chassis, &w.Engine} {
		kind := register.NumberKind(i)
		s.own[i] = s.v.AppendNumbers(s.own[i][:0], kind, at)
		if s.differ {
			*shown = s.text.unpack(s.texts.Numbers[i])
		} else if len(s.own[i]) > 0 {
			*shown = s.keyOf(kind, s.own[i][0])
		}
	}
	if s.differ {
		w.Registrations, w.Flags = s.text.parted(s.texts.Others[register.Registration]), s.text.parted(s.texts.Flags)
	}
}

// evidence writes down the evidence for a vehicle, line by line; it is good until the next call.
func (s *vehicleSearch) evidence(at register.VehicleAt, w *View) []evidence {
	es := s.lines[:0]
	for i := range s.asked {
		es = append(es, s.numberEvidence(&s.asked[i], w))
	}
	make := 0.
	for i, word := range s.v.AttributesOf(at) {
		k := &s.attributes[i]
		if k.folded == "" {
			continue
		}
		d := s.verdict(i, word)
		e := evidence{field: k.field, query: k.text, found: [...]string{w.Make, w.Model, w.Colour}[i], grade: d.grade, weight: d.weight}
		switch {
		case i == 0:
			make = d.weight
		case i == 1:
			e.weight = modelBeside(make, d.weight)
		}
		switch {
		case d.grade == "exact" && register.FoldWord(e.query) != register.FoldWord(e.found):
			e.likeness, e.say = 1, saySameColour
		case d.grade == "exact" || d.grade == "partial":
			e.likeness = 1
		case d.grade == "missing":
			e.say = sayNothingHeld
		}
		es = append(es, e)
	}
	s.lines = es
	return es
}

// numberEvidence explains the held number that fits what was asked best.
func (s *vehicleSearch) numberEvidence(n *askedNumber, w *View) evidence {
	e := evidence{field: n.field, query: n.text, grade: plate.GradeMissing, say: sayNothingHeld}
	refs := s.own[n.kind]
	if len(refs) == 0 {
		return e
	}
	e.say = ""
	m, ok := n.match(refs)
	if !ok && len(s.asked) > 1 {
		m, ok = s.compare(n, refs)
	}
	if !ok {
		e.found, e.grade, e.weight = s.written(w, n.kind, s.ownKey(w, n.kind, refs[0])), plate.GradeContradicts, numberOther
		return e
	}
	key := s.ownKey(w, n.kind, m.Ord)
	al := s.explain(n, key)
	if al.Grade == plate.GradeContradicts { // near by the search's lights: it is the best there is
		al.Grade = plate.GradeSpelling
	}
	e.found, e.grade, e.likeness, e.weight = s.written(w, n.kind, key), al.Grade, al.Likeness, n.weight(float64(m.Cost))
	e.rule, e.ruleHindi = s.text.causes(al.Parts, 0), s.text.causes(al.Parts, 1)
	unreadable := func(p plate.Part) bool { return p.Found == "?" }
	switch {
	case al.Grade != plate.GradePartial:
	case len(al.Parts) == 1 && al.Parts[0].Found == "": // what was read before it is not on record
		e.say, e.rule, e.ruleHindi = sayEndHeld, "", ""
	case len(al.Parts) > 0 && !slices.ContainsFunc(al.Parts, func(p plate.Part) bool { return !unreadable(p) }):
		e.say = sayUnreadable
	case n.wildcard():
		e.say = sayFits
	}
	return e
}

// shownNumber is the number of a kind as a hit shows it.
func shownNumber(w *View, kind register.NumberKind) string {
	return [...]string{w.Registration, w.Chassis, w.Engine}[kind]
}

// ownKey is keyOf a number of the hit that is shown.
func (s *vehicleSearch) ownKey(w *View, kind register.NumberKind, o register.NumberAt) string {
	if !s.differ && o == s.own[kind][0] {
		return shownNumber(w, kind)
	}
	return s.keyOf(kind, o)
}

// written is a number of the hit that is shown as its record writes it.
func (s *vehicleSearch) written(w *View, kind register.NumberKind, key string) string {
	one := shownNumber(w, kind)
	if !s.differ || one == key {
		return key
	}
	if len(s.own[0]) <= 1 && len(s.own[1]) <= 1 && len(s.own[2]) <= 1 {
		return one
	}
	for _, text := range slices.Concat([]string{one}, s.text.parted(s.texts.Others[kind])) {
		if text != "" && register.NumberOf(kind, text) == key { // a text of several numbers is none of them
			return text
		}
	}
	return key
}

// causes says which characters were taken for which, and why, in English (0) or Hindi (1).
func (a *arena) causes(parts []plate.Part, language int) string {
	for i, p := range parts {
		if i > 0 {
			a.add(", ")
		}
		lost, extra, instead := phrase.Misread(language)
		switch {
		case p.Query == "":
			a.add(p.Found, lost)
		case p.Found == "":
			a.add(p.Query, extra)
		case language == 0:
			a.add(p.Query, instead, p.Found)
		default:
			a.add(p.Found, instead, p.Query)
		}
		if cause := p.Cause; language == 0 {
			a.add(": ", cause)
		} else if hindi := phrase.CauseInHindi(cause); hindi != "" {
			a.add(": ", hindi)
		}
	}
	return a.end()
}
