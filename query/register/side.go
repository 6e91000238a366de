package register

import (
	"maps"
	"math"
	"slices"

	"github.com/bits-and-blooms/bitset"

	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/storage"
)

// A side is one of the two copies of all that changes (twin.go): the dictionaries of names, numbers and words, which only
// grow; the sections with what is gone from each; and what is counted of it all. What is sealed is shared by both.
type side struct {
	names      [2]*names.Index
	bases      [2]*namesFile // of names; nil where none was written yet
	words      words
	shared     map[uint64]struct{} // hashes of numbers that several sections held
	distinct   [numberKinds]int    // numbers that are borne
	searched   searched
	sections   []*held // the last is the head
	attributes attributes
	persons    int // findable, in all sections
	vehicles   int
	digest     uint64
}

// A held is a section with what of it is gone. Its persons have ordinals from person on, its vehicles from vehicle on, its
// numbers from number on.
type held struct {
	*section
	person      PersonAt
	vehicle     VehicleAt
	number      [numberKinds]NumberAt
	gone        [2]*bitset.BitSet          // rows of persons, of vehicles
	goneNumbers [numberKinds]*numbers.Gone // of a part
	index       [numberKinds]numberIndex   // without them
}

// Places in held.gone.
const (
	goneP = iota
	goneV
)

func hold(s *section) *held {
	h := &held{section: s, gone: [2]*bitset.BitSet{new(bitset.BitSet), new(bitset.BitSet)}, index: s.index}
	if s.rowOf == nil {
		for kind := range h.index {
			h.goneNumbers[kind] = new(numbers.Gone)
			h.index[kind] = without(s.index[kind], h.goneNumbers[kind])
		}
	}
	return h
}

// clone copies what is gone of a section.
func (h *held) clone() *held {
	c := *h
	c.gone = [2]*bitset.BitSet{h.gone[goneP].Clone(), h.gone[goneV].Clone()}
	for kind, gone := range h.goneNumbers {
		if gone != nil {
			c.goneNumbers[kind] = gone.Clone()
			c.index[kind] = without(h.section.index[kind], c.goneNumbers[kind])
		}
	}
	return &c
}

func newSide() *side {
	s := &side{words: newWords(), shared: map[uint64]struct{}{}, sections: []*held{hold(newHead())}}
	for i := range s.names {
		s.names[i] = names.NewIndex()
	}
	s.place()
	return s
}

// clone copies all that changes, of one whose head is empty.
func (s *side) clone() *side {
	c := *s
	for i := range c.names {
		c.names[i] = s.names[i].Clone()
	}
	c.words, c.attributes, c.shared = s.words.clone(), s.attributes.clone(), maps.Clone(s.shared)
	c.sections = s.cloneSections()
	c.place()
	return &c
}

// cloneSections copies what is gone of all sections but the head, in place of which there is an empty one.
func (s *side) cloneSections() (list []*held) {
	for _, h := range s.sections[:len(s.sections)-1] {
		list = append(list, h.clone())
	}
	head := hold(newHead())
	head.serial = s.head().serial
	return append(list, head)
}

func (s *side) head() *held { return s.sections[len(s.sections)-1] }

// A rowAt is a row of a section.
type rowAt struct {
	*held
	row uint32
}

// find gives the row of a record that is held.
func (s *side) find(k id) (at rowAt, ok bool) {
	which := goneP
	if k.vehicle {
		which = goneV
	}
	for _, h := range slices.Backward(s.sections) {
		if row, known := h.find(k); known && !h.gone[which].Test(uint(row)) {
			return rowAt{h, row}, true
		}
	}
	return at, false
}

// person and vehicle give the row of an ordinal.
func (s *side) person(at PersonAt) (h *held, row uint32) {
	i := len(s.sections) - 1
	for s.sections[i].person > at {
		i--
	}
	return s.sections[i], uint32(at - s.sections[i].person)
}

func (s *side) vehicle(at VehicleAt) (h *held, row uint32) {
	i := len(s.sections) - 1
	for s.sections[i].vehicle > at {
		i--
	}
	return s.sections[i], uint32(at - s.sections[i].vehicle)
}

// place gives the sections the ordinals of their rows.
func (s *side) place() {
	p, v, n := PersonAt(0), VehicleAt(0), [numberKinds]NumberAt{}
	for _, h := range s.sections {
		h.person, h.vehicle, h.number = p, v, n
		p, v = p+PersonAt(len(h.persons)), v+VehicleAt(len(h.vehicles))
		for kind := range n {
			n[kind] += NumberAt(h.index[kind].Len())
		}
	}
	s.setSearched()
}

// apply takes a record as a commit left it. Where the other copy has taken it, whatever that made of it has come by follow.
func (s *side) apply(m *made, follows bool) {
	if !follows && m.share != 0 {
		var ok bool
		if m.id, ok = s.words.numberID(m.ID); !ok {
			m.share = 0
		}
	}
	if m.share == 0 {
		s.remove(m.ID)
		return
	}
	old, held := s.find(m.id)
	switch {
	case m.id.vehicle:
		s.putVehicle(m, old, held, follows)
	default:
		s.putPerson(m, old, held, follows)
	}
}

// follow takes over what first, the other copy, has made.
func (s *side) follow(first *side) {
	s.words.follow(&first.words)
	for of := range s.names {
		s.names[of].Follow(first.names[of])
	}
	s.head().follow(first.sections)
}

// remove takes a record away, if it is held.
func (s *side) remove(recordID string) {
	k, ok := s.words.findID(recordID)
	if !ok {
		return
	}
	switch old, held := s.find(k); {
	case held && k.vehicle:
		s.removeVehicle(old)
	case held:
		s.removePerson(old, true)
	}
}

// What a person bears at most; what is beyond is not searched. The names that may be written into one text as aliases
// have no other limit than its length: a record's 240 texts of 200 letters hold fewer than mostBorne.
const (
	mostBorne  = math.MaxUint16
	mostOthers = math.MaxUint8 // relatives; words of places
)

// putPerson gives a person a row in the head; where names, places and sections have stayed they are taken from the old one.
func (s *side) putPerson(m *made, old rowAt, held, follows bool) {
	h, same := s.head(), held && old.persons[old.row].terms == m.terms
	if !follows {
		p := personRow{fir: m.id.fir, ref: m.id.ref, share: m.share, terms: m.terms}
		var refs []uint32
		if same {
			o := &old.persons[old.row]
			p.names, p.relatives, p.places, p.sections = o.names, o.relatives, o.places, o.sections
			refs = old.allRefs(old.row)
		} else {
			refs = s.number(&p, m)
		}
		relatives := refs[p.names : int(p.names)+int(p.relatives)]
		m.row = h.addPerson(p, s.factsOf(m.Record, relatives), refs, m.shown)
	}
	h.enterPerson(m.row)
	for of := range NameKind(2) {
		if !same {
			s.names[of].BearAll(h.nameRefs(of, m.row))
		}
	}
	s.persons++
	s.digest += m.share
	if held {
		s.removePerson(old, !same)
	}
}

// number gives the ordinals of all that a person is found by, each name once however often it is written.
func (s *side) number(p *personRow, m *made) (refs []uint32) {
	r, sections := m.Reading, m.sections
	if r == nil { // the commit changed no term, but the record is not held
		r, sections = Read(m.Record), sectionTerms(m.Record)
	}
	for _, alias := range []bool{false, true} {
		for _, n := range r.Names {
			if n.Alias == alias && len(refs) < mostBorne {
				refs = appendOnce(refs, s.names[OwnNames].Number(n.Name), 0)
			}
		}
	}
	p.names = uint16(len(refs))
	from := len(refs)
	for _, n := range r.Relatives[:min(len(r.Relatives), mostOthers)] {
		refs = appendOnce(refs, s.names[Relatives].Number(n), from)
	}
	p.relatives = uint8(len(refs) - from)
	for _, w := range r.Places[:min(len(r.Places), mostOthers)] {
		refs = append(refs, s.words.add(w))
		p.places++
	}
	for _, w := range sections[:min(len(sections), math.MaxUint16)] {
		refs = append(refs, s.words.add(w))
		p.sections++
	}
	return refs
}

// appendOnce appends an ordinal unless it is among refs[from:].
func appendOnce(refs []uint32, o uint32, from int) []uint32 {
	if slices.Contains(refs[from:], o) {
		return refs
	}
	return append(refs, o)
}

// factsOf are what a search reads of a person.
func (s *side) factsOf(r *storage.Record, relatives []NameAt) PersonFacts {
	f := PersonFacts{Gender: genderByte(r.Gender), Status: storage.StatusRank(r.Status), Role: storage.RoleRank(r.Role), From: int16(r.BirthFrom), To: int16(r.BirthTo),
		Event: DayOf(r.EventAt), Updated: r.Updated.Unix(), Station: s.words.add(r.Station), Sections: s.words.add(joined(r.Sections)),
		Relative: NoRelative}
	switch len(relatives) {
	case 0:
	case 1:
		f.Relative = relatives[0]
	default:
		f.Relative = SeveralRelatives
	}
	return f
}

// removePerson notes that a row is gone; its names are taken from it unless another row has them from it.
func (s *side) removePerson(at rowAt, names bool) {
	if names {
		for of := range NameKind(2) {
			for _, o := range at.nameRefs(of, at.row) {
				s.names[of].Remove(o)
			}
		}
	}
	p := &at.persons[at.row]
	at.gone[goneP].Set(uint(at.row))
	if at.rowOf != nil && at.rowOf[p.id()] == at.row {
		delete(at.rowOf, p.id())
	}
	s.digest -= p.share
	s.persons--
}

// mostNumbers bounds the numbers of one kind that one vehicle has.
const mostNumbers = 80

// putVehicle gives a vehicle a row in the head.
func (s *side) putVehicle(m *made, old rowAt, held, follows bool) {
	v := vehicleRow{fir: m.id.fir, ref: m.id.ref, share: m.share, terms: m.terms}
	if held { // first, so that its numbers do not count as shared
		s.removeVehicle(old)
	}
	var room [2 * numberKinds]NumberAt
	all := room[:0]
	for kind := range numberKinds {
		from := len(all)
		for _, n := range m.numbers[kind] {
			if len(all)-from < mostNumbers {
				all = s.bearNumber(kind, n, all, from)
			}
		}
		v.counts[kind] = uint8(len(all) - from)
	}
	h := s.head()
	if r := m.Record; !follows {
		v.VehicleFacts = VehicleFacts{Status: storage.StatusRank(r.Status), Event: r.EventAt.Unix(), Updated: r.Updated.Unix(),
			Station: s.words.add(r.Station), Make: s.words.add(r.Make), Model: s.words.add(r.Model), Colour: s.words.add(r.Colour),
			Sections: s.words.add(joined(r.Sections))}
		m.row = h.addVehicle(v, all, s.appendWritten(&v, all, r))
	}
	h.enterVehicle(m.row)
	s.attributes.count(s, &h.vehicles[m.row], 1)
	s.vehicles++
	s.digest += m.share
}

func (s *side) removeVehicle(at rowAt) {
	v := &at.vehicles[at.row]
	at.gone[goneV].Set(uint(at.row))
	s.unbearNumbers(at)
	if at.rowOf != nil && at.rowOf[v.id()] == at.row {
		delete(at.rowOf, v.id())
	}
	s.attributes.count(s, v, -1)
	s.digest -= v.share
	s.vehicles--
}

// appendWritten packs what a vehicle's record writes, nil where it is what the register prints.
func (s *side) appendWritten(v *vehicleRow, all []NumberAt, r *storage.Record) (run []byte) {
	plain := len(r.Registrations)+len(r.Chassises)+len(r.Engines)+len(r.Flags) == 0
	from := 0
	for kind, text := range [...]string{r.Registration, r.Chassis, r.Engine} {
		refs := all[from : from+int(v.counts[kind])]
		from += len(refs)
		plain = plain && (len(refs) == 0 && text == "" || len(refs) == 1 && string(s.head().index[kind].AppendKey(nil, refs[0])) == text)
	}
	if plain {
		return nil
	}
	for _, text := range [...]string{r.Registration, r.Chassis, r.Engine, joined(r.Registrations), joined(r.Chassises), joined(r.Engines), joined(r.Flags)} {
		run = appendText(run, text)
	}
	return run
}
