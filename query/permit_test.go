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

// person is somebody of that role who has shown the second factor; unit may be "" for the state.
func person(role, unit string, level access.Level) access.Identity {
	return access.Identity{KeyID: "abcdefgh", Name: role, Person: "HR-4711", Role: role, Unit: unit, Level: level, SecondFactor: true}
}

// TestThePolicyHoldsAtTheDoor: a search, a row of a list, the weight of a record and a case are refused to whom the policy does
// not give them, whoever calls the engine.
func TestThePolicyHoldsAtTheDoor(t *testing.T) {
	w := open(t, t.TempDir())
	w.put("13225008230001", &storage.Record{Name: "Virender Singh"}, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337"})
	ctx := context.Background()
	f := func(role, roleAsked string, persons, list, vehicles bool) {
		t.Helper()
		who := person(role, "", access.StateLevel)
		one := &query.PersonRequest{Name: "Virender Singh", Common: query.Common{Reason: "FIR 1/2026"}}
		if roleAsked != "" {
			one.Role = []string{"accused", roleAsked}
		}
		told := func(what string, err error, may bool) {
			t.Helper()
			if errors.Is(err, query.ErrNotAllowed) == may || may && err != nil {
				t.Errorf("%s, %s: %v, want allowed %v", role, what, err, may)
			}
		}
		_, err := w.e.Search(ctx, who, one)
		told("persons", err, persons)
		_, _, err = w.e.Weigh(ctx, who, one, "13225008230001/p/A1")
		told("weigh", err, persons)
		one.List = "a list"
		_, err = w.e.Search(ctx, who, one)
		told("row of a list", err, list)
		_, err = w.e.Search(ctx, who, &query.VehicleRequest{Registration: "HR26DK8337", Common: query.Common{Reason: "FIR 1/2026"}})
		told("vehicles", err, vehicles)
	}
	f(access.RoleBureau, "", true, true, true)
	f(access.RoleBureau, "victim", true, true, true)
	f(access.RoleConstable, "", true, true, true)
	f(access.RoleConstable, "victim", false, false, true)
	f(access.RoleSHO, "witness", true, true, true)
	f(access.RoleCourt, "", true, false, false)
	f(access.RoleForensics, "", false, false, true)
	f(access.RoleAuditor, "", false, false, false)
	f(access.RoleAdmin, "", false, false, false)
	f("root", "", false, false, false)
}

// TestCasesOfOtherUnits: who is shown the cases of his own unit learns nothing of another's, not even whether there is such a case.
func TestCasesOfOtherUnits(t *testing.T) {
	w := open(t, t.TempDir())
	w.put("13225008230001", &storage.Record{Name: "Virender Singh"})
	w.put("13225009230001", &storage.Record{Name: "Virender Singh"})
	f := func(who access.Identity, fir string, want error) {
		t.Helper()
		if _, err := w.e.Case(context.Background(), who, fir); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%s of %s, case %s: %v, want %v", who.Role, who.Unit, fir, err, want)
		}
		number, station := map[string]string{"01": "1/2023", "77": "77/2023"}[fir[12:]], fir[:8]
		found, err := w.e.FindCases(context.Background(), who, number, station)
		if !errors.Is(err, want) || (err == nil) != (want == nil) || want == nil && len(found.Cases) != 1 {
			t.Errorf("%s of %s, %s at %s: %v, want %v", who.Role, who.Unit, number, station, err, want)
		}
	}
	station := person(access.RoleConstable, "13225008", access.StationLevel)
	f(station, "13225008230001", nil)
	f(station, "13225009230001", query.ErrNotYours)
	f(station, "13225009230077", query.ErrNotYours) // there is none
	f(station, "13225008230077", query.ErrNotFound)
	f(person(access.RoleSHO, "13225008", access.StationLevel), "13225009230001", nil)
	attorney := person(access.RoleProsecution, "13225", access.DistrictLevel)
	f(attorney, "13225009230001", nil)
	f(person(access.RoleProsecution, "13226", access.DistrictLevel), "13225009230001", query.ErrNotYours)
	f(person(access.RoleProsecution, "", access.StationLevel), "13225009230001", query.ErrNotYours)
	f(person(access.RoleForensics, "", access.StateLevel), "13225009230001", query.ErrNotAllowed)
}

// A movedCase is one that another station keeps than its number says.
type movedCase struct{ heldCase }

func (c movedCase) Shown() (string, []storage.Record) {
	return string(c.heldCase), []storage.Record{{Station: "13226001"}}
}

// TestTransferredCase: the station that keeps a case is shown it, and the one that its number names.
func TestTransferredCase(t *testing.T) {
	w := openWith(t, t.TempDir(), func(o *query.Options) {
		o.Case = func(c *storage.Case, _ [][]byte, _ bool, _ func(string) (bool, error)) (query.CaseView, error) {
			return movedCase{heldCase(c.FIR)}, nil
		}
	})
	w.put("13225009230002", &storage.Record{Name: "Ram Mehar"})
	for station, want := range map[string]error{"13226001": nil, "13225009": nil, "13225008": query.ErrNotYours} {
		_, err := w.e.Case(context.Background(), person(access.RoleConstable, station, access.StationLevel), "13225009230002")
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("station %s: %v, want %v", station, err, want)
		}
	}
}

// A counter is a guard that admits so many questions.
type counter struct {
	room  int
	asked []access.Asked
	back  int
}

var errSpent = errors.New("spent")

func (c *counter) Admit(_ access.Identity, a access.Asked) error {
	if len(c.asked) == c.room {
		return errSpent
	}
	c.asked = append(c.asked, a)
	return nil
}

func (c *counter) Unanswered(access.Identity, access.Asked) { c.back++ }

// TestTheGuardIsAskedFirst: each question and each row is charged once, before anything is looked up, and what is not answered
// is given back; what the policy refuses is not charged.
func TestTheGuardIsAskedFirst(t *testing.T) {
	g := &counter{room: 4}
	w := openWith(t, t.TempDir(), func(o *query.Options) { o.Guard = g })
	ctx, who := context.Background(), person(access.RoleBureau, "", access.StateLevel)
	reason := query.Common{Reason: "FIR 1/2026"}
	f := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	_, err := w.e.Search(ctx, who, &query.PersonRequest{Name: "Virender", Alias: "Kala", Relative: "Om", Station: "13225008", Common: reason})
	f(err, nil)
	row := reason
	row.List = "l1"
	_, err = w.e.Search(ctx, who, &query.VehicleRequest{Registration: "HR26DK8337", District: "13225", Common: row})
	f(err, nil)
	_, err = w.e.Case(ctx, who, "13225008230077")
	f(err, query.ErrNotFound)
	_, err = w.e.FindCases(ctx, who, "77/2023", "13225008")
	f(err, query.ErrNotFound)
	_, err = w.e.Search(ctx, who, &query.PersonRequest{Name: "Virender", Common: reason})
	f(err, errSpent)
	_, err = w.e.Search(ctx, person(access.RoleAdmin, "", access.StateLevel), &query.PersonRequest{Name: "Virender", Common: reason})
	f(err, query.ErrNotAllowed)
	want := []access.Asked{
		{Kind: access.AskPerson, Texts: [3]string{"Virender", "Kala", "Om"}, Station: "13225008", Reason: "FIR 1/2026"},
		{Kind: access.AskVehicle, List: "l1", Texts: [3]string{"HR26DK8337"}, District: "13225", Reason: "FIR 1/2026"},
		{Kind: access.AskCase, Texts: [3]string{"13225008230077"}},
		{Kind: access.AskCase, Texts: [3]string{"77/2023"}, Station: "13225008"},
	}
	if !slices.Equal(g.asked, want) || g.back != 2 {
		t.Errorf("charged %+v, %d given back", g.asked, g.back)
	}
}
