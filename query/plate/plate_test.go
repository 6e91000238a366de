package plate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"anvesh/query/plate/platetest"
)

func TestParse(t *testing.T) {
	f := func(in, canonical string, kind Kind, known bool, parts string) {
		t.Helper()
		p := Parse(in)
		if p.Raw != in || p.Canonical != canonical || p.Kind != kind || p.Known() != known {
			t.Errorf("Parse(%q) = %q %v known %v, want %q %v %v", in, p.Canonical, p.Kind, p.Known(), canonical, kind, known)
		}
		if got := strings.Join([]string{p.State, p.Office, p.Series, p.Number}, "|"); parts != "" && got != parts {
			t.Errorf("Parse(%q) has parts %s, want %s", in, got, parts)
		}
	}
	f("HR 26 DK 8337", "HR26DK8337", Current, true, "HR|26|DK|8337")
	f("hr-26-dk-8337", "HR26DK8337", Current, true, "HR|26|DK|8337")
	f("IND HR.26/DK 8337", "HR26DK8337", Current, true, "")
	f("Regn No. HR6AB12", "HR06AB0012", Current, true, "HR|06|AB|0012")
	f("एचआर २६ डीके ८३३७", "HR26DK8337", Current, true, "HR|26|DK|8337")
	f("डीएल 3सी एबी 1234", "DL03CAB1234", Current, true, "")
	f("HR 06 1234", "HR061234", Current, true, "HR|06||1234")
	f("DL3CAB1234", "DL03CAB1234", Current, true, "DL|03|CAB|1234")
	f("22 BH 1234 AA", "22BH1234AA", Bharat, true, "BH|22|AA|1234")
	f("HR VA AB 12", "HRVAAB0012", Vintage, true, "HR||AB|0012")
	f("199 CD 99", "199CD0099", Diplomatic, true, "199||CD|0099")
	f("77 UN 12", "77UN0012", Diplomatic, true, "")
	f("↑03D 153874H", "03D153874H", Military, true, "|03|D|153874")
	f("T0923HR1234AB", "T0923HR1234AB", Temporary, true, "HR|0923|AB|1234")
	f("HR26 0001 TC 12", "HR260001TC0012", Trade, true, "")
	f("HRB 1234", "HRB1234", Old, true, "HR||HRB|1234")
	f("HYA 5", "HYA0005", Old, true, "HR||HYA|0005")
	f("QZ26AB1234", "QZ26AB1234", Current, false, "")
	f("HR26AO1234", "HR26AO1234", Current, false, "")
	f("HR00AB1234", "HR00AB1234", Current, false, "")
	f("HR26AB0000", "HR26AB0000", Current, false, "")
	f("हर 26 D!", "HR26D", Unknown, false, "")
	f("", "", Unknown, false, "")
	f("!!!", "", Unknown, false, "")
}

func TestParseSplits(t *testing.T) {
	f := func(in string, want ...string) {
		t.Helper()
		var got []string
		for _, p := range Parse(in).Splits {
			got = append(got, p.Kind.String()+" "+p.String())
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("Parse(%q).Splits = %q, want %q", in, got, want)
		}
	}
	f("HR26DK8337")
	f("HR12345", "current HR 01 2345")
	f("DL3CAB1234", "current DL 03C AB 1234")
	f("HR26TC0012", "trade HR26TC0012", "temporary HR26TC0012")
}

// checkIdentity states the law of print and parse.
func checkIdentity(t *testing.T, in string) {
	p := Parse(in)
	for _, printed := range []string{p.String(), p.Canonical} {
		q := Parse(printed)
		q.Raw = p.Raw
		if q.Canonical != p.Canonical || q.Kind != p.Kind || q.State != p.State || q.Office != p.Office ||
			q.Series != p.Series || q.Number != p.Number || q.Known() != p.Known() {
			t.Fatalf("Parse(%q) = %+v, but printed %q it reads %+v", in, p, printed, q)
		}
	}
	for _, c := range []byte(p.Canonical) {
		if codes[c] >= OpenCode {
			t.Fatalf("Parse(%q) is %q", in, p.Canonical)
		}
	}
}

func TestParsePrintIsIdentity(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 20000 {
		checkIdentity(t, platetest.Edited(rng, platetest.Plate(rng, false), rng.IntN(3)))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"HR26DK8337", "IND DL3CAB1234", "22BH1234AA", "एचआर 26", "199CD99", "T0923HR12AB", "INDINDX", "IND0", "HR260001TC12", "No. CD 13 1 A", "HR26C1234TC1", "वाहन नं० एचआर26", "*MD2A*",
		"NO NO AB12", "M/C ID 26 AB 12", "CHASSIS NO *I1234567890123456"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkIdentity(t, s)
		if p, err := ParsePattern(s); err == nil {
			if again, err := ParsePattern(p.String()); err != nil || again.text != p.text {
				t.Fatalf("pattern %q prints %q, which reads %q (%v)", s, p.String(), again.text, err)
			}
		}
		if n := Number(s); n != Number(n) {
			t.Fatalf("Number(%q) = %q, which is not canonical", s, n)
		}
	})
}

func TestParsePattern(t *testing.T) {
	f := func(in, text, number string, wild bool, fixed int) {
		t.Helper()
		p, err := ParsePattern(in)
		if err != nil || p.String() != text || p.Number() != number || p.Wild() != wild || p.Fixed() != fixed {
			t.Errorf("ParsePattern(%q) = %q %q %v %d, %v", in, p.String(), p.Number(), p.Wild(), p.Fixed(), err)
		}
	}
	f("hr26??8337", "HR26??8337", "HR26??8337", true, 8)
	f("IND HR 26 * 37", "HR26*37", "1NDHR26*37", true, 6)
	f("**8337", "*8337", "*8337", true, 4)
	f("एचआर २६", "HR26", "HR26", false, 4)
	f("CH NO MA3-OIQ 123", "MA3OIQ123", "MA3010123", false, 9)
	for _, s := range []string{"", "?*", " - ", "अ"} {
		if _, err := ParsePattern(s); err != ErrEmpty {
			t.Errorf("ParsePattern(%q) gives %v", s, err)
		}
	}
}

func TestNumber(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := Number(in); got != want {
			t.Errorf("Number(%q) = %q, want %q", in, got, want)
		}
	}
	f("MA3EYD81S00123456", "MA3EYD81S00123456")
	f("ch. no. ma3 eyd-81s ooi23456", "MA3EYD81S00123456")
	f("Engine No: K12MN-1234567", "K12MN1234567")
	f("MA3**D81S0012*456", "MA3??D81S0012?456")
	f("***", "")
	f("0000", "")
	f("VIN", "V1N")
}

func TestDecodeVIN(t *testing.T) {
	f := func(in, maker string, year int, ok bool) {
		t.Helper()
		m, y, o := DecodeVIN(in)
		if m != maker || y != year || o != ok {
			t.Errorf("DecodeVIN(%q) = %q %d %v", in, m, y, o)
		}
	}
	f("MA3EYD81S00123456", "Maruti", 0, true)
	f("MALBB51BLFM123456", "Hyundai", 2015, true)
	f("MBLHA10AL9GB12345", "Hero", 2009, true)
	f("XXXHA10ALAGB12345", "", 2010, true)
	f("XXXHA10AL0GB12345", "", 0, false)
	f("MA3EYD81S0012345", "", 0, false)
}

func TestOfficePlace(t *testing.T) {
	if place, ok := OfficePlace("HR", "26"); place != "Gurugram (North)" || !ok {
		t.Errorf("HR26 is %q %v", place, ok)
	}
	if place, ok := OfficePlace("HR", "55"); place != "Gurugram RTA" || !ok {
		t.Errorf("HR55 is %q %v", place, ok)
	}
	for _, office := range []string{"00", "1", "1A", ""} {
		if _, ok := OfficePlace("HR", office); ok {
			t.Errorf("there is an office %q", office)
		}
	}
	if _, ok := OfficePlace("DL", "03"); ok {
		t.Error("offices of Delhi are not listed")
	}
}

// TestZerosInWildcards puts back the zeros that people leave out, and no others.
func TestZerosInWildcards(t *testing.T) {
	for pattern, want := range map[string]string{
		"DL3C*1234": "DL3C*1234 DL03C*1234", "DL3*": "DL3* DL03*", "*L3C*": "*L3C* *L03C*", "?L3CAB1234": "?L3CAB1234 ?L03CAB1234",
		"*C7": "*C7 *C0007", "*0C7": "*0C7 *0C0007", "PB10?7": "PB10?7", "HR2?DK8337": "HR2?DK8337", "PB10C?": "PB10C? PB10C000?", "DL3C*7": "DL3C*7 DL03C*7",
		"DL3C*C77": "DL3C*C77 DL03C*C77 DL3C*C0077 DL03C*C0077",
		"HR26*":    "HR26*", "*8337": "*8337", "*K8*": "*K8*", "HR26DK83?7": "HR26DK83?7", "HR26??8337": "HR26??8337", "*K8337": "*K8337", "PB10??": "PB10??", "*": "*",
	} {
		var got []string
		for _, r := range appendWild(nil, pattern) {
			got = append(got, r.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q is looked for as %q, want %q", pattern, got, want)
		}
	}
}
