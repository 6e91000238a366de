package plate

import "strings"

// numberLabels stand before a chassis or engine number in records and are no part of it.
var numberLabels = []string{
	"CHASSISNUMBER", "CHASSISNO", "CHASISNO", "CHASSIS", "CHASSNO", "CHNO", "ENGINENUMBER", "ENGINENO", "ENGINE", "ENGNO",
	"VINNUMBER", "VINNO", "VIN",
}

// nothings are what is written where there is no number.
var nothings = map[string]bool{
	"NA": true, "NIL": true, "NILL": true, "NONE": true, "NULL": true, "NO": true, "NOT": true, "UNKNOWN": true,
	"NOTKNOWN": true, "NOTAVAILABLE": true, "NOTMENTIONED": true, "NOTLEGIBLE": true, "ILLEGIBLE": true, "NOTREADABLE": true,
	"NOTFOUND": true, "NOTVISIBLE": true, "TAMPERED": true, "TEMPERED": true, "ERASED": true, "DEFACED": true,
}

// Number is the canonical form of a chassis or engine number: A-Z and 0-9, I written 1, O and Q written 0, for they are
// never valid in a VIN and never told apart elsewhere. Labels such as "CH NO" are dropped, a star or ? for a character
// that cannot be read stays as ?. It is "" if nothing is left (NA, NIL, stars alone).
func Number(s string) string {
	n := strings.ReplaceAll(foldNumber(s, "?*"), "*", "?")
	if strings.Trim(n, "?") == "" || strings.Trim(n, "0") == "" {
		return ""
	}
	return n
}

// foldNumber folds s as a chassis or engine number, keeping the bytes of keep.
func foldNumber(s, keep string) string { return asNumber(fold(s, keep)) }

func asNumber(n string) string {
	for _, label := range numberLabels {
		if rest, ok := strings.CutPrefix(n, label); ok && len(rest) >= 4 {
			n = rest
			break
		}
	}
	if nothings[n] {
		return ""
	}
	return strings.Map(foldNumberLetter, n)
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
