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
