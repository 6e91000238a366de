package page

import (
	"slices"
	"strings"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// An Entry is one line of the list: one person or vehicle with its cases, or namesakes that nothing told apart.
type Entry struct {
	Hit   *query.Hit
	Cases []CaseRef
	Open  bool // shown with its reasons at first

	Same     []Entry // namesakes; Hit is nil
	Name     string  // theirs
	Count    int     // records that bear it
	AtLeast  bool    // and perhaps more
	Question string  // what would part them
	Sought   int     // how many of Same are outstanding
}

// A CaseRef is a case in which somebody stands.
type CaseRef struct {
	FIR, Number, Station, District, Status string
	Sought                                 bool
}

// entriesOf lays out the hits of an answer: strong ones and the best leads in the list, the rest as weaker.
func (l Lang) entriesOf(a *query.Answer) (list, weaker []Entry) {
	bundles := bundled(a)
	inBundle := map[string]int{}
	for i, b := range bundles {
		for _, id := range b {
			inBundle[id] = i + 1
		}
	}
	at := map[string]int{} // in all, by who it is
	of := make([]int, len(bundles)+1)
	var all []Entry
	for i := range a.Hits {
		h := &a.Hits[i]
		if b := inBundle[h.HitID]; b > 0 {
			if of[b] == 0 {
				g := groupOf(a, h.HitID)
				all = append(all, Entry{Name: g.Name, Count: max(g.Records, len(bundles[b-1])), AtLeast: g.RecordsAre == "at_least", Question: l.question(g.Narrow)})
				of[b] = len(all)
			}
			e := &all[of[b]-1]
			e.Same = append(e.Same, Entry{Hit: h, Cases: []CaseRef{caseRef(h)}})
			if storage.Outstanding(h.Record.Status) {
				e.Sought++
			}
			continue
		}
		who := whoIs(h)
		if j, ok := at[who]; ok && who != "" {
			all[j].Cases = append(all[j].Cases, caseRef(h))
			continue
		}
		at[who] = len(all)
		all = append(all, Entry{Hit: h, Cases: []CaseRef{caseRef(h)}})
	}
	return parted(all)
}

// mostListed is how many entries stand in the list before the rest folds away: as many as one compares with the eye.
const mostListed = 10

// weakLead is the score below which a lead is a weak one: nineteen in twenty of them are somebody else. A name alone seldom gets further.
const weakLead = 0.05

// parted folds the weak entries away: all leads behind strong hits; among leads those of less than a quarter of the best one's
// score, weak ones where that is none, and all beyond ten. Where all are weak the best are listed, to be compared, and are said to be weak.
func parted(all []Entry) (list, weaker []Entry) {
	if len(all) == 0 {
		return nil, nil
	}
	best := all[0].first()
	cut := len(all)
	for i, e := range all {
		h := e.first()
		if best.Class != query.Lead && h.Class == query.Lead || best.Class == query.Lead && (h.Score < best.Score/4 || h.Score < weakLead && best.Score >= weakLead) || i == mostListed && h.Class == query.Lead {
			cut = i
			break
		}
	}
	list, weaker = all[:cut:cut], all[cut:]
	list[0].Open = len(list) == 1 || best.Class != query.Lead
	return list, weaker
}

func (e *Entry) first() *query.Hit {
	if e.Hit != nil {
		return e.Hit
	}
	return e.Same[0].Hit
}

// fewest is how many hits of one name and equal evidence become one line.
const fewest = 3

// bundled are the ids of hits that nothing told apart: leads of one name with the best score of their group.
func bundled(a *query.Answer) (bundles [][]string) {
	score := map[string]float64{}
	for _, h := range a.Hits {
		if h.Class == query.Lead {
			score[h.HitID] = h.Score
		}
	}
	for _, g := range a.Groups {
		if len(g.Narrow) == 0 || len(g.Hits) == 0 {
			continue
		}
		best, ok := score[g.Hits[0]]
		ids := slices.DeleteFunc(slices.Clone(g.Hits), func(id string) bool { s, lead := score[id]; return !lead || s != best })
		if ok && len(ids) >= fewest {
			bundles = append(bundles, ids)
		}
	}
	return bundles
}

func groupOf(a *query.Answer, id string) query.Group {
	for _, g := range a.Groups {
		if slices.Contains(g.Hits, id) {
			return g
		}
	}
	return query.Group{}
}

// whoIs tells one person or vehicle from others, over cases: the same name, father, year of birth and place, or the same plate
// and chassis number. It is "" where too little is known.
func whoIs(h *query.Hit) string {
	r := &h.Record
	parts := []string{r.Name, r.Relative, yearOf(r.BirthYear), r.Place}
	if r.Kind == string(storage.Vehicle) {
		parts = []string{r.Registration, r.Chassis}
	}
	for i, p := range parts {
		if parts[i] = strings.ToLower(strings.Join(strings.Fields(p), " ")); parts[i] == "" {
			return ""
		}
	}
	return r.Kind + "\x00" + strings.Join(parts, "\x00")
}

func yearOf(year int) string {
	if year == 0 {
		return ""
	}
	return plain(year)
}

func caseRef(h *query.Hit) CaseRef {
	r := &h.Record
	return CaseRef{FIR: r.FIR, Number: caseNumber(r.FIR), Station: stationOf(r), District: r.District, Status: r.Status, Sought: storage.Outstanding(r.Status)}
}

// relation is how a relative stands before a name: s/o, d/o, w/o.
func (l Lang) relation(r *query.View) string {
	switch {
	case r.Relation == "husband":
		return l.say(phrase.WifeOf)
	case r.Relation == "guardian" || r.Relation == "wife":
		return l.say(phrase.CareOf)
	case r.Gender == "F":
		return l.say(phrase.DaughterOf)
	}
	return l.say(phrase.SonOf)
}

// A Pair is a run of letters of two spellings laid side by side.
type Pair struct {
	Asked, Held string
	Same        bool
}

// aligned joins what the scorer laid side by side letter by letter into runs that agree and runs that differ.
func aligned(letters [][2]string) (pairs []Pair) {
	for _, l := range letters {
		same := l[0] == l[1]
		if n := len(pairs); same && n > 0 && pairs[n-1].Same {
			pairs[n-1].Asked += l[0]
			pairs[n-1].Held += l[1]
			continue
		}
		pairs = append(pairs, Pair{l[0], l[1], same})
	}
	return pairs
}
