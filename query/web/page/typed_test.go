package page

import (
	"strings"
	"testing"
)

// isPlace knows two places.
var isPlace = NewSuggestions([][2]string{{"DLF Phase-1, Gurugram", "थाना डीएलएफ फेज-1, गुरुग्राम"}}, [][2]string{{"Gurugram", "गुरुग्राम"}}).Has

// TestSure: what can hardly be anything else is told from a guess; what was chosen is no guess.
func TestSure(t *testing.T) {
	f := func(text, as string, want bool) {
		t.Helper()
		if got := Read(text, as, isPlace); got.Sure != want || got.Chosen != (as != "") {
			t.Errorf("%q as %q: %+v", text, as, got)
		}
	}
	for text, sure := range map[string]bool{"Rajender": true, "राजेंद्र पुत्र ओमप्रकाश 35": true, "Rajender s/o Om Parkash 35": true, "Ram born 1989, Hisar": true,
		"white car 8337": false, "Kumar 8337 x": false, "8337": false, "12 8337": false, "HR26": false, "HR26*": false, "HR 8337": false, "hr 26 dk 8337": true,
		"HR26D?8337": true, "22 BH 1234 AA": true, "XX26DK8337": false, "plate 8337": true, "chassis 12345": true, "MA3ERLF1S00123456": true,
		"MA3ERLF1SOO123456": false, "12345678901234567890": false, "12345": false, "G13BBN12345": false, "engine 12345": true, "hr26dk8337 ki gaadi": true, "एचआर 26 डीके 8337": true,
		"HR26DK8337 HR26DK8338": true, "Ramesh 9876543210": false, "123/23 City Thanesar": true} {
		f(text, "", sure)
	}
	for _, as := range readings {
		f("8337", as, true)
	}
	f("8337", "", false)
	f("", "", false)
}

// TestRead: what is typed into the one box is read as whoever types it means it.
func TestRead(t *testing.T) {
	as := ""
	f := func(text, want string) {
		t.Helper()
		got := Read(text, as, isPlace)
		var b strings.Builder
		b.WriteString(got.As)
		for _, g := range got.Fields {
			b.WriteString(" | " + g.Field + "=" + g.Value)
		}
		if b.String() != want {
			t.Errorf("%q is read as %s, want %s", text, b.String(), want)
		}
	}
	f("", "name")
	f("Rajender s/o Om Parkash 35", "name | name=Rajender | relative=Om Parkash | age=35")
	f("राजेंद्र पुत्र ओमप्रकाश", "name | name=राजेंद्र | relative=ओमप्रकाश")
	f("राजेंद्र पुत्र ओमप्रकाश उम्र ३५ वर्ष", "name | name=राजेंद्र | relative=ओमप्रकाश | age=35")
	f("Rajender", "name | name=Rajender")
	f("rajender 35", "name | name=rajender | age=35")
	f("Rajender (35 yrs)", "name | name=Rajender | age=35")
	f("Rajender born 1989", "name | name=Rajender | birth_year=1989")
	f("Sunita w/o Ram Mehar r/o village Kalanaur", "name | name=Sunita | relative=Ram Mehar | place=Kalanaur | gender=F")
	f("Rakesh @ Kala son of Jagdish, Kalanaur", "name | name=Rakesh | alias=Kala | relative=Jagdish, Kalanaur")
	f("Rakesh, Jagdish, 34, Kalanaur", "name | name=Rakesh | relative=Jagdish | age=34 | place=Kalanaur")
	f("सुनीता पत्नी राम मेहर निवासी कलानौर", "name | name=सुनीता | relative=राम मेहर | place=कलानौर | gender=F")
	f("Sunil Kumar, father Shamsher, about 34", "name | name=Sunil Kumar | relative=Shamsher | age=34")
	f("सुनील पुत्र शमशेर लगभग 34", "name | name=सुनील | relative=शमशेर | age=34")
	f("Sunil, Shamsher, about 34", "name | name=Sunil | relative=Shamsher | age=34")
	f("Scarlet Cars 34", "name | name=Scarlet Cars | age=34")
	f("S. O. Singh", "name | name=S. O. Singh")
	f("Aged Kumar", "name | name=Aged Kumar")

	f("hr 26 dk 8337", "registration | registration=hr 26 dk 8337")
	f("HR26DK8337", "registration | registration=HR26DK8337")
	f("HR-26-DK-8337", "registration | registration=HR-26-DK-8337")
	f("8337", "registration | registration=8337")
	f("८३३७", "registration | registration=8337")
	f("HR26?8337", "registration | registration=HR26*8337")
	f("HR26??8337", "registration | registration=HR26??8337")
	f("hr ?? 8337", "registration | registration=HR*8337")
	f("?8337", "registration | registration=*8337")
	f("HR 8337", "registration | registration=HR 8337")
	f("12 8337", "registration | registration=*12*8337")
	f("hr26 8337", "registration | registration=hr26 8337")
	f("HR 26 8337", "registration | registration=HR 26 8337")
	f("HR-26-8337", "registration | registration=HR-26-8337")
	f("HR268337", "registration | registration=HR268337")
	f("मोटरसाइकिल 8337", "registration | registration=8337")
	f("बाइक 8337", "registration | registration=8337")
	f("motorcycle HR12?8337", "registration | registration=HR12*8337")
	f("HR 8337 motorcycle", "registration | registration=HR 8337")
	f("white car 8337", "name | name=white car")
	f("HR26*", "registration | registration=HR26*")
	f("22 BH 1234 AA", "registration | registration=22 BH 1234 AA")
	f("vehicle no HR26DK8337", "registration | registration=HR26DK8337")
	f("MA3EWDE1S00123456", "chassis | chassis=MA3EWDE1S00123456")
	f("23456", "chassis | chassis=23456")
	f("engine 23456", "engine | engine=23456")
	f("K12MN4567890", "engine | engine=K12MN4567890")
	f("chassis no. 785308", "chassis | chassis=785308")

	f("एचआर26डीके8337", "registration | registration=HR26DK8337")
	f("एचआर 26 डीके ८३३७", "registration | registration=HR 26 DK 8337")
	f("२२ बीएच ६५१७ ए", "registration | registration=22 BH 6517 A")
	f("गाड़ी नं एचआर26डीके8337", "registration | registration=HR26DK8337")
	f("एचआर26?8337", "registration | registration=HR26*8337")
	f("एचआर26", "registration | registration=HR26")
	f("एचआर 26 डीके 8337 काली", "registration | registration=HR26DK8337")
	f("hr26dk8337 ki gaadi", "registration | registration=HR26DK8337")
	f("Ramesh HR26DK8337", "registration | registration=HR26DK8337")
	f("HR26DK8337 HR26DK8338", "registration | registration=HR26DK8337 HR26DK8338")
	f("DL3CAY9324 DL3CAY9325", "registration | registration=DL3CAY9324 DL3CAY9325")
	f("HR26DK8337, HR26DK8338", "registration | registration=HR26DK8337, HR26DK8338")
	f("hr26dk8337, DL3CAY9324", "registration | registration=hr26dk8337, DL3CAY9324")
	f("रमेश HR26DK8337 DL3CAY9324", "registration | registration=रमेश HR26DK8337 DL3CAY9324")
	f("एचआर26डीके8337 एचआर26डीके8338", "registration | registration=एचआर26डीके8337 एचआर26डीके8338")
	f("HR26DK8337 और HR26DK8338", "registration | registration=HR26DK8337 और HR26DK8338")
	f("HR 51 TC 1234 X", "registration | registration=HR 51 TC 1234 X")
	f("HYC 4512", "registration | registration=HYC 4512")
	f("99 CD 12", "registration | registration=99 CD 12")
	f("K10 BN 1234567", "engine | engine=K10 BN 1234567")
	f("इंजन नं के12एमएन4567890", "engine | engine=K12MN4567890")
	f("MA3 ERLF1S00 123456", "chassis | chassis=MA3 ERLF1S00 123456")

	f("Ramesh 9876543210", "name | name=Ramesh")
	f("रमेश 9876543210", "name | name=रमेश")
	f("रमेश9876543210", "name | name=रमेश9876543210")
	f("mobile 9876543210", "name | name=mobile 9876543210")
	f("Om 9876543210", "name | name=Om")
	f("Ramesh 25/11/1985", "name | name=Ramesh")
	f("Ramesh s/o Suresh 98765 43210", "name | name=Ramesh | relative=Suresh")
	f("आरके 35", "name | name=आरके | age=35")
	f("RK 35", "name | name=RK | age=35")
	f("Pal 35", "name | name=Pal | age=35")
	f("के पी सिंह 35", "name | name=के पी सिंह | age=35")
	f("حسن 35", "name | name=حسن | age=35")
	f("Ramesh, Gurugram", "name | name=Ramesh | place=Gurugram")
	f("रमेश, ज़िला गुरुग्राम", "name | name=रमेश | place=ज़िला गुरुग्राम")
	f("Ramesh, PS DLF Phase-1", "name | name=Ramesh | place=PS DLF Phase-1")
	f("Ramesh, Gurugram, Suresh", "name | name=Ramesh | place=Gurugram | relative=Suresh")
	f("Gurugram, Suresh", "name | name=Gurugram | relative=Suresh")

	f("मु.अ.सं. 9001/2026", "fir | number=9001/2026")
	f("मु0अ0सं0 9001/2026 थाना कलानौर", "fir | number=9001/2026 | station=कलानौर")
	f("मुकदमा अपराध संख्या 9001/26", "fir | number=9001/26")
	f("123/23 City Thanesar", "fir | number=123/23 | station=City Thanesar")
	f("FIR No. 123/2023 PS City Thanesar", "fir | number=123/2023 | station=City Thanesar")
	f("fir 123 of 2023, थाना कलानौर", "fir | number=123/2023 | station=कलानौर")
	f("123/23", "fir | number=123/23")
	f("मु० न० 123/23 थाना कलानौर", "fir | number=123/23 | station=कलानौर")
	f("13225008230123", "fir | fir=13225008230123")

	as = AsName
	f("8337", "name | name=8337")
	as = AsEngine
	f("8337", "engine | engine=8337")
	as = AsChassis
	f("chassis 8337", "chassis | chassis=8337")
	as = AsCase
	f("123 2023", "fir | number=123 2023")
}

// FuzzRead: nothing that is typed breaks the reading, and what is read is never empty text.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"Rajender s/o Om Parkash 35", "hr 26 dk 8337", "123/23 x", "@ @", ", ,", "उर्फ"} {
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, as string) {
		for _, g := range Read(text, as, isPlace).Fields {
			if strings.TrimSpace(g.Value) == "" || g.Field == "" {
				t.Errorf("%q is read into %+v", text, g)
			}
		}
	})
}
