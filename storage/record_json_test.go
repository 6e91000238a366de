package storage

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// someRecord fills every field of a record at random.
func someRecord(rng *rand.Rand) *Record {
	r := &Record{}
	text := func() string {
		return []string{"", "राम @ \"Kala\"", "HR26DK8337", "a\\b\u2028<&>", "x\x01\n", "\xff"}[rng.IntN(6)]
	}
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Interface().(type) {
		case string, Kind, Visibility:
			f.SetString(text())
		case []string:
			for range rng.IntN(4) {
				f.Set(reflect.Append(f, reflect.ValueOf(text())))
			}
		case int:
			f.SetInt(rng.Int64N(3000))
		case time.Time:
			t := time.Unix(rng.Int64N(4e9), []int64{0, 500}[rng.IntN(2)])
			f.Set(reflect.ValueOf(t.In([]*time.Location{time.UTC, IST, time.FixedZone("", -3600)}[rng.IntN(3)])))
		}
	}
	return r
}

// checkDecode states that decodeRecord reads what encoding/json reads.
func checkDecode(t *testing.T, text string) {
	t.Helper()
	var want Record
	wantErr := json.Unmarshal([]byte(text), &want)
	got, err := decodeRecord(text)
	if (err != nil) != (wantErr != nil) {
		t.Fatalf("%s: %v, encoding/json says %v", text, err, wantErr)
	}
	if err != nil {
		return
	}
	if !got.EventAt.Equal(want.EventAt) || !got.Updated.Equal(want.Updated) {
		t.Fatalf("%s: times %v %v, want %v %v", text, got.EventAt, got.Updated, want.EventAt, want.Updated)
	}
	got.EventAt, got.Updated = want.EventAt, want.Updated
	if !reflect.DeepEqual(got, &want) {
		t.Fatalf("%s: %+v, want %+v", text, got, want)
	}
}

func TestDecodeRecord(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		b, err := json.Marshal(someRecord(rng))
		if err != nil {
			t.Fatal(err)
		}
		checkDecode(t, string(b))
	}
	for _, text := range []string{"", "{", "{}", `{"id":"a"`, `{"id":"a",}`, `{"id":1}`, `{"id" : "a"}`, `{"birth_from":-1}`, `{"names":["a",]}`,
		`{"names":null}`, `{"event_at":"2026-13-01T00:00:00+05:30"}`, `{"event_at":"2026-02-30T10:00:00+05:30"}`, `{"other":1}`, `{"id":"a"}x`, `{"id":"\q"}`} {
		checkDecode(t, text)
	}
}

func TestAppendJSON(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for range 5000 {
		r := someRecord(rng)
		if rng.IntN(20) == 0 {
			r.Updated = time.Date(10_000, 1, 1, 0, 0, 0, 0, IST) // which JSON has no text for
		}
		want, wantErr := json.Marshal(r)
		got, err := r.appendJSON(nil)
		if (err != nil) != (wantErr != nil) || err == nil && string(got) != string(want) {
			t.Fatalf("%s %v, encoding/json writes %s %v", got, err, want, wantErr)
		}
	}
}

// TestDecodeRecordIsQuick states that whole records do not need encoding/json: their texts are parts of the one given.
func TestDecodeRecordIsQuick(t *testing.T) {
	b, err := json.Marshal(&Record{ID: "1/v/V1", Registration: "HR26DK8337", EventAt: time.Unix(1e9, 0).In(IST), Flags: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := decodeRecord(text); err != nil {
			t.Fatal(err)
		}
	}); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDecodeRecord(f *testing.F) {
	f.Add(`{"id":"1/v/V1","event_at":"2026-01-02T10:00:00+05:30","flags":["a"],"birth_from":1989}`)
	f.Add(`{"name":"\u0905"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\x00") || !json.Valid([]byte(text)) {
			_, _ = decodeRecord(text) // must not panic
			return
		}
		if _, err := decodeRecord(text); err == nil {
			checkDecode(t, text)
		}
	})
}
