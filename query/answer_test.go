package query_test

import (
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
	if o := f("lead"); !strings.Contains(o.English, "nobody may be stopped, detained or arrested") {
		t.Errorf("a lead says %s", o.English)
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
	f(w.persons(query.PersonRequest{Alias: "Birender Kadian"}), query.Lead, "lead", warned)
	f(w.vehicles(query.VehicleRequest{Registration: "HR26DK8337"}), query.Exact, "vehicle stolen", "")
	over := query.PersonRequest{Name: "Dharampal Malik", Relative: "Jagdish", Place: "Narwana", BirthYear: 1970}
	f(w.persons(over), query.Exact, "person acquitted", "")
	if a := w.persons(query.PersonRequest{Alias: "Dharampal Malik"}); a.Hits[0].Class != query.Lead || a.Hits[0].Action != nil {
		t.Errorf("a lead that asks for nothing: %+v", a.Hits[0])
	}
}
