package plate

import (
	"maps"
	"slices"
)

// makers are the world manufacturer identifiers (first three characters of a chassis number) common on Indian roads,
// with I written 1 and O written 0 as Number does. Source: domain.md section 6 and the public SAE lists (general
// knowledge, not checked again).
var makers = map[string]string{
	"MA1": "Mahindra", "MA3": "Maruti", "MA6": "General Motors", "MA7": "Mitsubishi", "MAJ": "Ford", "MAK": "Honda",
	"MAL": "Hyundai", "MAT": "Tata", "MB1": "Ashok Leyland", "MB8": "Suzuki", "MBH": "Suzuki", "MBJ": "Toyota",
	"MBK": "MAN", "MBL": "Hero", "MBR": "Mercedes-Benz", "MBX": "Piaggio", "MC1": "Force", "MC2": "Eicher",
	"MD2": "Bajaj", "MD6": "TVS", "MD9": "Electric", "MDH": "Nissan", "ME1": "Yamaha", "ME3": "Royal Enfield",
	"ME4": "Honda", "MEC": "Daimler", "MEE": "Renault", "MEX": "Volkswagen", "MZ7": "MG", "MZB": "Kia",
}

// Makers are the names that DecodeVIN gives.
func Makers() []string { return slices.Sorted(maps.Values(makers)) }

// VINLen is the length of a chassis number by ISO 3779.
const VINLen = 17

// IsVIN tells whether a text has the form of a chassis number: seventeen characters, of a maker that is known.
func IsVIN(s string) bool {
	maker, _, _ := DecodeVIN(Number(s))
	return maker != ""
}

// yearCodes are the characters of the tenth place from 2010 on, in order; before 2010 the cycle of thirty years ran
// from A for 1980, with digits 1 to 9 for 2001 to 2009.
const yearCodes = "ABCDEFGHJKLMNPRSTVWXY"

// DecodeVIN gives maker and model year of a canonical chassis number of 17 characters; ok is false for any other string
// and for one that tells neither. Either may be absent: "" or 0. A letter is read as 2010 to 2030, a digit as 2001 to
// 2009. Indian makers are not bound to the tenth place, so a year that contradicts a record is a remark, no proof.
func DecodeVIN(canonical string) (maker string, year int, ok bool) {
	if len(canonical) != VINLen {
		return "", 0, false
	}
	maker = makers[canonical[:3]]
	c := canonical[9]
	switch {
	case c >= '1' && c <= '9':
		year = 2000 + int(c-'0')
	case IsLetter(c):
		for i := 0; i < len(yearCodes); i++ {
			if yearCodes[i] == c {
				year = 2010 + i
			}
		}
	}
	return maker, year, maker != "" || year != 0
}
