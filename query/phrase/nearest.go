package phrase

import "strings"

// Nearest returns the name among names that s was most likely meant to be, or "" where none is near: one that s begins,
// or one of which at most a third differs. Upper case, spaces, hyphens and points do not count.
func Nearest(s string, names []string) string {
	s = Plain(s)
	best, bestAt := "", len(s)/3+1
	if len(s) > 40 {
		return ""
	}
	for _, name := range names {
		d := distance(s, Plain(name))
		if len(s) >= 3 && strings.HasPrefix(Plain(name), s) {
			d = min(d, 1)
		}
		if d < bestAt {
			best, bestAt = name, d
		}
	}
	return best
}

// Plain drops what does not tell two names of fields apart: case, spaces, points, hyphens and underscores.
func Plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-_\t\u00a0\ufeff", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance is the number of bytes to insert, delete, replace or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := last[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// DidYouMean asks whether the nearest of the choices was meant; "" where none is near.
func DidYouMean(value string, choices []string) string {
	if near := Nearest(value, choices); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
