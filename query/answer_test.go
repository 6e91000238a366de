package query_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"anvesh/query"
	"anvesh/query/phrase"
	"anvesh/storage"
)

// TestOrders: every status of a person and of a vehicle, every part in a case and every caution has its words in both
// languages, with their source; nobody is arrested on a record alone.
func TestOrders(t *testing.T) {
	f := func(key string) phrase.Order {
		t.Helper()
		o := phrase.OrderOf(key)
		if o.English == "" || !strings.ContainsFunc(o.Hindi, func(r rune) bool { return unicode.Is(unicode.Devanagari, r) }) || o.Source == "" {
			t.Errorf("%s: %+v", key, o)
		}
		return o
	}
	for _, kind := range []storage.Kind{storage.Person, storage.Vehicle} {
		for _, status := range append([]string{""}, storage.Statuses(kind)...) {
			o := f(strings.TrimSpace(string(kind) + " " + status))
			switch {
			case storage.Outstanding(status) && !strings.Contains(o.English, "station that holds the case"):
				t.Errorf("%s %s is not to be confirmed: %s", kind, status, o.English)
			case !strings.Contains(strings.ToLower(o.English), "do not "):
				t.Errorf("%s %s says nothing that may not be done: %s", kind, status, o.English)
			}
		}
	}
	if o := f("person lead"); !strings.Contains(o.English, "nobody may be stopped, detained or arrested") || !strings.Contains(o.English, "father") {
		t.Errorf("a person's lead says %s", o.English)
	}
	if o := f("vehicle lead"); !strings.Contains(o.English, "no vehicle may be stopped or seized") || !strings.Contains(o.English, "plate, chassis and engine") ||
		strings.Contains(o.English+o.Hindi, "father") || strings.Contains(o.Hindi, "पिता") {
		t.Errorf("a vehicle's lead says %s", o.English)
	}
	f("party")
	for _, c := range storage.Cautions() {
		f("caution " + c)
	}
}

// TestHitsBearOrders: what a hit asks for is that of its class, role and status, in a search as in a row; a misused identity
// is the first that its caution says.
func TestHitsBearOrders(t *testing.T) {
	w := open(t, "")
	w.put("13225008230001", &storage.Record{Name: "Birender Kadian", Relatives: []string{"Om Parkash"}, BirthFrom: 1989, BirthTo: 1989,
		Places: []string{"Kalanaur"}, Status: storage.Proclaimed, Flags: []string{storage.Armed, storage.Misused, "role-changed"}})
	w.put("13225008230002", &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Status: storage.Stolen})
	w.put("13225008230003", &storage.Record{Name: "Dharampal Malik", Status: storage.Acquitted, Relatives: []string{"Jagdish"},
		BirthFrom: 1970, BirthTo: 1970, Places: []string{"Narwana"}})
	f := func(a *query.Answer, class query.Class, action, caution string) {
		t.Helper()
		if len(a.Hits) == 0 || a.Hits[0].Class != class {
			t.Fatalf("hits %+v", a.Hits)
		}
		h := a.Hits[0]
		if want := phrase.OrderOf(action); h.Action == nil || h.Action.Text != want.English || h.Action.Hindi != want.Hindi {
			t.Errorf("%s %s: action %+v", class, h.Record.Status, h.Action)
		}
		if got := h.Caution; (got != nil) != (caution != "") || got != nil && (got.Text != caution || got.Hindi == "") {
			t.Errorf("%s %s: caution %+v", class, h.Record.Status, got)
		}
	}
	warned := phrase.OrderOf("caution identity-misused").English + " " + phrase.OrderOf("caution armed").English
	whole := query.PersonRequest{Name: "Birender Kadian", Relative: "Om Parkash", Place: "Kalanaur"}
	whole.BirthYear = 1989
	f(w.persons(whole), query.Exact, "person proclaimed", warned)
	f(w.persons(query.PersonRequest{Alias: "Birender Kadian"}), query.Lead, "person lead", warned)
	f(w.vehicles(query.VehicleRequest{Registration: "HR26DK8337"}), query.Exact, "vehicle stolen", "")
	f(w.vehicles(query.VehicleRequest{Registration: "HR26DK8387"}), query.Lead, "vehicle lead", "")
	over := query.PersonRequest{Name: "Dharampal Malik", Relative: "Jagdish", Place: "Narwana", BirthYear: 1970}
	f(w.persons(over), query.Exact, "person acquitted", "")
	if a := w.persons(query.PersonRequest{Alias: "Dharampal Malik"}); a.Hits[0].Class != query.Lead || a.Hits[0].Action != nil {
		t.Errorf("a lead that asks for nothing: %+v", a.Hits[0])
	}
}

// TestHitShowsTheRecord: a hit holds what the record holds, field by field, the newest of what there are several of.
func TestHitShowsTheRecord(t *testing.T) {
	w := open(t, "")
	event := clock.AddDate(0, -2, 0)
	w.put(fir1, &storage.Record{Status: storage.Absconding, EventAt: event, Sections: []string{"BNS 303(2)"}, Flags: []string{"transferred"},
		Name: "Birender Kadian", Names: []string{"Virender Kadyan"}, Aliases: []string{"Kala"}, Relatives: []string{"Om Parkash", "Omprakash"},
		Relation: "father", Gender: "M", BirthFrom: 1989, BirthTo: 1991, Places: []string{"Kalanaur", "Rohtak"}},
		&storage.Record{Kind: storage.Vehicle, Status: storage.Stolen, EventAt: event, Registration: "HR26DK8337", Registrations: []string{"HR26DK8331"},
			Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567", Make: "Maruti", Model: "Swift", Colour: "white"})
	f := func(a *query.Answer, want query.View) {
		t.Helper()
		if len(a.Hits) != 1 {
			t.Fatalf("%d hits", len(a.Hits))
		}
		got := a.Hits[0].Record
		want.FIR, want.Station, want.EventAt, want.Updated = fir1, fir1[:8], event, event
		want.StationName, want.District = got.StationName, got.District // of the list of stations
		if !got.EventAt.Equal(event) || !got.Updated.Equal(event) {
			t.Errorf("of %v and %v, want %v", got.EventAt, got.Updated, event)
		}
		got.EventAt, got.Updated = event, event
		if !reflect.DeepEqual(got, want) {
			t.Errorf("shown is\n%+v, want\n%+v", got, want)
		}
	}
	f(w.persons(query.PersonRequest{Name: "Birender Kadian"}), query.View{ID: fir1 + "/p/A1", Kind: "person", Role: "accused", Status: "absconding",
		Name: "Birender Kadian", Names: []string{"Virender Kadyan"}, Aliases: []string{"Kala"}, Relative: "Om Parkash", Relation: "father", Gender: "M",
		BirthYear: 1990, Place: "Kalanaur", Sections: []string{"BNS 303(2)"}, Flags: []string{"transferred"}})
	f(w.vehicles(query.VehicleRequest{Registration: "HR26DK8337"}), query.View{ID: fir1 + "/v/V2", Kind: "vehicle", Status: "stolen",
		Registration: "HR26DK8337", Registrations: []string{"HR26DK8331"}, Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567", Make: "Maruti",
		Model: "Swift", Colour: "white"})
}
