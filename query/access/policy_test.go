package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// grid is the policy as it was decided, cell by cell: a dash for no, case for the person's own cases, unit for those of the own
// station, district or range, all for the whole state. It is written down a second time on purpose, in another form than
// policy.go: a slip there has to be made here too.
const grid = `
                      constable  sho   io    supervisor  bureau  prosecution  court  prison  forensics  auditor  admin
search accused        all        all   all   all         all     all          all    all     -          -        -
search victims        -          unit  case  unit        all     unit         unit   -       -          -        -
search complainants   -          unit  case  unit        all     unit         unit   -       -          -        -
search witnesses      -          unit  case  unit        all     unit         unit   -       -          -        -
search vehicles       all        all   all   all         all     -            -      -       all        -        -
view case             unit       all   all   all         all     unit         unit   all     -          -        -
unmask                -          unit  case  unit        -       -            -      -       -          -        -
list                  all        all   all   all         all     -            -      all     -          -        -
approve lists         -          -     -     unit        all     -            -      -       -          -        -
export                -          all   all   all         all     -            -      -       -          -        -
enter forms           unit       unit  unit  -           all     unit         -      -       -          -        -
read the log          -          -     -     -           -       -            -      -       -          unit     -
administer            -          -     -     -           -       -            -      -       -          -        all
operate               -          -     -     -           -       -            -      -       -          -        all
`

// facts are the other columns: pillar, levels of units, second factor, forms, searches a day, a minute, rows a day, rows of one list.
const facts = `
constable    police       station                        yes  IIF1-IIF5  300     30  500      100
sho          police       station                        yes  IIF1-IIF5  500     30  2000     500
io           police       station,district,range,state   yes  IIF1-IIF5  500     30  2000     500
supervisor   police       district,range,state           yes  -          1000    60  20000    10000
bureau       police       state                          no   IIF1-IIF7  100000  -   2000000  any
prosecution  prosecution  district,state                 yes  IIF6-IIF7  300     30  -        -
court        courts       district,state                 yes  -          300     30  -        -
prison       prisons      district,state                 yes  -          300     30  5000     2000
forensics    forensics    district,range,state           yes  -          300     30  -        -
auditor      -            district,range,state           yes  -          -       -   -        -
admin        police       state                          no   -          -       -   -        -
`

var reachWords = map[string]Reach{"-": Nowhere, "case": OwnCase, "unit": OwnUnit, "all": Everywhere}

// someone is a person of that role at a station or district of ours, who has shown the second factor.
func someone(role string) Identity {
	id := Identity{KeyID: "abcdefgh", Name: "someone", Person: "4711", Role: role, SecondFactor: true, Level: StationLevel, Unit: "13225008"}
	if !slices.Contains(LevelsOf(role), StationLevel) {
		id.Level, id.Unit = DistrictLevel, "13225"
	}
	return id
}

func TestPolicyCellByCell(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(grid), "\n")
	roles := strings.Fields(lines[0])
	if !slices.Equal(roles, Roles()) || len(policy) != len(roles)+1 {
		t.Fatalf("the grid has the roles %v, the policy %v and the program's", roles, Roles())
	}
	var actions []Action
	for _, line := range lines[1:] {
		action, cells := Action(strings.TrimSpace(line[:22])), strings.Fields(line[22:])
		actions = append(actions, action)
		for i, role := range roles {
			cell(t, someone(role), action, reachWords[cells[i]])
		}
	}
	if !slices.Equal(actions, Actions()) {
		t.Errorf("the grid has the actions %v, the policy %v", actions, Actions())
	}
	for role, row := range policy {
		for action := range row.may {
			if !slices.Contains(actions, action) {
				t.Errorf("%s: the policy has %q, which no list of actions names", role, action)
			}
		}
	}
}

// cell holds one cell to what it says: how far it reaches, and that it reaches no further.
func cell(t *testing.T, id Identity, a Action, want Reach) {
	t.Helper()
	if got := id.Reach(a); got != want || id.May(a) != (want != Nowhere) {
		t.Errorf("%s, %s: reaches %d, want %d", id.Role, a, got, want)
	}
	ours := Place{Units: []string{"13225008", "13225", "HR-RANGE", "13"}}
	theirs := Place{Units: []string{"13226001", "13226", "HR-RANGE", "13"}}
	assigned := theirs
	assigned.Assigned = true
	f := func(what string, at Place, may bool) {
		if got := id.MayAt(a, at); got != may {
			t.Errorf("%s, %s, %s: %v, want %v", id.Role, a, what, got, may)
		}
	}
	f("own unit's case", ours, want >= OwnUnit)
	f("another unit's case", theirs, want == Everywhere)
	f("another unit's case, assigned", assigned, want == Everywhere || want == OwnCase)
	f("a case of no known place", Place{}, want == Everywhere)
	whole := id
	whole.Level, whole.Unit = StateLevel, ""
	if got := whole.MayAt(a, theirs); got != (want >= OwnUnit) {
		t.Errorf("%s of the state, %s: %v", id.Role, a, got)
	}
	lost := id
	lost.Unit = "" // a station of no code is not the state
	if lost.MayAt(a, Place{Units: []string{""}}) != (want == Everywhere) {
		t.Errorf("%s without a unit, %s: reaches a case", id.Role, a)
	}
	without := id
	without.SecondFactor = false
	if got := without.May(a); got != (want != Nowhere && !NeedsSecondFactor(id.Role)) {
		t.Errorf("%s without the second factor, %s: %v", id.Role, a, got)
	}
}

func TestPolicyFactByFact(t *testing.T) {
	number := func(n int) string {
		switch n {
		case 0:
			return "-"
		case AnyRows:
			return "any"
		}
		return strconv.Itoa(n)
	}
	var roles []string
	for line := range strings.Lines(strings.TrimSpace(facts)) {
		want := strings.Fields(line)
		role := want[0]
		roles = append(roles, role)
		var levels []string
		for _, l := range LevelsOf(role) {
			levels = append(levels, string(l))
		}
		got := []string{role, PillarOf(role), strings.Join(levels, ","), "no", "-"}
		if NeedsSecondFactor(role) {
			got[3] = "yes"
		}
		if f := FormsOf(role); len(f) > 0 {
			got[4] = f[0] + "-" + f[len(f)-1]
			if last, first := f[len(f)-1][3], f[0][3]; int(last-first)+1 != len(f) {
				t.Errorf("%s: forms %v are not one after the other", role, f)
			}
		}
		if got[1] == "" {
			got[1] = "-"
		}
		day := AllowanceOf(role)
		got = append(got, number(day.Searches), number(day.PerMin), number(day.Rows), number(day.ListRows))
		if !slices.Equal(got, want) {
			t.Errorf("the policy says\n\t%v, want\n\t%v", got, want)
		}
	}
	if !slices.Equal(roles, Roles()) {
		t.Errorf("the facts are of %v", roles)
	}
}

// TestWhatThePolicyDoesNotKnowIsRefused: roles and actions that are none, also such as differ in a letter.
func TestWhatThePolicyDoesNotKnowIsRefused(t *testing.T) {
	for _, role := range []string{"", "root", "Bureau", "bureau ", "ADMIN", "sho\x00", "station"} {
		id := someone(role)
		for _, a := range Actions() {
			if id.May(a) || id.MayAt(a, Place{Units: []string{id.Unit}, Assigned: true}) {
				t.Errorf("role %q may %s", role, a)
			}
		}
		if id.MayEnter("IIF1", Place{Units: []string{id.Unit}, Assigned: true}) || AllowanceOf(role) != (Allowance{}) || !NeedsSecondFactor(role) {
			t.Errorf("role %q has rights", role)
		}
	}
	for _, role := range append(Roles(), roleProgram) {
		for _, a := range []Action{"", "search", "Search accused", "delete", SearchFor("suspect"), SearchFor("")} {
			if someone(role).May(a) {
				t.Errorf("%s may %q", role, a)
			}
		}
	}
	if nobody := (Identity{}); nobody.May(SearchAccused) || nobody.May("") {
		t.Error("nobody may something")
	}
}

func TestFormsThatMayBeEntered(t *testing.T) {
	ours, theirs := Place{Units: []string{"13225008", "13225"}}, Place{Units: []string{"13226001", "13226"}}
	f := func(role, form string, at Place, want bool) {
		t.Helper()
		if got := someone(role).MayEnter(form, at); got != want {
			t.Errorf("%s enters %s: %v, want %v", role, form, got, want)
		}
	}
	for _, form := range []string{"IIF1", "IIF2", "IIF3", "IIF4", "IIF5", "IIF6", "IIF7"} {
		station, attorney := form <= "IIF5", form >= "IIF6"
		f(RoleConstable, form, ours, station)
		f(RoleSHO, form, ours, station)
		f(RoleSHO, form, theirs, false)
		f(RoleProsecution, form, ours, attorney)
		f(RoleProsecution, form, theirs, false)
		f(RoleBureau, form, theirs, true)
		for _, role := range []string{RoleSupervisor, RoleCourt, RolePrison, RoleForensics, RoleAuditor, RoleAdmin} {
			f(role, form, ours, false)
		}
	}
	f(RoleSHO, "IIF8", ours, false)
	f(RoleSHO, "iif1", ours, false)
	f(RoleBureau, "", ours, false)
}

// TestRightsCannotBeChanged: what is handed out of the policy is a copy.
func TestRightsCannotBeChanged(t *testing.T) {
	before := maps.Clone(policy[RoleConstable].may)
	RightsOf(RoleConstable)[Unmask] = Everywhere
	FormsOf(RoleConstable)[0] = "IIF7"
	LevelsOf(RoleConstable)[0] = StateLevel
	if !maps.Equal(policy[RoleConstable].may, before) || FormsOf(RoleConstable)[0] != "IIF1" || LevelsOf(RoleConstable)[0] != StationLevel {
		t.Error("the policy was changed through a copy")
	}
}
