package plate

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"anvesh/query/plate/platetest"
)

// TestWordsAroundANumber: what stands around a registration is no part of it, in either script and whatever parts the
// words.
func TestWordsAroundANumber(t *testing.T) {
	f := func(want string, written ...string) {
		t.Helper()
		for _, s := range written {
			if got := Parse(s).Canonical; got != want {
				t.Errorf("Parse(%q) is %q, want %q", s, got, want)
			}
			p, err := ParsePattern(s)
			if err != nil || Compare(s, want).Grade != GradeExact {
				t.Errorf("%q, read as %q, is not equal to %q (%v)", s, p.String(), want, err)
			}
		}
	}
	f("HR20AF4471",
		"Regn. Number: HR 20 AF 4471", "Registration No. HR-20-AF-4471", "Regd. No.: HR20AF4471", "REGN NO HR20AF4471", "RegnNo.HR20AF4471",
		"Regd No- HR20 AF4471", "No. HR20AF4471", "NO:HR20AF4471", "Nos. HR20AF4471", "No HR20AF4471", "V. No. HR20AF4471", "Veh.No.HR20AF4471",
		"Vehicle Number HR20AF4471", "vehicle no:-HR20AF4471", "M/Cycle No. HR20AF4471", "M.Cycle HR20AF4471", "M/C No HR20AF4471",
		"Motor Cycle No. HR20AF4471", "motorcycle HR20AF4471", "Car no. HR20AF4471", "CarNo HR20AF4471", "Truck No HR20AF4471", "Bike HR20AF4471",
		"Scooty No. HR20AF4471", "Gadi No. HR20AF4471", "gaadi number HR20AF4471", "Bearing No. HR20AF4471", "car bearing regn. no. HR20AF4471",
		"Number plate HR20AF4471", "IND HR20AF4471", "R.C. No. HR20AF4471", "REGISTRATIONNOHR20AF4471", "NOHR20AF4471",
		"वाहन नंबर HR20AF4471", "वाहन सं० HR20AF4471", "गाड़ी नं. एचआर 20 एएफ 4471", "गाडी नं0 HR20AF4471", "नं० एचआर-20-एएफ-4471", "न. HR20AF4471",
		"मोटरसाइकिल नंबर एचआर२०एएफ४४७१", "मो0सा0 न0 HR20AF4471", "रजि. नं. HR20AF4471", "पंजीकरण संख्या HR20AF4471", "कार नम्बर ऐचआर 20 ऐएफ 4471",
		"ट्रक HR20AF4471", "HR20AF4471 (Splendor)", "Splendor Plus HR 20 AF 4471", "HR20AF4471 black", "HR-20-AF-4471 मोटरसाइकिल", "HR20AF4471 car",
		"I HR20AF4471", "stolen car No. HR20AF4471 white", "Alto 800 HR20AF4471", "Tata 407 No. HR-20-AF-4471",
		"HR20AF4471 dt 12.5.2024", "HR20AF4471 / HR 20 AF 4471", "HR20AF4471 IND", "FIR 123 HR 20 AF 4471 car")
	for _, s := range []string{"HR20AF4471 HR20AF4472", "HR20AF4471/72 PB10AB1234"} {
		if p := Parse(s); p.Known() {
			t.Errorf("of two registrations one is taken: %q in %q", p.Canonical, s)
		}
	}
	f("HR20AF4471", // spaces and what cannot be seen
		"HR\u00a020\u00a0AF\u00a04471", "HR\u200920\u2009AF\u20094471", "HR\u200b20AF\u200b4471", "HR\u202f20AF4471", "\ufeffHR20AF4471", "HR\u300020AF4471",
		"HR20\u00adAF4471", "HR\t20\nAF\r\n4471", "H R 2 0 A F 4 4 7 1", "HR\u200d20AF4471", "HR–20—AF‑4471", "HR·20·AF·4471", "HR_20_AF_4471", "'HR20AF4471",
		"|HR20AF4471|", "HR20AF4471.", "[HR20AF4471]", "\u202aHR20AF4471\u202c")
	f("HR20AF4471", // letters and digits that look alike
		"НR20АF4471", "HR20AF447\u0967", "ＨＲ２０ＡＦ４４７１", "ΗR20ΑF4471", "нr20аf4471", "HR୨୦AF4471", "HR੨੦AF੪੪੭੧", "HR٢٠AF٤٤٧١", "HR20ÀF4471",
		"𝐇𝐑20AF4471", "ⓗⓡ20AF4471")
	f("HYA0712", "HYA 712", "No. HYA-712", "H.Y.A. 0712", "एचवाईए 712")
	f("HR200712", "HR 20 712", "No. HR-20-0712", "HR20/712")
}

// TestSeveralRegistrations: of a text with several whole registrations each is told, however they are parted and written; whatever
// stands around one, or parts it, makes no second.
func TestSeveralRegistrations(t *testing.T) {
	f := func(s string, want ...string) {
		t.Helper()
		if got := Several(s); !slices.Equal(got, want) {
			t.Errorf("Several(%q) is %q, want %q", s, got, want)
		}
	}
	for _, parted := range []string{" ", ", ", ",", "/", " / ", ";", " & ", " and ", " और ", " तथा ", "\n", " + ", " or car no. "} {
		f("HR26DK8111"+parted+"HR55A1222", "HR26DK8111", "HR55A1222")
		f("HR 26 DK 8111"+parted+"DL 3C AY 9324", "HR26DK8111", "DL3CAY9324")
		f("22 BH 6517 A"+parted+"hr-26-dk-8111"+parted+"HYC4512", "22BH6517A", "HR26DK8111", "HYC4512")
		f("एचआर 26 डीके 8111"+parted+"HR55A1222", "HR26DK8111", "HR55A1222")
	}
	f("DL3CAY9324 HR26DK8337", "DL3CAY9324", "HR26DK8337")
	f("Alto 800 HR26DK8111 white, Swift HR55A1222 (2019)", "HR26DK8111", "HR55A1222")
	for _, one := range []string{"HR20AF4471 / HR 20 AF 4471", "HR12 B 0471 TC 0009", "HR 26 D 0471 TC 0007", "Alto 800 HR26DK8337", "Tata 407 No. HR-20-AF-4471",
		"FIR 123 HR 20 AF 4471 car", "HR20AF4471 dt 12.5.2024", "T0925 HR 0471 AB", "H R 2 0 A F 4 4 7 1", "car bearing regn. no. HR20AF4471",
		"HR26DK8337 engine K12MN1234567", "HR20AF4471/72 PB10", "Maruti Swift Dzire 1234", "DL 3C AY 9324 (Delhi)", "HR26DK8337 owner 9876543210"} {
		f(one)
	}
	if got := Parse("Alto 800 DL3CAY9324").Canonical; got != "DL03CAY9324" {
		t.Errorf("a registration with three letters amid words is read as %q", got)
	}
}

// TestWithoutSeries: state, office and the four digits, parted, or state and digits, are a registration whose letters are not given;
// nothing else is.
func TestWithoutSeries(t *testing.T) {
	f := func(want string, written ...string) {
		t.Helper()
		for _, s := range written {
			if got, ok := WithoutSeries(s); got != want || ok != (want != "") {
				t.Errorf("WithoutSeries(%q) is %q, %v, want %q", s, got, ok, want)
			}
		}
	}
	f("HR26*8337", "HR26 8337", "hr-26-8337", "HR 26 8337", "HR26-8337", "एचआर 26 8337", "HR २६ ८३३७", "Car No. HR26 8337")
	f("DL3*0012", "DL 3 0012")
	f("HR*8337", "HR 8337", "HR8337", "HR-8337")
	f("", "HR268337", "HR26 DK 8337", "HR26DK8337", "HR26*8337", "HR26 833", "HR 26 83 37 12", "8337", "XX26 8337", "HRB 8337", "26 8337", "HR26?8337", "")
}

// TestGrammars: every form in force, and those of old, in any order and spacing that people give them.
func TestGrammars(t *testing.T) {
	f := func(kind Kind, want string, written ...string) {
		t.Helper()
		for _, s := range written {
			if p := Parse(s); p.Canonical != want || p.Kind != kind || !p.Known() {
				t.Errorf("Parse(%q) is %q, %v, known %v; want %q, %v", s, p.Canonical, p.Kind, p.Known(), want, kind)
			}
			if a := Compare(s, want); a.Grade != GradeExact {
				t.Errorf("%q and %q: %s", s, want, a.Grade)
			}
		}
	}
	f(Trade, "HR26D0471TC0007", "HR 26 D 0471 TC 0007", "HR26D471TC7", "hr-26-d-471-tc-07", "HR26 D0471 TC0007")
	f(Trade, "DL03A0012TC0001", "DL 3 A 12 TC 1", "DL3A12TC1")
	f(Diplomatic, "13CD0001A", "13 CD 1 A", "CD 13 1 A", "CD-13-1A", "13-CD-1A", "13CD1A", "13 CD 0001 A", "13 1 CD A", "CD131A")
	f(Diplomatic, "77CD0024", "77 CD 24", "CD 77 24", "CD-77-24", "77 24 CD", "77CD0024", "CD 77/24", "CD7724", "सीडी 77 24")
	f(Diplomatic, "5UN0212", "5 UN 212", "UN 5 212", "UN-5-0212")
	f(Diplomatic, "121CC0031", "121 CC 31", "CC 121 31", "CC-121-31")
	f(Diplomatic, "9CDP0044", "9 CDP 44", "CDP 9 44", "No. CDP 9-44")
	f(Military, "03D153874H", "↑03D 153874H", "03D 153874 H", "^03D153874H", "⬆ 03 D 153874 H", "03↑D 153874H", "▲03D153874H", "Army No. ↑03D153874H")
	f(Military, "98B04471K", "↑ 98 B 04471 K")
	f(Bharat, "23BH0471AA", "23 BH 0471 AA", "23BH471AA", "23-BH-0471-AA", "BH 23 0471 AA", "23 बीएच 0471 एए", "23 भारत 0471 एए", "२३ भारत ०४७१ AA")
	f(Current, "HR26DK8337", "भारत HR26DK8337")
	f(Vintage, "HRVAAB0012", "HR VA AB 12", "HR-VA-AB-0012", "HRVAAB12")
	f(Old, "HRB0471", "HRB 471", "H.R.B. 471", "HRB-0471")
	f(Temporary, "T0925HR0471AB", "T0925 HR 0471 AB", "T 0925 HR 471 AB", "T0925HR471AB")
	f(Current, "UA07B0471", "UA 07 B 471")
	f(Current, "TG090471", "TG 09 0471")
	if p := Parse("HR26K0471TC0007"); p.Known() {
		t.Error("classes of trade certificates end with J")
	}
}

// TestOtherCodeOfAState: the other code of a state is no equal number, since both may have been given out, and nearer
// than any misreading.
func TestOtherCodeOfAState(t *testing.T) {
	f := func(asked, held string) {
		t.Helper()
		a, misread := Compare(asked, held), Compare("HR26OK8337", "HR26DK8337")
		if a.Equal || a.Cost >= misread.Cost || len(a.Parts) != 1 || a.Parts[0].Cause != "the state's other code" || a.Parts[0].Found != held[:2] {
			t.Errorf("Compare(%q, %q) = %+v", asked, held, a)
		}
	}
	f("UK07B4471", "UA07B4471")
	f("UA 07 B 4471", "UK07B4471")
	f("OR02AB0012", "OD02AB0012")
	f("OD2AB12", "OR02AB0012")
	f("TS09EA4471", "TG09EA4471")
	f("DN09A4471", "DD09A4471")
	f("CT04A4471", "CG04A4471")
}

// TestMarksOfNumbers: what makers and scanners put around a chassis or engine number is no part of it, in what is held
// and in what is asked.
func TestMarksOfNumbers(t *testing.T) {
	f := func(want string, written ...string) {
		t.Helper()
		for _, s := range written {
			if got := Number(s); got != want {
				t.Errorf("Number(%q) is %q, want %q", s, got, want)
			}
			if a := CompareNumber(want, s); a.Grade != GradeExact {
				t.Errorf("%q is held as %q: %s", want, s, a.Grade)
			}
		}
	}
	asked := func(want string, written ...string) {
		t.Helper()
		f(want, written...)
		for _, s := range written {
			if a := CompareNumber(s, want); a.Grade != GradeExact {
				t.Errorf("%q asked as %q: %s", want, s, a.Grade)
			}
		}
	}
	asked("MD2B54DX8LCE04471", "*MD2B54DX8LCE04471*", "* MD2B54DX8LCE04471 *", "**MD2B54DX8LCE04471**", "MD2B54DX8LCE04471*", "*MD2B54DX8LCE04471", "＊MD2B54DX8LCE04471＊",
		"IMD2B54DX8LCE04471", "lMD2B54DX8LCE04471", "1MD2B54DX8LCE04471", "*IMD2B54DX8LCE04471*", "|MD2B54DX8LCE04471|", "#MD2B54DX8LCE04471#", "MD2B54DX8LCE04471.",
		"Chassis No. MD2B54DX8LCE04471", "Ch. No.: *MD2B54DX8LCE04471*", "CHASIS NO MD2B54DX8LCE04471", "C.No. MD2B54DX8LCE04471", "VIN: MD2B54DX8LCE04471", "Frame No. MD2B54DX8LCE04471",
		"चेसिस नंबर MD2B54DX8LCE04471", "चैसिस नं० MD2B54DX8LCE04471", "MD2B 54DX 8LCE 04471", "MD2B54DX8LCE\u00a004471", "MD2B54DX8LCE\u200b04471", "МD2В54DХ8LСЕ04471",
		"ＭＤ２Ｂ５４ＤＸ８ＬＣＥ０４４７１", "md2b54dx8lceo447I", "MD2B54DX8LCE0४४७१")
	asked("DUZWLE44719", "*DUZWLE44719*", "Engine No. DUZWLE44719", "Eng. No: DUZWLE-44719", "इंजन नंबर DUZWLE44719", "E.No. DUZWLE44719", "ENGINENO DUZWLE44719", "engine no DUZWLE44719")
	f("DUZWLE44719", "DUZWLE44719*")
	if n := Number("*UZWLE44719"); n != "?UZWLE44719" {
		t.Errorf("the first character cannot be read: %q", n)
	}
	if n := Number("MD2B54DX8LCE0447*"); n != "MD2B54DX8LCE0447?" {
		t.Errorf("the seventeenth character cannot be read: %q", n)
	}
	if n := Number("***44719"); n != "???44719" {
		t.Errorf("three characters cannot be read: %q", n)
	}
	p, _ := ParsePattern("*44719")
	if !p.WildNumber() {
		t.Error("a star before a part of a number is a wildcard")
	}
}

// TestNumbersAreFoundAmidWords: whatever words stand before a number, the number is read as alone.
func TestNumbersAreFoundAmidWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	var labels []string
	for w := range plateLabels {
		labels = append(labels, w)
	}
	parts := []string{" ", ". ", ": ", "/", " - ", ".", "\u00a0"}
	for range 3000 {
		number := platetest.Plate(rng, false)
		if !Parse(number).Known() {
			continue
		}
		text := ""
		for range 1 + rng.IntN(3) {
			text += labels[rng.IntN(len(labels))] + parts[rng.IntN(len(parts))]
		}
		if rng.IntN(2) == 0 {
			text = strings.ToLower(text)
		}
		if got := Parse(text + number).Canonical; got != Parse(number).Canonical {
			t.Fatalf("Parse(%q) is %q", text+number, got)
		}
	}
}
