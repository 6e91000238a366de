package madeup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"anvesh/indexer"
	"anvesh/indexer/iif"
	"anvesh/query/units"
)

func generateTo(t testing.TB, w io.Writer, o Options) {
	t.Helper()
	err := Generate(o, func(fir string, value []byte) error {
		_, err := fmt.Fprintf(w, "%s\t%s\n", fir, value)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGenerateSameSeedSameBytes(t *testing.T) {
	f := func(o Options, want string) {
		t.Helper()
		h := sha256.New()
		generateTo(t, h, o)
		if got := hex.EncodeToString(h.Sum(nil)[:8]); got != want {
			t.Errorf("%+v: got %s, want %s; a change of tables or rules changes it", o, got, want)
		}
	}
	f(Options{Records: 500, Seed: 1}, "37ca5a3aa9a8257a")
	f(Options{Records: 500, Seed: 2}, "ce22a529c7b8e8fb")
	f(Options{Records: 500, Seed: 1, Drift: -1}, "4ab453eac7291256")
	f(Options{Records: 500, Seed: 1, SingleForm: true}, "88d9daf30ed243fd")
}

func TestGenerateRefusesNothing(t *testing.T) {
	if err := Generate(Options{}, nil); err == nil {
		t.Error("no records were generated without complaint")
	}
	stop := errors.New("stop")
	n := 0
	err := Generate(Options{Records: 100}, func(string, []byte) error {
		if n++; n == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || n != 3 {
		t.Errorf("got %v after %d forms, want the error of emit after 3", err, n)
	}
}

// The count after the fold is the contract of `anvesh gen --records`.
func TestGenerateCountsAfterTheFold(t *testing.T) {
	f := func(o Options) {
		t.Helper()
		type instance struct {
			fir, id string
		}
		forms := map[instance]*iif.Form{}
		err := Generate(o, func(fir string, value []byte) error {
			form, err := iif.Parse([]byte(fir), value)
			if err != nil {
				return fmt.Errorf("%w in %s", err, value)
			}
			key := instance{fir, form.FormID}
			if old := forms[key]; old == nil || old.Version < form.Version {
				forms[key] = form
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		byFIR := map[string][]*iif.Form{}
		for key, form := range forms {
			byFIR[key.fir] = append(byFIR[key.fir], form)
		}
		records := 0
		for fir, list := range byFIR {
			records += len(indexer.Fold(fir, list).Records)
		}
		if records != o.Records {
			t.Errorf("%+v: %d records after the fold", o, records)
		}
		if o.SingleForm && len(forms) != o.Records {
			t.Errorf("%+v: %d forms, want one a record", o, len(forms))
		}
	}
	for seed := range uint64(20) {
		f(Options{Records: 1 + int(seed), Seed: seed})
	}
	f(Options{Records: 5003, Seed: 3})
	f(Options{Records: 1, SingleForm: true})
	f(Options{Records: 2000, Seed: 9, SingleForm: true})
}

func TestGenerateUnfolds(t *testing.T) {
	kinds := map[string]int{}
	firs := map[string]bool{}
	seen := map[string]bool{}
	stations := map[string]bool{}
	var last time.Time
	scripts, late, corrected, sensitive, moved := map[string]int{}, 0, 0, 0, 0
	err := Generate(Options{Records: 20000, Seed: 4}, func(fir string, value []byte) error {
		form, err := iif.Parse([]byte(fir), value)
		if err != nil {
			t.Fatalf("%v in %s", err, value)
		}
		if unknown := form.Unknown(); len(unknown) > 0 {
			t.Fatalf("fields %q are unknown in %s", unknown, value)
		}
		due := form.EventAt
		if form.Version > 1 {
			due = form.EnteredAt
			corrected++
		}
		if due.Before(last) {
			t.Fatalf("%s of %v comes after one of %v", form.FormID, due, last)
		}
		last = due
		if form.EnteredAt.Before(form.EventAt) {
			t.Fatalf("%s was entered before it happened", form.FormID)
		}
		if !firs[fir] && form.Form != "IIF1" {
			t.Fatalf("case %s begins with %s", fir, form.Form)
		}
		firs[fir] = true
		id := fmt.Sprint(form.FormID, "/", form.Version)
		if seen[id] {
			t.Fatalf("%s comes twice", id)
		}
		seen[id] = true
		kinds[form.Form]++
		stations[form.Station] = true
		if form.EnteredAt.Sub(form.EventAt) > 24*time.Hour && form.Version == 1 {
			late++
		}
		if form.Sensitive {
			sensitive++
		}
		if !strings.HasPrefix(fir, form.Station) {
			moved++
		}
		for _, p := range form.Persons {
			if p.Role == "accused" {
				scripts[fmt.Sprint(p.Name != "", p.NameHi != "")]++
			}
			if p.Name == "" && p.NameHi == "" {
				t.Fatalf("%s names a person without a name", form.FormID)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range formNames[1:] {
		if kinds[k] < 30 {
			t.Errorf("%d forms %s", kinds[k], k)
		}
	}
	for _, s := range []string{"true true", "true false", "false true"} {
		if scripts[s] < 200 {
			t.Errorf("Latin, Devanagari %s: %d mentions", s, scripts[s])
		}
	}
	if len(stations) < 250 || late < 100 || corrected < 100 || sensitive < 50 || moved < 20 {
		t.Errorf("%d stations, %d late, %d corrected, %d sensitive, %d moved", len(stations), late, corrected, sensitive, moved)
	}
	for s := range stations {
		if _, ok := units.Default().Station(s); !ok {
			t.Errorf("station %s is not in the table of units", s)
		}
	}
}

func TestGenerateShares(t *testing.T) {
	near := func(what string, got, of int, want, tolerance float64) {
		t.Helper()
		if share := float64(got) / float64(of); math.Abs(share-want) > tolerance {
			t.Errorf("%s: %.3f of %d, want %.3f within %.3f", what, share, of, want, tolerance)
		}
	}
	var vehicles, home, odd, noEngine, noChassis, whole int
	var accused, drifted, alias, women, children int
	plates := map[string]string{} // -> chassis
	err := GenerateTruth(Options{Records: 60000, Seed: 5}, func(string, []byte) error { return nil }, func(m Truth) {
		switch {
		case m.Vehicle && m.Form == "IIF1" && m.Version == 1:
			vehicles++
			p := m.Registration
			switch {
			case isDigit(p[0]) || isDigit(p[1]) || len(p) > 3 && !isDigit(p[2]) || strings.HasPrefix(p, "HR99"):
				odd++
			case p[:2] == "HR":
				home++
			}
			if m.WrittenEngine == "" {
				noEngine++
			}
			if m.WrittenChassis == "" {
				noChassis++
			}
			if m.WrittenRegistration == p {
				whole++
			}
			if was, ok := plates[p]; ok && was != m.Chassis {
				t.Fatalf("plate drawn twice has two chassis numbers")
			}
			plates[p] = m.Chassis
		case !m.Vehicle && m.Role == "accused":
			accused++
			if len(m.Drift) > 0 {
				drifted++
			}
			if m.Alias != "" {
				alias++
			}
			if m.Gender == "F" {
				women++
			}
			if m.Child {
				children++
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	near("Haryana", home, vehicles, 0.60, 0.02)
	near("other kinds of number", odd, vehicles, 0.05, 0.01)
	near("blank engine", noEngine, vehicles, 0.19, 0.015)
	near("blank chassis", noChassis, vehicles, 0.11, 0.015)
	near("plates closed up", whole, vehicles, 0.67, 0.05)
	near("drift", drifted, accused, DefaultDrift, 0.02)
	near("alias", alias, accused, 0.15, 0.02)
	near("women among the accused", women, accused, 0.08, 0.03)
	near("children among the accused", children, accused, 0.015, 0.008)
	near("plates that come once", len(plates), vehicles, 0.95, 0.045)
}

func TestTruthIsWhatIsWritten(t *testing.T) {
	var told []Truth
	tell := func(m Truth) { told = append(told, m) }
	emit := func(fir string, value []byte) error {
		form, err := iif.Parse([]byte(fir), value)
		if err != nil {
			return err
		}
		if len(told) != len(form.Persons)+len(form.Vehicles) {
			t.Fatalf("%s: %d truths told of %d persons and %d vehicles", form.FormID, len(told), len(form.Persons), len(form.Vehicles))
		}
		for i, p := range form.Persons {
			if m := told[i]; m.Ref != p.Ref || m.Written != p.Name || m.WrittenHi != p.NameHi || m.FIR != fir || m.Form != form.Form {
				t.Fatalf("told %+v of %+v", m, p)
			}
		}
		for i, v := range form.Vehicles {
			m := told[len(form.Persons)+i]
			if m.Ref != v.Ref || m.WrittenRegistration != v.Registration || m.WrittenChassis != v.Chassis || m.WrittenEngine != v.Engine {
				t.Fatalf("told %+v of %+v", m, v)
			}
		}
		told = told[:0]
		return nil
	}
	if err := GenerateTruth(Options{Records: 3000, Seed: 6}, emit, tell); err != nil {
		t.Fatal(err)
	}
	// Without drift every name is written as the person spells it, but for honorifics and aliases.
	clean := func(m Truth) {
		if !m.Vehicle && m.Written != "" && !strings.Contains(m.Written, m.Name) && !strings.Contains(m.Written, m.NameHi) {
			t.Errorf("%q is written %q", m.Name, m.Written)
		}
	}
	if err := GenerateTruth(Options{Records: 3000, Seed: 6, Drift: -1}, func(string, []byte) error { return nil }, clean); err != nil {
		t.Fatal(err)
	}
}

func TestDamageName(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := func(name string) {
		t.Helper()
		causes := map[string]bool{}
		for range 300 {
			out, cause := DamageName(r, name)
			if out == name || cause == "" || strings.TrimSpace(out) == "" {
				t.Fatalf("%q became %q by %q", name, out, cause)
			}
			causes[cause] = true
		}
		if len(causes) < 3 {
			t.Errorf("%q is damaged by %v only", name, causes)
		}
	}
	f("Rajender Singh Malik")
	f("Virender")
	f("Mohammad Akram")
	f("राजेंद्र सिंह")
	f("सुनीता देवी")
	for _, none := range []string{"", " ", "K"} {
		if out, cause := DamageName(r, none); out != none || cause != "" {
			t.Errorf("%q became %q by %q", none, out, cause)
		}
	}
}

func TestDamagePlateByItsCauses(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	causes := map[string]int{}
	const n = 40000
	for range n {
		out, cause := DamagePlate(r, "HR26DK8337")
		if out == "HR26DK8337" {
			t.Fatal("the plate came back whole")
		}
		causes[cause]++
	}
	f := func(cause string, want float64) {
		t.Helper()
		if got := float64(causes[cause]) / n; math.Abs(got-want) > 0.05 {
			t.Errorf("%s: %.3f, want about %.2f", cause, got, want)
		}
	}
	f("look-alike", 0.45)
	f("missing tail", 0.25)
	f("unlike", 0.12)
	f("missing middle", 0.08)
	f("several in a row", 0.04)
	f("other", 0.06)
	if out, cause := DamagePlate(r, "HR2"); out != "HR2" || cause != "" {
		t.Errorf("a short one became %q by %q", out, cause)
	}
}

func TestTables(t *testing.T) {
	f := func(name string, atLeast int, latin, hindi int) {
		t.Helper()
		rows := table(name)
		distinct := map[string]bool{}
		for _, row := range rows {
			if strings.ContainsAny(strings.Join(row, ""), "\"\\") || slices.Contains(row[:latin], "") {
				t.Errorf("%s: %q", name, row)
			}
			distinct[row[latin]] = true
			if hindi > 0 && strings.ContainsFunc(row[hindi], func(r rune) bool { return !unicode.Is(unicode.Devanagari, r) && r != ' ' }) {
				t.Errorf("%s: %q is not Devanagari", name, row[hindi])
			}
			if hindi > 0 && strings.ContainsFunc(row[latin], func(r rune) bool { return r > unicode.MaxASCII }) {
				t.Errorf("%s: %q is not Latin", name, row[latin])
			}
		}
		if len(distinct) < atLeast {
			t.Errorf("%s: %d names, want %d", name, len(distinct), atLeast)
		}
	}
	f("first", 400, 3, 4)
	f("last", 250, 2, 3)
	f("nick", 50, 2, 3)
	f("places", 300, 2, 3)
	f("vehicles", 50, 2, 0)
	f("crimes", 30, 0, 0)
	for _, d := range genTables().districts {
		if len(units.Default().FindDistricts(d.name)) != 1 || d.hindi == "" || len(d.village) < 5 || len(d.stations) == 0 {
			t.Errorf("district %q has %d villages and %d stations", d.name, len(d.village), len(d.stations))
		}
	}
}

func FuzzDamage(f *testing.F) {
	for _, s := range []string{"Ram Kumar", "राम", "HR26DK8337", "\xff\xfe a", "  "} {
		f.Add(s, uint64(1))
	}
	f.Fuzz(func(t *testing.T, s string, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		if out, cause := DamageName(r, s); cause == "" && out != s {
			t.Errorf("%q became %q without a cause", s, out)
		}
		if out, cause := DamagePlate(r, s); (cause == "") != (out == s) {
			t.Errorf("%q became %q by %q", s, out, cause)
		}
	})
}

func BenchmarkGenerate(b *testing.B) {
	run := func(name string, o Options) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			forms, size := 0, 0
			for b.Loop() {
				err := Generate(o, func(_ string, value []byte) error {
					forms++
					size += len(value)
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(forms)/b.Elapsed().Seconds(), "forms/s")
			b.ReportMetric(float64(size)/float64(forms), "bytes/form")
		})
	}
	run("cases", Options{Records: 100000, Seed: 1})
	run("single", Options{Records: 100000, Seed: 1, SingleForm: true})
}

func ExampleGenerate() {
	var out bytes.Buffer
	_ = Generate(Options{Records: 1, Seed: 1, SingleForm: true}, func(fir string, value []byte) error {
		form, err := iif.Parse([]byte(fir), value)
		fmt.Fprintln(&out, form.Form, form.Version, err)
		return nil
	})
	fmt.Print(out.String())
	// Output: IIF1 1 <nil>
}
