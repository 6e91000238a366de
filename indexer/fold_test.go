package indexer

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// codesOf reads a code list from the published schema: "arrest.kind" is the field kind of $defs/arrest.
func codesOf(t *testing.T, path string) []string {
	t.Helper()
	def, field, _ := strings.Cut(path, ".")
	var doc struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Enum []string `json:"enum"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(iif.Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	list := doc.Defs[def].Properties[field].Enum
	if len(list) == 0 {
		t.Fatalf("no codes at %s", path)
	}
	return list
}

// keep is the map that keeps the newest value of each form instance.
type keep map[string]held

type held struct {
	version int
	sum     [32]byte
	form    *iif.Form
}

// take applies one value as it would come from the log.
func (k keep) take(value []byte) {
	var id struct{ FIR string }
	if err := json.Unmarshal(value, &id); err != nil {
		panic(err)
	}
	form, err := iif.Parse([]byte(id.FIR), value)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(value)
	if h, ok := k[form.FormID]; !ok || Newer(form.Version, sum, h.version, h.sum) {
		k[form.FormID] = held{form.Version, sum, form}
	}
}

func (k keep) fold(fir string) []byte {
	var forms []*iif.Form
	for _, h := range k {
		forms = append(forms, h.form)
	}
	out, err := json.Marshal(Fold(fir, forms))
	if err != nil {
		panic(err)
	}
	return out
}

// TestFoldOrder: any order, any duplicates and any replay of the same values end in the same case.
func TestFoldOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var values [][]byte
		for _, f := range genForms(statusFIR).Draw(t, "forms") {
			values = append(values, encode(f))
		}
		once := keep{}
		for _, v := range values {
			once.take(v)
		}
		want := once.fold(statusFIR)
		again := keep{}
		extra := rapid.SliceOfN(rapid.SampledFrom(values), 0, 5).Draw(t, "duplicates")
		for _, v := range rapid.Permutation(slices.Concat(values, extra)).Draw(t, "order") {
			again.take(v)
		}
		for _, v := range values[rapid.IntRange(0, len(values)-1).Draw(t, "replay from"):] {
			again.take(v)
		}
		if got := again.fold(statusFIR); !bytes.Equal(got, want) {
			t.Fatalf("another order gives another case:\n%s\n%s", got, want)
		}
	})
}

// TestFoldLaws checks what holds for every case.
func TestFoldLaws(t *testing.T) {
	vehicleStatuses := []string{storage.Stolen, storage.Involved, storage.Seized, storage.Recovered, storage.Released}
	rapid.Check(t, func(t *rapid.T) {
		k := keep{}
		for _, f := range genForms(statusFIR).Draw(t, "forms") {
			k.take(encode(f))
		}
		var forms []*iif.Form
		var before [][]byte
		for _, h := range k {
			forms = append(forms, h.form)
			before = append(before, encode(h.form))
		}
		c := Fold(statusFIR, forms)
		if !reflect.DeepEqual(c, Fold(statusFIR, forms)) {
			t.Fatal("folding twice differs")
		}
		for i, f := range forms {
			if !bytes.Equal(before[i], encode(f)) {
				t.Fatal("the fold changed a form")
			}
		}
		byID := map[string]storage.Record{}
		for i, r := range c.Records {
			byID[r.ID] = r
			switch {
			case i > 0 && c.Records[i-1].ID >= r.ID:
				t.Fatal("records are not sorted")
			case r.Kind == storage.Person && r.Visibility == storage.Findable && r.Role != "accused":
				t.Fatalf("%s %s is findable", r.Role, r.ID)
			case r.Kind == storage.Person && (r.Role == "accused") != (stages[r.Status] > 0):
				t.Fatalf("%s %s has status %q", r.Role, r.ID, r.Status)
			case r.Kind == storage.Vehicle && !slices.Contains(vehicleStatuses, r.Status):
				t.Fatalf("%s has status %q", r.ID, r.Status)
			case r.Updated.IsZero() || r.EventAt.IsZero():
				t.Fatalf("%s has no time", r.ID)
			}
		}
		for _, f := range forms {
			everySpelling(t, f, byID, hiddenNames(c.Records, c.Sensitive))
		}
	})
}

// everySpelling: whatever name or number stands in a current form stands in its record, unless it tells of somebody hidden.
func everySpelling(t *rapid.T, f *iif.Form, byID map[string]storage.Record, h *hidden) {
	for _, p := range f.Persons {
		r, ok := byID[f.FIR+"/p/"+p.Ref]
		if party, twofold := byID[f.FIR+"/p/"+p.Ref+partySuffix]; twofold && p.Role != "accused" {
			r = party
		}
		found := r.Visibility == storage.Findable
		names := append(slices.Clone(r.Names), r.Name)
		for _, s := range []string{p.Name, p.NameHi} {
			if found {
				s = h.ownName(s)
			}
			if !ok || s != "" && !slices.Contains(names, s) {
				t.Fatalf("%s lacks the name %q", p.Ref, s)
			}
		}
		if p.Relative != "" && !slices.Contains(r.Relatives, p.Relative) && !(found && h.relative(p.Relative)) {
			t.Fatalf("%s lacks the relative %q", p.Ref, p.Relative)
		}
		for _, a := range p.Aliases {
			if !slices.Contains(r.Aliases, a) && !(found && h.in(a)) {
				t.Fatalf("%s lacks the alias %q", p.Ref, a)
			}
		}
	}
	for _, v := range f.Vehicles {
		r, ok := byID[f.FIR+"/v/"+v.Ref]
		if !ok || v.Registration != "" && !slices.Contains(append(slices.Clone(r.Registrations), r.Registration), v.Registration) {
			t.Fatalf("%s lacks the registration %q", v.Ref, v.Registration)
		}
	}
	for _, d := range f.Disposals {
		if _, ok := byID[f.FIR+"/p/"+d.Ref]; f.Form == "IIF6" && !ok {
			t.Fatalf("no record for the disposal of %s", d.Ref)
		}
	}
}

func TestNewer(t *testing.T) {
	low, high := [32]byte{1}, [32]byte{2}
	f := func(av int, as [32]byte, bv int, bs [32]byte, want bool) {
		t.Helper()
		if got := Newer(av, as, bv, bs); got != want {
			t.Errorf("got %v", got)
		}
	}
	f(2, low, 1, high, true)
	f(1, high, 2, low, false)
	f(1, high, 1, low, true)
	f(1, low, 1, high, false)
	f(1, low, 1, low, false)
}

func TestFoldNames(t *testing.T) {
	r := recordOf(t, "/p/A1", formsOf(t,
		`IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","name":"Rakesh","name_hi":"राकेश","aliases":["Kala"],"relative":"Om Parkash","relation":"father","birth_year":1990,"address":"one"}]`,
		`IIF3 2023-06-04 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","name":"Rakesh Kumar","aliases":["Kalu","Kala"],"relative":"Om Prakash","age":33,"gender":"M","permanent_address":"two"}]`,
		`IIF2 2023-05-20 "persons":[{"ref":"A1","name":"Rakesh"}]`))
	want := storage.Record{
		ID: statusFIR + "/p/A1", Kind: storage.Person, FIR: statusFIR, Station: "13225008", Role: "accused", Status: storage.Arrested,
		EventAt: r.EventAt, Updated: r.Updated, Name: "Rakesh Kumar", Names: []string{"Rakesh", "राकेश"},
		Aliases: []string{"Kalu", "Kala"}, Relatives: []string{"Om Prakash", "Om Parkash"}, Relation: "father", Gender: "M",
		BirthFrom: 1990, BirthTo: 1990, Places: []string{"two", "one"},
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got\n%+v\nwant\n%+v", r, want)
	}
	if got := iif.DateOf(r.EventAt) + " " + iif.DateOf(r.Updated); got != "2023-05-04 2023-06-04" {
		t.Errorf("got %s", got)
	}
}

// TestFoldTies: of forms of one instant the later entry counts, then the greater form_id.
func TestFoldTies(t *testing.T) {
	f := func(want string, change func(a, b *iif.Form)) {
		t.Helper()
		forms := formsOf(t, `IIF2 2023-05-04 "persons":[{"ref":"A1","name":"First"}]`, `IIF2 2023-05-04 "persons":[{"ref":"A1","name":"Second"}]`)
		change(forms[0], forms[1])
		if got := recordOf(t, "/p/A1", forms).Name; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		slices.Reverse(forms)
		if got := recordOf(t, "/p/A1", forms).Name; got != want {
			t.Errorf("in the other order got %s, want %s", got, want)
		}
	}
	f("Second", func(a, b *iif.Form) {})
	f("First", func(a, b *iif.Form) { a.EnteredAt = a.EnteredAt.AddDate(0, 0, 1) })
	f("First", func(a, b *iif.Form) { a.FormID = "x" })
	f("First", func(a, b *iif.Form) {
		a.EventAt = a.EventAt.AddDate(0, 0, 1)
		b.EnteredAt = b.EnteredAt.AddDate(0, 0, 5)
	})
	f("Second", func(a, b *iif.Form) { b.FormID, b.Version = a.FormID, 2 })
}

// TestManyPersons: a case with more persons than a short roll holds.
func TestManyPersons(t *testing.T) {
	forms := formsOf(t, `IIF1 2023-05-04`, `IIF2 2023-05-05`)
	for i := range 3 * shortRoll {
		p := iif.Person{Ref: fmt.Sprintf("A%d", i), Role: "accused", Name: fmt.Sprintf("Made Up %d", i)}
		forms[0].Persons = append(forms[0].Persons, p)
		p.Name = "Also " + p.Name
		forms[1].Persons = append(forms[1].Persons, p)
	}
	c := Fold(statusFIR, forms)
	if len(c.Records) != 3*shortRoll {
		t.Fatalf("%d records", len(c.Records))
	}
	for _, r := range c.Records {
		if len(r.Names) != 1 || r.Name != "Also "+r.Names[0] {
			t.Errorf("%s: got %q and %q", r.ID, r.Name, r.Names)
		}
	}
}

func TestFoldVehicle(t *testing.T) {
	r := recordOf(t, "/v/V1", formsOf(t,
		`IIF1 2023-05-04 "sections":[{"act":"BNS","section":"303(2)"}],"vehicles":[{"ref":"V1","registration":"HR26DK8337","engine":"K12M","make":"Maruti","status":"stolen"}]`,
		`IIF4 2023-06-04 "vehicles":[{"ref":"V1","registration":"DL3CAB1234","chassis":"MA3***","engine":"K12M","colour":"white"}]`))
	want := storage.Record{
		ID: statusFIR + "/v/V1", Kind: storage.Vehicle, FIR: statusFIR, Station: "13225008", Status: storage.Recovered,
		EventAt: r.EventAt, Updated: r.Updated, Sections: []string{"BNS 303(2)"}, Registration: "DL3CAB1234",
		Registrations: []string{"HR26DK8337"}, Chassis: "MA3***", Engine: "K12M", Make: "Maruti", Colour: "white",
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got\n%+v\nwant\n%+v", r, want)
	}
}

func TestVisibility(t *testing.T) {
	f := func(suffix string, want storage.Visibility, forms ...string) {
		t.Helper()
		if got := recordOf(t, suffix, formsOf(t, forms...)).Visibility; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	person := func(fields string) string { return `IIF1 2023-05-04 "persons":[{"ref":"A1",` + fields + `}]` }
	f("/p/A1", storage.Findable, person(`"role":"accused"`))
	f("/p/A1", storage.Party, person(`"role":"complainant"`))
	f("/p/A1", storage.Party, person(`"role":"victim"`))
	f("/p/A1", storage.Party, person(`"role":"witness"`))
	f("/p/A1", storage.Party, person(`"name":"Made Up"`))
	f("/p/A1", storage.Party, person(`"role":"victim"`), guilty)

	f("/p/A1", storage.Child, person(`"role":"accused","birth_date":"2005-05-05"`))
	f("/p/A1", storage.Findable, person(`"role":"accused","birth_date":"2005-05-04"`))
	f("/p/A1", storage.Child, person(`"role":"accused","birth_year":2006`))
	f("/p/A1", storage.Child, person(`"role":"accused","birth_year":2005`))
	f("/p/A1", storage.Findable, person(`"role":"accused","birth_year":2004`))
	f("/p/A1", storage.Child, person(`"role":"accused","age":17`))
	f("/p/A1", storage.Findable, person(`"role":"accused","age":18`))
	f("/p/A1", storage.Child, person(`"role":"accused","age":18,"age_on":"2023-05-05"`))
	f("/p/A1", storage.Masked, person(`"role":"victim","age":9`))
	f("/p/A1", storage.Child, person(`"role":"accused","child":true`))
	f("/p/A1", storage.Child, person(`"role":"accused"`), `IIF3 2023-05-09 "arrest":{"ref":"A1","kind":"apprehension"}`)
	f("/p/A1", storage.Child, person(`"role":"accused"`), `IIF6 2023-09-09 "disposals":[{"ref":"A1","result":"referred to JJB"}]`)
	f("/p/A1", storage.Child, person(`"role":"accused","age":20`), `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","birth_year":2007}]`)
	f("/p/A1", storage.Child, person(`"role":"accused","age":17`), `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","birth_date":"2003-01-01"}]`)
	f("/p/A1", storage.Findable, person(`"role":"accused","birth_year":2005`), `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","birth_date":"2005-02-01"}]`)
	f("/p/A1", storage.Child, person(`"role":"accused","birth_year":2006`), `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","birth_date":"2005-02-01"}]`)
	f("/p/A1", storage.Child, `IIF1 2023-05-04 "offence_from":"2021-01-01","persons":[{"ref":"A1","role":"accused","age":20}]`)
	f("/p/A1", storage.Findable, `IIF1 2023-05-04 "offence_from":"2023-05-01","persons":[{"ref":"A1","role":"accused","age":19}]`)

	order := func(refs string) string { return `IIF6 2024-02-01 "orders":[{"kind":"seal","refs":[` + refs + `]}]` }
	vehicle := `IIF4 2023-06-01 "vehicles":[{"ref":"V1"}]`
	f("/p/A1", storage.Sealed, fir, order(`"A1"`))
	f("/p/A1", storage.Findable, fir, order(`"A2"`))
	f("/p/A1", storage.Sealed, fir, order(``))
	f("/v/V1", storage.Sealed, fir, vehicle, order(``))
	f("/v/V1", storage.Sealed, fir, vehicle, order(`"V1"`))
	f("/v/V1", storage.Findable, fir, vehicle, order(`"A1"`))
	f("/p/A1", storage.Masked, fir, `IIF7 2024-02-01 "orders":[{"kind":"redact","refs":["A1"]}]`)
	f("/p/A1", storage.Sealed, fir, order(`"A1"`), `IIF7 2024-02-01 "orders":[{"kind":"redact","refs":["A1"]}]`)
	f("/p/A1", storage.Sealed, fir, `IIF7 2024-02-01 "orders":[{"kind":"redact"}]`)
	f("/v/V1", storage.Sealed, fir, vehicle, `IIF7 2024-02-01 "orders":[{"kind":"redact","refs":["V1"]}]`)

	secret := func(role, fields string) string {
		return `IIF1 2023-05-04 ` + fields + `,"persons":[{"ref":"A1","role":"` + role + `"}]`
	}
	f("/p/A1", storage.Masked, secret("victim", `"sensitive":true`))
	f("/p/A1", storage.Findable, secret("accused", `"sensitive":true`))
	f("/p/A1", storage.Masked, secret("victim", `"sections":[{"act":"BNS","section":"64(1)"}]`))
	f("/p/A1", storage.Masked, secret("victim", `"sections":[{"act":"I.P.C.","section":"376-D"}]`))
	f("/p/A1", storage.Masked, secret("complainant", `"sections":[{"act":"POCSO Act 2012","section":"6"}]`))
	f("/p/A1", storage.Party, secret("victim", `"sections":[{"act":"BNS","section":"303(2)"}]`))
	f("/p/A1", storage.Party, secret("victim", `"sections":[{"act":"IPC","section":"379"}]`))
}

func TestBirth(t *testing.T) {
	f := func(from, to int, flagged bool, persons ...string) {
		t.Helper()
		var forms []string
		for i, p := range persons {
			forms = append(forms, fmt.Sprintf(`IIF2 2023-05-%02d "persons":[{"ref":"A1","role":"accused",%s}]`, i+4, p))
		}
		r := recordOf(t, "/p/A1", formsOf(t, forms...))
		if r.BirthFrom != from || r.BirthTo != to || slices.Contains(r.Flags, FlagBirth) != flagged {
			t.Errorf("got %d to %d, flags %q", r.BirthFrom, r.BirthTo, r.Flags)
		}
	}
	f(0, 0, false, `"name":"Made Up"`)
	f(1987, 1988, false, `"age":35`)
	f(1984, 1985, false, `"age":35,"age_on":"2020-12-31"`)
	f(1989, 1989, false, `"birth_year":1989`, `"age":35`)
	f(1990, 1990, false, `"birth_year":1989`, `"birth_year":1990`)
	f(1988, 1988, false, `"birth_date":"1988-02-29"`, `"birth_year":1990`)
	f(1970, 1970, true, `"birth_year":1970`, `"age":30`)
}

func TestFlags(t *testing.T) {
	f := func(want []string, forms ...string) {
		t.Helper()
		if got := Fold(statusFIR, formsOf(t, forms...)).Flags; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(nil, fir, taken, sheet, guilty)
	f([]string{FlagNoFIR}, taken)
	f([]string{FlagTwoFIRs}, fir, `IIF1 2023-05-05`)
	f([]string{FlagArrest}, fir, `IIF3 2023-05-03 "arrest":{"ref":"A1"}`)
	f([]string{FlagProduced}, fir, `IIF3 2023-05-09 "arrest":{"ref":"A1","produced_at":"2023-05-08T10:00:00+05:30"}`)
	f([]string{FlagSeizure}, fir, `IIF4 2023-05-09 "seizure":{"at":"2023-05-01T10:00:00+05:30"}`)
	f([]string{FlagReport}, fir, `IIF5 2023-05-09 "report":{"date":"2023-04-01"}`)
	f([]string{FlagJudgment}, fir, sheet, `IIF6 2023-06-01 "disposals":[{"ref":"A1","result":"convicted"}]`)
	f([]string{FlagAppeal}, fir, sheet, guilty, `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"dismissed","date":"2024-01-01"}]`)
	f([]string{FlagOffence}, `IIF1 2023-05-04 "offence_from":"2023-05-05"`)
	f([]string{FlagOffence}, `IIF1 2023-05-04 "offence_from":"2023-05-02","offence_to":"2023-05-01"`)
	f([]string{FlagReportUnclear}, fir, `IIF5 2023-07-01 "persons":[{"ref":"A1","role":"accused"}]`)

	forms := formsOf(t, fir, taken)
	forms[1].Station = "13225009"
	forms[1].EnteredAt = forms[1].EventAt.AddDate(0, 0, -1)
	c := Fold(statusFIR, forms)
	if want := []string{FlagEntry, FlagTransferred}; !slices.Equal(c.Flags, want) || c.Station != "13225009" {
		t.Errorf("got %q at %s, want %q", c.Flags, c.Station, want)
	}
	r := recordOf(t, "/p/A1", formsOf(t, `IIF1 2023-05-04 "persons":[{"ref":"A1"}]`))
	if r.Role != "" || !slices.Equal(r.Flags, []string{FlagRoleMissing}) {
		t.Errorf("got %s %q", r.Role, r.Flags)
	}
	r = recordOf(t, "/p/A1", formsOf(t, `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"victim"}]`, taken))
	if r.Role != "victim" || r.Visibility != storage.Party || !slices.Equal(r.Flags, []string{FlagRoleChanged}) {
		t.Errorf("got %s %q", r.Role, r.Flags)
	}
}

func TestCaseView(t *testing.T) {
	c := Fold(statusFIR, formsOf(t,
		`IIF1 2023-05-04 "crime_head":"Theft","io":{"name":"One"},"sections":[{"act":"BNS","section":"303(2)"}],"offence_from":"2023-05-01","property":[{"ref":"P1","state":"Seized"}]`,
		`IIF4 2023-06-04 "io":{"name":"Two"},"property":[{"ref":"P1","category":"Arms","state":"With FSL","state_on":"2023-06-10"},{"ref":"P2"},{"ref":"P3","state":"In Court","state_on":"2023-06-11"}]`,
		`IIF4 2023-07-04 "property":[{"ref":"P3","state":"In Malkhana","state_on":"2023-06-05"}]`,
		`IIF6 2024-02-01 "court":"CJM","trial":{"charge_framed_on":"2023-10-01"},"property_orders":[{"ref":"P1","order":"destroy"},{"ref":"P9","order":"return"}]`))
	if c.Number != "0123/2023" || c.Serial != 123 || c.Year != 2023 || c.CrimeHead != "Theft" || c.IO.Name != "Two" ||
		c.Court != "CJM" || c.Stage != StageChargeFramed || c.OffenceFrom != "2023-05-01" || len(c.Forms) != 4 {
		t.Errorf("got %+v", c)
	}
	want := []iif.Item{{Ref: "P1", Category: "Arms", State: "Disposed", StateOn: "2024-02-01"}, {Ref: "P2"},
		{Ref: "P3", State: "In Court", StateOn: "2023-06-11"}}
	if !reflect.DeepEqual(c.Property, want) {
		t.Errorf("got %+v", c.Property)
	}
}

func TestStage(t *testing.T) {
	f := func(want string, forms ...string) {
		t.Helper()
		if got := Fold(statusFIR, formsOf(t, forms...)).Stage; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	remand := `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"remanded"}]`
	f(StageRegistered, fir)
	f(StageInvestigation, fir, `IIF2 2023-05-05`)
	f(StageArrest, fir, taken)
	f(StageClosed, fir, taken, `IIF5 2023-07-01 "report":{"type":"untraced"}`)
	f(StageChargeSheet, fir, taken, sheet)
	f(StageCognizance, fir, sheet, `IIF6 2023-08-01 "trial":{"cognizance_on":"2023-08-01"}`)
	f(StageChargeFramed, fir, sheet, `IIF6 2023-08-01 "trial":{"charge_framed_on":"2023-08-01"}`)
	f(StageJudgment, fir, sheet, guilty)
	f(StageAppeal, fir, sheet, guilty, `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"pending"}]`)
	f(StageRetrial, fir, sheet, guilty, remand)
	f(StageJudgment, fir, sheet, guilty, remand, `IIF6 2025-08-01 "disposals":[{"ref":"A1","result":"acquitted"}]`)
}

func TestNumber(t *testing.T) {
	f := func(fir, want string) {
		t.Helper()
		forms := formsOf(t, `IIF1 2023-05-04`)
		if got := Fold(fir, forms).Number; got != want {
			t.Errorf("%s: got %s, want %s", fir, got, want)
		}
	}
	f("13225008230123", "0123/2023")
	f("132250082312345", "12345/2023")
	f("2029019150001", "0001/2015")
	f("13225008990007", "0007/1999")
}

func TestFoldNothing(t *testing.T) {
	if c := Fold(statusFIR, nil); c.FIR != statusFIR || len(c.Records) != 0 {
		t.Errorf("got %+v", c)
	}
}

func BenchmarkFold(b *testing.B) {
	var t testing.T
	forms := formsOf(&t, `IIF1 2023-05-04 "sections":[{"act":"BNS","section":"303(2)"}],"persons":[{"ref":"A1","role":"accused","name":"Made Up","relative":"Also","age":30},{"ref":"C1","role":"complainant","name":"Other"}],"vehicles":[{"ref":"V1","registration":"HR26DK8337","status":"stolen"}]`,
		taken, sheet, guilty)
	b.ReportAllocs()
	for b.Loop() {
		Fold(statusFIR, forms)
	}
}
