package access

import (
	"maps"
	"slices"
)

// An Action is what an identity may want to do.
type Action string

// The actions of the policy.
const (
	SearchAccused      Action = "search accused"      // persons as accused, and vehicles beside them
	SearchVictims      Action = "search victims"      // role victim
	SearchComplainants Action = "search complainants" // role complainant
	SearchWitnesses    Action = "search witnesses"    // role witness
	SearchVehicles     Action = "search vehicles"     //
	ViewCase           Action = "view case"           // the case as folded, what is masked left out
	Unmask             Action = "unmask"              // see what is masked: with a reason, and written to the log as such
	List               Action = "list"                // match a list, row by row, and see the answers; how many rows is in the allowance
	ApproveList        Action = "approve lists"       // of another person, longer than his role may match
	Export             Action = "export"              // take the answers of a list away: by a program, or as a file from the page
	Enter              Action = "enter forms"         // over HTTP; which ones is in the policy
	ReadLog            Action = "read the log"        // of who asked what
	Administer         Action = "administer"          // credentials
	Operate            Action = "operate"             // backup, rebuild, check
)

// Actions are all of them, in the order of the policy.
func Actions() []Action {
	return []Action{SearchAccused, SearchVictims, SearchComplainants, SearchWitnesses, SearchVehicles, ViewCase, Unmask, List, ApproveList,
		Export, Enter, ReadLog, Administer, Operate}
}

// SearchFor is the action of a search for persons of a role in the case. It is "", which nobody may, for a role that is none.
func SearchFor(role string) Action {
	switch role {
	case "accused":
		return SearchAccused
	case "victim":
		return SearchVictims
	case "complainant":
		return SearchComplainants
	case "witness":
		return SearchWitnesses
	}
	return ""
}

// A Reach is how far an action may go. The zero Reach is Nowhere: what the policy does not say is refused.
type Reach int

// The reaches, each wider than the one before.
const (
	Nowhere    Reach = iota
	OwnCase          // cases that the person is assigned to
	OwnUnit          // cases of the person's station, district or range; all where the unit is the state
	Everywhere       // the whole state
)

// The roles. Bureau is that of a key that is made without one: machines, all districts.
const (
	RoleConstable   = "constable" // and whoever else serves at a station
	RoleSHO         = "sho"       // station house officer
	RoleIO          = "io"        // investigating officer
	RoleSupervisor  = "supervisor"
	RoleBureau      = "bureau" // records bureau
	RoleProsecution = "prosecution"
	RoleCourt       = "court"
	RolePrison      = "prison"
	RoleForensics   = "forensics"
	RoleAuditor     = "auditor"
	RoleAdmin       = "admin"
)

// roleProgram is that of the program itself; no key has it.
const roleProgram = "program"

// Roles are all that a credential may have, in the order of the policy.
func Roles() []string {
	return []string{RoleConstable, RoleSHO, RoleIO, RoleSupervisor, RoleBureau, RoleProsecution, RoleCourt, RolePrison, RoleForensics,
		RoleAuditor, RoleAdmin}
}

// NeedsSecondFactor reports whether a role may do nothing before a second factor was shown. Of a role that is none, it is true.
func NeedsSecondFactor(role string) bool {
	row, known := policy[role]
	return !known || row.secondFactor
}

// LevelsOf are the levels of units that a role may have; none for a role that is none.
func LevelsOf(role string) []Level { return slices.Clone(policy[role].levels) }

// PillarOf is the pillar of a role; "" for the auditor, who belongs to none, and for a role that is none.
func PillarOf(role string) string { return policy[role].pillar }

// AllowanceOf is what a role may ask in a day, unless its credential says otherwise; nothing for a role that is none.
func AllowanceOf(role string) Allowance { return policy[role].day }

// FormsOf are the forms that a role may enter.
func FormsOf(role string) []string { return slices.Clone(policy[role].forms) }

// RightsOf is a row of the policy as an identity with its second factor has it: the actions that reach anywhere.
func RightsOf(role string) map[Action]Reach { return maps.Clone(policy[role].may) }

// An Allowance is how much may be asked, of the kinds that cost differently.
type Allowance struct {
	Searches int // single searches and looks at cases in a day
	PerMin   int // of these in a minute, and at once; 0 for as many as the day has
	Rows     int // rows of lists in a day
	ListRows int // rows of one list without a second person's approval
}

// rights are a row of the policy.
type rights struct {
	pillar       string
	levels       []Level // that the person's unit may have
	secondFactor bool    // needed before anything else
	may          map[Action]Reach
	forms        []string // that may be entered, as far as Enter reaches
	day          Allowance
}

// policy is who may do what. What does not stand here is refused. It follows the law as it is summed up beside each row: BNS
// 72 and POCSO 23 and 33(7) leave names of victims to the case's own chain (investigating officer, SHO, their supervisors);
// what is masked in an answer (victims of sexual offences, children, redacted names) stays so for everybody without Unmask,
// whatever he may search for. Persons show a second factor, machines (bureau, and an administrator's scripts) need none.
var policy = map[string]rights{
	// The station's staff: accused of the whole state at the counter and the barrier, the station's own cases in full.
	RoleConstable: {
		pillar: Police, levels: []Level{StationLevel}, secondFactor: true,
		may:   map[Action]Reach{SearchAccused: Everywhere, SearchVehicles: Everywhere, ViewCase: OwnUnit, List: Everywhere, Enter: OwnUnit},
		forms: []string{"IIF1", "IIF2", "IIF3", "IIF4", "IIF5"},
		day:   Allowance{Searches: 300, PerMin: 30, Rows: 500, ListRows: 100},
	},
	// Who is in charge of a station: BNS 72(2)(a) lets him order that a victim's name is told for the investigation.
	RoleSHO: {
		pillar: Police, levels: []Level{StationLevel}, secondFactor: true,
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: OwnUnit, SearchComplainants: OwnUnit, SearchWitnesses: OwnUnit,
			SearchVehicles: Everywhere, ViewCase: Everywhere, Unmask: OwnUnit, List: Everywhere, Export: Everywhere, Enter: OwnUnit},
		forms: []string{"IIF1", "IIF2", "IIF3", "IIF4", "IIF5"},
		day:   Allowance{Searches: 500, PerMin: 30, Rows: 2_000, ListRows: 500},
	},
	// Who investigates a case: everything about that case, accused of the whole state.
	RoleIO: {
		pillar: Police, levels: []Level{StationLevel, DistrictLevel, RangeLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: OwnCase, SearchComplainants: OwnCase, SearchWitnesses: OwnCase,
			SearchVehicles: Everywhere, ViewCase: Everywhere, Unmask: OwnCase, List: Everywhere, Export: Everywhere, Enter: OwnUnit},
		forms: []string{"IIF1", "IIF2", "IIF3", "IIF4", "IIF5"},
		day:   Allowance{Searches: 500, PerMin: 30, Rows: 2_000, ListRows: 500},
	},
	// Of a district, a range or the state: the chain above the stations of that unit.
	RoleSupervisor: {
		pillar: Police, levels: []Level{DistrictLevel, RangeLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: OwnUnit, SearchComplainants: OwnUnit, SearchWitnesses: OwnUnit,
			SearchVehicles: Everywhere, ViewCase: Everywhere, Unmask: OwnUnit, List: Everywhere, ApproveList: OwnUnit, Export: Everywhere},
		day: Allowance{Searches: 1_000, PerMin: 60, Rows: 20_000, ListRows: 10_000},
	},
	// The records bureau and machines: all districts and roles, lists of any length, all forms; not of the case's chain, so
	// nothing that is masked.
	RoleBureau: {
		pillar: Police, levels: []Level{StateLevel},
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: Everywhere, SearchComplainants: Everywhere,
			SearchWitnesses: Everywhere, SearchVehicles: Everywhere, ViewCase: Everywhere, List: Everywhere, ApproveList: Everywhere, Export: Everywhere, Enter: Everywhere},
		forms: []string{"IIF1", "IIF2", "IIF3", "IIF4", "IIF5", "IIF6", "IIF7"},
		day:   Allowance{Searches: 100_000, Rows: 2_000_000, ListRows: AnyRows},
	},
	// A District Attorney's office: what the accused of its cases have on record anywhere; it owes IIF6 and IIF7.
	RoleProsecution: {
		pillar: Prosecution, levels: []Level{DistrictLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: OwnUnit, SearchComplainants: OwnUnit, SearchWitnesses: OwnUnit,
			ViewCase: OwnUnit, Enter: OwnUnit},
		forms: []string{"IIF6", "IIF7"},
		day:   Allowance{Searches: 300, PerMin: 30},
	},
	// A court: cases before it. BNSS 366(2) keeps trials of these offences in camera, so names stay masked here too.
	RoleCourt: {
		pillar: Courts, levels: []Level{DistrictLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: OwnUnit, SearchComplainants: OwnUnit, SearchWitnesses: OwnUnit,
			ViewCase: OwnUnit},
		day: Allowance{Searches: 300, PerMin: 30},
	},
	// A prison: the prisoner and his cases, wherever they are; the roll of the prison as a list.
	RolePrison: {
		pillar: Prisons, levels: []Level{DistrictLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{SearchAccused: Everywhere, ViewCase: Everywhere, List: Everywhere},
		day: Allowance{Searches: 300, PerMin: 30, Rows: 5_000, ListRows: 2_000},
	},
	// A forensic laboratory: exhibits, which here are vehicles; no persons.
	RoleForensics: {
		pillar: Forensics, levels: []Level{DistrictLevel, RangeLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{SearchVehicles: Everywhere},
		day: Allowance{Searches: 300, PerMin: 30},
	},
	// Who watches the watchers: the log of who asked what, no records.
	RoleAuditor: {
		levels: []Level{DistrictLevel, RangeLevel, StateLevel}, secondFactor: true,
		may: map[Action]Reach{ReadLog: OwnUnit},
	},
	// Who hands out credentials and runs the service: no records. Scripts make backups with his key, so it is no person's
	// second factor that keeps it but that nothing can be read with it.
	RoleAdmin: {
		pillar: Police, levels: []Level{StateLevel},
		may: map[Action]Reach{Administer: Everywhere, Operate: Everywhere},
	},
	// The program itself, in process: the demonstration, the bench.
	roleProgram: {
		levels: []Level{StateLevel},
		may: map[Action]Reach{SearchAccused: Everywhere, SearchVictims: Everywhere, SearchComplainants: Everywhere,
			SearchWitnesses: Everywhere, SearchVehicles: Everywhere, ViewCase: Everywhere, List: Everywhere},
		day: Allowance{Searches: AnyRows, Rows: AnyRows, ListRows: AnyRows},
	},
}

// AnyRows is as many as there are.
const AnyRows = 1 << 40
