package bench

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"anvesh/bench/madeup"
	"anvesh/indexer/iif"
)

// TestElder: updates of another seed become cases of their own, of years that the generator does not play, and stay valid.
func TestElder(t *testing.T) {
	held, years := map[string]bool{}, map[string]bool{}
	keep := func(fir string, _ []byte) error { held[fir] = true; return nil }
	if err := madeup.Generate(madeup.Options{Records: 2000, Seed: 1, SingleForm: true}, keep); err != nil {
		t.Fatal(err)
	}
	same := 0
	err := madeup.Generate(madeup.Options{Records: 2000, Seed: 8, SingleForm: true}, func(fir string, value []byte) error {
		own := elder(fir)
		years[own[8:10]] = true
		if held[fir] {
			same++
		}
		if held[own] {
			t.Errorf("%s became %s, which is held", fir, own)
		}
		_, err := iif.Parse([]byte(own), bytes.ReplaceAll(value, []byte(fir), []byte(own)))
		return err
	})
	if err != nil || len(years) != 11 {
		t.Errorf("%d years, %v", len(years), err)
	}
	if same == 0 {
		t.Error("no number is that of a held case: elder is not needed")
	}
}

// TestExponents: all points have a say, not the first and the last alone.
func TestExponents(t *testing.T) {
	got := exponents([]GrowthPoint{{1000, 10, 10, 10}, {10_000, 20, 20, 10}, {100_000, 20, 40, 10}, {1_000_000, 40, 80, 10}})
	f := func(what string, want float64) {
		if math.Abs(got[what]-want) > .001 {
			t.Errorf("%s: %.4f, want %.4f", what, got[what], want)
		}
	}
	f("update", .1806) // the ends alone give .2007
	f("person", .3010) // twice for ten times as much
	f("vehicle", 0)
	if exponents([]GrowthPoint{{1000, 1, 1, 1}}) != nil {
		t.Error("one point has a slope")
	}
}

// TestMixIsAsPromised counts what the open loop sends.
func TestMixIsAsPromised(t *testing.T) {
	m := &measurement{o: ReportOptions{Records: 2000, Sample: 200, Seed: 3}}
	held, other, err := m.samples()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for i := range held.vehicles {
		known[canonical(held.vehicles[i].WrittenRegistration)] = true
	}
	n := map[string]float64{}
	const size = 20_000
	for _, r := range mixed(rand.New(rand.NewPCG(1, 2)), held, other, size) {
		var q struct {
			Name, Relative, Registration string
			BirthYear                    int `json:"birth_year"`
		}
		if err := json.Unmarshal(r.Body, &q); err != nil {
			t.Fatal(err)
		}
		switch {
		case r.Path == "/v1/vehicles/search":
			n["vehicles"]++
			if known[q.Registration] {
				n["whole and held"]++
			}
		case q.BirthYear != 0:
			n["with year"]++
		case strings.ContainsFunc(q.Name, func(c rune) bool { return unicode.Is(unicode.Devanagari, c) }):
			n["Devanagari"]++
		}
	}
	for what, want := range map[string]float64{"vehicles": .4, "with year": .3, "Devanagari": .06, "whole and held": .4 * .5 * .7} {
		if got := n[what] / size; got < want*.9 || got > want*1.1 {
			t.Errorf("%s: %.3f of all searches, want about %.3f", what, got, want)
		}
	}
}

// TestEveryKindAsks draws each kind of search: one for each record of the sample, of one thing, with a right answer or none.
func TestEveryKindAsks(t *testing.T) {
	m := &measurement{o: ReportOptions{Records: 2000, Sample: 50, Seed: 3}}
	held, other, err := m.samples()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range kinds {
		asks := k.asks(rand.New(rand.NewPCG(1, 2)), held, other)
		if len(asks) != 50 || slices.Contains(names, k.name) {
			t.Errorf("%s: %d searches, or named twice", k.name, len(asks))
		}
		names = append(names, k.name)
		for _, a := range asks {
			if (a.right == nil) != k.absent || (a.person == nil) == (a.vehicle == nil) {
				t.Errorf("%s: %+v", k.name, a)
			}
		}
	}
}
