package plate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// someSymbol is any character of numbers.
func someSymbol(rng *rand.Rand) byte { return symbols[rng.IntN(len(symbols))] }

func letters(rng *rand.Rand, n int) string {
	const seriesLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	b := make([]byte, n)
	for i := range b {
		b[i] = seriesLetters[rng.IntN(len(seriesLetters))]
	}
	return string(b)
}

// somePlate makes up a canonical registration of any format; dense ones share few heads.
func somePlate(rng *rand.Rand, dense bool) string {
	number := rng.IntN(9999) + 1
	if dense {
		number = rng.IntN(300) + 1
		return fmt.Sprintf("HR%02d%s%04d", 26+rng.IntN(2), []string{"A", "AB", "BA", "B", "ABC", ""}[rng.IntN(6)], number)
	}
	switch rng.IntN(12) {
	case 0:
		return fmt.Sprintf("%02dBH%04d%s", 21+rng.IntN(4), number, letters(rng, 1+rng.IntN(2)))
	case 1:
		return fmt.Sprintf("HRVA%s%04d", letters(rng, 2), number)
	case 2:
		return fmt.Sprintf("%d%s%04d", 1+rng.IntN(199), []string{"CD", "CC", "UN"}[rng.IntN(3)], number)
	case 3:
		return fmt.Sprintf("%02d%s%06d%s", rng.IntN(25), letters(rng, 1), rng.IntN(1000000), letters(rng, 1))
	case 4:
		return fmt.Sprintf("T%02d23HR%04d%s", 1+rng.IntN(12), number, letters(rng, rng.IntN(3)))
	case 5:
		return fmt.Sprintf("HR%02d%04dTC%04d", 1+rng.IntN(98), rng.IntN(50), number)
	case 6:
		return fmt.Sprintf("%s%s%04d", []string{"HR", "HY", "DL", "P"}[rng.IntN(4)], letters(rng, 1), number)
	case 7:
		return fmt.Sprintf("DL%02d%s%04d", 1+rng.IntN(14), letters(rng, 3), number)
	}
	return fmt.Sprintf("HR%02d%s%04d", 1+rng.IntN(99), letters(rng, rng.IntN(4)), number)
}

// edited applies n random plain edits; it may even keep or shorten at the ends, and swap characters with one between.
func edited(rng *rand.Rand, s string, n int) string {
	for range n {
		i := rng.IntN(len(s) + 1)
		c := string(rune(someSymbol(rng)))
		switch rng.IntN(5) {
		case 0:
			s = s[:i] + c + s[i:]
		case 1:
			if i < len(s) {
				s = s[:i] + s[i+1:]
			}
		case 2:
			if i < len(s) {
				s = s[:i] + c + s[i+1:]
			}
		case 3:
			if i+1 < len(s) {
				s = s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
			}
		case 4:
			if i+1 < len(s) {
				s = s[:i] + s[i+1:i+2] + c + s[i:i+1] + s[i+2:]
			}
		}
	}
	return s
}

// bruteDistance is the unrestricted Damerau-Levenshtein distance by the textbook, with maps, for the oracle.
func bruteDistance(a, b string) int {
	last := map[byte]int{}
	d := map[[2]int]int{{-1, -1}: len(a) + len(b)}
	for i := 0; i <= len(a); i++ {
		d[[2]int{i, -1}], d[[2]int{i, 0}] = len(a)+len(b), i
	}
	for j := 0; j <= len(b); j++ {
		d[[2]int{-1, j}], d[[2]int{0, j}] = len(a)+len(b), j
	}
	for i := 1; i <= len(a); i++ {
		match := 0
		for j := 1; j <= len(b); j++ {
			k, l, cost := last[b[j-1]], match, 1
			if a[i-1] == b[j-1] {
				cost, match = 0, j
			}
			d[[2]int{i, j}] = min(d[[2]int{i - 1, j - 1}]+cost, d[[2]int{i, j - 1}]+1, d[[2]int{i - 1, j}]+1,
				d[[2]int{k - 1, l - 1}]+(i-k-1)+1+(j-l-1))
		}
		last[a[i-1]] = i
	}
	return d[[2]int{len(a), len(b)}]
}

func TestDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		a := somePlate(rng, false)
		b := edited(rng, a, rng.IntN(5))
		if got, want := distance(a, b), bruteDistance(a, b); got != want {
			t.Fatalf("distance(%s, %s) = %d, want %d", a, b, got, want)
		}
		if len(a) <= 12 && len(b) <= 12 {
			if got, want := shortDistance([]byte(a), b), bruteDistance(a, b); got != want {
				t.Fatalf("shortDistance(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
}

// searcher is what both indexes offer to the oracle.
type searcher interface {
	Search(dst []Match, p Pattern, s Search) ([]Match, int, bool)
	Key(ord uint32) string
}

// checkComplete compares a search with a scan over all keys: whatever lies within edits of the text must be found,
// and with the edits of the scan.
func checkComplete(t *testing.T, x searcher, live map[string]int, text string, edits int) {
	t.Helper()
	p, err := ParsePattern(text)
	if err != nil {
		return
	}
	matches, total, complete := x.Search(nil, p, Search{Limit: 1 << 20, MaxEdits: edits, Budget: 1 << 30})
	if !complete || total < len(matches) {
		t.Fatalf("search %q: complete %v, total %d of %d", text, complete, total, len(matches))
	}
	found := map[string]Match{}
	for i, m := range matches {
		key := x.Key(m.Ord)
		if _, twice := found[key]; twice || live[key] == 0 {
			t.Fatalf("search %q: %s found twice or not held", text, key)
		}
		if i > 0 && matches[i-1].Cost > m.Cost {
			t.Fatalf("search %q: costs not ascending at %d", text, i)
		}
		found[key] = m
	}
	want := p.text
	if _, ok := x.(*NumberIndex); ok {
		want = p.number
		if isWild(want) || len(want) < shortNumber && isPart(live, want) {
			edits = min(edits, 1)
		}
	}
	for key, n := range live {
		if n == 0 || len(key)-len(want) > edits || len(want)-len(key) > edits || lacks(maskOf(key), maskOf(want)) > edits {
			continue
		}
		if d := distance(want, key); d <= edits {
			if m, ok := found[key]; !ok {
				t.Fatalf("search %q within %d: %s (%d edits) not found", text, edits, key, d)
			} else if int(m.Edits) > d {
				t.Fatalf("search %q: %s has %d edits, want %d", text, key, m.Edits, d)
			}
		}
	}
}

// isPart tells whether a held number holds the text, at least four characters, as a part.
func isPart(live map[string]int, text string) bool {
	for key, n := range live {
		if n > 0 && len(text) >= fragmentLen && lastPlace([]byte(key), text) >= 0 {
			return true
		}
	}
	return false
}

func TestSearchIsComplete(t *testing.T) {
	for _, dense := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(7, 7))
		x := NewIndex()
		live := map[string]int{}
		var keys []string
		for range 4000 {
			key := somePlate(rng, dense)
			x.Add(key)
			live[key]++
			keys = append(keys, key)
		}
		for range 800 {
			key := keys[rng.IntN(len(keys))]
			edits := rng.IntN(3)
			checkComplete(t, x, live, edited(rng, key, edits), edits)
			checkComplete(t, x, live, edited(rng, key, rng.IntN(4)), 2)
		}
	}
}

func TestSearchIsCompleteOnFewSymbols(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	x := NewIndex()
	live := map[string]int{}
	some := func(n int, from string) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = from[rng.IntN(len(from))]
		}
		return string(b)
	}
	for range 3000 {
		key := some(rng.IntN(9), "A1") + some(rng.IntN(5), "123")
		x.Add(key)
		live[key]++
	}
	for range 1500 {
		checkComplete(t, x, live, some(rng.IntN(6), "A1")+some(rng.IntN(7), "A123"), 1+rng.IntN(2))
	}
}

// someChassis makes up a chassis number: most share heads and have serial numbers close together.
func someChassis(rng *rand.Rand) string {
	switch rng.IntN(5) {
	case 0:
		b := make([]byte, 5+rng.IntN(12))
		for i := range b {
			b[i] = someSymbol(rng)
		}
		return Number(string(b))
	case 1:
		return Number(fmt.Sprintf("MA3EYD81S%08d", rng.IntN(3000)))
	case 2:
		return Number(fmt.Sprintf("%d", rng.IntN(100000)))
	case 3:
		return Number(fmt.Sprintf("MA3*YD8%d%s%06d", rng.IntN(4), letters(rng, 2), rng.IntN(3000)))
	}
	return Number(fmt.Sprintf("MBLHA%02d%s%06d", rng.IntN(20), letters(rng, 3), rng.IntN(999999)))
}

func TestNumberSearchIsComplete(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x := NewNumberIndex()
	live := map[string]int{}
	var keys []string
	for range 20000 {
		if key := someChassis(rng); key != "" {
			x.Add(key)
			live[key]++
			keys = append(keys, key)
		}
	}
	for range 250 {
		key := keys[rng.IntN(len(keys))]
		edits := rng.IntN(3)
		checkComplete(t, x, live, edited(rng, key, edits), edits)
	}
}

// TestPackedHolds compares the test by six bits with one character by character.
func TestPackedHolds(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 1))
	for range 20000 {
		s := make([]byte, rng.IntN(packedLen+1))
		for i := range s {
			s[i] = someSymbol(rng)
		}
		p, ok := pack(string(s))
		c := someSymbol(rng)
		if got, want := p.holds(everywhere(codes[c]+1)), bytes.IndexByte(s, c) >= 0; !ok || got != want {
			t.Fatalf("%s holds %c: %v, want %v", s, c, got, want)
		}
	}
}
