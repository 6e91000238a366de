package plate

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"anvesh/query/plate/platetest"
)

func TestCompare(t *testing.T) {
	f := func(query, stored, grade string, edits int, causes string) {
		t.Helper()
		a := Compare(query, stored)
		var got []string
		for _, p := range a.Parts {
			got = append(got, p.Query+">"+p.Found+" "+p.Cause)
		}
		if a.Grade != grade || a.Edits != edits || causes != "*" && strings.Join(got, ", ") != causes || a.Equal != (grade == GradeExact) {
			t.Errorf("Compare(%q, %q) = %s, %d edits, cost %.1f, %q", query, stored, a.Grade, a.Edits, a.Cost, got)
		}
	}
	f("hr 26 dk 8337", "HR26DK8337", GradeExact, 0, "")
	f("HR6DK37", "HR06DK0037", GradeExact, 0, "")
	f("HR26OK8337", "HR26DK8337", GradeFolded, 1, "O>D look-alike")
	f("HR26DK833", "HR26DK8337", GradePartial, 1, ">7 missing tail")
	f("HR26DK83", "HR26DK8337", GradePartial, 2, ">37 missing tail")
	f("HR26DK83371", "HR26DK8337", GradeSpelling, 1, "1> extra tail")
	f("HR26DK837", "HR26DK8337", GradeSpelling, 1, ">3 missing middle")
	f("HR26DK8937", "HR26DK8337", GradeSpelling, 1, "9>3 unlike")
	f("HR26KD8337", "HR26DK8337", GradeSpelling, 1, "KD>DK transposed")
	f("HR26DDK8337", "HR26DK8337", GradeSpelling, 1, "D> repeated")
	f("26DK8337", "HR26DK8337", GradePartial, 2, ">HR missing state")
	f("HR268337", "HR26DK8337", GradePartial, 2, ">DK missing series")
	f("26DA0471HR", "HR26DA0471", GradeOrder, 4, "26DA0471HR>HR26DA0471 two lines")
	f("INDBX7197KL07", "KL07BX7197", GradeOrder, 8, "BX7197KL07>KL07BX7197 two lines")
	f("8337", "HR26DK8337", GradePartial, 6, ">HR26DK missing head")
	f("HR26??8337", "HR26DK8337", GradePartial, 0, "")
	f("*8337", "HR26DK8337", GradePartial, 0, "")
	f("HR26DK1297", "HR26DK8337", GradeSpelling, 3, "129>833 several in a row")
	f("UP14BT2211", "HR26DK8337", GradeContradicts, 10, "*")
	f("HR26DK8337", "", GradeMissing, 10, "")
	f("MA3EYD81SOOI23456", "MA3EYD81S00123456", GradeExact, 0, "")
	f("00123456", "MA3EYD81S00123456", GradePartial, 9, ">MA3EYD81S missing head")
	f("ZZTPX99WK", "MA3EYD81S00123456", GradeContradicts, 17, "*")
	f("MA3EYD81S0012345G", "MA3EYD81S0012345?", GradePartial, 1, "G>? unreadable")
}

func TestCompareLaws(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 5000 {
		stored := platetest.Plate(rng, false)
		read := platetest.Edited(rng, stored, rng.IntN(5))
		a := Compare(read, stored)
		if a.Likeness < 0 || a.Likeness > 1 || a.Cost < 0 || math.IsNaN(a.Cost) || a.Equal != (a.Likeness == 1) {
			t.Fatalf("Compare(%q, %q) = %+v", read, stored, a)
		}
		if !a.Equal && read != "" && len(a.Parts) == 0 {
			t.Fatalf("Compare(%q, %q) does not say what differs: %+v", read, stored, a)
		}
		if self := Compare(stored, stored); !self.Equal || self.Cost != 0 || self.Edits != 0 {
			t.Fatalf("%q is not equal to itself: %+v", stored, self)
		}
	}
}

func TestMisread(t *testing.T) {
	rng, again := rand.New(rand.NewPCG(5, 5)), rand.New(rand.NewPCG(5, 5))
	counts := map[string]int{}
	const n = 20000
	for i := range n {
		plate := platetest.Plate(rand.New(rand.NewPCG(uint64(i), 1)), false)
		read, cause, edits := Misread(rng, plate)
		if r, c, e := Misread(again, plate); r != read || c != cause || e != edits {
			t.Fatalf("the same seed reads %q as %q and %q", plate, read, r)
		}
		if read == plate || edits != platetest.Distance(read, plate) || edits == 0 {
			t.Fatalf("%q read as %q: %s, %d edits", plate, read, cause, edits)
		}
		counts[cause]++
	}
	f := func(cause string, share float64) {
		t.Helper()
		if got := float64(counts[cause]) / n; math.Abs(got-share) > .02 {
			t.Errorf("%s makes %.3f of the misreadings, want %.3f", cause, got, share)
		}
	}
	f("look-alike", .45)
	f("missing tail", .25)
	f("unlike", .12)
	f("missing middle", .08)
	f("several in a row", .04)
	f("transposed", .012)
}

func TestSharesAreWhole(t *testing.T) {
	sum := 0.
	for _, s := range shares {
		sum += s.share
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("shares add up to %v", sum)
	}
	for s, list := range lookAlikes {
		for _, c := range list {
			if c.chance <= 0 || c.read == Symbols[s] || codes[c.read] >= OpenCode {
				t.Errorf("%c is read as %c with chance %v", Symbols[s], c.read, c.chance)
			}
		}
		if len(list) == 0 {
			t.Errorf("%c has no confusions", Symbols[s])
		}
	}
}

// TestLayout: only registrations of the current form have parts that can be lost by themselves.
func TestLayout(t *testing.T) {
	for s, want := range map[string]Layout{
		"HR26DK8337": {state: 2, office: 4, series: 6}, "HR268337": {state: 2, office: 4, series: 4}, "DL03CAB1234": {state: 2, office: 4, series: 7},
		"HR26837": {}, "QZ26DK8337": {}, "HRA6DK8337": {}, "HR2ADK8337": {}, "HR26DK833A": {}, "HR26D18337": {}, "": {},
	} {
		if got := LayoutOf(s); got != want {
			t.Errorf("LayoutOf(%q) = %+v, want %+v", s, got, want)
		}
	}
}

// TestCosts: the accessors give what an alignment costs by.
func TestCosts(t *testing.T) {
	var g Grid
	l := LayoutOf("HR26DK8337")
	for read, want := range map[string]float32{
		"HR26DK833": TailCost(1), "HR26DK83": TailCost(2), "HR26DK83379": ExtraTailCost(1), "XHR26DK8337": ExtraHeadCost(1), "HR26DK837": CauseMiddle.Cost(),
		"HR26KD8337": CauseSwap.Cost(), "HR26DDK8337": CauseRepeat.Cost(), "26DK8337": CauseState.Cost(), "DK8337": CauseHead.Cost(), "HR268337": CauseSeries.Cost(),
		"HR26OK8337": SwapCost(Code('D'), Code('O')), "HR26DK1297": RowStart(Code('8'), Code('1')) + RowCost(Code('3'), Code('2')) + RowCost(Code('3'), Code('9')) + costRowOn,
	} {
		if got := g.Cost(read, "HR26DK8337", l); max(got-want, want-got) > 1e-4 {
			t.Errorf("%s costs %v, want %v", read, got, want)
		}
	}
	for _, c := range []byte("01BD") {
		for _, stored := range []byte(TakenFor(c)) {
			if !isLookAlike(stored, c) {
				t.Errorf("%c is not read as %c", stored, c)
			}
		}
	}
}

// TestEndOnRecord: a whole chassis number agrees with a record that keeps its end alone, at the price of asking by the end, and with
// no other end.
func TestEndOnRecord(t *testing.T) {
	const whole = "MA3ERLF1S00723951"
	for _, end := range []string{"23951", "723951", "00723951"} {
		a, turned := CompareNumber(whole, end), CompareNumber(end, whole)
		if a.Grade != GradePartial || a.Equal || math.Abs(a.Cost-turned.Cost) > .01 || len(a.Parts) != 1 || a.Parts[0].Query+end != whole {
			t.Errorf("%s on record: %+v, asked by it %+v", end, a, turned)
		}
	}
	for _, other := range []string{"723952", "3951", "MA3ERLF", "72395"} {
		if a := CompareNumber(whole, other); a.Grade != GradeContradicts {
			t.Errorf("%s on record: %+v", other, a)
		}
	}
}
