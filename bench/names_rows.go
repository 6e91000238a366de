package bench

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"

	"anvesh/bench/madeup"
	"anvesh/query/name"
)

// A namePair is two spellings of one person's name: A is asked, B is held.
type namePair struct{ A, B, Kind string }

// readTable reads a tab-separated file whose first line names the columns, and gives those that are wanted.
func readTable(file string, columns ...string) (rows [][]string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() {
		return nil, errors.Join(fmt.Errorf("bench: %s is empty: its first line must name the columns", file), lines.Err())
	}
	head := strings.Split(lines.Text(), "\t")
	at := make([]int, len(columns))
	for i, c := range columns {
		if at[i] = slices.Index(head, c); at[i] < 0 {
			return nil, fmt.Errorf("bench: %s has no column %q: it needs %s", file, c, strings.Join(columns, ", "))
		}
	}
	for n := 2; lines.Scan(); n++ {
		cells := strings.Split(lines.Text(), "\t")
		row := make([]string, len(at))
		for i, k := range at {
			if k < len(cells) {
				row[i] = cells[k]
			}
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

// readPairs reads the full-name pairs of a file with the columns a, b, level and kind.
func readPairs(file string) ([]namePair, error) {
	rows, err := readTable(file, "a", "b", "level", "kind")
	var pairs []namePair
	for _, r := range rows {
		if r[2] == "full" && r[0] != "" && r[1] != "" {
			pairs = append(pairs, namePair{r[0], r[1], r[3]})
		}
	}
	return pairs, err
}

// samplePersons draws k pairs at random, one a person: rows that share a spelling are of one person, and a second spelling
// of him among the records would stand before the right answer without being wrong.
func samplePersons(pairs []namePair, k int, seed uint64) []namePair {
	of := kin{}
	for _, p := range pairs {
		of.join(p.A, p.B)
	}
	pairs = slices.Clone(pairs)
	rng := rand.New(rand.NewPCG(seed, saltSample))
	rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	taken := map[string]bool{}
	var out []namePair
	for _, p := range pairs {
		if who := of.find(p.A); !taken[who] && len(out) < k {
			taken[who] = true
			out = append(out, p)
		}
	}
	return out
}

// Salts of the draws, so that one does not repeat another.
const (
	saltSample = iota + 101
	saltCorpus
	saltAbsent
	saltFacts
)

// kin joins spellings of one person; the value is the parent.
type kin map[string]string

func (k kin) find(s string) string {
	for k[s] != "" && k[s] != s {
		s = k[s]
	}
	return s
}

func (k kin) join(a, b string) {
	if a, b = k.find(a), k.find(b); a != b {
		k[a] = b
	}
}

// A nameDraw draws made-up people's names.
type nameDraw interface{ draw(rng *rand.Rand) string }

// A tokenDraw draws names by the weights of tokens: two tokens 60 %, three 25 %, one 15 %.
type tokenDraw struct{ first, middle, last tokenList }

type tokenList struct {
	text []string
	sums []float64
}

func (w *tokenList) add(text string, weight float64) {
	if n := len(w.sums); n > 0 {
		weight += w.sums[n-1]
	}
	w.text, w.sums = append(w.text, text), append(w.sums, weight)
}

func (w *tokenList) draw(rng *rand.Rand) string {
	i, _ := slices.BinarySearch(w.sums, rng.Float64()*w.sums[len(w.sums)-1])
	return w.text[min(i, len(w.text)-1)]
}

// readTokens reads the Latin tokens of a file with the columns token, script, kind and weight_north.
func readTokens(file string) (*tokenDraw, error) {
	rows, err := readTable(file, "token", "script", "kind", "weight_north")
	if err != nil {
		return nil, err
	}
	d := &tokenDraw{}
	kinds := map[string]*tokenList{"first": &d.first, "middle": &d.middle, "last": &d.last}
	for _, r := range rows {
		weight, _ := strconv.ParseFloat(r[3], 64)
		if w := kinds[r[2]]; w != nil && r[1] == "Latn" && weight > 0 {
			w.add(r[0], weight)
		}
	}
	for kind, w := range kinds {
		if len(w.sums) == 0 {
			return nil, fmt.Errorf("bench: %s has no Latin token of kind %s with a weight_north above 0", file, kind)
		}
	}
	return d, nil
}

func (d *tokenDraw) draw(rng *rand.Rand) string {
	switch r := rng.Float64(); {
	case r < .60:
		return d.first.draw(rng) + " " + d.last.draw(rng)
	case r < .85:
		return d.first.draw(rng) + " " + d.middle.draw(rng) + " " + d.last.draw(rng)
	}
	return d.first.draw(rng)
}

// A tableDraw draws names from the project's own tables.
type tableDraw struct{ *madeup.People }

func (t tableDraw) draw(rng *rand.Rand) string { return t.Name(rng) }

// tablePairs draws k people from the project's own tables, each asked for by a spelling that the generator's clerks made.
func tablePairs(k int, seed uint64) []namePair {
	t, rng := tableDraw{madeup.NewPeople()}, rand.New(rand.NewPCG(seed, saltSample))
	var out []namePair
	for len(out) < k {
		b := t.draw(rng)
		if a, cause := madeup.DamageName(rng, b); cause != "" {
			out = append(out, namePair{a, b, cause})
		}
	}
	return out
}

// nameKey is what a name is compared by, for a hit that counts because its name equals the right answer's.
func nameKey(s string) string {
	if r := name.Read(s); len(r.Names) > 0 {
		return r.Names[0].Key()
	}
	return ""
}
