package query_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// askedBy are the records that somebody is told of, and how many the answer counts.
func (w *world) askedBy(who access.Identity, r query.PersonRequest) (ids []string, a *query.Answer) {
	w.t.Helper()
	r.Reason = "FIR 1/2026"
	a, err := w.e.Search(context.Background(), who, &r)
	if errors.Is(err, query.ErrNotAllowed) {
		return []string{"refused"}, nil
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.checkAnswer(a)
	for _, h := range a.Hits {
		ids = append(ids, h.Record.ID)
	}
	if a.Total != len(ids) {
		w.t.Errorf("%d hits, %d counted", len(ids), a.Total)
	}
	return ids, a
}

// TestPartiesByRole: victims, complainants and witnesses of ordinary cases are found by their role, by whom the policy lets
// ask for it, as far as it lets him; and by nobody otherwise.
func TestPartiesByRole(t *testing.T) {
	const own, other, assigned = "13225008230001", "13226001230001", "13227001230001"
	w := openWith(t, "", func(o *query.Options) {
		o.Case = func(c *storage.Case, _ [][]byte, _ bool, _ func(string) (bool, error)) (query.CaseView, error) {
			if c.FIR == assigned {
				return sightCase{heldCase(c.FIR), "HR-4711", new(storage.Sight)}, nil
			}
			return heldCase(c.FIR), nil
		}
	})
	for _, fir := range []string{own, other, assigned} {
		w.put(fir, &storage.Record{Name: "Kamlesh Dhanda", Role: "victim", Visibility: storage.Party},
			&storage.Record{Name: "Kamlesh Dhanda", Role: "witness", Visibility: storage.Party},
			&storage.Record{Name: "Kamlesh Dhanda", Role: "victim", Visibility: storage.Masked},
			&storage.Record{Name: "Kamlesh Dhanda", Role: "victim", Visibility: storage.Sealed},
			&storage.Record{Name: "Kamlesh Dhanda", Role: "victim", Visibility: storage.Child})
	}
	f := func(what string, who access.Identity, roles []string, want ...string) {
		t.Helper()
		for _, r := range []query.PersonRequest{{Name: "Kamlesh Dhandha", Role: roles}, {Name: "कमलेश ढांडा", Role: roles}} {
			got, _ := w.askedBy(who, r)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%s asks for %q of %v and is told of %v, want %v", what, r.Name, roles, got, want)
			}
		}
		one := &query.PersonRequest{Name: "Kamlesh Dhandha", Role: roles, Common: query.Common{Reason: "FIR 1/2026"}}
		for _, fir := range []string{own, other, assigned} {
			for _, ref := range []string{"/p/A1", "/p/A2", "/p/A3", "/p/A4", "/p/A5"} {
				_, found, err := w.e.Weigh(context.Background(), who, one, fir+ref)
				if found != slices.Contains(want, fir+ref) || err != nil && !errors.Is(err, query.ErrNotAllowed) {
					t.Errorf("%s weighs %s: %v, %v", what, fir+ref, found, err)
				}
			}
		}
	}
	victim, witness := []string{"victim"}, []string{"witness"}
	sho := person(access.RoleSHO, "13225008", access.StationLevel)
	f("bureau", person(access.RoleBureau, "", access.StateLevel), victim, own+"/p/A1", other+"/p/A1", assigned+"/p/A1")
	f("bureau", person(access.RoleBureau, "", access.StateLevel), []string{"witness", "victim"}, own+"/p/A1", own+"/p/A2", other+"/p/A1", other+"/p/A2", assigned+"/p/A1", assigned+"/p/A2")
	f("the station", sho, victim, own+"/p/A1")
	f("the station", sho, witness, own+"/p/A2")
	f("the station", sho, []string{"complainant"})
	f("the station", sho, nil)
	f("the station", sho, []string{"accused"})
	f("the investigating officer", person(access.RoleIO, "13225008", access.StationLevel), victim, assigned+"/p/A1")
	f("a constable", person(access.RoleConstable, "13225008", access.StationLevel), victim, "refused")
	f("a prison", person(access.RolePrison, "", access.StateLevel), []string{"accused", "victim"}, "refused")
	if ids, a := w.askedBy(sho, query.PersonRequest{Station: "13225008", Role: victim}); len(ids) > 0 || len(a.Remarks) != 1 {
		t.Errorf("parties are listed by their station: %v, %q", ids, a.Remarks)
	}
}

// TestMaskedLeavesNoTrace: an answer is the same, count by count, whether the masked are held or not.
func TestMaskedLeavesNoTrace(t *testing.T) {
	answers := func(masked bool) (all []*query.Answer) {
		w := open(t, "")
		for _, fir := range []string{"13225008230001", "13225008230002", "13225008230003"} {
			rs := []*storage.Record{{Name: "Kamlesh Dhanda", Role: "victim", Visibility: storage.Party}, {Name: "Kamlesh Dhanda", Role: "accused"}}
			for _, v := range []storage.Visibility{storage.Masked, storage.Sealed, storage.Child} {
				if masked {
					rs = append(rs, &storage.Record{Name: "Savitri Ahlawat", Relatives: []string{"Dharmpal Ahlawat"}, Role: "victim", Visibility: v},
						&storage.Record{Name: "Kamlesh Dhanda", Role: "victim", Visibility: v, Places: []string{"Narwana"}})
				}
			}
			w.put(fir, rs...)
		}
		for _, r := range []query.PersonRequest{{Name: "Savitri Ahlawat"}, {Name: "Savitri"}, {Relative: "Dharmpal Ahlawat"}, {Name: "Kamlesh Dhanda"},
			{Name: "Kamlesh Dhanda", Place: "Narwana"}, {Name: "Kamlesh"}, {Station: "13225008"}} {
			for _, roles := range [][]string{nil, {"victim"}, {"accused", "victim", "witness", "complainant"}} {
				r.Role = roles
				_, a := w.askedBy(person(access.RoleBureau, "", access.StateLevel), r)
				a.SearchID, a.TookUS, a.Through = "", 0, query.Through{}
				for i := range a.Hits {
					a.Hits[i].HitID = ""
				}
				for i := range a.Groups {
					a.Groups[i].Hits = nil
				}
				all = append(all, a)
			}
		}
		return all
	}
	with, without := answers(true), answers(false)
	for i := range with {
		if got, want := marshal(with[i]), marshal(without[i]); got != want || with[i].Considered != without[i].Considered {
			t.Errorf("question %d is answered\n%s\nwhere the masked are held, else\n%s", i, got, want)
		}
	}
}

// TestRolesAreOneList: who asks for the accused and for parties has one list, in the order of class and score, no longer than
// he asked for, with ids and groups of its own, and counts both.
func TestRolesAreOneList(t *testing.T) {
	w := open(t, "")
	for _, fir := range []string{"13225008230001", "13225008230002", "13225008230003"} {
		w.put(fir, &storage.Record{Name: "Kamlesh Dhanda", Role: "victim", Visibility: storage.Party, Gender: "F"}, &storage.Record{Name: "Kamlesh Dhanda"},
			&storage.Record{Name: "Kamlesh Dhand", Role: "witness", Visibility: storage.Party})
	}
	limit := 5
	r := query.PersonRequest{Name: "Kamlesh Dhanda", Gender: "F", Role: []string{"victim", "accused", "witness"}, Common: query.Common{Limit: &limit, Reason: "FIR 1/2026"}}
	a, err := w.e.Search(context.Background(), access.Program("test"), &r)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Hits) != limit || a.Total != 9 {
		t.Fatalf("%d hits of %d", len(a.Hits), a.Total)
	}
	roles, ids := map[string]int{}, map[string]bool{}
	for i, h := range a.Hits {
		roles[h.Record.Role]++
		ids[h.HitID] = true
		if i > 0 && h.Class == a.Hits[i-1].Class && h.Score > a.Hits[i-1].Score {
			t.Errorf("hit %d has score %v, the one before %v", i, h.Score, a.Hits[i-1].Score)
		}
	}
	if roles["victim"] != 3 || roles["accused"] == 0 && roles["witness"] == 0 || len(ids) != limit {
		t.Errorf("found %v under %d ids", roles, len(ids))
	}
	for _, g := range a.Groups {
		for _, id := range g.Hits {
			if !ids[id] {
				t.Errorf("group %s names the hit %s, which is none", g.Name, id)
			}
		}
	}
}

// TestALabelThatChanges: whoever becomes a party, or masked, is gone from where he was found at once, before anything
// derived has followed, and is found where he belongs afterwards.
func TestALabelThatChanges(t *testing.T) {
	w := open(t, "")
	const fir = "13225008230001"
	bureau := person(access.RoleBureau, "", access.StateLevel)
	held := func(role string, v storage.Visibility) {
		w.put(fir, &storage.Record{Name: "Kamlesh Dhanda", Role: role, Visibility: v})
	}
	f := func(step string, accused, victim bool) {
		t.Helper()
		for role, want := range map[string]bool{"accused": accused, "victim": victim} {
			ids, _ := w.askedBy(bureau, query.PersonRequest{Name: "Kamlesh Dhanda", Role: []string{role}})
			if (len(ids) > 0) != want {
				t.Errorf("%s: found by role %s: %v", step, role, ids)
			}
		}
	}
	held("accused", storage.Findable)
	f("accused", true, false)
	held("victim", storage.Party)
	f("a party", false, true)
	held("victim", storage.Masked)
	f("masked", false, false)
	held("victim", storage.Party)
	f("a party again", false, true)
	held("accused", storage.Findable)
	f("accused again", true, false)
}
