package indexer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// arrivedOn folds forms that the log took on these days, in both directions; "" is not known.
func arrivedOn(t *testing.T, days []string, forms ...string) Case {
	t.Helper()
	fs := formsOf(t, forms...)
	arrived := make([]time.Time, len(fs))
	for i, d := range days {
		if d != "" {
			arrived[i] = iif.Date(d).Time().Add(13 * time.Hour)
		}
	}
	a := FoldArrived(statusFIR, fs, arrived)
	slices.Reverse(fs)
	slices.Reverse(arrived)
	b := FoldArrived(statusFIR, fs, arrived)
	if fmt.Sprintf("%+v", a.Records) != fmt.Sprintf("%+v", b.Records) {
		t.Fatalf("the order of forms changes the records:\n%+v\n%+v", a.Records, b.Records)
	}
	return a
}

// TestDatedAhead: what is dated more than a day after its arrival is flagged, and outranks nothing that is not.
func TestDatedAhead(t *testing.T) {
	f := func(want string, ahead bool, days string, forms ...string) {
		t.Helper()
		c := arrivedOn(t, strings.Split(days, " "), forms...)
		r := c.Records[0]
		got := fmt.Sprintf("%s %s %s", r.Name, r.Status, iif.DateOf(r.Updated))
		if r.Kind == storage.Vehicle {
			got = fmt.Sprintf("%s %s %s", r.Registration, r.Status, iif.DateOf(r.Updated))
		}
		if got != want || slices.Contains(c.Flags, FlagAhead) != ahead || slices.Contains(r.Flags, FlagAhead) != ahead {
			t.Errorf("got %s, flags %q; want %s, ahead %v: %q", got, r.Flags, want, ahead, forms)
		}
	}
	person := func(name, more string) string {
		return `"persons":[{"ref":"A1","role":"accused","name":"` + name + `"` + more + `}]`
	}
	real := `IIF1 2026-01-10 ` + person("Rakesh", `,"status":"absconding"`)
	f("Rakesh absconding 2026-01-10", false, "2026-01-11", real)
	f("Rakesh absconding 2026-01-11", true, "2026-01-11 2026-01-11", real, `IIF1 2099-01-10 `+person("Slip", `,"status":"wanted"`))
	f("Slip wanted 2099-01-10", false, "", real, `IIF1 2099-01-10 `+person("Slip", `,"status":"wanted"`)) // not known: not flagged
	f("Rakesh absconding 2026-01-10", false, "2026-01-09", real)                                          // a day is no slip
	f("Rakesh absconding 2026-01-08", true, "2026-01-08", real)                                           // nothing else: it tells, and is flagged
	// A later true form goes before a slip that came before it, and after.
	f("Mohan arrested 2026-02-01", true, "2026-01-11 2026-01-12 2026-02-02", real, `IIF2 2099-01-10 `+person("Slip", ``),
		`IIF3 2026-02-01 "arrest":{"ref":"A1"},`+person("Mohan", ``))

	// A day within a form.
	arrest := `IIF3 2026-01-12 "arrest":{"ref":"A1","at":"2099-01-12T10:00:00+05:30"}`
	report := `IIF5 2026-03-01 "report":{"not_charge_sheeted":[{"ref":"A1"}]}`
	f("Rakesh arrested 2026-01-12", true, "2026-01-11 2026-01-13", real, arrest)
	f("Rakesh not-charge-sheeted 2026-03-01", true, "2026-01-11 2026-01-13 2026-03-01", real, arrest, report)
	f("Rakesh arrested 2026-03-01", false, "", real, arrest, report)
	convicted := `IIF6 2026-05-01 "disposals":[{"ref":"A1","result":"convicted","date":"2062-05-01"}]`
	acquitted := `IIF6 2026-06-01 "disposals":[{"ref":"A1","result":"discharged","date":"2026-06-01"}]`
	f("Rakesh convicted 2026-05-01", true, "2026-01-11 2026-05-02", real, convicted)
	f("Rakesh convicted 2026-06-01", true, "2026-01-11 2026-05-02 2026-06-02", real, convicted, acquitted) // any conviction counts
	wonAhead := `IIF7 2026-06-01 "appeals":[{"ref":"A1","result":"allowed","effect":"acquitted","date":"2062-06-01"}]`
	f("Rakesh convicted 2026-06-01", true, "2026-01-11 2026-05-02 2026-06-02", real,
		`IIF6 2026-05-01 "disposals":[{"ref":"A1","result":"convicted","date":"2026-05-01"}]`, wonAhead)

	stolen := `IIF1 2026-01-10 "vehicles":[{"ref":"V1","registration":"HR26DK8337","status":"stolen"}]`
	seizedAhead := `IIF4 2026-01-12 "vehicles":[{"ref":"V1","registration":"HR26DK8337","status":"seized","status_on":"2099-01-12"}]`
	f("HR26DK8337 released 2026-02-12", true, "2026-01-11 2026-01-13 2026-02-13", stolen, seizedAhead,
		`IIF4 2026-02-12 "vehicles":[{"ref":"V1","status":"released","status_on":"2026-02-11"}]`)
}

// TestCaseDatedAhead: the case's own fields and days.
func TestCaseDatedAhead(t *testing.T) {
	c := arrivedOn(t, []string{"2026-01-11", "2026-01-12", "2026-01-13"},
		`IIF1 2062-01-10 "place":"Slip","offence_from":"2061-01-01"`,
		`IIF1 2026-01-10 "place":"Made Up Nagar"`,
		`IIF2 2026-01-12 "offence_from":"2026-01-09","offence_to":"2026-01-09"`)
	if iif.DateOf(c.EventAt) != "2026-01-10" || c.Place != "Made Up Nagar" || c.OffenceFrom != "2026-01-09" || iif.DateOf(c.Updated) != "2026-01-12" {
		t.Errorf("got %+v", c)
	}
	c = arrivedOn(t, []string{"2026-01-11"}, `IIF1 2062-01-10 "offence_from":"2061-01-01","property":[{"ref":"P1","state":"Seized","state_on":"2062-01-12"}]`)
	if iif.DateOf(c.EventAt) != "2062-01-10" || c.OffenceFrom != "2061-01-01" || c.Number != "0123/2023" || c.Property[0].StateOn != "2062-01-12" ||
		!slices.Equal(c.Flags, []string{FlagAhead}) {
		t.Errorf("got %+v", c)
	}
	c = arrivedOn(t, []string{"2026-01-11", "2026-01-12"}, `IIF1 2026-01-10`,
		`IIF6 2026-01-12 "trial":{"charge_framed_on":"2062-01-12","judgment_on":"2062-02-12"},"disposals":[{"ref":"A1","result":"acquitted"}]`)
	if c.ChargedOn != "2062-01-12" || c.JudgmentOn != "2062-02-12" {
		t.Errorf("got %+v", c)
	}
}

// TestArrivalIsTheFirst: copies that are sent again later, and replays, change no arrival; one that another partition took before
// does.
func TestArrivalIsTheFirst(t *testing.T) {
	day := func(d string) time.Time { return iif.Date(d).Time().Add(13 * time.Hour) }
	slip := message(strings.Replace(string(iif1("1", "Slip", "").Value), `"event_at":"2023-05-04`, `"event_at":"2026-02-10`, 1))
	at := func(p int, offset int64, d string) placed {
		m := slip
		m.Offset, m.Time = offset, day(d)
		return placed{p, m}
	}
	f := func(flagged bool, a, b []placed) {
		t.Helper()
		interleavings(a, b, func(order []placed) {
			if got := strings.Contains(arrive(t, order, func(int) bool { return true }), FlagAhead); got != flagged {
				t.Errorf("flagged %v, want %v: %s", got, flagged, tell(order))
			}
		})
	}
	f(true, []placed{at(0, 0, "2026-01-10")}, nil)
	f(false, []placed{at(0, 0, "2026-02-10")}, nil)
	f(true, []placed{at(0, 0, "2026-01-10"), at(0, 1, "2026-03-10")}, nil)
	f(true, []placed{at(0, 0, "2026-03-10")}, []placed{at(1, 0, "2026-01-10")})
	f(false, []placed{at(0, 0, "2026-03-10")}, []placed{at(1, 0, "2026-02-12")})
}
