package madeup

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"anvesh/query/units"
)

//go:embed tables/*.csv
var tableFiles embed.FS

// dice are a seeded source of chance. A new seed starts them anew, so that what is drawn for one thing does not
// depend on how much was drawn for another.
type dice struct {
	pcg rand.PCG
	*rand.Rand
}

func newDice() *dice {
	d := &dice{}
	d.Rand = rand.New(&d.pcg)
	return d
}

// The salts keep streams of the same number apart.
const (
	saltStation = iota + 1
	saltCase
	saltPerson
	saltOffender
	saltOfficer
	saltMention
	saltVehicle
	saltWriting
	saltBase
)

func (d *dice) seed(seed, salt, n uint64) { d.pcg.Seed(mix(seed^mix(salt)), mix(n)) }

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (d *dice) chance(p float64) bool { return d.Float64() < p }

// between draws from lo to hi, both inclusive.
func (d *dice) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// days draws seconds around a mean number of days, exponentially: most soon, some late.
func (d *dice) days(mean float64) int64 { return 600 + int64(d.ExpFloat64()*mean*86400) }

func (d *dice) oneOf(list []string) string { return list[d.IntN(len(list))] }

// A picker draws positions by weight.
type picker struct{ sums []int }

func (p *picker) add(weight int) {
	last := 0
	if len(p.sums) > 0 {
		last = p.sums[len(p.sums)-1]
	}
	p.sums = append(p.sums, last+weight)
}

func (p *picker) pick(d *dice) int {
	n := d.IntN(p.sums[len(p.sums)-1])
	return sort.SearchInts(p.sums, n+1)
}

// A word is one part of a name in both scripts.
type word struct{ latin, hindi string }

type words struct {
	list []word
	picker
}

func (w *words) draw(d *dice) word { return w.list[w.pick(d)] }

// A pool holds names that are given together.
type pool struct {
	first map[byte]*words // by gender
	last  words
}

type crime struct {
	head, minor  string
	old, present []byte // sections as JSON
	marks        string
}

func (c *crime) has(mark string) bool { return strings.Contains(c.marks, mark) }

type genStation struct {
	code     string
	was      string // code before until, "" when it was the same
	until    int64
	district int
	name     string
}

type genDistrict struct {
	name, hindi      string
	pools            picker
	tehsils, village []word
	stations         []int
}

type office struct {
	state, code string
	district    string
	share       float64 // among the offices of its kind
}

type vehicleModel struct{ kind, maker, model, wmi, engine string }

// tables are the generator's words, read once and never changed.
type tables struct {
	pools        [3]pool
	nicks        map[byte]*words
	districts    []genDistrict
	districtPick picker
	stations     []genStation
	stationPick  picker
	crimes       []crime
	crimePick    picker
	home, away   []office // Haryana's, the neighbours'
	homePick     picker
	awayPick     picker
	models       []vehicleModel
	modelPick    picker
}

var genTables = sync.OnceValue(func() *tables {
	t := &tables{nicks: map[byte]*words{'M': {}, 'F': {}}}
	for i := range t.pools {
		t.pools[i].first = map[byte]*words{'M': {}, 'F': {}, 'T': {}}
	}
	for _, r := range table("first") {
		addWord(t.pools[number(r[0])-1].first[r[1][0]], r[2:])
	}
	for _, r := range table("last") {
		addWord(&t.pools[number(r[0])-1].last, r[1:])
	}
	for _, r := range table("nick") {
		addWord(t.nicks[r[0][0]], r[1:])
	}
	for _, r := range table("vehicles") {
		t.models = append(t.models, vehicleModel{r[0], r[1], r[2], r[3], r[4]})
		t.modelPick.add(number(r[5]))
	}
	for _, r := range table("crimes") {
		t.crimes = append(t.crimes, crime{r[1], r[2], sectionsJSON(r[3]), sectionsJSON(r[4]), r[6]})
		t.crimePick.add(number(r[5]))
	}
	t.readOffices()
	t.readDistricts()
	t.readStations(units.Default())
	return t
})

func table(name string) [][]string {
	f, err := tableFiles.Open("tables/" + name + ".csv")
	if err != nil {
		panic("BUG: " + err.Error())
	}
	c := csv.NewReader(f)
	c.Comment = '#'
	rows, err := c.ReadAll()
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return rows[1:]
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic("BUG: tables: " + err.Error())
	}
	return n
}

func addWord(w *words, weightLatinHindi []string) {
	w.add(number(weightLatinHindi[0]))
	w.list = append(w.list, word{weightLatinHindi[1], weightLatinHindi[2]})
}

// sectionsJSON turns "IPC 379;IPC 34" into the list of a form.
func sectionsJSON(text string) []byte {
	var b []byte
	for i, s := range strings.Split(text, ";") {
		if i > 0 {
			b = append(b, ',')
		}
		cut := strings.LastIndexByte(s, ' ')
		b = fmt.Appendf(b, `{"act":%q,"section":%q}`, s[:cut], s[cut+1:])
	}
	return b
}

func (t *tables) readOffices() {
	var home, away float64
	for _, r := range table("offices") {
		o := office{state: r[0], code: r[1], district: r[3], share: float64(number(r[2]))}
		if o.state == "HR" {
			t.home = append(t.home, o)
			t.homePick.add(number(r[2]))
			home += o.share
		} else {
			t.away = append(t.away, o)
			t.awayPick.add(number(r[2]))
			away += o.share
		}
	}
	for i := range t.home {
		t.home[i].share /= home
	}
	for i := range t.away {
		t.away[i].share /= away
	}
}

func (t *tables) readDistricts() {
	byName := map[string]int{}
	for i, r := range table("districts") {
		d := genDistrict{name: r[0]}
		for _, share := range r[2:] {
			d.pools.add(number(share))
		}
		t.districtPick.add(number(r[1]))
		t.districts = append(t.districts, d)
		byName[r[0]] = i
	}
	for _, r := range table("places") {
		d := &t.districts[byName[r[0]]]
		if r[1] == "tehsil" {
			d.tehsils = append(d.tehsils, word{r[2], r[3]})
		} else {
			d.village = append(d.village, word{r[2], r[3]})
		}
	}
}

// stationLoad is how many cases a station of a type registers beside a territorial one's 100: a guess.
var stationLoad = map[string]int{"territorial": 100, "women": 35, "cyber": 30, "railway": 12, "traffic": 1, "metro": 4,
	"enforcement": 8, "narcotics": 6, "anti_corruption": 2, "stf": 1}

// readStations gives each station in use its share of its district's cases. Stations of special units are
// counted to a district by their order, since their people come from everywhere.
func (t *tables) readStations(u *units.Units) {
	byName := map[string]int{}
	for i := range t.districts {
		byName[t.districts[i].name] = i
	}
	old := map[string]units.Unit{}
	for _, code := range u.StationCodes() {
		s, _ := u.Station(code)
		d, _ := u.District(code, time.Time{})
		if s.Now != "" {
			old[s.Now] = s
			continue
		}
		home, ok := byName[d.Name]
		if ok {
			t.districts[home].hindi = d.NameHi
		} else {
			home = len(t.stations) % len(t.districts)
		}
		t.districts[home].stations = append(t.districts[home].stations, len(t.stations))
		t.stations = append(t.stations, genStation{code: code, district: home, name: s.Name})
	}
	people := weights(&t.districtPick)
	load := make([]int, len(t.districts))
	for i := range t.stations {
		s, _ := u.Station(t.stations[i].code)
		load[t.stations[i].district] += stationLoad[s.Type]
	}
	for i := range t.stations {
		s := &t.stations[i]
		unit, _ := u.Station(s.code)
		t.stationPick.add(people[s.district] * stationLoad[unit.Type] * 1000 / load[s.district])
		if was, ok := old[s.code]; ok {
			s.was, s.until = was.Code, was.Parents[len(was.Parents)-1].From.Unix()
		}
	}
}

func weights(p *picker) []int {
	list := make([]int, len(p.sums))
	last := 0
	for i, sum := range p.sums {
		list[i], last = sum-last, sum
	}
	return list
}
