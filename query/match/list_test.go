package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"anvesh/query"
)

// readList reads a whole list: a line for each row, as "LINE OBJECT" or "LINE! FIELD".
func readList(t testing.TB, text string, o ListOptions) (rows []string, l *List, err error) {
	t.Helper()
	if l, err = OpenList(strings.NewReader(text), o); err != nil {
		return nil, nil, err
	}
	for {
		r, err := l.Next()
		if errors.Is(err, io.EOF) {
			return rows, l, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		shown := fmt.Sprintf("%d %s", r.Line, r.Object)
		if r.Fault != nil {
			shown = fmt.Sprintf("%d! %s", r.Line, r.Fault.Field)
		}
		if len(r.Remarks) > 0 && r.Fault == nil {
			shown += " (" + strings.Join(fieldsIn(r.Remarks), ",") + ")"
		}
		rows = append(rows, shown)
	}
}

// fieldsIn are the fields that remarks are about.
func fieldsIn(remarks []Remark) (fields []string) {
	for _, r := range remarks {
		field, _, _ := strings.Cut(r.Text, ":")
		if r.Hindi == "" || strings.HasPrefix(r.Hindi, ":") {
			field += " (no Hindi)"
		}
		fields = append(fields, field)
	}
	return fields
}

// wantRows compares what is read of a list.
func wantRows(t testing.TB, kind, text string, want ...string) {
	t.Helper()
	rows, _, err := readList(t, text, ListOptions{Kind: kind, Flags: true})
	if err != nil || strings.Join(rows, "\n") != strings.Join(want, "\n") {
		t.Fatalf("%v\n got %s\nwant %s", err, strings.Join(rows, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestTitlesStandAboveHeadings(t *testing.T) {
	f := func(text string, want ...string) { t.Helper(); wantRows(t, Vehicles, text, want...) }
	const row = `{"registration":"HR10AA0001","chassis":"MB1XYZ0000"}`
	f("Stolen vehicles of Sonipat,,\n,,\nVehicle No,Chassis No,\nHR10AA0001,MB1XYZ0000,\n", "4 "+row)
	f("District Sonipat; list of 3 March\nPrepared by: MHC\n\nSr.No;Regd. No.;Chassis No\n1;HR10AA0001;MB1XYZ0000\n",
		`5 {"registration":"HR10AA0001","chassis":"MB1XYZ0000","ref":"1"}`)
	// headings over two lines, with groups over several columns
	f("Vehicle,,Owner,\nRegn. No,Chassis No,Name,Mobile\nHR10AA0001,MB1XYZ0000,Om,9\n", "3 "+row)
	f("Vehicle,Chassis\nNumber,No.\nHR10AA0001,MB1XYZ0000\n", "3 "+row)
	f("\"Vehicle\nNo\",\"Chassis\nNo\"\nHR10AA0001,MB1XYZ0000\n", "4 "+row)
	// in both languages, one under the other
	f("Vehicle No,Chassis No\nवाहन संख्या,चेसिस नं०\n(1),(2)\nHR10AA0001,MB1XYZ0000\n", "4 "+row)
	f("Vehicle No,Chassis No\n1,2\nHR10AA0001,MB1XYZ0000\nVehicle No,Chassis No\nHR10AA0001,MB1XYZ0000\n", "3 "+row, "5 "+row)
	// what cannot be seen
	f("\ufeff\u200bVehicle\u00a0No\u200d,\u2060Chassis No \nHR10AA0001,MB1XYZ0000\n", "2 "+row)
	f("à¤µà¤¾à¤¹à¤¨ à¤¸à¤‚à¤–à¥\u008dà¤¯à¤¾,Chassis No\nHR10AA0001,MB1XYZ0000\n", "2 "+row)
}

func TestHeadingsOfPortals(t *testing.T) {
	f := func(kind, field string, headings ...string) {
		t.Helper()
		for _, h := range headings {
			if m := meaningOf(kind, h); m.field != field || !m.sure && field != "" {
				t.Errorf("%q means %q, want %q", h, m.field, field)
			}
		}
	}
	f(Vehicles, "registration", "registration", "Registration No", "Regn. No.", "REGN_NO", "Vehicle No.", "VehicleNo", "VEHICLENO", "Veh. No", "Reg. Number",
		"Registration Number of Vehicle", "Vehicle Registration No", "Regd No", "Registration Mark", "Number Plate", "Gaadi No", "Gadi number", "वाहन संख्या", "वाहन पंजीकरण संख्या",
		"वाहन क्रमांक", "गाड़ी नंबर", "गाडी न०", "पंजीयन क्रमांक", "पंजीकरण सं.", "रजिस्ट्रेशन नम्बर", "वाहन नं.", "Vehicle No / वाहन संख्या", "Stolen Vehicle No", "M/Cycle No", "RC No", "MV Registration No", "वाहन पंजी. सं.", "Plate No")
	f(Vehicles, "chassis", "chassis", "Chassis No", "Chasis Number", "ChassisNo.", "CHASSIS_NUMBER", "VIN", "Frame No", "चेसिस नंबर", "चैसिस संख्या", "चेचिस नं०", "Vehicle Chassis No")
	f(Vehicles, "engine", "engine", "Engine No", "Eng. No", "ENGINENO", "Motor Number", "इंजन संख्या", "इन्जन नं", "ईंजन नम्बर")
	f(Vehicles, "make", "make", "Maker", "Manufacturer", "Maker Name", "Vehicle Make", "निर्माता", "Company")
	f(Vehicles, "model", "model", "Vehicle Model", "Maker's Model", "मॉडल", "Make/Model")
	f(Vehicles, "colour", "colour", "Color", "Vehicle Colour", "रंग", "वाहन का रंग")
	f(Vehicles, "ref", "ref", "Sr No", "S.No.", "S. No", "Sl. No.", "क्र.सं", "क्रम संख्या", "Serial Number", "ID")
	f(Vehicles, "", "Owner Name", "Date of Theft", "Police Station", "थाना", "FIR No", "एफआईआर संख्या", "Vehicle Type", "Registration Date", "District", "State", "Mobile No", "मोबाइल नंबर", "Shoe")
	f(Persons, "name", "name", "Name", "Accused Name", "Name of Accused", "Name of the Person", "NAME", "नाम", "अभियुक्त का नाम", "आरोपी का नाम", "Naam", "Suspect's Name", "Name / नाम", "Full Name",
		"Name & Address", "नाम व पता", "Owner Name", "Name (English)", "First Name", "Last Name", "Accused", "अभियुक्त", "Name of accused with parentage and address", "Accused name & address")
	f(Persons, "relative", "relative", "Father's Name", "Father’s Name", "Father Name", "FATHERNAME", "Fathers Name", "Father/Husband Name", "Name of Father", "S/o", "D/O", "W/o", "F/Name",
		"पिता का नाम", "पिता/पति का नाम", "Husband Name", "Relative Name", "Guardian's Name", "Pita ka naam", "Parentage", "पिता", "Mother's Name", "Accused Father Name", "पिता का नाम व पता")
	f(Persons, "age", "age", "Age", "Age (years)", "Age in Years", "आयु", "उम्र", "आयु (वर्ष)", "Umar", "Present Age", "Age/Sex")
	f(Persons, "birth_year", "birth_year", "DOB", "Date of Birth", "Year of Birth", "जन्म तिथि", "D.O.B.", "YOB")
	f(Persons, "gender", "gender", "Sex", "लिंग")
	f(Persons, "alias", "alias", "Alias Name", "उर्फ", "A.K.A.")
	f(Persons, "place", "place", "Address", "Present Address", "पता", "निवास स्थान", "Village", "गाँव", "R/o", "Village Name")
	f(Persons, "reason", "reason", "Reason", "कारण")
	f(Persons, "", "Place of Offence", "Name of PS", "Complainant Name", "शिकायतकर्ता का नाम", "District", "Status", "Vehicle No", "Mobile No", "FIR No.", "Relation Type", "IO Name", "Caste")
	f(Persons, "district", "district")
}

func TestWordsOfHeadingsMeanOneThing(t *testing.T) {
	seen := map[string]string{}
	for idea, words := range ideas {
		for _, w := range strings.Fields(words) {
			w = plainWord(w)
			if other, twice := seen[w]; twice && other != idea {
				t.Errorf("%q is %q and %q", w, other, idea)
			}
			seen[w] = idea
		}
	}
}

func TestListAsksWhatWouldBeDropped(t *testing.T) {
	f := func(kind, text, said string, o ...string) {
		t.Helper()
		_, _, err := readList(t, text, ListOptions{Kind: kind, Flags: true, Ignore: o})
		var asked *ListError
		if said == "" && err == nil {
			return
		}
		if !errors.As(err, &asked) || said == "" || !strings.Contains(err.Error(), said) {
			t.Fatalf("%v, want %q", err, said)
		}
	}
	f(Persons, "name,Jamanati ka naam\nOm,Hari\n", `"Jamanati ka naam" mean? It looks like something to search by (name), and would be dropped: --map 'Jamanati ka naam=name' says what it is, --ignore 'Jamanati ka naam' leaves it out`)
	f(Persons, "name,Jamanati ka naam\nOm,Hari\n", "", "Jamanati ka naam")
	f(Persons, "name,Estimated age\nOm,33\n", "(age)")
	f(Persons, "name,Foster father\nOm,Hari\n", "(relative)")
	f(Vehicles, "Vehicle No,Sighted no\nHR10AA0001,7\n", "(registration)")
	f(Vehicles, "Vehicle,Engine No\nHR10AA0001,7\n", "(registration)")
	f(Vehicles, "Vehicle,Vehicle No\nScooter,HR10AA0001\n", "")
	f(Vehicles, "Make,Number\nHero,HR10AA0001\n", "(registration)")
	f(Vehicles, "Vehicle No,Shoe\nHR10AA0001,7\n", "")
	f(Vehicles, "Vehicle No,Regn No\nHR10AA0001,HR10AA0002\n", `registration: the columns "Vehicle No" and "Regn No" both mean it; leave one out with --ignore 'Regn No'`)
	f(Vehicles, "foo,bar\nx,y\n", `no heading of the list is known; line 1 has "foo", "bar": name the columns, such as --map 'foo=registration'`)
	f(Vehicles, "HR10AA0001,MB1XYZ0001\n", "line 1 holds none")
	f(Vehicles, "", "the list is empty")
	f(Vehicles, "\n,,\n", "the list is empty")
	_, _, err := readList(t, "name,Jamanati ka naam\nOm,Hari\n", ListOptions{Kind: Persons})
	if err == nil || !strings.Contains(err.Error(), "map=Jamanati+ka+naam%3Dname says") {
		t.Fatal(err)
	}
}

func TestColumnsOfOneField(t *testing.T) {
	f := func(text string, want ...string) { t.Helper(); wantRows(t, Persons, text, want...) }
	f("Name,नाम,Father's Name,Husband Name\nSita,,,Ram\n,गीता,Mohan,Shyam\n",
		`2 {"name":"Sita","relative":"Ram"}`, `3 {"name":"गीता","relative":"Mohan"}`)
	f("First Name,Middle Name,Last Name,Age,Date of Birth\nSita,,Devi,40,\nOm,Pal,Singh,40,3/2/1985\n",
		`2 {"name":"Sita Devi","age":40}`, `3 {"name":"Om Pal Singh","birth_year":1985} (age)`)
	f("name,Name of PS,reason\nSita,Murthal,DD 4\n", `2 {"name":"Sita","reason":"DD 4"}`)
	f("name,Status,status\nSita,Pending,Wanted; abated\n", `2 {"name":"Sita","status":["wanted","abated"]}`)
}

func TestAges(t *testing.T) {
	f := func(cell, want string) {
		t.Helper()
		wantRows(t, Persons, "name,age\nSita,"+cell+"\n", `2 {"name":"Sita"`+want)
	}
	for _, cell := range []string{"34", "34 yrs", "34 Years", "34.0", "34 y", "34yrs.", "about 34", "34 वर्ष", "३४", "३४ साल", "34 years 6 months", "34 Years old", "लगभग 34", "~34"} {
		f(cell, `,"age":34}`)
	}
	f("1", `,"age":1}`)
	f("130", `,"age":130}`)
	f("131", "} (age)")
	f("30-35", `,"age":33,"tolerance":3} (age)`)
	f("30 to 40", `,"age":35,"tolerance":5} (age)`)
	f("30 से 35 वर्ष", `,"age":33,"tolerance":3} (age)`)
	f("34/F", `,"gender":"F","age":34}`)
	f("1988", `,"birth_year":1988} (age)`)
	for _, cell := range []string{"NA", "N/A", "-", "nil", "अज्ञात", "thirty", "500", "0", "35-30", "minor", "34 56"} {
		f(cell, "} (age)")
	}
	f("", "}")
	wantRows(t, Persons, "name,DOB\nSita,12/05/1989\nSita,1989-05-12\nSita,12-May-1989\nSita,1989\nSita,12/05/89\nSita,NA\nSita,3019\n",
		`2 {"name":"Sita","birth_year":1989}`, `3 {"name":"Sita","birth_year":1989}`, `4 {"name":"Sita","birth_year":1989}`, `5 {"name":"Sita","birth_year":1989}`,
		`6 {"name":"Sita"} (birth_year)`, `7 {"name":"Sita"} (birth_year)`, `8 {"name":"Sita"} (birth_year)`)
	wantRows(t, Persons, "name,sex\nSita,Female\nSita,स्त्री\nSita,Robot\n", `2 {"name":"Sita","gender":"F"}`, `3 {"name":"Sita","gender":"F"}`, `4 {"name":"Sita"} (gender)`)
}

func TestDestroyedCellsAreNotSearchedFor(t *testing.T) {
	number := func(cell string, whole bool) {
		t.Helper()
		want := "2! engine"
		if whole {
			want = fmt.Sprintf(`2 {"engine":%q}`, strings.TrimPrefix(cell, "'"))
		}
		wantRows(t, Vehicles, "Engine No\n"+string(encodeCells([]string{cell})), want)
	}
	for _, cell := range []string{"1.87E+26", "2.4e+17", "9E+15", "1,87E+26", "123456789012345000", "2023-05-12", "12/05/2023", "5-Dec", "Mar-26", "12-May-23",
		"2023-05-12 00:00:00", "????", "K12??????", "#N/A", "#VALUE!", "########", "\ufffd\ufffd"} {
		number(cell, false)
	}
	for _, cell := range []string{"K12MN7654390", "187E26", "12E10", "1234567890123456", "'1234567890123400", "G4HG8M123456", "D-12", "5.12.7"} {
		number(cell, true)
	}
	plate := func(cell string, whole bool) {
		t.Helper()
		want := "2! registration"
		if whole {
			want = fmt.Sprintf(`2 {"registration":%q}`, cell)
		}
		wantRows(t, Vehicles, "Vehicle No\n"+cell+"\n", want)
	}
	for _, cell := range []string{"????29????2254", "?? ?? 29 ?? ?? 2254", "????? HR10AA0001", "????", "????????"} {
		plate(cell, false)
	}
	for _, cell := range []string{"HR10?A0001", "??10AA0001", "HR10??0001", "HR????0001", "??10??0001", "HR10*", "*0001"} {
		plate(cell, true)
	}
	// what is whole is searched for, and the rest said
	wantRows(t, Vehicles, "Vehicle No,Engine No\nHR10AA0001,1.87E+26\n", `2 {"registration":"HR10AA0001"} (engine)`)
	wantRows(t, Persons, "name,father,age\n????? ????,Om,30\nSita,????,30\n", "2! name", `3 {"name":"Sita","age":30} (relative)`)
	// rows of NDJSON too
	rows, _, err := readList(t, `{"engine":"1.87E+26"}`+"\n"+`{"engine":"K12","registration":"????29????2254","make":"Hero"}`+"\n", ListOptions{Kind: Vehicles, Format: "ndjson"})
	if err != nil || strings.Join(rows, "\n") != "1! engine\n"+`2 {"engine":"K12","make":"Hero"} (registration)` {
		t.Fatalf("%v %q", err, rows)
	}
}

func TestEncodings(t *testing.T) {
	wide := func(s string, order []int, mark bool) string {
		var b bytes.Buffer
		if mark {
			s = "\ufeff" + s
		}
		for _, u := range utf16.Encode([]rune(s)) {
			two := [2]byte{byte(u), byte(u >> 8)}
			b.WriteByte(two[order[0]])
			b.WriteByte(two[order[1]])
		}
		return b.String()
	}
	hindi := "नाम\tआयु\r\nसीता\t३४\r\n"
	want := []string{`2 {"name":"सीता","age":34}`}
	for _, mark := range []bool{true, false} {
		wantRows(t, Persons, wide(hindi, []int{0, 1}, mark), want...)
		wantRows(t, Persons, wide(hindi, []int{1, 0}, mark), want...)
		wantRows(t, Persons, wide("name,age\nसीता,34\n", []int{0, 1}, mark), want...)
	}
	wantRows(t, Persons, "\ufeff"+hindi, want...)
	western, err := charmap.Windows1252.NewEncoder().String("name;Father’s Name\nJosé – II;O’Brien\nZoë;\n")
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, Persons, western, `2 {"name":"José – II","relative":"O’Brien"}`, `3 {"name":"Zoë"}`)
	wantRows(t, Persons, "name\nसीता\ncaf\xe9\n", `2 {"name":"सीता"}`, "3! name")
	wantRows(t, Persons, "name\nà¤¸à¥€à¤¤à¤¾\n", `2 {"name":"सीता"}`)
	wantRows(t, Persons, "name|age\nSita|34\n", `2 {"name":"Sita","age":34}`)
}

// TestLongAddressesAreCut: of an address the beginning is enough, and the remark says so; what else is too long is refused by the
// service.
func TestLongAddressesAreCut(t *testing.T) {
	long := strings.Repeat("ग", query.MaxText+1)
	f := func(column, value, want string) {
		t.Helper()
		wantRows(t, Persons, "name,"+column+"\nSita,"+value+"\n", want)
	}
	f("Address", "Gohana", `2 {"name":"Sita","place":"Gohana"}`)
	f("Address", long[3:], `2 {"name":"Sita","place":"`+long[3:]+`"}`)
	f("Address", long, `2 {"name":"Sita","place":"`+long[3:]+`"} (place)`)
	f("alias", long, `2 {"name":"Sita","alias":"`+long+`"}`)
}

// TestOnlyWhatIsCertainIsUnmangled: a letter that no Windows-1252 has shows that a text was not read as it.
func TestOnlyWhatIsCertainIsUnmangled(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := unmangle(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("à¤¸à¥€à¤¤à¤¾", "सीता")
	f("à¤¸à¥€ Ram", "सी Ram")
	f("Ā à¤¸à¥€à¤¤à¤¾", "Ā à¤¸à¥€à¤¤à¤¾")
	f("स à¤¸à¥€", "स à¤¸à¥€")
	f("château", "château")
}

// TestZeroByteCostsOneRow: a zero byte makes a list neither UTF-16 nor binary.
func TestZeroByteCostsOneRow(t *testing.T) {
	for _, list := range []string{"ref,name\n1,Si\x00ta\n2,Gita\n3,Ram Kumar\n", "ref,name\n1,Sit\x00a\n2,Gita\n3,Ram Kumar\n"} {
		rows, _, err := readList(t, list, ListOptions{Kind: Persons})
		if err != nil || len(rows) != 3 || rows[1] != `3 {"name":"Gita","ref":"2"}` {
			t.Errorf("%q: %q, %v", list, rows, err)
		}
	}
}

// TestNoTextIsRefused: what is not text is said once and not read row by row; whatever its bytes are, the error shows none.
func TestNoTextIsRefused(t *testing.T) {
	random := make([]byte, 9000)
	rand.NewChaCha8([32]byte{1}).Read(random)
	f := func(text string) {
		t.Helper()
		for _, format := range []string{"csv", "ndjson"} {
			_, err := OpenList(strings.NewReader(text), ListOptions{Kind: Persons, Format: format})
			var le *ListError
			if !errors.As(err, &le) || !strings.Contains(le.Message, "the list is no text") {
				t.Errorf("%s of %q...: %v", format, text[:16], err)
			}
		}
	}
	f(string(random))
	f("%PDF-1.4\n1 0 obj\n<< /Length 8000 >>\nstream\n" + string(random))
	f("\x89PNG\r\n\x1a\n" + string(random))
	f("\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 40) + "text")
}

// TestStrayQuoteCostsOneRow is the fault of a list over HTTP that ended after five of 2,000 rows.
func TestStrayQuoteCostsOneRow(t *testing.T) {
	var list strings.Builder
	list.WriteString("ref,name\n")
	for i := range 2000 {
		if i == 5 {
			list.WriteString("5,\"Sita\n")
			continue
		}
		fmt.Fprintf(&list, "%d,Sita Devi\n", i)
	}
	rows, _, err := readList(t, list.String(), ListOptions{Kind: Persons})
	if err != nil || len(rows) != 2000 {
		t.Fatalf("%v, %d rows", err, len(rows))
	}
	for i, r := range rows {
		if want := fmt.Sprintf(`%d {"name":"Sita Devi","ref":"%d"}`, i+2, i); r != want && i != 5 || i == 5 && r != "7! " {
			t.Fatalf("row %d is %s", i, r)
		}
	}
}

// TestQuotesCostIsBounded: each of many rows opens a quote that is never closed in it, nor closes that of the row before.
func TestQuotesCostIsBounded(t *testing.T) {
	const n = 3000
	l, err := newLineReader(strings.NewReader(strings.Repeat("a\",\"\"\",x\n", n)))
	if err != nil {
		t.Fatal(err)
	}
	c := &csvTable{lines: l, comma: ','}
	for i := range n {
		r, err := c.next()
		if err != nil || r.fault == nil || len(l.back) > rowLines {
			t.Fatalf("row %d: %v, %+v, %d lines ahead", i, err, r, len(l.back))
		}
	}
}

// TestHeadingsNeedNoLookAhead: a list is answered while it arrives where its first line is plain.
func TestHeadingsNeedNoLookAhead(t *testing.T) {
	in, out := io.Pipe()
	go func() { fmt.Fprint(out, "name,father\nSita,Om\n") }()
	l, err := OpenList(in, ListOptions{Kind: Persons})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := l.Next(); err != nil || string(r.Object) != `{"name":"Sita","relative":"Om"}` {
		t.Fatal(r, err)
	}
	out.Close()
	if _, err := l.Next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func TestObjectsPassAsTheyAre(t *testing.T) {
	f := func(row, want string, remarks ...string) {
		t.Helper()
		l, err := OpenList(strings.NewReader(row+"\n"), ListOptions{Kind: Persons, Format: "ndjson", Map: []string{"Owner=name"}, DropReason: true})
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.Next()
		var got, wanted any
		if json.Unmarshal([]byte(want), &wanted) != nil {
			wanted, got = want, string(r.Object)
		} else if err := json.Unmarshal(r.Object, &got); err != nil {
			t.Fatalf("%s: %v", r.Object, err)
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(wanted) || strings.Join(fieldsIn(r.Remarks), ",") != strings.Join(remarks, ",") {
			t.Fatalf("%v: %s with %q, want %s", err, r.Object, r.Remarks, want)
		}
	}
	f(`{"name":"Sita","age":34}`, `{"name":"Sita","age":34}`)
	f(`{"Owner":"Sita","reason":"DD 1","age":"34 yrs"}`, `{"name":"Sita","age":34}`)
	f(`{"name":"Sita","age":"NA"}`, `{"name":"Sita"}`, "age")
	f(`{"name":"Sita","age":34.0}`, `{"name":"Sita","age":34}`)
	f(`{"name":7}`, `{"name":7}`)
	f(`{"nam":"x"}`, `{"nam":"x"}`)
	f(`[1]`, `[1]`)
	f(`{`, `{`)
}

// TestLanguageTellsColumnsApart: of two columns that mean a name the first is read where one says in which language it is;
// two that differ in nothing are asked about.
func TestLanguageTellsColumnsApart(t *testing.T) {
	f := func(heads string, asked bool) {
		t.Helper()
		l, err := OpenList(strings.NewReader(heads+"\nSita,Gita\n"), ListOptions{Kind: Persons, Format: "csv"})
		var fault *ListError
		if asked {
			if !errors.As(err, &fault) || fault.Field != "name" {
				t.Errorf("%s: %v", heads, err)
			}
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", heads, err)
		}
		if r, err := l.Next(); err != nil || string(r.Object) != `{"name":"Sita"}` {
			t.Errorf("%s: %s, %v", heads, r.Object, err)
		}
	}
	f("Name in English,Name", false)
	f("Name,Name in English", false)
	f("Name in Hindi,Name in English", false)
	f("Name,Name", true)
	f("Name in English,Name in English", true)
}
