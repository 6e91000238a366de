// Package platetest makes up numbers for the tests of the rooms that read and find them, and counts edits by the textbook.
package platetest

import (
	"fmt"
	"math/rand/v2"
)

const symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Symbol is any character of numbers.
func Symbol(rng *rand.Rand) byte { return symbols[rng.IntN(len(symbols))] }

// Letters makes up a series.
func Letters(rng *rand.Rand, n int) string {
	const seriesLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	b := make([]byte, n)
	for i := range b {
		b[i] = seriesLetters[rng.IntN(len(seriesLetters))]
	}
	return string(b)
}

// Plate makes up a canonical registration of any format; dense ones share few heads.
func Plate(rng *rand.Rand, dense bool) string {
	number := rng.IntN(9999) + 1
	if dense {
		number = rng.IntN(300) + 1
		return fmt.Sprintf("HR%02d%s%04d", 26+rng.IntN(2), []string{"A", "AB", "BA", "B", "ABC", ""}[rng.IntN(6)], number)
	}
	switch rng.IntN(12) {
	case 0:
		return fmt.Sprintf("%02dBH%04d%s", 21+rng.IntN(4), number, Letters(rng, 1+rng.IntN(2)))
	case 1:
		return fmt.Sprintf("HRVA%s%04d", Letters(rng, 2), number)
	case 2:
		return fmt.Sprintf("%d%s%04d", 1+rng.IntN(199), []string{"CD", "CC", "UN"}[rng.IntN(3)], number)
	case 3:
		return fmt.Sprintf("%02d%s%06d%s", rng.IntN(25), Letters(rng, 1), rng.IntN(1000000), Letters(rng, 1))
	case 4:
		return fmt.Sprintf("T%02d23HR%04d%s", 1+rng.IntN(12), number, Letters(rng, rng.IntN(3)))
	case 5:
		return fmt.Sprintf("HR%02d%04dTC%04d", 1+rng.IntN(98), rng.IntN(50), number)
	case 6:
		return fmt.Sprintf("%s%s%04d", []string{"HR", "HY", "DL", "P"}[rng.IntN(4)], Letters(rng, 1), number)
	case 7:
		return fmt.Sprintf("DL%02d%s%04d", 1+rng.IntN(14), Letters(rng, 3), number)
	}
	return fmt.Sprintf("HR%02d%s%04d", 1+rng.IntN(99), Letters(rng, rng.IntN(4)), number)
}

// Edited applies n random plain edits; it may even keep or shorten at the ends, and swap characters with one between.
func Edited(rng *rand.Rand, s string, n int) string {
	for range n {
		i := rng.IntN(len(s) + 1)
		c := string(rune(Symbol(rng)))
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

// Distance is the unrestricted Damerau-Levenshtein distance by the textbook, with maps, for the oracle.
func Distance(a, b string) int {
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

// Dense is the i-th of a register of whole series: HR01A0001 to HR01A9999, then HR02A0001.
func Dense(i int) string {
	series := i / 9999 / 99
	name := string(rune('A' + series%8))
	if series >= 8 {
		name = string(rune('A'+series/8)) + name
	}
	return fmt.Sprintf("HR%02d%s%04d", i/9999%99+1, name, i%9999+1)
}
