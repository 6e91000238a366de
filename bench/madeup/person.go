package madeup

import (
	"strconv"
	"strings"
	"time"

	"anvesh/storage"
)

// A genPerson is one person of a case: who he is, and what becomes of him.
type genPerson struct {
	ref, role string
	seed      uint64 // of his spellings
	gender    byte
	name      nameWords
	relative  nameWords
	relation  string
	late      bool // the relative is dead
	alias     word // no letters: none
	birthYear int
	birthDay  int // of the year, from 1
	district  int
	tehsil    word
	village   word
	house     int
	child     bool
	first     int8 // form that names him first

	arrested int64 // 0: not
	charged  bool
	result   string // of the court, "" while there is none
	appeal   string // result of the appeal, "" where there is none
}

// nameWords are a name in the order in which it is spoken.
type nameWords struct {
	w [4]word
	n int
}

func (n *nameWords) add(w word) {
	n.w[n.n] = w
	n.n++
}

func (n *nameWords) latin() string {
	var b []string
	for _, w := range n.w[:n.n] {
		b = append(b, w.latin)
	}
	return strings.Join(b, " ")
}

func (n *nameWords) hindi() string {
	var b []string
	for _, w := range n.w[:n.n] {
		b = append(b, w.hindi)
	}
	return strings.Join(b, " ")
}

var (
	kumar   = word{"Kumar", "कुमार"}
	singh   = word{"Singh", "सिंह"}
	kaur    = word{"Kaur", "कौर"}
	khan    = word{"Khan", "खान"}
	mohd    = word{"Mohammad", "मोहम्मद"}
	fillers = [3]map[byte][]word{
		{'M': {kumar, singh, kumar, singh, {"Lal", "लाल"}, {"Chand", "चंद"}, {"Ram", "राम"}},
			'F': {{"Devi", "देवी"}, {"Devi", "देवी"}, {"Devi", "देवी"}, {"Rani", "रानी"}, {"Kumari", "कुमारी"}, {"Bala", "बाला"}, {"Bai", "बाई"}}},
		{'M': {singh}, 'F': {kaur}},
		{'M': {khan, {"Ahmed", "अहमद"}, {"Ali", "अली"}}, 'F': {{"Begum", "बेगम"}, {"Bano", "बानो"}, {"Khatoon", "खातून"}, {"Khan", "खान"}}},
	}
)

// drawName draws a name: a first name, often a filler (Kumar, Devi, Kaur), often a surname. family is the
// surname of a relative, without letters where there is none to share.
func (t *tables) drawName(d *dice, pool int, gender byte, family word) (name nameWords, surname word) {
	from := &t.pools[pool]
	list := from.first[gender]
	if len(list.list) == 0 {
		list, gender = t.pools[0].first[gender], 'F'
	}
	if gender == 'T' {
		gender = 'F'
	}
	if pool == 2 && gender == 'M' && d.chance(0.16) {
		name.add(mohd)
	}
	first := list.draw(d)
	name.add(first)
	double := strings.Contains(first.latin, " ")
	fill, last := 0.45, 0.42
	if pool == 1 {
		fill, last = 0.93, 0.24
	}
	if !double && d.chance(fill) {
		w := fillers[pool][gender]
		name.add(w[d.IntN(len(w))])
		last /= 2
	}
	if d.chance(last) {
		if surname = family; surname.latin == "" || d.chance(0.1) {
			surname = from.last.draw(d)
		}
		if name.n == 0 || name.w[name.n-1] != surname {
			name.add(surname)
		}
	}
	return name, surname
}

// identity draws who a person is, at home in or near a district. wantGender 0 draws that too.
func (g *generator) identity(p *genPerson, d *dice, district int, wantGender byte) {
	t := g.t
	if d.chance(0.1) {
		district = t.districtPick.pick(d)
	}
	p.seed = d.Uint64()
	p.district = district
	home := &t.districts[district]
	p.gender = wantGender
	if wantGender == 0 {
		p.gender = "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMFFF"[d.IntN(40)]
		if d.chance(0.002) {
			p.gender = 'T'
		}
	}
	pool := home.pools.pick(d)
	var family word
	p.name, family = t.drawName(d, pool, p.gender, word{})
	p.relation = "father"
	switch {
	case p.gender == 'F' && d.chance(0.6):
		p.relation = "husband"
	case d.chance(0.015):
		p.relation = "mother"
	}
	of := byte('M')
	if p.relation == "mother" {
		of = 'F'
	}
	p.relative, _ = t.drawName(d, pool, of, family)
	p.late = d.chance(0.07)
	share := 0.16
	if p.gender != 'M' {
		share = 0.07
	}
	p.alias = word{}
	if d.chance(share) {
		sort := p.gender
		if sort == 'T' {
			sort = 'F'
		}
		p.alias = t.nicks[sort].draw(d)
	}
	p.birthDay = d.between(1, 365)
	p.tehsil = home.tehsils[d.IntN(len(home.tehsils))]
	p.village = home.village[d.IntN(len(home.village))]
	p.house = 0
	if d.chance(0.25) {
		p.house = d.between(1, 1500)
	}
}

// newPerson draws a person whose age at the registration lies between two bounds, younger ones more often.
func (g *generator) newPerson(role, ref string, gender byte, young, old int) *genPerson {
	g.c.persons = append(g.c.persons, genPerson{role: role, ref: ref})
	p := &g.c.persons[len(g.c.persons)-1]
	district := g.t.stations[g.c.key.station].district
	g.identity(p, g.d, district, gender)
	age := young + min(int(g.d.ExpFloat64()*float64(old-young)/3), old-young)
	p.birthYear = g.c.year - age
	p.child = age < 18
	return p
}

// newAccused draws an accused: one in eight has been accused before and is the same man again, two in a hundred are children.
func (g *generator) newAccused(n int, gender byte) *genPerson {
	ref := accusedRef(n)
	if gender == 0 && g.d.chance(0.125) {
		g.side.seed(g.o.Seed, saltOffender, uint64(g.d.IntN(max(50, g.o.Records/25))))
		g.c.persons = append(g.c.persons, genPerson{role: "accused", ref: ref})
		p := &g.c.persons[len(g.c.persons)-1]
		g.identity(p, g.side, g.t.districtPick.pick(g.side), 0)
		p.birthYear = g.side.between(1962, 1996)
		p.seed += uint64(g.c.key.index)
		return p
	}
	if g.d.chance(0.02) {
		return g.newPerson("accused", ref, gender, 13, 17)
	}
	return g.newPerson("accused", ref, gender, 18, 62)
}

// accusedRef is A1 to A9, then B1 to B9 and so on, as the forms print it.
func accusedRef(n int) string {
	return string(byte('A'+n/9)) + strconv.Itoa(1+n%9)
}

// A spelling is a person's name as one form has it.
type spelling struct {
	latin, hindi string
	rel, relHi   string
	alias        string // in a field of its own
	drift        []string
}

// spell writes a person's name as the clerk of one form does. The same form and version always spells alike.
func (g *generator) spell(p *genPerson, form, version int) (s spelling) {
	d := g.side
	d.seed(g.o.Seed^p.seed, saltMention, uint64(form*16+version))
	s.latin, s.hindi = p.name.latin(), p.name.hindi()
	s.rel, s.relHi = p.relative.latin(), p.relative.hindi()
	scripts := d.IntN(100) // 0-57 both, 58-84 Latin, 85-99 Devanagari
	if d.chance(g.drift) {
		s.latin = g.damage(s.latin, &s.drift)
		if d.chance(0.15) {
			s.latin = g.damage(s.latin, &s.drift)
		}
		if scripts < 58 && d.chance(0.6) || scripts >= 85 {
			s.hindi = g.damage(s.hindi, &s.drift)
		}
	}
	if d.chance(g.drift) {
		s.rel, _ = DamageName(d.Rand, s.rel)
		s.relHi, _ = DamageName(d.Rand, s.relHi)
	}
	if p.alias.latin != "" {
		switch n := d.IntN(10); {
		case n < 3:
			s.latin += " @ " + p.alias.latin
			s.hindi += " @ " + p.alias.hindi
		case n < 6:
			s.latin += " urf " + p.alias.latin
			s.hindi += " उर्फ " + p.alias.hindi
		case n < 8:
			s.alias = p.alias.latin
		case n < 9:
			s.alias = p.alias.hindi
		}
	}
	g.honour(p, &s)
	switch {
	case scripts < 58:
	case scripts < 85:
		s.hindi, s.relHi = "", ""
	case scripts < 92:
		s.latin, s.hindi = s.hindi, ""
		s.rel, s.relHi = s.relHi, ""
	default:
		s.latin, s.rel = "", ""
	}
	return s
}

func (g *generator) damage(name string, drift *[]string) string {
	out, cause := DamageName(g.side.Rand, name)
	if cause != "" {
		*drift = append(*drift, cause)
	}
	return out
}

// honour puts Sh., Smt. and Late where a clerk would.
func (g *generator) honour(p *genPerson, s *spelling) {
	d := g.side
	if p.gender == 'F' && p.relation == "husband" && d.chance(0.12) {
		s.latin, s.hindi = "Smt. "+s.latin, "श्रीमती "+s.hindi
	} else if p.gender == 'M' && p.role != "accused" && d.chance(0.06) {
		s.latin, s.hindi = "Sh. "+s.latin, "श्री "+s.hindi
	}
	if p.relation == "mother" {
		return
	}
	switch {
	case p.late && d.chance(0.7):
		s.rel, s.relHi = "Late Sh. "+s.rel, "स्व. श्री "+s.relHi
	case d.chance(0.25):
		s.rel, s.relHi = "Sh. "+s.rel, "श्री "+s.relHi
	}
}

// appendPerson writes one person as a form has him.
func (g *generator) appendPerson(b []byte, p *genPerson, f *genForm) []byte {
	s := g.spell(p, int(f.no), int(f.version))
	full := f.kind == 1 || f.kind == 3
	b = append(b, `{"ref":"`...)
	b = append(b, p.ref...)
	b = append(b, `","role":"`...)
	b = append(b, p.role...)
	b = append(b, '"')
	b = field(b, "name", s.latin)
	b = field(b, "name_hi", s.hindi)
	if s.alias != "" {
		b = append(b, `,"aliases":["`...)
		b = append(b, s.alias...)
		b = append(b, `"]`...)
	}
	if full || g.side.chance(0.6) {
		b = field(b, "relative", s.rel)
		b = field(b, "relative_hi", s.relHi)
		b = field(b, "relation", p.relation)
	}
	if full {
		b = field(b, "gender", string(p.gender))
		b = g.appendAge(b, p)
		b = append(b, `,"address":"`...)
		b = g.appendAddress(b, p)
		b = append(b, '"')
		if p.child {
			b = append(b, `,"child":true`...)
		}
	}
	if f.kind == 1 && p.role == "accused" && p.arrested == 0 && g.side.chance(0.12) {
		b = append(b, `,"status":"absconding"`...)
	}
	if f.kind == 3 {
		b = g.appendFeatures(b, p)
	}
	b = append(b, '}')
	if g.tell != nil {
		g.tell(Truth{FIR: g.c.fir, Ref: p.ref, Form: formNames[f.kind], Version: int(f.version), Role: p.role,
			Name: p.name.latin(), NameHi: p.name.hindi(), Written: s.latin, WrittenHi: s.hindi, Drift: s.drift, Alias: p.alias.latin,
			Relative: p.relative.latin(), Gender: string(p.gender), BirthYear: p.birthYear, Village: p.village.latin, Child: p.child})
	}
	return b
}

// appendAge writes the age as stations do: mostly an age, sometimes a year or a date, sometimes a year off, sometimes
// nothing.
func (g *generator) appendAge(b []byte, p *genPerson) []byte {
	d := g.side
	year := p.birthYear
	if d.chance(0.15) && !p.child {
		year += d.between(-2, 2)
	}
	switch n := d.IntN(100); {
	case n < 50:
		b = append(b, `,"age":`...)
		return strconv.AppendInt(b, int64(g.c.year-year), 10)
	case n < 78:
		b = append(b, `,"birth_year":`...)
		return strconv.AppendInt(b, int64(year), 10)
	case n < 90 || p.child:
		b = append(b, `,"birth_date":"`...)
		b = time.Date(year, 1, p.birthDay, 0, 0, 0, 0, storage.IST).AppendFormat(b, time.DateOnly)
		return append(b, '"')
	}
	return b
}

func (g *generator) appendAddress(b []byte, p *genPerson) []byte {
	home := &g.t.districts[p.district]
	v, t := p.village, p.tehsil
	say := func(parts ...string) {
		for _, s := range parts {
			b = append(b, s...)
		}
	}
	n := g.side.IntN(100)
	switch {
	case n < 15:
		say("गांव ", v.hindi, ", तहसील ", t.hindi, ", जिला ", home.hindi)
	case p.house > 0 && n < 70:
		say("H.No. ", strconv.Itoa(p.house), ", Ward No. ", strconv.Itoa(1+p.house%31), ", ", t.latin, ", Distt. ", home.name)
	case n < 45:
		say("VPO ", v.latin, ", Tehsil ", t.latin, ", District ", home.name)
	case n < 75:
		say("Village ", v.latin, ", Distt. ", home.name)
	default:
		say("R/o ", v.latin, ", ", t.latin)
	}
	return b
}
