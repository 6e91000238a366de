package access

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// alerts keeps what was raised.
type alerts struct {
	mu  sync.Mutex
	all []Alert
}

func (a *alerts) Raise(one Alert) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, one)
}

// A gate is a guard with its clock and its alarms. It is noon in India.
type gate struct {
	*desk
	g      *Guard
	alarms alerts
}

func newGate(t *testing.T) *gate {
	g := &gate{desk: newDesk(t)}
	g.clock = time.Date(2026, 3, 4, 12, 0, 0, 0, ist)
	g.again()
	return g
}

// again makes the guard anew, as a restart does.
func (g *gate) again() {
	g.t.Helper()
	var err error
	within := func(unit, station, district string) bool {
		return strings.HasPrefix(station+district, unit) && station+district != ""
	}
	if g.g, err = NewGuard(GuardOptions{Keys: g.k, Alarm: &g.alarms, Within: within}); err != nil {
		g.t.Fatal(err)
	}
}

// ask asks n times and returns how often that was admitted, and the last refusal.
func (g *gate) ask(who Identity, a Asked, n int) (admitted int, last *BudgetError) {
	g.t.Helper()
	for range n {
		err := g.g.Admit(who, a)
		switch {
		case err == nil:
			admitted++
		case !errors.As(err, &last):
			g.t.Fatal(err)
		}
	}
	return admitted, last
}

// officer is a person of that role; each has a key of his own.
func officer(role, person, unit string) Identity {
	return Identity{KeyID: "k" + person, Name: "Insp. Om Parkash " + person, Person: person, Role: role, Unit: unit, Level: LevelOf(unit), SecondFactor: true}
}

var (
	search = Asked{Kind: AskCase, Texts: [3]string{"1322500823"}} // a look at a case costs as a search does
	row    = Asked{Kind: AskPerson, List: "l"}
)

func TestBudgetOfAPerson(t *testing.T) {
	g := newGate(t)
	who := officer(RoleConstable, "1", "13225008")
	day := AllowanceOf(RoleConstable)
	n, err := g.ask(who, search, day.PerMin+1)
	if n != day.PerMin || err.What != BudgetMinute || err.Retry != 2*time.Second {
		t.Fatalf("%d at once, then %+v", n, err)
	}
	g.clock = g.clock.Add(2 * time.Second)
	if n, _ := g.ask(who, search, 2); n != 1 {
		t.Fatalf("%d after two seconds", n)
	}
	if n, _ := g.ask(officer(RoleConstable, "2", "13225008"), search, 1); n != 1 {
		t.Fatal("another person has no budget")
	}
	asked := day.PerMin + 1
	for asked < day.Searches {
		g.clock = g.clock.Add(time.Minute)
		n, _ := g.ask(who, search, day.PerMin)
		asked += n
	}
	g.clock = g.clock.Add(time.Minute)
	second := who // a second credential of the person
	second.KeyID = "other"
	for _, who := range []Identity{who, second} {
		n, err = g.ask(who, search, 1)
		if n != 0 || err.What != BudgetDay || err.Retry != time.Date(2026, 3, 5, 0, 0, 0, 0, ist).Sub(g.clock) {
			t.Fatalf("%d beyond the day, %+v", n, err)
		}
	}
	if s, r := g.g.Today(who); s != day.Searches || r != 0 {
		t.Fatalf("today %d, %d", s, r)
	}
	if n, _ := g.ask(who, row, day.Rows+1); n != day.Rows { // rows have a day of their own and no minute
		t.Fatalf("%d rows", n)
	}
	if spent, _ := g.g.Counts(); spent == 0 {
		t.Fatal("refusals are not counted")
	}
	g.clock = time.Date(2026, 3, 5, 0, 0, 0, 0, ist)
	if n, _ := g.ask(who, search, 1); n != 1 {
		t.Fatal("the next day is not another")
	}
	if s, r := g.g.Today(who); s != 1 || r != 0 {
		t.Fatalf("the next day %d, %d", s, r)
	}
}

// TestBudgetOfAMachine: a plain key has what the contract says, at once, and what it was given of its own.
func TestBudgetOfAMachine(t *testing.T) {
	g := newGate(t)
	who := bureau("machine1", "desk")
	if n, err := g.ask(who, search, 100_001); n != 100_000 || err.What != BudgetDay {
		t.Fatalf("%d, %+v", n, err)
	}
	who.Searches = 100_003
	if n, _ := g.ask(who, search, 10); n != 3 {
		t.Fatalf("%d more", n)
	}
	if n, _ := g.ask(Program("bench"), search, 200_000); n != 200_000 {
		t.Fatalf("the program itself was stopped after %d", n)
	}
	if n, _ := g.ask(who, Asked{Kind: AskUpdate}, 10); n != 10 {
		t.Fatal("forms to be entered cost")
	}
}

// TestBudgetOfAUnit: many persons of a station together have no more than the station; one of another goes on.
func TestBudgetOfAUnit(t *testing.T) {
	g := newGate(t)
	asked := 0
	var last *BudgetError
	for i := range 100 {
		for range 10 {
			n, err := g.ask(officer(RoleSHO, fmt.Sprint("p", i), "13225008"), search, 30)
			asked += n
			if err != nil {
				last = err
			}
			g.clock = g.clock.Add(time.Minute / 2)
			if err != nil && err.What == BudgetUnit {
				break
			}
		}
	}
	if asked != unitDay[StationLevel].Searches || last.What != BudgetUnit {
		t.Fatalf("%d, then %+v", asked, last)
	}
	if n, _ := g.ask(officer(RoleSHO, "x", "13225009"), search, 1); n != 1 {
		t.Fatal("another station is spent too")
	}
	if s, _ := g.g.Today(officer(RoleSHO, "p99", "13225008")); s != 0 {
		t.Fatalf("what the unit refused was charged to the person: %d", s)
	}
}

func TestUnansweredIsGivenBack(t *testing.T) {
	g := newGate(t)
	who := officer(RoleSHO, "1", "13225008")
	g.ask(who, search, 3)
	g.ask(who, row, 3)
	g.g.Unanswered(who, search)
	g.g.Unanswered(who, row)
	if s, r := g.g.Today(who); s != 2 || r != 2 {
		t.Fatalf("%d, %d", s, r)
	}
}

// TestBudgetsSurviveARestart: the day's counts come back, by whoever they are of, without a name in the file; yesterday's are dropped.
func TestBudgetsSurviveARestart(t *testing.T) {
	g := newGate(t)
	who := officer(RoleSHO, "HR-100234", "13225008")
	g.ask(who, search, 5)
	g.ask(who, row, 7)
	if err := g.g.Keep(); err != nil {
		t.Fatal(err)
	}
	g.again()
	if s, r := g.g.Today(who); s != 5 || r != 7 {
		t.Fatalf("%d, %d", s, r)
	}
	for _, file := range filesOf(t, g.k.dir) {
		if strings.Contains(file, "HR-100234") || strings.Contains(file, "Parkash") {
			t.Fatal("a name stands in a file")
		}
	}
	g.clock = g.clock.AddDate(0, 0, 1)
	g.again()
	if s, r := g.g.Today(who); s != 0 || r != 0 {
		t.Fatalf("the next day: %d, %d", s, r)
	}
	if err := g.g.Keep(); err != nil {
		t.Fatal(err)
	}
	left := 0
	g.k.state.each(spentBucket, func(string, []byte) error { left++; return nil })
	if left != 0 {
		t.Fatalf("%d accounts of yesterday are kept", left)
	}
}

func TestApprovedRowsAreOnTop(t *testing.T) {
	g := newGate(t)
	who := officer(RoleConstable, "1", "13225008")
	who.Approved = 1000
	if n, _ := g.ask(who, row, 2000); n != AllowanceOf(RoleConstable).Rows+1000 {
		t.Fatalf("%d rows", n)
	}
}

// raised are the kinds of alarms so far, of how many, and forgets them.
func (g *gate) raised() string {
	var kinds []string
	for _, a := range g.alarms.all {
		kinds = append(kinds, fmt.Sprintf("%s %d by %s", a.Kind, a.Count, a.Who.Person))
	}
	g.alarms.all = nil
	return strings.Join(kinds, "; ")
}

// plate, person and case are questions.
func plate(number string) Asked {
	return Asked{Kind: AskVehicle, Texts: [3]string{number}, Reason: "DD 1"}
}

func sought(name, relative, reason string) Asked {
	return Asked{Kind: AskPerson, Texts: [3]string{name, "", relative}, Reason: reason}
}

func TestAlarms(t *testing.T) {
	f := func(what, want string, ask func(g *gate, do func(Asked))) {
		t.Helper()
		g := newGate(t)
		ask(g, func(a Asked) { g.ask(officer(RoleSHO, "1", "13225008"), a, 1) })
		if got := g.raised(); got != want {
			t.Errorf("%s: raised %q, want %q", what, got, want)
		}
	}
	name := func(i int) string { return string(rune('a'+i/26)) + string(rune('a'+i%26)) + " Singh" }
	f("a barrier's evening", "", func(_ *gate, do func(Asked)) {
		for i := range 200 {
			do(plate(fmt.Sprintf("HR%02dA%c%04d", i%90, 'A'+i%26, 7*i)))
		}
	})
	f("plates one by one", "plates swept 20 by 1", func(_ *gate, do func(Asked)) {
		for i := range 60 {
			do(plate(fmt.Sprintf("HR 26-dk %04d", i)))
		}
	})
	f("open plates", "plates swept 30 by 1", func(_ *gate, do func(Asked)) {
		for i := range 60 {
			do(plate(fmt.Sprintf("HR26D%c*", 'A'+i%26)))
		}
	})
	f("names under one reason", "names swept 40 by 1", func(_ *gate, do func(Asked)) {
		for i := range 80 {
			do(sought(name(i), "", "FIR 12/2026"))
		}
	})
	f("names under many reasons", "", func(_ *gate, do func(Asked)) {
		for i := range 80 {
			do(sought(name(i), "", fmt.Sprintf("FIR %d/2026", i/4)))
		}
	})
	f("one person again and again", "one sought repeatedly 10 by 1", func(_ *gate, do func(Asked)) {
		for i := range 30 {
			do(sought("Sunita  DEVI", "Ram", fmt.Sprintf("FIR %d/2026", i)))
		}
	})
	f("one plate again and again", "one sought repeatedly 10 by 1", func(_ *gate, do func(Asked)) {
		for range 15 {
			do(plate("HR26DK8337"))
			do(plate("hr 26 dk 8337"))
		}
	})
	f("the own name", "own name 1 by 1", func(_ *gate, do func(Asked)) {
		do(sought("Om Parkash", "", "DD 1"))
		do(sought("Parkash Om", "", "DD 2"))
	})
	f("a relative of the own name", "own name 1 by 1", func(_ *gate, do func(Asked)) { do(sought("Sunita", "OM PARKASH", "DD 1")) })
	f("one word of it", "", func(_ *gate, do func(Asked)) { do(sought("Om", "Parkash", "DD 1")) })
	f("cases of other units", "bulk outside own area 30 by 1", func(_ *gate, do func(Asked)) {
		for i := range 60 {
			do(Asked{Kind: AskCase, Texts: [3]string{fmt.Sprintf("1322600123%04d", i)}})
		}
	})
	f("own cases", "", func(_ *gate, do func(Asked)) {
		for i := range 60 {
			do(Asked{Kind: AskCase, Texts: [3]string{fmt.Sprintf("1322500823%04d", i)}})
		}
	})
	f("rows about other units", "bulk outside own area 200 by 1", func(_ *gate, do func(Asked)) {
		for i := range 400 {
			do(Asked{Kind: AskPerson, List: "l", District: "13226", Texts: [3]string{name(i % 600)}})
		}
	})
	f("rows about the own", "", func(_ *gate, do func(Asked)) {
		for range 400 {
			do(Asked{Kind: AskPerson, List: "l", Station: "13225008"})
		}
	})
}

func TestAlarmOfUseOnLeave(t *testing.T) {
	g := newGate(t)
	who := officer(RoleSHO, "1", "13225008")
	g.ask(who, search, 1)
	who.Away = true
	g.ask(who, search, 5)
	g.clock = g.clock.Add(59 * time.Minute)
	g.ask(who, search, 1)
	g.clock = g.clock.Add(time.Minute)
	g.ask(who, row, 1)
	if got, want := g.raised(), "use on leave 1 by 1; use on leave 1 by 1"; got != want {
		t.Errorf("raised %q, want %q", got, want)
	}
	if _, counts := g.g.Counts(); counts[AlarmAway] != 2 || len(counts) != len(AlarmKinds()) {
		t.Errorf("%v", counts)
	}
}

// TestAlarmsBeginAnewEachDay, and count each person by himself.
func TestAlarmsBeginAnewEachDay(t *testing.T) {
	g := newGate(t)
	half := func(person string, from int) {
		for i := range manyOfSeries / 2 {
			g.ask(officer(RoleSHO, person, "13225008"), plate(fmt.Sprintf("HR26DK%04d", from+i)), 1)
		}
	}
	half("1", 0)
	half("2", 500)
	g.clock = g.clock.AddDate(0, 0, 1)
	half("1", 1000)
	if got := g.raised(); got != "" {
		t.Errorf("raised %q", got)
	}
	half("1", 2000)
	if got := g.raised(); got != "plates swept 20 by 1" {
		t.Errorf("raised %q", got)
	}
}

// TestMachinesRaiseNoAlarms: they have budgets; a parking system asks for every plate of a series.
func TestMachinesRaiseNoAlarms(t *testing.T) {
	g := newGate(t)
	for i := range 100 {
		g.ask(bureau("machine1", "parking"), plate(fmt.Sprintf("HR26DK%04d", i)), 1)
	}
	if got := g.raised(); got != "" {
		t.Errorf("raised %q", got)
	}
}

// TestWhatIsNotedIsBounded: however much one person asks, and however many persons do.
func TestWhatIsNotedIsBounded(t *testing.T) {
	g := newGate(t)
	who := officer(RoleSHO, "1", "13225008")
	for i := range 3 * mostNoted {
		g.g.Admit(who, plate(fmt.Sprintf("HR%dDK%04d", i, i)))
	}
	if n := g.g.watch.persons["1"].noted; n > mostNoted {
		t.Errorf("%d are noted", n)
	}
	for i := range mostWatched + 10 {
		g.g.Admit(officer(RoleSHO, fmt.Sprint("p", i), ""), search)
	}
	if n := len(g.g.watch.persons); n > mostWatched {
		t.Errorf("%d persons are watched", n)
	}
}

func BenchmarkAdmit(b *testing.B) {
	k := open(b, b.TempDir())
	g, err := NewGuard(GuardOptions{Keys: k})
	if err != nil {
		b.Fatal(err)
	}
	who, asked := bureau("machine1", "desk"), sought("Virender Singh", "Om", "FIR 1/2026")
	who.Searches = 1 << 40
	b.ReportAllocs()
	for b.Loop() {
		if err := g.Admit(who, asked); err != nil {
			b.Fatal(err)
		}
	}
}
