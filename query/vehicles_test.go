package query_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// TestNumberOfNothing: what says that a vehicle has no number, or that it is not known, is no number: nobody is found by it,
// it does not count beside another number, and alone it is refused with a reason. Nor is what a spreadsheet has destroyed.
func TestNumberOfNothing(t *testing.T) {
	w := open(t, "")
	w.put(fir1,
		&storage.Record{Kind: storage.Vehicle, Registration: "A/F", Chassis: "MBLHAW117N5E00771", Engine: "NIL"},
		&storage.Record{Kind: storage.Vehicle, Registration: "Not Known", Chassis: "N/A", Engine: "JC65E7004471"},
		&storage.Record{Kind: storage.Vehicle, Registration: "बिना नंबर", Chassis: "अज्ञात", Engine: "4.47E+19"})
	refused := func(r query.VehicleRequest, field string) {
		t.Helper()
		r.Reason = "FIR 1/2026"
		_, err := w.e.Search(context.Background(), access.Program("test"), &r)
		var bad *query.FieldError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%+v: got %v, want an error of %s", r, err, field)
		}
	}
	for _, s := range []string{"A/F", "applied for", "new vehicle", "Temp", "without number", "बिना नंबर", "NA", "nil", "-", "not known", "***"} {
		refused(query.VehicleRequest{Registration: s}, "registration")
		refused(query.VehicleRequest{Chassis: s}, "chassis")
		refused(query.VehicleRequest{Registration: s, Engine: s}, "registration")
		a := w.vehicles(query.VehicleRequest{Registration: s, Chassis: "MBLHAW117N5E00771"})
		if len(a.Hits) != 1 || a.Hits[0].Class != query.Exact || len(a.Hits[0].Why) != 1 || len(a.Conflicts) > 0 {
			t.Errorf("%q beside a chassis number: %+v", s, a.Hits)
		}
		if !slices.ContainsFunc(a.Remarks, func(r string) bool { return strings.HasPrefix(r, "registration:") }) || len(a.Remarks) != len(a.RemarksHi) {
			t.Errorf("%q: remarks %q, %q", s, a.Remarks, a.RemarksHi)
		}
	}
	w.put(fir3, &storage.Record{Kind: storage.Vehicle, Registration: "HR26AB1000"})
	if got := ids(w.vehicles(query.VehicleRequest{Registration: "*000"})); !slices.Equal(got, []string{fir3 + "/v/V1"}) {
		t.Errorf("an end of zeros: found %v", got)
	}
	refused(query.VehicleRequest{Engine: "4.47E+19"}, "engine")
	refused(query.VehicleRequest{Engine: "9E+15"}, "engine")
	if a := w.vehicles(query.VehicleRequest{Engine: "447E19"}); len(a.Hits) > 0 {
		t.Errorf("a number that a spreadsheet has destroyed is found: %+v", a.Hits)
	}
	w.put(fir2, &storage.Record{Kind: storage.Vehicle, Engine: "447E19"})
	if got := ids(w.vehicles(query.VehicleRequest{Engine: "447E19"})); !slices.Equal(got, []string{fir2 + "/v/V1"}) {
		t.Errorf("an engine number of digits and an E: found %v", got)
	}
}

// TestSeveralRegistrationsInOneField: a record that holds several in one field is found by each, EXACT; of several that are asked in one
// field the first is searched for, and the answer says which were left out.
func TestSeveralRegistrationsInOneField(t *testing.T) {
	w := open(t, "")
	both := "HR26DK8111, HR55A1222"
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: both}, &storage.Record{Kind: storage.Vehicle, Registration: "DL3CAY9324 / HR 12 B 0471"},
		&storage.Record{Kind: storage.Vehicle, Registration: "PB10CD2204", Registrations: []string{"HR29K0771 और HYC4512"}})
	f := func(asked, ref, left string) {
		t.Helper()
		a := w.vehicles(query.VehicleRequest{Registration: asked})
		if len(a.Hits) == 0 || a.Hits[0].Record.ID != fir1+"/v/"+ref || a.Hits[0].Class != query.Exact {
			t.Fatalf("%q: %+v", asked, a.Hits)
		}
		told := len(a.Remarks) == 1 && strings.Contains(a.Remarks[0], left) && strings.Contains(a.RemarksHi[0], left)
		if left != "" && !told || left == "" && len(a.Remarks) > 0 {
			t.Errorf("%q: remarks %q, %q", asked, a.Remarks, a.RemarksHi)
		}
	}
	for asked, ref := range map[string]string{"HR26DK8111": "V1", "HR55A1222": "V1", "DL3CAY9324": "V2", "HR12B0471": "V2", "HR29K771": "V3", "HYC4512": "V3"} {
		f(asked, ref, "")
	}
	f("HR26DK8111 HR29K0771", "V1", "HR29K0771")
	f("HR29K0771 तथा DL3CAY9324", "V3", "DL3CAY9324")
	f("DL 3C AY 9324/HR26DK8111/PB10CD2204", "V2", "HR26DK8111, PB10CD2204")
	h := w.vehicles(query.VehicleRequest{Registration: "HR55A1222"}).Hits[0]
	if h.Record.Registration != both || h.Why[0].Found != "HR55A1222" {
		t.Errorf("shown as %q, found as %q", h.Record.Registration, h.Why[0].Found)
	}
}

// TestSeriesNotGiven: a registration without its letters finds those that fit with any as if a * stood there, and says so; it is no less
// than its digits alone give. One that is held without letters is equal, and one that nothing fits is looked for as it stands.
func TestSeriesNotGiven(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337"}, &storage.Record{Kind: storage.Vehicle, Registration: "HR201234"},
		&storage.Record{Kind: storage.Vehicle, Registration: "HR20AF1234"})
	score := func(text, ref string, class query.Class) float64 {
		t.Helper()
		h := w.vehicles(query.VehicleRequest{Registration: text}).Hits
		if len(h) == 0 || h[0].Record.ID != fir1+"/v/"+ref || h[0].Class != class {
			t.Fatalf("%q: %+v", text, h)
		}
		return h[0].Score
	}
	starred := score("HR26*8337", "V1", query.Lead)
	for _, text := range []string{"HR26 8337", "HR-26-8337", "HR 26 8337", "एचआर 26 8337"} {
		if got := score(text, "V1", query.Lead); got != starred || got < score("8337", "V1", query.Lead) {
			t.Errorf("%q: score %v, with a star %v", text, got, starred)
		}
	}
	a := w.vehicles(query.VehicleRequest{Registration: "HR26 8337"})
	if len(a.Remarks) != 1 || !strings.Contains(a.Remarks[0], "HR26*8337") || !strings.Contains(a.RemarksHi[0], "HR26*8337") || !strings.Contains(a.Hits[0].Why[0].Text, "fits") {
		t.Errorf("remarks %q, why %+v", a.Remarks, a.Hits[0].Why)
	}
	score("HR 8337", "V1", query.Lead)
	score("HR20 1234", "V2", query.Exact)
	if a := w.vehicles(query.VehicleRequest{Registration: "HR20 1244"}); len(a.Hits) == 0 || len(a.Remarks) > 0 {
		t.Errorf("one that nothing fits: %+v, %q", a.Hits, a.Remarks)
	}
}

// TestNumberInTheWrongField: a number of another kind than its field is found where it is held as one, and the answer says as what; one of
// the form of a chassis number is looked for as one. A registration for a person's name is refused.
func TestNumberInTheWrongField(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: "MA3ERLF1S00994471", Engine: "K10BN1234571"},
		&storage.Record{Kind: storage.Vehicle, Registration: "22BH6517A"})
	f := func(r query.VehicleRequest, ref, remark string) {
		t.Helper()
		a := w.vehicles(r)
		if ref == "" && len(a.Hits) > 0 || ref != "" && (len(a.Hits) == 0 || a.Hits[0].Record.ID != fir1+"/v/"+ref || a.Hits[0].Class != query.Exact) {
			t.Errorf("%+v: %+v", r, a.Hits)
		}
		if remark == "" && len(a.Remarks) > 0 || remark != "" && (len(a.Remarks) != 1 || !strings.Contains(a.Remarks[0], remark)) || len(a.Remarks) != len(a.RemarksHi) {
			t.Errorf("%+v: remarks %q, %q", r, a.Remarks, a.RemarksHi)
		}
	}
	f(query.VehicleRequest{Registration: "MA3ERLF1S00994471"}, "V1", "held as a chassis number")
	f(query.VehicleRequest{Registration: "K10BN1234571"}, "V1", "held as an engine number")
	f(query.VehicleRequest{Chassis: "HR26DK8337"}, "V1", "held as a registration")
	f(query.VehicleRequest{Engine: "HR 26 DK 8337"}, "V1", "held as a registration")
	if a := w.vehicles(query.VehicleRequest{Engine: "HR26DK8337", Registration: "MA3ERLF1S00994471"}); len(a.Remarks) != 2 || a.Hits[0].Class != query.Exact {
		t.Errorf("both in the wrong field: %+v, %q", a.Hits, a.Remarks)
	}
	f(query.VehicleRequest{Registration: "MALBB51RLFM119208"}, "", "the form of a chassis number")
	f(query.VehicleRequest{Registration: "22 भारत 6517 A"}, "V2", "")
	for _, name := range []string{"HR26DK8337", "hr 26 dk 8337", "DL3CAY9324", "एचआर 26 डीके 8337"} {
		_, err := w.e.Search(context.Background(), access.Program("test"), &query.PersonRequest{Name: name, Common: query.Common{Reason: "FIR 1/2026"}})
		var bad *query.FieldError
		if !errors.As(err, &bad) || bad.Field != "name" || !strings.Contains(bad.Message, "registration") || bad.Hindi == "" {
			t.Errorf("%s as a name: %v", name, err)
		}
	}
	for _, name := range []string{"Ramesh HR26DK8337", "रमेश HR26DK8337", "Ramesh"} { // there is a name to search for
		w.persons(query.PersonRequest{Name: name})
	}
}

// TestSecondNumberThatNothingFits: beside an equal registration, or chassis number, another number that the record lacks takes
// away a class at most and leaves the score, whether nobody holds it or another vehicle does, of which the answer tells then.
// Where the record has another such number, the vehicle is a lead that says so.
func TestSecondNumberThatNothingFits(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337"}, &storage.Record{Kind: storage.Vehicle, Registration: "HR0011"},
		&storage.Record{Kind: storage.Vehicle, Registration: "HYC4512", Chassis: "MBLHAW117N5E00771"},
		&storage.Record{Kind: storage.Vehicle, Registration: "PB10CD2204", Engine: "JC65E7004471"}, &storage.Record{Kind: storage.Vehicle, Chassis: "MD2B54DX8LCE04471"})
	f := func(alone, r query.VehicleRequest, ref string, conflict bool) {
		t.Helper()
		before, a := w.vehicles(alone), w.vehicles(r)
		if before.Hits[0].Class != query.Exact || a.Hits[0].Record.ID != fir1+"/v/"+ref || a.Hits[0].Class != query.Probable || a.Hits[0].Score < before.Hits[0].Score-.01 {
			t.Errorf("%+v: %+v, alone %+v", r, a.Hits[0], before.Hits[0])
		}
		if conflict != (len(a.Conflicts) > 0) {
			t.Errorf("%+v: conflicts %+v", r, a.Conflicts)
		}
	}
	for i, plate := range []string{"HR26DK8337", "HR0011", "HYC4512"} {
		alone, ref := query.VehicleRequest{Registration: plate}, fmt.Sprintf("V%d", i+1)
		f(alone, query.VehicleRequest{Registration: plate, Engine: "G4HGDM778812"}, ref, false)
		f(alone, query.VehicleRequest{Registration: plate, Engine: "JC65E7004471"}, ref, true)
		if i < 2 {
			f(alone, query.VehicleRequest{Registration: plate, Chassis: "MA3ERLF1S00778812", Engine: "G4HGDM778812"}, ref, false)
			f(alone, query.VehicleRequest{Registration: plate, Chassis: "MA3ERLF1S00778812"}, ref, false)
		}
	}
	byChassis := query.VehicleRequest{Chassis: "MD2B54DX8LCE04471"}
	f(byChassis, query.VehicleRequest{Chassis: byChassis.Chassis, Registration: "DL3CAY9324"}, "V5", false)
	f(byChassis, query.VehicleRequest{Chassis: byChassis.Chassis, Registration: "HR26DK8337"}, "V5", true)

	for _, r := range []query.VehicleRequest{{Registration: "PB10CD2204", Engine: "G4HGDM778812"}, {Registration: "HYC4512", Chassis: "MA3ERLF1S00778812"}} {
		h := w.vehicles(r).Hits[0]
		if h.Class != query.Lead || h.Score > .3 || len(h.Conflict) != 1 {
			t.Errorf("%+v: the record has another number, yet %+v", r, h)
		}
	}
}

// TestEndOfChassisOnRecord: a whole chassis number beside an equal registration leaves it a strong match where the record keeps the
// number's end, and speaks against it where that is another end.
func TestEndOfChassisOnRecord(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: "723951"})
	for chassis, want := range map[string]query.Class{"MA3ERLF1S00723951": query.Probable, "MA3ERLF1S00723951 ": query.Probable, "MA3ERLF1S00728851": query.Lead} {
		h := w.vehicles(query.VehicleRequest{Registration: "HR26DK8337", Chassis: chassis}).Hits[0]
		if h.Class != want || (want == query.Lead) != (len(h.Conflict) > 0) || want != query.Lead && !strings.HasPrefix(h.Why[1].Text, "723951: on record is the end of") {
			t.Errorf("%s: %s, %v, why %+v", chassis, h.Class, h.Score, h.Why)
		}
	}
}

// TestMisreadBesideMisread: a registration and a chassis number that each differ a little from those of one vehicle may be those
// of its neighbour in a fleet, which was bought and registered with it; where one of them is equal it is that vehicle.
func TestMisreadBesideMisread(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR55AB1234", Chassis: "MAT445104LZA04471"})
	for _, f := range []struct {
		plate, chassis string
		want           query.Class
	}{{"HR55AB1235", "MAT445104LZA04472", query.Lead}, {"HR55AB1234", "MAT445104LZA04472", query.Probable}, {"HR55AB1235", "MAT445104LZA04471", query.Probable}} {
		if h := w.vehicles(query.VehicleRequest{Registration: f.plate, Chassis: f.chassis}).Hits[0]; h.Class != f.want {
			t.Errorf("%s, %s: %s, score %v, want %s", f.plate, f.chassis, h.Class, h.Score, f.want)
		}
	}
}

// TestNumberIsEqualHoweverWritten: labels, marks, spaces and look-alike letters around a number, in the record and in the
// request, leave it equal and EXACT.
func TestNumberIsEqualHoweverWritten(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "Regn No. HR 29 K 0771", Chassis: "*MD2B54DX8LCE04471*", Engine: "*DUZWLE44719*"},
		&storage.Record{Kind: storage.Vehicle, Registration: "HR 12 B 0471 TC 0009"}, &storage.Record{Kind: storage.Vehicle, Registration: "HR12B0471"},
		&storage.Record{Kind: storage.Vehicle, Registration: "CD 13 1 A"}, &storage.Record{Kind: storage.Vehicle, Registration: "↑03D 153874H"},
		&storage.Record{Kind: storage.Vehicle, Registration: "UA07B4471"})
	f := func(r query.VehicleRequest, ref string) {
		t.Helper()
		a := w.vehicles(r)
		for i, h := range a.Hits {
			if want := map[bool]query.Class{true: query.Exact, false: query.Lead}[i == 0]; h.Class != want || i == 0 && h.Record.ID != fir1+"/v/"+ref {
				t.Errorf("%+v: place %d is %s, %s", r, i+1, h.Record.ID, h.Class)
			}
		}
		if len(a.Hits) == 0 {
			t.Errorf("%+v: nothing is found", r)
		}
	}
	for _, s := range []string{"HR29K771", "M/Cycle No. HR 29 K 771", "वाहन नं० एचआर-29-के-0771", "НR29К0771", "HR\u00a029\u00a0K\u200b0771"} {
		f(query.VehicleRequest{Registration: s}, "V1")
	}
	for _, s := range []string{"MD2B54DX8LCE04471", "*MD2B54DX8LCE04471*", "lMD2B54DX8LCE04471", "चेसिस नंबर IMD2B54DX8LCE04471"} {
		f(query.VehicleRequest{Chassis: s}, "V1")
		f(query.VehicleRequest{Chassis: s, Engine: "Engine No. DUZWLE44719"}, "V1")
	}
	f(query.VehicleRequest{Registration: "HR12B471TC9"}, "V2")
	f(query.VehicleRequest{Registration: "HR 12 B 471"}, "V3")
	f(query.VehicleRequest{Registration: "13 CD 1A"}, "V4")
	f(query.VehicleRequest{Registration: "^03D153874H"}, "V5")
	a := w.vehicles(query.VehicleRequest{Registration: "UK07B4471"})
	if len(a.Hits) == 0 || a.Hits[0].Record.ID != fir1+"/v/V6" || a.Hits[0].Class != query.Lead || !strings.Contains(a.Hits[0].Why[0].Text, "UK for UA: the state's other code") {
		t.Errorf("the other code of a state: %+v", a.Hits)
	}
}

// TestScoreGrowsWithWhatIsGiven: on a register as it stands, one more character of a held number that is given, in
// place of a ? or beside a *, or at either end of a part, never lowers the score of the vehicle that bears it; the only
// one that fits has a high one.
func TestScoreGrowsWithWhatIsGiven(t *testing.T) {
	w := open(t, "")
	rng := rand.New(rand.NewPCG(11, 12))
	var plates, chassis []string
	const letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
	letter := func() string { return letters[rng.IntN(len(letters)):][:1] }
	for i := range 40 {
		var rs []*storage.Record
		for range 10 {
			r := &storage.Record{Kind: storage.Vehicle, Registration: fmt.Sprintf("HR%02d%s%s%04d", 1+rng.IntN(40), letter(), letter(), 1+rng.IntN(9999)),
				Chassis: fmt.Sprintf("MA3E%s%sB1S00%06d", letter(), letter(), rng.IntN(1_000_000))}
			plates, chassis, rs = append(plates, r.Registration), append(chassis, r.Chassis), append(rs, r)
		}
		w.put(fmt.Sprintf("132250082300%02d", i), rs...)
	}
	most := 100
	scoreOf := func(r query.VehicleRequest, number string) (score float64, a *query.Answer) {
		t.Helper()
		r.Limit = &most
		a = w.vehicles(r)
		for _, h := range a.Hits {
			if h.Record.Registration == number || h.Record.Chassis == number {
				return h.Score, a
			}
		}
		return 0, a
	}
	grows := func(number string, patterns []string, ask func(p string) query.VehicleRequest) {
		t.Helper()
		last, before := 0., ""
		for _, p := range patterns {
			score, a := scoreOf(ask(p), number)
			if score < last {
				t.Errorf("%s: %q has a score of %v, %q of %v", number, before, last, p, score)
			}
			if a.Total == 1 && (score < .6 || strings.Trim(p, "*") != number && a.Hits[0].Class == query.Lead && score > .96) {
				t.Errorf("%s alone fits %q: score %v, %s", number, p, score, a.Hits[0].Class)
			}
			last, before = score, p
		}
	}
	byPlate := func(p string) query.VehicleRequest { return query.VehicleRequest{Registration: p} }
	byChassis := func(p string) query.VehicleRequest { return query.VehicleRequest{Chassis: p} }
	for range 60 {
		i := rng.IntN(len(plates))
		for _, of := range []struct {
			number string
			least  int
			ask    func(string) query.VehicleRequest
		}{{plates[i], 3, byPlate}, {chassis[i], 4, byChassis}} {
			n := len(of.number)
			var open, starts, ends []string
			b := []byte(strings.Repeat("?", n))
			for k, at := range rng.Perm(n) {
				if b[at] = of.number[at]; k+1 >= of.least {
					open = append(open, string(b))
				}
			}
			for k := of.least; k <= n; k++ {
				starts, ends = append(starts, of.number[:k]+"*"), append(ends, "*"+of.number[n-k:])
			}
			grows(of.number, append(open, of.number), of.ask)
			grows(of.number, append(starts, of.number), of.ask)
			grows(of.number, append(ends, of.number), of.ask)
		}
		var parts []string
		for k := 4; k <= len(chassis[i]); k++ {
			parts = append(parts, chassis[i][len(chassis[i])-k:])
		}
		grows(chassis[i], parts, byChassis)
	}
	for _, h := range w.vehicles(query.VehicleRequest{Registration: plates[0][:5] + "*"}).Hits {
		if why := h.Why[0]; !strings.Contains(why.Text, "fits") || !strings.Contains(why.Hindi, "मेल") || h.Score <= 0 {
			t.Errorf("what fits a wildcard: score %v, %q, %q", h.Score, why.Text, why.Hindi)
		}
	}
}

// TestOpenScoreCountsWhatIsNotListed: of many that fit alike each has the share of one among all, not among those listed.
func TestOpenScoreCountsWhatIsNotListed(t *testing.T) {
	w := open(t, "")
	var rs []*storage.Record
	for i := range 60 {
		rs = append(rs, &storage.Record{Kind: storage.Vehicle, Registration: fmt.Sprintf("HR26DK%04d", 1000+i)})
	}
	w.put(fir1, rs...)
	all := w.vehicles(query.VehicleRequest{Registration: "HR26*"})
	defer func(limit int) { query.NumberSearch.Limit = limit }(query.NumberSearch.Limit)
	query.NumberSearch.Limit = 20
	listed := w.vehicles(query.VehicleRequest{Registration: "HR26*"})
	if listed.TotalIs != "at_least" || len(all.Hits) == 0 || math.Abs(all.Hits[0].Score-listed.Hits[0].Score) > .001 {
		t.Errorf("of 60 that fit the first has %v; where 20 are listed, %v", all.Hits[0].Score, listed.Hits[0].Score)
	}
}

// TestLeadIsNeverSure: what contradicts is a LEAD, and a LEAD has at most .96, however much speaks for it.
func TestLeadIsNeverSure(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567", Make: "Maruti"})
	for _, r := range []query.VehicleRequest{{Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567", Make: "Tata"},
		{Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567", Registration: "PB10AB0001"}} {
		a := w.vehicles(r)
		if len(a.Hits) != 1 || a.Hits[0].Class != query.Lead || a.Hits[0].Score > .96 || a.Hits[0].Score < .9 {
			t.Errorf("%+v: %+v", r, a.Hits)
		}
	}
}

// TestModelTellsItsMake: beside its make a model adds what the make has not said already, so that both are worth what the model
// alone is.
func TestModelTellsItsMake(t *testing.T) {
	w := open(t, "")
	for i, make := range []string{"Maruti", "Tata", "Hyundai", "Mahindra", "Honda"} {
		w.put(fmt.Sprintf("1322500826900%d", i), &storage.Record{Kind: storage.Vehicle, Registration: fmt.Sprintf("HR26DK833%d", i), Make: make, Model: make + "ine"})
	}
	worth := func(r query.VehicleRequest) float64 { // of make and model, in parts of what the number is worth
		r.Registration = "HR26DK8330"
		parts := map[string]float64{}
		for _, y := range w.vehicles(r).Hits[0].Why {
			parts[y.Field] = y.Part
		}
		if r.Make != "" && parts["make"] <= 0 || parts["model"] <= 0 {
			t.Errorf("%+v: parts %v", r, parts)
		}
		return (parts["make"] + parts["model"]) / parts["registration"]
	}
	alone, both := worth(query.VehicleRequest{Model: "Marutiine"}), worth(query.VehicleRequest{Make: "Maruti", Model: "Marutiine"})
	if math.Abs(alone-both) > .002 {
		t.Errorf("a model is worth %v of the number alone, with its make %v", alone, both)
	}
}

// TestNumberOfTwoVehicles: a number that stands beside another one in another record flags both, whichever of their numbers is
// asked; where it has one bearer, or both have the other number too, nothing is flagged.
func TestNumberOfTwoVehicles(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567"},
		&storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: "MA3ERLF1S00777777", Engine: "K12MN7777777"},
		&storage.Record{Kind: storage.Vehicle, Registration: "HR55AB0471", Chassis: "MA3ERLF1S00123456", Engine: "K12MN7777777"},
		&storage.Record{Kind: storage.Vehicle, Registration: "PB10CD2204", Chassis: "MBLHAW117N5E00771", Engine: "JC65E7004471"},
		&storage.Record{Kind: storage.Vehicle, Registration: "PB10CD2204", Chassis: "MBLHAW117N5E00771"})
	flags := map[string][]string{"V1": {"chassis-under-two-registrations", "registration-under-two-chassis"},
		"V2": {"engine-under-two-registrations", "registration-under-two-chassis"},
		"V3": {"chassis-under-two-registrations", "engine-under-two-registrations"}, "V4": nil, "V5": nil}
	for _, r := range []query.VehicleRequest{{Registration: "HR26DK8337"}, {Chassis: "MA3ERLF1S00123456"}, {Engine: "K12MN7777777"}, {Registration: "HR55AB0471"},
		{Registration: "HR26DK8337", Chassis: "MA3ERLF1S00777777"}, {Chassis: "K12MN7777777"}, {Registration: "PB10CD2204"}, {Engine: "JC65E7004471"}} {
		a := w.vehicles(r)
		for _, h := range a.Hits {
			if want := flags[strings.TrimPrefix(h.Record.ID, fir1+"/v/")]; !slices.Equal(h.Record.Flags, want) {
				t.Errorf("%+v: %s has flags %q, want %q", r, h.Record.ID, h.Record.Flags, want)
			}
		}
		if len(a.Hits) == 0 {
			t.Errorf("%+v: nothing is found", r)
		}
	}
}
