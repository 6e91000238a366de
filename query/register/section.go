package register

import (
	"encoding/binary"
	"fmt"
	"slices"

	"anvesh/query/snapshot"
	"anvesh/storage"
)

// A section holds the rows of some records: those of persons, and apart from them those of vehicles. A row is written once
// and never changed; a record that changes gets another row, and the one that it had is gone, which is noted beside the
// section (held.gone).
//
// There is one section that grows, the head, in memory. When it is full it is sealed: written to a file in the layout in
// which it is searched, and mapped. What is sealed is a part. Parts are merged into larger ones (merge.go). The file of a
// part is a flat file (package snapshot) with these arrays:
//
//	persons   personRow, by the first name, then by year of birth: who is looked at together lies together
//	facts     PersonFacts, of the person in the same place
//	refs      ordinals that persons bear, see personRow
//	shown     texts of persons, see appendShown
//	vehicles  vehicleRow, by id
//	person table, vehicle table
//	          the row of an id, see lookUp
//	several   ordinals of vehicles with more than one number of a kind
//	written   texts of vehicles, see appendWritten; the first byte is nobody's
//	names, relatives, registration, chassis, engine
//	          who bears an ordinal, see bearers
//	number registration, number chassis, number engine
//	          the numbers themselves, see package numbers
//
// Ordinals of names and words are those of the dictionaries, which all sections share and which only grow. Numbers are hardly
// ever shared: each section has an index of its own.
type section struct {
	persons  []personRow
	facts    []PersonFacts
	refs     []uint32
	shown    []byte
	vehicles []vehicleRow
	several  []uint32
	written  []byte

	names   [2]bearers
	numbers [numberKinds]bearers
	index   [numberKinds]numberIndex // the numbers themselves

	serial uint64        // the same on both sides, ascending
	rowOf  map[id]uint32 // of a head

	personTable, vehicleTable []uint32 // of a part
	file                      string   // its name
	forget                    func()   // see storage.Mapping
}

// A personRow is what the register holds of a person beside facts and texts.
type personRow struct {
	fir, share, terms uint64 // share of the digest; terms as TermsSum: while it stays, refs do
	ref               uint32 // of the id, a word
	refs              uint32 // where its ordinals begin: names, then aliases, then relatives, then words of places, then sections
	shown             uint32 // where its texts begin
	names, sections   uint16 // how many of the refs are names and aliases, sections,
	relatives, places uint8  // relatives, words of places
	_                 [2]uint8
}

// A vehicleRow is what the register holds of a vehicle beside texts.
type vehicleRow struct {
	VehicleFacts
	_                 [2]uint8
	fir, share, terms uint64
	ref               uint32
	first             [numberKinds]NumberAt // one number of each kind; with several of a kind all stand in several
	several           uint32                // where these begin, plus one; 0 for none
	written           uint32                // where its texts begin, 0 where everything is written as the register prints it
	counts            [numberKinds]uint8    // how many numbers of each kind
	_                 uint8
}

// newHead gives an empty head.
func newHead() *section {
	s := &section{rowOf: map[id]uint32{}, written: make([]byte, 1), index: newNumbers()}
	for i := range s.names {
		s.names[i] = newBearers()
	}
	for i := range s.numbers {
		s.numbers[i] = newBearers()
	}
	return s
}

// rows is how many rows the section has.
func (s *section) rows() int { return len(s.persons) + len(s.vehicles) }

// find gives the newest row of an id.
func (s *section) find(k id) (row uint32, held bool) {
	if s.rowOf != nil {
		row, held = s.rowOf[k]
		return row, held
	}
	if k.vehicle {
		return lookUp(s.vehicleTable, k, func(row uint32) id { return s.vehicles[row].id() })
	}
	return lookUp(s.personTable, k, func(row uint32) id { return s.persons[row].id() })
}

// A table of a part tells the row of an id: rows plus one, by hash of the id, in the next free place; at most two thirds full.
func lookUp(table []uint32, k id, idOf func(row uint32) id) (row uint32, held bool) {
	if len(table) == 0 {
		return 0, false
	}
	for i := k.hash(); ; i++ {
		row := table[i&uint64(len(table)-1)]
		if row == 0 {
			return 0, false
		}
		if idOf(row-1) == k {
			return row - 1, true
		}
	}
}

// newTable makes the table of rows of a file.
func newTable(f *snapshot.FlatWriter, rows int, idOf func(row uint32) id) []uint32 {
	size := 4
	for 2*size < 3*rows {
		size *= 2
	}
	table := make([]uint32, size)
	for row := range uint32(rows) {
		i := idOf(row).hash()
		for table[i&uint64(size-1)] != 0 {
			i++
		}
		table[i&uint64(size-1)] = row + 1
		f.Step(1)
	}
	return table
}

func (p *personRow) id() id  { return id{p.fir, p.ref, false} }
func (v *vehicleRow) id() id { return id{v.fir, v.ref, true} }

// nameRefs are the ordinals of a person's names of a kind.
func (s *section) nameRefs(of NameKind, row uint32) []NameAt {
	p := &s.persons[row]
	from, n := p.refs, uint32(p.names)
	if of == Relatives {
		from, n = from+n, uint32(p.relatives)
	}
	return s.refs[from : from+n]
}

func (s *section) placeRefs(row uint32) []Word {
	p := &s.persons[row]
	from := p.refs + uint32(p.names) + uint32(p.relatives)
	return s.refs[from : from+uint32(p.places)]
}

func (s *section) sectionRefs(row uint32) []Word {
	p := &s.persons[row]
	from := p.refs + uint32(p.names) + uint32(p.relatives) + uint32(p.places)
	return s.refs[from : from+uint32(p.sections)]
}

// allRefs are all ordinals of a person.
func (s *section) allRefs(row uint32) []uint32 {
	p := &s.persons[row]
	return s.refs[p.refs : p.refs+uint32(p.names)+uint32(p.relatives)+uint32(p.places)+uint32(p.sections)]
}

// numberRefs are the ordinals of a vehicle's numbers of one kind.
func (s *section) numberRefs(row uint32, kind NumberKind) []NumberAt {
	v := &s.vehicles[row]
	if v.several == 0 {
		return v.first[kind : kind+NumberKind(v.counts[kind])]
	}
	from := v.several - 1
	for k := range kind {
		from += uint32(v.counts[k])
	}
	return s.several[from : from+uint32(v.counts[kind])]
}

// shownOf and writtenOf are the texts of a row and whatever follows.
func (s *section) shownOf(row uint32) textReader { return textReader{s.shown[s.persons[row].shown:]} }

func (s *section) writtenOf(row uint32) textReader {
	return textReader{s.written[s.vehicles[row].written:]}
}

// addPerson adds a row to a head; refs are its ordinals and texts what is shown.
func (s *section) addPerson(p personRow, f PersonFacts, refs []uint32, shown []byte) (row uint32) {
	row = uint32(len(s.persons))
	p.refs, p.shown = uint32(len(s.refs)), uint32(len(s.shown))
	s.persons, s.facts = append(s.persons, p), append(s.facts, f)
	s.refs, s.shown = append(s.refs, refs...), append(s.shown, shown...)
	return row
}

// enterPerson makes a row findable by id and names.
func (s *section) enterPerson(row uint32) {
	for of := range NameKind(2) {
		for _, o := range s.nameRefs(of, row) {
			s.names[of].add(o, row)
		}
	}
	s.rowOf[s.persons[row].id()] = row
}

// addVehicle adds a row to a head; all are its numbers, kind by kind.
func (s *section) addVehicle(v vehicleRow, all []NumberAt, written []byte) (row uint32) {
	row = uint32(len(s.vehicles))
	if v.several, v.first = 0, [numberKinds]NumberAt{}; max(v.counts[0], v.counts[1], v.counts[2]) > 1 {
		v.several = uint32(len(s.several)) + 1
		s.several = append(s.several, all...)
	} else {
		for kind, n := range v.counts {
			if n > 0 {
				v.first[kind], all = all[0], all[1:]
			}
		}
	}
	if v.written = 0; written != nil {
		v.written = uint32(len(s.written))
		s.written = append(s.written, written...)
	}
	s.vehicles = append(s.vehicles, v)
	return row
}

// enterVehicle makes a row findable by id and numbers.
func (s *section) enterVehicle(row uint32) {
	for kind := range numberKinds {
		for _, o := range s.numberRefs(row, kind) {
			s.numbers[kind].add(o, row)
		}
	}
	s.rowOf[s.vehicles[row].id()] = row
}

// follow takes over the rows that the other copy's head has, which is among its sections; they are still to be entered.
func (s *section) follow(sections []*held) {
	at := slices.IndexFunc(sections, func(h *held) bool { return h.serial == s.serial })
	first := sections[at].section
	s.persons, s.facts, s.refs, s.shown = first.persons, first.facts, first.refs, first.shown
	s.vehicles, s.several, s.written = first.vehicles, first.several, first.written
}

// The names under which bearers are written.
func bearersName(of NameKind) string { return [...]string{"names", "relatives"}[of] }

// open reads the file of a part.
func (s *section) open(f *snapshot.Flat) error {
	s.persons, s.facts = snapshot.Array[personRow](f, "persons"), snapshot.Array[PersonFacts](f, "facts")
	s.refs, s.shown = snapshot.Array[uint32](f, "refs"), snapshot.Array[byte](f, "shown")
	s.vehicles, s.several = snapshot.Array[vehicleRow](f, "vehicles"), snapshot.Array[uint32](f, "several")
	s.written = snapshot.Array[byte](f, "written")
	s.personTable, s.vehicleTable = snapshot.Array[uint32](f, "person table"), snapshot.Array[uint32](f, "vehicle table")
	for of := range s.names {
		s.names[of] = openBearers(f, bearersName(NameKind(of)))
	}
	for kind := range s.numbers {
		s.numbers[kind] = openBearers(f, NumberKind(kind).Field())
		s.index[kind] = openNumbers(f, NumberKind(kind))
	}
	if len(s.facts) != len(s.persons) {
		f.Refuse("persons without facts")
	}
	return f.Err()
}

// partKind is what files of parts are marked with.
func partKind() string { return fmt.Sprintf("anvesh part %d", layoutVersion<<16|TermsVersion) }

// appendShown packs what is shown of a person and not kept otherwise.
func appendShown(dst []byte, r *storage.Record) []byte {
	dst = binary.AppendVarint(dst, r.EventAt.Unix())
	for _, s := range [...]string{r.Role, r.Relation, r.Name, joined(r.Names), joined(r.Aliases), joined(r.Relatives), joined(r.Places), joined(r.Flags)} {
		dst = appendText(dst, s)
	}
	return dst
}

// readShown reads what appendShown packed.
func readShown(r *textReader) (t PersonTexts) {
	event, n := binary.Varint(r.b)
	t.Event, r.b = event, r.b[n:]
	for _, one := range [...]*Packed{&t.Role, &t.Relation, &t.Name, &t.Names, &t.Aliases, &t.Relatives, &t.Places, &t.Flags} {
		*one = r.next()
	}
	return t
}

// readWritten reads what appendWritten packed.
func readWritten(r *textReader) (t VehicleTexts) {
	for i := range t.Numbers {
		t.Numbers[i] = r.next()
	}
	for i := range t.Others {
		t.Others[i] = r.next()
	}
	t.Flags = r.next()
	return t
}
