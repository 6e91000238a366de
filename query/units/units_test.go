package units

import (
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/storage"
)

func day(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, text, storage.IST)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDefaultUnits(t *testing.T) {
	u := Default()
	codes := u.StationCodes()
	if len(codes) < 460 {
		t.Fatalf("%d stations, want the 460 of the public lists or more", len(codes))
	}
	for _, code := range codes {
		d, ok := u.District(code, time.Time{})
		if !ok || d.Kind != "district" && d.Kind != "special" {
			t.Errorf("station %s belongs to %+v", code, d)
		}
		s, _ := u.Station(code)
		if s.NameHi == "" || s.Type == "" {
			t.Errorf("station %s lacks its Hindi name or its type", code)
		}
		if !slices.Contains(u.FindStations(s.Name), code) {
			t.Errorf("station %s is not found by its own name %q", code, s.Name)
		}
		if !slices.Contains(u.FindStations(s.NameHi), code) {
			t.Errorf("station %s is not found by its own name %q", code, s.NameHi)
		}
		if !slices.Contains(u.FindStations(s.Name+" "+d.Name), code) {
			t.Errorf("station %s is not found by %q and its district", code, s.Name)
		}
		for _, alias := range s.Aliases {
			if !slices.Contains(u.FindStations("PS "+alias), code) {
				t.Errorf("station %s is not found by its alias %q", code, alias)
			}
		}
	}
}

func TestFindStations(t *testing.T) {
	u := Default()
	f := func(text string, want ...string) { // want: "name, district" of each, in order of code
		t.Helper()
		var got []string
		for _, code := range u.FindStations(text) {
			s, _ := u.Station(code)
			d, _ := u.District(code, time.Time{})
			got = append(got, s.Name+", "+d.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	f("Hisar City", "Hisar City, Hisar")
	f("city hissar", "Hisar City, Hisar")
	f("P.S. City, Hisar", "Hisar City, Hisar")
	f("PS Thanesar City", "Thanesar City, Kurukshetra")
	f("थाना शहर थानेसर", "Thanesar City, Kurukshetra")
	f("थाना सदर हाँसी", "Hansi Sadar, Hansi")
	f("Thana Sadar Gurgaon", "Gurugram Sadar, Gurugram")
	f("Sohna Gurgaon", "Sohna, Gurugram")
	f("Bilaspur, District Yamuna Nagar", "Bilaspur, Yamunanagar")
	f("Bilaspur", "Bilaspur, Yamunanagar", "Bilaspur Gurugram, Gurugram")
	f("Traffic Karnal", "Traffic, Karnal")
	f("women police station mewat", "Women Police Station Mewat, Nuh")
	f("Mahila Thana Nuh", "Women Police Station Mewat, Nuh")
	f("Sector 17 Faridabad", "Sector-17, Faridabad")
	f("sec-5 ggn", "Sector-5 Gurugram, Gurugram")
	f("Sec 5 Gurgaon", "Sector-5 Gurugram, Gurugram")
	f("Farrukhnagar", "Furrukh Nagar, Gurugram")
	f("Kherki Daula", "Khedki Daula, Gurugram")
	f("Ballabgarh Sadar", "Ballabhgarh Sadar, Faridabad")
	f("Asandh", "Assandh, Karnal")
	f("Matloda", "Matlauda, Panipat")
	f("Barauda", "Baroda, Sonipat")
	f("Gannaur", "Ganaur, Sonipat")
	f("Ratia", "City Ratia, Fatehabad", "Sadar Rattia, Fatehabad")
	f("Indri", "Indri, Karnal")
	f("NIT Faridabad", "Faridabad N.I.T., Faridabad")
	f("Kurukshetr University", "Kurukshetra University, Kurukshetra")
	f("DLF Phase 3", "DLF Phase-3, Gurugram")
	f("Rori", "Rori, Dabwali", "Rori, Dabwali") // the code under Sirsa and the one under Dabwali
	f("13215011", "Rori, Dabwali", "Rori, Dabwali")
	f("13225008", "DLF Phase-1, Gurugram")
	f("13999999")
	f("Police Station")
	f("Timbuktu")
	f("")
	if got := u.FindStations("traffic"); len(got) < 15 {
		t.Errorf("traffic: %d stations, want that of each district that has one", len(got))
	}
}

func TestFindDistricts(t *testing.T) {
	u := Default()
	f := func(text string, want ...string) {
		t.Helper()
		var got []string
		for _, code := range u.FindDistricts(text) {
			d, _ := u.Unit(code)
			got = append(got, d.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	f("Gurgaon", "Gurugram")
	f("गुरुग्राम", "Gurugram")
	f("District Mewat", "Nuh")
	f("hissar", "Hisar")
	f("Yamuna Nagar", "Yamunanagar")
	f("Narnaul", "Mahendragarh")
	f("Mahendergarh", "Mahendragarh")
	f("Charkhi Dadri", "Charkhi Dadri")
	f("Dadri", "Charkhi Dadri")
	f("Sonepat", "Sonipat")
	f("Sonipatt", "Sonipat")
	f("Karnaal", "Karnal")
	f("Commissionerate Jhajjar", "Jhajjar")
	f("GRP", "Government Railway Police")
	f("13225", "Gurugram")
	f("South Range", "Rewari", "Mahendragarh", "Nuh", "Palwal")
	f("13RAMB", "Ambala", "Yamunanagar", "Kurukshetra")
	f("Lahore")
	f("district")
}

func TestUnitsMembershipIsDated(t *testing.T) {
	u := Default()
	f := func(station, at, district, over string) {
		t.Helper()
		when := time.Time{}
		if at != "" {
			when = day(t, at)
		}
		d, _ := u.District(station, when)
		r, _ := u.Range(station, when)
		if d.Name != district || r.Name != over {
			t.Errorf("%s at %q: got %q in %q, want %q in %q", station, at, d.Name, r.Name, district, over)
		}
	}
	f("13215011", "2023-08-14", "Sirsa", "Hisar Range")
	f("13215011", "2023-08-15", "Dabwali", "Hisar Range")
	f("13215011", "", "Dabwali", "Hisar Range")
	f("13228001", "2022-12-31", "Sonipat", "Rohtak Range")
	f("13228001", "2023-01-01", "Sonipat", "Commissionerate Sonipat")
	f("13216006", "2001-01-01", "Dabwali", "Hisar Range")
	f("13999999", "", "", "")
	hisar := u.Stations("13RHSR", time.Time{})
	if !slices.Contains(hisar, "13215011") || slices.Contains(hisar, "13228001") {
		t.Errorf("Hisar range holds %q", hisar)
	}
	if got := u.Stations("13220", day(t, "2010-01-01")); !slices.Contains(got, "13220007") {
		t.Errorf("Dadri City was in Bhiwani in 2010, which held %q", got)
	}
	if got := u.Stations("13220", time.Time{}); slices.Contains(got, "13220007") {
		t.Error("Dadri City is still counted in Bhiwani")
	}
}

func TestReadNamesTheLine(t *testing.T) {
	head := strings.Join(unitColumns, ",") + "\n13,state,,Haryana,,,,,\n# a remark\n"
	f := func(row, want string) {
		t.Helper()
		_, err := Read(strings.NewReader(head + row + "\n"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", row, err, want)
		}
	}
	f("13201,district,,Ambala,,,,,", "line 4: only a state has no parent")
	f("1320,district,,Ambala,,13,,,", "line 4: code \"1320\"")
	f("13201,district,,,,13,,,", "line 4: code and name")
	f("13201,district,,Ambala,,14,,,", "line 4: parent \"14\"")
	f("13201,district,,Ambala,,13/2020/,,,", "line 4: parent \"13/2020/\"")
	f("13201,district,,Ambala,,13/2020-01-01,,,", "line 4: parent")
	f("13201,district,,Ambala,,13/2020-01-01/2019-01-01,,,", "line 4: parent")
	f("13201,town,,Ambala,,13,,,", "line 4: kind")
	f("13201001,station,,Ambala,,13,,,13201002", "now names")
	f("13,district,,Ambala,,13,,,", "line 4: code \"13\"")
	f("13201,district", "line 4")
	if _, err := Read(strings.NewReader("")); err == nil {
		t.Error("an empty file was read")
	}
	if _, err := Read(strings.NewReader("a,b\n")); err == nil {
		t.Error("other columns were read")
	}
}

func FuzzFindUnits(f *testing.F) {
	for _, s := range []string{"City Hisar", "थाना", "P.S.", "13225008", "\xff", "a.b.c"} {
		f.Add(s)
	}
	u := Default()
	f.Fuzz(func(t *testing.T, text string) {
		for _, code := range u.FindStations(text) {
			if _, ok := u.Station(code); !ok {
				t.Fatalf("%q found %q, which is no station", text, code)
			}
		}
		for _, code := range u.FindDistricts(text) {
			if d, ok := u.Unit(code); !ok || d.Kind != "district" && d.Kind != "special" {
				t.Fatalf("%q found %q, which is no district", text, code)
			}
		}
	})
}
