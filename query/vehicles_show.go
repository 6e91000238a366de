package query

import (
	"slices"
	"strconv"

	"anvesh/query/plate"
)

// show fills the answer with the best hits and their evidence, out of the register.
func (s *vehicleSearch) show() {
	a := s.a
	a.Hits = make([]Hit, len(s.hits.hits))
	for i := range s.hits.hits {
		h := &s.hits.hits[i]
		v := &s.g.vehicles[h.at]
		out := &a.Hits[i]
		out.HitID, out.Class, out.Score = a.SearchID+"-"+strconv.Itoa(i+1), h.class, round(s.score(h.weight))
		out.Record = s.g.view(v, h.recordID)
		s.e.nameStation(&out.Record)
		out.Why = explain(s.evidence(v, &out.Record), out.Score)
		for _, w := range out.Why {
			if w.Grade == plate.GradeContradicts && !slices.Contains(out.Conflict, w.Field) {
				out.Conflict = append(out.Conflict, w.Field)
			}
		}
		s.flag(v, out)
	}
}

// evidence writes down the evidence for a vehicle, line by line.
func (s *vehicleSearch) evidence(v *vehicle, w *View) []evidence {
	es := make([]evidence, 0, 6)
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
		e.found, e.grade, e.weight = s.written(v, w, n.kind, s.g.keyOf(n.kind, refs[0])), plate.GradeContradicts, numberOther
		return e
	}
	key := s.g.keyOf(n.kind, m.Ord)
	al := n.explain(key)
	if al.Grade == plate.GradeContradicts { // near by the search's lights: it is the best there is
		al.Grade = plate.GradeSpelling
	}
	e.found, e.grade, e.likeness, e.rule, e.weight = s.written(v, w, n.kind, key), al.Grade, al.Likeness, causesOf(al), n.weight(float64(m.Cost))
	return e
}

// written is a number of the vehicle as its record writes it.
func (s *vehicleSearch) written(v *vehicle, w *View, kind int, key string) string {
	if v.written == 0 {
		return key
	}
	canonical := plate.Number
	if kind == plateKind {
		canonical = func(s string) string { return plate.Parse(s).Canonical }
	}
	t, _ := s.g.asWritten.get(v.written)
	for _, text := range with(t[kind], parted(t[3+kind])) {
		if canonical(text) == key {
			return text
		}
	}
	return key
}

// causesOf says which characters were taken for which, and why.
func causesOf(al plate.Alignment) string {
	if len(al.Parts) == 0 {
		return ""
	}
	b := make([]byte, 0, 64)
	for i, p := range al.Parts {
		if i > 0 {
			b = append(b, ", "...)
		}
		switch {
		case p.Query == "":
			b = append(append(b, p.Found...), " not read"...)
		case p.Found == "":
			b = append(append(b, p.Query...), " too much"...)
		default:
			b = append(append(append(b, p.Query...), " for "...), p.Found...)
		}
		b = append(append(b, ": "...), p.Cause...)
	}
	return string(b)
}
