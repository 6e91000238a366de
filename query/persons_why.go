package query

import (
	"fmt"
	"math"
	"strings"

	"anvesh/query/name"
	"anvesh/storage"
)

// What stands in a person's hit: the evidence of personSearch.weigh, line by line.

// show reads the records of the hits and fills the answer. A record that went meanwhile, or is to be hidden, is left out.
func (s *personSearch) show(ids []string) error {
	rs, err := s.e.store.GetAll(ids)
	if err != nil {
		return fmt.Errorf("query: read hits: %w", err)
	}
	hits := s.hits.hits[:0]
	for i, r := range rs {
		if findable(r) {
			rs[len(hits)] = r
			hits = append(hits, s.hits.hits[i])
		}
	}
	s.a.Total -= len(rs) - len(hits)
	rs = rs[:len(hits)]
	var text arena
	all := s.evidenceOf(rs)
	lines := 0
	for _, es := range all {
		lines += len(es)
	}
	why := make([]Why, lines)
	s.a.Hits = make([]Hit, 0, len(rs))
	for i, es := range all {
		score := math.Round(personScore(hits[i].weight, s.hits.records)*1e6) / 1e6 // six digits, since four make ties of the best hits
		text.explain(why[:len(es):len(es)], es, score)
		s.a.Hits = append(s.a.Hits, Hit{HitID: text.hitID(s.a, i), Class: hits[i].class,
			Score: score, Record: s.e.view(rs[i]), Why: why[:len(es):len(es)]})
		why = why[len(es):]
	}
	return nil
}

// evidenceOf writes down the evidence for each record: the same sum as weigh, line by line.
func (s *personSearch) evidenceOf(rs []*storage.Record) [][]evidence {
	g := s.e.reg
	g.mu.RLock()
	defer g.mu.RUnlock()
	es := make([][]evidence, len(rs))
	names, relatives := make([][]name.Name, len(rs)), make([][]name.Name, len(rs))
	for i, r := range rs {
		p := personReading(r)
		for _, n := range p.names {
			names[i] = append(names[i], n.Name)
		}
		relatives[i] = p.relatives
	}
	s.sources[byName].appendNames(es, "name", names, otherName)
	s.sources[byAlias].appendNames(es, "alias", names, 0) // nicknames are many: another one says nothing
	s.sources[byRelative].appendNames(es, "relative", relatives, otherName)
	for i, r := range rs {
		es[i] = s.appendFacts(es[i], r)
	}
	return es
}

// appendNames appends to the evidence of each record the alignment of q with the likest of its names, part by
// part; one line of weight other where none is like it. All names are compared at once: resolving q is most of the cost.
func (c *source) appendNames(es [][]evidence, field string, names [][]name.Name, other float64) {
	q := c.asked
	if q == nil {
		return
	}
	var distinct []name.Name // namesakes are compared once
	number := map[string]int{}
	for _, ns := range names {
		for _, n := range ns {
			if _, ok := number[n.Written]; !ok {
				number[n.Written] = len(distinct)
				distinct = append(distinct, n)
			}
		}
	}
	all := c.query.Compare(distinct...)
	for i, ns := range names {
		if len(ns) == 0 {
			es[i] = append(es[i], evidence{field: field, query: q.Written, grade: name.GradeMissing})
			continue
		}
		best := ns[0]
		for _, n := range ns[1:] {
			if all[number[n.Written]].Weight > all[number[best.Written]].Weight {
				best = n
			}
		}
		es[i] = appendAlignment(es[i], field, q, best, all[number[best.Written]], other)
	}
}

func appendAlignment(es []evidence, field string, q *name.Name, found name.Name, al name.Alignment, other float64) []evidence {
	if al.Weight <= other {
		e := evidence{field: field, query: q.Written, found: found.Written, grade: name.GradeContradicts, weight: other}
		if other == 0 {
			e.grade = name.GradeMissing
		}
		return append(es, e)
	}
	for _, p := range al.Parts {
		es = append(es, evidence{field, p.Query, p.Found, p.Grade, p.Rule, p.Weight, p.Likeness, p.Letters})
	}
	return es
}

func (s *personSearch) appendFacts(es []evidence, r *storage.Record) []evidence {
	if s.born {
		e := evidence{field: "birth_year", query: years(s.from, s.to), found: years(r.BirthFrom, r.BirthTo), grade: "missing"}
		if r.BirthFrom > 0 {
			e.weight, e.grade = birthEvidence(s.from, s.to, r.BirthFrom, r.BirthTo)
			e.likeness = likenessOf(e.grade)
		}
		es = append(es, e)
	}
	if s.r.Gender != "" {
		e := evidence{field: "gender", query: s.r.Gender, found: r.Gender, grade: "missing"}
		if r.Gender != "" {
			var same bool
			e.weight, same = genderEvidence(s.r.Gender[0], r.Gender[0])
			if e.grade = "contradicts"; same {
				e.grade, e.likeness = "exact", 1
			}
		}
		es = append(es, e)
	}
	if len(s.places) > 0 {
		es = append(es, s.placeEvidence(r))
	}
	return s.appendFilters(es, r)
}

// appendFilters says by which filters a record stands in the list; they are no evidence, and weigh nothing.
func (s *personSearch) appendFilters(es []evidence, r *storage.Record) []evidence {
	for _, f := range [][3]string{{"station", s.r.Station, r.Station}, {"district", s.r.District, r.Station},
		{"section", s.r.Section, strings.Join(r.Sections, ", ")}} {
		if f[1] != "" {
			es = append(es, evidence{field: f[0], query: f[1], found: f[2], grade: "exact", likeness: 1})
		}
	}
	return es
}

func (s *personSearch) placeEvidence(r *storage.Record) evidence {
	e := evidence{field: "place", query: s.r.Place, found: strings.Join(r.Places, "; "), grade: "missing"}
	if len(r.Places) == 0 {
		return e
	}
	common := overlap(s.places, personReading(r).places)
	e.weight = placeWeight(common, len(s.places))
	e.likeness = float64(common) / float64(len(s.places))
	switch common {
	case 0:
		e.grade = "contradicts"
	case len(s.places):
		e.grade = "sound"
	default:
		e.grade = "partial"
	}
	return e
}

func likenessOf(grade string) float64 {
	switch grade {
	case "exact", "partial":
		return 1
	case "contradicts":
		return 0
	}
	return 0.5
}

func years(from, to int) string {
	switch {
	case from == 0:
		return ""
	case from == to:
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}
