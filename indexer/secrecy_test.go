package indexer

import (
	"fmt"
	"slices"
	"testing"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// secrecyExamples say what the table must answer, in words of their own: act, section as the forms have them, and
// whether the case is secret.
var secrecyExamples = []struct {
	act, section string
	secret       bool
}{
	// Every spelling of an act, with a section that is secret under that act and would not be under another or none.
	{"B.N.S.", "74", true}, {"Bharatiya Nyaya Sanhita, 2023", "S.64", true}, {"BHARTIYA NYAY SANHITA", "u/s 75", true},
	{"Bharatiya Nyaya Samhita", "77", true}, {"bhartiya nyay samhita", "78", true}, {"Bhartiya Naya Sanhita", "79", true},
	{"भारतीय न्याय संहिता", "६४", true}, {"बी.एन.एस.", "65(2)", true}, {"भा.न्या.सं.", "७४", true}, {"भा० न्या० संहिता", "७५", true},
	{"I.P.C.", "376-D", true}, {"I P C", "376DA", true}, {"Indian Penal Code 1860", "354-A", true}, {"indian panel code", "509", true},
	{"भारतीय दण्ड संहिता", "३७६", true}, {"भारतीय दंड संहिता", "३५४ क", true}, {"भा० दंड विधान", "376", true}, {"आई.पी.सी.", "376", true},
	{"आइपीसी", "377", true}, {"भा.दं.सं.", "३७६", true}, {"भा0द0स0", "376", true}, {"भादंसं", "376(2)(n)", true}, {"भा.दण्ड.सं.", "509", true},
	{"भा.दं.वि.", "354", true},
	{"POCSO Act, 2012", "6", true}, {"P.O.C.S.O.", "10", true}, {"POSCO", "8", true}, {"POSCA Act", "8", true}, {"PACSO", "8", true}, {"POCSA", "8", true},
	{"Protection of Children from Sexual Offences Act", "4", true}, {"Protection of Child from Sexual Offence", "4", true},
	{"पॉक्सो एक्ट", "६", true}, {"पोक्सो", "6", true}, {"पाक्सो", "6", true}, {"पॉस्को", "6", true}, {"पोस्को", "6", true}, {"पास्को", "6", true},
	{"लैंगिक अपराधों से बालकों का संरक्षण अधिनियम", "5", true}, {"यौन अपराधों से बच्चों का संरक्षण", "5", true},
	{"Juvenile Justice (Care and Protection of Children) Act", "75", true}, {"J.J. Act", "75", true}, {"JJA", "79", true}, {"किशोर न्याय अधिनियम", "75", true},
	{"जे.जे. एक्ट", "75", true}, {"जे. जे. अधिनियम", "75", true},
	{"Immoral Traffic (Prevention) Act", "5", true}, {"I.T.P. Act", "3", true}, {"ITPA", "3", true}, {"PITA", "3", true}, {"अनैतिक व्यापार", "3", true},
	{"अनैतिक देह व्यापार", "3", true},
	{"Information Technology Act", "67B", true}, {"I.T. Act", "67-A", true}, {"आईटी एक्ट", "67B", true}, {"सूचना प्रौद्योगिकी अधिनियम", "67B", true},
	{"Cr.P.C.", "376", false}, {"Code of Criminal Procedure", "376", false}, {"दंड प्रक्रिया संहिता", "376", false}, {"दण्ड प्रक्रिया संहिता", "376", false},
	{"द.प्र.सं.", "376", false}, {"BNSS", "376", false}, {"Bharatiya Nagarik Suraksha Sanhita", "376", false}, {"भारतीय नागरिक सुरक्षा संहिता", "376", false},
	{"बी.एन.एस.एस.", "64", false},

	// The ends of every range of sections.
	{"BNS", "62", false}, {"BNS", "63", true}, {"BNS", "71", true}, {"BNS", "72", false}, {"BNS", "73", false}, {"BNS", "74", true}, {"BNS", "79", true},
	{"BNS", "80", false}, {"BNS", "95", false}, {"BNS", "96", true}, {"BNS", "97", false}, {"BNS", "98", true}, {"BNS", "99", true}, {"BNS", "100", false},
	{"IPC", "353", false}, {"IPC", "354", true}, {"IPC", "355", false}, {"IPC", "371", false}, {"IPC", "372", true}, {"IPC", "373", true}, {"IPC", "374", false},
	{"IPC", "375", true}, {"IPC", "376E", true}, {"IPC", "377", true}, {"IPC", "378", false}, {"IPC", "508", false}, {"IPC", "509", true}, {"IPC", "510", false},
	{"POCSO", "", true}, {"POCSO", "46", true}, {"JJ Act", "", true}, {"ITPA", "25", true}, {"ITPA", "", true},
	{"IT Act", "66", false}, {"IT Act", "67", true}, {"IT Act", "68", false},

	// Lists and ranges in one text, the act in the field of the section and the reverse, no act at all.
	{"IPC", "506/376", true}, {"IPC", "120B r/w 376", true}, {"IPC", "34,302,376-D", true}, {"IPC", "506 (376)", true}, {"IPC", "302/34/201", false},
	{"BNS", "64-66", true}, {"BNS", "60 to 65", true}, {"BNS", "60 से 65", true}, {"BNS", "115(2)-3(5)", false}, {"BNS", "3(5)-115(2)", false}, {"BNS", "351(64)", false},
	{"BNS", "58-62", false}, {"BNS", "72-73", false}, {"-", "376 IPC", true}, {"376", "IPC", true}, {"u/s", "64 BNS", true}, {"6 POCSO", "Act", true}, {"Act", "376/506 भा.दं.सं.", true},
	{"धारा", "376", true}, {"NA", "64", true}, {"NA", "25", false}, {"Arms Act", "25-54-59", false}, {"Arms Act", "65", false}, {"Arms Act", "25, 376 IPC", true},
	{"MV Act", "66", false}, {"NDPS", "67", false}, {"Excise Act", "61/1/14", false}, {"Some Act", "376D", true}, {"IPC/POCSO", "363, 366A", true}, {"BNS", "303(2)", false},
	{"BNS 2023", "331(4), 305", false}, {"IPC", "379", false}, {"IPC", "Section 376, Indian Penal Code", true}, {"BNS", "sec64", true}, {"BNS", "64BNS", true},
}

// actExamples say which act a text names.
var actExamples = map[string]string{
	"I.P.C.": "IPC", "I P C 1860": "IPC", "The Indian Penal Code": "IPC", "indian panel code": "IPC", "भारतीय दण्ड संहिता": "IPC", "भारतीय दंड संहिता": "IPC",
	"भा० दंड विधान": "IPC", "आई.पी.सी.": "IPC", "आइपीसी": "IPC", "भा.दं.सं.": "IPC", "भा0द0स0": "IPC", "भा. दं. सं.": "IPC", "भा.दण्ड.सं.": "IPC", "भा.दं.वि.": "IPC",
	"Cr.P.C.": "CrPC", "Code of Criminal Procedure": "CrPC", "दंड प्रक्रिया संहिता": "CrPC", "दण्ड प्रक्रिया संहिता": "CrPC", "द.प्र.सं.": "CrPC",
	"B.N.S.S.": "BNSS", "Nagarik Suraksha Sanhita": "BNSS", "नागरिक सुरक्षा संहिता": "BNSS", "बी.एन.एस.एस.": "BNSS", "BNS": "BNS", "IPC": "IPC",
	"Arms Act": "", "Excise Act": "", "Capital Hospital Act": "",
}

// headExamples are crime heads.
var headExamples = map[string]bool{
	"Rape": true, "Gangrape": true, "Gang Rape": true, "Sexual harassment": true, "Molestation": true, "Outraging modesty": true, "Eve-teasing": true,
	"Voyeurism": true, "Stalking": true, "Unnatural Offences": true, "POCSO": true, "Juvenile": true, "बलात्कार": true, "सामूहिक दुष्कर्म": true, "छेडछाड": true,
	"यौन उत्पीडन": true, "लैंगिक हमला": true, "पोक्सो": false, "पॉक्सो": true, "Theft": false, "Grape theft": false, "Drapery shop burglary": false, "": false,
}

// wrong lists the examples that a table does not answer as it must.
func (b *rulebook) wrong() (out []string) {
	for _, e := range secrecyExamples {
		if b.cited(e.act+" ; "+e.section) != e.secret {
			out = append(out, fmt.Sprintf("section %q of %q: secret must be %v", e.section, e.act, e.secret))
		}
	}
	for text, want := range actExamples {
		words, _ := readCitation(text)
		if acts, _ := b.actsIn(words); len(acts) > 1 || len(acts) < min(len(want), 1) || len(acts) == 1 && acts[0] != want {
			out = append(out, fmt.Sprintf("%q names %q, must be %q", text, acts, want))
		}
	}
	for text, want := range headExamples {
		if b.head(text) != want {
			out = append(out, fmt.Sprintf("crime head %q: secret must be %v", text, want))
		}
	}
	person := func(role string, secret bool, want storage.Visibility) {
		if got := b.person(role, secret); got != want {
			out = append(out, fmt.Sprintf("role %q, secret %v: %q, must be %q", role, secret, got, want))
		}
	}
	person("accused", false, storage.Findable)
	person("accused", true, storage.Findable)
	for _, role := range []string{"complainant", "victim", "witness", ""} {
		person(role, false, storage.Party)
		person(role, true, storage.Masked)
	}
	person("of a later schema", false, storage.Sealed)
	for kind, want := range map[string]storage.Visibility{"seal": storage.Sealed, "redact": storage.Masked} {
		if b.hides(kind) != want {
			out = append(out, kind+" must hide")
		}
	}
	if b.hides("bail") != storage.Findable {
		out = append(out, "bail must not hide")
	}
	young := func(birth, day string) bool {
		return (&candidates{first: iif.Date(day)}).youngAt(births{iif.Date(birth), iif.Date(birth)}, b.majority.age)
	}
	if !young("2005-05-05", "2023-05-04") || young("2005-05-04", "2023-05-04") || young("2004-05-05", "2023-05-04") {
		out = append(out, "majority must begin on the eighteenth birthday")
	}
	return out
}

func TestSecrecy(t *testing.T) {
	for _, s := range book().wrong() {
		t.Error(s)
	}
	for _, e := range secrecyExamples {
		s := iif.Section{Act: e.act, Section: e.section}
		for range 2 { // as it was found, and as it is remembered
			if book().section(s) != e.secret {
				t.Errorf("%v is remembered otherwise", s)
			}
		}
	}
}

// TestSecrecyEachLine changes each line of the table in each way that matters, and asks whether an example notices.
func TestSecrecyEachLine(t *testing.T) {
	changes := 0
	f := func(what string, change func(*rules)) {
		t.Helper()
		changes++
		r := rules{slices.Clone(secrecy.acts), slices.Clone(secrecy.sections), slices.Clone(secrecy.heads), secrecy.majority,
			slices.Clone(secrecy.roles), slices.Clone(secrecy.orders)}
		change(&r)
		if len(newRulebook(r).wrong()) == 0 {
			t.Errorf("no example notices: %s", what)
		}
	}
	for i, s := range secrecy.acts {
		f("the spelling "+s.as+" is missing", func(r *rules) { r.acts = slices.Delete(r.acts, i, i+1) })
		f("the spelling "+s.as+" is another act's", func(r *rules) { r.acts[i].act = "Arms Act" })
	}
	for i, s := range secrecy.sections {
		what := fmt.Sprintf("%s %d to %d: ", s.act, s.from, s.to)
		f(what+"missing", func(r *rules) { r.sections = slices.Delete(r.sections, i, i+1) })
		f(what+"another act", func(r *rules) { r.sections[i].act = "Arms Act" })
		f(what+"ends sooner", func(r *rules) { r.sections[i].to = min(s.to-1, 40) })
		if s.to == everySection {
			continue
		}
		f(what+"begins sooner", func(r *rules) { r.sections[i].from-- })
		f(what+"begins later", func(r *rules) { r.sections[i].from++ })
		f(what+"ends by one sooner", func(r *rules) { r.sections[i].to-- })
		f(what+"ends by one later", func(r *rules) { r.sections[i].to++ })
	}
	for i, h := range secrecy.heads {
		f("the head "+h.word+" is missing", func(r *rules) { r.heads = slices.Delete(r.heads, i, i+1) })
	}
	f("majority at 17", func(r *rules) { r.majority.age-- })
	f("majority at 19", func(r *rules) { r.majority.age++ })
	for i, p := range secrecy.roles {
		if p.role != "" { // unknown roles are sealed all the same in a secret case; in a plain one the line counts
			f("role "+p.role+" missing", func(r *rules) { r.roles = slices.Delete(r.roles, i, i+1) })
		}
		f("role "+p.role+" shown", func(r *rules) { r.roles[i].plain = storage.Sealed })
		f("role "+p.role+" in secret", func(r *rules) { r.roles[i].inSecret = storage.Child })
	}
	for i, o := range secrecy.orders {
		f("order "+o.kind+" makes something else", func(r *rules) { r.orders[i].makes = storage.Party })
		f("order "+o.kind+" missing", func(r *rules) { r.orders = slices.Delete(r.orders, i, i+1) })
	}
	t.Logf("%d changes of the table, each noticed", changes)
}

// TestSecrecyHasSources: each line says where it is written.
func TestSecrecyHasSources(t *testing.T) {
	for _, s := range secrecy.sections {
		if s.source == "" || s.from > s.to {
			t.Errorf("%+v", s)
		}
	}
	for _, h := range secrecy.heads {
		if h.source == "" {
			t.Errorf("%+v", h)
		}
	}
	for _, p := range secrecy.roles {
		if p.source == "" {
			t.Errorf("%+v", p)
		}
	}
	for _, o := range secrecy.orders {
		if o.source == "" {
			t.Errorf("%+v", o)
		}
	}
}

// TestSecretEverywhere: a section makes a case secret wherever a form may carry one, and so does a child.
func TestSecretEverywhere(t *testing.T) {
	f := func(want bool, forms ...string) {
		t.Helper()
		if got := Fold(statusFIR, formsOf(t, forms...)).Sensitive; got != want {
			t.Errorf("got %v, want %v: %q", got, want, forms)
		}
	}
	rape := `"sections":[{"act":"IPC","section":"376"}]`
	f(false, fir, taken, sheet, guilty)
	f(true, `IIF1 2023-05-04 `+rape)
	f(true, fir, `IIF2 2023-05-05 `+rape)
	f(true, fir, `IIF5 2023-07-01 "report":{"type":"charge-sheeted","charge_sheeted":[{"ref":"A1",`+rape+`}]}`)
	f(true, fir, sheet, `IIF6 2024-02-01 "disposals":[{"ref":"A1","result":"acquitted",`+rape+`}]`)
	f(true, fir, sheet, guilty, `IIF7 2024-08-01 "appeals":[{"ref":"A1","result":"allowed",`+rape+`}]`)
	f(true, fir, `IIF2 2023-05-05 "crime_minor_head":"Gang Rape"`)
	f(true, fir, `IIF2 2023-05-05 "crime_head":"यौन शोषण"`)
	f(true, `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","age":17},{"ref":"A2","role":"accused"}]`)
	f(true, fir, `IIF3 2023-05-09 "arrest":{"ref":"A1","kind":"apprehension"}`)
	f(true, fir, `IIF2 2023-05-05 "persons":[{"ref":"W1","role":"witness","age":9}]`)
}
