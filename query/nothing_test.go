package query_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
)

func TestNothingIsKnownByItsWholeText(t *testing.T) {
	f := func(field string, want bool, texts ...string) {
		t.Helper()
		for _, s := range texts {
			if register.Nothing(field, s) != want {
				t.Errorf("Nothing(%q, %q) is %v", field, s, !want)
			}
		}
	}
	for _, field := range []string{"name", "alias", "relative", "place", "age", "registration", "chassis", "engine"} {
		f(field, true, "", " ", "-", "--", "*", "****", "?", "...", "//", "X", "xxx", "XXXXX", "0", "000", "NA", "N/A", "n.a.", "N A", "Nil", "NIL.",
			"none", "Unknown", "UNKNOWN.", "Not Known", "not-known", "NotKnown", "Not  Available", "nahi", "Pata Nahi", "na maloom", "agyat",
			"अज्ञात", "अज्ञात।", "नामालूम", "ना मालूम", "पता नहीं", "पता नहीँ", "ज्ञात नहीं", "निल", "०", "NA / NA", "ＮＡ", "un\u200bknown")
		f(field, false, "HR26", "HR01")
	}
	for _, field := range []string{"name", "alias", "relative", "place", "age"} {
		f(field, false, "Nanu", "Noni Devi", "Unknown Singh", "Neel", "नील", "Xaxa")
	}
	for _, field := range []string{"name", "alias", "relative"} {
		f(field, true, "1st accused", "2 persons", "two persons", "Accused No. 2", "Unknown driver", "unknown driver of truck HR55A0001",
			"3-4 unknown boys", "Unknown person on a motorcycle", "some other accused", "Father's name not known", "name not known",
			"अज्ञात चालक", "दो अज्ञात व्यक्ति", "अज्ञात व्यक्ति मोटरसाइकिल पर", "२ व्यक्ति", "गुमनाम", "Unknown s/o Unknown", "ABCD")
		f(field, false, "Nil Kumar", "Ajnat Singh", "Sunil Nil", "Anjan", "Man", "Das", "Driver Singh Rawat", "Bina", "Minor", "Accused Ram Singh",
			"Unknown Kumar s/o Ram", "पता राम", "New", "Temp Lal", "दो राम", "No Ram", "A F")
	}
	for _, field := range []string{"name", "alias", "relative"} {
		f(field, true, "Not Traceable", "Refused to tell", "Refuses to tell the name", "refused to disclose", "Refused to disclose name", "not told by him", "Details awaited",
			"Under enquiry", "Under investigation", "F/N not known", "Name not disclosed", "As per FIR", "see FIR", "As per records", "no one", "Nobody knows",
			"Cannot say", "can not be read", "Data not available", "Record not available", "N.A. N.A.", "Not Known Singh", "Not Known Devi", "Sh. not known",
			"maloom na hai", "pata nahin chala", "बाप का नाम पता नहीं", "नाम नहीं बताया", "बताने से इन्कार", "नामालूम शख्स", "ज्ञात नहीं हुआ", "मालूम नही हुआ", "अज्ञात जाति",
			"Unidentified dead body", "ना मालूम व्यक्ति", "NO NAME GIVEN", "State of Haryana", "Owner of vehicle", "not confirmed", "patta nahi", "तस्दीक नहीं", "Unknown sim holder", "Mobile number holder",
			"not born yet", "Not in the record of the village", "नहीं लिखा गया", "Unknown account holder", "mentally ill unknown man", "अज्ञात कार सवार", "Child in conflict with law")
		f(field, false, "Data Ram", "Inder Record", "Nil Devi", "Ajnat Kumar", "Nana", "Nana Ram", "Hari State", "Kumar Singh", "Devi Lal", "Dead Singh", "Under Kumar", "Body Ram")
	}
	for _, field := range []string{"alias", "relative"} {
		f(field, true, "Sh.", "जी", "Late", "स्वर्गीय", "मृतक", "S/o", "s/o Late Sh.", "Shri", "expired", "Father expired", "orphan", "अनाथ")
		f(field, false, "Late Ram", "S", "D S", "Shri Ram", "जीत", "Anath Ram")
	}
	f("name", false, "Late", "Ji", "Anath")
	for _, field := range []string{"registration", "chassis", "engine"} {
		f(field, true, "A/F", "AF", "applied for", "Applied For.", "New", "new vehicle", "New / AF", "TEMP", "without number", "Without Number Plate",
			"No. not available", "number plate not fitted", "बिना नंबर", "बिना नम्बर प्लेट", "अस्थायी", "bina number")
		f(field, false, "AF1234", "TEMP 1234", "NA01", "8337", "*8337", "HR26*", "HR26 NO 4107", "New HR26DK4107",
			"No. 4107", "Motorcycle 4107", "HR26-0001", "0001")
		f(field, true, "New 26", "HR26 NEW", "HR 26 unknown", "Unknown 7", "No number 7", "7 motorcycle", "AF 2019", "Applied for 3/2019",
			"Paper awaited", "Scratched off by owner", "प्लेट गायब है", "XX00XX0000", "00000", "777777", "23456", "000007", "0123456789", "A", "ABC")
	}
	f("registration", true, "HR-XX-XX-XXXX", "HR05B0000", "DL00AC0000", "PB 00 0000", "ABC2345", "KMVPB", "HR-AWAITED", "एचआर नया")
	f("registration", false, "DL00AC4107", "PB00417", "HR 26 NA 4107", "HR05B0007", "HR26XX4107", "HR05OOO7", "एचआर 26 डीके 4107", "HR26DK1111", "4107 black Alto", "HR26DK4107 not known")
	for _, field := range []string{"chassis", "engine"} {
		f(field, true, "MAXXXXXXXXXXXXXXX", "Not visible 3", "Nil (crash 2019)", "Part worn", "KMV")
		f(field, false, "KMVPB", "MBLXX12A5L9M12345", "Chassis No. MBLHA4107", "not clear MBLHA4107")
	}
	f("place", false, "A/F", "2 persons", "Ward No 2", "Without", "Pata")
}

func TestNothingIsNoEvidence(t *testing.T) {
	w := open(t, "")
	w.put(fir1,
		&storage.Record{Name: "Bablu", Relatives: []string{"Not Known"}, Places: []string{"Not Known"}},
		&storage.Record{Name: "Unknown", Relatives: []string{"Unknown"}},
		&storage.Record{Name: "Agyaat", Names: []string{"अज्ञात"}},
		&storage.Record{Name: "Gajender Kundu", Relatives: []string{"*"}},
		&storage.Record{Name: "Nil", Relatives: []string{"Mange Ram"}},
		&storage.Record{Name: "Nil", Relatives: []string{"Nil"}},
		&storage.Record{Name: "Phool Kanwar S/o Not Known"})
	a := w.persons(query.PersonRequest{Name: "Bablu", Relative: "Not Known"})
	if len(a.Hits) == 0 || a.Hits[0].Class != query.Lead {
		t.Errorf("a father who is not known made %+v", a.Hits)
	}
	for _, y := range a.Hits[0].Why {
		if y.Field == "relative" {
			t.Errorf("a reason by a relative that nobody knows: %+v", y)
		}
	}
	if !slices.ContainsFunc(a.Remarks, func(s string) bool { return strings.HasPrefix(s, "relative:") }) || len(a.Remarks) != len(a.RemarksHi) {
		t.Errorf("remarks %q, in Hindi %q", a.Remarks, a.RemarksHi)
	}
	for _, asked := range []string{"Gajender Kundu", "Phool Kanwar"} {
		a = w.persons(query.PersonRequest{Name: asked, Relative: "Sardara Ram"})
		if len(a.Hits) == 0 || a.Hits[0].Record.Name[:5] != asked[:5] {
			t.Fatalf("%s was not found: %+v", asked, a.Hits)
		}
		for _, y := range a.Hits[0].Why {
			if y.Field == "relative" && (y.Grade != "missing" || y.Part != 0) {
				t.Errorf("a relative that the record does not know counts: %+v", y)
			}
		}
	}
	if got := ids(w.persons(query.PersonRequest{Name: "Nil", Relative: "Mange Ram"})); !slices.Equal(got, []string{fir1 + "/p/A5"}) {
		t.Errorf("Nil, of Mange Ram, is somebody: found %v", got)
	}
	if a := w.persons(query.PersonRequest{Relative: "Unknown", Place: "n/a", Station: "13225008"}); a.Total != 7 {
		t.Errorf("of a station's 7 persons %d came for a relative who is not known", a.Total)
	}
	if a := w.persons(query.PersonRequest{Name: "Bablu s/o Not Known"}); len(a.Hits) == 0 || len(a.Remarks) == 0 || !strings.HasPrefix(a.Remarks[0], "relative:") {
		t.Errorf("what stands in the name is not said: %q", a.Remarks)
	}
}

func TestNothingAloneIsRefused(t *testing.T) {
	w := open(t, "")
	f := func(field string, r query.PersonRequest) {
		t.Helper()
		r.Reason = "FIR 1/2026"
		_, err := w.e.Search(context.Background(), access.Program("test"), &r)
		var fault *query.FieldError
		if !errors.As(err, &fault) || fault.Field != field || !strings.Contains(fault.Message, "known") {
			t.Errorf("%+v: %v", r, err)
		}
	}
	f("name", query.PersonRequest{Name: "Unknown", Relative: "Unknown"})
	f("name", query.PersonRequest{Name: "अज्ञात", Age: 30})
	f("name", query.PersonRequest{Name: "Nil", Relative: "Nil"})
	f("relative", query.PersonRequest{Relative: "NA", Gender: "M"})
	f("alias", query.PersonRequest{Alias: "xx"})
	f("place", query.PersonRequest{Place: "-"})
}

func TestUnreadableRelativeIsLeftOut(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Name: "Kripal Dhanda", Relatives: []string{"Mange Ram"}}, &storage.Record{Name: "Birju Saroha", Relatives: []string{"Late Sh."}})
	alone := w.persons(query.PersonRequest{Name: "Kripal Dhanda"}).Hits[0]
	for _, text := range []string{"Sh.", "जी", "Late", "S/o", "9", "9812000000", "()"} {
		for _, r := range []query.PersonRequest{{Name: "Kripal Dhanda", Relative: text}, {Name: "Kripal Dhanda", Alias: text}} {
			a := w.persons(r)
			if len(a.Hits) == 0 || a.Hits[0].Class != alone.Class || a.Hits[0].Score != alone.Score {
				t.Errorf("%q weighs: %+v", text, a.Hits)
			}
			if len(a.Remarks) == 0 || !strings.Contains(a.Remarks[0], "left out") {
				t.Errorf("%q is not said: %q", text, a.Remarks)
			}
		}
		r := query.PersonRequest{Relative: text, Gender: "M"}
		r.Reason = "FIR 1/2026"
		if _, err := w.e.Search(context.Background(), access.Program("test"), &r); err == nil {
			t.Errorf("%q alone is searched for", text)
		}
	}
	if a := w.persons(query.PersonRequest{Name: "Birju Saroha", Relative: "Sardara"}); len(a.Hits) == 0 || slices.ContainsFunc(a.Hits[0].Why, func(y query.Why) bool { return y.Field == "relative" && y.Grade == "contradicts" }) {
		t.Errorf("a title on record contradicts: %+v", a.Hits)
	}
}

func TestTextWithoutDigitMakesNoVehicleKnown(t *testing.T) {
	w := open(t, "")
	w.put(fir1,
		&storage.Record{Kind: storage.Vehicle, Registration: "Papers awaited", Chassis: "Worn away", Engine: "Worn"},
		&storage.Record{Kind: storage.Vehicle, Registration: "HR05AC4107"})
	for _, r := range []query.VehicleRequest{{Registration: "Papers awaited"}, {Chassis: "Worn away"}, {Engine: "7"}, {Registration: "HR-AWAITED"}} {
		r.Reason = "FIR 1/2026"
		if a, err := w.e.Search(context.Background(), access.Program("test"), &r); err == nil {
			t.Errorf("%+v found %+v", r, a.Hits)
		}
	}
	for _, r := range []query.VehicleRequest{{Registration: "HR05AC4107", Chassis: "Worn away"}, {Registration: "HR05AC4107", Chassis: "7"}} {
		a := w.vehicles(r)
		if len(a.Hits) != 1 || a.Hits[0].Class != query.Exact || len(a.Remarks) != 1 || len(a.RemarksHi) != 1 || !strings.HasPrefix(a.Remarks[0], "chassis:") {
			t.Errorf("%+v: %+v, remarks %q %q", r, a.Hits, a.Remarks, a.RemarksHi)
		}
	}
	if a := w.vehicles(query.VehicleRequest{Engine: "WORN"}); len(a.Hits) > 0 {
		t.Errorf("letters alone met %+v", a.Hits)
	}
}

// TestLastFiguresThatLookLikeAFiller: the last five of a chassis number may be one figure again and again.
func TestLastFiguresThatLookLikeAFiller(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Chassis: "MA3EUA61S00B55555"}, &storage.Record{Kind: storage.Vehicle, Chassis: "55555", Engine: "55555"})
	for _, r := range []query.VehicleRequest{{Chassis: "55555"}, {Chassis: "B55555"}} {
		if a := w.vehicles(r); len(a.Hits) != 1 || a.Hits[0].Record.Chassis != "MA3EUA61S00B55555" {
			t.Errorf("%+v: %+v", r, a.Hits)
		}
	}
}
