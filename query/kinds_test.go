package query_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// TestKindsAtOneStation: persons and vehicles of one station and section, in any proportion, are never taken for each
// other: a search by station, district, section or place alone finds each person once, no vehicle, and counts right.
func TestKindsAtOneStation(t *testing.T) {
	f := func(persons, vehicles int) {
		t.Helper()
		w := open(t, "")
		var want []string
		for i := range max(persons, vehicles) {
			fir := fmt.Sprintf("13225008230%03d", i)
			var rs []*storage.Record
			if i < vehicles { // before the person, so that their places in the register differ
				rs = append(rs, &storage.Record{Kind: storage.Vehicle, Registration: fmt.Sprintf("HR26DK8%03d", i), Sections: []string{"BNS 303(2)"}})
			}
			if i < persons {
				rs = append(rs, &storage.Record{Name: fmt.Sprintf("Balwan Dhull %c", 'A'+i), Places: []string{"Narwana"}, Sections: []string{"BNS 303(2)"}})
			}
			w.put(fir, rs...)
			if i < persons {
				want = append(want, rs[len(rs)-1].ID)
			}
		}
		for _, r := range []query.PersonRequest{{Station: "13225008"}, {Section: "BNS 303(2)"}, {Place: "Narwana"}, {Station: "13225008", Place: "Narwana"},
			{Station: "13225008", Section: "303(2)"}, {Name: "Balwan Dhull", Station: "13225008"}} {
			most := 100
			r.Limit = &most
			a := w.persons(r)
			got := ids(a)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || a.Total != len(want) || a.TotalIs != "exact" || !a.Complete {
				t.Errorf("%d persons, %d vehicles, %+v: found %v, total %d (%s), want %v", persons, vehicles, r, got, a.Total, a.TotalIs, want)
			}
		}
		if a := w.vehicles(query.VehicleRequest{Registration: "HR26DK8*", Station: "13225008"}); a.Total != vehicles {
			t.Errorf("%d persons, %d vehicles: %d vehicles found", persons, vehicles, a.Total)
		}
	}
	// Candidates for a list of persons are cut at a number, so that a station's vehicles would take their places.
	if terms := register.Terms(nil, &storage.Record{Kind: storage.Vehicle, Station: "13225008", Sections: []string{"BNS 303(2)"}, Registration: "HR26DK8337"}); len(terms) > 0 {
		t.Errorf("a vehicle has the terms %q among those of persons", terms)
	}
	f(4, 0)
	f(4, 3)
	f(3, 9) // more vehicles than persons: their places are beyond the persons'
	f(0, 3)
}

// TestRecordsAreCountedOnce: a record that writes a name, a father or a number in several forms is one record.
func TestRecordsAreCountedOnce(t *testing.T) {
	w := open(t, "")
	for _, fir := range []string{fir1, fir2} {
		w.put(fir, &storage.Record{Name: "Gopal Mehrishi", Names: []string{"GOPAL MEHRISHI", "Gopal  Mehrishi."}, Aliases: []string{"Gopal Mehrishi"},
			Relatives: []string{"Ram Dhan", "RAM DHAN"}},
			&storage.Record{Kind: storage.Vehicle, Registration: "HR-26-DK-8337", Registrations: []string{"HR 26 DK 8337", "HR26DK8337"},
				Chassis: "MA3ERLF1S00123456", Chassises: []string{"MA3ERLF1S 00123456"}})
	}
	a := w.persons(query.PersonRequest{Name: "Gopal Mehrishi"})
	if a.Total != 2 || len(a.Groups) != 1 || a.Groups[0].Records != 2 || !strings.Contains(a.Groups[0].Text, "2 records") {
		t.Errorf("two records of three spellings each: total %d, groups %+v", a.Total, a.Groups)
	}
	if a = w.persons(query.PersonRequest{Name: "Gopal Mehrishi", Station: "13225008"}); a.Total != 2 || len(a.Groups) != 1 || a.Groups[0].Records != 2 {
		t.Errorf("with a filter: total %d, groups %+v", a.Total, a.Groups)
	}
	if a := w.vehicles(query.VehicleRequest{Registration: "HR26DK8337"}); a.Total != 2 || len(a.Conflicts) > 0 {
		t.Errorf("vehicles: total %d, conflicts %+v", a.Total, a.Conflicts)
	}
	w.put(fir1) // its three spellings go with it
	if a := w.persons(query.PersonRequest{Name: "Gopal Mehrishi", Relative: "Ram Dhan"}); a.Total != 1 || len(a.Groups) > 0 {
		t.Errorf("after a withdrawal: total %d, groups %+v", a.Total, a.Groups)
	}
}

// A heldRegister is a register that does not follow commits while it is held.
type heldRegister struct {
	*register.Register
	gate chan struct{}
}

func (h heldRegister) Apply(cs []storage.Change) {
	<-h.gate
	h.Register.Apply(cs)
}

// TestNothingAroundTheFilters: conflicts, flags and counts of namesakes tell of no record that the request's filters leave
// out, nor of one that a commit has withdrawn or hidden which the register has not followed yet.
func TestNothingAroundTheFilters(t *testing.T) {
	h := heldRegister{register.New(), make(chan struct{}, 64)}
	for range 8 {
		h.gate <- struct{}{}
	}
	w := &world{t: t, s: storagetest.Open(t, storage.Options{Terms: register.Terms, TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: h})}
	t.Cleanup(func() { close(h.gate) })
	var err error
	if w.e, err = query.New(query.Options{Store: w.s, Register: h.Register}); err != nil {
		t.Fatal(err)
	}
	const chassis, other = "MA3ERLF1S00123456", "MALAM51BLEM765432"
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: chassis, Status: "stolen"}, &storage.Record{Name: "Sukhdev Lohan"})
	w.put(fir2, &storage.Record{Kind: storage.Vehicle, Registration: "HR51AA0001", Chassis: other, Status: "stolen"}, &storage.Record{Name: "Sukhdev Lohan"})
	w.put(fir3, &storage.Record{Kind: storage.Vehicle, Registration: "PB10AB0001", Chassis: chassis, Status: "released"}, &storage.Record{Name: "Sukhdev Lohan"})
	told := func(r query.VehicleRequest, id string) bool {
		t.Helper()
		for _, c := range w.vehicles(r).Conflicts {
			if slices.Contains(c.IDs, id) {
				return true
			}
		}
		return false
	}
	flagged := func(r query.VehicleRequest) bool {
		t.Helper()
		a := w.vehicles(r)
		return len(a.Hits) > 0 && len(a.Hits[0].Record.Flags) > 0
	}
	two := query.VehicleRequest{Registration: "HR26DK8337", Chassis: other}
	if !told(two, fir1+"/v/V1") || !told(two, fir2+"/v/V1") {
		t.Fatal("numbers of two vehicles are no conflict")
	}
	if r := (query.VehicleRequest{Registration: "HR26DK8337"}); !told(r, fir3+"/v/V1") || !flagged(r) {
		t.Fatal("a chassis under two registrations is not told")
	}
	for _, r := range []query.VehicleRequest{{Status: []string{"stolen"}}, {Station: "13225008"}} {
		r.Registration = "HR26DK8337"
		if told(r, fir3+"/v/V1") || flagged(r) {
			t.Errorf("%+v: a vehicle that the filters leave out is told of", r)
		}
	}
	two.Status = []string{"released"}
	if told(two, fir1+"/v/V1") || told(two, fir2+"/v/V1") {
		t.Error("a conflict between vehicles that the filters leave out")
	}
	dated := query.VehicleRequest{Registration: "HR26DK8337", Chassis: other, Common: query.Common{To: "2020-01-01"}}
	if told(dated, fir2+"/v/V1") {
		t.Error("a conflict beyond the dates asked")
	}
	sukhdev := query.PersonRequest{Name: "Sukhdev Lohan"}
	if a := w.persons(sukhdev); len(a.Groups) != 1 || a.Groups[0].Records != 3 {
		t.Errorf("groups %+v", a.Groups)
	}
	// the register is held: what a commit takes away is gone at once
	w.commit(fir3)
	if a := w.persons(sukhdev); a.Total != 2 || len(a.Groups) != 1 || a.Groups[0].Records != 2 {
		t.Errorf("a withdrawn namesake is counted: total %d, %+v", a.Total, a.Groups)
	}
	if r := (query.VehicleRequest{Registration: "HR26DK8337"}); told(r, fir3+"/v/V1") || flagged(r) {
		t.Error("a withdrawn vehicle is told of")
	}
	w.commit(fir2, &storage.Record{Kind: storage.Vehicle, Registration: "HR51AA0001", Chassis: other, Visibility: storage.Sealed})
	two.Status = nil
	if told(two, fir2+"/v/V1") {
		t.Error("a hidden vehicle is told of")
	}
}
