package storage_test

import (
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
