package iif

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const testFIR = "13225008230123"

// head is the beginning of a valid form without its closing brace.
func head(form string) string {
	return `{"schema":1,"form":"` + form + `","form_id":"13225008230123-1","version":1,"fir":"13225008230123",` +
		`"station":"13225008","event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30"`
}

// good are valid values, one for each form and its parts.
var good = []string{
	head("IIF1") + `,"entered_by":"x","entered_at_unit":"13225008","sections":[{"act":"BNS","section":"303(2)"}],
		"offence_from":"2023-05-03","offence_to":"2023-05-03","informed_at":"2023-05-04T09:00:00Z","sensitive":true,
		"fir_type":"zero","linked_firs":["13225009230001"],"crime_head":"Theft","heinous":false,
		"io":{"name":"Made Up","rank":"ASI","number":"12"},"place":"near the old mill",
		"persons":[{"ref":"A1","role":"accused","name":"Rakesh @ Kala","name_hi":"राकेश","aliases":["Kalu"],
		"relative":"Om Parkash","relation":"father","gender":"M","birth_year":1989,"address":"Ward 3",
		"status":"absconding"},{"ref":"C1","role":"complainant","age":0,"age_on":"2023-05-04"},{"ref":"A2"}],
		"vehicles":[{"ref":"V1","registration":"HR26DK8337","chassis":"MA3***","engine":"K12M","make":"Maruti",
		"model":"Swift","colour":"white","year":2015,"status":"stolen"}]}`,
	head("IIF2") + `,"scene":{"visited_at":"2023-05-04T12:00:00+05:30","kind":"Parking Places"},
		"modus_operandi":{"methods":["breaking lock"],"languages":["Haryanvi"],"motive":"gain"}}`,
	head("IIF3") + `,"arrest":{"ref":"A1","kind":"surrender","at":"2023-05-09T12:00:00+05:30","outcome":"forwarded",
		"produced_at":"2023-05-10T10:00:00+05:30"},"persons":[{"ref":"A1","features":{"height_cm":170,"scar":"left cheek"}}]}`,
	head("IIF4") + `,"seizure":{"nature":"stolen","from":"A1"},"vehicles":[{"ref":"V1","status":"released",
		"status_on":"2023-06-01","released_to":"superdari"}],"property":[{"ref":"P1","category":"Arms","state":"With FSL",
		"quantity":1.5,"value":1e3,"serials":["1","2"],"vehicle":"V1"}]}`,
	head("IIF5") + `,"court":"CJM","cnr":"HRKR010012342023","report":{"kind":"original","type":"charge-sheeted",
		"date":"2023-07-01","charge_sheeted":[{"ref":"A1","standing":"custody","sections":[{"act":"BNS","section":"303(2)"}]}],
		"not_charge_sheeted":[{"ref":"A2","reason":"alibi"}]}}`,
	head("IIF6") + `,"trial":{"charge_framed_on":"2023-09-01","appeal":"recommended"},"disposals":[{"ref":"A1",
		"result":"convicted","sections":[],"punishment":"fine","fine":500,"date":"2024-02-01"}],
		"property_orders":[{"ref":"V1","order":"return"}]}`,
	head("IIF7") + `,"appeals":[{"ref":"A1","result":"remanded","effect":"retrial","date":"2024-08-01","kind":"conviction"}]}`,
	head("IIF1") + `,"new_thing":{"deep":[1,null,{"x":"\ud83d\ude00"}]},"persons":[{"ref":"A1","phone":"1"}],
		"orders":[{"kind":"redact","refs":["A1"],"date":"2024-02-29"}],"reinstates":true}`,
}

func TestParseGood(t *testing.T) {
	for i, value := range good {
		f, err := Parse([]byte(testFIR), []byte(value))
		if err != nil {
			t.Fatalf("form %d: %v", i, err)
		}
		again, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Parse([]byte(testFIR), again)
		if err != nil {
			t.Fatalf("form %d, written again: %v", i, err)
		}
		g.unknown = f.unknown
		if !reflect.DeepEqual(f, g) {
			t.Errorf("form %d changes when it is written and read again:\n%+v\n%+v", i, f, g)
		}
	}
}

// TestParseReads compares with encoding/json, which has no rules of ours.
func TestParseReads(t *testing.T) {
	for i, value := range good {
		f, err := Parse([]byte(testFIR), []byte(value))
		if err != nil {
			t.Fatal(err)
		}
		want := new(Form)
		if err := json.Unmarshal([]byte(value), want); err != nil {
			t.Fatal(err)
		}
		got, _ := json.Marshal(f)
		expect, _ := json.Marshal(want)
		if !bytes.Equal(got, expect) {
			t.Errorf("form %d:\n got %s\nwant %s", i, got, expect)
		}
	}
}

func TestParseKeepsNothingOfTheInput(t *testing.T) {
	value := []byte(good[0])
	f, err := Parse([]byte(testFIR), value)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(f)
	for i := range value {
		value[i] = 'x'
	}
	if after, _ := json.Marshal(f); !bytes.Equal(before, after) {
		t.Errorf("the form changed with its input: %s", after)
	}
}

func TestUnknown(t *testing.T) {
	f := func(value string, want ...string) {
		t.Helper()
		form, err := Parse([]byte(testFIR), []byte(value))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(form.Unknown(), want) {
			t.Errorf("got %q, want %q", form.Unknown(), want)
		}
	}
	f(good[0])
	f(good[7], "new_thing", "persons[0].phone")
	f(head("IIF1")+`,"disposals":[{"ref":"A1","result":"convicted"}]}`, "disposals")
	f(head("IIF6")+`,"Rakesh Kumar":1,"report":{}}`, "?", "report")
	f(head("IIF1")+`,"io":{"namé":1}}`, "io.?")
}

func TestUnknownIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(head("IIF1"))
	for i := range 1000 {
		b.WriteString(`,"u` + strings.Repeat("u", i%30) + string(rune('a'+i/30%26)) + string(rune('a'+i/780)) + `":1`)
	}
	b.WriteString("}")
	form, err := Parse([]byte(testFIR), []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(form.Unknown()) != maxUnknown {
		t.Errorf("%d unknown fields are named, want %d", len(form.Unknown()), maxUnknown)
	}
}

// with replaces part of the head of an IIF1, which must be there.
func with(old, repl string) string {
	h := head("IIF1") + "}"
	if !strings.Contains(h, old) {
		panic("no " + old)
	}
	return strings.Replace(h, old, repl, 1)
}

func more(s string) string { return head("IIF1") + "," + s + "}" }

// badShapes are refused by the schema as well.
var badShapes = map[string]string{
	`[]`: "", `null`: "", `1`: "", `""`: "", `{}`: "schema",
	with(`"schema":1,`, ``):                                       "schema",
	with(`"schema":1`, `"schema":2`):                              "schema",
	with(`"schema":1`, `"schema":"1"`):                            "schema",
	with(`"schema":1`, `"schema":null`):                           "schema",
	with(`"schema":1`, `"schema":1e999`):                          "schema",
	with(`"IIF1"`, `"IIF8"`):                                      "form",
	with(`"IIF1"`, `""`):                                          "form",
	with(`"form":"IIF1",`, ``):                                    "form",
	with(`"13225008230123-1"`, `"a b"`):                           "form_id",
	with(`"13225008230123-1"`, `""`):                              "form_id",
	with(`"13225008230123-1"`, `"`+strings.Repeat("x", 65)+`"`):   "form_id",
	with(`"version":1`, `"version":0`):                            "version",
	with(`"version":1`, `"version":2147483648`):                   "version",
	with(`"version":1`, `"version":1.5`):                          "version",
	with(`"version":1`, `"version":true`):                         "version",
	with(`"fir":"13225008230123"`, `"fir":"1322500823O123"`):      "fir",
	with(`"fir":"13225008230123"`, `"fir":13225008230123`):        "fir",
	with(`"13225008"`, `"1322508"`):                               "station",
	with(`"2023-05-04T10:20:00+05:30"`, `"2023-05-04T10:20:00"`):  "event_at",
	with(`"2023-05-04T10:20:00+05:30"`, `"2023-02-30T10:20:00Z"`): "event_at",
	with(`"2023-05-04T10:20:00+05:30"`, `"2023-05-04T24:20:00Z"`): "event_at",
	with(`"2023-05-04T10:20:00+05:30"`, `"2023-05-04t10:20:00Z"`): "event_at",
	with(`"2023-05-04T10:20:00+05:30"`, `"2023-05-04"`):           "event_at",
	with(`"2023-05-04T10:20:00+05:30"`, `"3023-05-04T10:20:00Z"`): "event_at",
	with(`"2023-05-04T10:20:00+05:30"`, `1683175800`):             "event_at",
	with(`"2023-05-04T11:05:00+05:30"`, `null`):                   "entered_at",
	more(`"reinstates":"true"`):                                   "reinstates",
	more(`"offence_from":"2023-02-29"`):                           "offence_from",
	more(`"offence_from":"1849-12-31"`):                           "offence_from",
	more(`"offence_from":"4.5.2023"`):                             "offence_from",
	more(`"cnr":"hrkr010012342023"`):                              "cnr",
	more(`"linked_firs":["1"]`):                                   "linked_firs[0]",
	more(`"linked_firs":[null]`):                                  "linked_firs[0]",
	more(`"entered_by":"` + strings.Repeat("क", 201) + `"`):       "entered_by",
	more(`"entered_by":"a\u0000b"`):                               "entered_by",
	more(`"io":"Made Up"`):                                        "io",
	more(`"io":{"rank":3}`):                                       "io.rank",
	more(`"persons":{}`):                                          "persons",
	more(`"persons":[1]`):                                         "persons[0]",
	more(`"persons":[{}]`):                                        "persons[0].ref",
	more(`"persons":[{"ref":"A1"},{"ref":"A/2"}]`):                "persons[1].ref",
	more(`"persons":[{"ref":"A1","role":"Accused"}]`):             "persons[0].role",
	more(`"persons":[{"ref":"A1","relation":"uncle"}]`):           "persons[0].relation",
	more(`"persons":[{"ref":"A1","gender":"male"}]`):              "persons[0].gender",
	more(`"persons":[{"ref":"A1","gender":""}]`):                  "persons[0].gender",
	more(`"persons":[{"ref":"A1","status":"stolen"}]`):            "persons[0].status",
	more(`"persons":[{"ref":"A1","birth_year":"1989"}]`):          "persons[0].birth_year",
	more(`"persons":[{"ref":"A1","birth_year":89}]`):              "persons[0].birth_year",
	more(`"persons":[{"ref":"A1","age":-1}]`):                     "persons[0].age",
	more(`"persons":[{"ref":"A1","name":null}]`):                  "persons[0].name",
	more(`"persons":[{"ref":"A1","aliases":["a",7]}]`):            "persons[0].aliases[1]",
	more(`"persons":[{"ref":"A1","aliases":"a"}]`):                "persons[0].aliases",
	more(`"persons":[{"ref":"A1","features":{"height_cm":5}}]`):   "persons[0].features.height_cm",
	more(`"vehicles":[{"ref":"V1","status":"arrested"}]`):         "vehicles[0].status",
	more(`"vehicles":[{"ref":"V1","registration":["HR"]}]`):       "vehicles[0].registration",
	more(`"property":[{"ref":"P1","state":"seized"}]`):            "property[0].state",
	more(`"property":[{"ref":"P1","value":-1}]`):                  "property[0].value",
	more(`"orders":[{"kind":"hide"}]`):                            "orders[0].kind",
	more(`"arrest":{}`):                                           "arrest.ref",
	more(`"report":{"type":"challan"}`):                           "report.type",
	more(`"report":{"charge_sheeted":[{"ref":"A1"},{}]}`):         "report.charge_sheeted[1].ref",
	more(`"disposals":[{"ref":"A1"}]`):                            "disposals[0].result",
	more(`"disposals":[{"ref":"A1","result":"guilty"}]`):          "disposals[0].result",
	more(`"appeals":[{"ref":"A1","result":"lost"}]`):              "appeals[0].result",
	more(`"sections":[{"act":"BNS","section":""}]`):               "sections[0].section",
	more(`"aliases":[],"linked_firs":[` + strings.Repeat(`"13225008230123",`, 20) + `"13225008230123"]`): "linked_firs",
}

// badBeyond are refused by Parse alone.
var badBeyond = map[string]string{
	``: "", ` `: "", `{`: "", `{"schema":1`: "", head("IIF1"): "", head("IIF1") + `,}`: "",
	head("IIF1") + `}}`: "", more(`"x":"` + "\xff" + `"`): "",
	more(`"x":01`): "", more(`"x":NaN`): "", more(`"x":+1`): "", more(`"x":1.`): "", more(`"x":.5`): "",
	more(`"x":"` + "\n" + `"`): "", more(`"x":"\x41"`): "", more(`"x":tru`): "", more(`x:1`): "",
	more(`"x":` + strings.Repeat("[", 1<<20)):                        "",
	more(`"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32)): "",
	more(`"x":1,"x":1`):                                         "",
	more(`"entered_by":"\ud83d"`):                               "entered_by",
	more(`"entered_by":"\ud83d\u0041"`):                         "entered_by",
	more(`"entered_by":"\ude00"`):                               "entered_by",
	more(`"schema":1`):                                          "schema",
	more(`"persons":[{"ref":"A1","ref":"A1"}]`):                 "persons[0].ref",
	more(`"persons":[{"ref":"A1"},{"ref":"A1"}]`):               "persons[1].ref",
	more(`"vehicles":[{"ref":"V1"},{"ref":"V2"},{"ref":"V1"}]`): "vehicles[2].ref",
	more(`"report":{"charge_sheeted":[{"ref":"A1"}],"not_charge_sheeted":[{"ref":"A1"}]}`): "report.not_charge_sheeted[0].ref",
	with(`"version":1`, `"version":1.0`):                                                   "version",
	with(`"fir":"13225008230123"`, `"fir":"13225008230124"`):                               "fir",
}

func TestParseBad(t *testing.T) {
	bad := maps.Clone(badShapes)
	maps.Copy(bad, badBeyond)
	for value, field := range bad {
		_, err := Parse([]byte(testFIR), []byte(value))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("not refused: %.300s", value)
			continue
		}
		if e.Field != field || e.Reason == "" || len(e.Error()) > 400 {
			t.Errorf("got %q, want field %q for %.300s", e, field, value)
		}
	}
}

func TestSchemaNumberComesFirst(t *testing.T) {
	value := `{"form":7,"schema":2}`
	var e *Error
	if _, err := Parse([]byte(testFIR), []byte(value)); !errors.As(err, &e) || e.Field != "schema" {
		t.Errorf("got %v, want an error about schema", err)
	}
}

func TestErrorsHoldNoData(t *testing.T) {
	for _, value := range []string{
		more(`"persons":[{"ref":"A1","gender":"secret"}]`), more(`"secret":1,"secret":2`), more(`"x":secret`),
		with(`"13225008"`, `"secret"`), more(`"offence_from":"secret"`), more(`"linked_firs":["secret"]`),
	} {
		if _, err := Parse([]byte(testFIR), []byte(value)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v for %s", err, value)
		}
	}
}

func TestCheckKey(t *testing.T) {
	f := func(key string, want bool) {
		t.Helper()
		if err := CheckKey([]byte(key)); (err == nil) != want {
			t.Errorf("%q: %v", key, err)
		}
	}
	f("", false)
	f("123456789012", false)
	f("1234567890123", true)
	f("12345678901234567", true)
	f("123456789012345678", false)
	f("1234567890123a", false)
	f("१२३४५६७८९०१२३४", false)
}

func TestTimes(t *testing.T) {
	f := func(in string, want string) {
		t.Helper()
		got, ok := parseTime([]byte(in))
		if !ok {
			if want != "" {
				t.Errorf("%s: refused", in)
			}
			return
		}
		if s := got.Format(time.RFC3339Nano); s != want {
			t.Errorf("%s: got %s, want %q", in, s, want)
		}
	}
	f("2023-05-04T10:20:00+05:30", "2023-05-04T10:20:00+05:30")
	f("2023-05-04T10:20:00.000000001-11:15", "2023-05-04T10:20:00.000000001-11:15")
	f("2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.5Z")
	f("2024-02-29T23:59:60Z", "")
	f("2023-05-04T10:20:00,5Z", "")
	f("2023-05-04T10:20:00.Z", "")
	f("2023-05-04T10:20:00.0000000001Z", "")
	f("2023-05-04T10:20:00+0530", "")
	f("2023-05-04T10:20:00+24:00", "")
	f("2023-05-04 10:20:00Z", "")
	f("2023-13-04T10:20:00Z", "")
	f("1899-12-31T10:20:00Z", "")
}

func TestDates(t *testing.T) {
	if got := DateOf(Date("2023-05-04").Time()); got != "2023-05-04" {
		t.Errorf("got %s", got)
	}
	if got := DateOf(time.Date(2023, 5, 3, 20, 0, 0, 0, time.UTC)); got != "2023-05-04" {
		t.Errorf("got %s, want the Indian day", got)
	}
	if !Date("").Time().IsZero() || DateOf(time.Time{}) != "" {
		t.Error("absent dates must stay absent")
	}
}

// typicalIIF1 is a form of about 1 kB.
const typicalIIF1 = `{"schema":1,"form":"IIF1","form_id":"13225008230123-1","version":1,"fir":"13225008230123","station":"13225008",` +
	`"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30","entered_by":"HC 1234 Made Up",` +
	`"entered_at_unit":"13225008","sections":[{"act":"BNS","section":"303(2)"},{"act":"BNS","section":"3(5)"}],` +
	`"persons":[{"ref":"A1","role":"accused","name":"Rakesh @ Kala","name_hi":"राकेश","aliases":["Kalu"],"relative":"Om Parkash",` +
	`"relation":"father","gender":"M","birth_year":1989,"address":"Ward 3, Thanesar, Kurukshetra","status":"absconding"},` +
	`{"ref":"C1","role":"complainant","name":"Sunita Devi","name_hi":"सुनीता","relative":"Rajender Singh","relation":"husband",` +
	`"gender":"F","age":41,"address":"House 12, Sector 7, Kurukshetra"}],` +
	`"vehicles":[{"ref":"V1","registration":"HR26DK8337","chassis":"MA3EJKD1S00123456","engine":"K12MN1234567","make":"Maruti",` +
	`"model":"Swift","colour":"white","status":"stolen"}]}`

func BenchmarkParse(b *testing.B) {
	key, value := []byte(testFIR), []byte(typicalIIF1)
	b.SetBytes(int64(len(value)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(key, value); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range good {
		f.Add([]byte(testFIR), []byte(s))
	}
	for s := range badShapes {
		f.Add([]byte(testFIR), []byte(s))
	}
	for s := range badBeyond {
		if len(s) < 2000 {
			f.Add([]byte(testFIR), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, key, value []byte) {
		form, err := Parse(key, value)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) || e.Reason == "" {
				t.Fatalf("a nameless refusal: %v", err)
			}
			return
		}
		if !json.Valid(TrimMark(value)) {
			t.Fatal("accepted what encoding/json refuses")
		}
		again, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		second, err := Parse(key, again)
		if err != nil {
			t.Fatalf("refused when written again: %v", err)
		}
		third, _ := json.Marshal(second)
		if !bytes.Equal(again, third) {
			t.Fatalf("changes when written again:\n%s\n%s", again, third)
		}
	})
}
