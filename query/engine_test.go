package query_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// A world is a store with its register and engine.
type world struct {
	t testing.TB
	s *storage.Store
	e *query.Engine

	reg *register.Register
}

var clock = time.Date(2026, 11, 23, 10, 0, 0, 0, storage.IST)

func open(t testing.TB, dir string) *world { return openWith(t, dir, func(*query.Options) {}) }

// openWith opens a world whose engine has other options.
func openWith(t testing.TB, dir string, change func(*query.Options)) *world {
	t.Helper()
	reg := register.New()
	s := storagetest.Open(t, storage.Options{Dir: dir, Terms: register.Terms, TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Derived: reg})
	o := query.Options{Store: s, Register: reg, Now: func() time.Time { return clock }, FreshWait: 10 * time.Millisecond,
		Case: func(c *storage.Case, _ [][]byte, _ bool, _ func(string) (bool, error)) (query.CaseView, error) {
			return heldCase(c.FIR), nil
		}}
	change(&o)
	e, err := query.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, s, e, reg}
}

// put makes a case of these records; their ids, FIR and times are filled in. Searches see it afterwards.
func (w *world) put(fir string, rs ...*storage.Record) {
	w.t.Helper()
	w.commit(fir, rs...)
	for {
		offsets, moved := w.s.Offsets()
		if next, _ := w.s.Next(storage.Position{Topic: "t"}); len(offsets) == 1 && offsets[0].Next == next {
			return
		}
		<-moved
	}
}

// commit is put that does not wait for what is derived to follow.
func (w *world) commit(fir string, rs ...*storage.Record) {
	w.t.Helper()
	for i, r := range rs {
		kind := "p/A"
		if r.Kind == "" {
			r.Kind = storage.Person
		}
		if r.Kind == storage.Vehicle {
			kind = "v/V"
		} else if r.Role == "" {
			r.Role = "accused"
		}
		r.ID, r.FIR = fmt.Sprintf("%s/%s%d", fir, kind, i+1), fir
		if r.Station == "" {
			r.Station = fir[:8]
		}
		if r.EventAt.IsZero() {
			r.EventAt = clock.AddDate(0, -1, 0)
		}
		r.Updated = r.EventAt
	}
	err := w.s.Update(context.Background(), func(tx storage.Tx) error {
		c, err := tx.Case(fir)
		if err != nil {
			return err
		}
		v := []byte(fir)
		c.SetForm(storage.Form{ID: "1", Version: 1, Sum: sha256.Sum256(v)})
		tx.SetOffset(storage.Position{Topic: "t"}, int64(w.s.State().Seq)+1, time.Now())
		return tx.Put(c, map[string][]byte{"1": v}, rs)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) persons(r query.PersonRequest) *query.Answer {
	w.t.Helper()
	r.Reason = "FIR 1/2026"
	a, err := w.e.Search(context.Background(), access.Program("test"), &r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.checkAnswer(a)
	return a
}

func (w *world) vehicles(r query.VehicleRequest) *query.Answer {
	w.t.Helper()
	r.Reason = "FIR 1/2026"
	a, err := w.e.Search(context.Background(), access.Program("test"), &r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.checkAnswer(a)
	return a
}

// checkAnswer holds every answer to what the contract promises of all.
func (w *world) checkAnswer(a *query.Answer) {
	w.t.Helper()
	if a.SearchID == "" || a.Total < len(a.Hits) || a.Hits == nil {
		w.t.Errorf("answer %+v", a)
	}
	last := 0
	order := map[query.Class]int{query.Exact: 1, query.Probable: 2, query.Lead: 3}
	for i, h := range a.Hits {
		if h.Score < 0 || h.Score > 1 || len(h.Why) == 0 || order[h.Class] < last {
			w.t.Errorf("hit %d: score %v, class %v, %d reasons", i, h.Score, h.Class, len(h.Why))
		}
		last = order[h.Class]
		sum, positive := 0.0, false
		for _, y := range h.Why {
			sum += y.Part
			positive = positive || y.Part > 0
		}
		if positive && math.Abs(sum-h.Score) > 0.002 {
			w.t.Errorf("hit %d: the parts add up to %v, the score is %v: %+v", i, sum, h.Score, h.Why)
		}
	}
}

func ids(a *query.Answer) []string {
	out := []string{}
	for _, h := range a.Hits {
		out = append(out, h.Record.ID)
	}
	return out
}

const (
	fir1 = "13225008230001"
	fir2 = "13225008230002"
	fir3 = "13225009230003"
)

func TestPersonIsFound(t *testing.T) {
	w := open(t, "")
	w.put(fir1,
		&storage.Record{Name: "Virender Singh", Names: []string{"विरेन्द्र सिंह"}, Aliases: []string{"Kala"}, Relatives: []string{"Om Parkash"},
			Gender: "M", BirthFrom: 1989, BirthTo: 1989, Status: "absconding", Places: []string{"VPO Kharkhoda, Distt. Sonipat"}},
		&storage.Record{Name: "Sunita Devi", Visibility: storage.Party, Role: "victim"})
	w.put(fir2, &storage.Record{Name: "Mohan Lal s/o Ramesh", Gender: "M", Status: "arrested", Sections: []string{"BNS 303(2)"}})
	w.put(fir3, &storage.Record{Name: "लक्ष्मी देवी", Gender: "F", BirthFrom: 1970, BirthTo: 1971})
	f := func(r query.PersonRequest, want ...string) {
		t.Helper()
		got := ids(w.persons(r))
		if len(want) == 0 && len(got) > 0 || len(want) > 0 && (len(got) == 0 || got[0] != want[0]) {
			t.Errorf("%+v: found %v, want %v first", r, got, want)
		}
	}
	f(query.PersonRequest{Name: "Virender Singh"}, fir1+"/p/A1")
	f(query.PersonRequest{Name: "Birender"}, fir1+"/p/A1")
	f(query.PersonRequest{Name: "वीरेंद्र सिंह"}, fir1+"/p/A1")
	f(query.PersonRequest{Name: "Virender s/o Om Prakash"}, fir1+"/p/A1")
	f(query.PersonRequest{Alias: "Kala"}, fir1+"/p/A1")
	f(query.PersonRequest{Name: "Virender @ Kala"}, fir1+"/p/A1")
	f(query.PersonRequest{Relative: "Omparkash"}, fir1+"/p/A1")
	f(query.PersonRequest{Relative: "Ramesh"}, fir2+"/p/A1")
	f(query.PersonRequest{Name: "Laxmi Devi", Gender: "F", Age: 55}, fir3+"/p/A1")
	f(query.PersonRequest{Place: "Kharkhoda"}, fir1+"/p/A1")
	f(query.PersonRequest{Section: "303(2) BNS"}, fir2+"/p/A1")
	f(query.PersonRequest{Name: "Mohan Lal", Section: "BNS 303(2)"}, fir2+"/p/A1")
	f(query.PersonRequest{Name: "Mohan Lal", Section: "BNS 304"})
	f(query.PersonRequest{Station: "13225008"}, fir1+"/p/A1")
	f(query.PersonRequest{Name: "Virender", Status: []string{"arrested"}})
	f(query.PersonRequest{Name: "Virender", Station: "13225009"})
	common := query.Common{From: "2026-11-01"}
	f(query.PersonRequest{Name: "Virender", Common: common})
	f(query.PersonRequest{Name: "Virender", Common: query.Common{To: "2026-10-31"}}, fir1+"/p/A1")
	// Hidden persons are not found, and not counted.
	f(query.PersonRequest{Name: "Sunita Devi", Gender: "F", Status: []string{"wanted"}})
	if a := w.persons(query.PersonRequest{Station: "13225008"}); a.Total != 2 {
		t.Errorf("%d persons of the station are counted, want the 2 findable ones", a.Total)
	}
	f(query.PersonRequest{Name: "Virender", Role: []string{"victim"}})
}

func TestContradictionLowers(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Name: "Rajesh Kumar", Relatives: []string{"Om Parkash"}, BirthFrom: 1980, BirthTo: 1980, Gender: "M"})
	w.put(fir2, &storage.Record{Name: "Rajesh Kumar", Relatives: []string{"Balbir Singh"}, BirthFrom: 1999, BirthTo: 1999, Gender: "M"})
	a := w.persons(query.PersonRequest{Name: "Rajesh Kumar", Relative: "Balbir", BirthYear: 2000})
	if got := ids(a); !slices.Equal(got, []string{fir2 + "/p/A1", fir1 + "/p/A1"}) {
		t.Fatalf("found %v", got)
	}
	grades := map[string]string{}
	for _, y := range a.Hits[1].Why {
		grades[y.Field] = y.Grade
	}
	if grades["birth_year"] != "contradicts" || a.Hits[1].Class != query.Lead {
		t.Errorf("a birth year twenty years off: %v, class %s", grades, a.Hits[1].Class)
	}
}

func TestVehicleIsFound(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR-26-DK-8337", Chassis: "MA3ERLF1S00123456", Engine: "K12MN1234567",
		Make: "Maruti", Model: "Swift", Colour: "white", Status: "stolen"})
	w.put(fir2, &storage.Record{Kind: storage.Vehicle, Registration: "DL3CAB1234", Chassis: "MALAM51BLEM765432", Make: "Hyundai", Status: "seized"})
	f := func(r query.VehicleRequest, want string, class query.Class) {
		t.Helper()
		a := w.vehicles(r)
		if len(a.Hits) == 0 || a.Hits[0].Record.ID != want || class != "" && a.Hits[0].Class != class {
			t.Errorf("%+v: found %+v, want %s %s", r, a.Hits, want, class)
		}
	}
	f(query.VehicleRequest{Registration: "hr26dk8337"}, fir1+"/v/V1", query.Exact)
	f(query.VehicleRequest{Registration: "HR26DK8387"}, fir1+"/v/V1", "")
	f(query.VehicleRequest{Registration: "*8337"}, fir1+"/v/V1", query.Lead)
	f(query.VehicleRequest{Registration: "HR26??8337"}, fir1+"/v/V1", "")
	f(query.VehicleRequest{Registration: "8337", Make: "Maruti Suzuki"}, fir1+"/v/V1", "")
	f(query.VehicleRequest{Chassis: "F1S0012"}, fir1+"/v/V1", "")
	f(query.VehicleRequest{Engine: "K12MN1234567"}, fir1+"/v/V1", query.Exact)
	f(query.VehicleRequest{Registration: "DL3CAB1234", Make: "Hyundai"}, fir2+"/v/V1", query.Exact)
	if a := w.vehicles(query.VehicleRequest{Registration: "8337", Make: "Hyundai"}); len(a.Hits) > 0 {
		t.Errorf("a make filters where few characters are given: %+v", a.Hits)
	}
	a := w.vehicles(query.VehicleRequest{Registration: "HR26DK8337", Chassis: "MALAM51BLEM765432"})
	if len(a.Conflicts) != 2 || len(a.Hits) != 2 || !slices.Equal(a.Hits[0].Conflict, []string{"chassis"}) && !slices.Equal(a.Hits[0].Conflict, []string{"registration"}) {
		t.Errorf("numbers of two vehicles: conflicts %+v, hits %+v", a.Conflicts, a.Hits)
	}
}

// TestRivalsAreNotProbable: a reading that many held plates explain alike is grounds for none of them.
func TestRivalsAreNotProbable(t *testing.T) {
	w := open(t, "")
	for i := range 8 {
		w.put(fmt.Sprintf("132250082300%02d", i), &storage.Record{Kind: storage.Vehicle, Registration: fmt.Sprintf("HR26DK83%02d", 11*i+10)})
	}
	for _, h := range w.vehicles(query.VehicleRequest{Registration: "HR26DK83"}).Hits {
		if h.Class != query.Lead {
			t.Errorf("%s is %s with score %v among eight that have the same beginning", h.Record.Registration, h.Class, h.Score)
		}
	}
}

func TestChassisUnderTwoRegistrationsIsFlagged(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337", Chassis: "MA3ERLF1S00123456"})
	w.put(fir2, &storage.Record{Kind: storage.Vehicle, Registration: "PB10AB0001", Chassis: "MA3ERLF1S00123456"})
	a := w.vehicles(query.VehicleRequest{Registration: "PB10AB0001"})
	if len(a.Hits) == 0 || !slices.Contains(a.Hits[0].Record.Flags, "chassis-under-two-registrations") {
		t.Errorf("hits %+v", a.Hits)
	}
}

func TestRequestIsRefused(t *testing.T) {
	w := open(t, "")
	zero, many := 0, 101
	p := func(r query.PersonRequest, field string) {
		t.Helper()
		if r.Reason == "" {
			r.Reason = "FIR 1/2026"
		}
		_, err := w.e.Search(context.Background(), access.Program("test"), &r)
		var bad *query.FieldError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%+v: got %v, want an error of %s", r, err, field)
		}
	}
	p(query.PersonRequest{}, "name")
	p(query.PersonRequest{Name: "..."}, "name")
	p(query.PersonRequest{Name: "Ram", Gender: "X"}, "gender")
	p(query.PersonRequest{Name: "Ram", Age: 30, BirthYear: 1990}, "birth_year")
	p(query.PersonRequest{Name: "Ram", Age: -1}, "age")
	p(query.PersonRequest{Name: "Ram", BirthYear: 2990}, "birth_year")
	p(query.PersonRequest{Name: "Ram", BirthYear: 1899}, "birth_year")
	p(query.PersonRequest{Name: "Ram", Tolerance: &many}, "tolerance")
	p(query.PersonRequest{Name: "Ram", Status: []string{"stolen"}}, "status")
	p(query.PersonRequest{Name: "Ram", Role: []string{"thief"}}, "role")
	p(query.PersonRequest{Name: "Ram", Station: "Nowhere at all"}, "station")
	p(query.PersonRequest{Name: "Ram", District: "Nowhere at all"}, "district")
	p(query.PersonRequest{Name: "Ram", Section: "theft"}, "section")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{Limit: &zero}}, "limit")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{Limit: &many}}, "limit")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{From: "2026-02-30"}}, "from")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{From: "2026-02-03", To: "2026-02-02"}}, "to")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{MinClass: "SURE"}}, "min_class")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{AtLeast: "x"}}, "at_least")
	p(query.PersonRequest{Name: "Ram", Common: query.Common{Reason: "because"}}, "reason")
	v := func(r query.VehicleRequest, field string) {
		t.Helper()
		r.Reason = "FIR 1/2026"
		_, err := w.e.Search(context.Background(), access.Program("test"), &r)
		var bad *query.FieldError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%+v: got %v, want an error of %s", r, err, field)
		}
	}
	v(query.VehicleRequest{}, "registration")
	v(query.VehicleRequest{Registration: "?*"}, "registration")
	v(query.VehicleRequest{Chassis: "123"}, "chassis")
	v(query.VehicleRequest{Engine: "A"}, "engine")
	v(query.VehicleRequest{Registration: "HR26", Status: []string{"wanted"}}, "status")
}

func TestFreshness(t *testing.T) {
	w := open(t, "")
	w.put(fir1, &storage.Record{Name: "Virender Singh"})
	if a := w.persons(query.PersonRequest{Name: "Virender", Common: query.Common{AtLeast: "0:1"}}); len(a.Hits) != 1 || a.Through.Offsets["0"] < 1 {
		t.Errorf("answer %+v", a)
	}
	r := query.PersonRequest{Name: "Virender", Common: query.Common{AtLeast: "0:99", Reason: "FIR 1/2026"}}
	if _, err := w.e.Search(context.Background(), access.Program("test"), &r); !errors.Is(err, query.ErrNotFresh) || !strings.Contains(err.Error(), "99") {
		t.Errorf("got %v", err)
	}
	f := func(m map[int]int64, s string) {
		t.Helper()
		if got := query.Token(m); got != s {
			t.Errorf("token %q, want %q", got, s)
		}
		if got, err := query.ParseToken(s); err != nil || fmt.Sprint(got) != fmt.Sprint(m) {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	f(map[int]int64{0: 12, 3: 0}, "0:12,3:0")
	f(map[int]int64{7: 1}, "7:1")
	for _, bad := range []string{"0:1,0:1", "0:9,1:1,0:2", "0:1,00:1", "0", "0:-1", "0:1,", "x:1"} {
		r.AtLeast = bad
		var wrong *query.FieldError
		if _, err := w.e.Search(context.Background(), access.Program("test"), &r); !errors.As(err, &wrong) || wrong.Field != "at_least" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestNoSuchPartition: what can never come is refused at once, by who knows the log; a partition of a log before is known too.
func TestNoSuchPartition(t *testing.T) {
	log := query.LogState{CaughtUp: true}
	w := openWith(t, "", func(o *query.Options) {
		o.Log = func() query.LogState { return log }
		o.FreshWait = time.Nanosecond
	})
	w.put(fir1, &storage.Record{Name: "Virender Singh"}) // of partition 0
	f := func(token, message string) {
		t.Helper()
		var bad *query.FieldError
		switch err := w.e.Await(context.Background(), token); {
		case message == "" && !errors.Is(err, query.ErrNotFresh):
			t.Errorf("%s: %v, want a wait", token, err)
		case message != "" && (!errors.As(err, &bad) || bad.Field != "at_least" || !strings.Contains(bad.Message, message) || !strings.Contains(bad.Hindi, "9")):
			t.Errorf("%s: %v", token, err)
		}
	}
	f("9:1", "") // nothing is known of the log
	log.Partitions = []query.Partition{{Partition: 1}, {Partition: 2}}
	f("9:1", "partition 9, which the log does not have (it has 0 1 2)")
	f("1:5,9:1", "partition 9")
	f("0:99", "")
	f("2:1,9:0", "")
}

// TestRegisterSurvives compares answers before and after a restart, with what is derived saved, lost and damaged.
func TestRegisterSurvives(t *testing.T) {
	dir := t.TempDir()
	w := open(t, dir)
	for i := range 40 {
		fir := fmt.Sprintf("132250082300%02d", i)
		w.put(fir, &storage.Record{Name: []string{"Rakesh", "Mukesh", "Suresh", "Dinesh"}[i%4] + " Kumar", Relatives: []string{"Om Parkash"},
			Places: []string{"Rohtak"}, Sections: []string{"BNS 303(2)"}, BirthFrom: 1980 + i, BirthTo: 1980 + i, Gender: "M"},
			&storage.Record{Kind: storage.Vehicle, Registration: fmt.Sprintf("HR26DK83%02d", i), Chassis: fmt.Sprintf("MA3ERLF1S001234%02d", i), Make: "Maruti"})
		if i%5 == 0 {
			w.put(fir) // gone again
		}
	}
	ask := func(w *world) string {
		p := w.persons(query.PersonRequest{Name: "Rakesh Kumar", Relative: "Om Prakash", Place: "Rohtak", Section: "303(2)"})
		v := w.vehicles(query.VehicleRequest{Registration: "HR26DK8312", Make: "Maruti"})
		return fmt.Sprint(ids(p), p.Total, ids(v), v.Total)
	}
	want := ask(w)
	if !strings.Contains(want, "/p/A1") || !strings.Contains(want, "/v/V2") {
		t.Fatalf("before: %s", want)
	}
	saved := filepath.Join(dir, "derived", "register")
	for _, harm := range []func() error{
		func() error { return nil },
		func() error { return os.Remove(saved) },
		func() error { return os.Truncate(saved, 1000) },
		func() error {
			b, err := os.ReadFile(saved)
			if err == nil {
				b[len(b)/2] ^= 4
				err = os.WriteFile(saved, b, 0o600)
			}
			return err
		},
	} {
		storagetest.Close(t, w.s)
		if err := harm(); err != nil {
			t.Fatal(err)
		}
		w = open(t, dir)
		if got := ask(w); got != want {
			t.Errorf("after a restart: %s, want %s", got, want)
		}
	}
}

// heldCase is a case as the tests show it: its number.
type heldCase string

func (heldCase) See(storage.Sight)    {}
func (heldCase) Assigned(string) bool { return false }

func (c heldCase) Shown() (string, []storage.Record) { return string(c), nil }
