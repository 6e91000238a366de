package bench

import (
	"strings"

	"anvesh/query"
	"anvesh/query/plate"
)

// A realPlate is a row of a file: a registration, and what a plate reader made of it, "" where it was not read.
type realPlate struct{ plate, read string }

func readRealPlates(file string) ([]realPlate, error) {
	rows, err := readTable(file, "plate", "ocr_read")
	var out []realPlate
	for _, r := range rows {
		if canonical(r[0]) != "" {
			out = append(out, realPlate{r[0], r[1]})
		}
	}
	return out, err
}

// RealFound is what real misreadings found: Recoverable are those with at least one edit in at most three
// of ten characters, Common those of the rest whose longest common subsequence with the plate is five or more.
type RealFound struct {
	Recoverable Found `json:"recoverable"`
	Common      Found `json:"five_in_common"`
	Timing
}

// recoverableMost is the most edits of a reading that counts as recoverable, by characters of the plate.
const recoverableMost = .3

// real asks for the plates of the file by what was read.
func (v *vehicles) real() error {
	var asked []askedPlate
	for _, r := range v.rows {
		key, read := canonical(r.plate), strings.ToUpper(r.read)
		p, err := plate.ParsePattern(read)
		if err != nil || p.Fixed() < 3 || read == r.plate {
			continue
		}
		kind := ""
		switch {
		case float64(plainDistance(r.plate, read)) <= recoverableMost*float64(len(r.plate)):
			kind = "recoverable"
		case commonPart(r.plate, read) >= 5:
			kind = "common"
		default:
			continue
		}
		asked = append(asked, askedPlate{ask: request(read), right: byPlate(key), cause: kind})
	}
	if len(asked) == 0 {
		return nil
	}
	var f founds
	t, err := v.search(asked, func(a *askedPlate, _ *query.Answer, rank float64) { f.add(rank, a.cause) })
	found := f.byName()
	v.report.Real = &RealFound{Recoverable: found["recoverable"], Common: found["common"], Timing: t.Timing}
	return err
}

// commonPart is the length of the longest common subsequence.
func commonPart(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range len(a) {
		corner := 0
		for j := range len(b) {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = corner + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			corner = above
		}
	}
	return row[len(b)]
}
