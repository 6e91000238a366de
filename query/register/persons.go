package register

import (
	"encoding/binary"
	"math"

	"anvesh/storage"
)

// A person is the compact match form of one findable person.
type person struct {
	id        id
	share     uint64   // of the digest; 0 marks a free place
	terms     uint64   // TermsSum: while it stays, refs do
	refs      []uint32 // ordinals: names, then aliases, then relatives, then words of places, then sections
	names     uint16   // how many of refs are names and aliases, relatives, ...
	relatives uint8
	places    uint8
	shown     uint32 // place in Register.shown
}

func (p *person) relative() NameAt {
	switch p.relatives {
	case 0:
		return NoRelative
	case 1:
		return p.relativeRefs()[0]
	}
	return SeveralRelatives
}

func (g *Register) applyPerson(k id, m *made) {
	if at, held := g.personOf[k]; held {
		if g.refreshPerson(at, m) {
			return
		}
		g.removePerson(at)
		delete(g.personOf, k)
	}
	if m.share != 0 {
		g.personOf[k] = g.addPerson(k, m)
	}
}

// refreshPerson updates a held person in place where names, places and sections have stayed; it tells whether that was so.
func (g *Register) refreshPerson(at PersonAt, m *made) bool {
	p := &g.persons[at]
	if m.share == 0 || p.terms != m.terms {
		return false
	}
	p.share = m.share
	g.setPerson(at, m)
	return true
}

// setPerson takes what is not a name or a place.
func (g *Register) setPerson(at PersonAt, m *made) {
	f, r := &g.facts[at], m.Record
	f.Gender, f.Status, f.label = genderByte(r.Gender), storage.StatusRank(r.Status), labelOf(r)
	f.From, f.To = int16(r.BirthFrom), int16(r.BirthTo)
	f.Event, f.Updated, f.Station = DayOf(r.EventAt), r.Updated.Unix(), g.words.add(r.Station)
	f.Sections = g.words.add(joined(r.Sections))
	g.sectionsOf(f.Sections)
	g.shown.set(uint32(at), m.shown)
}

// What a person bears at most; what is beyond is not searched. The names that may be written into one text as aliases
// have no other limit than its length: a record's 240 texts of 200 letters hold fewer than mostBorne.
const (
	mostBorne  = math.MaxUint16
	mostOthers = math.MaxUint8 // relatives; words of places
)

func (g *Register) addPerson(k id, m *made) PersonAt {
	if m.Reading == nil { // the commit changed no term, but the record is not held
		m.Reading = Read(m.Record)
	}
	p := person{id: k, share: m.share, terms: m.terms}
	at := take(&g.persons, &g.freeP)
	if int(at) == len(g.facts) {
		g.facts = append(g.facts, PersonFacts{})
	}
	for _, alias := range []bool{false, true} {
		for _, n := range m.Names {
			if n.Alias == alias && len(p.refs) < mostBorne {
				bear(g.names, &g.byName[OwnNames], n.Name, &p.refs, 0, at)
			}
		}
	}
	p.names = uint16(len(p.refs))
	from := len(p.refs)
	for _, n := range m.Relatives[:min(len(m.Relatives), mostOthers)] {
		bear(g.relatives, &g.byName[Relatives], n, &p.refs, from, at)
	}
	p.relatives = uint8(len(p.refs) - from)
	for _, w := range m.Places[:min(len(m.Places), mostOthers)] {
		p.refs = append(p.refs, g.words.add(w))
		p.places++
	}
	for _, s := range m.sections {
		p.refs = append(p.refs, g.words.add(s))
	}
	g.facts[at].Relative = p.relative()
	g.persons[at] = p
	g.setPerson(at, m)
	g.live++
	return at
}

func (p *person) nameRefs() []uint32 { return p.refs[:p.names] }

func (p *person) relativeRefs() []uint32 {
	from := int(p.names)
	return p.refs[from : from+int(p.relatives)]
}

func (p *person) placeRefs() []uint32 {
	from := int(p.names) + int(p.relatives)
	return p.refs[from : from+int(p.places)]
}

func (p *person) sectionRefs() []uint32 {
	return p.refs[int(p.names)+int(p.relatives)+int(p.places):]
}

// removePerson takes a person out of every list and frees the place.
func (g *Register) removePerson(at PersonAt) {
	p := &g.persons[at]
	unbear(g.names, &g.byName[OwnNames], p.nameRefs(), at)
	unbear(g.relatives, &g.byName[Relatives], p.relativeRefs(), at)
	g.shown.set(uint32(at), nil)
	*p = person{}
	g.freeP = append(g.freeP, at)
	g.live--
}

// appendShown packs what is shown of a person and not kept otherwise.
func appendShown(dst []byte, r *storage.Record) []byte {
	dst = binary.AppendVarint(dst, r.EventAt.Unix())
	for _, s := range [...]string{r.Role, r.Relation, r.Name, joined(r.Names), joined(r.Aliases), joined(r.Relatives), joined(r.Places), joined(r.Flags)} {
		dst = appendText(dst, s)
	}
	return dst
}

// ShowPerson reads what appendShown packed.
func (v *view) ShowPerson(at PersonAt) (t PersonTexts) {
	r := textReader{v.shown.get(v.persons[at].shown)}
	event, n := binary.Varint(r.b)
	t.Event, r.b = event, r.b[n:]
	for _, one := range [...]*Packed{&t.Role, &t.Relation, &t.Name, &t.Names, &t.Aliases, &t.Relatives, &t.Places, &t.Flags} {
		*one = r.next()
	}
	return t
}
