package query

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
)

// Complainants, victims and witnesses of ordinary cases are found by role, by whom the policy lets ask for it and as far as
// it lets him: they are held apart from the accused (register.Parties), so that nothing of an answer about the accused tells
// of them. Who is masked or sealed is not held at all: no name, relative or place finds them, whoever asks.

// labelsOf are the labels that roles are held under; without a role the accused are meant.
func labelsOf(roles []string) (list []register.Label) {
	if len(roles) == 0 || slices.Contains(roles, storage.Accused) {
		list = append(list, register.Findable)
	}
	if slices.ContainsFunc(roles, func(role string) bool { return role != storage.Accused }) {
		list = append(list, register.Parties)
	}
	return list
}

// mostOwnCases is how many cases one search reads to learn whether the asker is assigned to them.
const mostOwnCases = 200

// mayTell tells of a party whether the search asks for its part in the case, and the asker may be told: it is a filter, so
// that who may not be told of is neither ranked nor counted.
func (s *personSearch) mayTell(who access.Identity) func(at register.PersonAt, f *register.PersonFacts) bool {
	roles := map[uint8]access.Action{}
	for _, role := range s.r.Role {
		if role != storage.Accused {
			roles[storage.RoleRank(role)] = access.SearchFor(role)
		}
	}
	type where struct {
		role    uint8
		station register.Word
	}
	known, cases := map[where]bool{}, map[string]bool{}
	return func(at register.PersonAt, f *register.PersonFacts) bool {
		action, asked := roles[f.Role]
		if !asked {
			return false
		}
		w := where{f.Role, f.Station}
		may, met := known[w]
		if !met {
			may = who.MayAt(action, s.e.placeOf(s.v.Text(f.Station)))
			known[w] = may
		}
		if may || who.Reach(action) != access.OwnCase {
			return may
		}
		id, _ := s.v.PersonID(nil, at)
		fir, _, _ := strings.Cut(string(id), "/")
		assigned, met := cases[fir]
		if !met {
			if len(cases) == mostOwnCases {
				s.a.Complete = false
				return false
			}
			v, err := s.e.viewCase(fir, false, nil)
			assigned = err == nil && v.Assigned(who.Person)
			cases[fir] = assigned
		}
		return who.MayAt(action, access.Place{Assigned: assigned})
	}
}

// join puts the hits of another search into the order of a's, the best of both up to limit. a may be nil.
func (a *Answer) join(b *Answer, limit int) *Answer {
	if a == nil {
		return b
	}
	hits := append(a.Hits, b.Hits...)
	slices.SortStableFunc(hits, func(x, y Hit) int {
		order := cmp.Or(cmp.Compare(rank(x.Class), rank(y.Class)), cmp.Compare(y.Score, x.Score), y.Record.Updated.Compare(x.Record.Updated))
		return cmp.Or(order, register.OrderOf(x.Record.ID).Compare(register.OrderOf(y.Record.ID)))
	})
	a.Hits = hits[:min(len(hits), limit)]
	a.Groups = append(a.Groups, b.Groups...)
	named := map[string]string{} // hit ids as they were, and as they are
	for i := range a.Hits {
		h := &a.Hits[i]
		id := fmt.Sprintf("%s-%d", a.SearchID, i+1)
		named[h.HitID], h.HitID = id, id
	}
	for i := range a.Groups {
		var list []string
		for _, id := range a.Groups[i].Hits {
			if now := named[id]; now != "" {
				list = append(list, now)
			}
		}
		a.Groups[i].Hits = list
	}
	a.Groups = slices.DeleteFunc(a.Groups, func(g Group) bool { return len(g.Hits) == 0 })
	a.Total += b.Total
	if b.TotalIs == atLeast {
		a.TotalIs = atLeast
	}
	a.Complete = a.Complete && b.Complete
	a.Considered += b.Considered
	for i := range b.Remarks {
		a.remark(b.Remarks[i], b.RemarksHi[i])
	}
	return a
}
