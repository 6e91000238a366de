package name

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The measuring tests read third-party rows from the folder that ANVESH_DATA names, and are skipped without it.
// ANVESH_OTHERS=0 leaves the right answers of other rows out of the ranks: many are further spellings of the same person.
// ANVESH_DRIFT=20 misspells that share of the register, in hundredths. ANVESH_RECORDS (default 200000), ANVESH_SAMPLE (500) and ANVESH_SEED (1) change the run; ANVESH_WORST=n prints n pairs
// of the sample that were not found.

func dataRows(t testing.TB, file string) [][]string {
	dir := os.Getenv("ANVESH_DATA")
	if dir == "" {
		t.Skip("ANVESH_DATA does not name the folder of rows to measure with")
	}
	f, err := os.Open(filepath.Join(dir, file))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var rows [][]string
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		rows = append(rows, strings.Split(sc.Text(), "\t"))
	}
	return rows[1:]
}

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// A drawer draws names by the weights of tokens in northern India: 2 tokens 60 %, 3 tokens 25 %, 1 token 15 %.
type drawer struct {
	tokens map[string][]string
	sums   map[string][]float64
	rng    *rand.Rand
}

func newDrawer(t testing.TB, script string, seed uint64) *drawer {
	d := &drawer{map[string][]string{}, map[string][]float64{}, rand.New(rand.NewPCG(seed, 1))}
	for _, r := range dataRows(t, "names_weighted.tsv") {
		w, _ := strconv.ParseFloat(r[5], 64)
		if r[1] != script || w <= 0 {
			continue
		}
		kind := r[2]
		sum := w
		if n := len(d.sums[kind]); n > 0 {
			sum += d.sums[kind][n-1]
		}
		d.tokens[kind], d.sums[kind] = append(d.tokens[kind], r[0]), append(d.sums[kind], sum)
	}
	return d
}

func (d *drawer) token(kind string) string {
	sums := d.sums[kind]
	i := sort.SearchFloat64s(sums, d.rng.Float64()*sums[len(sums)-1])
	return d.tokens[kind][min(i, len(sums)-1)]
}

func (d *drawer) name() string {
	switch r := d.rng.Float64(); {
	case r < .60:
		return d.token("first") + " " + d.token("last")
	case r < .85:
		return d.token("first") + " " + d.token("middle") + " " + d.token("last")
	}
	return d.token("first")
}

// A pair is a query and its right answer.
type pair struct{ a, b, kind string }

func samplePairs(t testing.TB, n int, seed uint64) []pair {
	var all []pair
	for _, r := range dataRows(t, "name_variants.tsv") {
		if os.Getenv("ANVESH_SWAP") != "" {
			r[0], r[1] = r[1], r[0]
		}
		if r[2] == "full" {
			all = append(all, pair{r[0], r[1], r[3]})
		}
	}
	rng := rand.New(rand.NewPCG(seed, 2))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

func (d *drawer) fill(x *Index, n int) {
	seen := map[string]uint32{}
	share := float64(setting("ANVESH_DRIFT", 0)) / 100
	for range n {
		s := d.name()
		if share > 0 && d.rng.Float64() < share {
			s = drift(d.rng, s)
		}
		if ord, ok := seen[s]; ok {
			x.bear(ord, 1)
			continue
		}
		if r := Read(s); len(r.Names) > 0 {
			seen[s] = x.Add(r.Names[0])
		}
	}
}

type tally struct{ n, at1, at10, found float64 }

func (t *tally) add(rank float64, found bool) {
	t.n++
	if rank <= 1 {
		t.at1++
	}
	if rank <= 10 {
		t.at10++
	}
	if found {
		t.found++
	}
}

// askAll searches each a and ranks its b: one more than the better records, plus half of the ties.
func askAll(t testing.TB, x *Index, pairs []pair, right [][]uint32) map[string]*tally {
	others := map[uint32]bool{}
	for _, r := range right {
		for _, ord := range r {
			others[ord] = setting("ANVESH_OTHERS", 1) == 0 && x.Bearers(ord) == 1
		}
	}
	by := map[string]*tally{}
	var times []float64
	total := time.Duration(0)
	worst := setting("ANVESH_WORST", 0)
	cut := 0
	for i, p := range pairs {
		names := Read(p.a).Names
		start := cpu()
		var all []Match
		for _, n := range names {
			m, complete := x.Search(nil, n, Search{Limit: setting("ANVESH_LIMIT", 20)})
			if !complete {
				cut++
			}
			all = append(all, m...)
		}
		took := cpu() - start
		total += took
		times = append(times, float64(took.Microseconds())/1000)
		rank := rankOfRight(x, all, right[i], others)
		for _, k := range []string{"all", p.kind} {
			if by[k] == nil {
				by[k] = &tally{}
			}
			by[k].add(rank, rank < math.Inf(1))
		}
		if rank > float64(setting("ANVESH_RANK", 10)) && worst > 0 && len(all) > 0 {
			worst--
			best := all[0]
			t.Logf("%-8.8s %6.1f %-28s %-28s w %.1f; best %-28s %.1f", p.kind, rank, p.a, p.b, x.Compare(names[0], Read(p.b).Names[0]).Weight, x.Key(best.Ord), best.Weight)
		}
	}
	slices.Sort(times)
	t.Logf("%d persons, %d names, %d tokens: %.0f searches/s of processor time, p50 %.2f p99 %.2f ms, cut %d", x.Persons(), x.Len(), x.Tokens(),
		float64(len(pairs))/total.Seconds(), times[len(times)/2], times[len(times)*99/100], cut)
	return by
}

// cpu is the processor time that this process has used: other programs on the machine do not count.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func rankOfRight(x *Index, all []Match, right []uint32, others map[uint32]bool) float64 {
	weights := map[uint32]float32{}
	for _, m := range all {
		weights[m.Ord] = max(weights[m.Ord], m.Weight)
	}
	top := float32(-1)
	for _, r := range right {
		if w, ok := weights[r]; ok {
			top = max(top, w)
		}
	}
	if top < 0 {
		return math.Inf(1)
	}
	rank := 1.0
	for ord, w := range weights {
		if slices.Contains(right, ord) || others[ord] {
			continue
		}
		switch {
		case w > top:
			rank += float64(x.Bearers(ord))
		case w == top:
			rank += float64(x.Bearers(ord)) / 2
		}
	}
	return rank
}

func logTallies(t testing.TB, by map[string]*tally) {
	var sb strings.Builder
	for _, k := range []string{"all", "spelling", "spacing", "reorder", "initials", "dropped_or_added_token", "mixed", "full human", "token human", "full official"} {
		if v := by[k]; v != nil {
			fmt.Fprintf(&sb, "%s(%.0f) r@1 %.3f r@10 %.3f listed %.3f; ", k[:min(len(k), 13)], v.n, v.at1/v.n, v.at10/v.n, v.found/v.n)
		}
	}
	t.Log(sb.String())
}

func TestMeasureNames(t *testing.T) {
	pairs := samplePairs(t, setting("ANVESH_SAMPLE", 500), uint64(setting("ANVESH_SEED", 1)))
	x := NewIndex()
	start := time.Now()
	newDrawer(t, "Latn", 7).fill(x, setting("ANVESH_RECORDS", 200_000))
	right := addRight(x, pairs)
	t.Logf("filled in %v", time.Since(start))
	logTallies(t, askAll(t, x, pairs, right))
}

func addRight(x *Index, pairs []pair) [][]uint32 {
	right := make([][]uint32, len(pairs))
	for i, p := range pairs {
		for _, n := range Read(p.b).Names {
			right[i] = append(right[i], x.Add(n))
		}
	}
	return right
}

// Queries in one script against records in the other.
func TestMeasureTranslit(t *testing.T) {
	for _, back := range []bool{false, true} {
		var pairs []pair
		for _, r := range dataRows(t, "translit_pairs.tsv") {
			dev, lat := r[0], r[1]
			kind := r[3] + " " + r[4]
			if kind != "full human" && kind != "token human" && kind != "full official" {
				continue
			}
			if back {
				dev, lat = lat, dev
			}
			pairs = append(pairs, pair{dev, lat, kind})
		}
		rng := rand.New(rand.NewPCG(uint64(setting("ANVESH_SEED", 1)), 3))
		rng.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
		pairs = pairs[:1500]
		x := NewIndex()
		newDrawer(t, "Latn", 7).fill(x, setting("ANVESH_RECORDS", 200_000))
		logTallies(t, askAll(t, x, pairs, addRight(x, pairs)))
	}
}

// drift misspells a name as a clerk would: one change of letters that sound alike, or an omission.
func drift(rng *rand.Rand, s string) string {
	changes := [][2]string{{"v", "b"}, {"b", "v"}, {"ee", "i"}, {"i", "ee"}, {"oo", "u"}, {"u", "oo"}, {"sh", "s"}, {"a", "aa"}, {"th", "t"},
		{"dh", "d"}, {"ph", "f"}, {"w", "v"}, {"y", "i"}, {"j", "z"}, {"kh", "k"}, {"ai", "e"}, {"au", "o"}, {"a", ""}, {"h", ""}, {"e", "i"}}
	for range 20 {
		c := changes[rng.IntN(len(changes))]
		if n := strings.Count(s, c[0]); n > 0 {
			at := rng.IntN(n)
			parts := strings.SplitAfterN(s, c[0], at+2)
			last := len(parts) - 2
			parts[last] = strings.TrimSuffix(parts[last], c[0]) + c[1]
			return strings.Join(parts, "")
		}
	}
	return s
}

// Different people with similar names: the one who is not held must not look like the one who is.
func TestMeasureHard(t *testing.T) {
	rows := dataRows(t, "hard_negatives.tsv")
	rng := rand.New(rand.NewPCG(5, 5))
	x := NewIndex()
	newDrawer(t, "Latn", 7).fill(x, setting("ANVESH_RECORDS", 200_000))
	alone := NewIndex()
	probable := ProbableWeight(x.Persons())
	for _, r := range rows {
		alone.Add(nameOf(r[1]))
		x.Add(nameOf(r[1]))
	}
	var alike, strong, strongAlone, sure, first float64
	for _, r := range rows {
		a, b := nameOf(r[0]), nameOf(r[1])
		al := x.Compare(a, b)
		if al.Likeness >= .9 {
			alike++
		}
		if al.Weight >= probable {
			strong++
		}
		w := alone.Compare(a, b).Weight
		if w >= ProbableWeight(alone.Persons()) {
			strongAlone++
		}
		if Chance(w, alone.Persons()) >= .9 {
			sure++
		}
	}
	for _, r := range rows {
		x.Add(nameOf(r[0]))
	}
	for _, r := range rows {
		m, _ := x.Search(nil, nameOf(drift(rng, r[0])), Search{})
		if len(m) > 0 && x.Key(m[0].Ord) == nameOf(r[0]).Key() && (len(m) < 2 || m[1].Weight < m[0].Weight) {
			first++
		}
	}
	n := float64(len(rows))
	t.Logf("wrong one: likeness .9 or more %.3f, probable %.3f; held alone: probable %.3f, chance .9 or more %.3f; right one first when both are held %.3f", alike/n, strong/n, strongAlone/n, sure/n, first/n)
}

// People who are not held, namesakes among them: how many find anyone with the weight of a probable hit, and how many
// true pairs reach it by name alone.
func TestMeasureAbsent(t *testing.T) {
	x := NewIndex()
	d := newDrawer(t, "Latn", 7)
	d.fill(x, setting("ANVESH_RECORDS", 200_000))
	probable := ProbableWeight(x.Persons())
	false1 := 0
	asked := setting("ANVESH_ABSENT", 5000)
	for range asked {
		m, _ := x.Search(nil, nameOf(d.name()), Search{Limit: 1})
		if len(m) > 0 && float64(m[0].Weight) >= probable {
			false1++
			if false1 < 10 {
				t.Log(x.Key(m[0].Ord), m[0].Weight)
			}
		}
	}
	pairs := samplePairs(t, 1000, 1)
	right := addRight(x, pairs)
	reach := 0
	weights := []float64{}
	for i, p := range pairs {
		w := 0.0
		for _, n := range Read(p.a).Names {
			for _, c := range right[i] {
				w = max(w, x.Compare(n, nameOf(x.Key(c))).Weight)
			}
		}
		if w >= probable {
			reach++
		}
		weights = append(weights, w)
	}
	slices.Sort(weights)
	t.Logf("probable at %.1f nats: %d of %d absent people, %.3f of true pairs; true weights at .1 .25 .5 .75 .9: %.1f %.1f %.1f %.1f %.1f", probable, false1, asked,
		float64(reach)/float64(len(pairs)), weights[100], weights[250], weights[500], weights[750], weights[900])
}

// What a distinct name costs in memory, and how long a snapshot takes.
func TestMeasureMemory(t *testing.T) {
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	d := newDrawer(t, "Latn", 7)
	before := heap()
	x := NewIndex()
	d.fill(x, setting("ANVESH_RECORDS", 200_000))
	filled := heap()
	start := time.Now()
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	wrote := time.Since(start)
	start = time.Now()
	between := heap()
	y, err := ReadIndex(bytes.NewReader(b.Bytes()))
	if err != nil || y.Digest() != x.Digest() {
		t.Fatal("not read as written", err)
	}
	n := float64(x.Len())
	read := time.Since(start)
	t.Logf("%d names, %d tokens: %.0f bytes a name as filled, %.0f as read; snapshot %d bytes, written in %v, read in %v",
		x.Len(), x.Tokens(), (filled-before)/n, (heap()-between)/n, b.Len(), wrote, read)
	runtime.KeepAlive(x)
	runtime.KeepAlive(y)
}
