package query_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// TestEnter: each role enters its own forms of its own cases and no others, under its own name; machines and the bureau all.
func TestEnter(t *testing.T) {
	w := open(t, "")
	const own, other, moved = "13225008230001", "13226003230001", "13226003230002"
	w.put(moved, &storage.Record{Name: "Made Up", Station: "13225008"}) // registered elsewhere, and transferred
	all := []string{"IIF1", "IIF2", "IIF3", "IIF4", "IIF5", "IIF6", "IIF7"}
	f := func(who access.Identity, fir string, want ...string) {
		t.Helper()
		var may []string
		for _, form := range all {
			u := []query.Update{{FIR: fir, Form: form, Station: "13225008"}}
			refused, err := w.e.Enter(context.Background(), who, u)
			if err != nil {
				t.Fatal(err)
			}
			var bad *query.FieldError
			switch {
			case len(refused) == 0:
				may = append(may, form)
				if u[0].EnteredBy != who.Who() || u[0].EnteredAtUnit != who.Unit {
					t.Errorf("stamped %+v by %+v", u[0], who)
				}
			case !errors.Is(refused[0], query.ErrMayNotEnter) || !errors.As(refused[0], &bad) || bad.Field == "":
				t.Errorf("%s: %v", form, refused[0])
			}
		}
		if !slices.Equal(may, want) {
			t.Errorf("%s of %s enters %v of %s, want %v", who.Role, who.Unit, may, fir, want)
		}
	}
	person := func(role string, level access.Level, unit string) access.Identity {
		return access.Identity{KeyID: "k", Name: "desk", Person: "PIS 4711", Pillar: access.PillarOf(role), Role: role, Unit: unit, Level: level, SecondFactor: true}
	}
	first5, last2 := all[:5], all[5:]
	for _, role := range []string{access.RoleConstable, access.RoleSHO, access.RoleIO} {
		who := person(role, access.StationLevel, "13225008")
		f(who, own, first5...)
		f(who, moved, first5...)
		f(who, other)
		who.SecondFactor = false
		f(who, own)
	}
	f(person(access.RoleSHO, access.StationLevel, "13226003"), moved) // it is not theirs any more
	f(person(access.RoleProsecution, access.DistrictLevel, "13225"), own, last2...)
	f(person(access.RoleProsecution, access.DistrictLevel, "13225"), moved, last2...)
	f(person(access.RoleProsecution, access.DistrictLevel, "13225"), other)
	f(person(access.RoleProsecution, access.StateLevel, ""), other, last2...)
	for _, role := range []string{access.RoleSupervisor, access.RoleCourt, access.RolePrison, access.RoleForensics, access.RoleAuditor, access.RoleAdmin} {
		f(person(role, access.StateLevel, ""), own)
	}
	machine := access.Identity{KeyID: "m", Name: "gateway", Role: access.RoleBureau, Level: access.StateLevel, SecondFactor: true}
	f(machine, own, all...)
	f(machine, other, all...)

	g := func(who access.Identity, u query.Update, by, field string) {
		t.Helper()
		list := []query.Update{u}
		refused, err := w.e.Enter(context.Background(), who, list)
		var bad *query.FieldError
		if err != nil || (field == "") != (len(refused) == 0) || field != "" && (!errors.As(refused[0], &bad) || bad.Field != field) {
			t.Errorf("%+v: %v, %v; want %q refused", u, refused, err, field)
		}
		if field == "" && list[0].EnteredBy != by {
			t.Errorf("entered by %q, want %q", list[0].EnteredBy, by)
		}
	}
	sho := person(access.RoleSHO, access.StationLevel, "13225008")
	g(sho, query.Update{FIR: own, Form: "IIF1", EnteredBy: "PIS 4711", EnteredAtUnit: "13225008"}, "PIS 4711", "")
	g(sho, query.Update{FIR: own, Form: "IIF1", EnteredBy: "PIS 1"}, "", "entered_by")
	g(sho, query.Update{FIR: own, Form: "IIF1", EnteredAtUnit: "13225009"}, "", "entered_at_unit")
	g(sho, query.Update{FIR: own, Withdraw: true}, "", "withdraw")
	g(sho, query.Update{FIR: own, Form: "IIF1", Reinstates: true}, "", "reinstates")
	g(machine, query.Update{FIR: own, Form: "IIF1", EnteredBy: "PIS 1"}, "PIS 1", "")
	g(machine, query.Update{FIR: own, Withdraw: true}, "gateway", "")
	if _, err := w.e.Enter(context.Background(), access.Identity{}, []query.Update{{FIR: own, Form: "IIF1"}}); !errors.Is(err, query.ErrNobody) {
		t.Errorf("nobody: %v", err)
	}
}

// sightCase is a case that notes as what it was seen.
type sightCase struct {
	heldCase
	officer string
	by      *storage.Sight
}

func (c sightCase) See(by storage.Sight)        { *c.by = by }
func (c sightCase) Assigned(person string) bool { return person != "" && person == c.officer }

// TestSights: each role sees of a case what the policy lets it, and only the case's own chain unmasks it, for a reason; a sealed
// case is as an absent one for everybody else.
func TestSights(t *testing.T) {
	w := open(t, "")
	const own, other, sealed, absent = "13225008230001", "13226003230001", "13225008230002", "13225008230009"
	w.put(own, &storage.Record{Name: "Made Up"})
	w.put(other, &storage.Record{Name: "Made Up"})
	w.put(sealed, &storage.Record{Name: "Made Up"})
	seal(t, w, sealed)
	var by storage.Sight
	e, err := query.New(query.Options{Store: w.s, Register: w.reg, Case: func(c *storage.Case, _ [][]byte, sealed bool, _ func(string) (bool, error)) (query.CaseView, error) {
		if c.Hidden && !sealed {
			return nil, nil
		}
		return sightCase{heldCase(c.FIR), "PIS 7", &by}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	person := func(role string, level access.Level, unit string) access.Identity {
		return access.Identity{KeyID: "k", Person: "PIS 4711", Role: role, Unit: unit, Level: level, SecondFactor: true}
	}
	parties := []string{storage.Complainant, storage.Victim, storage.Witness}
	see := func(who access.Identity, fir string, want storage.Sight, wantErr error) {
		t.Helper()
		by = storage.Sight{}
		_, err := e.Case(context.Background(), who, fir)
		if !errors.Is(err, wantErr) || !reflect.DeepEqual(by, want) {
			t.Errorf("%s of %q sees %s as %+v, %v; want %+v, %v", who.Role, who.Unit, fir, by, err, want, wantErr)
		}
	}
	bureau := access.Identity{KeyID: "m", Name: "gateway", Role: access.RoleBureau, Level: access.StateLevel, SecondFactor: true}
	sho, io := person(access.RoleSHO, access.StationLevel, "13225008"), person(access.RoleIO, access.StationLevel, "13225008")
	assigned := io
	assigned.Person = "PIS 7"
	see(bureau, own, storage.Sight{Entries: true}, nil)
	see(person(access.RoleBureau, access.StateLevel, ""), own, storage.Sight{Roles: parties, Entries: true}, nil)
	see(sho, own, storage.Sight{Roles: parties, Entries: true}, nil)
	see(sho, other, storage.Sight{}, nil)
	see(io, own, storage.Sight{Entries: true}, nil)
	see(assigned, own, storage.Sight{Roles: parties, Entries: true}, nil)
	see(assigned, other, storage.Sight{Roles: parties}, nil) // assigned to a case of another station
	see(person(access.RoleConstable, access.StationLevel, "13225008"), own, storage.Sight{Entries: true}, nil)
	see(person(access.RolePrison, access.StateLevel, ""), own, storage.Sight{}, nil)
	see(person(access.RoleCourt, access.DistrictLevel, "13225"), own, storage.Sight{Roles: parties}, nil)
	see(sho, sealed, storage.Sight{}, query.ErrNotFound)
	see(bureau, sealed, storage.Sight{}, query.ErrNotFound)

	unmask := func(who access.Identity, fir, reason string, want error) {
		t.Helper()
		by = storage.Sight{}
		v, err := e.Unmask(context.Background(), who, fir, reason)
		var bad *query.FieldError
		if refused := errors.As(err, &bad); !refused && !errors.Is(err, want) || refused && want != nil || (err == nil) != by.Unmask || (err == nil) != (v != nil) {
			t.Errorf("%s of %q unmasks %s: %+v, %v, want %v", who.Role, who.Unit, fir, by, err, want)
		}
	}
	unmask(sho, own, "FIR 1/2023", nil)
	unmask(sho, sealed, "FIR 1/2023", nil)
	unmask(sho, own, "because", nil) // refused, by its field
	unmask(sho, absent, "FIR 1/2023", query.ErrNotFound)
	unmask(sho, other, "FIR 1/2023", query.ErrNotYours)
	unmask(assigned, sealed, "FIR 1/2023", nil)
	unmask(person(access.RoleSupervisor, access.DistrictLevel, "13225"), own, "FIR 1/2023", nil)
	for _, fir := range []string{own, sealed, absent} {
		unmask(person(access.RoleSHO, access.StationLevel, "13226003"), fir, "FIR 1/2023", query.ErrNotYours)
		unmask(person(access.RoleSupervisor, access.DistrictLevel, "13226"), fir, "FIR 1/2023", query.ErrNotYours)
		unmask(io, fir, "FIR 1/2023", query.ErrNotYours)
		for _, role := range []string{access.RoleConstable, access.RoleProsecution, access.RoleCourt, access.RolePrison, access.RoleForensics, access.RoleAuditor, access.RoleAdmin} {
			unmask(person(role, access.StateLevel, ""), fir, "FIR 1/2023", query.ErrNotAllowed)
		}
		unmask(bureau, fir, "FIR 1/2023", query.ErrNotAllowed)
	}
}

// seal marks a case as one that an order seals.
func seal(t *testing.T, w *world, fir string) {
	t.Helper()
	err := w.s.Update(context.Background(), func(tx storage.Tx) error {
		c, err := tx.Case(fir)
		if err != nil {
			return err
		}
		c.Hidden = true
		r, err := w.s.Get(c.Records[0])
		if err != nil {
			return err
		}
		r.Visibility = storage.Sealed
		return tx.Put(c, nil, []*storage.Record{r})
	})
	if err != nil {
		t.Fatal(err)
	}
}
