package indexer

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

const statusFIR = "13225008230123"

// formsOf parses forms written as `IIF3 2023-05-09 "arrest":{...}`: form, day of event, further fields.
func formsOf(t *testing.T, parts ...string) []*iif.Form {
	t.Helper()
	var forms []*iif.Form
	for i, p := range parts {
		form, rest, _ := strings.Cut(p, " ")
		day, fields, _ := strings.Cut(rest, " ")
		if fields != "" {
			fields = "," + fields
		}
		value := fmt.Sprintf(`{"schema":1,"form":%q,"form_id":"f%d","version":1,"fir":%q,"station":"13225008",`+
			`"event_at":"%sT10:00:00+05:30","entered_at":"%sT12:00:00+05:30"%s}`, form, i, statusFIR, day, day, fields)
		f, err := iif.Parse([]byte(statusFIR), []byte(value))
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if len(f.Unknown()) > 0 {
			t.Fatalf("%s: unknown %q", p, f.Unknown())
		}
		forms = append(forms, f)
	}
	return forms
}

// recordOf folds forms, in both directions, and returns the record with this id suffix.
func recordOf(t *testing.T, suffix string, forms []*iif.Form) storage.Record {
	t.Helper()
	c := Fold(statusFIR, forms)
	slices.Reverse(forms)
	d := Fold(statusFIR, forms)
	slices.Reverse(forms)
	find := func(records []storage.Record) storage.Record {
		for _, r := range records {
			if r.ID == statusFIR+suffix {
				return r
			}
		}
		t.Fatalf("no record %s", suffix)
		return storage.Record{}
	}
	a, b := find(c.Records), find(d.Records)
	if a.Status != b.Status {
		t.Fatalf("the order of forms changes %s from %s to %s", suffix, a.Status, b.Status)
	}
	return a
}

const (
	fir      = `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","name":"Made Up"}]`
	sought   = `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","name":"Made Up","status":"absconding"}]`
	taken    = `IIF3 2023-05-09 "arrest":{"ref":"A1"}`
	sheet    = `IIF5 2023-07-01 "report":{"type":"charge-sheeted","charge_sheeted":[{"ref":"A1"}]}`
	guilty   = `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"convicted","date":"2024-02-01"}]`
	innocent = `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"acquitted","date":"2024-02-01"}]`
)

// tried keeps account of the rows that a test has tried.
type tried map[content]bool

func (rows tried) complete(t *testing.T, table map[content]meaning) {
	t.Helper()
	for c := range table {
		if !rows[c] {
			t.Errorf("no test for row %q", c)
		}
	}
	for c := range maps.Keys(rows) {
		if _, ok := table[c]; !ok {
			t.Errorf("a test for %q, which is no row", c)
		}
	}
}

func TestPersonRules(t *testing.T) {
	rows := tried{}
	f := func(form, says, when, want string, forms ...string) {
		t.Helper()
		rows[content{form, says, when}] = true
		if got := recordOf(t, "/p/A1", formsOf(t, forms...)).Status; got != want {
			t.Errorf("%s %s %s: got %s, want %s", form, says, when, got, want)
		}
	}
	f("IIF1", "status", "", storage.Absconding, sought)
	f("IIF1", "no status", "", storage.Wanted, fir)
	f("IIF4", "status", "", storage.Proclaimed, fir, `IIF4 2023-05-06 "persons":[{"ref":"A1","status":"proclaimed"}]`)
	f("any", "no status", "", storage.Wanted, `IIF2 2023-05-06 "persons":[{"ref":"A1","role":"accused","status":"convicted"}]`)

	arrest := func(kind string) string { return `IIF3 2023-05-09 "arrest":{"ref":"A1","kind":"` + kind + `"}` }
	f("IIF3", "arrest", "", storage.Arrested, sought, arrest("arrest"))
	f("IIF3", "surrender", "", storage.Arrested, sought, arrest("surrender"))
	f("IIF3", "apprehension", "", storage.Arrested, sought, arrest("apprehension"))
	f("IIF3", "notice", "", storage.Wanted, fir, arrest("notice"))

	charge := func(standing string) string {
		return `IIF5 2023-07-01 "report":{"charge_sheeted":[{"ref":"A1","standing":"` + standing + `"}]}`
	}
	f("IIF5", "charge-sheeted", "", storage.ChargeSheeted, fir, taken, sheet)
	f("IIF5", "charge-sheeted", "not arrested", storage.ChargeSheeted, fir, charge("not arrested"))
	f("IIF5", "charge-sheeted", "bailed", storage.ChargeSheeted, fir, taken, charge("bailed"))
	f("IIF5", "charge-sheeted", "custody", storage.ChargeSheeted, fir, taken, charge("custody"))
	f("IIF5", "charge-sheeted", "absconding", storage.Absconding, fir, charge("absconding"))
	f("IIF5", "charge-sheeted", "proclaimed", storage.Proclaimed, fir, charge("proclaimed"))
	f("IIF5", "charge-sheeted", "died", storage.Abated, fir, charge("died"))
	f("IIF5", "not charge-sheeted", "", storage.NotChargeSheeted, fir, taken, `IIF5 2023-07-01 "report":{"not_charge_sheeted":[{"ref":"A1"}]}`)
	f("IIF5", "charge sheet", noList, storage.ChargeSheeted, fir, `IIF5 2023-07-01 "persons":[{"ref":"A1","role":"accused"}]`)

	closure := func(kind string) string { return `IIF5 2023-07-01 "report":{"type":"` + kind + `"}` }
	f("IIF5", "not-charge-sheeted", "", storage.NotChargeSheeted, fir, taken, closure("not-charge-sheeted"))
	f("IIF5", "undetected", "", storage.NotChargeSheeted, fir, closure("undetected"))
	f("IIF5", "undetected", whenSought, storage.Absconding, sought, closure("undetected"))
	f("IIF5", "untraced", "", storage.NotChargeSheeted, fir, closure("untraced"))
	f("IIF5", "untraced", whenSought, storage.Absconding, sought, closure("untraced"))
	f("IIF5", "abated", "", storage.Abated, fir, closure("abated"))
	f("IIF5", "un-occurred", "", storage.NotChargeSheeted, sought, closure("un-occurred"))

	court := func(result string) string {
		return `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"` + result + `"}]`
	}
	disposal := func(result, want string) {
		t.Helper()
		f("IIF6", result, "", want, fir, taken, sheet, court(result))
	}
	disposal("convicted", storage.Convicted)
	disposal("plea bargaining", storage.Convicted)
	disposal("probation", storage.Convicted)
	disposal("acquitted", storage.Acquitted)
	disposal("compounded", storage.Acquitted)
	disposal("withdrawn", storage.Discharged)
	f("IIF6", "withdrawn", afterCharge, storage.Acquitted, fir, sheet,
		`IIF6 2024-02-01 "trial":{"charge_framed_on":"2023-10-01"},"disposals":[{"ref":"A1","result":"withdrawn"}]`)
	disposal("discharged", storage.Discharged)
	disposal("quashed", storage.Discharged)
	disposal("pardoned", storage.Discharged)
	disposal("proceedings stopped", storage.Discharged)
	disposal("abated", storage.Abated)
	disposal("proclaimed", storage.Proclaimed)
	disposal("cancellation accepted", storage.NotChargeSheeted)
	disposal("untraced accepted", storage.NotChargeSheeted)
	disposal("split up", storage.ChargeSheeted)
	disposal("committed", storage.ChargeSheeted)
	disposal("transferred", storage.ChargeSheeted)
	disposal("referred to JJB", storage.ChargeSheeted)
	rows.complete(t, personRules)
}

func TestAppealRules(t *testing.T) {
	rows := tried{}
	appeal := func(fields string) string { return `IIF7 2024-08-01 "appeals":[{"ref":"A1",` + fields + `}]` }
	effect := func(effect, want, before, fields string) {
		t.Helper()
		rows[content{"IIF7", "effect " + effect, ""}] = true
		if got := recordOf(t, "/p/A1", formsOf(t, fir, sheet, before, appeal(fields))).Status; got != want {
			t.Errorf("effect %s: got %s, want %s", effect, got, want)
		}
	}
	effect("acquitted", storage.Acquitted, guilty, `"result":"allowed","effect":"acquitted"`)
	effect("acquitted", storage.Acquitted, innocent, `"result":"dismissed","effect":"acquitted"`)
	effect("convicted", storage.Convicted, innocent, `"result":"allowed","effect":"convicted"`)
	effect("convicted", storage.Convicted, guilty, `"result":"modified","effect":"convicted"`)
	effect("convicted", storage.Convicted, guilty, `"result":"dismissed","effect":"convicted"`)
	effect("retrial", storage.ChargeSheeted, guilty, `"result":"remanded","effect":"retrial"`)
	effect("retrial", storage.ChargeSheeted, innocent, `"result":"allowed","effect":"retrial"`)

	grounds := []struct{ against, kind string }{
		{againstConviction, "conviction"}, {againstSentence, "sentence"}, {againstAcquittal, "acquittal"}, {againstUnknown, "revision"},
	}
	before := map[string]string{againstConviction: guilty, againstSentence: guilty, againstAcquittal: innocent, againstUnknown: taken}
	f := func(result string, want ...string) {
		t.Helper()
		for i, g := range grounds {
			rows[content{"IIF7", result, g.against}] = true
			forms := formsOf(t, fir, sheet, before[g.against], appeal(`"result":"`+result+`","kind":"`+g.kind+`"`))
			r := recordOf(t, "/p/A1", forms)
			if r.Status != want[i] {
				t.Errorf("%s %s: got %s, want %s", result, g.against, r.Status, want[i])
			}
			open := appealRules[content{"IIF7", result, g.against}].status == unchanged && (result == "allowed" || result == "modified")
			if slices.Contains(r.Flags, FlagAppealUnclear) != open {
				t.Errorf("%s %s: flags %q", result, g.against, r.Flags)
			}
		}
	}
	f("pending", storage.Convicted, storage.Convicted, storage.Acquitted, storage.ChargeSheeted)
	f("allowed", storage.Acquitted, storage.Convicted, storage.Acquitted, storage.ChargeSheeted)
	f("dismissed", storage.Convicted, storage.Convicted, storage.Acquitted, storage.ChargeSheeted)
	f("modified", storage.Convicted, storage.Convicted, storage.Acquitted, storage.ChargeSheeted)
	f("remanded", storage.ChargeSheeted, storage.Convicted, storage.ChargeSheeted, storage.ChargeSheeted)
	f("compounded", storage.Acquitted, storage.Acquitted, storage.Acquitted, storage.Acquitted)
	f("abated", storage.Convicted, storage.Convicted, storage.Acquitted, storage.ChargeSheeted)
	f("withdrawn", storage.Convicted, storage.Convicted, storage.Acquitted, storage.ChargeSheeted)
	rows.complete(t, appealRules)
}

func TestVehicleRules(t *testing.T) {
	rows := tried{}
	f := func(form, says, when, want string, forms ...string) {
		t.Helper()
		rows[content{form, says, when}] = true
		if got := recordOf(t, "/v/V1", formsOf(t, forms...)).Status; got != want {
			t.Errorf("%s %s %s: got %s, want %s", form, says, when, got, want)
		}
	}
	stolen := `IIF1 2023-05-04 "vehicles":[{"ref":"V1","status":"stolen"}]`
	plain := `IIF1 2023-05-04 "vehicles":[{"ref":"V1"}]`
	seized := `IIF4 2023-06-01 "vehicles":[{"ref":"V1","status":"seized"}]`
	f("IIF1", "status", "", storage.Stolen, stolen)
	f("IIF1", "no status", "", storage.Involved, plain)
	f("any", "no status", "", storage.Involved, `IIF2 2023-05-05 "vehicles":[{"ref":"V1","status":"stolen"}]`)
	f("IIF4", "status", "", storage.Seized, stolen, seized)
	f("IIF4", "released", "", storage.Released, plain, seized, `IIF4 2023-06-02 "vehicles":[{"ref":"V1","released_to":"superdari"}]`)
	f("IIF4", "no status", "", storage.Seized, plain, `IIF4 2023-06-01 "vehicles":[{"ref":"V1"}]`)
	f("IIF4", "no status", whenStolen, storage.Recovered, stolen, `IIF4 2023-06-01 "vehicles":[{"ref":"V1"}]`)
	f("IIF4", "nature stolen", "", storage.Recovered, plain, `IIF4 2023-06-01 "seizure":{"nature":"stolen"},"vehicles":[{"ref":"V1"}]`)
	f("IIF4", "nature recovered", "", storage.Recovered, plain, `IIF4 2023-06-01 "seizure":{"nature":"recovered"},"vehicles":[{"ref":"V1"}]`)

	report := func(kind string) string { return `IIF5 2023-07-01 "report":{"type":"` + kind + `"}` }
	f("IIF5", "un-occurred", notHeld, storage.Released, stolen, report("un-occurred"))
	f("IIF5", "un-occurred", "", storage.Seized, stolen, seized, report("un-occurred"))
	f("IIF5", "charge-sheeted", "", storage.Stolen, stolen, report("charge-sheeted"))
	f("IIF5", "not-charge-sheeted", "", storage.Stolen, stolen, report("not-charge-sheeted"))
	f("IIF5", "undetected", "", storage.Stolen, stolen, report("undetected"))
	f("IIF5", "untraced", "", storage.Stolen, stolen, report("untraced"))
	f("IIF5", "abated", "", storage.Stolen, stolen, report("abated"))

	ordered := func(order string) string {
		return `IIF6 2024-02-01 "property_orders":[{"ref":"V1","order":"` + order + `"}]`
	}
	f("IIF6", "return", "", storage.Released, stolen, seized, ordered("return"))
	f("IIF6", "auction", "", storage.Released, stolen, seized, ordered("auction"))
	f("IIF6", "confiscate", "", storage.Seized, plain, ordered("confiscate"))
	f("IIF6", "destroy", "", storage.Seized, plain, ordered("destroy"))
	rows.complete(t, vehicleRules)
}

// TestPersonStages tries how forms follow each other: by stage and date, whatever their order.
func TestPersonStages(t *testing.T) {
	f := func(want string, forms ...string) {
		t.Helper()
		if got := recordOf(t, "/p/A1", formsOf(t, forms...)).Status; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f(storage.ChargeSheeted, fir, sheet, `IIF3 2023-08-01 "arrest":{"ref":"A1"}`)
	f(storage.Convicted, fir, guilty, `IIF5 2024-03-01 "report":{"charge_sheeted":[{"ref":"A1"}]}`)
	f(storage.Arrested, `IIF3 2023-05-03 "persons":[{"ref":"A1","name":"Made Up"}]`, sought)
	f(storage.Convicted, `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","status":"convicted"}]`, taken)
	f(storage.Acquitted, `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","status":"convicted"}]`, innocent)

	column2 := `IIF5 2023-07-01 "report":{"not_charge_sheeted":[{"ref":"A1"}]}`
	f(storage.ChargeSheeted, fir, column2, `IIF5 2023-09-01 "report":{"kind":"supplementary","charge_sheeted":[{"ref":"A1"}]}`)
	f(storage.Arrested, fir, column2, `IIF3 2023-08-01 "arrest":{"ref":"A1"}`)
	f(storage.NotChargeSheeted, fir, taken, column2)
	f(storage.ChargeSheeted, fir, sheet, `IIF5 2023-09-01 "report":{"type":"untraced"}`)
	f(storage.ChargeSheeted, fir, `IIF5 2023-06-01 "report":{"type":"untraced"}`, sheet)
	f(storage.ChargeSheeted, fir, `IIF5 2023-07-01 "report":{"charge_sheeted":[{"ref":"A1","standing":"proclaimed"}]}`,
		`IIF3 2023-08-01 "arrest":{"ref":"A1"}`)

	f(storage.ChargeSheeted, fir, `IIF5 2023-09-01 "report":{"date":"2023-06-01","not_charge_sheeted":[{"ref":"A1"}]}`, sheet)
	f(storage.Acquitted, fir, `IIF6 2024-06-01 "disposals":[{"ref":"A1","result":"discharged","date":"2024-01-01"}]`, innocent)

	part := `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"acquitted"},{"ref":"A1","result":"convicted"},{"ref":"A1","result":"acquitted"}]`
	f(storage.Convicted, fir, sheet, part)
	f(storage.Convicted, fir, guilty, `IIF6 2024-06-01 "disposals":[{"ref":"A1","result":"acquitted"}]`)
	f(storage.Convicted, fir, innocent, `IIF6 2024-06-01 "disposals":[{"ref":"A1","result":"convicted"}]`)
	f(storage.Acquitted, fir, part, `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"allowed","effect":"acquitted"}]`)

	remand := `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"remanded"}]`
	f(storage.ChargeSheeted, fir, guilty, remand)
	f(storage.Acquitted, fir, guilty, remand, `IIF6 2025-02-01 "disposals":[{"ref":"A1","result":"acquitted"}]`)
	f(storage.Convicted, fir, innocent, remand, `IIF6 2025-02-01 "disposals":[{"ref":"A1","result":"convicted"}]`)
	f(storage.Acquitted, fir, guilty, `IIF7 2024-05-01 "appeals":[{"ref":"A1","result":"dismissed"}]`,
		`IIF7 2025-05-01 "appeals":[{"ref":"A1","result":"allowed","effect":"acquitted"}]`)
	f(storage.Convicted, fir, guilty, `IIF7 2024-05-01 "appeals":[{"ref":"A1","result":"allowed","effect":"acquitted"}]`,
		`IIF7 2025-05-01 "appeals":[{"ref":"A1","result":"allowed","effect":"convicted"}]`)
	f(storage.Acquitted, fir, guilty, `IIF7 2023-08-01 "appeals":[{"ref":"A1","result":"allowed","effect":"acquitted"}]`)
	f(storage.Convicted, fir, guilty, `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"pending","effect":"acquitted"}]`)

	declared := `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"proclaimed"}]`
	f(storage.ChargeSheeted, fir, sheet, declared, `IIF3 2024-05-01 "arrest":{"ref":"A1"}`)
	f(storage.Proclaimed, fir, taken, sheet, declared)
	let := `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"discharged"}]`
	f(storage.ChargeSheeted, fir, sheet, let, `IIF5 2024-05-01 "report":{"charge_sheeted":[{"ref":"A1"}]}`)
	f(storage.Discharged, fir, sheet, let)
}

// TestUpdatedByClosure: a closure that changes a status speaks of the record, though it names nobody.
func TestUpdatedByClosure(t *testing.T) {
	f := func(want iif.Date, suffix, kind string) {
		t.Helper()
		first := `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","status":"absconding"}],"vehicles":[{"ref":"V1","status":"stolen"}]`
		r := recordOf(t, suffix, formsOf(t, first, `IIF5 2023-07-01 "report":{"type":"`+kind+`"}`))
		if got := iif.DateOf(r.Updated); got != want {
			t.Errorf("%s %s: got %s, want %s", suffix, kind, got, want)
		}
	}
	f("2023-07-01", "/p/A1", "un-occurred")
	f("2023-05-04", "/p/A1", "untraced")
	f("2023-07-01", "/v/V1", "un-occurred")
	f("2023-05-04", "/v/V1", "untraced")
}

// TestVehicleStages: the latest event counts, by its own day.
func TestVehicleStages(t *testing.T) {
	f := func(want string, forms ...string) {
		t.Helper()
		if got := recordOf(t, "/v/V1", formsOf(t, forms...)).Status; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	stolen := `IIF1 2023-05-04 "vehicles":[{"ref":"V1","status":"stolen"}]`
	back := `IIF4 2023-06-01 "vehicles":[{"ref":"V1","status":"recovered"}]`
	gone := `IIF4 2023-06-01 "vehicles":[{"ref":"V1","status":"released","status_on":"2023-07-01","released_to":"owner"}]`
	f(storage.Recovered, stolen, back)
	f(storage.Released, stolen, back, gone)
	f(storage.Recovered, `IIF4 2023-05-01 "vehicles":[{"ref":"V1","status":"recovered"}]`, stolen)
	f(storage.Seized, stolen, gone, `IIF4 2023-08-01 "vehicles":[{"ref":"V1","status":"seized"}]`)
	f(storage.Stolen, stolen, `IIF5 2023-07-01 "report":{"type":"un-occurred"}`, sheet)
	f(storage.Recovered, stolen, `IIF5 2023-05-20 "report":{"type":"untraced"}`, back)
}

// TestRulesAreWhole: every code that a form can say has a row, and every row a status of the contract.
func TestRulesAreWhole(t *testing.T) {
	for _, table := range []map[content]meaning{personRules, appealRules} {
		for c, m := range table {
			if m.status != asSent && m.status != unchanged && stages[m.status] == 0 {
				t.Errorf("%q: no such status: %s", c, m.status)
			}
			if m.source == "" {
				t.Errorf("%q: no source", c)
			}
		}
	}
	f := func(path string, table map[content]meaning, form string, row func(code string) string) {
		t.Helper()
		for _, code := range codesOf(t, path) {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(table)), func(c content) bool {
				return c.form == form && c.says == row(code) || c.form == form && c.when == row(code)
			}) {
				t.Errorf("%s %s: no row", form, code)
			}
		}
	}
	same := func(code string) string { return code }
	f("arrest.kind", personRules, "IIF3", same)
	f("report.type", vehicleRules, "IIF5", same)
	f("charged.standing", personRules, "IIF5", same)
	f("result.result", personRules, "IIF6", same)
	f("appeal.result", appealRules, "IIF7", same)
	f("appeal.effect", appealRules, "IIF7", func(code string) string { return "effect " + code })
	f("return.order", vehicleRules, "IIF6", same)
	for _, code := range codesOf(t, "return.order") {
		if itemStates[code] == "" {
			t.Errorf("no state of an item for %s", code)
		}
	}
}

// TestStatusWords: the rules make each status of the vocabulary and no other, and each of a person's has a stage.
func TestStatusWords(t *testing.T) {
	f := func(kind storage.Kind, rules map[content]meaning) {
		t.Helper()
		made := map[string]bool{}
		for _, m := range rules {
			if m.status != asSent && m.status != unchanged {
				made[m.status] = true
			}
		}
		for _, s := range storage.Statuses(kind) {
			if !made[s] && kind == storage.Person || kind == storage.Person && stages[s] == 0 {
				t.Errorf("%s: no rule or no stage", s)
			}
			delete(made, s)
		}
		if len(made) > 0 {
			t.Errorf("%s: rules make %v", kind, made)
		}
	}
	f(storage.Person, personRules)
	f(storage.Vehicle, vehicleRules)
	if len(stages) != len(storage.Statuses(storage.Person)) {
		t.Errorf("%d stages", len(stages))
	}
}

// TestCautions: what any current form warns of is a flag of the person it warns of; the next version of that form takes it back.
func TestCautions(t *testing.T) {
	f := func(want string, forms ...string) {
		t.Helper()
		k := keep{}
		for _, v := range forms {
			k.take([]byte(v))
		}
		var c Case
		if err := json.Unmarshal(k.fold("13225008230123"), &c); err != nil || len(c.Records) != 2 {
			t.Fatal(len(c.Records), err)
		}
		for _, r := range c.Records {
			got := slices.DeleteFunc(slices.Clone(r.Flags), func(s string) bool { return !slices.Contains(storage.Cautions(), s) })
			if r.ID == "13225008230123/p/A1" && strings.Join(got, " ") != want || r.ID != "13225008230123/p/A1" && len(got) > 0 {
				t.Errorf("%s is flagged %v, want %q", r.ID, r.Flags, want)
			}
		}
	}
	form := func(name, id string, version int, marks string) string {
		return fmt.Sprintf(`{"schema":1,"form":%q,"form_id":%q,"version":%d,"fir":"13225008230123","station":"13225008","event_at":"2023-05-04T10:20:00+05:30",`+
			`"entered_at":"2023-05-04T11:05:00+05:30","persons":[{"ref":"A1","role":"accused","name":"Rakesh"%s},{"ref":"A2","role":"accused","name":"Mohan"}]}`, name, id, version, marks)
	}
	f("", form("IIF1", "a", 1, ""))
	f("armed", form("IIF1", "a", 1, `,"armed":true`), form("IIF4", "b", 1, ""))
	f("armed dangerous escape-risk identity-misused", form("IIF1", "a", 1, `,"armed":true,"identity_misused":true`), form("IIF3", "b", 1, `,"escape_risk":true,"dangerous":true`))
	f("", form("IIF1", "a", 1, `,"armed":true`), form("IIF1", "a", 2, `,"armed":false`))
}
