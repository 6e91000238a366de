package bench

import (
	"hash/maphash"
	"slices"

	"anvesh/query/plate"
)

// flatPlates is every distinct registration that is held, for scans that owe nothing to the index that they judge.
type flatPlates struct {
	text   []byte // flatWidth bytes each, filled up with 0
	masks  []uint64
	hashes []uint64 // sorted
	seed   maphash.Seed
}

const flatWidth = 16

func newFlatPlates(x *plate.Index) *flatPlates {
	f := &flatPlates{seed: maphash.MakeSeed()}
	for ord := range uint32(x.Len()) {
		key := x.Key(ord)
		if len(key) > flatWidth || x.Bearers(ord) == 0 {
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
