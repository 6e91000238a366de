package plate

import "strings"

// Number is the canonical form of a chassis or engine number: A-Z and 0-9, I written 1, O and Q written 0, for they are
// never valid in a VIN and never told apart elsewhere. Labels such as "CH NO" and marks at its ends are dropped
// (labels.go); a star or ? for a character that cannot be read stays as ?. It is "" if nothing is left (stars or zeros
// alone).
func Number(s string) string {
	n := strings.ReplaceAll(foldNumber(s, true), "*", "?")
	if strings.Trim(n, "?") == "" || strings.Trim(n, "0") == "" {
		return ""
	}
	return n
}

func foldNumberLetter(r rune) rune {
	switch r {
	case 'I':
		return '1'
	case 'O', 'Q':
		return '0'
	}
	return r
}
