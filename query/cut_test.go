package query_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// TestHitListsAreBounded: a person of hundreds of aliases is found by the last of them; the hit lists fifty, says how many
// more there are, and names in its reasons the one that was found. Another search of the same record is not touched by it.
func TestHitListsAreBounded(t *testing.T) {
	w := open(t, "")
	var aliases, sections []string
	for i := range 200 {
		aliases = append(aliases, fmt.Sprintf("Kala%c%c Surma", 'a'+i/26, 'a'+i%26))
		sections = append(sections, fmt.Sprintf("BNS %d", i+1))
	}
	aliases = append(aliases, "Gurvinder Tota")
	w.put("13225008230001", &storage.Record{Name: "Ram Kumar", Role: "accused", Aliases: aliases, Sections: sections})
	for range 2 {
		a, err := w.e.Search(context.Background(), access.Program("test"), &query.PersonRequest{Name: "Gurvinder Tota", Common: query.Common{Reason: "FIR 1/2026"}})
		if err != nil || len(a.Hits) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		r := a.Hits[0].Record
		if len(r.Aliases) != 50 || len(r.Sections) != 50 || r.More["aliases"] != 151 || r.More["sections"] != 150 || len(r.More) != 2 {
			t.Errorf("%d aliases, %d sections, %v more", len(r.Aliases), len(r.Sections), r.More)
		}
		if !slices.ContainsFunc(a.Hits[0].Why, func(y query.Why) bool { return y.Found == "Gurvinder" }) {
			t.Errorf("reasons %+v", a.Hits[0].Why)
		}
	}
}

// TestEveryAliasOfATextIsFound: a text may hold several aliases, and a person hundreds; none is passed over.
func TestEveryAliasOfATextIsFound(t *testing.T) {
	w := open(t, "")
	var aliases []string
	letters := "bdgjkmnprst"
	for i := range 77 {
		var text strings.Builder
		for j := range 7 {
			fmt.Fprintf(&text, " @ %ca%cu%ci", letters[i%11], letters[j], letters[i/11])
		}
		aliases = append(aliases, "Kala"+text.String())
	}
	aliases = append(aliases, "Kala @ Gurvinder")
	const fir = "13225008230001"
	w.put(fir, &storage.Record{Name: "Ram Kumar", Role: "accused", Aliases: aliases})
	for _, name := range []string{"Ram Kumar", "Gurvinder"} {
		if a := w.persons(query.PersonRequest{Name: name}); len(a.Hits) != 1 || a.Hits[0].Record.ID != fir+"/p/A1" {
			t.Errorf("%s: %+v", name, a.Hits)
		}
	}
}

// TestNumbersInEitherScript: digits are read in Devanagari wherever a number is asked: a case, a section, a date.
func TestNumbersInEitherScript(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Name: "Ram Kumar", Role: "accused", Sections: []string{"BNS 303(2)", "IPC ३७९"}})
	for _, number := range []string{"0001/23", "००१/२०२३", "मु० न० 1/23", "एफआईआर संख्या १/२३", "FIR No. 1 of 2023"} {
		if _, err := w.e.FindCases(context.Background(), access.Program("test"), number, "13225008"); err != nil {
			t.Errorf("%s: %v", number, err)
		}
	}
	for _, r := range []query.PersonRequest{{Section: "धारा ३०३(२)"}, {Section: "379"}, {Name: "Ram Kumar", Section: "IPC ३७९"},
		{Name: "Ram Kumar", Common: query.Common{From: "१९९०-०१-०१"}}} {
		if a := w.persons(r); len(a.Hits) != 1 {
			t.Errorf("%+v: %d hits", r, len(a.Hits))
		}
	}
}
