package name

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// keysOf gives the keys of all names in a text, the relative's behind a colon; tokens that may be no part of it in brackets.
func keysOf(text string) string {
	r := Read(text)
	var sb strings.Builder
	for i, n := range r.Names {
		if i > 0 {
			sb.WriteString(" | ")
		}
		for j, t := range n.Tokens {
			if j > 0 {
				sb.WriteByte(' ')
			}
			if t.Maybe {
				sb.WriteString("(" + t.Latin + ")")
			} else {
				sb.WriteString(t.Latin)
			}
		}
	}
	if r.Relative != nil {
		sb.WriteString(" : " + r.Relation + " " + r.Relative.Key())
	}
	return sb.String()
}

func TestReadOneFieldOfSeveralThings(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := keysOf(in); got != want {
			t.Errorf("Read(%q) = %q, want %q", in, got, want)
		}
	}
	for _, relation := range []string{"C/-", "C/o", "c/o.", "C/O-", "care of", "Marfat", "मार्फत", "C\\o", "C/0"} {
		f("Umed Beniwal "+relation+" Prem Ahlawat", "umed beniwal : care prem ahlawat")
	}
	for _, relation := range []string{"SO", "S-O", "s/o-", "S/O", "S O", "S/0", "S|O", "S.O.", "s/d/o", "Son of", "पुत्र", "पु0", "पु०"} {
		f("Umed Beniwal "+relation+" Prem Ahlawat R/o Gohana", "umed beniwal : father prem ahlawat")
	}
	f("Nafe Singh s/o- Late. Chhotu Ram", "nafe singh : father chhotu ram")
	f("सुमेर नि0 कैथल", "sumer")
	f("Kapoor age-24 & Jagbir age 18", "kapoor | jagbir")
	f("Kapoor and Jagbir sons of Molu", "kapoor | jagbir : father molu")
	f("कपूर व जगबीर पुत्रगण मोलू", "kapur | jagbir : father molu")
	f("Kapoor s/o Molu & Jagbir s/o Tulsi", "kapoor | jagbir : father molu")
	f("Kapoor s/o Molu & Chameli", "kapoor : father molu")
	f("1. Kapoor Rathi 2. Jagbir Rathi", "kapoor rathi | jagbir rathi")
	f("Vipin Rathee @ Monu M.No.-9000000003, 9000000004", "vipin rathee | monu")
	f("मो0 सलीम मो0 9000000003", "mohd salim")
	f("Monty / Billu", "monty | billu")
	f("Monty or Billu s/o Ved", "monty | billu : father ved")
	f("Monty uraf Billu", "monty | billu")
	f("Rakesh alias Kala Lohan", "rakesh (lohan) | kala lohan")
	f("Rakesh Rana alias Kala Lohan", "rakesh rana | kala lohan")
	f("R/K Sangwan", "r k sangwan")
	f("Jasbir aged about 30 yrs caste Lohar s/o Molu", "jasbir : father molu")
	f("जसबीर उम्र 34 वर्ष जाति लोहार पुत्र मोलू निवासी सिरसा", "jasbir : father molu")
	f("Jasbir occupation pvt job r/o Sirsa", "jasbir")
	f("Jasbir etc", "jasbir")
	f("A2. Jasbir Lohar", "jasbir lohar")
	f("Mu. Saleem", "mu saleem")
	f("M0han 0mvir S0nu", "mohan omvir sonu")
	f("डा0 मोहन", "mohan")
	f("Rajen\nder Si-\nhag", "rajender sihag")
	f("राजे\nंद्र", "rajendra")
	f("Jasbir Loha \r Molu", "jasbir loha molu")
	f("Jasbir Loh\ufffd", "jasbir l")
	f("Jasbir Lohar\ufffd", "jasbir lohar")
	f("जसबीर शर्", "jasbir s")
	f("Jasbir Kumar Sh", "jasbir kumar s")
}

func TestReadTitlesAndInitials(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := keysOf(in); got != want {
			t.Errorf("Read(%q) = %q, want %q", in, got, want)
		}
	}
	f("HC Sangwan", "(h) (c) sangwan")
	f("DR Sangwan", "(d) (r) sangwan")
	f("Dr. Sangwan", "sangwan")
	f("Sangwan HC", "sangwan (h) (c)")
	f("HC Bijender Sangwan", "bijender sangwan")
	f("Sangwan Dr Bijender", "sangwan bijender")
	f("H C", "h c")
	f("Shri Niwas", "(shri) niwas")
	f("Shri Ram", "(shri) ram")
	f("Shri Ram Lal", "ram lal")
	f("बनवारीलालजी", "banvarilal")
	f("Girdharilalji Soni", "girdharilal soni")
	f("Tapas Mukharji", "tapas mukharji")
	f("Sambhaji Patil", "sambhaji patil")
	f("एचसी सांगवान", "h c sangavan")
	f("केएल सांगवान", "k l sangavan")
	f("बीबी हरभजन", "bibi harabhjan")
	f("मोलू जी", "molu")
	f("मोलू सांगवान जी पुत्र श्री होशियार जी निवासी सिरसा", "molu sangavan : father hoshiyar")
	f("मोलू जी.", "molu g")
	f("जी मोलू", "g molu")
	f("मोलू जी सांगवान", "molu g sangavan")
	f("आर जी", "r g")
	f("OP Sangwan", "o p sangwan")
	f("KL K.L. K L", "k l k l k l")
	f("OM PARKASH", "om parkash")
}

// TestReadCaseBesideAName: station, part in the case, its number and a telephone number are no words of a name; what may be
// initials, or nothing but a name, stays.
func TestReadCaseBesideAName(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := keysOf(in); got != want {
			t.Errorf("Read(%q) = %q, want %q", in, got, want)
		}
	}
	for _, beside := range []string{"थाना सदर", "PS Sadar", "ps city", "P.S. Sadar", "P. S. Sadar", "P/S Sadar", "PS: Sadar", "P S Civil Lines", "पीएस सदर", "पी.एस. सदर",
		"police station Butana", "PS Sadar Accused", "(PS Sadar)"} {
		f("Umed "+beside, "umed")
		f("Umed Beniwal "+beside, "umed beniwal")
		f("Umed Beniwal s/o Molu "+beside, "umed beniwal : father molu")
	}
	f("Umed Beniwal PS Butana", "umed beniwal")
	f("Umed Beniwal @ Kala PS Sadar", "umed beniwal | kala")
	f("Umed (PS Sadar) Beniwal s/o Molu", "umed beniwal : father molu")
	f("Umed (village Butana) s/o Molu", "umed : father molu")
	f("Umed P.S. Beniwal", "umed p s beniwal")
	f("Umed PS Beniwal", "umed p s beniwal")
	f("Umed Beniwal P S", "umed beniwal p s")
	f("P S Beniwal", "p s beniwal")
	f("PS Sadar", "p s sadar")
	f("Sadar Beniwal", "sadar beniwal")
	f("Umed Sadar", "umed sadar")
	for _, beside := range []string{"accused", "(accused)", "Accused No. 2", "आरोपी", "अभियुक्त", "complainant", "FIR 123/2026", "FIR No. 123/2026", "F.I.R. 123 / 26", "(FIR No 7)",
		"एफआईआर 123/2026", "प्राथमिकी 12/2026", "case no 12/26", "FIR 12/2026 dated 12.03.2026", "mob no +91-98765 43210", "+91 98765 43210", "+919876543210", "Mob. +91-9876543210"} {
		f("Umed Beniwal "+beside, "umed beniwal")
		f("Umed Beniwal s/o Molu "+beside, "umed beniwal : father molu")
	}
	f("Accused Umed Beniwal", "umed beniwal")
	f("आरोपी: उमेद", "umed")
	f("accused", "")
	f("Umed Fir", "umed fir")
	f("Umed Case", "umed case")
	f("Umed+Singh+Beniwal", "umed singh beniwal")
	f("उमेद+सिंह", "umed singh")
	f("Umed + Prem", "umed | prem")
	f("Umed +Prem", "umed | prem")
}

func TestReadDevanagariAsStored(t *testing.T) {
	f := func(stored, meant string) {
		t.Helper()
		if got, want := keysOf(stored), keysOf(meant); got != want {
			t.Errorf("%q is read as %q, want %q", stored, got, want)
		}
	}
	f("िवनोद िसहाग", "विनोद सिहाग")
	f("अिनल सिंह", "अनिल सिंह") // a certain one moves those that are in doubt
	f("िस्मता", "स्मिता")
	f("संिह", "सिंह")
	f("सिंंह", "सिंह")
	f("रााम", "राम")
	f("डा़ग", "ड़ाग"[:len("ड")]+"़ाग")
	f("अार्या", "आर्या")
	f("एेश", "ऐश")
	f("क्ा", "क")
	f("र्इश्वर", "ईश्वर")
	f("विनोद", "विनोद")
	f("महेन्द्र सिंह", "महेन्द्र सिंह")
}

func TestRepairLegacyFont(t *testing.T) {
	f := func(stored, meant string) {
		t.Helper()
		if got, how := Repair(stored); got != meant || how != StoredLegacy {
			t.Errorf("Repair(%q) = %q, %q, want %q", stored, got, how, meant)
		}
	}
	f("jkds'k dqekj", "राकेश कुमार")
	f("/keZohj flag", "धर्मवीर सिंह")
	f("lqjsUnz iq= izrki fuoklh fglkj", "सुरेन्द्र पुत्र प्रताप निवासी हिसार")
	f("foØe", "विक्रम")
	f("bZ'oj nÙk", "ईश्वर दत्त")
	for _, s := range []string{"Rajesh Kumar", "rajesh kumar", "RAJESH KUMAR", "Vyas", "D'Souza", "Kr. Jyoti", "Lucky", "Dhruw", "Krrish Bhrgw", "H.No. 12/3", "J K L; M",
		"mkjh", "", "'", "S/o Ram", `Om, "Kala"`, `A.K. "Sonu"`, "José – II", "Satpal’s Son", "1) LEKHRAJ NEHRA", "(Vyas)"} {
		if got, how := Repair(s); got != s || how != "" {
			t.Errorf("Repair(%q) = %q, %q, want it as it is", s, got, how)
		}
	}
}

func TestRepairMisreadEncoding(t *testing.T) {
	misread := func(s string) string {
		var sb strings.Builder
		for _, b := range []byte(s) {
			r := charmap.Windows1252.DecodeByte(b)
			if r == '\ufffd' {
				r = rune(b)
			}
			sb.WriteRune(r)
		}
		return sb.String()
	}
	const meant = "सुरेन्द्र कुमार"
	for _, stored := range []string{misread(meant), misread(misread(meant))} {
		if got, how := Repair(stored); got != meant || how != StoredMisread {
			t.Errorf("Repair(%q) = %q, %q", stored, got, how)
		}
	}
	lost := strings.NewReplacer("\u008d", "", "\u0081", "").Replace(misread(meant))
	if got, how := Repair(lost); how != StoredLost || got != lost || len(Read(lost).Names) > 0 {
		t.Errorf("with characters missing: %q, %q", got, how)
	}
	if got, how := Repair("Père Noël"); got != "Père Noël" || how != "" {
		t.Errorf("accents: %q, %q", got, how)
	}
}

func TestShortOf(t *testing.T) {
	f := func(a, b string, want bool) {
		t.Helper()
		if got := Read(a).Names[0].ShortOf(Read(b).Names[0]); got != want {
			t.Errorf("%q short of %q: %v", a, b, got)
		}
	}
	f("R. Kumar Mishra", "Rohtash Kumar Mishra", true)
	f("Mishra R K", "Rohtash Kumar Mishra", true)
	f("R Kumar Mishra", "रोहताश कुमार मिश्रा", true)
	f("V Mishra", "Bijender Mishra", false)
	f("R Kumar Mishra", "Rohtash Mishra", false)
	f("Rohtash Kumar", "Rohtash Kumar Mishra", false)
	f("R Kumar", "R Kumar", false)
}

func TestSeveralPersonsWithFathersInOneField(t *testing.T) {
	for _, c := range []struct{ text, second string }{
		{"Kesar (31) S/o Balwan; Mukhtiar (27) S/o Balwan", "Mukhtiar"},
		{"Kesar s/o Balwan, Mukhtiar s/o Balwan", "Mukhtiar"},
		{"1) Kesar s/o Balwan 2) Mukhtiar s/o Balwan", "Mukhtiar"},
		{"1. Kesar s/o Balwan, 2. Mukhtiar s/o Balwan", "Mukhtiar"},
		{"Kesar s/o Balwan\nMukhtiar s/o Balwan", "Mukhtiar"},
		{"केसर पुत्र बलवान, मुख्तियार पुत्र बलवान", "मुख्तियार"},
	} {
		r := Read(c.text)
		if len(r.Names) != 2 || r.Names[1].Written != c.second || r.Relative == nil || r.Relation != "father" {
			t.Errorf("%q: %+v", c.text, r)
		}
	}
	for _, text := range []string{"Kesar s/o Balwan, village Dhani", "Kesar s/o Balwan, Dhani, Hansi", "Kesar s/o Balwan, Hansi r/o Dhani", "Kesar s/o Balwan, s/o Moti"} {
		if r := Read(text); len(r.Names) != 1 || r.Relative == nil || r.Relative.Written != "Balwan" {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

func TestOlderRelationWords(t *testing.T) {
	for text, relation := range map[string]string{"Jhandu Vald Chhote": "father", "Jhandu wald Chhote": "father", "Jhandu walad Chhote": "father",
		"Chameli beva Chhote": "husband", "चमेली बेवा छोटे": "husband", "झंडू वल्द छोटे": "father"} {
		if r := Read(text); r.Relative == nil || r.Relation != relation || len(r.Names) != 1 || len(r.Names[0].Tokens) != 1 {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

func TestRephBehindItsSyllable(t *testing.T) {
	for text, want := range map[string]string{"आयर्": "आर्य", "सतीश वमार्": "सतीश वर्मा", "शमार् जी": "शर्मा जी", "दर्शन": "दर्शन", "शर्": "शर्", "कुमार्": "कुमार्", "राजवीर्": "राजवीर्"} {
		if got, _ := Repair(text); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

func TestSinghMisspeltInAJoinedWord(t *testing.T) {
	want := Read("रणवीरसिंह").Names[0].Key()
	for _, text := range []string{"रणवीरसिहं", "रणवीरसिघं"} {
		if got := Read(text).Names[0].Key(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestCutMisreadIsLost(t *testing.T) {
	for _, text := range []string{"à¤", "Ã Â¤Â®", "à¤°à¤"} {
		if _, stored := Repair(text); stored != StoredLost {
			t.Errorf("%q is taken for a name, stored %q", text, stored)
		}
	}
}
