package numbers

import (
	"bufio"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
)

// A realReading is one row of plates.tsv: a plate and what a plate reader made of it.
type realReading struct {
	plate, read string
	edits       int
	recoverable bool
}

// realReadings reads the folder that ANVESH_DATA names; without it the test is skipped.
func realReadings(t *testing.T) []realReading {
	f, err := os.Open(filepath.Join(os.Getenv("ANVESH_DATA"), "plates.tsv"))
	if err != nil {
		t.Skip("ANVESH_DATA names no folder with plates.tsv")
	}
	defer f.Close()
	var rows []realReading
	for lines := bufio.NewScanner(f); lines.Scan(); {
		field := strings.Split(lines.Text(), "\t")
		edits, err := strconv.Atoi(field[4])
		if err != nil {
			continue
		}
		rows = append(rows, realReading{field[0], field[1], edits, field[5] == "1"})
	}
	return rows
}

// commonLength is the length of the longest common subsequence.
func commonLength(a, b string) int {
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

// TestRealReadings states that the plate is among the first ten of a large made-up register for 95 of 100 recoverable
// readings with an edit, and for half of the others that have five characters in common with it.
func TestRealReadings(t *testing.T) {
	rows := realReadings(t)
	x := NewPlateIndex()
	rng := rand.New(rand.NewPCG(21, 1))
	for i := range benchSize() {
		if i%4 == 0 {
			x.Add(platetest.Dense(i / 4))
		} else {
			x.Add(scatteredPlate(rng, i))
		}
	}
	for _, r := range rows {
		x.Add(plate.Parse(r.plate).Canonical)
	}
	var good, poor, goodFound, poorFound, first int
	for row, r := range rows {
		if r.read == "" || r.edits == 0 {
			continue
		}
		rank := rankOf(x, r)
		switch {
		case r.recoverable:
			good++
			if rank <= 10 {
				goodFound++
			} else {
				t.Logf("row %d: rank %d", row, rank)
			}
			if rank == 1 {
				first++
			}
		case commonLength(r.plate, r.read) >= 5:
			poor++
			if rank <= 10 {
				poorFound++
			}
		}
	}
	t.Logf("recoverable: %d of %d in ten, %d first; others: %d of %d", goodFound, good, first, poorFound, poor)
	if 100*goodFound < 95*good || 2*poorFound < poor {
		t.Error("too few")
	}
}

// rankOf is the place of the right plate, 999 if it is not among the first hundred.
func rankOf(x *PlateIndex, r realReading) int {
	p, err := plate.ParsePattern(r.read)
	if err != nil {
		return 999
	}
	matches, _, _, _ := x.SearchMass(nil, p, Search{Limit: 100, MaxEdits: 2})
	for i, m := range matches {
		if x.Key(m.Ord) == plate.Parse(r.plate).Canonical {
			return i + 1
		}
	}
	return 999
}
