package indexer

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// TestRefUsedAgain: a ref that is a victim's in one form and an accused's in another is two persons.
func TestRefUsedAgain(t *testing.T) {
	forms := formsOf(t,
		`IIF1 2023-05-04 "persons":[{"ref":"A1","role":"victim","name":"Kamla Devi","relative":"Bimla","relation":"mother","address":"Gali 4, Made Up Nagar","aliases":["Guddi"],"birth_date":"2014-01-01"}]`,
		`IIF3 2023-06-04 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","role":"accused","name":"Sumer","relative":"Balbir","age":40}]`,
		`IIF2 2023-06-09 "persons":[{"ref":"A1","name":"Kamla","permanent_address":"Old Mandi"}]`)
	a := recordOf(t, "/p/A1", forms)
	want := storage.Record{ID: statusFIR + "/p/A1", Kind: storage.Person, FIR: statusFIR, Station: "13225008", Role: "accused", Status: storage.Arrested,
		EventAt: a.EventAt, Updated: a.Updated, Flags: []string{FlagRoleChanged}, Name: "Sumer", Relatives: []string{"Balbir"}, BirthFrom: 1982, BirthTo: 1983}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("accused:\n%+v\nwant\n%+v", a, want)
	}
	if got := iif.DateOf(a.Updated); got != "2023-06-04" {
		t.Errorf("the accused was updated on %s", got)
	}
	v := recordOf(t, "/p/A1~party", forms)
	if v.Role != "victim" || v.Visibility != storage.Masked || v.Name != "Kamla" || !slices.Equal(v.Places, []string{"Old Mandi", "Gali 4, Made Up Nagar"}) ||
		!slices.Contains(v.Flags, FlagRoleChanged) {
		t.Errorf("victim: %+v", v)
	}

	f := func(want string, forms ...string) {
		t.Helper()
		var got []string
		for _, r := range Fold(statusFIR, formsOf(t, forms...)).Records {
			got = append(got, strings.TrimPrefix(r.ID, statusFIR)+" "+r.Role+" "+string(r.Visibility)+" "+r.Name)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
	}
	victim := `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"victim","name":"Kamla"}]`
	// A mistaken ref in a part names nobody, and the form's nameless person stays the victim.
	f("/p/A1 victim party Kamla", victim, taken)
	f("/p/A1 victim party Kamla", victim, `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","name":"Kamla"}]`)
	f("/p/A1 victim party Kamla", victim, `IIF3 2023-05-09 "persons":[{"ref":"A1","name":"Kamla"}]`)
	f("/p/A1 accused  Sumer, /p/A1~party victim party Kamla", victim, `IIF2 2023-05-09 "persons":[{"ref":"A1","role":"accused","name":"Sumer"}]`)
	f("/p/A1 accused  Sumer, /p/A1~party witness party Kamla", `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","name":"Sumer"}]`,
		`IIF2 2023-05-09 "persons":[{"ref":"A1","role":"witness","name":"Kamla"}]`)
	// Parties may change their part.
	f("/p/A1 complainant party Kamla", victim, `IIF2 2023-05-09 "persons":[{"ref":"A1","role":"complainant"}]`)
	// Without a role before IIF1 nobody is an accused.
	f("/p/A1  party Kamla", `IIF3 2023-05-09 "persons":[{"ref":"A1","name":"Kamla"}]`)
	f("/p/A1  party Kamla", `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","name":"Kamla"}]`)
	f("/p/A1 accused  Kamla", `IIF3 2023-05-09 "arrest":{"ref":"A1"},"persons":[{"ref":"A1","name":"Kamla"}]`, `IIF1 2023-05-04`)
	f("/p/A1 accused  Kamla", `IIF3 2023-05-09 "persons":[{"ref":"A1","role":"accused","name":"Kamla"}]`)
	// Whose age it is that a form gives without a role, nobody can tell.
	f("/p/A1 accused child Sumer, /p/A1~party victim masked Kamla", victim, `IIF2 2023-05-09 "persons":[{"ref":"A1","role":"accused","name":"Sumer"}]`,
		`IIF2 2023-05-10 "persons":[{"ref":"A1","age":12}]`)
}

// TestChildByASlip: the reading that makes him a child hides him.
func TestChildByASlip(t *testing.T) {
	arrived := time.Date(2026, 5, 4, 12, 0, 0, 0, storage.IST)
	f := func(want storage.Visibility, arrived time.Time, forms ...string) {
		t.Helper()
		fs := formsOf(t, forms...)
		c := FoldArrived(statusFIR, fs, slices.Repeat([]time.Time{arrived}, len(fs)))
		if got := c.Records[0].Visibility; got != want {
			t.Errorf("got %q, want %q: %q", got, want, forms)
		}
	}
	born := func(year string) string {
		return `"persons":[{"ref":"A1","role":"accused","name":"Made Up","birth_year":` + year + `}]`
	}
	unknown := time.Time{}
	f(storage.Child, unknown, `IIF1 2026-05-04 "offence_from":"2036-05-03",`+born("2010")) // offence after FIR
	f(storage.Child, arrived, `IIF1 2036-05-04 "offence_from":"2036-05-03",`+born("2010")) // both ahead of arrival
	f(storage.Child, arrived, `IIF1 2062-05-04 "offence_from":"2036-05-03",`+born("2010"))
	f(storage.Child, arrived, `IIF1 2062-05-04 `+born("2010"))
	f(storage.Child, unknown, `IIF1 2062-05-04 `+born("2010"), `IIF2 2026-06-04 "offence_from":"2026-05-03"`)
	f(storage.Child, unknown, `IIF1 2026-05-04 `+born("2006"), `IIF2 2026-06-04 "offence_from":"2023-05-03"`) // several candidates
	f(storage.Child, unknown, `IIF1 2026-05-04 `+born("2006"), `IIF3 2024-06-04 "arrest":{"ref":"A1","at":"2024-06-01T10:00:00+05:30"}`)
	f(storage.Child, unknown, `IIF1 2026-05-04 `+born("2006"), `IIF1 2023-05-04`)
	f(storage.Findable, unknown, `IIF1 2026-05-04 `+born("1990"), `IIF2 2026-06-04 "offence_from":"2023-05-03"`)
	f(storage.Findable, arrived, `IIF1 2062-05-04 "offence_from":"2036-05-03",`+born("1990"))
	f(storage.Findable, unknown, `IIF1 2026-05-04 `+born("2006"), `IIF2 2026-06-04 "offence_from":"2026-05-03"`)
	// 1900 as the day of entry, or of an arrest, tells nothing.
	f(storage.Findable, unknown, `IIF1 2026-05-04 `+born("1990"), `IIF5 2026-06-04 "report":{"date":"1900-01-01"}`)
	// A birth after everything is a slip, and nothing is known of the age.
	f(storage.Child, unknown, `IIF1 2026-05-04 "persons":[{"ref":"A1","role":"accused","birth_date":"2062-01-01"}]`)
}

// TestChildStaysHidden: whatever dates are added, who was hidden as a child stays hidden.
func TestChildStaysHidden(t *testing.T) {
	hidden := func(forms []*iif.Form, arrived []time.Time) map[string]bool {
		m := map[string]bool{}
		for _, r := range FoldArrived(statusFIR, forms, arrived).Records {
			if r.Visibility == storage.Child {
				m[r.ID] = true
			}
		}
		return m
	}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		forms := rapid.SliceOfN(rapid.Custom(genDated), 1, 3).Draw(t, "forms")
		arrived := rapid.SliceOfN(rapid.Custom(genArrival), len(forms), len(forms)).Draw(t, "arrived")
		before := hidden(forms, arrived)
		found += len(before)
		more := append(slices.Clone(forms), rapid.Custom(genDated).Draw(t, "another"))
		after := hidden(more, append(slices.Clone(arrived), genArrival(t)))
		for id := range before {
			if !after[id] {
				t.Fatalf("%s is a child no more with %s", id, encode(more[len(more)-1]))
			}
		}
	})
	if found == 0 {
		t.Error("no child was drawn")
	}
}

// genDated draws a form that may have any date anywhere, with persons whose roles do not change and who have no date of
// birth, since one that fits an estimate may take its place.
func genDated(t *rapid.T) *iif.Form {
	at := func(label string) time.Time {
		year := rapid.SampledFrom([]int{1900, 1998, 2006, 2016, 2022, 2025, 2026, 2036, 2062, 2099}).Draw(t, label)
		return time.Date(year, 5, rapid.IntRange(1, 28).Draw(t, "day"), 10, 0, 0, 0, storage.IST)
	}
	maybe := func(label string) iif.Date {
		if rapid.Bool().Draw(t, label) {
			return ""
		}
		return iif.DateOf(at(label))
	}
	n := rapid.IntRange(1, 7).Draw(t, "form")
	f := &iif.Form{Schema: 1, Form: "IIF" + string(rune('0'+n)), FormID: rapid.StringMatching("[a-z]{8}").Draw(t, "id"), Version: 1, FIR: statusFIR,
		Station: "13225008", EventAt: at("event"), EnteredAt: at("entry"), OffenceFrom: maybe("from"), OffenceTo: maybe("to")}
	for _, ref := range []string{"A1", "A2"} {
		p := iif.Person{Ref: ref, Role: "accused", Name: "Made Up"}
		switch rapid.IntRange(0, 3).Draw(t, "birth") {
		case 0:
			p.BirthYear = rapid.IntRange(1970, 2015).Draw(t, "year")
		case 1:
			age := rapid.IntRange(5, 40).Draw(t, "age")
			p.Age, p.AgeOn = &age, maybe("age on")
		}
		f.Persons = append(f.Persons, p)
	}
	if n == 3 && rapid.Bool().Draw(t, "part") {
		f.Arrest = &iif.Arrest{Ref: "A1", At: at("arrest")}
	}
	return f
}

func genArrival(t *rapid.T) time.Time {
	return rapid.SampledFrom([]time.Time{{}, time.Date(2026, 5, 4, 12, 0, 0, 0, storage.IST), time.Date(2027, 5, 4, 12, 0, 0, 0, storage.IST)}).Draw(t, "arrival")
}

// TestHiddenNames: what tells of a hidden person is kept out of the records of others, in either script; the rest stays.
func TestHiddenNames(t *testing.T) {
	f := func(victim, accused string, want storage.Record) {
		t.Helper()
		r := recordOf(t, "/p/A1", formsOf(t, `IIF1 2023-05-04 "persons":[{"ref":"V1","role":"victim",`+victim+`},{"ref":"A1","role":"accused",`+accused+`}]`))
		got := storage.Record{Name: r.Name, Names: r.Names, Aliases: r.Aliases, Relatives: r.Relatives, Relation: r.Relation, Places: r.Places}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
	kamla := `"name":"Kamla Sharma"`
	f(kamla, `"name":"Sumer","relative":"Kamla","relation":"wife"`, storage.Record{Name: "Sumer"})
	f(kamla, `"name":"Sumer","relative":"Smt. Kamla Sharma","relation":"wife"`, storage.Record{Name: "Sumer"})
	f(kamla, `"name":"Sumer","relative":"कमला"`, storage.Record{Name: "Sumer"})
	f(kamla, `"name":"Sumer","relative":"father of Kamala"`, storage.Record{Name: "Sumer"})
	f(kamla, `"name":"Sumer","relative":"Rakesh Sharma","relation":"father"`, storage.Record{Name: "Sumer", Relatives: []string{"Rakesh Sharma"}, Relation: "father"})
	f(kamla, `"name":"Sumer Sharma","relative":"Balbir"`, storage.Record{Name: "Sumer Sharma", Relatives: []string{"Balbir"}})
	f(kamla, `"name":"Sumer h/o Kamla"`, storage.Record{Name: "Sumer"})
	f(kamla, `"name":"Sumer s/o Balbir"`, storage.Record{Name: "Sumer s/o Balbir"})
	f(kamla, `"name":"Sumer @ Kamla ka pati"`, storage.Record{Name: "Sumer"})
	f(kamla, `"name":"Sumer @ Kala"`, storage.Record{Name: "Sumer @ Kala"})
	f(kamla, `"name":"Sumer","aliases":["Kamla wala","Kala"]`, storage.Record{Name: "Sumer", Aliases: []string{"Kala"}})
	f(kamla, `"name":"Sumer","address":"house of Kamla, Made Up Nagar","permanent_address":"Old Mandi"`, storage.Record{Name: "Sumer", Places: []string{"Old Mandi"}})
	f(`"name_hi":"सुनीता"`, `"name":"Sumer","relative":"Suneeta"`, storage.Record{Name: "Sumer"})
	f(`"name":"Sunita","aliases":["Guddi"]`, `"name":"Sumer","relative":"गुड्डी"`, storage.Record{Name: "Sumer"})
	f(`"name":"Ram Singh"`, `"name":"Sumer","relative":"Ram Singh"`, storage.Record{Name: "Sumer"})
	f(`"name":"Ram Singh"`, `"name":"Sumer","relative":"Balbir Singh"`, storage.Record{Name: "Sumer", Relatives: []string{"Balbir Singh"}})
	f(`"name":"Kamla Sharma","address":"Gali 4, Made Up"`, `"name":"Sumer","address":"Gali 4, Made Up"`, storage.Record{Name: "Sumer", Places: []string{"Gali 4, Made Up"}})
	f(`"name":"Kamla Sharma","age":12,"address":"Gali 4, Made Up"`, `"name":"Sumer","address":"Gali 4 Made-Up"`, storage.Record{Name: "Sumer"})
}

// TestNameKey: spellings that must meet, and words that must not.
func TestNameKey(t *testing.T) {
	same := func(words ...string) {
		t.Helper()
		for _, w := range words[1:] {
			if nameKey(w) != nameKey(words[0]) || nameKey(w) == "" {
				t.Errorf("%s is %q, %s is %q", words[0], nameKey(words[0]), w, nameKey(w))
			}
		}
	}
	same("Sunita", "Suneeta", "Sunitha", "सुनीता")
	same("Kamla", "Kamala", "कमला")
	same("Virender", "Birender", "वीरेंद्र", "वीरेन्द्र", "Virendra")
	same("Santosh", "Shantosh", "संतोष")
	same("Lakshmi", "Laxmi", "लक्ष्मी")
	same("Sita", "Seeta", "सीता")
	same("Meena", "Mina", "मीना")
	same("Zakir", "Jakir", "ज़ाकिर", "जाकिर")
	same("Phoolwati", "Fulvati", "फूलवती")
	same("Sanjay", "Sanjai", "संजय")
	same("Priya", "प्रिया")
	same("Jangra", "जांगड़ा", "जांगड़ा")
	differ := func(a, b string) {
		t.Helper()
		if nameKey(a) == nameKey(b) {
			t.Errorf("%s and %s are both %q", a, b, nameKey(a))
		}
	}
	differ("Sita", "Seth")
	differ("Meena", "Mona")
	differ("Sunita", "Anita")
	differ("Ramesh", "Rakesh")
	if nameKey("123") != "" || nameKey("") != "" {
		t.Error("a key of nothing")
	}
}

// TestNameKeyNeverPanics on any text, and neither does what is built on it.
func TestNameKeyNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		h := &hidden{}
		h.add(s)
		h.in(s)
		h.relative(s)
		h.ownName(s)
		book().cited(s)
		book().head(s)
	})
}

// viewOf makes the view of a case of these forms.
func viewOf(t *testing.T, forms ...string) *CaseView {
	t.Helper()
	var values [][]byte
	c := &storage.Case{FIR: statusFIR}
	for _, f := range formsOf(t, forms...) {
		v := encode(f)
		values = append(values, v)
		c.SetForm(storage.Form{ID: f.FormID, Version: f.Version})
	}
	v, err := View(c, values, false, func(fir string) (bool, error) { return strings.HasSuffix(fir, "1"), nil })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestViewWithholds: the view names nobody who is hidden, tells no order and no link that may not be shown.
func TestViewWithholds(t *testing.T) {
	texts := `"place":"near the house of Sunita","court_case":"State v. Balbir","property":[{"ref":"P1","description":"purse of सुनीता","location":"Rack 4"},{"ref":"P2","type":"Phone"}]`
	method := `IIF2 2023-05-05 "modus_operandi":{"methods":["lured Suneeta","at night"],"features":"knew Sunita's brother","motive":"gain"}`
	persons := `"persons":[{"ref":"V1","role":"victim","name":"Sunita"},{"ref":"A1","role":"accused","name":"Sumer"}]`
	v := viewOf(t, `IIF1 2023-05-04 "linked_firs":["13225008230001","13225008230002"],`+texts+`,`+persons, method)
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"Sunita", "Suneeta", "सुनीता", "brother", "13225008230002"} {
		if strings.Contains(string(out), s) {
			t.Errorf("the view has %q: %s", s, out)
		}
	}
	if v.Place != "" || v.CourtCase != "State v. Balbir" || v.Property[0].Location != "Rack 4" || v.Property[1].Type != "Phone" ||
		!slices.Equal(v.Method.Methods, []string{"at night"}) || v.Method.Motive != "gain" || !slices.Equal(v.LinkedFIRs, []string{"13225008230001"}) || v.Hidden != 1 {
		t.Errorf("view %+v, method %+v, property %+v", v.Case, v.Method, v.Property)
	}

	ordered := `IIF6 2024-02-01 "orders":[{"kind":"redact","refs":["A1"],"number":"CRM 7/2024","by":"Justice Made Up"}],"disposals":[{"ref":"A1","result":"acquitted"}]`
	v = viewOf(t, `IIF1 2023-05-04 "place":"shop of Sumer",`+persons, ordered)
	if out, _ = json.Marshal(v); strings.Contains(string(out), "Sumer") || strings.Contains(string(out), "Justice") ||
		strings.Contains(string(out), "judgment_on") || v.Hidden != 1 || v.Records[0].Name != "ABCD" || v.Records[0].MaskedUnder != "a court's order" || strings.Contains(string(out), "CRM 7") {
		t.Errorf("after a redaction: %s", out)
	}
	if v := viewOf(t, `IIF1 2023-05-04 `+persons, `IIF2 2023-05-06 "orders":[{"kind":"seal"}]`); v != nil {
		t.Errorf("a sealed case is shown: %+v", v)
	}
	if v := viewOf(t); v != nil {
		t.Errorf("a case without forms is shown: %+v", v)
	}
	v = viewOf(t, `IIF1 2023-05-04 "place":"Made Up Nagar","persons":[{"ref":"A1","role":"accused","name":"Sumer"},{"ref":"A2","role":"accused","name":"Bittu","age":15}]`, method)
	if v.Place != "" || v.Method != nil || !v.Sensitive || len(v.Records) != 1 || v.Hidden != 1 {
		t.Errorf("with a child among the accused: %+v", v.Case)
	}
}

// TestMaskedUnder: who is masked bears under what, and the name that a court gave; the answer does not depend on the order of
// forms.
func TestMaskedUnder(t *testing.T) {
	f := func(ref string, label storage.Visibility, under, pseudonym string, forms ...string) {
		t.Helper()
		fs := formsOf(t, forms...)
		for range 2 {
			r := recordOf(t, ref, fs)
			if r.Visibility != label || r.MaskedUnder != under || r.Pseudonym != pseudonym {
				t.Errorf("%s is %q under %q as %q, want %q, %q, %q", ref, r.Visibility, r.MaskedUnder, r.Pseudonym, label, under, pseudonym)
			}
			slices.Reverse(fs)
		}
	}
	persons := func(fields string) string {
		return `IIF1 2023-05-04 ` + fields + `,"persons":[{"ref":"A1","role":"accused","name":"Sumer"},{"ref":"V1","role":"victim","name":"Kamla"},` +
			`{"ref":"C1","role":"complainant","name":"Bimla"},{"ref":"W1","role":"witness","name":"Balbir"}]`
	}
	for _, ref := range []string{"/p/V1", "/p/C1", "/p/W1"} {
		f(ref, storage.Masked, "BNS 72", "", persons(`"sections":[{"act":"BNS","section":"64(1)"}]`))
		f(ref, storage.Masked, "IPC 228A", "", persons(`"sections":[{"act":"IPC","section":"376"}]`))
		f(ref, storage.Masked, "BNS 72, POCSO 23(2), 33(7)", "", persons(`"sections":[{"act":"BNS","section":"65"}]`), `IIF5 2023-07-04 "sections":[{"act":"POCSO","section":"6"}]`)
		f(ref, storage.Masked, "NS", "", persons(`"crime_head":"Rape"`))
		f(ref, storage.Masked, underMark, "", persons(`"sensitive":true`))
		f(ref, storage.Party, "", "", persons(`"sections":[{"act":"BNS","section":"303(2)"}]`))
	}
	theft := persons(`"sections":[{"act":"BNS","section":"303(2)"}]`)
	f("/p/A1", storage.Findable, "", "", persons(`"sections":[{"act":"BNS","section":"64(1)"}]`))
	f("/p/A1", storage.Child, "JJ 74", "", theft, `IIF3 2023-06-04 "persons":[{"ref":"A1","age":16}]`)
	f("/p/V1", storage.Masked, "JJ 74", "", theft, `IIF3 2023-06-04 "persons":[{"ref":"A1","age":16}]`)
	f("/p/V1", storage.Masked, "JJ 74", "", theft, `IIF2 2023-06-04 "persons":[{"ref":"V1","age":9}]`)
	order := func(day, more string) string {
		return `IIF7 ` + day + ` "orders":[{"kind":"redact","refs":["A1"]` + more + `}]`
	}
	f("/p/A1", storage.Masked, "a court's order", "ABCD", theft, order("2024-02-01", ``))
	f("/p/A1", storage.Masked, "a court's order of 2024-02-01", "XYZ", theft, order("2024-02-01", `,"number":"CRM-M 7 of 2024","date":"2024-02-01","pseudonym":"XYZ"`))
	f("/p/A1", storage.Masked, "a court's order of 2025-01-01", "ABCD", theft, order("2024-02-01", `,"number":"7","date":"2024-02-01","pseudonym":"XYZ"`), order("2025-02-01", `,"number":"9","date":"2025-01-01"`))
	f("/p/A1", storage.Child, "JJ 74", "", theft, order("2024-02-01", ``), `IIF3 2023-06-04 "persons":[{"ref":"A1","age":16}]`)
}

// TestSee: each sight shows what it may and no more: parties by role, what is masked and sealed to whoever unmasks, children and
// their names to nobody.
func TestSee(t *testing.T) {
	texts := `"place":"near the house of Kamla","court_case":"State v. Sumer",`
	f := func(what string, by storage.Sight, forms []string, sees, not string) {
		t.Helper()
		v := viewOf(t, forms...)
		if v == nil {
			t.Fatalf("%s: no view", what)
		}
		v.See(storage.Sight{Unmask: true, Entries: true}) // what was seen before tells nothing
		v.See(by)
		out, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range strings.Fields(sees) {
			if !strings.Contains(string(out), s) {
				t.Errorf("%s does not show %s: %s", what, s, out)
			}
		}
		for _, s := range strings.Fields(not) {
			if strings.Contains(string(out), s) {
				t.Errorf("%s shows %s: %s", what, s, out)
			}
		}
	}
	persons := `"entered_by":"PIS4711","persons":[{"ref":"A1","role":"accused","name":"Sumer","relative":"Kamla"},{"ref":"V1","role":"victim","name":"Kamla","relative":"Balbir","address":"Gali 4"},` +
		`{"ref":"W1","role":"witness","name":"Balbir","relative":"Dharampal"}]`
	plain := []string{`IIF1 2023-05-04 ` + texts + persons}
	f("nobody's sight", storage.Sight{}, plain, "Sumer State", "Kamla Balbir Gali PIS4711 masked")
	f("a sight of witnesses", storage.Sight{Roles: []string{"witness"}}, plain, "Sumer Balbir Dharampal", "Kamla Gali PIS4711")
	f("a sight of both", storage.Sight{Roles: []string{"witness", "victim"}, Entries: true}, plain, "Sumer Balbir Kamla Gali PIS4711", "masked")
	secret := []string{`IIF1 2023-05-04 "sections":[{"act":"BNS","section":"64(1)"}],` + texts + persons}
	f("a sight of both", storage.Sight{Roles: []string{"witness", "victim"}}, secret, `Sumer "masked_under":"BNS victim`, "Kamla Balbir Gali house /p/V1 /p/W1")
	f("who unmasks", storage.Sight{Unmask: true}, secret, "Sumer Balbir Kamla Gali house", "")
	child := []string{`IIF1 2023-05-04 ` + texts + strings.Replace(persons, `"name":"Sumer"`, `"name":"Sumer","age":16`, 1), `IIF2 2023-05-05 "persons":[{"ref":"W1","role":"witness","aliases":["brother of Sumer"]}]`}
	f("who unmasks", storage.Sight{Unmask: true}, child, `Balbir Kamla Gali "hidden":1`, "Sumer /p/A1")
	redacted := []string{plain[0], `IIF7 2024-02-01 "orders":[{"kind":"redact","refs":["A1"],"number":"7"}],"appeals":[{"ref":"A1","result":"allowed","effect":"acquitted"}]`,
		`IIF2 2023-05-05 "persons":[{"ref":"W1","role":"witness","address":"shop of Sumer","aliases":["Bittu"]}]`}
	f("a sight of witnesses", storage.Sight{Roles: []string{"witness"}}, redacted, "ABCD Balbir Bittu order", "Sumer shop appeal_on acquitted /p/A1")
	f("who unmasks", storage.Sight{Unmask: true}, redacted, "Sumer shop appeal_on acquitted", "")
	v, err := View(&storage.Case{FIR: statusFIR, Forms: []storage.Form{{ID: "1", Version: 1}}}, [][]byte{encode(formsOf(t, `IIF1 2023-05-04 "orders":[{"kind":"seal"}],`+persons)[0])}, true, nil)
	if err != nil || v == nil || len(v.Records) > 0 || len(v.Forms) > 0 {
		t.Fatalf("a sealed case before it is unmasked: %+v, %v", v, err)
	}
	if v.See(storage.Sight{Unmask: true}); len(v.Records) != 3 || v.Records[0].Name != "Sumer" {
		t.Errorf("a sealed case unmasked: %+v", v.Case)
	}
}
