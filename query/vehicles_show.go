package query

import (
	"slices"
	"strings"
	"time"

	"anvesh/query/plate"
	"anvesh/storage"
)

// shownLen is more than the bytes that most hits show, so that one block holds them.
const shownLen = 640

// show fills the answer with the best hits and their evidence, out of the register.
func (s *vehicleSearch) show() {
	a := s.a
	a.Hits = make([]Hit, len(s.hits.hits))
	s.text.room(len(a.Hits) * shownLen)
	for i := range s.hits.hits {
		h := &s.hits.hits[i]
		v := &s.g.vehicles[h.at]
		out := &a.Hits[i]
		out.HitID, out.Class, out.Score = s.text.hitID(a, i), h.class, round(s.score(h.weight))
		s.view(&out.Record, v)
		s.e.nameStation(&out.Record)
		es := s.evidence(v, &out.Record)
		out.Why = s.text.reasons(es, out.Score, len(s.hits.hits)-i)
		for _, w := range out.Why {
			if w.Grade == plate.GradeContradicts && !slices.Contains(out.Conflict, w.Field) {
				out.Conflict = append(out.Conflict, w.Field)
			}
		}
		s.flag(v, out)
	}
}

// view shows a vehicle as a searcher sees it, but for the names of its station.
func (s *vehicleSearch) view(w *View, v *vehicle) {
	g, words := s.g, s.g.words.text
	*w = View{ID: s.text.recordID(g, v.id), Kind: string(storage.Vehicle), Station: words[v.station], Make: words[v.make], Model: words[v.model],
		Colour: words[v.colour], Status: statuses[v.status], Sections: g.sections[v.sections],
		EventAt: time.Unix(v.event, 0).In(India), Updated: time.Unix(v.updated, 0).In(India)}
	w.FIR = w.ID[:strings.IndexByte(w.ID, '/')]
	if v.written > 0 {
		t := g.writtenBy(v)
		for i, shown := range [...]*string{&w.Registration, &w.Chassis, &w.Engine} {
			*shown = s.text.unpack(t[i])
		}
		w.Registrations, w.Flags = parted(s.text.unpack(t[3])), parted(s.text.unpack(t[6]))
		return
	}
	for kind, shown := range [...]*string{&w.Registration, &w.Chassis, &w.Engine} {
		if refs := g.refs(v, kind); len(refs) > 0 {
			*shown = s.keyOf(kind, refs[0])
		}
	}
}

// evidence writes down the evidence for a vehicle, line by line; it is good until the next call.
func (s *vehicleSearch) evidence(v *vehicle, w *View) []evidence {
	es := s.lines[:0]
	for i := range s.asked {
		es = append(es, s.numberEvidence(&s.asked[i], v, w))
	}
	make := 0.
	for i, word := range s.g.kinds.of(v) {
		k := &s.kinds[i]
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
		if d.grade == "exact" || d.grade == "partial" {
			e.likeness = 1
		}
		es = append(es, e)
	}
	s.lines = es
	return es
}

// numberEvidence explains the held number that fits what was asked best.
func (s *vehicleSearch) numberEvidence(n *askedNumber, v *vehicle, w *View) evidence {
	e := evidence{field: n.field, query: n.text, grade: plate.GradeMissing}
	refs := s.g.refs(v, n.kind)
	if len(refs) == 0 {
		return e
	}
	m, ok := n.match(refs)
	if !ok && len(s.asked) > 1 {
		m, ok = s.compare(n, refs)
	}
	if !ok {
		e.found, e.grade, e.weight = s.written(v, w, n.kind, refs[0]), plate.GradeContradicts, numberOther
		return e
	}
	al := s.explain(n, m.Ord)
	if al.Grade == plate.GradeContradicts { // near by the search's lights: it is the best there is
		al.Grade = plate.GradeSpelling
	}
	e.found, e.grade, e.likeness, e.rule, e.weight = s.written(v, w, n.kind, m.Ord), al.Grade, al.Likeness, s.text.causes(al.Parts), n.weight(float64(m.Cost))
	return e
}

// written is a number of the vehicle as its record writes it.
func (s *vehicleSearch) written(v *vehicle, w *View, kind int, ordinal uint32) string {
	key := s.keyOf(kind, ordinal)
	if v.written == 0 {
		return key
	}
	one := [...]string{w.Registration, w.Chassis, w.Engine}[kind]
	if v.several == 0 || one == key { // the only one, or the one
		return one
	}
	t := s.g.writtenBy(v)
	for _, text := range with(one, parted(s.text.unpack(t[3+kind]))) {
		if numberOf(kind, text) == key {
			return text
		}
	}
	return key
}

// causes says which characters were taken for which, and why.
func (a *arena) causes(parts []plate.Part) string {
	for i, p := range parts {
		if i > 0 {
			a.add(", ")
		}
		switch {
		case p.Query == "":
			a.add(p.Found, " not read")
		case p.Found == "":
			a.add(p.Query, " too much")
		default:
			a.add(p.Query, " for ", p.Found)
		}
		a.add(": ", p.Cause)
	}
	return a.end()
}
