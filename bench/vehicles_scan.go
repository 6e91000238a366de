package bench

import (
	"hash/maphash"
	"math/rand/v2"
	"slices"

	"anvesh/query"
	"anvesh/query/numbers"
	"anvesh/query/plate"
)

// Completeness is what searches found of all that a scan finds within their edits.
type Completeness struct {
	Searches int `json:"searches"`
	Held1    int `json:"held_within_1"` // by the scan
	Found1   int `json:"found_within_1"`
	Held2    int `json:"held_within_2"`
	Found2   int `json:"found_within_2"`
}

// scan compares what searches find with scans of all registrations: completeness by plain edits with a scan that shares
// no code with the index, ranks with one by the same costs.
func (v *vehicles) scan() error {
	rng := rand.New(rand.NewPCG(v.o.Seed, saltFacts))
	for range v.o.Scan {
		key := canonical(v.some(rng).Registration)
		for edits := 1; edits <= 2; edits++ {
			v.compareEdits(editPlain(rng, key, edits), edits)
		}
	}
	c := &v.report.Complete
	v.report.Complete1, v.report.Complete2 = shareOf(c.Found1, c.Held1), shareOf(c.Found2, c.Held2)
	return v.compareRanks(rng)
}

func shareOf(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// compareEdits asks the index as the engine does.
func (v *vehicles) compareEdits(read string, edits int) {
	p, err := plate.ParsePattern(read)
	if err != nil {
		return
	}
	found := map[string]bool{}
	matches, _, _, _ := v.plates.SearchMass(nil, p, query.NumberSearch)
	for _, m := range matches {
		found[v.plates.Key(m.Ord)] = true
	}
	c := &v.report.Complete
	c.Searches++
	for _, key := range v.all.within(p.String(), edits) {
		held, got := &c.Held1, &c.Found1
		if edits == 2 {
			held, got = &c.Held2, &c.Found2
		}
		*held++
		if found[key] {
			*got++
		}
	}
}

// compareRanks compares how often the right plate is first, and among ties drawn by lot, with a scan by the same costs.
func (v *vehicles) compareRanks(rng *rand.Rand) error {
	var asked []askedPlate
	var best float64
	for range v.o.Scan {
		key := canonical(v.some(rng).Registration)
		read, _, _ := plate.Misread(rng, key)
		p, err := plate.ParsePattern(read)
		if err != nil || p.Fixed() < leastAsked {
			continue
		}
		asked = append(asked, askedPlate{ask: request(read), right: byPlate(key)})
		best += firstOf(v.plates, v.plates.Scan(p, 100), key)
	}
	var first float64
	_, err := v.search(asked, func(a *askedPlate, answer *query.Answer, _ float64) { first += firstHit(answer, a.right) })
	if v.report.Scanned = len(asked); best > 0 {
		v.report.Rank1OfBest = first / best
	}
	return err
}

// firstOf is 1 if the plate is the cheapest, a part of that if others are as cheap.
func firstOf(x *numbers.PlateIndex, matches []numbers.Match, key string) float64 {
	ties, right := 0., 0.
	for _, m := range matches {
		if m.Cost > matches[0].Cost+1e-3 {
			break
		}
		if ties++; x.Key(m.Ord) == key {
			right = 1
		}
	}
	return right / max(ties, 1)
}

// firstHit is firstOf for an answer.
func firstHit(a *query.Answer, right func(*query.Hit) bool) float64 {
	plates, found := map[string]bool{}, 0.
	for i := range a.Hits {
		h := &a.Hits[i]
		if h.Score < a.Hits[0].Score || h.Class != a.Hits[0].Class {
			break
		}
		if plates[canonical(h.Record.Registration)] = true; right(h) {
			found = 1
		}
	}
	return found / max(float64(len(plates)), 1)
}

// flatPlates is every distinct registration that is held, for scans that owe nothing to the index that they judge.
type flatPlates struct {
	text   []byte // flatWidth bytes each, filled up with 0
	masks  []uint64
	hashes []uint64 // sorted
	seed   maphash.Seed
}

const flatWidth = 16

func newFlatPlates(x *numbers.PlateIndex) *flatPlates {
	f := &flatPlates{seed: maphash.MakeSeed()}
	for ord := range uint32(x.Len()) {
		key := x.Key(ord)
		if len(key) > flatWidth || !x.Alive(ord) {
			continue
		}
		var b [flatWidth]byte
		copy(b[:], key)
		f.text = append(f.text, b[:]...)
		f.masks = append(f.masks, symbolsOf(key))
		f.hashes = append(f.hashes, maphash.String(f.seed, key))
	}
	slices.Sort(f.hashes)
	return f
}

func (f *flatPlates) holds(key string) bool {
	_, ok := slices.BinarySearch(f.hashes, maphash.String(f.seed, key))
	return ok
}

// symbolsOf has a bit for each byte in s, modulo 64.
func symbolsOf(s string) uint64 {
	m := uint64(0)
	for i := range len(s) {
		m |= 1 << (s[i] & 63)
	}
	return m
}

// within gives the registrations within so many plain edits (insertion, deletion, substitution, transposition of
// neighbours) of text.
func (f *flatPlates) within(text string, edits int) []string {
	var found []string
	mask := symbolsOf(text)
	for i, m := range f.masks {
		if apart(m, mask) > edits || apart(mask, m) > edits {
			continue
		}
		b := f.text[i*flatWidth : (i+1)*flatWidth]
		n := flatWidth
		for n > 0 && b[n-1] == 0 {
			n--
		}
		if n-len(text) <= edits && len(text)-n <= edits && plainDistance(string(b[:n]), text) <= edits {
			found = append(found, string(b[:n]))
		}
	}
	return found
}

func apart(a, b uint64) int {
	n := 0
	for x := a &^ b; x != 0; x &= x - 1 {
		n++
	}
	return n
}

// plainDistance is the restricted Damerau-Levenshtein distance by the textbook.
func plainDistance(a, b string) int {
	var rows [3][40]int
	if len(b) >= 40 {
		return len(b)
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	two, one, row := &rows[2], &rows[0], &rows[1]
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			d := one[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, one[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, two[j-2]+1)
			}
			row[j] = d
		}
		two, one, row = one, row, two
	}
	return one[len(b)]
}
