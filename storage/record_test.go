package storage_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"anvesh/storage"
)

// TestStatuses: each status has one rank of its own, which saved registers hold, and those that call for an act come first.
func TestStatuses(t *testing.T) {
	f := func(rank uint8, status string, outstanding bool) {
		t.Helper()
		if storage.StatusRank(status) != rank || storage.StatusAt(rank) != status || storage.Outstanding(status) != outstanding ||
			storage.OutstandingRank(rank) != outstanding {
			t.Errorf("%q has rank %d, outstanding: %v", status, storage.StatusRank(status), storage.Outstanding(status))
		}
	}
	f(0, "", false)
	f(1, "proclaimed", true)
	f(2, "absconding", true)
	f(3, "wanted", true)
	f(4, "stolen", true)
	f(5, "involved", true)
	f(6, "arrested", false)
	f(7, "seized", false)
	f(8, "charge-sheeted", false)
	f(9, "convicted", false)
	f(10, "recovered", false)
	f(11, "released", false)
	f(12, "not-charge-sheeted", false)
	f(13, "discharged", false)
	f(14, "acquitted", false)
	f(15, "abated", false)
	var ranks []uint8
	for _, s := range append(storage.Statuses(storage.Person), storage.Statuses(storage.Vehicle)...) {
		ranks = append(ranks, storage.StatusRank(s))
	}
	if slices.Sort(ranks); !slices.Equal(ranks, []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}) {
		t.Errorf("statuses have the ranks %v", ranks)
	}
	if storage.StatusRank("Wanted") != 0 {
		t.Error("a status that is not one has a rank")
	}
}

// TestDay: an Indian day begins at half past six in the evening of UTC.
func TestDay(t *testing.T) {
	f := func(want int32, at time.Time) {
		t.Helper()
		if got := storage.Day(at.Unix()); got != want {
			t.Errorf("%v is on day %d, want %d", at, got, want)
		}
	}
	f(0, time.Date(1970, 1, 1, 18, 29, 59, 0, time.UTC))
	f(1, time.Date(1970, 1, 1, 18, 30, 0, 0, time.UTC))
	f(20454, time.Date(2026, 1, 1, 0, 0, 0, 0, storage.IST))
	f(20453, time.Date(2025, 12, 31, 23, 59, 59, 0, storage.IST))
}

// TestSight: who sees a record of each label, and what stands for one that is not seen.
func TestSight(t *testing.T) {
	labels := []storage.Visibility{storage.Findable, storage.Party, storage.Masked, storage.Sealed, storage.Child, "of a later program"}
	f := func(by storage.Sight, sees ...bool) {
		t.Helper()
		for i, label := range labels {
			if got := by.Sees(&storage.Record{Role: storage.Victim, Visibility: label}); got != sees[i] {
				t.Errorf("%+v sees %q: %v", by, label, got)
			}
		}
	}
	f(storage.Sight{}, true, false, false, false, false, false)
	f(storage.Sight{Entries: true}, true, false, false, false, false, false)
	f(storage.Sight{Roles: []string{storage.Victim}}, true, true, false, false, false, false)
	f(storage.Sight{Roles: []string{storage.Witness}}, true, false, false, false, false, false)
	f(storage.Sight{Unmask: true}, true, true, true, true, false, false)
	full := storage.Record{ID: "1/p/V1", Kind: storage.Person, FIR: "1", Station: "2", Role: storage.Victim, Status: "x", EventAt: time.Unix(9, 0), Updated: time.Unix(99, 0),
		Sections: []string{"a"}, Flags: []string{"a"}, Name: "a", Names: []string{"a"}, Aliases: []string{"a"}, Relatives: []string{"a"},
		Relation: "father", Gender: "F", BirthFrom: 1, BirthTo: 2, Places: []string{"a"}, MaskedUnder: "BNS 72", Pseudonym: "ABCD"}
	for _, label := range labels {
		full.Visibility = label
		m, told := full.Mask()
		want := storage.Record{Kind: storage.Person, FIR: "1", Station: "2", Role: storage.Victim, Visibility: label, EventAt: time.Unix(9, 0), Updated: time.Unix(9, 0),
			Name: "ABCD", MaskedUnder: "BNS 72", Pseudonym: "ABCD"}
		if told != (label == storage.Masked) || !reflect.DeepEqual(m, want) {
			t.Errorf("%q is masked as %+v, %v", label, m, told)
		}
	}
}
